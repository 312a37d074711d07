#include "test.h"
#include "folder.h"
#include "base/json.h"
#include "task/schema.h"

static cJSON *schema_of(const struct wn_task *t, const bool *asked, struct wn_dialect d)
{
    struct wn_buf b = WN_BUF_INIT(1 << 20);
    cJSON *tree = NULL;
    wn_schema_write(t, asked, d, &b);
    CHECK(!b.failed);
    CHECK_OK(wn_json_parse(b.data, b.len, true, &tree, &test_error));
    wn_buf_free(&b);
    return tree;
}

TEST(the_schema_asks_for_each_question_in_order)
{
    static const char want[] =
        "{\"type\":\"object\",\"properties\":{"
        "\"kind\":{\"type\":\"string\",\"enum\":[\"a\",\"b\",\"none\"],"
        "\"description\":\"What kind?\"},"
        "\"kind_percent\":{\"type\":\"object\",\"properties\":{"
        "\"a\":{\"type\":\"integer\",\"description\":\"how likely, 0 to 100; all together 100\"},"
        "\"b\":{\"type\":\"integer\",\"description\":\"how likely, 0 to 100; all together 100\"},"
        "\"none\":{\"type\":\"integer\","
        "\"description\":\"how likely, 0 to 100; all together 100\"}},"
        "\"required\":[\"a\",\"b\",\"none\"],\"additionalProperties\":false},"
        "\"marks\":{\"type\":\"array\",\"description\":\"Which marks?\","
        "\"items\":{\"type\":\"string\",\"enum\":[\"red\",\"big\"]}},"
        "\"reply\":{\"type\":\"boolean\",\"description\":\"Wants a reply?\"},"
        "\"reply_percent\":{\"type\":\"integer\","
        "\"description\":\"how likely it is true, 0 to 100\"},"
        "\"size\":{\"type\":\"string\",\"enum\":[\"small\",\"medium\",\"large\"],"
        "\"description\":\"How large?\"},"
        "\"who\":{\"type\":\"object\",\"properties\":{"
        "\"value\":{\"type\":[\"string\",\"null\"],\"description\":\"Whose?\"},"
        "\"quote\":{\"type\":[\"string\",\"null\"],\"description\":"
        "\"the words of the item that show it, copied exactly, or null\"}},"
        "\"required\":[\"value\",\"quote\"],\"additionalProperties\":false}},"
        "\"required\":[\"kind\",\"kind_percent\",\"marks\",\"reply\",\"reply_percent\",\"size\","
        "\"who\"],\"additionalProperties\":false}";
    struct wn_buf b = WN_BUF_INIT(1 << 20);
    struct wn_task *t = NULL;
    struct folder f;
    folder_open(&f, "sort");
    CHECK_OK(wn_task_load(f.task, &t, &test_error));
    wn_schema_write(t, NULL, (struct wn_dialect){ 0 }, &b);
    CHECK_STR(b.data, want);
    wn_buf_free(&b);
    wn_task_free(t);
    folder_close(&f);
}

TEST(the_schema_in_words_names_the_same_members)
{
    static const bool asked[] = { true, true, true, false, true };
    struct wn_buf b = WN_BUF_INIT(1 << 20);
    struct wn_task *t = NULL;
    struct folder f;
    folder_open(&f, "sort");
    CHECK_OK(wn_task_load(f.task, &t, &test_error));
    wn_schema_describe(t, asked, &b);
    CHECK_STR(strchr(b.data, '\n'),
              "\n  \"kind\": \"a\" | \"b\" | \"none\"\n"
              "  \"kind_percent\": { \"a\": percent, \"b\": percent, \"none\": percent }, whole "
              "numbers that sum to 100\n"
              "  \"marks\": [ those that apply of \"red\", \"big\" ], or []\n"
              "  \"reply\": true | false\n"
              "  \"reply_percent\": a whole number from 0 to 100: how likely it is true\n"
              "  \"who\": { \"value\": text or null, \"quote\": the item's own words or null }\n");
    wn_buf_free(&b);
    wn_task_free(t);
    folder_close(&f);
}

/* The portable subset: what every provider takes, plus the keywords of the dialect. */
static size_t check_portable(const cJSON *s, const char *extra, size_t depth)
{
    static const char *const known[] = { "type", "properties", "required",   "additionalProperties",
                                         "enum", "items",      "description" };
    const cJSON *m, *p;
    size_t nullable = cJSON_IsArray(wn_json_get(s, "type"));
    CHECK(depth <= 5);
    cJSON_ArrayForEach(m, s)
    {
        bool found = strstr(extra, m->string) != NULL;
        for (size_t i = 0; i < COUNT(known); i++)
            found |= strcmp(m->string, known[i]) == 0;
        CHECK(found);
    }
    if (wn_json_get(s, "properties") != NULL) {
        CHECK(cJSON_IsFalse(wn_json_get(s, "additionalProperties")));
        CHECK_INT(cJSON_GetArraySize(wn_json_get(s, "required")),
                  cJSON_GetArraySize(wn_json_get(s, "properties")));
    }
    cJSON_ArrayForEach(p, wn_json_get(s, "properties")) nullable +=
        check_portable(p, extra, depth + 1);
    if (wn_json_get(s, "items") != NULL)
        nullable += check_portable(wn_json_get(s, "items"), extra, depth + 1);
    return nullable;
}

TEST(every_task_stays_in_what_every_provider_takes)
{
    static const char *const dirs[] = { "prompts/lead-intent", "prompts/email-triage",
                                        "prompts/support-ticket", "prompts/document-fields" };
    static const struct {
        struct wn_dialect dialect;
        const char *extra;
    } row[] = {
        { { 0 }, "" },
        { { .range = true }, "minimum maximum" },
        { { .items = true }, "minItems maxItems" },
        { { true, true }, "minimum maximum minItems maxItems" },
    };
    for (size_t d = 0; d < COUNT(dirs); d++) {
        struct wn_task *t = NULL;
        CHECK_OK(wn_task_load(dirs[d], &t, &test_error));
        for (size_t i = 0; i < COUNT(row); i++) {
            cJSON *s = schema_of(t, NULL, row[i].dialect);
            CHECK(check_portable(s, row[i].extra, 1) <= 16);
            cJSON_Delete(s);
        }
        wn_task_free(t);
    }
}

TEST(beyond_eight_choices_the_three_likeliest_are_asked_for)
{
    static const bool asked[] = { true };
    struct wn_task *t = NULL;
    cJSON *s;
    const cJSON *percent;
    CHECK_OK(wn_task_load("prompts/lead-intent", &t, &test_error));
    t->nquestions = 1; /* the intent alone */
    s = schema_of(t, asked, (struct wn_dialect){ .items = true });
    percent = wn_json_get(wn_json_get(s, "properties"), "intent_percent");
    CHECK_STR(wn_json_str(percent, "type"), "array");
    CHECK_INT(wn_json_int(percent, "maxItems", 0), 3);
    CHECK_STR(wn_json_get(wn_json_get(percent, "items"), "required")->child->valuestring, "id");
    cJSON_Delete(s);
    wn_task_free(t);
}

TEST(a_label_that_needs_evidence_has_its_quote_before_its_percentages)
{
    struct wn_task *t = NULL;
    const cJSON *required;
    cJSON *s;
    struct folder f;
    folder_open(&f, "sort");
    folder_write(&f, f.task, "task.json",
                 "{ \"name\": \"sort\", \"about\": \"x\", \"questions\": [ { \"name\": \"k\","
                 "\"type\": \"choice\", \"ask\": \"?\", \"evidence\": \"required\","
                 "\"choices\": { \"a\": \"x\", \"b\": \"y\" } } ] }");
    CHECK_OK(wn_task_load(f.task, &t, &test_error));
    s = schema_of(t, NULL, (struct wn_dialect){ true, true });
    required = wn_json_get(s, "required")->child;
    CHECK_STR(required->valuestring, "k");
    CHECK_STR(required->next->valuestring, "k_quote");
    CHECK_STR(required->next->next->valuestring, "k_percent");
    cJSON_Delete(s);
    wn_task_free(t);
    folder_close(&f);
}

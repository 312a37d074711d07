#include "test.h"
#include "decide/extract.h"
#include "task_fixture.h"

static struct wn_arena arena = WN_ARENA_INIT;

/* The label alone is asked for. */
static const bool label_only[QUESTIONS] = { true };
static const bool all_asked[QUESTIONS] = { true, true, true, true, true, true };

static struct wn_extracted extract(const bool *asked, const char *text)
{
    const struct wn_prompt p = { .task = &task, .asked = asked };
    struct wn_extracted out;
    wn_arena_reset(&arena);
    wn_extract(&p, text, strlen(text), &arena, &out);
    return out;
}

static const char *label(const struct wn_extracted *e)
{
    const struct wn_value *v = &e->answer->values[LABEL];
    return v->answered ? intents[v->choice].id : NULL;
}

#define PERCENTS "\"intent_percent\": {\"demo\": 80, \"price\": 15, \"other\": 5}"
#define DEMO     "{\"intent\": \"demo\", " PERCENTS "}"

TEST(an_answer_is_read_as_it_stands_or_dug_out_and_then_flagged)
{
    static const struct {
        const char *text;
        enum wn_extract_level level;
        const char *label;
    } row[] = {
        { DEMO, WN_EXTRACT_CLEAN, "demo" },
        { " \n" DEMO "\n", WN_EXTRACT_CLEAN, "demo" },
        { "{\"intent\": \"DEMO\", " PERCENTS "}", WN_EXTRACT_CLEAN, "demo" },
        { "```json\n" DEMO "\n```", WN_EXTRACT_STRIPPED, "demo" },
        { "Here it is: " DEMO " I hope that helps {smile}", WN_EXTRACT_STRIPPED, "demo" },
        { "[" DEMO "]", WN_EXTRACT_STRIPPED, "demo" },
        { "{\"answer\": " DEMO "}", WN_EXTRACT_STRIPPED, "demo" },
        { "{not json} " DEMO, WN_EXTRACT_STRIPPED, "demo" },
        { DEMO " " DEMO, WN_EXTRACT_STRIPPED, "demo" },
        { "{\"intent\": \"demo\", \"why\": \"a } in a string\", " PERCENTS "}", WN_EXTRACT_CLEAN,
          "demo" },
        /* never repaired into a label */
        { "", WN_EXTRACT_NONE, NULL },
        { "demo", WN_EXTRACT_NONE, NULL },
        { "\"demo\"", WN_EXTRACT_NONE, NULL },
        { "null", WN_EXTRACT_NONE, NULL },
        { "[]", WN_EXTRACT_NONE, NULL },
        { "{}", WN_EXTRACT_NONE, NULL },
        { "{\"intent\": \"demo\", \"intent_per", WN_EXTRACT_NONE, NULL }, /* cut off */
        { "{\"intent\": \"demos\", " PERCENTS "}", WN_EXTRACT_NONE, NULL },
        { "{\"intent\": \"\", " PERCENTS "}", WN_EXTRACT_NONE, NULL },
        { "{\"intent\": [\"demo\"], " PERCENTS "}", WN_EXTRACT_NONE, NULL },
        { "{\"intent\": 0, " PERCENTS "}", WN_EXTRACT_NONE, NULL },
        { "{\"intent\": null}", WN_EXTRACT_NONE, NULL },
        { "{\"intent\": \"demo\", \"intent\": \"price\", " PERCENTS "}", WN_EXTRACT_NONE, NULL },
        { DEMO " or rather {\"intent\": \"price\"}", WN_EXTRACT_NONE, NULL },
        { "{\"intent\": \"price\", " PERCENTS "}", WN_EXTRACT_NONE, NULL }, /* demo is likelier */
        /* the label is there, its percentages are not: usable for a person only */
        { "{\"intent\": \"demo\"}", WN_EXTRACT_PARTIAL, "demo" },
        { "{\"intent\": \"demo\", \"intent_percent\": {\"demo\": 500}}", WN_EXTRACT_PARTIAL,
          "demo" },
        { "{\"intent\": \"demo\", \"intent_percent\": {\"demo\": 20}}", WN_EXTRACT_PARTIAL,
          "demo" },
        { "{\"intent\": \"demo\", \"intent_percent\": {\"demo\": -1, \"price\": 99}}",
          WN_EXTRACT_PARTIAL, "demo" },
        { "{\"intent\": \"demo\", \"intent_percent\": {\"hot\": 100}}", WN_EXTRACT_PARTIAL,
          "demo" },
        { "{\"intent\": \"demo\", \"intent_percent\": {\"demo\": \"80%\"}}", WN_EXTRACT_PARTIAL,
          "demo" },
        { "{\"intent\": \"demo\", \"intent_percent\": 80}", WN_EXTRACT_PARTIAL, "demo" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_extracted e = extract(label_only, row[i].text);
        if (e.level != row[i].level)
            print_error("%s: %s\n", row[i].text, e.fault);
        CHECK_INT(e.level, row[i].level);
        CHECK_STR(label(&e), row[i].label);
        CHECK_INT(e.fault[0] == '\0', e.level <= WN_EXTRACT_STRIPPED);
    }
    wn_arena_free(&arena);
}

TEST(a_fault_says_what_to_mend)
{
    static const struct {
        const char *text, *want;
    } row[] = {
        { "{\"intent\": \"ho\\nt\", " PERCENTS "}",
          "intent: 'ho t' is not one of demo, price, other" },
        { "{\"label\": \"demo\"}",
          "the answer is not a JSON object with the members that were asked for" },
        { " \n", "the answer is empty" },
        { "{\"intent\": \"demo\"}", "intent_percent is missing" },
        { "{\"intent\": \"price\", " PERCENTS "}",
          "intent: 'price' does not have the largest percentage" },
        { "{\"intent\": \"demo\", \"intent_percent\": {\"demo\": 9}}",
          "intent_percent: the percentages must sum to 100" },
        { DEMO "{\"intent\": \"price\"}", "the answer has several JSON objects that differ" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_extracted e = extract(label_only, row[i].text);
        CHECK_STR(e.fault, row[i].want);
    }
    wn_arena_free(&arena);
}

TEST(stated_percentages_become_a_distribution)
{
    static const struct {
        const char *percent;
        double demo;
    } row[] = {
        { "{\"demo\": 80, \"price\": 15, \"other\": 5}", .80 },
        { "{\"demo\": 60, \"price\": 20}", .75 }, /* renormalised */
        { "{\"demo\": 0.8, \"price\": 0.2}", .80 },
        { "[{\"id\": \"demo\", \"percent\": 60}, {\"id\": \"price\", \"percent\": 40}]", .60 },
        { "[{\"id\": \"Demo\", \"percent\": 100}]", 1 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        char text[200];
        struct wn_extracted e;
        snprintf(text, sizeof(text), "{\"intent\": \"demo\", \"intent_percent\": %s}",
                 row[i].percent);
        e = extract(label_only, text);
        CHECK_INT(e.level, WN_EXTRACT_CLEAN);
        CHECK_NEAR(e.answer->values[LABEL].stated[0], row[i].demo);
        CHECK(e.answer->values[LABEL].p == NULL);
    }
    wn_arena_free(&arena);
}

TEST(every_type_of_question_is_read)
{
    struct wn_extracted e = extract(
        all_asked, "{\"intent\": \"demo\", \"intent_quote\": \"show us\", " PERCENTS
                   ", \"topics\": [\"team\"], "
                   "\"reply\": true, \"reply_percent\": 90, \"urgency\": \"High\", "
                   "\"company\": {\"value\": \" Acme\\u0007 \", \"quote\": \"we at Acme\"}, "
                   "\"email\": {\"value\": null, \"quote\": null}}");
    const struct wn_value *v = e.answer->values;
    CHECK_INT(e.level, WN_EXTRACT_CLEAN);
    CHECK_STR(v[LABEL].quote, "show us");
    CHECK(!v[TOPICS].chosen[0] && v[TOPICS].chosen[1]);
    CHECK_INT(v[REPLY].choice, 1);
    CHECK_NEAR(v[REPLY].stated[1], .9);
    CHECK_INT(v[URGENCY].choice, 2);
    CHECK_STR(v[COMPANY].text, "Acme"); /* control characters and blanks are gone */
    CHECK_STR(v[COMPANY].quote, "we at Acme");
    CHECK(v[EMAIL].answered && v[EMAIL].null);
    wn_arena_free(&arena);
}

TEST(of_a_partly_usable_answer_the_usable_part_is_kept)
{
    struct wn_extracted e =
        extract(all_asked, "{" PERCENTS ", \"intent\": \"demo\", \"topics\": [\"cats\"], "
                           "\"reply\": \"maybe\", \"company\": 5, \"email\": null}");
    const struct wn_value *v = e.answer->values;
    CHECK_INT(e.level, WN_EXTRACT_PARTIAL);
    CHECK_STR(e.fault, "topics: 'cats' is not one of budget, team");
    CHECK(v[LABEL].answered && v[EMAIL].answered);
    CHECK(!v[TOPICS].answered && !v[REPLY].answered && !v[URGENCY].answered &&
          !v[COMPANY].answered);
    wn_arena_free(&arena);
}

TEST(what_models_write_instead_of_null_is_null)
{
    static const struct {
        const char *text;
        const char *want;
    } row[] = {
        { "{\"value\": \"N/A\", \"quote\": null}", NULL },
        { "{\"value\": \"Unknown\", \"quote\": \"n/a\"}", NULL },
        { "{\"value\": \"\", \"quote\": \"\"}", NULL },
        { "{\"value\": \"Unknown\", \"quote\": \"we at Unknown\"}", "Unknown" },
        { "\"Acme\"", "Acme" },
        { "null", NULL },
    };
    static const bool company_only[QUESTIONS] = { [COMPANY] = true };
    for (size_t i = 0; i < COUNT(row); i++) {
        char text[100];
        struct wn_extracted e;
        snprintf(text, sizeof(text), "{\"company\": %s}", row[i].text);
        e = extract(company_only, text);
        CHECK_INT(e.level, WN_EXTRACT_CLEAN);
        CHECK_STR(e.answer->values[COMPANY].text, row[i].want);
        CHECK_INT(e.answer->values[COMPANY].null, row[i].want == NULL);
    }
    wn_arena_free(&arena);
}

TEST(the_labels_place_in_the_text_is_that_of_its_letters_and_the_closing_quote)
{
    static const struct {
        const char *text, *want;
    } row[] = {
        { DEMO, "demo\"" },
        { "{\"x\": {\"intent\": \"price\"}, \"why\": \"intent\", \"intent\" : \"demo\"," PERCENTS
          "}",
          "demo\"" },
        { "Sure: {\"intent\":\"demo\"," PERCENTS "}", "demo\"" },
        { "{\"intent\": \"cold\"}", "" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_extracted e = extract(label_only, row[i].text);
        char there[32] = "";
        memcpy(there, row[i].text + e.value_start, e.value_end - e.value_start);
        CHECK_STR(there, row[i].want);
    }
    wn_arena_free(&arena);
}

TEST(a_hostile_text_is_read_in_bounded_time)
{
    enum { N = 1 << 20 };
    char *text = malloc(N + 1);
    struct wn_extracted e;
    memset(text, '{', N);
    text[N] = '\0';
    e = extract(label_only, text);
    CHECK_INT(e.level, WN_EXTRACT_NONE);
    memset(text, '"', N);
    e = extract(label_only, text);
    CHECK_INT(e.level, WN_EXTRACT_NONE);
    free(text);
    wn_arena_free(&arena);
}

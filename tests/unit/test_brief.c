/* A brief as a client of the library makes it: sources at hand, no key, and whatever they say is only text
 * in what is written. */
#include "base/json.h"
#include "pipeline/replies.h"
#include "test.h"
#include "store_home.h"

static const struct wn_item hostile[] = {
    { .id = "a",
      .source = "a<b>.md",
      .text_len = 0,
      .text =
          "The <script>alert(1)</script> supplier & his \"friend\" offer the phone for 389 EUR.\n"
          "</pre><img src=x onerror=alert(2)> stands in the second line of the offer, too.\n" },
    { .id = "b",
      .source = "b.md",
      .text_len = 0,
      .text = "Write [a link](javascript:alert(3)) and `code` and *stars* for the reader of this "
              "text.\n" },
};

/* The brief of the two as text; the caller frees it. */
static char *brief(enum wn_brief_format f, struct wn_brief_facts *facts)
{
    struct wn_item items[COUNT(hostile)];
    const struct wn_setting settings[] = { { "WINNOW_HOME", home },
                                           { "WINNOW_KEY", KEY_A },
                                           { "WINNOW_PROMPTS", "prompts" } };
    struct wn_options wo = { .settings = settings, .nsettings = COUNT(settings) };
    struct wn_brief_options o = {
        .model = "linear", .items = items, .nitems = COUNT(items), .title = "<T>"
    };
    struct wn *wn = NULL;
    struct wn_brief *b = NULL;
    char *text = NULL;
    size_t len = 0;
    home_new();
    for (size_t i = 0; i < COUNT(items); i++) {
        items[i] = hostile[i];
        items[i].text_len = strlen(items[i].text);
    }
    CHECK_OK(wn_open(&wo, &wn, &test_error));
    CHECK_OK(wn_brief(wn, &o, NULL, 0, &b, &test_error));
    CHECK_OK(wn_brief_write(b, f, &text, &len, &test_error));
    CHECK_INT(strlen(text), len);
    *facts = *wn_brief_facts(b);
    facts->title = facts->task = facts->model_line = NULL; /* they go with the brief */
    wn_brief_free(b);
    wn_close(wn);
    home_remove();
    return text;
}

TEST(what_a_source_says_is_never_markup)
{
    static const char *const never_html[] = { "<script", "<img", "<T>", "a<b>.md",
                                              "javascript:alert(3)\"" };
    struct wn_brief_facts facts;
    char *html = brief(WN_BRIEF_HTML, &facts), *md = brief(WN_BRIEF_MD, &facts);
    for (size_t i = 0; i < COUNT(never_html); i++)
        CHECK(strstr(html, never_html[i]) == NULL);
    CHECK(strstr(html, "&lt;script&gt;") != NULL);
    CHECK(strstr(html, "default-src 'none'") != NULL);
    CHECK(strstr(html, "href=\"http") == NULL);
    CHECK(strstr(md, "\\<script") != NULL);
    CHECK(strstr(md, "\\](javascript") != NULL);
    free(html);
    free(md);
}

TEST(every_quote_of_the_page_has_its_place_below)
{
    struct wn_brief_facts facts;
    char *html = brief(WN_BRIEF_HTML, &facts);
    size_t links = 0;
    for (const char *p = html; (p = strstr(p, "href=\"#q")) != NULL; p++) {
        char id[32];
        snprintf(id, sizeof(id), "id=\"q%lu\"", strtoul(p + 8, NULL, 10));
        CHECK(strstr(html, id) != NULL);
        links++;
    }
    CHECK_INT(links, facts.sentences);
    CHECK(facts.sentences > 0 && facts.extracts && facts.unsupported == 0);
    CHECK_INT(facts.route, WN_AUTO);
    free(html);
}

TEST(the_json_of_a_brief_can_be_read)
{
    struct wn_brief_facts facts;
    char *json = brief(WN_BRIEF_JSON, &facts);
    cJSON *o = NULL;
    CHECK_OK(wn_json_parse(json, strlen(json), false, &o, &test_error));
    CHECK_INT(cJSON_GetArraySize(wn_json_get(o, "sentences")), facts.sentences);
    CHECK_INT(cJSON_GetArraySize(wn_json_get(o, "sources")), 2);
    cJSON_Delete(o);
    free(json);
}

TEST(a_reply_is_read_or_refused_with_a_reason)
{
    static const struct wn_brief_section sections[] = { { "findings", "F", "f", WN_EXTRACT_ANY,
                                                          1 } };
    static const struct wn_brief_task task = { .name = "x", .sections = sections, .nsections = 1 };
    static const struct {
        const char *text, *fault;
        size_t n;
    } row[] = {
        { "{\"enough\":true,\"sentences\":[{\"section\":\"findings\",\"text\":\"A.\",\"quotes\":[]}"
          "]}",
          "", 1 },
        { "Here: ```json\n{\"enough\":false,\"sentences\":[]}\n``` bye", "", 0 },
        { "I cannot.", "the answer is not one JSON object", 0 },
        { "{\"sentences\":1}", "there is no list \"sentences\"", 0 },
        { "{\"sentences\":[{\"section\":\"hot\",\"text\":\"A.\",\"quotes\":[]}]}",
          "a sentence has a section that is not one of those given (number 1)", 0 },
        { "{\"sentences\":[{\"section\":\"findings\",\"text\":\" \",\"quotes\":[]}]}",
          "a sentence has no text (number 1)", 0 },
        { "{\"sentences\":[{\"section\":\"findings\",\"text\":\"A.\",\"quotes\":[\"x\"]}]}",
          "the quotes of a sentence are no list of {source, quote} (number 1)", 0 },
    };
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_reply_brief r;
        char fault[300] = "";
        CHECK_INT(wn_reply_brief(&task, row[i].text, &a, &r, fault), row[i].fault[0] == '\0');
        CHECK_STR(fault, row[i].fault);
        CHECK_INT(r.n, row[i].n);
    }
    wn_arena_free(&a);
}

#include "test.h"
#include "base/json.h"

/* A report of two candidates; the second has no probabilities, and a name that is not to be trusted. */
static const struct wn_eval_label labels[] = { { "late", 3, 2, 2, 1, 2 / 3.0, .8 },
                                               { "broken", 0, 0, 0, NAN, NAN, NAN } };
static const struct wn_eval_confusion confusions[] = { { "late", NULL, 1 } };
static const struct wn_eval_question questions[] = { { "topic", 3, 2 }, { "angry", 0, 0 } };
static const char *const notes[] = {
    "No gold item has broken: nothing is known about finding it."
};

static struct wn_eval_candidate candidate(const char *name, double p)
{
    struct wn_eval_candidate c = { .name = name,
                                   .n = 3,
                                   .right = 2,
                                   .routed = { 0, 2, 1 },
                                   .accuracy = 2 / 3.0,
                                   .lo = .0943,
                                   .hi = .9916,
                                   .macro_f1 = .8,
                                   .ece = p,
                                   .brier = p,
                                   .auroc = NAN,
                                   .labels = labels,
                                   .nlabels = 2,
                                   .confusions = confusions,
                                   .nconfusions = 1,
                                   .questions = questions,
                                   .nquestions = 2,
                                   .automation = { .needed = 118, .threshold = NAN },
                                   .latency_p50 = NAN,
                                   .latency_p95 = NAN,
                                   .cost_microusd = 3000,
                                   .cost_unknown = isnan(p) };
    for (int b = 0; b < WN_EVAL_BINS; b++)
        c.bins[b] = (struct wn_eval_bin){ 0, NAN, NAN };
    for (int i = 0; i < 10; i++)
        c.coverage[i] = i < 6 ? 1 : 2 / 3.0;
    return c;
}

static struct wn_eval_report report(void)
{
    return (
        struct wn_eval_report){ .task = "parcels",
                                .question = "topic",
                                .target_error = .05,
                                .read = 3,
                                .n = 3,
                                .candidates = { candidate("linear", .25), candidate("a|<b>", NAN) },
                                .ncandidates = 2,
                                .paired_p = 1,
                                .verdict = "No difference: both are right on the same items.",
                                .notes = notes,
                                .nnotes = 1 };
}

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

TEST(each_form_says_what_it_knows_and_no_more)
{
    static const struct {
        const char *form, *wanted[8];
    } rows[] = {
        { "table",
          { "parcels: 'topic' of 3 gold items, target error 5 %\n", "accuracy", "66.7 %",
            "9.4 to 99.2", "$1.0000", "unknown", "no answer", "about 118 could do." } },
        { "md",
          { "### Figures", "|  | linear | a\\|<b> |", "|---|---:|---:|",
            "| accuracy | 66.7 % | 66.7 % |", "| ECE (0 is best) | 0.250 | - |",
            "- No gold item has broken" } },
        { "html",
          { "<!doctype html>", "a|&lt;b&gt;", "<svg", "polyline class=\"s1\"",
            "prefers-color-scheme", "<th scope=\"row\">late</th>" } },
        { "json",
          { "\"schema\":1", "\"name\":\"a|<b>\"", "\"ece\":null", "\"cost_usd\":null",
            "\"said\":null", "\"paired\":{\"only_first\":0,\"only_second\":0,\"p\":1," } },
    };
    struct wn_eval_report r = report();
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *text = NULL;
        CHECK_OK(wn_eval_text(&r, rows[i].form, &text, &test_error));
        for (size_t k = 0; k < COUNT(rows[i].wanted) && rows[i].wanted[k] != NULL; k++)
            if (!has(text, rows[i].wanted[k]))
                fail_msg("%s lacks %s:\n%s", rows[i].form, rows[i].wanted[k], text);
        CHECK(!has(text, "nan") && !has(text, "NaN") && !has(text, ">inf") && !has(text, ":inf"));
        CHECK(!has(text, "<b>") || strcmp(rows[i].form, "html") != 0);
        CHECK(!has(text, "<script"));
        free(text);
    }
}

TEST(the_json_can_be_read)
{
    struct wn_eval_report r = report();
    char *text = NULL;
    cJSON *o = NULL;
    CHECK_OK(wn_eval_text(&r, "json", &text, &test_error));
    CHECK_OK(wn_json_parse(text, strlen(text), true, &o, &test_error));
    CHECK_INT(cJSON_GetArraySize(wn_json_get(o, "candidates")), 2);
    CHECK_INT(wn_json_int(o, "n", 0), 3);
    cJSON_Delete(o);
    free(text);
}

TEST(an_unknown_form_is_an_error_with_the_known_ones)
{
    struct wn_eval_report r = report();
    char *text = NULL;
    CHECK_INT(wn_eval_text(&r, "pdf", &text, &test_error), WN_E_USAGE);
    CHECK_STR(test_error.hint, "table, json, md or html");
    CHECK(text == NULL);
}

#include "test.h"
#include "decide/signals.h"

TEST(the_linear_engine_alone_is_believed_as_far_as_it_is_calibrated)
{
    static const struct {
        double lin, lp, want;
    } row[] = {
        { .97, NAN, .97 },
        { 1.0, NAN, .99 },            /* clipped: nothing is certain */
        { NAN, .97, 0.850439126498 }, /* an endpoint's number alone counts half */
        { .97, .97, .97 },
        { NAN, NAN, .5 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_signals s = WN_SIGNALS_NONE;
        s.lin = row[i].lin;
        s.lp = row[i].lp;
        CHECK_NEAR(wn_score(&s), row[i].want);
        CHECK_INT(wn_signals_any(&s), i != 4);
    }
}

TEST(a_second_opinion_takes_the_linear_engine_its_double_weight)
{
    struct wn_signals s = WN_SIGNALS_NONE;
    s.lin = .97;
    s.xm_n = 1;
    CHECK(wn_score(&s) < .7);
    s.xm_same = 1;
    CHECK(wn_score(&s) > .9 && wn_score(&s) < .97);
}

TEST(the_tie_break_is_permanent_and_too_small_to_matter)
{
    double a = wn_score_jittered(.9, "salt", "t", "item-1"),
           b = wn_score_jittered(.9, "salt", "t", "x");
    CHECK(a != b);
    CHECK(a >= .9 && a < .9 + 1e-9);
    CHECK(a == wn_score_jittered(.9, "salt", "t", "item-1"));
}

TEST(random_numbers_fill_the_unit_interval_evenly)
{
    int bin[10] = { 0 };
    for (int i = 0; i < 10000; i++) {
        char unit[24];
        snprintf(unit, sizeof(unit), "item-%d", i);
        bin[(int)(10 * wn_prn("salt", "audit", "task", unit))]++;
    }
    for (int i = 0; i < 10; i++)
        CHECK(bin[i] > 850 && bin[i] < 1150);
}

TEST(the_tokens_of_a_value_are_those_that_touch_its_bytes)
{
    /* {"intent": "demo_request"}: the value's bytes are 12 up to 25, the closing quote with it */
    static const struct wn_logprob token[] = {
        { "{\"", 2, 0, NULL, 0 }, { "intent", 6, 0, NULL, 0 }, { "\":", 2, 0, NULL, 0 },
        { " \"", 2, 0, NULL, 0 }, { "demo", 4, 0, NULL, 0 },   { "_request", 8, 0, NULL, 0 },
        { "\"}", 2, 0, NULL, 0 },
    };
    static const struct {
        size_t start, end, first, n;
    } row[] = { { 12, 25, 4, 3 }, { 11, 25, 3, 4 }, { 13, 14, 4, 1 }, { 0, 1, 0, 1 } };
    size_t n = 0;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK(wn_label_steps(token, COUNT(token), row[i].start, row[i].end, &n) ==
              token + row[i].first);
        CHECK_INT(n, row[i].n);
    }
    CHECK(wn_label_steps(token, COUNT(token), 90, 99, &n) == NULL);
    CHECK_INT(n, 0);
}

TEST(a_label_probability_that_cannot_be_told_is_no_number)
{
    static const char *const label[] = { "warm", "warm_lead" };
    static const struct wn_logprob nothing[] = { { "cold", 4, -.1, NULL, 0 } };
    static const struct wn_logprob half[] = { { "warm", 4, -.1, NULL, 0 } };
    static const struct wn_logprob quote[] = { { "\"", 1, -.1, NULL, 0 } };
    double off;
    CHECK(isnan(wn_label_prob(label, 2, 0, nothing, 1, &off)));
    CHECK_NEAR(off, 1);
    CHECK(isnan(wn_label_prob(label, 2, 0, half, 1, NULL)));
    CHECK(isnan(wn_label_prob(label, 2, 0, quote, 1, NULL)));
    CHECK(isnan(wn_label_prob(label, 2, 0, NULL, 0, NULL)));
}

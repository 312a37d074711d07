#include "test.h"
#include "decide/calibrate.h"
#include "decide/confidence.h"
#include "decide/drift.h"
#include "decide/estimate.h"
#include "decide/proof.h"
#include "decide/sample.h"

TEST(no_error_in_twenty_proves_little)
{
    CHECK_NEAR(wn_cp_upper(0, 20, .05), 0.139108340668);
    CHECK_INT(wn_nmin(.05, .05), 59);
    CHECK_INT(wn_nmin(.05, .10), 29);
}

TEST(bounds_at_the_edges_promise_nothing)
{
    CHECK_NEAR(wn_cp_upper(0, 0, .05), 1);
    CHECK_NEAR(wn_cp_upper(7, 7, .05), 1);
    CHECK_NEAR(wn_cp_lower(0, 9, .05), 0);
    CHECK_NEAR(wn_live_upper(0, 0, .05), 1);
    CHECK_NEAR(wn_pval(0, 0, .05), 1);
    CHECK_INT(wn_hyper_upper(0, 0, 0, .05), 0);
    CHECK_NEAR(wn_betai(1, 1, .5), .5);    /* both tails meet here */
    CHECK_INT(wn_need(.05, .05, .05), -1); /* a stream at the target never proves it */
}

/* Brute force against the definition: the largest M that is still likely enough. */
TEST(the_bound_of_a_finite_batch_is_the_last_that_is_possible)
{
    int64_t M = wn_hyper_upper(1, 30, 10, .05);
    double choose = 0, p[2] = { 0, 0 };
    for (int more = 0; more < 2; more++)
        for (int64_t i = 0; i <= 1; i++) {
            choose = lgamma((double)(M + more) + 1) - lgamma((double)i + 1) -
                     lgamma((double)(M + more - i) + 1);
            choose += lgamma((double)(30 - M - more) + 1) - lgamma((double)(10 - i) + 1) -
                      lgamma((double)(20 - M - more + i) + 1);
            choose -= lgamma(31) - lgamma(11) - lgamma(21);
            p[more] += exp(choose);
        }
    CHECK(p[0] > .05);
    CHECK(p[1] <= .05);
}

TEST(a_campaign_is_ready_only_when_all_of_it_is_there_and_reviewed)
{
    static const struct wn_unit unit[] = {
        { .9, true, true }, { .1, true, true }, { .2, false, true }, { .3, true, false }
    };
    static const struct {
        size_t n, got, missing;
        bool ready;
    } row[] = { { 0, 0, 0, false }, { 1, 1, 0, true }, { 2, 2, 1, false }, { 9, 3, 1, false } };
    for (size_t i = 0; i < COUNT(row); i++) {
        size_t sample[COUNT(unit)];
        struct wn_campaign c;
        wn_campaign(unit, COUNT(unit), row[i].n, sample, &c);
        CHECK_INT(c.n, row[i].got);
        CHECK_INT(c.missing, row[i].missing);
        CHECK_INT(c.ready, row[i].ready);
    }
}

TEST(a_proof_of_nothing_is_too_few)
{
    struct wn_proof p;
    wn_choose_threshold(NULL, 0, NULL, 0, .05, .0125, 2, &p);
    CHECK_INT(p.state, WN_PROOF_TOO_FEW);
    CHECK_INT(p.needed, 86);
}

/* An LLM that says 0.9 to everything, and is right 80 % of the time. */
TEST(a_score_that_is_always_the_same_proves_all_or_nothing)
{
    double pool[400];
    struct wn_labelled l[200];
    struct wn_proof p;
    for (size_t i = 0; i < COUNT(pool); i++)
        pool[i] = .9;
    for (size_t i = 0; i < COUNT(l); i++)
        l[i] = (struct wn_labelled){ .9, i % 5 == 0 };
    wn_choose_threshold(pool, COUNT(pool), l, COUNT(l), .05, .0125, 2, &p);
    CHECK_INT(p.state, WN_PROOF_NOT_PROVED);
    for (size_t i = 0; i < COUNT(l); i++)
        l[i].wrong = false;
    wn_choose_threshold(pool, COUNT(pool), l, COUNT(l), .05, .0125, 2, &p);
    CHECK_INT(p.state, WN_PROOF_PROVED);
    CHECK_NEAR(p.coverage, 1);
}

TEST(drift_suspends_after_a_run_of_errors_and_forgets_a_single_one)
{
    struct wn_watch w = { { 0 }, { 0 } };
    int audits = 0;
    CHECK_INT(wn_watch_add(&w, true, .05), WN_ALARM_NONE);
    for (int i = 0; i < 100; i++)
        CHECK_INT(wn_watch_add(&w, false, .05), WN_ALARM_NONE);
    CHECK_NEAR(w.suspend.s, 0);
    for (enum wn_alarm alarm = WN_ALARM_NONE; alarm != WN_ALARM_SUSPEND; audits++)
        alarm = wn_watch_add(&w, true, .05);
    CHECK_INT(audits, 5); /* 4 / ln 2.5, rounded up */
}

TEST(stability_needs_a_hundred_on_both_sides)
{
    static const int64_t few[3] = { 90, 5, 4 }, many[3] = { 10, 500, 500 };
    double limit = 0, psi = wn_psi(few, many, 3, &limit);
    CHECK(psi > 1);
    CHECK(isinf(limit));
}

TEST(a_canary_suspends_when_more_changed_than_noise_explains)
{
    static const struct {
        int64_t differ;
        double noise;
        bool want;
    } row[] = {
        { 0, 0, false }, { 2, 0, false }, { 5, 0, true }, { 5, .10, false }, { 30, .5, true }
    };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_INT(wn_canary(row[i].differ, 30, row[i].noise), row[i].want);
}

TEST(a_quiet_month_does_not_make_one_flag_an_alarm)
{
    struct wn_daily days[30];
    double usual, limit;
    for (size_t i = 0; i < COUNT(days); i++)
        days[i] = (struct wn_daily){ 0, 50 };
    CHECK(!wn_rate_odd(days, 30, (struct wn_daily){ 1, 50 }, &usual, &limit));
    CHECK(wn_rate_odd(days, 30, (struct wn_daily){ 10, 50 }, &usual, &limit));
    CHECK(!wn_rate_odd(days, 6, (struct wn_daily){ 10, 50 }, &usual, &limit)); /* too short to know */
    CHECK(!wn_rate_odd(days, 30, (struct wn_daily){ 0, 0 }, &usual, &limit));
}

TEST(reports_that_have_no_bound_say_so)
{
    static const struct {
        struct wn_period p;
        const char *want;
    } row[] = {
        { { "budget", "2026-10", 40, 0, 0, 0, 0, .05, .05, NULL },
          "budget 2026-10: no bound: none of 40 was accepted automatically" },
        { { "budget", "2026-10", 40, 20, 0, 0, 0, .05, .05, NULL },
          "budget 2026-10: no bound: 50.0% were automatic; none of them was due for a random "
          "review" },
        { { "budget", "2026-10", 40, 20, 0, 0, 0, .05, .05, "37 of 180 sampled reviews" },
          "budget 2026-10: no bound yet: 37 of 180 sampled reviews" },
        { { "budget", "2026-10", 0, 0, 0, 0, 0, .05, .05, NULL },
          "budget 2026-10: no bound: there were no decisions" },
    };
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_report r;
        wn_report(&row[i].p, &a, &r);
        CHECK_STR(r.text, row[i].want);
        CHECK(!r.bounded && !r.meets_target);
        CHECK_NEAR(r.upper, 1);
    }
    wn_arena_free(&a);
}

TEST(a_report_may_warn_or_suspend)
{
    static const struct {
        int64_t n, k;
        bool meets, unconfirmed, refuted;
    } row[] = {
        { 200, 2, true, false, false },
        { 200, 10, false, true, false },
        { 30, 0, false, false, false }, /* too few to say anything */
        { 200, 30, false, true, true },
    };
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_period p = { "t", "w", 9000, 8000, row[i].n, row[i].k, 0, .05, .05, NULL };
        struct wn_report r;
        wn_report(&p, &a, &r);
        CHECK_INT(r.meets_target, row[i].meets);
        CHECK_INT(r.unconfirmed, row[i].unconfirmed);
        CHECK_INT(r.refuted, row[i].refuted);
    }
    wn_arena_free(&a);
}

TEST(what_is_shown_is_calibrated_from_fifty_reviews_on)
{
    double z[60];
    bool right[60];
    struct wn_display d;
    for (size_t i = 0; i < COUNT(z); i++) {
        z[i] = (double)i / 10 - 2;
        right[i] = i % 3 != 0 || i > 40;
    }
    wn_display_fit(z, right, NULL, 49, &d);
    CHECK(!d.calibrated);
    CHECK_NEAR(wn_display(&d, 0), .5);
    wn_display_fit(z, right, NULL, 60, &d);
    CHECK(d.calibrated && d.nblocks == 0 && !d.platt.constant);
    CHECK(wn_display(&d, 3) > wn_display(&d, 0));
}

TEST(scores_that_say_nothing_give_the_overall_rate)
{
    double z[100];
    bool right[100];
    struct wn_platt p;
    for (size_t i = 0; i < COUNT(z); i++) {
        z[i] = (double)i;
        right[i] = i < 80; /* the surer, the worse */
    }
    wn_platt_fit(z, right, NULL, COUNT(z), &p);
    CHECK(p.constant);
    CHECK_NEAR(wn_platt(&p, 0), 81 / 102.0);
    CHECK_NEAR(wn_platt(&p, 99), 81 / 102.0);
}

/* The truth is a step, which no logistic curve can follow. */
TEST(many_reviews_of_a_step_are_shown_by_blocks)
{
    enum { N = 2500 };
    static double z[N];
    static bool right[N];
    struct wn_display d;
    for (size_t i = 0; i < N; i++) {
        z[i] = (double)(i * 7919 % N) / 250 - 5;
        right[i] = z[i] > 0 || i % 10 == 0;
    }
    wn_display_fit(z, right, NULL, N, &d);
    CHECK(d.nblocks >= 2 && d.nblocks <= WN_DISPLAY_BLOCKS);
    CHECK(wn_display(&d, -3) < .2);
    CHECK(wn_display(&d, .5) > .95);
}

TEST(quality_of_nothing_is_not_a_number_and_of_one_class_has_no_auroc)
{
    static const double p[2] = { .9, .8 };
    static const bool right[2] = { true, true };
    struct wn_quality q;
    wn_quality(p, right, 0, &q);
    CHECK(isnan(q.brier) && isnan(q.ece) && isnan(q.auroc));
    wn_quality(p, right, 2, &q);
    CHECK(isnan(q.auroc));
    CHECK_NEAR(q.brier, .025);
}

TEST(an_older_key_counts_as_twenty_reviews_at_most)
{
    double a, b;
    wn_prior(190, 200, &a, &b);
    CHECK_NEAR(a, 20);
    CHECK_NEAR(b, 2);
    wn_prior(0, 0, &a, &b);
    CHECK_NEAR(a, 1);
    CHECK_NEAR(b, 1);
}

TEST(a_draw_is_permanent_and_its_parts_are_independent)
{
    enum { N = 4000 };
    int fit = 0, blind = 0, second = 0, both = 0;
    for (int i = 0; i < N; i++) {
        char unit[24];
        struct wn_draw d;
        snprintf(unit, sizeof(unit), "unit-%d", i);
        d = wn_draw("salt", "task", unit, .3);
        fit += d.fit;
        blind += d.blind;
        second += d.second;
        both += d.blind && d.fit;
        CHECK(!wn_draw("salt", "task", unit, 0).fit);
        CHECK(d.u == wn_prn("salt", "audit", "task", unit));
    }
    CHECK(abs(fit - 1200) < 90);
    CHECK(abs(blind - 2000) < 100);
    CHECK(abs(second - 400) < 60);
    CHECK(abs(both - 600) < 70);
}

/* Streams whose accepted part is a little worse than the target whatever the threshold, looked at four
 * times as the plan says: a proof is false then, and at most delta of the streams may have one. */
TEST(false_proofs_are_as_rare_as_promised)
{
    enum { STREAMS = 200, N = 1440 };
    static double pool[N];
    static struct wn_labelled l[N];
    int false_proofs = 0;
    for (int stream = 0; stream < STREAMS; stream++) {
        bool proved = false;
        for (int look = 0; look < WN_LOOKS && !proved; look++) {
            size_t n = (size_t)wn_look_n(.05, .05, WN_LOOKS, look);
            struct wn_proof p;
            for (size_t i = 0; i < n; i++) {
                char unit[48];
                snprintf(unit, sizeof(unit), "%d-%zu", stream, i);
                l[i].score = pool[i] = wn_prn("salt", "score", "t", unit);
                l[i].wrong = wn_prn("salt", "wrong", "t", unit) < .0505;
            }
            wn_choose_threshold(pool, n, l, n, .05, .05 / WN_LOOKS, 2, &p);
            proved = p.state == WN_PROOF_PROVED;
        }
        false_proofs += proved;
    }
    CHECK(false_proofs <= 200 * .05 + 2 * 3.1); /* two standard deviations */
}

TEST(a_difference_between_two_candidates_needs_items_that_tell_them_apart)
{
    static const struct {
        int64_t b, c;
        double want;
    } row[] = { { 0, 0, 1 }, { 5, 5, 1 }, { 0, 5, .0625 }, { 5, 0, .0625 }, { 1, 9, .021484375 } };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_NEAR(wn_paired(row[i].b, row[i].c), row[i].want);
}

#include "test.h"
#include "report/metrics.h"

/* Three labels; eight items. Worked out by hand:
 *
 *              said 0  said 1  said 2  none     n   precision  recall  F1
 *     truth 0     3       1       0      0      4      3/3      3/4    6/7
 *     truth 1     0       2       0      1      3      2/4      2/3    4/7
 *     truth 2     0       1       0      0      1      -        0      0
 */
enum { NONE = -1 };
static const struct {
    int truth, said;
    double p;
} eight[] = {
    { 0, 0, .95 }, { 0, 0, .85 }, { 0, 0, .75 },    { 0, 1, .55 },
    { 1, 1, .92 }, { 1, 1, .65 }, { 1, NONE, NAN }, { 2, 1, .70 },
};

static void items(struct wn_judged *out)
{
    for (size_t i = 0; i < COUNT(eight); i++)
        out[i] =
            (struct wn_judged){ .truth = (size_t)eight[i].truth,
                                .said = eight[i].said == NONE ? SIZE_MAX : (size_t)eight[i].said,
                                .right = eight[i].truth == eight[i].said,
                                .wrong = eight[i].truth != eight[i].said,
                                .eligible = eight[i].said != NONE,
                                .p = eight[i].p,
                                .score = eight[i].p };
}

TEST(labels_have_precision_recall_and_f1)
{
    static const struct {
        size_t n, said, right;
        double precision, recall, f1;
    } want[] = {
        { 4, 3, 3, 1, .75, 6 / 7.0 },
        { 3, 4, 2, .5, 2 / 3.0, 4 / 7.0 },
        { 1, 0, 0, NAN, 0, 0 },
        { 0, 0, 0, NAN, NAN, NAN },
    };
    struct wn_judged list[COUNT(eight)];
    struct wn_eval_label got[4] = { { .id = "a" }, { .id = "b" }, { .id = "c" }, { .id = "d" } };
    items(list);
    wn_metrics_labels(list, COUNT(eight), 4, got);
    for (size_t i = 0; i < COUNT(want); i++) {
        CHECK_INT(got[i].n, want[i].n);
        CHECK_INT(got[i].said, want[i].said);
        CHECK_INT(got[i].right, want[i].right);
        CHECK_NEAR(got[i].precision, want[i].precision);
        CHECK_NEAR(got[i].recall, want[i].recall);
        CHECK_NEAR(got[i].f1, want[i].f1);
    }
    /* a label that nobody has and nobody said does not count */
    CHECK_NEAR(wn_metrics_macro_f1(got, 4), (6 / 7.0 + 4 / 7.0 + 0) / 3);
    CHECK_NEAR(wn_metrics_macro_f1(got + 3, 1), NAN);
}

TEST(mixed_up_labels_come_most_frequent_first)
{
    static const size_t want[][3] = { { 0, 1, 1 }, { 1, SIZE_MAX, 1 }, { 2, 1, 1 } };
    struct wn_judged list[COUNT(eight) + 1];
    struct wn_mixed got[8];
    items(list);
    CHECK_INT(wn_metrics_mixed(list, COUNT(eight), 3, got, COUNT(got)), 3);
    for (size_t i = 0; i < COUNT(want); i++) {
        CHECK_INT(got[i].truth, want[i][0]);
        CHECK_INT(got[i].said, want[i][1]);
        CHECK_INT(got[i].n, want[i][2]);
    }
    list[COUNT(eight)] = list[7]; /* truth 2, said 1, once more */
    CHECK_INT(wn_metrics_mixed(list, COUNT(list), 3, got, 2), 2);
    CHECK_INT(got[0].truth, 2);
    CHECK_INT(got[0].n, 2);
}

TEST(bins_are_tenths_of_the_probability)
{
    struct wn_judged list[COUNT(eight)];
    struct wn_eval_bin b[WN_EVAL_BINS];
    items(list);
    list[6].p = 1; /* belongs to the last tenth */
    wn_metrics_bins(list, COUNT(eight), b);
    CHECK_INT(b[9].n, 3);
    CHECK_NEAR(b[9].p, (.95 + .92 + 1) / 3);
    CHECK_NEAR(b[9].right, 2 / 3.0);
    CHECK_INT(b[7].n, 2); /* .75 right, .70 wrong */
    CHECK_NEAR(b[7].right, .5);
    CHECK_INT(b[0].n, 0);
    CHECK_NEAR(b[0].p, NAN);
}

TEST(the_surest_are_counted_first)
{
    /* by score: .95r .92r .85r .75r .70w .65r .55w, and the one without a score last */
    static const double want[10] = { 1, 1, 1, 1, 1, 4 / 5.0, 5 / 6.0, 5 / 7.0, 5 / 8.0, 5 / 8.0 };
    struct wn_judged list[COUNT(eight)];
    double got[10];
    items(list);
    wn_metrics_coverage(list, COUNT(eight), got);
    for (size_t i = 0; i < 10; i++)
        CHECK_NEAR(got[i], want[i]);
}

TEST(equal_scores_share_evenly)
{
    struct wn_judged list[10];
    double got[10];
    for (size_t i = 0; i < 10; i++)
        list[i] = (struct wn_judged){ .right = i < 7, .score = .9, .p = .9 };
    wn_metrics_coverage(list, 10, got);
    for (size_t i = 0; i < 10; i++)
        CHECK_NEAR(got[i], .7);
}

TEST(quality_is_of_the_items_with_a_probability)
{
    struct wn_judged list[COUNT(eight)];
    double brier, ece, auroc;
    items(list);
    CHECK_INT(wn_metrics_quality(list, COUNT(eight), &brier, &ece, &auroc), 7);
    /* right .95 .85 .75 .92 .65, wrong .55 .70: of ten pairs .65 < .70 alone is the wrong way round */
    CHECK_NEAR(auroc, .9);
    CHECK_NEAR(brier, (.0025 + .0225 + .0625 + .3025 + .0064 + .1225 + .49) / 7);
    /* tenths 5: .55 wrong; 6: .65 right; 7: .75 right, .70 wrong; 8: .85 right; 9: .95, .92 right */
    CHECK_NEAR(ece, (.55 + .35 + .45 + .15 + .13) / 7);
}

TEST(nothing_to_count_is_no_number)
{
    struct wn_eval_bin b[WN_EVAL_BINS];
    double got[10], brier, ece, auroc;
    wn_metrics_coverage(NULL, 0, got);
    CHECK_NEAR(got[0], NAN);
    CHECK_INT(wn_metrics_quality(NULL, 0, &brier, &ece, &auroc), 0);
    CHECK_NEAR(brier, NAN);
    wn_metrics_bins(NULL, 0, b);
    CHECK_NEAR(b[3].right, NAN);
    CHECK_NEAR(wn_metrics_quantile(NULL, 0, .5), NAN);
}

TEST(quantiles_are_values_of_the_list)
{
    static const struct {
        double q, want;
    } rows[] = { { .5, 20 }, { .95, 40 }, { .25, 10 }, { 0, 10 }, { 1, 40 } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        double list[] = { 40, 10, 30, 20 };
        CHECK_NEAR(wn_metrics_quantile(list, 4, rows[i].q), rows[i].want);
    }
}

/* ---- what could be accepted without a person ---- */

enum { MANY = 800 };

/* Every second item chooses; the score falls from 1 to 0, and all below `sure` are wrong. */
static void many(struct wn_judged *list, bool *choose, double sure)
{
    for (size_t i = 0; i < MANY; i++) {
        double score = 1 - (double)i / MANY;
        list[i] = (struct wn_judged){ .score = score, .eligible = true, .wrong = score < sure };
        choose[i] = i % 2 == 0;
    }
}

TEST(a_threshold_is_chosen_on_one_half_and_measured_on_the_other)
{
    static struct wn_judged list[MANY];
    static bool choose[MANY];
    struct wn_eval_automation m;
    many(list, choose, .5);
    wn_metrics_automation(list, choose, MANY, .05, &m);
    CHECK(m.chosen);
    CHECK_INT(m.chosen_on, MANY / 2);
    CHECK_INT(m.measured_on, MANY / 2);
    CHECK_INT(m.accepted, 199); /* half of 400: the first ten twentieths of the pool, all right */
    CHECK_INT(m.wrong, 0);
}

TEST(an_item_that_waits_anyway_is_not_accepted)
{
    static struct wn_judged list[MANY];
    static bool choose[MANY];
    struct wn_eval_automation m;
    many(list, choose, 0);
    for (size_t i = 1; i < MANY; i += 4) /* half of those that measure */
        list[i].eligible = false;
    wn_metrics_automation(list, choose, MANY, .05, &m);
    CHECK(m.chosen);
    CHECK(m.accepted <= MANY / 4);
}

TEST(no_threshold_is_chosen_where_none_holds)
{
    static struct wn_judged list[MANY];
    static bool choose[MANY];
    struct wn_eval_automation m;
    many(list, choose, 2); /* all are wrong */
    wn_metrics_automation(list, choose, MANY, .05, &m);
    CHECK(!m.chosen);
    CHECK_INT(m.needed, 0);
    wn_metrics_automation(list, choose, 40, .05, &m); /* 20 to choose on; 59 could prove 5 % */
    CHECK(!m.chosen);
    CHECK_INT(m.needed, 118);
}

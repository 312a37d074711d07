#include "test.h"
#include "store_home.h"

static struct wn_arena arena;

static int64_t next(struct wn_store *s, const char *task, const int64_t *skip, size_t nskip,
                    int64_t want_left)
{
    struct wn_row r;
    int64_t left = -1;
    CHECK_OK(wn_review_next(s, task, skip, nskip, &arena, &r, &left, &test_error));
    CHECK_INT(left, want_left);
    return r.id;
}

TEST(the_queue_has_the_random_sample_first_and_then_the_least_certain)
{
    static const struct {
        double s, u, pi;
        bool hard;
        enum wn_route route;
    } row[] = {
        { 0.50, 0.90, 0.25, false, WN_REVIEW }, /* 1 */
        { 0.20, 0.90, 0.25, false, WN_REVIEW }, /* 2 */
        { 0.90, 0.20, 0.25, false, WN_REVIEW }, /* 3: sampled */
        { 0.10, 0.10, 0.25, true, WN_REVIEW },  /* 4: sampled, but not eligible */
        { 0.95, 0.05, 0.25, false, WN_REVIEW }, /* 5: sampled, lower u */
        { 0.20, 0.80, 0.25, false, WN_REVIEW }, /* 6: as 2, younger */
        { NAN, 0.80, NAN, false, WN_REVIEW },   /* 7: no score at all */
        { 0.99, 0.80, 0.25, false, WN_AUTO },   /* waits for nobody */
        { NAN, 0.80, 0.25, false, WN_FAILED },
    };
    static const int64_t want[] = { 5, 3, 7, 4, 2, 6, 1, 0 };
    int64_t skip[COUNT(want)];
    struct wn_store *s;
    home_new();
    s = store_open();
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_row r = row_for((int)i);
        r.s = row[i].s;
        r.u = row[i].u;
        r.pi = row[i].pi;
        r.hard_flag = row[i].hard;
        r.route = row[i].route;
        CHECK_OK(wn_results_put(s, &r, NULL, &test_error));
    }
    for (size_t i = 0; i < COUNT(want); i++) {
        skip[i] = next(s, i % 2 ? NULL : "lead-intent", skip, i, 7);
        CHECK_INT(skip[i], want[i]);
    }
    CHECK_INT(next(s, "another-task", NULL, 0, 0), 0);
    wn_store_close(s);
    home_remove();
}

TEST(a_verdict_takes_a_decision_out_and_undo_brings_it_back)
{
    struct wn_store *s;
    struct wn_row r;
    int64_t first, second;
    home_new();
    s = store_open();
    r = row_for(1);
    put_row(s, &r);
    CHECK_INT(next(s, NULL, NULL, 0, 1), 1);
    first = put_review(s, 1, "unsure");
    CHECK_INT(next(s, NULL, NULL, 0, 0), 0);
    second = put_review(s, 1, "correct");
    CHECK_OK(wn_results_get(s, 1, &arena, &r, &test_error));
    CHECK_STR(r.verdict, "correct");
    CHECK_STR(r.correction_json, "{\"intent\":\"demo_request\"}");
    CHECK_STR(r.reviewer, "Odile");
    CHECK_STR(r.note, "asked twice");
    CHECK_INT(r.reviewed, NOW + 60);
    /* The second taken back: the first counts again, and nothing waits. */
    CHECK_OK(wn_review_undo(s, second, NOW + 90, &test_error));
    CHECK_OK(wn_results_get(s, 1, &arena, &r, &test_error));
    CHECK_STR(r.verdict, "unsure");
    CHECK_INT(next(s, NULL, NULL, 0, 0), 0);
    CHECK_OK(wn_review_undo(s, first, NOW + 95, &test_error));
    CHECK_OK(wn_results_get(s, 1, &arena, &r, &test_error));
    CHECK_STR(r.verdict, NULL);
    CHECK_INT(next(s, NULL, NULL, 0, 1), 1);
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    CHECK_INT(sql_number("SELECT count(*) FROM reviews"), 2);
    CHECK_INT(sql_number("SELECT count(*) FROM audit WHERE event IN ('reviewed', 'undone')"), 4);
    home_remove();
}

TEST(what_is_not_there_cannot_be_reviewed_or_taken_back)
{
    struct wn_review r = { .decision = 7, .time = NOW, .verdict = "accept", .reviewer = "Odile" };
    struct wn_store *s;
    struct wn_row row;
    int64_t id = 0;
    home_new();
    s = store_open();
    CHECK_INT(wn_review_add(s, &r, &id, &test_error), WN_E_STORE);
    CHECK_STR(test_error.what, "there is no decision 7");
    CHECK_INT(wn_review_undo(s, 3, NOW, &test_error), WN_E_STORE);
    CHECK_STR(test_error.what, "there is no verdict 3 to take back");
    row = row_for(1);
    r.decision = put_row(s, &row);
    CHECK_OK(wn_review_add(s, &r, &id, &test_error));
    CHECK_OK(wn_review_undo(s, id, NOW, &test_error));
    CHECK_INT(wn_review_undo(s, id, NOW, &test_error), WN_E_STORE);
    CHECK_STR(test_error.cause, "it was taken back before");
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    home_remove();
    wn_arena_free(&arena);
}

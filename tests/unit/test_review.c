#include "test.h"
#include "store_home.h"
#include <math.h>

static struct wn_arena arena;

/* The first that waits; the number of all is checked. */
static int64_t next(struct wn_store *s, const char *task, int64_t want)
{
    struct wn_waiting_row *list;
    int64_t first;
    size_t n;
    CHECK_OK(wn_review_waiting(s, task, &arena, &list, &n, &test_error));
    CHECK_INT(n, want);
    first = n == 0 ? 0 : list[0].id;
    free(list);
    return first;
}

TEST(what_waits_is_what_goes_to_a_person_task_by_task_and_by_age)
{
    static const struct {
        const char *task;
        double p;
        enum wn_route route;
    } row[] = {
        { "support", .5, WN_REVIEW }, { "lead-intent", NAN, WN_REVIEW }, { "lead-intent", .9, WN_AUTO },
        { "support", .4, WN_FAILED }, { "lead-intent", .25, WN_REVIEW }, { "support", .7, WN_REVIEW },
    };
    static const int64_t want[] = { 2, 5, 1, 6 };
    struct wn_waiting_row *list;
    struct wn_store *s;
    size_t n;
    home_new();
    s = store_open();
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_row r = row_for((int)i);
        r.task = row[i].task;
        r.p = row[i].p;
        r.s = NAN;
        r.route = row[i].route;
        CHECK_OK(wn_results_put(s, &r, NULL, &test_error));
    }
    CHECK_OK(wn_review_waiting(s, NULL, &arena, &list, &n, &test_error));
    CHECK_INT(n, COUNT(want));
    for (size_t i = 0; i < n; i++) {
        CHECK_INT(list[i].id, want[i]);
        CHECK_STR(list[i].task, row[want[i] - 1].task);
        CHECK(isnan(list[i].p) ? isnan(row[want[i] - 1].p) : list[i].p == row[want[i] - 1].p);
    }
    free(list);
    CHECK_INT(next(s, "support", 2), 1);
    CHECK_INT(next(s, "another-task", 0), 0);
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
    CHECK_INT(next(s, NULL, 1), 1);
    first = put_review(s, 1, "unsure");
    CHECK_INT(next(s, NULL, 0), 0);
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
    CHECK_INT(next(s, NULL, 0), 0);
    CHECK_OK(wn_review_undo(s, first, NOW + 95, &test_error));
    CHECK_OK(wn_results_get(s, 1, &arena, &r, &test_error));
    CHECK_STR(r.verdict, NULL);
    CHECK_INT(next(s, NULL, 1), 1);
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

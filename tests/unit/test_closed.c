/* Closed reports, with decisions and reviews put into a store by hand and the clock set. The task's target is
 * 10 %; NOW lies in November 2026. */
#include "test.h"
#include "desk.h"
#include "pipeline/closed.h"

enum { LOOK = 90 };
#define NOVEMBER 1793491200 /* 2026-11-01T00:00:00Z */
#define DECEMBER (NOVEMBER + 30 * DAY)

static const struct wn_choice kinds[] = { { "order", "" }, { "fault", "" } };
static struct wn_question question = {
    .name = "kind", .type = WN_CHOICE, .choices = kinds, .nchoices = 2, .gated = true
};
static struct wn_task task;
static struct wn_arena arena;

static void begin(void)
{
    desk_open(NOVEMBER + DAY);
    task = (struct wn_task){ .name = "desk",
                             .target_error = .1,
                             .report = "month",
                             .questions = &question,
                             .nquestions = 1 };
}

static void end(void)
{
    wn_arena_free(&arena);
    desk_close();
}

static int64_t put(const char *key, enum wn_route route, const char *label, double u, double pi)
{
    struct wn_row r = row_for(++made);
    char json[300];
    snprintf(json, sizeof(json),
             "{\"route\":\"%s\",\"label\":\"%s\",\"reasons\":[%s],\"because\":[%s]}",
             route == WN_AUTO ? "auto" : "review", label,
             route == WN_AUTO ? "" : "\"below_guarantee\"", route == WN_AUTO ? "" : "\"so\"");
    r.task = task.name;
    r.key = key;
    r.route = route;
    r.same_as = NULL;
    r.result_json = json;
    r.created = wn_clock_now();
    r.u = u;
    r.s = fmod(made * .7548776662, 1);
    r.fold = .9;
    r.pi = pi;
    r.stratum = NULL;
    r.cost_microusd = 10000;
    return put_row(wn.store, &r);
}

/* correction NULL: it is right. */
static void review(int64_t id, const char *correction)
{
    const struct wn_review r = { .decision = id,
                                 .time = wn_clock_now(),
                                 .verdict = correction == NULL ? "accept" : "correct",
                                 .correction_json = correction,
                                 .reviewer = "ada",
                                 .asked = "audit_sample",
                                 .wrong = correction != NULL };
    int64_t review_id;
    CHECK_OK(wn_review_add(wn.store, &r, &review_id, &test_error));
}

/* n accepted; of `drawn` of them everybody looks at, the first `wrong` are. */
static void put_autos(int n, int drawn, int wrong)
{
    for (int i = 0; i < n; i++) {
        int64_t id = put("a", WN_AUTO, "order", i < drawn ? .0001 * (i + 1) : .5 + .0001 * i, .1);
        if (i < drawn)
            review(id, i < wrong ? "{\"kind\":\"fault\"}" : NULL);
    }
}

static struct wn_trial load(void)
{
    const struct wn_trust_key k = { "a", "plan", "rest", "linear" };
    struct wn_trial t;
    CHECK_OK(wn_trial_load(&wn, &task, &k, "ada", &t, &test_error));
    return t;
}

static enum wn_state state_now(void)
{
    struct wn_trial t = load();
    enum wn_state s = t.state;
    wn_trial_clear(&t);
    return s;
}

/* Proved by 90 reviews that are right; they are not of the accepted ones. */
static void certify(void)
{
    for (int i = 0; i < LOOK; i++)
        review(put("a", WN_REVIEW, "fault", .9 + .0001 * i, 1), NULL);
    CHECK_INT(state_now(), WN_CERTIFIED);
}

static const char *close_all(void)
{
    struct wn_report_row r;
    CHECK_OK(wn_reports_close(&wn, &task, &test_error));
    CHECK_OK(wn_report_get(wn.store, "desk", NULL, &arena, &r, &test_error));
    return r.id == 0 ? "" : r.body;
}

static const char *headline(void)
{
    const char *body = close_all();
    return wn_arena_copy(&arena, body, strcspn(body, "\n"));
}

TEST(months_quarters_and_batches_begin_and_end_where_the_calendar_says)
{
    static const struct {
        const char *how;
        int64_t time;
        const char *name;
        int64_t start, end;
    } row[] = {
        { "month", NOVEMBER, "2026-11", NOVEMBER, DECEMBER },
        { "month", DECEMBER - 1, "2026-11", NOVEMBER, DECEMBER },
        { "month", DECEMBER, "2026-12", DECEMBER, DECEMBER + 31 * DAY },
        { "quarter", DECEMBER, "2026-Q4", NOVEMBER - 31 * DAY, DECEMBER + 31 * DAY },
        { "quarter", DECEMBER + 31 * DAY, "2027-Q1", DECEMBER + 31 * DAY, DECEMBER + 121 * DAY },
        { "batch", NOVEMBER + 5, "2026-11-01", NOVEMBER, NOVEMBER + DAY },
        { "batch", NOVEMBER - 1, "2026-10-31", NOVEMBER - DAY, NOVEMBER },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_period_of p;
        wn_period_of(row[i].how, row[i].time, &p);
        CHECK_STR(p.name, row[i].name);
        CHECK_INT(p.start, row[i].start);
        CHECK_INT(p.end, row[i].end);
    }
}

TEST(a_report_is_the_page_that_the_shop_owner_gets)
{
    begin();
    certify();
    put_autos(200, 40, 1);
    review(put("a", WN_REVIEW, "order", .99, 1), "{\"kind\":\"fault\"}");
    put("a", WN_REVIEW, "order", .991, 1);
    at(DECEMBER);
    CHECK_STR(
        close_all(),
        "desk 2026-11: with 95% confidence, at most 10.0% of auto-accepted labels are wrong; 68.4% "
        "were automatic; 40 reviewed at random (1 wrong)\n"
        "\n"
        "proof      2026-11-02, look 1 of the campaign: accepted from a score of 0.008516 on; 90 "
        "reviewed above it, 0 wrong\n"
        "state      certified: look 1 at 90 sampled reviews (0 wrong): proved for the surest 100% "
        "(90 "
        "reviewed of them, 0 wrong; at most 4.8% wrong)\n"
        "decisions  292: 200 automatic, 92 to a person\n"
        "accuracy   about 97.9% of all labels were right (estimated from 131 reviews, give or take "
        "6.5 "
        "points; not judged in time: 1 that went to a person)\n"
        "cost       $2.92\n"
        "\n"
        "why items went to a person\n"
        "      92  below_guarantee: Not as sure as what is proved to be right often enough.\n"
        "\n"
        "label                        said  automatic    checked    wrong truly, about\n"
        "order                         202        200         40        1        66.7%\n"
        "fault                          90          0          0        0        33.2%\n");
    end();
}

TEST(it_closes_when_its_checks_are_reviewed_or_after_fourteen_days)
{
    static const char pending[] =
        "desk 2026-11: with 95% confidence, at most 10.0% of auto-accepted labels are wrong; 68.9% "
        "were "
        "automatic; 39 reviewed at random (0 wrong, 1 pending counted as wrong)";
    int64_t late;
    begin();
    certify();
    late = put("a", WN_AUTO, "order", .00001, .1);
    put_autos(199, 39, 0);
    at(DECEMBER - 1);
    CHECK_STR(headline(), "");
    at(DECEMBER + 14 * DAY - 1);
    CHECK_STR(headline(), "");
    at(DECEMBER + 16 * DAY);
    review(late, NULL); /* too late to count, whenever the report is made */
    at(DECEMBER + 20 * DAY);
    CHECK_STR(headline(), pending);
    CHECK_STR(headline(), pending); /* it is made once */
    CHECK_INT(sql_number("SELECT count(*) FROM reports"), 1);
    CHECK_INT(sql_number("SELECT closed FROM reports"), DECEMBER + 14 * DAY);
    end();
}

TEST(the_lowest_rate_of_the_period_decides_which_reviews_count)
{
    begin();
    certify();
    put_autos(200, 40, 0);
    put("a", WN_AUTO, "order", .7, .003); /* of the others only those below .003 are left: 30 */
    at(DECEMBER);
    close_all();
    CHECK_INT(sql_number("SELECT n FROM reports"), 29);
    CHECK_INT(sql_number("SELECT automatic FROM reports"), 201);
    end();
}

TEST(before_a_proof_there_is_no_bound_but_what_is_missing)
{
    begin();
    put_autos(30, 10, 0);
    state_now();
    at(DECEMBER);
    CHECK_STR(headline(), "desk 2026-11: no bound yet: 0 of 90 sampled reviews");
    end();
}

TEST(a_report_warns_suspends_or_ends_a_warning)
{
    static const struct {
        int autos, drawn, wrong;
        bool warned;
        enum wn_state want;
        const char *why;
    } row[] = {
        { 400, 60, 0, false, WN_CERTIFIED, NULL },
        { 400, 60, 0, true, WN_CERTIFIED, "the report of 2026-11 confirms the target" },
        { 400, 60, 3, false, WN_STATE_WARN,
          "the report of 2026-11 does not confirm the target: at most 11.8% wrong, where 10% is "
          "the "
          "target" },
        { 400, 20, 0, true, WN_STATE_WARN, "a test" }, /* too few to say anything */
        { 400, 60, 14, true, WN_SUSPENDED,
          "of what was accepted in 2026-11, 14 of 60 that were checked at random were wrong: more "
          "than the target of 10%" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_trial t;
        begin();
        certify();
        if (row[i].warned) {
            t = load();
            CHECK_OK(wn_trial_warn(&t, "a test", NULL, &test_error));
            wn_trial_clear(&t);
        }
        for (int k = 0; k < row[i].autos;
             k++) { /* of another key: its audits are no cusum's here */
            int64_t id = put("old", WN_AUTO, "order",
                             k < row[i].drawn ? .0001 * (k + 1) : .5 + .0001 * k, .1);
            if (k < row[i].drawn)
                review(id, k < row[i].wrong ? "{\"kind\":\"fault\"}" : NULL);
        }
        put("a", WN_REVIEW, "order", .98, 1); /* the key in use */
        at(DECEMBER);
        close_all();
        t = load();
        CHECK_INT(t.state, row[i].want);
        if (row[i].why != NULL)
            CHECK_STR(t.row.why, row[i].why);
        wn_trial_clear(&t);
        end();
    }
}

TEST(a_report_of_a_time_before_the_proof_says_nothing_of_it)
{
    begin();
    for (int i = 0; i < 60; i++) {
        int64_t id = put("old", WN_AUTO, "order", .0001 * (i + 1), .1);
        if (i > 0) /* the first one waits, so that the report closes late */
            review(id, i < 20 ? "{\"kind\":\"fault\"}" : NULL);
    }
    at(DECEMBER + DAY);
    certify();
    at(DECEMBER + 14 * DAY);
    CHECK(strstr(close_all(), "desk 2026-11: no bound yet") != NULL);
    CHECK_INT(state_now(), WN_CERTIFIED);
    end();
}

TEST(an_item_that_was_decided_twice_counts_once_and_a_month_without_any_is_passed_over)
{
    begin();
    certify();
    put_autos(100, 30, 0);
    put("b", WN_AUTO, "fault", .0001, .1); /* the first of them, by a newer model */
    at(DECEMBER + 40 * DAY);
    put("a", WN_REVIEW, "order", .97, 1);
    at(DECEMBER + 90 * DAY);
    CHECK(strstr(close_all(), "desk 2027-01: no bound: none of 1 was accepted automatically") !=
          NULL);
    CHECK_INT(sql_number("SELECT automatic FROM reports WHERE name = '2026-11'"), 100);
    CHECK_INT(sql_number("SELECT count(*) FROM reports"), 2);
    end();
}

TEST(what_an_earlier_model_accepted_is_still_to_be_looked_at)
{
    struct wn_period_unit *list = NULL;
    int64_t id;
    size_t n = 0;
    begin();
    put("old", WN_AUTO, "order", .01, .1); /* before the period that is asked about */
    at(NOVEMBER + 9 * DAY);
    id = put("old", WN_AUTO, "order", .02, .1);
    review(put("old", WN_AUTO, "order", .03, .1), NULL);
    put("old", WN_AUTO, "order", .2, .1); /* not drawn */
    put("old", WN_REVIEW, "order", .04, 1);
    put("new", WN_AUTO, "order", .05, .1); /* the key in use: its own sample has it */
    CHECK_OK(
        wn_period_overdue(wn.store, "desk", "new", NOVEMBER + 5 * DAY, &list, &n, &test_error));
    CHECK_INT(n, 1);
    CHECK_INT(list[0].id, id);
    free(list);
    CHECK_INT(wn_period_oldest_open("month", DECEMBER + 13 * DAY), NOVEMBER);
    CHECK_INT(wn_period_oldest_open("month", DECEMBER + 14 * DAY), DECEMBER);
    end();
}

TEST(a_guard_label_has_a_report_of_its_own)
{
    struct wn_guard guard = { "fault", .2, true, 0 };
    struct wn_report_row r;
    const char *subject;
    begin();
    certify();
    put_autos(100, 30, 0);
    task.guards = &guard;
    task.nguards = 1;
    at(DECEMBER);
    CHECK(strstr(close_all(), "desk 2026-11: with 95% confidence") != NULL);
    subject = wn_trust_subject(wn.store, "desk", "fault", &arena);
    CHECK_OK(wn_report_get(wn.store, subject, "2026-11", &arena, &r, &test_error));
    CHECK(strstr(r.body, "desk (fault) 2026-11: no bound yet: 0 of 40 sampled reviews") == r.body);
    CHECK(strstr(r.body, "nan") == NULL);
    end();
}

TEST(a_report_that_was_changed_by_hand_is_found)
{
    begin();
    certify();
    put_autos(100, 30, 0);
    at(DECEMBER);
    close_all();
    wn_store_close(wn.store);
    tamper("UPDATE reports SET k = 0, n = 300");
    wn.store = store_open();
    struct wn_report_row r;
    CHECK_INT(wn_report_get(wn.store, "desk", NULL, &arena, &r, &test_error), WN_E_STORE);
    CHECK_STR(test_error.what, "reports row 1: its columns do not fit its mac");
    wn_store_close(wn.store);
    wn_arena_free(&arena);
    home_remove();
}

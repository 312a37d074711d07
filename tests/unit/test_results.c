#include "test.h"
#include "store_home.h"

static struct wn_arena arena;

static struct wn_row get(struct wn_store *s, int64_t id)
{
    struct wn_row r;
    CHECK_OK(wn_results_get(s, id, &arena, &r, &test_error));
    return r;
}

TEST(a_decision_comes_back_as_it_was)
{
    struct wn_store *s;
    struct wn_row r;
    int64_t id;
    home_new();
    s = store_open();
    r = row_for(1);
    id = put_row(s, &r);
    CHECK_INT(id, 1);
    wn_store_close(s);
    s = store_open();
    r = get(s, id);
    CHECK_INT(r.id, id);
    CHECK_STR(r.task, "lead-intent");
    CHECK_STR(r.version, "v1");
    CHECK_STR(r.model, "openai/gpt-6-luna");
    CHECK_STR(r.key, "abc123");
    CHECK_INT(r.route, WN_REVIEW);
    CHECK_STR(r.state, "cautious");
    CHECK_NEAR(r.s, 0.5);
    CHECK_NEAR(r.p, 0.6);
    CHECK_NEAR(r.u, 0.9);
    CHECK_NEAR(r.pi, 0.25);
    CHECK_INT(r.created, NOW);
    CHECK_INT(r.cost_microusd, 31);
    CHECK_INT(r.latency_ms, 212);
    CHECK_STR(r.item_id, "leads.csv:1");
    CHECK_STR(r.item_json, "{\"text\":\"Marigold 1 wants a quotation for pianos\"}");
    CHECK_STR(r.result_json, "{\"label\":\"pricing_request\"}");
    CHECK_STR(r.signals_json, "{\"lp\":0.93}");
    CHECK_STR(r.verdict, NULL);
    CHECK_INT(get(s, 99).id, 0);
    wn_store_close(s);
    home_remove();
}

TEST(numbers_that_are_not_there_stay_away)
{
    struct wn_store *s;
    struct wn_row r;
    home_new();
    s = store_open();
    r = row_for(1);
    r.s = r.u = r.pi = NAN;
    r.p = -0.0;
    r.signals_json = r.same_as = r.stratum = r.sender = r.content = NULL;
    r.content_len = 0;
    r = get(s, put_row(s, &r));
    CHECK(isnan(r.s) && isnan(r.u) && isnan(r.pi));
    CHECK_STR(r.signals_json, NULL);
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    home_remove();
}

TEST(the_same_decision_again_keeps_its_row_and_another_one_supersedes_it)
{
    static const struct {
        const char *key, *same_as;
        enum wn_route route;
        int64_t want;
    } row[] = {
        { "k1", "demo_request", WN_AUTO, 1 },
        { "k1", "demo_request", WN_AUTO, 1 },
        { "k2", "demo_request", WN_AUTO, 2 },   /* another key */
        { "k2", "demo_request", WN_REVIEW, 3 }, /* another route */
        { "k2", "not_a_lead", WN_REVIEW, 4 },   /* another answer */
        { "k2", "not_a_lead", WN_REVIEW, 4 },
        { "k1", "demo_request", WN_AUTO, 5 }, /* as once before, but not the current one */
    };
    struct wn_store *s;
    home_new();
    s = store_open();
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_row r = row_for(1);
        r.key = row[i].key;
        r.same_as = row[i].same_as;
        r.route = row[i].route;
        r.created = NOW + (int64_t)i;
        r.cost_microusd = (int64_t)i;
        CHECK_INT(put_row(s, &r), row[i].want);
    }
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    CHECK_INT(sql_number("SELECT count(*) FROM results"), 5);
    CHECK_INT(sql_number("SELECT count(*) FROM results WHERE current = 1"), 1);
    CHECK_INT(sql_number("SELECT id FROM results WHERE current = 1"), 5);
    CHECK_INT(sql_number("SELECT count(*) FROM audit WHERE event = 'decided'"), 5);
    home_remove();
}

TEST(a_review_stays_with_the_decision_it_was_made_of)
{
    struct wn_store *s;
    struct wn_row r;
    home_new();
    s = store_open();
    r = row_for(1);
    put_row(s, &r);
    put_review(s, 1, "correct");
    CHECK_INT(put_row(s, &r), 1);
    CHECK_STR(get(s, 1).verdict, "correct");
    r.same_as = "something else";
    CHECK_INT(put_row(s, &r), 2);
    CHECK_STR(get(s, 1).verdict, "correct");
    CHECK_STR(get(s, 2).verdict, NULL);
    wn_store_close(s);
    home_remove();
}

TEST(current_decisions_come_oldest_first)
{
    static const char *const task[] = { "a", "b", "a", "a" };
    struct wn_store *s;
    struct wn_row r;
    int64_t last = 0;
    home_new();
    s = store_open();
    for (int i = 0; i < 4; i++) {
        r = row_for(i);
        r.task = task[i];
        CHECK_OK(wn_results_put(s, &r, NULL, &test_error));
    }
    r = row_for(0);
    r.task = "a";
    r.same_as = "decided anew";
    CHECK_INT(put_row(s, &r), 5);
    for (int i = 0; i < 3; i++) {
        static const int64_t want[] = { 3, 4, 5 };
        CHECK_OK(wn_results_after(s, "a", last, &arena, &r, &test_error));
        CHECK_INT(r.id, want[i]);
        last = r.id;
    }
    CHECK_OK(wn_results_after(s, "a", last, &arena, &r, &test_error));
    CHECK_INT(r.id, 0);
    CHECK_OK(wn_results_after(s, NULL, 0, &arena, &r, &test_error));
    CHECK_INT(r.id, 2);
    wn_store_close(s);
    home_remove();
}

TEST(a_damaged_decision_is_named_once_and_passed_over_then)
{
    struct wn_store *s;
    struct wn_row r;
    home_new();
    s = store_open();
    for (int i = 1; i <= 3; i++) {
        r = row_for(i);
        put_row(s, &r);
    }
    wn_store_close(s);
    tamper(
        "UPDATE results SET body = (SELECT body FROM results WHERE id = 3) WHERE id = 2");
    s = store_open();
    CHECK_INT(wn_results_after(s, NULL, 1, &arena, &r, &test_error), WN_E_STORE);
    CHECK_STR(test_error.what, "results row 2, column body: the value does not open");
    CHECK_INT(r.id, 0);
    CHECK_OK(wn_results_after(s, NULL, 1, &arena, &r, &test_error));
    CHECK_INT(r.id, 3);
    CHECK_INT(wn_results_get(s, 2, &arena, &r, &test_error), WN_E_STORE);
    /* The same answer for the item again is no reason to keep the damaged row. */
    r = row_for(2);
    CHECK_INT(put_row(s, &r), 4);
    CHECK_INT(get(s, 4).id, 4);
    wn_store_close(s);
    CHECK_INT(sql_number("SELECT count(*) FROM aside"), 1);
    home_remove();
    wn_arena_free(&arena);
}

TEST(values_by_name_are_replaced_whole)
{
    struct wn_store *s;
    const char *bytes = NULL;
    size_t len = 0;
    home_new();
    s = store_open();
    CHECK_OK(wn_store_value_get(s, "linear", "lead-intent", &arena, &bytes, &len, &test_error));
    CHECK(bytes == NULL);
    CHECK_OK(wn_store_value_put(s, "linear", "lead-intent", "a\0b", 3, NOW, &test_error));
    CHECK_OK(wn_store_value_put(s, "linear", "other", "x", 1, NOW, &test_error));
    CHECK_OK(wn_store_value_put(s, "linear", "lead-intent", "c\0def", 5, NOW, &test_error));
    CHECK_OK(wn_store_value_get(s, "linear", "lead-intent", &arena, &bytes, &len, &test_error));
    CHECK_INT(len, 5);
    CHECK(memcmp(bytes, "c\0def", 5) == 0);
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    tamper("UPDATE kept SET name = 'swapped' WHERE name = 'other'");
    s = store_open();
    CHECK_INT(wn_store_value_get(s, "linear", "swapped", &arena, &bytes, &len, &test_error),
              WN_E_STORE);
    CHECK(bytes == NULL);
    wn_store_close(s);
    home_remove();
    wn_arena_free(&arena);
}

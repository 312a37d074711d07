#include "test.h"
#include "erased.h"

enum { DAY = 86400 };

static struct wn_arena arena;

/* Decisions and replies of ten days, one a day from NOW on; the third has a review. Every other one is of
 * another task. */
static struct wn_store *filled(void)
{
    struct wn_store *s;
    home_new();
    s = store_open();
    for (int i = 1; i <= 10; i++) {
        struct wn_row r = row_for(i);
        struct wn_cache_facts f = { .version = "v", .model = "m", .now = NOW + (i - 1) * DAY };
        unsigned char key[WN_HASH];
        r.task = f.task = i % 2 == 0 ? "email-triage" : "lead-intent";
        r.created = f.now;
        cache_key(s, i, key);
        CHECK_OK(wn_cache_put(s, key, "a reply", 7, &f, &test_error));
        put_row(s, &r);
    }
    put_review(s, 3, "correct");
    return s;
}

static int sweep(struct wn_store *s, const struct wn_keep *keep, size_t n, struct wn_expiry *at)
{
    bool done = false;
    int steps = 0;
    *at = (struct wn_expiry){ 0 };
    while (!done) {
        CHECK_OK(wn_store_expire(s, keep, n, NOW + 10 * DAY, at, &done, &test_error));
        steps++;
    }
    return steps;
}

TEST(what_is_too_old_loses_its_text_for_good_and_keeps_what_proofs_count)
{
    static const char *const sql[] = {
        "SELECT body FROM results WHERE id = 3",
        "SELECT body FROM results WHERE id = 1",
        "SELECT note FROM reviews WHERE decision = 3",
        "SELECT correction FROM reviews WHERE decision = 3",
        "SELECT value FROM cache WHERE id = 2",
        "SELECT body FROM audit WHERE tab = 'reviews'",
    };
    static const struct wn_keep keep[] = { { NULL, NOW + 5 * DAY } };
    struct wn_store *s = filled();
    struct wn_expiry at;
    struct wn_row r;
    size_t left = 0;
    struct wn_waiting_row *waiting;
    remember_nothing();
    for (size_t i = 0; i < COUNT(sql); i++)
        remember(sql[i]);
    CHECK(still_there() >= erased.n);
    sweep(s, keep, 1, &at);
    CHECK_INT(still_there(), 0);
    remember("SELECT body FROM results WHERE id = 6");
    CHECK(still_there() > 0);
    CHECK_INT(sql_number("SELECT count(*) FROM results"), 10);
    CHECK_INT(sql_number("SELECT count(*) FROM results WHERE body IS NULL"), 5);
    CHECK_INT(sql_number("SELECT count(*) FROM cache"), 5);
    CHECK_INT(sql_number("SELECT count(*) FROM reviews WHERE verdict = 'correct' AND note IS NULL"),
              1);
    CHECK_INT(sql_number("SELECT count(*) FROM results WHERE s IS NULL OR key <> 'abc123'"), 0);
    CHECK_INT(sql_number("SELECT count(*) FROM results WHERE signals IS NOT '{\"lp\":0.93}'"), 0);
    /* The item is still counted once, and found by `forget`; no other hash tells anything any more. */
    CHECK_INT(sql_number("SELECT count(*) FROM results WHERE content IS NULL AND sender IS NULL AND "
                         "same = zeroblob(32) AND length(item) = 32"),
              5);
    /* No reader meets a decision without a text. */
    CHECK_OK(wn_results_after(s, NULL, 0, &arena, &r, &test_error));
    CHECK_INT(r.id, 6);
    CHECK_OK(wn_review_waiting(s, NULL, &arena, &waiting, &left, &test_error));
    CHECK_INT(left, 5);
    free(waiting);
    CHECK_OK(wn_results_find(s, NULL, "leads.csv:3", &arena, &r, &test_error));
    CHECK_INT(r.id, 0);
    CHECK_STR(verify_store(s).all, "");
    /* It comes again as if it were new; and there is nothing left to sweep. */
    r = row_for(3);
    r.created = NOW + 10 * DAY;
    CHECK_INT(put_row(s, &r), 11);
    sweep(s, keep, 1, &at);
    CHECK_INT(at.gone, 0);
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    CHECK_STR(verify().all, "");
    wn_arena_free(&arena);
    home_remove();
}

TEST(each_task_has_a_time_of_its_own_and_without_one_nothing_goes)
{
    static const struct {
        struct wn_keep keep[2];
        size_t n;
        int64_t gone; /* decisions without text */
    } row[] = {
        { { { NULL, 0 } }, 0, 0 },
        { { { NULL, NOW } }, 1, 0 },
        { { { "lead-intent", NOW + 20 * DAY } }, 1, 5 },
        { { { "lead-intent", NOW + 3 * DAY }, { NULL, NOW + 2 * DAY } }, 2, 3 },
        { { { "lead-intent", NOW }, { NULL, NOW + 20 * DAY } }, 2, 5 },
        { { { "another", NOW + 20 * DAY } }, 1, 0 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_store *s = filled();
        struct wn_expiry at;
        sweep(s, row[i].keep, row[i].n, &at);
        CHECK_INT(sql_number("SELECT count(*) FROM results WHERE body IS NULL"), row[i].gone);
        CHECK_INT(sql_number("SELECT 10 - count(*) FROM cache"), row[i].gone);
        CHECK_STR(verify_store(s).all, "");
        wn_store_close(s);
    }
    home_remove();
}

TEST(a_sweep_goes_in_small_steps)
{
    static const struct wn_keep keep[] = { { NULL, NOW + DAY } };
    struct wn_store *s;
    struct wn_expiry at;
    home_new();
    s = store_open();
    for (int i = 1; i <= 200; i++) {
        struct wn_row r = row_for(i);
        CHECK_OK(wn_results_put(s, &r, NULL, &test_error));
    }
    CHECK_OK(wn_store_flush(s, &test_error));
    CHECK(sweep(s, keep, 1, &at) >= 4 + 1 + 1 + 1); /* 64 rows a step */
    CHECK_INT(at.gone, 200); /* the audit tells nothing of them that has to go */
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    home_remove();
}

TEST(what_is_kept_by_name_can_be_listed_and_dropped)
{
    struct wn_store *s;
    const char *const *names = NULL;
    const char *bytes;
    size_t n = 0, len;
    home_new();
    s = store_open();
    CHECK_OK(wn_store_value_put(s, "linear", "lead-intent", "weights", 7, NOW, &test_error));
    CHECK_OK(wn_store_value_put(s, "linear", "email-triage", "weights", 7, NOW, &test_error));
    CHECK_OK(wn_store_value_put(s, "lessons-file", "lead-intent", "x", 1, NOW, &test_error));
    CHECK_OK(wn_store_value_names(s, "linear", &arena, &names, &n, &test_error));
    CHECK_INT(n, 2);
    CHECK_STR(names[0], "email-triage");
    CHECK_STR(names[1], "lead-intent");
    CHECK_OK(wn_store_value_drop(s, "linear", "lead-intent", NOW, &test_error));
    CHECK_OK(
        wn_store_value_drop(s, "linear", "lead-intent", NOW, &test_error)); /* is gone already */
    CHECK_OK(wn_store_value_names(s, "linear", &arena, &names, &n, &test_error));
    CHECK_INT(n, 1);
    CHECK_OK(wn_store_value_get(s, "linear", "lead-intent", &arena, &bytes, &len, &test_error));
    CHECK(bytes == NULL);
    CHECK_OK(wn_store_value_names(s, "nothing", &arena, &names, &n, &test_error));
    CHECK_INT(n, 0);
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    wn_arena_free(&arena);
    home_remove();
}

TEST(decisions_are_found_by_item_and_by_sender)
{
    struct wn_store *s;
    struct wn_row r;
    int64_t id = 0;
    int n = 0;
    home_new();
    s = store_open();
    for (int i = 1; i <= 3; i++) {
        r = row_for(i);
        r.sender = i == 2 ? "elder@example.com" : "marigold@example.com";
        put_row(s, &r);
        r.same_as = "decided anew";
        put_row(s, &r);
    }
    CHECK_OK(wn_results_find(s, "lead-intent", "leads.csv:2", &arena, &r, &test_error));
    CHECK_INT(r.id, 4); /* the current one */
    CHECK_OK(wn_results_find(s, "email-triage", "leads.csv:2", &arena, &r, &test_error));
    CHECK_INT(r.id, 0);
    for (r.id = 0; n < 9; n++, id = r.id) {
        CHECK_OK(wn_results_about(s, NULL, "marigold@example.com", id, &arena, &r, &test_error));
        if (r.id == 0)
            break;
    }
    CHECK_INT(n, 4);
    CHECK_OK(wn_results_about(s, "leads.csv:3", NULL, 0, &arena, &r, &test_error));
    CHECK_INT(r.id, 5);
    CHECK_OK(wn_results_about(s, "leads.csv:4", NULL, 0, &arena, &r, &test_error));
    CHECK_INT(r.id, 0);
    wn_store_close(s);
    wn_arena_free(&arena);
    home_remove();
}

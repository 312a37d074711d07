#include "test.h"
#include "erased.h"

static struct wn_arena arena;

static struct wn_store *filled(void)
{
    struct wn_store *s;
    home_new();
    s = store_open();
    for (int i = 1; i <= 5; i++) {
        struct wn_row r = row_for(i);
        const struct wn_cache_facts f = { .task = "t",
                                          .version = "v",
                                          .model = "m",
                                          .now = NOW,
                                          .item_id = "another item with the same bytes",
                                          .content = r.content,
                                          .content_len = r.content_len };
        unsigned char key[WN_HASH];
        cache_key(s, i, key);
        r.sender = i <= 2 ? "marigold@example.com" : "elder@example.com";
        CHECK_OK(wn_cache_put(s, key, "a reply", 7, &f, &test_error));
        put_row(s, &r);
        r.same_as = "decided anew";
        put_row(s, &r);
    }
    put_review(s, 3, "correct");
    put_reply(s, 99, "a reply whose decision never came"); /* item leads.csv:1, from marigold */
    CHECK_OK(wn_store_flush(s, &test_error));
    return s;
}

TEST(a_forgotten_item_is_in_no_file_any_more_not_even_sealed)
{
    static const char *const sql[] = {
        "SELECT body FROM results WHERE id = 3",
        "SELECT body FROM results WHERE id = 4",
        "SELECT note FROM reviews WHERE decision = 3",
        "SELECT value FROM cache WHERE id = 2",
        "SELECT body FROM audit WHERE tab = 'reviews'",
    };
    struct wn_store *s = filled();
    struct wn_forgotten f;
    struct wn_row r;
    remember_nothing();
    for (size_t i = 0; i < COUNT(sql); i++)
        remember(sql[i]);
    CHECK(still_there() >= erased.n);
    CHECK_OK(wn_store_forget(s, "leads.csv:2", NULL, NOW, &f, &test_error));
    CHECK_INT(f.decisions, 2);
    CHECK_INT(f.reviews, 1);
    CHECK_INT(f.replies, 1);
    CHECK_INT(still_there(), 0);
    CHECK_OK(wn_results_get(s, 3, &arena, &r, &test_error));
    CHECK_INT(r.id, 0);
    CHECK_OK(wn_results_get(s, 6, &arena, &r, &test_error));
    CHECK_STR(r.item_id, "leads.csv:3");
    CHECK_STR(verify_store(s).all, "");
    /* It comes again: a new decision, under an id that was never used. */
    r = row_for(2);
    CHECK_INT(put_row(s, &r), 11);
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    home_remove();
}

TEST(a_forgotten_sender_takes_all_items_along)
{
    struct wn_store *s = filled();
    struct wn_forgotten f;
    CHECK_OK(wn_store_forget(s, NULL, "marigold@example.com", NOW, &f, &test_error));
    CHECK_INT(f.decisions, 4);
    CHECK_INT(f.reviews, 1);
    CHECK_INT(f.replies, 3);
    CHECK_INT(sql_number("SELECT count(*) FROM results"), 6);
    CHECK_INT(sql_number("SELECT count(*) FROM cache"), 3);
    CHECK_STR(verify_store(s).all, "");
    CHECK_OK(wn_store_forget(s, NULL, "nobody@example.com", NOW, &f, &test_error));
    CHECK_INT(f.decisions + f.reviews + f.replies, 0);
    wn_store_close(s);
    CHECK_INT(sql_number("SELECT count(*) FROM audit WHERE event = 'forgotten'"), 4);
    wn_arena_free(&arena);
    home_remove();
}

/* Where a table shrinks, SQLite moves rows to the page beside theirs; the bytes that they leave behind are
 * overwritten by nobody but who writes the page anew. */
TEST(what_was_moved_before_it_was_forgotten_leaves_nothing_behind_either)
{
    static const struct wn_keep keep[] = { { "email-triage", NOW + 1 } };
    static const char *const sender[] = { "marigold@example.com", "elder@example.com",
                                          "rowan@example.com" };
    struct wn_store *s;
    struct wn_expiry at = { 0 };
    struct wn_forgotten f;
    bool done = false;
    unsigned short seed[3] = { 4, 0, 0 };
    home_new();
    s = store_open();
    for (int i = 1; i <= 800; i++) {
        struct wn_row r = row_for(i);
        char text[901] = "";
        memset(text, 'y', (size_t)(nrand48(seed) % 900));
        r.item_json = text;
        r.sender = sender[i % 7 < 3 ? 0 : i % 7 < 5 ? 1 : 2];
        r.task = i % 2 == 0 ? "lead-intent" : "email-triage";
        CHECK_OK(wn_results_put(s, &r, NULL, &test_error));
    }
    CHECK_OK(wn_store_flush(s, &test_error));
    remember_nothing();
    remember("SELECT body FROM results WHERE id % 7 < 3");
    while (!done)
        CHECK_OK(wn_store_expire(s, keep, 1, NOW + 2, &at, &done, &test_error));
    CHECK_OK(wn_store_forget(s, NULL, "elder@example.com", NOW, &f, &test_error));
    CHECK_OK(wn_store_forget(s, NULL, "marigold@example.com", NOW, &f, &test_error));
    CHECK_INT(still_there(), 0);
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    home_remove();
}

/* What another process reads still needs the log: that is said, and the same command mends it. */
TEST(a_reader_that_keeps_the_old_bytes_is_told_of)
{
    struct wn_store *s = filled();
    struct wn_forgotten f;
    sqlite3 *reader = NULL;
    remember_nothing();
    remember("SELECT body FROM results WHERE id = 3");
    CHECK_INT(sqlite3_open(db_path, &reader), SQLITE_OK);
    CHECK_INT(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM results", NULL, NULL, NULL),
              SQLITE_OK);
    s->wait_ms = 20;
    CHECK_INT(wn_store_forget(s, "leads.csv:2", NULL, NOW, &f, &test_error), WN_E_STORE);
    CHECK(strstr(test_error.what, "what was erased still stands, sealed, in '") != NULL);
    CHECK_STR(test_error.cause, "another winnow has been reading in it for 20 ms");
    CHECK_STR(test_error.hint, "Run the same command again once the other one is done.");
    CHECK_INT(sql_number("SELECT count(*) FROM results"), 8);
    sqlite3_close(reader);
    CHECK_OK(wn_store_forget(s, "leads.csv:2", NULL, NOW, &f, &test_error));
    CHECK_INT(still_there(), 0);
    wn_store_close(s);
    home_remove();
}

TEST(what_somebody_removed_is_not_excused_by_a_later_erasure_of_another)
{
    struct wn_store *s = filled();
    struct wn_forgotten f;
    CHECK_OK(wn_store_forget(s, "leads.csv:2", NULL, NOW, &f, &test_error));
    wn_store_close(s);
    tamper("DELETE FROM results WHERE id = 9; UPDATE audit SET body = NULL WHERE id = 2");
    {
        struct faults faults = verify();
        CHECK(strstr(faults.all, "results: 7 rows, but 8 were written") != NULL);
        CHECK(strstr(faults.all, "results row 9 is missing, of which audit event 10 tells") !=
              NULL);
        CHECK(strstr(faults.all, "audit event 2, column body: the value does not open") != NULL);
    }
    home_remove();
}

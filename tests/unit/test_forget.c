#define _GNU_SOURCE /* memmem */
#include "test.h"
#include "store_home.h"

static struct wn_arena arena;

/* Does this blob stand in any file of the home? */
static bool stands_somewhere(const void *blob, size_t n)
{
    DIR *dir = opendir(home);
    struct dirent *e;
    bool found = false;
    while ((e = readdir(dir)) != NULL) {
        char path[400], *bytes = NULL;
        size_t len = 0;
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", home, e->d_name);
        CHECK_OK(wn_file_read(path, 256 << 20, &bytes, &len, &test_error));
        found = found || memmem(bytes, len, blob, n) != NULL;
        free(bytes);
    }
    closedir(dir);
    return found;
}

/* The first 40 bytes of the sealed value that `sql` gives. */
static void sealed(const char *sql, unsigned char out[40])
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    CHECK_INT(sqlite3_open(db_path, &db), SQLITE_OK);
    CHECK_INT(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    CHECK_INT(sqlite3_step(q), SQLITE_ROW);
    CHECK(sqlite3_column_bytes(q, 0) >= 40);
    memcpy(out, sqlite3_column_blob(q, 0), 40);
    sqlite3_finalize(q);
    sqlite3_close(db);
}

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
    unsigned char blob[COUNT(sql)][40];
    struct wn_store *s = filled();
    struct wn_forgotten f;
    struct wn_row r;
    for (size_t i = 0; i < COUNT(sql); i++) {
        sealed(sql[i], blob[i]);
        CHECK(stands_somewhere(blob[i], 40));
    }
    CHECK_OK(wn_store_forget(s, "leads.csv:2", NULL, NOW, &f, &test_error));
    CHECK_INT(f.decisions, 2);
    CHECK_INT(f.reviews, 1);
    CHECK_INT(f.replies, 1);
    for (size_t i = 0; i < COUNT(sql); i++)
        CHECK(!stands_somewhere(blob[i], 40));
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

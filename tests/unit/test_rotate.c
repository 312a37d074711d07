#include "test.h"
#include "store_home.h"

static struct wn_arena arena;

/* 150 decisions (more than a step), some replies, a review, a value. */
static struct wn_store *filled(void)
{
    struct wn_store *s;
    home_new();
    s = store_open();
    for (int i = 1; i <= 150; i++) {
        struct wn_row r = row_for(i);
        CHECK_OK(wn_results_put(s, &r, NULL, &test_error));
        if (i <= 40)
            put_reply(s, i, "{\"intent\":\"pricing_request\"}");
    }
    CHECK_OK(wn_store_flush(s, &test_error));
    put_review(s, 1, "correct");
    CHECK_OK(wn_store_value_put(s, "linear", "lead-intent", "weights", 7, NOW, &test_error));
    return s;
}

static int rotate(struct wn_store *s, int most)
{
    bool done = false;
    int steps = 0;
    while (!done && steps < most) {
        CHECK_OK(wn_key_rotate(s, NOW, &done, &test_error));
        steps++;
    }
    return done ? steps : -1;
}

static void check_content(struct wn_store *s)
{
    struct wn_row r;
    struct wn_cache_entry e;
    unsigned char key[WN_HASH];
    CHECK_OK(wn_results_get(s, 1, &arena, &r, &test_error));
    CHECK_STR(r.item_id, "leads.csv:1");
    CHECK_STR(r.reviewer, "Odile");
    cache_key(s, 7, key);
    CHECK_OK(wn_cache_get(s, key, NOW, &arena, &e, &test_error));
    CHECK_STR(e.value, "{\"intent\":\"pricing_request\"}");
    wn_arena_reset(&arena);
}

/* How many values are still sealed under the data key with this id. */
static int64_t under_key(int id)
{
    char sql[600];
    snprintf(sql, sizeof(sql),
             "SELECT (SELECT count(*) FROM results WHERE substr(body, 1, 5) = x'01%08x')"
             " + (SELECT count(*) FROM cache WHERE "
             "substr(value, 1, 5) = x'01%08x') + (SELECT count(*) FROM audit WHERE "
             "substr(body, 1, 5) = x'01%08x') + (SELECT count(*) FROM reviews WHERE "
             "substr(note, 1, 5) = x'01%08x') + (SELECT count(*) FROM kept WHERE "
             "substr(value, 1, 5) = x'01%08x')",
             id, id, id, id, id);
    return sql_number(sql);
}

TEST(after_a_rotation_everything_is_under_the_new_key_and_the_old_one_is_gone)
{
    struct wn_store *s = filled();
    CHECK_INT(under_key(1), 150 + 40 + 4 + 1 + 1);
    CHECK(rotate(s, 100) >= 3);
    check_content(s);
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    CHECK_INT(under_key(1), 0);
    CHECK_INT(sql_number("SELECT count(*) FROM ring WHERE kind = 'data'"), 1);
    CHECK_INT(sql_number("SELECT id FROM ring WHERE kind = 'data'"), 5);
    s = store_open();
    check_content(s);
    CHECK(rotate(s, 100) >= 3);
    check_content(s);
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    home_remove();
}

TEST(a_rotation_that_was_cut_off_goes_on_where_it_stopped)
{
    struct wn_store *s = filled();
    for (int round = 0; round < 3; round++) {
        struct wn_row r = row_for(1000 + round);
        CHECK_INT(rotate(s, 1), -1);
        put_row(s, &r);
        check_content(s);
        CHECK_STR(verify_store(s).all, "");
        wn_store_close(s);
        s = store_open();
    }
    CHECK_INT(sql_number("SELECT count(*) FROM ring WHERE kind = 'data'"), 2);
    CHECK(rotate(s, 100) > 0);
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    CHECK_INT(under_key(1), 0);
    CHECK_INT(sql_number("SELECT count(*) FROM ring WHERE kind = 'data'"), 1);
    home_remove();
}

TEST(another_process_follows_a_rotation)
{
    struct wn_store *a = filled(), *b = store_open();
    struct wn_row r = row_for(2001);
    put_row(b, &r);
    CHECK_INT(rotate(a, 1), -1); /* there is a new key, and b has not heard of it */
    r = row_for(2002);
    put_row(a, &r);
    CHECK_OK(wn_results_get(b, 152, &arena, &r, &test_error));
    CHECK_STR(r.item_id, "leads.csv:2002");
    r = row_for(2003);
    put_row(b, &r); /* under the new key */
    CHECK(rotate(a, 100) > 0);
    check_content(b);
    r = row_for(2004);
    put_row(b, &r);
    CHECK_STR(verify_store(b).all, "");
    CHECK_STR(verify_store(a).all, "");
    CHECK_INT(sql_number("SELECT count(*) FROM aside"), 0);
    wn_store_close(a);
    wn_store_close(b);
    CHECK_INT(under_key(1), 0);
    home_remove();
}

TEST(a_key_whose_making_failed_is_never_used)
{
    struct wn_store *s = filled();
    sqlite3 *other = NULL;
    bool done;
    struct wn_row r = row_for(3001);
    s->wait_ms = 1;
    CHECK_INT(sqlite3_open(db_path, &other), SQLITE_OK);
    CHECK_INT(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    CHECK_INT(wn_key_rotate(s, NOW, &done, &test_error), WN_E_STORE);
    CHECK(!done);
    sqlite3_close(other);
    /* And where the new key was made before the fault: it must not seal what follows. */
    CHECK(wn_ring_make(s->ring, WN_USE_DATA, 5));
    memset(s->ring_sum, 0, WN_HASH);
    put_row(s, &r);
    wn_store_close(s);
    CHECK_STR(verify().all, "");
    home_remove();
}

TEST(a_new_root_key_opens_the_store_and_the_old_one_does_not)
{
    struct wn_store *s = filled(), *other = store_open(), *none = NULL;
    size_t n = 0;
    struct wn_key *a = wn_key_decode(KEY_A, strlen(KEY_A), &n);
    struct wn_key *b = wn_key_decode(KEY_B, strlen(KEY_B), &n);
    CHECK_OK(wn_key_rotate_root(s, a, b, NOW, &test_error));
    CHECK_STR(verify_store(s).all, "");
    check_content(other); /* it has the store's keys; only the wrapping changed */
    wn_store_close(other);
    wn_store_close(s);
    CHECK_INT(store_try(KEY_A, &none), WN_E_CONFIG);
    CHECK_OK(store_try(KEY_B, &s));
    check_content(s);
    CHECK(rotate(s, 100) > 0);
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    wn_key_free(a);
    wn_key_free(b);
    wn_arena_free(&arena);
    home_remove();
}

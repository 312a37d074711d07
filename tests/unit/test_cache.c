#include "test.h"
#include "store_home.h"

static struct wn_arena arena;

/* The reply kept for n at time `now`, or NULL. */
static const char *get_at(struct wn_store *s, int n, int64_t now)
{
    struct wn_cache_entry e;
    unsigned char key[WN_HASH];
    cache_key(s, n, key);
    CHECK_OK(wn_cache_get(s, key, now, &arena, &e, &test_error));
    CHECK(e.value == NULL || (e.len == strlen(e.value) && e.cost_microusd == 31));
    return e.value;
}

static const char *get(struct wn_store *s, int n)
{
    return get_at(s, n, NOW);
}

TEST(a_reply_is_found_before_and_after_its_commit_and_by_the_next_process)
{
    struct wn_store *s;
    home_new();
    s = store_open();
    CHECK_STR(get(s, 1), NULL);
    put_reply(s, 1, "{\"intent\":\"demo_request\"}");
    CHECK_STR(get(s, 1), "{\"intent\":\"demo_request\"}");
    CHECK_INT(sql_number("SELECT count(*) FROM cache"), 0);
    CHECK_OK(wn_store_flush(s, &test_error));
    CHECK_INT(sql_number("SELECT count(*) FROM cache"), 1);
    CHECK_STR(get(s, 1), "{\"intent\":\"demo_request\"}");
    CHECK_STR(get(s, 2), NULL);
    wn_store_close(s);
    s = store_open();
    CHECK_STR(get(s, 1), "{\"intent\":\"demo_request\"}");
    wn_store_close(s);
    CHECK_INT(sql_number("SELECT n FROM counters WHERE name = 'cache_hits'"), 3);
    CHECK_INT(sql_number("SELECT n FROM counters WHERE name = 'cache_misses'"), 2);
    CHECK_INT(sql_number("SELECT n FROM counters WHERE name = 'cache_saved_microusd'"), 93);
    CHECK_STR(verify().all, "");
    home_remove();
}

TEST(a_group_is_committed_when_it_is_full_or_old)
{
    struct wn_store *s;
    bool committed = true;
    int64_t start;
    home_new();
    s = store_open();
    put_reply(s, 1, "one");
    start = s->group->since_ms;
    CHECK_OK(wn_store_tick(s, start + 49, &committed, &test_error));
    CHECK(!committed);
    CHECK_OK(wn_store_tick(s, start + 50, &committed, &test_error));
    CHECK(committed);
    CHECK_INT(sql_number("SELECT count(*) FROM cache"), 1);
    CHECK_OK(wn_store_tick(s, start + 500, &committed, &test_error));
    CHECK(!committed);
    for (int i = 0; i < WN_GROUP_ROWS; i++)
        put_reply(s, 100 + i, "more");
    CHECK_INT(s->group->n, 0);
    CHECK_INT(sql_number("SELECT count(*) FROM cache"), 1 + WN_GROUP_ROWS);
    wn_store_close(s);
    home_remove();
}

TEST(a_refreshed_reply_takes_the_place_of_the_old_one)
{
    struct wn_store *s;
    home_new();
    s = store_open();
    put_reply(s, 1, "old");
    put_reply(s, 1, "newer, in the same group");
    CHECK_STR(get(s, 1), "newer, in the same group");
    CHECK_OK(wn_store_flush(s, &test_error));
    CHECK_STR(get(s, 1), "newer, in the same group");
    put_reply(s, 1, "newest");
    CHECK_OK(wn_store_flush(s, &test_error));
    CHECK_STR(get(s, 1), "newest");
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    CHECK_INT(sql_number("SELECT count(*) FROM cache"), 1);
    home_remove();
}

TEST(an_expired_reply_is_not_there)
{
    const struct wn_cache_facts f = { .task = "t",
                                      .version = "v",
                                      .model = "m",
                                      .now = NOW,
                                      .cost_microusd = 31,
                                      .expires = NOW + 100 };
    unsigned char key[WN_HASH];
    struct wn_store *s;
    home_new();
    s = store_open();
    cache_key(s, 1, key);
    CHECK_OK(wn_cache_put(s, key, "fresh", 5, &f, &test_error));
    CHECK_OK(wn_store_flush(s, &test_error));
    CHECK_STR(get_at(s, 1, NOW + 99), "fresh");
    CHECK_STR(get_at(s, 1, NOW + 100), NULL);
    wn_store_close(s);
    home_remove();
}

TEST(a_use_is_noted_once_a_day)
{
    struct wn_store *s;
    home_new();
    s = store_open();
    put_reply(s, 1, "one");
    CHECK_OK(wn_store_flush(s, &test_error));
    get_at(s, 1, NOW + 3600);
    get_at(s, 1, NOW + 2 * 86400);
    put_reply(s, 2, "two");
    wn_store_close(s);
    CHECK_INT(sql_number("SELECT used FROM cache ORDER BY id LIMIT 1"), NOW + 2 * 86400);
    CHECK_STR(verify().all, "");
    home_remove();
}

TEST(a_damaged_reply_is_set_aside_whole_and_asked_for_again)
{
    static const char *const damage[] = {
        "UPDATE cache SET value = CAST(substr(value, 1, 60) || x'00' || substr(value, 62) AS BLOB)",
        "UPDATE cache SET value = x'01'",
        /* another's reply */
        ("CREATE TEMP TABLE t AS SELECT key FROM cache WHERE id = 1; DELETE FROM cache WHERE id = "
         "1;"
         "UPDATE cache SET key = (SELECT key FROM t) WHERE id = 2"),
        "UPDATE cache SET id = 3 WHERE id = 1",
    };
    for (size_t i = 0; i < COUNT(damage); i++) {
        struct wn_store *s;
        home_new();
        s = store_open();
        put_reply(s, 1, "a reply of some length, so that there is something to damage");
        put_reply(s, 2, "another reply");
        wn_store_close(s);
        tamper(damage[i]);
        s = store_open();
        CHECK_STR(get(s, 1), NULL);
        CHECK_INT(sql_number("SELECT count(*) FROM aside WHERE tab = 'cache' AND col = 'value' "
                             "AND value IS NOT NULL"),
                  1);
        put_reply(s, 1, "asked again");
        CHECK_OK(wn_store_flush(s, &test_error));
        CHECK_STR(get(s, 1), "asked again");
        wn_store_close(s);
    }
    home_remove();
    wn_arena_free(&arena);
}

TEST(a_key_depends_on_every_part_and_on_where_parts_end)
{
    static const struct wn_part whole[] = { { "openai", 6 }, { "gpt", 3 }, { "text\0x", 6 } };
    static const struct wn_part other[][3] = {
        { { "openai", 6 }, { "gpt", 3 }, { "text\0y", 6 } },
        { { "openai", 6 }, { "gptt", 4 }, { "ext\0x", 5 } },
        { { "openai", 6 }, { "", 0 }, { "gpttext\0x", 9 } },
        { { "gpt", 3 }, { "openai", 6 }, { "text\0x", 6 } },
    };
    unsigned char a[WN_HASH], b[WN_HASH];
    struct wn_store *s;
    home_new();
    s = store_open();
    wn_cache_key(s, whole, 3, a);
    wn_cache_key(s, whole, 3, b);
    CHECK(memcmp(a, b, WN_HASH) == 0);
    wn_cache_key(s, whole, 2, b);
    CHECK(memcmp(a, b, WN_HASH) != 0);
    for (size_t i = 0; i < COUNT(other); i++) {
        wn_cache_key(s, other[i], 3, b);
        CHECK(memcmp(a, b, WN_HASH) != 0);
    }
    wn_store_close(s);
    home_remove();
}

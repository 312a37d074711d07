#include "test.h"
#include "store_home.h"

static void put(struct wn_store *s, int n, const char *task, int64_t now, int64_t expires)
{
    const struct wn_cache_facts f = { .task = task,
                                      .version = "v",
                                      .model = "m",
                                      .now = now,
                                      .expires = expires,
                                      .cost_microusd = 10 };
    unsigned char key[WN_HASH];
    cache_key(s, n, key);
    CHECK_OK(wn_cache_put(s, key, "reply", 5, &f, &test_error));
}

static bool there(struct wn_store *s, int n, int64_t now)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_cache_entry e;
    unsigned char key[WN_HASH];
    bool found;
    cache_key(s, n, key);
    CHECK_OK(wn_cache_get(s, key, now, &a, &e, &test_error));
    found = e.value != NULL;
    wn_arena_free(&a);
    return found;
}

TEST(the_cache_is_counted)
{
    struct wn_cache_stats st;
    struct wn_store *s;
    home_new();
    s = store_open();
    CHECK_OK(wn_cache_stats(s, NOW, &st, &test_error));
    CHECK_INT(st.replies + st.bytes + st.expired + st.oldest + st.hits + st.misses, 0);
    put(s, 1, "a", NOW - 100, 0);
    put(s, 2, "a", NOW - 50, NOW);
    CHECK(there(s, 1, NOW));
    CHECK(there(s, 1, NOW));
    CHECK(!there(s, 3, NOW));
    CHECK_OK(wn_cache_stats(s, NOW, &st, &test_error));
    CHECK_INT(st.replies, 2);
    CHECK_INT(st.bytes, 2 * 109);
    CHECK_INT(st.expired, 1);
    CHECK_INT(st.oldest, NOW - 100);
    CHECK_INT(st.hits, 2);
    CHECK_INT(st.misses, 1);
    CHECK_INT(st.saved_microusd, 20);
    wn_store_close(s);
    home_remove();
}

TEST(what_expired_goes_first_and_then_what_was_used_longest_ago)
{
    static const int64_t day = 86400;
    struct wn_store *s;
    int64_t n = -1;
    home_new();
    s = store_open();
    put(s, 1, "a", NOW - 9 * day, 0);
    put(s, 2, "a", NOW - 8 * day, 0);
    put(s, 3, "a", NOW - 7 * day, NOW - day);
    put(s, 4, "a", NOW - 6 * day, 0);
    CHECK_OK(wn_store_flush(s, &test_error));
    CHECK(there(s, 1, NOW)); /* made first, used last */
    CHECK_OK(wn_cache_sweep(s, NOW, 0, &n, &test_error));
    CHECK_INT(n, 1);
    put(s, 5, "a", NOW, 0);
    CHECK_OK(wn_cache_sweep(s, NOW, 3 * 109 - 1, &n, &test_error));
    CHECK_INT(n, 2);
    CHECK(there(s, 1, NOW) && there(s, 5, NOW));
    CHECK(!there(s, 2, NOW) && !there(s, 3, NOW) && !there(s, 4, NOW));
    CHECK_OK(wn_cache_sweep(s, NOW, 3 * 109, &n, &test_error));
    CHECK_INT(n, 0);
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    home_remove();
}

TEST(clearing_takes_a_task_or_everything)
{
    struct wn_store *s;
    int64_t n = -1;
    home_new();
    s = store_open();
    for (int i = 0; i < 600; i++)
        put(s, i, i % 3 == 0 ? "a" : "b", NOW, 0);
    CHECK_OK(wn_cache_clear(s, "a", &n, &test_error));
    CHECK_INT(n, 200);
    CHECK(!there(s, 0, NOW) && there(s, 1, NOW));
    CHECK_OK(wn_cache_clear(s, NULL, &n, &test_error));
    CHECK_INT(n, 400);
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    home_remove();
}

TEST(explain_says_which_part_of_a_request_is_new)
{
    const struct wn_part was[] = { { "openai", 6 }, { "model-1", 7 }, { "the text", 8 } };
    const struct wn_part now[] = { { "openai", 6 }, { "model-2", 7 }, { "the text", 8 } };
    const struct wn_part another[] = { { "gemini", 6 }, { "model-3", 7 }, { "the text", 8 } };
    struct wn_cache_facts f = { .task = "t",
                                .version = "v",
                                .model = "m",
                                .now = NOW,
                                .item_id = "leads.csv:1",
                                .parts = was,
                                .nparts = 3 };
    unsigned char key[WN_HASH];
    struct wn_store *s;
    bool differs[3] = { true, false, true }, found = true;
    home_new();
    s = store_open();
    CHECK_OK(wn_cache_explain(s, "leads.csv:1", now, 3, differs, &found, &test_error));
    CHECK(!found);
    wn_cache_key(s, was, 3, key);
    CHECK_OK(wn_cache_put(s, key, "reply", 5, &f, &test_error));
    CHECK_OK(wn_cache_explain(s, "leads.csv:1", now, 3, differs, &found, &test_error));
    CHECK(found && !differs[0] && differs[1] && !differs[2]);
    CHECK_OK(wn_cache_explain(s, "leads.csv:1", now, 2, differs, &found, &test_error));
    CHECK(!found);
    /* An older reply that is more like it is the one to tell of. */
    f.parts = another;
    wn_cache_key(s, another, 3, key);
    CHECK_OK(wn_cache_put(s, key, "reply", 5, &f, &test_error));
    CHECK_OK(wn_cache_explain(s, "leads.csv:1", now, 3, differs, &found, &test_error));
    CHECK(found && !differs[0] && differs[1] && !differs[2]);
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    home_remove();
}

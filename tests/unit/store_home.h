/* store_home.h: a home for one test, a key, and a store in it; and the file itself, for tests that
 * change it behind winnow's back. */
#ifndef WN_TEST_STORE_HOME_H
#define WN_TEST_STORE_HOME_H
#include "base/clock.h"
#include "base/file.h"
#include "store/db.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_A "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define KEY_B "HxwdGhsYGRYXFBUSExARDg8MDQoLCAkGBwQFAgMAAQA="
#define NOW   1795348800

static char home[64], db_path[80];

/* Forget the last home and make a new, empty one. */
static inline void home_new(void)
{
    char sh[160];
    if (home[0] != '\0') {
        snprintf(sh, sizeof(sh), "rm -rf '%s'", home);
        if (system(sh) != 0)
            fail();
    }
    strcpy(home, "/tmp/winnow-test-XXXXXX");
    if (mkdtemp(home) == NULL)
        fail();
    snprintf(db_path, sizeof(db_path), "%s/winnow.db", home);
}

static inline void home_remove(void)
{
    home_new();
    rmdir(home);
    home[0] = '\0';
}

static inline enum wn_code store_try(const char *key_base64, struct wn_store **out)
{
    struct wn_arena a = WN_ARENA_INIT;
    const struct wn_key_source source = { .key_base64 = key_base64, .config_dir = home };
    struct wn_key *key = NULL;
    const char *where;
    bool made;
    enum wn_code rc = wn_key_find(&source, false, &a, &key, &where, &made, &test_error);
    *out = NULL;
    if (rc == WN_OK)
        rc = wn_store_open(home, key, NULL, out, &test_error);
    wn_key_free(key);
    wn_arena_free(&a);
    return rc;
}

static inline struct wn_store *store_open(void)
{
    struct wn_store *s = NULL;
    CHECK_OK(store_try(KEY_A, &s));
    return s;
}

/* Run SQL on the file as somebody without the key would. */
static inline void tamper(const char *sql)
{
    sqlite3 *db = NULL;
    char *why = NULL;
    CHECK_INT(sqlite3_open(db_path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
        print_error("%s: %s\n", sql, why);
        fail();
    }
    sqlite3_close(db);
}

static inline int64_t sql_number(const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    int64_t n;
    CHECK_INT(sqlite3_open(db_path, &db), SQLITE_OK);
    CHECK_INT(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    CHECK_INT(sqlite3_step(q), SQLITE_ROW);
    n = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    sqlite3_close(db);
    return n;
}

struct faults {
    int n;
    char first[400], all[8000];
};

static inline void fault_add(void *user, const char *fault)
{
    struct faults *f = user;
    if (f->n++ == 0)
        snprintf(f->first, sizeof(f->first), "%s", fault);
    if (strlen(f->all) + strlen(fault) + 2 < sizeof(f->all))
        strcat(strcat(f->all, fault), "\n");
}

static inline struct faults verify_store(struct wn_store *s)
{
    struct faults f = { 0 };
    int64_t nchecked = 0, nfaults = 0;
    CHECK_OK(wn_store_verify(s, fault_add, &f, &nchecked, &nfaults, &test_error));
    CHECK_INT(nfaults, f.n);
    return f;
}

/* Open, verify, close. */
static inline struct faults verify(void)
{
    struct wn_store *s = store_open();
    struct faults f = verify_store(s);
    wn_store_close(s);
    return f;
}

/* A decision with everything in it; `n` makes it another item. */
static inline struct wn_row row_for(int n)
{
    static char id[4][32], json[4][160];
    static int at;
    at = (at + 1) % 4;
    snprintf(id[at], sizeof(id[at]), "leads.csv:%d", n);
    snprintf(json[at], sizeof(json[at]), "{\"text\":\"Marigold %d wants a quotation for pianos\"}",
             n);
    return (struct wn_row){
        .task = "lead-intent",
        .version = "v1",
        .model = "openai/gpt-6-luna",
        .key = "abc123",
        .route = WN_REVIEW,
        .state = "cautious",
        .s = 0.5,
        .p = 0.6,
        .u = 0.9,
        .pi = 0.25,
        .fold = 0.4,
        .created = NOW,
        .cost_microusd = 31,
        .latency_ms = 212,
        .stratum = "spam",
        .sender = "marigold@example.com",
        .content = json[at],
        .content_len = strlen(json[at]),
        .same_as = "pricing_request review rule:pricing",
        .item_id = id[at],
        .item_json = json[at],
        .result_json = "{\"label\":\"pricing_request\"}",
        .signals_json = "{\"lp\":0.93}",
    };
}

static inline int64_t put_row(struct wn_store *s, const struct wn_row *r)
{
    int64_t id = 0;
    CHECK_OK(wn_results_put(s, r, &id, &test_error));
    return id;
}

static inline void cache_key(const struct wn_store *s, int n, unsigned char out[WN_HASH])
{
    const struct wn_part part = { (const char *)&n, sizeof(n) };
    wn_cache_key(s, &part, 1, out);
}

static inline void put_reply(struct wn_store *s, int n, const char *value)
{
    const struct wn_cache_facts f = { .task = "lead-intent",
                                      .version = "v1",
                                      .model = "m",
                                      .tokens_in = 100,
                                      .tokens_out = 9,
                                      .cost_microusd = 31,
                                      .now = NOW,
                                      .item_id = "leads.csv:1",
                                      .content = "bytes",
                                      .content_len = 5,
                                      .sender = "marigold@example.com" };
    unsigned char key[WN_HASH];
    cache_key(s, n, key);
    CHECK_OK(wn_cache_put(s, key, value, strlen(value), &f, &test_error));
}

static inline int64_t put_review(struct wn_store *s, int64_t decision, const char *verdict)
{
    const struct wn_review r = { .decision = decision,
                                 .time = NOW + 60,
                                 .verdict = verdict,
                                 .correction_json = "{\"intent\":\"demo_request\"}",
                                 .note = "asked twice",
                                 .reviewer = "Odile" };
    int64_t id = 0;
    CHECK_OK(wn_review_add(s, &r, &id, &test_error));
    return id;
}

#endif

/* store_bench.c: sealed inserts and cache hits a second, beside a bare loop of SQLite and libsodium in
 * the same run. The bare loop does what any store must: seal 600 bytes, keyed hash, one insert into a
 * table with a unique index, 64 rows a transaction; and hash, select, decrypt inside one read
 * transaction per 64. It has no macs, no tally, no padding and no clear columns: the ratio is what
 * those cost. Times are of the processor: the wall clock says more about the neighbours; medians of
 * rounds in turns. One line each: name, per second, bare per second, ratio.
 *
 *     store_bench [ROWS] */
#include "base/clock.h"
#include "store/store.h"
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { VALUE = 600, GROUP = 64, SEALED = VALUE + 24 + 16 };
static char value[VALUE + 1];
static char home[] = "/tmp/winnow-bench-XXXXXX";
static unsigned char key[32];

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void check(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "store_bench: %s failed\n", what);
    exit(1);
}

/* ---- the bare loop ---- */

static void bare_hash(int n, unsigned char out[32])
{
    crypto_generichash_state h;
    crypto_generichash_init(&h, key, sizeof(key), 32);
    crypto_generichash_update(&h, (unsigned char *)value, VALUE);
    crypto_generichash_update(&h, (unsigned char *)&n, sizeof(n));
    crypto_generichash_final(&h, out, 32);
}

static sqlite3 *bare_open(void)
{
    sqlite3 *db = NULL;
    char path[80];
    snprintf(path, sizeof(path), "%s/bare.db", home);
    check(sqlite3_open_v2(path, &db,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                          NULL) == SQLITE_OK,
          "open");
    check(
        sqlite3_exec(db,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete "
                     "= ON; PRAGMA mmap_size = 268435456; CREATE TABLE t (id INTEGER PRIMARY KEY, "
                     "k BLOB UNIQUE, v BLOB)",
                     NULL, NULL, NULL) == SQLITE_OK,
        "setup");
    return db;
}

static double bare_inserts(sqlite3 *db, int first, int rows)
{
    sqlite3_stmt *q = NULL;
    unsigned char k[32], sealed[SEALED];
    double start = seconds();
    sqlite3_prepare_v2(db, "INSERT INTO t (k, v) VALUES (?, ?)", -1, &q, NULL);
    for (int i = 0; i < rows; i++) {
        if (i % GROUP == 0)
            sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        bare_hash(first + i, k);
        randombytes_buf(sealed, 24);
        crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + 24, NULL, (unsigned char *)value, VALUE,
                                                   k, 32, NULL, sealed, key);
        sqlite3_bind_blob(q, 1, k, 32, SQLITE_STATIC);
        sqlite3_bind_blob(q, 2, sealed, SEALED, SQLITE_STATIC);
        check(sqlite3_step(q) == SQLITE_DONE, "insert");
        sqlite3_reset(q);
        if (i % GROUP == GROUP - 1 || i == rows - 1)
            sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    }
    sqlite3_finalize(q);
    return rows / (seconds() - start);
}

static double bare_hits(sqlite3 *db, int first, int rows)
{
    sqlite3_stmt *q = NULL;
    unsigned char k[32], out[SEALED];
    double start = seconds();
    sqlite3_prepare_v2(db, "SELECT v FROM t WHERE k = ?", -1, &q, NULL);
    for (int i = 0; i < rows; i++) {
        if (i % GROUP == 0)
            sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
        bare_hash(first + i, k);
        sqlite3_bind_blob(q, 1, k, 32, SQLITE_STATIC);
        check(sqlite3_step(q) == SQLITE_ROW, "select");
        check(crypto_aead_xchacha20poly1305_ietf_decrypt(
                  out, NULL, NULL, (const unsigned char *)sqlite3_column_blob(q, 0) + 24,
                  SEALED - 24, k, 32, sqlite3_column_blob(q, 0), key) == 0,
              "decrypt");
        sqlite3_reset(q);
        if (i % GROUP == GROUP - 1 || i == rows - 1)
            sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    }
    sqlite3_finalize(q);
    return rows / (seconds() - start);
}

/* ---- the store ---- */

static struct wn_store *store_open(void)
{
    const struct wn_key_source source = { .config_dir = home };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_store *s = NULL;
    struct wn_key *root = NULL;
    const char *where;
    bool made;
    check(wn_key_find(&source, true, &a, &root, &where, &made, NULL) == WN_OK, "key");
    check(wn_store_open(home, root, NULL, &s, NULL) == WN_OK, "store");
    wn_key_free(root);
    wn_arena_free(&a);
    return s;
}

static void store_key(const struct wn_store *s, int n, unsigned char out[WN_HASH])
{
    const struct wn_part part[] = { { value, VALUE }, { (const char *)&n, sizeof(n) } };
    wn_cache_key(s, part, 2, out);
}

static double store_inserts(struct wn_store *s, int first, int rows)
{
    const struct wn_part parts[2] = { { value, VALUE }, { home, sizeof(home) } };
    const struct wn_cache_facts f = { .task = "lead-intent",
                                      .version = "1f2e3d4c5b6a79881f2e3d4c",
                                      .model = "openai/gpt-6-luna",
                                      .tokens_in = 600,
                                      .tokens_out = 20,
                                      .cost_microusd = 31,
                                      .now = 1795348800,
                                      .item_id = "leads.csv:17",
                                      .content = value,
                                      .content_len = VALUE,
                                      .parts = parts,
                                      .nparts = 2 };
    double start = seconds();
    for (int i = 0; i < rows; i++) {
        unsigned char k[WN_HASH];

        store_key(s, first + i, k);
        check(wn_cache_put(s, k, value, VALUE, &f, NULL) == WN_OK, "put");
    }
    check(wn_store_flush(s, NULL) == WN_OK, "flush");
    return rows / (seconds() - start);
}

static double store_hits(struct wn_store *s, int first, int rows)
{
    struct wn_arena a = WN_ARENA_INIT;
    double start = seconds();
    for (int i = 0; i < rows; i++) {
        struct wn_cache_entry e;
        unsigned char k[WN_HASH];
        store_key(s, first + i, k);
        check(wn_cache_get(s, k, 1795348800, &a, &e, NULL) == WN_OK && e.value != NULL, "get");
        wn_arena_reset(&a);
    }
    wn_arena_free(&a);
    return rows / (seconds() - start);
}

static double store_results(struct wn_store *s, int rows)
{
    double start = seconds();
    for (int i = 0; i < rows; i++) {
        char id[32];
        const struct wn_row r = { .task = "lead-intent",
                                  .version = "v",
                                  .model = "m",
                                  .key = "k",
                                  .route = WN_AUTO,
                                  .state = "cautious",
                                  .s = .9,
                                  .p = .9,
                                  .u = .5,
                                  .pi = .25,
                                  .created = 1795348800,
                                  .same_as = "demo_request",
                                  .item_id = id,
                                  .item_json = value,
                                  .result_json = value,
                                  .signals_json = "{\"lp\":0.93}" };
        snprintf(id, sizeof(id), "leads.csv:%d", i);
        check(wn_results_put(s, &r, NULL, NULL) == WN_OK, "result");
    }
    check(wn_store_flush(s, NULL) == WN_OK, "flush");
    return rows / (seconds() - start);
}

enum { ROUNDS = 11 };

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double list[ROUNDS])
{
    qsort(list, ROUNDS, sizeof(*list), by_value);
    return list[ROUNDS / 2];
}

static void line(const char *name, double ours[ROUNDS], double bare[ROUNDS])
{
    double ratio[ROUNDS];
    for (int i = 0; i < ROUNDS; i++)
        ratio[i] = ours[i] / bare[i];
    printf("%s\t%.0f/s\tbare %.0f/s\tratio %.2f\n", name, median(ours), median(bare),
           median(ratio));
}

int main(int argc, char **argv)
{
    int rows = argc > 1 ? atoi(argv[1]) : 5000;
    double bare_in[ROUNDS], ours_in[ROUNDS], bare_out[ROUNDS], ours_out[ROUNDS];
    struct wn_store *s;
    sqlite3 *db;
    char sh[64];
    check(rows > 0 && sodium_init() >= 0 && mkdtemp(home) != NULL, "start");
    memset(value, 'x', VALUE);
    db = bare_open();
    s = store_open();
    for (int i = 0; i < ROUNDS; i++) { /* in turns: what disturbs the one disturbs the other */
        bare_in[i] = bare_inserts(db, i * rows, rows);
        ours_in[i] = store_inserts(s, i * rows, rows);
        bare_out[i] = bare_hits(db, i * rows, rows);
        ours_out[i] = store_hits(s, i * rows, rows);
    }
    line("sealed inserts", ours_in, bare_in);
    line("cache hits", ours_out, bare_out);
    printf("decisions\t%.0f/s\n", store_results(s, rows));
    sqlite3_close(db);
    wn_store_close(s);
    snprintf(sh, sizeof(sh), "rm -rf '%s'", home);
    return system(sh) == 0 ? 0 : 1;
}

/* sweep.c: looking after the cache: how it stands, what has had its time, why something is not in it. */
#include "store/db.h"
#include <string.h>

enum { STEP_ROWS = 256 };

static enum wn_code one_row(struct wn_store *s, sqlite3_stmt *q, struct wn_error *err)
{
    bool row = false;
    enum wn_code rc = q == NULL ? WN_E_STORE : wn_db_step(s, q, &row, err);
    if (rc == WN_OK && !row)
        rc = wn_db_fault(s, err); /* an aggregate always has one */
    return rc;
}

static enum wn_code read_counters(struct wn_store *s, struct wn_cache_stats *out,
                                  struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s, "SELECT name, n FROM counters", err);
    const struct {
        const char *name;
        int64_t *n;
    } counter[] = { { "cache_hits", &out->hits },
                    { "cache_misses", &out->misses },
                    { "cache_saved_microusd", &out->saved_microusd } };
    bool row = false;
    enum wn_code rc = q == NULL ? WN_E_STORE : WN_OK;
    while (rc == WN_OK && (rc = wn_db_step(s, q, &row, err)) == WN_OK && row)
        for (size_t i = 0; i < WN_COUNT(counter); i++)
            if (strcmp((const char *)sqlite3_column_text(q, 0), counter[i].name) == 0)
                *counter[i].n = sqlite3_column_int64(q, 1);
    return rc;
}

enum wn_code wn_cache_stats(struct wn_store *s, int64_t now, struct wn_cache_stats *out,
                            struct wn_error *err)
{
    sqlite3_stmt *q;
    enum wn_code rc = wn_store_flush(s, err);
    *out = (struct wn_cache_stats){ 0 };
    if (rc != WN_OK)
        return rc;
    q = wn_db_query(s,
                    "SELECT count(*), coalesce(sum(length(value)), 0), "
                    "coalesce(sum(expires <> 0 AND expires <= ?1), 0), coalesce(min(created), 0) "
                    "FROM cache",
                    err);
    if (q != NULL)
        sqlite3_bind_int64(q, 1, now);
    rc = one_row(s, q, err);
    if (rc != WN_OK)
        return rc;
    out->replies = sqlite3_column_int64(q, 0);
    out->bytes = sqlite3_column_int64(q, 1);
    out->expired = sqlite3_column_int64(q, 2);
    out->oldest = sqlite3_column_int64(q, 3);
    sqlite3_reset(q);
    return read_counters(s, out, err);
}

/* ---- deleting, some rows a transaction ---- */

struct victims {
    int64_t id[STEP_ROWS], bytes;
    size_t n;
};

/* The next ids that q gives (id, bytes), until `enough` bytes are found. */
static enum wn_code choose(struct wn_store *s, sqlite3_stmt *q, int64_t enough, struct victims *v,
                           struct wn_error *err)
{
    bool row = true;
    enum wn_code rc = WN_OK;
    v->n = 0;
    v->bytes = 0;
    while (rc == WN_OK && row && v->n < STEP_ROWS && v->bytes < enough) {
        rc = wn_db_step(s, q, &row, err);
        if (rc != WN_OK || !row)
            break;
        v->id[v->n++] = sqlite3_column_int64(q, 0);
        v->bytes += sqlite3_column_int64(q, 1);
    }
    sqlite3_reset(q);
    return rc;
}

/* One transaction: choose and delete. */
static enum wn_code delete_step(struct wn_store *s, sqlite3_stmt *q, int64_t enough,
                                struct victims *v, struct wn_error *err)
{
    enum wn_code rc = wn_db_begin(s, false, err);
    if (rc != WN_OK)
        return rc;
    rc = choose(s, q, enough, v, err);
    for (size_t i = 0; rc == WN_OK && i < v->n; i++)
        rc = wn_row_delete(s, WN_T_CACHE, v->id[i], err);
    return wn_db_end(s, rc, err);
}

/* Delete what q finds, at most until `enough` bytes are gone. */
static enum wn_code delete_some(struct wn_store *s, sqlite3_stmt *q, int64_t enough, int64_t *n,
                                struct wn_error *err)
{
    struct victims v = { .n = STEP_ROWS };
    enum wn_code rc = WN_OK;
    while (rc == WN_OK && v.n == STEP_ROWS && enough > 0) {
        rc = delete_step(s, q, enough, &v, err);
        if (rc != WN_OK)
            break;
        enough -= v.bytes;
        *n += (int64_t)v.n;
    }
    return rc;
}

enum wn_code wn_cache_clear(struct wn_store *s, const char *task, int64_t *n, struct wn_error *err)
{
    sqlite3_stmt *q;
    enum wn_code rc = wn_store_flush(s, err);
    *n = 0;
    if (rc != WN_OK)
        return rc;
    q = wn_db_query(s, "SELECT id, length(value) FROM cache WHERE ?1 IS NULL OR task = ?1", err);
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, task, -1, SQLITE_STATIC);
    rc = delete_some(s, q, INT64_MAX, n, err);
    return rc == WN_OK ? wn_db_leave_nothing(s, err) : rc;
}

enum wn_code wn_cache_sweep(struct wn_store *s, int64_t now, int64_t max_bytes, int64_t *n,
                            struct wn_error *err)
{
    struct wn_cache_stats stats;
    sqlite3_stmt *q;
    enum wn_code rc = wn_store_flush(s, err);
    *n = 0;
    if (rc != WN_OK)
        return rc;
    q = wn_db_query(s, "SELECT id, length(value) FROM cache WHERE expires <> 0 AND expires <= ?1",
                    err);
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_int64(q, 1, now);
    rc = delete_some(s, q, INT64_MAX, n, err);
    if (rc != WN_OK || max_bytes == 0)
        return rc;
    rc = wn_cache_stats(s, now, &stats, err);
    if (rc != WN_OK)
        return rc;
    q = wn_db_query(s, "SELECT id, length(value) FROM cache ORDER BY used, id", err);
    return q == NULL ? WN_E_STORE : delete_some(s, q, stats.bytes - max_bytes, n, err);
}

/* ---- explain ---- */

enum wn_code wn_cache_explain(struct wn_store *s, const char *item_id, const struct wn_part *parts,
                              size_t n, bool *differs, bool *found, struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    unsigned char item[WN_HASH], *hash = wn_arena_array(&a, n, WN_PART_HASH);
    sqlite3_stmt *q = NULL;
    size_t fewest = 0;
    bool row = false;
    enum wn_code rc = wn_store_flush(s, err);
    *found = false;
    if (rc != WN_OK)
        goto done;
    q = wn_db_query(s,
                    "SELECT parts FROM cache WHERE item = ?1 OR content IN (SELECT content FROM "
                    "results WHERE item = ?1) ORDER BY id DESC",
                    err);
    if (q == NULL) {
        rc = WN_E_STORE;
        goto done;
    }
    for (size_t i = 0; i < n; i++)
        wn_cache_part(s, &parts[i], hash + i * WN_PART_HASH);
    wn_store_hash(s, "item", item_id, strlen(item_id), item);
    sqlite3_bind_blob(q, 1, item, WN_HASH, SQLITE_STATIC);
    while ((rc = wn_db_step(s, q, &row, err)) == WN_OK && row) {
        const unsigned char *kept = sqlite3_column_blob(q, 0);
        size_t now = 0;
        if (n == 0 || (size_t)sqlite3_column_bytes(q, 0) != n * WN_PART_HASH)
            continue;
        for (size_t i = 0; i < n; i++)
            now += memcmp(kept + i * WN_PART_HASH, hash + i * WN_PART_HASH, WN_PART_HASH) != 0;
        if (*found && now >= fewest)
            continue;
        *found = true;
        fewest = now;
        for (size_t i = 0; i < n; i++)
            differs[i] =
                memcmp(kept + i * WN_PART_HASH, hash + i * WN_PART_HASH, WN_PART_HASH) != 0;
    }
done:
    wn_arena_free(&a);
    return rc;
}

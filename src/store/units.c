/* units.c: the decisions of a key as proofs and audits see them. One pass over an index; nothing here opens a
 * sealed value. */
#include "store/db.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void wn_store_stratum(const struct wn_store *s, sqlite3_stmt *q, int at, const char *label,
                      unsigned char hash[WN_HASH])
{
    if (label == NULL) {
        sqlite3_bind_null(q, at);
        return;
    }
    wn_store_hash(s, "stratum", label, strlen(label), hash);
    sqlite3_bind_blob(q, at, hash, WN_HASH, SQLITE_STATIC);
}

const char *wn_trust_subject(const struct wn_store *s, const char *task, const char *stratum,
                             struct wn_arena *a)
{
    unsigned char hash[WN_HASH];
    const char *out = task;
    if (stratum == NULL)
        return wn_arena_str(a, task);
    wn_store_hash(s, "stratum", stratum, strlen(stratum), hash);
    out = wn_arena_printf(a, "%s#", task);
    for (size_t i = 0; i < 8; i++)
        out = wn_arena_printf(a, "%s%02x", out, hash[i]);
    return out;
}

/* Items seen before, by the random number that is drawn once for each. (Not by their id: where that is only
 * a place in a file, another text there is another item.) */
struct seen {
    uint64_t *slot;
    size_t cap, n;
};

static bool seen_put(struct seen *s, uint64_t h)
{
    size_t i = h & (s->cap - 1);
    while (s->slot[i] != 0 && s->slot[i] != h)
        i = (i + 1) & (s->cap - 1);
    if (s->slot[i] == h)
        return false;
    s->slot[i] = h;
    s->n++;
    return true;
}

/* Is it new? */
static bool seen_add(struct seen *s, double u)
{
    uint64_t h = (uint64_t)(u * 0x1p53) + 1; /* 0 is an empty slot */
    if (2 * s->n >= s->cap) {
        struct seen bigger = { NULL, s->cap == 0 ? 1024 : 2 * s->cap, 0 };
        bigger.slot = wn_xcalloc(bigger.cap, sizeof(*bigger.slot));
        for (size_t i = 0; i < s->cap; i++)
            if (s->slot[i] != 0)
                seen_put(&bigger, s->slot[i]);
        free(s->slot);
        *s = bigger;
    }
    return seen_put(s, h);
}

static double real(sqlite3_stmt *q, int column)
{
    return sqlite3_column_type(q, column) == SQLITE_NULL ? NAN : sqlite3_column_double(q, column);
}

static void read_unit(sqlite3_stmt *q, struct seen *seen, struct wn_unit_row *out)
{
    *out = (struct wn_unit_row){
        .id = sqlite3_column_int64(q, 0),
        .first = !isnan(real(q, 1)) && seen_add(seen, real(q, 1)),
        .u = real(q, 1),
        .route = sqlite3_column_int(q, 2) != 0 ? WN_AUTO : WN_REVIEW,
        .s = real(q, 3),
        .pi = real(q, 4),
        .hard_flag = sqlite3_column_int(q, 5) != 0,
        .fold = real(q, 6),
        .created = sqlite3_column_int64(q, 7),
        .own = sqlite3_column_int(q, 8) != 0,
    };
}

static enum wn_code read_units(struct wn_store *s, const char *task, const char *key,
                               const char *stratum, bool all, struct wn_unit_row **out,
                               size_t *n, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(
        s,
        "SELECT id, u, route = 'auto', s, pi, hard_flag, fold, created, "
        "stratum IS ?3 FROM results WHERE task = ?1 AND key = ?2 AND route <> 'failed' "
        "AND NOT EXISTS (SELECT 1 FROM aside WHERE tab = 'results' AND row = results.id) "
        "ORDER BY id",
        err);
    unsigned char hash[WN_HASH];
    struct seen seen = { 0 };
    struct wn_unit_row unit;
    size_t cap = 0;
    bool row = false;
    enum wn_code rc = q == NULL ? WN_E_STORE : WN_OK;
    if (rc != WN_OK)
        return rc;
    sqlite3_bind_text(q, 1, task, -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, key, -1, SQLITE_STATIC);
    wn_store_stratum(s, q, 3, stratum, hash);
    while ((rc = wn_db_step(s, q, &row, err)) == WN_OK && row) {
        read_unit(q, &seen, &unit); /* an item's first decision counts, whatever stratum it is of */
        if (!unit.own && !all)
            continue;
        if (*n == cap) {
            cap = cap == 0 ? 256 : 2 * cap;
            *out = wn_xrealloc(*out, cap, sizeof(**out));
        }
        (*out)[(*n)++] = unit;
    }
    free(seen.slot);
    return rc;
}

/* Reviews come by decision, as the units do: one walk over both. */
static enum wn_code add_reviews(struct wn_store *s, const char *reviewer, struct wn_unit_row *units,
                                size_t n, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(
        s,
        "SELECT decision, id, wrong, purpose IS 'second_review', who FROM reviews "
        "WHERE undone = 0 AND wrong IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM aside WHERE tab = 'reviews' AND row = reviews.id) "
        "ORDER BY decision, id",
        err);
    unsigned char who[WN_HASH];
    size_t i = 0;
    bool row = false;
    enum wn_code rc = q == NULL ? WN_E_STORE : WN_OK;
    if (reviewer != NULL)
        wn_store_hash(s, "reviewer", reviewer, strlen(reviewer), who);
    while (rc == WN_OK && (rc = wn_db_step(s, q, &row, err)) == WN_OK && row) {
        int64_t decision = sqlite3_column_int64(q, 0);
        while (i < n && units[i].id < decision)
            i++;
        if (i == n || units[i].id != decision)
            continue;
        if (sqlite3_column_int(q, 3) != 0) {
            units[i].twice = true;
            continue;
        }
        units[i].review = sqlite3_column_int64(q, 1);
        units[i].wrong = sqlite3_column_int(q, 2) != 0;
        units[i].mine = reviewer != NULL && sqlite3_column_bytes(q, 4) == WN_HASH &&
                        memcmp(sqlite3_column_blob(q, 4), who, WN_HASH) == 0;
    }
    return rc;
}

static enum wn_code units(struct wn_store *s, const char *task, const char *key, const char *stratum,
                          bool all, const char *reviewer, struct wn_unit_row **out, size_t *n,
                          struct wn_error *err)
{
    enum wn_code rc = wn_store_flush(s, err);
    *out = NULL;
    *n = 0;
    if (rc == WN_OK)
        rc = read_units(s, task, key, stratum, all, out, n, err);
    if (rc == WN_OK)
        rc = add_reviews(s, reviewer, *out, *n, err);
    if (rc == WN_OK)
        return WN_OK;
    free(*out);
    *out = NULL;
    *n = 0;
    return rc;
}

enum wn_code wn_trust_units(struct wn_store *s, const char *task, const char *key,
                            const char *stratum, const char *reviewer, struct wn_unit_row **out, size_t *n,
                            struct wn_error *err)
{
    return units(s, task, key, stratum, false, reviewer, out, n, err);
}

enum wn_code wn_trust_units_all(struct wn_store *s, const char *task, const char *key,
                                const char *stratum, struct wn_unit_row **out, size_t *n,
                                struct wn_error *err)
{
    return units(s, task, key, stratum, true, NULL, out, n, err);
}

enum wn_code wn_trust_key_between(struct wn_store *s, const char *task, const char *key, int64_t from,
                                  int64_t to, bool *is, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s,
                                  "SELECT 1 FROM results WHERE task = ?1 AND key = ?2 AND id > ?3 AND "
                                  "id <= ?4 LIMIT 1",
                                  err);
    int64_t n = 0;
    enum wn_code rc;
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, task, -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, key, -1, SQLITE_STATIC);
    sqlite3_bind_int64(q, 3, from);
    sqlite3_bind_int64(q, 4, to);
    rc = wn_db_number(s, q, &n, err);
    *is = n != 0;
    return rc;
}

enum wn_code wn_trust_activity(struct wn_store *s, const char *task, const char *key,
                               const char *stratum, int64_t time, int64_t id,
                               struct wn_activity *out, struct wn_error *err)
{
    sqlite3_stmt *q;
    unsigned char hash[WN_HASH];
    bool row = false;
    enum wn_code rc = wn_store_flush(s, err);
    if (rc != WN_OK)
        return rc;
    q = wn_db_query(s,
                    "SELECT max(id), min(created), count(*) FILTER (WHERE route = 'auto' AND created >= ?5), "
                    "count(*) FILTER (WHERE route = 'auto' AND id > ?6) FROM results "
                    "WHERE task = ?1 AND key = ?2 AND id > ?4 AND stratum IS ?3 AND route <> 'failed' "
                    "AND NOT EXISTS (SELECT 1 FROM aside WHERE tab = 'results' AND row = results.id)",
                    err);
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, task, -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, key, -1, SQLITE_STATIC);
    wn_store_stratum(s, q, 3, stratum, hash);
    sqlite3_bind_int64(q, 4, out->upto);
    sqlite3_bind_int64(q, 5, time);
    sqlite3_bind_int64(q, 6, id);
    rc = wn_db_step(s, q, &row, err);
    if (row && sqlite3_column_type(q, 0) != SQLITE_NULL) {
        out->upto = sqlite3_column_int64(q, 0);
        out->first = out->first == 0 ? sqlite3_column_int64(q, 1) : out->first;
        out->recent += sqlite3_column_int64(q, 2);
        out->since += sqlite3_column_int64(q, 3);
    }
    if (row)
        sqlite3_reset(q);
    return rc;
}

/* The tally says it of whole tables: how many rows there were, and the sum of their macs. */
enum wn_code wn_trust_mark(struct wn_store *s, struct wn_arena *a, const char **mark, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s,
                                  "SELECT group_concat(CASE name WHEN 'results' THEN last - rows ELSE "
                                  "last || ' ' || hex(sum) END, ' ') FROM (SELECT * FROM tally WHERE name IN "
                                  "('aside', 'results', 'reviews') ORDER BY name)",
                                  err);
    bool row = false;
    enum wn_code rc;
    *mark = "";
    if (q == NULL)
        return WN_E_STORE;
    rc = wn_db_step(s, q, &row, err);
    if (row) {
        *mark = wn_row_text(q, 0, a);
        sqlite3_reset(q);
    }
    return rc;
}

enum wn_code wn_trust_key_in_use(struct wn_store *s, const char *task, struct wn_arena *a,
                                 const char **key, struct wn_error *err)
{
    sqlite3_stmt *q;
    bool row = false;
    enum wn_code rc = wn_store_flush(s, err);
    *key = NULL;
    if (rc != WN_OK)
        return rc;
    q = wn_db_query(s,
                    "SELECT key FROM results NOT INDEXED WHERE task = ?1 AND hard_flag = 0 "
                    "ORDER BY id DESC LIMIT 1",
                    err);
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, task, -1, SQLITE_STATIC);
    rc = wn_db_step(s, q, &row, err);
    if (row) {
        *key = wn_row_text(q, 0, a);
        sqlite3_reset(q);
    }
    return rc;
}

enum wn_code wn_trust_signals(struct wn_store *s, int64_t id, struct wn_arena *a, const char **out,
                              struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s, "SELECT signals FROM results WHERE id = ?1", err);
    bool row = false;
    enum wn_code rc;
    *out = NULL;
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_int64(q, 1, id);
    rc = wn_db_step(s, q, &row, err);
    if (row) {
        *out = wn_row_text(q, 0, a);
        sqlite3_reset(q);
    }
    return rc;
}

/* ring.c: the rows of the store's own keys, and their change: a new data key, a new root key.
 *
 * A data key is changed in steps. The first makes the new key and marks the other as old; each further
 * one seals some rows anew, table by table; the last destroys the old key. A step is one transaction,
 * so that a crash leaves two keys and some rows under each: whoever goes on begins at the first row and
 * finds what is done already. Other processes see in the tally that the ring has changed. */
#include "store/db.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_ROWS = 200, STEP_BYTES = 8 << 20 };

/* ---- making and reading ---- */

static enum wn_code write_key(struct wn_store *s, enum wn_use use, uint32_t id, int64_t now,
                              struct wn_error *err)
{
    unsigned char wrapped[WN_WRAPPED];
    struct wn_cells c;
    enum wn_code rc = wn_row_new(s, WN_T_RING, &c, err);
    if (rc != WN_OK)
        return rc;
    wn_ring_wrap(s->ring, use, id, wrapped);
    wn_cell_text(&c, wn_use_name(use));
    wn_cell_text(&c, "active");
    wn_cell_int(&c, now);
    wn_cell_text(&c, wn_ring_root_id(s->ring));
    wn_cell_blob(&c, wrapped, sizeof(wrapped));
    return wn_row_insert(&c, err);
}

static enum wn_code no_memory(struct wn_error *err)
{
    return wn_error_set(err, WN_E_NOMEM, "there is no guarded memory for the keys");
}

enum wn_code wn_ring_create(struct wn_store *s, int64_t now, struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    /* All keys first: the rows that hold them are authenticated by one of them. */
    for (uint32_t use = 0; use < WN_USES; use++)
        if (!wn_ring_make(s->ring, (enum wn_use)use, use + 1))
            return no_memory(err);
    for (uint32_t use = 0; rc == WN_OK && use < WN_USES; use++)
        rc = write_key(s, (enum wn_use)use, use + 1, now, err);
    return rc;
}

static enum wn_code wrong_key(const struct wn_store *s, const char *wanted, struct wn_error *err)
{
    wn_error_set(err, WN_E_CONFIG, "this is not the key of the store '%s'", s->path);
    wn_error_cause(err, "it wants key %s and was given %s", wanted, wn_ring_root_id(s->ring));
    wn_error_hint(err,
                  "Give the key that the store was made with: WINNOW_KEY, WINNOW_KEY_FILE or the "
                  "key file in the settings folder.");
    return WN_E_CONFIG;
}

static enum wn_code damaged_ring(const struct wn_store *s, struct wn_error *err)
{
    wn_error_set(err, WN_E_STORE, "the key ring of the store '%s' is damaged", s->path);
    wn_error_cause(err, "a wrapped key does not open, or is missing");
    wn_error_hint(err, "Keep a copy of the file, and bring a backup back with `winnow restore`.");
    return WN_E_STORE;
}

static bool use_named(const char *name, enum wn_use *use)
{
    for (int i = 0; i < WN_USES; i++)
        if (name != NULL && strcmp(wn_use_name((enum wn_use)i), name) == 0) {
            *use = (enum wn_use)i;
            return true;
        }
    return false;
}

/* The key in the row of q (id, kind, root, wrapped), unless the ring has it. */
static enum wn_code read_key(struct wn_store *s, sqlite3_stmt *q, enum wn_use *use,
                             struct wn_error *err)
{
    const char *root = (const char *)sqlite3_column_text(q, 2);
    uint32_t id = (uint32_t)sqlite3_column_int64(q, 0);
    bool known = use_named((const char *)sqlite3_column_text(q, 1), use);
    if (known && wn_ring_has(s->ring, *use, id))
        return WN_OK;
    if (root == NULL || strcmp(root, wn_ring_root_id(s->ring)) != 0)
        return wrong_key(s, root == NULL ? "?" : root, err);
    if (!known || !wn_ring_unwrap(s->ring, *use, id, sqlite3_column_blob(q, 3),
                                  (size_t)sqlite3_column_bytes(q, 3)))
        return damaged_ring(s, err);
    return WN_OK;
}

enum wn_code wn_ring_load(struct wn_store *s, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(
        s, "SELECT id, kind, root, wrapped FROM ring WHERE kind <> 'passphrase' ORDER BY id", err);
    bool row = false, have[WN_USES] = { false };
    enum wn_code rc = q == NULL ? WN_E_STORE : WN_OK;
    while (rc == WN_OK && (rc = wn_db_step(s, q, &row, err)) == WN_OK && row) {
        enum wn_use use = WN_USE_DATA;
        rc = read_key(s, q, &use, err);
        have[use] = true;
    }
    sqlite3_reset(q);
    for (int i = 0; rc == WN_OK && i < WN_USES; i++)
        if (!have[i])
            rc = damaged_ring(s, err);
    return rc;
}

static enum wn_code in_table(struct wn_store *s, int64_t id, bool *there, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s, "SELECT 1 FROM ring WHERE id = ?1", err);
    enum wn_code rc;
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_int64(q, 1, id);
    rc = wn_db_step(s, q, there, err);
    sqlite3_reset(q);
    return rc;
}

enum wn_code wn_ring_follow(struct wn_store *s, struct wn_error *err)
{
    const struct wn_count *tally = &s->tally[WN_T_RING];
    enum wn_code rc;
    bool there = false;
    if (wn_mac_same(s->ring_sum, tally->sum))
        return WN_OK;
    rc = wn_ring_load(s, err);
    /* One past the last: a key whose making was rolled back. */
    for (int64_t id = 1; rc == WN_OK && id <= tally->last + 1; id++) {
        rc = in_table(s, id, &there, err);
        if (rc == WN_OK && !there)
            wn_ring_drop(s->ring, WN_USE_DATA, (uint32_t)id);
    }
    if (rc == WN_OK)
        memcpy(s->ring_sum, tally->sum, WN_HASH);
    return rc;
}

/* ---- a new root key ---- */

static enum wn_code rewrap_row(struct wn_store *s, enum wn_use use, uint32_t id,
                               struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s, "UPDATE ring SET root = ?2, wrapped = ?3 WHERE id = ?1", err);
    unsigned char wrapped[WN_WRAPPED];
    struct wn_change c;
    bool row;
    enum wn_code rc = q == NULL ? WN_E_STORE : wn_row_change(s, WN_T_RING, id, &c, err);
    if (rc != WN_OK)
        return rc;
    wn_ring_wrap(s->ring, use, id, wrapped);
    sqlite3_bind_int64(q, 1, id);
    sqlite3_bind_text(q, 2, wn_ring_root_id(s->ring), -1, SQLITE_STATIC);
    sqlite3_bind_blob(q, 3, wrapped, sizeof(wrapped), SQLITE_STATIC);
    rc = wn_db_step(s, q, &row, err);
    return rc == WN_OK ? wn_row_changed(s, &c, err) : rc;
}

/* Every row, by id upwards. */
static enum wn_code rewrap(struct wn_store *s, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(
        s, "SELECT id, kind FROM ring WHERE id > ?1 AND kind <> 'passphrase' ORDER BY id LIMIT 1",
        err);
    enum wn_code rc = q == NULL ? WN_E_STORE : WN_OK;
    bool row = true;
    uint32_t id = 0;
    while (rc == WN_OK && row) {
        enum wn_use use = WN_USE_DATA;
        sqlite3_bind_int64(q, 1, id);
        rc = wn_db_step(s, q, &row, err);
        if (rc != WN_OK || !row)
            break;
        id = (uint32_t)sqlite3_column_int64(q, 0);
        use_named((const char *)sqlite3_column_text(q, 1), &use);
        sqlite3_reset(q);
        rc = rewrap_row(s, use, id, err);
    }
    return rc;
}

/* How the root key is made of a passphrase, in place of what was there; p NULL: it is not. */
static enum wn_code write_passphrase(struct wn_store *s, const struct wn_passphrase *p, int64_t now,
                                     struct wn_error *err)
{
    unsigned char limits[WN_LIMITS];
    sqlite3_stmt *q = wn_db_query(s, "SELECT id FROM ring WHERE kind = 'passphrase'", err);
    struct wn_cells c;
    bool row = false;
    enum wn_code rc = q == NULL ? WN_E_STORE : wn_db_step(s, q, &row, err);
    if (row) {
        int64_t id = sqlite3_column_int64(q, 0);
        sqlite3_reset(q);
        rc = wn_row_delete(s, WN_T_RING, id, err);
    }
    if (rc == WN_OK && p != NULL)
        rc = wn_row_new(s, WN_T_RING, &c, err);
    if (rc != WN_OK || p == NULL)
        return rc;
    wn_passphrase_pack(p, limits);
    wn_cell_text(&c, "passphrase");
    wn_cell_text(&c, "active");
    wn_cell_int(&c, now);
    wn_cell_text(&c, wn_ring_root_id(s->ring));
    wn_cell_blob(&c, limits, sizeof(limits));
    return wn_row_insert(&c, err);
}

enum wn_code wn_ring_rewrap(struct wn_store *s, const struct wn_key *old,
                            const struct wn_key *new_key, const struct wn_passphrase *p,
                            int64_t now, struct wn_error *err)
{
    const struct wn_event event = {
        .time = now, .event = "root key changed", .actor = "user", .table = WN_T_RING
    };
    enum wn_code rc = wn_store_flush(s, err);
    if (rc == WN_OK)
        rc = wn_db_begin(s, true, err);
    if (rc != WN_OK)
        return rc;
    rc = wn_ring_root(s->ring, new_key) ? rewrap(s, err) : no_memory(err);
    if (rc == WN_OK)
        rc = write_passphrase(s, p, now, err);
    if (rc == WN_OK)
        rc = wn_audit_add(s, &event, err);
    rc = wn_db_end(s, rc, err);
    if (rc != WN_OK) {
        wn_ring_root(s->ring, old);
        return rc;
    }
    return wn_db_truncate_log(s, err); /* keys under the old root key are gone for good */
}

enum wn_code wn_key_rotate_root(struct wn_store *s, const struct wn_key *old,
                                const struct wn_key *new_key, int64_t now, struct wn_error *err)
{
    return wn_ring_rewrap(s, old, new_key, NULL, now, err);
}

/* ---- a new data key ---- */

/* The oldest data key that is on its way out; 0 when there is none. */
static enum wn_code find_old(struct wn_store *s, int64_t *id, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(
        s, "SELECT id FROM ring WHERE kind = 'data' AND state = 'old' ORDER BY id LIMIT 1", err);
    bool row = false;
    enum wn_code rc = q == NULL ? WN_E_STORE : wn_db_step(s, q, &row, err);
    *id = 0;
    if (row) {
        *id = sqlite3_column_int64(q, 0);
        sqlite3_reset(q);
    }
    return rc;
}

static enum wn_code start(struct wn_store *s, int64_t now, struct wn_error *err)
{
    const struct wn_event event = { .time = now,
                                    .event = "data key made",
                                    .actor = "user",
                                    .table = WN_T_RING,
                                    .row = s->tally[WN_T_RING].last + 1 };
    sqlite3_stmt *q =
        wn_db_query(s, "SELECT id FROM ring WHERE kind = 'data' AND state = 'active'", err);
    bool row = false;
    int64_t old;
    enum wn_code rc = q == NULL ? WN_E_STORE : wn_db_step(s, q, &row, err);
    if (rc == WN_OK && !row)
        rc = damaged_ring(s, err);
    if (rc != WN_OK)
        return rc;
    old = sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    rc = wn_row_set(
        s, WN_T_RING, old,
        "UPDATE ring SET state = CASE ?2 WHEN 0 THEN 'active' ELSE 'old' END WHERE id = ?1", 1,
        err);
    if (rc == WN_OK && !wn_ring_make(s->ring, WN_USE_DATA, (uint32_t)event.row))
        rc = no_memory(err);
    if (rc == WN_OK)
        rc = write_key(s, WN_USE_DATA, (uint32_t)event.row, now, err);
    return rc == WN_OK ? wn_audit_add(s, &event, err) : rc;
}

static enum wn_code finish(struct wn_store *s, int64_t old, int64_t now, struct wn_error *err)
{
    const struct wn_event event = {
        .time = now, .event = "data key destroyed", .actor = "user", .table = WN_T_RING, .row = old
    };
    enum wn_code rc = wn_row_delete(s, WN_T_RING, old, err);
    return rc == WN_OK ? wn_audit_add(s, &event, err) : rc;
}

/* Seal one column anew. A value that does not open stays as it is: no key will open it. */
static enum wn_code reseal_column(struct wn_store *s, enum wn_table t, sqlite3_stmt *q, int column,
                                  struct wn_arena *a, size_t *bytes, struct wn_error *err)
{
    const char *text = NULL;
    size_t len = 0;
    if (sqlite3_column_type(q, column) == SQLITE_NULL ||
        wn_seal_is_newest(s->ring, sqlite3_column_blob(q, column),
                          (size_t)sqlite3_column_bytes(q, column)) ||
        !wn_row_open(s, t, q, column, a, &text, &len))
        return WN_OK;
    *bytes += len;
    return wn_row_reseal(s, t, q, column, text, len, err);
}

static enum wn_code reseal_row(struct wn_store *s, enum wn_table t, int64_t id, size_t *bytes,
                               struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_change c;
    sqlite3_stmt *q = NULL;
    enum wn_code rc = wn_row_change(s, t, id, &c, err);
    if (rc == WN_OK)
        rc = wn_row_find(s, t, id, &q, err);
    if (q != NULL) {
        for (int i = 0; rc == WN_OK && i < sqlite3_column_count(q); i++)
            if (wn_table_seals(t, i))
                rc = reseal_column(s, t, q, i, &a, bytes, err);
        sqlite3_reset(q);
    }
    if (rc == WN_OK)
        rc = wn_row_changed(s, &c, err);
    wn_arena_free(&a);
    return rc;
}

static enum wn_code next_id(struct wn_store *s, enum wn_table t, int64_t after, int64_t *id,
                            struct wn_error *err)
{
    char sql[80];
    sqlite3_stmt *q = NULL;
    bool row = false;
    enum wn_code rc;
    snprintf(sql, sizeof(sql), "SELECT id FROM %s WHERE id > %lld ORDER BY id LIMIT 1",
             wn_table_name(t), (long long)after);
    if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) != SQLITE_OK)
        return wn_db_fault(s, err);
    rc = wn_db_step(s, q, &row, err);
    *id = row ? sqlite3_column_int64(q, 0) : 0;
    sqlite3_finalize(q);
    return rc;
}

/* Some rows from where the last step ended; *ended: past the last table. */
static enum wn_code reseal_some(struct wn_store *s, bool *ended, struct wn_error *err)
{
    struct wn_rotation *r = &s->rotation;
    enum wn_code rc = WN_OK;
    size_t bytes = 0;
    for (int rows = 0;
         rc == WN_OK && r->table < WN_TABLE_COUNT && rows < STEP_ROWS && bytes < STEP_BYTES;
         rows++) {
        int64_t id = 0;
        rc = next_id(s, (enum wn_table)r->table, r->id, &id, err);
        if (rc == WN_OK && id != 0)
            rc = reseal_row(s, (enum wn_table)r->table, id, &bytes, err);
        r->table += id == 0;
        r->id = id;
    }
    *ended = r->table == WN_TABLE_COUNT;
    return rc;
}

static enum wn_code step(struct wn_store *s, int64_t now, bool *done, struct wn_error *err)
{
    int64_t old = 0;
    bool ended = false;
    enum wn_code rc = find_old(s, &old, err);
    if (rc != WN_OK)
        return rc;
    if (old == 0 && (s->rotation.table != 0 || s->rotation.id != 0)) {
        s->rotation = (struct wn_rotation){ 0, 0 };
        *done = true; /* another process went on with it, and was faster */
        return WN_OK;
    }
    if (old == 0) {
        s->rotation = (struct wn_rotation){ 0, 0 };
        return start(s, now, err);
    }
    rc = reseal_some(s, &ended, err);
    if (rc == WN_OK && ended) {
        rc = finish(s, old, now, err);
        s->rotation = (struct wn_rotation){ 0, 0 };
        *done = rc == WN_OK;
    }
    return rc;
}

enum wn_code wn_key_rotate(struct wn_store *s, int64_t now, bool *done, struct wn_error *err)
{
    const struct wn_rotation before = s->rotation;
    enum wn_code rc = wn_store_flush(s, err);
    *done = false;
    if (rc == WN_OK)
        rc = wn_db_begin(s, true, err);
    if (rc != WN_OK)
        return rc;
    rc = wn_db_end(s, step(s, now, done, err), err);
    if (rc != WN_OK) {
        s->rotation = before;
        memset(s->ring_sum, 0, WN_HASH); /* the next transaction drops a key that was not kept */
        *done = false;
        return rc;
    }
    /* The old key is gone from the file only when the log before it is. */
    return *done ? wn_db_truncate_log(s, err) : WN_OK;
}

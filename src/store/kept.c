/* kept.c: sealed values by name. Replaced whole: a new row under a new id. */
#include "store/db.h"
#include <string.h>

enum { K_ID = 0, K_VALUE = 5 };

static sqlite3_stmt *query(struct wn_store *s, const char *kind, const char *name,
                           struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s, "SELECT * FROM kept WHERE kind = ?1 AND name = ?2", err);
    if (q != NULL) {
        sqlite3_bind_text(q, 1, kind, -1, SQLITE_STATIC);
        sqlite3_bind_text(q, 2, name, -1, SQLITE_STATIC);
    }
    return q;
}

static enum wn_code replace(struct wn_store *s, const char *kind, const char *name,
                            const char *bytes, size_t len, int64_t now, struct wn_error *err)
{
    struct wn_event event = { .time = now,
                              .event = "kept",
                              .actor = "program",
                              .by = NULL,
                              .after = name,
                              .table = WN_T_KEPT };
    sqlite3_stmt *q = query(s, kind, name, err);
    struct wn_cells c;
    bool row = false;
    int64_t old = 0;
    enum wn_code rc = q == NULL ? WN_E_STORE : wn_db_step(s, q, &row, err);
    if (row) {
        old = sqlite3_column_int64(q, K_ID);
        sqlite3_reset(q);
        rc = wn_row_delete(s, WN_T_KEPT, old, err);
    }
    if (rc == WN_OK)
        rc = wn_row_new(s, WN_T_KEPT, &c, err);
    if (rc != WN_OK)
        return rc;
    event.row = c.id;
    wn_cell_text(&c, kind);
    wn_cell_text(&c, name);
    wn_cell_int(&c, now);
    wn_cell_sealed(&c, "value", bytes, len);
    rc = wn_row_insert(&c, err);
    return rc == WN_OK ? wn_audit_add(s, &event, err) : rc;
}

enum wn_code wn_store_value_put(struct wn_store *s, const char *kind, const char *name,
                                const char *bytes, size_t len, int64_t now, struct wn_error *err)
{
    enum wn_code rc;
    wn_db_read_end(s);
    rc = wn_writer_settle(s, true, err);
    if (rc == WN_OK)
        rc = wn_db_begin(s, true, err);
    if (rc != WN_OK)
        return rc;
    rc = wn_group_write(s, err);
    if (rc == WN_OK)
        rc = replace(s, kind, name, bytes, len, now, err);
    rc = wn_db_end(s, rc, err);
    if (rc == WN_OK)
        wn_group_done(s, s->group);
    return rc;
}

enum wn_code wn_store_value_get(struct wn_store *s, const char *kind, const char *name,
                                struct wn_arena *a, const char **bytes, size_t *len,
                                struct wn_error *err)
{
    sqlite3_stmt *q;
    const char *damaged = NULL;
    bool row = false, holds;
    int64_t id;
    enum wn_code rc;
    *bytes = NULL;
    *len = 0;
    wn_db_read_end(s); /* it may be older than what another process kept */
    q = query(s, kind, name, err);
    rc = q == NULL ? WN_E_STORE : wn_db_step(s, q, &row, err);
    if (!row)
        return rc;
    id = sqlite3_column_int64(q, K_ID);
    holds = wn_row_holds(s, WN_T_KEPT, q);
    if (!wn_row_open(s, WN_T_KEPT, q, K_VALUE, a, bytes, len)) {
        damaged = "value";
        holds = false;
    }
    sqlite3_reset(q);
    if (holds)
        return WN_OK;
    *bytes = NULL;
    return wn_row_damaged(s, WN_T_KEPT, id, damaged, err);
}

enum wn_code wn_store_value_names(struct wn_store *s, const char *kind, struct wn_arena *a,
                                  const char *const **names, size_t *n, struct wn_error *err)
{
    sqlite3_stmt *q;
    const char **list;
    bool row = false;
    size_t room = 0;
    enum wn_code rc;
    *n = 0;
    wn_db_read_end(s);
    q = wn_db_query(s, "SELECT count(*) FROM kept WHERE kind = ?1", err);
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, kind, -1, SQLITE_STATIC);
    rc = wn_db_step(s, q, &row, err);
    if (row) {
        room = (size_t)sqlite3_column_int64(q, 0);
        sqlite3_reset(q);
    }
    list = wn_arena_array(a, room, sizeof(*list));
    *names = list;
    q = rc == WN_OK ? wn_db_query(s, "SELECT name FROM kept WHERE kind = ?1 ORDER BY name", err)
                    : NULL;
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, kind, -1, SQLITE_STATIC);
    while ((rc = wn_db_step(s, q, &row, err)) == WN_OK && row)
        if (*n < room)
            list[(*n)++] = wn_row_text(q, 0, a);
    return rc;
}

static enum wn_code drop(struct wn_store *s, const char *kind, const char *name, int64_t now,
                         struct wn_error *err)
{
    struct wn_event event = {
        .time = now, .event = "dropped", .actor = "program", .before = name, .table = WN_T_KEPT
    };
    sqlite3_stmt *q = query(s, kind, name, err);
    bool row = false;
    enum wn_code rc = q == NULL ? WN_E_STORE : wn_db_step(s, q, &row, err);
    if (rc != WN_OK || !row)
        return rc;
    event.row = sqlite3_column_int64(q, K_ID);
    sqlite3_reset(q);
    rc = wn_row_delete(s, WN_T_KEPT, event.row, err);
    return rc == WN_OK ? wn_audit_add(s, &event, err) : rc;
}

enum wn_code wn_store_value_drop(struct wn_store *s, const char *kind, const char *name,
                                 int64_t now, struct wn_error *err)
{
    enum wn_code rc = wn_store_flush(s, err);
    if (rc == WN_OK)
        rc = wn_db_begin(s, true, err);
    if (rc != WN_OK)
        return rc;
    return wn_db_end(s, drop(s, kind, name, now, err), err);
}

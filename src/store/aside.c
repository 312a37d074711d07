/* aside.c: rows that did not hold when they were read. Never guessed, never silently dropped: the row is
 * named in the error or the log, noted in `aside` and in the audit, and passed over from then on. */
#include "store/db.h"
#include "base/clock.h"

/* Move a cache row into aside; note a row of another table there. In a write transaction. */
static enum wn_code put_aside(struct wn_store *s, enum wn_table t, int64_t id, const char *column,
                              struct wn_error *err)
{
    struct wn_event event = { .time = wn_clock_now(),
                              .event = "set aside",
                              .actor = "program",
                              .table = t,
                              .row = id,
                              .after = column };
    sqlite3_stmt *q = wn_db_query(s, "SELECT 1 FROM aside WHERE tab = ?1 AND row = ?2", err);
    struct wn_cells c;
    bool there = false;
    enum wn_code rc = WN_OK;
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, wn_table_name(t), -1, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, id);
    rc = wn_db_step(s, q, &there, err);
    sqlite3_reset(q);
    if (rc == WN_OK && !there)
        rc = wn_row_new(s, WN_T_ASIDE, &c, err);
    if (rc != WN_OK || there)
        return rc;
    wn_cell_int(&c, event.time);
    wn_cell_text(&c, wn_table_name(t));
    wn_cell_int(&c, id);
    wn_cell_text(&c, column);
    rc = wn_row_find(s, t, id, &q, err);
    if (rc == WN_OK && q != NULL) {
        int last = sqlite3_column_count(q) - 1;
        if (t == WN_T_CACHE)
            wn_cell_blob(&c, sqlite3_column_blob(q, last), (size_t)sqlite3_column_bytes(q, last));
        sqlite3_reset(q);
    }
    if (rc == WN_OK)
        rc = wn_row_insert(&c, err);
    if (rc == WN_OK && t == WN_T_CACHE)
        rc = wn_row_delete(s, t, id, err);
    return rc == WN_OK ? wn_audit_add(s, &event, err) : rc;
}

enum wn_code wn_row_damaged(struct wn_store *s, enum wn_table t, int64_t id, const char *column,
                            struct wn_error *err)
{
    struct wn_error second = { 0 };
    bool own = s->tx != WN_TX_WRITE;
    enum wn_code rc = wn_ring_load(s, err);
    if (rc != WN_OK) /* not the row: the root key was changed meanwhile, and a new data key made */
        return rc;
    wn_error_set(err, WN_E_STORE, "%s row %lld%s%s: %s", wn_table_name(t), (long long)id,
                 column == NULL ? "" : ", column ", column == NULL ? "" : column,
                 column == NULL ? "its columns do not fit its mac" : "the value does not open");
    wn_error_cause(err, "it was changed or moved, or the disk lost it");
    wn_error_hint(err, "The row was set aside; `winnow verify` lists every fault, `winnow restore` "
                       "brings a backup back.");
    wn_log(&s->log, WN_WARN, "damaged_row", "table=%s row=%lld column=%s", wn_table_name(t),
           (long long)id, column == NULL ? "*" : column);
    if (own)
        rc = wn_db_begin(s, true, &second);
    if (rc == WN_OK)
        rc = put_aside(s, t, id, column == NULL ? "*" : column, &second);
    if (own && rc == WN_OK)
        rc = wn_db_commit(s, &second);
    else if (own && s->tx == WN_TX_WRITE)
        wn_db_rollback(s);
    if (rc != WN_OK)
        wn_log(&s->log, WN_WARN, "not_set_aside", "table=%s row=%lld why=\"%s\"", wn_table_name(t),
               (long long)id, second.what);
    return WN_E_STORE;
}

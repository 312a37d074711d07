/* forget.c: erasing an item, or a sender, with everything derived from it.
 *
 * Rows are deleted (SQLite overwrites them: secure_delete), the bodies of the item's audit events are
 * taken out, and then every page is written anew and the write-ahead log emptied, so that not even a sealed
 * value is left in any file. What remains is that it happened, by keyed hash, and counts of finished
 * proofs. */
#include "store/db.h"
#include <stdlib.h>
#include <string.h>

struct ids {
    int64_t *id;
    size_t n, cap;
};

/* All ids that `sql` gives for a hash (?1); first, since rows may not go while a query looks at them. */
static enum wn_code collect(struct wn_store *s, const char *sql, const unsigned char hash[WN_HASH],
                            struct ids *out, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s, sql, err);
    bool row = false;
    enum wn_code rc = q == NULL ? WN_E_STORE : WN_OK;
    out->n = 0;
    if (rc == WN_OK)
        sqlite3_bind_blob(q, 1, hash, WN_HASH, SQLITE_STATIC);
    while (rc == WN_OK && (rc = wn_db_step(s, q, &row, err)) == WN_OK && row) {
        if (out->n == out->cap) {
            out->cap = out->cap * 2 + 16;
            out->id = wn_xrealloc(out->id, out->cap, sizeof(*out->id));
        }
        out->id[out->n++] = sqlite3_column_int64(q, 0);
    }
    return rc;
}

/* Delete from table t all that `sql` finds for the hash, and count them. */
static enum wn_code delete_all(struct wn_store *s, enum wn_table t, const char *sql,
                               const unsigned char hash[WN_HASH], int64_t *count,
                               struct wn_error *err)
{
    struct ids ids = { 0 };
    enum wn_code rc = collect(s, sql, hash, &ids, err);
    for (size_t i = 0; rc == WN_OK && i < ids.n; i++)
        rc = wn_row_delete(s, t, ids.id[i], err);
    if (count != NULL)
        *count += (int64_t)ids.n;
    free(ids.id);
    return rc;
}

static enum wn_code blank_audit(struct wn_store *s, const unsigned char item[WN_HASH],
                                struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s, "UPDATE audit SET body = NULL WHERE item = ?1", err);
    bool row;
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_blob(q, 1, item, WN_HASH, SQLITE_STATIC);
    return wn_db_step(s, q, &row, err);
}

static enum wn_code add_event(struct wn_store *s, const unsigned char hash[WN_HASH], int64_t now,
                              struct wn_error *err)
{
    const struct wn_event event = {
        .time = now, .event = "forgotten", .actor = "user", .table = WN_T_RESULTS, .item = hash
    };
    return wn_audit_add(s, &event, err);
}

static enum wn_code forget_item(struct wn_store *s, const unsigned char item[WN_HASH], int64_t now,
                                struct wn_forgotten *out, struct wn_error *err)
{
    const struct {
        enum wn_table table;
        const char *sql;
        int64_t *count;
    } part[] = {
        /* Equal items share a reply, so it is found by their bytes too. */
        { WN_T_CACHE,
          "SELECT id FROM cache WHERE item = ?1 OR content IN (SELECT content FROM results "
          "WHERE item = ?1)",
          &out->replies },
        { WN_T_REVIEWS,
          "SELECT id FROM reviews WHERE decision IN (SELECT id FROM results WHERE item = ?1)",
          &out->reviews },
        /* A reply that was set aside is of no use to anybody, and may be this item's. */
        { WN_T_ASIDE,
          "SELECT id FROM aside WHERE tab = 'cache' OR (tab = 'results' AND row IN "
          "(SELECT id FROM results WHERE item = ?1))",
          NULL },
        { WN_T_RESULTS, "SELECT id FROM results WHERE item = ?1", &out->decisions },
    };
    enum wn_code rc = WN_OK;
    for (size_t i = 0; rc == WN_OK && i < WN_COUNT(part); i++)
        rc = delete_all(s, part[i].table, part[i].sql, item, part[i].count, err);
    if (rc == WN_OK)
        rc = blank_audit(s, item, err);
    return rc == WN_OK ? add_event(s, item, now, err) : rc;
}

/* The next item of this sender that is still there; *found false at the end. */
static enum wn_code next_of_sender(struct wn_store *s, const unsigned char sender[WN_HASH],
                                   unsigned char item[WN_HASH], bool *found, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s, "SELECT item FROM results WHERE sender = ?1 LIMIT 1", err);
    enum wn_code rc;
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_blob(q, 1, sender, WN_HASH, SQLITE_STATIC);
    rc = wn_db_step(s, q, found, err);
    if (*found && sqlite3_column_bytes(q, 0) == WN_HASH)
        memcpy(item, sqlite3_column_blob(q, 0), WN_HASH);
    sqlite3_reset(q);
    return rc;
}

static enum wn_code forget_sender(struct wn_store *s, const unsigned char sender[WN_HASH],
                                  int64_t now, struct wn_forgotten *out, struct wn_error *err)
{
    unsigned char item[WN_HASH] = { 0 };
    bool found = true;
    enum wn_code rc = WN_OK;
    while (rc == WN_OK && found) {
        rc = next_of_sender(s, sender, item, &found, err);
        if (rc == WN_OK && found)
            rc = forget_item(s, item, now, out, err);
    }
    if (rc == WN_OK)
        rc = delete_all(s, WN_T_CACHE, "SELECT id FROM cache WHERE sender = ?1", sender,
                        &out->replies, err);
    return rc == WN_OK ? add_event(s, sender, now, err) : rc;
}

enum wn_code wn_store_forget(struct wn_store *s, const char *item_id, const char *sender,
                             int64_t now, struct wn_forgotten *out, struct wn_error *err)
{
    unsigned char hash[WN_HASH];
    enum wn_code rc = wn_store_flush(s, err);
    *out = (struct wn_forgotten){ 0, 0, 0 };
    if (rc == WN_OK)
        rc = wn_db_begin(s, true, err);
    if (rc != WN_OK)
        return rc;
    if (item_id != NULL) {
        wn_store_hash(s, "item", item_id, strlen(item_id), hash);
        rc = forget_item(s, hash, now, out, err);
    } else {
        wn_store_hash(s, "sender", sender, strlen(sender), hash);
        rc = forget_sender(s, hash, now, out, err);
    }
    rc = wn_db_end(s, rc, err);
    return rc == WN_OK ? wn_db_leave_nothing(s, err) : rc;
}

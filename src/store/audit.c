/* audit.c: the chain of events, and the walk that checks everything.
 *
 * An event goes into the transaction of the change that it tells of. Its body says who, and how it was
 * before and after: sealed, and left out of the mac (its digest is in), so that it can be sealed anew
 * under another data key, or erased, without breaking the chain. */
#include "store/db.h"
#include "base/clock.h"
#include "base/json.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { A_ID, A_MAC, A_TIME, A_EVENT, A_ACTOR, A_TAB, A_ROW, A_ITEM, A_DIGEST, A_BODY };

void wn_audit_digest(const struct wn_store *s, const char *body, size_t len,
                     unsigned char out[WN_HASH])
{
    struct wn_mac m;
    wn_mac_init(&m, s->ring, WN_USE_AUDIT, "body");
    wn_mac_part(&m, body, len);
    wn_mac_final(&m, out);
}

/* Random bytes first: once the body is erased, its digest can confirm no guess of what it said. */
static void write_body(const struct wn_event *e, struct wn_buf *out)
{
    const struct {
        const char *name, *text;
    } part[] = { { "by", e->by }, { "before", e->before }, { "after", e->after } };
    char random[WN_AUDIT_SALT];
    wn_random(random, sizeof(random));
    wn_buf_add(out, random, sizeof(random));
    wn_buf_char(out, '{');
    for (size_t i = 0; i < WN_COUNT(part); i++) {
        wn_buf_printf(out, "%s\"%s\":", i == 0 ? "" : ",", part[i].name);
        if (part[i].text == NULL)
            wn_buf_str(out, "null");
        else
            wn_json_quote(out, part[i].text);
    }
    wn_buf_char(out, '}');
}

enum wn_code wn_audit_add(struct wn_store *s, const struct wn_event *e, struct wn_error *err)
{
    struct wn_buf body = WN_BUF_INIT(32 << 20);
    unsigned char digest[WN_HASH];
    struct wn_cells c;
    enum wn_code rc = wn_row_new(s, WN_T_AUDIT, &c, err);
    if (rc != WN_OK)
        return rc;
    write_body(e, &body);
    wn_audit_digest(s, body.data, body.len, digest);
    wn_cell_int(&c, e->time);
    wn_cell_text(&c, e->event);
    wn_cell_text(&c, e->actor);
    wn_cell_text(&c, e->row == 0 ? NULL : wn_table_name(e->table));
    if (e->row == 0)
        c.at++;
    else
        wn_cell_int(&c, e->row);
    wn_cell_blob(&c, e->item, WN_HASH);
    wn_cell_blob(&c, digest, WN_HASH);
    wn_cell_sealed(&c, "body", body.data, body.len);
    if (body.failed)
        rc = wn_error_set(err, WN_E_NOMEM, "an audit event is too long");
    else
        rc = wn_row_insert(&c, err);
    wn_buf_free(&body);
    return rc;
}

/* ---- verify ---- */

struct walk {
    struct wn_store *s;
    void (*report)(void *user, const char *fault);
    void *user;
    int64_t nchecked, nfaults;
    bool pass_aside;       /* say nothing of rows that are known as damaged */
    struct wn_arena arena; /* one row's texts */
    struct wn_error *err;
};

static void fault(struct walk *w, const char *fmt, ...) WN_PRINTF(2, 3);
static void fault(struct walk *w, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    w->nfaults++;
    w->report(w->user, text);
}

static sqlite3_stmt *all_rows(struct walk *w, enum wn_table t, enum wn_code *rc)
{
    char sql[64];
    sqlite3_stmt *q = NULL;
    snprintf(sql, sizeof(sql), "SELECT * FROM %s ORDER BY id", wn_table_name(t));
    *rc = sqlite3_prepare_v2(w->s->db, sql, -1, &q, NULL) == SQLITE_OK ? WN_OK
                                                                       : wn_db_fault(w->s, w->err);
    return q;
}

/* Open every sealed column of the row in q; true when all do. */
static bool open_all(struct walk *w, enum wn_table t, sqlite3_stmt *q)
{
    bool good = true;
    for (int i = 0; i < sqlite3_column_count(q); i++) {
        const char *text;
        if (!wn_table_seals(t, i) || sqlite3_column_type(q, i) == SQLITE_NULL)
            continue;
        w->nchecked++;
        if (!wn_row_open(w->s, t, q, i, &w->arena, &text, NULL)) {
            fault(w, "%s row %lld, column %s: the value does not open", wn_table_name(t),
                  (long long)sqlite3_column_int64(q, 0), sqlite3_column_name(q, i));
            good = false;
        }
        wn_arena_reset(&w->arena);
    }
    return good;
}

static void add_up(struct walk *w, enum wn_table t, int64_t rows, const unsigned char sum[WN_HASH])
{
    const struct wn_count *tally = &w->s->tally[t];
    if (rows != tally->rows)
        fault(w, "%s: %lld rows, but %lld were written", wn_table_name(t), (long long)rows,
              (long long)tally->rows);
    else if (!wn_mac_same(sum, tally->sum))
        fault(w, "%s: a row was changed, exchanged or put back", wn_table_name(t));
}

/* Was this row set aside before? */
static bool is_aside(struct walk *w, enum wn_table t, int64_t id)
{
    sqlite3_stmt *q = wn_db_query(w->s, "SELECT 1 FROM aside WHERE tab = ?1 AND row = ?2", NULL);
    bool row = false;
    if (q == NULL)
        return false;
    sqlite3_bind_text(q, 1, wn_table_name(t), -1, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, id);
    wn_db_step(w->s, q, &row, NULL);
    sqlite3_reset(q);
    return row;
}

static void walk_row(struct walk *w, enum wn_table t, sqlite3_stmt *q)
{
    int64_t id = sqlite3_column_int64(q, A_ID);
    w->nchecked++;
    if (w->pass_aside && is_aside(w, t, id))
        return;
    if (open_all(w, t, q) && !wn_row_holds(w->s, t, q))
        fault(w, "%s row %lld: its columns do not fit its mac", wn_table_name(t), (long long)id);
}

static enum wn_code walk_table(struct walk *w, enum wn_table t)
{
    unsigned char sum[WN_HASH] = { 0 };
    enum wn_code rc;
    bool row = false;
    int64_t rows = 0;
    sqlite3_stmt *q = all_rows(w, t, &rc);
    while (rc == WN_OK && (rc = wn_db_step(w->s, q, &row, w->err)) == WN_OK && row) {
        const unsigned char *mac;
        walk_row(w, t, q);
        rows++;
        mac = sqlite3_column_blob(q, A_MAC);
        for (size_t i = 0; i < WN_HASH && sqlite3_column_bytes(q, A_MAC) == WN_HASH; i++)
            sum[i] ^= mac[i];
    }
    sqlite3_finalize(q);
    if (rc == WN_OK)
        add_up(w, t, rows, sum);
    return rc;
}

/* A body may be missing only where a later event says that its item was erased. */
static bool was_forgotten(struct walk *w, int64_t id, const void *item)
{
    sqlite3_stmt *q = wn_db_query(
        w->s, "SELECT 1 FROM audit WHERE event = 'forgotten' AND item = ?1 AND id >= ?2", NULL);
    bool row = false;
    if (q == NULL || item == NULL)
        return false;
    sqlite3_bind_blob(q, 1, item, WN_HASH, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, id);
    wn_db_step(w->s, q, &row, NULL);
    sqlite3_reset(q);
    return row;
}

static bool has_row(struct walk *w, int64_t id)
{
    sqlite3_stmt *q = wn_db_query(w->s, "SELECT 1 FROM results WHERE id = ?1", NULL);
    bool row = false;
    if (q == NULL)
        return false;
    sqlite3_bind_int64(q, 1, id);
    wn_db_step(w->s, q, &row, NULL);
    sqlite3_reset(q);
    return row;
}

/* The decisions that an event tells of, "ROW OLD ITEM,...": those that are not there, and were not erased. */
static void walk_decided(struct walk *w, int64_t id, const char *rows)
{
    char hex[2 * WN_HASH + 1];
    unsigned char item[WN_HASH];
    long long row, old;
    int n = 0;
    for (; sscanf(rows, "%lld %lld %64[0-9a-f]%n", &row, &old, hex, &n) == 3; rows += n) {
        if (!has_row(w, row) && !(wn_unhex(hex, item, WN_HASH) && was_forgotten(w, id, item)))
            fault(w, "results row %lld is missing, of which audit event %lld tells", row,
                  (long long)id);
        if (rows[n] == ',')
            n++;
    }
    if (*rows != '\0')
        fault(w, "audit event %lld, column body: it is not in its form", (long long)id);
}

/* What a body of a group's event says; those of one item are looked after by walk_missing. */
static void walk_body(struct walk *w, sqlite3_stmt *q, const char *body, size_t len)
{
    cJSON *tree = NULL;
    const char *rows;
    if (strcmp((const char *)sqlite3_column_text(q, A_EVENT), "decided") != 0 ||
        sqlite3_column_type(q, A_ITEM) != SQLITE_NULL)
        return;
    rows = len > WN_AUDIT_SALT && wn_json_parse(body + WN_AUDIT_SALT, len - WN_AUDIT_SALT, false,
                                                &tree, NULL) == WN_OK
               ? wn_json_str(tree, "after")
               : NULL;
    walk_decided(w, sqlite3_column_int64(q, A_ID), rows == NULL ? "?" : rows);
    cJSON_Delete(tree);
}

static bool body_holds(struct walk *w, sqlite3_stmt *q)
{
    unsigned char digest[WN_HASH];
    const char *body = NULL;
    size_t len = 0;
    bool good;
    if (sqlite3_column_type(q, A_BODY) == SQLITE_NULL)
        return sqlite3_column_bytes(q, A_ITEM) == WN_HASH &&
               was_forgotten(w, sqlite3_column_int64(q, A_ID), sqlite3_column_blob(q, A_ITEM));
    w->nchecked++;
    good = wn_row_open(w->s, WN_T_AUDIT, q, A_BODY, &w->arena, &body, &len) && body != NULL;
    if (good) {
        wn_audit_digest(w->s, body, len, digest);
        good = sqlite3_column_bytes(q, A_DIGEST) == WN_HASH &&
               wn_mac_same(digest, sqlite3_column_blob(q, A_DIGEST));
    }
    if (good)
        walk_body(w, q, body, len);
    wn_arena_reset(&w->arena);
    return good;
}

/* Each event against the mac that stands in the one before: so one bad event does not hide the next. */
static enum wn_code walk_chain(struct walk *w)
{
    const struct wn_count *tally = &w->s->tally[WN_T_AUDIT];
    unsigned char prev[WN_HASH] = { 0 }, mac[WN_HASH];
    enum wn_code rc;
    bool row = false;
    int64_t next = 1;
    sqlite3_stmt *q = all_rows(w, WN_T_AUDIT, &rc);
    while (rc == WN_OK && (rc = wn_db_step(w->s, q, &row, w->err)) == WN_OK && row) {
        int64_t id = sqlite3_column_int64(q, A_ID);
        bool gap = id != next;
        w->nchecked++;
        if (gap)
            fault(w, "audit event %lld is missing", (long long)next);
        next = id + 1;
        wn_row_mac(w->s, WN_T_AUDIT, q, prev, mac);
        memset(prev, 0, sizeof(prev));
        if (sqlite3_column_bytes(q, A_MAC) == WN_HASH)
            memcpy(prev, sqlite3_column_blob(q, A_MAC), WN_HASH);
        if (!gap && !wn_mac_same(mac, prev))
            fault(w, "audit event %lld was changed or moved", (long long)id);
        if (!body_holds(w, q))
            fault(w, "audit event %lld, column body: the value does not open", (long long)id);
    }
    sqlite3_finalize(q);
    if (rc != WN_OK)
        return rc;
    if (next <= tally->last)
        fault(w, "audit events %lld to %lld are missing at the end", (long long)next,
              (long long)tally->last);
    else if (next - 1 > tally->last || !wn_mac_same(prev, tally->sum))
        fault(w, "the end of the audit chain does not hold");
    return WN_OK;
}

/* Rows of which the audit tells, and which are not there though nobody erased them. */
static enum wn_code walk_missing(struct walk *w, const char *sql)
{
    sqlite3_stmt *q = wn_db_query(w->s, sql, w->err);
    bool row = false;
    enum wn_code rc = q == NULL ? WN_E_STORE : WN_OK;
    while (rc == WN_OK && (rc = wn_db_step(w->s, q, &row, w->err)) == WN_OK && row)
        fault(w, "%s row %lld is missing, of which audit event %lld tells",
              (const char *)sqlite3_column_text(q, 1), (long long)sqlite3_column_int64(q, 2),
              (long long)sqlite3_column_int64(q, 0));
    return rc;
}

/* SQLite's own checks; their only good answer is the row 'ok', or no row. */
static enum wn_code walk_file(struct walk *w, const char *pragma)
{
    sqlite3_stmt *q = wn_db_query(w->s, pragma, w->err);
    bool row = false;
    enum wn_code rc = q == NULL ? WN_E_STORE : WN_OK;
    while (rc == WN_OK && (rc = wn_db_step(w->s, q, &row, w->err)) == WN_OK && row)
        if (strcmp((const char *)sqlite3_column_text(q, 0), "ok") != 0)
            fault(w, "the file: %s", (const char *)sqlite3_column_text(q, 0));
    return rc;
}

static enum wn_code walk_all(struct walk *w)
{
    static const char results[] =
        "SELECT id, tab, row FROM audit AS a WHERE event = 'decided' AND item IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM results AS r WHERE r.id = a.row) AND NOT EXISTS "
        "(SELECT 1 FROM audit AS f WHERE f.event = 'forgotten' AND f.item = a.item AND f.id > "
        "a.id)";
    static const char reviews[] =
        "SELECT id, tab, row FROM audit AS a WHERE event = 'reviewed' AND NOT EXISTS "
        "(SELECT 1 FROM reviews AS r WHERE r.id = a.row) AND NOT EXISTS "
        "(SELECT 1 FROM audit AS f WHERE f.event = 'forgotten' AND f.item = a.item AND f.id > "
        "a.id)";
    enum wn_code rc = walk_file(w, "PRAGMA integrity_check");
    if (rc == WN_OK)
        rc = walk_file(w, "PRAGMA foreign_key_check");
    for (int t = 0; rc == WN_OK && t < WN_TABLE_COUNT; t++)
        rc = t == WN_T_AUDIT ? walk_chain(w) : walk_table(w, (enum wn_table)t);
    if (rc == WN_OK)
        rc = walk_missing(w, results);
    return rc == WN_OK ? walk_missing(w, reviews) : rc;
}

static enum wn_code verify(struct walk *w, int64_t *nchecked, int64_t *nfaults)
{
    struct wn_store *s = w->s;
    unsigned char sum[WN_HASH];
    enum wn_code rc = wn_store_flush(s, w->err);
    /* One snapshot: what another process commits meanwhile is not half seen. */
    if (rc == WN_OK)
        rc = wn_db_read(s, wn_clock_ms(), w->err);
    if (rc == WN_OK && wn_tally_load(s, w->err) != WN_OK)
        fault(w, "the tally of rows does not hold");
    if (rc == WN_OK)
        rc = wn_schema_sum(s, sum, w->err);
    if (rc == WN_OK && !wn_mac_same(sum, s->schema_sum))
        fault(w, "the tables are not as winnow made them");
    if (rc == WN_OK)
        rc = walk_all(w);
    wn_db_read_end(s);
    wn_arena_free(&w->arena);
    *nchecked = w->nchecked;
    *nfaults = w->nfaults;
    return rc;
}

enum wn_code wn_store_verify(struct wn_store *s, void (*report)(void *user, const char *fault),
                             void *user, int64_t *nchecked, int64_t *nfaults, struct wn_error *err)
{
    struct walk w = { .s = s, .report = report, .user = user, .err = err };
    return verify(&w, nchecked, nfaults);
}

enum wn_code wn_verify_copy(struct wn_store *s, void (*report)(void *user, const char *fault),
                            void *user, int64_t *nfaults, struct wn_error *err)
{
    struct walk w = { .s = s, .report = report, .user = user, .err = err, .pass_aside = true };
    int64_t nchecked;
    return verify(&w, &nchecked, nfaults);
}

/* period.c: the decisions of a period, and the reports that were made of closed ones. */
#include "store/db.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- decisions ---- */

enum wn_code wn_period_next(struct wn_store *s, const char *task, int64_t from, int64_t *created,
                            struct wn_error *err)
{
    sqlite3_stmt *q;
    bool row = false;
    enum wn_code rc = wn_store_flush(s, err);
    *created = 0;
    if (rc != WN_OK)
        return rc;
    q = wn_db_query(s, "SELECT min(created) FROM results WHERE task = ?1 AND created >= ?2", err);
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, task, -1, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, from);
    rc = wn_db_step(s, q, &row, err);
    if (row) {
        *created = sqlite3_column_int64(q, 0);
        sqlite3_reset(q);
    }
    return rc;
}

static double real(sqlite3_stmt *q, int column)
{
    return sqlite3_column_type(q, column) == SQLITE_NULL ? NAN : sqlite3_column_double(q, column);
}

static struct wn_period_unit read_unit(sqlite3_stmt *q)
{
    return (struct wn_period_unit){
        .id = sqlite3_column_int64(q, 0),
        .route = sqlite3_column_int(q, 1) != 0 ? WN_AUTO : WN_REVIEW,
        .u = real(q, 2),
        .pi = real(q, 3),
        .cost_microusd = sqlite3_column_int64(q, 4),
        .review = sqlite3_column_int64(q, 5),
        .wrong = sqlite3_column_int(q, 6) != 0,
        .reviewed = sqlite3_column_int64(q, 7),
    };
}

enum wn_code wn_period_units(struct wn_store *s, const char *task, const char *stratum,
                             int64_t from, int64_t to, int64_t until, struct wn_period_unit **out,
                             size_t *n, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(
        s,
        "SELECT r.id, r.route = 'auto', r.u, r.pi, r.cost_microusd, v.id, v.wrong, v.time "
        "FROM (SELECT min(id) AS id FROM results WHERE task = ?1 AND created >= ?2 AND created < "
        "?3 "
        "AND route <> 'failed' GROUP BY u) first JOIN results r ON r.id = first.id "
        "LEFT JOIN reviews v ON v.id = (SELECT max(id) FROM reviews WHERE decision = r.id "
        "AND undone = 0 AND wrong IS NOT NULL AND purpose IS NOT 'second_review' AND time <= ?4 "
        "AND NOT EXISTS (SELECT 1 FROM aside WHERE tab = 'reviews' AND row = reviews.id)) "
        "WHERE r.stratum IS ?5 "
        "AND NOT EXISTS (SELECT 1 FROM aside WHERE tab = 'results' AND row = r.id) ORDER BY r.id",
        err);
    unsigned char hash[WN_HASH];
    size_t cap = 0;
    bool row = false;
    enum wn_code rc = q == NULL ? WN_E_STORE : WN_OK;
    *out = NULL;
    *n = 0;
    if (rc != WN_OK)
        return rc;
    sqlite3_bind_text(q, 1, task, -1, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, from);
    sqlite3_bind_int64(q, 3, to);
    sqlite3_bind_int64(q, 4, until);
    wn_store_stratum(s, q, 5, stratum, hash);
    while ((rc = wn_db_step(s, q, &row, err)) == WN_OK && row) {
        if (*n == cap) {
            cap = cap == 0 ? 256 : 2 * cap;
            *out = wn_xrealloc(*out, cap, sizeof(**out));
        }
        (*out)[(*n)++] = read_unit(q);
    }
    if (rc == WN_OK)
        return WN_OK;
    free(*out);
    *out = NULL;
    *n = 0;
    return rc;
}

enum wn_code wn_period_overdue(struct wn_store *s, const char *task, const char *key, int64_t from,
                               struct wn_period_unit **out, size_t *n, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(
        s,
        "SELECT id, 1, u, pi, 0, NULL, 0, 0 FROM results WHERE task = ?1 AND created >= ?2 "
        "AND key <> ?3 AND route = 'auto' AND u < pi "
        "AND (body IS NOT NULL OR item_json IS NOT NULL) "
        "AND NOT EXISTS (SELECT 1 FROM reviews WHERE decision = results.id AND undone = 0) "
        "AND NOT EXISTS (SELECT 1 FROM aside WHERE tab = 'results' AND row = results.id) "
        "ORDER BY id",
        err);
    size_t cap = 0;
    bool row = false;
    enum wn_code rc = q == NULL ? WN_E_STORE : WN_OK;
    *out = NULL;
    *n = 0;
    if (rc != WN_OK)
        return rc;
    sqlite3_bind_text(q, 1, task, -1, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, from);
    sqlite3_bind_text(q, 3, key, -1, SQLITE_STATIC);
    while ((rc = wn_db_step(s, q, &row, err)) == WN_OK && row) {
        if (*n == cap) {
            cap = cap == 0 ? 64 : 2 * cap;
            *out = wn_xrealloc(*out, cap, sizeof(**out));
        }
        (*out)[(*n)++] = read_unit(q);
    }
    return rc;
}

/* ---- reports ---- */

enum { /* columns of reports */
       R_ID,
       R_MAC,
       R_TASK,
       R_NAME,
       R_STARTED,
       R_ENDED,
       R_CLOSED,
       R_TOTAL,
       R_AUTOMATIC,
       R_N,
       R_K,
       R_PENDING,
       R_RATE,
       R_EPS,
       R_DELTA,
       R_UPPER,
       R_BODY
};

static enum wn_code is_there(struct wn_store *s, const struct wn_report_row *r, bool *there,
                             struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s, "SELECT 1 FROM reports WHERE task = ?1 AND name = ?2", err);
    enum wn_code rc;
    *there = false;
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, r->subject, -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, r->name, -1, SQLITE_STATIC);
    rc = wn_db_step(s, q, there, err);
    if (*there)
        sqlite3_reset(q);
    return rc;
}

static enum wn_code put(struct wn_store *s, struct wn_report_row *r, struct wn_error *err)
{
    struct wn_event event = { .time = r->closed,
                              .event = "report",
                              .actor = "program",
                              .after = r->name,
                              .table = WN_T_REPORTS };
    struct wn_cells c;
    bool there;
    enum wn_code rc = is_there(s, r, &there, err);
    if (rc != WN_OK || there) /* another process was faster, with the same numbers */
        return rc;
    rc = wn_row_new(s, WN_T_REPORTS, &c, err);
    if (rc != WN_OK)
        return rc;
    r->id = event.row = c.id;
    wn_cell_text(&c, r->subject);
    wn_cell_text(&c, r->name);
    wn_cell_int(&c, r->started);
    wn_cell_int(&c, r->ended);
    wn_cell_int(&c, r->closed);
    wn_cell_int(&c, r->total);
    wn_cell_int(&c, r->automatic);
    wn_cell_int(&c, r->n);
    wn_cell_int(&c, r->k);
    wn_cell_int(&c, r->pending);
    wn_cell_real(&c, r->rate);
    wn_cell_real(&c, r->eps);
    wn_cell_real(&c, r->delta);
    wn_cell_real(&c, r->upper);
    wn_cell_sealed(&c, "body", r->body, strlen(r->body));
    rc = wn_row_insert(&c, err);
    return rc == WN_OK ? wn_audit_add(s, &event, err) : rc;
}

enum wn_code wn_report_put(struct wn_store *s, struct wn_report_row *r, struct wn_error *err)
{
    enum wn_code rc = wn_store_flush(s, err);
    if (rc == WN_OK)
        rc = wn_db_begin(s, true, err);
    if (rc != WN_OK)
        return rc;
    return wn_db_end(s, put(s, r, err), err);
}

static enum wn_code read_report(struct wn_store *s, sqlite3_stmt *q, struct wn_arena *a,
                                struct wn_report_row *out, struct wn_error *err)
{
    int64_t id = sqlite3_column_int64(q, R_ID);
    size_t len;
    bool holds = wn_row_holds(s, WN_T_REPORTS, q) &&
                 wn_row_open(s, WN_T_REPORTS, q, R_BODY, a, &out->body, &len);
    out->id = id;
    out->subject = wn_row_text(q, R_TASK, a);
    out->name = wn_row_text(q, R_NAME, a);
    out->started = sqlite3_column_int64(q, R_STARTED);
    out->ended = sqlite3_column_int64(q, R_ENDED);
    out->closed = sqlite3_column_int64(q, R_CLOSED);
    out->total = sqlite3_column_int64(q, R_TOTAL);
    out->automatic = sqlite3_column_int64(q, R_AUTOMATIC);
    out->n = sqlite3_column_int64(q, R_N);
    out->k = sqlite3_column_int64(q, R_K);
    out->pending = sqlite3_column_int64(q, R_PENDING);
    out->rate = real(q, R_RATE);
    out->eps = real(q, R_EPS);
    out->delta = real(q, R_DELTA);
    out->upper = real(q, R_UPPER);
    sqlite3_reset(q);
    return holds ? WN_OK : wn_row_damaged(s, WN_T_REPORTS, id, NULL, err);
}

enum wn_code wn_report_get(struct wn_store *s, const char *subject, const char *name,
                           struct wn_arena *a, struct wn_report_row *out, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s,
                                  "SELECT * FROM reports WHERE task = ?1 AND (?2 IS NULL OR name = "
                                  "?2) ORDER BY ended DESC, id DESC LIMIT 1",
                                  err);
    bool row = false;
    enum wn_code rc;
    *out = (struct wn_report_row){ 0 };
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, subject, -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, name, -1, SQLITE_STATIC);
    rc = wn_db_step(s, q, &row, err);
    return row ? read_report(s, q, a, out, err) : rc;
}

enum wn_code wn_report_names(struct wn_store *s, const char *subject, struct wn_arena *a,
                             const char **names, struct wn_error *err)
{
    sqlite3_stmt *q =
        wn_db_query(s, "SELECT name FROM reports WHERE task = ?1 ORDER BY ended, id", err);
    bool row = false;
    enum wn_code rc = q == NULL ? WN_E_STORE : WN_OK;
    *names = "";
    if (rc != WN_OK)
        return rc;
    sqlite3_bind_text(q, 1, subject, -1, SQLITE_STATIC);
    while ((rc = wn_db_step(s, q, &row, err)) == WN_OK && row)
        *names = wn_arena_printf(a, "%s%s%s", *names, **names == '\0' ? "" : ", ",
                                 (const char *)sqlite3_column_text(q, 0));
    return rc;
}

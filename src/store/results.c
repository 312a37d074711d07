/* results.c: decisions. A row is written once; only whether it is current and open changes. */
#include "store/db.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { /* columns of results */
       R_ID,
       R_MAC,
       R_TASK,
       R_VERSION,
       R_MODEL,
       R_KEY,
       R_ROUTE,
       R_STATE,
       R_STRATUM,
       R_S,
       R_P,
       R_U,
       R_PI,
       R_HARD_FLAG,
       R_CREATED,
       R_COST,
       R_LATENCY,
       R_ITEM,
       R_CONTENT,
       R_SENDER,
       R_SAME,
       R_CURRENT,
       R_OPEN,
       R_ITEM_ID,
       R_ITEM_JSON,
       R_RESULT_JSON,
       R_SIGNALS_JSON,
       R_FOLD
};
enum { /* columns of reviews */
       V_TIME = 3,
       V_VERDICT = 4,
       V_CORRECTION = 7,
       V_NOTE = 8,
       V_REVIEWER = 9
};
static const char *const route_name[] = { "auto", "review", "failed" };

static size_t length(const char *text)
{
    return text == NULL ? 0 : strlen(text);
}

/* ---- writing, in the group's transaction ---- */

static void same_hash(const struct wn_store *s, const struct wn_row *r, unsigned char out[WN_HASH])
{
    const char *what = r->same_as != NULL ? r->same_as : r->result_json;
    struct wn_mac m;
    wn_mac_init(&m, s->ring, WN_USE_LOOKUP, "same");
    wn_mac_part(&m, r->key, length(r->key));
    wn_mac_int(&m, r->route);
    wn_mac_part(&m, what, length(what));
    wn_mac_final(&m, out);
}

struct current {
    int64_t id; /* 0 = none */
    bool same;
};

/* The current row of this task and item; one that was set aside is the same as nothing. */
static enum wn_code find_current(struct wn_store *s, const struct wn_row *r,
                                 const unsigned char item[WN_HASH],
                                 const unsigned char same[WN_HASH], struct current *out,
                                 struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(
        s,
        "SELECT id, same, EXISTS (SELECT 1 FROM aside WHERE tab = 'results' AND row = results.id) "
        "FROM results WHERE item = ?1 AND task = ?2 AND current = 1 AND (?3 IS NULL OR content IS ?3)",
        err);
    unsigned char content[WN_HASH];
    bool row = false;
    enum wn_code rc;
    *out = (struct current){ 0, false };
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_blob(q, 1, item, WN_HASH, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, r->task, -1, SQLITE_STATIC);
    sqlite3_bind_null(q, 3);
    if (r->positional && r->content != NULL) {
        wn_store_hash(s, "content", r->content, r->content_len, content);
        sqlite3_bind_blob(q, 3, content, WN_HASH, SQLITE_STATIC);
    }
    rc = wn_db_step(s, q, &row, err);
    if (row) {
        out->id = sqlite3_column_int64(q, 0);
        out->same = sqlite3_column_bytes(q, 1) == WN_HASH &&
                    memcmp(sqlite3_column_blob(q, 1), same, WN_HASH) == 0 &&
                    sqlite3_column_int(q, 2) == 0;
        sqlite3_reset(q);
    }
    return rc;
}

static enum wn_code insert(struct wn_store *s, const struct wn_row *r,
                           const unsigned char item[WN_HASH], const unsigned char same[WN_HASH],
                           int64_t *id, struct wn_error *err)
{
    struct wn_cells c;
    enum wn_code rc = wn_row_new(s, WN_T_RESULTS, &c, err);
    if (rc != WN_OK)
        return rc;
    *id = c.id;
    wn_cell_text(&c, r->task);
    wn_cell_name(&c, r->version);
    wn_cell_name(&c, r->model);
    wn_cell_name(&c, r->key);
    wn_cell_text(&c, route_name[r->route]);
    wn_cell_name(&c, r->state);
    wn_cell_hash(&c, "stratum", r->stratum, length(r->stratum));
    wn_cell_real(&c, r->s);
    wn_cell_real(&c, r->p);
    wn_cell_real(&c, r->u);
    wn_cell_real(&c, r->pi);
    wn_cell_int(&c, r->hard_flag);
    wn_cell_int(&c, r->created);
    wn_cell_int(&c, r->cost_microusd);
    wn_cell_int(&c, r->latency_ms);
    wn_cell_blob(&c, item, WN_HASH);
    wn_cell_hash(&c, "content", r->content, r->content_len);
    wn_cell_hash(&c, "sender", r->sender, length(r->sender));
    wn_cell_blob(&c, same, WN_HASH);
    wn_cell_int(&c, 1);
    wn_cell_int(&c, 1);
    wn_cell_sealed(&c, "item_id", r->item_id, length(r->item_id));
    wn_cell_sealed(&c, "item_json", r->item_json, length(r->item_json));
    wn_cell_sealed(&c, "result_json", r->result_json, length(r->result_json));
    wn_cell_sealed(&c, "signals_json", r->signals_json, length(r->signals_json));
    wn_cell_real(&c, r->fold);
    return wn_row_insert(&c, err);
}

enum wn_code wn_results_write(struct wn_store *s, const struct wn_row *r, int64_t *id,
                              struct wn_error *err)
{
    struct wn_event event = { .time = r->created,
                              .event = "decided",
                              .actor = "model",
                              .by = r->model,
                              .after = r->same_as,
                              .table = WN_T_RESULTS };
    unsigned char item[WN_HASH], same[WN_HASH];
    struct current old;
    char before[40];
    enum wn_code rc;
    wn_store_hash(s, "item", r->item_id, strlen(r->item_id), item);
    same_hash(s, r, same);
    rc = find_current(s, r, item, same, &old, err);
    if (rc == WN_OK && old.same) {
        *id = old.id;
        return WN_OK;
    }
    if (rc == WN_OK && old.id != 0) {
        snprintf(before, sizeof(before), "results row %lld", (long long)old.id);
        event.before = before;
        rc = wn_row_set(s, WN_T_RESULTS, old.id, "UPDATE results SET current = ?2 WHERE id = ?1", 0,
                        err);
    }
    if (rc == WN_OK)
        rc = insert(s, r, item, same, id, err);
    event.row = *id;
    event.item = item;
    return rc == WN_OK ? wn_audit_add(s, &event, err) : rc;
}

enum wn_code wn_results_put(struct wn_store *s, const struct wn_row *row, int64_t *id,
                            struct wn_error *err)
{
    return wn_pending_result(s, row, id, err);
}

/* ---- reading ---- */

static enum wn_route route_of(const char *name)
{
    for (size_t i = 0; i < WN_COUNT(route_name); i++)
        if (strcmp(route_name[i], name) == 0)
            return (enum wn_route)i;
    return WN_REVIEW; /* the table's CHECK allows no other */
}

static double real(sqlite3_stmt *q, int column)
{
    return sqlite3_column_type(q, column) == SQLITE_NULL ? NAN : sqlite3_column_double(q, column);
}

/* Fill *out from the row in q. False: *fault names the column that does not open, or is NULL where the
 * row as a whole does not hold. */
static bool read_row(struct wn_store *s, sqlite3_stmt *q, struct wn_arena *a, struct wn_row *out,
                     const char **fault)
{
    const struct {
        int column;
        const char **text;
    } sealed[] = { { R_ITEM_ID, &out->item_id },
                   { R_ITEM_JSON, &out->item_json },
                   { R_RESULT_JSON, &out->result_json },
                   { R_SIGNALS_JSON, &out->signals_json } };
    for (size_t i = 0; i < WN_COUNT(sealed); i++)
        if (!wn_row_open(s, WN_T_RESULTS, q, sealed[i].column, a, sealed[i].text, NULL)) {
            *fault = sqlite3_column_name(q, sealed[i].column);
            return false;
        }
    *fault = NULL;
    if (!wn_row_holds(s, WN_T_RESULTS, q))
        return false;
    out->id = sqlite3_column_int64(q, R_ID);
    out->task = wn_row_text(q, R_TASK, a);
    out->version = wn_row_text(q, R_VERSION, a);
    out->model = wn_row_text(q, R_MODEL, a);
    out->key = wn_row_text(q, R_KEY, a);
    out->route = route_of((const char *)sqlite3_column_text(q, R_ROUTE));
    out->state = wn_row_text(q, R_STATE, a);
    out->s = real(q, R_S);
    out->p = real(q, R_P);
    out->u = real(q, R_U);
    out->pi = real(q, R_PI);
    out->fold = real(q, R_FOLD);
    out->hard_flag = sqlite3_column_int(q, R_HARD_FLAG) != 0;
    out->created = sqlite3_column_int64(q, R_CREATED);
    out->cost_microusd = sqlite3_column_int64(q, R_COST);
    out->latency_ms = sqlite3_column_int64(q, R_LATENCY);
    return true;
}

static bool read_review(struct wn_store *s, sqlite3_stmt *q, struct wn_arena *a, struct wn_row *out,
                        const char **fault)
{
    const struct {
        int column;
        const char **text;
    } sealed[] = { { V_CORRECTION, &out->correction_json },
                   { V_NOTE, &out->note },
                   { V_REVIEWER, &out->reviewer } };
    for (size_t i = 0; i < WN_COUNT(sealed); i++)
        if (!wn_row_open(s, WN_T_REVIEWS, q, sealed[i].column, a, sealed[i].text, NULL)) {
            *fault = sqlite3_column_name(q, sealed[i].column);
            return false;
        }
    *fault = NULL;
    if (!wn_row_holds(s, WN_T_REVIEWS, q))
        return false;
    out->verdict = wn_row_text(q, V_VERDICT, a);
    out->reviewed = sqlite3_column_int64(q, V_TIME);
    return true;
}

/* The person's last word on the decision, into *out. A second review by somebody else measures how far
 * people agree; it does not overrule the first. */
static enum wn_code add_review(struct wn_store *s, int64_t id, struct wn_arena *a,
                               struct wn_row *out, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s,
                                  "SELECT * FROM reviews WHERE decision = ?1 AND undone = 0 "
                                  "ORDER BY purpose IS 'second_review', id DESC LIMIT 1",
                                  err);
    const char *fault = NULL;
    bool row = false, good;
    int64_t review;
    enum wn_code rc;
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_int64(q, 1, id);
    rc = wn_db_step(s, q, &row, err);
    if (!row)
        return rc;
    review = sqlite3_column_int64(q, 0);
    good = read_review(s, q, a, out, &fault);
    sqlite3_reset(q);
    return good ? WN_OK : wn_row_damaged(s, WN_T_REVIEWS, review, fault, err);
}

enum wn_code wn_results_get(struct wn_store *s, int64_t id, struct wn_arena *a, struct wn_row *out,
                            struct wn_error *err)
{
    sqlite3_stmt *q;
    const char *fault = NULL;
    bool good;
    enum wn_code rc = wn_store_flush(s, err);
    *out = (struct wn_row){ 0 };
    if (rc == WN_OK)
        rc = wn_row_find(s, WN_T_RESULTS, id, &q, err);
    if (rc != WN_OK || q == NULL)
        return rc;
    good = read_row(s, q, a, out, &fault);
    sqlite3_reset(q);
    if (good)
        return add_review(s, id, a, out, err);
    *out = (struct wn_row){ 0 };
    return wn_row_damaged(s, WN_T_RESULTS, id, fault, err);
}

enum wn_code wn_results_after(struct wn_store *s, const char *task, int64_t last_id,
                              struct wn_arena *a, struct wn_row *out, struct wn_error *err)
{
    sqlite3_stmt *q;
    bool row = false;
    int64_t id = 0;
    enum wn_code rc = wn_store_flush(s, err);
    *out = (struct wn_row){ 0 };
    if (rc != WN_OK)
        return rc;
    q = wn_db_query(
        s,
        "SELECT id FROM results WHERE id > ?1 AND current = 1 AND (?2 IS NULL OR task = ?2) "
        "AND NOT EXISTS (SELECT 1 FROM aside WHERE tab = 'results' AND row = results.id) "
        "ORDER BY id LIMIT 1",
        err);
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_int64(q, 1, last_id);
    sqlite3_bind_text(q, 2, task, -1, SQLITE_STATIC);
    rc = wn_db_step(s, q, &row, err);
    if (!row)
        return rc;
    id = sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    return wn_results_get(s, id, a, out, err);
}

/* The row whose id the query gives. */
static enum wn_code get_found(struct wn_store *s, sqlite3_stmt *q, struct wn_arena *a,
                              struct wn_row *out, struct wn_error *err)
{
    bool row = false;
    int64_t id;
    enum wn_code rc = wn_db_step(s, q, &row, err);
    if (!row)
        return rc;
    id = sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    return wn_results_get(s, id, a, out, err);
}

enum wn_code wn_results_find(struct wn_store *s, const char *task, const char *item_id,
                             struct wn_arena *a, struct wn_row *out, struct wn_error *err)
{
    unsigned char item[WN_HASH];
    sqlite3_stmt *q;
    enum wn_code rc = wn_store_flush(s, err);
    *out = (struct wn_row){ 0 };
    if (rc != WN_OK)
        return rc;
    q = wn_db_query(s,
                    "SELECT id FROM results WHERE item = ?1 AND current = 1 AND (?2 IS NULL OR "
                    "task = ?2) ORDER BY id DESC LIMIT 1",
                    err);
    if (q == NULL)
        return WN_E_STORE;
    wn_store_hash(s, "item", item_id, strlen(item_id), item);
    sqlite3_bind_blob(q, 1, item, WN_HASH, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, task, -1, SQLITE_STATIC);
    return get_found(s, q, a, out, err);
}

enum wn_code wn_results_about(struct wn_store *s, const char *item_id, const char *sender,
                              int64_t last_id, struct wn_arena *a, struct wn_row *out,
                              struct wn_error *err)
{
    static const char by_item[] = "SELECT id FROM results WHERE id > ?2 AND item = ?1 AND NOT "
                                  "EXISTS (SELECT 1 FROM aside WHERE tab = 'results' AND row = "
                                  "results.id) ORDER BY id LIMIT 1";
    static const char by_sender[] = "SELECT id FROM results WHERE id > ?2 AND sender = ?1 AND NOT "
                                    "EXISTS (SELECT 1 FROM aside WHERE tab = 'results' AND row = "
                                    "results.id) ORDER BY id LIMIT 1";
    const char *what = item_id != NULL ? item_id : sender;
    unsigned char hash[WN_HASH];
    sqlite3_stmt *q;
    enum wn_code rc = wn_store_flush(s, err);
    *out = (struct wn_row){ 0 };
    if (rc != WN_OK)
        return rc;
    q = wn_db_query(s, item_id != NULL ? by_item : by_sender, err);
    if (q == NULL)
        return WN_E_STORE;
    wn_store_hash(s, item_id != NULL ? "item" : "sender", what, strlen(what), hash);
    sqlite3_bind_blob(q, 1, hash, WN_HASH, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, last_id);
    return get_found(s, q, a, out, err);
}

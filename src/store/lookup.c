/* lookup.c: decisions, read: opened, checked, and with the person's last word on them. */
#include "store/db.h"
#include <math.h>
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
       R_FOLD,
       R_BODY,
       R_SIGNALS
};
enum { /* columns of reviews */
       V_TIME = 3,
       V_VERDICT = 4,
       V_CORRECTION = 7,
       V_NOTE = 8,
       V_REVIEWER = 9
};

/* The texts of an opened body, which they point into. False: it is not one. */
static bool body_split(const char *body, size_t len, const char **text[WN_RESULT_TEXTS])
{
    size_t at = 0;
    for (size_t t = 0; t < WN_RESULT_TEXTS; t++) {
        uint64_t n = 0;
        if (len - at < 8)
            return false;
        for (size_t i = 0; i < 8; i++)
            n = n << 8 | (unsigned char)body[at++];
        *text[t] = NULL;
        if (n == UINT64_MAX)
            continue;
        if (n >= len - at || body[at + n] != '\0')
            return false;
        *text[t] = body + at;
        at += n + 1;
    }
    return at == len;
}

static enum wn_route route_of(const char *name)
{
    for (size_t i = 0; i < 3; i++)
        if (strcmp(wn_route_names[i], name) == 0)
            return (enum wn_route)i;
    return WN_REVIEW; /* the table's CHECK allows no other */
}

static double real(sqlite3_stmt *q, int column)
{
    return sqlite3_column_type(q, column) == SQLITE_NULL ? NAN : sqlite3_column_double(q, column);
}

/* The sealed texts of the row in q; false: column *fault does not open. */
static bool read_texts(struct wn_store *s, sqlite3_stmt *q, struct wn_arena *a, struct wn_row *out,
                       const char **fault)
{
    const char **text[WN_RESULT_TEXTS] = { &out->item_id, &out->item_json, &out->result_json,
                                 &out->signals_json };
    const char *body = NULL;
    size_t len = 0;
    for (int i = 0; i < WN_RESULT_TEXTS; i++)
        if (!wn_row_open(s, WN_T_RESULTS, q, R_ITEM_ID + i, a, text[i], NULL)) {
            *fault = sqlite3_column_name(q, R_ITEM_ID + i);
            return false;
        }
    *fault = sqlite3_column_name(q, R_BODY);
    return wn_row_open(s, WN_T_RESULTS, q, R_BODY, a, &body, &len) &&
           (body == NULL || body_split(body, len, text));
}

/* Fill *out from the row in q. False: *fault names the column that does not open, or is NULL where the
 * row as a whole does not hold. */
static bool read_row(struct wn_store *s, sqlite3_stmt *q, struct wn_arena *a, struct wn_row *out,
                     const char **fault)
{
    if (!read_texts(s, q, a, out, fault))
        return false;
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
    if (sqlite3_column_type(q, R_SIGNALS) != SQLITE_NULL) /* older rows have them in the body */
        out->signals_json = wn_row_text(q, R_SIGNALS, a);
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
                    "SELECT id FROM results WHERE substr(item, 1, 8) = substr(?1, 1, 8) AND item = "
                    "?1 AND current = 1 AND (?2 IS NULL OR task = ?2) ORDER BY id DESC LIMIT 1",
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

/* results.c: decisions, written. A row is written once; only whether it is current and open changes. */
#include "store/db.h"
#include <string.h>

const char *const wn_route_names[] = { "auto", "review", "failed" };

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

/* A text of the body: its length (8), its bytes and a zero byte; NULL has a length of all ones. */
static void body_add(struct wn_buf *b, const char *text)
{
    uint64_t n = text == NULL ? UINT64_MAX : strlen(text);
    char head[8];
    for (size_t i = 0; i < sizeof(head); i++)
        head[i] = (char)(n >> (56 - 8 * i));
    wn_buf_add(b, head, sizeof(head));
    if (text != NULL)
        wn_buf_add(b, text, (size_t)n + 1);
}

/* The current row of this task and item; one that was set aside is the same as nothing. */
static enum wn_code find_current(struct wn_store *s, const struct wn_row *r,
                                 const unsigned char item[WN_HASH],
                                 const unsigned char same[WN_HASH], struct current *out,
                                 struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(
        s,
        "SELECT id, same, EXISTS (SELECT 1 FROM aside WHERE tab = 'results' AND row = results.id) "
        "FROM results WHERE substr(item, 1, 8) = substr(?1, 1, 8) AND item = ?1 AND task = ?2 AND "
        "current = 1 AND (?3 IS NULL OR content IS ?3)",
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
    struct wn_buf body = WN_BUF_INIT(256 << 20);
    struct wn_cells c;
    enum wn_code rc = wn_row_new(s, WN_T_RESULTS, &c, err);
    if (rc != WN_OK)
        return rc;
    *id = c.id;
    wn_cell_text(&c, r->task);
    wn_cell_name(&c, r->version);
    wn_cell_name(&c, r->model);
    wn_cell_name(&c, r->key);
    wn_cell_text(&c, wn_route_names[r->route]);
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
    for (size_t i = 0; i < WN_RESULT_TEXTS; i++)
        wn_cell_text(&c, NULL);
    wn_cell_real(&c, r->fold);
    body_add(&body, r->item_id);
    body_add(&body, r->item_json);
    body_add(&body, r->result_json);
    body_add(&body, NULL); /* signals: in clear, since format 5 */
    wn_cell_sealed(&c, "body", body.data, body.len);
    wn_cell_text(&c, r->signals_json);
    rc = body.failed ? wn_error_set(err, WN_E_NOMEM, "a decision is too long")
                     : wn_row_insert(&c, err);
    wn_buf_free(&body);
    return rc;
}

/* Note the new row for the group's event. */
static void tell(struct wn_store *s, const struct wn_row *r, int64_t id, int64_t old,
                 const unsigned char item[WN_HASH])
{
    struct wn_decided *d = &s->decided;
    char hex[2 * WN_HASH + 1];
    bool first = d->rows.len == 0;
    if (first) {
        d->first = id;
        d->model = r->model;
    } else if (d->model != NULL && (r->model == NULL || strcmp(d->model, r->model) != 0)) {
        d->model = NULL; /* several: each row names its own */
    }
    d->time = r->created;
    wn_hex(item, WN_HASH, hex);
    wn_buf_printf(&d->rows, "%s%lld %lld %s", first ? "" : ",", (long long)id, (long long)old, hex);
}

enum wn_code wn_results_settle(struct wn_store *s, struct wn_error *err)
{
    const struct wn_decided *d = &s->decided;
    const struct wn_event event = { .time = d->time,
                                    .event = "decided",
                                    .actor = "model",
                                    .by = d->model,
                                    .after = d->rows.data,
                                    .table = WN_T_RESULTS,
                                    .row = d->first };
    if (d->rows.failed)
        return wn_error_set(err, WN_E_NOMEM, "a group of decisions is too large");
    return d->rows.len == 0 ? WN_OK : wn_audit_add(s, &event, err);
}

enum wn_code wn_results_write(struct wn_store *s, const struct wn_row *r, int64_t *id,
                              struct wn_error *err)
{
    unsigned char item[WN_HASH], same[WN_HASH];
    struct current old;
    enum wn_code rc;
    wn_store_hash(s, "item", r->item_id, strlen(r->item_id), item);
    same_hash(s, r, same);
    rc = find_current(s, r, item, same, &old, err);
    if (rc == WN_OK && old.same) {
        *id = old.id;
        return WN_OK;
    }
    if (rc == WN_OK && old.id != 0)
        rc = wn_row_set(s, WN_T_RESULTS, old.id, "UPDATE results SET current = ?2 WHERE id = ?1", 0,
                        err);
    if (rc == WN_OK)
        rc = insert(s, r, item, same, id, err);
    if (rc == WN_OK)
        tell(s, r, *id, old.id, item);
    return rc;
}

enum wn_code wn_results_put(struct wn_store *s, const struct wn_row *row, int64_t *id,
                            struct wn_error *err)
{
    return wn_pending_result(s, row, id, err);
}

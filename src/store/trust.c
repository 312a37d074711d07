/* trust.c: states, windows, proofs, drift. Counts and bounds only, all clear: nothing here opens a sealed
 * value. The decisions that they rest on: units.c. */
#include "store/db.h"
#include <math.h>
#include <string.h>

/* ---- reading ---- */

/* A row that does not hold proves nothing: set it aside and say so. */
static enum wn_code checked(struct wn_store *s, enum wn_table t, sqlite3_stmt *q,
                            struct wn_error *err)
{
    int64_t id = sqlite3_column_int64(q, 0);
    bool holds = wn_row_holds(s, t, q);
    sqlite3_reset(q);
    return holds ? WN_OK : wn_row_damaged(s, t, id, NULL, err);
}

static enum wn_code read_state(struct wn_store *s, sqlite3_stmt *q, struct wn_arena *a,
                               struct wn_state_row *out, struct wn_error *err)
{
    bool row = false;
    enum wn_code rc = wn_db_step(s, q, &row, err);
    *out = (struct wn_state_row){ 0 };
    if (!row)
        return rc;
    *out = (struct wn_state_row){
        .id = sqlite3_column_int64(q, 0),
        .task = wn_row_text(q, 2, a),
        .key = wn_row_text(q, 3, a),
        .plan = wn_row_text(q, 4, a),
        .rest = wn_row_text(q, 5, a),
        .model = wn_row_text(q, 6, a),
        .time = sqlite3_column_int64(q, 7),
        .state = wn_row_text(q, 8, a),
        .proof = sqlite3_column_int64(q, 9),
        .why = wn_row_text(q, 10, a),
    };
    return checked(s, WN_T_STATES, q, err);
}

enum wn_code wn_trust_state(struct wn_store *s, const char *task, const char *key, const char *plan,
                            struct wn_arena *a, struct wn_state_row *out, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s,
                                  "SELECT * FROM states WHERE task = ?1 AND (?2 IS NULL OR key = "
                                  "?2) AND (?3 IS NULL OR plan = ?3) ORDER BY id DESC LIMIT 1",
                                  err);
    *out = (struct wn_state_row){ 0 };
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, task, -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, key, -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 3, plan, -1, SQLITE_STATIC);
    return read_state(s, q, a, out, err);
}

enum wn_code wn_trust_state_after(struct wn_store *s, const char *task, int64_t last_id,
                                  struct wn_arena *a, struct wn_state_row *out,
                                  struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s,
                                  "SELECT * FROM states WHERE (?1 IS NULL OR task = ?1) AND id > "
                                  "?2 ORDER BY id LIMIT 1",
                                  err);
    *out = (struct wn_state_row){ 0 };
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, task, -1, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, last_id);
    return read_state(s, q, a, out, err);
}

static enum wn_code read_window(struct wn_store *s, sqlite3_stmt *q, struct wn_window_row *out,
                                struct wn_error *err)
{
    *out = (struct wn_window_row){ sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 5),
                                   sqlite3_column_int64(q, 6), sqlite3_column_int64(q, 7),
                                   sqlite3_column_int64(q, 8) };
    return checked(s, WN_T_WINDOWS, q, err);
}

enum wn_code wn_trust_window(struct wn_store *s, const char *task, const char *key,
                             struct wn_window_row *out, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(
        s, "SELECT * FROM windows WHERE task = ?1 AND key = ?2 ORDER BY id DESC LIMIT 1", err);
    bool row = false;
    enum wn_code rc;
    *out = (struct wn_window_row){ 0 };
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, task, -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, key, -1, SQLITE_STATIC);
    rc = wn_db_step(s, q, &row, err);
    return row ? read_window(s, q, out, err) : rc;
}

enum wn_code wn_trust_window_of(struct wn_store *s, int64_t id, struct wn_arena *a,
                                struct wn_window_row *out, const char **key, struct wn_error *err)
{
    enum { KEY = 3 };
    sqlite3_stmt *q;
    enum wn_code rc = wn_row_find(s, WN_T_WINDOWS, id, &q, err);
    *out = (struct wn_window_row){ 0 };
    *key = NULL;
    if (rc != WN_OK || q == NULL)
        return rc;
    *key = wn_row_text(q, KEY, a);
    return read_window(s, q, out, err);
}

enum wn_code wn_trust_proof(struct wn_store *s, int64_t id, struct wn_arena *a,
                            struct wn_proof_row *out, struct wn_error *err)
{
    sqlite3_stmt *q;
    enum wn_code rc = wn_row_find(s, WN_T_PROOFS, id, &q, err);
    *out = (struct wn_proof_row){ 0 };
    if (rc != WN_OK || q == NULL)
        return rc;
    *out = (struct wn_proof_row){
        .id = sqlite3_column_int64(q, 0),
        .window = sqlite3_column_int64(q, 2),
        .time = sqlite3_column_int64(q, 3),
        .tau = sqlite3_column_double(q, 4),
        .g = sqlite3_column_int64(q, 5),
        .n = sqlite3_column_int64(q, 6),
        .k = sqlite3_column_int64(q, 7),
        .upper = sqlite3_column_double(q, 8),
        .eps = sqlite3_column_double(q, 9),
        .delta = sqlite3_column_double(q, 10),
        .why = wn_row_text(q, 12, a),
        .last = sqlite3_column_int64(q, 13),
        .sample = sqlite3_column_int64(q, 14),
        .cut_off = sqlite3_column_int64(q, 15),
    };
    return checked(s, WN_T_PROOFS, q, err);
}

enum wn_code wn_trust_drift(struct wn_store *s, const char *task, const char *key, const char *kind,
                            double *value, double *bound, int64_t *time, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s,
                                  "SELECT value, bound, time FROM drift WHERE task = ?1 AND key = "
                                  "?2 AND kind = ?3 ORDER BY id DESC LIMIT 1",
                                  err);
    bool row = false;
    enum wn_code rc;
    *value = *bound = NAN;
    *time = 0;
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, task, -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, key, -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 3, kind, -1, SQLITE_STATIC);
    rc = wn_db_step(s, q, &row, err);
    if (row) {
        *value = sqlite3_column_double(q, 0);
        *bound = sqlite3_column_double(q, 1);
        *time = sqlite3_column_int64(q, 2);
        sqlite3_reset(q);
    }
    return rc;
}

enum wn_code wn_trust_tested(struct wn_store *s, const char *task, const char *kind, int64_t *n,
                             struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(
        s, "SELECT COUNT(DISTINCT key) FROM drift WHERE task = ?1 AND kind = ?2", err);
    *n = 0;
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, task, -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, kind, -1, SQLITE_STATIC);
    return wn_db_number(s, q, n, err);
}

/* ---- changing ---- */

static enum wn_code put_window(struct wn_store *s, const struct wn_trust_change *c,
                               struct wn_error *err)
{
    struct wn_window_row *w = c->window;
    struct wn_cells cells;
    enum wn_code rc;
    if (w->id != 0) {
        rc = wn_row_set(s, WN_T_WINDOWS, w->id, "UPDATE windows SET cut_off = ?2 WHERE id = ?1",
                        w->cut_off, err);
        if (rc == WN_OK)
            rc = wn_row_set(s, WN_T_WINDOWS, w->id, "UPDATE windows SET look = ?2 WHERE id = ?1",
                            w->look, err);
        if (rc == WN_OK)
            rc = wn_row_set(s, WN_T_WINDOWS, w->id, "UPDATE windows SET n = ?2 WHERE id = ?1", w->n,
                            err);
        return rc;
    }
    rc = wn_row_new(s, WN_T_WINDOWS, &cells, err);
    if (rc != WN_OK)
        return rc;
    w->id = cells.id;
    wn_cell_text(&cells, c->task);
    wn_cell_text(&cells, c->key);
    wn_cell_blob(&cells, NULL, 0);
    wn_cell_int(&cells, w->start);
    wn_cell_int(&cells, w->cut_off);
    wn_cell_int(&cells, w->look);
    wn_cell_int(&cells, w->n);
    return wn_row_insert(&cells, err);
}

static enum wn_code put_proof(struct wn_store *s, const struct wn_trust_change *c,
                              struct wn_error *err)
{
    struct wn_proof_row *p = c->proof;
    struct wn_cells cells;
    enum wn_code rc = wn_row_new(s, WN_T_PROOFS, &cells, err);
    if (rc != WN_OK)
        return rc;
    p->id = cells.id;
    p->time = c->time;
    wn_cell_int(&cells, p->window);
    wn_cell_int(&cells, p->time);
    wn_cell_real(&cells, p->tau);
    wn_cell_int(&cells, p->g);
    wn_cell_int(&cells, p->n);
    wn_cell_int(&cells, p->k);
    wn_cell_real(&cells, p->upper);
    wn_cell_real(&cells, p->eps);
    wn_cell_real(&cells, p->delta);
    wn_cell_int(&cells, 0);
    wn_cell_text(&cells, p->why);
    wn_cell_int(&cells, p->last);
    wn_cell_int(&cells, p->sample);
    wn_cell_int(&cells, p->cut_off);
    return wn_row_insert(&cells, err);
}

static enum wn_code put_drift(struct wn_store *s, const struct wn_trust_change *c,
                              const struct wn_drift_row *d, struct wn_error *err)
{
    struct wn_cells cells;
    enum wn_code rc = wn_row_new(s, WN_T_DRIFT, &cells, err);
    if (rc != WN_OK)
        return rc;
    wn_cell_text(&cells, c->task);
    wn_cell_text(&cells, c->key);
    wn_cell_int(&cells, c->time);
    wn_cell_text(&cells, d->kind);
    wn_cell_real(&cells, d->value);
    wn_cell_real(&cells, d->bound);
    return wn_row_insert(&cells, err);
}

/* The proof that the key's state rests on until now ends, unless the new state rests on it, too. */
static enum wn_code end_proof(struct wn_store *s, const struct wn_trust_change *c,
                              struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_state_row old;
    enum wn_code rc = wn_trust_state(s, c->task, c->key, NULL, &a, &old, err);
    if (rc == WN_OK && old.proof != 0 && old.proof != c->state->proof)
        rc = wn_row_set(s, WN_T_PROOFS, old.proof, "UPDATE proofs SET ended = ?2 WHERE id = ?1",
                        c->time, err);
    wn_arena_free(&a);
    return rc;
}

static enum wn_code put_state(struct wn_store *s, const struct wn_trust_change *c,
                              struct wn_error *err)
{
    struct wn_state_row *st = c->state;
    struct wn_event event = { .time = c->time,
                              .event = "trust",
                              .actor = "program",
                              .after = st->state,
                              .table = WN_T_STATES };
    struct wn_cells cells;
    enum wn_code rc = end_proof(s, c, err);
    if (rc == WN_OK)
        rc = wn_row_new(s, WN_T_STATES, &cells, err);
    if (rc != WN_OK)
        return rc;
    st->id = event.row = cells.id;
    st->time = c->time;
    wn_cell_text(&cells, c->task);
    wn_cell_text(&cells, c->key);
    wn_cell_text(&cells, st->plan);
    wn_cell_text(&cells, st->rest);
    wn_cell_text(&cells, st->model);
    wn_cell_int(&cells, st->time);
    wn_cell_text(&cells, st->state);
    if (st->proof == 0)
        wn_cell_text(&cells, NULL);
    else
        wn_cell_int(&cells, st->proof);
    wn_cell_text(&cells, st->why);
    rc = wn_row_insert(&cells, err);
    return rc == WN_OK ? wn_audit_add(s, &event, err) : rc;
}

static enum wn_code apply(struct wn_store *s, const struct wn_trust_change *c, struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    if (c->window != NULL)
        rc = put_window(s, c, err);
    if (rc == WN_OK && c->proof != NULL) {
        if (c->window != NULL)
            c->proof->window = c->window->id;
        rc = put_proof(s, c, err);
    }
    for (size_t i = 0; rc == WN_OK && i < c->ndrift; i++)
        rc = put_drift(s, c, &c->drift[i], err);
    if (rc == WN_OK && c->state != NULL) {
        if (c->proof != NULL)
            c->state->proof = c->proof->id;
        rc = put_state(s, c, err);
    }
    return rc;
}

enum wn_code wn_trust_apply(struct wn_store *s, const struct wn_trust_change *c,
                            struct wn_error *err)
{
    enum wn_code rc = wn_store_flush(s, err);
    if (rc == WN_OK)
        rc = wn_db_begin(s, true, err);
    if (rc != WN_OK)
        return rc;
    rc = apply(s, c, err);
    if (rc == WN_OK)
        return wn_db_commit(s, err);
    wn_db_rollback(s);
    return rc;
}

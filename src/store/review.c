/* review.c: what waits for a person, and what the person said. */
#include "store/db.h"
#include "base/json.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAITING                                                                                    \
    "FROM results WHERE current = 1 AND open = 1 AND route = 'review' AND (?1 IS NULL OR task = "  \
    "?1) "                                                                                         \
    "AND NOT EXISTS (SELECT 1 FROM aside WHERE tab = 'results' AND row = results.id) "

enum wn_code wn_review_waiting(struct wn_store *s, const char *task, struct wn_arena *a,
                               struct wn_waiting_row **out, size_t *n, struct wn_error *err)
{
    enum wn_code rc = wn_store_flush(s, err);
    sqlite3_stmt *q = rc != WN_OK ? NULL
                                  : wn_db_query(s, "SELECT id, task, coalesce(p, s) " WAITING "ORDER BY task, id", err);
    const char *last = NULL;
    size_t cap = 0;
    bool row = false;
    *out = NULL;
    *n = 0;
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, task, -1, SQLITE_STATIC);
    while ((rc = wn_db_step(s, q, &row, err)) == WN_OK && row) {
        const char *name = (const char *)sqlite3_column_text(q, 1);
        if (last == NULL || strcmp(last, name) != 0)
            last = wn_arena_str(a, name);
        if (*n == cap) {
            cap = cap == 0 ? 256 : 2 * cap;
            *out = wn_xrealloc(*out, cap, sizeof(**out));
        }
        (*out)[*n] = (struct wn_waiting_row){
            .id = sqlite3_column_int64(q, 0),
            .task = last,
            .p = sqlite3_column_type(q, 2) == SQLITE_NULL ? NAN : sqlite3_column_double(q, 2),
        };
        ++*n;
    }
    if (rc != WN_OK) {
        free(*out);
        *out = NULL;
        *n = 0;
    }
    return rc;
}

/* ---- verdicts ---- */

/* Is the decision there, and what is its item's hash? */
static enum wn_code find_decision(struct wn_store *s, int64_t id, unsigned char item[WN_HASH],
                                  struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s, "SELECT item FROM results WHERE id = ?1", err);
    bool row = false;
    enum wn_code rc;
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_int64(q, 1, id);
    rc = wn_db_step(s, q, &row, err);
    if (rc == WN_OK && !row) {
        rc = wn_error_set(err, WN_E_STORE, "there is no decision %lld", (long long)id);
        wn_error_hint(err, "It may have been erased; `winnow review` shows what waits.");
    }
    memset(item, 0, WN_HASH);
    if (row && sqlite3_column_bytes(q, 0) == WN_HASH)
        memcpy(item, sqlite3_column_blob(q, 0), WN_HASH);
    sqlite3_reset(q);
    return rc;
}

/* {"verdict":"correct","correction":...,"note":...} for the audit. */
static void describe(const char *verdict, const char *correction_json, const char *note,
                     struct wn_buf *out)
{
    wn_buf_str(out, "{\"verdict\":");
    wn_json_quote(out, verdict);
    if (correction_json != NULL) {
        wn_buf_str(out, ",\"correction\":");
        wn_json_quote(out, correction_json);
    }
    if (note != NULL) {
        wn_buf_str(out, ",\"note\":");
        wn_json_quote(out, note);
    }
    wn_buf_char(out, '}');
}

static enum wn_code set_open(struct wn_store *s, int64_t decision, bool open, struct wn_error *err)
{
    return wn_row_set(s, WN_T_RESULTS, decision, "UPDATE results SET open = ?2 WHERE id = ?1", open,
                      err);
}

static enum wn_code insert(struct wn_store *s, const struct wn_review *r, int64_t *id,
                           struct wn_error *err)
{
    struct wn_cells c;
    enum wn_code rc = wn_row_new(s, WN_T_REVIEWS, &c, err);
    if (rc != WN_OK)
        return rc;
    *id = c.id;
    wn_cell_int(&c, r->decision);
    wn_cell_int(&c, r->time);
    wn_cell_text(&c, r->verdict);
    wn_cell_int(&c, r->blind);
    wn_cell_int(&c, 0);
    wn_cell_sealed(&c, "correction", r->correction_json,
                   r->correction_json == NULL ? 0 : strlen(r->correction_json));
    wn_cell_sealed(&c, "note", r->note, r->note == NULL ? 0 : strlen(r->note));
    wn_cell_sealed(&c, "reviewer", r->reviewer == NULL ? "" : r->reviewer,
                   r->reviewer == NULL ? 0 : strlen(r->reviewer));
    wn_cell_text(&c, r->asked == NULL ? "queue" : r->asked);
    wn_cell_int(&c, r->wrong);
    wn_cell_hash(&c, "reviewer", r->reviewer, r->reviewer == NULL ? 0 : strlen(r->reviewer));
    return wn_row_insert(&c, err);
}

/* The verdict that counted until now, for the audit; "" when there was none. */
static enum wn_code last_verdict(struct wn_store *s, int64_t decision, char out[16],
                                 struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s,
                                  "SELECT verdict FROM reviews WHERE decision = ?1 AND undone = 0 "
                                  "ORDER BY purpose IS 'second_review', id DESC LIMIT 1",
                                  err);
    bool row = false;
    enum wn_code rc;
    out[0] = '\0';
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_int64(q, 1, decision);
    rc = wn_db_step(s, q, &row, err);
    if (row) {
        snprintf(out, 16, "%s", (const char *)sqlite3_column_text(q, 0));
        sqlite3_reset(q);
    }
    return rc;
}

static enum wn_code add(struct wn_store *s, const struct wn_review *r, int64_t *id,
                        struct wn_error *err)
{
    struct wn_buf after = WN_BUF_INIT(16 << 20);
    unsigned char item[WN_HASH];
    char before[16];
    enum wn_code rc = find_decision(s, r->decision, item, err);
    describe(r->verdict, r->correction_json, r->note, &after);
    if (rc == WN_OK)
        rc = last_verdict(s, r->decision, before, err);
    if (rc == WN_OK)
        rc = insert(s, r, id, err);
    if (rc == WN_OK)
        rc = set_open(s, r->decision, false, err);
    if (rc == WN_OK) {
        const struct wn_event event = { .time = r->time,
                                        .event = "reviewed",
                                        .actor = "user",
                                        .by = r->reviewer,
                                        .before = before[0] == '\0' ? NULL : before,
                                        .after = after.data,
                                        .table = WN_T_REVIEWS,
                                        .row = *id,
                                        .item = item };
        rc = wn_audit_add(s, &event, err);
    }
    wn_buf_free(&after);
    return rc;
}

enum wn_code wn_review_add(struct wn_store *s, const struct wn_review *r, int64_t *review_id,
                           struct wn_error *err)
{
    enum wn_code rc = wn_store_flush(s, err);
    if (rc == WN_OK)
        rc = wn_db_begin(s, true, err);
    if (rc != WN_OK)
        return rc;
    return wn_db_end(s, add(s, r, review_id, err), err);
}

/* ---- two people ---- */

static enum wn_code next_twice(struct wn_store *s, const char *task, int64_t last_id,
                               int64_t *decision, int64_t *review, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s,
                                  "SELECT v.decision, max(v.id) FROM reviews v JOIN results r ON "
                                  "r.id = v.decision WHERE v.purpose = 'second_review' AND "
                                  "v.undone = 0 AND v.decision > ?1 AND r.task = ?2 "
                                  "GROUP BY v.decision ORDER BY v.decision LIMIT 1",
                                  err);
    bool row = false;
    enum wn_code rc;
    *decision = *review = 0;
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_int64(q, 1, last_id);
    sqlite3_bind_text(q, 2, task, -1, SQLITE_STATIC);
    rc = wn_db_step(s, q, &row, err);
    if (row) {
        *decision = sqlite3_column_int64(q, 0);
        *review = sqlite3_column_int64(q, 1);
        sqlite3_reset(q);
    }
    return rc;
}

enum wn_code wn_review_read(struct wn_store *s, int64_t review, struct wn_arena *a,
                            const char **verdict, const char **correction, struct wn_error *err)
{
    enum { VERDICT = 4, CORRECTION = 7 };
    sqlite3_stmt *q = NULL;
    bool good = false;
    enum wn_code rc = wn_row_find(s, WN_T_REVIEWS, review, &q, err);
    *verdict = *correction = NULL;
    if (rc != WN_OK || q == NULL)
        return rc;
    *verdict = wn_row_text(q, VERDICT, a);
    good = wn_row_open(s, WN_T_REVIEWS, q, CORRECTION, a, correction, NULL) &&
           wn_row_holds(s, WN_T_REVIEWS, q);
    sqlite3_reset(q);
    return good ? WN_OK : wn_row_damaged(s, WN_T_REVIEWS, review, NULL, err);
}

enum wn_code wn_review_twice_after(struct wn_store *s, const char *task, int64_t last_id,
                                   struct wn_arena *a, struct wn_row *out, const char **verdict,
                                   const char **correction, struct wn_error *err)
{
    int64_t decision, review;
    enum wn_code rc = next_twice(s, task, last_id, &decision, &review, err);
    *out = (struct wn_row){ 0 };
    if (rc == WN_OK && decision != 0)
        rc = wn_results_get(s, decision, a, out, err);
    return rc == WN_OK && decision != 0 ? wn_review_read(s, review, a, verdict, correction, err) : rc;
}

/* ---- one person, twice ---- */

/* What comes in a row and has the same draw is of one unit; by one person it is of one group. */
struct whose {
    double u;
    unsigned char who[WN_HASH];
};

static void read_whose(sqlite3_stmt *q, struct whose *out)
{
    *out = (struct whose){ .u = sqlite3_column_double(q, 2) };
    if (sqlite3_column_bytes(q, 3) == WN_HASH)
        memcpy(out->who, sqlite3_column_blob(q, 3), WN_HASH);
}

enum wn_code wn_review_repeats(struct wn_store *s, const char *task, struct wn_repeat **out, size_t *n,
                               struct wn_error *err)
{
    enum wn_code rc = wn_store_flush(s, err);
    sqlite3_stmt *q =
        rc != WN_OK ? NULL
                    : wn_db_query(s,
                                  "SELECT v.id, v.decision, r.u, v.who FROM reviews v JOIN results r ON "
                                  "r.id = v.decision WHERE r.task = ?1 AND v.undone = 0 AND v.who IS NOT NULL AND "
                                  "r.u IS NOT NULL ORDER BY r.u, v.who, v.id",
                                  err);
    struct whose last = { 0 }, now;
    size_t cap = 0, first = 0; /* first: of the group */
    bool row = false;
    *out = NULL;
    *n = 0;
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, task, -1, SQLITE_STATIC);
    while ((rc = wn_db_step(s, q, &row, err)) == WN_OK && row) {
        read_whose(q, &now);
        if (now.u != last.u || memcmp(now.who, last.who, WN_HASH) != 0) {
            *n = *n - first == 1 ? first : *n; /* alone: no repeat */
            first = *n;
        }
        last = now;
        if (*n == cap) {
            cap = cap == 0 ? 64 : 2 * cap;
            *out = wn_xrealloc(*out, cap, sizeof(**out));
        }
        (*out)[*n] = (struct wn_repeat){ sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1), first };
        ++*n;
    }
    if (*n - first == 1)
        *n = first;
    return rc; /* what is there is the caller's, in any case */
}

/* ---- undo ---- */

struct undoing {
    int64_t decision;
    char verdict[16];
    const char *reviewer;
};

static enum wn_code find_review(struct wn_store *s, int64_t id, struct wn_arena *a,
                                struct undoing *out, struct wn_error *err)
{
    enum { DECISION = 2, VERDICT = 4, UNDONE = 6, REVIEWER = 9 };
    sqlite3_stmt *q;
    bool good;
    enum wn_code rc = wn_row_find(s, WN_T_REVIEWS, id, &q, err);
    if (rc != WN_OK)
        return rc;
    if (q == NULL || sqlite3_column_int64(q, UNDONE) != 0) {
        rc = wn_error_set(err, WN_E_STORE, "there is no verdict %lld to take back", (long long)id);
        wn_error_cause(err, "%s", q == NULL ? "it is not there" : "it was taken back before");
        sqlite3_reset(q);
        return rc;
    }
    out->decision = sqlite3_column_int64(q, DECISION);
    snprintf(out->verdict, sizeof(out->verdict), "%s",
             (const char *)sqlite3_column_text(q, VERDICT));
    good = wn_row_open(s, WN_T_REVIEWS, q, REVIEWER, a, &out->reviewer, NULL);
    sqlite3_reset(q);
    return good ? WN_OK : wn_row_damaged(s, WN_T_REVIEWS, id, "reviewer", err);
}

static enum wn_code undo(struct wn_store *s, int64_t id, int64_t now, struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct undoing u = { 0 };
    unsigned char item[WN_HASH];
    char left[16] = "";
    enum wn_code rc = find_review(s, id, &a, &u, err);
    if (rc == WN_OK)
        rc = find_decision(s, u.decision, item, err);
    if (rc == WN_OK)
        rc = wn_row_set(s, WN_T_REVIEWS, id, "UPDATE reviews SET undone = ?2 WHERE id = ?1", now,
                        err);
    if (rc == WN_OK)
        rc = last_verdict(s, u.decision, left, err);
    if (rc == WN_OK)
        rc = set_open(s, u.decision, left[0] == '\0', err);
    if (rc == WN_OK) {
        const struct wn_event event = { .time = now,
                                        .event = "undone",
                                        .actor = "user",
                                        .by = u.reviewer,
                                        .before = u.verdict,
                                        .after = left[0] == '\0' ? NULL : left,
                                        .table = WN_T_REVIEWS,
                                        .row = id,
                                        .item = item };
        rc = wn_audit_add(s, &event, err);
    }
    wn_arena_free(&a);
    return rc;
}

enum wn_code wn_review_undo(struct wn_store *s, int64_t review_id, int64_t now,
                            struct wn_error *err)
{
    enum wn_code rc = wn_store_flush(s, err);
    if (rc == WN_OK)
        rc = wn_db_begin(s, true, err);
    if (rc != WN_OK)
        return rc;
    return wn_db_end(s, undo(s, review_id, now, err), err);
}

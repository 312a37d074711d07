/* expire.c: taking the texts out of what is older than it may be kept.
 *
 * A decision loses its item, answers and signals, its reviews their corrections and notes, the audit what
 * it tells of them; kept replies go whole. What a proof counts stays: clear columns, the label's stratum, and
 * the keyed hash of the item's id, since a proof counts an item once and `forget` must still find the rest.
 * The hashes of its bytes, its sender and what was decided serve nothing any more, and go.
 *
 * A step is one small transaction; rows stand in the order of their time, so a step goes on where the last
 * one ended, and the first row that is too young ends the walk. At the end the log is emptied; and once a
 * day, if anything went, every page is written anew (db.h: wn_db_rebuild), which takes as long as the store
 * is large. */
#include "store/db.h"
#include <string.h>

enum { STEP_ROWS = 64, STEP_LOOKS = 4096, DAY = 86400 };

struct step {
    struct wn_store *s;
    const struct wn_keep *keep;
    size_t n;
    int64_t youngest; /* what is as young as this is kept by every rule */
    int64_t now;
    struct wn_expiry *at;
};

struct victim {
    int64_t id;
    unsigned char item[WN_HASH];
};

int64_t wn_keep_before(const struct wn_keep *keep, size_t n, const char *task)
{
    int64_t others = 0;
    for (size_t i = 0; i < n; i++) {
        if (keep[i].task == NULL)
            others = keep[i].before;
        else if (strcmp(keep[i].task, task) == 0)
            return keep[i].before;
    }
    return others;
}

/* The next ids that have to go. `sql` gives id, time, task and item behind ?1, in their order; *ended:
 * there is nothing behind that could be old enough. */
static enum wn_code choose(const struct step *w, const char *sql, int64_t *position,
                           struct victim *out, size_t *n, bool *ended, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(w->s, sql, err);
    bool row = false;
    enum wn_code rc = q == NULL ? WN_E_STORE : WN_OK;
    *n = 0;
    *ended = false;
    if (rc != WN_OK)
        return rc;
    sqlite3_bind_int64(q, 1, *position);
    for (int looks = 0; rc == WN_OK && looks < STEP_LOOKS && *n < STEP_ROWS; looks++) {
        rc = wn_db_step(w->s, q, &row, err);
        *ended = rc == WN_OK && (!row || sqlite3_column_int64(q, 1) >= w->youngest);
        if (rc != WN_OK || *ended)
            break;
        *position = sqlite3_column_int64(q, 0);
        if (sqlite3_column_int64(q, 1) >=
            wn_keep_before(w->keep, w->n, (const char *)sqlite3_column_text(q, 2)))
            continue;
        out[*n].id = *position;
        if (sqlite3_column_bytes(q, 3) == WN_HASH)
            memcpy(out[*n].item, sqlite3_column_blob(q, 3), WN_HASH);
        ++*n;
    }
    sqlite3_reset(q);
    return rc;
}

static enum wn_code blank(struct wn_store *s, enum wn_table t, int64_t id, const char *sql,
                          struct wn_error *err)
{
    return wn_row_set(s, t, id, sql, 0, err);
}

static enum wn_code blank_reviews(struct wn_store *s, int64_t decision, struct wn_error *err)
{
    int64_t id = 0;
    bool row = true;
    enum wn_code rc = WN_OK;
    while (rc == WN_OK && row) {
        sqlite3_stmt *q = wn_db_query(s,
                                      "SELECT id FROM reviews WHERE decision = ?1 AND id > ?2 "
                                      "ORDER BY id LIMIT 1",
                                      err);
        if (q == NULL)
            return WN_E_STORE;
        sqlite3_bind_int64(q, 1, decision);
        sqlite3_bind_int64(q, 2, id);
        rc = wn_db_step(s, q, &row, err);
        if (rc != WN_OK || !row)
            break;
        id = sqlite3_column_int64(q, 0);
        sqlite3_reset(q);
        rc = blank(s, WN_T_REVIEWS, id,
                   "UPDATE reviews SET correction = NULL, note = NULL WHERE id = ?1 AND ?2 = 0",
                   err);
    }
    return rc;
}

static enum wn_code expire_decision(const struct step *w, const struct victim *v,
                                    struct wn_error *err)
{
    const struct wn_event event = { .time = w->now,
                                    .event = "forgotten",
                                    .actor = "program",
                                    .table = WN_T_RESULTS,
                                    .row = v->id,
                                    .item = v->item };
    enum wn_code rc =
        blank(w->s, WN_T_RESULTS, v->id,
              "UPDATE results SET current = ?2, item_id = NULL, item_json = NULL, result_json = "
              "NULL, signals_json = NULL, body = NULL, content = NULL, sender = NULL, "
              "same = zeroblob(32) WHERE id = ?1",
              err);
    if (rc == WN_OK)
        rc = blank_reviews(w->s, v->id, err);
    return rc == WN_OK ? wn_audit_add(w->s, &event, err) : rc;
}

/* Events that tell of a row without text, and of whose item a later event says that it is gone. */
static const char told[] =
    "SELECT a.id, a.time, r.task, a.item FROM audit AS a JOIN results AS r ON r.id = CASE a.tab "
    "WHEN 'results' THEN a.row WHEN 'reviews' THEN (SELECT decision FROM reviews WHERE id = a.row) "
    "END WHERE a.id > ?1 AND a.event <> 'forgotten' AND a.body IS NOT NULL AND r.item_json IS NULL "
    "AND r.body IS NULL AND EXISTS (SELECT 1 FROM audit AS f WHERE f.event = 'forgotten' AND "
    "f.item = a.item AND f.id > a.id) ORDER BY a.id";

static enum wn_code expire_event(const struct step *w, const struct victim *v, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(w->s, "UPDATE audit SET body = NULL WHERE id = ?1", err);
    bool row;
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_int64(q, 1, v->id);
    return wn_db_step(w->s, q, &row, err);
}

static enum wn_code expire_reply(const struct step *w, const struct victim *v, struct wn_error *err)
{
    return wn_row_delete(w->s, WN_T_CACHE, v->id, err);
}

/* A damaged reply that was set aside may be anybody's. */
static enum wn_code expire_aside(const struct step *w, const struct victim *v, struct wn_error *err)
{
    return wn_row_delete(w->s, WN_T_ASIDE, v->id, err);
}

static const struct {
    const char *sql;
    enum wn_code (*expire)(const struct step *w, const struct victim *v, struct wn_error *err);
} parts[WN_EXPIRY_PARTS] = {
    { "SELECT id, created, task, item FROM results WHERE id > ?1 AND (item_json IS NOT NULL OR "
      "body IS NOT NULL) ORDER BY id",
      expire_decision },
    { "SELECT id, created, task, item FROM cache WHERE id > ?1 ORDER BY id", expire_reply },
    { "SELECT id, time, '', NULL FROM aside WHERE id > ?1 AND tab = 'cache' ORDER BY id",
      expire_aside },
    { told, expire_event },
};

static enum wn_code step(const struct step *w, int64_t *n, struct wn_error *err)
{
    struct victim victims[STEP_ROWS];
    int64_t position = w->at->position;
    size_t count = 0;
    bool ended = false;
    enum wn_code rc = wn_db_begin(w->s, false, err);
    if (rc != WN_OK)
        return rc;
    rc = choose(w, parts[w->at->part].sql, &position, victims, &count, &ended, err);
    for (size_t i = 0; rc == WN_OK && i < count; i++)
        rc = parts[w->at->part].expire(w, &victims[i], err);
    rc = wn_db_end(w->s, rc, err);
    if (rc != WN_OK)
        return rc;
    *n = (int64_t)count;
    w->at->gone += (int64_t)count;
    w->at->position = ended ? 0 : position;
    w->at->part += ended;
    return WN_OK;
}

/* The time at which every page was last written anew; 0 = never. A counter, moved on from one time to the
 * next. */
static enum wn_code last_rebuilt(struct wn_store *s, int64_t *time, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s, "SELECT n FROM counters WHERE name = 'rebuilt'", err);
    bool row = false;
    enum wn_code rc = q == NULL ? WN_E_STORE : wn_db_step(s, q, &row, err);
    *time = 0;
    if (row) {
        *time = sqlite3_column_int64(q, 0);
        sqlite3_reset(q);
    }
    return rc;
}

/* A reader that keeps the log from being emptied now is no fault: the next sweep empties it. */
static enum wn_code leave_nothing(struct wn_store *s, int64_t now, struct wn_error *err)
{
    int64_t last;
    enum wn_code rc = last_rebuilt(s, &last, err);
    if (rc == WN_OK && now - last >= DAY) {
        rc = wn_db_rebuild(s, err);
        if (rc == WN_OK)
            rc = wn_db_begin(s, false, err);
        if (rc == WN_OK)
            rc = wn_db_end(s, wn_counter_add(s, "rebuilt", now - last, err), err);
    }
    return rc == WN_OK ? wn_db_truncate_log(s, err) : rc;
}

enum wn_code wn_store_expire(struct wn_store *s, const struct wn_keep *keep, size_t nkeep,
                             int64_t now, struct wn_expiry *at, bool *done, struct wn_error *err)
{
    struct step w = { .s = s, .keep = keep, .n = nkeep, .now = now, .at = at };
    int64_t n = 0;
    enum wn_code rc = wn_store_flush(s, err);
    for (size_t i = 0; i < nkeep; i++)
        if (keep[i].before > w.youngest)
            w.youngest = keep[i].before;
    *done = w.youngest == 0 || at->part == WN_EXPIRY_PARTS;
    if (rc != WN_OK || *done)
        return rc;
    rc = step(&w, &n, err);
    *done = at->part == WN_EXPIRY_PARTS;
    if (rc == WN_OK && *done && at->gone > 0)
        rc = leave_nothing(s, now, err);
    return rc;
}

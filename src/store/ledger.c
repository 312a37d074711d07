/* ledger.c: what was spent, by day and model, one ledger for all processes.
 *
 * A run with a daily limit first holds a part of it here, under the model "", and spends from that; so
 * the day's rows never sum to more than the limit, whatever runs beside it. A run that dies leaves what
 * it held: for the rest of the day that money counts as spent, because it may have been. */
#include "store/db.h"
#include "base/clock.h"
#include <stdio.h>
#include <string.h>

enum { DAY_TEXT = 11 };

static void day_text(int64_t day, char out[DAY_TEXT])
{
    char text[WN_CLOCK_TEXT];
    wn_clock_text(day * 86400, text);
    memcpy(out, text, DAY_TEXT - 1);
    out[DAY_TEXT - 1] = '\0';
}

/* In a write transaction. */
static enum wn_code add(struct wn_store *s, int64_t day, const char *model, int64_t microusd,
                        struct wn_error *err)
{
    sqlite3_stmt *q =
        wn_db_query(s, "SELECT id, microusd FROM ledger WHERE day = ?1 AND model = ?2", err);
    char text[DAY_TEXT];
    struct wn_cells c;
    bool row = false;
    enum wn_code rc;
    if (q == NULL)
        return WN_E_STORE;
    day_text(day, text);
    sqlite3_bind_text(q, 1, text, -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, model, -1, SQLITE_STATIC);
    rc = wn_db_step(s, q, &row, err);
    if (row) {
        int64_t id = sqlite3_column_int64(q, 0);
        microusd += sqlite3_column_int64(q, 1);
        sqlite3_reset(q);
        return wn_row_set(s, WN_T_LEDGER, id, "UPDATE ledger SET microusd = ?2 WHERE id = ?1",
                          microusd, err);
    }
    if (rc == WN_OK)
        rc = wn_row_new(s, WN_T_LEDGER, &c, err);
    if (rc != WN_OK)
        return rc;
    wn_cell_text(&c, text);
    wn_cell_text(&c, model);
    wn_cell_int(&c, microusd);
    return wn_row_insert(&c, err);
}

enum wn_code wn_ledger_settle(struct wn_store *s, const struct wn_pending_group *g,
                               struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    for (size_t i = 0; rc == WN_OK && i < g->nledger; i++)
        if (g->ledger[i].microusd != 0)
            rc = add(s, g->ledger[i].day, g->ledger[i].model, g->ledger[i].microusd, err);
    return rc;
}

enum wn_code wn_ledger_add(struct wn_store *s, int64_t day, const char *model, int64_t microusd,
                           struct wn_error *err)
{
    struct wn_pending_group *g = s->group;
    struct wn_ledger_line *l;
    size_t i = 0;
    enum wn_code rc = WN_OK;
    if (microusd == 0)
        return WN_OK;
    while (i < g->nledger && (g->ledger[i].day != day || strcmp(g->ledger[i].model, model) != 0))
        i++;
    if (i == WN_LEDGER_LINES) {
        rc = wn_store_flush(s, err);
        i = 0;
    }
    if (rc != WN_OK)
        return rc;
    l = &g->ledger[i];
    if (i == g->nledger) {
        *l = (struct wn_ledger_line){ .day = day };
        snprintf(l->model, sizeof(l->model), "%s", model);
        g->nledger++;
    }
    l->microusd += microusd;
    return WN_OK;
}

static enum wn_code sums(struct wn_store *s, int64_t day, int64_t *spent, int64_t *held,
                         struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s,
                                  "SELECT total(microusd) FILTER (WHERE model <> ''),"
                                  " total(microusd) FILTER (WHERE model = '')"
                                  " FROM ledger WHERE day = ?1",
                                  err);
    char text[DAY_TEXT];
    bool row = false;
    enum wn_code rc;
    *spent = *held = 0;
    if (q == NULL)
        return WN_E_STORE;
    day_text(day, text);
    sqlite3_bind_text(q, 1, text, -1, SQLITE_STATIC);
    rc = wn_db_step(s, q, &row, err);
    if (row) {
        *spent = sqlite3_column_int64(q, 0);
        *held = sqlite3_column_int64(q, 1);
        sqlite3_reset(q);
    }
    return rc;
}

static enum wn_code hold(struct wn_store *s, int64_t day, int64_t limit, int64_t want,
                         int64_t least, int64_t *got, struct wn_error *err)
{
    int64_t spent, held, left;
    enum wn_code rc = sums(s, day, &spent, &held, err);
    if (rc != WN_OK)
        return rc;
    left = limit - spent - held;
    if (left < least)
        return WN_OK;
    *got = want < left ? want : left;
    return add(s, day, "", *got, err);
}

enum wn_code wn_ledger_hold(struct wn_store *s, int64_t day, int64_t limit, int64_t want,
                            int64_t least, int64_t *got, struct wn_error *err)
{
    enum wn_code rc = wn_store_flush(s, err);
    *got = 0;
    if (rc == WN_OK)
        rc = wn_db_begin(s, false, err);
    if (rc != WN_OK)
        return rc;
    rc = wn_db_end(s, hold(s, day, limit, want, least, got, err), err);
    if (rc != WN_OK)
        *got = 0;
    return rc;
}

enum wn_code wn_ledger_day(struct wn_store *s, int64_t day, int64_t *spent, int64_t *held,
                           struct wn_error *err)
{
    enum wn_code rc = wn_store_flush(s, err);
    return rc == WN_OK ? sums(s, day, spent, held, err) : rc;
}

/* closed.c: see closed.h. Which reviews count is told by their times, so that a report is the same whenever
 * it is made. */
#include "pipeline/closed_internal.h"
#include "base/clock.h"
#include "decide/confidence.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY = 86400, GRACE = 14 * DAY };

/* ---- the calendar, in UTC ---- */

static int64_t first_of(int year, int month) /* month from 0; may be 12 and more */
{
    char text[32];
    snprintf(text, sizeof(text), "%04d-%02d-01T00:00:00Z", year + month / 12, month % 12 + 1);
    return wn_clock_parse(text);
}

void wn_period_of(const char *how, int64_t time, struct wn_period_of *out)
{
    time_t t = (time_t)time;
    struct tm tm = { 0 };
    int year, month;
    gmtime_r(&t, &tm);
    year = tm.tm_year + 1900;
    month = tm.tm_mon;
    if (strcmp(how, "batch") == 0) {
        out->start = time - ((time % DAY) + DAY) % DAY;
        out->end = out->start + DAY;
        snprintf(out->name, sizeof(out->name), "%04d-%02d-%02d", year % 10000, (month + 1) % 100,
                 tm.tm_mday % 100);
    } else if (strcmp(how, "quarter") == 0) {
        out->start = first_of(year, month - month % 3);
        out->end = first_of(year, month - month % 3 + 3);
        snprintf(out->name, sizeof(out->name), "%04d-Q%d", year % 10000, month / 3 % 4 + 1);
    } else {
        out->start = first_of(year, month);
        out->end = first_of(year, month + 1);
        snprintf(out->name, sizeof(out->name), "%04d-%02d", year % 10000, (month + 1) % 100);
    }
}

int64_t wn_period_oldest_open(const char *how, int64_t now)
{
    struct wn_period_of p;
    wn_period_of(how, now - GRACE, &p);
    return p.start;
}

/* ---- counting ---- */

static void count(const struct wn_period_unit *units, size_t n, struct wn_period *p,
                  struct wn_thinned *thin)
{
    struct wn_audited *list = wn_xcalloc(n + 1, sizeof(*list));
    size_t nautos = 0;
    for (size_t i = 0; i < n; i++) {
        const struct wn_period_unit *u = &units[i];
        if (u->route == WN_AUTO)
            list[nautos++] = (struct wn_audited){ u->u, u->pi,
                                                  u->review == 0 ? WN_AUDIT_PENDING
                                                  : u->wrong     ? WN_AUDIT_WRONG
                                                                 : WN_AUDIT_RIGHT };
    }
    wn_thin(list, nautos, thin);
    p->total = (int64_t)n;
    p->automatic = (int64_t)nautos;
    p->n = thin->n;
    p->k = thin->k;
    p->pending = thin->pending;
    free(list);
}

/* When it closed, or 0: audits are to be reviewed and there is time. All drawn ones count here, not only
 * those that thinning leaves. */
static int64_t closing_time(const struct wn_closed *c, int64_t now)
{
    int64_t last = c->of.end;
    for (size_t i = 0; i < c->nunits; i++) {
        if (!wn_closed_is_audit(&c->units[i]))
            continue;
        if (c->units[i].review == 0)
            return now < c->of.end + GRACE ? 0 : c->of.end + GRACE;
        last = c->units[i].reviewed > last ? c->units[i].reviewed : last;
    }
    return last;
}

/* State and proof as they were at that time. */
static enum wn_code look_back(struct wn_closed *c, struct wn_error *err)
{
    struct wn_state_row row = { 0 };
    enum wn_code rc;
    while ((rc = wn_trust_state_after(c->wn->store, c->subject, row.id, &c->arena, &row, err)) ==
               WN_OK &&
           row.id != 0 && row.time <= c->closed) {
        c->state = row;
        c->proved |= row.proof != 0 && row.time < c->of.end;
    }
    if (rc == WN_OK && c->state.proof != 0)
        rc = wn_trust_proof(c->wn->store, c->state.proof, &c->arena, &c->proof, err);
    return rc;
}

/* ---- what follows ---- */

/* What was accepted in the period stood under the proof (or the warning) that is in force now? Else the
 * report says nothing of it. */
static enum wn_code follow(struct wn_closed *c, const struct wn_report *r, struct wn_error *err)
{
    struct wn_trust_key key = { NULL, NULL, NULL, NULL };
    struct wn_trial trial = WN_TRIAL_INIT;
    int64_t since;
    enum wn_code rc = wn_trust_key_in_use(c->wn->store, c->task->name, &c->arena, &key.key, err);
    if (rc != WN_OK || key.key == NULL || (!r->refuted && !r->unconfirmed && !r->meets_target))
        return rc;
    rc = wn_trial_load(c->wn, c->task, &key, NULL, &trial, err);
    if (rc == WN_OK && trial.state != WN_SUSPENDED) {
        since = trial.proof.id != 0 && !r->meets_target ? trial.proof.time : trial.row.time;
        if (since < c->of.end && r->refuted)
            rc = wn_trial_suspend(
                &trial,
                wn_arena_printf(
                    &c->arena,
                    "of what was accepted in %s, %lld of %lld that were checked at random "
                    "were wrong: more than the target of %.4g%%",
                    c->of.name, (long long)c->period.k, (long long)c->period.n,
                    100 * c->period.eps),
                NULL, err);
        else if (since < c->of.end && r->unconfirmed)
            rc = wn_trial_warn(
                &trial,
                wn_arena_printf(
                    &c->arena,
                    "the report of %s does not confirm the target: at most %.1f%% wrong, "
                    "where %.4g%% is the target",
                    c->of.name, ceil(1000 * r->upper - 1e-9) / 10, 100 * c->period.eps),
                NULL, err);
        else if (since < c->of.end && r->meets_target)
            rc = wn_trial_confirm(
                &trial,
                wn_arena_printf(&c->arena, "the report of %s confirms the target", c->of.name),
                err);
    }
    wn_trial_clear(&trial);
    return rc;
}

/* ---- one period, one stratum ---- */

static const char *not_yet(struct wn_closed *c, struct wn_error *err, enum wn_code *rc)
{
    struct wn_window w = { c->task->target_error, WN_DELTA, 0, 0 };
    struct wn_window_row row = { 0 };
    if (c->proved)
        return NULL;
    if (c->state.id != 0)
        *rc = wn_trust_window(c->wn->store, c->subject, c->state.key, &row, err);
    w.looks_done = (int)row.look;
    w.sampled = row.n;
    return wn_window_text(&w, &c->arena);
}

static enum wn_code make_report(struct wn_closed *c, struct wn_error *err)
{
    struct wn_report_row row;
    struct wn_report r;
    enum wn_code rc = look_back(c, err);
    if (rc == WN_OK)
        c->period.not_yet = not_yet(c, err, &rc);
    if (rc != WN_OK)
        return rc;
    wn_report(&c->period, &c->arena, &r);
    row = (struct wn_report_row){ .subject = c->subject,
                                  .name = c->of.name,
                                  .started = c->of.start,
                                  .ended = c->of.end,
                                  .closed = c->closed,
                                  .total = c->period.total,
                                  .automatic = c->period.automatic,
                                  .n = c->period.n,
                                  .k = c->period.k,
                                  .pending = c->period.pending,
                                  .rate = c->thin.rate,
                                  .eps = c->period.eps,
                                  .delta = c->period.delta,
                                  .upper = r.bounded ? r.upper : NAN };
    rc = wn_closed_body(c, &r, &row.body, err);
    if (rc == WN_OK)
        rc = wn_report_put(c->wn->store, &row, err);
    if (rc == WN_OK && row.id != 0 && r.bounded)
        wn_log(&c->wn->log, WN_WARN, "notice", "%s", r.text);
    return rc == WN_OK && row.id != 0 ? follow(c, &r, err) : rc;
}

static void begin(struct wn_closed *c, struct wn *wn, const struct wn_task *t,
                  const struct wn_period_of *of)
{
    *c = (struct wn_closed){ .wn = wn, .task = t, .arena = WN_ARENA_INIT, .of = *of };
    c->subject = wn_trust_subject(wn->store, t->name, t->stratum, &c->arena);
    c->period =
        (struct wn_period){ .task = t->stratum == NULL ? t->name
                                                       : wn_arena_printf(&c->arena, "%s (%s)",
                                                                         t->name, t->stratum),
                            .name = c->of.name,
                            .eps = t->target_error,
                            .delta = WN_DELTA };
}

static void end(struct wn_closed *c)
{
    free(c->units);
    wn_arena_free(&c->arena);
}

static enum wn_code close_one(struct wn *wn, const struct wn_task *t, const struct wn_period_of *of,
                              int64_t now, struct wn_error *err)
{
    struct wn_closed c;
    struct wn_report_row old;
    enum wn_code rc;
    begin(&c, wn, t, of);
    rc = wn_report_get(wn->store, c.subject, of->name, &c.arena, &old, err);
    if (rc == WN_OK && old.id == 0) {
        rc = wn_period_units(wn->store, t->name, t->stratum, of->start, of->end, of->end + GRACE,
                             &c.units, &c.nunits, err);
        count(c.units, c.nunits, &c.period, &c.thin);
        c.closed = rc == WN_OK ? closing_time(&c, now) : 0;
        if (c.closed > 0)
            rc = make_report(&c, err);
    }
    end(&c);
    return rc;
}

/* What ended 14 days before the last report's period did is closed: it was due when that one was made. */
static enum wn_code close_stratum(struct wn *wn, const struct wn_task *t, struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    const char *subject = wn_trust_subject(wn->store, t->name, t->stratum, &a);
    const int64_t now = wn_clock_now();
    struct wn_report_row last;
    struct wn_period_of of;
    int64_t from = 0, created;
    enum wn_code rc = wn_report_get(wn->store, subject, NULL, &a, &last, err);
    if (rc == WN_OK && last.id != 0)
        from = last.ended - GRACE - DAY;
    while (rc == WN_OK && (rc = wn_period_next(wn->store, t->name, from, &created, err)) == WN_OK &&
           created > 0) {
        wn_period_of(t->report, created, &of);
        if (of.end > now)
            break;
        rc = close_one(wn, t, &of, now, err);
        from = of.end;
    }
    wn_arena_free(&a);
    return rc;
}

enum wn_code wn_reports_close(struct wn *wn, const struct wn_task *t, struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    for (size_t i = 0; rc == WN_OK && i <= t->nguards; i++) {
        const struct wn_task stratum = wn_task_stratum(t, i == 0 ? NULL : &t->guards[i - 1]);
        rc = close_stratum(wn, &stratum, err);
    }
    return rc;
}

enum wn_code wn_running_period(struct wn *wn, const struct wn_task *t, struct wn_running *out,
                               struct wn_error *err)
{
    const int64_t now = wn_clock_now();
    struct wn_closed c;
    enum wn_code rc;
    *out = (struct wn_running){ .live_upper = NAN };
    wn_period_of(t->report, now, &out->period);
    begin(&c, wn, t, &out->period);
    rc = wn_period_units(wn->store, t->name, t->stratum, c.of.start, c.of.end, now, &c.units,
                         &c.nunits, err);
    if (rc == WN_OK) {
        count(c.units, c.nunits, &c.period, &c.thin);
        out->total = c.period.total;
        out->automatic = c.period.automatic;
        out->n = c.period.n;
        out->k = c.period.k;
        out->pending = c.period.pending;
        if (out->n > 0)
            out->live_upper = wn_live_upper(out->k, out->n, WN_DELTA);
    }
    end(&c);
    return rc;
}

/* trial.c: see trial.h. A key's state, its audits, and what they lead to. */
#include "pipeline/trial_internal.h"
#include "base/clock.h"
#include "decide/confidence.h"
#include "pipeline/lessons.h"
#include "pipeline/shift.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CUSUM_LIMIT 4.0

bool wn_unit_audited(const struct wn_unit_row *u)
{
    return u->route == WN_AUTO && u->u < u->pi;
}

bool wn_unit_eligible(const struct wn_unit_row *u)
{
    return u->first && !u->hard_flag && u->fold >= WN_FIT_FRACTION && !isnan(u->s) && !isnan(u->u);
}

static bool proved(enum wn_state s)
{
    return s == WN_PROVISIONAL || s == WN_CERTIFIED || s == WN_STATE_WARN;
}

int64_t wn_trial_last(const struct wn_trial *t)
{
    return t->nunits == 0 ? 0 : t->units[t->nunits - 1].id;
}

/* Accepted by the proof in force. */
static bool since_proof(const struct wn_trial *t, const struct wn_unit_row *u)
{
    return t->proof.id != 0 && u->route == WN_AUTO && u->id > t->proof.last;
}

/* ---- changes ---- */

enum wn_code wn_trial_apply(struct wn_trial *t, struct wn_trust_change *c, struct wn_error *err)
{
    c->task = t->subject;
    c->key = t->row.key;
    c->time = wn_clock_now();
    return wn_trust_apply(t->wn->store, c, err);
}

/* The new state with its reason; the proof goes on where `keep`. */
void wn_trial_state(struct wn_trial *t, enum wn_state to, bool keep, const char *why)
{
    t->state = to;
    t->row.state = wn_state_name(to);
    t->row.why = why;
    if (!keep) {
        t->row.proof = 0;
        t->proof = (struct wn_proof_row){ 0 };
    }
}

void wn_trial_say(const struct wn_trial *t, const char *what)
{
    wn_log(&t->wn->log, WN_WARN, "notice", "%s: %s", t->name, what);
}

/* ---- audits ---- */

enum wn_code wn_trial_suspend(struct wn_trial *t, const char *why, const struct wn_drift_row *drift,
                              struct wn_error *err)
{
    struct wn_trust_change c = {
        .window = &t->window, .state = &t->row, .drift = drift, .ndrift = drift != NULL
    };
    enum wn_code rc;
    why = wn_arena_str(&t->arena, why);
    t->window = (struct wn_window_row){ .start = wn_trial_last(t) };
    wn_trial_state(t, WN_SUSPENDED, false, why);
    rc = wn_trial_apply(t, &c, err);
    if (rc == WN_OK) {
        wn_trial_say(t,
            wn_arena_printf(&t->arena, "suspended, nothing is accepted alone any more: %s", why));
        rc = wn_trial_draw(t, err);
    }
    return rc;
}

enum wn_code wn_trial_warn(struct wn_trial *t, const char *why, const struct wn_drift_row *drift,
                           struct wn_error *err)
{
    struct wn_trust_change c = { .state = &t->row, .drift = drift, .ndrift = drift != NULL };
    enum wn_code rc;
    if (t->state == WN_STATE_WARN || !proved(t->state))
        return WN_OK;
    why = wn_arena_str(&t->arena, why);
    wn_trial_state(t, wn_state_next(t->state, WN_ON_WARN, true), true, why);
    rc = wn_trial_apply(t, &c, err);
    if (rc == WN_OK)
        wn_trial_say(t, wn_arena_printf(&t->arena, "a warning, twice as many are checked from now on: %s",
                               why));
    return rc;
}

enum wn_code wn_trial_confirm(struct wn_trial *t, const char *why, struct wn_error *err)
{
    struct wn_trust_change c = { .state = &t->row };
    enum wn_code rc;
    if (t->state != WN_STATE_WARN)
        return WN_OK;
    why = wn_arena_str(&t->arena, why);
    wn_trial_state(t, wn_state_next(t->state, WN_ON_REPORT_MET, t->proof.sample > 0), true, why);
    rc = wn_trial_apply(t, &c, err);
    if (rc == WN_OK)
        wn_trial_say(t, wn_arena_printf(&t->arena, "the warning is over: %s", why));
    return rc;
}

/* One audit result, in review order. */
static enum wn_code take_audit(struct wn_trial *t, bool wrong, struct wn_error *err)
{
    enum wn_alarm alarm = wn_watch_add(&t->watch, wrong, t->eps);
    struct wn_drift_row drift = { alarm == WN_ALARM_SUSPEND ? "cusum" : "cusum_warn",
                                  alarm == WN_ALARM_SUSPEND ? t->watch.suspend.s : t->watch.warn.s,
                                  CUSUM_LIMIT };
    const char *why;
    t->audits++;
    t->audits_wrong += wrong;
    if (alarm == WN_ALARM_NONE || !proved(t->state))
        return WN_OK;
    why = wn_arena_printf(&t->arena, "%lld of %lld audited decisions were wrong",
                          (long long)t->audits_wrong, (long long)t->audits);
    return alarm == WN_ALARM_SUSPEND ? wn_trial_suspend(t, why, &drift, err)
                                     : wn_trial_warn(t, why, &drift, err);
}

static int by_review(const void *a, const void *b)
{
    const struct wn_unit_row *x = *(const struct wn_unit_row *const *)a;
    const struct wn_unit_row *y = *(const struct wn_unit_row *const *)b;
    return (x->review > y->review) - (x->review < y->review);
}

/* All audits since the proof, again. */
static enum wn_code replay_audits(struct wn_trial *t, struct wn_error *err)
{
    const struct wn_unit_row **list = wn_xcalloc(t->nunits, sizeof(*list));
    size_t n = 0;
    enum wn_code rc = WN_OK;
    t->watch = (struct wn_watch){ 0 };
    t->audits = t->audits_wrong = t->audits_due = 0;
    for (size_t i = 0; i < t->nunits; i++) {
        const struct wn_unit_row *u = &t->units[i];
        if (!since_proof(t, u) || !wn_unit_audited(u))
            continue;
        t->audits_due += u->review == 0;
        if (u->review != 0)
            list[n++] = u;
    }
    qsort(list, n, sizeof(*list), by_review);
    for (size_t i = 0; rc == WN_OK && i < n && proved(t->state); i++)
        rc = take_audit(t, list[i]->wrong, err);
    free(list);
    return rc;
}

/* ---- loading ---- */

static const char *known(struct wn_trial *t, const char *text, const char *else_this,
                         const char *at_last)
{
    return wn_arena_str(&t->arena, text != NULL ? text : else_this != NULL ? else_this : at_last);
}

static enum wn_code begin(struct wn_trial *t, const struct wn_task *task,
                          const struct wn_trust_key *key, struct wn_error *err)
{
    struct wn_trust_change c = { .window = &t->window, .state = &t->row };
    struct wn_state_row last, others = { 0 };
    enum wn_state was = WN_COLD;
    bool changed;
    enum wn_code rc = wn_trust_state(t->wn->store, t->subject, NULL, NULL, &t->arena, &last, err);
    if (rc == WN_OK && t->stratum != NULL && key->plan == NULL) /* a guard label that nothing had yet */
        rc = wn_trust_state(t->wn->store, t->task, key->key, NULL, &t->arena, &others, err);
    if (rc != WN_OK)
        return rc;
    changed = last.id != 0 && wn_state_named(last.state, &was);
    t->state = changed ? wn_state_next(was, WN_ON_NEW_KEY, false)
                       : wn_state_first(task->before_proof_review);
    t->row = (struct wn_state_row){
        .key = wn_arena_str(&t->arena, key->key),
        .plan = known(t, key->plan, others.plan, ""),
        .rest = known(t, key->rest, others.rest, ""),
        .model = known(t, key->model, others.model, "unknown model"),
        .state = wn_state_name(t->state),
        .why = !changed      ? "the first items of this task"
               : proved(was) ? "model, prompt, rules or local engine changed since the proof"
                             : "model, prompt, rules or local engine changed"
    };
    rc = wn_trial_apply(t, &c, err);
    if (rc == WN_OK && changed && proved(was))
        wn_trial_say(t,
            "model, prompt, rules or local engine changed since the proof, so everything goes to "
            "a person until this is proved, too");
    return rc;
}

enum wn_code wn_trial_open(struct wn *wn, const struct wn_task *task,
                           const struct wn_trust_key *key, struct wn_trial *t, struct wn_error *err)
{
    enum wn_code rc;
    *t = (struct wn_trial)WN_TRIAL_INIT;
    t->wn = wn;
    t->task = t->name = wn_arena_str(&t->arena, task->name);
    if (task->stratum != NULL) {
        t->stratum = wn_arena_str(&t->arena, task->stratum);
        t->name = wn_arena_printf(&t->arena, "%s (%s)", t->task, t->stratum);
    }
    t->subject = wn_trust_subject(wn->store, t->task, t->stratum, &t->arena);
    t->eps = task->target_error;
    t->least_audit = task->audit;
    rc = wn_trust_state(wn->store, t->subject, key->key, NULL, &t->arena, &t->row, err);
    if (rc == WN_OK && t->row.id == 0)
        rc = begin(t, task, key, err);
    else if (rc == WN_OK && !wn_state_named(t->row.state, &t->state))
        t->state = WN_COLD; /* of a later winnow */
    if (rc == WN_OK)
        rc = wn_trust_window(wn->store, t->subject, key->key, &t->window, err);
    if (rc == WN_OK && t->row.proof != 0)
        rc = wn_trust_proof(wn->store, t->row.proof, &t->arena, &t->proof, err);
    return rc;
}

enum wn_code wn_trial_reckon(struct wn_trial *t, const struct wn_task *task, const char *reviewer,
                             struct wn_error *err)
{
    enum wn_code rc = wn_trust_units(t->wn->store, t->task, t->row.key, t->stratum, reviewer, &t->units,
                                     &t->nunits, err);
    if (rc != WN_OK)
        return rc;
    t->sample = wn_xcalloc(t->nunits, sizeof(*t->sample));
    t->sampled = wn_xcalloc(t->nunits, sizeof(*t->sampled));
    rc = replay_audits(t, err);
    if (rc == WN_OK)
        rc = wn_shift_check(t, task, err);
    if (rc == WN_OK)
        rc = wn_trial_draw(t, err);
    return rc == WN_OK ? wn_trial_look(t, err) : rc;
}

enum wn_code wn_trial_load(struct wn *wn, const struct wn_task *task,
                           const struct wn_trust_key *key, const char *reviewer,
                           struct wn_trial *out, struct wn_error *err)
{
    enum wn_code rc = wn_trial_open(wn, task, key, out, err);
    return rc == WN_OK ? wn_trial_reckon(out, task, reviewer, err) : rc;
}

void wn_trial_clear(struct wn_trial *t)
{
    free(t->units);
    free(t->sample);
    free(t->sampled);
    wn_arena_free(&t->arena);
    *t = (struct wn_trial)WN_TRIAL_INIT;
}

static int by_id(const void *key, const void *unit)
{
    int64_t id = *(const int64_t *)key, other = ((const struct wn_unit_row *)unit)->id;
    return (id > other) - (id < other);
}

enum wn_code wn_trial_reviewed(struct wn_trial *t, int64_t decision, int64_t review, bool wrong,
                               struct wn_error *err)
{
    struct wn_unit_row *u = bsearch(&decision, t->units, t->nunits, sizeof(*t->units), by_id);
    bool again;
    enum wn_code rc = WN_OK;
    if (u == NULL)
        return WN_OK;
    again = u->review != 0;
    u->review = review;
    u->wrong = wrong;
    u->mine = true;
    if (again) /* a second thought: the order of reviews changed */
        rc = replay_audits(t, err);
    else if (since_proof(t, u) && wn_unit_audited(u)) {
        t->audits_due--;
        rc = take_audit(t, wrong, err);
    }
    if (rc != WN_OK || again || !t->sampled[u - t->units])
        return rc;
    t->window.n++;
    t->campaign.missing--;
    t->campaign.ready = t->campaign.missing == 0 && (int64_t)t->campaign.n == t->next;
    return wn_trial_look(t, err);
}

enum wn_code wn_trial_settle(struct wn_trial *t, struct wn_error *err)
{
    struct wn_trust_change c = { .window = &t->window };
    return t->window.id == 0 ? WN_OK : wn_trial_apply(t, &c, err);
}

/* ---- what follows from it ---- */

void wn_trial_summary(const struct wn_trial *t, struct wn_arena *a, struct wn_trust *out)
{
    char day[WN_CLOCK_TEXT];
    *out = (struct wn_trust){
        .task = wn_arena_str(a, t->name),
        .state = t->state,
        .window = { t->eps, WN_DELTA, (int)t->window.look, t->window.n },
        .proof_n = t->state == WN_PROVISIONAL ? t->proof.sample : t->proof.n,
        .proof_k = t->proof.k,
    };
    if (t->proof.id != 0) {
        wn_clock_text(t->proof.time, day);
        out->proved_on = wn_arena_copy(a, day, strlen("2026-11-22"));
    }
    if (t->state == WN_SUSPENDED || t->state == WN_STATE_WARN)
        out->alarm = wn_arena_str(a, t->row.why);
}

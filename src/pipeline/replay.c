/* replay.c: see replay.h. Every decision of the old campaign's pool is made again with the new engine:
 * its score orders the pool, and its answers are held against what people said of the old ones. */
#include "pipeline/replay.h"
#include "base/clock.h"
#include "base/json.h"
#include "decide/confidence.h"
#include "decide/decide.h"
#include "pipeline/lessons.h"
#include "pipeline/local.h"
#include "pipeline/trust.h"
#include "pipeline/verdict.h"
#include "report/writer.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct replay {
    struct wn *wn;
    const struct wn_task *task;
    struct wn_linear *linear;
    struct wn_arena arena, item; /* item: lives for one decision */
    struct wn_proof_row proof;   /* the old one */
    struct wn_window_row window; /* its campaign's */
    const char *window_key;
    double last_u; /* the highest of its sample */
    double *pool;
    struct wn_labelled *labelled;
    size_t npool, nlabelled;
};

/* ---- which proof ---- */

/* The newest state of a key that differs in the local engine alone. */
static enum wn_code find_before(struct replay *r, const char *key, const char *rest,
                                struct wn_state_row *out, struct wn_error *err)
{
    struct wn_state_row row = { 0 };
    enum wn_code rc;
    *out = (struct wn_state_row){ 0 };
    while ((rc = wn_trust_state_after(r->wn->store, r->task->name, row.id, &r->arena, &row, err)) ==
               WN_OK &&
           row.id != 0)
        if (strcmp(row.rest, rest) == 0 && strcmp(row.key, key) != 0)
            *out = row;
    return rc;
}

static enum wn_code nothing_to_replay(const struct replay *r, const char *cause,
                                      struct wn_error *err)
{
    wn_error_set(err, WN_E_USAGE, "there is no proof of %s that could be made again",
                 r->task->name);
    wn_error_cause(err, "%s", cause);
    wn_error_hint(err, "`winnow review %s --sample` makes a new one.", r->task->name);
    return WN_E_USAGE;
}

static enum wn_code find_proof(struct replay *r, const struct wn_trust_key *key,
                               struct wn_error *err)
{
    struct wn_state_row before;
    enum wn_code rc = find_before(r, key->key, key->rest, &before, err);
    if (rc == WN_OK && r->task->nguards > 0)
        return nothing_to_replay(
            r, "the answers of another engine may fall under other guard labels, so that the sample "
               "of the one is no sample of the other", err);
    if (rc == WN_OK && before.proof == 0)
        return nothing_to_replay(
            r, "nothing was proved with the same task, prompt and rules and another local engine",
            err);
    if (rc == WN_OK)
        rc = wn_trust_proof(r->wn->store, before.proof, &r->arena, &r->proof, err);
    if (rc == WN_OK)
        rc = wn_trust_window_of(r->wn->store, r->proof.window, &r->arena, &r->window,
                                &r->window_key, err);
    if (rc == WN_OK && (r->window_key == NULL || r->proof.sample == 0))
        return nothing_to_replay(r, "its campaign is not in the store", err);
    return rc;
}

/* ---- one decision ---- */

static void decide_again(struct replay *r, const struct wn_item *item, struct wn_decision *d)
{
    struct wn_answer *answer = wn_answer_new(r->task, &r->item);
    struct wn_linear_fit fit = { 0 };
    struct wn_gathered g = { .task = r->task,
                             .item = item,
                             .answer = answer,
                             .linear_trained = wn_linear_nexamples(r->linear) >= 100,
                             .state = WN_COLD,
                             .tau = 1,
                             .pi = 1,
                             .salt = wn_store_salt(r->wn->store),
                             .now = wn_clock_now() };
    wn_linear_answer(r->linear, r->task, item, &r->item, answer, &fit);
    g.flags.unfamiliar = fit.unfamiliar;
    g.flags.truncated_input = item->truncated;
    g.flags.injection_suspected = wn_prompt_suspicious(item->text, item->text_len);
    wn_decide(&g, &r->item, d);
}

static size_t gated_answers(struct replay *r, const struct wn_result *old, const cJSON *correction,
                            struct wn_correction *c)
{
    size_t n = 0;
    for (size_t i = 0; i < r->task->nquestions; i++) {
        const struct wn_question *q = &r->task->questions[i];
        const char *value = correction == NULL ? NULL : wn_json_str(correction, q->name);
        if (i > 0 && !q->gated)
            continue;
        if (value == NULL)
            value = wn_verdict_old(r->task, old, q->name, &r->item);
        if (value != NULL || q->type == WN_TEXT)
            c[n++] = (struct wn_correction){ q->name, value == NULL ? "" : value, false };
    }
    return n;
}

/* Would the person who judged the old answers call the new ones wrong? */
static bool is_wrong(struct replay *r, const struct wn_unit_row *u, const struct wn_row *row,
                     const struct wn_result *old, const struct wn_decision *d)
{
    const struct wn_result now = {
        .label = d->label == SIZE_MAX ? NULL : r->task->questions[0].choices[d->label].id,
        .answers = d->answers + 1,
        .nanswers = d->nanswers - 1,
    };
    struct wn_correction *c = wn_arena_array(&r->item, r->task->nquestions, sizeof(*c));
    cJSON *o = NULL;
    size_t n;
    bool wrong;
    if (u->review == 0 || row->verdict == NULL || strcmp(row->verdict, "unsure") == 0)
        return true; /* what nobody could confirm counts as wrong */
    if (row->correction_json != NULL &&
        wn_json_parse(row->correction_json, strlen(row->correction_json), false, &o, NULL) != WN_OK)
        return true;
    n = gated_answers(r, old, o, c);
    wrong = wn_verdict_wrong(r->task, &now, WN_CORRECT, c, n);
    if (wrong && !u->wrong) { /* the old answers would do, too */
        n = gated_answers(r, old, NULL, c);
        wrong = wn_verdict_wrong(r->task, &now, WN_CORRECT, c, n);
    }
    cJSON_Delete(o);
    return wrong;
}

static enum wn_code replay_one(struct replay *r, const struct wn_unit_row *u, struct wn_error *err)
{
    struct wn_row row;
    struct wn_item item;
    struct wn_result old;
    struct wn_decision d;
    enum wn_code rc;
    wn_arena_reset(&r->item);
    rc = wn_results_get(r->wn->store, u->id, &r->item, &row, err);
    if (rc != WN_OK || row.id == 0 || row.item_json == NULL) /* forgotten: leaves pool and sample */
        return rc;
    rc = wn_item_read(row.item_json, &r->item, &item, err);
    if (rc == WN_OK)
        rc = wn_result_read(row.result_json, &item, &r->item, &old, err);
    if (rc != WN_OK)
        return rc;
    decide_again(r, &item, &d);
    if (d.hard_flag || isnan(d.s))
        return WN_OK;
    r->pool[r->npool++] = d.s;
    if (u->u <= r->last_u)
        r->labelled[r->nlabelled++] = (struct wn_labelled){ d.s, is_wrong(r, u, &row, &old, &d) };
    return WN_OK;
}

/* ---- all of them ---- */

static bool in_window(const struct replay *r, const struct wn_unit_row *u)
{
    return u->first && u->fold >= WN_FIT_FRACTION && !isnan(u->u) && u->id > r->window.start &&
           u->id <= r->proof.cut_off;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int falling(const void *a, const void *b)
{
    return by_value(b, a);
}

/* The sample was the lowest so many of what could prove something. */
static double highest_u(const struct replay *r, const struct wn_unit_row *units, size_t n)
{
    double *u = wn_xcalloc(n, sizeof(*u)), highest = -1;
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (in_window(r, &units[i]) && wn_unit_eligible(&units[i]))
            u[m++] = units[i].u;
    qsort(u, m, sizeof(*u), by_value);
    if (m > 0)
        highest = u[(int64_t)m < r->proof.sample ? m - 1 : (size_t)r->proof.sample - 1];
    free(u);
    return highest;
}

static enum wn_code replay_all(struct replay *r, struct wn_error *err)
{
    struct wn_unit_row *units = NULL;
    size_t n = 0;
    enum wn_code rc =
        wn_trust_units(r->wn->store, r->task->name, r->window_key, NULL, NULL, &units, &n, err);
    if (rc == WN_OK) {
        r->last_u = highest_u(r, units, n);
        r->pool = wn_arena_array(&r->arena, n, sizeof(*r->pool));
        r->labelled = wn_arena_array(&r->arena, n, sizeof(*r->labelled));
    }
    for (size_t i = 0; rc == WN_OK && i < n; i++)
        if (in_window(r, &units[i]))
            rc = replay_one(r, &units[i], err);
    free(units);
    return rc;
}

/* ---- what came of it ---- */

static enum wn_code conclude(struct replay *r, struct wn_trial *t, bool *proved,
                             struct wn_error *err)
{
    struct wn_trust_change c = {
        .task = r->task->name, .key = t->row.key, .time = wn_clock_now(), .state = &t->row
    };
    struct wn_proof_row p = r->proof;
    struct wn_proof_test test;
    qsort(r->pool, r->npool, sizeof(*r->pool), falling);
    wn_proof_test(r->pool, r->npool, r->labelled, r->nlabelled, (int)r->proof.g, t->eps, &test);
    *proved = r->npool > 0 && test.p <= WN_DELTA / WN_LOOKS;
    t->row.why = wn_arena_printf(
        &r->arena,
        "the last campaign with the new local engine (%lld of its %zu reviewed "
        "items accepted, %lld wrong): %s",
        (long long)test.n, r->nlabelled, (long long)test.k, *proved ? "proved" : "not proved");
    if (*proved) {
        t->row.state = wn_state_name(wn_state_next(t->state, WN_ON_PROVED, true));
        p.tau = test.threshold;
        p.n = test.n;
        p.k = test.k;
        p.upper = wn_cp_upper(test.k, test.n, WN_DELTA / WN_LOOKS);
        p.last = t->nunits == 0 ? 0 : t->units[t->nunits - 1].id;
        p.why = "replay of the last campaign";
        c.proof = &p;
    }
    wn_log(&r->wn->log, WN_WARN, "notice", "%s: %s", r->task->name, t->row.why);
    return wn_trust_apply(r->wn->store, &c, err);
}

static enum wn_code run(struct replay *r, const struct wn_trust_key *key, bool *proved,
                        struct wn_error *err)
{
    struct wn_trial t = WN_TRIAL_INIT;
    enum wn_code rc = wn_trial_load(r->wn, r->task, key, NULL, &t, err);
    if (rc == WN_OK && t.proof.id != 0)
        *proved = true; /* it is already */
    else if (rc == WN_OK && t.state == WN_SUSPENDED)
        rc = nothing_to_replay(r, "an alarm is only left with items that came after it", err);
    else if (rc == WN_OK && (rc = find_proof(r, key, err)) == WN_OK &&
             (rc = replay_all(r, err)) == WN_OK)
        rc = conclude(r, &t, proved, err);
    wn_trial_clear(&t);
    return rc;
}

enum wn_code wn_replay(struct wn *wn, const struct wn_task *t, const char *key, bool *proved,
                       struct wn_error *err)
{
    struct replay r = { .wn = wn, .task = t };
    struct wn_state_row now;
    struct wn_trust_key next;
    struct wn_origin o;
    enum wn_code rc = wn_trust_state(wn->store, t->name, key, NULL, &r.arena, &now, err);
    if (rc == WN_OK && (now.id == 0 || strcmp(now.model, "linear") != 0))
        rc = nothing_to_replay(&r, "only answers of the local engine can be made again for nothing",
                               err);
    if (rc == WN_OK)
        rc = wn_local_model(wn, t, true, &r.linear, err);
    if (rc == WN_OK && r.linear == NULL)
        rc = nothing_to_replay(&r, "the task has no local engine", err);
    if (rc == WN_OK) {
        o = wn_origin_linear(wn_linear_version(r.linear));
        wn_origin_key(wn->store, t, &o, &r.arena, &next);
        rc = run(&r, &next, proved, err);
    }
    wn_linear_free(r.linear);
    wn_arena_free(&r.arena);
    wn_arena_free(&r.item);
    return rc;
}

bool wn_replay_can(struct wn *wn, const struct wn_task *t, const struct wn_state_row *now)
{
    struct replay r = { .wn = wn, .task = t };
    const struct wn_trust_key key = { now->key, now->plan, now->rest, now->model };
    bool can = now->proof == 0 && strcmp(now->model, "linear") == 0 &&
               strcmp(now->state, wn_state_name(WN_SUSPENDED)) != 0 &&
               find_proof(&r, &key, NULL) == WN_OK;
    wn_arena_free(&r.arena);
    return can;
}

/* replay.c: see replay.h. Every decision of the old campaign's pool is made again with the new engine: its
 * score orders the pool, and its answers are held against what people said of the old ones. */
#include "pipeline/replay.h"
#include "base/clock.h"
#include "decide/confidence.h"
#include "pipeline/local.h"
#include "pipeline/trust.h"
#include "pipeline/weights.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct replay {
    struct wn *wn;
    const struct wn_task *task;
    struct wn_trust_key key;
    struct wn_campaign_past past;
    struct wn_linear *linear;
    struct wn_weight_set weights;
    struct wn_arena item; /* lives for one decision */
    double *pool;
    struct wn_labelled *labelled;
    size_t npool, nlabelled;
};

/* ---- one decision ---- */

static void decide_again(struct replay *r, const struct wn_item *item, struct wn_decision *d)
{
    const struct wn_task *t = r->task;
    struct wn_answer *answer = wn_answer_new(t, &r->item);
    struct wn_linear_fit fit = { 0 };
    struct wn_gathered g = { .task = t,
                             .item = item,
                             .answer = answer,
                             .linear_trained = wn_linear_nexamples(r->linear) >= 100,
                             .state = WN_COLD,
                             .tau = 1,
                             .pi = 1,
                             .weights = wn_weights_for(&r->weights, "linear"),
                             .salt = wn_store_salt(r->past.wn->store),
                             .now = wn_clock_now() };
    wn_linear_answer(r->linear, t, item, &r->item, answer, &fit);
    g.flags.unfamiliar = fit.unfamiliar;
    g.flags.truncated_input = item->truncated;
    g.flags.injection_suspected = wn_prompt_suspicious(item->text, item->text_len);
    wn_decide(&g, &r->item, d);
}

static enum wn_code replay_one(struct replay *r, const struct wn_unit_row *u, struct wn_error *err)
{
    struct wn_row row;
    struct wn_item item;
    struct wn_result old;
    struct wn_decision d;
    enum wn_code rc;
    wn_arena_reset(&r->item);
    rc = wn_past_read(&r->past, u, &r->item, &row, &item, &old, err);
    if (rc != WN_OK || row.id == 0) /* forgotten: leaves pool and sample */
        return rc;
    decide_again(r, &item, &d);
    if (d.hard_flag || isnan(d.s) || !wn_past_is_own(&r->past, &d))
        return WN_OK;
    wn_past_said(&r->past, u, &d);
    r->pool[r->npool++] = d.s;
    if (wn_past_in_sample(&r->past, u))
        r->labelled[r->nlabelled++] = (struct wn_labelled){
            d.s, wn_past_wrong(&r->past, u, &row, &old, &d, &r->item)
        };
    return WN_OK;
}

/* ---- all of them ---- */

static int falling(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (y > x) - (y < x);
}

static enum wn_code replay_all(struct replay *r, struct wn_error *err)
{
    struct wn_campaign_past *p = &r->past;
    enum wn_code rc = wn_past_load(p, err);
    r->pool = wn_arena_array(&p->arena, p->nunits, sizeof(*r->pool));
    r->labelled = wn_arena_array(&p->arena, p->nunits, sizeof(*r->labelled));
    r->npool = r->nlabelled = 0;
    for (size_t i = 0; rc == WN_OK && i < p->nunits; i++)
        if (wn_past_in_pool(p, &p->units[i]))
            rc = replay_one(r, &p->units[i], err);
    return rc;
}

/* ---- what came of it ---- */

static enum wn_code conclude(struct replay *r, struct wn_trial *t, struct wn_error *err)
{
    struct wn_campaign_past *past = &r->past;
    struct wn_trust_change c = {
        .task = past->subject, .key = t->row.key, .time = wn_clock_now(), .state = &t->row
    };
    struct wn_proof_row p = past->proof;
    struct wn_proof_test test;
    struct wn_drift_row drift;
    enum wn_code rc;
    bool proved;
    qsort(r->pool, r->npool, sizeof(*r->pool), falling);
    wn_proof_test(r->pool, r->npool, r->labelled, r->nlabelled, (int)p.g, t->eps, &test);
    proved = r->npool > 0 && test.p <= WN_DELTA / WN_LOOKS;
    t->row.why = wn_arena_printf(&past->arena,
                                 "the last campaign with the new local engine (%lld of its %zu reviewed "
                                 "items accepted, %lld wrong",
                                 (long long)test.n, r->nlabelled, (long long)test.k);
    if (!proved) {
        drift = wn_past_test(past, test.p);
        c.drift = &drift;
        c.ndrift = 1;
        t->row.why = wn_arena_printf(&past->arena, "%s; test %lld of %d on them): not proved", t->row.why,
                                     (long long)past->tests, WN_LOOKS);
    } else {
        t->row.why = wn_arena_printf(&past->arena, "%s): proved", t->row.why);
        t->row.state = wn_state_name(wn_state_next(t->state, WN_ON_PROVED, true));
        p.tau = test.threshold;
        p.n = test.n;
        p.k = test.k;
        p.upper = wn_cp_upper(test.k, test.n, WN_DELTA / WN_LOOKS);
        p.last = t->nunits == 0 ? 0 : t->units[t->nunits - 1].id;
        p.why = "replay of the last campaign";
        c.proof = &p;
    }
    wn_log(&past->wn->log, WN_WARN, "notice", "%s: %s", past->name, t->row.why);
    rc = wn_trust_apply(past->wn->store, &c, err);
    return rc == WN_OK && proved ? wn_past_keep_pool(past, t, p.id, err) : rc;
}

/* One stratum. */
static enum wn_code run(void *user, const struct wn_guard *g, struct wn_error *err)
{
    struct replay *r = user;
    struct wn_campaign_past *past = &r->past;
    struct wn_trial t = WN_TRIAL_INIT;
    bool tested = false, already = false;
    enum wn_code rc;
    wn_past_begin(past, r->wn, r->task, g);
    rc = wn_trial_load(r->wn, &past->task, &r->key, NULL, &t, err);
    if (rc == WN_OK && t.state == WN_SUSPENDED)
        rc = wn_past_none(past, "an alarm is only left with items that came after it", err);
    already = rc == WN_OK && t.proof.id != 0 && t.state != WN_PROVISIONAL; /* what was only measured may become more */
    if (rc == WN_OK && !already)
        rc = wn_past_find(past, r->key.key, r->key.rest, err);
    if (rc == WN_OK && !already)
        rc = wn_past_tests(past, r->key.key, &tested, err);
    if (rc == WN_OK && tested)
        wn_log(&r->wn->log, WN_WARN, "notice",
               "%s: the last campaign did not prove the new local engine, and asking it twice changes nothing",
               past->name);
    else if (rc == WN_OK && !already && (rc = replay_all(r, err)) == WN_OK)
        rc = conclude(r, &t, err);
    wn_trial_clear(&t);
    wn_past_clear(past);
    return rc;
}

static enum wn_code none(struct replay *r, const char *cause, struct wn_error *err)
{
    enum wn_code rc;
    wn_past_begin(&r->past, r->wn, r->task, NULL);
    rc = wn_past_none(&r->past, cause, err);
    wn_past_clear(&r->past);
    return rc;
}

enum wn_code wn_replay(struct wn *wn, const struct wn_task *t, const char *key, struct wn_error *err)
{
    struct replay r = { .wn = wn, .task = t };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_state_row now;
    struct wn_origin o;
    const char *left_out = "";
    enum wn_code rc = wn_trust_state(wn->store, t->name, key, NULL, &a, &now, err);
    if (rc == WN_OK && (now.id == 0 || strcmp(now.model, "linear") != 0))
        rc = none(&r, "only answers of the local engine can be made again for nothing", err);
    if (rc == WN_OK)
        rc = wn_weights_load(wn, t, &a, &r.weights, err);
    if (rc == WN_OK)
        rc = wn_local_model(wn, t, true, &r.linear, err);
    if (rc == WN_OK && r.linear == NULL)
        rc = none(&r, "the task has no local engine", err);
    if (rc == WN_OK) {
        o = wn_origin_linear(wn_linear_version(r.linear));
        o.weights = r.weights.id;
        wn_origin_key(wn->store, t, &o, &a, &r.key);
        rc = wn_past_each(t, run, &r, &a, &left_out, err);
    }
    if (rc == WN_OK)
        wn_past_log(wn, left_out);
    wn_linear_free(r.linear);
    wn_arena_free(&r.item);
    wn_arena_free(&a);
    return rc;
}

bool wn_replay_can(struct wn *wn, const struct wn_task *t, const struct wn_state_row *now)
{
    struct wn_campaign_past p;
    bool can;
    wn_past_begin(&p, wn, t, wn_task_guard(t, t->stratum));
    can = (now->proof == 0 || strcmp(now->state, wn_state_name(WN_PROVISIONAL)) == 0) &&
          strcmp(now->model, "linear") == 0 &&
          strcmp(now->state, wn_state_name(WN_SUSPENDED)) != 0 &&
          wn_past_can_test(&p, now->key, now->rest);
    wn_past_clear(&p);
    return can;
}

/* recertify.c: a changed model, prompt or schema, proved on a campaign that is over. See replay.h.
 *
 * Its reviewed items are asked about again, through the engine as in a run: from the cache where that has
 * them, within the budget, and going on where it was broken off. The answers are held against what people
 * said. The candidate is the one model that is named, and its key is tested once. */
#include "base/clock.h"
#include "decide/confidence.h"
#include "pipeline/replay.h"
#include "pipeline/survey.h"
#include "pipeline/trust.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct recertifying {
    struct wn_campaign_past past;
    struct wn_recertify *r;
    struct wn_engine *engine;
    const struct wn_unit_row **sample; /* what is asked about */
    size_t nsample;
    /* The cache may still have what the model that was proved said to the very same request. Where another
     * answers now, those are asked anew. */
    bool changed, anew;
    size_t *stale, nstale;
    struct wn_row *rows;        /* beside it, in the past's arena */
    struct wn_result *old;
    double *pool;               /* scores of what can be accepted at all */
    struct wn_labelled *labelled;
    size_t n, failed;
    const char *key, *model; /* of the answers; NULL = none yet */
    bool mixed;              /* they came from more than one */
};

/* ---- asking ---- */

static enum wn_code item(void *user, size_t i, struct wn_arena *a, struct wn_item *out,
                         struct wn_error *err)
{
    struct recertifying *c = user;
    (void)a;
    *out = (struct wn_item){ 0 };
    i = c->anew ? c->stale[i] : i;
    /* it lives as long as the row that its judging needs */
    return wn_past_read(&c->past, c->sample[i], &c->past.arena, &c->rows[i], out, &c->old[i], err);
}

static void answer(void *user, size_t i, struct wn_job *j)
{
    struct recertifying *c = user;
    struct wn_arena *a = &c->past.arena;
    struct wn_gathered g;
    struct wn_decision d;
    if (j->failure != NULL || j->answer == NULL) {
        c->failed += j->failure != NULL;
        return; /* a refusal is a hard flag: a person gets it anyway */
    }
    wn_engine_gather(c->engine, j, &g);
    if (c->changed && !c->anew && strcmp(j->key, c->past.key) == 0) {
        c->stale[c->nstale++] = i;
        return;
    }
    i = c->anew ? c->stale[i] : i;
    wn_decide(&g, &j->arena, &d);
    if (d.hard_flag || isnan(d.s))
        return;
    c->mixed = c->mixed || (c->key != NULL && strcmp(c->key, j->key) != 0);
    if (c->key == NULL) {
        c->key = wn_arena_str(a, j->key);
        c->model = wn_arena_str(a, j->answered_by);
    }
    wn_past_said(&c->past, c->sample[i], &d);
    c->pool[c->n] = d.s;
    c->labelled[c->n++] = (struct wn_labelled){
        d.s, wn_past_wrong(&c->past, c->sample[i], &c->rows[i], &c->old[i], &d, &j->arena)
    };
}

static void find_sample(struct recertifying *c)
{
    struct wn_campaign_past *p = &c->past;
    c->sample = wn_arena_array(&p->arena, p->nunits, sizeof(*c->sample));
    for (size_t i = 0; i < p->nunits; i++)
        if (wn_past_in_sample(p, &p->units[i]))
            c->sample[c->nsample++] = &p->units[i];
    c->stale = wn_arena_array(&p->arena, c->nsample, sizeof(*c->stale));
    c->rows = wn_arena_array(&p->arena, c->nsample, sizeof(*c->rows));
    c->old = wn_arena_array(&p->arena, c->nsample, sizeof(*c->old));
    c->pool = wn_arena_array(&p->arena, c->nsample, sizeof(*c->pool));
    c->labelled = wn_arena_array(&p->arena, c->nsample, sizeof(*c->labelled));
}

static enum wn_code survey(struct recertifying *c, const struct wn_targets *targets,
                           struct wn_error *err)
{
    const struct wn_config *config = c->past.wn->config;
    const struct wn_task *t = c->past.task;
    double limit = c->r->max_cost_usd > 0 ? c->r->max_cost_usd
                                          : wn_config_num(config, "WINNOW_MAX_COST");
    struct wn_engine_options eo = { .targets = targets,
                                    .how = t->how,
                                    .samples = t->samples,
                                    .pack = t->pack,
                                    .in_flight = (int)wn_config_int(config, "WINNOW_IN_FLIGHT"),
                                    .refresh = c->anew };
    const struct wn_survey s = { c->anew ? c->nstale : c->nsample, item, answer, NULL, c };
    struct wn_tally tally = { 0 };
    enum wn_code rc;
    if (limit > 0) /* what is left of it; 0 would mean no limit */
        eo.max_cost_microusd =
            (int64_t)fmax(1, round(limit * 1e6) - (double)c->r->cost_microusd);
    rc = wn_engine_open(c->past.wn, t, &eo, &tally, &c->engine, err);
    if (rc == WN_OK)
        rc = wn_survey(c->past.wn, c->engine, &s, err);
    wn_engine_close(c->engine);
    c->engine = NULL;
    c->r->cost_microusd += tally.cost_microusd;
    return rc;
}

static enum wn_code ask(struct recertifying *c, const struct wn_targets *targets,
                        struct wn_error *err)
{
    const char *in_use = NULL;
    enum wn_code rc = wn_trust_key_in_use(c->past.wn->store, c->past.task->name, &c->past.arena,
                                          &in_use, err);
    c->changed = rc == WN_OK && in_use != NULL && strcmp(in_use, c->past.key) != 0;
    if (rc == WN_OK)
        rc = survey(c, targets, err);
    if (rc == WN_OK && c->nstale > 0) {
        c->anew = true;
        rc = survey(c, targets, err);
    }
    if (rc == WN_OK && c->failed > 0) {
        rc = wn_error_set(err, WN_E_FAILED, "%zu of %zu items could not be asked about", c->failed,
                          c->nsample);
        wn_error_hint(err, "Run the same command again: nothing is paid twice.");
    } else if (rc == WN_OK && c->mixed) {
        rc = wn_error_set(err, WN_E_PROVIDER,
                          "the answers came from more than one model, so they prove nothing of one");
        wn_error_hint(err, "Name a model with its version, which stays what it is.");
    }
    return rc;
}

/* ---- what came of it ---- */

static const char *percent_up(double p, struct wn_arena *a)
{
    return wn_arena_printf(a, "%.4g%%", ceil(1000 * p - 1e-6) / 10);
}

static const char *tell(struct recertifying *c, const struct wn_proof *p, struct wn_arena *a)
{
    const char *task = c->past.task->name;
    if (p->state == WN_PROOF_PROVED)
        return wn_arena_printf(
            a,
            "%s: proved for %s: of %zu reviewed items that it was asked about again it accepts the surest "
            "%.0f%% (%lld, %lld wrong); with 95%% confidence at most %s of what it accepts are wrong",
            task, c->model, c->n, 100 * p->coverage, (long long)p->n, (long long)p->k,
            percent_up(p->upper, a));
    return wn_arena_printf(a,
                           "%s: not proved for %s: it was asked about %zu reviewed items again, and not even the "
                           "surest of its answers are right often enough; a person sees everything until it is "
                           "proved: winnow review %s --sample",
                           task, c->model, c->n, task);
}

static enum wn_code conclude(struct recertifying *c, struct wn_trial *t, struct wn_error *err)
{
    struct wn_proof_row p = c->past.proof;
    struct wn_proof found;
    struct wn_drift_row drift = wn_past_test(&c->past, 1);
    enum wn_code rc;
    struct wn_trust_change change = { .task = c->past.task->name,
                                      .key = t->row.key,
                                      .time = wn_clock_now(),
                                      .drift = &drift,
                                      .ndrift = 1,
                                      .state = &t->row };
    wn_choose_threshold(c->pool, c->n, c->labelled, c->n, t->eps, WN_DELTA / WN_LOOKS, 2, &found);
    c->r->proved = found.state == WN_PROOF_PROVED;
    if (c->r->proved) {
        drift.value = wn_pval(found.k, found.n, t->eps);
        p.g = found.g;
        p.tau = found.threshold;
        p.n = found.n;
        p.k = found.k;
        p.upper = found.upper;
        p.eps = t->eps;
        p.delta = WN_DELTA / WN_LOOKS;
        p.last = t->nunits == 0 ? 0 : t->units[t->nunits - 1].id;
        p.why = "the last campaign's items asked about again";
        change.proof = &p;
        t->row.state = wn_state_name(wn_state_next(t->state, WN_ON_PROVED, true));
    }
    t->row.why = wn_arena_printf(&c->past.arena,
                                 "the last campaign's items asked about again (%zu, %lld accepted, %lld "
                                 "wrong; test %lld of %d on them): %s",
                                 c->n, (long long)found.n, (long long)found.k,
                                 (long long)c->past.tests, WN_LOOKS, c->r->proved ? "proved" : "not proved");
    c->r->sentence = tell(c, &found, &c->past.wn->arena);
    rc = wn_trust_apply(c->past.wn->store, &change, err);
    return rc == WN_OK && c->r->proved ? wn_past_keep_pool(&c->past, t, p.id, err) : rc;
}

/* Is there anything to find out about the key that answered? */
static enum wn_code judge(struct recertifying *c, struct wn_error *err)
{
    struct wn_arena *a = &c->past.wn->arena;
    const char *task = c->past.task->name;
    const struct wn_trust_key key = { c->key, NULL, NULL, NULL };
    struct wn_trial t = WN_TRIAL_INIT;
    bool tested = false;
    enum wn_code rc;
    if (c->key == NULL)
        return wn_past_none(&c->past, "none of its items has a text, or an answer without a flag, any more",
                            err);
    rc = wn_trial_load(c->past.wn, c->past.task, &key, NULL, &t, err);
    if (rc == WN_OK && t.proof.id == 0)
        rc = wn_past_tests(&c->past, c->key, &tested, err);
    if (rc == WN_OK && t.proof.id != 0) {
        c->r->proved = true;
        c->r->sentence = wn_arena_printf(a, "%s: %s is what is proved already", task, c->model);
    } else if (rc == WN_OK && t.state == WN_SUSPENDED) {
        rc = wn_past_none(&c->past, "an alarm is only left with items that came after it", err);
    } else if (rc == WN_OK && tested) {
        c->r->sentence = wn_arena_printf(
            a, "%s: not proved for %s: these items said so before, and asking them twice changes nothing", task,
            c->model);
    } else if (rc == WN_OK) {
        rc = conclude(c, &t, err);
    }
    wn_trial_clear(&t);
    return rc;
}

static enum wn_code one_candidate(const struct wn_targets *targets, const char *models,
                                  struct wn_error *err)
{
    if (targets->n == 1 && targets->list[0].row != NULL)
        return WN_OK;
    wn_error_set(err, WN_E_USAGE, "one model is proved at a time, and '%s' is not one", models);
    wn_error_hint(err, "Name it: --model PROVIDER/MODEL.");
    return WN_E_USAGE;
}

enum wn_code wn_recertify(struct wn *wn, const struct wn_task *t, struct wn_recertify *r,
                          struct wn_error *err)
{
    struct recertifying c = { .past = { .wn = wn, .task = t }, .r = r };
    struct wn_targets targets;
    bool tested;
    enum wn_code rc =
        wn_targets_resolve(wn, r->models, t->how, &c.past.arena, &targets, err);
    if (rc == WN_OK)
        rc = one_candidate(&targets, r->models, err);
    if (rc == WN_OK)
        rc = wn_past_find(&c.past, "", NULL, err);
    if (rc == WN_OK)
        rc = wn_past_tests(&c.past, "", &tested, err); /* its key is not known yet */
    if (rc == WN_OK)
        rc = wn_past_load(&c.past, err);
    if (rc == WN_OK) {
        find_sample(&c);
        rc = ask(&c, &targets, err);
    }
    if (rc == WN_OK)
        rc = judge(&c, err);
    wn_past_clear(&c.past);
    return rc;
}

/* ---- by itself ---- */

/* Is it cold, not tested yet, and is there a campaign to test it on? */
static bool can_be_tested(struct recertifying *c, const struct wn_state_row *now)
{
    return strcmp(now->state, wn_state_name(WN_COLD)) == 0 && wn_past_can_test(&c->past, now->key, NULL);
}

bool wn_recertify_can(struct wn *wn, const struct wn_task *t, const struct wn_state_row *now,
                      int64_t *n)
{
    struct recertifying c = { .past = { .wn = wn, .task = t } };
    bool can = strcmp(now->model, "linear") != 0 && can_be_tested(&c, now);
    *n = c.past.proof.sample;
    wn_past_clear(&c.past);
    return can;
}

/* The key in use. */
static bool is_due(struct recertifying *c, const char **key)
{
    struct wn *wn = c->past.wn;
    struct wn_arena *a = &c->past.arena;
    struct wn_state_row now = { 0 };
    if (wn_trust_key_in_use(wn->store, c->past.task->name, a, key, NULL) != WN_OK || *key == NULL ||
        wn_trust_state(wn->store, c->past.task->name, *key, NULL, a, &now, NULL) != WN_OK ||
        now.id == 0)
        return false;
    return strcmp(now.model, "linear") == 0 ? wn_replay_can(wn, c->past.task, &now)
                                            : can_be_tested(c, &now);
}

void wn_recertify_by_itself(struct wn *wn, const struct wn_task *t, const char *models)
{
    const char *setting = wn_config_get(wn->config, "WINNOW_RECERTIFY"), *key = NULL;
    struct wn_recertify r = { .models = models };
    struct recertifying c = { .past = { .wn = wn, .task = t }, .r = &r };
    struct wn_error err;
    enum wn_code rc = WN_OK;
    bool local = strcmp(models, "linear") == 0;
    r.max_cost_usd = wn_config_num(wn->config, "WINNOW_RECERTIFY");
    if (setting != NULL && (local || r.max_cost_usd > 0) && is_due(&c, &key))
        rc = local ? wn_replay(wn, t, key, &r.proved, &err) : wn_recertify(wn, t, &r, &err);
    if (rc != WN_OK && rc != WN_E_USAGE)
        wn_log(&wn->log, WN_WARN, "notice", "%s: not proved again by itself: %s%s%s", t->name,
               err.what, err.cause[0] == '\0' ? "" : ": ", err.cause);
    else if (rc == WN_OK && r.sentence != NULL)
        wn_log(&wn->log, WN_WARN, "notice", "%s", r.sentence);
    wn_past_clear(&c.past);
}

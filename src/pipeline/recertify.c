/* recertify.c: a changed model, prompt or schema, proved on a campaign that is over. See replay.h.
 *
 * Its reviewed items are asked about again, through the engine as in a run: from the cache where that has
 * them, within the budget, and going on where it was broken off. The answers are held against what people
 * said. Candidates are not compared by it: each is a model that is in use or is to be, and its key is tested
 * once. */
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
    size_t n, others, failed; /* others: answers of another stratum */
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
    if (!wn_past_is_own(&c->past, &d)) {
        c->others++;
        return;
    }
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
    const struct wn_task *t = c->past.whole;
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
    enum wn_code rc = wn_trust_key_in_use(c->past.wn->store, c->past.whole->name, &c->past.arena,
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

static const char *tell(struct recertifying *c, const struct wn_proof *p, struct wn_arena *a)
{
    const char *name = c->past.name;
    if (p->state == WN_PROOF_PROVED)
        return wn_arena_printf(
            a,
            "%s: proved for %s: of %zu reviewed items that it was asked about again it accepts the surest "
            "%.0f%% (%lld, %lld wrong); with 95%% confidence at most %s of what it accepts are wrong",
            name, c->model, c->n, 100 * p->coverage, (long long)p->n, (long long)p->k,
            wn_percent_up(p->upper, a));
    if (p->state == WN_PROOF_TOO_FEW)
        return wn_arena_printf(a,
                               "%s: not proved for %s: of the items that it was asked about again only %zu can prove "
                               "something, and %lld are needed: winnow review %s --sample",
                               name, c->model, c->n, (long long)p->needed, c->past.whole->name);
    return wn_arena_printf(a,
                           "%s: not proved for %s: it was asked about %zu reviewed items again, and not even the "
                           "surest of its answers are right often enough; a person sees everything until it is "
                           "proved: winnow review %s --sample",
                           name, c->model, c->n, c->past.whole->name);
}

static void say(struct wn *wn, struct wn_recertify *r, const char *sentence)
{
    const char *before = r->sentence;
    r->sentence = wn_arena_printf(&wn->arena, "%s%s%s", before == NULL ? "" : before,
                                  before == NULL ? "" : "\n", sentence);
}

static void fill_proof(const struct wn_trial *t, const struct wn_proof *found, struct wn_proof_row *p)
{
    p->g = found->g;
    p->tau = found->threshold;
    p->n = found->n;
    p->k = found->k;
    p->upper = found->upper;
    p->eps = t->eps;
    p->delta = WN_DELTA / WN_LOOKS;
    p->last = t->nunits == 0 ? 0 : t->units[t->nunits - 1].id;
    p->why = "the last campaign's items asked about again";
}

static enum wn_code conclude(struct recertifying *c, struct wn_trial *t, struct wn_error *err)
{
    struct wn_proof_row p = c->past.proof;
    struct wn_proof found;
    struct wn_drift_row drift;
    struct wn_trust_change change = { .task = c->past.subject,
                                      .key = t->row.key,
                                      .time = wn_clock_now(),
                                      .drift = &drift,
                                      .ndrift = 1,
                                      .state = &t->row };
    bool proved;
    enum wn_code rc;
    wn_choose_threshold(c->pool, c->n, c->labelled, c->n, t->eps, WN_DELTA / WN_LOOKS, 2, &found);
    say(c->past.wn, c->r, tell(c, &found, &c->past.arena));
    if (found.state == WN_PROOF_TOO_FEW)
        return WN_OK; /* that was no test */
    proved = found.state == WN_PROOF_PROVED;
    drift = wn_past_test(&c->past, proved ? wn_pval(found.k, found.n, t->eps) : 1);
    if (proved) {
        fill_proof(t, &found, &p);
        change.proof = &p;
        t->row.state = wn_state_name(wn_state_next(t->state, WN_ON_PROVED, true));
    }
    t->row.why = wn_arena_printf(&c->past.arena,
                                 "the last campaign's items asked about again (%zu, %lld accepted, %lld "
                                 "wrong; test %lld of %d on them): %s",
                                 c->n, (long long)found.n, (long long)found.k,
                                 (long long)c->past.tests, WN_LOOKS, proved ? "proved" : "not proved");
    rc = wn_trust_apply(c->past.wn->store, &change, err);
    return rc == WN_OK && proved ? wn_past_keep_pool(&c->past, t, p.id, err) : rc;
}

/* Is there anything to find out about the key that answered? */
static enum wn_code judge(struct recertifying *c, struct wn_error *err)
{
    struct wn_arena *a = &c->past.arena;
    const char *name = c->past.name;
    const struct wn_trust_key key = { c->key, NULL, NULL, NULL };
    struct wn_trial t = WN_TRIAL_INIT;
    bool tested = false, already;
    enum wn_code rc;
    if (c->key == NULL)
        return wn_past_none(&c->past,
                            c->others > 0 ? "no item of its campaign is given this label now"
                                          : "none of its items has a text, or an answer without a flag, any more",
                            err);
    rc = wn_trial_load(c->past.wn, &c->past.task, &key, NULL, &t, err);
    already = t.proof.id != 0 && t.state != WN_PROVISIONAL; /* what was only measured may become more */
    if (rc == WN_OK && !already)
        rc = wn_past_tests(&c->past, c->key, &tested, err);
    if (rc == WN_OK && already) {
        say(c->past.wn, c->r, wn_arena_printf(a, "%s: %s is what is proved already", name, c->model));
    } else if (rc == WN_OK && t.state == WN_SUSPENDED) {
        rc = wn_past_none(&c->past, "an alarm is only left with items that came after it", err);
    } else if (rc == WN_OK && tested) {
        say(c->past.wn, c->r,
            wn_arena_printf(a,
                            "%s: not proved for %s: these items said so before, and asking them twice changes nothing",
                            name, c->model));
    } else if (rc == WN_OK) {
        rc = conclude(c, &t, err);
    }
    wn_trial_clear(&t);
    return rc;
}

/* ---- each candidate, each stratum ---- */

struct candidate {
    struct wn *wn;
    const struct wn_task *task;
    struct wn_recertify *r;
    struct wn_targets targets; /* it alone */
};

static enum wn_code one_stratum(void *user, const struct wn_guard *g, struct wn_error *err)
{
    struct candidate *of = user;
    struct recertifying c = { .r = of->r };
    bool tested;
    enum wn_code rc;
    wn_past_begin(&c.past, of->wn, of->task, g);
    rc = wn_past_find(&c.past, "", NULL, err);
    if (rc == WN_OK)
        rc = wn_past_tests(&c.past, "", &tested, err); /* its key is not known yet */
    if (rc == WN_OK)
        rc = wn_past_load(&c.past, err);
    if (rc == WN_OK) {
        find_sample(&c);
        rc = ask(&c, &of->targets, err);
    }
    if (rc == WN_OK)
        rc = judge(&c, err);
    wn_past_clear(&c.past);
    return rc;
}

static enum wn_code behind_the_engine(const char *models, struct wn_error *err)
{
    wn_error_set(err, WN_E_USAGE, "the model of '%s' is not proved by the campaign of another", models);
    wn_error_cause(err, "it is asked what the local engine is not sure of; a campaign of something else has other "
                        "items");
    wn_error_hint(err, "`winnow review --sample` proves it; --model linear tests the local engine.");
    return WN_E_USAGE;
}

/* Models of a list stand in for each other, and each has a key of its own: one after the other. */
enum wn_code wn_recertify(struct wn *wn, const struct wn_task *t, struct wn_recertify *r,
                          struct wn_error *err)
{
    struct candidate c = { .wn = wn, .task = t, .r = r };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_targets all;
    const char *left_out = "";
    enum wn_code rc = wn_targets_resolve(wn, r->models, t->how, &a, &all, err);
    if (rc == WN_OK && all.cascade)
        rc = behind_the_engine(r->models, err);
    for (size_t i = 0; rc == WN_OK && i < all.n; i++) {
        c.targets = (struct wn_targets){ .list = &all.list[i], .n = 1, .nall = 1 };
        if (all.list[i].row == NULL)
            continue;
        rc = wn_past_each(t, one_stratum, &c, &a, &left_out, err);
        if (rc == WN_E_USAGE && r->sentence != NULL)
            rc = WN_OK; /* what came of the others is to be told */
        if (rc == WN_OK && left_out[0] != '\0')
            say(wn, r, left_out);
    }
    wn_arena_free(&a);
    return rc;
}

/* ---- by itself ---- */

bool wn_recertify_can(struct wn *wn, const struct wn_task *t, const struct wn_state_row *now,
                      int64_t *n)
{
    struct wn_campaign_past p;
    bool can;
    *n = 0;
    wn_past_begin(&p, wn, t, wn_task_guard(t, t->stratum));
    can = strncmp(now->model, "linear", 6) != 0 && strcmp(now->state, wn_state_name(WN_COLD)) == 0 &&
          wn_past_can_test(&p, now->key, NULL) && wn_past_load(&p, NULL) == WN_OK;
    for (size_t i = 0; can && i < p.nunits; i++)
        *n += wn_past_in_sample(&p, &p.units[i]);
    wn_past_clear(&p);
    return can;
}

/* Could a stratum of the key be tested? *now: its state. */
static bool is_due(struct wn *wn, const struct wn_task *whole, const char *key, struct wn_arena *a,
                   struct wn_state_row *now)
{
    bool due = false;
    for (size_t i = 0; !due && i <= whole->nguards; i++) {
        const struct wn_task t = wn_task_stratum(whole, i == 0 ? NULL : &whole->guards[i - 1]);
        const char *subject = wn_trust_subject(wn->store, t.name, t.stratum, a);
        int64_t n;
        due = wn_trust_state(wn->store, subject, key, NULL, a, now, NULL) == WN_OK && now->id != 0 &&
              (wn_replay_can(wn, &t, now) || wn_recertify_can(wn, &t, now, &n));
    }
    return due;
}

void wn_recertify_by_itself(struct wn *wn, const struct wn_task *t, const struct wn_engine *e)
{
    const char *setting = wn_config_get(wn->config, "WINNOW_RECERTIFY"), *key = NULL;
    struct wn_recertify r = { .max_cost_usd = wn_config_num(wn->config, "WINNOW_RECERTIFY") };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_state_row now;
    struct wn_error err;
    enum wn_code rc = WN_OK;
    if (setting != NULL && wn_trust_key_in_use(wn->store, t->name, &a, &key, NULL) == WN_OK &&
        key != NULL && is_due(wn, t, key, &a, &now)) {
        r.models = wn_engine_model_of_plan(e, now.plan, &a);
        if (strcmp(now.model, "linear") == 0)
            rc = wn_replay(wn, t, key, &err);
        else if (r.models != NULL && r.max_cost_usd > 0)
            rc = wn_recertify(wn, t, &r, &err);
    }
    if (rc != WN_OK && rc != WN_E_USAGE)
        wn_log(&wn->log, WN_WARN, "notice", "%s: not proved again by itself: %s%s%s", t->name,
               err.what, err.cause[0] == '\0' ? "" : ": ", err.cause);
    if (rc == WN_OK && r.sentence != NULL)
        wn_past_log(wn, r.sentence);
    wn_arena_free(&a);
}

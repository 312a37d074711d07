/* engine.c: the steps of a job, from one model to the next; outcome.c says what a reply leads to.
 *
 * One call at a time for one item; many items at a time. A step asks only what is still open: the
 * decision endpoint answers the typed questions, a generated answer the text questions and whatever
 * the endpoint refused or left out. */
#include "pipeline/engine_internal.h"
#include "base/clock.h"
#include "pipeline/budget.h"
#include "pipeline/learned.h"
#include "pipeline/local.h"
#include "pipeline/pack.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_AHEAD = 64 }; /* requests made ready behind those in flight */

/* What the user allows; what providers say is learned from their replies. */
static void set_limits(struct wn_engine *e)
{
    const char *setting = wn_config_get(e->wn->config, "WINNOW_LIMITS");
    for (size_t i = 0; setting != NULL && i < e->targets.nall; i++) {
        int64_t requests, tokens;
        wn_allowance_of(setting, e->targets.list[i].lane, &requests, &tokens);
        if (requests > 0 || tokens > 0)
            wn_pool_limit(e->pool, e->targets.list[i].lane, requests, tokens);
    }
}

enum wn_code wn_engine_open(struct wn *wn, const struct wn_task *t,
                            const struct wn_engine_options *o, struct wn_tally *tally,
                            struct wn_engine **out, struct wn_error *err)
{
    struct wn_engine *e = wn_xcalloc(1, sizeof(*e));
    struct wn_pool_options pool = {
        .in_flight = o->in_flight,
        .ahead = o->in_flight < MOST_AHEAD ? o->in_flight : MOST_AHEAD,
        .timeout_ms = (int64_t)(wn_config_num(wn->config, "WINNOW_TIMEOUT") * 1000),
        .ca_file = wn_config_get(wn->config, "WINNOW_CA_FILE"),
        .log = &wn->log,
    };
    enum wn_code rc = WN_OK;
    if (wn->limits == NULL)
        wn->limits = wn_limits_new();
    pool.limits = wn->limits;
    e->wn = wn;
    e->task = t;
    e->o = *o;
    e->tally = tally;
    tally->cascade = o->targets->cascade;
    e->standings = wn_standings_new(wn, t);
    e->policy = wn_retry_default;
    e->policy.max_tries = (int)wn_config_int(wn->config, "WINNOW_TRIES");
    e->policy.total_ms = (int64_t)(wn_config_num(wn->config, "WINNOW_DEADLINE") * 1000);
    e->max_day_microusd = (int64_t)llround(wn_config_num(wn->config, "WINNOW_MAX_COST_DAY") * 1e6);
    rc = wn_targets_with_opinions(wn, t, o->targets, &e->arena, &e->targets, err);
    e->o.targets = &e->targets;
    for (size_t i = 0; i < e->targets.nall; i++)
        e->targets.list[i].circuit.open_ms =
            (int64_t)(wn_config_num(wn->config, "WINNOW_CIRCUIT") * 1000);
    e->random = (uint64_t)wn_clock_now() * 1000003u + (uint64_t)wn_clock_ms();
    e->answered_end = &e->answered;
    e->held_end = &e->held;
    if (rc == WN_OK)
        rc = wn_opinions_open(e, err);
    if (rc == WN_OK && t->nquestions > 0)
        rc = wn_weights_load(wn, t, &e->arena, &e->weights, err);
    if (rc == WN_OK && t->nquestions > 0)
        rc = wn_local_model(wn, t, o->dry_run || o->look_only, &e->linear, err);
    if (rc == WN_OK)
        rc = wn_pool_open(&pool, &e->pool, err);
    if (rc == WN_OK)
        rc = wn_learned_load(e, err);
    if (rc == WN_OK)
        set_limits(e);
    if (rc != WN_OK) {
        wn_engine_close(e);
        return rc;
    }
    *out = e;
    return WN_OK;
}

void wn_engine_close(struct wn_engine *e)
{
    if (e == NULL)
        return;
    if (e->pool != NULL) {
        wn_learned_keep(e);
        wn_budget_close(e);
    }
    free(e->seen.at);
    wn_pack_clear(e);
    wn_pool_close(e->pool);
    wn_linear_free(e->linear);
    wn_standings_free(e->standings);
    wn_arena_free(&e->arena);
    free(e);
}

/* Nobody is let in before those that wait. But where all of these have failed before, which may be their own
 * fault, a new one tells better whether a provider whose circuit is open is back. */
bool wn_engine_full(const struct wn_engine *e)
{
    for (const struct wn_job *j = e->held; j != NULL; j = j->next)
        if (j->retry.tries == 0)
            return true;
    return wn_pool_full(e->pool);
}

size_t wn_engine_pending(const struct wn_engine *e)
{
    return wn_pool_pending(e->pool) + e->nheld + e->ngathered;
}

void wn_engine_hurry(struct wn_engine *e)
{
    e->hurry = true;
}

void wn_engine_jobs(struct wn_engine *e, struct wn_job *const *jobs, size_t n)
{
    e->jobs = jobs;
    e->njobs = n;
}

const struct wn_error *wn_engine_stopped(const struct wn_engine *e)
{
    return &e->stopped;
}

bool wn_engine_served(const struct wn_engine *e)
{
    return e->in_vain && e->served;
}

const struct wn_linear *wn_engine_linear(const struct wn_engine *e)
{
    return e->linear;
}

bool wn_engine_is_local(const struct wn_engine *e)
{
    for (size_t i = 0; i < e->o.targets->nall; i++)
        if (e->o.targets->list[i].row != NULL && !e->o.targets->list[i].loopback)
            return false;
    return true;
}

/* ---- what is still open ---- */

static bool open_question(const struct wn_job *j, size_t q)
{
    return j->answer == NULL || !j->answer->values[q].answered;
}

/* Flags of what this step asks; how many there are. */
static size_t choose_asked(struct wn_engine *e, struct wn_job *j)
{
    size_t n = 0;
    j->asked = wn_arena_array(&j->arena, e->task->nquestions, sizeof(*j->asked));
    for (size_t q = 0; q < e->task->nquestions; q++) {
        bool typed = e->task->questions[q].type != WN_TEXT;
        if (j->step == WN_STEP_DECIDE)
            j->asked[q] = typed && open_question(j, q);
        else if (j->step == WN_STEP_GENERATE)
            j->asked[q] = open_question(j, q);
        else
            j->asked[q] = q == 0; /* a sample speaks to the label alone */
        n += j->asked[q];
    }
    return n;
}

bool wn_job_has_label(const struct wn_job *j)
{
    return j->answer != NULL && j->answer->values[0].answered;
}

static bool has_distribution(const struct wn_job *j)
{
    const struct wn_value *v = &j->answer->values[0];
    return v->p != NULL && v->source != WN_STATED;
}

static enum wn_step first_step(const struct wn_engine *e, const struct wn_target *t)
{
    bool decide = e->task->nquestions > 0 && !t->no_decide && strcmp(e->o.how, "generate") != 0;
    return decide ? WN_STEP_DECIDE : WN_STEP_GENERATE;
}

enum wn_step wn_engine_step_after(struct wn_engine *e, struct wn_job *j)
{
    if (j->step == WN_STEP_DECIDE && e->o.targets->list[j->model].generate_model != NULL &&
        strcmp(e->o.how, "decide") != 0)
        return WN_STEP_GENERATE;
    if (!wn_job_has_label(j))
        return WN_STEP_DONE;
    /* Samples are of the label, so they come from the model that gave it. */
    if (j->step <= WN_STEP_SAMPLE && !has_distribution(j) && j->label_target == j->model &&
        (int)j->nsamples < e->o.samples && j->nsamples < WN_MAX_SAMPLES)
        return WN_STEP_SAMPLE;
    return wn_opinion_after(e, j, false);
}

void wn_engine_merge(struct wn_engine *e, struct wn_job *j, const struct wn_answer *got)
{
    if (j->answer == NULL)
        j->answer = wn_answer_new(e->task, &j->arena);
    for (size_t q = 0; q < got->nvalues; q++)
        if (got->values[q].answered && !j->answer->values[q].answered)
            j->answer->values[q] = got->values[q];
}

/* ---- steps ---- */

/* Go on with the next step of this model, or end. */
enum wn_code wn_engine_next_step(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    if (j->load != NULL)
        return wn_pack_scatter(e, j, wn_engine_next_step, err);
    j->step = wn_engine_step_after(e, j);
    if (wn_is_opinion(j)) {
        wn_opinion_begin(e, j);
        if (e->o.targets->list[j->model].out) {
            j->flags.signal_missing = true;
            return wn_engine_next_step(e, j, err);
        }
        return wn_ask(e, j, err);
    }
    if (j->step == WN_STEP_DONE || choose_asked(e, j) == 0) {
        wn_engine_finish(e, j);
        return WN_OK;
    }
    return wn_ask(e, j, err);
}

/* Out for the run, or left alone for now? */
bool wn_target_is_down(const struct wn_target *t)
{
    return t->out || (t->circuit.open_until_ms != 0 && wn_clock_ms() < t->circuit.open_until_ms);
}

/* Hand the item to the next model that is not down; false: there is none. */
bool wn_engine_next_model(struct wn_engine *e, struct wn_job *j)
{
    size_t next = j->model + 1;
    while (next < e->o.targets->n && wn_target_is_down(&e->o.targets->list[next]))
        next++;
    if (next >= e->o.targets->n)
        return false;
    j->model = next;
    return true;
}

enum wn_code wn_engine_restart(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    struct wn_target *t = &e->o.targets->list[j->model];
    size_t n;
    if (j->load != NULL)
        return wn_pack_scatter(e, j, wn_engine_restart, err);
    if (t->out && j->step >= WN_STEP_SAMPLE &&
        wn_engine_keeps_label(e, j, &j->flags.signal_missing))
        return WN_OK;
    if (t->out && !wn_engine_next_model(e, j))
        return wn_engine_alone(e, j, err);
    if (!t->out && wn_target_is_down(t))
        wn_engine_next_model(e, j); /* where there is none, it waits */
    t = &e->o.targets->list[j->model];
    if (t->row == NULL) {
        if (!e->o.targets->cascade || wn_engine_enough_locally(e, j) || !wn_engine_next_model(e, j)) {
            wn_engine_answer_locally(e, j);
            return WN_OK;
        }
        t = &e->o.targets->list[j->model];
    }
    j->step = first_step(e, t);
    n = choose_asked(e, j);
    if (n == 0 && j->step == WN_STEP_DECIDE) {
        j->step = WN_STEP_GENERATE;
        n = choose_asked(e, j);
    }
    if (n > 0 || j->errand != NULL)
        return wn_ask(e, j, err);
    wn_engine_finish(e, j); /* an earlier model left nothing open */
    return WN_OK;
}

const char *wn_item_sender(const struct wn_item *item, struct wn_arena *a)
{
    static const char *const names[] = { "from", "email", "sender", "requester.email" };
    struct wn_span at;
    for (size_t n = 0; n < WN_COUNT(names); n++)
        for (size_t i = 0; i < item->nfields; i++) {
            const char *v = item->fields[i].value;
            if (strcasecmp(item->fields[i].name, names[n]) == 0 &&
                wn_form_find(WN_FORM_EMAIL, v, strlen(v), 0, &at))
                return wn_form_canonical(WN_FORM_EMAIL,
                                         wn_arena_copy(a, v + at.start, at.end - at.start), a);
        }
    return NULL;
}

enum wn_code wn_engine_start(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    j->state = WN_JOB_ASKING;
    if (j->item.trouble != NULL) {
        j->failure = j->item.trouble;
        j->failure_hint = j->item.trouble_hint;
        wn_engine_finish(e, j);
        return WN_OK;
    }
    j->sender = wn_item_sender(&j->item, &j->arena);
    if (j->errand != NULL)
        return wn_engine_restart(e, j, err);
    j->flags.truncated_input = j->item.truncated;
    return wn_engine_restart(e, j, err);
}

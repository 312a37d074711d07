/* gather.c: what is known of a job, for decide/: where its answer stands, and what the linear engine says,
 * which is asked for the second opinion or for the answer itself. */
#include "pipeline/engine_internal.h"
#include "base/clock.h"
#include "pipeline/unit.h"
#include <string.h>

/* ---- the linear engine ---- */

/* The second opinion, which is free: looked for when somebody will listen to it. */
static void ask_linear(struct wn_engine *e, struct wn_job *j)
{
    if (j->linear != NULL)
        return;
    j->linear = wn_answer_new(e->task, &j->arena);
    if (e->linear != NULL)
        wn_linear_answer(e->linear, e->task, &j->item, &j->arena, j->linear, &j->fit);
    else
        wn_linear_texts(e->task, &j->item, &j->arena, j->linear);
}

/* Where no prompt is made, nobody else looks. */
static void look_for_orders(struct wn_job *j)
{
    j->flags.injection_suspected = wn_prompt_suspicious(j->item.text, j->item.text_len);
}

/* The linear engine answers what is still open: all of it, or what a model that gave the label left. */
void wn_engine_answer_locally(struct wn_engine *e, struct wn_job *j)
{
    ask_linear(e, j);
    if (wn_job_has_label(j)) {
        wn_engine_merge(e, j, j->linear);
        wn_engine_finish(e, j);
        return;
    }
    look_for_orders(j);
    j->answer = j->linear;
    j->linear = NULL;
    j->answered_by = j->label_how = "linear";
    j->label_target = j->model;
    if (j->fit.unfamiliar)
        j->flags.unfamiliar = true;
    e->tally->answered_local++;
    wn_engine_finish(e, j);
}

/* Would the linear engine's own answer be accepted without a person? Then nobody else is asked. */
bool wn_engine_enough_locally(struct wn_engine *e, struct wn_job *j)
{
    struct wn_gathered g;
    struct wn_decision d;
    struct wn_answer *second;
    ask_linear(e, j);
    look_for_orders(j);
    second = j->linear;
    j->answer = j->linear;
    j->linear = NULL;
    j->answered_by = "linear";
    j->label_target = j->model;
    wn_engine_gather(e, j, &g);
    wn_decide(&g, &j->arena, &d);
    j->answer = NULL;
    j->answered_by = NULL;
    j->linear = second;
    return d.route == WN_AUTO;
}

/* ---- where an answer stands ---- */

/* How this model's answers come to be; a job adds what its answer told. */
static struct wn_origin origin_of(const struct wn_engine *e, size_t model, struct wn_arena *a)
{
    const struct wn_target *t = &e->o.targets->list[model];
    const char *version = e->linear == NULL ? "" : wn_linear_version(e->linear);
    if (t->row == NULL) {
        struct wn_origin linear = wn_origin_linear(version);
        linear.weights = e->weights.id;
        return linear;
    }
    return (struct wn_origin){
        .weights = e->weights.id,
        /* what the local engine passes on is another pool of items: a key of its own */
        .asked = wn_arena_printf(a, "%s%s/%s/%s", e->o.targets->cascade ? WN_BEHIND : "", t->row->name,
                                 t->decide_model == NULL ? "" : t->decide_model,
                                 t->generate_model == NULL ? "" : t->generate_model),
        .how = e->o.how,
        .samples = e->o.samples,
        .pack = e->o.pack,
        .linear = version,
    };
}

const char *wn_engine_model_of_plan(const struct wn_engine *e, const char *plan, struct wn_arena *a)
{
    for (size_t i = 0; i < e->o.targets->n && !e->o.targets->cascade; i++) {
        const struct wn_origin o = origin_of(e, i, a);
        struct wn_trust_key key;
        wn_origin_key(e->wn->store, e->task, &o, a, &key);
        if (strcmp(key.plan, plan) == 0)
            return e->o.targets->list[i].lane;
    }
    return NULL;
}

static bool answered(const struct wn_job *j)
{
    return j->failure == NULL && j->answer != NULL && j->answered_by != NULL;
}

/* Where nothing was answered there is nothing to prove: a person gets it in any state. */
static const struct wn_standing *standing_of(struct wn_engine *e, struct wn_job *j)
{
    static const struct wn_standing none = {
        .key = "", .state = WN_CAUTIOUS, .tau = WN_TAU_CAUTIOUS, .pi = 1
    };
    struct wn_origin o = origin_of(e, answered(j) ? j->label_target : j->model, &j->arena);
    if (!answered(j))
        return &none;
    if (j->answer->nvalues > 0 && j->answer->values[0].answered)
        o.label = e->task->questions[0].choices[j->answer->values[0].choice].id;
    if (strcmp(j->answered_by, "linear") != 0) {
        o.by = j->answered_by;
        o.upstream = j->upstream;
        o.model = j->label_model;
        o.did = j->label_how;
        o.dropped = j->label_dropped;
    }
    return wn_standing_of(e->standings, &o);
}

const char *wn_engine_trust_line(struct wn_engine *e, struct wn_arena *a)
{
    const struct wn_origin o = origin_of(e, 0, a);
    return wn_standing_line(e->standings, &o, a);
}

/* Is its answer the linear engine's own? */
static bool linear_answers(const struct wn_job *j)
{
    return j->answer != NULL && j->answer->nvalues > 0 &&
           (j->answered_by == NULL || strcmp(j->answered_by, "linear") == 0);
}

void wn_engine_gather(struct wn_engine *e, struct wn_job *j, struct wn_gathered *g)
{
    const struct wn_linear *m = e->linear;
    const struct wn_standing *standing = standing_of(e, j);
    bool trained = m != NULL && wn_linear_nexamples(m) >= 100;
    j->key = standing->key;
    j->unit = wn_unit_of(&j->item, &j->arena);
    if (trained && j->failure == NULL && !linear_answers(j))
        ask_linear(e, j);
    *g = (struct wn_gathered){
        .task = e->task,
        .item = &j->item,
        .answer = j->answer,
        .linear = j->linear,
        .linear_trained = trained,
        .samples = j->samples,
        .nsamples = j->nsamples,
        .others = &j->second,
        .nothers = j->second != NULL,
        .checked = j->checked,
        .chk = j->chk,
        .logprobs = j->logprobs,
        .nlogprobs = j->nlogprobs,
        .flags = j->flags,
        .state = standing->state,
        .tau = standing->tau,
        .pi = standing->pi,
        .display = standing->display,
        .weights = wn_weights_for(&e->weights, j->answered_by),
        .unit = j->unit,
        .salt = e->wn->store == NULL ? "" : wn_store_salt(e->wn->store),
        .now = wn_clock_now(),
        .key = standing->key,
    };
}


/* estimate.c: a dry run: what would be asked is counted, not sent, and the job goes on as if it had been
 * answered. */
#include "pipeline/budget.h"
#include "base/fnv.h"
#include "pipeline/learned.h"
#include "pipeline/pack.h"
#include <stdlib.h>

/* Open addressing; true if it was there. */
static bool seen_add(struct wn_seen *s, uint64_t hash)
{
    size_t i;
    if (2 * s->n >= s->room) {
        struct wn_seen more = { .room = s->room == 0 ? 1024 : 2 * s->room };
        more.at = wn_xcalloc(more.room, sizeof(*more.at));
        for (i = 0; i < s->room; i++)
            if (s->at[i] != 0)
                seen_add(&more, s->at[i]);
        free(s->at);
        *s = more;
    }
    for (i = hash & (s->room - 1); s->at[i] != 0; i = (i + 1) & (s->room - 1))
        if (s->at[i] == hash)
            return true;
    s->at[i] = hash;
    s->n++;
    return false;
}

/* Was this very request counted before? It would be asked once. */
bool wn_ask_seen_before(struct wn_engine *e, const struct wn_job *j)
{
    uint64_t h = wn_fnv(WN_FNV_START ^ (uint64_t)j->sample, j->request.body, j->request.body_len);
    return seen_add(&e->seen, h == 0 ? 1 : h);
}

/* The step that would follow if everything typed were answered; DONE: none. */
static enum wn_step estimated_step(const struct wn_engine *e, struct wn_job *j)
{
    size_t open = 0;
    if (j->errand != NULL)
        return WN_STEP_DONE;
    if (j->step == WN_STEP_DECIDE) {
        for (size_t q = 0; q < e->task->nquestions; q++) {
            j->asked[q] = !j->asked[q];
            open += j->asked[q];
        }
        return open > 0 && j->call.provider->generate != NULL ? WN_STEP_GENERATE : WN_STEP_DONE;
    }
    if (!j->asked[0] || (int)j->nsamples >= e->o.samples || j->nsamples >= WN_MAX_SAMPLES)
        return WN_STEP_DONE;
    if (j->step == WN_STEP_SAMPLE)
        j->nsamples++;
    for (size_t q = 0; q < e->task->nquestions; q++)
        j->asked[q] = q == 0;
    return (int)j->nsamples < e->o.samples ? WN_STEP_SAMPLE : WN_STEP_DONE;
}

/* Go on as if the call had been answered. */
void wn_ask_estimated(struct wn_engine *e, struct wn_job *j)
{
    enum wn_step next = WN_STEP_DONE;
    wn_job_drop(j);
    if (!wn_is_opinion(j))
        next = estimated_step(e, j);
    if (next == WN_STEP_DONE)
        next = wn_opinion_after(e, j, true);
    j->step = next;
    if (wn_is_opinion(j))
        wn_opinion_begin(e, j);
    if (j->step != WN_STEP_DONE)
        wn_ask(e, j, NULL);
}

void wn_ask_reckon(struct wn_engine *e, struct wn_job *j)
{
    const struct wn_learned *l = &e->o.targets->list[j->model].learned;
    const struct wn_usage u = { .input = (int64_t)((double)j->likely_in * wn_learned_in(l)),
                                .output = (int64_t)((double)j->likely_out * wn_learned_out(l)),
                                .cost_microusd = -1 };
    int64_t cost = wn_budget_share(e, j, wn_budget_price(e, j, j->call.model, &u));
    e->tally->est_tokens_in += u.input;
    e->tally->est_tokens_out += u.output;
    e->tally->est_cost_microusd += cost;
    if (j->load != NULL)
        wn_pack_account(e, j, j->call.model, &u, cost);
}

/* Count what the call would cost. */
void wn_ask_estimate(struct wn_engine *e, struct wn_job *j)
{
    if (!wn_ask_seen_before(e, j)) {
        wn_ask_reckon(e, j);
        e->tally->requests++;
    }
    if (j->load != NULL)
        wn_pack_estimated(e, j);
    else
        wn_ask_estimated(e, j);
}

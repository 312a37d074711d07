/* outcome.c: what a reply of each class leads to: believe it, ask again, wait, hand the item on, or end. */
#include "pipeline/engine_internal.h"
#include "base/clock.h"
#include "pipeline/pack.h"
#include <string.h>

/* A provider whose circuit is open is down for the run when so many probes failed, too. */
enum { PROBES = 5 };

/* Remember who gives the label, or, while nobody did, who was asked last. */
static void note_answerer(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r)
{
    j->answered_by =
        wn_arena_printf(&j->arena, "%s/%s", e->o.targets->list[j->model].row->name, r->model);
    j->upstream = r->upstream;
    j->label_model = j->call.model;
    j->label_how = j->call.kind == WN_DECIDE ? "decide" : "generate";
    j->label_dropped = j->call.dropped;
    j->label_target = j->model;
}

/* The text of an errand, if it is of use. */
static enum wn_code take_text(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r,
                              struct wn_error *err)
{
    char fault[300] = "";
    const char *text =
        j->is_redacted ? wn_redact_restore_json(&j->redaction, r->text, &j->arena) : r->text;
    bool good = j->errand->accept(j->errand->who, text, &j->arena, fault);
    if (!good && !j->repaired) {
        j->repaired = true;
        j->call.repair = wn_arena_str(&j->arena, fault);
        j->call.last_answer = r->text;
        return wn_ask_again(e, j, err);
    }
    j->answered_by =
        wn_arena_printf(&j->arena, "%s/%s", e->o.targets->list[j->model].row->name, r->model);
    if (good) {
        wn_ask_keep(e, j);
        j->text = text;
    } else {
        j->failure = wn_arena_printf(&j->arena, "the model's answer cannot be used: %s", fault);
    }
    wn_engine_finish(e, j);
    return WN_OK;
}

/* A reply that is an answer: believe of it what holds, ask once more about what does not. */
static enum wn_code take_answer(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r,
                                struct wn_error *err)
{
    struct wn_extracted x = { .level = WN_EXTRACT_CLEAN, .answer = r->answer };
    if (j->errand != NULL)
        return take_text(e, j, r, err);
    if (r->answer == NULL)
        wn_extract(&j->prompt, r->text, strlen(r->text), &j->arena, &x);
    if (x.level >= WN_EXTRACT_PARTIAL && j->packed)
        return wn_pack_alone(e, j, err);
    if (x.level >= WN_EXTRACT_PARTIAL && !j->repaired) {
        j->repaired = true;
        j->call.repair = wn_arena_str(&j->arena, x.fault);
        j->call.last_answer = r->text;
        return wn_ask_again(e, j, err);
    }
    if (j->is_redacted && x.answer != NULL)
        wn_redact_restore_answer(&j->redaction, x.answer, &j->arena);
    if (j->packed && wn_pack_strays(j, x.answer))
        return wn_pack_alone(e, j, err);
    if (x.level == WN_EXTRACT_STRIPPED && j->step < WN_STEP_SAMPLE)
        j->flags.schema_repaired = true;
    if (x.level >= WN_EXTRACT_PARTIAL)
        *(j->step < WN_STEP_SAMPLE ? &j->flags.invalid_output : &j->flags.signal_missing) = true;
    else
        wn_ask_keep(e, j); /* only what passed validation is kept */
    if (!wn_job_has_label(j))
        note_answerer(e, j, r);
    if (wn_is_opinion(j)) {
        wn_opinion_take(j, x.answer);
    } else if (j->step == WN_STEP_SAMPLE) {
        j->samples[j->nsamples++] = x.answer;
    } else if (x.level != WN_EXTRACT_NONE) {
        if (j->asked[0] && x.value_end > x.value_start)
            j->logprobs = wn_label_steps(r->logprobs, r->nlogprobs, x.value_start, x.value_end,
                                         &j->nlogprobs);
        wn_engine_merge(e, j, x.answer);
    }
    return wn_engine_next_step(e, j, err);
}

/* The model gave no answer that may be used: the next one, or a person. */
static enum wn_code give_up_model(struct wn_engine *e, struct wn_job *j, bool *flag,
                                  struct wn_error *err)
{
    if (j->step == WN_STEP_DECIDE && wn_engine_step_after(e, j) == WN_STEP_GENERATE)
        return wn_engine_next_step(e, j, err); /* it may still write the answer out */
    /* A planned signal that failed is a flag, no reason to ask others. */
    if (j->step >= WN_STEP_SAMPLE && wn_engine_keeps_label(e, j, flag))
        return WN_OK;
    if (wn_engine_next_model(e, j))
        return wn_engine_restart(e, j, err);
    if (wn_engine_keeps_label(e, j, flag))
        return WN_OK;
    *flag = true;
    if (j->errand != NULL)
        j->failure = flag == &j->flags.refused ? "the model declined"
                     : flag == &j->flags.cut   ? "the model's answer was cut off"
                                               : "the model gave no answer that can be used";
    j->answered_by = e->o.targets->list[j->model].lane;
    wn_engine_finish(e, j);
    return WN_OK;
}

/* Nobody answers at this provider: not this item's fault. */
static enum wn_code exhausted(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r,
                              struct wn_error *err)
{
    if (j->step >= WN_STEP_SAMPLE && wn_engine_keeps_label(e, j, &j->flags.signal_missing))
        return WN_OK;
    if (j->load != NULL && e->o.targets->list[j->model].circuit.open_until_ms == 0)
        return wn_pack_deliver(e, j, r, err); /* others get through: one of its items may be why */
    if (wn_engine_next_model(e, j))
        return wn_engine_restart(e, j, err);
    return wn_engine_keeps_label(e, j, &j->flags.invalid_output) ? WN_OK
                                                                 : wn_engine_fail(e, j, r, err);
}

static bool never_reached(enum wn_wire wire)
{
    return wire == WN_WIRE_DNS || wire == WN_WIRE_CONNECT || wire == WN_WIRE_TLS;
}

static void miss_opinion(struct wn_engine *e, const struct wn_job *j, const struct wn_reply *r)
{
    wn_log(&e->wn->log, WN_WARN, "notice",
           "%s (%s): the run goes on without %s, and what it was to be asked about goes to a person",
           r->what, r->cause, e->o.targets->list[j->model].lane);
}

/* A failure that says the provider is down. Five in a row open its circuit: what waits is called back,
 * and goes to the next model or waits for a probe. Where there is no other model, a server that was
 * never reached, or whose probes fail, ends the run: a setting is wrong, or it is down for long.
 * Once it has answered, an item that fails again says more of the item than of the provider: else the few
 * items at the end of a run that it cannot serve would look as if it were down. And a server may end a
 * connection that it has used enough, with a hundred requests on it. */
static void count_failure(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r,
                          const struct wn_response *response)
{
    struct wn_target *t = &e->o.targets->list[j->model];
    size_t model = j->model;
    bool was_open = t->circuit.open_until_ms != 0, probed = was_open && j->is_probe, alone;
    if (response->stale || (t->answered && j->retry.tries > 1 && !probed))
        return;
    if (was_open && !probed) /* sent before it opened: no news, and not the probe's answer */
        return;
    wn_circuit_report(&t->circuit, false, wn_clock_ms());
    if (t->circuit.open_until_ms == 0)
        return;
    if (wn_is_opinion(j)) {
        if (!t->out)
            miss_opinion(e, j, r);
        t->out = true;
        wn_pool_recall(e->pool, t->lane);
        return;
    }
    t->probes += was_open;
    alone = !wn_engine_next_model(e, j);
    j->model = model;
    if (alone &&
        ((!t->answered && never_reached(response->wire)) || t->probes >= (t->answered ? PROBES : 1))) {
        e->in_vain = !never_reached(response->wire);
        e->served = t->answered;
        wn_engine_stop(e, WN_E_PROVIDER, r);
        return;
    }
    if (was_open)
        return;
    wn_log(&e->wn->log, WN_WARN, "notice",
           "%s failed five times in a row (%s); the next try is in %gs", t->lane,
           r->cause[0] == '\0' ? r->what : r->cause, (double)t->circuit.open_ms / 1000);
    wn_pool_recall(e->pool, t->lane);
}

static void tell_hint(struct wn_engine *e, struct wn_target *t, int64_t said_ms)
{
    if (said_ms <= e->policy.max_hint_ms || t->hint_told)
        return;
    t->hint_told = true;
    wn_log(&e->wn->log, WN_WARN, "notice", "%s said to wait %llds; winnow waits %llds at most",
           t->lane, (long long)(said_ms / 1000), (long long)(e->policy.max_hint_ms / 1000));
}

static enum wn_code take_busy(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r,
                              const struct wn_response *response, struct wn_error *err)
{
    struct wn_target *t = &e->o.targets->list[j->model];
    int64_t wait = wn_retry_wait_ms(&e->policy, &j->retry, r->class, r->wait_ms, wn_clock_ms(),
                                    wn_ask_random(e));
    tell_hint(e, t, r->wait_ms);
    if (response->status == 429) { /* it is there, and wants us slower: the limiter's business */
        wn_circuit_report(&t->circuit, true, wn_clock_ms());
        /* Only a wait that it told us is everybody's; what we add by ourselves is this item's. */
        wn_pool_pause(e->pool, t->lane, r->wait_ms > 0 ? wait : 0);
    } else {
        count_failure(e, j, r, response);
    }
    if (wait < 0 || (wn_is_opinion(j) && t->out))
        return exhausted(e, j, r, err);
    if (wn_target_is_down(t) && wn_engine_next_model(e, j))
        return wn_engine_restart(e, j, err);
    return wn_ask_later(e, j, wait, err);
}

static bool all_out(const struct wn_engine *e)
{
    for (size_t i = 0; i < e->o.targets->n; i++)
        if (!e->o.targets->list[i].out)
            return false;
    return true;
}

static enum wn_code take_stop(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r,
                              struct wn_error *err)
{
    struct wn_target *t = &e->o.targets->list[j->model];
    bool first = !t->out;
    t->out = true;
    wn_error_set(&t->why, r->spent ? WN_E_PROVIDER : WN_E_CONFIG, "%s", r->what);
    wn_error_cause(&t->why, "%s", r->cause);
    wn_error_hint(&t->why, "%s", r->hint);
    wn_pool_recall(e->pool, t->lane);
    if (wn_is_opinion(j) && first)
        miss_opinion(e, j, r);
    if (j->step >= WN_STEP_SAMPLE && wn_engine_keeps_label(e, j, &j->flags.signal_missing))
        return WN_OK;
    if (wn_engine_next_model(e, j)) {
        if (first)
            wn_log(&e->wn->log, WN_WARN, "notice", "%s (%s): %s takes over", r->what, r->cause,
                   e->o.targets->list[j->model].lane);
        return wn_engine_restart(e, j, err);
    }
    if (!all_out(e)) { /* the items of a healthy model go on; this one has nobody left */
        if (first)
            wn_log(&e->wn->log, WN_WARN, "notice", "%s (%s): it is not asked again in this run",
                   r->what, r->cause);
        return wn_engine_alone(e, j, err);
    }
    wn_engine_stop(e, t->why.code, r);
    return wn_engine_alone(e, j, err);
}

static enum wn_code take_reply(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r,
                               const struct wn_response *response, struct wn_error *err)
{
    struct wn_target *t = &e->o.targets->list[j->model];
    if (r->class != WN_CLASS_BUSY && !j->from_cache) { /* it answers, whatever it says */
        wn_circuit_report(&t->circuit, true, wn_clock_ms());
        t->answered = true;
        t->probes = 0;
    }
    if (j->load != NULL && wn_pack_is_over(r, response))
        return wn_pack_deliver(e, j, r, err);
    switch (r->class) {
    case WN_CLASS_OK:
        return take_answer(e, j, r, err);
    case WN_CLASS_BUSY:
        return take_busy(e, j, r, response, err);
    case WN_CLASS_BROKEN:
        if (r->no_endpoint && wn_is_opinion(j) && j->call.kind == WN_DECIDE &&
            t->generate_model != NULL) {
            t->no_decide = t->endpoint_missing = true;
            return wn_ask(e, j, err);
        }
        if (r->no_endpoint && j->step == WN_STEP_DECIDE) {
            t->no_decide = t->endpoint_missing = true;
            return wn_engine_next_step(e, j, err);
        }
        /* Others of the same wave may have told us already; what counts is what this call sent. */
        if (r->drop != NULL && strstr(j->call.dropped, r->drop) == NULL) {
            if (strstr(t->dropped, r->drop) == NULL)
                t->dropped = wn_arena_printf(&e->arena, "%s%s%s", t->dropped,
                                             t->dropped[0] == '\0' ? "" : ",", r->drop);
            return wn_ask_again(e, j, err);
        }
        if (j->load != NULL) /* perhaps one of them broke it */
            return wn_pack_deliver(e, j, r, err);
        return wn_engine_keeps_label(e, j, &j->flags.invalid_output)
                   ? WN_OK
                   : wn_engine_fail(e, j, r, err);
    case WN_CLASS_STOP:
        return take_stop(e, j, r, err);
    case WN_CLASS_REFUSED:
        return give_up_model(e, j, &j->flags.refused, err);
    case WN_CLASS_CUT:
        if (!j->widened) {
            j->widened = true;
            j->call.max_output_tokens *= 4;
            return wn_ask_again(e, j, err);
        }
        return give_up_model(e, j, &j->flags.cut, err);
    case WN_CLASS_UNCLEAR:
        if (!j->reasked && j->retry.tries < e->policy.max_tries) {
            j->reasked = true;
            return wn_ask_again(e, j, err);
        }
        return give_up_model(e, j, &j->flags.invalid_output, err);
    }
    return WN_OK;
}

enum wn_code wn_engine_reply(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r,
                             const struct wn_response *response, struct wn_error *err)
{
    return take_reply(e, j, r, response, err);
}

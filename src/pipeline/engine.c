/* engine.c: the steps of a job, and what a reply of each class leads to.
 *
 * One call at a time for one item; many items at a time. A step asks only what is still open: the
 * decision endpoint answers the typed questions, a generated answer the text questions and whatever
 * the endpoint refused or left out. */
#include "pipeline/engine_internal.h"
#include "base/clock.h"
#include "pipeline/budget.h"
#include "pipeline/learned.h"
#include "pipeline/local.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A provider whose circuit is open is down for the run when so many probes failed, too. */
enum { PROBES = 3 };

enum wn_code wn_engine_open(struct wn *wn, const struct wn_task *t,
                            const struct wn_engine_options *o, struct wn_tally *tally,
                            struct wn_engine **out, struct wn_error *err)
{
    struct wn_engine *e = wn_xcalloc(1, sizeof(*e));
    struct wn_pool_options pool = {
        .in_flight = o->in_flight,
        .timeout_ms = (int64_t)(wn_config_num(wn->config, "WINNOW_TIMEOUT") * 1000),
        .ca_file = wn_config_get(wn->config, "WINNOW_CA_FILE"),
        .log = &wn->log,
    };
    enum wn_code rc = WN_OK;
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
    for (size_t i = 0; i < o->targets->n; i++)
        o->targets->list[i].circuit.open_ms =
            (int64_t)(wn_config_num(wn->config, "WINNOW_CIRCUIT") * 1000);
    e->random = (uint64_t)wn_clock_now() * 1000003u + (uint64_t)wn_clock_ms();
    e->answered_end = &e->answered;
    e->held_end = &e->held;
    if (t->nquestions > 0)
        rc = wn_local_model(wn, t, o->dry_run || o->look_only, &e->linear, err);
    if (rc == WN_OK)
        rc = wn_pool_open(&pool, &e->pool, err);
    if (rc == WN_OK)
        rc = wn_learned_load(e, err);
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
    wn_pool_close(e->pool);
    wn_linear_free(e->linear);
    wn_standings_free(e->standings);
    wn_arena_free(&e->arena);
    free(e);
}

bool wn_engine_full(const struct wn_engine *e)
{
    return e->held != NULL || wn_pool_full(e->pool);
}

size_t wn_engine_pending(const struct wn_engine *e)
{
    return wn_pool_pending(e->pool) + e->nheld;
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

const struct wn_linear *wn_engine_linear(const struct wn_engine *e)
{
    return e->linear;
}

bool wn_engine_is_local(const struct wn_engine *e)
{
    for (size_t i = 0; i < e->o.targets->n; i++)
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

static bool has_label(const struct wn_job *j)
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

static enum wn_step step_after(const struct wn_engine *e, const struct wn_job *j)
{
    if (j->step == WN_STEP_DECIDE && e->o.targets->list[j->model].generate_model != NULL &&
        strcmp(e->o.how, "decide") != 0)
        return WN_STEP_GENERATE;
    /* Samples are of the label, so they come from the model that gave it. */
    if (!has_label(j) || has_distribution(j) || j->label_target != j->model)
        return WN_STEP_DONE;
    return (int)j->nsamples < e->o.samples && j->nsamples < WN_MAX_SAMPLES ? WN_STEP_SAMPLE
                                                                           : WN_STEP_DONE;
}

/* ---- the ends of a job ---- */

void wn_engine_finish(struct wn_engine *e, struct wn_job *j)
{
    j->state = WN_JOB_ANSWERED;
    j->next = NULL;
    *e->answered_end = j;
    e->answered_end = &j->next;
}

struct wn_job *wn_engine_answered(struct wn_engine *e)
{
    struct wn_job *j = e->answered;
    if (j == NULL)
        return NULL;
    e->answered = j->next;
    if (e->answered == NULL)
        e->answered_end = &e->answered;
    return j;
}

static void fail(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r)
{
    j->failure =
        wn_arena_printf(&j->arena, "%s%s%s", r->what, r->cause[0] == '\0' ? "" : ": ", r->cause);
    j->failure_hint = r->hint[0] == '\0' ? NULL : wn_arena_str(&j->arena, r->hint);
    j->answered_by = e->o.targets->list[j->model].lane;
    wn_engine_finish(e, j);
}

static void stop_run(struct wn_engine *e, enum wn_code code, const struct wn_reply *r)
{
    if (e->stopped.code != WN_OK)
        return;
    wn_pool_recall(e->pool, NULL);
    wn_error_set(&e->stopped, code, "%s", r->what);
    wn_error_cause(&e->stopped, "%s", r->cause);
    wn_error_hint(&e->stopped, "%s", r->hint);
}

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

static void merge(struct wn_engine *e, struct wn_job *j, const struct wn_answer *got)
{
    if (j->answer == NULL)
        j->answer = wn_answer_new(e->task, &j->arena);
    for (size_t q = 0; q < got->nvalues; q++)
        if (got->values[q].answered && !j->answer->values[q].answered)
            j->answer->values[q] = got->values[q];
}

/* The linear engine answers what is still open: all of it, or what a model that gave the label left. */
static void answer_locally(struct wn_engine *e, struct wn_job *j)
{
    ask_linear(e, j);
    if (has_label(j)) {
        merge(e, j, j->linear);
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

/* A later step ends without its answer: the label stands, and the decision says what is missing. */
static bool keeps_label(struct wn_engine *e, struct wn_job *j, bool *flag)
{
    if (!has_label(j))
        return false;
    *(j->step == WN_STEP_SAMPLE ? &j->flags.signal_missing : flag) = true;
    wn_engine_finish(e, j);
    return true;
}

/* Would the linear engine's own answer be accepted without a person? Then nobody else is asked. */
static bool good_enough_locally(struct wn_engine *e, struct wn_job *j)
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

/* ---- steps ---- */

static enum wn_code begin_model(struct wn_engine *e, struct wn_job *j, struct wn_error *err);

/* Go on with the next step of this model, or end. */
static enum wn_code next_step(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    j->step = step_after(e, j);
    if (j->step == WN_STEP_DONE || choose_asked(e, j) == 0) {
        wn_engine_finish(e, j);
        return WN_OK;
    }
    return wn_ask(e, j, err);
}

/* Out for the run, or left alone for now? */
static bool is_down(const struct wn_target *t)
{
    return t->out || (t->circuit.open_until_ms != 0 && wn_clock_ms() < t->circuit.open_until_ms);
}

/* Hand the item to the next model that is not down; false: there is none. */
static bool next_model(struct wn_engine *e, struct wn_job *j)
{
    size_t next = j->model + 1;
    while (next < e->o.targets->n && is_down(&e->o.targets->list[next]))
        next++;
    if (next >= e->o.targets->n)
        return false;
    j->model = next;
    return true;
}

static enum wn_code begin_model(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    struct wn_target *t = &e->o.targets->list[j->model];
    size_t n;
    if (t->out && !next_model(e, j)) {
        j->state = WN_JOB_DROPPED;
        return WN_OK;
    }
    if (!t->out && is_down(t))
        next_model(e, j); /* where there is none, it waits */
    t = &e->o.targets->list[j->model];
    if (t->row == NULL) {
        if (!e->o.targets->cascade || good_enough_locally(e, j) || !next_model(e, j)) {
            answer_locally(e, j);
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

/* Whose item it is, so that everything about a sender can be found and forgotten. */
static const char *find_sender(const struct wn_item *item, struct wn_arena *a)
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
    j->sender = find_sender(&j->item, &j->arena);
    if (j->errand != NULL)
        return begin_model(e, j, err);
    j->flags.truncated_input = j->item.truncated;
    return begin_model(e, j, err);
}

enum wn_code wn_engine_restart(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    return begin_model(e, j, err);
}

enum wn_code wn_engine_recalled(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    struct wn_target *t = &e->o.targets->list[j->model];
    wn_ask_unsend(e, j);
    if (e->stopped.code != WN_OK || e->winding_up) {
        j->state = WN_JOB_DROPPED;
        return WN_OK;
    }
    if (t->out || (is_down(t) && next_model(e, j)))
        return begin_model(e, j, err);
    wn_ask_hold(e, j);
    return WN_OK;
}

void wn_engine_wind_up(struct wn_engine *e)
{
    if (!e->winding_up)
        wn_pool_recall(e->pool, NULL);
    e->winding_up = true;
}

enum wn_code wn_engine_denied(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    struct wn_target *t = &e->o.targets->list[j->model];
    struct wn_error why = { 0 };
    bool first = !t->out;
    wn_budget_explain(e, j, &why);
    t->out = true;
    if (next_model(e, j)) {
        if (first)
            wn_log(&e->wn->log, WN_WARN, "notice", "%s (%s): %s takes over", why.what, why.cause,
                   e->o.targets->list[j->model].lane);
        return begin_model(e, j, err);
    }
    e->stopped = why;
    j->state = WN_JOB_DROPPED;
    return WN_OK;
}

void wn_engine_late(struct wn_engine *e, struct wn_job *j)
{
    j->answered_by = e->o.targets->list[j->model].lane;
    if (j->answer != NULL) {
        j->flags.signal_missing = true;
    } else {
        j->failure = wn_arena_printf(&j->arena, "%s gave no answer within %llds", j->answered_by,
                                     (long long)(e->policy.total_ms / 1000));
        j->failure_hint = "Run the same command again later; WINNOW_DEADLINE sets the time.";
    }
    wn_engine_finish(e, j);
}

/* ---- replies ---- */

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
    bool good = j->errand->accept(j->errand->who, r->text, &j->arena, fault);
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
        j->text = r->text;
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
    if (x.level >= WN_EXTRACT_PARTIAL && !j->repaired) {
        j->repaired = true;
        j->call.repair = wn_arena_str(&j->arena, x.fault);
        j->call.last_answer = r->text;
        return wn_ask_again(e, j, err);
    }
    if (j->is_redacted && x.answer != NULL)
        wn_redact_restore_answer(&j->redaction, x.answer, &j->arena);
    if (x.level == WN_EXTRACT_STRIPPED)
        j->flags.schema_repaired = true;
    if (x.level >= WN_EXTRACT_PARTIAL)
        j->flags.invalid_output = true;
    else
        wn_ask_keep(e, j); /* only what passed validation is kept */
    if (!has_label(j))
        note_answerer(e, j, r);
    if (j->step == WN_STEP_SAMPLE) {
        if (x.level >= WN_EXTRACT_PARTIAL)
            j->flags.signal_missing = true;
        j->samples[j->nsamples++] = x.answer;
    } else if (x.level != WN_EXTRACT_NONE) {
        if (j->asked[0] && x.value_end > x.value_start)
            j->logprobs = wn_label_steps(r->logprobs, r->nlogprobs, x.value_start, x.value_end,
                                         &j->nlogprobs);
        merge(e, j, x.answer);
    }
    return next_step(e, j, err);
}

/* The model gave no answer that may be used: the next one, or a person. */
static enum wn_code give_up_model(struct wn_engine *e, struct wn_job *j, bool *flag,
                                  struct wn_error *err)
{
    if (j->step == WN_STEP_DECIDE && step_after(e, j) == WN_STEP_GENERATE)
        return next_step(e, j, err); /* it may still write the answer out */
    /* A planned signal that failed is a flag, no reason to ask others. */
    if (j->step == WN_STEP_SAMPLE && keeps_label(e, j, flag))
        return WN_OK;
    if (next_model(e, j))
        return begin_model(e, j, err);
    if (keeps_label(e, j, flag))
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
    if (j->step == WN_STEP_SAMPLE && keeps_label(e, j, &j->flags.invalid_output))
        return WN_OK;
    if (next_model(e, j))
        return begin_model(e, j, err);
    if (!keeps_label(e, j, &j->flags.invalid_output))
        fail(e, j, r);
    return WN_OK;
}

static bool never_reached(enum wn_wire wire)
{
    return wire == WN_WIRE_DNS || wire == WN_WIRE_CONNECT || wire == WN_WIRE_TLS;
}

/* A failure that says the provider is down. Five in a row open its circuit: what waits is called back,
 * and goes to the next model or waits for a probe. Where there is no other model, a server that was
 * never reached, or whose probes fail, ends the run: a setting is wrong, or it is down for long. */
static void count_failure(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r,
                          enum wn_wire wire)
{
    struct wn_target *t = &e->o.targets->list[j->model];
    size_t model = j->model;
    bool was_open = t->circuit.open_until_ms != 0, probed = t->circuit.probing, alone;
    wn_circuit_report(&t->circuit, false, wn_clock_ms());
    if (t->circuit.open_until_ms == 0 || (was_open && !probed))
        return;
    t->probes += was_open;
    alone = !next_model(e, j);
    j->model = model;
    if (alone &&
        ((!t->answered && never_reached(wire)) || t->probes >= (t->answered ? PROBES : 1))) {
        stop_run(e, WN_E_PROVIDER, r);
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
        wn_pool_pause(e->pool, t->lane, wait > 0 ? wait : 0);
    } else {
        count_failure(e, j, r, response->wire);
    }
    if (wait < 0)
        return exhausted(e, j, r, err);
    if (is_down(t) && next_model(e, j))
        return begin_model(e, j, err);
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
    wn_pool_recall(e->pool, t->lane);
    if (j->step == WN_STEP_SAMPLE && keeps_label(e, j, &j->flags.invalid_output))
        return WN_OK;
    if (next_model(e, j)) {
        if (first)
            wn_log(&e->wn->log, WN_WARN, "notice", "%s (%s): %s takes over", r->what, r->cause,
                   e->o.targets->list[j->model].lane);
        return begin_model(e, j, err);
    }
    if (!all_out(e)) { /* the items of a healthy model go on; this one has nobody left */
        if (first)
            wn_log(&e->wn->log, WN_WARN, "notice", "%s (%s): it is not asked again in this run",
                   r->what, r->cause);
        if (!keeps_label(e, j, &j->flags.invalid_output))
            fail(e, j, r);
        return WN_OK;
    }
    stop_run(e, r->spent ? WN_E_PROVIDER : WN_E_CONFIG, r);
    j->state = WN_JOB_DROPPED;
    return WN_OK;
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
    switch (r->class) {
    case WN_CLASS_OK:
        return take_answer(e, j, r, err);
    case WN_CLASS_BUSY:
        return take_busy(e, j, r, response, err);
    case WN_CLASS_BROKEN:
        if (r->no_endpoint && j->step == WN_STEP_DECIDE) {
            t->no_decide = t->endpoint_missing = true;
            return next_step(e, j, err);
        }
        /* Others of the same wave may have told us already; what counts is what this call sent. */
        if (r->drop != NULL && strstr(j->call.dropped, r->drop) == NULL) {
            if (strstr(t->dropped, r->drop) == NULL)
                t->dropped = wn_arena_printf(&e->arena, "%s%s%s", t->dropped,
                                             t->dropped[0] == '\0' ? "" : ",", r->drop);
            return wn_ask_again(e, j, err);
        }
        if (!keeps_label(e, j, &j->flags.invalid_output))
            fail(e, j, r);
        return WN_OK;
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
        if (!j->reasked) {
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

/* How this model's answers come to be; a job adds what its answer told. */
static struct wn_origin origin_of(const struct wn_engine *e, size_t model, struct wn_arena *a)
{
    const struct wn_target *t = &e->o.targets->list[model];
    const char *version = e->linear == NULL ? "" : wn_linear_version(e->linear);
    if (t->row == NULL)
        return wn_origin_linear(version);
    return (struct wn_origin){
        .asked = wn_arena_printf(a, "%s/%s/%s", t->row->name,
                                 t->decide_model == NULL ? "" : t->decide_model,
                                 t->generate_model == NULL ? "" : t->generate_model),
        .how = e->o.how,
        .samples = e->o.samples,
        .linear = version,
    };
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
    if (strcmp(j->answered_by, "linear") != 0) {
        o.by = j->answered_by;
        o.upstream = j->upstream;
        o.model = j->label_model;
        o.how = j->label_how;
        o.dropped = j->label_dropped;
    }
    return wn_standing_of(e->standings, &o);
}

/* What is drawn once and for all: the item; where its id is only a place in a file, with its text. */
static const char *unit_of(const struct wn_item *item, struct wn_arena *a)
{
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */
    if (strcmp(item->id, item->source) != 0)
        return item->id;
    for (size_t i = 0; i < item->text_len; i++)
        h = (h ^ (unsigned char)item->text[i]) * 0x100000001b3u;
    return wn_arena_printf(a, "%s#%016llx", item->id, (unsigned long long)h);
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
    j->unit = unit_of(&j->item, &j->arena);
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
        .logprobs = j->logprobs,
        .nlogprobs = j->nlogprobs,
        .flags = j->flags,
        .state = standing->state,
        .tau = standing->tau,
        .pi = standing->pi,
        .display = standing->display,
        .unit = j->unit,
        .salt = e->wn->store == NULL ? "" : wn_store_salt(e->wn->store),
        .now = wn_clock_now(),
        .key = standing->key,
    };
}

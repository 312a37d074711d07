/* engine.c: the steps of a job, and what a reply of each class leads to.
 *
 * One call at a time for one item; many items at a time. A step asks only what is still open: the
 * decision endpoint answers the typed questions, a generated answer the text questions and whatever
 * the endpoint refused or left out. */
#include "pipeline/engine_internal.h"
#include "base/clock.h"
#include "pipeline/local.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* So many items in a row without an answer, each in all its tries: the provider is down. */
enum { DOWN_AFTER = 5 };

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
    enum wn_code rc;
    e->wn = wn;
    e->task = t;
    e->o = *o;
    e->tally = tally;
    e->policy = wn_retry_default;
    e->policy.max_tries = (int)wn_config_int(wn->config, "WINNOW_TRIES");
    e->random = (uint64_t)wn_clock_now() * 1000003u + (uint64_t)wn_clock_ms();
    e->answered_end = &e->answered;
    e->held_end = &e->held;
    rc = wn_local_model(wn, t, o->dry_run, &e->linear, err);
    if (rc == WN_OK)
        rc = wn_pool_open(&pool, &e->pool, err);
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
    wn_pool_close(e->pool);
    wn_linear_free(e->linear);
    wn_arena_free(&e->arena);
    free(e);
}

bool wn_engine_full(const struct wn_engine *e)
{
    return e->held != NULL || wn_pool_full(e->pool);
}

size_t wn_engine_pending(const struct wn_engine *e)
{
    return wn_pool_pending(e->pool);
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
        if (e->o.targets->list[i].row != NULL && !e->o.targets->list[i].row->local)
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

static bool has_distribution(const struct wn_job *j)
{
    const struct wn_value *v = &j->answer->values[0];
    return v->answered && v->p != NULL && v->source != WN_STATED;
}

static enum wn_step first_step(const struct wn_engine *e, const struct wn_target *t)
{
    bool decide = !t->no_decide && strcmp(e->o.how, "generate") != 0;
    return decide ? WN_STEP_DECIDE : WN_STEP_GENERATE;
}

static enum wn_step step_after(const struct wn_engine *e, const struct wn_job *j)
{
    int wanted = e->o.samples;
    if (j->step == WN_STEP_DECIDE && e->o.targets->list[j->model].row->generate != NULL)
        return WN_STEP_GENERATE;
    if (j->answer == NULL || !j->answer->values[0].answered || has_distribution(j))
        return WN_STEP_DONE;
    return (int)j->nsamples < wanted && j->nsamples < WN_MAX_SAMPLES ? WN_STEP_SAMPLE
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

static void answer_locally(struct wn_engine *e, struct wn_job *j)
{
    j->answer = j->linear;
    j->linear = NULL;
    j->answered_by = "linear";
    if (j->fit.unfamiliar)
        j->flags.unfamiliar = true;
    e->tally->answered_local++;
    wn_engine_finish(e, j);
}

/* Would the linear engine's own answer be accepted without a person? Then nobody else is asked. */
static bool good_enough_locally(struct wn_engine *e, struct wn_job *j)
{
    struct wn_gathered g;
    struct wn_decision d;
    struct wn_answer *second = j->linear;
    j->answer = j->linear;
    j->linear = NULL;
    wn_engine_gather(e, j, &g);
    wn_decide(&g, &j->arena, &d);
    j->answer = NULL;
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

/* Hand the item to the next model that is not out; false: there is none. */
static bool next_model(struct wn_engine *e, struct wn_job *j)
{
    size_t next = j->model + 1;
    while (next < e->o.targets->n && e->o.targets->list[next].out)
        next++;
    if (next >= e->o.targets->n)
        return false;
    j->model = next;
    return true;
}

static enum wn_code begin_model(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    struct wn_target *t = &e->o.targets->list[j->model];
    if (t->out && !next_model(e, j)) {
        j->state = WN_JOB_DROPPED;
        return WN_OK;
    }
    t = &e->o.targets->list[j->model];
    if (t->row == NULL) {
        if (!e->o.targets->cascade || good_enough_locally(e, j) || !next_model(e, j)) {
            answer_locally(e, j);
            return WN_OK;
        }
        t = &e->o.targets->list[j->model];
    }
    j->step = first_step(e, t);
    if (choose_asked(e, j) == 0 && j->step == WN_STEP_DECIDE) {
        j->step = WN_STEP_GENERATE;
        choose_asked(e, j);
    }
    return wn_ask(e, j, err);
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
    j->flags.truncated_input = j->item.truncated;
    j->flags.injection_suspected = wn_prompt_suspicious(j->item.text, j->item.text_len);
    j->linear = wn_answer_new(e->task, &j->arena);
    if (e->linear != NULL)
        wn_linear_answer(e->linear, e->task, &j->item, &j->arena, j->linear, &j->fit);
    else
        wn_linear_texts(e->task, &j->item, &j->arena, j->linear);
    return begin_model(e, j, err);
}

enum wn_code wn_engine_recalled(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    if (e->stopped.code == WN_OK)
        return begin_model(e, j, err);
    j->state = WN_JOB_DROPPED;
    return WN_OK;
}

/* ---- replies ---- */

static void merge(struct wn_engine *e, struct wn_job *j, const struct wn_answer *got)
{
    if (j->answer == NULL)
        j->answer = wn_answer_new(e->task, &j->arena);
    for (size_t q = 0; q < got->nvalues; q++)
        if (got->values[q].answered && !j->answer->values[q].answered)
            j->answer->values[q] = got->values[q];
}

/* A reply that is an answer: believe of it what holds, ask once more about what does not. */
static enum wn_code take_answer(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r,
                                struct wn_error *err)
{
    struct wn_extracted x = { .level = WN_EXTRACT_CLEAN, .answer = r->answer };
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
    j->answered_by =
        wn_arena_printf(&j->arena, "%s/%s", e->o.targets->list[j->model].row->name, r->model);
    j->upstream = r->upstream;
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
    if (j->step ==
        WN_STEP_SAMPLE) { /* a planned signal that failed is a flag, no reason to ask others */
        j->flags.signal_missing = true;
        wn_engine_finish(e, j);
        return WN_OK;
    }
    if (j->step == WN_STEP_DECIDE) /* it may still write the answer out */
        return next_step(e, j, err);
    if (next_model(e, j))
        return begin_model(e, j, err);
    *flag = true;
    j->answered_by = e->o.targets->list[j->model].lane;
    wn_engine_finish(e, j);
    return WN_OK;
}

/* Nobody answers at this provider: not this item's fault. */
static enum wn_code exhausted(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r,
                              struct wn_error *err)
{
    struct wn_target *t = &e->o.targets->list[j->model];
    bool down = ++t->exhausted >= DOWN_AFTER;
    if (next_model(e, j)) {
        t->out = t->out || down;
        return begin_model(e, j, err);
    }
    if (j->step == WN_STEP_SAMPLE && j->answer != NULL)
        return give_up_model(e, j, &j->flags.signal_missing, err);
    fail(e, j, r);
    if (down)
        stop_run(e, WN_E_PROVIDER, r);
    return WN_OK;
}

static enum wn_code take_stop(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r,
                              struct wn_error *err)
{
    struct wn_target *t = &e->o.targets->list[j->model];
    bool first = !t->out;
    t->out = true;
    wn_pool_recall(e->pool, t->lane);
    if (next_model(e, j)) {
        if (first)
            wn_log(&e->wn->log, WN_WARN, "notice", "%s (%s): %s takes over", r->what, r->cause,
                   e->o.targets->list[j->model].lane);
        return begin_model(e, j, err);
    }
    stop_run(e, r->spent ? WN_E_PROVIDER : WN_E_CONFIG, r);
    j->state = WN_JOB_DROPPED;
    return WN_OK;
}

static enum wn_code take_reply(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r,
                               int status, struct wn_error *err)
{
    struct wn_target *t = &e->o.targets->list[j->model];
    int64_t wait;
    switch (r->class) {
    case WN_CLASS_OK:
        t->exhausted = 0;
        return take_answer(e, j, r, err);
    case WN_CLASS_BUSY:
        wait = wn_retry_wait_ms(&e->policy, &j->retry, r->class, r->wait_ms, wn_clock_ms(),
                                wn_ask_random(e));
        if (status == 429)
            wn_pool_pause(e->pool, t->lane, wait > 0 ? wait : 0);
        return wait < 0 ? exhausted(e, j, r, err) : wn_ask_later(e, j, wait, err);
    case WN_CLASS_BROKEN:
        t->exhausted = 0; /* it answers; only not this */
        if (r->no_endpoint && j->step == WN_STEP_DECIDE) {
            t->no_decide = true;
            return next_step(e, j, err);
        }
        if (r->drop != NULL && strstr(t->dropped, r->drop) == NULL) {
            t->dropped = wn_arena_printf(&e->arena, "%s%s%s", t->dropped,
                                         t->dropped[0] == '\0' ? "" : ",", r->drop);
            return wn_ask_again(e, j, err);
        }
        fail(e, j, r);
        return WN_OK;
    case WN_CLASS_STOP:
        return take_stop(e, j, r, err);
    case WN_CLASS_REFUSED:
        t->exhausted = 0;
        return give_up_model(e, j, &j->flags.refused, err);
    case WN_CLASS_CUT:
        t->exhausted = 0;
        if (!j->widened) {
            j->widened = true;
            j->call.max_output_tokens *= 4;
            return wn_ask_again(e, j, err);
        }
        return give_up_model(e, j, &j->flags.cut, err);
    case WN_CLASS_UNCLEAR:
        t->exhausted = 0;
        if (!j->reasked) {
            j->reasked = true;
            return wn_ask_again(e, j, err);
        }
        return give_up_model(e, j, &j->flags.invalid_output, err);
    }
    return WN_OK;
}

enum wn_code wn_engine_reply(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r,
                             int status, struct wn_error *err)
{
    return take_reply(e, j, r, status, err);
}

void wn_engine_gather(struct wn_engine *e, struct wn_job *j, struct wn_gathered *g)
{
    const struct wn_linear *m = e->linear;
    enum wn_state state = wn_state_first(e->task->before_proof_review);
    struct wn_audit_plan plan = { .delta = .05, .eps = e->task->target_error };
    *g = (struct wn_gathered){
        .task = e->task,
        .item = &j->item,
        .answer = j->answer,
        .linear = j->linear,
        .linear_trained = m != NULL && wn_linear_nexamples(m) >= 100,
        .samples = j->samples,
        .nsamples = j->nsamples,
        .logprobs = j->logprobs,
        .nlogprobs = j->nlogprobs,
        .flags = j->flags,
        .state = state,
        .tau = wn_state_tau(state, NAN),
        .pi = wn_audit_rate(state, &plan),
        .salt = e->wn->store == NULL ? "" : wn_store_salt(e->wn->store),
        .now = wn_clock_now(),
    };
}

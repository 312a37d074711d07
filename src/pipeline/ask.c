/* ask.c: one call about one item: build it, look whether it was answered before, reserve its price,
 * send it, and read what comes back. */
#include "base/clock.h"
#include "pipeline/engine_internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for the answer: braces and names of each question, and what a quote may take. */
enum { TOKENS_BASE = 48, TOKENS_PER_QUESTION = 32, TOKENS_PER_TEXT = 96, TOKENS_PER_PERCENT = 14 };

double wn_ask_random(struct wn_engine *e)
{
    uint64_t z = e->random += 0x9e3779b97f4a7c15u; /* splitmix64 (Steele, Lea, Flood 2014) */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

static int output_tokens(const struct wn_task *t, const bool *asked)
{
    int n = TOKENS_BASE;
    for (size_t q = 0; q < t->nquestions; q++) {
        if (!asked[q])
            continue;
        n += t->questions[q].type == WN_TEXT ? TOKENS_PER_TEXT : TOKENS_PER_QUESTION;
        if (t->questions[q].gated)
            n += TOKENS_PER_PERCENT * (int)(t->questions[q].nchoices < WN_SCHEMA_ALL_PERCENTS
                                                ? t->questions[q].nchoices
                                                : WN_SCHEMA_BEST_PERCENTS);
    }
    return n;
}

/* What a price leaves out because nobody knows it is told in the last line. */
static int64_t known(struct wn_engine *e, int64_t cost)
{
    if (cost >= 0)
        return cost;
    e->tally->cost_unknown = true;
    return 0;
}

static int64_t price(struct wn_engine *e, const struct wn_job *j, const char *model,
                     const struct wn_usage *u)
{
    const char *prices = wn_config_get(e->wn->config, "WINNOW_PRICES");
    int64_t cost = wn_price_microusd(j->call.provider, model, u, prices, wn_clock_now());
    if (cost < 0) /* a dated name may come back for the one that was asked */
        cost = wn_price_microusd(j->call.provider, j->call.model, u, prices, wn_clock_now());
    return known(e, cost);
}

/* The worst this request can cost. A decision is answered without output tokens. */
static int64_t worst_price(struct wn_engine *e, const struct wn_job *j)
{
    return known(
        e, wn_price_worst_microusd(j->call.provider, j->call.model, j->request.tokens,
                                   j->call.kind == WN_DECIDE ? 0 : j->call.max_output_tokens,
                                   wn_config_get(e->wn->config, "WINNOW_PRICES"), wn_clock_now()));
}

const char *const wn_ask_part_names[WN_ASK_PARTS] = {
    "the form of the key (another winnow)",
    "the provider",
    "the address",
    "the model",
    "the task (task.json, prompts, examples or business.md)",
    "the parameters",
    "the questions that are asked",
    "the number of the sample",
    "the item, as it is sent",
    "the request's form (another winnow)",
};

static struct wn_part part(const char *text)
{
    return (struct wn_part){ text == NULL ? "" : text, text == NULL ? 0 : strlen(text) };
}

static const char *questions(const struct wn_task *t, const struct wn_job *j, struct wn_arena *a)
{
    char *flags = wn_arena_alloc(a, t->nquestions + 1);
    for (size_t q = 0; q < t->nquestions; q++)
        flags[q] = j->asked[q] ? '1' : '0';
    return flags;
}

/* Everything that makes a difference to the answer. The body holds it all once more, as it is sent; the
 * other parts are there to be told apart (wn_ask_part_names). */
static void make_parts(struct wn_engine *e, struct wn_job *j)
{
    struct wn_arena *a = &j->arena;
    struct wn_part *p = wn_arena_array(a, WN_ASK_PARTS, sizeof(*p));
    const struct wn_part parts[WN_ASK_PARTS] = {
        part("reply 2"),
        part(j->call.provider->name),
        part(j->request.url),
        part(j->call.model),
        part(e->task->version),
        part(wn_arena_printf(a, "%d %d %d %s %s", (int)j->call.kind, j->call.max_output_tokens,
                             j->call.logprobs, j->call.dropped == NULL ? "" : j->call.dropped,
                             j->call.repair == NULL ? "" : j->call.repair)),
        part(questions(e->task, j, a)),
        part(wn_arena_printf(a, "%d", j->sample)),
        part(j->prompt.user),
        { j->request.body, j->request.body_len },
    };
    memcpy(p, parts, sizeof(parts));
    j->parts = p;
}

static uint16_t *asking(struct wn_engine *e, const unsigned char key[WN_HASH])
{
    return &e->asking[(key[0] | key[1] << 8) % WN_COUNT(e->asking)];
}

static bool has_twin(struct wn_engine *e, const struct wn_job *j)
{
    if (*asking(e, j->cache_key) == 0)
        return false;
    for (size_t i = 0; i < e->njobs; i++)
        if (e->jobs[i] != j && e->jobs[i]->state == WN_JOB_ASKING &&
            memcmp(e->jobs[i]->cache_key, j->cache_key, WN_HASH) == 0)
            return true;
    return false;
}

/* Go on with the jobs that waited for the reply to this request: it is in the cache now, or one of
 * them asks in its turn. */
static enum wn_code submit(struct wn_engine *e, struct wn_job *j, struct wn_error *err);

static enum wn_code wake_twins(struct wn_engine *e, const unsigned char key[WN_HASH],
                               struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    for (size_t i = 0; rc == WN_OK && e->ntwins > 0 && i < e->njobs; i++)
        if (e->jobs[i]->state == WN_JOB_TWIN && memcmp(e->jobs[i]->cache_key, key, WN_HASH) == 0) {
            e->jobs[i]->state = WN_JOB_ASKING;
            e->ntwins--;
            rc = submit(e, e->jobs[i], err);
        }
    return rc;
}

static void drop(struct wn_job *j)
{
    j->state = WN_JOB_DROPPED;
}

/* Count what the call would cost, and go on as if everything typed had been answered. */
static void estimate(struct wn_engine *e, struct wn_job *j)
{
    struct wn_usage u = { .input = j->request.tokens, .output = 0, .cost_microusd = -1 };
    bool more = j->call.kind == WN_DECIDE && j->call.provider->generate != NULL;
    if (j->call.kind == WN_GENERATE) /* most answers use about half of the room they are given */
        u.output = j->call.max_output_tokens / 2;
    e->tally->est_tokens_in += u.input;
    e->tally->est_tokens_out += u.output;
    e->tally->est_cost_microusd += price(e, j, j->call.model, &u);
    e->tally->requests++;
    drop(j);
    if (!more)
        return;
    for (size_t q = 0; q < e->task->nquestions; q++)
        j->asked[q] = !j->asked[q];
    for (size_t q = 0; q < e->task->nquestions; q++)
        if (j->asked[q]) {
            j->step = WN_STEP_GENERATE;
            wn_ask(e, j, NULL);
            return;
        }
}

static enum wn_code send_now(struct wn_engine *e, struct wn_job *j, int64_t wait_ms,
                             struct wn_error *err)
{
    if (j->retry.tries++ == 0)
        j->retry.first_ms = wn_clock_ms();
    else
        e->tally->retries++;
    e->tally->requests++;
    j->attempts++;
    j->state = WN_JOB_ASKING;
    ++*asking(e, j->cache_key);
    return wn_pool_add(e->pool, &j->request, j, wait_ms, err);
}

static void out_of_budget(struct wn_engine *e, int64_t worst)
{
    wn_error_set(&e->stopped, WN_E_BUDGET, "the budget of $%g for this run is reached",
                 (double)e->o.max_cost_microusd / 1e6);
    wn_error_cause(&e->stopped, "$%g spent, and the next request may cost $%g",
                   (double)e->tally->cost_microusd / 1e6, (double)worst / 1e6);
    wn_error_hint(&e->stopped, "The same command with a higher --max-cost goes on where this run "
                               "stopped.");
}

/* Reserve the worst price and send. Where the reserve of others stands in the way, the job is held until
 * they are settled: most replies cost less than the worst. */
static enum wn_code reserve_and_send(struct wn_engine *e, struct wn_job *j, int64_t wait_ms,
                                     struct wn_error *err)
{
    int64_t worst = worst_price(e, j);
    int64_t limit = e->o.max_cost_microusd;
    if (e->stopped.code == WN_OK && limit > 0 && worst > 0 &&
        e->tally->cost_microusd + e->reserved_microusd + worst > limit) {
        if (e->reserved_microusd > 0) {
            j->next = NULL;
            *e->held_end = j;
            e->held_end = &j->next;
            return WN_OK;
        }
        out_of_budget(e, worst);
    }
    if (e->stopped.code != WN_OK) {
        drop(j);
        return WN_OK;
    }
    j->reserved_microusd = worst;
    e->reserved_microusd += worst;
    return send_now(e, j, wait_ms, err);
}

/* Something was settled: the held ones try again, in their order. */
static enum wn_code release_held(struct wn_engine *e, struct wn_error *err)
{
    struct wn_job *j = e->held, *next;
    enum wn_code rc = WN_OK;
    e->held = NULL;
    e->held_end = &e->held;
    for (; rc == WN_OK && j != NULL; j = next) {
        next = j->next;
        rc = reserve_and_send(e, j, 0, err);
    }
    return rc;
}

static enum wn_code read_reply(struct wn_engine *e, struct wn_job *j,
                               const struct wn_response *response, struct wn_error *err)
{
    struct wn_reply r;
    memset(&r, 0, sizeof(r));
    wn_provider_parse(&j->call, response, wn_clock_now(), &j->arena, &r);
    j->body = response->body;
    j->body_len = response->body_len;
    if (!j->from_cache) {
        /* A reply that counts no tokens was not made by a model: an error costs nothing. */
        bool counted = r.usage.input >= 0 || r.usage.output >= 0 || r.usage.cost_microusd >= 0;
        int64_t cost = counted ? price(e, j, r.model, &r.usage) : 0;
        j->body = wn_arena_copy(&j->arena, response->body, response->body_len);
        j->cost_microusd += cost;
        j->latency_ms += response->latency_ms;
        e->tally->cost_microusd += cost;
        e->tally->tokens_in += r.usage.input > 0 ? r.usage.input : 0;
        e->tally->tokens_out += r.usage.output > 0 ? r.usage.output : 0;
        j->facts = (struct wn_cache_facts){
            .task = e->task->name,
            .version = e->task->version,
            .model = wn_arena_printf(&j->arena, "%s/%s", j->call.provider->name, r.model),
            .tokens_in = r.usage.input > 0 ? r.usage.input : 0,
            .tokens_out = r.usage.output > 0 ? r.usage.output : 0,
            .cost_microusd = cost,
            .now = wn_clock_now(),
            .item_id = j->item.id,
            .sender = j->sender,
            .content = j->item.text,
            .content_len = j->item.text_len,
            .parts = j->parts,
            .nparts = WN_ASK_PARTS,
        };
        if (e->task->cache_days > 0)
            j->facts.expires = j->facts.now + (int64_t)e->task->cache_days * 86400;
    }
    if (!j->from_cache)
        wn_pool_report(e->pool, response, r.class != WN_CLASS_BUSY);
    return wn_engine_reply(e, j, &r, response->status, err);
}

static enum wn_code answer_from_cache(struct wn_engine *e, struct wn_job *j, bool *found,
                                      struct wn_error *err)
{
    struct wn_cache_entry hit = { 0 };
    struct wn_response response = { .wire = WN_WIRE_OK, .status = 200 };
    enum wn_code rc =
        wn_cache_get(e->wn->store, j->cache_key, wn_clock_now(), &j->arena, &hit, err);
    *found = rc == WN_OK && hit.value != NULL;
    if (!*found)
        return rc;
    j->from_cache = true;
    j->cached_calls++;
    j->saved_microusd += hit.cost_microusd;
    e->tally->saved_microusd += hit.cost_microusd;
    response.body = wn_arena_copy(&j->arena, hit.value, hit.len);
    response.body_len = hit.len;
    return read_reply(e, j, &response, err);
}

static enum wn_code submit(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    bool use_cache = !e->o.no_cache && e->wn->store != NULL;
    enum wn_code rc = WN_OK;
    bool found = false;
    j->from_cache = false;
    make_parts(e, j);
    if (use_cache) {
        wn_cache_key(e->wn->store, j->parts, WN_ASK_PARTS, j->cache_key);
        if (!e->o.refresh)
            rc = answer_from_cache(e, j, &found, err);
        if (rc != WN_OK || found)
            return rc;
    }
    if (e->o.dry_run) {
        if (e->o.show != NULL)
            e->o.show(e->o.show_user, j);
        estimate(e, j);
        return WN_OK;
    }
    if (use_cache && !e->o.refresh && has_twin(e, j)) {
        j->state = WN_JOB_TWIN;
        e->ntwins++;
        return WN_OK;
    }
    return reserve_and_send(e, j, 0, err);
}

static enum wn_code build(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    const struct wn_target *t = &e->o.targets->list[j->model];
    struct wn_error fault;
    /* A further sample at temperature 0 would only be the same answer again. */
    j->call.dropped =
        j->sample == 0 ? t->dropped : wn_arena_printf(&j->arena, "temperature,seed,%s", t->dropped);
    if (wn_provider_build(&j->call, &j->arena, &j->request, &fault) != WN_OK) {
        /* What cannot be asked (too many choices for this endpoint) is this item's failure. */
        j->failure = wn_arena_str(&j->arena, fault.what);
        j->failure_hint = fault.hint[0] == '\0' ? NULL : wn_arena_str(&j->arena, fault.hint);
        j->answered_by = t->lane;
        wn_engine_finish(e, j);
        return WN_OK;
    }
    j->request.lane = t->lane;
    j->request.tokens = wn_price_tokens(j->request.body, j->request.body_len);
    return submit(e, j, err);
}

/* Make j->sent of the item, once. False: it cannot be redacted, so it is not sent, and has failed. */
static bool redact(struct wn_engine *e, struct wn_job *j)
{
    struct wn_error fault = { 0 };
    if (j->sent.id != NULL || wn_redact_item(e->task->redact, &j->item, &j->arena, &j->sent,
                                             &j->redaction, &fault) == WN_OK)
        return true;
    j->sent.id = NULL;
    j->failure = wn_arena_str(&j->arena, fault.what);
    j->failure_hint = wn_arena_str(&j->arena, fault.hint);
    wn_engine_finish(e, j);
    return false;
}

enum wn_code wn_ask(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    const struct wn_target *t = &e->o.targets->list[j->model];
    enum wn_code rc;
    j->is_redacted = e->task->redact != 0 && !t->row->local;
    if (j->is_redacted && !redact(e, j))
        return WN_OK;
    rc = wn_prompt_make(e->task, j->is_redacted ? &j->sent : &j->item, j->asked, &j->arena,
                        &j->prompt, err);
    if (rc != WN_OK)
        return rc;
    if (j->is_redacted)
        j->prompt.system =
            wn_arena_printf(&j->arena, "%s\n\n%s", j->prompt.system, wn_redact_notice);
    j->flags.truncated_input |= j->prompt.truncated;
    j->flags.injection_suspected |= j->prompt.suspicious;
    j->call = (struct wn_call){
        .provider = t->row,
        .kind = j->step == WN_STEP_DECIDE ? WN_DECIDE : WN_GENERATE,
        .model = j->step == WN_STEP_DECIDE ? t->decide_model : t->generate_model,
        .base_url = t->base_url,
        .key = t->key,
        .prompt = &j->prompt,
        .max_output_tokens = output_tokens(e->task, j->asked),
        .logprobs = j->step == WN_STEP_GENERATE && j->asked[0] && t->row->logprobs,
    };
    j->sample = j->step == WN_STEP_SAMPLE ? (int)j->nsamples + 1 : 0;
    j->retry = (struct wn_retry){ 0 };
    j->widened = j->repaired = j->reasked = false;
    return build(e, j, err);
}

enum wn_code wn_ask_again(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    return build(e, j, err);
}

enum wn_code wn_ask_later(struct wn_engine *e, struct wn_job *j, int64_t wait_ms,
                          struct wn_error *err)
{
    wn_log(&e->wn->log, WN_INFO, "retry", "model=%s try=%d wait_ms=%lld", j->request.lane,
           j->retry.tries, (long long)wait_ms);
    return reserve_and_send(e, j, wait_ms, err);
}

void wn_ask_keep(struct wn_engine *e, struct wn_job *j)
{
    struct wn_error fault;
    if (j->from_cache || e->o.no_cache || e->wn->store == NULL)
        return;
    /* A reply that cannot be kept is still an answer; it is only paid for again next time. */
    if (wn_cache_put(e->wn->store, j->cache_key, j->body, j->body_len, &j->facts, &fault) != WN_OK)
        wn_log(&e->wn->log, WN_WARN, "cache_full", "what=%s", fault.what);
}

enum wn_code wn_engine_step(struct wn_engine *e, int wait_ms, bool *progressed,
                            struct wn_error *err)
{
    struct wn_response *response = NULL;
    struct wn_limit_facts facts;
    unsigned char key[WN_HASH];
    struct wn_job *j;
    enum wn_code rc = wn_pool_take(e->pool, wait_ms, &response, err);
    *progressed = response != NULL;
    if (rc != WN_OK || response == NULL)
        return rc;
    j = response->owner;
    memcpy(key, j->cache_key, WN_HASH);
    --*asking(e, key);
    e->reserved_microusd -= j->reserved_microusd;
    j->reserved_microusd = 0;
    if (response->wire == WN_WIRE_STOPPED) {
        rc = wn_engine_recalled(e, j, err);
    } else {
        wn_provider_limits(response, wn_clock_now(), &facts);
        wn_pool_learn(e->pool, response, &facts);
        rc = read_reply(e, j, response, err);
    }
    wn_response_free(response);
    if (rc == WN_OK && !e->o.no_cache &&
        (j->state != WN_JOB_ASKING || memcmp(key, j->cache_key, WN_HASH) != 0))
        rc = wake_twins(e, key, err);
    return rc == WN_OK ? release_held(e, err) : rc;
}

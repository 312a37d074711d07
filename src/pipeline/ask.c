/* ask.c: one call about one item: build it, look whether it was answered before, hand it on to be sent
 * (send.c) or counted (estimate.c), and read what comes back. */
#include "base/clock.h"
#include "pipeline/batch.h"
#include "pipeline/budget.h"
#include "pipeline/learned.h"
#include "pipeline/pack.h"
#include "provider/batch.h"
#include <stdio.h>
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
        flags[q] = j->asked != NULL && j->asked[q] ? '1' : '0';
    return flags;
}

/* Everything that makes a difference to the answer. The body holds it all once more, as it is sent; the
 * other parts are there to be told apart (wn_ask_part_names). */
void wn_ask_parts(struct wn_engine *e, struct wn_job *j)
{
    struct wn_arena *a = &j->arena;
    struct wn_part *p = wn_arena_array(a, WN_ASK_PARTS, sizeof(*p));
    const struct wn_part parts[WN_ASK_PARTS] = {
        part("reply 2"),
        part(j->call.provider->name),
        part(j->request.url),
        part(j->call.model),
        part(e->task->version),
        part(wn_arena_printf(a, "%d %d %d %s %s%s", (int)j->call.kind, j->call.max_output_tokens,
                             j->call.logprobs, j->call.dropped == NULL ? "" : j->call.dropped,
                             j->call.repair == NULL ? "" : j->call.repair,
                             j->call.pack == NULL ? "" : wn_arena_printf(a, " pack %d", e->o.pack))),
        part(questions(j->prompt.task, j, a)),
        part(wn_arena_printf(a, "%d", j->sample)),
        part(j->prompt.user),
        { j->request.body, j->request.body_len },
    };
    memcpy(p, parts, sizeof(parts));
    if (j->call.pack != NULL) { /* they wait, and have to be small: the body by its hash */
        unsigned char *hash = wn_arena_alloc(a, WN_HASH);
        if (e->wn->store != NULL)
            wn_cache_key(e->wn->store, &parts[WN_ASK_PARTS - 1], 1, hash);
        p[WN_ASK_PARTS - 1] = (struct wn_part){ (char *)hash, WN_HASH };
        p[2] = part(wn_arena_str(a, j->request.url));
        p[8] = part(wn_arena_str(a, j->prompt.user));
    }
    j->parts = p;
}

/* Too much for the server, as against broken or not there: only this makes the lane slower. */
static bool is_overload(const struct wn_response *r)
{
    return r->wire == WN_WIRE_TIMEOUT || r->status == 429 || r->status == 503 || r->status == 529;
}

/* What the response says to the limiter of its lane, and of our reckoning. */
static void learn(struct wn_engine *e, const struct wn_job *j, const struct wn_response *response,
                  const struct wn_reply *r)
{
    struct wn_target *t = &e->o.targets->list[j->model];
    struct wn_limit_facts facts;
    wn_provider_limits(response, wn_clock_now(), &facts);
    if (r->usage.input >= 0)
        facts.tokens_used = r->usage.input + (r->usage.output > 0 ? r->usage.output : 0);
    wn_pool_learn(e->pool, response, &facts);
    wn_pool_report(e->pool, response, !is_overload(response));
    if (r->class == WN_CLASS_OK)
        wn_learned_count(&t->learned, j->likely_in, r->usage.input, j->likely_out,
                         r->usage.output - (r->usage.reasoning > 0 ? r->usage.reasoning : 0));
}

void wn_ask_facts(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r, int64_t cost)
{
    j->facts = (struct wn_cache_facts){
        .task = e->task->name,
        .version = e->task->version,
        .model = wn_arena_printf(&j->arena, "%s/%s", j->call.provider->name, r->model),
        .tokens_in = r->usage.input > 0 ? r->usage.input : 0,
        .tokens_out = r->usage.output > 0 ? r->usage.output : 0,
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

static int64_t saved(int64_t without, int64_t cost)
{
    return without > cost ? without - cost : 0;
}

enum wn_code wn_ask_read(struct wn_engine *e, struct wn_job *j, const struct wn_response *response,
                         struct wn_error *err)
{
    struct wn_reply r;
    memset(&r, 0, sizeof(r));
    wn_provider_parse(&j->call, response, wn_clock_now(), &j->arena, &r);
    j->body = response->body;
    j->body_len = response->body_len;
    if (!j->from_cache) {
        struct wn_target *t = &e->o.targets->list[j->model];
        /* A reply that counts no tokens was not made by a model: an error costs nothing. */
        bool counted = r.usage.input >= 0 || r.usage.output >= 0 || r.usage.cost_microusd >= 0;
        int64_t cost = counted ? wn_budget_price(e, j, r.model, &r.usage) : 0;
        enum wn_code rc = wn_budget_spend(e, j, t->lane, cost, err);
        if (rc != WN_OK)
            return rc;
        if (j->alone) /* what packing failed to save */
            e->tally->packed_microusd += cost;
        learn(e, j, response, &r);
        j->body = wn_arena_copy(&j->arena, response->body, response->body_len);
        j->latency_ms += response->latency_ms;
        e->tally->tokens_in += r.usage.input > 0 ? r.usage.input : 0;
        if (r.usage.cached > 0) {
            struct wn_usage whole = r.usage;
            whole.cached = whole.cache_write = 0;
            whole.cost_microusd = -1;
            e->tally->tokens_cached += r.usage.cached;
            e->tally->cached_saved_microusd += saved(wn_budget_price(e, j, r.model, &whole), cost);
        }
        e->tally->tokens_out += r.usage.output > 0 ? r.usage.output : 0;
        wn_ask_facts(e, j, &r, cost);
    }
    return wn_engine_reply(e, j, &r, response, err);
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
    return wn_ask_read(e, j, &response, err);
}

/* In a run that makes batches, of a provider that takes them. */
static bool goes_into_batch(const struct wn_engine *e, const struct wn_job *j)
{
    return e->o.batch != NULL && wn_batch_format(j->call.provider) != NULL &&
           !wn_batch_gave_up(e->o.batch, j);
}

bool wn_ask_waits_in_batch(struct wn_engine *e, struct wn_job *j)
{
    if (j->load != NULL || !goes_into_batch(e, j) || !wn_batch_has(e->o.batch, j))
        return false;
    e->tally->batched++;
    wn_job_drop(j);
    return true;
}

static enum wn_code collect(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    bool granted = true;
    enum wn_code rc = wn_batch_collect(e->o.batch, e, j, &granted, err);
    if (rc == WN_OK && !granted)
        return wn_engine_denied(e, j, err);
    if (rc != WN_OK)
        return rc;
    wn_ask_reckon(e, j);
    if (j->load != NULL)
        return wn_pack_collected(e, j, err);
    wn_job_drop(j);
    return WN_OK;
}

enum wn_code wn_ask_submit(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    bool use_cache = !e->o.no_cache && e->wn->store != NULL;
    enum wn_code rc = WN_OK;
    bool found = false;
    j->from_cache = false;
    wn_ask_parts(e, j);
    if (use_cache && j->load == NULL) { /* a carrier's items have keys of their own */
        wn_cache_key(e->wn->store, j->parts, WN_ASK_PARTS, j->cache_key);
        if (!e->o.refresh)
            rc = answer_from_cache(e, j, &found, err);
        if (rc != WN_OK || found)
            return rc;
    }
    if (wn_ask_waits_in_batch(e, j))
        return WN_OK;
    if (e->o.dry_run) {
        if (e->o.show != NULL)
            e->o.show(e->o.show_user, j);
        wn_ask_estimate(e, j);
        return WN_OK;
    }
    if (goes_into_batch(e, j))
        return collect(e, j, err);
    if (wn_ask_waits_as_twin(e, j))
        return WN_OK;
    return wn_ask_send(e, j, 0, err);
}

enum wn_code wn_ask_build(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    const struct wn_target *t = &e->o.targets->list[j->model];
    struct wn_error fault;
    /* A further sample at temperature 0 would only be the same answer again. */
    j->call.dropped =
        j->sample == 0 ? t->dropped : wn_arena_printf(&j->arena, "temperature,seed,%s", t->dropped);
    if (wn_provider_build(&j->call, &j->arena, &j->request, &fault) != WN_OK) {
        if (j->load != NULL)
            return wn_pack_scatter(e, j, wn_pack_alone, err);
        /* What cannot be asked (too many choices for this endpoint) is this item's failure. */
        j->failure = wn_arena_str(&j->arena, fault.what);
        j->failure_hint = fault.hint[0] == '\0' ? NULL : wn_arena_str(&j->arena, fault.hint);
        j->answered_by = t->lane;
        wn_engine_finish(e, j);
        return WN_OK;
    }
    j->request.lane = t->lane;
    if (j->call.kind == WN_GENERATE) /* the answer is reserved beside it */
        j->request.tokens -= j->call.max_output_tokens;
    j->likely_in = wn_budget_likely_in(j->request.body, j->request.body_len);
    j->likely_out = j->errand != NULL             ? j->errand->likely_output_tokens
                    : j->load != NULL             ? wn_pack_likely_out(e, j)
                    : j->call.kind == WN_GENERATE ? wn_budget_likely_out(j->prompt.task, j->asked)
                                                  : 0;
    return wn_ask_submit(e, j, err);
}

/* Make j->sent of the item, or of an errand's text, once. False: it cannot be redacted, so it is not sent, and
 * has failed. */
static bool redact(struct wn_engine *e, struct wn_job *j)
{
    struct wn_error fault = { 0 };
    struct wn_item whole = j->item;
    if (j->errand != NULL) {
        whole.text = j->errand->user;
        whole.text_len = strlen(whole.text);
    }
    if (j->sent.id != NULL ||
        wn_redact_item(e->task->redact, &whole, j->errand == NULL ? NULL : j->errand->known,
                       &j->arena, &j->sent, &j->redaction, &fault) == WN_OK)
        return true;
    j->sent.id = NULL;
    j->failure = wn_arena_str(&j->arena, fault.what);
    j->failure_hint = wn_arena_str(&j->arena, fault.hint);
    wn_engine_finish(e, j);
    return false;
}

static enum wn_code make_prompt(struct wn_engine *e, struct wn_job *j, struct wn_arena *a,
                                struct wn_error *err)
{
    const struct wn_item *item = j->is_redacted ? &j->sent : &j->item;
    const struct wn_errand *own = j->errand;
    enum wn_code rc = WN_OK;
    if (own != NULL)
        j->prompt = (struct wn_prompt){ .task = e->task,
                                        .system = own->system,
                                        .user = j->is_redacted ? j->sent.text : own->user,
                                        .state = j->is_redacted ? j->sent.text : own->user,
                                        .asked = j->asked };
    else if (j->step == WN_STEP_CHECK)
        rc = wn_opinion_prompt(e, j, item, err);
    else
        rc = wn_prompt_make(e->task, item, j->asked, a, &j->prompt, err);
    if (rc == WN_OK && j->is_redacted)
        j->prompt.system = wn_arena_printf(a, "%s\n\n%s", j->prompt.system, wn_redact_notice);
    return rc;
}

enum wn_code wn_ask(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    const struct wn_target *t = &e->o.targets->list[j->model];
    const struct wn_errand *own = j->errand;
    bool may = wn_pack_may(e, j);
    bool decides = j->step == WN_STEP_DECIDE || (wn_is_opinion(j) && !t->no_decide);
    enum wn_code rc = WN_OK;
    j->is_redacted = e->task->redact != 0 && !t->row->local;
    if (j->is_redacted && !redact(e, j))
        return WN_OK;
    rc = make_prompt(e, j, may ? wn_pack_scratch(e) : &j->arena, err);
    if (rc != WN_OK)
        return rc;
    j->flags.truncated_input |= j->prompt.truncated;
    j->flags.injection_suspected |= j->prompt.suspicious;
    j->call = (struct wn_call){
        .provider = t->row,
        .kind = decides ? WN_DECIDE : WN_GENERATE,
        .model = decides ? t->decide_model : t->generate_model,
        .base_url = t->base_url,
        .key = t->key,
        .prompt = &j->prompt,
        .schema = own == NULL ? NULL : own->schema,
        .max_output_tokens =
            own == NULL ? output_tokens(j->prompt.task, j->asked) : own->max_output_tokens,
        .logprobs = own == NULL && j->step == WN_STEP_GENERATE && j->asked[0] && t->row->logprobs,
    };
    j->sample = j->step == WN_STEP_SAMPLE ? (int)j->nsamples + 1 : 0;
    j->retry = (struct wn_retry){ 0 };
    j->widened = j->repaired = j->reasked = j->packed = false;
    if (may && wn_pack_takes(e, j))
        return wn_pack_ask(e, j, err);
    rc = may ? make_prompt(e, j, &j->arena, err) : WN_OK; /* that one did not last */
    return rc == WN_OK ? wn_ask_build(e, j, err) : rc;
}

enum wn_code wn_ask_again(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    return wn_ask_build(e, j, err);
}

void wn_ask_keep(struct wn_engine *e, struct wn_job *j)
{
    struct wn_error fault;
    if (j->from_cache || e->o.no_cache || e->wn->store == NULL)
        return;
    /* A reply that cannot be kept is still an answer; and its decision, which comes next, meets the same
     * fault and tells of it. */
    if (wn_cache_put(e->wn->store, j->cache_key, j->body, j->body_len, &j->facts, &fault) != WN_OK)
        wn_log(&e->wn->log, WN_INFO, "reply_not_kept", "what=%s", fault.what);
}

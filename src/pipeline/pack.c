/* pack.c: see pack.h. A carrier's items wait in state ASKING under their own keys, so that an equal item
 * waits for them as for any request, and each finds its own part in the cache on the next run. */
#include "pipeline/pack.h"
#include "base/clock.h"
#include "base/json.h"
#include "pipeline/budget.h"
#include <stdlib.h>
#include <string.h>

enum {
    ITEM_BYTES = 1500, /* text and fields of an item that shares; a longer one has little to save */
    OUT_TOKENS = 16000,   /* of a whole answer: far from where models lose the thread */
    OUT_ITEM = 12,        /* for the id and the braces around an item's answer, */
    OUT_ITEM_LIKELY = 4,  /* and what they will probably take */
    CONTEXT = 100000,     /* of a model that nobody knows, */
    CONTEXT_LOCAL = 8192, /* and of one on a small server, which may cut without a word */
    TOKEN_BYTES = 2,      /* careful, for the context */
    QUESTION_BYTES = 80   /* a decision endpoint's question without its choices */
};

struct wn_load {
    struct wn_job *of[WN_PACK_MOST];
    const char *ids[WN_PACK_MOST];
    struct wn_pack pack;
    int64_t tokens;     /* in and out, careful */
    int out;            /* of them out */
    struct wn_job *all; /* the next carrier of the engine */
};

/* ---- who shares ---- */

static size_t item_bytes(const struct wn_item *item)
{
    size_t n = item->text_len;
    for (size_t i = 0; i < item->nfields; i++)
        n += strlen(item->fields[i].name) + strlen(item->fields[i].value);
    return n;
}

/* The most questions in one request; 0 = not known. */
static size_t questions_limit(const struct wn_job *j)
{
    return j->call.kind == WN_DECIDE ? j->call.provider->limits.questions : 0;
}

bool wn_pack_takes(const struct wn_engine *e, const struct wn_job *j)
{
    size_t most;
    if (e->o.pack <= 1 || e->o.batch != NULL || j->errand != NULL || j->alone ||
        j->step >= WN_STEP_SAMPLE || j->flags.truncated_input || j->flags.injection_suspected ||
        item_bytes(&j->item) > ITEM_BYTES)
        return false;
    most = questions_limit(j);
    return most == 0 || 2 * wn_provider_questions(&j->prompt) <= most;
}

static int64_t context_of(const struct wn_job *j)
{
    const struct wn_model *m = wn_model_find(j->call.provider->name, j->call.model);
    int64_t n = m != NULL && m->context > 0 ? m->context
                : j->call.provider->local   ? CONTEXT_LOCAL
                                            : CONTEXT;
    return m != NULL && m->step_tokens > 0 && m->step_tokens < n ? m->step_tokens : n;
}

/* What one more item adds to a request and to its answer, in tokens. */
static int64_t added_tokens(const struct wn_job *j)
{
    const struct wn_task *t = j->prompt.task;
    size_t n = strlen(j->call.kind == WN_DECIDE ? j->prompt.state_item : j->prompt.user);
    for (size_t q = 0; j->call.kind == WN_DECIDE && q < t->nquestions; q++) {
        if (!j->asked[q])
            continue;
        for (size_t c = 0; c < t->questions[q].nchoices; c++)
            n += strlen(t->questions[q].choices[c].id) + QUESTION_BYTES;
    }
    return (int64_t)n / TOKEN_BYTES +
           (j->call.kind == WN_GENERATE ? j->call.max_output_tokens + OUT_ITEM : 0);
}

static bool fits(const struct wn_engine *e, const struct wn_job *carrier, const struct wn_job *j)
{
    const struct wn_load *l = carrier->load;
    size_t most = questions_limit(j), n = l->pack.n;
    if (n >= (size_t)e->o.pack || carrier->model != j->model || carrier->step != j->step ||
        carrier->is_redacted != j->is_redacted ||
        memcmp(carrier->asked, j->asked, e->task->nquestions * sizeof(*j->asked)) != 0)
        return false;
    for (size_t i = 0; i < n; i++)
        if (strcmp(l->ids[i], j->prompt.id) == 0)
            return false;
    if (most > 0 && (n + 1) * wn_provider_questions(&j->prompt) > most)
        return false;
    return l->out + j->call.max_output_tokens + OUT_ITEM <= OUT_TOKENS &&
           l->tokens + added_tokens(j) <= context_of(j);
}

/* ---- carriers ---- */

static struct wn_job *new_carrier(struct wn_engine *e, const struct wn_job *first)
{
    struct wn_job *c = e->carriers;
    struct wn_load *l;
    struct wn_arena arena;
    while (c != NULL && c->state != WN_JOB_FREE)
        c = c->load->all;
    if (c == NULL) {
        c = wn_xcalloc(1, sizeof(*c));
        c->load = wn_xcalloc(1, sizeof(*c->load));
        c->load->all = e->carriers;
        e->carriers = c;
    }
    wn_arena_reset(&c->arena);
    arena = c->arena;
    l = c->load;
    *l = (struct wn_load){ .all = l->all };
    *c = (struct wn_job){ .arena = arena,
                          .load = l,
                          .state = WN_JOB_ASKING,
                          .model = first->model,
                          .step = first->step,
                          .is_redacted = first->is_redacted };
    c->asked = wn_arena_array(&c->arena, e->task->nquestions, sizeof(*c->asked));
    memcpy(c->asked, first->asked, e->task->nquestions * sizeof(*c->asked));
    return c;
}

void wn_pack_clear(struct wn_engine *e)
{
    while (e->carriers != NULL) {
        struct wn_job *c = e->carriers;
        e->carriers = c->load->all;
        wn_arena_free(&c->arena);
        free(c->load);
        free(c);
    }
}

int64_t wn_pack_likely_out(const struct wn_engine *e, const struct wn_job *carrier)
{
    if (carrier->call.kind == WN_DECIDE)
        return 0;
    return (int64_t)carrier->load->pack.n *
           (wn_budget_likely_out(e->task, carrier->asked) + OUT_ITEM_LIKELY);
}

/* Without the words about packing, as it would be asked alone: measured on one, the same for all. */
static void reckon_alone(struct wn_job *c)
{
    struct wn_load *l = c->load;
    struct wn_request single;
    int64_t more = 0;
    if (wn_provider_build(&l->of[0]->call, &c->arena, &single, NULL) == WN_OK)
        more = l->of[0]->likely_in - wn_budget_likely_in(single.body, single.body_len);
    for (size_t i = 0; i < l->pack.n; i++)
        l->of[i]->single_in = l->of[i]->likely_in - more;
}

static void describe(struct wn_job *c)
{
    struct wn_load *l = c->load;
    struct wn_buf names = WN_BUF_INIT(64 * 1024);
    for (size_t i = 0; i < l->pack.n; i++) {
        wn_buf_printf(&names, "%s%s", i == 0 ? "" : ", ", l->of[i]->item.id);
        c->redaction.n += l->of[i]->is_redacted ? l->of[i]->redaction.n : 0;
    }
    c->item.id = wn_arena_copy(&c->arena, names.data, names.len);
    wn_buf_free(&names);
}

static enum wn_code send(struct wn_engine *e, struct wn_job *c, struct wn_error *err)
{
    struct wn_load *l = c->load;
    const struct wn_prompt **of = wn_arena_array(&c->arena, l->pack.n, sizeof(*of));
    struct wn_job **at = &e->gathering;
    enum wn_code rc;
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    e->ngathered -= l->pack.n;
    c->call = l->of[0]->call;
    c->call.prompt = &c->prompt;
    c->call.pack = &l->pack;
    c->call.max_output_tokens = 0;
    for (size_t i = 0; i < l->pack.n; i++) {
        of[i] = &l->of[i]->prompt;
        c->call.max_output_tokens += l->of[i]->call.max_output_tokens + OUT_ITEM;
        if (c->first_ms == 0 || (l->of[i]->first_ms > 0 && l->of[i]->first_ms < c->first_ms))
            c->first_ms = l->of[i]->first_ms;
    }
    rc = wn_pack_prompt(of, l->pack.n, &c->arena, &c->prompt, err);
    if (rc != WN_OK)
        return rc;
    describe(c);
    reckon_alone(c);
    return wn_ask_build(e, c, err);
}

enum wn_code wn_pack_flush(struct wn_engine *e, struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    while (rc == WN_OK && e->gathering != NULL)
        rc = send(e, e->gathering, err);
    return rc;
}

static enum wn_code gather(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    struct wn_job *c = e->gathering;
    struct wn_load *l;
    while (c != NULL && !fits(e, c, j))
        c = c->next;
    if (c == NULL) {
        c = new_carrier(e, j);
        c->next = e->gathering;
        e->gathering = c;
        c->load->tokens = j->request.tokens + j->call.max_output_tokens + OUT_ITEM;
    } else {
        c->load->tokens += added_tokens(j);
    }
    l = c->load;
    l->of[l->pack.n] = j;
    l->ids[l->pack.n++] = wn_arena_str(&c->arena, j->prompt.id);
    l->pack.ids = l->ids;
    l->out += j->call.max_output_tokens + OUT_ITEM;
    j->state = WN_JOB_ASKING;
    wn_ask_counts(e, j, 1);
    e->ngathered++;
    e->tally->packed_items += j->carrier == NULL;
    j->carrier = c;
    return l->pack.n < (size_t)e->o.pack ? WN_OK : send(e, c, err);
}

/* ---- one item's part ---- */

/* The request as it were with this item alone in it: what its key is made of, so that it does not depend on
 * who else came along. */
static bool make_key(struct wn_engine *e, struct wn_job *j)
{
    struct wn_call single = j->call;
    struct wn_prompt own = j->prompt, one;
    const struct wn_prompt *of = &own;
    const char *id = own.id;
    struct wn_pack pack = { &id, 1 };
    bool good = wn_pack_prompt(&of, 1, &j->arena, &one, NULL) == WN_OK;
    j->prompt = one;
    j->call.pack = &pack;
    j->call.max_output_tokens += OUT_ITEM;
    j->call.logprobs = false; /* of one value among many: not read */
    j->call.dropped = e->o.targets->list[j->model].dropped;
    good = good && wn_provider_build(&j->call, &j->arena, &j->request, NULL) == WN_OK;
    if (good) {
        j->request.lane = e->o.targets->list[j->model].lane;
        if (j->call.kind == WN_GENERATE)
            j->request.tokens -= j->call.max_output_tokens;
        j->likely_in = wn_budget_likely_in(j->request.body, j->request.body_len);
        wn_ask_parts(e, j);
        if (e->wn->store != NULL)
            wn_cache_key(e->wn->store, j->parts, WN_ASK_PARTS, j->cache_key);
    }
    j->call = single;
    j->call.logprobs = false;
    j->prompt = own;
    return good;
}

static const char *part_body(const struct wn_reply *r, const char *part, bool stripped,
                             struct wn_arena *a)
{
    struct wn_buf b = WN_BUF_INIT(64 << 20);
    const char *body;
    wn_buf_str(&b, "{\"model\":");
    wn_json_quote(&b, r->model);
    if (r->upstream != NULL) {
        wn_buf_str(&b, ",\"upstream\":");
        wn_json_quote(&b, r->upstream);
    }
    wn_buf_printf(&b, ",\"stripped\":%s,\"part\":", stripped ? "true" : "false");
    if (part == NULL)
        wn_buf_str(&b, "null");
    else
        wn_json_quote(&b, part);
    wn_buf_char(&b, '}');
    body = wn_arena_copy(a, b.data, b.len);
    wn_buf_free(&b);
    return body;
}

/* Every question that was asked has its answer? */
static bool is_whole(const struct wn_job *j, const struct wn_reply *r)
{
    if (r->class != WN_CLASS_OK)
        return false;
    for (size_t q = 0; r->answer != NULL && q < r->answer->nvalues; q++)
        if (j->asked[q] && j->prompt.task->questions[q].type != WN_TEXT &&
            !r->answer->values[q].answered)
            return false;
    return true;
}

/* j->body, as part_body() made it, now or on an earlier run. */
static enum wn_code take_part(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    struct wn_reply r = { .class = WN_CLASS_UNCLEAR };
    cJSON *o = NULL;
    const char *part, *model, *upstream;
    bool whole = false;
    if (wn_json_parse(j->body, j->body_len, false, &o, NULL) == WN_OK &&
        (part = wn_json_str(o, "part")) != NULL) {
        wn_provider_part(&j->call, part, strlen(part), &j->arena, &r);
        model = wn_json_str(o, "model");
        upstream = wn_json_str(o, "upstream");
        r.model = wn_arena_str(&j->arena, model == NULL ? j->call.model : model);
        r.upstream = upstream == NULL ? NULL : wn_arena_str(&j->arena, upstream);
        whole = is_whole(j, &r);
        j->flags.schema_repaired |= whole && wn_json_bool(o, "stripped", false);
    }
    cJSON_Delete(o);
    return whole ? wn_engine_reply(e, j, &r, NULL, err) : wn_pack_alone(e, j, err);
}

enum wn_code wn_pack_alone(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    if (!j->from_cache && j->body != NULL) { /* so that the next run knows it, too */
        j->body = "{\"part\":null}";
        j->body_len = strlen(j->body);
        wn_ask_keep(e, j);
    }
    if (!j->from_cache)
        e->tally->packed_again++;
    j->alone = true;
    return wn_ask(e, j, err);
}

static enum wn_code from_cache(struct wn_engine *e, struct wn_job *j, bool *found,
                               struct wn_error *err)
{
    struct wn_cache_entry hit = { 0 };
    enum wn_code rc =
        wn_cache_get(e->wn->store, j->cache_key, wn_clock_now(), &j->arena, &hit, err);
    *found = rc == WN_OK && hit.value != NULL;
    if (!*found)
        return rc;
    j->from_cache = true;
    j->cached_calls++;
    j->saved_microusd += hit.cost_microusd;
    e->tally->saved_microusd += hit.cost_microusd;
    j->body = hit.value;
    j->body_len = hit.len;
    return take_part(e, j, err);
}

enum wn_code wn_pack_ask(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    bool found = false;
    enum wn_code rc = WN_OK;
    j->packed = true;
    j->from_cache = false;
    j->body = NULL;
    if (!make_key(e, j)) /* its own request will say why */
        return wn_pack_alone(e, j, err);
    if (!e->o.no_cache && !e->o.refresh && e->wn->store != NULL)
        rc = from_cache(e, j, &found, err);
    if (rc != WN_OK || found)
        return rc;
    if (e->o.dry_run && wn_ask_seen_before(e, j)) {
        wn_ask_estimated(e, j);
        return WN_OK;
    }
    return wn_ask_waits_as_twin(e, j) ? WN_OK : gather(e, j, err);
}

/* ---- the ends of a carrier ---- */

/* What it took so far, divided: to the micro-dollar, the first ones pay what is left over. */
static void share(const struct wn_job *c, size_t i)
{
    struct wn_job *j = c->load->of[i];
    int64_t n = (int64_t)c->load->pack.n;
    j->cost_microusd += c->cost_microusd / n + ((int64_t)i < c->cost_microusd % n);
    j->attempts += c->attempts;
    j->latency_ms += c->latency_ms;
    if (j->first_ms == 0)
        j->first_ms = c->first_ms;
}

static int64_t part_of(int64_t all, size_t n)
{
    return all > 0 ? all / (int64_t)n : 0;
}

/* What the provider counted, for these items one by one: the rules once for each, read from its prompt cache
 * if they were this time. */
static struct wn_usage usage_alone(const struct wn_engine *e, const struct wn_job *c,
                                   const struct wn_usage *u)
{
    int64_t n = (int64_t)c->load->pack.n, single = 0;
    double scale = c->likely_in > 0 ? (double)u->input / (double)c->likely_in : 1;
    struct wn_usage alone = { .cost_microusd = -1 };
    for (int64_t i = 0; i < n; i++)
        single += c->load->of[i]->single_in;
    alone.input = (int64_t)((double)single * scale);
    if (c->likely_out > 0)
        alone.output = u->output * n * wn_budget_likely_out(e->task, c->asked) / c->likely_out;
    if (u->cached > 0)
        alone.cached = n * u->cached;
    else if (u->cache_write > 0) /* the first of them would have written it for the others */
        alone.cached = (int64_t)((double)(single - c->likely_in) * scale);
    if (alone.cached > alone.input)
        alone.cached = alone.input;
    if (u->cache_write > 0 && u->cache_write + (u->cached > 0 ? u->cached : 0) >= u->input)
        alone.cache_write = alone.input - alone.cached; /* all that is not read is written */
    else if (u->cache_write > 0)
        alone.cache_write = u->cache_write;
    return alone;
}

/* By the table of prices, and in proportion to what this reply really cost. */
static int64_t price_alone(struct wn_engine *e, const struct wn_job *c, const char *model,
                           const struct wn_usage *u, int64_t cost)
{
    const char *prices = wn_config_get(e->wn->config, "WINNOW_PRICES");
    struct wn_usage mine = *u, alone;
    int64_t now = wn_clock_now(), table, single;
    if (u->input <= 0) /* refused as a whole: nothing was counted */
        mine = (struct wn_usage){ .input = c->likely_in, .output = c->likely_out };
    mine.cost_microusd = -1;
    alone = usage_alone(e, c, &mine);
    single = wn_price_microusd(c->call.provider, model, &alone, prices, now);
    table = wn_price_microusd(c->call.provider, model, &mine, prices, now);
    if (single < 0 || table <= 0)
        return mine.input > 0 ? cost * alone.input / mine.input : cost;
    return u->input <= 0 ? single : (int64_t)((double)single * (double)cost / (double)table);
}

void wn_pack_account(struct wn_engine *e, const struct wn_job *c, const char *model,
                     const struct wn_usage *u, int64_t cost)
{
    e->tally->packed_requests++;
    e->tally->packed_microusd += cost;
    e->tally->unpacked_microusd += price_alone(e, c, model, u, cost);
}

/* Its items go on, one after the other, and those that waited for the same answer behind each. */
enum wn_code wn_pack_scatter(struct wn_engine *e, struct wn_job *c,
                             enum wn_code (*on)(struct wn_engine *e, struct wn_job *j,
                                                struct wn_error *err),
                             struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    for (size_t i = 0; rc == WN_OK && i < c->load->pack.n; i++) {
        struct wn_job *j = c->load->of[i];
        unsigned char key[WN_HASH];
        memcpy(key, j->cache_key, WN_HASH);
        wn_ask_counts(e, j, -1);
        share(c, i);
        j->model = c->model;
        rc = on(e, j, err);
        if (rc == WN_OK)
            rc = wn_ask_settled(e, j, key, err);
    }
    c->state = WN_JOB_FREE;
    return rc;
}

bool wn_pack_is_over(const struct wn_reply *r, const struct wn_response *response)
{
    cJSON *tree = NULL;
    if (r->class == WN_CLASS_BUSY) { /* a whole reply with half an answer in it */
        bool json = wn_json_parse(response->body, response->body_len, false, &tree, NULL) == WN_OK;
        cJSON_Delete(tree);
        return response->wire == WN_WIRE_OK && response->status / 100 == 2 && !json;
    }
    return r->class != WN_CLASS_BROKEN && r->class != WN_CLASS_STOP;
}

enum wn_code wn_pack_deliver(struct wn_engine *e, struct wn_job *c, const struct wn_reply *r,
                             struct wn_error *err)
{
    const struct wn_unpacked *u = r->class == WN_CLASS_OK ? r->unpacked : NULL;
    size_t n = c->load->pack.n;
    struct wn_reply each = { .model = r->model,
                             .usage = { .input = part_of(r->usage.input, n),
                                        .output = part_of(r->usage.output, n) } };
    wn_pack_account(e, c, r->model, &r->usage, c->cost_microusd);
    e->tally->packed_unknown += u == NULL ? 0 : (int64_t)u->nunknown;
    for (size_t i = 0; i < n; i++) {
        struct wn_job *j = c->load->of[i];
        int64_t all = c->cost_microusd;
        j->body = part_body(r, u == NULL ? NULL : u->parts[i], u != NULL && u->stripped, &j->arena);
        j->body_len = strlen(j->body);
        j->from_cache = false;
        wn_ask_facts(e, j, &each, all / (int64_t)n + ((int64_t)i < all % (int64_t)n));
    }
    return wn_pack_scatter(e, c, take_part, err);
}

void wn_pack_estimated(struct wn_engine *e, struct wn_job *c)
{
    for (size_t i = 0; i < c->load->pack.n; i++) {
        wn_ask_counts(e, c->load->of[i], -1);
        wn_ask_estimated(e, c->load->of[i]);
    }
    c->state = WN_JOB_FREE;
}

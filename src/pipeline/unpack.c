/* unpack.c: a carrier's reply, or its end without one; see pack.h. Each item's part becomes a body of its own,
 * the same that is kept for the next run, and is read from there: so today's answer and a kept one cannot
 * differ. */
#include "base/clock.h"
#include "base/json.h"
#include "decide/evidence.h"
#include "pipeline/budget.h"
#include "pipeline/pack.h"
#include <string.h>

enum { MOST_USELESS = 3 };

/* ---- one item's part ---- */

const char *wn_pack_part_body(const struct wn_reply *r, const char *part, bool stripped,
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

enum wn_code wn_pack_take(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
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

static bool stands_in(const char *text, size_t len, const char *quote)
{
    struct wn_match m = wn_quote_match(text, len, quote, strlen(quote));
    return m.status != WN_EVIDENCE_NOT_FOUND && m.status != WN_EVIDENCE_NONE;
}

/* In its text, or in a field as the prompt shows it. */
static bool stands_in_item(struct wn_job *j, const char *quote)
{
    const struct wn_item *item = &j->item;
    bool found = stands_in(item->text, item->text_len, quote);
    for (size_t i = 0; i < item->nfields && !found; i++) {
        const char *line =
            wn_arena_printf(&j->arena, "%s: %s", item->fields[i].name, item->fields[i].value);
        found = stands_in(line, strlen(line), quote);
    }
    return found;
}

bool wn_pack_strays(struct wn_job *j, const struct wn_answer *answer)
{
    for (size_t q = 0; answer != NULL && q < answer->nvalues; q++) {
        const struct wn_value *v = &answer->values[q];
        if (v->answered && v->quote != NULL && !stands_in_item(j, v->quote))
            return true;
    }
    return false;
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

/* A model that does not understand what it is to do with several items is not paid for trying on and on. */
static void count_use(struct wn_engine *e, size_t model, bool useless)
{
    struct wn_target *t = &e->o.targets->list[model];
    t->useless = useless ? t->useless + 1 : 0;
    if (t->useless < MOST_USELESS || t->no_pack)
        return;
    t->no_pack = true;
    wn_log(&e->wn->log, WN_WARN, "notice",
           "%s answered about no item of %d packed requests in a row: from here on it is asked one by one",
           t->lane, t->useless);
}

enum wn_code wn_pack_deliver(struct wn_engine *e, struct wn_job *c, const struct wn_reply *r,
                             struct wn_error *err)
{
    const struct wn_unpacked *u = r->class == WN_CLASS_OK ? r->unpacked : NULL;
    size_t n = c->load->pack.n, model = c->model;
    int64_t again = e->tally->packed_again;
    enum wn_code rc;
    struct wn_reply each = { .model = r->model,
                             .usage = { .input = part_of(r->usage.input, n),
                                        .output = part_of(r->usage.output, n) } };
    wn_pack_account(e, c, r->model, &r->usage, c->cost_microusd);
    e->tally->packed_unknown += u == NULL ? 0 : (int64_t)u->nunknown;
    for (size_t i = 0; i < n; i++) {
        struct wn_job *j = c->load->of[i];
        int64_t all = c->cost_microusd;
        j->body = wn_pack_part_body(r, u == NULL ? NULL : u->parts[i], u != NULL && u->stripped,
                                    &j->arena);
        j->body_len = strlen(j->body);
        j->from_cache = false;
        wn_ask_facts(e, j, &each, all / (int64_t)n + ((int64_t)i < all % (int64_t)n));
    }
    rc = wn_pack_scatter(e, c, wn_pack_take, err);
    if (r->class != WN_CLASS_BUSY) /* that says nothing of the model */
        count_use(e, model, e->tally->packed_again - again == (int64_t)n);
    return rc;
}

void wn_pack_estimated(struct wn_engine *e, struct wn_job *c)
{
    for (size_t i = 0; i < c->load->pack.n; i++) {
        wn_ask_counts(e, c->load->of[i], -1);
        wn_ask_estimated(e, c->load->of[i]);
    }
    c->state = WN_JOB_FREE;
}

static enum wn_code collected(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    (void)e;
    (void)err;
    wn_job_drop(j);
    return WN_OK;
}

enum wn_code wn_pack_collected(struct wn_engine *e, struct wn_job *c, struct wn_error *err)
{
    return wn_pack_scatter(e, c, collected, err);
}

/* faithful.c: whether a brief says what its sources say is a task of its own, NAME.faithful: decided,
 * kept, reviewed and proved like any other. */
#include "base/clock.h"
#include "decide/route.h"
#include "decide/sample.h"
#include "decide/state.h"
#include "pipeline/summarize.h"
#include "report/writer.h"
#include <math.h>
#include <string.h>

/* How sure the program can be by itself. Extracts are the sources' own words. A written brief may turn a
 * denial round without a word that is not in its quotes: only a second model's look makes up for that,
 * and only reviews prove it. */
static double score(const struct wn_brief *b)
{
    const struct wn_brief_doc *d = &b->doc;
    if (d->unsupported > 0)
        return .5 * (1 - (double)d->unsupported / (double)d->nsentences);
    if (d->extracts || d->not_enough)
        return .99;
    return b->o.check != NULL ? .975 : .9;
}

static const char *item_id(struct wn_brief *b)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < b->nlist; i++)
        for (const char *p = b->list[i].name; *p != '\0'; p++)
            h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
    return wn_arena_printf(&b->arena, "brief:%s:%08x", b->facts.title, (unsigned)(h ^ h >> 32));
}

static const char *proof_key(struct wn_brief *b)
{
    const char *check = b->o.check == NULL ? "" : b->o.check;
    const struct wn_part parts[] = { { "brief key 1", 11 },
                                     { b->task->version, strlen(b->task->version) },
                                     { b->model, strlen(b->model) },
                                     { check, strlen(check) } };
    unsigned char hash[WN_HASH];
    char *hex = wn_arena_alloc(&b->arena, 33);
    wn_cache_key(b->wn->store, parts, WN_COUNT(parts), hash);
    for (size_t i = 0; i < 16; i++) {
        hex[2 * i] = "0123456789abcdef"[hash[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[hash[i] & 15];
    }
    return hex;
}

static void decide(struct wn_brief *b, const struct wn_task *t, const char *id,
                   struct wn_routed *routed, struct wn_row *row)
{
    const char *flags[2];
    struct wn_routing in = { .flags = flags, .state = wn_state_first(t->before_proof_review) };
    const char *salt = wn_store_salt(b->wn->store);
    struct wn_audit_plan plan = { .delta = .05, .eps = t->target_error };
    struct wn_reason_facts facts;
    if (b->doc.unsupported > 0)
        flags[in.nflags++] = "unsupported_claim";
    in.s = score(b);
    in.tau = wn_state_tau(in.state, NAN);
    in.p = NAN;
    in.u = wn_prn(salt, "audit", t->name, id);
    in.pi = wn_audit_rate(in.state, &plan);
    wn_route(&in, &b->arena, routed);
    facts = (struct wn_reason_facts){
        .task = t, .s = in.s, .tau = in.tau, .p = NAN, .state = in.state
    };
    b->facts.route = routed->route;
    for (size_t i = 0; i < routed->nreasons && i < WN_COUNT(b->because); i++)
        b->because[b->facts.nbecause++] = wn_reason_text(routed->reasons[i], &facts, &b->arena);
    b->facts.because = b->because;
    row->state = wn_state_name(in.state);
    row->route = routed->route;
    row->s = in.s;
    row->u = in.u;
    row->pi = in.pi;
    row->hard_flag = in.nflags > 0;
}

enum wn_code wn_brief_keep(struct wn_brief *b, struct wn_error *err)
{
    struct wn_task *t = wn_brief_task_faithful(b->task);
    struct wn_buf text = WN_BUF_INIT(16 << 20), item_json = WN_BUF_INIT(64 << 20),
                  result_json = WN_BUF_INIT(64 << 20);
    struct wn_routed routed = { 0 };
    struct wn_row row = { .task = t->name, .version = t->version, .p = NAN };
    struct wn_item item = { .id = item_id(b) };
    struct wn_result r;
    enum wn_code rc;
    wn_brief_write_md(&b->doc, &text);
    item.source = item.id;
    item.text = text.data;
    item.text_len = text.len;
    decide(b, t, item.id, &routed, &row);
    r = (struct wn_result){ .item = &item,
                            .task = t->name,
                            .route = routed.route,
                            .label = b->doc.unsupported > 0 ? "unfaithful" : "faithful",
                            .probability = NAN,
                            .reasons = routed.reasons,
                            .because = b->because,
                            .nreasons = b->facts.nbecause,
                            .tags = routed.tags,
                            .ntags = routed.ntags,
                            .model = b->doc.extracts ? "linear" : b->doc.model };
    wn_item_write(&item, &item_json);
    wn_result_write(&r, &result_json);
    row.model = r.model == NULL ? "" : r.model;
    row.key = proof_key(b);
    row.created = wn_clock_now();
    row.cost_microusd = b->facts.tally.cost_microusd;
    row.item_id = item.id;
    row.content = item.text;
    row.content_len = item.text_len;
    row.same_as = item.text; /* the same brief again is the same decision */
    row.item_json = item_json.data;
    row.result_json = result_json.data;
    row.signals_json = "[]";
    rc = text.failed || item_json.failed || result_json.failed
             ? wn_error_set(err, WN_E_NOMEM, "the brief is too large to keep")
             : wn_results_put(b->wn->store, &row, NULL, err);
    if (rc == WN_OK)
        rc = wn_store_flush(b->wn->store, err);
    wn_buf_free(&text);
    wn_buf_free(&item_json);
    wn_buf_free(&result_json);
    wn_task_free(t);
    return rc;
}

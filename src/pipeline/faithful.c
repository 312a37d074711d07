/* faithful.c: whether a brief says what its sources say is a task of its own, NAME.faithful: decided,
 * kept, reviewed and proved like any other. */
#include "base/clock.h"
#include "base/fnv.h"
#include "decide/evidence.h"
#include "decide/route.h"
#include "decide/signals.h"
#include "pipeline/result.h"
#include "pipeline/summarize.h"
#include "pipeline/trust.h"
#include "report/writer.h"
#include <math.h>
#include <string.h>

/* The check by program finds no denial that was turned round and no roles that were swapped
 * (confidence.md section 11), so its word alone never makes a written brief sure enough to go unseen. */
#define MOST_BY_PROGRAM .9

/* A brief is as good as its weakest sentence. Beside the quotes there are two opinions: the program's, the
 * share of the sentence's words that stand in its quotes, which is 1 for a sentence that is copied; and the
 * second model's. */
static void gather_signals(const struct wn_brief *b, struct wn_signals *out)
{
    const struct wn_brief_doc *d = &b->doc;
    *out = (struct wn_signals)WN_SIGNALS_NONE;
    for (size_t i = 0; i < d->nsentences; i++) {
        const struct wn_brief_sentence *s = &d->sentences[i];
        out->lin = fmin(out->lin, s->carried);
        out->chk = fmin(out->chk, s->sure);
        for (size_t k = 0; k < s->ncites; k++)
            out->ev = i + k == 0 ? s->cites[k].evidence
                                 : wn_evidence_worse(out->ev, s->cites[k].evidence);
    }
    if (!d->extracts)
        out->lin *= MOST_BY_PROGRAM;
}

static bool unanswered(const struct wn_brief *b)
{
    const struct wn_brief_doc *d = &b->doc;
    if (d->ended != NULL && b->o.check != NULL)
        return true;
    for (size_t i = 0; i < d->nsentences; i++)
        if (d->checker != NULL && d->sentences[i].nproblems == 0 && isnan(d->sentences[i].sure))
            return true;
    return false;
}

static size_t gather_flags(const struct wn_brief *b, const char **flags)
{
    const struct {
        bool holds;
        const char *name;
    } all[] = { { b->suspicious, "injection_suspected" },
                { b->cut, "truncated_input" },
                { unanswered(b), "signal_missing" },
                { b->doc.unsupported > 0, "unsupported_claim" } };
    size_t n = 0;
    for (size_t i = 0; i < WN_COUNT(all); i++)
        if (all[i].holds)
            flags[n++] = all[i].name;
    return n;
}

/* Another text, or another source, is another brief: each counts once, however often it is made. */
static const char *item_id(struct wn_brief *b, const struct wn_buf *text)
{
    uint64_t h = WN_FNV_START;
    for (size_t i = 0; i < b->nlist; i++)
        h = wn_fnv_str(h, b->list[i].name);
    h = wn_fnv(h, text->data, text->len);
    return wn_arena_printf(&b->arena, "brief:%s:%08x", b->facts.title, (unsigned)(h ^ h >> 32));
}

/* How the brief came to be: a proof holds for this pair of models, this prompt and this language. */
static struct wn_origin origin(struct wn_brief *b)
{
    struct wn_arena *a = &b->arena;
    const char *language = b->o.language == NULL ? "" : b->o.language;
    struct wn_origin o = { .asked = "linear", .how = "extracts 1", .by = "linear" };
    if (b->doc.extracts)
        return o;
    o.asked = b->o.check == NULL ? b->model : wn_arena_printf(a, "%s+%s", b->model, b->o.check);
    o.how = wn_arena_printf(a, "brief 2 %s", language);
    o.by = b->doc.model;
    if (b->checked_by != NULL)
        o.by = wn_arena_printf(a, "%s+%s", o.by, b->checked_by);
    return o;
}

struct keeping {
    struct wn_brief *b;
    struct wn_task *task;
    struct wn_item item;
    struct wn_signals signals;
    struct wn_routed routed;
    struct wn_row row;
    const char *label;
};

static void decide(struct keeping *k, const struct wn_standing *st)
{
    struct wn_brief *b = k->b;
    const char *flags[4], *salt = wn_store_salt(b->wn->store), *task = k->task->name;
    struct wn_routing in = { .flags = flags,
                             .state = st->state,
                             .tau = st->tau,
                             .pi = st->pi,
                             .u = wn_prn(salt, "audit", task, k->item.id) };
    struct wn_reason_facts facts;
    gather_signals(b, &k->signals);
    in.nflags = gather_flags(b, flags);
    in.s = wn_score_jittered(wn_score(&k->signals), salt, task, k->item.id);
    in.p = wn_display(st->display, wn_score_z(&k->signals));
    if (b->doc.nsentences == 0)
        in.s = 1; /* there is nothing in it that could be wrong */
    k->row.s = in.s;
    if (b->doc.unsupported > 0) { /* what was found is the reason, not a score */
        in.s = INFINITY;
        in.p = NAN;
    }
    wn_route(&in, &b->arena, &k->routed);
    facts = (struct wn_reason_facts){
        .task = k->task, .s = in.s, .tau = in.tau, .p = in.p, .state = in.state
    };
    b->facts.route = k->routed.route;
    b->facts.nbecause = 0;
    for (size_t i = 0; i < k->routed.nreasons && i < WN_COUNT(b->because); i++)
        b->because[b->facts.nbecause++] = wn_reason_text(k->routed.reasons[i], &facts, &b->arena);
    b->facts.because = b->because;
    k->label = b->doc.unsupported > 0 ? "unfaithful" : "faithful";
    k->row.state = wn_state_name(in.state);
    k->row.key = st->key;
    k->row.route = k->routed.route;
    k->row.p = in.p;
    k->row.u = in.u;
    k->row.pi = in.pi;
    k->row.fold = 1; /* nothing learns from what people say of briefs: all of them may prove */
    k->row.hard_flag = !k->routed.eligible || b->doc.nsentences == 0;
}

static enum wn_code put(struct keeping *k, struct wn_error *err)
{
    struct wn_brief *b = k->b;
    struct wn_buf item = WN_BUF_INIT(64 << 20), result = WN_BUF_INIT(64 << 20);
    struct wn_buf same = WN_BUF_INIT(64 << 20), signals = WN_BUF_INIT(1 << 16);
    const struct wn_result r = { .item = &k->item,
                                 .task = k->task->name,
                                 .route = k->routed.route,
                                 .label = k->label,
                                 .probability = k->row.p,
                                 .source = b->doc.extracts ? WN_LINEAR : WN_SOURCE_NONE,
                                 .reasons = k->routed.reasons,
                                 .because = b->because,
                                 .nreasons = b->facts.nbecause,
                                 .tags = k->routed.tags,
                                 .ntags = k->routed.ntags,
                                 .model = k->row.model,
                                 .cost_microusd = b->facts.tally.cost_microusd };
    enum wn_code rc;
    wn_item_write(&k->item, &item);
    wn_result_write(&r, &result);
    wn_buf_printf(&same, "%s\n%s\n%s", k->item.text, k->label, k->row.key);
    wn_buf_char(&signals, '[');
    wn_signals_write(k->task->questions[0].name, wn_source_name(r.source), &k->signals, &signals);
    wn_buf_char(&signals, ']');
    k->row.created = wn_clock_now();
    k->row.cost_microusd = r.cost_microusd;
    k->row.item_id = k->item.id;
    k->row.content = k->item.text;
    k->row.content_len = k->item.text_len;
    k->row.same_as = same.data; /* the same brief again is the same decision */
    k->row.item_json = item.data;
    k->row.result_json = result.data;
    k->row.signals_json = signals.data;
    rc = item.failed || result.failed || same.failed
             ? wn_error_set(err, WN_E_NOMEM, "the brief is too large to keep")
             : wn_results_put(b->wn->store, &k->row, NULL, err);
    if (rc == WN_OK)
        rc = wn_store_flush(b->wn->store, err);
    wn_buf_free(&item);
    wn_buf_free(&result);
    wn_buf_free(&same);
    wn_buf_free(&signals);
    return rc;
}

/* How many sentences there are, and every source that was read: not the quoted ones alone, since a model
 * that writes has read them all. */
static void gather_fields(struct wn_brief *b, struct wn_item *out)
{
    struct wn_field *f = wn_arena_array(&b->arena, 3 * b->nlist + 1, sizeof(*f));
    f[out->nfields++] = (struct wn_field){
        WN_BRIEF_SENTENCES, wn_arena_printf(&b->arena, "%zu", b->doc.nsentences)
    };
    for (size_t i = 0; i < b->nlist; i++) {
        const struct wn_brief_source *s = &b->list[i];
        const struct wn_item item = { .fields = s->fields, .nfields = s->nfields };
        const char *sender = wn_item_sender(&item, &b->arena);
        f[out->nfields++] = (struct wn_field){ WN_BRIEF_SOURCE, s->item };
        if (strcmp(s->item, s->name) != 0)
            f[out->nfields++] = (struct wn_field){ WN_BRIEF_SOURCE, s->name };
        if (sender != NULL)
            f[out->nfields++] = (struct wn_field){ WN_BRIEF_SENDER, sender };
    }
    out->fields = f;
}

enum wn_code wn_brief_keep(struct wn_brief *b, struct wn_error *err)
{
    struct keeping k = { .b = b, .task = wn_brief_task_faithful(b->task) };
    struct wn_buf text = WN_BUF_INIT(16 << 20);
    const struct wn_origin from = origin(b);
    struct wn_standings *standings = wn_standings_new(b->wn, k.task);
    enum wn_code rc;
    wn_brief_write_review(&b->doc, &text);
    k.item.id = k.item.source = item_id(b, &text);
    k.item.text = text.data;
    k.item.text_len = text.len;
    gather_fields(b, &k.item);
    k.row = (struct wn_row){ .task = k.task->name,
                             .version = k.task->version,
                             .model = wn_arena_str(&b->arena, from.by == NULL ? "" : from.by) };
    decide(&k, wn_standing_of(standings, &from));
    rc = text.failed ? wn_error_set(err, WN_E_NOMEM, "the brief is too large to keep")
                     : put(&k, err);
    if (rc == WN_OK)
        b->facts.trust_line = wn_standing_line(standings, &from, &b->arena);
    wn_standings_free(standings);
    wn_buf_free(&text);
    wn_task_free(k.task);
    return rc;
}

/* pack.c: see pack.h. A carrier's items wait in state ASKING under their own keys, so that an equal item
 * waits for them as for any request, and each finds its own part in the cache on the next run. */
#include "pipeline/pack.h"
#include "base/clock.h"
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

enum wn_code wn_pack_check(const struct wn_task *t, int pack, struct wn_error *err)
{
    if (pack <= 1 || t->pack != 0)
        return WN_OK;
    wn_error_set(err, WN_E_CONFIG, "the items of task '%s' may not share a request", t->name);
    wn_error_hint(err, "Leave out --pack, or set \"pack\" above 0 in its task.json.");
    return WN_E_CONFIG;
}

bool wn_pack_may(const struct wn_engine *e, const struct wn_job *j)
{
    return e->o.pack > 1 && j->errand == NULL && !j->alone &&
           j->step < WN_STEP_SAMPLE && item_bytes(&j->item) <= ITEM_BYTES;
}

bool wn_pack_takes(const struct wn_engine *e, const struct wn_job *j)
{
    size_t most = questions_limit(j);
    return !e->o.targets->list[j->model].no_pack && !j->flags.truncated_input && !j->flags.injection_suspected &&
           (most == 0 || 2 * wn_provider_questions(&j->prompt) <= most);
}

struct wn_arena *wn_pack_scratch(struct wn_engine *e)
{
    wn_arena_reset(&e->scratch);
    return &e->scratch;
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
    wn_arena_free(&e->scratch);
}

int64_t wn_pack_likely_out(const struct wn_engine *e, const struct wn_job *carrier)
{
    if (carrier->call.kind == WN_DECIDE)
        return 0;
    return (int64_t)carrier->load->pack.n *
           (wn_budget_likely_out(e->task, carrier->asked) + OUT_ITEM_LIKELY);
}

/* What the words about packing add to a request, measured on one item: the same for all. */
static int64_t words_about_packing(struct wn_engine *e, const struct wn_job *j)
{
    struct wn_request single;
    if (wn_provider_build(&j->call, &e->scratch, &single, NULL) != WN_OK)
        return 0;
    return j->likely_in - wn_budget_likely_in(single.body, single.body_len);
}

/* From here on the item waits: what its carrier needs of its prompt moves out of the scratch. */
static void settle_in(struct wn_job *c, struct wn_job *j)
{
    j->prompt.system = c->load->system;
    j->prompt.user = wn_arena_str(&j->arena, j->prompt.user);
    j->prompt.state = NULL;
    j->prompt.state_item = wn_arena_str(&j->arena, j->prompt.state_item);
    j->prompt.asked = j->asked;
    j->request = (struct wn_request){ .lane = j->request.lane };
    j->single_in = j->likely_in - c->load->more;
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
        c->load->system = wn_arena_str(&c->arena, j->prompt.system);
        c->load->more = words_about_packing(e, j);
    } else {
        c->load->tokens += added_tokens(j);
    }
    settle_in(c, j);
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

/* ---- one item ---- */

/* The request as it were with this item alone in it: what its key is made of, so that it does not depend on
 * who else came along. */
static bool make_key(struct wn_engine *e, struct wn_job *j)
{
    struct wn_call single = j->call;
    struct wn_prompt own = j->prompt, one;
    const struct wn_prompt *of = &own;
    const char *id = own.id;
    struct wn_pack pack = { &id, 1 };
    bool good = wn_pack_prompt(&of, 1, &e->scratch, &one, NULL) == WN_OK;
    j->prompt = one;
    j->call.pack = &pack;
    j->call.max_output_tokens += OUT_ITEM;
    j->call.logprobs = false; /* of one value among many: not read */
    j->call.dropped = e->o.targets->list[j->model].dropped;
    good = good && wn_provider_build(&j->call, &e->scratch, &j->request, NULL) == WN_OK;
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
    return wn_pack_take(e, j, err);
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
    if (rc != WN_OK || found || wn_ask_waits_in_batch(e, j))
        return rc;
    if (e->o.dry_run && wn_ask_seen_before(e, j)) {
        wn_ask_estimated(e, j);
        return WN_OK;
    }
    return wn_ask_waits_as_twin(e, j) ? WN_OK : gather(e, j, err);
}

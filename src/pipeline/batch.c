/* batch.c: see batch.h.
 *
 * A job is a sealed value of the store, written before anything is sent and after each step, so that a
 * run can end at any point: new (requests kept) -> uploaded -> sent -> done. A request's name is its
 * cache key. What an expired or cancelled job did answer is kept; the rest is simply not in the cache, and
 * the next run asks it, directly or in a job. */
#include "pipeline/batch.h"
#include "base/clock.h"
#include "base/json.h"
#include "pipeline/models.h"
#include "provider/batch.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEX = 2 * WN_HASH + 1,
    MOST_ITEMS = 10000,
    MOST_BYTES = 18 << 20 /* Gemini's inline limit */
};

/* As it stands in the store. */
struct job {
    const char *name, *provider, *model, *lane, *task, *version, *stage, *file, *id, *word;
    int64_t created, cache_days, answered, missing;
    struct request {
        const char *key, *item, *sender, *text, *body;
    } * items;
    size_t n;
};

struct wn_batch {
    struct wn *wn;
    const struct wn_task *task;
    struct wn_arena arena;
    struct job *jobs; /* of this run, one for each model and for each MOST_ITEMS requests */
    size_t njobs;
    char (*waiting)[HEX]; /* keys in jobs that were handed in, sorted */
    size_t nwaiting;
};

static const char *hex(const unsigned char key[WN_HASH], char out[HEX])
{
    for (size_t i = 0; i < WN_HASH; i++) {
        out[2 * i] = "0123456789abcdef"[key[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[key[i] & 15];
    }
    out[HEX - 1] = '\0';
    return out;
}

static bool unhex(const char *text, unsigned char key[WN_HASH])
{
    static const char digits[] = "0123456789abcdef";
    if (strlen(text) != HEX - 1)
        return false;
    for (size_t i = 0; i < WN_HASH; i++) {
        const char *hi = strchr(digits, text[2 * i]), *lo = strchr(digits, text[2 * i + 1]);
        if (hi == NULL || lo == NULL)
            return false;
        key[i] = (unsigned char)((hi - digits) << 4 | (lo - digits));
    }
    return true;
}

/* ---- kept in the store ---- */

static void write_str(struct wn_buf *b, const char *name, const char *value)
{
    wn_buf_printf(b, "%s\"%s\":", b->data[b->len - 1] == '{' ? "" : ",", name);
    if (value == NULL)
        wn_buf_str(b, "null");
    else
        wn_json_quote(b, value);
}

static enum wn_code save(struct wn *wn, const struct job *job, struct wn_error *err)
{
    struct wn_buf b = WN_BUF_INIT(256 << 20);
    bool done = strcmp(job->stage, "done") == 0;
    enum wn_code rc;
    wn_buf_char(&b, '{');
    write_str(&b, "provider", job->provider);
    write_str(&b, "model", job->model);
    write_str(&b, "lane", job->lane);
    write_str(&b, "task", job->task);
    write_str(&b, "version", job->version);
    write_str(&b, "stage", job->stage);
    write_str(&b, "file", job->file);
    write_str(&b, "id", job->id);
    write_str(&b, "word", job->word);
    wn_buf_printf(
        &b, ",\"created\":%lld,\"cache_days\":%lld,\"answered\":%lld,\"missing\":%lld,\"n\":%zu",
        (long long)job->created, (long long)job->cache_days, (long long)job->answered,
        (long long)job->missing, job->n);
    wn_buf_str(&b, ",\"items\":[");
    for (size_t i = 0; !done && i < job->n; i++) {
        wn_buf_str(&b, i == 0 ? "{" : ",{");
        write_str(&b, "key", job->items[i].key);
        write_str(&b, "item", job->items[i].item);
        write_str(&b, "sender", job->items[i].sender);
        write_str(&b, "text", job->items[i].text);
        write_str(&b, "body", job->items[i].body);
        wn_buf_char(&b, '}');
    }
    wn_buf_str(&b, "]}");
    rc = b.failed ? wn_error_set(err, WN_E_NOMEM, "the batch is too large to keep")
                  : wn_store_value_put(wn->store, "batch", job->name, b.data, b.len, wn_clock_now(),
                                       err);
    wn_buf_free(&b);
    return rc;
}

static const char *str(const cJSON *o, const char *name, struct wn_arena *a)
{
    const char *text = wn_json_str(o, name);
    return text == NULL ? NULL : wn_arena_str(a, text);
}

static enum wn_code load(struct wn *wn, const char *name, struct wn_arena *a, struct job *job,
                         struct wn_error *err)
{
    const char *bytes = NULL;
    size_t len = 0;
    cJSON *o = NULL;
    const cJSON *list, *e;
    enum wn_code rc = wn_store_value_get(wn->store, "batch", name, a, &bytes, &len, err);
    memset(job, 0, sizeof(*job));
    job->name = name;
    job->stage = "done";
    if (rc != WN_OK || bytes == NULL || wn_json_parse(bytes, len, false, &o, NULL) != WN_OK)
        return rc;
    job->provider = str(o, "provider", a);
    job->model = str(o, "model", a);
    job->lane = str(o, "lane", a);
    job->task = str(o, "task", a);
    job->version = str(o, "version", a);
    job->stage = str(o, "stage", a);
    job->file = str(o, "file", a);
    job->id = str(o, "id", a);
    job->word = str(o, "word", a);
    job->created = wn_json_int(o, "created", 0);
    job->cache_days = wn_json_int(o, "cache_days", 0);
    job->answered = wn_json_int(o, "answered", 0);
    job->missing = wn_json_int(o, "missing", 0);
    job->n = (size_t)wn_json_int(o, "n", 0);
    list = wn_json_get(o, "items");
    if (cJSON_GetArraySize(list) > 0) {
        job->n = 0;
        job->items = wn_arena_array(a, (size_t)cJSON_GetArraySize(list), sizeof(*job->items));
        cJSON_ArrayForEach(e, list)
        {
            job->items[job->n++] =
                (struct request){ str(e, "key", a), str(e, "item", a), str(e, "sender", a),
                                  str(e, "text", a), str(e, "body", a) };
        }
    }
    cJSON_Delete(o);
    return WN_OK;
}

/* ---- talking ---- */

struct talk {
    struct wn *wn;
    struct wn_arena *a;
    struct job *job;
    struct wn_batch_job spec;
    struct wn_error *err;
};

static enum wn_code spec_of(struct talk *t)
{
    const struct job *job = t->job;
    const struct wn_provider *row = wn_provider_named(job->provider, strlen(job->provider));
    struct wn_batch_item *items = wn_arena_array(t->a, job->n, sizeof(*items));
    const char *key_name;
    if (wn_batch_format(row) == NULL)
        return wn_error_set(t->err, WN_E_CONFIG, "%s takes no batches", job->provider);
    for (size_t i = 0; job->items != NULL && i < job->n; i++)
        items[i] = (struct wn_batch_item){ job->items[i].key, job->items[i].body };
    t->spec = (struct wn_batch_job){ .provider = row,
                                     .model = job->model,
                                     .items = items,
                                     .n = job->n,
                                     .file = job->file,
                                     .id = job->id };
    return wn_target_settings(t->wn->config, row, t->a, &t->spec.base_url, &t->spec.key, &key_name,
                              t->err);
}

/* One request and its response, as often as the provider is busy; an answer that is no success is the
 * provider's words as an error. */
static enum wn_code exchange(struct talk *t, struct wn_request *request, struct wn_response **out)
{
    struct wn_pool_options po = { .in_flight = 1,
                                  .timeout_ms = 300000,
                                  .max_body = 256 << 20,
                                  .ca_file = wn_config_get(t->wn->config, "WINNOW_CA_FILE") };
    struct wn_call call = { .provider = t->spec.provider,
                            .kind = WN_GENERATE,
                            .model = t->job->model,
                            .key = t->spec.key };
    struct wn_retry_policy policy = wn_retry_default;
    struct wn_retry retry = { .first_ms = wn_clock_ms() };
    struct wn_pool *pool = NULL;
    struct wn_reply reply;
    int64_t wait = 0;
    enum wn_code rc = wn_pool_open(&po, &pool, t->err);
    policy.max_tries = (int)wn_config_int(t->wn->config, "WINNOW_TRIES");
    *out = NULL;
    while (rc == WN_OK) {
        retry.tries++;
        rc = wn_pool_add(pool, request, t, wait, t->err);
        if (rc == WN_OK)
            rc = wn_pool_take(pool, -1, out, t->err);
        if (rc != WN_OK ||
            (*out != NULL && (*out)->wire == WN_WIRE_OK && (*out)->status / 100 == 2))
            break;
        memset(&reply, 0, sizeof(reply));
        wn_provider_parse(&call, *out, wn_clock_now(), t->a, &reply);
        wn_response_free(*out);
        *out = NULL;
        wait = wn_retry_wait_ms(&policy, &retry, reply.class, reply.wait_ms, wn_clock_ms(), .5);
        if (reply.class != WN_CLASS_BUSY || wait < 0) {
            rc = wn_error_set(t->err, WN_E_PROVIDER, "%s", reply.what);
            wn_error_cause(t->err, "%s", reply.cause);
            wn_error_hint(t->err, "%s",
                          reply.hint[0] != '\0'
                              ? reply.hint
                              : "What was gathered is kept: `winnow batch fetch` goes on.");
        }
    }
    wn_pool_close(pool);
    return rc;
}

static enum wn_code no_id(struct talk *t)
{
    return wn_error_set(t->err, WN_E_PROVIDER, "%s gave the batch no name", t->job->provider);
}

/* From "new" or "uploaded" to "sent". */
static enum wn_code hand_in(struct talk *t)
{
    struct wn_request request;
    struct wn_response *r = NULL;
    enum wn_code rc = WN_OK;
    if (wn_batch_format(t->spec.provider)->upload && t->job->file == NULL) {
        rc = wn_batch_upload(&t->spec, t->a, &request, t->err);
        if (rc == WN_OK)
            rc = exchange(t, &request, &r);
        if (rc == WN_OK) {
            t->job->file = t->spec.file = wn_batch_created(r, t->a);
            t->job->stage = "uploaded";
            rc = t->job->file == NULL ? no_id(t) : save(t->wn, t->job, t->err);
        }
        wn_response_free(r);
        r = NULL;
    }
    if (rc == WN_OK)
        rc = wn_batch_create(&t->spec, t->a, &request, t->err);
    if (rc == WN_OK)
        rc = exchange(t, &request, &r);
    if (rc == WN_OK) {
        t->job->id = t->spec.id = wn_batch_created(r, t->a);
        t->job->stage = "sent";
        rc = t->job->id == NULL ? no_id(t) : save(t->wn, t->job, t->err);
    }
    wn_response_free(r);
    return rc;
}

/* ---- results ---- */

static const struct request *find(const struct job *job, const char *key)
{
    for (size_t i = 0; i < job->n; i++)
        if (strcmp(job->items[i].key, key) == 0)
            return &job->items[i];
    return NULL;
}

/* A reply goes where a direct one would: into the cache, with its price, which is half. */
static void keep_line(void *user, const struct wn_batch_line *l)
{
    struct talk *t = user;
    const struct request *asked = find(t->job, l->id);
    struct wn_call call = { .provider = t->spec.provider,
                            .kind = WN_GENERATE,
                            .model = t->job->model };
    struct wn_response response = { .wire = WN_WIRE_OK, .status = 200 };
    const char *prices = wn_config_get(t->wn->config, "WINNOW_PRICES");
    unsigned char key[WN_HASH];
    struct wn_reply reply = { 0 };
    struct wn_cache_facts facts;
    int64_t cost, now = wn_clock_now();
    if (l->body == NULL || asked == NULL || !unhex(l->id, key))
        return;
    response.body = wn_arena_str(t->a, l->body);
    response.body_len = strlen(l->body);
    wn_provider_parse(&call, &response, now, t->a, &reply);
    cost = wn_price_microusd(t->spec.provider, t->job->model, &reply.usage, prices, now);
    if (cost > 0 &&
        reply.usage.cost_microusd < 0) /* a price that the reply tells is halved already */
        cost = (cost + 1) / 2;
    if (cost > 0)
        wn_ledger_add(t->wn->store, now / 86400, t->job->lane, cost, NULL);
    if (reply.class != WN_CLASS_OK)
        return;
    facts = (struct wn_cache_facts){
        .task = t->job->task,
        .version = t->job->version,
        .model = wn_arena_printf(t->a, "%s/%s", t->job->provider, reply.model),
        .tokens_in = reply.usage.input > 0 ? reply.usage.input : 0,
        .tokens_out = reply.usage.output > 0 ? reply.usage.output : 0,
        .cost_microusd = cost > 0 ? cost : 0,
        .now = now,
        .expires = t->job->cache_days > 0 ? now + t->job->cache_days * 86400 : 0,
        .item_id = asked->item,
        .sender = asked->sender,
        .content = asked->text,
        .content_len = strlen(asked->text),
    };
    if (wn_cache_put(t->wn->store, key, response.body, response.body_len, &facts, NULL) == WN_OK)
        t->job->answered++;
}

static enum wn_code take_results(struct talk *t, const struct wn_batch_state *state,
                                 const struct wn_response *inline_results)
{
    enum wn_code rc = WN_OK;
    t->job->answered = 0;
    if (state->paths[0] == NULL && state->paths[1] == NULL)
        wn_batch_read_results(inline_results, t->a, keep_line, t);
    for (size_t i = 0; rc == WN_OK && i < WN_COUNT(state->paths); i++) {
        struct wn_request request;
        struct wn_response *r = NULL;
        if (state->paths[i] == NULL)
            continue;
        rc = wn_batch_results(&t->spec, state->paths[i], t->a, &request, t->err);
        if (rc == WN_OK)
            rc = exchange(t, &request, &r);
        if (rc == WN_OK)
            wn_batch_read_results(r, t->a, keep_line, t);
        wn_response_free(r);
    }
    if (rc == WN_OK)
        rc = wn_store_flush(t->wn->store, t->err); /* the replies are safe before the job is done */
    t->job->missing = (int64_t)t->job->n - t->job->answered;
    t->job->stage = "done";
    return rc == WN_OK ? save(t->wn, t->job, t->err) : rc;
}

/* One step further with a job: hand it in, or look how it is and take what is there. */
static enum wn_code go_on(struct wn *wn, struct job *job, struct wn_arena *a, struct wn_error *err)
{
    struct talk t = { .wn = wn, .a = a, .job = job, .err = err };
    struct wn_batch_state state;
    struct wn_request request;
    struct wn_response *r = NULL;
    enum wn_code rc;
    if (strcmp(job->stage, "done") == 0)
        return WN_OK;
    rc = spec_of(&t);
    if (rc == WN_OK && job->id == NULL)
        return hand_in(&t);
    if (rc == WN_OK)
        rc = wn_batch_ask_state(&t.spec, a, &request, err);
    if (rc == WN_OK)
        rc = exchange(&t, &request, &r);
    if (rc == WN_OK && !wn_batch_read_state(&t.spec, r, a, &state))
        rc = wn_error_set(err, WN_E_PROVIDER, "%s says nothing of the batch", job->provider);
    if (rc == WN_OK) {
        job->word = state.word;
        if (state.stage == WN_BATCH_ENDED)
            rc = take_results(&t, &state, r);
        else
            rc = save(wn, job, err);
    }
    wn_response_free(r);
    return rc;
}

static enum wn_code names_of(struct wn *wn, struct wn_arena *a, const char *const **names,
                             size_t *n, struct wn_error *err)
{
    *n = 0;
    if (!wn_context_has_store(wn))
        return WN_OK;
    if (wn_context_store(wn, err) != WN_OK)
        return WN_E_STORE;
    return wn_store_value_names(wn->store, "batch", a, names, n, err);
}

/* ---- for `winnow batch` ---- */

enum wn_code wn_batches(struct wn *wn, const struct wn_batch_info **out, size_t *n,
                        struct wn_error *err)
{
    const char *const *names = NULL;
    struct wn_batch_info *list;
    enum wn_code rc = names_of(wn, &wn->arena, &names, n, err);
    list = wn_arena_array(&wn->arena, *n, sizeof(*list));
    *out = list;
    for (size_t i = 0; rc == WN_OK && i < *n; i++) {
        struct job job;
        rc = load(wn, names[i], &wn->arena, &job, err);
        list[i] = (struct wn_batch_info){ .id = job.name,
                                          .model = wn_arena_printf(&wn->arena, "%s/%s",
                                                                   job.provider, job.model),
                                          .task = job.task,
                                          .state = job.word != NULL ? job.word : job.stage,
                                          .ended = strcmp(job.stage, "done") == 0,
                                          .created = job.created,
                                          .requests = (int64_t)job.n,
                                          .answered = job.answered,
                                          .missing = job.missing };
    }
    return rc;
}

static enum wn_code for_each(struct wn *wn, const char *id, struct wn_error *err,
                             enum wn_code (*act)(struct wn *wn, struct job *job, struct wn_arena *a,
                                                 struct wn_error *err))
{
    struct wn_arena a = WN_ARENA_INIT;
    const char *const *names = NULL;
    size_t n = 0, found = 0;
    enum wn_code rc = names_of(wn, &a, &names, &n, err);
    for (size_t i = 0; rc == WN_OK && i < n; i++) {
        struct job job;
        if (id != NULL && strcmp(id, names[i]) != 0)
            continue;
        found++;
        rc = load(wn, names[i], &a, &job, err);
        if (rc == WN_OK)
            rc = act(wn, &job, &a, err);
    }
    wn_arena_free(&a);
    if (rc == WN_OK && id != NULL && found == 0) {
        rc = wn_error_set(err, WN_E_USAGE, "there is no batch '%s'", id);
        wn_error_hint(err, "`winnow batch` lists them.");
    }
    return rc;
}

enum wn_code wn_batches_fetch(struct wn *wn, const char *id, struct wn_error *err)
{
    return for_each(wn, id, err, go_on);
}

static enum wn_code cancel(struct wn *wn, struct job *job, struct wn_arena *a, struct wn_error *err)
{
    struct talk t = { .wn = wn, .a = a, .job = job, .err = err };
    struct wn_request request;
    struct wn_response *r = NULL;
    enum wn_code rc = WN_OK;
    if (strcmp(job->stage, "done") == 0)
        return WN_OK;
    if (job->id == NULL) { /* never handed in */
        job->missing = (int64_t)job->n;
        job->stage = "done";
        job->word = "cancelled";
        return save(wn, job, err);
    }
    rc = spec_of(&t);
    if (rc == WN_OK)
        rc = wn_batch_cancel(&t.spec, a, &request, err);
    if (rc == WN_OK)
        rc = exchange(&t, &request, &r);
    wn_response_free(r);
    return rc == WN_OK ? go_on(wn, job, a, err) : rc;
}

enum wn_code wn_batches_cancel(struct wn *wn, const char *id, struct wn_error *err)
{
    return for_each(wn, id, err, cancel);
}

/* ---- a run ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void add_waiting(struct wn_batch *b, const struct job *job)
{
    b->waiting = wn_xrealloc(b->waiting, b->nwaiting + job->n, sizeof(*b->waiting));
    for (size_t i = 0; i < job->n; i++)
        snprintf(b->waiting[b->nwaiting++], HEX, "%s", job->items[i].key);
}

enum wn_code wn_batch_begin(struct wn *wn, const struct wn_task *t, struct wn_batch **out,
                            struct wn_error *err)
{
    struct wn_batch *b = wn_xcalloc(1, sizeof(*b));
    const char *const *names = NULL;
    size_t n = 0;
    enum wn_code rc = wn_batches_fetch(wn, NULL, err);
    b->wn = wn;
    b->task = t;
    *out = b;
    if (rc == WN_OK)
        rc = names_of(wn, &b->arena, &names, &n, err);
    for (size_t i = 0; rc == WN_OK && i < n; i++) {
        struct job job;
        rc = load(wn, names[i], &b->arena, &job, err);
        if (rc == WN_OK && strcmp(job.stage, "done") != 0 && job.items != NULL)
            add_waiting(b, &job);
    }
    if (b->nwaiting > 0)
        qsort(b->waiting, b->nwaiting, HEX, by_text);
    return rc;
}

void wn_batch_free(struct wn_batch *b)
{
    if (b == NULL)
        return;
    for (size_t i = 0; i < b->njobs; i++)
        free(b->jobs[i].items);
    free(b->jobs);
    free(b->waiting);
    wn_arena_free(&b->arena);
    free(b);
}

/* The job of this run that takes requests for the model. */
static struct job *job_for(struct wn_batch *b, const struct wn_job *j)
{
    struct job *job;
    for (size_t i = 0; i < b->njobs; i++)
        if (strcmp(b->jobs[i].provider, j->call.provider->name) == 0 &&
            strcmp(b->jobs[i].model, j->call.model) == 0 && b->jobs[i].n < MOST_ITEMS &&
            b->jobs[i].answered + (int64_t)j->request.body_len < MOST_BYTES)
            return &b->jobs[i];
    b->jobs = wn_xrealloc(b->jobs, b->njobs + 1, sizeof(*b->jobs));
    job = &b->jobs[b->njobs++];
    *job = (struct job){ .provider = j->call.provider->name,
                         .model = wn_arena_str(&b->arena, j->call.model),
                         .lane = wn_arena_str(&b->arena, j->request.lane),
                         .task = b->task->name,
                         .version = b->task->version,
                         .stage = "new",
                         .cache_days = b->task->cache_days,
                         .created = wn_clock_now() };
    return job;
}

void wn_batch_collect(struct wn_batch *b, const struct wn_job *j, struct wn_tally *tally)
{
    struct wn_arena *a = &b->arena;
    char key[HEX];
    struct job *job;
    tally->batched++;
    hex(j->cache_key, key);
    if (b->nwaiting > 0 && bsearch(key, b->waiting, b->nwaiting, HEX, by_text) != NULL)
        return;
    job = job_for(b, j);
    for (size_t i = 0; i < job->n; i++) /* equal items are asked once */
        if (strcmp(job->items[i].key, key) == 0)
            return;
    if ((job->n & (job->n - 1)) == 0)
        job->items = wn_xrealloc(job->items, job->n == 0 ? 1 : 2 * job->n, sizeof(*job->items));
    job->items[job->n++] = (struct request){
        .key = wn_arena_str(a, key),
        .item = wn_arena_str(a, j->item.id),
        .sender = j->sender == NULL ? NULL : wn_arena_str(a, j->sender),
        .text = wn_arena_copy(a, j->item.text, j->item.text_len),
        .body = wn_arena_copy(a, j->request.body, j->request.body_len),
    };
    job->answered += (int64_t)j->request.body_len; /* bytes so far, until it is handed in */
}

enum wn_code wn_batch_submit(struct wn_batch *b, struct wn_error *err)
{
    const char *const *names = NULL;
    size_t n = 0;
    enum wn_code rc = names_of(b->wn, &b->arena, &names, &n, err);
    for (size_t i = 0; rc == WN_OK && i < b->njobs; i++) {
        b->jobs[i].answered = 0;
        b->jobs[i].name = wn_arena_printf(&b->arena, "b%04zu", n + i + 1);
        rc = save(b->wn, &b->jobs[i], err);
    }
    for (size_t i = 0; rc == WN_OK && i < b->njobs; i++)
        rc = go_on(b->wn, &b->jobs[i], &b->arena, err);
    return rc;
}

/* batch_job.c: a batch job in the store: a sealed value, written before anything is sent and after each
 * step, so that a run can end at any point. */
#include "pipeline/batch_job.h"
#include "base/clock.h"
#include "base/json.h"
#include "pipeline/pack.h"
#include "transport/transport.h"
#include <string.h>

bool wn_batch_is_done(const struct wn_batch_record *job)
{
    return strcmp(job->stage, "done") == 0;
}

/* ---- writing ---- */

static void write_str(struct wn_buf *b, const char *name, const char *value)
{
    if (value != NULL)
        wn_json_member_str(b, name, value);
}

static void write_head(const struct wn_batch_record *job, struct wn_buf *b)
{
    const struct {
        const char *name, *value;
    } texts[] = {
        { "provider", job->provider }, { "model", job->model },
        { "lane", job->lane },         { "task", job->task },
        { "version", job->version },   { "stage", job->stage },
        { "word", job->word },         { "why", job->why },
        { "file", job->file },         { "id", job->id },
        { "mark", job->mark },         { "others", job->others },
    };
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {
        { "created", job->created },       { "tried", job->tried },
        { "cache_days", job->cache_days }, { "answered", job->answered },
        { "missing", job->missing },       { "day", job->day },
        { "reserved", job->reserved },     { "cost", job->cost },
        { "guessed", job->guessed },       { "size", job->size },
        { "n", (int64_t)job->n },
    };
    for (size_t i = 0; i < WN_COUNT(texts); i++)
        write_str(b, texts[i].name, texts[i].value);
    for (size_t i = 0; i < WN_COUNT(numbers); i++)
        wn_json_member_int(b, numbers[i].name, numbers[i].value);
}

static void write_asked(const struct wn_batch_asked *asked, struct wn_buf *b)
{
    wn_buf_char(b, '{');
    write_str(b, "name", asked->name);
    write_str(b, "body", asked->body);
    wn_buf_str(b, ",\"of\":[");
    for (size_t i = 0; i < asked->n; i++) {
        const struct wn_batch_about *of = &asked->of[i];
        wn_buf_str(b, i == 0 ? "{" : ",{");
        write_str(b, "key", of->key);
        write_str(b, "id", of->id);
        write_str(b, "item", of->item);
        write_str(b, "sender", of->sender);
        write_str(b, "text", of->text);
        wn_buf_char(b, '}');
    }
    wn_buf_str(b, "]}");
}

enum wn_code wn_batch_save(struct wn *wn, const struct wn_batch_record *job, struct wn_error *err)
{
    struct wn_buf b = WN_BUF_INIT(256 << 20);
    size_t n = wn_batch_is_done(job) || job->items == NULL ? 0 : job->n;
    enum wn_code rc;
    wn_buf_char(&b, '{');
    write_head(job, &b);
    wn_buf_str(&b, ",\"items\":[");
    for (size_t i = 0; i < n; i++) {
        wn_buf_str(&b, i == 0 ? "" : ",");
        write_asked(&job->items[i], &b);
    }
    wn_buf_str(&b, "],\"useless\":[");
    for (size_t i = 0; i < job->nuseless; i++) {
        wn_buf_str(&b, i == 0 ? "" : ",");
        wn_json_quote(&b, job->useless[i]);
    }
    wn_buf_str(&b, "]}");
    rc = b.failed ? wn_error_set(err, WN_E_NOMEM, "the batch is too large to keep")
                  : wn_store_value_put(wn->store, "batch", job->name, b.data, b.len, wn_clock_now(),
                                       err);
    wn_buf_free(&b);
    return rc;
}

/* The money goes into the ledger with the job's last word, or not at all: a job that is looked at again
 * after a kill is settled once. */
enum wn_code wn_batch_settle(struct wn *wn, struct wn_batch_record *job, struct wn_error *err)
{
    enum wn_code rc = wn_ledger_add(wn->store, job->day, "", -job->reserved, err);
    if (rc == WN_OK)
        rc = wn_ledger_add(wn->store, job->day, job->lane, job->cost, err);
    job->missing = (int64_t)job->n - job->answered;
    job->reserved = 0;
    job->stage = "done";
    return rc == WN_OK ? wn_batch_save(wn, job, err) : rc;
}

/* ---- reading ---- */

static const char *str(const cJSON *o, const char *name, struct wn_arena *a)
{
    const char *text = wn_json_str(o, name);
    return text == NULL ? NULL : wn_arena_str(a, text);
}

static void read_about(const cJSON *o, struct wn_arena *a, struct wn_batch_about *out)
{
    *out = (struct wn_batch_about){ .key = str(o, "key", a),
                                    .id = str(o, "id", a),
                                    .item = str(o, "item", a),
                                    .sender = str(o, "sender", a),
                                    .text = str(o, "text", a) };
}

static void read_asked(const cJSON *o, struct wn_arena *a, struct wn_batch_asked *out)
{
    const cJSON *list = wn_json_get(o, "of"), *e;
    size_t n = (size_t)cJSON_GetArraySize(list);
    *out = (struct wn_batch_asked){ .name = str(o, "name", a), .body = str(o, "body", a) };
    out->of = wn_arena_array(a, n > 0 ? n : 1, sizeof(*out->of));
    cJSON_ArrayForEach(e, list)
    {
        read_about(e, a, &out->of[out->n++]);
    }
    if (list == NULL) { /* from before requests could be about several */
        read_about(o, a, &out->of[out->n++]);
        out->name = out->of[0].key;
    }
}

static void read_items(const cJSON *list, struct wn_arena *a, struct wn_batch_record *job)
{
    const cJSON *e;
    int n = cJSON_GetArraySize(list);
    if (n == 0)
        return;
    job->n = 0;
    job->items = wn_arena_array(a, (size_t)n, sizeof(*job->items));
    cJSON_ArrayForEach(e, list)
    {
        read_asked(e, a, &job->items[job->n++]);
    }
}

static void read_useless(const cJSON *list, struct wn_arena *a, struct wn_batch_record *job)
{
    const cJSON *e;
    job->useless = wn_arena_array(a, (size_t)cJSON_GetArraySize(list) + 1, sizeof(*job->useless));
    cJSON_ArrayForEach(e, list)
    {
        if (cJSON_IsString(e))
            job->useless[job->nuseless++] = wn_arena_str(a, e->valuestring);
    }
}

enum wn_code wn_batch_load(struct wn *wn, const char *name, struct wn_arena *a,
                           struct wn_batch_record *job, struct wn_error *err)
{
    const char *bytes = NULL;
    size_t len = 0;
    cJSON *o = NULL;
    enum wn_code rc = wn_store_value_get(wn->store, "batch", name, a, &bytes, &len, err);
    *job = (struct wn_batch_record){ .name = name, .stage = "done" };
    if (rc != WN_OK || bytes == NULL || wn_json_parse(bytes, len, false, &o, NULL) != WN_OK)
        return rc;
    job->provider = str(o, "provider", a);
    job->model = str(o, "model", a);
    job->lane = str(o, "lane", a);
    job->task = str(o, "task", a);
    job->version = str(o, "version", a);
    job->stage = str(o, "stage", a);
    job->word = str(o, "word", a);
    job->why = str(o, "why", a);
    job->file = str(o, "file", a);
    job->id = str(o, "id", a);
    job->mark = str(o, "mark", a);
    job->others = str(o, "others", a);
    job->created = wn_json_int(o, "created", 0);
    job->tried = wn_json_int(o, "tried", 0);
    job->cache_days = wn_json_int(o, "cache_days", 0);
    job->answered = wn_json_int(o, "answered", 0);
    job->missing = wn_json_int(o, "missing", 0);
    job->day = wn_json_int(o, "day", 0);
    job->reserved = wn_json_int(o, "reserved", 0);
    job->cost = wn_json_int(o, "cost", 0);
    job->size = wn_json_int(o, "size", 0);
    job->guessed = wn_json_int(o, "guessed", 0) != 0;
    job->n = (size_t)wn_json_int(o, "n", 0);
    read_items(wn_json_get(o, "items"), a, job);
    read_useless(wn_json_get(o, "useless"), a, job);
    cJSON_Delete(o);
    return WN_OK;
}

enum wn_code wn_batch_lock(struct wn *wn, bool wait, struct wn_lock **out, struct wn_error *err)
{
    *out = NULL;
    return wn_store_lock(wn->store, "batches", wait, out, err);
}

enum wn_code wn_batch_names(struct wn *wn, struct wn_arena *a, const char *const **names, size_t *n,
                            struct wn_error *err)
{
    enum wn_code rc;
    *n = 0;
    if (!wn_context_has_store(wn))
        return WN_OK;
    rc = wn_context_store(wn, err);
    return rc == WN_OK ? wn_store_value_names(wn->store, "batch", a, names, n, err) : rc;
}

/* ---- replies ---- */

static bool unhex(const char *text, unsigned char key[WN_HASH])
{
    static const char digits[] = "0123456789abcdef";
    if (strlen(text) != WN_HEX - 1)
        return false;
    for (size_t i = 0; i < WN_HASH; i++) {
        const char *hi = strchr(digits, text[2 * i]), *lo = strchr(digits, text[2 * i + 1]);
        if (hi == NULL || lo == NULL)
            return false;
        key[i] = (unsigned char)((hi - digits) << 4 | (lo - digits));
    }
    return true;
}

static struct wn_batch_asked *find(const struct wn_batch_record *job, const char *name)
{
    for (size_t i = 0; i < job->n; i++)
        if (strcmp(job->items[i].name, name) == 0)
            return &job->items[i];
    return NULL;
}

/* What a reply cost: the batch's share of the price, where the reply does not tell it itself. */
static int64_t price(struct wn *wn, const struct wn_provider *row, const char *model,
                     const struct wn_usage *usage, int64_t now)
{
    const char *prices = wn_config_get(wn->config, "WINNOW_PRICES");
    int64_t cost = wn_price_microusd(row, model, usage, prices, now);
    int percent = wn_batch_format(row)->percent;
    if (cost <= 0 || usage->cost_microusd >= 0)
        return cost > 0 ? cost : 0;
    return (cost * percent + 99) / 100;
}

/* What one of its items is told: the whole reply, or its part. NULL: nothing is kept of it. */
static const char *told(const struct wn_batch_asked *asked, size_t i, const char *whole,
                        const struct wn_reply *r, struct wn_arena *a)
{
    const struct wn_unpacked *u = r->unpacked;
    if (asked->of[i].id == NULL)
        return r->class == WN_CLASS_OK ? whole : NULL;
    /* Whatever is wrong with a reply about several, each is asked about alone from here on. */
    return wn_pack_part_body(r, u == NULL ? NULL : u->parts[i], u != NULL && u->stripped, a);
}

static bool keep_reply(struct wn *wn, const struct wn_batch_record *job,
                       const struct wn_batch_asked *asked, const char *whole,
                       const struct wn_reply *r, int64_t cost, struct wn_arena *a)
{
    int64_t n = (int64_t)asked->n, now = wn_clock_now();
    bool kept = true;
    for (int64_t i = 0; i < n; i++) {
        const struct wn_batch_about *of = &asked->of[i];
        const char *body = told(asked, (size_t)i, whole, r, a);
        unsigned char key[WN_HASH];
        struct wn_cache_facts facts = {
            .task = job->task,
            .version = job->version,
            .model = wn_arena_printf(a, "%s/%s", job->provider, r->model),
            .tokens_in = r->usage.input > 0 ? r->usage.input / n : 0,
            .tokens_out = r->usage.output > 0 ? r->usage.output / n : 0,
            .cost_microusd = cost / n + (i < cost % n),
            .now = now,
            .expires = job->cache_days > 0 ? now + job->cache_days * 86400 : 0,
            .item_id = of->item,
            .sender = of->sender,
            .content = of->text,
            .content_len = strlen(of->text),
        };
        if (body == NULL || !unhex(of->key, key) ||
            wn_cache_put(wn->store, key, body, strlen(body), &facts, NULL) != WN_OK)
            kept = false;
    }
    return kept && r->class == WN_CLASS_OK;
}

bool wn_batch_keep_line(struct wn *wn, struct wn_batch_record *job, const struct wn_provider *row,
                        const struct wn_batch_line *l)
{
    struct wn_batch_asked *asked = find(job, l->id);
    struct wn_call call = { .provider = row, .kind = WN_GENERATE, .model = job->model };
    struct wn_response response = { .wire = WN_WIRE_OK, .status = 200 };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_reply reply = { .class = WN_CLASS_BROKEN, .model = job->model };
    const char *ids[WN_PACK_MOST];
    struct wn_pack pack = { ids, 0 };
    int64_t cost;
    if (asked == NULL || asked->taken || (l->body == NULL && !l->refused))
        return asked != NULL;
    asked->taken = true;
    for (size_t i = 0; i < asked->n && i < WN_PACK_MOST && asked->of[i].id != NULL; i++)
        ids[pack.n++] = asked->of[i].id;
    call.pack = pack.n > 0 ? &pack : NULL;
    if (l->body != NULL) {
        response.body = wn_arena_str(&a, l->body);
        response.body_len = strlen(l->body);
        wn_provider_parse(&call, &response, wn_clock_now(), &a, &reply);
    }
    cost = l->body == NULL ? 0 : price(wn, row, job->model, &reply.usage, wn_clock_now());
    job->cost += cost;
    if (keep_reply(wn, job, asked, response.body, &reply, cost, &a))
        job->answered++;
    else if (call.pack == NULL && reply.class != WN_CLASS_OK && reply.class != WN_CLASS_BUSY)
        job->useless[job->nuseless++] = asked->of[0].key;
    wn_arena_free(&a);
    return true;
}

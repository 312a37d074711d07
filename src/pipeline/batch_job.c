/* batch_job.c: a batch job in the store: a sealed value, written before anything is sent and after each
 * step, so that a run can end at any point. */
#include "pipeline/batch_job.h"
#include "base/clock.h"
#include "base/json.h"
#include "transport/transport.h"
#include <string.h>

bool wn_batch_is_done(const struct wn_batch_record *job)
{
    return strcmp(job->stage, "done") == 0;
}

/* ---- writing ---- */

static void write_str(struct wn_buf *b, const char *name, const char *value)
{
    if (value == NULL)
        return;
    wn_buf_printf(b, "%s\"%s\":", b->data[b->len - 1] == '{' ? "" : ",", name);
    wn_json_quote(b, value);
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
        wn_buf_printf(b, ",\"%s\":%lld", numbers[i].name, (long long)numbers[i].value);
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
        job->items[job->n++] =
            (struct wn_batch_asked){ .key = str(e, "key", a),
                                     .item = str(e, "item", a),
                                     .sender = str(e, "sender", a),
                                     .text = str(e, "text", a),
                                     .body = str(e, "body", a) };
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

static struct wn_batch_asked *find(const struct wn_batch_record *job, const char *key)
{
    for (size_t i = 0; i < job->n; i++)
        if (strcmp(job->items[i].key, key) == 0)
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

bool wn_batch_keep_line(struct wn *wn, struct wn_batch_record *job, const struct wn_provider *row,
                        const struct wn_batch_line *l)
{
    struct wn_batch_asked *asked = find(job, l->id);
    struct wn_call call = { .provider = row, .kind = WN_GENERATE, .model = job->model };
    struct wn_response response = { .wire = WN_WIRE_OK, .status = 200 };
    struct wn_arena a = WN_ARENA_INIT;
    unsigned char key[WN_HASH];
    struct wn_reply reply = { 0 };
    struct wn_cache_facts facts;
    int64_t cost, now = wn_clock_now();
    if (l->body == NULL || asked == NULL || asked->taken || !unhex(l->id, key))
        return asked != NULL;
    asked->taken = true;
    response.body = wn_arena_str(&a, l->body);
    response.body_len = strlen(l->body);
    wn_provider_parse(&call, &response, now, &a, &reply);
    cost = price(wn, row, job->model, &reply.usage, now);
    job->cost += cost;
    facts = (struct wn_cache_facts){
        .task = job->task,
        .version = job->version,
        .model = wn_arena_printf(&a, "%s/%s", job->provider, reply.model),
        .tokens_in = reply.usage.input > 0 ? reply.usage.input : 0,
        .tokens_out = reply.usage.output > 0 ? reply.usage.output : 0,
        .cost_microusd = cost,
        .now = now,
        .expires = job->cache_days > 0 ? now + job->cache_days * 86400 : 0,
        .item_id = asked->item,
        .sender = asked->sender,
        .content = asked->text,
        .content_len = strlen(asked->text),
    };
    if (reply.class == WN_CLASS_OK &&
        wn_cache_put(wn->store, key, response.body, response.body_len, &facts, NULL) == WN_OK)
        job->answered++;
    wn_arena_free(&a);
    return true;
}

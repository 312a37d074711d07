/* format.c: writing requests and opening replies, once for all formats. */
#include "provider/format.h"
#include "base/utf8.h"
#include <ctype.h>
#include <math.h>
#include <string.h>

enum { DEFAULT_OUTPUT = 1024, HEADERS = 3 };

void wn_format_extra(struct wn_buf *b, const struct wn_member *extra, size_t n)
{
    for (size_t i = 0; i < n && extra[i].name != NULL; i++) {
        wn_json_member(b, extra[i].name);
        wn_buf_str(b, extra[i].json);
    }
}

/* A key with a line end in it would write headers of its own; a model name goes into addresses. */
static enum wn_code check_key(const struct wn_provider *row, const char *key, struct wn_error *err)
{
    char names[96];
    wn_reply_key_names(row, names, sizeof(names));
    if (key == NULL || key[0] == '\0') {
        if (row->local)
            return WN_OK;
        wn_error_set(err, WN_E_CONFIG, "%s needs an API key", row->name);
        wn_error_hint(err, "Set %s in .env; see .env.example.", names);
        return WN_E_CONFIG;
    }
    for (const unsigned char *p = (const unsigned char *)key; *p != '\0'; p++)
        if (*p <= 0x20 || *p >= 0x7f) {
            wn_error_set(err, WN_E_CONFIG, "the API key for %s has a character no key has",
                         row->name);
            wn_error_cause(err, "byte %zu of the key", (size_t)((const char *)p - key) + 1);
            wn_error_hint(err, "Copy %s again, without spaces, quotes or line ends.", names);
            return WN_E_CONFIG;
        }
    return WN_OK;
}

static enum wn_code check_model(const struct wn_call *c, struct wn_error *err)
{
    for (const char *p = c->model; *p != '\0'; p++)
        if (!isalnum((unsigned char)*p) && strchr("._:~@/+-", *p) == NULL)
            return wn_error_set(err, WN_E_CONFIG, "'%s' is no model name", c->model);
    return WN_OK;
}

enum wn_code wn_format_head(const struct wn_provider *row, const char *base_url, const char *key,
                            const char *path, bool has_body, struct wn_arena *a,
                            struct wn_request *out, struct wn_error *err)
{
    struct wn_header *h = wn_arena_array(a, HEADERS, sizeof(*h));
    const char *base = wn_provider_base(row, base_url, a, err);
    enum wn_code rc;
    *out = (struct wn_request){ 0 };
    if (base == NULL)
        return WN_E_CONFIG;
    rc = check_key(row, key, err);
    if (rc != WN_OK)
        return rc;
    out->method = has_body ? "POST" : "GET";
    out->url = wn_arena_printf(a, "%s%s", base, path);
    out->headers = h;
    if (has_body)
        h[out->nheaders++] = (struct wn_header){ "Content-Type", "application/json" };
    if (key != NULL && key[0] != '\0' && row->key_header.name != NULL)
        h[out->nheaders++] =
            (struct wn_header){ row->key_header.name,
                                wn_arena_printf(a, "%s%s", row->key_header.value, key) };
    if (row->version.name != NULL)
        h[out->nheaders++] = row->version;
    out->lane = row->name;
    return WN_OK;
}

enum wn_code wn_format_post(const struct wn_call *c, const char *path, struct wn_buf *body,
                            struct wn_arena *a, struct wn_request *out, struct wn_error *err)
{
    enum wn_code rc = check_model(c, err);
    if (rc == WN_OK)
        rc = wn_format_head(c->provider, c->base_url, c->key, path, true, a, out, err);
    if (rc == WN_OK && body->failed) {
        rc = wn_error_set(err, WN_E_INPUT, "the request to %s is longer than %d MB",
                          c->provider->name, WN_FORMAT_MAX_BODY / 1024 / 1024);
        wn_error_hint(err, "Lower max_chars in the task's task.json.");
    }
    if (rc == WN_OK) {
        out->body = wn_arena_copy(a, body->data, body->len);
        out->body_len = body->len;
        out->lane = wn_arena_printf(a, "%s/%s", c->provider->name, c->model);
        out->tokens = wn_price_tokens(body->data, body->len) +
                      (c->kind == WN_GENERATE ? wn_call_max_output(c) : 0);
    }
    wn_buf_free(body);
    return rc;
}

/* ---- what a call sends ---- */

bool wn_call_sends(const struct wn_call *c, const char *parameter)
{
    size_t n = strlen(parameter);
    for (const char *p = c->dropped; p != NULL && *p != '\0';) {
        size_t len = strcspn(p, ",");
        if (len == n && memcmp(p, parameter, n) == 0)
            return false;
        p += len + (p[len] == ',');
    }
    return true;
}

const char *wn_call_effort(const struct wn_call *c)
{
    const struct wn_model *m = wn_model_find(c->provider->name, c->model);
    if (!wn_call_sends(c, "reasoning_effort"))
        return NULL;
    return m != NULL ? m->effort : c->provider->effort;
}

const char *wn_call_thinking(const struct wn_call *c)
{
    const struct wn_model *m = wn_model_find(c->provider->name, c->model);
    if (!wn_call_sends(c, "thinking"))
        return NULL;
    return m != NULL ? m->thinking : c->provider->thinking;
}

bool wn_call_logprobs(const struct wn_call *c)
{
    const struct wn_model *m = wn_model_find(c->provider->name, c->model);
    bool known = m != NULL ? m->logprobs : c->provider->local; /* few hosted models have them */
    return c->logprobs && c->provider->logprobs && known && wn_call_sends(c, "logprobs");
}

bool wn_call_has_schema(const struct wn_call *c)
{
    if (c->schema != NULL)
        return true;
    for (size_t i = 0; c->prompt->task != NULL && i < c->prompt->task->nquestions; i++)
        if (c->prompt->asked == NULL || c->prompt->asked[i])
            return true;
    return false;
}

bool wn_call_sends_schema(const struct wn_call *c)
{
    return wn_call_has_schema(c) && wn_call_sends(c, "response_format");
}

void wn_call_schema(const struct wn_call *c, struct wn_buf *b)
{
    if (c->schema != NULL)
        wn_buf_str(b, c->schema);
    else if (c->pack != NULL)
        wn_schema_write_pack(c->prompt->task, c->prompt->asked, c->provider->dialect, b);
    else
        wn_schema_write(c->prompt->task, c->prompt->asked, c->provider->dialect, b);
}

void wn_call_system(const struct wn_call *c, struct wn_buf *b)
{
    wn_buf_str(b, c->prompt->system);
    if (!wn_call_has_schema(c) || (wn_call_sends_schema(c) && !c->provider->schema_in_prompt))
        return;
    wn_buf_str(b, "\n\n");
    if (c->schema != NULL) {
        wn_buf_str(b, "Answer with one JSON object to this schema and nothing else:\n");
        wn_buf_str(b, c->schema);
    } else if (c->pack != NULL) {
        wn_schema_describe_pack(c->prompt->task, c->prompt->asked, b);
    } else {
        wn_schema_describe(c->prompt->task, c->prompt->asked, b);
    }
}

int wn_call_max_output(const struct wn_call *c)
{
    return c->max_output_tokens > 0 ? c->max_output_tokens : DEFAULT_OUTPUT;
}

void wn_call_turns(const struct wn_call *c, struct wn_buf *b,
                   void (*turn)(struct wn_buf *b, bool first, bool user, const char *text))
{
    struct wn_buf again = WN_BUF_INIT(WN_FORMAT_MAX_BODY);
    bool shown = c->repair != NULL && c->last_answer != NULL && c->last_answer[0] != '\0';
    if (c->repair == NULL) {
        turn(b, true, true, c->prompt->user);
        return;
    }
    if (shown) {
        turn(b, true, true, c->prompt->user);
        turn(b, false, false, c->last_answer);
    } else {
        wn_buf_str(&again, c->prompt->user);
        wn_buf_str(&again, "\n\n");
    }
    wn_buf_str(&again, "The last answer could not be used: ");
    wn_buf_str(&again, c->repair);
    wn_buf_str(&again, "\nAnswer again, with the whole JSON object and nothing else.");
    turn(b, !shown, true, again.data);
    b->failed = b->failed || again.failed;
    wn_buf_free(&again);
}

/* ---- replies ---- */

const cJSON *wn_format_tree(const struct wn_call *c, const struct wn_response *r,
                            struct wn_arena *scratch, struct wn_reply *out)
{
    const cJSON *tree;
    if (wn_json_parse_in(scratch, r->body, r->body_len, &tree, NULL) != WN_OK)
        wn_format_failed_raw(c, r, out);
    return tree;
}

int64_t wn_format_count(const cJSON *o, const char *name)
{
    int64_t n = wn_json_int(o, name, -1);
    return n >= 0 && n <= 1000000000 ? n : -1;
}

static const char *copy_clean(const char *text, size_t len, struct wn_arena *a)
{
    struct wn_buf clean = WN_BUF_INIT(WN_FORMAT_MAX_BODY);
    const char *copy;
    if (wn_utf8_valid(text, len))
        return wn_arena_copy(a, text, len);
    wn_utf8_clean(&clean, text, len);
    copy = wn_arena_copy(a, clean.data, clean.len);
    wn_buf_free(&clean);
    return copy;
}

const char *wn_format_copy(const cJSON *o, const char *name, const char *fallback,
                           struct wn_arena *a)
{
    const char *text = wn_json_str(o, name);
    return text == NULL || text[0] == '\0' ? fallback : copy_clean(text, strlen(text), a);
}

const char *wn_format_join(const cJSON *parts, struct wn_arena *a)
{
    struct wn_buf all = WN_BUF_INIT(WN_FORMAT_MAX_BODY);
    const cJSON *part;
    const char *text;
    cJSON_ArrayForEach(part, parts)
    {
        const char *type = wn_json_str(part, "type");
        text = wn_json_str(part, "text");
        if (text != NULL && (type == NULL || strcmp(type, "text") == 0) &&
            !wn_json_bool(part, "thought", false))
            wn_buf_str(&all, text);
    }
    text = copy_clean(all.data, all.len, a);
    wn_buf_free(&all);
    return text;
}

bool wn_format_says(const char *text)
{
    return text != NULL && text[strspn(text, " \t\r\n")] != '\0';
}

int64_t wn_format_microusd(double usd)
{
    return usd >= 0 && usd <= 1e6 ? (int64_t)ceil(usd * 1e6 - 1e-6) : -1;
}

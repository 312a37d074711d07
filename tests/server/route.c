/* route.c: who is meant, and what every provider checks: path, method, key, content type, JSON. */
#include "server.h"
#include "base/utf8.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct vendor *const vendors[] = {
    &vendor_openai, &vendor_anthropic, &vendor_gemini, &vendor_openrouter,
    &vendor_ollama, &vendor_llamacpp,  &vendor_vllm,   &vendor_lmstudio,
};

static char **keys;
static size_t nkeys;

void route_add_key(const char *key)
{
    keys = wn_xrealloc(keys, nkeys + 1, sizeof(*keys));
    keys[nkeys++] = wn_xstrdup(key);
}

/* ---- refusing ---- */

bool refuse(struct call *c, int status, const char *code, const char *param, const char *fmt, ...)
{
    char message[1000];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof(message), fmt, args);
    va_end(args);
    c->reply.status = status;
    wn_buf_reset(&c->reply.body);
    c->vendor->error(c, status, code, param, message);
    return false;
}

bool refuse_finally(struct call *c, const struct final *f)
{
    return refuse(c, f->status, f->code, NULL, "%s", f->message);
}

void reply_head(struct call *c, const char *name, const char *fmt, ...)
{
    struct reply *r = &c->reply;
    char value[200];
    va_list args;
    va_start(args, fmt);
    vsnprintf(value, sizeof(value), fmt, args);
    va_end(args);
    if (r->nheads < WN_COUNT(r->heads))
        r->heads[r->nheads++] = (struct head){ name, wn_arena_str(&c->arena, value) };
}

/* ---- finding ---- */

void route_find(struct call *c)
{
    c->path = c->url;
    for (size_t i = 0; i < WN_COUNT(vendors); i++) {
        size_t n = strlen(vendors[i]->prefix);
        if (strncmp(c->url, vendors[i]->prefix, n) == 0 && c->url[n] == '/') {
            c->vendor = vendors[i];
            c->path = c->url + n;
            return;
        }
    }
}

static bool path_is(const char *path, const char *pattern)
{
    size_t n = strlen(pattern);
    return pattern[n - 1] == '*' ? strncmp(path, pattern, n - 1) == 0 : strcmp(path, pattern) == 0;
}

static bool find_endpoint(struct call *c)
{
    const struct endpoint *other = NULL;
    for (const struct endpoint *e = c->vendor->endpoints; e->method != NULL; e++) {
        if (!path_is(c->path, e->path))
            continue;
        other = e;
        if (strcmp(e->method, c->method) == 0) {
            c->endpoint = e;
            return true;
        }
    }
    if (other != NULL)
        return refuse(c, 405, "method_not_allowed", NULL, "Method %s is not allowed here, use %s.",
                      c->method, other->method);
    return refuse(c, 404, "unknown_url", NULL, "Unknown request URL: %s %s.", c->method, c->url);
}

/* ---- checking ---- */

static bool key_is_listed(const char *key)
{
    for (size_t i = 0; i < nkeys; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

static bool check_key(struct call *c)
{
    const struct vendor *v = c->vendor;
    const char *key;
    if (c->endpoint->open || v->key == NULL)
        return true;
    key = v->key(c);
    if (c->reply.status != 0)
        return false;
    if (key == NULL)
        return refuse_finally(c, &v->no_key);
    if (key_is_listed(key))
        return true;
    if (strncmp(key, "test-", 5) != 0)
        return refuse_finally(c, &v->bad_key);
    if (strcmp(key, "test-revoked") == 0)
        return refuse_finally(c, &v->revoked);
    if (strcmp(key, "test-nocredit") == 0)
        return refuse_finally(c, &v->no_credit);
    if (strcmp(key, "test-quota") == 0)
        return refuse_finally(c, &v->quota);
    if (strcmp(key, "test-perday") == 0)
        return refuse_finally(c, &v->per_day);
    if (strcmp(key, "test-forbidden") == 0)
        return refuse(c, 403, NULL, NULL, "This key has no permission to use this resource.");
    return true;
}

/* Providers answer 400 to NUL; cJSON would end the string there and see nothing. */
static bool escapes_nul(const char *text, size_t len)
{
    for (size_t i = 0; i + 5 < len; i++) {
        if (text[i] != '\\')
            continue;
        if (memcmp(text + i + 1, "u0000", 5) == 0)
            return true;
        i++;
    }
    return false;
}

static bool check_body(struct call *c)
{
    const char *type = call_header(c, "Content-Type");
    struct wn_error err = { 0 };
    size_t n = strlen("application/json");
    if (type == NULL || strncasecmp(type, "application/json", n) != 0 ||
        (type[n] != '\0' && type[n] != ';' && type[n] != ' '))
        return refuse(c, 415, "unsupported_content_type", NULL,
                      "Unsupported content type: '%s'. Use 'application/json'.",
                      type == NULL ? "" : type);
    if (c->body.failed || c->body.len > 32 * 1024 * 1024)
        return refuse(c, 413, "request_too_large", NULL, "Request exceeds the maximum size");
    if (memchr(c->body.data, '\0', c->body.len) != NULL ||
        !wn_utf8_valid(c->body.data, c->body.len) || escapes_nul(c->body.data, c->body.len))
        return refuse(c, 400, NULL, NULL,
                      "The body holds bytes that are no text: bad UTF-8 or NUL.");
    if (wn_json_parse(c->body.data, c->body.len, false, &c->json, &err) != WN_OK)
        return refuse(c, 400, NULL, NULL, "We could not parse the JSON body of your request (%s).",
                      err.cause);
    if (!cJSON_IsObject(c->json))
        return refuse(c, 400, NULL, NULL, "The body must be a JSON object.");
    return true;
}

static bool check_rate(struct call *c)
{
    char wait[24];
    int64_t wait_ms = control_over_rate();
    if (wait_ms == 0)
        return true;
    snprintf(wait, sizeof(wait), "%lld", (long long)wait_ms);
    fault_busy(c, HINT_MS, wait);
    return false;
}

/* ---- serving ---- */

static void serve(struct call *c)
{
    bool post = strcmp(c->method, "POST") == 0;
    if (!find_endpoint(c) || control_fixed(c) || !check_key(c) || (post && !c->endpoint->raw && !check_body(c)) ||
        !check_rate(c))
        return;
    c->reply.status = 200;
    /* A POST chooses its fault once it knows the item, which may name one. */
    if (!post && fault_serve(c, NULL))
        return;
    c->endpoint->serve(c);
}

void route_within(struct call *c)
{
    if (!find_endpoint(c))
        return;
    c->reply.status = 200;
    c->endpoint->serve(c);
}

void route_serve(struct call *c)
{
    if (c->vendor == NULL) {
        control_serve(c);
        return;
    }
    if (c->body.len > 0) {
        c->hash = hash_bytes(c->url, strlen(c->url)) ^ hash_bytes(c->body.data, c->body.len);
        control_count_body(c->hash);
    }
    control_keep(c);
    serve(c);
    control_count(c);
}

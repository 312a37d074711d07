/* resolve.c: from what a person writes to a row, a model and an address. */
#include "provider/format.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

/* What people call them, too. */
static const struct {
    const char *alias, *name;
} aliases[] = {
    { "claude", "anthropic" }, { "google", "gemini" },      { "gpt", "openai" },
    { "chatgpt", "openai" },   { "llama.cpp", "llamacpp" }, { "llama-cpp", "llamacpp" },
    { "llama", "llamacpp" },   { "lm-studio", "lmstudio" }, { "open-router", "openrouter" },
};

/* Edits between two short names, letter case ignored. */
static size_t distance(const char *a, size_t na, const char *b)
{
    size_t row[32] = { 0 }, nb = strlen(b);
    if (na >= WN_COUNT(row) || nb >= WN_COUNT(row))
        return WN_COUNT(row);
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
            size_t best = diagonal + (same ? 0 : 1);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[nb];
}

static const char *nearest(const char *name, size_t len)
{
    const char *best = NULL;
    size_t least = 3; /* more edits than two are another word */
    for (size_t i = 0; i < WN_COUNT(aliases); i++)
        if (distance(name, len, aliases[i].alias) == 0)
            return aliases[i].name;
    for (size_t i = 0; i < wn_nproviders; i++) {
        size_t d = distance(name, len, wn_providers[i].name);
        if (d < least && d < len) {
            least = d;
            best = wn_providers[i].name;
        }
    }
    return best;
}

static enum wn_code unknown(const char *id, size_t len, struct wn_error *err)
{
    char list[256] = "";
    const char *close = nearest(id, len);
    for (size_t i = 0; i < wn_nproviders; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof(list) - used, "%s%s", i == 0 ? "" : ", ",
                 wn_providers[i].name);
    }
    wn_error_set(err, WN_E_CONFIG, "there is no provider '%.*s'", (int)(len < 60 ? len : 60), id);
    wn_error_cause(err, "known: %s, linear", list);
    for (size_t i = 0; i < wn_nmodels; i++)
        if (strcmp(wn_models[i].name, id) == 0) {
            wn_error_hint(err, "Did you mean '%s/%s'?", wn_models[i].provider, id);
            return WN_E_CONFIG;
        }
    if (close != NULL)
        wn_error_hint(err, "Did you mean '%s%.100s'?", close, id + len);
    else
        wn_error_hint(err, "A model is named PROVIDER/MODEL, as in 'openai/gpt-6-luna'.");
    return WN_E_CONFIG;
}

enum wn_code wn_provider_resolve(const char *id, struct wn_arena *a, const struct wn_provider **row,
                                 const char **model, struct wn_error *err)
{
    size_t len = strcspn(id, "/");
    const struct wn_provider *p = wn_provider_named(id, len);
    const char *name = id[len] == '/' ? id + len + 1 : "";
    if (p == NULL)
        return unknown(id, len, err);
    if (name[0] == '\0')
        name = p->decide_by_default ? p->decide_model : p->generate_model;
    if (name == NULL) {
        wn_error_set(err, WN_E_CONFIG, "%s needs a model", p->name);
        wn_error_hint(err, "Write %s/MODEL with a model that the server has.", p->name);
        return WN_E_CONFIG;
    }
    for (const char *c = name; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c) && strchr("._:~@/+-", *c) == NULL) {
            wn_error_set(err, WN_E_CONFIG, "'%s' is no model name", name);
            wn_error_cause(err, "character %zu", (size_t)(c - name) + 1);
            return WN_E_CONFIG;
        }
    *row = p;
    *model = wn_arena_str(a, name);
    return WN_OK;
}

const char *wn_provider_model_for(const struct wn_provider *row, const char *model,
                                  enum wn_call_kind kind)
{
    const struct wn_model *m = wn_model_find(row->name, model);
    if (kind == WN_DECIDE)
        return row->decide == NULL || (m != NULL && !m->decides) ? NULL : model;
    return m != NULL && !m->generates ? row->generate_model : model;
}

bool wn_provider_decides_first(const struct wn_provider *row, const char *model)
{
    const struct wn_model *m = wn_model_find(row->name, model);
    return row->decide != NULL && m != NULL && m->decides &&
           (row->decide_by_default || !m->generates);
}

/* ---- addresses ---- */

struct address {
    bool has_scheme, https;
    const char *host; /* without [] */
    size_t host_len;
    const char *port; /* NULL = none */
    size_t port_len;
    const char *path; /* from the first '/', or the end */
};

static bool starts(const char *text, const char *with)
{
    while (*with != '\0')
        if (tolower((unsigned char)*text++) != *with++)
            return false;
    return true;
}

/* Take the address apart; NULL, or what is wrong with it. */
static const char *split(const char *url, struct address *out)
{
    const char *p = url, *end;
    *out = (struct address){ 0 };
    for (const unsigned char *c = (const unsigned char *)url; *c != '\0'; c++)
        if (*c <= 0x20 || *c >= 0x7f || strchr("?#\\\"<>", *c) != NULL)
            return "an address has no spaces, quotes, '?' or '#'";
    out->https = starts(p, "https://");
    out->has_scheme = out->https || starts(p, "http://");
    if (out->has_scheme)
        p += out->https ? 8 : 7;
    else if (strstr(p, "://") != NULL)
        return "it begins with neither https:// nor http://";
    end = p + strcspn(p, "/");
    if (memchr(p, '@', (size_t)(end - p)) != NULL)
        return "it has a user or password in it";
    out->path = end;
    if (*p == '[') {
        const char *close = memchr(p, ']', (size_t)(end - p));
        if (close == NULL)
            return "a '[' is not closed";
        out->host = p + 1;
        out->host_len = (size_t)(close - p) - 1;
        p = close + 1;
    } else {
        out->host = p;
        out->host_len = strcspn(p, ":/");
        p += out->host_len;
    }
    if (out->host_len == 0)
        return "it names no host";
    if (p == end)
        return NULL;
    out->port = p + 1;
    out->port_len = (size_t)(end - p) - 1;
    if (*p != ':' || out->port_len == 0 || out->port_len > 5 ||
        strspn(out->port, "0123456789") != out->port_len || strtol(out->port, NULL, 10) > 65535)
        return "its port is no number from 1 to 65535";
    return NULL;
}

static bool host_is(const struct address *u, const char *name)
{
    return u->host_len == strlen(name) && starts(u->host, name);
}

/* 127.0.0.0/8 written in full: 127.1 or 127.0.0.1.example.com are not it. */
static bool is_127(const struct address *u)
{
    unsigned part = 0, dots = 0, digits = 0;
    if (u->host_len < 9 || memcmp(u->host, "127.", 4) != 0)
        return false;
    for (size_t i = 0; i < u->host_len; i++) {
        char c = u->host[i];
        if (c == '.') {
            if (digits == 0)
                return false;
            dots++;
            part = digits = 0;
        } else if (c >= '0' && c <= '9' && ++digits <= 3) {
            part = part * 10 + (unsigned)(c - '0');
            if (part > 255)
                return false;
        } else {
            return false;
        }
    }
    return dots == 3 && digits > 0;
}

static const char *base_fault(const char *url, struct address *u)
{
    const char *fault = split(url, u);
    if (fault != NULL || u->https)
        return fault;
    if (is_127(u) || host_is(u, "::1") || host_is(u, "localhost") || host_is(u, "0.0.0.0"))
        return NULL;
    return "http:// would send the key and the text readable over the network";
}

/* The address itself is not shown: it may hold a password. */
static void say_fault(const char *name, const char *fault, struct wn_error *err)
{
    wn_error_set(err, WN_E_CONFIG, "%s cannot be used", name);
    wn_error_cause(err, "%s", fault);
    wn_error_hint(err, "Write https://HOST/PATH, or http:// with 127.0.0.1 for a server on this "
                       "machine.");
}

bool wn_provider_base_ok(const char *url, struct wn_error *err)
{
    struct address u;
    const char *fault = base_fault(url, &u);
    if (fault != NULL)
        say_fault("the base address", fault, err);
    return fault == NULL;
}

const char *wn_provider_base(const struct wn_provider *row, const char *setting, struct wn_arena *a,
                             struct wn_error *err)
{
    const char *url = setting != NULL && setting[0] != '\0' ? setting : row->base_url;
    const char *fault, *host, *tail = "", *port = "";
    struct address u, own;
    size_t path_len, port_len = 0, tail_len;
    if (url == NULL) {
        wn_error_set(err, WN_E_CONFIG, "%s has no address", row->name);
        wn_error_hint(err, "Set %s, as in http://127.0.0.1:8000/v1.", row->base_env.name);
        return NULL;
    }
    fault = base_fault(url, &u);
    if (fault != NULL) {
        say_fault(row->base_env.name, fault, err);
        return NULL;
    }
    if (u.port != NULL) {
        port = u.port;
        port_len = u.port_len;
    } else if (!u.has_scheme && row->base_url != NULL && split(row->base_url, &own) == NULL &&
               own.port != NULL) {
        port = own.port;
        port_len = own.port_len;
    }
    path_len = strlen(u.path);
    while (path_len > 0 && u.path[path_len - 1] == '/')
        path_len--;
    tail_len = row->api_path == NULL ? 0 : strlen(row->api_path);
    if (tail_len > 0 &&
        (path_len < tail_len || memcmp(u.path + path_len - tail_len, row->api_path, tail_len) != 0))
        tail = row->api_path;
    /* A server bound to every address is reached at this machine's own. */
    host = host_is(&u, "0.0.0.0") ? "127.0.0.1" : wn_arena_copy(a, u.host, u.host_len);
    return wn_arena_printf(a, "%s://%s%s%s%s%.*s%.*s%s", u.https ? "https" : "http",
                           strchr(host, ':') != NULL ? "[" : "", host,
                           strchr(host, ':') != NULL ? "]" : "", port_len > 0 ? ":" : "",
                           (int)port_len, port, (int)path_len, u.path, tail);
}

/* config.c: every setting, one row each; `winnow config` and .env.example are printed from these rows and, for
 * keys and addresses, from those of the providers. */
#include "config.h"
#include "base/buf.h"
#include "base/file.h"
#include "provider/provider.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum kind { TEXT, SECRET, WHOLE, NUMBER };

struct row {
    const char *name;
    enum kind kind;
    const char *fallback; /* NULL = none; "~data/..." and "~config/..." are the XDG folders */
    double least, most;   /* WHOLE and NUMBER */
    const char *help;
};

/* clang-format off */
static const struct row rows[] = {
    { "WINNOW_HOME",     TEXT,   "~data/winnow", 0, 0, "folder of winnow.db" },
    { "WINNOW_PROMPTS",  TEXT,   NULL, 0, 0, "folder of tasks, looked at before ./prompts and the installed ones" },
    { "WINNOW_MODEL",    TEXT,   NULL, 0, 0, "PROVIDER/MODEL[,NEXT...] when neither --model nor the task names one; else linear" },
    { "WINNOW_KEY",      SECRET, NULL, 0, 0, "the store's key, 32 bytes in base64; better: a key file" },
    { "WINNOW_KEY_FILE", TEXT,   NULL, 0, 0, "file with the store's key, mode 0600; else the user's settings folder" },
    { "WINNOW_PASSPHRASE_FILE", TEXT, NULL, 0, 0, "file with the store's passphrase, mode 0600, where it has one; else you are asked" },
    { "WINNOW_KEEP",     WHOLE,  NULL, 0, 36500, "days after which item texts, answers and replies are erased; a task's `keep` wins; else for ever" },
    { "WINNOW_CACHE_MB", WHOLE,  NULL, 0, 1e6, "most megabytes of kept replies; those used longest ago go first; else no limit" },
    { "WINNOW_REVIEWER", TEXT,   NULL, 0, 0, "name kept with reviews; else the user's name" },
    { "WINNOW_IN_FLIGHT", WHOLE, "64", 1, 4096, "most requests at a time" },
    { "WINNOW_TIMEOUT",  NUMBER, "120", 1, 3600, "seconds until a request is given up; it may have been paid for" },
    { "WINNOW_TRIES",    WHOLE,  "6", 1, 20, "how often a request is sent when the provider is busy" },
    { "WINNOW_MAX_COST", NUMBER, NULL, 0, 1e6, "US dollars: a run stops before it costs more" },
    { "WINNOW_MAX_COST_DAY", NUMBER, NULL, 0, 1e6, "US dollars a day (UTC) for all runs with this store together" },
    { "WINNOW_RECERTIFY", NUMBER, NULL, 0, 1e6, "US dollars that a run may spend at its end to prove a changed model or prompt on the last campaign; 0: only what is free" },
    { "WINNOW_CANARY",   WHOLE,  NULL, 0, 1000, "how many stored items a proved model is asked about again once a day, to see that it still answers alike; 30 is good" },
    { "WINNOW_DEADLINE", NUMBER, "600", 1, 86400, "seconds from an item's first request until it is given up" },
    { "WINNOW_CIRCUIT",  NUMBER, "30", 0.01, 3600, "seconds that a provider is left alone after five failures in a row" },
    { "WINNOW_PRICES",   TEXT,   NULL, 0, 0, "your prices, dollars per million tokens: openai/gpt-6-luna=0.10/0.50,..." },
    { "WINNOW_LIMITS",   TEXT,   NULL, 0, 0, "most requests and tokens a minute: openai/gpt-6-luna=500/200000,ollama=30; a provider may say less" },
    { "WINNOW_CA_FILE",  TEXT,   NULL, 0, 0, "certificates to trust instead of the system's" },
};
/* clang-format on */

/* Each provider's settings, in the order of its row: its keys, then its address. */
enum { EACH = 3 };

static const struct wn_env *setting_of(size_t i)
{
    const struct wn_provider *p = &wn_providers[i / EACH];
    return i % EACH < WN_COUNT(p->key_env) ? &p->key_env[i % EACH] : &p->base_env;
}

/* Does a row before have it, too? Several may share a key. */
static bool is_said(size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (setting_of(k)->name != NULL && strcmp(setting_of(k)->name, setting_of(i)->name) == 0)
            return true;
    return false;
}

/* The i-th setting of all; false: there are not so many. */
static bool row_at(size_t i, struct row *out)
{
    if (i < WN_COUNT(rows)) {
        *out = rows[i];
        return true;
    }
    i -= WN_COUNT(rows);
    for (size_t k = 0; k < EACH * wn_nproviders; k++) {
        const struct wn_env *env = setting_of(k);
        if (env->name == NULL || is_said(k) || i-- > 0)
            continue;
        *out = (struct row){ env->name, k % EACH == EACH - 1 ? TEXT : SECRET, NULL, 0, 0,
                             env->help };
        return true;
    }
    return false;
}

struct value {
    const char *text, *from;
};

struct wn_config {
    struct wn_arena arena;
    const char *dir;
    struct row *rows;
    struct value *values;
    size_t n;
};

static struct wn_config *config_new(void)
{
    struct wn_config *c = wn_xcalloc(1, sizeof(*c));
    struct row r;
    while (row_at(c->n, &r))
        c->n++;
    c->rows = wn_arena_array(&c->arena, c->n, sizeof(*c->rows));
    c->values = wn_arena_array(&c->arena, c->n, sizeof(*c->values));
    for (size_t i = 0; i < c->n; i++)
        row_at(i, &c->rows[i]);
    return c;
}

/* c->n where it is none. */
static size_t find(const struct wn_config *c, const char *name, size_t len)
{
    size_t i = 0;
    while (i < c->n && (strlen(c->rows[i].name) != len || memcmp(c->rows[i].name, name, len) != 0))
        i++;
    return i;
}

static void set(struct wn_config *c, size_t i, const char *text, size_t len, const char *from)
{
    c->values[i].text = wn_arena_copy(&c->arena, text, len);
    c->values[i].from = from;
}

/* One line of an env file: NAME=value, NAME="value", export NAME='value', comments. */
static enum wn_code read_line(struct wn_config *c, const char *p, size_t len, const char *path,
                              size_t number, struct wn_error *err)
{
    const char *end = p + len, *eq, *name_end;
    size_t i;
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    while (end > p && strchr(" \t\r", end[-1]) != NULL)
        end--;
    if (p == end || *p == '#')
        return WN_OK;
    if (end - p > 7 && memcmp(p, "export ", 7) == 0)
        p += 7;
    eq = memchr(p, '=', (size_t)(end - p));
    if (eq == NULL) {
        wn_error_set(err, WN_E_CONFIG, "%s:%zu: this line is no NAME=value", path, number);
        wn_error_hint(err, "Write NAME=value, or begin the line with # for a comment.");
        return WN_E_CONFIG;
    }
    for (name_end = eq; name_end > p && strchr(" \t", name_end[-1]) != NULL; name_end--)
        ;
    i = find(c, p, (size_t)(name_end - p));
    if (i == c->n || c->values[i].text != NULL)
        return WN_OK; /* other programs keep settings in .env, too; an earlier source wins */
    for (p = eq + 1; p < end && (*p == ' ' || *p == '\t'); p++)
        ;
    if (end - p >= 2 && (*p == '"' || *p == '\'') && end[-1] == *p)
        p++, end--;
    if (end > p)
        set(c, i, p, (size_t)(end - p), path);
    return WN_OK;
}

static enum wn_code read_file(struct wn_config *c, const char *path, struct wn_error *err)
{
    char *text = NULL;
    enum wn_code rc;
    size_t number = 1;
    if (!wn_file_exists(path))
        return WN_OK;
    rc = wn_file_read(path, 1 << 20, &text, NULL, err);
    if (rc != WN_OK) {
        if (err != NULL)
            err->code = WN_E_CONFIG;
        return WN_E_CONFIG;
    }
    for (const char *p = text; rc == WN_OK && *p != '\0'; number++) {
        size_t len = strcspn(p, "\n");
        rc = read_line(c, p, len, path, number, err);
        p += len + (p[len] == '\n');
    }
    free(text);
    return rc;
}

static const char *xdg(struct wn_arena *a, const char *variable, const char *under_home)
{
    const char *dir = getenv(variable);
    const char *home = getenv("HOME");
    if (dir != NULL && dir[0] == '/')
        return wn_arena_str(a, dir);
    return wn_arena_printf(a, "%s/%s", home == NULL || home[0] == '\0' ? "." : home, under_home);
}

static const char *fallback(struct wn_config *c, const struct row *r)
{
    if (r->fallback != NULL && strncmp(r->fallback, "~data/", 6) == 0)
        return wn_arena_printf(&c->arena, "%s/%s", xdg(&c->arena, "XDG_DATA_HOME", ".local/share"),
                               r->fallback + 6);
    return r->fallback;
}

static enum wn_code check_range(const struct row *r, const struct value *v, struct wn_error *err)
{
    char *end = NULL;
    double number;
    if (v->text == NULL || (r->kind != WHOLE && r->kind != NUMBER))
        return WN_OK;
    number = strtod(v->text, &end);
    if (end != v->text && *end == '\0' && number >= r->least && number <= r->most &&
        (r->kind == NUMBER || number == (double)(int64_t)number))
        return WN_OK;
    wn_error_set(err, WN_E_CONFIG, "%s is '%.40s'", r->name, v->text);
    wn_error_cause(err, "it comes from %s", v->from);
    wn_error_hint(err, "Write a %s from %g to %g.", r->kind == WHOLE ? "whole number" : "number",
                  r->least, r->most);
    return WN_E_CONFIG;
}

enum wn_code wn_config_load(const struct wn_setting *given, size_t ngiven, struct wn_config **out,
                            struct wn_error *err)
{
    struct wn_config *c = config_new();
    enum wn_code rc = WN_OK;
    c->dir = wn_arena_printf(&c->arena, "%s/winnow", xdg(&c->arena, "XDG_CONFIG_HOME", ".config"));
    for (size_t g = 0; g < ngiven; g++) {
        size_t i = find(c, given[g].name, strlen(given[g].name));
        if (i == c->n) {
            rc = wn_error_set(err, WN_E_CONFIG, "there is no setting '%s'", given[g].name);
            wn_error_hint(err, "`winnow config` lists them all.");
            goto done;
        }
        set(c, i, given[g].value, strlen(given[g].value), "command line");
    }
    for (size_t i = 0; i < c->n; i++) {
        const char *v = getenv(c->rows[i].name);
        if (c->values[i].text == NULL && v != NULL && v[0] != '\0')
            set(c, i, v, strlen(v), "environment");
    }
    rc = read_file(c, ".env", err);
    if (rc == WN_OK)
        rc = read_file(c, wn_arena_printf(&c->arena, "%s/env", c->dir), err);
    for (size_t i = 0; rc == WN_OK && i < c->n; i++) {
        const char *f = fallback(c, &c->rows[i]);
        if (c->values[i].text == NULL && f != NULL)
            set(c, i, f, strlen(f), "default");
        rc = check_range(&c->rows[i], &c->values[i], err);
    }
done:
    if (rc == WN_OK)
        *out = c;
    else
        wn_config_free(c);
    return rc;
}

void wn_config_free(struct wn_config *c)
{
    if (c == NULL)
        return;
    wn_arena_free(&c->arena);
    free(c);
}

const char *wn_config_get(const struct wn_config *c, const char *name)
{
    size_t i = find(c, name, strlen(name));
    assert(i < c->n);
    return c->values[i].text;
}

int64_t wn_config_int(const struct wn_config *c, const char *name)
{
    const char *v = wn_config_get(c, name);
    return v == NULL ? 0 : strtoll(v, NULL, 10);
}

double wn_config_num(const struct wn_config *c, const char *name)
{
    const char *v = wn_config_get(c, name);
    return v == NULL ? 0 : strtod(v, NULL);
}

const char *wn_config_dir(const struct wn_config *c)
{
    return c->dir;
}

bool wn_config_at(const struct wn_config *c, size_t i, struct wn_config_row *out)
{
    struct row r;
    if (!row_at(i, &r))
        return false;
    *out = (struct wn_config_row){
        .name = r.name, .fallback = r.fallback, .help = r.help, .secret = r.kind == SECRET
    };
    if (out->fallback != NULL && strncmp(out->fallback, "~data/", 6) == 0)
        out->fallback = "$XDG_DATA_HOME/winnow";
    if (c != NULL) {
        out->set = c->values[i].text != NULL;
        out->value = out->secret ? (out->set ? "set" : NULL) : c->values[i].text;
        out->from = c->values[i].from;
    }
    return true;
}

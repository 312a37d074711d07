/* task.c: a task's folder: reading and checking it. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "task/task.h"
#include "base/file.h"
#include "base/fnv.h"
#include "base/utf8.h"
#include "parse.h"
#include "task/redact.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FILE = 1 << 20, MOST_EXAMPLES = 64 << 20, DEFAULT_MAX_CHARS = 12000 };

static const char *const how_words[] = { "auto", "decide", "generate", NULL };
static const char *const proof_words[] = { "cautious", "review", NULL };
static const char *const report_words[] = { "month", "quarter", "batch", NULL };

#define OPINION                                                                                    \
    "Write \"PROVIDER/MODEL\", or { \"model\": \"PROVIDER/MODEL\", \"from\": 0.3, \"below\": 0.97 }."
static const struct wn_member opinion_members[] = {
    { "model", WN_MEMBER_STRING, true, OPINION, NULL, 0, 0 },
    { "from", WN_MEMBER_SCORE, false, "Write a score above 0 and below 1.", NULL, 0, 0 },
    { "below", WN_MEMBER_SCORE, false, "Write a score above 0 and at most 1.", NULL, 0, 0 },
};

static const struct wn_member members[] = {
    { "name", WN_MEMBER_STRING, true, "Write the name of the task's folder.", NULL, 0, 0 },
    { "about", WN_MEMBER_STRING, true, "Write in one sentence what the task finds out.", NULL, 0,
      0 },
    { "target_error", WN_MEMBER_SHARE, false,
      "Write the share that may be wrong: above 0, at most 0.5, such as 0.05.", NULL, 0, 0 },
    { "before_proof", WN_MEMBER_WORD, false, "Write cautious or review.", proof_words, 0, 0 },
    { "guards", WN_MEMBER_OBJECT, false, "Write { \"spam\": { \"target_error\": 0.02 } }.", NULL, 0,
      0 },
    { "value", WN_MEMBER_OBJECT, false, "Write { \"difficulty\": { \"hard\": 3 } }.", NULL, 0, 0 },
    { "report", WN_MEMBER_WORD, false, "Write month, quarter or batch.", report_words, 0, 0 },
    { "model", WN_MEMBER_STRING, false, "Write PROVIDER/MODEL, such as \"openai/gpt-6-luna\".",
      NULL, 0, 0 },
    { "samples", WN_MEMBER_WHOLE, false, "Write how many extra samples: 0 to 10.", NULL, 0, 10 },
    { "pack", WN_MEMBER_WHOLE, false,
      "Write how many short items may share one request: 1 to 64, or 0 for never.", NULL, 0, 64 },
    { "second", WN_MEMBER_OPINION, false, OPINION, NULL, 0, 0 },
    { "check", WN_MEMBER_OPINION, false, OPINION, NULL, 0, 0 },
    { "how", WN_MEMBER_WORD, false, "Write auto, decide or generate.", how_words, 0, 0 },
    { "max_chars", WN_MEMBER_WHOLE, false,
      "Write the most bytes of an item's text to send: 200 to 1000000.", NULL, 200, 1000000 },
    { "cache_days", WN_MEMBER_WHOLE, false, "Write whole days, or 0 for ever.", NULL, 0, 36500 },
    { "keep", WN_MEMBER_WHOLE, false,
      "Write for how many days texts are kept, or 0 to keep them as WINNOW_KEEP says.", NULL, 0,
      36500 },
    { "redact", WN_MEMBER_STRINGS, false,
      "Write [\"email\", \"phone\", \"card\", \"bank\", \"link\", \"name\"], or some of them.",
      NULL, 0, 0 },
    { "columns", WN_MEMBER_OBJECT, false, "Write { \"text\": [\"message\", \"notes\"], ... }.",
      NULL, 0, 0 },
    { "questions", WN_MEMBER_LIST, true,
      "Write [ { \"name\": ..., \"type\": ..., \"ask\": ... }, ... ].", NULL, 0, 0 },
    { "always_review", WN_MEMBER_LIST, false,
      "Write [ { \"name\": ..., \"because\": ..., \"when\": {...} }, ... ].", NULL, 0, 0 },
    { "routes", WN_MEMBER_LIST, false,
      "Write [ { \"when\": {...}, \"owner\": ..., \"next\": ... }, ... ].", NULL, 0, 0 },
};

/* ---- version ---- */

/* Tells two versions of a task apart; it guards nothing, so two FNV-1a of 64 bits are enough. */
struct digest {
    uint64_t a, b;
};

static void digest_add(struct digest *d, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        d->a = (d->a ^ (unsigned char)bytes[i]) * WN_FNV_PRIME;
        d->b = (d->b ^ (unsigned char)~bytes[i]) * WN_FNV_PRIME;
        d->b ^= d->b >> 29;
    }
}

/* A file by name, length and content: nothing moves from one file to another unseen. */
static void digest_file(struct digest *d, const char *name, const char *bytes, size_t n)
{
    char head[64];
    int used = snprintf(head, sizeof(head), "%s %zu\n", name, n);
    digest_add(d, head, (size_t)used);
    digest_add(d, bytes, n);
}

/* ---- reading ---- */

struct reading {
    struct wn_check c;
    struct wn_task *t;
    struct digest digest;
};

/* One file of the task into the arena, or NULL. A missing one is a fault where it is required. */
static const char *read_file(struct reading *r, const char *dir, const char *name, size_t max,
                             bool required, size_t *len)
{
    struct wn_error err = { 0 };
    char *bytes = NULL;
    const char *text = NULL;
    r->c.file = wn_check_text(&r->c, "%s/%s", dir, name);
    r->c.json = "";
    *len = 0;
    if (!wn_file_exists(r->c.file)) {
        if (required)
            wn_check_fault(&r->c, 0, "Write it, or copy it from a task that comes with winnow.",
                           "the file is missing");
    } else if (wn_file_read(r->c.file, max, &bytes, len, &err) != WN_OK) {
        wn_check_fault(&r->c, 0,
                       "It must be a plain file that can be read, at most 1 MB (examples: 64 MB).",
                       "%s", err.cause[0] != '\0' ? err.cause : err.what);
    } else if (!wn_utf8_valid(bytes, *len) || memchr(bytes, '\0', *len) != NULL) {
        wn_check_fault(&r->c, 0, "Save it as UTF-8.", "the file is not UTF-8");
    } else {
        digest_file(&r->digest, name, bytes, *len);
        text = wn_arena_copy(r->c.arena, bytes, *len);
    }
    free(bytes);
    return text;
}

static void parse_columns(struct wn_check *c, const cJSON *o, struct wn_task *t)
{
    const cJSON *m;
    t->columns = wn_arena_array(c->arena, (size_t)cJSON_GetArraySize(o), sizeof(*t->columns));
    cJSON_ArrayForEach(m, o)
    {
        struct wn_column *column = &t->columns[t->ncolumns++];
        column->field = wn_arena_str(c->arena, m->string);
        column->names = wn_check_strings(c, m, &column->nnames);
        if (column->nnames == 0)
            wn_check_fault(c, wn_check_line(c, wn_check_text(c, "columns.%s", m->string)),
                           "Write the columns' names: [\"message\", \"notes\"].",
                           "\"%s\" names no column", m->string);
    }
}

unsigned wn_redact_parse(struct wn_check *c, const cJSON *v)
{
    unsigned kinds = 0;
    size_t n, kind;
    const char *const *words = wn_check_strings(c, v, &n);
    for (size_t i = 0; i < n; i++) {
        for (kind = 0; kind < WN_REDACT_KINDS && strcmp(words[i], wn_redact_names[kind]) != 0;)
            kind++;
        if (kind < WN_REDACT_KINDS)
            kinds |= 1u << kind;
        else
            wn_check_fault(c, wn_check_line(c, "redact"),
                           wn_check_hint_known(c, words[i], wn_redact_names, WN_REDACT_KINDS),
                           "\"redact\" does not know \"%s\"", words[i]);
    }
    return kinds;
}

static const char *copy_or(struct wn_check *c, const cJSON *o, const char *name,
                           const char *fallback)
{
    const char *text = wn_json_str(o, name);
    return text == NULL ? fallback : wn_arena_str(c->arena, text);
}

static struct wn_opinion parse_opinion(struct wn_check *c, const cJSON *o, const char *name)
{
    const cJSON *v = wn_json_get(o, name);
    struct wn_opinion out = { copy_or(c, o, name, NULL), 0, INFINITY };
    if (!cJSON_IsObject(v) ||
        !wn_check_members(c, v, name, opinion_members, WN_COUNT(opinion_members)))
        return out;
    out.model = copy_or(c, v, "model", NULL);
    out.from = wn_json_num(v, "from", 0);
    out.below = wn_json_num(v, "below", INFINITY);
    if (out.from >= out.below)
        wn_check_fault(c, wn_check_line(c, name), OPINION, "\"%s\" is asked for no score", name);
    return out;
}

/* True if the questions are sound, whatever else is wrong. */
static bool parse_task(struct wn_check *c, const cJSON *o, struct wn_task *t)
{
    size_t before;
    bool sound;
    if (!wn_check_members(c, o, "", members, WN_COUNT(members)))
        return false;
    t->name = copy_or(c, o, "name", t->name);
    t->about = copy_or(c, o, "about", "");
    t->model = copy_or(c, o, "model", NULL);
    t->how = copy_or(c, o, "how", "auto");
    t->target_error = wn_json_num(o, "target_error", .05);
    t->before_proof_review = strcmp(copy_or(c, o, "before_proof", "cautious"), "review") == 0;
    t->report = copy_or(c, o, "report", "month");
    t->samples = (int)wn_json_int(o, "samples", 0);
    t->pack = (int)wn_json_int(o, "pack", 1);
    t->second = parse_opinion(c, o, "second");
    t->check = parse_opinion(c, o, "check");
    t->max_chars = (size_t)wn_json_int(o, "max_chars", DEFAULT_MAX_CHARS);
    t->cache_days = (int)wn_json_int(o, "cache_days", 0);
    t->keep_days = (int)wn_json_int(o, "keep", 0);
    t->redact = wn_redact_parse(c, wn_json_get(o, "redact"));
    if (cJSON_IsObject(wn_json_get(o, "columns")))
        parse_columns(c, wn_json_get(o, "columns"), t);
    before = c->nfaults;
    wn_questions_parse(c, wn_json_get(o, "questions"), t);
    sound = t->nquestions > 0 && c->nfaults == before;
    if (t->nquestions > 0)
        wn_guards_parse(c, wn_json_get(o, "guards"), t);
    wn_values_parse(c, wn_json_get(o, "value"), t);
    wn_rules_parse(c, wn_json_get(o, "always_review"), t);
    wn_routes_parse(c, wn_json_get(o, "routes"), t);
    return sound;
}

/* Where the text stops to be JSON: the same parser again, for the place alone. What is wrong mostly
 * stands before that place: the comma that is missing, or the one too many. */
static void not_json(struct wn_check *c, const char *text, size_t len)
{
    const char *at = text, *start;
    cJSON_Delete(cJSON_ParseWithLengthOpts(text, len, &at, 0));
    while (at > text && strchr(" \t\r\n", at[-1]) != NULL)
        at--;
    start = at;
    while (start > text && start[-1] != '\n' && at - start < 30)
        start--;
    while (start < at && ((unsigned char)*start & 0xc0) == 0x80)
        start++;
    wn_check_fault(c, wn_json_line_of(text, at),
                   "Look for a comma too many or too few, or a quote that is not closed.",
                   "this is no JSON after '%.*s'", (int)(at - start), start);
}

bool wn_task_parse(struct wn_check *c, const char *text, size_t len, struct wn_task *t)
{
    cJSON *o = NULL;
    bool sound = false;
    c->json = text;
    if (wn_json_parse(text, len, false, &o, NULL) == WN_OK)
        sound = parse_task(c, o, t);
    else
        not_json(c, text, len);
    cJSON_Delete(o);
    return sound;
}

/* The last part of a path, without slashes at its end; "." and ".." by their true name. */
static const char *folder_name(const char *dir, struct wn_arena *a)
{
    size_t end = strlen(dir), start;
    char *real = NULL;
    const char *out;
    while (end > 1 && dir[end - 1] == '/')
        end--;
    for (start = end; start > 0 && dir[start - 1] != '/'; start--)
        continue;
    out = wn_arena_copy(a, dir + start, end - start);
    if (strcmp(out, ".") != 0 && strcmp(out, "..") != 0)
        return out;
    real = realpath(dir, NULL);
    if (real != NULL)
        out = wn_arena_str(a, strrchr(real, '/') + 1);
    free(real);
    return out;
}

/* Where business.md lies: the folder that holds the task's folder. */
static const char *parent(const char *dir, const char *name, struct wn_arena *a)
{
    size_t end = strlen(dir), n = strlen(name);
    if (end > n + 1 && dir[end - n - 1] == '/' && strcmp(dir + end - n, name) == 0)
        return wn_arena_copy(a, dir, end - n - 1);
    return wn_arena_printf(a, "%s/..", dir);
}

static void read_examples(struct reading *r)
{
    struct wn_example *examples = NULL;
    size_t len;
    const char *text = read_file(r, r->t->dir, "examples.jsonl", MOST_EXAMPLES, false, &len);
    if (text != NULL)
        wn_examples_parse(&r->c, r->t, text, len, &examples, &r->t->nexamples);
    r->t->examples = examples;
}

static bool read_json(struct reading *r)
{
    struct wn_task *t = r->t;
    const char *folder = t->name;
    size_t len;
    const char *json = read_file(r, t->dir, "task.json", MOST_FILE, true, &len);
    bool sound = json != NULL && wn_task_parse(&r->c, json, len, t);
    if (json != NULL && strcmp(t->name, folder) != 0)
        wn_check_fault(&r->c, wn_check_line(&r->c, "name"),
                       wn_check_text(&r->c, "Write \"%s\", or rename the folder.", folder),
                       "the task is called \"%s\", its folder \"%s\"", t->name, folder);
    return sound;
}

static void read_task(struct reading *r, const char *dir)
{
    struct wn_task *t = r->t;
    struct wn_arena *a = t->arena;
    size_t len;
    t->name = folder_name(dir, a);
    t->dir = wn_arena_str(a, dir);
    t->about = "";
    if (read_json(r))
        read_examples(r); /* only sound questions can say what a label should be */
    t->system_md = read_file(r, dir, "system.md", MOST_FILE, true, &len);
    t->user_md = read_file(r, dir, "user.md", MOST_FILE, true, &len);
    t->business_md = read_file(r, parent(dir, t->name, a), "business.md", MOST_FILE, false, &len);
    wn_templates_check(&r->c, t);
    t->version = wn_arena_printf(a, "%016llx%016llx", (unsigned long long)r->digest.a,
                                 (unsigned long long)r->digest.b);
    if (r->c.nfaults == 0)
        t->system = wn_prompt_system(t, NULL, a);
}

static void start_reading(struct reading *r, void (*report)(void *, const struct wn_fault *),
                          void *user)
{
    struct wn_arena *a = wn_xcalloc(1, sizeof(*a));
    struct wn_task *t = wn_arena_alloc(a, sizeof(*t));
    t->arena = a;
    *r = (struct reading){ { a, "", "", report, user, 0 },
                           t,
                           { WN_FNV_START, UINT64_C(0x9e3779b97f4a7c15) } };
}

enum wn_code wn_task_load(const char *dir, struct wn_task **out, struct wn_error *err)
{
    struct wn_first_fault first = { err, WN_E_CONFIG, false };
    struct reading r;
    *out = NULL;
    start_reading(&r, wn_check_first, &first);
    read_task(&r, dir);
    if (first.seen) {
        wn_task_free(r.t);
        return first.code;
    }
    *out = r.t;
    return WN_OK;
}

void wn_task_free(struct wn_task *t)
{
    struct wn_arena *a = t == NULL ? NULL : t->arena;
    if (a == NULL)
        return;
    wn_arena_free(a); /* t itself is in it */
    free(a);
}

size_t wn_task_faults(const char *dir, void (*report)(void *user, const struct wn_fault *f),
                      void *user)
{
    struct reading r;
    size_t n;
    start_reading(&r, report, user);
    read_task(&r, dir);
    n = r.c.nfaults;
    wn_task_free(r.t);
    return n;
}

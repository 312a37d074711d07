/* brief.c: see brief.h. */
#include "task/brief.h"
#include "base/file.h"
#include "base/fnv.h"
#include "base/utf8.h"
#include "parse.h"
#include <stdlib.h>
#include <string.h>

enum { MOST_FILE = 1 << 20, MOST_PROMPT = 16 << 20, DEFAULT_WORDS = 400 };

static const char *const failing_words[] = { "mark", "drop", NULL };
static const char *const extract_words[] = { "any", "numbers", "questions", "nothing", NULL };
static const char *const known_names[] = { "business", "sections", "words",
                                           "language", "title",    "sources" };
enum { SYSTEM_NAMES = 4 };

static const struct wn_member members[] = {
    { "name", WN_MEMBER_STRING, true, "Write the name of the folder.", NULL, 0, 0 },
    { "about", WN_MEMBER_STRING, true, "Write in one sentence what the brief is for.", NULL, 0, 0 },
    { "title", WN_MEMBER_STRING, true, "Write what stands over a brief.", NULL, 0, 0 },
    { "words", WN_MEMBER_WHOLE, false, "Write about how long it is: 20 to 5000 words.", NULL, 20,
      5000 },
    { "failing", WN_MEMBER_WORD, false, "Write mark or drop.", failing_words, 0, 0 },
    { "target_error", WN_MEMBER_SHARE, false,
      "Write the share that may be wrong: above 0, at most 0.5, such as 0.05.", NULL, 0, 0 },
    { "model", WN_MEMBER_STRING, false, "Write PROVIDER/MODEL, such as \"openai/gpt-6-luna\".",
      NULL, 0, 0 },
    { "cache_days", WN_MEMBER_WHOLE, false, "Write whole days, or 0 for ever.", NULL, 0, 36500 },
    { "one_pass", WN_MEMBER_WHOLE, false, "Write the most tokens that are read in one request.",
      NULL, 100, 2000000 },
    { "chunk", WN_MEMBER_WHOLE, false, "Write the tokens of one part of a long source.", NULL, 100,
      2000000 },
    { "redact", WN_MEMBER_STRINGS, false,
      "Write [\"email\", \"phone\", \"card\", \"bank\", \"link\", \"name\"], or some of them.",
      NULL, 0, 0 },
    { "sections", WN_MEMBER_LIST, true,
      "Write [ { \"id\": ..., \"title\": ..., \"ask\": ... }, ... ].", NULL, 0, 0 },
};
static const struct wn_member section_members[] = {
    { "id", WN_MEMBER_STRING, true, "Write an id, such as findings.", NULL, 0, 0 },
    { "title", WN_MEMBER_STRING, true, "Write the section's heading.", NULL, 0, 0 },
    { "ask", WN_MEMBER_STRING, true, "Write what belongs there.", NULL, 0, 0 },
    { "extract", WN_MEMBER_WORD, false, "Write any, numbers, questions or nothing.", extract_words,
      0, 0 },
    { "quotes", WN_MEMBER_WHOLE, false, "Write how many quotes a sentence needs: 1 to 4.", NULL, 1,
      4 },
};

struct reading {
    struct wn_check c;
    struct wn_brief_task *t;
    uint64_t digest[2];
};

/* Tells two versions apart; it guards nothing. */
static void digest_add(struct reading *r, const char *bytes, size_t n)
{
    for (size_t i = 0; i <= n; i++) {
        unsigned char byte = i < n ? (unsigned char)bytes[i] : 0;
        r->digest[0] = (r->digest[0] ^ byte) * WN_FNV_PRIME;
        r->digest[1] = (r->digest[1] ^ (unsigned char)~byte) * WN_FNV_PRIME;
        r->digest[1] ^= r->digest[1] >> 29;
    }
}

static const char *read_file(struct reading *r, const char *path, bool required)
{
    char *bytes = NULL;
    const char *text = NULL;
    size_t len = 0;
    r->c.file = path;
    r->c.json = "";
    if (!wn_file_exists(path)) {
        if (required)
            wn_check_fault(&r->c, 0, "Write it, or copy it from a brief that comes with winnow.",
                           "the file is missing");
    } else if (wn_file_read(path, MOST_FILE, &bytes, &len, NULL) != WN_OK ||
               !wn_utf8_valid(bytes, len) || memchr(bytes, '\0', len) != NULL) {
        wn_check_fault(&r->c, 0, "It must be a UTF-8 text of at most 1 MB.",
                       "the file cannot be read as text");
    } else {
        text = wn_arena_copy(r->c.arena, bytes, len);
        digest_add(r, text, len);
    }
    free(bytes);
    return text;
}

static size_t word_index(const char *const *words, const char *word, size_t fallback)
{
    for (size_t i = 0; word != NULL && words[i] != NULL; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return fallback;
}

static void parse_sections(struct wn_check *c, const cJSON *list, struct wn_brief_task *t)
{
    struct wn_brief_section *all =
        wn_arena_array(c->arena, (size_t)cJSON_GetArraySize(list), sizeof(*all));
    const cJSON *o;
    size_t i = 0;
    cJSON_ArrayForEach(o, list)
    {
        const char *path = wn_check_text(c, "sections[%zu]", i++);
        struct wn_brief_section *s = &all[t->nsections];
        if (!wn_check_members(c, o, path, section_members, WN_COUNT(section_members)))
            continue;
        s->id = wn_json_str(o, "id");
        s->title = wn_json_str(o, "title");
        s->ask = wn_json_str(o, "ask");
        if (s->id == NULL || s->title == NULL || s->ask == NULL)
            continue;
        if (!wn_check_is_id(s->id))
            wn_check_fault(c, wn_check_line(c, path),
                           "Use a-z, 0-9 and _, beginning with a letter.", "\"%s\" is no id",
                           s->id);
        s->id = wn_arena_str(c->arena, s->id);
        s->title = wn_arena_str(c->arena, s->title);
        s->ask = wn_arena_str(c->arena, s->ask);
        s->extract = (enum wn_extract_kind)word_index(extract_words, wn_json_str(o, "extract"),
                                                      WN_EXTRACT_NOTHING);
        s->quotes = (size_t)wn_json_int(o, "quotes", 1);
        t->nsections++;
    }
    if (t->nsections == 0)
        wn_check_fault(c, wn_check_line(c, "sections"), "Write at least one section.",
                       "the brief has no sections");
    t->sections = all;
}

static const char *copy_or(struct wn_check *c, const cJSON *o, const char *name,
                           const char *fallback)
{
    const char *text = wn_json_str(o, name);
    return text == NULL ? fallback : wn_arena_str(c->arena, text);
}

static void parse(struct reading *r, const char *json)
{
    struct wn_brief_task *t = r->t;
    struct wn_error err;
    cJSON *o = NULL;
    r->c.json = json;
    if (wn_json_parse(json, strlen(json), false, &o, &err) != WN_OK) {
        wn_check_fault(&r->c, 0, "Look for a comma too many or too few, or a quote not closed.",
                       "this is no JSON: %s", err.cause);
    } else if (wn_check_members(&r->c, o, "", members, WN_COUNT(members))) {
        if (wn_json_str(o, "name") != NULL && strcmp(wn_json_str(o, "name"), t->name) != 0)
            wn_check_fault(
                &r->c, wn_check_line(&r->c, "name"), "Write the folder's name, or rename it.",
                "the brief is called \"%s\", its folder \"%s\"", wn_json_str(o, "name"), t->name);
        t->about = copy_or(&r->c, o, "about", "");
        t->title = copy_or(&r->c, o, "title", t->name);
        t->model = copy_or(&r->c, o, "model", NULL);
        t->words = (int)wn_json_int(o, "words", DEFAULT_WORDS);
        t->drop = word_index(failing_words, wn_json_str(o, "failing"), 0) == 1;
        t->target_error = wn_json_num(o, "target_error", .05);
        t->cache_days = (int)wn_json_int(o, "cache_days", 0);
        t->one_pass = wn_json_int(o, "one_pass", 0);
        t->chunk = wn_json_int(o, "chunk", 0);
        t->redact = wn_redact_parse(&r->c, wn_json_get(o, "redact"));
        parse_sections(&r->c, wn_json_get(o, "sections"), t);
    }
    cJSON_Delete(o);
}

static void check_template(struct reading *r, const char *name, const char *text, size_t nknown)
{
    if (text == NULL)
        return;
    r->c.file = wn_arena_printf(r->c.arena, "%s/%s", r->t->dir, name);
    wn_template_check(&r->c, text, 1, known_names, nknown);
    if (nknown > SYSTEM_NAMES && strstr(text, "{{sources}}") == NULL)
        wn_check_fault(&r->c, 0, "Write {{sources}} where the sources go.",
                       "the model is not shown the sources");
}

static void read_brief(struct reading *r, const char *dir)
{
    struct wn_brief_task *t = r->t;
    struct wn_arena *a = t->arena;
    size_t end = strlen(dir), start;
    const char *json;
    while (end > 1 && dir[end - 1] == '/')
        end--;
    for (start = end; start > 0 && dir[start - 1] != '/';)
        start--;
    t->name = wn_arena_copy(a, dir + start, end - start);
    t->dir = wn_arena_copy(a, dir, end);
    t->title = t->name;
    t->words = DEFAULT_WORDS;
    json = read_file(r, wn_arena_printf(a, "%s/brief.json", t->dir), true);
    if (json != NULL)
        parse(r, json);
    t->system_md = read_file(r, wn_arena_printf(a, "%s/system.md", t->dir), true);
    t->user_md = read_file(r, wn_arena_printf(a, "%s/user.md", t->dir), true);
    t->business_md = read_file(r, wn_arena_printf(a, "%s/../business.md", t->dir), false);
    check_template(r, "system.md", t->system_md, SYSTEM_NAMES);
    check_template(r, "user.md", t->user_md, WN_COUNT(known_names));
    t->version = wn_arena_printf(a, "%016llx%016llx", (unsigned long long)r->digest[0],
                                 (unsigned long long)r->digest[1]);
}

static void start_reading(struct reading *r, void (*report)(void *, const struct wn_fault *),
                          void *user)
{
    struct wn_arena *a = wn_xcalloc(1, sizeof(*a));
    struct wn_brief_task *t = wn_arena_alloc(a, sizeof(*t));
    t->arena = a;
    *r = (struct reading){ { a, "", "", report, user, 0 },
                           t,
                           { WN_FNV_START, UINT64_C(0x9e3779b97f4a7c15) } };
}

enum wn_code wn_brief_task_load(const char *dir, struct wn_brief_task **out, struct wn_error *err)
{
    struct wn_first_fault first = { err, WN_E_CONFIG, false };
    struct reading r;
    *out = NULL;
    start_reading(&r, wn_check_first, &first);
    read_brief(&r, dir);
    if (first.seen) {
        wn_brief_task_free(r.t);
        return first.code;
    }
    *out = r.t;
    return WN_OK;
}

void wn_brief_task_free(struct wn_brief_task *t)
{
    struct wn_arena *a = t == NULL ? NULL : t->arena;
    if (a == NULL)
        return;
    wn_arena_free(a); /* t itself is in it */
    free(a);
}

size_t wn_brief_task_faults(const char *dir, void (*report)(void *user, const struct wn_fault *f),
                            void *user)
{
    struct reading r;
    size_t n;
    start_reading(&r, report, user);
    read_brief(&r, dir);
    n = r.c.nfaults;
    wn_brief_task_free(r.t);
    return n;
}

enum wn_code wn_brief_task_find(const char *name, const char *const *roots, size_t nroots,
                                struct wn_arena *a, const char **out, struct wn_error *err)
{
    for (size_t i = 0; i < nroots && strchr(name, '/') == NULL && name[0] != '.'; i++) {
        *out = wn_arena_printf(a, "%s/%s", roots[i], name);
        if (wn_file_exists(wn_arena_printf(a, "%s/brief.json", *out)))
            return WN_OK;
    }
    *out = wn_arena_str(a, name);
    if (strchr(name, '/') != NULL && wn_file_exists(wn_arena_printf(a, "%s/brief.json", name)))
        return WN_OK;
    wn_error_set(err, WN_E_USAGE, "there is no brief '%s'", name);
    wn_error_hint(err,
                  "research-brief, thread-brief and weekly-brief come with winnow; a brief is a "
                  "folder with a brief.json in --prompts DIR.");
    return WN_E_USAGE;
}

struct wn_task wn_brief_task_plain(const struct wn_brief_task *t)
{
    return (struct wn_task){ .name = t->name,
                             .about = t->about,
                             .dir = t->dir,
                             .version = t->version,
                             .how = "generate",
                             .target_error = t->target_error,
                             .redact = t->redact,
                             .cache_days = t->cache_days };
}

struct wn_task *wn_brief_task_faithful(const struct wn_brief_task *from)
{
    static const struct wn_choice verdicts[] = {
        { "faithful", "every sentence says what its quotes say" },
        { "unfaithful", "at least one sentence says something else, or more" },
    };
    struct wn_arena *a = wn_xcalloc(1, sizeof(*a));
    struct wn_task *t = wn_arena_alloc(a, sizeof(*t));
    *t = (struct wn_task){ .name = wn_arena_printf(a, "%s" WN_BRIEF_FAITHFUL, from->name),
                           .about = "Does every sentence of the brief say what its sources say?",
                           .dir = wn_arena_str(a, from->dir),
                           .version = wn_arena_str(a, from->version),
                           .how = "generate",
                           .target_error = from->target_error,
                           .report = "month",
                           .nquestions = 2,
                           .system_md = "",
                           .user_md = "",
                           .system = "",
                           .arena = a };
    t->questions = wn_arena_array(a, t->nquestions, sizeof(*t->questions));
    t->questions[0] = (struct wn_question){ .name = "faithful",
                                            .ask = t->about,
                                            .type = WN_CHOICE,
                                            .choices = verdicts,
                                            .nchoices = WN_COUNT(verdicts),
                                            .gated = true };
    t->questions[1] = (struct wn_question){ .name = WN_BRIEF_UNSUPPORTED,
                                            .ask = "Which sentences do not, by their numbers?",
                                            .type = WN_TEXT };
    return t;
}

/* ---- filling in ---- */

static void put_sections(struct wn_buf *b, const struct wn_brief_task *t)
{
    for (size_t i = 0; i < t->nsections; i++)
        wn_buf_printf(b, "%s- `%s` (%s): %s", i == 0 ? "" : "\n", t->sections[i].id,
                      t->sections[i].title, t->sections[i].ask);
}

static void put(struct wn_buf *b, const struct wn_brief_task *t, const struct wn_brief_fill *f,
                const char *name, size_t len)
{
    if (len == 8 && memcmp(name, "business", 8) == 0)
        wn_buf_str(b, t->business_md == NULL ? "" : t->business_md);
    else if (len == 8 && memcmp(name, "sections", 8) == 0)
        put_sections(b, t);
    else if (len == 5 && memcmp(name, "words", 5) == 0)
        wn_buf_printf(b, "%d", f->words);
    else if (len == 8 && memcmp(name, "language", 8) == 0)
        wn_buf_str(b, f->language == NULL ? "the language of the sources" : f->language);
    else if (len == 5 && memcmp(name, "title", 5) == 0)
        wn_buf_str(b, f->title);
    else if (len == 7 && memcmp(name, "sources", 7) == 0)
        wn_buf_str(b, f->sources);
}

const char *wn_brief_task_fill(const struct wn_brief_task *t, const char *template,
                               const struct wn_brief_fill *f, struct wn_arena *a)
{
    struct wn_buf b = WN_BUF_INIT(MOST_PROMPT);
    struct wn_tag tag;
    size_t from = 0;
    const char *out;
    while (wn_tag_next(template, from, &tag)) {
        wn_buf_add(&b, template + from, tag.start - from);
        put(&b, t, f, tag.name, tag.len);
        from = tag.end;
    }
    wn_buf_str(&b, template + from);
    out = b.failed ? NULL : wn_arena_copy(a, b.data, b.len);
    wn_buf_free(&b);
    return out;
}

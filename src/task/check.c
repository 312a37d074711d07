/* check.c: see check.h. */
#include "check.h"
#include "base/utf8.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FAULT_TEXT = 240 };

void wn_check_fault(struct wn_check *c, size_t line, const char *hint, const char *what, ...)
{
    char text[FAULT_TEXT];
    struct wn_fault f = { c->file, line, text, hint };
    va_list ap;
    va_start(ap, what);
    vsnprintf(text, sizeof(text), what, ap);
    va_end(ap);
    text[wn_utf8_cut(text, strlen(text), sizeof(text) - 2)] = '\0';
    for (char *p = text; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
    c->nfaults++;
    c->report(c->user, &f);
}

size_t wn_check_line(const struct wn_check *c, const char *path)
{
    return wn_json_line(c->json, path);
}

const char *wn_check_text(const struct wn_check *c, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    return wn_arena_copy(c->arena, text, wn_utf8_cut(text, strlen(text), sizeof(text) - 2));
}

void wn_check_first(void *user, const struct wn_fault *f)
{
    struct wn_first_fault *first = user;
    if (first->seen)
        return;
    first->seen = true;
    if (f->line > 0)
        wn_error_set(first->err, first->code, "%s:%zu: %s", f->file, f->line, f->what);
    else
        wn_error_set(first->err, first->code, "%s: %s", f->file, f->what);
    if (f->hint != NULL)
        wn_error_hint(first->err, "%s", f->hint);
}

/* ---- members ---- */

static bool is_text(const cJSON *v)
{
    return cJSON_IsString(v) && v->valuestring[strspn(v->valuestring, " \t\r\n")] != '\0';
}

static bool is_texts(const cJSON *v)
{
    const cJSON *e;
    if (!cJSON_IsArray(v))
        return is_text(v);
    cJSON_ArrayForEach(e, v) if (!is_text(e)) return false;
    return v->child != NULL;
}

static bool is_word(const cJSON *v, const char *const *words)
{
    for (; cJSON_IsString(v) && *words != NULL; words++)
        if (strcmp(v->valuestring, *words) == 0)
            return true;
    return false;
}

static bool fits(const cJSON *v, const struct wn_member *m)
{
    double d = cJSON_IsNumber(v) ? v->valuedouble : NAN;
    switch (m->type) {
    case WN_MEMBER_STRING:
        return is_text(v);
    case WN_MEMBER_STRINGS:
        return is_texts(v);
    case WN_MEMBER_WORD:
        return is_word(v, m->words);
    case WN_MEMBER_WHOLE:
        return d >= m->least && d <= m->most && d == floor(d);
    case WN_MEMBER_SHARE:
        return d > 0 && d <= .5;
    case WN_MEMBER_SCORE:
        return d > 0 && d <= 1;
    case WN_MEMBER_OPINION:
        return is_text(v) || cJSON_IsObject(v);
    case WN_MEMBER_BOOL:
        return cJSON_IsBool(v);
    case WN_MEMBER_OBJECT:
        return cJSON_IsObject(v);
    case WN_MEMBER_LIST:
        return cJSON_IsArray(v);
    }
    return false;
}

static const char *member_path(const struct wn_check *c, const char *path, const char *name)
{
    return *path == '\0' ? name : wn_check_text(c, "%s.%s", path, name);
}

static void unknown_member(struct wn_check *c, const char *path, const char *name,
                           const struct wn_member *table, size_t n)
{
    const char **known = wn_arena_array(c->arena, n, sizeof(*known));
    for (size_t i = 0; i < n; i++)
        known[i] = table[i].name;
    wn_check_fault(c, wn_check_line(c, member_path(c, path, name)),
                   wn_check_hint_known(c, name, known, n), "there is no member \"%s\" here", name);
}

bool wn_check_members(struct wn_check *c, const cJSON *o, const char *path,
                      const struct wn_member *table, size_t n)
{
    const cJSON *m;
    if (!cJSON_IsObject(o)) {
        wn_check_fault(c, wn_check_line(c, path), "Write an object: { ... }.",
                       "this is not an object");
        return false;
    }
    cJSON_ArrayForEach(m, o)
    {
        size_t i = 0;
        while (i < n && strcmp(m->string, table[i].name) != 0)
            i++;
        if (i == n)
            unknown_member(c, path, m->string, table, n);
        else if (wn_json_get(o, m->string) != m)
            wn_check_fault(c, wn_check_line(c, path), "Keep one of them.",
                           "\"%s\" stands here twice", m->string);
        else if (!fits(m, &table[i]))
            wn_check_fault(c, wn_check_line(c, member_path(c, path, m->string)), table[i].write,
                           "\"%s\" cannot be this", m->string);
    }
    for (size_t i = 0; i < n; i++)
        if (table[i].required && wn_json_get(o, table[i].name) == NULL)
            wn_check_fault(c, wn_check_line(c, path), table[i].write, "\"%s\" is missing",
                           table[i].name);
    return true;
}

const char *const *wn_check_strings(struct wn_check *c, const cJSON *v, size_t *n)
{
    const char **out;
    const cJSON *e;
    *n = 0;
    if (!is_texts(v))
        return NULL;
    out = wn_arena_array(c->arena, cJSON_IsArray(v) ? (size_t)cJSON_GetArraySize(v) : 1,
                         sizeof(*out));
    if (!cJSON_IsArray(v))
        out[(*n)++] = wn_arena_str(c->arena, v->valuestring);
    else
        cJSON_ArrayForEach(e, v) out[(*n)++] = wn_arena_str(c->arena, e->valuestring);
    return out;
}

bool wn_check_is_id(const char *text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return text[0] >= 'a' && text[0] <= 'z' && text[n] == '\0' && n <= 64;
}

/* ---- nearest ---- */

enum { LONGEST_WORD = 64 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Edits (insert, delete, replace, swap of neighbours) from a to b. */
static size_t distance(const char *a, const char *b)
{
    size_t row[3][LONGEST_WORD + 1], na = strlen(a), nb = strlen(b);
    if (na > LONGEST_WORD || nb > LONGEST_WORD)
        return SIZE_MAX;
    for (size_t j = 0; j <= nb; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            bool same = lower(a[i - 1]) == lower(b[j - 1]);
            now[j] = last[j - 1] + !same;
            if (last[j] + 1 < now[j])
                now[j] = last[j] + 1;
            if (now[j - 1] + 1 < now[j])
                now[j] = now[j - 1] + 1;
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1]) && before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
    }
    return row[na % 3][nb];
}

const char *wn_check_nearest(const char *word, const char *const *known, size_t n)
{
    size_t best = strlen(word) / 3 + 1; /* a third of the word may be wrong, one letter always */
    const char *found = NULL;
    for (size_t i = 0; i < n; i++) {
        size_t d = distance(word, known[i]);
        if (d < best || (d == best && found == NULL)) {
            best = d;
            found = known[i];
        }
    }
    return found;
}

const char *wn_check_join(struct wn_arena *a, const char *const *words, size_t n)
{
    struct wn_buf b = WN_BUF_INIT(900);
    const char *out;
    for (size_t i = 0; i < n && !b.failed; i++) {
        wn_buf_str(&b, i == 0 ? "" : ", ");
        wn_buf_str(&b, words[i]);
    }
    out = wn_arena_str(a, b.data);
    wn_buf_free(&b);
    return out;
}

const char *wn_check_hint_known(const struct wn_check *c, const char *word,
                                const char *const *known, size_t n)
{
    const char *near = wn_check_nearest(word, known, n);
    if (near != NULL)
        return wn_check_text(c, "Did you mean \"%s\"?", near);
    return wn_check_text(c, "Known here: %s.", wn_check_join(c->arena, known, n));
}

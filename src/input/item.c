/* item.c: cells with names -> an item.
 *
 * A row of a CSV and an object of a JSON file are the same thing here: cells. The mapping says which
 * of them is the text, the id, the time and the subject; all others are fields under their own names. */
#define _GNU_SOURCE /* timegm */
#include "input/input.h"
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include "base/clock.h"
#include "base/utf8.h"

/* ---- mapping ---- */

static const char *const usual_text[] = { "text",    "message", "note",     "notes",
                                          "body",    "comment", "comments", "description",
                                          "inquiry", "content", "details" };
static const char *const usual_subject[] = { "subject" };

/* The names are copied: the options are the caller's, and the reader outlives them. */
static void add_rule(struct wn_mapping *m, struct wn_arena *a, const char *field,
                     const char *const *names, size_t n, bool asked)
{
    const char **copy = wn_arena_array(a, n, sizeof(*copy));
    for (size_t i = 0; i < m->nrules; i++)
        if (strcasecmp(m->rules[i].field, field) == 0)
            return;
    for (size_t i = 0; i < n; i++)
        copy[i] = wn_arena_str(a, names[i]);
    m->rules[m->nrules++] = (struct wn_rule_map){ wn_arena_str(a, field), copy, n, asked };
}

void wn_mapping_make(const struct wn_reader_options *o, struct wn_arena *a, struct wn_mapping *out)
{
    struct wn_rule_map text;
    size_t i;
    out->nrules = 0;
    out->rules = wn_arena_array(a, o->nmaps + o->ncolumns + 2, sizeof(*out->rules));
    for (i = 0; i < o->nmaps; i++)
        add_rule(out, a, o->maps[i].name, &o->maps[i].value, 1, true);
    for (i = 0; i < o->ncolumns; i++)
        add_rule(out, a, o->columns[i].field, o->columns[i].names, o->columns[i].nnames, false);
    add_rule(out, a, "text", usual_text, WN_COUNT(usual_text), false);
    add_rule(out, a, "subject", usual_subject, WN_COUNT(usual_subject), false);
    for (i = 0; strcasecmp(out->rules[i].field, "text") != 0; i++)
        continue;
    text = out->rules[i];
    out->rules[i] = out->rules[0];
    out->rules[0] = text;
}

/* "Lead Message" is the column that a task calls lead_message. */
static bool same_name(const char *want, const char *name, size_t len)
{
    size_t i;
    while (len > 0 && isspace((unsigned char)name[len - 1]))
        len--;
    while (len > 0 && isspace((unsigned char)*name))
        name++, len--;
    for (i = 0; i < len && want[i] != '\0'; i++) {
        char x = strchr(" -_", want[i]) != NULL ? '_' : (char)tolower((unsigned char)want[i]);
        char y = strchr(" -_", name[i]) != NULL ? '_' : (char)tolower((unsigned char)name[i]);
        if (x != y)
            return false;
    }
    return i == len && want[i] == '\0';
}

struct wn_role wn_mapping_role(const struct wn_mapping *m, const char *name, size_t len)
{
    for (size_t i = 0; i < m->nrules; i++)
        for (size_t k = 0; k < m->rules[i].nnames; k++)
            if (same_name(m->rules[i].names[k], name, len))
                return (struct wn_role){ (int)i, (int)k };
    return (struct wn_role){ -1, 0 };
}

/* ---- time ---- */

static bool real_date(int y, int mo, int d, int h, int mi, int s, int64_t *out)
{
    struct tm tm = { 0 };
    tm.tm_year = y - 1900;
    tm.tm_mon = mo - 1;
    tm.tm_mday = d;
    tm.tm_hour = h;
    tm.tm_min = mi;
    tm.tm_sec = s;
    *out = (int64_t)timegm(&tm);
    return y >= 1970 && y < 10000 && tm.tm_year == y - 1900 && tm.tm_mon == mo - 1 &&
           tm.tm_mday == d && tm.tm_hour == h && tm.tm_min == mi;
}

/* Seconds or milliseconds since 1970, as exports of databases have them: 10 or 13 digits. */
static int64_t unix_time(const char *text)
{
    size_t n = strspn(text, "0123456789");
    if (text[n] != '\0' || (n != 10 && n != 13))
        return -1;
    return strtoll(text, NULL, 10) / (n == 13 ? 1000 : 1);
}

int64_t wn_item_time(const char *text)
{
    int64_t t = wn_clock_parse(text);
    int a, b, c, h = 0, mi = 0, s = 0, used = 0, n;
    char sep, sep2;
    if (t >= 0 || (t = unix_time(text)) >= 0)
        return t;
    if (sscanf(text, "%4d%c%2d%c%4d%n", &a, &sep, &b, &sep2, &c, &used) != 5 || sep != sep2 ||
        a < 0 || b < 0 || c < 0)
        return -1;
    text += used;
    text += *text == 'T' || *text == ',';
    text += strspn(text, " ");
    used = 0;
    n = *text == '\0' ? 0 : sscanf(text, "%2d:%2d%n:%2d%n", &h, &mi, &used, &s, &used);
    if (*text != '\0' && (n < 2 || (text[used] != '\0' && strcmp(text + used, "Z") != 0) || h < 0))
        return -1;
    if ((sep == '-' || sep == '/') && a > 31)
        return real_date(a, b, c, h, mi, s, &t) ? t : -1; /* 2026-11-22 */
    if (sep == '.')
        return real_date(c, b, a, h, mi, s, &t) ? t : -1; /* 22.11.2026 */
    /* 11/22/2026 or 22/11/2026, where only one of the two is a date. */
    if (sep != '/' || (a <= 12 && b <= 12 && a != b))
        return -1;
    return real_date(c, a > 12 ? b : a, a > 12 ? a : b, h, mi, s, &t) ? t : -1;
}

/* ---- items ---- */

const char *wn_item_clean(struct wn_arena *a, const char *s, size_t n, size_t max, size_t *len,
                          bool *cut)
{
    struct wn_buf clean = WN_BUF_INIT(SIZE_MAX / 4);
    const char *from, *copy;
    size_t m;
    wn_charset_clean(&clean, s, n);
    from = clean.data;
    m = clean.len;
    while (m > 0 && isspace((unsigned char)from[m - 1]))
        m--;
    while (m > 0 && isspace((unsigned char)*from))
        from++, m--;
    *cut |= m > max;
    m = wn_utf8_cut(from, m, max);
    copy = wn_arena_copy(a, from, m);
    if (len != NULL)
        *len = m;
    wn_buf_free(&clean);
    return copy;
}

/* Valid UTF-8, also where an error's buffer cut a name in the middle of a character. */
static const char *whole(struct wn_arena *a, const char *s)
{
    struct wn_buf b = WN_BUF_INIT(SIZE_MAX / 4);
    const char *copy;
    wn_utf8_clean(&b, s, strlen(s));
    copy = wn_arena_copy(a, b.data, b.len);
    wn_buf_free(&b);
    return copy;
}

void wn_item_fail(struct wn_arena *a, struct wn_item *out, const char *source, const char *what,
                  const char *hint)
{
    out->source = whole(a, source);
    if (out->id == NULL)
        out->id = out->source;
    out->text = "";
    out->text_len = 0;
    out->trouble = whole(a, what);
    out->trouble_hint = whole(a, hint);
}

void wn_item_fail_err(struct wn_arena *a, struct wn_item *out, const char *source,
                      const struct wn_error *err)
{
    bool cause = err->cause[0] != '\0';
    wn_item_fail(a, out, source,
                 wn_arena_printf(a, "%s%s%s", err->what, cause ? ": " : "", err->cause), err->hint);
}

const char *wn_item_names(struct wn_arena *a, const char *const *name, size_t n)
{
    const char *all = n == 0 ? "none" : "";
    for (size_t i = 0; i < n && strlen(all) < 120; i++)
        all = wn_arena_printf(a, "%s%s%.*s", all, i > 0 ? ", " : "",
                              (int)wn_utf8_cut(name[i], strlen(name[i]), 40), name[i]);
    return all;
}

void wn_item_text(const struct wn_part *p, struct wn_arena *a, const char *subject,
                  const char *text, size_t len, struct wn_item *out)
{
    struct wn_buf all = WN_BUF_INIT(SIZE_MAX / 4);
    if (subject != NULL && subject[0] != '\0')
        wn_buf_printf(&all, "Subject: %s\n\n", subject);
    wn_buf_add(&all, text, len);
    out->text =
        wn_item_clean(a, all.data, all.len, p->max_item_bytes, &out->text_len, &out->truncated);
    wn_buf_free(&all);
}

static void no_text(struct wn_arena *a, const char *source, const struct wn_cell *cell, size_t n,
                    struct wn_item *out)
{
    const char **name = wn_arena_array(a, n, sizeof(*name));
    for (size_t i = 0; i < n; i++) {
        name[i] = cell[i].name;
        if (cell[i].role.rule == 0) {
            wn_item_fail(a, out, source, "no text",
                         "There is nothing to read in it; fill it or leave it out.");
            return;
        }
    }
    wn_item_fail(a, out, source, "no text: none of its members is known to hold it",
                 wn_arena_printf(a, "It has: %s. Choose one with --map text=NAME.",
                                 wn_item_names(a, name, n)));
}

static bool is_blank(const struct wn_cell *c)
{
    for (size_t i = 0; i < c->len; i++)
        if ((unsigned char)c->value[i] > ' ')
            return false;
    return true;
}

static bool is_role(const struct wn_part *p, const struct wn_cell *c, const char *field)
{
    return c->role.rule >= 0 && strcasecmp(p->map->rules[c->role.rule].field, field) == 0;
}

void wn_item_from_cells(const struct wn_part *p, struct wn_arena *a, const char *source,
                        const struct wn_cell *cell, size_t n, struct wn_item *out)
{
    const struct wn_cell **best = wn_arena_array(a, p->map->nrules, sizeof(*best));
    struct wn_field *field = wn_arena_array(a, n + 1, sizeof(*field));
    const char *subject = NULL, *text = "";
    size_t text_len = 0;
    for (size_t i = 0; i < n; i++) {
        int rule = cell[i].role.rule;
        if (rule >= 0 && !is_blank(&cell[i]) &&
            (best[rule] == NULL || cell[i].role.rank < best[rule]->role.rank))
            best[rule] = &cell[i];
    }
    out->id = out->source = wn_arena_str(a, source);
    out->fields = field;
    for (size_t i = 0; i < n; i++) {
        const struct wn_cell *c = &cell[i];
        bool chosen = c->role.rule >= 0 && best[c->role.rule] == c, cut = false;
        int64_t t;
        if (is_blank(c))
            continue;
        if (chosen && is_role(p, c, "text")) {
            text = c->value;
            text_len = c->len;
            continue;
        }
        if (chosen && is_role(p, c, "id")) {
            out->id = wn_item_clean(a, c->value, c->len, 400, NULL, &cut);
            continue;
        }
        if (chosen && is_role(p, c, "time") && (t = wn_item_time(c->value)) > 0) {
            out->time = t;
            continue;
        }
        if (chosen && is_role(p, c, "subject"))
            subject = c->value;
        if (out->nfields == WN_FIELDS_MAX)
            continue;
        field[out->nfields].name = wn_arena_str(
            a, chosen && !is_role(p, c, "time") ? p->map->rules[c->role.rule].field : c->name);
        field[out->nfields++].value =
            wn_item_clean(a, c->value, c->len, WN_FIELD_BYTES, NULL, &cut);
    }
    if (wn_html_looks(text, text_len)) {
        struct wn_buf plain = WN_BUF_INIT(SIZE_MAX / 4);
        wn_html_text(text, text_len, &plain, NULL);
        wn_item_text(p, a, subject, plain.data, plain.len, out);
        wn_buf_free(&plain);
    } else {
        wn_item_text(p, a, subject, text, text_len, out);
    }
    if (out->text_len == 0)
        no_text(a, source, cell, n, out);
}

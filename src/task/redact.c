/* redact.c: see redact.h. */
#include "task/redact.h"
#include "base/buf.h"
#include "base/form.h"
#include "base/form_rules.h"
#include "base/json.h"
#include "task/details.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_TEXT = 8 << 20, MOST_PASSES = 4 };

const char *const wn_redact_names[WN_REDACT_KINDS] = { "link", "email", "bank",
                                                       "card", "phone", "name" };
static const char *const labels[WN_REDACT_KINDS] = { "LINK", "EMAIL", "BANK",
                                                     "CARD", "PHONE", "NAME" };
const char wn_redact_notice[] =
    "Marks such as [EMAIL_1] or [NAME_2] in the item stand for details that were taken out. Copy a "
    "mark as it stands where it is the answer or part of a quote.";

struct wn_known {
    struct wn_arena arena, passing;
    struct wn_names names, phones;
};

struct wn_known *wn_known_new(void)
{
    struct wn_known *k = wn_xcalloc(1, sizeof(*k));
    k->names.arena = k->phones.arena = &k->arena;
    return k;
}

void wn_known_add(struct wn_known *k, const struct wn_field *fields, size_t n)
{
    wn_names_gather(fields, n, &k->passing, &k->names);
    wn_names_gather_phones(fields, n, &k->passing, &k->phones);
    wn_arena_reset(&k->passing);
}

void wn_known_free(struct wn_known *k)
{
    if (k == NULL)
        return;
    wn_arena_free(&k->arena);
    wn_arena_free(&k->passing);
    free(k);
}

/* ---- the next thing of any kind ---- */

static bool next_email(const char *s, size_t n, size_t from, struct wn_span *out)
{
    return wn_form_find(WN_FORM_EMAIL, s, n, from, out);
}

static bool next_phone(const char *s, size_t n, size_t from, struct wn_span *out)
{
    return wn_form_find(WN_FORM_PHONE, s, n, from, out);
}

static bool next_checked(size_t (*ends)(const char *, size_t, size_t), const char *s, size_t n,
                         size_t from, struct wn_span *out)
{
    for (; from < n; from++) {
        size_t end = ends(s, n, from);
        if (end > from) {
            *out = (struct wn_span){ from, end };
            return true;
        }
    }
    return false;
}

static bool next_bank(const char *s, size_t n, size_t from, struct wn_span *out)
{
    return next_checked(wn_detail_bank, s, n, from, out);
}

static bool next_card(const char *s, size_t n, size_t from, struct wn_span *out)
{
    return next_checked(wn_detail_card, s, n, from, out);
}

/* In the order in which one wins where two begin at the same place. */
static const struct {
    enum wn_redact_kind kind;
    bool (*next)(const char *s, size_t n, size_t from, struct wn_span *out); /* NULL: those of the fields */
} finders[] = {
    { WN_REDACT_LINK, wn_detail_link }, { WN_REDACT_LINK, wn_detail_url },
    { WN_REDACT_EMAIL, next_email },    { WN_REDACT_EMAIL, wn_detail_email },
    { WN_REDACT_BANK, next_bank },      { WN_REDACT_CARD, next_card },
    { WN_REDACT_PHONE, next_phone },    { WN_REDACT_PHONE, NULL },
    { WN_REDACT_NAME, NULL },
};

/* What each of them found last: a text is gone through once by each. */
struct search {
    unsigned kinds;
    const struct wn_names *names, *phones;
    const struct wn_known *known;
    struct wn_span at[WN_COUNT(finders)];
    bool gone[WN_COUNT(finders)]; /* it finds nothing any more */
};

/* What a field of this item or of another gives; of two that begin at one place the longer. */
static bool next_given(const struct search *f, bool name, const char *s, size_t n, size_t from,
                       struct wn_span *out)
{
    const struct wn_known *k = f->known;
    struct wn_span other;
    bool own = wn_names_next(name ? f->names : f->phones, s, n, from, out);
    if (k == NULL || !wn_names_next(name ? &k->names : &k->phones, s, n, from, &other))
        return own;
    if (!own || other.start < out->start || (other.start == out->start && other.end > out->end))
        *out = other;
    return true;
}

/* The leftmost thing of any kind. */
static bool next(struct search *f, const char *s, size_t n, size_t from, struct wn_span *out,
                 enum wn_redact_kind *kind)
{
    bool found = false;
    for (size_t i = 0; i < WN_COUNT(finders); i++) {
        struct wn_span *at = &f->at[i];
        if ((f->kinds & 1u << finders[i].kind) == 0 || f->gone[i])
            continue;
        if (at->end == 0 || at->start < from)
            f->gone[i] = finders[i].next != NULL
                             ? !finders[i].next(s, n, from, at)
                             : !next_given(f, finders[i].kind == WN_REDACT_NAME, s, n, from, at);
        if (f->gone[i] || (found && at->start >= out->start))
            continue;
        *out = *at;
        *kind = finders[i].kind;
        found = true;
    }
    return found;
}

/* ---- replacing ---- */

struct redactor {
    unsigned kinds;
    const struct wn_item *item;
    struct wn_names names, phones;
    const struct wn_known *known;
    struct wn_arena *arena;
    struct wn_redaction *r;
    size_t number[WN_REDACT_KINDS];
};

/* In any letter case, since that is how it is put back. */
static bool contains(const char *text, const char *what)
{
    size_t len = strlen(what);
    for (; *text != '\0'; text++)
        if ((*text | 0x20) == (*what | 0x20) && strncasecmp(text, what, len) == 0)
            return true;
    return false;
}

static bool stands_in_item(const struct wn_item *item, const char *text)
{
    bool found = contains(item->text, text);
    for (size_t i = 0; i < item->nfields && !found; i++)
        found = contains(item->fields[i].value, text);
    return found;
}

static const char *placeholder(struct redactor *w, enum wn_redact_kind kind, const char *text,
                               size_t len)
{
    struct wn_redaction *r = w->r;
    const char *name, *bare;
    for (size_t i = 0; i < r->n; i++)
        if (strlen(r->list[i].original) == len && memcmp(r->list[i].original, text, len) == 0)
            return r->list[i].placeholder;
    do { /* one that stands in the item already must come back as it was */
        bare = wn_arena_printf(w->arena, "%s_%zu", labels[kind], ++w->number[kind]);
        name = wn_arena_printf(w->arena, "[%s]", bare);
    } while (stands_in_item(w->item, bare));
    if (r->n == r->cap) {
        struct wn_replaced *more = wn_arena_array(w->arena, r->cap * 2 + 8, sizeof(*more));
        if (r->n > 0)
            memcpy(more, r->list, r->n * sizeof(*more));
        r->list = more;
        r->cap = r->cap * 2 + 8;
    }
    r->list[r->n++] = (struct wn_replaced){ name, wn_arena_copy(w->arena, text, len) };
    return name;
}

static void replace_once(struct redactor *w, const char *s, size_t n, struct wn_buf *out)
{
    struct search f = { w->kinds, &w->names, &w->phones, w->known, { { 0 } }, { 0 } };
    struct wn_view v;
    struct wn_span at, there;
    enum wn_redact_kind kind = WN_REDACT_LINK;
    size_t from = 0, done = 0;
    wn_view_of(s, n, w->arena, &v);
    while (next(&f, v.s, v.n, from, &at, &kind)) {
        there = wn_view_back(&v, at);
        wn_buf_add(out, s + done, there.start - done);
        wn_buf_str(out, placeholder(w, kind, s + there.start, there.end - there.start));
        from = at.end;
        done = there.end;
    }
    wn_buf_add(out, s + done, n - done);
}

static bool still_there(const struct redactor *w, const char *s, size_t n)
{
    struct search f = { w->kinds, &w->names, &w->phones, w->known, { { 0 } }, { 0 } };
    struct wn_view v;
    struct wn_span at;
    enum wn_redact_kind kind;
    wn_view_of(s, n, w->arena, &v);
    return next(&f, v.s, v.n, 0, &at, &kind);
}

/* What was between two things may now look like a third: again, until nothing is found. */
static const char *replace(struct redactor *w, const char *s, size_t n, size_t *len)
{
    const char *now = s;
    int pass = 0;
    *len = n;
    while (still_there(w, now, *len)) {
        struct wn_buf out = WN_BUF_INIT(MOST_TEXT);
        if (pass++ == MOST_PASSES)
            return NULL;
        replace_once(w, now, *len, &out);
        now = out.failed ? NULL : wn_arena_copy(w->arena, out.data, out.len);
        *len = out.len;
        wn_buf_free(&out);
        if (now == NULL)
            return NULL;
    }
    return now;
}

/* A field that is called so is one, whatever it looks like; an address in it is none of its name. */
static const char *replace_field(struct redactor *w, const struct wn_field *field)
{
    const char *v = field->value;
    size_t len = strlen(v), digits = 0;
    for (const char *p = v; *p != '\0'; p++)
        digits += wn_form_digit(*p);
    if ((w->kinds & 1u << WN_REDACT_PHONE) != 0 && digits >= 4 && wn_names_is_phone(field->name))
        return placeholder(w, WN_REDACT_PHONE, v, len);
    if ((w->kinds & 1u << WN_REDACT_NAME) != 0 && v[strspn(v, " \t\r\n")] != '\0' &&
        strchr(v, '@') == NULL && wn_names_is_field(field->name))
        return placeholder(w, WN_REDACT_NAME, v, len);
    return replace(w, v, len, &len);
}

enum wn_code wn_redact_item(unsigned kinds, const struct wn_item *item,
                            const struct wn_known *known, struct wn_arena *a, struct wn_item *out,
                            struct wn_redaction *r, struct wn_error *err)
{
    struct redactor w = { kinds, item, { .arena = a }, { .arena = a }, known, a, r, { 0 } };
    struct wn_field *fields = wn_arena_array(a, item->nfields, sizeof(*fields));
    bool good;
    *r = (struct wn_redaction){ NULL, 0, 0 };
    *out = *item;
    if ((kinds & 1u << WN_REDACT_NAME) != 0)
        wn_names_gather(item->fields, item->nfields, a, &w.names);
    if ((kinds & 1u << WN_REDACT_PHONE) != 0)
        wn_names_gather_phones(item->fields, item->nfields, a, &w.phones);
    out->text = replace(&w, item->text, item->text_len, &out->text_len);
    good = out->text != NULL;
    for (size_t i = 0; i < item->nfields && good; i++) {
        fields[i] = (struct wn_field){ item->fields[i].name, replace_field(&w, &item->fields[i]) };
        good = fields[i].value != NULL;
    }
    out->fields = fields;
    if (good)
        return WN_OK;
    wn_error_set(err, WN_E_FAILED, "the item could not be redacted, so it was not sent");
    wn_error_hint(err, "Have it sorted by `linear`, which sends nothing, or by a person.");
    return WN_E_FAILED;
}

/* ---- putting back ---- */

/* The placeholder that begins at p; how long it is as written there, or 0. */
static size_t placeholder_at(const char *text, const char *p, const char *name)
{
    size_t len = strlen(name);
    if (strncasecmp(p, name, len) == 0)
        return len;
    /* without its brackets, as a word */
    name++;
    len -= 2;
    if (strncasecmp(p, name, len) != 0 || wn_form_digit(p[len]) ||
        wn_form_word_before(text, (size_t)(p - text)) || wn_form_word_at(p, strlen(p), len))
        return 0;
    return len;
}

static bool restore_once(const struct wn_redaction *r, const char *text, struct wn_buf *out)
{
    bool any = false;
    for (const char *p = text; *p != '\0';) {
        size_t i = 0, len = 0;
        if (*p == '[' || wn_form_alpha(*p))
            while (i < r->n && (len = placeholder_at(text, p, r->list[i].placeholder)) == 0)
                i++;
        if (len == 0) {
            wn_buf_char(out, *p++);
            continue;
        }
        wn_buf_str(out, r->list[i].original);
        p += len;
        any = true;
    }
    return any;
}

const char *wn_redact_restore(const struct wn_redaction *r, const char *text, struct wn_arena *a)
{
    for (int pass = 0; pass <= MOST_PASSES && r->n > 0; pass++) {
        struct wn_buf out = WN_BUF_INIT(MOST_TEXT);
        bool any = restore_once(r, text, &out);
        if (any && !out.failed)
            text = wn_arena_copy(a, out.data, out.len);
        wn_buf_free(&out);
        if (!any)
            break;
    }
    return text;
}

const char *wn_redact_restore_json(const struct wn_redaction *r, const char *json,
                                   struct wn_arena *a)
{
    struct wn_redaction quoted = { wn_arena_array(a, r->n, sizeof(*r->list)), r->n, r->n };
    for (size_t i = 0; i < r->n; i++) {
        struct wn_buf b = WN_BUF_INIT(MOST_TEXT);
        wn_json_quote(&b, r->list[i].original);
        quoted.list[i] = (struct wn_replaced){ r->list[i].placeholder,
                                               wn_arena_copy(a, b.data + 1, b.len - 2) };
        wn_buf_free(&b);
    }
    return wn_redact_restore(&quoted, json, a);
}

void wn_redact_restore_answer(const struct wn_redaction *r, struct wn_answer *answer,
                              struct wn_arena *a)
{
    for (size_t i = 0; i < answer->nvalues; i++) {
        struct wn_value *v = &answer->values[i];
        if (v->text != NULL)
            v->text = wn_redact_restore(r, v->text, a);
        if (v->quote != NULL)
            v->quote = wn_redact_restore(r, v->quote, a);
    }
}

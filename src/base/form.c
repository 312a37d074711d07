/* form.c: identifiers, canonical forms, and the door to all forms; see form.h.
 *
 * Each rule says whether a thing of its form begins exactly at a place, and where it ends. All are
 * written by hand: they read texts by strangers, in which a backtracking pattern can be made to hang. */
#include "base/form_rules.h"
#include "base/utf8.h"
#include <math.h>

/* ---- what the rules share ---- */

static bool is_word(uint32_t cp)
{
    if (cp < 0x80)
        return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') ||
               cp == '_';
    return cp >= 0xc0 && !(cp >= 0x2000 && cp <= 0x2bff) && !(cp >= 0x3000 && cp <= 0x303f) &&
           cp != 0xd7 && cp != 0xf7 && cp != 0xfeff && cp < 0xff00;
}

bool wn_form_word_at(const char *s, size_t n, size_t at)
{
    size_t used;
    return at < n && is_word(wn_utf8_next(s + at, n - at, &used));
}

bool wn_form_word_before(const char *s, size_t at)
{
    size_t from = at, used;
    if (at == 0)
        return false;
    for (from--; from > 0 && at - from < 4 && ((unsigned char)s[from] & 0xc0) == 0x80;)
        from--;
    return is_word(wn_utf8_next(s + from, at - from, &used));
}

size_t wn_form_skip(const char *s, size_t n, size_t at)
{
    for (int lines = 0; at < n; at++) {
        if (s[at] == '\n' && ++lines > 1)
            break;
        if (!wn_form_blank(s[at]) && s[at] != '\n' && s[at] != '\r')
            break;
    }
    return at;
}

size_t wn_form_phrase(const char *s, size_t n, size_t at, const char *phrase)
{
    for (; *phrase != '\0'; phrase++) {
        if (*phrase == ' ') {
            size_t next = wn_form_skip(s, n, at);
            if (next == at)
                return 0;
            at = next;
        } else if (at < n &&
                   (wn_form_lower(s[at]) == wn_form_lower(*phrase) ||
                    /* the apostrophe of word processors */
                    (*phrase == '\'' && n - at >= 3 && memcmp(s + at, "\u2019", 3) == 0))) {
            at += s[at] == '\xe2' && *phrase == '\'' ? 3 : 1;
        } else {
            return 0;
        }
    }
    return wn_form_word_at(s, n, at) && wn_form_word_before(s, at) ? 0 : at;
}

size_t wn_form_one_of(const char *s, size_t n, size_t at, const char *const *phrases)
{
    size_t best = 0;
    for (; *phrases != NULL; phrases++) {
        size_t end = wn_form_phrase(s, n, at, *phrases);
        if (end > best)
            best = end;
    }
    return best;
}

bool wn_form_after(const char *s, size_t at, const char *skip, const char *const *phrases)
{
    while (at > 0 && (wn_form_blank(s[at - 1]) || s[at - 1] == '\n' || s[at - 1] == '\r' ||
                      (s[at - 1] != '\0' && strchr(skip, s[at - 1]) != NULL)))
        at--;
    for (; *phrases != NULL; phrases++) {
        size_t len = strlen(*phrases);
        /* the apostrophe of word processors has two bytes more */
        for (size_t more = 0; more <= (strchr(*phrases, '\'') != NULL ? 2 : 0); more += 2)
            if (len + more <= at && !wn_form_word_before(s, at - len - more) &&
                wn_form_phrase(s, at, at - len - more, *phrases) == at)
                return true;
    }
    return false;
}

/* ---- identifiers ---- */

static const char *const numbered[] = {
    "order",     "invoice",      "ticket",         "case",     "account",    "customer", "ref",
    "reference", "po",           "purchase order", "tracking", "contract",   "serial",   "policy",
    "booking",   "confirmation", "bestellung",     "rechnung", "auftrag",    "kunde",    "quote",
    "quotation", "shipment",     "return",         "rma",      "incident",   "request",  "sku",
    "receipt",   "subscription", "licence",        "license",  "facture",    "commande", "pedido",
    "factura",   "credit note",  "delivery note",  "member",   "membership", NULL
};
static const char *const number_words[] = { "number", "no",   "nr",     "num",       "id",
                                            "#",      "code", "numero", "number is", "id is",
                                            "no is",  "is",   NULL };
static const char *const compounds[] = {
    "rechnungsnummer", "bestellnummer", "auftragsnummer", "kundennummer", "vorgangsnummer",
    "rechnungsnr",     "bestellnr",     "kundennr",       "ticketnummer", NULL
};

static bool is_number_byte(char c)
{
    return wn_form_digit(c) || (wn_form_lower(c) >= 'a' && wn_form_lower(c) <= 'z') || c == '-' ||
           c == '/' || c == '_' || c == '.';
}

/* How strongly the words before say that this is an identifier: 0 not at all, 1 "order", 2 "order no". */
static int said_to_be_number(const char *s, size_t at)
{
    static const char skip[] = ":.#=('\"";
    if (at > 0 && s[at - 1] == '#')
        return 2;
    if (wn_form_after(s, at, skip, compounds))
        return 2;
    if (wn_form_after(s, at, skip, number_words)) {
        /* the word before "number" must be a thing that has numbers */
        for (const char *const *w = number_words; *w != NULL; w++) {
            size_t len = strlen(*w), end = at;
            while (end > 0 && !wn_form_word_before(s, end) && s[end - 1] != '#')
                end--;
            if (len <= end && wn_form_phrase(s, end, end - len, *w) == end &&
                !wn_form_word_before(s, end - len) && wn_form_after(s, end - len, skip, numbered))
                return 2;
        }
        return 0;
    }
    return wn_form_after(s, at, skip, numbered) ? 1 : 0;
}

struct identifier {
    size_t end, digits, letters;
    bool prefix; /* letters in front are upper case */
};

/* What is written as identifiers are: 70081, 44/26, CN-3D7A-2. */
static bool is_identifier(const char *s, size_t n, size_t at, struct identifier *id)
{
    size_t end = at;
    *id = (struct identifier){ .prefix = true };
    if (at >= n || wn_form_word_before(s, at) || !is_number_byte(s[at]) ||
        strchr("-/_.", s[at]) != NULL)
        return false;
    for (; end < n && is_number_byte(s[end]); end++) {
        bool digit = wn_form_digit(s[end]);
        id->prefix &= digit || id->digits > 0 || wn_form_upper(s[end]) || s[end] == '-' ||
                      s[end] == '_' || s[end] == '/';
        id->digits += digit;
        id->letters += wn_form_lower(s[end]) >= 'a' && wn_form_lower(s[end]) <= 'z';
    }
    while (end > at && strchr("-/_.", s[end - 1]) != NULL)
        end--;
    id->end = end;
    return id->digits > 0 && end - at <= 40 && !wn_form_word_at(s, n, end) &&
           !(end < n && s[end] == '@') &&
           !(end + 1 < n && s[end] == ',' && wn_form_digit(s[end + 1])) &&
           wn_form_date(s, n, at) == 0;
}

size_t wn_form_identifier(const char *s, size_t n, size_t at)
{
    struct identifier id;
    return is_identifier(s, n, at, &id) ? id.end : 0;
}

static size_t number(const char *s, size_t n, size_t at)
{
    struct identifier id;
    int said;
    if ((at > 0 && strchr("-/@.+,", s[at - 1]) != NULL) || !is_identifier(s, n, at, &id))
        return 0;
    said = said_to_be_number(s, at);
    if (said == 2)
        return id.end;
    if (said == 1)
        return id.digits >= 5 || (id.letters > 0 && id.digits >= 2) ? id.end : 0;
    /* INV-2024-001, SO10023: letters in front, and enough digits that it is no model or size */
    return id.prefix && id.letters >= 2 && id.letters <= 6 && !wn_form_digit(s[at]) && id.digits >= 4
               ? id.end
               : 0;
}

static size_t currency(const char *s, size_t n, size_t at)
{
    const char *code;
    if (wn_form_word_before(s, at) && !(at > 0 && wn_form_digit(s[at - 1])))
        return 0;
    return wn_form_currency(s, n, at, &code);
}

/* ---- the door ---- */

static const struct {
    const char *name;
    enum wn_form form;
    size_t (*at)(const char *s, size_t n, size_t at);
} forms[] = {
    { "email", WN_FORM_EMAIL, wn_form_email },
    { "phone", WN_FORM_PHONE, wn_form_phone },
    { "url", WN_FORM_URL, wn_form_url },
    { "money", WN_FORM_MONEY, wn_form_money },
    { "date", WN_FORM_DATE, wn_form_date },
    { "number", WN_FORM_NUMBER, number },
    { "currency", WN_FORM_CURRENCY, currency },
    { "person", WN_FORM_PERSON, wn_form_person },
    { "company", WN_FORM_COMPANY, wn_form_company },
    { "job_title", WN_FORM_JOB_TITLE, wn_form_title },
};

enum wn_form wn_form_named(const char *name)
{
    for (size_t i = 0; name != NULL && i < WN_COUNT(forms); i++)
        if (strcmp(forms[i].name, name) == 0)
            return forms[i].form;
    return WN_FORM_NONE;
}

const char *wn_form_name(enum wn_form form)
{
    for (size_t i = 0; i < WN_COUNT(forms); i++)
        if (forms[i].form == form)
            return forms[i].name;
    return "none";
}

bool wn_form_find(enum wn_form form, const char *text, size_t len, size_t from, struct wn_span *out)
{
    for (size_t i = 0; i < WN_COUNT(forms); i++) {
        if (forms[i].form != form)
            continue;
        for (size_t at = from; at < len; at++) {
            size_t end;
            if (((unsigned char)text[at] & 0xc0) == 0x80 || (unsigned char)text[at] <= ' ')
                continue;
            end = forms[i].at(text, len, at);
            if (end == 0)
                continue;
            *out = (struct wn_span){ at, end };
            return true;
        }
    }
    return false;
}

/* ---- canonical forms ---- */

static char *canonical_phone(const char *v, struct wn_arena *a)
{
    char *out = wn_arena_str(a, v), *to = out;
    bool trunk = false;
    for (const char *p = v; *p != '\0'; p++) {
        /* +49 (0)30 ...: the trunk 0 is not dialled */
        trunk = out[0] == '+' && strncmp(p, "(0)", 3) == 0;
        if (trunk)
            p += 2;
        else if (wn_form_digit(*p) || (*p == '+' && to == out))
            *to++ = *p;
    }
    *to = '\0';
    if (strncmp(out, "00", 2) == 0) {
        out[1] = '+';
        return out + 1;
    }
    return out;
}

static char *canonical_money(const char *v, struct wn_arena *a)
{
    size_t n = strlen(v), at = 0;
    const char *code = NULL, *behind;
    double value = 0;
    for (; at < n; at++) {
        size_t end = code == NULL ? wn_form_currency(v, n, at, &code) : 0;
        if (end != 0)
            at = end;
        if (at < n && wn_form_digit(v[at]))
            break;
    }
    at = wn_form_amount(v, n, at, &value);
    if (at == 0)
        return NULL;
    for (; code == NULL && at < n; at++)
        if (wn_form_currency(v, n, at, &behind) != 0)
            code = behind;
    return wn_arena_printf(a, value == floor(value) ? "%.0f%s%s" : "%.2f%s%s", value,
                           code == NULL ? "" : " ", code == NULL ? "" : code);
}

/* Lower case, runs of white space as one space, none at the ends; `drop`: punctuation at the ends too. */
static char *folded(const char *v, struct wn_arena *a)
{
    struct wn_buf b = WN_BUF_INIT(SIZE_MAX / 2);
    char *out, *to;
    wn_utf8_fold(&b, v, strlen(v));
    out = to = wn_arena_str(a, b.data);
    for (const char *p = b.data; *p != '\0'; p++)
        if ((unsigned char)*p > ' ')
            *to++ = *p;
        else if (to > out && to[-1] != ' ')
            *to++ = ' ';
    while (to > out && to[-1] == ' ')
        to--;
    *to = '\0';
    wn_buf_free(&b);
    return out;
}

const char *wn_form_canonical(enum wn_form form, const char *value, struct wn_arena *a)
{
    const char *code;
    char *out = NULL;
    int ymd[3];
    size_t n = strlen(value);
    switch (form) {
    case WN_FORM_PHONE:
        out = canonical_phone(value, a);
        break;
    case WN_FORM_MONEY:
        out = canonical_money(value, a);
        break;
    case WN_FORM_DATE:
        if (wn_form_full_date(value, n, ymd))
            out = wn_arena_printf(a, "%04d-%02d-%02d", ymd[0], ymd[1], ymd[2]);
        break;
    case WN_FORM_CURRENCY:
        if (n > 0 && wn_form_currency(value, n, 0, &code) == n)
            out = wn_arena_str(a, code);
        break;
    default:
        break;
    }
    if (out != NULL && out[0] != '\0')
        return out;
    out = folded(value, a);
    if (form == WN_FORM_URL && out[0] != '\0' && out[strlen(out) - 1] == '/')
        out[strlen(out) - 1] = '\0';
    return out;
}

bool wn_form_same(enum wn_form form, const char *x, const char *y)
{
    struct wn_arena a = WN_ARENA_INIT;
    const char *v = wn_form_canonical(form, x, &a), *w = wn_form_canonical(form, y, &a);
    bool same = strcmp(v, w) == 0;
    if (!same && form == WN_FORM_MONEY) {
        size_t m = strcspn(v, " "), n = strcspn(w, " ");
        same = m == n && memcmp(v, w, n) == 0 && (v[m] == '\0' || w[n] == '\0') &&
               wn_form_digit(*v);
    }
    wn_arena_free(&a);
    return same;
}

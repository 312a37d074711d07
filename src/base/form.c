/* form.c: addresses, telephone numbers, identifiers, and the door to the other forms; see form.h.
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

static char lower(char c)
{
    return wn_form_upper(c) ? (char)(c + 32) : c;
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
                   (lower(s[at]) == lower(*phrase) ||
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

/* ---- addresses ---- */

static bool is_label(char c)
{
    return wn_form_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' ||
           (unsigned char)c >= 0xc3;
}

/* "acme.co.uk": labels with dots between, the last at least two letters. *tld is where that begins. */
static size_t host(const char *s, size_t n, size_t at, size_t *tld)
{
    size_t end = 0, start = at;
    if (n - at > 255)
        n = at + 255;
    for (;;) {
        while (at < n && (is_label(s[at]) || ((unsigned char)s[at] & 0xc0) == 0x80))
            at++;
        if (at == start || s[at - 1] == '-' || s[start] == '-')
            break;
        if (start > 0 && s[start - 1] == '.' && at - start >= 2 && !wn_form_digit(s[start])) {
            end = at;
            *tld = start;
        }
        if (at >= n || s[at] != '.')
            break;
        start = ++at;
    }
    return end;
}

static bool is_local(char c)
{
    return wn_form_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ||
           (c != '\0' && strchr("._%+-'", c) != NULL);
}

static size_t email(const char *s, size_t n, size_t at)
{
    size_t i = at, tld;
    if (at > 0 && (is_local(s[at - 1]) || wn_form_word_before(s, at)) && s[at - 1] != '\'')
        return 0;
    if (s[at] == '.' || s[at] == '\'' || s[at] == '-')
        return 0;
    while (i < n && i - at <= 64 && is_local(s[i]))
        i++;
    if (i == at || i >= n || s[i] != '@' || s[i - 1] == '.')
        return 0;
    return host(s, n, i + 1, &tld);
}

/* More closing than opening parentheses? */
static bool unbalanced(const char *s, size_t n)
{
    long open = 0;
    for (size_t i = 0; i < n; i++)
        open += (s[i] == '(') - (s[i] == ')');
    return open < 0;
}

static size_t url(const char *s, size_t n, size_t at)
{
    /* without http or www only what nobody writes for anything else */
    static const char *const tlds[] = { "com", "net", "org",  "eu", "de", "at",  "ch",
                                        "fr",  "es",  "it",   "nl", "be", "uk",  "dk",
                                        "se",  "pl",  "us",   "ca", "au", "biz", "info",
                                        "dev", "app", "shop", NULL };
    size_t start = at, tld = 0, end;
    if (wn_form_word_before(s, at) || (at > 0 && strchr("@.-/", s[at - 1]) != NULL))
        return 0;
    if (wn_form_phrase(s, n, at, "https") != 0 && n - at > 8 && memcmp(s + at + 5, "://", 3) == 0)
        start = at + 8;
    else if (wn_form_phrase(s, n, at, "http") != 0 && n - at > 7 &&
             memcmp(s + at + 4, "://", 3) == 0)
        start = at + 7;
    end = host(s, n, start, &tld);
    if (end == 0 || (end < n && s[end] == '@'))
        return 0;
    if (start == at && wn_form_phrase(s, n, at, "www") == 0 &&
        wn_form_one_of(s, end, tld, tlds) != end)
        return 0;
    if (end < n && s[end] == ':' && end + 1 < n && wn_form_digit(s[end + 1]))
        for (end++; end < n && wn_form_digit(s[end]);)
            end++;
    if (end < n && (s[end] == '/' || s[end] == '?' || s[end] == '#')) {
        while (end < n && (unsigned char)s[end] > ' ' && strchr("<>\"`{}|", s[end]) == NULL)
            end++;
        /* what ends the sentence does not belong to it */
        while (strchr(".,;:!?'*_", s[end - 1]) != NULL ||
               (s[end - 1] == ')' && unbalanced(s + at, end - at)))
            end--;
    }
    return end;
}

/* ---- telephone numbers ---- */

static const char *const phone_words[] = { "phone",       "tel",        "telephone",  "mobile",
                                           "cell",        "call",       "fon",        "telefon",
                                           "mobil",       "handy",      "whatsapp",   "direct",
                                           "office",      "t",          "m",          "p",
                                           "ph",          "mob",        "number is",  "reach me on",
                                           "reach me at", "call me on", "call me at", "ring me on",
                                           "text me at",  NULL };
static const char *const no_phone_words[] = { "order",
                                              "invoice",
                                              "ticket",
                                              "no",
                                              "nr",
                                              "ref",
                                              "reference",
                                              "account",
                                              "id",
                                              "customer",
                                              "po",
                                              "tracking",
                                              "iban",
                                              "vat",
                                              "zip",
                                              "case",
                                              "policy",
                                              "serial",
                                              "contract",
                                              "article",
                                              "sku",
                                              "bestellung",
                                              "rechnung",
                                              "auftrag",
                                              "kundennummer",
                                              "booking",
                                              "order number",
                                              "invoice number",
                                              "ticket number",
                                              "account number",
                                              "order no",
                                              "card",
                                              "isbn",
                                              "ean",
                                              "version",
                                              "build",
                                              NULL };

struct groups {
    size_t n, digits, count[12];
    char sep[12]; /* behind each group */
    bool parens;
};

/* Digits in groups: at most one or two separators between them. */
static size_t read_groups(const char *s, size_t n, size_t at, struct groups *g)
{
    size_t end = at;
    memset(g, 0, sizeof(*g));
    while (g->n < WN_COUNT(g->count)) {
        size_t start = at, between;
        if (at < n && s[at] == '(') {
            g->parens = true;
            at++;
        }
        for (start = at; at < n && wn_form_digit(s[at]);)
            at++;
        if (at == start)
            break;
        g->count[g->n] = at - start;
        g->digits += at - start;
        end = at;
        if (g->parens && at < n && s[at] == ')')
            end = ++at;
        for (between = at; at < n && at - between < 3 &&
                           (s[at] == ' ' || s[at] == '-' || s[at] == '.' || s[at] == '/');)
            at++;
        g->sep[g->n++] = at > between ? s[between] : '\0';
        if (at >= n || !(wn_form_digit(s[at]) || s[at] == '('))
            break;
    }
    if (g->n > 0)
        g->sep[g->n - 1] = '\0';
    return end;
}

static bool looks_like_date(const char *s, size_t n, size_t at)
{
    return wn_form_date(s, n, at) != 0;
}

/* 1-800-555-0199, (555) 123-4567, 555.123.4567 */
static bool is_north_american(const struct groups *g)
{
    size_t i = g->n == 4 && g->count[0] == 1 ? 1 : 0;
    return g->n - i == 3 && g->count[i] == 3 && g->count[i + 1] == 3 && g->count[i + 2] == 4;
}

static bool is_address_of_a_machine(const struct groups *g)
{
    return g->n == 4 && g->sep[0] == '.' && g->sep[1] == '.' && g->sep[2] == '.' &&
           g->count[0] <= 3 && g->count[3] <= 3;
}

static size_t phone(const char *s, size_t n, size_t at)
{
    struct groups g;
    size_t from = at + (s[at] == '+'), end;
    const char *code;
    bool called;
    if ((s[at] != '+' && s[at] != '(' && !wn_form_digit(s[at])) || wn_form_word_before(s, at))
        return 0;
    called = wn_form_after(s, at, ":.#", phone_words);
    if (!called && s[at] != '+' && at > 1 && s[at - 1] == ' ' && wn_form_digit(s[at - 2]))
        return 0; /* the middle of a longer number */
    if (at > 0 && strchr("+-#/.,", s[at - 1]) != NULL && !called)
        return 0;
    end = read_groups(s, n, from, &g);
    if (g.n == 0 || g.digits < 6 || g.digits > 15 || wn_form_word_at(s, n, end) ||
        is_address_of_a_machine(&g))
        return 0;
    if (end < n && (s[end] == ':' || s[end] == '%' || wn_form_currency(s, n, end, &code) != 0 ||
                    wn_form_currency(s, n, wn_form_skip(s, n, end), &code) != 0))
        return 0;
    if (s[at] == '+')
        return g.digits >= 8 ? end : 0;
    if (wn_form_after(s, at, ":.#", no_phone_words) || looks_like_date(s, n, at))
        return 0;
    if (is_north_american(&g) || called)
        return end;
    /* a trunk 0: in groups, or as long as such numbers are */
    return s[from + (s[from] == '(')] == '0' && g.digits >= 9 && g.digits <= 14 &&
                   (g.n > 1 ? g.sep[0] != '.' || g.n > 3 : g.digits == 10 || g.digits == 11)
               ? end
               : 0;
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
    return wn_form_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '/' ||
           c == '_' || c == '.';
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

static size_t number(const char *s, size_t n, size_t at)
{
    size_t end = at, digits = 0, letters = 0;
    bool prefix = true; /* letters in front are upper case */
    int said;
    if (wn_form_word_before(s, at) || !is_number_byte(s[at]) || strchr("-/_.", s[at]) != NULL ||
        (at > 0 && (s[at - 1] == '-' || s[at - 1] == '/' || s[at - 1] == '@' || s[at - 1] == '.' ||
                    s[at - 1] == '+' || s[at - 1] == ',')))
        return 0;
    for (; end < n && is_number_byte(s[end]); end++) {
        bool digit = wn_form_digit(s[end]);
        prefix &= digit || digits > 0 || wn_form_upper(s[end]) || s[end] == '-' || s[end] == '_' ||
                  s[end] == '/';
        digits += digit;
        letters += lower(s[end]) >= 'a' && lower(s[end]) <= 'z';
    }
    while (end > at && strchr("-/_.", s[end - 1]) != NULL)
        end--;
    if (digits == 0 || end - at > 40 || wn_form_word_at(s, n, end) || (end < n && s[end] == '@') ||
        (end + 1 < n && s[end] == ',' && wn_form_digit(s[end + 1])) || looks_like_date(s, n, at))
        return 0;
    said = said_to_be_number(s, at);
    if (said == 2)
        return end;
    if (said == 1)
        return digits >= 5 || (letters > 0 && digits >= 2) ? end : 0;
    /* INV-2024-001, SO10023: letters in front, and enough digits that it is no model or size */
    return prefix && letters >= 2 && letters <= 6 && !wn_form_digit(s[at]) && digits >= 4 ? end : 0;
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
    { "email", WN_FORM_EMAIL, email },
    { "phone", WN_FORM_PHONE, phone },
    { "url", WN_FORM_URL, url },
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

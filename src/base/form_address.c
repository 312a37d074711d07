/* form_address.c: mail and web addresses, and telephone numbers; see form_rules.h. */
#include "base/form_rules.h"

static bool is_label(char c)
{
    return wn_form_digit(c) || (wn_form_lower(c) >= 'a' && wn_form_lower(c) <= 'z') || c == '-' ||
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
    return wn_form_digit(c) || (wn_form_lower(c) >= 'a' && wn_form_lower(c) <= 'z') ||
           (c != '\0' && strchr("._%+-'", c) != NULL);
}

size_t wn_form_email(const char *s, size_t n, size_t at)
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

size_t wn_form_url(const char *s, size_t n, size_t at)
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

size_t wn_form_phone(const char *s, size_t n, size_t at)
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
    if (wn_form_after(s, at, ":.#", no_phone_words) || wn_form_date(s, n, at) != 0)
        return 0;
    if (is_north_american(&g) || called)
        return end;
    /* a trunk 0: in groups, or as long as such numbers are */
    return s[from + (s[from] == '(')] == '0' && g.digits >= 9 && g.digits <= 14 &&
                   (g.n > 1 ? g.sep[0] != '.' || g.n > 3 : g.digits == 10 || g.digits == 11)
               ? end
               : 0;
}

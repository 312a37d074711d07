/* form_money.c: amounts and currencies; see form_rules.h. */
#include "base/form_rules.h"
#include <math.h>

static const struct {
    const char *text, *code;
    bool word; /* ends a word, and letter case is ignored */
} currencies[] = {
    { "US$", "USD", false },         { "CA$", "CAD", false },    { "C$", "CAD", false },
    { "A$", "AUD", false },          { "AU$", "AUD", false },    { "NZ$", "NZD", false },
    { "HK$", "HKD", false },         { "S$", "SGD", false },     { "R$", "BRL", false },
    { "$", "USD", false },           { "\u20ac", "EUR", false }, { "\u00a3", "GBP", false },
    { "\u00a5", "JPY", false },      { "\u20b9", "INR", false }, { "\u20ba", "TRY", false },
    { "\u20bd", "RUB", false },      { "\u20a9", "KRW", false }, { "\u20aa", "ILS", false },
    { "dollars", "USD", true },      { "dollar", "USD", true },  { "euros", "EUR", true },
    { "euro", "EUR", true },         { "pounds", "GBP", true },  { "quid", "GBP", true },
    { "swiss francs", "CHF", true }, { "francs", "CHF", true },  { "franken", "CHF", true },
    { "rupees", "INR", true },       { "yen", "JPY", true },     { "bucks", "USD", true },
    { "z\u0142", "PLN", true },
};
static const char *const codes[] = {
    "USD", "EUR", "GBP", "CHF", "JPY", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK",
    "PLN", "CZK", "HUF", "RON", "BGN", "INR", "CNY", "RMB", "HKD", "SGD", "ZAR",
    "BRL", "MXN", "TRY", "ILS", "AED", "SAR", "KRW", "THB", "UAH", "RUB",
};

size_t wn_form_currency(const char *s, size_t n, size_t at, const char **code)
{
    for (size_t i = 0; i < WN_COUNT(codes); i++)
        if (n - at >= 3 && memcmp(s + at, codes[i], 3) == 0 &&
            (!wn_form_word_at(s, n, at + 3) || wn_form_digit(s[at + 3]))) {
            *code = codes[i];
            return at + 3;
        }
    for (size_t i = 0; i < WN_COUNT(currencies); i++) {
        size_t len = strlen(currencies[i].text), end;
        if (n - at < len)
            continue;
        end = currencies[i].word ? wn_form_phrase(s, n, at, currencies[i].text)
              : memcmp(s + at, currencies[i].text, len) == 0 ? at + len
                                                             : 0;
        if (end != 0) {
            *code = currencies[i].code;
            return end;
        }
    }
    return 0;
}

/* ---- numbers ---- */

static bool three_digits(const char *s, size_t n, size_t at)
{
    return at + 3 <= n && wn_form_digit(s[at]) && wn_form_digit(s[at + 1]) &&
           wn_form_digit(s[at + 2]) && (at + 3 == n || !wn_form_digit(s[at + 3]));
}

/* The separator of thousands or decimals at `at` with a digit behind it: its length. */
static size_t separator(const char *s, size_t n, size_t at)
{
    static const char *const spaces[] = { "\u00a0", "\u202f", "\u2009" };
    if (at + 1 >= n)
        return 0;
    if (s[at] == '.' || s[at] == ',')
        return wn_form_digit(s[at + 1]) ? 1 : 0;
    if ((s[at] == ' ' || s[at] == '\'') && three_digits(s, n, at + 1))
        return 1;
    for (size_t i = 0; i < WN_COUNT(spaces); i++) {
        size_t len = strlen(spaces[i]);
        if (n - at > len && memcmp(s + at, spaces[i], len) == 0 && three_digits(s, n, at + len))
            return len;
    }
    return 0;
}

struct digits {
    char kind[8];    /* of each separator */
    size_t count[9]; /* digits in each group */
    size_t groups;
    double whole, scaled; /* all digits as one number; the last group as a fraction */
};

static size_t read_digits(const char *s, size_t n, size_t at, struct digits *d)
{
    double before = 0;
    memset(d, 0, sizeof(*d));
    for (;;) {
        size_t len;
        before = d->whole;
        d->scaled = 0;
        for (double unit = .1; at < n && wn_form_digit(s[at]); at++, unit /= 10) {
            d->whole = d->whole * 10 + (s[at] - '0');
            d->scaled += (s[at] - '0') * unit;
            d->count[d->groups]++;
        }
        d->groups++;
        len = d->groups < WN_COUNT(d->count) ? separator(s, n, at) : 0;
        /* a space opens a group of three only behind one to three digits, or another such group */
        if (len == 0 ||
            (s[at] == ' ' && (d->count[0] > 3 || (d->groups > 1 && d->kind[d->groups - 2] != ' '))))
            break;
        d->kind[d->groups - 1] = s[at];
        at += len;
    }
    d->scaled += before;
    return at;
}

/* Is the last separator a decimal mark? The last of two kinds is; one of a kind is, unless exactly three
 * digits follow; several of one kind part thousands. */
static bool has_decimals(const struct digits *d)
{
    size_t n = d->groups - 1;
    char last;
    if (n == 0)
        return false;
    last = d->kind[n - 1];
    if (last != '.' && last != ',')
        return false;
    if (n == 1)
        return d->count[1] != 3 || d->count[0] > 3 || d->whole < 1000;
    return last != d->kind[0];
}

/* Every group behind the first has three digits, but for the decimals. */
static bool well_grouped(const struct digits *d, bool decimals)
{
    size_t groups = d->groups - (decimals ? 1 : 0);
    for (size_t i = 1; i < groups; i++)
        if (d->count[i] != 3 || d->kind[i - 1] != d->kind[0])
            return false;
    return groups < 2 || d->count[0] <= 3;
}

static size_t multiplier(const char *s, size_t n, size_t at, double *times)
{
    static const struct {
        const char *text;
        double times;
        bool apart; /* may stand behind a space */
    } row[] = {
        { "k", 1e3, false },       { "m", 1e6, false },      { "thousand", 1e3, true },
        { "grand", 1e3, true },    { "tsd", 1e3, true },     { "million", 1e6, true },
        { "millions", 1e6, true }, { "mio", 1e6, true },     { "mn", 1e6, true },
        { "bn", 1e9, true },       { "billion", 1e9, true },
    };
    for (size_t i = 0; i < WN_COUNT(row); i++) {
        size_t from = at;
        size_t end;
        while (row[i].apart && from < n && wn_form_blank(s[from]))
            from++;
        end = wn_form_phrase(s, n, from, row[i].text);
        if (end != 0) {
            *times = row[i].times;
            return end;
        }
    }
    return at;
}

size_t wn_form_amount(const char *s, size_t n, size_t at, double *value)
{
    struct digits d;
    double times = 1;
    size_t end;
    bool decimals;
    if (at >= n || !wn_form_digit(s[at]))
        return 0;
    end = read_digits(s, n, at, &d);
    decimals = has_decimals(&d);
    if (!well_grouped(&d, decimals))
        return 0;
    *value = decimals ? d.scaled : d.whole;
    end = multiplier(s, n, end, &times);
    *value *= times;
    return end;
}

/* ---- money ---- */

/* "500,-" */
static size_t skip_dash(const char *s, size_t n, size_t at)
{
    return n - at >= 2 && (s[at] == ',' || s[at] == '.') && s[at + 1] == '-' ? at + 2 : at;
}

/* " - 10k", " to 10k": the end of the second amount of a range, else `at`. */
static size_t range_end(const char *s, size_t n, size_t at)
{
    static const char *const to[] = { "-", "\u2013", "to", "bis", NULL };
    size_t from = at, end = 0;
    double value;
    while (from < n && wn_form_blank(s[from]))
        from++;
    for (size_t i = 0; to[i] != NULL && end == 0; i++) {
        size_t len = strlen(to[i]);
        if (n - from > len && memcmp(s + from, to[i], len) == 0)
            end = from + len;
    }
    if (end == 0)
        return at;
    while (end < n && wn_form_blank(s[end]))
        end++;
    for (const char *code; wn_form_currency(s, n, end, &code) != 0;)
        end = wn_form_currency(s, n, end, &code);
    end = wn_form_amount(s, n, end, &value);
    return end == 0 ? at : end;
}

/* A currency behind the amount, perhaps after a space. */
static size_t currency_behind(const char *s, size_t n, size_t at)
{
    const char *code;
    while (at < n && (wn_form_blank(s[at]) || (n - at > 2 && memcmp(s + at, "\u00a0", 2) == 0)))
        at += s[at] == '\xc2' ? 2 : 1;
    return at < n ? wn_form_currency(s, n, at, &code) : 0;
}

/* "budget of around 20k": said to be money without a currency. */
static bool said_to_be_money(const char *s, size_t at)
{
    static const char *const about[] = {
        "about", "around", "approx",  "approximately", "roughly", "of",      "is",  "up",
        "under", "max",    "maximum", "some",          "to",      "between", "von", "ca",
        "circa", "rund",   "etwa",    "bis",           "at",      "a",       "has", "be",
        NULL
    };
    static const char *const budget[] = { "budget", "budgeted", "budgets", "price", "quote",
                                          "spend",  "spending", "spent",   "offer", NULL };
    for (int words = 0; words < 4; words++) {
        size_t from = at;
        if (wn_form_after(s, at, ":~=", budget))
            return true;
        if (!wn_form_after(s, at, "~.", about))
            return false;
        while (from > 0 && !wn_form_word_before(s, from))
            from--;
        while (from > 0 && wn_form_word_before(s, from))
            from--;
        at = from;
    }
    return false;
}

size_t wn_form_money(const char *s, size_t n, size_t at)
{
    const char *code;
    double value;
    size_t end, behind, front = 0;
    if (wn_form_word_before(s, at) || (at > 0 && s[at - 1] == '#'))
        return 0;
    if (at > 1 && (s[at - 1] == '.' || s[at - 1] == ',' || s[at - 1] == '-') &&
        wn_form_digit(s[at - 2]))
        return 0;
    front = wn_form_currency(s, n, at, &code);
    if (front != 0) {
        while (front < n && wn_form_blank(s[front]))
            front++;
        end = wn_form_amount(s, n, front, &value);
        if (end == 0)
            return 0;
        end = range_end(s, n, skip_dash(s, n, end));
        /* "$500 USD" */
        behind = currency_behind(s, n, end);
        return behind != 0 ? behind : end;
    }
    end = wn_form_amount(s, n, at, &value);
    if (end == 0)
        return 0;
    end = range_end(s, n, skip_dash(s, n, end));
    behind = currency_behind(s, n, end);
    if (behind != 0)
        return behind;
    return value >= 100 && !wn_form_word_at(s, n, end) && (end == n || s[end] != '%') &&
                   said_to_be_money(s, at)
               ? end
               : 0;
}

/* price.c: tokens to micro-dollars, in whole numbers, rounded up: a bill may be smaller than we said,
 * never larger by what we rounded away. */
#include "base/clock.h"
#include "base/utf8.h"
#include "provider/provider.h"
#include <stdlib.h>
#include <string.h>

struct price { /* micro-dollars per million tokens; -1 = unknown */
    int64_t in, out, cached, cache_write;
};

/* ---- the user's own prices: "openai/gpt-6-luna=0.10/0.50,..." ---- */

/* Dollars per million at *p into micro-dollars; *p moves behind it. -1 = no price there. */
static int64_t dollars(const char **p)
{
    char *end = NULL;
    double usd;
    if (!(**p >= '0' && **p <= '9') && **p != '.')
        return -1;
    usd = strtod(*p, &end);
    if (end == *p || !(usd >= 0 && usd <= 1e6))
        return -1;
    *p = end;
    return (int64_t)(usd * 1e6 + 0.5);
}

/* One "NAME=in/out[/cached[/cache_write]]" at *p, which moves behind it and its comma. */
static bool entry(const char **p, const char **name, size_t *len, struct price *out)
{
    int64_t got[4] = { -1, -1, -1, -1 };
    size_t n = 0;
    *p += strspn(*p, " ");
    *name = *p;
    *len = strcspn(*p, "=, ");
    *p += *len;
    if (*len == 0 || **p != '=' || memchr(*name, '/', *len) == NULL)
        return false;
    do {
        (*p)++;
        got[n] = dollars(p);
        if (got[n++] < 0)
            return false;
    } while (n < 4 && **p == '/');
    *p += strspn(*p, " ");
    if (n < 2 || (**p != ',' && **p != '\0'))
        return false;
    *p += **p == ',';
    /* Without a price of their own, cached tokens cost what all do: not too little. */
    *out = (struct price){ got[0], got[1], got[2] < 0 ? got[0] : got[2],
                           got[3] < 0 ? got[0] : got[3] };
    return true;
}

enum wn_code wn_price_check(const char *override, struct wn_error *err)
{
    const char *p = override, *name;
    struct price price;
    size_t len;
    while (p != NULL && *p != '\0') {
        const char *start = p;
        if (entry(&p, &name, &len, &price))
            continue;
        wn_error_set(err, WN_E_CONFIG, "WINNOW_PRICES cannot be read");
        wn_error_cause(err, "near '%.40s'", start);
        wn_error_hint(err, "Write PROVIDER/MODEL=IN/OUT in dollars per million tokens, with commas "
                           "between: openai/gpt-6-luna=0.10/0.50");
        return WN_E_CONFIG;
    }
    return WN_OK;
}

bool wn_price_override(const char *override, const char *provider, const char *model, int64_t *in,
                       int64_t *out, int64_t *cached, int64_t *cache_write)
{
    const char *p = override, *name;
    struct price price, best = { -1, -1, -1, -1 };
    size_t len, longest = 0, n = strlen(provider);
    while (p != NULL && *p != '\0' && entry(&p, &name, &len, &price)) {
        size_t known = len > n ? len - n - 1 : 0;
        if (known > longest && memcmp(name, provider, n) == 0 && name[n] == '/' &&
            strncmp(name + n + 1, model, known) == 0 && wn_model_variant(model + known)) {
            longest = known;
            best = price;
        }
    }
    *in = best.in;
    *out = best.out;
    *cached = best.cached;
    *cache_write = best.cache_write;
    return longest > 0;
}

/* ---- the table's prices ---- */

/* Cached tokens and writes rise as the input does. */
static void raise_to(struct price *p, int64_t in, int64_t out)
{
    if (p->cached > 0 && p->in > 0)
        p->cached = (p->cached * in + p->in - 1) / p->in;
    if (p->cache_write > 0 && p->in > 0)
        p->cache_write = (p->cache_write * in + p->in - 1) / p->in;
    p->in = in;
    p->out = out;
}

static bool is_past(const char *day, int64_t now)
{
    char text[WN_CLOCK_TEXT];
    wn_clock_text(now, text);
    return strncmp(text, day, strlen(day)) > 0;
}

static bool find_price(const struct wn_provider *row, const char *model, int64_t input,
                       const char *override, int64_t now, struct price *out)
{
    const struct wn_model *m = wn_model_find(row->name, model);
    if (wn_price_override(override, row->name, model, &out->in, &out->out, &out->cached,
                          &out->cache_write))
        return true;
    if (row->local) {
        *out = (struct price){ 0, 0, 0, 0 };
        return true;
    }
    if (m == NULL || m->in < 0 || m->out < 0)
        return false;
    *out = (struct price){ m->in, m->out, m->cached < 0 ? m->in : m->cached,
                           m->cache_write < 0 ? m->in : m->cache_write };
    if (m->until != NULL && is_past(m->until, now))
        raise_to(out, m->in_later, m->out_later);
    if (m->step_tokens > 0 && input > m->step_tokens)
        raise_to(out, m->in_above, m->out_above);
    return true;
}

/* tokens * price / 1e6, with the part below a micro-dollar added to *rest (in millionths). */
static int64_t cost(int64_t tokens, int64_t price, int64_t *rest)
{
    const int64_t million = 1000000;
    int64_t low = tokens % million * price;
    *rest += low % million;
    return tokens / million * price + low / million;
}

static int64_t at_least_0(int64_t n, int64_t most)
{
    return n < 0 ? 0 : n > most ? most : n;
}

static int64_t price_of(const struct price *p, int64_t input, int64_t cached, int64_t written,
                        int64_t output)
{
    int64_t rest = 0;
    int64_t sum = cost(input - cached - written, p->in, &rest) + cost(cached, p->cached, &rest) +
                  cost(written, p->cache_write, &rest) + cost(output, p->out, &rest);
    return sum + (rest + 999999) / 1000000;
}

int64_t wn_price_microusd(const struct wn_provider *row, const char *model,
                          const struct wn_usage *u, const char *override, int64_t now)
{
    enum { MOST = 1000000000 };
    struct price p;
    int64_t input = at_least_0(u->input, MOST), cached, written;
    if (u->cost_microusd >= 0)
        return u->cost_microusd;
    if (!find_price(row, model, input, override, now, &p))
        return -1;
    if (u->input < 0 && (p.in > 0 || p.out > 0))
        return -1;
    cached = at_least_0(u->cached, input);
    written = at_least_0(u->cache_write, input - cached);
    return price_of(&p, input, cached, written, at_least_0(u->output, MOST));
}

int64_t wn_price_worst_microusd(const struct wn_provider *row, const char *model, int64_t input,
                                int64_t max_output, const char *override, int64_t now)
{
    enum { MOST = 1000000000 };
    struct price p;
    input = at_least_0(input, MOST);
    if (!find_price(row, model, input, override, now, &p))
        return -1;
    if (p.cache_write > p.in)
        p.in = p.cache_write;
    return price_of(&p, input, 0, 0, at_least_0(max_output, MOST));
}

/* ---- tokens without a tokenizer ---- */

/* In hundredths of a token: English text is about 4 bytes per token at OpenAI and 3.3 at the newest
 * Claude models, digits and signs are dearer, and other scripts cost one token per character or two. */
static int64_t weight(uint32_t cp)
{
    if (cp < 0x80)
        return (cp | 32) >= 'a' && (cp | 32) <= 'z' ? 28 : cp == ' ' ? 18 : 55;
    if (cp < 0x250)
        return 60; /* Latin with accents */
    if (cp < 0x2000)
        return 75; /* Greek, Cyrillic, Hebrew, Arabic, Indic */
    return cp < 0x10000 ? 120 : 250;
}

/* How many of a mask's bytes have their high bit. */
static unsigned marked(uint64_t mask)
{
    return (unsigned)((mask >> 7) * UINT64_C(0x0101010101010101) >> 56);
}

/* Eight bytes of ASCII at once; false: they are not all ASCII. Each sum stays within its byte: only the
 * high bits tell. */
static bool eight(const char *text, int64_t *letters, int64_t *blanks)
{
    const uint64_t all = UINT64_C(0x0101010101010101), high = all << 7;
    uint64_t c, low;
    memcpy(&c, text, 8);
    if ((c & high) != 0)
        return false;
    low = c | all * 0x20;
    *letters += marked((low + all * (0x80 - 'a')) & ~(low + all * (0x7f - 'z')) & high);
    *blanks += marked(~((c ^ all * ' ') + all * 0x7f) & high);
    return true;
}

int64_t wn_price_tokens(const char *text, size_t len)
{
    int64_t letters = 0, blanks = 0, ascii = 0, wide = 0;
    for (size_t i = 0, used; i < len; i += used) {
        unsigned char c = (unsigned char)text[i];
        if (len - i >= 8 && eight(text + i, &letters, &blanks)) {
            used = 8;
            ascii += 8;
            continue;
        }
        if (c >= 0x80) {
            wide += weight(wn_utf8_next(text + i, len - i, &used));
            continue;
        }
        used = 1;
        ascii++;
        letters += (unsigned char)((c | 32) - 'a') < 26;
        blanks += c == ' ';
    }
    return (letters * weight('a') + blanks * weight(' ') + (ascii - letters - blanks) * weight('0') +
            wide + 99) / 100;
}

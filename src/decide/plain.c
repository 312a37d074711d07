/* plain.c: see plain.h. The text is gone through once: words, runs of digits with what belongs to them, and the rest
 * as it is. */
#include "decide/plain.h"
#include "base/form.h"
#include "base/utf8.h"
#include "decide/plain_parts.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MOST_WORD = 40 };

const char *const wn_plain_months[12] = { "January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December" };
static const char *const days[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
                                    "Friday", "Saturday", "Sunday" };

bool wn_plain_german(const struct wn_plain_text *p)
{
    return p->l != NULL && strcmp(p->l->id, "de") == 0;
}

size_t wn_plain_letter(const struct wn_plain_text *p, size_t at)
{
    size_t used;
    uint32_t cp;
    if (at >= p->n)
        return 0;
    cp = wn_utf8_next(p->s + at, p->n - at, &used);
    if (cp < 0x80)
        return (cp | 0x20) >= 'a' && (cp | 0x20) <= 'z' ? 1 : 0;
    return cp < 0xc0 || cp == 0xd7 || cp == 0xf7 || (cp >= 0x2000 && cp < 0x2c00) ||
                   (cp >= 0x3000 && cp < 0x3040)
               ? 0
               : used;
}

size_t wn_plain_space(const struct wn_plain_text *p, size_t at)
{
    static const char *const spaces[] = { " ", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89" };
    for (size_t i = 0; i < WN_COUNT(spaces); i++) {
        size_t len = strlen(spaces[i]);
        if (p->n - at >= len && memcmp(p->s + at, spaces[i], len) == 0)
            return len;
    }
    return 0;
}

/* ---- words ---- */

struct word {
    size_t start, end;
    char lower[MOST_WORD], plain[MOST_WORD]; /* as it is written, and without marks */
    size_t nlower, nplain;
};

static size_t short_form(struct wn_buf *b, char *out)
{
    size_t n = b->failed || b->len >= MOST_WORD ? 0 : b->len;
    memcpy(out, b->data, n);
    out[n] = '\0';
    wn_buf_free(b);
    return n;
}

static void read_word(const struct wn_plain_text *p, struct word *w)
{
    struct wn_buf lower = WN_BUF_INIT(256), plain = WN_BUF_INIT(256);
    w->start = w->end = p->at;
    for (size_t n; (n = wn_plain_letter(p, w->end)) > 0;)
        w->end += n;
    w->nlower = w->nplain = 0;
    if (w->end - w->start >= MOST_WORD)
        return;
    wn_utf8_fold(&lower, p->s + w->start, w->end - w->start);
    wn_utf8_plain(&plain, lower.data, lower.len);
    w->nlower = short_form(&lower, w->lower);
    w->nplain = short_form(&plain, w->plain);
}

static bool beside_digit(const struct wn_plain_text *p, const struct word *w)
{
    for (size_t d = 1; d <= 4; d++)
        if ((w->start >= d && wn_plain_is_digit(p->s[w->start - d])) ||
            wn_plain_digit(p, w->end + d - 1))
            return true;
    return false;
}

/* The English month or day that the word names, or NULL; of English ones claim_check knows itself. */
static const char *calendar_word(const struct wn_plain_text *p, const struct word *w)
{
    bool alone = false;
    int month = wn_form_month(w->lower, w->nlower, &alone), day;
    if (month > 0 && !alone && !beside_digit(p, w) &&
        (p->l == NULL || !wn_language_has(p->l->months, w->plain, w->nplain)))
        month = 0;
    if (month > 0 && strncasecmp(w->lower, wn_plain_months[month - 1], w->nlower) == 0 &&
        (w->nlower == 3 || wn_plain_months[month - 1][w->nlower] == '\0'))
        return NULL; /* "mar", "may" */
    if (month > 0)
        return wn_plain_months[month - 1];
    day = wn_form_weekday(w->lower, w->nlower);
    if (day == 0 && w->nlower > 1 && w->lower[w->nlower - 1] == 's')
        day = wn_form_weekday(w->lower, w->nlower - 1); /* "Mondays", "samstags" */
    for (size_t n = 6; day == 0 && wn_plain_german(p) && n < w->nlower; n++)
        day = wn_form_weekday(w->lower, n); /* "Montagmorgen" */
    return day > 0 && strcasecmp(w->lower, days[day - 1]) != 0 ? days[day - 1] : NULL;
}

static const struct {
    const char *words, *as;
} units[] = { { " mio million millionen millions millones millon milioni milione miljoen ",
                "million" },
              { " tsd tausend mille mil mila duizend ", "thousand" } },
  spellings[] = { { " euro euros ", "EUR" }, { " prozent procent percento ", "percent" } };

/* "5 Mio." */
static const char *unit_word(const struct wn_plain_text *p, const struct word *w)
{
    size_t before = p->out.len; /* there all spaces are one kind */
    before -= before > 0 && p->out.data[before - 1] == ' ';
    if (before == 0 || !wn_plain_is_digit(p->out.data[before - 1]))
        return NULL;
    for (size_t i = 0; i < WN_COUNT(units); i++)
        if (wn_language_has(units[i].words, w->plain, w->nplain))
            return units[i].as;
    return NULL;
}

/* Ones behind tens: "vingt-cinq", "treinta y dos"; where they end, or 0. */
static size_t ones_after(const struct wn_plain_text *p, const struct word *tens, int *ones)
{
    struct wn_plain_text q = *p;
    struct word w;
    bool doubtful, joined = false;
    for (q.at = tens->end; q.at < q.n && (q.s[q.at] == ' ' || q.s[q.at] == '-'); q.at = w.end) {
        q.at++;
        read_word(&q, &w);
        if (w.nplain == 0)
            return 0;
        *ones = wn_language_number(q.l, w.plain, w.nplain, &doubtful);
        if (*ones >= 1 && *ones <= 9)
            return w.end;
        if (joined || q.l->and_word == NULL || strcmp(w.plain, q.l->and_word) != 0)
            return 0;
        joined = true;
    }
    return 0;
}

static bool take_number(struct wn_plain_text *p, const struct word *w)
{
    bool doubtful = false;
    int ones = 0,
        value = p->l == NULL ? -1 : wn_language_number(p->l, w->plain, w->nplain, &doubtful);
    size_t end;
    if (value < 0 || (doubtful && !p->source) || wn_plain_digit(p, w->end) ||
        (w->start > 0 && wn_plain_digit(p, w->start - 1)))
        return false;
    end = value >= 20 && value % 10 == 0 ? ones_after(p, w, &ones) : 0;
    wn_buf_printf(&p->out, "%d", end > 0 ? value + ones : value);
    if (p->source)
        wn_buf_printf(&p->out, " %s", w->plain);
    p->at = end > 0 ? end : w->end;
    return true;
}

static void take_word(struct wn_plain_text *p)
{
    struct word w;
    const char *as = NULL;
    read_word(p, &w);
    if (w.nplain > 0) {
        as = calendar_word(p, &w);
        if (as == NULL)
            as = unit_word(p, &w);
        for (size_t i = 0; as == NULL && i < WN_COUNT(spellings); i++)
            if (wn_language_has(spellings[i].words, w.plain, w.nplain))
                as = spellings[i].as;
        if (as == NULL && take_number(p, &w))
            return;
    }
    if (as != NULL)
        wn_buf_str(&p->out, as);
    else
        wn_utf8_plain(&p->out, p->s + w.start, w.end - w.start);
    p->at = w.end;
}

/* ---- money ---- */

static bool take_sign(struct wn_plain_text *p)
{
    static const struct {
        const char *sign, *code;
        bool everywhere; /* it means nothing else */
    } signs[] = { { "\xe2\x82\xac", "EUR", true },
                  { "\xc2\xa3", "GBP", true },
                  { "%", "percent", true },
                  { "$", "USD", false } };
    for (size_t i = 0; i < WN_COUNT(signs); i++) {
        size_t n = strlen(signs[i].sign);
        if (p->n - p->at < n || memcmp(p->s + p->at, signs[i].sign, n) != 0 ||
            (!signs[i].everywhere && !p->source))
            continue;
        wn_buf_printf(&p->out, " %s ", signs[i].code);
        p->at += n;
        return true;
    }
    return false;
}

const char *wn_plain(const char *text, size_t len, const struct wn_language *l, enum wn_plain_of of,
                     struct wn_arena *a)
{
    struct wn_plain_text p = { text, len, 0, l, of == WN_PLAIN_SOURCE, WN_BUF_INIT(SIZE_MAX / 4) };
    const char *out;
    while (p.at < p.n) {
        if (wn_plain_digit(&p, p.at)) {
            wn_plain_digits(&p);
        } else if (take_sign(&p)) {
            continue;
        } else if (wn_plain_letter(&p, p.at) > 0) {
            take_word(&p);
        } else {
            size_t n = wn_plain_space(&p, p.at);
            wn_buf_char(&p.out, n > 0 ? ' ' : p.s[p.at]);
            p.at += n > 0 ? n : 1;
        }
    }
    out = wn_arena_copy(a, p.out.data, p.out.len);
    wn_buf_free(&p.out);
    return out;
}

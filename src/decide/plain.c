/* plain.c: see plain.h. The text is gone through once: words, runs of digits with what belongs to them, and the rest
 * as it is. */
#include "decide/plain.h"
#include "base/form.h"
#include "base/utf8.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MOST_WORD = 40 };

struct plain {
    const char *s;
    size_t n, at;
    const struct wn_language *l;
    bool source;
    struct wn_buf out;
};

static const char *const months[] = { "January",   "February", "March",    "April",
                                      "May",       "June",     "July",     "August",
                                      "September", "October",  "November", "December" };
static const char *const days[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
                                    "Friday", "Saturday", "Sunday" };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool german(const struct plain *p)
{
    return p->l != NULL && strcmp(p->l->id, "de") == 0;
}

/* A letter at `at`: its length, or 0. Beyond ASCII all is one but signs and general punctuation. */
static size_t letter_at(const struct plain *p, size_t at)
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

static bool digit_at(const struct plain *p, size_t at)
{
    return at < p->n && is_digit(p->s[at]);
}

/* A space, also one that does not break; its length, or 0. */
static size_t space_at(const struct plain *p, size_t at)
{
    static const char *const spaces[] = { " ", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89" };
    for (size_t i = 0; i < WN_COUNT(spaces); i++) {
        size_t len = strlen(spaces[i]);
        if (p->n - at >= len && memcmp(p->s + at, spaces[i], len) == 0)
            return len;
    }
    return 0;
}

/* ---- digits ---- */

/* At most `most` digits at *at, which moves behind them; -1 if there are none or more. */
static int small(const struct plain *p, size_t *at, size_t most)
{
    int value = 0;
    size_t from = *at;
    for (; digit_at(p, *at) && *at - from <= most; ++*at)
        value = value * 10 + (p->s[*at] - '0');
    return *at == from || *at - from > most ? -1 : value;
}

static bool is_day(int day, int month)
{
    return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

static void put_date(struct plain *p, int day, int month, int year)
{
    wn_buf_printf(&p->out, "%d %s", day, months[month - 1]);
    if (year > 0)
        wn_buf_printf(&p->out, " %d", year);
}

/* What was written so far ends with one of these words. */
static bool behind(const struct plain *p, const char *words)
{
    size_t end = p->out.len, start;
    char word[8];
    while (end > 0 && p->out.data[end - 1] == ' ')
        end--;
    for (start = end; start > 0 && (p->out.data[start - 1] | 0x20) >= 'a' &&
                      (p->out.data[start - 1] | 0x20) <= 'z';)
        start--;
    if (end - start > sizeof(word))
        return false;
    for (size_t i = start; i < end; i++)
        word[i - start] = (char)(p->out.data[i] | 0x20);
    return wn_language_has(words, word, end - start);
}

struct date {
    int day, month, year;
    bool either; /* day and month may be the other way round */
    size_t end;
};

/* "2026-04-30", "30.04.2026", "4/30/26", and in German "am 30.4." */
static bool read_date(const struct plain *p, struct date *out)
{
    size_t at = p->at, first, last;
    int v[3];
    char mark;
    v[0] = small(p, &at, 4);
    first = at - p->at;
    mark = at < p->n ? p->s[at++] : '\0';
    v[1] = v[0] < 0 || mark == '\0' || strchr(".-/", mark) == NULL ? -1 : small(p, &at, 2);
    if (v[1] < 1 || at >= p->n || p->s[at] != mark)
        return false;
    last = ++at;
    v[2] = digit_at(p, at) ? small(p, &at, 4) : 0;
    last = at - last;
    if (v[2] < 0 || letter_at(p, at) > 0 || (at < p->n && p->s[at] == mark && digit_at(p, at + 1)))
        return false;
    *out = (struct date){ v[0], v[1], v[2] < 100 && last == 2 ? 2000 + v[2] : v[2], false, at };
    if (first == 4 && mark == '-' && last == 2)
        *out = (struct date){ v[2], v[1], v[0], false, at };
    else if (last == 0 &&
             (mark != '.' || !german(p) || !behind(p, " am zum vom bis den dem ab seit ")))
        return false;
    else if (first > 2 || mark == '-' || last == 1 || last == 3)
        return false;
    if (out->month > 12)
        *out = (struct date){ out->month, out->day, out->year, false, at };
    out->either = mark == '/' && out->day <= 12 && out->day != out->month;
    return is_day(out->day, out->month);
}

/* Where it ends, or 0. What may be read two ways stays as it is in a claim, and is both in a source. */
static size_t take_date(struct plain *p)
{
    struct date d;
    if (!read_date(p, &d) || (d.either && !p->source))
        return 0;
    if (p->source)
        wn_buf_printf(&p->out, "%.*s ", (int)(d.end - p->at), p->s + p->at);
    put_date(p, d.day, d.month, d.year);
    if (d.either) {
        wn_buf_char(&p->out, ' ');
        put_date(p, d.month, d.day, d.year);
    }
    return d.end;
}

/* "1 500", "12'000": where the groups end, or 0. */
static size_t grouped(const struct plain *p)
{
    size_t at = p->at, end = 0;
    while (digit_at(p, at))
        at++;
    if (at - p->at > 3)
        return 0;
    for (size_t gap; at < p->n; end = at) {
        gap = space_at(p, at);
        gap = gap > 0                                                      ? gap
              : p->s[at] == '\''                                           ? 1
              : p->n - at > 3 && memcmp(p->s + at, "\xe2\x80\x99", 3) == 0 ? 3
                                                                           : 0;
        if (gap == 0 || !digit_at(p, at + gap) || !digit_at(p, at + gap + 1) ||
            !digit_at(p, at + gap + 2) || digit_at(p, at + gap + 3))
            break;
        at += gap + 3;
    }
    return end;
}

static bool word_is(const struct plain *p, size_t at, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i < n; i++)
        if (at + i >= p->n || (p->s[at + i] | 0x20) != word[i])
            return false;
    return letter_at(p, at + n) == 0;
}

/* "2 pm", "2:30 p.m."; where it ends, or 0. */
static size_t take_clock(struct plain *p)
{
    size_t at = p->at, end;
    int hour = small(p, &at, 2), minute = 0;
    bool pm;
    if (hour < 1 || hour > 12)
        return 0;
    if (at < p->n && (p->s[at] == ':' || p->s[at] == '.') && digit_at(p, at + 1)) {
        at++;
        minute = small(p, &at, 2);
    }
    end = at + space_at(p, at);
    pm = word_is(p, end, "pm") || word_is(p, end, "p.m");
    if (minute < 0 || (!pm && !word_is(p, end, "am") && !word_is(p, end, "a.m")))
        return 0;
    end += p->s[end + 1] == '.' ? 3 : 2;
    end += end < p->n && p->s[end] == '.' && p->s[end - 2] == '.';
    if (p->source)
        wn_buf_printf(&p->out, "%.*s ", (int)(end - p->at), p->s + p->at);
    wn_buf_printf(&p->out, "%d:%02d", hour % 12 + (pm ? 12 : 0), minute);
    return end;
}

static void take_digits(struct plain *p)
{
    size_t end = take_date(p), from = p->at;
    if (end == 0)
        end = take_clock(p);
    if (end == 0 && (end = grouped(p)) > 0) {
        if (p->source) {
            wn_buf_add(&p->out, p->s + from, end - from);
            wn_buf_char(&p->out, ' ');
        }
        for (size_t i = from; i < end; i++)
            if (is_digit(p->s[i]))
                wn_buf_char(&p->out, p->s[i]);
    }
    if (end == 0) {
        for (end = from; digit_at(p, end) ||
                         (end < p->n && strchr(".,:", p->s[end]) != NULL && digit_at(p, end + 1));)
            end++;
        wn_buf_add(&p->out, p->s + from, end - from);
    }
    p->at = end;
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

static void read_word(const struct plain *p, struct word *w)
{
    struct wn_buf lower = WN_BUF_INIT(256), plain = WN_BUF_INIT(256);
    w->start = w->end = p->at;
    for (size_t n; (n = letter_at(p, w->end)) > 0;)
        w->end += n;
    w->nlower = w->nplain = 0;
    if (w->end - w->start >= MOST_WORD)
        return;
    wn_utf8_fold(&lower, p->s + w->start, w->end - w->start);
    wn_utf8_plain(&plain, lower.data, lower.len);
    w->nlower = short_form(&lower, w->lower);
    w->nplain = short_form(&plain, w->plain);
}

static bool beside_digit(const struct plain *p, const struct word *w)
{
    for (size_t d = 1; d <= 4; d++)
        if ((w->start >= d && is_digit(p->s[w->start - d])) || digit_at(p, w->end + d - 1))
            return true;
    return false;
}

/* The English month or day that the word names, or NULL; of English ones claim_check knows itself. */
static const char *calendar_word(const struct plain *p, const struct word *w)
{
    bool alone = false;
    int month = wn_form_month(w->lower, w->nlower, &alone), day;
    if (month > 0 && !alone && !beside_digit(p, w) &&
        (p->l == NULL || !wn_language_has(p->l->months, w->plain, w->nplain)))
        month = 0;
    if (month > 0 && strncasecmp(w->lower, months[month - 1], w->nlower) == 0 &&
        (w->nlower == 3 || months[month - 1][w->nlower] == '\0'))
        return NULL; /* "mar", "may" */
    if (month > 0)
        return months[month - 1];
    day = wn_form_weekday(w->lower, w->nlower);
    if (day == 0 && w->nlower > 1 && w->lower[w->nlower - 1] == 's')
        day = wn_form_weekday(w->lower, w->nlower - 1); /* "Mondays", "samstags" */
    for (size_t n = 6; day == 0 && german(p) && n < w->nlower; n++)
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
static const char *unit_word(const struct plain *p, const struct word *w)
{
    size_t before = p->out.len; /* there all spaces are one kind */
    before -= before > 0 && p->out.data[before - 1] == ' ';
    if (before == 0 || !is_digit(p->out.data[before - 1]))
        return NULL;
    for (size_t i = 0; i < WN_COUNT(units); i++)
        if (wn_language_has(units[i].words, w->plain, w->nplain))
            return units[i].as;
    return NULL;
}

/* Ones behind tens: "vingt-cinq", "treinta y dos"; where they end, or 0. */
static size_t ones_after(const struct plain *p, const struct word *tens, int *ones)
{
    struct plain q = *p;
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

static bool take_number(struct plain *p, const struct word *w)
{
    bool doubtful = false;
    int ones = 0,
        value = p->l == NULL ? -1 : wn_language_number(p->l, w->plain, w->nplain, &doubtful);
    size_t end;
    if (value < 0 || (doubtful && !p->source) || digit_at(p, w->end) ||
        (w->start > 0 && digit_at(p, w->start - 1)))
        return false;
    end = value >= 20 && value % 10 == 0 ? ones_after(p, w, &ones) : 0;
    wn_buf_printf(&p->out, "%d", end > 0 ? value + ones : value);
    if (p->source)
        wn_buf_printf(&p->out, " %s", w->plain);
    p->at = end > 0 ? end : w->end;
    return true;
}

static void take_word(struct plain *p)
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

static bool take_sign(struct plain *p)
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
    struct plain p = { text, len, 0, l, of == WN_PLAIN_SOURCE, WN_BUF_INIT(SIZE_MAX / 4) };
    const char *out;
    while (p.at < p.n) {
        if (is_digit(p.s[p.at])) {
            take_digits(&p);
        } else if (take_sign(&p)) {
            continue;
        } else if (letter_at(&p, p.at) > 0) {
            take_word(&p);
        } else {
            size_t n = space_at(&p, p.at);
            wn_buf_char(&p.out, n > 0 ? ' ' : p.s[p.at]);
            p.at += n > 0 ? n : 1;
        }
    }
    out = wn_arena_copy(a, p.out.data, p.out.len);
    wn_buf_free(&p.out);
    return out;
}

/* claim_source.c: see claim_source.h. */
#include "decide/claim_source.h"
#include <stdlib.h>
#include <string.h>

const char *const wn_claim_months[12] = { "january",   "february", "march",    "april",
                                          "may",       "june",     "july",     "august",
                                          "september", "october",  "november", "december" };
const char *const wn_claim_weekdays[7] = { "monday", "tuesday",  "wednesday", "thursday",
                                           "friday", "saturday", "sunday" };

static bool equals(struct wn_claim_word w, const char *text)
{
    return strlen(text) == w.n && memcmp(w.p, text, w.n) == 0;
}

/* Index of the month, or -1. */
static int month_of(struct wn_claim_word w)
{
    for (int i = 0; i < 12; i++)
        if (equals(w, wn_claim_months[i]) || (w.n == 3 && memcmp(w.p, wn_claim_months[i], 3) == 0))
            return i;
    return equals(w, "sept") ? 8 : -1;
}

int wn_claim_weekday(struct wn_claim_word w, bool short_too)
{
    for (int i = 0; i < 7; i++)
        if (equals(w, wn_claim_weekdays[i]) ||
            (short_too && w.n == 3 && memcmp(w.p, wn_claim_weekdays[i], 3) == 0))
            return i;
    if (short_too && equals(w, "tues"))
        return 1;
    return short_too && (equals(w, "thur") || equals(w, "thurs")) ? 3 : -1;
}

bool wn_claim_calendar(struct wn_claim_word w)
{
    return month_of(w) >= 0 || wn_claim_weekday(w, true) >= 0 || wn_number_word(w.p, w.n);
}

/* ---- words of a normalised text ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 128;
}

bool wn_claim_next_word(const struct wn_norm *t, size_t *pos, bool *opens,
                        struct wn_claim_word *out)
{
    size_t i = *pos;
    *opens = *opens && i == 0;
    for (; i < t->len && !is_letter(t->text[i]); i++)
        if (strchr(".!?", t->text[i]) != NULL && (i + 1 == t->len || t->text[i + 1] == ' '))
            *opens = true;
    out->p = t->text + i;
    for (out->n = 0; i < t->len && is_letter(t->text[i]); i++)
        out->n++;
    *pos = i;
    return out->n > 0;
}

/* "may" and "march" are months only beside a digit. */
static bool beside_digit(const struct wn_norm *t, struct wn_claim_word w)
{
    size_t start = (size_t)(w.p - t->text), end = start + w.n;
    for (size_t d = 1; d <= 4; d++)
        if ((start >= d && wn_claim_is_digit(t->text[start - d])) ||
            (end + d - 1 < t->len && wn_claim_is_digit(t->text[end + d - 1])))
            return true;
    return false;
}

int wn_claim_month(const struct wn_norm *t, struct wn_claim_word w)
{
    bool doubtful = equals(w, "march") || equals(w, "may");
    return doubtful && !beside_digit(t, w) ? -1 : month_of(w);
}

/* ---- what the source says ---- */

/* Room for one more in a growing array whose capacity is the next power of two. */
static void *grown(void *array, size_t n, size_t size)
{
    return (n & (n - 1)) == 0 ? wn_xrealloc(array, n == 0 ? 1 : 2 * n, size) : array;
}

static void add_value(struct wn_claim_facts *f, double v)
{
    f->value = grown(f->value, f->nvalues, sizeof(*f->value));
    f->value[f->nvalues++] = v;
}

static void gather_numbers(struct wn_claim_facts *f)
{
    struct wn_number_scan scan = { f->norm.text, f->norm.len, 0, 0 };
    struct wn_number n;
    double part;
    while (wn_number_next(&scan, &n)) {
        for (int i = 0; i < n.nvalues; i++)
            add_value(f, n.value[i]);
        if (!n.time)
            continue;
        f->time = grown(f->time, f->ntimes, sizeof(*f->time));
        f->time[f->ntimes++] = (struct wn_claim_times){ n.start, n.end };
        for (size_t pos = n.start; wn_number_part(f->norm.text, n.end, &pos, &part);)
            add_value(f, part);
    }
}

/* The number of at most `most` digits at *at; -1 if there is none or it is longer. */
static int small_number(const struct wn_norm *t, size_t *at, size_t most)
{
    int value = 0;
    size_t n = 0;
    while (*at + n < t->len && wn_claim_is_digit(t->text[*at + n]) && n <= most) {
        value = value * 10 + (t->text[*at + n] - '0');
        n++;
    }
    *at += n;
    return n == 0 || n > most ? -1 : value;
}

static void mark_month(struct wn_claim_facts *f, int number)
{
    if (number >= 1 && number <= 12)
        f->month[number - 1] = true;
}

/* yyyy-mm-dd, a/b/yyyy and a.b.yyyy at `at`; of the last two, both may be the month. */
static void gather_numeric_date(struct wn_claim_facts *f, size_t at)
{
    const struct wn_norm *t = &f->norm;
    size_t start = at, digits;
    int first = small_number(t, &at, 4), second, third;
    char mark = at < t->len ? t->text[at] : '\0';
    digits = at - start;
    if (first < 0 || strchr("-/.", mark) == NULL || mark == '\0')
        return;
    at++;
    second = small_number(t, &at, 2);
    if (second < 0 || at >= t->len || t->text[at] != mark)
        return;
    at++;
    start = at;
    third = small_number(t, &at, 4);
    if (third < 0)
        return;
    if (mark == '-' && digits == 4) {
        mark_month(f, second);
    } else if (mark != '-' && digits <= 2 && at - start == 4) {
        mark_month(f, first);
        mark_month(f, second);
    }
}

static void gather_dates(struct wn_claim_facts *f)
{
    const struct wn_norm *t = &f->norm;
    struct wn_claim_word w;
    bool opens = true;
    for (size_t pos = 0; wn_claim_next_word(t, &pos, &opens, &w);) {
        int month = wn_claim_month(t, w), day = wn_claim_weekday(w, true);
        if (month >= 0)
            f->month[month] = true;
        if (day >= 0)
            f->weekday[day] = true;
    }
    for (size_t i = 0; i < t->len; i++)
        if (wn_claim_is_digit(t->text[i]) && (i == 0 || !wn_claim_is_digit(t->text[i - 1])))
            gather_numeric_date(f, i);
}

static void gather_tokens(struct wn_claim_facts *f)
{
    struct wn_token t;
    for (size_t pos = 0; wn_norm_token(&f->norm, &pos, &t);) {
        f->token = grown(f->token, f->ntokens, sizeof(*f->token));
        f->token[f->ntokens++] = t;
    }
}

bool wn_claim_has_value(const struct wn_claim_facts *f, double v)
{
    for (size_t i = 0; i < f->nvalues; i++)
        if (wn_number_same(f->value[i], v))
            return true;
    return false;
}

bool wn_claim_has_word(const struct wn_claim_facts *f, struct wn_claim_word w)
{
    for (size_t i = 0; i < f->ntokens; i++) {
        const char *have = f->norm.text + f->token[i].start;
        if ((f->token[i].len == w.n && memcmp(have, w.p, w.n) == 0) ||
            (w.n >= 5 && f->token[i].len >= 5 && memcmp(have, w.p, 5) == 0))
            return true;
    }
    return false;
}

void wn_claim_gather(const char *source, size_t len, struct wn_claim_facts *f)
{
    *f = (struct wn_claim_facts){ 0 };
    wn_norm_make(source, len, &f->norm);
    gather_numbers(f);
    gather_dates(f);
    gather_tokens(f);
}

void wn_claim_clear(struct wn_claim_facts *f)
{
    wn_norm_free(&f->norm);
    free(f->value);
    free(f->time);
    free(f->token);
}

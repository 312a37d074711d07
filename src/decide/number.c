/* number.c: see number.h. */
#include "decide/number.h"
#include "base/error.h"
#include <math.h>
#include <string.h>

static const char *const ones[] = { "zero",    "one",     "two",       "three",    "four",
                                    "five",    "six",     "seven",     "eight",    "nine",
                                    "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen" };
static const char *const tens[] = { "twenty", "thirty",  "forty",  "fifty",
                                    "sixty",  "seventy", "eighty", "ninety" };
static const struct {
    const char *name;
    double value;
    bool after_digits, after_words;
} multipliers[] = {
    { "hundred", 1e2, false, true }, { "thousand", 1e3, true, true },
    { "million", 1e6, true, true },  { "k", 1e3, true, false },
    { "m", 1e6, true, false },
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 128;
}

static size_t run_of(const struct wn_number_scan *s, size_t at, bool (*is)(char))
{
    size_t n = 0;
    while (at + n < s->len && is(s->text[at + n]))
        n++;
    return n;
}

static size_t name_index(const char *const *names, size_t n, const char *word, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(names[i]) == len && memcmp(names[i], word, len) == 0)
            return i;
    return SIZE_MAX;
}

bool wn_number_word(const char *word, size_t len)
{
    if (name_index(ones, WN_COUNT(ones), word, len) != SIZE_MAX ||
        name_index(tens, WN_COUNT(tens), word, len) != SIZE_MAX)
        return true;
    for (size_t i = 0; i < WN_COUNT(multipliers); i++)
        if (multipliers[i].after_words && strlen(multipliers[i].name) == len &&
            memcmp(multipliers[i].name, word, len) == 0)
            return true;
    return false;
}

bool wn_number_same(double a, double b)
{
    if (fabs(a) > 1e13 || fabs(b) > 1e13)
        return a == b;
    return llround(a * 1e4) == llround(b * 1e4);
}

/* Digits of text[start..end) as one number; the mark at `point` (SIZE_MAX: none) is the decimal one,
 * all others are dropped. */
static double digits_value(const char *text, size_t start, size_t end, size_t point)
{
    double value = 0, scale = 1;
    for (size_t i = start; i < end; i++) {
        if (!is_digit(text[i]))
            continue;
        value = value * 10 + (text[i] - '0');
        scale *= point != SIZE_MAX && i > point ? 10 : 1;
    }
    return isfinite(scale) ? value / scale : value;
}

bool wn_number_part(const char *text, size_t end, size_t *pos, double *value)
{
    size_t start = *pos;
    if (start >= end)
        return false;
    while (*pos < end && is_digit(text[*pos]))
        ++*pos;
    *value = digits_value(text, start, *pos, SIZE_MAX);
    ++*pos; /* the mark behind it */
    return true;
}

/* "5 k", "2.5m", "3 thousand": the factor, and where it ends. */
static double digits_factor(const struct wn_number_scan *s, size_t *end)
{
    size_t at = *end + (*end < s->len && s->text[*end] == ' ');
    size_t n = run_of(s, at, is_letter);
    if (at + n < s->len && is_digit(s->text[at + n]))
        return 1;
    for (size_t i = 0; i < WN_COUNT(multipliers); i++)
        if (multipliers[i].after_digits && strlen(multipliers[i].name) == n &&
            memcmp(multipliers[i].name, s->text + at, n) == 0) {
            *end = at + n;
            return multipliers[i].value;
        }
    return 1;
}

/* What the marks inside a run of digits say. */
struct marks {
    size_t dots, commas, colons, last; /* last: place of the last mark, SIZE_MAX = none */
    bool threes;                       /* every group after the first has three digits */
};

static struct marks marks_of(const char *text, size_t start, size_t end)
{
    struct marks m = { 0, 0, 0, SIZE_MAX, true };
    for (size_t i = start; i < end; i++) {
        if (is_digit(text[i]))
            continue;
        if (m.last != SIZE_MAX && i - m.last != 4)
            m.threes = false;
        m.dots += text[i] == '.';
        m.commas += text[i] == ',';
        m.colons += text[i] == ':';
        m.last = i;
    }
    if (m.last != SIZE_MAX && end - m.last != 4)
        m.threes = false;
    return m;
}

static void read_marks(const char *text, const struct marks *m, struct wn_number *out)
{
    size_t last_kind = m->last == SIZE_MAX ? 0 : text[m->last] == '.' ? m->dots : m->commas;
    size_t all = m->dots + m->commas, point = m->last;
    out->nvalues = 1;
    if (all == 1 && m->threes) {
        if (text[m->last] == '.')
            out->value[out->nvalues++] = digits_value(text, out->start, out->end, m->last);
        point = SIZE_MAX;
    } else if (last_kind > 1) {
        point = SIZE_MAX; /* groups of thousands, or a decimal mark that repeats */
    }
    out->value[0] = digits_value(text, out->start, out->end, point);
}

static void read_digits(struct wn_number_scan *s, size_t start, struct wn_number *out)
{
    size_t end = start + run_of(s, start, is_digit);
    struct marks m;
    double factor;
    if (start >= s->split_end)
        while (end + 1 < s->len && strchr(".,:", s->text[end]) != NULL &&
               is_digit(s->text[end + 1]))
            end += 1 + run_of(s, end + 1, is_digit);
    m = marks_of(s->text, start, end);
    if (m.colons == 0 && m.dots + m.commas > 1 && (m.dots == 0 || m.commas == 0) && !m.threes) {
        s->split_end = end; /* "12.03.2026": three numbers */
        end = start + run_of(s, start, is_digit);
        m = marks_of(s->text, start, end);
    }
    *out = (struct wn_number){ start, end, m.colons > 0, { 0, 0 }, 0 };
    if (!out->time) {
        read_marks(s->text, &m, out);
        factor = digits_factor(s, &out->end);
        for (int i = 0; i < out->nvalues; i++)
            out->value[i] *= factor;
    }
    s->pos = out->end;
}

/* The word that follows at `at` behind white space or a hyphen; 0 letters: none. */
static size_t next_word(const struct wn_number_scan *s, size_t *at)
{
    if (*at >= s->len || (s->text[*at] != ' ' && s->text[*at] != '-'))
        return 0;
    ++*at;
    return run_of(s, *at, is_letter);
}

/* A number in words that begins with the word at start; false: it is none, or less than 2. */
static bool read_words(const struct wn_number_scan *s, size_t start, size_t len,
                       struct wn_number *out)
{
    size_t end = start + len, at = end, n,
           one = name_index(ones, WN_COUNT(ones), s->text + start, len);
    size_t ten = name_index(tens, WN_COUNT(tens), s->text + start, len);
    double value = one != SIZE_MAX ? (double)one : 0;
    if (one == SIZE_MAX && ten == SIZE_MAX)
        return false;
    if (ten != SIZE_MAX) {
        value = 20 + 10 * (double)ten;
        n = next_word(s, &at);
        one = name_index(ones, 10, s->text + at, n);
        if (n > 0 && one != SIZE_MAX && one > 0) {
            value += (double)one;
            end = at + n;
        }
    }
    for (bool more = true; more;) {
        more = false;
        at = end;
        n = next_word(s, &at);
        for (size_t i = 0; i < WN_COUNT(multipliers) && n > 0; i++)
            if (multipliers[i].after_words && strlen(multipliers[i].name) == n &&
                memcmp(multipliers[i].name, s->text + at, n) == 0) {
                value *= multipliers[i].value;
                end = at + n;
                more = true;
            }
    }
    *out = (struct wn_number){ start, end, false, { value, 0 }, 1 };
    return value >= 2;
}

bool wn_number_next(struct wn_number_scan *s, struct wn_number *out)
{
    while (s->pos < s->len) {
        size_t start = s->pos, word;
        if (is_digit(s->text[start])) {
            read_digits(s, start, out);
            return true;
        }
        word = run_of(s, start, is_letter);
        if (word == 0) {
            s->pos++;
            continue;
        }
        if (read_words(s, start, word, out)) {
            s->pos = out->end;
            return true;
        }
        s->pos = start + word;
    }
    return false;
}

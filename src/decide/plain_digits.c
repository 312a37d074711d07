/* plain_digits.c: runs of digits and what belongs to them; see plain_parts.h. */
#include "decide/plain_parts.h"
#include <string.h>

/* At most `most` digits at *at, which moves behind them; -1 if there are none or more. */
static int small(const struct wn_plain_text *p, size_t *at, size_t most)
{
    int value = 0;
    size_t from = *at;
    for (; wn_plain_digit(p, *at) && *at - from <= most; ++*at)
        value = value * 10 + (p->s[*at] - '0');
    return *at == from || *at - from > most ? -1 : value;
}

static bool is_day(int day, int month)
{
    return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

static void put_date(struct wn_plain_text *p, int day, int month, int year)
{
    wn_buf_printf(&p->out, "%d %s", day, wn_plain_months[month - 1]);
    if (year > 0)
        wn_buf_printf(&p->out, " %d", year);
}

/* What was written so far ends with one of these words. */
static bool behind(const struct wn_plain_text *p, const char *words)
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
static bool read_date(const struct wn_plain_text *p, struct date *out)
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
    v[2] = wn_plain_digit(p, at) ? small(p, &at, 4) : 0;
    last = at - last;
    if (v[2] < 0 || wn_plain_letter(p, at) > 0 ||
        (at < p->n && p->s[at] == mark && wn_plain_digit(p, at + 1)))
        return false;
    *out = (struct date){ v[0], v[1], v[2] < 100 && last == 2 ? 2000 + v[2] : v[2], false, at };
    if (first == 4 && mark == '-' && last == 2)
        *out = (struct date){ v[2], v[1], v[0], false, at };
    else if (last == 0 &&
             (mark != '.' || !wn_plain_german(p) || !behind(p, " am zum vom bis den dem ab seit ")))
        return false;
    else if (first > 2 || mark == '-' || last == 1 || last == 3)
        return false;
    if (out->month > 12)
        *out = (struct date){ out->month, out->day, out->year, false, at };
    out->either = mark == '/' && out->day <= 12 && out->day != out->month;
    return is_day(out->day, out->month);
}

/* Where it ends, or 0. What may be read two ways stays as it is in a claim, and is both in a source. */
static size_t take_date(struct wn_plain_text *p)
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
static size_t grouped(const struct wn_plain_text *p)
{
    size_t at = p->at, end = 0;
    while (wn_plain_digit(p, at))
        at++;
    if (at - p->at > 3)
        return 0;
    for (size_t gap; at < p->n; end = at) {
        gap = wn_plain_space(p, at);
        gap = gap > 0                                                      ? gap
              : p->s[at] == '\''                                           ? 1
              : p->n - at > 3 && memcmp(p->s + at, "\xe2\x80\x99", 3) == 0 ? 3
                                                                           : 0;
        if (gap == 0 || !wn_plain_digit(p, at + gap) || !wn_plain_digit(p, at + gap + 1) ||
            !wn_plain_digit(p, at + gap + 2) || wn_plain_digit(p, at + gap + 3))
            break;
        at += gap + 3;
    }
    return end;
}

static bool word_is(const struct wn_plain_text *p, size_t at, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i < n; i++)
        if (at + i >= p->n || (p->s[at + i] | 0x20) != word[i])
            return false;
    return wn_plain_letter(p, at + n) == 0;
}

/* "2 pm", "2:30 p.m."; where it ends, or 0. */
static size_t take_clock(struct wn_plain_text *p)
{
    size_t at = p->at, end;
    int hour = small(p, &at, 2), minute = 0;
    bool pm;
    if (hour < 1 || hour > 12)
        return 0;
    if (at < p->n && (p->s[at] == ':' || p->s[at] == '.') && wn_plain_digit(p, at + 1)) {
        at++;
        minute = small(p, &at, 2);
    }
    end = at + wn_plain_space(p, at);
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

void wn_plain_digits(struct wn_plain_text *p)
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
            if (wn_plain_is_digit(p->s[i]))
                wn_buf_char(&p->out, p->s[i]);
    }
    if (end == 0) {
        for (end = from;
             wn_plain_digit(p, end) ||
             (end < p->n && strchr(".,:", p->s[end]) != NULL && wn_plain_digit(p, end + 1));)
            end++;
        wn_buf_add(&p->out, p->s + from, end - from);
    }
    p->at = end;
}

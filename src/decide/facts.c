/* facts.c: see facts.h. */
#include "decide/facts.h"
#include "base/form.h"
#include "decide/capital.h"
#include "decide/norm.h"
#include "decide/number.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_DAYS = 64 };

/* ---- rounded numbers ---- */

enum rounded { EXACTLY, ABOUT, BELOW, ABOVE };

/* The word that ends before `at`, which moves to where it begins. */
static size_t word_before(const char *text, size_t *at, char *out, size_t size)
{
    size_t end, n;
    while (*at > 0 && text[*at - 1] == ' ')
        --*at;
    for (end = *at; *at > 0 && (isalpha((unsigned char)text[*at - 1]) || text[*at - 1] == '\'');
         --*at)
        continue;
    n = end - *at < size ? end - *at : size - 1;
    for (size_t i = 0; i < n; i++)
        out[i] = (char)tolower((unsigned char)text[*at + i]);
    out[n] = '\0';
    return n;
}

/* "about 400", "more than EUR 400", "pres de 400" */
static enum rounded how_rounded(const struct wn_language *l, const char *claim, size_t at)
{
    enum rounded found = EXACTLY;
    for (int i = 0; i < 3; i++) {
        char word[24];
        size_t n = word_before(claim, &at, word, sizeof(word));
        if (wn_language_has(l->below, word, n))
            return BELOW;
        if (found == EXACTLY && wn_language_has(l->above, word, n))
            found = ABOVE;
        else if (found == EXACTLY && wn_language_has(l->about, word, n))
            found = ABOUT;
    }
    return found;
}

/* The value of the last digit of it that is not 0: 100 of 400, 0.1 of 2.5. */
static double last_place(double v)
{
    double unit = 1;
    while (v != 0 && unit < 1e12 && fmod(v, unit * 10) == 0)
        unit *= 10;
    while (unit > 1e-4 && fabs(v / unit - round(v / unit)) > 1e-6)
        unit /= 10;
    return unit;
}

static bool rounds_to(double there, double said, enum rounded how)
{
    double unit = last_place(said), off = fabs(there - said);
    if (how == ABOUT)
        return off <= unit / 2 && off <= .1 * there;
    if (how == BELOW)
        return there < said && off < unit && off <= .1 * said;
    return there > said && off < unit && off <= .25 * said;
}

static bool some_value(const struct wn_norm *t, const struct wn_number *said, enum rounded how)
{
    struct wn_number_scan scan = { t->text, t->len, 0, 0 };
    struct wn_number n;
    while (wn_number_next(&scan, &n))
        for (int i = 0; i < n.nvalues; i++)
            for (int k = 0; k < said->nvalues; k++)
                if (rounds_to(n.value[i], said->value[k], how))
                    return true;
    return false;
}

/* Wherever the number stands in the claim, it is said to be rounded, and rounds what the source says. */
static bool is_rounded(const struct wn_norm *claim, const struct wn_norm *text, const char *number,
                       const struct wn_language *l)
{
    struct wn_number_scan scan = { claim->text, claim->len, 0, 0 };
    struct wn_number n;
    bool any = false;
    while (wn_number_next(&scan, &n)) {
        enum rounded how;
        if (strlen(number) != n.end - n.start ||
            memcmp(claim->text + n.start, number, n.end - n.start) != 0)
            continue;
        how = how_rounded(l, claim->text, n.start);
        if (how == EXACTLY || !some_value(text, &n, how))
            return false;
        any = true;
    }
    return any;
}

/* ---- counts of what follows ---- */

static const char and_words[] = " and und et y e en ";

/* "Two things: A, and B", "three phones (A, B, C)": a number, at most three words, and so many parts. */
static bool counts_list(const struct wn_norm *claim, const char *number)
{
    struct wn_number_scan scan = { claim->text, claim->len, 0, 0 };
    struct wn_number n;
    while (wn_number_next(&scan, &n)) {
        size_t at = n.end, words = 0;
        double parts = 1;
        bool apart = true; /* no second mark between the same two parts */
        if (strlen(number) != n.end - n.start ||
            memcmp(claim->text + n.start, number, n.end - n.start) != 0)
            continue;
        for (;
             at < claim->len && (isalpha((unsigned char)claim->text[at]) || claim->text[at] == ' ');
             at++)
            words += claim->text[at] == ' ';
        if (words == 0 || words > 4 || at >= claim->len || strchr(":(", claim->text[at]) == NULL)
            return false;
        while (++at < claim->len && strchr(".!?)", claim->text[at]) == NULL) {
            size_t len = strcspn(claim->text + at, " ,;.!?)");
            bool mark = len == 0 ? claim->text[at] != ' '
                                 : wn_language_has(and_words, claim->text + at, len);
            parts += mark && !apart;
            apart = mark || (len == 0 && apart);
            at += len == 0 ? 0 : len - 1;
        }
        return n.nvalues == 1 && parts == n.value[0];
    }
    return false;
}

/* ---- days and their months ---- */

/* A day and a month may each stand somewhere in a quote and yet not together: where both texts write days with
 * months, the pairs must agree. */
struct day {
    int month, day;
};

static int month_at(const char *word, size_t n)
{
    char low[12];
    bool alone;
    if (n < 3 || n >= sizeof(low))
        return 0;
    for (size_t i = 0; i < n; i++)
        low[i] = (char)tolower((unsigned char)word[i]);
    return wn_form_month(low, n, &alone);
}

/* A number of one or two digits at *p, with what may stand between it and its month; 0: it is no day. */
static int day_at(const char **p)
{
    static const char *const behind[] = { "st", "nd", "rd", "th", "er", "." };
    char *end;
    long v = strtol(*p, &end, 10);
    bool is = end - *p <= 2 && v >= 1 && v <= 31;
    *p = end;
    for (size_t i = 0; i < WN_COUNT(behind); i++)
        *p += strncmp(*p, behind[i], strlen(behind[i])) == 0 ? strlen(behind[i]) : 0;
    *p += **p == ' ';
    *p += strncmp(*p, "of ", 3) == 0 || strncmp(*p, "de ", 3) == 0 ? 3 : 0;
    return is ? (int)v : 0;
}

static int day_behind(const char *p)
{
    p += *p == '.' || *p == ',';
    p += *p == ' ';
    p += strncmp(p, "the ", 4) == 0 ? 4 : 0;
    return isdigit((unsigned char)p[0]) &&
                   !isdigit((unsigned char)p[1 + (isdigit((unsigned char)p[1]) != 0)])
               ? atoi(p)
               : 0;
}

static size_t days_of(const char *text, struct day *out, size_t most)
{
    size_t n = 0;
    int before = 0; /* a day that has just ended */
    for (const char *p = text; *p != '\0' && n < most;) {
        const char *word = p;
        int month, day;
        if (isdigit((unsigned char)*p)) {
            before = day_at(&p);
            continue;
        }
        while (isalpha((unsigned char)*p))
            p++;
        month = month_at(word, (size_t)(p - word));
        day = before > 0 ? before : month > 0 ? day_behind(p) : 0;
        if (month > 0 && day >= 1 && day <= 31)
            out[n++] = (struct day){ month, day };
        before = 0;
        p += p == word;
    }
    return n;
}

static bool has_wrong_day(const char *claim, const char *text)
{
    struct day said[8], there[MOST_DAYS];
    size_t n = days_of(claim, said, 8), m = days_of(text, there, MOST_DAYS);
    for (size_t i = 0; i < n && m > 0; i++) {
        size_t k = 0;
        while (k < m && (there[k].month != said[i].month || there[k].day != said[i].day))
            k++;
        if (k == m)
            return true;
    }
    return false;
}

static bool has_capital(const char *text, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = text; (at = strstr(at, word)) != NULL; at += n)
        if (!isalpha((unsigned char)at[n]) && (at == text || !isalpha((unsigned char)at[-1])))
            return true;
    return false;
}

/* "last March", "in May": there is no digit beside them, so claim_check does not ask. */
static const char *doubtful_month(const char *claim, const char *text)
{
    static const char *const months[] = { "date: March", "date: May" };
    for (size_t i = 0; i < WN_COUNT(months); i++) {
        const char *month = months[i] + 5, *at = strstr(claim, month);
        if (at != NULL && !isalpha((unsigned char)at[strlen(month)]) &&
            !has_capital(text, month + 1))
            return months[i];
    }
    return NULL;
}

/* ---- words that carry meaning ---- */

static bool is_content(const struct wn_language *l, const char *word, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isdigit((unsigned char)word[i]))
            return false;
    return n >= 4 && !wn_language_has(l->openers, word, n) && !wn_language_has(l->small, word, n) &&
           !(l->articles != NULL && wn_language_has(l->articles, word, n)) &&
           month_at(word, n) == 0 && wn_form_weekday(word, n) == 0;
}

/* It, or one that begins alike. */
static bool has_like(const struct wn_norm *text, const char *word, size_t n)
{
    struct wn_token t;
    for (size_t pos = 0; wn_norm_token(text, &pos, &t);) {
        const char *there = text->text + t.start;
        if ((t.len == n && memcmp(there, word, n) == 0) ||
            (n >= 5 && t.len >= 5 && memcmp(there, word, 5) == 0))
            return true;
    }
    return false;
}

/* claim_check's own count knows the small words of English alone. */
static bool count_support(const struct wn_language *l, const struct wn_norm *said,
                          const struct wn_norm *text, struct wn_claim *out)
{
    struct wn_token t;
    out->content = out->supported = 0;
    for (size_t pos = 0; wn_norm_token(said, &pos, &t);)
        if (is_content(l, said->text + t.start, t.len)) {
            out->content++;
            out->supported += has_like(text, said->text + t.start, t.len);
        }
    return out->content < 4 || 2 * out->supported >= out->content;
}

/* ---- the whole ---- */

/* The word of the claim as it is written that reads so in plain form. */
static const char *as_written(const char *claim, const char *plain, struct wn_arena *a)
{
    for (const char *p = claim; *p != '\0';) {
        size_t n = 0;
        while (isalnum((unsigned char)p[n]) || (unsigned char)p[n] >= 0x80)
            n++;
        if (n > 0 && strcmp(wn_plain(p, n, NULL, WN_PLAIN_CLAIM, a), plain) == 0)
            return wn_arena_copy(a, p, n);
        p += n + (n == 0);
    }
    return plain;
}

static const char *judge(const char *hit, const char *claim, const char *plain,
                         const struct wn_language *l, const struct wn_facts_in *in,
                         const struct wn_norm *said, const struct wn_norm *text, struct wn_arena *a)
{
    if (strncmp(hit, "num:", 4) == 0 &&
        (is_rounded(said, text, hit + 4, l == NULL ? wn_language_find("en") : l) ||
         counts_list(said, hit + 4)))
        return NULL;
    /* claim_check takes these two for months only beside a digit, in the source as well */
    if ((strcmp(hit, "date:march") == 0 && has_capital(in->text, "March")) ||
        (strcmp(hit, "date:may") == 0 && has_capital(in->text, "May")))
        return NULL;
    if (strcmp(hit, "support") == 0 && l != NULL && l->and_word != NULL)
        return NULL; /* it is counted anew */
    if (strncmp(hit, "name:", 5) != 0)
        return hit;
    if (wn_capital_passes(plain, hit + 5, l, in))
        return NULL;
    return wn_arena_printf(a, "name:%s", as_written(claim, hit + 5, a));
}

void wn_facts_check(const char *claim, const struct wn_language *l, const struct wn_facts_in *in,
                    struct wn_arena *a, struct wn_claim *out)
{
    const char *plain = wn_plain(claim, strlen(claim), l, WN_PLAIN_CLAIM, a), **hits, *more;
    struct wn_norm said, text;
    size_t n = 0;
    wn_claim_check(plain, strlen(plain), in->text, strlen(in->text), a, out);
    wn_norm_make(plain, strlen(plain), &said);
    wn_norm_make(in->text, strlen(in->text), &text);
    hits = wn_arena_array(a, out->nhits + 3, sizeof(*hits));
    for (size_t i = 0; i < out->nhits; i++)
        if ((hits[n] = judge(out->hits[i], claim, plain, l, in, &said, &text, a)) != NULL)
            n++;
    if (l != NULL && l->and_word != NULL && !count_support(l, &said, &text, out))
        hits[n++] = "support";
    if (in->near && has_wrong_day(plain, in->text))
        hits[n++] = "pair:";
    if (in->near && (more = doubtful_month(plain, in->text)) != NULL)
        hits[n++] = more;
    out->hits = hits;
    out->nhits = n;
    wn_norm_free(&said);
    wn_norm_free(&text);
}

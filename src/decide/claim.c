/* claim.c: see claim.h. Both texts are normalised first; what is listed is given as it was written. */
#include "decide/claim.h"
#include "decide/norm.h"
#include "decide/number.h"
#include "base/form.h"
#include <stdlib.h>
#include <string.h>

/* Words that begin a sentence with a capital and are no names. */
static const char open_words[] =
    " the this that these those there here then when while after before since because although "
    "despite "
    "during once also however overall finally his her its she they our their your you and but for "
    "with "
    "from both each all some most many first second third next now today current currently new "
    "last "
    "please yes not one customer client buyer lead prospect sender contact agent vendor supplier "
    "seller "
    "company team budget price deadline request question decision action summary status ";
/* Words of four letters and more that carry no meaning. */
static const char stop_words[] = " about after also been before both could does doing from have "
                                 "here into just more most much only "
                                 "over shall should some such than that their them then there "
                                 "these they this those very want wants "
                                 "were what when where which while will with would your ";

static const char *const months[] = { "january",   "february", "march",    "april",
                                      "may",       "june",     "july",     "august",
                                      "september", "october",  "november", "december" };
static const char *const weekdays[] = { "monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday" };
enum { MONTHS = WN_COUNT(months), WEEKDAYS = WN_COUNT(weekdays) };

struct word {
    const char *p;
    size_t n;
};

static bool equals(struct word w, const char *text)
{
    return strlen(text) == w.n && memcmp(w.p, text, w.n) == 0;
}

static bool listed(struct word w, const char *list)
{
    char padded[32] = " ";
    if (w.n + 3 > sizeof(padded))
        return false;
    memcpy(padded + 1, w.p, w.n);
    memcpy(padded + 1 + w.n, " ", 2);
    return strstr(list, padded) != NULL;
}

/* Index of the month, or -1. */
static int month_of(struct word w)
{
    for (int i = 0; i < (int)MONTHS; i++)
        if (equals(w, months[i]) || (w.n == 3 && memcmp(w.p, months[i], 3) == 0))
            return i;
    return equals(w, "sept") ? 8 : -1;
}

static int weekday_of(struct word w, bool short_too)
{
    for (int i = 0; i < (int)WEEKDAYS; i++)
        if (equals(w, weekdays[i]) || (short_too && w.n == 3 && memcmp(w.p, weekdays[i], 3) == 0))
            return i;
    if (short_too && equals(w, "tues"))
        return 1;
    return short_too && (equals(w, "thur") || equals(w, "thurs")) ? 3 : -1;
}

static bool calendar_or_number(struct word w)
{
    return month_of(w) >= 0 || weekday_of(w, true) >= 0 || wn_number_word(w.p, w.n);
}

/* ---- words of a normalised text ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 128;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The next run of letters from *pos on. *opens: it is the first of its sentence (set it to true before
 * the first call). */
static bool next_word(const struct wn_norm *t, size_t *pos, bool *opens, struct word *out)
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
static bool beside_digit(const struct wn_norm *t, struct word w)
{
    size_t start = (size_t)(w.p - t->text), end = start + w.n;
    for (size_t d = 1; d <= 4; d++)
        if ((start >= d && is_digit(t->text[start - d])) ||
            (end + d - 1 < t->len && is_digit(t->text[end + d - 1])))
            return true;
    return false;
}

static int dated_month(const struct wn_norm *t, struct word w)
{
    bool doubtful = equals(w, "march") || equals(w, "may");
    return doubtful && !beside_digit(t, w) ? -1 : month_of(w);
}

/* ---- what the source says ---- */

struct times {
    size_t start, end;
};

struct facts {
    struct wn_norm norm;
    double *value;
    struct times *time;
    struct wn_token *token;
    size_t nvalues, ntimes, ntokens;
    bool month[MONTHS], weekday[WEEKDAYS];
};

/* Room for one more in a growing array whose capacity is the next power of two. */
static void *grown(void *array, size_t n, size_t size)
{
    return (n & (n - 1)) == 0 ? wn_xrealloc(array, n == 0 ? 1 : 2 * n, size) : array;
}

static void add_value(struct facts *f, double v)
{
    f->value = grown(f->value, f->nvalues, sizeof(*f->value));
    f->value[f->nvalues++] = v;
}

static void gather_numbers(struct facts *f)
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
        f->time[f->ntimes++] = (struct times){ n.start, n.end };
        for (size_t pos = n.start; wn_number_part(f->norm.text, n.end, &pos, &part);)
            add_value(f, part);
    }
}

/* The number of at most `most` digits at *at; -1 if there is none or it is longer. */
static int small_number(const struct wn_norm *t, size_t *at, size_t most)
{
    int value = 0;
    size_t n = 0;
    while (*at + n < t->len && is_digit(t->text[*at + n]) && n <= most) {
        value = value * 10 + (t->text[*at + n] - '0');
        n++;
    }
    *at += n;
    return n == 0 || n > most ? -1 : value;
}

static void mark_month(struct facts *f, int number)
{
    if (number >= 1 && number <= (int)MONTHS)
        f->month[number - 1] = true;
}

/* yyyy-mm-dd, a/b/yyyy and a.b.yyyy at `at`; of the last two, both may be the month. */
static void gather_numeric_date(struct facts *f, size_t at)
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

static void gather_dates(struct facts *f)
{
    const struct wn_norm *t = &f->norm;
    struct word w;
    bool opens = true;
    for (size_t pos = 0; next_word(t, &pos, &opens, &w);) {
        int month = dated_month(t, w), day = weekday_of(w, true);
        if (month >= 0)
            f->month[month] = true;
        if (day >= 0)
            f->weekday[day] = true;
    }
    for (size_t i = 0; i < t->len; i++)
        if (is_digit(t->text[i]) && (i == 0 || !is_digit(t->text[i - 1])))
            gather_numeric_date(f, i);
}

static void gather_tokens(struct facts *f)
{
    struct wn_token t;
    for (size_t pos = 0; wn_norm_token(&f->norm, &pos, &t);) {
        f->token = grown(f->token, f->ntokens, sizeof(*f->token));
        f->token[f->ntokens++] = t;
    }
}

static bool has_value(const struct facts *f, double v)
{
    for (size_t i = 0; i < f->nvalues; i++)
        if (wn_number_same(f->value[i], v))
            return true;
    return false;
}

/* The word is a token of the source, or both are long and begin alike. */
static bool has_word(const struct facts *f, struct word w)
{
    for (size_t i = 0; i < f->ntokens; i++) {
        const char *have = f->norm.text + f->token[i].start;
        if ((f->token[i].len == w.n && memcmp(have, w.p, w.n) == 0) ||
            (w.n >= 5 && f->token[i].len >= 5 && memcmp(have, w.p, 5) == 0))
            return true;
    }
    return false;
}

/* ---- the list of hits ---- */

struct hits {
    struct wn_arena *a;
    const char **text;
    size_t n, cap;
};

/* Each once. */
static void add_hit(struct hits *h, const char *kind, const char *text, size_t len)
{
    const char *hit = wn_arena_printf(h->a, "%s%.*s", kind, (int)len, text);
    for (size_t i = 0; i < h->n; i++)
        if (strcmp(h->text[i], hit) == 0)
            return;
    if (h->n == h->cap) {
        const char **more =
            wn_arena_array(h->a, h->cap = h->cap == 0 ? 8 : 2 * h->cap, sizeof(*more));
        if (h->n > 0)
            memcpy(more, h->text, h->n * sizeof(*more));
        h->text = more;
    }
    h->text[h->n++] = hit;
}

static bool same_letters(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char x = a[i], y = b[i];
        x = x >= 'A' && x <= 'Z' ? (char)(x + 32) : x;
        y = y >= 'A' && y <= 'Z' ? (char)(y + 32) : y;
        if (x != y)
            return false;
    }
    return true;
}

static bool has_address(const char *source, size_t len, const char *address, size_t n)
{
    struct wn_span s;
    for (size_t from = 0; wn_form_find(WN_FORM_EMAIL, source, len, from, &s) && s.end > from;
         from = s.end)
        if (s.end - s.start == n && same_letters(source + s.start, address, n))
            return true;
    return false;
}

/* Addresses that are not in the source; each is blanked out of `claim`. */
static void check_addresses(char *claim, size_t len, const char *source, size_t source_len,
                            struct hits *h)
{
    struct wn_span s;
    for (size_t from = 0; wn_form_find(WN_FORM_EMAIL, claim, len, from, &s) && s.end > from;
         from = s.end) {
        if (!has_address(source, source_len, claim + s.start, s.end - s.start))
            add_hit(h, "email:", claim + s.start, s.end - s.start);
        memset(claim + s.start, ' ', s.end - s.start);
    }
}

static bool same_time(const struct wn_norm *a, struct times x, const struct wn_norm *b,
                      struct times y)
{
    double one, other;
    while (wn_number_part(a->text, x.end, &x.start, &one))
        if (!wn_number_part(b->text, y.end, &y.start, &other) || one != other)
            return false;
    return y.start >= y.end;
}

/* "3:00" stands in a source that says "3 pm", and in one that says "03:00". */
static bool has_time(const struct facts *f, const struct wn_norm *c, struct times t)
{
    double part;
    bool first = true;
    for (size_t i = 0; i < f->ntimes; i++)
        if (same_time(c, t, &f->norm, f->time[i]))
            return true;
    for (size_t pos = t.start; wn_number_part(c->text, t.end, &pos, &part); first = false)
        if (!has_value(f, part) && (first || part != 0))
            return false;
    return true;
}

static void check_numbers(const struct wn_norm *c, const struct facts *f, struct hits *h)
{
    struct wn_number_scan scan = { c->text, c->len, 0, 0 };
    struct wn_number n;
    while (wn_number_next(&scan, &n)) {
        bool found = n.time && has_time(f, c, (struct times){ n.start, n.end });
        for (int i = 0; i < n.nvalues && !found; i++)
            found = has_value(f, n.value[i]);
        if (!found)
            add_hit(h, "num:", c->text + n.start, n.end - n.start);
    }
}

static void check_dates(const struct wn_norm *c, const struct facts *f, struct hits *h)
{
    struct word w;
    bool opens = true;
    for (size_t pos = 0; next_word(c, &pos, &opens, &w);) {
        int month = dated_month(c, w), day = weekday_of(w, false);
        if (month >= 0 && !f->month[month])
            add_hit(h, "date:", months[month], strlen(months[month]));
        if (day >= 0 && !f->weekday[day])
            add_hit(h, "date:", weekdays[day], strlen(weekdays[day]));
    }
}

/* `raw` is the claim that c was made of: capitals are seen there. */
static void check_names(const struct wn_norm *c, const char *raw, const struct facts *f,
                        struct hits *h)
{
    struct word w;
    bool opens = true;
    for (size_t pos = 0; next_word(c, &pos, &opens, &w);) {
        size_t at = (size_t)(w.p - c->text), start = c->at[at].start;
        if (w.n < 3 || raw[start] < 'A' || raw[start] > 'Z' || calendar_or_number(w) ||
            (opens && listed(w, open_words)) || has_word(f, w))
            continue;
        add_hit(h, "name:", raw + start, c->at[at + w.n - 1].end - start);
    }
}

static bool has_digit(struct word w)
{
    for (size_t i = 0; i < w.n; i++)
        if (is_digit(w.p[i]))
            return true;
    return false;
}

static void check_support(const struct wn_norm *c, const struct facts *f, struct hits *h,
                          struct wn_claim *out)
{
    struct wn_token t;
    for (size_t pos = 0; wn_norm_token(c, &pos, &t);) {
        struct word w = { c->text + t.start, t.len };
        if (w.n < 4 || has_digit(w) || listed(w, stop_words) || calendar_or_number(w))
            continue;
        out->content++;
        out->supported += has_word(f, w);
    }
    if (out->content >= 4 && 2 * out->supported < out->content)
        add_hit(h, "support", "", 0);
}

void wn_claim_check(const char *claim, size_t claim_len, const char *source, size_t source_len,
                    struct wn_arena *a, struct wn_claim *out)
{
    struct hits h = { a, NULL, 0, 0 };
    struct facts f = { 0 };
    struct wn_norm c = { 0 };
    char *raw = wn_arena_copy(a, claim, claim_len);
    *out = (struct wn_claim){ 0 };
    wn_norm_make(source, source_len, &f.norm);
    gather_numbers(&f);
    gather_dates(&f);
    gather_tokens(&f);
    check_addresses(raw, claim_len, source, source_len, &h);
    wn_norm_make(raw, claim_len, &c);
    check_numbers(&c, &f, &h);
    check_dates(&c, &f, &h);
    check_names(&c, raw, &f, &h);
    check_support(&c, &f, &h, out);
    out->hits = h.text;
    out->nhits = h.n;
    wn_norm_free(&c);
    wn_norm_free(&f.norm);
    free(f.value);
    free(f.time);
    free(f.token);
}

bool wn_claim_has(const struct wn_claim *c, const char *kind)
{
    for (size_t i = 0; i < c->nhits; i++)
        if (strncmp(c->hits[i], kind, strlen(kind)) == 0)
            return true;
    return false;
}

/* evidence.c: the ladder of quote_match, and values against their quotes; see evidence.h. */
#include "decide/evidence.h"
#include "decide/claim.h"
#include "decide/norm.h"
#include <stdlib.h>
#include <string.h>

/* Whole span of a quote with "..." in it, and the least length of its parts, in bytes. */
enum { ELLIPSIS_SPAN = 600, ELLIPSIS_PART = 8, FUZZY_TOKENS = 4 };
/* A fuzzy match is never verified, so looking for one may cost only so many steps. */
enum { FUZZY_WORK = 1 << 23 };

struct span {
    const char *p;
    size_t n;
};

static bool ends_in(struct span s, const char *bytes)
{
    size_t n = strlen(bytes);
    return s.n >= n && memcmp(s.p + s.n - n, bytes, n) == 0;
}

static bool begins_with(struct span s, const char *bytes)
{
    size_t n = strlen(bytes);
    return s.n >= n && memcmp(s.p, bytes, n) == 0;
}

/* Without white space and quotation marks at both ends. */
static struct span trim_quote(struct span s)
{
    static const char *const off[] = { " ", "\t", "\r", "\n", "\"", "\u201c", "\u201d" };
    bool again = true;
    while (again && s.n > 0) {
        again = false;
        for (size_t i = 0; i < WN_COUNT(off); i++) {
            size_t n = strlen(off[i]);
            if (begins_with(s, off[i])) {
                s = (struct span){ s.p + n, s.n - n };
                again = true;
            }
            if (ends_in(s, off[i])) {
                s.n -= n;
                again = true;
            }
        }
    }
    return s;
}

static struct span trim_part(struct span s)
{
    while (s.n > 0 && strchr(" .,", s.p[0]) != NULL)
        s = (struct span){ s.p + 1, s.n - 1 };
    while (s.n > 0 && strchr(" .,", s.p[s.n - 1]) != NULL)
        s.n--;
    return s;
}

static bool is_weak(const struct wn_norm *quote)
{
    struct wn_token t;
    size_t tokens = 0;
    for (size_t pos = 0; wn_norm_token(quote, &pos, &t);)
        tokens++;
    return tokens < 3 && quote->len < 12 && strpbrk(quote->text, "0123456789@") == NULL;
}

static bool match_normalised(const struct wn_norm *src, const struct wn_norm *quote,
                             struct wn_match *m)
{
    size_t at = wn_find(src->text, src->len, 0, quote->text, quote->len);
    if (at == SIZE_MAX)
        return false;
    m->status = WN_EVIDENCE_NORMALISED;
    m->start = src->at[at].start;
    m->end = src->at[at + quote->len - 1].end;
    return true;
}

/* "we need 40 seats ... by March": the parts, in this order, not far apart. */
static bool match_ellipsis(const struct wn_norm *src, const struct wn_norm *quote,
                           struct wn_match *m)
{
    size_t from = 0, pos = 0, parts = 0, start = 0, end = 0;
    if (wn_find(quote->text, quote->len, 0, "...", 3) == SIZE_MAX)
        return false;
    while (pos <= quote->len) {
        size_t dots = wn_find(quote->text, quote->len, pos, "...", 3);
        size_t stop = dots == SIZE_MAX ? quote->len : dots;
        struct span part = trim_part((struct span){ quote->text + pos, stop - pos });
        pos = stop + 3;
        if (part.n == 0)
            continue; /* the quote begins or ends with the dots */
        size_t at =
            part.n < ELLIPSIS_PART ? SIZE_MAX : wn_find(src->text, src->len, from, part.p, part.n);
        if (at == SIZE_MAX)
            return false;
        if (parts++ == 0)
            start = src->at[at].start;
        from = at + part.n;
        end = src->at[from - 1].end;
    }
    if (parts == 0 || end - start > ELLIPSIS_SPAN)
        return false;
    m->status = WN_EVIDENCE_ELLIPSIS;
    m->start = start;
    m->end = end;
    return true;
}

/* ---- fuzzy: the longest common subsequence of tokens over a sliding window ---- */

struct tokens {
    struct wn_token *at;
    size_t *id; /* equal tokens of the quote have equal ids from 1 on; 0 = not in the quote */
    size_t n;
};

static struct tokens tokens_of(const struct wn_norm *n)
{
    struct tokens t = { NULL, NULL, 0 };
    struct wn_token one;
    size_t cap = 0;
    for (size_t pos = 0; wn_norm_token(n, &pos, &one);) {
        if (t.n == cap) {
            cap = cap == 0 ? 64 : cap * 2;
            t.at = wn_xrealloc(t.at, cap, sizeof(*t.at));
        }
        t.at[t.n++] = one;
    }
    t.id = wn_xcalloc(t.n, sizeof(*t.id));
    return t;
}

static void tokens_free(struct tokens *t)
{
    free(t->at);
    free(t->id);
}

/* Ids for both sides: the place of the token's first appearance in the quote, counted from 1. */
static void number(const struct wn_norm *from, struct tokens *t, const struct wn_norm *quote,
                   const struct tokens *q)
{
    for (size_t i = 0; i < t->n; i++)
        for (size_t k = 0; k < q->n && t->id[i] == 0; k++)
            if (t->at[i].len == q->at[k].len &&
                memcmp(from->text + t->at[i].start, quote->text + q->at[k].start, t->at[i].len) ==
                    0)
                t->id[i] = k + 1;
}

static size_t common_subsequence(const size_t *a, size_t n, const size_t *b, size_t m, size_t *row)
{
    memset(row, 0, (m + 1) * sizeof(*row));
    for (size_t i = 0; i < n; i++) {
        size_t diagonal = 0;
        for (size_t j = 1; j <= m; j++) {
            size_t above = row[j];
            if (a[i] == b[j - 1])
                row[j] = diagonal + 1;
            else if (row[j - 1] > above)
                row[j] = row[j - 1];
            diagonal = above;
        }
    }
    return row[m];
}

static bool match_fuzzy(const struct wn_norm *src, const struct wn_norm *quote, struct wn_match *m)
{
    struct tokens s = tokens_of(src), q = tokens_of(quote);
    size_t *row = wn_xcalloc(q.n + 1, sizeof(*row));
    size_t width = q.n + (q.n + 3) / 4, best = 0, best_at = 0, known = 0, need;
    size_t work = s.n * (q.n + 1);
    need = (9 * q.n + 9) / 10; /* 0.9 of the quote's tokens, rounded up */
    if (q.n < FUZZY_TOKENS || s.n < need || work > FUZZY_WORK)
        goto done;
    number(src, &s, quote, &q);
    number(quote, &q, quote, &q);
    if (width > s.n)
        width = s.n;
    for (size_t i = 0; i < width; i++)
        known += s.id[i] != 0;
    for (size_t i = 0; i + width <= s.n && best < q.n && work < FUZZY_WORK; i++) {
        /* a window with fewer known tokens than that cannot be better */
        if (known >= need && known > best) {
            size_t common = common_subsequence(s.id + i, width, q.id, q.n, row);
            work += width * q.n;
            if (common > best) {
                best = common;
                best_at = i;
            }
        }
        known -= s.id[i] != 0;
        known += i + width < s.n && s.id[i + width] != 0;
    }
    if (best >= need) {
        const struct wn_token *last = &s.at[best_at + width - 1];
        m->status = WN_EVIDENCE_FUZZY;
        m->start = src->at[s.at[best_at].start].start;
        m->end = src->at[last->start + last->len - 1].end;
    }
done:
    free(row);
    tokens_free(&s);
    tokens_free(&q);
    return m->status == WN_EVIDENCE_FUZZY;
}

struct wn_match wn_quote_match(const char *source, size_t source_len, const char *quote,
                               size_t quote_len)
{
    struct wn_match m = { WN_EVIDENCE_NONE, 0, 0, true };
    struct span q = trim_quote((struct span){ quote, quote_len });
    struct wn_norm src = { 0 }, nq = { 0 };
    size_t at;
    wn_norm_make(q.p, q.n, &nq);
    if (nq.len == 0)
        goto done;
    m.weak = is_weak(&nq);
    at = wn_find(source, source_len, 0, q.p, q.n);
    if (at != SIZE_MAX) {
        m.status = WN_EVIDENCE_EXACT;
        m.start = at;
        m.end = at + q.n;
        goto done;
    }
    wn_norm_make(source, source_len, &src);
    if (!match_normalised(&src, &nq, &m) && !match_ellipsis(&src, &nq, &m) &&
        !match_fuzzy(&src, &nq, &m))
        m.status = WN_EVIDENCE_NOT_FOUND;
done:
    wn_norm_free(&src);
    wn_norm_free(&nq);
    return m;
}

bool wn_match_verified(const struct wn_match *m)
{
    return !m->weak && (m->status == WN_EVIDENCE_EXACT || m->status == WN_EVIDENCE_NORMALISED ||
                        m->status == WN_EVIDENCE_ELLIPSIS);
}

/* The enum runs from good to bad, with NONE (no quote, so nothing to judge) before all. */
enum wn_evidence wn_evidence_worse(enum wn_evidence a, enum wn_evidence b)
{
    return a > b ? a : b;
}

const char *wn_evidence_name(enum wn_evidence e)
{
    static const char *const name[] = {
        [WN_EVIDENCE_NONE] = "none",
        [WN_EVIDENCE_EXACT] = "exact",
        [WN_EVIDENCE_NORMALISED] = "normalised",
        [WN_EVIDENCE_ELLIPSIS] = "ellipsis",
        [WN_EVIDENCE_FUZZY] = "fuzzy",
        [WN_EVIDENCE_NOT_FOUND] = "not_found",
    };
    return name[e];
}

/* ---- value and quote ---- */

static bool token_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (unsigned char)c >= 128;
}

/* The value stands in the quote, not as part of a longer word or number. */
static bool stands_in(const char *value, const char *quote)
{
    struct wn_norm v, q;
    bool found = false;
    wn_norm_make(value, strlen(value), &v);
    wn_norm_make(quote, strlen(quote), &q);
    for (size_t at = 0; !found; at++) {
        at = wn_find(q.text, q.len, at, v.text, v.len);
        if (at == SIZE_MAX)
            break;
        found = !(at > 0 && token_byte(v.text[0]) && token_byte(q.text[at - 1])) &&
                !(at + v.len < q.len && token_byte(v.text[v.len - 1]) &&
                  token_byte(q.text[at + v.len]));
    }
    wn_norm_free(&v);
    wn_norm_free(&q);
    return found;
}

static bool same_form_in(enum wn_form form, const char *value, const char *quote,
                         struct wn_arena *a)
{
    const char *want = wn_form_canonical(form, value, a);
    size_t len = strlen(quote);
    struct wn_span s;
    for (size_t from = 0; from < len && wn_form_find(form, quote, len, from, &s); from = s.end) {
        const char *part = wn_arena_copy(a, quote + s.start, s.end - s.start);
        if (strcmp(wn_form_canonical(form, part, a), want) == 0)
            return true;
        if (s.end <= from)
            break;
    }
    return false;
}

/* "5000" in "five thousand": the numbers, names and dates of the value are those of the quote. */
static bool same_numbers(const char *value, const char *quote, struct wn_arena *a)
{
    struct wn_claim c;
    if (strpbrk(value, "0123456789") == NULL)
        return false;
    wn_claim_check(value, strlen(value), quote, strlen(quote), a, &c);
    return c.nhits == 0;
}

bool wn_value_in_quote(enum wn_form form, const char *value, const char *quote)
{
    struct wn_arena a = WN_ARENA_INIT;
    bool found = stands_in(value, quote);
    if (!found && form != WN_FORM_NONE)
        found = same_form_in(form, value, quote, &a);
    if (!found && (form == WN_FORM_MONEY || form == WN_FORM_DATE || form == WN_FORM_NUMBER))
        found = same_numbers(value, quote, &a);
    wn_arena_free(&a);
    return found;
}

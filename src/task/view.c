/* view.c: a text as a reader sees it: every kind of space is a space and every dash a hyphen, full-width
 * letters and digits are plain ones, and what has no width is not there. Mail is full of them ("+49 30" with
 * spaces that do not break), and a rule for telephone numbers should not have to know. */
#include "base/utf8.h"
#include "task/details.h"

/* How the character is seen; 0: not at all. */
static uint32_t seen(uint32_t c)
{
    static const struct {
        uint32_t from, to;
        char as; /* '\0': not at all */
    } row[] = {
        { 0x00a0, 0x00a0, ' ' },  { 0x00ad, 0x00ad, '\0' }, { 0x1680, 0x1680, ' ' },
        { 0x2000, 0x200a, ' ' },  { 0x200b, 0x200f, '\0' }, { 0x2010, 0x2015, '-' },
        { 0x202a, 0x202e, '\0' }, { 0x202f, 0x202f, ' ' },  { 0x205f, 0x205f, ' ' },
        { 0x2060, 0x2069, '\0' }, { 0x2212, 0x2212, '-' },  { 0x3000, 0x3000, ' ' },
        { 0xfe58, 0xfe58, '-' },  { 0xfe63, 0xfe63, '-' },  { 0xfeff, 0xfeff, '\0' },
    };
    if (c >= 0xff01 && c <= 0xff5e)
        return c - 0xff01 + '!';
    for (size_t i = 0; i < WN_COUNT(row); i++)
        if (c >= row[i].from && c <= row[i].to)
            return (uint32_t)row[i].as;
    return c;
}

static bool all_as_seen(const char *s, size_t n)
{
    size_t used;
    for (size_t i = 0; i < n; i += used) {
        uint32_t c = wn_utf8_next(s + i, n - i, &used);
        if (c >= 0x80 && seen(c) != c)
            return false;
    }
    return true;
}

void wn_view_of(const char *s, size_t n, struct wn_arena *a, struct wn_view *out)
{
    char *to;
    size_t *at, used, len = 0;
    *out = (struct wn_view){ s, n, NULL };
    if (all_as_seen(s, n))
        return;
    to = wn_arena_alloc(a, n + 1);
    at = wn_arena_array(a, n + 1, sizeof(*at));
    for (size_t i = 0; i < n; i += used) {
        uint32_t c = wn_utf8_next(s + i, n - i, &used), as = c < 0x80 ? c : seen(c);
        bool same = c == as;
        for (size_t k = 0; k < (same ? used : as != 0); k++) {
            at[len] = i + k;
            to[len++] = same ? s[i + k] : (char)as;
        }
    }
    at[len] = n;
    to[len] = '\0';
    *out = (struct wn_view){ to, len, at };
}

struct wn_span wn_view_back(const struct wn_view *v, struct wn_span seen_at)
{
    return v->at == NULL ? seen_at
                         : (struct wn_span){ v->at[seen_at.start], v->at[seen_at.end] };
}

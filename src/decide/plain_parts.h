/* plain_parts.h: what plain.c (words, money, the whole) and plain_digits.c (dates, times, thousands) share. Private to
 * them. */
#ifndef WN_DECIDE_PLAIN_PARTS_H
#define WN_DECIDE_PLAIN_PARTS_H
#include "base/buf.h"
#include "decide/language.h"

/* A text on its way: what stands from `at` on is not done yet. */
struct wn_plain_text {
    const char *s;
    size_t n, at;
    const struct wn_language *l;
    bool source;
    struct wn_buf out;
};

extern const char *const wn_plain_months[12];

static inline bool wn_plain_is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static inline bool wn_plain_digit(const struct wn_plain_text *p, size_t at)
{
    return at < p->n && wn_plain_is_digit(p->s[at]);
}
bool wn_plain_german(const struct wn_plain_text *p);
/* A letter at `at`: its length, or 0. Beyond ASCII all is one but signs and general punctuation. */
size_t wn_plain_letter(const struct wn_plain_text *p, size_t at);
/* A space, also one that does not break; its length, or 0. */
size_t wn_plain_space(const struct wn_plain_text *p, size_t at);
/* Write what begins with the digits at p->at, and go behind it. */
void wn_plain_digits(struct wn_plain_text *p);

#endif

/* form_rules.h: what the rules of form.c, form_money.c, form_date.c and form_name.c share. Private to
 * them. Texts are UTF-8 and need not end with NUL; positions are bytes. */
#ifndef WN_BASE_FORM_RULES_H
#define WN_BASE_FORM_RULES_H
#include "base/form.h"
#include <string.h>

static inline bool wn_form_digit(char c)
{
    return c >= '0' && c <= '9';
}
static inline bool wn_form_blank(char c)
{
    return c == ' ' || c == '\t';
}
static inline bool wn_form_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}
/* Is there a letter, digit or '_' at `at`, or right before it? Beyond ASCII: all but punctuation, spaces
 * and signs. */
bool wn_form_word_at(const char *s, size_t n, size_t at);
bool wn_form_word_before(const char *s, size_t at);

/* The phrase (letter case of ASCII ignored, a space = white space without a blank line) stands at `at`
 * and ends a word: its end, else 0. */
size_t wn_form_phrase(const char *s, size_t n, size_t at, const char *phrase);
/* The longest of the phrases, NULL-terminated. */
size_t wn_form_one_of(const char *s, size_t n, size_t at, const char *const *phrases);
/* One of the phrases stands right before `at`, with only white space and the bytes in `skip` between. */
bool wn_form_after(const char *s, size_t at, const char *skip, const char *const *phrases);
/* Past white space, at most one line end. */
size_t wn_form_skip(const char *s, size_t n, size_t at);

/* "1.200,50", "5 000", "12'000.5", "20k", "1.5 million" at `at`: its end, else 0. */
size_t wn_form_amount(const char *s, size_t n, size_t at, double *value);
/* A currency at `at` ("EUR", "US$", "€", "euros"): its end, else 0; *code is its ISO code. */
size_t wn_form_currency(const char *s, size_t n, size_t at, const char **code);

/* The longest thing of this form that begins exactly at `at`: its end, else 0. */
size_t wn_form_money(const char *s, size_t n, size_t at);
size_t wn_form_date(const char *s, size_t n, size_t at);
/* year, month, day of a full date; false where a part is missing or the order is not certain. */
bool wn_form_full_date(const char *s, size_t n, int ymd[3]);
size_t wn_form_person(const char *s, size_t n, size_t at);
size_t wn_form_company(const char *s, size_t n, size_t at);
size_t wn_form_title(const char *s, size_t n, size_t at);

#endif

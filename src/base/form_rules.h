/* form_rules.h: what the rules of form.c and its sisters form_*.c share. Private to them. Texts are UTF-8 and need not end with NUL; positions are bytes. */
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
static inline char wn_form_lower(char c)
{
    return wn_form_upper(c) ? (char)(c + 32) : c;
}
static inline bool wn_form_alpha(char c)
{
    return wn_form_lower(c) >= 'a' && wn_form_lower(c) <= 'z';
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
size_t wn_form_email(const char *s, size_t n, size_t at);
size_t wn_form_url(const char *s, size_t n, size_t at);
size_t wn_form_phone(const char *s, size_t n, size_t at);
size_t wn_form_money(const char *s, size_t n, size_t at);
size_t wn_form_date(const char *s, size_t n, size_t at);
/* Written as identifiers are, whatever stands before it. */
size_t wn_form_identifier(const char *s, size_t n, size_t at);
/* year, month, day of a full date; false where a part is missing or the order is not certain. */
bool wn_form_full_date(const char *s, size_t n, int ymd[3]);
size_t wn_form_person(const char *s, size_t n, size_t at);
size_t wn_form_company(const char *s, size_t n, size_t at);
size_t wn_form_title(const char *s, size_t n, size_t at);

/* ---- names (form_person.c, form_title.c, form_company.c) ---- */

bool wn_form_capital(const char *s, size_t n, size_t at);
/* A letter, that is no digit and no '_'. */
bool wn_form_letter(const char *s, size_t n, size_t at);
/* Past letters, with an apostrophe or hyphen between two of them. */
size_t wn_form_letters(const char *s, size_t n, size_t at);
/* Past spaces and tabs. */
size_t wn_form_blanks(const char *s, size_t n, size_t at);
/* Does the line begin at `at`, blanks and dashes aside? Then *start is where. */
bool wn_form_first_on_line(const char *s, size_t at, size_t *start);
/* The last line before `start` that is not blank, at most one blank one between. */
bool wn_form_line_before(const char *s, size_t start, struct wn_span *out);
/* Nothing but the end of the line or of a name stands at `at`. */
bool wn_form_name_ends(const char *s, size_t n, size_t at);
/* "Label: " right before `at`, the label at the start of its line. */
bool wn_form_labelled(const char *s, size_t at, const char *const *labels);
/* Back over blanks and one separator: "Jane Doe, ", "Jane Doe | ", "Jane Doe (". 0 = there is none. */
size_t wn_form_before_separator(const char *s, size_t at);
/* A name that signs begins at `at`: its end, else 0. Is `at` on the line under one? */
size_t wn_form_signature(const char *s, size_t n, size_t at);
bool wn_form_under_signature(const char *s, size_t n, size_t at);
/* Does a person's name, or a job title, by rule, end at `at`? */
bool wn_form_person_ends(const char *s, size_t n, size_t at);
bool wn_form_title_ends(const char *s, size_t n, size_t at);

#endif

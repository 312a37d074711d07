/* details.h: what in an item may tell who somebody is, beside what base/form.h finds. Private to redact.c.
 *
 * Cards by issuer, length and check digit (Luhn); IBANs by their country's length and check digits (mod 97);
 * links that carry more than a place; all mail addresses; names that a field gives. Texts as in
 * form.h. */
#ifndef WN_TASK_DETAILS_H
#define WN_TASK_DETAILS_H
#include "base/form.h"
#include "task/answer.h"

/* Where a card number or IBAN that begins exactly at `at` ends, or 0. */
size_t wn_detail_card(const char *s, size_t n, size_t at);
size_t wn_detail_bank(const char *s, size_t n, size_t at);
/* The next link from `from` on that has a query, a fragment, a user or a long token in its path: of those
 * that form.h finds; and of those that it does not. */
bool wn_detail_url(const char *s, size_t n, size_t from, struct wn_span *out);
bool wn_detail_link(const char *s, size_t n, size_t from, struct wn_span *out);
/* The next mail address, also with letters beyond ASCII, or beside text without spaces. */
bool wn_detail_email(const char *s, size_t n, size_t from, struct wn_span *out);

/* ---- view.c ---- */

struct wn_view {
    const char *s;
    size_t n;
    const size_t *at; /* where each byte of s, and its end, stands in the text; NULL: s is the text */
};
/* The text as it is seen; in the arena. */
void wn_view_of(const char *s, size_t n, struct wn_arena *a, struct wn_view *out);
/* Where in the text the span of the view stands. */
struct wn_span wn_view_back(const struct wn_view *v, struct wn_span seen_at);

/* ---- names.c ---- */

/* Begins with nothing but its arena. */
struct wn_names {
    struct {
        const char *text;
        size_t len, next; /* next: of its slot, 0 = none, else index + 1 */
    } * list;
    size_t n, cap;
    size_t *slots, nslots; /* by the first bytes */
    struct wn_arena *arena;
};
/* Add every name that a field gives: whole, and each of its words, as they are seen. `a` is for the way. */
void wn_names_gather(const struct wn_field *fields, size_t n, struct wn_arena *a,
                     struct wn_names *out);
/* Add every number that stands in a field for telephone numbers. */
void wn_names_gather_phones(const struct wn_field *fields, size_t n, struct wn_arena *a,
                            struct wn_names *out);
/* The next of them from `from` on, as a word; of several that begin there the longest. */
bool wn_names_next(const struct wn_names *names, const char *s, size_t n, size_t from,
                   struct wn_span *out);
/* Is a field of this name one for a person's name, or for a telephone number? */
bool wn_names_is_field(const char *field);
bool wn_names_is_phone(const char *field);

#endif

/* form.h: things in a text that have a form: addresses, telephone numbers, money, dates.
 *
 * Used where a `text` question is answered without a model (linear/), where a null answer is doubted
 * because the text has such a thing (decide/), and where a value is compared with its quote. It finds
 * what looks right and stays silent where it is not sure: a guess is worse than nothing. */
#ifndef WN_BASE_FORM_H
#define WN_BASE_FORM_H
#include "base/arena.h"

enum wn_form {
    WN_FORM_NONE, /* free text: no pattern */
    WN_FORM_EMAIL,
    WN_FORM_PHONE,
    WN_FORM_URL,
    WN_FORM_MONEY,    /* an amount with a currency: "$3k", "EUR 1.200,50", "5.000 €" */
    WN_FORM_DATE,     /* a calendar date or weekday or "by Friday", "end of Q3", "in two weeks" */
    WN_FORM_NUMBER,   /* an identifier with digits: order, invoice, ticket or account number */
    WN_FORM_CURRENCY, /* "EUR", "$" */
    WN_FORM_PERSON,   /* only where a rule finds it: "I am X", "my name is X", a signature line */
    WN_FORM_COMPANY,  /* only where a rule finds it: "we at X", "X GmbH", a signature line */
    WN_FORM_JOB_TITLE
};

/* The name used in task.json ("email", "job_title"), or WN_FORM_NONE for NULL and unknown ones. */
enum wn_form wn_form_named(const char *name);
const char *wn_form_name(enum wn_form form);

struct wn_span {
    size_t start, end; /* bytes, end exclusive */
};
/* The next thing of this form in text[from..len), longest first at the leftmost place, or false. */
bool wn_form_find(enum wn_form form, const char *text, size_t len, size_t from,
                  struct wn_span *out);
/* The thing of this form that words announce: "Total  EUR 90", "Due: 4 May", "Company ..... Acme". A word earlier
 * in the list wins over a place earlier in the text. Amounts need no currency here; numbers stand right
 * behind the word, names behind a label, the rest anywhere in the line, or the next where that ends it. */
bool wn_form_find_near(enum wn_form form, const char *text, size_t len, const char *const *words,
                       size_t nwords, struct wn_span *out);
/* The first line, where it looks like the name on a letterhead. */
bool wn_form_letterhead(const char *text, size_t len, struct wn_span *out);
/* One canonical form for comparing: addresses and URLs lower-cased, telephone numbers digits only
 * with a leading + kept, amounts as "1200.50 EUR", full dates as "2026-11-30"; other text trimmed and
 * folded. Lives in the arena. */
const char *wn_form_canonical(enum wn_form form, const char *value, struct wn_arena *a);
/* Do two values mean the same: one canonical form, where an amount may name no currency? */
bool wn_form_same(enum wn_form form, const char *x, const char *y);

/* 1 to 12 if the word, in lower case, names a month in English, German, French, Spanish, Italian or Dutch, else
 * 0; *alone: no other word of theirs is spelt so. 1 (Monday) to 7 for a day of the week. */
int wn_form_month(const char *word, size_t len, bool *alone);
int wn_form_weekday(const char *word, size_t len);

#endif

/* claim_source.h: what a source says, gathered once for claim.c: its numbers, times, months, days and words; and the
 * words of the calendar, which both need. Private to decide/. */
#ifndef WN_DECIDE_CLAIM_SOURCE_H
#define WN_DECIDE_CLAIM_SOURCE_H
#include "decide/claim.h"
#include "decide/norm.h"
#include "decide/number.h"

struct wn_claim_word {
    const char *p;
    size_t n;
};
extern const char *const wn_claim_months[12], *const wn_claim_weekdays[7];

static inline bool wn_claim_is_digit(char c)
{
    return c >= '0' && c <= '9';
}
/* The next run of letters of a normalised text from *pos on. *opens: it is the first of its sentence (set it to
 * true before the first call). */
bool wn_claim_next_word(const struct wn_norm *t, size_t *pos, bool *opens,
                        struct wn_claim_word *out);
/* Index of the month, or -1; "may" and "march" are months only beside a digit. */
int wn_claim_month(const struct wn_norm *t, struct wn_claim_word w);
int wn_claim_weekday(struct wn_claim_word w, bool short_too);
/* A month, a day of the week, or a number. */
bool wn_claim_calendar(struct wn_claim_word w);

struct wn_claim_times {
    size_t start, end;
};
struct wn_claim_facts {
    struct wn_norm norm;
    double *value;
    struct wn_claim_times *time;
    struct wn_token *token;
    size_t nvalues, ntimes, ntokens;
    bool month[12], weekday[7];
};
void wn_claim_gather(const char *source, size_t len, struct wn_claim_facts *out);
void wn_claim_clear(struct wn_claim_facts *f);
bool wn_claim_has_value(const struct wn_claim_facts *f, double v);
/* The word is a token of the source, or both are long and begin alike. */
bool wn_claim_has_word(const struct wn_claim_facts *f, struct wn_claim_word w);

#endif

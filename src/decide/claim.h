/* claim.h: what of a sentence does not stand in its source: numbers, dates, names, addresses, and too
 * few of its words. confidence.md section 11, `claim_check`. */
#ifndef WN_DECIDE_CLAIM_H
#define WN_DECIDE_CLAIM_H
#include "base/arena.h"

/* Hits as "num:3.5", "name:Acme", "support", in the page's order. */
void wn_claim_check(const char *claim, size_t claim_len, const char *source, size_t source_len,
                    struct wn_arena *a, const char *const **hits, size_t *n);

#endif

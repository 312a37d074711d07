/* claim.h: what of a sentence does not stand in its source: numbers, dates, names, addresses, and too
 * few of its words. confidence.md section 11, `claim_check`. It finds changed numbers, swapped names and
 * invented facts; it cannot find a negation or swapped roles. */
#ifndef WN_DECIDE_CLAIM_H
#define WN_DECIDE_CLAIM_H
#include "base/arena.h"

struct wn_claim {
    const char *const
        *hits; /* "num:3.5", "name:Acme", "support", in the page's order; in the arena */
    size_t nhits;
    size_t content, supported; /* words that carry meaning, and those of them in the source */
};
void wn_claim_check(const char *claim, size_t claim_len, const char *source, size_t source_len,
                    struct wn_arena *a, struct wn_claim *out);
/* Does one of the hits begin with this kind ("num:", "support")? */
bool wn_claim_has(const struct wn_claim *c, const char *kind);

#endif

/* facts.h: claim_check (claim.h) for sentences as people and models write them, in several languages: both texts in
 * plain form (plain.h), and what it lists looked at once more, because the page's rules are English and know no
 * rounding, no abbreviations and no nouns with capitals. What is added is stricter, too: days that are paired with
 * another month. Pure. */
#ifndef WN_DECIDE_FACTS_H
#define WN_DECIDE_FACTS_H
#include "decide/claim.h"
#include "decide/plain.h"

/* What a sentence is held against. */
struct wn_facts_in {
    const char *text;  /* plain, as of a source */
    const char *whole; /* of the same sources everything, as `text` itself or more */
    bool foreign;      /* they are not in the claim's language */
    bool near;         /* the text is so short that days and months in it belong together: quotes */
};
/* `claim` as it is written, in language l (NULL: not known). Hits beside those of claim.h: "pair:", a day
 * with another month. The texts of names are as they are written, of numbers as in plain form. */
void wn_facts_check(const char *claim, const struct wn_language *l, const struct wn_facts_in *in,
                    struct wn_arena *a, struct wn_claim *out);

#endif

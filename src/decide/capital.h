/* capital.h: is a word with a capital a name? claim_check takes every one for a name that is not known to begin a
 * sentence; here it is asked of what is not in the source, before somebody is told. Pure. */
#ifndef WN_DECIDE_CAPITAL_H
#define WN_DECIDE_CAPITAL_H
#include "decide/facts.h"

/* The claim is plain (plain.h). `word` of it does not stand in in->text, by claim_check's rule; does its capital come
 * from somewhere else than a name, or does the name stand there in another form? */
bool wn_capital_passes(const char *claim, const char *word, const struct wn_language *l,
                       const struct wn_facts_in *in);

#endif

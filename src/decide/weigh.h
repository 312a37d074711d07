/* weigh.h: what speaks for one answer: the quotes that show it, and the numbers that were given for it.
 * Private to decide/. */
#ifndef WN_DECIDE_WEIGH_H
#define WN_DECIDE_WEIGH_H
#include "decide/decide.h"

/* The answer to question i, or NULL where there is none. */
const struct wn_value *wn_answered(const struct wn_answer *answer, size_t i);
/* Fill the field, the signals and where the field's probability comes from. Returns whether a quote
 * that must be there is missing. */
bool wn_weigh(const struct wn_gathered *g, size_t i, struct wn_arena *a, struct wn_field_answer *f,
              struct wn_signals *s, enum wn_source *source);

#endif

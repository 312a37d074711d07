/* when.h: the item's words made ready once, when first asked for, for all rules and routes of a task.
 * Private to decide/. */
#ifndef WN_DECIDE_WHEN_H
#define WN_DECIDE_WHEN_H
#include "task/answer.h"

struct wn_words {
    char *text; /* normalised and folded: the item's text and its subject */
    size_t len;
};
void wn_words_free(struct wn_words *w);
/* wn_when_holds() with the item's words, or { 0 } where nothing asked for them yet. */
bool wn_when_fits(const struct wn_task *t, const struct wn_when *w, const struct wn_item *item,
                  struct wn_words *words, const struct wn_answer *answer);

#endif

/* gold.h: items whose right answers are known, cleaned for measuring: each text once, none that was
 * learned from, none that contradicts itself. */
#ifndef WN_PIPELINE_GOLD_H
#define WN_PIPELINE_GOLD_H
#include "context.h"
#include "task/answer.h"

struct wn_gold {
    struct wn_example *list; /* as read; kept[] are indexes of those to measure with */
    size_t nlist;
    size_t *kept, nkept;
    size_t unlabelled, repeated, contradicting, learned_from;
};
/* The files as this task reads them, into the arena. */
enum wn_code wn_gold_read(const struct wn_task *t, const struct wn_eval_options *o,
                          struct wn_arena *a, struct wn_gold *out, struct wn_error *err);
/* Which of them to measure with; `learned` are texts that a candidate has learned from. */
void wn_gold_clean(const struct wn_task *t, const char *const *learned, size_t nlearned,
                   int64_t limit, struct wn_arena *a, struct wn_gold *g);
/* Gold item i as an item to be asked about. */
struct wn_item wn_gold_item(const struct wn_gold *g, size_t i, struct wn_arena *a);

/* Texts are the same where they differ in letter case and white space only: such have one of these. */
const char *wn_gold_folded(const char *text, struct wn_arena *a);

#endif

/* weights.h: a task's own weights of the score, learned from reviews of the fit fold. confidence.md section 4.
 *
 * The usual weights are good, and a task keeps them unless its own are clearly better on reviews that they
 * were not made of. Weights are of one model; a set that is kept is a new key, and so has to be proved. */
#ifndef WN_PIPELINE_WEIGHTS_H
#define WN_PIPELINE_WEIGHTS_H
#include "context.h"
#include "decide/signals.h"

enum { WN_WEIGHTS_REVIEWS = 500, WN_WEIGHTS_WRONG = 30 };
#define WN_WEIGHTS_BETTER .02 /* of the five-fold logloss */

struct wn_weight_set {
    double w[WN_SCORE_TERMS];
    const char *id;    /* NULL = the task has none */
    const char *model; /* whose answers they are for */
    int64_t n, wrong, time;
    double before, after; /* five-fold logloss with the usual ones and with its own */
};
/* In the arena. */
enum wn_code wn_weights_load(struct wn *wn, const struct wn_task *t, struct wn_arena *a,
                             struct wn_weight_set *out, struct wn_error *err);
/* The weights for an answer of this model, or NULL. */
const double *wn_weights_for(const struct wn_weight_set *s, const char *model);
/* Learn them from the key's reviews. *better: they are enough so, and kept; else *out says what was found, or
 * has too few n or wrong ones to look for any. */
enum wn_code wn_weights_train(struct wn *wn, const struct wn_task *t, const char *key,
                              struct wn_arena *a, struct wn_weight_set *out, bool *better,
                              struct wn_error *err);

#endif

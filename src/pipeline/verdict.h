/* verdict.h: was a decision wrong, by what a person said of it? confidence.md section 1. Pure. */
#ifndef WN_PIPELINE_VERDICT_H
#define WN_PIPELINE_VERDICT_H
#include "task/task.h"

/* A gated answer was changed and the old one does not fit as well; a level of a scale may be off by the
 * question's tol; who is unsure could not confirm it. t NULL (the task is gone): any change counts. */
bool wn_verdict_wrong(const struct wn_task *t, const struct wn_result *r, enum wn_verdict verdict,
                      const struct wn_correction *c, size_t n);
/* The answer to a question that a decision gave, as corrections write it: NULL where there is none; tags
 * joined by ','. In the arena. */
const char *wn_verdict_old(const struct wn_task *t, const struct wn_result *r, const char *question,
                           struct wn_arena *a);

#endif

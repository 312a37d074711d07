/* trust_look.h: between trust_look.c and trust_act.c. */
#ifndef WN_PIPELINE_TRUST_LOOK_H
#define WN_PIPELINE_TRUST_LOOK_H
#include "pipeline/trust.h"
#include "pipeline/weights.h"

/* What makes the first decisions of a task; a brief's are made with it. */
const char *wn_trust_first_step(const char *task, struct wn_arena *a);
const char *wn_trust_weights_text(const struct wn_weight_set *w, struct wn_arena *a);
/* The key in use, or one that was measured since and that the next run has; NULL: nothing was decided or
 * measured. */
enum wn_code wn_trust_key_of(struct wn *wn, const struct wn_task *t, const char **key, struct wn_error *err);

#endif

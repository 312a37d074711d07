/* canary.h: a few stored items that are asked about again once a day, to see that the model still answers as on
 * the day when it was proved. confidence.md section 9. */
#ifndef WN_PIPELINE_CANARY_H
#define WN_PIPELINE_CANARY_H
#include "pipeline/models.h"

/* Before a run, by WINNOW_CANARY: on the first day after a proof ask twice, which says how far two equal
 * questions are answered alike; on each later day once, and suspend where more differ than chance allows.
 * Never fails: what kept it from asking is logged. */
void wn_canary_run(struct wn *wn, const struct wn_task *t, const struct wn_targets *targets);

#endif

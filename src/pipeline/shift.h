/* shift.h: has what comes in, or what is answered, changed since the proof? Once a day, without any review:
 * confidence.md section 9. */
#ifndef WN_PIPELINE_SHIFT_H
#define WN_PIPELINE_SHIFT_H
#include "pipeline/trial.h"

/* Compare the last 7 days with the pool of the proof in force, and yesterday's flags, refusals and repairs
 * with the 30 days before. Alarms warn or suspend, in a sentence that names what moved. */
enum wn_code wn_shift_check(struct wn_trial *t, const struct wn_task *task, struct wn_error *err);

/* What is compared, as it is kept under `drift` and as people read it. */
extern const struct wn_shift_kind {
    const char *kind, *name;
} wn_shift_kinds[];
enum { WN_SHIFT_KINDS = 6 };

#endif

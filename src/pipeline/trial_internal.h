/* trial_internal.h: between trial.c (state and audits), campaign.c (the sample and its looks) and glance.c (what a
 * run needs of them). */
#ifndef WN_PIPELINE_TRIAL_INTERNAL_H
#define WN_PIPELINE_TRIAL_INTERNAL_H
#include "pipeline/trial.h"

/* trial.c */
/* All but the decisions: names, state, window, proof. */
enum wn_code wn_trial_open(struct wn *wn, const struct wn_task *task, const struct wn_trust_key *key,
                           struct wn_trial *t, struct wn_error *err);
/* The decisions, and what is due. */
enum wn_code wn_trial_reckon(struct wn_trial *t, const struct wn_task *task, const char *reviewer,
                             struct wn_error *err);
/* Keep a change of this key, now. */
enum wn_code wn_trial_apply(struct wn_trial *t, struct wn_trust_change *c, struct wn_error *err);
/* The new state with its reason; the proof goes on where `keep`. */
void wn_trial_state(struct wn_trial *t, enum wn_state to, bool keep, const char *why);
void wn_trial_say(const struct wn_trial *t, const char *what);
/* Its newest decision; 0 = none. */
int64_t wn_trial_last(const struct wn_trial *t);

/* campaign.c */
/* The lowest u of what came up to the cut-off. It is fixed once there is enough, and moves on only when a later look
 * needs more than came until then: nothing is swapped out for being slow to review. */
enum wn_code wn_trial_draw(struct wn_trial *t, struct wn_error *err);
/* Look, if all of the sample is reviewed. */
enum wn_code wn_trial_look(struct wn_trial *t, struct wn_error *err);

#endif

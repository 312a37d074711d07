/* replay.h: a proof that is made again with a new release of the local engine, on the items and the
 * people's answers of the campaign before. confidence.md section 6. */
#ifndef WN_PIPELINE_REPLAY_H
#define WN_PIPELINE_REPLAY_H
#include "pipeline/trial.h"

/* key: of the newest decision. An error where there is no proof to replay; *proved: it holds. */
enum wn_code wn_replay(struct wn *wn, const struct wn_task *t, const char *key, bool *proved,
                       struct wn_error *err);
/* Is there one for the key that is in this state? */
bool wn_replay_can(struct wn *wn, const struct wn_task *t, const struct wn_state_row *now);

#endif

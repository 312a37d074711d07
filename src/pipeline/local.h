/* local.h: the linear model of a task: from the store, or trained from the task's examples. */
#ifndef WN_PIPELINE_LOCAL_H
#define WN_PIPELINE_LOCAL_H
#include "context.h"
#include "linear/linear.h"

/* *out is the caller's, to wn_linear_free(); NULL where the task has no example to learn from. A new
 * model is kept in the store unless `look_only`. */
enum wn_code wn_local_model(struct wn *wn, const struct wn_task *t, bool look_only,
                            struct wn_linear **out, struct wn_error *err);

#endif

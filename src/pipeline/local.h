/* local.h: the linear model of a task: the release in the store, or one made of the task's lessons. */
#ifndef WN_PIPELINE_LOCAL_H
#define WN_PIPELINE_LOCAL_H
#include "context.h"
#include "linear/linear.h"

/* The model that answers now. A task whose version changed gets a new one, quietly: its lessons are at
 * hand. It is kept in the store unless `look_only`. *out is the caller's, to wn_linear_free(). */
enum wn_code wn_local_model(struct wn *wn, const struct wn_task *t, bool look_only,
                            struct wn_linear **out, struct wn_error *err);
/* The release in the store, of whatever version; *out NULL = none that can be read. */
enum wn_code wn_local_release(struct wn *wn, const struct wn_task *t, struct wn_linear **out,
                              struct wn_error *err);
/* What a release said out of fold of the texts it learned from; false: nobody kept it. */
bool wn_local_sheet(struct wn *wn, const struct wn_task *t, const struct wn_linear *m,
                    struct wn_arena *a, struct wn_linear_sheet *out);
/* Make m the release, with what it said out of fold; *bytes (may be NULL) is its size. */
enum wn_code wn_local_keep(struct wn *wn, const struct wn_task *t, const struct wn_linear *m,
                           const struct wn_linear_sheet *sheet, size_t *bytes,
                           struct wn_error *err);
/* Drop the releases of all tasks; *names are those that had one. */
enum wn_code wn_local_drop(struct wn *wn, struct wn_arena *a, const char *const **names, size_t *n,
                           struct wn_error *err);

#endif

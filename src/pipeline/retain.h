/* retain.h: how long texts are kept: each task's `keep`, and WINNOW_KEEP for all others. What is older is
 * swept in small steps while something else is waited for. At the end, replies that are expired (cache_days)
 * or more than WINNOW_CACHE_MB holds go, too. */
#ifndef WN_PIPELINE_RETAIN_H
#define WN_PIPELINE_RETAIN_H
#include "context.h"

struct wn_retain {
    struct wn *wn;
    struct wn_arena arena;
    struct wn_keep *keep;
    size_t n;
    struct wn_expiry at;
    bool values_swept; /* lessons and batches */
    bool done;    /* nothing is left to sweep */
    bool replies; /* some expire, or there is a limit */
};

/* The rules as they are now; `also`: a task that may not be in the roots, or NULL. */
void wn_retain_start(struct wn_retain *r, struct wn *wn, const struct wn_task *also);
/* One step, a few milliseconds; does nothing once r->done. */
enum wn_code wn_retain_step(struct wn_retain *r, struct wn_error *err);
/* Steps until it is done, or for so long; then the replies. */
enum wn_code wn_retain_finish(struct wn_retain *r, int64_t most_ms, struct wn_error *err);
void wn_retain_clear(struct wn_retain *r);

#endif

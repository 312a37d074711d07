/* parallel.h: independent jobs on several cores. Private to linear/.
 *
 * Each job runs in a process of its own and leaves its result in shared memory. Processes, not threads:
 * liblinear draws from the one rand() of the process, so two trainings in it would disturb each other
 * and the same data would not give the same model. */
#ifndef WN_LINEAR_PARALLEL_H
#define WN_LINEAR_PARALLEL_H
#include "base/error.h"

/* Zeroed memory that jobs and their parent share; untouched pages cost nothing. NULL if there is
 * none to be had. */
void *wn_shared_alloc(size_t n);
void wn_shared_free(void *p, size_t n);

/* Run job(ctx, 0..njobs-1), at most `threads` at a time (0 = one per core, 1 = in this process), the
 * first ones first. `done` (may be NULL) is told how many have ended. */
enum wn_code wn_parallel(size_t njobs, int threads, void (*job)(void *ctx, size_t i), void *ctx,
                         void (*done)(void *ctx, size_t ndone, size_t njobs), struct wn_error *err);

#endif

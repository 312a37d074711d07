/* batch.h: `classify --batch`: what would be asked is gathered, handed in as jobs at half price, and its
 * replies are put into the cache when they are there; so the same command, run again, prints the results. */
#ifndef WN_PIPELINE_BATCH_H
#define WN_PIPELINE_BATCH_H
#include "pipeline/engine_internal.h"

struct wn_batch; /* what a run gathers */

/* Fetch what is ready (look_only: nothing is asked), and learn which requests still wait in a job. */
enum wn_code wn_batch_begin(struct wn *wn, const struct wn_task *t, bool look_only,
                            struct wn_batch **out, struct wn_error *err);
/* Does what this job would be told wait in a batch already, of this run or of one before? */
bool wn_batch_has(const struct wn_batch *b, const struct wn_job *j);
/* Did a batch bring a reply to its request that is no answer? Then it is asked directly. */
bool wn_batch_gave_up(const struct wn_batch *b, const struct wn_job *j);
/* Gather the job's request instead of sending it. Its price is reserved until the job is settled; *granted
 * false: so much may not be spent. */
enum wn_code wn_batch_collect(struct wn_batch *b, struct wn_engine *e, struct wn_job *j,
                              bool *granted, struct wn_error *err);
/* Keep and hand in what was gathered, one job for each model. */
enum wn_code wn_batch_submit(struct wn_batch *b, struct wn_error *err);
void wn_batch_free(struct wn_batch *b);

/* ---- batch_erase.c ---- */

/* What a request of a job that is under way tells of its item; each may be NULL. */
struct wn_batch_text {
    const char *item, *sender, *text;
};
/* Erase the requests that go, of every job; a job without any left goes, too. *n counts them on. */
enum wn_code wn_batch_erase(struct wn *wn,
                            bool (*goes)(void *user, const struct wn_batch_text *what), void *user,
                            int64_t *n, struct wn_error *err);
/* Erase jobs under way that are older than their task's texts may be. *n counts their requests on. */
enum wn_code wn_batch_expire(struct wn *wn, const struct wn_keep *keep, size_t nkeep, int64_t *n,
                             struct wn_error *err);

#endif

/* result.h: a job and its decision -> the public result, and the row that is kept of it. */
#ifndef WN_PIPELINE_RESULT_H
#define WN_PIPELINE_RESULT_H
#include "pipeline/engine.h"

/* Decide about an answered (or failed) job. Everything lives in the job's arena. */
void wn_job_decide(struct wn_engine *e, struct wn_job *j, struct wn_decision *d,
                   struct wn_result *out);
/* Keep it in the store's current group. */
enum wn_code wn_job_keep(struct wn *wn, const struct wn_task *t, struct wn_job *j,
                         const struct wn_decision *d, const struct wn_result *r,
                         struct wn_error *err);

/* Raw signals of one question as JSON, with where the answer comes from; those that are not there are
 * left out. */
void wn_signals_write(const char *question, const char *source, const struct wn_signals *s,
                      struct wn_buf *b);

#endif

/* closed.h: reports of closed periods: what the random reviews of a month, a quarter or a batch say of all
 * that was accepted in it, whatever the model; made once, and kept for ever. confidence.md section 8. */
#ifndef WN_PIPELINE_CLOSED_H
#define WN_PIPELINE_CLOSED_H
#include "pipeline/trial.h"

/* A month, a quarter, or (a batch) a day. */
struct wn_period_of {
    char name[16];      /* "2026-10", "2026-Q4", "2026-10-17" */
    int64_t start, end; /* Unix seconds; the end is not part of it */
};
/* The one that a time lies in. how: "month", "quarter", "batch". */
void wn_period_of(const char *how, int64_t time, struct wn_period_of *out);
/* The latest time at which a period that began then or before may still be open. */
int64_t wn_period_oldest_open(const char *how, int64_t now);

/* Close what is due in every stratum of the task: when a period's audits are reviewed, at the latest 14 days
 * after its end. What a report says of the task's state is done: a warning, its end, a suspension. */
enum wn_code wn_reports_close(struct wn *wn, const struct wn_task *t, struct wn_error *err);

/* The running period of one stratum so far. */
struct wn_running {
    struct wn_period_of period;
    int64_t total, automatic, n, k, pending; /* n, k, pending: as in a report */
    double live_upper; /* holds at all times at once; NAN = nothing reviewed */
};
enum wn_code wn_running_period(struct wn *wn, const struct wn_task *stratum, struct wn_running *out,
                               struct wn_error *err);

#endif

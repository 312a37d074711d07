/* drift.h: has something changed since the proof? confidence.md section 9. Pure. */
#ifndef WN_DECIDE_DRIFT_H
#define WN_DECIDE_DRIFT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Cumulative sum over audit results in review order; set to { 0 } at a proof. */
struct wn_cusum {
    double s;
};
/* One audit result; true: the limit h is passed. */
bool wn_cusum_add(struct wn_cusum *c, bool wrong, double p0, double p1, double h);
/* The two that run side by side for a target error eps. */
struct wn_watch {
    struct wn_cusum suspend, warn;
};
enum wn_alarm { WN_ALARM_NONE, WN_ALARM_WARN, WN_ALARM_SUSPEND };
enum wn_alarm wn_watch_add(struct wn_watch *w, bool wrong, double eps);

/* Population stability of counts per bin against those at the proof. An alarm is a value above *limit,
 * which is infinite where either side has fewer than 100. */
double wn_psi(const int64_t *ref, const int64_t *cur, size_t nbins, double *limit);

/* `differ` of `runs` stored inputs are answered otherwise than on the day of the proof; on that day a
 * share `noise` of them differed between two runs. True: no chance, suspend. */
bool wn_canary(int64_t differ, int64_t runs, double noise);

/* Hard flags, refusals, repairs: is today's share outside three standard deviations of the days
 * before? Never with fewer than a week of them. */
struct wn_daily {
    int64_t hits, all;
};
/* *usual: the mean of the days before; *limit: the share that is passed (or fallen short of). */
bool wn_rate_odd(const struct wn_daily *days, size_t ndays, struct wn_daily today, double *usual,
                 double *limit);

#endif

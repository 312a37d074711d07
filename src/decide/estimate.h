/* estimate.h: what the audits of a period say, and the sentence for it. confidence.md section 8. Pure. */
#ifndef WN_DECIDE_ESTIMATE_H
#define WN_DECIDE_ESTIMATE_H
#include "base/arena.h"

/* Horvitz-Thompson: totals from reviews that were drawn at unequal rates. */
struct wn_weighted {
    double pi; /* > 0 */
    bool err;
};
struct wn_ht {
    double total, rate, n_hat, hajek, se_rate;
};
void wn_horvitz_thompson(const struct wn_weighted *items, size_t n, int64_t N, struct wn_ht *out);

/* Cohen's kappa of two people over labels x labels counts, row by row. NAN where chance alone agrees
 * always. */
double wn_kappa(const int64_t *table, size_t labels, double *agree, double *chance);

/* Two candidates on the same items: b that only the first got right, c that only the second did. The
 * chance of a difference at least as large if both are equally good (exact McNemar, two-sided). */
double wn_paired(int64_t b, int64_t c);

/* One `auto` decision of the period. */
enum wn_audit { WN_AUDIT_PENDING, WN_AUDIT_RIGHT, WN_AUDIT_WRONG };
struct wn_audited {
    double u, pi;
    enum wn_audit result;
};
/* Reviews at changing rates made one simple random sample: the lowest rate of the period decides. */
struct wn_thinned {
    double rate;
    int64_t n, k, pending; /* reviewed, wrong of these, due and not reviewed */
};
void wn_thin(const struct wn_audited *items, size_t nitems, struct wn_thinned *out);

struct wn_period {
    const char *task, *name;  /* "interest", "2026-10" */
    int64_t total, automatic; /* decisions, and the `auto` ones */
    int64_t n, k, pending;    /* of wn_thin() */
    double eps, delta;
    const char *not_yet; /* before a proof: what is missing; else NULL */
};
struct wn_report {
    double upper_binomial, upper_finite, upper; /* upper: the smaller, what is shown */
    double estimate;                            /* k / n; NAN = nothing reviewed */
    int64_t max_wrong;
    bool bounded;      /* there is a bound to speak of */
    bool meets_target; /* the bound is at most eps */
    bool unconfirmed;  /* enough reviewed, bound above eps: state `warn` */
    bool refuted;      /* even the lower bound is above eps: state `suspended` */
    const char *text;  /* one line */
};
void wn_report(const struct wn_period *p, struct wn_arena *a, struct wn_report *out);

#endif

/* confidence.h: exact binomial bounds, the proof and its plan, reports and drift.
 * confidence.md sections 6, 8, 9, 12 and 14; every function is named after the page's and reproduced
 * to the digit by confidence-vectors.json. Pure; counts are integers everywhere. */
#ifndef WN_DECIDE_CONFIDENCE_H
#define WN_DECIDE_CONFIDENCE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

double wn_betai(double a, double b, double x);
double wn_cp_upper(int64_t k, int64_t n, double delta);
double wn_cp_lower(int64_t k, int64_t n, double delta);
double wn_pval(int64_t k, int64_t n, double eps);
int64_t wn_nmin(double delta, double eps);
int64_t wn_need(double eps, double delta, double p);
int64_t wn_max_errors(int64_t n, double eps, double delta);
int64_t wn_hyper_upper(int64_t k, int64_t N, int64_t n, double delta);
double wn_live_upper(int64_t k, int64_t n, double delta);
/* The n of look 0..3 (section 6). */
int64_t wn_look_n(double eps, double delta, int looks, int look);

enum wn_proof_state { WN_PROOF_TOO_FEW, WN_PROOF_NOT_PROVED, WN_PROOF_PROVED };
struct wn_labelled {
    double score;
    bool wrong;
};
struct wn_proof {
    enum wn_proof_state state;
    double threshold, coverage, upper;
    int g;        /* twentieths of the pool that are accepted */
    int64_t n, k; /* labelled at or above the threshold, and the wrong ones */
    int starts;
};
/* choose_threshold of section 6. `pool` is sorted in place. */
void wn_choose_threshold(double *pool, size_t npool, const struct wn_labelled *labelled,
                         size_t nlabelled, double eps, double delta, int m, struct wn_proof *out);

struct wn_cusum {
    double s;
};
/* One audit result; true: the limit h is passed. Suspend: p0=eps, p1=2.5 eps; warn: eps/2, 2 eps. */
bool wn_cusum_add(struct wn_cusum *c, bool wrong, double p0, double p1, double h);
double wn_psi(const int64_t *ref, const int64_t *cur, size_t nbins, double *limit);

/* Horvitz-Thompson and kappa, section 8. */
struct wn_weighted {
    double pi;
    bool err;
};
struct wn_ht {
    double total, rate, n_hat, hajek, se_rate;
};
void wn_horvitz_thompson(const struct wn_weighted *items, size_t n, int64_t N, struct wn_ht *out);
double wn_kappa(const int64_t *table, size_t labels, double *agree, double *chance);

/* Display probability, section 12. */
struct wn_platt {
    double a, b;
    bool constant; /* A <= 0: the scores say nothing; b is the overall rate's logit */
};
void wn_platt_fit(const double *z, const bool *right, const double *weight, size_t n,
                  struct wn_platt *out);
double wn_platt(const struct wn_platt *p, double z);
struct wn_quality {
    double brier, logloss, auroc, ece;
};
void wn_quality(const double *p, const bool *right, size_t n, struct wn_quality *out);

#endif

/* calibrate.h: the probability that people and the queue see, and how good it is. confidence.md section
 * 12, and the optional training of the score's weights (section 4). Never used for the promise. */
#ifndef WN_DECIDE_CALIBRATE_H
#define WN_DECIDE_CALIBRATE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Minimise sum_i weight_i logloss(y_i, sigma(x_i w)) + sum_j lam_j / 2 (w_j - w0_j)^2 by damped Newton.
 * X is n rows of d <= WN_LOGISTIC_MAX columns; weight may be NULL; y may lie between 0 and 1. w holds
 * the result; it starts from w0. */
enum { WN_LOGISTIC_MAX = 12 };
void wn_map_logistic(const double *X, const double *y, const double *weight, size_t n, size_t d,
                     const double *w0, const double *lam, double *w);

struct wn_platt {
    double a, b;
    bool constant; /* A <= 0: the scores say nothing; b is the overall rate's logit */
};
/* z: wn_score_z() of the reviewed decisions; weight: 1/pi, or NULL. */
void wn_platt_fit(const double *z, const bool *right, const double *weight, size_t n,
                  struct wn_platt *out);
double wn_platt(const struct wn_platt *p, double z);

/* Isotonic regression: blocks of rising score with one value each. */
struct wn_block {
    double lo, hi, value, weight;
    int64_t n;
};
/* blocks holds n; returns how many were made. weight may be NULL. */
size_t wn_isotonic_fit(const double *score, const bool *right, const double *weight, size_t n,
                       struct wn_block *blocks);
/* Merge blocks of fewer than `least` into their neighbours; returns how many are left. */
size_t wn_isotonic_merge(struct wn_block *blocks, size_t nblocks, int64_t least);
double wn_isotonic(const struct wn_block *blocks, size_t nblocks, double score);

/* What is shown: nothing before 50 reviews, then Platt; from 2000 on isotonic where five-fold
 * cross-validation says that it is better. */
enum { WN_DISPLAY_PLATT = 50, WN_DISPLAY_ISOTONIC = 2000, WN_DISPLAY_BLOCKS = 64 };
struct wn_display {
    bool calibrated;
    struct wn_platt platt;
    struct wn_block blocks[WN_DISPLAY_BLOCKS]; /* nblocks 0: Platt is used */
    size_t nblocks;
    int64_t n;
};
void wn_display_fit(const double *z, const bool *right, const double *weight, size_t n,
                    struct wn_display *out);
/* d may be NULL or not calibrated: then this is s itself. */
double wn_display(const struct wn_display *d, double z);

struct wn_quality {
    double brier, logloss, auroc, ece, mce; /* NAN where it cannot be told */
};
void wn_quality(const double *p, const bool *right, size_t n, struct wn_quality *out);

/* Overall accuracy from few reviews: Beta(a + right, b + wrong), its mean and its 10 % and 90 % points.
 * a = b = 1 is the even prior; wn_prior() makes one of what an older key knew. */
struct wn_posterior {
    double mean, lo80, hi80;
};
void wn_posterior(double a, double b, int64_t right, int64_t n, struct wn_posterior *out);
void wn_prior(int64_t right, int64_t n, double *a, double *b);

#endif

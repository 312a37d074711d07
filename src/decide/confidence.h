/* confidence.h: exact binomial bounds and the plan of looks. confidence.md sections 6, 8 and 14.
 *
 * Every function is named after the page's and reproduced to the digit by confidence-vectors.json.
 * Pure. Counts are integers everywhere: (int)(n * (k / (double)n)) loses an error in 4 % of cases.
 * k is the number of wrong ones among n reviewed; delta the probability that a bound is wrong; eps the
 * target error. */
#ifndef WN_DECIDE_CONFIDENCE_H
#define WN_DECIDE_CONFIDENCE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The regularised incomplete beta function I_x(a,b), for a, b > 0. */
double wn_betai(double a, double b, double x);
/* The x with I_x(a,b) = p. */
double wn_betai_inverse(double a, double b, double p);
/* Clopper-Pearson, one-sided: 1 where nothing is known above, 0 where nothing is known below. */
double wn_cp_upper(int64_t k, int64_t n, double delta);
double wn_cp_lower(int64_t k, int64_t n, double delta);
/* P(Bin(n, eps) <= k): how likely so few wrong ones are if the true error is eps. */
double wn_pval(int64_t k, int64_t n, double eps);
/* The fewest reviews, all right, that prove eps. */
int64_t wn_nmin(double delta, double eps);
/* How many reviews prove eps if a share p of them is wrong; -1 = more than a million. */
int64_t wn_need(double eps, double delta, double p);
/* The most wrong ones among n that still prove eps; -1 = not even none. */
int64_t wn_max_errors(int64_t n, double eps, double delta);
/* The most wrong ones that a finite batch of N can hold, k of the n drawn from it being wrong. */
int64_t wn_hyper_upper(int64_t k, int64_t N, int64_t n, double delta);
/* An upper bound that holds at all times at once, so it may be looked at daily. */
double wn_live_upper(int64_t k, int64_t n, double delta);

/* A campaign is evaluated at most so often per key and window, with delta / WN_LOOKS each. */
enum { WN_LOOKS = 4 };
/* Reviews at look 0, 1, ... of a plan of `looks`. */
int64_t wn_look_n(double eps, double delta, int looks, int look);

#endif

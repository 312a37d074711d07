/* score.h: decision values -> probabilities, and how good they are. Private to linear/. */
#ifndef WN_LINEAR_SCORE_H
#define WN_LINEAR_SCORE_H
#include <stdbool.h>
#include <stddef.h>

/* p = softmax(z / T) over k classes. */
void wn_softmax(const float *z, size_t k, double temperature, double *p);
double wn_energy(const float *z, size_t k, double temperature);

/* The temperature with the least negative log likelihood over n rows of k decision values (stride:
 * floats from one row to the next; y < 0: the row does not count), drawn towards `usual` as much as a
 * few dozen rows would draw it. k == 1: one value per row, the log odds of class 1 are z / T. *nll gets
 * the mean without that pull. */
double wn_temperature_fit(const float *z, size_t stride, const int *y, size_t n, size_t k,
                          double usual, double *nll);

/* Expected calibration error over 15 bins of equal mass. Sorts p and right together. */
struct wn_judged {
    double p;
    bool right;
};
double wn_ece(struct wn_judged *judged, size_t n);

/* Class shares of n unlabelled items with distributions p (n rows of k) from a model that learned with
 * the shares `from`: expectation maximisation (Saerens et al. 2002), one item of every class added. */
void wn_prior_estimate(const double *p, size_t n, size_t k, const double *from, double *to);
/* Move one distribution from the shares `from` to the shares `to`. */
void wn_prior_shift(double *p, size_t k, const double *from, const double *to);

#endif

/* solve.h: the one place that calls liblinear. Private to linear/. */
#ifndef WN_LINEAR_SOLVE_H
#define WN_LINEAR_SOLVE_H
#include "linear/corpus.h"

/* Crammer and Singer's multi-class SVM over rows members[0..n) with classes y[0..n) in 0..k-1. w gets
 * rows->ncolumns times k weights, the bias last; a class without a row gets a bias nobody reaches.
 * k == 1: two classes, and w is the weight of class 1 over class 0. */
void wn_solve(const struct wn_rows *rows, const size_t *members, const int *y, size_t n, size_t k,
              double c, float *w);
/* Decision values of one row. */
void wn_solve_decide(const struct feature_node *x, const float *w, size_t k, float *z);

#endif

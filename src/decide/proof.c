/* proof.c: fixed-sequence testing over twentieths of the pool; see proof.h.
 *
 * Each starting point walks from few accepted decisions to many and stops at the first test that does
 * not hold, so it may use all of its share of delta at every step. That keeps the chance of any false
 * proof below delta for any score, calibrated or not. */
#include "decide/proof.h"
#include "decide/confidence.h"
#include <math.h>
#include <stdlib.h>

enum { STEPS = 20 };

static int highest_first(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

void wn_proof_test(const double *pool, size_t npool, const struct wn_labelled *labelled,
                   size_t nlabelled, int g, double eps, struct wn_proof_test *out)
{
    size_t accepted = ((size_t)g * npool + STEPS - 1) / STEPS;
    *out = (struct wn_proof_test){ INFINITY, 1, 0, 0 };
    if (accepted == 0)
        return;
    out->threshold = pool[accepted - 1];
    for (size_t i = 0; i < nlabelled; i++)
        if (labelled[i].score >= out->threshold) {
            out->n++;
            out->k += labelled[i].wrong;
        }
    out->p = wn_pval(out->k, out->n, eps);
}

/* The share of the pool at which a proof could first succeed with few errors, in twentieths. */
static int first_step(size_t nlabelled, double eps, double delta, int *m)
{
    double share = 0;
    for (;; --*m) {
        share = 1.3 * (double)wn_nmin(delta / *m, eps) / (double)nlabelled;
        if (*m <= 1 || share <= .6)
            break;
    }
    if (share > 1)
        share = 1;
    return (int)fmin(STEPS, ceil(STEPS * share - 1e-9));
}

void wn_choose_threshold(double *pool, size_t npool, const struct wn_labelled *labelled,
                         size_t nlabelled, double eps, double delta, int m, struct wn_proof *out)
{
    int first;
    *out = (struct wn_proof){ .state = WN_PROOF_TOO_FEW, .needed = wn_nmin(delta, eps) };
    if (npool == 0 || (int64_t)nlabelled < out->needed)
        return;
    out->state = WN_PROOF_NOT_PROVED;
    if (m > WN_PROOF_STARTS)
        m = WN_PROOF_STARTS;
    first = first_step(nlabelled, eps, delta, &m);
    for (int j = 0; j < m; j++) {
        int start = first + (STEPS - first) * j / m;
        if (out->nstarts == 0 || start != out->starts[out->nstarts - 1])
            out->starts[out->nstarts++] = start;
    }
    out->delta_step = delta / out->nstarts;
    qsort(pool, npool, sizeof(*pool), highest_first);
    for (int j = 0; j < out->nstarts; j++)
        for (int g = out->starts[j]; g <= STEPS; g++) {
            struct wn_proof_test t;
            wn_proof_test(pool, npool, labelled, nlabelled, g, eps, &t);
            if (t.n == 0 || t.p > out->delta_step)
                break;
            if (g <= out->g)
                continue;
            out->state = WN_PROOF_PROVED;
            out->g = g;
            out->threshold = t.threshold;
            out->n = t.n;
            out->k = t.k;
        }
    if (out->state == WN_PROOF_PROVED) {
        out->coverage = out->g / (double)STEPS;
        out->upper = wn_cp_upper(out->k, out->n, out->delta_step);
    }
}

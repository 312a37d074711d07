/* score.c: see score.h. */
#include "linear/score.h"
#include "base/arena.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void wn_softmax(const float *z, size_t k, double temperature, double *p)
{
    double top = z[0], sum = 0;
    for (size_t i = 1; i < k; i++)
        if (z[i] > top)
            top = z[i];
    for (size_t i = 0; i < k; i++)
        sum += p[i] = exp((z[i] - top) / temperature);
    for (size_t i = 0; i < k; i++)
        p[i] /= sum;
}

double wn_energy(const float *z, size_t k, double temperature)
{
    double top = z[0], sum = 0;
    for (size_t i = 1; i < k; i++)
        if (z[i] > top)
            top = z[i];
    for (size_t i = 0; i < k; i++)
        sum += exp((z[i] - top) / temperature);
    return top + temperature * log(sum);
}

/* -ln of the probability that softmax(z / T) gives to class y. */
static double loss(const float *z, size_t k, int y, double temperature)
{
    if (k == 1) {
        double odds = (y != 0 ? -1.0 : 1.0) * z[0] / temperature;
        return odds > 30 ? odds : log1p(exp(odds));
    }
    return (wn_energy(z, k, temperature) - z[y]) / temperature;
}

struct temperature_fit {
    const float *z;
    const int *y;
    size_t stride, n, k, rows;
    double usual;
};

static double mean_loss(const struct temperature_fit *f, double temperature)
{
    double sum = 0;
    for (size_t i = 0; i < f->n; i++)
        if (f->y[i] >= 0)
            sum += loss(f->z + i * f->stride, f->k, f->y[i], temperature);
    return sum / (double)f->rows;
}

/* ln T is taken as known to about half a unit before anything is seen. */
static double objective(const struct temperature_fit *f, double ln_t)
{
    double off = (ln_t - log(f->usual)) / .5;
    return mean_loss(f, exp(ln_t)) + off * off / 2 / (double)f->rows;
}

double wn_temperature_fit(const float *z, size_t stride, const int *y, size_t n, size_t k,
                          double usual, double *nll)
{
    static const double golden = .6180339887498949;
    struct temperature_fit f = { z, y, stride, n, k, 0, usual };
    double lo = log(.01), hi = log(5), a, b, fa, fb;
    for (size_t i = 0; i < n; i++)
        f.rows += y[i] >= 0;
    *nll = NAN;
    if (f.rows == 0)
        return usual;
    a = hi - golden * (hi - lo);
    b = lo + golden * (hi - lo);
    fa = objective(&f, a);
    fb = objective(&f, b);
    while (hi - lo > .005) {
        if (fa < fb) {
            hi = b;
            b = a;
            fb = fa;
            a = hi - golden * (hi - lo);
            fa = objective(&f, a);
        } else {
            lo = a;
            a = b;
            fa = fb;
            b = lo + golden * (hi - lo);
            fb = objective(&f, b);
        }
    }
    *nll = mean_loss(&f, exp((lo + hi) / 2));
    return exp((lo + hi) / 2);
}

static int by_p(const void *a, const void *b)
{
    const struct wn_judged *x = a, *y = b;
    if (x->p != y->p)
        return x->p < y->p ? -1 : 1;
    return x->right - y->right;
}

double wn_ece(struct wn_judged *judged, size_t n)
{
    enum { BINS = 15 };
    double off = 0;
    qsort(judged, n, sizeof(*judged), by_p);
    for (size_t b = 0; b < BINS; b++) {
        double gap = 0;
        for (size_t i = n * b / BINS; i < n * (b + 1) / BINS; i++)
            gap += judged[i].p - judged[i].right;
        off += fabs(gap);
    }
    return n == 0 ? NAN : off / (double)n;
}

void wn_prior_shift(double *p, size_t k, const double *from, const double *to)
{
    double sum = 0;
    for (size_t i = 0; i < k; i++)
        sum += p[i] *= from[i] > 0 ? to[i] / from[i] : 1;
    for (size_t i = 0; i < k; i++)
        p[i] = sum > 0 ? p[i] / sum : to[i];
}

void wn_prior_estimate(const double *p, size_t n, size_t k, const double *from, double *to)
{
    double *row = wn_xcalloc(k, sizeof(*row)), *sum = wn_xcalloc(k, sizeof(*sum));
    double moved = 1;
    memcpy(to, from, k * sizeof(*to));
    for (int round = 0; round < 200 && moved > 1e-6; round++) {
        for (size_t c = 0; c < k; c++)
            sum[c] = 1;
        for (size_t i = 0; i < n; i++) {
            memcpy(row, p + i * k, k * sizeof(*row));
            wn_prior_shift(row, k, from, to);
            for (size_t c = 0; c < k; c++)
                sum[c] += row[c];
        }
        moved = 0;
        for (size_t c = 0; c < k; c++) {
            double share = sum[c] / (double)(n + k);
            moved += fabs(share - to[c]);
            to[c] = share;
        }
    }
    free(row);
    free(sum);
}

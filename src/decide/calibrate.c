/* calibrate.c: see calibrate.h. */
#include "decide/calibrate.h"
#include "decide/confidence.h"
#include "base/arena.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double sigma(double z)
{
    return 1 / (1 + exp(-z));
}

/* log(1 + exp(z)) without overflow */
static double softplus(double z)
{
    return z > 0 ? z + log1p(exp(-z)) : log1p(exp(z));
}

/* ---- logistic regression around given weights ---- */

struct fit {
    const double *X, *y, *weight, *w0, *lam;
    size_t n, d;
};

static double dot(const double *x, const double *w, size_t d)
{
    double z = 0;
    for (size_t j = 0; j < d; j++)
        z += x[j] * w[j];
    return z;
}

static double weight_of(const struct fit *f, size_t i)
{
    return f->weight == NULL ? 1 : f->weight[i];
}

static double objective(const struct fit *f, const double *w)
{
    double sum = 0;
    for (size_t i = 0; i < f->n; i++) {
        double z = dot(f->X + i * f->d, w, f->d);
        sum += weight_of(f, i) * (softplus(z) - f->y[i] * z);
    }
    for (size_t j = 0; j < f->d; j++)
        sum += f->lam[j] / 2 * (w[j] - f->w0[j]) * (w[j] - f->w0[j]);
    return sum;
}

/* Solve H x = g in place (g becomes x), H symmetric and positive; false where it is singular. */
static bool solve(double H[WN_LOGISTIC_MAX][WN_LOGISTIC_MAX], double *g, size_t d)
{
    for (size_t c = 0; c < d; c++) {
        size_t top = c;
        for (size_t r = c + 1; r < d; r++)
            if (fabs(H[r][c]) > fabs(H[top][c]))
                top = r;
        if (fabs(H[top][c]) < 1e-300)
            return false;
        for (size_t j = 0; j < d && top != c; j++) {
            double swap = H[c][j];
            H[c][j] = H[top][j];
            H[top][j] = swap;
        }
        double swap = g[c];
        g[c] = g[top];
        g[top] = swap;
        for (size_t r = c + 1; r < d; r++) {
            double factor = H[r][c] / H[c][c];
            for (size_t j = c; j < d; j++)
                H[r][j] -= factor * H[c][j];
            g[r] -= factor * g[c];
        }
    }
    for (size_t c = d; c-- > 0;) {
        for (size_t j = c + 1; j < d; j++)
            g[c] -= H[c][j] * g[j];
        g[c] /= H[c][c];
    }
    return true;
}

/* The full Newton step at w. */
static bool newton_step(const struct fit *f, const double *w, double *step)
{
    double H[WN_LOGISTIC_MAX][WN_LOGISTIC_MAX] = { { 0 } };
    for (size_t j = 0; j < f->d; j++) {
        step[j] = f->lam[j] * (w[j] - f->w0[j]);
        H[j][j] = f->lam[j];
    }
    for (size_t i = 0; i < f->n; i++) {
        const double *x = f->X + i * f->d;
        double p = sigma(dot(x, w, f->d)), pull = weight_of(f, i) * (p - f->y[i]);
        double curve = weight_of(f, i) * p * (1 - p);
        for (size_t j = 0; j < f->d; j++) {
            step[j] += pull * x[j];
            for (size_t k = 0; k < f->d; k++)
                H[j][k] += curve * x[j] * x[k];
        }
    }
    return solve(H, step, f->d);
}

void wn_map_logistic(const double *X, const double *y, const double *weight, size_t n, size_t d,
                     const double *w0, const double *lam, double *w)
{
    const struct fit f = { X, y, weight, w0, lam, n, d };
    double now;
    assert(d <= WN_LOGISTIC_MAX);
    memcpy(w, w0, d * sizeof(*w));
    now = objective(&f, w);
    for (int round = 0; round < 100; round++) {
        double step[WN_LOGISTIC_MAX], next[WN_LOGISTIC_MAX], then = INFINITY, largest = 0;
        if (!newton_step(&f, w, step))
            return;
        for (double share = 1; share > 1e-10; share /= 2) {
            for (size_t j = 0; j < d; j++)
                next[j] = w[j] - share * step[j];
            then = objective(&f, next);
            if (then <= now)
                break;
        }
        if (!(then <= now))
            return;
        for (size_t j = 0; j < d; j++)
            largest = fmax(largest, fabs(next[j] - w[j]));
        memcpy(w, next, d * sizeof(*w));
        now = then;
        if (largest < 1e-13)
            return;
    }
}

/* ---- Platt ---- */

void wn_platt_fit(const double *z, const bool *right, const double *weight, size_t n,
                  struct wn_platt *out)
{
    static const double w0[2] = { 0, 0 }, lam[2] = { 0, 0 };
    double *X = wn_xcalloc(2 * n, sizeof(*X)), *y = wn_xcalloc(n, sizeof(*y));
    double n1 = 0, w[2], hit = 1, all = 2;
    for (size_t i = 0; i < n; i++) {
        double mass = weight == NULL ? 1 : weight[i];
        n1 += right[i];
        hit += right[i] ? mass : 0;
        all += mass;
    }
    for (size_t i = 0; i < n; i++) {
        X[2 * i] = z[i];
        X[2 * i + 1] = 1;
        y[i] = right[i] ? (n1 + 1) / (n1 + 2) : 1 / ((double)n - n1 + 2);
    }
    wn_map_logistic(X, y, weight, n, 2, w0, lam, w);
    *out = (struct wn_platt){ w[0], w[1], false };
    if (!(w[0] > 0))
        *out = (struct wn_platt){ 0, log(hit / (all - hit)), true };
    free(X);
    free(y);
}

double wn_platt(const struct wn_platt *p, double z)
{
    return sigma(p->a * z + p->b);
}

/* ---- isotonic ---- */

struct point {
    double score, right, weight;
};

static int by_score(const void *a, const void *b)
{
    double x = ((const struct point *)a)->score, y = ((const struct point *)b)->score;
    return (x > y) - (x < y);
}

static void absorb(struct wn_block *left, const struct wn_block *right)
{
    double all = left->weight + right->weight;
    left->value = (left->value * left->weight + right->value * right->weight) / all;
    left->weight = all;
    left->hi = right->hi;
    left->n += right->n;
}

size_t wn_isotonic_fit(const double *score, const bool *right, const double *weight, size_t n,
                       struct wn_block *blocks)
{
    struct point *p = wn_xcalloc(n, sizeof(*p));
    size_t equal = 0, count = 0;
    for (size_t i = 0; i < n; i++)
        p[i] = (struct point){ score[i], right[i], weight == NULL ? 1 : weight[i] };
    qsort(p, n, sizeof(*p), by_score);
    for (size_t i = 0; i < n; i++) {
        struct wn_block one = { p[i].score, p[i].score, p[i].right, p[i].weight, 1 };
        if (equal > 0 && blocks[equal - 1].lo == one.lo)
            absorb(&blocks[equal - 1], &one);
        else
            blocks[equal++] = one;
    }
    for (size_t i = 0; i < equal; i++) {
        blocks[count++] = blocks[i];
        while (count > 1 && blocks[count - 2].value >= blocks[count - 1].value) {
            absorb(&blocks[count - 2], &blocks[count - 1]);
            count--;
        }
    }
    free(p);
    return count;
}

size_t wn_isotonic_merge(struct wn_block *blocks, size_t nblocks, int64_t least)
{
    size_t count = 0;
    for (size_t i = 0; i < nblocks; i++) {
        if (count > 0 && blocks[count - 1].n < least)
            absorb(&blocks[count - 1], &blocks[i]);
        else
            blocks[count++] = blocks[i];
    }
    if (count > 1 && blocks[count - 1].n < least) {
        absorb(&blocks[count - 2], &blocks[count - 1]);
        count--;
    }
    return count;
}

double wn_isotonic(const struct wn_block *blocks, size_t nblocks, double score)
{
    size_t i = nblocks - 1;
    while (i > 0 && score < blocks[i].lo)
        i--;
    return blocks[i].value;
}

/* ---- what is shown ---- */

enum { FOLDS = 5 };

/* As many as the struct holds: thin blocks are merged until they fit. */
static void fit_blocks(const double *s, const bool *right, const double *weight, size_t n,
                       struct wn_display *out)
{
    struct wn_block *all = wn_xcalloc(n, sizeof(*all));
    int64_t least = 20;
    out->nblocks = wn_isotonic_fit(s, right, weight, n, all);
    do {
        out->nblocks = wn_isotonic_merge(all, out->nblocks, least);
        least *= 2;
    } while (out->nblocks > WN_DISPLAY_BLOCKS);
    memcpy(out->blocks, all, out->nblocks * sizeof(*all));
    free(all);
}

/* Weighted squared error of both ways on folds that they were not fitted on; below 0: isotonic wins. */
static double isotonic_loses_by(const double *z, const bool *right, const double *weight, size_t n)
{
    double *fz = wn_xcalloc(n, sizeof(*fz)), *fw = wn_xcalloc(n, sizeof(*fw)), sum = 0;
    bool *fr = wn_xcalloc(n, sizeof(*fr));
    for (size_t fold = 0; fold < FOLDS; fold++) {
        struct wn_display d;
        size_t m = 0;
        for (size_t i = 0; i < n; i++)
            if (i % FOLDS != fold) {
                fz[m] = z[i];
                fw[m] = weight == NULL ? 1 : weight[i];
                fr[m++] = right[i];
            }
        wn_platt_fit(fz, fr, fw, m, &d.platt);
        fit_blocks(fz, fr, fw, m, &d);
        for (size_t i = fold; i < n; i += FOLDS) {
            double iso = wn_isotonic(d.blocks, d.nblocks, z[i]) - right[i];
            double platt = wn_platt(&d.platt, z[i]) - right[i];
            sum += (weight == NULL ? 1 : weight[i]) * (iso * iso - platt * platt);
        }
    }
    free(fz);
    free(fw);
    free(fr);
    return sum;
}

void wn_display_fit(const double *z, const bool *right, const double *weight, size_t n,
                    struct wn_display *out)
{
    *out = (struct wn_display){ .n = (int64_t)n };
    if (n < WN_DISPLAY_PLATT)
        return;
    out->calibrated = true;
    wn_platt_fit(z, right, weight, n, &out->platt);
    if (n >= WN_DISPLAY_ISOTONIC && isotonic_loses_by(z, right, weight, n) < 0)
        fit_blocks(z, right, weight, n, out);
}

double wn_display(const struct wn_display *d, double z)
{
    if (d == NULL || !d->calibrated)
        return sigma(z);
    return d->nblocks > 0 ? wn_isotonic(d->blocks, d->nblocks, z) : wn_platt(&d->platt, z);
}

/* ---- how good it is ---- */

enum { BINS = 10 };

/* The chance that a right one stands above a wrong one; ties count half. */
static double auroc(const double *p, const bool *right, size_t n)
{
    struct point *all = wn_xcalloc(n, sizeof(*all));
    double won = 0, wrong = 0, hits = 0;
    for (size_t i = 0; i < n; i++)
        all[i] = (struct point){ p[i], right[i], 1 };
    qsort(all, n, sizeof(*all), by_score);
    for (size_t i = 0, end; i < n; i = end) {
        double tied_right = 0, tied_wrong = 0;
        for (end = i; end < n && all[end].score == all[i].score; end++) {
            tied_right += all[end].right;
            tied_wrong += 1 - all[end].right;
        }
        won += tied_right * (wrong + tied_wrong / 2);
        wrong += tied_wrong;
        hits += tied_right;
    }
    free(all);
    return hits > 0 && wrong > 0 ? won / (hits * wrong) : NAN;
}

void wn_quality(const double *p, const bool *right, size_t n, struct wn_quality *out)
{
    double sum[BINS] = { 0 }, hit[BINS] = { 0 }, count[BINS] = { 0 };
    *out = (struct wn_quality){ NAN, NAN, NAN, NAN, NAN };
    if (n == 0)
        return;
    *out = (struct wn_quality){ 0, 0, auroc(p, right, n), 0, 0 };
    for (size_t i = 0; i < n; i++) {
        double q = fmin(fmax(p[i], 1e-6), 1 - 1e-6);
        int bin = (int)fmin(BINS - 1, floor(BINS * p[i]));
        out->brier += (p[i] - right[i]) * (p[i] - right[i]) / (double)n;
        out->logloss -= log(right[i] ? q : 1 - q) / (double)n;
        sum[bin] += p[i];
        hit[bin] += right[i];
        count[bin]++;
    }
    for (int b = 0; b < BINS; b++) {
        if (count[b] == 0)
            continue;
        double gap = fabs(sum[b] - hit[b]) / count[b];
        out->ece += gap * count[b] / (double)n;
        out->mce = fmax(out->mce, gap);
    }
}

void wn_posterior(double a, double b, int64_t right, int64_t n, struct wn_posterior *out)
{
    a += (double)right;
    b += (double)(n - right);
    out->mean = a / (a + b);
    out->lo80 = wn_betai_inverse(a, b, .1);
    out->hi80 = wn_betai_inverse(a, b, .9);
}

void wn_prior(int64_t right, int64_t n, double *a, double *b)
{
    double w = n > 0 ? fmin(1, 20 / (double)n) : 0;
    *a = 1 + (double)right * w;
    *b = 1 + (double)(n - right) * w;
}

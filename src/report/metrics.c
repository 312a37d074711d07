/* metrics.c: see metrics.h. */
#include "report/metrics.h"
#include "base/arena.h"
#include "decide/calibrate.h"
#include "decide/proof.h"
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static double share(size_t part, size_t of)
{
    return of == 0 ? NAN : (double)part / (double)of;
}

/* ---- labels ---- */

void wn_metrics_shares(struct wn_eval_label *l)
{
    l->precision = share(l->right, l->said);
    l->recall = share(l->right, l->n);
    l->f1 = share(2 * l->right, l->n + l->said);
}

void wn_metrics_labels(const struct wn_judged *list, size_t n, size_t nlabels,
                       struct wn_eval_label *out)
{
    for (size_t i = 0; i < n; i++) {
        const struct wn_judged *j = &list[i];
        if (j->truth < nlabels)
            out[j->truth].n++;
        if (j->said < nlabels)
            out[j->said].said++;
        if (j->said < nlabels && j->said == j->truth)
            out[j->said].right++;
    }
    for (size_t i = 0; i < nlabels; i++)
        wn_metrics_shares(&out[i]);
}

double wn_metrics_macro_f1(const struct wn_eval_label *labels, size_t n)
{
    double sum = 0;
    size_t counted = 0;
    for (size_t i = 0; i < n; i++)
        if (labels[i].n + labels[i].said > 0) {
            sum += labels[i].f1;
            counted++;
        }
    return counted == 0 ? NAN : sum / (double)counted;
}

static int by_count(const void *a, const void *b)
{
    const struct wn_mixed *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    if (x->truth != y->truth)
        return x->truth < y->truth ? -1 : 1;
    return x->said < y->said ? -1 : x->said > y->said;
}

size_t wn_metrics_mixed(const struct wn_judged *list, size_t n, size_t nlabels,
                        struct wn_mixed *out, size_t max)
{
    size_t width = nlabels + 1, used = 0;
    struct wn_mixed *all = wn_xcalloc(nlabels * width + 1, sizeof(*all));
    for (size_t i = 0; i < n; i++) {
        size_t said = list[i].said < nlabels ? list[i].said : nlabels;
        if (list[i].truth < nlabels && said != list[i].truth)
            all[list[i].truth * width + said].n++;
    }
    for (size_t i = 0; i < nlabels * width; i++)
        if (all[i].n > 0)
            all[used++] = (struct wn_mixed){ i / width, i % width == nlabels ? SIZE_MAX : i % width,
                                             all[i].n };
    qsort(all, used, sizeof(*all), by_count);
    if (used > max)
        used = max;
    for (size_t i = 0; i < used; i++)
        out[i] = all[i];
    free(all);
    return used;
}

/* ---- probabilities ---- */

void wn_metrics_bins(const struct wn_judged *list, size_t n, struct wn_eval_bin *out)
{
    for (int b = 0; b < WN_EVAL_BINS; b++)
        out[b] = (struct wn_eval_bin){ 0, 0, 0 };
    for (size_t i = 0; i < n; i++) {
        if (isnan(list[i].p))
            continue;
        struct wn_eval_bin *b = &out[(int)fmin(WN_EVAL_BINS - 1, floor(WN_EVAL_BINS * list[i].p))];
        b->n++;
        b->p += list[i].p;
        b->right += list[i].right;
    }
    for (int b = 0; b < WN_EVAL_BINS; b++) {
        out[b].p = out[b].n == 0 ? NAN : out[b].p / (double)out[b].n;
        out[b].right = out[b].n == 0 ? NAN : out[b].right / (double)out[b].n;
    }
}

struct sure {
    double score;
    bool right;
};

static int surest_first(const void *a, const void *b)
{
    double x = ((const struct sure *)a)->score, y = ((const struct sure *)b)->score;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* right_of[k]: how many of the surest k are right, where equal scores share evenly. */
static double *right_of_surest(const struct wn_judged *list, size_t n)
{
    struct sure *s = wn_xcalloc(n + 1, sizeof(*s));
    double *right_of = wn_xcalloc(n + 1, sizeof(*right_of));
    for (size_t i = 0; i < n; i++)
        s[i] = (struct sure){ isnan(list[i].score) ? -INFINITY : list[i].score, list[i].right };
    qsort(s, n, sizeof(*s), surest_first);
    for (size_t from = 0, to; from < n; from = to) {
        size_t right = 0;
        for (to = from; to < n && !(s[to].score < s[from].score); to++)
            right += s[to].right;
        for (size_t k = from + 1; k <= to; k++)
            right_of[k] = right_of[from] + (double)right * (double)(k - from) / (double)(to - from);
    }
    free(s);
    return right_of;
}

void wn_metrics_coverage(const struct wn_judged *list, size_t n, double *out)
{
    double *right_of = right_of_surest(list, n);
    for (size_t t = 1; t <= 10; t++) {
        size_t k = (n * t + 9) / 10;
        out[t - 1] = k == 0 ? NAN : right_of[k] / (double)k;
    }
    free(right_of);
}

size_t wn_metrics_quality(const struct wn_judged *list, size_t n, double *brier, double *ece,
                          double *auroc)
{
    double *p = wn_xcalloc(n + 1, sizeof(*p));
    bool *right = wn_xcalloc(n + 1, sizeof(*right));
    struct wn_quality q;
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(list[i].p)) {
            p[m] = list[i].p;
            right[m++] = list[i].right;
        }
    wn_quality(p, right, m, &q);
    *brier = q.brier;
    *ece = q.ece;
    *auroc = q.auroc;
    free(p);
    free(right);
    return m;
}

/* ---- what could be accepted without a person ---- */

static void measure(const struct wn_judged *list, const bool *choose, size_t n,
                    struct wn_eval_automation *out)
{
    for (size_t i = 0; i < n; i++)
        if (!choose[i] && list[i].eligible && list[i].score >= out->threshold) {
            out->accepted++;
            out->wrong += list[i].wrong;
        }
}

void wn_metrics_automation(const struct wn_judged *list, const bool *choose, size_t n,
                           double target_error, struct wn_eval_automation *out)
{
    double *pool = wn_xcalloc(n + 1, sizeof(*pool));
    struct wn_labelled *labelled = wn_xcalloc(n + 1, sizeof(*labelled));
    struct wn_proof proof;
    size_t m = 0;
    *out = (struct wn_eval_automation){ .threshold = NAN };
    for (size_t i = 0; i < n; i++) {
        out->chosen_on += choose[i];
        if (choose[i] && list[i].eligible) {
            pool[m] = list[i].score;
            labelled[m++] = (struct wn_labelled){ list[i].score, list[i].wrong };
        }
    }
    out->measured_on = n - out->chosen_on;
    wn_choose_threshold(pool, m, labelled, m, target_error, .05, 2, &proof);
    out->chosen = proof.state == WN_PROOF_PROVED;
    if (proof.state == WN_PROOF_TOO_FEW)
        out->needed = 2 * (size_t)proof.needed;
    if (out->chosen) {
        out->threshold = proof.threshold;
        measure(list, choose, n, out);
    }
    free(pool);
    free(labelled);
}

static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

double wn_metrics_quantile(double *list, size_t n, double q)
{
    size_t rank = (size_t)ceil(q * (double)n - 1e-9);
    if (n == 0)
        return NAN;
    qsort(list, n, sizeof(*list), rising);
    return list[rank == 0 ? 0 : rank - 1];
}

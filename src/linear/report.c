/* report.c: see report.h. */
#include "linear/report.h"
#include "linear/score.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CONFUSIONS = 20 };

/* Of what was learned from, this share is as unfamiliar out of fold as what is called so. */
static const double unfamiliar_share = .02;

struct mistake {
    size_t truth, said, example;
    double p;
};

/* One row's outcome: what was said, with which probability, and what was right. */
struct outcome {
    size_t truth, said;
    double p, nll;
    bool right;
};

static struct outcome judge_one(const struct wn_target *g, size_t row, const double *p)
{
    struct outcome o = { .said = wn_largest(p, g->head.k), .truth = (size_t)g->y[row] };
    size_t tol = g->q->type == WN_SCALE ? (size_t)g->q->tol : 0;
    size_t off = o.said > o.truth ? o.said - o.truth : o.truth - o.said;
    o.nll = -log(fmax(p[o.truth], 1e-12));
    for (size_t c = 0; c < g->head.k; c++)
        if (c + tol >= o.said && c <= o.said + tol)
            o.p += p[c];
    o.right = off <= tol;
    return o;
}

static struct outcome judge_tags(const struct wn_target *g, size_t row, const double *p)
{
    struct outcome o = { .p = 1, .right = true };
    for (size_t c = 0; c < g->head.k; c++) {
        bool has = g->tags[row][c], said = p[c] >= .5;
        o.p = fmin(o.p, said ? p[c] : 1 - p[c]);
        o.right &= has == said;
        o.nll -= log(fmax(has ? p[c] : 1 - p[c], 1e-12));
    }
    return o;
}

static void count_labels(const struct wn_target *g, size_t row, const struct outcome *o,
                         const double *p, struct wn_linear_label *labels)
{
    if (g->q->type != WN_TAGS) {
        labels[o->truth].n++;
        labels[o->said].said++;
        labels[o->truth].right += o->truth == o->said;
        return;
    }
    for (size_t c = 0; c < g->head.k; c++) {
        labels[c].n += g->tags[row][c];
        labels[c].said += p[c] >= .5;
        labels[c].right += g->tags[row][c] && p[c] >= .5;
    }
}

static int by_pair(const void *a, const void *b)
{
    const struct mistake *x = a, *y = b;
    if (x->truth != y->truth)
        return x->truth < y->truth ? -1 : 1;
    if (x->said != y->said)
        return x->said < y->said ? -1 : 1;
    if (x->p != y->p)
        return x->p > y->p ? -1 : 1;
    return x->example < y->example ? -1 : x->example > y->example;
}

static int by_size(const void *a, const void *b)
{
    const struct wn_linear_confusion *x = a, *y = b;
    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return strcmp(x->truth, y->truth) != 0 ? strcmp(x->truth, y->truth) : strcmp(x->said, y->said);
}

static void list_confusions(const struct wn_question *q, struct mistake *list, size_t n,
                            struct wn_arena *a, struct wn_linear_score *out)
{
    struct wn_linear_confusion *all = wn_arena_array(a, n, sizeof(*all));
    qsort(list, n, sizeof(*list), by_pair);
    for (size_t i = 0, end; i < n; i = end) {
        struct wn_linear_confusion *c = &all[out->nconfusions++];
        c->truth = q->choices[list[i].truth].id;
        c->said = q->choices[list[i].said].id;
        for (end = i; end < n && list[end].truth == list[i].truth && list[end].said == list[i].said;
             end++)
            if (c->nexamples < WN_COUNT(c->examples))
                c->examples[c->nexamples++] = list[end].example;
        c->n = end - i;
    }
    qsort(all, out->nconfusions, sizeof(*all), by_size);
    if (out->nconfusions > MOST_CONFUSIONS)
        out->nconfusions = MOST_CONFUSIONS;
    out->confusions = all;
}

void wn_head_fit(const struct wn_head *h, const float *z, double *margin, double *energy)
{
    bool softmax = h->ntemps == 1 && h->ncols > 1;
    *margin = softmax ? z[0] : fabsf(z[0]);
    for (size_t c = 1; c < h->ncols; c++)
        *margin = fmax(*margin, softmax ? z[c] : fabsf(z[c]));
    *energy = softmax ? wn_energy(z, h->k, h->temperature[0]) : *margin;
}

static int by_float(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

/* The low quantile; where all values are alike, half of what is usual. */
static float low_limit(float *v, size_t n)
{
    qsort(v, n, sizeof(*v), by_float);
    return fminf(v[(size_t)(unfamiliar_share * (double)n)], v[n / 2] / 2);
}

static void find_limits(const struct wn_training *tr, const struct wn_target *g, const float *z,
                        const float *known, struct wn_linear_limits *limits)
{
    float *v = wn_xcalloc(3 * g->head.n + 3, sizeof(*v));
    float *margin = v, *energy = v + g->head.n, *share = v + 2 * g->head.n;
    size_t n = 0;
    for (size_t row = tr->first_example; row < tr->first_pool; row++) {
        double m, e;
        if (g->rank[row] < 0)
            continue;
        wn_head_fit(&g->head, z + row * g->head.ncols, &m, &e);
        margin[n] = (float)m;
        energy[n] = (float)e;
        share[n++] = known[row];
    }
    if (n > 0)
        *limits = (struct wn_linear_limits){ low_limit(margin, n), low_limit(energy, n),
                                             low_limit(share, n) };
    free(v);
}

void wn_judge(struct wn_training *tr, struct wn_target *g, const float *z, const float *known,
              struct wn_linear_limits *limits, struct wn_arena *a, struct wn_linear_score *out)
{
    struct wn_head *h = &g->head;
    struct wn_linear_label *labels = wn_arena_array(a, h->k, sizeof(*labels));
    struct wn_judged *judged = wn_xcalloc(h->n, sizeof(*judged));
    struct mistake *mistakes = wn_xcalloc(h->n, sizeof(*mistakes));
    double *p = wn_xcalloc(h->k, sizeof(*p)), nll = 0;
    size_t n = 0, nmistakes = 0, right = 0;
    for (size_t row = tr->first_example; row < tr->first_pool; row++) {
        struct outcome o;
        if (g->rank[row] < 0)
            continue;
        wn_head_probabilities(h, z + row * h->ncols, p);
        o = g->q->type == WN_TAGS ? judge_tags(g, row, p) : judge_one(g, row, p);
        count_labels(g, row, &o, p, labels);
        judged[n++] = (struct wn_judged){ o.p, o.right };
        right += o.right;
        nll += o.nll;
        if (o.said != o.truth && g->q->type != WN_TAGS)
            mistakes[nmistakes++] = (struct mistake){ o.truth, o.said, tr->example[row], o.p };
    }
    h->accuracy = (float)right / (float)n;
    h->nll = (float)(nll / (double)n);
    h->ece = (float)wn_ece(judged, n);
    for (size_t c = 0; c < h->k; c++)
        labels[c].id = g->q->choices[c].id;
    out->labels = labels;
    out->nlabels = h->k;
    list_confusions(g->q, mistakes, nmistakes, a, out);
    if (limits != NULL)
        find_limits(tr, g, z, known, limits);
    free(judged);
    free(mistakes);
    free(p);
}

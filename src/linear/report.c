/* report.c: see report.h. */
#include "linear/report.h"
#include "linear/score.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CONFUSIONS = 20, FOLDS = 5 };

/* A tag that is less likely than this is never said. */
#define LEAST_START .1

/* Of what was learned from, this share is as unfamiliar out of fold as what is called so. */
static const double unfamiliar_share = .02;

struct mistake {
    size_t truth, said, example;
    double p;
};

uint32_t wn_tags_digest(const bool *chosen, size_t k)
{
    return (uint32_t)wn_fnv(WN_FNV_START, chosen, k * sizeof(*chosen));
}

static struct wn_linear_mark mark_tags(const struct wn_question *q, const float *from,
                                       const double *p)
{
    struct wn_linear_mark m = { .judged = true, .p = 1 };
    uint64_t h = WN_FNV_START;
    for (size_t c = 0; c < q->nchoices; c++) {
        bool said = p[c] >= (double)from[c];
        m.p = fminf(m.p, (float)(said ? p[c] : 1 - p[c]));
        h = wn_fnv(h, &said, sizeof(said));
    }
    m.said = (uint32_t)h;
    return m;
}

struct wn_linear_mark wn_mark(const struct wn_question *q, const float *from, const double *p)
{
    struct wn_linear_mark m = { .judged = true };
    size_t said, tol = q->type == WN_SCALE ? (size_t)q->tol : 0;
    double sum = 0;
    if (q->type == WN_TAGS)
        return mark_tags(q, from, p);
    said = wn_largest(p, q->nchoices);
    for (size_t c = 0; c < q->nchoices; c++)
        if (c + tol >= said && c <= said + tol)
            sum += p[c];
    m.said = (uint32_t)said;
    m.p = (float)sum;
    return m;
}

bool wn_mark_is_right(const struct wn_question *q, const struct wn_linear_mark *m, uint32_t truth)
{
    uint32_t tol = q->type == WN_SCALE ? (uint32_t)q->tol : 0;
    return (m->said > truth ? m->said - truth : truth - m->said) <= tol;
}

static double loss_of(const struct wn_target *g, size_t row, const double *p)
{
    double nll = 0;
    if (g->q->type != WN_TAGS)
        return -log(fmax(p[g->y[row]], 1e-12));
    for (size_t c = 0; c < g->head.k; c++)
        nll -= log(fmax(g->tags[row][c] ? p[c] : 1 - p[c], 1e-12));
    return nll;
}

static void count_labels(const struct wn_target *g, size_t row, const struct wn_linear_mark *m,
                         const float *from, const double *p, struct wn_linear_label *labels)
{
    if (g->q->type != WN_TAGS) {
        labels[m->truth].n++;
        labels[m->said].said++;
        labels[m->truth].right += m->truth == m->said;
        return;
    }
    for (size_t c = 0; c < g->head.k; c++) {
        labels[c].n += g->tags[row][c];
        labels[c].said += p[c] >= (double)from[c];
        labels[c].right += g->tags[row][c] && p[c] >= (double)from[c];
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

/* ---- from which probability on a tag is said ---- */

struct tagged {
    double p;
    bool has;
};

static int by_falling_p(const void *a, const void *b)
{
    const struct tagged *x = a, *y = b;
    if (x->p != y->p)
        return x->p > y->p ? -1 : 1;
    return x->has - y->has;
}

/* An even chance misses most of what is rare: a tag that one text in thirty has is hardly ever likelier
 * than not. So each is said from where precision and recall together are best (F1), as if two more texts
 * had it and were missed: few texts shall not promise much. */
static float best_start(struct tagged *list, size_t n)
{
    double best = 0, start = .5;
    size_t has = 2, right = 0;
    qsort(list, n, sizeof(*list), by_falling_p);
    for (size_t i = 0; i < n; i++)
        has += list[i].has;
    for (size_t i = 0; i < n && list[i].p >= LEAST_START; i++) {
        double f1;
        right += list[i].has;
        if (i + 1 < n && list[i + 1].p == list[i].p)
            continue;
        f1 = 2.0 * (double)right / (double)(i + 1 + has);
        if (f1 > best) {
            best = f1;
            start = i + 1 < n ? (list[i].p + list[i + 1].p) / 2 : list[i].p;
        }
    }
    return (float)fmin(fmax(start, LEAST_START), .5);
}

/* Where the tags begin, from all rows but those of one fold (FOLDS: from all). */
static void find_starts(const struct wn_training *tr, const struct wn_target *g, const float *z,
                        int but, float *from)
{
    struct tagged *list = wn_xcalloc(g->head.n * g->head.k, sizeof(*list));
    double *p = wn_xcalloc(g->head.k, sizeof(*p));
    size_t n = 0;
    for (size_t row = tr->first_example; row < tr->first_pool; row++) {
        if (g->rank[row] < 0 || g->rank[row] % FOLDS == but)
            continue;
        wn_head_probabilities(&g->head, z + row * g->head.ncols, p);
        for (size_t c = 0; c < g->head.k; c++)
            list[c * g->head.n + n] = (struct tagged){ p[c], g->tags[row][c] };
        n++;
    }
    for (size_t c = 0; c < g->head.k; c++)
        from[c] = best_start(list + c * g->head.n, n);
    free(list);
    free(p);
}

/* The starts of each fold's rows, which had no say in them, and behind them those that stay. NULL where the
 * question is not about tags. */
static float *all_starts(const struct wn_training *tr, struct wn_target *g, const float *z)
{
    struct wn_head *h = &g->head;
    float *from;
    if (g->q->type != WN_TAGS)
        return NULL;
    from = wn_xcalloc((FOLDS + 1) * h->k, sizeof(*from));
    for (int f = 0; f <= FOLDS; f++)
        find_starts(tr, g, z, f, from + (size_t)f * h->k);
    memcpy(h->shift, from + FOLDS * h->k, h->k * sizeof(*from));
    return from;
}

void wn_judge(struct wn_training *tr, struct wn_target *g, const float *z, const float *known,
              struct wn_linear_limits *limits, struct wn_linear_sheet *sheet, struct wn_arena *a,
              struct wn_linear_score *out)
{
    struct wn_head *h = &g->head;
    struct wn_linear_label *labels = wn_arena_array(a, h->k, sizeof(*labels));
    struct wn_judged *judged = wn_xcalloc(h->n, sizeof(*judged));
    struct mistake *mistakes = wn_xcalloc(h->n, sizeof(*mistakes));
    float *starts = all_starts(tr, g, z);
    double *p = wn_xcalloc(h->k, sizeof(*p)), nll = 0;
    size_t n = 0, nmistakes = 0, right = 0;
    for (size_t row = tr->first_example; row < tr->first_pool; row++) {
        struct wn_linear_mark *m =
            &sheet->marks[(row - tr->first_example) * sheet->nquestions + g->index];
        const float *from = starts;
        bool is_right;
        if (g->rank[row] < 0)
            continue;
        wn_head_probabilities(h, z + row * h->ncols, p);
        if (starts != NULL)
            from += (size_t)(g->rank[row] % FOLDS) * h->k;
        *m = wn_mark(g->q, from, p);
        m->truth = g->q->type == WN_TAGS ? wn_tags_digest(g->tags[row], h->k) : (uint32_t)g->y[row];
        is_right = wn_mark_is_right(g->q, m, m->truth);
        count_labels(g, row, m, from, p, labels);
        judged[n++] = (struct wn_judged){ (double)m->p, is_right };
        right += is_right;
        nll += loss_of(g, row, p);
        if (m->said != m->truth && g->q->type != WN_TAGS)
            mistakes[nmistakes++] =
                (struct mistake){ m->truth, m->said, tr->example[row], (double)m->p };
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
    free(starts);
    free(p);
}

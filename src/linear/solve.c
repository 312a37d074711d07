/* solve.c: see solve.h. */
#include "linear/solve.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Violation at which the multi-class solver stops. liblinear's .1 takes half as long again and is not
 * more often right (tests/bench/README.md). */
#define WN_SOLVE_EPS .3

static void say_nothing(const char *text)
{
    (void)text;
}

static void copy_weights(const struct model *m, const struct wn_rows *rows, size_t k, float *w)
{
    size_t ncolumns = (size_t)rows->ncolumns, nr = (size_t)m->nr_class;
    memset(w, 0, ncolumns * k * sizeof(*w));
    if (k == 1) {
        float sign = m->label[0] != 0 ? 1 : -1; /* liblinear's weights speak for its first label */
        for (size_t i = 0; i < ncolumns; i++)
            w[i] = sign * (float)m->w[i];
        return;
    }
    for (size_t c = 0; c < k; c++)
        w[(ncolumns - 1) * k + c] = -2;
    for (size_t i = 0; i < ncolumns; i++)
        for (size_t c = 0; c < nr; c++)
            w[i * k + (size_t)m->label[c]] = (float)m->w[i * nr + c];
}

static bool has_both(const int *y, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (y[i] != y[0])
            return true;
    return false;
}

void wn_solve(const struct wn_rows *rows, const size_t *members, const int *y, size_t n, size_t k,
              double c, float *w)
{
    /* Two classes: the same optimum as Crammer and Singer's with half of C, found many times faster. */
    struct parameter how = { .solver_type = k == 1 ? L2R_L1LOSS_SVC_DUAL : MCSVM_CS,
                             .eps = k == 1 ? .1 : WN_SOLVE_EPS,
                             .C = k == 1 ? 2 * c : c };
    struct problem p = { .l = (int)n, .n = rows->ncolumns, .bias = 1 };
    struct model *m;
    if (k == 1 && !has_both(y, n)) {
        /* a fold without one of the classes says what the other rows say, and not loudly */
        memset(w, 0, (size_t)rows->ncolumns * sizeof(*w));
        w[rows->ncolumns - 1] = n == 0 ? 0 : y[0] != 0 ? .5f : -.5f;
        return;
    }
    p.y = wn_xcalloc(n, sizeof(*p.y));
    p.x = wn_xcalloc(n, sizeof(*p.x));
    for (size_t i = 0; i < n; i++) {
        p.x[i] = rows->x[members[i]];
        p.y[i] = y[i];
    }
    assert(check_parameter(&p, &how) == NULL);
    set_print_string_function(say_nothing);
    srand(1); /* liblinear shuffles with rand(): the same data give the same model */
    m = train(&p, &how);
    copy_weights(m, rows, k, w);
    free_and_destroy_model(&m);
    free(p.y);
    free(p.x);
}

void wn_solve_decide(const struct feature_node *x, const float *w, size_t k, float *z)
{
    memset(z, 0, k * sizeof(*z));
    for (; x->index > 0; x++) {
        const float *at = w + (size_t)(x->index - 1) * k;
        for (size_t c = 0; c < k; c++)
            z[c] += (float)x->value * at[c];
    }
}

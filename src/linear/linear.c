/* linear.c: item -> answer, by a trained model; see linear.h. */
#include "linear/model.h"
#include "linear/report.h"
#include "linear/score.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Fewer items say too little about the shares of their labels, and more say nothing new. */
enum { ADAPT_FROM = 300, ADAPT_MOST = 20000 };

/* Of a text with no known word the model knows no more than how often each label comes. */
static void shares_alone(const struct wn_head *h, double *p)
{
    for (size_t i = 0; i < h->k; i++)
        p[i] = h->type == WN_TAGS ? h->prior[i] : h->shift[i];
}

static void answer_one(const struct wn_head *h, const struct wn_reading *r, struct wn_arena *a,
                       struct wn_value *v)
{
    double *p = wn_arena_array(a, h->k, sizeof(*p));
    if (r->nhits == 0)
        shares_alone(h, p);
    else
        wn_head_probabilities(h, r->z + h->col, p);
    v->answered = true;
    v->source = WN_LINEAR;
    v->p = p;
    if (h->type == WN_TAGS) {
        bool *chosen = wn_arena_array(a, h->k, sizeof(*chosen));
        for (size_t i = 0; i < h->k; i++)
            chosen[i] = p[i] >= (double)h->shift[i];
        v->chosen = chosen;
    } else {
        v->choice = wn_largest(p, h->k);
    }
}

void wn_linear_answer(const struct wn_linear *m, const struct wn_task *t,
                      const struct wn_item *item, struct wn_arena *a, struct wn_answer *out,
                      struct wn_linear_fit *fit)
{
    struct wn_reading r;
    const struct wn_head *first = &m->heads[0];
    wn_linear_read(m, item, false, a, &r);
    for (size_t i = 0; i < m->nheads; i++)
        if (m->heads[i].state != WN_HEAD_NONE)
            answer_one(&m->heads[i], &r, a, &out->values[i]);
    wn_linear_texts(t, item, a, out);
    if (fit == NULL)
        return;
    memset(fit, 0, sizeof(*fit));
    if (first->state != WN_HEAD_NONE)
        wn_head_fit(first, r.z + first->col, &fit->margin, &fit->energy);
    if (r.features.n > 0)
        fit->known = (double)r.nhits / (double)r.features.n;
    fit->unfamiliar = r.nhits == 0 || fit->known < (double)m->min_known ||
                      fit->margin < (double)m->min_margin || fit->energy < (double)m->min_energy;
}

bool wn_linear_adapt(struct wn_linear *m, const struct wn_task *t, const struct wn_item *items,
                     size_t n)
{
    struct wn_arena a = WN_ARENA_INIT;
    bool done = false;
    (void)t;
    if (n > ADAPT_MOST) {
        items += n - ADAPT_MOST;
        n = ADAPT_MOST;
    }
    for (size_t i = 0; i < m->nheads && n >= ADAPT_FROM; i++) {
        struct wn_head *h = &m->heads[i];
        double *p, *from, *to;
        if (h->state != WN_HEAD_TRAINED || h->type != WN_CHOICE)
            continue;
        p = wn_xcalloc(n * h->k, sizeof(*p));
        from = wn_xcalloc(2 * h->k, sizeof(*from));
        to = from + h->k;
        for (size_t c = 0; c < h->k; c++) {
            from[c] = (double)h->prior[c];
            h->shift[c] = h->prior[c];
        }
        for (size_t k = 0; k < n; k++) {
            struct wn_reading r;
            wn_arena_reset(&a);
            wn_linear_read(m, &items[k], false, &a, &r);
            wn_head_probabilities(h, r.z + h->col, p + k * h->k);
        }
        wn_prior_estimate(p, n, h->k, from, to);
        for (size_t c = 0; c < h->k; c++)
            h->shift[c] = (float)to[c];
        free(p);
        free(from);
        done = true;
    }
    wn_arena_free(&a);
    if (done)
        wn_linear_refresh(m);
    return done;
}

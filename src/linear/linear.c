/* linear.c: item -> answer, by a trained model; see linear.h. */
#include "linear/model.h"
#include "linear/report.h"
#include "linear/score.h"
#include <math.h>
#include <string.h>

struct read_item {
    struct wn_features features;
    struct wn_hit *hits;
    size_t nhits;
    float *z;
};

static void read_item(const struct wn_linear *m, const struct wn_item *item, bool places,
                      struct wn_arena *a, struct read_item *r)
{
    wn_features_read(item->text, item->text_len, item->fields, item->nfields, places, a,
                     &r->features);
    r->hits = wn_arena_array(a, r->features.n, sizeof(*r->hits));
    r->nhits = wn_linear_look_up(m, &r->features, r->hits);
    r->z = wn_arena_array(a, m->wide, sizeof(*r->z));
    wn_linear_decide(m, r->hits, r->nhits, r->z);
}

/* Of a text with no known word the model knows no more than how often each label comes. */
static void shares_alone(const struct wn_head *h, double *p)
{
    for (size_t i = 0; i < h->k; i++)
        p[i] = h->shift[i];
}

static void answer_one(const struct wn_head *h, const struct read_item *r, struct wn_arena *a,
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
            chosen[i] = p[i] >= .5;
        v->chosen = chosen;
    } else {
        v->choice = wn_largest(p, h->k);
    }
}

void wn_linear_answer(const struct wn_linear *m, const struct wn_task *t,
                      const struct wn_item *item, struct wn_arena *a, struct wn_answer *out,
                      struct wn_linear_fit *fit)
{
    struct read_item r;
    const struct wn_head *first = &m->heads[0];
    read_item(m, item, false, a, &r);
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

/* explain.c: why a model said what it said, read off the item's own text; see linear.h.
 *
 * A feature is a number; where it stands in the text is known while the text is read. What each feature
 * adds is shared out among the words it touches, so that a person sees words and not letters. */
#include "linear/model.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The weight of a slot's key in one column. */
static double weight(const struct wn_linear *m, size_t slot, size_t col)
{
    const struct wn_known *known = &m->known[slot];
    const struct wn_weight *w = m->weights + known->first;
    if (known->n == WN_DENSE)
        return (double)m->dense[known->first * m->wide + col];
    for (uint16_t k = 0; k < known->n; k++)
        if (w[k].col == col)
            return w[k].q;
    return 0;
}

/* Two columns of a head, or one (other == SIZE_MAX) whose boundary is 0. */
struct sides {
    size_t label, other;
    double sign; /* -1: the label is the one below 0 */
};

static struct sides choose_sides(const struct wn_head *h, const double *p, size_t about,
                                 struct wn_linear_why *out)
{
    struct sides s = { 0, SIZE_MAX, 1 };
    size_t best = about < h->k ? about : wn_largest(p, h->k), second = SIZE_MAX;
    for (size_t i = 0; i < h->k; i++)
        if (i != best && (second == SIZE_MAX || p[i] > p[second]))
            second = i;
    if (h->type == WN_TAGS) {
        out->label = out->other = s.label = best;
        return s;
    }
    if (h->ncols == h->k) {
        s = (struct sides){ best, second, 1 };
    } else if (h->type == WN_YESNO) {
        s.sign = best == 1 ? 1 : -1;
    } else { /* scale: the step to the more probable neighbour */
        bool up = best == 0 || (best + 1 < h->k && p[best + 1] > p[best - 1]);
        second = up ? best + 1 : best - 1;
        s.label = up ? best : best - 1;
        s.sign = up ? -1 : 1;
    }
    out->label = best;
    out->other = second;
    return s;
}

static double difference(const struct sides *s, const float *v)
{
    double d = (double)v[s->label];
    return s->sign * (s->other == SIZE_MAX ? d : d - (double)v[s->other]);
}

struct word {
    size_t start, end;
    double weight;
};

static size_t split(const struct wn_features *f, struct word *words)
{
    size_t n = 0;
    for (size_t i = 1; i < f->folded_len; i++) {
        const char *space = memchr(f->folded + i, ' ', f->folded_len - i);
        size_t end = (size_t)(space - f->folded);
        words[n++] = (struct word){ i, end, 0 };
        i = end;
    }
    return n;
}

/* In equal parts to the words that the place touches. */
static void share_out(struct word *words, size_t n, const struct wn_feature_place *at, double value)
{
    size_t lo = 0, hi = n, last;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (words[mid].end <= at->start)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (last = lo; last + 1 < n && words[last + 1].start < at->end;)
        last++;
    for (size_t i = lo; i <= last && i < n; i++)
        words[i].weight += value / (double)(last - lo + 1);
}

static int by_size(const void *a, const void *b)
{
    const struct wn_linear_reason *x = a, *y = b;
    if (fabs(x->weight) != fabs(y->weight))
        return fabs(x->weight) > fabs(y->weight) ? -1 : 1;
    return strcmp(x->text, y->text);
}

static int by_text(const void *a, const void *b)
{
    const struct wn_linear_reason *x = a, *y = b;
    return strcmp(x->text, y->text);
}

/* Each word once, with all it added; the weightiest first. */
static void list_reasons(const struct wn_features *f, const struct word *words, size_t n,
                         struct wn_arena *a, struct wn_linear_why *out)
{
    struct wn_linear_reason *list = wn_arena_array(a, n + 1, sizeof(*list));
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        list[i] = (struct wn_linear_reason){ wn_arena_copy(a, f->folded + words[i].start,
                                                           words[i].end - words[i].start),
                                             words[i].weight };
    qsort(list, n, sizeof(*list), by_text);
    for (size_t i = 0; i < n; i++)
        if (m > 0 && strcmp(list[m - 1].text, list[i].text) == 0)
            list[m - 1].weight += list[i].weight;
        else
            list[m++] = list[i];
    qsort(list, m, sizeof(*list), by_size);
    while (m > 0 && fabs(list[m - 1].weight) < 1e-9)
        m--;
    out->reasons = list;
    out->nreasons = m;
}

bool wn_linear_explain(const struct wn_linear *m, const struct wn_task *t,
                       const struct wn_item *item, size_t q, size_t about, struct wn_arena *a,
                       struct wn_linear_why *out)
{
    const struct wn_head *h = &m->heads[q];
    struct wn_reading r;
    struct sides s;
    struct word *words;
    double *added, *p;
    size_t n;
    (void)t;
    memset(out, 0, sizeof(*out));
    if (h->state == WN_HEAD_NONE)
        return false;
    wn_linear_read(m, item, true, a, &r);
    p = wn_arena_array(a, h->k, sizeof(*p));
    wn_head_probabilities(h, r.z + h->col, p);
    s = choose_sides(h, p, about, out);
    out->margin = difference(&s, r.z + h->col);
    out->bias = difference(&s, h->bias);
    words = wn_arena_array(a, r.features.folded_len + 1, sizeof(*words));
    n = split(&r.features, words);
    /* what a feature adds at each place where it stands */
    added = wn_arena_array(a, r.features.n, sizeof(*added));
    for (size_t i = 0; i < r.nhits; i++) {
        const struct wn_hit *hit = &r.hits[i];
        double w = weight(m, hit->slot, h->col + s.label) * (double)h->scale[s.label];
        if (s.other != SIZE_MAX)
            w -= weight(m, hit->slot, h->col + s.other) * (double)h->scale[s.other];
        added[hit->feature] = s.sign * w * (double)hit->value / r.features.list[hit->feature].tf;
    }
    for (size_t i = 0; i < r.features.nplaces; i++)
        share_out(words, n, &r.features.places[i], added[r.features.places[i].feature]);
    list_reasons(&r.features, words, n, a, out);
    return true;
}

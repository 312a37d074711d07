/* corpus.c: see corpus.h. */
#include "linear/corpus.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* With few texts a feature seen once is all there is; with many it is noise. */
enum { FEW_ROWS = 2000 };

void wn_corpus_init(struct wn_corpus *c)
{
    memset(c, 0, sizeof(*c));
    c->nslots = 1024;
    c->slots = wn_xcalloc(c->nslots, sizeof(*c->slots));
    c->cap = 64;
    c->row = wn_xcalloc(c->cap + 1, sizeof(*c->row));
}

void wn_corpus_free(struct wn_corpus *c)
{
    free(c->row);
    free(c->id);
    free(c->tf);
    free(c->key);
    free(c->slots);
    memset(c, 0, sizeof(*c));
}

static size_t slot_of(const struct wn_corpus *c, uint64_t key)
{
    size_t slot = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (c->nslots - 1);
    while (c->slots[slot] != 0 && c->key[c->slots[slot] - 1] != key)
        slot = (slot + 1) & (c->nslots - 1);
    return slot;
}

static void grow_slots(struct wn_corpus *c)
{
    free(c->slots);
    c->nslots *= 4;
    c->slots = wn_xcalloc(c->nslots, sizeof(*c->slots));
    for (size_t i = 0; i < c->nkeys; i++)
        c->slots[slot_of(c, c->key[i])] = (uint32_t)i + 1;
}

static uint32_t number_of(struct wn_corpus *c, uint64_t key)
{
    size_t slot = slot_of(c, key);
    if (c->slots[slot] == 0) {
        if (c->nkeys == c->keys_cap) {
            c->keys_cap = c->keys_cap == 0 ? 1024 : c->keys_cap * 2;
            c->key = wn_xrealloc(c->key, c->keys_cap, sizeof(*c->key));
        }
        c->key[c->nkeys] = key;
        c->slots[slot] = (uint32_t)++c->nkeys;
        if (c->nkeys * 2 > c->nslots) {
            grow_slots(c);
            return (uint32_t)c->nkeys - 1;
        }
    }
    return c->slots[slot] - 1;
}

void wn_corpus_add(struct wn_corpus *c, const struct wn_features *f)
{
    if (c->n == c->cap) {
        c->cap *= 2;
        c->row = wn_xrealloc(c->row, c->cap + 1, sizeof(*c->row));
    }
    if (c->nids + f->n > c->ids_cap) {
        c->ids_cap = 2 * (c->nids + f->n);
        c->id = wn_xrealloc(c->id, c->ids_cap, sizeof(*c->id));
        c->tf = wn_xrealloc(c->tf, c->ids_cap, sizeof(*c->tf));
    }
    for (size_t i = 0; i < f->n; i++, c->nids++) {
        c->id[c->nids] = number_of(c, f->list[i].key);
        c->tf[c->nids] = (uint8_t)(f->list[i].tf > 255 ? 255 : f->list[i].tf);
    }
    c->row[++c->n] = c->nids;
}

double wn_tf_value(uint32_t tf)
{
    return 1 + log(tf);
}

double wn_idf_value(size_t ndocs, size_t df)
{
    return sqrt(log((1 + (double)ndocs) / (1 + (double)df)) + 1);
}

struct column {
    uint64_t stands; /* digest of where the feature stands, and how often */
    uint32_t id, df;
};

static int alike_together(const void *a, const void *b)
{
    const struct column *x = a, *y = b;
    if (x->df != y->df)
        return x->df > y->df ? -1 : 1;
    if (x->stands != y->stands)
        return x->stands > y->stands ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* Columns by falling frequency: what is used together lies together, which liblinear's inner loop
 * thanks us for. Features of one block that stand in the same rows equally often ("transfe", "ransfer")
 * share one column, each with 1/sqrt(m) of its value: the same optimum, a third fewer columns. */
static void number_columns(const struct wn_corpus *c, const bool *learn, struct wn_rows *out)
{
    uint32_t least = out->ndocs > FEW_ROWS ? 2 : 1;
    struct column *order = wn_xcalloc(c->nkeys, sizeof(*order));
    size_t n = 0;
    for (size_t i = 0; i < c->nkeys; i++)
        order[i] = (struct column){ wn_feature_block(c->key[i]), (uint32_t)i, out->df[i] };
    for (size_t r = 0; r < c->n; r++)
        for (size_t i = c->row[r]; learn[r] && i < c->row[r + 1]; i++) {
            uint64_t *h = &order[c->id[i]].stands;
            *h = (*h ^ (r << 8 | c->tf[i])) * UINT64_C(0x9e3779b97f4a7c15);
            *h ^= *h >> 29;
        }
    for (size_t i = 0; i < c->nkeys; i++)
        if (order[i].df >= least)
            order[n++] = order[i];
    qsort(order, n, sizeof(*order), alike_together);
    out->ncolumns = 0;
    for (size_t i = 0, end; i < n; i = end) {
        out->ncolumns++;
        for (end = i;
             end < n && order[end].df == order[i].df && order[end].stands == order[i].stands;)
            end++;
        for (size_t k = i; k < end; k++) {
            out->column[order[k].id] = out->ncolumns;
            out->share[order[k].id] = (float)(1 / sqrt((double)(end - i)));
        }
    }
    out->ncolumns++; /* the bias */
    free(order);
}

/* One row's nodes at `to`: each block of length 1, then the whole row; the bias behind. `at` holds where
 * in this row a column stands already, 1 more than it, and is left all 0. */
static struct feature_node *weigh(const struct wn_corpus *c, size_t row, const double *idf,
                                  const double *tf, const struct wn_rows *out, uint32_t *at,
                                  struct feature_node *to)
{
    double sum[WN_BLOCKS] = { 0 };
    struct feature_node *start = to;
    int blocks = 0;
    for (size_t i = c->row[row]; i < c->row[row + 1]; i++) {
        uint32_t id = c->id[i];
        double v = tf[c->tf[i]] * idf[id];
        if (out->column[id] != 0)
            sum[wn_feature_block(c->key[id])] += v * v;
    }
    for (int b = 0; b < WN_BLOCKS; b++)
        blocks += sum[b] > 0;
    for (int b = 0; b < WN_BLOCKS; b++)
        sum[b] = sum[b] > 0 ? 1 / sqrt(sum[b] * blocks) : 0;
    for (size_t i = c->row[row]; i < c->row[row + 1]; i++) {
        uint32_t id = c->id[i];
        int column = out->column[id];
        double v =
            tf[c->tf[i]] * idf[id] * sum[wn_feature_block(c->key[id])] * (double)out->share[id];
        if (column == 0)
            continue;
        if (at[column] != 0) {
            start[at[column] - 1].value += v;
            continue;
        }
        *to++ = (struct feature_node){ column, v };
        at[column] = (uint32_t)(to - start);
    }
    for (const struct feature_node *x = start; x < to; x++)
        at[x->index] = 0;
    *to++ = (struct feature_node){ out->ncolumns, 1 };
    *to++ = (struct feature_node){ -1, 0 };
    return to;
}

void wn_rows_make(const struct wn_corpus *c, const bool *learn, struct wn_rows *out)
{
    double *idf = wn_xcalloc(c->nkeys, sizeof(*idf)), tf[256];
    uint32_t *at = wn_xcalloc(c->nkeys + 1, sizeof(*at));
    struct feature_node *to;
    memset(out, 0, sizeof(*out));
    out->column = wn_xcalloc(c->nkeys, sizeof(*out->column));
    out->share = wn_xcalloc(c->nkeys, sizeof(*out->share));
    out->df = wn_xcalloc(c->nkeys, sizeof(*out->df));
    out->x = wn_xcalloc(c->n, sizeof(*out->x));
    out->nodes = wn_xcalloc(c->nids + 2 * c->n, sizeof(*out->nodes));
    for (size_t r = 0; r < c->n; r++) {
        out->ndocs += learn[r];
        for (size_t i = c->row[r]; learn[r] && i < c->row[r + 1]; i++)
            out->df[c->id[i]]++;
    }
    number_columns(c, learn, out);
    for (size_t i = 0; i < c->nkeys; i++)
        idf[i] = wn_idf_value(out->ndocs, out->df[i]);
    for (uint32_t i = 0; i < 256; i++)
        tf[i] = i == 0 ? 0 : wn_tf_value(i);
    to = out->nodes;
    for (size_t r = 0; r < c->n; r++) {
        out->x[r] = to;
        to = weigh(c, r, idf, tf, out, at, to);
    }
    free(idf);
    free(at);
}

void wn_rows_free(struct wn_rows *r)
{
    free(r->x);
    free(r->nodes);
    free(r->column);
    free(r->share);
    free(r->df);
    memset(r, 0, sizeof(*r));
}

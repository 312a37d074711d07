/* corpus.c: see corpus.h. */
#include "linear/corpus.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A feature that stands in one text only still tells that text from others: worth .3 points at 10,000
 * texts. Of very many texts there are too many of them to be worth their memory. */
enum { FEW_ROWS = 20 * 1000 };

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
    return pow(log((1 + (double)ndocs) / (1 + (double)df)) + 1, .75);
}

void wn_blocks_level(double sum[WN_BLOCKS])
{
    static const double weight[WN_BLOCKS] = { 1, 1, 1.5, 1 };
    double all = 0;
    for (int b = 0; b < WN_BLOCKS; b++)
        all += sum[b] > 0 ? weight[b] * weight[b] : 0;
    for (int b = 0; b < WN_BLOCKS; b++)
        sum[b] = sum[b] > 0 ? weight[b] / sqrt(sum[b] * all) : 0;
}

/* Features of one block that stand in the same rows equally often. */
struct group {
    uint64_t stands; /* digest of the block, where they stand, and how often */
    uint32_t df, n;
    int column;
};

/* Digests of where the features stand; the number of each one's group into of[], 0 = seen too seldom.
 * groups[0] is none. Returns how many groups there are. */
static size_t group_alike(const struct wn_corpus *c, const bool *learn, const struct wn_rows *out,
                          struct group *groups, uint32_t *of)
{
    uint32_t least = out->ndocs > FEW_ROWS ? 2 : 1, *slots;
    uint64_t *stands = wn_xcalloc(c->nkeys, sizeof(*stands));
    size_t n = 1, nslots = 64, slot;
    while (nslots < 2 * c->nkeys)
        nslots *= 2;
    slots = wn_xcalloc(nslots, sizeof(*slots));
    for (size_t i = 0; i < c->nkeys; i++)
        stands[i] = wn_feature_block(c->key[i]);
    for (size_t r = 0; r < c->n; r++)
        for (size_t i = c->row[r]; learn[r] && i < c->row[r + 1]; i++) {
            uint64_t *h = &stands[c->id[i]];
            *h = (*h ^ (r << 8 | c->tf[i])) * UINT64_C(0x9e3779b97f4a7c15);
            *h ^= *h >> 29;
        }
    for (size_t i = 0; i < c->nkeys; i++) {
        if (out->df[i] < least)
            continue;
        for (slot = stands[i] & (nslots - 1); slots[slot] != 0 &&
                                              (groups[slots[slot]].stands != stands[i] ||
                                               groups[slots[slot]].df != out->df[i]);)
            slot = (slot + 1) & (nslots - 1);
        if (slots[slot] == 0) {
            groups[n] = (struct group){ stands[i], out->df[i], 0, 0 };
            slots[slot] = (uint32_t)n++;
        }
        of[i] = slots[slot];
        groups[of[i]].n++;
    }
    free(stands);
    free(slots);
    return n;
}

/* Columns by falling frequency: what is used together lies together, which liblinear's inner loop
 * thanks us for. Features that stand alike ("transfe", "ransfer") share one column, each with 1/sqrt(m)
 * of its value: the same optimum, a third fewer columns. */
static void number_columns(const struct wn_corpus *c, const bool *learn, struct wn_rows *out)
{
    struct group *groups = wn_xcalloc(c->nkeys + 1, sizeof(*groups));
    uint32_t *of = wn_xcalloc(c->nkeys, sizeof(*of));
    int *next = wn_xcalloc(out->ndocs + 2, sizeof(*next)); /* column, by df */
    size_t n = group_alike(c, learn, out, groups, of);
    for (size_t g = 1; g < n; g++)
        next[groups[g].df - 1]++;
    next[out->ndocs] = 1;
    for (size_t df = out->ndocs; df-- > 0;)
        next[df] += next[df + 1];
    /* next[df] is now the first column with that df: those with more lie before it */
    for (size_t g = 1; g < n; g++)
        groups[g].column = next[groups[g].df]++;
    for (size_t i = 0; i < c->nkeys; i++)
        if (of[i] != 0) {
            out->column[i] = groups[of[i]].column;
            out->share[i] = (float)(1 / sqrt((double)groups[of[i]].n));
        }
    out->ncolumns = (int)n; /* the last is the bias */
    free(groups);
    free(of);
    free(next);
}

/* One row's nodes at `to`: the blocks levelled, the bias behind. `at` holds where
 * in this row a column stands already, 1 more than it, and is left all 0. */
static struct feature_node *weigh(const struct wn_corpus *c, size_t row, const double *idf,
                                  const double *tf, const struct wn_rows *out, uint32_t *at,
                                  struct feature_node *to)
{
    double sum[WN_BLOCKS] = { 0 };
    struct feature_node *start = to;
    for (size_t i = c->row[row]; i < c->row[row + 1]; i++) {
        uint32_t id = c->id[i];
        double v = tf[c->tf[i]] * idf[id];
        if (out->column[id] != 0)
            sum[wn_feature_block(c->key[id])] += v * v;
    }
    wn_blocks_level(sum);
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

void wn_rows_make(const struct wn_corpus *c, const bool *learn, const bool *look,
                  struct wn_rows *out)
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
        if (!learn[r] && look != NULL && !look[r])
            continue;
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

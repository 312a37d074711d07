/* write.c: see write.h; model.c says what the bytes are. */
#include "linear/write.h"
#include "linear/bytes.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KEEP_ALWAYS = 200 * 1000, MAX_BYTES = 512 * 1024 * 1024 };

struct feature {
    uint64_t key;
    uint32_t id;
};

static int by_key(const void *a, const void *b)
{
    const struct feature *x = a, *y = b;
    return x->key < y->key ? -1 : x->key > y->key;
}

/* Calls each weight of one target, as features have them, into a histogram of 16 of its bits: floats of
 * one sign are ordered like their bits. */
static void count_sizes(const struct wn_corpus *c, const struct wn_rows *rows, const float *w,
                        size_t ncols, int shift, uint32_t prefix, size_t *bins)
{
    memset(bins, 0, 65536 * sizeof(*bins));
    for (size_t id = 0; id < c->nkeys; id++)
        for (size_t k = 0; rows->column[id] != 0 && k < ncols; k++) {
            float size = fabsf(w[(size_t)(rows->column[id] - 1) * ncols + k] * rows->share[id]);
            uint32_t bits;
            memcpy(&bits, &size, sizeof(bits));
            if (shift != 0 || bits >> 16 == prefix)
                bins[bits >> shift & 65535]++;
        }
}

/* The bin of the keep-th largest; *keep is its place within the bin afterwards. */
static uint32_t find_bin(const size_t *bins, size_t *keep)
{
    uint32_t bin = 65535;
    for (; bin > 0 && bins[bin] <= *keep; bin--)
        *keep -= bins[bin];
    return bin;
}

/* The smallest size that is kept. As many are as a tenth of the weights of features in several texts. */
static float threshold(const struct wn_corpus *c, const struct wn_rows *rows, const float *w,
                       size_t ncols)
{
    size_t n = 0, often = 0, keep, *bins = wn_xcalloc(65536, sizeof(*bins));
    uint32_t bits;
    float least = 0;
    for (size_t id = 0; id < c->nkeys; id++) {
        n += rows->column[id] != 0 ? ncols : 0;
        often += rows->df[id] > 1 && rows->column[id] != 0 ? ncols : 0;
    }
    keep = often / 10 > KEEP_ALWAYS ? often / 10 : KEEP_ALWAYS;
    if (keep < n) {
        count_sizes(c, rows, w, ncols, 16, 0, bins);
        bits = find_bin(bins, &keep);
        count_sizes(c, rows, w, ncols, 0, bits, bins);
        bits = bits << 16 | find_bin(bins, &keep);
        memcpy(&least, &bits, sizeof(least));
    }
    free(bins);
    return least;
}

static void write_heads(const struct wn_training *tr, struct wn_buf *b)
{
    const struct wn_task *t = tr->task;
    for (size_t i = 0, k = 0; i < t->nquestions; i++) {
        static const struct wn_head none;
        const struct wn_head *h =
            k < tr->ntargets && tr->targets[k].index == i ? &tr->targets[k++].head : &none;
        wn_put_uint(b, h->state);
        wn_put_uint(b, t->questions[i].nchoices);
        wn_put_uint(b, h->n);
        wn_put_float(b, h->accuracy);
        wn_put_float(b, h->ece);
        wn_put_float(b, h->nll);
        wn_put_float(b, h->c);
    }
}

static void put_floats(struct wn_buf *b, const float *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        wn_put_float(b, v[i]);
}

static void write_floats(const struct wn_training *tr, float *const *scale, struct wn_buf *b)
{
    for (size_t i = 0; i < tr->ntargets; i++) {
        const struct wn_head *h = &tr->targets[i].head;
        if (h->state == WN_HEAD_NONE)
            continue;
        put_floats(b, h->temperature, h->ntemps);
        put_floats(b, scale[i], h->ncols);
        put_floats(b, h->bias, h->ncols);
        put_floats(b, h->prior, h->k);
        put_floats(b, h->shift, h->k);
    }
}

struct writer {
    const struct wn_training *tr;
    const struct wn_rows *rows;
    const float *const *weights;
    float **scale; /* per target and column */
    float *least;  /* per target */
};

static float weight_of(const struct writer *wr, size_t target, uint32_t id, size_t c)
{
    size_t ncols = wr->tr->targets[target].head.ncols;
    return wr->weights[target][(size_t)(wr->rows->column[id] - 1) * ncols + c] *
           wr->rows->share[id];
}

static void set_scales(struct writer *wr, const struct feature *list, size_t n)
{
    for (size_t t = 0; t < wr->tr->ntargets; t++) {
        const struct wn_head *h = &wr->tr->targets[t].head;
        if (wr->weights[t] == NULL)
            continue;
        wr->least[t] = threshold(&wr->tr->corpus, wr->rows, wr->weights[t], h->ncols);
        wr->scale[t] = wn_xcalloc(h->ncols, sizeof(**wr->scale));
        for (size_t i = 0; i < n; i++)
            for (size_t c = 0; c < h->ncols; c++)
                wr->scale[t][c] = fmaxf(wr->scale[t][c], fabsf(weight_of(wr, t, list[i].id, c)));
        for (size_t c = 0; c < h->ncols; c++)
            wr->scale[t][c] /= 127;
    }
}

/* (columns skipped, weight) for what is kept of one feature. */
static void write_list(const struct writer *wr, uint32_t id, struct wn_buf *pairs, struct wn_buf *b)
{
    size_t col = 0, next = 0, n = 0;
    wn_buf_reset(pairs);
    for (size_t t = 0; t < wr->tr->ntargets; t++) {
        const struct wn_head *h = &wr->tr->targets[t].head;
        for (size_t c = 0; c < h->ncols; c++, col++) {
            float v = weight_of(wr, t, id, c);
            long q = wr->scale[t][c] > 0 ? lrintf(v / wr->scale[t][c]) : 0;
            if (q == 0 || fabsf(v) < wr->least[t])
                continue;
            wn_put_uint(pairs, col - next);
            wn_buf_char(pairs, (char)q);
            next = col + 1;
            n++;
        }
    }
    wn_put_uint(b, n);
    wn_buf_add(b, pairs->data, pairs->len);
}

static void write_features(struct writer *wr, const struct feature *list, size_t n,
                           struct wn_buf *b)
{
    struct wn_buf pairs = WN_BUF_INIT(MAX_BYTES);
    wn_put_uint(b, n);
    for (size_t i = 0; i < n; i++)
        wn_put_key(b, list[i].key);
    for (size_t i = 0; i < n; i++)
        wn_put_uint(b, wr->rows->df[list[i].id]);
    for (size_t i = 0; i < n; i++)
        write_list(wr, list[i].id, &pairs, b);
    wn_buf_free(&pairs);
}

enum wn_code wn_linear_write(struct wn_training *tr, const struct wn_rows *rows,
                             const float *const *weights, const struct wn_linear_limits *limits,
                             struct wn_linear **out, struct wn_error *err)
{
    const struct wn_corpus *c = &tr->corpus;
    struct wn_buf b = WN_BUF_INIT(MAX_BYTES);
    struct feature *list = wn_xcalloc(c->nkeys, sizeof(*list));
    struct writer wr = { tr, rows, weights, NULL, NULL };
    char *bytes = NULL;
    size_t n = 0, len;
    enum wn_code rc;
    for (size_t id = 0; id < c->nkeys; id++)
        if (rows->column[id] != 0 && c->key[id] != 0)
            list[n++] = (struct feature){ c->key[id], (uint32_t)id };
    qsort(list, n, sizeof(*list), by_key);
    wr.scale = wn_xcalloc(tr->ntargets, sizeof(*wr.scale));
    wr.least = wn_xcalloc(tr->ntargets, sizeof(*wr.least));
    set_scales(&wr, list, n);
    wn_buf_str(&b, "wnl3");
    wn_put_uint(&b, strlen(tr->task->version));
    wn_buf_str(&b, tr->task->version);
    wn_put_uint(&b, tr->counts.nexamples);
    wn_put_uint(&b, rows->ndocs);
    wn_put_float(&b, limits->margin);
    wn_put_float(&b, limits->energy);
    wn_put_float(&b, limits->known);
    wn_put_uint(&b, tr->task->nquestions);
    write_heads(tr, &b);
    write_floats(tr, wr.scale, &b);
    write_features(&wr, list, n, &b);
    len = b.len;
    rc = wn_buf_take(&b, &bytes, err);
    if (rc == WN_OK)
        rc = wn_linear_load(bytes, len, tr->task, out, err);
    for (size_t t = 0; t < tr->ntargets; t++)
        free(wr.scale[t]);
    free(wr.scale);
    free(wr.least);
    free(list);
    free(bytes);
    wn_buf_free(&b);
    return rc;
}

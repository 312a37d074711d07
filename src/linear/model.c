/* model.c: a trained model from its bytes, and what it makes of a text; see model.h.
 *
 * The bytes: "wnl3", the task's version, counts, the heads, their floats, then the features by rising
 * key: all keys, all document counts, all weight lists. Training writes them (train.c) and reads them
 * back here, so a model just trained and one loaded later are the same. */
#include "linear/model.h"
#include "linear/bytes.h"
#include "linear/corpus.h"
#include "linear/score.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CHOICES = 10000, MAX_COLUMNS = 65000, MAX_COUNT = 1 << 30 };

void wn_head_shape(struct wn_head *h)
{
    bool steps = h->state == WN_HEAD_TRAINED && h->type == WN_SCALE;
    bool one = h->state == WN_HEAD_TRAINED && h->type == WN_YESNO;
    h->ncols = h->state == WN_HEAD_NONE ? 0 : one ? 1 : steps ? h->k - 1 : h->k;
    h->ntemps = h->state == WN_HEAD_NONE ? 0 : steps || h->type == WN_TAGS ? h->ncols : 1;
}

/* ---- decision values -> probabilities ---- */

size_t wn_largest(const double *p, size_t k)
{
    size_t best = 0;
    for (size_t i = 1; i < k; i++)
        if (p[i] > p[best])
            best = i;
    return best;
}

static double sigmoid(double x)
{
    return x >= 0 ? 1 / (1 + exp(-x)) : 1 - 1 / (1 + exp(x));
}

/* n examples cannot show an error rate below about 1/n: two more, shaped like the shares, are added to
 * what they say. Names and meanings alone are worth a few. */
static void be_modest(const struct wn_head *h, double *p)
{
    double n = h->state == WN_HEAD_TRAINED ? (double)h->n : 18;
    for (size_t i = 0; i < h->k; i++)
        p[i] = (n * p[i] + 2 * (double)h->prior[i]) / (n + 2);
}

static void shift_shares(const struct wn_head *h, double *p)
{
    double sum = 0;
    for (size_t i = 0; i < h->k; i++)
        sum += p[i] *= h->shift[i] / h->prior[i];
    for (size_t i = 0; i < h->k; i++)
        p[i] /= sum;
}

void wn_head_probabilities(const struct wn_head *h, const float *z, double *p)
{
    double above = 1; /* scale: P(level >= i) */
    if (h->type == WN_TAGS) {
        for (size_t i = 0; i < h->k; i++)
            p[i] = sigmoid(z[i] / h->temperature[i]);
        be_modest(h, p);
        return;
    }
    if (h->state == WN_HEAD_TRAINED && h->type == WN_YESNO) {
        p[1] = sigmoid(z[0] / h->temperature[0]);
        p[0] = 1 - p[1];
    } else if (h->state == WN_HEAD_TRAINED && h->type == WN_SCALE) {
        for (size_t i = 0; i + 1 < h->k; i++) {
            double next = fmin(above, sigmoid(z[i] / h->temperature[i]));
            p[i] = above - next;
            above = next;
        }
        p[h->k - 1] = above;
    } else {
        wn_softmax(z, h->k, h->temperature[0], p);
    }
    be_modest(h, p);
    shift_shares(h, p);
}

/* ---- features -> decision values ---- */

static size_t home(uint64_t key, size_t nslots)
{
    return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (nslots - 1);
}

/* The table does not fit into the first caches: what will be looked at is asked for in advance. */
#if defined(__GNUC__)
#define PREFETCH(p) __builtin_prefetch(p)
#else
#define PREFETCH(p) ((void)(p))
#endif

/* Hits in the order of the list, value = position in the table where the search begins. */
static size_t find_keys(const struct wn_linear *m, const struct wn_features *f, struct wn_hit *hits)
{
    size_t n = 0, mask = m->nslots - 1;
    for (size_t i = 0; i < f->n; i++) {
        hits[i].slot = (uint32_t)home(f->list[i].key, m->nslots);
        PREFETCH(&m->slots[hits[i].slot]);
    }
    for (size_t i = 0; i < f->n; i++) {
        uint64_t key = f->list[i].key;
        size_t s = hits[i].slot;
        while (m->slots[s] != 0 && m->slots[s] != key)
            s = (s + 1) & mask;
        if (m->slots[s] == 0)
            continue;
        PREFETCH(&m->known[s]);
        hits[n].slot = (uint32_t)s;
        hits[n++].feature = (uint32_t)i;
    }
    return n;
}

static size_t look_up(const struct wn_linear *m, const struct wn_features *f, struct wn_hit *hits)
{
    double sum[WN_BLOCKS] = { 0 };
    size_t n = find_keys(m, f, hits);
    for (size_t i = 0; i < n; i++) {
        const struct wn_feature *at = &f->list[hits[i].feature];
        const struct wn_known *known = &m->known[hits[i].slot];
        if (known->n == WN_DENSE)
            PREFETCH(m->dense + known->first * m->wide);
        else
            PREFETCH(m->weights + known->first);
        hits[i].value = known->idf;
        if (at->tf > 1)
            hits[i].value *= (float)wn_tf_value(at->tf > 255 ? 255 : at->tf);
        sum[wn_feature_block(at->key)] += (double)(hits[i].value * hits[i].value);
    }
    wn_blocks_level(sum);
    for (size_t i = 0; i < n; i++)
        hits[i].value *= (float)sum[wn_feature_block(f->list[hits[i].feature].key)];
    return n;
}

/* In lanes, so that compilers make vector instructions of it at -O2. */
static void add_row(float *restrict z, const float *restrict row, size_t n, float v)
{
    for (size_t i = 0; i < n; i += WN_LANES)
        for (size_t k = 0; k < WN_LANES; k++)
            z[i + k] += v * row[i + k];
}

static void decide(const struct wn_linear *m, const struct wn_hit *hits, size_t nhits, float *z)
{
    memset(z, 0, m->wide * sizeof(*z));
    for (size_t i = 0; i < nhits; i++) {
        const struct wn_known *known = &m->known[hits[i].slot];
        const struct wn_weight *w = m->weights + known->first;
        float v = hits[i].value;
        if (known->n == WN_DENSE)
            add_row(z, m->dense + known->first * m->wide, m->wide, v);
        else
            for (uint16_t k = 0; k < known->n; k++)
                z[w[k].col] += v * w[k].q;
    }
    for (size_t i = 0; i < m->nheads; i++) {
        const struct wn_head *h = &m->heads[i];
        for (size_t c = 0; c < h->ncols; c++)
            z[h->col + c] = z[h->col + c] * h->scale[c] + h->bias[c];
    }
}

void wn_linear_read(const struct wn_linear *m, const struct wn_item *item, bool places,
                    struct wn_arena *a, struct wn_reading *out)
{
    wn_features_read(item->text, item->text_len, item->fields, item->nfields, places, a,
                     &out->features);
    out->hits = wn_arena_array(a, out->features.n, sizeof(*out->hits));
    out->nhits = look_up(m, &out->features, out->hits);
    out->z = wn_arena_array(a, m->wide, sizeof(*out->z));
    decide(m, out->hits, out->nhits, out->z);
}

/* ---- bytes -> model ---- */

static enum wn_code not_ours(struct wn_error *err, const char *cause)
{
    wn_error_set(err, WN_E_CONFIG, "the trained model cannot be used");
    wn_error_cause(err, "%s", cause);
    wn_error_hint(err, "Run `winnow train` for this task again.");
    return WN_E_CONFIG;
}

static void read_heads(struct wn_linear *m, const struct wn_task *t, struct wn_bytes *r)
{
    m->nheads = (size_t)wn_get_uint(r, t->nquestions);
    m->heads = wn_xcalloc(m->nheads, sizeof(*m->heads));
    r->bad |= m->nheads != t->nquestions;
    for (size_t i = 0; i < m->nheads && !r->bad; i++) {
        struct wn_head *h = &m->heads[i];
        const struct wn_question *q = &t->questions[i];
        h->type = q->type;
        h->state = (enum wn_head_state)wn_get_uint(r, WN_HEAD_TRAINED);
        h->k = (size_t)wn_get_uint(r, MAX_CHOICES);
        h->n = (size_t)wn_get_uint(r, MAX_COUNT);
        h->accuracy = wn_get_float(r);
        h->ece = wn_get_float(r);
        h->nll = wn_get_float(r);
        h->c = wn_get_float(r);
        if (h->k != q->nchoices || (h->state != WN_HEAD_NONE && (h->k < 2 || q->type == WN_TEXT)))
            r->bad = true;
        wn_head_shape(h);
        h->col = m->ncols;
        m->ncols += h->ncols;
        r->bad |= m->ncols > MAX_COLUMNS;
    }
}

/* All floats in one piece; the heads point into it. */
static void read_floats(struct wn_linear *m, struct wn_bytes *r, const char *start)
{
    size_t n = 0;
    float *at;
    for (size_t i = 0; i < m->nheads; i++)
        n += m->heads[i].ntemps + 2 * m->heads[i].ncols +
             (m->heads[i].state == WN_HEAD_NONE ? 0 : 2 * m->heads[i].k);
    m->floats_at = (size_t)((const char *)r->p - start);
    if (r->bad || (size_t)(r->end - r->p) / 4 < n) {
        r->bad = true;
        return;
    }
    m->nfloats = n;
    at = m->floats = wn_xcalloc(n, sizeof(*m->floats));
    for (size_t i = 0; i < n; i++)
        m->floats[i] = wn_get_float(r);
    for (size_t i = 0; i < m->nheads; i++) {
        struct wn_head *h = &m->heads[i];
        h->temperature = at;
        h->scale = h->temperature + h->ntemps;
        h->bias = h->scale + h->ncols;
        h->prior = h->bias + h->ncols;
        h->shift = h->prior + (h->state == WN_HEAD_NONE ? 0 : h->k);
        at = h->shift + (h->state == WN_HEAD_NONE ? 0 : h->k);
        for (size_t c = 0; c < h->ntemps; c++)
            r->bad |= !(h->temperature[c] >= 1e-3f && h->temperature[c] <= 1e3f);
        for (float *p = h->prior; p < at; p++)
            r->bad |= !(*p >= 1e-9f && *p <= 1);
    }
}

/* A free slot for the key; false: it has one already. */
static bool take_slot(struct wn_linear *m, uint64_t key, size_t *slot)
{
    size_t s = home(key, m->nslots);
    while (m->slots[s] != 0 && m->slots[s] != key)
        s = (s + 1) & (m->nslots - 1);
    *slot = s;
    if (key == 0 || m->slots[s] == key)
        return false;
    m->slots[s] = key;
    return true;
}

/* One feature's list, laid out behind those before it. */
static void read_list(struct wn_linear *m, struct wn_bytes *r, struct wn_known *to, size_t *nlaid,
                      size_t *ndense)
{
    size_t n = (size_t)wn_get_uint(r, m->ncols), col = 0;
    bool dense = 2 * n >= m->ncols;
    float *row = m->dense + *ndense * m->wide;
    struct wn_weight *w = m->weights + *nlaid;
    to->n = dense ? WN_DENSE : (uint16_t)n;
    to->first = (uint32_t)(dense ? *ndense : *nlaid);
    for (size_t k = 0; k < n; k++) {
        const unsigned char *q;
        col += (size_t)wn_get_uint(r, MAX_COLUMNS) + (k > 0);
        q = wn_get_bytes(r, 1);
        if (q == NULL || col >= m->ncols) {
            r->bad = true;
            return;
        }
        if (dense)
            row[col] = (int8_t)*q;
        else
            w[k] = (struct wn_weight){ (uint16_t)col, (int8_t)*q };
    }
    *ndense += dense;
    *nlaid += dense ? 0 : n;
}

/* The lists are read once: a weight is two bytes or more, so what is left of the bytes says how much room
 * is enough, and pages that nothing is laid into cost nothing. */
static void make_room(struct wn_linear *m, size_t n, size_t left)
{
    for (m->nslots = 64; m->nslots < 2 * n;)
        m->nslots *= 2;
    m->wide = (m->ncols + WN_LANES - 1) / WN_LANES * WN_LANES;
    m->slots = wn_xcalloc(m->nslots, sizeof(*m->slots));
    m->known = wn_xcalloc(m->nslots, sizeof(*m->known));
    m->weights = wn_xcalloc(left / 2, sizeof(*m->weights));
    m->dense = wn_xcalloc((left / (m->ncols + 1) + 1) * m->wide, sizeof(*m->dense));
}

static void read_features(struct wn_linear *m, struct wn_bytes *r)
{
    enum { AHEAD = 16 };
    size_t n = (size_t)wn_get_uint(r, MAX_COUNT), nlaid = 0, ndense = 0;
    const unsigned char *keys = wn_get_bytes(r, n * 8);
    struct wn_bytes key = { keys, keys == NULL ? keys : keys + n * 8, keys == NULL };
    struct wn_bytes ahead = key;
    struct wn_bytes df;
    float idf[256];
    if (r->bad)
        return;
    ahead.p += 8 * (n < AHEAD ? n : AHEAD);
    df = *r; /* the document counts stand before the lists */
    for (size_t i = 0; i < n; i++)
        wn_get_uint(r, m->ndocs);
    if (r->bad)
        return;
    make_room(m, n, (size_t)(r->end - r->p));
    /* most features stand in few texts */
    for (size_t k = 0; k < WN_COUNT(idf) && k <= m->ndocs; k++)
        idf[k] = (float)wn_idf_value(m->ndocs, k);
    for (size_t i = 0; i < n && !r->bad; i++) {
        size_t s, count = (size_t)wn_get_uint(&df, m->ndocs);
        if (i + AHEAD < n) {
            s = home(wn_get_key(&ahead), m->nslots);
            PREFETCH(&m->slots[s]);
            PREFETCH(&m->known[s]);
        }
        r->bad |= !take_slot(m, wn_get_key(&key), &s);
        m->known[s].idf = count < WN_COUNT(idf) ? idf[count] : (float)wn_idf_value(m->ndocs, count);
        read_list(m, r, &m->known[s], &nlaid, &ndense);
    }
}

static void digest(struct wn_linear *m)
{
    uint64_t h = wn_fnv(WN_FNV_START, m->bytes, m->len);
    for (int i = 15; i >= 0; i--, h >>= 4)
        m->version[i] = "0123456789abcdef"[h & 15];
}

void wn_linear_refresh(struct wn_linear *m)
{
    struct wn_buf b = WN_BUF_INIT(m->len);
    for (size_t i = 0; i < m->nfloats; i++)
        wn_put_float(&b, m->floats[i]);
    memcpy(m->bytes + m->floats_at, b.data, b.len);
    wn_buf_free(&b);
    digest(m);
}

enum wn_code wn_linear_load(const char *bytes, size_t len, const struct wn_task *t,
                            struct wn_linear **out, struct wn_error *err)
{
    struct wn_bytes r = { (const unsigned char *)bytes, (const unsigned char *)bytes + len, false };
    const unsigned char *magic = wn_get_bytes(&r, 4), *task;
    struct wn_linear *m = NULL;
    enum wn_code rc = WN_OK;
    size_t n;
    *out = NULL;
    if (magic == NULL || memcmp(magic, "wnl3", 4) != 0)
        return not_ours(err, "it was written by another version of winnow");
    n = (size_t)wn_get_uint(&r, 1000);
    task = wn_get_bytes(&r, n);
    if (task != NULL && (n != strlen(t->version) || memcmp(task, t->version, n) != 0))
        return not_ours(err, "the task has changed since it was trained");
    m = wn_xcalloc(1, sizeof(*m));
    m->nexamples = (size_t)wn_get_uint(&r, MAX_COUNT);
    m->ndocs = (size_t)wn_get_uint(&r, MAX_COUNT);
    m->min_margin = wn_get_float(&r);
    m->min_energy = wn_get_float(&r);
    m->min_known = wn_get_float(&r);
    read_heads(m, t, &r);
    read_floats(m, &r, bytes);
    if (!r.bad)
        read_features(m, &r);
    if (r.bad || r.p != r.end) {
        rc = not_ours(err, "its bytes are damaged");
        goto done;
    }
    m->bytes = wn_xmalloc(len);
    memcpy(m->bytes, bytes, len);
    m->len = len;
    digest(m);
    *out = m;
    m = NULL;
done:
    wn_linear_free(m);
    return rc;
}

enum wn_code wn_linear_save(const struct wn_linear *m, char **bytes, size_t *len,
                            struct wn_error *err)
{
    (void)err;
    *bytes = wn_xmalloc(m->len);
    memcpy(*bytes, m->bytes, m->len);
    *len = m->len;
    return WN_OK;
}

void wn_linear_free(struct wn_linear *m)
{
    if (m == NULL)
        return;
    free(m->heads);
    free(m->floats);
    free(m->slots);
    free(m->known);
    free(m->weights);
    free(m->dense);
    free(m->bytes);
    free(m);
}

const char *wn_linear_version(const struct wn_linear *m)
{
    return m->version;
}

size_t wn_linear_nexamples(const struct wn_linear *m)
{
    return m->nexamples;
}

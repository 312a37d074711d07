/* weights.c: see weights.h. */
#include "pipeline/weights.h"
#include "base/clock.h"
#include "base/fnv.h"
#include "base/json.h"
#include "decide/calibrate.h"
#include "pipeline/lessons.h"
#include "pipeline/trial.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FOLDS = 5 };
static const char kind[] = "weights";

/* ---- kept ---- */

static void write(const struct wn_weight_set *s, struct wn_buf *b)
{
    wn_buf_str(b, "{\"model\":");
    wn_json_quote(b, s->model);
    wn_buf_printf(b, ",\"time\":%lld,\"n\":%lld,\"wrong\":%lld,\"before\":", (long long)s->time,
                  (long long)s->n, (long long)s->wrong);
    wn_json_number(b, s->before, 9);
    wn_buf_str(b, ",\"after\":");
    wn_json_number(b, s->after, 9);
    wn_buf_str(b, ",\"w\":[");
    for (size_t i = 0; i < WN_SCORE_TERMS; i++) {
        wn_buf_str(b, i == 0 ? "" : ",");
        wn_json_number(b, s->w[i], 17);
    }
    wn_buf_str(b, "]}");
}

/* Equal weights of one model are the same set. */
static const char *id_of(const struct wn_weight_set *s, struct wn_arena *a)
{
    uint64_t h = wn_fnv(wn_fnv_str(WN_FNV_START, s->model), s->w, sizeof(s->w));
    return wn_arena_printf(a, "%016llx", (unsigned long long)h);
}

static bool read_set(const cJSON *o, struct wn_arena *a, struct wn_weight_set *out)
{
    const cJSON *w = wn_json_get(o, "w"), *e;
    const char *model = wn_json_str(o, "model");
    size_t n = 0;
    cJSON_ArrayForEach(e, w)
    {
        if (n == WN_SCORE_TERMS || !cJSON_IsNumber(e))
            return false;
        out->w[n++] = e->valuedouble;
    }
    if (n != WN_SCORE_TERMS || model == NULL)
        return false; /* of another winnow: the usual ones hold */
    out->model = wn_arena_str(a, model);
    out->n = wn_json_int(o, "n", 0);
    out->wrong = wn_json_int(o, "wrong", 0);
    out->time = wn_json_int(o, "time", 0);
    out->before = wn_json_num(o, "before", NAN);
    out->after = wn_json_num(o, "after", NAN);
    out->id = id_of(out, a);
    return true;
}

enum wn_code wn_weights_load(struct wn *wn, const struct wn_task *t, struct wn_arena *a,
                             struct wn_weight_set *out, struct wn_error *err)
{
    const char *bytes = NULL;
    size_t len = 0;
    cJSON *o = NULL;
    enum wn_code rc = WN_OK;
    *out = (struct wn_weight_set){ 0 };
    if (wn->store != NULL)
        rc = wn_store_value_get(wn->store, kind, t->name, a, &bytes, &len, err);
    if (rc == WN_OK && bytes != NULL && wn_json_parse(bytes, len, false, &o, NULL) == WN_OK &&
        !read_set(o, a, out))
        *out = (struct wn_weight_set){ 0 };
    cJSON_Delete(o);
    return rc;
}

const double *wn_weights_for(const struct wn_weight_set *s, const char *model)
{
    return s->id != NULL && model != NULL && strcmp(s->model, model) == 0 ? s->w : NULL;
}

/* ---- what they are learned from ---- */

struct examples {
    double *x, *y, *weight; /* x: n rows of WN_SCORE_TERMS */
    size_t n, wrong;
};

static struct wn_signals read_signals(const cJSON *o)
{
    return (struct wn_signals){
        .lp = wn_json_num(o, "lp", NAN),
        .vc = wn_json_num(o, "vc", NAN),
        .xp = wn_json_num(o, "xp", NAN),
        .lin = wn_json_num(o, "lin", NAN),
        .chk = wn_json_num(o, "chk", NAN),
        .sc_same = (int)wn_json_int(o, "sc_same", 0),
        .sc_n = (int)wn_json_int(o, "sc_n", 0),
        .xm_same = (int)wn_json_int(o, "xm_same", 0),
        .xm_n = (int)wn_json_int(o, "xm_n", 0),
        .ev = (enum wn_evidence)wn_json_int(o, "ev", WN_EVIDENCE_NONE),
    };
}

/* The terms of the gated question that decided the score: the one with the least. False: there is none. */
static bool read_terms(const struct wn_task *t, const char *text, double out[WN_SCORE_TERMS])
{
    cJSON *list = NULL;
    const cJSON *o;
    double least = INFINITY;
    if (text == NULL || wn_json_parse(text, strlen(text), false, &list, NULL) != WN_OK)
        return false;
    cJSON_ArrayForEach(o, list)
    {
        const struct wn_signals s = read_signals(o);
        const char *name = wn_json_str(o, "q");
        size_t at = 0;
        const struct wn_question *q = name == NULL ? NULL : wn_task_question(t, name, &at);
        if (q == NULL || (at > 0 && !q->gated) || !wn_signals_any(&s) || wn_score_z(&s) >= least)
            continue;
        least = wn_score_z(&s);
        wn_score_terms(&s, out);
    }
    cJSON_Delete(list);
    return least < INFINITY;
}

static enum wn_code gather(struct wn *wn, const struct wn_task *t, const struct wn_trial *trial,
                           struct examples *e, struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    enum wn_code rc = WN_OK;
    e->x = wn_xcalloc(trial->nunits, WN_SCORE_TERMS * sizeof(double));
    e->y = wn_xcalloc(trial->nunits, sizeof(double));
    e->weight = wn_xcalloc(trial->nunits, sizeof(double));
    for (size_t i = 0; rc == WN_OK && i < trial->nunits; i++) {
        const struct wn_unit_row *u = &trial->units[i];
        const char *text = NULL;
        if (!u->first || u->review == 0 || u->hard_flag || u->fold >= WN_FIT_FRACTION)
            continue;
        wn_arena_reset(&a);
        rc = wn_trust_signals(wn->store, u->id, &a, &text, err);
        if (rc != WN_OK || !read_terms(t, text, e->x + e->n * WN_SCORE_TERMS))
            continue;
        e->y[e->n] = !u->wrong;
        e->wrong += u->wrong;
        e->weight[e->n++] = u->route == WN_AUTO && u->pi > 0 ? 1 / u->pi : 1;
    }
    wn_arena_free(&a);
    return rc;
}

/* ---- learning ---- */

static void fit(const struct examples *e, double w[WN_SCORE_TERMS])
{
    static const double lam[WN_SCORE_TERMS] = { 2, 2, 2, 2, 2, 2, 2, 2, .01 };
    wn_map_logistic(e->x, e->y, e->weight, e->n, WN_SCORE_TERMS, wn_score_weights, lam, w);
}

static double logloss(const struct examples *e, size_t i, const double *w)
{
    double z = 0;
    for (size_t j = 0; j < WN_SCORE_TERMS; j++)
        z += w[j] * e->x[i * WN_SCORE_TERMS + j];
    return e->weight[i] * (log1p(exp(-fabs(z))) + fmax(e->y[i] > 0 ? -z : z, 0));
}

/* Mean logloss with the usual weights, and with those made of the other four fifths. */
static void cross_validate(const struct examples *e, struct wn_weight_set *out)
{
    struct examples part = { wn_xcalloc(e->n, WN_SCORE_TERMS * sizeof(double)),
                             wn_xcalloc(e->n, sizeof(double)), wn_xcalloc(e->n, sizeof(double)), 0,
                             0 };
    double w[WN_SCORE_TERMS], all = 0;
    out->before = out->after = 0;
    for (size_t fold = 0; fold < FOLDS; fold++) {
        part.n = 0;
        for (size_t i = 0; i < e->n; i++) {
            if (i % FOLDS == fold)
                continue;
            memcpy(part.x + part.n * WN_SCORE_TERMS, e->x + i * WN_SCORE_TERMS, sizeof(w));
            part.y[part.n] = e->y[i];
            part.weight[part.n++] = e->weight[i];
        }
        fit(&part, w);
        for (size_t i = fold; i < e->n; i += FOLDS) {
            out->before += logloss(e, i, wn_score_weights);
            out->after += logloss(e, i, w);
            all += e->weight[i];
        }
    }
    out->before /= all;
    out->after /= all;
    free(part.x);
    free(part.y);
    free(part.weight);
}

enum wn_code wn_weights_train(struct wn *wn, const struct wn_task *t, const char *key,
                              struct wn_arena *a, struct wn_weight_set *out, bool *better,
                              struct wn_error *err)
{
    const struct wn_trust_key k = { key, NULL, NULL, NULL };
    struct wn_trial trial = WN_TRIAL_INIT;
    struct wn_buf b = WN_BUF_INIT(1 << 16);
    struct examples e = { 0 };
    enum wn_code rc = wn_trial_load(wn, t, &k, NULL, &trial, err);
    *better = false;
    *out = (struct wn_weight_set){ .time = wn_clock_now(), .before = NAN, .after = NAN };
    if (rc == WN_OK)
        rc = gather(wn, t, &trial, &e, err);
    if (rc == WN_OK) {
        out->model = wn_arena_str(a, trial.row.model);
        out->n = (int64_t)e.n;
        out->wrong = (int64_t)e.wrong;
        if (e.n >= WN_WEIGHTS_REVIEWS && e.wrong >= WN_WEIGHTS_WRONG) {
            cross_validate(&e, out);
            fit(&e, out->w);
            *better = out->after <= (1 - WN_WEIGHTS_BETTER) * out->before;
        }
    }
    if (*better) {
        write(out, &b);
        rc = wn_store_value_put(wn->store, kind, t->name, b.data, b.len, out->time, err);
        out->id = id_of(out, a);
    }
    wn_buf_free(&b);
    free(e.x);
    free(e.y);
    free(e.weight);
    wn_trial_clear(&trial);
    return rc;
}

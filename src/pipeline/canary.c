/* canary.c: see canary.h. Asked past the cache, which would only say again what was said. */
#include "pipeline/canary.h"
#include "base/clock.h"
#include "base/json.h"
#include "decide/drift.h"
#include "pipeline/survey.h"
#include "pipeline/trust.h"
#include "report/writer.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 86400, LEAST = 10 }; /* fewer items tell nothing */
static const char kind[] = "canary";

struct bird { /* one item */
    int64_t id;
    const char *then, *now; /* its gated answers; NULL = none */
};

struct canary {
    struct wn *wn;
    const struct wn_task *task;
    const struct wn_targets *targets;
    struct wn_arena arena;
    const char *key;
    int64_t proof, day; /* day: the last one that it sang on; 0 = there is no record of this proof */
    struct bird *birds;
    size_t n, differ; /* differ: between the two times of the first day */
    struct wn_engine *engine;
    bool another; /* a different key answered: that is a change of its own */
};

/* ---- the record ---- */

static void read_record(struct canary *c, const char *bytes, size_t len)
{
    cJSON *o = NULL;
    const cJSON *e;
    if (bytes == NULL || wn_json_parse(bytes, len, false, &o, NULL) != WN_OK ||
        wn_json_int(o, "proof", 0) != c->proof) {
        cJSON_Delete(o);
        return;
    }
    c->day = wn_json_int(o, "day", 0);
    c->differ = (size_t)wn_json_int(o, "differ", 0);
    c->birds = wn_arena_array(&c->arena, (size_t)cJSON_GetArraySize(wn_json_get(o, "items")),
                              sizeof(*c->birds));
    cJSON_ArrayForEach(e, wn_json_get(o, "items"))
    {
        const char *then = wn_json_str(e, "said");
        c->birds[c->n++] = (struct bird){ wn_json_int(e, "id", 0),
                                          then == NULL ? NULL : wn_arena_str(&c->arena, then),
                                          NULL };
    }
    cJSON_Delete(o);
}

static enum wn_code keep_record(struct canary *c, struct wn_error *err)
{
    struct wn_buf b = WN_BUF_INIT(1 << 20);
    enum wn_code rc;
    wn_buf_printf(&b, "{\"proof\":%lld,\"day\":%lld,\"differ\":%zu,\"items\":[",
                  (long long)c->proof, (long long)(wn_clock_now() / DAY), c->differ);
    for (size_t i = 0; i < c->n; i++) {
        wn_buf_printf(&b, "%s{\"id\":%lld,\"said\":", i == 0 ? "" : ",", (long long)c->birds[i].id);
        if (c->birds[i].then == NULL)
            wn_buf_str(&b, "null");
        else
            wn_json_quote(&b, c->birds[i].then);
        wn_buf_char(&b, '}');
    }
    wn_buf_str(&b, "]}");
    rc = wn_store_value_put(c->wn->store, kind, c->task->name, b.data, b.len, wn_clock_now(), err);
    wn_buf_free(&b);
    return rc;
}

/* ---- asking ---- */

static enum wn_code item(void *user, size_t i, struct wn_arena *a, struct wn_item *out,
                         struct wn_error *err)
{
    struct canary *c = user;
    struct wn_row row;
    enum wn_code rc = wn_results_get(c->wn->store, c->birds[i].id, a, &row, err);
    *out = (struct wn_item){ 0 };
    c->birds[i].now = NULL;
    if (rc != WN_OK || row.id == 0 || row.item_json == NULL)
        return rc;
    return wn_item_read(row.item_json, a, out, err);
}

/* The answers that the guarantee covers, as one text. */
static const char *said(const struct wn_task *t, const struct wn_decision *d, struct wn_arena *a)
{
    const char *all = "";
    for (size_t i = 0; i < t->nquestions; i++) {
        const struct wn_field_answer *f = &d->answers[i];
        if (i > 0 && !t->questions[i].gated)
            continue;
        all = wn_arena_printf(a, "%s%s=%s", all, f->question, f->value == NULL ? "" : f->value);
        for (size_t k = 0; k < f->ntags; k++)
            all = wn_arena_printf(a, "%s %s", all, f->tags[k]);
        all = wn_arena_printf(a, "%s\n", all);
    }
    return all;
}

static void answer(void *user, size_t i, struct wn_job *j)
{
    struct canary *c = user;
    struct wn_gathered g;
    struct wn_decision d;
    if (j->failure != NULL || j->answer == NULL)
        return;
    wn_engine_gather(c->engine, j, &g);
    wn_decide(&g, &j->arena, &d);
    c->another = c->another || strcmp(j->key, c->key) != 0;
    c->birds[i].now = said(c->task, &d, &c->arena);
}

static enum wn_code ask(struct canary *c, struct wn_error *err)
{
    const struct wn_config *config = c->wn->config;
    struct wn_engine_options eo = {
        .targets = c->targets,
        .how = c->task->how,
        .samples = c->task->samples,
        .pack = c->task->pack,
        .in_flight = (int)wn_config_int(config, "WINNOW_IN_FLIGHT"),
        .max_cost_microusd = (int64_t)llround(wn_config_num(config, "WINNOW_MAX_COST") * 1e6),
        .no_cache = true,
    };
    const struct wn_survey s = { c->n, item, answer, NULL, c };
    struct wn_tally tally = { 0 };
    enum wn_code rc = wn_engine_open(c->wn, c->task, &eo, &tally, &c->engine, err);
    if (rc == WN_OK)
        rc = wn_survey(c->wn, c->engine, &s, err);
    wn_engine_close(c->engine);
    c->engine = NULL;
    return rc;
}

/* ---- the first day, and the others ---- */

/* The newest items of the key, as far as they have texts. */
static enum wn_code choose(struct canary *c, const struct wn_trial *t, size_t most,
                           struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    enum wn_code rc = WN_OK;
    c->birds = wn_arena_array(&c->arena, most, sizeof(*c->birds));
    for (size_t i = t->nunits; rc == WN_OK && i-- > 0 && c->n < most;) {
        struct wn_row row;
        if (!t->units[i].first || t->units[i].hard_flag)
            continue;
        wn_arena_reset(&a);
        rc = wn_results_get(c->wn->store, t->units[i].id, &a, &row, err);
        if (rc == WN_OK && row.id != 0 && row.item_json != NULL)
            c->birds[c->n++] = (struct bird){ t->units[i].id, NULL, NULL };
    }
    wn_arena_free(&a);
    return rc;
}

static enum wn_code first_day(struct canary *c, const struct wn_trial *t, struct wn_error *err)
{
    size_t n = 0;
    enum wn_code rc = choose(c, t, (size_t)wn_config_int(c->wn->config, "WINNOW_CANARY"), err);
    if (rc != WN_OK || c->n < LEAST || (rc = ask(c, err)) != WN_OK)
        return rc;
    for (size_t i = 0; i < c->n; i++) /* what had no answer is no bird */
        if (c->birds[i].now != NULL)
            c->birds[n++] = (struct bird){ c->birds[i].id, c->birds[i].now, NULL };
    c->n = c->another || n < LEAST ? 0 : n; /* none: not asked about again with every run */
    if (c->n > 0 && (rc = ask(c, err)) != WN_OK)
        return rc;
    n = c->n = c->another ? 0 : c->n;
    c->differ = 0;
    for (size_t i = 0; i < n; i++)
        c->differ += c->birds[i].now == NULL || strcmp(c->birds[i].now, c->birds[i].then) != 0;
    return keep_record(c, err);
}

/* The fewest that are too many. */
static size_t limit(size_t n, double noise)
{
    size_t differ = 1;
    while (differ <= n && !wn_canary((int64_t)differ, (int64_t)n, noise))
        differ++;
    return differ;
}

/* Whatever the task proves, it proves of this model. */
static enum wn_code suspend(struct canary *c, const char *why, const struct wn_drift_row *drift,
                            struct wn_error *err)
{
    const struct wn_trust_key key = { c->key, NULL, NULL, NULL };
    enum wn_code rc = WN_OK;
    for (size_t i = 0; rc == WN_OK && i <= c->task->nguards; i++) {
        const struct wn_task t = wn_task_stratum(c->task, i == 0 ? NULL : &c->task->guards[i - 1]);
        struct wn_trial trial = WN_TRIAL_INIT;
        rc = wn_trial_load(c->wn, &t, &key, NULL, &trial, err);
        if (rc == WN_OK && trial.proof.id != 0)
            rc = wn_trial_suspend(&trial, why, drift, err);
        wn_trial_clear(&trial);
    }
    return rc;
}

static enum wn_code another_day(struct canary *c, struct wn_error *err)
{
    struct wn_drift_row drift = { kind, 0, 0 };
    struct wn_trust_change change = { .task = c->task->name,
                                      .key = c->key,
                                      .time = wn_clock_now(),
                                      .drift = &drift,
                                      .ndrift = 1 };
    double noise = (double)c->differ / (double)(c->n > 0 ? c->n : 1);
    size_t n = 0, differ = 0;
    enum wn_code rc = ask(c, err);
    if (rc != WN_OK)
        return rc;
    for (size_t i = 0; i < c->n && !c->another; i++)
        if (c->birds[i].now != NULL && c->birds[i].then != NULL) {
            n++;
            differ += strcmp(c->birds[i].now, c->birds[i].then) != 0;
        }
    if (n < LEAST)
        return keep_record(c, err);
    drift.value = (double)differ;
    drift.bound = (double)limit(n, noise);
    if (wn_canary((int64_t)differ, (int64_t)n, noise))
        rc = suspend(c,
                     wn_arena_printf(&c->arena,
                                     "the model answers %zu of %zu stored items otherwise than when "
                                     "it was proved",
                                     differ, n),
                     &drift, err);
    else
        rc = wn_trust_apply(c->wn->store, &change, err);
    return rc == WN_OK ? keep_record(c, err) : rc;
}

/* Is the key in use one that is proved, and of a model? */
static enum wn_code look(struct canary *c, struct wn_error *err)
{
    const struct wn_task t = wn_task_stratum(c->task, NULL);
    struct wn_store *s = c->wn->store;
    struct wn_trial trial = WN_TRIAL_INIT;
    struct wn_state_row row = { 0 };
    const char *bytes = NULL;
    size_t len = 0;
    enum wn_code rc = wn_trust_key_in_use(s, c->task->name, &c->arena, &c->key, err);
    if (rc == WN_OK && c->key != NULL)
        rc = wn_trust_state(s, c->task->name, c->key, NULL, &c->arena, &row, err);
    if (rc != WN_OK || row.proof == 0 || strcmp(row.model, "linear") == 0)
        return rc;
    c->proof = row.proof;
    rc = wn_store_value_get(s, kind, c->task->name, &c->arena, &bytes, &len, err);
    if (rc != WN_OK)
        return rc;
    read_record(c, bytes, len);
    if (c->day >= wn_clock_now() / DAY)
        return WN_OK;
    if (c->day > 0)
        return another_day(c, err);
    rc = wn_trial_load(c->wn, &t, &(struct wn_trust_key){ c->key, NULL, NULL, NULL }, NULL, &trial,
                       err);
    if (rc == WN_OK && trial.proof.id != 0)
        rc = first_day(c, &trial, err);
    wn_trial_clear(&trial);
    return rc;
}

void wn_canary_run(struct wn *wn, const struct wn_task *t, const struct wn_targets *targets)
{
    struct canary c = { .wn = wn, .task = t, .targets = targets };
    struct wn_error err;
    if (wn->store == NULL || wn_config_int(wn->config, "WINNOW_CANARY") <= 0 || t->nquestions == 0)
        return;
    if (look(&c, &err) != WN_OK)
        wn_log(&wn->log, WN_WARN, "notice", "%s: the stored items were not asked about again: %s",
               t->name, err.what);
    wn_arena_free(&c.arena);
}

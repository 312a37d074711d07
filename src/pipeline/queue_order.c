/* queue_order.c: what waits, and in which order. See queue.h. */
#include "pipeline/queue.h"
#include "base/clock.h"
#include "pipeline/closed.h"
#include "pipeline/lessons.h"
#include "pipeline/unit.h"
#include "pipeline/verdict.h"
#include "report/writer.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *wn_queue_reviewer(const struct wn_queue *q)
{
    const char *who = wn_config_get(q->wn->config, "WINNOW_REVIEWER");
    if (who == NULL)
        who = getenv("USER");
    return who == NULL ? "somebody" : who;
}

bool wn_queue_task(struct wn_queue *q, const char *name)
{
    if (q->task != NULL && strcmp(q->task->name, name) == 0)
        return true;
    wn_task_free(q->task);
    q->task = NULL;
    return wn_context_task(q->wn, name, &q->task, NULL) == WN_OK;
}

/* ---- trials ---- */

static bool is_of(const struct wn_trial *t, const struct wn_task *task, const char *key)
{
    return strcmp(t->row.key, key) == 0 && strcmp(t->task, task->name) == 0 &&
           (t->stratum == NULL) == (task->stratum == NULL) &&
           (t->stratum == NULL || strcmp(t->stratum, task->stratum) == 0);
}

enum wn_code wn_queue_trial(struct wn_queue *q, const char *key, const char *label, struct wn_trial **out,
                            struct wn_error *err)
{
    const struct wn_trust_key k = { key, NULL, NULL, NULL };
    struct trial *t = q->trials;
    struct wn_task task;
    enum wn_code rc;
    *out = NULL;
    if (q->task == NULL)
        return WN_OK;
    task = wn_task_stratum(q->task, wn_task_guard(q->task, label));
    while (t != NULL && !is_of(&t->t, &task, key))
        t = t->next;
    if (t == NULL) {
        t = wn_xcalloc(1, sizeof(*t));
        rc = wn_trial_load(q->wn, &task, &k, wn_queue_reviewer(q), &t->t, err);
        if (rc != WN_OK) {
            wn_trial_clear(&t->t);
            free(t);
            return rc;
        }
        t->next = q->trials;
        q->trials = t;
    }
    *out = &t->t;
    return WN_OK;
}

void wn_queue_forget_trials(struct wn_queue *q)
{
    struct trial *t;
    while ((t = q->trials) != NULL) {
        q->trials = t->next;
        wn_trial_clear(&t->t);
        free(t);
    }
}

/* ---- the random sample ---- */

static void make_room(struct wn_queue *q, size_t n)
{
    q->places = wn_xrealloc(q->places, q->nplaces + n + 1, sizeof(*q->places));
}

static void put(struct wn_queue *q, int64_t id, double rank, enum order order, const char *asked_for)
{
    q->places[q->nplaces++] = (struct place){ id, rank, order, asked_for, false };
}

/* What is drawn of an item, with its unit. */
static struct wn_draw draw_of(const struct wn_queue *q, const struct wn_row *row, const struct wn_item *item)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_draw d =
        wn_draw(wn_store_salt(q->wn->store), row->task, wn_unit_of(item, &a), WN_FIT_FRACTION);
    wn_arena_free(&a);
    return d;
}

bool wn_queue_blind(const struct wn_queue *q, const struct wn_row *row, const struct wn_item *item)
{
    /* Where the promise covers more than the label, the rest has to be seen to be judged. */
    for (size_t i = 1; q->task != NULL && i < q->task->nquestions; i++)
        if (q->task->questions[i].gated)
            return false;
    return q->waiting.nlabels > 0 && draw_of(q, row, item).blind;
}

/* Is it drawn for a second look by somebody else? */
static bool wanted_twice(const struct wn_queue *q, const struct wn_unit_row *u)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_item item;
    struct wn_row row;
    bool wanted = false;
    if (u->review == 0 || u->mine || u->twice)
        return false;
    if (wn_results_get(q->wn->store, u->id, &a, &row, NULL) == WN_OK && row.item_json != NULL &&
        wn_item_read(row.item_json, &a, &item, NULL) == WN_OK)
        wanted = draw_of(q, &row, &item).second;
    wn_arena_free(&a);
    return wanted;
}

/* Once something is proved its audits come first: they keep it; the rest of the campaign only adds. */
static void draw(struct wn_queue *q, const struct wn_trial *t)
{
    bool proved = t->proof.id != 0;
    make_room(q, t->nunits);
    for (size_t i = 0; i < t->nunits; i++) {
        const struct wn_unit_row *u = &t->units[i];
        bool audit = wn_unit_audited(u);
        if (u->review == 0 && audit)
            put(q, u->id, u->u, SAMPLE, "audit_sample");
        else if (u->review == 0 && t->sampled[i])
            put(q, u->id, u->u, proved ? LATER : SAMPLE, "certification_sample");
        else if ((audit || t->sampled[i]) && wanted_twice(q, u))
            put(q, u->id, u->u, SECOND, "second_review");
    }
}

/* What was accepted under an earlier model or prompt is part of a report that is not closed yet. */
static enum wn_code draw_older(struct wn_queue *q, const char *key, struct wn_error *err)
{
    struct wn_period_unit *list = NULL;
    size_t n = 0;
    int64_t from = wn_period_oldest_open(q->task->report, wn_clock_now());
    enum wn_code rc = wn_period_overdue(q->wn->store, q->task->name, key, from, &list, &n, err);
    make_room(q, n);
    for (size_t i = 0; i < n; i++)
        put(q, list[i].id, list[i].u, SAMPLE, "audit_sample");
    free(list);
    return rc;
}

/* Of q->task. */
static enum wn_code draw_sample(struct wn_queue *q, struct wn_error *err)
{
    const char *key;
    struct wn_trial *t;
    enum wn_code rc = wn_trust_key_in_use(q->wn->store, q->task->name, &q->arena, &key, err);
    for (size_t i = 0; rc == WN_OK && key != NULL && i <= q->task->nguards; i++) {
        rc = wn_queue_trial(q, key, i == 0 ? NULL : q->task->guards[i - 1].label, &t, err);
        if (rc == WN_OK)
            draw(q, t);
    }
    return rc == WN_OK && key != NULL ? draw_older(q, key, err) : rc;
}

/* ---- the rest ---- */

/* What the answers make a look worth. */
static double value_of(const struct wn_queue *q, int64_t id)
{
    const struct wn_task *t = q->task;
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_row row;
    struct wn_result r;
    double value = 1;
    if (wn_results_get(q->wn->store, id, &a, &row, NULL) == WN_OK && row.id != 0 &&
        wn_result_read(row.result_json, NULL, &a, &r, NULL) == WN_OK)
        for (size_t i = 0; i < t->nquestions; i++) {
            const char *name = t->questions[i].name;
            value *= wn_task_value(t, name, wn_verdict_old(t, &r, name, &a));
        }
    wn_arena_free(&a);
    return value;
}

static int by_id(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

/* Those of one task; what was drawn of it stands in the places from `drawn` on. */
static void add_rest(struct wn_queue *q, const struct wn_waiting_row *list, size_t n, size_t drawn)
{
    const size_t ndrawn = q->nplaces - drawn;
    make_room(q, n);
    if (ndrawn > 0)
        qsort(q->places + drawn, ndrawn, sizeof(*q->places), by_id);
    for (size_t i = 0; i < n; i++) {
        const struct place key = { .id = list[i].id };
        double value = 1;
        if (bsearch(&key, q->places + drawn, ndrawn, sizeof(key), by_id) != NULL)
            continue;
        if (q->task != NULL && q->task->nvalues > 0)
            value = value_of(q, list[i].id);
        put(q, list[i].id, -value * (isnan(list[i].p) ? 1 : 1 - list[i].p), REST, "queue");
    }
}

static int by_order(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->order != y->order)
        return (int)x->order - (int)y->order;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return by_id(a, b);
}

/* ---- all ---- */

/* Task by task: what is drawn, and what else waits. */
static enum wn_code fill_task(struct wn_queue *q, const char *name, const struct wn_waiting_row *list,
                              size_t n, struct wn_error *err)
{
    const size_t drawn = q->nplaces;
    enum wn_code rc = wn_queue_task(q, name) ? draw_sample(q, err) : WN_OK;
    if (rc == WN_OK && !q->only_sample)
        add_rest(q, list, n, drawn);
    return rc;
}

enum wn_code wn_queue_fill(struct wn_queue *q, struct wn_error *err)
{
    struct wn_waiting_row *list = NULL;
    size_t n = 0;
    enum wn_code rc = wn_review_waiting(q->wn->store, q->task_name, &q->arena, &list, &n, err);
    q->nplaces = q->ndone = q->at = 0;
    q->place = NULL;
    if (rc == WN_OK && q->task_name != NULL)
        rc = fill_task(q, q->task_name, list, n, err);
    else
        for (size_t from = 0, to; rc == WN_OK && from < n; from = to) {
            for (to = from; to < n && strcmp(list[to].task, list[from].task) == 0; to++)
                ;
            rc = fill_task(q, list[from].task, list + from, to - from, err);
        }
    if (q->nplaces > 0)
        qsort(q->places, q->nplaces, sizeof(*q->places), by_order);
    free(list);
    return rc;
}

void wn_queue_done(struct wn_queue *q, struct place *p)
{
    if (p->done)
        return;
    p->done = true;
    q->ndone++;
    while (q->at < q->nplaces && q->places[q->at].done)
        q->at++;
}

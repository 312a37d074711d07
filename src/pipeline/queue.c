/* queue.c: the decisions that wait for a person, one after the other. See queue.h. */
#include "pipeline/queue.h"
#include "base/clock.h"
#include "pipeline/agree.h"
#include "report/writer.h"
#include "task/brief.h"
#include <stdlib.h>
#include <string.h>

/* ---- opening ---- */

static enum wn_code open_queue(struct wn *wn, const char *task, bool only_sample, struct wn_queue **out,
                               struct wn_error *err)
{
    struct wn_queue *q = wn_xcalloc(1, sizeof(*q));
    enum wn_code rc = WN_OK;
    q->wn = wn;
    q->only_sample = only_sample;
    if (task != NULL) {
        rc = wn_context_task(wn, task, &q->task, err);
        if (rc == WN_OK)
            q->task_name = wn_arena_str(&q->arena, q->task->name);
    }
    if (rc == WN_OK)
        rc = wn_context_store_there(wn, err);
    if (rc == WN_OK)
        rc = wn_queue_fill(q, err);
    if (rc != WN_OK) {
        wn_queue_close(q);
        return rc;
    }
    *out = q;
    return WN_OK;
}

enum wn_code wn_queue_open(struct wn *wn, const char *task, struct wn_queue **out,
                           struct wn_error *err)
{
    return open_queue(wn, task, false, out, err);
}

enum wn_code wn_queue_open_sample(struct wn *wn, const char *task, struct wn_queue **out,
                                  struct wn_error *err)
{
    return open_queue(wn, task, true, out, err);
}

void wn_queue_close(struct wn_queue *q)
{
    if (q == NULL)
        return;
    for (struct trial *t = q->trials; t != NULL; t = t->next)
        wn_trial_settle(&t->t, NULL);
    wn_queue_forget_trials(q);
    free(q->places);
    wn_task_free(q->task);
    wn_arena_free(&q->arena);
    wn_arena_free(&q->shown);
    free(q->skipped);
    free(q->steps);
    free(q);
}

/* ---- the next one ---- */

/* The labels of the task as it is today; an old task's decision is shown without them. */
static void show_labels(struct wn_queue *q, const char *task)
{
    const struct wn_question *first;
    const char **ids, **meanings;
    if (!wn_queue_task(q, task))
        return;
    first = &q->task->questions[0];
    ids = wn_arena_array(&q->shown, first->nchoices, sizeof(*ids));
    meanings = wn_arena_array(&q->shown, first->nchoices, sizeof(*meanings));
    for (size_t i = 0; i < first->nchoices; i++) {
        ids[i] = first->choices[i].id;
        meanings[i] = first->choices[i].meaning;
    }
    q->waiting.first_question = first->name;
    q->waiting.labels = ids;
    q->waiting.meanings = meanings;
    q->waiting.nlabels = first->nchoices;
}

static bool was_skipped(const struct wn_queue *q, int64_t id)
{
    for (size_t i = 0; i < q->nskipped; i++)
        if (q->skipped[i] == id)
            return true;
    return false;
}

/* The next that nobody has reviewed in the meantime; row->id 0: none. */
static enum wn_code next_place(struct wn_queue *q, struct wn_row *row, struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    *row = (struct wn_row){ 0 };
    for (size_t i = q->at; rc == WN_OK && row->id == 0 && i < q->nplaces; i++) {
        struct place *p = &q->places[i];
        if (p->done || was_skipped(q, p->id))
            continue;
        q->place = p;
        rc = wn_results_get(q->wn->store, p->id, &q->shown, row, err);
        if (rc == WN_OK && (row->id == 0 || row->item_json == NULL ||
                            (row->verdict != NULL && p->order != SECOND))) {
            wn_queue_done(q, p); /* forgotten, its text too old, or reviewed elsewhere */
            row->id = 0;
        }
    }
    return rc;
}

/* Of a brief; 0 for any other item. */
static size_t sentences_of(const struct wn_result *r)
{
    size_t len = strlen(r->task), tail = strlen(WN_BRIEF_FAITHFUL);
    if (len <= tail || strcmp(r->task + len - tail, WN_BRIEF_FAITHFUL) != 0)
        return 0;
    for (size_t i = 0; i < r->item->nfields; i++)
        if (strcmp(r->item->fields[i].name, WN_BRIEF_SENTENCES) == 0)
            return (size_t)strtoul(r->item->fields[i].value, NULL, 10);
    return 0;
}

enum wn_code wn_queue_next(struct wn_queue *q, const struct wn_waiting **out, struct wn_error *err)
{
    struct wn_row row;
    enum wn_code rc;
    *out = NULL;
    wn_arena_reset(&q->shown);
    rc = next_place(q, &row, err);
    if (rc == WN_OK && row.id == 0 && !q->only_sample) { /* what came in the meantime */
        wn_queue_forget_trials(q);
        rc = wn_queue_fill(q, err);
        if (rc == WN_OK)
            rc = next_place(q, &row, err);
    }
    if (rc != WN_OK || row.id == 0)
        return rc;
    rc = wn_item_read(row.item_json, &q->shown, &q->item, err);
    if (rc == WN_OK)
        rc = wn_result_read(row.result_json, &q->item, &q->shown, &q->result, err);
    if (rc != WN_OK)
        return rc;
    q->key = row.key;
    q->waiting = (struct wn_waiting){ .id = row.id,
                                      .result = &q->result,
                                      .asked_for = q->place->asked_for,
                                      .left = (int64_t)(q->nplaces - q->ndone) };
    show_labels(q, row.task);
    q->waiting.blind = q->place->order != REST && wn_queue_blind(q, &row, &q->item);
    q->waiting.sentences = sentences_of(q->waiting.result);
    *out = &q->waiting;
    return WN_OK;
}

/* ---- skips, and the way back ---- */

void wn_queue_remember(struct wn_queue *q, int64_t review)
{
    const char *task = q->nsteps == 0 ? NULL : q->steps[q->nsteps - 1].task;
    if (task == NULL || strcmp(task, q->result.task) != 0)
        task = wn_arena_str(&q->arena, q->result.task);
    q->steps = wn_xrealloc(q->steps, q->nsteps + 1, sizeof(*q->steps));
    q->steps[q->nsteps++] = (struct step){ q->waiting.id, review, task };
}

void wn_queue_skip(struct wn_queue *q, int64_t id)
{
    q->skipped = wn_xrealloc(q->skipped, q->nskipped + 1, sizeof(*q->skipped));
    q->skipped[q->nskipped++] = id;
    wn_queue_remember(q, 0);
}

bool wn_queue_unskip(struct wn_queue *q)
{
    bool some = q->nskipped > 0 && q->nskipped != q->skipped_before;
    q->skipped_before = q->nskipped;
    q->nskipped = 0;
    for (size_t i = 0; i < q->nsteps;) /* a skip that is over cannot be undone */
        if (q->steps[i].review == 0)
            memmove(&q->steps[i], &q->steps[i + 1], (--q->nsteps - i) * sizeof(*q->steps));
        else
            i++;
    return some;
}

enum wn_code wn_queue_undo(struct wn_queue *q, int64_t *id, struct wn_error *err)
{
    struct step last;
    enum wn_code rc = WN_OK;
    *id = 0;
    if (q->nsteps == 0)
        return WN_OK;
    last = q->steps[q->nsteps - 1];
    if (last.review > 0) {
        rc = wn_review_undo(q->wn->store, last.review, wn_clock_now(), err);
        wn_queue_forget_trials(q); /* loaded anew, with all that waits now */
        if (rc == WN_OK)
            rc = wn_queue_fill(q, err);
    } else
        q->nskipped--; /* skips are undone in the order in which they were made */
    if (rc == WN_OK) {
        q->nsteps--;
        *id = last.decision;
    }
    return rc;
}

size_t wn_queue_reviewed(const struct wn_queue *q)
{
    size_t n = 0;
    for (size_t i = 0; i < q->nsteps; i++)
        n += q->steps[i].review > 0;
    return n;
}

/* ---- what does not go together ---- */

static bool is_of_this_queue(const struct wn_queue *q, int64_t review)
{
    for (size_t i = 0; i < q->nsteps; i++)
        if (q->steps[i].review == review)
            return true;
    return false;
}

static bool was_before(const struct wn_queue *q, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(q->steps[k].task, q->steps[i].task) == 0)
            return true;
    return false;
}

enum wn_code wn_queue_contradictions(struct wn_queue *q, const struct wn_contradiction **out, size_t *n,
                                     struct wn_error *err)
{
    struct wn_contradiction *list = wn_arena_array(&q->arena, q->nsteps, sizeof(*list));
    enum wn_code rc = WN_OK;
    *out = list;
    *n = 0;
    for (size_t i = 0; rc == WN_OK && i < q->nsteps; i++) {
        struct wn_own_words own = { 0 };
        if (was_before(q, i) || !wn_queue_task(q, q->steps[i].task))
            continue;
        rc = wn_own_words_of(q->wn, q->task, &q->arena, &own, err);
        for (size_t k = 0; rc == WN_OK && k < own.n; k++)
            if (is_of_this_queue(q, own.list[k].review))
                list[(*n)++] = own.list[k];
    }
    return rc;
}

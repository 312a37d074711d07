/* queue.c: the decisions that wait for a person, and what the person says of them. */
#include "base/clock.h"
#include "base/json.h"
#include "context.h"
#include "report/writer.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* One step that can be undone: a verdict (review > 0) or a skip. */
struct step {
    int64_t decision, review;
};

struct wn_queue {
    struct wn *wn;
    const char *task_name;
    struct wn_arena arena, shown; /* shown: lives until the next wn_queue_next() */
    struct wn_task *task;         /* of the decision that is shown */
    struct wn_waiting waiting;
    struct wn_item item;
    struct wn_result result;
    int64_t *skipped;
    size_t nskipped;
    struct step *steps;
    size_t nsteps;
};

enum wn_code wn_queue_open(struct wn *wn, const char *task, struct wn_queue **out,
                           struct wn_error *err)
{
    struct wn_queue *q = wn_xcalloc(1, sizeof(*q));
    enum wn_code rc = WN_OK;
    q->wn = wn;
    if (task != NULL) {
        rc = wn_context_task(wn, task, &q->task, err);
        if (rc == WN_OK)
            q->task_name = wn_arena_str(&q->arena, q->task->name);
    }
    if (rc == WN_OK)
        rc = wn_context_store(wn, err);
    if (rc != WN_OK) {
        wn_queue_close(q);
        return rc;
    }
    *out = q;
    return WN_OK;
}

void wn_queue_close(struct wn_queue *q)
{
    if (q == NULL)
        return;
    wn_task_free(q->task);
    wn_arena_free(&q->arena);
    wn_arena_free(&q->shown);
    free(q->skipped);
    free(q->steps);
    free(q);
}

/* The labels of the task as it is today; an old task's decision is shown without them. */
static void show_labels(struct wn_queue *q, const char *task)
{
    const struct wn_question *first;
    const char **ids, **meanings;
    if (q->task == NULL || strcmp(q->task->name, task) != 0) {
        wn_task_free(q->task);
        q->task = NULL;
        if (wn_context_task(q->wn, task, &q->task, NULL) != WN_OK)
            return;
    }
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

enum wn_code wn_queue_next(struct wn_queue *q, const struct wn_waiting **out, struct wn_error *err)
{
    struct wn_row row;
    enum wn_code rc;
    int64_t left = 0;
    *out = NULL;
    wn_arena_reset(&q->shown);
    rc = wn_review_next(q->wn->store, q->task_name, q->skipped, q->nskipped, &q->shown, &row, &left,
                        err);
    if (rc != WN_OK || row.id == 0)
        return rc;
    rc = wn_item_read(row.item_json, &q->shown, &q->item, err);
    if (rc == WN_OK)
        rc = wn_result_read(row.result_json, &q->item, &q->shown, &q->result, err);
    if (rc != WN_OK)
        return rc;
    q->waiting = (struct wn_waiting){
        .id = row.id, .result = &q->result, .asked_for = "queue", .left = left
    };
    show_labels(q, row.task);
    *out = &q->waiting;
    return WN_OK;
}

static const char *corrections_json(const struct wn_correction *c, size_t n, struct wn_buf *b)
{
    wn_buf_char(b, '{');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            wn_buf_char(b, ',');
        wn_json_quote(b, c[i].question);
        wn_buf_char(b, ':');
        wn_json_quote(b, c[i].value);
    }
    wn_buf_char(b, '}');
    return b->data;
}

/* What a person types is checked against the task like any answer. */
static enum wn_code check_corrections(const struct wn_queue *q, const struct wn_correction *c,
                                      size_t n, struct wn_error *err)
{
    for (size_t i = 0; q->task != NULL && i < n; i++) {
        const struct wn_question *question = wn_task_question(q->task, c[i].question, NULL);
        if (question == NULL)
            return wn_error_set(err, WN_E_USAGE, "the task asks no question '%s'", c[i].question);
        if (question->type != WN_TEXT && question->type != WN_TAGS &&
            wn_question_choice(question, c[i].value, strlen(c[i].value)) == SIZE_MAX)
            return wn_error_set(err, WN_E_USAGE, "'%s' is no answer to '%s'", c[i].value,
                                c[i].question);
    }
    return WN_OK;
}

static void remember(struct wn_queue *q, int64_t decision, int64_t review)
{
    q->steps = wn_xrealloc(q->steps, q->nsteps + 1, sizeof(*q->steps));
    q->steps[q->nsteps++] = (struct step){ decision, review };
}

enum wn_code wn_queue_verdict(struct wn_queue *q, int64_t id, enum wn_verdict verdict,
                              const struct wn_correction *c, size_t n, const char *note,
                              struct wn_error *err)
{
    static const char *const names[] = { "accept", "correct", "unsure" };
    const char *who = wn_config_get(q->wn->config, "WINNOW_REVIEWER");
    struct wn_buf b = WN_BUF_INIT(1 << 20);
    struct wn_review review;
    enum wn_code rc = check_corrections(q, c, n, err);
    int64_t review_id = 0;
    if (who == NULL)
        who = getenv("USER");
    review = (struct wn_review){ .decision = id,
                                 .time = wn_clock_now(),
                                 .verdict = names[verdict],
                                 .correction_json = n == 0 ? NULL : corrections_json(c, n, &b),
                                 .note = note,
                                 .reviewer = who == NULL ? "somebody" : who,
                                 .blind = q->waiting.blind };
    if (rc == WN_OK)
        rc = wn_review_add(q->wn->store, &review, &review_id, err);
    if (rc == WN_OK)
        remember(q, id, review_id);
    wn_buf_free(&b);
    return rc;
}

void wn_queue_skip(struct wn_queue *q, int64_t id)
{
    q->skipped = wn_xrealloc(q->skipped, q->nskipped + 1, sizeof(*q->skipped));
    q->skipped[q->nskipped++] = id;
    remember(q, id, 0);
}

enum wn_code wn_queue_undo(struct wn_queue *q, int64_t *id, struct wn_error *err)
{
    struct step last;
    enum wn_code rc = WN_OK;
    *id = 0;
    if (q->nsteps == 0)
        return WN_OK;
    last = q->steps[q->nsteps - 1];
    if (last.review > 0)
        rc = wn_review_undo(q->wn->store, last.review, wn_clock_now(), err);
    else
        q->nskipped--; /* skips are undone in the order in which they were made */
    if (rc == WN_OK) {
        q->nsteps--;
        *id = last.decision;
    }
    return rc;
}

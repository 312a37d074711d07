/* queue.c: the decisions that wait for a person, and what the person says of them. */
#include "base/clock.h"
#include "base/json.h"
#include "pipeline/closed.h"
#include "pipeline/lessons.h"
#include "pipeline/trial.h"
#include "pipeline/verdict.h"
#include "report/writer.h"
#include "task/brief.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* One step that can be undone: a verdict (review > 0) or a skip. */
struct step {
    int64_t decision, review;
};

/* A key on which verdicts have a bearing. */
struct trial {
    struct wn_trial t;
    struct trial *next;
};

/* One decision of the random sample. */
enum order { FIRST, LATER, SECOND }; /* SECOND: another person has judged it */
struct draw {
    int64_t id;
    double u;
    enum order order; /* before u: what is needed first */
    const char *asked_for;
    bool done;
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
    size_t skipped_before; /* in the last round: who skips the same again is done */
    struct step *steps;
    size_t nsteps;
    struct trial *trials;
    bool only_sample;
    struct draw *draws;
    size_t ndraws, ndone, at; /* at: all before it are done */
    const char *key;          /* of the decision that is shown */
    struct draw *drawn;       /* it, if it is of the sample */
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
        rc = wn_context_store_there(wn, err);
    if (rc != WN_OK) {
        wn_queue_close(q);
        return rc;
    }
    *out = q;
    return WN_OK;
}

static void forget_trials(struct wn_queue *q)
{
    struct trial *t;
    while ((t = q->trials) != NULL) {
        q->trials = t->next;
        wn_trial_clear(&t->t);
        free(t);
    }
}

void wn_queue_close(struct wn_queue *q)
{
    if (q == NULL)
        return;
    for (struct trial *t = q->trials; t != NULL; t = t->next)
        wn_trial_settle(&t->t, NULL);
    forget_trials(q);
    free(q->draws);
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

/* ---- the random sample ---- */

static const char *reviewer(const struct wn_queue *q)
{
    const char *who = wn_config_get(q->wn->config, "WINNOW_REVIEWER");
    if (who == NULL)
        who = getenv("USER");
    return who == NULL ? "somebody" : who;
}

static bool is_of(const struct wn_trial *t, const struct wn_task *task, const char *key)
{
    return strcmp(t->row.key, key) == 0 && strcmp(t->task, task->name) == 0 &&
           (t->stratum == NULL) == (task->stratum == NULL) &&
           (t->stratum == NULL || strcmp(t->stratum, task->stratum) == 0);
}

/* The trial of a key and a label's stratum, loaded on first need; NULL where its task is gone. */
static enum wn_code trial_of(struct wn_queue *q, const char *key, const char *label,
                             struct wn_trial **out, struct wn_error *err)
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
        rc = wn_trial_load(q->wn, &task, &k, reviewer(q), &t->t, err);
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

static void add_draw(struct wn_queue *q, const struct wn_unit_row *u, enum order order,
                     const char *asked_for)
{
    q->draws[q->ndraws++] = (struct draw){ u->id, u->u, order, asked_for, false };
}

/* Is it drawn for a second look by somebody else? Its random number hangs on the sealed id. */
static bool wanted_twice(const struct wn_queue *q, const struct wn_unit_row *u)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_row row;
    bool wanted = false;
    if (u->review == 0 || u->mine || u->twice)
        return false;
    if (wn_results_get(q->wn->store, u->id, &a, &row, NULL) == WN_OK && row.item_id != NULL)
        wanted =
            wn_draw(wn_store_salt(q->wn->store), row.task, row.item_id, WN_FIT_FRACTION).second;
    wn_arena_free(&a);
    return wanted;
}

static int by_draw(const void *a, const void *b)
{
    const struct draw *x = a, *y = b;
    if (x->order != y->order)
        return (int)x->order - (int)y->order;
    if (x->u != y->u)
        return x->u < y->u ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* Once something is proved its audits come first: they keep it; the rest of the campaign only adds. */
static void draw(struct wn_queue *q, const struct wn_trial *t)
{
    bool proved = t->proof.id != 0;
    q->draws = wn_xrealloc(q->draws, q->ndraws + t->nunits + 1, sizeof(*q->draws));
    for (size_t i = 0; i < t->nunits; i++) {
        const struct wn_unit_row *u = &t->units[i];
        bool audit = wn_unit_audited(u);
        if (u->review == 0 && audit)
            add_draw(q, u, FIRST, "audit_sample");
        else if (u->review == 0 && t->sampled[i])
            add_draw(q, u, proved ? LATER : FIRST, "certification_sample");
        else if ((audit || t->sampled[i]) && wanted_twice(q, u))
            add_draw(q, u, SECOND, "second_review");
    }
}

/* What was accepted under an earlier model or prompt is part of a report that is not closed yet. */
static enum wn_code draw_older(struct wn_queue *q, const char *key, struct wn_error *err)
{
    struct wn_period_unit *list = NULL;
    size_t n = 0;
    int64_t from = wn_period_oldest_open(q->task->report, wn_clock_now());
    enum wn_code rc = wn_period_overdue(q->wn->store, q->task->name, key, from, &list, &n, err);
    q->draws = wn_xrealloc(q->draws, q->ndraws + n + 1, sizeof(*q->draws));
    for (size_t i = 0; i < n; i++)
        q->draws[q->ndraws++] = (struct draw){ list[i].id, list[i].u, FIRST, "audit_sample", false };
    free(list);
    return rc;
}

enum wn_code wn_queue_open_sample(struct wn *wn, const char *task, struct wn_queue **out,
                                  struct wn_error *err)
{
    struct wn_queue *q = NULL;
    struct wn_trial *t;
    const char *key;
    enum wn_code rc = wn_queue_open(wn, task, &q, err);
    if (rc != WN_OK)
        return rc;
    q->only_sample = true;
    rc = wn_trust_key_in_use(wn->store, q->task_name, &q->arena, &key, err);
    for (size_t i = 0; rc == WN_OK && key != NULL && i <= q->task->nguards; i++) {
        const char *label = i == 0 ? NULL : q->task->guards[i - 1].label;
        rc = trial_of(q, key, label, &t, err);
        if (rc == WN_OK)
            draw(q, t);
    }
    if (rc == WN_OK && key != NULL)
        rc = draw_older(q, key, err);
    if (q->ndraws > 0)
        qsort(q->draws, q->ndraws, sizeof(*q->draws), by_draw);
    if (rc == WN_OK)
        *out = q;
    else
        wn_queue_close(q);
    return rc;
}

static bool was_skipped(const struct wn_queue *q, int64_t id)
{
    for (size_t i = 0; i < q->nskipped; i++)
        if (q->skipped[i] == id)
            return true;
    return false;
}

static void set_done(struct wn_queue *q, struct draw *d, bool done)
{
    if (d->done == done)
        return;
    d->done = done;
    q->ndone += done ? 1 : (size_t)-1;
    while (q->at < q->ndraws && q->draws[q->at].done)
        q->at++;
    if (!done && (size_t)(d - q->draws) < q->at)
        q->at = (size_t)(d - q->draws);
}

/* The next of the sample that nobody has reviewed in the meantime; row->id 0: none. */
static enum wn_code next_draw(struct wn_queue *q, struct wn_row *row, struct draw **out,
                              int64_t *left, struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    *row = (struct wn_row){ 0 };
    for (size_t i = q->at; rc == WN_OK && row->id == 0 && i < q->ndraws; i++) {
        struct draw *d = &q->draws[i];
        if (d->done || was_skipped(q, d->id))
            continue;
        *out = d;
        rc = wn_results_get(q->wn->store, d->id, &q->shown, row, err);
        if (rc == WN_OK && (row->id == 0 || row->item_json == NULL ||
                            (row->verdict != NULL && d->order < SECOND))) {
            set_done(q, d, true); /* forgotten, its text too old, or reviewed elsewhere */
            row->id = 0;
        }
    }
    *left = (int64_t)(q->ndraws - q->ndone);
    return rc;
}

/* Half of the sample is judged without a hint: people who see a proposal overlook errors. Where the
 * promise covers more than the label, the rest has to be seen to be judged. */
static bool is_blind(const struct wn_queue *q, const struct wn_row *row)
{
    for (size_t i = 1; q->task != NULL && i < q->task->nquestions; i++)
        if (q->task->questions[i].gated)
            return false;
    return q->waiting.nlabels > 0 &&
           wn_draw(wn_store_salt(q->wn->store), row->task, row->item_id, WN_FIT_FRACTION).blind;
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
    struct draw *d = NULL;
    struct wn_row row;
    enum wn_code rc;
    int64_t left = 0;
    *out = NULL;
    wn_arena_reset(&q->shown);
    if (q->only_sample)
        rc = next_draw(q, &row, &d, &left, err);
    else
        rc = wn_review_next(q->wn->store, q->task_name, q->skipped, q->nskipped, &q->shown, &row,
                            &left, err);
    if (rc != WN_OK || row.id == 0)
        return rc;
    rc = wn_item_read(row.item_json, &q->shown, &q->item, err);
    if (rc == WN_OK)
        rc = wn_result_read(row.result_json, &q->item, &q->shown, &q->result, err);
    if (rc != WN_OK)
        return rc;
    q->key = row.key;
    q->drawn = d;
    q->waiting = (struct wn_waiting){ .id = row.id,
                                      .result = &q->result,
                                      .asked_for = d == NULL ? "queue" : d->asked_for,
                                      .left = left };
    show_labels(q, row.task);
    q->waiting.blind = d != NULL && is_blind(q, &row);
    q->waiting.sentences = sentences_of(q->waiting.result);
    *out = &q->waiting;
    return WN_OK;
}

/* ---- verdicts ---- */

/* The id as the task writes it, whatever the case a person typed it in. */
static const char *as_id(const struct wn_task *t, const struct wn_correction *c)
{
    const struct wn_question *q = t == NULL ? NULL : wn_task_question(t, c->question, NULL);
    size_t i = q == NULL || q->type == WN_TEXT || q->type == WN_TAGS
                   ? SIZE_MAX
                   : wn_question_choice(q, c->value, strlen(c->value));
    return i == SIZE_MAX ? c->value : q->choices[i].id;
}

static const char *corrections_json(const struct wn_task *t, const struct wn_correction *c,
                                    size_t n, struct wn_buf *b)
{
    wn_buf_char(b, '{');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            wn_buf_char(b, ',');
        wn_json_quote(b, c[i].question);
        wn_buf_char(b, ':');
        wn_json_quote(b, as_id(t, &c[i]));
    }
    wn_buf_char(b, '}');
    return b->data;
}

static bool is_answer(const struct wn_question *q, const char *value)
{
    if (q->type == WN_TEXT)
        return true;
    if (q->type != WN_TAGS)
        return wn_question_choice(q, value, strlen(value)) != SIZE_MAX;
    for (const char *p = value; *p != '\0';) {
        size_t len = strcspn(p, ",");
        if (len > 0 && wn_question_choice(q, p, len) == SIZE_MAX)
            return false;
        p += len + (p[len] == ',');
    }
    return true;
}

/* "3,7": numbers of the brief's sentences. */
static bool are_sentences(const char *list, size_t n)
{
    while (*list != '\0') {
        char *end;
        unsigned long number = strtoul(list, &end, 10);
        if (end == list || number < 1 || number > n || (*end != '\0' && *end != ','))
            return false;
        list = end + (*end == ',');
    }
    return true;
}

/* Who names a sentence that is not supported cannot let the brief stand as faithful. */
static enum wn_code check_sentences(const struct wn_queue *q, const struct wn_correction *c,
                                    size_t n, const char *list, struct wn_error *err)
{
    const char *label = q->result.label;
    for (size_t i = 0; i < n; i++)
        if (strcmp(c[i].question, q->task->questions[0].name) == 0)
            label = c[i].value;
    if (!are_sentences(list, q->waiting.sentences))
        return wn_error_set(err, WN_E_USAGE, "the brief has sentences 1 to %zu, not '%s'",
                            q->waiting.sentences, list);
    if (list[0] != '\0' && (label == NULL || strcmp(label, "faithful") == 0)) {
        wn_error_set(err, WN_E_USAGE, "a brief with sentences that are not supported is unfaithful");
        wn_error_hint(err, "`b 3 7` says both: sentences 3 and 7 are not supported.");
        return WN_E_USAGE;
    }
    return WN_OK;
}

/* What a person types is checked against the task like any answer. */
static enum wn_code check_corrections(const struct wn_queue *q, const struct wn_correction *c,
                                      size_t n, struct wn_error *err)
{
    for (size_t i = 0; q->task != NULL && i < n; i++) {
        const struct wn_question *question = wn_task_question(q->task, c[i].question, NULL);
        if (question == NULL)
            return wn_error_set(err, WN_E_USAGE, "the task asks no question '%s'", c[i].question);
        if (strcmp(c[i].question, WN_BRIEF_UNSUPPORTED) == 0 && q->waiting.sentences > 0) {
            enum wn_code rc = check_sentences(q, c, n, c[i].value, err);
            if (rc != WN_OK)
                return rc;
        }
        if (!is_answer(question, c[i].value))
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

/* What follows from it for what is accepted alone. A second person's word measures people, not winnow. */
static enum wn_code follow(struct wn_queue *q, const struct wn_review *r, int64_t review_id,
                           struct wn_error *err)
{
    struct wn_trial *t = NULL;
    enum wn_code rc = WN_OK;
    if (q->drawn != NULL)
        set_done(q, q->drawn, true);
    if (strcmp(r->asked, "second_review") == 0 || q->key == NULL || q->key[0] == '\0')
        return WN_OK;
    rc = trial_of(q, q->key, q->result.label, &t, err);
    return rc == WN_OK && t != NULL ? wn_trial_reviewed(t, r->decision, review_id, r->wrong, err)
                                    : rc;
}

enum wn_code wn_queue_verdict(struct wn_queue *q, int64_t id, enum wn_verdict verdict,
                              const struct wn_correction *c, size_t n, const char *note,
                              struct wn_error *err)
{
    static const char *const names[] = { "accept", "correct", "unsure" };
    struct wn_buf b = WN_BUF_INIT(1 << 20);
    struct wn_review review;
    int64_t review_id = 0;
    enum wn_code rc;
    if (id != q->waiting.id)
        return wn_error_set(err, WN_E_USAGE, "the verdict is for another decision than is shown");
    rc = check_corrections(q, c, n, err);
    review =
        (struct wn_review){ .decision = id,
                            .time = wn_clock_now(),
                            .verdict = names[verdict],
                            .correction_json = n == 0 ? NULL : corrections_json(q->task, c, n, &b),
                            .note = note,
                            .reviewer = reviewer(q),
                            .asked = q->waiting.asked_for,
                            .blind = q->waiting.blind,
                            .wrong = wn_verdict_wrong(q->task, &q->result, verdict, c, n) };
    if (rc == WN_OK)
        rc = wn_review_add(q->wn->store, &review, &review_id, err);
    if (rc == WN_OK) {
        remember(q, id, review_id);
        rc = follow(q, &review, review_id, err);
    }
    wn_buf_free(&b);
    return rc;
}

void wn_queue_skip(struct wn_queue *q, int64_t id)
{
    q->skipped = wn_xrealloc(q->skipped, q->nskipped + 1, sizeof(*q->skipped));
    q->skipped[q->nskipped++] = id;
    remember(q, id, 0);
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
        for (size_t i = 0; i < q->ndraws; i++)
            if (q->draws[i].id == last.decision)
                set_done(q, &q->draws[i], false);
        forget_trials(q); /* loaded anew when they are needed */
    } else
        q->nskipped--; /* skips are undone in the order in which they were made */
    if (rc == WN_OK) {
        q->nsteps--;
        *id = last.decision;
    }
    return rc;
}

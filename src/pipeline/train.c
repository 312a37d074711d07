/* train.c: a new release of a task's linear engine, measured out of fold, and switched on only if it is
 * not worse than the one before. */
#include "pipeline/heldout.h"
#include "pipeline/local.h"
#include "pipeline/teach.h"
#include "report/writer.h"
#include <math.h>
#include <string.h>

/* Class shares are taken from so many items seen lately, and where labels are few, words are learned from
 * those of them that no person has judged. */
enum { TRAFFIC_ITEMS = 1000 };

/* A release is worse if its answers are less likely to be right, by more than what folds drawn otherwise
 * would differ. */
#define WORSE_BY 1.01

struct job {
    struct wn *wn;
    const struct wn_train_options *o;
    struct wn_task *task;
    struct wn_teaching teaching;
    struct wn_lessons lessons;
    struct wn_item *traffic; /* the last items of the task */
    struct wn_item *pool;    /* of these, what may be learned from without a label */
    size_t ntraffic, npool;
    struct wn_linear_report found; /* lives in the lessons' arena */
    struct wn_linear *before, *model;
    struct wn_train_report *report;
};

static void add_trial(struct wn_lessons *l, const struct wn_example *list, size_t n)
{
    struct wn_example *all = wn_arena_array(&l->arena, l->ntrial + n, sizeof(*all));
    if (l->ntrial > 0)
        memcpy(all, l->trial, l->ntrial * sizeof(*all));
    if (n > 0)
        memcpy(all + l->ntrial, list, n * sizeof(*all));
    l->trial = all;
    l->ntrial += n;
}

static enum wn_code import_files(struct job *j, struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    for (size_t i = 0; rc == WN_OK && i < j->o->nfiles; i++) {
        struct wn_example *list = NULL;
        size_t n = 0;
        rc = wn_lessons_read(j->task, j->o->files[i], j->o->maps, j->o->nmaps, &j->lessons.arena,
                             &list, &n, err);
        if (rc == WN_OK && !j->o->dry_run) {
            rc = wn_lessons_add(j->wn, j->task, WN_LESSON_FILE, list, n, err);
        } else if (rc == WN_OK) {
            add_trial(&j->lessons, list, n);
        }
    }
    return rc;
}

static enum wn_code learn(struct job *j, struct wn_error *err)
{
    struct wn_linear_options lo = { .progress = j->o->progress,
                                    .user = j->o->user,
                                    .held_out = j->lessons.held_out,
                                    .nheld_out = j->lessons.nheld_out,
                                    .pool = j->pool,
                                    .npool = j->npool };
    return wn_linear_train(j->task, j->lessons.list, j->lessons.n, &lo, &j->wn->log,
                           &j->lessons.arena, &j->found, &j->model, err);
}

/* The last items of the task: what the traffic looks like. What a person may still be asked about to
 * prove how good the engine is (the cert fold) is never learned from, not even without its label. */
static enum wn_code read_traffic(struct job *j, struct wn_error *err)
{
    struct wn_row row = { 0 };
    enum wn_code rc;
    bool *learnable = wn_arena_array(&j->lessons.arena, TRAFFIC_ITEMS, sizeof(*learnable));
    size_t n = 0;
    j->traffic = wn_arena_array(&j->lessons.arena, TRAFFIC_ITEMS, sizeof(*j->traffic));
    j->pool = wn_arena_array(&j->lessons.arena, TRAFFIC_ITEMS, sizeof(*j->pool));
    while ((rc = wn_results_after(j->wn->store, j->task->name, row.id, &j->lessons.arena, &row,
                                  err)) == WN_OK &&
           row.id != 0) {
        struct wn_item item;
        if (wn_item_read(row.item_json, &j->lessons.arena, &item, NULL) != WN_OK ||
            item.text_len == 0)
            continue;
        learnable[n % TRAFFIC_ITEMS] = row.verdict == NULL && row.fold < WN_FIT_FRACTION;
        j->traffic[n++ % TRAFFIC_ITEMS] = item;
    }
    j->ntraffic = n < TRAFFIC_ITEMS ? n : TRAFFIC_ITEMS;
    for (size_t i = 0; i < j->ntraffic; i++)
        if (learnable[i])
            j->pool[j->npool++] = j->traffic[i];
    return rc;
}

/* ---- the report: copied out of the lessons' arena, which ends with this job ---- */

static void report_labels(struct job *j, const struct wn_linear_score *s,
                          struct wn_train_score *out)
{
    struct wn_arena *a = &j->wn->arena;
    struct wn_train_label *labels = wn_arena_array(a, s->nlabels, sizeof(*labels));
    struct wn_train_confusion *confusions = wn_arena_array(a, s->nconfusions, sizeof(*confusions));
    for (size_t i = 0; i < s->nlabels; i++)
        labels[i] = (struct wn_train_label){ wn_arena_str(a, s->labels[i].id), s->labels[i].n,
                                             s->labels[i].said, s->labels[i].right };
    for (size_t i = 0; i < s->nconfusions; i++) {
        const struct wn_linear_confusion *c = &s->confusions[i];
        confusions[i] = (struct wn_train_confusion){ .truth = wn_arena_str(a, c->truth),
                                                     .said = wn_arena_str(a, c->said),
                                                     .n = c->n,
                                                     .nexamples = c->nexamples };
        for (size_t k = 0; k < c->nexamples; k++)
            confusions[i].examples[k] = wn_arena_str(a, j->lessons.list[c->examples[k]].text);
    }
    out->labels = labels;
    out->nlabels = s->nlabels;
    out->confusions = confusions;
    out->nconfusions = s->nconfusions;
}

static void compare_with_before(struct job *j, struct wn_train_score *list, size_t n)
{
    const struct wn_linear_score *old = NULL;
    size_t nold = 0;
    if (j->before != NULL)
        wn_linear_scores(j->before, j->task, &j->lessons.arena, &old, &nold);
    for (size_t i = 0; i < n; i++) {
        list[i].before_accuracy = list[i].before_ece = list[i].before_nll = NAN;
        for (size_t k = 0; k < nold; k++)
            if (strcmp(old[k].question, list[i].question) == 0 && old[k].trained) {
                list[i].before_accuracy = old[k].accuracy;
                list[i].before_ece = old[k].ece;
                list[i].before_nll = old[k].nll;
            }
    }
    if (n > 0 && list[0].nll > list[0].before_nll * WORSE_BY &&
        list[0].accuracy < list[0].before_accuracy)
        j->report->worse = true;
}

static void report(struct job *j)
{
    struct wn_train_report *r = j->report;
    struct wn_train_score *list = wn_arena_array(&j->wn->arena, j->found.nscores, sizeof(*list));
    for (size_t i = 0; i < j->found.nscores; i++) {
        const struct wn_linear_score *s = &j->found.scores[i];
        list[i] = (struct wn_train_score){ .question = wn_arena_str(&j->wn->arena, s->question),
                                           .trained = s->trained,
                                           .n = s->n,
                                           .accuracy = s->accuracy,
                                           .ece = s->ece,
                                           .nll = s->nll };
        report_labels(j, s, &list[i]);
    }
    compare_with_before(j, list, j->found.nscores);
    r->scores = list;
    r->nscores = j->found.nscores;
    r->from_examples = j->lessons.from_examples;
    r->from_files = j->lessons.from_files;
    r->from_taught = j->lessons.from_taught;
    r->from_reviews = j->lessons.from_reviews;
    r->from_unlabelled = j->found.npool;
    r->held_out = j->lessons.held_reviews;
    r->kept_out = j->lessons.nmeasure;
    r->kept_out_from = wn_heldout_least(j->task);
    r->repeated = j->found.nrepeated;
    r->contradicting = j->found.ncontradicting;
    r->empty = j->found.nempty;
    r->learned_from = j->found.nexamples;
    r->version = wn_arena_str(&j->wn->arena, wn_linear_version(j->model));
    r->unchanged = j->before != NULL && strcmp(wn_linear_version(j->before), r->version) == 0;
}

static enum wn_code release(struct job *j, struct wn_error *err)
{
    enum wn_code rc;
    if (j->o->dry_run || (j->report->worse && !j->o->force))
        return WN_OK;
    rc = wn_local_keep(j->wn, j->task, j->model, &j->report->bytes, err);
    if (rc == WN_OK)
        rc = wn_store_flush(j->wn->store, err);
    j->report->released = rc == WN_OK;
    if (rc == WN_OK)
        rc = wn_heldout_prove(j->wn, j->task, &j->lessons, &j->report->proved, err);
    return rc;
}

enum wn_code wn_train(struct wn *wn, const struct wn_train_options *o,
                      const struct wn_train_report **out, struct wn_error *err)
{
    struct job j = { .wn = wn, .o = o, .lessons = WN_LESSONS_INIT };
    enum wn_code rc = wn_context_task(wn, o->task, &j.task, err);
    j.report = wn_arena_alloc(&wn->arena, sizeof(*j.report));
    j.report->measured_before = j.report->measured_after = NAN;
    if (rc == WN_OK)
        rc = wn_context_store(wn, err);
    if (rc == WN_OK)
        rc = wn_local_release(wn, j.task, &j.before, err);
    if (rc == WN_OK)
        rc = o->teach == NULL ? import_files(&j, err)
                              : wn_teach(wn, j.task, o, &j.teaching, j.report, err);
    if (rc == WN_OK)
        rc = wn_lessons_gather(wn, j.task, &j.lessons, err);
    if (rc == WN_OK)
        rc = read_traffic(&j, err);
    if (rc == WN_OK)
        rc = learn(&j, err);
    if (rc == WN_OK) {
        j.report->adapted = wn_linear_adapt(j.model, j.task, j.traffic, j.ntraffic);
        report(&j);
        if (o->teach != NULL)
            j.report->measured_after = wn_teach_agreement(&j.teaching, j.task, j.model);
        rc = release(&j, err);
    }
    *out = j.report;
    wn_linear_free(j.before);
    wn_linear_free(j.model);
    wn_lessons_clear(&j.lessons);
    wn_arena_free(&j.teaching.arena);
    wn_task_free(j.task);
    return rc;
}

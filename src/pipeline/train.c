/* train.c: a new release of a task's linear engine, measured out of fold, and switched on only if it is
 * not worse than the one before.
 *
 * Worse is: on the same texts, each judged by a model that had not seen it, more answers to any question are
 * wrong than before, by more than chance explains. */
#include "decide/confidence.h"
#include "pipeline/heldout.h"
#include "pipeline/local.h"
#include "pipeline/teach.h"
#include "report/writer.h"
#include <math.h>
#include <string.h>

/* Class shares are taken from so many items seen lately, and where labels are few, words are learned from
 * those of them that no person has judged. */
enum { TRAFFIC_ITEMS = 1000 };

/* Of releases that are as good as the one before, at most so many are called worse: the questions of a
 * task share it. */
#define WORSE_BY_CHANCE .05

struct job {
    struct wn *wn;
    const struct wn_train_options *o;
    struct wn_task *task;
    struct wn_teaching teaching;
    struct wn_lessons lessons;
    struct wn_arena seen[2]; /* items lately seen; by turns, so that only the last ones are held */
    struct wn_item *traffic; /* the last items of the task */
    struct wn_item *pool;    /* of these, what may be learned from without a label */
    size_t ntraffic, npool;
    struct wn_linear_report found; /* lives in the lessons' arena */
    struct wn_linear *before, *model;
    struct wn_train_report *report;
};

static enum wn_code read_files(struct job *j, struct wn_error *err)
{
    const struct wn_lesson_source from = { .maps = j->o->maps,
                                           .nmaps = j->o->nmaps,
                                           .values = j->o->values,
                                           .nvalues = j->o->nvalues,
                                           .progress = j->o->progress,
                                           .user = j->o->user };
    return wn_lessons_fresh(j->wn, j->task, j->o->files, j->o->nfiles, &from, &j->lessons, err);
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
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_row row = { 0 };
    enum wn_code rc;
    bool *learnable = wn_arena_array(&j->lessons.arena, TRAFFIC_ITEMS, sizeof(*learnable));
    size_t n = 0;
    j->traffic = wn_arena_array(&j->lessons.arena, TRAFFIC_ITEMS, sizeof(*j->traffic));
    j->pool = wn_arena_array(&j->lessons.arena, TRAFFIC_ITEMS, sizeof(*j->pool));
    while ((rc = wn_results_after(j->wn->store, j->task->name, row.id, &a, &row, err)) == WN_OK &&
           row.id != 0) {
        struct wn_arena *keep = &j->seen[n / TRAFFIC_ITEMS % 2];
        struct wn_item item;
        if (n % TRAFFIC_ITEMS == 0)
            wn_arena_reset(keep); /* what it held is not among the last ones any more */
        if (wn_item_read(row.item_json, keep, &item, NULL) != WN_OK)
            item.text_len = 0;
        wn_arena_reset(&a);
        if (item.text_len == 0)
            continue;
        learnable[n % TRAFFIC_ITEMS] = row.verdict == NULL && row.fold < WN_FIT_FRACTION;
        j->traffic[n++ % TRAFFIC_ITEMS] = item;
    }
    j->ntraffic = n < TRAFFIC_ITEMS ? n : TRAFFIC_ITEMS;
    for (size_t i = 0; i < j->ntraffic; i++)
        if (learnable[i])
            j->pool[j->npool++] = j->traffic[i];
    wn_arena_free(&a);
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

/* That so many or more are lost, if what differs is as likely to be lost as to be won. */
static double chance_of(size_t lost, size_t won)
{
    return lost > won ? wn_pval((int64_t)won, (int64_t)(won + lost), .5) : 1;
}

static void compare_question(const struct wn_linear_change *c, double level,
                             struct wn_train_score *s)
{
    s->compared = c->n;
    s->before_accuracy = c->accuracy;
    s->before_ece = c->ece;
    s->lost = c->lost;
    s->won = c->won;
    s->known_lost = c->known_lost;
    s->known_won = c->known_won;
    s->chance = chance_of(c->lost, c->won);
    s->worse = c->unlearned || s->chance < level;
    s->known_worse = chance_of(c->known_lost, c->known_won) < level;
}

static void compare_with_before(struct job *j, struct wn_train_score *list, size_t n)
{
    struct wn_linear_change *changes =
        wn_arena_array(&j->lessons.arena, j->task->nquestions, sizeof(*changes));
    struct wn_linear_sheet said;
    size_t q;
    j->report->compared =
        j->before != NULL && wn_local_sheet(j->wn, j->task, j->before, &j->lessons.arena, &said);
    if (j->report->compared)
        wn_linear_compare(j->before, &said, j->task, j->lessons.list, &j->found.sheet, changes);
    for (size_t i = 0; i < n; i++) {
        wn_task_question(j->task, list[i].question, &q);
        compare_question(&changes[q], WORSE_BY_CHANCE / (double)n, &list[i]);
        j->report->worse |= list[i].worse;
    }
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
    r->rows = j->lessons.read.rows;
    r->rows_no_text = j->lessons.read.no_text;
    r->rows_no_answer = j->lessons.read.no_answer;
    r->rows_left_out = j->lessons.left_out;
    r->did_not_fit = j->found.nleft_out;
    r->learned_from = j->found.nexamples;
    r->version = wn_arena_str(&j->wn->arena, wn_linear_version(j->model));
    r->unchanged = j->before != NULL && strcmp(wn_linear_version(j->before), r->version) == 0;
}

static enum wn_code release(struct job *j, struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    if (j->o->dry_run || (j->report->worse && !j->o->force))
        return WN_OK;
    if (j->lessons.nfresh > 0)
        rc = wn_lessons_add(j->wn, j->task, WN_LESSON_FILE, j->lessons.fresh, j->lessons.nfresh,
                            err);
    if (rc == WN_OK)
        rc = wn_local_keep(j->wn, j->task, j->model, &j->found.sheet, &j->report->bytes, err);
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
        rc = o->teach == NULL ? read_files(&j, err)
                              : wn_teach(wn, j.task, o, &j.teaching, j.report, err);
    if (rc == WN_OK)
        rc = wn_local_release(wn, j.task, &j.before, err);
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
    wn_arena_free(&j.seen[0]);
    wn_arena_free(&j.seen[1]);
    wn_arena_free(&j.teaching.arena);
    wn_task_free(j.task);
    return rc;
}

/* evaluate.c: one or two candidates over items whose right answers are known.
 *
 * Each candidate is a task (its own prompts) with its models, asked through the engine as in a run; the
 * decisions are judged and not kept. Both see the same items: what either has learned from is left out for
 * both, so that they can be compared pair by pair. */
#include "pipeline/evaluation.h"
#include "pipeline/lessons.h"
#include "pipeline/pack.h"
#include "pipeline/result.h"
#include "pipeline/survey.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- candidates ---- */

static enum wn_code load_other(struct wn_evaluation *ev, struct wn_candidate *c, struct wn_error *err)
{
    const char *roots[] = { ev->o->other_prompts }, *dir = NULL;
    enum wn_code rc = wn_task_find(ev->list[0].task->name, roots, 1, &ev->arena, &dir, err);
    return rc == WN_OK ? wn_task_load(dir, &c->task, err) : rc;
}

static enum wn_code prepare(struct wn_evaluation *ev, struct wn_error *err)
{
    const struct wn_eval_options *o = ev->o;
    enum wn_code rc = WN_OK;
    ev->n = o->other_prompts != NULL || o->nmodels > 1 ? 2 : 1;
    for (size_t i = 0; rc == WN_OK && i < ev->n; i++) {
        struct wn_candidate *c = &ev->list[i];
        rc = i == 1 && o->other_prompts != NULL ? load_other(ev, c, err)
                                                : wn_context_task(ev->wn, o->task, &c->task, err);
        if (rc == WN_OK)
            rc = wn_pack_check(c->task, o->pack, err);
        if (rc != WN_OK)
            break;
        c->models =
            wn_model_choose(ev->wn, c->task,
                            o->nmodels == 0 ? NULL : o->models[i < o->nmodels ? i : 0], NULL);
        c->out = &ev->report->candidates[i];
        c->out->name =
            wn_arena_str(&ev->wn->arena, o->other_prompts == NULL ? c->models : c->task->dir);
        rc = wn_gold_read(c->task, o, &ev->arena, &c->gold, err);
        if (rc == WN_OK)
            rc = wn_targets_resolve(ev->wn, c->models, c->task->how, &ev->arena, &c->targets, err);
    }
    ev->report->ncandidates = ev->n;
    return rc;
}

/* The store holds the linear engine's release and what was paid for; measuring the linear engine alone
 * makes none. */
static enum wn_code open_store(struct wn_evaluation *ev, struct wn_error *err)
{
    bool needed = wn_context_has_store(ev->wn) || ev->o->prove;
    for (size_t i = 0; i < ev->n; i++)
        for (size_t k = 0; k < ev->list[i].targets.n; k++)
            needed = needed || ev->list[i].targets.list[k].row != NULL;
    return needed ? wn_context_store(ev->wn, err) : WN_OK;
}

/* ---- which items ---- */

static enum wn_code choose_items(struct wn_evaluation *ev, struct wn_error *err)
{
    struct wn_gold *g = &ev->list[0].gold;
    const char **learned = NULL;
    size_t n = 0;
    enum wn_code rc = WN_OK;
    struct wn_lessons lessons[WN_EVAL_CANDIDATES] = { WN_LESSONS_INIT, WN_LESSONS_INIT };
    for (size_t i = 0; rc == WN_OK && i < ev->n; i++) {
        rc = wn_lessons_gather(ev->wn, ev->list[i].task, &lessons[i], err);
        n += lessons[i].n;
    }
    learned = wn_arena_array(&ev->arena, n, sizeof(*learned));
    n = 0;
    for (size_t i = 0; i < ev->n; i++)
        for (size_t k = 0; k < lessons[i].n; k++)
            learned[n++] = lessons[i].list[k].text;
    if (rc == WN_OK)
        wn_gold_clean(ev->list[0].task, learned, n, ev->o->limit, &ev->arena, g);
    for (size_t i = 0; i < ev->n; i++)
        wn_lessons_clear(&lessons[i]);
    if (rc == WN_OK && g->nlist == 0) {
        rc = wn_error_set(err, WN_E_INPUT, "there is no gold item to measure with");
        wn_error_cause(err, "no row has a text");
        wn_error_hint(err, "If the text stands in a column that the task does not know: --map text=COLUMN.");
    } else if (rc == WN_OK && g->nkept == 0) {
        rc = wn_error_set(err, WN_E_INPUT, "no gold item is left to measure with");
        wn_error_cause(err,
                       "%zu read: %zu learned from, %zu with different labels for the same text, "
                       "%zu without a label",
                       g->nlist, g->learned_from, g->contradicting, g->unlabelled);
        wn_error_hint(err, "%s",
                      g->learned_from > 0 ? "Measure on items that are neither in examples.jsonl nor were "
                                            "given to `winnow train`."
                                          : "Give each text one label.");
    }
    return rc;
}

/* ---- judging ---- */

static void judge_questions(struct wn_candidate *c, const struct wn_answer *truth,
                            const struct wn_answer *said, struct wn_judged *out)
{
    const struct wn_task *t = c->task;
    for (size_t q = 0; q < t->nquestions; q++) {
        bool right;
        if (!truth->values[q].answered)
            continue;
        right =
            said != NULL && wn_value_same(&t->questions[q], &truth->values[q], &said->values[q]);
        c->questions[q].n++;
        c->questions[q].right += right;
        if (q == 0)
            out->right = right;
        if (q == 0 || t->questions[q].gated)
            out->wrong = out->wrong || !right;
    }
}

static void count_tags(struct wn_candidate *c, const struct wn_value *truth,
                       const struct wn_value *said)
{
    for (size_t i = 0; i < c->out->nlabels; i++) {
        bool t = truth->chosen != NULL && truth->chosen[i];
        bool s = said != NULL && said->answered && said->chosen != NULL && said->chosen[i];
        c->labels[i].n += t;
        c->labels[i].said += s;
        c->labels[i].right += t && s;
    }
}

static void count_result(struct wn_candidate *c, const struct wn_result *r, const struct wn_job *j,
                         bool wrong, struct wn_arena *a)
{
    struct wn_eval_candidate *out = c->out;
    out->routed[r->route]++;
    out->auto_wrong += r->route == WN_AUTO && wrong;
    out->cost_microusd += j->cost_microusd + j->saved_microusd;
    out->cached += r->cached;
    if (j->attempts > 0)
        c->latency[c->nlatency++] = (double)j->latency_ms;
    if (out->answered_by == NULL && r->route != WN_FAILED && r->model != NULL)
        out->answered_by = wn_arena_str(a, r->model);
}

static void note_measured(struct wn_evaluation *ev, struct wn_candidate *c, const struct wn_measured *m,
                          const struct wn_job *j)
{
    c->mixed = c->mixed || (c->key != NULL && strcmp(c->key, j->key) != 0);
    c->key = wn_arena_str(&ev->arena, j->key);
    c->measured[c->nmeasured++] = *m;
}

static void judge(struct wn_evaluation *ev, struct wn_candidate *c, struct wn_engine *e, size_t k,
                  struct wn_job *j)
{
    const struct wn_answer *truth = c->gold.list[ev->list[0].gold.kept[k]].answer;
    const struct wn_question *label = &c->task->questions[0];
    const struct wn_value *said;
    struct wn_judged *out = &c->judged[k];
    struct wn_measured measured;
    struct wn_decision d;
    struct wn_result r;
    wn_job_decide(e, j, &d, &r);
    said = j->failure == NULL && j->answer != NULL ? &j->answer->values[0] : NULL;
    *out = (struct wn_judged){ .truth = SIZE_MAX, .said = SIZE_MAX, .p = NAN, .score = NAN };
    judge_questions(c, truth, said == NULL ? NULL : j->answer, out);
    if (label->type == WN_TAGS)
        count_tags(c, &truth->values[0], said);
    else if (label->type != WN_TEXT)
        out->truth = truth->values[0].choice;
    if (said != NULL && said->answered) {
        if (label->type != WN_TAGS && label->type != WN_TEXT)
            out->said = said->choice;
        out->p = d.probability;
        out->score = wn_measured_score(ev->wn, c->task, j, d.s);
        out->eligible = !d.hard_flag;
    }
    c->out->right += out->right;
    if (ev->o->prove && wn_measured_from(ev->wn, c->task, j, &d, truth, &measured))
        note_measured(ev, c, &measured, j);
    count_result(c, &r, j, out->wrong, &ev->wn->arena);
}

/* ---- asking ---- */

struct asked {
    struct wn_evaluation *ev;
    struct wn_candidate *c;
    struct wn_engine *engine;
};

static enum wn_code item(void *user, size_t i, struct wn_arena *a, struct wn_item *out,
                         struct wn_error *err)
{
    const struct asked *at = user;
    (void)err;
    *out = wn_gold_item(&at->c->gold, at->ev->list[0].gold.kept[i], a);
    return WN_OK;
}

static void answer(void *user, size_t i, struct wn_job *j)
{
    const struct asked *at = user;
    judge(at->ev, at->c, at->engine, i, j);
}

static void progress(void *user, size_t done)
{
    const struct asked *at = user;
    const struct wn_eval_options *o = at->ev->o;
    if (o->progress != NULL)
        o->progress(o->user, at->c->out->name, done, at->ev->list[0].gold.nkept);
}

static enum wn_code run(struct wn_evaluation *ev, struct wn_candidate *c, int64_t spent,
                        struct wn_error *err)
{
    const struct wn_config *config = ev->wn->config;
    double limit =
        ev->o->max_cost_usd > 0 ? ev->o->max_cost_usd : wn_config_num(config, "WINNOW_MAX_COST");
    struct wn_engine_options eo = { .targets = &c->targets,
                                    .how = c->task->how,
                                    .samples = c->task->samples,
                                    .pack = ev->o->pack > 0 ? ev->o->pack : c->task->pack,
                                    .in_flight = (int)wn_config_int(config, "WINNOW_IN_FLIGHT"),
                                    .no_cache = ev->o->no_cache,
                                    .look_only =
                                        ev->o->other_prompts != NULL && c == &ev->list[1] };
    struct asked at = { ev, c, NULL };
    const struct wn_survey s = { ev->list[0].gold.nkept, item, answer, progress, &at };
    enum wn_code rc;
    if (limit > 0) /* what is left of it; 0 would mean no limit */
        eo.max_cost_microusd = (int64_t)fmax(1, round(limit * 1e6) - (double)spent);
    rc = wn_engine_open(ev->wn, c->task, &eo, &c->tally, &at.engine, err);
    if (rc == WN_OK)
        rc = wn_survey(ev->wn, at.engine, &s, err);
    wn_engine_close(at.engine);
    return rc;
}

static void make_room(struct wn_evaluation *ev, struct wn_candidate *c)
{
    const struct wn_task *t = c->task;
    size_t n = ev->list[0].gold.nkept;
    const struct wn_question *label = &t->questions[0];
    c->judged = wn_arena_array(&ev->arena, n, sizeof(*c->judged));
    c->latency = wn_arena_array(&ev->arena, n, sizeof(*c->latency));
    c->measured = wn_arena_array(&ev->arena, n, sizeof(*c->measured));
    c->out->n = n;
    c->out->nlabels = label->nchoices;
    c->out->labels = c->labels =
        wn_arena_array(&ev->wn->arena, label->nchoices, sizeof(*c->labels));
    for (size_t i = 0; i < label->nchoices; i++)
        c->labels[i].id = wn_arena_str(&ev->wn->arena, label->choices[i].id);
    c->out->nquestions = t->nquestions;
    c->out->questions = c->questions =
        wn_arena_array(&ev->wn->arena, t->nquestions, sizeof(*c->questions));
    for (size_t q = 0; q < t->nquestions; q++)
        c->questions[q].name = wn_arena_str(&ev->wn->arena, t->questions[q].name);
}

/* ---- what is said about it ---- */

/* --prove: what the file proves for the candidate as it is deployed. */
static enum wn_code prove(struct wn_evaluation *ev, struct wn_error *err)
{
    struct wn_candidate *c = &ev->list[0];
    if (c->nmeasured == 0 || c->mixed) {
        wn_error_set(err, WN_E_INPUT, "the file proves nothing");
        wn_error_cause(err, "%s",
                       c->mixed ? "the answers came from more than one model"
                                : "no item has the right answer to every gated question, and an answer without "
                                  "a flag");
        wn_error_hint(err, c->mixed ? "Name one model, with its version."
                                    : "Give each gated question a column of its name.");
        return WN_E_INPUT;
    }
    return wn_measured_prove(ev->wn, c->task, c->key, c->measured, c->nmeasured,
                             &ev->report->proved, err);
}

static void tell(struct wn_evaluation *ev)
{
    const struct wn_task *t = ev->list[0].task;
    const struct wn_gold *g = &ev->list[0].gold;
    struct wn_eval_report *r = ev->report;
    r->task = wn_arena_str(&ev->wn->arena, t->name);
    r->question = wn_arena_str(&ev->wn->arena, t->questions[0].name);
    r->target_error = t->target_error;
    r->read = g->nlist;
    r->unlabelled = g->unlabelled;
    r->repeated = g->repeated;
    r->contradicting = g->contradicting;
    r->learned_from = g->learned_from;
    r->n = g->nkept;
    r->paired_p = NAN;
}

enum wn_code wn_eval(struct wn *wn, const struct wn_eval_options *o,
                     const struct wn_eval_report **out, struct wn_error *err)
{
    struct wn_evaluation ev = { .wn = wn, .o = o };
    int64_t spent = 0;
    enum wn_code rc;
    ev.report = wn_arena_alloc(&wn->arena, sizeof(*ev.report));
    rc = prepare(&ev, err);
    if (rc == WN_OK)
        rc = open_store(&ev, err);
    if (rc == WN_OK)
        rc = choose_items(&ev, err);
    if (rc == WN_OK)
        tell(&ev);
    for (size_t i = 0; rc == WN_OK && i < ev.n; i++) {
        make_room(&ev, &ev.list[i]);
        rc = run(&ev, &ev.list[i], spent, err);
        spent += ev.list[i].tally.cost_microusd;
        if (rc == WN_OK)
            wn_evaluation_measure(&ev, &ev.list[i]);
    }
    if (rc == WN_OK && ev.n > 1)
        wn_evaluation_compare(&ev);
    if (rc == WN_OK && o->prove)
        rc = prove(&ev, err);
    if (rc == WN_OK) {
        wn_evaluation_notes(&ev);
        *out = ev.report;
    }
    for (size_t i = 0; i < WN_EVAL_CANDIDATES; i++)
        wn_task_free(ev.list[i].task);
    wn_arena_free(&ev.arena);
    return rc;
}

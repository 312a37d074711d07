/* heldout.c: see heldout.h. */
#include "pipeline/heldout.h"
#include "decide/confidence.h"
#include "decide/sample.h"
#include "pipeline/gold.h"
#include "pipeline/local.h"
#include "pipeline/measured.h"
#include "pipeline/replay.h"
#include "pipeline/result.h"
#include "pipeline/survey.h"
#include "pipeline/trust.h"
#include "pipeline/weights.h"
#include <math.h>
#include <string.h>

/* ---- which texts ---- */

/* A proof may start below the whole only with a third more than the fewest: see wn_choose_threshold(). */
size_t wn_heldout_least(const struct wn_task *t)
{
    return (size_t)ceil(1.3 * (double)wn_nmin(WN_DELTA, t->target_error) / WN_HELD_OUT_SHARE);
}

/* Copies of a text share its draw, and the draw is that of a review with this text for a unit. */
static bool is_held_out(const char *salt, const struct wn_task *t, const char *text)
{
    struct wn_arena a = WN_ARENA_INIT;
    bool held = wn_prn(salt, "fold", t->name, wn_gold_folded(text, &a)) >= 1 - WN_HELD_OUT_SHARE;
    wn_arena_free(&a);
    return held;
}

void wn_heldout_split(const char *salt, const struct wn_task *t, const struct wn_example *files, size_t n,
                      struct wn_lessons *out)
{
    bool enough = n >= wn_heldout_least(t);
    out->measure = wn_arena_array(&out->arena, n, sizeof(*out->measure));
    for (size_t i = 0; i < n; i++)
        if (!enough || !is_held_out(salt, t, files[i].text)) {
            wn_lessons_append(out, &files[i], 1);
            out->from_files++;
        } else {
            wn_lessons_hold_out(out, files[i].text);
            out->measure[out->nmeasure++] = files[i];
        }
}

/* ---- what they prove ---- */

struct measuring {
    struct wn *wn;
    const struct wn_task *task;
    struct wn_arena arena;
    struct wn_gold gold;
    struct wn_engine *engine;
    struct wn_measured *list;
    size_t n;
    const char *key;
};

static enum wn_code item(void *user, size_t i, struct wn_arena *a, struct wn_item *out,
                         struct wn_error *err)
{
    const struct measuring *m = user;
    (void)err;
    *out = wn_gold_item(&m->gold, m->gold.kept[i], a);
    return WN_OK;
}

static void answer(void *user, size_t i, struct wn_job *j)
{
    struct measuring *m = user;
    struct wn_decision d;
    struct wn_result r;
    wn_job_decide(m->engine, j, &d, &r);
    if (!wn_measured_from(m->wn, m->task, j, &d, m->gold.list[m->gold.kept[i]].answer, &m->list[m->n]))
        return;
    m->n++;
    if (m->key == NULL)
        m->key = wn_arena_str(&m->arena, j->key);
}

/* The linear engine alone, as in a run: nothing leaves the machine. */
static enum wn_code ask(struct measuring *m, struct wn_error *err)
{
    struct wn_targets targets;
    struct wn_tally tally = { 0 };
    struct wn_engine_options o = { .targets = &targets, .how = m->task->how };
    const struct wn_survey survey = { m->gold.nkept, item, answer, NULL, m };
    enum wn_code rc = wn_targets_resolve(m->wn, "linear", m->task->how, &m->arena, &targets, err);
    m->list = wn_arena_array(&m->arena, m->gold.nkept, sizeof(*m->list));
    if (rc == WN_OK)
        rc = wn_engine_open(m->wn, m->task, &o, &tally, &m->engine, err);
    if (rc == WN_OK)
        rc = wn_survey(m->wn, m->engine, &survey, err);
    wn_engine_close(m->engine);
    return rc;
}

/* A proof on the user's own items counts for more, and with a new release it can be made again. */
static enum wn_code find_better(struct measuring *m, bool *found, struct wn_error *err)
{
    struct wn_state_row now = { .model = "linear", .state = wn_state_name(WN_COLD) };
    struct wn_weight_set weights;
    struct wn_linear *release = NULL;
    struct wn_trust_key key;
    struct wn_origin o;
    enum wn_code rc = wn_local_release(m->wn, m->task, &release, err);
    if (rc == WN_OK)
        rc = wn_weights_load(m->wn, m->task, &m->arena, &weights, err);
    *found = false;
    if (rc == WN_OK && release != NULL) {
        o = wn_origin_linear(wn_linear_version(release));
        o.weights = weights.id;
        wn_origin_key(m->wn->store, m->task, &o, &m->arena, &key);
        now.key = key.key;
        now.rest = key.rest;
        *found = wn_replay_can(m->wn, m->task, &now);
    }
    wn_linear_free(release);
    return rc;
}

static enum wn_code prove(struct measuring *m, const char **sentences, struct wn_error *err)
{
    struct wn_arena *a = &m->wn->arena;
    bool better;
    enum wn_code rc = find_better(m, &better, err);
    if (rc == WN_OK && better) {
        *sentences = wn_arena_printf(a,
                                     "%s: an earlier release was proved on items of your own, which counts for more: "
                                     "winnow trust %s --recertify",
                                     m->task->name, m->task->name);
        return WN_OK;
    }
    if (rc == WN_OK)
        rc = ask(m, err);
    if (rc == WN_OK && m->n == 0)
        *sentences = wn_arena_printf(a,
                                     "%s: what was kept out proves nothing: no text has an answer without a flag and "
                                     "the right answer to every gated question",
                                     m->task->name);
    else if (rc == WN_OK)
        rc = wn_measured_prove(m->wn, m->task, m->key, m->list, m->n, sentences, err);
    return rc;
}

enum wn_code wn_heldout_prove(struct wn *wn, const struct wn_task *t, const struct wn_lessons *lessons,
                              const char **sentences, struct wn_error *err)
{
    struct measuring m = { .wn = wn, .task = t };
    const char *models = wn_model_choose(wn, t, NULL, NULL);
    enum wn_code rc = WN_OK;
    *sentences = NULL;
    if (lessons->nmeasure == 0)
        return WN_OK;
    m.gold = (struct wn_gold){ .list = lessons->measure, .nlist = lessons->nmeasure };
    wn_gold_clean(t, NULL, 0, 0, &m.arena, &m.gold);
    if (strcmp(models, "linear") != 0 && strncmp(models, "linear>", strlen("linear>")) != 0)
        *sentences = wn_arena_printf(&wn->arena,
                                     "%s: what was kept out proves nothing for %s, which answers: winnow eval %s "
                                     "FILE --prove asks it",
                                     t->name, models, t->name);
    else
        rc = prove(&m, sentences, err);
    wn_arena_free(&m.arena);
    return rc;
}

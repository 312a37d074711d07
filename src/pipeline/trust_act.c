/* trust_act.c: what `winnow trust` does beside looking: suspend, recertify, print a report, learn weights. */
#include "base/clock.h"
#include "pipeline/closed.h"
#include "pipeline/models.h"
#include "pipeline/replay.h"
#include "pipeline/trust_look.h"
#include <math.h>
#include <string.h>

static enum wn_code nothing_to_act_on(const char *task, struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    wn_error_set(err, WN_E_USAGE, "nothing was decided for %s yet", task);
    wn_error_hint(err, "`%s` begins; `winnow trust %s` says what follows.", wn_trust_first_step(task, &a),
                  task);
    wn_arena_free(&a);
    return WN_E_USAGE;
}

/* Task and key in use, or (next) the one that the next run has; both are the caller's. */
static enum wn_code find(struct wn *wn, const char *task, bool next, struct wn_arena *a,
                         struct wn_task **t, const char **key, struct wn_error *err)
{
    enum wn_code rc = wn_context_task(wn, task, t, err);
    *key = NULL;
    if (rc == WN_OK && wn_context_has_store(wn) && (rc = wn_context_store(wn, err)) == WN_OK)
        rc = next ? wn_trust_key_of(wn, *t, key, err)
                  : wn_trust_key_in_use(wn->store, (*t)->name, a, key, err);
    if (rc == WN_OK && *key == NULL)
        rc = nothing_to_act_on((*t)->name, err);
    return rc;
}

enum wn_code wn_trust_suspend(struct wn *wn, const char *task, struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_trial trial;
    struct wn_trust_key k = { NULL, NULL, NULL, NULL };
    struct wn_task *t = NULL;
    enum wn_code rc = find(wn, task, true, &a, &t, &k.key, err);
    for (size_t i = 0; rc == WN_OK && i <= t->nguards; i++) {
        const struct wn_task stratum = wn_task_stratum(t, i == 0 ? NULL : &t->guards[i - 1]);
        rc = wn_trial_load(wn, &stratum, &k, NULL, &trial, err);
        if (rc == WN_OK && trial.state != WN_SUSPENDED)
            rc = wn_trial_suspend(&trial, "somebody asked for it", NULL, err);
        wn_trial_clear(&trial);
    }
    wn_task_free(t);
    wn_arena_free(&a);
    return rc;
}

static const char *sentences(const struct wn_trust_info *i, struct wn_arena *a)
{
    const char *all = i->sentence;
    for (size_t k = 0; k < i->nguards; k++)
        all = wn_arena_printf(a, "%s\n%s", all, i->guards[k].sentence);
    return all;
}

enum wn_code wn_trust_recertify(struct wn *wn, const char *task,
                                const struct wn_recertify_options *o, const char **sentence,
                                struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_recertify r = { .max_cost_usd = o->max_cost_usd };
    const struct wn_trust_info *now = NULL;
    struct wn_task *t = NULL;
    const char *key;
    enum wn_code rc = find(wn, task, false, &a, &t, &key, err);
    if (rc == WN_OK) {
        r.models = wn_model_choose(wn, t, o->model, NULL);
        rc = strcmp(r.models, "linear") == 0 ? wn_replay(wn, t, key, err)
                                             : wn_recertify(wn, t, &r, err);
    }
    if (rc == WN_OK && r.sentence == NULL && (rc = wn_trust_look(wn, task, &now, err)) == WN_OK)
        r.sentence = sentences(now, &wn->arena);
    *sentence = r.sentence;
    wn_task_free(t);
    wn_arena_free(&a);
    return rc;
}

/* ---- reports ---- */

static enum wn_code no_such_report(struct wn *wn, const char *task, const char *subject,
                                   const char *name, struct wn_error *err)
{
    const char *names = "";
    enum wn_code rc = subject == NULL ? WN_OK
                                      : wn_report_names(wn->store, subject, &wn->arena, &names, err);
    if (rc != WN_OK)
        return rc;
    rc = wn_error_set(err, WN_E_USAGE, "there is no closed report of %s%s%s", task,
                      name == NULL ? "" : " called ", name == NULL ? "" : name);
    if (names[0] != '\0')
        wn_error_hint(err, "There are: %s.", names);
    else
        wn_error_hint(err, "The first one is made when its period has ended and its checks are "
                           "reviewed, at the latest 14 days after its end.");
    return rc;
}

enum wn_code wn_trust_report(struct wn *wn, const char *task, const char *name, const char **out,
                             struct wn_error *err)
{
    struct wn_arena *a = &wn->arena;
    struct wn_task *t = NULL;
    const char *all = "", *subject = NULL;
    enum wn_code rc = wn_context_task(wn, task, &t, err);
    if (rc != WN_OK)
        return rc;
    if (wn_context_has_store(wn))
        rc = wn_context_store(wn, err);
    if (rc == WN_OK && wn->store != NULL)
        rc = wn_reports_close(wn, t, err);
    for (size_t i = 0; rc == WN_OK && wn->store != NULL && i <= t->nguards; i++) {
        struct wn_report_row r;
        subject = wn_trust_subject(wn->store, t->name, i == 0 ? NULL : t->guards[i - 1].label, a);
        rc = wn_report_get(wn->store, subject, name, a, &r, err);
        if (rc == WN_OK && r.id != 0)
            all = wn_arena_printf(a, "%s%s%s", all, all[0] == '\0' ? "" : "\n", r.body);
    }
    if (rc == WN_OK && all[0] == '\0')
        rc = no_such_report(wn, t->name, subject, name, err);
    *out = all;
    wn_task_free(t);
    return rc;
}

static const char *weights_found(const char *task, const struct wn_weight_set *w, bool better,
                                 struct wn_arena *a)
{
    if (better)
        return wn_arena_printf(a,
                               "%s: the score has weights of %s. This has to be proved: winnow trust %s "
                               "--recertify, or a new sample",
                               task, wn_trust_weights_text(w, a), task);
    if (isnan(w->after))
        return wn_arena_printf(a,
                               "%s: the usual weights stay: %lld reviews that may be learned from (%lld wrong); "
                               "it takes %d (%d)",
                               task, (long long)w->n, (long long)w->wrong, WN_WEIGHTS_REVIEWS,
                               WN_WEIGHTS_WRONG);
    return wn_arena_printf(a,
                           "%s: the usual weights stay: its own would be no better by the %.0f%% that count "
                           "(logloss %.4f in place of %.4f, %lld reviews)",
                           task, 100 * WN_WEIGHTS_BETTER, w->after, w->before, (long long)w->n);
}

enum wn_code wn_trust_weights(struct wn *wn, const char *task, bool usual, const char **sentence,
                              struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_weight_set w;
    struct wn_task *t = NULL;
    const char *key;
    bool better = false;
    enum wn_code rc = find(wn, task, false, &a, &t, &key, err);
    if (rc == WN_OK && usual) {
        rc = wn_store_value_drop(wn->store, "weights", t->name, wn_clock_now(), err);
        *sentence = wn_arena_printf(&wn->arena, "%s: the score has the usual weights", t->name);
    } else if (rc == WN_OK) {
        rc = wn_weights_train(wn, t, key, &a, &w, &better, err);
        if (rc == WN_OK)
            *sentence = weights_found(t->name, &w, better, &wn->arena);
    }
    wn_task_free(t);
    wn_arena_free(&a);
    return rc;
}

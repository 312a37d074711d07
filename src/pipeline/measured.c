/* measured.c: see measured.h. */
#include "pipeline/measured.h"
#include "base/clock.h"
#include "decide/confidence.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char kind[] = "measured";

struct measuring {
    struct wn *wn;
    const struct wn_task *task; /* one of its strata */
    struct wn_trial trial;
    double *pool;
    struct wn_labelled *labelled;
    size_t n;
};

/* ---- what is measured ---- */

double wn_measured_score(const struct wn *wn, const struct wn_task *t, const struct wn_job *j, double s)
{
    const char *salt = wn->store == NULL ? "" : wn_store_salt(wn->store);
    return round((s - wn_score_jittered(0, salt, t->name, j->unit)) * 1e12) / 1e12;
}

bool wn_measured_from(const struct wn *wn, const struct wn_task *t, const struct wn_job *j,
                      const struct wn_decision *d, const struct wn_answer *truth,
                      struct wn_measured *out)
{
    bool wrong = false;
    if (j->failure != NULL || j->answer == NULL || !j->answer->values[0].answered || d->hard_flag ||
        isnan(d->s))
        return false;
    for (size_t q = 0; q < t->nquestions; q++) {
        if (q > 0 && !t->questions[q].gated)
            continue;
        if (!truth->values[q].answered)
            return false;
        wrong |= !wn_value_same(&t->questions[q], &truth->values[q], &j->answer->values[q]);
    }
    *out = (struct wn_measured){ d->label == SIZE_MAX ? NULL : t->questions[0].choices[d->label].id,
                                 wn_measured_score(wn, t, j, d->s), wrong };
    return true;
}

/* ---- what it proves ---- */

/* The items of this stratum. */
static void choose(struct measuring *m, const struct wn_task *whole, const struct wn_measured *list,
                   size_t n)
{
    m->n = 0;
    for (size_t i = 0; i < n; i++) {
        const struct wn_guard *g = wn_task_guard(whole, list[i].label);
        if ((g == NULL) != (m->task->stratum == NULL) ||
            (g != NULL && strcmp(g->label, m->task->stratum) != 0))
            continue;
        m->pool[m->n] = list[i].s;
        m->labelled[m->n++] = (struct wn_labelled){ list[i].s, list[i].wrong };
    }
}

static const char *tell(const struct measuring *m, const struct wn_proof *p)
{
    struct wn_arena *a = &m->wn->arena;
    const struct wn_trial *t = &m->trial;
    if (p->state == WN_PROOF_PROVED)
        return wn_arena_printf(
            a,
            "%s: measured on %zu examples, not yet on your own items: the surest %.0f%% are accepted without a "
            "person (%lld of the examples, %lld wrong); with 95%% confidence at most %s of such items are wrong",
            t->name, m->n, 100 * p->coverage, (long long)p->n, (long long)p->k,
            wn_percent_up(p->upper, a));
    if (p->state == WN_PROOF_TOO_FEW)
        return wn_arena_printf(a, "%s: not proved: %zu example%s too few, at least %lld are needed",
                               t->name, m->n, m->n == 1 ? " is" : "s are", (long long)p->needed);
    return wn_arena_printf(a,
                           "%s: not proved on %zu examples: not even the surest answers are right often enough "
                           "for a target of %.4g%%",
                           t->name, m->n, 100 * t->eps);
}

static enum wn_code keep(struct measuring *m, const struct wn_proof *p, struct wn_error *err)
{
    struct wn_trial *t = &m->trial;
    struct wn_drift_row drift = { kind, 1, WN_DELTA };
    struct wn_trust_change c = { .task = t->subject,
                                 .key = t->row.key,
                                 .time = wn_clock_now(),
                                 .drift = &drift,
                                 .ndrift = 1 };
    struct wn_proof_row row = {
        .g = p->g,
        .n = p->n,
        .k = p->k,
        .last = t->nunits == 0 ? 0 : t->units[t->nunits - 1].id,
        .sample = (int64_t)m->n,
        .tau = p->threshold,
        .upper = p->upper,
        .eps = t->eps,
        .delta = WN_DELTA,
    };
    if (p->state == WN_PROOF_PROVED) {
        drift.value = wn_pval(p->k, p->n, t->eps);
        row.why = wn_arena_printf(&t->arena, "measured on %zu examples, not yet on your own items", m->n);
        t->row.why = row.why;
        t->row.state = wn_state_name(wn_state_next(t->state, WN_ON_MEASURED, false));
        c.window = &t->window;
        c.proof = &row;
    } else {
        t->row.why = wn_arena_printf(&t->arena, "measured on %zu examples: not proved", m->n);
    }
    c.state = &t->row;
    return wn_trust_apply(m->wn->store, &c, err);
}

/* One promise. A key is measured once: of many files one would fit by luck. */
static enum wn_code prove(struct measuring *m, const char *key, const char **sentence,
                          struct wn_error *err)
{
    const struct wn_trust_key k = { key, NULL, NULL, NULL };
    struct wn_trial *t = &m->trial;
    struct wn_arena *a = &m->wn->arena;
    struct wn_proof proof;
    double value, bound;
    int64_t tested = 0;
    enum wn_code rc = wn_trial_load(m->wn, m->task, &k, NULL, t, err);
    if (rc == WN_OK)
        rc = wn_trust_drift(m->wn->store, t->subject, key, kind, &value, &bound, &tested, err);
    if (rc != WN_OK)
        return rc;
    if (t->state == WN_SUSPENDED) {
        *sentence = wn_arena_printf(
            a, "%s: not proved: an alarm is only left with items of your own that came after it", t->name);
    } else if (t->proof.id != 0 && t->state != WN_PROVISIONAL) {
        *sentence = wn_arena_printf(a, "%s: proved already, on items of your own", t->name);
    } else if (tested != 0) {
        *sentence = wn_arena_printf(a,
                                    "%s: this model and prompt was measured before, and to measure it again "
                                    "proves nothing more: winnow review %s --sample",
                                    t->name, t->task);
    } else {
        wn_choose_threshold(m->pool, m->n, m->labelled, m->n, t->eps, WN_DELTA, 2, &proof);
        *sentence = tell(m, &proof);
        if (proof.state != WN_PROOF_TOO_FEW)
            rc = keep(m, &proof, err);
    }
    return rc;
}

enum wn_code wn_measured_prove(struct wn *wn, const struct wn_task *t, const char *key,
                               const struct wn_measured *list, size_t n, const char **sentences,
                               struct wn_error *err)
{
    struct measuring m = { .wn = wn };
    enum wn_code rc = WN_OK;
    m.pool = wn_xcalloc(n, sizeof(*m.pool));
    m.labelled = wn_xcalloc(n, sizeof(*m.labelled));
    *sentences = "";
    for (size_t i = 0; rc == WN_OK && i <= t->nguards; i++) {
        const struct wn_task stratum = wn_task_stratum(t, i == 0 ? NULL : &t->guards[i - 1]);
        const char *one = "";
        m.task = &stratum;
        m.trial = (struct wn_trial)WN_TRIAL_INIT;
        choose(&m, t, list, n);
        if (m.n > 0)
            rc = prove(&m, key, &one, err);
        else
            one = wn_arena_printf(&wn->arena, "%s (%s): no example was answered with it", t->name,
                                  stratum.stratum == NULL ? "all other labels" : stratum.stratum);
        *sentences = wn_arena_printf(&wn->arena, "%s%s%s", *sentences, i == 0 ? "" : "\n", one);
        wn_trial_clear(&m.trial);
    }
    free(m.pool);
    free(m.labelled);
    return rc;
}

enum wn_code wn_measured_newest(struct wn *wn, const struct wn_task *t, const char **key,
                                struct wn_error *err)
{
    struct wn_state_row row;
    double value, bound;
    int64_t measured = 0, decided = 0;
    enum wn_code rc = wn_trust_state(wn->store, t->name, NULL, NULL, &wn->arena, &row, err);
    *key = NULL;
    if (rc == WN_OK && row.id != 0)
        rc = wn_trust_drift(wn->store, t->name, row.key, kind, &value, &bound, &measured, err);
    if (rc == WN_OK && measured != 0)
        rc = wn_period_next(wn->store, t->name, measured + 1, &decided, err);
    if (rc == WN_OK && measured != 0 && decided == 0)
        *key = row.key;
    return rc;
}

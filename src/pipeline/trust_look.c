/* trust_look.c: what a task may do alone, and why, for `winnow trust`. */
#include "base/clock.h"
#include "decide/confidence.h"
#include "pipeline/agree.h"
#include "pipeline/closed.h"
#include "pipeline/measured.h"
#include "pipeline/models.h"
#include "pipeline/replay.h"
#include "pipeline/shift.h"
#include "pipeline/trust_look.h"
#include "pipeline/weights.h"
#include "task/brief.h"
#include <math.h>
#include <string.h>

/* ---- history ---- */

static enum wn_code history(struct wn *wn, const struct wn_task *t, struct wn_trust_info *out,
                            struct wn_error *err)
{
    struct wn_arena *a = &wn->arena;
    struct wn_trust_event *list = NULL;
    const char *subject = wn_trust_subject(wn->store, t->name, t->stratum, a);
    struct wn_state_row row = { 0 };
    size_t cap = 0;
    enum wn_code rc;
    while ((rc = wn_trust_state_after(wn->store, subject, row.id, a, &row, err)) == WN_OK &&
           row.id != 0) {
        if (out->nhistory == cap) {
            struct wn_trust_event *old = list;
            cap = cap == 0 ? 16 : 2 * cap;
            list = wn_arena_array(a, cap, sizeof(*list));
            if (old != NULL)
                memcpy(list, old, out->nhistory * sizeof(*list));
        }
        list[out->nhistory++] = (struct wn_trust_event){ row.time, row.state, row.model, row.why };
    }
    out->history = list;
    return rc;
}

/* ---- numbers ---- */

static void count_reviews(const struct wn_trial *t, struct wn_trust_info *out)
{
    struct wn_posterior p;
    for (size_t i = 0; i < t->campaign.n; i++) {
        const struct wn_unit_row *u = &t->units[t->sample[i]];
        out->reviewed += u->review != 0;
        out->right += u->review != 0 && !u->wrong;
    }
    out->accuracy = out->accuracy_lo = out->accuracy_hi = NAN;
    if (out->reviewed == 0)
        return;
    wn_posterior(1, 1, out->right, out->reviewed, &p);
    out->accuracy = p.mean;
    out->accuracy_lo = p.lo80;
    out->accuracy_hi = p.hi80;
}

static void copy_trial(const struct wn_trial *t, struct wn_arena *a, struct wn_trust_info *out)
{
    out->key = wn_arena_str(a, t->row.key);
    out->model = wn_arena_str(a, t->row.model);
    out->state = wn_state_name(t->state);
    out->sampled = t->window.n;
    out->next_look = t->next;
    out->to_come = t->next > t->eligible ? t->next - t->eligible : 0;
    out->audits = t->audits;
    out->audits_wrong = t->audits_wrong;
    out->audits_due = t->audits_due;
    out->audit_rate = wn_trial_audit_rate(t);
    out->alarm = t->watch.suspend.s;
    out->alarm_limit = 4;
    if (t->proof.id == 0)
        return;
    out->proved_at = t->proof.time;
    out->proved_how = wn_arena_str(a, t->proof.why);
    out->proof_n = t->proof.n;
    out->proof_k = t->proof.k;
    out->threshold = t->proof.tau;
    out->coverage = (double)t->proof.g / 20;
    out->bound = t->proof.upper;
}

static void copy_running(const struct wn_running *r, struct wn_arena *a, struct wn_trust_info *out)
{
    out->period = wn_arena_str(a, r->period.name);
    out->period_total = r->total;
    out->period_automatic = r->automatic;
    out->period_n = r->n;
    out->period_k = r->k;
    out->live_bound = r->live_upper;
}

/* The first line of the last closed report. */
static enum wn_code last_report(struct wn *wn, const struct wn_task *t, struct wn_trust_info *out,
                                struct wn_error *err)
{
    struct wn_arena *a = &wn->arena;
    struct wn_report_row r;
    enum wn_code rc =
        wn_report_get(wn->store, wn_trust_subject(wn->store, t->name, t->stratum, a), NULL, a, &r, err);
    if (rc == WN_OK && r.id != 0)
        out->report = wn_arena_copy(a, r.body, strcspn(r.body, "\n"));
    return rc;
}

/* ---- sentences ---- */

static const char *what_to_do(const struct wn_trust_info *i, struct wn_arena *a)
{
    int64_t here = i->next_look - i->sampled - i->to_come;
    /* What was measured elsewhere waits for its own campaign as if nothing was proved. */
    const bool proved = i->proved_at != 0 && strcmp(i->state, wn_state_name(WN_PROVISIONAL)) != 0;
    const bool first = i->next_look == wn_look_n(i->target_error, WN_DELTA, WN_LOOKS, 0);
    const char *proves = proved            ? "may let more be accepted"
                         : first           ? "until the first look"
                                           : "until the next look";
    if (i->audits_due > 0)
        return wn_arena_printf(a,
                               "%lld accepted items were drawn for a look: winnow review %s "
                               "--sample",
                               (long long)i->audits_due, i->task);
    if (proved && (i->coverage >= 1 || i->next_look == 0))
        return "nothing; what is drawn for a look is said here";
    if (i->next_look == 0)
        return "nothing: all looks of this campaign are done";
    if (here > 0 && i->to_come > 0)
        return wn_arena_printf(a,
                               "%lld items are drawn already: winnow review %s --sample; %lld more "
                               "have to be sorted first (%lld reviews %s)",
                               (long long)here, i->task, (long long)i->to_come,
                               (long long)(i->next_look - i->sampled), proves);
    if (i->to_come > 0)
        return wn_arena_printf(
            a, "sort more items: %lld more are needed for the sample (%lld reviews %s)",
            (long long)i->to_come, (long long)(i->next_look - i->sampled), proves);
    return wn_arena_printf(a, "%lld more reviews %s: winnow review %s --sample",
                           (long long)(i->next_look - i->sampled), proves, i->task);
}

static const char *sentence(const struct wn_trial *t, const struct wn_trust_info *i,
                            struct wn_arena *a)
{
    struct wn_trust line;
    const char *text;
    if (t->proof.id == 0 || t->state == WN_SUSPENDED) {
        wn_trial_summary(t, a, &line);
        return wn_trust_line(&line, a);
    }
    if (t->state == WN_PROVISIONAL) {
        wn_trial_summary(t, a, &line);
        return wn_trust_line(&line, a);
    }
    text =
        wn_arena_printf(a,
                        "%s: the surest %.0f%% are accepted without a person; with %.4g%% "
                        "confidence at most %s of these are wrong",
                        t->name, 100 * i->coverage, 100 * i->confidence, wn_percent_up(i->bound, a));
    if (t->state == WN_STATE_WARN)
        text = wn_arena_printf(a, "%s, but there was a warning: %s", text, t->row.why);
    if (wn_agreement_below(&(struct wn_agreement){ i->twice, i->agreed, i->kappa },
                           i->target_error))
        text = wn_arena_printf(a,
                               "%s. People differ in %lld of %lld: the target is below what they "
                               "agree on",
                               text, (long long)(i->twice - i->agreed), (long long)i->twice);
    return text;
}

const char *wn_trust_weights_text(const struct wn_weight_set *w, struct wn_arena *a)
{
    return wn_arena_printf(a, "its own for %s, of %lld reviews (%lld wrong): logloss %.4f in place of %.4f",
                           w->model, (long long)w->n, (long long)w->wrong, w->after, w->before);
}

/* Where only something changed, the last campaign may do once more. */
static const char *what_next(struct wn *wn, const struct wn_task *t, const struct wn_state_row *row,
                             const struct wn_trust_info *i)
{
    struct wn_arena *a = &wn->arena;
    int64_t n = 0;
    if (wn_replay_can(wn, t, row))
        return wn_arena_printf(a,
                               "only the local engine changed: winnow trust %s --recertify%s tests "
                               "the last proof with it",
                               i->task,
                               strcmp(wn_model_choose(wn, t, NULL, NULL), "linear") == 0 ? "" : " --model linear");
    if (wn_recertify_can(wn, t, row, &n))
        return wn_arena_printf(a,
                               "winnow trust %s --recertify asks %s about the %lld items of the last proof's "
                               "sample; or %s",
                               i->task, row->model, (long long)n, what_to_do(i, a));
    return what_to_do(i, a);
}

/* ---- the whole ---- */

static enum wn_code look_at_key(struct wn *wn, const struct wn_task *t, const char *key,
                                struct wn_trust_info *out, struct wn_error *err)
{
    const struct wn_trust_key k = { key, NULL, NULL, NULL };
    struct wn_trial trial = WN_TRIAL_INIT;
    struct wn_agreement people = { 0, 0, NAN };
    struct wn_own_words own = { 0 };
    struct wn_running running = { .live_upper = NAN };
    int64_t time = 0;
    enum wn_code rc = wn_trial_load(wn, t, &k, NULL, &trial, err);
    for (size_t i = 0; rc == WN_OK && i < WN_SHIFT_KINDS; i++) {
        struct wn_trust_shift *shift = &out->shifts[out->nshifts];
        shift->name = wn_shift_kinds[i].name;
        rc = wn_trust_drift(wn->store, trial.subject, key, wn_shift_kinds[i].kind, &shift->value,
                            &shift->limit, &time, err);
        out->nshifts += time > 0 && time >= trial.proof.time && !isinf(shift->limit);
    }
    if (rc == WN_OK)
        rc = wn_agreement_of(wn, t, &people, err);
    if (rc == WN_OK)
        rc = wn_own_words_of(wn, t, &wn->arena, &own, err);
    if (rc == WN_OK)
        rc = wn_running_period(wn, t, &running, err);
    if (rc == WN_OK) {
        out->twice = people.twice;
        out->agreed = people.agreed;
        out->kappa = people.kappa;
        out->repeated = own.repeated;
        out->contradicted = (int64_t)own.n;
        copy_running(&running, &wn->arena, out);
        copy_trial(&trial, &wn->arena, out);
        count_reviews(&trial, out);
        out->sentence = sentence(&trial, out, &wn->arena);
        out->next = what_next(wn, t, &trial.row, out);
        rc = wn_trial_settle(&trial, err);
    }
    wn_trial_clear(&trial);
    return rc;
}

const char *wn_trust_first_step(const char *task, struct wn_arena *a)
{
    size_t len = strlen(task), tail = strlen(WN_BRIEF_FAITHFUL);
    if (len > tail && strcmp(task + len - tail, WN_BRIEF_FAITHFUL) == 0)
        return wn_arena_printf(a, "winnow brief --task %.*s FILE...", (int)(len - tail), task);
    return wn_arena_printf(a, "winnow classify %s FILE", task);
}

static void nothing_yet(struct wn *wn, const struct wn_task *t, struct wn_trust_info *out)
{
    struct wn_trust line = { .task = t->stratum == NULL
                                         ? out->task
                                         : wn_arena_printf(&wn->arena, "%s (%s)", out->task,
                                                           t->stratum),
                             .state = wn_state_first(t->before_proof_review),
                             .window = { .eps = t->target_error, .delta = WN_DELTA } };
    out->state = wn_state_name(line.state);
    out->next_look = out->to_come = wn_window_next(&line.window);
    out->accuracy = out->accuracy_lo = out->accuracy_hi = out->kappa = NAN;
    out->live_bound = NAN;
    out->sentence = wn_trust_line(&line, &wn->arena);
    out->next = wn_arena_printf(&wn->arena,
                                "begin: %s; then review the %lld that are drawn: winnow review "
                                "%s --sample",
                                wn_trust_first_step(out->task, &wn->arena), (long long)out->next_look,
                                out->task);
}

static enum wn_code look_at_stratum(struct wn *wn, const struct wn_task *t, const char *key,
                                    struct wn_trust_info *out, struct wn_error *err)
{
    struct wn_arena *a = &wn->arena;
    struct wn_weight_set w;
    enum wn_code rc = WN_OK;
    *out = (struct wn_trust_info){ .task = wn_arena_str(a, t->name),
                                   .label = t->stratum == NULL ? NULL
                                                               : wn_arena_str(a, t->stratum),
                                   .target_error = t->target_error,
                                   .confidence = 1 - WN_DELTA };
    if (key == NULL)
        nothing_yet(wn, t, out);
    else
        rc = look_at_key(wn, t, key, out, err);
    if (rc == WN_OK && wn->store != NULL)
        rc = last_report(wn, t, out, err);
    if (rc == WN_OK)
        rc = wn_weights_load(wn, t, a, &w, err);
    if (rc == WN_OK && w.id != NULL)
        out->weights = wn_trust_weights_text(&w, a);
    return rc == WN_OK && wn->store != NULL ? history(wn, t, out, err) : rc;
}

enum wn_code wn_trust_key_of(struct wn *wn, const struct wn_task *t, const char **key, struct wn_error *err)
{
    const char *measured = NULL;
    enum wn_code rc = wn_trust_key_in_use(wn->store, t->name, &wn->arena, key, err);
    if (rc == WN_OK)
        rc = wn_measured_newest(wn, t, &measured, err);
    if (measured != NULL)
        *key = measured;
    return rc;
}

enum wn_code wn_trust_look(struct wn *wn, const char *task, const struct wn_trust_info **out,
                           struct wn_error *err)
{
    struct wn_trust_info *i, *guards;
    struct wn_task *t = NULL, stratum;
    const char *key = NULL;
    enum wn_code rc = wn_context_task(wn, task, &t, err);
    if (rc != WN_OK)
        return rc;
    i = wn_arena_array(&wn->arena, 1 + t->nguards, sizeof(*i));
    guards = i + 1;
    if (wn_context_has_store(wn))
        rc = wn_context_store(wn, err);
    if (rc == WN_OK && wn->store != NULL)
        rc = wn_reports_close(wn, t, err);
    if (rc == WN_OK && wn->store != NULL)
        rc = wn_trust_key_of(wn, t, &key, err);
    for (size_t k = 0; rc == WN_OK && k <= t->nguards; k++) {
        stratum = wn_task_stratum(t, k == 0 ? NULL : &t->guards[k - 1]);
        rc = look_at_stratum(wn, &stratum, key, &i[k], err);
    }
    i->guards = guards;
    i->nguards = t->nguards;
    wn_task_free(t);
    if (rc == WN_OK)
        *out = i;
    return rc;
}

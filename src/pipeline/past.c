/* past.c: a finished campaign, for making its proof again: which items were its pool and its sample, and what
 * people said about them. See replay.h. */
#include "pipeline/replay.h"
#include "base/json.h"
#include "decide/confidence.h"
#include "pipeline/lessons.h"
#include "pipeline/trust.h"
#include "pipeline/verdict.h"
#include "report/writer.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum wn_code wn_past_each(const struct wn_task *t,
                          enum wn_code (*one)(void *user, const struct wn_guard *g, struct wn_error *err),
                          void *user, struct wn_arena *a, const char **left_out, struct wn_error *err)
{
    struct wn_error first = { 0 };
    bool any = false;
    *left_out = "";
    for (size_t i = 0; i <= t->nguards; i++) {
        const struct wn_guard *g = i == 0 ? NULL : &t->guards[i - 1];
        struct wn_error e;
        const enum wn_code rc = one(user, g, &e);
        any = any || rc == WN_OK;
        if (rc == WN_OK)
            continue;
        if (i == 0)
            first = e;
        if (rc != WN_E_USAGE) {
            *err = e;
            return rc;
        }
        *left_out = wn_arena_printf(a, "%s%s%s%s%s%s: not tested: %s", *left_out, (*left_out)[0] == '\0' ? "" : "\n",
                                    t->name, g == NULL ? "" : " (", g == NULL ? "" : g->label,
                                    g == NULL ? "" : ")", e.cause);
    }
    if (!any)
        *err = first;
    return any ? WN_OK : WN_E_USAGE;
}

void wn_past_log(const struct wn *wn, const char *lines)
{
    while (*lines != '\0') {
        const size_t len = strcspn(lines, "\n");
        wn_log(&wn->log, WN_WARN, "notice", "%.*s", (int)len, lines);
        lines += len + (lines[len] == '\n');
    }
}

void wn_past_begin(struct wn_campaign_past *p, struct wn *wn, const struct wn_task *t,
                   const struct wn_guard *g)
{
    *p = (struct wn_campaign_past){ .wn = wn, .whole = t, .task = wn_task_stratum(t, g) };
    p->subject = wn_trust_subject(wn->store, t->name, p->task.stratum, &p->arena);
    p->name = g == NULL ? t->name : wn_arena_printf(&p->arena, "%s (%s)", t->name, g->label);
}

enum wn_code wn_past_none(const struct wn_campaign_past *p, const char *cause, struct wn_error *err)
{
    wn_error_set(err, WN_E_USAGE, "there is no proof of %s that could be made again", p->name);
    wn_error_cause(err, "%s", cause);
    wn_error_hint(err, "`winnow review %s --sample` makes a new one.", p->whole->name);
    return WN_E_USAGE;
}

/* ---- which campaign ---- */

/* The newest proof of another key that still stands: of any, or of one that differs in the local engine alone.
 * After an alarm nothing from before it counts: the world may have changed, not the model. */
struct standing {
    const char *key, *rest; /* the candidate's; rest NULL: any */
    bool alarm;
    int64_t newest, void_to; /* proofs so far; those up to void_to are from before an alarm */
    struct wn_state_row found;
};

static bool stands_behind(const struct wn_state_row *row)
{
    return strncmp(row->model, WN_BEHIND, strlen(WN_BEHIND)) == 0;
}

static void consider(struct standing *s, const struct wn_state_row *row)
{
    const bool ended = s->found.id != 0 && row->proof == 0 && strcmp(row->key, s->found.key) == 0;
    const bool own = strcmp(row->state, wn_state_name(WN_PROVISIONAL)) != 0; /* that had no campaign */
    if (strcmp(row->state, wn_state_name(WN_SUSPENDED)) == 0) {
        s->alarm = true;
        s->void_to = s->newest;
    }
    if (row->proof > s->newest)
        s->newest = row->proof;
    s->alarm = s->alarm && row->proof <= s->void_to;
    if (ended || s->alarm)
        s->found = (struct wn_state_row){ 0 };
    if (row->proof > s->void_to && own && !stands_behind(row) && strcmp(row->key, s->key) != 0 &&
        (s->rest == NULL || strcmp(row->rest, s->rest) == 0))
        s->found = *row;
}

static const char *why_none(const struct standing *s)
{
    return s->alarm          ? "an alarm is only left with items that came after it"
           : s->rest != NULL ? "nothing was proved with the same task, prompt and rules and another local engine"
                             : "nothing is proved with another model or prompt";
}

/* Did the local engine keep for itself what it was sure of, and pass on the rest, while its campaign went on? Then
 * its pool is no sample of what comes in. */
static enum wn_code passed_on(struct wn_campaign_past *p, bool *is, struct wn_error *err)
{
    struct wn_state_row row = { 0 };
    enum wn_code rc;
    *is = false;
    while (!*is &&
           (rc = wn_trust_state_after(p->wn->store, p->whole->name, row.id, &p->arena, &row, err)) == WN_OK &&
           row.id != 0)
        if (stands_behind(&row) && (rc = wn_trust_key_between(p->wn->store, p->whole->name, row.key, p->window.start,
                                                              p->proof.cut_off, is, err)) != WN_OK)
            break;
    return rc;
}

enum wn_code wn_past_find(struct wn_campaign_past *p, const char *key, const char *rest,
                          struct wn_error *err)
{
    struct standing s = { .key = key, .rest = rest };
    struct wn_state_row row = { 0 };
    bool parted = false;
    enum wn_code rc;
    while ((rc = wn_trust_state_after(p->wn->store, p->subject, row.id, &p->arena, &row, err)) ==
               WN_OK &&
           row.id != 0)
        consider(&s, &row);
    if (rc == WN_OK && s.found.proof == 0)
        return wn_past_none(p, why_none(&s), err);
    if (rc == WN_OK)
        rc = wn_trust_proof(p->wn->store, s.found.proof, &p->arena, &p->proof, err);
    if (rc == WN_OK)
        rc = wn_trust_window_of(p->wn->store, p->proof.window, &p->arena, &p->window, &p->key, err);
    if (rc == WN_OK && (p->key == NULL || p->proof.cut_off == 0))
        return wn_past_none(p, "its campaign is not in the store", err);
    if (rc == WN_OK && strcmp(s.found.model, "linear") == 0)
        rc = passed_on(p, &parted, err);
    if (rc == WN_OK && parted)
        return wn_past_none(p,
                            "its items are those that the local engine kept for itself; a model behind it had the "
                            "others",
                            err);
    return rc;
}

/* ---- how often ---- */

static const char *kind(struct wn_campaign_past *p)
{
    return wn_arena_printf(&p->arena, "replay %lld", (long long)p->window.id);
}

enum wn_code wn_past_tests(struct wn_campaign_past *p, const char *key, bool *tested,
                           struct wn_error *err)
{
    double value, bound;
    int64_t time = 0;
    enum wn_code rc = wn_trust_tested(p->wn->store, p->subject, kind(p), &p->tests, err);
    if (rc == WN_OK)
        rc = wn_trust_drift(p->wn->store, p->subject, key, kind(p), &value, &bound, &time, err);
    *tested = time != 0;
    if (rc == WN_OK && !*tested && p->tests >= WN_LOOKS)
        return wn_past_none(p,
                            "four others were tested on its reviews already: one more would be found good by "
                            "luck too easily",
                            err);
    return rc;
}

struct wn_drift_row wn_past_test(struct wn_campaign_past *p, double value)
{
    p->tests++;
    return (struct wn_drift_row){ kind(p), value, WN_DELTA / WN_LOOKS };
}

bool wn_past_can_test(struct wn_campaign_past *p, const char *key, const char *rest)
{
    bool tested = false;
    return wn_past_find(p, key, rest, NULL) == WN_OK && wn_past_tests(p, key, &tested, NULL) == WN_OK &&
           !tested;
}

/* ---- its units ---- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

bool wn_past_in_pool(const struct wn_campaign_past *p, const struct wn_unit_row *u)
{
    return u->first && u->fold >= WN_FIT_FRACTION && !isnan(u->u) && u->id > p->window.start &&
           u->id <= p->proof.cut_off;
}

bool wn_past_in_sample(const struct wn_campaign_past *p, const struct wn_unit_row *u)
{
    return wn_past_in_pool(p, u) && u->u <= p->last_u;
}

/* The sample was the lowest so many of what could prove something, and was of this stratum. */
static double highest_u(const struct wn_campaign_past *p)
{
    double *u = wn_xcalloc(p->nunits, sizeof(*u)), highest = -1;
    size_t m = 0;
    for (size_t i = 0; i < p->nunits; i++)
        if (p->units[i].own && wn_past_in_pool(p, &p->units[i]) && wn_unit_eligible(&p->units[i]))
            u[m++] = p->units[i].u;
    qsort(u, m, sizeof(*u), by_value);
    if (m > 0)
        highest = u[(int64_t)m < p->proof.sample ? m - 1 : (size_t)p->proof.sample - 1];
    free(u);
    return highest;
}

enum wn_code wn_past_load(struct wn_campaign_past *p, struct wn_error *err)
{
    enum wn_code rc = wn_trust_units_all(p->wn->store, p->whole->name, p->key, p->task.stratum,
                                         &p->units, &p->nunits, err);
    if (rc == WN_OK)
        p->last_u = highest_u(p);
    return rc;
}

void wn_past_clear(struct wn_campaign_past *p)
{
    free(p->units);
    wn_arena_free(&p->arena);
}

bool wn_past_is_own(const struct wn_campaign_past *p, const struct wn_decision *d)
{
    const struct wn_guard *g =
        wn_task_guard(p->whole, d->label == SIZE_MAX ? NULL : p->whole->questions[0].choices[d->label].id);
    return g == NULL ? p->task.stratum == NULL
                     : p->task.stratum != NULL && strcmp(g->label, p->task.stratum) == 0;
}

/* ---- what people said ---- */

enum wn_code wn_past_read(const struct wn_campaign_past *p, const struct wn_unit_row *u,
                          struct wn_arena *a, struct wn_row *row, struct wn_item *item,
                          struct wn_result *old, struct wn_error *err)
{
    enum wn_code rc = wn_results_get(p->wn->store, u->id, a, row, err);
    if (rc == WN_OK && row->item_json == NULL)
        row->id = 0;
    if (rc != WN_OK || row->id == 0)
        return rc;
    rc = wn_item_read(row->item_json, a, item, err);
    return rc == WN_OK ? wn_result_read(row->result_json, item, a, old, err) : rc;
}

/* What holds for each gated question by what people said; false: of one of them nobody said anything. */
static bool gated_answers(const struct wn_task *t, const struct wn_result *old,
                          const cJSON *correction, struct wn_arena *a, struct wn_correction *c,
                          size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < t->nquestions; i++) {
        const struct wn_question *q = &t->questions[i];
        const char *value = correction == NULL ? NULL : wn_json_str(correction, q->name);
        if (i > 0 && !q->gated)
            continue;
        if (value == NULL)
            value = wn_verdict_old(t, old, q->name, a);
        if (value == NULL && q->type != WN_TEXT)
            return false;
        c[(*n)++] = (struct wn_correction){ q->name, value == NULL ? "" : value, false };
    }
    return true;
}

bool wn_past_wrong(const struct wn_campaign_past *p, const struct wn_unit_row *u,
                   const struct wn_row *row, const struct wn_result *old,
                   const struct wn_decision *d, struct wn_arena *a)
{
    const struct wn_task *t = p->whole;
    const struct wn_result now = {
        .label = d->label == SIZE_MAX ? NULL : t->questions[0].choices[d->label].id,
        .answers = d->answers + 1,
        .nanswers = d->nanswers - 1,
    };
    struct wn_correction *c = wn_arena_array(a, t->nquestions, sizeof(*c));
    cJSON *o = NULL;
    size_t n;
    bool wrong;
    if (u->review == 0 || row->verdict == NULL || strcmp(row->verdict, "unsure") == 0)
        return true; /* what nobody could confirm counts as wrong */
    if (row->correction_json != NULL &&
        wn_json_parse(row->correction_json, strlen(row->correction_json), false, &o, NULL) != WN_OK)
        return true;
    wrong = !gated_answers(t, old, o, a, c, &n) || wn_verdict_wrong(t, &now, WN_CORRECT, c, n);
    if (wrong && !u->wrong) /* the old answers would do, too */
        wrong =
            !gated_answers(t, old, NULL, a, c, &n) || wn_verdict_wrong(t, &now, WN_CORRECT, c, n);
    cJSON_Delete(o);
    return wrong;
}

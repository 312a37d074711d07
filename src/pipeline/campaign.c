/* campaign.c: which items are drawn, and what a look at their reviews proves. See trial.h. */
#include "pipeline/trial_internal.h"
#include "decide/confidence.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void find_sample(struct wn_trial *t, int64_t cut_off)
{
    struct wn_unit *list = wn_xcalloc(t->nunits, sizeof(*list));
    size_t *index = wn_xcalloc(t->nunits, sizeof(*index)), n = 0;
    for (size_t i = 0; i < t->nunits; i++) {
        const struct wn_unit_row *u = &t->units[i];
        if (!wn_unit_eligible(u) || u->id <= t->window.start || (cut_off > 0 && u->id > cut_off))
            continue;
        list[n] = (struct wn_unit){ u->u, true, u->review != 0 };
        index[n++] = i;
    }
    t->eligible = (int64_t)n;
    wn_campaign(list, n, (size_t)t->next, t->sample, &t->campaign);
    memset(t->sampled, 0, t->nunits * sizeof(*t->sampled));
    for (size_t i = 0; i < t->campaign.n; i++) {
        t->sample[i] = index[t->sample[i]];
        t->sampled[t->sample[i]] = true;
    }
    t->window.n = (int64_t)(t->campaign.n - t->campaign.missing);
    free(list);
    free(index);
}

enum wn_code wn_trial_draw(struct wn_trial *t, struct wn_error *err)
{
    struct wn_window w = { t->eps, WN_DELTA, (int)t->window.look, 0 };
    struct wn_trust_change c = { .window = &t->window };
    t->next = wn_window_next(&w);
    find_sample(t, t->window.cut_off);
    if (t->window.cut_off > 0 && t->eligible < t->next)
        find_sample(t, t->window.cut_off = 0);
    if (t->window.cut_off > 0 || t->next == 0 || t->eligible < t->next)
        return WN_OK;
    t->window.cut_off = wn_trial_last(t);
    if (t->state == WN_SUSPENDED) {
        wn_trial_state(t, wn_state_next(t->state, WN_ON_NEW_WINDOW, true), false,
                  "a new sample of items that came after the alarm is drawn");
        c.state = &t->row;
    }
    return wn_trial_apply(t, &c, err);
}

static void fill_proof(struct wn_trial *t, const struct wn_proof *p, int look,
                       struct wn_proof_row *out)
{
    *out = (struct wn_proof_row){
        .g = p->g,
        .n = p->n,
        .k = p->k,
        .last = wn_trial_last(t),
        .sample = (int64_t)t->campaign.n,
        .cut_off = t->window.cut_off,
        .tau = p->threshold,
        .upper = p->upper,
        .eps = t->eps,
        .delta = WN_DELTA / WN_LOOKS,
        .why = wn_arena_printf(&t->arena, "look %d of the campaign", look),
    };
}

static const char *look_text(struct wn_trial *t, const struct wn_window *w,
                             const struct wn_proof *p, int64_t wrong)
{
    const char *head = wn_arena_printf(&t->arena, "look %d at %lld sampled reviews (%lld wrong)",
                                       w->looks_done, (long long)t->next, (long long)wrong);
    if (p->state == WN_PROOF_PROVED)
        return wn_arena_printf(&t->arena,
                               "%s: proved for the surest %.0f%% (%lld reviewed of them, %lld "
                               "wrong; at most %.1f%% wrong)",
                               head, 100 * p->coverage, (long long)p->n, (long long)p->k,
                               ceil(1000 * p->upper - 1e-6) / 10);
    if (w->looks_done < WN_LOOKS)
        return wn_arena_printf(&t->arena, "%s: not proved yet; the next look is at %lld", head,
                               (long long)wn_window_next(w));
    return wn_arena_printf(&t->arena,
                           "%s: not proved, and it was the last look; a new campaign over new "
                           "items begins",
                           head);
}

/* Write what a look found. A failed one leaves state and earlier proof as they are. */
static enum wn_code take_look(struct wn_trial *t, const struct wn_window *w,
                              enum wn_state_event event, const struct wn_proof *p, int64_t wrong,
                              struct wn_error *err)
{
    struct wn_trust_change c = { .window = &t->window, .state = &t->row };
    struct wn_proof_row found;
    const char *why = look_text(t, w, p, wrong);
    enum wn_code rc;
    t->window.look = w->looks_done;
    wn_trial_state(t, wn_state_next(t->state, event, true), true, why);
    fill_proof(t, p, w->looks_done, &found);
    if (event == WN_ON_PROVED)
        c.proof = &found;
    rc = wn_trial_apply(t, &c, err);
    if (rc != WN_OK)
        return rc;
    if (event == WN_ON_PROVED) {
        t->proof = found;
        t->watch = (struct wn_watch){ 0 };
        t->audits = t->audits_wrong = t->audits_due = 0;
    }
    wn_trial_say(t, why);
    if (event == WN_ON_NOT_PROVED && w->looks_done == WN_LOOKS) {
        const bool lost = t->state == WN_PROVISIONAL;
        t->window = (struct wn_window_row){ .start = wn_trial_last(t) };
        if (lost)
            wn_trial_state(t, wn_state_next(t->state, WN_ON_CAMPAIGN_LOST, false), false,
                      "its own items do not prove what the examples did");
        rc = wn_trial_apply(t,
                   &(struct wn_trust_change){ .window = &t->window, .state = lost ? &t->row : NULL },
                   err);
    }
    return rc;
}

enum wn_code wn_trial_look(struct wn_trial *t, struct wn_error *err)
{
    struct wn_window w = { t->eps, WN_DELTA, (int)t->window.look, t->window.n };
    struct wn_labelled *labelled;
    struct wn_proof proof;
    enum wn_state_event event;
    double *pool;
    size_t npool = 0;
    int64_t wrong = 0;
    enum wn_code rc;
    if (t->next == 0 || !t->campaign.ready || t->window.cut_off == 0 || t->state == WN_SUSPENDED)
        return WN_OK;
    labelled = wn_xcalloc(t->campaign.n, sizeof(*labelled));
    pool = wn_xcalloc(t->nunits, sizeof(*pool));
    for (size_t i = 0; i < t->campaign.n; i++) {
        const struct wn_unit_row *u = &t->units[t->sample[i]];
        labelled[i] = (struct wn_labelled){ u->s, u->wrong };
        wrong += u->wrong;
    }
    for (size_t i = 0; i < t->nunits; i++)
        if (wn_unit_eligible(&t->units[i]) && t->units[i].id > t->window.start &&
            t->units[i].id <= t->window.cut_off)
            pool[npool++] = t->units[i].s;
    event = wn_window_look(&w, pool, npool, labelled, t->campaign.n, &proof);
    rc = take_look(t, &w, event, &proof, wrong, err);
    free(labelled);
    free(pool);
    if (rc == WN_OK)
        rc = wn_trial_draw(t, err);
    return rc == WN_OK ? wn_trial_look(t, err) : rc; /* the next one may be due, too */
}

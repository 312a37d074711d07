/* trust.c: see trust.h. */
#include "decide/trust.h"
#include "decide/confidence.h"
#include <assert.h>
#include <math.h>

int64_t wn_window_next(const struct wn_window *w)
{
    return w->looks_done < WN_LOOKS ? wn_look_n(w->eps, w->delta, WN_LOOKS, w->looks_done) : 0;
}

int64_t wn_window_left(const struct wn_window *w)
{
    int64_t next = wn_window_next(w);
    return next > w->sampled ? next - w->sampled : 0;
}

const char *wn_window_text(const struct wn_window *w, struct wn_arena *a)
{
    int64_t next = wn_window_next(w);
    if (next == 0)
        return "the looks of this campaign are used up; a new one over new items may begin";
    return wn_arena_printf(a, "%lld of %lld sampled reviews", (long long)w->sampled,
                           (long long)next);
}

enum wn_state_event wn_window_look(struct wn_window *w, double *pool, size_t npool,
                                   const struct wn_labelled *labelled, size_t nlabelled,
                                   struct wn_proof *out)
{
    /* The last look has reviews to spare: where even the surest few are not quite good enough, its first
     * starting points fail, and the others lie where there are enough reviews to tell. Fixed beforehand, so
     * that the chance of a false proof stays as it is (tests/bench/README.md has what it is worth). */
    const int starts = w->looks_done + 1 < WN_LOOKS ? 2 : WN_PROOF_STARTS;
    assert((int64_t)nlabelled == wn_window_next(w));
    wn_choose_threshold(pool, npool, labelled, nlabelled, w->eps, w->delta / WN_LOOKS, starts, out);
    w->looks_done++;
    return out->state == WN_PROOF_PROVED ? WN_ON_PROVED : WN_ON_NOT_PROVED;
}

const char *wn_percent_up(double p, struct wn_arena *a)
{
    return wn_arena_printf(a, "%.4g%%", ceil(fmax(1000 * p - 1e-6, 0)) / 10);
}

const char *wn_trust_line(const struct wn_trust *t, struct wn_arena *a)
{
    const char *progress = wn_window_text(&t->window, a);
    const char *bound = wn_arena_printf(
        a, "with %.4g%% confidence, at most %.4g%% of what is accepted alone is wrong",
        100 * (1 - t->window.delta), 100 * t->window.eps);
    const char *proof =
        t->proved_on == NULL
            ? ""
            : wn_arena_printf(a, " (proved %s: %lld reviewed at random, %lld wrong)", t->proved_on,
                              (long long)t->proof_n, (long long)t->proof_k);
    const char *alarm = t->alarm == NULL ? "" : wn_arena_printf(a, ": %s", t->alarm);
    switch (t->state) {
    case WN_CAUTIOUS:
        return wn_arena_printf(a,
                               "%s: no bound yet (%s); only what is at least %.4g%% sure is "
                               "accepted alone",
                               t->task, progress, 100 * WN_TAU_CAUTIOUS);
    case WN_COLD:
        return wn_arena_printf(a,
                               "%s: no bound yet for this model and prompt (%s); everything goes "
                               "to a person",
                               t->task, progress);
    case WN_PROVISIONAL:
        return wn_arena_printf(a,
                               "%s: measured on %lld examples, not yet on your own items (%s): %s",
                               t->task, (long long)t->proof_n, progress, bound);
    case WN_CERTIFIED:
        return wn_arena_printf(a, "%s: %s%s", t->task, bound, proof);
    case WN_STATE_WARN:
        return wn_arena_printf(a, "%s: %s%s; twice as many are checked since a warning%s", t->task,
                               bound, proof, alarm);
    case WN_SUSPENDED:
        break;
    }
    return wn_arena_printf(a,
                           "%s: nothing is accepted alone since an alarm%s; a new sample of %lld "
                           "items must be reviewed first",
                           t->task, alarm,
                           (long long)wn_look_n(t->window.eps, t->window.delta, WN_LOOKS, 0));
}

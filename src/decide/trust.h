/* trust.h: what is proved for a task, and what is not yet, in one sentence; and what the next look at
 * its campaign does. confidence.md sections 6, 7 and 13. Pure. */
#ifndef WN_DECIDE_TRUST_H
#define WN_DECIDE_TRUST_H
#include "base/arena.h"
#include "decide/proof.h"
#include "decide/state.h"

/* The campaign of one key and window, as far as it got. */
struct wn_window {
    double eps, delta;
    int looks_done;  /* 0 .. WN_LOOKS */
    int64_t sampled; /* reviewed units of the campaign */
};
/* Reviews at which the next look happens; 0 = all looks of this window are used up. */
int64_t wn_window_next(const struct wn_window *w);
/* Reviews that are still missing for it. */
int64_t wn_window_left(const struct wn_window *w);
/* "37 of 180 sampled reviews" */
const char *wn_window_text(const struct wn_window *w, struct wn_arena *a);

/* Evaluate the look that is due, when all of its units are reviewed: the proof, and what follows for the
 * state. *w moves on to the next look. */
enum wn_state_event wn_window_look(struct wn_window *w, double *pool, size_t npool,
                                   const struct wn_labelled *labelled, size_t nlabelled,
                                   struct wn_proof *out);

struct wn_trust {
    const char *task;
    enum wn_state state;
    struct wn_window window;
    int64_t proof_n, proof_k; /* of the proof in force */
    const char *proved_on;    /* its date, "2026-11-22"; NULL = none in force */
    const char *alarm;        /* why: "20 of 25 audited decisions were wrong"; or NULL */
};
const char *wn_trust_line(const struct wn_trust *t, struct wn_arena *a);
/* A bound as people read it, rounded up: .01151 -> "1.2%". */
const char *wn_percent_up(double p, struct wn_arena *a);

#endif

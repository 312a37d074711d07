/* closed_internal.h: between closed.c (when a period is closed, and what follows) and closed_body.c (what its report
 * says below the headline). */
#ifndef WN_PIPELINE_CLOSED_INTERNAL_H
#define WN_PIPELINE_CLOSED_INTERNAL_H
#include "decide/estimate.h"
#include "pipeline/closed.h"

struct wn_closed {
    struct wn *wn;
    const struct wn_task *task; /* the stratum */
    struct wn_arena arena;
    const char *subject;
    struct wn_period_of of;
    struct wn_period_unit *units;
    size_t nunits;
    struct wn_period period;
    struct wn_thinned thin;
    int64_t closed;
    struct wn_state_row state; /* when it was closed; id 0 = none */
    struct wn_proof_row proof; /* in force then; id 0 = none */
    bool proved;               /* anything was, before the period ended */
};

static inline bool wn_closed_is_audit(const struct wn_period_unit *u)
{
    return u->route == WN_AUTO && u->u < u->pi;
}

/* Opens every decision of the period. */
enum wn_code wn_closed_body(struct wn_closed *c, const struct wn_report *r, const char **body,
                            struct wn_error *err);

#endif

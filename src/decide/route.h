/* route.h: the way a decision goes, and why. confidence.md section 10. Pure.
 *
 * All reasons are rows of one table in route.c, in the order in which they are given: a new one is a
 * row there, with its sentence for a person. */
#ifndef WN_DECIDE_ROUTE_H
#define WN_DECIDE_ROUTE_H
#include "decide/state.h"
#include "task/task.h"

struct wn_routing {
    const char *const
        *flags;    /* reasons that hold before any score: "rule:pricing", "refused", ... */
    size_t nflags; /* in any order */
    enum wn_state state;
    double s, tau;
    double p;      /* display probability; NAN = unknown */
    double u, pi;  /* audited if u < pi */
    bool disagree; /* a second model or the linear engine names another label */
};
struct wn_routed {
    enum wn_route route;        /* auto or review */
    bool audit;                 /* auto, and a person looks at it all the same */
    bool eligible;              /* for the proof's pool: nothing but its score decided its way */
    const char *const *reasons; /* why it waits; none for auto */
    size_t nreasons;
    const char *const *tags; /* for auto: "no_guarantee", "provisional", "audit_sample" */
    size_t ntags;
};
void wn_route(const struct wn_routing *in, struct wn_arena *a, struct wn_routed *out);

/* What a reason's sentence may tell. NULL and NAN = not known: then the sentence is a general one. */
struct wn_reason_facts {
    const struct wn_task *task; /* for a rule's `because` */
    double s, tau, p;
    enum wn_state state;
    const char *other;   /* the label that the second opinion names */
    const char *unshown; /* the question whose answer no quote shows */
    const char *missing; /* the required question without an answer */
};
/* The reason as a short sentence for a person who does not program. */
const char *wn_reason_text(const char *reason, const struct wn_reason_facts *f, struct wn_arena *a);

#endif

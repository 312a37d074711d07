/* state.h: what a task's key may do alone, how it comes to that, and how often that is looked at.
 * confidence.md sections 7 and 8. Pure: the store keeps the state, this says what follows. */
#ifndef WN_DECIDE_STATE_H
#define WN_DECIDE_STATE_H
#include <stdbool.h>
#include <stdint.h>

enum wn_state { WN_CAUTIOUS, WN_COLD, WN_PROVISIONAL, WN_CERTIFIED, WN_STATE_WARN, WN_SUSPENDED };
const char *wn_state_name(enum wn_state s);
/* By name; false for an unknown one. */
bool wn_state_named(const char *name, enum wn_state *out);

/* The state of a task's first key. */
enum wn_state wn_state_first(bool before_proof_review);

enum wn_state_event {
    WN_ON_NEW_KEY,    /* model, prompt, schema, rules or plan changed */
    WN_ON_MEASURED,   /* proved on a labelled file or held-out examples */
    WN_ON_PROVED,     /* proved on a campaign of this task's own items, or its replay */
    WN_ON_NOT_PROVED, /* a look that failed */
    WN_ON_CAMPAIGN_LOST, /* and it was the last one */
    WN_ON_WARN,       /* a warn limit of drift; a closed report that does not confirm the target */
    WN_ON_REPORT_MET, /* a closed report whose bound is within the target */
    WN_ON_SUSPEND,    /* a suspend limit of drift, canary, a report that refutes, a command */
    WN_ON_NEW_WINDOW  /* a campaign over items made after the alarm begins */
};
/* own_proof: the proof in force was made on this task's own items (else `provisional`). */
enum wn_state wn_state_next(enum wn_state now, enum wn_state_event e, bool own_proof);
/* More than 20 % of the due audits are older than 14 days. */
bool wn_audits_overdue(int64_t due, int64_t older_than_14_days);

/* What is very sure, where nothing is proved yet. */
#define WN_TAU_CAUTIOUS .97
/* The threshold in force: `proved` is the proof's. */
double wn_state_tau(enum wn_state s, double proved);

struct wn_audit_plan {
    double delta, eps;
    int64_t autos;       /* `auto` decisions of the last 90 days, or since the task began */
    double days;         /* of them, at most 90; 0 = nothing is known */
    int64_t since_proof; /* `auto` decisions since the proof */
    double least;        /* a guard or rare label's own rate; 0 = none */
};
/* pi: the share of `auto` decisions that a person looks at all the same. */
double wn_audit_rate(enum wn_state s, const struct wn_audit_plan *p);

#endif

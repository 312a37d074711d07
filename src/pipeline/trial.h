/* trial.h: one key of a task on trial: its campaign, its proof, and the audits since.
 *
 * Loaded once (one pass over the key's decisions) and then kept up to date review by review, so that a
 * thousand verdicts cost a thousand steps. What follows from a review is written by itself: a look when
 * all of its sample is reviewed, a warning or a suspension when the audits say so. */
#ifndef WN_PIPELINE_TRIAL_H
#define WN_PIPELINE_TRIAL_H
#include "context.h"
#include "decide/calibrate.h"
#include "decide/drift.h"
#include "decide/sample.h"
#include "decide/trust.h"

/* One in twenty proofs may be wrong. */
#define WN_DELTA .05

/* What a proof belongs to. */
struct wn_trust_key {
    const char *key;  /* all of it */
    const char *plan; /* what is known of it before the first answer */
    const char *rest; /* all but the linear engine's version */
    const char *model;
};

struct wn_trial {
    struct wn *wn;
    struct wn_arena arena;
    const char *task, *stratum; /* stratum: the guard label, or NULL */
    const char *name;           /* in messages: "desk", "desk (spam)" */
    const char *subject;        /* wn_trust_subject() */
    double eps, least_audit;
    struct wn_state_row row;
    enum wn_state state;
    struct wn_window_row window;
    struct wn_proof_row proof; /* in force; id 0 = none */
    struct wn_unit_row *units;
    size_t nunits;
    /* the campaign */
    int64_t next;     /* reviews at the next look; 0 = no look is left */
    int64_t eligible; /* units that there are for it */
    size_t *sample;   /* indexes into units, lowest u first */
    bool *sampled;    /* beside units */
    struct wn_campaign campaign;
    /* audits since the proof */
    struct wn_watch watch;
    int64_t audits, audits_wrong, audits_due;
    const struct wn_glance *glance; /* of wn_trial_glance(): in place of all from `units` on but window.n */
};
#define WN_TRIAL_INIT                                                                              \
    {                                                                                              \
        .arena = WN_ARENA_INIT                                                                     \
    }

/* task: or one of its strata, as wn_task_stratum() gives it. A key without a state gets its first one: what follows from the task's last. reviewer: who asks, or
 * NULL. What is due is done: a cut-off, a look, an alarm, once a day the comparison with the proof's
 * pool. *out is to be cleared, on failure too. */
enum wn_code wn_trial_load(struct wn *wn, const struct wn_task *t, const struct wn_trust_key *key,
                           const char *reviewer, struct wn_trial *out, struct wn_error *err);
void wn_trial_clear(struct wn_trial *t);
/* What a run needs of it, and no more: state, proof, how far the sample is, audit rate and display, not the
 * decisions. Where there are many, what was reckoned of them is kept for the day, or until somebody reviews. */
enum wn_code wn_trial_glance(struct wn *wn, const struct wn_task *t, const struct wn_trust_key *key,
                             struct wn_trial *out, struct wn_error *err);
/* A review that was just kept, by its decision's id. */
enum wn_code wn_trial_reviewed(struct wn_trial *t, int64_t decision, int64_t review, bool wrong,
                               struct wn_error *err);
/* Stop what is accepted alone. why: a sentence's part, "somebody asked for it". */
enum wn_code wn_trial_suspend(struct wn_trial *t, const char *why, const struct wn_drift_row *drift,
                              struct wn_error *err);
/* Look at twice as many of what is accepted alone; only where something is proved. */
enum wn_code wn_trial_warn(struct wn_trial *t, const char *why, const struct wn_drift_row *drift,
                           struct wn_error *err);
/* A report met the target: a warning ends. */
enum wn_code wn_trial_confirm(struct wn_trial *t, const char *why, struct wn_error *err);
/* Keep how many of the sample are reviewed, for the next run's first line. */
enum wn_code wn_trial_settle(struct wn_trial *t, struct wn_error *err);

/* Is it drawn to be looked at although it was accepted alone? */
bool wn_unit_audited(const struct wn_unit_row *u);
/* May it prove something: first of its item, no hard flag, not of the fold that is learned from? */
bool wn_unit_eligible(const struct wn_unit_row *u);

/* Share of accepted decisions that are looked at, as of now. */
double wn_trial_audit_rate(const struct wn_trial *t);
/* The probability that people see, fitted on the key's reviews. */
void wn_trial_display(const struct wn_trial *t, struct wn_display *out);
/* The pure summary, for wn_trust_line(). */
void wn_trial_summary(const struct wn_trial *t, struct wn_arena *a, struct wn_trust *out);

#endif

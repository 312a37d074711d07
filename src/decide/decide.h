/* decide.h: answer -> decision: validation, evidence, score, state, rules, route.
 *
 * Pure: no clock, no store, no sockets. Rules run before the model (wn_rules_hold with no answer: what
 * can be told from the item alone) and after it; they can only add review. */
#ifndef WN_DECIDE_DECIDE_H
#define WN_DECIDE_DECIDE_H
#include "decide/calibrate.h"
#include "decide/evidence.h"
#include "decide/route.h"
#include "decide/signals.h"
#include "task/prompt.h"

/* Facts about how the answer came to be: hard flags of confidence.md section 10. */
struct wn_flags {
    bool injection_suspected, truncated_input, invalid_output, schema_repaired, signal_missing;
    bool unsupported_claim;        /* briefs: a sentence whose sources do not say it */
    bool refused, cut, unfamiliar; /* ours: no answer because the model declined / ran out of room;
                                    * the linear engine has seen nothing like it */
};

/* What the engine gathered about one item. */
struct wn_gathered {
    const struct wn_task *task;
    const struct wn_item *item;
    const char *unit;               /* its duplicate cluster or thread; NULL = the item's id */
    const struct wn_answer *answer; /* NULL: nothing usable was answered */
    const struct wn_answer *linear; /* second opinion, or NULL; NULL when linear itself answered */
    bool linear_trained;            /* it has >= 100 examples: `lin` counts */
    const struct wn_answer *const *samples; /* further samples of the same model */
    size_t nsamples;
    const struct wn_answer *const *others; /* other models asked without seeing the first answer */
    size_t nothers;
    bool checked;
    double chk; /* a checker's probability that the gated answers are right */
    const struct wn_logprob *logprobs; /* the tokens of the first question's value, or NULL */
    size_t nlogprobs;
    struct wn_flags flags;
    enum wn_state state;
    double tau;                       /* wn_state_tau() */
    double pi;                        /* wn_audit_rate() */
    const double *weights;            /* of the score, WN_SCORE_TERMS; NULL = the usual ones */
    const struct wn_display *display; /* fitted on this task's reviews, or NULL */
    const char *salt;                 /* the store's, for permanent random numbers */
    int64_t now;                      /* Unix seconds, for due times */
    const char *key;                  /* hex: what a proof belongs to */
};

struct wn_decision {
    enum wn_route route; /* auto or review; an item that could not be asked about is the caller's */
    size_t label;        /* index in the first question's choices; SIZE_MAX = none */
    double s, u, pi, probability; /* probability: for display; NAN = nobody gave any */
    bool calibrated;
    enum wn_source source;
    enum wn_state state;
    const char *const *reasons, *const *because;
    size_t nreasons;
    const char *const *tags;
    size_t ntags;
    struct wn_field_answer *answers; /* all questions of the task, the first included, in order */
    size_t nanswers;
    struct wn_signals *signals;        /* one per question */
    const struct wn_route_row *handed; /* owner, next, draft; NULL = none fits */
    int64_t due;
    bool audit;     /* auto, and picked for a look at random */
    bool hard_flag; /* not eligible for the proof's pool: more than its score decided its way */
};

/* Everything in *out lives in the arena or in *g's. */
void wn_decide(const struct wn_gathered *g, struct wn_arena *a, struct wn_decision *out);

/* Does the condition hold? `answer` may be NULL (before the model): then parts that need one do not
 * hold. Words are looked for in the item's text and in its field "subject". */
bool wn_when_holds(const struct wn_task *t, const struct wn_when *w, const struct wn_item *item,
                   const struct wn_answer *answer);
/* The rules that hold, in the task's order; *out lives in the arena. */
size_t wn_rules_hold(const struct wn_task *t, const struct wn_item *item,
                     const struct wn_answer *answer, struct wn_arena *a,
                     const struct wn_rule *const **out);
/* Is one of the words or phrases in the text, as whole words? */
bool wn_text_has(const char *text, size_t len, const char *const *words, size_t n);
/* A reason as a sentence for a person, without the numbers of one decision: "rule:pricing" -> the
 * rule's because, "low_confidence" -> ... */
const char *wn_reason_sentence(const struct wn_task *t, const char *reason, struct wn_arena *a);

#endif

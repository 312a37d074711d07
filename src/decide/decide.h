/* decide.h: answer -> decision: validation, evidence, score, state, rules, route.
 *
 * Pure: no clock, no store, no sockets. Rules run before the model (wn_rules_before: what can be told
 * from the item alone) and after it; they can only add review. */
#ifndef WN_DECIDE_DECIDE_H
#define WN_DECIDE_DECIDE_H
#include "decide/evidence.h"
#include "decide/signals.h"
#include "task/prompt.h"

enum wn_state { WN_CAUTIOUS, WN_COLD, WN_PROVISIONAL, WN_CERTIFIED, WN_STATE_WARN, WN_SUSPENDED };
const char *wn_state_name(enum wn_state s);

/* Facts about how the answer came to be: hard flags of confidence.md section 10. */
struct wn_flags {
    bool injection_suspected, truncated_input, invalid_output, schema_repaired, signal_missing;
    bool refused, cut, unfamiliar; /* ours: no answer because the model declined / ran out of room;
                                    * the linear engine has seen nothing like it */
};

/* What the engine gathered about one item. */
struct wn_gathered {
    const struct wn_task *task;
    const struct wn_item *item;
    const struct wn_answer *answer; /* NULL: nothing usable was answered */
    const struct wn_answer *linear; /* second opinion, or NULL; NULL when linear itself answered */
    bool linear_trained;            /* it has >= 100 examples: `lin` counts */
    const struct wn_answer *const *samples; /* further samples of the same model */
    size_t nsamples;
    const struct wn_answer *const *others; /* other models asked without seeing the first answer */
    size_t nothers;
    const struct wn_logprob *logprobs; /* the tokens of the first question's value, or NULL */
    size_t nlogprobs;
    struct wn_flags flags;
    enum wn_state state;
    double tau;       /* threshold of the proof; .97 in cautious */
    double pi;        /* audit rate of the state */
    const char *salt; /* the store's, for permanent random numbers */
    int64_t now;      /* Unix seconds, for due times */
    const char *key;  /* hex: what a proof belongs to */
};

struct wn_decision {
    enum wn_route route;
    size_t label; /* index in the first question's choices; SIZE_MAX = none */
    double s, u, pi, probability;
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
    bool hard_flag; /* not eligible for the proof's pool */
};

/* Everything in *out lives in the arena or in *g's. */
void wn_decide(const struct wn_gathered *g, struct wn_arena *a, struct wn_decision *out);

/* Does the condition hold? `answer` may be NULL (before the model): then parts that need one do not
 * hold. */
bool wn_when_holds(const struct wn_task *t, const struct wn_when *w, const struct wn_item *item,
                   const struct wn_answer *answer);
/* Is one of the words or phrases in the text, as whole words? */
bool wn_text_has(const char *text, size_t len, const char *const *words, size_t n);
/* A reason as a sentence for a person: "rule:pricing" -> the rule's because, "low_confidence" -> ... */
const char *wn_reason_sentence(const struct wn_task *t, const char *reason, struct wn_arena *a);

#endif

/* answer.h: what a model, a decision endpoint or the linear engine says to a task's questions,
 * before anybody has believed it. */
#ifndef WN_TASK_ANSWER_H
#define WN_TASK_ANSWER_H
#include "task/task.h"

/* The answer to one question. Choice, scale and yesno (0 = no, 1 = yes) have one chosen index;
 * tags have one flag per choice; text has a text or null. */
struct wn_value {
    bool answered;      /* false: missing or refused; nothing below means anything */
    bool null;          /* text only: "the item does not say" */
    size_t choice;
    const bool *chosen; /* tags: nchoices flags */
    /* A distribution over the choices: sums to 1 for choice, scale and yesno; each on its own for
     * tags. NULL where the answerer gives none. */
    const double *p;
    enum wn_source source; /* where p comes from */
    const double *stated;  /* the same as stated in a generated answer, or NULL (signal `vc`) */
    const char *text, *quote;
};

struct wn_answer {
    struct wn_value *values; /* one per question of the task, same order */
    size_t nvalues;
};

/* An answer with nothing answered. */
struct wn_answer *wn_answer_new(const struct wn_task *t, struct wn_arena *a);
/* The probability of what was chosen by distribution p, as confidence.md section 3 (`answer_prob`);
 * NAN without one. */
double wn_value_prob(const struct wn_question *q, const struct wn_value *v, const double *p);
/* The same choice (tags: the same set; scale: within tol; text: equal when folded)? */
bool wn_value_same(const struct wn_question *q, const struct wn_value *a, const struct wn_value *b);

#endif

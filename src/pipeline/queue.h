/* queue.h: what waits for a person, in the order in which it is shown. Private to queue*.c.
 *
 * queue.c: opening, walking, skipping and taking back. queue_order.c: what comes when. queue_verdict.c: what a
 * person says, and what follows from it. */
#ifndef WN_PIPELINE_QUEUE_H
#define WN_PIPELINE_QUEUE_H
#include "pipeline/trial.h"

/* One step that can be undone: a verdict (review > 0) or a skip. */
struct step {
    int64_t decision, review;
    const char *task;
};

/* A key on which verdicts have a bearing. */
struct trial {
    struct wn_trial t;
    struct trial *next;
};

/* A decision's place. confidence.md section 10: the campaign and audits by u first, then value * (1 - p)
 * descending, ties by age. */
enum order { SAMPLE, LATER, REST, SECOND }; /* LATER: of the sample, and does not hurry; SECOND: another person has
                                             * judged it */
struct place {
    int64_t id;
    double rank; /* within its order, the lowest first */
    enum order order;
    const char *asked_for;
    bool done;
};

struct wn_queue {
    struct wn *wn;
    const char *task_name;
    bool only_sample;
    struct wn_arena arena, shown; /* shown: lives until the next wn_queue_next() */
    struct wn_task *task;         /* of the decision that is shown */
    struct wn_waiting waiting;
    struct wn_item item;
    struct wn_result result;
    const char *key;     /* of the decision that is shown */
    struct place *place; /* and where it stands */
    struct place *places;
    size_t nplaces, ndone, at; /* at: all before it are done */
    int64_t *skipped;
    size_t nskipped;
    size_t skipped_before; /* in the last round: who skips the same again is done */
    struct step *steps;
    size_t nsteps;
    struct trial *trials;
};

/* Who is asked. */
const char *wn_queue_reviewer(const struct wn_queue *q);
/* Have q->task as it is today; false: it is gone. */
bool wn_queue_task(struct wn_queue *q, const char *name);
/* The trial of a key and a label's stratum of q->task, loaded on first need; NULL where the task is gone. */
enum wn_code wn_queue_trial(struct wn_queue *q, const char *key, const char *label, struct wn_trial **out,
                            struct wn_error *err);
void wn_queue_forget_trials(struct wn_queue *q);
/* All that waits now, in order. */
enum wn_code wn_queue_fill(struct wn_queue *q, struct wn_error *err);
void wn_queue_done(struct wn_queue *q, struct place *p);
/* A step about what is shown, that can be undone; review: of a verdict, or 0. */
void wn_queue_remember(struct wn_queue *q, int64_t review);
/* Half of the sample is judged without a hint: people who see a proposal overlook errors. */
bool wn_queue_blind(const struct wn_queue *q, const struct wn_row *row, const struct wn_item *item);

#endif

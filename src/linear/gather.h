/* gather.h: examples -> rows and what is right for them, each text once. Private to linear/. */
#ifndef WN_LINEAR_GATHER_H
#define WN_LINEAR_GATHER_H
#include "linear/corpus.h"
#include "linear/model.h"

/* What is to be learned for one question. Rows without an answer have y -1. */
struct wn_target {
    const struct wn_question *q;
    size_t index;        /* in the task */
    struct wn_head head; /* shape, n */
    int *y;              /* per row: choice, level, 0 or 1; tags: the row's rarest tag, k = none */
    const bool **tags;   /* per row, tags only */
    int *rank;      /* per example row: place in the order that spreads labels evenly; else -1 */
    size_t *count;  /* per choice: rows; tags: rows with the tag */
    size_t classes; /* choices with at least one row */
};

/* Rows: first one or two for each choice (its name, its meaning), then examples, then the pool. */
struct wn_training {
    const struct wn_task *task;
    struct wn_corpus corpus;
    size_t first_example, first_pool;
    size_t *example;           /* per row: number of the example, or SIZE_MAX */
    uint64_t *text;            /* per example row: digest of what a model sees of it */
    struct wn_target *targets; /* one per question but text */
    size_t ntargets;
    bool *learn; /* per row: name, meaning or example */
    struct wn_linear_report counts;
    struct wn_arena arena;
};

/* The class of a row for the i-th machine of a target, or -1. Choice has one machine with k classes,
 * yesno one with two, tags and scale one with two for each tag or step. */
int wn_target_class(const struct wn_target *g, size_t row, size_t machine);

enum wn_code wn_gather(struct wn_training *tr, const struct wn_task *t, const struct wn_example *ex,
                       size_t n, const struct wn_linear_options *o, struct wn_error *err);
void wn_training_clear(struct wn_training *tr);
/* Digest of what a model sees of a text and its fields, up to letter case and white space. */
uint64_t wn_text_digest(const char *text, const struct wn_field *fields, size_t nfields);

#endif

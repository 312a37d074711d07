/* model.h: what a trained model is. Private to linear/.
 *
 * One column of weights for each class (choice), tag, step between levels (scale), or for "yes"
 * (yesno); all questions share the features, so an item is read once. Weights are bytes with a scale
 * per column, kept as (column, weight) lists per feature. */
#ifndef WN_LINEAR_MODEL_H
#define WN_LINEAR_MODEL_H
#include "linear/features.h"
#include "linear/linear.h"

enum wn_head_state {
    WN_HEAD_NONE,    /* not answered: a text question, or one class only */
    WN_HEAD_NEAREST, /* nothing learned: cosine to name and meaning, one column per choice */
    WN_HEAD_TRAINED
};

/* How one question is answered. */
struct wn_head {
    enum wn_question_type type;
    enum wn_head_state state;
    size_t k;          /* choices */
    size_t col, ncols; /* its columns */
    size_t ntemps;     /* 1, or one per column: tags and trained scales */
    size_t n;          /* labelled examples */
    float accuracy, ece, nll, c;
    float *temperature;
    float *scale, *bias;  /* per column */
    float *prior,
        *shift; /* class shares: learned with, and those of the traffic; tags: shift is the
                           * probability from which on a tag is said */
};

struct wn_weight {
    uint16_t col;
    int8_t q;
};
/* What a slot's key weighs: a list, or where most columns have a weight, a whole row of them: the few
 * thousand features that stand in every second text are nine tenths of the work. */
enum { WN_DENSE = UINT16_MAX, WN_LANES = 8 };
struct wn_known {
    uint32_t first; /* into weights; dense: number of the row in dense */
    uint16_t n;     /* length of the list, or WN_DENSE */
    float idf;
};

struct wn_linear {
    char version[17];
    size_t nexamples, ndocs;
    float min_margin, min_energy, min_known; /* below: unfamiliar */
    struct wn_head *heads;                   /* one per question of the task */
    size_t nheads, ncols;
    float *floats; /* what the heads point into */
    size_t nfloats;
    uint64_t *slots;        /* keys, open addressing; 0 = free */
    struct wn_known *known; /* beside the slots */
    struct wn_weight *weights;
    float *dense; /* rows of `wide` floats */
    size_t wide;  /* ncols, rounded up to whole lanes */
    size_t nslots;
    char *bytes;           /* as saved */
    size_t len, floats_at; /* where the floats begin in bytes */
};

/* The floats of the heads have changed: so do bytes and version. */
void wn_linear_refresh(struct wn_linear *m);

/* The shape that follows from type and state: columns and temperatures. */
void wn_head_shape(struct wn_head *h);
/* The distribution over the choices from the decision values of the head's columns. */
void wn_head_probabilities(const struct wn_head *h, const float *z, double *p);
/* Index with the largest p. */
size_t wn_largest(const double *p, size_t k);

/* The keys that the model knows, as slots, with their values in the weighted, normalised row. */
struct wn_hit {
    uint32_t slot, feature; /* in the model; in the list of features */
    float value;
};
/* An item as the model sees it, in the arena. */
struct wn_reading {
    struct wn_features features;
    struct wn_hit *hits;
    size_t nhits;
    float *z; /* decision values of all columns */
};
void wn_linear_read(const struct wn_linear *m, const struct wn_item *item, bool places,
                    struct wn_arena *a, struct wn_reading *out);

#endif

/* rounds.h: the trainings that make a model, as jobs for several cores. Private to linear/.
 *
 * First, where labels are few, a model labels the unlabelled pool. Then C is chosen for each question:
 * over all five folds where the rows are few, else on one sample of them. Then the folds are trained
 * (where that is not done yet), and beside them the weights that stay. */
#ifndef WN_LINEAR_ROUNDS_H
#define WN_LINEAR_ROUNDS_H
#include "linear/gather.h"

enum {
    WN_FEW_ROWS = 50,      /* with fewer rows C stays as it is */
    WN_FEW_PER_LABEL = 50, /* with more labels for each choice unlabelled items are of no use */
    WN_CHOICES_OF_C = 4
};
extern const double wn_choices_of_c[WN_CHOICES_OF_C];
/* The usual temperature of these machines; what a few dozen rows say is drawn towards it. */
#define WN_USUAL_TEMPERATURE .11

/* How one question is trained. */
struct wn_plan {
    struct wn_target *g;
    size_t width; /* columns of one machine: k for choice, else 1 */
    size_t machines;
    size_t ncols;
    bool sampled; /* C is chosen on a sample */
    size_t c;     /* chosen */
    float *z;     /* shared: [C][row][column], out of fold */
    float *known; /* shared: per row, share of features known out of fold */
    float *w;     /* shared: the weights that stay */
    int *taught;  /* shared: per row, what the surest of the pool are taken for, or -1; or NULL */
    size_t z_bytes, known_bytes, w_bytes, taught_bytes;
};

struct wn_trainer {
    struct wn_training tr;
    struct wn_rows rows; /* of the model that stays */
    struct wn_plan *plans;
    size_t nplans;
    struct wn_job *jobs;
    size_t njobs;
    const struct wn_linear_options *o;
    const char *step;
};

/* Train every target whose state says so. `all` has tr, rows and o; wn_trainer_clear() frees all. */
enum wn_code wn_rounds_run(struct wn_trainer *all, struct wn_error *err);
void wn_trainer_clear(struct wn_trainer *all);

#endif

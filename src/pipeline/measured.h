/* measured.h: a threshold proved on a labelled file, before there are reviews: state `provisional`.
 * confidence.md section 6. */
#ifndef WN_PIPELINE_MEASURED_H
#define WN_PIPELINE_MEASURED_H
#include "pipeline/trial.h"

struct wn_measured { /* one labelled item that the deployed model was asked about and had not learned from */
    const char *label; /* as answered: it says which promise the item is under */
    double s;
    bool wrong;
};
/* Test each promise of the task once, with all of delta, and keep what is proved. *sentences in wn->arena, a
 * line for each promise. */
enum wn_code wn_measured_prove(struct wn *wn, const struct wn_task *t, const char *key,
                               const struct wn_measured *list, size_t n, const char **sentences,
                               struct wn_error *err);

#endif

/* measured.h: a threshold proved on labelled items, before there are reviews: state `provisional`.
 * confidence.md section 6. */
#ifndef WN_PIPELINE_MEASURED_H
#define WN_PIPELINE_MEASURED_H
#include "pipeline/engine.h"
#include "pipeline/trial.h"

struct wn_measured { /* one labelled item that the deployed model was asked about and had not learned from */
    const char *label; /* as answered: it says which promise the item is under */
    double s;
    bool wrong;
};
/* What a job's decision measures; false: nothing, for it has no answer, or a flag that sends it to a person, or
 * it is not known what is right for all that the promise is about. */
bool wn_measured_from(const struct wn *wn, const struct wn_task *t, const struct wn_job *j,
                      const struct wn_decision *d, const struct wn_answer *truth,
                      struct wn_measured *out);
/* The score without the store's own tie-break, so that a report is the same on every machine. */
double wn_measured_score(const struct wn *wn, const struct wn_task *t, const struct wn_job *j, double s);
/* Test each promise of the task once, with all of delta, and keep what is proved. *sentences in wn->arena, a
 * line for each promise. */
enum wn_code wn_measured_prove(struct wn *wn, const struct wn_task *t, const char *key,
                               const struct wn_measured *list, size_t n, const char **sentences,
                               struct wn_error *err);

/* The key that was measured last, where nothing was decided since; NULL: none. In wn->arena. */
enum wn_code wn_measured_newest(struct wn *wn, const struct wn_task *t, const char **key,
                                struct wn_error *err);

#endif

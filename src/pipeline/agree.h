/* agree.h: what people say of the same decisions. */
#ifndef WN_PIPELINE_AGREE_H
#define WN_PIPELINE_AGREE_H
#include "context.h"

/* The label that a person left standing: an index among the first question's choices, or SIZE_MAX. r: the
 * decision that was judged. */
size_t wn_agree_label(const struct wn_task *t, const struct wn_result *r, const char *verdict,
                      const char *correction, struct wn_arena *a);

/* Of the task's decisions that two people looked at; kappa NAN = cannot be told. */
struct wn_agreement {
    int64_t twice, agreed;
    double kappa;
};
enum wn_code wn_agreement_of(struct wn *wn, const struct wn_task *t, struct wn_agreement *out,
                             struct wn_error *err);
/* Do people differ more often than the target allows? With fewer than ten: not known. */
bool wn_agreement_below(const struct wn_agreement *g, double target_error);

/* Texts that one person judged once more, and those where the later word was another. In the arena. */
struct wn_own_words {
    int64_t repeated;
    const struct wn_contradiction *list;
    size_t n;
};
enum wn_code wn_own_words_of(struct wn *wn, const struct wn_task *t, struct wn_arena *a,
                             struct wn_own_words *out, struct wn_error *err);

#endif

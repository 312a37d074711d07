/* linear.h: the local engine: liblinear over hashed text features (local.md section 1).
 *
 * It answers with no key and no network, in the same struct as any provider. A trained model holds no
 * readable word: features are 64-bit hashes. Deterministic: the same examples give the same bytes. */
#ifndef WN_LINEAR_LINEAR_H
#define WN_LINEAR_LINEAR_H
#include "base/log.h"
#include "task/answer.h"

struct wn_linear;

/* What training found out of fold, per question. */
struct wn_linear_score {
    const char *question;
    size_t n, nclasses;
    double accuracy, ece, temperature, c;
};
struct wn_linear_report {
    const struct wn_linear_score *scores; /* in the arena given to train */
    size_t nscores;
    size_t nexamples, ncontradicting, nempty;
};

struct wn_linear_options {
    int threads;           /* 0 = one per core */
    void (*progress)(void *user, const char *step, size_t done, size_t total);
    void *user;
    const char *const *held_out; /* example texts never learned from (the cert fold); or NULL */
};

/* Train one classifier per choice, tags, yesno and scale question. With no labelled example of a
 * question it answers by the nearest name and meaning (centroid, cosine); with one class only it says
 * so in the log and leaves the question unanswered. On success *out is the caller's. */
enum wn_code wn_linear_train(const struct wn_task *t, const struct wn_example *ex, size_t n,
                             const struct wn_linear_options *o, const struct wn_log *log,
                             struct wn_arena *a, struct wn_linear_report *report,
                             struct wn_linear **out, struct wn_error *err);
void wn_linear_free(struct wn_linear *m);

/* Answer all questions of the task about one item, into the arena: distributions with source
 * WN_LINEAR, text questions by form (base/form.h) or null. */
struct wn_linear_fit {
    double margin;      /* largest decision value of the first question */
    double energy;      /* T * logsumexp(z / T) of the first question */
    double known;       /* share of the text's features that the model has seen */
    bool unfamiliar;    /* a reason for review: this text is unlike all that was learned from */
};
void wn_linear_answer(const struct wn_linear *m, const struct wn_task *t,
                      const struct wn_item *item, struct wn_arena *a, struct wn_answer *out,
                      struct wn_linear_fit *fit);
/* The text questions alone: needs no model. */
void wn_linear_texts(const struct wn_task *t, const struct wn_item *item, struct wn_arena *a,
                     struct wn_answer *out);

/* Bytes for the store and back. A model of another task version or format is an error (WN_E_CONFIG):
 * train again. Loading takes milliseconds. *bytes is the caller's, to free(). */
enum wn_code wn_linear_save(const struct wn_linear *m, char **bytes, size_t *len,
                            struct wn_error *err);
enum wn_code wn_linear_load(const char *bytes, size_t len, const struct wn_task *t,
                            struct wn_linear **out, struct wn_error *err);
/* Hex digest of what the model is, for the decision's key (confidence.md section 2). */
const char *wn_linear_version(const struct wn_linear *m);
size_t wn_linear_nexamples(const struct wn_linear *m);

#endif

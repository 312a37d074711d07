/* linear.h: the local engine: liblinear over hashed text features (local.md section 1).
 *
 * It answers with no key and no network, in the same struct as any provider. A trained model holds no
 * readable word: features are 64-bit hashes. Deterministic: the same examples give the same bytes. A
 * model is never changed by answering, so threads may share one. */
#ifndef WN_LINEAR_LINEAR_H
#define WN_LINEAR_LINEAR_H
#include "base/log.h"
#include "task/answer.h"

struct wn_linear;

/* ---- training ---------------------------------------------------------------------------- */

/* How one label fared out of fold. For tags: rows with the tag, rows said to have it, both. */
struct wn_linear_label {
    const char *id;
    size_t n, said, right;
};
/* Rows of one label that were taken for another, the surest mistakes first. */
struct wn_linear_confusion {
    const char *truth, *said;
    size_t n;
    size_t examples[3]; /* numbers of examples as given to train */
    size_t nexamples;
};
/* What training found out of fold, per question. */
struct wn_linear_score {
    const char *question;
    bool
        trained; /* false: no labels yet (answered by the nearest name and meaning), or one class only */
    size_t n, nclasses;
    double accuracy, ece; /* tags: of whole sets; scale: within tol */
    double nll; /* mean -ln of the probability of the right answer: what releases compare */
    double temperature, c;
    const struct wn_linear_label *labels; /* one per choice */
    size_t nlabels;
    const struct wn_linear_confusion *confusions; /* the most frequent ones; none for tags */
    size_t nconfusions;
};
/* What was said of one text to one question out of fold, by a model that had not seen it. */
struct wn_linear_mark {
    bool judged;
    uint32_t said, truth; /* choice, level, 0 or 1; tags: a digest of the set */
    float p;              /* of what was said */
};
/* All of them: a release keeps them beside its model, so that the next can be compared with it. */
struct wn_linear_sheet {
    size_t n, nquestions;
    uint64_t *texts;              /* digests, each once */
    size_t *examples;             /* their numbers as given to train; not kept */
    struct wn_linear_mark *marks; /* one per text and question of the task; `truth` is not kept */
};
struct wn_linear_report {
    const struct wn_linear_score *scores; /* one per question but text, in the arena given */
    size_t nscores;
    struct wn_linear_sheet sheet; /* in the arena given */
    size_t nexamples;      /* learned from, each text once */
    size_t nrepeated;      /* the same text again with the same answers */
    size_t ncontradicting; /* texts with contradicting answers: the majority counts, or none */
    size_t nempty, nheld_out;
    size_t nleft_out; /* past what fits into memory */
    size_t npool;     /* unlabelled items learned from; 0 where they did not help out of fold */
};

struct wn_linear_options {
    int threads; /* 0 = one per core */
    void (*progress)(void *user, const char *step, size_t done, size_t total);
    void *user;
    const char *const *held_out; /* example texts never learned from (the cert fold); or NULL */
    size_t nheld_out;
    const struct wn_item *pool; /* unlabelled items to learn from where labels are few; or NULL */
    size_t npool;
};

/* Train one classifier per choice, tags, yesno and scale question. With no labelled example of a
 * question it answers by the nearest name and meaning (centroid, cosine); with one class only it says
 * so in the log and leaves the question unanswered. `o`, `log` and `report` may be NULL. On success
 * *out is the caller's. */
enum wn_code wn_linear_train(const struct wn_task *t, const struct wn_example *ex, size_t n,
                             const struct wn_linear_options *o, const struct wn_log *log,
                             struct wn_arena *a, struct wn_linear_report *report,
                             struct wn_linear **out, struct wn_error *err);
void wn_linear_free(struct wn_linear *m);

/* Most items in a row are not shaped like the examples: set the class shares of the choice questions to
 * those of these unlabelled items (the last 300 or more; with fewer nothing is done: false). Part of
 * a release: the model's version changes. */
bool wn_linear_adapt(struct wn_linear *m, const struct wn_task *t, const struct wn_item *items,
                     size_t n);

/* ---- answering --------------------------------------------------------------------------- */

/* Answer all questions of the task about one item, into the arena: distributions with source
 * WN_LINEAR, text questions by form (base/form.h) or null. */
struct wn_linear_fit {
    double margin;   /* largest decision value of the first question */
    double energy;   /* T * logsumexp(z / T) of the first question */
    double known;    /* share of the text's features that the model has seen */
    bool unfamiliar; /* a reason for review: this text is unlike all that was learned from */
};
void wn_linear_answer(const struct wn_linear *m, const struct wn_task *t,
                      const struct wn_item *item, struct wn_arena *a, struct wn_answer *out,
                      struct wn_linear_fit *fit);
/* The text questions alone: needs no model. A value comes with its quote from the item's text or
 * fields. */
void wn_linear_texts(const struct wn_task *t, const struct wn_item *item, struct wn_arena *a,
                     struct wn_answer *out);

/* Why: the item's own words (folded) and what each added to `label` against `other`. */
struct wn_linear_reason {
    const char *text;
    double weight; /* > 0: spoke for the label */
};
struct wn_linear_why {
    size_t label,
        other;     /* choices; yesno: 1, 0; tags: the tag; scale: the level and its neighbour */
    double margin; /* decision value of label over other: 0 is the boundary between them */
    double bias;   /* what was said before a word was read */
    const struct wn_linear_reason *reasons; /* the weightiest first, each word once */
    size_t nreasons;
};
/* Question number q of the task, not text. `about` is a choice for tags; for the others SIZE_MAX = what
 * the model answers. False if the model does not answer the question. */
bool wn_linear_explain(const struct wn_linear *m, const struct wn_task *t,
                       const struct wn_item *item, size_t q, size_t about, struct wn_arena *a,
                       struct wn_linear_why *out);

/* ---- keeping ----------------------------------------------------------------------------- */

/* Bytes for the store and back. A model of another task version or format is an error (WN_E_CONFIG):
 * train again. Loading takes milliseconds. *bytes is the caller's, to free(). */
enum wn_code wn_linear_save(const struct wn_linear *m, char **bytes, size_t *len,
                            struct wn_error *err);
enum wn_code wn_linear_load(const char *bytes, size_t len, const struct wn_task *t,
                            struct wn_linear **out, struct wn_error *err);
/* Hex digest of what the model is, for the decision's key (confidence.md section 2). */
const char *wn_linear_version(const struct wn_linear *m);
size_t wn_linear_nexamples(const struct wn_linear *m);

/* ---- comparing two releases (sheet.c) ---------------------------------------------------- */

/* The sheet of a release as bytes for the store and back: false if they are none of its, or damaged.
 * *bytes is the caller's, to free(). */
enum wn_code wn_linear_sheet_save(const struct wn_linear_sheet *s, const struct wn_linear *m,
                                  char **bytes, size_t *len, struct wn_error *err);
bool wn_linear_sheet_load(const char *bytes, size_t len, const char *version,
                          const struct wn_task *t, struct wn_arena *a, struct wn_linear_sheet *out);

/* One question, on the texts of the new sheet that answer it. */
struct wn_linear_change {
    bool unlearned;   /* the one before had learned it, the new one has nothing to learn it from */
    size_t n;         /* 0: the one before does not answer it, or nothing says what is right */
    size_t lost, won; /* right before and wrong now; wrong before and right now */
    size_t known, known_lost, known_won; /* of these, texts that the one before had learned from */
    double accuracy, ece;                /* of the one before */
};
/* What the release before would have said of the texts that `now` is about, each judged by a model that
 * had not seen it: out of its own folds where it had learned from a text, else by itself. `out` has one for
 * each question of the task. */
void wn_linear_compare(const struct wn_linear *before, const struct wn_linear_sheet *before_said,
                       const struct wn_task *t, const struct wn_example *ex,
                       const struct wn_linear_sheet *now, struct wn_linear_change *out);

#endif

/* winnow.h: the whole library on one page, in the order in which data flows:
 * error, context, item, task, decision, run, review, export.
 *
 *     struct wn *wn = NULL;
 *     struct wn_run *run = NULL;
 *     const struct wn_result *r;
 *     if (wn_open(NULL, &wn, &err) == WN_OK &&
 *         wn_run_open(wn, &options, paths, npaths, &run, &err) == WN_OK)
 *         while (wn_run_next(run, &r, &err) == WN_OK && r != NULL)
 *             print(r);
 *     wn_run_close(run);
 *     wn_close(wn);
 *
 * Every function that can fail returns a code and fills *err (which may be NULL). A context and
 * all that hangs on it belong to one thread; two contexts do not share anything but the store. All
 * text is UTF-8 without NUL. `const T *` results are borrowed until the next call on the same handle;
 * `T **out` is the caller's. Closing NULL does nothing. */
#ifndef WINNOW_H
#define WINNOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WN_VERSION "0.1.0"

/* ---- error ------------------------------------------------------------------------------- */

#define WN_ERRORS(X) /* name      exit  meaning */                                                 \
    X(USAGE,       2, "the command line is wrong")                                                  \
    X(CONFIG,      3, "a setting, a task or a key is wrong")                                        \
    X(INPUT,       4, "the input cannot be read")                                                   \
    X(PROVIDER,    5, "the provider is unavailable")                                                \
    X(BUDGET,      6, "the budget is reached")                                                      \
    X(STORE,       7, "the store cannot be used")                                                   \
    X(NOMEM,       7, "out of memory")                                                              \
    X(FAILED,      8, "some items failed")                                                          \
    X(INTERRUPTED, 130, "interrupted")
#define X(name, exit, meaning) WN_E_##name,
enum wn_code { WN_OK, WN_ERRORS(X) };
#undef X

/* Lives on the stack; nothing to free. Keys and item text never go in. */
struct wn_error {
    enum wn_code code;
    char what[240];  /* "openai refused the API key": lower case, no full stop */
    char cause[400]; /* "HTTP 401: invalid_api_key": what the layer below said, or "" */
    char hint[240];  /* "Set OPENAI_API_KEY in .env; see .env.example." or "" */
};

/* The exit status of the program for a code: the `exit` column above. */
int wn_exit_status(enum wn_code code);

/* ---- context ----------------------------------------------------------------------------- */

struct wn; /* one open winnow: settings, tasks, store, connections */

/* A setting given on the command line; it beats the environment, .env and the user's file. */
struct wn_setting {
    const char *name, *value; /* "WINNOW_HOME", "/srv/winnow" */
};

enum wn_log_level { WN_DEBUG, WN_INFO, WN_WARN };

struct wn_options {
    const struct wn_setting *settings; /* borrowed until wn_open returns */
    size_t nsettings;
    /* One event with named values ("retry", "provider=openai wait_ms=400"), or NULL for none. */
    void (*log)(void *user, enum wn_log_level level, const char *event, const char *values);
    void *log_user;
};

/* Reads the settings; opens neither store nor network: those open when they are needed. */
enum wn_code wn_open(const struct wn_options *o, struct wn **out, struct wn_error *err);
void wn_close(struct wn *wn);

/* One row per setting, for `winnow config` and .env.example. Secrets are never in `value`. */
struct wn_config_row {
    const char *name, *value, *from, *fallback, *help;
    bool secret, set;
};
/* The i-th setting, or false past the end. wn may be NULL: then only name, fallback and help. */
bool wn_config_row(const struct wn *wn, size_t i, struct wn_config_row *out);

/* ---- item -------------------------------------------------------------------------------- */

struct wn_field {
    const char *name, *value;
};

/* One thing to sort. Made by a reader (src/input/) or by a client. */
struct wn_item {
    const char *id;     /* "leads.csv:17" or a Message-ID; never empty */
    const char *source; /* where it was read: "leads.csv:17", "inbox.mbox:3" */
    const char *text;   /* what is asked about, never NULL, valid UTF-8 without NUL */
    size_t text_len;
    const struct wn_field *fields; /* named facts beside the text, in input order */
    size_t nfields;
    int64_t time;        /* when it was written, Unix seconds; 0 = unknown */
    bool truncated;      /* text was longer than the reader's limit and was cut */
    const char *trouble; /* not NULL: this item could not be read, and why; text is "" then */
    const char *trouble_hint;
};

/* ---- task -------------------------------------------------------------------------------- */

struct wn_task_info {
    const char *name, *about, *dir, *version; /* version: hex digest of all that defines it */
    size_t nquestions, nchoices, nexamples, nrules; /* nquestions 0: the task cannot be used */
    const char *const *questions; /* names; the first is the label's */
};
/* The tasks that can be found, by name. *out is borrowed until wn_close. */
enum wn_code wn_tasks(struct wn *wn, const struct wn_task_info **out, size_t *n,
                      struct wn_error *err);

/* One task by name or path. *out is borrowed until wn_close. */
enum wn_code wn_task_look(struct wn *wn, const char *name, const struct wn_task_info **out,
                          struct wn_error *err);

/* Check one task (its name or a folder). Each fault is reported through `report` with the file,
 * the line (0 = the whole file) and what to do; *nfaults counts them. An error only if nothing
 * could be checked at all. */
struct wn_fault {
    const char *file;
    size_t line;
    const char *what, *hint;
};
enum wn_code wn_task_check(struct wn *wn, const char *name,
                           void (*report)(void *user, const struct wn_fault *f), void *user,
                           size_t *nfaults, struct wn_error *err);

/* ---- decision ---------------------------------------------------------------------------- */

enum wn_route { WN_AUTO, WN_REVIEW, WN_FAILED };

/* Where a probability comes from; never mixed with another. */
enum wn_source { WN_SOURCE_NONE, WN_DECISION, WN_LOGPROB, WN_SAMPLES, WN_STATED, WN_LINEAR };

enum wn_evidence {
    WN_EVIDENCE_NONE,
    WN_EVIDENCE_EXACT,
    WN_EVIDENCE_NORMALISED,
    WN_EVIDENCE_ELLIPSIS,
    WN_EVIDENCE_FUZZY,
    WN_EVIDENCE_NOT_FOUND
};

enum wn_question_type { WN_CHOICE, WN_TAGS, WN_YESNO, WN_SCALE, WN_TEXT };

/* The decided answer to one question. */
struct wn_field_answer {
    const char *question;
    enum wn_question_type type;
    const char *value; /* an id, "yes"/"no", or text; NULL = no answer, or the item does not say */
    const char *const *tags; /* for tags: the ids that apply */
    size_t ntags;
    double probability;         /* 0..1, or NAN when there is none */
    const char *quote;          /* verbatim in the item's text, or NULL */
    size_t quote_start, quote_end; /* bytes in the item's text, end exclusive; 0,0 = none */
    enum wn_evidence evidence;
};

struct wn_result {
    const struct wn_item *item;
    const char *task;
    enum wn_route route;
    const char *label; /* the first question's answer, or NULL where there is none */
    double probability; /* for display; NAN when there is no label */
    bool calibrated;
    enum wn_source source;
    const char *const *reasons; /* "rule:pricing", "low_confidence": why it waits; the first is the main one */
    const char *const *because; /* the same as sentences for a person */
    size_t nreasons;
    const char *const *tags; /* "no_guarantee", "audit_sample" */
    size_t ntags;
    const struct wn_field_answer *answers; /* the task's other questions, in its order */
    size_t nanswers;
    const char *owner, *next; /* NULL = the task names none */
    int64_t due;              /* Unix seconds; 0 = none */
    const char *draft;        /* what was prepared for a person, or NULL */
    const char *model;        /* "openai/gpt-6-luna" as returned by the provider; "linear" */
    bool cached;
    int attempts;
    int64_t cost_microusd, latency_ms;
    const char *error, *error_hint; /* for failed: what and what to do */
};

/* The result as one JSON object ("schema":1), the line of `-f jsonl`, without a line end. *out is
 * the caller's, to free(). */
enum wn_code wn_result_json(const struct wn_result *r, char **out, struct wn_error *err);
/* The JSON schema of that object, a static text. */
const char *wn_result_schema(void);
const char *wn_route_name(enum wn_route route);
const char *wn_source_name(enum wn_source source);

/* ---- run --------------------------------------------------------------------------------- */

struct wn_run; /* items being read, asked about and decided, many at a time */

struct wn_run_options {
    const char *task;       /* a name, or the path of a task's folder */
    const char *model;      /* "openai/gpt-6-luna,linear", or NULL: task, WINNOW_MODEL, linear */
    const char *input_kind; /* NULL = recognised: text csv tsv json jsonl eml mbox maildir */
    const struct wn_setting *maps; /* --map name=column */
    size_t nmaps;
    int64_t limit;        /* at most so many items; 0 = all */
    int in_flight;        /* at most so many requests at a time; 0 = the setting */
    double max_cost_usd;  /* stop before the run costs more; 0 = no limit */
    const char *how;      /* "auto", "decide", "generate"; NULL = the task's */
    int samples;          /* extra samples where no distribution can be had; -1 = the task's */
    bool no_cache;        /* neither look up nor keep replies */
    bool refresh;         /* ask again, and replace what is kept */
    bool dry_run;         /* count items, tokens and price; send nothing */
    bool batch;           /* hand in a job at half price; the same run again gives the results */
    bool unordered;       /* results as they finish, not in input order */
};

/* What a run did so far. in == auto + review + failed once it has ended. */
struct wn_tally {
    int64_t in, routed[3];          /* by enum wn_route */
    int64_t cache_hits, requests, retries, in_flight;
    int64_t answered_local;         /* items that no provider was asked about */
    int64_t tokens_in, tokens_out;
    int64_t tokens_cached, cached_saved_microusd; /* of tokens_in: read from the provider's prompt cache */
    int64_t batched;                /* items whose answer waits in a batch; not in `in` */
    int64_t cost_microusd, saved_microusd; /* saved: by the cache */
    bool cost_unknown;              /* some model has no price; cost leaves it out */
    int64_t started_ms, now_ms;     /* monotonic */
    int64_t total;                  /* items in all, when known; else 0 */
    /* dry run only */
    int64_t est_tokens_in, est_tokens_out, est_cost_microusd;
};

enum wn_code wn_run_open(struct wn *wn, const struct wn_run_options *o, const char *const *paths,
                         size_t npaths, struct wn_run **out, struct wn_error *err);

/* The next result, or WN_OK with *out == NULL at the end. Blocks at most about wait_ms (-1: as long
 * as it takes) and then returns WN_OK with *out == NULL and wn_run_ended() false, so that the caller
 * can show progress. *out lives until the next call. On an error the run is over; what was decided is
 * kept, and the same run goes on where this one stopped. */
enum wn_code wn_run_next(struct wn_run *run, int wait_ms, const struct wn_result **out,
                         struct wn_error *err);
bool wn_run_ended(const struct wn_run *run);
/* Take no more items; finish what is in flight. Called again: drop what is in flight, too; what was
 * answered is kept. Async-signal-safe. */
void wn_run_stop(struct wn_run *run);
const struct wn_tally *wn_run_tally(struct wn_run *run);
/* One line: which model was chosen and why. */
const char *wn_run_model_line(const struct wn_run *run);
/* One sentence: what is proved for this task and model, and what is not. */
const char *wn_run_trust_line(const struct wn_run *run);
void wn_run_close(struct wn_run *run);

/* ---- batches: jobs at half price, done within a day --------------------------------------- */

struct wn_batch_info {
    const char *id, *model, *task;
    const char *state; /* the provider's word, or how far we are */
    bool ended;
    int64_t created; /* Unix seconds */
    int64_t requests, answered, missing;
};
/* All that were made. *out is borrowed until wn_close. */
enum wn_code wn_batches(struct wn *wn, const struct wn_batch_info **out, size_t *n,
                        struct wn_error *err);
/* Hand in what was not, look how the others are, and keep the replies of those that ended; id NULL: all. */
enum wn_code wn_batches_fetch(struct wn *wn, const char *id, struct wn_error *err);
enum wn_code wn_batches_cancel(struct wn *wn, const char *id, struct wn_error *err);

/* ---- review ------------------------------------------------------------------------------ */

struct wn_queue; /* the decisions that wait for a person */

enum wn_verdict { WN_ACCEPT, WN_CORRECT, WN_UNSURE };

struct wn_correction {
    const char *question, *value; /* tags: ids joined by ','; text: "" = none */
};

struct wn_waiting {
    int64_t id;               /* the decision's, for the verdict */
    const struct wn_result *result;
    const char *asked_for;    /* what this review is for: "sample", "audit", "queue" */
    bool blind;               /* do not show the proposal */
    int64_t left;             /* how many wait, this one included */
    /* the task's first question with label ids and meanings, as the task says today */
    const char *first_question;
    const char *const *labels, *const *meanings;
    size_t nlabels;
};

/* task may be NULL: all tasks. */
enum wn_code wn_queue_open(struct wn *wn, const char *task, struct wn_queue **out,
                           struct wn_error *err);
/* The next that waits and was not skipped in this queue, or WN_OK with *out == NULL. */
enum wn_code wn_queue_next(struct wn_queue *q, const struct wn_waiting **out, struct wn_error *err);
enum wn_code wn_queue_verdict(struct wn_queue *q, int64_t id, enum wn_verdict verdict,
                              const struct wn_correction *c, size_t n, const char *note,
                              struct wn_error *err);
/* Leave it in the queue, but do not show it again before the others. */
void wn_queue_skip(struct wn_queue *q, int64_t id);
/* Take back the last verdict or skip of this queue; *id is what waits again, 0 = nothing to undo. */
enum wn_code wn_queue_undo(struct wn_queue *q, int64_t *id, struct wn_error *err);
void wn_queue_close(struct wn_queue *q);

/* ---- training the linear engine ---------------------------------------------------------- */

struct wn_train_options {
    const char *task;
    const char *const *files; /* labelled files to learn from, now and from now on; with `teach`: items
                               * that may be labelled by the model */
    size_t nfiles;
    const struct wn_setting *maps; /* which column holds which answer */
    size_t nmaps;
    const char *teach;   /* a model that labels the items that teach most; NULL = none */
    double budget_usd;   /* for it */
    bool dry_run, force; /* force: switch the release on even if it is worse */
    /* Long steps tell how far they are; may be NULL. */
    void (*progress)(void *user, const char *step, size_t done, size_t total);
    void *user;
};
struct wn_train_label { /* out of fold: rows of this label, rows said to be, both */
    const char *id;
    size_t n, said, right;
};
struct wn_train_confusion { /* rows of one label that were taken for another, with texts */
    const char *truth, *said;
    size_t n;
    const char *examples[3];
    size_t nexamples;
};
struct wn_train_score {
    const char *question;
    bool trained;
    size_t n;
    double accuracy, ece, nll;              /* out of fold */
    double before_accuracy, before_ece, before_nll; /* of the release before; NAN = none */
    const struct wn_train_label *labels;
    size_t nlabels;
    const struct wn_train_confusion *confusions;
    size_t nconfusions;
};
struct wn_train_report {
    const struct wn_train_score *scores;
    size_t nscores;
    size_t from_examples, from_files, from_taught, from_reviews, held_out;
    size_t repeated, contradicting, empty;
    size_t learned_from;  /* texts, each once */
    bool adapted;         /* class shares were set to those of the items seen lately */
    bool released;        /* the new release answers from now on */
    bool worse;           /* out of fold it is worse than the one before */
    const char *version;
    size_t bytes;         /* of the model */
    /* teaching */
    size_t pool, taught_now;       /* items that could be labelled, and those that were */
    size_t measured;               /* of these drawn at random, to measure with */
    double measured_before, measured_after; /* agreement with the teacher on them; NAN = none */
    int64_t cost_microusd, est_cost_microusd;
};
/* *out is borrowed until wn_close. A release that is worse than the one before is an error only where
 * nothing else can be said: it is reported, and not switched on. */
enum wn_code wn_train(struct wn *wn, const struct wn_train_options *o,
                      const struct wn_train_report **out, struct wn_error *err);

struct wn_word {
    const char *text; /* a piece of the item's own text */
    double weight;    /* > 0: spoke for the label */
};
struct wn_why {
    struct wn_result result; /* as decided */
    const char *label, *other; /* what the linear engine says, and the nearest other label */
    double probability, margin; /* margin: 0 is the boundary between the two */
    const struct wn_word *words; /* the weightiest first */
    size_t nwords;
};
/* Why a kept decision is what it is: by item id, the newest of all tasks, or of `task` if not NULL. *out
 * is borrowed until wn_close. */
enum wn_code wn_explain(struct wn *wn, const char *task, const char *item,
                        const struct wn_why **out, struct wn_error *err);

/* ---- export, models, doctor -------------------------------------------------------------- */

struct wn_export; /* kept decisions, oldest first, with the person's verdict where there is one */

struct wn_kept {
    const struct wn_result *result; /* label and answers as decided */
    const char *final_label;        /* the person's where there is one, else the program's if auto, else NULL */
    const char *verdict, *reviewer, *note; /* NULL = not reviewed */
    int64_t decided, reviewed;      /* Unix seconds, 0 = never */
};

enum wn_code wn_export_open(struct wn *wn, const char *task, struct wn_export **out,
                            struct wn_error *err);
enum wn_code wn_export_next(struct wn_export *e, const struct wn_kept **out, struct wn_error *err);
void wn_export_close(struct wn_export *e);

struct wn_model_info {
    const char *provider, *name;    /* "openai", "gpt-6-luna" */
    const char *use;                /* "classify", "decide", "summarise" */
    double usd_in, usd_out;         /* per million tokens; NAN = unknown */
    const char *as_of;              /* "2026-11-22", or "yours" where a setting replaced it */
    bool key_set, can_decide, can_generate, can_logprob;
};
/* The i-th known model, or false past the end. */
bool wn_model_info(const struct wn *wn, size_t i, struct wn_model_info *out);

/* What was learned of a model by asking it. */
struct wn_model_learned {
    const char *model;                    /* "openai/gpt-6-luna" */
    int64_t requests_limit, tokens_limit; /* a minute, as its provider says; 0 = not known */
    int64_t in_flight;                    /* how many it bore at a time when the last run ended */
    const char *dropped;                  /* parameters that it refused, joined by ','; or "" */
    bool no_decide;                       /* it has no decision endpoint after all */
    double tokens_ratio;                  /* tokens that it counts for each that we reckon */
    int64_t time;                         /* Unix seconds */
};
/* *out is borrowed until wn_close. */
enum wn_code wn_models_learned(struct wn *wn, const struct wn_model_learned **out, size_t *n,
                               struct wn_error *err);

/* One line of `winnow doctor`. */
enum wn_health { WN_GOOD, WN_NOTE, WN_BAD };
struct wn_checkup {
    enum wn_health health;
    const char *what, *detail, *hint;
    enum wn_code code; /* for WN_BAD */
};
/* Reports each check; network checks only for providers whose key is set. Returns the first bad
 * line's code, or WN_OK. */
enum wn_code wn_doctor(struct wn *wn, bool offline,
                       void (*report)(void *user, const struct wn_checkup *c), void *user,
                       struct wn_error *err);

#endif

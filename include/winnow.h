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
    /* The store has a passphrase and no file has it: ask the person. Fill out[size] with a line and its
     * NUL, return its length; 0 = none was given. NULL = nobody can be asked. */
    size_t (*passphrase)(void *user, char *out, size_t size);
    void *passphrase_user;
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
    int keep_days; /* how long texts of its items are kept; 0 = as WINNOW_KEEP says */
    const char *const *questions; /* names; the first is the label's */
    size_t nsections; /* not 0: it is a brief, which has these in place of questions */
};
/* The tasks that can be found, by name, and behind them the briefs. *out is borrowed until wn_close. */
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
    int redacted; /* different things that were replaced before the item was sent */
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

/* A request that would leave this machine: for `classify --show-prompt`. */
struct wn_outgoing {
    const char *item, *model; /* "leads.csv:17" (packed: all of them, joined), "openai/gpt-6-luna" */
    const char *method, *url;
    const char *const *headers; /* "Authorization: Bearer ****": the key is masked */
    size_t nheaders;
    const char *body;
    size_t body_len;
    int redacted; /* different things that were replaced in the item */
};

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
    int pack;             /* so many short items in one request; 0 = the task's, 1 = each alone */
    bool no_cache;        /* neither look up nor keep replies */
    bool refresh;         /* ask again, and replace what is kept */
    bool dry_run;         /* count items, tokens and price; send nothing */
    bool batch;           /* hand in a job at half price; the same run again gives the results */
    bool unordered;       /* results as they finish, not in input order */
    /* With dry_run: show each request as it would leave, word for word but for the key. */
    void (*show)(void *user, const struct wn_outgoing *o);
    void *show_user;
};

/* What a run did so far. in == auto + review + failed once it has ended. */
struct wn_tally {
    int64_t in, routed[3];          /* by enum wn_route */
    int64_t cache_hits, requests, retries, in_flight;
    int64_t answered_local;         /* items that no provider was asked about */
    bool cascade;                   /* "linear>MODEL": being answered here saved something */
    int64_t tokens_in, tokens_out;
    int64_t tokens_cached, cached_saved_microusd; /* of tokens_in: read from the provider's prompt cache */
    int64_t batched;                /* items whose answer waits in a batch; not in `in` */
    int64_t promised_microusd;      /* what the batches of this run may cost */
    int64_t cost_microusd, saved_microusd; /* saved: by the cache */
    bool cost_unknown;              /* some model has no price; cost leaves it out */
    int64_t timeouts, unsure_microusd; /* requests without an answer in time, and what they may have cost */
    /* Packing: items that shared a request, those requests, items that were then asked alone all the same,
     * and ids in answers that nobody had asked about; what it cost, and would have cost one by one. */
    int64_t packed_items, packed_requests, packed_again, packed_unknown;
    int64_t packed_microusd, unpacked_microusd;
    int64_t started_ms, now_ms;     /* monotonic */
    int64_t total;                  /* items in all, counted or by their size; 0 = not known */
    bool total_counted;
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

/* ---- brief ------------------------------------------------------------------------------- */

struct wn_brief; /* many sources in few words, each sentence with the quotes that carry it */

enum wn_brief_format { WN_BRIEF_MD, WN_BRIEF_HTML, WN_BRIEF_JSON };

struct wn_brief_options {
    const char *task;       /* NULL = research-brief: a name, or the path of a folder with brief.json */
    const char *model;      /* as for a run; "linear" or nothing set: extracts, no model is asked */
    const char *check;      /* a second model that looks for negations and swapped roles; NULL = none */
    const char *title, *language; /* NULL = the task's; the sources' */
    int words;              /* about so long; 0 = the task's */
    const char *input_kind; /* as for a run */
    const struct wn_setting *maps;
    size_t nmaps;
    const struct wn_item *items; /* sources that are at hand, in place of paths */
    size_t nitems;
    int in_flight;
    double max_cost_usd;
    bool no_cache, refresh, dry_run;
    const volatile int *stop; /* not 0: take up no more, and return interrupted; may be NULL */
    void (*progress)(void *user, const char *step, size_t done, size_t total); /* may be NULL */
    void *user;
    /* With dry_run: each request as it would leave. Those that need the replies to others cannot be shown. */
    void (*show)(void *user, const struct wn_outgoing *o);
    void *show_user;
};

struct wn_brief_facts {
    const char *title, *task;
    const char *model_line;       /* which model was chosen and why */
    const char *trust_line;       /* what is proved of its faithfulness, and what is not; may be NULL */
    bool extracts;                /* sentences of the sources, copied; no model was asked */
    bool not_enough;              /* the material is too thin, and the brief says so */
    size_t sources, used, unread; /* unread: could not be read, and named in the brief */
    bool partial;  /* an error of the run ended it early, and there is a brief of what was read till then */
    size_t unseen; /* then: sources of which the model saw nothing; each is named */
    size_t redacted; /* different things that were replaced before anything was sent */
    size_t sentences, unsupported, mended, dropped; /* unsupported ones are marked */
    enum wn_route route;          /* review: a sentence is not supported, or nothing proves it yet */
    const char *const *because;   /* why it waits, as sentences */
    size_t nbecause;
    struct wn_tally tally;        /* of its requests; `in` counts them */
};

/* Make one brief of all the sources. *out is the caller's, to wn_brief_free(); it is set, with the facts
 * so far, even where an error ended it: what was answered is kept, and the same call goes on there. Where
 * the facts say `partial`, what was read before the error can be written. */
enum wn_code wn_brief(struct wn *wn, const struct wn_brief_options *o, const char *const *paths,
                      size_t npaths, struct wn_brief **out, struct wn_error *err);
const struct wn_brief_facts *wn_brief_facts(const struct wn_brief *b);
/* The whole brief as text; *text is the caller's, to free(). */
enum wn_code wn_brief_write(const struct wn_brief *b, enum wn_brief_format f, char **text,
                            size_t *len, struct wn_error *err);
void wn_brief_free(struct wn_brief *b);

/* ---- batches: jobs at half price, done within a day --------------------------------------- */

struct wn_batch_info {
    const char *id, *model, *task;
    const char *state; /* the provider's word, or how far we are */
    const char *why;   /* the provider's reason where it refused all of it, or NULL */
    bool ended;
    int64_t created; /* Unix seconds */
    int64_t requests, answered, missing;
    int64_t reserved_microusd, cost_microusd; /* what it may cost while it runs; what it did */
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
    bool old_fits;                /* this is better, but the program's answer would do, too */
};

struct wn_waiting {
    int64_t id;               /* the decision's, for the verdict */
    const struct wn_result *result;
    const char *asked_for;    /* "queue", "certification_sample", "audit_sample", "second_review" */
    bool blind;               /* do not show the proposal */
    int64_t left;             /* how many wait, this one included */
    size_t sentences;         /* of a brief, numbered from 1 in the item's text: a correction of `unsupported`
                               * names those that their quotes do not carry, as in "3,7"; else 0 */
    /* the task's first question with label ids and meanings, as the task says today */
    const char *first_question;
    const char *const *labels, *const *meanings;
    size_t nlabels;
};

/* task may be NULL: all tasks. */
enum wn_code wn_queue_open(struct wn *wn, const char *task, struct wn_queue **out,
                           struct wn_error *err);
/* Only what was drawn at random for the task's proof and its audits, lowest random number first, and what
 * somebody else reviewed and is to be reviewed twice. Decisions accepted alone are among them. */
enum wn_code wn_queue_open_sample(struct wn *wn, const char *task, struct wn_queue **out,
                                  struct wn_error *err);
/* The next that waits and was not skipped in this queue, or WN_OK with *out == NULL. */
enum wn_code wn_queue_next(struct wn_queue *q, const struct wn_waiting **out, struct wn_error *err);
enum wn_code wn_queue_verdict(struct wn_queue *q, int64_t id, enum wn_verdict verdict,
                              const struct wn_correction *c, size_t n, const char *note,
                              struct wn_error *err);
/* Leave it in the queue, but do not show it again before the others. */
void wn_queue_skip(struct wn_queue *q, int64_t id);
/* Forget the skips, so that those items come again; false: there were none, or none was decided since. */
bool wn_queue_unskip(struct wn_queue *q);
/* Take back the last verdict or skip of this queue; *id is what waits again, 0 = nothing to undo. */
enum wn_code wn_queue_undo(struct wn_queue *q, int64_t *id, struct wn_error *err);
/* Verdicts of this queue that were not taken back. */
size_t wn_queue_reviewed(const struct wn_queue *q);
/* What the same person said of the same text, and otherwise the time before. */
struct wn_contradiction {
    int64_t review;                   /* the later verdict */
    const char *item, *now;           /* where it stands, and the label */
    const char *before_item, *before; /* the same item, or a copy */
};
/* Those of this queue's verdicts, so far; *list lives until wn_queue_close(). */
enum wn_code wn_queue_contradictions(struct wn_queue *q, const struct wn_contradiction **list, size_t *n,
                                     struct wn_error *err);
void wn_queue_close(struct wn_queue *q);

/* ---- training the linear engine ---------------------------------------------------------- */

struct wn_train_options {
    const char *task;
    const char *const
        *files; /* labelled files to learn from, from now on if the release is switched on;
                               * with `teach`: items that may be labelled by the model */
    size_t nfiles;
    const struct wn_setting *maps; /* which column holds which answer */
    size_t nmaps;
    const struct wn_setting
        *values; /* what a word of a labelled file means: an id, or "-" for nothing */
    size_t nvalues;
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
    double accuracy, ece, nll; /* out of fold */
    /* The release before, on the same texts, each judged by a model that had not seen it. */
    size_t compared; /* texts; 0: it has nothing to say about this question */
    double before_accuracy, before_ece;
    size_t lost, won;             /* texts right before and wrong now; the other way round */
    size_t known_lost, known_won; /* of these the ones that the release before had learned from */
    double chance;    /* of so many lost among lost + won if both were equally good (sign test) */
    bool worse;       /* fewer are right, by more than chance; or nothing teaches it any more */
    bool known_worse; /* the same, of the texts that the release before had learned from */
    const struct wn_train_label *labels;
    size_t nlabels;
    const struct wn_train_confusion *confusions;
    size_t nconfusions;
};
struct wn_train_report {
    const struct wn_train_score *scores;
    size_t nscores;
    size_t from_examples, from_files, from_taught, from_reviews;
    size_t held_out;      /* reviews that are never learned from */
    size_t kept_out;      /* texts of labelled files, a fifth, that are not either: they measure a release */
    size_t kept_out_from; /* with fewer labelled texts all are learned from */
    const char *proved;   /* what they prove, a line for each promise; NULL: none, or nothing was released */
    size_t repeated, contradicting, empty;
    size_t rows, rows_no_text, rows_no_answer; /* of the files that were read */
    size_t rows_left_out;                      /* of files: more than can be learned from */
    size_t did_not_fit;                        /* texts that did not fit into memory */
    size_t learned_from;  /* texts, each once */
    size_t from_unlabelled; /* items of the store that taught words where labels are few */
    bool adapted;         /* class shares were set to those of the items seen lately */
    bool compared;        /* there is a release of this version of the task to compare with */
    bool worse;           /* in at least one question */
    bool released;        /* the new release answers from now on */
    bool unchanged;       /* it is the one that answered before */
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

/* ---- trust ------------------------------------------------------------------------------- */

/* What happened to a task's trust: a new key, a look, an alarm. */
struct wn_trust_event {
    int64_t time;
    const char *state, *model, *why;
};
/* What a task may do alone with the model, prompt and rules in use, and why. */
struct wn_trust_info {
    const char *task, *model, *key; /* key NULL: nothing was decided yet */
    const char *label;              /* the guard label that this is about; NULL = all the others */
    const char *state;              /* "cautious", "cold", "provisional", "certified", "warn", "suspended" */
    double target_error, confidence;
    int64_t proved_at; /* the proof in force; 0 = none */
    const char *proved_how;
    int64_t proof_n, proof_k;            /* reviewed above the threshold, and wrong of these */
    double threshold, coverage, bound;   /* share that is accepted; upper bound of its error */
    int64_t sampled, next_look, to_come; /* reviews done, needed; items that are still missing for it */
    int64_t reviewed, right;             /* of the whole sample so far */
    double accuracy, accuracy_lo, accuracy_hi; /* of all, estimated from them; NAN = nothing reviewed */
    int64_t audits, audits_wrong, audits_due;  /* of what was accepted by the proof */
    double audit_rate;
    /* the running month, quarter or batch: decisions, accepted ones, random reviews of these and wrong ones;
     * live_bound may be looked at any day; NAN = none */
    const char *period;
    int64_t period_total, period_automatic, period_n, period_k;
    double live_bound;
    const char *report; /* the last closed one in a sentence; NULL = none yet */
    double alarm, alarm_limit;                 /* what the audits add up to */
    struct wn_trust_shift {
        const char *name; /* "scores", "labels", "languages" */
        double value, limit;
    } shifts[6]; /* what was compared with the time of the proof */
    size_t nshifts;
    int64_t twice, agreed;                     /* reviewed by two people */
    double kappa;                              /* NAN = cannot be told */
    int64_t repeated, contradicted; /* texts that one person judged again, and otherwise than before */
    const char *sentence; /* for whoever owns the shop */
    const char *next;     /* what to do now */
    const char *weights;  /* what the task's own weights of the score rest on; NULL = the usual ones */
    const struct wn_trust_event *history; /* oldest first */
    size_t nhistory;
    const struct wn_trust_info *guards; /* the same for each guard label */
    size_t nguards;
};
/* *out is borrowed until wn_close(). */
enum wn_code wn_trust_look(struct wn *wn, const char *task, const struct wn_trust_info **out,
                           struct wn_error *err);
/* The report of a closed period ("2026-10"), or (name NULL) of the last one, as text; with guard labels,
 * one below the other. *out is borrowed until wn_close(). */
enum wn_code wn_trust_report(struct wn *wn, const char *task, const char *name, const char **out,
                             struct wn_error *err);
/* Accept nothing alone any more, until a new sample proves it again. */
enum wn_code wn_trust_suspend(struct wn *wn, const char *task, struct wn_error *err);
/* Learn the task's own weights of the score from its reviews, and keep them where they are clearly better: a new
 * key, which has to be proved. `usual`: drop them instead. *sentence, borrowed until wn_close(): what came of it. */
enum wn_code wn_trust_weights(struct wn *wn, const char *task, bool usual, const char **sentence,
                              struct wn_error *err);
/* Model, prompt, schema or local engine changed: test it on the reviewed items of the last campaign. No person
 * is needed; the local engine alone needs no call, a model one for each item. *sentence, borrowed until
 * wn_close(): what came of it. A budget that is reached is an error, and the same call goes on. */
struct wn_recertify_options {
    const char *model; /* as for a run, one of them; NULL = what a run would ask */
    double max_cost_usd; /* 0 = WINNOW_MAX_COST */
};
enum wn_code wn_trust_recertify(struct wn *wn, const char *task,
                                const struct wn_recertify_options *o, const char **sentence,
                                struct wn_error *err);
/* ---- eval: how good it is, on items whose right answers are known ------------------------ */

struct wn_eval_options {
    const char *task;
    const char *const *gold; /* labelled files: JSONL like examples.jsonl, or CSV with columns named as
                              * the questions */
    size_t ngold;
    const struct wn_setting *maps; /* which column holds which answer */
    size_t nmaps;
    const struct wn_setting *values; /* what a word of a file means: an id, or "-" for nothing */
    size_t nvalues;
    const char *const *models; /* at most two, side by side; none: the one a run would take */
    size_t nmodels;
    const char *other_prompts; /* the other candidate: the same task in this folder; or NULL */
    int64_t limit;             /* at most so many, drawn at random and always the same; 0 = all */
    double max_cost_usd;       /* for all candidates together; 0 = the setting */
    int pack;                  /* so many short items in one request; 0 = the task's, 1 = each alone */
    bool no_cache;
    bool prove; /* one candidate: let the task accept alone what is proved so, until its own items do */
    /* Long steps tell how far they are; may be NULL. */
    void (*progress)(void *user, const char *step, size_t done, size_t total);
    void *user;
};

enum { WN_EVAL_CANDIDATES = 2, WN_EVAL_BINS = 10 };

/* Shares and probabilities are NAN where nothing was there to count. */
struct wn_eval_label { /* items of this label, items said to be, both */
    const char *id;
    size_t n, said, right;
    double precision, recall, f1;
};
struct wn_eval_confusion {
    const char *truth, *said; /* said NULL: no answer */
    size_t n;
};
struct wn_eval_bin { /* items whose probability lies in one tenth of 0..1 */
    size_t n;
    double p, right; /* their mean probability, and the share that was right */
};
struct wn_eval_question {
    const char *name;
    size_t n, right;
};
/* What would be accepted without a person at the task's target error. The threshold is chosen on one half
 * of the gold items, what it does is measured on the other. No proof for other items. */
struct wn_eval_automation {
    bool chosen;      /* a threshold holds the target error */
    size_t needed;    /* > 0: too few gold items, so many could do */
    size_t chosen_on, measured_on;
    double threshold;
    size_t accepted, wrong; /* of measured_on */
};
struct wn_eval_candidate {
    const char *name;        /* as given: "linear", "openai/gpt-6-luna", a folder */
    const char *answered_by; /* as returned: "openai/gpt-6-luna-2026-10-01" */
    size_t n, right, routed[3], auto_wrong;
    double accuracy, lo, hi; /* with its 95 % interval */
    double macro_f1;         /* over the labels that were there or were said */
    double ece, brier, auroc;
    size_t with_p;           /* items with a probability: ece, brier and auroc are of these */
    const struct wn_eval_label *labels;
    size_t nlabels;
    const struct wn_eval_confusion *confusions; /* the most frequent first */
    size_t nconfusions;
    const struct wn_eval_question *questions;
    size_t nquestions;
    struct wn_eval_bin bins[WN_EVAL_BINS];
    double coverage[10]; /* accuracy of the surest 10, 20 .. 100 % */
    struct wn_eval_automation automation;
    int64_t cost_microusd; /* of all items, what came from the cache included */
    bool cost_unknown;
    double latency_p50, latency_p95; /* ms, of items that were asked about now; NAN = none */
    size_t cached;
    bool local; /* no model was asked */
};
struct wn_eval_report {
    const char *task, *question; /* the one that the figures are about: the task's first */
    double target_error;
    size_t read, unlabelled, repeated, contradicting, learned_from, n;
    struct wn_eval_candidate candidates[WN_EVAL_CANDIDATES];
    size_t ncandidates;
    /* two candidates: items that only one of them got right, and the chance of so large a difference
     * if both are equally good (exact McNemar) */
    size_t only[2];
    double paired_p;
    const char *verdict;      /* the same as a sentence; NULL for one candidate */
    const char *const *notes; /* what a reader must know of the gold items */
    size_t nnotes;
    const char *proved; /* --prove: what came of it, a line for each promise; else NULL */
};
/* Answers are asked for and judged, and none is kept as a decision. *out is borrowed until wn_close. */
enum wn_code wn_eval(struct wn *wn, const struct wn_eval_options *o,
                     const struct wn_eval_report **out, struct wn_error *err);
/* The report as text: "table", "json", "md" or "html". *out is the caller's, to free(). */
enum wn_code wn_eval_text(const struct wn_eval_report *r, const char *form, char **out,
                          struct wn_error *err);

/* ---- keys, cache, forgetting, backup ------------------------------------------------------ */

struct wn_key_info {
    const char *store; /* path of winnow.db */
    bool store_exists;
    bool passphrase;   /* the store is opened with one, and `where` is NULL */
    const char *where; /* the key's file, or "WINNOW_KEY"; NULL = there is none yet */
    char id[17];       /* 16 hex digits that tell nothing of the key; "" where it is not known */
    bool beside_store; /* in the same folder: who takes the one has the other */
};
/* Where store and key are; opens neither and asks for no passphrase. *out is borrowed until wn_close. */
enum wn_code wn_keys_show(struct wn *wn, const struct wn_key_info **out, struct wn_error *err);
/* Make a key: in the settings folder, where no store may be yet, or (file not NULL) in a new file of its
 * own, to be named by WINNOW_KEY_FILE. */
enum wn_code wn_keys_create(struct wn *wn, const char *file, const struct wn_key_info **out,
                            struct wn_error *err);
/* Open the store: WN_OK says that the key fits. */
enum wn_code wn_keys_verify(struct wn *wn, const struct wn_key_info **out, struct wn_error *err);
/* Seal everything under a new data key, in small steps; broken off, it goes on where it stopped.
 * `progress` may be NULL. *steps: how many it took. */
enum wn_code wn_keys_rotate(struct wn *wn, void (*progress)(void *user, int64_t steps), void *user,
                            int64_t *steps, struct wn_error *err);
/* A new root key in the place of the old one's file, or in a new file `to` (needed where the old one is
 * in no file that can be written). A passphrase is gone then. *where is borrowed until wn_close. */
enum wn_code wn_keys_rotate_root(struct wn *wn, const char *to, const char **where,
                                 struct wn_error *err);
/* Open the store with this passphrase from now on; keys that opened it do so no more. */
enum wn_code wn_keys_set_passphrase(struct wn *wn, const char *text, size_t len,
                                    struct wn_error *err);
/* Write the key to a new file for safe-keeping, with mode 0600. */
enum wn_code wn_keys_export(struct wn *wn, const char *file, struct wn_error *err);

struct wn_replies {                       /* what the cache holds */
    int64_t replies, bytes, expired;      /* bytes as sealed */
    int64_t oldest;                       /* Unix seconds; 0 = there is none */
    int64_t hits, misses, saved_microusd; /* since the store was made */
};
enum wn_code wn_replies_stats(struct wn *wn, struct wn_replies *out, struct wn_error *err);
/* task NULL: all. */
enum wn_code wn_replies_clear(struct wn *wn, const char *task, int64_t *n, struct wn_error *err);
/* One request that an item would make now, against the kept reply that is most like it. */
struct wn_reply_change {
    const char *model, *kind; /* "openai/gpt-6-luna", "decide" or "generate" */
    bool kept;                /* there is one to compare with */
    const char *const *parts; /* what differs: "the task", "the item's text"; none: it is a hit */
    size_t nparts;
};
/* Would this item (as it was decided last, by task or, with NULL, of any) be asked about again, and
 * why? Sends nothing. model as in wn_run_options. *out is borrowed until wn_close. */
enum wn_code wn_replies_explain(struct wn *wn, const char *task, const char *model,
                                const char *item, const struct wn_reply_change **out, size_t *n,
                                struct wn_error *err);

struct wn_erased {
    int64_t decisions, replies, reviews, lessons;
    int64_t briefs;   /* of the decisions: those about briefs that were made of it */
    int64_t requests; /* of batches that are under way */
    const char *const *retrained; /* tasks whose linear engine learned anew without them */
    size_t nretrained;
};
/* What would go: counts only, nothing is changed. One of item and sender is NULL. */
enum wn_code wn_forget_look(struct wn *wn, const char *item, const char *sender, int64_t *decisions,
                            struct wn_error *err);
/* Erase an item, or all of a sender's, with everything derived from it; the linear engine learns anew.
 * *out is borrowed until wn_close. */
enum wn_code wn_forget(struct wn *wn, const char *item, const char *sender,
                       const struct wn_erased **out, struct wn_error *err);

/* A verified copy in `folder`; backups there that are older than keep_s (0 = for ever) go. *path is
 * borrowed until wn_close. */
enum wn_code wn_backup(struct wn *wn, const char *folder, int64_t keep_s, const char **path,
                       struct wn_error *err);
/* Verify a backup whole, then put it in the store's place. *old: where the replaced store lies now, or
 * NULL; borrowed until wn_close. */
enum wn_code wn_restore(struct wn *wn, const char *file, const char **old, struct wn_error *err);
/* Check every row, event and sealed value; each fault through `report`. */
enum wn_code wn_verify(struct wn *wn, void (*report)(void *user, const char *fault), void *user,
                       int64_t *nchecked, int64_t *nfaults, struct wn_error *err);

/* ---- export, models, doctor -------------------------------------------------------------- */

struct wn_export; /* kept decisions, oldest first, with the person's verdict where there is one */

struct wn_kept {
    const struct wn_result *result; /* the label as decided; the other answers with a person's corrections */
    const char *final_label; /* the person's where there is one, else the program's if auto, else NULL */
    const char *verdict, *reviewer, *note; /* NULL = not reviewed */
    int64_t decided, reviewed;      /* Unix seconds, 0 = never */
};

enum wn_code wn_export_open(struct wn *wn, const char *task, struct wn_export **out,
                            struct wn_error *err);
enum wn_code wn_export_next(struct wn_export *e, const struct wn_kept **out, struct wn_error *err);
void wn_export_close(struct wn_export *e);
/* The result line with final_label, verdict, reviewer, note, decided and reviewed behind it. */
enum wn_code wn_kept_json(const struct wn_kept *k, char **out, struct wn_error *err);

struct wn_model_info {
    const char *provider, *name;    /* "openai", "gpt-6-luna" */
    const char *use;                /* "classify", "decide", "summarise" */
    double usd_in, usd_out;         /* per million tokens; NAN = unknown */
    const char *as_of;              /* "2026-11-22", or "yours" where a setting replaced it */
    bool key_set, can_decide, can_generate, can_logprob;
};
/* The i-th known model, or false past the end. */
bool wn_model_info(const struct wn *wn, size_t i, struct wn_model_info *out);

/* The i-th provider that is a server of one's own, and takes any model; NULL past the end. */
const char *wn_model_server(size_t i);

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

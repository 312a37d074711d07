/* task.h: a task is a folder prompts/NAME/ without code: what is asked about an item, which
 * rules send it to a person, and who gets it then.
 *
 * task.json (see prompts/lead-intent/task.json for a whole one):
 *   name, about, target_error, before_proof ("cautious" | "review"), model, samples, how
 *   ("auto" | "decide" | "generate"), max_chars, cache_days
 *   pack           so many short items may share one request; 1 if not said, 0 = never
 *   second, check  another model that answers, too, and one that is shown the answer: "PROVIDER/MODEL", or
 *                  {"model", "from", "below"}: asked only where the score is in this range
 *   guards         labels of the first question that have a promise of their own: {label: {target_error,
 *                  before_proof ("review" unless said), audit}}; audit: the least share that is looked at
 *   value          what makes a look at a waiting item worth more: {question: {answer: times}}, as in
 *                  {"difficulty": {"hard": 3}}; 1 unless said
 *   report         what a closed report is about: "month" (unless said), "quarter", or "batch": all that
 *                  was sorted on one day
 *   keep           days after which an item's text, answers and replies are erased (expire.c)
 *   redact         what is replaced before an item leaves the machine (redact.h): any of "email",
 *                  "phone", "card", "bank", "link", "name"
 *   columns        which CSV columns or JSON members are the item's text, id, time and fields
 *   questions[]    name, type, ask, choices {id: meaning} or levels, form, near, letterhead, evidence, gated, tol, required
 *   always_review[]  name, because, when: a rule that can only add review
 *   routes[]       when, owner, next, due_minutes, draft: the first that fits; last one without `when`
 *
 * Beside it: system.md, user.md, examples.jsonl; ../business.md for {{business}}. A member that
 * is not known, a label that no question has, a route that is never reached: all are faults, so
 * that a slip of the pen never becomes a silent change of what is decided. */
#ifndef WN_TASK_TASK_H
#define WN_TASK_TASK_H
#include "base/arena.h"
#include "base/form.h"

struct wn_choice {
    const char *id, *meaning;
};

enum wn_need { WN_NEED_NONE, WN_NEED_OPTIONAL, WN_NEED_REQUIRED };

struct wn_question {
    const char *name, *ask;
    enum wn_question_type type;
    /* choice, tags: the ids; scale: the levels, lowest first; yesno: "no", "yes" in this order
     * (meanings "" where task.json gives none); text: none. */
    const struct wn_choice *choices;
    size_t nchoices;
    enum wn_form form;      /* text: what it looks like */
    const char *const *near; /* text with a form, answered without a model: the words that announce it, surest first */
    size_t nnear;
    bool letterhead; /* company: the first line of a document names it */
    enum wn_need evidence;  /* must a quote stand in the item? text: optional unless said */
    bool gated;             /* part of what the guarantee covers; the first question always is */
    bool required;          /* a missing answer is a reason for review */
    int tol;                /* scale: levels it may be off and still count as right */
};

/* When a rule or a route applies: all parts that are set must hold. An empty one always holds. In
 * task.json a list of one may be written as a string. */
struct wn_when {
    const char *question;            /* its answer is one of `any` (tags: contains one); no text */
    const char *const *any;
    size_t nany;
    const char *const *text_has;     /* one of these words or phrases stands in the text, as whole */
    size_t ntext_has;                /* words, letter case and runs of white space ignored */
    const char *const *missing;      /* one of these text questions has no answer */
    size_t nmissing;
    const char *field;               /* an item field ... */
    const char *const *field_is;     /* ... has one of these values (case ignored); none: is there */
    size_t nfield_is;
};

struct wn_rule {
    const char *name;    /* reason "rule:NAME" */
    const char *because; /* a sentence for the person */
    struct wn_when when;
};

struct wn_route_row {
    struct wn_when when;
    const char *owner, *next;
    int due_minutes; /* 0 = none; after the item's time, or now where it has none */
    const char *draft;
};

/* Another model's opinion, asked for where the score so far lies in [from, below). */
struct wn_opinion {
    const char *model; /* NULL = none is asked */
    double from, below;
};

/* A label with its own target, threshold, proof, audits and report: its decisions are a stratum, and all
 * other labels are one together. */
struct wn_guard {
    const char *label;
    double target_error;
    bool before_proof_review;
    double audit; /* the least share of accepted ones that is looked at; 0 = as for all */
};

/* An answer that makes an item worth so many times the usual look. */
struct wn_worth {
    const char *question, *answer;
    double times;
};

struct wn_column { /* "text": ["message", "notes"]: the first column that is there */
    const char *field;
    const char *const *names;
    size_t nnames;
};

/* One line of examples.jsonl, a gold file or a training file: {"text": "...", "intent":
 * "demo_request", "signals": ["urgent"], "needs_reply": true, "company": "Acme", "fields":
 * {...}}, answers under the questions' names; "id", "time" and "note" may stand there and are
 * not looked at. */
struct wn_answer;
struct wn_example {
    const char *text;
    const struct wn_field *fields;
    size_t nfields;
    struct wn_answer *answer; /* what is right; questions that are not in the line are unanswered */
    const char *file;
    size_t line;
};

struct wn_task {
    const char *name, *about, *dir, *model;
    const char *version; /* hex digest of task.json, prompts, business.md and examples */
    const char *how;     /* "auto", "decide", "generate" */
    struct wn_question *questions;
    size_t nquestions;
    struct wn_rule *rules;
    size_t nrules;
    struct wn_route_row *routes;
    size_t nroutes;
    struct wn_column *columns; /* fields "text", "id", "time", "subject", and any others */
    size_t ncolumns;
    double target_error;     /* .05 */
    bool before_proof_review; /* before_proof: "review" instead of "cautious" */
    struct wn_opinion second; /* answers the gated questions without seeing the first answer */
    struct wn_opinion check;  /* is shown the answer, and says how likely it is right */
    struct wn_guard *guards;
    size_t nguards;
    const char *stratum; /* of wn_task_stratum(): the guard label; NULL = all the others */
    double audit;        /* of wn_task_stratum() */
    struct wn_worth *values;
    size_t nvalues;
    const char *report;  /* "month", "quarter", "batch" */
    int samples;             /* extra samples where no distribution can be had; 0 = none */
    int pack;                /* items in one request; 1 = each alone, 0 = and never otherwise */
    size_t max_chars;        /* bytes of item text that go into a prompt; longer is cut and flagged */
    int cache_days;          /* 0 = for ever */
    int keep_days;           /* 0 = as WINNOW_KEEP says */
    unsigned redact;         /* bits 1 << enum wn_redact_kind */
    const char *system_md, *user_md, *business_md;
    const struct wn_example *examples; /* all of examples.jsonl; the prompt shows a few */
    size_t nexamples;
    const char *system; /* system.md filled in for all questions: the same for every item */
    struct wn_arena *arena;  /* owns all of the above */
};

/* Load and validate prompts/NAME. `dir` is the folder of the task. On success *out is the caller's,
 * to wn_task_free(). The first fault is the error, with file and line: WN_E_CONFIG. */
enum wn_code wn_task_load(const char *dir, struct wn_task **out, struct wn_error *err);
void wn_task_free(struct wn_task *t);
/* All faults, not only the first; returns their number. */
size_t wn_task_faults(const char *dir, void (*report)(void *user, const struct wn_fault *f),
                      void *user);
/* The folder of task `name` (or a path to one) in the first of the roots that has it; NULL and
 * WN_E_USAGE with what there is and the nearest name. *out lives in the arena. */
enum wn_code wn_task_find(const char *name, const char *const *roots, size_t nroots,
                          struct wn_arena *a, const char **out, struct wn_error *err);
/* Names of all tasks under the roots, sorted, each once. */
void wn_task_list(const char *const *roots, size_t nroots, struct wn_arena *a,
                  const char *const **names, const char *const **dirs, size_t *n);

const struct wn_question *wn_task_question(const struct wn_task *t, const char *name, size_t *index);
/* The guard with this label, or NULL. */
const struct wn_guard *wn_task_guard(const struct wn_task *t, const char *label);
/* The task as one of its strata sees it: with the guard's target and rules (NULL: for all other labels).
 * A shallow copy, which is not freed. */
struct wn_task wn_task_stratum(const struct wn_task *t, const struct wn_guard *g);
/* How many times the usual this answer makes a look worth. */
double wn_task_value(const struct wn_task *t, const char *question, const char *answer);
/* Index of the id among the question's choices (letter case ignored where that is unambiguous), or
 * SIZE_MAX. */
size_t wn_question_choice(const struct wn_question *q, const char *id, size_t len);
const char *wn_question_type_name(enum wn_question_type t);

/* A route's draft with each {{question}} replaced by its answer: an id, ids joined by ", ", or
 * text with white space folded; [question] where there is none, a gap that the person sees. In
 * the arena. */
const char *wn_task_draft(const struct wn_task *t, const char *draft,
                          const struct wn_answer *answer, struct wn_arena *a);

/* All examples of a JSONL text, into the arena. A label unknown to the task, an empty text or a
 * broken line is an error with its line: WN_E_INPUT. Empty lines are skipped. */
enum wn_code wn_examples_from(const struct wn_task *t, const char *name, const char *text,
                              size_t len, struct wn_arena *a, struct wn_example **out, size_t *n,
                              struct wn_error *err);
/* Those of a file one after the other, each gone when the function returns; here a text may be empty. */
enum wn_code wn_examples_each(const struct wn_task *t, const char *path,
                              void (*each)(void *user, const struct wn_example *e), void *user,
                              struct wn_error *err);

#endif

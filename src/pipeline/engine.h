/* engine.h: asks a provider or the linear engine about one item and gives back the same wn_answer,
 * so that decide/ cannot tell which.
 *
 * A job walks through steps; each step is one call:
 *
 *     linear (always, free) -> decide (typed questions) -> generate (what is still open) -> samples
 *     -> second (another model, unseen) -> check (a third, shown the answer)
 *
 * and, where a model is out, refuses or stays busy, the same with the next model of the list. */
#ifndef WN_PIPELINE_ENGINE_H
#define WN_PIPELINE_ENGINE_H
#include "context.h"
#include "decide/decide.h"
#include "linear/linear.h"
#include "pipeline/models.h"
#include "provider/provider.h"
#include "task/redact.h"
#include "transport/pool.h"

enum { WN_MAX_SAMPLES = 10 };

enum wn_job_state {
    WN_JOB_FREE,     /* its result was handed over, or it was never used */
    WN_JOB_ASKING,   /* a request of it is in flight */
    WN_JOB_TWIN,     /* waits for the same request of another job */
    WN_JOB_ANSWERED, /* all that can be had is gathered, or it failed */
    WN_JOB_DROPPED,  /* the run ends before it was answered; it does not count */
    WN_JOB_KEPT,     /* its row waits for its group's commit */
    WN_JOB_READY     /* committed: its result may leave */
};

/* From SAMPLE on a step brings a signal: without it the label stands. SECOND and CHECK: opinions.c. */
enum wn_step {
    WN_STEP_DECIDE,
    WN_STEP_GENERATE,
    WN_STEP_SAMPLE,
    WN_STEP_SECOND,
    WN_STEP_CHECK,
    WN_STEP_DONE
};

/* A text of the caller's own in place of the task's questions: a part of a brief. It is asked for like
 * any answer: from the cache, within the budget, again where it is busy or broken. */
struct wn_errand {
    const char *system, *user, *schema;
    int max_output_tokens, likely_output_tokens; /* likely: what a dry run and the budget reckon with */
    /* Is this reply of use? If not, `fault` says what is wrong, and it is asked for once more. */
    bool (*accept)(void *user, const char *text, struct wn_arena *a, char fault[300]);
    void *who; /* accept's */
    const struct wn_known *known; /* of people who are not the item's own: for redacting, or NULL */
};

/* One item on its way; reused for the next one when its result was taken. */
struct wn_job {
    struct wn_arena arena;
    enum wn_job_state state;
    size_t slot;         /* its place in the run's ring, for good */
    struct wn_job *next; /* in the engine's answered list, then in the run's kept list */
    int64_t kept_in;     /* the number of that group */
    struct wn_item item;
    const char *sender;             /* an address in canonical form, or NULL */
    const struct wn_errand *errand; /* NULL: the task's questions are asked */
    const char *text;               /* what an errand brought */

    /* packing (pack.h) */
    struct wn_load *load; /* this is no item's job: its request is about these */
    struct wn_job *carrier; /* the last job that carried this one, or NULL */
    bool packed;          /* this call is made in a request with others */
    bool alone;           /* and never again: its answer there was of no use */
    int64_t single_in;    /* tokens in, as reckoned, if this call were made alone */

    /* the call that is under way */
    size_t model; /* index in the engine's list */
    enum wn_step step;
    bool *asked;
    struct wn_prompt prompt;
    struct wn_call call;
    struct wn_request request;
    struct wn_item sent;           /* the item as it may leave: without what the task redacts */
    struct wn_redaction redaction; /* what was taken out of it */
    bool is_redacted;              /* sent is made, and this call is about it */
    struct wn_part *parts;         /* of the cache key, WN_ASK_PARTS */
    unsigned char cache_key[WN_HASH];
    struct wn_retry retry;
    int sample;                      /* 0 = the answer itself; 1.. = a further sample of it */
    bool is_probe;        /* sent to see whether a provider whose circuit is open is back */
    bool widened, repaired, reasked; /* each second chance is given once per call */
    int64_t reserved_microusd, day;  /* budget.c */
    int64_t first_ms;                /* when its first request was sent; 0 = none was */
    int64_t likely_in, likely_out;   /* tokens, as reckoned */
    const char *body;                /* of the last response, for the cache */
    size_t body_len;
    struct wn_cache_facts facts;
    bool from_cache;

    /* what was gathered */
    struct wn_answer *answer, *linear;
    struct wn_linear_fit fit;
    const struct wn_answer *samples[WN_MAX_SAMPLES];
    size_t nsamples;
    const struct wn_answer *second; /* the second model's, or NULL */
    bool checked;
    double chk; /* the checker's probability that the answer is right */
    const struct wn_logprob *logprobs;
    size_t nlogprobs;
    struct wn_flags flags;
    /* Who gave the label, as returned: what the decision's key is made of. Later steps do not change it. */
    const char *answered_by; /* "openai/gpt-6-luna"; "linear" */
    const char *label_model, *label_how,
        *label_dropped; /* as asked; "decide", "generate", "linear" */
    size_t label_target;
    const char *unit; /* what is drawn once and for all; set by wn_engine_gather() */
    const char *key;  /* what a proof belongs to; set by wn_engine_gather() */
    const char *upstream;
    int attempts, cached_calls;
    int64_t cost_microusd, saved_microusd, latency_ms;
    const char *failure, *failure_hint; /* set: route failed */
};

/* Whose item it is, so that everything about a sender can be found and forgotten: an address, or NULL. */
const char *wn_item_sender(const struct wn_item *item, struct wn_arena *a);

struct wn_engine;

/* What makes a request and its key, part by part, in words: "the model", "the item's text". */
enum { WN_ASK_PARTS = 10 };
extern const char *const wn_ask_part_names[WN_ASK_PARTS];

struct wn_engine_options {
    const struct wn_targets *targets; /* whom to ask, in order; borrowed */
    const char *how;
    int samples, in_flight;
    int pack;                  /* items in one request; at most WN_PACK_MOST, 0 and 1 = each alone */
    int64_t max_cost_microusd; /* 0 = none */
    bool no_cache, refresh, dry_run;
    bool look_only; /* a linear model that had to be made is not kept: it stays a trial */
    /* dry_run: told of each request that would be sent, with its parts */
    void (*show)(void *user, const struct wn_job *j);
    void *show_user;
    struct wn_batch *batch; /* gathers what would be sent, or NULL */
};
enum wn_code wn_engine_open(struct wn *wn, const struct wn_task *t,
                            const struct wn_engine_options *o, struct wn_tally *tally,
                            struct wn_engine **out, struct wn_error *err);
void wn_engine_close(struct wn_engine *e);

/* May another job be started? */
bool wn_engine_full(const struct wn_engine *e);
size_t wn_engine_pending(const struct wn_engine *e);
/* No more jobs will be started: what waits for others to share a request with need not wait on. */
void wn_engine_hurry(struct wn_engine *e);
/* Begin with j->item. The job may be ANSWERED when it returns (linear, cache, failed items). */
enum wn_code wn_engine_start(struct wn_engine *e, struct wn_job *j, struct wn_error *err);
/* The next job that is answered, once each; NULL when there is none. */
struct wn_job *wn_engine_answered(struct wn_engine *e);
/* Wait for one response and go on with its job; false: none came in time. */
enum wn_code wn_engine_step(struct wn_engine *e, int wait_ms, bool *progressed,
                            struct wn_error *err);
/* No new work, no retries: finish what is in flight. */
void wn_engine_wind_up(struct wn_engine *e);
/* Twins wait by address: the engine looks through these jobs. */
void wn_engine_jobs(struct wn_engine *e, struct wn_job *const *jobs, size_t n);
/* Why the run cannot go on (key, credit, budget, provider down): code WN_OK while it can. */
const struct wn_error *wn_engine_stopped(const struct wn_engine *e);
/* It stopped over items that its provider did not serve, but it served others in this run: so if these are all
 * that is left, they have failed, and the provider is not down. */
bool wn_engine_served(const struct wn_engine *e);
/* Stand for decide/: state, threshold and key of what this job's answer belongs to. */
void wn_engine_gather(struct wn_engine *e, struct wn_job *j, struct wn_gathered *g);
/* Which of its models has answers with this plan (of a trust key)? NULL = none: it was another one, or it stands
 * behind the local engine. */
const char *wn_engine_model_of_plan(const struct wn_engine *e, const char *plan, struct wn_arena *a);
const struct wn_linear *wn_engine_linear(const struct wn_engine *e);
/* One sentence: what is proved for what will be asked first. */
const char *wn_engine_trust_line(struct wn_engine *e, struct wn_arena *a);
bool wn_engine_is_local(const struct wn_engine *e); /* nothing leaves the machine */

#endif

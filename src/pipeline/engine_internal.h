/* engine_internal.h: between engine.c (what to ask next), ask.c (one call: build, cache, parse), send.c (twins,
 * budget, the wire), outcome.c (what a reply leads to), gather.c (what decide/ is given) and ends.c. */
#ifndef WN_PIPELINE_ENGINE_INTERNAL_H
#define WN_PIPELINE_ENGINE_INTERNAL_H
#include "decide/extract.h"
#include "pipeline/engine.h"
#include "pipeline/trust.h"
#include "pipeline/weights.h"

struct wn_engine {
    struct wn *wn;
    const struct wn_task *task;
    struct wn_engine_options o;
    struct wn_targets targets; /* o.targets with the task's second model and checker */
    struct wn_task *checking;  /* what the checker is asked: opinions.c */
    struct wn_tally *tally;
    struct wn_arena arena;
    struct wn_linear *linear;
    struct wn_weight_set weights;
    struct wn_standings *standings;
    struct wn_pool *pool;
    struct wn_retry_policy policy;
    struct wn_job *const *jobs;
    size_t njobs, ntwins;
    struct wn_job *answered, **answered_end;
    uint16_t asking[65536]; /* requests in flight by the first bits of their cache key */
    struct wn_error stopped;
    bool in_vain; /* because its only model is down: what was asked in vain has failed */
    bool served;  /* but it gave an answer in this run */
    bool winding_up; /* what is in flight is finished, nothing new begun */
    /* wait until what others reserved is settled, or until a circuit lets a request through */
    struct wn_job *held, **held_end;
    size_t nheld;
    /* pack.c: what waits to be sent together, and what is free for use again */
    struct wn_job *gathering, *carriers;
    size_t ngathered; /* items in the first */
    struct wn_arena scratch;
    bool hurry;
    /* budget.c */
    int64_t reserved_microusd; /* the worst case of what is in flight */
    int64_t max_day_microusd;  /* WINNOW_MAX_COST_DAY; 0 = none */
    int64_t day, day_left;     /* of which day a part is held, and what is left of it */
    int64_t day_promised;      /* what batches took of it; their jobs hold it once they are handed in */
    struct wn_seen {           /* dry run: hashes of the requests that were counted */
        uint64_t *at;
        size_t n, room;
    } seen;
    uint64_t random;
};

/* ask.c */
/* Make the request of j->call and submit it. */
enum wn_code wn_ask_build(struct wn_engine *e, struct wn_job *j, struct wn_error *err);
/* What makes the request and its key, from j->call, j->request and j->prompt. */
void wn_ask_parts(struct wn_engine *e, struct wn_job *j);
/* Is the same request under way for another job? Then j waits for it. */
bool wn_ask_waits_as_twin(struct wn_engine *e, struct wn_job *j);
/* Does its answer wait in a batch? Then nothing is asked. */
bool wn_ask_waits_in_batch(struct wn_engine *e, struct wn_job *j);
/* Its request is under way, or no longer. */
void wn_ask_counts(struct wn_engine *e, const struct wn_job *j, int change);
/* The request with this key was answered, or is given up: those who waited for it go on. */
enum wn_code wn_ask_settled(struct wn_engine *e, const struct wn_job *j,
                            const unsigned char key[WN_HASH], struct wn_error *err);
/* Dry run: count what the request would cost, unless it was counted before, and go on to the next step. */
void wn_ask_estimated(struct wn_engine *e, struct wn_job *j);
bool wn_ask_seen_before(struct wn_engine *e, const struct wn_job *j);
/* What is kept beside the body of a reply that cost so much. */
void wn_ask_facts(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r, int64_t cost);
/* A new call for j->step about j->asked: from the cache, as a twin, or sent. */
enum wn_code wn_ask(struct wn_engine *e, struct wn_job *j, struct wn_error *err);
/* The same call with what changed in j->call (more room, a repair, a parameter less). */
enum wn_code wn_ask_again(struct wn_engine *e, struct wn_job *j, struct wn_error *err);
enum wn_code wn_ask_later(struct wn_engine *e, struct wn_job *j, int64_t wait_ms,
                          struct wn_error *err);
/* Keep the last response of j in the cache. */
void wn_ask_keep(struct wn_engine *e, struct wn_job *j);
double wn_ask_random(struct wn_engine *e);

/* Its request was called back before it was sent: it does not count. */
void wn_ask_unsend(struct wn_engine *e, struct wn_job *j);
/* Wait: see `held`. */
void wn_ask_hold(struct wn_engine *e, struct wn_job *j);

/* ask.c: look into the cache, count, collect or send what was built; and read what came back. */
enum wn_code wn_ask_submit(struct wn_engine *e, struct wn_job *j, struct wn_error *err);
enum wn_code wn_ask_read(struct wn_engine *e, struct wn_job *j, const struct wn_response *response,
                         struct wn_error *err);
/* send.c: reserve the worst price and send, if the run goes on and the circuit lets it through. */
enum wn_code wn_ask_send(struct wn_engine *e, struct wn_job *j, int64_t wait_ms,
                         struct wn_error *err);
/* estimate.c: count what the call would cost, and go on as if it had been answered; or only count. */
void wn_ask_estimate(struct wn_engine *e, struct wn_job *j);
void wn_ask_reckon(struct wn_engine *e, struct wn_job *j);
/* The run ends before it was answered, or nothing more is to be done for it. */
static inline void wn_job_drop(struct wn_job *j)
{
    j->state = WN_JOB_DROPPED;
}

/* gather.c: the linear engine answers what is still open: all of it, or what a model that gave the label
 * left. And: would its answer be accepted without a person? Then nobody else is asked. */
void wn_engine_answer_locally(struct wn_engine *e, struct wn_job *j);
bool wn_engine_enough_locally(struct wn_engine *e, struct wn_job *j);
/* engine.c: begin again with the model that is next, because this one is out. */
enum wn_code wn_engine_restart(struct wn_engine *e, struct wn_job *j, struct wn_error *err);
/* ends.c: its request came back unsent, because its model is out, its circuit is open or the run ends. */
enum wn_code wn_engine_recalled(struct wn_engine *e, struct wn_job *j, struct wn_error *err);
/* engine.c, for outcome.c: has somebody given the label? */
bool wn_job_has_label(const struct wn_job *j);
/* The step that follows j->step with this model; and go on with it, or finish. */
enum wn_step wn_engine_step_after(struct wn_engine *e, struct wn_job *j);
enum wn_code wn_engine_next_step(struct wn_engine *e, struct wn_job *j, struct wn_error *err);
/* Out for the run, or left alone for now? */
bool wn_target_is_down(const struct wn_target *t);
/* Hand the item to the next model that is not down; false: there is none. */
bool wn_engine_next_model(struct wn_engine *e, struct wn_job *j);
/* Take over what is answered and was still open. */
void wn_engine_merge(struct wn_engine *e, struct wn_job *j, const struct wn_answer *got);
/* A later step ends without its answer: the label, if there is one, stands, and the flag says what is missing. */
bool wn_engine_keeps_label(struct wn_engine *e, struct wn_job *j, bool *flag);
enum wn_code wn_engine_fail(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r,
                            struct wn_error *err);
/* The run ends before it was answered. */
enum wn_code wn_engine_leave(struct wn_engine *e, struct wn_job *j, struct wn_error *err);
/* Its model is out, and there is none behind it: others may go on, or the run has ended. */
enum wn_code wn_engine_alone(struct wn_engine *e, struct wn_job *j, struct wn_error *err);
void wn_engine_stop(struct wn_engine *e, enum wn_code code, const struct wn_reply *r);
/* ends.c: all is gathered that can be had. */
void wn_engine_finish(struct wn_engine *e, struct wn_job *j);
/* opinions.c: a second model that answers, too, and a checker that is shown the answer. */
enum wn_code wn_opinions_open(struct wn_engine *e, struct wn_error *err);
/* The next of the two that the plan wants of this job; DONE: none. dry: as if all scores were in range. */
enum wn_step wn_opinion_after(struct wn_engine *e, struct wn_job *j, bool dry);
bool wn_is_opinion(const struct wn_job *j);
/* Set j->model and j->asked for this step. */
void wn_opinion_begin(struct wn_engine *e, struct wn_job *j);
enum wn_code wn_opinion_prompt(struct wn_engine *e, struct wn_job *j, const struct wn_item *item,
                               struct wn_error *err);
/* Take what was answered; answer may be NULL. */
void wn_opinion_take(struct wn_job *j, const struct wn_answer *answer);
/* outcome.c: what a reply leads to. */
enum wn_code wn_engine_reply(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r,
                             const struct wn_response *response, struct wn_error *err);
/* ends.c: nothing more may be spent at its model: another that may, or the end of the run. */
enum wn_code wn_engine_denied(struct wn_engine *e, struct wn_job *j, struct wn_error *err);
/* ends.c: its time is up; what was gathered has to do. */
enum wn_code wn_engine_late(struct wn_engine *e, struct wn_job *j, struct wn_error *err);

#endif

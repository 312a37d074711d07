/* pack.h: several short items in one request, so that rules, meanings and examples are paid for once.
 *
 * Jobs that ask the same of the same model wait until there are K of them, or until nobody else can come.
 * Then one request is made about all of them by a job of its own, the carrier, which goes through budget,
 * limits, circuit and retries like any other. What comes back is taken apart, and each item's part is
 * validated, kept and decided exactly as if it had come alone. What is missing, doubled or of no use is
 * asked about alone; a carrier whose request is refused, cut or broken is split, and one whose model is out
 * hands all of its items on.
 *
 * Alone from the start are items that are long, that were cut, or that try to instruct the model: they would
 * have the most to say about others. A packed answer comes from another procedure than a single one, so K
 * is part of the cache's key and of the decision's. */
#ifndef WN_PIPELINE_PACK_H
#define WN_PIPELINE_PACK_H
#include "pipeline/engine_internal.h"

struct wn_load {
    struct wn_job *of[WN_PACK_MOST];
    const char *ids[WN_PACK_MOST];
    struct wn_pack pack;
    const char *system; /* of all their prompts */
    int64_t more;       /* tokens in, for the words about packing */
    int64_t tokens;     /* in and out, careful */
    int out;            /* of them out */
    struct wn_job *all; /* the next carrier of the engine */
};

/* May so many of this task's items share a request? */
enum wn_code wn_pack_check(const struct wn_task *t, int pack, struct wn_error *err);
/* May the call that j is about to make share a request, as far as can be said before its prompt is made? That
 * is then made in the scratch, which lasts until the next prompt: what waits for others is to be small. */
bool wn_pack_may(const struct wn_engine *e, const struct wn_job *j);
struct wn_arena *wn_pack_scratch(struct wn_engine *e);
/* And does it, by its prompt and its call? */
bool wn_pack_takes(const struct wn_engine *e, const struct wn_job *j);
/* From the cache, as a twin, or with others when there are enough. */
enum wn_code wn_pack_ask(struct wn_engine *e, struct wn_job *j, struct wn_error *err);
/* Send what waits, where nobody else can come. */
enum wn_code wn_pack_flush(struct wn_engine *e, struct wn_error *err);
/* j->body is its part of a reply, of now or of an earlier run: go on with what it says. */
enum wn_code wn_pack_take(struct wn_engine *e, struct wn_job *j, struct wn_error *err);
/* Does a packed answer quote what its item does not say? Then it may be about another one. */
bool wn_pack_strays(struct wn_job *j, const struct wn_answer *answer);
/* The answer of no use: the same call again, about this item alone. */
enum wn_code wn_pack_alone(struct wn_engine *e, struct wn_job *j, struct wn_error *err);

/* ---- of a carrier ---- */

/* Is this the last word on its request: an answer, a refusal, or words that cannot be read? */
bool wn_pack_is_over(const struct wn_reply *r, const struct wn_response *response);
/* Its reply, whatever it says of the items: each gets its part or is asked about alone. */
enum wn_code wn_pack_deliver(struct wn_engine *e, struct wn_job *carrier, const struct wn_reply *r,
                             struct wn_error *err);
/* It ends without a reply: each of its items goes on by itself. */
enum wn_code wn_pack_scatter(struct wn_engine *e, struct wn_job *carrier,
                             enum wn_code (*on)(struct wn_engine *e, struct wn_job *j,
                                                struct wn_error *err),
                             struct wn_error *err);
int64_t wn_pack_likely_out(const struct wn_engine *e, const struct wn_job *carrier);
/* Its reply, or in a dry run the reckoning, cost so much: into the tally, with what it would have cost one
 * by one. */
void wn_pack_account(struct wn_engine *e, const struct wn_job *carrier, const char *model,
                     const struct wn_usage *u, int64_t cost);
/* Dry run: it was counted; its items go on to their next step. */
void wn_pack_estimated(struct wn_engine *e, struct wn_job *carrier);
/* It was put into a batch, and its items with it. */
enum wn_code wn_pack_collected(struct wn_engine *e, struct wn_job *carrier, struct wn_error *err);
/* What is kept of an item's part of a reply; part NULL: there is none that may be used. */
const char *wn_pack_part_body(const struct wn_reply *r, const char *part, bool stripped,
                              struct wn_arena *a);
void wn_pack_clear(struct wn_engine *e); /* frees all carriers */

#endif

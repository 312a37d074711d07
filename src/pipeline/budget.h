/* budget.h: money, in whole micro-dollars: the worst case is reserved before a request is sent, and
 * settled from the usage that the reply tells. */
#ifndef WN_PIPELINE_BUDGET_H
#define WN_PIPELINE_BUDGET_H
#include "pipeline/engine_internal.h"

enum wn_grant {
    WN_GRANTED,
    WN_WAIT, /* what others reserved stands in the way: most replies cost less than the worst */
    WN_DENIED
};

/* The price of a usage; what nobody knows the price of is 0, and the tally says so. */
int64_t wn_budget_price(struct wn_engine *e, const struct wn_job *j, const char *model,
                        const struct wn_usage *u);
/* Reserve the worst price of the job's request. Free ones are always granted. */
enum wn_code wn_budget_reserve(struct wn_engine *e, struct wn_job *j, enum wn_grant *out,
                               struct wn_error *err);
/* The same for a request that goes into a batch: it is reckoned at the batch's price, and stays reserved
 * when the run has ended. *need: how much that is. */
enum wn_code wn_budget_promise(struct wn_engine *e, struct wn_job *j, int64_t *need, bool *granted,
                               struct wn_error *err);
/* A price as it is in this run: in a batch it is a share of a direct request's. */
int64_t wn_budget_share(const struct wn_engine *e, const struct wn_job *j, int64_t microusd);
/* The request came back: its reserve is free again. */
enum wn_code wn_budget_release(struct wn_engine *e, struct wn_job *j, struct wn_error *err);
/* It got no answer in time, and may have been paid for all the same: its reserve is not free again. */
void wn_budget_unsure(struct wn_engine *e, struct wn_job *j);
/* This much was spent for it; goes into the ledger with the reply. */
enum wn_code wn_budget_spend(struct wn_engine *e, struct wn_job *j, const char *model,
                             int64_t microusd, struct wn_error *err);
/* Give back what the run held of the day and did not spend. */
void wn_budget_close(struct wn_engine *e);
/* Which limit was reached, what was spent, what is left, and how to go on. */
void wn_budget_explain(struct wn_engine *e, const struct wn_job *j, struct wn_error *out);

/* What a request will probably take and its answer hold, in tokens (the reserve reckons with more). */
int64_t wn_budget_likely_in(const char *body, size_t len);
int64_t wn_budget_likely_out(const struct wn_task *t, const bool *asked);

#endif

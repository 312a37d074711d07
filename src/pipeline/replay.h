/* replay.h: a proof that is made again for a changed key, on the items and the people's answers of a campaign
 * before. confidence.md section 6.
 *
 * replay.c: with a new release of the local engine, free, over the whole pool; the old share of it alone is
 * tested. recertify.c: with another model, prompt or schema, by a call for each reviewed item.
 *
 * Of many that are tried on the same reviews one would be found good by luck. So a campaign serves as many keys
 * as it had looks, whichever of the two ways they are tested, each once and with a look's share of delta. */
#ifndef WN_PIPELINE_REPLAY_H
#define WN_PIPELINE_REPLAY_H
#include "decide/decide.h"
#include "pipeline/tables.h"
#include "pipeline/trial.h"

/* key: of the newest decision. An error where there is no proof to replay; *proved: it holds. */
enum wn_code wn_replay(struct wn *wn, const struct wn_task *t, const char *key, bool *proved,
                       struct wn_error *err);
/* Is there one for the key that is in this state? */
bool wn_replay_can(struct wn *wn, const struct wn_task *t, const struct wn_state_row *now);

struct wn_recertify {
    const char *models; /* one model: the candidate; NULL = the task's, or WINNOW_MODEL */
    double max_cost_usd; /* 0 = WINNOW_MAX_COST */
    /* out */
    bool proved;
    const char *sentence; /* in wn->arena */
    int64_t cost_microusd;
};
enum wn_code wn_recertify(struct wn *wn, const struct wn_task *t, struct wn_recertify *r,
                          struct wn_error *err);
/* Could the key that is in this state be proved so? *n: reviewed items of the campaign. */
bool wn_recertify_can(struct wn *wn, const struct wn_task *t, const struct wn_state_row *now,
                      int64_t *n);
/* At the end of a run, by WINNOW_RECERTIFY: the key in use, where it is cold and was not tested yet. What came
 * of it is logged. */
void wn_recertify_by_itself(struct wn *wn, const struct wn_task *t, const char *models);

/* ---- what both are made of ---- */

struct wn_campaign_past {
    struct wn *wn;
    const struct wn_task *task;
    struct wn_arena arena;
    struct wn_proof_row proof;
    struct wn_window_row window; /* its campaign's */
    const char *key;             /* whose it was */
    struct wn_unit_row *units;   /* all of the key's, by id */
    size_t nunits;
    double last_u; /* the highest of its sample */
    int64_t tests; /* how many keys were tested on it */
    struct wn_tables said; /* what the candidate answered, */
    double said_u;         /* to items with random numbers up to this */
};
/* The campaign of the newest proof of a key that is not `key` and (rest not NULL) is the same but for the
 * local engine; none from before an alarm. An error where there is none. Clear it, on failure too. */
enum wn_code wn_past_find(struct wn_campaign_past *p, const char *key, const char *rest,
                          struct wn_error *err);
/* Was the key tested on it? If not, and no test is left, an error. */
enum wn_code wn_past_tests(struct wn_campaign_past *p, const char *key, bool *tested,
                           struct wn_error *err);
/* Is there one, and a test left for this key? */
bool wn_past_can_test(struct wn_campaign_past *p, const char *key, const char *rest);
/* One more test: what is kept of it. */
struct wn_drift_row wn_past_test(struct wn_campaign_past *p, double value);
enum wn_code wn_past_load(struct wn_campaign_past *p, struct wn_error *err);
void wn_past_clear(struct wn_campaign_past *p);
/* Is the unit of the campaign's pool; and of its sample? */
bool wn_past_in_pool(const struct wn_campaign_past *p, const struct wn_unit_row *u);
bool wn_past_in_sample(const struct wn_campaign_past *p, const struct wn_unit_row *u);
/* Row, item and old result of a unit, in the arena; row->id 0: forgotten, or its text was too old. */
enum wn_code wn_past_read(const struct wn_campaign_past *p, const struct wn_unit_row *u,
                          struct wn_arena *a, struct wn_row *row, struct wn_item *item,
                          struct wn_result *old, struct wn_error *err);
/* Would the person who judged the old answers call the new ones wrong? */
bool wn_past_wrong(const struct wn_campaign_past *p, const struct wn_unit_row *u,
                   const struct wn_row *row, const struct wn_result *old,
                   const struct wn_decision *now, struct wn_arena *a);
/* What the candidate said of a unit, if it could prove something. */
void wn_past_said(struct wn_campaign_past *p, const struct wn_unit_row *u, const struct wn_decision *d);
/* Keep what the pool of the candidate's new proof looks like, which is on trial: the campaign's texts, and what
 * it said of them, and of others in its own time. */
enum wn_code wn_past_keep_pool(struct wn_campaign_past *p, const struct wn_trial *t, int64_t proof,
                               struct wn_error *err);
/* "there is no proof of desk that could be made again", and why. */
enum wn_code wn_past_none(const struct wn_campaign_past *p, const char *cause, struct wn_error *err);

#endif

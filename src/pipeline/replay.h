/* replay.h: a proof that is made again for a changed key, on the items and the people's answers of a campaign
 * before. confidence.md section 6.
 *
 * replay.c: with a new release of the local engine, free, over the whole pool; the old share of it alone is
 * tested. recertify.c: with another model, prompt or schema, by a call for each reviewed item.
 *
 * Another engine may find another guard label in an item than the one before, or none. What is drawn does not
 * depend on it: of all items of the campaign's time, whatever they were taken for, those below its highest random
 * number are a sample; and of these the ones that the new key says to be of the stratum are a sample of its pool
 * there. Where nobody reviewed one (it was no part of that campaign), it counts as wrong.
 *
 * Of many that are tried on the same reviews one would be found good by luck. So a campaign serves as many tests
 * as it had looks, whichever of the two ways they are made, one for each key and with a look's share of delta. A
 * release of the local engine that holds uses none of them: it was in its place before, whatever comes of the
 * test, and is not one that was picked out of several. */
#ifndef WN_PIPELINE_REPLAY_H
#define WN_PIPELINE_REPLAY_H
#include "decide/decide.h"
#include "pipeline/engine.h"
#include "pipeline/tables.h"
#include "pipeline/trial.h"

/* key: of the newest decision. An error where there is no proof to replay, of any stratum; what came of it is
 * logged. */
enum wn_code wn_replay(struct wn *wn, const struct wn_task *t, const char *key, struct wn_error *err);
/* Is there one for the key that is in this state? t: the stratum, here and below. */
bool wn_replay_can(struct wn *wn, const struct wn_task *t, const struct wn_state_row *now);

struct wn_recertify {
    const char *models; /* the candidate; of a list each */
    double max_cost_usd; /* 0 = WINNOW_MAX_COST */
    /* out */
    const char *sentence; /* one for each candidate and stratum; in wn->arena */
    int64_t cost_microusd;
};
enum wn_code wn_recertify(struct wn *wn, const struct wn_task *t, struct wn_recertify *r,
                          struct wn_error *err);
/* Could the key that is in this state be proved so? *n: how many items it would be asked about. */
bool wn_recertify_can(struct wn *wn, const struct wn_task *t, const struct wn_state_row *now,
                      int64_t *n);
/* At the end of a run, by WINNOW_RECERTIFY: the key in use, where it is cold and was not tested yet. What came
 * of it is logged. */
void wn_recertify_by_itself(struct wn *wn, const struct wn_task *t, const struct wn_engine *e);

/* ---- what both are made of ---- */

/* One stratum after the other, the guard labels last: an error only where none could be tested, or where one
 * failed otherwise. *left_out, in the arena: a line for each that could not; "" = none. */
enum wn_code wn_past_each(const struct wn_task *t,
                          enum wn_code (*one)(void *user, const struct wn_guard *g, struct wn_error *err),
                          void *user, struct wn_arena *a, const char **left_out, struct wn_error *err);

/* A message for each line. */
void wn_past_log(const struct wn *wn, const char *lines);

struct wn_campaign_past {
    struct wn *wn;
    const struct wn_task *whole;
    struct wn_task task;        /* the stratum */
    const char *subject, *name; /* name: in messages, "desk (spam)" */
    struct wn_arena arena;
    struct wn_proof_row proof;
    struct wn_window_row window; /* its campaign's */
    const char *key;             /* whose it was */
    struct wn_unit_row *units;   /* all of the key's, by id, of whatever stratum */
    size_t nunits;
    double last_u; /* the highest of its sample */
    int64_t tests; /* how many keys were tested on it */
    struct wn_tables said; /* what the candidate answered, */
    double said_u;         /* to items with random numbers up to this */
};
/* Of all other labels, or of a guard label. */
void wn_past_begin(struct wn_campaign_past *p, struct wn *wn, const struct wn_task *t,
                   const struct wn_guard *g);
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
/* Is what the candidate decided of the stratum? */
bool wn_past_is_own(const struct wn_campaign_past *p, const struct wn_decision *d);
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

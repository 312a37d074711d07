/* models.h: the models of a run, in the order in which they are asked, and what was learned of each. */
#ifndef WN_PIPELINE_MODELS_H
#define WN_PIPELINE_MODELS_H
#include "context.h"
#include "provider/provider.h"

/* What a provider taught us of one model (learned.c). Tokens: what we reckoned and what it counted. */
struct wn_learned {
    int64_t time; /* Unix seconds; 0 = nothing is known */
    int64_t requests_limit, tokens_limit, window;
    const char *dropped;
    bool no_decide;
    double in_ratio, out_ratio;                       /* counted tokens for each that we reckoned */
    int64_t likely_in, real_in, likely_out, real_out; /* of this run */
};

struct wn_job;

struct wn_target {
    const struct wn_provider *row; /* NULL = the linear engine */
    const char *generate_model, *decide_model;
    const char *base_url, *key;
    bool loopback; /* it runs on this machine: nothing leaves it */
    const char *lane;
    const char *dropped;   /* parameters that this model refused, joined by ',' */
    bool no_decide;        /* decisions are not asked of it */
    bool endpoint_missing; /* because it serves none after all */
    bool out;              /* bad key, no credit, no budget: not asked again in this run */
    struct wn_error why;   /* what it said then */
    bool answered;         /* it gave a good reply in this run */
    bool warm;             /* the provider has our prefix in its prompt cache */
    struct wn_job *first;  /* the one request that puts it there; the others wait for it */
    bool hint_told;        /* a hint of it was longer than we wait, and the log said so */
    struct wn_circuit circuit;
    int useless;           /* packed requests in a row that answered about none of their items */
    bool no_pack;          /* so it is asked one by one */
    int probes; /* of the open circuit that failed, too */
    struct wn_learned learned;
};

struct wn_targets {
    struct wn_target *list;
    size_t n;
    /* Behind those n: whom the task's plan asks for an opinion on their answers; 0 = nobody. */
    size_t second, check, nall;
    bool cascade; /* "linear>a": linear first, and a only for what it is not sure of */
};

/* Whom to ask: `asked`, else the task's model, WINNOW_MODEL, linear. *why (may be NULL): a few words. */
const char *wn_model_choose(const struct wn *wn, const struct wn_task *t, const char *asked,
                            const char **why);
/* "openai/gpt-6-luna,linear" -> targets, in the arena. Keys and addresses are looked up and checked:
 * a missing key is an error here, before anything is read or sent. `how` = "decide" tries the
 * decision endpoint with any model. */
enum wn_code wn_targets_resolve(struct wn *wn, const char *models, const char *how,
                                struct wn_arena *a, struct wn_targets *out, struct wn_error *err);
/* The same list with the task's second model and checker behind it. */
enum wn_code wn_targets_with_opinions(struct wn *wn, const struct wn_task *t,
                                      const struct wn_targets *list, struct wn_arena *a,
                                      struct wn_targets *out, struct wn_error *err);
/* Base address and key of one row, from the settings. */
enum wn_code wn_target_settings(const struct wn_config *c, const struct wn_provider *row,
                                struct wn_arena *a, const char **base_url, const char **key,
                                const char **key_name, struct wn_error *err);

#endif

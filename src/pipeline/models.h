/* models.h: the models of a run, in the order in which they are asked, and what was learned of each. */
#ifndef WN_PIPELINE_MODELS_H
#define WN_PIPELINE_MODELS_H
#include "context.h"
#include "provider/provider.h"

struct wn_target {
    const struct wn_provider *row; /* NULL = the linear engine */
    const char *generate_model, *decide_model;
    const char *base_url, *key;
    const char *lane;
    const char *dropped; /* parameters that this model refused, joined by ',' */
    bool no_decide;      /* it serves no decisions after all */
    bool out;            /* bad key or no credit: not asked again in this run */
    int exhausted;       /* items in a row that it did not answer in all their tries */
};

struct wn_targets {
    struct wn_target *list;
    size_t n;
    bool cascade; /* "linear>a": linear first, and a only for what it is not sure of */
};

/* "openai/gpt-6-luna,linear" -> targets, in the arena. Keys and addresses are looked up and checked:
 * a missing key is an error here, before anything is read or sent. `how` = "decide" tries the
 * decision endpoint with any model. */
enum wn_code wn_targets_resolve(struct wn *wn, const char *models, const char *how,
                                struct wn_arena *a, struct wn_targets *out, struct wn_error *err);
/* Base address and key of one row, from the settings. */
enum wn_code wn_target_settings(const struct wn_config *c, const struct wn_provider *row,
                                struct wn_arena *a, const char **base_url, const char **key,
                                const char **key_name, struct wn_error *err);

#endif

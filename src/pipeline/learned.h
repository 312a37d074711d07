/* learned.h: what a provider taught us of a model, kept for the next run and for `winnow models`. */
#ifndef WN_PIPELINE_LEARNED_H
#define WN_PIPELINE_LEARNED_H
#include "pipeline/engine_internal.h"

/* What earlier runs learned, into the targets: parameters that were refused and endpoints that are not
 * there are not tried again for a month. */
enum wn_code wn_learned_load(struct wn_engine *e, struct wn_error *err);
/* Keep what this run learned, where it is news. */
void wn_learned_keep(struct wn_engine *e);
/* A lane's kept value into *out. */
enum wn_code wn_learned_read(struct wn_store *s, const char *lane, struct wn_arena *a,
                             struct wn_learned *out, const char **base_url, struct wn_error *err);
/* What the provider counted for a request that we reckoned at so many tokens; -1 = not said. */
void wn_learned_count(struct wn_learned *l, int64_t likely_in, int64_t real_in, int64_t likely_out,
                      int64_t real_out);
double wn_learned_in(const struct wn_learned *l);
double wn_learned_out(const struct wn_learned *l);

#endif

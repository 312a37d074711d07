/* survey.h: an engine is asked about a list of items, many at a time, to measure or to teach: what comes back
 * is judged and not kept as a decision. Replies go into the cache and cost what they cost in a run, so the
 * same survey goes on where one that broke off stopped. */
#ifndef WN_PIPELINE_SURVEY_H
#define WN_PIPELINE_SURVEY_H
#include "pipeline/engine.h"

struct wn_survey {
    size_t n;
    /* Item i; what it needs to live on goes into the arena, until its answer was taken. out->id NULL: it is
     * left out. */
    enum wn_code (*item)(void *user, size_t i, struct wn_arena *a, struct wn_item *out,
                         struct wn_error *err);
    void (*answer)(void *user, size_t i, struct wn_job *j); /* once each, in any order */
    void (*progress)(void *user, size_t done);              /* may be NULL */
    void *user;
};
/* Where the engine was stopped (budget, key, provider), that is the error. */
enum wn_code wn_survey(struct wn *wn, struct wn_engine *e, const struct wn_survey *s,
                       struct wn_error *err);

#endif

/* asker.h: errands through the engine, many at a time: what a brief asks a model. Every request is cached,
 * counted against the budget, sent again where the provider is busy. */
#ifndef WN_PIPELINE_ASKER_H
#define WN_PIPELINE_ASKER_H
#include "pipeline/summarize.h"

struct wn_asker;
enum wn_code wn_asker_open(struct wn_brief *b, const struct wn_targets *targets,
                           struct wn_asker **out, struct wn_error *err);
void wn_asker_close(struct wn_asker *q);

struct wn_asking_for {
    struct wn_errand errand; /* its texts are copied */
    const char *id;          /* of the item it is about, for forgetting; WN_BRIEF_MANY */
    const struct wn_field *fields; /* whose it is, and what people are called there; may be none */
    size_t nfields;
    const char *content;     /* a text of the caller's that `done` needs again, as j->item.text */
    size_t content_len;
    void (*done)(void *user, struct wn_job *j); /* j->text, or j->failure says why there is none */
    void *user;
};
/* Start one, waiting for a free place; others may be done meanwhile. */
enum wn_code wn_asker_put(struct wn_asker *q, const struct wn_asking_for *f, struct wn_error *err);
/* Wait until all are done. An error of the run (budget, key, provider, interrupted) ends it. */
enum wn_code wn_asker_drain(struct wn_asker *q, struct wn_error *err);

#endif

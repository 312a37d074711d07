/* batch.h: jobs of many requests at half price, done within a day. Pure, as the wire formats are: requests
 * are built and responses read here; pipeline/batch.c says when.
 *
 *     [upload, where the row wants a file] -> create -> state, again and again -> results */
#ifndef WN_PROVIDER_BATCH_H
#define WN_PROVIDER_BATCH_H
#include "provider/provider.h"

/* One request of a batch: a name of our own, and the body that would else be sent by itself. */
struct wn_batch_item {
    const char *id; /* 1 to 64 letters, digits, '-' and '_' */
    const char *body;
};
struct wn_batch_job {
    const struct wn_provider *provider;
    const char *model, *base_url, *key;
    const struct wn_batch_item *items;
    size_t n;
    const char *file; /* what the upload gave, or NULL */
    const char *id;   /* what create gave, or NULL */
    const char *mark; /* a name of our own, by which the batch is found again where it can have one */
};

enum wn_batch_stage { WN_BATCH_RUNNING, WN_BATCH_ENDED };
struct wn_batch_state {
    enum wn_batch_stage stage;
    const char *word;     /* the provider's own: "in_progress" */
    const char *why;      /* the provider's reason where it refused the whole batch, or NULL */
    const char *paths[2]; /* where results are, or NULL; none: they stand in this very response */
};

/* One line of the results. `body` NULL: it was not answered, and why; refused: because of what it asks, not
 * because the batch expired or was cancelled. */
struct wn_batch_line {
    const char *id, *body, *why;
    bool refused;
};

/* One of the provider's batches, from its list. */
struct wn_batch_listed {
    const char *id, *mark; /* mark NULL: it has none */
    int64_t created;       /* Unix seconds; 0 = not said */
    int64_t requests;
};

struct wn_batch_format {
    bool upload; /* the requests go up as a file first */
    void (*write)(const struct wn_batch_job *b, struct wn_buf *out); /* the file, or create's body */
    size_t most_bytes; /* of one job's requests */
    int percent; /* of the price of a direct request that is reserved for one in a batch */
    const char *create, *state, *cancel, *list; /* paths; "%s" is the id (create: the model) */
    const char *after; /* parameter of `list` that takes a page's cursor */
    const char *mark; /* member of "metadata" that keeps our mark; NULL: a batch has no name there */
    const char *state_word, *ended; /* member with the state; words that mean an end, blanks around */
};

/* NULL: it takes no batches. */
const struct wn_batch_format *wn_batch_format(const struct wn_provider *row);
enum wn_code wn_batch_upload(const struct wn_batch_job *b, struct wn_arena *a,
                             struct wn_request *out, struct wn_error *err);
enum wn_code wn_batch_create(const struct wn_batch_job *b, struct wn_arena *a,
                             struct wn_request *out, struct wn_error *err);
enum wn_code wn_batch_ask_state(const struct wn_batch_job *b, struct wn_arena *a,
                                struct wn_request *out, struct wn_error *err);
enum wn_code wn_batch_cancel(const struct wn_batch_job *b, struct wn_arena *a,
                             struct wn_request *out, struct wn_error *err);
enum wn_code wn_batch_results(const struct wn_batch_job *b, const char *path, struct wn_arena *a,
                              struct wn_request *out, struct wn_error *err);

/* A page of a hundred: the first, or the one after a cursor. */
enum wn_code wn_batch_list(const struct wn_batch_job *b, const char *cursor, struct wn_arena *a,
                           struct wn_request *out, struct wn_error *err);

/* ---- batch_read.c ---- */

/* The id that an upload or a creation was given, or NULL. */
const char *wn_batch_created(const struct wn_response *r, struct wn_arena *a);
/* False: the response is no state of a batch. */
bool wn_batch_read_state(const struct wn_batch_job *b, const struct wn_response *r,
                         struct wn_arena *a, struct wn_batch_state *out);
/* Every line of a result file (or of the state's response where `paths` has none). */
void wn_batch_read_results(const struct wn_response *r, struct wn_arena *a,
                           void (*line)(void *user, const struct wn_batch_line *l), void *user);
/* Every batch of a page; false: the response is no list. *cursor: of the page after it, NULL = it is the last. */
bool wn_batch_read_list(const struct wn_batch_job *b, const struct wn_response *r,
                        struct wn_arena *a,
                        void (*one)(void *user, const struct wn_batch_listed *l), void *user,
                        const char **cursor);

#endif

/* batch_job.h: one batch job as it stands in the store, and the next step with it at its provider. */
#ifndef WN_PIPELINE_BATCH_JOB_H
#define WN_PIPELINE_BATCH_JOB_H
#include "context.h"
#include "provider/batch.h"

enum { WN_HEX = 2 * WN_HASH + 1 };

/* An item whose answer is waited for. */
struct wn_batch_about {
    const char *key; /* of its reply in the cache, in hexadecimal */
    const char *item, *sender, *text;
    const char *id; /* the one it stands under in a request about several; NULL: it is alone in it */
};

/* A request. */
struct wn_batch_asked {
    const char *name; /* at the provider: the key of its item, or one made of all of them */
    const char *body; /* "" where one of its items was erased after it was handed in */
    struct wn_batch_about *of;
    size_t n;
    int64_t reserved; /* what it may cost; known to the run that gathers it */
    bool taken; /* its reply was; a second one is none */
};

/* All text is in the arena it was loaded with. */
struct wn_batch_record {
    const char *name; /* "b0001" */
    const char *provider, *model, *lane, *task, *version;
    const char *stage; /* "new", "uploaded", "creating", "sent", "done" */
    const char *word;  /* the provider's own for how it is, or NULL */
    const char *why;   /* its reason where it refused the whole batch, or NULL */
    const char *file, *id;
    const char *mark;   /* our name for it at the provider */
    const char *others; /* ids that turned out to be somebody else's, blanks around */
    bool guessed; /* the id was found without a name: its results will say whether it is ours */
    int64_t created, tried; /* tried: when it was first being created there, with `size` requests */
    int64_t size;
    int64_t cache_days, answered, missing;
    int64_t day, reserved, cost;  /* micro-dollars; reserved counts as held on that day */
    struct wn_batch_asked *items; /* gone when it is done */
    size_t n;
    /* Keys of items whose reply is no answer: there is nothing to be had from a batch, so the next run asks
     * about them directly. */
    const char **useless;
    size_t nuseless;
};

/* One process at a time hands in, fetches, cancels or erases: a job is loaded, talked about and saved under
 * this lock, so it is created and settled once. It may be given to wn_store_unlock() in any case. */
enum wn_code wn_batch_lock(struct wn *wn, bool wait, struct wn_lock **out, struct wn_error *err);
enum wn_code wn_batch_names(struct wn *wn, struct wn_arena *a, const char *const **names, size_t *n,
                            struct wn_error *err);
enum wn_code wn_batch_load(struct wn *wn, const char *name, struct wn_arena *a,
                           struct wn_batch_record *out, struct wn_error *err);
/* Committed at once, with what was added to the ledger before. */
enum wn_code wn_batch_save(struct wn *wn, const struct wn_batch_record *job, struct wn_error *err);
/* It is over: what was reserved is free again, what it cost is spent. */
enum wn_code wn_batch_settle(struct wn *wn, struct wn_batch_record *job, struct wn_error *err);
bool wn_batch_is_done(const struct wn_batch_record *job);

/* A reply goes where a direct one would: into the cache, with its price, which the job adds up. True: it is
 * the reply to a request of this job, whatever it says. */
bool wn_batch_keep_line(struct wn *wn, struct wn_batch_record *job, const struct wn_provider *row,
                        const struct wn_batch_line *l);

/* ---- batch_send.c ---- */

/* Hand it in, or look how it is and keep what is answered. */
enum wn_code wn_batch_go_on(struct wn *wn, struct wn_batch_record *job, struct wn_arena *a,
                            struct wn_error *err);
enum wn_code wn_batch_cancel_job(struct wn *wn, struct wn_batch_record *job, struct wn_arena *a,
                                 struct wn_error *err);

#endif

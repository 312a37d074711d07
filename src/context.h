/* context.h: what hangs on one open winnow. Private to winnow.c and pipeline/. */
#ifndef WN_CONTEXT_H
#define WN_CONTEXT_H
#include "base/arena.h"
#include "base/log.h"
#include "config.h"
#include "store/store.h"
#include "task/task.h"

struct wn {
    struct wn_config *config;
    struct wn_log log;
    struct wn_arena arena;
    struct wn_key *key;    /* found when the store opens */
    const char *key_where; /* its file, "WINNOW_KEY", or NULL: made of a passphrase */
    size_t (*passphrase)(void *user, char *out, size_t size); /* asks a person; or NULL */
    void *passphrase_user;
    struct wn_store *store; /* opened on first need */
    struct wn_limits *limits; /* of the models that runs ask, shared by all of them; made on first need */
    const char *roots[4];   /* where tasks are looked for, in order */
    size_t nroots;
    struct wn_task_info *tasks; /* filled by wn_tasks(), in the arena */
    size_t ntasks;
};

/* Open the store on first need; it stays open until wn_close(). */
enum wn_code wn_context_store(struct wn *wn, struct wn_error *err);
/* The root key for the store of the home or (backup not NULL) for a backup's file: by its passphrase where
 * it has one, else from where keys are looked for. *out is the caller's; *where as key_where. */
enum wn_code wn_context_key(struct wn *wn, const char *backup, bool create, struct wn_key **out,
                            const char **where, bool *made, struct wn_error *err);
/* The same where one must be there already: looking makes neither store nor key. */
enum wn_code wn_context_store_there(struct wn *wn, struct wn_error *err);
/* Is there a store already? Looking creates nothing. */
bool wn_context_has_store(const struct wn *wn);
/* Find and load a task by name or path. *out is the caller's, to wn_task_free(). */
enum wn_code wn_context_task(struct wn *wn, const char *name, struct wn_task **out,
                             struct wn_error *err);

#endif

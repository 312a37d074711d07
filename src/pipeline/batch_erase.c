/* batch_erase.c: requests of batches that are under way hold items' texts: they go when an item is
 * forgotten, and when they are older than texts may be kept. What a provider has by then, it has; its
 * answer to a request that is gone is thrown away. */
#include "base/clock.h"
#include "base/json.h"
#include "pipeline/batch.h"
#include "pipeline/batch_job.h"
#include <stdlib.h>
#include <string.h>

static const char kind[] = "batch";

/* Take out what goes; how many went. */
static int64_t take_out(cJSON *items, bool (*goes)(void *user, const struct wn_batch_text *what),
                        void *user)
{
    int64_t n = 0;
    cJSON *e = items == NULL ? NULL : items->child;
    while (e != NULL) {
        cJSON *next = e->next;
        const struct wn_batch_text what = { wn_json_str(e, "item"), wn_json_str(e, "sender"),
                                            wn_json_str(e, "text") };
        if (goes(user, &what)) {
            cJSON_Delete(cJSON_DetachItemViaPointer(items, e));
            n++;
        }
        e = next;
    }
    return n;
}

static enum wn_code write_again(struct wn *wn, const char *name, const cJSON *o,
                                struct wn_error *err)
{
    char *text = cJSON_PrintUnformatted(o);
    enum wn_code rc =
        text == NULL
            ? wn_error_set(err, WN_E_NOMEM, "out of memory")
            : wn_store_value_put(wn->store, kind, name, text, strlen(text), wn_clock_now(), err);
    free(text);
    return rc;
}

/* wait: else nothing is done while another winnow is at the batches, which would write them back. */
static enum wn_code each(struct wn *wn, bool wait,
                         enum wn_code (*act)(void *user, const char *name, cJSON *o), void *user,
                         struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_lock *lock = NULL;
    const char *const *names = NULL;
    size_t n = 0;
    enum wn_code rc = wn_store_value_names(wn->store, kind, &a, &names, &n, err);
    if (rc == WN_OK && n > 0)
        rc = wn_batch_lock(wn, wait, &lock, err);
    if (lock == NULL)
        n = 0;
    for (size_t i = 0; rc == WN_OK && i < n; i++) {
        const char *bytes = NULL;
        size_t len = 0;
        cJSON *o = NULL;
        rc = wn_store_value_get(wn->store, kind, names[i], &a, &bytes, &len, err);
        if (rc == WN_OK && bytes != NULL && wn_json_parse(bytes, len, false, &o, NULL) == WN_OK)
            rc = act(user, names[i], o);
        cJSON_Delete(o);
    }
    wn_store_unlock(lock);
    wn_arena_free(&a);
    return rc;
}

struct erasing {
    struct wn *wn;
    bool (*goes)(void *user, const struct wn_batch_text *what);
    void *user;
    const struct wn_keep *keep;
    size_t nkeep;
    int64_t n;
    struct wn_error *err;
};

/* A job whose last request went has nothing left to wait for. */
static enum wn_code erase(void *user, const char *name, cJSON *o)
{
    struct erasing *g = user;
    cJSON *items = cJSON_GetObjectItemCaseSensitive(o, "items");
    int64_t n = take_out(items, g->goes, g->user);
    g->n += n;
    if (n == 0)
        return WN_OK;
    return cJSON_GetArraySize(items) == 0
               ? wn_store_value_drop(g->wn->store, kind, name, wn_clock_now(), g->err)
               : write_again(g->wn, name, o, g->err);
}

static enum wn_code expire(void *user, const char *name, cJSON *o)
{
    struct erasing *g = user;
    const char *task = wn_json_str(o, "task");
    int size = cJSON_GetArraySize(wn_json_get(o, "items"));
    if (size == 0 || wn_json_int(o, "created", 0) >=
                         wn_keep_before(g->keep, g->nkeep, task == NULL ? "" : task))
        return WN_OK;
    g->n += size;
    return wn_store_value_drop(g->wn->store, kind, name, wn_clock_now(), g->err);
}

enum wn_code wn_batch_erase(struct wn *wn,
                            bool (*goes)(void *user, const struct wn_batch_text *what), void *user,
                            int64_t *n, struct wn_error *err)
{
    struct erasing g = { .wn = wn, .goes = goes, .user = user, .err = err };
    enum wn_code rc = each(wn, true, erase, &g, err);
    *n += g.n;
    return rc;
}

enum wn_code wn_batch_expire(struct wn *wn, const struct wn_keep *keep, size_t nkeep, int64_t *n,
                             struct wn_error *err)
{
    struct erasing g = { .wn = wn, .keep = keep, .nkeep = nkeep, .err = err };
    enum wn_code rc = each(wn, false, expire, &g, err);
    *n += g.n;
    return rc;
}

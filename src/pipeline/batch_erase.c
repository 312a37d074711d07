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

static bool goes_out(const cJSON *e, bool (*goes)(void *user, const struct wn_batch_text *what),
                     void *user)
{
    const struct wn_batch_text what = { wn_json_str(e, "item"), wn_json_str(e, "sender"),
                                        wn_json_str(e, "text") };
    return goes(user, &what);
}

/* Take out of a request what goes; how many went. Its text, which holds all of them, is not needed where it
 * was handed in; else the request goes whole, and whoever is left in it is asked by the next run. */
static int64_t take_items(cJSON *request, bool sent,
                          bool (*goes)(void *user, const struct wn_batch_text *what), void *user)
{
    cJSON *of = cJSON_GetObjectItemCaseSensitive(request, "of"), *e = of == NULL ? NULL : of->child;
    int64_t n = of == NULL ? goes_out(request, goes, user) : 0; /* from before it could be several */
    while (e != NULL) {
        cJSON *next = e->next;
        if (goes_out(e, goes, user)) {
            cJSON_Delete(cJSON_DetachItemViaPointer(of, e));
            n++;
        }
        e = next;
    }
    if (n > 0 && sent && of != NULL && of->child != NULL)
        cJSON_ReplaceItemInObjectCaseSensitive(request, "body", cJSON_CreateString(""));
    else if (n > 0)
        cJSON_DeleteItemFromObjectCaseSensitive(request, "body");
    return n;
}

/* Take out what goes; how many went. */
static int64_t take_out(cJSON *requests, bool sent,
                        bool (*goes)(void *user, const struct wn_batch_text *what), void *user)
{
    int64_t n = 0;
    cJSON *e = requests == NULL ? NULL : requests->child;
    while (e != NULL) {
        cJSON *next = e->next;
        n += take_items(e, sent, goes, user);
        if (wn_json_str(e, "body") == NULL)
            cJSON_Delete(cJSON_DetachItemViaPointer(requests, e));
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
    int64_t n = take_out(items, wn_json_str(o, "id") != NULL, g->goes, g->user);
    g->n += n;
    if (n == 0)
        return WN_OK;
    return cJSON_GetArraySize(items) == 0
               ? wn_store_value_drop(g->wn->store, kind, name, wn_clock_now(), g->err)
               : write_again(g->wn, name, o, g->err);
}

static int64_t count(const cJSON *requests)
{
    const cJSON *e;
    int64_t n = 0;
    cJSON_ArrayForEach(e, requests)
    {
        const cJSON *of = wn_json_get(e, "of");
        n += of == NULL ? 1 : cJSON_GetArraySize(of);
    }
    return n;
}

static enum wn_code expire(void *user, const char *name, cJSON *o)
{
    struct erasing *g = user;
    const char *task = wn_json_str(o, "task");
    int64_t size = count(wn_json_get(o, "items"));
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

/* local.c: see local.h. */
#include "pipeline/local.h"
#include "base/clock.h"
#include <stdlib.h>

static enum wn_code train(struct wn *wn, const struct wn_task *t, struct wn_linear **out,
                          struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    enum wn_code rc =
        wn_linear_train(t, t->examples, t->nexamples, NULL, &wn->log, &a, NULL, out, err);
    wn_arena_free(&a);
    return rc;
}

static enum wn_code keep(struct wn *wn, const struct wn_task *t, const struct wn_linear *m,
                         struct wn_error *err)
{
    char *bytes = NULL;
    size_t len = 0;
    enum wn_code rc = wn_linear_save(m, &bytes, &len, err);
    if (rc == WN_OK)
        rc = wn_store_value_put(wn->store, "linear", t->name, bytes, len, wn_clock_now(), err);
    free(bytes);
    return rc;
}

enum wn_code wn_local_model(struct wn *wn, const struct wn_task *t, bool look_only,
                            struct wn_linear **out, struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    const char *bytes = NULL;
    size_t len = 0;
    enum wn_code rc = WN_OK;
    *out = NULL;
    if (wn->store != NULL)
        rc = wn_store_value_get(wn->store, "linear", t->name, &a, &bytes, &len, err);
    /* A model of another version of the task is simply made anew: examples are at hand. */
    if (rc == WN_OK && (bytes == NULL || wn_linear_load(bytes, len, t, out, NULL) != WN_OK)) {
        rc = train(wn, t, out, err);
        if (rc == WN_OK && *out != NULL && wn->store != NULL && !look_only)
            rc = keep(wn, t, *out, err);
    }
    wn_arena_free(&a);
    return rc;
}

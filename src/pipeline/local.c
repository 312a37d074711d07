/* local.c: see local.h. */
#include "pipeline/local.h"
#include "base/clock.h"
#include "pipeline/lessons.h"
#include <stdlib.h>

enum wn_code wn_local_release(struct wn *wn, const struct wn_task *t, struct wn_linear **out,
                              struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    const char *bytes = NULL;
    size_t len = 0;
    enum wn_code rc = WN_OK;
    *out = NULL;
    if (wn->store != NULL)
        rc = wn_store_value_get(wn->store, "linear", t->name, &a, &bytes, &len, err);
    if (rc == WN_OK && bytes != NULL && wn_linear_load(bytes, len, t, out, NULL) != WN_OK)
        *out = NULL;
    wn_arena_free(&a);
    return rc;
}

enum wn_code wn_local_keep(struct wn *wn, const struct wn_task *t, const struct wn_linear *m,
                           size_t *bytes, struct wn_error *err)
{
    char *data = NULL;
    size_t len = 0;
    enum wn_code rc = wn_linear_save(m, &data, &len, err);
    if (rc == WN_OK)
        rc = wn_store_value_put(wn->store, "linear", t->name, data, len, wn_clock_now(), err);
    if (bytes != NULL)
        *bytes = len;
    free(data);
    return rc;
}

enum wn_code wn_local_model(struct wn *wn, const struct wn_task *t, bool look_only,
                            struct wn_linear **out, struct wn_error *err)
{
    struct wn_lessons lessons = WN_LESSONS_INIT;
    enum wn_code rc = wn_local_release(wn, t, out, err);
    if (rc != WN_OK || *out != NULL)
        return rc;
    rc = wn_lessons_gather(wn, t, &lessons, err);
    if (rc == WN_OK) {
        wn_log(&wn->log, WN_INFO, "learning", "%s from %zu examples (once for each version)",
               t->name, lessons.n);
        struct wn_linear_options o = { .held_out = lessons.held_out,
                                       .nheld_out = lessons.nheld_out };
        rc = wn_linear_train(t, lessons.list, lessons.n, &o, &wn->log, &lessons.arena, NULL, out,
                             err);
    }
    if (rc == WN_OK && wn->store != NULL && !look_only)
        rc = wn_local_keep(wn, t, *out, NULL, err);
    wn_lessons_clear(&lessons);
    return rc;
}

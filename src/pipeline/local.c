/* local.c: see local.h. */
#include "pipeline/local.h"
#include "base/clock.h"
#include "pipeline/lessons.h"
#include <stdlib.h>

/* Kinds of kept values, by the task's name. */
static const char releases[] = "linear", sheets[] = "linear-sheet";

enum wn_code wn_local_release(struct wn *wn, const struct wn_task *t, struct wn_linear **out,
                              struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    const char *bytes = NULL;
    size_t len = 0;
    enum wn_code rc = WN_OK;
    *out = NULL;
    if (wn->store != NULL)
        rc = wn_store_value_get(wn->store, releases, t->name, &a, &bytes, &len, err);
    if (rc == WN_OK && bytes != NULL && wn_linear_load(bytes, len, t, out, NULL) != WN_OK)
        *out = NULL;
    wn_arena_free(&a);
    return rc;
}

bool wn_local_sheet(struct wn *wn, const struct wn_task *t, const struct wn_linear *m,
                    struct wn_arena *a, struct wn_linear_sheet *out)
{
    const char *bytes = NULL;
    size_t len = 0;
    return wn_store_value_get(wn->store, sheets, t->name, a, &bytes, &len, NULL) == WN_OK &&
           bytes != NULL && wn_linear_sheet_load(bytes, len, wn_linear_version(m), t, a, out);
}

enum wn_code wn_local_keep(struct wn *wn, const struct wn_task *t, const struct wn_linear *m,
                           const struct wn_linear_sheet *sheet, size_t *bytes, struct wn_error *err)
{
    char *model = NULL, *said = NULL;
    size_t len = 0, nsaid = 0;
    int64_t now = wn_clock_now();
    enum wn_code rc = wn_linear_save(m, &model, &len, err);
    if (rc == WN_OK)
        rc = wn_linear_sheet_save(sheet, m, &said, &nsaid, err);
    if (rc == WN_OK)
        rc = wn_store_value_put(wn->store, releases, t->name, model, len, now, err);
    if (rc == WN_OK)
        rc = wn_store_value_put(wn->store, sheets, t->name, said, nsaid, now, err);
    if (bytes != NULL)
        *bytes = len;
    free(model);
    free(said);
    return rc;
}

enum wn_code wn_local_drop(struct wn *wn, struct wn_arena *a, const char *const **names, size_t *n,
                           struct wn_error *err)
{
    enum wn_code rc = wn_store_value_names(wn->store, releases, a, names, n, err);
    for (size_t i = 0; rc == WN_OK && i < *n; i++) {
        rc = wn_store_value_drop(wn->store, releases, (*names)[i], wn_clock_now(), err);
        if (rc == WN_OK)
            rc = wn_store_value_drop(wn->store, sheets, (*names)[i], wn_clock_now(), err);
    }
    return rc;
}

enum wn_code wn_local_model(struct wn *wn, const struct wn_task *t, bool look_only,
                            struct wn_linear **out, struct wn_error *err)
{
    struct wn_lessons lessons = WN_LESSONS_INIT;
    struct wn_linear_report found;
    enum wn_code rc = wn_local_release(wn, t, out, err);
    if (rc != WN_OK || *out != NULL)
        return rc;
    rc = wn_lessons_gather(wn, t, &lessons, err);
    if (rc == WN_OK) {
        wn_log(&wn->log, WN_INFO, "learning", "%s from %zu examples (once for each version)",
               t->name, lessons.n);
        struct wn_linear_options o = { .held_out = lessons.held_out,
                                       .nheld_out = lessons.nheld_out };
        rc = wn_linear_train(t, lessons.list, lessons.n, &o, &wn->log, &lessons.arena, &found, out,
                             err);
    }
    if (rc == WN_OK && wn->store != NULL && !look_only)
        rc = wn_local_keep(wn, t, *out, &found.sheet, NULL, err);
    wn_lessons_clear(&lessons);
    return rc;
}

/* retain.c: see retain.h. */
#include "pipeline/retain.h"
#include "base/clock.h"
#include "pipeline/batch.h"
#include "pipeline/lessons.h"
#include <string.h>

static void add(struct wn_retain *r, const char *task, int64_t days)
{
    for (size_t i = 0; i < r->n; i++)
        if (task != NULL && r->keep[i].task != NULL && strcmp(r->keep[i].task, task) == 0)
            return; /* the first one counts: the task that is at work */
    if (days > 0)
        r->keep[r->n++] = (struct wn_keep){ task, wn_clock_now() - days * 86400 };
}

void wn_retain_start(struct wn_retain *r, struct wn *wn, const struct wn_task *also)
{
    const struct wn_task_info *tasks = NULL;
    size_t n = 0;
    *r = (struct wn_retain){ .wn = wn };
    wn_tasks(wn, &tasks, &n, NULL); /* none: then there are no rules of tasks */
    r->keep = wn_arena_array(&r->arena, n + 2, sizeof(*r->keep));
    if (also != NULL)
        add(r, wn_arena_str(&r->arena, also->name), also->keep_days);
    for (size_t i = 0; i < n; i++)
        add(r, tasks[i].name, tasks[i].keep_days);
    add(r, NULL, wn_config_int(wn->config, "WINNOW_KEEP"));
    r->done = r->n == 0 || wn->store == NULL;
    r->replies = wn->store != NULL && (wn_config_int(wn->config, "WINNOW_CACHE_MB") > 0 ||
                                       (also != NULL && also->cache_days > 0));
}

enum wn_code wn_retain_step(struct wn_retain *r, struct wn_error *err)
{
    if (r->done)
        return WN_OK;
    /* First, so that the sweep's end leaves nothing of them in the file. */
    if (!r->values_swept) {
        enum wn_code rc = wn_lessons_expire(r->wn, r->keep, r->n, &r->at.gone, err);
        r->values_swept = true;
        return rc == WN_OK ? wn_batch_expire(r->wn, r->keep, r->n, &r->at.gone, err) : rc;
    }
    return wn_store_expire(r->wn->store, r->keep, r->n, wn_clock_now(), &r->at, &r->done, err);
}

enum wn_code wn_retain_finish(struct wn_retain *r, int64_t most_ms, struct wn_error *err)
{
    int64_t until = wn_clock_ms() + most_ms;
    enum wn_code rc = WN_OK;
    while (rc == WN_OK && !r->done && wn_clock_ms() < until)
        rc = wn_retain_step(r, err);
    if (rc == WN_OK && r->replies) {
        int64_t n;
        r->replies = false;
        rc = wn_cache_sweep(r->wn->store, wn_clock_now(),
                            wn_config_int(r->wn->config, "WINNOW_CACHE_MB") << 20, &n, err);
    }
    return rc;
}

void wn_retain_clear(struct wn_retain *r)
{
    wn_arena_free(&r->arena);
    *r = (struct wn_retain){ .done = true };
}

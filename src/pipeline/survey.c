/* survey.c: see survey.h. */
#include "pipeline/survey.h"
#include <stdlib.h>

enum { JOBS = 256, GROUP_ROWS = 64, WAIT_MS = 1000 };

struct asking {
    const struct wn_survey *s;
    struct wn *wn;
    struct wn_engine *engine;
    struct wn_job *jobs[JOBS];
    size_t who[JOBS]; /* the item, by slot */
    size_t next, done;
};

static struct wn_job *free_job(const struct asking *a)
{
    for (size_t i = 0; i < JOBS; i++)
        if (a->jobs[i]->state == WN_JOB_FREE || a->jobs[i]->state == WN_JOB_DROPPED)
            return a->jobs[i];
    return NULL;
}

static enum wn_code start(struct asking *a, struct wn_job *j, struct wn_error *err)
{
    struct wn_arena arena = j->arena;
    enum wn_code rc;
    wn_arena_reset(&arena);
    *j = (struct wn_job){ .arena = arena, .slot = j->slot };
    a->who[j->slot] = a->next++;
    rc = a->s->item(a->s->user, a->who[j->slot], &j->arena, &j->item, err);
    return rc == WN_OK && j->item.id != NULL ? wn_engine_start(a->engine, j, err) : rc;
}

static enum wn_code take_answers(struct asking *a, struct wn_error *err)
{
    struct wn_job *j;
    enum wn_code rc = WN_OK;
    while ((j = wn_engine_answered(a->engine)) != NULL) {
        a->s->answer(a->s->user, a->who[j->slot], j);
        j->state = WN_JOB_FREE;
        if (++a->done % GROUP_ROWS == 0 && a->wn->store != NULL && rc == WN_OK)
            rc = wn_store_flush(a->wn->store, err);
        if (a->s->progress != NULL)
            a->s->progress(a->s->user, a->done);
    }
    return rc;
}

static enum wn_code ask_all(struct asking *a, struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    bool progressed;
    while (rc == WN_OK) {
        struct wn_job *j = free_job(a);
        if (j != NULL && a->next < a->s->n && !wn_engine_full(a->engine) &&
            wn_engine_stopped(a->engine)->code == WN_OK)
            rc = start(a, j, err);
        else if (wn_engine_pending(a->engine) > 0)
            rc = wn_engine_step(a->engine, WAIT_MS, &progressed, err);
        else
            break;
        if (rc == WN_OK)
            rc = take_answers(a, err);
    }
    return rc;
}

enum wn_code wn_survey(struct wn *wn, struct wn_engine *e, const struct wn_survey *s,
                       struct wn_error *err)
{
    struct asking *a = wn_xcalloc(1, sizeof(*a));
    const struct wn_error *stopped = wn_engine_stopped(e);
    enum wn_code rc;
    a->s = s;
    a->wn = wn;
    a->engine = e;
    for (size_t i = 0; i < JOBS; i++) {
        a->jobs[i] = wn_xcalloc(1, sizeof(struct wn_job));
        a->jobs[i]->slot = i;
    }
    wn_engine_jobs(e, a->jobs, JOBS);
    rc = ask_all(a, err);
    if (wn->store != NULL && wn_store_flush(wn->store, rc == WN_OK ? err : NULL) != WN_OK &&
        rc == WN_OK)
        rc = WN_E_STORE;
    if (rc == WN_OK && stopped->code != WN_OK) {
        if (err != NULL)
            *err = *stopped;
        rc = stopped->code;
    }
    wn_engine_jobs(e, NULL, 0);
    for (size_t i = 0; i < JOBS; i++) {
        wn_arena_free(&a->jobs[i]->arena);
        free(a->jobs[i]);
    }
    free(a);
    return rc;
}

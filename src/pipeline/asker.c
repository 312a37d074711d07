/* asker.c: see asker.h. */
#include "pipeline/asker.h"
#include "base/clock.h"
#include "base/fnv.h"
#include "pipeline/outgoing.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { JOBS = 64, WAIT_MS = 500 };

struct wn_asker {
    struct wn_brief *b;
    struct wn_engine *engine;
    struct wn_job *jobs[JOBS];
    struct {
        struct wn_errand errand;
        void (*done)(void *user, struct wn_job *j);
        void *user;
    } about[JOBS];
};

static void show(void *user, const struct wn_job *j)
{
    const struct wn_brief *b = user;
    wn_outgoing_show(j, b->o.show, b->o.show_user);
}

/* Each thing that was replaced counts once, in however many requests it stood. */
static void count_redacted(struct wn_brief *b, const struct wn_job *j)
{
    for (size_t i = 0; j->is_redacted && i < j->redaction.n; i++) {
        uint64_t h = wn_fnv_str(WN_FNV_START, j->redaction.list[i].original);
        size_t k = 0;
        while (k < b->facts.redacted && b->replaced[k] != h)
            k++;
        if (k < b->facts.redacted)
            continue;
        b->replaced = wn_xrealloc(b->replaced, k + 1, sizeof(*b->replaced));
        b->replaced[b->facts.redacted++] = h;
    }
}

enum wn_code wn_asker_open(struct wn_brief *b, const struct wn_targets *targets,
                           struct wn_asker **out, struct wn_error *err)
{
    struct wn_asker *q = wn_xcalloc(1, sizeof(*q));
    double most =
        b->o.max_cost_usd > 0 ? b->o.max_cost_usd : wn_config_num(b->wn->config, "WINNOW_MAX_COST");
    struct wn_engine_options eo = {
        .targets = targets,
        .how = "generate",
        .in_flight = b->o.in_flight > 0 ? b->o.in_flight
                                        : (int)wn_config_int(b->wn->config, "WINNOW_IN_FLIGHT"),
        .max_cost_microusd = (int64_t)llround(most * 1e6),
        .no_cache = b->o.no_cache,
        .refresh = b->o.refresh,
        .dry_run = b->o.dry_run,
        .show = b->o.show == NULL ? NULL : show,
        .show_user = b,
    };
    enum wn_code rc = wn_engine_open(b->wn, &b->plain, &eo, &b->facts.tally, &q->engine, err);
    q->b = b;
    for (size_t i = 0; i < JOBS; i++) {
        q->jobs[i] = wn_xcalloc(1, sizeof(struct wn_job));
        q->jobs[i]->slot = i;
    }
    if (rc != WN_OK) {
        wn_asker_close(q);
        return rc;
    }
    wn_engine_jobs(q->engine, q->jobs, JOBS);
    *out = q;
    return WN_OK;
}

void wn_asker_close(struct wn_asker *q)
{
    if (q == NULL)
        return;
    wn_engine_close(q->engine);
    for (size_t i = 0; i < JOBS; i++) {
        wn_arena_free(&q->jobs[i]->arena);
        free(q->jobs[i]);
    }
    free(q);
}

static void hand_over(struct wn_asker *q)
{
    struct wn_job *j;
    while ((j = wn_engine_answered(q->engine)) != NULL) {
        q->b->facts.tally.in++;
        count_redacted(q->b, j);
        q->b->facts.tally.cache_hits += j->cached_calls > 0 && j->attempts == 0;
        q->about[j->slot].done(q->about[j->slot].user, j);
        j->state = WN_JOB_FREE;
    }
}

static enum wn_code stopped(const struct wn_asker *q, struct wn_error *err)
{
    const struct wn_error *e = wn_engine_stopped(q->engine);
    if (e->code != WN_OK && err != NULL)
        *err = *e;
    return e->code;
}

static struct wn_job *free_job(struct wn_asker *q)
{
    for (size_t i = 0; i < JOBS; i++)
        if (q->jobs[i]->state == WN_JOB_FREE || q->jobs[i]->state == WN_JOB_DROPPED)
            return q->jobs[i];
    return NULL;
}

static enum wn_code wait_for_one(struct wn_asker *q, struct wn_error *err)
{
    bool progressed;
    enum wn_code rc = wn_engine_step(q->engine, WAIT_MS, &progressed, err);
    hand_over(q);
    /* A reply of this size is not to be paid for again because of a power cut in the next second. */
    if (rc == WN_OK && progressed && q->b->wn->store != NULL)
        rc = wn_store_flush(q->b->wn->store, err);
    return rc;
}

enum wn_code wn_asker_put(struct wn_asker *q, const struct wn_asking_for *f, struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    struct wn_job *j;
    struct wn_arena arena;
    while (rc == WN_OK && (free_job(q) == NULL || wn_engine_full(q->engine)) &&
           wn_engine_pending(q->engine) > 0)
        rc = wait_for_one(q, err);
    if (rc == WN_OK && wn_brief_stopped(q->b, NULL)) {
        rc = wn_asker_drain(q, err); /* what is in flight is paid for */
        if (rc == WN_OK)
            wn_brief_stopped(q->b, err);
        return rc == WN_OK ? WN_E_INTERRUPTED : rc;
    }
    if (rc == WN_OK && (rc = stopped(q, err)) != WN_OK)
        wn_asker_drain(q, NULL); /* likewise */
    if (rc != WN_OK)
        return rc;
    j = free_job(q);
    arena = j->arena;
    wn_arena_reset(&arena);
    *j = (struct wn_job){ .arena = arena, .slot = j->slot };
    q->about[j->slot].errand = f->errand;
    q->about[j->slot].errand.known = q->b->known;
    q->about[j->slot].errand.system = wn_arena_str(&j->arena, f->errand.system);
    q->about[j->slot].errand.user = wn_arena_str(&j->arena, f->errand.user);
    q->about[j->slot].done = f->done;
    q->about[j->slot].user = f->user;
    j->errand = &q->about[j->slot].errand;
    j->item.id = j->item.source = wn_arena_str(&j->arena, f->id);
    j->item.text = wn_arena_copy(&j->arena, f->content, f->content_len);
    j->item.text_len = f->content_len;
    j->item.fields = wn_fields_copy(f->fields, f->nfields, &j->arena);
    j->item.nfields = f->nfields;
    rc = wn_engine_start(q->engine, j, err);
    hand_over(q);
    return rc;
}

enum wn_code wn_asker_drain(struct wn_asker *q, struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    hand_over(q);
    while (rc == WN_OK && wn_engine_pending(q->engine) > 0 &&
           (q->b->o.stop == NULL || *q->b->o.stop < 2))
        rc = wait_for_one(q, err);
    if (rc == WN_OK)
        rc = stopped(q, err);
    if (rc == WN_OK && q->b->o.stop != NULL && *q->b->o.stop > 0) {
        wn_brief_stopped(q->b, err);
        rc = WN_E_INTERRUPTED;
    }
    return rc;
}

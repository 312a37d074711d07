/* classify.c: a run: items in, results out, in input order, with constant memory.
 *
 * Jobs stand in a ring, by sequence number: [out, in) are under way. An item is read only when a place
 * in the ring and a place in flight are free, so a file of a million rows needs what a file of a hundred
 * needs. A result leaves only after its row was committed: what a user has seen is never lost. */
#include "base/clock.h"
#include "input/reader.h"
#include "pipeline/batch.h"
#include "pipeline/canary.h"
#include "pipeline/outgoing.h"
#include "pipeline/pack.h"
#include "pipeline/replay.h"
#include "pipeline/result.h"
#include "pipeline/retain.h"
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Results wait for the slowest before them: so many items beside those in flight. */
enum { RING_BESIDE = 512, MOST_PACKED = 1024, WAIT_MS = 50, INPUT_MS = 200, SWEEP_MS = 1000 };

struct wn_run {
    struct wn *wn;
    struct wn_task *task;
    struct wn_reader *reader;
    struct wn_engine *engine;
    struct wn_batch *batch;
    struct wn_arena arena, spare; /* spare: for the next item */
    struct wn_targets targets;
    struct wn_run_options o;
    struct wn_job **ring;
    struct wn_decision *decisions; /* beside the ring */
    struct wn_result *results;
    size_t nring;
    int64_t in, out;            /* sequence numbers: next to read, next to deliver */
    struct wn_job *kept, **kept_end; /* their rows wait for a commit; in the order of their groups */
    struct wn_job *with_caller; /* its result was handed out last, and lives until the next call */
    struct wn_retain retain;    /* what has become too old goes meanwhile */
    struct wn_tally tally;
    volatile sig_atomic_t stop;
    bool input_ended, wrapped_up, dropped, ended;
    struct wn_error input_error; /* the input broke off, and why */
    const char *models;
    char model_line[320];
    const char *trust_line;
};

/* ---- opening ---- */

static const char *choose_model(struct wn *wn, const struct wn_task *t, const char *asked,
                                struct wn_run *run)
{
    const char *why, *model = wn_model_choose(wn, t, asked, &why);
    snprintf(run->model_line, sizeof(run->model_line), "%s (%s)", model, why);
    run->models = wn_arena_str(&run->arena, model);
    return run->models;
}

static void say_where_text_goes(struct wn_run *run)
{
    size_t n = strlen(run->model_line);
    snprintf(run->model_line + n, sizeof(run->model_line) - n, "%s",
             wn_engine_is_local(run->engine) ? "; nothing leaves this machine"
                                             : "; item texts are sent to it");
}

static const char *how(const struct wn_run *run)
{
    if (run->o.batch) /* decision endpoints take no batches */
        return "generate";
    return run->o.how != NULL ? run->o.how : run->task->how;
}

static void show(void *user, const struct wn_job *j)
{
    struct wn_run *run = user;
    wn_outgoing_show(j, run->o.show, run->o.show_user);
}

/* So many items are in requests at a time: with packing more than there are requests, within reason. */
static size_t under_way(const struct wn_engine_options *o)
{
    size_t n = (size_t)o->in_flight, packed = n * (size_t)(o->pack > 1 ? o->pack : 1);
    return packed <= MOST_PACKED || packed <= n ? packed : n > MOST_PACKED ? n : MOST_PACKED;
}

static enum wn_code open_engine(struct wn_run *run, struct wn_error *err)
{
    const struct wn_run_options *o = &run->o;
    double max_cost =
        o->max_cost_usd > 0 ? o->max_cost_usd : wn_config_num(run->wn->config, "WINNOW_MAX_COST");
    struct wn_engine_options eo = {
        .targets = &run->targets,
        .how = how(run),
        .samples = o->samples >= 0 ? o->samples : run->task->samples,
        .pack = o->pack > 0 ? o->pack : run->task->pack,
        .in_flight = o->in_flight > 0 ? o->in_flight
                                      : (int)wn_config_int(run->wn->config, "WINNOW_IN_FLIGHT"),
        .max_cost_microusd = (int64_t)llround(max_cost * 1e6),
        .no_cache = o->no_cache,
        .refresh = o->refresh,
        .dry_run = o->dry_run,
        .show = o->show == NULL ? NULL : show,
        .show_user = run,
        .batch = run->batch,
    };
    enum wn_code rc = wn_engine_open(run->wn, run->task, &eo, &run->tally, &run->engine, err);
    if (rc != WN_OK)
        return rc;
    say_where_text_goes(run);
    run->trust_line = wn_engine_trust_line(run->engine, &run->arena);
    run->nring = under_way(&eo) + RING_BESIDE;
    run->ring = wn_xcalloc(run->nring, sizeof(struct wn_job *));
    run->decisions = wn_xcalloc(run->nring, sizeof(*run->decisions));
    run->results = wn_xcalloc(run->nring, sizeof(*run->results));
    for (size_t i = 0; i < run->nring; i++) {
        run->ring[i] = wn_xcalloc(1, sizeof(struct wn_job));
        run->ring[i]->slot = i;
    }
    wn_engine_jobs(run->engine, run->ring, run->nring);
    return WN_OK;
}

enum wn_code wn_run_open(struct wn *wn, const struct wn_run_options *o, const char *const *paths,
                         size_t npaths, struct wn_run **out, struct wn_error *err)
{
    struct wn_run *run = wn_xcalloc(1, sizeof(*run));
    struct wn_reader_options ro = { .kind = o->input_kind, .maps = o->maps, .nmaps = o->nmaps };
    enum wn_code rc;
    run->wn = wn;
    run->o = *o;
    run->kept_end = &run->kept;
    run->tally.started_ms = run->tally.now_ms = wn_clock_ms();
    rc = wn_context_task(wn, o->task, &run->task, err);
    if (rc == WN_OK)
        rc = wn_pack_check(run->task, o->pack, err);
    if (rc == WN_OK) {
        ro.columns = run->task->columns;
        ro.ncolumns = run->task->ncolumns;
        rc = wn_reader_open(paths, npaths, &ro, &run->reader, err);
    }
    /* Everything that can be wrong was looked at before the store is made. */
    if (rc == WN_OK)
        rc = wn_targets_resolve(wn, choose_model(wn, run->task, o->model, run), how(run),
                                &run->arena, &run->targets, err);
    if (rc == WN_OK && (!o->dry_run || wn_context_has_store(wn)))
        rc = wn_context_store(wn, err);
    if (rc == WN_OK && !o->batch && !o->dry_run)
        wn_canary_run(wn, run->task, &run->targets);
    if (rc == WN_OK && o->batch)
        rc = wn_batch_begin(wn, run->task, o->dry_run, &run->batch, err);
    if (rc == WN_OK)
        rc = open_engine(run, err);
    if (rc == WN_OK && !o->dry_run) {
        wn_retain_start(&run->retain, wn, run->task);
        wn_store_background(wn->store);
    } else {
        run->retain.done = true;
    }
    if (rc != WN_OK) {
        wn_run_close(run);
        return rc;
    }
    *out = run;
    return WN_OK;
}

void wn_run_close(struct wn_run *run)
{
    if (run == NULL)
        return;
    if (run->wn->store != NULL) {
        wn_store_foreground(run->wn->store);
        wn_store_flush(run->wn->store, NULL);
    }
    wn_retain_clear(&run->retain);
    wn_engine_close(run->engine);
    wn_batch_free(run->batch);
    wn_reader_close(run->reader);
    for (size_t i = 0; i < run->nring; i++) {
        wn_arena_free(&run->ring[i]->arena);
        free(run->ring[i]);
    }
    free(run->ring);
    free(run->decisions);
    free(run->results);
    wn_task_free(run->task);
    wn_arena_free(&run->spare);
    wn_arena_free(&run->arena);
    free(run);
}

/* ---- the loop ---- */

static struct wn_job *job_at(const struct wn_run *run, int64_t seq)
{
    return run->ring[(size_t)seq % run->nring];
}

static bool stopping(const struct wn_run *run)
{
    return run->stop > 0 || wn_engine_stopped(run->engine)->code != WN_OK;
}

static bool wants_input(const struct wn_run *run)
{
    return !run->input_ended && !stopping(run) && !wn_engine_full(run->engine) &&
           run->in - run->out < (int64_t)run->nring - 1;
}

/* A pipe that has nothing yet must not keep the requests in flight waiting. */
static bool can_read(const struct wn_run *run)
{
    return wants_input(run) && wn_reader_ready(run->reader);
}

static enum wn_code read_one(struct wn_run *run, struct wn_error *err)
{
    struct wn_job *j = job_at(run, run->in);
    enum wn_code rc;
    if (run->o.limit > 0 && run->in >= run->o.limit) {
        run->input_ended = true;
        return WN_OK;
    }
    wn_arena_free(&j->arena);
    *j = (struct wn_job){ .arena = run->spare, .slot = j->slot };
    run->spare = (struct wn_arena)WN_ARENA_INIT;
    if (wn_reader_next(run->reader, &j->arena, &j->item, &run->input_error) != WN_OK) {
        run->input_ended = true; /* what was read before is finished first */
        return WN_OK;
    }
    if (j->item.id == NULL) {
        run->input_ended = true;
        return WN_OK;
    }
    run->in++;
    rc = wn_engine_start(run->engine, j, err);
    if (run->o.dry_run) { /* counted, and nothing more */
        run->tally.in++;
        run->tally.routed[WN_FAILED] += j->failure != NULL;
    }
    return rc;
}

/* Decide and keep every job that is answered; its result may leave once its group is committed. */
static enum wn_code keep_answered(struct wn_run *run, struct wn_error *err)
{
    struct wn_job *j;
    enum wn_code rc = WN_OK;
    while (rc == WN_OK && (j = wn_engine_answered(run->engine)) != NULL) {
        size_t slot = j->slot;
        if (run->o.dry_run) {
            j->state = WN_JOB_DROPPED;
            continue;
        }
        wn_job_decide(run->engine, j, &run->decisions[slot], &run->results[slot]);
        rc = wn_job_keep(run->wn, run->task, j, &run->decisions[slot], &run->results[slot], err);
        j->state = WN_JOB_KEPT;
        j->kept_in = wn_store_group(run->wn->store);
        j->next = NULL;
        *run->kept_end = j;
        run->kept_end = &j->next;
    }
    return rc;
}

/* What was committed may leave. */
static enum wn_code let_out(struct wn_run *run, struct wn_error *err)
{
    int64_t written = wn_store_written(run->wn->store);
    const struct wn_job *first = run->kept;
    for (; run->kept != NULL && run->kept->kept_in <= written; run->kept = run->kept->next)
        run->kept->state = WN_JOB_READY;
    if (run->kept == NULL)
        run->kept_end = &run->kept;
    return run->kept == first ? WN_OK : wn_retain_step(&run->retain, err);
}

static enum wn_code commit(struct wn_run *run, struct wn_error *err)
{
    enum wn_code rc = wn_store_flush(run->wn->store, err);
    return rc == WN_OK ? let_out(run, err) : rc;
}

static void count(struct wn_run *run, const struct wn_result *r)
{
    run->tally.in++;
    run->tally.routed[r->route]++;
    if (r->cached)
        run->tally.cache_hits++;
}

/* A free place in the ring holds no memory: the next item read, wherever it stands, takes it over. */
static void let_go(struct wn_run *run, struct wn_job *j)
{
    wn_arena_reset(&j->arena);
    wn_arena_free(&run->spare);
    run->spare = j->arena;
    j->arena = (struct wn_arena)WN_ARENA_INIT;
}

/* The next result that may leave: the oldest one, or any with --unordered. */
static bool deliver(struct wn_run *run, const struct wn_result **out)
{
    if (run->with_caller != NULL)
        let_go(run, run->with_caller);
    run->with_caller = NULL;
    for (int64_t seq = run->out; seq < run->in; seq++) {
        struct wn_job *j = job_at(run, seq);
        if (j->state == WN_JOB_READY) {
            j->state = WN_JOB_FREE;
            run->with_caller = j;
            *out = &run->results[j->slot];
            count(run, *out);
            return true;
        }
        if (j->state == WN_JOB_FREE || j->state == WN_JOB_DROPPED)
            run->out += seq == run->out;
        else if (!run->o.unordered)
            break;
    }
    return false;
}

/* A run that was not stopped owes each item a result. What it has none for it fails, so that a fault of ours
 * is seen and not silent. */
static enum wn_code fail_what_is_left(struct wn_run *run, struct wn_error *err)
{
    if (stopping(run) || run->batch != NULL || run->o.dry_run)
        return WN_OK;
    for (int64_t seq = run->out; seq < run->in; seq++) {
        struct wn_job *j = job_at(run, seq);
        if (j->state != WN_JOB_ASKING && j->state != WN_JOB_TWIN && j->state != WN_JOB_DROPPED)
            continue;
        j->failure = "winnow lost sight of this item";
        j->failure_hint = "Run the same command again, and please report that this happened.";
        wn_engine_finish(run->engine, j);
    }
    return keep_answered(run, err);
}

/* Nothing more comes: commit what was decided, let go of what was not. What is committed is still handed
 * out, and then the reason of the end is told. */
static enum wn_code wrap_up(struct wn_run *run, struct wn_error *err)
{
    enum wn_code rc = fail_what_is_left(run, err);
    if (rc == WN_OK && run->kept != NULL)
        rc = commit(run, err);
    run->wrapped_up = true;
    for (int64_t seq = run->out; seq < run->in; seq++) {
        struct wn_job *j = job_at(run, seq);
        if (j->state != WN_JOB_READY && j->state != WN_JOB_FREE) {
            j->state = WN_JOB_DROPPED;
            run->dropped = true;
        }
    }
    return rc;
}

/* Why there are no more results. */
static enum wn_code reason_of_end(struct wn_run *run, struct wn_error *err)
{
    const struct wn_error *stopped = wn_engine_stopped(run->engine);
    const struct wn_error *why = run->input_error.code != WN_OK ? &run->input_error : stopped;
    enum wn_code rc = WN_OK;
    run->ended = true;
    if (run->wn->store != NULL)
        wn_store_foreground(run->wn->store);
    if (run->stop == 0)
        rc = wn_retain_finish(&run->retain, SWEEP_MS, err);
    if (rc == WN_OK && run->batch != NULL && run->stop == 0 && !run->o.dry_run)
        rc = wn_batch_submit(run->batch, err); /* also where the budget ended it: what was gathered fits */
    if (rc != WN_OK)
        return rc;
    if (why == stopped && wn_engine_served(run->engine) && run->input_ended && !run->dropped)
        return WN_OK; /* they have failed, and there are no others */
    if (why->code != WN_OK) {
        if (err != NULL)
            *err = *why;
        return why->code;
    }
    if (run->stop > 0 && (run->dropped || !run->input_ended))
        return wn_error_set(err, WN_E_INTERRUPTED, "interrupted");
    if (run->batch == NULL && !run->o.dry_run)
        wn_recertify_by_itself(run->wn, run->task, run->engine);
    return WN_OK;
}

/* One step forward: read an item, wait for a response, or (nothing else is to be done) for the store. */
static enum wn_code advance(struct wn_run *run, int64_t until, struct wn_error *err)
{
    bool idle = wn_engine_pending(run->engine) == 0, progressed;
    int64_t left = until - wn_clock_ms();
    enum wn_code rc;
    if (run->stop > 0)
        wn_engine_wind_up(run->engine);
    if (run->input_ended || stopping(run))
        wn_engine_hurry(run->engine);
    if (can_read(run))
        rc = read_one(run, err);
    else if (idle && run->kept != NULL)
        return commit(run, err);
    else if (idle && wants_input(run))
        rc = wn_reader_wait(run->reader, left < INPUT_MS ? (int)(left > 0 ? left : 0) : INPUT_MS);
    else if (idle)
        return wrap_up(run, err);
    else
        rc = wn_engine_step(run->engine, left < WAIT_MS ? (int)(left > 0 ? left : 0) : WAIT_MS,
                            &progressed, err);
    if (rc == WN_OK)
        rc = keep_answered(run, err);
    if (rc == WN_OK && run->wn->store != NULL)
        rc = wn_store_tick(run->wn->store, wn_clock_ms(), NULL, err);
    return rc == WN_OK && run->wn->store != NULL ? let_out(run, err) : rc;
}

enum wn_code wn_run_next(struct wn_run *run, int wait_ms, const struct wn_result **out,
                         struct wn_error *err)
{
    int64_t until = wait_ms < 0 ? INT64_MAX : wn_clock_ms() + wait_ms;
    enum wn_code rc = WN_OK;
    *out = NULL;
    while (rc == WN_OK && !run->ended && !deliver(run, out)) {
        if (run->wrapped_up)
            rc = reason_of_end(run, err);
        else if (run->stop > 1)
            rc = wrap_up(run, err);
        else
            rc = advance(run, until, err);
        if (wn_clock_ms() >= until)
            break;
    }
    if (rc != WN_OK)
        run->ended = true;
    run->tally.now_ms = wn_clock_ms();
    return rc;
}

bool wn_run_ended(const struct wn_run *run)
{
    return run->ended;
}

void wn_run_stop(struct wn_run *run)
{
    run->stop++;
}

const struct wn_tally *wn_run_tally(struct wn_run *run)
{
    int64_t done = 0, bytes = 0;
    wn_reader_progress(run->reader, &done, &bytes);
    if (run->input_ended)
        run->tally.total = run->in;
    else if (bytes > 0 && done > 0) /* items are of about one size */
        run->tally.total = (int64_t)((double)run->in * (double)bytes / (double)done);
    if (run->o.limit > 0 && run->tally.total > run->o.limit)
        run->tally.total = run->o.limit;
    run->tally.total_counted = run->input_ended;
    run->tally.in_flight = (int64_t)wn_engine_pending(run->engine);
    return &run->tally;
}

const char *wn_run_model_line(const struct wn_run *run)
{
    return run->model_line;
}

const char *wn_run_trust_line(const struct wn_run *run)
{
    return run->trust_line;
}

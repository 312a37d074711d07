/* batch_send.c: a batch job at its provider, one step at a time.
 *
 *     new -> [uploaded] -> creating -> sent -> done
 *
 * Each step is kept before the next begins. "creating" is kept before the request that creates the batch is
 * sent: whoever finds it there, because the run was killed or the answer never came, looks through the
 * provider's list before he creates it again, so that no job is handed in and paid for twice. Some keep our
 * mark with a batch (wn_batch_format). With those that keep no name a batch of the same size that was made
 * at that time is taken for ours until its results, which have our keys, say otherwise. */
#include "base/clock.h"
#include "base/log.h"
#include "pipeline/batch_job.h"
#include "pipeline/models.h"
#include "provider/batch.h"
#include "transport/pool.h"
#include "transport/retry.h"
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum {
    CLOCKS_DIFFER = 300, /* seconds between the provider's clock and ours */
    MOST_PAGES = 50      /* of its list; each has a hundred */
};

struct talk {
    struct wn *wn;
    struct wn_arena *a;
    struct wn_batch_record *job;
    struct wn_batch_job spec;
    struct wn_error *err;
    size_t ours; /* lines of the results that have a key of ours */
    const char *found;
    int64_t found_gap; /* how far its time is from when we tried */
    bool may_follow;   /* of this page's batches some may be as new as our try */
    char *known;       /* ids of our other jobs, blanks around */
};

static enum wn_code spec_of(struct talk *t)
{
    const struct wn_batch_record *job = t->job;
    const struct wn_provider *row = wn_provider_named(job->provider, strlen(job->provider));
    struct wn_batch_item *items = wn_arena_array(t->a, job->n, sizeof(*items));
    const char *key_name;
    if (wn_batch_format(row) == NULL)
        return wn_error_set(t->err, WN_E_CONFIG, "%s takes no batches", job->provider);
    for (size_t i = 0; job->items != NULL && i < job->n; i++)
        items[i] = (struct wn_batch_item){ job->items[i].name, job->items[i].body };
    t->spec = (struct wn_batch_job){ .provider = row,
                                     .model = job->model,
                                     .items = items,
                                     .n = job->n,
                                     .file = job->file,
                                     .id = job->id,
                                     .mark = job->mark };
    return wn_target_settings(t->wn->config, row, t->a, &t->spec.base_url, &t->spec.key, &key_name,
                              t->err);
}

/* ---- talking ---- */

/* The response, or NULL and "interrupted". The first signal (Ctrl-C once) lets it finish. */
static enum wn_code take(struct talk *t, struct wn_pool *pool, struct wn_response **out)
{
    enum wn_code rc = WN_OK;
    for (int signals = 0; rc == WN_OK && *out == NULL && signals < 2; signals++)
        rc = wn_pool_take(pool, -1, out, t->err);
    if (rc == WN_OK && *out == NULL)
        rc = wn_error_set(t->err, WN_E_INTERRUPTED, "interrupted");
    return rc;
}

/* One request and its response. What is no success is the provider's words as an error; *again_ms is then
 * how long to wait before it is sent again, or -1. */
static enum wn_code send_once(struct talk *t, const struct wn_request *request,
                              struct wn_retry *retry, struct wn_response **out, int64_t *again_ms)
{
    struct wn_pool_options po = { .in_flight = 1,
                                  .timeout_ms = 300000,
                                  .max_body = 256 << 20,
                                  .ca_file = wn_config_get(t->wn->config, "WINNOW_CA_FILE") };
    struct wn_call call = { .provider = t->spec.provider,
                            .kind = WN_GENERATE,
                            .model = t->job->model,
                            .key = t->spec.key };
    struct wn_retry_policy policy = wn_retry_default;
    struct wn_pool *pool = NULL;
    struct wn_reply reply = { 0 };
    enum wn_code rc = wn_pool_open(&po, &pool, t->err);
    policy.max_tries = (int)wn_config_int(t->wn->config, "WINNOW_TRIES");
    *out = NULL;
    *again_ms = -1;
    retry->tries++;
    if (rc == WN_OK)
        rc = wn_pool_add(pool, request, t, 0, t->err);
    if (rc == WN_OK)
        rc = take(t, pool, out);
    wn_pool_close(pool);
    if (rc != WN_OK || ((*out)->wire == WN_WIRE_OK && (*out)->status / 100 == 2))
        return rc;
    wn_provider_parse(&call, *out, wn_clock_now(), t->a, &reply);
    wn_response_free(*out);
    *out = NULL;
    if (reply.class == WN_CLASS_BUSY)
        *again_ms = wn_retry_wait_ms(&policy, retry, reply.class, reply.wait_ms, wn_clock_ms(), .5);
    rc = wn_error_set(t->err, WN_E_PROVIDER, "%s", reply.what);
    wn_error_cause(t->err, "%s", reply.cause);
    if (reply.hint[0] != '\0')
        wn_error_hint(t->err, "%s", reply.hint);
    else if (reply.class == WN_CLASS_BUSY)
        wn_error_hint(t->err, "What was gathered is kept: `winnow batch fetch` goes on.");
    else
        wn_error_hint(t->err, "`winnow batch cancel %s` lets go of it; its items are asked again.",
                      t->job->name);
    return rc;
}

static void wait_for(int64_t ms)
{
    poll(NULL, 0, (int)ms); /* a signal ends it */
}

/* As often as the provider is busy; for what may be sent twice. */
static enum wn_code exchange(struct talk *t, const struct wn_request *request,
                             struct wn_response **out)
{
    struct wn_retry retry = { .first_ms = wn_clock_ms() };
    int64_t wait = 0;
    enum wn_code rc = WN_OK;
    do {
        wait_for(wait);
        rc = send_once(t, request, &retry, out, &wait);
    } while (rc != WN_OK && wait >= 0);
    return rc;
}

static enum wn_code no_id(struct talk *t)
{
    return wn_error_set(t->err, WN_E_PROVIDER, "%s gave the batch no name", t->job->provider);
}

/* ---- is it there already? ---- */

static bool has_word(const char *words, const char *word, struct wn_arena *a)
{
    return words != NULL && strstr(words, wn_arena_printf(a, " %s ", word)) != NULL;
}

static void compare(void *user, const struct wn_batch_listed *l)
{
    struct talk *t = user;
    const struct wn_batch_record *job = t->job;
    int64_t after = l->created - job->tried, gap = after >= 0 ? after : 1 - 2 * after;
    t->may_follow |= l->created == 0 || after >= -CLOCKS_DIFFER;
    if (wn_batch_format(t->spec.provider)->mark != NULL) {
        if (l->mark != NULL && job->mark != NULL && strcmp(l->mark, job->mark) == 0)
            t->found = l->id;
        return;
    }
    if (l->requests != job->size || after < -CLOCKS_DIFFER || has_word(job->others, l->id, t->a) ||
        has_word(t->known, l->id, t->a) || (t->found != NULL && gap > t->found_gap))
        return;
    t->found = l->id;
    t->found_gap = gap;
}

static enum wn_code load_known(struct talk *t)
{
    const char *const *names = NULL;
    struct wn_buf ids = WN_BUF_INIT(1 << 20);
    size_t n = 0;
    enum wn_code rc = wn_batch_names(t->wn, t->a, &names, &n, t->err);
    wn_buf_char(&ids, ' ');
    for (size_t i = 0; rc == WN_OK && i < n; i++) {
        struct wn_arena a = WN_ARENA_INIT;
        struct wn_batch_record other;
        rc = wn_batch_load(t->wn, names[i], &a, &other, t->err);
        if (rc == WN_OK && other.id != NULL)
            wn_buf_printf(&ids, "%s ", other.id);
        wn_arena_free(&a);
    }
    t->known = wn_arena_copy(t->a, ids.data, ids.len);
    wn_buf_free(&ids);
    return rc;
}

static enum wn_code cannot_tell(struct talk *t, const char *why)
{
    wn_error_set(t->err, WN_E_PROVIDER, "%s %s", t->job->provider, why);
    wn_error_cause(t->err, "whether %s was handed in cannot be told", t->job->name);
    wn_error_hint(t->err, "`winnow batch cancel %s` lets go of it; its items are asked again.",
                  t->job->name);
    return WN_E_PROVIDER;
}

/* Compare what stands on a page; *cursor: of the next one, NULL where none is worth a look. */
static enum wn_code look_at_page(struct talk *t, const char **cursor)
{
    struct wn_request request;
    struct wn_response *r = NULL;
    enum wn_code rc = wn_batch_list(&t->spec, *cursor, t->a, &request, t->err);
    if (rc == WN_OK)
        rc = exchange(t, &request, &r);
    t->may_follow = false;
    if (rc == WN_OK && !wn_batch_read_list(&t->spec, r, t->a, compare, t, cursor))
        rc = cannot_tell(t, "gives no list of its batches");
    if (!t->may_follow) /* the newest stand first */
        *cursor = NULL;
    wn_response_free(r);
    return rc;
}

/* Look for the job among the provider's batches; where it is, it was handed in. */
static enum wn_code look_for(struct talk *t)
{
    struct wn_batch_record *job = t->job;
    bool named = wn_batch_format(t->spec.provider)->mark != NULL;
    const char *cursor = NULL;
    int pages = 0;
    enum wn_code rc = named ? WN_OK : load_known(t);
    t->found = NULL;
    do
        rc = rc == WN_OK ? look_at_page(t, &cursor) : rc;
    while (rc == WN_OK && cursor != NULL && !(named && t->found != NULL) && ++pages < MOST_PAGES);
    if (rc == WN_OK && pages == MOST_PAGES)
        rc = cannot_tell(t, "has too many batches to look through");
    if (rc != WN_OK || t->found == NULL)
        return rc;
    job->id = t->spec.id = t->found;
    job->stage = "sent";
    job->guessed = !named;
    if (job->guessed)
        wn_log(&t->wn->log, WN_WARN, "notice",
               "%s: %s keeps no names for batches; %s has the same size and was made at that "
               "time, and is taken for it until its results say otherwise",
               job->name, job->provider, job->id);
    return wn_batch_save(t->wn, job, t->err);
}

/* ---- handing in ---- */

static enum wn_code upload(struct talk *t)
{
    struct wn_request request;
    struct wn_response *r = NULL;
    enum wn_code rc = wn_batch_upload(&t->spec, t->a, &request, t->err);
    if (rc == WN_OK)
        rc = exchange(t, &request, &r);
    if (rc == WN_OK) {
        t->job->file = t->spec.file = wn_batch_created(r, t->a);
        t->job->stage = "uploaded";
        rc = t->job->file == NULL ? no_id(t) : wn_batch_save(t->wn, t->job, t->err);
    }
    wn_response_free(r);
    return rc;
}

/* A creation whose answer did not come may have been one all the same, so each try begins with a look. */
static enum wn_code create(struct talk *t)
{
    struct wn_batch_record *job = t->job;
    struct wn_retry retry = { .first_ms = wn_clock_ms() };
    bool look = strcmp(job->stage, "creating") == 0;
    struct wn_request request;
    struct wn_response *r = NULL;
    int64_t wait = 0;
    enum wn_code rc = wn_batch_create(&t->spec, t->a, &request, t->err);
    if (rc == WN_OK && !look) {
        job->stage = "creating";
        job->tried = wn_clock_now();
        job->size = (int64_t)job->n;
        rc = wn_batch_save(t->wn, job, t->err);
    }
    if (rc != WN_OK)
        return rc;
    do {
        wait_for(wait);
        rc = look ? look_for(t) : WN_OK;
        if (rc != WN_OK || job->id != NULL)
            return rc;
        look = true;
        rc = send_once(t, &request, &retry, &r, &wait);
    } while (rc != WN_OK && wait >= 0);
    if (rc == WN_OK) {
        job->id = t->spec.id = wn_batch_created(r, t->a);
        job->stage = "sent";
        rc = job->id == NULL ? no_id(t) : wn_batch_save(t->wn, job, t->err);
    }
    wn_response_free(r);
    return rc;
}

static enum wn_code hand_in(struct talk *t)
{
    enum wn_code rc = WN_OK;
    if (wn_batch_format(t->spec.provider)->upload && t->job->file == NULL)
        rc = upload(t);
    return rc == WN_OK ? create(t) : rc;
}

/* ---- results ---- */

static void keep_line(void *user, const struct wn_batch_line *l)
{
    struct talk *t = user;
    t->ours += wn_batch_keep_line(t->wn, t->job, t->spec.provider, l);
}

/* It was somebody else's: ours is looked for again, or created. */
static enum wn_code not_ours(struct talk *t)
{
    struct wn_batch_record *job = t->job;
    job->others = wn_arena_printf(t->a, "%s%s ", job->others == NULL ? " " : job->others, job->id);
    job->id = NULL;
    job->word = NULL;
    job->guessed = false;
    job->stage = "creating";
    return wn_batch_save(t->wn, job, t->err);
}

static enum wn_code take_results(struct talk *t, const struct wn_batch_state *state,
                                 const struct wn_response *inline_results)
{
    enum wn_code rc = WN_OK;
    t->job->answered = t->job->cost = 0;
    t->job->useless = wn_arena_array(t->a, t->job->n, sizeof(*t->job->useless));
    t->job->nuseless = 0;
    t->ours = 0;
    if (state->paths[0] == NULL && state->paths[1] == NULL)
        wn_batch_read_results(inline_results, t->a, keep_line, t);
    for (size_t i = 0; rc == WN_OK && i < WN_COUNT(state->paths); i++) {
        struct wn_request request;
        struct wn_response *r = NULL;
        if (state->paths[i] == NULL)
            continue;
        rc = wn_batch_results(&t->spec, state->paths[i], t->a, &request, t->err);
        if (rc == WN_OK)
            rc = exchange(t, &request, &r);
        if (rc == WN_OK)
            wn_batch_read_results(r, t->a, keep_line, t);
        wn_response_free(r);
    }
    if (rc == WN_OK)
        rc = wn_store_flush(t->wn->store, t->err); /* the replies are safe before the job is done */
    if (rc != WN_OK)
        return rc;
    return t->job->guessed && t->ours == 0 ? not_ours(t) : wn_batch_settle(t->wn, t->job, t->err);
}

/* ---- a step ---- */

static enum wn_code look_at(struct talk *t)
{
    struct wn_batch_state state;
    struct wn_request request;
    struct wn_response *r = NULL;
    enum wn_code rc = wn_batch_ask_state(&t->spec, t->a, &request, t->err);
    if (rc == WN_OK)
        rc = exchange(t, &request, &r);
    if (rc == WN_OK && !wn_batch_read_state(&t->spec, r, t->a, &state))
        rc = wn_error_set(t->err, WN_E_PROVIDER, "%s says nothing of the batch", t->job->provider);
    if (rc == WN_OK) {
        t->job->word = state.word;
        t->job->why = state.why;
        rc = state.stage == WN_BATCH_ENDED ? take_results(t, &state, r)
                                           : wn_batch_save(t->wn, t->job, t->err);
    }
    wn_response_free(r);
    return rc;
}

enum wn_code wn_batch_go_on(struct wn *wn, struct wn_batch_record *job, struct wn_arena *a,
                            struct wn_error *err)
{
    struct talk t = { .wn = wn, .a = a, .job = job, .err = err };
    enum wn_code rc;
    if (wn_batch_is_done(job))
        return WN_OK;
    rc = spec_of(&t);
    if (rc != WN_OK)
        return rc;
    return job->id == NULL ? hand_in(&t) : look_at(&t);
}

enum wn_code wn_batch_cancel_job(struct wn *wn, struct wn_batch_record *job, struct wn_arena *a,
                                 struct wn_error *err)
{
    struct talk t = { .wn = wn, .a = a, .job = job, .err = err };
    struct wn_request request;
    struct wn_response *r = NULL;
    bool unsure = strcmp(job->stage, "creating") == 0;
    enum wn_code rc = WN_OK;
    if (wn_batch_is_done(job))
        return WN_OK;
    if (job->id != NULL || unsure)
        rc = spec_of(&t);
    if (rc == WN_OK && unsure && look_for(&t) != WN_OK) /* let go of it all the same */
        wn_log(&wn->log, WN_WARN, "notice", "%s: whether %s has it could not be told", job->name,
               job->provider);
    if (rc == WN_OK && job->id == NULL) { /* never handed in */
        job->word = "cancelled";
        return wn_batch_settle(wn, job, err);
    }
    if (rc == WN_OK)
        rc = wn_batch_cancel(&t.spec, a, &request, err);
    if (rc == WN_OK)
        rc = exchange(&t, &request, &r);
    wn_response_free(r);
    return rc == WN_OK ? wn_batch_go_on(wn, job, a, err) : rc;
}

/* batch.c: see batch.h; batch_job.c keeps the jobs, batch_send.c talks about them.
 *
 * A request's name is its cache key. What an expired or cancelled job did answer is kept; the rest is simply
 * not in the cache, and the next run asks it, directly or in a job. */
#include "pipeline/batch.h"
#include "base/clock.h"
#include "pipeline/batch_job.h"
#include "pipeline/budget.h"
#include "pipeline/pack.h"
#include "provider/batch.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ITEMS = 10000 };

/* A hash table; the keys live as long as the batch. */
struct keys {
    const char **at;
    size_t n, room;
};

struct wn_batch {
    struct wn *wn;
    const struct wn_task *task;
    struct wn_arena arena;
    struct gathered {
        struct wn_batch_record record;
        size_t bytes;
    } * jobs; /* of this run, one for each model and for each MOST_ITEMS requests */
    size_t njobs;
    struct keys waiting; /* what is in a job, of this run or handed in before */
    struct keys useless; /* what no job brought an answer to */
    int newest;          /* number of the newest job whose requests are among them */
};

static const char *hex(const unsigned char *key, size_t n, char out[WN_HEX])
{
    for (size_t i = 0; i < n; i++)
        snprintf(out + 2 * i, 3, "%02x", key[i]);
    return out;
}

/* ---- for `winnow batch` ---- */

enum wn_code wn_batches(struct wn *wn, const struct wn_batch_info **out, size_t *n,
                        struct wn_error *err)
{
    const char *const *names = NULL;
    struct wn_batch_info *list;
    enum wn_code rc = wn_batch_names(wn, &wn->arena, &names, n, err);
    list = wn_arena_array(&wn->arena, *n, sizeof(*list));
    *out = list;
    for (size_t i = 0; rc == WN_OK && i < *n; i++) {
        struct wn_batch_record job;
        rc = wn_batch_load(wn, names[i], &wn->arena, &job, err);
        list[i] = (struct wn_batch_info){ .id = job.name,
                                          .model = wn_arena_printf(&wn->arena, "%s/%s",
                                                                   job.provider, job.model),
                                          .task = job.task,
                                          .state = job.word != NULL ? job.word : job.stage,
                                          .why = job.why,
                                          .ended = wn_batch_is_done(&job),
                                          .created = job.created,
                                          .requests = (int64_t)job.n,
                                          .answered = job.answered,
                                          .missing = job.missing,
                                          .cost_microusd = job.cost,
                                          .reserved_microusd = job.reserved };
    }
    return rc;
}

typedef enum wn_code step(struct wn *wn, struct wn_batch_record *job, struct wn_arena *a,
                          struct wn_error *err);

/* One job that cannot go on keeps no other from it; the first error is told. */
static enum wn_code for_each(struct wn *wn, const char *id, struct wn_error *err, step *act)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_lock *lock = NULL;
    const char *const *names = NULL;
    size_t n = 0, found = 0;
    enum wn_code rc = wn_batch_names(wn, &a, &names, &n, err), one = WN_OK;
    if (rc == WN_OK && n > 0)
        rc = wn_batch_lock(wn, true, &lock, err);
    for (size_t i = 0; rc == WN_OK && one != WN_E_INTERRUPTED && i < n; i++) {
        struct wn_batch_record job;
        if (id != NULL && strcmp(id, names[i]) != 0)
            continue;
        found++;
        rc = wn_batch_load(wn, names[i], &a, &job, err);
        if (rc == WN_OK && one == WN_OK)
            one = act(wn, &job, &a, err);
        else if (rc == WN_OK)
            act(wn, &job, &a, NULL);
    }
    wn_store_unlock(lock);
    wn_arena_free(&a);
    if (rc == WN_OK && id != NULL && found == 0) {
        rc = wn_error_set(err, WN_E_USAGE, "there is no batch '%s'", id);
        wn_error_hint(err, "`winnow batch` lists them.");
    }
    return rc == WN_OK ? one : rc;
}

enum wn_code wn_batches_fetch(struct wn *wn, const char *id, struct wn_error *err)
{
    return for_each(wn, id, err, wn_batch_go_on);
}

enum wn_code wn_batches_cancel(struct wn *wn, const char *id, struct wn_error *err)
{
    return for_each(wn, id, err, wn_batch_cancel_job);
}

/* ---- a run ---- */

/* A key is a hash: its first digits are as good as any. */
static size_t place_of(const struct keys *k, const char *key)
{
    size_t i = 0;
    for (size_t d = 0; d < 12 && key[d] != '\0'; d++)
        i = i * 16 + (size_t)(key[d] <= '9' ? key[d] - '0' : key[d] - 'a' + 10);
    for (i &= k->room - 1; k->at[i] != NULL && strcmp(k->at[i], key) != 0;)
        i = (i + 1) & (k->room - 1);
    return i;
}

static bool is_among(const struct keys *k, const char *key)
{
    return k->room > 0 && k->at[place_of(k, key)] != NULL;
}

static void add_key(struct keys *k, const char *key)
{
    const char **old = k->at;
    size_t room = k->room;
    if (is_among(k, key))
        return;
    if (2 * (k->n + 1) > k->room) {
        k->room = room == 0 ? 1024 : 2 * room;
        k->at = wn_xcalloc(k->room, sizeof(*k->at));
        for (size_t i = 0; i < room; i++)
            if (old[i] != NULL)
                k->at[place_of(k, old[i])] = old[i];
        free(old);
    }
    k->at[place_of(k, key)] = key;
    k->n++;
}

/* What cannot be fetched now still waits, and its items are not asked again: no reason to end the run. */
static enum wn_code fetch_all(struct wn *wn, struct wn_error *err)
{
    struct wn_error why = { 0 };
    enum wn_code rc = wn_batches_fetch(wn, NULL, &why);
    if (rc == WN_OK)
        return WN_OK;
    if (rc == WN_E_STORE || rc == WN_E_INTERRUPTED) {
        if (err != NULL)
            *err = why;
        return rc;
    }
    wn_log(&wn->log, WN_WARN, "notice", "a batch cannot be fetched: %s (%s)", why.what, why.cause);
    return WN_OK;
}

/* Jobs are numbered from 1 on; numbers of forgotten ones are missing in between. */
static int number_of(const char *name)
{
    return name[0] == 'b' ? atoi(name + 1) : 0;
}

/* Note which requests wait in jobs that were not there yet when this was done before. */
static enum wn_code load_waiting(struct wn_batch *b, struct wn_error *err)
{
    const char *const *names = NULL;
    size_t n = 0;
    int newest = b->newest;
    enum wn_code rc = wn_batch_names(b->wn, &b->arena, &names, &n, err);
    for (size_t m = 0; rc == WN_OK && m < n; m++) {
        struct wn_batch_record job;
        if (number_of(names[m]) <= b->newest)
            continue;
        if (number_of(names[m]) > newest)
            newest = number_of(names[m]);
        rc = wn_batch_load(b->wn, names[m], &b->arena, &job, err);
        for (size_t k = 0; rc == WN_OK && job.items != NULL && k < job.n; k++)
            for (size_t i = 0; i < job.items[k].n; i++)
                add_key(&b->waiting, job.items[k].of[i].key);
        for (size_t k = 0; rc == WN_OK && k < job.nuseless; k++)
            add_key(&b->useless, job.useless[k]);
    }
    b->newest = newest;
    return rc;
}

enum wn_code wn_batch_begin(struct wn *wn, const struct wn_task *t, bool look_only,
                            struct wn_batch **out, struct wn_error *err)
{
    struct wn_batch *b = wn_xcalloc(1, sizeof(*b));
    enum wn_code rc = look_only ? WN_OK : fetch_all(wn, err);
    b->wn = wn;
    b->task = t;
    *out = b;
    return rc == WN_OK ? load_waiting(b, err) : rc;
}

void wn_batch_free(struct wn_batch *b)
{
    if (b == NULL)
        return;
    for (size_t i = 0; i < b->njobs; i++)
        free(b->jobs[i].record.items);
    free(b->jobs);
    free(b->waiting.at);
    free(b->useless.at);
    wn_arena_free(&b->arena);
    free(b);
}

/* The job of this run that takes requests for the model. */
static struct gathered *job_for(struct wn_batch *b, const struct wn_job *j)
{
    struct gathered *g;
    for (size_t i = 0; i < b->njobs; i++) {
        g = &b->jobs[i];
        if (strcmp(g->record.provider, j->call.provider->name) == 0 &&
            strcmp(g->record.model, j->call.model) == 0 && g->record.n < MOST_ITEMS &&
            g->bytes + j->request.body_len < wn_batch_format(j->call.provider)->most_bytes)
            return g;
    }
    b->jobs = wn_xrealloc(b->jobs, b->njobs + 1, sizeof(*b->jobs));
    g = &b->jobs[b->njobs++];
    *g = (struct gathered){ .record = { .provider = j->call.provider->name,
                                        .model = wn_arena_str(&b->arena, j->call.model),
                                        .lane = wn_arena_str(&b->arena, j->request.lane),
                                        .task = b->task->name,
                                        .version = b->task->version,
                                        .stage = "new",
                                        .cache_days = b->task->cache_days,
                                        .created = wn_clock_now() } };
    return g;
}

static bool waits(const struct wn_batch *b, const struct wn_batch_asked *asked)
{
    bool found = false;
    for (size_t i = 0; i < asked->n; i++)
        found |= is_among(&b->waiting, asked->of[i].key);
    return found;
}

bool wn_batch_has(const struct wn_batch *b, const struct wn_job *j)
{
    char key[WN_HEX];
    return is_among(&b->waiting, hex(j->cache_key, WN_HASH, key));
}

bool wn_batch_gave_up(const struct wn_batch *b, const struct wn_job *j)
{
    char key[WN_HEX];
    return j->load == NULL && is_among(&b->useless, hex(j->cache_key, WN_HASH, key));
}

static struct wn_batch_about about(const struct wn_job *j, const char *id, struct wn_arena *a)
{
    char key[WN_HEX];
    return (struct wn_batch_about){
        .key = wn_arena_str(a, hex(j->cache_key, WN_HASH, key)),
        .item = wn_arena_str(a, j->item.id),
        .sender = j->sender == NULL ? NULL : wn_arena_str(a, j->sender),
        .text = wn_arena_copy(a, j->item.text, j->item.text_len),
        .id = id == NULL ? NULL : wn_arena_str(a, id),
    };
}

/* Its items, and a name: a request about several has no key of its own. */
static void describe(struct wn_batch *b, const struct wn_job *j, struct wn_batch_asked *out)
{
    const struct wn_load *l = j->load;
    unsigned char hash[WN_HASH];
    char text[WN_HEX];
    out->n = l == NULL ? 1 : l->pack.n;
    out->of = wn_arena_array(&b->arena, out->n, sizeof(*out->of));
    for (size_t i = 0; i < out->n; i++)
        out->of[i] = about(l == NULL ? j : l->of[i], l == NULL ? NULL : l->ids[i], &b->arena);
    out->name = out->of[0].key;
    if (l == NULL)
        return;
    wn_store_hash(b->wn->store, "packed", j->request.body, j->request.body_len, hash);
    out->name = wn_arena_str(&b->arena, hex(hash, WN_HASH, text));
}

enum wn_code wn_batch_collect(struct wn_batch *b, struct wn_engine *e, struct wn_job *j,
                              bool *granted, struct wn_error *err)
{
    struct wn_arena *a = &b->arena;
    struct wn_batch_record *job;
    struct wn_batch_asked *asked;
    struct gathered *g;
    int64_t need = 0;
    enum wn_code rc = wn_budget_promise(e, j, &need, granted, err);
    if (rc != WN_OK || !*granted)
        return rc;
    g = job_for(b, j);
    job = &g->record;
    if ((job->n & (job->n - 1)) == 0)
        job->items = wn_xrealloc(job->items, job->n == 0 ? 1 : 2 * job->n, sizeof(*job->items));
    asked = &job->items[job->n++];
    *asked = (struct wn_batch_asked){
        .body = wn_arena_copy(a, j->request.body, j->request.body_len),
        .reserved = need,
    };
    describe(b, j, asked);
    e->tally->batched += (int64_t)asked->n;
    g->bytes += j->request.body_len;
    job->reserved += need;
    for (size_t i = 0; i < asked->n; i++)
        add_key(&b->waiting, asked->of[i].key);
    return WN_OK;
}

/* A name that no other batch has, and that tells nothing. */
static const char *mark_of(struct wn_batch *b, const struct wn_batch_record *job)
{
    const char *what =
        wn_arena_printf(&b->arena, "%s %s %lld", job->name, job->items[0].name, (long long)job->created);
    unsigned char hash[WN_HASH];
    char text[WN_HEX];
    wn_store_hash(b->wn->store, "batch", what, strlen(what), hash);
    return wn_arena_printf(&b->arena, "winnow-%s", hex(hash, 12, text));
}

/* Another run may have handed in the same meanwhile: that will do. */
static enum wn_code leave_out_waiting(struct wn_batch *b, struct wn_error *err)
{
    enum wn_code rc;
    free(b->waiting.at);
    b->waiting = (struct keys){ 0 };
    rc = load_waiting(b, err);
    for (size_t i = 0; rc == WN_OK && i < b->njobs; i++) {
        struct wn_batch_record *job = &b->jobs[i].record;
        size_t n = 0;
        for (size_t k = 0; k < job->n; k++)
            if (waits(b, &job->items[k])) /* what else is in it is asked by the next run */
                job->reserved -= job->items[k].reserved;
            else
                job->items[n++] = job->items[k];
        job->n = n;
    }
    return rc;
}

/* Keep all before the first is sent. What each may cost is held in the ledger, beside what the run itself
 * holds until it ends: for that moment it counts twice, never not at all. */
static enum wn_code submit(struct wn_batch *b, struct wn_error *err)
{
    enum wn_code rc = leave_out_waiting(b, err), one;
    for (size_t i = 0; rc == WN_OK && i < b->njobs; i++) {
        struct wn_batch_record *job = &b->jobs[i].record;
        if (job->n == 0)
            continue;
        job->name = wn_arena_printf(&b->arena, "b%04d", ++b->newest);
        job->mark = mark_of(b, job);
        job->day = wn_clock_now() / 86400;
        rc = wn_ledger_add(b->wn->store, job->day, "", job->reserved, err);
        if (rc == WN_OK)
            rc = wn_batch_save(b->wn, job, err);
    }
    for (size_t i = 0; rc == WN_OK && i < b->njobs; i++) {
        if (b->jobs[i].record.n == 0)
            continue;
        one = wn_batch_go_on(b->wn, &b->jobs[i].record, &b->arena, err);
        rc = rc == WN_OK ? one : rc;
    }
    return rc;
}

enum wn_code wn_batch_submit(struct wn_batch *b, struct wn_error *err)
{
    struct wn_lock *lock = NULL;
    enum wn_code rc = b->njobs == 0 ? WN_OK : wn_batch_lock(b->wn, true, &lock, err);
    if (rc == WN_OK && b->njobs > 0)
        rc = submit(b, err);
    wn_store_unlock(lock);
    return rc;
}

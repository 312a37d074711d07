/* send.c: a request on its way: it waits for the same one of another job, for money or for a circuit, is
 * sent, and comes back. */
#include "base/clock.h"
#include "pipeline/budget.h"
#include "pipeline/pack.h"
#include <poll.h>
#include <string.h>

/* ---- twins: the same request is under way for another job ---- */

static uint16_t *asking(struct wn_engine *e, const unsigned char key[WN_HASH])
{
    return &e->asking[(key[0] | key[1] << 8) % WN_COUNT(e->asking)];
}

static bool has_twin(struct wn_engine *e, const struct wn_job *j)
{
    if (*asking(e, j->cache_key) == 0)
        return false;
    for (size_t i = 0; i < e->njobs; i++)
        if (e->jobs[i] != j && e->jobs[i]->state == WN_JOB_ASKING &&
            memcmp(e->jobs[i]->cache_key, j->cache_key, WN_HASH) == 0)
            return true;
    return false;
}

/* The same request is under way for another job: its reply will do for both. */
bool wn_ask_waits_as_twin(struct wn_engine *e, struct wn_job *j)
{
    if (j->load != NULL || e->o.no_cache || e->o.refresh || e->wn->store == NULL || !has_twin(e, j))
        return false;
    j->state = WN_JOB_TWIN;
    e->ntwins++;
    return true;
}

/* Go on with the jobs that waited for the reply to this request: it is in the cache now, or one of
 * them asks in its turn. */
static enum wn_code wake_twins(struct wn_engine *e, const unsigned char key[WN_HASH],
                               struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    for (size_t i = 0; rc == WN_OK && e->ntwins > 0 && i < e->njobs; i++)
        if (e->jobs[i]->state == WN_JOB_TWIN && memcmp(e->jobs[i]->cache_key, key, WN_HASH) == 0) {
            e->jobs[i]->state = WN_JOB_ASKING;
            e->ntwins--;
            rc = e->o.targets->list[e->jobs[i]->model].out ? wn_engine_restart(e, e->jobs[i], err)
                 : e->jobs[i]->packed                      ? wn_ask(e, e->jobs[i], err)
                                                           : wn_ask_submit(e, e->jobs[i], err);
        }
    return rc;
}

void wn_ask_counts(struct wn_engine *e, const struct wn_job *j, int change)
{
    *asking(e, j->cache_key) += (uint16_t)change;
}

enum wn_code wn_ask_settled(struct wn_engine *e, const struct wn_job *j,
                            const unsigned char key[WN_HASH], struct wn_error *err)
{
    bool over = j->state != WN_JOB_ASKING || memcmp(key, j->cache_key, WN_HASH) != 0;
    return over && !e->o.no_cache ? wake_twins(e, key, err) : WN_OK;
}

/* ---- sending ---- */

static enum wn_code send_now(struct wn_engine *e, struct wn_job *j, int64_t wait_ms,
                             struct wn_error *err)
{
    if (j->first_ms == 0)
        j->first_ms = wn_clock_ms();
    j->retry.first_ms = j->first_ms;
    if (j->retry.tries++ > 0)
        e->tally->retries++;
    e->tally->requests++;
    j->attempts++;
    j->state = WN_JOB_ASKING;
    ++*asking(e, j->cache_key);
    return wn_pool_add(e->pool, &j->request, j, wait_ms, err);
}

void wn_ask_unsend(struct wn_engine *e, struct wn_job *j)
{
    if (--j->retry.tries > 0)
        e->tally->retries--;
    e->tally->requests--;
    j->attempts--;
}

void wn_ask_hold(struct wn_engine *e, struct wn_job *j)
{
    j->next = NULL;
    *e->held_end = j;
    e->held_end = &j->next;
    e->nheld++;
}

/* A long prefix goes into the provider's prompt cache with the first answer: who asks at the same time pays
 * for writing it, too. So one request goes first, and the others when it has been answered. */
static bool waits_for_warmth(struct wn_engine *e, struct wn_job *j)
{
    struct wn_target *t = &e->o.targets->list[j->model];
    int64_t prefix = wn_budget_likely_in(j->prompt.system, strlen(j->prompt.system));
    if (t->warm || j->call.kind != WN_GENERATE || t->row->cache_prefix == 0 ||
        prefix < t->row->cache_prefix)
        return false;
    if (t->first == NULL ||
        t->first->state != WN_JOB_ASKING) /* it was dropped: the next one goes first */
        t->first = j;
    return t->first != j;
}

/* Reserve the worst price and send, if the run goes on and the circuit lets it through. */
enum wn_code wn_ask_send(struct wn_engine *e, struct wn_job *j, int64_t wait_ms,
                         struct wn_error *err)
{
    struct wn_target *t = &e->o.targets->list[j->model];
    int64_t now = wn_clock_ms();
    enum wn_grant grant;
    enum wn_code rc;
    if (e->stopped.code != WN_OK)
        return wn_engine_leave(e, j, err);
    if (j->first_ms > 0 && now - j->first_ms > e->policy.total_ms)
        return wn_engine_late(e, j, err);
    if (waits_for_warmth(e, j) ||
        (t->circuit.open_until_ms != 0 && j->retry.tries > 0 && e->nheld > 0) ||
        !wn_circuit_allows(&t->circuit, now)) {
        wn_ask_hold(e, j);
        return WN_OK;
    }
    j->is_probe = t->circuit.probing;
    rc = wn_budget_reserve(e, j, &grant, err);
    if (rc != WN_OK)
        return rc;
    if (grant == WN_DENIED)
        return wn_engine_denied(e, j, err);
    if (grant == WN_WAIT) {
        wn_ask_hold(e, j);
        return WN_OK;
    }
    return send_now(e, j, wait_ms, err);
}

enum wn_code wn_ask_later(struct wn_engine *e, struct wn_job *j, int64_t wait_ms,
                          struct wn_error *err)
{
    if (e->winding_up) {
        wn_job_drop(j);
        return WN_OK;
    }
    wn_log(&e->wn->log, WN_INFO, "retry", "model=%s try=%d wait_ms=%lld", j->request.lane,
           j->retry.tries, (long long)wait_ms);
    return wn_ask_send(e, j, wait_ms, err);
}

/* Those that have not failed yet come first: of them the probe of an open circuit is taken, since an item
 * that fails whoever is asked would tell that the provider is still down. */
static struct wn_job *fresh_first(struct wn_job *held)
{
    struct wn_job *fresh = NULL, *failed = NULL, **fresh_end = &fresh, **failed_end = &failed;
    for (struct wn_job *j = held, *next; j != NULL; j = next) {
        struct wn_job ***end = j->retry.tries == 0 ? &fresh_end : &failed_end;
        next = j->next;
        j->next = NULL;
        **end = j;
        *end = &j->next;
    }
    *fresh_end = failed;
    return fresh;
}

/* Something changed: the held ones try again, in their order. */
static enum wn_code release_held(struct wn_engine *e, struct wn_error *err)
{
    struct wn_job *j = fresh_first(e->held), *next;
    enum wn_code rc = WN_OK;
    e->held = NULL;
    e->held_end = &e->held;
    e->nheld = 0;
    for (; rc == WN_OK && j != NULL; j = next) {
        unsigned char key[WN_HASH];
        next = j->next;
        memcpy(key, j->cache_key, WN_HASH);
        if (e->winding_up)
            wn_job_drop(j);
        else if (!wn_ask_waits_as_twin(e, j))
            rc = wn_ask_send(e, j, 0, err);
        if (rc == WN_OK && j->state != WN_JOB_TWIN) /* it may be late, or with another model by now */
            rc = wn_ask_settled(e, j, key, err);
    }
    return rc;
}

/* Nothing is in flight and some wait: until a circuit lets one through, or the caller's time is up. */
static void wait_for_circuit(struct wn_engine *e, int wait_ms)
{
    int64_t now = wn_clock_ms(), until = now + (wait_ms < 0 ? 1000 : wait_ms);
    for (size_t i = 0; i < e->o.targets->n; i++) {
        int64_t open = e->o.targets->list[i].circuit.open_until_ms;
        if (open > now && open < until)
            until = open;
    }
    poll(NULL, 0, (int)(until - now)); /* a signal ends it */
}

enum wn_code wn_engine_step(struct wn_engine *e, int wait_ms, bool *progressed,
                            struct wn_error *err)
{
    struct wn_response *response = NULL;
    unsigned char key[WN_HASH];
    struct wn_job *j;
    enum wn_code rc = WN_OK;
    if (e->gathering != NULL && (e->hurry || wn_pool_pending(e->pool) + e->nheld == 0))
        rc = wn_pack_flush(e, err);
    if (rc == WN_OK && e->nheld > 0 && wn_pool_pending(e->pool) == 0) {
        rc = release_held(e, err);
        if (rc == WN_OK && e->nheld > 0 && wn_pool_pending(e->pool) == 0)
            wait_for_circuit(e, wait_ms);
    }
    if (rc == WN_OK)
        rc = wn_pool_take(e->pool, wait_ms, &response, err);
    *progressed = response != NULL;
    if (rc != WN_OK || response == NULL)
        return rc;
    j = response->owner;
    if (j->call.kind == WN_GENERATE) /* well or not: nobody waits for a second one */
        e->o.targets->list[j->model].warm = true;
    memcpy(key, j->cache_key, WN_HASH);
    --*asking(e, key);
    if (response->wire == WN_WIRE_TIMEOUT)
        wn_budget_unsure(e, j);
    else
        rc = wn_budget_release(e, j, err);
    if (rc == WN_OK)
        rc = response->wire == WN_WIRE_STOPPED ? wn_engine_recalled(e, j, err)
                                               : wn_ask_read(e, j, response, err);
    wn_response_free(response);
    if (rc == WN_OK)
        rc = wn_ask_settled(e, j, key, err);
    return rc == WN_OK && e->nheld > 0 ? release_held(e, err) : rc;
}

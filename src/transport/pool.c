/* pool.c: see pool.h.
 *
 * A request waits in the backlog of its lane until it is due and the lane's limiter lets it go, then
 * flies, and comes back as a response in a list from which it is taken. A lane that has to wait does not
 * hold another: each has a backlog of its own, and they take turns. */
#include "transport/pool.h"
#include "base/arena.h"
#include "base/clock.h"
#include "transport/backlog.h"
#include "transport/exchange.h"
#include "transport/limit.h"
#include "transport/loop.h"
#include "transport/response.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum {
    TAKES_A_TURN = 16, /* so many are taken before the wire is looked at again */
    OTHER_FILES = 128  /* what the rest of the program and curl's resolver may have open */
};
static const int64_t LONGEST_DELAY_MS = INT64_C(31) * 86400 * 1000;

struct lane {
    char *name;
    struct wn_backlog backlog;
    struct wn_limit *limit;
    size_t flying;
};

/* A place in flight; made when first needed, then used again. */
struct flight {
    struct wn_exchange *exchange;
    struct wn_backlog_entry entry; /* entry.request == NULL: idle */
    struct wn_sent sent;
    struct flight *next_idle, *next; /* next: of all there are */
};

struct wn_pool {
    struct wn_pool_options o; /* with the defaults filled in */
    struct wn_limits *own; /* where the options name none */
    struct wn_loop *loop;
    struct lane *lanes;
    size_t nlanes, turn; /* turn: the lane that may send first */
    struct flight *flights, *idle;
    struct wn_response *done, **done_end;
    size_t waiting, flying, ndone;
    uint64_t added;
    unsigned taken; /* since the wire was looked at */
};

/* ---- what has come back ---- */

/* Its place in the window is free as soon as it is here; that of any other when the caller has seen it,
 * since it may say that we are too fast. */
static bool went_well(const struct wn_response *r)
{
    return r->wire == WN_WIRE_OK && r->status / 100 == 2;
}

static struct wn_response *take_first(struct wn_pool *p)
{
    struct wn_response *r = p->done;
    if (r == NULL)
        return NULL;
    p->done = r->next;
    if (p->done == NULL)
        p->done_end = &p->done;
    r->next = NULL;
    p->ndone--;
    p->taken++;
    if (r->sent.nth > 0 && !went_well(r))
        wn_limit_taken(p->lanes[r->sent.lane].limit);
    return r;
}

/* ---- open and close ---- */

/* As many files as the places in flight need, or as many places as there may be files. */
static int fit_files(int in_flight, const struct wn_log *log)
{
    struct rlimit files;
    rlim_t need = (rlim_t)in_flight + OTHER_FILES;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= need)
        return in_flight;
    files.rlim_cur = files.rlim_max < need ? files.rlim_max : need;
    if (setrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur >= need)
        return in_flight;
    getrlimit(RLIMIT_NOFILE, &files);
    in_flight = files.rlim_cur > OTHER_FILES ? (int)(files.rlim_cur - OTHER_FILES) : 1;
    wn_log(log, WN_WARN, "in_flight", "places=%d open_files=%ju", in_flight,
           (uintmax_t)files.rlim_cur);
    return in_flight;
}

enum wn_code wn_pool_open(const struct wn_pool_options *o, struct wn_pool **out,
                          struct wn_error *err)
{
    struct wn_pool *p = wn_xcalloc(1, sizeof(*p));
    enum wn_code rc = WN_OK;
    p->o = *o;
    p->o.in_flight = fit_files(o->in_flight > 0 ? o->in_flight : 64, o->log);
    p->o.timeout_ms = o->timeout_ms > 0 ? o->timeout_ms : 120000;
    p->o.connect_ms = o->connect_ms > 0 ? o->connect_ms : 10000;
    p->o.max_body = o->max_body > 0 ? o->max_body : (size_t)8 << 20;
    p->o.user_agent = o->user_agent != NULL ? o->user_agent : "winnow/" WN_VERSION;
    p->done_end = &p->done;
    if (o->limits == NULL)
        p->o.limits = p->own = wn_limits_new();
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
        rc = wn_error_set(err, WN_E_PROVIDER, "libcurl cannot be started");
    else
        rc = wn_loop_open(p->o.in_flight, &p->loop, err);
    if (rc == WN_OK) {
        *out = p;
        p = NULL;
    }
    wn_pool_close(p);
    return rc;
}

void wn_pool_close(struct wn_pool *p)
{
    struct flight *f;
    struct wn_response *r;
    if (p == NULL)
        return;
    while ((f = p->flights) != NULL) {
        p->flights = f->next;
        if (f->entry.request != NULL) {
            wn_loop_end(p->loop, wn_exchange_easy(f->exchange));
            wn_limit_taken(p->lanes[f->sent.lane].limit);
        }
        wn_exchange_free(f->exchange);
        free(f);
    }
    while ((r = take_first(p)) != NULL)
        wn_response_free(r);
    for (size_t i = 0; i < p->nlanes; i++) {
        wn_backlog_free(&p->lanes[i].backlog);
        free(p->lanes[i].name);
    }
    free(p->lanes);
    wn_limits_free(p->own);
    wn_loop_close(p->loop);
    curl_global_cleanup();
    free(p);
}

/* ---- waiting ---- */

/* The lane of this name; there are few. */
static struct lane *lane_named(struct wn_pool *p, const char *name)
{
    struct lane *lane;
    for (size_t i = 0; i < p->nlanes; i++)
        if (strcmp(p->lanes[i].name, name) == 0)
            return &p->lanes[i];
    p->lanes = wn_xrealloc(p->lanes, p->nlanes + 1, sizeof(*p->lanes));
    lane = &p->lanes[p->nlanes++];
    *lane = (struct lane){ .name = wn_xstrdup(name) };
    lane->limit = wn_limits_of(p->o.limits, name, (size_t)p->o.in_flight, wn_clock_ms());
    return lane;
}

bool wn_pool_full(const struct wn_pool *p)
{
    return wn_pool_pending(p) >= (size_t)p->o.in_flight + (size_t)p->o.ahead;
}

size_t wn_pool_pending(const struct wn_pool *p)
{
    return p->waiting + p->flying + p->ndone;
}

enum wn_code wn_pool_add(struct wn_pool *p, const struct wn_request *r, void *owner,
                         int64_t delay_ms, struct wn_error *err)
{
    enum wn_code rc = wn_exchange_check(r, err);
    int64_t delay = delay_ms < 0 ? 0 : delay_ms > LONGEST_DELAY_MS ? LONGEST_DELAY_MS : delay_ms;
    if (rc != WN_OK)
        return rc;
    wn_backlog_push(
        &lane_named(p, r->lane)->backlog,
        (struct wn_backlog_entry){
            .request = r, .owner = owner, .due_ms = wn_clock_ms() + delay, .nth = ++p->added });
    p->waiting++;
    return WN_OK;
}

/* ---- flying ---- */

static void finish(struct wn_pool *p, struct wn_response *r, void *owner, struct wn_sent sent)
{
    r->owner = owner;
    r->sent = sent;
    *p->done_end = r;
    p->done_end = &r->next;
    p->ndone++;
}

static void land(struct wn_pool *p, struct flight *f, CURLcode how)
{
    struct wn_response *r;
    wn_loop_end(p->loop, wn_exchange_easy(f->exchange));
    r = wn_exchange_end(f->exchange, how);
    if (went_well(r))
        wn_limit_taken(p->lanes[f->sent.lane].limit);
    finish(p, r, f->entry.owner, f->sent);
    f->entry.request = NULL;
    f->next_idle = p->idle;
    p->idle = f;
    p->flying--;
    p->lanes[f->sent.lane].flying--;
}

static struct flight *idle_flight(struct wn_pool *p)
{
    struct flight *f = p->idle;
    if (f != NULL) {
        p->idle = f->next_idle;
        return f;
    }
    f = wn_xcalloc(1, sizeof(*f));
    f->exchange = wn_exchange_new(&p->o, f);
    f->next = p->flights;
    p->flights = f;
    return f;
}

static void send_first(struct wn_pool *p, struct lane *lane, int64_t now)
{
    struct flight *f = idle_flight(p);
    CURLcode rc;
    f->entry = wn_backlog_pop(&lane->backlog);
    f->sent.lane = (size_t)(lane - p->lanes);
    wn_limit_sent(lane->limit, f->entry.request->tokens, now, &f->sent);
    p->waiting--;
    p->flying++;
    lane->flying++;
    wn_exchange_begin(f->exchange, f->entry.request);
    rc = wn_loop_start(p->loop, wn_exchange_easy(f->exchange));
    if (rc != CURLE_OK)
        land(p, f, rc);
}

/* Until the first of a lane may go; -1 = nothing waits, or not before a response was taken. */
static int64_t lane_wait_ms(const struct lane *lane, int64_t now)
{
    const struct wn_backlog_entry *first = lane->backlog.at;
    int64_t due, wait;
    if (lane->backlog.n == 0)
        return -1;
    wait = wn_limit_wait_ms(lane->limit, first->request->tokens, now);
    due = first->due_ms > now ? first->due_ms - now : 0;
    return wait < 0 || wait > due ? wait : due;
}

/* Send what may go now, one of each lane in turn. The result is how long until more may go, -1 = not
 * before something comes back. */
static int64_t send_due(struct wn_pool *p, int64_t now)
{
    int64_t next = -1;
    for (bool sent = true; sent && p->waiting > 0;) {
        size_t first = p->turn;
        sent = false;
        next = -1;
        for (size_t i = 0; i < p->nlanes; i++) {
            size_t at = (first + i) % p->nlanes;
            int64_t wait = lane_wait_ms(&p->lanes[at], now);
            if (wait == 0 && p->flying == (size_t)p->o.in_flight)
                return -1;
            if (wait == 0) {
                send_first(p, &p->lanes[at], now);
                p->turn = at + 1;
                sent = true;
            } else if (wait > 0 && (next < 0 || wait < next)) {
                next = wait;
            }
        }
    }
    return next;
}

/* ---- taking ---- */

/* Let the wire move, for at most wait_ms or until a waiting request may go. */
static enum wn_code turn(struct wn_pool *p, int64_t wait_ms, int64_t now, bool *signalled,
                         struct wn_error *err)
{
    int64_t next = send_due(p, now);
    enum wn_code rc;
    CURL *easy;
    CURLcode how;
    if (p->done != NULL)
        wait_ms = 0;
    else if (next >= 0 && (wait_ms < 0 || next < wait_ms))
        wait_ms = next;
    rc = wn_loop_turn(p->loop, wait_ms, signalled, err);
    while ((easy = wn_loop_finished(p->loop, &how)) != NULL)
        land(p, wn_exchange_user(easy), how);
    p->taken = 0;
    return rc;
}

/* Where many finish at once, those that were taken make room for others to be sent before the last of
 * them is looked at. */
enum wn_code wn_pool_take(struct wn_pool *p, int wait_ms, struct wn_response **out,
                          struct wn_error *err)
{
    int64_t now = wn_clock_ms();
    int64_t until = wait_ms < 0 ? -1 : now + wait_ms;
    bool over = false, signalled = false;
    enum wn_code rc = WN_OK;
    if (p->taken >= TAKES_A_TURN)
        rc = turn(p, 0, now, &signalled, err);
    over = signalled;
    while (rc == WN_OK && p->done == NULL && wn_pool_pending(p) > 0 && !over) {
        rc = turn(p, until < 0 ? -1 : until - now, now, &signalled, err);
        now = wn_clock_ms();
        over = signalled || (until >= 0 && now >= until);
    }
    *out = rc == WN_OK ? take_first(p) : NULL;
    return rc;
}

void wn_pool_recall(struct wn_pool *p, const char *name)
{
    for (size_t i = 0; i < p->nlanes; i++) {
        struct lane *lane = &p->lanes[i];
        if (name != NULL && strcmp(name, lane->name) != 0)
            continue;
        for (; lane->backlog.n > 0; p->waiting--) {
            struct wn_response *r = wn_response_new(NULL, NULL);
            r->wire = WN_WIRE_STOPPED;
            snprintf(r->wire_error, sizeof(r->wire_error), "called back before it was sent");
            finish(p, r, wn_backlog_pop(&lane->backlog).owner, (struct wn_sent){ .lane = i });
        }
    }
}

/* ---- limits ---- */

void wn_pool_limit(struct wn_pool *p, const char *lane, int64_t requests, int64_t tokens)
{
    wn_limit_allow(lane_named(p, lane)->limit, requests, tokens, wn_clock_ms());
}

void wn_pool_pause(struct wn_pool *p, const char *lane, int64_t ms)
{
    wn_limit_pause(lane_named(p, lane)->limit, ms, wn_clock_ms());
}

void wn_pool_report(struct wn_pool *p, const struct wn_response *r, bool good)
{
    assert(r->sent.lane < p->nlanes);
    wn_limit_report(p->lanes[r->sent.lane].limit, &r->sent, good, wn_clock_ms());
}

void wn_pool_learn(struct wn_pool *p, const struct wn_response *r, const struct wn_limit_facts *f)
{
    assert(r->sent.lane < p->nlanes);
    wn_limit_learn(p->lanes[r->sent.lane].limit, &r->sent, f, wn_clock_ms());
}

bool wn_pool_lane(const struct wn_pool *p, size_t i, struct wn_lane *out)
{
    const struct lane *lane;
    int64_t now = wn_clock_ms();
    if (i >= p->nlanes)
        return false;
    lane = &p->lanes[i];
    *out = (struct wn_lane){ .name = lane->name,
                             .waiting = lane->backlog.n,
                             .in_flight = lane->flying,
                             .window = lane->limit->window < 1 ? 1 : (size_t)lane->limit->window,
                             .requests_limit = wn_bucket_limit(&lane->limit->requests),
                             .tokens_limit = wn_bucket_limit(&lane->limit->tokens),
                             .paused_ms = lane->limit->paused_until_ms > now
                                              ? lane->limit->paused_until_ms - now
                                              : 0,
                             .sent = lane->limit->sent };
    return true;
}

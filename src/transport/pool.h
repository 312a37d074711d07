/* pool.h: thousands of requests in flight on one thread; see pool.c for how they wait and loop.c for
 * how they travel.
 *
 * It is pulled, not called back: add requests until wn_pool_full(), take one finished response,
 * report what it was, decide, store, repeat. Every request that was added comes back exactly once.
 *
 *     if (reply.class == WN_CLASS_BUSY) {
 *         wn_pool_report(p, r, false);
 *         wn_pool_pause(p, lane, reply.wait_ms);
 *         wait = wn_retry_wait_ms(&wn_retry_default, &item->retry, ...);
 *         if (wait >= 0)
 *             wn_pool_add(p, &item->request, item, wait, &err);
 *     }
 */
#ifndef WN_TRANSPORT_POOL_H
#define WN_TRANSPORT_POOL_H
#include "base/log.h"
#include "transport/transport.h"

struct wn_pool;

/* What was learned of each lane's limits, and what was sent under them, for pools that are open one after the other
 * or at once, on one thread. Free it after them. */
struct wn_limits;
struct wn_limits *wn_limits_new(void);
void wn_limits_free(struct wn_limits *l);

struct wn_pool_options {
    int in_flight;          /* most at a time; 0 = 64. Fewer where the system allows fewer files. */
    int ahead;              /* so many more may wait: one of them goes as soon as a place is free */
    int64_t timeout_ms;     /* 0 = 120,000 */
    int64_t connect_ms;     /* 0 = 10,000 */
    size_t max_body;        /* unpacked; 0 = 8 MiB */
    const char *user_agent; /* NULL = "winnow/VERSION" */
    const char *ca_file;    /* NULL = the system's; for tests with a certificate of their own */
    struct wn_limits *limits; /* its lanes keep to, with those of other pools; NULL = its own */
    const struct wn_log *log;
};
enum wn_code wn_pool_open(const struct wn_pool_options *o, struct wn_pool **out,
                          struct wn_error *err);
/* Requests still pending are dropped. */
void wn_pool_close(struct wn_pool *p);

/* Is there no place free for another request? Waiting (delayed) ones hold a place, too, and so do
 * responses that were not taken. */
bool wn_pool_full(const struct wn_pool *p);
/* Added and not yet taken. */
size_t wn_pool_pending(const struct wn_pool *p);
/* Send r no sooner than delay_ms from now, and not before its lane allows. r and all it points to
 * stay the caller's and must live until the response with this owner was taken. A full pool takes it
 * as well (one item may need several requests); it waits for a place in flight. Fails only for what
 * could never be sent: an address that is not http or https, a header with a line end in it. */
enum wn_code wn_pool_add(struct wn_pool *p, const struct wn_request *r, void *owner,
                         int64_t delay_ms, struct wn_error *err);
/* The next finished response, waiting at most wait_ms (-1 = until there is one or nothing is
 * pending); *out == NULL when there is none. *out is the caller's, to wn_response_free(). A signal
 * ends the wait early; one that came just before it does not, so wait with a bound where a flag set
 * by a signal handler must be seen. */
enum wn_code wn_pool_take(struct wn_pool *p, int wait_ms, struct wn_response **out,
                          struct wn_error *err);
/* What of this lane (NULL = all) still waits comes back unsent, as WN_WIRE_STOPPED: its provider is
 * out, or the run ends. What is in flight goes on. */
void wn_pool_recall(struct wn_pool *p, const char *lane);

/* ---- limits: who may send, and how fast; limit.h says how it is reckoned ---- */

/* What the configuration allows a lane a minute; headers can lower it, not raise it. 0 = no limit. */
void wn_pool_limit(struct wn_pool *p, const char *lane, int64_t requests, int64_t tokens);
/* Nothing of this lane is sent for so long (a 429 told us; 0 and less = no hint); what is in flight
 * goes on. */
void wn_pool_pause(struct wn_pool *p, const char *lane, int64_t ms);
/* What the caller made of a response, once for each that says something of it: good (whatever the
 * answer is) lets the lane have more in flight; not good (429, 503, 529, a timeout), unless it stays
 * the only one for a while, halves that and spreads it out. Until replies are reported good, a lane
 * stays at the few it starts with. */
void wn_pool_report(struct wn_pool *p, const struct wn_response *r, bool good);

/* What a reply said of the limits, for the limiter of its lane: -1 = not said. */
struct wn_limit_facts {
    int64_t requests_limit, requests_left, requests_reset_ms;
    int64_t tokens_limit, tokens_left, tokens_reset_ms;
    int64_t tokens_used; /* what the request really took */
};
void wn_pool_learn(struct wn_pool *p, const struct wn_response *r, const struct wn_limit_facts *f);

/* A lane as it stands, for `winnow models` and the progress line. */
struct wn_lane {
    const char *name;                     /* borrowed until wn_pool_close */
    size_t waiting, in_flight, window;    /* window: how many may be in flight now */
    int64_t requests_limit, tokens_limit; /* a minute, -1 = none known */
    int64_t paused_ms;                    /* what is left of a pause, or 0 */
    uint64_t sent;
};
/* The i-th lane, or false past the end. */
bool wn_pool_lane(const struct wn_pool *p, size_t i, struct wn_lane *out);

#endif

/* pool.h: thousands of requests in flight on one thread; see transport.c for the loop.
 *
 * It is pulled, not called back: add requests until wn_pool_full(), take one finished response,
 * decide, store, repeat. Every request that was added comes back exactly once. */
#ifndef WN_TRANSPORT_POOL_H
#define WN_TRANSPORT_POOL_H
#include "base/log.h"
#include "transport/transport.h"

struct wn_pool;

struct wn_pool_options {
    int in_flight;          /* most at a time; 0 = 64 */
    int64_t timeout_ms;     /* 0 = 120,000 */
    int64_t connect_ms;     /* 0 = 10,000 */
    size_t max_body;        /* 0 = 8 MiB */
    const char *user_agent; /* NULL = "winnow/VERSION" */
    const char *ca_file;    /* NULL = the system's; for tests with a certificate of their own */
    const struct wn_log *log;
};
enum wn_code wn_pool_open(const struct wn_pool_options *o, struct wn_pool **out,
                          struct wn_error *err);
/* Requests still in flight are dropped. */
void wn_pool_close(struct wn_pool *p);
/* Is there no place free for another request? Waiting (delayed) ones hold a place, too. */
bool wn_pool_full(const struct wn_pool *p);
size_t wn_pool_pending(const struct wn_pool *p);
/* Send r no sooner than delay_ms from now. r and all it points to stay the caller's and must live
 * until the response with this owner was taken. */
enum wn_code wn_pool_add(struct wn_pool *p, const struct wn_request *r, void *owner,
                         int64_t delay_ms, struct wn_error *err);
/* The next finished response, waiting at most wait_ms (-1 = until there is one or nothing is
 * pending); *out == NULL when there is none. *out is the caller's, to wn_response_free(). A signal
 * ends the wait early. */
enum wn_code wn_pool_take(struct wn_pool *p, int wait_ms, struct wn_response **out,
                          struct wn_error *err);
/* Nothing of this lane is sent for so long (a 429 told us); what is in flight goes on. */
void wn_pool_pause(struct wn_pool *p, const char *lane, int64_t ms);
/* What a reply said of the limits, for the limiter of its lane: -1 = not said. */
struct wn_limit_facts {
    int64_t requests_limit, requests_left, requests_reset_ms;
    int64_t tokens_limit, tokens_left, tokens_reset_ms;
    int64_t tokens_used; /* what the request really took */
};
void wn_pool_learn(struct wn_pool *p, const char *lane, const struct wn_limit_facts *f);

#endif

/* exchange.h: one request on the wire, and the response made of what came back.
 *
 * An exchange is used again and again: its curl handle and its buffers stay. */
#ifndef WN_TRANSPORT_EXCHANGE_H
#define WN_TRANSPORT_EXCHANGE_H
#include "transport/pool.h"
#include <curl/curl.h>

struct wn_exchange;

/* The options are those of the pool, all filled in. `user` is for wn_exchange_user(). */
struct wn_exchange *wn_exchange_new(const struct wn_pool_options *o, void *user);
void wn_exchange_free(struct wn_exchange *x);
CURL *wn_exchange_easy(const struct wn_exchange *x);
/* What the exchange with this handle was given as its user. */
void *wn_exchange_user(CURL *easy);
/* Can this request be sent at all? */
enum wn_code wn_exchange_check(const struct wn_request *r, struct wn_error *err);
/* Make ready for r, which must live until the end. */
void wn_exchange_begin(struct wn_exchange *x, const struct wn_request *r);
/* The response, for wn_response_free(); its owner and sent are not set. */
struct wn_response *wn_exchange_end(struct wn_exchange *x, CURLcode rc);

#endif

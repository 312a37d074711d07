/* loop.h: curl's transfers and the sockets under them, one turn at a time. */
#ifndef WN_TRANSPORT_LOOP_H
#define WN_TRANSPORT_LOOP_H
#include "base/error.h"
#include <curl/curl.h>

struct wn_loop;

/* Connections are kept for reuse, at most so many. */
enum wn_code wn_loop_open(long connections, struct wn_loop **out, struct wn_error *err);
/* All transfers must have been ended before. */
void wn_loop_close(struct wn_loop *l);
/* Start a transfer; it moves with the next turns. */
CURLcode wn_loop_start(struct wn_loop *l, CURL *easy);
/* Forget a transfer, finished or not; its handle can be started again. */
void wn_loop_end(struct wn_loop *l, CURL *easy);
/* Wait at most so long (-1 = for ever) for something to move, and move it. A signal ends the wait. */
enum wn_code wn_loop_turn(struct wn_loop *l, int64_t wait_ms, bool *signalled,
                          struct wn_error *err);
/* The next finished transfer and how it ended, to be told to wn_loop_end(), or NULL. */
CURL *wn_loop_finished(struct wn_loop *l, CURLcode *rc);

#endif

/* ready.h: which sockets can be read or written: epoll, or poll where there is none. */
#ifndef WN_TRANSPORT_READY_H
#define WN_TRANSPORT_READY_H
#include "base/error.h"

struct wn_ready;

enum { WN_READY_IN = 1, WN_READY_OUT = 2, WN_READY_ERROR = 4 };
struct wn_ready_event {
    int fd;
    unsigned what;
};

enum wn_code wn_ready_open(struct wn_ready **out, struct wn_error *err);
void wn_ready_close(struct wn_ready *r);
/* From now on watch fd for `what`; 0 = no more, said before fd is closed. */
void wn_ready_watch(struct wn_ready *r, int fd, unsigned what);
/* Wait at most so long (-1 = for ever). The number of events, at most n; -1 = errno says why. */
int wn_ready_wait(struct wn_ready *r, int timeout_ms, struct wn_ready_event *out, int n);
/* Say that watching failed, and why (an errno). */
enum wn_code wn_ready_error(int why, struct wn_error *err);

#endif

/* ready.c: see ready.h. The second half is for systems without epoll (and for -DWN_NO_EPOLL, which
 * lets its tests run here): its cost grows with the sockets, which hundreds in flight can bear. */
#include "transport/ready.h"
#include "base/arena.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum wn_code wn_ready_error(int why, struct wn_error *err)
{
    wn_error_set(err, WN_E_PROVIDER, "cannot watch the network connections");
    wn_error_cause(err, "%s", strerror(why));
    wn_error_hint(err, "Allow more open files (ulimit -n) and run the same command again.");
    return WN_E_PROVIDER;
}

#if defined(__linux__) && !defined(WN_NO_EPOLL)

#include <sys/epoll.h>

struct wn_ready {
    int epoll;
};

enum wn_code wn_ready_open(struct wn_ready **out, struct wn_error *err)
{
    int fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd < 0)
        return wn_ready_error(errno, err);
    *out = wn_xmalloc(sizeof(**out));
    (*out)->epoll = fd;
    return WN_OK;
}

void wn_ready_close(struct wn_ready *r)
{
    if (r == NULL)
        return;
    close(r->epoll);
    free(r);
}

void wn_ready_watch(struct wn_ready *r, int fd, unsigned what)
{
    struct epoll_event e = { .data.fd = fd };
    if (what == 0) {
        epoll_ctl(r->epoll, EPOLL_CTL_DEL, fd, &e);
        return;
    }
    e.events = ((what & WN_READY_IN) ? EPOLLIN : 0u) | ((what & WN_READY_OUT) ? EPOLLOUT : 0u);
    if (epoll_ctl(r->epoll, EPOLL_CTL_ADD, fd, &e) != 0 && errno == EEXIST)
        epoll_ctl(r->epoll, EPOLL_CTL_MOD, fd, &e);
}

int wn_ready_wait(struct wn_ready *r, int timeout_ms, struct wn_ready_event *out, int n)
{
    struct epoll_event event[64];
    int got = epoll_wait(r->epoll, event, n < 64 ? n : 64, timeout_ms);
    for (int i = 0; i < got; i++) {
        unsigned e = event[i].events;
        out[i].fd = event[i].data.fd;
        out[i].what = ((e & EPOLLIN) ? WN_READY_IN : 0u) | ((e & EPOLLOUT) ? WN_READY_OUT : 0u) |
                      ((e & (EPOLLERR | EPOLLHUP)) ? WN_READY_ERROR : 0u);
    }
    return got;
}

#else

#include <poll.h>

struct wn_ready {
    struct pollfd *at;
    size_t n, room;
    size_t next; /* where the last wait stopped looking, so that none is always last */
};

enum wn_code wn_ready_open(struct wn_ready **out, struct wn_error *err)
{
    (void)err;
    *out = wn_xcalloc(1, sizeof(**out));
    return WN_OK;
}

void wn_ready_close(struct wn_ready *r)
{
    if (r == NULL)
        return;
    free(r->at);
    free(r);
}

void wn_ready_watch(struct wn_ready *r, int fd, unsigned what)
{
    size_t i = 0;
    while (i < r->n && r->at[i].fd != fd)
        i++;
    if (what == 0) {
        if (i < r->n)
            r->at[i] = r->at[--r->n];
        return;
    }
    if (i == r->n && r->n++ == r->room) {
        r->room = r->room == 0 ? 64 : r->room * 2;
        r->at = wn_xrealloc(r->at, r->room, sizeof(*r->at));
    }
    r->at[i].fd = fd;
    r->at[i].events =
        (short)(((what & WN_READY_IN) ? POLLIN : 0) | ((what & WN_READY_OUT) ? POLLOUT : 0));
}

int wn_ready_wait(struct wn_ready *r, int timeout_ms, struct wn_ready_event *out, int n)
{
    int got = 0;
    if (poll(r->at, (nfds_t)r->n, timeout_ms) < 0)
        return -1;
    for (size_t left = r->n; left > 0 && got < n; left--) {
        const struct pollfd *p = &r->at[r->next++ % r->n];
        if (p->revents == 0)
            continue;
        out[got].fd = p->fd;
        out[got++].what = ((p->revents & POLLIN) ? WN_READY_IN : 0u) |
                          ((p->revents & POLLOUT) ? WN_READY_OUT : 0u) |
                          ((p->revents & (POLLERR | POLLHUP | POLLNVAL)) ? WN_READY_ERROR : 0u);
    }
    return got;
}

#endif

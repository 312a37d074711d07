/* loop.c: see loop.h.
 *
 * curl says which sockets it waits for (on_socket) and when it wants to be woken (on_timer); we wait, and
 * tell it what happened. What a turn costs grows with what moved, not with what is in flight. */
#include "transport/loop.h"
#include "base/arena.h"
#include "base/clock.h"
#include "transport/ready.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

struct wn_loop {
    CURLM *multi;
    struct wn_ready *ready;
    int64_t wake_ms; /* when curl wants to be woken; -1 = never */
};

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *ours)
{
    struct wn_loop *l = user;
    unsigned in = what == CURL_POLL_IN || what == CURL_POLL_INOUT ? WN_READY_IN : 0u;
    unsigned out = what == CURL_POLL_OUT || what == CURL_POLL_INOUT ? WN_READY_OUT : 0u;
    (void)easy;
    (void)ours;
    wn_ready_watch(l->ready, fd, in | out);
    return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *user)
{
    struct wn_loop *l = user;
    (void)multi;
    l->wake_ms = timeout_ms < 0 ? -1 : timeout_ms == 0 ? 0 : wn_clock_ms() + timeout_ms;
    return 0;
}

enum wn_code wn_loop_open(long connections, struct wn_loop **out, struct wn_error *err)
{
    struct wn_loop *l = wn_xcalloc(1, sizeof(*l));
    enum wn_code rc = wn_ready_open(&l->ready, err);
    l->wake_ms = -1;
    if (rc != WN_OK)
        goto done;
    l->multi = curl_multi_init();
    if (l->multi == NULL) {
        rc = wn_error_set(err, WN_E_NOMEM, "libcurl cannot be started");
        goto done;
    }
    curl_multi_setopt(l->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(l->multi, CURLMOPT_SOCKETDATA, l);
    curl_multi_setopt(l->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(l->multi, CURLMOPT_TIMERDATA, l);
    curl_multi_setopt(l->multi, CURLMOPT_MAXCONNECTS, connections);
    *out = l;
    l = NULL;
done:
    wn_loop_close(l);
    return rc;
}

void wn_loop_close(struct wn_loop *l)
{
    if (l == NULL)
        return;
    curl_multi_cleanup(l->multi);
    wn_ready_close(l->ready);
    free(l);
}

CURLcode wn_loop_start(struct wn_loop *l, CURL *easy)
{
    return curl_multi_add_handle(l->multi, easy) == CURLM_OK ? CURLE_OK : CURLE_FAILED_INIT;
}

void wn_loop_end(struct wn_loop *l, CURL *easy)
{
    curl_multi_remove_handle(l->multi, easy);
}

/* The shorter of what our caller and curl allow. */
static int time_to_wait(const struct wn_loop *l, int64_t wait_ms)
{
    if (l->wake_ms >= 0) {
        int64_t until = l->wake_ms == 0 ? 0 : l->wake_ms - wn_clock_ms();
        if (until < 0)
            until = 0;
        if (wait_ms < 0 || until < wait_ms)
            wait_ms = until;
    }
    return wait_ms > INT_MAX ? INT_MAX : (int)wait_ms;
}

enum wn_code wn_loop_turn(struct wn_loop *l, int64_t wait_ms, bool *signalled, struct wn_error *err)
{
    struct wn_ready_event event[64];
    int n = wn_ready_wait(l->ready, time_to_wait(l, wait_ms), event, 64);
    int running;
    CURLMcode rc = CURLM_OK;
    *signalled = n < 0 && errno == EINTR;
    if (n < 0 && !*signalled)
        return wn_ready_error(errno, err);
    for (int i = 0; i < n && rc == CURLM_OK; i++) {
        int what = ((event[i].what & WN_READY_IN) ? CURL_CSELECT_IN : 0) |
                   ((event[i].what & WN_READY_OUT) ? CURL_CSELECT_OUT : 0) |
                   ((event[i].what & WN_READY_ERROR) ? CURL_CSELECT_ERR : 0);
        rc = curl_multi_socket_action(l->multi, event[i].fd, what, &running);
    }
    if (rc == CURLM_OK && l->wake_ms >= 0 && (l->wake_ms == 0 || l->wake_ms <= wn_clock_ms())) {
        l->wake_ms = -1;
        rc = curl_multi_socket_action(l->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    if (rc == CURLM_OK)
        return WN_OK;
    wn_error_set(err, WN_E_PROVIDER, "the network connections cannot be kept up");
    wn_error_cause(err, "libcurl: %s", curl_multi_strerror(rc));
    wn_error_hint(err, "Run the same command again: it goes on where it stopped.");
    return WN_E_PROVIDER;
}

CURL *wn_loop_finished(struct wn_loop *l, CURLcode *rc)
{
    CURLMsg *m;
    int left;
    while ((m = curl_multi_info_read(l->multi, &left)) != NULL)
        if (m->msg == CURLMSG_DONE) {
            *rc = m->data.result;
            return m->easy_handle;
        }
    return NULL;
}

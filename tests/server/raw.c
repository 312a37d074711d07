/* raw.c: replies that an HTTP library rightly does not send.
 *
 * While its connection is suspended, MHD does not touch the socket; the timer's thread writes the bytes
 * here and then lets MHD close it. So there is no second listener, and a client meets the fault on the
 * very connection that served it well before. */
#include "server.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* macOS: main() ignores SIGPIPE */
#endif

enum { DRIPS = 20, DRIP_MS = 20, HANG_CHECK_MS = 20, FULL_MS = 5 };

void raw_make(struct raw *r, int fd, struct reply *reply)
{
    struct wn_buf b = WN_BUF_INIT(BODY_MAX);
    *r = (struct raw){ .kind = reply->wire, .fd = fd };
    if (r->kind == FAULT_IS_GARBAGE) {
        wn_buf_str(&b, "\x01\x02 220 mail.example.com ESMTP ready\r\n\r\n");
    } else {
        wn_buf_printf(&b, "HTTP/1.1 %d OK\r\n", reply->status);
        if (r->kind == FAULT_IS_GARBAGEHEADER)
            wn_buf_str(
                &b, "\xff\xfe{\"no\": colon\x01\x02 here\r\n: no name\r\nContent-Length: -x\r\n");
        wn_buf_printf(&b, "Content-Type: %s\r\nConnection: close\r\n", reply->type);
        for (size_t i = 0; i < reply->nheads; i++)
            wn_buf_printf(&b, "%s: %s\r\n", reply->heads[i].name, reply->heads[i].value);
        wn_buf_printf(&b, "Content-Length: %zu\r\n\r\n",
                      r->kind == FAULT_IS_SHORTLENGTH ? reply->body.len / 2 : reply->body.len);
        wn_buf_add(&b, reply->body.data, reply->body.len);
    }
    r->len = b.len;
    wn_buf_take(&b, &r->bytes, NULL);
    if (r->kind == FAULT_IS_CUT || r->kind == FAULT_IS_RESETBODY)
        r->len -= reply->body.len / 2 + 1;
    if (r->kind == FAULT_IS_RESET || r->kind == FAULT_IS_TIMEOUT)
        r->len = 0;
    if (r->kind == FAULT_IS_TIMEOUT) { /* for a test that waits for this moment */
        puts("stalled");
        fflush(stdout);
    }
    r->step = r->kind == FAULT_IS_SLOW ? r->len / DRIPS + 1 : r->len;
}

static bool peer_is_gone(int fd)
{
    char byte;
    ssize_t n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

/* Closing a socket that does not linger sends RST instead of FIN. */
static void reset_on_close(int fd)
{
    struct linger now = { .l_onoff = 1, .l_linger = 0 };
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

int64_t raw_step(struct raw *r)
{
    size_t n = r->len - r->sent < r->step ? r->len - r->sent : r->step;
    if (r->kind == FAULT_IS_TIMEOUT)
        return peer_is_gone(r->fd) ? -1 : HANG_CHECK_MS;
    if (n > 0) {
        ssize_t sent = send(r->fd, r->bytes + r->sent, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
            return FULL_MS;
        if (sent < 0)
            return -1;
        r->sent += (size_t)sent;
    }
    if (r->sent < r->len)
        return r->kind == FAULT_IS_SLOW ? DRIP_MS : FULL_MS;
    if (r->kind == FAULT_IS_RESET || r->kind == FAULT_IS_RESETBODY)
        reset_on_close(r->fd);
    return -1;
}

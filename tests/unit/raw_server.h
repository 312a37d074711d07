/* raw_server.h: the other side of the wire, as rude as a test needs it. Bytes go out as the test wrote
 * them: this is no HTTP server, it only knows where a request ends. One thread, loopback, a port of the
 * system's choice. */
#ifndef WN_RAW_SERVER_H
#define WN_RAW_SERVER_H
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum raw_then {
    RAW_KEEP, /* the connection stays open for the next request */
    RAW_CLOSE,
    RAW_RESET,  /* RST instead of FIN */
    RAW_HANG,   /* nothing more is ever said */
    RAW_DRIP,   /* then one byte now and then, without end */
    RAW_SIGNAL, /* signal the client until it says that it saw it, then hang */
    RAW_GATHER  /* answer when `gather` requests wait for it */
};
struct raw_answer {
    const char *path, *bytes;
    enum raw_then then;
    size_t len; /* 0 = bytes is a string */
};

enum { RAW_CONNECTIONS = 2400, RAW_REQUEST = 4096 };
struct raw_connection {
    int fd;
    size_t n, total; /* what is kept of the request, and what came of it */
    bool dripping, signalling;
    const struct raw_answer *gathered;
    char in[RAW_REQUEST];
};
struct raw_server {
    int fd, wake[2], port;
    pthread_t thread, client;
    const struct raw_answer *answers;
    size_t nanswers, gather;
    atomic_bool seen;                              /* the client saw the signal */
    atomic_size_t connections, requests, gathered; /* so far */
    pthread_mutex_t lock;
    atomic_size_t received; /* bytes of the last request */
    char last[RAW_REQUEST]; /* the last request, its first bytes */
    char paths[64];         /* the second letter of the path of each of the first requests */
    size_t nopen;
    struct raw_connection *open[RAW_CONNECTIONS];
};

static inline void raw_send(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes += sent;
        n -= (size_t)sent;
    }
}

static inline void raw_drop(struct raw_server *s, size_t i)
{
    close(s->open[i]->fd);
    free(s->open[i]);
    s->open[i] = s->open[--s->nopen];
}

/* Has the whole request come? Of a long body only the beginning is kept. */
static inline bool raw_whole(const struct raw_connection *c)
{
    const char *end = strstr(c->in, "\r\n\r\n");
    const char *length = strstr(c->in, "Content-Length: ");
    size_t body = length != NULL && length < end ? strtoul(length + 16, NULL, 10) : 0;
    return end != NULL && c->total >= (size_t)(end + 4 - c->in) + body;
}

/* The answer to the request in c->in; false = the connection is gone. */
static inline bool raw_answer(struct raw_server *s, struct raw_connection *c)
{
    const struct raw_answer *a = NULL;
    const char *path = strchr(c->in, ' ') + 1;
    size_t n = strcspn(path, " ?");
    for (size_t i = 0; i < s->nanswers && a == NULL; i++)
        if (strlen(s->answers[i].path) == n && memcmp(path, s->answers[i].path, n) == 0)
            a = &s->answers[i];
    if (a == NULL)
        return false;
    pthread_mutex_lock(&s->lock);
    snprintf(s->last, sizeof(s->last), "%s", c->in);
    if (s->requests < sizeof(s->paths) - 1)
        s->paths[s->requests] = path[1];
    pthread_mutex_unlock(&s->lock);
    s->requests++;
    if (a->then == RAW_GATHER) {
        c->gathered = a;
        s->gathered++;
        return true;
    }
    raw_send(c->fd, a->bytes, a->len > 0 ? a->len : strlen(a->bytes));
    c->dripping = a->then == RAW_DRIP;
    c->signalling = a->then == RAW_SIGNAL;
    if (a->then == RAW_RESET)
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 }, sizeof(struct linger));
    return a->then != RAW_CLOSE && a->then != RAW_RESET;
}

static inline bool raw_read(struct raw_server *s, struct raw_connection *c)
{
    static char in[65536];
    ssize_t got = recv(c->fd, in, sizeof(in), 0);
    size_t kept = sizeof(c->in) - 1 - c->n;
    if (got <= 0)
        return false;
    kept = (size_t)got < kept ? (size_t)got : kept;
    memcpy(c->in + c->n, in, kept);
    c->n += kept;
    c->in[c->n] = '\0';
    c->total += (size_t)got;
    if (in[0] == 0x16) { /* a TLS greeting: answer as a plain server does */
        raw_send(c->fd, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
        return false;
    }
    if (!raw_whole(c))
        return true;
    s->received = c->total;
    if (!raw_answer(s, c))
        return false;
    c->n = c->total = 0;
    return true;
}

/* What happens without being asked for; true = something wants to happen again soon. */
static inline bool raw_tick(struct raw_server *s)
{
    bool again = false;
    for (size_t i = 0; i < s->nopen; i++) {
        struct raw_connection *c = s->open[i];
        if (c->dripping)
            raw_send(c->fd, "x", 1);
        c->signalling = c->signalling && !s->seen;
        if (c->signalling)
            pthread_kill(s->client, SIGUSR1);
        if (c->gathered != NULL && s->gathered >= s->gather) {
            raw_send(c->fd, c->gathered->bytes, strlen(c->gathered->bytes));
            c->gathered = NULL;
        }
        again = again || c->dripping || c->signalling;
    }
    return again;
}

static inline void *raw_run(void *arg)
{
    struct raw_server *s = arg;
    static struct pollfd p[RAW_CONNECTIONS + 2];
    for (;;) {
        size_t n = s->nopen;
        int tick = raw_tick(s) ? 2 : -1;
        p[0] = (struct pollfd){ .fd = s->wake[0], .events = POLLIN };
        p[1] = (struct pollfd){ .fd = s->fd, .events = POLLIN };
        for (size_t i = 0; i < n; i++)
            p[i + 2] = (struct pollfd){ .fd = s->open[i]->fd, .events = POLLIN };
        poll(p, (nfds_t)n + 2, tick);
        if (p[0].revents != 0)
            break;
        for (size_t i = n; i-- > 0;)
            if (p[i + 2].revents != 0 && !raw_read(s, s->open[i]))
                raw_drop(s, i);
        if (p[1].revents != 0 && s->nopen < RAW_CONNECTIONS) {
            int fd = accept(s->fd, NULL, NULL);
            if (fd < 0)
                continue;
            s->open[s->nopen] = calloc(1, sizeof(struct raw_connection));
            s->open[s->nopen++]->fd = fd;
            s->connections++;
        }
    }
    while (s->nopen > 0)
        raw_drop(s, 0);
    return NULL;
}

/* A socket that listens on loopback, and its port. */
static inline int raw_listen(int *port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(fd, 1024) != 0 ||
        getsockname(fd, (struct sockaddr *)&a, &len) != 0)
        abort();
    *port = ntohs(a.sin_port);
    return fd;
}

/* The answers must live until raw_stop(). */
static inline struct raw_server *raw_start(const struct raw_answer *answers, size_t n)
{
    struct raw_server *s = calloc(1, sizeof(*s));
    s->answers = answers;
    s->nanswers = n;
    s->client = pthread_self();
    pthread_mutex_init(&s->lock, NULL);
    s->fd = raw_listen(&s->port);
    if (pipe(s->wake) != 0 || pthread_create(&s->thread, NULL, raw_run, s) != 0)
        abort();
    return s;
}

static inline void raw_stop(struct raw_server *s)
{
    if (write(s->wake[1], "x", 1) != 1)
        abort();
    pthread_join(s->thread, NULL);
    pthread_mutex_destroy(&s->lock);
    close(s->wake[0]);
    close(s->wake[1]);
    close(s->fd);
    free(s);
}
#endif

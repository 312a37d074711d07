/* responder.c: the other side of the benchmark. Answers every request with the same reply, --latency-ms
 * after the whole request has come; prints its port, and ends when standard input does. It only knows
 * where a request ends, so that it costs little beside what is measured. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_FD = 65536, REQUEST = 8192 };

struct connection {
    size_t n;
    char in[REQUEST];
};
static struct connection *connections[MAX_FD];

/* All wait equally long, so those that wait are a ring in the order of their coming. */
static struct {
    int fd;
    int64_t due_us;
} waiting[MAX_FD];
static size_t first_waiting, nwaiting;

static char reply[2048];
static size_t reply_len;

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* A reply of the size and shape that a provider gives to one classified item. */
static void make_reply(void)
{
    static const char body[] =
        "{\"id\":\"chatcmpl-0123456789\",\"object\":\"chat.completion\",\"created\":1795348800,"
        "\"model\":\"test\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
        "\"content\":"
        "\"{\\\"intent\\\":\\\"demo_request\\\",\\\"stage\\\":\\\"bofu\\\",\\\"company\\\":"
        "\\\"Acme\\\"}\"},"
        "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":412,\"completion_tokens\":38,"
        "\"total_tokens\":450,\"prompt_tokens_details\":{\"cached_tokens\":0}}}";
    int n = snprintf(reply, sizeof(reply),
                     "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                     "x-request-id: req_0123456789abcdef\r\nx-ratelimit-limit-requests: 5000000\r\n"
                     "x-ratelimit-remaining-requests: 4999999\r\nContent-Length: %zu\r\n\r\n%s",
                     sizeof(body) - 1, body);
    reply_len = (size_t)n;
}

static void drop(int epoll, int fd)
{
    epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
    close(fd);
    free(connections[fd]);
    connections[fd] = NULL;
}

static void answer(int fd)
{
    if (connections[fd] != NULL && send(fd, reply, reply_len, MSG_NOSIGNAL) < 0)
        perror("responder: send");
}

static bool whole(const struct connection *c)
{
    const char *end = strstr(c->in, "\r\n\r\n");
    const char *length = strcasestr(c->in, "\r\nContent-Length:");
    size_t body = end != NULL && length != NULL ? strtoul(length + 17, NULL, 10) : 0;
    return end != NULL && c->n >= (size_t)(end + 4 - c->in) + body;
}

static void hear(int epoll, int fd, int64_t latency_us)
{
    struct connection *c = connections[fd];
    ssize_t got = recv(fd, c->in + c->n, REQUEST - 1 - c->n, 0);
    if (got <= 0) {
        drop(epoll, fd);
        return;
    }
    c->n += (size_t)got;
    c->in[c->n] = '\0';
    if (!whole(c))
        return;
    c->n = 0;
    if (latency_us == 0) {
        answer(fd);
        return;
    }
    waiting[(first_waiting + nwaiting) % MAX_FD].fd = fd;
    waiting[(first_waiting + nwaiting++) % MAX_FD].due_us = now_us() + latency_us;
}

static void greet(int epoll, int listener)
{
    struct epoll_event e = { .events = EPOLLIN };
    int fd = accept(listener, NULL, NULL), one = 1;
    if (fd < 0 || fd >= MAX_FD)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    connections[fd] = calloc(1, sizeof(*connections[fd]));
    e.data.fd = fd;
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
}

/* Answer who has waited long enough; the ms until the next, or -1. */
static int answer_due(void)
{
    int64_t now = nwaiting > 0 ? now_us() : 0;
    for (; nwaiting > 0; nwaiting--, first_waiting = (first_waiting + 1) % MAX_FD) {
        int64_t left = waiting[first_waiting].due_us - now;
        if (left > 0)
            return (int)((left + 999) / 1000);
        answer(waiting[first_waiting].fd);
    }
    return -1;
}

int main(int argc, char **argv)
{
    int64_t latency_us =
        argc == 3 && strcmp(argv[1], "--latency-ms") == 0 ? atol(argv[2]) * 1000 : 0;
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(a);
    struct rlimit files;
    struct epoll_event event[256], in = { .events = EPOLLIN };
    int listener = socket(AF_INET, SOCK_STREAM, 0), epoll = epoll_create1(0);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (bind(listener, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(listener, 4096) != 0 ||
        getsockname(listener, (struct sockaddr *)&a, &len) != 0) {
        perror("responder");
        return 1;
    }
    make_reply();
    printf("%d\n", ntohs(a.sin_port));
    fflush(stdout);
    in.data.fd = listener;
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &in);
    in.data.fd = STDIN_FILENO;
    epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &in);
    for (;;) {
        int n = epoll_wait(epoll, event, 256, answer_due());
        for (int i = 0; i < n; i++) {
            if (event[i].data.fd == STDIN_FILENO)
                return 0;
            if (event[i].data.fd == listener)
                greet(epoll, listener);
            else
                hear(epoll, event[i].data.fd, latency_us);
        }
    }
}

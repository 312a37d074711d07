/* bare_curl.c: libcurl and epoll with nothing around them, as the measure of what the pool adds: sends N
 * requests with M in flight to a URL, counts the bytes that come back, and throws them away. The same bytes
 * go out as from the pool, but there are no limits, lanes or delays, no headers are kept, and no failure
 * is told from another.
 *
 *     bare_curl URL N M [BODY-FILE] */
#include <curl/curl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "bench.h"

static int epoll;
static long wake_ms = -1;
static size_t bytes;

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *ours)
{
    struct epoll_event e = { .data.fd = fd };
    (void)easy;
    (void)user;
    (void)ours;
    e.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    if (what == CURL_POLL_REMOVE)
        epoll_ctl(epoll, EPOLL_CTL_DEL, fd, &e);
    else if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) != 0)
        epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &e);
    return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *user)
{
    (void)multi;
    (void)user;
    wake_ms = timeout_ms;
    return 0;
}

static size_t on_body(char *data, size_t size, size_t n, void *user)
{
    (void)data;
    (void)user;
    bytes += size * n;
    return size * n;
}

int main(int argc, char **argv)
{
    long n = argc >= 4 ? atol(argv[2]) : 0, most = argc >= 4 ? atol(argv[3]) : 0;
    long sent = 0, done = 0;
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    char body[65536], line[200];
    size_t body_len = bench_body(body, sizeof(body));
    FILE *f = argc == 5 ? fopen(argv[4], "rb") : NULL;
    double start = bench_seconds();
    CURLM *multi;
    if (n <= 0 || most <= 0 || (argc == 5 && f == NULL))
        return 2;
    if (f != NULL) {
        body_len = fread(body, 1, sizeof(body), f);
        fclose(f);
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    epoll = epoll_create1(0);
    multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, most);
    for (int i = 0; i < 3; i++) {
        snprintf(line, sizeof(line), "%s: %s", bench_headers[i][0], bench_headers[i][1]);
        headers = curl_slist_append(headers, line);
    }
    for (; sent < most && sent < n; sent++) {
        CURL *easy = curl_easy_init();
        curl_easy_setopt(easy, CURLOPT_URL, argv[1]);
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)body_len);
        curl_easy_setopt(easy, CURLOPT_USERAGENT, "winnow/0.1.0");
        curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
        curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 120000L);
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_multi_add_handle(multi, easy);
    }
    while (done < n) {
        struct epoll_event event[64];
        int got = epoll_wait(epoll, event, 64, (int)wake_ms), running, left;
        CURLMsg *m;
        for (int i = 0; i < got; i++)
            curl_multi_socket_action(multi, event[i].data.fd,
                                     (event[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                                         (event[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0),
                                     &running);
        if (got == 0 || wake_ms == 0)
            curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
        while ((m = curl_multi_info_read(multi, &left)) != NULL) {
            CURL *easy = m->easy_handle;
            if (m->data.result != CURLE_OK)
                fprintf(stderr, "bare_curl: %s\n", curl_easy_strerror(m->data.result));
            done++;
            curl_multi_remove_handle(multi, easy);
            if (sent < n) {
                curl_multi_add_handle(multi, easy);
                sent++;
            } else {
                curl_easy_cleanup(easy);
            }
        }
    }
    bench_print(n, bench_seconds() - start, bytes);
    curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
    curl_global_cleanup();
    close(epoll);
    return 0;
}

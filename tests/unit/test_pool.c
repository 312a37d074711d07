#define _GNU_SOURCE
#include "test.h"
#include "raw_server.h"
#include "transport/pool.h"
#include <sys/resource.h>
#include <sys/wait.h>

#define OK      "HTTP/1.1 200 OK\r\n"
#define FIXED   OK "Content-Length: 5\r\n\r\nhello"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

enum { MAX_BODY = 10000, SOON_MS = 400, LONG_MS = 3600 * 1000 };

static struct wn_pool *open_pool(int in_flight)
{
    struct wn_pool *p = NULL;
    CHECK_OK(wn_pool_open(&(struct wn_pool_options){ .in_flight = in_flight, .max_body = MAX_BODY },
                          &p, &test_error));
    return p;
}

struct ask {
    struct wn_request request;
    char url[200];
};

static struct ask *ask_of(const char *scheme, int port, const char *path, const char *lane)
{
    struct ask *a = calloc(1, sizeof(*a));
    snprintf(a->url, sizeof(a->url), "%s://127.0.0.1:%d%s", scheme, port, path);
    a->request = (struct wn_request){
        .method = "POST", .url = a->url, .body = "{}", .body_len = 2, .lane = lane
    };
    return a;
}

/* Send one and take it. */
static struct wn_response *one(struct wn_pool *p, const struct wn_request *r)
{
    struct wn_response *out = NULL;
    CHECK_OK(wn_pool_add(p, r, &out, 0, &test_error));
    CHECK_OK(wn_pool_take(p, -1, &out, &test_error));
    CHECK(out != NULL && out->owner == (void *)&out);
    CHECK_INT(wn_pool_pending(p), 0);
    return out;
}

/* clang-format off */
static const char gzip_hello[] = OK "Content-Encoding: gzip\r\nContent-Length: 25\r\n\r\n"
    "\x1f\x8b\x08\0\0\0\0\0\x02\xff\xcb\x48\xcd\xc9\xc9\x07\0\x86\xa6\x10\x36\x05\0\0\0";
static const char gzip_bomb[] = OK "Content-Encoding: gzip\r\nContent-Length: 55\r\n\r\n"
    "\x1f\x8b\x08\0\0\0\0\0\x02\xff\xed\xc1\x31\x01\0\0\0\xc2\xa0\x4a\xeb\x9f\xce\x1a\x1e"
    "\x40\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xf0\x60\xbd\x0f\x1b\x8c\x20\x4e\0\0";
static const char with_nul[] = OK "Content-Length: 5\r\n\r\nhe\0lo";
static char many_headers[8000], huge_header[90000], flood[30000]; /* filled in below */

static const struct {
    const char *path;
    enum raw_then then;
    enum wn_wire wire;
    int status;
    const char *want, *bytes;
    size_t len;
} endings[] = {
    { "/fixed",    RAW_KEEP,  WN_WIRE_OK, 200, "hello", FIXED, 0 },
    { "/empty",    RAW_KEEP,  WN_WIRE_OK, 204, "",      "HTTP/1.1 204 No Content\r\n\r\n", 0 },
    { "/busy",     RAW_KEEP,  WN_WIRE_OK, 529, "busy",  "HTTP/1.1 529 \r\nContent-Length: 4\r\n\r\nbusy", 0 },
    { "/chunked",  RAW_KEEP,  WN_WIRE_OK, 200, "hello", CHUNKED "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", 0 },
    { "/interim",  RAW_KEEP,  WN_WIRE_OK, 200, "hello", "HTTP/1.1 100 Continue\r\n\r\n"
                                                        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" FIXED, 0 },
    { "/http10",   RAW_CLOSE, WN_WIRE_OK, 200, "hello", "HTTP/1.0 200 OK\r\n\r\nhello", 0 },
    { "/gzip",     RAW_KEEP,  WN_WIRE_OK, 200, "hello", gzip_hello, sizeof(gzip_hello) - 1 },
    { "/redirect", RAW_KEEP,  WN_WIRE_OK, 302, "",      "HTTP/1.1 302 Found\r\nLocation: /fixed\r\n"
                                                        "Content-Length: 0\r\n\r\n", 0 },
    { "/nul",      RAW_KEEP,  WN_WIRE_OK, 200, "he",    with_nul, sizeof(with_nul) - 1 },

    { "/cut",       RAW_CLOSE, WN_WIRE_RESET, 200, "", OK "Content-Length: 50\r\n\r\nhello", 0 },
    { "/cut-chunk", RAW_CLOSE, WN_WIRE_RESET, 200, "", CHUNKED "9\r\nhello", 0 },
    { "/cut-head",  RAW_CLOSE, WN_WIRE_RESET, 200, "", OK "Content-", 0 },
    { "/silent",    RAW_CLOSE, WN_WIRE_RESET, 0,   "", "", 0 },
    { "/reset",     RAW_RESET, WN_WIRE_RESET, 0,   "", "", 0 },
    { "/reset-cut", RAW_RESET, WN_WIRE_RESET, 200, "", OK "Content-Length: 50\r\n\r\nhello", 0 },

    { "/hang",      RAW_HANG, WN_WIRE_TIMEOUT, 0,   "", "", 0 },
    { "/hang-late", RAW_HANG, WN_WIRE_TIMEOUT, 200, "", OK "Content-Length: 50\r\n\r\nhello", 0 },
    { "/drip",      RAW_DRIP, WN_WIRE_TIMEOUT, 200, "", OK "Content-Length: 9000\r\n\r\n", 0 },

    { "/large", RAW_HANG, WN_WIRE_TOO_LARGE, 200, "", OK "Content-Length: 10001\r\n\r\n", 0 },
    { "/flood", RAW_HANG, WN_WIRE_TOO_LARGE, 200, "", flood, 0 },
    { "/bomb",  RAW_KEEP, WN_WIRE_TOO_LARGE, 200, "", gzip_bomb, sizeof(gzip_bomb) - 1 },
    { "/many",  RAW_HANG, WN_WIRE_TOO_LARGE, 200, "", many_headers, 0 },
    { "/huge",  RAW_HANG, WN_WIRE_TOO_LARGE, 200, "", huge_header, 0 },

    { "/smtp",      RAW_CLOSE, WN_WIRE_GARBAGE, 0,   "", "220 mail.example.com ESMTP\r\n", 0 },
    { "/not-gzip",  RAW_KEEP,  WN_WIRE_GARBAGE, 200, "", OK "Content-Encoding: gzip\r\n"
                                                         "Content-Length: 5\r\n\r\nhello", 0 },
};
/* clang-format on */

static void fill_the_large_ones(void)
{
    size_t n = (size_t)sprintf(many_headers, OK);
    for (int i = 0; i < 300; i++)
        n += (size_t)sprintf(many_headers + n, "X-%d: y\r\n", i);
    n = (size_t)sprintf(huge_header, OK "X-Huge: ");
    memset(huge_header + n, 'x', 80000);
    strcpy(huge_header + n + 80000, "\r\n\r\n");
    n = (size_t)sprintf(flood, CHUNKED "5000\r\n");
    memset(flood + n, 'x', 0x5000);
}

/* A server that answers each path of the table in its way; answers[] must outlive it. */
static struct raw_server *start_rude_server(struct raw_answer *answers)
{
    fill_the_large_ones();
    for (size_t i = 0; i < COUNT(endings); i++)
        answers[i] = (struct raw_answer){ endings[i].path, endings[i].bytes, endings[i].then,
                                          endings[i].len };
    return raw_start(answers, COUNT(endings));
}

static struct ask *ask_for_ending(const struct raw_server *s, size_t i)
{
    struct ask *a = ask_of("http", s->port, endings[i].path, "lane");
    if (endings[i].wire == WN_WIRE_TIMEOUT)
        a->request.timeout_ms = SOON_MS;
    return a;
}

static void check_ending(const struct wn_response *r, size_t i)
{
    if (r->wire != endings[i].wire || r->status != endings[i].status)
        fail_msg("%s: wire %d status %d (%s)", endings[i].path, (int)r->wire, r->status,
                 r->wire_error);
    CHECK_STR(r->body, endings[i].want);
    CHECK((r->wire == WN_WIRE_OK) == (r->wire_error[0] == '\0'));
}

TEST(each_ending_of_an_exchange_has_a_name)
{
    struct raw_answer answers[COUNT(endings)];
    struct raw_server *s = start_rude_server(answers);
    struct wn_pool *p = open_pool(4);
    for (size_t i = 0; i < COUNT(endings); i++) {
        struct ask *a = ask_for_ending(s, i);
        struct wn_response *r = one(p, &a->request);
        check_ending(r, i);
        wn_response_free(r);
        free(a);
    }
    wn_pool_close(p);
    raw_stop(s);
}

TEST(whatever_the_other_side_does_each_request_comes_back_once)
{
    enum { EACH = 24 };
    struct raw_answer answers[COUNT(endings)];
    struct raw_server *s = start_rude_server(answers);
    struct wn_pool *p = open_pool(100);
    struct ask *a[COUNT(endings)];
    size_t came[COUNT(endings)] = { 0 };
    struct wn_response *r;
    for (size_t i = 0; i < COUNT(endings); i++)
        a[i] = ask_for_ending(s, i);
    for (size_t n = 0; n < EACH * COUNT(endings); n++) {
        size_t i = n * 7 % COUNT(endings);
        CHECK_OK(wn_pool_add(p, &a[i]->request, &came[i], 0, &test_error));
    }
    while (wn_pool_pending(p) > 0) {
        CHECK_OK(wn_pool_take(p, -1, &r, &test_error));
        check_ending(r, (size_t)((size_t *)r->owner - came));
        ++*(size_t *)r->owner;
        wn_pool_report(p, r, true);
        wn_response_free(r);
    }
    for (size_t i = 0; i < COUNT(endings); i++) {
        CHECK_INT(came[i], EACH);
        free(a[i]);
    }
    wn_pool_close(p);
    raw_stop(s);
}

/* curl would send it again by itself where the connection served another request before. */
TEST(what_was_sent_is_never_sent_again_behind_our_back)
{
    static const struct raw_answer answers[] = {
        { "/good", CHUNKED "0\r\n\r\n", RAW_KEEP, 0 },
        { "/close", "", RAW_CLOSE, 0 },
        { "/reset", "", RAW_RESET, 0 },
    };
    struct raw_server *s = raw_start(answers, COUNT(answers));
    struct wn_pool *p = open_pool(1);
    for (size_t i = 1; i < COUNT(answers); i++) {
        struct ask *good = ask_of("http", s->port, answers[0].path, "lane");
        struct ask *bad = ask_of("http", s->port, answers[i].path, "lane");
        struct wn_response *r = one(p, &good->request);
        CHECK_INT(r->wire, WN_WIRE_OK);
        wn_response_free(r);
        r = one(p, &bad->request);
        CHECK_INT(r->wire, WN_WIRE_RESET);
        CHECK(r->stale);
        CHECK_INT(s->requests, 2 * i);
        wn_response_free(r);
        free(good);
        free(bad);
    }
    wn_pool_close(p);
    raw_stop(s);
}

TEST(what_cannot_be_reached_has_a_name_and_no_secret_in_it)
{
    static const struct raw_answer answers[] = { { "/", FIXED, RAW_KEEP, 0 } };
    struct raw_server *s = raw_start(answers, COUNT(answers));
    struct wn_pool *p = open_pool(4);
    struct ask *good = ask_of("http", s->port, "/", "lane");
    int closed_port;
    char long_name[] =
        "http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        ".invalid/?key=SECRET"; /* no name is that long, so no resolver is asked */
    struct {
        const char *scheme;
        int port;
        enum wn_wire wire;
    } row[] = { { "http", 0, WN_WIRE_CONNECT },
                { "https", 0, WN_WIRE_TLS },
                { NULL, 0, WN_WIRE_DNS } };
    wn_response_free(one(p, &good->request)); /* what it left behind must not be taken for news */
    close(raw_listen(&closed_port));
    row[0].port = closed_port;
    row[1].port = s->port;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct ask *a =
            ask_of(row[i].scheme == NULL ? "" : row[i].scheme, row[i].port, "/?key=SECRET", "lane");
        struct wn_response *r;
        if (row[i].scheme == NULL)
            a->request.url = long_name;
        r = one(p, &a->request);
        if (r->wire != row[i].wire)
            fail_msg("row %zu: wire %d (%s)", i, (int)r->wire, r->wire_error);
        CHECK_INT(r->status, 0);
        CHECK_INT(r->latency_ms, 0);
        CHECK(strlen(r->wire_error) > 5 && strstr(r->wire_error, "SECRET") == NULL);
        wn_response_free(r);
        free(a);
    }
    free(good);
    wn_pool_close(p);
    raw_stop(s);
}

TEST(headers_come_in_lower_case_from_the_final_response_only)
{
    static const struct raw_answer answers[] = {
        { "/",
          "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n" OK
          "X-Request-ID:  abc \r\nRetry-After: 7\r\nX-Empty:\r\nRETRY-AFTER: 8\r\n"
          "Transfer-Encoding: chunked\r\nTrailer: X-Late\r\n\r\n1\r\nx\r\n0\r\nX-Late: 1\r\n\r\n",
          RAW_KEEP, 0 }
    };
    static const struct {
        const char *name, *want;
    } row[] = { { "x-request-id", "abc" }, { "retry-after", "7" }, { "x-empty", "" },
                { "X-Request-ID", NULL },  { "x-early", NULL },    { "x-late", NULL } };
    struct raw_server *s = raw_start(answers, COUNT(answers));
    struct wn_pool *p = open_pool(4);
    struct ask *a = ask_of("http", s->port, "/", "lane");
    struct wn_response *r = one(p, &a->request);
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_STR(wn_response_header(r, row[i].name), row[i].want);
    CHECK_INT(r->nheaders, 6);
    wn_response_free(r);
    free(a);
    wn_pool_close(p);
    raw_stop(s);
}

TEST(a_request_goes_out_as_it_was_given)
{
    static const struct raw_answer answers[] = { { "/v1/x", FIXED, RAW_KEEP, 0 } };
    static const struct wn_header headers[] = { { "Content-Type", "application/json" },
                                                { "Authorization", "Bearer k" },
                                                { "X-Empty", "" } };
    static const struct {
        const char *method, *body, *line, *has, *has_not;
    } row[] = {
        { "POST", "{\"a\":1}", "POST /v1/x?q=1 HTTP/1.1\r\n", "\r\n\r\n{\"a\":1}", "Expect" },
        { "GET", NULL, "GET /v1/x?q=1 HTTP/1.1\r\n", "Authorization: Bearer k\r\n",
          "Content-Length" },
        { "DELETE", NULL, "DELETE /v1/x?q=1 HTTP/1.1\r\n", "X-Empty:\r\n", "Content-Length" },
        { "PATCH", "{}", "PATCH /v1/x?q=1 HTTP/1.1\r\n", "User-Agent: winnow/", "urlencoded" },
        { "POST", "", "POST /v1/x?q=1 HTTP/1.1\r\n", "Content-Length: 0\r\n", "Expect" },
        { "GET", NULL, "GET /v1/x?q=1 HTTP/1.1\r\n", "Accept-Encoding: gzip\r\n", "{" },
    };
    struct raw_server *s = raw_start(answers, COUNT(answers));
    struct wn_pool *p = open_pool(1);
    for (size_t i = 0; i < COUNT(row); i++) {
        struct ask *a = ask_of("http", s->port, "/v1/x?q=1", "lane");
        a->request.method = row[i].method;
        a->request.body = row[i].body;
        a->request.body_len = row[i].body == NULL ? 0 : strlen(row[i].body);
        a->request.headers = headers;
        a->request.nheaders = COUNT(headers);
        wn_response_free(one(p, &a->request));
        pthread_mutex_lock(&s->lock);
        CHECK(strncmp(s->last, row[i].line, strlen(row[i].line)) == 0);
        CHECK(strstr(s->last, row[i].has) != NULL);
        CHECK(strstr(s->last, row[i].has_not) == NULL);
        pthread_mutex_unlock(&s->lock);
        free(a);
    }
    CHECK_INT(s->connections, 1); /* kept and used again, whatever the method */
    wn_pool_close(p);
    raw_stop(s);
}

TEST(a_large_body_is_sent_whole)
{
    enum { LARGE = 3000000 };
    static const struct raw_answer answers[] = { { "/", FIXED, RAW_KEEP, 0 } };
    struct raw_server *s = raw_start(answers, COUNT(answers));
    struct wn_pool *p = open_pool(1);
    struct ask *a = ask_of("http", s->port, "/", "lane");
    char *body = calloc(1, LARGE); /* of NULs: it is bytes, not a string */
    struct wn_response *r;
    a->request.body = body;
    a->request.body_len = LARGE;
    r = one(p, &a->request);
    CHECK_STR(r->body, "hello");
    CHECK(s->received > LARGE && s->received < LARGE + 1000);
    CHECK(strstr(s->last, "Content-Length: 3000000\r\n") != NULL);
    wn_response_free(r);
    free(body);
    free(a);
    wn_pool_close(p);
    raw_stop(s);
}

TEST(what_could_never_be_sent_is_refused_at_once)
{
    static const struct {
        const char *url, *header, *value;
    } row[] = {
        { "ftp://example.com/", "A", "b" },
        { "file:///etc/passwd", "A", "b" },
        { "example.com", "A", "b" },
        { "", "A", "b" },
        { "http://127.0.0.1/a b", "A", "b" },
        { "http://127.0.0.1/\r\nX: y", "A", "b" },
        { "http://127.0.0.1/", "Authorization", "Bearer k\r\nX-More: 1" },
        { "http://127.0.0.1/", "Authorization", "Bearer k\n" },
        { "http://127.0.0.1/", "A: b\r\nC", "d" },
    };
    struct wn_pool *p = open_pool(1);
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_header h = { row[i].header, row[i].value };
        struct wn_request r = {
            .method = "GET", .url = row[i].url, .headers = &h, .nheaders = 1, .lane = "lane"
        };
        CHECK_INT(wn_pool_add(p, &r, NULL, 0, &test_error), WN_E_CONFIG);
        CHECK(test_error.hint[0] != '\0' && strstr(test_error.cause, "Bearer") == NULL);
    }
    CHECK_INT(wn_pool_pending(p), 0);
    wn_pool_close(p);
}

TEST(a_proxy_is_used_for_the_world_and_not_for_this_machine)
{
    static const struct raw_answer answers[] = {
        { "/", FIXED, RAW_KEEP, 0 },
        { "http://example.com/", OK "Content-Length: 5\r\n\r\nproxy", RAW_KEEP, 0 },
        { "http://127.example.com/", OK "Content-Length: 5\r\n\r\nproxy", RAW_KEEP, 0 },
    };
    static const struct {
        const char *address, *want;
        bool here; /* the server's own port follows */
    } row[] = { { "http://127.0.0.1", "hello", true },
                { "http://localhost", "hello", true },
                { "http://user@127.0.0.1", "hello", true },
                { "http://example.com", "proxy", false },
                { "http://127.example.com", "proxy", false } };
    struct raw_server *s = raw_start(answers, COUNT(answers));
    struct wn_pool *p = open_pool(1);
    char port[20], url[100];
    snprintf(port, sizeof(port), ":%d", s->port);
    snprintf(url, sizeof(url), "http://127.0.0.1%s", port);
    setenv("http_proxy", url, 1);
    unsetenv("no_proxy");
    unsetenv("NO_PROXY");
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_request r = { .method = "GET", .url = url, .lane = "lane" };
        struct wn_response *got;
        snprintf(url, sizeof(url), "%s%s/", row[i].address, row[i].here ? port : "");
        got = one(p, &r);
        CHECK_STR(got->body, row[i].want);
        wn_response_free(got);
    }
    unsetenv("http_proxy");
    wn_pool_close(p);
    raw_stop(s);
}

/* Take all that is pending, reporting each as good; its owner counts how often it came. */
static void take_all(struct wn_pool *p)
{
    struct wn_response *r;
    for (;;) {
        CHECK_OK(wn_pool_take(p, -1, &r, &test_error));
        if (r == NULL)
            break;
        CHECK_INT(r->wire, WN_WIRE_OK);
        ++*(unsigned char *)r->owner;
        wn_pool_report(p, r, true);
        wn_response_free(r);
    }
}

TEST(a_thousand_requests_come_back_once_each_over_few_connections)
{
    enum { N = 1000, IN_FLIGHT = 200 };
    static const struct raw_answer answers[] = { { "/", FIXED, RAW_KEEP, 0 } };
    struct raw_server *s = raw_start(answers, COUNT(answers));
    struct wn_pool *p = open_pool(IN_FLIGHT);
    struct ask *a = ask_of("http", s->port, "/", "lane");
    unsigned char marks[N] = { 0 };
    struct wn_lane lane;
    for (size_t i = 0; i < N; i++) {
        CHECK_INT(wn_pool_full(p), i >= IN_FLIGHT);
        CHECK_OK(wn_pool_add(p, &a->request, &marks[i], 0, &test_error));
    }
    CHECK_INT(wn_pool_pending(p), N);
    take_all(p);
    for (size_t i = 0; i < N; i++)
        CHECK_INT(marks[i], 1);
    CHECK_INT(s->requests, N);
    CHECK(s->connections <= IN_FLIGHT);
    CHECK(wn_pool_lane(p, 0, &lane) && !wn_pool_lane(p, 1, &lane));
    CHECK_STR(lane.name, "lane");
    CHECK_INT(lane.sent, N);
    CHECK_INT(lane.waiting + lane.in_flight, 0);
    CHECK_INT(lane.window, IN_FLIGHT);
    CHECK_INT(lane.requests_limit, -1);
    free(a);
    wn_pool_close(p);
    raw_stop(s);
}

TEST(a_thousand_can_be_in_flight_at_once)
{
    enum { N = 1000, FILES = 2 * N + 300 };
    static const struct raw_answer answers[] = { { "/", FIXED, RAW_KEEP, 0 },
                                                 { "/gather", FIXED, RAW_GATHER, 0 } };
    struct raw_server *s;
    struct wn_pool *p;
    struct ask *a, *b;
    static unsigned char marks[2 * N];
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_max < FILES)
        skip();
    files.rlim_cur = FILES; /* both sides of each connection are this process */
    setrlimit(RLIMIT_NOFILE, &files);
    s = raw_start(answers, COUNT(answers));
    s->gather = N;
    p = open_pool(N);
    a = ask_of("http", s->port, "/", "lane");
    b = ask_of("http", s->port, "/gather", "lane");
    for (size_t i = 0; i < N; i++)
        CHECK_OK(wn_pool_add(p, &a->request, &marks[i], 0, &test_error));
    take_all(p); /* the window has grown */
    for (size_t i = N; i < 2 * N; i++)
        CHECK_OK(wn_pool_add(p, &b->request, &marks[i], 0, &test_error));
    take_all(p); /* not one is answered before all are there */
    for (size_t i = 0; i < COUNT(marks); i++)
        CHECK_INT(marks[i], 1);
    free(a);
    free(b);
    wn_pool_close(p);
    raw_stop(s);
}

TEST(a_lane_starts_small_until_replies_are_good)
{
    static const struct raw_answer answers[] = { { "/", "", RAW_HANG, 0 } };
    struct raw_server *s = raw_start(answers, COUNT(answers));
    struct wn_pool *p = open_pool(100);
    struct ask *a = ask_of("http", s->port, "/", "lane");
    struct wn_response *r;
    struct wn_lane lane;
    for (int i = 0; i < 100; i++)
        CHECK_OK(wn_pool_add(p, &a->request, NULL, 0, &test_error));
    CHECK_OK(wn_pool_take(p, 0, &r, &test_error));
    CHECK(r == NULL && wn_pool_lane(p, 0, &lane));
    CHECK_INT(lane.in_flight, 8);
    CHECK_INT(lane.waiting, 92);
    wn_pool_close(p); /* with requests in flight and others waiting: nothing leaks */
    free(a);
    raw_stop(s);
}

/* How many of ten requests are in flight at once. */
static size_t sent_of_ten(struct wn_pool *p, const struct wn_request *r)
{
    struct wn_response *none;
    struct wn_lane lane;
    if (wn_pool_pending(p) == 0)
        for (int i = 0; i < 10; i++)
            CHECK_OK(wn_pool_add(p, r, NULL, 0, &test_error));
    CHECK_OK(wn_pool_take(p, 0, &none, &test_error));
    CHECK(none == NULL && wn_pool_lane(p, 0, &lane));
    return lane.in_flight;
}

TEST(pools_that_share_limits_keep_to_them_together)
{
    static const struct raw_answer answers[] = { { "/", "", RAW_HANG, 0 } };
    struct raw_server *s = raw_start(answers, COUNT(answers));
    struct wn_pool_options o = { .in_flight = 100, .limits = wn_limits_new() };
    struct ask *a = ask_of("http", s->port, "/", "lane"), *b = ask_of("http", s->port, "/", "slow");
    struct wn_pool *first, *second, *third;
    CHECK_OK(wn_pool_open(&o, &first, &test_error));
    CHECK_OK(wn_pool_open(&o, &second, &test_error));
    CHECK_INT(sent_of_ten(first, &a->request), 8);
    CHECK_INT(sent_of_ten(second, &a->request), 0); /* the window is full */
    wn_pool_close(first);
    CHECK_INT(sent_of_ten(second, &a->request), 8); /* what was in flight there is not any more */
    wn_pool_close(second);

    CHECK_OK(wn_pool_open(&o, &second, &test_error));
    wn_pool_limit(second, "slow", 1, 0);
    CHECK_INT(sent_of_ten(second, &b->request), 1);
    wn_pool_close(second);
    CHECK_OK(wn_pool_open(&o, &third, &test_error));
    wn_pool_limit(third, "slow", 1, 0);
    CHECK_INT(sent_of_ten(third, &b->request), 0); /* this minute's one was sent */
    wn_pool_close(third);
    wn_limits_free(o.limits);
    free(a);
    free(b);
    raw_stop(s);
}

TEST(delayed_requests_go_in_the_order_of_their_times)
{
    static const struct raw_answer answers[] = { { "/a", FIXED, RAW_KEEP, 0 },
                                                 { "/b", FIXED, RAW_KEEP, 0 },
                                                 { "/c", FIXED, RAW_KEEP, 0 },
                                                 { "/d", FIXED, RAW_KEEP, 0 },
                                                 { "/e", FIXED, RAW_KEEP, 0 } };
    static const struct {
        const char *path;
        int64_t delay;
    } row[] = { { "/e", 60 }, { "/c", 20 }, { "/a", -5 }, { "/d", 40 }, { "/b", 0 } };
    struct raw_server *s = raw_start(answers, COUNT(answers));
    struct wn_pool *p = open_pool(1);
    struct ask *a[COUNT(row)];
    struct wn_response *r;
    for (size_t i = 0; i < COUNT(row); i++) {
        a[i] = ask_of("http", s->port, row[i].path, "lane");
        CHECK_OK(wn_pool_add(p, &a[i]->request, NULL, row[i].delay, &test_error));
    }
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_OK(wn_pool_take(p, -1, &r, &test_error));
        wn_response_free(r);
    }
    /* "a" was given no time and "b" none, too, but a millisecond may lie between them */
    CHECK_STR(s->paths, "abcde");
    for (size_t i = 0; i < COUNT(row); i++)
        free(a[i]);
    wn_pool_close(p);
    raw_stop(s);
}

TEST(a_lane_that_waits_lets_another_pass)
{
    static const struct wn_limit_facts none_left = { 10, 0, LONG_MS, -1, -1, -1, -1 };
    static const struct raw_answer answers[] = { { "/", FIXED, RAW_KEEP, 0 } };
    struct raw_server *s = raw_start(answers, COUNT(answers));
    struct wn_pool *p = open_pool(4);
    struct ask *paused = ask_of("http", s->port, "/", "paused"),
               *other = ask_of("http", s->port, "/", "other"),
               *limited = ask_of("http", s->port, "/", "limited");
    struct wn_response *r = one(p, &limited->request);
    struct wn_lane lane;
    wn_pool_learn(p, r, &none_left);
    wn_response_free(r);
    wn_pool_pause(p, "paused", LONG_MS);
    for (int i = 0; i < 3; i++) {
        CHECK_OK(wn_pool_add(p, &paused->request, paused, 0, &test_error));
        CHECK_OK(wn_pool_add(p, &limited->request, limited, 0, &test_error));
    }
    for (int i = 0; i < 3; i++) {
        CHECK_OK(wn_pool_add(p, &other->request, other, 0, &test_error));
        CHECK_OK(wn_pool_take(p, -1, &r, &test_error));
        CHECK(r->owner == other);
        wn_response_free(r);
    }
    CHECK_OK(wn_pool_take(p, 0, &r, &test_error));
    CHECK(r == NULL && wn_pool_pending(p) == 6 && wn_pool_full(p));
    CHECK(wn_pool_lane(p, 1, &lane) && strcmp(lane.name, "paused") == 0 && lane.paused_ms > 0);
    CHECK(wn_pool_lane(p, 0, &lane) && lane.requests_limit == 10);

    /* the provider is out: what waits for it comes back unsent */
    wn_pool_recall(p, "paused");
    for (int i = 0; i < 3; i++) {
        CHECK_OK(wn_pool_take(p, -1, &r, &test_error));
        CHECK(r->owner == paused && r->wire == WN_WIRE_STOPPED && r->sent.nth == 0);
        CHECK_STR(r->body, "");
        wn_response_free(r);
    }
    CHECK_INT(wn_pool_pending(p), 3);
    CHECK_INT(s->requests, 4);
    wn_pool_close(p);
    free(paused);
    free(other);
    free(limited);
    raw_stop(s);
}

TEST(lanes_take_turns_where_places_are_scarce)
{
    static const struct raw_answer answers[] = { { "/a", FIXED, RAW_KEEP, 0 },
                                                 { "/b", FIXED, RAW_KEEP, 0 },
                                                 { "/c", FIXED, RAW_KEEP, 0 } };
    struct raw_server *s = raw_start(answers, COUNT(answers));
    struct wn_pool *p = open_pool(1);
    struct ask *a[] = { ask_of("http", s->port, "/a", "a"), ask_of("http", s->port, "/b", "b"),
                        ask_of("http", s->port, "/c", "c") };
    struct wn_response *r;
    for (int i = 0; i < 4; i++) /* all of a come before the first of b and c */
        CHECK_OK(wn_pool_add(p, &a[0]->request, NULL, 0, &test_error));
    for (int i = 0; i < 4; i++)
        CHECK_OK(wn_pool_add(p, &a[1 + i % 2]->request, NULL, 0, &test_error));
    for (int i = 0; i < 8; i++) {
        CHECK_OK(wn_pool_take(p, -1, &r, &test_error));
        wn_response_free(r);
    }
    CHECK_STR(s->paths, "abcabcaa");
    for (size_t i = 0; i < COUNT(a); i++)
        free(a[i]);
    wn_pool_close(p);
    raw_stop(s);
}

static void on_signal(int sig)
{
    (void)sig;
}

TEST(a_signal_ends_the_wait)
{
    static const struct raw_answer answers[] = { { "/", "", RAW_SIGNAL, 0 } };
    struct sigaction act = { .sa_handler = on_signal }; /* no SA_RESTART, and it would not matter */
    struct raw_server *s = raw_start(answers, COUNT(answers));
    struct wn_pool *p = open_pool(1);
    struct ask *a = ask_of("http", s->port, "/", "lane");
    struct wn_response *r;
    sigaction(SIGUSR1, &act, NULL);
    CHECK_OK(wn_pool_add(p, &a->request, NULL, 0, &test_error));
    CHECK_OK(wn_pool_take(p, -1, &r, &test_error));
    s->seen = true;
    CHECK(r == NULL);
    CHECK_INT(wn_pool_pending(p), 1);
    wn_pool_close(p);
    free(a);
    raw_stop(s);
}

TEST(a_request_without_a_time_limit_has_the_one_of_the_pool)
{
    static const struct raw_answer answers[] = { { "/", "", RAW_HANG, 0 } };
    struct raw_server *s = raw_start(answers, COUNT(answers));
    struct wn_pool *p = NULL;
    struct ask *a = ask_of("http", s->port, "/", "lane");
    struct wn_response *r;
    CHECK_OK(wn_pool_open(&(struct wn_pool_options){ .timeout_ms = SOON_MS }, &p, &test_error));
    r = one(p, &a->request);
    CHECK_INT(r->wire, WN_WIRE_TIMEOUT);
    wn_response_free(r);
    free(a);
    wn_pool_close(p);
    raw_stop(s);
}

TEST(an_empty_pool_has_nothing_to_wait_for)
{
    struct wn_pool *p = open_pool(0);
    struct wn_response *r = NULL;
    struct wn_lane lane;
    CHECK_OK(wn_pool_take(p, -1, &r, &test_error));
    CHECK(r == NULL && !wn_pool_full(p) && !wn_pool_lane(p, 0, &lane));
    wn_pool_recall(p, NULL);
    wn_pool_close(p);
    wn_pool_close(NULL);
    wn_response_free(NULL);
}

TEST(ten_thousand_delayed_retries_wait_in_order_and_can_be_called_back)
{
    enum { N = 10000 };
    struct wn_pool *p = open_pool(64);
    struct ask *a = ask_of("http", 1, "/", "lane");
    struct wn_response *r;
    static char owner[N];
    for (size_t i = 0; i < N; i++) /* in a mixed order of times, the longest absurd */
        CHECK_OK(wn_pool_add(p, &a->request, &owner[i * 7919 % N],
                             i * 7919 % N == N - 1 ? INT64_MAX
                                                   : LONG_MS + (int64_t)(i * 7919 % N) * 1000,
                             &test_error));
    CHECK_OK(wn_pool_take(p, 0, &r, &test_error));
    CHECK(r == NULL && wn_pool_pending(p) == N);
    wn_pool_recall(p, NULL);
    for (size_t i = 0; i < N; i++) {
        CHECK_OK(wn_pool_take(p, -1, &r, &test_error));
        CHECK(r->owner == &owner[i] && r->wire == WN_WIRE_STOPPED);
        wn_response_free(r);
    }
    CHECK_INT(wn_pool_pending(p), 0);
    free(a);
    wn_pool_close(p);
}

TEST(lanes_may_have_any_name_and_be_many)
{
    enum { N = 500 };
    static const struct raw_answer answers[] = { { "/", FIXED, RAW_KEEP, 0 } };
    struct raw_server *s = raw_start(answers, COUNT(answers));
    struct wn_pool *p = open_pool(16);
    struct ask *a[N];
    char *name[N], *huge = calloc(1, 1000001);
    unsigned char marks[N] = { 0 };
    struct wn_lane lane;
    memset(huge, '/', 1000000);
    for (size_t i = 0; i < N; i++) {
        name[i] = i == 0   ? strdup("")
                  : i == 1 ? strdup("%s%n\x1b[31m")
                  : i == 2 ? huge
                           : malloc(40);
        if (i > 2)
            sprintf(name[i], "openrouter/vendor/model-%zu", i);
        a[i] = ask_of("http", s->port, "/", name[i]);
        CHECK_OK(wn_pool_add(p, &a[i]->request, &marks[i], 0, &test_error));
    }
    take_all(p);
    for (size_t i = 0; i < N; i++) {
        CHECK_INT(marks[i], 1);
        CHECK(wn_pool_lane(p, i, &lane));
        CHECK_STR(lane.name, name[i]);
        free(name[i]);
        free(a[i]);
    }
    wn_pool_close(p);
    raw_stop(s);
}

TEST(where_fewer_files_are_allowed_there_are_fewer_places)
{
    enum { FILES = 200, PLACES = FILES - 128 };
    int status = 0;
    pid_t child = fork(); /* a limit that was lowered cannot be raised again */
    if (child == 0) {
        struct ask *a = ask_of("http", 1, "/", "lane");
        struct wn_pool *p = NULL;
        int places = 0;
        if (setrlimit(RLIMIT_NOFILE, &(struct rlimit){ FILES / 2, FILES }) != 0)
            _exit(0); /* not ours to lower, as under valgrind */
        wn_pool_open(&(struct wn_pool_options){ .in_flight = 1000 }, &p, NULL);
        for (; !wn_pool_full(p); places++)
            wn_pool_add(p, &a->request, NULL, 0, NULL);
        wn_pool_close(p);
        free(a);
        _exit(places == PLACES ? 0 : 1);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK_INT(status, 0);
}

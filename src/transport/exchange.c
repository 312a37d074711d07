/* exchange.c: see exchange.h.
 *
 * The other side may be anything: what it sends has ceilings, redirects are not followed (a key would
 * travel with them), certificates are always verified, and a body that was cut is no body. */
#include "transport/exchange.h"
#include "base/arena.h"
#include "base/buf.h"
#include "transport/response.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    KEEP_BYTES = 64 * 1024, /* a larger body buffer is given back after use */
    READ_BYTES = 4096       /* curl's own, of which each place in flight has one: most replies fit */
};

struct wn_exchange {
    CURL *easy;
    int64_t timeout_ms;      /* for a request that has none of its own */
    bool direct;             /* no proxy: the host is this machine */
    struct wn_buf lines;     /* request headers, "name: value" with a NUL behind each */
    struct curl_slist *list; /* points into lines */
    size_t list_room;
    struct wn_head head;
    struct wn_buf body;
    bool begun; /* the request was written to a connection */
    char words[CURL_ERROR_SIZE]; /* curl's, about what went wrong */
};

/* ---- what comes back ---- */

/* Fewer bytes than came tell curl to give up. */
static size_t on_header(char *line, size_t size, size_t n, void *user)
{
    struct wn_exchange *x = user;
    return wn_head_line(&x->head, line, size * n) ? size * n : 0;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *user)
{
    struct wn_exchange *x = user;
    wn_buf_add(&x->body, bytes, size * n);
    return x->body.failed ? 0 : size * n;
}

/* Where a connection that was used before breaks, curl would send the request again by itself, five times;
 * but it may have been served and be paid for. What is sent again is counted, and not here. */
static int on_sending(void *user, char *to, char *from, int to_port, int from_port)
{
    struct wn_exchange *x = user;
    bool again = x->begun;
    (void)to;
    (void)from;
    (void)to_port;
    (void)from_port;
    x->begun = true;
    return again ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* ---- an exchange ---- */

/* Milliseconds as curl wants them, also where a long has 32 bits. */
static long to_long(int64_t ms)
{
    return ms > INT_MAX ? INT_MAX : (long)ms;
}

/* What is the same for every request. */
static void set_constant(struct wn_exchange *x, const struct wn_pool_options *o)
{
    CURL *e = x->easy;
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(e, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (o->ca_file != NULL)
        curl_easy_setopt(e, CURLOPT_CAINFO, o->ca_file);
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(e, CURLOPT_USERAGENT, o->user_agent);
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, to_long(o->connect_ms));
    curl_easy_setopt(e, CURLOPT_BUFFERSIZE, (long)READ_BYTES);
    curl_easy_setopt(e, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(e, CURLOPT_DNS_CACHE_TIMEOUT, 300L);
    curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
    curl_easy_setopt(e, CURLOPT_QUICK_EXIT,
                     1L); /* a name server that hangs must not hold the loop */
#endif
    curl_easy_setopt(e, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)o->max_body);
    /* Until 7.87 curl has to shield us from SIGPIPE, for which it may touch signals. */
    curl_easy_setopt(e, CURLOPT_NOSIGNAL,
                     curl_version_info(CURLVERSION_NOW)->version_num >= 0x075700 ? 1L : 0L);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, x->words);
    curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, on_sending);
    curl_easy_setopt(e, CURLOPT_PREREQDATA, x);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, x);
}

struct wn_exchange *wn_exchange_new(const struct wn_pool_options *o, void *user)
{
    struct wn_exchange *x = wn_xcalloc(1, sizeof(*x));
    x->easy = curl_easy_init();
    if (x->easy == NULL)
        wn_xmalloc(SIZE_MAX); /* ends the program as any other lack of memory does */
    x->lines = (struct wn_buf)WN_BUF_INIT(SIZE_MAX / 2);
    wn_head_init(&x->head);
    x->body = (struct wn_buf)WN_BUF_INIT(o->max_body);
    x->timeout_ms = o->timeout_ms;
    curl_easy_setopt(x->easy, CURLOPT_PRIVATE, user);
    set_constant(x, o);
    return x;
}

void wn_exchange_free(struct wn_exchange *x)
{
    if (x == NULL)
        return;
    curl_easy_cleanup(x->easy);
    wn_buf_free(&x->lines);
    wn_head_free(&x->head);
    wn_buf_free(&x->body);
    free(x->list);
    free(x);
}

CURL *wn_exchange_easy(const struct wn_exchange *x)
{
    return x->easy;
}

void *wn_exchange_user(CURL *easy)
{
    void *user = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&user);
    return user;
}

/* ---- the request ---- */

/* The host of a URL that was checked, and its length, without user, port and brackets. */
static const char *host_of(const char *url, size_t *len)
{
    const char *host = strstr(url, "://") + 3;
    const char *end = host + strcspn(host, "/?#");
    for (const char *p = host; p < end; p++)
        if (*p == '@')
            host = p + 1;
    *len = (size_t)(end - host);
    if (*host == '[') {
        host++;
        *len = strcspn(host, "]");
    } else {
        size_t name = strcspn(host, ":");
        *len = name < *len ? name : *len;
    }
    return host;
}

/* A proxy is for the world outside; what is asked of this machine stays on it. */
static bool is_loopback(const char *url)
{
    size_t n;
    const char *host = host_of(url, &n);
    if (n == 9 && strncasecmp(host, "localhost", 9) == 0)
        return true;
    if (n == 3 && memcmp(host, "::1", 3) == 0)
        return true;
    return n > 4 && memcmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") >= n;
}

enum wn_code wn_exchange_check(const struct wn_request *r, struct wn_error *err)
{
    if ((strncasecmp(r->url, "http://", 7) != 0 && strncasecmp(r->url, "https://", 8) != 0) ||
        strpbrk(r->url, " \t\r\n") != NULL) {
        wn_error_set(err, WN_E_CONFIG, "the address of %s cannot be used", r->lane);
        wn_error_cause(err, "it is not an http:// or https:// address");
        wn_error_hint(err, "Look at its base address: `winnow config` says where it comes from.");
        return WN_E_CONFIG;
    }
    for (size_t i = 0; i < r->nheaders; i++)
        if (strpbrk(r->headers[i].value, "\r\n") != NULL ||
            strpbrk(r->headers[i].name, ":\r\n") != NULL) {
            wn_error_set(err, WN_E_CONFIG, "the header '%s' for %s cannot be sent",
                         r->headers[i].name, r->lane);
            wn_error_cause(err, "it has a line end in it");
            wn_error_hint(err, "Look for a line end at the end of the key.");
            return WN_E_CONFIG;
        }
    return WN_OK;
}

/* The list in curl's form, in memory that is used again: curl only reads it. Without "Expect:" a large
 * body would wait a second for a 100 that few servers send. */
static void set_headers(struct wn_exchange *x, const struct wn_request *r)
{
    char *line;
    wn_buf_reset(&x->lines);
    wn_buf_add(&x->lines, "Expect:", 8); /* with its NUL */
    for (size_t i = 0; i < r->nheaders; i++) {
        bool empty = r->headers[i].value[0] == '\0';
        wn_buf_str(&x->lines, r->headers[i].name);
        wn_buf_str(&x->lines, empty ? ";" : ": "); /* curl's way to say: send it, empty */
        wn_buf_str(&x->lines, r->headers[i].value);
        wn_buf_char(&x->lines, '\0');
    }
    if (x->list_room < r->nheaders + 1) {
        x->list_room = r->nheaders + 1;
        x->list = wn_xrealloc(x->list, x->list_room, sizeof(*x->list));
    }
    line = x->lines.data;
    for (size_t i = 0; i <= r->nheaders; i++, line += strlen(line) + 1)
        x->list[i] = (struct curl_slist){ line, i == r->nheaders ? NULL : &x->list[i + 1] };
    curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->list);
}

static void set_method(struct wn_exchange *x, const struct wn_request *r)
{
    bool get = strcmp(r->method, "GET") == 0, post = strcmp(r->method, "POST") == 0;
    if (r->body != NULL) {
        curl_easy_setopt(x->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
        curl_easy_setopt(x->easy, CURLOPT_POSTFIELDS, r->body); /* borrowed, not copied */
        curl_easy_setopt(x->easy, CURLOPT_POST, 1L);
    } else {
        curl_easy_setopt(x->easy, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(x->easy, CURLOPT_CUSTOMREQUEST,
                     (r->body != NULL ? post : get) ? NULL : r->method);
}

void wn_exchange_begin(struct wn_exchange *x, const struct wn_request *r)
{
    bool direct = is_loopback(r->url);
    int64_t timeout_ms = r->timeout_ms > 0 ? r->timeout_ms : x->timeout_ms;
    wn_head_reset(&x->head);
    wn_buf_reset(&x->body);
    x->words[0] = '\0';
    x->begun = false;
    curl_easy_setopt(x->easy, CURLOPT_URL, r->url);
    set_method(x, r);
    set_headers(x, r);
    curl_easy_setopt(x->easy, CURLOPT_TIMEOUT_MS, to_long(timeout_ms));
    /* Better to wait for a connection that may be shared than to open a hundred beside it. */
    curl_easy_setopt(x->easy, CURLOPT_PIPEWAIT, strncasecmp(r->url, "https", 5) == 0 ? 1L : 0L);
    if (direct != x->direct)
        curl_easy_setopt(x->easy, CURLOPT_PROXY, direct ? "" : NULL);
    x->direct = direct;
}

/* ---- the response ---- */

static enum wn_wire wire_of(const struct wn_exchange *x, CURLcode rc, bool sent)
{
    if (x->head.too_large || x->body.failed)
        return WN_WIRE_TOO_LARGE;
    switch (rc) {
    case CURLE_OK: /* what ends within its headers is no error to curl */
        return x->head.open ? WN_WIRE_RESET : WN_WIRE_OK;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return WN_WIRE_DNS;
    case CURLE_OPERATION_TIMEDOUT:
        return sent ? WN_WIRE_TIMEOUT : WN_WIRE_CONNECT;
    case CURLE_FILESIZE_EXCEEDED:
    case CURLE_OUT_OF_MEMORY: /* curl's word for a header line over its own ceiling */
        return WN_WIRE_TOO_LARGE;
    case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9: bytes without a status line */
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
        return WN_WIRE_GARBAGE;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return WN_WIRE_TLS;
    default:
        return sent ? WN_WIRE_RESET : WN_WIRE_CONNECT;
    }
}

static const char *words_for(const struct wn_exchange *x, CURLcode rc)
{
    if (x->head.too_large)
        return "too many or too long headers";
    if (x->body.failed)
        return "the body is over the limit";
    if (rc == CURLE_OK)
        return "the connection ended within the headers";
    if (rc == CURLE_ABORTED_BY_CALLBACK)
        return "the connection was closed before it answered";
    return x->words[0] != '\0' ? x->words : curl_easy_strerror(rc);
}

/* What curl says may quote the address; a query can hold a key. */
static void copy_words(char *out, size_t size, const char *words)
{
    size_t n = strcspn(words, "?");
    if (n >= size)
        n = size - 1;
    for (size_t i = 0; i < n; i++)
        out[i] = (unsigned char)words[i] < 0x20 || words[i] == 0x7f ? ' ' : words[i];
    out[n] = '\0';
}

struct wn_response *wn_exchange_end(struct wn_exchange *x, CURLcode rc)
{
    curl_off_t before_us = 0, total_us = 0;
    long status = 0;
    enum wn_wire wire;
    struct wn_response *r;
    curl_easy_getinfo(x->easy, CURLINFO_PRETRANSFER_TIME_T, &before_us);
    curl_easy_getinfo(x->easy, CURLINFO_TOTAL_TIME_T, &total_us);
    curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
    wire = wire_of(x, rc, before_us > 0);
    r = wn_response_new(x->head.too_large ? NULL : &x->head, wire == WN_WIRE_OK ? &x->body : NULL);
    r->wire = wire;
    r->stale = rc == CURLE_ABORTED_BY_CALLBACK; /* on_sending() */
    r->status = (int)status;
    r->latency_ms = before_us > 0 && total_us > before_us ? (total_us - before_us + 500) / 1000 : 0;
    if (wire != WN_WIRE_OK)
        copy_words(r->wire_error, sizeof(r->wire_error), words_for(x, rc));
    if (x->body.cap > KEEP_BYTES)
        wn_buf_free(&x->body);
    return r;
}

/* http.c: libmicrohttpd in, libmicrohttpd out.
 *
 * MHD calls `handle` when the headers are there, for each piece of the body, once more at its end, and
 * again whenever a suspended connection is resumed. Replies that must come late are suspended and
 * resumed by the timer, so a thousand waiting requests need no thread of their own. */
#include "server.h"
#include "base/file.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum phase { READING, WAITING, SENDING_RAW, CLOSING };

struct exchange {
    struct call call;
    enum phase phase;
    struct raw raw;
};

static struct MHD_Daemon *http_daemon;

const char *call_header(const struct call *c, const char *name)
{
    return MHD_lookup_connection_value(c->connection, MHD_HEADER_KIND, name);
}

const char *call_query(const struct call *c, const char *name)
{
    return MHD_lookup_connection_value(c->connection, MHD_GET_ARGUMENT_KIND, name);
}

static enum MHD_Result add_header(void *user, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    struct wn_buf *b = user;
    (void)kind;
    if (b->data[b->len - 1] != '{')
        wn_buf_char(b, ',');
    wn_buf_char(b, '"');
    for (; *name != '\0'; name++)
        wn_buf_char(b, (char)tolower((unsigned char)*name));
    wn_buf_str(b, "\":");
    wn_json_quote(b, value == NULL ? "" : value);
    return MHD_YES;
}

void call_headers(const struct call *c, struct wn_buf *out)
{
    wn_buf_char(out, '{');
    MHD_get_connection_values(c->connection, MHD_HEADER_KIND, add_header, out);
    wn_buf_char(out, '}');
}

/* ---- sending ---- */

static enum MHD_Result send_reply(struct exchange *e)
{
    struct reply *r = &e->call.reply;
    struct MHD_Response *response;
    enum MHD_Result done;
    char *body = NULL;
    size_t len = r->body.len;
    if (wn_buf_take(&r->body, &body, NULL) != WN_OK)
        return MHD_NO;
    response = MHD_create_response_from_buffer(len, body, MHD_RESPMEM_MUST_FREE);
    if (response == NULL) {
        free(body);
        return MHD_NO;
    }
    MHD_add_response_header(response, "Content-Type", r->type);
    for (size_t i = 0; i < r->nheads; i++)
        MHD_add_response_header(response, r->heads[i].name, r->heads[i].value);
    done = MHD_queue_response(e->call.connection, (unsigned)r->status, response);
    MHD_destroy_response(response);
    return done;
}

static void fire(void *user);

static void sleep_until(struct exchange *e, int64_t wait_ms)
{
    if (!timer_add(timer_now_us() + wait_ms * 1000, fire, e)) {
        e->phase = CLOSING;
        MHD_resume_connection(e->call.connection);
    }
}

/* On the timer's thread, the connection suspended: nobody else looks at `e`. */
static void fire(void *user)
{
    struct exchange *e = user;
    int64_t wait_ms = e->phase == SENDING_RAW ? raw_step(&e->raw) : -1;
    if (wait_ms >= 0) {
        sleep_until(e, wait_ms);
        return;
    }
    if (e->phase == SENDING_RAW)
        e->phase = CLOSING;
    MHD_resume_connection(e->call.connection);
}

static enum MHD_Result begin_raw(struct exchange *e)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(e->call.connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info == NULL)
        return MHD_NO;
    raw_make(&e->raw, info->connect_fd, &e->call.reply);
    e->phase = SENDING_RAW;
    MHD_suspend_connection(e->call.connection);
    sleep_until(e, 0);
    return MHD_YES;
}

static enum MHD_Result finish(struct exchange *e)
{
    if (e->phase == CLOSING)
        return MHD_NO;
    return e->call.reply.wire == FAULT_IS_OK ? send_reply(e) : begin_raw(e);
}

/* ---- receiving ---- */

static enum MHD_Result serve(struct exchange *e)
{
    struct call *c = &e->call;
    int64_t wait_ms;
    route_serve(c);
    wait_ms = c->vendor == NULL ? 0 : control_latency_ms(c->hash) + c->reply.delay_ms;
    if (wait_ms == 0)
        return finish(e);
    e->phase = WAITING;
    MHD_suspend_connection(c->connection);
    sleep_until(e, wait_ms);
    return MHD_YES;
}

static struct exchange *exchange_new(struct MHD_Connection *connection, const char *url,
                                     const char *method)
{
    struct exchange *e = wn_xcalloc(1, sizeof(*e));
    struct call *c = &e->call;
    c->connection = connection;
    c->url = wn_arena_str(&c->arena, url);
    c->method = wn_arena_str(&c->arena, method);
    c->body = (struct wn_buf)WN_BUF_INIT(BODY_MAX);
    c->reply.body = (struct wn_buf)WN_BUF_INIT(BODY_MAX);
    c->reply.type = "application/json";
    c->reply.wire = FAULT_IS_OK;
    route_find(c);
    if (c->vendor != NULL)
        control_begin();
    return e;
}

static enum MHD_Result handle(void *unused, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *len, void **state)
{
    struct exchange *e = *state;
    (void)unused, (void)version;
    if (e == NULL) {
        *state = exchange_new(connection, url, method);
        return MHD_YES;
    }
    if (*len > 0) {
        wn_buf_add(&e->call.body, data, *len);
        *len = 0;
        return MHD_YES;
    }
    return e->phase == READING ? serve(e) : finish(e);
}

static void completed(void *unused, struct MHD_Connection *connection, void **state,
                      enum MHD_RequestTerminationCode code)
{
    struct exchange *e = *state;
    (void)unused, (void)connection, (void)code;
    if (e == NULL)
        return;
    if (e->call.vendor != NULL)
        control_end();
    cJSON_Delete(e->call.json);
    wn_buf_free(&e->call.body);
    wn_buf_free(&e->call.reply.body);
    wn_arena_free(&e->call.arena);
    free(e->raw.bytes);
    free(e);
    *state = NULL;
}

static void connected(void *unused, struct MHD_Connection *connection, void **socket_state,
                      enum MHD_ConnectionNotificationCode code)
{
    (void)unused, (void)connection, (void)socket_state;
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        control_connection();
}

/* The contents of a file, for as long as we run. */
static char *contents(const char *path)
{
    char *text = NULL;
    return wn_file_read(path, 1 << 20, &text, NULL, NULL) == WN_OK ? text : NULL;
}

int http_start(int port, int threads, const char *tls)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    const union MHD_DaemonInfo *info;
    struct MHD_OptionItem more[4] = { { MHD_OPTION_END, 0, NULL } };
    unsigned flags = 0;
    size_t n = 0;
    if (threads > 1)
        more[n++] = (struct MHD_OptionItem){ MHD_OPTION_THREAD_POOL_SIZE, threads, NULL };
    if (tls != NULL) {
        char path[1024];
        snprintf(path, sizeof(path), "%s-cert.pem", tls);
        more[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0, contents(path) };
        snprintf(path, sizeof(path), "%s-key.pem", tls);
        more[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0, contents(path) };
        flags = MHD_USE_TLS;
    }
    more[n] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    http_daemon = MHD_start_daemon(
        MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO |
            flags,
        0, NULL, NULL, handle, NULL, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&at,
        MHD_OPTION_CONNECTION_LIMIT, 8000u, MHD_OPTION_LISTEN_BACKLOG_SIZE, 4096u,
        MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_NOTIFY_CONNECTION, connected, NULL,
        MHD_OPTION_ARRAY, more, MHD_OPTION_END);
    if (http_daemon == NULL)
        return 0;
    info = MHD_get_daemon_info(http_daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info == NULL ? 0 : info->port;
}

void http_stop(void)
{
    timer_stop(); /* resumes all that is suspended, which MHD wants before it stops */
    MHD_stop_daemon(http_daemon);
}

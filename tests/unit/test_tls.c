#include "test.h"
#include "base/file.h"
#include "transport/pool.h"
#include <netinet/in.h>
#include <microhttpd.h>
#include <sys/socket.h>

#define CERT "fixtures/tls/localhost-cert.pem"

static enum MHD_Result answer(void *user, struct MHD_Connection *c, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **state)
{
    struct MHD_Response *r;
    enum MHD_Result queued;
    (void)url;
    (void)method;
    (void)version;
    (void)data;
    (void)state;
    *size = 0;
    r = MHD_create_response_from_buffer(5, (void *)"hello", MHD_RESPMEM_PERSISTENT);
    queued = MHD_queue_response(c, 200, r);
    MHD_destroy_response(r);
    ++*(int *)user;
    return queued;
}

TEST(a_certificate_is_verified_and_nothing_is_sent_where_it_does_not_hold)
{
    static const struct {
        const char *host, *ca_file;
        enum wn_wire wire;
    } row[] = {
        { "localhost", NULL, WN_WIRE_TLS }, /* nobody we know vouches for it */
        { "127.0.0.1", CERT, WN_WIRE_TLS }, /* it is somebody else's */
        { "localhost", CERT, WN_WIRE_OK },
        { "localhost", "/nonexistent.pem", WN_WIRE_TLS },
    };
    struct MHD_Daemon *server;
    char *cert = NULL, *key = NULL;
    int requests = 0;
    if (MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES)
        skip();
    CHECK_OK(wn_file_read(CERT, 10000, &cert, NULL, &test_error));
    CHECK_OK(wn_file_read("fixtures/tls/localhost-key.pem", 10000, &key, NULL, &test_error));
    server = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_TLS, 0, NULL, NULL, answer, &requests,
        MHD_OPTION_SOCK_ADDR,
        &(struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) },
        MHD_OPTION_HTTPS_MEM_CERT, cert, MHD_OPTION_HTTPS_MEM_KEY, key, MHD_OPTION_END);
    CHECK(server != NULL);
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_pool *p = NULL;
        struct wn_response *r = NULL;
        char url[100];
        struct wn_request request = { .method = "GET", .url = url, .lane = "lane" };
        snprintf(url, sizeof(url), "https://%s:%d/", row[i].host,
                 (int)MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
        CHECK_OK(
            wn_pool_open(&(struct wn_pool_options){ .ca_file = row[i].ca_file }, &p, &test_error));
        CHECK_OK(wn_pool_add(p, &request, NULL, 0, &test_error));
        CHECK_OK(wn_pool_take(p, -1, &r, &test_error));
        if (r->wire != row[i].wire)
            fail_msg("row %zu: wire %d (%s)", i, (int)r->wire, r->wire_error);
        CHECK_STR(r->body, r->wire == WN_WIRE_OK ? "hello" : "");
        CHECK_INT(requests, r->wire == WN_WIRE_OK);
        requests = 0;
        wn_response_free(r);
        wn_pool_close(p);
    }
    MHD_stop_daemon(server);
    free(cert);
    free(key);
}

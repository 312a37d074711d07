/* pool_bench.c: what bare_curl.c does, through the pool: each response is whole, with its headers, and
 * reported to the limiter of its lane.
 *
 *     pool_bench URL N M */
#include "bench.h"
#include "transport/pool.h"
#include <stdlib.h>

int main(int argc, char **argv)
{
    long n = argc == 4 ? atol(argv[2]) : 0, most = argc == 4 ? atol(argv[3]) : 0;
    struct wn_header headers[3];
    char body[4096];
    struct wn_request request = { .method = "POST",
                                  .headers = headers,
                                  .nheaders = 3,
                                  .body = body,
                                  .lane = "bench",
                                  .tokens = 450 };
    struct wn_pool_options options = { .in_flight = (int)most };
    struct wn_pool *pool = NULL;
    struct wn_response *r;
    struct wn_error err;
    double start = bench_seconds();
    size_t bytes = 0;
    long sent = 0, done = 0;
    if (n <= 0 || most <= 0)
        return 2;
    request.url = argv[1];
    request.body_len = bench_body(body, sizeof(body));
    for (int i = 0; i < 3; i++)
        headers[i] = (struct wn_header){ bench_headers[i][0], bench_headers[i][1] };
    if (wn_pool_open(&options, &pool, &err) != WN_OK)
        goto failed;
    while (done < n) {
        for (; sent < n && !wn_pool_full(pool); sent++)
            if (wn_pool_add(pool, &request, NULL, 0, &err) != WN_OK)
                goto failed;
        if (wn_pool_take(pool, -1, &r, &err) != WN_OK)
            goto failed;
        if (r == NULL)
            continue;
        if (r->wire != WN_WIRE_OK)
            fprintf(stderr, "pool_bench: %s\n", r->wire_error);
        wn_pool_report(pool, r, r->wire == WN_WIRE_OK);
        bytes += r->body_len;
        wn_response_free(r);
        done++;
    }
    bench_print(n, bench_seconds() - start, bytes);
    wn_pool_close(pool);
    return 0;
failed:
    fprintf(stderr, "pool_bench: %s\n", err.what);
    wn_pool_close(pool);
    return 1;
}

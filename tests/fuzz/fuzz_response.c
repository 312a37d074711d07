/* fuzz_response.c: the lines of a response's head, and the response made of them. */
#include "transport/response.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *at = (const char *)data, *end = at + size;
    struct wn_head head;
    struct wn_buf body = WN_BUF_INIT(1000);
    struct wn_response *r;
    wn_head_init(&head);
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        size_t n = line_end == NULL ? (size_t)(end - at) : (size_t)(line_end + 1 - at);
        if (!wn_head_line(&head, at, n))
            break;
        wn_buf_add(&body, at, n);
        at += n;
    }
    r = wn_response_new(head.too_large ? NULL : &head, &body);
    for (size_t i = 0; i < r->nheaders; i++) {
        const char *name = r->headers[i].name, *value = r->headers[i].value;
        if (strpbrk(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ:\n") != NULL || strpbrk(value, "\n") != NULL)
            abort();
        if (wn_response_header(r, name) == NULL || r->nheaders > WN_MAX_HEADERS)
            abort();
    }
    if (r->body_len != body.len || r->body[r->body_len] != '\0')
        abort();
    wn_response_free(r);
    wn_head_free(&head);
    wn_buf_free(&body);
    return 0;
}

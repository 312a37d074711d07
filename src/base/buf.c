/* buf.c: see buf.h. */
#include "base/buf.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char wn_buf_empty[1] = "";

/* Make room for n more bytes and the NUL; on failure the buffer says so from then on. */
static bool reserve(struct wn_buf *b, size_t n)
{
    size_t cap;
    char *p;
    if (b->failed)
        return false;
    if (n > b->max - b->len) {
        b->failed = true;
        return false;
    }
    if (b->len + n + 1 <= b->cap)
        return true;
    cap = b->cap < 256 ? 256 : b->cap * 2;
    while (cap < b->len + n + 1)
        cap *= 2;
    p = realloc(b->cap == 0 ? NULL : b->data, cap);
    if (p == NULL) {
        b->failed = true;
        return false;
    }
    if (b->cap == 0)
        p[0] = '\0';
    b->data = p;
    b->cap = cap;
    return true;
}

void wn_buf_add(struct wn_buf *b, const char *bytes, size_t n)
{
    if (n == 0 || !reserve(b, n))
        return;
    memcpy(b->data + b->len, bytes, n);
    b->len += n;
    b->data[b->len] = '\0';
}

void wn_buf_str(struct wn_buf *b, const char *text)
{
    wn_buf_add(b, text, strlen(text));
}

char *wn_buf_more(struct wn_buf *b, size_t n)
{
    char *p;
    if (!reserve(b, n))
        return NULL;
    p = b->data + b->len;
    b->len += n;
    b->data[b->len] = '\0';
    return p;
}

void wn_buf_printf(struct wn_buf *b, const char *fmt, ...)
{
    char small[256];
    va_list ap;
    int n;
    va_start(ap, fmt);
    n = vsnprintf(small, sizeof(small), fmt, ap);
    va_end(ap);
    if (n < 0) {
        b->failed = true;
        return;
    }
    if ((size_t)n < sizeof(small)) {
        wn_buf_add(b, small, (size_t)n);
        return;
    }
    if (!reserve(b, (size_t)n))
        return;
    va_start(ap, fmt);
    vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->len += (size_t)n;
}

void wn_buf_reset(struct wn_buf *b)
{
    b->len = 0;
    b->failed = false;
    if (b->cap > 0)
        b->data[0] = '\0';
}

enum wn_code wn_buf_take(struct wn_buf *b, char **out, struct wn_error *err)
{
    if (!b->failed && b->cap == 0)
        reserve(b, 0);
    if (b->failed) {
        if (b->len + 1 >= b->max || b->max == 0)
            return wn_error_set(err, WN_E_INPUT, "more than %zu bytes", b->max);
        return wn_error_set(err, WN_E_NOMEM, "out of memory or over %zu bytes", b->max);
    }
    *out = b->data;
    *b = (struct wn_buf)WN_BUF_INIT(b->max);
    return WN_OK;
}

void wn_buf_free(struct wn_buf *b)
{
    if (b->cap > 0)
        free(b->data);
    *b = (struct wn_buf)WN_BUF_INIT(b->max);
}

/* bytes.c: see bytes.h. */
#include "linear/bytes.h"
#include <math.h>
#include <string.h>

void wn_put_uint(struct wn_buf *b, uint64_t v)
{
    for (; v >= 128; v >>= 7)
        wn_buf_char(b, (char)(v | 128));
    wn_buf_char(b, (char)v);
}

static void put_fixed(struct wn_buf *b, uint64_t v, int n)
{
    char out[8];
    for (int i = 0; i < n; i++)
        out[i] = (char)(v >> (8 * i) & 255);
    wn_buf_add(b, out, (size_t)n);
}

void wn_put_key(struct wn_buf *b, uint64_t v)
{
    put_fixed(b, v, 8);
}

void wn_put_float(struct wn_buf *b, float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof(bits));
    put_fixed(b, bits, 4);
}

static uint64_t get_fixed(struct wn_bytes *r, size_t n)
{
    const unsigned char *p = wn_get_bytes(r, n);
    uint64_t v = 0;
    for (size_t i = 0; p != NULL && i < n; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

uint64_t wn_get_key(struct wn_bytes *r)
{
    return get_fixed(r, 8);
}

float wn_get_float(struct wn_bytes *r)
{
    uint32_t bits = (uint32_t)get_fixed(r, 4);
    float v;
    memcpy(&v, &bits, sizeof(v));
    if (isfinite(v))
        return v;
    r->bad = true;
    return 0;
}

uint64_t wn_get_long_uint(struct wn_bytes *r, uint64_t max)
{
    uint64_t v = 0;
    for (int shift = 0; shift < 63; shift += 7) {
        const unsigned char *p = wn_get_bytes(r, 1);
        if (p == NULL)
            return 0;
        v |= (uint64_t)(*p & 127) << shift;
        if (*p < 128) {
            if (v <= max)
                return v;
            break;
        }
    }
    r->bad = true;
    return 0;
}

/* bytes.h: numbers in a saved model: little-endian, small integers in as few bytes as they need.
 * Private to linear/. Reading never goes past the end: what is not there is 0 and `bad` sticks. */
#ifndef WN_LINEAR_BYTES_H
#define WN_LINEAR_BYTES_H
#include "base/buf.h"

void wn_put_uint(struct wn_buf *b, uint64_t v); /* seven bits a byte */
void wn_put_key(struct wn_buf *b, uint64_t v);  /* eight bytes */
void wn_put_float(struct wn_buf *b, float v);

struct wn_bytes {
    const unsigned char *p, *end;
    bool bad;
};
uint64_t wn_get_key(struct wn_bytes *r);
float wn_get_float(struct wn_bytes *r); /* finite, or bad */
uint64_t wn_get_long_uint(struct wn_bytes *r, uint64_t max);

/* These two are called for every weight of a model. */
static inline const unsigned char *wn_get_bytes(struct wn_bytes *r, size_t n)
{
    const unsigned char *p = r->p;
    if (r->bad || (size_t)(r->end - p) < n) {
        r->bad = true;
        return NULL;
    }
    r->p += n;
    return p;
}
/* More than max is bad, and 0. */
static inline uint64_t wn_get_uint(struct wn_bytes *r, uint64_t max)
{
    if (r->p < r->end && *r->p < 128 && *r->p <= max && !r->bad)
        return *r->p++;
    return wn_get_long_uint(r, max);
}

#endif

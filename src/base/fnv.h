/* fnv.h: FNV-1a with 64 bits, for telling things apart that nobody has a reason to make alike.
 * Source: draft-eastlake-fnv. What guards something is hashed with a key: store/seal.h. */
#ifndef WN_BASE_FNV_H
#define WN_BASE_FNV_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WN_FNV_START UINT64_C(0xcbf29ce484222325)
#define WN_FNV_PRIME UINT64_C(0x100000001b3)

/* Going on from h. */
static inline uint64_t wn_fnv(uint64_t h, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * WN_FNV_PRIME;
    return h;
}

static inline uint64_t wn_fnv_str(uint64_t h, const char *text)
{
    return wn_fnv(h, text, strlen(text));
}

#endif

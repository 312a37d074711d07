/* fuzz_seal.c: hostile sealed values. Nothing that was not sealed here may open; what was sealed opens
 * unless one byte of it differs. Input: position (2 bytes), change (1 byte), then the bytes. */
#include "store/seal.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct wn_place place = { "results", "item_json", 17, NULL };
static struct wn_ring *ring;
static struct wn_key *root;

static bool opens(const unsigned char *in, size_t n, const char **out, size_t *len,
                  struct wn_arena *a)
{
    return wn_unseal(ring, &place, in, n, a, out, len);
}

/* As it comes, and with a head that looks right. */
static void hostile(const uint8_t *bytes, size_t n)
{
    static const unsigned char head[] = { 1, 0, 0, 0, 1 };
    struct wn_arena a = WN_ARENA_INIT;
    unsigned char *copy = wn_xmalloc(n + sizeof(head));
    const char *out = NULL;
    size_t len = 0, nbytes = 0;
    if (opens(bytes, n, &out, &len, &a))
        abort();
    memcpy(copy, head, sizeof(head));
    memcpy(copy + sizeof(head), bytes, n);
    if (opens(copy, n + sizeof(head), &out, &len, &a))
        abort();
    if (wn_ring_unwrap(ring, WN_USE_DATA, 7, bytes, n))
        abort();
    wn_key_free(wn_key_decode((const char *)bytes, n, &nbytes));
    free(copy);
    wn_arena_free(&a);
}

static void changed(const uint8_t *bytes, size_t n, size_t at, uint8_t change)
{
    struct wn_arena a = WN_ARENA_INIT;
    size_t size = wn_seal_size(n), len = 0;
    unsigned char *sealed = wn_xmalloc(size);
    const char *out = NULL;
    wn_seal(ring, &place, (const char *)bytes, n, sealed);
    sealed[at % size] ^= change;
    if (opens(sealed, size, &out, &len, &a) != (change == 0))
        abort();
    if (change == 0 && (len != n || (n > 0 && memcmp(out, bytes, n) != 0)))
        abort();
    free(sealed);
    wn_arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (ring == NULL) {
        ring = wn_ring_new();
        root = wn_key_new();
        wn_ring_root(ring, root);
        for (uint32_t use = 0; use < WN_USES; use++)
            wn_ring_make(ring, (enum wn_use)use, use + 1);
    }
    hostile(data, size);
    if (size >= 3)
        changed(data + 3, size - 3, (size_t)data[0] << 8 | data[1], data[2]);
    return 0;
}

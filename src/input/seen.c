/* seen.c: which ids were given out in this run.
 *
 * Eight bytes an id, not the id itself: an mbox of a million messages costs 16 MiB. Two ids that share
 * a hash make the second one longer than it had to be, and nothing else. */
#include "input/input.h"
#include "base/fnv.h"
#include <stdlib.h>

static uint64_t hash_of(const char *id)
{
    uint64_t h = wn_fnv_str(WN_FNV_START, id);
    return h == 0 ? 1 : h;
}

static bool put(uint64_t *slot, size_t cap, uint64_t h)
{
    size_t i = (size_t)(h ^ h >> 32) & (cap - 1);
    while (slot[i] != 0 && slot[i] != h)
        i = (i + 1) & (cap - 1);
    if (slot[i] == h)
        return true;
    slot[i] = h;
    return false;
}

bool wn_seen_add(struct wn_seen *s, const char *id)
{
    bool there;
    if (s->n * 2 >= s->cap) {
        size_t cap = s->cap == 0 ? 1024 : s->cap * 2;
        uint64_t *slot = wn_xcalloc(cap, sizeof(*slot));
        for (size_t i = 0; i < s->cap; i++)
            if (s->slot[i] != 0)
                put(slot, cap, s->slot[i]);
        free(s->slot);
        s->slot = slot;
        s->cap = cap;
    }
    there = put(s->slot, s->cap, hash_of(id));
    s->n += !there;
    return there;
}

void wn_seen_free(struct wn_seen *s)
{
    free(s->slot);
    *s = (struct wn_seen){ NULL, 0, 0 };
}

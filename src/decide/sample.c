/* sample.c: see sample.h. */
#include "decide/sample.h"
#include "base/arena.h"
#include "base/fnv.h"
#include <stdlib.h>

uint64_t wn_prn_bits(const char *salt, const char *domain, const char *task, const char *unit)
{
    const char *part[] = { salt, domain, task, unit };
    uint64_t z = WN_FNV_START;
    for (size_t i = 0; i < WN_COUNT(part); i++) {
        if (i > 0)
            z = (z ^ 0x1f) * WN_FNV_PRIME;
        z = wn_fnv_str(z, part[i]);
    }
    z ^= z >> 30;
    z *= 0xbf58476d1ce4e5b9;
    z ^= z >> 27;
    z *= 0x94d049bb133111eb;
    return z ^ z >> 31;
}

double wn_prn(const char *salt, const char *domain, const char *task, const char *unit)
{
    return (double)(wn_prn_bits(salt, domain, task, unit) >> 11) * 0x1p-53;
}

struct wn_draw wn_draw(const char *salt, const char *task, const char *unit, double fit_fraction)
{
    return (struct wn_draw){
        .u = wn_prn(salt, "audit", task, unit),
        .fit = wn_prn(salt, "fold", task, unit) < fit_fraction,
        .blind = wn_prn(salt, "blind", task, unit) < .5,
        .second = wn_prn(salt, "double", task, unit) < .1,
    };
}

struct ranked {
    double u;
    size_t index;
};

static int by_u(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->u != y->u)
        return x->u < y->u ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

void wn_campaign(const struct wn_unit *units, size_t nunits, size_t n, size_t *sample,
                 struct wn_campaign *out)
{
    struct ranked *rank = wn_xcalloc(nunits, sizeof(*rank));
    size_t eligible = 0;
    *out = (struct wn_campaign){ 0 };
    for (size_t i = 0; i < nunits; i++)
        if (units[i].eligible)
            rank[eligible++] = (struct ranked){ units[i].u, i };
    qsort(rank, eligible, sizeof(*rank), by_u);
    out->n = n < eligible ? n : eligible;
    for (size_t i = 0; i < out->n; i++) {
        sample[i] = rank[i].index;
        out->missing += !units[rank[i].index].reviewed;
    }
    out->ready = n > 0 && out->n == n && out->missing == 0;
    free(rank);
}

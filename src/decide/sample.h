/* sample.h: permanent random numbers, and what is drawn with them: who is audited, learned from, shown
 * blind, reviewed twice, and in the sample of a proof. confidence.md section 5. Pure.
 *
 * A draw depends on the store's salt and the unit alone, so it never changes, and a rate may be raised
 * or lowered at any time without bias: raising only adds units, lowering only removes them. */
#ifndef WN_DECIDE_SAMPLE_H
#define WN_DECIDE_SAMPLE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Permanent random number in [0,1), and the 64 bits that it is made of. */
double wn_prn(const char *salt, const char *domain, const char *task, const char *unit);
uint64_t wn_prn_bits(const char *salt, const char *domain, const char *task, const char *unit);

struct wn_draw {
    double u;    /* audited if u < pi; campaigns take the lowest */
    bool fit;    /* learning may use its review, proofs may not; else the other way round */
    bool blind;  /* the reviewer of a sampled item does not see the proposal */
    bool second; /* another person reviews it, too */
};
/* fit_fraction: .3 as soon as anything learns from reviews (engine, weights, examples, prompts), else
 * 0. unit: the item, or its duplicate cluster or thread. */
struct wn_draw wn_draw(const char *salt, const char *task, const char *unit, double fit_fraction);

/* One decision of the key up to the campaign's cut-off; only the first of a unit (item, duplicate
 * cluster or thread) is given. */
struct wn_unit {
    double u;      /* wn_prn(salt, "audit", task, unit) */
    bool eligible; /* no hard flag */
    bool reviewed;
};
struct wn_campaign {
    size_t n;       /* units in the sample: what was asked for, or fewer where there are fewer */
    size_t missing; /* of these, not yet reviewed */
    bool ready;     /* all that were asked for are there and reviewed: evaluate now */
};
/* The n eligible units with the lowest u; their indexes, lowest u first, go into sample[0..n-1], which
 * holds min(n, nunits). Nothing is swapped out for being slow to review. */
void wn_campaign(const struct wn_unit *units, size_t nunits, size_t n, size_t *sample,
                 struct wn_campaign *out);

#endif

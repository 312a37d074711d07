/* rank.h: which sentences say most. local.md section 4: a graph of sentences by the cosine of their words,
 * random walks on it, and maximal marginal relevance against repeating. Pure. */
#ifndef WN_PIPELINE_RANK_H
#define WN_PIPELINE_RANK_H
#include <stdbool.h>
#include <stddef.h>

struct wn_rank_unit {
    const char *text;
    size_t len;
    size_t words;  /* 0 = counted here */
    size_t offset; /* the how-many-th it is in its message or source, from 0 */
};

struct wn_rank_options {
    size_t words;   /* of the whole; up to a tenth more is taken */
    size_t before;  /* sentences that came before the first of these */
    size_t most;    /* at most so many sentences; 0 = as the words allow */
    bool messages;  /* several messages or sources, each with its own beginning */
    bool unordered; /* notes and reviews: where a sentence stands says nothing */
};

/* Indexes of the sentences chosen, in their order, into chosen[0..n-1]; returns how many. score (n of
 * them, may be NULL): how much each says, the best 1. Time grows with the words, not with the square of
 * the sentences. */
size_t wn_rank(const struct wn_rank_unit *units, size_t n, const struct wn_rank_options *o,
               size_t *chosen, double *score);

#endif

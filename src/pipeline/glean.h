/* glean.h: the sentences of many sources that say most, in memory that does not grow with them.
 *
 * Sentences are ranked in blocks of 2,000; the best of each block go into a pool, and the pool is ranked
 * again. What fits into one block is ranked once, as local.md section 4 has it. */
#ifndef WN_PIPELINE_GLEAN_H
#define WN_PIPELINE_GLEAN_H
#include "pipeline/rank.h"
#include "pipeline/sources.h"

struct wn_pick {
    size_t source; /* its number, from 1 */
    char *name;    /* of the source */
    char *text;    /* the sentence, as it stands there */
    size_t len, start, offset, sentence, line, page, first_line;
};

struct wn_glean;
struct wn_glean *wn_glean_new(size_t words, bool messages, bool unordered);
/* Take the sentences of a source; returns how many it has in all. */
size_t wn_glean_add(struct wn_glean *g, const struct wn_material *m);
/* The best sentences, in the order of the sources; they live until wn_glean_free(). */
const struct wn_pick *wn_glean_end(struct wn_glean *g, size_t *n);
void wn_glean_free(struct wn_glean *g);

#endif

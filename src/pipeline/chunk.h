/* chunk.h: a long text in parts that a model can read at once, cut at headings and else between
 * sentences. Pure. */
#ifndef WN_PIPELINE_CHUNK_H
#define WN_PIPELINE_CHUNK_H
#include <stdbool.h>
#include <stddef.h>

struct wn_chunk {
    size_t start, end;     /* bytes */
    size_t first_sentence; /* the how-many-th of the text, from 1 */
    size_t line, page;     /* where it begins, from 1; page 0 = none */
};
struct wn_chunks {
    const char *text;
    size_t len, most; /* most: bytes of one part */
    size_t pos, sentences, line, page, counted;
};
bool wn_chunk_next(struct wn_chunks *c, struct wn_chunk *out);

#endif

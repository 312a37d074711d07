/* sentence.h: where the sentences of a text begin and end. Pure.
 *
 * A sentence ends at . ! ? (with the quotes and brackets behind it) before white space and something
 * that may begin one, and at an empty line; a heading, an item of a list and a row of a table are
 * sentences of their own. Lines that are only wrapped belong together. */
#ifndef WN_PIPELINE_SENTENCE_H
#define WN_PIPELINE_SENTENCE_H
#include <stdbool.h>
#include <stddef.h>

struct wn_sentence {
    size_t start, end; /* bytes, end exclusive, without white space around */
    bool heading;      /* "# Budget", "BUDGET", or underlined */
    bool quoted;       /* begins in a line that the writer marked as somebody else's: "> ..." */
};
/* The next sentence from *pos on, which starts at 0; false at the end. */
bool wn_sentence_next(const char *text, size_t len, size_t *pos, struct wn_sentence *out);
/* Words between white space that have a letter or digit in them. */
size_t wn_sentence_words(const char *text, size_t len);

#endif

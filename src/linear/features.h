/* features.h: a text as a bag of hashed features (local.md section 1, steps 1, 2 and 4).
 *
 * Blocks: words with their pairs, the first four letters of words, character 2- to 4-grams inside
 * words, and the item's fields as "name=value". A feature is 64 bits of FNV-1a over block and text, the
 * block in the lowest two bits: no readable word is kept anywhere. One pass over the folded text; all
 * memory comes from the arena in three pieces, whatever the number of features. */
#ifndef WN_LINEAR_FEATURES_H
#define WN_LINEAR_FEATURES_H
#include "base/arena.h"
#include "base/fnv.h"

enum { WN_BLOCK_WORD, WN_BLOCK_STEM, WN_BLOCK_CHAR, WN_BLOCK_FIELD, WN_BLOCKS };

/* Only so much of a text is read: what a mail is about stands at its beginning. */
enum { WN_FEATURE_TEXT = 16 * 1024 };

struct wn_feature {
    uint64_t key;
    uint32_t tf;
};
/* Where a feature stands in the folded text, for explaining. */
struct wn_feature_place {
    uint32_t feature, start, end;
};
struct wn_features {
    struct wn_feature *list; /* each key once, in order of appearance */
    size_t n;
    const char *folded; /* lower case, NFC, one space before, between and behind the words */
    size_t folded_len;
    struct wn_feature_place *places; /* only if asked for */
    size_t nplaces;
};

/* Fields named subject or title are read as part of the text. `places`: fill in where, too. */
void wn_features_read(const char *text, size_t len, const struct wn_field *fields, size_t nfields,
                      bool places, struct wn_arena *a, struct wn_features *out);

static inline unsigned wn_feature_block(uint64_t key)
{
    return key & 3;
}

#endif

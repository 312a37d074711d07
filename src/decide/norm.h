/* norm.h: a text as it is compared: white space, quotes and dashes made one, invisible characters gone,
 * A-Z lower. confidence.md section 11. Private to decide/. */
#ifndef WN_DECIDE_NORM_H
#define WN_DECIDE_NORM_H
#include "base/arena.h"

struct wn_norm {
    char *text; /* with a NUL behind it */
    size_t len;
    struct wn_norm_at {
        size_t start, end; /* the bytes of the source that this byte stands for */
    } * at;
};
void wn_norm_make(const char *source, size_t len, struct wn_norm *out);
void wn_norm_free(struct wn_norm *n);

/* The next run of 0-9, a-z and bytes >= 128 from *pos on; false at the end. */
struct wn_token {
    size_t start, len;
};
bool wn_norm_token(const struct wn_norm *n, size_t *pos, struct wn_token *out);
/* Where `part` first stands in text[from..len), or SIZE_MAX. An empty part stands nowhere. */
size_t wn_find(const char *text, size_t len, size_t from, const char *part, size_t part_len);

#endif

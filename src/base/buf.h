/* buf.h: a growing string with a ceiling.
 *
 * Single appends cannot fail: the first failure (ceiling or memory) sticks, later appends do nothing,
 * and wn_buf_take() reports it. `data` is always a valid C string, so it is always safe to print. */
#ifndef WN_BASE_BUF_H
#define WN_BASE_BUF_H
#include "base/error.h"

struct wn_buf {
    char *data;
    size_t len, cap, max; /* max: most bytes it may hold, the last NUL not counted */
    bool failed;
};
/* The empty string that all empty buffers share; never written to. */
extern char wn_buf_empty[1];
#define WN_BUF_INIT(max_bytes) { wn_buf_empty, 0, 0, (max_bytes), false }

void wn_buf_add(struct wn_buf *b, const char *bytes, size_t n);
void wn_buf_str(struct wn_buf *b, const char *text);
/* Room for n more bytes, which count as added and are the caller's to fill; NULL once it has failed. */
char *wn_buf_more(struct wn_buf *b, size_t n);
void wn_buf_printf(struct wn_buf *b, const char *fmt, ...) WN_PRINTF(2, 3);
static inline void wn_buf_char(struct wn_buf *b, char c)
{
    if (b->len + 1 < b->cap && b->len < b->max && !b->failed) {
        b->data[b->len++] = c;
        b->data[b->len] = '\0';
    } else {
        wn_buf_add(b, &c, 1);
    }
}
/* Forget the content, keep the memory. */
void wn_buf_reset(struct wn_buf *b);
/* On success *out is the caller's, to free(); the buffer is empty again. */
enum wn_code wn_buf_take(struct wn_buf *b, char **out, struct wn_error *err);
void wn_buf_free(struct wn_buf *b);

#endif

/* arena.h: memory that dies together.
 *
 * Everything made for one item (text, prompt, request, answer, decision) lives in that item's arena.
 * Allocation cannot fail: where memory runs out, the program says so in one line and ends with status
 * 7, as git and redis do; what was answered is committed, and the same command goes on from there.
 * What can be huge by a stranger's will (bodies, files) has a ceiling before it gets here. */
#ifndef WN_BASE_ARENA_H
#define WN_BASE_ARENA_H
#include "base/error.h"

struct wn_arena_block;
struct wn_arena {
    struct wn_arena_block *head;
    size_t used; /* bytes handed out since the last reset */
};
#define WN_ARENA_INIT { NULL, 0 }

/* n zeroed bytes, aligned for any type. n may be 0. */
void *wn_arena_alloc(struct wn_arena *a, size_t n);
/* count zeroed objects of `size` bytes; the product may not overflow. */
void *wn_arena_array(struct wn_arena *a, size_t count, size_t size);
/* A copy with a NUL behind it. */
char *wn_arena_copy(struct wn_arena *a, const char *bytes, size_t n);
char *wn_arena_str(struct wn_arena *a, const char *text);
char *wn_arena_printf(struct wn_arena *a, const char *fmt, ...) WN_PRINTF(2, 3);
/* Forget all, keep one block for the next item. */
void wn_arena_reset(struct wn_arena *a);
void wn_arena_free(struct wn_arena *a);

/* malloc, realloc and strdup that end the program as above; the result is for free(). */
void *wn_xmalloc(size_t n);
void *wn_xcalloc(size_t count, size_t size);
void *wn_xrealloc(void *p, size_t count, size_t size);
char *wn_xstrdup(const char *text);

#endif

/* arena.c: blocks in a list, filled from the front; see arena.h. */
#include "base/arena.h"
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 4096, BIG = 64 * 1024 };

struct wn_arena_block {
    struct wn_arena_block *next;
    size_t cap, len;
    alignas(max_align_t) char bytes[];
};

static _Noreturn void out_of_memory(void)
{
    fputs("winnow: out of memory; what was answered is kept, run the same command again\n", stderr);
    exit(wn_exit_status(WN_E_NOMEM));
}

void *wn_xmalloc(size_t n)
{
    void *p = malloc(n == 0 ? 1 : n);
    if (p == NULL)
        out_of_memory();
    return p;
}

void *wn_xcalloc(size_t count, size_t size)
{
    void *p = calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);
    if (p == NULL)
        out_of_memory();
    return p;
}

void *wn_xrealloc(void *p, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        out_of_memory();
    p = realloc(p, count * size == 0 ? 1 : count * size);
    if (p == NULL)
        out_of_memory();
    return p;
}

char *wn_xstrdup(const char *text)
{
    size_t n = strlen(text) + 1;
    return memcpy(wn_xmalloc(n), text, n);
}

static void *take(struct wn_arena *a, size_t n)
{
    const size_t align = alignof(max_align_t);
    struct wn_arena_block *b = a->head;
    void *p;
    if (n > SIZE_MAX / 2)
        out_of_memory();
    n = (n + align - 1) / align * align;
    if (b == NULL || b->cap - b->len < n) {
        size_t cap = n > FIRST_BLOCK ? n : FIRST_BLOCK;
        b = wn_xmalloc(sizeof(*b) + cap);
        b->next = a->head;
        b->cap = cap;
        b->len = 0;
        a->head = b;
    }
    p = b->bytes + b->len;
    b->len += n;
    a->used += n;
    return p;
}

void *wn_arena_alloc(struct wn_arena *a, size_t n)
{
    return memset(take(a, n), 0, n);
}

void *wn_arena_array(struct wn_arena *a, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        out_of_memory();
    return wn_arena_alloc(a, count * size);
}

char *wn_arena_copy(struct wn_arena *a, const char *bytes, size_t n)
{
    char *p = take(a, n + 1);
    if (n > 0)
        memcpy(p, bytes, n);
    p[n] = '\0';
    return p;
}

char *wn_arena_str(struct wn_arena *a, const char *text)
{
    return wn_arena_copy(a, text, strlen(text));
}

char *wn_arena_printf(struct wn_arena *a, const char *fmt, ...)
{
    char small[256];
    va_list ap;
    int n;
    char *p;
    va_start(ap, fmt);
    n = vsnprintf(small, sizeof(small), fmt, ap);
    va_end(ap);
    if (n < 0)
        return wn_arena_str(a, "");
    if ((size_t)n < sizeof(small))
        return wn_arena_copy(a, small, (size_t)n);
    p = wn_arena_alloc(a, (size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(p, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return p;
}

void wn_arena_reset(struct wn_arena *a)
{
    struct wn_arena_block *b = a->head, *keep = NULL, *next;
    for (; b != NULL; b = next) {
        next = b->next;
        if (keep == NULL && b->cap <= BIG) {
            keep = b;
            keep->len = 0;
            keep->next = NULL;
        } else {
            free(b);
        }
    }
    a->head = keep;
    a->used = 0;
}

void wn_arena_free(struct wn_arena *a)
{
    struct wn_arena_block *b = a->head, *next;
    for (; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    a->head = NULL;
    a->used = 0;
}

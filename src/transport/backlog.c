/* backlog.c: see backlog.h. */
#include "transport/backlog.h"
#include "base/arena.h"
#include <stdlib.h>

static bool before(const struct wn_backlog_entry *a, const struct wn_backlog_entry *b)
{
    return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->nth < b->nth;
}

void wn_backlog_push(struct wn_backlog *b, struct wn_backlog_entry e)
{
    size_t i = b->n++;
    if (b->n > b->room) {
        b->room = b->room == 0 ? 16 : b->room * 2;
        b->at = wn_xrealloc(b->at, b->room, sizeof(*b->at));
    }
    for (; i > 0 && before(&e, &b->at[(i - 1) / 2]); i = (i - 1) / 2)
        b->at[i] = b->at[(i - 1) / 2];
    b->at[i] = e;
}

struct wn_backlog_entry wn_backlog_pop(struct wn_backlog *b)
{
    struct wn_backlog_entry first = b->at[0], last = b->at[--b->n];
    size_t i = 0, child;
    while ((child = 2 * i + 1) < b->n) {
        if (child + 1 < b->n && before(&b->at[child + 1], &b->at[child]))
            child++;
        if (!before(&b->at[child], &last))
            break;
        b->at[i] = b->at[child];
        i = child;
    }
    b->at[i] = last;
    return first;
}

void wn_backlog_free(struct wn_backlog *b)
{
    free(b->at);
    *b = (struct wn_backlog){ 0 };
}

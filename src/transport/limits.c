/* limits.c: the limiters of all lanes, shared by the pools of a process: a provider counts what a key sends, not which
 * of our runs sent it. */
#include "transport/limit.h"
#include "base/arena.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    struct wn_limit limit;
    struct entry *next;
    char lane[];
};

struct wn_limits {
    struct entry *list; /* there are few, and they stay where they are */
};

struct wn_limits *wn_limits_new(void)
{
    return wn_xcalloc(1, sizeof(struct wn_limits));
}

void wn_limits_free(struct wn_limits *l)
{
    struct entry *e;
    if (l == NULL)
        return;
    while ((e = l->list) != NULL) {
        l->list = e->next;
        free(e);
    }
    free(l);
}

struct wn_limit *wn_limits_of(struct wn_limits *l, const char *lane, size_t most, int64_t now_ms)
{
    struct entry *e = l->list;
    while (e != NULL && strcmp(e->lane, lane) != 0)
        e = e->next;
    if (e != NULL) {
        e->limit.most = (double)most;
        e->limit.window = fmin(e->limit.window, e->limit.most);
        return &e->limit;
    }
    e = wn_xcalloc(1, sizeof(*e) + strlen(lane) + 1);
    strcpy(e->lane, lane);
    wn_limit_init(&e->limit, most, now_ms);
    e->next = l->list;
    l->list = e;
    return &e->limit;
}

/* backlog.h: the requests of one lane that wait, earliest first. */
#ifndef WN_TRANSPORT_BACKLOG_H
#define WN_TRANSPORT_BACKLOG_H
#include "transport/transport.h"

struct wn_backlog_entry {
    const struct wn_request *request;
    void *owner;
    int64_t due_ms;
    uint64_t nth; /* decides between equal times: first come, first sent */
};
/* A heap: at[0] is the earliest. All zero is empty. */
struct wn_backlog {
    struct wn_backlog_entry *at;
    size_t n, room;
};

void wn_backlog_push(struct wn_backlog *b, struct wn_backlog_entry e);
/* The earliest; b->n > 0. */
struct wn_backlog_entry wn_backlog_pop(struct wn_backlog *b);
void wn_backlog_free(struct wn_backlog *b);

#endif

/* transport.h: a request and what came back. HTTP, and nothing of providers, tasks or the store. */
#ifndef WN_TRANSPORT_TRANSPORT_H
#define WN_TRANSPORT_TRANSPORT_H
#include "base/error.h"

struct wn_header {
    const char *name, *value;
};

struct wn_request {
    const char *method, *url; /* "POST", "https://..." */
    const struct wn_header *headers;
    size_t nheaders;
    const char *body; /* NULL for GET */
    size_t body_len;
    int64_t timeout_ms; /* connect, send and receive together; 0 = the pool's */
    const char *lane;   /* what shares limits: "openai/gpt-6-luna"; never NULL */
    int64_t tokens;     /* estimated, for the limiter; 0 = unknown */
};

/* How the exchange ended below HTTP. */
enum wn_wire {
    WN_WIRE_OK, /* there is a status and a whole body */
    WN_WIRE_DNS,
    WN_WIRE_CONNECT, /* never sent: refused, unreachable, no connection in time */
    WN_WIRE_TLS,
    WN_WIRE_TIMEOUT, /* may have been answered and paid for */
    WN_WIRE_RESET,   /* the connection broke, or the body was cut */
    WN_WIRE_TOO_LARGE,
    WN_WIRE_GARBAGE, /* not HTTP */
    WN_WIRE_STOPPED  /* called back before it was sent: wn_pool_recall() */
};

/* Which sending a response belongs to, for the limiter of its lane. */
struct wn_sent {
    size_t lane;    /* the pool's number for it */
    uint64_t nth;   /* of this lane, from 1; 0 = never sent */
    int64_t tokens; /* as estimated */
    int64_t at_ms;  /* when, by wn_clock_ms() */
};

struct wn_response {
    void *owner; /* what wn_pool_add() was given */
    enum wn_wire wire;
    char wire_error[160]; /* curl's words, without URL secrets; "" when all went well */
    bool stale;           /* a connection that had served before ended instead of answering */
    int status;           /* 0 = none came */
    char *
        body; /* never NULL, NUL behind it; empty unless wire is WN_WIRE_OK, so that a part is never
                   taken for the whole */
    size_t body_len;
    struct wn_header *headers; /* of the final response, names in lower case */
    size_t nheaders;
    int64_t latency_ms; /* from the first byte sent; 0 = nothing was */
    struct wn_sent sent;
    struct wn_response *next; /* the pool's */
};
/* A header's value or NULL; name in lower case. */
const char *wn_response_header(const struct wn_response *r, const char *name);
void wn_response_free(struct wn_response *r);

#endif

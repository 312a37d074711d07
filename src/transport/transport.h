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
    int64_t timeout_ms;  /* connect, send and receive together; 0 = the pool's */
    const char *lane;    /* what shares limits: "openai/gpt-6-luna"; never NULL */
    int64_t tokens;      /* estimated, for the limiter; 0 = unknown */
};

/* How the exchange ended below HTTP. */
enum wn_wire {
    WN_WIRE_OK,       /* there is a status and a whole body */
    WN_WIRE_DNS,
    WN_WIRE_CONNECT,
    WN_WIRE_TLS,
    WN_WIRE_TIMEOUT,  /* may have been answered and paid for */
    WN_WIRE_RESET,    /* the connection broke, or the body was cut */
    WN_WIRE_TOO_LARGE,
    WN_WIRE_GARBAGE,  /* not HTTP */
    WN_WIRE_STOPPED   /* we closed the pool */
};

struct wn_response {
    void *owner; /* what wn_pool_add() was given */
    enum wn_wire wire;
    char wire_error[160]; /* curl's words, without URL secrets */
    int status;
    char *body; /* never NULL, NUL behind it */
    size_t body_len;
    struct wn_header *headers; /* names in lower case */
    size_t nheaders;
    int64_t latency_ms; /* from the first byte sent */
};
/* A header's value or NULL; name in lower case. */
const char *wn_response_header(const struct wn_response *r, const char *name);
void wn_response_free(struct wn_response *r);

#endif

/* response.h: a response while it comes in. Pure: bytes go in, a struct wn_response comes out.
 *
 * The other side may be anything, so headers have ceilings: MAX_HEADERS and MAX_HEADER_BYTES. */
#ifndef WN_TRANSPORT_RESPONSE_H
#define WN_TRANSPORT_RESPONSE_H
#include "base/buf.h"
#include "transport/transport.h"

enum { WN_MAX_HEADERS = 256, WN_MAX_HEADER_BYTES = 64 * 1024 };

struct wn_head {
    struct wn_buf text; /* "name" NUL " value" NUL, for each header of the last response begun */
    size_t nheaders;
    bool open; /* the blank line behind the headers has not come */
    bool too_large;
};
void wn_head_init(struct wn_head *h);
void wn_head_reset(struct wn_head *h);
void wn_head_free(struct wn_head *h);
/* One line as it came, status line and blank line too. Interim responses (100, 103) come before the final
 * one, each with a status line of its own, which forgets the headers so far; trailers come after the
 * body and are left out. False: this is more than a sane server sends; the response is of no use. */
bool wn_head_line(struct wn_head *h, const char *line, size_t n);

/* A response with these headers and this body, all of it copied into one block. Either may be NULL. */
struct wn_response *wn_response_new(const struct wn_head *h, const struct wn_buf *body);

#endif

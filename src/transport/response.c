/* response.c: see response.h. */
#include "transport/response.h"
#include "base/arena.h"
#include <stdlib.h>
#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void wn_head_init(struct wn_head *h)
{
    *h = (struct wn_head){ .text = WN_BUF_INIT(WN_MAX_HEADER_BYTES) };
}

void wn_head_reset(struct wn_head *h)
{
    wn_buf_reset(&h->text);
    h->nheaders = 0;
    h->open = h->too_large = false;
}

void wn_head_free(struct wn_head *h)
{
    wn_buf_free(&h->text);
    wn_head_reset(h);
}

static bool add_header(struct wn_head *h, const char *line, size_t n, size_t colon)
{
    char *name;
    wn_buf_add(&h->text, line, n);
    wn_buf_char(&h->text, '\0');
    h->too_large = h->text.failed || ++h->nheaders > WN_MAX_HEADERS;
    if (h->too_large)
        return false;
    name = h->text.data + h->text.len - n - 1;
    name[colon] = '\0';
    for (; *name != '\0'; name++)
        if (*name >= 'A' && *name <= 'Z')
            *name += 'a' - 'A';
    return true;
}

bool wn_head_line(struct wn_head *h, const char *line, size_t n)
{
    const char *colon;
    while (n > 0 && is_blank(line[n - 1]))
        n--;
    if (!h->open && n >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        wn_head_reset(h);
        h->open = true;
        return true;
    }
    if (n == 0)
        h->open = false;
    if (!h->open || is_blank(line[0]) || memchr(line, '\0', n) != NULL)
        return true; /* a trailer, a folded line, or a line that no text can hold */
    colon = memchr(line, ':', n);
    return colon == NULL || add_header(h, line, n, (size_t)(colon - line));
}

struct wn_response *wn_response_new(const struct wn_head *h, const struct wn_buf *body)
{
    size_t nheaders = h == NULL ? 0 : h->nheaders;
    size_t head_len = h == NULL ? 0 : h->text.len, body_len = body == NULL ? 0 : body->len;
    size_t list = nheaders * sizeof(struct wn_header);
    struct wn_response *r = wn_xmalloc(sizeof(*r) + list + head_len + body_len + 1);
    char *text;
    *r = (struct wn_response){ .headers = (struct wn_header *)(r + 1),
                               .nheaders = nheaders,
                               .body_len = body_len };
    text = (char *)(r->headers + nheaders);
    r->body = text + head_len;
    if (body_len > 0)
        memcpy(r->body, body->data, body_len);
    r->body[body_len] = '\0';
    if (head_len > 0)
        memcpy(text, h->text.data, head_len);
    for (size_t i = 0; i < nheaders; i++) {
        r->headers[i].name = text;
        text += strlen(text) + 1;
        r->headers[i].value = text + strspn(text, " \t");
        text += strlen(text) + 1;
    }
    return r;
}

const char *wn_response_header(const struct wn_response *r, const char *name)
{
    for (size_t i = 0; i < r->nheaders; i++)
        if (strcmp(r->headers[i].name, name) == 0)
            return r->headers[i].value;
    return NULL;
}

void wn_response_free(struct wn_response *r)
{
    free(r);
}

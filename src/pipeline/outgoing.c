/* outgoing.c: see outgoing.h. */
#include "pipeline/outgoing.h"
#include <string.h>

/* A header that holds the key, with the key masked. */
static const char *header_line(const struct wn_header *h, const char *key, struct wn_arena *a)
{
    const char *at = key == NULL || key[0] == '\0' ? NULL : strstr(h->value, key);
    if (at == NULL)
        return wn_arena_printf(a, "%s: %s", h->name, h->value);
    return wn_arena_printf(a, "%s: %.*s****%s", h->name, (int)(at - h->value), h->value,
                           at + strlen(key));
}

void wn_outgoing_show(const struct wn_job *j, void (*show)(void *user, const struct wn_outgoing *o),
                      void *user)
{
    struct wn_arena a = WN_ARENA_INIT;
    const char **headers = wn_arena_array(&a, j->request.nheaders, sizeof(*headers));
    struct wn_outgoing o = { .item = j->item.id,
                             .model = j->request.lane,
                             .method = j->request.method,
                             .url = j->request.url,
                             .headers = headers,
                             .nheaders = j->request.nheaders,
                             .body = j->request.body,
                             .body_len = j->request.body_len,
                             .redacted = j->is_redacted ? (int)j->redaction.n : 0 };
    for (size_t i = 0; i < j->request.nheaders; i++)
        headers[i] = header_line(&j->request.headers[i], j->call.key, &a);
    show(user, &o);
    wn_arena_free(&a);
}

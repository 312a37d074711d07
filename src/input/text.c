/* text.c: a text, Markdown or HTML file is one item. */
#include "input/input.h"
#include <stdlib.h>
#include <string.h>

/* The file up to `max` bytes, or to its end; whatever is behind is read past, not kept. */
static bool read_all(struct wn_stream *in, size_t max, struct wn_buf *out)
{
    bool cut = false;
    while (wn_stream_more(in)) {
        size_t n = in->len - in->pos, room = max - out->len;
        cut |= n > room;
        wn_buf_add(out, (const char *)in->data + in->pos, n < room ? n : room);
        in->pos = in->len;
    }
    return cut;
}

static void next(struct wn_part *p, struct wn_arena *a, struct wn_item *out, bool html)
{
    struct wn_buf all = WN_BUF_INIT(WN_ROW_MAX), decoded = WN_BUF_INIT(SIZE_MAX / 4),
                  plain = WN_BUF_INIT(SIZE_MAX / 4);
    char charset[64];
    const struct wn_buf *text = &all;
    /* Four more bytes than will be kept: a character that the limit cuts is then cut whole. */
    size_t max = html || p->max_item_bytes > WN_ROW_MAX - 4 ? WN_ROW_MAX : p->max_item_bytes + 4;
    if (!wn_stream_more(&p->in))
        return;
    out->id = out->source = wn_arena_str(a, p->name);
    out->truncated = read_all(&p->in, max, &all);
    if (html) {
        bool known = wn_html_charset(all.data, all.len, charset, sizeof(charset));
        wn_charset_decode(&decoded, known ? charset : NULL, all.data, all.len);
        wn_html_text(decoded.data, decoded.len, &plain, NULL);
        text = &plain;
    }
    wn_item_text(p, a, NULL, text->data, text->len, out);
    if (out->text_len == 0)
        wn_item_fail(a, out, p->name, "no text", "The file has nothing to read.");
    wn_buf_free(&all);
    wn_buf_free(&decoded);
    wn_buf_free(&plain);
}

void wn_text_next(struct wn_part *p, struct wn_arena *a, struct wn_item *out)
{
    return next(p, a, out, false);
}

void wn_html_next(struct wn_part *p, struct wn_arena *a, struct wn_item *out)
{
    return next(p, a, out, true);
}

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

/* Lines up to the size of a part. */
static void read_part(struct wn_part *p, struct wn_buf *out)
{
    while (out->len < p->part_bytes && wn_stream_line(&p->in, out, WN_ROW_MAX) != WN_LINE_END)
        continue;
}

static void name_part(struct wn_part *p, struct wn_arena *a, size_t line, struct wn_item *out)
{
    struct wn_field *f = wn_arena_alloc(a, sizeof(*f));
    *f = (struct wn_field){ "first_line", wn_arena_printf(a, "%zu", line) };
    out->fields = f;
    out->nfields = 1;
    if (p->count > 0)
        out->id = out->source = wn_arena_printf(a, "%s:%zu", p->name, line);
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
    if (p->part_bytes > 0 && !html) {
        size_t line = p->in.line;
        read_part(p, &all);
        name_part(p, a, line, out);
    } else {
        out->truncated = read_all(&p->in, max, &all);
    }
    if (html) {
        bool known = wn_html_charset(all.data, all.len, charset, sizeof(charset));
        wn_charset_decode(&decoded, known ? charset : NULL, all.data, all.len);
        wn_html_text(decoded.data, decoded.len, &plain, NULL);
        text = &plain;
    }
    wn_item_text(p, a, NULL, text->data, text->len, out);
    if (out->text_len == 0 && p->count == 0)
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

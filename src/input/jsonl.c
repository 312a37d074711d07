/* jsonl.c: JSON lines, and JSON arrays cut into their elements.
 *
 * An array of a gigabyte is read one element at a time: brackets and quotes are enough to see where an
 * element ends, and only it is parsed. Lines are better still: a broken one does not touch the next. */
#include "input/input.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char too_long[] = "longer than 16 MiB";
static const char too_long_hint[] = "Split the file, or leave out what is not text.";

struct json {
    struct wn_buf piece;
    bool inside; /* an array */
};

enum wn_code wn_jsonl_open(struct wn_part *p, struct wn_error *err)
{
    struct json *j = wn_xcalloc(1, sizeof(*j));
    (void)err;
    j->piece = (struct wn_buf)WN_BUF_INIT(WN_ROW_MAX + 16);
    p->state = j;
    return WN_OK;
}

enum wn_code wn_json_open(struct wn_part *p, struct wn_error *err)
{
    wn_jsonl_open(p, err);
    while (wn_stream_more(&p->in) && isspace(p->in.data[p->in.pos]))
        p->in.pos++;
    if (!wn_stream_more(&p->in) || strchr("[{", p->in.data[p->in.pos]) != NULL)
        return WN_OK;
    wn_error_set(err, WN_E_INPUT, "'%s' is not JSON", p->name);
    wn_error_hint(err, "It must begin with [ or {. Is it another kind of file? Say --input KIND.");
    return WN_E_INPUT;
}

void wn_json_close(struct wn_part *p)
{
    struct json *j = p->state;
    if (j != NULL)
        wn_buf_free(&j->piece);
    free(j);
}

/* ---- lines ---- */

void wn_jsonl_next(struct wn_part *p, struct wn_arena *a, struct wn_item *out)
{
    struct json *j = p->state;
    for (;;) {
        size_t line = p->in.line, i = 0;
        const char *source;
        enum wn_line got;
        wn_buf_reset(&j->piece);
        got = wn_stream_line(&p->in, &j->piece, WN_ROW_MAX);
        if (got == WN_LINE_END)
            return;
        while (i < j->piece.len && isspace((unsigned char)j->piece.data[i]))
            i++;
        if (i == j->piece.len && got == WN_LINE)
            continue;
        source = wn_arena_printf(a, "%s:%zu", p->name, line);
        if (got == WN_LINE_LONG)
            wn_item_fail(a, out, source, too_long, too_long_hint);
        else
            wn_json_item(p, a, source, j->piece.data, j->piece.len, out);
        return;
    }
}

/* ---- elements ---- */

/* The next byte that is neither white space nor a comma; -1 at the end. */
static int peek(struct wn_stream *in)
{
    while (wn_stream_more(in)) {
        unsigned char c = in->data[in->pos];
        if (!isspace(c) && c != ',')
            return c;
        in->pos++;
    }
    return -1;
}

enum cut { CUT_WHOLE, CUT_LONG, CUT_SHORT };

/* Take one value from the stream: up to the bracket that closes it, or, where it is neither object nor
 * array, to the next comma or white space. */
static enum cut take_value(struct wn_stream *in, struct wn_buf *out)
{
    bool quoted = false, escaped = false, large = false, bare;
    size_t depth = 0;
    bool done = false;
    bare = strchr("{[\"", in->data[in->pos]) == NULL;
    while (!done && wn_stream_more(in)) {
        size_t from = in->pos;
        for (; !done && in->pos < in->len; in->pos++) {
            unsigned char c = in->data[in->pos];
            if (quoted) {
                quoted = escaped || c != '"';
                escaped = !escaped && c == '\\';
                done = !quoted && depth == 0;
            } else if (bare && (isspace(c) || strchr(",[]{}\"", c) != NULL) &&
                       (out->len > 0 || in->pos > from)) {
                done = true;
                break;
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if ((c == '}' || c == ']') && !bare) {
                done = --depth == 0;
            }
        }
        large |= in->pos - from > WN_ROW_MAX - out->len;
        if (!large)
            wn_buf_add(out, (const char *)in->data + from, in->pos - from);
    }
    return large ? CUT_LONG : done || bare ? CUT_WHOLE : CUT_SHORT;
}

void wn_json_next(struct wn_part *p, struct wn_arena *a, struct wn_item *out)
{
    struct json *j = p->state;
    const char *source = wn_arena_printf(a, "%s:%zu", p->name, p->count + 1);
    int c;
    while ((c = peek(&p->in)) == (j->inside ? ']' : '[')) {
        j->inside = !j->inside;
        p->in.pos++;
    }
    if (c < 0 && j->inside) {
        j->inside = false;
        wn_item_fail(a, out, source, "the file ends before its list does",
                     "It may be cut off: get it again and compare the sizes.");
    }
    if (c < 0)
        return;
    wn_buf_reset(&j->piece);
    switch (take_value(&p->in, &j->piece)) {
    case CUT_WHOLE:
        wn_json_item(p, a, source, j->piece.data, j->piece.len, out);
        break;
    case CUT_LONG:
        wn_item_fail(a, out, source, too_long, too_long_hint);
        break;
    case CUT_SHORT:
        j->inside = false;
        wn_item_fail(a, out, source, "the file ends in the middle of it",
                     "It may be cut off: get it again and compare the sizes.");
        break;
    }
}

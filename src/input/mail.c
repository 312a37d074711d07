/* mail.c: one message in a file (.eml, Maildir) or many (mbox).
 *
 * An mbox is cut at its From_ lines, and one message at a time is in memory. Of a message larger than
 * 64 MiB the beginning is read: the text stands before what makes mail that large. */
#include "input/input.h"
#include <stdlib.h>
#include <string.h>

enum { SLACK = 4096 }; /* a From_ line must be seen also where the message is full */

struct mail {
    struct wn_buf message;
    bool begun; /* its From_ line was read at the end of the one before */
};

enum wn_code wn_mail_open(struct wn_part *p, struct wn_error *err)
{
    struct mail *m = wn_xcalloc(1, sizeof(*m));
    (void)err;
    m->message = (struct wn_buf)WN_BUF_INIT(WN_MESSAGE_MAX + 2 * SLACK);
    p->state = m;
    return WN_OK;
}

void wn_mail_close(struct wn_part *p)
{
    struct mail *m = p->state;
    if (m != NULL)
        wn_buf_free(&m->message);
    free(m);
}

/* Read the next line of a message to its end; false at the end of the file. */
static bool add_line(struct wn_stream *in, struct wn_buf *b, size_t *line, bool *cut)
{
    *line = b->len;
    if (wn_stream_line(in, b, WN_MESSAGE_MAX + SLACK) == WN_LINE_END)
        return false;
    *cut |= b->len > WN_MESSAGE_MAX;
    return true;
}

static void drop_from(struct wn_buf *b, size_t len)
{
    b->len = len;
    if (b->cap > 0)
        b->data[len] = '\0';
}

/* ">From " is how a body says "From " at the beginning of a line. */
static void unescape(struct wn_buf *b, size_t line)
{
    size_t n = b->len - line, marks = 0;
    while (marks < n && b->data[line + marks] == '>')
        marks++;
    if (marks == 0 || n - marks < 5 || memcmp(b->data + line + marks, "From ", 5) != 0)
        return;
    memmove(b->data + line, b->data + line + 1, n - 1);
    drop_from(b, b->len - 1);
}

void wn_eml_next(struct wn_part *p, struct wn_arena *a, struct wn_item *out)
{
    struct mail *m = p->state;
    struct wn_buf *b = &m->message;
    size_t line;
    bool cut = false;
    while (add_line(&p->in, b, &line, &cut)) {
        if (line == 0 &&
            (wn_mbox_from(b->data, b->len) || b->data[0] == '\n' || b->data[0] == '\r'))
            drop_from(b, 0); /* a mark of an mbox, or empty lines before the header */
        if (b->len > WN_MESSAGE_MAX)
            drop_from(b, WN_MESSAGE_MAX);
    }
    if (b->len > 0)
        wn_message_item(p, a, p->name, b->data, b->len, cut, out);
    wn_buf_free(b);
}

void wn_mbox_next(struct wn_part *p, struct wn_arena *a, struct wn_item *out)
{
    struct mail *m = p->state;
    struct wn_buf *b = &m->message;
    bool begun = m->begun, cut = false;
    size_t line;
    m->begun = false;
    wn_buf_reset(b);
    while (!m->begun && add_line(&p->in, b, &line, &cut)) {
        if (wn_mbox_from(b->data + line, b->len - line)) {
            drop_from(b, line);
            m->begun = begun || b->len > 0;
            begun = true;
        } else if (!begun && line == 0 && (b->data[0] == '\n' || b->data[0] == '\r')) {
            drop_from(b, 0);
        } else {
            unescape(b, line);
        }
        if (b->len > WN_MESSAGE_MAX)
            drop_from(b, WN_MESSAGE_MAX);
    }
    if (b->len > 0 || begun)
        wn_message_item(p, a, wn_arena_printf(a, "%s:%zu", p->name, p->count + 1), b->data, b->len,
                        cut, out);
}

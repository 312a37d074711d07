/* mail.c: one message in a file (.eml, Maildir) or many (mbox).
 *
 * An mbox is cut at its From_ lines, and one message at a time is in memory. Of a message larger than
 * 64 MiB the beginning is read: the text stands before what makes mail that large. */
#include "input/input.h"
#include <stdlib.h>
#include <string.h>

enum {
    SLACK = 4096, /* a From_ line must be seen also where the message is full */
    /* Each header and part costs GMime far more memory than bytes in the file. */
    MARKS_MAX = 20000
};

struct mail {
    struct wn_buf message;
    size_t marks; /* lines that may be headers or boundaries */
    bool cut;     /* something was left out */
    bool begun;   /* its From_ line was read at the end of the one before */
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

static void reset(struct mail *m)
{
    wn_buf_reset(&m->message);
    m->marks = 0;
    m->cut = false;
    m->begun = false;
}

static void shorten(struct wn_buf *b, size_t len)
{
    b->len = len;
    if (b->cap > 0)
        b->data[len] = '\0';
}

/* Append the next line; false at the end of the file. It begins at *line. */
static bool add_line(struct wn_stream *in, struct wn_buf *b, size_t *line)
{
    *line = b->len;
    return wn_stream_line(in, b, WN_MESSAGE_MAX + SLACK) != WN_LINE_END;
}

static bool is_mark(const char *line, size_t n)
{
    size_t i = 0;
    if (n >= 2 && line[0] == '-' && line[1] == '-')
        return true;
    while (i < n && line[i] > ' ' && line[i] != ':')
        i++;
    return i > 0 && i < n && line[i] == ':';
}

/* The line is part of the message, as far as the limits let it. */
static void keep_line(struct mail *m, size_t line)
{
    struct wn_buf *b = &m->message;
    m->marks += is_mark(b->data + line, b->len - line);
    m->cut |= m->marks > MARKS_MAX || b->len > WN_MESSAGE_MAX;
    if (m->marks > MARKS_MAX)
        shorten(b, line);
    else if (b->len > WN_MESSAGE_MAX)
        shorten(b, WN_MESSAGE_MAX);
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
    shorten(b, b->len - 1);
}

void wn_eml_next(struct wn_part *p, struct wn_arena *a, struct wn_item *out)
{
    struct mail *m = p->state;
    struct wn_buf *b = &m->message;
    size_t line;
    reset(m);
    while (add_line(&p->in, b, &line)) {
        if (line == 0 && wn_mbox_from(b->data, b->len))
            shorten(b, 0); /* the mark of an mbox that it was cut out of */
        else
            keep_line(m, line);
    }
    if (b->len > 0)
        wn_message_item(p, a, p->name, b->data, b->len, m->cut, out);
}

void wn_mbox_next(struct wn_part *p, struct wn_arena *a, struct wn_item *out)
{
    struct mail *m = p->state;
    struct wn_buf *b = &m->message;
    bool begun = m->begun;
    size_t line;
    reset(m);
    while (!m->begun && add_line(&p->in, b, &line)) {
        if (wn_mbox_from(b->data + line, b->len - line)) {
            shorten(b, line);
            m->begun = begun || b->len > 0;
            begun = true;
        } else if (!begun && line == 0 && b->data[strspn(b->data, "\r\n")] == '\0') {
            shorten(b, 0); /* empty lines before the first mark are nothing */
        } else {
            unescape(b, line);
            keep_line(m, line);
        }
    }
    if (b->len > 0 || begun)
        wn_message_item(p, a, wn_arena_printf(a, "%s:%zu", p->name, p->count + 1), b->data, b->len,
                        m->cut, out);
}

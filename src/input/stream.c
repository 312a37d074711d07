/* stream.c: bytes of one file, in a window of fixed size.
 *
 * Text kinds never see a NUL, a byte order mark or UTF-16: those end here. What is not UTF-8 beyond
 * that (Windows-1252) is left to charset.c, value by value, because ASCII structure is the same. */
#include "input/input.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/utf8.h"

/* UTF-8 of a chunk of UTF-16 is at most 3/2 of it, and it goes into the window with the rest. */
enum { CHUNK = 64 * 1024, WINDOW = WN_HEAD + 2 * CHUNK };

void wn_stream_open(struct wn_stream *s, int fd, bool own_fd)
{
    memset(s, 0, sizeof(*s));
    s->fd = fd;
    s->own_fd = own_fd;
    s->line = 1;
    s->raw = true; /* until the head, NULs and all, has said what the file is */
    s->data = wn_xmalloc(WINDOW);
    s->pipe = fd >= 0 && lseek(fd, 0, SEEK_CUR) < 0;
}

void wn_stream_close(struct wn_stream *s)
{
    if (s->data != NULL && s->own_fd)
        close(s->fd);
    free(s->data);
    s->data = NULL;
    s->pos = s->len = 0;
}

bool wn_stream_ready(const struct wn_stream *s, int wait_ms)
{
    struct pollfd p = { .fd = s->fd, .events = POLLIN };
    return !s->pipe || s->eof || s->pos < s->len || poll(&p, 1, wait_ms) > 0;
}

static size_t read_bytes(struct wn_stream *s, unsigned char *to, size_t n)
{
    ssize_t got;
    do
        got = read(s->fd, to, n);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        s->fault = errno;
    if (got <= 0) {
        s->eof = true;
        return 0;
    }
    s->done += got;
    return (size_t)got;
}

static unsigned unit_at(const struct wn_stream *s, const unsigned char *p)
{
    return s->big_endian ? (unsigned)p[0] << 8 | p[1] : (unsigned)p[1] << 8 | p[0];
}

/* UTF-16 bytes -> UTF-8 at the end of the window; what is cut at the end waits in `odd`. */
static void add_wide(struct wn_stream *s, const unsigned char *p, size_t n)
{
    struct wn_buf out = WN_BUF_INIT(2 * CHUNK);
    size_t i = 0;
    while (i + 2 <= n) {
        uint32_t cp = unit_at(s, p + i);
        if (cp >= 0xd800 && cp < 0xdc00) {
            unsigned low;
            if (i + 4 > n)
                break;
            low = unit_at(s, p + i + 2);
            if (low >= 0xdc00 && low < 0xe000) {
                cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            } else {
                cp = 0xfffd;
            }
        } else if (cp >= 0xdc00 && cp < 0xe000) {
            cp = 0xfffd;
        }
        i += 2;
        if (cp != 0 && cp != 0xfeff)
            wn_utf8_put(&out, cp);
    }
    s->nodd = n - i;
    memcpy(s->odd, p + i, s->nodd);
    memcpy(s->data + s->len, out.data, out.len);
    s->len += out.len;
    wn_buf_free(&out);
}

static void drop_nuls(struct wn_stream *s, size_t from)
{
    size_t to = from;
    if (memchr(s->data + from, 0, s->len - from) == NULL)
        return;
    for (size_t i = from; i < s->len; i++)
        if (s->data[i] != 0)
            s->data[to++] = s->data[i];
    s->len = to;
}

/* Without a mark, UTF-16 of any European language still shows: every second byte is NUL. */
static bool mostly_nul(const unsigned char *p, size_t n, size_t first)
{
    size_t nul = 0, all = 0;
    for (size_t i = first; i < n; i += 2, all++)
        nul += p[i] == 0;
    return all >= 4 && nul * 10 >= all * 7;
}

static void find_encoding(struct wn_stream *s)
{
    unsigned char *p = s->data;
    size_t n = s->len, mark = 0;
    if (n >= 2 && ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff))) {
        s->wide = true;
        s->big_endian = p[0] == 0xfe;
        mark = 2;
    } else if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
        mark = 3;
    } else if (n > 0 && memchr(p, 0, n) != NULL) {
        bool little = mostly_nul(p, n, 1), big = mostly_nul(p, n, 0);
        s->wide = little != big;
        s->big_endian = big;
    }
    if (s->wide) {
        size_t bytes = n - mark;
        unsigned char *copy = wn_xmalloc(bytes);
        memcpy(copy, p + mark, bytes);
        s->len = 0;
        add_wide(s, copy, bytes);
        free(copy);
    } else {
        s->pos = mark;
    }
}

static void fill(struct wn_stream *s)
{
    size_t from, n;
    if (s->pos > 0) {
        memmove(s->data, s->data + s->pos, s->len - s->pos);
        s->len -= s->pos;
        s->pos = 0;
    }
    from = s->len;
    if (s->wide) {
        unsigned char chunk[CHUNK];
        memcpy(chunk, s->odd, s->nodd);
        n = read_bytes(s, chunk + s->nodd, sizeof(chunk) - s->nodd);
        add_wide(s, chunk, s->nodd + n);
    } else {
        s->len += read_bytes(s, s->data + s->len, CHUNK);
        if (!s->raw)
            drop_nuls(s, from);
    }
}

void wn_stream_want(struct wn_stream *s, size_t want)
{
    bool first = s->done == 0 && !s->eof;
    /* Of a pipe, a first line will do: its writer may be slow, and what is there must not wait for it. */
    while (s->len - s->pos < want && !s->eof &&
           !(s->pipe && s->len > s->pos && memchr(s->data + s->pos, '\n', s->len - s->pos) != NULL))
        fill(s);
    if (first)
        find_encoding(s);
}

void wn_stream_text(struct wn_stream *s)
{
    s->raw = false;
    drop_nuls(s, s->pos);
}

bool wn_stream_more(struct wn_stream *s)
{
    while (s->pos == s->len && !s->eof)
        fill(s);
    return s->pos < s->len;
}

enum wn_line wn_stream_line(struct wn_stream *s, struct wn_buf *out, size_t max)
{
    enum wn_line kind = WN_LINE;
    if (!wn_stream_more(s))
        return WN_LINE_END;
    for (;;) {
        const unsigned char *from = s->data + s->pos, *p = from;
        size_t left = s->len - s->pos, n;
        while ((size_t)(p - from) < left && *p != '\n' && *p != '\r')
            p++;
        n = (size_t)(p - from) + ((size_t)(p - from) < left);
        if (kind == WN_LINE && n > max - out->len) {
            kind = WN_LINE_LONG;
            wn_buf_add(out, (const char *)from, max - out->len);
        } else if (kind == WN_LINE) {
            wn_buf_add(out, (const char *)from, n);
        }
        s->pos += n;
        if (n > 0 && (from[n - 1] == '\n' || from[n - 1] == '\r')) {
            bool cr = from[n - 1] == '\r';
            if (cr && wn_stream_more(s) && s->data[s->pos] == '\n') {
                s->pos++;
                if (kind == WN_LINE)
                    wn_buf_char(out, '\n');
            }
            break;
        }
        if (!wn_stream_more(s))
            break;
    }
    s->line++;
    return kind;
}

/* utf8.c: see utf8.h. What needs the Unicode tables is left to utf8proc. */
#include "base/utf8.h"
#include <stdlib.h>
#include <utf8proc.h>

uint32_t wn_utf8_next(const char *s, size_t n, size_t *used)
{
    const unsigned char *p = (const unsigned char *)s;
    static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t len = p[0] < 0x80   ? 1
                 : p[0] < 0xc2 ? 0
                 : p[0] < 0xe0 ? 2
                 : p[0] < 0xf0 ? 3
                 : p[0] < 0xf5 ? 4
                               : 0;
    uint32_t cp;
    *used = 1;
    if (len == 1)
        return p[0];
    if (len == 0 || len > n)
        return 0xfffd;
    cp = p[0] & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0xfffd;
        cp = cp << 6 | (p[i] & 0x3f);
    }
    if (cp < least[len] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        return 0xfffd;
    *used = len;
    return cp;
}

void wn_utf8_put(struct wn_buf *b, uint32_t cp)
{
    char out[4];
    size_t n;
    if (cp < 0x80) {
        out[0] = (char)cp;
        n = 1;
    } else if (cp < 0x800) {
        out[0] = (char)(0xc0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3f));
        n = 2;
    } else if (cp < 0x10000) {
        out[0] = (char)(0xe0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[2] = (char)(0x80 | (cp & 0x3f));
        n = 3;
    } else {
        out[0] = (char)(0xf0 | cp >> 18);
        out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
        out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[3] = (char)(0x80 | (cp & 0x3f));
        n = 4;
    }
    wn_buf_add(b, out, n);
}

bool wn_utf8_valid(const char *s, size_t n)
{
    size_t used;
    for (size_t i = 0; i < n; i += used)
        if (wn_utf8_next(s + i, n - i, &used) == 0xfffd && used == 1)
            return false;
    return true;
}

static bool is_control(uint32_t cp)
{
    return (cp < 0x20 && cp != '\t' && cp != '\n') || (cp >= 0x7f && cp < 0xa0);
}

void wn_utf8_clean(struct wn_buf *b, const char *s, size_t n)
{
    size_t used;
    for (size_t i = 0; i < n; i += used) {
        uint32_t cp = wn_utf8_next(s + i, n - i, &used);
        if (cp == '\r') {
            if (i + 1 >= n || s[i + 1] != '\n')
                wn_buf_char(b, '\n');
        } else if (cp == 0xfffd && used == 1) {
            wn_buf_add(b, "\xef\xbf\xbd", 3);
        } else if (!is_control(cp)) {
            wn_buf_add(b, s + i, used);
        }
    }
}

size_t wn_utf8_cut(const char *s, size_t n, size_t max)
{
    if (n <= max)
        return n;
    while (max > 0 && ((unsigned char)s[max] & 0xc0) == 0x80)
        max--;
    return max;
}

size_t wn_utf8_width(const char *s, size_t n)
{
    size_t used, width = 0;
    for (size_t i = 0; i < n; i += used) {
        int w = utf8proc_charwidth((utf8proc_int32_t)wn_utf8_next(s + i, n - i, &used));
        width += w > 0 ? (size_t)w : 0;
    }
    return width;
}

void wn_utf8_fold(struct wn_buf *b, const char *s, size_t n)
{
    utf8proc_uint8_t *out = NULL;
    utf8proc_ssize_t len = 0;
    size_t i = 0;
    while (i < n && (unsigned char)s[i] < 0x80)
        i++;
    if (i < n)
        len = utf8proc_map((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n, &out,
                           UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (i == n || len < 0) { /* ASCII, or not UTF-8: letters A-Z only */
        for (i = 0; i < n; i++)
            wn_buf_char(b, s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] + 32) : s[i]);
        return;
    }
    for (size_t used, j = 0; j < (size_t)len; j += used) {
        uint32_t cp = wn_utf8_next((const char *)out + j, (size_t)len - j, &used);
        wn_utf8_put(b, (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp));
    }
    free(out);
}

/* Letters that are no letter and a mark. */
static const struct {
    uint32_t cp;
    const char *as;
} letters[] = {
    { 0xdf, "ss" }, { 0xc6, "AE" },  { 0xe6, "ae" },  { 0xd8, "O" },
    { 0xf8, "o" },  { 0x152, "OE" }, { 0x153, "oe" }, { 0x141, "L" },
    { 0x142, "l" }, { 0x110, "D" },  { 0x111, "d" },  { 0x131, "i" },
    { 0xd0, "D" },  { 0xf0, "d" },   { 0xde, "Th" },  { 0xfe, "th" },
};

static void put_plain(struct wn_buf *b, uint32_t cp)
{
    utf8proc_int32_t parts[8];
    int bound = 0;
    utf8proc_ssize_t k;
    if (cp >= 0x300 && cp < 0x370) /* a mark by itself: of the letter before it */
        return;
    for (size_t i = 0; i < WN_COUNT(letters); i++)
        if (letters[i].cp == cp) {
            wn_buf_str(b, letters[i].as);
            return;
        }
    k = cp < 0x80
            ? 0
            : utf8proc_decompose_char((utf8proc_int32_t)cp, parts, 8, UTF8PROC_DECOMPOSE, &bound);
    wn_utf8_put(b, k > 1 && parts[0] < 0x80 ? (uint32_t)parts[0] : cp);
}

void wn_utf8_plain(struct wn_buf *b, const char *s, size_t n)
{
    for (size_t i = 0, used; i < n; i += used)
        put_plain(b, wn_utf8_next(s + i, n - i, &used));
}

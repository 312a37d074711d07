/* charset.c: whatever bytes -> clean UTF-8.
 *
 * "ISO-8859-1" means Windows-1252 in practice, "gb2312" GB18030, and "unknown-8bit" nothing at all:
 * the names that mail uses are not always the ones that iconv knows. Text is never refused: a byte
 * that cannot be read becomes U+FFFD and the reading goes on. */
#include "input/input.h"
#include <errno.h>
#include <gmime/gmime.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>
#include "base/utf8.h"

/* 0x80-0x9f of Windows-1252; 0xfffd where it has no character. */
static const uint16_t cp1252[32] = {
    0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
};

static bool is_plain(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] >= 0x80)
            return false;
    return true;
}

void wn_charset_clean(struct wn_buf *out, const char *s, size_t n)
{
    struct wn_buf mended = WN_BUF_INIT(SIZE_MAX / 4);
    size_t used;
    if (is_plain(s, n)) {
        wn_utf8_clean(out, s, n);
        return;
    }
    for (size_t i = 0; i < n; i += used) {
        uint32_t cp = wn_utf8_next(s + i, n - i, &used);
        if (cp == 0xfffd && used == 1)
            cp = (unsigned char)s[i];
        /* C1 controls in UTF-8 are Windows-1252 that somebody converted as if it were Latin-1. */
        if (cp >= 0x80 && cp < 0xa0)
            cp = cp1252[cp - 0x80];
        wn_utf8_put(&mended, cp);
    }
    wn_utf8_clean(out, mended.data, mended.len);
    wn_buf_free(&mended);
}

static void init_once(void)
{
    g_mime_init();
}

void wn_gmime_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, init_once);
}

/* The name to ask iconv for, or NULL where wn_charset_clean() does better. */
static const char *real_name(const char *charset)
{
    static const struct {
        const char *name, *real;
    } other[] = {
        /* clang-format off */
        { "utf-8",          NULL },           { "utf8",              NULL },
        { "us-ascii",       NULL },           { "ascii",             NULL },
        { "iso-8859-1",     NULL },           { "iso8859-1",         NULL },
        { "latin1",         NULL },           { "windows-1252",      NULL },
        { "cp1252",         NULL },           { "iso-8859-9",        "windows-1254" },
        { "gb2312",         "gb18030" },      { "gbk",               "gb18030" },
        { "x-gbk",          "gb18030" },      { "ks_c_5601-1987",    "cp949" },
        { "euc-kr",         "cp949" },        { "korean",            "cp949" },
        { "shift_jis",      "cp932" },        { "shift-jis",         "cp932" },
        { "x-sjis",         "cp932" },        { "big5",              "big5-hkscs" },
        { "iso-8859-8-i",   "iso-8859-8" },   { "tis-620",           "windows-874" },
        { "x-mac-roman",    "macintosh" },    { "unicode-1-1-utf-7", "utf-7" },
        /* clang-format on */
    };
    for (size_t i = 0; i < WN_COUNT(other); i++)
        if (strcasecmp(other[i].name, charset) == 0)
            return other[i].real;
    return charset;
}

static iconv_t open_charset(const char *charset)
{
    iconv_t cd;
    wn_gmime_init();
    cd = g_mime_iconv_open("UTF-8", charset);
    if (cd == (iconv_t)-1 && strcasecmp(charset, "big5-hkscs") == 0)
        cd = g_mime_iconv_open("UTF-8", "big5");
    return cd;
}

/* Everything through iconv, a U+FFFD for each byte that it does not take; returns how many. */
static size_t convert(iconv_t cd, const char *s, size_t n, struct wn_buf *out)
{
    char *in = (char *)s, chunk[4096], *to;
    size_t left = n, bad = 0, room;
    while (left > 0) {
        size_t rc;
        int why;
        to = chunk;
        room = sizeof(chunk);
        rc = g_mime_iconv(cd, &in, &left, &to, &room);
        why = errno;
        wn_buf_add(out, chunk, (size_t)(to - chunk));
        if (rc == (size_t)-1 && why != E2BIG) {
            wn_buf_add(out, "\xef\xbf\xbd", 3);
            in++;
            left--;
            bad++;
        }
    }
    to = chunk;
    room = sizeof(chunk);
    g_mime_iconv(cd, NULL, NULL, &to, &room); /* what a stateful charset still holds back */
    wn_buf_add(out, chunk, (size_t)(to - chunk));
    return bad;
}

void wn_charset_decode(struct wn_buf *out, const char *charset, const char *s, size_t n)
{
    const char *name = charset == NULL ? NULL : real_name(charset);
    struct wn_buf text = WN_BUF_INIT(SIZE_MAX / 4);
    iconv_t cd = name == NULL ? (iconv_t)-1 : open_charset(name);
    size_t bad = 0;
    if (cd != (iconv_t)-1) {
        bad = convert(cd, s, n, &text);
        g_mime_iconv_close(cd);
    }
    /* A wrong name shows where bytes cannot be read in it, and all of them can as UTF-8. */
    if (cd == (iconv_t)-1 || (bad > 0 && wn_utf8_valid(s, n)))
        wn_charset_clean(out, s, n);
    else
        wn_charset_clean(out, text.data, text.len);
    wn_buf_free(&text);
}

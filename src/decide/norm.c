/* norm.c: see norm.h. */
#include "decide/norm.h"
#include "base/utf8.h"
#include <stdlib.h>
#include <string.h>

static bool is_space(uint32_t cp)
{
    return cp == 0x09 || cp == 0x0a || cp == 0x0d || cp == 0x20 || cp == 0xa0 ||
           (cp >= 0x2000 && cp <= 0x200a) || cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

/* What a code point becomes: "" = nothing, NULL = itself. */
static const char *replacement(uint32_t cp)
{
    if (is_space(cp))
        return " ";
    if (cp == 0x60)
        return "'";
    if (cp < 0x80)
        return NULL;
    if (cp == 0x200b || cp == 0x200c || cp == 0x200d || cp == 0x2060 || cp == 0xfeff || cp == 0xad)
        return "";
    if ((cp >= 0x2018 && cp <= 0x201b) || cp == 0x2032 || cp == 0xb4)
        return "'";
    if ((cp >= 0x201c && cp <= 0x201f) || cp == 0x2033 || cp == 0xab || cp == 0xbb)
        return "\"";
    if ((cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212)
        return "-";
    return cp == 0x2026 ? "..." : NULL;
}

static void put(struct wn_norm *n, const char *bytes, size_t len, size_t start, size_t end)
{
    for (size_t i = 0; i < len; i++) {
        char c = bytes[i];
        n->text[n->len] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        n->at[n->len++] = (struct wn_norm_at){ start, end };
    }
}

void wn_norm_make(const char *source, size_t len, struct wn_norm *out)
{
    size_t used;
    /* No code point grows: the longest, U+2026, is three bytes both ways. */
    out->text = wn_xmalloc(len + 1);
    out->at = wn_xcalloc(len + 1, sizeof(*out->at));
    out->len = 0;
    for (size_t i = 0; i < len; i += used) {
        uint32_t cp = wn_utf8_next(source + i, len - i, &used);
        const char *now = used == 1 && cp == 0xfffd ? NULL : replacement(cp);
        if (now == NULL)
            put(out, source + i, used, i, i + used);
        else if (*now != ' ')
            put(out, now, strlen(now), i, i + used);
        else if (out->len > 0 && out->text[out->len - 1] == ' ')
            out->at[out->len - 1].end = i + used;
        else if (out->len > 0)
            put(out, now, 1, i, i + used);
    }
    if (out->len > 0 && out->text[out->len - 1] == ' ')
        out->len--;
    out->text[out->len] = '\0';
}

void wn_norm_free(struct wn_norm *n)
{
    free(n->text);
    free(n->at);
    n->text = NULL;
    n->at = NULL;
    n->len = 0;
}

static bool in_token(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (unsigned char)c >= 128;
}

bool wn_norm_token(const struct wn_norm *n, size_t *pos, struct wn_token *out)
{
    size_t i = *pos;
    while (i < n->len && !in_token(n->text[i]))
        i++;
    out->start = i;
    while (i < n->len && in_token(n->text[i]))
        i++;
    out->len = i - out->start;
    *pos = i;
    return out->len > 0;
}

size_t wn_find(const char *text, size_t len, size_t from, const char *part, size_t part_len)
{
    const char *end = text + len, *at = text + from;
    if (part_len == 0 || part_len > len)
        return SIZE_MAX;
    for (; (size_t)(end - at) >= part_len; at++) {
        at = memchr(at, part[0], (size_t)(end - at) - part_len + 1);
        if (at == NULL)
            return SIZE_MAX;
        if (memcmp(at, part, part_len) == 0)
            return (size_t)(at - text);
    }
    return SIZE_MAX;
}

/* features.c: see features.h. The folded text has exactly one space around every word, so that a word
 * padded with spaces, as the character n-grams want it, is a slice of it. */
#include "linear/features.h"
#include "base/utf8.h"
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

struct reader {
    struct wn_features *out;
    uint32_t *slots; /* index in list + 1, or 0 */
    uint32_t mask;
    bool places;
    uint64_t pair; /* state of the hash of the word before, for pairs of words */
    uint32_t pair_start;
};

/* Scripts written without spaces between words. */
static bool is_cjk(uint32_t cp)
{
    return cp >= 0x3040 &&
           (cp <= 0x30ff || (cp >= 0x3400 && cp <= 0x4dbf) || (cp >= 0x4e00 && cp <= 0x9fff) ||
            (cp >= 0xf900 && cp <= 0xfaff) || (cp >= 0x20000 && cp <= 0x2fa1f));
}

static bool is_space(uint32_t cp)
{
    return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xa0 || cp == 0x1680 ||
           (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 || cp == 0x202f ||
           cp == 0x205f || cp == 0x3000;
}

static bool is_word(uint32_t cp)
{
    utf8proc_category_t c;
    if (cp < 0x80)
        return (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9') || cp == '_' ||
               (cp >= 'A' && cp <= 'Z');
    if (is_cjk(cp))
        return false;
    c = utf8proc_category((utf8proc_int32_t)cp);
    return c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_NO;
}

/* Nothing to compose: no combining mark, and nothing that has another normal form. */
static bool is_composed(uint32_t cp)
{
    return cp < 0x300 || (cp >= 0x2010 && cp <= 0x20bf);
}

static uint32_t lower(uint32_t cp)
{
    return cp < 0x80 ? (cp >= 'A' && cp <= 'Z' ? cp + 32 : cp)
                     : (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp);
}

static size_t put(char *out, uint32_t cp, const char *as_is, size_t n)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp == 0xfffd) { /* or a byte that is no UTF-8: it stays what it is */
        memcpy(out, as_is, n);
        return n;
    }
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)cp, (utf8proc_uint8_t *)out);
}

/* One space for each run of white space, and around what is written without spaces. */
static size_t fold(char *out, size_t at, const char *s, size_t n)
{
    bool was_cjk = false;
    size_t used;
    if (at == 0)
        out[at++] = ' ';
    for (size_t i = 0; i < n; i += used) {
        uint32_t cp = (unsigned char)s[i];
        used = 1;
        if (cp >= 0x80)
            cp = wn_utf8_next(s + i, n - i, &used);
        if (is_space(cp)) {
            if (out[at - 1] != ' ')
                out[at++] = ' ';
            was_cjk = false;
            continue;
        }
        if (is_cjk(cp) != was_cjk) {
            was_cjk = !was_cjk;
            if (out[at - 1] != ' ')
                out[at++] = ' ';
        }
        at += put(out + at, lower(cp), s + i, used);
    }
    if (out[at - 1] != ' ')
        out[at++] = ' ';
    return at;
}

static bool composed(const char *s, size_t n)
{
    size_t used;
    for (size_t i = 0; i < n; i += used) {
        used = 1;
        if ((unsigned char)s[i] >= 0x80 && !is_composed(wn_utf8_next(s + i, n - i, &used)))
            return false;
    }
    return true;
}

static bool is_text_field(const char *name)
{
    return strcasecmp(name, "subject") == 0 || strcasecmp(name, "title") == 0;
}

/* The part of the text that is read, folded, into out->folded. */
static void fold_all(const char *text, size_t len, const struct wn_field *fields, size_t nfields,
                     struct wn_arena *a, struct wn_features *out)
{
    struct wn_buf all = WN_BUF_INIT(2 * WN_FEATURE_TEXT), nfc = WN_BUF_INIT(8 * WN_FEATURE_TEXT);
    char *folded;
    len = wn_utf8_cut(text, len, WN_FEATURE_TEXT);
    for (size_t i = 0; i < nfields; i++)
        if (is_text_field(fields[i].name) && all.len < WN_FEATURE_TEXT) {
            size_t n = strlen(fields[i].value);
            wn_buf_add(&all, fields[i].value, wn_utf8_cut(fields[i].value, n, 1024));
            wn_buf_char(&all, '\n');
        }
    if (all.len > 0) {
        wn_buf_add(&all, text, wn_utf8_cut(text, len, WN_FEATURE_TEXT - all.len / 2));
        text = all.data;
        len = all.len;
    }
    if (!composed(text, len)) {
        wn_utf8_fold(&nfc, text, len);
        text = nfc.data;
        len = nfc.len;
    }
    /* lower case can be a byte longer (U+023A), and a space may come before each character */
    folded = wn_arena_alloc(a, 2 * len + 3);
    out->folded_len = fold(folded, 0, text, len);
    out->folded = folded;
    wn_buf_free(&all);
    wn_buf_free(&nfc);
}

static void emit(struct reader *r, uint64_t hash, unsigned block, size_t start, size_t end)
{
    uint64_t key = hash << 2 | block;
    uint32_t slot = (uint32_t)((hash * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & r->mask;
    struct wn_features *o = r->out;
    uint32_t i;
    while ((i = r->slots[slot]) != 0 && o->list[i - 1].key != key)
        slot = (slot + 1) & r->mask;
    if (i == 0) {
        o->list[o->n].key = key;
        r->slots[slot] = i = (uint32_t)++o->n;
    }
    o->list[i - 1].tf++;
    if (r->places)
        o->places[o->nplaces++] =
            (struct wn_feature_place){ i - 1, (uint32_t)start, (uint32_t)end };
}

static const uint64_t block_start[WN_BLOCKS] = {
    /* FNV-1a after one byte: 0, 1, 2, 3 */
    (WN_FNV_START ^ 0) * WN_FNV_PRIME,
    (WN_FNV_START ^ 1) * WN_FNV_PRIME,
    (WN_FNV_START ^ 2) * WN_FNV_PRIME,
    (WN_FNV_START ^ 3) * WN_FNV_PRIME,
};

static bool goes_on(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* All n-grams of min to max characters of s[start..end). */
static void read_chars(struct reader *r, const char *s, size_t start, size_t end, int min, int max)
{
    for (size_t i = start; i < end; i++) {
        uint64_t h = block_start[WN_BLOCK_CHAR];
        size_t at = i;
        if (goes_on(s[i]) && i > start)
            continue;
        for (int n = 1; n <= max && at < end; n++) {
            do
                h = (h ^ (unsigned char)s[at++]) * WN_FNV_PRIME;
            while (at < end && goes_on(s[at]));
            if (n >= min)
                emit(r, h, WN_BLOCK_CHAR, i, at);
        }
    }
}

static void read_word(struct reader *r, const char *s, size_t start, size_t end)
{
    uint64_t word = block_start[WN_BLOCK_WORD], stem = block_start[WN_BLOCK_STEM];
    size_t letters = 0, at = start;
    for (; at < end; at++) {
        unsigned char c = (unsigned char)s[at];
        word = (word ^ c) * WN_FNV_PRIME;
        letters += !goes_on(s[at]);
        if (letters <= 4)
            stem = (stem ^ c) * WN_FNV_PRIME;
        r->pair = (r->pair ^ c) * WN_FNV_PRIME;
    }
    emit(r, word, WN_BLOCK_WORD, start, end);
    emit(r, stem, WN_BLOCK_STEM, start, end);
    if (r->pair_start != UINT32_MAX)
        emit(r, r->pair, WN_BLOCK_WORD, r->pair_start, end);
    r->pair = (word ^ ' ') * WN_FNV_PRIME;
    r->pair_start = (uint32_t)start;
}

/* The runs of letters, digits and '_' between two spaces. */
static void read_words(struct reader *r, const char *s, size_t start, size_t end)
{
    size_t from = start, used;
    for (size_t i = start; i < end; i += used) {
        uint32_t cp = (unsigned char)s[i];
        used = 1;
        if (cp >= 0x80)
            cp = wn_utf8_next(s + i, end - i, &used);
        if (is_word(cp))
            continue;
        if (i > from)
            read_word(r, s, from, i);
        from = i + used;
    }
    if (end > from)
        read_word(r, s, from, end);
}

static void read_text(struct reader *r, const char *s, size_t n)
{
    for (size_t start = 1, end; start < n; start = end + 1) {
        size_t used;
        end = start + (size_t)((const char *)memchr(s + start, ' ', n - start) - (s + start));
        if ((unsigned char)s[start] >= 0xe3 &&
            is_cjk(wn_utf8_next(s + start, end - start, &used))) {
            read_chars(r, s, start, end, 1, 3);
            continue;
        }
        read_words(r, s, start, end);
        read_chars(r, s, start - 1, end + 1, 2, 4);
    }
}

/* "name=value", letter case and white space at the ends ignored; what is long is no category. */
static void read_field(struct reader *r, const struct wn_field *f)
{
    uint64_t h = block_start[WN_BLOCK_FIELD];
    const char *v = f->value;
    size_t n = strlen(v);
    while (n > 0 && is_space((unsigned char)v[n - 1]))
        n--;
    for (; n > 0 && is_space((unsigned char)*v); n--)
        v++;
    if (n == 0 || n > 80 || is_text_field(f->name))
        return;
    for (const char *p = f->name; *p != '\0'; p++)
        h = (h ^ (unsigned char)lower((unsigned char)*p)) * WN_FNV_PRIME;
    h = (h ^ '=') * WN_FNV_PRIME;
    for (size_t i = 0; i < n; i++)
        h = (h ^ ((unsigned char)v[i] < 0x80 ? lower((unsigned char)v[i]) : (unsigned char)v[i])) *
            WN_FNV_PRIME;
    emit(r, h, WN_BLOCK_FIELD, 0, 0);
}

void wn_features_read(const char *text, size_t len, const struct wn_field *fields, size_t nfields,
                      bool places, struct wn_arena *a, struct wn_features *out)
{
    struct reader r = { .out = out, .places = places, .pair_start = UINT32_MAX };
    size_t most, nslots = 64;
    memset(out, 0, sizeof(*out));
    fold_all(text, len, fields, nfields, a, out);
    /* at most three n-grams begin at a byte, and three word features at every second one */
    most = 3 * out->folded_len + 3 * (out->folded_len / 2) + nfields;
    while (nslots < most + most / 2)
        nslots *= 2;
    r.mask = (uint32_t)nslots - 1;
    r.slots = wn_arena_array(a, nslots, sizeof(*r.slots));
    out->list = wn_arena_array(a, most, sizeof(*out->list));
    if (places)
        out->places = wn_arena_array(a, most, sizeof(*out->places));
    read_text(&r, out->folded, out->folded_len);
    for (size_t i = 0; i < nfields; i++)
        read_field(&r, &fields[i]);
}

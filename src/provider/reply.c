/* reply.c: saying what happened.
 *
 * The provider's own words are shown, because they help, but they may repeat what we sent: the key is
 * masked, and words that hold a piece of the item are left out. */
#include "provider/format.h"
#include "base/utf8.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN = WN_REPLY_SHOWN, ECHO = 24, KEY_END = 4, KEY_WORD = 12 };

/* Some of the arguments are a stranger's: whatever they hold, a line of valid text comes out. */
static void fill(char *out, size_t size, const char *fmt, va_list ap) WN_PRINTF(3, 0);
static void fill(char *out, size_t size, const char *fmt, va_list ap)
{
    int full = vsnprintf(out, size, fmt, ap);
    size_t n = strlen(out);
    bool valid;
    if (full > 0 && (size_t)full >= size) { /* cut: not in the middle of a character */
        while (n > 0 && ((unsigned char)out[n - 1] & 0xc0) == 0x80)
            n--;
        if (n > 0 && (unsigned char)out[n - 1] >= 0xc0)
            n--;
        out[n] = '\0';
    }
    valid = wn_utf8_valid(out, n);
    for (char *p = out; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f || (!valid && (unsigned char)*p >= 0x80))
            *p = '?';
}

void wn_reply_fail(struct wn_reply *out, enum wn_class class, const char *what, ...)
{
    va_list ap;
    out->class = class;
    out->hint[0] = '\0';
    va_start(ap, what);
    fill(out->what, sizeof(out->what), what, ap);
    va_end(ap);
}

void wn_reply_cause(struct wn_reply *out, const char *cause, ...)
{
    va_list ap;
    va_start(ap, cause);
    fill(out->cause, sizeof(out->cause), cause, ap);
    va_end(ap);
}

void wn_reply_hint(struct wn_reply *out, const char *hint, ...)
{
    va_list ap;
    va_start(ap, hint);
    fill(out->hint, sizeof(out->hint), hint, ap);
    va_end(ap);
}

const char *wn_reply_key_names(const struct wn_provider *row, char *buf, size_t size)
{
    if (row->key_env[0].name == NULL)
        snprintf(buf, size, "the server's key");
    else if (row->key_env[1].name == NULL)
        snprintf(buf, size, "%s", row->key_env[0].name);
    else
        snprintf(buf, size, "%s or %s", row->key_env[0].name, row->key_env[1].name);
    return buf;
}

/* ---- the provider's words, fit to be shown ---- */

/* Does this word look like our key, or like one that was shortened in the middle ("sk-ab***yz")? */
static bool is_key(const char *word, size_t len, const char *key)
{
    size_t n = strlen(key);
    if (len < KEY_END || n < KEY_END)
        return false;
    for (size_t i = 0; n >= KEY_WORD && i + n <= len; i++)
        if (memcmp(word + i, key, n) == 0)
            return true;
    return (n == len && memcmp(word, key, n) == 0) ||
           (len >= 2 * KEY_END && n >= KEY_WORD &&
            (memcmp(word, key, KEY_END) == 0 ||
             memcmp(word + len - KEY_END, key + n - KEY_END, KEY_END) == 0));
}

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || strchr("-_*.+/=", c) != NULL;
}

/* Copy text into out with white space squeezed and the key masked. */
static void show(const char *text, size_t len, const char *key, char *out, size_t size)
{
    struct wn_buf b = WN_BUF_INIT(8 * SHOWN);
    len = wn_utf8_cut(text, len, 4 * SHOWN);
    for (size_t i = 0; i < len;) {
        size_t n = 0;
        while (i + n < len && text[i + n] != '\0' && word_char(text[i + n]))
            n++;
        if (n > 0 && key != NULL && is_key(text + i, n, key)) {
            wn_buf_str(&b, "***");
        } else if (n > 0) {
            wn_buf_add(&b, text + i, n);
        } else if ((unsigned char)text[i] > ' ') {
            wn_buf_char(&b, text[i]);
        } else if (b.len > 0 && b.data[b.len - 1] != ' ') {
            wn_buf_char(&b, ' ');
        }
        i += n == 0 ? 1 : n;
    }
    len = wn_utf8_cut(b.data, b.len, size - 1);
    memcpy(out, b.data, len);
    out[len] = '\0';
    wn_buf_free(&b);
}

void wn_reply_mask(const struct wn_call *c, struct wn_reply *out)
{
    char cause[sizeof(out->cause)];
    memcpy(cause, out->cause, sizeof(cause));
    if (c->key != NULL)
        show(cause, strlen(cause), c->key, out->cause, sizeof(out->cause));
}

/* Does the text repeat a piece of the item? */
static bool repeats_item(const char *text, const char *item)
{
    char piece[ECHO + 1] = "";
    size_t n = strlen(text);
    for (size_t i = 0; item != NULL && i + ECHO <= n; i++) {
        memcpy(piece, text + i, ECHO);
        if (strstr(item, piece) != NULL)
            return true;
    }
    return false;
}

void wn_reply_quote(const struct wn_call *c, int status, const char *word, const char *message,
                    size_t message_len, size_t max, struct wn_reply *out)
{
    char shown[SHOWN + 1];
    show(message, message_len, c->key, shown, max + 1 < sizeof(shown) ? max + 1 : sizeof(shown));
    if (c->prompt != NULL &&
        (repeats_item(shown, c->prompt->state) || repeats_item(shown, c->prompt->user)))
        snprintf(shown, sizeof(shown), "(its words repeat the item and are left out)");
    wn_reply_cause(out, "HTTP %d%s%.60s%s%s", status, word == NULL ? "" : " ",
                   word == NULL ? "" : word, shown[0] == '\0' ? "" : ": ", shown);
}

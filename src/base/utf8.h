/* utf8.h: reading and mending UTF-8.
 *
 * Providers answer 400 to lone surrogates and NUL, terminals obey control characters, and a text cut
 * in the middle of a character is no text: all of that is dealt with once, where text comes in. */
#ifndef WN_BASE_UTF8_H
#define WN_BASE_UTF8_H
#include "base/buf.h"

/* The code point at s (n > 0 bytes left) and its length in *used, or 0xFFFD and 1 where the bytes are
 * not UTF-8 (overlong forms, surrogates and values past 10FFFF are not). */
uint32_t wn_utf8_next(const char *s, size_t n, size_t *used);
void wn_utf8_put(struct wn_buf *b, uint32_t cp);
bool wn_utf8_valid(const char *s, size_t n);
/* Append s with bytes that are not UTF-8 replaced by U+FFFD, NUL and other control characters except
 * tab and line end dropped, and CR LF or CR turned into LF. */
void wn_utf8_clean(struct wn_buf *b, const char *s, size_t n);
/* The longest prefix of at most max bytes that does not cut a character. */
size_t wn_utf8_cut(const char *s, size_t n, size_t max);
/* Columns on a terminal: wide characters 2, combining ones 0. */
size_t wn_utf8_width(const char *s, size_t n);
/* Append s lower-cased and in NFC, as the linear engine reads it (local.md section 1). */
void wn_utf8_fold(struct wn_buf *b, const char *s, size_t n);

/* Append s with Latin letters as the plain ones they are made of: an E with an accent as E, the German sharp s as ss. */
void wn_utf8_plain(struct wn_buf *b, const char *s, size_t n);

#endif

/* plain.h: a text as claim_check (claim.h) reads it, whatever its language: letters without marks, months and days of
 * the week in English, numbers in words as digits, "1 500" as 1500, "2 pm" as 14:00, dates as "30 April 2026", money
 * by its code. What a sentence says and what its sources say then look alike, in one language or in two. Pure. */
#ifndef WN_DECIDE_PLAIN_H
#define WN_DECIDE_PLAIN_H
#include "base/arena.h"
#include "decide/language.h"

/* A source says a thing in every form it may be told in: beside "30.04.2026" also stands "30 April 2026", and beside
 * "1 500" also 1500. A claim says it once. */
enum wn_plain_of { WN_PLAIN_CLAIM, WN_PLAIN_SOURCE };

/* l may be NULL: not known. In the arena. */
const char *wn_plain(const char *text, size_t len, const struct wn_language *l, enum wn_plain_of of,
                     struct wn_arena *a);

#endif

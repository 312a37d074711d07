/* clock.h: the two clocks, and times as text. */
#ifndef WN_BASE_CLOCK_H
#define WN_BASE_CLOCK_H
#include <stddef.h>
#include <stdint.h>

/* Milliseconds that only go forward, for waits and durations. */
int64_t wn_clock_ms(void);
/* Unix seconds. $WINNOW_NOW (seconds) stands in for it where output must be the same each time. */
int64_t wn_clock_now(void);
/* "2026-11-22T12:00:00Z" into out, which holds WN_CLOCK_TEXT bytes. */
enum { WN_CLOCK_TEXT = 32 };
void wn_clock_text(int64_t unix_s, char *out);
/* RFC 3339 or an HTTP date to Unix seconds; -1 if it is neither. */
int64_t wn_clock_parse(const char *text);

#endif

/* clock.c: see clock.h. */
#define _GNU_SOURCE /* strptime, timegm */
#include "base/clock.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t wn_clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t wn_clock_now(void)
{
    const char *fixed = getenv("WINNOW_NOW");
    if (fixed != NULL && fixed[0] != '\0')
        return strtoll(fixed, NULL, 10);
    return (int64_t)time(NULL);
}

void wn_clock_text(int64_t unix_s, char *out)
{
    time_t t = (time_t)unix_s;
    struct tm tm;
    if (gmtime_r(&t, &tm) == NULL || strftime(out, WN_CLOCK_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        snprintf(out, WN_CLOCK_TEXT, "1970-01-01T00:00:00Z");
}

int64_t wn_clock_parse(const char *text)
{
    /* The third is RFC 850, the fourth asctime: an HTTP client must read both (RFC 9110, 5.6.7). */
    static const char *const form[] = { "%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                                        "%a %b %e %H:%M:%S %Y" };
    struct tm tm;
    int y, mo, d, h, mi, s, used = 0, oh = 0, om = 0;
    if (sscanf(text, "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &y, &mo, &d, &h, &mi, &s, &used) == 6 &&
        used > 0) {
        const char *zone = text + used;
        int sign = 0;
        if (*zone == '.')
            zone += 1 + strspn(zone + 1, "0123456789");
        if (*zone == '+' || *zone == '-') {
            if (sscanf(zone + 1, "%2d:%2d", &oh, &om) != 2)
                return -1;
            sign = *zone == '+' ? 1 : -1;
        } else if (*zone != 'Z' && *zone != 'z') {
            return -1;
        }
        memset(&tm, 0, sizeof(tm));
        tm.tm_year = y - 1900;
        tm.tm_mon = mo - 1;
        tm.tm_mday = d;
        tm.tm_hour = h;
        tm.tm_min = mi;
        tm.tm_sec = s;
        return (int64_t)timegm(&tm) - sign * (oh * 3600 + om * 60);
    }
    for (size_t i = 0; i < sizeof(form) / sizeof(form[0]); i++) {
        const char *end;
        memset(&tm, 0, sizeof(tm));
        end = strptime(text, form[i], &tm);
        if (end != NULL && *end == '\0')
            return (int64_t)timegm(&tm);
    }
    return -1;
}

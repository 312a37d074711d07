/* retry.c: see retry.h. */
#include "transport/retry.h"
#include "base/clock.h"
#include <math.h>
#include <string.h>

static const int64_t LONGEST_HINT_MS = INT64_C(31) * 86400 * 1000;

const struct wn_retry_policy wn_retry_default = {
    .max_tries = 6, .base_ms = 500, .cap_ms = 60000, .max_hint_ms = 300000, .total_ms = 600000
};

/* ---- how long ---- */

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static int64_t busy_wait(const struct wn_retry_policy *p, int tries, int64_t hint_ms, double random)
{
    if (hint_ms > 0) {
        double hint = smaller((double)hint_ms, (double)p->max_hint_ms);
        return (int64_t)(hint + random * smaller(hint / 4, (double)p->base_ms));
    }
    return (int64_t)(random * smaller(ldexp((double)p->base_ms, tries - 1), (double)p->cap_ms));
}

int64_t wn_retry_wait_ms(const struct wn_retry_policy *p, const struct wn_retry *r,
                         enum wn_class class, int64_t hint_ms, int64_t now_ms, double random)
{
    int64_t wait = -1;
    switch (class) {
    case WN_CLASS_BUSY:
        wait = busy_wait(p, r->tries, hint_ms, random);
        break;
    case WN_CLASS_CUT:
    case WN_CLASS_UNCLEAR:
        wait = r->asked_again == 0 ? 0 : -1;
        break;
    case WN_CLASS_OK:
    case WN_CLASS_BROKEN:
    case WN_CLASS_STOP:
    case WN_CLASS_REFUSED:
        break;
    }
    if (r->tries >= p->max_tries || now_ms - r->first_ms + wait > p->total_ms)
        return -1;
    return wait;
}

/* ---- hints ---- */

/* "20" or "1.5" in units of `unit_ms`, or -1. By hand: strtod obeys the locale and takes "inf". */
static int64_t decimal_ms(const char *s, int64_t unit_ms)
{
    double value = 0, place = 1;
    size_t digits = 0;
    s += strspn(s, " \t");
    for (; *s >= '0' && *s <= '9'; s++, digits++)
        value = value * 10 + (*s - '0');
    if (*s == '.')
        for (s++; *s >= '0' && *s <= '9'; s++, digits++)
            value += (*s - '0') * (place /= 10);
    s += strspn(s, " \t");
    if (digits == 0 || *s != '\0')
        return -1;
    return (int64_t)smaller(value * (double)unit_ms, (double)LONGEST_HINT_MS);
}

int64_t wn_retry_hint_ms(const char *retry_after_ms, const char *retry_after, int64_t now)
{
    int64_t ms = retry_after_ms == NULL ? -1 : decimal_ms(retry_after_ms, 1);
    int64_t then;
    if (ms < 0 && retry_after != NULL)
        ms = decimal_ms(retry_after, 1000);
    if (ms >= 0 || retry_after == NULL)
        return ms;
    then = wn_clock_parse(retry_after);
    if (then < 0)
        return -1;
    if (then <= now)
        return 0;
    return then - now > LONGEST_HINT_MS / 1000 ? LONGEST_HINT_MS : (then - now) * 1000;
}

/* ---- the circuit ---- */

enum { THRESHOLD = 5, OPEN_MS = 30000 };

static int64_t open_ms(const struct wn_circuit *c)
{
    return c->open_ms > 0 ? c->open_ms : OPEN_MS;
}

bool wn_circuit_allows(struct wn_circuit *c, int64_t now_ms)
{
    if (c->open_until_ms == 0)
        return true;
    if (now_ms < c->open_until_ms)
        return false;
    c->open_until_ms = now_ms + open_ms(c);
    c->probing = true;
    return true;
}

/* What fails while the circuit is open was sent before it opened and is no news. */
void wn_circuit_report(struct wn_circuit *c, bool good, int64_t now_ms)
{
    if (good) {
        *c = (struct wn_circuit){ .open_ms = c->open_ms };
        return;
    }
    if (c->open_until_ms != 0 && !c->probing)
        return;
    c->failures++;
    if (c->probing || c->failures >= THRESHOLD) {
        c->open_until_ms = now_ms + open_ms(c);
        c->probing = false;
    }
}

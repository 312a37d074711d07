/* retry.h: what is done about a failure, said once per class (transport.md has the table).
 *
 * Pure: time and random numbers come in, a decision goes out. */
#ifndef WN_TRANSPORT_RETRY_H
#define WN_TRANSPORT_RETRY_H
#include "base/error.h"

enum wn_class {
    WN_CLASS_OK,
    WN_CLASS_BUSY,    /* wait and try again */
    WN_CLASS_BROKEN,  /* this request is wrong: the item fails with the provider's words */
    WN_CLASS_STOP,    /* bad key, no credit: the provider is out for this run */
    WN_CLASS_REFUSED, /* the model declined or a filter blocked it: never an answer */
    WN_CLASS_CUT,     /* length limit: one try with more room, else review */
    WN_CLASS_UNCLEAR  /* an answer came that cannot be used as it is: one more try */
};

struct wn_retry_policy {
    int max_tries;       /* 6 */
    int64_t base_ms;     /* 500: first backoff ceiling, doubled each try */
    int64_t cap_ms;      /* 60,000: ceiling of one backoff */
    int64_t max_hint_ms; /* 300,000: a longer hint is capped, and the log says so */
    int64_t total_ms;    /* 600,000: no new try after this long */
};
extern const struct wn_retry_policy wn_retry_default;

struct wn_retry {
    int tries;        /* sent so far */
    int asked_again;  /* of them, those after a CUT or UNCLEAR answer */
    int64_t first_ms; /* when the first was sent */
};
/* Milliseconds to wait before the next try, or -1: give up. hint_ms: what the provider said, -1 =
 * nothing; it wins over the backoff (full jitter: a random share of the ceiling), but 0 is no hint: who
 * says "busy, come at once" gets the backoff. A little jitter comes on top of a hint, never off it.
 * random is in [0,1). */
int64_t wn_retry_wait_ms(const struct wn_retry_policy *p, const struct wn_retry *r,
                         enum wn_class class, int64_t hint_ms, int64_t now_ms, double random);
/* Milliseconds from retry-after-ms or Retry-After (seconds or an HTTP date), or -1. `now` in Unix
 * seconds; times in the past are 0, and nothing is longer than 31 days. Each may be NULL. */
int64_t wn_retry_hint_ms(const char *retry_after_ms, const char *retry_after, int64_t now);

/* A lane's circuit: after five failures in a row it is open for 30 s, then one probe may go; when that
 * fails, too, or is never heard of, the next one 30 s later. All zero is closed. */
struct wn_circuit {
    int64_t open_ms;       /* how long it stays open; 0 = 30,000 */
    int failures;          /* in a row */
    int64_t open_until_ms; /* 0 = closed */
    bool probing;
};
/* May a request go now? True for an open circuit means: this one is the probe. */
bool wn_circuit_allows(struct wn_circuit *c, int64_t now_ms);
void wn_circuit_report(struct wn_circuit *c, bool good, int64_t now_ms);

#endif

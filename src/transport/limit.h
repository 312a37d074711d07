/* limit.h: how much of a lane may be sent, and how fast.
 *
 * A limiter is two token buckets (requests and tokens a minute), a pause, and a window: how many may be
 * in flight. The window grows while replies are good and halves on overloads, so nobody has to tune it;
 * once it was halved, what it lets through is spread out evenly. Before sending, ask wn_limit_wait_ms();
 * when a response was taken, say so; then report what it was. The caller passes the time in, so that a
 * test runs an hour of traffic in a microsecond. */
#ifndef WN_TRANSPORT_LIMIT_H
#define WN_TRANSPORT_LIMIT_H
#include "transport/pool.h"

struct wn_bucket {
    int64_t allowed, told; /* a minute, by the configuration and by the provider; 0 = not known */
    double level, size;    /* what may be taken now, and at most */
    double rate;           /* what comes back per ms; 0 = there is no limit */
    int64_t filled_ms;
};

struct wn_limit {
    struct wn_bucket requests, tokens;
    int64_t paused_until_ms;
    double window, most; /* below 1 it is a pause between two */
    uint64_t sent;       /* so far: the number of the last one */
    uint64_t slowed_at;  /* `sent` when the window was last halved; 0 = never */
    size_t out;          /* sent and not taken back */
    double trouble;      /* the share of overloads among the last replies */
    bool used;           /* the last sending found the window at least half full */
    double reply_ms;     /* how long a reply takes, smoothed; 0 = not known */
    double next_ms;      /* the next may not be sent before */
};

/* At most `most` in flight. */
void wn_limit_init(struct wn_limit *l, size_t most, int64_t now_ms);
/* What the configuration allows a minute; 0 = no limit. */
void wn_limit_allow(struct wn_limit *l, int64_t requests, int64_t tokens, int64_t now_ms);
/* Milliseconds until a request of about `tokens` tokens may start: 0 = now, -1 = not before a response
 * was taken. */
int64_t wn_limit_wait_ms(const struct wn_limit *l, int64_t tokens, int64_t now_ms);
/* It was sent now; fills in the sending, all but its lane. */
void wn_limit_sent(struct wn_limit *l, int64_t tokens, int64_t now_ms, struct wn_sent *out);
void wn_limit_taken(struct wn_limit *l);
void wn_limit_pause(struct wn_limit *l, int64_t ms, int64_t now_ms);
void wn_limit_report(struct wn_limit *l, const struct wn_sent *s, bool good, int64_t now_ms);
void wn_limit_learn(struct wn_limit *l, const struct wn_sent *s, const struct wn_limit_facts *f,
                    int64_t now_ms);
/* The limit a minute that holds now, -1 = none known. */
int64_t wn_bucket_limit(const struct wn_bucket *b);

/* ---- limits.c ---- */

/* The limiter of a lane, made when it is first asked for; at most `most` in flight from now on. */
struct wn_limit *wn_limits_of(struct wn_limits *l, const char *lane, size_t most, int64_t now_ms);

#endif

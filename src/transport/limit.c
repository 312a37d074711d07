/* limit.c: see limit.h.
 *
 * The limits of a provider are taken as limits a minute. Where it counts in days, what it says is left
 * still bounds us, and when nothing is left its own 429 tells the user more than a silent wait. */
#include "transport/limit.h"
#include <math.h>

enum {
    START = 8,         /* a lane's first window: enough to learn from, too few to be a flood */
    BURST = 10,        /* a bucket that no header described holds 1/BURST of a minute */
    SLACK = 10,        /* ms: our loop turns no finer than this when it is busy */
    SLOWEST = 20000,   /* ms between two, at most */
    MINUTE = 60000,    /* ms */
    LONGEST = 86400000 /* ms: no pause is longer, whatever a server says */
};

/* Above one overload in sixteen replies, below two close to each other. */
static const double ACCIDENT = 0.1;

/* ---- a bucket ---- */

int64_t wn_bucket_limit(const struct wn_bucket *b)
{
    if (b->allowed == 0 && b->told == 0)
        return -1;
    if (b->allowed == 0 || (b->told != 0 && b->told < b->allowed))
        return b->told;
    return b->allowed;
}

static double level_at(const struct wn_bucket *b, int64_t now)
{
    double gone = now > b->filled_ms ? (double)(now - b->filled_ms) : 0;
    return fmin(b->size, b->level + gone * b->rate);
}

static void fill(struct wn_bucket *b, int64_t now)
{
    b->level = level_at(b, now);
    if (now > b->filled_ms)
        b->filled_ms = now;
}

/* After `allowed` or `told` changed. A provider that says what is left keeps a bucket of a minute; one
 * that does not may count in a sliding window, so we send evenly and keep the bucket small. */
static void resize(struct wn_bucket *b, int64_t now)
{
    bool fresh = b->rate == 0;
    int64_t limit = wn_bucket_limit(b);
    fill(b, now);
    if (limit < 0) {
        b->rate = 0;
        return;
    }
    b->rate = (double)limit / MINUTE;
    b->size = limit == b->told ? (double)limit : fmax(1, (double)limit / BURST);
    b->level = fresh ? b->size : fmin(b->level, b->size);
    if (fresh)
        b->filled_ms = now;
}

static void allow(struct wn_bucket *b, int64_t allowed, int64_t now)
{
    b->allowed = allowed > 0 ? allowed : 0;
    resize(b, now);
}

/* A request larger than the bucket goes when the bucket is full, and leaves a debt. */
static int64_t wait_for(const struct wn_bucket *b, int64_t n, int64_t now)
{
    double missing;
    if (b->rate == 0)
        return 0;
    missing = fmin((double)n, b->size) - level_at(b, now);
    return missing <= 0 ? 0 : (int64_t)ceil(missing / b->rate);
}

/* A debt is paid off in ten minutes at most, so that no absurd number stops a lane for good. */
static void spend(struct wn_bucket *b, double n, int64_t now)
{
    if (b->rate == 0)
        return;
    fill(b, now);
    b->level = fmin(b->size, fmax(-10 * MINUTE * b->rate, b->level - n));
}

/* What the provider said. The result is how long nothing can be had, or 0: a bucket that fills evenly
 * takes a minute from empty to full, so where nothing is left and all of it comes back sooner, the
 * provider counts in fixed windows, and only the turn of the window helps. */
static int64_t hear(struct wn_bucket *b, int64_t limit, int64_t left, int64_t reset, int64_t now)
{
    if (limit > 0 && limit != b->told) {
        b->told = limit;
        resize(b, now);
    }
    if (left >= 0 && b->rate > 0) {
        fill(b, now);
        b->level = fmin(b->level, (double)left);
    }
    return left == 0 && reset < MINUTE / 10 * 9 ? reset : 0;
}

/* ---- a limiter ---- */

void wn_limit_init(struct wn_limit *l, size_t most, int64_t now_ms)
{
    *l = (struct wn_limit){ .most = (double)most, .window = fmin(START, (double)most) };
    l->requests.filled_ms = l->tokens.filled_ms = now_ms;
}

void wn_limit_allow(struct wn_limit *l, int64_t requests, int64_t tokens, int64_t now_ms)
{
    allow(&l->requests, requests, now_ms);
    allow(&l->tokens, tokens, now_ms);
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t wn_limit_wait_ms(const struct wn_limit *l, int64_t tokens, int64_t now_ms)
{
    int64_t wait = later(0, l->paused_until_ms - now_ms);
    if (l->out > 0 && (double)l->out + 1 > l->window)
        return -1;
    wait = later(wait, (int64_t)ceil(l->next_ms - (double)now_ms));
    wait = later(wait, wait_for(&l->requests, 1, now_ms));
    return later(wait, wait_for(&l->tokens, tokens, now_ms));
}

/* Once we were told that we are too fast, what may be in flight is spread over the time that a reply
 * takes, so that it does not go out in one burst; and where even one in flight is too many, the window
 * falls below one, and what is left of it is a pause between two. */
static double pace_ms(const struct wn_limit *l)
{
    double reply_ms = l->reply_ms == 0 ? 1000 : l->reply_ms;
    return fmin(SLOWEST, reply_ms / l->window);
}

void wn_limit_sent(struct wn_limit *l, int64_t tokens, int64_t now_ms, struct wn_sent *out)
{
    out->tokens = later(0, tokens);
    out->at_ms = now_ms;
    out->nth = ++l->sent;
    spend(&l->requests, 1, now_ms);
    spend(&l->tokens, (double)out->tokens, now_ms);
    l->out++;
    l->used = (double)l->out * 2 >= l->window;
    if (l->slowed_at > 0)
        l->next_ms = fmax(l->next_ms, (double)now_ms - SLACK) + pace_ms(l);
}

void wn_limit_taken(struct wn_limit *l)
{
    l->out--;
}

void wn_limit_pause(struct wn_limit *l, int64_t ms, int64_t now_ms)
{
    int64_t until = now_ms + (ms > LONGEST ? LONGEST : ms);
    if (ms > 0 && until > l->paused_until_ms)
        l->paused_until_ms = until;
}

/* One overload among many good replies is an accident, of which large providers have a few in a hundred;
 * where we are too fast, more follow at once. A thousand that were in flight when the provider had enough
 * come back with the same news: only what was sent after we slowed down says that we are still too fast.
 * A window that is not used does not grow, else halving it would change nothing. */
void wn_limit_report(struct wn_limit *l, const struct wn_sent *s, bool good, int64_t now_ms)
{
    double took = (double)later(1, now_ms - s->at_ms);
    l->trouble += ((good ? 0.0 : 1.0) - l->trouble) / 16;
    if (good) {
        l->reply_ms += (took - l->reply_ms) / (l->reply_ms == 0 ? 1 : 8);
        if (l->used)
            l->window += l->slowed_at == 0 ? 1 : fmin(l->window, 1 / l->window);
        l->window = fmin(l->window, l->most);
    } else if (s->nth > l->slowed_at && l->trouble > ACCIDENT) {
        l->window = fmax(1.0 / 64, l->window / 2);
        l->slowed_at = l->sent;
    }
}

void wn_limit_learn(struct wn_limit *l, const struct wn_sent *s, const struct wn_limit_facts *f,
                    int64_t now_ms)
{
    if (f->tokens_used >= 0)
        spend(&l->tokens, (double)f->tokens_used - (double)s->tokens, now_ms);
    wn_limit_pause(
        l, hear(&l->requests, f->requests_limit, f->requests_left, f->requests_reset_ms, now_ms),
        now_ms);
    wn_limit_pause(l, hear(&l->tokens, f->tokens_limit, f->tokens_left, f->tokens_reset_ms, now_ms),
                   now_ms);
}

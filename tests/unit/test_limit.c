#include "test.h"
#include "transport/limit.h"
#include "transport/retry.h"

enum { MOST = 1000 };

static const struct wn_limit_facts nothing_said = { -1, -1, -1, -1, -1, -1, -1 };

/* One that was sent at 0 and is reported on later. */
static struct wn_sent send_one(struct wn_limit *l, int64_t tokens)
{
    struct wn_sent s = { 0 };
    wn_limit_sent(l, tokens, 0, &s);
    return s;
}

/* Send until the window is full, however long that takes, and take all back with this news. */
static void round_trip(struct wn_limit *l, int64_t *now, bool good)
{
    struct wn_sent s = { 0 };
    for (int64_t wait; (wait = wn_limit_wait_ms(l, 0, *now)) >= 0;) {
        *now += wait;
        if (wait == 0)
            wn_limit_sent(l, 0, *now, &s);
    }
    for (*now += 100; l->out > 0;) {
        wn_limit_taken(l);
        wn_limit_report(l, &s, good, *now);
    }
}

/* How many requests of `tokens` go out in `ms`, each answered at once. */
static int sent_within(struct wn_limit *l, int64_t tokens, int64_t from, int64_t ms)
{
    int n = 0;
    for (int64_t now = from; now < from + ms;) {
        int64_t wait = wn_limit_wait_ms(l, tokens, now);
        if (wait == 0) {
            struct wn_sent s;
            wn_limit_sent(l, tokens, now, &s);
            wn_limit_taken(l);
            n++;
        }
        now += wait;
    }
    return n;
}

TEST(a_lane_that_nobody_limits_is_held_only_by_its_window)
{
    struct wn_limit l;
    wn_limit_init(&l, MOST, 0);
    for (int i = 0; i < 8; i++) {
        CHECK_INT(wn_limit_wait_ms(&l, 0, 0), 0);
        send_one(&l, 0);
    }
    CHECK_INT(wn_limit_wait_ms(&l, 0, 0), -1);
    wn_limit_taken(&l);
    CHECK_INT(wn_limit_wait_ms(&l, 0, 0), 0);
}

TEST(an_hour_of_traffic_keeps_to_the_limits_a_minute)
{
    static const struct {
        int64_t requests, tokens, each; /* allowed a minute; tokens of one request */
        int want;                       /* in an hour: the rate, and the small burst at its start */
    } row[] = {
        { 600, 0, 0, 36059 },     { 3, 0, 0, 180 },
        { 0, 60000, 1000, 3605 }, { 600, 60000, 1000, 3605 }, /* tokens are scarcer */
        { 10, 60000, 1000, 600 },                             /* requests are scarcer */
        { 0, 1000, 4000, 15 }, /* each larger than a minute: one in four minutes */
        { 1, 1, 0, 60 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_limit l;
        wn_limit_init(&l, MOST, 0);
        wn_limit_allow(&l, row[i].requests, row[i].tokens, 0);
        CHECK_INT(sent_within(&l, row[i].each, 0, 3600 * 1000), row[i].want);
    }
}

TEST(headers_lower_what_is_allowed_and_never_raise_it)
{
    static const struct {
        int64_t allowed, told, want;
    } row[] = {
        { 0, -1, -1 },     { 100, -1, 100 }, { 0, 500, 500 }, { 100, 500, 100 },
        { 500, 100, 100 }, { 0, 0, -1 },     { -5, -7, -1 },  { 0, INT64_MAX, INT64_MAX },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_limit l;
        struct wn_limit_facts f = nothing_said;
        f.requests_limit = row[i].told;
        wn_limit_init(&l, MOST, 0);
        wn_limit_allow(&l, row[i].allowed, 0, 0);
        wn_limit_learn(&l, &(struct wn_sent){ .nth = 1 }, &f, 0);
        CHECK_INT(wn_bucket_limit(&l.requests), row[i].want);
    }
}

TEST(what_is_left_bounds_what_is_sent)
{
    static const struct {
        int64_t limit, left, reset_ms, wait; /* of the next request */
    } row[] = {
        { 600, 1, 60000, 0 },       /* one is left, and it is ours */
        { 600, 0, 60000, 100 },     /* an even trickle: one each 100 ms */
        { 600, 0, 20000, 20000 },   /* all of it back in 20 s: a fixed window, wait for its turn */
        { 600, 0, -1, 100 },        /* not said when */
        { 600, 0, INT64_MAX, 100 }, /* a day, or nonsense: ask, and let its 429 say so */
        { -1, 0, 20000, 20000 },    /* only this was said */
        { -1, 3, -1, 0 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_limit l;
        struct wn_limit_facts f = nothing_said;
        f.requests_limit = row[i].limit;
        f.requests_left = row[i].left;
        f.requests_reset_ms = row[i].reset_ms;
        wn_limit_init(&l, MOST, 0);
        wn_limit_learn(&l, &(struct wn_sent){ .nth = 1 }, &f, 0);
        CHECK_INT(wn_limit_wait_ms(&l, 0, 0), row[i].wait);
    }
}

TEST(an_old_reply_does_not_give_back_what_was_spent_since)
{
    struct wn_limit l;
    struct wn_limit_facts f = nothing_said;
    f.requests_limit = 600;
    f.requests_left = 2;
    wn_limit_init(&l, MOST, 0);
    wn_limit_learn(&l, &(struct wn_sent){ .nth = 1 }, &f, 0);
    send_one(&l, 0);
    send_one(&l, 0);
    wn_limit_learn(&l, &(struct wn_sent){ .nth = 1 }, &f, 0);
    CHECK_INT(wn_limit_wait_ms(&l, 0, 0), 100);
}

TEST(tokens_are_settled_by_what_was_used)
{
    static const struct {
        int64_t estimate, used, wait; /* of another 1,000 tokens; 60,000 a minute is one each ms */
    } row[] = {
        { 6000, 6000, 1000 },        { 6000, 5500, 500 }, { 6000, 0, 0 },
        { 0, 6000, 1000 },           { 6000, -1, 1000 }, /* not said: the estimate stands */
        { 6000, INT64_MAX, 601000 }, /* absurd: ten minutes of debt and no more */
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_limit l;
        struct wn_limit_facts f = nothing_said;
        struct wn_sent s;
        f.tokens_used = row[i].used;
        wn_limit_init(&l, MOST, 0);
        wn_limit_allow(&l, 0, 60000, 0);
        s = send_one(&l, row[i].estimate);
        wn_limit_learn(&l, &s, &f, 0);
        CHECK_INT(wn_limit_wait_ms(&l, 1000, 0), row[i].wait);
    }
}

TEST(the_window_grows_while_replies_are_good_and_halves_on_an_overload)
{
    struct wn_limit l;
    int64_t now = 0;
    wn_limit_init(&l, MOST, 0);
    for (int round = 0; round < 6; round++)
        round_trip(&l, &now, true);
    CHECK_INT(l.window, 8 << 6); /* it doubles each round until something goes wrong */
    round_trip(&l, &now, false);
    CHECK_INT(l.window, 8 << 5); /* 512 with the same news halve it once */
    round_trip(&l, &now, false);
    CHECK_INT(l.window, 8 << 4); /* sent after we slowed down: still too fast */
    round_trip(&l, &now, true);
    CHECK(l.window > 128.9 && l.window < 129.1); /* and now it grows by one each round */
}

TEST(news_from_before_we_slowed_down_is_no_news)
{
    struct wn_limit l;
    struct wn_sent before[5], after[2];
    wn_limit_init(&l, MOST, 0);
    for (int i = 0; i < 5; i++)
        before[i] = send_one(&l, 0);
    wn_limit_report(&l, &before[0], false, 100);
    CHECK_INT(l.window, 8); /* one may be an accident */
    for (int i = 1; i < 5; i++)
        wn_limit_report(&l, &before[i], false, 100);
    CHECK_INT(l.window, 4);
    for (int i = 0; i < 2; i++) {
        after[i] = send_one(&l, 0);
        wn_limit_report(&l, &after[i], false, 100);
    }
    CHECK_INT(l.window, 1);
}

TEST(an_overload_now_and_then_does_not_slow_a_lane)
{
    static const struct {
        int every; /* nth reply is an overload */
        bool slowed;
    } row[] = { { 100, false }, { 20, false }, { 5, true }, { 2, true } };
    for (size_t n = 0; n < COUNT(row); n++) {
        struct wn_limit l;
        wn_limit_init(&l, 64, 0);
        for (int i = 1; i <= 1000; i++) {
            struct wn_sent s = send_one(&l, 0);
            wn_limit_taken(&l);
            wn_limit_report(&l, &s, i % row[n].every != 0, 100);
        }
        CHECK((l.slowed_at > 0) == row[n].slowed);
    }
}

TEST(the_window_has_a_floor_and_a_ceiling)
{
    struct wn_limit l;
    int64_t now = 0;
    wn_limit_init(&l, 20, 0);
    for (int round = 0; round < 10; round++)
        round_trip(&l, &now, true);
    CHECK_INT(l.window, 20);
    for (int round = 0; round < 20; round++)
        round_trip(&l, &now, false);
    CHECK_NEAR(l.window, 1.0 / 64); /* a reply takes 100 ms: one each 6.4 s */
    now = (int64_t)ceil(l.next_ms);
    wn_limit_sent(&l, 0, now, &(struct wn_sent){ 0 });
    wn_limit_taken(&l);
    CHECK_INT(wn_limit_wait_ms(&l, 0, now), 6400);
    for (int round = 0; round < 6; round++)
        round_trip(&l, &now, true);
    CHECK_NEAR(l.window, 1); /* and it comes back from there by doubling */
    wn_limit_init(&l, 1, 0);
    CHECK_INT(l.window, 1);
}

TEST(once_told_to_slow_down_requests_are_spread_out)
{
    struct wn_limit l;
    int64_t now = 0;
    wn_limit_init(&l, MOST, 0);
    round_trip(&l, &now, true); /* a reply takes 100 ms; 16 may be in flight */
    round_trip(&l, &now, false);
    now += 1000;
    CHECK_INT(sent_within(&l, 0, now, 100), 8 + 1); /* not all at once; a little slack is given */
    CHECK_INT(sent_within(&l, 0, now + 100, 900), 8 * 9);
}

TEST(a_window_that_is_not_used_does_not_grow)
{
    struct wn_limit l;
    wn_limit_init(&l, MOST, 0);
    for (int i = 0; i < 1000; i++) {
        struct wn_sent s = send_one(&l, 0);
        wn_limit_taken(&l);
        wn_limit_report(&l, &s, true, 100);
    }
    CHECK_INT(l.window, 8);
}

TEST(a_pause_is_only_ever_made_longer_and_never_longer_than_a_day)
{
    static const struct {
        int64_t first, second, wait;
    } row[] = {
        { 5000, 0, 5000 },  { 5000, 1000, 5000 }, { 1000, 5000, 5000 },
        { 5000, -1, 5000 }, { -1, INT64_MIN, 0 }, { INT64_MAX, 0, 86400000 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_limit l;
        wn_limit_init(&l, MOST, 1000);
        wn_limit_pause(&l, row[i].first, 1000);
        wn_limit_pause(&l, row[i].second, 1000);
        CHECK_INT(wn_limit_wait_ms(&l, 0, 1000), row[i].wait);
        CHECK_INT(wn_limit_wait_ms(&l, 0, 1000 + row[i].wait), 0);
    }
}

TEST(a_clock_that_jumps_gives_no_more_than_a_bucket)
{
    struct wn_limit l;
    int64_t year = INT64_C(365) * 86400 * 1000;
    wn_limit_init(&l, MOST, 0);
    wn_limit_allow(&l, 600, 0, 0);
    CHECK_INT(sent_within(&l, 0, 0, 1), 60);
    CHECK_INT(sent_within(&l, 0, year, 1), 60); /* forward: a full bucket */
    CHECK_INT(wn_limit_wait_ms(&l, 0, 0), 100); /* back: nothing is taken, nothing given */
    CHECK_INT(wn_limit_wait_ms(&l, 0, year + 100), 0);
}

/* ---- the limiter and the retry policy together, against a provider in made-up time ---- */

struct provider {
    int places;             /* in flight at most, on our side */
    double per_ms, at_once; /* what it answers; the rest gets a 429 */
    int64_t window_ms;  /* 0: what it answers comes back evenly, else all at the turn of a window */
    int64_t latency_ms; /* between half of it and one and a half */
    int64_t hint_ms;    /* Retry-After, -1 = none */
    bool says_left;     /* its headers tell the limit a minute and what is left */
};

enum { ITEMS = 2000 };

struct
try {
    int item;
    bool good;
    int64_t back_ms;
    double left;
    struct wn_sent sent;
};

struct run {
    const struct provider *provider;
    struct wn_limit limit;
    struct wn_retry retry[ITEMS];
    int64_t due[ITEMS]; /* when it may be sent; -1 = in flight or done */
    struct try flying[ITEMS];
    int nflying, answered, failed, refused;
    double left; /* on the provider's side */
    int64_t left_at, now;
    uint64_t random;
};

/* A number in [0,1), the same in every run. */
static double next_random(struct run *r)
{
    r->random = r->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(r->random >> 11) / (double)(UINT64_C(1) << 53);
}

static bool provider_answers(struct run *r)
{
    const struct provider *v = r->provider;
    if (v->window_ms == 0)
        r->left = fmin(v->at_once, r->left + (double)(r->now - r->left_at) * v->per_ms);
    else if (r->now / v->window_ms != r->left_at / v->window_ms)
        r->left = v->at_once;
    r->left_at = r->now;
    if (r->left < 1)
        return false;
    r->left -= 1;
    return true;
}

static void send_item(struct run *r, int item)
{
    struct try *t = &r->flying[r->nflying++];
    double spread = 0.5 + next_random(r);
    r->due[item] = -1;
    if (r->retry[item].tries++ == 0)
        r->retry[item].first_ms = r->now;
    *t = (struct try){ .item = item, .good = provider_answers(r), .left = r->left };
    t->back_ms = r->now + (int64_t)((double)r->provider->latency_ms * spread);
    wn_limit_sent(&r->limit, 0, r->now, &t->sent);
}

static void take_back(struct run *r, const struct try *t)
{
    const struct provider *v = r->provider;
    struct wn_limit_facts facts = nothing_said;
    int64_t wait;
    if (v->says_left) {
        facts.requests_limit = (int64_t)(v->per_ms * 60000);
        facts.requests_left = (int64_t)t->left;
    }
    wn_limit_taken(&r->limit);
    wn_limit_learn(&r->limit, &t->sent, &facts, r->now);
    wn_limit_report(&r->limit, &t->sent, t->good, r->now);
    if (t->good) {
        r->answered++;
        return;
    }
    r->refused++;
    wn_limit_pause(&r->limit, v->hint_ms, r->now);
    wait = wn_retry_wait_ms(&wn_retry_default, &r->retry[t->item], WN_CLASS_BUSY, v->hint_ms,
                            r->now, next_random(r));
    if (wait < 0)
        r->failed++;
    else
        r->due[t->item] = r->now + wait;
}

TEST(under_any_limit_every_item_is_answered_and_few_are_asked_in_vain)
{
    static const struct provider row[] = {
        { 64, 0.2, 200, 0, 50, -1, false },        { 64, 0.2, 200, 0, 50, 1000, false },
        { 64, 0.2, 200, 1000, 50, 1000, false },   { 64, 0.2, 200, 1000, 50, -1, false },
        { 64, 0.2, 20, 0, 50, -1, true },          { 64, 0.02, 20, 0, 800, 2000, false },
        { 64, 0.02, 1, 0, 800, -1, false },        { 1000, 0.2, 200, 0, 50, -1, false },
        { 1000, 0.2, 200, 1000, 50, 1000, false }, { 1000, 0.2, 200, 0, 800, -1, false },
        { 1000, 0.2, 200, 0, 800, 1000, false },   { 1000, 0.2, 200, 0, 800, 1000, true },
        { 1000, 0.2, 20, 0, 800, -1, false },
    };
    static struct run r;
    for (size_t n = 0; n < COUNT(row); n++) {
        double ideal_ms = (ITEMS - row[n].at_once) / row[n].per_ms;
        r = (struct run){ .provider = &row[n], .left = row[n].at_once, .random = n };
        wn_limit_init(&r.limit, (size_t)row[n].places, 0);
        for (; r.answered + r.failed < ITEMS; r.now++) {
            for (int i = r.nflying; i-- > 0;)
                if (r.flying[i].back_ms <= r.now) {
                    struct try t = r.flying[i];
                    r.flying[i] = r.flying[--r.nflying];
                    take_back(&r, &t);
                }
            for (int i = 0; i < ITEMS && wn_limit_wait_ms(&r.limit, 0, r.now) == 0; i++)
                if (r.due[i] >= 0 && r.due[i] <= r.now)
                    send_item(&r, i);
        }
        if (r.failed > 0 || r.refused > ITEMS / 5 || (double)r.now > 2 * ideal_ms)
            fail_msg("row %zu: %d failed, %d refused, %.1f times as long as the limit makes it", n,
                     r.failed, r.refused, (double)r.now / ideal_ms);
    }
}

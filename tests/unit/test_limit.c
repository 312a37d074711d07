#include "test.h"
#include "transport/limit.h"

enum { MOST = 1000 };

static const struct wn_limit_facts nothing_said = { -1, -1, -1, -1, -1, -1, -1 };

/* Take back all that is in flight, each with this news. */
static void come_back(struct wn_limit *l, bool good)
{
    while (l->out > 0) {
        wn_limit_taken(l);
        wn_limit_report(l, &(struct wn_sent){ .nth = l->sent }, good);
    }
}

/* Send until the window is full. */
static void fill_window(struct wn_limit *l)
{
    while (wn_limit_wait_ms(l, 0, 0) == 0)
        wn_limit_sent(l, 0, 0);
}

static void round_trip(struct wn_limit *l, bool good)
{
    fill_window(l);
    come_back(l, good);
}

/* How many requests of `tokens` go out in `ms`, each answered at once. */
static int sent_within(struct wn_limit *l, int64_t tokens, int64_t from, int64_t ms)
{
    int n = 0;
    for (int64_t now = from; now < from + ms;) {
        int64_t wait = wn_limit_wait_ms(l, tokens, now);
        if (wait == 0) {
            wn_limit_sent(l, tokens, now);
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
    fill_window(&l);
    CHECK_INT(l.out, 8);
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
    wn_limit_sent(&l, 0, 0);
    wn_limit_sent(&l, 0, 0);
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
        struct wn_sent s = { .tokens = row[i].estimate };
        f.tokens_used = row[i].used;
        wn_limit_init(&l, MOST, 0);
        wn_limit_allow(&l, 0, 60000, 0);
        s.nth = wn_limit_sent(&l, s.tokens, 0);
        wn_limit_learn(&l, &s, &f, 0);
        CHECK_INT(wn_limit_wait_ms(&l, 1000, 0), row[i].wait);
    }
}

TEST(the_window_grows_while_replies_are_good_and_halves_on_an_overload)
{
    struct wn_limit l;
    wn_limit_init(&l, MOST, 0);
    for (int round = 0; round < 6; round++)
        round_trip(&l, true);
    CHECK_INT(l.window, 8 << 6); /* it doubles each round until something goes wrong */
    round_trip(&l, false);
    CHECK_INT(l.window, 8 << 5); /* 512 with the same news halve it once */
    round_trip(&l, false);
    CHECK_INT(l.window, 8 << 4); /* sent after we slowed down: still too fast */
    round_trip(&l, true);
    CHECK(l.window > 128.9 && l.window < 129.1); /* and now it grows by one each round */
}

TEST(news_from_before_we_slowed_down_is_no_news)
{
    struct wn_limit l;
    wn_limit_init(&l, MOST, 0);
    wn_limit_sent(&l, 0, 0);
    wn_limit_sent(&l, 0, 0);
    wn_limit_report(&l, &(struct wn_sent){ .nth = 1 }, false);
    CHECK_INT(l.window, 4);
    wn_limit_report(&l, &(struct wn_sent){ .nth = 2 }, false);
    CHECK_INT(l.window, 4);
    wn_limit_sent(&l, 0, 0);
    wn_limit_report(&l, &(struct wn_sent){ .nth = 3 }, false);
    CHECK_INT(l.window, 2);
}

TEST(the_window_has_a_floor_and_a_ceiling)
{
    struct wn_limit l;
    wn_limit_init(&l, 20, 0);
    for (int round = 0; round < 10; round++)
        round_trip(&l, true);
    CHECK_INT(l.window, 20);
    for (int round = 0; round < 10; round++)
        round_trip(&l, false);
    CHECK_INT(l.window, 1);
    CHECK_INT(wn_limit_wait_ms(&l, 0, 0), 0);
    wn_limit_init(&l, 1, 0);
    CHECK_INT(l.window, 1);
}

TEST(a_window_that_is_not_used_does_not_grow)
{
    struct wn_limit l;
    wn_limit_init(&l, MOST, 0);
    for (int i = 0; i < 1000; i++) {
        wn_limit_sent(&l, 0, 0);
        come_back(&l, true);
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

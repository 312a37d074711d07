#include "test.h"
#include "decide/confidence.h"
#include "decide/trust.h"

TEST(every_state_says_in_one_sentence_what_is_proved_and_what_is_not)
{
    static const struct {
        enum wn_state state;
        const char *want;
    } row[] = {
        { WN_CAUTIOUS, "leads: no bound yet (37 of 180 sampled reviews); only what is at least 97% "
                       "sure is accepted alone" },
        { WN_COLD, "leads: no bound yet for this model and prompt (37 of 180 sampled reviews); "
                   "everything goes to a person" },
        { WN_PROVISIONAL,
          "leads: measured on 212 examples, not yet on your own items (37 of 180 sampled reviews): "
          "with 95% confidence, at most 5% of what is accepted alone is wrong" },
        { WN_CERTIFIED, "leads: with 95% confidence, at most 5% of what is accepted alone is wrong "
                        "(proved 2026-11-22: 212 reviewed at random, 3 wrong)" },
        { WN_STATE_WARN,
          "leads: with 95% confidence, at most 5% of what is accepted alone is wrong (proved "
          "2026-11-22: 212 reviewed at random, 3 wrong); twice as many are checked since a "
          "warning: "
          "too many errors" },
        { WN_SUSPENDED, "leads: nothing is accepted alone since an alarm: too many errors; a new "
                        "sample of 180 items must be reviewed first" },
    };
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_trust t = { "leads", row[i].state, { .05, .05, 0, 37 }, 212,
                              3,       "2026-11-22", "too many errors" };
        CHECK_STR(wn_trust_line(&t, &a), row[i].want);
    }
    wn_arena_free(&a);
}

TEST(a_window_has_four_looks_and_then_ends)
{
    static const int64_t want[] = { 180, 360, 720, 1440 };
    static double pool[1440];
    static struct wn_labelled labelled[1440];
    struct wn_window w = { .05, .05, 0, 0 };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_proof p;
    for (size_t i = 0; i < COUNT(pool); i++) {
        pool[i] = .5;
        labelled[i] = (struct wn_labelled){ .5, i % 8 == 0 };
    }
    for (size_t look = 0; look < COUNT(want); look++) {
        CHECK_INT(wn_window_next(&w), want[look]);
        CHECK_INT(wn_window_left(&w), want[look] - w.sampled);
        w.sampled = want[look];
        CHECK_INT(wn_window_left(&w), 0);
        CHECK_INT(wn_window_look(&w, pool, COUNT(pool), labelled, (size_t)want[look], &p),
                  WN_ON_NOT_PROVED);
    }
    CHECK_INT(wn_window_next(&w), 0);
    CHECK_INT(wn_window_left(&w), 0);
    CHECK(strstr(wn_window_text(&w, &a), "used up") != NULL);
    wn_arena_free(&a);
}

TEST(a_look_that_succeeds_certifies)
{
    static double pool[180];
    static struct wn_labelled labelled[180];
    struct wn_window w = { .05, .05, 0, 180 };
    struct wn_proof p;
    for (size_t i = 0; i < COUNT(pool); i++) {
        pool[i] = (double)i / 180;
        labelled[i] = (struct wn_labelled){ pool[i], i < 40 };
    }
    CHECK_INT(wn_state_next(WN_CAUTIOUS,
                            wn_window_look(&w, pool, COUNT(pool), labelled, COUNT(labelled), &p),
                            true),
              WN_CERTIFIED);
    CHECK(p.coverage >= .7 && p.upper <= .05);
    CHECK_INT(w.looks_done, 1);
}

TEST(a_bound_is_rounded_up)
{
    static const struct {
        double p;
        const char *want;
    } row[] = { { .01151, "1.2%" }, { .05, "5%" }, { .1000001, "10.1%" }, { .1, "10%" }, { 0, "0%" }, { 1, "100%" } };
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_STR(wn_percent_up(row[i].p, &a), row[i].want);
    wn_arena_free(&a);
}

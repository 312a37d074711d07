#include "test.h"
#include "transport/retry.h"

TEST(each_class_has_one_treatment)
{
    static const struct {
        enum wn_class class;
        int tries, asked_again;
        int64_t want;
    } row[] = {
        { WN_CLASS_OK, 1, 0, -1 },      { WN_CLASS_BUSY, 1, 0, 250 },
        { WN_CLASS_BUSY, 5, 1, 4000 },  { WN_CLASS_BUSY, 6, 0, -1 }, /* it was tried often enough */
        { WN_CLASS_BROKEN, 1, 0, -1 },  { WN_CLASS_STOP, 1, 0, -1 },
        { WN_CLASS_REFUSED, 1, 0, -1 }, { WN_CLASS_CUT, 1, 0, 0 },
        { WN_CLASS_CUT, 4, 0, 0 }, /* after three busy ones: it is still the first that was cut */
        { WN_CLASS_CUT, 2, 1, -1 },     { WN_CLASS_UNCLEAR, 1, 0, 0 },
        { WN_CLASS_UNCLEAR, 2, 1, -1 }, { WN_CLASS_UNCLEAR, 6, 0, -1 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_retry r = { row[i].tries, row[i].asked_again, 1000 };
        CHECK_INT(wn_retry_wait_ms(&wn_retry_default, &r, row[i].class, -1, 2000, 0.5),
                  row[i].want);
    }
}

TEST(a_hint_wins_over_the_backoff)
{
    static const struct {
        int tries;
        int64_t hint;
        double random;
        int64_t want;
    } row[] = {
        { 1, -1, 0.0, 0 },           { 1, -1, 0.999999, 499 }, /* full jitter, up to 500 */
        { 2, -1, 0.999999, 999 },    { 3, -1, 0.5, 1000 },
        { 60, -1, 0.5, 30000 },                               /* the ceiling of one backoff */
        { 1, 0, 0.5, 250 },                                   /* "at once" is no hint */
        { 1, 20, 0.0, 20 },          { 1, 20, 0.999999, 24 }, /* never earlier than told */
        { 4, 34000, 0.5, 34250 },                             /* a little apart, so no herd comes */
        { 1, 3600000, 0.0, 300000 }, { 1, INT64_MAX, 0.999999, 300499 },
    };
    struct wn_retry_policy p = wn_retry_default;
    p.max_tries = 100;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_retry r = { row[i].tries, 0, 0 };
        CHECK_INT(wn_retry_wait_ms(&p, &r, WN_CLASS_BUSY, row[i].hint, 0, row[i].random),
                  row[i].want);
    }
}

TEST(no_try_begins_after_the_total_time)
{
    static const struct {
        int64_t first, now, hint, want;
    } row[] = {
        { 1000, 500000, 100000, 100000 }, { 1000, 501001, 100000, -1 }, { 1000, 601000, -1, 0 },
        { 1000, 601001, -1, -1 },         { 1000, 0, 100, 100 }, /* a clock that went back */
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_retry r = { 1, 0, row[i].first };
        CHECK_INT(
            wn_retry_wait_ms(&wn_retry_default, &r, WN_CLASS_BUSY, row[i].hint, row[i].now, 0),
            row[i].want);
    }
}

TEST(hints_are_read_in_the_forms_that_servers_send)
{
    static const int64_t longest = INT64_C(31) * 86400 * 1000, now = 1795348800;
    static const struct {
        const char *ms, *after;
        int64_t want;
    } row[] = {
        { NULL, NULL, -1 },
        { "20", "7", 20 }, /* the finer one wins */
        { "20.6", NULL, 20 },
        { "soon", "7", 7000 },
        { NULL, "0", 0 },
        { NULL, "0.25", 250 },
        { NULL, " 12 ", 12000 },
        { NULL, ".5", 500 },
        { NULL, "", -1 },
        { NULL, ".", -1 },
        { NULL, "-5", -1 },
        { NULL, "5 seconds", -1 },
        { NULL, "0x10", -1 },
        { NULL, "inf", -1 },
        { NULL, "1e9", -1 },
        { NULL, "99999999999999999999999999999999", longest },
        { "9223372036854775807", NULL, longest },
        { NULL, "Sun, 22 Nov 2026 12:00:30 GMT", 30000 },
        { NULL, "Sunday, 22-Nov-26 12:00:30 GMT", 30000 },
        { NULL, "2026-11-22T12:00:30Z", 30000 },
        { NULL, "Sun, 22 Nov 2026 11:59:00 GMT", 0 }, /* past */
        { NULL, "Sun, 22 Nov 9999 12:00:00 GMT", longest },
        { NULL, "tomorrow", -1 },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_INT(wn_retry_hint_ms(row[i].ms, row[i].after, now), row[i].want);
}

TEST(a_hint_of_a_thousand_digits_is_long_and_no_more)
{
    char digits[1001];
    memset(digits, '9', 1000);
    digits[1000] = '\0';
    CHECK_INT(wn_retry_hint_ms(digits, NULL, 0), INT64_C(31) * 86400 * 1000);
    digits[500] = '.';
    CHECK_INT(wn_retry_hint_ms(NULL, digits, 0), INT64_C(31) * 86400 * 1000);
}

TEST(the_circuit_opens_probes_and_closes)
{
    static const struct {
        char what; /* g good, b bad, ? may one go */
        int64_t at;
        bool want;
    } row[] = {
        { '?', 1, true },      { 'b', 1, 0 },        { 'b', 1, 0 },        { 'b', 1, 0 },
        { 'b', 1, 0 },         { '?', 2, true }, /* four in a row are not five */
        { 'g', 2, 0 },         { 'b', 3, 0 },        { 'b', 3, 0 },        { 'b', 3, 0 },
        { 'b', 3, 0 },         { '?', 3, true },     { 'b', 3, 0 },        { '?', 3, false },
        { 'b', 20000, 0 },                           /* sent before it opened: no news */
        { '?', 30002, false }, { '?', 30003, true }, /* the probe */
        { '?', 30003, false }, { 'b', 31000, 0 },    /* failed */
        { '?', 60999, false }, { '?', 61000, true }, /* the next, never heard of again */
        { '?', 90999, false }, { '?', 91000, true }, { 'g', 91500, 0 },    { '?', 91500, true },
        { '?', 91500, true },  { 'b', 91501, 0 },    { '?', 91501, true }, /* and it counts from nothing again */
    };
    struct wn_circuit c = { 0 };
    for (size_t i = 0; i < COUNT(row); i++) {
        if (row[i].what != '?')
            wn_circuit_report(&c, row[i].what == 'g', row[i].at);
        else if (wn_circuit_allows(&c, row[i].at) != row[i].want)
            fail_msg("row %zu", i);
    }
}

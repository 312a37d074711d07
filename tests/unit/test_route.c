#include "test.h"
#include "decide/route.h"

static const struct wn_routing sure = { NULL, 0, WN_CERTIFIED, .98, .91, .97, .5, .1, false };

TEST(a_flag_sends_to_a_person_whatever_the_score)
{
    static const char *const flag[] = {
        "required_missing", "injection_suspected", "truncated_input", "refused",
        "cut_off",          "invalid_output",      "schema_repaired", "signal_missing",
        "evidence_missing", "unsupported_claim",   "unfamiliar",      "rule:pricing",
    };
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t i = 0; i < COUNT(flag); i++) {
        struct wn_routing in = sure;
        struct wn_routed out;
        in.flags = &flag[i];
        in.nflags = 1;
        in.s = 1;
        wn_route(&in, &a, &out);
        CHECK_INT(out.route, WN_REVIEW);
        CHECK_INT(out.nreasons, 1);
        CHECK_STR(out.reasons[0], flag[i]);
        CHECK(!out.eligible && !out.audit && out.ntags == 0);
    }
    wn_arena_free(&a);
}

TEST(reasons_come_in_one_order_with_rules_first_and_the_opinion_of_others_last)
{
    static const char *const flags[] = { "unfamiliar", "cut_off", "rule:b", "injection_suspected",
                                         "rule:a" };
    static const char *const want[] = {
        "rule:b",         "rule:a",     "injection_suspected",  "cut_off",
        "low_confidence", "unfamiliar", "provider_disagreement"
    };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_routing in = { flags, COUNT(flags), WN_CERTIFIED, .3, .91, .3, .5, .1, true };
    struct wn_routed out;
    wn_route(&in, &a, &out);
    CHECK_INT(out.nreasons, COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++)
        CHECK_STR(out.reasons[i], want[i]);
    wn_arena_free(&a);
}

TEST(disagreement_alone_is_no_reason_because_the_score_has_it_already)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_routing in = sure;
    struct wn_routed out;
    in.disagree = true;
    wn_route(&in, &a, &out);
    CHECK_INT(out.route, WN_AUTO);
    CHECK_INT(out.nreasons, 0);
    wn_arena_free(&a);
}

TEST(a_score_that_is_no_number_never_passes)
{
    struct wn_arena a = WN_ARENA_INIT;
    for (int i = WN_CAUTIOUS; i <= WN_SUSPENDED; i++) {
        struct wn_routing in = sure;
        struct wn_routed out;
        in.state = (enum wn_state)i;
        in.s = in.p = NAN;
        wn_route(&in, &a, &out);
        CHECK_INT(out.route, WN_REVIEW);
    }
    wn_arena_free(&a);
}

TEST(sentences_tell_the_numbers_where_they_are_known)
{
    static const struct wn_rule rule = { .name = "pricing", .because = "It is about a price." };
    static const struct wn_task task = { .name = "t",
                                         .rules = (struct wn_rule *)&rule,
                                         .nrules = 1 };
    static const struct wn_reason_facts f = { &task,     .9149,       .97,
                                              .5899,     WN_CAUTIOUS, "pricing_request",
                                              "company", "email" };
    static const struct wn_reason_facts tied = { .s = .9938, .tau = .9938 + 4e-10, .p = NAN,
                                                 .state = WN_CERTIFIED };
    static const struct wn_reason_facts none = { NULL, NAN, NAN, NAN, WN_COLD, NULL, NULL, NULL };
    static const struct {
        const char *reason;
        const struct wn_reason_facts *f;
        const char *want;
    } row[] = {
        { "rule:pricing", &f, "It is about a price." },
        { "rule:gone", &f, "The rule \"gone\" always asks a person." },
        { "no_guarantee", &f,
          "Not sure enough: 91.4%, needs 97%." },
        { "no_guarantee", &none,
          "Nothing is proved yet for this task and model, so a person decides." },
        { "low_confidence", &f, "Unsure of the label: 58%." },
        { "low_confidence", &none, "Unsure of the label." },
        { "below_guarantee", &f,
          "Under the proved threshold: 91.4%, needs 97%." },
        { "below_guarantee", &tied,
          "As sure as the proved threshold, 99.3%, but lots were drawn among the equally sure, and this "
          "one waits." },
        { "provider_disagreement", &f, "The second opinion says pricing_request." },
        { "evidence_missing", &f, "No quote from the text shows the answer to \"company\"." },
        { "required_missing", &f, "A required answer is missing: email." },
        { "refused", &f, "The model declined to answer." },
        { "audit_sample", &f, "Picked at random, to check what is accepted alone." },
        { "something_new", &f, "something_new" },
    };
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_STR(wn_reason_text(row[i].reason, row[i].f, &a), row[i].want);
    wn_arena_free(&a);
}

TEST(what_is_needed_never_looks_equal_to_what_is_there)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_reason_facts f = { NULL, .96999, .97, NAN, WN_CAUTIOUS, NULL, NULL, NULL };
    CHECK(strstr(wn_reason_text("no_guarantee", &f, &a), "96.9%, needs 97%") != NULL);
    f.tau = .91234;
    f.s = .91233;
    CHECK(strstr(wn_reason_text("no_guarantee", &f, &a), "91.2%, needs 91.3%") != NULL);
    wn_arena_free(&a);
}

TEST(states_follow_from_events)
{
    static const struct {
        enum wn_state now;
        enum wn_state_event e;
        bool own;
        enum wn_state want;
    } row[] = {
        { WN_CAUTIOUS, WN_ON_MEASURED, false, WN_PROVISIONAL },
        { WN_CERTIFIED, WN_ON_MEASURED, true, WN_CERTIFIED },
        { WN_CAUTIOUS, WN_ON_PROVED, true, WN_CERTIFIED },
        { WN_PROVISIONAL, WN_ON_PROVED, true, WN_CERTIFIED },
        { WN_CAUTIOUS, WN_ON_NOT_PROVED, false, WN_CAUTIOUS },
        { WN_CERTIFIED, WN_ON_NOT_PROVED, true, WN_CERTIFIED }, /* the earlier proof stays */
        { WN_CAUTIOUS, WN_ON_NEW_KEY, false, WN_CAUTIOUS },     /* nothing was proved */
        { WN_CERTIFIED, WN_ON_NEW_KEY, true, WN_COLD },
        { WN_STATE_WARN, WN_ON_NEW_KEY, true, WN_COLD },
        { WN_CERTIFIED, WN_ON_WARN, true, WN_STATE_WARN },
        { WN_CAUTIOUS, WN_ON_WARN, false, WN_CAUTIOUS },
        { WN_STATE_WARN, WN_ON_REPORT_MET, true, WN_CERTIFIED },
        { WN_STATE_WARN, WN_ON_REPORT_MET, false, WN_PROVISIONAL },
        { WN_COLD, WN_ON_REPORT_MET, true, WN_COLD },
        { WN_CERTIFIED, WN_ON_SUSPEND, true, WN_SUSPENDED },
        { WN_CAUTIOUS, WN_ON_SUSPEND, false, WN_SUSPENDED },
        { WN_SUSPENDED, WN_ON_PROVED, true, WN_SUSPENDED }, /* made of items before the alarm */
        { WN_SUSPENDED, WN_ON_NEW_KEY, true, WN_SUSPENDED },
        { WN_SUSPENDED, WN_ON_NEW_WINDOW, true, WN_COLD },
        { WN_COLD, WN_ON_PROVED, true, WN_CERTIFIED },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_STR(wn_state_name(wn_state_next(row[i].now, row[i].e, row[i].own)),
                  wn_state_name(row[i].want));
    CHECK_INT(wn_state_first(false), WN_CAUTIOUS);
    CHECK_INT(wn_state_first(true), WN_COLD);
}

TEST(the_audit_rate_falls_with_traffic_and_rises_with_doubt)
{
    static const struct {
        enum wn_state state;
        struct wn_audit_plan p;
        double want;
    } row[] = {
        { WN_CAUTIOUS, { .05, .05, 5000, 90, 900, 0 }, .25 },
        { WN_CERTIFIED, { .05, .05, 0, 0, 900, 0 }, .5 },     /* nothing is known */
        { WN_CERTIFIED, { .05, .05, 1770, 90, 900, 0 }, .1 }, /* 3 * 59 a quarter */
        { WN_CERTIFIED, { .05, .05, 177, 9, 900, 0 }, .1 },   /* projected */
        { WN_CERTIFIED, { .05, .05, 90000, 90, 900, 0 }, .03 },
        { WN_CERTIFIED, { .05, .05, 90000, 90, 199, 0 }, .20 }, /* fresh */
        { WN_CERTIFIED, { .05, .05, 90000, 90, 900, .4 }, .4 }, /* a guard label */
        { WN_PROVISIONAL, { .05, .05, 90000, 90, 900, 0 }, .20 },
        { WN_STATE_WARN, { .05, .05, 1770, 90, 900, 0 }, .2 },
        { WN_SUSPENDED, { .05, .05, 1770, 90, 900, 0 }, 1 },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_NEAR(wn_audit_rate(row[i].state, &row[i].p), row[i].want);
    CHECK_NEAR(wn_state_tau(WN_CAUTIOUS, .8), .97);
    CHECK_NEAR(wn_state_tau(WN_STATE_WARN, .8), .8);
}

TEST(late_audits_suspend)
{
    CHECK(!wn_audits_overdue(0, 0));
    CHECK(!wn_audits_overdue(10, 2));
    CHECK(wn_audits_overdue(10, 3));
}

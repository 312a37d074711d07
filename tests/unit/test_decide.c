#include "test.h"
#include "decide/decide.h"
#include "task_fixture.h"

static struct wn_arena arena = WN_ARENA_INIT;

/* ---- making what the engine would gather ---- */

static struct wn_answer *answers(void)
{
    return wn_answer_new(&task, &arena);
}

static const double *dist(double demo, double price, double other)
{
    double *p = wn_arena_array(&arena, 3, sizeof(*p));
    p[0] = demo;
    p[1] = price;
    p[2] = other;
    return p;
}

/* Answers the label with probability p; the rest goes to the next choice. */
static struct wn_answer *says(size_t choice, double p, enum wn_source source)
{
    struct wn_answer *a = answers();
    double d[3] = { 0 };
    d[choice] = p;
    d[(choice + 1) % 3] = 1 - p;
    a->values[LABEL] = (struct wn_value){
        .answered = true, .choice = choice, .p = dist(d[0], d[1], d[2]), .source = source
    };
    return a;
}

static struct wn_answer *states(size_t choice, double p)
{
    struct wn_answer *a = says(choice, p, WN_STATED);
    a->values[LABEL].stated = a->values[LABEL].p;
    a->values[LABEL].p = NULL;
    a->values[LABEL].source = WN_SOURCE_NONE;
    return a;
}

static void writes(struct wn_answer *a, size_t question, const char *text, const char *quote)
{
    a->values[question] =
        (struct wn_value){ .answered = true, .null = text == NULL, .text = text, .quote = quote };
}

static struct wn_item item;
static struct wn_gathered gathered(const char *text, const struct wn_answer *answer)
{
    item = item_of(text);
    return (struct wn_gathered){ .task = &task,
                                 .item = &item,
                                 .answer = answer,
                                 .linear_trained = true,
                                 .state = WN_CAUTIOUS,
                                 .tau = .97,
                                 .pi = .25,
                                 .salt = "salt",
                                 .now = 1000 };
}

static struct wn_decision decide(const struct wn_gathered *g)
{
    struct wn_decision d;
    wn_decide(g, &arena, &d);
    return d;
}

/* The reasons, or the tags where there are none, joined by spaces. */
static const char *why(const struct wn_decision *d)
{
    const char *all = "";
    for (size_t i = 0; i < d->nreasons; i++) {
        all = wn_arena_printf(&arena, "%s%s%s", all, i == 0 ? "" : " ", d->reasons[i]);
        CHECK(d->because[i] != NULL && d->because[i][0] != '\0');
    }
    for (size_t i = 0; i < d->ntags; i++)
        all = wn_arena_printf(&arena, "%s%s", i == 0 ? "" : " ", d->tags[i]);
    return all;
}

#define HELLO "Could you show us how it works? We are twelve people."

/* ---- what is accepted alone before anything is proved ---- */

TEST(before_a_proof_only_what_two_opinions_or_the_calibrated_engine_are_very_sure_of_passes)
{
    static const struct {
        double own;
        enum wn_source source;
        double linear;
        size_t linear_says;
        enum wn_route want;
        const char *why;
    } row[] = {
        { .99, WN_LINEAR, NAN, 0, WN_AUTO, "no_guarantee" },
        { .96, WN_LINEAR, NAN, 0, WN_REVIEW, "no_guarantee" },
        { .99, WN_DECISION, NAN, 0, WN_REVIEW, "no_guarantee" }, /* one number, not calibrated */
        { .99, WN_DECISION, .99, 0, WN_AUTO, "no_guarantee" },
        { .99, WN_DECISION, .70, 0, WN_REVIEW, "no_guarantee" },
        { .99, WN_DECISION, .98, 1, WN_REVIEW, "low_confidence provider_disagreement" },
        { .40, WN_LINEAR, NAN, 0, WN_REVIEW, "low_confidence" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_gathered g = gathered(HELLO, says(0, row[i].own, row[i].source));
        struct wn_decision d;
        if (!isnan(row[i].linear))
            g.linear = says(row[i].linear_says, row[i].linear, WN_LINEAR);
        d = decide(&g);
        CHECK_INT(d.route, row[i].want);
        CHECK_STR(d.audit ? "no_guarantee" : why(&d), row[i].why);
        CHECK_INT(d.label, 0);
        CHECK_INT(d.source, row[i].source);
        CHECK(!d.calibrated && !d.hard_flag);
        wn_arena_reset(&arena);
    }
    wn_arena_free(&arena);
}

TEST(an_engine_without_a_hundred_examples_never_accepts_alone)
{
    struct wn_gathered g = gathered(HELLO, says(0, .999, WN_LINEAR));
    struct wn_decision d;
    g.linear_trained = false;
    d = decide(&g);
    CHECK_INT(d.route, WN_REVIEW);
    CHECK(isnan(d.signals[0].lin));
    wn_arena_free(&arena);
}

TEST(signals_keep_apart_where_they_come_from)
{
    struct wn_gathered g = gathered(HELLO, states(0, .9));
    const struct wn_answer *samples[] = { states(0, .8), states(1, .6), answers() };
    const struct wn_answer *others[] = { says(0, .7, WN_DECISION), says(1, .9, WN_DECISION) };
    struct wn_decision d;
    g.samples = samples;
    g.nsamples = 3;
    g.others = others;
    g.nothers = 2;
    g.linear = says(0, .6, WN_LINEAR);
    d = decide(&g);
    CHECK(isnan(d.signals[0].lp) && isnan(d.signals[0].chk));
    CHECK_NEAR(d.signals[0].vc, .9);
    CHECK_NEAR(d.signals[0].lin, .6);
    CHECK_INT(d.signals[0].sc_n, 3);
    CHECK_INT(d.signals[0].sc_same, 1); /* no answer is not the same answer */
    CHECK_INT(d.signals[0].xm_n, 2);
    CHECK_INT(d.signals[0].xm_same, 1);
    CHECK_NEAR(d.signals[0].xp, .35); /* .7, and 0 for the label of the first */
    CHECK_STR(d.reasons[d.nreasons - 1], "provider_disagreement");
    CHECK_STR(d.because[d.nreasons - 1], "The second opinion says price.");
    wn_arena_free(&arena);
}

TEST(samples_speak_of_what_they_were_asked)
{
    struct wn_answer *both = states(0, .9);
    struct wn_gathered g = gathered(HELLO, both);
    const struct wn_answer *samples[] = { states(0, .8) };
    struct wn_decision d;
    both->values[REPLY] = (struct wn_value){ .answered = true, .choice = 1 };
    questions[REPLY].gated = true;
    g.samples = samples;
    g.nsamples = 1;
    g.checked = true;
    g.chk = .9;
    d = decide(&g);
    CHECK_INT(d.signals[LABEL].sc_n, 1);
    CHECK_INT(d.signals[REPLY].sc_n, 0); /* a sample is of the label: it does not deny the rest */
    CHECK_NEAR(d.signals[LABEL].chk, .9);
    CHECK_NEAR(d.signals[REPLY].chk, .9); /* a checker sees all that is gated */
    CHECK(isnan(d.signals[URGENCY].chk));
    questions[REPLY].gated = false;
    wn_arena_free(&arena);
}

TEST(token_probabilities_are_the_labels_own_number)
{
    static const struct wn_logprob top[] = { { "demo", 4, -.0513, NULL, 0 },
                                             { "price", 5, -2.9957, NULL, 0 } };
    static const struct wn_logprob token[] = { { "demo", 4, -.0513, top, 2 },
                                               { "\"", 1, 0, NULL, 0 } };
    struct wn_gathered g = gathered(HELLO, states(0, .9));
    struct wn_decision d;
    g.logprobs = token;
    g.nlogprobs = 2;
    d = decide(&g);
    CHECK(fabs(d.signals[0].lp - .95) < 1e-4);
    CHECK_NEAR(d.signals[0].vc, .9);
    CHECK_INT(d.source, WN_LOGPROB);
    wn_arena_free(&arena);
}

/* ---- no answer ---- */

TEST(no_answer_is_never_a_label)
{
    static const struct {
        struct wn_flags flags;
        const char *why;
    } row[] = {
        { { .refused = true }, "refused" },
        { { .cut = true }, "cut_off" },
        { { .invalid_output = true }, "invalid_output" },
        { { 0 }, "invalid_output" },
    };
    questions[EMAIL].required = true;
    for (size_t i = 0; i < 2 * COUNT(row); i++) {
        struct wn_gathered g = gathered(HELLO, i < COUNT(row) ? NULL : answers());
        struct wn_decision d;
        g.flags = row[i % COUNT(row)].flags;
        g.state = WN_CERTIFIED;
        g.tau = 0;
        d = decide(&g);
        CHECK_INT(d.route, WN_REVIEW);
        CHECK(d.label == SIZE_MAX);
        CHECK(isnan(d.probability));
        CHECK_STR(why(&d), row[i % COUNT(row)].why);
        CHECK(d.answers[LABEL].value == NULL);
        CHECK_INT(d.nanswers, QUESTIONS);
        CHECK_STR(d.handed->owner, "office"); /* the row without a condition */
    }
    questions[EMAIL].required = false;
    wn_arena_free(&arena);
}

TEST(a_label_that_nobody_gave_a_number_for_has_no_probability)
{
    struct wn_answer *a = says(0, .9, WN_DECISION);
    struct wn_gathered g = gathered(HELLO, a);
    struct wn_decision d;
    a->values[LABEL].p = NULL;
    d = decide(&g);
    CHECK(isnan(d.probability));
    CHECK_INT(d.source, WN_SOURCE_NONE);
    CHECK_INT(d.route, WN_REVIEW);
    CHECK_STR(d.answers[LABEL].value, "demo");
    wn_arena_free(&arena);
}

/* ---- rules, flags, gates ---- */

TEST(rules_add_review_before_and_after_the_model)
{
    const struct wn_rule *const *hold;
    struct wn_gathered g = gathered("Is there a DISCOUNT for twelve?", says(0, .999, WN_LINEAR));
    struct wn_decision d = decide(&g);
    CHECK_INT(d.route, WN_REVIEW);
    CHECK_STR(why(&d), "rule:pricing");
    CHECK_STR(d.because[0], "It asks about a price.");
    CHECK(d.hard_flag);
    CHECK_INT(wn_rules_hold(&task, &item, NULL, &arena, &hold), 1);
    CHECK_STR(hold[0]->name, "pricing");
    wn_arena_free(&arena);
}

TEST(facts_of_the_run_are_reasons)
{
    struct wn_gathered g = gathered(HELLO, says(0, .999, WN_LINEAR));
    struct wn_decision d;
    g.flags = (struct wn_flags){ .injection_suspected = true,
                                 .signal_missing = true,
                                 .schema_repaired = true,
                                 .unfamiliar = true };
    item.truncated = true;
    d = decide(&g);
    CHECK_STR(why(&d),
              "injection_suspected truncated_input schema_repaired signal_missing unfamiliar");
    CHECK_INT(d.label, 0); /* the proposal is shown all the same */
    wn_arena_free(&arena);
}

TEST(the_weakest_gated_answer_decides)
{
    struct wn_answer *a = says(0, .99, WN_LINEAR);
    struct wn_gathered g = gathered(HELLO, a);
    a->values[URGENCY] = (struct wn_value){
        .answered = true, .choice = 2, .p = dist(.5, .2, .3), .source = WN_LINEAR
    };
    CHECK_INT(decide(&g).route, WN_AUTO);
    questions[URGENCY].gated = true;
    CHECK_INT(decide(&g).route, WN_REVIEW);
    a->values[URGENCY].p = dist(.01, .4, .59); /* within one level of "high": .99 */
    CHECK_INT(decide(&g).route, WN_AUTO);
    a->values[URGENCY].answered = false;
    CHECK_STR(decide(&g).reasons[0], "invalid_output");
    questions[URGENCY].gated = false;
    wn_arena_free(&arena);
}

/* ---- evidence ---- */

TEST(text_answers_are_shown_with_the_quote_as_the_item_has_it)
{
    static const struct wn_field fields[] = { { "company", "Initrode" } };
    static const struct {
        const char *value, *quote;
        enum wn_evidence want;
        const char *shown;
        size_t start;
    } row[] = {
        { "Acme", "we at  acme", WN_EVIDENCE_NORMALISED, "We at Acme", 10 },
        { "Acme", NULL, WN_EVIDENCE_EXACT, "Acme", 16 },
        { "Acme", "we at Acme Corporation of Ohio", WN_EVIDENCE_EXACT, "Acme", 16 },
        { "Initrode", NULL, WN_EVIDENCE_EXACT, "Initrode", 0 }, /* it stands in a field */
        { "Initrode", "company: Initrode", WN_EVIDENCE_EXACT, "Initrode", 0 },
        { "company", "company:", WN_EVIDENCE_NOT_FOUND, NULL, 0 },  /* a field's name is no value */
        { "Globex", "We at Acme", WN_EVIDENCE_NOT_FOUND, NULL, 0 }, /* the quote does not say it */
        { "Globex", NULL, WN_EVIDENCE_NOT_FOUND, NULL, 0 },
        { NULL, NULL, WN_EVIDENCE_NONE, NULL, 0 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_answer *a = says(0, .99, WN_LINEAR);
        struct wn_gathered g = gathered("Hi there! We at Acme like it.", a);
        struct wn_decision d;
        item.fields = fields;
        item.nfields = 1;
        writes(a, COMPANY, row[i].value, row[i].quote);
        d = decide(&g);
        CHECK_STR(d.answers[COMPANY].value, row[i].value);
        CHECK_INT(d.answers[COMPANY].evidence, row[i].want);
        CHECK_STR(d.answers[COMPANY].quote, row[i].shown);
        CHECK_INT(d.answers[COMPANY].quote_start, row[i].start);
        CHECK_INT(d.route, WN_AUTO); /* an optional answer does not hold up the label */
    }
    wn_arena_free(&arena);
}

TEST(a_gated_or_required_text_needs_a_verified_quote)
{
    static const struct {
        const char *value, *quote;
        bool gated;
        enum wn_need need;
        bool missing;
    } row[] = {
        { "Acme", "We at Acme", true, WN_NEED_OPTIONAL, false },
        { "Acme", "We at Acme", false, WN_NEED_REQUIRED, false },
        { "Acme", "Acme", true, WN_NEED_OPTIONAL, true }, /* too short to prove anything */
        { "Globex", "We at Globex", false, WN_NEED_REQUIRED, true },
        { "Globex", "We at Globex", false, WN_NEED_OPTIONAL, false },
        { NULL, NULL, true, WN_NEED_REQUIRED, false },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_answer *a = says(0, .99, WN_LINEAR);
        struct wn_gathered g = gathered("Hi there! We at Acme like it.", a);
        struct wn_decision d;
        writes(a, COMPANY, row[i].value, row[i].quote);
        questions[COMPANY].gated = row[i].gated;
        questions[COMPANY].evidence = row[i].need;
        d = decide(&g);
        CHECK_INT(d.route, row[i].missing ? WN_REVIEW : WN_AUTO);
        if (row[i].missing) {
            CHECK_STR(why(&d), "evidence_missing");
            CHECK_STR(d.because[0], "No quote from the text shows the answer to \"company\".");
        }
    }
    questions[COMPANY].gated = false;
    questions[COMPANY].evidence = WN_NEED_OPTIONAL;
    wn_arena_free(&arena);
}

TEST(a_null_is_doubted_where_the_text_has_such_a_thing_and_it_matters)
{
    static const struct {
        const char *text;
        enum wn_need need;
        bool required;
        const char *why;
    } row[] = {
        { "Write to bob@acme.example", WN_NEED_OPTIONAL, false, "no_guarantee" },
        { "Write to bob@acme.example", WN_NEED_REQUIRED, false, "evidence_missing" },
        { "Write to bob@acme.example", WN_NEED_OPTIONAL, true,
          "required_missing evidence_missing" },
        { "Write to me", WN_NEED_REQUIRED, false, "no_guarantee" },
        { "Write to me", WN_NEED_REQUIRED, true, "required_missing" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_answer *a = says(0, .99, WN_LINEAR);
        struct wn_gathered g = gathered(row[i].text, a);
        struct wn_decision d;
        writes(a, EMAIL, NULL, NULL);
        questions[EMAIL].evidence = row[i].need;
        questions[EMAIL].required = row[i].required;
        d = decide(&g);
        CHECK_STR(d.route == WN_AUTO ? "no_guarantee" : why(&d), row[i].why);
    }
    questions[EMAIL].evidence = WN_NEED_OPTIONAL;
    questions[EMAIL].required = false;
    wn_arena_free(&arena);
}

TEST(a_label_with_required_evidence_needs_its_quote_unless_it_means_absence)
{
    static const struct {
        size_t choice;
        const char *quote;
        bool missing;
    } row[] = { { 0, "show us how it works", false },
                { 0, "we want a demonstration", true },
                { 0, NULL, true },
                { 2, NULL, false } };
    questions[LABEL].evidence = WN_NEED_REQUIRED;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_answer *a = says(row[i].choice, .99, WN_LINEAR);
        struct wn_gathered g = gathered(HELLO, a);
        struct wn_decision d;
        a->values[LABEL].quote = row[i].quote;
        d = decide(&g);
        CHECK_INT(d.nreasons > 0 && strcmp(d.reasons[0], "evidence_missing") == 0, row[i].missing);
    }
    questions[LABEL].evidence = WN_NEED_NONE;
    wn_arena_free(&arena);
}

/* ---- hand-over, display, sample ---- */

TEST(the_first_route_that_fits_gives_owner_next_step_and_due_time)
{
    struct wn_gathered g = gathered(HELLO, says(0, .9, WN_LINEAR));
    struct wn_decision d = decide(&g);
    CHECK_STR(d.handed->owner, "sales");
    CHECK_INT(d.due, 1000 + 3600); /* from now: the item has no time */
    item.time = 500;
    CHECK_INT(decide(&g).due, 500 + 3600);
    g.answer = says(1, .9, WN_LINEAR);
    d = decide(&g);
    CHECK_STR(d.handed->owner, "office");
    CHECK_INT(d.due, 0);
    wn_arena_free(&arena);
}

TEST(what_is_shown_is_calibrated_and_what_routes_is_not)
{
    static struct wn_display display = { .calibrated = true, .platt = { 1, -2, false } };
    struct wn_gathered g = gathered(HELLO, says(0, .98, WN_LINEAR));
    struct wn_decision d;
    g.display = &display;
    d = decide(&g);
    CHECK_INT(d.route, WN_AUTO);
    CHECK(d.calibrated);
    CHECK_NEAR(d.probability, 1 / (1 + exp(2 - log(49))));
    wn_arena_free(&arena);
}

TEST(the_sample_is_permanent_and_belongs_to_the_unit)
{
    struct wn_gathered g = gathered(HELLO, says(0, .99, WN_LINEAR));
    double u = decide(&g).u;
    CHECK(u == decide(&g).u);
    CHECK(u == wn_prn("salt", "audit", "leads", "leads.csv:1"));
    g.pi = 1;
    CHECK(decide(&g).audit);
    g.pi = 0;
    CHECK(!decide(&g).audit);
    g.unit = "thread-7";
    CHECK(u != decide(&g).u);
    wn_arena_free(&arena);
}

/* ---- conditions ---- */

TEST(words_are_found_whole_in_any_case_and_script)
{
    static const struct {
        const char *text, *word;
        bool want;
    } row[] = {
        { "What is the PRICE?", "price", true },
        { "priceless", "price", false },
        { "asking-price", "price", true },
        { "price_list", "price", false },
        { "price\u2014now", "price", true },
        { "legal \n\t advice", "legal advice", true },
        { "illegal advice", "legal advice", false },
        { "legal\u00a0advice", "legal  advice", true },
        { "\u00dcBERWEISUNG bitte", "\u00fcberweisung", true },
        { "\u00fcberweisungen", "\u00fcberweisung", false },
        { "can\u2019t pay", "can't pay", true },
        { "pr\u200bice", "price", true }, /* hidden characters hide nothing */
        { "20% off", "20%", true },
        { "120% off", "20%", false },
        { "$500", "$", true },
        { "\u4ef7\u683c\u662f\u591a\u5c11", "\u4ef7\u683c", true }, /* no spaces between words */
        { "price", "", false },
        { "", "price", false },
        { "price", "price", true },
        { "pric", "price", false },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const char *words[] = { "never there", row[i].word };
        if (wn_text_has(row[i].text, strlen(row[i].text), words, 2) != row[i].want) {
            print_error("'%s' in '%s'\n", row[i].word, row[i].text);
            fail();
        }
    }
}

TEST(all_parts_of_a_condition_must_hold)
{
    static const char *const price[] = { "price" }, *const email[] = { "email" },
                             *const demo[] = { "demo" }, *const budget[] = { "budget" },
                             *const vip[] = { "VIP", "gold" };
    static const struct wn_field fields[] = { { "Tier", "vip " }, { "subject", "Your price" } };
    static const struct {
        struct wn_when when;
        bool before, after;
    } row[] = {
        { { 0 }, true, true },
        { { .text_has = price, .ntext_has = 1 }, true, true }, /* in the subject */
        { { .question = "intent", .any = demo, .nany = 1 }, false, true },
        { { .question = "topics", .any = budget, .nany = 1 }, false, true },
        { { .question = "intent", .any = price, .nany = 1 }, false, false },
        { { .missing = email, .nmissing = 1 }, false, true },
        { { .field = "tier", .field_is = vip, .nfield_is = 2 }, true, true },
        { { .field = "tier" }, true, true },
        { { .field = "region" }, false, false },
        { { .field = "tier", .field_is = demo, .nfield_is = 1 }, false, false },
        { { .field = "tier", .question = "intent", .any = price, .nany = 1 }, false, false },
    };
    static const bool topic[] = { true, false };
    struct wn_answer *a = says(0, .9, WN_LINEAR);
    a->values[TOPICS] = (struct wn_value){ .answered = true, .chosen = topic };
    writes(a, EMAIL, NULL, NULL);
    item = item_of("hello");
    item.fields = fields;
    item.nfields = 2;
    for (size_t i = 0; i < COUNT(row); i++) {
        CHECK_INT(wn_when_holds(&task, &row[i].when, &item, NULL), row[i].before);
        CHECK_INT(wn_when_holds(&task, &row[i].when, &item, a), row[i].after);
    }
    wn_arena_free(&arena);
}

TEST(a_reason_has_a_sentence_without_a_decision_at_hand)
{
    CHECK_STR(wn_reason_sentence(&task, "rule:pricing", &arena), "It asks about a price.");
    CHECK_STR(wn_reason_sentence(&task, "low_confidence", &arena), "Unsure of the label.");
    wn_arena_free(&arena);
}

#include "test.h"
#include "decide/evidence.h"

static struct wn_match match(const char *source, const char *quote)
{
    return wn_quote_match(source, strlen(source), quote, strlen(quote));
}

TEST(a_quote_is_found_through_what_mail_programs_do_to_text)
{
    static const struct {
        const char *source, *quote;
        enum wn_evidence want;
        const char *there; /* the bytes of the source that it stands for */
    } row[] = {
        { "We need 40 seats.", "need 40 seats", WN_EVIDENCE_EXACT, "need 40 seats" },
        { "We need 40 seats.", "\"need 40 seats\"", WN_EVIDENCE_EXACT, "need 40 seats" },
        { "We need 40 seats.", "\u201cneed 40 seats\u201d ", WN_EVIDENCE_EXACT, "need 40 seats" },
        { "We need\r\n  40 seats.", "need 40 seats", WN_EVIDENCE_NORMALISED, "need\r\n  40 seats" },
        { "We NEED 40 seats.", "need 40 seats", WN_EVIDENCE_NORMALISED, "NEED 40 seats" },
        { "don\u2019t wait too long", "don't wait too long", WN_EVIDENCE_NORMALISED,
          "don\u2019t wait too long" },
        { "we wa\u200bited for weeks", "we waited for weeks", WN_EVIDENCE_NORMALISED,
          "we wa\u200bited for weeks" },
        { "40\u201350 seats, please", "40-50 seats, please", WN_EVIDENCE_NORMALISED,
          "40\u201350 seats, please" },
        { "and so on\u2026 we wait", "so on... we wait", WN_EVIDENCE_NORMALISED,
          "so on\u2026 we wait" },
        { "M\u00fcller wrote to us", "M\u00dcLLER wrote to us", WN_EVIDENCE_NOT_FOUND, "" },
        { "We need 40 seats by March.", "We need 50 seats by March", WN_EVIDENCE_NOT_FOUND, "" },
        { "", "anything at all", WN_EVIDENCE_NOT_FOUND, "" },
        { "anything", " \" \u201d\n", WN_EVIDENCE_NONE, "" },
        { "anything", "\u200b\ufeff", WN_EVIDENCE_NONE, "" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_match m = match(row[i].source, row[i].quote);
        char there[64] = "";
        memcpy(there, row[i].source + m.start, m.end - m.start);
        CHECK_STR(wn_evidence_name(m.status), wn_evidence_name(row[i].want));
        CHECK_STR(there, row[i].there);
    }
}

TEST(dots_join_parts_that_stand_near_and_in_order)
{
    char far[800] = "we need forty seats";
    for (size_t i = 19; i < 719; i += 4)
        memcpy(far + i, " far", 4);
    strcpy(far + 719, "before the end of March");
    CHECK_INT(
        match("we need forty seats, no hurry, in March or so", "we need forty ... in March").status,
        WN_EVIDENCE_ELLIPSIS);
    CHECK_INT(match("we need forty seats", "need forty seats, ...").status, WN_EVIDENCE_ELLIPSIS);
    CHECK_INT(match("in March we need forty", "we need forty ... in March").status,
              WN_EVIDENCE_NOT_FOUND);
    CHECK_INT(match("we need a lot in March", "we ... in March").status, WN_EVIDENCE_NOT_FOUND);
    CHECK_INT(match("nothing here", "... . ...").status, WN_EVIDENCE_NOT_FOUND);
    CHECK_INT(match(far, "we need forty seats ... the end of March").status, WN_EVIDENCE_NOT_FOUND);
}

TEST(a_fuzzy_quote_is_shown_and_never_verified)
{
    struct wn_match m = match("Hello. Please call me back before noon on any day you like. Thanks",
                              "please do call me back before noon on any day you like");
    CHECK_INT(m.status, WN_EVIDENCE_FUZZY);
    CHECK(!wn_match_verified(&m));
}

TEST(a_fuzzy_search_in_a_hostile_text_ends)
{
    static char source[400000], quote[2000];
    for (size_t i = 0; i + 2 < sizeof(source); i += 2)
        memcpy(source + i, i % 6 == 0 ? "b " : "a ", 2);
    for (size_t i = 0; i + 2 < sizeof(quote); i += 2)
        memcpy(quote + i, i % 4 == 0 ? "a " : "c ", 2);
    CHECK(!wn_match_verified(&(struct wn_match){ match(source, quote).status, 0, 1, false }));
}

TEST(a_short_quote_without_a_number_proves_nothing)
{
    static const struct {
        const char *quote;
        bool verified;
    } row[] = { { "yes", false },         { "Acme", false },       { "we at Acme", true },
                { "4711", true },         { "a@b.example", true }, { "straightforward", true },
                { "not in there", false } };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_match m =
            match("yes we at Acme, 4711, a@b.example: straightforward", row[i].quote);
        CHECK_INT(wn_match_verified(&m), row[i].verified);
    }
}

TEST(of_several_quotes_the_worst_counts)
{
    CHECK_INT(wn_evidence_worse(WN_EVIDENCE_EXACT, WN_EVIDENCE_FUZZY), WN_EVIDENCE_FUZZY);
    CHECK_INT(wn_evidence_worse(WN_EVIDENCE_NOT_FOUND, WN_EVIDENCE_EXACT), WN_EVIDENCE_NOT_FOUND);
    CHECK_INT(wn_evidence_worse(WN_EVIDENCE_NONE, WN_EVIDENCE_EXACT), WN_EVIDENCE_EXACT);
}

TEST(a_value_must_be_derivable_from_its_quote)
{
    static const struct {
        enum wn_form form;
        const char *value, *quote;
        bool want;
    } row[] = {
        { WN_FORM_NONE, "Acme GmbH", "we at ACME  GmbH", true },
        { WN_FORM_NONE, "Acme", "we at Acmeland", false }, /* part of a longer word */
        { WN_FORM_NONE, "Globex", "we at Acme", false },
        { WN_FORM_NONE, "", "we at Acme", false },
        { WN_FORM_EMAIL, "bob@acme.example", "write to Bob@Acme.example.", true },
        { WN_FORM_EMAIL, "bob@acme.example", "write to rob@acme.example", false },
        { WN_FORM_PHONE, "+49171555000", "call +49 171 555-000", true },
        { WN_FORM_PHONE, "+49171555001", "call +49 171 555-000", false },
        { WN_FORM_MONEY, "5000", "about five thousand", true },
        { WN_FORM_MONEY, "500", "about 5,000", false },
        { WN_FORM_MONEY, "5000", "between 4,000 and 6,000", false },
        { WN_FORM_DATE, "March 12", "on 12 March", true },
        { WN_FORM_DATE, "April 12", "on 12 March", false },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        if (wn_value_in_quote(row[i].form, row[i].value, row[i].quote) != row[i].want) {
            print_error("%s in %s\n", row[i].value, row[i].quote);
            fail();
        }
    }
}

#include "test.h"
#include "base/buf.h"
#include "decide/claim.h"

/* The hits of a claim, joined by spaces. */
static const char *hits(const char *claim, const char *source, struct wn_arena *a)
{
    struct wn_claim c;
    struct wn_buf b = WN_BUF_INIT(1000);
    const char *joined;
    wn_claim_check(claim, strlen(claim), source, strlen(source), a, &c);
    for (size_t i = 0; i < c.nhits; i++)
        wn_buf_printf(&b, "%s%s", i == 0 ? "" : " ", c.hits[i]);
    joined = wn_arena_str(a, b.data);
    wn_buf_free(&b);
    return joined;
}

struct row {
    const char *claim, *source, *want;
};

static void check_rows(const struct row *row, size_t n)
{
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t i = 0; i < n; i++) {
        const char *got = hits(row[i].claim, row[i].source, &a);
        if (strcmp(got, row[i].want) != 0)
            print_error("claim:  %s\nsource: %s\n", row[i].claim, row[i].source);
        CHECK_STR(got, row[i].want);
        wn_arena_reset(&a);
    }
    wn_arena_free(&a);
}

TEST(numbers_are_compared_by_value_however_they_are_written)
{
    static const struct row row[] = {
        { "5,000", "5000", "" },
        { "5,000", "5.000", "" },         /* either reading of the point */
        { "1.5", "1,500 and 1.500", "" }, /* 1.500 may be 1.5 */
        { "1.234,50", "1234.5", "" },
        { "1,234.50", "1234.5", "" },
        { "2,5", "2.5", "" },
        { "2,500,000", "2.5m", "" },
        { "12.5k", "12,500", "" },
        { "3 thousand", "3000", "" },
        { "2 mm", "2000000", "num:2" }, /* no multiplier: a letter follows */
        { "twenty-five", "25", "" },
        { "25", "twenty five", "" },
        { "two hundred thousand", "200000", "" },
        { "one", "", "" }, /* below 2 is no claim */
        { "thirty", "13", "num:thirty" },
        { "40 seats and 40 desks", "41", "num:40" }, /* each text once */
        { "12.03.2026", "2026-03-12", "" },          /* three numbers */
        { "12.03.2027", "2026-03-12", "num:2027" },
        { "0171", "171", "" },
        { "1,2,3", "3 2 1", "" },
        { "1.2.3.4", "1 2 3", "num:4" },
        { "9.99", "9.9", "num:9.99" },
    };
    check_rows(row, COUNT(row));
}

TEST(times_may_be_whole_or_in_parts)
{
    static const struct row row[] = {
        { "at 3:00", "at 3 pm", "" },         { "at 03:30", "at 3:30", "" },
        { "at 3:30", "at 3 or 30 past", "" }, { "at 3:30", "at 3 pm", "num:3:30" },
        { "at 4:00", "at 3 pm", "num:4:00" }, { "30 people", "at 3:30", "" },
    };
    check_rows(row, COUNT(row));
}

TEST(months_and_weekdays_must_stand_in_the_source)
{
    static const struct row row[] = {
        { "on Tuesday", "next tues.", "" },
        { "on Tuesday", "on Thursday", "date:tuesday" },
        { "in Sept", "in September", "" },
        { "in October", "due 2026-10-01", "" },
        { "in October", "due 10/2/2026", "" }, /* one of both readings */
        { "in February", "due 10.2.2026", "" },
        { "in March", "in May", "" }, /* without a digit these two are words */
        { "on March 3", "on 3 May", "date:march" },
        { "on March 3", "on 3 March", "" },
        { "on Mon", "on Tuesday", "" }, /* short forms are no claim */
        { "in october", "4:10", "date:october" },
    };
    check_rows(row, COUNT(row));
}

TEST(names_must_stand_in_the_source_except_where_a_sentence_begins_with_a_plain_word)
{
    static const struct row row[] = {
        { "They met Anna.", "Anna wrote", "" },
        { "They met Anna.", "Hanna wrote", "name:Anna" },
        { "Anna met us.", "Hanna wrote", "name:Anna" },
        { "The customer met us. However Client said no.", "however, said", "name:Client" },
        { "Is it? Yes! Then go.", "go", "" },
        { "We met Microsoft", "Microsofts offer", "" }, /* the first five letters */
        { "We met Garc\u00eda", "garc\u00eda wrote", "" },
        { "We met M\u00fcller\u2019s boss", "M\u00fcller\u2019s boss", "" },
        { "We are in EU and UK", "", "" },           /* under three letters */
        { "Bill from Twenty Nine", "Bill, 29", "" }, /* number words are no names */
    };
    check_rows(row, COUNT(row));
}

TEST(addresses_must_stand_in_the_source_and_are_nothing_else)
{
    static const struct row row[] = {
        { "Please ask Bob@Acme.example.", "bob@acme.example", "" },
        { "Please ask eve7@acme.example.", "bob@acme.example", "email:eve7@acme.example" },
    };
    check_rows(row, COUNT(row));
}

TEST(a_sentence_about_something_else_has_no_support)
{
    static const struct row row[] = {
        { "the garden needs water during summer", "invoice attached", "support" },
        { "the garden needs water during summer", "our garden needs it in summer", "" },
        { "garden water summer", "invoice attached", "" }, /* too few words to judge */
        { "", "invoice", "" },
        { "garden", "", "" },
    };
    check_rows(row, COUNT(row));
}

TEST(kinds_are_asked_for_by_their_beginning)
{
    static const char *const hit[] = { "num:5", "support" };
    const struct wn_claim c = { hit, 2, 0, 0 };
    CHECK(wn_claim_has(&c, "num:"));
    CHECK(wn_claim_has(&c, "support"));
    CHECK(!wn_claim_has(&c, "name:"));
}

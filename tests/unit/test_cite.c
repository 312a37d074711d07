/* What a sentence of a brief may say: what its quotes say, and those stand in the sources it names. */
#include "pipeline/cite.h"
#include "test.h"

static const struct wn_cite_source sources[] = {
    { .id = "S1",
      .text = "Torvik offers the T40 for 389 EUR a piece.\nThe offer holds until 30 April, Anna Berg says." },
    { .id = "S2",
      .text = "Halden lends ten phones for four weeks, says Lendell. Write to hal@den.example or see "
      "https://den.example/h7." },
};

/* "ok", or the first problem. */
static const char *check_claim(const struct wn_cite_claim *c, const char *language, struct wn_arena *a)
{
    struct wn_cite_source s[COUNT(sources)];
    struct wn_brief_sentence out = { .section = 0 };
    for (size_t i = 0; i < COUNT(sources); i++) {
        s[i] = sources[i];
        s[i].len = strlen(s[i].text);
    }
    wn_cite_prepare(s, COUNT(s), wn_language_find(language), a);
    wn_cite_check(c, s, COUNT(s), wn_language_find(language), a, &out);
    return out.nproblems == 0 ? "ok" : out.problems[0];
}

static const char *check(const char *text, const char *id, const char *quote, const char *language)
{
    static struct wn_arena a = WN_ARENA_INIT;
    struct wn_cite_claim c = { text, &id, &quote, quote != NULL, 1 };
    wn_arena_reset(&a);
    return check_claim(&c, language, &a);
}

TEST(a_sentence_stands_on_its_quotes)
{
    static const char *const offer = "Torvik offers the T40 for 389 EUR a piece.";
    static const char *const until = "The offer holds until 30 April, Anna Berg says.";
    static const char *const lends = "Halden lends ten phones for four weeks";
    static const struct {
        const char *text, *id, *quote, *want;
    } row[] = {
        /* clang-format off */
        { "Torvik wants 389 EUR for a T40.", "S1", offer, "ok" },
        { "Torvik wants 389 EUR for a T40.", "s1", offer, "ok" },
        { "According to Anna Berg the offer holds until 30 April.", "S1", until, "ok" },
        { "Halden lends 10 phones for 4 weeks.", "S2", lends, "ok" },
        { "Torvik wants 398 EUR for a T40.", "S1", offer, "the number 398 does not stand in its source" },
        { "Halden wants 389 EUR for a T40.", "S1", offer, "the name Halden does not stand in its source" },
        { "The offer holds until 30 May.", "S1", until, "the date may does not stand in its source" },
        { "The offer holds until 13 April.", "S1", until, "the number 13 does not stand in its source" },
        { "The offer ended last March.", "S1", until, "the date March does not stand in its quotes" },
        { "Torvik wants 389 EUR.", "S7", offer, "there is no source S7" },
        { "Torvik wants 389 EUR.", "S2", offer, "a quote stands in S1, not in S2" },
        { "Torvik wants 389 EUR.", "S1", "Torvik asks for 389 EUR for each.", "a quote does not stand in S1" },
        { "Torvik wants 389 EUR.", "S1", "a piece", "a quote of S1 is too short to prove anything" },
        { "Torvik wants 389 EUR.", "S1", NULL, "it names no quote" },
        { "Write to hal@den.example.", "S2", lends, "the address hal@den.example does not stand in its quotes" },
        { "The page is https://den.example/h8.", "S2", "see https://den.example/h7.",
          "the number 8 does not stand in its source" },
        { "Lendell lends ten phones.", "S2", lends, "the name Lendell does not stand in its quotes" },
        { "Lenders give ten phones for four weeks.", "S2", lends, "ok" },
        { "Nobody lends anything, everything must always be bought.", "S2", lends, "its source says something else" },
        /* clang-format on */
    };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_STR(check(row[i].text, row[i].id, row[i].quote, "en"), row[i].want);
}

TEST(a_contradiction_needs_both_sides)
{
    static const char *const lends = "Halden lends ten phones for four weeks";
    static const struct {
        const char *ids[2], *quotes[2];
        size_t n;
        const char *want;
    } row[] = {
        { { "S2" }, { lends }, 1, "it needs a quote from each side" },
        { { "S2", "S2" }, { lends, lends }, 2, "it needs a quote from each side" },
        { { "S2", "S2" }, { lends, "ten phones for four weeks" }, 2, "it needs a quote from each side" },
        { { "S2", "S1" }, { lends, "Torvik offers the T40 for 389 EUR a piece." }, 2, "ok" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_arena a = WN_ARENA_INIT;
        struct wn_cite_claim c = { "Halden lends ten phones.", row[i].ids, row[i].quotes, row[i].n, 2 };
        CHECK_STR(check_claim(&c, "en", &a), row[i].want);
        wn_arena_free(&a);
    }
}

TEST(in_another_language_numbers_names_and_dates_are_compared)
{
    static const char *const quote = "The offer holds until 30 April, Anna Berg says.";
    static const struct {
        const char *text, *language, *want;
    } row[] = {
        { "Das Angebot gilt bis zum 30. April, sagt Anna Berg, danach wird alles teurer.", "de", "ok" },
        { "Das Angebot gilt bis zum 30. Mai, sagt Anna Berg.", "de", "the date may does not stand in its source" },
        { "Das Angebot gilt bis zum 31. April.", "de", "the number 31 does not stand in its source" },
        { "Das Angebot, sagt Torvik, gilt bis zum 30. April.", "de", "the name Torvik does not stand in its quotes" },
        { "L'offre est valable jusqu'au 30 avril, dit Anna Berg.", "fr", "ok" },
        { "L'offre est valable jusqu'au 30 mai.", "fr", "the date may does not stand in its source" },
        { "Het aanbod geldt tot 30 april, zegt Halden.", "nl", "the name Halden does not stand in its source" },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_STR(check(row[i].text, "S1", quote, row[i].language), row[i].want);
}

TEST(a_place_is_line_sentence_and_page)
{
    static const char text[] = "[page 1]\nOne. Two.\n\n[page 2]\n> Three.\nFour.";
    static const struct {
        const char *at;
        size_t line, sentence, page;
        bool history;
    } row[] = {
        { "One", 2, 2, 1, false },
        { "Two", 2, 3, 1, false },
        { "Three", 5, 5, 2, true },
        { "Four", 6, 6, 2, false },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_cite c = { 0 };
        wn_cite_place(text, strlen(text), (size_t)(strstr(text, row[i].at) - text), &c);
        CHECK_INT(c.line, row[i].line);
        CHECK_INT(c.sentence, row[i].sentence);
        CHECK_INT(c.page, row[i].page);
        CHECK_INT(c.history, row[i].history);
    }
}

/* Where sentences begin and end, where a long text is cut, and which sentences are chosen. */
#include "pipeline/chunk.h"
#include "pipeline/glean.h"
#include "pipeline/rank.h"
#include "pipeline/sentence.h"
#include "test.h"

/* The sentences with a '|' between them; "#" before a heading, ">" before a quoted one. */
static const char *split(const char *text)
{
    static char out[1000];
    struct wn_sentence s;
    size_t n = 0;
    out[0] = '\0';
    for (size_t pos = 0; wn_sentence_next(text, strlen(text), &pos, &s);)
        n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s%s%.*s", n == 0 ? "" : "|",
                              s.heading ? "#" : "", s.quoted ? ">" : "", (int)(s.end - s.start),
                              text + s.start);
    return out;
}

TEST(sentences_end_where_a_reader_ends_them)
{
    static const struct {
        const char *text, *want;
    } row[] = {
        { "It works. It is cheap! Is it? Yes.", "It works.|It is cheap!|Is it?|Yes." },
        { "It costs 3.50 EUR. See a.b for more.", "It costs 3.50 EUR.|See a.b for more." },
        { "Ask Dr. Hahn or J. Smith. They know.", "Ask Dr. Hahn or J. Smith.|They know." },
        { "Take cable etc. with you. Go.", "Take cable etc. with you.|Go." },
        { "Er kommt am 3. M\u00e4rz zu Hrn. Maas, z. B. um acht. Gut.",
          "Er kommt am 3. M\u00e4rz zu Hrn. Maas, z. B. um acht.|Gut." },
        { "It costs 30. Maybe more. He came in 2024. May was late.", "It costs 30.|Maybe more.|He came in 2024.|May was late." },
        { "La fattura n. 77 vale 2 Mio. EUR. Bene.", "La fattura n. 77 vale 2 Mio. EUR.|Bene." },
        { "\"We pay.\" She left.", "\"We pay.\"|She left." },
        { "A line that is\nwrapped goes on. And on.", "A line that is\nwrapped goes on.|And on." },
        { "One paragraph\n\nanother", "One paragraph|another" },
        { "- first\n- second", "- first|- second" },
        { "1. first\n2) second", "1. first|2) second" },
        { "# Title\nText follows.", "## Title|Text follows." },
        { "Budget\n======\nIt is small.", "#Budget|It is small." },
        { "OPEN POINTS\nWho pays?", "#OPEN POINTS|Who pays?" },
        { "> You wrote this.\nI answer.", ">> You wrote this.|I answer." },
        { "| a | b |\n| c | d |", "| a | b ||| c | d |" },
        { "[page 2]\nIt goes on.", "[page 2]|It goes on." },
        { "", "" },
        { " \n\n ", "" },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_STR(split(row[i].text), row[i].want);
}

TEST(words_are_what_has_a_letter_or_digit)
{
    CHECK_INT(wn_sentence_words("It costs - about - 3 EUR .", 26), 5);
    CHECK_INT(wn_sentence_words(" ", 1), 0);
}

TEST(a_long_text_is_cut_at_headings_then_between_sentences)
{
    static const char text[] =
        "Aaaa aaaa aaaa. Bbbb bbbb bbbb.\n\n# Two\n\nCccc cccc cccc. Dddd dddd dddd.";
    static const struct {
        size_t most, parts, second_line, second_sentence;
        const char *second;
    } row[] = {
        { 1000, 1, 0, 0, "" },
        { 60, 2, 3, 3, "# Two" }, /* the heading is in the second half */
        { 20, 5, 1, 2, "Bbbb" },  /* sentence by sentence */
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_chunks c = { .text = text, .len = strlen(text), .most = row[i].most };
        struct wn_chunk part;
        size_t n = 0, covered = 0;
        while (wn_chunk_next(&c, &part)) {
            CHECK(part.start >= covered);
            covered = part.end;
            if (++n != 2)
                continue;
            CHECK(strncmp(text + part.start, row[i].second, strlen(row[i].second)) == 0);
            CHECK_INT(part.line, row[i].second_line);
            CHECK_INT(part.first_sentence, row[i].second_sentence);
        }
        CHECK_INT(n, row[i].parts);
        CHECK_INT(covered, strlen(text));
    }
}

TEST(the_chosen_sentences_fit_the_length_and_do_not_repeat)
{
    static const char *const text[] = {
        "The supplier offers the phone for 389 EUR a piece.",
        "The supplier offers the phone for 389 EUR a piece.",
        "Cracked screens of the phone are the main cost of the field staff.",
        "Too short.",
        "The staff wants a phone with a screen that survives a fall from a ladder.",
    };
    struct wn_rank_unit units[COUNT(text)];
    struct wn_rank_options o = { .words = 24 };
    size_t chosen[COUNT(text)], n, words = 0;
    for (size_t i = 0; i < COUNT(text); i++)
        units[i] = (struct wn_rank_unit){ text[i], strlen(text[i]), 0, i };
    n = wn_rank(units, COUNT(text), &o, chosen, NULL);
    CHECK(n >= 2);
    for (size_t i = 0; i < n; i++) {
        words += wn_sentence_words(text[chosen[i]], strlen(text[chosen[i]]));
        CHECK(chosen[i] != 3);
        CHECK(i == 0 || chosen[i] > chosen[i - 1]);
    }
    CHECK(words <= 26);
    CHECK(!(chosen[0] == 0 && chosen[1] == 1));
    CHECK_INT(wn_rank(units, 0, &o, chosen, NULL), 0);
}

TEST(many_blocks_are_gleaned_like_one)
{
    struct wn_glean *g = wn_glean_new(50, true, false);
    const struct wn_pick *picks;
    char text[200];
    size_t n, words = 0;
    for (int i = 0; i < 9000; i++) {
        struct wn_material m = {
            .number = (size_t)i + 1, .name = "note", .text = text, .first_line = 1
        };
        m.len = (size_t)snprintf(text, sizeof(text),
                                 "Installer %d broke phone number %d on a ladder today.", i % 7, i);
        wn_glean_add(g, &m);
    }
    picks = wn_glean_end(g, &n);
    CHECK(n >= 3);
    for (size_t i = 0; i < n; i++) {
        words += wn_sentence_words(picks[i].text, picks[i].len);
        CHECK(i == 0 || picks[i].source > picks[i - 1].source);
        CHECK_INT(picks[i].line, 1);
    }
    CHECK(words <= 55);
    wn_glean_free(g);
}

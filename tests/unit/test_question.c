#include "test.h"
#include "task/answer.h"

static const struct wn_choice three[] = { { "hot", "" }, { "cold", "" }, { "not_sure", "" } };

static struct wn_question question(enum wn_question_type type, int tol)
{
    return (struct wn_question){ .name = "q",
                                 .ask = "?",
                                 .type = type,
                                 .choices = three,
                                 .nchoices = type == WN_TEXT ? 0 : 3,
                                 .tol = tol };
}

TEST(a_choice_is_found_by_its_id_and_letter_case_is_forgiven)
{
    static const struct {
        const char *id;
        size_t want;
    } row[] = {
        { "hot", 0 },         { "cold", 1 },      { "Cold", 1 },    { "NOT_SURE", 2 },
        { "hott", SIZE_MAX }, { "ho", SIZE_MAX }, { "", SIZE_MAX },
    };
    struct wn_question q = question(WN_CHOICE, 0);
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_INT(wn_question_choice(&q, row[i].id, strlen(row[i].id)), row[i].want);
    CHECK_INT(wn_question_choice(&q, "hot and cold", 3), 0);
}

TEST(letter_case_is_not_forgiven_where_two_ids_would_fit)
{
    static const struct wn_choice both[] = { { "Us", "" }, { "us", "" } };
    struct wn_question q = { .type = WN_CHOICE, .choices = both, .nchoices = 2 };
    CHECK_INT(wn_question_choice(&q, "us", 2), 1);
    CHECK_INT(wn_question_choice(&q, "US", 2), SIZE_MAX);
}

TEST(the_probability_is_that_of_what_was_chosen)
{
    static const bool first[] = { true, false, false };
    static const struct {
        enum wn_question_type type;
        int tol;
        size_t choice;
        double p[3], want;
    } row[] = {
        { WN_CHOICE, 0, 0, { .7, .2, .1 }, .7 },
        { WN_CHOICE, 0, 1, { 2, 1, 1 }, .25 }, /* sums to 4 */
        { WN_CHOICE, 0, 1, { 0, 0, 0 }, NAN },
        { WN_SCALE, 0, 1, { .3, .5, .2 }, .5 },
        { WN_SCALE, 1, 0, { .3, .5, .2 }, .8 }, /* one level off still counts */
        { WN_SCALE, 9, 0, { .3, .5, .2 }, 1 },
        { WN_TAGS, 0, 0, { .9, .2, .4 }, .6 }, /* the least sure of "yes, no, no" */
        { WN_TEXT, 0, 0, { .9, .1, 0 }, NAN },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_question q = question(row[i].type, row[i].tol);
        struct wn_value v = { .answered = true, .choice = row[i].choice, .chosen = first };
        CHECK_NEAR(wn_value_prob(&q, &v, row[i].p), row[i].want);
        CHECK_NEAR(wn_value_prob(&q, &v, NULL), NAN);
        v.answered = false;
        CHECK_NEAR(wn_value_prob(&q, &v, row[i].p), NAN);
    }
}

TEST(two_texts_are_the_same_but_for_case_and_white_space)
{
    static const struct {
        const char *a, *b;
        bool want;
    } row[] = {
        { "Acme GmbH", " acme\n gmbh ", true },
        { "Acme", "Acme GmbH", false },
        { "M\xc3\x9cLLER", "m\xc3\xbcller", true },
        { "Acme", NULL, false },
        { NULL, NULL, true },
        { "", " ", true },
    };
    struct wn_question q = question(WN_TEXT, 0);
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_value a = { .answered = true, .text = row[i].a, .null = row[i].a == NULL };
        struct wn_value b = { .answered = true, .text = row[i].b, .null = row[i].b == NULL };
        CHECK_INT(wn_value_same(&q, &a, &b), row[i].want);
    }
}

TEST(two_answers_are_the_same_by_the_rules_of_their_question)
{
    static const bool red[] = { true, false, false }, none[] = { false, false, false };
    static const struct {
        enum wn_question_type type;
        int tol;
        struct wn_value a, b;
        bool want;
    } row[] = {
        { WN_CHOICE,
          0,
          { .answered = true, .choice = 1 },
          { .answered = true, .choice = 1 },
          true },
        { WN_CHOICE,
          1,
          { .answered = true, .choice = 1 },
          { .answered = true, .choice = 2 },
          false },
        { WN_SCALE,
          0,
          { .answered = true, .choice = 1 },
          { .answered = true, .choice = 2 },
          false },
        { WN_SCALE, 1, { .answered = true, .choice = 2 }, { .answered = true, .choice = 1 }, true },
        { WN_SCALE,
          1,
          { .answered = true, .choice = 2 },
          { .answered = true, .choice = 0 },
          false },
        { WN_TAGS,
          0,
          { .answered = true, .chosen = red },
          { .answered = true, .chosen = red },
          true },
        { WN_TAGS,
          0,
          { .answered = true, .chosen = red },
          { .answered = true, .chosen = none },
          false },
        { WN_TAGS, 0, { .answered = true }, { .answered = true, .chosen = none }, true },
        { WN_CHOICE, 0, { .answered = false }, { .answered = false }, false },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_question q = question(row[i].type, row[i].tol);
        CHECK_INT(wn_value_same(&q, &row[i].a, &row[i].b), row[i].want);
    }
}

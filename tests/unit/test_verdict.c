#include "test.h"
#include "pipeline/verdict.h"

static const struct wn_choice kind[] = { { "order", "" }, { "fault", "" } };
static const struct wn_choice level[] = {
    { "low", "" }, { "normal", "" }, { "high", "" }, { "critical", "" }
};
static const struct wn_choice sign[] = { { "urgent", "" }, { "budget", "" }, { "referral", "" } };
static struct wn_question question[] = {
    { .name = "kind", .type = WN_CHOICE, .choices = kind, .nchoices = 2 },
    { .name = "severity",
      .type = WN_SCALE,
      .choices = level,
      .nchoices = 4,
      .gated = true,
      .tol = 1 },
    { .name = "signs", .type = WN_TAGS, .choices = sign, .nchoices = 3, .gated = true },
    { .name = "name", .type = WN_TEXT, .gated = true },
    { .name = "mood", .type = WN_CHOICE, .choices = level, .nchoices = 4 },
};
static const struct wn_task task = { .name = "desk",
                                     .questions = question,
                                     .nquestions = COUNT(question) };

static const char *const two[] = { "urgent", "budget" };
static const struct wn_field_answer answers[] = {
    { .question = "severity", .type = WN_SCALE, .value = "normal" },
    { .question = "signs", .type = WN_TAGS, .tags = two, .ntags = 2 },
    { .question = "name", .type = WN_TEXT, .value = "Odile Marchetti" },
    { .question = "mood", .type = WN_CHOICE, .value = "low" },
};
static const struct wn_result decided = { .label = "order",
                                          .answers = answers,
                                          .nanswers = COUNT(answers) };

TEST(a_decision_is_wrong_if_a_gated_answer_was_changed)
{
    static const struct {
        const char *what;
        enum wn_verdict verdict;
        struct wn_correction c;
        bool wrong;
    } row[] = {
        { "accepted", WN_ACCEPT, { NULL, NULL, false }, false },
        { "nobody can tell", WN_UNSURE, { NULL, NULL, false }, true },
        { "another label", WN_CORRECT, { "kind", "fault", false }, true },
        { "another label, but the old one would do", WN_CORRECT, { "kind", "fault", true }, false },
        { "the same label", WN_CORRECT, { "kind", "Order", false }, false },
        { "one level off, which is allowed", WN_CORRECT, { "severity", "high", false }, false },
        { "two levels off", WN_CORRECT, { "severity", "critical", false }, true },
        { "the same tags in another order",
          WN_CORRECT,
          { "signs", "budget, urgent", false },
          false },
        { "a tag less", WN_CORRECT, { "signs", "budget", false }, true },
        { "a tag more", WN_CORRECT, { "signs", "urgent,budget,referral", false }, true },
        { "only the space differs", WN_CORRECT, { "name", " Odile  Marchetti", false }, false },
        { "another name", WN_CORRECT, { "name", "Odile Marchand", false }, true },
        { "a question that is not gated", WN_CORRECT, { "mood", "high", false }, false },
        { "a question of an older task", WN_CORRECT, { "colour", "red", false }, false },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        size_t n = row[i].c.question != NULL;
        if (wn_verdict_wrong(&task, &decided, row[i].verdict, &row[i].c, n) != row[i].wrong) {
            print_error("%s\n", row[i].what);
            fail();
        }
    }
}

TEST(an_answer_that_was_missing_and_is_given_was_wrong)
{
    const struct wn_result empty = { .label = NULL };
    const struct wn_correction label = { "kind", "fault", false }, none = { "name", "", false };
    CHECK(wn_verdict_wrong(&task, &empty, WN_CORRECT, &label, 1));
    CHECK(!wn_verdict_wrong(&task, &empty, WN_CORRECT, &none, 1));
}

TEST(of_a_task_that_is_gone_every_change_counts)
{
    const struct wn_correction mood = { "mood", "high", false };
    CHECK(wn_verdict_wrong(NULL, &decided, WN_CORRECT, &mood, 1));
    CHECK(!wn_verdict_wrong(NULL, &decided, WN_ACCEPT, NULL, 0));
}

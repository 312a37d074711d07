/* task_fixture.h: one task with a question of each type, for the tests of decide/. */
#ifndef WN_TASK_FIXTURE_H
#define WN_TASK_FIXTURE_H
#include "task/prompt.h"

enum { LABEL, TOPICS, REPLY, URGENCY, COMPANY, EMAIL, QUESTIONS };

static const struct wn_choice intents[] = { { "demo", "wants to see it" },
                                            { "price", "asks what it costs" },
                                            { "other", "anything else" } };
static const struct wn_choice topics[] = { { "budget", "" }, { "team", "" } };
static const struct wn_choice no_yes[] = { { "no", "" }, { "yes", "" } };
static const struct wn_choice levels[] = { { "low", "" }, { "normal", "" }, { "high", "" } };
static struct wn_question questions[QUESTIONS] = {
    [LABEL] = { .name = "intent", .type = WN_CHOICE, .choices = intents, .nchoices = 3 },
    [TOPICS] = { .name = "topics", .type = WN_TAGS, .choices = topics, .nchoices = 2 },
    [REPLY] = { .name = "reply", .type = WN_YESNO, .choices = no_yes, .nchoices = 2 },
    [URGENCY] = { .name = "urgency", .type = WN_SCALE, .choices = levels, .nchoices = 3, .tol = 1 },
    [COMPANY] = { .name = "company",
                  .type = WN_TEXT,
                  .form = WN_FORM_COMPANY,
                  .evidence = WN_NEED_OPTIONAL },
    [EMAIL] = { .name = "email",
                .type = WN_TEXT,
                .form = WN_FORM_EMAIL,
                .evidence = WN_NEED_OPTIONAL },
};
static const char *const price_words[] = { "price", "discount" };
static const char *const demo_only[] = { "demo" };
static struct wn_rule rules[] = {
    { .name = "pricing",
      .because = "It asks about a price.",
      .when = { .text_has = price_words, .ntext_has = 2 } },
};
static struct wn_route_row routes[] = {
    { .when = { .question = "intent", .any = demo_only, .nany = 1 },
      .owner = "sales",
      .next = "call",
      .due_minutes = 60 },
    { .owner = "office", .next = "read" },
};
static struct wn_task task = { .name = "leads",
                               .questions = questions,
                               .nquestions = QUESTIONS,
                               .rules = rules,
                               .nrules = 1,
                               .routes = routes,
                               .nroutes = 2,
                               .target_error = .05 };

static inline struct wn_item item_of(const char *text)
{
    return (struct wn_item){ .id = "leads.csv:1", .source = "leads.csv:1", .text = text,
                             .text_len = strlen(text) };
}
#endif

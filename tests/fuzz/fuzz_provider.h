/* fuzz_provider.h: a reply of any bytes through one wire format, and what must hold whatever came.
 *
 * The input is the HTTP status on a line of its own, then the body; without such a line it is 200. */
#ifndef WN_FUZZ_PROVIDER_H
#define WN_FUZZ_PROVIDER_H
#include "base/utf8.h"
#include "provider/provider.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(cond)                                                                                 \
    do {                                                                                           \
        if (!(cond))                                                                               \
            abort();                                                                               \
    } while (0)

static const struct wn_choice fuzz_intents[] = { { "hot", "wants to buy" }, { "cold", "" } };
static const struct wn_choice fuzz_signals[] = { { "urgent", "" }, { "budget", "" } };
static const struct wn_choice fuzz_outcomes[] = { { "no", "" }, { "yes", "" } };
static const struct wn_choice fuzz_levels[] = { { "low", "can wait" },
                                                { "mid", "" },
                                                { "high", "" } };
static struct wn_question fuzz_questions[] = {
    { .name = "intent", .ask = "?", .type = WN_CHOICE, .choices = fuzz_intents, .nchoices = 2 },
    { .name = "signals", .ask = "?", .type = WN_TAGS, .choices = fuzz_signals, .nchoices = 2 },
    { .name = "reply", .ask = "?", .type = WN_YESNO, .choices = fuzz_outcomes, .nchoices = 2 },
    { .name = "urgency", .ask = "?", .type = WN_SCALE, .choices = fuzz_levels, .nchoices = 3 },
};

static void fuzz_check_answer(const struct wn_answer *answer)
{
    for (size_t i = 0; i < answer->nvalues; i++) {
        const struct wn_question *q = &fuzz_questions[i];
        const struct wn_value *v = &answer->values[i];
        double sum = 0;
        if (!v->answered)
            continue;
        for (size_t k = 0; k < q->nchoices; k++) {
            MUST(v->p[k] >= 0 && v->p[k] <= 1 + 1e-9);
            sum += v->p[k];
        }
        MUST(q->type == WN_TAGS || fabs(sum - 1) < 1e-9);
        MUST(v->choice < q->nchoices);
    }
}

static void fuzz_check_reply(const struct wn_call *c, const struct wn_reply *r)
{
    MUST(wn_utf8_valid(r->what, strlen(r->what)) && wn_utf8_valid(r->cause, strlen(r->cause)));
    MUST(wn_utf8_valid(r->hint, strlen(r->hint)) && wn_utf8_valid(r->model, strlen(r->model)));
    MUST(strstr(r->cause, c->key) == NULL && strstr(r->what, c->key) == NULL);
    MUST(strstr(r->cause, "the item that nobody may see") == NULL);
    MUST(r->wait_ms >= -1 && (r->class == WN_CLASS_BUSY || r->wait_ms == -1));
    MUST(r->usage.input >= -1 && r->usage.output >= -1 && r->usage.cost_microusd >= -1);
    MUST((r->class == WN_CLASS_OK) == (r->what[0] == '\0'));
    for (size_t i = 0; i < r->nlogprobs; i++)
        MUST(r->logprobs[i].token != NULL && !isnan(r->logprobs[i].logprob));
    if (r->class != WN_CLASS_OK) {
        MUST(r->text == NULL);
    } else if (c->kind == WN_GENERATE) {
        MUST(r->text[strspn(r->text, " \t\r\n")] != '\0');
        MUST(wn_utf8_valid(r->text, strlen(r->text)));
    } else {
        MUST(r->answer->values[0].answered);
    }
    if (r->answer != NULL)
        fuzz_check_answer(r->answer);
}

static inline int fuzz_reply(const char *provider, enum wn_call_kind kind, const char *model,
                      const uint8_t *data, size_t size)
{
    static struct wn_task task = { .name = "fuzz", .questions = fuzz_questions, .nquestions = 4 };
    static const struct wn_prompt prompt = { .task = &task,
                                             .system = "rules",
                                             .user = "the item that nobody may see",
                                             .state = "the item that nobody may see" };
    struct wn_call c = { .provider = wn_provider_named(provider, strlen(provider)),
                         .kind = kind,
                         .model = model,
                         .key = "sk-secret-0123456789",
                         .prompt = &prompt,
                         .logprobs = true };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_response r = { .status = 200 };
    struct wn_reply reply;
    size_t skip = 0;
    if (size > 4 && data[3] == '\n' && data[0] >= '1' && data[0] <= '5') {
        r.status = (data[0] - '0') * 100 + (data[1] % 10) * 10 + data[2] % 10;
        skip = 4;
    }
    r.body = malloc(size - skip + 1);
    MUST(r.body != NULL);
    memcpy(r.body, data + skip, size - skip);
    r.body[size - skip] = '\0';
    r.body_len = size - skip;
    wn_provider_parse(&c, &r, 1795348800, &a, &reply);
    fuzz_check_reply(&c, &reply);
    free(r.body);
    wn_arena_free(&a);
    return 0;
}

#endif

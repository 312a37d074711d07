/* The answer about several items, as text, as a list and as a map: what comes out is one part for each item or
 * none, each part reads as an answer about one item, and nothing is counted that did not come.
 *
 * The first byte chooses: 't' text, anything else the answers of a decision endpoint. */
#include "decide/extract.h"
#include "fuzz_provider.h"
#include "provider/format.h"

enum { ITEMS = 3 };
static const char *const ids[ITEMS] = { "a1b2c3", "d4e5f6", "000000" };

static void check_part(const struct wn_call *c, const char *part, struct wn_arena *a)
{
    struct wn_reply r;
    cJSON *o = NULL;
    MUST(wn_json_parse(part, strlen(part), false, &o, NULL) == WN_OK && cJSON_IsObject(o));
    cJSON_Delete(o);
    memset(&r, 0, sizeof(r));
    wn_provider_part(c, part, strlen(part), a, &r);
    if (c->kind == WN_GENERATE) {
        struct wn_extracted x;
        wn_extract(c->prompt, r.text, strlen(r.text), a, &x);
        MUST(x.level != WN_EXTRACT_STRIPPED);
        MUST(strstr(part, "\"id\":") == NULL || x.level == WN_EXTRACT_NONE ||
             x.answer->nvalues == 4);
    } else if (r.answer != NULL) {
        fuzz_check_answer(r.answer);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct wn_task task = { .name = "fuzz", .questions = fuzz_questions, .nquestions = 4 };
    static const struct wn_prompt prompt = { .task = &task, .user = "", .state = "" };
    const struct wn_pack pack = { ids, ITEMS };
    struct wn_call one = { .provider = wn_provider_named("openai", 6),
                           .kind = size > 0 && data[0] == 't' ? WN_GENERATE : WN_DECIDE,
                           .model = "gpt-6-luna",
                           .prompt = &prompt };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_unpacked u;
    char *text = malloc(size + 1);
    cJSON *answers = NULL;
    MUST(text != NULL);
    if (size > 1)
        memcpy(text, data + 1, size - 1);
    text[size > 1 ? size - 1 : 0] = '\0';
    if (one.kind == WN_GENERATE) {
        wn_unpack_text(&pack, text, &a, &u);
    } else {
        (void)wn_json_parse(text, strlen(text), false, &answers, NULL);
        wn_unpack_answers(&pack, answers, &a, &u);
    }
    MUST(u.nunknown <= size);
    for (size_t i = 0; i < ITEMS; i++)
        if (u.parts[i] != NULL)
            check_part(&one, u.parts[i], &a);
    cJSON_Delete(answers);
    wn_arena_free(&a);
    free(text);
    return 0;
}

/* fuzz_linear.c: hostile bytes as a saved model. What loads must answer with numbers that are numbers. */
#include "linear/linear.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct wn_choice three[] = { { "a", "" }, { "b", "" }, { "c", "" } };
static struct wn_question questions[] = {
    { .name = "choice", .type = WN_CHOICE, .choices = three, .nchoices = 3 },
    { .name = "tags", .type = WN_TAGS, .choices = three, .nchoices = 2 },
    { .name = "yesno", .type = WN_YESNO, .choices = three, .nchoices = 2 },
    { .name = "scale", .type = WN_SCALE, .choices = three, .nchoices = 3 },
    { .name = "text", .type = WN_TEXT, .form = WN_FORM_EMAIL },
};
static const struct wn_task task = {
    .name = "t", .version = "v", .questions = questions, .nquestions = 5
};

static void check(const struct wn_linear *m, const char *text)
{
    struct wn_item item = { .id = "1", .source = "1", .text = text, .text_len = strlen(text) };
    struct wn_value values[5] = { { 0 } };
    struct wn_answer answer = { values, 5 };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_linear_fit fit;
    struct wn_linear_why why;
    wn_linear_answer(m, &task, &item, &a, &answer, &fit);
    for (size_t q = 0; q < 4; q++) {
        for (size_t c = 0; values[q].answered && c < questions[q].nchoices; c++)
            assert(values[q].p[c] >= 0 && values[q].p[c] <= 1 + 1e-9);
        wn_linear_explain(m, &task, &item, q, SIZE_MAX, &a, &why);
    }
    wn_arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wn_linear *m = NULL;
    struct wn_error err;
    char *bytes = NULL;
    size_t len;
    if (wn_linear_load((const char *)data, size, &task, &m, &err) != WN_OK)
        return 0;
    check(m, "");
    check(m, "hello, what does it cost?");
    check(m, "\xe4\xbd\xa0\xe5\xa5\xbd a@example.com");
    if (wn_linear_save(m, &bytes, &len, &err) == WN_OK)
        free(bytes);
    wn_linear_free(m);
    return 0;
}

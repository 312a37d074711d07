/* fuzz_sheet.c: hostile bytes as what a release said out of fold. What loads holds answers that the task has. */
#include "linear/linear.h"
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct wn_choice three[] = { { "a", "" }, { "b", "" }, { "c", "" } };
static struct wn_question questions[] = {
    { .name = "choice", .type = WN_CHOICE, .choices = three, .nchoices = 3 },
    { .name = "tags", .type = WN_TAGS, .choices = three, .nchoices = 2 },
    { .name = "text", .type = WN_TEXT, .form = WN_FORM_EMAIL },
};
static const struct wn_task task = {
    .name = "t", .version = "v", .questions = questions, .nquestions = 3
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_linear_sheet s;
    if (wn_linear_sheet_load((const char *)data, size, "0123456789abcdef", &task, &a, &s)) {
        assert(s.nquestions == 3);
        for (size_t i = 0; i < s.n * s.nquestions; i++) {
            const struct wn_linear_mark *m = &s.marks[i];
            assert(m->p >= 0 && m->p <= 1);
            assert(i % 3 != 0 || !m->judged || m->said < 3);
            assert(i % 3 != 2 || !m->judged);
        }
    }
    wn_arena_free(&a);
    return 0;
}

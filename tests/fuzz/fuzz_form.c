/* fuzz_form.c: every form over any bytes: spans lie inside, go forward, and have a canonical form. */
#include "base/form.h"
#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wn_arena a = WN_ARENA_INIT;
    static const char *const words[] = { "total", "a", "no" };
    const char *text = (const char *)data;
    struct wn_span head;
    for (int form = WN_FORM_NONE; form <= WN_FORM_JOB_TITLE; form++) {
        struct wn_span at = { 0, 0 };
        size_t from = 0;
        while (wn_form_find((enum wn_form)form, text, size, from, &at)) {
            const char *value;
            assert(at.start >= from && at.end > at.start && at.end <= size);
            value = wn_arena_copy(&a, text + at.start, at.end - at.start);
            assert(wn_form_canonical((enum wn_form)form, value, &a) != NULL);
            from = at.end;
        }
        if (wn_form_find_near((enum wn_form)form, text, size, words, WN_COUNT(words), &at))
            assert(at.end > at.start && at.end <= size);
    }
    if (wn_form_letterhead(text, size, &head))
        assert(head.end > head.start && head.end <= size);
    wn_arena_free(&a);
    return 0;
}

/* Generated text -> answer. Whatever comes in, what comes out is well formed: labels of the task,
 * distributions that sum to 1, clean text, and a fault wherever something is missing. */
#include "decide/extract.h"
#include "base/utf8.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../unit/task_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_value(const struct wn_question *q, const struct wn_value *v)
{
    double sum = 0;
    if (!v->answered)
        return;
    if (q->type == WN_TEXT) {
        must(v->null == (v->text == NULL));
        must(v->null || (v->text[0] != '\0' && wn_utf8_valid(v->text, strlen(v->text))));
        return;
    }
    must(q->type == WN_TAGS ? v->chosen != NULL : v->choice < q->nchoices);
    for (size_t i = 0; v->stated != NULL && i < q->nchoices; i++) {
        must(v->stated[i] >= 0 && v->stated[i] <= v->stated[v->choice]);
        sum += v->stated[i];
    }
    must(v->stated == NULL || fabs(sum - 1) < 1e-9);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct wn_prompt p = { .task = &task };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_extracted e;
    wn_extract(&p, (const char *)data, size, &a, &e);
    must(e.value_start <= e.value_end && e.value_end <= size);
    must((e.level <= WN_EXTRACT_STRIPPED) == (e.fault[0] == '\0'));
    for (size_t i = 0; i < QUESTIONS; i++) {
        must(e.answer->values[i].answered || e.level >= WN_EXTRACT_PARTIAL);
        check_value(&questions[i], &e.answer->values[i]);
    }
    wn_arena_free(&a);
    return 0;
}

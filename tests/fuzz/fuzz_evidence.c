/* Source and quote, divided by the first zero byte: offsets lie in the source, an exact quote is equal
 * to what stands there, and what the source itself says is always found in it. */
#include "decide/evidence.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *source = (const char *)data;
    const uint8_t *zero = size > 0 ? memchr(data, 0, size) : NULL;
    size_t source_len = zero == NULL ? size : (size_t)(zero - data);
    size_t quote_len = zero == NULL ? 0 : size - source_len - 1;
    const char *quote = zero == NULL ? source : source + source_len + 1;
    struct wn_match m = wn_quote_match(source, source_len, quote, quote_len);
    struct wn_match self = wn_quote_match(source, source_len, source, source_len);
    must(m.start <= m.end && m.end <= source_len);
    must((m.end > m.start) == (m.status != WN_EVIDENCE_NONE && m.status != WN_EVIDENCE_NOT_FOUND));
    must(self.status == WN_EVIDENCE_EXACT || self.status == WN_EVIDENCE_NONE);
    if (size > 0 && quote_len > 0) {
        struct wn_arena a = WN_ARENA_INIT;
        const char *value = wn_arena_copy(&a, quote, quote_len);
        const char *where = wn_arena_copy(&a, source, source_len);
        for (int form = WN_FORM_NONE; form <= WN_FORM_JOB_TITLE; form++)
            wn_value_in_quote((enum wn_form)form, value, where);
        wn_arena_free(&a);
    }
    return 0;
}

/* Source and claim, divided by the first zero byte: no count is larger than what it is a part of, and a
 * text never says more than itself (without addresses: those are taken out of the claim alone), in any language. */
#include "base/buf.h"
#include "base/utf8.h"
#include "decide/facts.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Texts come clean from the readers. */
static const char *clean(const char *text, size_t len, struct wn_arena *a)
{
    struct wn_buf b = WN_BUF_INIT(1 << 20);
    const char *out;
    wn_utf8_clean(&b, text, len);
    out = wn_arena_copy(a, b.data, b.len);
    wn_buf_free(&b);
    return out;
}

static void in_languages(const char *claim, const char *source, struct wn_arena *a)
{
    static const char *const ids[] = { "", "en", "de", "fr", "es", "it", "nl" };
    struct wn_claim c;
    wn_language_guess(source, strlen(source));
    for (size_t i = 0; i < WN_COUNT(ids); i++) {
        const struct wn_language *l = wn_language_find(ids[i]);
        const char *plain = wn_plain(source, strlen(source), l, WN_PLAIN_SOURCE, a);
        struct wn_facts_in in = { plain, plain, i % 2 == 0, false };
        wn_facts_check(claim, l, &in, a, &c);
        if (c.supported > c.content)
            abort();
        wn_facts_check(source, l, &in, a, &c);
        if (strchr(source, '@') == NULL && (wn_claim_has(&c, "num:") || wn_claim_has(&c, "name:") || wn_claim_has(&c, "date:")))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *source = (const char *)data;
    const uint8_t *zero = size > 0 ? memchr(data, 0, size) : NULL;
    size_t source_len = zero == NULL ? size : (size_t)(zero - data);
    size_t claim_len = zero == NULL ? 0 : size - source_len - 1;
    const char *claim = zero == NULL ? source : source + source_len + 1;
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_claim c;
    wn_claim_check(claim, claim_len, source, source_len, &a, &c);
    if (c.supported > c.content)
        abort();
    wn_claim_check(source, source_len, source, source_len, &a, &c);
    if (source_len > 0 && memchr(source, '@', source_len) == NULL &&
        (c.supported != c.content || wn_claim_has(&c, "num:") || wn_claim_has(&c, "support")))
        abort();
    in_languages(clean(claim, claim_len, &a), clean(source, source_len, &a), &a);
    wn_arena_free(&a);
    return 0;
}

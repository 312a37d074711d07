/* Source and claim, divided by the first zero byte: no count is larger than what it is a part of, and a
 * text never says more than itself (without addresses: those are taken out of the claim alone). */
#include "decide/claim.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
    wn_arena_free(&a);
    return 0;
}

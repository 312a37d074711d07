/* fuzz_hint.c: Retry-After in any form: never negative but for -1, never longer than 31 days. */
#include "transport/retry.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int64_t ms)
{
    if (ms < -1 || ms > INT64_C(31) * 86400 * 1000)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    check(wn_retry_hint_ms(text, NULL, 1795348800));
    check(wn_retry_hint_ms(NULL, text, 1795348800));
    check(wn_retry_hint_ms(text, text, 0));
    free(text);
    return 0;
}

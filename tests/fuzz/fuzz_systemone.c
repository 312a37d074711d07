/* Decisions as maps. */
#include "fuzz_provider.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_reply("openrouter", WN_DECIDE, "openai/gpt-6-luna-decisions", data, size);
}

/* A router's chat completions: errors in a 200, cost, upstream. */
#include "fuzz_provider.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_reply("openrouter", WN_GENERATE, "openai/gpt-6-luna", data, size);
}

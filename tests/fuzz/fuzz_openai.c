/* Chat completions, with log-probabilities. */
#include "fuzz_provider.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_reply("openai", WN_GENERATE, "gpt-6-luna", data, size);
}

/* Claude's messages. */
#include "fuzz_provider.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_reply("anthropic", WN_GENERATE, "claude-haiku-5-5", data, size);
}

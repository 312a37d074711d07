/* Gemini's generateContent. */
#include "fuzz_provider.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_reply("gemini", WN_GENERATE, "gemini-3.1-flash-lite", data, size);
}

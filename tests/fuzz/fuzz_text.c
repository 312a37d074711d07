/* fuzz_text.c: any bytes as text, and as a file of whatever kind they look like. */
#include "reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_as("text", data, size);
    read_as(NULL, data, size);
    return 0;
}

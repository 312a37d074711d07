/* fuzz_jsonl.c: any bytes as JSON lines, and as an array of JSON. */
#include "reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_as("jsonl", data, size);
    read_as("json", data, size);
    return 0;
}

/* fuzz_csv.c: any bytes as CSV. */
#include "reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_as("csv", data, size);
    return 0;
}

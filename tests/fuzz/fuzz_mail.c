/* fuzz_mail.c: any bytes as a message, and as an mbox. */
#include "reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_as("eml", data, size);
    read_as("mbox", data, size);
    return 0;
}

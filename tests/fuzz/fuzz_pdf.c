/* fuzz_pdf.c: any bytes as a PDF file. */
#include "reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_as("pdf", data, size);
    return 0;
}

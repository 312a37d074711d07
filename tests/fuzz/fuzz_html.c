/* fuzz_html.c: any bytes as HTML, by itself and as a file. */
#include "base/buf.h"
#include "reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wn_buf b = WN_BUF_INIT(1u << 26);
    must(wn_html_text((const char *)data, size, &b, NULL) == WN_OK);
    check_text(b.data, b.len);
    wn_buf_free(&b);
    read_as("html", data, size);
    return 0;
}

/* fuzz_redact.c: whatever an item says, what is put back is what was taken out, byte for byte, and nothing
 * of a kind is left in what would be sent. The first byte says which kinds; a line end splits off fields. */
#include "base/utf8.h"
#include "task/redact.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
    if (!good)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_field fields[2] = { { "name", "" }, { "phone", "" } };
    struct wn_redaction r, again;
    struct wn_item item = { .id = "1", .fields = fields, .nfields = 2 }, out, twice;
    unsigned kinds = size == 0 ? 0 : data[0] & ((1u << WN_REDACT_KINDS) - 1);
    char *text = wn_arena_copy(&a, (const char *)data + (size > 0), size > 0 ? size - 1 : 0), *end;
    if (!wn_utf8_valid(text, strlen(text)))
        goto done;
    for (size_t i = 0; i < 2 && (end = strchr(text, '\n')) != NULL; i++) {
        *end = '\0';
        fields[i].value = text;
        text = end + 1;
    }
    item.text = text;
    item.text_len = strlen(text);
    if (wn_redact_item(kinds, &item, NULL, &a, &out, &r, NULL) != WN_OK)
        goto done;
    check(strcmp(wn_redact_restore(&r, out.text, &a), item.text) == 0);
    for (size_t i = 0; i < 2; i++)
        check(strcmp(wn_redact_restore(&r, out.fields[i].value, &a), fields[i].value) == 0);
    /* without the fields, whose names are marks now */
    out.nfields = 0;
    check(wn_redact_item(kinds, &out, NULL, &a, &twice, &again, NULL) == WN_OK && again.n == 0);
done:
    wn_arena_free(&a);
    return 0;
}

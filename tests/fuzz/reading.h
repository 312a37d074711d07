/* reading.h: what the fuzz targets of input/ share: any bytes as a file of one kind, read to the end,
 * and each item held to what reader.h promises. */
#ifndef WN_FUZZ_READING_H
#define WN_FUZZ_READING_H
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/utf8.h"
#include "input/reader.h"

static inline void must(bool promise)
{
    if (!promise)
        abort();
}

static inline void check_text(const char *s, size_t n)
{
    must(strlen(s) == n && wn_utf8_valid(s, n));
    for (size_t i = 0; i < n; i++)
        must((unsigned char)s[i] >= ' ' || s[i] == '\n' || s[i] == '\t');
}

static inline void read_as(const char *kind, const uint8_t *data, size_t size)
{
    static const char *const dash[] = { "-" };
    struct wn_reader_options o = { .kind = kind, .max_item_bytes = 4096 };
    struct wn_reader *r = NULL;
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_item it;
    char name[] = "/tmp/winnow-fuzz-XXXXXX";
    int fd = mkstemp(name);
    must(fd >= 0 && unlink(name) == 0);
    must(write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
    must(dup2(fd, STDIN_FILENO) == STDIN_FILENO);
    close(fd);
    if (wn_reader_open(dash, 1, &o, &r, NULL) == WN_OK)
        while (wn_reader_next(r, &a, &it, NULL) == WN_OK && it.id != NULL) {
            must(it.id[0] != '\0' && it.source != NULL && it.text_len <= 4096);
            must(it.text_len > 0 || it.trouble != NULL);
            check_text(it.text, it.text_len);
            check_text(it.id, strlen(it.id));
            if (it.trouble != NULL) {
                check_text(it.trouble, strlen(it.trouble));
                check_text(it.trouble_hint, strlen(it.trouble_hint));
            }
            for (size_t i = 0; i < it.nfields; i++) {
                check_text(it.fields[i].name, strlen(it.fields[i].name));
                check_text(it.fields[i].value, strlen(it.fields[i].value));
            }
            wn_arena_reset(&a);
        }
    wn_reader_close(r);
    wn_arena_free(&a);
}
#endif

/* items.h: what a reader makes of some bytes, as text that a test can compare.
 *
 * One line an item: "ID: TEXT [name=value; name=value]", line ends in a text as '/'; "ID! TROUBLE" where
 * it could not be read; "(cut)" and "@TIME" where they apply, and "<SOURCE>" where it is not the id. An
 * error instead of items is "error: WHAT (CAUSE)". Include after test.h. */
#ifndef WN_TEST_ITEMS_H
#define WN_TEST_ITEMS_H
#include <sys/stat.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/utf8.h"
#include "input/reader.h"

/* A folder of its own for the test; the working directory until test_leave(). */
static char test_folder[64];

static inline void test_enter(void)
{
    strcpy(test_folder, "/tmp/winnow-test-XXXXXX");
    assert_non_null(mkdtemp(test_folder));
    assert_int_equal(chdir(test_folder), 0);
}

static inline void test_leave(void)
{
    char command[96];
    assert_int_equal(chdir("/"), 0);
    snprintf(command, sizeof(command), "rm -rf %s", test_folder);
    assert_int_equal(system(command), 0);
}

static inline void test_write(const char *name, const char *bytes, size_t n)
{
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static inline void test_add_item(struct wn_buf *out, const struct wn_item *it)
{
    assert_true(wn_utf8_valid(it->text, it->text_len));
    assert_int_equal(strlen(it->text), it->text_len);
    wn_buf_str(out, it->id);
    if (strcmp(it->id, it->source) != 0)
        wn_buf_printf(out, " <%s>", it->source);
    if (it->trouble != NULL) {
        assert_string_equal(it->text, "");
        wn_buf_printf(out, "! %s", it->trouble);
    } else {
        wn_buf_str(out, ": ");
        for (const char *p = it->text; *p != '\0'; p++)
            wn_buf_char(out, *p == '\n' ? '/' : *p);
    }
    if (it->truncated)
        wn_buf_str(out, " (cut)");
    if (it->time != 0)
        wn_buf_printf(out, " @%lld", (long long)it->time);
    for (size_t i = 0; i < it->nfields; i++)
        wn_buf_printf(out, "%s%s=%s", i == 0 ? " [" : "; ", it->fields[i].name,
                      it->fields[i].value);
    wn_buf_str(out, it->nfields > 0 ? "]\n" : "\n");
}

/* The items of the paths. The result lives until the next call. */
static inline const char *test_items(const char *const *paths, size_t n,
                                     const struct wn_reader_options *o)
{
    static char text[65536];
    static const struct wn_reader_options none = { 0 };
    struct wn_buf out = WN_BUF_INIT(sizeof(text) - 1);
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_reader *r = NULL;
    struct wn_error err = { 0 };
    struct wn_item it = { 0 };
    if (wn_reader_open(paths, n, o == NULL ? &none : o, &r, &err) == WN_OK)
        while (wn_reader_next(r, &a, &it, &err) == WN_OK && it.id != NULL) {
            test_add_item(&out, &it);
            wn_arena_reset(&a);
        }
    if (err.code != WN_OK) {
        wn_buf_printf(&out, "error: %s%s%s%s\n", err.what, err.cause[0] ? " (" : "", err.cause,
                      err.cause[0] ? ")" : "");
        assert_true(err.hint[0] != '\0');
    }
    memcpy(text, out.data, out.len + 1);
    wn_reader_close(r);
    wn_arena_free(&a);
    wn_buf_free(&out);
    return text;
}

/* The items of one file with this name and content. */
static inline const char *test_file(const char *name, const char *bytes, size_t n,
                                    const struct wn_reader_options *o)
{
    const char *got;
    test_enter();
    test_write(name, bytes, n);
    got = test_items(&name, 1, o);
    test_leave();
    return got;
}
#endif

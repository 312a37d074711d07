#include "test.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"

TEST(a_buffer_stops_at_its_ceiling_and_says_so)
{
    struct wn_buf b = WN_BUF_INIT(5);
    char *out = NULL;
    wn_buf_str(&b, "abc");
    wn_buf_str(&b, "defg");
    wn_buf_str(&b, "h");
    CHECK_STR(b.data, "abc");
    CHECK_INT(wn_buf_take(&b, &out, &test_error), WN_E_NOMEM);
    wn_buf_free(&b);
    CHECK_OK(wn_buf_take(&b, &out, &test_error));
    CHECK_STR(out, "");
    free(out);
}

TEST(bad_utf8_is_mended_and_control_characters_go)
{
    static const struct {
        const char *in;
        size_t n;
        const char *want;
    } row[] = {
        { "plain", 5, "plain" },
        { "a\r\nb\rc\n", 7, "a\nb\nc\n" },
        { "nul\0in", 6, "nulin" },
        { "\x1b[31mred", 8, "[31mred" },
        { "caf\xe9", 4, "caf\xef\xbf\xbd" },
        { "\xed\xa0\x80", 3, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" }, /* a lone surrogate */
        { "\xc3", 1, "\xef\xbf\xbd" },                                 /* cut in the middle */
        { "\xf0\x9f\x98\x80", 4, "\xf0\x9f\x98\x80" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_buf b = WN_BUF_INIT(100);
        wn_utf8_clean(&b, row[i].in, row[i].n);
        CHECK_STR(b.data, row[i].want);
        CHECK(wn_utf8_valid(b.data, b.len));
        wn_buf_free(&b);
    }
}

TEST(folding_composes_and_lowers)
{
    static const struct {
        const char *in, *want;
    } row[] = {
        { "HELLO World", "hello world" },
        { "\xc3\x84\xc3\x96", "\xc3\xa4\xc3\xb6" },
        { "e\xcc\x81", "\xc3\xa9" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_buf b = WN_BUF_INIT(100);
        wn_utf8_fold(&b, row[i].in, strlen(row[i].in));
        CHECK_STR(b.data, row[i].want);
        wn_buf_free(&b);
    }
}

TEST(times_are_read_in_the_forms_that_servers_send)
{
    static const struct {
        const char *text;
        int64_t want;
    } row[] = {
        { "2026-11-22T12:00:00Z", 1795348800 },
        { "2026-11-22T12:00:00.250+01:00", 1795345200 },
        { "Sun, 22 Nov 2026 12:00:00 GMT", 1795348800 },
        { "Sunday, 22-Nov-26 12:00:00 GMT", 1795348800 },
        { "Sun Nov 22 12:00:00 2026", 1795348800 },
        { "tomorrow", -1 },
        { "", -1 },
    };
    char text[WN_CLOCK_TEXT];
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_INT(wn_clock_parse(row[i].text), row[i].want);
    wn_clock_text(1795348800, text);
    CHECK_STR(text, "2026-11-22T12:00:00Z");
}

TEST(the_line_of_a_json_path_is_found)
{
    static const char text[] = "{ \"name\": \"x\",\n  \"questions\": [\n    { \"name\": \"a\" },\n"
                               "    { \"name\": \"b\",\n      \"type\": \"}]\" }\n  ] }\n";
    static const struct {
        const char *path;
        size_t line;
    } row[] = {
        { "", 1 },
        { "name", 1 },
        { "questions", 2 },
        { "questions[0].name", 3 },
        { "questions[1].name", 4 },
        { "questions[1].type", 5 },
        { "questions[1].none", 4 },
        { "questions[9]", 2 },
        { "nothing", 1 },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_INT(wn_json_line(text, row[i].path), row[i].line);
    CHECK_INT(wn_json_line("nonsense", "a"), 0);
}

/* The fast ways give what the plain ones would. */
TEST(numbers_are_written_as_printf_would)
{
    static const double some[] = { 0.5,     0.25,  0.125, 0.0625, 1e-3, 9.995e-4, 0.99996,
                                   0.99995, 999.5, 1e8,   1 / 3., 2e9,  1e-9,     12345.6785 };
    static const int digits[] = { 3, 4, 6, 9, 12, 15 };
    uint64_t x = 1;
    for (size_t i = 0; i < COUNT(some) + 20000; i++) {
        double value = i < COUNT(some) ? some[i] : (double)(x >> 11) * 0x1p-53;
        x = x * 6364136223846793005u + 1442695040888963407u;
        if (i % 3 == 1)
            value = floor(value * 1e4) / 1e4;
        for (size_t d = 0; d < COUNT(digits); d++) {
            struct wn_buf b = WN_BUF_INIT(64);
            char want[40];
            snprintf(want, sizeof(want), "%.*g", digits[d], value);
            wn_json_number(&b, value, digits[d]);
            CHECK_STR(b.data, want);
            wn_buf_free(&b);
        }
    }
}

TEST(json_with_something_behind_it_is_refused)
{
    static const struct {
        const char *text;
        bool good;
    } row[] = {
        { "{\"a\":1}", true }, { " [1] \n", true }, { "{} {}", false },
        { "{\"a\":", false },  { "", false },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        cJSON *tree = NULL;
        CHECK_INT(wn_json_parse(row[i].text, strlen(row[i].text), true, &tree, &test_error) ==
                      WN_OK,
                  row[i].good);
        cJSON_Delete(tree);
    }
}

TEST(an_error_never_carries_control_characters)
{
    struct wn_error err;
    wn_error_set(&err, WN_E_INPUT, "cannot open '%s'", "a\x1b[2Jb\n");
    CHECK_STR(err.what, "cannot open 'a?[2Jb?'");
    wn_error_at(&err, "item %d", 42);
    CHECK_STR(err.what, "item 42: cannot open 'a?[2Jb?'");
    CHECK_INT(wn_exit_status(err.code), 4);
}

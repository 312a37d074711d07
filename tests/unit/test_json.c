#include "test.h"
#include "items.h"
#include "input/input.h"

struct row {
    const char *file, *want;
};

static void check(const char *name, const struct row *row, size_t n,
                  const struct wn_reader_options *o)
{
    for (size_t i = 0; i < n; i++)
        CHECK_STR(test_file(name, row[i].file, strlen(row[i].file), o), row[i].want);
}

TEST(a_json_line_is_an_item_and_a_broken_one_fails_alone)
{
    static const struct row row[] = {
        { "{\"text\":\"one\"}\n\n{\"text\":\"two\",\"n\":3}\n",
          "a.jsonl:1: one\na.jsonl:3: two [n=3]\n" },
        { "{\"text\":\"one\"}\n{\"text\":\"cut in\n{\"text\":\"three\"}\n",
          "a.jsonl:1: one\na.jsonl:2! not JSON\na.jsonl:3: three\n" },
        { "{\"text\":\"one\"}\n[1]\n\"plain\"\n",
          "a.jsonl:1: one\na.jsonl:2! not a JSON object\na.jsonl:3: plain\n" },
        { "[{\"text\":\"an array\"}]", "a.jsonl:1: an array\n" },
        { "{\"text\":\"\",\"n\":1}\n", "a.jsonl:1! no text [n=1]\n" },
        { "{\"foo\":\"x\"}\n",
          "a.jsonl:1! no text: none of its members is known to hold it [foo=x]\n" },
        { "", "" },
    };
    check("a.jsonl", row, COUNT(row), NULL);
}

TEST(an_array_is_cut_into_its_elements)
{
    static const struct row row[] = {
        { "[\n {\"text\":\"one\"},\n {\"text\":\"t]w}o\"} ]\n",
          "a.json:1: one\na.json:2: t]w}o\n" },
        { "{\"text\":\"one\",\n \"n\":{\"x\":1}}\n", "a.json:1: one [n.x=1]\n" },
        { "{\"text\":\"one\"}\n{\"text\":\"two\"}\n", "a.json:1: one\na.json:2: two\n" },
        { "[{\"text\":\"one\"},{\"text\":,},{\"text\":\"three\"}]",
          "a.json:1: one\na.json:2! not JSON\na.json:3: three\n" },
        { "[{\"text\":\"one\"},{\"text\":\"tw", "a.json:1: one\na.json:2! the file ends in the "
                                                "middle of it\n" },
        { "[{\"text\":\"one\"},\n",
          "a.json:1: one\na.json:2! the file ends before its list does\n" },
        { "[\"just\",\"strings\"]", "a.json:1: just\na.json:2: strings\n" },
        { "[1, 2]", "a.json:1! not a JSON object\na.json:2! not a JSON object\n" },
        { "[]", "" },
        { "  \n", "" },
        { "hello", "error: 'a.json' is not JSON\n" },
    };
    check("a.json", row, COUNT(row), NULL);
}

TEST(values_become_fields_whatever_their_type)
{
    static const struct row row[] = {
        { "{\"text\":\"t\",\"a\":true,\"b\":null,\"c\":1.5,\"d\":[\"x\",2],\"e\":{\"f\":{\"g\":1}}"
          "}",
          "v.jsonl:1: t [a=true; c=1.5; d=x, 2; e.f.g=1]\n" },
        { "{\"text\":\"t\",\"id\":12345678901234567890,\"n\":123456789012345}",
          "v.jsonl:1: t [id=12345678901234567890; n=123456789012345]\n" },
        { "{\"text\":\"t\",\"list\":[{\"a\":1},{\"a\":2}]}",
          "v.jsonl:1: t [list.1.a=1; list.2.a=2]\n" },
        { "{\"text\":\"half \\ud83d of it\",\"a\":NaN,\"b\":-Infinity}",
          "v.jsonl:1: half \xef\xbf\xbd of it\n" },
        { "{\"text\":\"nul\\u0000 in it \\ud83d\\ude00 \\\\u0000\"}",
          "v.jsonl:1: nul in it 😀 \\u0000\n" },
        { "{\"text\":\"<p>Dear&nbsp;team</p>\"}", "v.jsonl:1: Dear team\n" },
    };
    check("v.jsonl", row, COUNT(row), NULL);
}

TEST(a_thread_of_messages_is_joined)
{
    static const char *const text[] = { "note", "messages" };
    static const struct wn_column column = { "text", text, 2 };
    static const struct wn_reader_options o = { .columns = &column, .ncolumns = 1 };
    static const struct row row[] = {
        { "{\"messages\":[{\"subject\":\"Hi\",\"sender\":\"a@b.example\",\"body\":\"<p>One</p>\"},"
          "{\"body\":\"Two\"}]}",
          "m.jsonl:1: Hi//One//Two\n" },
        { "{\"note\":\"first\",\"messages\":[{\"body\":\"Two\"}]}",
          "m.jsonl:1: first [messages=Two]\n" },
        { "{\"note\":\"\",\"messages\":[\"a\",\"b\"]}", "m.jsonl:1: a//b\n" },
        { "{\"note\":{\"content\":\"in an object\"}}", "m.jsonl:1: in an object\n" },
        { "{\"note\":\"\",\"messages\":[]}", "m.jsonl:1! no text\n" },
    };
    check("m.jsonl", row, COUNT(row), &o);
}

TEST(what_json_can_say_and_our_parser_cannot_is_mended)
{
    static const struct {
        const char *in, *want;
    } row[] = {
        { "{\"a\":NaN,\"b\":[Infinity,-Infinity,-1]}", "{\"a\":null,\"b\":[null,null,-1]}" },
        { "[1234567890123456, 1.234567890123456789]",
          "[\"1234567890123456\", 1.234567890123456789]" },
        { "\"\\ud800\\u0041\\udc00\"", "\"\\ufffd\\u0041\\ufffd\"" },
        { "\"\\u0000\\\\u0000\\\"\"", "\"\\\\u0000\\\"\"" },
        { "\"NaN 1234567890123456789\"", "\"NaN 1234567890123456789\"" },
        { "\"\\", "\"\\" },
        { "\"\\u12", "\"\\u12" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_buf b = WN_BUF_INIT(1000);
        wn_json_mend(&b, row[i].in, strlen(row[i].in));
        CHECK_STR(b.data, row[i].want);
        wn_buf_free(&b);
    }
}

TEST(a_huge_element_fails_alone)
{
    size_t n = 17u << 20;
    char *big = malloc(n + 64);
    CHECK(big != NULL);
    memset(big, 'x', n);
    memcpy(big, "[{\"text\":\"a\"},{\"text\":\"", 24);
    memcpy(big + n, "\"},{\"text\":\"c\"}]", 16);
    CHECK_STR(test_file("big.json", big, n + 16, NULL),
              "big.json:1: a\nbig.json:2! longer than 16 MiB\nbig.json:3: c\n");
    free(big);
}

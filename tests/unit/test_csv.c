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

TEST(a_row_is_an_item_named_by_its_line)
{
    static const struct row row[] = {
        { "name,message\nAda,Hello\nBen,\"Two\nlines\"\nCy,Bye\n",
          "leads.csv:2: Hello [name=Ada]\n"
          "leads.csv:3: Two/lines [name=Ben]\n"
          "leads.csv:5: Bye [name=Cy]\n" },
        { "Name,NOTE\nAda,no line end", "leads.csv:2: no line end [Name=Ada]\n" },
        { "name,message\r\nAda,\"say \"\"hi\"\"\"\r\n", "leads.csv:2: say \"hi\" [name=Ada]\n" },
        { "name,message\rAda,old Mac\r", "leads.csv:2: old Mac [name=Ada]\n" },
        { "name,message\n\n\nAda,Hello\n\n", "leads.csv:4: Hello [name=Ada]\n" },
        { "name,message\n,,,\nAda,Hello\n", "leads.csv:3: Hello [name=Ada]\n" },
        { "", "" },
        { "name,message\n", "" },
    };
    check("leads.csv", row, COUNT(row), NULL);
}

TEST(the_delimiter_is_what_splits_the_rows_evenly)
{
    static const struct row row[] = {
        { "name;message\nAda;Hi, all, of you\nBen;Bye\n",
          "leads.csv:2: Hi, all, of you [name=Ada]\nleads.csv:3: Bye [name=Ben]\n" },
        { "name\tmessage\nAda\ta;b\n", "leads.csv:2: a;b [name=Ada]\n" },
        { "name|message\nAda|a, b\n", "leads.csv:2: a, b [name=Ada]\n" },
        { "sep=;\nname;message\nAda;Hello\n", "leads.csv:3: Hello [name=Ada]\n" },
        { "name,message\nAda,\"a;b;c\"\n", "leads.csv:2: a;b;c [name=Ada]\n" },
    };
    check("leads.csv", row, COUNT(row), NULL);
}

#define BYTES(s) s, sizeof(s) - 1

TEST(text_comes_in_whatever_bytes_a_spreadsheet_saves)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *want;
    } row[] = {
        { BYTES("\xef\xbb\xbfmessage,x\nHi,1\n"), "a.csv:2: Hi [x=1]\n" },
        { BYTES("x,note\n1,caf\xe9 \x93so\x94 \x80\n"), "a.csv:2: café “so” € [x=1]\n" },
        { BYTES("x,note\n1,caf\xc3\xa9 and \xe9\n"), "a.csv:2: café and é [x=1]\n" },
        { BYTES("\xff\xfex\0,\0n\0o\0t\0e\0\n\0001\0,\0\xe9\0\x3d\xd8\x00\xde\n\0"),
          "a.csv:2: é😀 [x=1]\n" },
        { BYTES("\xfe\xff\0x\0,\0n\0o\0t\0e\0\n\0001\0,\0\xe9\0\n"), "a.csv:2: é [x=1]\n" },
        { BYTES("x\0,\0n\0o\0t\0e\0\n\0001\0,\0a\0\n\0"), "a.csv:2: a [x=1]\n" },
        { BYTES("x,note,long header to be sure\n1,nu\0ll,3\n"),
          "a.csv:2: null [x=1; long header to be sure=3]\n" },
        { BYTES("x,note\n1,bell\a \x1b[1mred\n"), "a.csv:2: bell [1mred [x=1]\n" },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_STR(test_file("a.csv", row[i].bytes, row[i].n, NULL), row[i].want);
}

TEST(headers_may_be_empty_twice_or_below_a_title)
{
    static const struct row row[] = {
        { "a,,a,note\n1,2,3,Hi\n", "l.csv:2: Hi [a=1; column_2=2; a_2=3]\n" },
        { "Leads of May,,\n,,\nname,note,x\nAda,Hi,\n", "l.csv:4: Hi [name=Ada]\n" },
        { "name,note\nAda\n", "l.csv:2! no text [name=Ada]\n" },
        { "name,note\nAda,Hi,1,2\n", "l.csv:2: Hi [name=Ada; extra_1=1; extra_2=2]\n" },
        { "name,foo\nAda,Hi\n", "error: no column of 'l.csv' is known to hold the text (its first "
                                "row is: name, foo)\n" },
        { "17,ada@example.com,Please call\n", "error: no column of 'l.csv' is known to hold the "
                                              "text (its first row is: 17, ada@example.com, "
                                              "Please call)\n" },
    };
    check("l.csv", row, COUNT(row), NULL);
}

TEST(a_stray_quote_costs_one_row)
{
    static const struct row row[] = {
        { "id,note\n1,\"never ends\n2,fine\n",
          "q.csv:2! a quote that begins in this row never ends\nq.csv:3: fine [id=2]\n" },
        { "id,note\n1,\"open, and\n2,\"fine\"\n3,\"good\"\n",
          "q.csv:2! the quotes in this row do not match\nq.csv:3: fine [id=2]\n"
          "q.csv:4: good [id=3]\n" },
        { "id,note\n1,\"Big\" Tony\n2,fine\n",
          "q.csv:2! the quotes in this row do not match\nq.csv:3: fine [id=2]\n" },
        { "id,note\n1,5\" pipe\n2,fine\n", "q.csv:2: 5\" pipe [id=1]\nq.csv:3: fine [id=2]\n" },
        { "\"id,note\n1,2\n", "error: the first row of 'q.csv' cannot be read\n" },
    };
    check("q.csv", row, COUNT(row), NULL);
}

TEST(the_task_and_the_command_line_name_columns)
{
    static const char *const text[] = { "message", "note" }, *const when[] = { "created" },
                             *const id[] = { "lead id" }, *const who[] = { "account" };
    static const struct wn_column columns[] = {
        { "text", text, 2 }, { "time", when, 1 }, { "id", id, 1 }, { "company", who, 1 }
    };
    static const struct wn_setting map[] = { { "text", "Q1" }, { "email", "Mail" } };
    static const struct wn_reader_options task = { .columns = columns, .ncolumns = 4 };
    static const struct wn_reader_options mapped = {
        .maps = map, .nmaps = 2, .columns = columns, .ncolumns = 4
    };
    static const struct row of_task[] = {
        { "Lead-ID,note,message,created,account\nL1,second,first,2026-11-22,Acme\n",
          "L1 <t.csv:2>: first @1795305600 [note=second; company=Acme]\n" },
        { "note,message,created\nonly,,soon\n", "t.csv:2: only [created=soon]\n" },
        { "lead_id,note\nL1,a\nL1,b\n", "L1 <t.csv:2>: a\nL1#t.csv:3 <t.csv:3>: b\n" },
        { "note,subject\nbody,Hello\n", "t.csv:2: Subject: Hello//body [subject=Hello]\n" },
        { "note,x\n<p>Dear <b>team</b></p>,1\n", "t.csv:2: Dear team [x=1]\n" },
        { "note,x\n1 < 2 and a > b,1\n", "t.csv:2: 1 < 2 and a > b [x=1]\n" },
    };
    static const struct row of_map[] = {
        { "q1,note,mail\nHi,there,a@example.com\n",
          "t.csv:2: Hi [note=there; email=a@example.com]\n" },
        { "q1,note\nHi,there\n", "error: 't.csv' has no column 'Mail' (its first row is: q1, "
                                 "note)\n" },
    };
    check("t.csv", of_task, COUNT(of_task), &task);
    check("t.csv", of_map, COUNT(of_map), &mapped);
}

TEST(a_long_text_is_cut_at_a_character)
{
    static const struct wn_reader_options o = { .max_item_bytes = 6 };
    static const struct row row[] = {
        { "note\n123456\n", "c.csv:2: 123456\n" },
        { "note\n1234567\n", "c.csv:2: 123456 (cut)\n" },
        { "note\n12345é\n", "c.csv:2: 12345 (cut)\n" },
    };
    check("c.csv", row, COUNT(row), &o);
}

TEST(times_are_read_where_they_can_be_read_one_way_only)
{
    static const struct {
        const char *text;
        int64_t want;
    } row[] = {
        { "2026-11-22", 1795305600 },
        { "2026-11-22 12:00", 1795348800 },
        { "2026-11-22T12:00:30", 1795348830 },
        { "2026/11/22", 1795305600 },
        { "22.11.2026", 1795305600 },
        { "22.11.2026, 12:00", 1795348800 },
        { "11/22/2026", 1795305600 },
        { "22/11/2026 12:00:00", 1795348800 },
        { "2026-11-22T12:00:00+01:00", 1795345200 },
        { "1795348800", 1795348800 },
        { "1795348800000", 1795348800 },
        { "5/6/2026", -1 }, /* May or June? */
        { "31.02.2026", -1 },
        { "2026-11-22 soon", -1 },
        { "22.11.26", -1 },
        { "tomorrow", -1 },
        { "", -1 },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_INT(wn_item_time(row[i].text), row[i].want);
}

TEST(an_endless_line_is_a_failed_item_and_the_next_is_read)
{
    size_t n = 17u << 20;
    char *big = malloc(n + 64);
    CHECK(big != NULL);
    memset(big, 'x', n);
    memcpy(big, "id,note\n1,", 10);
    memcpy(big + n, "\n2,fine\n", 8);
    CHECK_STR(test_file("big.csv", big, n + 8, NULL),
              "big.csv:2! the row is longer than 16 MiB\nbig.csv:3: fine [id=2]\n");
    free(big);
}

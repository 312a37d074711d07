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

#define HEAD   "From: a@b.example\nSubject: S\nMIME-Version: 1.0\n"
#define ITEM   "m.eml: Subject: S//"
#define FIELDS " [from=a@b.example; subject=S"

TEST(a_message_has_a_text_an_id_a_time_and_fields)
{
    static const struct row row[] = {
        { "From: Ada Byron <ada@example.com>\nTo: Us <us@example.com>, b@example.com\n"
          "Cc: team: c@example.com, d@example.com;\nSubject: A demo?\n"
          "Date: Sun, 22 Nov 2026 13:00:00 +0100\nMessage-ID: <m1@example.com>\n"
          "In-Reply-To: <m0@example.com>\nReferences: <root@example.com> <m0@example.com>\n\n"
          "Hello,\nwe are 25.\n",
          "m1@example.com <m.eml>: Subject: A demo?//Hello,/we are 25. @1795348800 "
          "[from=ada@example.com; from_name=Ada Byron; to=us@example.com, b@example.com; "
          "cc=c@example.com, d@example.com; subject=A demo?; "
          "date=Sun, 22 Nov 2026 13:00:00 +0100; message_id=m1@example.com; "
          "in_reply_to=m0@example.com; thread=root@example.com]\n" },
        { "From: news@example.com\nReply-To: r@example.com\nList-Id: <l.example.com>\n"
          "List-Unsubscribe: <https://example.com/u/1>\nAuto-Submitted: auto-replied\n"
          "Precedence: bulk\nSubject: S\n\nx\n",
          ITEM "x [from=news@example.com; subject=S; reply_to=r@example.com; "
               "list_id=<l.example.com>; list_unsubscribe=yes; auto_submitted=auto-replied; "
               "precedence=bulk]\n" },
        { "From: a@b.example\nSubject: S\n\n", "m.eml: Subject: S" FIELDS "]\n" },
        { "\n \nFrom: a@b.example\nSubject: S\n\nlate\n", ITEM "late" FIELDS "]\n" },
        { "From a@b.example Sun Nov 22 12:00:00 2026\nFrom: a@b.example\nSubject: S\n\nx\n",
          ITEM "x" FIELDS "]\n" },
        { "From: not an address\nSubject: S\n\nx\n", ITEM "x [from=not an address; subject=S]\n" },
        { "From: a@b.example\nDate: Sun, 22 Nov 2026 12:00:00 GMT\n\n",
          "m.eml! no text @1795348800 [from=a@b.example; date=Sun, 22 Nov 2026 12:00:00 GMT]\n" },
        { "just some words\nwithout a header\n", "m.eml! not a mail message\n" },
        { "", "" },
    };
    check("m.eml", row, COUNT(row), NULL);
}

TEST(headers_and_text_come_in_every_charset)
{
    static const struct row row[] = {
        { "Subject: =?utf-8?B?SGVsbG8=?=\n =?utf-8?B?IHdvcmxk?=\n\nx",
          "m.eml: Subject: Hello world//x [subject=Hello world]\n" },
        { "Subject: =?iso-8859-1?Q?caf=E9?= =?koi8-r?B?8NLJ18XU?=\n\nx",
          "m.eml: Subject: caféПривет//x [subject=caféПривет]\n" },
        { "Subject: caf\xe9\n\nx", "m.eml: Subject: café//x [subject=café]\n" },
        { HEAD "Content-Type: text/plain; charset=iso-8859-1\n\n\x93so\x94 caf\xe9",
          ITEM "“so” café" FIELDS "]\n" },
        { HEAD "Content-Type: text/plain; charset=koi8-r\n\n\xf0\xd2\xc9\xd7\xc5\xd4",
          ITEM "Привет" FIELDS "]\n" },
        { HEAD "Content-Type: text/plain; charset=gb2312\n\n\xc4\xe3\xba\xc3",
          ITEM "你好" FIELDS "]\n" },
        { HEAD "Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B$3\x1b(B.",
          ITEM "こ." FIELDS "]\n" },
        { HEAD "Content-Type: text/plain; charset=x-made-up\n\ncaf\xc3\xa9 \xe9",
          ITEM "café é" FIELDS "]\n" },
        { HEAD "Content-Type: text/plain; charset=us-ascii\n\ncaf\xe9", ITEM "café" FIELDS "]\n" },
        { HEAD "Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\n"
               "8NLJ18XU",
          ITEM "Привет" FIELDS "]\n" },
        { HEAD "Content-Type: text/html\n\n<meta charset=\"koi8-r\"><p>\xf0\xd2\xc9\xd7\xc5\xd4",
          ITEM "Привет" FIELDS "]\n" },
        { HEAD "Content-Type: text\n\nplain after all", ITEM "plain after all" FIELDS "]\n" },
    };
    check("m.eml", row, COUNT(row), NULL);
}

#define MIXED       HEAD "Content-Type: multipart/mixed; boundary=m\n\n"
#define ALTERNATIVE HEAD "Content-Type: multipart/alternative; boundary=m\n\n"
#define PLAIN(text) "--m\nContent-Type: text/plain\n\n" text "\n"
#define HTML(text)  "--m\nContent-Type: text/html\n\n" text "\n"

TEST(the_text_is_what_a_person_reads_first)
{
    static const struct row row[] = {
        { ALTERNATIVE PLAIN("plain") HTML("<p>html</p>") "--m--\n", ITEM "plain" FIELDS "]\n" },
        { ALTERNATIVE HTML("<p>html</p>") PLAIN("plain") "--m--\n", ITEM "plain" FIELDS "]\n" },
        { ALTERNATIVE PLAIN("  ") HTML("<p>html</p>") "--m--\n", ITEM "html" FIELDS "]\n" },
        { MIXED PLAIN("one") PLAIN("two") "--m--\n", ITEM "one//two" FIELDS "]\n" },
        { MIXED PLAIN("one"), ITEM "one" FIELDS "]\n" }, /* cut off */
        { MIXED "--m\nContent-Type: message/rfc822\n\nFrom: c@d.example\nSubject: Inner\n\nold\n"
                "--m--\n",
          ITEM
          "---------- Forwarded message ----------/From: c@d.example/Subject: Inner///old" FIELDS
          "]\n" },
        { HEAD "Content-Type: multipart/mixed; boundary=wrong\n\nlost and found\n",
          ITEM "lost and found" FIELDS "]\n" },
    };
    check("m.eml", row, COUNT(row), NULL);
}

TEST(attachments_are_named_and_not_read)
{
    static const struct row row[] = {
        { MIXED PLAIN("see file") "--m\nContent-Type: text/plain; name=\"a.txt\"\n"
                                  "Content-Disposition: attachment; filename=\"a.txt\"\n\nsecret\n"
                                  "--m\nContent-Type: application/pdf; name=\"offer.pdf\"\n\n%PDF\n"
                                  "--m\nContent-Type: text/calendar\n\nBEGIN\n--m--\n",
          ITEM "see file" FIELDS "; attachments=a.txt, offer.pdf, text/calendar]\n" },
        { ALTERNATIVE PLAIN("plain") "--m\nContent-Type: multipart/mixed; boundary=n\n\n"
                                     "--n\nContent-Type: text/html\n\nhtml\n"
                                     "--n\nContent-Type: application/pdf; name=x.pdf\n\n%PDF\n"
                                     "--n--\n--m--\n",
          ITEM "plain" FIELDS "; attachments=x.pdf]\n" },
        { HEAD "Content-Type: multipart/related; boundary=m\n\n" HTML(
              "<p>hi <img src=cid:1></p>") "--m\nContent-Type: image/png; "
                                           "name=logo.png\nContent-ID: <1>\n\nx\n--m--\n",
          ITEM "hi" FIELDS "]\n" },
    };
    check("m.eml", row, COUNT(row), NULL);
}

#define MARK "From x@y.example Sun Nov 22 12:00:00 2026\n"

TEST(an_mbox_is_cut_at_its_marks)
{
    static const struct row row[] = {
        { MARK "Subject: One\n\nFrom here on\nFrom the team, Monday 3 May:\n>From x\n\n" MARK
               "Subject: Two\n\ntwo\n",
          "in.mbox:1: Subject: One//From here on/From the team, Monday 3 May:/From x "
          "[subject=One]\n"
          "in.mbox:2: Subject: Two//two [subject=Two]\n" },
        { MARK "Message-ID: <1@x>\nSubject: A\n\na\n" MARK "Message-ID: <1@x>\nSubject: B\n\nb\n",
          "1@x <in.mbox:1>: Subject: A//a [subject=A; message_id=1@x]\n"
          "1@x#in.mbox:2 <in.mbox:2>: Subject: B//b [subject=B; message_id=1@x]\n" },
        { MARK MARK "Subject: B\n\nb\n",
          "in.mbox:1! not a mail message\nin.mbox:2: Subject: B//b [subject=B]\n" },
        { "\n\n" MARK "Subject: B\n\nb\n", "in.mbox:1: Subject: B//b [subject=B]\n" },
        { "Subject: no mark\n\nx\n", "in.mbox:1: Subject: no mark//x [subject=no mark]\n" },
        { "", "" },
    };
    check("in.mbox", row, COUNT(row), NULL);
}

TEST(a_line_that_only_begins_with_from_is_no_mark)
{
    static const struct {
        const char *line;
        bool mark;
    } row[] = {
        { "From a@b.example Sun Nov 22 12:00:00 2026", true },
        { "From - Sun Nov 22 12:00:00 2026\r\n", true },
        { "From 1234@xxx Sun Nov 22 12:00:00 +0000 2026", true },
        { "From Ada Byron  Sun Nov  2 12:00 2026", true },
        { "From here on, Sunday is free", false },
        { "From Sun to Mon Nov is 2026", false },
        { "From: a@b.example", false },
        { "from a@b.example Sun Nov 22 12:00:00 2026", false },
        { "From ", false },
        { "", false },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_INT(wn_mbox_from(row[i].line, strlen(row[i].line)), row[i].mark);
}

TEST(a_bomb_of_nested_parts_is_one_quick_item)
{
    struct wn_buf b = WN_BUF_INIT(1u << 22);
    wn_buf_str(&b, HEAD);
    for (int i = 0; i < 20000; i++)
        wn_buf_printf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
    wn_buf_str(&b, "\ndeep down\n");
    CHECK_STR(test_file("m.eml", b.data, b.len, NULL), "m.eml: Subject: S (cut)" FIELDS "]\n");
    wn_buf_free(&b);
}

#include "test.h"
#include "items.h"
#include "input/input.h"

static void put(const char *name, const char *text)
{
    test_write(name, text, strlen(text));
}

TEST(a_file_is_what_its_name_or_its_beginning_says)
{
    static const struct {
        const char *name, *bytes, *want;
    } row[] = {
        { "a.txt", "name,text\nx,y\n", "a.txt: name,text/x,y\n" },
        { "a.md", "# Title\n\nWords", "a.md: # Title//Words\n" },
        { "a.html", "<p>Hi</p>", "a.html: Hi\n" },
        { "a.tsv", "text\tn\nHi, you\t1\n", "a.tsv:2: Hi, you [n=1]\n" },
        { "a", "Dear all,\nwe, the team, write.\n", "a: Dear all,/we, the team, write.\n" },
        { "b", "name,message\nx,y\n", "b:2: y [name=x]\n" },
        { "c", "{\"text\":\"x\"}\n{\"text\":\"y\"}\n", "c:1: x\nc:2: y\n" },
        { "d", "[{\"text\":\"x\"}]", "d:1: x\n" },
        { "e", "From: a@b.example\nSubject: S\n\nx",
          "e: Subject: S//x [from=a@b.example; "
          "subject=S]\n" },
        { "f", "From x Sun Nov 22 12:00:00 2026\nSubject: S\n\nx",
          "f:1: Subject: S//x "
          "[subject=S]\n" },
        { "e.txt", "Received: by mx\n\tfor b\r\nFrom: a@b.example\r\nSubject: S\r\n\r\nx",
          "e.txt: Subject: S//x [from=a@b.example; subject=S]\n" },
        { "f.TXT",
          "From x Sun Nov 22 12:00:00 2026\nSubject: S\n\nx\n\n"
          "From x Sun Nov 22 12:01:00 2026\nSubject: T\n\ny",
          "f.TXT:1: Subject: S//x [subject=S]\nf.TXT:2: Subject: T//y [subject=T]\n" },
        { "note.txt", "From: Ada\nTo: all\nwe need a quote", "note.txt: From: Ada/To: all/we need a quote\n" },
        { "note", "From: Ada\nTo: all\nwe need a quote", "note: From: Ada/To: all/we need a quote\n" },
        { "form.txt", "Name: Ada\nPlan: large\n\nCall me.", "form.txt: Name: Ada/Plan: large//Call me.\n" },
        { "mail.md", "From: a@b.example\nSubject: S\n\nx", "mail.md: From: a@b.example/Subject: S//x\n" },
        { "g", "<!DOCTYPE html><p>x", "g: x\n" },
        { "h.txt", "  \n", "h.txt! no text\n" },
        { "i.txt", "", "" },
        { "j", "", "" },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_STR(test_file(row[i].name, row[i].bytes, strlen(row[i].bytes), NULL), row[i].want);
}

TEST(what_is_no_text_is_refused_by_name)
{
    static const struct {
        const char *name, *bytes, *want;
    } row[] = {
        { "a.xlsx", "PK\3\4....", "error: 'a.xlsx' is an Excel workbook, not text\n" },
        { "a.csv", "PK\3\4....", "error: 'a.csv' is a ZIP archive, not text\n" },
        { "a.pdf", "%PDF-1.7", "a.pdf! the PDF is damaged\n" },
        { "a.txt", "\x89PNG\r\n", "error: 'a.txt' is a picture (PNG), not text\n" },
        { "a.eml", "\x1f\x8b....", "error: 'a.eml' is compressed (gzip), not text\n" },
        { "a", "\1\2\3\4\5\6", "error: 'a' is not text\n" },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_STR(test_file(row[i].name, row[i].bytes, strlen(row[i].bytes), NULL), row[i].want);
}

TEST(a_folder_is_walked_in_name_order_and_bad_files_fail_alone)
{
    const char *path = "in";
    test_enter();
    CHECK_INT(mkdir("in", 0700), 0);
    CHECK_INT(mkdir("in/b", 0700), 0);
    CHECK_INT(mkdir("in/.git", 0700), 0);
    put("in/c.txt", "last");
    put("in/a.txt", "first");
    put("in/b/x.csv", "message\nrow\n");
    put("in/b/y.csv", "name\nrow\n");
    put("in/b/z.png", "\x89PNG\r\n");
    put("in/.hidden", "no");
    put("in/.git/config", "no");
    CHECK_INT(mkfifo("in/d", 0600), 0);
    CHECK_INT(symlink("..", "in/e"), 0);
    CHECK_STR(test_items(&path, 1, NULL),
              "in/a.txt: first\n"
              "in/b/x.csv:2: row\n"
              "in/b/y.csv! no column of 'in/b/y.csv' is known to hold the text: its first row is: "
              "name\n"
              "in/b/z.png! 'in/b/z.png' is a picture (PNG), not text\n"
              "in/c.txt: last\n"
              "in/d! 'in/d' is not a file\n"
              "in/e! 'in/e' is not a file\n");
    test_leave();
}

TEST(a_maildir_gives_new_and_read_messages_by_time)
{
    static const char *const paths[] = { "./Mail/", "Mail" };
    static const char want[] = "Mail/cur/1.a:2,S: Subject: one//1 [subject=one]\n"
                               "Mail/new/2.a: Subject: two//2 [subject=two]\n"
                               "Mail/cur/3.a:2,: Subject: three//3 [subject=three]\n";
    test_enter();
    CHECK_INT(mkdir("Mail", 0700), 0);
    CHECK_INT(mkdir("Mail/cur", 0700), 0);
    CHECK_INT(mkdir("Mail/new", 0700), 0);
    CHECK_INT(mkdir("Mail/tmp", 0700), 0);
    put("Mail/cur/1.a:2,S", "Subject: one\n\n1\n");
    put("Mail/new/2.a", "Subject: two\n\n2\n");
    put("Mail/cur/3.a:2,", "Subject: three\n\n3\n");
    put("Mail/tmp/4.a", "Subject: half\n\n4\n");
    for (size_t i = 0; i < COUNT(paths); i++)
        CHECK_STR(test_items(&paths[i], 1, NULL), want);
    test_leave();
}

TEST(paths_are_looked_at_before_the_first_item)
{
    static const char *const missing[] = { "a.txt", "b.txt" }, *const bad[] = { "a.txt", "c.csv" },
                             *const good[] = { "./a.txt", ".//d.csv" };
    test_enter();
    put("a.txt", "fine");
    put("c.csv", "name\nx\n");
    put("d.csv", "note\nx\n");
    CHECK_STR(test_items(missing, 2, NULL),
              "error: cannot open 'b.txt' (No such file or directory)\n");
    CHECK_STR(test_items(bad, 2, NULL), "error: no column of 'c.csv' is known to hold the text "
                                        "(its first row is: name)\n");
    CHECK_STR(test_items(good, 2, NULL), "a.txt: fine\nd.csv:2: x\n");
    test_leave();
}

TEST(a_mail_in_a_text_file_is_text_where_that_is_said)
{
    static const char mail[] = "From: a@b.example\nSubject: S\n\nx";
    struct wn_reader_options o = { .kind = "text" };
    CHECK_STR(test_file("a.txt", mail, sizeof(mail) - 1, &o),
              "a.txt: From: a@b.example/Subject: S//x\n");
}

TEST(a_mail_is_known_where_the_head_ends_in_its_headers)
{
    char mail[6000] = "From: a@b.example\nSubject: S\nX-Long: ";
    memset(mail + strlen(mail), 'x', 4200 - strlen(mail));
    strcat(mail, "\n\nbody");
    CHECK_STR(test_file("a.txt", mail, strlen(mail), NULL),
              "a.txt: Subject: S//body [from=a@b.example; subject=S]\n");
}

TEST(a_kind_can_be_said)
{
    static const struct {
        const char *kind, *want;
    } row[] = {
        { "text", "a: name;text/x;y\n" },
        { "CSV", "a:2: y [name=x]\n" },
        { "json", "error: 'a' is not JSON\n" },
        { "maildir", "error: 'a' is no Maildir\n" },
        { "pdf", "a! the PDF is damaged\n" },
        { "papyrus", "error: there is no input kind 'papyrus'\n" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_reader_options o = { .kind = row[i].kind };
        CHECK_STR(test_file("a", "name;text\nx;y\n", 14, &o), row[i].want);
    }
}

/* Standard input is a pipe here: it can be read once and not rewound. */
TEST(standard_input_is_read_like_a_file)
{
    static const char *const dash[] = { "-" };
    static const char text[] = "name,message\nAda,Hello\n";
    int end[2], old = dup(STDIN_FILENO);
    CHECK_INT(pipe(end), 0);
    CHECK_INT(write(end[1], text, sizeof(text) - 1), sizeof(text) - 1);
    close(end[1]);
    dup2(end[0], STDIN_FILENO);
    close(end[0]);
    CHECK_STR(test_items(dash, 1, NULL), "stdin:2: Hello [name=Ada]\n");
    dup2(old, STDIN_FILENO);
    close(old);
}

TEST(progress_ends_at_the_whole)
{
    static const char *const paths[] = { "a.txt", "b.csv" };
    static const struct wn_reader_options o = { 0 };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_reader *r = NULL;
    struct wn_item it = { 0 };
    int64_t done, total;
    test_enter();
    put("a.txt", "12345");
    put("b.csv", "note\nx\n");
    CHECK_OK(wn_reader_open(paths, 2, &o, &r, &test_error));
    wn_reader_progress(r, &done, &total);
    CHECK_INT(done, 0);
    CHECK_INT(total, 12);
    do
        CHECK_OK(wn_reader_next(r, &a, &it, &test_error));
    while (it.id != NULL);
    wn_reader_progress(r, &done, &total);
    CHECK_INT(done, 12);
    wn_reader_close(r);
    wn_arena_free(&a);
    test_leave();
}

TEST(an_id_that_came_before_is_known)
{
    struct wn_seen s = { 0 };
    char id[32];
    for (int i = 0; i < 5000; i++) {
        snprintf(id, sizeof(id), "m%d@example.com", i);
        CHECK(!wn_seen_add(&s, id));
    }
    CHECK(wn_seen_add(&s, "m0@example.com"));
    CHECK(wn_seen_add(&s, "m4999@example.com"));
    wn_seen_free(&s);
}

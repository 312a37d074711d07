#include "test.h"
#include "folder.h"
#include "task/answer.h"

struct read {
    struct folder f;
    struct wn_task *t;
    struct wn_example *e;
    size_t n;
};

static enum wn_code read_lines(struct read *r, const char *lines)
{
    folder_open(&r->f, "sort");
    CHECK_OK(wn_task_load(r->f.task, &r->t, &test_error));
    return wn_examples_from(r->t, "gold.jsonl", lines, strlen(lines), &r->f.a, &r->e, &r->n,
                            &test_error);
}

static void done(struct read *r)
{
    wn_task_free(r->t);
    folder_close(&r->f);
}

TEST(an_example_has_a_text_fields_and_the_right_answers)
{
    const struct wn_value *v;
    struct read r;
    CHECK_OK(read_lines(
        &r, "\xef\xbb\xbf\n"
            "{\"id\":\"7\",\"text\":\"a b\",\"kind\":\"b\",\"marks\":[\"big\"],"
            "\"reply\":false,\"size\":\"large\",\"who\":\"Acme\",\"note\":\"n\","
            "\"fields\":{\"tier\":\"vip\"}}\r\n"
            "  \n"
            "{\"text\":\"c\",\"marks\":[],\"reply\":\"yes\",\"who\":null,\"kind\":null}"));
    CHECK_INT(r.n, 2);
    CHECK_STR(r.e[0].text, "a b");
    CHECK_INT(r.e[0].line, 2);
    CHECK_INT(r.e[0].nfields, 1);
    CHECK_STR(r.e[0].fields[0].value, "vip");
    v = r.e[0].answer->values;
    CHECK(v[0].answered && v[0].choice == 1);
    CHECK(v[1].answered && !v[1].chosen[0] && v[1].chosen[1]);
    CHECK(v[2].answered && v[2].choice == 0);
    CHECK(v[3].answered && v[3].choice == 2);
    CHECK(v[4].answered && !v[4].null);
    CHECK_STR(v[4].text, "Acme");
    CHECK_INT(r.e[1].line, 4);
    v = r.e[1].answer->values;
    CHECK(!v[0].answered && v[1].answered && !v[1].chosen[0] && v[2].choice == 1);
    CHECK(!v[3].answered && v[4].answered && v[4].null);
    done(&r);
}

TEST(a_faulty_line_is_an_error_with_its_line)
{
    static const struct {
        const char *lines, *what, *hint;
    } row[] = {
        { "{\"text\":\"x\"}\n{\"text\":\"x\"", "gold.jsonl:2: this line is no JSON object",
          "Write one JSON object per line: {\"text\": \"...\", ...}." },
        { "[1]", "gold.jsonl:1: this line is no JSON object", NULL },
        { "{\"text\":\"\xff\"}", "gold.jsonl:1: this line is not UTF-8", NULL },
        { "{\"text\":\" \",\"kind\":\"a\"}", "gold.jsonl:1: it has no text",
          "Write the item: \"text\": \"...\"." },
        { "{\"kind\":\"a\"}", "gold.jsonl:1: it has no text", NULL },
        { "{\"text\":\"x\",\"kind\":\"nome\"}", "gold.jsonl:1: \"nome\" is no answer to \"kind\"",
          "Did you mean \"none\"?" },
        { "{\"text\":\"x\",\"kind\":7}", "gold.jsonl:1: \"kind\" is no id",
          "Write one of its ids, or leave it out." },
        { "{\"text\":\"x\",\"marks\":\"red\"}", "gold.jsonl:1: \"marks\" is no list of ids",
          "Write a list of ids, [] for none." },
        { "{\"text\":\"x\",\"marks\":[\"rad\"]}", "gold.jsonl:1: \"rad\" is no answer to \"marks\"",
          "Did you mean \"red\"?" },
        { "{\"text\":\"x\",\"who\":[]}", "gold.jsonl:1: \"who\" is no text", NULL },
        { "{\"text\":\"x\",\"fields\":{\"a\":1}}", "gold.jsonl:1: \"fields\" is no object of texts",
          NULL },
        { "{\"text\":\"x\",\"knid\":\"a\"}", "gold.jsonl:1: there is no question \"knid\"",
          "Did you mean \"kind\"?" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct read r;
        CHECK_INT(read_lines(&r, row[i].lines), WN_E_INPUT);
        CHECK_STR(strstr(test_error.what, "gold.jsonl:"), row[i].what);
        if (row[i].hint != NULL)
            CHECK_STR(test_error.hint, row[i].hint);
        done(&r);
    }
}

static char seen[2000];

static void note(void *user, const struct wn_example *e)
{
    size_t len = strlen(seen);
    (void)user;
    snprintf(seen + len, sizeof(seen) - len, "%zu '%s' %s; ", e->line, e->text,
             e->answer->values[0].answered ? "answered" : "not answered");
}

TEST(a_file_is_read_line_by_line_up_to_its_first_fault)
{
    static const struct {
        const char *lines, *want, *what;
    } row[] = {
        { "", "", NULL },
        { "\xef\xbb\xbf\n{\"text\":\"a\",\"kind\":\"b\"}\r\n \n{\"text\":\"c\"}",
          "2 'a' answered; 4 'c' not answered; ", NULL },
        /* an empty text is counted by whoever reads, here it is no fault */
        { "{\"text\":\" \",\"kind\":\"b\"}\n", "1 ' ' answered; ", NULL },
        { "{\"text\":\"a\"}\nno\n{\"text\":\"c\"}\n", "1 'a' not answered; ",
          ":2: this line is no JSON object" },
        { "{\"kind\":\"b\"}\n", "", ":1: it has no text" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct read r;
        struct wn_error err = { 0 };
        enum wn_code rc;
        CHECK_OK(read_lines(&r, ""));
        folder_write(&r.f, r.f.root, "gold.jsonl", row[i].lines);
        seen[0] = '\0';
        rc = wn_examples_each(r.t, folder_path(&r.f, r.f.root, "gold.jsonl"), note, NULL, &err);
        CHECK_INT(rc, row[i].what == NULL ? WN_OK : WN_E_INPUT);
        CHECK_STR(seen, row[i].want);
        if (row[i].what != NULL)
            CHECK(strstr(err.what, row[i].what) != NULL);
        CHECK_INT(wn_examples_each(r.t, "no/such.jsonl", note, NULL, &err), WN_E_INPUT);
        done(&r);
    }
}

TEST(an_item_text_in_place_of_a_label_is_not_shown_whole)
{
    struct read r;
    CHECK_INT(read_lines(&r, "{\"text\":\"x\",\"kind\":\"My name is Ann Example and my telephone "
                             "number is 555 0100, call me\"}"),
              WN_E_INPUT);
    CHECK(strstr(test_error.what, "555 0100") == NULL);
    done(&r);
}

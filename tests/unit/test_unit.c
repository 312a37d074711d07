#include "test.h"
#include "pipeline/unit.h"

static const struct wn_field letter[] = { { "from", "ada@example.com" }, { "message_id", "1@example.com" } };
static const struct wn_field reply[] = { { "from", "bob@example.com" },
                                         { "message_id", "2@example.com" },
                                         { "thread", "1@example.com" } };
static const struct wn_field column[] = { { "from", "ada@example.com" }, { "thread", "sales" } };

TEST(a_thread_is_one_and_so_are_copies)
{
    static const struct {
        const char *id, *source, *text;
        const struct wn_field *fields;
        size_t nfields;
        const char *want;
    } row[] = {
        { "1@example.com", "in.mbox:1", "hello", letter, 2, "1@example.com" },
        { "2@example.com", "in.mbox:2", "Re: hello", reply, 3, "1@example.com" },
        { "lead-7", "leads.csv:7", "hello", NULL, 0, "lead-7" },
        { "lead-8", "leads.csv:8", "hello", NULL, 0, "lead-8" },          /* its own id says that it is another */
        { "lead-9", "leads.csv:9", "hello", column, 2, "lead-9" },        /* no mail */
        { "a.csv:7", "a.csv:7", "hello", NULL, 0, "#a430d84680aabd0b" },  /* FNV-1a of the text */
        { "b.csv:31", "b.csv:31", "hello", NULL, 0, "#a430d84680aabd0b" }, /* the same, wherever it stands */
        { "b.csv:32", "b.csv:32", "", NULL, 0, "b.csv:32" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_arena a = WN_ARENA_INIT;
        const struct wn_item item = { .id = row[i].id,
                                      .source = row[i].source,
                                      .text = row[i].text,
                                      .text_len = strlen(row[i].text),
                                      .fields = row[i].fields,
                                      .nfields = row[i].nfields };
        CHECK_STR(wn_unit_of(&item, &a), row[i].want);
        wn_arena_free(&a);
    }
}

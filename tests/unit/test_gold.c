#include "test.h"
#include "base/file.h"
#include "pipeline/gold.h"
#include "pipeline/lessons.h"
#include <unistd.h>

static struct wn_choice topics[] = { { "late", "" }, { "broken", "" } };
static struct wn_question questions[] = {
    { .name = "topic", .type = WN_CHOICE, .choices = topics, .nchoices = 2 }
};
static const struct wn_task task = { .name = "parcels", .questions = questions, .nquestions = 1 };

enum { LATE, BROKEN, NO_LABEL };
static const struct {
    const char *text;
    int label;
} rows[] = {
    { "where is it", LATE },  { "it is broken", BROKEN },
    { "Where  is IT", LATE },                         /* the first one again */
    { "what a day", LATE },                           /* two people, two opinions */
    { "what a day", BROKEN }, { "an example", LATE }, /* learned from */
    { "no label", NO_LABEL }, { "the box is wet", BROKEN },
};
static const char *const learned[] = { "An example ", "something else" };

static void fill(struct wn_gold *g, struct wn_arena *a)
{
    *g = (struct wn_gold){ .list = wn_arena_array(a, COUNT(rows), sizeof(*g->list)),
                           .nlist = COUNT(rows) };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wn_answer *answer = wn_answer_new(&task, a);
        answer->values[0].answered = rows[i].label != NO_LABEL;
        answer->values[0].choice = rows[i].label == BROKEN;
        g->list[i] = (struct wn_example){
            .text = rows[i].text, .answer = answer, .file = "gold.jsonl", .line = i + 1
        };
    }
}

TEST(each_text_counts_once_and_none_that_was_learned_from)
{
    static const size_t kept[] = { 0, 1, 7 };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_gold g;
    fill(&g, &a);
    wn_gold_clean(&task, learned, COUNT(learned), 0, &a, &g);
    CHECK_INT(g.nkept, COUNT(kept));
    for (size_t i = 0; i < COUNT(kept); i++)
        CHECK_INT(g.kept[i], kept[i]);
    CHECK_INT(g.repeated, 1);
    CHECK_INT(g.contradicting, 2);
    CHECK_INT(g.learned_from, 1);
    CHECK_INT(g.unlabelled, 1);
    CHECK_STR(wn_gold_item(&g, 7, &a).id, "gold.jsonl:8");
    wn_arena_free(&a);
}

TEST(a_draw_is_part_of_the_larger_draw)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_gold one, two;
    fill(&one, &a);
    fill(&two, &a);
    wn_gold_clean(&task, NULL, 0, 1, &a, &one);
    wn_gold_clean(&task, NULL, 0, 2, &a, &two);
    CHECK_INT(one.nkept, 1);
    CHECK_INT(two.nkept, 2);
    CHECK(one.kept[0] == two.kept[0] || one.kept[0] == two.kept[1]);
    wn_arena_free(&a);
}

TEST(a_column_with_the_answer_is_no_part_of_the_item)
{
    static const char csv[] = "text,topic,shop\nwhere is it,late,Leeds\nit is in pieces,broken,\n";
    char dir[] = "/tmp/gold-XXXXXX", path[40];
    const char *const files[] = { path };
    const struct wn_eval_options o = { .gold = files, .ngold = 1 };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_gold g;
    CHECK(mkdtemp(dir) != NULL);
    snprintf(path, sizeof(path), "%s/gold.csv", dir);
    CHECK_OK(wn_file_write(path, csv, strlen(csv), 0600, &test_error));
    CHECK_OK(wn_gold_read(&task, &o, &a, &g, &test_error));
    CHECK_INT(g.nlist, 2);
    CHECK_INT(g.list[0].answer->values[0].choice, LATE);
    CHECK_INT(g.list[0].nfields, 1);
    CHECK_STR(g.list[0].fields[0].name, "shop");
    for (size_t i = 0; i < g.list[1].nfields; i++)
        CHECK(strcmp(g.list[1].fields[i].name, "topic") != 0);
    unlink(path);
    rmdir(dir);
    wn_arena_free(&a);
}

#include "test.h"
#include "pipeline/lessons.h"

static const struct wn_choice kinds[] = { { "often", "" }, { "at_times", "" }, { "seldom", "" } };
static struct wn_question questions[] = {
    { .name = "kind", .type = WN_CHOICE, .choices = kinds, .nchoices = 3 },
    { .name = "who", .type = WN_TEXT },
};
static const struct wn_task task = { .name = "test", .questions = questions, .nquestions = 2 };

/* Row i of n as an example: 8 of 12 are of the first kind, 3 of the second. */
static struct wn_example row(size_t i, size_t padding, struct wn_arena *a)
{
    static const size_t kind[12] = { 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 2 };
    struct wn_answer *answer = wn_answer_new(&task, a);
    char *text = wn_arena_alloc(a, padding + 32);
    memset(text, 'x', padding);
    snprintf(text + padding, 32, " %zu", i);
    answer->values[0] = (struct wn_value){ .answered = true, .choice = kind[i % 12] };
    return (struct wn_example){ .text = text, .answer = answer };
}

struct pick {
    struct wn_lesson_pick *p;
    struct wn_arena a;
    struct wn_example *all, *fresh;
    size_t n, nfresh;
};

/* Pick from n rows, read forwards or backwards; every tenth is fresh. */
static struct pick pick(size_t n, size_t padding, bool backwards)
{
    struct pick out = { .p = wn_lesson_pick_new(&task, "salt") };
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t k = 0; k < n; k++) {
        size_t i = backwards ? n - 1 - k : k;
        struct wn_example e = row(i, padding, &a);
        wn_lesson_pick_add(out.p, &e, i % 10 == 0);
        wn_arena_reset(&a);
    }
    wn_arena_free(&a);
    out.n = wn_lesson_pick_end(out.p, &out.a, &out.all, &out.fresh, &out.nfresh);
    return out;
}

static void drop(struct pick *p)
{
    wn_lesson_pick_free(p->p);
    wn_arena_free(&p->a);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct wn_example *)a)->text, ((const struct wn_example *)b)->text);
}

TEST(of_few_rows_all_are_picked_in_their_order)
{
    struct pick p = pick(24, 0, false);
    CHECK_INT(p.n, 24);
    CHECK_INT(p.nfresh, 3);
    CHECK_INT(wn_lesson_pick_left_out(p.p), 0);
    CHECK_STR(p.all[0].text, " 0");
    CHECK_STR(p.all[23].text, " 23");
    CHECK_STR(p.fresh[2].text, " 20");
    drop(&p);
}

TEST(of_many_rows_each_label_has_as_many_as_any_other_where_there_are_enough)
{
    enum { ROWS = 120000, SELDOM = ROWS / 12, AT_TIMES = (WN_MOST_LESSONS - SELDOM) / 2 };
    struct pick there = pick(ROWS, 0, false), back = pick(ROWS, 0, true);
    size_t count[3] = { 0 };
    for (size_t i = 0; i < there.n; i++)
        count[there.all[i].answer->values[0].choice]++;
    CHECK_INT(count[2], SELDOM); /* all there are */
    CHECK_INT(count[1], AT_TIMES);
    CHECK_INT(count[0], AT_TIMES);
    CHECK_INT(there.n + wn_lesson_pick_left_out(there.p), ROWS);
    CHECK(there.nfresh > WN_MOST_LESSONS / 12 && there.nfresh < WN_MOST_LESSONS / 8);
    /* in whatever order they come, the same are picked */
    CHECK_INT(back.n, there.n);
    qsort(there.all, there.n, sizeof(*there.all), by_text);
    qsort(back.all, back.n, sizeof(*back.all), by_text);
    for (size_t i = 0; i < there.n; i++)
        CHECK_STR(there.all[i].text, back.all[i].text);
    drop(&there);
    drop(&back);
}

TEST(of_long_texts_fewer_are_picked)
{
    struct pick p = pick(10000, 16000, false);
    size_t bytes = 0;
    for (size_t i = 0; i < p.n; i++)
        bytes += strlen(p.all[i].text);
    CHECK(bytes <= WN_MOST_LESSON_TEXT && bytes > WN_MOST_LESSON_TEXT * 9 / 10);
    CHECK_INT(p.n + wn_lesson_pick_left_out(p.p), 10000);
    drop(&p);
}

TEST(what_answers_nothing_but_texts_is_not_picked)
{
    struct pick p = { .p = wn_lesson_pick_new(&task, "salt") };
    struct wn_example e = row(0, 0, &p.a);
    e.answer->values[0].answered = false;
    wn_lesson_pick_add(p.p, &e, true);
    e.answer->values[1] = (struct wn_value){ .answered = true, .text = "Acme" };
    wn_lesson_pick_add(p.p, &e, true);
    CHECK_INT(wn_lesson_pick_end(p.p, &p.a, &p.all, &p.fresh, &p.nfresh), 0);
    CHECK_INT(wn_lesson_pick_left_out(p.p), 0);
    drop(&p);
}

TEST(a_word_of_a_file_is_an_id_or_what_the_person_says)
{
    static const struct wn_setting values[] = { { "Won", "often" }, { "open", "-" } };
    static const struct wn_lesson_source from = { .values = values, .nvalues = 2 };
    static const struct {
        const char *cell;
        bool good, answered;
        size_t choice;
    } rows[] = {
        { "often", true, true, 0 },      { "At times", true, true, 1 },
        { "at-times", true, true, 1 },   { "WON", true, true, 0 },
        { "Open", true, false, 0 },      { "lost", false, false, 0 },
        { "won late", false, false, 0 },
    };
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wn_value v = { .answered = false };
        CHECK_INT(wn_lessons_cell(&from, &questions[0], rows[i].cell, &a, &v), rows[i].good);
        CHECK_INT(v.answered, rows[i].answered);
        if (rows[i].answered)
            CHECK_INT(v.choice, rows[i].choice);
    }
    wn_arena_free(&a);
}

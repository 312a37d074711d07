#include "test.h"
#include "pipeline/heldout.h"
#include <math.h>

static struct wn_choice topics[] = { { "late", "" }, { "broken", "" } };
static struct wn_question questions[] = {
    { .name = "topic", .type = WN_CHOICE, .choices = topics, .nchoices = 2 }
};
static struct wn_task task = {
    .name = "parcels", .questions = questions, .nquestions = 1, .target_error = .05
};
static const char salt[] = "a store's secret";

/* n texts, from number `from` on, in the lessons' arena. */
static struct wn_example *texts(struct wn_lessons *l, size_t from, size_t n, bool loud)
{
    struct wn_example *list = wn_arena_array(&l->arena, n, sizeof(*list));
    for (size_t i = 0; i < n; i++)
        list[i] = (struct wn_example){
            .text = wn_arena_printf(&l->arena, loud ? " WHERE  is Parcel %zu\n" : "where is parcel %zu", from + i)
        };
    return list;
}

static bool is_kept_out(const struct wn_lessons *l, const char *text)
{
    for (size_t i = 0; i < l->nheld_out; i++)
        if (strcmp(l->held_out[i], text) == 0)
            return true;
    return false;
}

TEST(a_part_is_kept_out_as_soon_as_it_may_prove_something)
{
    static const struct {
        double target_error;
        size_t least; /* 1.3 * ln .05 / ln (1 - eps), rounded up twice, times five */
    } row[] = { { .05, 384 }, { .1, 189 }, { .02, 969 } };
    for (size_t i = 0; i < COUNT(row); i++) {
        task.target_error = row[i].target_error;
        CHECK_INT(wn_heldout_least(&task), row[i].least);
        for (size_t fewer = 0; fewer <= 1; fewer++) {
            struct wn_lessons l = WN_LESSONS_INIT;
            size_t n = row[i].least - fewer;
            wn_heldout_split(salt, &task, texts(&l, 0, n, false), n, &l);
            CHECK_INT(l.nmeasure > 0, fewer == 0);
            CHECK_INT(l.nmeasure + l.n, n);
            CHECK_INT(l.from_files, l.n);
            CHECK_INT(l.nheld_out, l.nmeasure);
            CHECK(fabs((double)l.nmeasure - (fewer ? 0 : .2 * (double)n)) <= 4 * sqrt(.16 * (double)n));
            wn_lessons_clear(&l);
        }
    }
    task.target_error = .05;
}

TEST(what_is_kept_out_stays_out_whatever_is_added)
{
    struct wn_lessons first = WN_LESSONS_INIT, later = WN_LESSONS_INIT;
    wn_heldout_split(salt, &task, texts(&first, 100, 400, false), 400, &first);
    wn_heldout_split(salt, &task, texts(&later, 0, 900, false), 900, &later);
    for (size_t i = 0; i < first.n; i++)
        CHECK(!is_kept_out(&later, first.list[i].text));
    for (size_t i = 0; i < first.nmeasure; i++)
        CHECK(is_kept_out(&later, first.measure[i].text));
    wn_lessons_clear(&first);
    wn_lessons_clear(&later);
}

TEST(copies_of_a_text_share_its_draw_and_stores_differ)
{
    struct wn_lessons a = WN_LESSONS_INIT, copy = WN_LESSONS_INIT, other = WN_LESSONS_INIT;
    size_t same = 0;
    wn_heldout_split(salt, &task, texts(&a, 0, 400, false), 400, &a);
    wn_heldout_split(salt, &task, texts(&copy, 0, 400, true), 400, &copy);
    wn_heldout_split("another's", &task, texts(&other, 0, 400, false), 400, &other);
    CHECK_INT(a.nmeasure, copy.nmeasure);
    for (size_t i = 0; i < a.nmeasure; i++) {
        CHECK_INT(atoi(strrchr(a.measure[i].text, ' ')), atoi(strrchr(copy.measure[i].text, ' ')));
        same += is_kept_out(&other, a.measure[i].text);
    }
    CHECK(same < a.nmeasure / 2);
    wn_lessons_clear(&a);
    wn_lessons_clear(&copy);
    wn_lessons_clear(&other);
}


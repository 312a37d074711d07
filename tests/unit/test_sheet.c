#include "test.h"
#include "linear/linear.h"
#include "linear/report.h"

/* ---- a task and releases made by hand ---- */

enum { KIND, MARKS, LEVEL, NAME, QUESTIONS };

static const struct wn_choice kinds[] = { { "bill", "asks about an invoice" },
                                          { "fault", "something does not work" } };
static const struct wn_choice marks[] = { { "urgent", "needs it now" }, { "angry", "is angry" } };
static const struct wn_choice levels[] = { { "low", "" }, { "normal", "" }, { "high", "" } };
static struct wn_question questions[QUESTIONS] = {
    [KIND] = { .name = "kind", .type = WN_CHOICE, .choices = kinds, .nchoices = 2 },
    [MARKS] = { .name = "marks", .type = WN_TAGS, .choices = marks, .nchoices = 2 },
    [LEVEL] = { .name = "level", .type = WN_SCALE, .choices = levels, .nchoices = 3, .tol = 1 },
    [NAME] = { .name = "name", .type = WN_TEXT },
};
static const struct wn_task task = {
    .name = "test", .version = "v1", .questions = questions, .nquestions = QUESTIONS
};

struct lessons {
    struct wn_example ex[64];
    size_t n;
    struct wn_arena a;
};

/* From number `from` on, n texts; every second is a bill, and every third urgent. */
static void add(struct lessons *l, size_t from, size_t n)
{
    static const char *const says[2][3] = {
        { "the sum on the invoice", "when is it due to be paid", "send the bill again" },
        { "the screen stays black", "it does not start", "an error comes up" },
    };
    for (size_t i = from; i < from + n; i++) {
        struct wn_answer *answer = wn_answer_new(&task, &l->a);
        bool *chosen = wn_arena_array(&l->a, 2, sizeof(*chosen));
        chosen[0] = i % 3 == 0;
        answer->values[KIND] = (struct wn_value){ .answered = true, .choice = i % 2 };
        answer->values[MARKS] = (struct wn_value){ .answered = true, .chosen = chosen };
        answer->values[LEVEL] = (struct wn_value){ .answered = true, .choice = i % 3 == 0 ? 2 : 0 };
        l->ex[l->n++] = (struct wn_example){ .text = wn_arena_printf(
                                                 &l->a, "%s%s, number %zu", says[i % 2][i / 2 % 3],
                                                 i % 3 == 0 ? " at once" : "", i),
                                             .answer = answer };
    }
}

static struct wn_linear *learn(struct lessons *l, struct wn_linear_sheet *out)
{
    struct wn_linear_options o = { .threads = 1 };
    struct wn_linear_report r;
    struct wn_linear *m = NULL;
    CHECK_OK(wn_linear_train(&task, l->ex, l->n, &o, NULL, &l->a, &r, &m, &test_error));
    *out = r.sheet;
    return m;
}

TEST(a_sheet_has_every_answer_out_of_fold_and_comes_back_from_its_bytes)
{
    struct lessons l = { .n = 0 };
    struct wn_linear_sheet s, again;
    struct wn_linear *m;
    char *bytes;
    size_t len;
    add(&l, 0, 30);
    m = learn(&l, &s);
    CHECK_INT(s.n, 30);
    CHECK_OK(wn_linear_sheet_save(&s, m, &bytes, &len, &test_error));
    CHECK(wn_linear_sheet_load(bytes, len, wn_linear_version(m), &task, &l.a, &again));
    CHECK_INT(again.n, 30);
    for (size_t i = 0; i < s.n; i++) {
        const struct wn_linear_mark *one = s.marks + i * QUESTIONS,
                                    *two = again.marks + i * QUESTIONS;
        CHECK(s.texts[i] == again.texts[i]);
        CHECK(!two[NAME].judged);
        for (size_t q = KIND; q <= LEVEL; q++) {
            CHECK(one[q].judged && two[q].judged);
            CHECK_INT(one[q].said, two[q].said);
            CHECK(fabsf(one[q].p - two[q].p) < 1e-4f);
        }
    }
    /* of another release, or damaged */
    CHECK(!wn_linear_sheet_load(bytes, len, "0123456789abcdef", &task, &l.a, &again));
    for (size_t cut = 0; cut < len; cut++)
        CHECK(!wn_linear_sheet_load(bytes, cut, wn_linear_version(m), &task, &l.a, &again));
    free(bytes);
    wn_linear_free(m);
    wn_arena_free(&l.a);
}

TEST(a_release_is_compared_with_the_one_before_on_the_same_texts)
{
    struct lessons few = { .n = 0 }, more = { .n = 0 };
    struct wn_linear_sheet then, now;
    struct wn_linear_change c[QUESTIONS];
    struct wn_linear *before, *after;
    add(&few, 0, 20);
    add(&more, 5, 40);
    before = learn(&few, &then);
    after = learn(&more, &now);
    /* with itself: nothing is lost or won, and all is known */
    wn_linear_compare(before, &then, &task, few.ex, &then, c);
    for (size_t q = KIND; q <= LEVEL; q++) {
        CHECK_INT(c[q].n, 20);
        CHECK_INT(c[q].known, 20);
        CHECK_INT(c[q].lost + c[q].won, 0);
    }
    CHECK_INT(c[NAME].n, 0);
    /* 15 texts are in both; the release before says by itself what it thinks of the other 25 */
    wn_linear_compare(before, &then, &task, more.ex, &now, c);
    for (size_t q = KIND; q <= LEVEL; q++) {
        CHECK_INT(c[q].n, 40);
        CHECK_INT(c[q].known, 15);
        CHECK(!c[q].unlearned);
        CHECK(c[q].accuracy >= 0 && c[q].accuracy <= 1 && c[q].ece >= 0);
    }
    CHECK(c[KIND].accuracy > .8);
    wn_linear_free(before);
    wn_linear_free(after);
    wn_arena_free(&few.a);
    wn_arena_free(&more.a);
}

TEST(what_is_right_is_what_the_lessons_say_now)
{
    static const bool none[2] = { false, false }, urgent[2] = { true, false };
    const uint32_t empty = wn_tags_digest(none, 2), set = wn_tags_digest(urgent, 2);
    const struct {
        size_t q;
        uint32_t then, now, truth;
        size_t lost, won;
    } row[] = {
        { KIND, 0, 0, 0, 0, 0 },          { KIND, 0, 1, 0, 1, 0 },
        { KIND, 0, 1, 1, 0, 1 }, /* its label was corrected */
        { MARKS, set, set, empty, 0, 0 }, { MARKS, empty, set, empty, 1, 0 },
        { MARKS, empty, set, set, 0, 1 }, { LEVEL, 0, 1, 0, 0, 0 }, /* within tol */
        { LEVEL, 0, 2, 0, 1, 0 },         { LEVEL, 2, 1, 0, 0, 1 },
    };
    struct lessons l = { .n = 0 };
    struct wn_linear_sheet any;
    struct wn_linear *m;
    add(&l, 0, 20);
    m = learn(&l, &any);
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_linear_mark then[QUESTIONS] = { { 0 } }, now[QUESTIONS] = { { 0 } };
        uint64_t text = 7;
        size_t example = 0;
        struct wn_linear_sheet s = { 1, QUESTIONS, &text, NULL, then },
                               t = { 1, QUESTIONS, &text, &example, now };
        struct wn_linear_change c[QUESTIONS];
        then[row[i].q] = (struct wn_linear_mark){ true, row[i].then, 0, .9f };
        now[row[i].q] = (struct wn_linear_mark){ true, row[i].now, row[i].truth, .9f };
        wn_linear_compare(m, &s, &task, l.ex, &t, c);
        CHECK_INT(c[row[i].q].n, 1);
        CHECK_INT(c[row[i].q].lost, row[i].lost);
        CHECK_INT(c[row[i].q].won, row[i].won);
        CHECK(c[row[i].q == KIND ? MARKS : KIND].unlearned); /* no text says what is right */
    }
    wn_linear_free(m);
    wn_arena_free(&l.a);
}

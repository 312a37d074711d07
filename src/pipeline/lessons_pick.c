/* lessons_pick.c: of labelled texts of any number so many as can be learned from.
 *
 * Each text has a permanent random number, and of each label those with the lowest are picked, up to the
 * same number for all labels: whoever reads the rows in another order, or in two files, picks the same.
 * What cannot be picked any more is never kept, so the memory is that of the pick. */
#include "decide/sample.h"
#include "pipeline/lessons.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A pick grows by a quarter before it is cut down again. */
enum { SLACK = 4 };

struct picked {
    struct wn_example e;
    double u;
    size_t label;
    bool fresh;
};

struct wn_lesson_pick {
    const struct wn_task *t;
    const char *salt;
    struct wn_arena arena; /* what is picked */
    struct picked *list;
    size_t n, room;
    size_t bytes;   /* of their texts */
    double *limits; /* per label: numbers from here on are not picked */
    size_t nlabels, left_out;
};

struct wn_example wn_lesson_copy(const struct wn_task *t, const struct wn_example *e,
                                 struct wn_arena *a)
{
    struct wn_example out = *e;
    struct wn_answer *answer = wn_answer_new(t, a);
    struct wn_field *fields = wn_arena_array(a, e->nfields, sizeof(*fields));
    out.text = wn_arena_str(a, e->text);
    out.file = e->file == NULL ? NULL : wn_arena_str(a, e->file);
    for (size_t i = 0; i < e->nfields; i++)
        fields[i] = (struct wn_field){ .name = wn_arena_str(a, e->fields[i].name),
                                       .value = wn_arena_str(a, e->fields[i].value) };
    for (size_t q = 0; q < t->nquestions; q++) {
        const struct wn_value *from = &e->answer->values[q];
        struct wn_value *v = &answer->values[q];
        *v = (struct wn_value){ .answered = from->answered,
                                .null = from->null,
                                .choice = from->choice };
        if (from->text != NULL)
            v->text = wn_arena_str(a, from->text);
        if (from->chosen != NULL) {
            bool *chosen = wn_arena_array(a, t->questions[q].nchoices, sizeof(*chosen));
            memcpy(chosen, from->chosen, t->questions[q].nchoices * sizeof(*chosen));
            v->chosen = chosen;
        }
    }
    out.fields = fields;
    out.answer = answer;
    return out;
}

struct wn_lesson_pick *wn_lesson_pick_new(const struct wn_task *t, const char *salt)
{
    struct wn_lesson_pick *p = wn_xcalloc(1, sizeof(*p));
    p->t = t;
    p->salt = salt;
    p->nlabels =
        t->questions[0].nchoices + 2; /* and none of the tags, and no answer to the first */
    p->limits = wn_xcalloc(p->nlabels, sizeof(*p->limits));
    for (size_t i = 0; i < p->nlabels; i++)
        p->limits[i] = 1;
    return p;
}

void wn_lesson_pick_free(struct wn_lesson_pick *p)
{
    if (p == NULL)
        return;
    wn_arena_free(&p->arena);
    free(p->list);
    free(p->limits);
    free(p);
}

/* Of tags the first counts. */
static size_t label_of(const struct wn_lesson_pick *p, const struct wn_example *e)
{
    const struct wn_value *v = &e->answer->values[0];
    size_t c = 0, k = p->nlabels - 2;
    if (!v->answered || k == 0)
        return p->nlabels - 1;
    if (v->chosen == NULL)
        return v->choice;
    while (c < k && !v->chosen[c])
        c++;
    return c;
}

static int by_label(const void *a, const void *b)
{
    const struct picked *x = a, *y = b;
    if (x->label != y->label)
        return x->label < y->label ? -1 : 1;
    return x->u < y->u ? -1 : x->u > y->u;
}

/* The most that each label may have so that all together are not more than `most`. */
static size_t level(const size_t *count, size_t nlabels, size_t most)
{
    size_t lo = 0, hi = most;
    while (lo < hi) {
        size_t mid = lo + (hi - lo + 1) / 2, sum = 0;
        for (size_t i = 0; i < nlabels; i++)
            sum += count[i] < mid ? count[i] : mid;
        if (sum <= most)
            lo = mid;
        else
            hi = mid - 1;
    }
    return lo;
}

static bool too_many(const struct wn_lesson_pick *p, size_t slack)
{
    return p->n > WN_MOST_LESSONS + WN_MOST_LESSONS / SLACK * slack ||
           p->bytes > WN_MOST_LESSON_TEXT + WN_MOST_LESSON_TEXT / SLACK * slack;
}

/* Cut down to what may be picked; what stays moves to an arena of its own. */
static void cut(struct wn_lesson_pick *p)
{
    struct wn_arena old = p->arena;
    size_t *count = wn_xcalloc(p->nlabels, sizeof(*count)), most = WN_MOST_LESSONS, n = 0, each;
    if (p->bytes > WN_MOST_LESSON_TEXT)
        most = (size_t)fmin(WN_MOST_LESSONS, (double)p->n * WN_MOST_LESSON_TEXT / (double)p->bytes);
    for (size_t i = 0; i < p->n; i++)
        count[p->list[i].label]++;
    each = level(count, p->nlabels, most);
    qsort(p->list, p->n, sizeof(*p->list), by_label);
    p->arena = (struct wn_arena)WN_ARENA_INIT;
    p->bytes = 0;
    for (size_t i = 0, place = 0; i < p->n; i++) {
        struct picked *from = &p->list[i];
        place = i > 0 && from->label == p->list[i - 1].label ? place + 1 : 0;
        if (place >= each) {
            if (from->u < p->limits[from->label])
                p->limits[from->label] = from->u;
            continue;
        }
        /* n <= i: the label of the row before is still there to be looked at */
        p->list[n] = *from;
        p->list[n].e = wn_lesson_copy(p->t, &from->e, &p->arena);
        p->bytes += strlen(p->list[n++].e.text);
    }
    p->left_out += p->n - n;
    p->n = n;
    wn_arena_free(&old);
    free(count);
}

void wn_lesson_pick_add(struct wn_lesson_pick *p, const struct wn_example *e, bool fresh)
{
    struct picked one = { .u = wn_prn(p->salt, "lesson", p->t->name, e->text),
                          .label = label_of(p, e),
                          .fresh = fresh };
    if (!wn_lesson_teaches(p->t, e))
        return;
    if (one.u >= p->limits[one.label]) {
        p->left_out++;
        return;
    }
    if (p->n == p->room) {
        p->room = p->room == 0 ? 256 : p->room * 2;
        p->list = wn_xrealloc(p->list, p->room, sizeof(*p->list));
    }
    one.e = wn_lesson_copy(p->t, e, &p->arena);
    p->bytes += strlen(one.e.text);
    p->list[p->n++] = one;
    if (too_many(p, 1))
        cut(p);
}

size_t wn_lesson_pick_end(struct wn_lesson_pick *p, struct wn_arena *a, struct wn_example **all,
                          struct wn_example **fresh, size_t *nfresh)
{
    if (too_many(p, 0))
        cut(p);
    *all = wn_arena_array(a, p->n, sizeof(**all));
    *fresh = wn_arena_array(a, p->n, sizeof(**fresh));
    *nfresh = 0;
    for (size_t i = 0; i < p->n; i++) {
        (*all)[i] = p->list[i].e;
        if (p->list[i].fresh)
            (*fresh)[(*nfresh)++] = p->list[i].e;
    }
    return p->n;
}

size_t wn_lesson_pick_left_out(const struct wn_lesson_pick *p)
{
    return p->left_out;
}

/* answer.c: see answer.h. */
#include "task/answer.h"
#include "base/utf8.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct wn_answer *wn_answer_new(const struct wn_task *t, struct wn_arena *a)
{
    struct wn_answer *answer = wn_arena_alloc(a, sizeof(*answer));
    answer->values = wn_arena_array(a, t->nquestions, sizeof(*answer->values));
    answer->nvalues = t->nquestions;
    return answer;
}

static double tags_prob(const struct wn_question *q, const struct wn_value *v, const double *p)
{
    double least = 1;
    for (size_t i = 0; i < q->nchoices; i++) {
        double right = v->chosen != NULL && v->chosen[i] ? p[i] : 1 - p[i];
        if (!(right >= least))
            least = right;
    }
    return least;
}

double wn_value_prob(const struct wn_question *q, const struct wn_value *v, const double *p)
{
    double sum = 0, mass = 0;
    size_t tol = q->type == WN_SCALE ? (size_t)q->tol : 0;
    if (!v->answered || p == NULL || q->type == WN_TEXT)
        return NAN;
    if (q->type == WN_TAGS)
        return tags_prob(q, v, p);
    for (size_t i = 0; i < q->nchoices; i++) {
        size_t off = i > v->choice ? i - v->choice : v->choice - i;
        sum += p[i];
        mass += off <= tol ? p[i] : 0;
    }
    return sum > 0 ? mass / sum : NAN;
}

bool wn_value_same(const struct wn_question *q, const struct wn_value *a, const struct wn_value *b)
{
    if (!a->answered || !b->answered)
        return false;
    switch (q->type) {
    case WN_CHOICE:
    case WN_YESNO:
        return a->choice == b->choice;
    case WN_SCALE:
        return (a->choice > b->choice ? a->choice - b->choice : b->choice - a->choice) <=
               (size_t)q->tol;
    case WN_TAGS:
        for (size_t i = 0; i < q->nchoices; i++)
            if ((a->chosen != NULL && a->chosen[i]) != (b->chosen != NULL && b->chosen[i]))
                return false;
        return true;
    case WN_TEXT:
        if (a->null || b->null || a->text == NULL || b->text == NULL)
            return (a->null || a->text == NULL) == (b->null || b->text == NULL);
        return wn_form_same(q->form, a->text, b->text);
    }
    return false;
}

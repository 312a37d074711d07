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

/* Letter case, composition and white space are no difference. */
static char *folded(const char *text)
{
    struct wn_buf b = WN_BUF_INIT(SIZE_MAX / 4);
    size_t n = 0;
    char *out = NULL;
    wn_utf8_fold(&b, text, strlen(text));
    for (size_t i = 0; i < b.len; i++) {
        bool space = (unsigned char)b.data[i] <= ' ';
        if (!space || (n > 0 && b.data[n - 1] != ' '))
            b.data[n++] = space ? ' ' : b.data[i];
    }
    if (n > 0 && b.data[n - 1] == ' ')
        n--;
    out = wn_xmalloc(n + 1);
    memcpy(out, b.data, n);
    out[n] = '\0';
    wn_buf_free(&b);
    return out;
}

static bool same_text(const char *a, const char *b)
{
    char *x, *y;
    bool same;
    if (a == NULL || b == NULL)
        return a == b;
    x = folded(a);
    y = folded(b);
    same = strcmp(x, y) == 0;
    free(x);
    free(y);
    return same;
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
        return same_text(a->null ? NULL : a->text, b->null ? NULL : b->text);
    }
    return false;
}

/* verdict.c: see verdict.h. */
#include "pipeline/verdict.h"
#include "base/buf.h"
#include <stdlib.h>
#include <string.h>

static const char *joined(const struct wn_field_answer *f, struct wn_arena *a)
{
    const char *all = "";
    for (size_t i = 0; i < f->ntags; i++)
        all = wn_arena_printf(a, "%s%s%s", all, i == 0 ? "" : ",", f->tags[i]);
    return all;
}

const char *wn_verdict_old(const struct wn_task *t, const struct wn_result *r, const char *question,
                           struct wn_arena *a)
{
    if (t != NULL && strcmp(question, t->questions[0].name) == 0)
        return r->label;
    for (size_t i = 0; i < r->nanswers; i++)
        if (strcmp(r->answers[i].question, question) == 0)
            return r->answers[i].type == WN_TAGS ? joined(&r->answers[i], a) : r->answers[i].value;
    return NULL;
}

static size_t next_tag(const char **p)
{
    *p += strspn(*p, " ,");
    return strcspn(*p, " ,");
}

/* Is every tag of one list in the other? */
static bool within(const char *list, const char *other)
{
    for (size_t n; (n = next_tag(&list)) > 0; list += n) {
        const char *p = other;
        size_t m;
        while ((m = next_tag(&p)) > 0 && (m != n || memcmp(p, list, n) != 0))
            p += m;
        if (m == 0)
            return false;
    }
    return true;
}

/* The same text but for white space at its ends and between words. */
static bool same_text(const char *a, const char *b)
{
    for (;;) {
        size_t m, n;
        a += strspn(a, " \t\r\n");
        b += strspn(b, " \t\r\n");
        m = strcspn(a, " \t\r\n");
        n = strcspn(b, " \t\r\n");
        if (m != n || memcmp(a, b, n) != 0)
            return false;
        if (n == 0)
            return true;
        a += m;
        b += n;
    }
}

static bool fits(const struct wn_question *q, const char *old, const char *now)
{
    size_t x, y;
    if (q->type == WN_TEXT)
        return same_text(old == NULL ? "" : old, now);
    if (old == NULL)
        return false;
    if (q->type == WN_TAGS)
        return within(old, now) && within(now, old);
    x = wn_question_choice(q, old, strlen(old));
    y = wn_question_choice(q, now, strlen(now));
    if (x == SIZE_MAX || y == SIZE_MAX)
        return false;
    return q->type == WN_SCALE ? (x > y ? x - y : y - x) <= (size_t)q->tol : x == y;
}

bool wn_verdict_wrong(const struct wn_task *t, const struct wn_result *r, enum wn_verdict verdict,
                      const struct wn_correction *c, size_t n)
{
    struct wn_arena a = WN_ARENA_INIT;
    bool wrong = verdict == WN_UNSURE;
    if (t == NULL)
        return wrong || n > 0;
    for (size_t i = 0; i < n && !wrong; i++) {
        size_t at = 0;
        const struct wn_question *q = wn_task_question(t, c[i].question, &at);
        bool gated = q != NULL && (at == 0 || q->gated);
        wrong = gated && !c[i].old_fits &&
                !fits(q, wn_verdict_old(t, r, c[i].question, &a), c[i].value);
    }
    wn_arena_free(&a);
    return wrong;
}

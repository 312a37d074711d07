/* template.c: {{name}} in system.md, user.md and a route's draft: finding, checking, and filling
 * in a draft. No logic in templates: what has none cannot be wrong in it. */
#include "parse.h"
#include "base/utf8.h"
#include "task/answer.h"
#include "task/prompt.h"
#include <string.h>

enum { LONGEST_DRAFT = 16 * 1024, LONGEST_VALUE = 500 };

static const char *const known_names[] = { "business",  "questions",   "examples",
                                           "item.text", "item.fields", "item.time" };
enum { SYSTEM_NAMES = 3 }; /* those that are the same for every item */

bool wn_tag_next(const char *text, size_t from, struct wn_tag *out)
{
    const char *start = strstr(text + from, "{{");
    size_t n;
    if (start == NULL)
        return false;
    n = strcspn(start + 2, "}\n");
    out->start = (size_t)(start - text);
    out->open = strncmp(start + 2 + n, "}}", 2) != 0;
    out->end = out->start + 2 + (out->open ? 0 : n + 2);
    out->name = start + 2 + strspn(start + 2, " \t");
    out->len = out->name > start + 2 + n ? 0 : (size_t)(start + 2 + n - out->name);
    while (out->len > 0 && strchr(" \t\r", out->name[out->len - 1]) != NULL)
        out->len--;
    return true;
}

static bool is_name(const struct wn_tag *tag, const char *name)
{
    return !tag->open && strlen(name) == tag->len && memcmp(name, tag->name, tag->len) == 0;
}

void wn_template_check(struct wn_check *c, const char *text, size_t first_line,
                       const char *const *known, size_t n)
{
    struct wn_tag tag;
    for (size_t from = 0; wn_tag_next(text, from, &tag); from = tag.end) {
        size_t line = first_line + wn_json_line_of(text, text + tag.start) - 1, i = 0;
        if (tag.open) {
            wn_check_fault(c, line, "Write {{name}} on one line.", "a {{ that is never closed");
            continue;
        }
        while (i < n && !is_name(&tag, known[i]))
            i++;
        if (i == n)
            wn_check_fault(c, line,
                           wn_check_text(c, "Known here: %s.", wn_check_join(c->arena, known, n)),
                           "there is no {{%.*s}}", (int)(tag.len < 100 ? tag.len : 100), tag.name);
    }
}

static bool mentions(const char *text, const char *name)
{
    struct wn_tag tag;
    for (size_t from = 0; wn_tag_next(text, from, &tag); from = tag.end)
        if (is_name(&tag, name))
            return true;
    return false;
}

void wn_templates_check(struct wn_check *c, const struct wn_task *t)
{
    if (t->system_md != NULL) {
        c->file = wn_check_text(c, "%s/system.md", t->dir);
        wn_template_check(c, t->system_md, 1, known_names, SYSTEM_NAMES);
        if (!mentions(t->system_md, "questions") &&
            (t->user_md == NULL || !mentions(t->user_md, "questions")))
            wn_check_fault(c, 0, "Write {{questions}} where the questions go.",
                           "the model is not told the questions");
    }
    if (t->user_md != NULL) {
        c->file = wn_check_text(c, "%s/user.md", t->dir);
        wn_template_check(c, t->user_md, 1, known_names, WN_COUNT(known_names));
        if (!mentions(t->user_md, "item.text"))
            wn_check_fault(c, 0, "Write {{item.text}} where the item goes.",
                           "the model is not shown the item");
    }
    if (t->business_md == NULL && ((t->system_md != NULL && mentions(t->system_md, "business")) ||
                                   (t->user_md != NULL && mentions(t->user_md, "business"))))
        wn_check_fault(c, 0,
                       "Write business.md beside the task's folder: who we are, what we sell.",
                       "{{business}} is used, but there is no business.md");
}

size_t wn_prompt_faults(const struct wn_task *t,
                        void (*report)(void *user, const struct wn_fault *f), void *user)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_check c = { &a, t->dir, "", report, user, 0 };
    wn_templates_check(&c, t);
    wn_arena_free(&a);
    return c.nfaults;
}

/* ---- a draft ---- */

/* A value from an item, fit for one line. */
static void put_value(struct wn_buf *b, const char *text)
{
    size_t n = wn_utf8_cut(text, strlen(text), LONGEST_VALUE);
    bool space = false;
    for (size_t i = 0; i < n; i++) {
        bool is_space = (unsigned char)text[i] <= ' ' || text[i] == 0x7f;
        if (!is_space || !space)
            wn_buf_char(b, is_space ? ' ' : text[i]);
        space = is_space;
    }
}

static void put_tags(struct wn_buf *b, const struct wn_question *q, const bool *chosen)
{
    bool first = true;
    for (size_t i = 0; i < q->nchoices; i++) {
        if (chosen == NULL || !chosen[i])
            continue;
        wn_buf_str(b, first ? "" : ", ");
        wn_buf_str(b, q->choices[i].id);
        first = false;
    }
}

static void put_answer(struct wn_buf *b, const struct wn_question *q, const struct wn_value *v)
{
    if (!v->answered || (q->type == WN_TEXT && (v->null || v->text == NULL)))
        wn_buf_printf(b, "[%s]", q->name);
    else if (q->type == WN_TEXT)
        put_value(b, v->text);
    else if (q->type == WN_TAGS)
        put_tags(b, q, v->chosen);
    else
        wn_buf_str(b, q->choices[v->choice].id);
}

const char *wn_task_draft(const struct wn_task *t, const char *draft,
                          const struct wn_answer *answer, struct wn_arena *a)
{
    struct wn_buf b = WN_BUF_INIT(LONGEST_DRAFT);
    struct wn_tag tag;
    const char *out;
    size_t from = 0;
    while (wn_tag_next(draft, from, &tag)) {
        size_t index;
        const struct wn_question *q =
            wn_task_question(t, wn_arena_copy(a, tag.name, tag.len), &index);
        wn_buf_add(&b, draft + from, tag.start - from);
        if (tag.open)
            wn_buf_add(&b, draft + tag.start, tag.end - tag.start);
        else if (q != NULL && answer != NULL)
            put_answer(&b, q, &answer->values[index]);
        else
            wn_buf_printf(&b, "[%.*s]", (int)tag.len, tag.name);
        from = tag.end;
    }
    wn_buf_str(&b, draft + from);
    out = wn_arena_str(a, b.data);
    wn_buf_free(&b);
    return out;
}

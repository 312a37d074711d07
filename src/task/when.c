/* when.c: reading the rules and routes of a task. Whether a condition holds is decide's matter. */
#include "parse.h"
#include <string.h>

enum { MOST_DUE_MINUTES = 366 * 24 * 60 };

static const struct wn_member when_members[] = {
    { "question", WN_MEMBER_STRING, false, "Write the name of a question.", NULL, 0, 0 },
    { "any", WN_MEMBER_STRINGS, false, "Write the answers: [\"id\", ...].", NULL, 0, 0 },
    { "text_has", WN_MEMBER_STRINGS, false, "Write words or phrases: [\"...\", ...].", NULL, 0, 0 },
    { "missing", WN_MEMBER_STRINGS, false, "Write names of text questions: [\"...\", ...].", NULL,
      0, 0 },
    { "field", WN_MEMBER_STRING, false, "Write the name of an item's field.", NULL, 0, 0 },
    { "field_is", WN_MEMBER_STRINGS, false, "Write the field's values: [\"...\", ...].", NULL, 0,
      0 },
};
static const struct wn_member rule_members[] = {
    { "name", WN_MEMBER_STRING, true, "Write a name: the reason will be \"rule:NAME\".", NULL, 0,
      0 },
    { "because", WN_MEMBER_STRING, true, "Write the reason as a sentence for a person.", NULL, 0,
      0 },
    { "when", WN_MEMBER_OBJECT, true, "Write { \"question\": ..., \"any\": [...] } or the like.",
      NULL, 0, 0 },
};
static const struct wn_member route_members[] = {
    { "when", WN_MEMBER_OBJECT, false, "Write { \"question\": ..., \"any\": [...] } or the like.",
      NULL, 0, 0 },
    { "owner", WN_MEMBER_STRING, true, "Write who takes it, such as \"sales\".", NULL, 0, 0 },
    { "next", WN_MEMBER_STRING, true, "Write what they do next, such as \"call_today\".", NULL, 0,
      0 },
    { "due_minutes", WN_MEMBER_WHOLE, false,
      "Write whole minutes, at most a year; leave it out where there is no hurry.", NULL, 1,
      MOST_DUE_MINUTES },
    { "draft", WN_MEMBER_STRING, false, "Write the text, with {{question}} where an answer goes.",
      NULL, 0, 0 },
};

static const struct wn_question *known_question(struct wn_check *c, const struct wn_task *t,
                                                const char *path, const char *name)
{
    const struct wn_question *q = wn_task_question(t, name, NULL);
    size_t n;
    const char *const *names = wn_question_names(t, c->arena, &n);
    if (q == NULL)
        wn_check_fault(c, wn_check_line(c, path), wn_check_hint_known(c, name, names, n),
                       "there is no question \"%s\"", name);
    return q;
}

static void check_any(struct wn_check *c, const struct wn_question *q, const char *path,
                      const struct wn_when *w)
{
    const char **ids = wn_arena_array(c->arena, q->nchoices, sizeof(*ids));
    for (size_t i = 0; i < q->nchoices; i++)
        ids[i] = q->choices[i].id;
    for (size_t i = 0; i < w->nany && q->nchoices > 0; i++) /* none: reported already */
        if (wn_question_choice(q, w->any[i], strlen(w->any[i])) == SIZE_MAX)
            wn_check_fault(c, wn_check_line(c, wn_check_text(c, "%s[%zu]", path, i)),
                           wn_check_hint_known(c, w->any[i], ids, q->nchoices),
                           "\"%s\" is no answer to \"%s\"", w->any[i], q->name);
}

/* `question` and `any`, `field` and `field_is`: the one says nothing without the other. */
static void check_answer(struct wn_check *c, const struct wn_task *t, const char *path,
                         const struct wn_when *w)
{
    const struct wn_question *q;
    if (w->question == NULL) {
        if (w->nany > 0)
            wn_check_fault(c, wn_check_line(c, wn_check_text(c, "%s.any", path)),
                           "Add \"question\": \"NAME\" beside it.", "\"any\" has no question");
        return;
    }
    q = known_question(c, t, wn_check_text(c, "%s.question", path), w->question);
    if (q == NULL)
        return;
    if (q->type == WN_TEXT)
        wn_check_fault(c, wn_check_line(c, wn_check_text(c, "%s.question", path)),
                       "Use \"missing\" or \"text_has\" for what stands in the text.",
                       "\"%s\" is a text question: it has no answers to choose from", q->name);
    else if (w->nany == 0)
        wn_check_fault(c, wn_check_line(c, path), "Add \"any\": [\"id\", ...] beside it.",
                       "it does not say which answers to \"%s\"", q->name);
    else
        check_any(c, q, wn_check_text(c, "%s.any", path), w);
}

static void check_missing(struct wn_check *c, const struct wn_task *t, const char *path,
                          const struct wn_when *w)
{
    for (size_t i = 0; i < w->nmissing; i++) {
        const char *where = wn_check_text(c, "%s.missing[%zu]", path, i);
        const struct wn_question *q = known_question(c, t, where, w->missing[i]);
        if (q != NULL && q->type != WN_TEXT)
            wn_check_fault(c, wn_check_line(c, where), "Name text questions here.",
                           "\"%s\" is no text question", q->name);
    }
}

static void parse_when(struct wn_check *c, const struct wn_task *t, const cJSON *o,
                       const char *path, struct wn_when *w)
{
    const char *question = wn_json_str(o, "question"), *field = wn_json_str(o, "field");
    if (!wn_check_members(c, o, path, when_members, WN_COUNT(when_members)))
        return;
    w->question = question == NULL ? NULL : wn_arena_str(c->arena, question);
    w->any = wn_check_strings(c, wn_json_get(o, "any"), &w->nany);
    w->text_has = wn_check_strings(c, wn_json_get(o, "text_has"), &w->ntext_has);
    w->missing = wn_check_strings(c, wn_json_get(o, "missing"), &w->nmissing);
    w->field = field == NULL ? NULL : wn_arena_str(c->arena, field);
    w->field_is = wn_check_strings(c, wn_json_get(o, "field_is"), &w->nfield_is);
    check_answer(c, t, path, w);
    check_missing(c, t, path, w);
    if (w->field == NULL && w->nfield_is > 0)
        wn_check_fault(c, wn_check_line(c, wn_check_text(c, "%s.field_is", path)),
                       "Add \"field\": \"NAME\" beside it.", "\"field_is\" has no field");
    if (o->child == NULL)
        wn_check_fault(c, wn_check_line(c, path),
                       "Write a condition; a last route for all else has no \"when\".",
                       "the condition is empty");
}

static const char *member_text(struct wn_check *c, const cJSON *o, const char *name)
{
    const char *text = wn_json_str(o, name);
    return text == NULL ? NULL : wn_arena_str(c->arena, text);
}

void wn_rules_parse(struct wn_check *c, const cJSON *list, struct wn_task *t)
{
    const cJSON *o;
    t->rules = wn_arena_array(c->arena, (size_t)cJSON_GetArraySize(list), sizeof(*t->rules));
    cJSON_ArrayForEach(o, list)
    {
        struct wn_rule *r = &t->rules[t->nrules];
        const char *path = wn_check_text(c, "always_review[%zu]", t->nrules);
        r->name = member_text(c, o, "name");
        r->because = member_text(c, o, "because");
        if (wn_check_members(c, o, path, rule_members, WN_COUNT(rule_members)) &&
            cJSON_IsObject(wn_json_get(o, "when")))
            parse_when(c, t, wn_json_get(o, "when"), wn_check_text(c, "%s.when", path), &r->when);
        if (r->name != NULL && !wn_check_is_id(r->name))
            wn_check_fault(c, wn_check_line(c, wn_check_text(c, "%s.name", path)),
                           "Write small letters, digits and _, a letter first.",
                           "\"%s\" is no name for a rule", r->name);
        for (size_t i = 0; i < t->nrules; i++)
            if (r->name != NULL && t->rules[i].name != NULL &&
                strcmp(r->name, t->rules[i].name) == 0)
                wn_check_fault(c, wn_check_line(c, wn_check_text(c, "%s.name", path)),
                               "Give one of them another name.", "two rules are called \"%s\"",
                               r->name);
        t->nrules++;
    }
}

void wn_routes_parse(struct wn_check *c, const cJSON *list, struct wn_task *t)
{
    const cJSON *o;
    size_t nnames, last = SIZE_MAX;
    const char *const *names = wn_question_names(t, c->arena, &nnames);
    t->routes = wn_arena_array(c->arena, (size_t)cJSON_GetArraySize(list), sizeof(*t->routes));
    cJSON_ArrayForEach(o, list)
    {
        struct wn_route_row *r = &t->routes[t->nroutes];
        const char *path = wn_check_text(c, "routes[%zu]", t->nroutes);
        const cJSON *when = wn_json_get(o, "when");
        if (wn_check_members(c, o, path, route_members, WN_COUNT(route_members)) &&
            cJSON_IsObject(when))
            parse_when(c, t, when, wn_check_text(c, "%s.when", path), &r->when);
        r->owner = member_text(c, o, "owner");
        r->next = member_text(c, o, "next");
        r->due_minutes = (int)wn_json_int(o, "due_minutes", 0);
        r->draft = member_text(c, o, "draft");
        if (r->draft != NULL)
            wn_template_check(c, r->draft, wn_check_line(c, wn_check_text(c, "%s.draft", path)),
                              names, nnames);
        if (last != SIZE_MAX)
            wn_check_fault(c, wn_check_line(c, path), "Put the route without \"when\" last.",
                           "this route is never reached: routes[%zu] takes everything", last);
        else if (when == NULL)
            last = t->nroutes;
        t->nroutes++;
    }
}

/* value.c: what a look at a waiting item is worth, by its answers: with how likely it is wrong, the queue's order. */
#include "parse.h"
#include <string.h>

enum { MOST_VALUE = 1000 };

static void parse_answer(struct wn_check *c, const cJSON *v, const struct wn_question *q,
                         struct wn_task *t)
{
    const char *path = wn_check_text(c, "value.%s.%s", q->name, v->string);
    size_t at = wn_question_choice(q, v->string, strlen(v->string));
    if (at == SIZE_MAX || strcmp(q->choices[at].id, v->string) != 0) {
        const char **ids = wn_arena_array(c->arena, q->nchoices, sizeof(*ids));
        for (size_t i = 0; i < q->nchoices; i++)
            ids[i] = q->choices[i].id;
        wn_check_fault(c, wn_check_line(c, path),
                       wn_check_hint_known(c, v->string, ids, q->nchoices),
                       "\"%s\" is no answer to \"%s\"", v->string, q->name);
    } else if (!cJSON_IsNumber(v) || v->valuedouble <= 0 || v->valuedouble > MOST_VALUE) {
        wn_check_fault(c, wn_check_line(c, path),
                       "Write how many times as much as usual: above 0, at most 1000.",
                       "the value of \"%s\" cannot be this", v->string);
    } else {
        t->values[t->nvalues++] = (struct wn_worth){ q->name, q->choices[at].id, v->valuedouble };
    }
}

static void parse_question(struct wn_check *c, const cJSON *o, struct wn_task *t)
{
    const char *path = wn_check_text(c, "value.%s", o->string);
    const struct wn_question *q = wn_task_question(t, o->string, NULL);
    const cJSON *v;
    size_t n;
    const char *const *names = wn_question_names(t, c->arena, &n);
    if (q == NULL)
        wn_check_fault(c, wn_check_line(c, path), wn_check_hint_known(c, o->string, names, n),
                       "there is no question \"%s\"", o->string);
    else if (q->type == WN_TEXT || q->type == WN_TAGS)
        wn_check_fault(c, wn_check_line(c, path), "Name a choice, a scale or a yesno question.",
                       "\"%s\" has not one of several answers", q->name);
    else if (!cJSON_IsObject(o))
        wn_check_fault(c, wn_check_line(c, path), "Write { \"ANSWER\": 3 }.",
                       "\"value.%s\" cannot be this", q->name);
    else
        cJSON_ArrayForEach(v, o) parse_answer(c, v, q, t);
}

void wn_values_parse(struct wn_check *c, const cJSON *o, struct wn_task *t)
{
    const cJSON *m;
    size_t n = 0;
    if (!cJSON_IsObject(o))
        return; /* missing, or reported */
    cJSON_ArrayForEach(m, o) n += (size_t)cJSON_GetArraySize(m);
    t->values = wn_arena_array(c->arena, n, sizeof(*t->values));
    cJSON_ArrayForEach(m, o) parse_question(c, m, t);
}

double wn_task_value(const struct wn_task *t, const char *question, const char *answer)
{
    for (size_t i = 0; answer != NULL && i < t->nvalues; i++)
        if (strcmp(t->values[i].question, question) == 0 && strcmp(t->values[i].answer, answer) == 0)
            return t->values[i].times;
    return 1;
}

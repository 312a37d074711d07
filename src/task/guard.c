/* guard.c: guard labels: labels whose mistakes cost more than others', with a promise of their own. */
#include "parse.h"
#include <string.h>

static const char *const proof_words[] = { "cautious", "review", NULL };

static const struct wn_member members[] = {
    { "target_error", WN_MEMBER_SHARE, false,
      "Write the share that may be wrong: above 0, at most 0.5, such as 0.02.", NULL, 0, 0 },
    { "before_proof", WN_MEMBER_WORD, false, "Write review or cautious.", proof_words, 0, 0 },
    { "audit", WN_MEMBER_SHARE, false,
      "Write the least share that people look at: above 0, at most 0.5, such as 0.2.", NULL, 0, 0 },
};

static void parse_guard(struct wn_check *c, const cJSON *o, struct wn_task *t)
{
    const struct wn_question *q = &t->questions[0];
    const char *path = wn_check_text(c, "guards.%s", o->string), *word;
    size_t at = wn_question_choice(q, o->string, strlen(o->string));
    if (at == SIZE_MAX || strcmp(q->choices[at].id, o->string) != 0) {
        const char **ids = wn_arena_array(c->arena, q->nchoices, sizeof(*ids));
        for (size_t i = 0; i < q->nchoices; i++)
            ids[i] = q->choices[i].id;
        wn_check_fault(c, wn_check_line(c, path),
                       wn_check_hint_known(c, o->string, ids, q->nchoices),
                       "the question \"%s\" has no label \"%s\"", q->name, o->string);
        return;
    }
    if (!wn_check_members(c, o, path, members, WN_COUNT(members)))
        return;
    word = wn_json_str(o, "before_proof");
    t->guards[t->nguards++] = (struct wn_guard){
        .label = q->choices[at].id,
        .target_error = wn_json_num(o, "target_error", t->target_error),
        .before_proof_review = word == NULL || strcmp(word, "cautious") != 0,
        .audit = wn_json_num(o, "audit", 0),
    };
}

void wn_guards_parse(struct wn_check *c, const cJSON *o, struct wn_task *t)
{
    const cJSON *m;
    if (!cJSON_IsObject(o))
        return; /* missing, or reported */
    t->guards = wn_arena_array(c->arena, (size_t)cJSON_GetArraySize(o), sizeof(*t->guards));
    cJSON_ArrayForEach(m, o)
    {
        if (wn_json_get(o, m->string) != m)
            wn_check_fault(c, wn_check_line(c, "guards"), "Keep one of them.",
                           "\"%s\" stands here twice", m->string);
        else
            parse_guard(c, m, t);
    }
}

const struct wn_guard *wn_task_guard(const struct wn_task *t, const char *label)
{
    for (size_t i = 0; label != NULL && i < t->nguards; i++)
        if (strcmp(t->guards[i].label, label) == 0)
            return &t->guards[i];
    return NULL;
}

struct wn_task wn_task_stratum(const struct wn_task *t, const struct wn_guard *g)
{
    struct wn_task out = *t;
    out.stratum = NULL;
    if (g == NULL)
        return out;
    out.stratum = g->label;
    out.target_error = g->target_error;
    out.before_proof_review = g->before_proof_review;
    out.audit = g->audit;
    return out;
}

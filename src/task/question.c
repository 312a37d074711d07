/* question.c: the questions of a task: reading them, finding them and their choices. */
#include "parse.h"
#include <string.h>

enum { MOST_CHOICES = 255, MOST_LEVELS = 10, MOST_NULLABLE = 16 };

static const char *const type_words[] = { "choice", "tags", "yesno", "scale", "text", NULL };
static const char *const evidence_words[] = { "none", "optional", "required", NULL };

static const struct wn_member members[] = {
    { "name", WN_MEMBER_STRING, true, "Write a name such as \"intent\".", NULL, 0, 0 },
    { "type", WN_MEMBER_WORD, true, "Write choice, tags, yesno, scale or text.", type_words, 0, 0 },
    { "ask", WN_MEMBER_STRING, true, "Write the question in plain words.", NULL, 0, 0 },
    { "choices", WN_MEMBER_OBJECT, false, "Write { \"id\": \"what it means\", ... }.", NULL, 0, 0 },
    { "levels", WN_MEMBER_OBJECT, false, "Write { \"id\": \"what it means\", ... }, lowest first.",
      NULL, 0, 0 },
    { "form", WN_MEMBER_STRING, false, "Write a form such as \"email\" or \"date\".", NULL, 0, 0 },
    { "near", WN_MEMBER_STRINGS, false,
      "Write the words that stand before the value: [\"total\", ...].", NULL, 0, 0 },
    { "letterhead", WN_MEMBER_BOOL, false, "Write true or false.", NULL, 0, 0 },
    { "evidence", WN_MEMBER_WORD, false, "Write none, optional or required.", evidence_words, 0,
      0 },
    { "gated", WN_MEMBER_BOOL, false, "Write true or false.", NULL, 0, 0 },
    { "required", WN_MEMBER_BOOL, false, "Write true or false.", NULL, 0, 0 },
    { "tol", WN_MEMBER_WHOLE, false, "Write how many levels off still counts as right: 0 to 9.",
      NULL, 0, 9 },
};

const char *wn_question_type_name(enum wn_question_type t)
{
    return type_words[t];
}

static size_t word_index(const char *const *words, const char *word)
{
    size_t i = 0;
    while (words[i] != NULL && strcmp(words[i], word) != 0)
        i++;
    return i;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool same_letters(const char *id, const char *text, size_t len)
{
    size_t i = 0;
    while (i < len && id[i] != '\0' && lower(id[i]) == lower(text[i]))
        i++;
    return i == len && id[i] == '\0';
}

size_t wn_question_choice(const struct wn_question *q, const char *id, size_t len)
{
    size_t found = SIZE_MAX, n = 0;
    for (size_t i = 0; i < q->nchoices; i++) {
        const char *have = q->choices[i].id;
        if (strlen(have) == len && memcmp(have, id, len) == 0)
            return i;
        if (same_letters(have, id, len)) {
            found = i;
            n++;
        }
    }
    return n == 1 ? found : SIZE_MAX;
}

const struct wn_question *wn_task_question(const struct wn_task *t, const char *name, size_t *index)
{
    for (size_t i = 0; i < t->nquestions; i++) {
        if (strcmp(t->questions[i].name, name) != 0)
            continue;
        if (index != NULL)
            *index = i;
        return &t->questions[i];
    }
    return NULL;
}

const char *const *wn_question_names(const struct wn_task *t, struct wn_arena *a, size_t *n)
{
    const char **names = wn_arena_array(a, t->nquestions, sizeof(*names));
    for (size_t i = 0; i < t->nquestions; i++)
        names[i] = t->questions[i].name;
    *n = t->nquestions;
    return names;
}

/* ---- reading ---- */

/* An id that is written wrong, or that an earlier one is when letter case is ignored: models and
 * servers do not keep the case. */
static void check_choice(struct wn_check *c, const char *path, const struct wn_choice *all,
                         size_t i)
{
    const char *id = all[i].id;
    size_t line = wn_check_line(c, wn_check_text(c, "%s.%s", path, id));
    if (!wn_check_is_id(id))
        wn_check_fault(c, line, "Write small letters, digits and _, a letter first.",
                       "\"%s\" is not an id", id);
    for (size_t j = 0; j < i; j++) {
        if (!same_letters(all[j].id, id, strlen(id)))
            continue;
        wn_check_fault(c, line, "Each id must differ by more than letter case.",
                       "\"%s\" and \"%s\" are the same choice", all[j].id, id);
        return;
    }
}

static void parse_choices(struct wn_check *c, const cJSON *o, const char *path,
                          struct wn_question *q)
{
    struct wn_choice *all = wn_arena_array(c->arena, (size_t)cJSON_GetArraySize(o), sizeof(*all));
    const cJSON *m;
    cJSON_ArrayForEach(m, o)
    {
        struct wn_choice *choice = &all[q->nchoices];
        choice->id = wn_arena_str(c->arena, m->string);
        choice->meaning = cJSON_IsString(m) ? wn_arena_str(c->arena, m->valuestring) : "";
        if (choice->meaning[strspn(choice->meaning, " \t\r\n")] == '\0')
            wn_check_fault(c, wn_check_line(c, wn_check_text(c, "%s.%s", path, m->string)),
                           "Write in a few words when it applies.", "\"%s\" has no meaning",
                           m->string);
        check_choice(c, path, all, q->nchoices++);
    }
    q->choices = all;
}

/* yesno: its choices are always no and yes; task.json may only say what they mean. */
static void yes_and_no(struct wn_check *c, const char *path, struct wn_question *q)
{
    static const struct wn_choice plain[] = { { "no", "" }, { "yes", "" } };
    struct wn_choice *both = wn_arena_array(c->arena, 2, sizeof(*both));
    memcpy(both, plain, sizeof(plain));
    for (size_t i = 0; i < q->nchoices; i++) {
        if (strcmp(q->choices[i].id, "no") == 0)
            both[0].meaning = q->choices[i].meaning;
        else if (strcmp(q->choices[i].id, "yes") == 0)
            both[1].meaning = q->choices[i].meaning;
        else
            wn_check_fault(c, wn_check_line(c, path),
                           "Write { \"no\": \"...\", \"yes\": \"...\" }.",
                           "a yesno question has no choice \"%s\"", q->choices[i].id);
    }
    q->choices = both;
    q->nchoices = 2;
}

static void check_count(struct wn_check *c, const struct wn_question *q, const char *path,
                        size_t most, const char *noun)
{
    if (q->nchoices < 2)
        wn_check_fault(c, wn_check_line(c, path), wn_check_text(c, "Write at least two %s.", noun),
                       "a %s question needs %s to choose from", wn_question_type_name(q->type),
                       noun);
    else if (q->nchoices > most)
        wn_check_fault(c, wn_check_line(c, path), "Split the question in two.",
                       "%zu %s are more than providers take: at most %zu", q->nchoices, noun, most);
}

static void misplaced(struct wn_check *c, const cJSON *o, const char *path, const char *member,
                      const char *belongs)
{
    if (wn_json_get(o, member) != NULL)
        wn_check_fault(c, wn_check_line(c, wn_check_text(c, "%s.%s", path, member)),
                       wn_check_text(c, "Take it out: it belongs to %s questions.", belongs),
                       "\"%s\" says nothing about this type of question", member);
}

static void parse_answers(struct wn_check *c, const cJSON *o, const char *path,
                          struct wn_question *q)
{
    bool scale = q->type == WN_SCALE;
    const char *member = scale ? "levels" : "choices";
    const cJSON *choices = wn_json_get(o, member);
    const char *where = wn_check_text(c, "%s.%s", path, member);
    if (q->type != WN_TEXT && cJSON_IsObject(choices))
        parse_choices(c, choices, where, q);
    if (q->type == WN_YESNO)
        yes_and_no(c, where, q);
    else if (q->type != WN_TEXT)
        check_count(c, q, where, scale ? MOST_LEVELS : MOST_CHOICES, member);
    if (q->type == WN_TEXT || scale)
        misplaced(c, o, path, "choices", "choice, tags and yesno");
    if (!scale) {
        misplaced(c, o, path, "levels", "scale");
        misplaced(c, o, path, "tol", "scale");
    }
    if (q->type != WN_TEXT) {
        misplaced(c, o, path, "form", "text");
        misplaced(c, o, path, "near", "text");
        misplaced(c, o, path, "letterhead", "text");
    }
}

static void parse_form(struct wn_check *c, const cJSON *o, const char *path, struct wn_question *q)
{
    const char *form = wn_json_str(o, "form");
    q->near = wn_check_strings(c, wn_json_get(o, "near"), &q->nnear);
    q->letterhead = wn_json_bool(o, "letterhead", false);
    if (form == NULL && q->nnear > 0)
        wn_check_fault(c, wn_check_line(c, wn_check_text(c, "%s.near", path)),
                       "Say what the value looks like: \"form\": \"date\".",
                       "without a form nothing can be found near these words");
    if (q->letterhead && (form == NULL || strcmp(form, "company") != 0))
        wn_check_fault(c, wn_check_line(c, wn_check_text(c, "%s.letterhead", path)),
                       "Write \"form\": \"company\", or take \"letterhead\" out.",
                       "a letterhead names a company");
    if (form == NULL)
        return;
    q->form = wn_form_named(form);
    if (q->form == WN_FORM_NONE)
        wn_check_fault(c, wn_check_line(c, wn_check_text(c, "%s.form", path)),
                       "Known here: email, phone, url, money, date, number, currency, person, "
                       "company, job_title.",
                       "there is no form \"%s\"", form);
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static void check_name(struct wn_check *c, const char *path, const struct wn_task *t, size_t i)
{
    const char *name = t->questions[i].name;
    size_t line = wn_check_line(c, wn_check_text(c, "%s.name", path));
    if (!wn_check_is_id(name))
        wn_check_fault(c, line, "Write small letters, digits and _, a letter first.",
                       "\"%s\" is no name for a question", name);
    for (size_t j = 0; j < WN_EXAMPLE_MEMBERS; j++)
        if (strcmp(name, wn_example_members[j]) == 0)
            wn_check_fault(c, line, "Take another name: examples use this one.",
                           "no question can be called \"%s\"", name);
    if (ends_with(name, "_percent") || ends_with(name, "_quote"))
        wn_check_fault(c, line, "Take another name: answers use these endings.",
                       "no question's name can end as \"%s\" does", name);
    for (size_t j = 0; j < i; j++)
        if (strcmp(name, t->questions[j].name) == 0)
            wn_check_fault(c, line, "Give one of them another name.",
                           "two questions are called \"%s\"", name);
}

static void parse_question(struct wn_check *c, const cJSON *o, size_t i, struct wn_task *t)
{
    struct wn_question *q = &t->questions[i];
    const char *path = wn_check_text(c, "questions[%zu]", i);
    const char *type, *evidence;
    q->name = q->ask = "";
    if (!wn_check_members(c, o, path, members, WN_COUNT(members)))
        return;
    q->name = wn_arena_str(c->arena, wn_json_str(o, "name") == NULL ? "" : wn_json_str(o, "name"));
    q->ask = wn_arena_str(c->arena, wn_json_str(o, "ask") == NULL ? "" : wn_json_str(o, "ask"));
    if (*q->name != '\0')
        check_name(c, path, t, i);
    type = wn_json_str(o, "type");
    if (type == NULL || type_words[word_index(type_words, type)] == NULL)
        return; /* reported; nothing else can be told */
    q->type = (enum wn_question_type)word_index(type_words, type);
    parse_answers(c, o, path, q);
    parse_form(c, o, path, q);
    evidence = wn_json_str(o, "evidence");
    q->evidence = q->type == WN_TEXT ? WN_NEED_OPTIONAL : WN_NEED_NONE;
    if (evidence != NULL && evidence_words[word_index(evidence_words, evidence)] != NULL)
        q->evidence = (enum wn_need)word_index(evidence_words, evidence);
    q->gated = i == 0 || wn_json_bool(o, "gated", false);
    q->required = wn_json_bool(o, "required", false);
    q->tol = (int)wn_json_int(o, "tol", 0);
}

/* An answer that may be null is a union type, and a provider takes only so many of them. */
static void check_nullable(struct wn_check *c, const struct wn_task *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->nquestions; i++) {
        const struct wn_question *q = &t->questions[i];
        n += q->type == WN_TEXT ? 2 : q->evidence == WN_NEED_REQUIRED;
    }
    if (n > MOST_NULLABLE)
        wn_check_fault(c, wn_check_line(c, "questions"),
                       "Keep at most eight text questions, or make two tasks of this one.",
                       "too many answers that may be empty: %zu, and providers take %d", n,
                       MOST_NULLABLE);
}

void wn_questions_parse(struct wn_check *c, const cJSON *list, struct wn_task *t)
{
    const cJSON *o;
    size_t n = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0;
    t->questions = wn_arena_array(c->arena, n, sizeof(*t->questions));
    cJSON_ArrayForEach(o, list)
    {
        parse_question(c, o, t->nquestions, t);
        t->nquestions++;
    }
    if (cJSON_IsArray(list) && n == 0)
        wn_check_fault(c, wn_check_line(c, "questions"),
                       "Write at least one: { \"name\": ..., \"type\": ..., \"ask\": ... }.",
                       "the task asks nothing");
    else if (n > 0 && (t->questions[0].type == WN_TEXT || t->questions[0].type == WN_TAGS))
        wn_check_fault(c, wn_check_line(c, "questions[0]"),
                       "Put a choice, yesno or scale question first: its answer is the label.",
                       "the first question gives no label");
    check_nullable(c, t);
}

/* lessons_read.c: labelled files, one row at a time: a file of a million rows needs what a file of a
 * thousand needs. */
#include "input/reader.h"
#include "pipeline/lessons.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* So many rows are read between two words about how far it is. */
enum { TELL_EVERY = 1000 };

/* ---- a cell -> an answer ---- */

/* What a word of the file means: as it stands, or as the person says. */
static const char *meaning(const struct wn_lesson_source *from, const char *word, size_t len)
{
    for (size_t i = 0; from != NULL && i < from->nvalues; i++)
        if (strlen(from->values[i].name) == len &&
            strncasecmp(from->values[i].name, word, len) == 0)
            return from->values[i].value;
    return NULL;
}

/* "Pricing request" and "pricing-request" are the id pricing_request. */
static size_t find_choice(const struct wn_lesson_source *from, const struct wn_question *q,
                          const char *word, size_t len, struct wn_arena *a)
{
    const char *id = meaning(from, word, len);
    char *folded;
    size_t found;
    if (id == NULL)
        id = wn_arena_copy(a, word, len);
    if ((found = wn_question_choice(q, id, strlen(id))) != SIZE_MAX)
        return found;
    folded = wn_arena_str(a, id);
    for (char *p = folded; *p != '\0'; p++)
        if (*p == ' ' || *p == '-')
            *p = '_';
    return wn_question_choice(q, folded, strlen(folded));
}

static bool read_tags(const struct wn_lesson_source *from, const struct wn_question *q,
                      const char *text, struct wn_arena *a, struct wn_value *v)
{
    bool *chosen = wn_arena_array(a, q->nchoices, sizeof(*chosen));
    for (const char *p = text; *p != '\0';) {
        size_t lead = strspn(p, " ,;|"), len = strcspn(p + lead, ",;|"), i, end = len;
        while (end > 0 && p[lead + end - 1] == ' ')
            end--;
        if (end > 0 && (i = find_choice(from, q, p + lead, end, a)) == SIZE_MAX)
            return false;
        else if (end > 0)
            chosen[i] = true;
        p += lead + len;
    }
    v->chosen = chosen;
    v->answered = true;
    return true;
}

bool wn_lessons_cell(const struct wn_lesson_source *from, const struct wn_question *q,
                     const char *text, struct wn_arena *a, struct wn_value *v)
{
    const char *said = meaning(from, text, strlen(text));
    if (said != NULL && strcmp(said, "-") == 0)
        return true; /* it says nothing */
    if (q->type == WN_TEXT) {
        v->answered = true;
        v->text = text;
        return true;
    }
    if (q->type == WN_TAGS)
        return read_tags(from, q, text, a, v);
    if (q->type == WN_YESNO && (strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0))
        v->choice = 1;
    else if (q->type == WN_YESNO && (strcasecmp(text, "false") == 0 || strcmp(text, "0") == 0))
        v->choice = 0;
    else
        v->choice = find_choice(from, q, text, strlen(text), a);
    v->answered = v->choice != SIZE_MAX;
    return v->answered;
}

/* ---- an item -> an example ---- */

/* A field that holds an answer is no part of the item: a model that saw it would learn, or be told, what
 * it is asked. */
static void take_answers_off(const struct wn_task *t, struct wn_arena *a, struct wn_example *e)
{
    struct wn_field *left = wn_arena_array(a, e->nfields, sizeof(*left));
    size_t n = 0, q;
    for (size_t i = 0; i < e->nfields; i++)
        if (strcasecmp(e->fields[i].name, "label") != 0 &&
            wn_task_question(t, e->fields[i].name, &q) == NULL)
            left[n++] = e->fields[i];
    e->fields = left;
    e->nfields = n;
}

static enum wn_code item_to_example(const struct wn_task *t, const struct wn_lesson_source *from,
                                    const struct wn_item *item, struct wn_arena *a,
                                    struct wn_example *e, struct wn_error *err)
{
    *e = (struct wn_example){ .text = item->text,
                              .fields = item->fields,
                              .nfields = item->nfields,
                              .answer = wn_answer_new(t, a),
                              .file = item->source };
    for (size_t i = 0; i < item->nfields; i++) {
        const struct wn_field *f = &item->fields[i];
        size_t q = 0;
        bool label = strcasecmp(f->name, "label") == 0;
        if (!label && wn_task_question(t, f->name, &q) == NULL)
            continue;
        if (!wn_lessons_cell(from, &t->questions[q], f->value, a, &e->answer->values[q])) {
            wn_error_set(err, WN_E_INPUT, "%s: '%.40s' is no answer to '%s'", item->source,
                         f->value, t->questions[q].name);
            wn_error_hint(
                err,
                "Write one of the task's ids (task.json has them), or say what the word means: "
                "--value WORD=ID; WORD=- is no answer.");
            return WN_E_INPUT;
        }
    }
    take_answers_off(t, a, e);
    return WN_OK;
}

/* ---- a file, row by row ---- */

bool wn_lesson_teaches(const struct wn_task *t, const struct wn_example *e)
{
    for (size_t q = 0; q < t->nquestions; q++)
        if (e->answer->values[q].answered && t->questions[q].type != WN_TEXT)
            return true;
    return false;
}

struct reading {
    const struct wn_task *t;
    const struct wn_lesson_source *from;
    wn_lesson_fn each;
    void *user;
    struct wn_lesson_counts *counts;
    size_t labelled; /* with an answer to the first question */
};

static void one_lesson(void *user, const struct wn_example *e)
{
    struct reading *r = user;
    r->counts->rows++;
    if (r->from->progress != NULL && r->counts->rows % TELL_EVERY == 0)
        r->from->progress(r->from->user, "reading lessons", r->counts->rows, 0);
    r->labelled += e->answer->values[0].answered;
    if (e->text[strspn(e->text, " \t\r\n")] == '\0') {
        r->counts->no_text++;
        return;
    }
    r->counts->no_answer += !wn_lesson_teaches(r->t, e);
    r->each(r->user, e);
}

static enum wn_code read_items(struct reading *r, struct wn_reader *reader, struct wn_error *err)
{
    static const char nothing[] = "";
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_example e;
    struct wn_item item;
    enum wn_code rc;
    while ((rc = wn_reader_next(reader, &a, &item, err)) == WN_OK && item.id != NULL) {
        if (item.trouble != NULL) /* an empty row teaches nothing */
            item = (struct wn_item){ .source = item.source, .text = nothing };
        rc = item_to_example(r->t, r->from, &item, &a, &e, err);
        if (rc != WN_OK)
            break;
        one_lesson(r, &e);
        wn_arena_reset(&a);
    }
    wn_arena_free(&a);
    return rc;
}

static bool is_jsonl(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot != NULL && strcasecmp(dot, ".jsonl") == 0;
}

enum wn_code wn_lessons_each(const struct wn_task *t, const char *path,
                             const struct wn_lesson_source *from, wn_lesson_fn each, void *user,
                             struct wn_lesson_counts *counts, struct wn_error *err)
{
    struct wn_reader_options o = {
        .maps = from->maps, .nmaps = from->nmaps, .columns = t->columns, .ncolumns = t->ncolumns
    };
    struct reading r = { t, from, each, user, counts, 0 };
    struct wn_reader *reader = NULL;
    enum wn_code rc;
    if (is_jsonl(path) && from->nmaps == 0 && from->nvalues == 0)
        rc = wn_examples_each(t, path, one_lesson, &r, err);
    else if ((rc = wn_reader_open(&path, 1, &o, &reader, err)) == WN_OK)
        rc = read_items(&r, reader, err);
    wn_reader_close(reader);
    if (rc == WN_OK && r.labelled == 0) {
        rc = wn_error_set(err, WN_E_INPUT, "'%s' has no labels", path);
        wn_error_hint(err,
                      "It needs a column '%s' with the task's ids; --map %s=COLUMN names another.",
                      t->questions[0].name, t->questions[0].name);
    }
    return rc;
}

/* ---- all of a file ---- */

struct list {
    const struct wn_task *t;
    struct wn_arena *a;
    struct wn_example *list;
    size_t n, room;
};

static void append(void *user, const struct wn_example *e)
{
    struct list *l = user;
    if (l->n == l->room) {
        l->room = l->room == 0 ? 256 : l->room * 2;
        l->list = wn_xrealloc(l->list, l->room, sizeof(*l->list));
    }
    l->list[l->n++] = wn_lesson_copy(l->t, e, l->a);
}

enum wn_code wn_lessons_read(const struct wn_task *t, const char *path,
                             const struct wn_lesson_source *from, struct wn_arena *a,
                             struct wn_example **out, size_t *n, struct wn_error *err)
{
    struct list l = { t, a, NULL, 0, 0 };
    struct wn_lesson_counts counts = { 0 };
    enum wn_code rc = wn_lessons_each(t, path, from, append, &l, &counts, err);
    *out = wn_arena_array(a, l.n, sizeof(**out));
    *n = l.n;
    if (l.n > 0)
        memcpy(*out, l.list, l.n * sizeof(**out));
    free(l.list);
    return rc;
}

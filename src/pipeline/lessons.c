/* lessons.c: see lessons.h. */
#include "pipeline/lessons.h"
#include "base/json.h"
#include "input/reader.h"
#include "pipeline/heldout.h"
#include "report/writer.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- a growing list in the lessons' arena ---- */

void wn_lessons_append(struct wn_lessons *l, const struct wn_example *list, size_t n)
{
    if (l->n + n > l->room) {
        struct wn_example *old = l->list;
        l->room = l->n + n > 2 * l->room ? l->n + n : 2 * l->room;
        l->list = wn_arena_array(&l->arena, l->room, sizeof(*l->list));
        if (l->n > 0)
            memcpy(l->list, old, l->n * sizeof(*old));
    }
    if (n > 0)
        memcpy(l->list + l->n, list, n * sizeof(*list));
    l->n += n;
}

void wn_lessons_hold_out(struct wn_lessons *l, const char *text)
{
    if (l->nheld_out == l->held_room) {
        const char **old = l->held_out;
        l->held_room = l->held_room == 0 ? 64 : 2 * l->held_room;
        l->held_out = wn_arena_array(&l->arena, l->held_room, sizeof(*l->held_out));
        if (old != NULL)
            memcpy(l->held_out, old, l->nheld_out * sizeof(*old));
    }
    l->held_out[l->nheld_out++] = text;
}

int wn_lessons_by_text(const void *a, const void *b)
{
    return strcmp(((const struct wn_example *)a)->text, ((const struct wn_example *)b)->text);
}

/* ---- labelled files ---- */

static bool read_tags(const struct wn_question *q, const char *text, struct wn_arena *a,
                      struct wn_value *v)
{
    bool *chosen = wn_arena_array(a, q->nchoices, sizeof(*chosen));
    for (const char *p = text; *p != '\0';) {
        size_t lead = strspn(p, " ,;|"), len = strcspn(p + lead, ",;|"), i, end = len;
        while (end > 0 && p[lead + end - 1] == ' ')
            end--;
        if (end > 0 && (i = wn_question_choice(q, p + lead, end)) == SIZE_MAX)
            return false;
        else if (end > 0)
            chosen[i] = true;
        p += lead + len;
    }
    v->chosen = chosen;
    v->answered = true;
    return true;
}

/* The answer that stands in a cell; false: it is none of the question's. */
static bool read_cell(const struct wn_question *q, const char *text, struct wn_arena *a,
                      struct wn_value *v)
{
    if (q->type == WN_TEXT) {
        v->answered = true;
        v->text = text;
        return true;
    }
    if (q->type == WN_TAGS)
        return read_tags(q, text, a, v);
    if (q->type == WN_YESNO && (strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0))
        v->choice = 1;
    else if (q->type == WN_YESNO && (strcasecmp(text, "false") == 0 || strcmp(text, "0") == 0))
        v->choice = 0;
    else
        v->choice = wn_question_choice(q, text, strlen(text));
    v->answered = v->choice != SIZE_MAX;
    return v->answered;
}

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

static enum wn_code item_to_example(const struct wn_task *t, const struct wn_item *item,
                                    struct wn_arena *a, struct wn_example *e, struct wn_error *err)
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
        if (!read_cell(&t->questions[q], f->value, a, &e->answer->values[q])) {
            wn_error_set(err, WN_E_INPUT, "%s: '%.40s' is no answer to '%s'", item->source,
                         f->value, t->questions[q].name);
            wn_error_hint(err,
                          "Write one of the task's ids: `winnow tasks` and task.json have them.");
            return WN_E_INPUT;
        }
    }
    take_answers_off(t, a, e);
    return WN_OK;
}

static bool is_jsonl(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot != NULL && strcasecmp(dot, ".jsonl") == 0;
}

static enum wn_code read_items(const struct wn_task *t, struct wn_reader *reader,
                               struct wn_arena *a, struct wn_example **out, size_t *n,
                               struct wn_error *err)
{
    size_t cap = 0;
    struct wn_example *list = NULL;
    struct wn_item item;
    enum wn_code rc;
    while ((rc = wn_reader_next(reader, a, &item, err)) == WN_OK && item.id != NULL) {
        if (item.trouble != NULL)
            continue; /* an empty row teaches nothing */
        if (*n == cap) {
            cap = cap == 0 ? 256 : cap * 2;
            list = wn_xrealloc(list, cap, sizeof(*list));
        }
        rc = item_to_example(t, &item, a, &list[*n], err);
        if (rc != WN_OK)
            break;
        ++*n;
    }
    *out = wn_arena_array(a, *n, sizeof(**out));
    if (*n > 0)
        memcpy(*out, list, *n * sizeof(**out));
    free(list);
    return rc;
}

enum wn_code wn_lessons_read(const struct wn_task *t, const char *path,
                             const struct wn_setting *maps, size_t nmaps, struct wn_arena *a,
                             struct wn_example **out, size_t *n, struct wn_error *err)
{
    struct wn_reader_options o = {
        .maps = maps, .nmaps = nmaps, .columns = t->columns, .ncolumns = t->ncolumns
    };
    struct wn_reader *reader = NULL;
    enum wn_code rc;
    size_t labelled = 0;
    *out = NULL;
    *n = 0;
    if (is_jsonl(path) && nmaps == 0)
        rc = wn_examples_load(t, path, a, out, n, err);
    else if ((rc = wn_reader_open(&path, 1, &o, &reader, err)) == WN_OK)
        rc = read_items(t, reader, a, out, n, err);
    wn_reader_close(reader);
    for (size_t i = 0; rc == WN_OK && i < *n; i++)
        labelled += (*out)[i].answer->values[0].answered;
    if (rc == WN_OK && labelled == 0) {
        rc = wn_error_set(err, WN_E_INPUT, "'%s' has no labels", path);
        wn_error_hint(err,
                      "It needs a column '%s' with the task's ids; --map %s=COLUMN names another.",
                      t->questions[0].name, t->questions[0].name);
    }
    return rc;
}

/* ---- reviews ---- */

static void correct(const struct wn_task *t, const char *json, struct wn_arena *a,
                    struct wn_answer *answer)
{
    cJSON *o = NULL;
    const cJSON *m;
    if (json == NULL || wn_json_parse(json, strlen(json), false, &o, NULL) != WN_OK)
        return;
    cJSON_ArrayForEach(m, o)
    {
        size_t q;
        if (cJSON_IsString(m) && wn_task_question(t, m->string, &q) != NULL)
            read_cell(&t->questions[q], wn_arena_str(a, m->valuestring), a, &answer->values[q]);
    }
    cJSON_Delete(o);
}

/* What a person said of one decision, as an example; false: it teaches nothing. */
static bool review_to_example(const struct wn_task *t, const struct wn_row *row, struct wn_arena *a,
                              struct wn_example *e)
{
    struct wn_item item;
    struct wn_result r;
    if (row->verdict == NULL || strcmp(row->verdict, "unsure") == 0 ||
        wn_item_read(row->item_json, a, &item, NULL) != WN_OK ||
        wn_result_read(row->result_json, &item, a, &r, NULL) != WN_OK)
        return false;
    *e = (struct wn_example){ .text = item.text,
                              .fields = item.fields,
                              .nfields = item.nfields,
                              .answer = wn_answer_new(t, a),
                              .file = "reviews" };
    if (r.label != NULL)
        read_cell(&t->questions[0], r.label, a, &e->answer->values[0]);
    correct(t, row->correction_json, a, e->answer);
    return e->answer->values[0].answered && item.text_len > 0;
}

static enum wn_code gather_reviews(struct wn *wn, const struct wn_task *t, struct wn_lessons *l,
                                   struct wn_error *err)
{
    struct wn_row row = { 0 };
    enum wn_code rc;
    while ((rc = wn_results_after(wn->store, t->name, row.id, &l->arena, &row, err)) == WN_OK &&
           row.id != 0) {
        struct wn_example e;
        if (!review_to_example(t, &row, &l->arena, &e))
            continue;
        if (row.fold < WN_FIT_FRACTION) { /* as it was drawn: by its unit, not by its id */
            wn_lessons_append(l, &e, 1);
            l->from_reviews++;
        } else {
            wn_lessons_hold_out(l, e.text);
            l->held_reviews++;
        }
    }
    return rc;
}

/* A person's word outweighs a model's: a taught label for a text that people have labelled is left out. */
static void append_taught(struct wn_lessons *l, const struct wn_example *taught, size_t n)
{
    struct wn_example *known = wn_arena_array(&l->arena, l->n, sizeof(*known));
    size_t nknown = l->n;
    if (nknown > 0)
        memcpy(known, l->list, nknown * sizeof(*known));
    qsort(known, nknown, sizeof(*known), wn_lessons_by_text);
    for (size_t i = 0; i < n; i++)
        if (bsearch(&taught[i], known, nknown, sizeof(*known), wn_lessons_by_text) == NULL) {
            wn_lessons_append(l, &taught[i], 1);
            l->from_taught++;
        }
}

enum wn_code wn_lessons_gather(struct wn *wn, const struct wn_task *t, struct wn_lessons *out,
                               struct wn_error *err)
{
    struct wn_example *files = NULL, *taught = NULL;
    size_t nfiles = 0, ntaught = 0;
    enum wn_code rc = WN_OK;
    wn_lessons_append(out, t->examples, t->nexamples);
    out->from_examples = t->nexamples;
    if (wn->store == NULL)
        return WN_OK;
    rc = wn_lessons_kept(wn, t, WN_LESSON_FILE, &out->arena, &files, &nfiles, err);
    if (rc == WN_OK) {
        wn_heldout_split(wn_store_salt(wn->store), t, files, nfiles, out);
        rc = gather_reviews(wn, t, out, err);
    }
    if (rc == WN_OK)
        rc = wn_lessons_kept(wn, t, WN_LESSON_TAUGHT, &out->arena, &taught, &ntaught, err);
    if (rc == WN_OK)
        append_taught(out, taught, ntaught);
    return rc;
}

void wn_lessons_clear(struct wn_lessons *l)
{
    wn_arena_free(&l->arena);
    *l = (struct wn_lessons)WN_LESSONS_INIT;
}

/* examples.c: examples, gold and training files, one JSON object per line. */
#include "parse.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "task/answer.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LINE_BYTES = 16 << 20, SHOWN_BYTES = 40, MARK_BYTES = 3 };

const char *const wn_example_members[] = { "text", "fields", "id", "time", "note" };

struct line {
    struct wn_check *c;
    const struct wn_task *t;
    size_t number;
    bool may_be_empty; /* a line without a text is no fault */
};

/* A word of the file as it may be shown: it could be an item's text by mistake. */
static const char *shown(const struct line *l, const char *text)
{
    return wn_arena_copy(l->c->arena, text, wn_utf8_cut(text, strlen(text), SHOWN_BYTES));
}

static size_t label_index(struct line *l, const struct wn_question *q, const char *label)
{
    size_t found = wn_question_choice(q, label, strlen(label));
    const char **ids;
    if (found != SIZE_MAX)
        return found;
    ids = wn_arena_array(l->c->arena, q->nchoices, sizeof(*ids));
    for (size_t i = 0; i < q->nchoices; i++)
        ids[i] = q->choices[i].id;
    wn_check_fault(l->c, l->number, wn_check_hint_known(l->c, label, ids, q->nchoices),
                   "\"%s\" is no answer to \"%s\"", shown(l, label), q->name);
    return SIZE_MAX;
}

static void read_tags(struct line *l, const struct wn_question *q, const cJSON *v,
                      struct wn_value *out)
{
    bool *chosen = wn_arena_array(l->c->arena, q->nchoices, sizeof(*chosen));
    const cJSON *e;
    bool good = cJSON_IsArray(v);
    cJSON_ArrayForEach(e, v)
    {
        size_t i = cJSON_IsString(e) ? label_index(l, q, e->valuestring) : SIZE_MAX;
        good &= cJSON_IsString(e);
        if (i != SIZE_MAX)
            chosen[i] = true;
    }
    if (!good)
        wn_check_fault(l->c, l->number, "Write a list of ids, [] for none.",
                       "\"%s\" is no list of ids", q->name);
    out->chosen = chosen;
    out->answered = true;
}

static void read_text(struct line *l, const struct wn_question *q, const cJSON *v,
                      struct wn_value *out)
{
    out->answered = true;
    out->null = cJSON_IsNull(v) || (cJSON_IsString(v) && *v->valuestring == '\0');
    if (cJSON_IsString(v) && !out->null)
        out->text = wn_arena_str(l->c->arena, v->valuestring);
    else if (!out->null)
        wn_check_fault(l->c, l->number, "Write the text, or null where the item does not say.",
                       "\"%s\" is no text", q->name);
}

static void read_answer(struct line *l, const struct wn_question *q, const cJSON *v,
                        struct wn_value *out)
{
    if (q->type == WN_TEXT) {
        read_text(l, q, v, out);
    } else if (cJSON_IsNull(v)) {
        return; /* nobody has said: as if it were not there */
    } else if (q->type == WN_TAGS) {
        read_tags(l, q, v, out);
    } else if (q->type == WN_YESNO && cJSON_IsBool(v)) {
        out->answered = true;
        out->choice = cJSON_IsTrue(v);
    } else if (cJSON_IsString(v)) {
        out->choice = label_index(l, q, v->valuestring);
        out->answered = out->choice != SIZE_MAX;
    } else {
        wn_check_fault(l->c, l->number, "Write one of its ids, or leave it out.", "\"%s\" is no id",
                       q->name);
    }
}

static void read_fields(struct line *l, const cJSON *o, struct wn_example *e)
{
    struct wn_field *fields =
        wn_arena_array(l->c->arena, (size_t)cJSON_GetArraySize(o), sizeof(*fields));
    const cJSON *m;
    bool good = cJSON_IsObject(o);
    if (good)
        cJSON_ArrayForEach(m, o)
        {
            good &= cJSON_IsString(m);
            if (!cJSON_IsString(m))
                continue;
            fields[e->nfields].name = wn_arena_str(l->c->arena, m->string);
            fields[e->nfields++].value = wn_arena_str(l->c->arena, m->valuestring);
        }
    if (!good)
        wn_check_fault(l->c, l->number, "Write { \"name\": \"value\", ... }, values in quotes.",
                       "\"fields\" is no object of texts");
    e->fields = fields;
}

static bool is_example_member(const char *name)
{
    for (size_t i = 0; i < WN_EXAMPLE_MEMBERS; i++)
        if (strcmp(name, wn_example_members[i]) == 0)
            return true;
    return false;
}

static void read_member(struct line *l, const cJSON *m, struct wn_example *e)
{
    size_t index, n;
    const struct wn_question *q = wn_task_question(l->t, m->string, &index);
    const char *const *names;
    if (q != NULL) {
        read_answer(l, q, m, &e->answer->values[index]);
    } else if (strcmp(m->string, "fields") == 0) {
        read_fields(l, m, e);
    } else if (!is_example_member(m->string)) {
        names = wn_question_names(l->t, l->c->arena, &n);
        wn_check_fault(l->c, l->number, wn_check_hint_known(l->c, m->string, names, n),
                       "there is no question \"%s\"", shown(l, m->string));
    }
}

static bool is_blank(const char *text, size_t n)
{
    while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL && text[n - 1] != '\0')
        n--;
    return n == 0;
}

static void read_line(struct line *l, const char *text, size_t n, struct wn_example *e)
{
    cJSON *o = NULL;
    const cJSON *m;
    const char *said;
    *e = (struct wn_example){ .text = "",
                              .answer = wn_answer_new(l->t, l->c->arena),
                              .file = l->c->file,
                              .line = l->number };
    if (!wn_utf8_valid(text, n) || wn_json_parse(text, n, false, &o, NULL) != WN_OK ||
        !cJSON_IsObject(o)) {
        wn_check_fault(l->c, l->number, "Write one JSON object per line: {\"text\": \"...\", ...}.",
                       wn_utf8_valid(text, n) ? "this line is no JSON object"
                                              : "this line is not UTF-8");
        goto done;
    }
    said = wn_json_str(o, "text");
    if (l->may_be_empty && said != NULL)
        e->text = wn_arena_str(l->c->arena, said);
    else if (said == NULL || is_blank(said, strlen(said)))
        wn_check_fault(l->c, l->number, "Write the item: \"text\": \"...\".", "it has no text");
    else
        e->text = wn_arena_str(l->c->arena, said);
    cJSON_ArrayForEach(m, o) read_member(l, m, e);
done:
    cJSON_Delete(o);
}

/* A byte order mark. */
static bool has_mark(const char *text, size_t len)
{
    return len >= MARK_BYTES && memcmp(text, "\xef\xbb\xbf", MARK_BYTES) == 0;
}

static size_t count_lines(const char *text, size_t n)
{
    size_t lines = 1;
    for (const char *p = text; (p = memchr(p, '\n', n - (size_t)(p - text))) != NULL; p++)
        lines++;
    return lines;
}

void wn_examples_parse(struct wn_check *c, const struct wn_task *t, const char *text, size_t len,
                       struct wn_example **out, size_t *n)
{
    struct line l = { .c = c, .t = t };
    size_t at = has_mark(text, len) ? MARK_BYTES : 0;
    *n = 0;
    *out = wn_arena_array(c->arena, count_lines(text, len), sizeof(**out));
    while (at < len) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t size = end == NULL ? len - at : (size_t)(end - text) - at;
        l.number++;
        if (!is_blank(text + at, size))
            read_line(&l, text + at, size, &(*out)[(*n)++]);
        at += size + 1;
    }
}

enum wn_code wn_examples_from(const struct wn_task *t, const char *name, const char *text,
                              size_t len, struct wn_arena *a, struct wn_example **out, size_t *n,
                              struct wn_error *err)
{
    struct wn_first_fault first = { err, WN_E_INPUT, false };
    struct wn_check c = { a, wn_arena_str(a, name), "", wn_check_first, &first, 0 };
    wn_examples_parse(&c, t, text, len, out, n);
    return first.seen ? first.code : WN_OK;
}

/* One line without its end; false at the end of the file. Too long: the buffer has failed. */
static bool next_line(FILE *f, struct wn_buf *b)
{
    int c;
    wn_buf_reset(b);
    while ((c = getc(f)) != EOF && c != '\n')
        wn_buf_char(b, (char)c);
    return c != EOF || b->len > 0;
}

enum wn_code wn_examples_each(const struct wn_task *t, const char *path,
                              void (*each)(void *user, const struct wn_example *e), void *user,
                              struct wn_error *err)
{
    struct wn_first_fault first = { err, WN_E_INPUT, false };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_check c = { &a, path, "", wn_check_first, &first, 0 };
    struct wn_buf b = WN_BUF_INIT(MOST_LINE_BYTES);
    struct line l = { .c = &c, .t = t, .may_be_empty = true };
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        wn_error_set(err, WN_E_INPUT, "cannot open '%s'", path);
        wn_error_cause(err, "%s", strerror(errno));
        return WN_E_INPUT;
    }
    while (!first.seen && next_line(f, &b)) {
        struct wn_example e;
        size_t at = l.number++ == 0 && has_mark(b.data, b.len) ? MARK_BYTES : 0;
        if (b.failed)
            wn_check_fault(&c, l.number, "Write one JSON object per line.",
                           "this line is longer than %d MiB", MOST_LINE_BYTES >> 20);
        if (b.failed || is_blank(b.data + at, b.len - at))
            continue;
        read_line(&l, b.data + at, b.len - at, &e);
        if (!first.seen)
            each(user, &e);
        wn_arena_reset(&a);
    }
    if (ferror(f) && !first.seen) {
        first.seen = true;
        wn_error_set(err, WN_E_INPUT, "cannot read '%s'", path);
        wn_error_cause(err, "%s", strerror(errno));
    }
    fclose(f);
    wn_buf_free(&b);
    wn_arena_free(&a);
    return first.seen ? WN_E_INPUT : WN_OK;
}

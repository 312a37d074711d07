/* lessons_kept.c: lessons that the store keeps, sealed: of each task and kind one text, a lesson a line.
 *
 *     {"time":1795348800,"text":"...","fields":{"source":"web"},"intent":"demo_request"}
 *
 * A line is written once and copied as it stands from then on, whatever the task says by then; new ones
 * come behind it, so the oldest are first. The time is when it was kept: as old as an item's text may
 * become, a lesson may, too. (Without a time it was kept by a winnow that did not tell: it counts as old.) */
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "pipeline/lessons.h"
#include <stdlib.h>
#include <string.h>

enum { MOST_LESSON_BYTES = 256 << 20 };

static const char *const kinds[] = { "lessons-file", "lessons-taught" };
static const char time_first[] = "{\"time\":";

/* ---- writing ---- */

static void write_value(const struct wn_question *q, const struct wn_value *v, struct wn_buf *b)
{
    wn_buf_char(b, ',');
    wn_json_quote(b, q->name);
    wn_buf_char(b, ':');
    if (q->type == WN_TEXT) {
        if (v->null || v->text == NULL)
            wn_buf_str(b, "null");
        else
            wn_json_quote(b, v->text);
    } else if (q->type == WN_TAGS) {
        const char *comma = "";
        wn_buf_char(b, '[');
        for (size_t i = 0; i < q->nchoices; i++)
            if (v->chosen != NULL && v->chosen[i]) {
                wn_buf_str(b, comma);
                wn_json_quote(b, q->choices[i].id);
                comma = ",";
            }
        wn_buf_char(b, ']');
    } else if (q->type == WN_YESNO) {
        wn_buf_str(b, v->choice == 1 ? "true" : "false");
    } else {
        wn_json_quote(b, q->choices[v->choice].id);
    }
}

static void write_example(const struct wn_task *t, const struct wn_example *e, int64_t now,
                          struct wn_buf *b)
{
    wn_buf_printf(b, "%s%lld,\"text\":", time_first, (long long)now);
    wn_json_quote(b, e->text);
    for (size_t i = 0; i < e->nfields; i++) {
        wn_buf_str(b, i == 0 ? ",\"fields\":{" : ",");
        wn_json_quote(b, e->fields[i].name);
        wn_buf_char(b, ':');
        wn_json_quote(b, e->fields[i].value);
    }
    if (e->nfields > 0)
        wn_buf_char(b, '}');
    for (size_t q = 0; q < t->nquestions; q++)
        if (e->answer->values[q].answered)
            write_value(&t->questions[q], &e->answer->values[q], b);
    wn_buf_str(b, "}\n");
}

static enum wn_code put(struct wn *wn, const char *kind, const char *task, const struct wn_buf *b,
                        struct wn_error *err)
{
    if (b->failed) {
        wn_error_set(err, WN_E_INPUT, "that is more than %d MB of lessons for '%s'",
                     MOST_LESSON_BYTES >> 20, task);
        wn_error_hint(err, "Those of earlier files are kept: train with a smaller file.");
        return WN_E_INPUT;
    }
    return b->len == 0
               ? wn_store_value_drop(wn->store, kind, task, wn_clock_now(), err)
               : wn_store_value_put(wn->store, kind, task, b->data, b->len, wn_clock_now(), err);
}

/* ---- lines that go ---- */

/* Which of the lines go: by their text (goes) or their time. */
struct going {
    bool (*goes)(void *user, const char *text);
    void *user;
    bool fields;    /* goes is asked of the fields' values, too */
    int64_t before; /* kept before this; looked at where goes is NULL */
    int64_t n;      /* how many went */
};

static bool too_old(const char *line, size_t len, int64_t before)
{
    size_t n = sizeof(time_first) - 1;
    if (len < n || memcmp(line, time_first, n) != 0)
        return true;
    return strtoll(line + n, NULL, 10) < before;
}

/* One that cannot be read teaches nothing and has no text to go by: it stays until it is too old. */
static bool line_goes(const char *line, size_t len, const struct going *g)
{
    cJSON *o = NULL;
    const cJSON *field;
    const char *text;
    bool gone;
    if (g->goes == NULL)
        return too_old(line, len, g->before);
    if (wn_json_parse(line, len, false, &o, NULL) != WN_OK)
        return false;
    text = wn_json_str(o, "text");
    gone = text != NULL && g->goes(g->user, text);
    if (g->fields)
        cJSON_ArrayForEach(field, wn_json_get(o, "fields")) gone |=
            cJSON_IsString(field) && g->goes(g->user, field->valuestring);
    cJSON_Delete(o);
    return gone;
}

/* Copy what stays into b. */
static enum wn_code copy_kept(struct wn *wn, const char *kind, const char *task, struct going *g,
                              struct wn_buf *b, struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    const char *bytes = NULL;
    size_t len = 0;
    enum wn_code rc = wn_store_value_get(wn->store, kind, task, &a, &bytes, &len, err);
    for (const char *p = bytes; rc == WN_OK && bytes != NULL && p < bytes + len;) {
        const char *end = memchr(p, '\n', (size_t)(bytes + len - p));
        size_t size = (size_t)((end == NULL ? bytes + len : end + 1) - p);
        if (line_goes(p, size, g))
            g->n++;
        else
            wn_buf_add(b, p, size);
        p += size;
    }
    wn_arena_free(&a);
    return rc;
}

static enum wn_code erase_lines(struct wn *wn, const char *kind, const char *task, struct going *g,
                                struct wn_error *err)
{
    struct wn_buf b = WN_BUF_INIT(MOST_LESSON_BYTES);
    int64_t before = g->n;
    enum wn_code rc = copy_kept(wn, kind, task, g, &b, err);
    if (rc == WN_OK && g->n > before)
        rc = put(wn, kind, task, &b, err);
    wn_buf_free(&b);
    return rc;
}

/* Of every task and kind. keep NULL: all of them by g as it is; else by the task's own time. */
static enum wn_code erase_all(struct wn *wn, const struct wn_keep *keep, size_t nkeep,
                              struct going *g, struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    const char *const *names = NULL;
    size_t count = 0;
    enum wn_code rc = WN_OK;
    for (size_t k = 0; rc == WN_OK && k < WN_COUNT(kinds); k++) {
        rc = wn_store_value_names(wn->store, kinds[k], &a, &names, &count, err);
        for (size_t i = 0; rc == WN_OK && i < count; i++) {
            if (keep != NULL && (g->before = wn_keep_before(keep, nkeep, names[i])) == 0)
                continue;
            rc = erase_lines(wn, kinds[k], names[i], g, err);
        }
    }
    wn_arena_free(&a);
    return rc;
}

enum wn_code wn_lessons_erase(struct wn *wn, bool (*goes)(void *user, const char *text), void *user,
                              int64_t *n, struct wn_error *err)
{
    struct going g = { .goes = goes, .user = user, .fields = true, .n = *n };
    enum wn_code rc = erase_all(wn, NULL, 0, &g, err);
    *n = g.n;
    return rc;
}

enum wn_code wn_lessons_expire(struct wn *wn, const struct wn_keep *keep, size_t nkeep, int64_t *n,
                               struct wn_error *err)
{
    struct going g = { .n = *n };
    enum wn_code rc = erase_all(wn, keep, nkeep, &g, err);
    *n = g.n;
    return rc;
}

/* ---- more of them, and all ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct wn_example *)a)->text, ((const struct wn_example *)b)->text);
}

struct newer {
    const struct wn_example *list; /* sorted by text */
    size_t n;
};

static bool is_said_anew(void *user, const char *text)
{
    const struct newer *newer = user;
    const struct wn_example key = { .text = text };
    return bsearch(&key, newer->list, newer->n, sizeof(key), by_text) != NULL;
}

enum wn_code wn_lessons_add(struct wn *wn, const struct wn_task *t, enum wn_lesson_kind kind,
                            const struct wn_example *list, size_t n, struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_buf b = WN_BUF_INIT(MOST_LESSON_BYTES);
    struct wn_example *sorted = wn_arena_array(&a, n, sizeof(*sorted));
    struct newer newer = { sorted, n };
    struct going g = { .goes = is_said_anew, .user = &newer };
    enum wn_code rc;
    if (n > 0)
        memcpy(sorted, list, n * sizeof(*sorted));
    qsort(sorted, n, sizeof(*sorted), by_text);
    rc = copy_kept(wn, kinds[kind], t->name, &g, &b, err);
    for (size_t i = 0; i < n; i++)
        write_example(t, &list[i], wn_clock_now(), &b);
    if (rc == WN_OK)
        rc = put(wn, kinds[kind], t->name, &b, err);
    wn_buf_free(&b);
    wn_arena_free(&a);
    return rc;
}

/* Lessons of an older version of the task: a label that is gone is left out, and a line with no other. */
enum wn_code wn_lessons_kept(struct wn *wn, const struct wn_task *t, enum wn_lesson_kind kind,
                             wn_lesson_fn each, void *user, struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT, scratch = WN_ARENA_INIT;
    const char *bytes = NULL, *end;
    size_t len = 0, faults = 0;
    enum wn_code rc = wn_store_value_get(wn->store, kinds[kind], t->name, &a, &bytes, &len, err);
    for (const char *p = bytes; rc == WN_OK && bytes != NULL && p < bytes + len; p = end + 1) {
        struct wn_example *e = NULL;
        size_t n = 0;
        end = memchr(p, '\n', (size_t)(bytes + len - p));
        if (end == NULL)
            end = bytes + len;
        faults +=
            wn_examples_from(t, "the store", p, (size_t)(end - p), &scratch, &e, &n, NULL) != WN_OK;
        if (n > 0)
            each(user, e);
        wn_arena_reset(&scratch);
    }
    if (faults > 0)
        wn_log(&wn->log, WN_WARN, "notice",
               "%zu lessons of %s have labels that the task no longer has; these are left out",
               faults, t->name);
    wn_arena_free(&scratch);
    wn_arena_free(&a);
    return rc;
}

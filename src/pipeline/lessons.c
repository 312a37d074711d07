/* lessons.c: see lessons.h. */
#include "pipeline/lessons.h"
#include "base/json.h"
#include "decide/sample.h"
#include "pipeline/heldout.h"
#include "report/writer.h"
#include <stdlib.h>
#include <string.h>

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

/* ---- labelled files ---- */

/* Texts by digest. */
struct texts {
    uint64_t *list;
    size_t n;
};

static uint64_t digest(const char *text)
{
    return wn_prn_bits("", "lesson", "", text);
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static struct texts texts_of(const struct wn_example *list, size_t n)
{
    struct texts t = { wn_xcalloc(n, sizeof(*t.list)), n };
    for (size_t i = 0; i < n; i++)
        t.list[i] = digest(list[i].text);
    qsort(t.list, n, sizeof(*t.list), by_number);
    return t;
}

struct gathering {
    const struct wn_task *t;
    struct wn_lessons *l;
    struct texts stronger; /* what others say of these texts does not count */
};

static bool is_outweighed(const struct gathering *g, const struct wn_example *e)
{
    uint64_t key = digest(e->text);
    return bsearch(&key, g->stronger.list, g->stronger.n, sizeof(key), by_number) != NULL;
}

static void pick_fresh(void *user, const struct wn_example *e)
{
    wn_lesson_pick_add(user, e, true);
}

static void pick_kept(void *user, const struct wn_example *e)
{
    const struct gathering *g = user;
    if (!is_outweighed(g, e))
        wn_lesson_pick_add(g->l->files, e, false);
}

enum wn_code wn_lessons_fresh(struct wn *wn, const struct wn_task *t, const char *const *files,
                              size_t nfiles, const struct wn_lesson_source *from,
                              struct wn_lessons *l, struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    l->files = wn_lesson_pick_new(t, wn_store_salt(wn->store));
    for (size_t i = 0; rc == WN_OK && i < nfiles; i++)
        rc = wn_lessons_each(t, files[i], from, pick_fresh, l->files, &l->read, err);
    return rc;
}

static enum wn_code gather_files(struct wn *wn, const struct wn_task *t, struct wn_lessons *l,
                                 struct wn_error *err)
{
    struct gathering g = { t, l, { NULL, 0 } };
    struct wn_example *all = NULL;
    size_t n;
    enum wn_code rc;
    if (l->files == NULL)
        l->files = wn_lesson_pick_new(t, wn_store_salt(wn->store));
    else
        wn_lesson_pick_end(l->files, &l->arena, &all, &l->fresh, &l->nfresh);
    g.stronger = texts_of(l->fresh, l->nfresh);
    rc = wn_lessons_kept(wn, t, WN_LESSON_FILE, pick_kept, &g, err);
    n = wn_lesson_pick_end(l->files, &l->arena, &all, &l->fresh, &l->nfresh);
    l->left_out = wn_lesson_pick_left_out(l->files);
    wn_heldout_split(wn_store_salt(wn->store), t, all, n, l);
    free(g.stronger.list);
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
            wn_lessons_cell(NULL, &t->questions[q], wn_arena_str(a, m->valuestring), a,
                            &answer->values[q]);
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
        wn_lessons_cell(NULL, &t->questions[0], r.label, a, &e->answer->values[0]);
    correct(t, row->correction_json, a, e->answer);
    return e->answer->values[0].answered && item.text_len > 0;
}

static enum wn_code gather_reviews(struct wn *wn, const struct wn_task *t, struct wn_lessons *l,
                                   struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_row row = { 0 };
    enum wn_code rc;
    while ((rc = wn_results_after(wn->store, t->name, row.id, &a, &row, err)) == WN_OK &&
           row.id != 0) {
        struct wn_example e;
        bool teaches = review_to_example(t, &row, &l->arena, &e);
        wn_arena_reset(&a);
        if (!teaches)
            continue;
        if (row.fold < WN_FIT_FRACTION) { /* as it was drawn: by its unit, not by its id */
            wn_lessons_append(l, &e, 1);
            l->from_reviews++;
        } else {
            wn_lessons_hold_out(l, e.text);
            l->held_reviews++;
        }
    }
    wn_arena_free(&a);
    return rc;
}

/* ---- all of them ---- */

static void add_taught(void *user, const struct wn_example *e)
{
    const struct gathering *g = user;
    struct wn_example copy;
    if (is_outweighed(g, e))
        return;
    copy = wn_lesson_copy(g->t, e, &g->l->arena);
    wn_lessons_append(g->l, &copy, 1);
    g->l->from_taught++;
}

enum wn_code wn_lessons_gather(struct wn *wn, const struct wn_task *t, struct wn_lessons *out,
                               struct wn_error *err)
{
    struct gathering g = { t, out, { NULL, 0 } };
    enum wn_code rc;
    wn_lessons_append(out, t->examples, t->nexamples);
    out->from_examples = t->nexamples;
    if (wn->store == NULL)
        return WN_OK;
    rc = gather_files(wn, t, out, err);
    if (rc == WN_OK)
        rc = gather_reviews(wn, t, out, err);
    g.stronger = texts_of(out->list, out->n); /* a person's word outweighs a model's */
    if (rc == WN_OK)
        rc = wn_lessons_kept(wn, t, WN_LESSON_TAUGHT, add_taught, &g, err);
    free(g.stronger.list);
    return rc;
}

void wn_lessons_clear(struct wn_lessons *l)
{
    wn_lesson_pick_free(l->files);
    wn_arena_free(&l->arena);
    *l = (struct wn_lessons)WN_LESSONS_INIT;
}

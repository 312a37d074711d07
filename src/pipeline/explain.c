/* explain.c: why a kept decision is what it is. The model holds no words: the features are read off the
 * item's own text. */
#include "context.h"
#include "pipeline/local.h"
#include "report/writer.h"
#include <math.h>
#include <string.h>

/* A file may be named without its folders, as the table shows it. */
static bool is_named(const char *id, const char *item)
{
    size_t n = strlen(id), m = strlen(item);
    return strcmp(id, item) == 0 ||
           (n > m && id[n - m - 1] == '/' && strcmp(id + n - m, item) == 0);
}

/* The newest row of this item, of the task or of any. */
static enum wn_code find_row(struct wn *wn, const char *task, const char *item, struct wn_arena *a,
                             struct wn_row *out, struct wn_error *err)
{
    struct wn_row row = { 0 };
    struct wn_arena scratch = WN_ARENA_INIT;
    int64_t found = 0;
    enum wn_code rc;
    while ((rc = wn_results_after(wn->store, task, row.id, &scratch, &row, err)) == WN_OK &&
           row.id != 0) {
        if (is_named(row.item_id, item))
            found = row.id;
        wn_arena_reset(&scratch);
    }
    wn_arena_free(&scratch);
    if (rc == WN_OK && found == 0) {
        rc = wn_error_set(err, WN_E_USAGE, "nothing was decided about '%.80s'", item);
        wn_error_hint(err, "Items are named as in the results' first column, as in leads.csv:17.");
    }
    return rc == WN_OK ? wn_results_get(wn->store, found, a, out, err) : rc;
}

static void explain_locally(const struct wn_linear *m, const struct wn_task *t, struct wn_why *why,
                            struct wn_arena *a)
{
    const struct wn_question *q = &t->questions[0];
    struct wn_answer *answer = wn_answer_new(t, a);
    struct wn_linear_fit fit;
    struct wn_linear_why w;
    struct wn_word *words;
    wn_linear_answer(m, t, why->result.item, a, answer, &fit);
    if (!wn_linear_explain(m, t, why->result.item, 0, SIZE_MAX, a, &w))
        return;
    words = wn_arena_array(a, w.nreasons, sizeof(*words));
    for (size_t i = 0; i < w.nreasons; i++)
        words[i] = (struct wn_word){ w.reasons[i].text, w.reasons[i].weight };
    why->label = wn_arena_str(a, q->choices[w.label].id);
    why->other = wn_arena_str(a, q->choices[w.other].id);
    why->margin = w.margin;
    why->probability = wn_value_prob(q, &answer->values[0], answer->values[0].p);
    why->words = words;
    why->nwords = w.nreasons;
}

enum wn_code wn_explain(struct wn *wn, const char *task, const char *item,
                        const struct wn_why **out, struct wn_error *err)
{
    struct wn_why *why = wn_arena_alloc(&wn->arena, sizeof(*why));
    struct wn_item *kept = wn_arena_alloc(&wn->arena, sizeof(*kept));
    struct wn_linear *m = NULL;
    struct wn_task *t = NULL;
    struct wn_row row;
    enum wn_code rc = wn_context_store(wn, err);
    why->probability = why->margin = NAN;
    if (rc == WN_OK)
        rc = find_row(wn, task, item, &wn->arena, &row, err);
    if (rc == WN_OK)
        rc = wn_item_read(row.item_json, &wn->arena, kept, err);
    if (rc == WN_OK)
        rc = wn_result_read(row.result_json, kept, &wn->arena, &why->result, err);
    if (rc == WN_OK)
        rc = wn_context_task(wn, row.task, &t, err);
    if (rc == WN_OK)
        rc = wn_local_model(wn, t, true, &m, err);
    if (rc == WN_OK && m != NULL)
        explain_locally(m, t, why, &wn->arena);
    *out = why;
    wn_linear_free(m);
    wn_task_free(t);
    return rc;
}

/* export.c: kept decisions, oldest first, with the person's verdict where there is one. */
#include "base/json.h"
#include "context.h"
#include "report/writer.h"
#include <stdlib.h>
#include <string.h>

struct wn_export {
    struct wn *wn;
    const char *task;
    struct wn_arena arena, shown;
    int64_t last_id;
    struct wn_item item;
    struct wn_result result;
    struct wn_kept kept;
};

enum wn_code wn_export_open(struct wn *wn, const char *task, struct wn_export **out,
                            struct wn_error *err)
{
    struct wn_export *e;
    enum wn_code rc;
    if (!wn_context_has_store(wn)) {
        wn_error_set(err, WN_E_STORE, "there is no store in '%s'",
                     wn_config_get(wn->config, "WINNOW_HOME"));
        wn_error_hint(err, "`winnow classify` makes one; WINNOW_HOME says where it is.");
        return WN_E_STORE;
    }
    rc = wn_context_store(wn, err);
    if (rc != WN_OK)
        return rc;
    e = wn_xcalloc(1, sizeof(*e));
    e->wn = wn;
    e->task = task == NULL ? NULL : wn_arena_str(&e->arena, task);
    *out = e;
    return WN_OK;
}

/* The person's label is in the corrections under the first question's name, which an old row does not
 * tell; the task that made it does. */
static const char *corrected_label(const struct wn_export *e, const char *json, const char *task,
                                   struct wn_arena *a)
{
    struct wn_task *t = NULL;
    cJSON *o = NULL;
    const char *label = NULL;
    if (json == NULL || wn_json_parse(json, strlen(json), false, &o, NULL) != WN_OK)
        return NULL;
    if (wn_context_task(e->wn, task, &t, NULL) == WN_OK)
        label = wn_json_str(o, t->questions[0].name);
    else if (cJSON_IsString(o->child))
        label = o->child->valuestring;
    label = label == NULL ? NULL : wn_arena_str(a, label);
    wn_task_free(t);
    cJSON_Delete(o);
    return label;
}

enum wn_code wn_export_next(struct wn_export *e, const struct wn_kept **out, struct wn_error *err)
{
    struct wn_row row;
    const char *label;
    enum wn_code rc;
    *out = NULL;
    wn_arena_reset(&e->shown);
    rc = wn_results_after(e->wn->store, e->task, e->last_id, &e->shown, &row, err);
    if (rc != WN_OK || row.id == 0)
        return rc;
    e->last_id = row.id;
    rc = wn_item_read(row.item_json, &e->shown, &e->item, err);
    if (rc == WN_OK)
        rc = wn_result_read(row.result_json, &e->item, &e->shown, &e->result, err);
    if (rc != WN_OK)
        return rc;
    e->kept = (struct wn_kept){ .result = &e->result,
                                .verdict = row.verdict,
                                .reviewer = row.reviewer,
                                .note = row.note,
                                .decided = row.created,
                                .reviewed = row.reviewed };
    label = corrected_label(e, row.correction_json, row.task, &e->shown);
    if (label != NULL)
        e->kept.final_label = label;
    else if (e->result.route == WN_AUTO ||
             (row.verdict != NULL && strcmp(row.verdict, "accept") == 0))
        e->kept.final_label = e->result.label;
    *out = &e->kept;
    return WN_OK;
}

void wn_export_close(struct wn_export *e)
{
    if (e == NULL)
        return;
    wn_arena_free(&e->arena);
    wn_arena_free(&e->shown);
    free(e);
}

/* export.c: kept decisions, oldest first, with the person's verdict where there is one. */
#include "base/json.h"
#include "context.h"
#include "report/writer.h"
#include <math.h>
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
    rc = wn_context_store_there(wn, err);
    if (rc != WN_OK)
        return rc;
    e = wn_xcalloc(1, sizeof(*e));
    e->wn = wn;
    e->task = task == NULL ? NULL : wn_arena_str(&e->arena, task);
    *out = e;
    return WN_OK;
}

static const char *const *split(const char *ids, struct wn_arena *a, size_t *n)
{
    const char **out = wn_arena_array(a, strlen(ids) / 2 + 1, sizeof(*out));
    *n = 0;
    for (const char *p = ids; *p != '\0';) {
        size_t len = strcspn(p, ",");
        if (len > 0)
            out[(*n)++] = wn_arena_copy(a, p, len);
        p += len + (p[len] == ',');
    }
    return out;
}

/* What a person said of one answer stands in its place; its probability and quote were another's. */
static void correct(struct wn_field_answer *answer, const char *value, struct wn_arena *a)
{
    answer->probability = NAN;
    answer->quote = NULL;
    answer->quote_end = 0;
    if (answer->type == WN_TAGS)
        answer->tags = split(value, a, &answer->ntags);
    else
        answer->value = value[0] == '\0' ? NULL : value;
}

/* Put the corrections over the answers; the label's, under a name that no other answer has, is returned. */
static const char *overlay(struct wn_result *r, const char *json, struct wn_arena *a)
{
    struct wn_field_answer *answers = wn_arena_array(a, r->nanswers, sizeof(*answers));
    const char *label = NULL;
    cJSON *o = NULL;
    const cJSON *m;
    if (json == NULL || wn_json_parse(json, strlen(json), false, &o, NULL) != WN_OK)
        return NULL;
    if (r->nanswers > 0)
        memcpy(answers, r->answers, r->nanswers * sizeof(*answers));
    cJSON_ArrayForEach(m, o)
    {
        size_t i = 0;
        if (!cJSON_IsString(m))
            continue;
        while (i < r->nanswers && strcmp(answers[i].question, m->string) != 0)
            i++;
        if (i == r->nanswers)
            label = wn_arena_str(a, m->valuestring);
        else
            correct(&answers[i], wn_arena_str(a, m->valuestring), a);
    }
    r->answers = answers;
    cJSON_Delete(o);
    return label;
}

enum wn_code wn_export_next(struct wn_export *e, const struct wn_kept **out, struct wn_error *err)
{
    struct wn_row row;
    const char *label;
    bool said_wrong;
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
    label = overlay(&e->result, row.correction_json, &e->shown);
    said_wrong = row.verdict != NULL && strcmp(row.verdict, "unsure") == 0;
    if (label != NULL)
        e->kept.final_label = label;
    else if (!said_wrong && (e->result.route == WN_AUTO || row.verdict != NULL))
        e->kept.final_label = e->result.label; /* accepted, or only other answers were corrected */
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

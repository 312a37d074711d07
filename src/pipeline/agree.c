/* agree.c: see agree.h. */
#include "pipeline/agree.h"
#include "base/json.h"
#include "decide/estimate.h"
#include "report/writer.h"
#include <math.h>
#include <string.h>

enum { FEWEST = 10 };

size_t wn_agree_label(const struct wn_task *t, const struct wn_result *r, const char *verdict,
                      const char *correction, struct wn_arena *a)
{
    const struct wn_question *q = &t->questions[0];
    const char *label = NULL;
    cJSON *o = NULL;
    if (verdict == NULL || strcmp(verdict, "unsure") == 0)
        return SIZE_MAX;
    if (correction != NULL &&
        wn_json_parse(correction, strlen(correction), false, &o, NULL) == WN_OK)
        label = wn_json_str(o, q->name);
    label = label == NULL ? r->label : wn_arena_str(a, label);
    cJSON_Delete(o);
    return label == NULL ? SIZE_MAX : wn_question_choice(q, label, strlen(label));
}

enum wn_code wn_agreement_of(struct wn *wn, const struct wn_task *t, struct wn_agreement *out,
                             struct wn_error *err)
{
    const size_t n = t->questions[0].nchoices;
    struct wn_arena a = WN_ARENA_INIT;
    int64_t *table = wn_arena_array(&a, n * n, sizeof(*table));
    const char *verdict = NULL, *correction = NULL;
    struct wn_row row = { 0 };
    double agree, chance;
    enum wn_code rc;
    *out = (struct wn_agreement){ 0, 0, NAN };
    while ((rc = wn_review_twice_after(wn->store, t->name, row.id, &a, &row, &verdict, &correction,
                                       err)) == WN_OK &&
           row.id != 0) {
        struct wn_result r;
        size_t x, y;
        if (wn_result_read(row.result_json, NULL, &a, &r, NULL) != WN_OK)
            continue; /* its text was too old to be kept */
        x = wn_agree_label(t, &r, row.verdict, row.correction_json, &a);
        y = wn_agree_label(t, &r, verdict, correction, &a);
        if (x == SIZE_MAX || y == SIZE_MAX)
            continue;
        table[x * n + y]++;
        out->twice++;
        out->agreed += x == y;
    }
    if (out->twice > 0)
        out->kappa = wn_kappa(table, n, &agree, &chance);
    wn_arena_free(&a);
    return rc;
}

bool wn_agreement_below(const struct wn_agreement *g, double target_error)
{
    return g->twice >= FEWEST && (double)(g->twice - g->agreed) > target_error * (double)g->twice;
}

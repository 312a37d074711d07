/* agree.c: see agree.h. */
#include "pipeline/agree.h"
#include "base/json.h"
#include "decide/estimate.h"
#include "report/writer.h"
#include <math.h>
#include <stdlib.h>
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

/* ---- one person ---- */

struct word {
    const char *item, *text;
    size_t label;
};

/* false: nothing to compare, for nobody could tell, or the text was too old to be kept. */
static bool read_word(struct wn *wn, const struct wn_task *t, const struct wn_repeat *repeat,
                      struct wn_arena *a, struct word *out)
{
    const char *verdict, *correction;
    struct wn_row row;
    struct wn_item item;
    struct wn_result r;
    if (wn_results_get(wn->store, repeat->decision, a, &row, NULL) != WN_OK || row.id == 0 ||
        wn_item_read(row.item_json, a, &item, NULL) != WN_OK ||
        wn_result_read(row.result_json, &item, a, &r, NULL) != WN_OK ||
        wn_review_read(wn->store, repeat->review, a, &verdict, &correction, NULL) != WN_OK)
        return false;
    *out = (struct word){ item.source, item.text, wn_agree_label(t, &r, verdict, correction, a) };
    return out->label != SIZE_MAX;
}

/* The words [0, n) are one person's about one unit, the oldest first: the last one before i about the same text.
 * (The messages of a thread are one unit, and no repeats.) */
static const struct word *before(const struct word *words, size_t i)
{
    for (size_t k = i; k-- > 0;)
        if (strcmp(words[k].text, words[i].text) == 0)
            return &words[k];
    return NULL;
}

enum wn_code wn_own_words_of(struct wn *wn, const struct wn_task *t, struct wn_arena *a,
                             struct wn_own_words *out, struct wn_error *err)
{
    const struct wn_question *q = &t->questions[0];
    struct wn_contradiction *found;
    struct wn_repeat *list = NULL;
    struct word *words; /* of one group */
    size_t n = 0, nwords = 0;
    enum wn_code rc = wn_review_repeats(wn->store, t->name, &list, &n, err);
    *out = (struct wn_own_words){ 0 };
    out->list = found = wn_arena_array(a, n, sizeof(*found));
    words = wn_arena_array(a, n, sizeof(*words));
    for (size_t i = 0; rc == WN_OK && i < n; i++) {
        const struct word *old;
        if (list[i].group == i)
            nwords = 0;
        if (!read_word(wn, t, &list[i], a, &words[nwords]))
            continue;
        old = before(words, nwords++);
        if (old == NULL)
            continue;
        out->repeated++;
        if (old->label != words[nwords - 1].label)
            found[out->n++] = (struct wn_contradiction){ .review = list[i].review,
                                                         .item = words[nwords - 1].item,
                                                         .now = q->choices[words[nwords - 1].label].id,
                                                         .before_item = old->item,
                                                         .before = q->choices[old->label].id };
    }
    free(list);
    return rc;
}

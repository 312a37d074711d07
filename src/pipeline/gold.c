/* gold.c: see gold.h. */
#include "pipeline/gold.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "decide/sample.h"
#include "pipeline/lessons.h"
#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

enum wn_code wn_gold_read(const struct wn_task *t, const struct wn_eval_options *o,
                          struct wn_arena *a, struct wn_gold *out, struct wn_error *err)
{
    const struct wn_lesson_source from = {
        .maps = o->maps, .values = o->values, .nmaps = o->nmaps, .nvalues = o->nvalues
    };
    enum wn_code rc = WN_OK;
    *out = (struct wn_gold){ 0 };
    for (size_t f = 0; rc == WN_OK && f < o->ngold; f++) {
        struct wn_example *list = NULL, *all;
        size_t n = 0;
        rc = wn_lessons_read(t, o->gold[f], &from, a, &list, &n, err);
        if (rc != WN_OK)
            break;
        all = wn_arena_array(a, out->nlist + n, sizeof(*all));
        if (out->nlist > 0)
            memcpy(all, out->list, out->nlist * sizeof(*all));
        if (n > 0)
            memcpy(all + out->nlist, list, n * sizeof(*all));
        out->list = all;
        out->nlist += n;
    }
    return rc;
}

struct wn_item wn_gold_item(const struct wn_gold *g, size_t i, struct wn_arena *a)
{
    const struct wn_example *e = &g->list[i];
    const char *id = e->line == 0 ? e->file : wn_arena_printf(a, "%s:%zu", e->file, e->line);
    return (struct wn_item){ .id = id,
                             .source = id,
                             .text = e->text,
                             .text_len = strlen(e->text),
                             .fields = e->fields,
                             .nfields = e->nfields };
}

/* ---- cleaning ---- */

const char *wn_gold_folded(const char *text, struct wn_arena *a)
{
    struct wn_buf b = WN_BUF_INIT(64 << 20);
    char *out, *to;
    bool gap = false;
    wn_utf8_fold(&b, text, strlen(text));
    out = to = wn_arena_copy(a, b.data, b.len);
    for (const char *p = b.data; *p != '\0'; p++) {
        bool space = strchr(" \t\r\n", *p) != NULL;
        if (!space && gap && to > out)
            *to++ = ' ';
        if (!space)
            *to++ = *p;
        gap = space;
    }
    *to = '\0';
    wn_buf_free(&b);
    return out;
}

struct keyed {
    const char *key;
    size_t i;
};

static int by_key(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    int c = strcmp(x->key, y->key);
    return c != 0 ? c : x->i < y->i ? -1 : x->i > y->i;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The items [from, to) of the sorted list have one text: keep the first, or none. */
static void judge_group(const struct wn_task *t, const struct keyed *list, size_t from, size_t to,
                        bool learned, struct wn_gold *g, bool *keep)
{
    bool same = true;
    for (size_t k = from + 1; k < to; k++)
        same = same && wn_value_same(&t->questions[0], &g->list[list[from].i].answer->values[0],
                                     &g->list[list[k].i].answer->values[0]);
    if (learned)
        g->learned_from += to - from;
    else if (!same)
        g->contradicting += to - from;
    else
        g->repeated += to - from - 1;
    keep[list[from].i] = !learned && same;
}

struct drawn {
    double u;
    size_t i;
};

static int by_u(const void *a, const void *b)
{
    double x = ((const struct drawn *)a)->u, y = ((const struct drawn *)b)->u;
    return x < y ? -1 : x > y;
}

/* Gold files are often sorted by label, so the first ones would be no sample. A draw depends on the text
 * alone: it is the same for every candidate and on every day. */
static void draw(const struct wn_task *t, size_t limit, const struct wn_gold *g, bool *keep,
                 struct wn_arena *a)
{
    struct drawn *list = wn_arena_array(a, g->nlist, sizeof(*list));
    size_t n = 0;
    for (size_t i = 0; i < g->nlist; i++)
        if (keep[i])
            list[n++] = (struct drawn){ wn_prn("", "gold", t->name, g->list[i].text), i };
    qsort(list, n, sizeof(*list), by_u);
    for (size_t k = limit; k < n; k++)
        keep[list[k].i] = false;
}

void wn_gold_clean(const struct wn_task *t, const char *const *learned, size_t nlearned,
                   int64_t limit, struct wn_arena *a, struct wn_gold *g)
{
    struct keyed *list = wn_arena_array(a, g->nlist, sizeof(*list));
    const char **known = wn_arena_array(a, nlearned, sizeof(*known));
    bool *keep = wn_arena_array(a, g->nlist, sizeof(*keep));
    size_t n = 0;
    for (size_t i = 0; i < nlearned; i++)
        known[i] = wn_gold_folded(learned[i], a);
    qsort(known, nlearned, sizeof(*known), by_text);
    for (size_t i = 0; i < g->nlist; i++)
        if (g->list[i].answer->values[0].answered)
            list[n++] = (struct keyed){ wn_gold_folded(g->list[i].text, a), i };
    g->unlabelled = g->nlist - n;
    qsort(list, n, sizeof(*list), by_key);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from; to < n && strcmp(list[to].key, list[from].key) == 0; to++)
            ;
        judge_group(t, list, from, to,
                    bsearch(&list[from].key, known, nlearned, sizeof(*known), by_text) != NULL, g,
                    keep);
    }
    if (limit > 0)
        draw(t, (size_t)limit, g, keep, a);
    g->kept = wn_arena_array(a, g->nlist, sizeof(*g->kept));
    for (size_t i = 0; i < g->nlist; i++)
        if (keep[i])
            g->kept[g->nkept++] = i;
}

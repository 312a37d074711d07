/* tables.c: see tables.h. */
#include "pipeline/tables.h"
#include "base/json.h"
#include "decide/drift.h"
#include "decide/language.h"
#include "report/writer.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_OPENED = 2000 };

/* ---- one decision ---- */

static void add_to(struct wn_groups *g, const char *name, int64_t n, struct wn_arena *a)
{
    size_t i = 0;
    while (i < g->n && strcmp(g->list[i].name, name) != 0)
        i++;
    if (i == WN_MOST_GROUPS - 1 && i == g->n)
        name = "other";
    if (i == WN_MOST_GROUPS)
        i--;
    if (i == g->n)
        g->list[g->n++] = (struct wn_group){ wn_arena_str(a, name), 0 };
    g->list[i].n += n;
}

const char *wn_tables_source(const char *source, struct wn_arena *a)
{
    const char *colon = strrchr(source, ':'), *dot;
    size_t len = strlen(source);
    if (strchr(source, '@') != NULL)
        return "mail";
    if (colon != NULL && colon[1] != '\0' && colon[1 + strspn(colon + 1, "0123456789")] == '\0')
        len = (size_t)(colon - source);
    source = wn_arena_copy(a, source, len);
    dot = strrchr(source, '.');
    return dot == NULL || dot[1] == '\0' ? source : dot + 1;
}

static double off_enum(const char *signals)
{
    cJSON *list = NULL;
    double p = NAN;
    if (signals != NULL && wn_json_parse(signals, strlen(signals), false, &list, NULL) == WN_OK)
        p = wn_json_num(cJSON_GetArrayItem(list, 0), "off_enum", NAN);
    cJSON_Delete(list);
    return p;
}

int wn_tables_tenth(double p)
{
    return p >= 1 ? WN_TENTHS - 1 : (int)(WN_TENTHS * fmax(p, 0));
}

void wn_tables_answer(struct wn_tables *t, const char *label, double off, double score,
                      struct wn_arena *a)
{
    add_to(&t->label, label == NULL ? "none" : label, 1, a);
    if (!isnan(off))
        t->off_enum[wn_tables_tenth(off)]++;
    t->score[wn_tables_tenth(score)]++;
}

void wn_tables_add_answers(struct wn_tables *t, const struct wn_tables *of, struct wn_arena *a)
{
    for (size_t i = 0; i < of->label.n; i++)
        add_to(&t->label, of->label.list[i].name, of->label.list[i].n, a);
    for (size_t i = 0; i < WN_TENTHS; i++) {
        t->off_enum[i] += of->off_enum[i];
        t->score[i] += of->score[i];
    }
}

static void add_row(const struct wn_row *row, struct wn_arena *a, struct wn_arena *keep,
                    struct wn_tables *out, double *length)
{
    struct wn_item item;
    struct wn_result r;
    const struct wn_language *language;
    double off = off_enum(row->signals_json);
    if (row->item_json == NULL || wn_item_read(row->item_json, a, &item, NULL) != WN_OK ||
        wn_result_read(row->result_json, &item, a, &r, NULL) != WN_OK)
        return;
    length[out->n++] = (double)item.text_len;
    language = item.text == NULL ? NULL : wn_language_of(item.text, item.text_len);
    add_to(&out->label, r.label == NULL ? "none" : r.label, 1, keep);
    add_to(&out->language, language == NULL ? "unknown" : language->id, 1, keep);
    add_to(&out->source, item.source == NULL ? "unknown" : wn_tables_source(item.source, a), 1,
           keep);
    if (!isnan(off))
        out->off_enum[wn_tables_tenth(off)]++;
}

/* ---- all ---- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void bin_lengths(const double *edges, double *length, struct wn_tables *out)
{
    size_t n = (size_t)out->n;
    if (edges != NULL)
        memcpy(out->edges, edges, sizeof(out->edges));
    else if (n > 0) {
        qsort(length, n, sizeof(*length), by_value);
        for (size_t i = 1; i < WN_TENTHS; i++)
            out->edges[i - 1] = length[i * n / WN_TENTHS];
    }
    for (size_t i = 0; i < n; i++) {
        size_t bin = 0;
        while (bin < WN_TENTHS - 1 && length[i] >= out->edges[bin])
            bin++;
        out->length[bin]++;
    }
}

enum wn_code wn_tables_count(struct wn_store *s, const int64_t *ids, size_t n, const double *edges,
                             struct wn_arena *a, struct wn_tables *out, struct wn_error *err)
{
    double *length = wn_xcalloc(MOST_OPENED + 1, sizeof(*length));
    struct wn_arena one = WN_ARENA_INIT;
    size_t all = n < MOST_OPENED ? n : MOST_OPENED;
    struct wn_row row;
    enum wn_code rc = WN_OK;
    *out = (struct wn_tables){ 0 };
    for (size_t i = 0; rc == WN_OK && i < all; i++) {
        rc = wn_results_get(s, ids[i * n / all], &one, &row, err);
        if (rc == WN_OK && row.id != 0)
            add_row(&row, &one, a, out, length);
        wn_arena_reset(&one);
    }
    bin_lengths(edges, length, out);
    wn_arena_free(&one);
    free(length);
    return rc;
}

/* ---- kept ---- */

static void write_counts(const char *name, const int64_t *list, struct wn_buf *b)
{
    wn_buf_printf(b, ",\"%s\":[", name);
    for (size_t i = 0; i < WN_TENTHS; i++)
        wn_buf_printf(b, "%s%lld", i == 0 ? "" : ",", (long long)list[i]);
    wn_buf_char(b, ']');
}

static void write_groups(const char *name, const struct wn_groups *g, struct wn_buf *b)
{
    wn_buf_printf(b, ",\"%s\":{", name);
    for (size_t i = 0; i < g->n; i++) {
        wn_buf_str(b, i == 0 ? "" : ",");
        wn_json_quote(b, g->list[i].name);
        wn_buf_printf(b, ":%lld", (long long)g->list[i].n);
    }
    wn_buf_char(b, '}');
}

void wn_tables_write(const struct wn_tables *t, struct wn_buf *b)
{
    wn_buf_printf(b, "{\"n\":%lld,\"edges\":[", (long long)t->n);
    for (size_t i = 0; i < WN_TENTHS - 1; i++)
        wn_buf_printf(b, "%s%.0f", i == 0 ? "" : ",", t->edges[i]);
    wn_buf_char(b, ']');
    write_counts("length", t->length, b);
    write_counts("off_enum", t->off_enum, b);
    write_counts("score", t->score, b);
    write_groups("label", &t->label, b);
    write_groups("language", &t->language, b);
    write_groups("source", &t->source, b);
    wn_buf_char(b, '}');
}

static double number(const cJSON *list, size_t i)
{
    const cJSON *v = cJSON_GetArrayItem(list, (int)i);
    return cJSON_IsNumber(v) ? v->valuedouble : 0;
}

static void read_groups(const cJSON *o, struct wn_arena *a, struct wn_groups *out)
{
    const cJSON *v;
    cJSON_ArrayForEach(v, o) if (cJSON_IsNumber(v))
        add_to(out, v->string == NULL ? "" : v->string, (int64_t)v->valuedouble, a);
}

bool wn_tables_read(const char *json, size_t len, struct wn_arena *a, struct wn_tables *out)
{
    cJSON *o = NULL;
    *out = (struct wn_tables){ 0 };
    if (wn_json_parse(json, len, false, &o, NULL) != WN_OK)
        return false;
    out->n = wn_json_int(o, "n", 0);
    for (size_t i = 0; i < WN_TENTHS; i++) {
        if (i < WN_TENTHS - 1)
            out->edges[i] = number(wn_json_get(o, "edges"), i);
        out->length[i] = (int64_t)number(wn_json_get(o, "length"), i);
        out->off_enum[i] = (int64_t)number(wn_json_get(o, "off_enum"), i);
        out->score[i] = (int64_t)number(wn_json_get(o, "score"), i);
    }
    read_groups(wn_json_get(o, "label"), a, &out->label);
    read_groups(wn_json_get(o, "language"), a, &out->language);
    read_groups(wn_json_get(o, "source"), a, &out->source);
    cJSON_Delete(o);
    return true;
}

static const char kind[] = "pool";

enum wn_code wn_tables_put(struct wn_store *s, int64_t proof, const struct wn_tables *t, int64_t now,
                           struct wn_error *err)
{
    struct wn_buf b = WN_BUF_INIT(1 << 20);
    char name[24];
    enum wn_code rc;
    snprintf(name, sizeof(name), "%lld", (long long)proof);
    wn_tables_write(t, &b);
    rc = wn_store_value_put(s, kind, name, b.data, b.len, now, err);
    wn_buf_free(&b);
    return rc;
}

enum wn_code wn_tables_get(struct wn_store *s, int64_t proof, struct wn_arena *a,
                           struct wn_tables *out, bool *found, struct wn_error *err)
{
    const char *json;
    size_t len;
    char name[24];
    enum wn_code rc;
    snprintf(name, sizeof(name), "%lld", (long long)proof);
    rc = wn_store_value_get(s, kind, name, a, &json, &len, err);
    *found = rc == WN_OK && json != NULL && wn_tables_read(json, len, a, out);
    return rc;
}

/* ---- comparing ---- */

static int64_t count_of(const struct wn_groups *g, const char *name)
{
    for (size_t i = 0; i < g->n; i++)
        if (strcmp(g->list[i].name, name) == 0)
            return g->list[i].n;
    return 0;
}

static double total(const struct wn_groups *g)
{
    double n = 0;
    for (size_t i = 0; i < g->n; i++)
        n += (double)g->list[i].n;
    return n;
}

double wn_groups_psi(const struct wn_groups *ref, const struct wn_groups *cur, double *limit,
                     struct wn_moved *most)
{
    int64_t before[2 * WN_MOST_GROUPS], now[2 * WN_MOST_GROUPS];
    double nref = fmax(1, total(ref)), ncur = fmax(1, total(cur)), gap = -1;
    size_t n = 0;
    *most = (struct wn_moved){ "", 0, 0 };
    for (size_t i = 0; i < ref->n + cur->n; i++) {
        const char *name = i < ref->n ? ref->list[i].name : cur->list[i - ref->n].name;
        double p, q;
        if (i >= ref->n && count_of(ref, name) > 0)
            continue;
        before[n] = count_of(ref, name);
        now[n] = count_of(cur, name);
        p = (double)before[n] / nref;
        q = (double)now[n] / ncur;
        n++;
        if (fabs(q - p) > gap) {
            gap = fabs(q - p);
            *most = (struct wn_moved){ name, p, q };
        }
    }
    return wn_psi(before, now, n, limit);
}

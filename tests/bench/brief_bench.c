/* brief_bench.c: the extractive brief against summaries that people wrote: ROUGE-1 and ROUGE-2 F1
 * (lower-cased tokens, no stemming, mean over a text's references), beside the recipe's row.
 *
 *     brief_bench FOLDER      (xz files unpacked by the script that calls it) */
#include "base/file.h"
#include "base/json.h"
#include "pipeline/rank.h"
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- ROUGE ---- */

struct grams {
    uint64_t *list;
    size_t n;
};

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static struct grams grams_of(const char *text, int size)
{
    struct grams g = { malloc((strlen(text) + 1) * sizeof(uint64_t)), 0 };
    uint64_t last = 0;
    for (const char *p = text; *p != '\0';) {
        uint64_t h = 0xcbf29ce484222325u;
        while (*p != '\0' && !isalnum((unsigned char)*p))
            p++;
        if (*p == '\0')
            break;
        for (; isalnum((unsigned char)*p); p++)
            h = (h ^ (uint64_t)tolower((unsigned char)*p)) * 0x100000001b3u;
        if (size == 1)
            g.list[g.n++] = h;
        else if (last != 0)
            g.list[g.n++] = last * 31 + h;
        last = h;
    }
    qsort(g.list, g.n, sizeof(uint64_t), by_value);
    return g;
}

static double f1(const char *got, const char *want, int size)
{
    struct grams a = grams_of(got, size), b = grams_of(want, size);
    size_t hits = 0;
    for (size_t i = 0, k = 0; i < a.n && k < b.n;) {
        if (a.list[i] == b.list[k])
            hits++, i++, k++;
        else if (a.list[i] < b.list[k])
            i++;
        else
            k++;
    }
    double f = a.n + b.n == 0 ? 0 : 2.0 * (double)hits / (double)(a.n + b.n);
    free(a.list);
    free(b.list);
    return f;
}

/* ---- the sets ---- */

struct text {
    struct wn_rank_unit *units;
    size_t n, cap;
    const char *refs[16];
    size_t nrefs;
};

static void add(struct text *t, const char *s, size_t offset)
{
    if (t->n == t->cap)
        t->units = realloc(t->units, (t->cap = t->cap == 0 ? 64 : 2 * t->cap) * sizeof(*t->units));
    t->units[t->n++] = (struct wn_rank_unit){ s, strlen(s), 0, offset };
}

static void add_all(struct text *t, const cJSON *list)
{
    const cJSON *s;
    size_t i = 0;
    cJSON_ArrayForEach(s, list) add(t, cJSON_GetStringValue(s), i++);
}

static void add_refs(struct text *t, const cJSON *list)
{
    const cJSON *r;
    cJSON_ArrayForEach(r, list) if (t->nrefs < 16) t->refs[t->nrefs++] = cJSON_GetStringValue(r);
}

static void read_paper(const cJSON *o, struct text *t)
{
    add_all(t, wn_json_get(o, "sentences"));
    t->refs[t->nrefs++] = wn_json_str(o, "reference");
}

static void read_plain(const cJSON *o, struct text *t)
{
    add_all(t, wn_json_get(o, "sentences"));
    add_refs(t, wn_json_get(o, "references"));
}

static void read_thread(const cJSON *o, struct text *t)
{
    const cJSON *mail, *s;
    cJSON_ArrayForEach(mail, wn_json_get(o, "emails"))
    {
        size_t i = 0;
        cJSON_ArrayForEach(s, wn_json_get(mail, "sentences"))
            add(t, cJSON_IsString(s) ? s->valuestring : wn_json_str(s, "text"), i++);
    }
    add_refs(t, wn_json_get(o, "references"));
}

/* A turn is cut at its full stops, as the transcripts set them. */
static void read_meeting(const cJSON *o, struct text *t)
{
    const cJSON *turn, *q;
    cJSON_ArrayForEach(turn, wn_json_get(o, "meeting_transcripts"))
    {
        char *p = cJSON_GetStringValue(wn_json_get(turn, "content"));
        size_t i = 0;
        for (char *mark = p; mark != NULL && (mark = strchr(mark, '{')) != NULL;) {
            char *close =
                strchr(mark, '}'); /* {disfmarker}: what the transcriber heard, not words */
            if (close == NULL)
                break;
            memset(mark, ' ', (size_t)(close - mark) + 1);
        }
        while (p != NULL && *p != '\0') {
            char *end = p;
            while (*end != '\0' && !(strchr(".!?", *end) != NULL && end[1] == ' '))
                end++;
            char *next = *end == '\0' ? end : end + 2;
            if (*end != '\0')
                end[1] = '\0';
            add(t, p, i++);
            p = next;
        }
    }
    cJSON_ArrayForEach(q, wn_json_get(o, "general_query_list")) if (t->nrefs < 16)
        t->refs[t->nrefs++] = wn_json_str(q, "answer");
}

static const struct set {
    const char *name, *file;
    size_t words;
    bool messages, unordered;
    void (*read)(const cJSON *o, struct text *t);
    double recipe[2];
} sets[] = {
    { "papers", "scisummnet.jsonl", 150, false, false, read_paper, { 63.3, 53.4 } },
    { "mail threads", "bc3_threads.jsonl", 100, true, false, read_thread, { 33.4, 10.4 } },
    { "meetings", "qmsum.jsonl", 110, false, false, read_meeting, { 22.8, 2.9 } },
    { "product reviews", "opinosis.jsonl", 25, false, true, read_plain, { 24.4, 5.6 } },
    { "abstracts", "scitldr_a.jsonl", 25, false, false, read_plain, { 23.3, 6.6 } },
};

static void score(const struct text *t, const size_t *chosen, size_t n, double sum[2])
{
    struct wn_buf b = WN_BUF_INIT(1 << 22);
    for (size_t i = 0; i < n; i++) {
        wn_buf_add(&b, t->units[chosen[i]].text, t->units[chosen[i]].len);
        wn_buf_char(&b, '\n');
    }
    for (int size = 1; size <= 2; size++) {
        double f = 0;
        for (size_t r = 0; r < t->nrefs; r++)
            f += f1(b.data, t->refs[r], size);
        sum[size - 1] += f / (double)t->nrefs;
    }
    wn_buf_free(&b);
}

/* The first sentences up to the budget: what any ranking has to beat. */
static size_t lead(const struct text *t, size_t words, size_t *chosen)
{
    size_t n = 0, have = 0;
    for (; n < t->n && have < words; n++) {
        chosen[n] = n;
        for (const char *p = t->units[n].text; *p != '\0'; p++)
            have += *p != ' ' && (p == t->units[n].text || p[-1] == ' ');
    }
    return n;
}

static bool run(const char *folder, const struct set *set)
{
    char path[4096];
    char *all = NULL, *save = NULL;
    double ours[2] = { 0 }, first[2] = { 0 };
    size_t n = 0;
    snprintf(path, sizeof(path), "%s/%s", folder, set->file);
    if (wn_file_read(path, (size_t)1 << 30, &all, NULL, NULL) != WN_OK)
        return false;
    for (char *line = strtok_r(all, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        cJSON *o = cJSON_Parse(line);
        struct text t = { 0 };
        set->read(o, &t);
        struct wn_rank_options ro = { .words = set->words,
                                      .messages = set->messages,
                                      .unordered = set->unordered };
        size_t *chosen = calloc(t.n + 1, sizeof(*chosen));
        if (t.nrefs > 0 && t.n > 0) {
            score(&t, chosen, wn_rank(t.units, t.n, &ro, chosen, NULL), ours);
            score(&t, chosen, lead(&t, set->words, chosen), first);
            n++;
        }
        free(chosen);
        free(t.units);
        cJSON_Delete(o);
    }
    free(all);
    printf("| %s, %zu words | %zu | %.1f / %.1f | %.1f / %.1f | %.1f / %.1f |\n", set->name,
           set->words, n, 100 * ours[0] / (double)n, 100 * ours[1] / (double)n, set->recipe[0],
           set->recipe[1], 100 * first[0] / (double)n, 100 * first[1] / (double)n);
    return true;
}

int main(int argc, char **argv)
{
    puts("| ROUGE-1 / ROUGE-2 | texts | winnow | recipe | lead |\n|---|---|---|---|---|");
    for (size_t i = 0; argc > 1 && i < sizeof(sets) / sizeof(sets[0]); i++)
        if (!run(argv[1], &sets[i]))
            printf("| %s | not there | | | |\n", sets[i].name);
    return 0;
}

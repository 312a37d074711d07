/* rank.c: see rank.h.
 *
 * The graph is never written down. With unit vectors v the similarity of two sentences is v_i.v_j, so one
 * step of the walk is a sum over words and a product with it: sum_j v_j x_j / degree_j, times v_i, less
 * the sentence's own part. */
#include "pipeline/rank.h"
#include "base/arena.h"
#include "base/fnv.h"
#include "pipeline/sentence.h"
#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_WORDS = 5, MOST_WORDS = 60, STEPS = 40, LONGEST_WORD = 40 };
#define SETTLED 1e-5 /* of all the weight moved in one step: further ones change nothing */
static const double damping = .85, lambda = .7, place_weight = 4, opening_weight = .5,
                    same = .95; /* as near as that is said already */

/* ---- words ---- */

static const char stop_words[] = " a about above after again against all also am an and any are as "
                                 "at be because been before being "
                                 "below between both but by can cannot could did do does doing "
                                 "down during each few for from further "
                                 "had has have having he her here hers him his how i if in into is "
                                 "it its itself just me more most my "
                                 "no nor not now of off on once only or other our ours out over "
                                 "own same she should so some such than "
                                 "that the their theirs them then there these they this those "
                                 "through to too under until up upon us "
                                 "very was we were what when where which while who whom why will "
                                 "with would you your yours may might "
                                 "must shall get got let s t re ve ll d m don isn aren wasn weren "
                                 "didn doesn uh um yeah ok okay well "
                                 "like really ";

static bool is_stop(const char *word, size_t n)
{
    char padded[LONGEST_WORD + 3] = " ";
    if (n > 8) /* none is longer */
        return false;
    memcpy(padded + 1, word, n);
    memcpy(padded + 1 + n, " ", 2);
    return strstr(stop_words, padded) != NULL;
}

/* Take off what makes a form of a word: plural, past, gerund, adverb. Light: what is left must be a stem
 * of four letters. */
static size_t stem(char *w, size_t n)
{
    static const struct {
        const char *suffix, *instead;
    } rules[] = { { "sses", "ss" }, { "ies", "y" }, { "ings", "" }, { "ing", "" }, { "edly", "" },
                  { "ed", "" },     { "ly", "" },   { "es", "e" },  { "s", "" } };
    for (size_t i = 0; i < WN_COUNT(rules); i++) {
        size_t m = strlen(rules[i].suffix), k = strlen(rules[i].instead);
        if (n < m + 3 || memcmp(w + n - m, rules[i].suffix, m) != 0 ||
            (m == 1 && strchr("su", w[n - 2]) != NULL))
            continue;
        memcpy(w + n - m, rules[i].instead, k);
        n = n - m + k;
        break;
    }
    if (n > 3 && w[n - 1] == w[n - 2] && strchr("aeiouls", w[n - 1]) == NULL)
        n--; /* stopped -> stop */
    if (n > 4 && w[n - 1] == 'e')
        n--;
    return n;
}

/* The next content word, stemmed, into out; its length, or 0 at the end. */
static size_t next_word(const char *text, size_t len, size_t *pos, char out[LONGEST_WORD])
{
    while (*pos < len) {
        size_t n = 0;
        while (*pos < len && !isalnum((unsigned char)text[*pos]) &&
               (unsigned char)text[*pos] < 0x80)
            ++*pos;
        for (; *pos < len &&
               (isalnum((unsigned char)text[*pos]) || (unsigned char)text[*pos] >= 0x80);
             ++*pos)
            if (n < LONGEST_WORD)
                out[n++] = (char)tolower((unsigned char)text[*pos]);
        if (n > 1 && !is_stop(out, n))
            return stem(out, n);
    }
    return 0;
}

/* ---- the words of all sentences as numbers ---- */

struct term {
    uint32_t id;
    float weight;
};

struct graph {
    struct wn_arena arena;
    size_t n, nterms;
    struct term **row; /* per sentence: its terms; none = it takes no part */
    size_t *len;
    /* words by hash */
    uint64_t *slot_hash;
    uint32_t *slot_id;
    size_t nslots;
    uint32_t *df;
};

static uint64_t hash(const char *s, size_t n)
{
    uint64_t h = wn_fnv(WN_FNV_START, s, n);
    h ^= h >> 29;
    return h == 0 ? 1 : h;
}

static void widen(struct graph *g)
{
    size_t n = g->nslots == 0 ? 4096 : g->nslots * 2;
    uint64_t *hashes = wn_xcalloc(n, sizeof(*hashes));
    uint32_t *ids = wn_xcalloc(n, sizeof(*ids));
    for (size_t i = 0; i < g->nslots; i++) {
        size_t at = g->slot_hash[i] & (n - 1);
        if (g->slot_hash[i] == 0)
            continue;
        while (hashes[at] != 0)
            at = (at + 1) & (n - 1);
        hashes[at] = g->slot_hash[i];
        ids[at] = g->slot_id[i];
    }
    free(g->slot_hash);
    free(g->slot_id);
    g->slot_hash = hashes;
    g->slot_id = ids;
    g->df = wn_xrealloc(g->df, n, sizeof(*g->df));
    g->nslots = n;
}

/* The number of a word. Two words with the same hash of 64 bits would be taken for one. */
static uint32_t term_id(struct graph *g, const char *word, size_t n)
{
    uint64_t h = hash(word, n);
    size_t at;
    if (g->nterms * 2 >= g->nslots)
        widen(g);
    for (at = h & (g->nslots - 1); g->slot_hash[at] != 0; at = (at + 1) & (g->nslots - 1))
        if (g->slot_hash[at] == h)
            return g->slot_id[at];
    g->slot_hash[at] = h;
    g->df[g->nterms] = 0;
    return g->slot_id[at] = (uint32_t)g->nterms++;
}

static void read_sentence(struct graph *g, size_t i, const struct wn_rank_unit *u)
{
    struct term *row = wn_arena_array(&g->arena, u->words * 4 + 4, sizeof(*row));
    size_t n = 0, k, len, room = u->words * 4 + 4;
    char word[LONGEST_WORD];
    for (size_t pos = 0; (len = next_word(u->text, u->len, &pos, word)) > 0 && n < room;) {
        uint32_t id = term_id(g, word, len);
        for (k = 0; k < n && row[k].id != id;)
            k++;
        if (k == n) {
            row[n++] = (struct term){ id, 0 };
            g->df[id]++;
        }
        row[k].weight += 1;
    }
    g->row[i] = row;
    g->len[i] = n;
}

/* Counts -> unit vectors of (1 + ln tf)(ln(n/df) + 1). */
static void weigh(struct graph *g, size_t in_graph)
{
    for (size_t i = 0; i < g->n; i++) {
        double sum = 0;
        for (size_t k = 0; k < g->len[i]; k++) {
            struct term *t = &g->row[i][k];
            t->weight =
                (float)((1 + log(t->weight)) * (log((double)in_graph / (double)g->df[t->id]) + 1));
            sum += (double)t->weight * (double)t->weight;
        }
        for (size_t k = 0; k < g->len[i]; k++)
            g->row[i][k].weight /= (float)sqrt(sum);
    }
}

static double along(const struct graph *g, size_t i, const double *by_term)
{
    double sum = 0;
    for (size_t k = 0; k < g->len[i]; k++)
        sum += (double)g->row[i][k].weight * by_term[g->row[i][k].id];
    return sum;
}

/* by_term += factor * v_i */
static void spread(const struct graph *g, size_t i, double factor, double *by_term)
{
    for (size_t k = 0; k < g->len[i]; k++)
        by_term[g->row[i][k].id] += factor * (double)g->row[i][k].weight;
}

/* ---- the walk ---- */

static double prior(const struct wn_rank_unit *u, size_t i, const struct wn_rank_options *o)
{
    double place = 1 / (1 + (double)i / 3);
    if (o->unordered)
        return 1;
    if (o->messages)
        place += opening_weight / (1 + (double)u->offset);
    return 1 + place_weight * place;
}

/* For unordered notes the walk is not worth its time: how near a sentence is to all others is as good. */
static void walk(const struct graph *g, const double *prior_of, bool centroid, double *x)
{
    double *degree = wn_xcalloc(g->n + 1, sizeof(double)),
           *next = wn_xcalloc(g->n + 1, sizeof(double));
    double *by_term = wn_xcalloc(g->nterms + 1, sizeof(double)), total = 0, dangling, moved = 1;
    for (size_t i = 0; i < g->n; i++) {
        spread(g, i, 1, by_term);
        total += g->len[i] > 0 ? prior_of[i] : 0;
    }
    for (size_t i = 0; i < g->n; i++) {
        degree[i] = g->len[i] > 0 ? along(g, i, by_term) - 1 : 0;
        x[i] = centroid ? degree[i] : g->len[i] > 0 ? prior_of[i] / total : 0;
    }
    for (int step = 0; step < STEPS && !centroid && total > 0 && moved > SETTLED; step++) {
        memset(by_term, 0, g->nterms * sizeof(double));
        dangling = 0;
        for (size_t i = 0; i < g->n; i++) {
            if (degree[i] > 1e-9)
                spread(g, i, x[i] / degree[i], by_term);
            else
                dangling += x[i];
        }
        for (size_t i = 0; i < g->n; i++) {
            double own = degree[i] > 1e-9 ? x[i] / degree[i] : 0;
            next[i] = g->len[i] == 0 ? 0
                                     : (1 - damping + damping * dangling) * prior_of[i] / total +
                                           damping * (along(g, i, by_term) - own);
        }
        moved = 0;
        for (size_t i = 0; i < g->n; i++)
            moved += fabs(next[i] - x[i]);
        memcpy(x, next, g->n * sizeof(double));
    }
    free(degree);
    free(next);
    free(by_term);
}

/* ---- choosing ---- */

static int by_index(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

static size_t choose(const struct graph *g, const struct wn_rank_unit *units, const double *score,
                     const struct wn_rank_options *o, size_t *chosen)
{
    double *nearest = wn_xcalloc(g->n + 1, sizeof(double));
    double *by_term = wn_xcalloc(g->nterms + 1, sizeof(double));
    bool *out = wn_xcalloc(g->n + 1, sizeof(bool));
    size_t n = 0, words = 0, limit = o->words + o->words / 10;
    while (o->most == 0 || n < o->most) {
        size_t best = SIZE_MAX;
        double best_value = -INFINITY;
        for (size_t i = 0; i < g->n; i++) {
            double value = lambda * score[i] - (1 - lambda) * nearest[i];
            if (!out[i] && g->len[i] > 0 && nearest[i] < same && value > best_value) {
                best = i;
                best_value = value;
            }
        }
        if (best == SIZE_MAX || words >= limit)
            break;
        out[best] = true;
        if (n > 0 && words + units[best].words > limit)
            continue; /* a shorter one may still fit */
        chosen[n++] = best;
        words += units[best].words;
        memset(by_term, 0, g->nterms * sizeof(double));
        spread(g, best, 1, by_term);
        for (size_t i = 0; i < g->n; i++)
            nearest[i] = fmax(nearest[i], along(g, i, by_term));
    }
    free(nearest);
    free(by_term);
    free(out);
    qsort(chosen, n, sizeof(*chosen), by_index);
    return n;
}

size_t wn_rank(const struct wn_rank_unit *given, size_t n, const struct wn_rank_options *o,
               size_t *chosen, double *score)
{
    struct graph g = { .n = n };
    struct wn_rank_unit *units = wn_xcalloc(n + 1, sizeof(*units));
    double *x = wn_xcalloc(n + 1, sizeof(double)), *priors = wn_xcalloc(n + 1, sizeof(double));
    double top = 0;
    size_t in_graph = 0, nchosen;
    g.row = wn_xcalloc(n + 1, sizeof(*g.row));
    g.len = wn_xcalloc(n + 1, sizeof(*g.len));
    for (size_t i = 0; i < n; i++) {
        units[i] = given[i];
        if (units[i].words == 0)
            units[i].words = wn_sentence_words(units[i].text, units[i].len);
        priors[i] = prior(&units[i], o->before + i, o);
        if (units[i].words < LEAST_WORDS || units[i].words > MOST_WORDS)
            continue;
        read_sentence(&g, i, &units[i]);
        in_graph += g.len[i] > 0;
    }
    weigh(&g, in_graph);
    walk(&g, priors, o->unordered, x);
    for (size_t i = 0; i < n; i++)
        top = fmax(top, x[i] *= priors[i]);
    for (size_t i = 0; i < n && top > 0; i++)
        x[i] /= top;
    nchosen = choose(&g, units, x, o, chosen);
    if (score != NULL && n > 0)
        memcpy(score, x, n * sizeof(*score));
    free(units);
    free(x);
    free(priors);
    free(g.row);
    free(g.len);
    free(g.slot_hash);
    free(g.slot_id);
    free(g.df);
    wn_arena_free(&g.arena);
    return nchosen;
}

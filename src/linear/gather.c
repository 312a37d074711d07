/* gather.c: see gather.h. A text that comes twice is one row: in two folds it would vouch for itself. */
#include "linear/gather.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

int wn_target_class(const struct wn_target *g, size_t row, size_t machine)
{
    if (g->y[row] < 0 || g->q->type == WN_CHOICE || g->q->type == WN_YESNO)
        return g->y[row];
    if (g->q->type == WN_TAGS)
        return g->tags[row][machine];
    return (size_t)g->y[row] > machine;
}

/* ---- which examples are the same text ---- */

struct same {
    uint64_t text;  /* digest of what a model would see of it */
    size_t example; /* or the first of several */
    const struct wn_answer *answer;
    size_t label, answers, rank; /* by which the rows are put in order */
};

/* Letter case and white space do not make another text. */
static uint64_t digest(uint64_t h, const char *s)
{
    bool space = false, begun = false;
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (isspace(c)) {
            space = begun;
            continue;
        }
        if (space)
            h = wn_fnv(h, " ", 1);
        space = false;
        begun = true;
        c = (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        h = wn_fnv(h, &c, 1);
    }
    return h;
}

uint64_t wn_text_digest(const char *text, const struct wn_field *fields, size_t nfields)
{
    uint64_t h = digest(WN_FNV_START, text);
    for (size_t i = 0; i < nfields; i++)
        h = digest(digest(h * 31, fields[i].name) * 31, fields[i].value);
    return h;
}

static bool is_blank(const char *s)
{
    while (isspace((unsigned char)*s))
        s++;
    return *s == '\0';
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static int by_text(const void *a, const void *b)
{
    const struct same *x = a, *y = b;
    if (x->text != y->text)
        return x->text < y->text ? -1 : 1;
    return x->example < y->example ? -1 : x->example > y->example;
}

static int by_label(const void *a, const void *b)
{
    const struct same *x = a, *y = b;
    if (x->label != y->label)
        return x->label < y->label ? -1 : 1;
    if (x->answers != y->answers)
        return x->answers > y->answers ? -1 : 1;
    return by_text(a, b);
}

static int by_rank(const void *a, const void *b)
{
    const struct same *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return by_label(a, b);
}

/* Examples that can be learned from, with the digests of their texts. */
static size_t list_examples(struct wn_training *tr, const struct wn_example *ex, size_t n,
                            const struct wn_linear_options *o, struct same *list)
{
    size_t nheld = o->held_out == NULL ? 0 : o->nheld_out, m = 0;
    uint64_t *held = wn_xcalloc(nheld, sizeof(*held)), h;
    for (size_t i = 0; i < nheld; i++)
        held[i] = digest(WN_FNV_START, o->held_out[i]);
    qsort(held, nheld, sizeof(*held), by_number);
    for (size_t i = 0; i < n; i++) {
        h = digest(WN_FNV_START, ex[i].text);
        if (is_blank(ex[i].text)) {
            tr->counts.nempty++;
            continue;
        }
        if (bsearch(&h, held, nheld, sizeof(*held), by_number) != NULL) {
            tr->counts.nheld_out++;
            continue;
        }
        h = wn_text_digest(ex[i].text, ex[i].fields, ex[i].nfields);
        list[m++] = (struct same){ .text = h, .example = i, .answer = ex[i].answer };
    }
    free(held);
    return m;
}

static bool answers(const struct wn_question *q, const struct wn_value *v)
{
    return v->answered && q->type != WN_TEXT && q->nchoices > 0 &&
           (q->type != WN_TAGS || v->chosen != NULL);
}

static bool agree(const struct wn_question *q, const struct wn_value *a, const struct wn_value *b)
{
    if (q->type == WN_TAGS)
        return memcmp(a->chosen, b->chosen, q->nchoices * sizeof(*a->chosen)) == 0;
    return a->choice == b->choice;
}

/* The answer that more of the examples give than any other, or an unanswered one. */
static struct wn_value vote(const struct wn_question *q, size_t index, const struct same *list,
                            size_t n, bool *contradict)
{
    struct wn_value none = { 0 }, best = { 0 };
    size_t most = 0, second = 0;
    for (size_t i = 0; i < n; i++) {
        const struct wn_value *v = &list[i].answer->values[index];
        size_t votes = 0;
        bool first = true;
        if (!answers(q, v))
            continue;
        for (size_t k = 0; k < n; k++) {
            const struct wn_value *w = &list[k].answer->values[index];
            if (!answers(q, w) || !agree(q, v, w))
                continue;
            first &= k >= i;
            votes++;
        }
        if (!first)
            continue;
        if (votes > most) {
            second = most;
            most = votes;
            best = *v;
        } else if (votes > second) {
            second = votes;
        }
    }
    *contradict |= second > 0;
    return second == most ? none : best;
}

/* Each text once, in place. Votes of more than a hundred repeats are those of the first hundred. */
static size_t merge(struct wn_training *tr, struct same *list, size_t n)
{
    const struct wn_task *t = tr->task;
    size_t m = 0;
    qsort(list, n, sizeof(*list), by_text);
    for (size_t i = 0, end; i < n; i = end) {
        struct same one = list[i];
        bool contradict = false;
        for (end = i + 1; end < n && list[end].text == one.text;)
            end++;
        if (end - i > 1) {
            struct wn_answer *all = wn_arena_alloc(&tr->arena, sizeof(*all));
            all->nvalues = t->nquestions;
            all->values = wn_arena_array(&tr->arena, t->nquestions, sizeof(*all->values));
            for (size_t q = 0; q < t->nquestions; q++)
                all->values[q] =
                    vote(&t->questions[q], q, list + i, end - i > 100 ? 100 : end - i, &contradict);
            one.answer = all;
            tr->counts.ncontradicting += contradict;
            tr->counts.nrepeated += end - i - 1;
        }
        list[m++] = one;
    }
    return m;
}

static size_t label_of(const struct wn_task *t, const struct wn_answer *a)
{
    size_t from = 0;
    for (size_t q = 0; q < t->nquestions; from += t->questions[q++].nchoices + 1)
        if (answers(&t->questions[q], &a->values[q])) {
            if (t->questions[q].type != WN_TAGS)
                return from + a->values[q].choice;
            for (size_t c = 0; c < t->questions[q].nchoices; c++)
                if (a->values[q].chosen[c])
                    return from + c;
            return from + t->questions[q].nchoices;
        }
    return SIZE_MAX;
}

static size_t count_answers(const struct wn_task *t, const struct wn_answer *a)
{
    size_t n = 0;
    for (size_t q = 0; q < t->nquestions; q++)
        n += answers(&t->questions[q], &a->values[q]);
    return n;
}

/* One of each label in turn, so that where not all fit, the rare labels stay whole; of each label those
 * first that answer the most questions. What has no answer left is dropped; returns how many there are. */
static size_t put_in_order(const struct wn_task *t, struct same *list, size_t n)
{
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        list[i].label = label_of(t, list[i].answer);
        list[i].answers = count_answers(t, list[i].answer);
        if (list[i].label != SIZE_MAX)
            list[m++] = list[i];
    }
    qsort(list, m, sizeof(*list), by_label);
    for (size_t i = 0; i < m; i++)
        list[i].rank = i > 0 && list[i].label == list[i - 1].label ? list[i - 1].rank + 1 : 0;
    qsort(list, m, sizeof(*list), by_rank);
    return m;
}

/* ---- rows ---- */

static void add_row(struct wn_training *tr, const char *text, const struct wn_field *fields,
                    size_t nfields, struct wn_arena *scratch)
{
    struct wn_features f;
    wn_arena_reset(scratch);
    wn_features_read(text, strlen(text), fields, nfields, false, scratch, &f);
    wn_corpus_add(&tr->corpus, &f);
}

/* The texts that stand for a choice: its name and its meaning, unless they are the same. NULL: none. */
static void texts_of(const struct wn_question *q, size_t c, struct wn_arena *a,
                     const char *texts[2])
{
    const char *meaning = q->choices[c].meaning;
    char *name = q->type == WN_YESNO ? NULL : wn_arena_str(a, q->choices[c].id);
    for (char *p = name; p != NULL && *p != '\0'; p++)
        if (*p == '_' || *p == '-')
            *p = ' ';
    texts[0] = name;
    texts[1] = meaning == NULL || is_blank(meaning) ? NULL : meaning;
    if (name != NULL && texts[1] != NULL &&
        digest(WN_FNV_START, name) == digest(WN_FNV_START, meaning))
        texts[1] = NULL;
}

/* Name and meaning of every choice are examples of it: at five labels per class worth 7 points. */
static void add_meanings(struct wn_training *tr, struct wn_arena *scratch)
{
    for (size_t i = 0; i < tr->ntargets; i++) {
        const struct wn_question *q = tr->targets[i].q;
        for (size_t c = 0; c < q->nchoices; c++) {
            const char *texts[2];
            texts_of(q, c, &tr->arena, texts);
            for (size_t k = 0; k < 2; k++) {
                if (texts[k] == NULL)
                    continue;
                add_row(tr, texts[k], NULL, 0, scratch);
                tr->first_example++;
            }
        }
    }
}

/* What the meanings' rows are rows of: the same walk as add_meanings, once the rows are counted. */
static void label_meanings(struct wn_training *tr)
{
    size_t row = 0;
    for (size_t i = 0; i < tr->ntargets; i++) {
        struct wn_target *g = &tr->targets[i];
        for (size_t c = 0; c < g->q->nchoices; c++) {
            const char *texts[2];
            size_t n;
            texts_of(g->q, c, &tr->arena, texts);
            n = (size_t)(texts[0] != NULL) + (texts[1] != NULL);
            for (; n > 0; n--, row++) {
                g->y[row] = (int)c;
                if (g->q->type == WN_TAGS) {
                    bool *tags = wn_arena_array(&tr->arena, g->q->nchoices, sizeof(*tags));
                    tags[c] = true;
                    g->tags[row] = tags;
                }
            }
        }
    }
}

static void label_example(struct wn_target *g, size_t row, const struct wn_value *v)
{
    if (!answers(g->q, v))
        return;
    g->head.n++;
    if (g->q->type == WN_TAGS) {
        g->tags[row] = v->chosen;
        g->y[row] = (int)g->q->nchoices;
        for (size_t c = 0; c < g->q->nchoices; c++)
            g->count[c] += v->chosen[c];
        return;
    }
    g->y[row] = (int)v->choice;
    g->count[v->choice]++;
}

struct ranked {
    int y;
    size_t row;
};

static int by_class(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->y != y->y)
        return x->y < y->y ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Rank the labelled rows by class: every fifth of them is a fold with all labels in it. For tags the
 * class is the rarest tag of the row. */
static void rank_rows(struct wn_training *tr, struct wn_target *g)
{
    struct ranked *list = wn_xcalloc(tr->corpus.n, sizeof(*list));
    size_t n = 0;
    for (size_t row = tr->first_example; row < tr->first_pool; row++) {
        if (g->y[row] < 0)
            continue;
        for (size_t c = 0; g->q->type == WN_TAGS && c < g->q->nchoices; c++)
            if (g->tags[row][c] &&
                ((size_t)g->y[row] == g->q->nchoices || g->count[c] < g->count[g->y[row]]))
                g->y[row] = (int)c;
        list[n++] = (struct ranked){ g->y[row], row };
    }
    qsort(list, n, sizeof(*list), by_class);
    for (size_t i = 0; i < n; i++)
        g->rank[list[i].row] = (int)i;
    for (size_t c = 0; c < g->q->nchoices; c++)
        g->classes += g->count[c] > 0;
    free(list);
}

static void make_targets(struct wn_training *tr)
{
    const struct wn_task *t = tr->task;
    tr->targets = wn_arena_array(&tr->arena, t->nquestions, sizeof(*tr->targets));
    for (size_t i = 0; i < t->nquestions; i++) {
        struct wn_target *g = &tr->targets[tr->ntargets];
        if (t->questions[i].type == WN_TEXT || t->questions[i].nchoices < 2)
            continue;
        g->q = &t->questions[i];
        g->index = i;
        g->head.type = g->q->type;
        g->head.k = g->q->nchoices;
        tr->ntargets++;
    }
}

static void size_targets(struct wn_training *tr)
{
    size_t n = tr->corpus.n;
    for (size_t i = 0; i < tr->ntargets; i++) {
        struct wn_target *g = &tr->targets[i];
        g->y = wn_arena_array(&tr->arena, n, sizeof(*g->y));
        g->rank = wn_arena_array(&tr->arena, n, sizeof(*g->rank));
        g->count = wn_arena_array(&tr->arena, g->q->nchoices, sizeof(*g->count));
        if (g->q->type == WN_TAGS)
            g->tags = wn_arena_array(&tr->arena, n, sizeof(*g->tags));
        for (size_t row = 0; row < n; row++)
            g->y[row] = g->rank[row] = -1;
    }
}

static enum wn_code check_labels(const struct wn_task *t, const struct wn_example *ex, size_t n,
                                 struct wn_error *err)
{
    for (size_t i = 0; i < n; i++)
        for (size_t q = 0; q < t->nquestions; q++)
            if (answers(&t->questions[q], &ex[i].answer->values[q]) &&
                t->questions[q].type != WN_TAGS &&
                ex[i].answer->values[q].choice >= t->questions[q].nchoices) {
                wn_error_set(err, WN_E_INPUT, "an example has a label that the task does not know");
                wn_error_cause(err, "%s:%zu: question '%s'", ex[i].file == NULL ? "?" : ex[i].file,
                               ex[i].line, t->questions[q].name);
                wn_error_hint(err, "Correct the label, or add it to the choices in task.json.");
                return WN_E_INPUT;
            }
    return WN_OK;
}

enum wn_code wn_gather(struct wn_training *tr, const struct wn_task *t, const struct wn_example *ex,
                       size_t n, const struct wn_linear_options *o, struct wn_error *err)
{
    struct wn_arena scratch = WN_ARENA_INIT;
    struct same *list;
    size_t m, kept = 0, used = 0;
    memset(tr, 0, sizeof(*tr));
    tr->task = t;
    wn_corpus_init(&tr->corpus);
    if (check_labels(t, ex, n, err) != WN_OK)
        return WN_E_INPUT;
    make_targets(tr);
    add_meanings(tr, &scratch);
    list = wn_xcalloc(n, sizeof(*list));
    m = merge(tr, list, list_examples(tr, ex, n, o, list));
    m = put_in_order(t, list, m);
    for (; kept < m && tr->corpus.nids < WN_CORPUS_FEATURES; kept++)
        add_row(tr, ex[list[kept].example].text, ex[list[kept].example].fields,
                ex[list[kept].example].nfields, &scratch);
    tr->counts.nleft_out = m - kept;
    tr->counts.nexamples = kept;
    tr->first_pool = tr->corpus.n;
    for (; used < o->npool && tr->corpus.nids < WN_CORPUS_FEATURES; used++)
        if (o->pool[used].trouble == NULL && !is_blank(o->pool[used].text))
            add_row(tr, o->pool[used].text, o->pool[used].fields, o->pool[used].nfields, &scratch);
    tr->counts.npool = tr->corpus.n - tr->first_pool;
    size_targets(tr);
    label_meanings(tr);
    tr->example = wn_arena_array(&tr->arena, tr->corpus.n, sizeof(*tr->example));
    tr->text = wn_arena_array(&tr->arena, tr->corpus.n, sizeof(*tr->text));
    tr->learn = wn_arena_array(&tr->arena, tr->corpus.n, sizeof(*tr->learn));
    for (size_t row = 0; row < tr->corpus.n; row++) {
        size_t i = row - tr->first_example;
        bool is_example = row >= tr->first_example && row < tr->first_pool;
        tr->learn[row] = row < tr->first_pool;
        tr->example[row] = is_example ? list[i].example : SIZE_MAX;
        tr->text[row] = is_example ? list[i].text : 0;
        for (size_t k = 0; is_example && k < tr->ntargets; k++)
            label_example(&tr->targets[k], row, &list[i].answer->values[tr->targets[k].index]);
    }
    for (size_t k = 0; k < tr->ntargets; k++)
        rank_rows(tr, &tr->targets[k]);
    free(list);
    wn_arena_free(&scratch);
    return WN_OK;
}

void wn_training_clear(struct wn_training *tr)
{
    wn_corpus_free(&tr->corpus);
    wn_arena_free(&tr->arena);
}

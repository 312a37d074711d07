/* train.c: examples -> model: what is learned of each question, and what is kept of it. rounds.c does
 * the learning; temperatures come from what the folds say of rows they have not seen. */
#include "linear/report.h"
#include "linear/rounds.h"
#include "linear/score.h"
#include "linear/write.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Of cosines to names and meanings, where nothing is learned. */
static const float cosine_temperature = .085f;

/* With fewer examples than this of a question a person is told that they are few. */
enum { VERY_FEW_ROWS = 20 };

static void share_classes(struct wn_training *tr, struct wn_head *h, const struct wn_target *g)
{
    h->prior = wn_arena_array(&tr->arena, h->k, sizeof(*h->prior));
    for (size_t c = 0; c < h->k; c++)
        h->prior[c] = h->type == WN_TAGS ? ((float)g->count[c] + 1) / ((float)h->n + 2)
                                         : ((float)g->count[c] + 1) / (float)(h->n + h->k);
    h->shift = h->prior;
    if (h->type != WN_TAGS)
        return;
    h->shift = wn_arena_array(&tr->arena, h->k, sizeof(*h->shift));
    for (size_t c = 0; c < h->k; c++)
        h->shift[c] = .5f; /* until the folds say better */
}

/* Temperatures from the rows out of fold; bias and weights of the model that stays. */
static void finish(struct wn_trainer *all, const struct wn_plan *p)
{
    struct wn_training *tr = &all->tr;
    struct wn_head *h = &p->g->head;
    size_t n = tr->corpus.n;
    int *y = wn_xcalloc(n, sizeof(*y));
    double nll;
    h->temperature = wn_arena_array(&tr->arena, h->ntemps, sizeof(*h->temperature));
    h->bias = wn_arena_array(&tr->arena, h->ncols, sizeof(*h->bias));
    h->c = (float)wn_choices_of_c[p->c];
    for (size_t i = 0; i < p->machines; i++) {
        for (size_t row = 0; row < n; row++)
            y[row] = p->g->rank[row] >= 0 ? wn_target_class(p->g, row, i) : -1;
        h->temperature[i] = (float)wn_temperature_fit(p->z + p->c * n * p->ncols + i, p->ncols, y,
                                                      n, p->width, WN_USUAL_TEMPERATURE, &nll);
    }
    for (size_t c = 0; c < h->ncols; c++)
        h->bias[c] = p->w[((size_t)all->rows.ncolumns - 1) * p->ncols + c];
    free(y);
}

/* Nothing learned: each choice is the mean of its name and its meaning. */
static float *centroids(struct wn_trainer *all, struct wn_target *g)
{
    struct wn_training *tr = &all->tr;
    struct wn_head *h = &g->head;
    size_t n = (size_t)all->rows.ncolumns;
    float *w = wn_arena_array(&tr->arena, n * h->k, sizeof(*w));
    for (size_t row = 0; row < tr->first_example; row++)
        for (const struct feature_node *x = all->rows.x[row];
             g->y[row] >= 0 && x->index < all->rows.ncolumns && x->index > 0; x++)
            w[(size_t)(x->index - 1) * h->k + (size_t)g->y[row]] += (float)x->value;
    for (size_t c = 0; c < h->k; c++) {
        float sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += w[i * h->k + c] * w[i * h->k + c];
        for (size_t i = 0; i < n && sum > 0; i++)
            w[i * h->k + c] /= sqrtf(sum);
    }
    h->temperature = wn_arena_array(&tr->arena, h->ntemps, sizeof(*h->temperature));
    h->bias = wn_arena_array(&tr->arena, h->ncols, sizeof(*h->bias));
    for (size_t i = 0; i < h->ntemps; i++)
        h->temperature[i] = cosine_temperature;
    for (size_t c = 0; h->type == WN_TAGS && c < h->k; c++)
        h->bias[c] = -.2f;
    return w;
}

/* Two choices with one meaning: a model of any kind can only guess between them. */
static void tell_same_meaning(const struct wn_target *g, const struct wn_log *log)
{
    const struct wn_choice *c = g->q->choices;
    for (size_t i = 0; i < g->q->nchoices; i++)
        for (size_t k = 0; k < i; k++)
            if (c[i].meaning != NULL && c[k].meaning != NULL && c[i].meaning[0] != '\0' &&
                strcasecmp(c[i].meaning, c[k].meaning) == 0)
                wn_log(log, WN_WARN, "notice",
                       "%s: '%s' and '%s' have the same meaning; only examples can tell them apart",
                       g->q->name, c[k].id, c[i].id);
}

/* What stands in the way of learning a question, in a person's words. */
static void tell_state(const struct wn_target *g, const struct wn_log *log)
{
    size_t only = 0;
    tell_same_meaning(g, log);
    while (only + 1 < g->q->nchoices && g->count[only] == 0)
        only++;
    if (g->head.n == 0)
        wn_log(log, WN_INFO, "train_no_examples", "question=%s", g->q->name);
    else if (g->head.state == WN_HEAD_NONE)
        wn_log(log, WN_WARN, "notice",
               "%s: there are only examples of '%s' (%zu); without one of another answer it cannot "
               "be learned",
               g->q->name, g->q->choices[only].id, g->head.n);
    else if (g->head.n < VERY_FEW_ROWS)
        wn_log(log, WN_WARN, "notice",
               "%s: %zu examples are few; ten or more of each label make it good", g->q->name,
               g->head.n);
}

/* Which questions can be trained, which have nothing yet, which are hopeless. */
static void set_states(struct wn_training *tr, const struct wn_log *log)
{
    for (size_t i = 0; i < tr->ntargets; i++) {
        struct wn_target *g = &tr->targets[i];
        bool named = g->q->type != WN_YESNO;
        for (size_t c = 0; c < g->q->nchoices; c++)
            named |= g->q->choices[c].meaning != NULL && g->q->choices[c].meaning[0] != '\0';
        if (g->head.n == 0)
            g->head.state = named ? WN_HEAD_NEAREST : WN_HEAD_NONE;
        else if (g->q->type != WN_TAGS && g->classes < 2)
            g->head.state = WN_HEAD_NONE;
        else
            g->head.state = WN_HEAD_TRAINED;
        wn_head_shape(&g->head);
        tell_state(g, log);
    }
}

static void log_counts(const struct wn_linear_report *c, const struct wn_log *log)
{
    /* the table of `winnow train` says these, too */
    if (c->ncontradicting > 0)
        wn_log(log, WN_INFO, "train_contradicting", "texts=%zu", c->ncontradicting);
    if (c->nempty > 0)
        wn_log(log, WN_INFO, "train_empty", "examples=%zu", c->nempty);
    if (c->nleft_out > 0)
        wn_log(log, WN_INFO, "train_left_out", "texts=%zu", c->nleft_out);
}

/* The examples' rows, with nothing said yet. */
static void start_sheet(const struct wn_training *tr, struct wn_arena *a,
                        struct wn_linear_sheet *out)
{
    out->n = tr->first_pool - tr->first_example;
    out->nquestions = tr->task->nquestions;
    out->texts = wn_arena_array(a, out->n, sizeof(*out->texts));
    out->examples = wn_arena_array(a, out->n, sizeof(*out->examples));
    out->marks = wn_arena_array(a, out->n * out->nquestions, sizeof(*out->marks));
    for (size_t i = 0; i < out->n; i++) {
        out->texts[i] = tr->text[tr->first_example + i];
        out->examples[i] = tr->example[tr->first_example + i];
    }
}

/* Per target: its weights, what is to be kept with them, and its line of the report. */
static const struct wn_linear_score *list_scores(struct wn_trainer *all, const float **weights,
                                                 struct wn_linear_limits *limits,
                                                 struct wn_arena *a)
{
    struct wn_training *tr = &all->tr;
    struct wn_linear_score *list = wn_arena_array(a, tr->ntargets, sizeof(*list));
    const struct wn_plan *p = all->plans;
    for (size_t i = 0; i < tr->ntargets; i++) {
        struct wn_target *g = &tr->targets[i];
        struct wn_head *h = &g->head;
        list[i].question = g->q->name;
        list[i].trained = h->state == WN_HEAD_TRAINED;
        list[i].n = h->n;
        list[i].nclasses = g->classes;
        list[i].accuracy = list[i].ece = list[i].nll = NAN;
        if (h->state == WN_HEAD_NONE)
            continue;
        share_classes(tr, h, g);
        if (h->state == WN_HEAD_NEAREST) {
            weights[i] = centroids(all, g);
            list[i].temperature = (double)h->temperature[0];
            continue;
        }
        finish(all, p);
        weights[i] = p->w;
        wn_judge(tr, g, p->z + p->c * tr->corpus.n * h->ncols, p->known,
                 g->index == 0 ? limits : NULL, &tr->counts.sheet, a, &list[i]);
        list[i].accuracy = (double)h->accuracy;
        list[i].ece = (double)h->ece;
        list[i].nll = (double)h->nll;
        list[i].temperature = (double)h->temperature[0];
        list[i].c = (double)h->c;
        p++;
    }
    return list;
}

static enum wn_code train_once(const struct wn_task *t, const struct wn_example *ex, size_t n,
                               const struct wn_linear_options *o, const struct wn_log *log,
                               struct wn_arena *a, struct wn_linear_report *report,
                               struct wn_linear **out, struct wn_error *err)
{
    struct wn_trainer all = { .o = o };
    struct wn_linear_limits limits = { -1e9f, -1e9f, 0 };
    const float **weights = NULL;
    enum wn_code rc = wn_gather(&all.tr, t, ex, n, all.o, err);
    *out = NULL;
    if (rc != WN_OK)
        goto done;
    set_states(&all.tr, log);
    log_counts(&all.tr.counts, log);
    wn_rows_make(&all.tr.corpus, all.tr.learn, NULL, &all.rows);
    rc = wn_rounds_run(&all, err);
    if (rc != WN_OK)
        goto done;
    weights = wn_xcalloc(all.tr.ntargets, sizeof(*weights));
    start_sheet(&all.tr, a, &all.tr.counts.sheet);
    all.tr.counts.scores = list_scores(&all, weights, &limits, a);
    all.tr.counts.nscores = all.tr.ntargets;
    rc = wn_linear_write(&all.tr, &all.rows, weights, &limits, out, err);
    *report = all.tr.counts;
done:
    free(weights);
    wn_trainer_clear(&all);
    return rc;
}

/* The loss of the questions that a pool may help; 0 if there is none. */
static double poor_loss(const struct wn_linear_report *r)
{
    double sum = 0;
    for (size_t i = 0; i < r->nscores; i++)
        if (r->scores[i].trained && r->scores[i].n < WN_FEW_PER_LABEL * r->scores[i].nlabels)
            sum += r->scores[i].nll;
    return sum;
}

/* Without the unlabelled pool, and if labels are few with it: a pool that is not shaped like the items
 * to come does harm, and the folds see it. */
enum wn_code wn_linear_train(const struct wn_task *t, const struct wn_example *ex, size_t n,
                             const struct wn_linear_options *o, const struct wn_log *log,
                             struct wn_arena *a, struct wn_linear_report *report,
                             struct wn_linear **out, struct wn_error *err)
{
    struct wn_arena own = WN_ARENA_INIT;
    struct wn_linear_options plain = { 0 };
    struct wn_linear_report first, second;
    struct wn_linear *with = NULL;
    enum wn_code rc;
    if (o != NULL)
        plain = *o;
    plain.npool = 0;
    a = a == NULL ? &own : a;
    rc = train_once(t, ex, n, &plain, log, a, &first, out, err);
    if (rc == WN_OK && o != NULL && o->npool > 0 && poor_loss(&first) > 0) {
        rc = train_once(t, ex, n, o, NULL, a, &second, &with, err);
        if (rc == WN_OK && poor_loss(&second) < poor_loss(&first)) {
            wn_linear_free(*out);
            *out = with;
            first = second;
        } else {
            wn_linear_free(with);
        }
        wn_log(log, WN_INFO, "train_pool", "items=%zu used=%zu", o->npool, first.npool);
    }
    if (rc == WN_OK && report != NULL)
        *report = first;
    if (rc != WN_OK) {
        wn_linear_free(*out);
        *out = NULL;
    }
    wn_arena_free(&own);
    return rc;
}

/* train.c: examples -> model. The recipe is local.md section 1; every number in it was measured.
 *
 * Two rounds of jobs. The first chooses C for each question: over all five folds where the rows are few,
 * else on one sample of them. The second trains the folds (where the first has not done so) and, beside
 * them, the model that stays. Temperatures come from what the folds say of rows they have not seen. */
#include "linear/gather.h"
#include "linear/parallel.h"
#include "linear/report.h"
#include "linear/score.h"
#include "linear/solve.h"
#include "linear/write.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FOLDS = 5,
    SAMPLE = 2000,    /* rows from which C is learned where there are more */
    CHOOSE_FROM = 50, /* with fewer rows C stays as it is */
    ADAPT_BELOW = 50  /* labels per class: more than that need no unlabelled items */
};
static const double cs[] = { .2, .5, 1, 2 };
enum { NCS = WN_COUNT(cs), DEFAULT_C = 2 };
/* The usual temperature of these machines; what a few dozen rows say is drawn towards it. */
static const double usual_temperature = .11;
/* Of cosines to names and meanings, where nothing is learned. */
static const float cosine_temperature = .085f;

enum job_kind { JOB_SEARCH, JOB_FOLD, JOB_FINAL };
struct job {
    enum job_kind kind;
    struct plan *plan;
    int fold;
    size_t c_from, c_to; /* which of cs */
};

/* How one question is trained. */
struct plan {
    struct wn_target *g;
    size_t width; /* columns of one machine: k for choice, else 1 */
    size_t machines;
    size_t ncols;
    bool sampled; /* C is chosen on a sample */
    size_t c;     /* chosen */
    float *z;     /* shared: [C][row][column], out of fold */
    float *known; /* shared: per row, share of features known out of fold */
    float *w;     /* shared: the weights that stay */
    size_t z_bytes, known_bytes, w_bytes;
};

struct trainer {
    struct wn_training tr;
    struct wn_rows rows; /* of the model that stays */
    struct plan *plans;
    size_t nplans;
    struct job *jobs;
    size_t njobs;
    const struct wn_linear_options *o;
    const char *step;
};

/* ---- one job ---- */

/* Learn machine `i` of the plan from the rows with use[row]; returns how many. */
static void learn_machine(const struct plan *p, size_t i, const struct wn_rows *rows,
                          const struct wn_training *tr, const bool *use, const int *taught,
                          double c, float *w)
{
    size_t n = 0, *members = wn_xcalloc(tr->corpus.n, sizeof(*members));
    int *y = wn_xcalloc(tr->corpus.n, sizeof(*y));
    for (size_t row = 0; row < tr->corpus.n; row++) {
        int class =
            taught != NULL && taught[row] >= 0 ? taught[row] : wn_target_class(p->g, row, i);
        if ((!use[row] && (taught == NULL || taught[row] < 0)) || class < 0)
            continue;
        members[n] = row;
        y[n++] = class;
    }
    wn_solve(rows, members, y, n, p->width, c, w);
    free(members);
    free(y);
}

struct sure {
    size_t row;
    float margin;
    int y;
};

static int surest_first(const void *a, const void *b)
{
    const struct sure *x = a, *y = b;
    if (x->margin != y->margin)
        return x->margin > y->margin ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* What a first model says of the unlabelled pool, for the surest half of it. */
static int *teach(const struct plan *p, const struct wn_rows *rows, const struct wn_training *tr,
                  const float *w)
{
    size_t n = tr->corpus.n - tr->first_pool, k = p->width;
    struct sure *list = wn_xcalloc(n, sizeof(*list));
    int *taught = wn_xcalloc(tr->corpus.n, sizeof(*taught));
    float *z = wn_xcalloc(k, sizeof(*z));
    for (size_t i = 0; i < n; i++) {
        float top = -INFINITY, second = -INFINITY;
        wn_solve_decide(rows->x[tr->first_pool + i], w, k, z);
        for (size_t c = 0; c < k; c++)
            if (z[c] > top) {
                second = top;
                top = z[c];
                list[i].y = (int)c;
            } else if (z[c] > second) {
                second = z[c];
            }
        list[i].row = tr->first_pool + i;
        list[i].margin = top - second;
    }
    qsort(list, n, sizeof(*list), surest_first);
    for (size_t row = 0; row < tr->corpus.n; row++)
        taught[row] = -1;
    for (size_t i = 0; i < n / 2; i++)
        taught[list[i].row] = list[i].y;
    free(list);
    free(z);
    return taught;
}

static bool wants_pool(const struct plan *p, const struct wn_training *tr)
{
    const struct wn_target *g = p->g;
    return g->q->type == WN_CHOICE && tr->corpus.n - tr->first_pool >= 2 &&
           g->head.n < ADAPT_BELOW * g->head.k;
}

/* All machines of a plan, w gets ncolumns rows of plan->ncols weights. */
static void learn(const struct plan *p, const struct wn_rows *rows, const struct wn_training *tr,
                  const bool *use, double c, float *w)
{
    size_t n = (size_t)rows->ncolumns;
    float *one = p->machines == 1 ? w : wn_xcalloc(n * p->width, sizeof(*one));
    for (size_t i = 0; i < p->machines; i++) {
        learn_machine(p, i, rows, tr, use, NULL, c, one);
        if (wants_pool(p, tr)) {
            int *taught = teach(p, rows, tr, one);
            learn_machine(p, i, rows, tr, use, taught, c, one);
            free(taught);
        }
        for (size_t col = 0; one != w && col < n; col++)
            w[col * p->ncols + i] = one[col];
    }
    if (one != w)
        free(one);
}

static float share_known(const struct wn_corpus *c, const struct wn_rows *rows, size_t row)
{
    size_t known = 0, n = c->row[row + 1] - c->row[row];
    for (size_t i = c->row[row]; i < c->row[row + 1]; i++)
        known += rows->column[c->id[i]] != 0;
    return n == 0 ? 0 : (float)known / (float)n;
}

/* Train without some rows, and write down what is said of them. */
static void hold_out(const struct trainer *all, const struct job *j, const bool *use,
                     const bool *judge)
{
    const struct plan *p = j->plan;
    const struct wn_training *tr = &all->tr;
    struct wn_rows rows;
    float *w;
    wn_rows_make(&tr->corpus, use, &rows);
    w = wn_xcalloc((size_t)rows.ncolumns * p->ncols, sizeof(*w));
    for (size_t c = j->c_from; c < j->c_to; c++) {
        learn(p, &rows, tr, use, cs[c], w);
        for (size_t row = 0; row < tr->corpus.n; row++) {
            if (!judge[row])
                continue;
            wn_solve_decide(rows.x[row], w, p->ncols, p->z + (c * tr->corpus.n + row) * p->ncols);
            p->known[row] = share_known(&tr->corpus, &rows, row);
        }
    }
    free(w);
    wn_rows_free(&rows);
}

/* Of so many equal parts one is learned from and one judged, when C is chosen on a sample. */
static size_t sample_parts(const struct wn_target *g)
{
    size_t n = (g->head.n + SAMPLE / 2) / SAMPLE;
    return n < 2 ? 2 : n;
}

static void run_job(void *ctx, size_t i)
{
    struct trainer *all = ctx;
    const struct job *j = &all->jobs[i];
    const struct wn_target *g = j->plan->g;
    size_t n = all->tr.corpus.n, parts = sample_parts(g);
    bool *use, *judge;
    if (j->kind == JOB_FINAL) {
        learn(j->plan, &all->rows, &all->tr, all->tr.learn, cs[j->plan->c], j->plan->w);
        return;
    }
    use = wn_xcalloc(n, sizeof(*use));
    judge = wn_xcalloc(n, sizeof(*judge));
    for (size_t row = 0; row < n; row++) {
        int rank = g->rank[row];
        int part = j->kind == JOB_FOLD ? rank % FOLDS : rank % (int)parts;
        judge[row] = rank >= 0 && part == j->fold;
        /* name and meaning are always learned from, rows without this answer count as text */
        use[row] =
            all->tr.learn[row] && (j->kind == JOB_FOLD ? !judge[row] : rank < 0 || part == 1);
    }
    hold_out(all, j, use, judge);
    free(use);
    free(judge);
}

/* ---- the rounds ---- */

static void add_job(struct trainer *all, enum job_kind kind, struct plan *p, int fold,
                    size_t c_from, size_t c_to)
{
    all->jobs[all->njobs++] = (struct job){ kind, p, fold, c_from, c_to };
}

static void tell(void *ctx, size_t done, size_t njobs)
{
    const struct trainer *all = ctx;
    if (all->o->progress != NULL)
        all->o->progress(all->o->user, all->step, done, njobs);
}

static enum wn_code run_jobs(struct trainer *all, const char *step, struct wn_error *err)
{
    all->step = step;
    return wn_parallel(all->njobs, all->o->threads, run_job, all, tell, err);
}

/* Negative log likelihood with the best temperatures, over the rows judged in the first round. */
static double loss_of(const struct trainer *all, const struct plan *p, size_t c)
{
    size_t n = all->tr.corpus.n, parts = sample_parts(p->g);
    int *y = wn_xcalloc(n, sizeof(*y));
    double sum = 0, nll;
    for (size_t i = 0; i < p->machines; i++) {
        for (size_t row = 0; row < n; row++) {
            int rank = p->g->rank[row];
            bool judged = rank >= 0 && (!p->sampled || rank % (int)parts == 0);
            y[row] = judged ? wn_target_class(p->g, row, i) : -1;
        }
        wn_temperature_fit(p->z + c * n * p->ncols + i, p->ncols, y, n, p->width, usual_temperature,
                           &nll);
        sum += nll;
    }
    free(y);
    return sum;
}

/* The smallest C whose loss is within 1 % of the best. */
static void choose_c(const struct trainer *all, struct plan *p)
{
    double loss[NCS], best = INFINITY;
    for (size_t c = 0; c < NCS; c++)
        best = fmin(best, loss[c] = loss_of(all, p, c));
    for (p->c = 0; p->c < NCS - 1 && !(loss[p->c] <= 1.01 * best);)
        p->c++;
}

static enum wn_code make_plans(struct trainer *all, struct wn_error *err)
{
    size_t n = all->tr.corpus.n;
    all->plans = wn_xcalloc(all->tr.ntargets, sizeof(*all->plans));
    for (size_t i = 0; i < all->tr.ntargets; i++) {
        struct wn_target *g = &all->tr.targets[i];
        struct plan *p = &all->plans[all->nplans];
        if (g->head.state != WN_HEAD_TRAINED)
            continue;
        p->g = g;
        p->width = g->q->type == WN_CHOICE ? g->head.k : 1;
        p->ncols = g->head.ncols;
        p->machines = p->ncols / p->width;
        p->c = DEFAULT_C;
        p->sampled = g->head.n > SAMPLE;
        p->z_bytes = NCS * n * p->ncols * sizeof(float);
        p->known_bytes = n * sizeof(float);
        p->w_bytes = (size_t)all->rows.ncolumns * p->ncols * sizeof(float);
        p->z = wn_shared_alloc(p->z_bytes);
        p->known = wn_shared_alloc(p->known_bytes);
        p->w = wn_shared_alloc(p->w_bytes);
        all->nplans++;
        if (p->z == NULL || p->known == NULL || p->w == NULL)
            return wn_error_set(err, WN_E_NOMEM, "not enough memory to train");
    }
    return WN_OK;
}

static enum wn_code train_all(struct trainer *all, struct wn_error *err)
{
    enum wn_code rc;
    all->jobs = wn_xcalloc(all->nplans * (FOLDS + NCS + 1), sizeof(*all->jobs));
    for (size_t i = 0; i < all->nplans; i++) {
        struct plan *p = &all->plans[i];
        bool choose = p->g->head.n >= CHOOSE_FROM;
        if (p->sampled)
            for (size_t c = NCS; c-- > 0;)
                add_job(all, JOB_SEARCH, p, 0, c, c + 1);
        else
            for (int f = 0; f < FOLDS; f++)
                add_job(all, JOB_FOLD, p, f, choose ? 0 : p->c, choose ? NCS : p->c + 1);
    }
    rc = run_jobs(all, "choosing C", err);
    all->njobs = 0;
    for (size_t i = 0; i < all->nplans && rc == WN_OK; i++) {
        struct plan *p = &all->plans[i];
        if (p->g->head.n >= CHOOSE_FROM)
            choose_c(all, p);
        add_job(all, JOB_FINAL, p, 0, 0, 0);
        for (int f = 0; p->sampled && f < FOLDS; f++)
            add_job(all, JOB_FOLD, p, f, p->c, p->c + 1);
    }
    return rc == WN_OK ? run_jobs(all, "training", err) : rc;
}

/* ---- what comes out ---- */

static void share_classes(struct wn_training *tr, struct wn_head *h, const struct wn_target *g)
{
    h->prior = wn_arena_array(&tr->arena, h->k, sizeof(*h->prior));
    for (size_t c = 0; c < h->k; c++)
        h->prior[c] = h->type == WN_TAGS ? ((float)g->count[c] + 1) / ((float)h->n + 2)
                                         : ((float)g->count[c] + 1) / (float)(h->n + h->k);
    h->shift = h->prior;
}

/* Temperatures from the rows out of fold; bias and weights of the model that stays. */
static void finish(struct trainer *all, const struct plan *p)
{
    struct wn_training *tr = &all->tr;
    struct wn_head *h = &p->g->head;
    size_t n = tr->corpus.n;
    int *y = wn_xcalloc(n, sizeof(*y));
    double nll;
    h->temperature = wn_arena_array(&tr->arena, h->ntemps, sizeof(*h->temperature));
    h->bias = wn_arena_array(&tr->arena, h->ncols, sizeof(*h->bias));
    h->c = (float)cs[p->c];
    for (size_t i = 0; i < p->machines; i++) {
        for (size_t row = 0; row < n; row++)
            y[row] = p->g->rank[row] >= 0 ? wn_target_class(p->g, row, i) : -1;
        h->temperature[i] = (float)wn_temperature_fit(p->z + p->c * n * p->ncols + i, p->ncols, y,
                                                      n, p->width, usual_temperature, &nll);
    }
    for (size_t c = 0; c < h->ncols; c++)
        h->bias[c] = p->w[((size_t)all->rows.ncolumns - 1) * p->ncols + c];
    free(y);
}

/* Nothing learned: each choice is the mean of its name and its meaning. */
static float *centroids(struct trainer *all, struct wn_target *g)
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
        if (g->head.n == 0)
            wn_log(log, WN_INFO, "train_no_examples", "question=%s", g->q->name);
        else if (g->head.state == WN_HEAD_NONE)
            wn_log(log, WN_WARN, "train_one_class", "question=%s examples=%zu", g->q->name,
                   g->head.n);
        else if (g->head.n < CHOOSE_FROM)
            wn_log(log, WN_INFO, "train_few_examples", "question=%s examples=%zu", g->q->name,
                   g->head.n);
    }
}

static void log_counts(const struct wn_linear_report *c, const struct wn_log *log)
{
    if (c->ncontradicting > 0)
        wn_log(log, WN_WARN, "train_contradicting", "texts=%zu", c->ncontradicting);
    if (c->nempty > 0)
        wn_log(log, WN_WARN, "train_empty", "examples=%zu", c->nempty);
    if (c->nleft_out > 0)
        wn_log(log, WN_WARN, "train_left_out", "kept=%zu left_out=%zu", c->nexamples, c->nleft_out);
}

/* Per target: its weights, what is to be kept with them, and its line of the report. */
static const struct wn_linear_score *list_scores(struct trainer *all, const float **weights,
                                                 struct wn_linear_limits *limits,
                                                 struct wn_arena *a)
{
    struct wn_training *tr = &all->tr;
    struct wn_linear_score *list = wn_arena_array(a, tr->ntargets, sizeof(*list));
    const struct plan *p = all->plans;
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
                 g->index == 0 ? limits : NULL, a, &list[i]);
        list[i].accuracy = (double)h->accuracy;
        list[i].ece = (double)h->ece;
        list[i].nll = (double)h->nll;
        list[i].temperature = (double)h->temperature[0];
        list[i].c = (double)h->c;
        p++;
    }
    return list;
}

static void clear(struct trainer *all)
{
    for (size_t i = 0; i < all->nplans; i++) {
        wn_shared_free(all->plans[i].z, all->plans[i].z_bytes);
        wn_shared_free(all->plans[i].known, all->plans[i].known_bytes);
        wn_shared_free(all->plans[i].w, all->plans[i].w_bytes);
    }
    free(all->plans);
    free(all->jobs);
    wn_rows_free(&all->rows);
    wn_training_clear(&all->tr);
}

enum wn_code wn_linear_train(const struct wn_task *t, const struct wn_example *ex, size_t n,
                             const struct wn_linear_options *o, const struct wn_log *log,
                             struct wn_arena *a, struct wn_linear_report *report,
                             struct wn_linear **out, struct wn_error *err)
{
    static const struct wn_linear_options plain;
    struct trainer all = { .o = o == NULL ? &plain : o };
    struct wn_linear_limits limits = { -1e9f, -1e9f, 0 };
    const float **weights = NULL;
    enum wn_code rc;
    *out = NULL;
    rc = wn_gather(&all.tr, t, ex, n, all.o, err);
    if (rc != WN_OK)
        goto done;
    set_states(&all.tr, log);
    log_counts(&all.tr.counts, log);
    wn_rows_make(&all.tr.corpus, all.tr.learn, &all.rows);
    rc = make_plans(&all, err);
    if (rc == WN_OK)
        rc = train_all(&all, err);
    if (rc != WN_OK)
        goto done;
    weights = wn_xcalloc(all.tr.ntargets, sizeof(*weights));
    all.tr.counts.scores = list_scores(&all, weights, &limits, a == NULL ? &all.tr.arena : a);
    all.tr.counts.nscores = all.tr.ntargets;
    rc = wn_linear_write(&all.tr, &all.rows, weights, &limits, out, err);
    if (report != NULL)
        *report = all.tr.counts;
done:
    free(weights);
    clear(&all);
    return rc;
}

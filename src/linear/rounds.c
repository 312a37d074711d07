/* rounds.c: see rounds.h. The recipe is local.md section 1; every number in it was measured. */
#include "linear/rounds.h"
#include "linear/parallel.h"
#include "linear/score.h"
#include "linear/solve.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FOLDS = 5,
    SAMPLE = 2000,         /* rows from which C is learned where there are more */
    SAMPLE_FROM = 200,     /* with fewer rows C is chosen over all folds */
    BOTH_WAYS_BELOW = 1000 /* with fewer rows each half judges the other */
};
const double wn_choices_of_c[WN_CHOICES_OF_C] = { .2, .5, 1, 2 };
enum { DEFAULT_C = 2 };

enum job_kind { JOB_TEACH, JOB_SEARCH, JOB_FOLD, JOB_FINAL };
struct wn_job {
    enum job_kind kind;
    struct wn_plan *plan;
    int fold;
    size_t c_from, c_to; /* which of wn_choices_of_c */
};

/* ---- one job ---- */

/* Learn machine `i` of the plan from the rows with use[row]; returns how many. */
static void learn_machine(const struct wn_plan *p, size_t i, const struct wn_rows *rows,
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

/* What a first model says of the unlabelled pool, for the surest half of it; -1 for other rows. */
static void teach(const struct wn_plan *p, const struct wn_rows *rows, const struct wn_training *tr,
                  const float *w, int *taught)
{
    size_t n = tr->corpus.n - tr->first_pool, k = p->width;
    struct sure *list = wn_xcalloc(n, sizeof(*list));
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
}

/* All machines of a plan: w gets a row of plan->ncols weights for each column of `rows`. */
static void learn(const struct wn_plan *p, const struct wn_rows *rows, const struct wn_training *tr,
                  const bool *use, const int *taught, double c, float *w)
{
    size_t n = (size_t)rows->ncolumns;
    float *one = p->machines == 1 ? w : wn_xcalloc(n * p->width, sizeof(*one));
    for (size_t i = 0; i < p->machines; i++) {
        learn_machine(p, i, rows, tr, use, taught, c, one);
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

/* Learn once, teach the pool, and weigh the rows anew with what it was taught: new words are what the
 * pool is for. */
static int *learn_and_teach(const struct wn_plan *p, const struct wn_training *tr, const bool *use,
                            struct wn_rows *rows)
{
    float *w = wn_xcalloc((size_t)rows->ncolumns * p->ncols, sizeof(*w));
    bool *both = wn_xcalloc(tr->corpus.n, sizeof(*both));
    int *taught = wn_xcalloc(tr->corpus.n, sizeof(*taught));
    learn(p, rows, tr, use, NULL, wn_choices_of_c[DEFAULT_C], w);
    teach(p, rows, tr, w, taught);
    for (size_t row = 0; row < tr->corpus.n; row++)
        both[row] = use[row] || taught[row] >= 0;
    wn_rows_free(rows);
    wn_rows_make(&tr->corpus, both, NULL, rows);
    free(both);
    free(w);
    return taught;
}

/* Train without some rows, and write down what is said of them. */
static void hold_out(const struct wn_trainer *all, const struct wn_job *j, const bool *use,
                     const bool *judge)
{
    const struct wn_plan *p = j->plan;
    const struct wn_training *tr = &all->tr;
    struct wn_rows rows;
    int *taught = NULL;
    float *w;
    wn_rows_make(&tr->corpus, use, p->taught == NULL ? judge : NULL, &rows);
    if (p->taught != NULL)
        taught = learn_and_teach(p, tr, use, &rows);
    w = wn_xcalloc((size_t)rows.ncolumns * p->ncols, sizeof(*w));
    for (size_t c = j->c_from; c < j->c_to; c++) {
        learn(p, &rows, tr, use, taught, wn_choices_of_c[c], w);
        for (size_t row = 0; row < tr->corpus.n; row++) {
            if (!judge[row])
                continue;
            wn_solve_decide(rows.x[row], w, p->ncols, p->z + (c * tr->corpus.n + row) * p->ncols);
            p->known[row] = share_known(&tr->corpus, &rows, row);
        }
    }
    free(taught);
    free(w);
    wn_rows_free(&rows);
}

/* Of so many equal parts one is learned from and one judged, when C is chosen on a sample. */
static int sample_parts(const struct wn_target *g)
{
    int n = (int)((g->head.n + SAMPLE / 2) / SAMPLE);
    return n < 2 ? 2 : n;
}

/* So many of the parts are judged. */
static int sample_rounds(const struct wn_target *g)
{
    return g->head.n < BOTH_WAYS_BELOW ? 2 : 1;
}

/* Which rows a job learns from, and which it judges. */
static void split_rows(const struct wn_job *j, const struct wn_training *tr, bool *use, bool *judge)
{
    const struct wn_target *g = j->plan->g;
    int parts = j->kind == JOB_FOLD ? FOLDS : sample_parts(g);
    for (size_t row = 0; row < tr->corpus.n; row++) {
        int rank = g->rank[row], part = rank % parts;
        judge[row] = rank >= 0 && part == j->fold;
        /* name and meaning are always learned from, rows without this answer count as text */
        use[row] = tr->learn[row] &&
                   (j->kind == JOB_FOLD ? !judge[row] : rank < 0 || part == 1 - j->fold);
    }
}

static void run_job(void *ctx, size_t i)
{
    struct wn_trainer *all = ctx;
    const struct wn_job *j = &all->jobs[i];
    size_t n = all->tr.corpus.n;
    bool *use, *judge;
    if (j->kind == JOB_TEACH) {
        float *w = wn_xcalloc((size_t)all->rows.ncolumns * j->plan->ncols, sizeof(*w));
        learn(j->plan, &all->rows, &all->tr, all->tr.learn, NULL, wn_choices_of_c[DEFAULT_C], w);
        teach(j->plan, &all->rows, &all->tr, w, j->plan->taught);
        free(w);
        return;
    }
    if (j->kind == JOB_FINAL) {
        learn(j->plan, &all->rows, &all->tr, all->tr.learn, j->plan->taught,
              wn_choices_of_c[j->plan->c], j->plan->w);
        return;
    }
    use = wn_xcalloc(n, sizeof(*use));
    judge = wn_xcalloc(n, sizeof(*judge));
    split_rows(j, &all->tr, use, judge);
    hold_out(all, j, use, judge);
    free(use);
    free(judge);
}

/* ---- the rounds ---- */

static void add_job(struct wn_trainer *all, enum job_kind kind, struct wn_plan *p, int fold,
                    size_t c_from, size_t c_to)
{
    all->jobs[all->njobs++] = (struct wn_job){ kind, p, fold, c_from, c_to };
}

static void tell(void *ctx, size_t done, size_t njobs)
{
    const struct wn_trainer *all = ctx;
    if (all->o->progress != NULL)
        all->o->progress(all->o->user, all->step, done, njobs);
}

static enum wn_code run_jobs(struct wn_trainer *all, const char *step, struct wn_error *err)
{
    all->step = step;
    return wn_parallel(all->njobs, all->o->threads, run_job, all, tell, err);
}

/* Negative log likelihood with the best temperatures, over the rows judged in the first round. */
static double loss_of(const struct wn_trainer *all, const struct wn_plan *p, size_t c)
{
    size_t n = all->tr.corpus.n;
    int parts = sample_parts(p->g), rounds = sample_rounds(p->g);
    int *y = wn_xcalloc(n, sizeof(*y));
    double sum = 0, nll;
    for (size_t i = 0; i < p->machines; i++) {
        for (size_t row = 0; row < n; row++) {
            int rank = p->g->rank[row];
            bool judged = rank >= 0 && (!p->sampled || rank % parts < rounds);
            y[row] = judged ? wn_target_class(p->g, row, i) : -1;
        }
        wn_temperature_fit(p->z + c * n * p->ncols + i, p->ncols, y, n, p->width,
                           WN_USUAL_TEMPERATURE, &nll);
        sum += nll;
    }
    free(y);
    return sum;
}

/* The smallest C whose loss is within 1 % of the best. */
static void choose_c(const struct wn_trainer *all, struct wn_plan *p)
{
    double loss[WN_CHOICES_OF_C], best = INFINITY;
    for (size_t c = 0; c < WN_CHOICES_OF_C; c++)
        best = fmin(best, loss[c] = loss_of(all, p, c));
    for (p->c = 0; p->c < WN_CHOICES_OF_C - 1 && !(loss[p->c] <= 1.01 * best);)
        p->c++;
}

static bool wants_pool(const struct wn_target *g, const struct wn_training *tr)
{
    return g->q->type == WN_CHOICE && tr->corpus.n - tr->first_pool >= 2 &&
           g->head.n < WN_FEW_PER_LABEL * g->head.k;
}

static enum wn_code no_memory(struct wn_error *err)
{
    wn_error_set(err, WN_E_NOMEM, "not enough memory to train");
    wn_error_hint(err, "Train with fewer examples, or on a machine with more memory.");
    return WN_E_NOMEM;
}

static enum wn_code make_plans(struct wn_trainer *all, struct wn_error *err)
{
    size_t n = all->tr.corpus.n;
    all->plans = wn_xcalloc(all->tr.ntargets, sizeof(*all->plans));
    for (size_t i = 0; i < all->tr.ntargets; i++) {
        struct wn_target *g = &all->tr.targets[i];
        struct wn_plan *p = &all->plans[all->nplans];
        if (g->head.state != WN_HEAD_TRAINED)
            continue;
        p->g = g;
        p->width = g->q->type == WN_CHOICE ? g->head.k : 1;
        p->ncols = g->head.ncols;
        p->machines = p->ncols / p->width;
        p->c = DEFAULT_C;
        p->sampled = g->head.n >= SAMPLE_FROM;
        p->z_bytes = WN_CHOICES_OF_C * n * p->ncols * sizeof(float);
        p->known_bytes = n * sizeof(float);
        p->taught_bytes = n * sizeof(int);
        p->z = wn_shared_alloc(p->z_bytes);
        p->known = wn_shared_alloc(p->known_bytes);
        if (wants_pool(g, &all->tr))
            p->taught = wn_shared_alloc(p->taught_bytes);
        all->nplans++;
        if (p->z == NULL || p->known == NULL)
            return no_memory(err);
    }
    return WN_OK;
}

/* Where labels are few, a first model labels the pool, and its surest rows count as text. */
static enum wn_code teach_pool(struct wn_trainer *all, struct wn_error *err)
{
    bool *learned = wn_xcalloc(all->tr.corpus.n, sizeof(*learned));
    enum wn_code rc;
    for (size_t i = 0; i < all->nplans; i++)
        if (all->plans[i].taught != NULL)
            add_job(all, JOB_TEACH, &all->plans[i], 0, 0, 0);
    rc = run_jobs(all, "learning from unlabelled items", err);
    for (size_t row = 0; row < all->tr.corpus.n; row++) {
        learned[row] = all->tr.learn[row];
        for (size_t k = 0; k < all->njobs; k++)
            learned[row] |= all->jobs[k].plan->taught[row] >= 0;
    }
    if (rc == WN_OK && all->njobs > 0) {
        wn_rows_free(&all->rows);
        wn_rows_make(&all->tr.corpus, learned, NULL, &all->rows);
    }
    all->njobs = 0;
    free(learned);
    return rc;
}

/* The jobs that choose C. Of a question on its own each C is a job, so that all cores have one. */
static void add_search(struct wn_trainer *all, struct wn_plan *p)
{
    size_t step = all->nplans > 1 ? WN_CHOICES_OF_C : 1;
    for (int f = 0; !p->sampled && f < FOLDS; f++)
        if (p->g->head.n >= WN_FEW_ROWS)
            add_job(all, JOB_FOLD, p, f, 0, WN_CHOICES_OF_C);
        else
            add_job(all, JOB_FOLD, p, f, p->c, p->c + 1);
    for (size_t c = WN_CHOICES_OF_C; p->sampled && c > 0; c -= step)
        for (int f = 0; f < sample_rounds(p->g); f++)
            add_job(all, JOB_SEARCH, p, f, c - step, c);
}

enum wn_code wn_rounds_run(struct wn_trainer *all, struct wn_error *err)
{
    enum wn_code rc = make_plans(all, err);
    all->jobs = wn_xcalloc(all->nplans * (FOLDS + 2 * WN_CHOICES_OF_C + 1), sizeof(*all->jobs));
    if (rc == WN_OK)
        rc = teach_pool(all, err);
    if (rc != WN_OK)
        return rc;
    for (size_t i = 0; i < all->nplans; i++) {
        struct wn_plan *p = &all->plans[i];
        p->w_bytes = (size_t)all->rows.ncolumns * p->ncols * sizeof(float);
        p->w = wn_shared_alloc(p->w_bytes);
        if (p->w == NULL)
            return no_memory(err);
    }
    for (size_t i = 0; i < all->nplans; i++)
        add_search(all, &all->plans[i]);
    rc = run_jobs(all, "choosing C", err);
    all->njobs = 0;
    for (size_t i = 0; i < all->nplans && rc == WN_OK; i++) {
        struct wn_plan *p = &all->plans[i];
        if (p->g->head.n >= WN_FEW_ROWS)
            choose_c(all, p);
        add_job(all, JOB_FINAL, p, 0, 0, 0);
        for (int f = 0; p->sampled && f < FOLDS; f++)
            add_job(all, JOB_FOLD, p, f, p->c, p->c + 1);
    }
    return rc == WN_OK ? run_jobs(all, "training", err) : rc;
}

void wn_trainer_clear(struct wn_trainer *all)
{
    for (size_t i = 0; i < all->nplans; i++) {
        wn_shared_free(all->plans[i].z, all->plans[i].z_bytes);
        wn_shared_free(all->plans[i].known, all->plans[i].known_bytes);
        wn_shared_free(all->plans[i].w, all->plans[i].w_bytes);
        wn_shared_free(all->plans[i].taught, all->plans[i].taught_bytes);
    }
    free(all->plans);
    free(all->jobs);
    wn_rows_free(&all->rows);
    wn_training_clear(&all->tr);
}

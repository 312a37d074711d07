/* trust_bench.c: does the promise hold? Simulated reviews of real predictions, again and again.
 *
 *     trust_bench FOLDER...    each with train.jsonl and dev.jsonl of {"text", "label"}
 *
 * The linear engine learns once from a part of train; the rest of train and dev are the stream. Each run has
 * its own salt: it splits the stream, reviews a random sample of the first half (the reviewer answers from
 * the labels), looks at it 4 times as confidence.md plans it, and applies each threshold that was proved to
 * the second half, which nobody has seen. A run is false if any of its thresholds lets more than the target
 * error through there. Prints Markdown; exit status 1 if more runs are false than delta and chance allow. */
#include "base/file.h"
#include "base/json.h"
#include "decide/confidence.h"
#include "decide/decide.h"
#include "decide/drift.h"
#include "decide/trust.h"
#include "linear/linear.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EPS   .05
#define EASY  .10 /* what a task may ask for that starts with little */
#define DELTA .05
enum { RUNS = 200, MOST_LABELS = 1000, CLEAN_AUDITS = 100 };

/* One decision of the stream. */
struct seen {
    char id[24];
    double s;
    size_t truth, said;
    bool wrong, eligible;
};

struct set {
    const char *name;
    struct wn_arena arena;
    struct wn_task task;
    struct wn_question question;
    struct wn_choice choices[MOST_LABELS];
    struct wn_example *ex;
    size_t nex, cap;
    struct seen *stream;
    size_t nstream;
};

static bool missed; /* a goal was not reached */
static double eps = EPS; /* the target of the rows that are being made */

/* ---- the data ---- */

static size_t choice(struct set *d, const char *id)
{
    size_t i = 0;
    while (i < d->question.nchoices && strcmp(d->choices[i].id, id) != 0)
        i++;
    if (i == MOST_LABELS)
        exit(1);
    if (i == d->question.nchoices) {
        d->choices[d->question.nchoices++] = (struct wn_choice){ wn_arena_str(&d->arena, id), "" };
    }
    return i;
}

static void add(struct set *d, const char *text, const char *label)
{
    struct wn_answer *answer;
    if (d->nex == d->cap) {
        d->cap = d->cap == 0 ? 4096 : d->cap * 2;
        d->ex = wn_xrealloc(d->ex, d->cap, sizeof(*d->ex));
    }
    answer = wn_answer_new(&d->task, &d->arena);
    answer->values[0] = (struct wn_value){ .answered = true, .choice = choice(d, label) };
    d->ex[d->nex++] =
        (struct wn_example){ .text = wn_arena_str(&d->arena, text), .answer = answer };
}

static void load(struct set *d, const char *dir, const char *file)
{
    char path[1000], *text = NULL;
    snprintf(path, sizeof(path), "%s/%s", dir, file);
    if (wn_file_read(path, (size_t)1 << 30, &text, NULL, NULL) != WN_OK)
        return;
    for (char *line = text, *end; *line != '\0'; line = end) {
        cJSON *j = NULL;
        end = line + strcspn(line, "\n");
        if (wn_json_parse(line, (size_t)(end - line), false, &j, NULL) == WN_OK &&
            wn_json_str(j, "text") != NULL && wn_json_str(j, "label") != NULL)
            add(d, wn_json_str(j, "text"), wn_json_str(j, "label"));
        cJSON_Delete(j);
        end += *end == '\n';
    }
    free(text);
}

/* The first `n` examples in an order that is the same each time are learned from: at most `each` per
 * label. They go to the front; returns their number. */
static size_t choose_lessons(struct set *d, size_t each, double share)
{
    size_t *taken = wn_xcalloc(d->question.nchoices, sizeof(*taken)), n = 0;
    for (size_t i = 0; i < d->nex; i++) {
        struct wn_example e = d->ex[i];
        if (wn_prn("bench", "learn", d->name, e.text) >= share ||
            taken[e.answer->values[0].choice]++ >= each)
            continue;
        d->ex[i] = d->ex[n];
        d->ex[n++] = e;
    }
    free(taken);
    return n;
}

/* Score and verdict of one item, by the program's own decision. */
static void decide(const struct set *d, const struct wn_linear *m, const struct wn_example *e,
                   struct seen *out)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_item item = {
        .id = out->id, .source = out->id, .text = e->text, .text_len = strlen(e->text)
    };
    struct wn_answer *answer = wn_answer_new(&d->task, &a);
    struct wn_linear_fit fit;
    struct wn_decision decision;
    struct wn_gathered g = { .task = &d->task,
                             .item = &item,
                             .answer = answer,
                             .linear_trained = true,
                             .state = WN_CERTIFIED,
                             .salt = "",
                             .key = "" };
    wn_linear_answer(m, &d->task, &item, &a, answer, &fit);
    g.flags.unfamiliar = fit.unfamiliar;
    wn_decide(&g, &a, &decision);
    out->s = wn_score(&decision.signals[0]);
    out->eligible = !decision.hard_flag;
    out->truth = e->answer->values[0].choice;
    out->said = decision.label;
    out->wrong = out->said != out->truth;
    wn_arena_free(&a);
}

static bool predict(struct set *d, size_t each)
{
    struct wn_linear_options o = { .threads = 1 };
    struct wn_linear *m = NULL;
    struct wn_error err;
    size_t learned = choose_lessons(d, each, each == SIZE_MAX ? .5 : 1);
    if (wn_linear_train(&d->task, d->ex, learned, &o, NULL, &d->arena, NULL, &m, &err) != WN_OK) {
        fprintf(stderr, "%s: %s (%s)\n", d->name, err.what, err.cause);
        return false;
    }
    d->nstream = d->nex - learned;
    d->stream = wn_xcalloc(d->nstream, sizeof(*d->stream));
    for (size_t i = 0; i < d->nstream; i++) {
        snprintf(d->stream[i].id, sizeof(d->stream[i].id), "%zu", i);
        decide(d, m, &d->ex[learned + i], &d->stream[i]);
    }
    wn_linear_free(m);
    return true;
}

/* ---- one run ---- */

struct share {
    size_t all, automatic, wrong;
};

static double over(size_t part, size_t of)
{
    return of == 0 ? 0 : (double)part / (double)of;
}

static bool too_many(const struct share *s)
{
    return s->automatic > 0 && over(s->wrong, s->automatic) > eps;
}

struct run {
    const struct seen
        *stream;         /* in the run's order; the first half is reviewed, the rest is fresh */
    const double *score; /* with this salt's tie-break */
    const double *u;
    size_t n, half;
};

static struct share apply(const struct run *r, double tau)
{
    struct share s = { r->n - r->half, 0, 0 };
    for (size_t i = r->half; i < r->n; i++)
        if (r->stream[i].eligible && r->score[i] >= tau) {
            s.automatic++;
            s.wrong += r->stream[i].wrong;
        }
    return s;
}

/* The looks of one window, with the program's own functions; tau[k] is in force after look k (infinite:
 * nothing is proved yet). Returns how many looks there were reviews for. */
static int look(const struct run *r, double tau[WN_LOOKS])
{
    struct wn_window w = { .eps = eps, .delta = DELTA };
    struct wn_unit *units = wn_xcalloc(r->half, sizeof(*units));
    double *pool = wn_xcalloc(r->half, sizeof(*pool)), now = INFINITY;
    struct wn_labelled *labelled = wn_xcalloc(r->half, sizeof(*labelled));
    size_t *sample = wn_xcalloc(r->half, sizeof(*sample)), npool = 0;
    int looks = 0;
    for (size_t i = 0; i < r->half; i++) {
        units[i] = (struct wn_unit){ r->u[i], r->stream[i].eligible, true };
        if (units[i].eligible)
            pool[npool++] = r->score[i];
    }
    while (looks < WN_LOOKS) {
        struct wn_campaign c;
        struct wn_proof proof;
        wn_campaign(units, r->half, (size_t)wn_window_next(&w), sample, &c);
        if (!c.ready)
            break;
        for (size_t i = 0; i < c.n; i++)
            labelled[i] = (struct wn_labelled){ r->score[sample[i]], r->stream[sample[i]].wrong };
        w.sampled = (int64_t)c.n;
        if (wn_window_look(&w, pool, npool, labelled, c.n, &proof) == WN_ON_PROVED)
            now = proof.threshold;
        tau[looks++] = now;
    }
    for (int k = looks; k < WN_LOOKS; k++)
        tau[k] = now;
    free(units);
    free(pool);
    free(labelled);
    free(sample);
    return looks;
}

struct drawn {
    double order;
    size_t i;
};

static int by_order(const void *a, const void *b)
{
    double x = ((const struct drawn *)a)->order, y = ((const struct drawn *)b)->order;
    return x < y ? -1 : x > y;
}

struct space {
    struct drawn *drawn;
    struct seen *stream;
    double *score, *u;
};

static struct space space_for(size_t n)
{
    return (struct space){ wn_xcalloc(n, sizeof(struct drawn)), wn_xcalloc(n, sizeof(struct seen)),
                           wn_xcalloc(n, sizeof(double)), wn_xcalloc(n, sizeof(double)) };
}

static void free_space(struct space *s)
{
    free(s->drawn);
    free(s->stream);
    free(s->score);
    free(s->u);
}

/* The stream in the order of this salt. */
static struct run shuffle(struct space *s, const struct seen *stream, size_t n, const char *task,
                          const char *salt)
{
    for (size_t i = 0; i < n; i++)
        s->drawn[i] = (struct drawn){ wn_prn(salt, "order", task, stream[i].id), i };
    qsort(s->drawn, n, sizeof(*s->drawn), by_order);
    for (size_t i = 0; i < n; i++) {
        s->stream[i] = stream[s->drawn[i].i];
        s->score[i] = wn_score_jittered(s->stream[i].s, salt, task, s->stream[i].id);
        s->u[i] = wn_prn(salt, "audit", task, s->stream[i].id);
    }
    return (struct run){ s->stream, s->score, s->u, n, n / 2 };
}

/* ---- many runs ---- */

struct outcome {
    size_t proved, false_proofs;
    double automatic[WN_LOOKS]; /* mean over the runs */
    double wrong;               /* sum over the runs with a proof */
    double fixed_automatic, fixed_wrong;
    size_t fixed_false;
};

static void add_run(const struct run *r, double fixed, struct outcome *out)
{
    double tau[WN_LOOKS];
    bool false_proof = false;
    struct share s = { 0, 0, 0 }, f = apply(r, fixed);
    look(r, tau);
    for (int k = 0; k < WN_LOOKS; k++) {
        s = apply(r, tau[k]);
        out->automatic[k] += over(s.automatic, s.all) / RUNS;
        false_proof = false_proof || too_many(&s);
    }
    out->proved += s.automatic > 0;
    out->wrong += over(s.wrong, s.automatic);
    out->false_proofs += false_proof;
    out->fixed_automatic += over(f.automatic, f.all) / RUNS;
    out->fixed_wrong += over(f.wrong, f.automatic) / RUNS;
    out->fixed_false += too_many(&f);
}

/* More false runs than DELTA and chance explain (once in a thousand)? */
static const char *verdict(size_t false_proofs)
{
    bool bad = false_proofs > 0 && wn_pval((int64_t)false_proofs - 1, RUNS, DELTA) > .999;
    missed = missed || bad;
    return bad ? " MISSED" : "";
}

static void print_outcome(const char *what, double raw, const struct outcome *o)
{
    char wrong[24] = "-"; /* nothing is accepted where nothing is proved */
    if (o->proved > 0)
        snprintf(wrong, sizeof(wrong), "%.1f %%", 100 * o->wrong / (double)o->proved);
    printf("| %s | %.1f %% | %zu | %.1f %%%s | %.0f / %.0f / %.0f / %.0f %% | %s | %.0f %% | "
           "%.1f %% | %.1f %% |\n",
           what, 100 * raw, o->proved, 100 * over(o->false_proofs, RUNS), verdict(o->false_proofs),
           100 * o->automatic[0], 100 * o->automatic[1], 100 * o->automatic[2],
           100 * o->automatic[3], wrong, 100 * o->fixed_automatic, 100 * o->fixed_wrong,
           100 * over(o->fixed_false, RUNS));
    fflush(stdout);
}

static void judge_set(const struct set *d, const char *how)
{
    struct space space = space_for(d->nstream);
    struct outcome o = { 0 };
    char salt[24], what[80];
    size_t wrong = 0;
    for (size_t i = 0; i < d->nstream; i++)
        wrong += d->stream[i].wrong;
    for (int k = 0; k < RUNS; k++) {
        snprintf(salt, sizeof(salt), "run %d", k);
        struct run r = shuffle(&space, d->stream, d->nstream, d->name, salt);
        add_run(&r, .9, &o);
    }
    snprintf(what, sizeof(what), "%s, %s", d->name, how);
    print_outcome(what, over(wrong, d->nstream), &o);
    free_space(&space);
}

/* A model that says "90 % sure" of everything, and is wrong in a share of the items. */
static void judge_llm(double wrong)
{
    enum { ITEMS = 6000 };
    static struct seen stream[ITEMS];
    struct wn_signals signals = WN_SIGNALS_NONE;
    struct space space = space_for(ITEMS);
    struct outcome o = { 0 };
    char salt[24], what[80];
    signals.vc = .9;
    for (int k = 0; k < RUNS; k++) {
        snprintf(salt, sizeof(salt), "run %d", k);
        for (int i = 0; i < ITEMS; i++) {
            stream[i] = (struct seen){ .s = wn_score(&signals), .eligible = true };
            snprintf(stream[i].id, sizeof(stream[i].id), "%d", i);
            stream[i].wrong = wn_prn(salt, "wrong", "llm", stream[i].id) < wrong;
        }
        struct run r = shuffle(&space, stream, ITEMS, "llm", salt);
        add_run(&r, wn_score(&signals), &o); /* the fixed threshold looks at what it states: .9 */
    }
    if (wrong > EPS) /* whatever the fresh items say: each proof is a false one */
        o.false_proofs = o.proved;
    snprintf(what, sizeof(what), "LLM, always \"90 %% sure\"");
    print_outcome(what, wrong, &o);
    free_space(&space);
}

/* ---- drift ---- */

/* What the accepted items of the fresh half would show as audits, in order. From `shuffled_from` on, a
 * label is swapped for another item's with probability `q`. Returns the audits from there to the alarm,
 * 0 = none came; *early: an alarm before. */
static size_t audit(const struct run *r, double tau, double q, const char *salt, bool *early)
{
    struct wn_watch w = { 0 };
    size_t audits = 0, fresh = r->n - r->half;
    *early = false;
    for (size_t i = r->half; i < r->n; i++) {
        const struct seen *s = &r->stream[i];
        bool shuffled = audits >= CLEAN_AUDITS && wn_prn(salt, "shuffle", "", s->id) < q;
        size_t other = r->half + (size_t)(wn_prn(salt, "other", "", s->id) * (double)fresh);
        bool wrong = (shuffled ? r->stream[other].truth : s->truth) != s->said;
        if (!s->eligible || r->score[i] < tau)
            continue;
        audits++;
        if (wn_watch_add(&w, wrong, EPS) != WN_ALARM_SUSPEND)
            continue;
        if (audits > CLEAN_AUDITS)
            return audits - CLEAN_AUDITS;
        *early = true;
        return 0;
    }
    return 0;
}

static int rising(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

static void judge_drift(const struct set *d, double target, double design)
{
    struct space space = space_for(d->nstream);
    size_t took[RUNS], n = 0, early = 0, never = 0, used = 0;
    double sum = 0;
    char salt[24];
    for (int k = 0; k < RUNS; k++) {
        double tau[WN_LOOKS], base;
        struct share s;
        bool alarm;
        size_t audits;
        snprintf(salt, sizeof(salt), "run %d", k);
        struct run r = shuffle(&space, d->stream, d->nstream, d->name, salt);
        look(&r, tau);
        s = apply(&r, tau[WN_LOOKS - 1]);
        if (s.automatic == 0)
            continue;
        used++;
        base = over(s.wrong, s.automatic);
        audits = audit(&r, tau[WN_LOOKS - 1], target >= 1 ? 1 : (target - base) / (1 - base), salt,
                       &alarm);
        early += alarm;
        never += !alarm && audits == 0;
        if (audits > 0) {
            took[n++] = audits;
            sum += (double)audits;
        }
    }
    qsort(took, n, sizeof(*took), rising);
    if (n == 0 || sum / (double)n > 1.15 * design || never > 0)
        missed = true;
    printf("| %s | %s | %zu | %.0f | %.0f | %zu | %zu | %zu |\n", d->name,
           target >= 1    ? "all labels shuffled"
           : target > .15 ? "20 % wrong"
                          : "10 % wrong",
           used, design, n == 0 ? NAN : sum / (double)n, n == 0 ? 0 : took[n * 95 / 100], early,
           never);
    fflush(stdout);
    free_space(&space);
}

/* A new model id is a new key: however sure a decision is, nothing is accepted before it is proved. */
static void judge_new_key(void)
{
    static const enum wn_state before[] = { WN_COLD, WN_PROVISIONAL, WN_CERTIFIED, WN_STATE_WARN,
                                            WN_SUSPENDED };
    struct wn_arena a = WN_ARENA_INIT;
    bool ok = true;
    for (size_t i = 0; i < WN_COUNT(before); i++) {
        enum wn_state now = wn_state_next(before[i], WN_ON_NEW_KEY, true);
        struct wn_routing in = {
            .state = now, .s = .999999, .tau = wn_state_tau(now, .5), .p = .999999, .u = 1
        };
        struct wn_routed out;
        wn_route(&in, &a, &out);
        ok = ok && out.route == WN_REVIEW;
    }
    wn_arena_free(&a);
    missed = missed || !ok;
    printf("\nA new model id after a proof: %s\n",
           ok ? "nothing is accepted alone from the first item on (0 audits)."
              : "MISSED: something is still accepted alone.");
}

/* ---- all of it ---- */

static bool open_set(struct set *d, const char *dir, size_t each)
{
    const char *slash = strrchr(dir, '/');
    d->name = slash == NULL ? dir : slash + 1;
    d->task = (struct wn_task){ .name = d->name,
                                .version = "bench",
                                .questions = &d->question,
                                .nquestions = 1,
                                .target_error = EPS };
    d->question = (struct wn_question){ .name = "label", .type = WN_CHOICE, .choices = d->choices };
    load(d, dir, "train.jsonl");
    load(d, dir, "dev.jsonl");
    return d->nex > 0 && predict(d, each);
}

static void close_set(struct set *d)
{
    free(d->ex);
    free(d->stream);
    wn_arena_free(&d->arena);
    *d = (struct set){ 0 };
}

int main(int argc, char **argv)
{
    static const double llm[] = { .18, .12, .07, .055, .03 };
    static struct set sets[16];
    size_t n = 0;
    printf(
        "| who answers | wrong, all items | proved | false runs | automatic after 180 / 360 / 720 "
        "/ 1,440 reviews | wrong of these | fixed 0.9: automatic | wrong | false runs |\n"
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for (int i = 1; i < argc && n + 2 <= WN_COUNT(sets); i++) {
        if (!open_set(&sets[n], argv[i], SIZE_MAX)) {
            fprintf(stderr, "%s: no data here, left out\n", argv[i]);
            close_set(&sets[n]);
            continue;
        }
        judge_set(&sets[n++], "half of train");
        if (open_set(&sets[n], argv[i], 10)) {
            judge_set(&sets[n], "10 per label");
            eps = EASY;
            judge_set(&sets[n], "10 per label, target 10 %");
            eps = EPS;
        }
        close_set(&sets[n]);
    }
    for (size_t i = 0; i < WN_COUNT(llm); i++)
        judge_llm(llm[i]);
    printf("\n| data | after %d clean audits | runs | audits to the alarm, design | mean | 95 of "
           "100 | "
           "alarms before | none |\n|---|---|---:|---:|---:|---:|---:|---:|\n",
           CLEAN_AUDITS);
    for (size_t i = 0; i < n; i++) {
        judge_drift(&sets[i], 1, 5);
        judge_drift(&sets[i], .2, 34);
        judge_drift(&sets[i], .1, 140);
        close_set(&sets[i]);
    }
    judge_new_key();
    if (missed)
        printf("\nA goal was missed.\n");
    return missed;
}

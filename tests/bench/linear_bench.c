/* linear_bench.c: how good and how fast the linear engine is on public data.
 *
 *     linear_bench FOLDER...    each with train.jsonl, dev.jsonl, perhaps oos_dev.jsonl
 *
 * One line per figure with its target beside it: learned from train, judged on dev. Rows are {"text",
 * "label"}; the labels' names stand for their meanings. Times are CPU seconds of one thread. */
#include "base/file.h"
#include "base/json.h"
#include "linear/linear.h"
#include "fasttext.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct rows {
    struct wn_example *ex;
    size_t n, cap;
};

struct bench {
    const char *name;
    struct wn_arena arena;
    struct wn_task task;
    struct wn_question question;
    struct wn_choice choices[1000];
    struct rows train, dev, oos;
};

static double clock_s(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double cpu_s(void)
{
    return clock_s(CLOCK_PROCESS_CPUTIME_ID);
}

static double wall_s(void)
{
    return clock_s(CLOCK_MONOTONIC);
}

static size_t choice(struct bench *b, const char *id)
{
    for (size_t i = 0; i < b->question.nchoices; i++)
        if (strcmp(b->choices[i].id, id) == 0)
            return i;
    if (b->question.nchoices == WN_COUNT(b->choices))
        exit(1);
    b->choices[b->question.nchoices].id = wn_arena_str(&b->arena, id);
    b->choices[b->question.nchoices].meaning = "";
    return b->question.nchoices++;
}

static void add(struct bench *b, struct rows *rows, const char *text, const char *label, bool known)
{
    struct wn_answer *answer = wn_arena_alloc(&b->arena, sizeof(*answer));
    if (rows->n == rows->cap) {
        rows->cap = rows->cap == 0 ? 1000 : rows->cap * 2;
        rows->ex = wn_xrealloc(rows->ex, rows->cap, sizeof(*rows->ex));
    }
    answer->nvalues = 1;
    answer->values = wn_arena_alloc(&b->arena, sizeof(*answer->values));
    answer->values[0].answered = known;
    answer->values[0].choice = known ? choice(b, label) : 0;
    rows->ex[rows->n++] =
        (struct wn_example){ .text = wn_arena_str(&b->arena, text), .answer = answer };
}

static void load(struct bench *b, const char *dir, const char *file, bool known, struct rows *rows)
{
    char path[1000], *text = NULL;
    struct wn_error err;
    snprintf(path, sizeof(path), "%s/%s", dir, file);
    if (wn_file_read(path, (size_t)1 << 30, &text, NULL, &err) != WN_OK)
        return;
    for (char *line = text, *end; *line != '\0'; line = end) {
        cJSON *j = NULL;
        end = line + strcspn(line, "\n");
        if (wn_json_parse(line, (size_t)(end - line), false, &j, NULL) == WN_OK &&
            wn_json_str(j, "text") != NULL && wn_json_str(j, "label") != NULL)
            add(b, rows, wn_json_str(j, "text"), wn_json_str(j, "label"), known);
        cJSON_Delete(j);
        end += *end == '\n';
    }
    free(text);
}

static void line(const struct bench *b, const char *what, double got, const char *unit,
                 const char *target)
{
    printf("%-12s %-34s %10.4g %-7s %s\n", b->name, what, got, unit, target);
}

/* ---- figures ---- */

struct said {
    double p, score;
    bool right;
};

static int by_p(const void *a, const void *b)
{
    const struct said *x = a, *y = b;
    return x->p < y->p ? -1 : x->p > y->p;
}

static double ece(struct said *s, size_t n)
{
    double off = 0;
    qsort(s, n, sizeof(*s), by_p);
    for (size_t k = 0; k < 15; k++) {
        double gap = 0;
        for (size_t i = n * k / 15; i < n * (k + 1) / 15; i++)
            gap += s[i].p - s[i].right;
        off += fabs(gap);
    }
    return off / (double)n;
}

static double right_share(const struct said *s, size_t from, size_t n)
{
    size_t right = 0;
    for (size_t i = from; i < n; i++)
        right += s[i].right;
    return 100 * (double)right / (double)(n - from);
}

static struct wn_item item_of(const struct wn_example *ex)
{
    return (
        struct wn_item){ .id = "x", .source = "x", .text = ex->text, .text_len = strlen(ex->text) };
}

enum measure { BY_P, BY_MARGIN, BY_ENERGY };

static struct said *say(struct bench *b, const struct wn_linear *m, const struct rows *rows,
                        enum measure measure, size_t *unfamiliar)
{
    struct said *s = wn_xcalloc(rows->n + 1, sizeof(*s));
    struct wn_arena a = WN_ARENA_INIT;
    *unfamiliar = 0;
    for (size_t i = 0; i < rows->n; i++) {
        struct wn_item item = item_of(&rows->ex[i]);
        struct wn_value v = { 0 };
        struct wn_answer answer = { &v, 1 };
        struct wn_linear_fit fit;
        wn_arena_reset(&a);
        wn_linear_answer(m, &b->task, &item, &a, &answer, &fit);
        s[i].p = v.p[v.choice];
        s[i].right = v.choice == rows->ex[i].answer->values[0].choice;
        s[i].score = measure == BY_P ? s[i].p : measure == BY_MARGIN ? fit.margin : fit.energy;
        *unfamiliar += fit.unfamiliar;
    }
    wn_arena_free(&a);
    return s;
}

/* The chance that something of ours scores higher than something out of scope. */
static double auroc(const struct said *in, size_t n, const struct said *out, size_t m)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m; k++)
            sum += in[i].score > out[k].score ? 1 : in[i].score == out[k].score ? .5 : 0;
    return sum / (double)n / (double)m;
}

static void judge_oos(struct bench *b, const struct wn_linear *m)
{
    static const char *const name[] = { "out of scope AUROC, probability",
                                        "out of scope AUROC, margin",
                                        "out of scope AUROC, energy" };
    for (int k = BY_P; k <= BY_ENERGY; k++) {
        size_t in_odd, out_odd;
        struct said *in = say(b, m, &b->dev, (enum measure)k, &in_odd);
        struct said *out = say(b, m, &b->oos, (enum measure)k, &out_odd);
        line(b, name[k], auroc(in, b->dev.n, out, b->oos.n), "", k == BY_ENERGY ? ">= .945" : "");
        if (k == BY_ENERGY) {
            line(b, "called unfamiliar: in scope", 100 * (double)in_odd / (double)b->dev.n, "%",
                 "");
            line(b, "called unfamiliar: out of scope", 100 * (double)out_odd / (double)b->oos.n,
                 "%", "");
        }
        free(in);
        free(out);
    }
}

static void judge_speed(struct bench *b, const struct wn_linear *m)
{
    struct wn_arena a = WN_ARENA_INIT;
    double start = cpu_s(), used;
    size_t n = 0;
    do {
        for (size_t i = 0; i < b->dev.n; i++, n++) {
            struct wn_item item = item_of(&b->dev.ex[i]);
            struct wn_value v = { 0 };
            struct wn_answer answer = { &v, 1 };
            wn_arena_reset(&a);
            wn_linear_answer(m, &b->task, &item, &a, &answer, NULL);
        }
        used = cpu_s() - start;
    } while (used < .5);
    line(b, "features and prediction", (double)n / used / 1000, "k/s", ">= 60");
    wn_arena_free(&a);
}

static void judge_size(struct bench *b, const struct wn_linear *m)
{
    struct wn_linear *again = NULL;
    char *bytes = NULL;
    size_t len;
    double start;
    int n = 0;
    if (wn_linear_save(m, &bytes, &len, NULL) != WN_OK)
        exit(1);
    start = cpu_s();
    do {
        if (wn_linear_load(bytes, len, &b->task, &again, NULL) != WN_OK)
            exit(1);
        wn_linear_free(again);
        n++;
    } while (cpu_s() - start < .2);
    line(b, "saved model", (double)len / 1e6, "MB", "< 1 (77 classes)");
    line(b, "loading", 1000 * (cpu_s() - start) / n, "ms", "< 10");
    free(bytes);
}

/* k examples of each label, drawn with a fixed seed. */
static struct rows few(struct bench *b, size_t k, uint64_t seed)
{
    struct rows r = { wn_xcalloc(b->train.n, sizeof(*r.ex)), b->train.n, 0 };
    size_t *seen = wn_xcalloc(b->question.nchoices, sizeof(*seen)), n = 0;
    memcpy(r.ex, b->train.ex, b->train.n * sizeof(*r.ex));
    for (size_t i = 0; i < r.n; i++) {
        struct wn_example ex = r.ex[i];
        size_t j;
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
        j = i + (size_t)(seed >> 33) % (r.n - i);
        r.ex[i] = r.ex[j];
        r.ex[j] = ex;
        if (seen[r.ex[i].answer->values[0].choice]++ < k)
            r.ex[n++] = r.ex[i];
    }
    r.n = n;
    free(seen);
    return r;
}

static struct wn_linear *learn(struct bench *b, const struct rows *rows, int threads,
                               struct wn_linear_report *report)
{
    struct wn_linear_options o = { .threads = threads };
    struct wn_linear *m = NULL;
    struct wn_error err;
    if (wn_linear_train(&b->task, rows->ex, rows->n, &o, NULL, &b->arena, report, &m, &err) !=
        WN_OK) {
        fprintf(stderr, "%s: %s\n", err.what, err.cause);
        exit(1);
    }
    return m;
}

/* fastText in the same run, and our own training on two threads. */
static void compare(struct bench *b, double used, double took)
{
    double theirs = fasttext_s(b->train.ex, b->train.n, b->choices), start, cpu, wall;
    struct wn_linear_report report;
    if (isnan(theirs)) {
        printf("%-12s fastText: training skipped, no `fasttext` on the path\n", b->name);
    } else {
        line(b, "fastText: training", theirs, "s", "");
        line(b, "  ours with calibration, of that", 100 * used / theirs, "%", "<= 33");
    }
    start = wall_s();
    cpu = cpu_s() + children_s();
    wn_linear_free(learn(b, &b->train, 2, &report));
    wall = wall_s() - start;
    line(b, "two threads: CPU a second of wall", (cpu_s() + children_s() - cpu) / wall, "", "2");
    line(b, "  wall, of that of one thread", 100 * wall / took, "%", "50");
}

static void judge(struct bench *b, const struct rows *rows, const char *how, const char *acc,
                  const char *cal)
{
    struct wn_linear_report report;
    double start = cpu_s(), began = wall_s();
    struct wn_linear *m = learn(b, rows, 1, &report);
    const struct wn_linear_score *sc = &report.scores[0];
    double used = cpu_s() - start, took = wall_s() - began;
    size_t odd;
    struct said *s = say(b, m, &b->dev, BY_P, &odd);
    char what[64];
    snprintf(what, sizeof(what), "accuracy, %s", how);
    line(b, what, right_share(s, 0, b->dev.n), "%", acc);
    snprintf(what, sizeof(what), "ECE, %s", how);
    line(b, what, ece(s, b->dev.n), "", cal);
    if (rows != &b->train) {
        wn_linear_free(m);
        free(s);
        return;
    }
    line(b, "accuracy of the surest 90 %", right_share(s, b->dev.n / 10, b->dev.n), "%", "");
    line(b, "out of fold: accuracy", 100 * sc->accuracy, "%", "");
    line(b, "out of fold: ECE", sc->ece, "", "");
    line(b, "temperature", sc->temperature, "", "");
    line(b, "C", sc->c, "", "");
    line(b, "training and calibration", used, "s", "");
    line(b, "  for 10,000 items", used / (double)rows->n * 1e4, "s", "< 15");
    compare(b, used, took);
    if (b->oos.n > 0)
        judge_oos(b, m);
    judge_speed(b, m);
    judge_size(b, m);
    wn_linear_free(m);
    free(s);
}

static void run(const char *dir)
{
    static const struct {
        const char *name, *accuracy, *ece, *few;
    } targets[] = {
        { "banking77", ">= 91.5", "<= .015", "75.5" },
        { "clinc150", ">= 93.4", "<= .015", "83.5" },
        { "hwu64", ">= 87.4", "", "" },
        { "", "", "", "" },
    };
    struct bench b = { .name = strrchr(dir, '/') == NULL ? dir : strrchr(dir, '/') + 1 };
    size_t k = 0;
    b.task = (struct wn_task){
        .name = b.name, .version = "bench", .questions = &b.question, .nquestions = 1
    };
    b.question = (struct wn_question){ .name = "label", .type = WN_CHOICE, .choices = b.choices };
    load(&b, dir, "train.jsonl", true, &b.train);
    load(&b, dir, "dev.jsonl", true, &b.dev);
    load(&b, dir, "oos_dev.jsonl", false, &b.oos);
    if (b.train.n == 0 || b.dev.n == 0) {
        printf("%-12s not here\n", b.name);
        return;
    }
    while (targets[k].name[0] != '\0' && strcmp(targets[k].name, b.name) != 0)
        k++;
    judge(&b, &b.train, "all labels", targets[k].accuracy, targets[k].ece);
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct rows r = few(&b, 10, seed);
        judge(&b, &r, "10 per label", targets[k].few, "");
        free(r.ex);
    }
    free(b.train.ex);
    free(b.dev.ex);
    free(b.oos.ex);
    wn_arena_free(&b.arena);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        run(argv[i]);
    return 0;
}

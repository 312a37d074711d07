/* cmd_train.c: a new release of the linear engine, and why it says what it says. */
#include "cli/cli.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- train ---- */

static struct {
    const char *teach;
    double budget;
    struct cli_maps maps, values;
    bool dry_run, force;
} arg;

static const struct cli_option options[] = {
    { 0, "map", OPT_MAP, &arg.maps, "NAME=COLUMN",
      "which column is the text, or the answer to a question" },
    { 0, "value", OPT_MAP, &arg.values, "WORD=ID",
      "what a word of the file means; WORD=- is no answer" },
    { 0, "teach", OPT_STRING, &arg.teach, "MODEL",
      "let this model label the items of FILE that teach most" },
    { 0, "budget", OPT_DOUBLE, &arg.budget, "USD", "what the teacher may cost" },
    { 'n', "dry-run", OPT_FLAG, &arg.dry_run, NULL,
      "measure, and keep nothing; with --teach: the price" },
    { 0, "force", OPT_FLAG, &arg.force, NULL, "switch the release on even if it is worse" },
    { 0 },
};

static void progress(void *user, const char *step, size_t done, size_t total)
{
    static char last[64];
    (void)user;
    if (cli_common.quiet || !cli_is_terminal(stderr))
        return;
    if (strcmp(step, last) != 0)
        snprintf(last, sizeof(last), "%s", step);
    if (total > 0)
        fprintf(stderr, "\r\x1b[K%s: %zu of %zu", step, done, total);
    else
        fprintf(stderr, "\r\x1b[K%s: %zu", step, done);
    fflush(stderr);
}

static void sources(const struct wn_train_report *r)
{
    printf("learned from %zu texts: %zu of the task's examples, %zu of labelled files, %zu taught, "
           "%zu "
           "reviews\n",
           r->learned_from, r->from_examples, r->from_files, r->from_taught, r->from_reviews);
    if (r->held_out > 0)
        printf("  %zu reviews were kept out: they prove how good the rest is\n", r->held_out);
    if (r->kept_out > 0)
        printf("  %zu texts of labelled files were kept out for good: they measure what a release may do alone\n",
               r->kept_out);
    else if (r->from_files > 0)
        printf("  from %zu labelled texts on, a fifth is kept out: it measures what a release may do alone\n",
               r->kept_out_from);
    if (r->contradicting > 0)
        printf("  %zu texts have contradicting labels: the majority counts, or none\n",
               r->contradicting);
    if (r->repeated > 0)
        printf("  %zu texts came more than once\n", r->repeated);
    if (r->rows_no_text > 0)
        printf("  %zu of %zu rows have no text: they teach nothing\n", r->rows_no_text, r->rows);
    if (r->rows_no_answer > 0)
        printf("  %zu of %zu rows answer no question: they teach nothing\n", r->rows_no_answer,
               r->rows);
    if (r->rows_left_out > 0)
        printf(
            "  %zu rows are more than can be learned from: of each label as many were drawn as of "
            "any other, where there are enough\n",
            r->rows_left_out);
    if (r->did_not_fit > 0)
        printf(
            "  %zu texts are more than fit into memory: of each label as many were taken as of any "
            "other, where there are enough\n",
            r->did_not_fit);
    if (r->from_unlabelled > 0)
        printf("  %zu items that nobody has labelled helped, for labels are few\n",
               r->from_unlabelled);
    if (r->adapted)
        puts("  class shares were set to those of the items seen lately");
}

static void change(double now, double before, size_t compared)
{
    double points = (now - before) * 100;
    if (compared == 0)
        printf("          ");
    else
        printf("  (%+5.1f)", fabs(points) < .05 ? 0 : points);
}

static void scores(const struct wn_train_report *r)
{
    printf("\n%-18s %6s %18s %18s\n", "QUESTION", "N", "ACCURACY", "ECE");
    for (size_t i = 0; i < r->nscores; i++) {
        const struct wn_train_score *s = &r->scores[i];
        printf("%-18s %6zu ", s->question, s->n);
        if (!s->trained) {
            puts("       not trained: it needs examples with at least two answers");
            continue;
        }
        printf("%7.1f%%", s->accuracy * 100);
        change(s->accuracy, s->before_accuracy, s->compared);
        printf(" %7.1f%%", s->ece * 100);
        change(s->ece, s->before_ece, s->compared);
        fputc('\n', stdout);
    }
    puts("  out of fold: each text was judged by a model that had not seen it");
    puts(r->compared
             ? "  in brackets: against the release before, on the same texts, which it had not "
               "seen either"
             : "  there is no release of this version of the task to compare with");
}

static void labels(const struct wn_train_score *s)
{
    printf("\n%-22s %6s %10s %7s\n", s->question, "N", "PRECISION", "RECALL");
    for (size_t i = 0; i < s->nlabels; i++) {
        const struct wn_train_label *l = &s->labels[i];
        printf("  %-20s %6zu ", l->id, l->n);
        if (l->said > 0)
            printf("%9.1f%%", 100.0 * (double)l->right / (double)l->said);
        else
            printf("%10s", "-");
        if (l->n > 0)
            printf(" %6.1f%%\n", 100.0 * (double)l->right / (double)l->n);
        else
            printf(" %7s\n", "-");
    }
    for (size_t i = 0; i < s->nconfusions && i < 5; i++) {
        const struct wn_train_confusion *c = &s->confusions[i];
        printf("  %s taken for %s, %zu times:\n", c->truth, c->said, c->n);
        for (size_t k = 0; k < c->nexamples; k++) {
            fputs("      ", stdout);
            cli_cell(stdout, c->examples[k], cli_width(stdout) - 8, false);
            fputc('\n', stdout);
        }
    }
}

static void teaching(const struct wn_train_report *r)
{
    if (arg.dry_run) {
        printf("teaching: the %zu most telling items, about $%.4f for all of them; nothing was "
               "sent\n\n",
               r->pool, (double)r->est_cost_microusd / 1e6);
        return;
    }
    printf("teaching: %zu of %zu items were labelled, $%.4f", r->taught_now, r->pool,
           (double)r->cost_microusd / 1e6);
    if (!isnan(r->measured_before) && !isnan(r->measured_after))
        printf("; agreement with the teacher on %zu others: %.1f%% before, %.1f%% after",
               r->measured, r->measured_before * 100, r->measured_after * 100);
    puts("\n");
}

/* "(by chance once in 40 times)": of what is all but impossible no number is told. */
static void tell_chance(double p)
{
    if (p < 1e-6)
        fputs("(by chance less than once in a million times)", stdout);
    else
        printf("(by chance once in %.0f times)", 1 / p);
}

/* Where a question changed for the worse, in numbers. */
static void tell_worse(const struct wn_train_score *s)
{
    if (s->worse && s->compared == 0) {
        printf("%s is worse: the release before had learned it, and nothing teaches it now\n",
               s->question);
    } else if (s->worse) {
        printf(
            "%s is worse: of the same %zu texts %zu that were right are wrong now, %zu the other "
            "way round ",
            s->question, s->compared, s->lost, s->won);
        tell_chance(s->chance);
        putchar('\n');
    } else if (s->known_worse) {
        printf("%s: of the texts that the release before had learned from, %zu that were right are "
               "wrong now, %zu the other way round: do the new lessons say something else?\n",
               s->question, s->known_lost, s->known_won);
    }
}

static void outcome(const struct wn_train_report *r)
{
    putchar('\n');
    for (size_t i = 0; i < r->nscores; i++)
        tell_worse(&r->scores[i]);
    if (r->released && r->unchanged)
        printf("nothing new: %.12s answers as before\n", r->version);
    else if (r->released)
        printf("released: %.12s, %zu KB; it answers from now on, and what was proved for the one "
               "before is to be proved again\n",
               r->version, (r->bytes + 1023) / 1024);
    else if (arg.dry_run)
        printf("dry run: nothing was kept%s\n",
               r->worse ? "; this release would not be switched on" : "");
    else
        printf("not released: more is wrong than in the release before, and by more than chance "
               "explains; nothing was kept%s. --force switches it on all the same\n",
               arg.teach != NULL ? " but what was taught" : "");
    if (r->proved != NULL)
        puts(r->proved);
}

static int train(struct wn *wn, int argc, char **argv)
{
    struct wn_train_options o = { .task = argv[0],
                                  .files = (const char *const *)argv + 1,
                                  .nfiles = (size_t)argc - 1,
                                  .maps = arg.maps.list,
                                  .nmaps = arg.maps.n,
                                  .values = arg.values.list,
                                  .nvalues = arg.values.n,
                                  .teach = arg.teach,
                                  .budget_usd = arg.budget,
                                  .dry_run = arg.dry_run,
                                  .force = arg.force,
                                  .progress = progress };
    const struct wn_train_report *r = NULL;
    struct wn_error err;
    enum wn_code rc = wn_train(wn, &o, &r, &err);
    if (!cli_common.quiet && cli_is_terminal(stderr))
        fputs("\r\x1b[K", stderr);
    if (rc != WN_OK)
        return cli_error(&err);
    if (arg.teach != NULL)
        teaching(r);
    sources(r);
    scores(r);
    for (size_t i = 0; i < r->nscores; i++)
        if (r->scores[i].trained && (i == 0 || !cli_common.quiet))
            labels(&r->scores[i]);
    outcome(r);
    return 0;
}

static int run(int argc, char **argv)
{
    struct wn *wn = NULL;
    int status = 0;
    if (argc < 1)
        return cli_usage(&cli_train, "which task? `winnow tasks` lists them");
    if (arg.budget > 0 && arg.teach == NULL)
        return cli_usage(&cli_train, "--budget goes with --teach");
    if (cli_open(&wn, &status))
        status = train(wn, argc, argv);
    wn_close(wn);
    return status;
}

const struct cli_command cli_train = { "train", "[options] TASK [FILE...]",
                                       "teach the linear engine from examples, files and reviews",
                                       options, run };

/* ---- explain ---- */

static const char *explain_task;

static const struct cli_option explain_options[] = {
    { 0, "task", OPT_STRING, &explain_task, "TASK",
      "of this task; else the newest decision of any" },
    { 0 },
};

static void words(const struct wn_why *w, bool for_it)
{
    size_t shown = 0;
    printf("  %s %s:", for_it ? "for" : "against", w->label);
    for (size_t i = 0; i < w->nwords && shown < 10; i++)
        if ((w->words[i].weight > 0) == for_it) {
            printf(" %s\xe2\x80\x9c%s\xe2\x80\x9d %+.2f", shown == 0 ? "" : "\xc2\xb7 ",
                   w->words[i].text, w->words[i].weight);
            shown++;
        }
    puts(shown == 0 ? " nothing" : "");
}

static void quotes(const struct wn_result *r)
{
    for (size_t i = 0; i < r->nanswers; i++) {
        const struct wn_field_answer *a = &r->answers[i];
        if (a->value != NULL && a->quote != NULL)
            printf("  %s: %s   \xe2\x80\x9c%s\xe2\x80\x9d\n", a->question, a->value, a->quote);
    }
}

static int explain(struct wn *wn, const char *item)
{
    const struct wn_why *w = NULL;
    const struct wn_result *r;
    struct wn_error err;
    if (wn_explain(wn, explain_task, item, &w, &err) != WN_OK)
        return cli_error(&err);
    r = &w->result;
    printf("%s  %s: %s", r->item->id, r->task, r->label == NULL ? "no label" : r->label);
    if (!isnan(r->probability))
        printf(" (%d%%)", (int)floor(r->probability * 100));
    printf(", %s, by %s\n", wn_route_name(r->route), r->model == NULL ? "nobody" : r->model);
    for (size_t i = 0; i < r->nreasons; i++)
        printf("  why: %s\n", r->because[i]);
    quotes(r);
    if (w->label == NULL) {
        puts("the linear engine has nothing to say about it: it has learned nothing yet");
        return 0;
    }
    printf("the linear engine says %s (%d%%); the nearest other is %s, %.2f away\n", w->label,
           isnan(w->probability) ? 0 : (int)floor(w->probability * 100), w->other, w->margin);
    words(w, true);
    words(w, false);
    return 0;
}

static int run_explain(int argc, char **argv)
{
    struct wn *wn = NULL;
    int status = 0;
    if (argc != 1)
        return cli_usage(&cli_explain, "which item? Its name stands in the results' first column");
    if (cli_open(&wn, &status))
        status = explain(wn, argv[0]);
    wn_close(wn);
    return status;
}

const struct cli_command cli_explain = { "explain", "[--task TASK] ITEM",
                                         "what spoke for and against an item's label",
                                         explain_options, run_explain };

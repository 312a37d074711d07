/* cmd_trust.c: what a task may do alone, what that rests on, and what comes next. */
#include "cli/cli.h"
#include <math.h>
#include <string.h>
#include <time.h>

static struct {
    bool recertify, suspend, weights, usual_weights;
    const char *model;
    double max_cost;
    const char *report;
} arg;

static const struct cli_option options[] = {
    { 0, "recertify", OPT_FLAG, &arg.recertify, NULL,
      "model, prompt or local engine changed: test it on the last campaign's reviewed items" },
    { 'm', "model", OPT_STRING, &arg.model, "PROVIDER/MODEL",
      "with --recertify: the one to test, a call for each item" },
    { 0, "max-cost", OPT_DOUBLE, &arg.max_cost, "USD", "with --recertify: stop before it costs more" },
    { 0, "report", OPT_STRING, &arg.report, "PERIOD",
      "print the report of a closed period (2026-10, 2026-Q4, 2026-10-17), or the last" },
    { 0, "weights", OPT_FLAG, &arg.weights, NULL,
      "learn the score's weights from reviews; they are kept where they are clearly better" },
    { 0, "usual-weights", OPT_FLAG, &arg.usual_weights, NULL, "go back to the usual weights" },
    { 0, "suspend", OPT_FLAG, &arg.suspend, NULL, "accept nothing alone until it is proved again" },
    { 0 },
};

static const char *day(int64_t time, char out[16])
{
    time_t t = (time_t)time;
    struct tm tm;
    if (gmtime_r(&t, &tm) == NULL || strftime(out, 16, "%Y-%m-%d", &tm) == 0)
        out[0] = '\0';
    return out;
}

/* What is promised is rounded up, what is achieved down: neither is ever said too well. */
static double up(double p)
{
    return ceil(1000 * p - 1e-6) / 10;
}

static double down(double p)
{
    return floor(1000 * p + 1e-6) / 10;
}

static void print_proof(const struct wn_trust_info *i)
{
    char text[16];
    if (i->proved_at == 0) {
        puts("  proof      none in force");
        return;
    }
    printf("  proof      %s, %s: %lld reviewed above the threshold, %lld wrong; at most %.4g%% "
           "wrong\n",
           day(i->proved_at, text), i->proved_how, (long long)i->proof_n, (long long)i->proof_k,
           up(i->bound));
    printf("  accepts    the surest %.4g%% (score of at least %.4g)\n", down(i->coverage),
           i->threshold);
}

static void print_campaign(const struct wn_trust_info *i)
{
    if (i->next_look > 0)
        printf("  sample     %lld of %lld reviews\n", (long long)i->sampled,
               (long long)i->next_look);
    if (i->reviewed > 0)
        printf("  labels     %lld of %lld right: probably %.4g%% to %.4g%% of all\n",
               (long long)i->right, (long long)i->reviewed, down(i->accuracy_lo),
               up(i->accuracy_hi));
}

static void print_people(const struct wn_trust_info *i)
{
    if (i->twice > 0 && isnan(i->kappa))
        printf("  people     agree in %lld of %lld that two looked at\n", (long long)i->agreed,
               (long long)i->twice);
    else if (i->twice > 0)
        printf("  people     agree in %lld of %lld that two looked at (kappa %.2f)\n",
               (long long)i->agreed, (long long)i->twice, i->kappa);
    if (i->repeated > 0)
        printf("  %-10s agree with themselves in %lld of %lld texts that one of them judged again\n",
               i->twice > 0 ? "" : "people", (long long)(i->repeated - i->contradicted),
               (long long)i->repeated);
}

static void print_audits(const struct wn_trust_info *i)
{
    if (i->proved_at == 0)
        return;
    printf("  checks     %lld of what was accepted, %lld wrong, %lld wait; %.4g%% are drawn\n",
           (long long)i->audits, (long long)i->audits_wrong, (long long)i->audits_due,
           up(i->audit_rate));
    printf("  drift      alarm at %.3g: %.2f", i->alarm_limit, i->alarm);
    putchar('\n');
    for (size_t k = 0; k < i->nshifts; k++)
        printf("%s%s moved by %.2f (alarm at %.2f)%s", k == 0 ? "  changes    " : "", i->shifts[k].name,
               i->shifts[k].value, i->shifts[k].limit, k + 1 < i->nshifts ? ", " : "\n");
}

static void print_periods(const struct wn_trust_info *i)
{
    if (i->report != NULL)
        printf("  report     %s\n", i->report);
    if (i->period_automatic == 0)
        return;
    printf("  %-9s  so far %.1f%% automatic; ", i->period,
           down((double)i->period_automatic / (double)i->period_total));
    if (isnan(i->live_bound))
        puts("none of these is checked yet");
    else
        printf("at most %.1f%% of these are wrong (%lld checked at random, %lld wrong)\n",
               up(i->live_bound), (long long)i->period_n, (long long)i->period_k);
}

static void print_history(const struct wn_trust_info *i)
{
    char text[16];
    for (size_t k = 0; k < i->nhistory; k++)
        printf("  %s  %s, %s: %s\n", day(i->history[k].time, text), i->history[k].state,
               i->history[k].model, i->history[k].why);
}

static void print_info(const struct wn_trust_info *i)
{
    printf("%s\n\n", i->sentence);
    printf("  state      %s%s%s\n", i->state, i->key == NULL ? "" : " with ",
           i->key == NULL ? "" : i->model);
    printf("  target     at most %.4g%% wrong, with %.4g%% confidence\n", 100 * i->target_error,
           100 * i->confidence);
    print_proof(i);
    print_campaign(i);
    print_people(i);
    print_audits(i);
    if (i->weights != NULL)
        printf("  weights    %s\n", i->weights);
    print_periods(i);
    printf("\nnext: %s\n", i->next);
    if (i->nhistory > 0) {
        puts("\nhistory");
        print_history(i);
    }
}

static void print_sentences(const struct wn_trust_info *i)
{
    puts(i->sentence);
    for (size_t k = 0; k < i->nguards; k++)
        puts(i->guards[k].sentence);
}

static int look_at_all(struct wn *wn)
{
    const struct wn_task_info *tasks = NULL;
    const struct wn_trust_info *i = NULL;
    struct wn_error err;
    size_t n = 0;
    enum wn_code rc = wn_tasks(wn, &tasks, &n, &err);
    for (size_t k = 0; rc == WN_OK && k < n; k++) {
        char name[300];
        if (tasks[k].nquestions == 0 && tasks[k].nsections == 0)
            continue;
        snprintf(name, sizeof(name), "%s%s", tasks[k].name,
                 tasks[k].nsections > 0 ? ".faithful" : "");
        rc = wn_trust_look(wn, name, &i, &err);
        if (rc == WN_OK)
            print_sentences(i);
    }
    return rc == WN_OK ? 0 : cli_error(&err);
}

static int look_at(struct wn *wn, const char *task)
{
    const struct wn_recertify_options o = { arg.model, arg.max_cost };
    const struct wn_trust_info *i = NULL;
    const char *sentence = NULL;
    struct wn_error err;
    enum wn_code rc = WN_OK;
    if (arg.suspend)
        rc = wn_trust_suspend(wn, task, &err);
    if (rc == WN_OK && arg.recertify)
        rc = wn_trust_recertify(wn, task, &o, &sentence, &err);
    else if (rc == WN_OK)
        rc = wn_trust_look(wn, task, &i, &err);
    if (rc != WN_OK)
        return cli_error(&err);
    if (arg.recertify || arg.suspend) {
        if (arg.recertify)
            puts(sentence);
        else
            print_sentences(i);
        return 0;
    }
    print_info(i);
    for (size_t k = 0; k < i->nguards; k++) {
        putchar('\n');
        print_info(&i->guards[k]);
    }
    return 0;
}

static int print_report(struct wn *wn, const char *task)
{
    const char *text = NULL;
    struct wn_error err;
    const char *name = strcmp(arg.report, "last") == 0 ? NULL : arg.report;
    if (wn_trust_report(wn, task, name, &text, &err) != WN_OK)
        return cli_error(&err);
    fputs(text, stdout);
    return 0;
}

static int weigh(struct wn *wn, const char *task)
{
    const char *sentence = NULL;
    struct wn_error err;
    if (wn_trust_weights(wn, task, arg.usual_weights, &sentence, &err) != WN_OK)
        return cli_error(&err);
    puts(sentence);
    return 0;
}

static int act(struct wn *wn, const char *task)
{
    if (arg.weights || arg.usual_weights)
        return weigh(wn, task);
    return arg.report != NULL ? print_report(wn, task) : look_at(wn, task);
}

static int run(int argc, char **argv)
{
    int chosen = arg.recertify + arg.suspend + arg.weights + arg.usual_weights + (arg.report != NULL);
    struct wn *wn = NULL;
    int status = 0;
    if (argc > 1)
        return cli_usage(&cli_trust, "one task at a time, not %d", argc);
    if (argc == 0 && chosen > 0)
        return cli_usage(&cli_trust, "which task?");
    if (!arg.recertify && (arg.model != NULL || arg.max_cost > 0))
        return cli_usage(&cli_trust, "--model and --max-cost go with --recertify");
    if (chosen > 1)
        return cli_usage(&cli_trust,
                         "--recertify, --weights, --usual-weights, --report, --suspend: one of them");
    if (cli_open(&wn, &status))
        status = argc == 0 ? look_at_all(wn) : act(wn, argv[0]);
    wn_close(wn);
    return status;
}

const struct cli_command cli_trust = { "trust", "[options] [TASK]",
                                       "what is proved, what it rests on, and what is missing",
                                       options, run };

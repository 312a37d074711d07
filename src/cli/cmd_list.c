/* cmd_list.c: what there is: tasks and models. */
#include "cli/cli.h"
#include <math.h>
#include <string.h>
#include <time.h>

/* ---- tasks ---- */

static const struct cli_option none[] = { { 0 } };

static void print_fault(void *user, const struct wn_fault *f)
{
    (void)user;
    if (f->line > 0)
        printf("%s:%zu: %s\n", f->file, f->line, f->what);
    else
        printf("%s: %s\n", f->file, f->what);
    if (f->hint != NULL && f->hint[0] != '\0')
        printf("  hint:  %s\n", f->hint);
}

static int check(struct wn *wn, int argc, char **argv)
{
    const struct wn_task_info *tasks = NULL;
    struct wn_error err;
    size_t n = 0, total = 0, faults;
    if (argc == 0 && wn_tasks(wn, &tasks, &n, &err) != WN_OK)
        return cli_error(&err);
    for (size_t i = 0; i < (argc == 0 ? n : (size_t)argc); i++) {
        const char *name = argc == 0 ? tasks[i].dir : argv[i];
        if (wn_task_check(wn, name, print_fault, NULL, &faults, &err) != WN_OK)
            return cli_error(&err);
        total += faults;
        if (faults == 0)
            printf("%s: good\n", argc == 0 ? tasks[i].name : argv[i]);
    }
    return total == 0 ? 0 : wn_exit_status(WN_E_CONFIG);
}

static int list_tasks(struct wn *wn)
{
    const struct wn_task_info *t = NULL;
    struct wn_error err;
    size_t n = 0;
    if (wn_tasks(wn, &t, &n, &err) != WN_OK)
        return cli_error(&err);
    for (size_t i = 0; i < n; i++) {
        printf("%-16s %s\n", t[i].name, t[i].about);
        if (t[i].nsections > 0)
            printf("%-16s a brief of %zu sections; %s\n", "", t[i].nsections, t[i].dir);
        else
            printf("%-16s %zu questions, %zu labels, %zu rules, %zu examples; %s\n", "",
                   t[i].nquestions, t[i].nchoices, t[i].nrules, t[i].nexamples, t[i].dir);
    }
    return 0;
}

static int run_tasks(int argc, char **argv)
{
    struct wn *wn = NULL;
    int status = 0;
    if (argc > 0 && strcmp(argv[0], "check") != 0)
        return cli_usage(&cli_tasks, "'%s' is nothing that can be done with tasks", argv[0]);
    if (cli_open(&wn, &status))
        status = argc > 0 ? check(wn, argc - 1, argv + 1) : list_tasks(wn);
    wn_close(wn);
    return status;
}

const struct cli_command cli_tasks = { "tasks", "[check [TASK...]]",
                                       "list the tasks, or check them with file and line", none,
                                       run_tasks };

/* ---- models ---- */

static void price(double usd)
{
    if (isnan(usd))
        printf(" %8s", "?");
    else
        printf(" %8.3f", usd);
}

/* "2026-11-22" */
static void day(int64_t unix_s)
{
    char text[16] = "";
    time_t at = (time_t)unix_s;
    strftime(text, sizeof(text), "%Y-%m-%d", gmtime(&at));
    fputs(text, stdout);
}

static int print_learned(struct wn *wn)
{
    const struct wn_model_learned *l = NULL;
    struct wn_error err;
    size_t n = 0;
    if (wn_models_learned(wn, &l, &n, &err) != WN_OK)
        return cli_error(&err);
    if (n > 0)
        puts("\nLearned by asking:");
    for (size_t i = 0; i < n; i++) {
        printf("%-42s ", l[i].model);
        day(l[i].time);
        printf(": %lld in flight", (long long)l[i].in_flight);
        if (l[i].requests_limit > 0)
            printf(", %lld requests a minute", (long long)l[i].requests_limit);
        if (l[i].tokens_limit > 0)
            printf(", %lld tokens a minute", (long long)l[i].tokens_limit);
        printf(", counts %.2f tokens for each we reckon", l[i].tokens_ratio);
        if (l[i].dropped[0] != '\0')
            printf(", refuses %s", l[i].dropped);
        printf("%s\n", l[i].no_decide ? ", has no decision endpoint" : "");
    }
    return 0;
}

static void print_servers(void)
{
    const char *name;
    fputs("\nAlso ", stdout);
    for (size_t i = 0; (name = wn_model_server(i)) != NULL; i++)
        printf("%s%s/MODEL",
               i == 0                           ? ""
               : wn_model_server(i + 1) == NULL ? " and "
                                                : ", ",
               name);
    puts(" (any server that speaks\nchat completions); others by name. WINNOW_PRICES sets your own prices.");
}

static int run_models(int argc, char **argv)
{
    struct wn_model_info m;
    struct wn *wn = NULL;
    int status = 0;
    (void)argv;
    if (argc > 0)
        return cli_usage(&cli_models, "models takes no argument");
    if (!cli_open(&wn, &status))
        return status;
    printf("%-42s %-9s %8s %8s  %-10s %s\n", "MODEL", "USE", "$/M IN", "$/M OUT", "PRICED", "KEY");
    printf("%-42s %-9s %8.3f %8.3f  %-10s %s\n", "linear", "classify", 0.0, 0.0, "-", "needs none");
    for (size_t i = 0; wn_model_info(wn, i, &m); i++) {
        char id[128];
        snprintf(id, sizeof(id), "%s/%s", m.provider, m.name);
        printf("%-42s %-9s", id, m.use);
        price(m.usd_in);
        price(m.usd_out);
        printf("  %-10s %s\n", m.as_of, m.key_set ? "set" : "not set");
    }
    print_servers();
    status = print_learned(wn);
    wn_close(wn);
    return status;
}

const struct cli_command cli_models = { "models", "",
                                        "models with prices, and whether their key is set", none,
                                        run_models };

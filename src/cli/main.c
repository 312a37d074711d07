/* main.c: the list of commands. */
#include "cli/cli.h"
#include <locale.h>
#include <signal.h>
#include <string.h>

const struct cli_command *const cli_commands[] = {
    /* clang-format off */
    &cli_classify,
    &cli_review,
    &cli_export,
    &cli_brief,
    &cli_train,
    &cli_explain,
    &cli_eval,
    &cli_trust,
    &cli_tasks,
    &cli_models,
    &cli_batch,
    &cli_doctor,
    &cli_config,
    &cli_key,
    &cli_cache,
    &cli_forget,
    &cli_backup,
    &cli_restore,
    &cli_verify,
    NULL,
    /* clang-format on */
};

static void list(FILE *to)
{
    fputs("winnow sorts what comes in: leads, mail, tickets. Each item gets a label with a "
          "probability,\n"
          "an owner and a next step, or waits for a person with the reason beside it.\n\n",
          to);
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        fprintf(to, "  winnow %-9s %-28s %s\n", cli_commands[i]->name, cli_commands[i]->usage,
                cli_commands[i]->about);
    fputs("\n  winnow COMMAND --help tells the options.\n", to);
}

static const struct cli_command *named(const char *name)
{
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        if (strcmp(cli_commands[i]->name, name) == 0)
            return cli_commands[i];
    return NULL;
}

int main(int argc, char **argv)
{
    const struct cli_command *c;
    int n;
    setlocale(LC_CTYPE, "");
    if (strcmp(setlocale(LC_CTYPE, NULL), "C") == 0)
        setlocale(LC_CTYPE,
                  "C.UTF-8"); /* a bare container has no locale set, and its text is UTF-8 */
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write, not a death */
    if (argc < 2) {
        list(stderr);
        return wn_exit_status(WN_E_USAGE);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("winnow %s\n", WN_VERSION);
        return 0;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        c = argc > 2 ? named(argv[2]) : NULL;
        if (c != NULL)
            cli_help(c, stdout);
        else
            list(stdout);
        return 0;
    }
    c = named(argv[1]);
    if (c == NULL) {
        fprintf(stderr, "winnow: there is no command '%s'\n  hint:  `winnow --help` lists them.\n",
                argv[1]);
        return wn_exit_status(WN_E_USAGE);
    }
    n = cli_parse(c, argc - 1, argv + 1);
    if (n < 0)
        return n == -2 ? 0 : wn_exit_status(WN_E_USAGE);
    n = c->run(n, argv + 1);
    if (fflush(stdout) != 0 && n == 0) {
        fputs("winnow: standard output cannot be written\n", stderr);
        n = wn_exit_status(WN_E_INPUT);
    }
    return n;
}

/* cmd_doctor.c: is everything in order, and where does each setting come from? */
#include "cli/cli.h"
#include <string.h>

/* ---- doctor ---- */

static bool offline;

static const struct cli_option doctor_options[] = {
    { 0, "offline", OPT_FLAG, &offline, NULL, "do not call the providers" },
    { 0 },
};

static void print_checkup(void *user, const struct wn_checkup *c)
{
    static const char *const marks[] = { "good", "note", "BAD " };
    static const char *const colors[] = { "\x1b[32m", "", "\x1b[31m" };
    bool color = cli_color(stdout);
    (void)user;
    printf("%s%s%s  %-12s %s\n", color ? colors[c->health] : "", marks[c->health],
           color ? "\x1b[0m" : "", c->what, c->detail);
    if (c->hint != NULL && c->hint[0] != '\0')
        printf("      %-12s %s\n", "", c->hint);
}

static int run_doctor(int argc, char **argv)
{
    struct wn *wn = NULL;
    int status = 0;
    (void)argv;
    if (argc > 0)
        return cli_usage(&cli_doctor, "doctor takes no argument");
    if (cli_open(&wn, &status))
        status = wn_exit_status(wn_doctor(wn, offline, print_checkup, NULL, NULL));
    wn_close(wn);
    return status;
}

const struct cli_command cli_doctor = { "doctor", "[--offline]",
                                        "check settings, tasks, store and each provider's key",
                                        doctor_options, run_doctor };

/* ---- config ---- */

static bool example;

static const struct cli_option config_options[] = {
    { 0, "example", OPT_FLAG, &example, NULL, "print .env.example" },
    { 0 },
};

static void print_example(void)
{
    struct wn_config_row row;
    puts("# winnow's settings. Copy this file to .env and fill in what you need; lines that begin "
         "with #\n"
         "# are off. The environment beats this file. `winnow config` shows what is in force.");
    for (size_t i = 0; wn_config_row(NULL, i, &row); i++)
        printf("\n# %s\n#%s=%s\n", row.help, row.name, row.fallback == NULL ? "" : row.fallback);
}

static int run_config(int argc, char **argv)
{
    struct wn_config_row row;
    struct wn *wn = NULL;
    int status = 0;
    (void)argv;
    if (argc > 0)
        return cli_usage(&cli_config, "config takes no argument");
    if (example) {
        print_example();
        return 0;
    }
    if (!cli_open(&wn, &status))
        return status;
    for (size_t i = 0; wn_config_row(wn, i, &row); i++)
        printf("%-24s %-36s %s\n", row.name, row.set ? row.value : "-", row.set ? row.from : "");
    wn_close(wn);
    return 0;
}

const struct cli_command cli_config = { "config", "[--example]",
                                        "every setting, and where it comes from", config_options,
                                        run_config };

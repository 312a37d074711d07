/* cmd_export.c: what was decided, and what people said of it, for other programs. */
#include "cli/cli.h"
#include <stdlib.h>
#include <string.h>

static struct {
    const char *format, *output;
} arg;

static const struct cli_option options[] = {
    { 'f', "format", OPT_STRING, &arg.format, "FORMAT", "csv (default) or jsonl" },
    { 'o', "output", OPT_STRING, &arg.output, "FILE", "write there instead of standard output" },
    { 0 },
};

static enum wn_code write_all(struct wn_export *e, struct cli_rows *rows, int64_t *n,
                              struct wn_error *err)
{
    const struct wn_kept *k = NULL;
    enum wn_code rc;
    while ((rc = wn_export_next(e, &k, err)) == WN_OK && k != NULL) {
        cli_rows_put(rows, k->result, k);
        ++*n;
    }
    cli_rows_end(rows);
    return rc;
}

static int export(struct wn *wn, const char *task, enum cli_format format)
{
    struct cli_rows rows = { .to = stdout, .format = format, .kept = true };
    struct cli_output output = { .to = stdout };
    struct wn_export *e = NULL;
    struct wn_error err;
    enum wn_code rc = wn_task_look(wn, task, &rows.task, &err);
    int64_t n = 0;
    int status;
    if (rc == WN_OK)
        rc = wn_export_open(wn, rows.task->name, &e, &err);
    if (rc == WN_OK && !cli_output_open(&output, arg.output, NULL, 0)) {
        wn_export_close(e);
        return wn_exit_status(WN_E_INPUT);
    }
    rows.to = output.to;
    if (rc == WN_OK)
        rc = write_all(e, &rows, &n, &err);
    status = rc == WN_OK ? 0 : cli_error(&err);
    status = cli_output_close(&output, status);
    if (status == 0 && !cli_common.quiet)
        fprintf(stderr, "%lld decisions of %s\n", (long long)n, rows.task->name);
    wn_export_close(e);
    return status;
}

static int run(int argc, char **argv)
{
    enum cli_format format = CLI_CSV;
    struct wn *wn = NULL;
    int status = 0;
    if (argc != 1)
        return cli_usage(&cli_export, "export wants one task, because each has its own columns");
    if (arg.format != NULL && (!cli_format_named(arg.format, &format) || format == CLI_TABLE))
        return cli_usage(&cli_export, "export writes csv or jsonl, not '%s'", arg.format);
    if (cli_open(&wn, &status))
        status = export(wn, argv[0], format);
    wn_close(wn);
    return status;
}

const struct cli_command cli_export = { "export", "[options] TASK",
                                        "kept decisions with their reviews", options, run };

/* cmd_eval.c: how good a task is on items whose right answers are known; two models or two versions of the
 * prompts side by side. */
#include "cli/cli.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct {
    const char *format, *output, *prompts;
    struct cli_list models;
    struct cli_maps maps, values;
    int64_t limit;
    double max_cost, fail_under;
    int pack;
    bool no_cache, prove;
} arg;

static const struct cli_option options[] = {
    { 'f', "format", OPT_STRING, &arg.format, "FORMAT", "table (default), json, md or html" },
    { 'o', "output", OPT_STRING, &arg.output, "FILE", "write it there instead of standard output" },
    { 'm', "model", OPT_LIST, &arg.models, "MODEL", "once or twice: two are set side by side" },
    { 0, "prompts", OPT_STRING, &arg.prompts, "DIR",
      "set the task side by side with itself in this folder of tasks" },
    { 0, "map", OPT_MAP, &arg.maps, "NAME=COLUMN", "which column is the text or an answer" },
    { 0, "value", OPT_MAP, &arg.values, "WORD=ID",
      "what a word of the file means; WORD=- is no answer" },
    { 'l', "limit", OPT_INT64, &arg.limit, "N", "at most so many gold items, drawn at random" },
    { 0, "pack", OPT_INT, &arg.pack, "K",
      "so many short items in one request, as `classify --pack` does" },
    { 0, "max-cost", OPT_DOUBLE, &arg.max_cost, "USD", "stop before it costs more" },
    { 0, "no-cache", OPT_FLAG, &arg.no_cache, NULL, "neither look up nor keep replies" },
    { 0, "prove", OPT_FLAG, &arg.prove, NULL,
      "let the task accept alone what the file proves, until a sample of its own items does" },
    { 0, "fail-under", OPT_DOUBLE, &arg.fail_under, "ACCURACY",
      "exit with status 8 if the accuracy is lower (.9 or 90)" },
    { 0 },
};

static void progress(void *user, const char *step, size_t done, size_t total)
{
    (void)user;
    fprintf(stderr, "\r\x1b[K%s: %zu of %zu", step, done, total);
    fflush(stderr);
}

static int write_out(const char *text)
{
    FILE *to = arg.output == NULL ? stdout : fopen(arg.output, "w");
    bool ok;
    if (to == NULL) {
        fprintf(stderr, "winnow: cannot write '%s'\n  cause: %s\n", arg.output, strerror(errno));
        return wn_exit_status(WN_E_INPUT);
    }
    ok = fputs(text, to) >= 0;
    if (to != stdout && (fclose(to) != 0 || !ok)) {
        fprintf(stderr, "winnow: '%s' could not be written whole\n", arg.output);
        return wn_exit_status(WN_E_INPUT);
    }
    return 0;
}

/* For scripts that guard a prompt: is every candidate good enough, and was every item answered? */
static int judge(const struct wn_eval_report *r)
{
    double least = arg.fail_under > 1 ? arg.fail_under / 100 : arg.fail_under;
    int status = 0;
    for (size_t i = 0; i < r->ncandidates; i++) {
        const struct wn_eval_candidate *c = &r->candidates[i];
        if (c->routed[WN_FAILED] > 0) {
            fprintf(stderr,
                    "%s: %zu of %zu items failed and count as wrong. The same command asks about "
                    "them again; nothing is paid twice.\n",
                    c->name, c->routed[WN_FAILED], c->n);
            status = wn_exit_status(WN_E_FAILED);
        }
        if (c->accuracy < least) {
            fprintf(stderr, "winnow: %s: accuracy %.2f %% is under %.4g %%\n", c->name,
                    100 * c->accuracy, 100 * least);
            status = wn_exit_status(WN_E_FAILED);
        }
    }
    return status;
}

static int evaluate(struct wn *wn, int argc, char **argv)
{
    bool live = cli_is_terminal(stderr) && !cli_common.quiet;
    struct wn_eval_options o = { .task = argv[0],
                                 .gold = (const char *const *)argv + 1,
                                 .ngold = (size_t)argc - 1,
                                 .maps = arg.maps.list,
                                 .nmaps = arg.maps.n,
                                 .values = arg.values.list,
                                 .nvalues = arg.values.n,
                                 .models = arg.models.list,
                                 .nmodels = arg.models.n,
                                 .other_prompts = arg.prompts,
                                 .limit = arg.limit,
                                 .max_cost_usd = arg.max_cost,
                                 .pack = arg.pack,
                                 .no_cache = arg.no_cache,
                                 .prove = arg.prove,
                                 .progress = live ? progress : NULL };
    const struct wn_eval_report *r = NULL;
    struct wn_error err;
    char *text = NULL;
    int status;
    enum wn_code rc = wn_eval(wn, &o, &r, &err);
    if (live)
        fputs("\r\x1b[K", stderr);
    if (rc == WN_OK)
        rc = wn_eval_text(r, arg.format, &text, &err);
    if (rc != WN_OK) {
        status = cli_error(&err);
        if (!arg.no_cache && (rc == WN_E_BUDGET || rc == WN_E_PROVIDER))
            fputs("The same command goes on where this one stopped; nothing is paid twice.\n",
                  stderr);
        return status;
    }
    status = write_out(text);
    free(text);
    if (r->proved != NULL)
        fprintf(stderr, "%s\n", r->proved);
    return status != 0 ? status : judge(r);
}

static int run(int argc, char **argv)
{
    static const char *const formats[] = { "table", "json", "md", "html" };
    struct wn *wn = NULL;
    bool known = arg.format == NULL;
    int status = 0;
    for (size_t i = 0; arg.format != NULL && i < sizeof(formats) / sizeof(formats[0]); i++)
        known = known || strcmp(arg.format, formats[i]) == 0;
    if (!known)
        return cli_usage(&cli_eval, "there is no format '%s'", arg.format);
    if (arg.format == NULL)
        arg.format = "table";
    if (argc < 1)
        return cli_usage(&cli_eval, "which task? `winnow tasks` lists them");
    if (argc < 2)
        return cli_usage(&cli_eval, "which gold items? Name a file of items with their labels");
    if (arg.models.n > WN_EVAL_CANDIDATES || (arg.models.n > 1 && arg.prompts != NULL))
        return cli_usage(&cli_eval, "two candidates at most: --model twice, or --prompts");
    if (arg.prove && (arg.models.n > 1 || arg.prompts != NULL || arg.limit > 0))
        return cli_usage(&cli_eval, "--prove is for one candidate and the whole file");
    if (arg.pack < 0 || arg.pack > 64)
        return cli_usage(&cli_eval, "--pack goes from 1 to 64");
    if (arg.fail_under > 100)
        return cli_usage(&cli_eval, "--fail-under is a share (.9) or per cent (90)");
    if (cli_open(&wn, &status))
        status = evaluate(wn, argc, argv);
    wn_close(wn);
    return status;
}

const struct cli_command cli_eval = { "eval", "[options] TASK GOLD...",
                                      "measure a task on items whose labels are known", options,
                                      run };

/* cmd_brief.c: many sources in, one brief with citations out. */
#include "cli/cli.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct {
    const char *format, *output, *task, *title, *language, *model, *check, *input;
    struct cli_maps maps;
    int words, in_flight;
    double max_cost;
    bool dry_run, show_prompt, no_cache, refresh;
} arg;

static const struct cli_option options[] = {
    { 'f', "format", OPT_STRING, &arg.format, "FORMAT", "md (default), html or json" },
    { 'o', "output", OPT_STRING, &arg.output, "FILE",
      "write the brief there instead of standard output; .html and .json say the format" },
    { 't', "task", OPT_STRING, &arg.task, "TASK",
      "research-brief (default), thread-brief, weekly-brief, or a folder of your own" },
    { 0, "title", OPT_STRING, &arg.title, "TEXT", "what stands over it" },
    { 0, "length", OPT_INT, &arg.words, "WORDS", "about so many words; else as the task says" },
    { 0, "language", OPT_STRING, &arg.language, "LANGUAGE",
      "write it in this language (en, German, ...); quotes stay as they are" },
    { 'm', "model", OPT_STRING, &arg.model, "MODEL[,NEXT]",
      "who writes it; linear, or none set: extracts, and nothing leaves the machine" },
    { 0, "check", OPT_STRING, &arg.check, "MODEL",
      "a second model that looks for negations and swapped roles" },
    { 0, "input", OPT_STRING, &arg.input, "KIND",
      "text, html, pdf, csv, tsv, json, jsonl, eml, mbox or maildir" },
    { 0, "map", OPT_MAP, &arg.maps, "NAME=COLUMN", "which column is the text, id or time" },
    { 'j', "in-flight", OPT_INT, &arg.in_flight, "N",
      "most requests at a time (WINNOW_IN_FLIGHT)" },
    { 0, "max-cost", OPT_DOUBLE, &arg.max_cost, "USD", "stop before it costs more" },
    { 'n', "dry-run", OPT_FLAG, &arg.dry_run, NULL,
      "count requests, tokens and price; send nothing" },
    { 0, "show-prompt", OPT_FLAG, &arg.show_prompt, NULL,
      "print each request as it would leave, with the key masked; send nothing" },
    { 0, "no-cache", OPT_FLAG, &arg.no_cache, NULL, "neither look up nor keep replies" },
    { 0, "refresh", OPT_FLAG, &arg.refresh, NULL, "ask again, and replace what was kept" },
    { 0 },
};

static volatile int stop;

static void interrupt(int sig)
{
    (void)sig;
    stop = stop + 1;
}

static void catch_signals(void)
{
    struct sigaction sa;
    memset(&sa, 0, sizeof(sa));
    sa.sa_handler = interrupt; /* no SA_RESTART: a wait ends at once */
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
}

static void progress(void *user, const char *step, size_t done, size_t total)
{
    (void)user;
    if (cli_common.quiet || !cli_is_terminal(stderr))
        return;
    if (total > 0)
        fprintf(stderr, "\r\x1b[K%s: %zu of %zu", step, done, total);
    else
        fprintf(stderr, "\r\x1b[K%s: %zu", step, done);
    fflush(stderr);
}

static bool ends_in(const char *name, const char *suffix)
{
    size_t n = strlen(name), m = strlen(suffix);
    return n > m && strcmp(name + n - m, suffix) == 0;
}

static bool choose_format(enum wn_brief_format *out)
{
    static const char *const names[] = { "md", "html", "json" };
    *out = WN_BRIEF_MD;
    if (arg.format == NULL && arg.output != NULL)
        *out = ends_in(arg.output, ".html") || ends_in(arg.output, ".htm") ? WN_BRIEF_HTML
               : ends_in(arg.output, ".json")                              ? WN_BRIEF_JSON
                                                                           : WN_BRIEF_MD;
    for (int i = 0; arg.format != NULL && i < 3; i++)
        if (strcmp(arg.format, names[i]) == 0) {
            *out = (enum wn_brief_format)i;
            return true;
        }
    return arg.format == NULL;
}

static int print(const struct wn_brief *b, enum wn_brief_format format)
{
    struct wn_error err;
    char *text = NULL;
    size_t len = 0;
    FILE *to = stdout;
    int status = 0;
    if (wn_brief_write(b, format, &text, &len, &err) != WN_OK)
        return cli_error(&err);
    if (arg.output != NULL && strcmp(arg.output, "-") != 0)
        to = fopen(arg.output, "w");
    if (to == NULL || fwrite(text, 1, len, to) != len || fflush(to) != 0) {
        fprintf(stderr, "winnow: cannot write '%s'\n  cause: %s\n",
                arg.output == NULL ? "standard output" : arg.output, strerror(errno));
        status = wn_exit_status(WN_E_INPUT);
    }
    if (to != NULL && to != stdout && fclose(to) != 0)
        status = wn_exit_status(WN_E_INPUT);
    free(text);
    return status;
}

/* ---- the account ---- */

static void money(const struct wn_tally *t, int64_t microusd)
{
    fprintf(stderr, "$%.*f%s", microusd > 0 && microusd < 100000 ? 4 : 2, (double)microusd / 1e6,
            t->cost_unknown ? " and what has no known price" : "");
}

static void last_line(const struct wn_brief_facts *f)
{
    const struct wn_tally *t = &f->tally;
    if (cli_common.json) {
        fprintf(
            stderr,
            "{\"sources\":%zu,\"used\":%zu,\"unread\":%zu,\"unseen\":%zu,\"sentences\":%zu,\"unsupported\":%zu,"
            "\"mended\":%zu,\"dropped\":%zu,\"redacted\":%zu,\"route\":\"%s\",\"requests\":%lld,\"cache\":%lld,"
            "\"cost_usd\":%.6f,\"elapsed_ms\":%lld}\n",
            f->sources, f->used, f->unread, f->unseen, f->sentences, f->unsupported, f->mended, f->dropped,
            f->redacted, wn_route_name(f->route), (long long)t->requests, (long long)t->cache_hits,
            (double)t->cost_microusd / 1e6, (long long)(t->now_ms - t->started_ms));
        return;
    }
    fprintf(stderr, "sources %zu = used %zu + not used %zu + unread %zu", f->sources, f->used,
            f->sources - f->used - f->unread - f->unseen, f->unread);
    if (f->unseen > 0)
        fprintf(stderr, " + not come to %zu", f->unseen);
    fprintf(stderr, " \xc2\xb7 sentences %zu", f->sentences);
    if (f->unsupported > 0)
        fprintf(stderr, " (%zu unsupported)", f->unsupported);
    if (f->mended > 0)
        fprintf(stderr, " (%zu mended)", f->mended);
    if (f->dropped > 0)
        fprintf(stderr, " (%zu dropped)", f->dropped);
    if (f->redacted > 0)
        fprintf(stderr, " \xc2\xb7 replaced %zu", f->redacted);
    fprintf(stderr, " \xc2\xb7 requests %lld \xc2\xb7 cache %lld \xc2\xb7 ", (long long)t->requests,
            (long long)t->cache_hits);
    money(t, t->cost_microusd);
    fputs(" \xc2\xb7 ", stderr);
    cli_duration(stderr, t->now_ms - t->started_ms);
    fputc('\n', stderr);
}

static void say_route(const struct wn_brief_facts *f)
{
    if (f->route != WN_REVIEW)
        return;
    fprintf(stderr, "waits for a person: %s; next: winnow review %s.faithful\n",
            f->nbecause > 0 ? f->because[0] : "nothing proves yet that it is faithful", f->task);
}

static void price_line(const struct wn_brief_facts *f)
{
    fprintf(
        stderr,
        "dry run: %zu sources, about %lld requests, %lld tokens in and %lld out, about ",
        f->sources, (long long)f->tally.requests, (long long)f->tally.est_tokens_in,
        (long long)f->tally.est_tokens_out);
    money(&f->tally, f->tally.est_cost_microusd);
    fputs("; nothing was sent\n", stderr);
}

static int finish(enum wn_code rc, const struct wn_error *err, const struct wn_brief_facts *f)
{
    if (rc != WN_OK && rc != WN_E_INTERRUPTED)
        cli_error(err);
    if (rc == WN_E_INTERRUPTED || rc == WN_E_PROVIDER || rc == WN_E_BUDGET || rc == WN_E_FAILED)
        fprintf(stderr,
                "%sThe same command goes on where this one stopped; nothing is paid twice.\n",
                rc == WN_E_INTERRUPTED ? "Interrupted. " : "");
    if (f == NULL || cli_common.quiet)
        return wn_exit_status(rc);
    if (arg.dry_run && rc == WN_OK) {
        price_line(f);
        return 0;
    }
    if ((rc == WN_OK || f->partial) && !cli_common.json)
        say_route(f);
    if (f->task != NULL && rc != WN_E_USAGE && rc != WN_E_CONFIG)
        last_line(f);
    return wn_exit_status(rc);
}

static int make(struct wn *wn, int argc, char **argv, enum wn_brief_format format)
{
    struct wn_brief_options o = {
        .task = arg.task,
        .model = arg.model,
        .check = arg.check,
        .title = arg.title,
        .language = arg.language,
        .words = arg.words,
        .input_kind = arg.input,
        .maps = arg.maps.list,
        .nmaps = arg.maps.n,
        .in_flight = arg.in_flight,
        .max_cost_usd = arg.max_cost,
        .no_cache = arg.no_cache,
        .refresh = arg.refresh,
        .dry_run = arg.dry_run,
        .stop = &stop,
        .progress = progress,
        .show = arg.show_prompt ? cli_show_request : NULL,
    };
    struct wn_brief *b = NULL;
    struct wn_error err = { 0 };
    int status = 0, wrote;
    enum wn_code rc;
    catch_signals();
    rc = wn_brief(wn, &o, (const char *const *)argv, (size_t)argc, &b, &err);
    if (!cli_common.quiet && cli_is_terminal(stderr))
        fputs("\r\x1b[K", stderr);
    if (b != NULL && !cli_common.quiet && !cli_common.json && wn_brief_facts(b)->model_line != NULL)
        fprintf(stderr, "model: %s\n", wn_brief_facts(b)->model_line);
    if (b != NULL && !cli_common.quiet && !cli_common.json && wn_brief_facts(b)->trust_line != NULL)
        fprintf(stderr, "trust: %s\n", wn_brief_facts(b)->trust_line);
    wrote = (rc == WN_OK || (b != NULL && wn_brief_facts(b)->partial)) && !arg.dry_run
                ? print(b, format)
                : 0;
    status = finish(rc, &err, b == NULL ? NULL : wn_brief_facts(b));
    wn_brief_free(b);
    return wrote != 0 ? wrote : status;
}

static int run(int argc, char **argv)
{
    struct wn *wn = NULL;
    enum wn_brief_format format;
    int status = 0;
    arg.dry_run |= arg.show_prompt;
    if (!choose_format(&format))
        return cli_usage(&cli_brief, "-f is md, html or json, not '%s'", arg.format);
    if (arg.check != NULL && strcmp(arg.check, "linear") == 0)
        return cli_usage(&cli_brief, "--check needs a model that writes text");
    if (argc == 0 && cli_is_terminal(stdin))
        return cli_usage(&cli_brief, "which files? Name them, or pipe one in");
    if (cli_open(&wn, &status))
        status = make(wn, argc, argv, format);
    wn_close(wn);
    return status;
}

const struct cli_command cli_brief = { "brief", "[options] [FILE...]",
                                       "one brief of many sources, each sentence with its quotes",
                                       options, run };

/* cmd_classify.c: read items, print a result for each, and account for every one in the last line. */
#include "cli/cli.h"
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct {
    const char *format, *output, *model, *input, *how;
    struct cli_maps maps;
    int64_t limit;
    int in_flight, samples, pack;
    double max_cost;
    bool batch, dry_run, no_cache, refresh, unordered, schema, show_prompt;
} arg = { .samples = -1 };

static const struct cli_option options[] = {
    { 'f', "format", OPT_STRING, &arg.format, "FORMAT", "table (default), jsonl or csv" },
    { 'o', "output", OPT_STRING, &arg.output, "FILE",
      "write results there instead of standard output" },
    { 'm', "model", OPT_STRING, &arg.model, "MODEL[,NEXT]",
      "openai/gpt-6-luna, gemini, linear, ...; `winnow models` lists them" },
    { 0, "how", OPT_STRING, &arg.how, "HOW",
      "auto, decide (probabilities only) or generate (written answers)" },
    { 0, "samples", OPT_INT, &arg.samples, "K",
      "further samples where a model gives no distribution" },
    { 0, "pack", OPT_INT, &arg.pack, "K",
      "so many short items in one request, 1 to 64 (the task's: 1)" },
    { 0, "input", OPT_STRING, &arg.input, "KIND",
      "text, csv, tsv, json, jsonl, eml, mbox or maildir" },
    { 0, "map", OPT_MAP, &arg.maps, "NAME=COLUMN",
      "which column is the text, id, time or another field" },
    { 'l', "limit", OPT_INT64, &arg.limit, "N", "at most so many items" },
    { 'j', "in-flight", OPT_INT, &arg.in_flight, "N",
      "most requests at a time (WINNOW_IN_FLIGHT)" },
    { 0, "max-cost", OPT_DOUBLE, &arg.max_cost, "USD", "stop before the run costs more" },
    { 'n', "dry-run", OPT_FLAG, &arg.dry_run, NULL, "count items, tokens and price; send nothing" },
    { 0, "show-prompt", OPT_FLAG, &arg.show_prompt, NULL,
      "print what would leave, word for word but for the key; send nothing" },
    { 0, "batch", OPT_FLAG, &arg.batch, NULL,
      "hand in a job at half price; run it again for the results" },
    { 0, "no-cache", OPT_FLAG, &arg.no_cache, NULL, "neither look up nor keep replies" },
    { 0, "refresh", OPT_FLAG, &arg.refresh, NULL, "ask again, and replace what was kept" },
    { 0, "unordered", OPT_FLAG, &arg.unordered, NULL, "print results as they finish" },
    { 0, "schema", OPT_FLAG, &arg.schema, NULL, "print the JSON schema of a result line" },
    { 0 },
};

static struct wn_run *running;

static void interrupt(int sig)
{
    (void)sig;
    wn_run_stop(running);
}

static void on_signals(void (*handler)(int))
{
    struct sigaction sa;
    memset(&sa, 0, sizeof(sa));
    sa.sa_handler = handler;
    sa.sa_flags = SA_RESTART; /* a write that is under way is finished */
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
}

/* ---- progress ---- */

static void progress_json(const struct wn_tally *t)
{
    fprintf(stderr,
            "{\"in\":%lld,\"auto\":%lld,\"review\":%lld,\"failed\":%lld,\"cache\":%lld,"
            "\"in_flight\":%lld,\"requests\":%lld,\"retries\":%lld,\"timeouts\":%lld,"
            "\"cost_usd\":%.6f,\"unsure_usd\":%.6f,"
            "\"tokens_in\":%lld,\"tokens_cached\":%lld,\"prompt_cache_saved_usd\":%.6f,"
            "\"packed\":%lld,\"packed_requests\":%lld,\"packed_usd\":%.6f,"
            "\"one_by_one_usd\":%.6f,\"elapsed_ms\":%lld}\n",
            (long long)t->in, (long long)t->routed[WN_AUTO], (long long)t->routed[WN_REVIEW],
            (long long)t->routed[WN_FAILED], (long long)t->cache_hits, (long long)t->in_flight,
            (long long)t->requests, (long long)t->retries, (long long)t->timeouts,
            (double)t->cost_microusd / 1e6, (double)t->unsure_microusd / 1e6,
            (long long)t->tokens_in, (long long)t->tokens_cached,
            (double)t->cached_saved_microusd / 1e6, (long long)t->packed_items,
            (long long)t->packed_requests, (double)t->packed_microusd / 1e6,
            (double)t->unpacked_microusd / 1e6, (long long)(t->now_ms - t->started_ms));
}

static void progress_line(const struct wn_tally *t)
{
    int64_t ms = t->now_ms - t->started_ms;
    fprintf(stderr, "\r\x1b[K%lld", (long long)t->in);
    if (t->total > 0)
        fprintf(stderr, "/%lld", (long long)t->total);
    fprintf(stderr, " done, %.0f/s, %lld in flight, cache %lld, to review %lld, failed %lld, $%.4f",
            ms > 0 ? (double)t->in * 1000 / (double)ms : 0.0, (long long)t->in_flight,
            (long long)t->cache_hits, (long long)t->routed[WN_REVIEW],
            (long long)t->routed[WN_FAILED], (double)t->cost_microusd / 1e6);
    if (t->total > t->in && t->in > 0 && ms > 2000) {
        fputs(", left ", stderr);
        cli_duration(stderr, (int64_t)((double)ms / (double)t->in * (double)(t->total - t->in)));
    }
    fflush(stderr);
}

enum { TERMINAL_MS = 200, JSON_MS = 1000, LOG_MS = 10000 };

/* Every so often, in the form that the reader of standard error can use; returns when it was. */
static int64_t show_progress(const struct wn_tally *t, int64_t last, bool terminal)
{
    int64_t every = cli_common.json ? JSON_MS : terminal ? TERMINAL_MS : LOG_MS;
    if (cli_common.quiet || t->now_ms - last < every)
        return last;
    if (cli_common.json)
        progress_json(t);
    else if (terminal)
        progress_line(t);
    else
        fprintf(stderr, "winnow: %lld done, %lld in flight\n", (long long)t->in,
                (long long)t->in_flight);
    return t->now_ms;
}

/* ---- what waits, and why ---- */

struct reasons {
    struct {
        char name[64];
        int64_t n;
    } list[64];
    size_t n;
};

static void count_reason(struct reasons *r, const char *name)
{
    size_t i = 0;
    while (i < r->n && strcmp(r->list[i].name, name) != 0)
        i++;
    if (i == sizeof(r->list) / sizeof(r->list[0]))
        return;
    if (i == r->n)
        snprintf(r->list[r->n++].name, sizeof(r->list[0].name), "%s", name);
    r->list[i].n++;
}

static const char *in_words(const char *reason)
{
    static const char *const words[][2] = {
        { "no_guarantee", "not sure enough yet" },
        { "low_confidence", "unsure" },
        { "below_guarantee", "under the proved threshold" },
        { "evidence_missing", "a quote is missing" },
        { "unsupported_claim", "unsupported" },
        { "injection_suspected", "tries to instruct the model" },
        { "truncated_input", "too long, was cut" },
        { "invalid_output", "the model's answer was unusable" },
        { "schema_repaired", "the model's answer had to be tidied" },
        { "signal_missing", "a second opinion is missing" },
        { "refused", "the model declined" },
        { "cut_off", "the answer was cut off" },
        { "unfamiliar", "unlike anything seen" },
        { "provider_disagreement", "the second opinion differs" },
    };
    if (strncmp(reason, "rule:", 5) == 0)
        return reason + 5;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i][0], reason) == 0)
            return words[i][1];
    return reason;
}

static void print_reasons(const struct reasons *r, const struct wn_tally *t, const char *task)
{
    if (t->routed[WN_REVIEW] == 0)
        return;
    fprintf(stderr, "waits for a person: ");
    for (size_t i = 0; i < r->n; i++)
        fprintf(stderr, "%s%lld %s", i == 0 ? "" : ", ", (long long)r->list[i].n,
                in_words(r->list[i].name));
    fprintf(stderr, "; next: winnow review %s\n", task);
}

/* What the linear engine kept from being asked, priced as the average of those that were: where nothing
 * was asked there is no price to tell. */
static void cascade_line(const struct wn_tally *t)
{
    int64_t asked = t->in - t->answered_local - t->routed[WN_FAILED];
    double each = asked > 0 ? (double)(t->cost_microusd + t->saved_microusd) / (double)asked : 0;
    if (!t->cascade || t->in == 0)
        return;
    fprintf(stderr, "%lld of %lld were answered here", (long long)t->answered_local,
            (long long)t->in);
    if (t->answered_local == 0)
        fputs(": none was sure enough", stderr);
    else if (asked > 0)
        fprintf(stderr, "; that saved about $%.4f", each * (double)t->answered_local / 1e6);
    else
        fputs("; nothing else was asked", stderr);
    fputc('\n', stderr);
}

static void last_line(const struct wn_tally *t)
{
    if (cli_common.json) {
        progress_json(t);
        return;
    }
    fprintf(stderr, "in %lld = auto %lld + review %lld + failed %lld \xc2\xb7 cache %lld \xc2\xb7 ",
            (long long)t->in, (long long)t->routed[WN_AUTO], (long long)t->routed[WN_REVIEW],
            (long long)t->routed[WN_FAILED], (long long)t->cache_hits);
    fprintf(stderr, "$%.*f%s \xc2\xb7 ", t->cost_microusd > 0 && t->cost_microusd < 100000 ? 4 : 2,
            (double)t->cost_microusd / 1e6, t->cost_unknown ? " and what has no known price" : "");
    cli_duration(stderr, t->now_ms - t->started_ms);
    fputc('\n', stderr);
}

static void batch_line(const struct wn_tally *t)
{
    if (t->batched == 0)
        return;
    if (t->batched == 1)
        fputs("batch: 1 item waits for its answer", stderr);
    else
        fprintf(stderr, "batch: %lld items wait for their answers", (long long)t->batched);
    if (t->promised_microusd > 0)
        fprintf(stderr, ", for $%.4f at most", (double)t->promised_microusd / 1e6);
    fputs("; `winnow batch` tells how far it is, and the same command prints the results\n", stderr);
}

/* No provider knows a request again that was sent twice. */
static void timeout_line(const struct wn_tally *t)
{
    if (t->unsure_microusd > 0)
        fprintf(stderr, "%lld request%s without an answer in time may have been paid for: $%.4f at most\n",
                (long long)t->timeouts, t->timeouts == 1 ? "" : "s",
                (double)t->unsure_microusd / 1e6);
}

/* What the provider's own prompt cache did. */
static void prompt_cache_line(const struct wn_tally *t)
{
    if (t->tokens_cached > 0)
        fprintf(stderr, "prompt cache: %.0f%% of %lld input tokens, $%.4f saved\n",
                (double)t->tokens_cached * 100 / (double)t->tokens_in, (long long)t->tokens_in,
                (double)t->cached_saved_microusd / 1e6);
}

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

/* Several items in one request: what it was good for. Where it is free, there is nothing to save. */
static void pack_line(const struct wn_tally *t, bool sent)
{
    double each = t->packed_items == 0 ? 0 : 1e-3 / (double)t->packed_items;
    if (t->packed_requests == 0)
        return;
    fprintf(stderr, "packed: %lld item%s in %lld request%s", (long long)t->packed_items,
            plural(t->packed_items), (long long)t->packed_requests, plural(t->packed_requests));
    if (t->packed_microusd > 0)
        fprintf(stderr, ", %s$%.4f per 1,000 items; one by one about $%.4f", sent ? "" : "about ",
                (double)t->packed_microusd * each, (double)t->unpacked_microusd * each);
    if (t->packed_again > 0)
        fprintf(stderr, "; %lld asked once more, alone", (long long)t->packed_again);
    if (t->packed_unknown > 0)
        fprintf(stderr, "; ignored: %lld answer%s about no item", (long long)t->packed_unknown,
                plural(t->packed_unknown));
    fputc('\n', stderr);
}

static void price_line(const struct wn_tally *t)
{
    if (!cli_common.quiet)
        pack_line(t, false);
    fprintf(
        stderr,
        "dry run: %lld items (%lld unreadable), %lld requests, about %lld tokens in and %lld out, "
        "about $%.4f%s; nothing was sent\n",
        (long long)t->in, (long long)t->routed[WN_FAILED], (long long)t->requests,
        (long long)t->est_tokens_in, (long long)t->est_tokens_out,
        (double)t->est_cost_microusd / 1e6, t->cost_unknown ? " and what has no known price" : "");
    if (t->batched > 0)
        fprintf(stderr, "%lld of them wait%s in a batch already\n", (long long)t->batched,
                t->batched == 1 ? "s" : "");
}

/* ---- the run ---- */

/* How many were not come to. */
static void say_left(const struct wn_tally *t)
{
    int64_t left = t->total - t->in - t->batched;
    if (left <= 0)
        return;
    fprintf(stderr, "%s%lld item%s left. ", t->total_counted ? "" : "About ", (long long)left,
            left == 1 ? " is" : "s are");
}

/* What went wrong, how to go on, and last of all the account. */
static int finish(enum wn_code rc, const struct wn_error *err, const struct wn_tally *t)
{
    if (rc == WN_OK && !arg.dry_run && t->routed[WN_FAILED] > 0)
        rc = WN_E_FAILED;
    if (rc != WN_OK && rc != WN_E_INTERRUPTED && rc != WN_E_FAILED)
        cli_error(err);
    if (rc == WN_E_INTERRUPTED || rc == WN_E_FAILED || rc == WN_E_PROVIDER || rc == WN_E_BUDGET) {
        fputs(rc == WN_E_INTERRUPTED ? "Interrupted. "
              : rc == WN_E_FAILED    ? "Some items failed. "
                                     : "",
              stderr);
        if (rc == WN_E_INTERRUPTED || rc == WN_E_BUDGET)
            say_left(t);
        fprintf(stderr, "The same command goes on where this one stopped%s.\n",
                arg.no_cache || arg.refresh ? "" : "; nothing is paid twice");
    }
    if (arg.show_prompt && rc == WN_OK && cli_requests_shown() == 0)
        fputs("nothing would leave: winnow's own engine or kept replies answer it\n", stderr);
    if (arg.dry_run && rc == WN_OK)
        price_line(t);
    else
        last_line(t);
    return wn_exit_status(rc);
}

static int run_all(struct cli_rows *rows, const char *task)
{
    bool terminal = cli_is_terminal(stderr);
    const struct wn_tally *t = wn_run_tally(running);
    const struct wn_result *r = NULL;
    struct reasons reasons = { 0 };
    struct wn_error err = { 0 };
    enum wn_code rc = WN_OK;
    int64_t shown = t->now_ms;
    bool broken = false;
    while (rc == WN_OK && !wn_run_ended(running)) {
        rc = wn_run_next(running, TERMINAL_MS, &r, &err);
        t = wn_run_tally(running);
        if (r != NULL && !broken) {
            if (terminal && !cli_common.quiet && rows->to == stdout && cli_is_terminal(stdout))
                fputs("\r\x1b[K", stderr);
            cli_rows_put(rows, r, NULL);
            if (r->route == WN_REVIEW && r->nreasons > 0)
                count_reason(&reasons, r->reasons[0]);
        }
        if (ferror(rows->to) && !broken) {
            broken = true;
            wn_run_stop(running); /* what is in flight is finished, and kept */
        }
        shown = show_progress(t, shown, terminal);
    }
    cli_rows_end(rows);
    fflush(rows->to);
    if (terminal && !cli_common.quiet && !cli_common.json)
        fputs("\r\x1b[K", stderr);
    if (!cli_common.quiet && !cli_common.json && !arg.dry_run) {
        print_reasons(&reasons, t, task);
        cascade_line(t);
        prompt_cache_line(t);
        timeout_line(t);
        pack_line(t, !arg.batch);
        batch_line(t);
    }
    if (broken && (rc == WN_OK || rc == WN_E_INTERRUPTED)) {
        memset(&err, 0, sizeof(err));
        rc = err.code = WN_E_INPUT;
        snprintf(err.what, sizeof(err.what), "the results cannot be written");
        snprintf(err.hint, sizeof(err.hint),
                 "What was answered is kept: the same command goes on.");
    }
    return finish(rc, &err, t);
}

static int classify(struct wn *wn, int argc, char **argv)
{
    struct wn_run_options o = { .task = argv[0],
                                .model = arg.model,
                                .input_kind = arg.input,
                                .maps = arg.maps.list,
                                .nmaps = arg.maps.n,
                                .limit = arg.limit,
                                .in_flight = arg.in_flight,
                                .max_cost_usd = arg.max_cost,
                                .how = arg.how,
                                .samples = arg.samples,
                                .pack = arg.pack,
                                .no_cache = arg.no_cache,
                                .refresh = arg.refresh,
                                .dry_run = arg.dry_run,
                                .batch = arg.batch,
                                .unordered = arg.unordered,
                                .show = arg.show_prompt ? cli_show_request : NULL };
    struct cli_rows rows = { .to = stdout };
    struct cli_output output;
    struct wn_error err;
    int status;
    cli_format_named(arg.format, &rows.format);
    if (wn_task_look(wn, argv[0], &rows.task, &err) != WN_OK ||
        wn_run_open(wn, &o, (const char *const *)argv + 1, (size_t)argc - 1, &running, &err) !=
            WN_OK)
        return cli_error(&err);
    if (!cli_output_open(&output, arg.dry_run ? NULL : arg.output, argv + 1, (size_t)argc - 1)) {
        wn_run_close(running);
        return wn_exit_status(WN_E_INPUT);
    }
    rows.to = output.to;
    if (!cli_common.quiet && !cli_common.json) {
        fprintf(stderr, "model: %s\n", wn_run_model_line(running));
        fprintf(stderr, "trust: %s\n", wn_run_trust_line(running));
    }
    on_signals(interrupt);
    status = run_all(&rows, rows.task->name);
    status = cli_output_close(&output, status);
    on_signals(SIG_DFL); /* from here on nothing is left to be stopped */
    wn_run_close(running);
    running = NULL;
    return status;
}

static int run(int argc, char **argv)
{
    enum cli_format format;
    struct wn *wn = NULL;
    int status = 0;
    if (arg.schema) {
        fputs(wn_result_schema(), stdout);
        return 0;
    }
    if (arg.format == NULL)
        arg.format = "table";
    if (argc < 1)
        return cli_usage(&cli_classify, "which task? `winnow tasks` lists them");
    if (!cli_format_named(arg.format, &format))
        return cli_usage(&cli_classify, "there is no format '%s'", arg.format);
    if (arg.how != NULL && strcmp(arg.how, "auto") != 0 && strcmp(arg.how, "decide") != 0 &&
        strcmp(arg.how, "generate") != 0)
        return cli_usage(&cli_classify, "--how is auto, decide or generate, not '%s'", arg.how);
    if (arg.in_flight < 0 || arg.in_flight > 4096)
        return cli_usage(&cli_classify, "--in-flight goes from 1 to 4096");
    if (arg.pack < 0 || arg.pack > 64)
        return cli_usage(&cli_classify, "--pack goes from 1 to 64");
    if (arg.batch && arg.no_cache)
        return cli_usage(&cli_classify, "--batch needs the cache: its answers come through it");
    arg.dry_run |= arg.show_prompt;
    if (arg.samples > 10)
        return cli_usage(&cli_classify, "--samples goes from 0 to 10");
    if (cli_open(&wn, &status))
        status = classify(wn, argc, argv);
    wn_close(wn);
    return status;
}

const struct cli_command cli_classify = { "classify", "[options] TASK [FILE...]",
                                          "read items, print a result for each", options, run };

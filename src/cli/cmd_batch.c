/* cmd_batch.c: the jobs of `classify --batch`: list them, fetch what is ready, cancel one. */
#include "cli/cli.h"
#include <string.h>

static const struct cli_option none[] = { { 0 } };

static int list(struct wn *wn, bool looked)
{
    const struct wn_batch_info *b = NULL;
    struct wn_error err;
    size_t n = 0, waiting = 0;
    bool missing = false;
    if (wn_batches(wn, &b, &n, &err) != WN_OK)
        return cli_error(&err);
    if (n == 0)
        puts("There are no batches; `winnow classify --batch` makes one.");
    for (size_t i = 0; i < n; i++) {
        printf("%-6s %-32s %-16s %-12s %lld requests", b[i].id, b[i].model, b[i].task, b[i].state,
               (long long)b[i].requests);
        if (b[i].ended)
            printf(", %lld answered, %lld not, $%.4f", (long long)b[i].answered,
                   (long long)b[i].missing, (double)b[i].cost_microusd / 1e6);
        else
            printf(", $%.4f at most", (double)b[i].reserved_microusd / 1e6);
        if (b[i].why != NULL)
            printf(" (%s)", b[i].why);
        putchar('\n');
        waiting += !b[i].ended;
        missing |= looked && b[i].ended && b[i].missing > 0;
    }
    if (waiting > 0)
        puts("`winnow batch fetch` looks how far they are, and keeps what is answered.");
    if (missing)
        puts("What was not answered is asked when `winnow classify` is run again, with --batch or without.");
    return 0;
}

static int run(int argc, char **argv)
{
    struct wn *wn = NULL;
    struct wn_error err;
    enum wn_code rc = WN_OK;
    int status = 0;
    bool fetch = argc > 0 && strcmp(argv[0], "fetch") == 0;
    bool cancel = argc > 0 && strcmp(argv[0], "cancel") == 0;
    if (argc > 2 || (argc > 0 && !fetch && !cancel))
        return cli_usage(&cli_batch, "'%s' is nothing that can be done with batches", argv[0]);
    if (cancel && argc < 2)
        return cli_usage(&cli_batch, "which batch? `winnow batch` lists them");
    if (!cli_open(&wn, &status))
        return status;
    if (fetch)
        rc = wn_batches_fetch(wn, argc > 1 ? argv[1] : NULL, &err);
    if (cancel)
        rc = wn_batches_cancel(wn, argv[1], &err);
    status = rc == WN_OK ? list(wn, fetch || cancel) : cli_error(&err);
    wn_close(wn);
    return status;
}

const struct cli_command cli_batch = { "batch", "[fetch [ID] | cancel ID]",
                                       "jobs at half price: list, fetch what is ready, cancel",
                                       none, run };

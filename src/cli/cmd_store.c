/* cmd_store.c: looking after the store: the cache, forgetting, backup, restore, verify. */
#include "cli/cli.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- cache ---- */

static struct {
    const char *task, *model;
} cache_arg;

static const struct cli_option cache_options[] = {
    { 0, "task", OPT_STRING, &cache_arg.task, "TASK", "clear, explain: of this task only" },
    { 'm', "model", OPT_STRING, &cache_arg.model, "MODEL[,NEXT]", "explain: asked of this model" },
    { 0 },
};

static int stats(struct wn *wn)
{
    struct wn_replies s;
    struct wn_error err;
    if (wn_replies_stats(wn, &s, &err) != WN_OK)
        return cli_error(&err);
    printf("replies  %lld, %lld KB sealed", (long long)s.replies,
           (long long)(s.bytes + 1023) / 1024);
    if (s.expired > 0)
        printf(", %lld of them expired", (long long)s.expired);
    if (s.oldest > 0) {
        char day[32] = "";
        time_t t = (time_t)s.oldest;
        struct tm tm;
        if (gmtime_r(&t, &tm) != NULL)
            strftime(day, sizeof(day), "%Y-%m-%d", &tm);
        printf(", the oldest of %s", day);
    }
    printf("\nlook-ups %lld found, %lld not found\nsaved    $%.4f\n", (long long)s.hits,
           (long long)s.misses, (double)s.saved_microusd / 1e6);
    return 0;
}

static int clear(struct wn *wn)
{
    struct wn_error err;
    int64_t n = 0;
    if (wn_replies_clear(wn, cache_arg.task, &n, &err) != WN_OK)
        return cli_error(&err);
    printf("%lld replies deleted; what they answered would be asked and paid for again\n",
           (long long)n);
    return 0;
}

static int explain(struct wn *wn, const char *item)
{
    const struct wn_reply_change *c = NULL;
    struct wn_error err;
    size_t n = 0;
    if (wn_replies_explain(wn, cache_arg.task, cache_arg.model, item, &c, &n, &err) != WN_OK)
        return cli_error(&err);
    if (n == 0)
        puts("it would be answered by winnow's own engine: nothing is asked, and nothing kept");
    for (size_t i = 0; i < n; i++) {
        printf("%s, %s: ", c[i].model, c[i].kind);
        if (!c[i].kept)
            puts("no reply is kept for this item; it would be asked");
        else if (c[i].nparts == 0)
            puts("the reply is kept; nothing would be asked");
        else
            puts("would be asked again; against the last time these differ:");
        for (size_t k = 0; c[i].kept && k < c[i].nparts; k++)
            printf("  %s\n", c[i].parts[k]);
    }
    return 0;
}

static int run_cache(int argc, char **argv)
{
    struct wn *wn = NULL;
    int status = 0;
    bool explains = argc > 0 && strcmp(argv[0], "explain") == 0;
    if (argc == 0 || (!explains && strcmp(argv[0], "stats") != 0 && strcmp(argv[0], "clear") != 0))
        return cli_usage(&cli_cache, "cache what?");
    if (argc != (explains ? 2 : 1))
        return cli_usage(&cli_cache,
                         explains ? "which item? Its name stands in the results' first column"
                                  : "cache %s takes no more words",
                         argv[0]);
    if (cli_open(&wn, &status)) {
        if (explains)
            status = explain(wn, argv[1]);
        else
            status = strcmp(argv[0], "stats") == 0 ? stats(wn) : clear(wn);
    }
    wn_close(wn);
    return status;
}

const struct cli_command cli_cache = { "cache", "stats|clear|explain ITEM",
                                       "kept replies: how many, delete them, why one is not used",
                                       cache_options, run_cache };

/* ---- forget ---- */

static struct {
    const char *sender;
    bool yes;
} forget_arg;

static const struct cli_option forget_options[] = {
    { 0, "sender", OPT_STRING, &forget_arg.sender, "ADDRESS", "everything of this sender" },
    { 'y', "yes", OPT_FLAG, &forget_arg.yes, NULL, "do not ask" },
    { 0 },
};

/* What will go cannot come back: a person says yes, or --yes did. */
static bool confirmed(struct wn *wn, const char *item, int *status)
{
    struct wn_error err;
    int64_t n = 0;
    char line[16] = "";
    if (forget_arg.yes)
        return true;
    if (wn_forget_look(wn, item, forget_arg.sender, &n, &err) != WN_OK) {
        *status = cli_error(&err);
        return false;
    }
    if (!isatty(STDIN_FILENO)) {
        *status = cli_usage(&cli_forget, "decisions that would be erased: %lld; --yes erases them",
                            (long long)n);
        return false;
    }
    printf(
        "Erase all about %s (decisions: %lld), with replies, reviews and what was learned? [y/N] ",
        item != NULL ? item : forget_arg.sender, (long long)n);
    fflush(stdout);
    if (fgets(line, sizeof(line), stdin) != NULL && (line[0] == 'y' || line[0] == 'Y'))
        return true;
    puts("nothing was erased");
    return false;
}

static int forget(struct wn *wn, const char *item)
{
    const struct wn_erased *e = NULL;
    struct wn_error err;
    int status = 0;
    if (!confirmed(wn, item, &status))
        return status;
    if (wn_forget(wn, item, forget_arg.sender, &e, &err) != WN_OK)
        return cli_error(&err);
    printf("erased: decisions %lld, replies %lld, reviews %lld, lessons %lld, waiting in batches %lld\n",
           (long long)e->decisions, (long long)e->replies, (long long)e->reviews,
           (long long)e->lessons, (long long)e->requests);
    for (size_t i = 0; i < e->nretrained; i++)
        printf("%s%s%s", i == 0 ? "learned anew without them: " : ", ", e->retrained[i],
               i + 1 == e->nretrained ? "\n" : "");
    if (!cli_common.quiet)
        puts("Backups made before still have them, sealed: they go when they expire, or delete "
             "them.");
    return 0;
}

static int run_forget(int argc, char **argv)
{
    struct wn *wn = NULL;
    int status = 0;
    if ((argc == 1) == (forget_arg.sender != NULL) || argc > 1)
        return cli_usage(&cli_forget, "one item, or --sender ADDRESS");
    if (cli_open(&wn, &status))
        status = forget(wn, argc == 1 ? argv[0] : NULL);
    wn_close(wn);
    return status;
}

const struct cli_command cli_forget = { "forget", "[--yes] ITEM | --sender ADDRESS",
                                        "erase an item, or all of a sender's, for good",
                                        forget_options, run_forget };

/* ---- backup and restore ---- */

static const char *keep;

static const struct cli_option backup_options[] = {
    { 0, "keep", OPT_STRING, &keep, "30d", "delete backups there that are older: 12h, 30d, 8w" },
    { 0 },
};

/* "30d" in seconds; false: it is none. */
static bool duration(const char *text, int64_t *out)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = { { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
    char *end = NULL;
    long n = strtol(text, &end, 10);
    if (end == text || n < 1 || n > 36500 || end[0] == '\0' || end[1] != '\0')
        return false;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (units[i].unit == end[0]) {
            *out = n * units[i].seconds;
            return true;
        }
    return false;
}

static int run_backup(int argc, char **argv)
{
    struct wn *wn = NULL;
    const char *path = NULL;
    struct wn_error err;
    int64_t keep_s = 0;
    int status = 0;
    if (argc != 1)
        return cli_usage(&cli_backup, "backup wants one folder");
    if (keep != NULL && !duration(keep, &keep_s))
        return cli_usage(&cli_backup, "--keep wants a time such as 30d, not '%s'", keep);
    if (cli_open(&wn, &status)) {
        if (wn_backup(wn, argv[0], keep_s, &path, &err) != WN_OK)
            status = cli_error(&err);
        else
            printf("%s\n", path);
        if (status == 0 && !cli_common.quiet)
            fputs("every value in it was opened and holds; the key is not in it\n", stderr);
    }
    wn_close(wn);
    return status;
}

const struct cli_command cli_backup = { "backup", "FOLDER [--keep 30d]",
                                        "a verified copy of the store, still sealed",
                                        backup_options, run_backup };

static int run_restore(int argc, char **argv)
{
    struct wn *wn = NULL;
    const char *old = NULL;
    struct wn_error err;
    int status = 0;
    if (argc != 1)
        return cli_usage(&cli_restore, "restore wants one file");
    if (cli_open(&wn, &status)) {
        if (wn_restore(wn, argv[0], &old, &err) != WN_OK)
            status = cli_error(&err);
        else
            printf("the store is as in %s\n", argv[0]);
        if (status == 0 && old != NULL)
            printf("what was there before lies in %s; what was forgotten since the backup is back: "
                   "forget it again\n",
                   old);
    }
    wn_close(wn);
    return status;
}

const struct cli_command cli_restore = { "restore", "FILE",
                                         "verify a backup, and put it in the store's place", NULL,
                                         run_restore };

/* ---- verify ---- */

static void print_fault(void *user, const char *fault)
{
    (void)user;
    puts(fault);
}

static int run_verify(int argc, char **argv)
{
    struct wn *wn = NULL;
    struct wn_error err;
    int64_t nchecked = 0, nfaults = 0;
    int status = 0;
    (void)argv;
    if (argc != 0)
        return cli_usage(&cli_verify, "verify takes no argument");
    if (cli_open(&wn, &status)) {
        if (wn_verify(wn, print_fault, NULL, &nchecked, &nfaults, &err) != WN_OK) {
            status = cli_error(&err);
        } else if (nfaults > 0) {
            printf("%lld faults in %lld rows, events and values. Keep a copy of the file; `winnow "
                   "restore` brings a backup back.\n",
                   (long long)nfaults, (long long)nchecked);
            status = wn_exit_status(WN_E_STORE);
        } else {
            printf("%lld rows, events and values: all hold\n", (long long)nchecked);
        }
    }
    wn_close(wn);
    return status;
}

const struct cli_command cli_verify = { "verify", "", "check every row, event and sealed value",
                                        NULL, run_verify };

/* options.c: the options of a command are rows; parsing and help are made from them. */
#include "cli/cli.h"
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_OPTIONS = 48 };

struct cli_common cli_common;
static bool help_asked;
static const char *progress;

static const struct cli_option common[] = {
    { 0, "home", OPT_STRING, &cli_common.home, "DIR", "folder of the store (WINNOW_HOME)" },
    { 0, "prompts", OPT_STRING, &cli_common.prompts, "DIR", "folder of tasks (WINNOW_PROMPTS)" },
    { 0, "passphrase-file", OPT_STRING, &cli_common.passphrase_file, "FILE",
      "the store's passphrase (WINNOW_PASSPHRASE_FILE)" },
    { 'q', "quiet", OPT_FLAG, &cli_common.quiet, NULL, "print results and errors only" },
    { 0, "json", OPT_FLAG, &cli_common.json, NULL, "progress and last line as JSON, for programs" },
    { 0, "progress", OPT_STRING, &progress, "FORM",
      "json: the same as --json; none: the same as -q" },
    { 0, "no-color", OPT_FLAG, &cli_common.no_color, NULL, "no colour" },
    { 'h', "help", OPT_FLAG, &help_asked, NULL, "this help" },
    { 0 },
};

/* A command's own option stands for the common one of that name. */
static bool has(const struct cli_command *c, const char *name)
{
    for (const struct cli_option *o = c->options; o != NULL && o->name != NULL; o++)
        if (strcmp(o->name, name) == 0)
            return true;
    return false;
}

static size_t gather(const struct cli_command *c, const struct cli_option *all[MOST_OPTIONS])
{
    size_t n = 0;
    for (const struct cli_option *o = c->options; o != NULL && o->name != NULL; o++)
        all[n++] = o;
    for (const struct cli_option *o = common; o->name != NULL; o++)
        if (!has(c, o->name))
            all[n++] = o;
    return n;
}

static bool number(const struct cli_option *o, const char *text)
{
    char *end = NULL;
    errno = 0;
    if (o->kind == OPT_DOUBLE) {
        double v = strtod(text, &end);
        *(double *)o->into = v;
        return end != text && *end == '\0' && v >= 0 && v < 1e12;
    }
    long long v = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || v < 0 || (o->kind == OPT_INT && v > 1000000))
        return false;
    if (o->kind == OPT_INT)
        *(int *)o->into = (int)v;
    else
        *(int64_t *)o->into = v;
    return true;
}

static bool take(const struct cli_option *o, char *text)
{
    struct cli_maps *maps = o->into;
    struct cli_list *list = o->into;
    char *eq;
    switch (o->kind) {
    case OPT_FLAG:
        *(bool *)o->into = true;
        return true;
    case OPT_STRING:
        *(const char **)o->into = text;
        return true;
    case OPT_LIST:
        if (list->n == sizeof(list->list) / sizeof(list->list[0]))
            return false;
        list->list[list->n++] = text;
        return true;
    case OPT_MAP:
        eq = strchr(text, '=');
        if (eq == NULL || eq == text || eq[1] == '\0' ||
            maps->n == sizeof(maps->list) / sizeof(maps->list[0]))
            return false;
        *eq = '\0';
        maps->list[maps->n++] = (struct wn_setting){ text, eq + 1 };
        return true;
    case OPT_INT:
    case OPT_INT64:
    case OPT_DOUBLE:
        return number(o, text);
    }
    return false;
}

int cli_parse(const struct cli_command *c, int argc, char **argv)
{
    const struct cli_option *all[MOST_OPTIONS];
    struct option longs[MOST_OPTIONS + 1];
    char letters[2 * MOST_OPTIONS + 2] = "";
    size_t n = gather(c, all), used = 0;
    int got, rest = 0;
    memset(longs, 0, sizeof(longs));
    for (size_t i = 0; i < n; i++) {
        longs[i] =
            (struct option){ all[i]->name, all[i]->arg == NULL ? no_argument : required_argument,
                             NULL, (int)(256 + i) };
        if (all[i]->letter != 0) {
            letters[used++] = all[i]->letter;
            if (all[i]->arg != NULL)
                letters[used++] = ':';
        }
    }
    opterr = 0;
    optind = 1;
    while ((got = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        size_t i = got >= 256 ? (size_t)got - 256 : 0;
        while (got < 256 && i < n && all[i]->letter != got)
            i++;
        if (got == '?' || i == n) {
            /* for a long option optopt is 0 or its row; what was written says more */
            const char *word = argv[optind > 1 ? optind - 1 : 1];
            bool known = optopt >= 256 || (optopt > 0 && strchr(letters, optopt) != NULL);
            cli_usage(c, known ? "'%s' needs a value" : "there is no option '%s'", word);
            return -1;
        }
        if (!take(all[i], optarg)) {
            cli_usage(c,
                      all[i]->kind == OPT_MAP    ? "--%s wants name=column, not '%s'"
                      : all[i]->kind == OPT_LIST ? "--%s is given too often: '%s'"
                                                 : "--%s wants a number, not '%s'",
                      all[i]->name, optarg);
            return -1;
        }
    }
    if (progress != NULL && strcmp(progress, "json") == 0)
        cli_common.json = true;
    else if (progress != NULL && strcmp(progress, "none") == 0)
        cli_common.quiet = true;
    else if (progress != NULL && strcmp(progress, "auto") != 0) {
        cli_usage(c, "--progress is auto, json or none, not '%s'", progress);
        return -1;
    }
    if (help_asked) {
        cli_help(c, stdout);
        return -2;
    }
    while (optind < argc)
        argv[rest++] = argv[optind++];
    return rest;
}

void cli_help(const struct cli_command *c, FILE *to)
{
    const struct cli_option *all[MOST_OPTIONS];
    size_t n = gather(c, all);
    fprintf(to, "winnow %s %s\n  %s\n\n", c->name, c->usage, c->about);
    for (size_t i = 0; i < n; i++) {
        char left[48];
        snprintf(left, sizeof(left), "%c%c%s --%s%s%s", all[i]->letter == 0 ? ' ' : '-',
                 all[i]->letter == 0 ? ' ' : all[i]->letter, all[i]->letter == 0 ? " " : ",",
                 all[i]->name, all[i]->arg == NULL ? "" : " ",
                 all[i]->arg == NULL ? "" : all[i]->arg);
        fprintf(to, "  %-28s %s\n", left, all[i]->help);
    }
}

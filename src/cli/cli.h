/* cli.h: what the commands share. The command line is a client of winnow.h and includes nothing else
 * of the library. */
#ifndef WN_CLI_H
#define WN_CLI_H
#include "winnow.h"
#include <stdio.h>

enum cli_option_kind { OPT_FLAG, OPT_STRING, OPT_INT, OPT_INT64, OPT_DOUBLE, OPT_MAP, OPT_LIST };

/* One option; a command's list ends with an empty row. `into` points to bool, const char *, int, int64_t,
 * double, struct cli_maps or struct cli_list. */
struct cli_option {
    char letter; /* 0 = none */
    const char *name;
    enum cli_option_kind kind;
    void *into;
    const char *arg; /* what the help calls its value, NULL for a flag */
    const char *help;
};

struct cli_list { /* --model A, again and again */
    const char *list[8];
    size_t n;
};

struct cli_maps { /* --map name=column, again and again */
    struct wn_setting list[32];
    size_t n;
};

struct cli_command {
    const char *name, *usage, *about;
    const struct cli_option *options;
    /* argv: what is not an option, argc of them. Returns the exit status. */
    int (*run)(int argc, char **argv);
};

/* options.c */
/* Options go into their places, the rest is moved to the front of argv; returns their number, or -1
 * after an error was printed, or -2 after help was. */
int cli_parse(const struct cli_command *c, int argc, char **argv);
void cli_help(const struct cli_command *c, FILE *to);

/* What every command understands. */
struct cli_common {
    const char *home, *prompts, *passphrase_file;
    bool quiet, no_color, json;
};
extern struct cli_common cli_common;

/* output.c */
/* Print what, cause and hint to standard error; returns the exit status. */
int cli_error(const struct wn_error *err);
int cli_usage(const struct cli_command *c, const char *what, ...)
    __attribute__((format(printf, 2, 3)));
/* Open winnow with the common options; false after an error was printed, with *status set. */
bool cli_open(struct wn **out, int *status);
/* cmd_key.c: ask for the store's passphrase on the terminal. */
size_t cli_passphrase(void *user, char *out, size_t size);
bool cli_is_terminal(FILE *f); /* and neither TERM=dumb nor TERM empty */
bool cli_color(FILE *f);
int cli_width(FILE *f); /* columns of the terminal; 120 where there is none */
/* Text on at most `width` columns, padded to them if `pad`: line ends and tabs as spaces, "..." where it
 * is cut. */
void cli_cell(FILE *to, const char *text, int width, bool pad);
/* "1.2 s", "1m52s" */
void cli_duration(FILE *to, int64_t ms);
/* For --show-prompt: the request on standard output; and how many were shown. */
void cli_show_request(void *user, const struct wn_outgoing *o);
int64_t cli_requests_shown(void);

/* Where results go: standard output, or a file that is there whole or not at all: it is written beside
 * its place and renamed when it is closed. */
struct cli_output {
    FILE *to;
    const char *path;
    char beside[4096]; /* "" = written in place: a device, a pipe */
};
/* path NULL: standard output. Refuses a file that is also read; false after an error was printed. */
bool cli_output_open(struct cli_output *o, const char *path, char **inputs, size_t ninputs);
/* Returns status, or another one after an error was printed. */
int cli_output_close(struct cli_output *o, int status);

/* rows.c: results as table, jsonl, csv */
enum cli_format { CLI_TABLE, CLI_JSONL, CLI_CSV };
bool cli_format_named(const char *name, enum cli_format *out);
struct cli_rows {
    FILE *to;
    enum cli_format format;
    const struct wn_task_info *task; /* for the columns of csv */
    bool begun, kept;                /* kept: export's columns, too */
};
/* `k` is NULL except for export. */
void cli_rows_put(struct cli_rows *rows, const struct wn_result *r, const struct wn_kept *k);
void cli_rows_end(struct cli_rows *rows);
/* A cell of a CSV file: quoted where needed; one that a spreadsheet would run as a formula gets a
 * quote before it. */
void cli_csv_cell(FILE *to, const char *text, bool first);

extern const struct cli_command cli_classify, cli_review, cli_export, cli_brief, cli_train,
    cli_explain, cli_eval, cli_trust, cli_tasks, cli_models, cli_batch, cli_doctor, cli_config,
    cli_key, cli_cache, cli_forget, cli_backup, cli_restore, cli_verify;
extern const struct cli_command *const cli_commands[];

#endif

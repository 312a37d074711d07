/* output.c: errors, cells and the terminal. */
#include "cli/cli.h"
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

int cli_error(const struct wn_error *err)
{
    fprintf(stderr, "winnow: %s\n", err->what);
    if (err->cause[0] != '\0')
        fprintf(stderr, "  cause: %s\n", err->cause);
    if (err->hint[0] != '\0')
        fprintf(stderr, "  hint:  %s\n", err->hint);
    return wn_exit_status(err->code);
}

int cli_usage(const struct cli_command *c, const char *what, ...)
{
    va_list ap;
    fputs("winnow: ", stderr);
    va_start(ap, what);
    vfprintf(stderr, what, ap);
    va_end(ap);
    fprintf(stderr, "\n  hint:  winnow %s %s; `winnow %s --help` tells more.\n", c->name, c->usage,
            c->name);
    return wn_exit_status(WN_E_USAGE);
}

/* The library's events: what a person must know is printed, the rest only where it was asked for. */
static void log_event(void *user, enum wn_log_level level, const char *event, const char *values)
{
    (void)user;
    if (strcmp(event, "notice") == 0)
        fprintf(stderr, "winnow: %s\n", values);
    else if (strcmp(event, "learning") == 0 && !cli_common.quiet)
        fprintf(stderr, "learning %s\n", values);
    else if (level == WN_WARN || getenv("WINNOW_DEBUG") != NULL)
        fprintf(stderr, "winnow: %s %s\n", event, values);
}

bool cli_open(struct wn **out, int *status)
{
    struct wn_setting given[3];
    struct wn_options o = { .settings = given, .log = log_event, .passphrase = cli_passphrase };
    struct wn_error err;
    if (cli_common.home != NULL)
        given[o.nsettings++] = (struct wn_setting){ "WINNOW_HOME", cli_common.home };
    if (cli_common.prompts != NULL)
        given[o.nsettings++] = (struct wn_setting){ "WINNOW_PROMPTS", cli_common.prompts };
    if (cli_common.passphrase_file != NULL)
        given[o.nsettings++] =
            (struct wn_setting){ "WINNOW_PASSPHRASE_FILE", cli_common.passphrase_file };
    if (wn_open(&o, out, &err) == WN_OK)
        return true;
    *status = cli_error(&err);
    return false;
}

bool cli_is_terminal(FILE *f)
{
    const char *term = getenv("TERM");
    return isatty(fileno(f)) && term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
}

bool cli_color(FILE *f)
{
    const char *no = getenv("NO_COLOR");
    return !cli_common.no_color && (no == NULL || no[0] == '\0') && cli_is_terminal(f);
}

int cli_width(FILE *f)
{
    struct winsize size;
    if (isatty(fileno(f)) && ioctl(fileno(f), TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
        return size.ws_col;
    return 120;
}

/* The next character of s as bytes and columns; the library hands out valid UTF-8. */
static size_t next_char(const char *s, int *columns)
{
    wchar_t wc = 0;
    mbstate_t state;
    size_t n;
    memset(&state, 0, sizeof(state));
    n = mbrtowc(&wc, s, strlen(s), &state);
    if (n == 0 || n > 4) {
        *columns = 1;
        return 1;
    }
    *columns = wcwidth(wc);
    if (*columns < 0)
        *columns = 0;
    return n;
}

void cli_cell(FILE *to, const char *text, int width, bool pad)
{
    int total = 0, used = 0, columns;
    for (const char *p = text; *p != '\0' && total <= width;) {
        p += next_char(p, &columns);
        total += columns;
    }
    for (const char *p = text; *p != '\0';) {
        size_t n = next_char(p, &columns);
        if (total > width && used + columns > width - 1) {
            fputs("\xe2\x80\xa6", to);
            used++;
            break;
        }
        if (*p == '\n' || *p == '\t' || *p == '\r') {
            fputc(' ', to);
            columns = 1;
        } else if (columns > 0 || (unsigned char)*p >= 0x80) {
            fwrite(p, 1, n, to);
        }
        used += columns;
        p += n;
    }
    while (pad && used++ < width)
        fputc(' ', to);
}

void cli_duration(FILE *to, int64_t ms)
{
    if (ms < 60000)
        fprintf(to, "%lld.%llds", (long long)(ms / 1000), (long long)(ms % 1000 / 100));
    else if (ms < 3600000)
        fprintf(to, "%lldm%02llds", (long long)(ms / 60000), (long long)(ms % 60000 / 1000));
    else
        fprintf(to, "%lldh%02lldm", (long long)(ms / 3600000), (long long)(ms % 3600000 / 60000));
}

/* ---- where results go ---- */

static bool is_read(const struct stat *out, char **inputs, size_t n)
{
    struct stat in;
    for (size_t i = 0; i < n; i++)
        if (stat(inputs[i], &in) == 0 && in.st_dev == out->st_dev && in.st_ino == out->st_ino)
            return true;
    return false;
}

static bool cannot_write(const char *path, const char *why)
{
    fprintf(stderr, "winnow: cannot write '%s'\n  cause: %s\n", path, why);
    return false;
}

bool cli_output_open(struct cli_output *o, const char *path, char **inputs, size_t ninputs)
{
    struct stat st;
    bool there = path != NULL && stat(path, &st) == 0;
    memset(o, 0, sizeof(*o));
    o->to = stdout;
    o->path = path;
    if (path == NULL)
        return true;
    if (there && is_read(&st, inputs, ninputs))
        return cannot_write(path, "it is one of the files that are read; name another");
    if (!there || S_ISREG(st.st_mode))
        snprintf(o->beside, sizeof(o->beside), "%s.new.%ld", path, (long)getpid());
    o->to = fopen(o->beside[0] == '\0' ? path : o->beside, "w");
    return o->to != NULL || cannot_write(path, strerror(errno));
}

int cli_output_close(struct cli_output *o, int status)
{
    bool good;
    if (o->path == NULL || o->to == NULL)
        return status;
    good = !ferror(o->to);
    good &= fclose(o->to) == 0;
    if (good && o->beside[0] != '\0')
        good = rename(o->beside, o->path) == 0;
    if (good || status != 0)
        return status;
    fprintf(stderr, "winnow: '%s' could not be written whole\n  cause: %s\n", o->path,
            strerror(errno));
    return wn_exit_status(WN_E_INPUT);
}

static int64_t requests_shown;

void cli_show_request(void *user, const struct wn_outgoing *o)
{
    (void)user;
    printf("%s== %s -> %s", requests_shown++ == 0 ? "" : "\n", o->item, o->model);
    if (o->redacted > 0)
        printf(", %d things replaced", o->redacted);
    printf("\n%s %s\n", o->method, o->url);
    for (size_t i = 0; i < o->nheaders; i++)
        printf("%s\n", o->headers[i]);
    putchar('\n');
    fwrite(o->body, 1, o->body_len, stdout);
    putchar('\n');
}

int64_t cli_requests_shown(void)
{
    return requests_shown;
}

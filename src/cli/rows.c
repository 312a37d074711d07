/* rows.c: results as a table for people, JSON lines for programs, CSV for spreadsheets. */
#include "cli/cli.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

bool cli_format_named(const char *name, enum cli_format *out)
{
    static const char *const names[] = { "table", "jsonl", "csv" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0) {
            *out = (enum cli_format)i;
            return true;
        }
    return false;
}

static void time_text(int64_t unix_s, char *out, size_t size)
{
    time_t t = (time_t)unix_s;
    struct tm tm;
    out[0] = '\0';
    if (unix_s != 0 && gmtime_r(&t, &tm) != NULL)
        strftime(out, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* ---- csv ---- */

void cli_csv_cell(FILE *to, const char *text, bool first)
{
    if (!first)
        fputc(',', to);
    if (text == NULL || text[0] == '\0')
        return;
    /* A hostile mail must not become a formula in somebody's spreadsheet (OWASP, CSV injection). */
    bool formula = strchr("=+-@\t\r", text[0]) != NULL;
    if (!formula && strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, to);
        return;
    }
    fputs(formula ? "\"'" : "\"", to);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', to);
        fputc(*text, to);
    }
    fputc('"', to);
}

static void joined(FILE *to, const char *const *values, size_t n)
{
    size_t len = 1;
    char *all;
    for (size_t i = 0; i < n; i++)
        len += strlen(values[i]) + 1;
    all = calloc(len, 1);
    if (all == NULL)
        return;
    for (size_t i = 0; i < n; i++) {
        strcat(all, i == 0 ? "" : ";");
        strcat(all, values[i]);
    }
    cli_csv_cell(to, all, false);
    free(all);
}

static bool has_column(const char *head, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = strstr(head, name); p != NULL; p = strstr(p + 1, name))
        if ((p == head || p[-1] == ',') && (p[n] == ',' || p[n] == '\0'))
            return true;
    return false;
}

static void csv_head(struct cli_rows *rows)
{
    static const char ours[] =
        "item,task,route,label,probability,calibrated,source,reasons,because,tags";
    static const char more[] = ",owner,next,due,model,cached,attempts,cost_usd,latency_ms,error";
    fputs(ours, rows->to);
    for (size_t i = 1; rows->task != NULL && i < rows->task->nquestions; i++) {
        const char *name = rows->task->questions[i];
        /* Imports want each header once, and a task may ask for a "due" date, too. */
        fprintf(rows->to, ",%s%s",
                has_column(ours, name) || has_column(more, name) ? "answer." : "", name);
    }
    fputs(more, rows->to);
    if (rows->kept)
        fputs(",final_label,verdict,reviewer,note,decided,reviewed", rows->to);
    fputs("\r\n", rows->to);
}

static void csv_answer(FILE *to, const struct wn_result *r, const char *question)
{
    for (size_t i = 0; i < r->nanswers; i++)
        if (strcmp(r->answers[i].question, question) == 0) {
            if (r->answers[i].type == WN_TAGS)
                joined(to, r->answers[i].tags, r->answers[i].ntags);
            else
                cli_csv_cell(to, r->answers[i].value, false);
            return;
        }
    fputc(',', to);
}

static void csv_row(struct cli_rows *rows, const struct wn_result *r, const struct wn_kept *k)
{
    FILE *to = rows->to;
    char text[32] = "";
    cli_csv_cell(to, r->item->id, true);
    cli_csv_cell(to, r->task, false);
    cli_csv_cell(to, wn_route_name(r->route), false);
    cli_csv_cell(to, r->label, false);
    if (!isnan(r->probability))
        snprintf(text, sizeof(text), "%.4g", r->probability);
    cli_csv_cell(to, text, false);
    cli_csv_cell(to, r->calibrated ? "true" : "false", false);
    cli_csv_cell(to, r->source == WN_SOURCE_NONE ? "" : wn_source_name(r->source), false);
    joined(to, r->reasons, r->nreasons);
    joined(to, r->because, r->nreasons);
    joined(to, r->tags, r->ntags);
    for (size_t i = 1; rows->task != NULL && i < rows->task->nquestions; i++)
        csv_answer(to, r, rows->task->questions[i]);
    cli_csv_cell(to, r->owner, false);
    cli_csv_cell(to, r->next, false);
    time_text(r->due, text, sizeof(text));
    cli_csv_cell(to, text, false);
    cli_csv_cell(to, r->model, false);
    fprintf(to, ",%s,%d,%.6f,%lld", r->cached ? "true" : "false", r->attempts,
            (double)r->cost_microusd / 1e6, (long long)r->latency_ms);
    cli_csv_cell(to, r->error, false);
    if (rows->kept && k != NULL) {
        cli_csv_cell(to, k->final_label, false);
        cli_csv_cell(to, k->verdict, false);
        cli_csv_cell(to, k->reviewer, false);
        cli_csv_cell(to, k->note, false);
        time_text(k->decided, text, sizeof(text));
        cli_csv_cell(to, text, false);
        time_text(k->reviewed, text, sizeof(text));
        cli_csv_cell(to, text, false);
    }
    fputs("\r\n", to);
}

/* ---- jsonl ---- */

/* An exported line is a result line with what people said of it behind. */
static void jsonl_row(FILE *to, const struct wn_result *r, const struct wn_kept *k)
{
    struct wn_error err;
    char *line = NULL;
    enum wn_code rc = k == NULL ? wn_result_json(r, &line, &err) : wn_kept_json(k, &line, &err);
    if (rc == WN_OK)
        fprintf(to, "%s\n", line);
    else
        cli_error(&err);
    free(line);
}

/* ---- table ---- */

enum { ITEM_W = 18, LABEL_W = 17, TEXT_LEAST = 12, WHY_MOST = 62 };

static void table_head(FILE *to)
{
    fprintf(to, "%-*s %-*s %5s  %-6s  %s\n", ITEM_W, "ITEM", LABEL_W, "LABEL", "SURE", "ROUTE",
            "NEXT STEP, OR WHY IT WAITS");
}

/* The end of a long name says more than its beginning, and the file more than its folders. */
static const char *tail(const char *id)
{
    size_t n = strlen(id);
    const char *file = strrchr(id, '/');
    if (n > ITEM_W && file != NULL) {
        id = file + 1;
        n = strlen(id);
    }
    if (n <= ITEM_W)
        return id;
    id += n - ITEM_W;
    while (((unsigned char)*id & 0xc0) == 0x80)
        id++;
    return id;
}

static void next_step(const struct wn_result *r, char *out, size_t size)
{
    char due[32] = "";
    time_t t = (time_t)r->due;
    struct tm tm;
    if (r->route == WN_FAILED)
        snprintf(out, size, "%s", r->error == NULL ? "" : r->error);
    else if (r->route == WN_REVIEW && r->nreasons > 0)
        snprintf(out, size, "%s", r->because[0]);
    else if (r->owner != NULL) {
        if (r->due != 0 && localtime_r(&t, &tm) != NULL)
            strftime(due, sizeof(due), ", by %a %H:%M", &tm);
        snprintf(out, size, "%s: %s%s", r->owner, r->next == NULL ? "" : r->next, due);
    } else
        out[0] = '\0';
}

static void table_row(struct cli_rows *rows, const struct wn_result *r)
{
    static const char *const colors[] = { "\x1b[32m", "\x1b[33m", "\x1b[31m" };
    bool color = cli_color(rows->to);
    int left = cli_width(rows->to) - ITEM_W - LABEL_W - 17;
    int why_w = left * 2 / 3 > WHY_MOST ? WHY_MOST : left * 2 / 3;
    char why[400], sure[8] = "";
    FILE *to = rows->to;
    next_step(r, why, sizeof(why));
    if (!isnan(r->probability)) /* a share is never rounded up to certainty */
        snprintf(sure, sizeof(sure), "%d%%", (int)floor(r->probability * 100));
    cli_cell(to, tail(r->item->source), ITEM_W, true); /* a Message-ID tells a person nothing */
    fputc(' ', to);
    cli_cell(to, r->label == NULL ? "-" : r->label, LABEL_W, true);
    fprintf(to, " %5s  %s%-6s%s  ", sure, color ? colors[r->route] : "", wn_route_name(r->route),
            color ? "\x1b[0m" : "");
    cli_cell(to, why, why_w, true);
    fputs("  ", to);
    cli_cell(to, r->item->text, left - why_w - 2 > TEXT_LEAST ? left - why_w - 2 : TEXT_LEAST,
             false);
    fputc('\n', to);
}

void cli_rows_put(struct cli_rows *rows, const struct wn_result *r, const struct wn_kept *k)
{
    if (!rows->begun && rows->format == CLI_TABLE)
        table_head(rows->to);
    if (!rows->begun && rows->format == CLI_CSV)
        csv_head(rows);
    rows->begun = true;
    if (rows->format == CLI_TABLE)
        table_row(rows, r);
    else if (rows->format == CLI_CSV)
        csv_row(rows, r, k);
    else
        jsonl_row(rows->to, r, k);
}

void cli_rows_end(struct cli_rows *rows)
{
    if (!rows->begun && rows->format == CLI_CSV)
        csv_head(rows);
    rows->begun = true;
}

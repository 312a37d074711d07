/* csv.c: CSV and TSV with libcsv, row by row.
 *
 * libcsv takes a field apart but does not say where a row began, and reads a quote that never ends to
 * the end of the file. So it is fed one physical line at a time, and the lines of the row at hand are
 * kept: when the row turns out to be broken, its first line alone becomes a failed item and the next
 * line is read as the beginning of a row. A stray quote costs one row, not the rest of the file. */
#include "input/input.h"
#include <csv.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_ROWS = 10, SNIFF_ROWS = 20, NAME_BYTES = 200, CELL_BLOCK = 16384, CELLS_MAX = 4096 };

struct csv {
    struct csv_parser parser;
    bool ready; /* the parser is initialised */
    char delim;
    struct wn_buf raw; /* lines read and not done with */
    size_t at, next;   /* in raw: where the row begins, where the next line begins */
    size_t line;       /* of the file, where the row begins */
    size_t next_line;
    bool long_line;     /* raw ends with a line that was too long */
    struct wn_buf text; /* the cells of the row, a NUL behind each */
    size_t *end;        /* where each ends in text */
    size_t ncells, cap;
    bool row; /* libcsv says that the row is whole */
    struct wn_arena names;
    const char **name; /* of the columns */
    struct wn_role *role;
    size_t ncolumns;
};

/* ---- quotes ---- */

void wn_scan_line(struct wn_scan *s, const char *line, size_t n, char delim)
{
    for (size_t i = 0; i < n; i++) {
        char c = line[i];
        bool space = (c == ' ' || c == '\t') && c != delim;
        if (s->at == WN_SCAN_QUOTED) {
            if (c == '"')
                s->at = WN_SCAN_CLOSED;
        } else if (c == delim) {
            s->cells++;
            s->at = WN_SCAN_START;
        } else if (c == '\n' || c == '\r') {
            s->at = WN_SCAN_START;
        } else if (s->at == WN_SCAN_START) {
            if (!space)
                s->at = c == '"' ? WN_SCAN_QUOTED : WN_SCAN_PLAIN;
        } else if (s->at == WN_SCAN_CLOSED) {
            if (c == '"' && line[i - (i > 0)] == '"')
                s->at = WN_SCAN_QUOTED; /* a doubled quote */
            else if (!space)
                s->bad = true;
        }
    }
}

/* How many of the first rows have as many cells as most have, if that is more than one. */
static size_t agreeing_rows(const char *head, size_t n, char delim, size_t *cells)
{
    size_t count[SNIFF_ROWS], rows = 0, best = 0;
    struct wn_scan s = { WN_SCAN_START, false, 1 };
    const char *from = head;
    for (size_t i = 0; i < n && rows < SNIFF_ROWS; i++) {
        if (head[i] != '\n' && head[i] != '\r')
            continue;
        wn_scan_line(&s, from, (size_t)(head + i + 1 - from), delim);
        if (s.at != WN_SCAN_QUOTED) {
            if (head + i > from || s.cells > 1)
                count[rows++] = s.cells;
            s = (struct wn_scan){ WN_SCAN_START, false, 1 };
        }
        from = head + i + 1;
    }
    if (rows == 0 && from < head + n) { /* one line without an end */
        wn_scan_line(&s, from, (size_t)(head + n - from), delim);
        count[rows++] = s.cells;
    }
    *cells = 1;
    for (size_t i = 0; i < rows; i++) {
        size_t same = 0;
        for (size_t k = 0; k < rows; k++)
            same += count[k] == count[i];
        if (count[i] > 1 && (same > best || (same == best && count[i] > *cells))) {
            best = same;
            *cells = count[i];
        }
    }
    return best;
}

char wn_csv_delimiter(const char *head, size_t n, size_t *cells, size_t *rows)
{
    static const char known[] = ",;\t|";
    char best = ',';
    *cells = 1;
    *rows = 0;
    for (size_t i = 0; known[i] != '\0'; i++) {
        size_t c, r = agreeing_rows(head, n, known[i], &c);
        if (r > *rows || (r == *rows && c > *cells)) {
            best = known[i];
            *rows = r;
            *cells = c;
        }
    }
    return best;
}

/* ---- rows ---- */

static void on_cell(void *bytes, size_t n, void *user)
{
    struct csv *c = user;
    if (c->ncells == CELLS_MAX)
        return;
    if (c->ncells == c->cap) {
        c->cap = c->cap == 0 ? 32 : c->cap * 2;
        c->end = wn_xrealloc(c->end, c->cap, sizeof(*c->end));
    }
    wn_buf_add(&c->text, bytes, n);
    c->end[c->ncells++] = c->text.len;
    wn_buf_char(&c->text, '\0');
}

static void on_row(int end, void *user)
{
    struct csv *c = user;
    (void)end;
    c->row = true;
}

static void start_row(struct csv *c)
{
    if (c->ready && !c->row)
        csv_free(&c->parser); /* it stands in the middle of something */
    if (!c->ready || !c->row) {
        c->ready = csv_init(&c->parser, 0) == 0;
        csv_set_delim(&c->parser, (unsigned char)c->delim);
        csv_set_blk_size(&c->parser, CELL_BLOCK);
    }
    wn_buf_reset(&c->text);
    c->ncells = 0;
    c->row = false;
}

enum row { ROW_END, ROW_GOOD, ROW_LONG, ROW_OPEN, ROW_STRAY };

static size_t line_length(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && s[i] != '\n' && s[i] != '\r')
        i++;
    if (i + 1 < n && s[i] == '\r' && s[i + 1] == '\n')
        return i + 2;
    return i < n ? i + 1 : n;
}

/* Step over the next line, which is in raw from an earlier try or is read now; its length, or 0 at the
 * end of the file. */
static size_t take_line(struct wn_part *p, struct csv *c)
{
    size_t n;
    if (c->next == c->raw.len && c->at > 0) { /* what is done with goes */
        memmove(c->raw.data, c->raw.data + c->at, c->raw.len - c->at);
        c->raw.len -= c->at;
        c->next -= c->at;
        c->at = 0;
    }
    if (c->next == c->raw.len) {
        enum wn_line got = wn_stream_line(&p->in, &c->raw, WN_ROW_MAX);
        c->long_line = got == WN_LINE_LONG;
        if (got == WN_LINE_END)
            return 0;
    }
    n = line_length(c->raw.data + c->next, c->raw.len - c->next);
    c->next += n;
    c->next_line++;
    return n;
}

static bool is_blank(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isspace((unsigned char)s[i]))
            return false;
    return true;
}

/* Read one row. For all but ROW_END, c->line says where it began; of a bad one, only the first line
 * has been used up. */
static enum row read_row(struct wn_part *p, struct csv *c)
{
    struct wn_scan scan = { WN_SCAN_START, false, 1 };
    enum row row = ROW_GOOD;
    size_t first, n;
    start_row(c);
    do {
        c->at = c->next;
        c->line = c->next_line;
        n = take_line(p, c);
        if (n == 0)
            return ROW_END;
    } while (is_blank(c->raw.data + c->at, n));
    first = n;
    while (row == ROW_GOOD && !c->row && !scan.bad) {
        if (n == 0) { /* the last line may have no end */
            csv_fini(&c->parser, on_cell, on_row, c);
            row = scan.at == WN_SCAN_QUOTED ? ROW_OPEN : ROW_GOOD;
            break;
        }
        if (c->long_line && c->next == c->raw.len) {
            row = c->next == c->at + first ? ROW_LONG : ROW_OPEN;
            break;
        }
        csv_parse(&c->parser, c->raw.data + c->next - n, n, on_cell, on_row, c);
        wn_scan_line(&scan, c->raw.data + c->next - n, n, c->delim);
        if (!c->row)
            n = take_line(p, c);
    }
    /* libcsv makes the best of a stray quote in one line; here it swallowed the end of a line. */
    if (row == ROW_GOOD && scan.bad && (!c->row || c->next > c->at + first))
        row = ROW_STRAY;
    if (row != ROW_GOOD) {
        c->row = false;
        c->next = c->at + first;
        c->next_line = c->line + 1;
    }
    return row;
}

static const char *cell_at(const struct csv *c, size_t i, size_t *len)
{
    size_t from = i == 0 ? 0 : c->end[i - 1] + 1;
    *len = c->end[i] - from;
    return c->text.data + from;
}

/* ---- header ---- */

static bool has_text_column(const struct wn_part *p, const struct csv *c)
{
    for (size_t i = 0; i < c->ncells; i++) {
        size_t len;
        const char *s = cell_at(c, i, &len);
        if (wn_mapping_role(p->map, s, len).rule == 0)
            return true;
    }
    return false;
}

static bool name_taken(const struct csv *c, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(c->name[i], name) == 0)
            return true;
    return false;
}

/* Names of the columns from the row at hand: an empty one by its number, a second "email" numbered. */
static void take_header(const struct wn_part *p, struct csv *c)
{
    c->ncolumns = c->ncells;
    c->name = wn_arena_array(&c->names, c->ncolumns, sizeof(*c->name));
    c->role = wn_arena_array(&c->names, c->ncolumns, sizeof(*c->role));
    for (size_t i = 0; i < c->ncolumns; i++) {
        size_t len;
        bool cut = false;
        const char *s = cell_at(c, i, &len);
        const char *name = wn_item_clean(&c->names, s, len, NAME_BYTES, &len, &cut);
        if (len == 0)
            name = wn_arena_printf(&c->names, "column_%zu", i + 1);
        c->role[i] = wn_mapping_role(p->map, name, strlen(name));
        c->name[i] = name;
        for (int k = 2; name_taken(c, i, c->name[i]); k++)
            c->name[i] = wn_arena_printf(&c->names, "%s_%d", name, k);
    }
}

/* Does the first row hold data rather than names? Names have no @ and are neither numbers nor long. */
static bool looks_like_data(const struct csv *c)
{
    size_t odd = 0;
    for (size_t i = 0; i < c->ncolumns; i++) {
        const char *s = c->name[i];
        odd += strchr(s, '@') != NULL || strlen(s) > 60 || s[strspn(s, "0123456789.,-+ ")] == '\0';
    }
    return odd > 0;
}

static enum wn_code check_header(struct wn_part *p, struct csv *c, struct wn_error *err)
{
    for (size_t r = 0; r < p->map->nrules; r++) {
        const struct wn_rule_map *rule = &p->map->rules[r];
        bool found = false;
        for (size_t i = 0; i < c->ncolumns; i++)
            found |= c->role[i].rule == (int)r;
        if (found || (r > 0 && !rule->asked))
            continue;
        if (rule->asked)
            wn_error_set(err, WN_E_INPUT, "'%s' has no column '%.60s'", p->name, rule->names[0]);
        else
            wn_error_set(err, WN_E_INPUT, "no column of '%s' is known to hold the text", p->name);
        wn_error_cause(err, "its first row is: %s", wn_item_names(&c->names, c->name, c->ncolumns));
        if (looks_like_data(c))
            wn_error_hint(err,
                          "That looks like data. Put a line with a name for each column before "
                          "it, such as: name,email,message");
        else
            wn_error_hint(err, "Choose one of these with --map %.40s=COLUMN.", rule->field);
        return WN_E_INPUT;
    }
    return WN_OK;
}

/* "sep=;" is how Excel is told the delimiter; it is no row. */
static void take_sep_line(struct csv *c, struct wn_stream *in)
{
    const char *s = (const char *)in->data + in->pos;
    size_t n = in->len - in->pos;
    if (n < 6 || memcmp(s, "sep=", 4) != 0 || (s[5] != '\r' && s[5] != '\n'))
        return;
    c->delim = s[4];
    wn_stream_line(in, &c->raw, WN_ROW_MAX);
    wn_buf_reset(&c->raw);
    c->next_line++;
}

/* The first rows are tried, because exports put titles above the names. */
static enum wn_code find_header(struct wn_part *p, struct csv *c, struct wn_error *err)
{
    size_t line = 0;
    bool broken = false;
    enum row row = ROW_GOOD;
    for (int i = 0; i < HEADER_ROWS && row != ROW_END; i++) {
        row = read_row(p, c);
        broken |= row != ROW_GOOD && row != ROW_END;
        if (row == ROW_GOOD && (i == 0 || has_text_column(p, c))) {
            take_header(p, c);
            line = c->line;
        }
        if (row == ROW_GOOD && has_text_column(p, c))
            break;
    }
    if (line == 0 && broken) {
        wn_error_set(err, WN_E_INPUT, "the first row of '%s' cannot be read", p->name);
        wn_error_hint(err, "Look at the quotes in its first lines.");
        return WN_E_INPUT;
    }
    return line == 0 ? WN_OK : check_header(p, c, err);
}

enum wn_code wn_csv_open(struct wn_part *p, struct wn_error *err)
{
    struct csv *c = wn_xcalloc(1, sizeof(*c));
    size_t cells, rows;
    p->state = c;
    wn_stream_want(&p->in, WN_HEAD);
    c->raw = (struct wn_buf)WN_BUF_INIT(WN_ROW_MAX + 16);
    c->text = (struct wn_buf)WN_BUF_INIT(2 * WN_ROW_MAX + 16);
    c->next_line = 1;
    c->delim = wn_csv_delimiter((const char *)p->in.data + p->in.pos, p->in.len - p->in.pos, &cells,
                                &rows);
    take_sep_line(c, &p->in);
    return find_header(p, c, err);
}

void wn_csv_close(struct wn_part *p)
{
    struct csv *c = p->state;
    if (c == NULL)
        return;
    if (c->ready)
        csv_free(&c->parser);
    wn_buf_free(&c->raw);
    wn_buf_free(&c->text);
    wn_arena_free(&c->names);
    free(c->end);
    free(c);
}

/* ---- items ---- */

/* Cells that the row does not have are empty; those that the header does not have are extra_1, ... */
static void make_item(struct wn_part *p, struct csv *c, struct wn_arena *a, const char *source,
                      struct wn_item *out)
{
    size_t all = c->ncells > c->ncolumns ? c->ncells : c->ncolumns, n = 0;
    struct wn_cell *cell = wn_arena_array(a, all, sizeof(*cell));
    for (; n < all; n++) {
        cell[n] = (struct wn_cell){ .value = "", .role.rule = -1 };
        if (n < c->ncells)
            cell[n].value = cell_at(c, n, &cell[n].len);
        if (n < c->ncolumns) {
            cell[n].name = c->name[n];
            cell[n].role = c->role[n];
        } else {
            cell[n].name = wn_arena_printf(a, "extra_%zu", n - c->ncolumns + 1);
        }
    }
    wn_item_from_cells(p, a, source, cell, n, out);
}

void wn_csv_next(struct wn_part *p, struct wn_arena *a, struct wn_item *out)
{
    struct csv *c = p->state;
    enum row row;
    const char *source;
    /* ",,,," is what a spreadsheet has below its data. */
    do
        row = read_row(p, c);
    while (row == ROW_GOOD && c->text.len == c->ncells);
    source = wn_arena_printf(a, "%s:%zu", p->name, c->line);
    switch (row) {
    case ROW_END:
        break;
    case ROW_GOOD:
        make_item(p, c, a, source, out);
        break;
    case ROW_LONG:
        wn_item_fail(a, out, source, "the row is longer than 16 MiB",
                     "Look at the quotes and line ends there.");
        break;
    case ROW_OPEN:
        wn_item_fail(a, out, source, "a quote that begins in this row never ends",
                     "Close it, or double it (\"\") if it belongs to the text.");
        break;
    case ROW_STRAY:
        wn_item_fail(a, out, source, "the quotes in this row do not match",
                     "Close each quote, and double it (\"\") where it belongs to the text.");
        break;
    }
}

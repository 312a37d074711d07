/* sheet.c: see sheet.h. */
#include "report/sheet.h"
#include "base/utf8.h"
#include <string.h>

struct wn_sheet *wn_sheet_new(struct wn_arena *a, const char *title, const char *const *head,
                              size_t ncolumns)
{
    struct wn_sheet *s = wn_arena_alloc(a, sizeof(*s));
    *s = (struct wn_sheet){ .arena = a, .title = title, .head = head, .ncolumns = ncolumns };
    return s;
}

void wn_sheet_row(struct wn_sheet *s, const char *const *cells)
{
    size_t used = s->nrows * s->ncolumns;
    const char **all = wn_arena_array(s->arena, used + s->ncolumns, sizeof(*all));
    if (used > 0)
        memcpy(all, s->cells, used * sizeof(*all));
    memcpy(all + used, cells, s->ncolumns * sizeof(*all));
    s->cells = all;
    s->nrows++;
}

static const char *cell(const struct wn_sheet *s, size_t row, size_t column)
{
    return s->cells[row * s->ncolumns + column];
}

/* ---- text ---- */

static size_t width_of(const char *text)
{
    return wn_utf8_width(text, strlen(text));
}

static void spaces(struct wn_buf *out, size_t n)
{
    while (n-- > 0)
        wn_buf_char(out, ' ');
}

static void text_row(const struct wn_sheet *s, const char *const *cells, const size_t *width,
                     struct wn_buf *out)
{
    wn_buf_str(out, "  ");
    for (size_t c = 0; c < s->ncolumns; c++) {
        size_t gap = width[c] - width_of(cells[c]);
        if (c > 0)
            spaces(out, 2 + gap);
        wn_buf_str(out, cells[c]);
        if (c == 0)
            spaces(out, gap);
    }
    wn_buf_char(out, '\n');
}

void wn_sheet_text(const struct wn_sheet *s, struct wn_buf *out)
{
    size_t *width = wn_arena_array(s->arena, s->ncolumns, sizeof(*width));
    for (size_t c = 0; c < s->ncolumns; c++) {
        width[c] = width_of(s->head[c]);
        for (size_t r = 0; r < s->nrows; r++)
            if (width_of(cell(s, r, c)) > width[c])
                width[c] = width_of(cell(s, r, c));
    }
    wn_buf_printf(out, "\n%s\n", s->title);
    text_row(s, s->head, width, out);
    for (size_t r = 0; r < s->nrows; r++)
        text_row(s, &s->cells[r * s->ncolumns], width, out);
}

/* ---- Markdown ---- */

static void markdown_row(const struct wn_sheet *s, const char *const *cells, struct wn_buf *out)
{
    for (size_t c = 0; c < s->ncolumns; c++) {
        wn_buf_str(out, "| ");
        for (const char *p = cells[c]; *p != '\0'; p++) {
            if (*p == '|')
                wn_buf_char(out, '\\');
            wn_buf_char(out, *p);
        }
        wn_buf_char(out, ' ');
    }
    wn_buf_str(out, "|\n");
}

void wn_sheet_markdown(const struct wn_sheet *s, struct wn_buf *out)
{
    wn_buf_printf(out, "\n### %s\n\n", s->title);
    markdown_row(s, s->head, out);
    for (size_t c = 0; c < s->ncolumns; c++)
        wn_buf_str(out, c == 0 ? "|---" : "|---:");
    wn_buf_str(out, "|\n");
    for (size_t r = 0; r < s->nrows; r++)
        markdown_row(s, &s->cells[r * s->ncolumns], out);
}

/* ---- HTML ---- */

void wn_html_escape(struct wn_buf *out, const char *text)
{
    for (const char *p = text; *p != '\0'; p++)
        switch (*p) {
        case '&':
            wn_buf_str(out, "&amp;");
            break;
        case '<':
            wn_buf_str(out, "&lt;");
            break;
        case '>':
            wn_buf_str(out, "&gt;");
            break;
        case '"':
            wn_buf_str(out, "&quot;");
            break;
        default:
            wn_buf_char(out, *p);
        }
}

static void html_row(const struct wn_sheet *s, const char *const *cells, bool head,
                     struct wn_buf *out)
{
    wn_buf_str(out, "<tr>");
    for (size_t c = 0; c < s->ncolumns; c++) {
        const char *open = head ? "<th scope=\"col\">" : c == 0 ? "<th scope=\"row\">" : "<td>";
        wn_buf_str(out, open);
        wn_html_escape(out, cells[c]);
        wn_buf_str(out, head || c == 0 ? "</th>" : "</td>");
    }
    wn_buf_str(out, "</tr>\n");
}

void wn_sheet_html(const struct wn_sheet *s, struct wn_buf *out)
{
    wn_buf_str(out, "<h2>");
    wn_html_escape(out, s->title);
    wn_buf_str(out, "</h2>\n<div class=\"wide\"><table>\n<thead>");
    html_row(s, s->head, true, out);
    wn_buf_str(out, "</thead><tbody>\n");
    for (size_t r = 0; r < s->nrows; r++)
        html_row(s, &s->cells[r * s->ncolumns], false, out);
    wn_buf_str(out, "</tbody></table></div>\n");
}

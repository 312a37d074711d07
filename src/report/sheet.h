/* sheet.h: one table of figures, written as aligned text, Markdown or HTML. */
#ifndef WN_REPORT_SHEET_H
#define WN_REPORT_SHEET_H
#include "base/arena.h"
#include "base/buf.h"

struct wn_sheet {
    struct wn_arena *arena;
    const char *title;
    const char *const *head; /* one per column; the first column is words, the others are figures */
    size_t ncolumns;
    const char **cells; /* row by row */
    size_t nrows;
};
/* An empty one in the arena. */
struct wn_sheet *wn_sheet_new(struct wn_arena *a, const char *title, const char *const *head,
                              size_t ncolumns);
/* One more row of ncolumns texts, which live as long as the sheet. */
void wn_sheet_row(struct wn_sheet *s, const char *const *cells);

void wn_sheet_text(const struct wn_sheet *s, struct wn_buf *out);
void wn_sheet_markdown(const struct wn_sheet *s, struct wn_buf *out);
void wn_sheet_html(const struct wn_sheet *s, struct wn_buf *out);
/* Text with & < > " as entities. */
void wn_html_escape(struct wn_buf *out, const char *text);

#endif

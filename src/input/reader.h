/* reader.h: a stream -> items. The only folder that reads what a user brings.
 *
 * A reader pulls one item at a time and keeps one item's worth of memory, so that a file of a million
 * rows needs what a file of a thousand needs. What cannot be read becomes an item with `trouble` set
 * (its place and the reason) and the reading goes on; an error is returned only where the source as a
 * whole cannot be used (not there, not readable, a mapped column that does not exist).
 *
 * An item's source is its place: "leads.csv:17" and "leads.jsonl:17" (the line where it begins),
 * "leads.json:3" and "inbox.mbox:3" (the third), "note.txt", "stdin:2". It is also the id, unless the mail
 * has a Message-ID or the row a mapped id; one that came before in the same run gets "#" and the source.
 * Where there is a subject it is a field and the first line of the text ("Subject: ...", an empty line, the
 * text), because the linear engine and quotes see the text alone. */
#ifndef WN_INPUT_READER_H
#define WN_INPUT_READER_H
#include "base/arena.h"
#include "base/buf.h"
#include "task/task.h"

struct wn_reader;

/* Borrowed until wn_reader_open() returns. */
struct wn_reader_options {
    const char *kind; /* NULL = recognised; text html csv tsv json jsonl eml mbox maildir */
    const struct wn_setting *maps; /* --map field=column */
    size_t nmaps;
    const struct wn_column *columns; /* from the task: which names mean text, id, time ... */
    size_t ncolumns;
    size_t max_item_bytes; /* longer texts are cut and flagged; 0 = 1 MiB */
    /* A text file longer than this comes as several items, cut at line ends, each with its first line in
     * the field "first_line"; 0 = one item. */
    size_t part_bytes;
};

/* Open the paths ("-" = standard input, a file, a Maildir, a folder walked in name order); none at
 * all = standard input. Every path is looked at before the first item, so that a wrong name fails at
 * once. On success *out is the caller's. */
enum wn_code wn_reader_open(const char *const *paths, size_t npaths,
                            const struct wn_reader_options *o, struct wn_reader **out,
                            struct wn_error *err);
/* The next item into *out, everything in the arena; WN_OK with out->id == NULL at the end. */
enum wn_code wn_reader_next(struct wn_reader *r, struct wn_arena *a, struct wn_item *out,
                            struct wn_error *err);
/* Can the next item be read without waiting for whoever writes into a pipe? Files always can. */
bool wn_reader_ready(const struct wn_reader *r);
/* Wait at most wait_ms for that; a signal ends the wait. Always WN_OK. */
enum wn_code wn_reader_wait(const struct wn_reader *r, int wait_ms);
/* Bytes read and bytes in all (0 where unknown), for progress. */
void wn_reader_progress(const struct wn_reader *r, int64_t *done, int64_t *total);
void wn_reader_close(struct wn_reader *r);

/* Text of an HTML part or file, as a person reads it: no markup, scripts or styles; links as
 * "text <address>" where the address says more than the text; lists, tables and paragraphs on lines. */
enum wn_code wn_html_text(const char *html, size_t len, struct wn_buf *out, struct wn_error *err);

#endif

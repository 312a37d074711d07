/* input.h: what the files of this folder share; nobody else includes it.
 *
 *     path --folder.c--> file --stream.c--> bytes --kind.c--> which reader
 *     bytes --text|csv|jsonl|mail--> cells or a message --item.c--> struct wn_item
 *
 * A reader (one row of the table in reader.c) sees one open file and gives one item at a time. It
 * makes an error only where the whole file is of no use; a bad row is an item with `trouble`. */
#ifndef WN_INPUT_INPUT_H
#define WN_INPUT_INPUT_H
#include "base/buf.h"
#include "input/reader.h"

enum {
    WN_HEAD = 4096,            /* bytes looked at to tell what a file is */
    WN_ROW_MAX = 16 << 20,     /* a longer row, line or JSON element becomes a failed item */
    WN_MESSAGE_MAX = 64 << 20, /* of a longer message only so much is read */
    WN_FIELDS_MAX = 256,       /* of one item; more cells or members are dropped */
    WN_FIELD_BYTES = 8192,     /* of one field; longer ones are cut */
    WN_ITEM_DEFAULT = 1 << 20
};

/* ---- stream.c: bytes of one file, UTF-16 turned into UTF-8, marks and NULs gone ---- */

struct wn_stream {
    int fd; /* -1 = memory only */
    bool own_fd, raw, wide, big_endian, eof;
    bool pipe; /* what comes may let us wait */
    unsigned char *data; /* the window: what is read and not yet taken is [pos, len) */
    size_t pos, len;
    unsigned char odd[4]; /* bytes of a UTF-16 character that was cut by the window */
    size_t nodd;
    int64_t done; /* bytes read from the file */
    size_t line;  /* 1-based line at pos, counted by wn_stream_line */
    int fault;    /* errno of a read that failed; the stream ends there */
};

void wn_stream_open(struct wn_stream *s, int fd, bool own_fd);
void wn_stream_close(struct wn_stream *s);
/* Fill the window until it holds `want` bytes (at most WN_HEAD) or the file ends. The first call also
 * looks at the byte order mark. */
void wn_stream_want(struct wn_stream *s, size_t want);
/* Would reading go on without waiting, now or within wait_ms? */
bool wn_stream_ready(const struct wn_stream *s, int wait_ms);
/* At least one byte in the window, or false at the end. */
bool wn_stream_more(struct wn_stream *s);
/* From now on NULs are left out. Mail does not ask for this: it is decoded by its own rules. */
void wn_stream_text(struct wn_stream *s);

enum wn_line { WN_LINE_END, WN_LINE, WN_LINE_LONG };
/* Append the next line with its end (LF, CR LF or a lone CR) to `out`. A line that would make `out`
 * longer than `max` is read to its end all the same, but only its beginning kept. */
enum wn_line wn_stream_line(struct wn_stream *s, struct wn_buf *out, size_t max);

/* ---- charset.c ---- */

/* Append text that should be UTF-8: bytes that are not are taken for Windows-1252, which is what
 * they are in practice (a file may mix both); controls dropped, line ends LF. */
void wn_charset_clean(struct wn_buf *out, const char *s, size_t n);
/* The same from a charset by its MIME name; an unknown or wrong name falls back to the above. */
void wn_charset_decode(struct wn_buf *out, const char *charset, const char *s, size_t n);
/* GMime's tables, once; from any thread. */
void wn_gmime_init(void);

/* ---- kind.c: what a file is ---- */

struct wn_mapping;
struct wn_part { /* one open file, in the hands of one reader */
    const struct wn_kind *kind;
    char *name; /* as it stands in ids: "leads.csv" */
    struct wn_stream in;
    const struct wn_mapping *map;
    size_t max_item_bytes, part_bytes;
    size_t count; /* items given so far */
    void *state;  /* the reader's own */
};

struct wn_kind {
    const char *name;
    const char *suffixes; /* of file names: "csv", "md txt" */
    bool mail;            /* decoded by its own rules, and may hold any byte */
    bool (*looks)(const char *head, size_t n, const struct wn_mapping *map);
    enum wn_code (*open)(struct wn_part *p, struct wn_error *err); /* may be NULL */
    /* The next item into *out; out->id stays NULL at the end. */
    void (*next)(struct wn_part *p, struct wn_arena *a, struct wn_item *out);
    void (*close)(struct wn_part *p); /* may be NULL; state may be half made */
};
/* In the order of asking; the one without `looks` takes all that is left. Ends with name == NULL. */
extern const struct wn_kind wn_kinds[];
const struct wn_kind *wn_kind_named(const char *name);
/* The kind of the file: by its name, else by its first bytes. An error where it is no text. */
enum wn_code wn_kind_of(const char *name, const char *head, size_t n, const struct wn_mapping *map,
                        const struct wn_kind **out, struct wn_error *err);
/* An error with what to do where the bytes are a picture, an archive, a workbook ... */
enum wn_code wn_kind_refuse(const char *name, const char *head, size_t n, bool mail,
                            struct wn_error *err);
/* Is it one of the words in a list with spaces between them, letter case ignored? */
bool wn_is_word(const char *words, const char *word, size_t n);
/* The readers. */
enum wn_code wn_csv_open(struct wn_part *p, struct wn_error *err);
void wn_csv_next(struct wn_part *p, struct wn_arena *a, struct wn_item *out);
void wn_csv_close(struct wn_part *p);
enum wn_code wn_json_open(struct wn_part *p, struct wn_error *err);
enum wn_code wn_jsonl_open(struct wn_part *p, struct wn_error *err);
void wn_json_next(struct wn_part *p, struct wn_arena *a, struct wn_item *out);
void wn_jsonl_next(struct wn_part *p, struct wn_arena *a, struct wn_item *out);
void wn_json_close(struct wn_part *p);
enum wn_code wn_mail_open(struct wn_part *p, struct wn_error *err);
void wn_eml_next(struct wn_part *p, struct wn_arena *a, struct wn_item *out);
void wn_mbox_next(struct wn_part *p, struct wn_arena *a, struct wn_item *out);
void wn_mail_close(struct wn_part *p);
void wn_text_next(struct wn_part *p, struct wn_arena *a, struct wn_item *out);
void wn_html_next(struct wn_part *p, struct wn_arena *a, struct wn_item *out);
void wn_pdf_next(struct wn_part *p, struct wn_arena *a, struct wn_item *out);
/* What the first bytes look like. */
bool wn_looks_mail(const char *head, size_t n, const struct wn_mapping *map);
bool wn_looks_mbox(const char *head, size_t n, const struct wn_mapping *map);
bool wn_looks_json(const char *head, size_t n, const struct wn_mapping *map);
bool wn_looks_jsonl(const char *head, size_t n, const struct wn_mapping *map);
bool wn_looks_csv(const char *head, size_t n, const struct wn_mapping *map);
bool wn_looks_html(const char *head, size_t n, const struct wn_mapping *map);
bool wn_looks_pdf(const char *head, size_t n, const struct wn_mapping *map);
/* Is this line the beginning of a message in an mbox? */
bool wn_mbox_from(const char *line, size_t n);

/* ---- item.c: cells -> item ---- */

/* Which names are the text, the id, the time ...: --map first, then the task, then what is usual. */
struct wn_rule_map {
    const char *field;
    const char *const *names;
    size_t nnames;
    bool asked; /* by --map: must be there */
};
struct wn_mapping {
    struct wn_rule_map *rules; /* rules[0] is "text" */
    size_t nrules;
};
void wn_mapping_make(const struct wn_reader_options *o, struct wn_arena *a, struct wn_mapping *out);
/* Which rule a column or member falls under, and how early its name comes there; rule -1 = none. */
struct wn_role {
    int rule, rank;
};
struct wn_role wn_mapping_role(const struct wn_mapping *m, const char *name, size_t len);

struct wn_cell {
    const char *name, *value; /* value: as read, a NUL behind it; name: clean */
    size_t len;
    struct wn_role role;
};
/* A row or object becomes an item with this source; no text becomes trouble. */
void wn_item_from_cells(const struct wn_part *p, struct wn_arena *a, const char *source,
                        const struct wn_cell *cell, size_t n, struct wn_item *out);
/* text (with the subject as its first line where there is one) into the item, trimmed and cut. */
void wn_item_text(const struct wn_part *p, struct wn_arena *a, const char *subject,
                  const char *text, size_t len, struct wn_item *out);
void wn_item_fail(struct wn_arena *a, struct wn_item *out, const char *source, const char *what,
                  const char *hint);
/* The error as a failed item: its cause goes behind what. */
void wn_item_fail_err(struct wn_arena *a, struct wn_item *out, const char *source,
                      const struct wn_error *err);
/* "name, email, message": what there is to choose from, short. */
const char *wn_item_names(struct wn_arena *a, const char *const *name, size_t n);
/* Clean text in the arena, at most max bytes. *cut is set (never cleared) where it was longer. */
const char *wn_item_clean(struct wn_arena *a, const char *s, size_t n, size_t max, size_t *len,
                          bool *cut);
/* Unix seconds of a time as people and programs write it, or -1. */
int64_t wn_item_time(const char *text);

/* ---- csv.c ---- */

/* Where a row ends, and whether its quotes are sound: what libcsv does not tell. */
struct wn_scan {
    enum { WN_SCAN_START, WN_SCAN_PLAIN, WN_SCAN_QUOTED, WN_SCAN_CLOSED } at;
    bool bad;     /* something stands behind a closing quote */
    size_t cells; /* delimiters outside quotes + 1 */
};
void wn_scan_line(struct wn_scan *s, const char *line, size_t n, char delim);
/* The delimiter that splits the rows of `head` most evenly, and how many cells and rows agree. */
char wn_csv_delimiter(const char *head, size_t n, size_t *cells, size_t *rows);

/* ---- json.c ---- */

/* A copy of JSON in which what our parser cannot take is mended: escaped NULs and lone surrogates,
 * bare NaN, and numbers too long for a double, which become strings (they are ids). */
void wn_json_mend(struct wn_buf *out, const char *s, size_t n);
/* A JSON object (or string) -> item. */
void wn_json_item(const struct wn_part *p, struct wn_arena *a, const char *source, const char *text,
                  size_t len, struct wn_item *out);

/* ---- html.c ---- */

bool wn_html_looks(const char *text, size_t n);
/* The charset that a page names itself (<meta charset=...>), into out. */
bool wn_html_charset(const char *html, size_t n, char *out, size_t size);

/* ---- message.c: one RFC 5322 message -> item ---- */

void wn_message_item(const struct wn_part *p, struct wn_arena *a, const char *source,
                     const char *bytes, size_t n, bool cut, struct wn_item *out);

/* ---- reader.c ---- */

/* "cannot read 'x'" because of an errno, with what to do about it. */
enum wn_code wn_cannot(struct wn_error *err, const char *verb, const char *path, int why);

/* ---- folder.c: files below a folder in name order ---- */

struct wn_walk;
struct wn_walk *wn_walk_open(const char *path);
/* The next file, or a name with err->code set for what cannot be walked; NULL at the end. *mail:
 * it lies in a Maildir. The name lives in the arena. */
const char *wn_walk_next(struct wn_walk *w, struct wn_arena *a, bool *mail, struct wn_error *err);
void wn_walk_close(struct wn_walk *w);

/* ---- seen.c: ids that were given out, as hashes ---- */

struct wn_seen {
    uint64_t *slot;
    size_t cap, n;
};
/* Remember the id; true if it was there already. */
bool wn_seen_add(struct wn_seen *s, const char *id);
void wn_seen_free(struct wn_seen *s);

#endif

/* brief.h: a finished brief, and how it is written: Markdown with footnotes, one HTML page without
 * scripts, JSON. Pure. */
#ifndef WN_REPORT_BRIEF_H
#define WN_REPORT_BRIEF_H
#include "base/buf.h"
#include "task/brief.h"

/* A quote that carries a sentence. */
struct wn_cite {
    size_t source;       /* index among the brief's sources; SIZE_MAX = there is no such source */
    const char *claimed; /* the source's id as the model gave it */
    const char *quote;   /* as it stands in the source, else as it was claimed */
    enum wn_evidence evidence;
    bool verified, history; /* history: inside text that the writer marked as somebody else's */
    size_t start, end;      /* bytes in the source's text */
    size_t sentence, line, page; /* from 1; page 0 = the source has none */
};

struct wn_brief_sentence {
    size_t section;
    const char *text;
    const struct wn_cite *cites;
    size_t ncites;
    const char *const *problems; /* for a person: "the number 14 does not stand in its quotes" */
    size_t nproblems;            /* 0 = the sources carry it */
    bool mended;                 /* it failed, was asked about, and holds now */
    const char *checked;         /* what the second model said, or NULL */
    double sure;                 /* how sure it was that the quotes carry it, 0..1; NAN = not asked */
    double carried; /* share of its words that stand in its quotes; NAN = cannot be compared */
};

struct wn_brief_source {
    const char *id, *name; /* "S1", "notes.md" */
    const char *subject;   /* or NULL */
    int64_t time;          /* 0 = unknown */
    const char *text;      /* NULL where it was not kept: the material was too large */
    size_t len;
    size_t first_line;          /* of the text in its file, from 1 */
    bool row;                   /* of a table: its name is its place */
    size_t used;                /* quotes of it in the brief */
    const char *trouble, *hint; /* it could not be read, or not all of it */
};

struct wn_brief_doc {
    const struct wn_brief_task *task;
    const char *title, *language, *model, *checker;
    int64_t made;
    bool extracts, not_enough;
    const char *failure;                       /* why there is no text at all, or NULL */
    const struct wn_brief_sentence *sentences; /* by section, in their order */
    size_t nsentences, unsupported, mended, dropped;
    const struct wn_brief_source *sources;
    size_t nsources, used, unread;
    size_t unlisted;          /* further sources that are not listed: nothing of them was used */
    const char *const *notes; /* what else a reader must know, as sentences */
    size_t nnotes;
};

void wn_brief_write_md(const struct wn_brief_doc *d, struct wn_buf *b);
void wn_brief_write_html(const struct wn_brief_doc *d, struct wn_buf *b);
/* For whoever judges it: the sentences by number, each with its quotes. Number 1 is doc->sentences[0]. */
void wn_brief_write_review(const struct wn_brief_doc *d, struct wn_buf *b);
void wn_brief_write_json(const struct wn_brief_doc *d, struct wn_buf *b);
/* "notes.md line 12", "report.pdf page 3". */
const char *wn_brief_place(const struct wn_brief_doc *d, const struct wn_cite *c, char *out,
                           size_t size);

#endif

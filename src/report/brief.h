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
    /* not written anywhere: the item it was, and its fields */
    const char *item;
    const struct wn_field *fields;
    size_t nfields;
    const char *subject;   /* or NULL */
    int64_t time;          /* 0 = unknown */
    const char *text;      /* NULL where it was not kept: the material was too large */
    size_t len;
    size_t first_line;          /* of the text in its file, from 1 */
    bool row;                   /* of a table: its name is its place */
    size_t used;                /* quotes of it in the brief */
    const char *trouble, *hint; /* it could not be read, or not all of it */
    bool unseen;                /* it could, but the run ended before it was its turn */
};

struct wn_brief_doc {
    const struct wn_brief_task *task;
    const char *title, *language, *model, *checker;
    int64_t made;
    bool extracts, not_enough;
    const char *ended; /* what ended the run before the brief was finished, or NULL */
    bool from_notes;   /* before it was written: these are the notes on what was read */
    const struct wn_brief_sentence *sentences; /* by section, in their order */
    size_t nsentences, unsupported, mended, dropped;
    const struct wn_brief_source *sources;
    size_t nsources, used, unread, unseen;
    size_t unlisted;          /* further sources that are not listed: nothing of them was used */
    const char *const *notes; /* what else a reader must know, as sentences */
    size_t nnotes;
};

void wn_brief_write_md(const struct wn_brief_doc *d, struct wn_buf *b);
void wn_brief_write_html(const struct wn_brief_doc *d, struct wn_buf *b);
/* For whoever judges it: the sentences by number, each with its quotes. Number 1 is doc->sentences[0]. */
void wn_brief_write_review(const struct wn_brief_doc *d, struct wn_buf *b);
void wn_brief_write_json(const struct wn_brief_doc *d, struct wn_buf *b);
/* Nothing of it is in the brief, because nothing of it was read: it is named with the reason. */
bool wn_brief_is_unread(const struct wn_brief_source *s);
/* Rows of one file from source i on, none of them used and all for the same reason, are one line: how many they are, and
 * what they are called: "S12 to S884 labels.jsonl, 873 items". */
size_t wn_brief_run(const struct wn_brief_doc *d, size_t i, char *name, size_t size);
/* Of one whose `ended` is set: what is missing, as sentences. */
const char *wn_brief_unfinished_words(const struct wn_brief_doc *d, char *out, size_t size);
/* "notes.md line 12", "report.pdf page 3". */
const char *wn_brief_place(const struct wn_brief_doc *d, const struct wn_cite *c, char *out,
                           size_t size);

#endif

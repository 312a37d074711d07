/* cite.h: does a sentence stand on its quotes, and do the quotes stand in their sources? By program:
 * confidence.md section 11. Pure. */
#ifndef WN_PIPELINE_CITE_H
#define WN_PIPELINE_CITE_H
#include "decide/language.h"
#include "report/brief.h"

/* What may be quoted: all of a source's text, or what its notes quote. */
struct wn_cite_source {
    const char *id, *text;
    size_t len;
    /* Several passages of one source, each with its place; NULL: `text` is the source itself. */
    const struct wn_passage {
        const char *text;
        size_t len, start; /* start: in the source */
        size_t sentence, line, page;
        bool history;
    } * passages;
    size_t npassages;
    /* wn_cite_prepare() */
    const struct wn_language *language; /* NULL = not known */
    const char *plain;
};

struct wn_cite_claim {
    const char *text;
    const char *const *source_ids, *const *quotes; /* as the model gave them */
    size_t nquotes;
    size_t least; /* so many verified quotes at least */
};

/* Find out the language of each source (where it does not tell: the brief's), and bring it into the form that is
 * checked against. In the arena. */
void wn_cite_prepare(struct wn_cite_source *sources, size_t n, const struct wn_language *language,
                     struct wn_arena *a);
/* Check one sentence of a brief in this language (NULL: not known). out->cites and out->problems are made in the
 * arena; the sentence is supported when there are no problems. */
void wn_cite_check(const struct wn_cite_claim *c, const struct wn_cite_source *sources, size_t n,
                   const struct wn_language *language, struct wn_arena *a,
                   struct wn_brief_sentence *out);
/* Where byte `at` of a text is: line, sentence, page ("[page 3]" stands on lines of their own), and
 * whether it is marked as somebody else's. */
void wn_cite_place(const char *text, size_t len, size_t at, struct wn_cite *out);

#endif

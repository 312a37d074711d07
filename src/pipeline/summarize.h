/* summarize.h: many sources -> one brief. summarize.c has the way; the parts of it know each other here. */
#ifndef WN_PIPELINE_SUMMARIZE_H
#define WN_PIPELINE_SUMMARIZE_H
#include "pipeline/cite.h"
#include "pipeline/engine.h"
#include "pipeline/sources.h"

struct wn_brief {
    struct wn *wn;
    struct wn_brief_options o;
    struct wn_brief_task *task;
    struct wn_task plain; /* what its requests go under */
    struct wn_arena arena;
    struct wn_sources sources;
    struct wn_known *known; /* who is named by any of them, where the task redacts; or NULL */
    struct wn_targets targets, checkers;
    const char *model;
    int words;
    struct wn_brief_doc doc;
    struct wn_brief_facts facts;
    /* being made */
    struct wn_brief_sentence *sentences;
    size_t nsentences, sentences_cap;
    struct wn_brief_source *list; /* of the doc; the held ones first */
    size_t nlist, list_cap;
    const char **notes;
    size_t nnotes, notes_cap;
    const char *because[8];
    const struct wn_language *language; /* of the text; NULL = not known */
    const char *checked_by; /* the second model, as returned */
    uint64_t *replaced;     /* digests of what was replaced, facts.redacted */
    bool suspicious;        /* a source tries to instruct the model */
    bool cut;               /* of a source, or of a part of one, the model saw nothing */
    size_t unseen;          /* sources that the run did not come to */
};

/* extracts.c: a brief of the sources' own sentences. */
enum wn_code wn_brief_extract(struct wn_brief *b, struct wn_error *err);
/* written.c: a brief that a model writes. */
enum wn_code wn_brief_generate(struct wn_brief *b, struct wn_error *err);
/* faithful.c: decide about the brief as about any item, and keep it. */
enum wn_code wn_brief_keep(struct wn_brief *b, struct wn_error *err);

/* summarize.c */
const struct wn_field *wn_fields_copy(const struct wn_field *from, size_t n, struct wn_arena *a);
/* What replies of many sources are kept under: any of them may be about anybody. */
#define WN_BRIEF_MANY "brief: of many sources"
/* The source with this number in the doc's list, added if it is not there yet. */
size_t wn_brief_list(struct wn_brief *b, const struct wn_material *m, bool held);
/* A source that a model will read: does it try to instruct it? Then the brief says so. */
void wn_brief_suspect(struct wn_brief *b, const struct wn_material *m);
/* Which section a sentence goes into where no model says: the first that asks for its kind. */
size_t wn_brief_section_for(const struct wn_brief_task *t, const char *text);
void wn_brief_add(struct wn_brief *b, const struct wn_brief_sentence *s);
void wn_brief_note(struct wn_brief *b, const char *note);
/* Is this the end of a run that may be shown what it has: no money, or nobody who answers? */
bool wn_brief_ends_early(enum wn_code rc);
bool wn_brief_stopped(const struct wn_brief *b, struct wn_error *err);
void wn_brief_progress(const struct wn_brief *b, const char *step, size_t done, size_t total);

#endif

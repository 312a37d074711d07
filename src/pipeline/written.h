/* written.h: between written.c (the text and its check), mend.c (what fails is asked about once) and
 * checker.c (a second model looks over the rest). */
#ifndef WN_PIPELINE_WRITTEN_H
#define WN_PIPELINE_WRITTEN_H
#include "pipeline/asker.h"
#include "pipeline/notes.h"
#include "pipeline/replies.h"

/* What is known while the text is being made. */
struct wn_writing {
    struct wn_brief *b;
    struct wn_asker *asker;
    struct wn_notes notes;
    struct wn_arena *a;
    const char *system;
    struct wn_cite_source *sources;
    size_t nsources;
    bool from_notes;
    struct wn_reply_brief reply;
    const char *failure;
    struct wn_brief_sentence *checked;
};

/* One of its sentences, on its way to a model and back. */
struct wn_sentence_asked {
    struct wn_writing *w;
    size_t i;
};

/* unfinished.c */
/* An error of the run ends it. Is there something to show all the same? Then the brief says what is missing,
 * and w->reply has its sentences: the model's, or else its notes on what it read. */
bool wn_brief_unfinished(struct wn_writing *w, enum wn_code rc, const struct wn_error *err);
/* mend.c */
enum wn_code wn_brief_mend(struct wn_writing *w, struct wn_error *err);
/* checker.c */
enum wn_code wn_brief_look_over(struct wn_writing *w, struct wn_error *err);

#endif

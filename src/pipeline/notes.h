/* notes.h: the map: each part of each source becomes notes with quotes, in requests of their own, so that
 * a changed source redoes only its own parts. */
#ifndef WN_PIPELINE_NOTES_H
#define WN_PIPELINE_NOTES_H
#include "pipeline/asker.h"

struct wn_note {
    size_t source;          /* in the brief's list */
    size_t number, part, i; /* source, part of it and place there: the order of the notes */
    const char *text;
    struct wn_passage passage; /* the sentences that its quote stands in */
};
struct wn_notes {
    struct wn_brief *b;
    struct wn_arena arena;
    struct wn_note *list;
    size_t n, cap;
    size_t parts, failed; /* of the sources; failed: the model gave nothing of use */
    size_t invented;      /* notes whose quote does not stand there */
    int64_t most_tokens;  /* of the notes held */
    int64_t likely;       /* tokens that all of them will probably take */
    size_t left_out;      /* notes for which the merge had no room */
    struct part *last;    /* of those that were asked about; each knows the one before */
};

/* Notes of all sources, in order. Where the run ends early there are those of what was read, and what was
 * not is named in the brief's list. room: tokens of the merge; a few times as many are held at most. */
enum wn_code wn_notes_take(struct wn_brief *b, struct wn_asker *q, int64_t chunk_tokens,
                           int64_t room, struct wn_notes *out, struct wn_error *err);
/* What a note takes of the merge's room. */
int64_t wn_note_tokens(const struct wn_note *note);
/* Keep the notes that say most until their words take at most so many tokens. */
void wn_notes_fit(struct wn_notes *n, int64_t tokens);
/* The notes as the merge reads them, and what it may quote. */
const char *wn_notes_write(struct wn_notes *n, const char *nonce, struct wn_arena *a);
struct wn_cite_source *wn_notes_sources(struct wn_notes *n, struct wn_arena *a, size_t *count);
void wn_notes_clear(struct wn_notes *n);
/* "3f2a...": a digest of a text, which nothing inside it can foresee; with the store's key, since it leaves
 * the machine where the text itself may not. */
const char *wn_brief_nonce(const struct wn_brief *b, struct wn_arena *a, const char *text, size_t len);

#endif

/* lessons.h: what the linear engine of a task learns from.
 *
 * The task's examples; labelled files that were imported and labels that a model taught, both kept
 * sealed in the store; and reviews of the fit fold. Reviews of the cert fold are never learned from:
 * they prove how good the rest is (confidence.md section 5). Neither is a share of the labelled files,
 * which measures a release before there are reviews (heldout.h). */
#ifndef WN_PIPELINE_LESSONS_H
#define WN_PIPELINE_LESSONS_H
#include "context.h"
#include "task/answer.h"

/* Part of the store's reviews may be learned from. */
#define WN_FIT_FRACTION .3

/* Of labelled files so many texts are learned from at most, and so many bytes of them: more of the same
 * labels add little, and must fit into a small machine. */
enum { WN_MOST_LESSONS = 50000, WN_MOST_LESSON_TEXT = 64 << 20 };

/* ---- lessons_read.c: labelled files ---- */

/* How they are read. `values`: what a word of the file means, as an id, or "-" for nothing. */
struct wn_lesson_source {
    const struct wn_setting *maps, *values;
    size_t nmaps, nvalues;
    void (*progress)(void *user, const char *step, size_t done, size_t total); /* may be NULL */
    void *user;
};
struct wn_lesson_counts {
    size_t rows;
    size_t no_text, no_answer; /* of these they teach nothing */
};
/* For each row with a text. The example is gone when the function returns. */
typedef void (*wn_lesson_fn)(void *user, const struct wn_example *e);
/* Read a labelled file, a row at a time: JSONL as examples.jsonl is, or whatever the readers know, with the
 * answers in columns of the questions' names ("label" = the first question). *counts is counted on. A
 * word that is no answer is an error with its row; so is a file without an answer to the first question. */
enum wn_code wn_lessons_each(const struct wn_task *t, const char *path,
                             const struct wn_lesson_source *from, wn_lesson_fn each, void *user,
                             struct wn_lesson_counts *counts, struct wn_error *err);
/* Is there an answer to anything but a text question? Those are found by form, not learned. */
bool wn_lesson_teaches(const struct wn_task *t, const struct wn_example *e);
/* All that have a text, into the arena. */
enum wn_code wn_lessons_read(const struct wn_task *t, const char *path,
                             const struct wn_lesson_source *from, struct wn_arena *a,
                             struct wn_example **out, size_t *n, struct wn_error *err);
/* The answer that stands in a cell; false: it is none of the question's. `from` may be NULL. */
bool wn_lessons_cell(const struct wn_lesson_source *from, const struct wn_question *q,
                     const char *text, struct wn_arena *a, struct wn_value *v);

/* ---- lessons_pick.c: a bounded sample of them ---- */

struct wn_lesson_pick;
/* `salt`, the store's, is borrowed. */
struct wn_lesson_pick *wn_lesson_pick_new(const struct wn_task *t, const char *salt);
/* What teaches nothing is not picked. `fresh`: to be told from the others at the end. */
void wn_lesson_pick_add(struct wn_lesson_pick *p, const struct wn_example *e, bool fresh);
/* All that were picked, and the fresh ones of them; they live as long as the pick. Returns how many. */
size_t wn_lesson_pick_end(struct wn_lesson_pick *p, struct wn_arena *a, struct wn_example **all,
                          struct wn_example **fresh, size_t *nfresh);
size_t wn_lesson_pick_left_out(const struct wn_lesson_pick *p);
void wn_lesson_pick_free(struct wn_lesson_pick *p);
struct wn_example wn_lesson_copy(const struct wn_task *t, const struct wn_example *e,
                                 struct wn_arena *a);

/* ---- lessons.c: all there is to learn from ---- */

struct wn_lessons {
    struct wn_arena arena;
    struct wn_example *list;
    size_t n, room;
    size_t from_examples, from_files, from_taught, from_reviews;
    const char **held_out; /* texts that are never learned from */
    size_t nheld_out, held_room;
    size_t held_reviews;        /* of these, the cert fold's reviews; the others are: */
    struct wn_example *measure; /* the share of labelled files that measures a release */
    size_t nmeasure;
    struct wn_lesson_counts read; /* files that were just read */
    struct wn_lesson_pick *files; /* of these, and of what is kept of others */
    struct wn_example *fresh;     /* those of the former, once they are gathered */
    size_t nfresh, left_out;      /* rows of files that were not picked */
};
#define WN_LESSONS_INIT                                                                            \
    {                                                                                              \
        .arena = WN_ARENA_INIT                                                                     \
    }

/* Read files whose labels are to be learned, before they are gathered: of texts that are kept already these
 * answers count. */
enum wn_code wn_lessons_fresh(struct wn *wn, const struct wn_task *t, const char *const *files,
                              size_t nfiles, const struct wn_lesson_source *from,
                              struct wn_lessons *l, struct wn_error *err);
/* Without a store: the task's examples alone. On success and on failure *out is to be cleared. */
enum wn_code wn_lessons_gather(struct wn *wn, const struct wn_task *t, struct wn_lessons *out,
                               struct wn_error *err);
/* More, which live at least as long as l. */
void wn_lessons_append(struct wn_lessons *l, const struct wn_example *list, size_t n);
void wn_lessons_hold_out(struct wn_lessons *l, const char *text);
void wn_lessons_clear(struct wn_lessons *l);

/* Where more lessons are kept in the store. */
enum wn_lesson_kind { WN_LESSON_FILE, WN_LESSON_TAUGHT };
/* ---- lessons_kept.c ---- */

/* Erase the lessons of every task, of tasks that are gone, too, whose text or field is to go. *n counts
 * them on. */
enum wn_code wn_lessons_erase(struct wn *wn, bool (*goes)(void *user, const char *text), void *user,
                              int64_t *n, struct wn_error *err);
/* The same for those that were kept for longer than their task's texts may be. */
enum wn_code wn_lessons_expire(struct wn *wn, const struct wn_keep *keep, size_t nkeep, int64_t *n,
                               struct wn_error *err);
/* Keep them; a text that is there already gets the new answers. */
enum wn_code wn_lessons_add(struct wn *wn, const struct wn_task *t, enum wn_lesson_kind kind,
                            const struct wn_example *list, size_t n, struct wn_error *err);
/* All of one kind, one after the other. */
enum wn_code wn_lessons_kept(struct wn *wn, const struct wn_task *t, enum wn_lesson_kind kind,
                             wn_lesson_fn each, void *user, struct wn_error *err);

#endif

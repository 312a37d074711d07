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
    const struct wn_example *trial; /* files of a dry run, not in the store; set before gathering */
    size_t ntrial;
};
#define WN_LESSONS_INIT                                                                            \
    {                                                                                              \
        .arena = WN_ARENA_INIT                                                                     \
    }

/* Without a store: the task's examples alone. On success and on failure *out is to be cleared. */
enum wn_code wn_lessons_gather(struct wn *wn, const struct wn_task *t, struct wn_lessons *out,
                               struct wn_error *err);
/* More, which live at least as long as l. */
void wn_lessons_append(struct wn_lessons *l, const struct wn_example *list, size_t n);
void wn_lessons_hold_out(struct wn_lessons *l, const char *text);
void wn_lessons_clear(struct wn_lessons *l);

/* Where more lessons are kept in the store. */
enum wn_lesson_kind { WN_LESSON_FILE, WN_LESSON_TAUGHT };
/* Read a labelled file: JSONL as examples.jsonl is, or whatever the readers know, with the answers in
 * columns of the questions' names ("label" = the first question). Into the arena. */
enum wn_code wn_lessons_read(const struct wn_task *t, const char *path,
                             const struct wn_setting *maps, size_t nmaps, struct wn_arena *a,
                             struct wn_example **out, size_t *n, struct wn_error *err);
/* ---- lessons_kept.c ---- */

/* Erase the lessons of every task, of tasks that are gone, too, whose text is to go. *n counts them on. */
enum wn_code wn_lessons_erase(struct wn *wn, bool (*goes)(void *user, const char *text), void *user,
                              int64_t *n, struct wn_error *err);
/* The same for those that were kept for longer than their task's texts may be. */
enum wn_code wn_lessons_expire(struct wn *wn, const struct wn_keep *keep, size_t nkeep, int64_t *n,
                               struct wn_error *err);
/* Keep them; a text that is there already gets the new answers. */
enum wn_code wn_lessons_add(struct wn *wn, const struct wn_task *t, enum wn_lesson_kind kind,
                            const struct wn_example *list, size_t n, struct wn_error *err);
/* All of one kind, into the arena. */
enum wn_code wn_lessons_kept(struct wn *wn, const struct wn_task *t, enum wn_lesson_kind kind,
                             struct wn_arena *a, struct wn_example **out, size_t *n,
                             struct wn_error *err);
/* An order of examples, for qsort() and bsearch(). */
int wn_lessons_by_text(const void *a, const void *b);

#endif

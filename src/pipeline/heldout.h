/* heldout.h: the part of labelled files that the linear engine never learns from, and what it proves of a
 * release. confidence.md section 6.
 *
 * Which texts, their permanent random numbers say: the same in every release. Labels that a model taught
 * and the task's examples have no part in it, for they prove nothing. */
#ifndef WN_PIPELINE_HELDOUT_H
#define WN_PIPELINE_HELDOUT_H
#include "pipeline/lessons.h"

/* Of so many labelled texts as prove something; with fewer all are learned from. */
#define WN_HELD_OUT_SHARE .2

/* Part the texts of labelled files into what is learned from and what is not. */
void wn_heldout_split(const char *salt, const struct wn_task *t, const struct wn_example *files, size_t n,
                      struct wn_lessons *out);
/* The fewest labelled texts of which a part is kept out: with so many it may be enough for a proof. */
size_t wn_heldout_least(const struct wn_task *t);
/* Ask the release in the store about what was kept out, where it is what answers, and keep what that
 * proves. *sentences in wn->arena, a line for each promise; NULL: nothing was kept out. */
enum wn_code wn_heldout_prove(struct wn *wn, const struct wn_task *t, const struct wn_lessons *lessons,
                              const char **sentences, struct wn_error *err);

#endif

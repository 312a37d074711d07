/* teach.h: a large model labels the items that teach the linear engine most (local.md section 3).
 *
 * Uncertain and diverse ones first; every tenth is drawn at random and not learned from, to measure what
 * the teaching was worth. Taught labels are no reviews: they prove nothing. */
#ifndef WN_PIPELINE_TEACH_H
#define WN_PIPELINE_TEACH_H
#include "context.h"
#include "linear/linear.h"

struct wn_teaching {
    struct wn_arena arena;
    struct wn_example *measured; /* with the teacher's answers */
    size_t nmeasured;
};
/* Label items of o->files with o->teach until o->budget_usd is spent, and keep the labels as lessons.
 * With o->dry_run nothing is sent: the report tells the price. out->arena is to be freed. */
enum wn_code wn_teach(struct wn *wn, const struct wn_task *t, const struct wn_train_options *o,
                      struct wn_teaching *out, struct wn_train_report *report,
                      struct wn_error *err);
/* The share of the measured items on which m says what the teacher said; NAN without any. */
double wn_teach_agreement(const struct wn_teaching *teaching, const struct wn_task *t,
                          const struct wn_linear *m);

#endif

/* report.h: how good the answers out of fold are. Private to linear/. */
#ifndef WN_LINEAR_REPORT_H
#define WN_LINEAR_REPORT_H
#include "linear/gather.h"

/* Below: unlike nearly all that was learned from. */
struct wn_linear_limits {
    float margin, energy, known;
};

/* Margin and energy of a head's decision values (struct wn_linear_fit). */
void wn_head_fit(const struct wn_head *h, const float *z, double *margin, double *energy);

/* What a distribution says: the likeliest choice or level; of tags a digest of those that are as likely as
 * `from` says. Its probability: for a scale that of all that counts as right if it is. */
struct wn_linear_mark wn_mark(const struct wn_question *q, const float *from, const double *p);
/* A set of tags as a mark has it. */
uint32_t wn_tags_digest(const bool *chosen, size_t k);
bool wn_mark_is_right(const struct wn_question *q, const struct wn_linear_mark *m, uint32_t truth);

/* Judge a trained target by decision values out of fold (rows of head.ncols) into `out`, into its head
 * and into the sheet, whose rows are the examples'; `limits` may be NULL. What `out` points to is in the
 * arena. */
void wn_judge(struct wn_training *tr, struct wn_target *g, const float *z, const float *known,
              struct wn_linear_limits *limits, struct wn_linear_sheet *sheet, struct wn_arena *a,
              struct wn_linear_score *out);

#endif

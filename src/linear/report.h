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

/* Judge a trained target by decision values out of fold (rows of head.ncols) into `out` and into its
 * head; `limits` may be NULL. What `out` points to is in the arena. */
void wn_judge(struct wn_training *tr, struct wn_target *g, const float *z, const float *known,
              struct wn_linear_limits *limits, struct wn_arena *a, struct wn_linear_score *out);

#endif

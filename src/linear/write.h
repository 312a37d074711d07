/* write.h: what was learned, as the bytes of a model. Private to linear/. */
#ifndef WN_LINEAR_WRITE_H
#define WN_LINEAR_WRITE_H
#include "linear/report.h"

/* weights[i]: of target i, rows.ncolumns times its ncols, or NULL. Nine in ten of each target's weights,
 * the smallest, are dropped (but never below a number that costs little), the rest become bytes. */
enum wn_code wn_linear_write(struct wn_training *tr, const struct wn_rows *rows,
                             const float *const *weights, const struct wn_linear_limits *limits,
                             struct wn_linear **out, struct wn_error *err);

#endif

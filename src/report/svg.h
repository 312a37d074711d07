/* svg.h: the two pictures of an evaluation as inline SVG; colours come from the page's style. */
#ifndef WN_REPORT_SVG_H
#define WN_REPORT_SVG_H
#include "base/buf.h"

/* Mean probability against the share that was right; on the diagonal a probability means what it says.
 * The larger a point, the more items. */
void wn_svg_reliability(const struct wn_eval_report *r, struct wn_buf *out);
/* Accuracy of the surest 10 .. 100 % of the items, with the target. */
void wn_svg_coverage(const struct wn_eval_report *r, struct wn_buf *out);

#endif

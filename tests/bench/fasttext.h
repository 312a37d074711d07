/* fasttext.h: fastText's training beside ours, where it is installed. */
#ifndef WN_BENCH_FASTTEXT_H
#define WN_BENCH_FASTTEXT_H
#include "linear/linear.h"

/* CPU seconds of its training, one thread, with the setting that scores best on Banking77's dev; NAN
 * without it. */
double fasttext_s(const struct wn_example *ex, size_t n, const struct wn_choice *choices);

/* CPU seconds of the children that have ended. */
double children_s(void);

#endif

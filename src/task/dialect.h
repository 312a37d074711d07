/* dialect.h: what a provider's schema compiler takes beyond the portable subset. */
#ifndef WN_TASK_DIALECT_H
#define WN_TASK_DIALECT_H
#include "task/schema.h"

/* Append ,"minimum":least,"maximum":most for an integer, or nothing where the dialect refuses
 * it. */
void wn_dialect_range(enum wn_dialect d, int least, int most, struct wn_buf *out);
/* Append ,"minItems":least,"maxItems":most for an array, or nothing. */
void wn_dialect_items(enum wn_dialect d, size_t least, size_t most, struct wn_buf *out);

#endif

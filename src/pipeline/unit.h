/* unit.h: what is drawn once and for all (confidence.md section 5): an item together with all those that are
 * right or wrong with it, of which only the first counts. */
#ifndef WN_PIPELINE_UNIT_H
#define WN_PIPELINE_UNIT_H
#include "context.h"

/* The thread of a mail; an item's own id; of one whose id is only a place in a file, its text, so that copies are
 * one. In the arena, or the item's. */
const char *wn_unit_of(const struct wn_item *item, struct wn_arena *a);

#endif

/* evalreport.h: between evalreport.c (tables, Markdown, HTML) and evaljson.c. */
#ifndef WN_REPORT_EVALREPORT_H
#define WN_REPORT_EVALREPORT_H
#include "base/arena.h"
#include "base/buf.h"

/* One line; a share that is not there is null. */
void wn_eval_json(const struct wn_eval_report *r, struct wn_arena *a, struct wn_buf *b);

#endif

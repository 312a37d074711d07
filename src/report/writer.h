/* writer.h: results and items as JSON and back: the lines of `-f jsonl`, and what the store seals. */
#ifndef WN_REPORT_WRITER_H
#define WN_REPORT_WRITER_H
#include "base/arena.h"
#include "base/buf.h"

void wn_result_write(const struct wn_result *r, struct wn_buf *out);
/* Everything lives in the arena; `item` is what out->item points to. */
enum wn_code wn_result_read(const char *json, const struct wn_item *item, struct wn_arena *a,
                            struct wn_result *out, struct wn_error *err);
void wn_item_write(const struct wn_item *item, struct wn_buf *out);
enum wn_code wn_item_read(const char *json, struct wn_arena *a, struct wn_item *out,
                          struct wn_error *err);

#endif

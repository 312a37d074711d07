/* json.h: the little that we need around cJSON.
 *
 * A cJSON tree stays inside the function that parsed it. What we write goes straight into a buffer. */
#ifndef WN_BASE_JSON_H
#define WN_BASE_JSON_H
#include "base/arena.h"
#include "base/buf.h"
#include <cjson/cJSON.h>

/* Parse exactly one value (white space around it is fine). On success *out is the caller's, to
 * cJSON_Delete(). The error's cause says the line and the first bytes only if `quote` is set: the text
 * of an item or a reply never goes into an error. */
enum wn_code wn_json_parse(const char *text, size_t len, bool quote, cJSON **out,
                           struct wn_error *err);
/* The same into an arena, for what is parsed with every item: the tree lives as long as the arena and is
 * only read, never changed or deleted. Nothing of the text goes into the error. */
enum wn_code wn_json_parse_in(struct wn_arena *a, const char *text, size_t len, const cJSON **out,
                              struct wn_error *err);
/* The 1-based line of `at` in text. */
size_t wn_json_line_of(const char *text, const char *at);
/* The line in `text` where the value at `path` begins, as in "questions[2].type"; the line of the
 * deepest part of the path that is there; 0 if the text is no JSON. */
size_t wn_json_line(const char *text, const char *path);

/* Members by name, NULL or the fallback where they are missing or of another type. */
const char *wn_json_str(const cJSON *o, const char *name);
double wn_json_num(const cJSON *o, const char *name, double fallback);
int64_t wn_json_int(const cJSON *o, const char *name, int64_t fallback);
bool wn_json_bool(const cJSON *o, const char *name, bool fallback);
const cJSON *wn_json_get(const cJSON *o, const char *name);

/* Append a string with its quotes, escaped; it must be valid UTF-8, which goes out as it is. */
void wn_json_quote(struct wn_buf *b, const char *text);
void wn_json_quote_n(struct wn_buf *b, const char *text, size_t len);
/* Append a number with up to `digits` significant digits, or null for NAN and infinities. */
void wn_json_number(struct wn_buf *b, double value, int digits);

/* Append `"name":` to an object, with a comma before it unless it is the first; and a value behind it (str: NULL is
 * null). */
void wn_json_member(struct wn_buf *b, const char *name);
void wn_json_member_str(struct wn_buf *b, const char *name, const char *value);
void wn_json_member_int(struct wn_buf *b, const char *name, int64_t value);
void wn_json_member_num(struct wn_buf *b, const char *name, double value, int digits);
void wn_json_member_bool(struct wn_buf *b, const char *name, bool value);

#endif

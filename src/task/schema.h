/* schema.h: the JSON schema of a generated answer, made from the task's questions, and its
 * dialects.
 *
 * The portable subset of providers.md section 1. One property per asked question, in this order:
 *   choice, scale  "intent": enum of ids;  beside it "intent_percent": object id -> integer percent for
 *                  up to 8 choices (all of them), else for the three likeliest:
 *                  array of {"id","percent"}; gated questions only
 *   yesno          "needs_reply": boolean, "needs_reply_percent": integer, the percent for true (gated)
 *   tags           "signals": array of enum
 *   text           "company": {"value": string|null, "quote": string|null}
 *   a question with evidence required: "intent_quote": string|null before its percentages */
#ifndef WN_TASK_SCHEMA_H
#define WN_TASK_SCHEMA_H
#include "base/buf.h"
#include "task/prompt.h"

/* Every property is required and every object closed; bounds are said in descriptions, and checked when the
 * answer comes. A schema compiler that can enforce some by itself is given them, above all maxItems where a
 * grammar drives a small model, which else may repeat one tag until its tokens run out. A keyword that is not
 * known is a 400 for the whole request: in doubt a column says no. */
struct wn_dialect {
    bool range; /* minimum, maximum */
    bool items; /* minItems, maxItems */
};
/* At most this many choices are asked for a percentage each; beyond, the likeliest three. */
enum { WN_SCHEMA_ALL_PERCENTS = 8, WN_SCHEMA_BEST_PERCENTS = 3 };

/* Append the schema as JSON text. The same questions and dialect give the same bytes. */
void wn_schema_write(const struct wn_task *t, const bool *asked, struct wn_dialect dialect,
                     struct wn_buf *out);
/* The same for several items: {"items": [ {"id": string, and the properties above}, ... ]}. It does not say
 * which ids or how many, so that it is the same for every request and stays in the prompt cache. */
void wn_schema_write_pack(const struct wn_task *t, const bool *asked, struct wn_dialect dialect,
                          struct wn_buf *out);
void wn_schema_describe_pack(const struct wn_task *t, const bool *asked, struct wn_buf *out);
/* The schema in words for models that are not given one: the JSON to write, field by field. */
void wn_schema_describe(const struct wn_task *t, const bool *asked, struct wn_buf *out);

#endif

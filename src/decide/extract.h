/* extract.h: generated text -> answer, by the tolerant ladder.
 *
 * 1. parse as it stands; 2. strip a Markdown fence and prose around the first whole JSON object (also
 * inside an array); 3. the caller asks once more with wn_extract's fault; 4. review. An answer that is
 * valid JSON but not to the schema (unknown label, missing question, percentages that do not fit) is a
 * fault, never repaired into a label. */
#ifndef WN_DECIDE_EXTRACT_H
#define WN_DECIDE_EXTRACT_H
#include "task/prompt.h"

enum wn_extract_level {
    WN_EXTRACT_CLEAN,    /* as the schema says */
    WN_EXTRACT_STRIPPED, /* a fence or prose was taken off: flag schema_repaired */
    WN_EXTRACT_PARTIAL,  /* some questions usable, not all: flag invalid_output */
    WN_EXTRACT_NONE      /* nothing usable */
};
struct wn_extracted {
    enum wn_extract_level level;
    struct wn_answer *answer; /* in the arena; unusable questions are unanswered */
    char fault[300]; /* for asking again: "intent: 'hot' is not one of demo_request, ..." */
    /* Where the first question's value stands in the text, for label_prob: bytes, 0,0 = not found */
    size_t value_start, value_end;
};
void wn_extract(const struct wn_prompt *p, const char *text, size_t len, struct wn_arena *a,
                struct wn_extracted *out);

#endif

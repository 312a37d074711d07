/* replies.h: what a model is asked to answer when it writes a brief, as JSON schemas, and the answers
 * read. Pure. */
#ifndef WN_PIPELINE_REPLIES_H
#define WN_PIPELINE_REPLIES_H
#include "pipeline/cite.h"

/* {"enough", "sentences": [{"section", "text", "quotes": [{"source", "quote"}]}]} */
const char *wn_brief_schema(const struct wn_brief_task *t, struct wn_arena *a);
extern const char wn_notes_schema[], wn_mend_schema[], wn_check_schema[];

struct wn_reply_sentence {
    size_t section;
    struct wn_cite_claim claim;
};
struct wn_reply_brief {
    bool enough;
    struct wn_reply_sentence *sentences;
    size_t n;
};
struct wn_reply_notes {
    struct {
        const char *text, *quote;
    } * list;
    size_t n;
};
struct wn_reply_mend {
    bool keep;
    struct wn_cite_claim claim;
};
struct wn_reply_check {
    const char *verdict, *quote; /* supported, partly, no */
    double sure;                 /* that it is supported, 0..1; NAN = it did not say */
};
/* Each is false where the text is not of that form; `fault` (300 bytes) then says what is wrong. A fence
 * or prose around the object is taken off. Everything lives in the arena. */
bool wn_reply_brief(const struct wn_brief_task *t, const char *text, struct wn_arena *a,
                    struct wn_reply_brief *out, char *fault);
bool wn_reply_notes(const char *text, struct wn_arena *a, struct wn_reply_notes *out, char *fault);
bool wn_reply_mend(const char *text, struct wn_arena *a, struct wn_reply_mend *out, char *fault);
bool wn_reply_check(const char *text, struct wn_arena *a, struct wn_reply_check *out, char *fault);

#endif

/* prompt.h: item and task -> the words that a model is sent.
 *
 * system.md and user.md are templates with {{item.text}}, {{item.fields}}, {{item.time}},
 * {{questions}}, {{examples}}, {{business}} and no logic. All that stays the same for every item comes
 * first, so that providers' prompt caches hit. The item's text is data: it stands between
 * <item-NONCE> and </item-NONCE>, where NONCE is a digest of the text, and anything in the text that
 * looks like such a delimiter has its '<' replaced, so it cannot close it. */
#ifndef WN_TASK_PROMPT_H
#define WN_TASK_PROMPT_H
#include "task/answer.h"

struct wn_prompt {
    const struct wn_task *task;
    const char *system; /* rules, meanings, examples: the stable prefix */
    const char *user;   /* the item, delimited */
    const char *state;  /* for decision endpoints: the item alone, delimited */
    /* Which questions are asked, as flags per question of the task. */
    const bool *asked;
    bool truncated;     /* the item's text was cut to max_chars */
    bool suspicious;    /* the text tries to instruct the model (prompt_injection rules) */
};

/* `asked` may be NULL: all questions. Everything lives in the arena. */
enum wn_code wn_prompt_make(const struct wn_task *t, const struct wn_item *item, const bool *asked,
                            struct wn_arena *a, struct wn_prompt *out, struct wn_error *err);
/* Does this text try to instruct the model? */
bool wn_prompt_suspicious(const char *text, size_t len);
/* The templates' faults: an unknown {{name}}, {{item.text}} missing. */
size_t wn_prompt_faults(const struct wn_task *t,
                        void (*report)(void *user, const struct wn_fault *f), void *user);

#endif

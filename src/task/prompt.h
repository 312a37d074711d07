/* prompt.h: item and task -> the words that a model is sent.
 *
 * system.md is a template with {{business}}, {{questions}} and {{examples}}: what stays the same
 * for every item, and comes first, so that providers' prompt caches hit. user.md may also have
 * {{item.text}}, {{item.fields}} and {{item.time}} (the day). There is no logic, and what is
 * filled in is not looked at again. {{examples}} shows the first two of each label in
 * examples.jsonl, as long as they are short: put the best ones first.
 *
 * The item is data: its text stands between <item-NONCE> and </item-NONCE>, its fields, one per
 * line, between <fields-NONCE> and </fields-NONCE>. NONCE is a digest of the item, and anything
 * in it that looks like such a delimiter has its '<' replaced, so it cannot close it. */
#ifndef WN_TASK_PROMPT_H
#define WN_TASK_PROMPT_H
#include "task/answer.h"

struct wn_prompt {
    const struct wn_task *task;
    const char *system; /* rules, meanings, examples: the stable prefix */
    const char *user;   /* the item, delimited */
    const char *state;  /* for decision endpoints: about, business.md, then the item, delimited */
    const char *state_item; /* where the item begins in state */
    char id[7];         /* what it is called among others in one request: the beginning of its nonce */
    /* Which questions are asked, as flags per question of the task. */
    const bool *asked;
    bool truncated;     /* text or fields were cut to max_chars, or item->truncated */
    bool suspicious;    /* the text or a field tries to instruct the model */
};

/* `asked` may be NULL: all questions. Everything lives in the arena. */
enum wn_code wn_prompt_make(const struct wn_task *t, const struct wn_item *item, const bool *asked,
                            struct wn_arena *a, struct wn_prompt *out, struct wn_error *err);
/* One prompt about several items, made from their own prompts, which are of one task and ask the same. Each
 * item stands under its id, delimited as ever. Their ids must differ. */
enum wn_code wn_pack_prompt(const struct wn_prompt *const *of, size_t n, struct wn_arena *a,
                            struct wn_prompt *out, struct wn_error *err);
/* Does this text try to instruct the model? Some 20 MB a second; a reason for review, no
 * defence: of texts that plainly override or ask for the prompt it finds most, of ordinary mail
 * it stops next to none. */
bool wn_prompt_suspicious(const char *text, size_t len);
/* The templates' faults: an unknown {{name}}, {{item.text}} missing. */
size_t wn_prompt_faults(const struct wn_task *t,
                        void (*report)(void *user, const struct wn_fault *f), void *user);

#endif

/* brief.h: a brief is a folder prompts/NAME/ with a brief.json: what it is for, its sections and length,
 * and what is done with a sentence that its sources do not carry.
 *
 * brief.json: name, about, title, words, failing ("mark" | "drop"), sections [ { id, title, ask, extract,
 * quotes } ], and if wanted model, target_error, cache_days, one_pass and chunk (tokens).
 * Beside it system.md, with {{business}}, {{sections}}, {{words}} and {{language}}, and user.md, with
 * {{title}} and {{sources}}. */
#ifndef WN_TASK_BRIEF_H
#define WN_TASK_BRIEF_H
#include "task/task.h"

/* Which sentences an extractive brief puts there. */
enum wn_extract_kind {
    WN_EXTRACT_ANY,
    WN_EXTRACT_NUMBERS,
    WN_EXTRACT_QUESTIONS,
    WN_EXTRACT_NOTHING
};

struct wn_brief_section {
    const char *id, *title, *ask;
    enum wn_extract_kind extract;
    size_t quotes; /* so many at least for each sentence: 2 for contradictions */
};

struct wn_brief_task {
    const char *name, *about, *dir, *model, *title;
    const char *version; /* hex digest of all that defines it */
    int words;
    bool drop; /* failing sentences are dropped, not marked */
    double target_error;
    int cache_days;
    int64_t one_pass, chunk; /* tokens; 0 = by the model's context */
    const struct wn_brief_section *sections;
    size_t nsections;
    const char *system_md, *user_md, *business_md;
    struct wn_arena *arena; /* owns all of the above */
};

/* "NAME.faithful": the task under which a brief's own faithfulness is decided and reviewed. */
#define WN_BRIEF_FAITHFUL ".faithful"
/* Of the item that it judges: how many sentences there are; and the question which of them are wrong. */
#define WN_BRIEF_SENTENCES "sentences"
#define WN_BRIEF_UNSUPPORTED "unsupported"

/* On success *out is the caller's. The first fault is the error, with file and line. */
enum wn_code wn_brief_task_load(const char *dir, struct wn_brief_task **out, struct wn_error *err);
void wn_brief_task_free(struct wn_brief_task *t);
/* All faults; returns their number. */
size_t wn_brief_task_faults(const char *dir, void (*report)(void *user, const struct wn_fault *f),
                            void *user);
/* The folder of brief `name` in the first of the roots that has it, as wn_task_find(). */
enum wn_code wn_brief_task_find(const char *name, const char *const *roots, size_t nroots,
                                struct wn_arena *a, const char **out, struct wn_error *err);
/* Names of all briefs under the roots, sorted, each once. */
void wn_brief_task_list(const char *const *roots, size_t nroots, struct wn_arena *a,
                        const char *const **names, const char *const **dirs, size_t *n);
/* A task without questions, which the engine's requests go under. Borrowed from t. */
struct wn_task wn_brief_task_plain(const struct wn_brief_task *t);
/* The task of its faithfulness: one choice, faithful or unfaithful. *out is the caller's. */
struct wn_task *wn_brief_task_faithful(const struct wn_brief_task *t);

/* What the templates are filled in with. */
struct wn_brief_fill {
    int words;
    const char *language, *title, *sources;
};
const char *wn_brief_task_fill(const struct wn_brief_task *t, const char *template,
                               const struct wn_brief_fill *f, struct wn_arena *a);

#endif

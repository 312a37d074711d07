/* parse.h: task.json piece by piece: tree -> structs, faults on the way. */
#ifndef WN_TASK_PARSE_H
#define WN_TASK_PARSE_H
#include "check.h"

/* All of task.json, whose text is `text`, into t; t->name stays where there is none. True if the
 * questions are sound, whatever else is wrong: then examples can be read. */
bool wn_task_parse(struct wn_check *c, const char *text, size_t len, struct wn_task *t);
void wn_questions_parse(struct wn_check *c, const cJSON *list, struct wn_task *t);
/* Guards, rules and routes name questions and labels, so these come after the questions. */
/* "redact": ["email", ...] as bits 1 << enum wn_redact_kind; o may be NULL. */
unsigned wn_redact_parse(struct wn_check *c, const cJSON *list);
void wn_guards_parse(struct wn_check *c, const cJSON *o, struct wn_task *t);
void wn_values_parse(struct wn_check *c, const cJSON *o, struct wn_task *t);
void wn_rules_parse(struct wn_check *c, const cJSON *list, struct wn_task *t);
void wn_routes_parse(struct wn_check *c, const cJSON *list, struct wn_task *t);
/* The names of all questions, for hints and drafts. */
const char *const *wn_question_names(const struct wn_task *t, struct wn_arena *a, size_t *n);
/* Examples of the text of c->file, with their faults. */
void wn_examples_parse(struct wn_check *c, const struct wn_task *t, const char *text, size_t len,
                       struct wn_example **out, size_t *n);
/* Members of an example that are not answers; no question may be called so. */
extern const char *const wn_example_members[];
enum { WN_EXAMPLE_MEMBERS = 5 };
/* The templates' faults, reported through the check. */
void wn_templates_check(struct wn_check *c, const struct wn_task *t);
/* Fault every {{name}} of `text` that is not among the known ones, and a {{ that is never
 * closed. */
void wn_template_check(struct wn_check *c, const char *text, size_t first_line,
                       const char *const *known, size_t n);
/* system.md for the asked questions (NULL: all), into the arena. */
const char *wn_prompt_system(const struct wn_task *t, const bool *asked, struct wn_arena *a);

/* The next {{name}} in text[from..]: the bytes of the whole tag, and the trimmed name. */
struct wn_tag {
    size_t start, end; /* of "{{ name }}" */
    const char *name;  /* not terminated */
    size_t len;
    bool open; /* a "{{" without "}}" on its line; end is past the "{{" */
};
bool wn_tag_next(const char *text, size_t from, struct wn_tag *out);

#endif

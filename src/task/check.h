/* check.h: reading the files of a task and saying all that is wrong with them, each with its
 * line.
 *
 * There is one reader for `wn_task_load` and `wn_task_faults`: it reports faults as it goes and
 * reads on. What it makes is used only where nothing was reported, so that it may leave a wrong
 * member out. */
#ifndef WN_TASK_CHECK_H
#define WN_TASK_CHECK_H
#include "base/json.h"
#include "task/task.h"

struct wn_check {
    struct wn_arena *arena;
    const char *file; /* what is being read, for the faults */
    const char *json; /* its text, to find the line of a path in */
    void (*report)(void *user, const struct wn_fault *f);
    void *user;
    size_t nfaults;
};

/* A fault at a line (0 = the whole file). The hint says what to write; control characters in the
 * arguments come out as '?'. */
void wn_check_fault(struct wn_check *c, size_t line, const char *hint, const char *what, ...)
    WN_PRINTF(4, 5);
/* The line of a path such as "questions[2].type" in the file that is being read. */
size_t wn_check_line(const struct wn_check *c, const char *path);
/* A formatted text in the check's arena, for hints and paths. */
const char *wn_check_text(const struct wn_check *c, const char *fmt, ...) WN_PRINTF(2, 3);
/* Sees a load through: remember the first fault as an error. `user` is a struct wn_first_fault. */
struct wn_first_fault {
    struct wn_error *err;
    enum wn_code code;
    bool seen;
};
void wn_check_first(void *user, const struct wn_fault *f);

/* ---- members of an object, as a table ---- */

enum wn_member_type {
    WN_MEMBER_STRING,  /* not empty */
    WN_MEMBER_STRINGS, /* a string or a list of strings, none empty */
    WN_MEMBER_WORD,    /* one of the words in `words` */
    WN_MEMBER_WHOLE,   /* a whole number from `least` to `most` */
    WN_MEMBER_SHARE,   /* a number above 0 and at most 0.5 */
    WN_MEMBER_SCORE,   /* a number above 0 and at most 1 */
    WN_MEMBER_OPINION, /* a string that is not empty, or an object */
    WN_MEMBER_BOOL,
    WN_MEMBER_OBJECT,
    WN_MEMBER_LIST
};
struct wn_member {
    const char *name;
    enum wn_member_type type;
    bool required;
    const char *write;        /* the hint: what to write there */
    const char *const *words; /* up to a NULL */
    int least, most;
};

/* Report the members of `o` that the table does not know, those that are missing, and those that
 * are not as it says. A member may be used afterwards if wn_json_get() gives it and its type is
 * right; see wn_check_strings() for lists. False if `o` is no object, which is reported too. */
bool wn_check_members(struct wn_check *c, const cJSON *o, const char *path,
                      const struct wn_member *table, size_t n);
/* The strings of a member that is a string or a list of strings; none where it is missing or
 * wrong. */
const char *const *wn_check_strings(struct wn_check *c, const cJSON *v, size_t *n);
/* Is this an id, [a-z][a-z0-9_]* of at most 64 bytes? */
bool wn_check_is_id(const char *text);

/* ---- the nearest of the known words ---- */

/* The known word with the fewest edits to `word`, or NULL where none is near. */
const char *wn_check_nearest(const char *word, const char *const *known, size_t n);
/* "did you mean X?" for the nearest, else "known: a, b, c". */
const char *wn_check_hint_known(const struct wn_check *c, const char *word,
                                const char *const *known, size_t n);
/* "a, b, c" in the arena. */
const char *wn_check_join(struct wn_arena *a, const char *const *words, size_t n);

#endif

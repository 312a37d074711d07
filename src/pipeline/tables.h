/* tables.h: decisions counted by what they look like. Counts only, so that they may be kept for ever. */
#ifndef WN_PIPELINE_TABLES_H
#define WN_PIPELINE_TABLES_H
#include "base/buf.h"
#include "context.h"

enum { WN_TENTHS = 10, WN_MOST_GROUPS = 100 };
struct wn_groups { /* by name; what is past the room is "other" */
    size_t n;
    struct wn_group {
        const char *name;
        int64_t n;
    } list[WN_MOST_GROUPS];
};
struct wn_tables {
    int64_t n;
    double edges[WN_TENTHS - 1]; /* of the lengths: a tenth of the reference lies below each */
    int64_t length[WN_TENTHS], off_enum[WN_TENTHS];
    int64_t score[WN_TENTHS]; /* of answers that are no decisions: wn_tables_answer() */
    struct wn_groups label, language, source;
};

/* Count these decisions (at most 2000 of them, evenly taken); those whose text was erased are left out.
 * edges NULL: the lengths are cut into tenths here, else as there. Names live in the arena. */
enum wn_code wn_tables_count(struct wn_store *s, const int64_t *ids, size_t n, const double *edges,
                             struct wn_arena *a, struct wn_tables *out, struct wn_error *err);
/* Count an answer that is no decision. Its label and off_enum (NAN = unknown) go where decisions' go. */
void wn_tables_answer(struct wn_tables *t, const char *label, double off_enum, double score,
                      struct wn_arena *a);
/* The answers of another table, too. */
void wn_tables_add_answers(struct wn_tables *t, const struct wn_tables *of, struct wn_arena *a);
int wn_tables_tenth(double p); /* 0 .. 9 */
/* As JSON, to be kept; and back. */
void wn_tables_write(const struct wn_tables *t, struct wn_buf *b);
bool wn_tables_read(const char *json, size_t len, struct wn_arena *a, struct wn_tables *out);
/* What the pool of a proof looked like. *found false: it was not counted so far. */
enum wn_code wn_tables_put(struct wn_store *s, int64_t proof, const struct wn_tables *t, int64_t now,
                           struct wn_error *err);
enum wn_code wn_tables_get(struct wn_store *s, int64_t proof, struct wn_arena *a,
                           struct wn_tables *out, bool *found, struct wn_error *err);

/* "leads-2026-10.csv:17" -> "csv", a Message-ID -> "mail", "hook:form" -> itself: by which way it came.
 * (Not from which file: each export has another name.) */
const char *wn_tables_source(const char *source, struct wn_arena *a);

/* Population stability of two tables of groups; *most: the group that moved most, and its shares. */
struct wn_moved {
    const char *name;
    double before, now;
};
double wn_groups_psi(const struct wn_groups *ref, const struct wn_groups *cur, double *limit,
                     struct wn_moved *most);

#endif

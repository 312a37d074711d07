/* sources.h: what a brief is made of: every source with its id and text, in order.
 *
 * Up to 16 MiB of text are held, so that mail can be put in the order in which it was written and the
 * brief can show the sources themselves. What comes after that is seen once and let go. */
#ifndef WN_PIPELINE_SOURCES_H
#define WN_PIPELINE_SOURCES_H
#include "context.h"
#include "report/brief.h"

enum { WN_SOURCES_HELD = 16 << 20, WN_SOURCES_LISTED = 2000 };

struct wn_material {
    size_t number; /* from 1: S1, S2, ... */
    const char *name, *subject;
    int64_t time;
    const char *text;
    size_t len, body; /* body: where the writer's own words begin, behind what a header says */
    size_t first_line;
    bool mail, row;
    const char *trouble, *hint;
    const char *thread;
    const char *item; /* its id among all items */
    const struct wn_field *fields;
    size_t nfields;
};

struct wn_sources {
    struct wn *wn;
    const struct wn_brief_options *o;
    const char *const *paths;
    size_t npaths, next_path, next_item;
    struct wn_reader *reader;
    struct wn_arena arena; /* of what is held */
    struct wn_material *held;
    size_t nheld, cap, given;
    bool ended, spilled;     /* spilled: not everything could be held */
    bool empty;              /* nothing has come from the current path yet */
    struct wn_arena passing; /* of the one source that was given last and is not held */
    size_t count, bytes, unread;
    struct wn_error first; /* of a path that could not be opened */
};

void wn_sources_open(struct wn_sources *s, struct wn *wn, const struct wn_brief_options *o,
                     const char *const *paths, size_t npaths);
/* Read until all is held or the limit is reached; mail is put in order if it is all. */
enum wn_code wn_sources_hold(struct wn_sources *s, struct wn_error *err);
/* The next source in its order, the held ones first; NULL at the end. A source that is not held lives
 * until the next call. *held: it stays. */
enum wn_code wn_sources_next(struct wn_sources *s, const struct wn_material **out, bool *held,
                             struct wn_error *err);
void wn_sources_close(struct wn_sources *s);

#endif

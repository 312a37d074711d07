/* trust.h: what a run may do alone: state, threshold, audit rate and display of each key that it meets.
 *
 * Asked for every decision, and answered from memory: a key is looked up in the store once per run. */
#ifndef WN_PIPELINE_TRUST_H
#define WN_PIPELINE_TRUST_H
#include "pipeline/trial.h"

/* How an answer came to be; NULL = "". confidence.md section 2. */
struct wn_origin {
    const char *asked; /* who was to be asked, before any answer: "openai/gpt-6-luna", "linear" */
    const char *how;   /* as asked: "auto", "decide", "generate" */
    int samples;
    int pack; /* so many items share a request; 0 and 1 = none do */
    const char *linear; /* version of the local engine */
    const char *weights; /* id of a task's own weights of the score; NULL = the usual ones */
    /* known with the answer */
    const char *by, *upstream, *model, *dropped;
    const char *did; /* what "auto" came to; NULL = as asked */
    const char *label; /* a guard label stands for itself */
};
/* Before `asked`, and before the model of the key: it has only what the local engine passed on. */
#define WN_BEHIND "linear>"
void wn_origin_key(const struct wn_store *s, const struct wn_task *t, const struct wn_origin *o,
                   struct wn_arena *a, struct wn_trust_key *out);
/* The local engine alone. */
struct wn_origin wn_origin_linear(const char *version);

struct wn_standing { /* of one key and stratum, for the length of a run */
    const char *key, *stratum;
    enum wn_state state;
    double tau, pi;
    const struct wn_display *display;
    struct wn_standing *next;
};
struct wn_standings;
struct wn_standings *wn_standings_new(struct wn *wn, const struct wn_task *t);
void wn_standings_free(struct wn_standings *s);
/* Never fails: where the store cannot be read nothing is accepted alone, and the run's next row says why. */
const struct wn_standing *wn_standing_of(struct wn_standings *s, const struct wn_origin *o);
/* The run's first line, before any answer: what is proved for what will be asked; guard labels in lines of
 * their own. In the arena. */
const char *wn_standing_line(struct wn_standings *s, const struct wn_origin *o, struct wn_arena *a);

#endif

/* closing.h: the report of a closed period as text. Pure. */
#ifndef WN_REPORT_CLOSING_H
#define WN_REPORT_CLOSING_H
#include "base/buf.h"

struct wn_closing_reason {
    const char *name, *sentence;
    int64_t n;
};
struct wn_closing_label {
    const char *id;
    int64_t said, automatic, reviewed, wrong; /* reviewed: at random, of the automatic ones */
    double share; /* of all decisions that truly are this, estimated; NAN = cannot be told */
};
struct wn_closing {
    const char *headline;
    const char *proof; /* a line about the proof in force, or NULL */
    const char *state, *why;
    int64_t total, automatic;
    double accuracy,
        spread; /* share of all that was right, and its standard error; NAN = not known */
    int64_t judged,
        waiting; /* reviews that this rests on; sent to a person and not judged in time */
    int64_t twice, agreed;
    double kappa;
    bool below; /* people differ more often than the target allows */
    int64_t cost_microusd;
    struct wn_closing_reason *reasons; /* the most frequent first */
    size_t nreasons;
    struct wn_closing_label *labels;
    size_t nlabels;
    int64_t
        erased; /* decisions whose texts were too old to be kept, so that they are in neither list */
};
void wn_closing_write(const struct wn_closing *c, struct wn_buf *b);

#endif

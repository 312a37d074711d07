/* evidence.h: does a quote stand in the text? confidence.md section 11. Offsets are never taken from a
 * model: they are found here. */
#ifndef WN_DECIDE_EVIDENCE_H
#define WN_DECIDE_EVIDENCE_H
#include "base/arena.h"
#include "base/form.h"

struct wn_match {
    enum wn_evidence status; /* NONE: the quote is empty */
    size_t start, end;       /* bytes in the source, end exclusive; 0,0 where it was not found */
    bool weak;               /* so short that it could stand there by chance */
};
struct wn_match wn_quote_match(const char *source, size_t source_len, const char *quote,
                               size_t quote_len);
/* exact, normalised or ellipsis, and not weak */
bool wn_match_verified(const struct wn_match *m);
/* The worst of two, for several quotes. */
enum wn_evidence wn_evidence_worse(enum wn_evidence a, enum wn_evidence b);
const char *wn_evidence_name(enum wn_evidence e);
/* Is the value derivable from its quote (number equal, date equal, address equal, text contained)? */
bool wn_value_in_quote(enum wn_form form, const char *value, const char *quote);

#endif

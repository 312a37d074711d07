/* signals.h: raw signals of one decision and the score made of them. confidence.md sections 3 to 5.
 * NAN = not available; the names are the page's. */
#ifndef WN_DECIDE_SIGNALS_H
#define WN_DECIDE_SIGNALS_H
#include "provider/provider.h"

struct wn_signals {
    double lp, vc, xp, lin, chk;
    int sc_same, sc_n; /* samples that gave the same answer, samples taken */
    int xm_same, xm_n; /* other models that gave the same answer, asked */
    enum wn_evidence ev;
};
#define WN_SIGNALS_NONE { NAN, NAN, NAN, NAN, NAN, 0, 0, 0, 0, WN_EVIDENCE_NONE }

/* s in (0,1), without the tie-break. */
double wn_score(const struct wn_signals *s);
/* s + 1e-9 * prn(salt, "jitter", task, item). */
double wn_score_jittered(double s, const char *salt, const char *task, const char *item);
/* Permanent random number in [0,1): section 5. */
double wn_prn(const char *salt, const char *domain, const char *task, const char *unit);
/* Probability of the chosen label from token log-probabilities: section 3. `steps` are the tokens of
 * the label's JSON value. NAN where it cannot be told. *off_enum may be NULL. */
double wn_label_prob(const char *const *labels, size_t nlabels, size_t chosen,
                     const struct wn_logprob *steps, size_t nsteps, double *off_enum);

#endif

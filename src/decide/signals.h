/* signals.h: raw signals of one answer, and the score made of them. confidence.md sections 3 and 4.
 * NAN = not available; the names are the page's. */
#ifndef WN_DECIDE_SIGNALS_H
#define WN_DECIDE_SIGNALS_H
#include "base/buf.h"
#include "decide/sample.h"
#include "provider/provider.h"
#include <math.h>

struct wn_signals {
    double lp;         /* the answerer's own number: decision endpoint or token log-probabilities */
    double vc;         /* the same, stated in a generated answer */
    double xp;         /* other models' mean probability of the chosen answer */
    double lin;        /* the linear engine's, trained on 100 examples or more */
    double chk;        /* a checker's */
    int sc_same, sc_n; /* samples that gave the same answer, samples taken */
    int xm_same, xm_n; /* other models that gave the same answer, asked */
    enum wn_evidence ev;
    double off_enum; /* the label's first token: how much of it went to what is no label */
};
#define WN_SIGNALS_NONE                                                                            \
    {                                                                                              \
        NAN, NAN, NAN, NAN, NAN, 0, 0, 0, 0, WN_EVIDENCE_NONE, NAN                                      \
    }

/* The score as log-odds (for calibration) and in (0,1), without the tie-break.
 *
 * One case the page does not have: the linear engine answers alone, with no key. Its out-of-fold,
 * temperature-scaled probability is calibrated, which no endpoint's number is, so where it is the only
 * opinion it counts with weight 1 instead of .5: p = .97 gives s = .97. An endpoint's number alone
 * keeps .5 and so never passes .97: it needs a second signal. */
double wn_score_z(const struct wn_signals *s);
/* The score is a sum of terms, each times its weight: those of lp, vc, lin, xp, chk, the samples, the second
 * models, the evidence, and 1 (for the intercept). A signal that is not there adds 0. */
enum { WN_SCORE_TERMS = 9 };
extern const double wn_score_weights[WN_SCORE_TERMS]; /* the page's */
void wn_score_terms(const struct wn_signals *s, double out[WN_SCORE_TERMS]);
double wn_score_weighted(const struct wn_signals *s, const double w[WN_SCORE_TERMS]);
double wn_score(const struct wn_signals *s);
/* Has anybody said how likely the answer is? Evidence alone is no opinion. */
bool wn_signals_any(const struct wn_signals *s);
/* s + 1e-9 * prn(salt, "jitter", task, item). */
double wn_score_jittered(double s, const char *salt, const char *task, const char *item);

/* Probability of the chosen label from token log-probabilities: section 3. `steps` are the tokens of
 * the label's JSON value. NAN where it cannot be told. *off_enum (may be NULL): how much of the first
 * token went to what is no label. */
double wn_label_prob(const char *const *labels, size_t nlabels, size_t chosen,
                     const struct wn_logprob *steps, size_t nsteps, double *off_enum);
/* The tokens that touch the bytes [start, end) of the answer's text: the first of them, *n. */
const struct wn_logprob *wn_label_steps(const struct wn_logprob *tokens, size_t ntokens,
                                        size_t start, size_t end, size_t *n);

#endif

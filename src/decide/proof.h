/* proof.h: from which score on what a task decides may be accepted without a person. confidence.md
 * section 6. Pure. */
#ifndef WN_DECIDE_PROOF_H
#define WN_DECIDE_PROOF_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wn_proof_state { WN_PROOF_TOO_FEW, WN_PROOF_NOT_PROVED, WN_PROOF_PROVED };
struct wn_labelled {
    double score;
    bool wrong;
};
enum { WN_PROOF_STARTS = 4 }; /* m is at most this */
struct wn_proof {
    enum wn_proof_state state;
    double threshold, coverage, upper;
    int g;        /* twentieths of the pool that are accepted */
    int64_t n, k; /* labelled at or above the threshold, and the wrong ones */
    int starts[WN_PROOF_STARTS], nstarts; /* where the tests begin: twentieths */
    double delta_step;
    int64_t needed; /* too few: the fewest that could do */
};
/* choose_threshold. `pool`: the scores of all eligible decisions of the key up to the cut-off; it is
 * sorted in place, highest first. m: how many starting points share delta (2 unless said). */
void wn_choose_threshold(double *pool, size_t npool, const struct wn_labelled *labelled,
                         size_t nlabelled, double eps, double delta, int m, struct wn_proof *out);

/* One test of it: accept the upper g twentieths of the pool (sorted, highest first). Alone it is the
 * replay of an earlier proof: the old g holds if p <= delta_look. */
struct wn_proof_test {
    double threshold, p;
    int64_t n, k;
};
void wn_proof_test(const double *pool, size_t npool, const struct wn_labelled *labelled,
                   size_t nlabelled, int g, double eps, struct wn_proof_test *out);

#endif

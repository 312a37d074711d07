/* metrics.h: numbers about answers whose truth is known. Pure: arrays in, numbers out.
 *
 * Shares are NAN where nothing was there to count; a writer prints "-" for it. */
#ifndef WN_REPORT_METRICS_H
#define WN_REPORT_METRICS_H
#include "base/error.h"

/* One item, one candidate. */
struct wn_judged {
    size_t truth, said; /* choices of the label question; SIZE_MAX: none (no answer; tags) */
    bool right;         /* the label */
    bool wrong;         /* the decision: any gated question; no answer is wrong */
    bool eligible;      /* only its score decides whether a person sees it */
    double p, score;    /* NAN: nobody gave any */
};

/* Fill n, said and right of each label, then the shares. ids are the caller's. */
void wn_metrics_labels(const struct wn_judged *list, size_t n, size_t nlabels,
                       struct wn_eval_label *out);
/* Precision, recall and F1 from n, said and right. */
void wn_metrics_shares(struct wn_eval_label *label);
/* Mean F1 over the labels that were there or were said. */
double wn_metrics_macro_f1(const struct wn_eval_label *labels, size_t n);

/* Pairs of labels that were taken for each other, the most frequent first, ties in the order of the
 * labels. Returns how many of at most `max` were filled. said SIZE_MAX: no answer. */
struct wn_mixed {
    size_t truth, said, n;
};
size_t wn_metrics_mixed(const struct wn_judged *list, size_t n, size_t nlabels,
                        struct wn_mixed *out, size_t max);

/* Tenths of the probability: how many, their mean, the share that was right. */
void wn_metrics_bins(const struct wn_judged *list, size_t n, struct wn_eval_bin *out);
/* Accuracy of the surest 10, 20 .. 100 % by score; equal scores share what is right among them evenly, no
 * score comes last. */
void wn_metrics_coverage(const struct wn_judged *list, size_t n, double *out);
/* Of the items that have a probability: how many, Brier, ECE, and AUROC of right against wrong. */
size_t wn_metrics_quality(const struct wn_judged *list, size_t n, double *brier, double *ece,
                          double *auroc);

/* Threshold chosen on the items with choose[i], measured on the others. */
void wn_metrics_automation(const struct wn_judged *list, const bool *choose, size_t n,
                           double target_error, struct wn_eval_automation *out);

/* The value below which a share q of the list lies (nearest rank); sorts it. NAN for n = 0. */
double wn_metrics_quantile(double *list, size_t n, double q);

#endif

/* evaluation.h: between evaluate.c, which asks and judges, and evaluated.c, which makes figures and sentences of
 * what was judged. */
#ifndef WN_PIPELINE_EVALUATION_H
#define WN_PIPELINE_EVALUATION_H
#include "pipeline/engine.h"
#include "pipeline/gold.h"
#include "pipeline/measured.h"
#include "report/metrics.h"

struct wn_candidate {
    struct wn_task *task;
    const char *models;
    struct wn_targets targets;
    struct wn_gold gold;
    struct wn_judged *judged; /* one per kept gold item */
    struct wn_measured *measured; /* those that can prove something */
    size_t nmeasured;
    const char *key; /* whose answers they are */
    bool mixed;
    double *latency;
    size_t nlatency;
    struct wn_eval_candidate *out;
    struct wn_eval_label *labels;
    struct wn_eval_question *questions;
    struct wn_tally tally;
};

struct wn_evaluation {
    struct wn *wn;
    const struct wn_eval_options *o;
    struct wn_arena arena; /* ends with the evaluation; what is reported lives in wn->arena */
    struct wn_candidate list[WN_EVAL_CANDIDATES];
    size_t n;
    struct wn_eval_report *report;
};

/* evaluated.c */
/* The figures of one candidate, when all of its items are judged. */
void wn_evaluation_measure(struct wn_evaluation *ev, struct wn_candidate *c);
/* Two of them, pair by pair. */
void wn_evaluation_compare(struct wn_evaluation *ev);
/* What a reader must know of the gold items. */
void wn_evaluation_notes(struct wn_evaluation *ev);

#endif

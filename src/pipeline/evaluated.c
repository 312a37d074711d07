/* evaluated.c: the figures of an evaluation, and what is said about them. See evaluation.h. */
#include "pipeline/evaluation.h"
#include "decide/confidence.h"
#include "decide/estimate.h"
#include "decide/sample.h"
#include <math.h>
#include <string.h>

enum { MOST_MIXED = 20 };

static void mix(struct wn_evaluation *ev, struct wn_candidate *c)
{
    struct wn_mixed mixed[MOST_MIXED];
    struct wn_eval_candidate *out = c->out;
    struct wn_eval_confusion *list = wn_arena_array(&ev->wn->arena, MOST_MIXED, sizeof(*list));
    out->nconfusions = wn_metrics_mixed(c->judged, out->n, out->nlabels, mixed, MOST_MIXED);
    for (size_t i = 0; i < out->nconfusions; i++)
        list[i] = (struct wn_eval_confusion){
            c->labels[mixed[i].truth].id,
            mixed[i].said == SIZE_MAX ? NULL : c->labels[mixed[i].said].id, mixed[i].n
        };
    out->confusions = list;
}

/* Which half an item falls into depends on its text alone: the same for every candidate and machine. */
static void automate(struct wn_evaluation *ev, struct wn_candidate *c)
{
    const struct wn_gold *g = &ev->list[0].gold;
    bool *choose = wn_arena_array(&ev->arena, g->nkept, sizeof(*choose));
    for (size_t i = 0; i < g->nkept; i++)
        choose[i] = wn_prn("", "eval", c->task->name, g->list[g->kept[i]].text) < .5;
    wn_metrics_automation(c->judged, choose, g->nkept, ev->report->target_error,
                          &c->out->automation);
}

void wn_evaluation_measure(struct wn_evaluation *ev, struct wn_candidate *c)
{
    struct wn_eval_candidate *out = c->out;
    int64_t right = (int64_t)out->right, n = (int64_t)out->n;
    out->accuracy = (double)right / (double)n;
    out->lo = 1 - wn_cp_upper(n - right, n, .025);
    out->hi = 1 - wn_cp_lower(n - right, n, .025);
    if (c->task->questions[0].type == WN_TAGS)
        for (size_t i = 0; i < out->nlabels; i++)
            wn_metrics_shares(&c->labels[i]);
    else
        wn_metrics_labels(c->judged, out->n, out->nlabels, c->labels);
    out->macro_f1 = wn_metrics_macro_f1(out->labels, out->nlabels);
    out->with_p = wn_metrics_quality(c->judged, out->n, &out->brier, &out->ece, &out->auroc);
    wn_metrics_bins(c->judged, out->n, out->bins);
    wn_metrics_coverage(c->judged, out->n, out->coverage);
    mix(ev, c);
    automate(ev, c);
    out->cost_unknown = c->tally.cost_unknown;
    out->latency_p50 = wn_metrics_quantile(c->latency, c->nlatency, .5);
    out->latency_p95 = wn_metrics_quantile(c->latency, c->nlatency, .95);
    out->local = c->tally.answered_local == n;
}

/* ---- what is said about it ---- */

void wn_evaluation_compare(struct wn_evaluation *ev)
{
    struct wn_eval_report *r = ev->report;
    const char *name[2] = { r->candidates[0].name, r->candidates[1].name };
    size_t better;
    for (size_t i = 0; i < r->n; i++) {
        bool a = ev->list[0].judged[i].right, b = ev->list[1].judged[i].right;
        r->only[0] += a && !b;
        r->only[1] += b && !a;
    }
    r->paired_p = wn_paired((int64_t)r->only[0], (int64_t)r->only[1]);
    better = r->only[1] > r->only[0];
    if (r->only[0] == r->only[1])
        r->verdict = r->only[0] == 0
                         ? "No difference: both are right on the same items."
                         : wn_arena_printf(&ev->wn->arena,
                                           "No difference: each is right on %zu items that the "
                                           "other gets wrong.",
                                           r->only[0]);
    else
        r->verdict = wn_arena_printf(
            &ev->wn->arena,
            "%s is right on %zu items that %s gets wrong, %s on %zu that %s gets wrong: %s (exact "
            "McNemar, p = %.2g).",
            name[better], r->only[better], name[!better], name[!better], r->only[!better],
            name[better],
            r->paired_p < .05 ? "the difference is more than chance"
                              : "so small a difference may be chance",
            r->paired_p);
}

static void note(struct wn_evaluation *ev, const char *text)
{
    struct wn_eval_report *r = ev->report;
    const char **list = wn_arena_array(&ev->wn->arena, r->nnotes + 1, sizeof(*list));
    if (r->nnotes > 0)
        memcpy(list, r->notes, r->nnotes * sizeof(*list));
    list[r->nnotes++] = text;
    r->notes = list;
}

static void note_missing_labels(struct wn_evaluation *ev)
{
    const struct wn_eval_candidate *c = &ev->report->candidates[0];
    const char *list = "";
    size_t missing = 0;
    for (size_t i = 0; i < c->nlabels; i++) {
        if (c->labels[i].n > 0)
            continue;
        if (++missing <= 5)
            list = wn_arena_printf(&ev->wn->arena, "%s%s%s", list, missing == 1 ? "" : ", ",
                                   c->labels[i].id);
    }
    if (missing > 0)
        note(ev, wn_arena_printf(&ev->wn->arena,
                                 "No gold item has %s%s: nothing is known about finding %s.", list,
                                 missing > 5 ? " and others" : "", missing == 1 ? "it" : "them"));
}

/* "3 gold items are left out: ..." */
static void note_left_out(struct wn_evaluation *ev, size_t n, const char *why)
{
    if (n > 0)
        note(ev, wn_arena_printf(&ev->wn->arena, "%zu gold item%s left out: %s.", n,
                                 n == 1 ? " is" : "s are", why));
}

void wn_evaluation_notes(struct wn_evaluation *ev)
{
    enum { FEW = 100 };
    const struct wn_eval_report *r = ev->report;
    struct wn_arena *a = &ev->wn->arena;
    note_left_out(ev, r->learned_from, "the task has learned from the same text");
    note_left_out(ev, r->contradicting, "the same text has different labels");
    note_left_out(ev, r->repeated, "each text counts once");
    note_left_out(ev, r->unlabelled, wn_arena_printf(a, "no '%s' is given", r->question));
    if (r->n < FEW)
        note(ev, wn_arena_printf(a,
                                 "The figures are coarse: %zu gold item%s, and each is %.1f points "
                                 "of accuracy.",
                                 r->n, r->n == 1 ? "" : "s", 100 / (double)r->n));
    note_missing_labels(ev);
}

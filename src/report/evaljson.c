/* evaljson.c: an evaluation as JSON. */
#include "report/evalreport.h"
#include "base/json.h"
#include <math.h>

static void number(struct wn_buf *b, const char *name, double v)
{
    wn_buf_printf(b, ",\"%s\":", name);
    wn_json_number(b, v, 6);
}

static void integer(struct wn_buf *b, const char *name, size_t v)
{
    wn_buf_printf(b, ",\"%s\":%zu", name, v);
}

static void json_labels(const struct wn_eval_candidate *c, struct wn_buf *b)
{
    wn_buf_str(b, ",\"labels\":[");
    for (size_t i = 0; i < c->nlabels; i++) {
        const struct wn_eval_label *l = &c->labels[i];
        wn_buf_str(b, i == 0 ? "{\"label\":" : ",{\"label\":");
        wn_json_quote(b, l->id);
        integer(b, "n", l->n);
        integer(b, "said", l->said);
        integer(b, "right", l->right);
        number(b, "precision", l->precision);
        number(b, "recall", l->recall);
        number(b, "f1", l->f1);
        wn_buf_char(b, '}');
    }
    wn_buf_str(b, "],\"confusions\":[");
    for (size_t i = 0; i < c->nconfusions; i++) {
        wn_buf_str(b, i == 0 ? "{\"truth\":" : ",{\"truth\":");
        wn_json_quote(b, c->confusions[i].truth);
        wn_buf_str(b, ",\"said\":");
        if (c->confusions[i].said == NULL)
            wn_buf_str(b, "null");
        else
            wn_json_quote(b, c->confusions[i].said);
        integer(b, "n", c->confusions[i].n);
        wn_buf_char(b, '}');
    }
    wn_buf_str(b, "]");
}

static void json_curves(const struct wn_eval_candidate *c, struct wn_buf *b)
{
    wn_buf_str(b, ",\"reliability\":[");
    for (int i = 0; i < WN_EVAL_BINS; i++) {
        wn_buf_printf(b, "%s{\"n\":%zu", i == 0 ? "" : ",", c->bins[i].n);
        number(b, "probability", c->bins[i].p);
        number(b, "right", c->bins[i].right);
        wn_buf_char(b, '}');
    }
    wn_buf_str(b, "],\"risk_coverage\":[");
    for (int i = 0; i < 10; i++) {
        wn_buf_printf(b, "%s{\"coverage\":%.1f", i == 0 ? "" : ",", (i + 1) / 10.0);
        number(b, "accuracy", c->coverage[i]);
        wn_buf_char(b, '}');
    }
    wn_buf_str(b, "],\"questions\":[");
    for (size_t i = 0; i < c->nquestions; i++) {
        wn_buf_str(b, i == 0 ? "{\"question\":" : ",{\"question\":");
        wn_json_quote(b, c->questions[i].name);
        integer(b, "n", c->questions[i].n);
        integer(b, "right", c->questions[i].right);
        wn_buf_char(b, '}');
    }
    wn_buf_str(b, "]");
}

static void json_automation(const struct wn_eval_automation *m, struct wn_buf *b)
{
    wn_buf_printf(b, ",\"automation\":{\"chosen\":%s", m->chosen ? "true" : "false");
    integer(b, "needed", m->needed);
    integer(b, "chosen_on", m->chosen_on);
    integer(b, "measured_on", m->measured_on);
    number(b, "threshold", m->threshold);
    integer(b, "accepted", m->accepted);
    integer(b, "wrong", m->wrong);
    wn_buf_char(b, '}');
}

static void json_candidate(const struct wn_eval_candidate *c, struct wn_buf *b)
{
    wn_buf_str(b, "{\"name\":");
    wn_json_quote(b, c->name);
    wn_buf_str(b, ",\"answered_by\":");
    if (c->answered_by == NULL)
        wn_buf_str(b, "null");
    else
        wn_json_quote(b, c->answered_by);
    integer(b, "n", c->n);
    integer(b, "right", c->right);
    number(b, "accuracy", c->accuracy);
    number(b, "accuracy_lo", c->lo);
    number(b, "accuracy_hi", c->hi);
    number(b, "macro_f1", c->macro_f1);
    integer(b, "with_probability", c->with_p);
    number(b, "ece", c->ece);
    number(b, "brier", c->brier);
    number(b, "auroc", c->auroc);
    integer(b, "auto", c->routed[WN_AUTO]);
    integer(b, "auto_wrong", c->auto_wrong);
    integer(b, "review", c->routed[WN_REVIEW]);
    integer(b, "failed", c->routed[WN_FAILED]);
    integer(b, "cached", c->cached);
    number(b, "cost_usd", c->cost_unknown ? NAN : (double)c->cost_microusd / 1e6);
    number(b, "latency_p50_ms", c->latency_p50);
    number(b, "latency_p95_ms", c->latency_p95);
    json_automation(&c->automation, b);
    json_labels(c, b);
    json_curves(c, b);
    wn_buf_char(b, '}');
}

void wn_eval_json(const struct wn_eval_report *r, struct wn_arena *a, struct wn_buf *b)
{
    (void)a; /* as the other forms */
    wn_buf_str(b, "{\"schema\":1,\"task\":");
    wn_json_quote(b, r->task);
    wn_buf_str(b, ",\"question\":");
    wn_json_quote(b, r->question);
    number(b, "target_error", r->target_error);
    integer(b, "read", r->read);
    integer(b, "unlabelled", r->unlabelled);
    integer(b, "repeated", r->repeated);
    integer(b, "contradicting", r->contradicting);
    integer(b, "learned_from", r->learned_from);
    integer(b, "n", r->n);
    wn_buf_str(b, ",\"candidates\":[");
    for (size_t c = 0; c < r->ncandidates; c++) {
        if (c > 0)
            wn_buf_char(b, ',');
        json_candidate(&r->candidates[c], b);
    }
    wn_buf_char(b, ']');
    if (r->verdict != NULL) {
        wn_buf_printf(b, ",\"paired\":{\"only_first\":%zu,\"only_second\":%zu", r->only[0],
                      r->only[1]);
        number(b, "p", r->paired_p);
        wn_buf_str(b, ",\"verdict\":");
        wn_json_quote(b, r->verdict);
        wn_buf_char(b, '}');
    }
    wn_buf_str(b, ",\"notes\":[");
    for (size_t i = 0; i < r->nnotes; i++) {
        if (i > 0)
            wn_buf_char(b, ',');
        wn_json_quote(b, r->notes[i]);
    }
    wn_buf_str(b, "]}\n");
}

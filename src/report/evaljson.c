/* evaljson.c: an evaluation as JSON. */
#include "report/evalreport.h"
#include "base/json.h"
#include <math.h>

static void number(struct wn_buf *b, const char *name, double v)
{
    wn_json_member_num(b, name, v, 6);
}

static void json_labels(const struct wn_eval_candidate *c, struct wn_buf *b)
{
    wn_buf_str(b, ",\"labels\":[");
    for (size_t i = 0; i < c->nlabels; i++) {
        const struct wn_eval_label *l = &c->labels[i];
        wn_buf_str(b, i == 0 ? "{" : ",{");
        wn_json_member_str(b, "label", l->id);
        wn_json_member_int(b, "n", l->n);
        wn_json_member_int(b, "said", l->said);
        wn_json_member_int(b, "right", l->right);
        number(b, "precision", l->precision);
        number(b, "recall", l->recall);
        number(b, "f1", l->f1);
        wn_buf_char(b, '}');
    }
    wn_buf_str(b, "],\"confusions\":[");
    for (size_t i = 0; i < c->nconfusions; i++) {
        wn_buf_str(b, i == 0 ? "{" : ",{");
        wn_json_member_str(b, "truth", c->confusions[i].truth);
        wn_json_member_str(b, "said", c->confusions[i].said);
        wn_json_member_int(b, "n", c->confusions[i].n);
        wn_buf_char(b, '}');
    }
    wn_buf_str(b, "]");
}

static void json_curves(const struct wn_eval_candidate *c, struct wn_buf *b)
{
    wn_buf_str(b, ",\"reliability\":[");
    for (int i = 0; i < WN_EVAL_BINS; i++) {
        wn_buf_str(b, i == 0 ? "{" : ",{");
        wn_json_member_int(b, "n", c->bins[i].n);
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
        wn_buf_str(b, i == 0 ? "{" : ",{");
        wn_json_member_str(b, "question", c->questions[i].name);
        wn_json_member_int(b, "n", c->questions[i].n);
        wn_json_member_int(b, "right", c->questions[i].right);
        wn_buf_char(b, '}');
    }
    wn_buf_str(b, "]");
}

static void json_automation(const struct wn_eval_automation *m, struct wn_buf *b)
{
    wn_json_member(b, "automation");
    wn_buf_char(b, '{');
    wn_json_member_bool(b, "chosen", m->chosen);
    wn_json_member_int(b, "needed", m->needed);
    wn_json_member_int(b, "chosen_on", m->chosen_on);
    wn_json_member_int(b, "measured_on", m->measured_on);
    number(b, "threshold", m->threshold);
    wn_json_member_int(b, "accepted", m->accepted);
    wn_json_member_int(b, "wrong", m->wrong);
    wn_buf_char(b, '}');
}

static void json_candidate(const struct wn_eval_candidate *c, struct wn_buf *b)
{
    wn_buf_char(b, '{');
    wn_json_member_str(b, "name", c->name);
    wn_json_member_str(b, "answered_by", c->answered_by);
    wn_json_member_int(b, "n", c->n);
    wn_json_member_int(b, "right", c->right);
    number(b, "accuracy", c->accuracy);
    number(b, "accuracy_lo", c->lo);
    number(b, "accuracy_hi", c->hi);
    number(b, "macro_f1", c->macro_f1);
    wn_json_member_int(b, "with_probability", c->with_p);
    number(b, "ece", c->ece);
    number(b, "brier", c->brier);
    number(b, "auroc", c->auroc);
    wn_json_member_int(b, "auto", c->routed[WN_AUTO]);
    wn_json_member_int(b, "auto_wrong", c->auto_wrong);
    wn_json_member_int(b, "review", c->routed[WN_REVIEW]);
    wn_json_member_int(b, "failed", c->routed[WN_FAILED]);
    wn_json_member_int(b, "cached", c->cached);
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
    wn_buf_str(b, "{\"schema\":1");
    wn_json_member_str(b, "task", r->task);
    wn_json_member_str(b, "question", r->question);
    number(b, "target_error", r->target_error);
    wn_json_member_int(b, "read", r->read);
    wn_json_member_int(b, "unlabelled", r->unlabelled);
    wn_json_member_int(b, "repeated", r->repeated);
    wn_json_member_int(b, "contradicting", r->contradicting);
    wn_json_member_int(b, "learned_from", r->learned_from);
    wn_json_member_int(b, "n", r->n);
    wn_buf_str(b, ",\"candidates\":[");
    for (size_t c = 0; c < r->ncandidates; c++) {
        if (c > 0)
            wn_buf_char(b, ',');
        json_candidate(&r->candidates[c], b);
    }
    wn_buf_char(b, ']');
    if (r->verdict != NULL) {
        wn_json_member(b, "paired");
        wn_buf_char(b, '{');
        wn_json_member_int(b, "only_first", r->only[0]);
        wn_json_member_int(b, "only_second", r->only[1]);
        number(b, "p", r->paired_p);
        wn_json_member_str(b, "verdict", r->verdict);
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

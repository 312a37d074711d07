/* decide.c: one decision from all that was gathered; see decide.h. Reads from top to bottom as the page
 * does: what speaks for each answer (weigh.c), flags, score, route, hand-over. */
#include "decide/decide.h"
#include "decide/weigh.h"
#include "decide/when.h"
#include <string.h>

struct deciding {
    const struct wn_gathered *g;
    struct wn_arena *a;
    struct wn_decision *out;
    struct wn_words words;
    const char **flags;
    size_t nflags;
    const char *other, *unshown, *missing; /* for the sentences */
};

static void flag(struct deciding *d, bool holds, const char *reason)
{
    if (holds)
        d->flags[d->nflags++] = reason;
}

static bool gated(const struct wn_task *t, size_t i)
{
    return i == 0 || t->questions[i].gated;
}

static void decide_questions(struct deciding *d)
{
    const struct wn_task *t = d->g->task;
    for (size_t i = 0; i < t->nquestions; i++) {
        const struct wn_question *q = &t->questions[i];
        const struct wn_value *v = wn_answered(d->g->answer, i);
        enum wn_source source;
        if (wn_weigh(d->g, i, d->a, &d->out->answers[i], &d->out->signals[i], &source) &&
            d->unshown == NULL)
            d->unshown = q->name;
        /* where nothing was answered at all, that is the reason, not each answer that is missing */
        if (q->required && (v == NULL || (q->type == WN_TEXT && v->null)) && d->missing == NULL &&
            wn_answered(d->g->answer, 0) != NULL)
            d->missing = q->name;
        if (i == 0)
            d->out->source = source;
    }
}

/* Reasons that hold whatever the score. */
static void gather_flags(struct deciding *d)
{
    const struct wn_flags *f = &d->g->flags;
    const struct wn_task *t = d->g->task;
    bool unanswered = false;
    for (size_t i = 0; i < t->nrules; i++)
        if (wn_when_fits(t, &t->rules[i].when, d->g->item, &d->words, d->g->answer))
            flag(d, true, wn_arena_printf(d->a, "rule:%s", t->rules[i].name));
    for (size_t i = 0; i < t->nquestions; i++)
        unanswered = unanswered || (gated(t, i) && wn_answered(d->g->answer, i) == NULL);
    flag(d, d->missing != NULL, "required_missing");
    flag(d, f->injection_suspected, "injection_suspected");
    flag(d, f->truncated_input || d->g->item->truncated, "truncated_input");
    flag(d, f->refused, "refused");
    flag(d, f->cut, "cut_off");
    flag(d, f->invalid_output || (unanswered && !f->refused && !f->cut), "invalid_output");
    flag(d, f->schema_repaired, "schema_repaired");
    flag(d, f->signal_missing, "signal_missing");
    flag(d, d->unshown != NULL, "evidence_missing");
    flag(d, f->unsupported_claim, "unsupported_claim");
    flag(d, f->unfamiliar, "unfamiliar");
}

/* The label of another answer to the first question, where it is another one; else NULL. */
static const char *other_label(const struct wn_gathered *g, const struct wn_answer *other)
{
    const struct wn_question *q = &g->task->questions[0];
    const struct wn_value *v = wn_answered(g->answer, 0), *o = wn_answered(other, 0);
    if (v == NULL || o == NULL || q->type == WN_TAGS || q->type == WN_TEXT ||
        wn_value_same(q, v, o))
        return NULL;
    return q->choices[o->choice].id;
}

static void find_disagreement(struct deciding *d)
{
    const struct wn_gathered *g = d->g;
    const struct wn_value *lin = g->linear_trained ? wn_answered(g->linear, 0) : NULL;
    for (size_t k = 0; k < g->nothers && d->other == NULL; k++)
        d->other = other_label(g, g->others[k]);
    if (d->other == NULL && lin != NULL && wn_value_prob(&g->task->questions[0], lin, lin->p) >= .5)
        d->other = other_label(g, g->linear);
}

/* The smallest score of the gated questions, as log-odds. A text answer that nobody gave a number for
 * is judged by its quote alone (evidence_missing) and does not pull the label's score down. */
static double weakest(const struct deciding *d, bool *scored)
{
    const double *w = d->g->weights != NULL ? d->g->weights : wn_score_weights;
    double z = INFINITY;
    *scored = false;
    for (size_t i = 0; i < d->g->task->nquestions; i++) {
        const struct wn_signals *s = &d->out->signals[i];
        bool any = wn_signals_any(s);
        if (!gated(d->g->task, i) || (i > 0 && !any && d->g->task->questions[i].type == WN_TEXT))
            continue;
        z = fmin(z, wn_score_weighted(s, w));
        *scored = *scored || (i == 0 && any);
    }
    return z;
}

static void tell_reasons(struct deciding *d, const struct wn_routed *r)
{
    const struct wn_reason_facts facts = { d->g->task,  d->out->s, d->g->tau,  d->out->probability,
                                           d->g->state, d->other,  d->unshown, d->missing };
    const char **because = wn_arena_array(d->a, r->nreasons, sizeof(*because));
    for (size_t i = 0; i < r->nreasons; i++)
        because[i] = wn_reason_text(r->reasons[i], &facts, d->a);
    d->out->because = because;
    d->out->reasons = r->reasons;
    d->out->nreasons = r->nreasons;
    d->out->tags = r->tags;
    d->out->ntags = r->ntags;
}

static void score_and_route(struct deciding *d)
{
    const struct wn_gathered *g = d->g;
    const char *unit = g->unit != NULL ? g->unit : g->item->id, *task = g->task->name;
    struct wn_decision *out = d->out;
    struct wn_routed r;
    bool scored, labelled = wn_answered(g->answer, 0) != NULL;
    double z = weakest(d, &scored);
    out->s = wn_score_jittered(1 / (1 + exp(-z)), g->salt, task, unit);
    out->u = wn_prn(g->salt, "audit", task, unit);
    out->pi = g->pi;
    out->state = g->state;
    out->calibrated = labelled && scored && g->display != NULL && g->display->calibrated;
    out->probability = labelled && scored ? wn_display(g->display, z) : NAN;
    /* where there is no label, what happened is the reason, not a score */
    wn_route(&(struct wn_routing){ d->flags, d->nflags, g->state, labelled ? out->s : INFINITY,
                                   g->tau, out->probability, out->u, g->pi, d->other != NULL },
             d->a, &r);
    out->route = r.route;
    out->audit = r.audit;
    out->hard_flag = !r.eligible;
    tell_reasons(d, &r);
}

/* Owner, next step and due time: the first row that fits. */
static void hand_over(struct deciding *d)
{
    const struct wn_gathered *g = d->g;
    for (size_t i = 0; i < g->task->nroutes && d->out->handed == NULL; i++)
        if (wn_when_fits(g->task, &g->task->routes[i].when, g->item, &d->words, g->answer))
            d->out->handed = &g->task->routes[i];
    if (d->out->handed != NULL && d->out->handed->due_minutes > 0)
        d->out->due = (g->item->time > 0 ? g->item->time : g->now) +
                      60 * (int64_t)d->out->handed->due_minutes;
}

void wn_decide(const struct wn_gathered *g, struct wn_arena *a, struct wn_decision *out)
{
    const struct wn_question *first = &g->task->questions[0];
    const struct wn_value *label = wn_answered(g->answer, 0);
    struct deciding d = { .g = g, .a = a, .out = out };
    *out = (struct wn_decision){ .label = SIZE_MAX, .nanswers = g->task->nquestions };
    if (label != NULL && first->type != WN_TAGS && first->type != WN_TEXT)
        out->label = label->choice;
    out->answers = wn_arena_array(a, out->nanswers, sizeof(*out->answers));
    out->signals = wn_arena_array(a, out->nanswers, sizeof(*out->signals));
    d.flags = wn_arena_array(a, g->task->nrules + 16, sizeof(*d.flags));
    decide_questions(&d);
    gather_flags(&d);
    find_disagreement(&d);
    score_and_route(&d);
    hand_over(&d);
    wn_words_free(&d.words);
}

size_t wn_rules_hold(const struct wn_task *t, const struct wn_item *item,
                     const struct wn_answer *answer, struct wn_arena *a,
                     const struct wn_rule *const **out)
{
    const struct wn_rule **hold = wn_arena_array(a, t->nrules, sizeof(*hold));
    struct wn_words words = { 0 };
    size_t n = 0;
    for (size_t i = 0; i < t->nrules; i++)
        if (wn_when_fits(t, &t->rules[i].when, item, &words, answer))
            hold[n++] = &t->rules[i];
    wn_words_free(&words);
    *out = hold;
    return n;
}

const char *wn_reason_sentence(const struct wn_task *t, const char *reason, struct wn_arena *a)
{
    return wn_reason_text(
        reason, &(struct wn_reason_facts){ t, NAN, NAN, NAN, WN_COLD, NULL, NULL, NULL }, a);
}

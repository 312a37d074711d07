/* decide.c: one decision from all that was gathered; see decide.h. Reads from top to bottom as the page
 * does: evidence, signals, flags, score, route, hand-over. */
#include "decide/decide.h"
#include "decide/norm.h"
#include "decide/when.h"
#include <string.h>

struct deciding {
    const struct wn_gathered *g;
    struct wn_arena *a;
    struct wn_decision *out;
    struct wn_words words;
    double label_lp; /* first question: from token log-probabilities, or NAN */
    const char **flags;
    size_t nflags;
    const char *other, *unshown, *missing; /* for the sentences */
};

static void flag(struct deciding *d, bool holds, const char *reason)
{
    if (holds)
        d->flags[d->nflags++] = reason;
}

static const struct wn_value *value_at(const struct wn_answer *answer, size_t i)
{
    return answer != NULL && i < answer->nvalues && answer->values[i].answered ? &answer->values[i]
                                                                               : NULL;
}

/* ---- evidence ---- */

struct shown {
    enum wn_evidence status;
    bool verified;
    const char *quote; /* as the item has it, or NULL */
    size_t start, end; /* in the item's text; 0,0 = it stands in a field */
};

/* A quote may also stand in a field ("company: Acme"); a whole field is no chance hit, however short. */
static bool stands_in_field(const struct wn_item *item, const char *quote, const char **field)
{
    for (size_t i = 0; i < item->nfields; i++) {
        const char *value = item->fields[i].value;
        size_t len = strlen(value);
        struct wn_match m = wn_quote_match(value, len, quote, strlen(quote));
        bool whole = m.start == 0 && m.end == len && len > 0;
        if ((m.status == WN_EVIDENCE_EXACT || m.status == WN_EVIDENCE_NORMALISED) &&
            (whole || !m.weak)) {
            *field = value;
            return true;
        }
    }
    return false;
}

static struct shown find_quote(struct deciding *d, const char *quote)
{
    const struct wn_item *item = d->g->item;
    struct wn_match m = wn_quote_match(item->text, item->text_len, quote, strlen(quote));
    struct shown s = { m.status, wn_match_verified(&m), NULL, m.start, m.end };
    const char *field = NULL;
    if (m.end > m.start)
        s.quote = wn_arena_copy(d->a, item->text + m.start, m.end - m.start);
    if (s.verified || s.status == WN_EVIDENCE_NONE || !stands_in_field(item, quote, &field))
        return s;
    s.verified = true;
    s.status = WN_EVIDENCE_EXACT;
    if (m.status == WN_EVIDENCE_FUZZY || m.status == WN_EVIDENCE_NOT_FOUND)
        s = (struct shown){ WN_EVIDENCE_EXACT, true, field, 0, 0 };
    return s;
}

/* A copied value needs a quote that says it; without one that does, the value may stand there itself. */
static struct shown show_text(struct deciding *d, const struct wn_question *q,
                              const struct wn_value *v)
{
    struct shown s = { WN_EVIDENCE_NOT_FOUND, false, NULL, 0, 0 };
    if (v->quote != NULL)
        s = find_quote(d, v->quote);
    if (s.quote == NULL || !wn_value_in_quote(q->form, v->text, s.quote))
        s = find_quote(d, v->text);
    if (s.quote == NULL || !wn_value_in_quote(q->form, v->text, s.quote))
        s = (struct shown){ WN_EVIDENCE_NOT_FOUND, false, NULL, 0, 0 };
    return s;
}

/* Labels that say that something is not there: no quote can show that. */
static bool means_absence(const struct wn_question *q, const struct wn_value *v)
{
    static const char *const absent[] = { "none", "other", "spam", "unknown", "not_a_lead", "no" };
    bool any = false;
    if (q->type == WN_TAGS) {
        for (size_t i = 0; i < q->nchoices; i++)
            any = any || v->chosen[i];
        return !any;
    }
    for (size_t i = 0; i < WN_COUNT(absent); i++)
        if (strcmp(q->choices[v->choice].id, absent[i]) == 0)
            return true;
    return false;
}

/* The answer says "not there", and the text has something that looks like it. */
static bool overlooked(const struct deciding *d, const struct wn_question *q)
{
    struct wn_span s;
    bool has_form = q->form == WN_FORM_EMAIL || q->form == WN_FORM_PHONE ||
                    q->form == WN_FORM_MONEY || q->form == WN_FORM_DATE;
    return has_form && wn_form_find(q->form, d->g->item->text, d->g->item->text_len, 0, &s);
}

/* Evidence of question i into its answer; returns whether it is missing where it must be there. */
static bool weigh_evidence(struct deciding *d, size_t i, struct wn_field_answer *f)
{
    const struct wn_question *q = &d->g->task->questions[i];
    const struct wn_value *v = value_at(d->g->answer, i);
    bool must = q->evidence == WN_NEED_REQUIRED || (q->type == WN_TEXT && q->gated);
    struct shown s = { WN_EVIDENCE_NONE, false, NULL, 0, 0 };
    if (v == NULL)
        return false;
    if (q->type == WN_TEXT && v->null)
        return (must || q->required) && overlooked(d, q);
    if (q->type == WN_TEXT)
        s = show_text(d, q, v);
    else if (v->quote != NULL)
        s = find_quote(d, v->quote);
    f->evidence = s.status;
    f->quote = s.quote;
    f->quote_start = s.start;
    f->quote_end = s.end;
    return must && !s.verified && (q->type == WN_TEXT || !means_absence(q, v));
}

/* ---- signals ---- */

/* The label's probability from the tokens that spell it. */
static double label_logprob(const struct wn_gathered *g, struct wn_arena *a)
{
    static const char *const no_yes[] = { "false", "true" };
    const struct wn_question *q = &g->task->questions[0];
    const struct wn_value *v = value_at(g->answer, 0);
    const char **ids = wn_arena_array(a, q->nchoices, sizeof(*ids));
    if (v == NULL || g->nlogprobs == 0 || q->type == WN_TAGS || q->type == WN_TEXT)
        return NAN;
    if (q->type == WN_YESNO)
        return wn_label_prob(no_yes, 2, v->choice, g->logprobs, g->nlogprobs, NULL);
    for (size_t i = 0; i < q->nchoices; i++)
        ids[i] = q->choices[i].id;
    return wn_label_prob(ids, q->nchoices, v->choice, g->logprobs, g->nlogprobs, NULL);
}

/* The answerer's own numbers. A trained linear engine that answers itself is `lin`; an untrained one is
 * nothing more than an endpoint's word. */
static void own_signals(const struct deciding *d, size_t i, const struct wn_value *v,
                        struct wn_signals *s)
{
    const struct wn_question *q = &d->g->task->questions[i];
    double p = wn_value_prob(q, v, v->p);
    if (v->source == WN_LINEAR && d->g->linear_trained)
        s->lin = p;
    else if (v->source == WN_STATED)
        s->vc = p;
    else if (v->source != WN_SAMPLES)
        s->lp = p;
    if (isnan(s->lp) && v->p == NULL && i == 0)
        s->lp = d->label_lp;
    if (v->stated != NULL)
        s->vc = wn_value_prob(q, v, v->stated);
}

static void other_signals(const struct deciding *d, size_t i, const struct wn_value *v,
                          struct wn_signals *s)
{
    const struct wn_gathered *g = d->g;
    const struct wn_question *q = &g->task->questions[i];
    double sum = 0, with_p = 0;
    for (size_t k = 0; k < g->nsamples; k++) {
        const struct wn_value *o = value_at(g->samples[k], i);
        s->sc_n++;
        s->sc_same += o != NULL && wn_value_same(q, v, o);
    }
    for (size_t k = 0; k < g->nothers; k++) {
        const struct wn_value *o = value_at(g->others[k], i);
        double p = o == NULL ? NAN : wn_value_prob(q, v, o->p != NULL ? o->p : o->stated);
        s->xm_n++;
        s->xm_same += o != NULL && wn_value_same(q, v, o);
        sum += isnan(p) ? 0 : p;
        with_p += !isnan(p);
    }
    if (with_p > 0)
        s->xp = sum / with_p;
    if (g->linear_trained && value_at(g->linear, i) != NULL)
        s->lin = wn_value_prob(q, v, g->linear->values[i].p);
}

/* The best number for one question, and where it comes from. */
static double best_prob(const struct deciding *d, size_t i, const struct wn_value *v,
                        enum wn_source *source)
{
    const struct wn_question *q = &d->g->task->questions[i];
    const struct wn_signals *s = &d->out->signals[i];
    *source = v->p != NULL ? v->source : WN_SOURCE_NONE;
    if (v->p != NULL)
        return wn_value_prob(q, v, v->p);
    if (!isnan(s->lp)) {
        *source = WN_LOGPROB;
        return s->lp;
    }
    if (s->sc_n > 0) {
        *source = WN_SAMPLES;
        return (s->sc_same + 1.0) / (s->sc_n + 1); /* the answer itself is one more */
    }
    *source = isnan(s->vc) ? WN_SOURCE_NONE : WN_STATED;
    return s->vc;
}

/* ---- one question ---- */

static void fill_value(const struct deciding *d, const struct wn_question *q,
                       const struct wn_value *v, struct wn_field_answer *f)
{
    const char **tags;
    if (q->type == WN_TEXT) {
        f->value = v->null ? NULL : v->text;
        return;
    }
    if (q->type != WN_TAGS) {
        f->value = q->choices[v->choice].id;
        return;
    }
    tags = wn_arena_array(d->a, q->nchoices, sizeof(*tags));
    for (size_t i = 0; i < q->nchoices; i++)
        if (v->chosen[i])
            tags[f->ntags++] = q->choices[i].id;
    f->tags = tags;
}

static void decide_question(struct deciding *d, size_t i)
{
    const struct wn_question *q = &d->g->task->questions[i];
    const struct wn_value *v = value_at(d->g->answer, i);
    struct wn_field_answer *f = &d->out->answers[i];
    struct wn_signals *s = &d->out->signals[i];
    enum wn_source source = WN_SOURCE_NONE;
    *f = (struct wn_field_answer){ .question = q->name, .type = q->type, .probability = NAN };
    *s = (struct wn_signals)WN_SIGNALS_NONE;
    if (weigh_evidence(d, i, f) && d->unshown == NULL)
        d->unshown = q->name;
    if (q->required && (v == NULL || (q->type == WN_TEXT && v->null)) && d->missing == NULL)
        d->missing = q->name;
    if (v == NULL)
        return;
    fill_value(d, q, v, f);
    own_signals(d, i, v, s);
    other_signals(d, i, v, s);
    s->ev = q->evidence == WN_NEED_NONE ? WN_EVIDENCE_NONE : f->evidence;
    f->probability = best_prob(d, i, v, &source);
    if (i == 0)
        d->out->source = source;
}

/* ---- all together ---- */

static bool gated(const struct wn_task *t, size_t i)
{
    return i == 0 || t->questions[i].gated;
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
        unanswered = unanswered || (gated(t, i) && value_at(d->g->answer, i) == NULL);
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
    const struct wn_value *v = value_at(g->answer, 0), *o = value_at(other, 0);
    if (v == NULL || o == NULL || q->type == WN_TAGS || q->type == WN_TEXT ||
        wn_value_same(q, v, o))
        return NULL;
    return q->choices[o->choice].id;
}

static void find_disagreement(struct deciding *d)
{
    const struct wn_gathered *g = d->g;
    const struct wn_value *lin = g->linear_trained ? value_at(g->linear, 0) : NULL;
    for (size_t k = 0; k < g->nothers && d->other == NULL; k++)
        d->other = other_label(g, g->others[k]);
    if (d->other == NULL && lin != NULL && wn_value_prob(&g->task->questions[0], lin, lin->p) >= .5)
        d->other = other_label(g, g->linear);
}

/* The smallest score of the gated questions, as log-odds. A text answer that nobody gave a number for
 * is judged by its quote alone (evidence_missing) and does not pull the label's score down. */
static double weakest(const struct deciding *d, bool *scored)
{
    double z = INFINITY;
    *scored = false;
    for (size_t i = 0; i < d->g->task->nquestions; i++) {
        const struct wn_signals *s = &d->out->signals[i];
        bool any = wn_signals_any(s);
        if (!gated(d->g->task, i) || (i > 0 && !any && d->g->task->questions[i].type == WN_TEXT))
            continue;
        z = fmin(z, wn_score_z(s));
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
    bool scored, labelled = value_at(g->answer, 0) != NULL;
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
    const struct wn_value *label = value_at(g->answer, 0);
    struct deciding d = { .g = g, .a = a, .out = out };
    *out = (struct wn_decision){ .label = SIZE_MAX, .nanswers = g->task->nquestions };
    if (label != NULL && first->type != WN_TAGS && first->type != WN_TEXT)
        out->label = label->choice;
    out->answers = wn_arena_array(a, out->nanswers, sizeof(*out->answers));
    out->signals = wn_arena_array(a, out->nanswers, sizeof(*out->signals));
    d.flags = wn_arena_array(a, g->task->nrules + 16, sizeof(*d.flags));
    d.label_lp = label_logprob(g, a);
    wn_words_make(g->item, &d.words);
    for (size_t i = 0; i < out->nanswers; i++)
        decide_question(&d, i);
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
    struct wn_words words;
    size_t n = 0;
    wn_words_make(item, &words);
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

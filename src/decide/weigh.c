/* weigh.c: see weigh.h. */
#include "decide/weigh.h"
#include <string.h>

/* One answered question of one item. */
struct weighing {
    const struct wn_gathered *g;
    struct wn_arena *a;
    size_t i;
    const struct wn_question *q;
    const struct wn_value *v;
};

const struct wn_value *wn_answered(const struct wn_answer *answer, size_t i)
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

/* A quote may also stand in a field, as the prompt shows it: "company: Acme". Up to the field's end it
 * is no chance hit, however short. */
static bool stands_in_field(const struct weighing *w, const char *quote, const char **field)
{
    const struct wn_item *item = w->g->item;
    for (size_t i = 0; i < item->nfields; i++) {
        const char *name = item->fields[i].name, *value = item->fields[i].value;
        const char *line = wn_arena_printf(w->a, "%s: %s", name, value);
        size_t len = strlen(line), start = len - strlen(value);
        struct wn_match m = wn_quote_match(line, len, quote, strlen(quote));
        bool whole = m.start <= start && m.end == len;
        if ((m.status == WN_EVIDENCE_EXACT || m.status == WN_EVIDENCE_NORMALISED) &&
            m.end > start && (whole || !m.weak)) {
            *field = value;
            return true;
        }
    }
    return false;
}

static struct shown find_quote(const struct weighing *w, const char *quote)
{
    const struct wn_item *item = w->g->item;
    struct wn_match m = wn_quote_match(item->text, item->text_len, quote, strlen(quote));
    struct shown s = { m.status, wn_match_verified(&m), NULL, m.start, m.end };
    const char *field = NULL;
    if (m.end > m.start)
        s.quote = wn_arena_copy(w->a, item->text + m.start, m.end - m.start);
    if (s.verified || s.status == WN_EVIDENCE_NONE || !stands_in_field(w, quote, &field))
        return s;
    if (s.status == WN_EVIDENCE_FUZZY || s.status == WN_EVIDENCE_NOT_FOUND)
        return (struct shown){ WN_EVIDENCE_EXACT, true, field, 0, 0 };
    s.verified = true; /* short, but the field says it, too; the place in the text is shown */
    return s;
}

/* A copied value needs a quote that says it; without one that does, the value may stand there itself. */
static struct shown show_text(const struct weighing *w)
{
    static const struct shown nowhere = { WN_EVIDENCE_NOT_FOUND, false, NULL, 0, 0 };
    const char *tries[] = { w->v->quote, w->v->text };
    for (size_t i = 0; i < WN_COUNT(tries); i++) {
        struct shown s = tries[i] == NULL ? nowhere : find_quote(w, tries[i]);
        if (s.quote != NULL && wn_value_in_quote(w->q->form, w->v->text, s.quote))
            return s;
    }
    return nowhere;
}

/* Labels that say that something is not there: no quote can show that. */
static bool means_absence(const struct wn_question *q, const struct wn_value *v)
{
    static const char *const absent[] = { "none", "other", "spam", "unknown", "not_a_lead", "no" };
    if (q->type == WN_TAGS) {
        for (size_t i = 0; i < q->nchoices; i++)
            if (v->chosen[i])
                return false;
        return true;
    }
    for (size_t i = 0; i < WN_COUNT(absent); i++)
        if (strcmp(q->choices[v->choice].id, absent[i]) == 0)
            return true;
    return false;
}

/* The answer says "not there", and the text has something that looks like it. */
static bool overlooked(const struct weighing *w)
{
    enum wn_form form = w->q->form;
    struct wn_span s;
    bool certain = form == WN_FORM_EMAIL || form == WN_FORM_PHONE || form == WN_FORM_MONEY ||
                   form == WN_FORM_DATE;
    return certain && wn_form_find(form, w->g->item->text, w->g->item->text_len, 0, &s);
}

static bool weigh_evidence(const struct weighing *w, struct wn_field_answer *f)
{
    const struct wn_question *q = w->q;
    bool must = q->evidence == WN_NEED_REQUIRED || (q->type == WN_TEXT && q->gated);
    struct shown s = { WN_EVIDENCE_NONE, false, NULL, 0, 0 };
    if (q->type == WN_TEXT && w->v->null)
        return (must || q->required) && overlooked(w);
    if (q->type == WN_TEXT)
        s = show_text(w);
    else if (w->v->quote != NULL)
        s = find_quote(w, w->v->quote);
    f->evidence = s.status;
    f->quote = s.quote;
    f->quote_start = s.start;
    f->quote_end = s.end;
    return must && !s.verified && (q->type == WN_TEXT || !means_absence(q, w->v));
}

/* ---- signals ---- */

/* The label's probability from the tokens that spell it. */
static double label_logprob(const struct weighing *w, double *off_enum)
{
    static const char *const no_yes[] = { "false", "true" };
    const struct wn_gathered *g = w->g;
    const char **ids = wn_arena_array(w->a, w->q->nchoices, sizeof(*ids));
    if (g->nlogprobs == 0 || w->q->type == WN_TAGS || w->q->type == WN_TEXT)
        return NAN;
    if (w->q->type == WN_YESNO)
        return wn_label_prob(no_yes, 2, w->v->choice, g->logprobs, g->nlogprobs, off_enum);
    for (size_t i = 0; i < w->q->nchoices; i++)
        ids[i] = w->q->choices[i].id;
    return wn_label_prob(ids, w->q->nchoices, w->v->choice, g->logprobs, g->nlogprobs, off_enum);
}

/* The answerer's own numbers. A trained linear engine that answers itself is `lin`; an untrained one is
 * nothing more than an endpoint's word. */
static void own_signals(const struct weighing *w, struct wn_signals *s)
{
    const struct wn_value *v = w->v;
    double p = wn_value_prob(w->q, v, v->p);
    if (v->source == WN_LINEAR && w->g->linear_trained)
        s->lin = p;
    else if (v->source == WN_STATED)
        s->vc = p;
    else if (v->source != WN_SAMPLES)
        s->lp = p;
    if (v->p == NULL && w->i == 0)
        s->lp = label_logprob(w, &s->off_enum);
    if (v->stated != NULL)
        s->vc = wn_value_prob(w->q, v, v->stated);
}

static void other_signals(const struct weighing *w, struct wn_signals *s)
{
    const struct wn_gathered *g = w->g;
    const struct wn_value *lin = g->linear_trained ? wn_answered(g->linear, w->i) : NULL;
    double sum = 0, with_p = 0;
    for (size_t k = 0; k < g->nsamples; k++) {
        const struct wn_value *o = wn_answered(g->samples[k], w->i);
        if (o == NULL && w->i > 0) /* it was asked about the label alone */
            continue;
        s->sc_n++;
        s->sc_same += o != NULL && wn_value_same(w->q, w->v, o);
    }
    for (size_t k = 0; k < g->nothers; k++) {
        const struct wn_value *o = wn_answered(g->others[k], w->i);
        double p = o == NULL ? NAN : wn_value_prob(w->q, w->v, o->p != NULL ? o->p : o->stated);
        if (o == NULL && w->i > 0)
            continue;
        s->xm_n++;
        s->xm_same += o != NULL && wn_value_same(w->q, w->v, o);
        sum += isnan(p) ? 0 : p;
        with_p += !isnan(p);
    }
    if (with_p > 0)
        s->xp = sum / with_p;
    if (g->checked && (w->i == 0 || w->q->gated))
        s->chk = g->chk;
    if (lin != NULL)
        s->lin = wn_value_prob(w->q, w->v, lin->p);
}

/* The best number that there is, and where it comes from. */
static double best_prob(const struct weighing *w, const struct wn_signals *s,
                        enum wn_source *source)
{
    if (w->v->p != NULL) {
        *source = w->v->source;
        return wn_value_prob(w->q, w->v, w->v->p);
    }
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

/* ---- both ---- */

static void fill_value(const struct weighing *w, struct wn_field_answer *f)
{
    const struct wn_question *q = w->q;
    const char **tags;
    if (q->type == WN_TEXT) {
        f->value = w->v->null ? NULL : w->v->text;
        return;
    }
    if (q->type != WN_TAGS) {
        f->value = q->choices[w->v->choice].id;
        return;
    }
    tags = wn_arena_array(w->a, q->nchoices, sizeof(*tags));
    for (size_t i = 0; i < q->nchoices; i++)
        if (w->v->chosen[i])
            tags[f->ntags++] = q->choices[i].id;
    f->tags = tags;
}

bool wn_weigh(const struct wn_gathered *g, size_t i, struct wn_arena *a, struct wn_field_answer *f,
              struct wn_signals *s, enum wn_source *source)
{
    const struct wn_question *q = &g->task->questions[i];
    const struct weighing w = { g, a, i, q, wn_answered(g->answer, i) };
    bool unshown;
    *f = (struct wn_field_answer){ .question = q->name, .type = q->type, .probability = NAN };
    *s = (struct wn_signals)WN_SIGNALS_NONE;
    *source = WN_SOURCE_NONE;
    if (w.v == NULL)
        return false;
    fill_value(&w, f);
    unshown = weigh_evidence(&w, f);
    own_signals(&w, s);
    other_signals(&w, s);
    s->ev = q->evidence == WN_NEED_NONE ? WN_EVIDENCE_NONE : f->evidence;
    f->probability = best_prob(&w, s, source);
    return unshown;
}

/* signals.c: see signals.h. The order of the sum is fixed: what is printed must come out the same on
 * every run. */
#include "decide/signals.h"
#include <string.h>

/* Log-odds of p, never beyond those of c: a 1.0 is no certainty. */
static double clipped(double p, double c)
{
    p = fmin(fmax(p, c), 1 - c);
    return log(p / (1 - p));
}

static double evidence_z(enum wn_evidence e)
{
    switch (e) {
    case WN_EVIDENCE_EXACT:
        return .5;
    case WN_EVIDENCE_NORMALISED:
        return .25;
    case WN_EVIDENCE_FUZZY:
        return -.5;
    case WN_EVIDENCE_NOT_FOUND:
        return -2;
    case WN_EVIDENCE_NONE:
    case WN_EVIDENCE_ELLIPSIS:
        break;
    }
    return 0;
}

static bool linear_alone(const struct wn_signals *s)
{
    return isnan(s->lp) && isnan(s->vc) && isnan(s->xp) && isnan(s->chk) && s->sc_n == 0 &&
           s->xm_n == 0;
}

bool wn_signals_any(const struct wn_signals *s)
{
    return !linear_alone(s) || !isnan(s->lin);
}

const double wn_score_weights[WN_SCORE_TERMS] = { .5, .5, .5, .5, .5, 1, 1, 1, 0 };

void wn_score_terms(const struct wn_signals *s, double out[WN_SCORE_TERMS])
{
    const double p[] = { s->lp, s->vc, s->lin, s->xp, s->chk }, c[] = { .01, .05, .01, .01, .05 };
    for (size_t i = 0; i < 5; i++)
        out[i] = isnan(p[i]) ? 0 : clipped(p[i], c[i]);
    if (linear_alone(s))
        out[2] *= 2;
    out[5] = s->sc_n == 0 ? 0 : 2 * (s->sc_same + .5) / (s->sc_n + 1) - 1;
    out[6] = s->xm_n == 0 ? 0 : 2.0 * s->xm_same / s->xm_n - 1;
    out[7] = evidence_z(s->ev);
    out[8] = 1;
}

double wn_score_weighted(const struct wn_signals *s, const double w[WN_SCORE_TERMS])
{
    double terms[WN_SCORE_TERMS], z = 0;
    wn_score_terms(s, terms);
    for (size_t i = 0; i < WN_SCORE_TERMS; i++)
        z += w[i] * terms[i];
    return z;
}

double wn_score_z(const struct wn_signals *s)
{
    return wn_score_weighted(s, wn_score_weights);
}

double wn_score(const struct wn_signals *s)
{
    return 1 / (1 + exp(-wn_score_z(s)));
}

double wn_score_jittered(double s, const char *salt, const char *task, const char *item)
{
    return s + 1e-9 * wn_prn(salt, "jitter", task, item);
}

/* ---- label_prob ---- */

/* The labels that are still possible are those that begin with `prefix`. */
struct labels {
    const char *const *name;
    size_t n, chosen;
    const char *prefix; /* the first prefix_len bytes of one of them */
    size_t prefix_len;
};

/* A token as a piece of the label: without the quote and space before it, and cut at the quote that
 * ends it. */
struct piece {
    const char *text;
    size_t len;
    bool ended;
};

static struct piece piece_of(const struct wn_logprob *t, bool at_start)
{
    struct piece p = { t->token, t->token_len, false };
    const char *quote;
    /* ':' too: some tokenizers glue it to the opening quote */
    while (at_start && p.len > 0 && memchr("\" \n:", *p.text, 4) != NULL) {
        p.text++;
        p.len--;
    }
    quote = p.len > 0 ? memchr(p.text, '"', p.len) : NULL;
    if (quote != NULL) {
        p.len = (size_t)(quote - p.text);
        p.ended = true;
    }
    return p;
}

/* How many live labels fit prefix + piece; *which is the last of them. */
static size_t count_fits(const struct labels *l, const struct piece *p, size_t *which)
{
    size_t fits = 0, len = l->prefix_len + p->len;
    if (p->len == 0 && !p->ended)
        return 0;
    for (size_t i = 0; i < l->n; i++) {
        const char *name = l->name[i];
        size_t have = strlen(name);
        if (have < len || (p->ended && have != len) ||
            memcmp(name, l->prefix, l->prefix_len) != 0 ||
            memcmp(name + l->prefix_len, p->text, p->len) != 0)
            continue;
        *which = i;
        fits++;
    }
    return fits;
}

static bool same_token(const struct wn_logprob *a, const struct wn_logprob *b)
{
    return a->token_len == b->token_len && memcmp(a->token, b->token, a->token_len) == 0;
}

static bool seen_before(const struct wn_logprob *step, size_t i)
{
    if (same_token(step, &step->top[i]))
        return true;
    for (size_t k = 0; k < i; k++)
        if (same_token(&step->top[k], &step->top[i]))
            return true;
    return false;
}

/* Probability mass of one token and its alternatives over the live labels. */
struct mass {
    double chosen, ambiguous, total;
};

static void weigh(const struct labels *l, const struct wn_logprob *token, struct mass *m)
{
    struct piece p = piece_of(token, l->prefix_len == 0);
    size_t which = 0, fits;
    double q = exp(token->logprob);
    if (!(token->logprob > -9999))
        return;
    fits = count_fits(l, &p, &which);
    if (fits == 0)
        return;
    m->total += q;
    if (fits > 1)
        m->ambiguous += q;
    else if (which == l->chosen)
        m->chosen += q;
}

double wn_label_prob(const char *const *labels, size_t nlabels, size_t chosen,
                     const struct wn_logprob *steps, size_t nsteps, double *off_enum)
{
    struct labels l = { labels, nlabels, chosen, "", 0 };
    double p = 1;
    bool first = true;
    if (off_enum != NULL)
        *off_enum = NAN;
    for (size_t i = 0; i < nsteps; i++) {
        const struct wn_logprob *step = &steps[i];
        struct piece produced = piece_of(step, l.prefix_len == 0);
        struct mass m = { 0, 0, 0 };
        size_t which = 0;
        if (l.prefix_len == 0 && produced.len == 0 && !produced.ended)
            continue; /* only the opening quote */
        weigh(&l, step, &m);
        for (size_t k = 0; k < step->ntop; k++)
            if (!seen_before(step, k))
                weigh(&l, &step->top[k], &m);
        if (first && off_enum != NULL)
            *off_enum = fmax(0, 1 - m.total);
        first = false;
        if (m.total <= 0)
            return NAN;
        if (count_fits(&l, &produced, &which) <= 1)
            return p * m.chosen / m.total;
        p *= m.ambiguous / m.total;
        l.prefix = labels[which];
        l.prefix_len += produced.len;
    }
    return NAN;
}

const struct wn_logprob *wn_label_steps(const struct wn_logprob *tokens, size_t ntokens,
                                        size_t start, size_t end, size_t *n)
{
    size_t at = 0, first = ntokens;
    *n = 0;
    for (size_t i = 0; i < ntokens && at < end; i++) {
        size_t next = at + tokens[i].token_len;
        if (next > start && next > at) {
            if (first == ntokens)
                first = i;
            *n = i - first + 1;
        }
        at = next;
    }
    return first == ntokens ? NULL : tokens + first;
}

/* route.c: see route.h. */
#include "decide/route.h"
#include <assert.h>
#include <math.h>
#include <string.h>

enum kind {
    BY_RULE,  /* "rule:NAME" */
    BY_FLAG,  /* given in flags */
    BY_STATE, /* what the state and the score say */
    BY_OTHER, /* appended where something else already asks for a person */
    NO_REASON /* no reason to wait, but something to say: tags, samples */
};

static const struct {
    const char *name;
    enum kind kind;
    const char *sentence;
} table[] = {
    /* clang-format off */
    { "rule:",                BY_RULE,  "A rule of this task always asks a person." },
    { "required_missing",     BY_FLAG,  "A required answer is missing." },
    { "injection_suspected",  BY_FLAG,  "The text tries to give the program instructions." },
    { "truncated_input",      BY_FLAG,  "Only a part of the text was read." },
    { "refused",              BY_FLAG,  "The model declined to answer." },
    { "cut_off",              BY_FLAG,  "The model's answer broke off before its end." },
    { "invalid_output",       BY_FLAG,  "The model's answer is incomplete or contradicts itself." },
    { "schema_repaired",      BY_FLAG,  "The answer did not come in the form that was asked for." },
    { "signal_missing",       BY_FLAG,  "A planned second opinion did not come." },
    { "evidence_missing",     BY_FLAG,  "No quote from the text shows the answer." },
    { "unsupported_claim",    BY_FLAG,  "A sentence says more than its sources do." },
    { "guarantee_suspended",  BY_STATE, "Nothing is accepted alone at present: a check of the accepted ones gave an alarm." },
    { "no_guarantee",         BY_STATE, "Nothing is proved yet for this task and model, so a person decides." },
    { "low_confidence",       BY_STATE, "Unsure of the label." },
    { "below_guarantee",      BY_STATE, "Not as sure as what is proved to be right often enough." },
    { "unfamiliar",           BY_OTHER, "This text is unlike all that was learned from." },
    { "provider_disagreement", BY_OTHER, "The second opinion names another label." },
    { "provisional",          NO_REASON, "The threshold was measured on examples, not yet on your own items." },
    { "audit_sample",         NO_REASON, "Picked at random, to check what is accepted alone." },
    { "certification_sample", NO_REASON, "Picked at random, to find out what may be accepted alone." },
    { "second_review",        NO_REASON, "A second person looks at it, to see how far people agree." },
    { "user_flagged",         NO_REASON, "Somebody asked for another look." },
    /* clang-format on */
};

static bool is_rule(const char *reason)
{
    return strncmp(reason, "rule:", 5) == 0;
}

static size_t row_of(const char *reason)
{
    size_t i = 0;
    while (i < WN_COUNT(table) &&
           !(table[i].kind == BY_RULE ? is_rule(reason) : strcmp(table[i].name, reason) == 0))
        i++;
    return i;
}

static bool flagged(const struct wn_routing *in, const char *reason)
{
    for (size_t i = 0; i < in->nflags; i++)
        if (strcmp(in->flags[i], reason) == 0)
            return true;
    return false;
}

/* Why state and score do not let it pass alone, or NULL. */
static const char *state_reason(const struct wn_routing *in)
{
    if (in->state == WN_SUSPENDED)
        return "guarantee_suspended";
    if (in->state == WN_COLD)
        return "no_guarantee";
    if (in->s >= in->tau)
        return NULL;
    if (in->p < .60)
        return "low_confidence";
    return in->state == WN_CAUTIOUS ? "no_guarantee" : "below_guarantee";
}

static bool holds(const struct wn_routing *in, size_t row, size_t before)
{
    const char *name = table[row].name, *state = state_reason(in);
    if (table[row].kind == BY_STATE)
        return state != NULL && strcmp(state, name) == 0;
    if (strcmp(name, "provider_disagreement") == 0)
        return in->disagree && before > 0;
    return table[row].kind != NO_REASON && flagged(in, name);
}

void wn_route(const struct wn_routing *in, struct wn_arena *a, struct wn_routed *out)
{
    const char **reasons = wn_arena_array(a, in->nflags + WN_COUNT(table), sizeof(*reasons));
    const char **tags = wn_arena_array(a, 2, sizeof(*tags));
    *out = (struct wn_routed){ .route = WN_AUTO, .eligible = in->nflags == 0 };
    for (size_t i = 0; i < in->nflags; i++) {
        assert(row_of(in->flags[i]) < WN_COUNT(table));
        if (is_rule(in->flags[i]))
            reasons[out->nreasons++] = in->flags[i];
    }
    for (size_t row = 0; row < WN_COUNT(table); row++)
        if (holds(in, row, out->nreasons))
            reasons[out->nreasons++] = table[row].name;
    if (out->nreasons > 0) {
        out->route = WN_REVIEW;
        out->reasons = reasons;
        return;
    }
    out->tags = tags;
    if (in->state == WN_CAUTIOUS)
        tags[out->ntags++] = "no_guarantee";
    if (in->state == WN_PROVISIONAL)
        tags[out->ntags++] = "provisional";
    out->audit = in->u < in->pi;
    if (out->audit)
        tags[out->ntags++] = "audit_sample";
}

/* ---- sentences ---- */

/* "97%", "87.4%": what is needed is rounded up and what is there down, so that they never look equal
 * where they are not. */
static const char *percent(double p, bool up, struct wn_arena *a)
{
    double tenths = up ? ceil(1000 * p - 1e-6) : floor(1000 * p + 1e-6);
    return wn_arena_printf(a, "%.4g%%", tenths / 10);
}

/* Scores that were equal before lots were drawn (wn_score_jittered): no percentage could show the difference. */
#define TIE 1e-9

static const char *rule_text(const char *name, const struct wn_task *t, struct wn_arena *a)
{
    for (size_t i = 0; t != NULL && i < t->nrules; i++)
        if (strcmp(t->rules[i].name, name) == 0 && t->rules[i].because != NULL)
            return t->rules[i].because;
    return wn_arena_printf(a, "The rule \"%s\" always asks a person.", name);
}

const char *wn_reason_text(const char *reason, const struct wn_reason_facts *f, struct wn_arena *a)
{
    size_t row = row_of(reason);
    bool scored = !isnan(f->s) && !isnan(f->tau);
    if (is_rule(reason))
        return rule_text(reason + 5, f->task, a);
    if (strcmp(reason, "required_missing") == 0 && f->missing != NULL)
        return wn_arena_printf(a, "A required answer is missing: %s.", f->missing);
    if (strcmp(reason, "evidence_missing") == 0 && f->unshown != NULL)
        return wn_arena_printf(a, "No quote from the text shows the answer to \"%s\".", f->unshown);
    if (strcmp(reason, "no_guarantee") == 0 && scored && f->state == WN_CAUTIOUS)
        return wn_arena_printf(a, "Not sure enough: %s, needs %s.",
                               percent(f->s, false, a), percent(f->tau, true, a));
    if (strcmp(reason, "below_guarantee") == 0 && scored && f->tau - f->s <= TIE)
        return wn_arena_printf(a, "As sure as the proved threshold, %s, but lots were drawn among the "
                                  "equally sure, and this one waits.",
                               percent(f->s, false, a));
    if (strcmp(reason, "below_guarantee") == 0 && scored)
        return wn_arena_printf(a, "Under the proved threshold: %s, needs %s.",
                               percent(f->s, false, a), percent(f->tau, true, a));
    if (strcmp(reason, "low_confidence") == 0 && !isnan(f->p))
        return wn_arena_printf(a, "Unsure of the label: %.0f%%.",
                               floor(100 * f->p + 1e-6));
    if (strcmp(reason, "provider_disagreement") == 0 && f->other != NULL)
        return wn_arena_printf(a, "The second opinion says %s.", f->other);
    return row < WN_COUNT(table) ? table[row].sentence : reason;
}

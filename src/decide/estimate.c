/* estimate.c: see estimate.h. Bounds are rounded up and shares down: what is printed is never better
 * than what was found. */
#include "decide/estimate.h"
#include "decide/confidence.h"
#include <math.h>

void wn_horvitz_thompson(const struct wn_weighted *items, size_t n, int64_t N, struct wn_ht *out)
{
    double variance = 0;
    *out = (struct wn_ht){ 0 };
    for (size_t i = 0; i < n; i++) {
        out->n_hat += 1 / items[i].pi;
        if (items[i].err) {
            out->total += 1 / items[i].pi;
            variance += (1 - items[i].pi) / (items[i].pi * items[i].pi);
        }
    }
    out->rate = N > 0 ? out->total / (double)N : NAN;
    out->hajek = n > 0 ? out->total / out->n_hat : NAN;
    out->se_rate = N > 0 ? sqrt(variance) / (double)N : NAN;
}

double wn_kappa(const int64_t *table, size_t labels, double *agree, double *chance)
{
    double n = 0, same = 0, expected = 0;
    for (size_t i = 0; i < labels * labels; i++)
        n += (double)table[i];
    for (size_t i = 0; i < labels; i++) {
        double row = 0, col = 0;
        for (size_t j = 0; j < labels; j++) {
            row += (double)table[i * labels + j];
            col += (double)table[j * labels + i];
        }
        same += (double)table[i * labels + i];
        expected += row * col;
    }
    *agree = n > 0 ? same / n : NAN;
    *chance = n > 0 ? expected / (n * n) : NAN;
    return *chance < 1 ? (*agree - *chance) / (1 - *chance) : NAN;
}

double wn_paired(int64_t b, int64_t c)
{
    return fmin(1, 2 * wn_pval(b < c ? b : c, b + c, .5));
}

void wn_thin(const struct wn_audited *items, size_t nitems, struct wn_thinned *out)
{
    *out = (struct wn_thinned){ .rate = 1 };
    for (size_t i = 0; i < nitems; i++)
        out->rate = fmin(out->rate, items[i].pi);
    for (size_t i = 0; i < nitems; i++) {
        if (items[i].u >= out->rate)
            continue;
        out->n += items[i].result != WN_AUDIT_PENDING;
        out->k += items[i].result == WN_AUDIT_WRONG;
        out->pending += items[i].result == WN_AUDIT_PENDING;
    }
}

static const char *report_text(const struct wn_period *p, const struct wn_report *r,
                               struct wn_arena *a)
{
    const char *head = wn_arena_printf(a, "%s %s:", p->task, p->name);
    const char *pending = "";
    int64_t share = p->total > 0 ? p->automatic * 1000 / p->total : 0;
    int64_t bound = (int64_t)ceil(1000 * r->upper - 1e-9);
    if (p->not_yet != NULL)
        return wn_arena_printf(a, "%s no bound yet: %s", head, p->not_yet);
    if (p->total == 0)
        return wn_arena_printf(a, "%s no bound: there were no decisions", head);
    if (p->automatic == 0)
        return wn_arena_printf(a, "%s no bound: none of %lld was accepted automatically", head,
                               (long long)p->total);
    if (!r->bounded)
        return wn_arena_printf(a,
                               "%s no bound: %lld.%lld%% were automatic; none of them was due "
                               "for a random review",
                               head, (long long)(share / 10), (long long)(share % 10));
    if (p->pending > 0)
        pending = wn_arena_printf(a, ", %lld pending counted as wrong", (long long)p->pending);
    return wn_arena_printf(
        a,
        "%s with %.4g%% confidence, at most %lld.%lld%% of auto-accepted labels are wrong; "
        "%lld.%lld%% were automatic; %lld reviewed at random (%lld wrong%s)",
        head, 100 * (1 - p->delta), (long long)(bound / 10), (long long)(bound % 10),
        (long long)(share / 10), (long long)(share % 10), (long long)p->n, (long long)p->k,
        pending);
}

void wn_report(const struct wn_period *p, struct wn_arena *a, struct wn_report *out)
{
    int64_t wrong = p->k + p->pending, drawn = p->n + p->pending;
    *out =
        (struct wn_report){ .upper_binomial = 1, .upper_finite = 1, .upper = 1, .estimate = NAN };
    out->max_wrong = p->automatic;
    out->bounded = p->not_yet == NULL && p->automatic > 0 && drawn > 0;
    if (p->n > 0)
        out->estimate = (double)p->k / (double)p->n;
    if (out->bounded) {
        out->upper_binomial = wn_cp_upper(wrong, drawn, p->delta);
        out->max_wrong = wn_hyper_upper(wrong, p->automatic, drawn, p->delta);
        out->upper_finite = (double)out->max_wrong / (double)p->automatic;
        out->upper = fmin(out->upper_binomial, out->upper_finite);
        out->meets_target = out->upper <= p->eps;
        out->unconfirmed = !out->meets_target && drawn >= wn_nmin(p->delta, p->eps);
    }
    /* also where nothing is proved: what is very sure is accepted then */
    out->refuted = p->automatic > 0 && wn_cp_lower(p->k, p->n, .05) > p->eps;
    out->text = report_text(p, out, a);
}

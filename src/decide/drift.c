/* drift.c: see drift.h. */
#include "decide/drift.h"
#include "decide/confidence.h"
#include <math.h>

bool wn_cusum_add(struct wn_cusum *c, bool wrong, double p0, double p1, double h)
{
    double s = c->s + (wrong ? log(p1 / p0) : log((1 - p1) / (1 - p0)));
    c->s = s > 0 ? s : 0;
    return c->s > h;
}

enum wn_alarm wn_watch_add(struct wn_watch *w, bool wrong, double eps)
{
    /* a target above a third would put p1 past 1; no rate can be that much worse */
    bool suspend = wn_cusum_add(&w->suspend, wrong, eps, fmin(2.5 * eps, (1 + eps) / 2), 4);
    bool warn = wn_cusum_add(&w->warn, wrong, eps / 2, fmin(2 * eps, (1 + eps) / 2), 4);
    return suspend ? WN_ALARM_SUSPEND : warn ? WN_ALARM_WARN : WN_ALARM_NONE;
}

/* The chi-square value that df degrees of freedom pass once in a thousand (Wilson and Hilferty). */
static double chi2_limit(double df)
{
    double step = 2 / (9 * df);
    return df * pow(1 - step + 3.0902 * sqrt(step), 3);
}

double wn_psi(const int64_t *ref, const int64_t *cur, size_t nbins, double *limit)
{
    double n = 0, m = 0, bins = (double)nbins, sum = 0;
    for (size_t i = 0; i < nbins; i++) {
        n += (double)ref[i];
        m += (double)cur[i];
    }
    for (size_t i = 0; i < nbins; i++) {
        double p = ((double)ref[i] + .5) / (n + .5 * bins);
        double q = ((double)cur[i] + .5) / (m + .5 * bins);
        sum += (q - p) * log(q / p);
    }
    if (nbins < 2 || n < 100 || m < 100)
        *limit = INFINITY;
    else
        *limit = fmax(.25, chi2_limit(bins - 1) * (1 / n + 1 / m));
    return sum;
}

bool wn_canary(int64_t differ, int64_t runs, double noise)
{
    return differ > 0 && 1 - wn_pval(differ - 1, runs, fmax(.02, noise)) < .001;
}

bool wn_rate_odd(const struct wn_daily *days, size_t ndays, struct wn_daily today, double *usual,
                 double *limit)
{
    double hits = 0, all = 0, used = 0, mean, spread = 0, chance, now, room;
    *usual = *limit = NAN;
    for (size_t i = 0; i < ndays; i++) {
        hits += (double)days[i].hits;
        all += (double)days[i].all;
        used += days[i].all > 0;
    }
    if (used < 7 || today.all <= 0)
        return false;
    mean = hits / all;
    for (size_t i = 0; i < ndays; i++)
        if (days[i].all > 0)
            spread += pow((double)days[i].hits / (double)days[i].all - mean, 2) / (used - 1);
    /* A quiet month has spread 0: never below what chance alone does to a day of this size, and a
     * single item is never an alarm. */
    chance = (hits + 1) / (all + 2);
    spread = fmax(spread, chance * (1 - chance) / (double)today.all);
    now = (double)today.hits / (double)today.all;
    room = 3 * sqrt(spread) + 1 / (double)today.all;
    *usual = mean;
    *limit = now > mean ? mean + room : mean - room;
    return fabs(now - mean) > room;
}

/* state.c: see state.h. */
#include "decide/state.h"
#include "decide/confidence.h"
#include "base/error.h"
#include <math.h>
#include <string.h>

static const char *const names[] = {
    [WN_CAUTIOUS] = "cautious",   [WN_COLD] = "cold",       [WN_PROVISIONAL] = "provisional",
    [WN_CERTIFIED] = "certified", [WN_STATE_WARN] = "warn", [WN_SUSPENDED] = "suspended",
};

const char *wn_state_name(enum wn_state s)
{
    return names[s];
}

bool wn_state_named(const char *name, enum wn_state *out)
{
    for (size_t i = 0; i < WN_COUNT(names); i++)
        if (strcmp(names[i], name) == 0) {
            *out = (enum wn_state)i;
            return true;
        }
    return false;
}

enum wn_state wn_state_first(bool before_proof_review)
{
    return before_proof_review ? WN_COLD : WN_CAUTIOUS;
}

static bool proved(enum wn_state s)
{
    return s == WN_PROVISIONAL || s == WN_CERTIFIED || s == WN_STATE_WARN;
}

enum wn_state wn_state_next(enum wn_state now, enum wn_state_event e, bool own_proof)
{
    /* An alarm is left only through a campaign over items made after it: no other proof counts, and
     * neither does a changed prompt. */
    if (now == WN_SUSPENDED)
        return e == WN_ON_NEW_WINDOW ? WN_COLD : now;
    switch (e) {
    case WN_ON_NEW_KEY:
        return proved(now) ? WN_COLD : now;
    case WN_ON_MEASURED:
        return now == WN_CAUTIOUS || now == WN_COLD ? WN_PROVISIONAL : now;
    case WN_ON_PROVED:
        return WN_CERTIFIED;
    case WN_ON_CAMPAIGN_LOST: /* what was only measured elsewhere does not outlive it */
        return now == WN_PROVISIONAL ? WN_COLD : now;
    case WN_ON_WARN:
        return proved(now) ? WN_STATE_WARN : now;
    case WN_ON_REPORT_MET:
        if (now == WN_STATE_WARN)
            return own_proof ? WN_CERTIFIED : WN_PROVISIONAL;
        return now;
    case WN_ON_SUSPEND:
        return WN_SUSPENDED;
    case WN_ON_NOT_PROVED:
    case WN_ON_NEW_WINDOW:
        break;
    }
    return now;
}

bool wn_audits_overdue(int64_t due, int64_t older_than_14_days)
{
    return 5 * older_than_14_days > due;
}

double wn_state_tau(enum wn_state s, double proved_tau)
{
    return proved(s) ? proved_tau : WN_TAU_CAUTIOUS;
}

double wn_audit_rate(enum wn_state s, const struct wn_audit_plan *p)
{
    double a90 = p->days > 0 ? (double)p->autos * 90 / fmin(p->days, 90) : 0;
    double rate = .5;
    if (s == WN_COLD || s == WN_SUSPENDED)
        return 1; /* nothing is `auto` */
    if (s == WN_CAUTIOUS)
        return fmax(.25, p->least);
    if (a90 > 0)
        rate = fmin(.5, fmax(.03, 3 * (double)wn_nmin(p->delta, p->eps) / a90));
    if (s == WN_PROVISIONAL || p->since_proof < 200)
        rate = fmax(rate, .20);
    if (s == WN_STATE_WARN)
        rate *= 2;
    return fmin(1, fmax(rate, p->least));
}

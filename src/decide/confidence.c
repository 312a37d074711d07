/* confidence.c: see confidence.h. All bounds come from one function, the incomplete beta. */
#include "decide/confidence.h"
#include <math.h>

/* lgamma, not lgamma_r: the arguments are positive, so nobody reads the sign it leaves behind, and ISO
 * C has no other. */
static double ln_beta(double a, double b)
{
    return lgamma(a) + lgamma(b) - lgamma(a + b);
}

static double ln_choose(int64_t n, int64_t k)
{
    return lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1);
}

/* The continued fraction of I_x(a,b) by Lentz's method; converges fast for x < (a+1)/(a+b+2). */
static double beta_fraction(double a, double b, double x)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1), h;
    d = 1 / (fabs(d) < tiny ? tiny : d);
    h = d;
    for (int m = 1; m <= 5000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double step;
        d = 1 + even * d;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = 1 + even / c;
        c = fabs(c) < tiny ? tiny : c;
        h *= d * c;
        d = 1 + odd * d;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = 1 + odd / c;
        c = fabs(c) < tiny ? tiny : c;
        step = d * c;
        h *= step;
        if (fabs(step - 1) < 1e-15)
            break;
    }
    return h;
}

static double lower_tail(double a, double b, double x)
{
    return exp(a * log(x) + b * log1p(-x) - ln_beta(a, b)) * beta_fraction(a, b, x) / a;
}

double wn_betai(double a, double b, double x)
{
    if (x <= 0)
        return 0;
    if (x >= 1)
        return 1;
    if (x < (a + 1) / (a + b + 2))
        return lower_tail(a, b, x);
    return 1 - lower_tail(b, a, 1 - x);
}

double wn_betai_inverse(double a, double b, double p)
{
    double lo = 0, hi = 1;
    for (int i = 0; i < 200; i++) {
        double mid = (lo + hi) / 2;
        if (wn_betai(a, b, mid) < p)
            lo = mid;
        else
            hi = mid;
    }
    return (lo + hi) / 2;
}

double wn_cp_upper(int64_t k, int64_t n, double delta)
{
    if (n <= 0 || k >= n)
        return 1;
    return wn_betai_inverse((double)k + 1, (double)(n - k), 1 - delta);
}

double wn_cp_lower(int64_t k, int64_t n, double delta)
{
    if (k <= 0 || n <= 0)
        return 0;
    return wn_betai_inverse((double)k, (double)(n - k) + 1, delta);
}

double wn_pval(int64_t k, int64_t n, double eps)
{
    if (n <= 0 || k >= n)
        return 1;
    return wn_betai((double)(n - k), (double)k + 1, 1 - eps);
}

int64_t wn_nmin(double delta, double eps)
{
    return (int64_t)ceil(log(delta) / log1p(-eps));
}

int64_t wn_need(double eps, double delta, double p)
{
    for (int64_t n = wn_nmin(delta, eps); n <= 1000000 && p < eps; n++)
        if (wn_pval((int64_t)floor(p * (double)n + .5), n, eps) <= delta)
            return n;
    return -1;
}

int64_t wn_max_errors(int64_t n, double eps, double delta)
{
    int64_t k = 0;
    while (wn_pval(k, n, eps) <= delta)
        k++;
    return k - 1;
}

/* P(Hypergeom(N, M, n) <= k): M wrong ones among N, n drawn. */
static double hyper_cdf(int64_t k, int64_t N, int64_t M, int64_t n)
{
    double all = ln_choose(N, n), sum = 0;
    int64_t least = n - (N - M) > 0 ? n - (N - M) : 0;
    int64_t most = k < M ? k : M;
    for (int64_t i = least; i <= most; i++)
        sum += exp(ln_choose(M, i) + ln_choose(N - M, n - i) - all);
    return sum;
}

int64_t wn_hyper_upper(int64_t k, int64_t N, int64_t n, double delta)
{
    int64_t lo = k, hi = N; /* lo wrong ones are possible; hi + 1 are not */
    if (n >= N)
        return k;
    while (lo < hi) {
        int64_t mid = lo + (hi - lo + 1) / 2;
        if (hyper_cdf(k, N, mid, n) > delta)
            lo = mid;
        else
            hi = mid - 1;
    }
    return lo;
}

double wn_live_upper(int64_t k, int64_t n, double delta)
{
    double wrong = (double)k, right = (double)(n - k), lo, hi = 1, prior;
    if (n <= 0 || k >= n)
        return 1;
    lo = wrong / (double)n;
    prior = ln_beta(1 + wrong, 19 + right) - ln_beta(1, 19) + log(delta);
    for (int i = 0; i < 200; i++) {
        double p = (lo + hi) / 2;
        double evidence = prior - (k > 0 ? wrong * log(p) : 0) - right * log1p(-p);
        if (evidence < 0)
            lo = p;
        else
            hi = p;
    }
    return (lo + hi) / 2;
}

int64_t wn_look_n(double eps, double delta, int looks, int look)
{
    int64_t first = (2 * wn_nmin(delta / looks, eps) + 9) / 10 * 10;
    return first << look;
}

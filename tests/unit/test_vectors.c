/* Every entry of fixtures/confidence-vectors.json. A group or a member that no check here knows is a
 * failure, so nothing is passed over in silence. */
#include "test.h"
#include "base/file.h"
#include "base/json.h"
#include "decide/calibrate.h"
#include "decide/claim.h"
#include "decide/confidence.h"
#include "decide/drift.h"
#include "decide/estimate.h"
#include "decide/evidence.h"
#include "decide/proof.h"
#include "decide/sample.h"
#include "decide/route.h"
#include "decide/signals.h"

static struct wn_arena arena = WN_ARENA_INIT;

/* ---- reading ---- */

static const cJSON *get(const cJSON *o, const char *name)
{
    const cJSON *v = wn_json_get(o, name);
    if (v == NULL) {
        print_error("no member %s in group %s\n", name, o->string == NULL ? "?" : o->string);
        fail();
    }
    return v;
}

static double num(const cJSON *o, const char *name)
{
    return get(o, name)->valuedouble;
}

static int64_t whole(const cJSON *o, const char *name)
{
    return (int64_t)llround(num(o, name));
}

static const char *str(const cJSON *o, const char *name)
{
    return get(o, name)->valuestring;
}

static bool flag(const cJSON *o, const char *name)
{
    return cJSON_IsTrue(get(o, name));
}

static size_t size(const cJSON *array)
{
    return (size_t)cJSON_GetArraySize(array);
}

static double *numbers(const cJSON *array)
{
    double *out = wn_arena_array(&arena, size(array), sizeof(*out));
    const cJSON *v;
    size_t n = 0;
    cJSON_ArrayForEach(v, array) out[n++] = v->valuedouble;
    return out;
}

static int64_t *counts(const cJSON *array)
{
    int64_t *out = wn_arena_array(&arena, size(array), sizeof(*out));
    const cJSON *v;
    size_t n = 0;
    cJSON_ArrayForEach(v, array) out[n++] = (int64_t)v->valuedouble;
    return out;
}

static bool *bools(const cJSON *array)
{
    bool *out = wn_arena_array(&arena, size(array), sizeof(*out));
    const cJSON *v;
    size_t n = 0;
    cJSON_ArrayForEach(v, array) out[n++] = v->valuedouble != 0;
    return out;
}

static const char **texts(const cJSON *array)
{
    const char **out = wn_arena_array(&arena, size(array) + 1, sizeof(*out));
    const cJSON *v;
    size_t n = 0;
    cJSON_ArrayForEach(v, array) out[n++] = v->valuestring;
    return out;
}

static void check_list(const char *const *got, size_t n, const cJSON *want)
{
    const cJSON *v;
    size_t i = 0;
    cJSON_ArrayForEach(v, want)
    {
        CHECK_STR(i < n ? got[i] : NULL, v->valuestring);
        i++;
    }
    CHECK_INT(n, size(want));
}

/* ---- one check per group: e is one entry ---- */

static void check_betai(const cJSON *e)
{
    CHECK(fabs(wn_betai(num(e, "a"), num(e, "b"), num(e, "x")) - num(e, "out")) < 1e-9);
}

static void check_cp(const cJSON *e)
{
    CHECK_NEAR(wn_cp_upper(whole(e, "k"), whole(e, "n"), num(e, "delta")), num(e, "upper"));
    CHECK_NEAR(wn_cp_lower(whole(e, "k"), whole(e, "n"), num(e, "delta")), num(e, "lower"));
}

static void check_pval(const cJSON *e)
{
    CHECK_NEAR(wn_pval(whole(e, "k"), whole(e, "n"), num(e, "eps")), num(e, "out"));
}

static void check_look_plan(const cJSON *e)
{
    double eps = num(e, "eps"), delta = num(e, "delta");
    int looks = (int)whole(e, "L");
    const int64_t *want = counts(get(e, "looks"));
    CHECK_INT(size(get(e, "looks")), looks);
    for (int i = 0; i < looks; i++)
        CHECK_INT(wn_look_n(eps, delta, looks, i), want[i]);
    CHECK_NEAR(delta / looks, num(e, "delta_look"));
    CHECK_INT(wn_nmin(delta, eps), whole(e, "nmin"));
    CHECK_INT(wn_nmin(delta / looks, eps), whole(e, "nmin_look"));
}

static void check_max_errors(const cJSON *e)
{
    CHECK_INT(wn_max_errors(whole(e, "n"), num(e, "eps"), num(e, "delta")), whole(e, "out"));
}

static void check_need(const cJSON *e)
{
    CHECK_INT(wn_need(num(e, "eps"), num(e, "delta"), num(e, "p")), whole(e, "out"));
}

static void check_live_upper(const cJSON *e)
{
    CHECK_NEAR(wn_live_upper(whole(e, "k"), whole(e, "n"), num(e, "delta")), num(e, "out"));
}

static void check_hyper_upper(const cJSON *e)
{
    CHECK_INT(wn_hyper_upper(whole(e, "k"), whole(e, "N"), whole(e, "n"), num(e, "delta")),
              whole(e, "max_wrong"));
}

static void check_prn(const cJSON *e)
{
    char hex[17];
    const char *salt = str(e, "salt"), *domain = str(e, "domain");
    snprintf(hex, sizeof(hex), "%016llx",
             (unsigned long long)wn_prn_bits(salt, domain, str(e, "task"), str(e, "unit")));
    CHECK_STR(hex, str(e, "hex"));
    CHECK_NEAR(wn_prn(salt, domain, str(e, "task"), str(e, "unit")), num(e, "u"));
}

static void check_trace(const cJSON *trace, const double *pool, size_t npool,
                        const struct wn_labelled *l, size_t n, double eps, const struct wn_proof *p)
{
    const cJSON *step;
    int64_t start = 0, g = 0;
    bool go_on = false;
    size_t starts = 0;
    cJSON_ArrayForEach(step, trace)
    {
        struct wn_proof_test t;
        if (whole(step, "start") != start) {
            start = g = p->starts[starts++];
            CHECK_INT(whole(step, "start"), start);
        } else {
            CHECK(go_on);
            g++;
        }
        CHECK_INT(whole(step, "g"), g);
        wn_proof_test(pool, npool, l, n, (int)g, eps, &t);
        CHECK_NEAR(t.threshold, num(step, "tau"));
        CHECK_INT(t.n, whole(step, "n"));
        CHECK_INT(t.k, whole(step, "k"));
        CHECK_NEAR(t.p, num(step, "p"));
        go_on = t.p <= p->delta_step;
        CHECK_INT(go_on, flag(step, "reject"));
    }
    CHECK_INT(starts, p->nstarts);
}

static void check_choose_threshold(const cJSON *e)
{
    const cJSON *out = get(e, "out"), *pair;
    double *pool = numbers(get(e, "pool")), eps = num(e, "eps");
    size_t npool = size(get(e, "pool")), n = 0;
    struct wn_labelled *l = wn_arena_array(&arena, size(get(e, "labelled")), sizeof(*l));
    struct wn_proof p;
    CHECK(str(e, "name") != NULL);
    cJSON_ArrayForEach(pair, get(e, "labelled"))
    {
        const double *v = numbers(pair);
        l[n++] = (struct wn_labelled){ v[0], v[1] != 0 };
    }
    wn_choose_threshold(pool, npool, l, n, eps, num(e, "delta_look"), (int)whole(e, "M"), &p);
    CHECK_INT(n, whole(out, "labels"));
    CHECK_INT(p.state == WN_PROOF_PROVED, flag(out, "certified"));
    if (p.state == WN_PROOF_TOO_FEW) {
        CHECK_STR("too_few_labels", str(out, "reason"));
        CHECK_INT(p.needed, whole(out, "needed"));
        return;
    }
    CHECK_NEAR(p.delta_step, num(out, "delta_step"));
    CHECK_INT(p.nstarts, size(get(out, "starts")));
    for (int i = 0; i < p.nstarts; i++)
        CHECK_INT(p.starts[i], counts(get(out, "starts"))[i]);
    check_trace(get(out, "trace"), pool, npool, l, n, eps, &p);
    if (p.state == WN_PROOF_NOT_PROVED) {
        CHECK_STR("not_proved", str(out, "reason"));
        return;
    }
    CHECK_INT(p.g, whole(out, "g"));
    CHECK_INT(p.n, whole(out, "n"));
    CHECK_INT(p.k, whole(out, "k"));
    CHECK_NEAR(p.coverage, num(out, "coverage"));
    CHECK_NEAR(p.threshold, num(out, "tau"));
    CHECK_NEAR(p.upper, num(out, "upper"));
}

static enum wn_evidence evidence_named(const char *name)
{
    enum wn_evidence e = WN_EVIDENCE_NONE;
    if (strcmp(name, "empty") == 0)
        return e;
    while (strcmp(wn_evidence_name(e), name) != 0)
        e++;
    return e;
}

static void check_score(const cJSON *e)
{
    struct wn_signals s = WN_SIGNALS_NONE;
    const cJSON *v;
    cJSON_ArrayForEach(v, get(e, "in"))
    {
        const struct {
            const char *name;
            double *number;
            int *count;
        } row[] = { { "lp", &s.lp, NULL },     { "vc", &s.vc, NULL },
                    { "xp", &s.xp, NULL },     { "lin", &s.lin, NULL },
                    { "chk", &s.chk, NULL },   { "sc_same", NULL, &s.sc_same },
                    { "sc_n", NULL, &s.sc_n }, { "xm_same", NULL, &s.xm_same },
                    { "xm_n", NULL, &s.xm_n } };
        size_t i = 0;
        if (strcmp(v->string, "ev") == 0) {
            s.ev = evidence_named(v->valuestring);
            continue;
        }
        while (i < COUNT(row) && strcmp(row[i].name, v->string) != 0)
            i++;
        CHECK(i < COUNT(row));
        if (row[i].number != NULL)
            *row[i].number = v->valuedouble;
        else
            *row[i].count = v->valueint;
    }
    CHECK_NEAR(wn_score_z(&s), num(e, "z"));
    CHECK_NEAR(wn_score(&s), num(e, "s"));
}

/* A question whose choices are the names of a distribution, in its order. */
static struct wn_question question_of(enum wn_question_type type, const cJSON *dist, int tol)
{
    struct wn_question q = { .name = "q", .type = type, .nchoices = size(dist), .tol = tol };
    struct wn_choice *c = wn_arena_array(&arena, q.nchoices, sizeof(*c));
    const cJSON *v;
    size_t n = 0;
    cJSON_ArrayForEach(v, dist)
    {
        c[n].id = v->string == NULL ? wn_arena_printf(&arena, "%zu", n) : v->string;
        c[n++].meaning = "";
    }
    q.choices = c;
    return q;
}

static void check_answer_prob(const cJSON *e)
{
    const char *kind = str(e, "kind");
    const cJSON *dist = get(e, "dist"), *chosen = get(e, "chosen"), *id;
    int tol = (int)whole(e, "tol");
    struct wn_value v = { .answered = true };
    struct wn_question q;
    double *p;
    if (strcmp(kind, "yesno") == 0) {
        static const struct wn_choice no_yes[2] = { { "no", "" }, { "yes", "" } };
        q = (struct wn_question){ .type = WN_YESNO, .choices = no_yes, .nchoices = 2 };
        p = wn_arena_array(&arena, 2, sizeof(*p));
        p[1] = dist->valuedouble;
        p[0] = 1 - p[1];
        v.choice = cJSON_IsTrue(chosen);
    } else if (strcmp(kind, "tags") == 0) {
        bool *on;
        q = question_of(WN_TAGS, dist, tol);
        on = wn_arena_array(&arena, q.nchoices, sizeof(*on));
        cJSON_ArrayForEach(id, chosen)
            on[wn_question_choice(&q, id->valuestring, strlen(id->valuestring))] = true;
        v.chosen = on;
        p = numbers(dist);
    } else {
        CHECK(strcmp(kind, "choice") == 0 || strcmp(kind, "scale") == 0);
        q = question_of(kind[0] == 's' ? WN_SCALE : WN_CHOICE, dist, tol);
        v.choice = cJSON_IsNumber(chosen)
                       ? (size_t)chosen->valueint
                       : wn_question_choice(&q, chosen->valuestring, strlen(chosen->valuestring));
        p = numbers(dist);
    }
    CHECK_NEAR(wn_value_prob(&q, &v, p), num(e, "out"));
}

static struct wn_logprob token_of(const cJSON *pair)
{
    const cJSON *text = cJSON_GetArrayItem(pair, 0), *lp = cJSON_GetArrayItem(pair, 1);
    return (struct wn_logprob){ text->valuestring, strlen(text->valuestring), lp->valuedouble, NULL,
                                0 };
}

static void check_label_prob(const cJSON *e)
{
    const cJSON *labels = get(e, "labels"), *step, *pair;
    const char **name = texts(labels);
    struct wn_logprob *steps = wn_arena_array(&arena, size(get(e, "steps")), sizeof(*steps));
    size_t n = 0, chosen = 0;
    double off = 0;
    while (strcmp(name[chosen], str(e, "chosen")) != 0)
        chosen++;
    cJSON_ArrayForEach(step, get(e, "steps"))
    {
        struct wn_logprob *top = wn_arena_array(&arena, size(step), sizeof(*top));
        size_t k = 0;
        cJSON_ArrayForEach(pair, step) top[k++] = token_of(pair);
        steps[n] = top[0]; /* the produced token stands among the alternatives, as on the wire */
        steps[n].top = top;
        steps[n++].ntop = k;
    }
    CHECK_NEAR(wn_label_prob(name, size(labels), chosen, steps, n, &off), num(e, "p"));
    CHECK_NEAR(off, num(e, "off_enum"));
}

static void check_platt(const cJSON *e)
{
    const double *z = numbers(get(e, "z")), *want = numbers(get(e, "p"));
    struct wn_platt p;
    wn_platt_fit(z, bools(get(e, "y")), NULL, size(get(e, "z")), &p);
    CHECK_NEAR(p.a, num(e, "A"));
    CHECK_NEAR(p.b, num(e, "B"));
    for (size_t i = 0; i < size(get(e, "p")); i++)
        CHECK_NEAR(wn_platt(&p, z[i]), want[i]);
}

static void check_isotonic(const cJSON *e)
{
    size_t n = size(get(e, "score")), i = 0, made;
    struct wn_block *b = wn_arena_array(&arena, n, sizeof(*b));
    const cJSON *want;
    made = wn_isotonic_fit(numbers(get(e, "score")), bools(get(e, "y")), NULL, n, b);
    CHECK_INT(made, size(get(e, "blocks")));
    cJSON_ArrayForEach(want, get(e, "blocks"))
    {
        CHECK_NEAR(b[i].lo, num(want, "lo"));
        CHECK_NEAR(b[i].hi, num(want, "hi"));
        CHECK_NEAR(b[i].value, num(want, "value"));
        CHECK_INT(b[i++].n, whole(want, "n"));
    }
}

static void check_quality(const cJSON *e)
{
    struct wn_quality q;
    wn_quality(numbers(get(e, "p")), bools(get(e, "y")), size(get(e, "p")), &q);
    CHECK_INT(whole(e, "bins"), 10);
    CHECK_NEAR(q.ece, num(e, "ece"));
    CHECK_NEAR(q.mce, num(e, "mce"));
    CHECK_NEAR(q.brier, num(e, "brier"));
    CHECK_NEAR(q.logloss, num(e, "logloss"));
    CHECK_NEAR(q.auroc, num(e, "auroc"));
}

static void check_map_logistic(const cJSON *e)
{
    size_t n = size(get(e, "y")), d = size(get(e, "w0")), i = 0;
    double *X = wn_arena_array(&arena, n * d, sizeof(*X)), w[WN_LOGISTIC_MAX];
    const double *want = numbers(get(e, "w"));
    const cJSON *row;
    cJSON_ArrayForEach(row, get(e, "X")) memcpy(X + d * i++, numbers(row), d * sizeof(*X));
    wn_map_logistic(X, numbers(get(e, "y")), NULL, n, d, numbers(get(e, "w0")),
                    numbers(get(e, "lam")), w);
    for (size_t j = 0; j < d; j++)
        CHECK_NEAR(w[j], want[j]);
}

static void check_horvitz_thompson(const cJSON *e)
{
    struct wn_weighted *items = wn_arena_array(&arena, size(get(e, "items")), sizeof(*items));
    struct wn_ht ht;
    const cJSON *item;
    size_t n = 0;
    cJSON_ArrayForEach(item, get(e, "items")) items[n++] =
        (struct wn_weighted){ num(item, "pi"), num(item, "err") != 0 };
    wn_horvitz_thompson(items, n, whole(e, "N"), &ht);
    CHECK_NEAR(ht.total, num(e, "total"));
    CHECK_NEAR(ht.rate, num(e, "rate"));
    CHECK_NEAR(ht.n_hat, num(e, "n_hat"));
    CHECK_NEAR(ht.hajek, num(e, "hajek"));
    CHECK_NEAR(ht.se_rate, num(e, "se_rate"));
}

static void check_thinning(const cJSON *e)
{
    struct wn_audited *items = wn_arena_array(&arena, size(get(e, "items")), sizeof(*items));
    struct wn_thinned t;
    const cJSON *item;
    size_t n = 0;
    cJSON_ArrayForEach(item, get(e, "items")) items[n++] =
        (struct wn_audited){ num(item, "u"), num(item, "pi"),
                             num(item, "err") != 0 ? WN_AUDIT_WRONG : WN_AUDIT_RIGHT };
    wn_thin(items, n, &t);
    CHECK_NEAR(t.rate, num(e, "rate"));
    CHECK_INT(t.n, whole(e, "n"));
    CHECK_INT(t.k, whole(e, "k"));
    CHECK_INT(t.pending, 0);
    CHECK_NEAR(wn_cp_upper(t.k, t.n, .05), num(e, "upper"));
}

static void check_psi(const cJSON *e)
{
    double limit, psi;
    CHECK_INT(size(get(e, "ref")), size(get(e, "cur")));
    psi = wn_psi(counts(get(e, "ref")), counts(get(e, "cur")), size(get(e, "ref")), &limit);
    CHECK_NEAR(psi, num(e, "psi"));
    CHECK_NEAR(limit, num(e, "limit"));
    CHECK_INT(psi > limit, flag(e, "alarm"));
}

static void check_cusum(const cJSON *e)
{
    struct wn_cusum c = { 0 };
    const bool *x = bools(get(e, "x"));
    const double *path = numbers(get(e, "path"));
    int64_t alarm = -1;
    for (size_t i = 0; i < size(get(e, "x")); i++) {
        if (wn_cusum_add(&c, x[i], num(e, "p0"), num(e, "p1"), num(e, "h")) && alarm < 0)
            alarm = (int64_t)i;
        CHECK_NEAR(c.s, path[i]);
    }
    CHECK_INT(alarm, whole(e, "alarm_index"));
}

static void check_kappa(const cJSON *e)
{
    size_t d = size(get(e, "table")), i = 0;
    int64_t *table = wn_arena_array(&arena, d * d, sizeof(*table));
    double agree, chance;
    const cJSON *row;
    cJSON_ArrayForEach(row, get(e, "table"))
        memcpy(table + d * i++, counts(row), d * sizeof(*table));
    CHECK_NEAR(wn_kappa(table, d, &agree, &chance), num(e, "kappa"));
    CHECK_NEAR(agree, num(e, "agree"));
    CHECK_NEAR(chance, num(e, "chance"));
}

static void check_posterior(const cJSON *e)
{
    struct wn_posterior p;
    wn_posterior(num(e, "a"), num(e, "b"), whole(e, "correct"), whole(e, "n"), &p);
    CHECK_NEAR(p.mean, num(e, "mean"));
    CHECK_NEAR(p.lo80, num(e, "lo80"));
    CHECK_NEAR(p.hi80, num(e, "hi80"));
}

static void check_report(const cJSON *e)
{
    struct wn_period p = {
        str(e, "task"), str(e, "period"),    whole(e, "total"), whole(e, "auto"), whole(e, "n"),
        whole(e, "k"),  whole(e, "pending"), num(e, "eps"),     num(e, "delta"),  NULL
    };
    struct wn_report r;
    wn_report(&p, &arena, &r);
    CHECK_NEAR(r.upper_binomial, num(e, "upper_binomial"));
    CHECK_NEAR(r.upper_finite, num(e, "upper_finite"));
    CHECK_INT(r.max_wrong, whole(e, "max_wrong"));
    CHECK_NEAR(r.estimate, num(e, "estimate"));
    CHECK_INT(r.meets_target, flag(e, "meets_target"));
    CHECK_STR(r.text, str(e, "text"));
}

static void check_campaign(const cJSON *e)
{
    const cJSON *items = get(e, "items"), *item;
    size_t count = size(items), n = 0, nmissing = 0;
    struct wn_unit *unit = wn_arena_array(&arena, count, sizeof(*unit));
    size_t *sample = wn_arena_array(&arena, count, sizeof(*sample));
    const char **name = wn_arena_array(&arena, count, sizeof(*name)), **picked, **missing;
    struct wn_campaign c;
    cJSON_ArrayForEach(item, items)
    {
        name[n] = str(item, "unit");
        unit[n++] =
            (struct wn_unit){ num(item, "u"), flag(item, "eligible"), flag(item, "reviewed") };
    }
    wn_campaign(unit, count, (size_t)whole(e, "n"), sample, &c);
    picked = wn_arena_array(&arena, count, sizeof(*picked));
    missing = wn_arena_array(&arena, count, sizeof(*missing));
    for (size_t i = 0; i < c.n; i++) {
        picked[i] = name[sample[i]];
        if (!unit[sample[i]].reviewed)
            missing[nmissing++] = picked[i];
    }
    check_list(picked, c.n, get(e, "sample"));
    check_list(missing, nmissing, get(e, "missing"));
    CHECK_INT(c.missing, nmissing);
    CHECK_INT(c.ready, flag(e, "ready"));
}

static void check_route(const cJSON *e)
{
    const cJSON *in = get(e, "in"), *p = get(in, "p");
    struct wn_routing r = { texts(get(in, "flags")),
                            size(get(in, "flags")),
                            WN_COLD,
                            num(in, "s"),
                            num(in, "tau"),
                            cJSON_IsNull(p) ? NAN : p->valuedouble,
                            num(in, "u"),
                            num(in, "pi"),
                            wn_json_bool(in, "disagree", false) };
    struct wn_routed out;
    const char *both[16];
    size_t n = 0;
    CHECK(wn_state_named(str(in, "state"), &r.state));
    wn_route(&r, &arena, &out);
    for (size_t i = 0; i < out.nreasons; i++)
        both[n++] = out.reasons[i];
    for (size_t i = 0; i < out.ntags; i++)
        both[n++] = out.tags[i];
    CHECK_STR(out.route == WN_AUTO ? "auto" : "review", str(e, "route"));
    CHECK_INT(out.audit, flag(e, "audit"));
    CHECK_INT(out.eligible, r.nflags == 0);
    check_list(both, n, get(e, "reasons"));
}

static void check_quote_match(const cJSON *e)
{
    const char *source = str(e, "source"), *quote = str(e, "quote");
    struct wn_match m = wn_quote_match(source, strlen(source), quote, strlen(quote));
    bool found = m.status != WN_EVIDENCE_NONE && m.status != WN_EVIDENCE_NOT_FOUND;
    CHECK_INT(m.status, evidence_named(str(e, "status")));
    CHECK_INT(found ? (int64_t)m.start : -1, whole(e, "start"));
    CHECK_INT(found ? (int64_t)m.end : -1, whole(e, "end"));
    CHECK_INT(m.weak, flag(e, "weak"));
}

static void check_claim_check(const cJSON *e)
{
    const char *claim = str(e, "claim"), *source = str(e, "source");
    struct wn_claim c;
    wn_claim_check(claim, strlen(claim), source, strlen(source), &arena, &c);
    check_list(c.hits, c.nhits, get(e, "unsupported"));
    CHECK_INT(c.supported, whole(e, "supported"));
    CHECK_INT(c.content, whole(e, "content"));
}

/* ---- all of them ---- */

/* The members that an entry may have, joined by spaces; the check reads each of them. */
static const struct group {
    const char *name, *members;
    void (*check)(const cJSON *entry);
} groups[] = {
    { "betai", "a b x out", check_betai },
    { "cp", "k n delta upper lower", check_cp },
    { "pval", "k n eps out", check_pval },
    { "look_plan", "eps delta L delta_look looks nmin nmin_look", check_look_plan },
    { "max_errors", "n eps delta out", check_max_errors },
    { "need", "eps delta p out", check_need },
    { "live_upper", "k n delta out", check_live_upper },
    { "hyper_upper", "k N n delta max_wrong", check_hyper_upper },
    { "prn", "salt domain task unit hex u", check_prn },
    { "choose_threshold", "name eps delta_look M pool labelled out", check_choose_threshold },
    { "score", "in z s", check_score },
    { "answer_prob", "kind chosen dist tol out", check_answer_prob },
    { "label_prob", "labels chosen steps p off_enum", check_label_prob },
    { "platt", "z y A B p", check_platt },
    { "isotonic", "score y blocks", check_isotonic },
    { "quality", "p y bins ece mce brier logloss auroc", check_quality },
    { "map_logistic", "X y w0 lam w", check_map_logistic },
    { "horvitz_thompson", "items N total rate n_hat hajek se_rate", check_horvitz_thompson },
    { "thinning", "items rate n k upper", check_thinning },
    { "psi", "ref cur psi limit alarm", check_psi },
    { "cusum", "x p0 p1 h path alarm_index", check_cusum },
    { "kappa", "table agree chance kappa", check_kappa },
    { "posterior", "correct n a b mean lo80 hi80", check_posterior },
    { "report",
      "task total auto pending n k delta eps period upper_binomial upper_finite max_wrong estimate "
      "meets_target text",
      check_report },
    { "campaign", "items n sample missing ready", check_campaign },
    { "route", "in route audit reasons", check_route },
    { "quote_match", "source quote status start end weak", check_quote_match },
    { "claim_check", "claim source unsupported supported content", check_claim_check },
};

static bool member_known(const char *members, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = members; (p = strstr(p, name)) != NULL; p += n)
        if ((p == members || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
            return true;
    return false;
}

static void check_entry(const struct group *g, const cJSON *entry)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, entry)
    {
        if (!member_known(g->members, member->string)) {
            print_error("%s has a member that no check reads: %s\n", g->name, member->string);
            fail();
        }
    }
    g->check(entry);
}

TEST(every_vector_is_reproduced_and_none_is_unknown)
{
    char *text = NULL;
    size_t len = 0, seen = 0;
    cJSON *all = NULL;
    const cJSON *group, *entry;
    CHECK_OK(wn_file_read("fixtures/confidence-vectors.json", 1 << 20, &text, &len, test_err));
    CHECK_OK(wn_json_parse(text, len, true, &all, test_err));
    cJSON_ArrayForEach(group, all)
    {
        size_t i = 0;
        if (strcmp(group->string, "_about") == 0)
            continue;
        while (i < COUNT(groups) && strcmp(groups[i].name, group->string) != 0)
            i++;
        if (i == COUNT(groups)) {
            print_error("no check for %s\n", group->string);
            fail();
        }
        seen++;
        if (cJSON_IsObject(group))
            check_entry(&groups[i], group);
        else
            cJSON_ArrayForEach(entry, group) check_entry(&groups[i], entry);
        wn_arena_reset(&arena);
    }
    CHECK_INT(seen, COUNT(groups));
    cJSON_Delete(all);
    free(text);
    wn_arena_free(&arena);
}

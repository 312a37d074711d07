/* closed_body.c: the report of a closed period below its headline: proof, reasons, labels, accuracy, people. */
#include "pipeline/closed_internal.h"
#include "base/clock.h"
#include "decide/decide.h"
#include "pipeline/agree.h"
#include "report/closing.h"
#include "report/writer.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The share of some property among all decisions: accepted ones by those that were drawn, each for 1/pi;
 * those that went to a person by all that were judged. */
struct estimate {
    struct wn_weighted *autos;
    size_t nautos, nreviews, hits;
};

static double estimated(const struct wn_closed *c, const struct estimate *e, double *spread)
{
    double autos = (double)c->period.automatic, all = (double)c->period.total;
    double reviews = all - autos, sum = 0, variance = 0;
    struct wn_ht ht;
    if ((autos > 0 && e->nautos == 0) || (reviews > 0 && e->nreviews == 0) || all == 0)
        return NAN;
    if (autos > 0) {
        wn_horvitz_thompson(e->autos, e->nautos, c->period.automatic, &ht);
        sum += autos * ht.hajek;
        variance += pow(autos * ht.se_rate, 2);
    }
    if (reviews > 0) {
        double p = (double)e->hits / (double)e->nreviews,
               missing = 1 - (double)e->nreviews / reviews;
        sum += reviews * p;
        variance += pow(reviews, 2) * missing * p * (1 - p) / (double)e->nreviews;
    }
    if (spread != NULL)
        *spread = sqrt(variance) / all;
    return fmin(1, sum / all);
}

static double share_that(const struct wn_closed *c, const size_t *truth, size_t label,
                         struct wn_weighted *space, double *spread)
{
    struct estimate e = { space, 0, 0, 0 };
    for (size_t i = 0; i < c->nunits; i++) {
        const struct wn_period_unit *u = &c->units[i];
        bool hit = truth == NULL ? u->wrong : truth[i] == label;
        if (u->review == 0 || (u->route == WN_AUTO && !wn_closed_is_audit(u)))
            continue;
        if (u->route == WN_AUTO)
            space[e.nautos++] = (struct wn_weighted){ u->pi, hit };
        else {
            e.nreviews++;
            e.hits += hit;
        }
    }
    return estimated(c, &e, spread);
}

static void add_reason(struct wn_closed *c, struct wn_closing *out, const char *name)
{
    size_t i = 0;
    while (i < out->nreasons && strcmp(out->reasons[i].name, name) != 0)
        i++;
    if (i == out->nreasons) {
        if ((i & (i + 1)) == 0) { /* full: 0, 1, 3, 7 ... */
            struct wn_closing_reason *more = wn_arena_array(&c->arena, 2 * i + 1, sizeof(*more));
            if (i > 0)
                memcpy(more, out->reasons, i * sizeof(*more));
            out->reasons = more;
        }
        out->reasons[out->nreasons++] =
            (struct wn_closing_reason){ wn_arena_str(&c->arena, name),
                                        wn_reason_sentence(c->task, name, &c->arena), 0 };
    }
    out->reasons[i].n++;
}

static int by_count(const void *a, const void *b)
{
    const struct wn_closing_reason *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return strcmp(x->name, y->name);
}

/* One decision, opened: its label, reasons and what a person made of it. */
static enum wn_code read_one(struct wn_closed *c, size_t i, size_t *truth, struct wn_closing *out,
                             struct wn_arena *a, struct wn_error *err)
{
    const struct wn_question *q = &c->task->questions[0];
    const struct wn_period_unit *u = &c->units[i];
    struct wn_row row;
    struct wn_result r;
    size_t said;
    enum wn_code rc = wn_results_get(c->wn->store, u->id, a, &row, err);
    truth[i] = SIZE_MAX;
    if (rc != WN_OK)
        return rc;
    if (row.id == 0 || wn_result_read(row.result_json, NULL, a, &r, NULL) != WN_OK) {
        out->erased++;
        return WN_OK;
    }
    if (u->review != 0)
        truth[i] = wn_agree_label(c->task, &r, row.verdict, row.correction_json, a);
    if (r.route == WN_REVIEW && r.nreasons > 0)
        add_reason(c, out, r.reasons[0]);
    said = r.label == NULL ? SIZE_MAX : wn_question_choice(q, r.label, strlen(r.label));
    if (said == SIZE_MAX)
        return WN_OK;
    out->labels[said].said++;
    out->labels[said].automatic += u->route == WN_AUTO;
    out->labels[said].reviewed += wn_closed_is_audit(u) && u->review != 0;
    out->labels[said].wrong += wn_closed_is_audit(u) && u->review != 0 && u->wrong;
    return WN_OK;
}

static enum wn_code read_all(struct wn_closed *c, struct wn_closing *out, struct wn_error *err)
{
    const struct wn_question *q = &c->task->questions[0];
    size_t *truth = wn_arena_array(&c->arena, c->nunits, sizeof(*truth));
    struct wn_weighted *space = wn_arena_array(&c->arena, c->nunits, sizeof(*space));
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_closing_label *used;
    enum wn_code rc = WN_OK;
    out->labels = used = wn_arena_array(&c->arena, q->nchoices, sizeof(*out->labels));
    for (size_t i = 0; rc == WN_OK && i < c->nunits; i++) {
        rc = read_one(c, i, truth, out, &a, err);
        wn_arena_reset(&a);
    }
    wn_arena_free(&a);
    out->accuracy = 1 - share_that(c, NULL, 0, space, &out->spread);
    for (size_t i = 0; i < q->nchoices; i++) {
        struct wn_closing_label l = out->labels[i];
        l.id = q->choices[i].id;
        l.share = share_that(c, truth, i, space, NULL);
        if (l.said > 0 || l.share > 0) /* NAN > 0 does not hold */
            used[out->nlabels++] = l;
    }
    if (out->nreasons > 0)
        qsort(out->reasons, out->nreasons, sizeof(*out->reasons), by_count);
    return rc;
}

static const char *proof_line(struct wn_closed *c)
{
    char day[WN_CLOCK_TEXT];
    if (c->proof.id == 0)
        return NULL;
    wn_clock_text(c->proof.time, day);
    return wn_arena_printf(&c->arena,
                           "%.10s, %s: accepted from a score of %.4g on; %lld reviewed above it, "
                           "%lld wrong",
                           day, c->proof.why, c->proof.tau, (long long)c->proof.n,
                           (long long)c->proof.k);
}

enum wn_code wn_closed_body(struct wn_closed *c, const struct wn_report *r, const char **body,
                               struct wn_error *err)
{
    struct wn_buf b = WN_BUF_INIT(16 << 20);
    struct wn_closing out = { .headline = r->text,
                              .proof = proof_line(c),
                              .state = c->state.id == 0 ? "none" : c->state.state,
                              .why = c->state.id == 0 ? "nothing was decided" : c->state.why,
                              .total = c->period.total,
                              .automatic = c->period.automatic };
    struct wn_agreement people;
    enum wn_code rc = wn_agreement_of(c->wn, c->task, &people, err);
    if (rc == WN_OK)
        rc = read_all(c, &out, err);
    if (rc != WN_OK)
        return rc;
    out.twice = people.twice;
    out.agreed = people.agreed;
    out.kappa = people.kappa;
    out.below = wn_agreement_below(&people, c->task->target_error);
    for (size_t i = 0; i < c->nunits; i++) {
        const struct wn_period_unit *u = &c->units[i];
        out.cost_microusd += u->cost_microusd;
        out.judged += u->review != 0 && (u->route != WN_AUTO || wn_closed_is_audit(u));
        out.waiting += u->review == 0 && u->route != WN_AUTO;
    }
    wn_closing_write(&out, &b);
    *body = wn_arena_str(&c->arena, b.data);
    wn_buf_free(&b);
    return WN_OK;
}

/* budget.c: see budget.h.
 *
 * Two limits. The run's own is a sum in memory. The day's holds for all processes: a run holds a part of
 * it in the store's ledger and spends from that, so no two runs promise the same money. */
#include "pipeline/budget.h"
#include "base/clock.h"
#include "provider/batch.h"
#include <string.h>

enum { DAY = 86400, PARTS = 16 /* so much of a day's limit is held at a time */ };

static const char *prices(const struct wn_engine *e)
{
    return wn_config_get(e->wn->config, "WINNOW_PRICES");
}

/* What a price leaves out because nobody knows it is told in the last line. */
static int64_t known(struct wn_engine *e, int64_t cost)
{
    if (cost >= 0)
        return cost;
    e->tally->cost_unknown = true;
    return 0;
}

int64_t wn_budget_price(struct wn_engine *e, const struct wn_job *j, const char *model,
                        const struct wn_usage *u)
{
    int64_t cost = wn_price_microusd(j->call.provider, model, u, prices(e), wn_clock_now());
    if (cost < 0) /* a dated name may come back for the one that was asked */
        cost = wn_price_microusd(j->call.provider, j->call.model, u, prices(e), wn_clock_now());
    return known(e, cost);
}

int64_t wn_budget_share(const struct wn_engine *e, const struct wn_job *j, int64_t microusd)
{
    const struct wn_batch_format *f =
        e->o.batch == NULL ? NULL : wn_batch_format(j->call.provider);
    return f == NULL ? microusd : (microusd * f->percent + 99) / 100;
}

/* The worst this request can cost. A decision is answered without output tokens. */
static int64_t worst(struct wn_engine *e, const struct wn_job *j)
{
    int64_t cost = wn_price_worst_microusd(
        j->call.provider, j->call.model, j->request.tokens,
        j->call.kind == WN_DECIDE ? 0 : j->call.max_output_tokens, prices(e), wn_clock_now());
    return wn_budget_share(e, j, known(e, cost));
}

/* ---- the day ---- */

static bool has_day(const struct wn_engine *e)
{
    return e->max_day_microusd > 0 && e->wn->store != NULL;
}

/* A run that goes on past midnight lets go of what it held of the day before. */
static enum wn_code turn_day(struct wn_engine *e, struct wn_error *err)
{
    int64_t today = wn_clock_now() / DAY;
    enum wn_code rc = WN_OK;
    if (today == e->day)
        return WN_OK;
    if (e->day != 0)
        rc = wn_ledger_add(e->wn->store, e->day, "", -(e->day_left + e->day_promised), err);
    e->day = today;
    e->day_left = e->day_promised = 0;
    return rc;
}

static enum wn_code take_of_day(struct wn_engine *e, int64_t need, bool *granted,
                                struct wn_error *err)
{
    int64_t part = e->max_day_microusd / PARTS, got = 0;
    enum wn_code rc = turn_day(e, err);
    if (rc == WN_OK && e->day_left < need) {
        int64_t least = need - e->day_left;
        rc = wn_ledger_hold(e->wn->store, e->day, e->max_day_microusd, least > part ? least : part,
                            least, &got, err);
        e->day_left += got;
    }
    *granted = rc == WN_OK && e->day_left >= need;
    if (*granted)
        e->day_left -= need;
    return rc;
}

/* ---- reserve and settle ---- */

/* Is so much left of the run's limit and of the day's? Of the day it is taken. */
static enum wn_code may_spend(struct wn_engine *e, int64_t need, bool *granted,
                              struct wn_error *err)
{
    int64_t limit = e->o.max_cost_microusd;
    int64_t gone = e->tally->cost_microusd + e->tally->promised_microusd +
                   e->tally->unsure_microusd + e->reserved_microusd;
    *granted = limit <= 0 || gone + need <= limit;
    return *granted && has_day(e) ? take_of_day(e, need, granted, err) : WN_OK;
}

enum wn_code wn_budget_reserve(struct wn_engine *e, struct wn_job *j, enum wn_grant *out,
                               struct wn_error *err)
{
    int64_t need = worst(e, j);
    bool granted = true;
    enum wn_code rc = WN_OK;
    j->reserved_microusd = 0;
    *out = WN_GRANTED;
    if (need == 0)
        return WN_OK;
    rc = may_spend(e, need, &granted, err);
    if (rc != WN_OK || !granted) {
        *out = e->reserved_microusd > 0 ? WN_WAIT : WN_DENIED;
        return rc;
    }
    j->reserved_microusd = need;
    j->day = e->day;
    e->reserved_microusd += need;
    return WN_OK;
}

enum wn_code wn_budget_promise(struct wn_engine *e, struct wn_job *j, int64_t *need, bool *granted,
                               struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    *need = worst(e, j);
    *granted = true;
    if (*need > 0)
        rc = may_spend(e, *need, granted, err);
    if (rc != WN_OK || !*granted)
        return rc;
    e->tally->promised_microusd += *need;
    e->day_promised += has_day(e) ? *need : 0;
    return WN_OK;
}

enum wn_code wn_budget_release(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    int64_t n = j->reserved_microusd;
    j->reserved_microusd = 0;
    e->reserved_microusd -= n;
    if (!has_day(e) || n == 0)
        return WN_OK;
    if (j->day != e->day)
        return wn_ledger_add(e->wn->store, j->day, "", -n, err);
    e->day_left += n;
    return WN_OK;
}

void wn_budget_unsure(struct wn_engine *e, struct wn_job *j)
{
    e->tally->timeouts++;
    e->tally->unsure_microusd += j->reserved_microusd;
    e->reserved_microusd -= j->reserved_microusd;
    j->reserved_microusd = 0;
}

enum wn_code wn_budget_spend(struct wn_engine *e, struct wn_job *j, const char *model,
                             int64_t microusd, struct wn_error *err)
{
    int64_t day = has_day(e) && j->day != 0 ? j->day : wn_clock_now() / DAY;
    enum wn_code rc;
    j->cost_microusd += microusd;
    e->tally->cost_microusd += microusd;
    if (e->wn->store == NULL || microusd == 0)
        return WN_OK;
    rc = wn_ledger_add(e->wn->store, day, model, microusd, err);
    if (rc == WN_OK && has_day(e) && day == e->day) {
        e->day_left -= microusd; /* from what was held */
        rc = wn_ledger_add(e->wn->store, day, "", -microusd, err);
    }
    return rc;
}

void wn_budget_close(struct wn_engine *e)
{
    if (!has_day(e) || e->day == 0)
        return;
    wn_ledger_add(e->wn->store, e->day, "",
                  -(e->day_left + e->reserved_microusd + e->day_promised), NULL);
    wn_store_flush(e->wn->store, NULL);
    e->day = 0;
}

/* ---- words ---- */

static double usd(int64_t microusd)
{
    return (double)microusd / 1e6;
}

void wn_budget_explain(struct wn_engine *e, const struct wn_job *j, struct wn_error *out)
{
    int64_t need = worst(e, j), limit = e->o.max_cost_microusd, spent = e->tally->cost_microusd;
    int64_t held = 0, wait_s = DAY - wn_clock_now() % DAY, promised = e->tally->promised_microusd;
    int64_t unsure = e->tally->unsure_microusd, left = limit - spent - promised - unsure;
    if (limit > 0 && need > left) {
        wn_error_set(out, WN_E_BUDGET, "the budget of $%g for this run is reached", usd(limit));
        if (promised > 0)
            wn_error_cause(out, "$%g reserved for a batch, $%g left, and the next request may cost $%g",
                           usd(promised), usd(left), usd(need));
        else if (unsure > 0)
            wn_error_cause(out,
                           "$%g spent, $%g more if requests without an answer were paid for, $%g left, "
                           "and the next may cost $%g",
                           usd(spent), usd(unsure), usd(left), usd(need));
        else
            wn_error_cause(out, "$%g spent, $%g left, and the next request may cost $%g", usd(spent),
                           usd(left), usd(need));
        wn_error_hint(out, "The same command with a higher --max-cost goes on where this run "
                           "stopped.");
        return;
    }
    limit = e->max_day_microusd;
    wn_ledger_day(e->wn->store, e->day, &spent, &held, NULL);
    held -= e->day_left;
    wn_error_set(out, WN_E_BUDGET, "the budget of $%g for this day is reached", usd(limit));
    wn_error_cause(out,
                   "$%g spent and $%g held by other runs and batches, $%g left, and the next request may "
                   "cost $%g",
                   usd(spent), usd(held), usd(limit - spent - held), usd(need));
    wn_error_hint(out,
                  "The day ends at 00:00 UTC, in %lldh%02lldm; then, or with a higher "
                  "WINNOW_MAX_COST_DAY, the same command goes on.",
                  (long long)(wait_s / 3600), (long long)(wait_s % 3600 / 60));
}

/* ---- what it will probably take ---- */

/* Four bytes a token, as in English and JSON; a character beyond ASCII is more than its bytes say. What
 * the provider really counts is learned (learned.c). */
int64_t wn_budget_likely_in(const char *body, size_t len)
{
    const uint64_t all = UINT64_C(0x0101010101010101);
    size_t wide = 0, i = 0;
    uint64_t c;
    for (; i + 8 <= len; i += 8) { /* eight at once: both high bits */
        memcpy(&c, body + i, 8);
        wide += ((c >> 7 & c >> 6 & all) * all) >> 56;
    }
    for (; i < len; i++)
        wide += (unsigned char)body[i] >= 0xc0;
    return (int64_t)((len + wide + 3) / 4);
}

/* Bytes of an answer as schema.h lays it out, with ids of middling length, and every second text found. */
int64_t wn_budget_likely_out(const struct wn_task *t, const bool *asked)
{
    enum { TEXT = 27, FOUND = 14, PERCENT = 26, QUOTE = 40, TAG = 12 };
    size_t n = 2;
    for (size_t i = 0; i < t->nquestions; i++) {
        const struct wn_question *q = &t->questions[i];
        size_t name = strlen(q->name), id = 0;
        if (!asked[i])
            continue;
        for (size_t c = 0; c < q->nchoices; c++)
            id += strlen(q->choices[c].id);
        id = q->nchoices == 0 ? 0 : id / q->nchoices;
        n += name + 4;
        switch (q->type) {
        case WN_TEXT:
            n += TEXT + FOUND;
            break;
        case WN_TAGS:
            n += 2 + TAG;
            break;
        case WN_YESNO:
            n += 5 + (q->gated ? name + 14 : 0);
            break;
        case WN_CHOICE:
        case WN_SCALE:
            n += id + 2;
            if (q->gated)
                n += name + 14 +
                     (q->nchoices <= WN_SCHEMA_ALL_PERCENTS
                          ? q->nchoices * (id + 6)
                          : WN_SCHEMA_BEST_PERCENTS * (id + PERCENT));
            break;
        }
        if (q->type != WN_TEXT && q->evidence != WN_NEED_NONE)
            n += name + 11 + QUOTE;
    }
    return (int64_t)(n / 4);
}

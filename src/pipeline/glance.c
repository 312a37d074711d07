/* glance.c: what a run needs of a trial: how many of what it accepts are looked at, and the probability that people
 * see. Both rest on all decisions of the key, of which there may be very many, so what is reckoned of them is kept
 * under `glance`; it holds on the same day, since what is due once a day is due again on the next, and while no
 * review changes anything. Decisions that came later are counted on. */
#include "pipeline/trial_internal.h"
#include "base/clock.h"
#include "base/json.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 86400, RATE_DAYS = 90, WORTH_KEEPING = 2000 };
static const char kind[] = "glance";

struct wn_glance {
    struct wn_activity done;
    struct wn_display display;
};

/* ---- reckoned from all decisions ---- */

/* Days are whole ones, so that what was counted today holds all day. */
static int64_t recent_from(int64_t now)
{
    return (now / DAY - RATE_DAYS) * DAY;
}

static void count_units(const struct wn_trial *t, int64_t now, struct wn_activity *out)
{
    *out = (struct wn_activity){ .upto = wn_trial_last(t),
                                 .first = t->nunits == 0 ? 0 : t->units[0].created };
    for (size_t i = 0; i < t->nunits; i++) {
        const bool accepted = t->units[i].route == WN_AUTO;
        out->recent += accepted && t->units[i].created >= recent_from(now);
        out->since += accepted && t->units[i].id > t->proof.last;
    }
}

static void fit_display(const struct wn_trial *t, struct wn_display *out)
{
    double *z = wn_xcalloc(t->nunits, sizeof(*z)), *weight = wn_xcalloc(t->nunits, sizeof(*weight));
    bool *right = wn_xcalloc(t->nunits, sizeof(*right));
    size_t n = 0;
    for (size_t i = 0; i < t->nunits; i++) {
        const struct wn_unit_row *u = &t->units[i];
        double s = fmin(fmax(u->s, 1e-9), 1 - 1e-9);
        if (u->review == 0 || isnan(u->s))
            continue;
        z[n] = log(s / (1 - s));
        right[n] = !u->wrong;
        weight[n++] = u->route == WN_AUTO && u->pi > 0 ? 1 / u->pi : 1;
    }
    wn_display_fit(z, right, weight, n, out);
    free(z);
    free(weight);
    free(right);
}

double wn_trial_audit_rate(const struct wn_trial *t)
{
    const int64_t now = wn_clock_now();
    struct wn_audit_plan p = { .delta = WN_DELTA, .eps = t->eps, .least = t->least_audit };
    struct wn_activity counted;
    if (t->glance == NULL)
        count_units(t, now, &counted);
    else
        counted = t->glance->done;
    p.autos = counted.recent;
    p.since_proof = t->proof.id == 0 ? 0 : counted.since;
    if (counted.upto > 0)
        p.days = fmax(1, (double)(now - counted.first) / DAY);
    return wn_audit_rate(t->state, &p);
}

void wn_trial_display(const struct wn_trial *t, struct wn_display *out)
{
    if (t->glance == NULL)
        fit_display(t, out);
    else
        *out = t->glance->display;
}

/* ---- kept ---- */

static const char *name_of(struct wn_trial *t)
{
    return wn_arena_printf(&t->arena, "%s %s", t->subject, t->row.key);
}

static void write_display(const struct wn_display *d, struct wn_buf *b)
{
    wn_buf_printf(b, ",\"shown\":[%d,%lld,%.17g,%.17g,%d]", d->calibrated, (long long)d->n, d->platt.a, d->platt.b,
                  d->platt.constant);
    wn_buf_str(b, ",\"blocks\":[");
    for (size_t i = 0; i < d->nblocks; i++)
        wn_buf_printf(b, "%s[%.17g,%.17g,%.17g,%.17g,%lld]", i == 0 ? "" : ",", d->blocks[i].lo, d->blocks[i].hi,
                      d->blocks[i].value, d->blocks[i].weight, (long long)d->blocks[i].n);
    wn_buf_char(b, ']');
}

static double number(const cJSON *list, int i)
{
    const cJSON *v = cJSON_GetArrayItem(list, i);
    return cJSON_IsNumber(v) ? v->valuedouble : 0;
}

static void read_display(const cJSON *o, struct wn_display *d)
{
    const cJSON *shown = wn_json_get(o, "shown"), *blocks = wn_json_get(o, "blocks"), *b;
    d->calibrated = number(shown, 0) != 0;
    d->n = (int64_t)number(shown, 1);
    d->platt = (struct wn_platt){ number(shown, 2), number(shown, 3), number(shown, 4) != 0 };
    for (b = blocks == NULL ? NULL : blocks->child; b != NULL && d->nblocks < WN_DISPLAY_BLOCKS; b = b->next)
        d->blocks[d->nblocks++] =
            (struct wn_block){ number(b, 0), number(b, 1), number(b, 2), number(b, 3), (int64_t)number(b, 4) };
}

/* What has to be as it was. Of a sample that is not fixed yet every new decision may become a part. */
static const char *conditions(struct wn_trial *t, const char *mark)
{
    const struct wn_window_row *w = &t->window;
    return w->cut_off == 0 ? NULL
                           : wn_arena_printf(&t->arena, "%lld %lld %lld %lld %lld %s",
                                             (long long)(wn_clock_now() / DAY), (long long)t->row.id,
                                             (long long)w->id, (long long)w->look, (long long)w->cut_off, mark);
}

static enum wn_code keep(struct wn_trial *t, const char *mark, const struct wn_glance *g,
                         struct wn_error *err)
{
    const char *when = conditions(t, mark);
    struct wn_buf b = WN_BUF_INIT(1 << 20);
    enum wn_code rc;
    if (when == NULL)
        return WN_OK;
    wn_buf_char(&b, '{');
    wn_json_member_str(&b, "when", when);
    wn_json_member_int(&b, "sampled", t->window.n);
    wn_json_member_int(&b, "upto", g->done.upto);
    wn_json_member_int(&b, "first", g->done.first);
    wn_json_member_int(&b, "recent", g->done.recent);
    wn_json_member_int(&b, "since", g->done.since);
    write_display(&g->display, &b);
    wn_buf_char(&b, '}');
    rc = wn_store_value_put(t->wn->store, kind, name_of(t), b.data, b.len, wn_clock_now(), err);
    wn_buf_free(&b);
    return rc;
}

/* *g stays as it is where nothing is kept that holds. */
static enum wn_code recall(struct wn_trial *t, const char *mark, struct wn_glance *g, bool *holds,
                           struct wn_error *err)
{
    const char *json, *when = conditions(t, mark), *was;
    cJSON *o = NULL;
    size_t len;
    enum wn_code rc = wn_store_value_get(t->wn->store, kind, name_of(t), &t->arena, &json, &len, err);
    *holds = false;
    if (rc != WN_OK || json == NULL || when == NULL || wn_json_parse(json, len, false, &o, NULL) != WN_OK)
        return rc;
    was = wn_json_str(o, "when");
    *holds = was != NULL && strcmp(was, when) == 0;
    if (*holds) {
        g->done = (struct wn_activity){ wn_json_int(o, "upto", 0), wn_json_int(o, "first", 0),
                                        wn_json_int(o, "recent", 0), wn_json_int(o, "since", 0) };
        t->window.n = wn_json_int(o, "sampled", 0);
        read_display(o, &g->display);
    }
    cJSON_Delete(o);
    return rc;
}

/* ---- the whole ---- */

/* mark: from before, so that a review that comes in between makes it void. */
static enum wn_code reckon(struct wn_trial *t, const struct wn_task *task, const char *mark,
                           struct wn_glance *g, struct wn_error *err)
{
    enum wn_code rc = wn_trial_reckon(t, task, NULL, err);
    if (rc != WN_OK || t->nunits < WORTH_KEEPING)
        return rc;
    count_units(t, wn_clock_now(), &g->done);
    fit_display(t, &g->display);
    return keep(t, mark, g, err);
}

enum wn_code wn_trial_glance(struct wn *wn, const struct wn_task *task, const struct wn_trust_key *key,
                             struct wn_trial *t, struct wn_error *err)
{
    const char *mark;
    struct wn_glance *g;
    bool holds = false;
    int64_t before;
    enum wn_code rc = wn_trial_open(wn, task, key, t, err);
    g = wn_arena_alloc(&t->arena, sizeof(*g));
    *g = (struct wn_glance){ .done = { 0 } };
    if (rc == WN_OK)
        rc = wn_trust_mark(wn->store, &t->arena, &mark, err);
    if (rc == WN_OK)
        rc = recall(t, mark, g, &holds, err);
    if (rc == WN_OK && !holds)
        return reckon(t, task, mark, g, err);
    before = g->done.upto;
    if (rc == WN_OK)
        rc = wn_trust_activity(wn->store, t->task, t->row.key, t->stratum, recent_from(wn_clock_now()),
                               t->proof.last, &g->done, err);
    t->glance = g;
    return rc == WN_OK && g->done.upto - before > WORTH_KEEPING ? keep(t, mark, g, err) : rc;
}

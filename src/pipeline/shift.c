/* shift.c: see shift.h. */
#include "pipeline/shift.h"
#include "base/clock.h"
#include "base/json.h"
#include "decide/drift.h"
#include "pipeline/tables.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 86400, LATE_DAYS = 14, RECENT_DAYS = 7, FEWEST = 100, MONTH = 30, KEPT_DAYS = MONTH + 1 };

enum kind { SCORE, LABEL, LENGTH, OFF_ENUM, LANGUAGE, SOURCE };
const struct wn_shift_kind wn_shift_kinds[] = {
    { "psi_score", "scores" },       { "psi_label", "labels" },
    { "psi_length", "lengths" },     { "psi_off_enum", "answers that are no label" },
    { "psi_language", "languages" }, { "psi_source", "sources" },
};

struct shift {
    struct wn_trial *t;
    const struct wn_task *task;
    int64_t now;
    int64_t *ids, *recent; /* of the pool; of the last week */
    size_t nids, nrecent;
    int64_t score[WN_TENTHS], score_recent[WN_TENTHS];
    struct wn_drift_row row[WN_SHIFT_KINDS + 1];
    size_t nrows;
    const char *suspend, *warn; /* the first sentence of each kind; NULL = no alarm */
    struct wn_drift_row suspend_row, warn_row;
};

/* ---- what is compared ---- */

static void split(struct shift *s)
{
    const struct wn_trial *t = s->t;
    for (size_t i = 0; i < t->nunits; i++) {
        const struct wn_unit_row *u = &t->units[i];
        if (!u->first || u->hard_flag || isnan(u->s))
            continue;
        if (u->id <= t->proof.last) {
            s->ids[s->nids++] = u->id;
            s->score[wn_tables_tenth(u->s)]++;
        } else if (u->created >= s->now - RECENT_DAYS * DAY) {
            s->recent[s->nrecent++] = u->id;
            s->score_recent[wn_tables_tenth(u->s)]++;
        }
    }
}

/* The pool as it was counted when it was new: its texts may be gone by now. Of a proof that was made again it was
 * counted then (past.c): its pool are another key's decisions. */
static enum wn_code reference(struct shift *s, struct wn_tables *out, bool *found,
                              struct wn_error *err)
{
    const int64_t proof = s->t->proof.id;
    struct wn_store *store = s->t->wn->store;
    enum wn_code rc = wn_tables_get(store, proof, &s->t->arena, out, found, err);
    if (rc != WN_OK || *found || s->nids < FEWEST)
        return rc;
    *found = true;
    rc = wn_tables_count(store, s->ids, s->nids, NULL, &s->t->arena, out, err);
    return rc == WN_OK ? wn_tables_put(store, proof, out, s->now, err) : rc;
}

static void add(struct shift *s, enum kind k, double value, double limit, bool suspends,
                const char *what)
{
    struct wn_drift_row row = { wn_shift_kinds[k].kind, value, limit };
    s->row[s->nrows++] = row;
    if (!(value > limit))
        return;
    what = wn_arena_printf(&s->t->arena, "%s (it moved by %.2f, the limit is %.2f)", what, value,
                           limit);
    if (suspends && s->suspend == NULL) {
        s->suspend = what;
        s->suspend_row = row;
    } else if (!suspends && s->warn == NULL) {
        s->warn = what;
        s->warn_row = row;
    }
}

static void compare_counts(struct shift *s, enum kind k, const int64_t *ref, const int64_t *cur,
                           bool suspends, const char *more, const char *less)
{
    double limit, value = wn_psi(ref, cur, WN_TENTHS, &limit), before = 0, now = 0, n = 0, m = 0;
    for (int i = 0; i < WN_TENTHS; i++) {
        before += i * (double)ref[i];
        now += i * (double)cur[i];
        n += (double)ref[i];
        m += (double)cur[i];
    }
    if (n > 0 && m > 0)
        add(s, k, value, limit, suspends, now / m > before / n ? more : less);
}

static void compare_groups(struct shift *s, enum kind k, const struct wn_groups *ref,
                           const struct wn_groups *cur, bool suspends, const char *what)
{
    struct wn_moved most;
    double limit, value = wn_groups_psi(ref, cur, &limit, &most);
    add(s, k, value, limit, suspends,
        wn_arena_printf(&s->t->arena,
                        "%s than when it was proved: most of all \"%s\", %.1f%% then and %.1f%% in "
                        "the last %d days",
                        what, most.name, 100 * most.before, 100 * most.now, RECENT_DAYS));
}

static void compare_tables(struct shift *s, const struct wn_tables *ref, const struct wn_tables *cur)
{
    if (s->t->stratum == NULL) /* a guard label's decisions all have it */
        compare_groups(s, LABEL, &ref->label, &cur->label, true, "the labels are given otherwise");
    compare_counts(s, LENGTH, ref->length, cur->length, false,
                   "the texts of the last 7 days are longer than when it was proved",
                   "the texts of the last 7 days are shorter than when it was proved");
    compare_counts(s, OFF_ENUM, ref->off_enum, cur->off_enum, false,
                   "the model is drawn to answers that are no label more than when it was proved",
                   "the model is drawn to answers that are no label less than when it was proved");
    compare_groups(s, LANGUAGE, &ref->language, &cur->language, false,
                   "the texts are in other languages");
    compare_groups(s, SOURCE, &ref->source, &cur->source, false, "the items come from elsewhere");
}

static bool any(const int64_t *counts)
{
    int64_t n = 0;
    for (size_t i = 0; i < WN_TENTHS; i++)
        n += counts[i];
    return n > 0;
}

static enum wn_code compare(struct shift *s, struct wn_error *err)
{
    struct wn_tables *ref = wn_xcalloc(2, sizeof(*ref)), *cur = ref + 1;
    bool found;
    enum wn_code rc = reference(s, ref, &found, err);
    if (rc == WN_OK)
        compare_counts(s, SCORE, any(ref->score) ? ref->score : s->score, s->score_recent, true,
                       "the answers of the last 7 days are surer than when it was proved",
                       "the answers of the last 7 days are less sure than when it was proved");
    if (rc == WN_OK && found && s->nrecent >= FEWEST) {
        rc = wn_tables_count(s->t->wn->store, s->recent, s->nrecent, ref->edges, &s->t->arena, cur,
                             err);
        if (rc == WN_OK)
            compare_tables(s, ref, cur);
    }
    free(ref);
    return rc;
}

/* ---- audits that are left lying ---- */

static const char *overdue(struct wn_trial *t, int64_t now, struct wn_drift_row *row)
{
    int64_t due = 0, late = 0;
    for (size_t i = 0; i < t->nunits; i++) {
        const struct wn_unit_row *u = &t->units[i];
        if (u->id > t->proof.last && wn_unit_audited(u)) {
            due++;
            late += u->review == 0 && now - u->created > LATE_DAYS * DAY;
        }
    }
    *row = (struct wn_drift_row){ "overdue", due == 0 ? 0 : (double)late / (double)due, .2 };
    if (due == 0 || !wn_audits_overdue(due, late))
        return NULL;
    return wn_arena_printf(&t->arena, "%lld of %lld audits wait for more than two weeks",
                           (long long)late, (long long)due);
}

/* ---- flags, refusals and repairs by day ---- */

enum rate { FLAGGED, REFUSED, REPAIRED, RATES };
static const struct {
    const char *kind, *reason, *sentence;
} rates[RATES] = {
    [FLAGGED] = { "rate_flag", NULL,
                  "had something that sends an item to a person whatever its score" },
    [REFUSED] = { "rate_refusal", "refused", "were declined by the model" },
    [REPAIRED] = { "rate_repair", "schema_repaired",
                   "were answered in another form than was asked for" },
};
struct day {
    int64_t day, all, hits[RATES];
};

static bool has_reason(const cJSON *o, const char *reason)
{
    const cJSON *r;
    cJSON_ArrayForEach(r, wn_json_get(o, "reasons")) if (cJSON_IsString(r) &&
                                                         strcmp(r->valuestring, reason) ==
                                                             0) return true;
    return false;
}

/* At most this many of a day are opened, evenly taken. */
enum { MOST_OF_A_DAY = 500 };

static enum wn_code count_stratum(struct shift *s, const char *stratum, struct day *d,
                                  struct wn_error *err)
{
    struct wn_period_unit *units = NULL;
    struct wn_arena a = WN_ARENA_INIT;
    size_t n = 0, all;
    enum wn_code rc = wn_period_units(s->t->wn->store, s->t->task, stratum, d->day * DAY,
                                      (d->day + 1) * DAY, s->now, &units, &n, err);
    all = n < MOST_OF_A_DAY ? n : MOST_OF_A_DAY;
    for (size_t i = 0; rc == WN_OK && i < all; i++) {
        struct wn_row row;
        cJSON *o = NULL;
        rc = wn_results_get(s->t->wn->store, units[i * n / all].id, &a, &row, err);
        if (rc == WN_OK && row.result_json != NULL &&
            wn_json_parse(row.result_json, strlen(row.result_json), false, &o, NULL) == WN_OK) {
            d->all++;
            d->hits[FLAGGED] += row.hard_flag;
            for (int k = REFUSED; k < RATES; k++)
                d->hits[k] += has_reason(o, rates[k].reason);
        }
        cJSON_Delete(o);
        wn_arena_reset(&a);
    }
    wn_arena_free(&a);
    free(units);
    return rc;
}

/* What has a guard label is of the day, too. */
static enum wn_code count_day(struct shift *s, struct day *d, struct wn_error *err)
{
    enum wn_code rc = count_stratum(s, NULL, d, err);
    for (size_t i = 0; rc == WN_OK && i < s->task->nguards; i++)
        rc = count_stratum(s, s->task->guards[i].label, d, err);
    return rc;
}

static size_t read_days(const char *json, size_t len, struct day *list, size_t max)
{
    cJSON *o = NULL;
    const cJSON *v;
    size_t n = 0;
    if (json == NULL || wn_json_parse(json, len, false, &o, NULL) != WN_OK)
        return 0;
    cJSON_ArrayForEach(v, o)
    {
        if (n == max || cJSON_GetArraySize(v) != 2 + RATES)
            break;
        list[n].day = (int64_t)cJSON_GetNumberValue(cJSON_GetArrayItem(v, 0));
        list[n].all = (int64_t)cJSON_GetNumberValue(cJSON_GetArrayItem(v, 1));
        for (int k = 0; k < RATES; k++)
            list[n].hits[k] = (int64_t)cJSON_GetNumberValue(cJSON_GetArrayItem(v, 2 + k));
        n++;
    }
    cJSON_Delete(o);
    return n;
}

static enum wn_code keep_days(struct shift *s, const struct day *list, size_t n,
                              struct wn_error *err)
{
    struct wn_buf b = WN_BUF_INIT(1 << 16);
    enum wn_code rc;
    wn_buf_char(&b, '[');
    for (size_t i = 0; i < n; i++) {
        wn_buf_printf(&b, "%s[%lld,%lld", i == 0 ? "" : ",", (long long)list[i].day,
                      (long long)list[i].all);
        for (int k = 0; k < RATES; k++)
            wn_buf_printf(&b, ",%lld", (long long)list[i].hits[k]);
        wn_buf_char(&b, ']');
    }
    wn_buf_char(&b, ']');
    rc = wn_store_value_put(s->t->wn->store, "days", s->t->task, b.data, b.len, s->now, err);
    wn_buf_free(&b);
    return rc;
}

static void judge_day(struct shift *s, const struct day *before, size_t n, const struct day *today)
{
    struct wn_daily days[MONTH];
    for (int k = 0; k < RATES; k++) {
        const struct wn_daily now = { today->hits[k], today->all };
        char text[WN_CLOCK_TEXT];
        double usual, limit;
        for (size_t i = 0; i < n; i++)
            days[i] = (struct wn_daily){ before[i].hits[k], before[i].all };
        if (!wn_rate_odd(days, n, now, &usual, &limit) || s->warn != NULL)
            continue;
        wn_clock_text(today->day * DAY, text);
        s->warn_row =
            (struct wn_drift_row){ rates[k].kind, (double)now.hits / (double)now.all, limit };
        s->warn = wn_arena_printf(
            &s->t->arena,
            "%.1f%% of the items of %.10s %s, where %.1f%% are usual and %.1f%% "
            "is the limit",
            100 * s->warn_row.value, text, rates[k].sentence, 100 * usual, 100 * limit);
    }
}

/* The task's last days, counted once for all its strata. */
static enum wn_code days_until(struct shift *s, int64_t today, struct day *list, size_t *n,
                               struct wn_error *err)
{
    const char *json;
    size_t len, known;
    int64_t next;
    enum wn_code rc =
        wn_store_value_get(s->t->wn->store, "days", s->t->task, &s->t->arena, &json, &len, err);
    *n = known = rc == WN_OK ? read_days(json, len, list, KEPT_DAYS) : 0;
    next = *n == 0 || list[*n - 1].day < today - KEPT_DAYS ? today - KEPT_DAYS : list[*n - 1].day + 1;
    for (; rc == WN_OK && next < today; next++) {
        list[*n] = (struct day){ .day = next };
        rc = count_day(s, &list[(*n)++], err);
    }
    if (rc == WN_OK && *n > known) {
        const size_t old = *n > KEPT_DAYS ? *n - KEPT_DAYS : 0;
        rc = keep_days(s, list + old, *n - old, err);
    }
    return rc;
}

/* Hold each day that has ended since the last check of this stratum against the 30 before it. */
static enum wn_code check_rates(struct shift *s, int64_t last_check, struct wn_error *err)
{
    struct day list[2 * KEPT_DAYS];
    const int64_t today = s->now / DAY;
    const int64_t from = last_check == 0 ? today - 1 : last_check / DAY;
    size_t n = 0;
    enum wn_code rc = days_until(s, today, list, &n, err);
    for (size_t i = 0; rc == WN_OK && i < n; i++)
        if (list[i].day >= from)
            judge_day(s, list + (i > MONTH ? i - MONTH : 0), i > MONTH ? MONTH : i, &list[i]);
    return rc;
}

/* ---- the whole ---- */

static enum wn_code act(struct shift *s, struct wn_error *err)
{
    const char *late = overdue(s->t, s->now, &s->row[s->nrows]);
    struct wn_trust_change c = { .task = s->t->subject,
                                 .key = s->t->row.key,
                                 .time = s->now,
                                 .drift = s->row,
                                 .ndrift = s->nrows + 1 };
    enum wn_code rc =
        wn_trust_apply(s->t->wn->store, &c, err); /* what was seen is kept, whatever follows */
    if (rc == WN_OK && s->suspend != NULL)
        return wn_trial_suspend(s->t, s->suspend, NULL, err);
    if (rc == WN_OK && late != NULL)
        return wn_trial_suspend(s->t, late, NULL, err);
    if (rc == WN_OK && s->warn != NULL)
        return wn_trial_warn(s->t, s->warn, &s->warn_row, err);
    return rc;
}

enum wn_code wn_shift_check(struct wn_trial *t, const struct wn_task *task, struct wn_error *err)
{
    struct shift s = { .t = t, .task = task, .now = wn_clock_now() };
    double value, bound;
    int64_t done;
    enum wn_code rc =
        wn_trust_drift(t->wn->store, t->subject, t->row.key, "overdue", &value, &bound, &done, err);
    if (rc != WN_OK || t->proof.id == 0 || s.now / DAY == done / DAY || t->nunits == 0 ||
        t->units[t->nunits - 1].id <= t->proof.last)
        return rc;
    s.ids = wn_xcalloc(2 * t->nunits, sizeof(*s.ids));
    s.recent = s.ids + t->nunits;
    split(&s);
    rc = compare(&s, err);
    if (rc == WN_OK)
        rc = check_rates(&s, done, err);
    if (rc == WN_OK)
        rc = act(&s, err);
    free(s.ids);
    return rc;
}

/* trust.c: see trust.h. */
#include "pipeline/trust.h"
#include "pipeline/closed.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct wn_standings {
    struct wn *wn;
    const struct wn_task *task;
    struct wn_arena arena;
    struct wn_standing *list;
    struct known {
        struct wn_origin origin;
        const struct wn_guard *guard;
        const struct wn_standing *standing;
        struct known *next;
    } *known; /* what was found for each origin: an item's is hardly ever new */
};

/* ---- keys ---- */

static const char *hash_of(const struct wn_store *s, const char *const *texts, size_t n,
                           struct wn_arena *a)
{
    struct wn_part parts[16];
    unsigned char hash[WN_HASH];
    char *hex = wn_arena_alloc(a, 33);
    for (size_t i = 0; i < n; i++) {
        const char *text = texts[i] == NULL ? "" : texts[i];
        parts[i] = (struct wn_part){ text, strlen(text) };
    }
    wn_cache_key(s, parts, n, hash);
    for (size_t i = 0; i < 16; i++) {
        hex[2 * i] = "0123456789abcdef"[hash[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[hash[i] & 15];
    }
    hex[32] = '\0';
    return hex;
}

struct wn_origin wn_origin_linear(const char *version)
{
    return (struct wn_origin){ .asked = "linear", .linear = version, .by = "linear" };
}

void wn_origin_key(const struct wn_store *s, const struct wn_task *t, const struct wn_origin *o,
                   struct wn_arena *a, struct wn_trust_key *out)
{
    const char *samples = o->pack > 1 ? wn_arena_printf(a, "%d pack %d", o->samples, o->pack)
                                      : wn_arena_printf(a, "%d", o->samples);
    const char *did = o->did == NULL ? o->how : o->did;
    const char *rest[] = { "key 2", t->name, t->version,  o->asked, did,
                           samples, o->by,   o->upstream, o->model, o->dropped,
                           o->weights };
    const char *plan[] = { "plan", t->name, t->version, o->asked, o->how, samples, o->linear,
                           o->weights };
    const size_t usual = o->weights == NULL; /* then the last part is left out */
    out->rest = hash_of(s, rest, WN_COUNT(rest) - usual, a);
    out->plan = hash_of(s, plan, WN_COUNT(plan) - usual, a);
    out->key = hash_of(s, (const char *const[]){ out->rest, o->linear }, 2, a);
    out->model = o->by == NULL ? "" : o->by;
    if (strncmp(o->asked, WN_BEHIND, strlen(WN_BEHIND)) == 0)
        out->model = wn_arena_printf(a, "%s%s", WN_BEHIND, out->model);
}

/* ---- a run's keys ---- */

struct wn_standings *wn_standings_new(struct wn *wn, const struct wn_task *t)
{
    struct wn_standings *s = wn_xcalloc(1, sizeof(*s));
    s->wn = wn;
    s->task = t;
    return s;
}

void wn_standings_free(struct wn_standings *s)
{
    if (s == NULL)
        return;
    wn_arena_free(&s->arena);
    free(s);
}

static void stand(const struct wn_trial *t, struct wn_arena *a, struct wn_standing *out)
{
    struct wn_display *d = wn_arena_alloc(a, sizeof(*d));
    wn_trial_display(t, d);
    out->state = t->state;
    out->tau = wn_state_tau(t->state, t->proof.id == 0 ? INFINITY : t->proof.tau);
    out->pi = wn_trial_audit_rate(t);
    out->display = d;
}

/* No store (a dry run), or one that cannot be read. */
static void stand_without(const struct wn_standings *s, const struct wn_task *t,
                          struct wn_standing *out)
{
    struct wn_audit_plan plan = { .delta = WN_DELTA, .eps = t->target_error, .least = t->audit };
    out->state = s->wn->store == NULL ? wn_state_first(t->before_proof_review) : WN_COLD;
    out->tau = wn_state_tau(out->state, INFINITY);
    out->pi = wn_audit_rate(out->state, &plan);
    out->display = NULL;
}

static struct wn_standing *add(struct wn_standings *s, const char *key, const char *stratum)
{
    struct wn_standing *st = wn_arena_alloc(&s->arena, sizeof(*st));
    st->key = wn_arena_str(&s->arena, key);
    st->stratum = stratum == NULL ? NULL : wn_arena_str(&s->arena, stratum);
    st->next = s->list;
    s->list = st;
    return st;
}

static void keep(struct wn_standings *s, const struct wn_trial *t)
{
    stand(t, &s->arena, add(s, t->row.key, t->stratum));
}

static const struct wn_standing *look_up(struct wn_standings *s, const struct wn_task *t,
                                         const struct wn_trust_key *key)
{
    struct wn_trial trial = WN_TRIAL_INIT;
    struct wn_error err;
    if (s->wn->store == NULL) {
        stand_without(s, t, add(s, key->key, t->stratum));
    } else if (wn_trial_glance(s->wn, t, key, &trial, &err) == WN_OK) {
        keep(s, &trial);
    } else {
        wn_log(&s->wn->log, WN_WARN, "notice", "%s: nothing is accepted alone in this run: %s",
               s->task->name, err.what);
        stand_without(s, t, add(s, key->key, t->stratum));
    }
    wn_trial_clear(&trial);
    return s->list;
}

static bool equal(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_origin(const struct wn_origin *a, const struct wn_origin *b)
{
    return equal(a->asked, b->asked) && equal(a->how, b->how) && equal(a->did, b->did) &&
           a->samples == b->samples && a->pack == b->pack &&
           equal(a->linear, b->linear) && equal(a->by, b->by) && equal(a->upstream, b->upstream) &&
           equal(a->model, b->model) && equal(a->dropped, b->dropped) &&
           equal(a->weights, b->weights);
}

static const char *copy(const char *text, struct wn_arena *a)
{
    return text == NULL ? NULL : wn_arena_str(a, text);
}

static void remember(struct wn_standings *s, const struct wn_origin *o,
                     const struct wn_guard *guard, const struct wn_standing *found)
{
    struct wn_arena *a = &s->arena;
    struct known *k = wn_arena_alloc(a, sizeof(*k));
    k->origin = (struct wn_origin){ .asked = copy(o->asked, a),
                                    .how = copy(o->how, a),
                                    .did = copy(o->did, a),
                                    .samples = o->samples,
                                    .pack = o->pack,
                                    .linear = copy(o->linear, a),
                                    .by = copy(o->by, a),
                                    .upstream = copy(o->upstream, a),
                                    .model = copy(o->model, a),
                                    .dropped = copy(o->dropped, a),
                                    .weights = copy(o->weights, a) };
    k->guard = guard;
    k->standing = found;
    k->next = s->known;
    s->known = k;
}

const struct wn_standing *wn_standing_of(struct wn_standings *s, const struct wn_origin *o)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_trust_key key = { "", "", "", "" };
    const struct wn_guard *guard = wn_task_guard(s->task, o->label);
    const struct wn_task t = wn_task_stratum(s->task, guard);
    const struct wn_standing *st;
    for (const struct known *k = s->known; k != NULL; k = k->next)
        if (k->guard == guard && same_origin(&k->origin, o))
            return k->standing;
    if (s->wn->store != NULL)
        wn_origin_key(s->wn->store, s->task, o, &a, &key);
    for (st = s->list; st != NULL; st = st->next)
        if (strcmp(st->key, key.key) == 0 && (st->stratum == NULL) == (guard == NULL) &&
            (guard == NULL || strcmp(st->stratum, guard->label) == 0))
            break;
    if (st == NULL)
        st = look_up(s, &t, &key);
    remember(s, o, guard, st);
    wn_arena_free(&a);
    return st;
}

/* ---- the run's first line ---- */

/* Nothing was ever answered to this plan: what follows from the task's last state. */
static enum wn_code summary_of_new(const struct wn_standings *s, const char *subject,
                                   struct wn_arena *a, struct wn_trust *out, struct wn_error *err)
{
    struct wn_state_row last;
    enum wn_state was;
    enum wn_code rc = wn_trust_state(s->wn->store, subject, NULL, NULL, a, &last, err);
    if (rc == WN_OK && last.id != 0 && wn_state_named(last.state, &was))
        out->state = wn_state_next(was, WN_ON_NEW_KEY, false);
    return rc;
}

static enum wn_code summary(struct wn_standings *s, const struct wn_task *t,
                            const struct wn_origin *o, struct wn_arena *a, struct wn_trust *out,
                            struct wn_error *err)
{
    const char *subject = wn_trust_subject(s->wn->store, t->name, t->stratum, a);
    struct wn_trial trial = WN_TRIAL_INIT;
    struct wn_trust_key key;
    struct wn_state_row row;
    enum wn_code rc;
    wn_origin_key(s->wn->store, s->task, o, a, &key);
    rc = wn_trust_state(s->wn->store, subject, NULL, key.plan, a, &row, err);
    if (rc != WN_OK || row.id == 0)
        return rc == WN_OK ? summary_of_new(s, subject, a, out, err) : rc;
    key.key = row.key;
    rc = wn_trial_glance(s->wn, t, &key, &trial, err);
    if (rc == WN_OK) {
        wn_trial_summary(&trial, a, out);
        keep(s, &trial); /* most likely the run's own: no need to load it twice */
    }
    wn_trial_clear(&trial);
    return rc;
}

static const char *line_of(struct wn_standings *s, const struct wn_task *task,
                           const struct wn_origin *o, struct wn_arena *a)
{
    struct wn_trust t = { .task = task->stratum == NULL
                                      ? task->name
                                      : wn_arena_printf(a, "%s (%s)", task->name, task->stratum),
                          .state = wn_state_first(task->before_proof_review),
                          .window = { .eps = task->target_error, .delta = WN_DELTA } };
    struct wn_error err;
    int64_t left;
    if (s->wn->store != NULL && summary(s, task, o, a, &t, &err) != WN_OK)
        return wn_arena_printf(a, "%s: what is proved cannot be read: %s", t.task, err.what);
    left = wn_window_left(&t.window);
    if (t.proved_on != NULL || left == 0)
        return wn_trust_line(&t, a);
    return wn_arena_printf(a, "%s; %lld more until the %s look", wn_trust_line(&t, a),
                           (long long)left, t.window.looks_done == 0 ? "first" : "next");
}

const char *wn_standing_line(struct wn_standings *s, const struct wn_origin *o, struct wn_arena *a)
{
    const struct wn_task others = wn_task_stratum(s->task, NULL);
    const char *text;
    struct wn_error err;
    if (s->wn->store != NULL && wn_reports_close(s->wn, s->task, &err) != WN_OK)
        wn_log(&s->wn->log, WN_WARN, "notice", "%s: no report could be made: %s", s->task->name,
               err.what);
    text = line_of(s, &others, o, a);
    for (size_t i = 0; i < s->task->nguards; i++) {
        const struct wn_task t = wn_task_stratum(s->task, &s->task->guards[i]);
        text = wn_arena_printf(a, "%s\ntrust: %s", text, line_of(s, &t, o, a));
    }
    return text;
}

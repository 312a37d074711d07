/* ends.c: how a job ends, and how a run does: answered, failed, late, without money, or called back. */
#include "pipeline/engine_internal.h"
#include "pipeline/budget.h"
#include "pipeline/pack.h"

void wn_engine_finish(struct wn_engine *e, struct wn_job *j)
{
    j->state = WN_JOB_ANSWERED;
    j->next = NULL;
    *e->answered_end = j;
    e->answered_end = &j->next;
}

struct wn_job *wn_engine_answered(struct wn_engine *e)
{
    struct wn_job *j = e->answered;
    if (j == NULL)
        return NULL;
    e->answered = j->next;
    if (e->answered == NULL)
        e->answered_end = &e->answered;
    return j;
}

/* A later step ends without its answer: the label stands, and the decision says what is missing. */
bool wn_engine_keeps_label(struct wn_engine *e, struct wn_job *j, bool *flag)
{
    if (!wn_job_has_label(j))
        return false;
    *(j->step >= WN_STEP_SAMPLE ? &j->flags.signal_missing : flag) = true;
    wn_engine_finish(e, j);
    return true;
}

/* One item of a carrier that failed. */
static enum wn_code fail_carried(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    (void)err;
    if (wn_engine_keeps_label(e, j, &j->flags.invalid_output))
        return WN_OK;
    j->failure = wn_arena_str(&j->arena, j->carrier->failure);
    j->failure_hint = j->carrier->failure_hint == NULL
                          ? NULL
                          : wn_arena_str(&j->arena, j->carrier->failure_hint);
    j->answered_by = e->o.targets->list[j->model].lane;
    wn_engine_finish(e, j);
    return WN_OK;
}

static enum wn_code fail(struct wn_engine *e, struct wn_job *j, const char *what, const char *cause,
                         const char *hint, struct wn_error *err)
{
    j->failure = wn_arena_printf(&j->arena, "%s%s%s", what, cause[0] == '\0' ? "" : ": ", cause);
    j->failure_hint = hint[0] == '\0' ? NULL : wn_arena_str(&j->arena, hint);
    if (j->load != NULL)
        return wn_pack_scatter(e, j, fail_carried, err);
    j->answered_by = e->o.targets->list[j->model].lane;
    wn_engine_finish(e, j);
    return WN_OK;
}

enum wn_code wn_engine_fail(struct wn_engine *e, struct wn_job *j, const struct wn_reply *r,
                            struct wn_error *err)
{
    return fail(e, j, r->what, r->cause, r->hint, err);
}

enum wn_code wn_engine_leave(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    const struct wn_error *why = &e->stopped;
    if (j->load != NULL)
        return wn_pack_scatter(e, j, wn_engine_leave, err);
    if (!e->in_vain || e->winding_up || j->attempts == 0) {
        wn_job_drop(j);
        return WN_OK;
    }
    if (wn_engine_keeps_label(e, j, &j->flags.invalid_output))
        return WN_OK;
    return fail(e, j, why->what, why->cause, why->hint, err);
}

enum wn_code wn_engine_alone(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    const struct wn_error *why = &e->o.targets->list[j->model].why;
    if (e->stopped.code != WN_OK)
        return wn_engine_leave(e, j, err);
    if (wn_engine_keeps_label(e, j, &j->flags.invalid_output))
        return WN_OK;
    return fail(e, j, why->what, why->cause, why->hint, err);
}

enum wn_code wn_engine_late(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    if (j->load != NULL)
        return wn_pack_scatter(e, j, wn_engine_late, err);
    if (j->answer != NULL) {
        j->flags.signal_missing = true;
    } else {
        j->answered_by = e->o.targets->list[j->model].lane;
        j->failure = wn_arena_printf(&j->arena, "%s gave no answer within %llds", j->answered_by,
                                     (long long)(e->policy.total_ms / 1000));
        j->failure_hint = "Run the same command again later; WINNOW_DEADLINE sets the time.";
    }
    wn_engine_finish(e, j);
    return WN_OK;
}

enum wn_code wn_engine_recalled(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    struct wn_target *t = &e->o.targets->list[j->model];
    wn_ask_unsend(e, j);
    if (e->stopped.code != WN_OK || e->winding_up)
        return wn_engine_leave(e, j, err);
    if (t->out || (wn_target_is_down(t) && wn_engine_next_model(e, j)))
        return wn_engine_restart(e, j, err);
    wn_ask_hold(e, j);
    return WN_OK;
}

enum wn_code wn_engine_denied(struct wn_engine *e, struct wn_job *j, struct wn_error *err)
{
    struct wn_target *t = &e->o.targets->list[j->model];
    struct wn_error why = { 0 };
    bool first = !t->out;
    wn_budget_explain(e, j, &why);
    t->out = true;
    if (wn_engine_next_model(e, j)) {
        if (first)
            wn_log(&e->wn->log, WN_WARN, "notice", "%s (%s): %s takes over", why.what, why.cause,
                   e->o.targets->list[j->model].lane);
        return wn_engine_restart(e, j, err);
    }
    e->stopped = why;
    j->state = WN_JOB_DROPPED;
    return WN_OK;
}

void wn_engine_stop(struct wn_engine *e, enum wn_code code, const struct wn_reply *r)
{
    if (e->stopped.code != WN_OK)
        return;
    wn_pool_recall(e->pool, NULL);
    wn_error_set(&e->stopped, code, "%s", r->what);
    wn_error_cause(&e->stopped, "%s", r->cause);
    wn_error_hint(&e->stopped, "%s", r->hint);
}

void wn_engine_wind_up(struct wn_engine *e)
{
    if (!e->winding_up)
        wn_pool_recall(e->pool, NULL);
    e->winding_up = true;
}

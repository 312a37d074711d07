/* result.c: see result.h. */
#include "pipeline/result.h"
#include "base/clock.h"
#include "base/json.h"
#include "report/writer.h"
#include <math.h>
#include <string.h>

static void failed(struct wn_job *j, const struct wn_task *t, struct wn_decision *d,
                   struct wn_result *r)
{
    *d = (struct wn_decision){ .route = WN_FAILED,
                               .label = SIZE_MAX,
                               .s = NAN,
                               .u = NAN,
                               .pi = 1,
                               .probability = NAN,
                               .hard_flag = true };
    *r = (struct wn_result){ .item = &j->item,
                             .task = t->name,
                             .route = WN_FAILED,
                             .probability = NAN,
                             .model = j->answered_by,
                             .error = j->failure,
                             .error_hint = j->failure_hint };
}

void wn_job_decide(struct wn_engine *e, struct wn_job *j, struct wn_decision *d,
                   struct wn_result *r)
{
    const struct wn_task *t;
    struct wn_gathered g;
    wn_engine_gather(e, j, &g);
    t = g.task;
    if (j->failure != NULL) {
        failed(j, t, d, r);
    } else {
        wn_decide(&g, &j->arena, d);
        *r = (struct wn_result){
            .item = &j->item,
            .task = t->name,
            .route = d->route,
            .label = d->label == SIZE_MAX ? NULL : t->questions[0].choices[d->label].id,
            .probability = d->label == SIZE_MAX ? NAN : d->probability,
            .calibrated = d->calibrated,
            .source = d->source,
            .reasons = d->reasons,
            .because = d->because,
            .nreasons = d->nreasons,
            .tags = d->tags,
            .ntags = d->ntags,
            .answers = d->answers + 1,
            .nanswers = d->nanswers - 1,
            .owner = d->handed == NULL ? NULL : d->handed->owner,
            .next = d->handed == NULL ? NULL : d->handed->next,
            .due = d->due,
            .model = j->answered_by,
        };
        if (d->handed != NULL && d->handed->draft != NULL)
            r->draft = wn_task_draft(t, d->handed->draft, j->answer, &j->arena);
    }
    r->cached = j->cached_calls > 0 && j->attempts == 0;
    r->redacted = j->sent.id == NULL ? 0 : (int)j->redaction.n;
    r->attempts = j->attempts;
    r->cost_microusd = j->cost_microusd;
    r->latency_ms = j->latency_ms;
}

static void signal(struct wn_buf *b, const char *name, double value)
{
    if (isnan(value))
        return;
    wn_buf_char(b, ',');
    wn_json_quote(b, name);
    wn_buf_char(b, ':');
    wn_json_number(b, value, 9);
}

void wn_signals_write(const char *question, const char *source, const struct wn_signals *s,
                      struct wn_buf *b)
{
    wn_buf_str(b, "{\"q\":");
    wn_json_quote(b, question);
    wn_buf_str(b, ",\"source\":");
    wn_json_quote(b, source);
    signal(b, "lp", s->lp);
    signal(b, "vc", s->vc);
    signal(b, "lin", s->lin);
    signal(b, "xp", s->xp);
    signal(b, "chk", s->chk);
    signal(b, "off_enum", s->off_enum);
    if (s->sc_n > 0)
        wn_buf_printf(b, ",\"sc_same\":%d,\"sc_n\":%d", s->sc_same, s->sc_n);
    if (s->xm_n > 0)
        wn_buf_printf(b, ",\"xm_same\":%d,\"xm_n\":%d", s->xm_same, s->xm_n);
    signal(b, "ev", (int)s->ev);
    wn_buf_char(b, '}');
}

static const char *signals_json(const struct wn_task *t, const struct wn_job *j,
                                const struct wn_decision *d, struct wn_buf *b)
{
    wn_buf_str(b, "[");
    for (size_t q = 0; d->signals != NULL && q < t->nquestions; q++) {
        const struct wn_value *v = j->answer == NULL ? NULL : &j->answer->values[q];
        wn_buf_str(b, q == 0 ? "" : ",");
        wn_signals_write(t->questions[q].name,
                         v == NULL
                             ? "none"
                             : wn_source_name(v->answered ? v->source : WN_SOURCE_NONE),
                         &d->signals[q], b);
    }
    wn_buf_str(b, "]");
    return b->data;
}

/* What makes a decision the same one on another day: all but times, cost, where it was found, and the
 * numbers that reviews of other items move. */
static void write_lasting(const struct wn_result *r, const char *key, struct wn_buf *b)
{
    struct wn_result lasting = *r;
    lasting.due = 0;
    lasting.probability = NAN;
    lasting.calibrated = false;
    lasting.because = lasting.reasons; /* the sentences have those numbers in them */
    lasting.ntags = 0;
    lasting.cached = false;
    lasting.attempts = 0;
    lasting.cost_microusd = lasting.latency_ms = 0;
    wn_result_write(&lasting, b);
    wn_buf_str(b, key);
}

enum wn_code wn_job_keep(struct wn *wn, const struct wn_task *t, struct wn_job *j,
                         const struct wn_decision *d, const struct wn_result *r,
                         struct wn_error *err)
{
    struct wn_buf item = WN_BUF_INIT(64 << 20), result = WN_BUF_INIT(64 << 20);
    struct wn_buf signals = WN_BUF_INIT(1 << 20), same = WN_BUF_INIT(64 << 20);
    struct wn_row row;
    enum wn_code rc;
    wn_item_write(&j->item, &item);
    wn_result_write(r, &result);
    write_lasting(r, j->key, &same);
    row = (struct wn_row){
        .task = t->name,
        .version = t->version,
        .model = r->model == NULL ? "" : r->model,
        .key = j->key,
        .route = r->route,
        .state = wn_state_name(d->state),
        .s = d->s,
        .p = d->probability,
        .u = d->u,
        .pi = d->pi,
        .fold = wn_prn(wn_store_salt(wn->store), "fold", t->name, j->item.id),
        .hard_flag = d->hard_flag,
        .stratum = wn_task_guard(t, r->label) == NULL ? NULL : r->label,
        .created = wn_clock_now(),
        .cost_microusd = r->cost_microusd,
        .latency_ms = r->latency_ms,
        .item_id = j->item.id,
        .sender = j->sender,
        .content = j->item.text,
        .content_len = j->item.text_len,
        .positional = strcmp(j->item.id, j->item.source) == 0,
        .same_as = same.data,
        .item_json = item.data,
        .result_json = result.data,
        .signals_json = signals_json(t, j, d, &signals),
    };
    rc = item.failed || result.failed || signals.failed || same.failed
             ? wn_error_set(err, WN_E_NOMEM, "an item is too large to keep")
             : wn_results_put(wn->store, &row, NULL, err);
    wn_buf_free(&item);
    wn_buf_free(&result);
    wn_buf_free(&signals);
    wn_buf_free(&same);
    return rc;
}

/* changes.c: would an item be asked about again, and which part of its request is new? The item is taken
 * through the engine as in a dry run, and each request that it would make is compared with the kept reply
 * that is most like it. */
#include "base/clock.h"
#include "pipeline/engine.h"
#include "report/writer.h"
#include <string.h>

enum { MOST_REQUESTS = 4 };

struct comparing {
    struct wn *wn;
    struct wn_reply_change *list;
    size_t n;
    struct wn_error *err;
    enum wn_code rc;
};

static void compare(void *user, const struct wn_job *j)
{
    struct comparing *c = user;
    struct wn_arena *a = &c->wn->arena;
    struct wn_reply_change *change = &c->list[c->n];
    const char **parts = wn_arena_array(a, WN_ASK_PARTS, sizeof(*parts));
    bool differs[WN_ASK_PARTS];
    if (c->n == MOST_REQUESTS || c->rc != WN_OK)
        return;
    c->rc = wn_cache_explain(c->wn->store, j->item.id, j->parts, WN_ASK_PARTS, differs,
                             &change->kept, c->err);
    if (c->rc != WN_OK)
        return;
    change->model = wn_arena_printf(a, "%s/%s", j->call.provider->name, j->call.model);
    change->kind = j->call.kind == WN_DECIDE ? "decide" : "generate";
    change->parts = parts;
    /* The last part is the whole request: it tells something only where no other part does. */
    for (size_t i = 0; change->kept && i < WN_ASK_PARTS; i++)
        if (differs[i] && (i + 1 < WN_ASK_PARTS || change->nparts == 0))
            parts[change->nparts++] = wn_ask_part_names[i];
    c->n++;
}

static enum wn_code ask_again(struct wn *wn, const struct wn_task *t, const char *model,
                              struct wn_item *item, struct comparing *c, struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_targets targets;
    struct wn_tally tally = { 0 };
    struct wn_job job = { .item = *item };
    struct wn_engine *e = NULL;
    bool progressed;
    struct wn_engine_options o = { .targets = &targets,
                                   .how = t->how,
                                   .samples = t->samples,
                                   .pack = t->pack,
                                   .in_flight = 1,
                                   .no_cache = true,
                                   .dry_run = true,
                                   .show = compare,
                                   .show_user = c };
    enum wn_code rc = wn_targets_resolve(wn, model, t->how, &a, &targets, err);
    if (rc == WN_OK)
        rc = wn_engine_open(wn, t, &o, &tally, &e, err);
    if (rc == WN_OK)
        rc = wn_engine_start(e, &job, err);
    while (rc == WN_OK && wn_engine_pending(e) > 0) /* it waits for others, who do not come */
        rc = wn_engine_step(e, 0, &progressed, err);
    wn_engine_close(e);
    wn_arena_free(&job.arena);
    wn_arena_free(&a);
    return rc;
}

enum wn_code wn_replies_explain(struct wn *wn, const char *task, const char *model,
                                const char *item, const struct wn_reply_change **out, size_t *n,
                                struct wn_error *err)
{
    struct comparing c = { .wn = wn, .err = err };
    struct wn_task *t = NULL;
    struct wn_item kept;
    struct wn_row row = { 0 };
    enum wn_code rc = wn_context_store_there(wn, err);
    c.list = wn_arena_array(&wn->arena, MOST_REQUESTS, sizeof(*c.list));
    *out = c.list;
    *n = 0;
    if (rc == WN_OK)
        rc = wn_results_find(wn->store, task, item, &wn->arena, &row, err);
    if (rc == WN_OK && row.id == 0) {
        rc = wn_error_set(err, WN_E_USAGE, "nothing was decided about '%.80s'", item);
        wn_error_hint(err, "Items are named as in the results' first column, as in leads.csv:17.");
    }
    if (rc == WN_OK)
        rc = wn_item_read(row.item_json, &wn->arena, &kept, err);
    if (rc == WN_OK)
        rc = wn_context_task(wn, row.task, &t, err);
    if (rc == WN_OK && model == NULL)
        model = t->model != NULL ? t->model : wn_config_get(wn->config, "WINNOW_MODEL");
    if (rc == WN_OK)
        rc = ask_again(wn, t, model == NULL ? "linear" : model, &kept, &c, err);
    if (rc == WN_OK)
        rc = c.rc;
    *n = c.n;
    wn_task_free(t);
    return rc;
}

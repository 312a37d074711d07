/* doctor.c: is everything in order? Settings, tasks, key file, store, and each provider whose key is
 * set, by its cheapest call. */
#include "base/clock.h"
#include "base/file.h"
#include "context.h"
#include "pipeline/models.h"
#include "transport/pool.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

struct doctor {
    struct wn *wn;
    void (*report)(void *user, const struct wn_checkup *c);
    void *user;
    enum wn_code first_bad;
    struct wn_arena arena;
};

static void say(struct doctor *d, enum wn_health health, const char *what, const char *detail,
                const char *hint, enum wn_code code)
{
    struct wn_checkup c = { health, what, detail, hint, health == WN_BAD ? code : WN_OK };
    if (health == WN_BAD && d->first_bad == WN_OK)
        d->first_bad = code;
    d->report(d->user, &c);
}

static void say_error(struct doctor *d, const char *what, const struct wn_error *e)
{
    say(d, WN_BAD, what,
        wn_arena_printf(&d->arena, "%s%s%s", e->what, e->cause[0] == '\0' ? "" : ": ", e->cause),
        e->hint, e->code);
}

static void check_tasks(struct doctor *d)
{
    const struct wn_task_info *tasks = NULL;
    struct wn_error err;
    size_t n = 0, unusable = 0;
    if (wn_tasks(d->wn, &tasks, &n, &err) != WN_OK) {
        say_error(d, "tasks", &err);
        return;
    }
    for (size_t i = 0; i < n; i++)
        unusable += tasks[i].nquestions == 0 && tasks[i].nsections == 0;
    if (unusable == 0)
        say(d, WN_GOOD, "tasks", wn_arena_printf(&d->arena, "%zu found", n), "", WN_OK);
    else
        say(d, WN_BAD, "tasks",
            wn_arena_printf(&d->arena, "%zu of %zu cannot be used", unusable, n),
            "`winnow tasks check` names file and line.", WN_E_CONFIG);
}

static void check_store(struct doctor *d)
{
    const char *home = wn_config_get(d->wn->config, "WINNOW_HOME");
    struct wn_error err;
    if (!wn_context_has_store(d->wn))
        say(d, WN_NOTE, "store", wn_arena_printf(&d->arena, "none yet in %s", home),
            "The first `winnow classify` makes it, and its key.", WN_OK);
    else if (wn_context_store(d->wn, &err) != WN_OK)
        say_error(d, "store", &err);
    else
        say(d, WN_GOOD, "store",
            wn_arena_printf(&d->arena, "%s/winnow.db opens with its key", home), "", WN_OK);
}

/* The key is the boundary: who takes the store's folder must not have it, too. */
static void check_key(struct doctor *d)
{
    const struct wn_key_info *k = NULL;
    if (wn_keys_show(d->wn, &k, NULL) == WN_OK && k->beside_store)
        say(d, WN_NOTE, "key",
            wn_arena_printf(&d->arena, "%s lies in the same folder as the store", k->where),
            "Move it, and set WINNOW_KEY_FILE: who takes that folder has both.", WN_OK);
}

static void call_provider(struct doctor *d, const struct wn_provider *row, const char *base,
                          const char *key)
{
    struct wn_pool_options po = { .in_flight = 1,
                                  .timeout_ms = 15000,
                                  .ca_file = wn_config_get(d->wn->config, "WINNOW_CA_FILE") };
    struct wn_pool *pool = NULL;
    struct wn_response *response = NULL;
    struct wn_request request;
    struct wn_reply reply;
    struct wn_error err;
    int64_t until = wn_clock_ms() + 20000;
    memset(&request, 0, sizeof(request));
    memset(&reply, 0, sizeof(reply));
    if (wn_pool_open(&po, &pool, &err) != WN_OK ||
        wn_provider_check(row, base, key, &d->arena, &request, &err) != WN_OK) {
        say_error(d, row->name, &err);
        wn_pool_close(pool);
        return;
    }
    request.lane = row->name;
    if (wn_pool_add(pool, &request, d, 0, &err) == WN_OK)
        while (response == NULL && wn_clock_ms() < until)
            if (wn_pool_take(pool, 1000, &response, &err) != WN_OK)
                break;
    if (response == NULL) {
        say(d, WN_BAD, row->name, "no answer", "Is the address right, and is the network there?",
            WN_E_PROVIDER);
    } else {
        wn_provider_checked(row, key, response, wn_clock_now(), &d->arena, &reply);
        if (reply.class == WN_CLASS_OK)
            say(d, WN_GOOD, row->name,
                wn_arena_printf(
                    &d->arena, "%s, %s, %lld ms", key == NULL ? "answers" : "key accepted",
                    reply.text == NULL ? "" : reply.text, (long long)response->latency_ms),
                "", WN_OK);
        else
            say(d, WN_BAD, row->name,
                wn_arena_printf(&d->arena, "%s%s%s", reply.what, reply.cause[0] == '\0' ? "" : ": ",
                                reply.cause),
                wn_arena_str(&d->arena, reply.hint),
                reply.class == WN_CLASS_STOP ? WN_E_CONFIG : WN_E_PROVIDER);
    }
    wn_response_free(response);
    wn_pool_close(pool);
}

static void check_provider(struct doctor *d, const struct wn_provider *row, bool offline)
{
    const char *base = NULL, *key = NULL, *key_name = NULL;
    struct wn_error err;
    const char *setting = row->base_env.name;
    bool asked_for = setting != NULL && wn_config_get(d->wn->config, setting) != NULL;
    if (row->base_url == NULL && !asked_for)
        return;
    if (wn_target_settings(d->wn->config, row, &d->arena, &base, &key, &key_name, &err) != WN_OK) {
        say_error(d, row->name, &err);
        return;
    }
    if (!row->local && key == NULL)
        say(d, WN_NOTE, row->name, wn_arena_printf(&d->arena, "%s is not set", key_name), "",
            WN_OK);
    else if (row->local && !asked_for)
        return; /* a model server that nobody named is no fault when it is not there */
    else if (offline)
        say(d, WN_NOTE, row->name, "set, not tried (--offline)", "", WN_OK);
    else
        call_provider(d, row, base, key);
}

enum wn_code wn_doctor(struct wn *wn, bool offline,
                       void (*report)(void *user, const struct wn_checkup *c), void *user,
                       struct wn_error *err)
{
    struct doctor d = { wn, report, user, WN_OK, WN_ARENA_INIT };
    struct wn_config_row row;
    size_t set = 0;
    (void)err;
    for (size_t i = 0; wn_config_row(wn, i, &row); i++)
        set += row.set && strcmp(row.from, "default") != 0;
    say(&d, WN_GOOD, "settings",
        wn_arena_printf(&d.arena, "%zu set; `winnow config` shows them", set), "", WN_OK);
    check_tasks(&d);
    check_store(&d);
    check_key(&d);
    for (size_t i = 0; i < wn_nproviders; i++)
        check_provider(&d, &wn_providers[i], offline);
    wn_arena_free(&d.arena);
    return d.first_bad;
}

bool wn_model_info(const struct wn *wn, size_t i, struct wn_model_info *out)
{
    const struct wn_model *m;
    const struct wn_provider *row;
    if (i >= wn_nmodels)
        return false;
    m = &wn_models[i];
    row = wn_provider_named(m->provider, strlen(m->provider));
    *out = (struct wn_model_info){ .name = m->name,
                                   .provider = m->provider,
                                   .use = m->use,
                                   .usd_in = m->in < 0 ? NAN : (double)m->in / 1e6,
                                   .usd_out = m->out < 0 ? NAN : (double)m->out / 1e6,
                                   .as_of = m->as_of };
    for (size_t k = 0; row != NULL && wn != NULL && k < WN_COUNT(row->key_env); k++)
        if (row->key_env[k].name != NULL && wn_config_get(wn->config, row->key_env[k].name) != NULL)
            out->key_set = true;
    out->can_decide = m->decides;
    out->can_generate = m->generates;
    out->can_logprob = m->logprobs;
    return true;
}

const char *wn_model_server(size_t i)
{
    for (size_t k = 0; k < wn_nproviders; k++)
        if (wn_providers[k].local && i-- == 0)
            return wn_providers[k].name;
    return NULL;
}

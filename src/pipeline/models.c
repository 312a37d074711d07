/* models.c: see models.h. */
#include "pipeline/models.h"
#include <string.h>

enum wn_code wn_target_settings(const struct wn_config *c, const struct wn_provider *row,
                                struct wn_arena *a, const char **base_url, const char **key,
                                const char **key_name, struct wn_error *err)
{
    *key = NULL;
    *key_name = row->key_env[0].name;
    for (size_t i = 0; i < WN_COUNT(row->key_env) && *key == NULL; i++)
        if (row->key_env[i].name != NULL)
            *key = wn_config_get(c, row->key_env[i].name);
    *base_url = wn_provider_base(
        row, row->base_env.name == NULL ? NULL : wn_config_get(c, row->base_env.name), a, err);
    return *base_url == NULL ? WN_E_CONFIG : WN_OK;
}

const char *wn_model_choose(const struct wn *wn, const struct wn_task *t, const char *asked,
                            const char **why)
{
    const char *setting = wn_config_get(wn->config, "WINNOW_MODEL");
    if (why != NULL)
        *why = asked != NULL      ? "--model"
               : t->model != NULL ? "the task's"
               : setting != NULL  ? "WINNOW_MODEL"
                                  : "no --model, none in the task, no WINNOW_MODEL";
    return asked != NULL      ? asked
           : t->model != NULL ? t->model
           : setting != NULL  ? setting
                              : "linear";
}

enum how { HOW_AUTO, HOW_DECIDE, HOW_GENERATE };

static enum how how_named(const char *how)
{
    return strcmp(how, "decide") == 0     ? HOW_DECIDE
           : strcmp(how, "generate") == 0 ? HOW_GENERATE
                                          : HOW_AUTO;
}

static bool is_loopback(const char *url)
{
    static const char *const hosts[] = { "://127.", "://localhost", "://[::1]" };
    for (size_t i = 0; i < WN_COUNT(hosts); i++)
        if (strstr(url, hosts[i]) != NULL)
            return true;
    return false;
}

static enum wn_code resolve_one(struct wn *wn, const char *id, enum how how, struct wn_arena *a,
                                struct wn_target *t, struct wn_error *err)
{
    const char *model = NULL, *key_name = NULL;
    enum wn_code rc;
    if (strcmp(id, "linear") == 0) {
        *t = (struct wn_target){ .lane = "linear", .dropped = "" };
        return WN_OK;
    }
    rc = wn_provider_resolve(id, a, &t->row, &model, err);
    if (rc != WN_OK)
        return rc;
    t->dropped = "";
    t->generate_model = wn_provider_model_for(t->row, model, WN_GENERATE);
    t->decide_model = wn_provider_model_for(t->row, model, WN_DECIDE);
    t->no_decide =
        t->decide_model == NULL ||
        !(how == HOW_DECIDE || (how == HOW_AUTO && (wn_provider_decides_first(t->row, model) ||
                                                    t->generate_model == NULL)));
    t->lane = wn_arena_printf(a, "%s/%s", t->row->name, model);
    rc = wn_target_settings(wn->config, t->row, a, &t->base_url, &t->key, &key_name, err);
    if (rc == WN_OK)
        t->loopback = is_loopback(t->base_url);
    if (rc == WN_OK && t->generate_model == NULL && t->no_decide) {
        rc = wn_error_set(err, WN_E_USAGE, "%s gives probabilities only, and is to write answers",
                          id);
        wn_error_hint(err, "Leave out --how generate, or name another model.");
        return rc;
    }
    if (rc == WN_OK && t->key == NULL && key_name != NULL && !t->row->local) {
        rc = wn_error_set(err, WN_E_CONFIG, "%s is not set, and the model is %s", key_name, id);
        wn_error_hint(err,
                      "Put %s=... into .env or the environment, or use --model linear, which needs "
                      "no key.",
                      key_name);
    }
    return rc;
}

enum wn_code wn_targets_resolve(struct wn *wn, const char *models, const char *how,
                                struct wn_arena *a, struct wn_targets *out, struct wn_error *err)
{
    const char *p = models;
    size_t max = 1;
    memset(out, 0, sizeof(*out));
    if (wn_price_check(wn_config_get(wn->config, "WINNOW_PRICES"), err) != WN_OK ||
        wn_allowance_check(wn_config_get(wn->config, "WINNOW_LIMITS"), err) != WN_OK)
        return WN_E_CONFIG;
    if (strncmp(models, "linear>", 7) == 0) {
        out->cascade = true;
        max++;
    }
    for (const char *c = models; *c != '\0'; c++)
        max += *c == ',';
    out->list = wn_arena_array(a, max, sizeof(*out->list));
    if (out->cascade) {
        out->list[out->n++] = (struct wn_target){ .lane = "linear", .dropped = "" };
        p += 7;
    }
    for (;;) {
        size_t len = strcspn(p, ",");
        const char *id = wn_arena_copy(a, p, len);
        enum wn_code rc;
        if (len == 0) {
            rc = wn_error_set(err, WN_E_USAGE, "a model is missing in '%s'", models);
            wn_error_hint(err,
                          "Write PROVIDER/MODEL, as in openai/gpt-6-luna; `winnow models` lists "
                          "them.");
            return rc;
        }
        rc = resolve_one(wn, id, how_named(how), a, &out->list[out->n++], err);
        if (rc == WN_OK && out->cascade && out->list[out->n - 1].row == NULL) {
            rc = wn_error_set(err, WN_E_USAGE, "linear cannot stand behind linear in '%s'", models);
            wn_error_hint(err, "Write linear>PROVIDER/MODEL, as in linear>openai/gpt-6-luna.");
        }
        if (rc != WN_OK)
            return rc;
        p += len;
        if (*p == '\0')
            break;
        p++;
    }
    out->nall = out->n;
    return WN_OK;
}

/* A model that is asked twice is no second opinion. */
static enum wn_code not_another(const char *what, const char *model, struct wn_error *err)
{
    wn_error_set(err, WN_E_CONFIG, "the task's \"%s\" is %s, which answers already", what, model);
    wn_error_hint(err, "Name a model of another provider there, or another --model.");
    return WN_E_CONFIG;
}

static enum wn_code add_opinion(struct wn *wn, const char *what, const char *model,
                                struct wn_arena *a, struct wn_targets *out, size_t *at,
                                struct wn_error *err)
{
    struct wn_target *t = &out->list[out->nall];
    enum wn_code rc;
    if (model == NULL)
        return WN_OK;
    rc = resolve_one(wn, model, HOW_AUTO, a, t, err);
    for (size_t i = 0; rc == WN_OK && i < out->nall; i++)
        if (t->row == NULL || strcmp(out->list[i].lane, t->lane) == 0)
            rc = not_another(what, model, err);
    if (rc == WN_OK)
        *at = out->nall++;
    return rc;
}

enum wn_code wn_targets_with_opinions(struct wn *wn, const struct wn_task *t,
                                      const struct wn_targets *list, struct wn_arena *a,
                                      struct wn_targets *out, struct wn_error *err)
{
    enum wn_code rc;
    bool local = true;
    *out = *list;
    out->list = wn_arena_array(a, list->n + 2, sizeof(*out->list));
    memcpy(out->list, list->list, list->n * sizeof(*out->list));
    for (size_t i = 0; i < list->n; i++)
        local = local && list->list[i].row == NULL;
    if (local) /* what the linear engine answers alone stays on the machine */
        return WN_OK;
    rc = add_opinion(wn, "second", t->second.model, a, out, &out->second, err);
    return rc == WN_OK ? add_opinion(wn, "check", t->check.model, a, out, &out->check, err) : rc;
}

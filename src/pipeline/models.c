/* models.c: see models.h. */
#include "pipeline/models.h"
#include <string.h>

/* An address without a path gets the row's: OLLAMA_HOST is "127.0.0.1:11434" at its vendor. */
static const char *whole_address(const struct wn_provider *row, const char *given,
                                 struct wn_arena *a)
{
    const char *scheme = strstr(given, "://");
    const char *host = scheme == NULL ? given : scheme + 3;
    const char *path = strchr(host, '/');
    const char *row_path = "";
    if (row->base_url != NULL)
        row_path = strchr(strstr(row->base_url, "://") + 3, '/');
    if (row_path == NULL)
        row_path = "";
    if (path != NULL && strspn(path, "/") == strlen(path))
        return wn_arena_printf(a, "%s%.*s%s", scheme == NULL ? "http://" : "", (int)(path - given),
                               given, row_path);
    return wn_arena_printf(a, "%s%s%s", scheme == NULL ? "http://" : "", given,
                           path == NULL ? row_path : "");
}

enum wn_code wn_target_settings(const struct wn_config *c, const struct wn_provider *row,
                                struct wn_arena *a, const char **base_url, const char **key,
                                const char **key_name, struct wn_error *err)
{
    const char *given = row->base_env == NULL ? NULL : wn_config_get(c, row->base_env);
    char *address;
    *key = NULL;
    *key_name = row->key_env[0];
    for (size_t i = 0; i < WN_COUNT(row->key_env) && *key == NULL; i++)
        if (row->key_env[i] != NULL)
            *key = wn_config_get(c, row->key_env[i]);
    if (given == NULL && row->base_url == NULL) {
        wn_error_set(err, WN_E_CONFIG, "the address of '%s' is not set", row->name);
        wn_error_hint(err, "Set %s, as in http://127.0.0.1:8000/v1.", row->base_env);
        return WN_E_CONFIG;
    }
    address = wn_arena_str(a, given == NULL ? row->base_url : whole_address(row, given, a));
    for (size_t n = strlen(address); n > 0 && address[n - 1] == '/'; n--)
        address[n - 1] = '\0';
    *base_url = address;
    return wn_provider_base_ok(address, err) == WN_OK
               ? WN_OK
               : (wn_error_at(err, "%s", row->base_env), WN_E_CONFIG);
}

/* One name may stand for two models: a decision model answers typed questions only, so what has to be
 * written out goes to the row's default; any other model decides only where the row says so. */
static void choose_models(struct wn_target *t, const char *model, bool named, bool insist_decide)
{
    const struct wn_model *known = wn_model_find(t->row->name, model);
    bool decider = t->row->decide_model != NULL && strcmp(model, t->row->decide_model) == 0;
    bool only_decides = known != NULL && strcmp(known->use, "decide") == 0;
    t->generate_model =
        only_decides && t->row->generate_model != NULL ? t->row->generate_model : model;
    t->decide_model = !named && t->row->decide_model != NULL ? t->row->decide_model : model;
    t->no_decide = t->row->decide == NULL || (named && !decider && !only_decides && !insist_decide);
}

static enum wn_code resolve_one(struct wn *wn, const char *id, bool insist_decide,
                                struct wn_arena *a, struct wn_target *t, struct wn_error *err)
{
    const char *model = NULL, *key_name = NULL;
    bool named = strchr(id, '/') != NULL;
    enum wn_code rc;
    if (strcmp(id, "linear") == 0) {
        *t = (struct wn_target){ .lane = "linear", .dropped = "" };
        return WN_OK;
    }
    rc = wn_provider_resolve(id, a, &t->row, &model, err);
    if (rc != WN_OK)
        return rc;
    t->dropped = "";
    choose_models(t, model, named, insist_decide);
    t->lane = wn_arena_printf(a, "%s/%s", t->row->name, t->generate_model);
    rc = wn_target_settings(wn->config, t->row, a, &t->base_url, &t->key, &key_name, err);
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
        rc = resolve_one(wn, id, strcmp(how, "decide") == 0, a, &out->list[out->n++], err);
        if (rc != WN_OK)
            return rc;
        p += len;
        if (*p == '\0')
            return WN_OK;
        p++;
    }
}

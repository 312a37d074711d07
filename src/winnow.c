/* winnow.c: the front door: open a context, find the tasks, close it. The runs, the queue and the
 * check-up are in pipeline/. */
#include "context.h"
#include "base/file.h"
#include "task/brief.h"
#include "transport/pool.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum wn_code wn_open(const struct wn_options *o, struct wn **out, struct wn_error *err)
{
    static const struct wn_options none;
    struct wn *wn = wn_xcalloc(1, sizeof(*wn));
    const char *prompts;
    enum wn_code rc;
    if (o == NULL)
        o = &none;
    wn->log = (struct wn_log){ o->log, o->log_user };
    wn->passphrase = o->passphrase;
    wn->passphrase_user = o->passphrase_user;
    rc = wn_config_load(o->settings, o->nsettings, &wn->config, err);
    if (rc != WN_OK) {
        wn_close(wn);
        return rc;
    }
    prompts = wn_config_get(wn->config, "WINNOW_PROMPTS");
    if (prompts != NULL)
        wn->roots[wn->nroots++] = prompts;
    wn->roots[wn->nroots++] = "./prompts";
    wn->roots[wn->nroots++] = WN_SHARE "/prompts";
    *out = wn;
    return WN_OK;
}

void wn_close(struct wn *wn)
{
    if (wn == NULL)
        return;
    wn_limits_free(wn->limits);
    wn_store_close(wn->store);
    wn_key_free(wn->key);
    wn_config_free(wn->config);
    wn_arena_free(&wn->arena);
    free(wn);
}

bool wn_config_row(const struct wn *wn, size_t i, struct wn_config_row *out)
{
    return wn_config_at(wn == NULL ? NULL : wn->config, i, out);
}

bool wn_context_has_store(const struct wn *wn)
{
    struct wn_arena a = WN_ARENA_INIT;
    bool there = wn_file_exists(
        wn_arena_printf(&a, "%s/winnow.db", wn_config_get(wn->config, "WINNOW_HOME")));
    wn_arena_free(&a);
    return there;
}

/* From its file, from a systemd credential, or from the person. */
static enum wn_code find_passphrase(struct wn *wn, char *out, size_t size, size_t *len,
                                    struct wn_error *err)
{
    const char *file = wn_config_get(wn->config, "WINNOW_PASSPHRASE_FILE");
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    if (file != NULL)
        return wn_passphrase_read(file, false, out, size, len, err);
    if (credentials != NULL) {
        file = wn_arena_printf(&wn->arena, "%s/winnow-passphrase", credentials);
        if (wn_file_exists(file))
            return wn_passphrase_read(file, true, out, size, len, err);
    }
    *len = wn->passphrase == NULL ? 0 : wn->passphrase(wn->passphrase_user, out, size);
    if (*len > 0)
        return WN_OK;
    wn_error_set(err, WN_E_CONFIG, "the store is opened with a passphrase, and none was given");
    wn_error_hint(err, "Run it on a terminal, or name a file with the passphrase: "
                       "--passphrase-file or WINNOW_PASSPHRASE_FILE.");
    return WN_E_CONFIG;
}

enum wn_code wn_context_key(struct wn *wn, const char *backup, bool create, struct wn_key **out,
                            const char **where, bool *made, struct wn_error *err)
{
    struct wn_key_source source = { wn_config_get(wn->config, "WINNOW_KEY"),
                                    wn_config_get(wn->config, "WINNOW_KEY_FILE"),
                                    getenv("CREDENTIALS_DIRECTORY"), wn_config_dir(wn->config) };
    const char *home = backup != NULL ? backup : wn_config_get(wn->config, "WINNOW_HOME");
    char text[1024];
    size_t len = 0;
    bool has = false;
    enum wn_code rc = wn_store_has_passphrase(home, &has, err);
    *out = NULL;
    *where = NULL;
    *made = false;
    if (rc != WN_OK)
        return rc;
    if (!has)
        return wn_key_find(&source, create, &wn->arena, out, where, made, err);
    rc = find_passphrase(wn, text, sizeof(text), &len, err);
    if (rc == WN_OK)
        rc = wn_key_passphrase(home, text, len, out, err);
    wn_wipe(text, sizeof(text));
    return rc;
}

/* A change of the root key that was cut off between the store and the key's file: the new key lies beside
 * the old one, and only it opens the store. */
static enum wn_code open_with_new_key(struct wn *wn, struct wn_error *err)
{
    const char *file = wn_arena_printf(&wn->arena, "%s.new", wn->key_where);
    struct wn_key *key = NULL;
    if (!wn_file_exists(file) || wn_key_read(file, &key, NULL) != WN_OK ||
        wn_store_open(wn_config_get(wn->config, "WINNOW_HOME"), key, &wn->log, &wn->store, NULL) !=
            WN_OK) {
        wn_key_free(key);
        return WN_E_CONFIG; /* *err tells of the key that was looked for */
    }
    wn_key_free(wn->key);
    wn->key = key;
    if (rename(file, wn->key_where) == 0)
        wn_log(&wn->log, WN_WARN, "notice",
               "a change of the key had been cut off; the new one is in %s now", wn->key_where);
    if (err != NULL)
        *err = (struct wn_error){ WN_OK, "", "", "" };
    return WN_OK;
}

enum wn_code wn_context_store(struct wn *wn, struct wn_error *err)
{
    bool made = false;
    enum wn_code rc;
    if (wn->store != NULL)
        return WN_OK;
    /* A new key for an old store would only hide that the right one is missing. */
    rc = wn_context_key(wn, NULL, !wn_context_has_store(wn), &wn->key, &wn->key_where, &made, err);
    if (rc != WN_OK)
        return rc;
    rc =
        wn_store_open(wn_config_get(wn->config, "WINNOW_HOME"), wn->key, &wn->log, &wn->store, err);
    if (rc == WN_E_CONFIG && wn->key_where != NULL)
        rc = open_with_new_key(wn, err);
    else if (rc == WN_E_CONFIG && wn->key_where == NULL) {
        wn_error_set(err, rc, "this is not the passphrase of the store");
        wn_error_hint(err, "A passphrase that is lost cannot be found out; a backup that was made "
                           "before it was set opens with the key of that time.");
    }
    if (rc != WN_OK) {
        wn_key_free(wn->key);
        wn->key = NULL;
    } else if (made) {
        wn_log(
            &wn->log, WN_WARN, "notice",
            "made the store's key: %s. Keep a copy elsewhere: without it the store cannot be read.",
            wn->key_where);
    }
    return rc;
}

enum wn_code wn_context_store_there(struct wn *wn, struct wn_error *err)
{
    if (wn->store == NULL && !wn_context_has_store(wn)) {
        wn_error_set(err, WN_E_STORE, "there is no store in '%s'",
                     wn_config_get(wn->config, "WINNOW_HOME"));
        wn_error_hint(err, "`winnow classify` makes one; WINNOW_HOME says where it is.");
        return WN_E_STORE;
    }
    return wn_context_store(wn, err);
}

/* "research-brief.faithful" is a task that its brief makes. */
static enum wn_code faithful_task(struct wn *wn, const char *name, size_t len, struct wn_task **out,
                                  struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_brief_task *b = NULL;
    const char *dir = NULL;
    enum wn_code rc =
        wn_brief_task_find(wn_arena_copy(&a, name, len), wn->roots, wn->nroots, &a, &dir, err);
    if (rc == WN_OK)
        rc = wn_brief_task_load(dir, &b, err);
    if (rc == WN_OK)
        *out = wn_brief_task_faithful(b);
    wn_brief_task_free(b);
    wn_arena_free(&a);
    return rc;
}

enum wn_code wn_context_task(struct wn *wn, const char *name, struct wn_task **out,
                             struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    const char *dir = NULL;
    size_t len = strlen(name), tail = strlen(WN_BRIEF_FAITHFUL);
    enum wn_code rc;
    if (len > tail && strcmp(name + len - tail, WN_BRIEF_FAITHFUL) == 0)
        return faithful_task(wn, name, len - tail, out, err);
    rc = wn_task_find(name, wn->roots, wn->nroots, &a, &dir, err);
    if (rc == WN_OK)
        rc = wn_task_load(dir, out, err);
    wn_arena_free(&a);
    return rc;
}

static void describe_loaded(struct wn *wn, const struct wn_task *t, struct wn_task_info *info)
{
    const char **names = wn_arena_array(&wn->arena, t->nquestions, sizeof(*names));
    for (size_t i = 0; i < t->nquestions; i++)
        names[i] = wn_arena_str(&wn->arena, t->questions[i].name);
    info->about = wn_arena_str(&wn->arena, t->about);
    info->version = wn_arena_str(&wn->arena, t->version);
    info->nquestions = t->nquestions;
    info->questions = names;
    info->nchoices = t->questions[0].nchoices;
    info->nrules = t->nrules;
    info->nexamples = t->nexamples;
    info->keep_days = t->keep_days;
}

/* A task that cannot be loaded is listed, too: its fault is what `winnow tasks check` tells. */
static void describe(struct wn *wn, const char *name, const char *dir, struct wn_task_info *info)
{
    struct wn_task *t = NULL;
    struct wn_error fault;
    *info = (struct wn_task_info){ .name = name, .about = "", .dir = dir, .version = "" };
    if (wn_task_load(dir, &t, &fault) == WN_OK)
        describe_loaded(wn, t, info);
    else
        info->about = wn_arena_printf(&wn->arena, "cannot be used: %s", fault.what);
    wn_task_free(t);
}

static void describe_brief(struct wn *wn, const char *name, const char *dir,
                           struct wn_task_info *info)
{
    struct wn_brief_task *t = NULL;
    struct wn_error fault;
    *info = (struct wn_task_info){ .name = name, .about = "", .dir = dir, .version = "" };
    if (wn_brief_task_load(dir, &t, &fault) != WN_OK) {
        info->about = wn_arena_printf(&wn->arena, "cannot be used: %s", fault.what);
        return;
    }
    info->about = wn_arena_str(&wn->arena, t->about);
    info->version = wn_arena_str(&wn->arena, t->version);
    info->nsections = t->nsections;
    wn_brief_task_free(t);
}

enum wn_code wn_tasks(struct wn *wn, const struct wn_task_info **out, size_t *n,
                      struct wn_error *err)
{
    const char *const *names = NULL, *const *dirs = NULL;
    const char *const *brief_names = NULL, *const *brief_dirs = NULL;
    size_t nbriefs = 0;
    if (wn->tasks == NULL) {
        wn_task_list(wn->roots, wn->nroots, &wn->arena, &names, &dirs, &wn->ntasks);
        wn_brief_task_list(wn->roots, wn->nroots, &wn->arena, &brief_names, &brief_dirs, &nbriefs);
        wn->tasks = wn_arena_array(&wn->arena, wn->ntasks + nbriefs, sizeof(*wn->tasks));
        for (size_t i = 0; i < wn->ntasks; i++)
            describe(wn, names[i], dirs[i], &wn->tasks[i]);
        for (size_t i = 0; i < nbriefs; i++)
            describe_brief(wn, brief_names[i], brief_dirs[i], &wn->tasks[wn->ntasks++]);
    }
    if (wn->ntasks == 0) {
        wn_error_set(err, WN_E_CONFIG, "no task was found");
        wn_error_hint(err, "Tasks are folders in ./prompts; --prompts DIR or WINNOW_PROMPTS names "
                           "another place.");
        return WN_E_CONFIG;
    }
    *out = wn->tasks;
    *n = wn->ntasks;
    return WN_OK;
}

enum wn_code wn_task_look(struct wn *wn, const char *name, const struct wn_task_info **out,
                          struct wn_error *err)
{
    struct wn_task_info *info;
    struct wn_task *t = NULL;
    enum wn_code rc = wn_context_task(wn, name, &t, err);
    if (rc != WN_OK)
        return rc;
    info = wn_arena_alloc(&wn->arena, sizeof(*info));
    *info = (struct wn_task_info){ .name = wn_arena_str(&wn->arena, t->name),
                                   .dir = wn_arena_str(&wn->arena, t->dir) };
    describe_loaded(wn, t, info);
    wn_task_free(t);
    *out = info;
    return WN_OK;
}

enum wn_code wn_task_check(struct wn *wn, const char *name,
                           void (*report)(void *user, const struct wn_fault *f), void *user,
                           size_t *nfaults, struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    const char *dir = NULL;
    enum wn_code rc;
    if (wn_brief_task_find(name, wn->roots, wn->nroots, &a, &dir, NULL) == WN_OK) {
        *nfaults = wn_brief_task_faults(dir, report, user);
        wn_arena_free(&a);
        return WN_OK;
    }
    rc = wn_task_find(name, wn->roots, wn->nroots, &a, &dir, err);
    if (rc == WN_OK)
        *nfaults = wn_task_faults(dir, report, user);
    wn_arena_free(&a);
    return rc;
}

/* keeper.c: keys, backup, verifying, and what the cache holds: the store's doors, one function each. */
#include "base/clock.h"
#include "base/file.h"
#include "context.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- keys ---- */

/* The folder of a file (NULL: of nothing), without links. */
static bool folder_of(const char *file, char out[PATH_MAX])
{
    char dir[PATH_MAX];
    const char *slash = strrchr(file, '/');
    size_t n = slash == NULL ? 0 : (size_t)(slash - file);
    if (n >= sizeof(dir))
        return false;
    if (slash == NULL)
        strcpy(dir, ".");
    else if (n == 0)
        strcpy(dir, "/");
    else
        snprintf(dir, sizeof(dir), "%.*s", (int)n, file);
    return realpath(dir, out) != NULL;
}

static bool lies_beside_store(const struct wn *wn, const char *file)
{
    char a[PATH_MAX], b[PATH_MAX];
    return file != NULL && strchr(file, '/') != NULL && folder_of(file, a) &&
           realpath(wn_config_get(wn->config, "WINNOW_HOME"), b) != NULL && strcmp(a, b) == 0;
}

static struct wn_key_info *info_of(struct wn *wn, const struct wn_key *key, const char *where)
{
    struct wn_key_info *info = wn_arena_alloc(&wn->arena, sizeof(*info));
    info->store =
        wn_arena_printf(&wn->arena, "%s/winnow.db", wn_config_get(wn->config, "WINNOW_HOME"));
    info->store_exists = wn_context_has_store(wn);
    info->where = where;
    info->beside_store = lies_beside_store(wn, where);
    if (key != NULL)
        wn_key_id(key, info->id);
    return info;
}

enum wn_code wn_keys_show(struct wn *wn, const struct wn_key_info **out, struct wn_error *err)
{
    const char *config = wn_arena_printf(&wn->arena, "%s/key", wn_config_dir(wn->config));
    const char *where = NULL;
    struct wn_key *key = NULL;
    struct wn_key_info *info;
    bool made = false, has = false;
    enum wn_code rc = wn_store_has_passphrase(wn_config_get(wn->config, "WINNOW_HOME"), &has, err);
    if (rc == WN_OK && !has)
        rc = wn_context_key(wn, NULL, false, &key, &where, &made, err);
    if (rc == WN_E_CONFIG && where != NULL && strcmp(where, config) == 0 &&
        !wn_file_exists(config) && !wn_context_has_store(wn)) {
        where = NULL; /* nothing is wrong: there was no need of one yet */
        rc = WN_OK;
    }
    if (rc != WN_OK)
        return rc;
    info = info_of(wn, key, where);
    info->passphrase = has;
    wn_key_free(key);
    *out = info;
    return WN_OK;
}

enum wn_code wn_keys_create(struct wn *wn, const char *file, const struct wn_key_info **out,
                            struct wn_error *err)
{
    const char *where = file != NULL
                            ? wn_arena_str(&wn->arena, file)
                            : wn_arena_printf(&wn->arena, "%s/key", wn_config_dir(wn->config));
    struct wn_key *key;
    enum wn_code rc = WN_OK;
    if (file == NULL && wn_context_has_store(wn)) {
        wn_error_set(err, WN_E_CONFIG, "there is a store already, and it has its key");
        wn_error_hint(err, "`winnow key rotate --root` gives it another one.");
        return WN_E_CONFIG;
    }
    if (file == NULL)
        rc = wn_file_mkdirs(wn_config_dir(wn->config), err);
    if (rc != WN_OK)
        return rc;
    key = wn_key_new();
    if (key == NULL)
        return wn_error_set(err, WN_E_NOMEM, "there is no guarded memory for the key");
    rc = wn_key_write(key, where, err);
    if (rc == WN_OK)
        *out = info_of(wn, key, where);
    wn_key_free(key);
    return rc;
}

enum wn_code wn_keys_verify(struct wn *wn, const struct wn_key_info **out, struct wn_error *err)
{
    struct wn_key_info *info;
    enum wn_code rc = wn_context_store_there(wn, err);
    if (rc != WN_OK)
        return rc;
    info = info_of(wn, wn->key, wn->key_where);
    info->passphrase = wn->key_where == NULL;
    *out = info;
    return WN_OK;
}

enum wn_code wn_keys_rotate(struct wn *wn, void (*progress)(void *user, int64_t steps), void *user,
                            int64_t *steps, struct wn_error *err)
{
    bool done = false;
    enum wn_code rc = wn_context_store_there(wn, err);
    for (*steps = 0; rc == WN_OK && !done; ++*steps) {
        rc = wn_key_rotate(wn->store, wn_clock_now(), &done, err);
        if (rc == WN_OK && progress != NULL)
            progress(user, *steps + 1);
    }
    return rc;
}

/* Where the new key goes: `to`, or the old one's own file. */
static enum wn_code choose_place(struct wn *wn, const char *to, const char **where,
                                 struct wn_error *err)
{
    const char *old = wn->key_where;
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    if (to != NULL) {
        *where = wn_arena_str(&wn->arena, to);
    } else if (old == NULL) {
        *where = wn_arena_printf(&wn->arena, "%s/key", wn_config_dir(wn->config));
    } else if (strchr(old, '/') == NULL || (credentials != NULL && credentials[0] != '\0' &&
                                            strncmp(old, credentials, strlen(credentials)) == 0)) {
        wn_error_set(err, WN_E_CONFIG, "the key comes from %s, where no new one can be written",
                     strchr(old, '/') == NULL ? old : "a credential");
        wn_error_hint(err, "Name a new file for it: winnow key rotate --root --to FILE");
        return WN_E_CONFIG;
    } else {
        *where = old;
        return WN_OK;
    }
    if (!wn_file_exists(*where) || to == NULL)
        return WN_OK;
    wn_error_set(err, WN_E_CONFIG, "'%s' is there already", *where);
    wn_error_hint(err, "A key is never written over another file; name a new one.");
    return WN_E_CONFIG;
}

/* The new key is safe beside its place before the store is changed, and takes its place afterwards; a
 * start that finds it there goes on (winnow.c). */
enum wn_code wn_keys_rotate_root(struct wn *wn, const char *to, const char **where,
                                 struct wn_error *err)
{
    struct wn_key *key = NULL;
    const char *temp = NULL;
    enum wn_code rc = wn_context_store_there(wn, err);
    if (rc == WN_OK)
        rc = choose_place(wn, to, where, err);
    if (rc != WN_OK)
        return rc;
    temp = wn_arena_printf(&wn->arena, "%s.new", *where);
    unlink(temp); /* of a change that was cut off before the store knew of it */
    if (wn->key_where == NULL && to == NULL)
        rc = wn_file_mkdirs(wn_config_dir(wn->config), err);
    key = wn_key_new();
    if (key == NULL)
        rc = wn_error_set(err, WN_E_NOMEM, "there is no guarded memory for the key");
    if (rc == WN_OK)
        rc = wn_key_write(key, temp, err);
    if (rc == WN_OK)
        rc = wn_key_rotate_root(wn->store, wn->key, key, wn_clock_now(), err);
    if (rc == WN_OK && rename(temp, *where) != 0) {
        rc = wn_error_set(err, WN_E_CONFIG, "the new key could not be put in its place");
        wn_error_cause(err, "%s", strerror(errno));
        wn_error_hint(err, "The store opens with '%.150s' now: keep it.", temp);
    } else if (rc != WN_OK) {
        unlink(temp);
    } else {
        wn_key_free(wn->key);
        wn->key = key;
        wn->key_where = *where;
        key = NULL;
    }
    wn_key_free(key);
    return rc;
}

enum wn_code wn_keys_set_passphrase(struct wn *wn, const char *text, size_t len,
                                    struct wn_error *err)
{
    enum { LEAST = 10 };
    enum wn_code rc = WN_OK;
    if (len < LEAST) {
        wn_error_set(err, WN_E_CONFIG, "a passphrase has at least %d characters", LEAST);
        wn_error_hint(err, "Some words that you will remember are better than a short riddle.");
        return WN_E_CONFIG;
    }
    rc = wn_context_store_there(wn, err);
    if (rc == WN_OK)
        rc = wn_key_set_passphrase(wn->store, wn->key, text, len, wn_clock_now(), err);
    return rc;
}

enum wn_code wn_keys_export(struct wn *wn, const char *file, struct wn_error *err)
{
    const char *where = NULL;
    struct wn_key *key = NULL;
    bool made = false, has = false;
    enum wn_code rc = wn_store_has_passphrase(wn_config_get(wn->config, "WINNOW_HOME"), &has, err);
    if (rc == WN_OK && has) {
        rc = wn_error_set(err, WN_E_CONFIG, "the store is opened with a passphrase");
        wn_error_hint(err, "Keep the passphrase: there is no other key to it.");
    }
    if (rc == WN_OK && lies_beside_store(wn, file)) {
        rc = wn_error_set(err, WN_E_CONFIG, "'%s' lies beside the store", file);
        wn_error_hint(err, "Who takes that folder has both; write the key somewhere else.");
    }
    if (rc == WN_OK)
        rc = wn_context_key(wn, NULL, false, &key, &where, &made, err);
    if (rc == WN_OK)
        rc = wn_key_write(key, file, err);
    wn_key_free(key);
    return rc;
}

/* ---- backup, restore, verify ---- */

enum wn_code wn_backup(struct wn *wn, const char *folder, int64_t keep_s, const char **path,
                       struct wn_error *err)
{
    enum wn_code rc = wn_context_store_there(wn, err);
    return rc != WN_OK
               ? rc
               : wn_store_backup(wn->store, folder, keep_s, wn_clock_now(), &wn->arena, path, err);
}

enum wn_code wn_restore(struct wn *wn, const char *file, const char **old, struct wn_error *err)
{
    struct wn_key *key = NULL;
    const char *where = NULL;
    bool made = false;
    enum wn_code rc = WN_OK;
    *old = NULL;
    if (!wn_file_exists(file)) {
        rc = wn_error_set(err, WN_E_INPUT, "there is no file '%s'", file);
        wn_error_hint(err, "`winnow backup FOLDER` makes winnow-TIME.db in that folder.");
    }
    wn_store_close(wn->store);
    wn->store = NULL;
    if (rc == WN_OK)
        rc = wn_context_key(wn, file, false, &key, &where, &made, err);
    if (rc == WN_OK)
        rc = wn_store_restore(wn_config_get(wn->config, "WINNOW_HOME"), key, file, wn_clock_now(),
                              &wn->arena, old, err);
    wn_key_free(key);
    return rc;
}

enum wn_code wn_verify(struct wn *wn, void (*report)(void *user, const char *fault), void *user,
                       int64_t *nchecked, int64_t *nfaults, struct wn_error *err)
{
    enum wn_code rc = wn_context_store_there(wn, err);
    *nchecked = *nfaults = 0;
    return rc != WN_OK ? rc : wn_store_verify(wn->store, report, user, nchecked, nfaults, err);
}

/* ---- the cache ---- */

enum wn_code wn_replies_stats(struct wn *wn, struct wn_replies *out, struct wn_error *err)
{
    struct wn_cache_stats s;
    enum wn_code rc = wn_context_store_there(wn, err);
    if (rc == WN_OK)
        rc = wn_cache_stats(wn->store, wn_clock_now(), &s, err);
    if (rc == WN_OK)
        *out = (struct wn_replies){ s.replies, s.bytes,  s.expired,       s.oldest,
                                    s.hits,    s.misses, s.saved_microusd };
    return rc;
}

enum wn_code wn_replies_clear(struct wn *wn, const char *task, int64_t *n, struct wn_error *err)
{
    enum wn_code rc = wn_context_store_there(wn, err);
    *n = 0;
    return rc != WN_OK ? rc : wn_cache_clear(wn->store, task, n, err);
}

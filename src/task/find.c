/* find.c: which tasks there are, and which one a name means. */
#include "base/file.h"
#include "check.h"
#include "task/brief.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static bool has_task(const char *dir, struct wn_arena *a)
{
    return wn_file_exists(wn_arena_printf(a, "%s/task.json", dir));
}

struct listing {
    struct wn_arena *a;
    const char **names, **dirs;
    size_t n, cap;
};

static void list_add(struct listing *l, const char *name, const char *dir)
{
    size_t i = 0, size;
    while (i < l->n && strcmp(l->names[i], name) < 0)
        i++;
    if (i < l->n && strcmp(l->names[i], name) == 0)
        return; /* an earlier root has it */
    if (l->n == l->cap) {
        l->cap = l->cap == 0 ? 16 : l->cap * 2;
        l->names = wn_xrealloc(l->names, l->cap, sizeof(*l->names));
        l->dirs = wn_xrealloc(l->dirs, l->cap, sizeof(*l->dirs));
    }
    size = (l->n - i) * sizeof(*l->names);
    memmove(l->names + i + 1, l->names + i, size);
    memmove(l->dirs + i + 1, l->dirs + i, size);
    l->names[i] = wn_arena_str(l->a, name);
    l->dirs[i] = dir;
    l->n++;
}

static void list_root(struct listing *l, const char *root, const char *file)
{
    DIR *d = opendir(root);
    const struct dirent *e;
    while (d != NULL && (e = readdir(d)) != NULL) {
        const char *dir = wn_arena_printf(l->a, "%s/%s", root, e->d_name);
        if (e->d_name[0] != '.' && wn_file_exists(wn_arena_printf(l->a, "%s/%s", dir, file)))
            list_add(l, e->d_name, dir);
    }
    if (d != NULL)
        closedir(d);
}

static const char *const *keep(struct wn_arena *a, const char **list, size_t n)
{
    const char **out = wn_arena_array(a, n, sizeof(*out));
    if (n > 0)
        memcpy(out, list, n * sizeof(*out));
    free(list);
    return out;
}

static void list_all(const char *const *roots, size_t nroots, const char *file, struct wn_arena *a,
                     const char *const **names, const char *const **dirs, size_t *n)
{
    struct listing l = { a, NULL, NULL, 0, 0 };
    for (size_t i = 0; i < nroots; i++)
        list_root(&l, roots[i], file);
    *n = l.n;
    *names = keep(a, l.names, l.n);
    *dirs = keep(a, l.dirs, l.n);
}

void wn_task_list(const char *const *roots, size_t nroots, struct wn_arena *a,
                  const char *const **names, const char *const **dirs, size_t *n)
{
    list_all(roots, nroots, "task.json", a, names, dirs, n);
}

void wn_brief_task_list(const char *const *roots, size_t nroots, struct wn_arena *a,
                        const char *const **names, const char *const **dirs, size_t *n)
{
    list_all(roots, nroots, "brief.json", a, names, dirs, n);
}

static enum wn_code not_found(const char *name, const char *const *roots, size_t nroots,
                              struct wn_arena *a, struct wn_error *err)
{
    const char *const *names, *const *dirs, *near;
    size_t n;
    wn_error_set(err, WN_E_USAGE, "there is no task '%s'", name);
    wn_task_list(roots, nroots, a, &names, &dirs, &n);
    near = wn_check_nearest(name, names, n);
    if (strchr(name, '/') != NULL) {
        wn_error_cause(err, "%s/task.json is not there", name);
        wn_error_hint(err, "Name a folder with a task.json in it, or a task.");
    } else if (n == 0) {
        wn_error_cause(err, "no tasks in %s",
                       nroots == 0 ? "any folder" : wn_check_join(a, roots, nroots));
        wn_error_hint(err, "Say where they are with --prompts DIR or WINNOW_PROMPTS.");
    } else {
        wn_error_cause(err, "known: %s", wn_check_join(a, names, n));
        if (near != NULL)
            wn_error_hint(err, "Did you mean %s?", near);
        else
            wn_error_hint(err, "Name one of them, or a folder with a task.json in it.");
    }
    return WN_E_USAGE;
}

enum wn_code wn_task_find(const char *name, const char *const *roots, size_t nroots,
                          struct wn_arena *a, const char **out, struct wn_error *err)
{
    *out = NULL;
    for (size_t i = 0; i < nroots && strchr(name, '/') == NULL && *name != '\0'; i++) {
        const char *dir = wn_arena_printf(a, "%s/%s", roots[i], name);
        if (*name != '.' && has_task(dir, a)) {
            *out = dir;
            return WN_OK;
        }
    }
    if (*name != '\0' && has_task(name, a)) {
        *out = wn_arena_str(a, name);
        return WN_OK;
    }
    return not_found(name, roots, nroots, a, err);
}

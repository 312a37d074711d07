/* folder.c: the files below a folder, in name order, hidden ones left out.
 *
 * A folder with cur/ and new/ in it is a Maildir: its messages are those of both, by their names,
 * which begin with the time of delivery. The way down is a stack, so that depth costs no recursion; a
 * link to a folder is not followed, since it may lead back up. */
#include "input/input.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct level {
    char **path; /* sorted by name */
    size_t n, next;
    bool mail;
};

struct wn_walk {
    char *root;
    struct level *stack;
    size_t depth;
};

static char *join(const char *dir, const char *name)
{
    size_t n = strlen(dir), m = strlen(name) + 1;
    char *path;
    while (n > 1 && dir[n - 1] == '/')
        n--;
    path = wn_xmalloc(n + 1 + m);
    memcpy(path, dir, n);
    path[n] = '/';
    memcpy(path + n + 1, name, m);
    return path;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool has_folder(const char *path, const char *name)
{
    char *sub = join(path, name);
    bool yes = is_folder(sub);
    free(sub);
    return yes;
}

/* Add the names in one folder to the level; false with errno where it cannot be read. */
static bool list(const char *path, struct level *l)
{
    DIR *dir = opendir(path);
    const struct dirent *e;
    if (dir == NULL)
        return false;
    while ((e = readdir(dir)) != NULL) {
        if (e->d_name[0] == '.')
            continue;
        if ((l->n & (l->n - 1)) == 0)
            l->path = wn_xrealloc(l->path, l->n == 0 ? 1 : l->n * 2, sizeof(*l->path));
        l->path[l->n++] = join(path, e->d_name);
    }
    closedir(dir);
    return true;
}

static int by_name(const void *a, const void *b)
{
    const char *x = *(char *const *)a, *y = *(char *const *)b;
    int c = strcmp(strrchr(x, '/'), strrchr(y, '/'));
    return c != 0 ? c : strcmp(x, y);
}

static void free_level(struct level *l)
{
    for (size_t i = l->next; i < l->n; i++)
        free(l->path[i]);
    free(l->path);
}

static bool enter(struct wn_walk *w, const char *path)
{
    struct level l = { NULL, 0, 0, false };
    bool good;
    if (has_folder(path, "cur") && has_folder(path, "new")) {
        char *cur = join(path, "cur"), *new = join(path, "new");
        l.mail = true;
        good = list(cur, &l) && list(new, &l);
        free(cur);
        free(new);
    } else {
        good = list(path, &l);
    }
    if (!good) {
        int why = errno;
        free_level(&l);
        errno = why;
        return false;
    }
    if (l.n > 0)
        qsort(l.path, l.n, sizeof(*l.path), by_name);
    w->stack = wn_xrealloc(w->stack, w->depth + 1, sizeof(*w->stack));
    w->stack[w->depth++] = l;
    return true;
}

struct wn_walk *wn_walk_open(const char *path)
{
    struct wn_walk *w = wn_xcalloc(1, sizeof(*w));
    w->root = wn_xstrdup(path);
    return w;
}

const char *wn_walk_next(struct wn_walk *w, struct wn_arena *a, bool *mail, struct wn_error *err)
{
    const char *name = NULL;
    err->code = WN_OK;
    if (w->root != NULL) {
        if (!enter(w, w->root)) {
            wn_cannot(err, "read the folder", w->root, errno);
            name = wn_arena_str(a, w->root);
        }
        free(w->root);
        w->root = NULL;
    }
    while (name == NULL && w->depth > 0) {
        struct level *l = &w->stack[w->depth - 1];
        char *path;
        if (l->next == l->n) {
            free_level(l);
            w->depth--;
            continue;
        }
        path = l->path[l->next++];
        *mail = l->mail;
        if (!is_folder(path)) {
            name = wn_arena_str(a, path);
        } else if (!l->mail && !enter(w, path)) {
            wn_cannot(err, "read the folder", path, errno);
            name = wn_arena_str(a, path);
        }
        free(path);
    }
    return name;
}

void wn_walk_close(struct wn_walk *w)
{
    if (w == NULL)
        return;
    while (w->depth > 0)
        free_level(&w->stack[--w->depth]);
    free(w->stack);
    free(w->root);
    free(w);
}

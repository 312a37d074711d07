/* lock.c: one process at a time at what takes longer than a transaction, as talking with a provider does.
 * The lock is on a file beside the database. The system lets go of it when its holder ends, however it ends:
 * so it needs no time limit, and nothing stays locked. */
#define _DARWIN_C_SOURCE /* flock() on macOS */
#include "store/db.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { LOOK_MS = 50 };

struct wn_lock {
    int fd;
};

/* Looked at again and again, because a signal would not end flock()'s own waiting. */
static enum wn_code take(struct wn_store *s, int fd, const char *name, bool wait, bool *held,
                         struct wn_error *err)
{
    bool told = false;
    while (!(*held = flock(fd, LOCK_EX | LOCK_NB) == 0)) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return WN_E_STORE;
        if (!wait)
            return WN_OK;
        if (!told)
            wn_log(&s->log, WN_WARN, "notice", "another winnow is at the %s: waiting for it", name);
        told = true;
        if (poll(NULL, 0, LOOK_MS) != 0)
            return wn_error_set(err, WN_E_INTERRUPTED, "interrupted");
    }
    return WN_OK;
}

enum wn_code wn_store_lock(struct wn_store *s, const char *name, bool wait, struct wn_lock **out,
                           struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    const char *path = wn_arena_printf(&a, "%s-%s", s->path, name);
    bool held = false;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    enum wn_code rc = fd < 0 ? WN_E_STORE : take(s, fd, name, wait, &held, err);
    *out = NULL;
    if (rc == WN_E_STORE) {
        wn_error_set(err, WN_E_STORE, "cannot lock '%s'", path);
        wn_error_cause(err, "%s", strerror(errno));
        wn_error_hint(err, "It has to be a file that you can write, on a disk of this machine.");
    }
    if (held) {
        *out = wn_xcalloc(1, sizeof(**out));
        (*out)->fd = fd;
    } else if (fd >= 0) {
        close(fd);
    }
    wn_arena_free(&a);
    return rc;
}

void wn_store_unlock(struct wn_lock *l)
{
    if (l == NULL)
        return;
    close(l->fd);
    free(l);
}

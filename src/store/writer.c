/* writer.c: a thread that commits groups while the run that fills them goes on.
 *
 * There are two groups: one gathers, the other is with the thread, or free. The thread has a connection and a
 * ring of its own, so the two share nothing but the group that was handed over, which both only read
 * until it comes back: what waits in it is still found. What it could not commit comes back as it was: then the caller commits it itself, and
 * meets the reason where it can tell it. */
#include "store/db.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

enum state { FREE, HANDED, COMMITTED, FAILED };

struct wn_writer {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    enum state state; /* under the lock, as the two below */
    bool quit;
    struct wn_pending_group *group;
    /* the thread's own */
    const struct wn_store *of;
    struct wn_ring *root;
    struct wn_store *store; /* opened for the first group */
};

static bool commit(struct wn_writer *w, const struct wn_pending_group *g)
{
    int64_t last;
    if (w->store == NULL && wn_store_open_file(w->of->path, w->root, &w->store, NULL) != WN_OK) {
        w->store = NULL;
        return false;
    }
    w->store->wait_ms = w->of->wait_ms;
    return wn_group_commit(w->store, g, &last, NULL) == WN_OK;
}

static void *work(void *writer)
{
    struct wn_writer *w = writer;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        bool good;
        while (w->state != HANDED && !w->quit)
            pthread_cond_wait(&w->changed, &w->lock);
        if (w->state != HANDED)
            break;
        pthread_mutex_unlock(&w->lock);
        good = commit(w, w->group);
        pthread_mutex_lock(&w->lock);
        w->state = good ? COMMITTED : FAILED;
        pthread_cond_broadcast(&w->changed);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

/* Signals are for the thread that runs the loop. */
static bool start(struct wn_writer *w)
{
    sigset_t all, before;
    bool started;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    started = pthread_create(&w->thread, NULL, work, w) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static void writer_free(struct wn_writer *w)
{
    wn_store_close(w->store);
    wn_ring_free(w->root);
    wn_group_free(w->group);
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

void wn_store_background(struct wn_store *s)
{
    struct wn_writer *w;
    if (s->writer != NULL)
        return;
    w = wn_xcalloc(1, sizeof(*w));
    w->of = s;
    w->root = wn_ring_like(s->ring);
    w->group = wn_group_new();
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    if (w->root == NULL || !start(w)) { /* no memory for a thread: then without one */
        writer_free(w);
        return;
    }
    s->writer = w;
}

static enum state state_of(struct wn_writer *w, bool wait)
{
    enum state now;
    pthread_mutex_lock(&w->lock);
    while (wait && w->state == HANDED)
        pthread_cond_wait(&w->changed, &w->lock);
    now = w->state;
    pthread_mutex_unlock(&w->lock);
    return now;
}

static void change(struct wn_writer *w, enum state state, bool quit)
{
    pthread_mutex_lock(&w->lock);
    w->state = state;
    w->quit = quit;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

void wn_writer_pause(struct wn_store *s)
{
    if (s->writer != NULL)
        state_of(s->writer, true);
}

const struct wn_pending_group *wn_writer_group(const struct wn_store *s)
{
    return s->writer == NULL || state_of(s->writer, false) == FREE ? NULL : s->writer->group;
}

bool wn_writer_hand(struct wn_store *s)
{
    struct wn_writer *w = s->writer;
    struct wn_pending_group *full = s->group;
    if (w == NULL || state_of(w, false) != FREE)
        return false;
    s->group = w->group;
    w->group = full;
    change(w, HANDED, false);
    return true;
}

enum wn_code wn_writer_settle(struct wn_store *s, bool wait, struct wn_error *err)
{
    struct wn_writer *w = s->writer;
    enum state now = w == NULL ? FREE : state_of(w, wait);
    enum wn_code rc = WN_OK;
    int64_t last;
    if (now == FREE || now == HANDED)
        return WN_OK;
    wn_db_read_end(s); /* what is read from now on has its rows */
    if (now == FAILED)
        rc = wn_group_commit(s, w->group, &last, err);
    if (rc == WN_OK) {
        wn_group_done(s, w->group);
        change(w, FREE, false);
    }
    return rc;
}

void wn_store_foreground(struct wn_store *s)
{
    struct wn_writer *w = s->writer;
    struct wn_error err = { 0 };
    bool told = s->told;
    if (w == NULL)
        return;
    if (wn_writer_settle(s, true, &err) != WN_OK && !told)
        wn_log(&s->log, WN_WARN, "not_committed", "rows=%zu why=\"%s\"", w->group->n, err.what);
    change(w, FREE, true);
    pthread_join(w->thread, NULL);
    s->writer = NULL;
    writer_free(w);
}

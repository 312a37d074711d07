/* parallel.c: see parallel.h. The workers take the next job from a counter that they share, and write a
 * byte into a pipe when it is done: the parent counts bytes until the last worker has closed its end. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#define _DARWIN_C_SOURCE
#include "linear/parallel.h"
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_WORKERS = 64 };

void *wn_shared_alloc(size_t n)
{
    void *p = mmap(NULL, n == 0 ? 1 : n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void wn_shared_free(void *p, size_t n)
{
    if (p != NULL)
        munmap(p, n == 0 ? 1 : n);
}

static size_t count_workers(int threads, size_t njobs)
{
    long n = threads > 0 ? threads : sysconf(_SC_NPROCESSORS_ONLN);
    if (n < 1)
        n = 1;
    if (n > MAX_WORKERS)
        n = MAX_WORKERS;
    return (size_t)n < njobs ? (size_t)n : njobs;
}

/* A worker ends by _exit: what the parent has open and registered is not its to close. */
static _Noreturn void work(atomic_size_t *next, size_t njobs, void (*job)(void *ctx, size_t i),
                           void *ctx, int out)
{
    size_t i;
    while ((i = atomic_fetch_add(next, 1)) < njobs) {
        job(ctx, i);
        while (write(out, "", 1) < 0 && errno == EINTR)
            ;
    }
    _exit(0);
}

static size_t count_done(int in, void *ctx, void (*done)(void *ctx, size_t ndone, size_t njobs),
                         size_t njobs)
{
    char bytes[64];
    size_t ndone = 0;
    for (;;) {
        ssize_t n = read(in, bytes, sizeof(bytes));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return ndone;
        ndone += (size_t)n;
        if (done != NULL)
            done(ctx, ndone, njobs);
    }
}

static enum wn_code lost_worker(int status, struct wn_error *err)
{
    wn_error_set(err, WN_E_NOMEM, "training was cut short");
    if (WIFSIGNALED(status))
        wn_error_cause(err, "a worker was ended by signal %d", WTERMSIG(status));
    else
        wn_error_cause(err, "a worker ended with status %d", WEXITSTATUS(status));
    wn_error_hint(err,
                  "Most likely memory ran out: train again with one thread or fewer examples.");
    return WN_E_NOMEM;
}

enum wn_code wn_parallel(size_t njobs, int threads, void (*job)(void *ctx, size_t i), void *ctx,
                         void (*done)(void *ctx, size_t ndone, size_t njobs), struct wn_error *err)
{
    size_t nworkers = count_workers(threads, njobs), started = 0;
    enum wn_code rc = WN_OK;
    atomic_size_t *next = NULL;
    pid_t pids[MAX_WORKERS];
    int ends[2] = { -1, -1 }, status;
    if (nworkers > 1)
        next = wn_shared_alloc(sizeof(*next));
    if (next == NULL || pipe(ends) != 0) {
        /* one at a time, here: slower, and just as good */
        wn_shared_free(next, sizeof(*next));
        for (size_t i = 0; i < njobs; i++) {
            job(ctx, i);
            if (done != NULL)
                done(ctx, i + 1, njobs);
        }
        return WN_OK;
    }
    for (; started < nworkers; started++) {
        pids[started] = fork();
        if (pids[started] == 0) {
            close(ends[0]);
            work(next, njobs, job, ctx, ends[1]);
        }
        if (pids[started] < 0)
            break;
    }
    close(ends[1]);
    if (started == 0)
        rc = wn_parallel(njobs, 1, job, ctx, done, err);
    else
        count_done(ends[0], ctx, done, njobs);
    close(ends[0]);
    for (size_t i = 0; i < started; i++) {
        while (waitpid(pids[i], &status, 0) < 0 && errno == EINTR)
            ;
        if ((!WIFEXITED(status) || WEXITSTATUS(status) != 0) && rc == WN_OK)
            rc = lost_worker(status, err);
    }
    wn_shared_free(next, sizeof(*next));
    return rc;
}

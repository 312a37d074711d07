/* timer.c: one thread that calls back when time has come: latency, dripping bodies, hung connections.
 *
 * A heap by due time. A thread per waiting request would cost a thousand stacks; this costs one. */
#include "server.h"
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct entry {
    int64_t due_us;
    void (*fire)(void *user);
    void *user;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    struct entry *heap;
    size_t n, cap;
    bool stopping;
} timer = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

int64_t timer_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void swap(size_t i, size_t j)
{
    struct entry e = timer.heap[i];
    timer.heap[i] = timer.heap[j];
    timer.heap[j] = e;
}

static void push(struct entry e)
{
    size_t i = timer.n++;
    if (timer.n > timer.cap) {
        timer.cap = timer.cap == 0 ? 256 : timer.cap * 2;
        timer.heap = wn_xrealloc(timer.heap, timer.cap, sizeof(*timer.heap));
    }
    timer.heap[i] = e;
    for (; i > 0 && timer.heap[(i - 1) / 2].due_us > timer.heap[i].due_us; i = (i - 1) / 2)
        swap(i, (i - 1) / 2);
}

static struct entry pop(void)
{
    struct entry top = timer.heap[0];
    size_t i = 0;
    timer.heap[0] = timer.heap[--timer.n];
    for (;;) {
        size_t least = i;
        for (size_t k = 2 * i + 1; k <= 2 * i + 2 && k < timer.n; k++)
            if (timer.heap[k].due_us < timer.heap[least].due_us)
                least = k;
        if (least == i)
            return top;
        swap(i, least);
        i = least;
    }
}

static void *run(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&timer.lock);
    while (!timer.stopping || timer.n > 0) {
        if (timer.n == 0) {
            pthread_cond_wait(&timer.changed, &timer.lock);
        } else if (!timer.stopping && timer.heap[0].due_us > timer_now_us()) {
            int64_t due = timer.heap[0].due_us;
            struct timespec t = { .tv_sec = due / 1000000, .tv_nsec = due % 1000000 * 1000 };
            pthread_cond_timedwait(&timer.changed, &timer.lock, &t);
        } else {
            struct entry e = pop();
            pthread_mutex_unlock(&timer.lock);
            e.fire(e.user);
            pthread_mutex_lock(&timer.lock);
        }
    }
    pthread_mutex_unlock(&timer.lock);
    return NULL;
}

bool timer_start(void)
{
    return pthread_create(&timer.thread, NULL, run, NULL) == 0;
}

bool timer_add(int64_t due_us, void (*fire)(void *user), void *user)
{
    bool taken;
    pthread_mutex_lock(&timer.lock);
    taken = !timer.stopping;
    if (taken) {
        /* The usual entry is later than all before it: then the thread may sleep on. */
        bool first = timer.n == 0 || due_us < timer.heap[0].due_us;
        push((struct entry){ due_us, fire, user });
        if (first)
            pthread_cond_signal(&timer.changed);
    }
    pthread_mutex_unlock(&timer.lock);
    return taken;
}

void timer_stop(void)
{
    pthread_mutex_lock(&timer.lock);
    timer.stopping = true;
    pthread_cond_signal(&timer.changed);
    pthread_mutex_unlock(&timer.lock);
    pthread_join(timer.thread, NULL);
    free(timer.heap);
}

#include "test.h"
#include "store_home.h"
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

static struct wn_lock *lock_of(struct wn_store *s, const char *name)
{
    struct wn_lock *l = NULL;
    CHECK_OK(wn_store_lock(s, name, false, &l, &test_error));
    return l;
}

TEST(a_lock_has_one_holder_at_a_time)
{
    struct wn_store *a, *b;
    struct wn_lock *first, *other;
    struct stat st;
    char path[100];
    home_new();
    a = store_open();
    b = store_open();
    first = lock_of(a, "batches");
    CHECK(first != NULL);
    CHECK(lock_of(b, "batches") == NULL);
    CHECK(lock_of(a, "batches") == NULL); /* nor its holder twice */
    other = lock_of(b, "backups");
    CHECK(other != NULL);
    wn_store_unlock(first);
    first = lock_of(b, "batches");
    CHECK(first != NULL);
    wn_store_unlock(first);
    wn_store_unlock(other);
    wn_store_unlock(NULL);
    snprintf(path, sizeof(path), "%s-batches", db_path);
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600 && st.st_size == 0);
    wn_store_close(a);
    wn_store_close(b);
    home_remove();
}

TEST(a_holder_that_dies_lets_go_of_it_and_the_one_who_waits_gets_it)
{
    struct wn_store *s;
    struct wn_lock *l = NULL;
    int held[2];
    char c;
    pid_t pid;
    home_new();
    CHECK(pipe(held) == 0);
    pid = fork();
    if (pid == 0) {
        s = store_open();
        if (lock_of(s, "batches") == NULL || write(held[1], "x", 1) != 1)
            _exit(1);
        pause();
    }
    CHECK(read(held[0], &c, 1) == 1);
    s = store_open();
    CHECK(lock_of(s, "batches") == NULL);
    kill(pid, SIGKILL);
    CHECK_OK(wn_store_lock(s, "batches", true, &l, &test_error));
    CHECK(l != NULL);
    wn_store_unlock(l);
    CHECK_INT(waitpid(pid, NULL, 0), pid);
    wn_store_close(s);
    home_remove();
}

static void nothing(int sig)
{
    (void)sig;
}

TEST(a_signal_ends_the_waiting)
{
    const struct itimerval often = { { 0, 20000 }, { 0, 20000 } };
    struct sigaction act = { .sa_handler = nothing, .sa_flags = SA_RESTART }, old;
    struct wn_store *s;
    struct wn_lock *first, *second = NULL;
    home_new();
    s = store_open();
    first = lock_of(s, "batches");
    CHECK(sigaction(SIGALRM, &act, &old) == 0);
    setitimer(ITIMER_REAL, &often, NULL);
    CHECK_INT(wn_store_lock(s, "batches", true, &second, &test_error), WN_E_INTERRUPTED);
    setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
    sigaction(SIGALRM, &old, NULL);
    CHECK(second == NULL);
    wn_store_unlock(first);
    wn_store_close(s);
    home_remove();
}

TEST(what_cannot_be_locked_is_one_clear_error)
{
    struct wn_store *s;
    struct wn_lock *l = NULL;
    char path[100];
    home_new();
    s = store_open();
    snprintf(path, sizeof(path), "%s-batches", db_path);
    CHECK(mkdir(path, 0700) == 0);
    CHECK_INT(wn_store_lock(s, "batches", true, &l, &test_error), WN_E_STORE);
    CHECK(strstr(test_error.what, "cannot lock '/tmp/winnow-test-") != NULL);
    CHECK_STR(test_error.cause, "Is a directory");
    CHECK(l == NULL);
    wn_store_close(s);
    home_remove();
}

/* kill_at.c: `kill-at N COMMAND...` runs a command and kills it (-9) as it is about to do its N-th thing that
 * is seen outside of it: a write, a flush, or a file that is cut, named, renamed or removed. With N = 0 it is
 * left alone. The last line on standard error says how many there were: "moments 412". `kill-at N/S` lets it
 * live, but holds it up for S seconds at its N-th moment and at its 2N-th: in the midst of whatever it has
 * locked.
 *
 * So a test can try every moment at which a crash would be seen, or draw them. Where the system has no ptrace, or
 * refuses it, a moment is a tenth of a millisecond. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/ptrace.h>
#include <sys/syscall.h>
#endif

enum { MOST_PAUSES = 2 };

static long moments, last_moment, pause_s;

static int report(int status)
{
    fprintf(stderr, "moments %ld\n", moments);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* What is to happen at this moment. */
static void meet(pid_t pid)
{
    moments++;
    if (pause_s == 0 && moments == last_moment)
        kill(pid, SIGKILL);
    if (pause_s > 0 && moments % last_moment == 0 && moments / last_moment <= MOST_PAUSES)
        sleep((unsigned)pause_s);
}

static void run(char **argv)
{
    execvp(argv[0], argv);
    fprintf(stderr, "kill-at: cannot run '%s': %s\n", argv[0], strerror(errno));
    _exit(127);
}

/* ---- by the clock ---- */

static int by_clock(char **argv)
{
    const struct timespec tenth_ms = { 0, 100000 };
    int status = 0;
    pid_t pid = fork();
    if (pid == 0)
        run(argv);
    while (waitpid(pid, &status, WNOHANG) == 0) {
        meet(pid);
        nanosleep(&tenth_ms, NULL);
    }
    return report(status);
}

/* ---- by what it does ---- */

#ifdef __linux__
static bool is_seen(unsigned long call)
{
    static const long seen[] = {
        SYS_write,  SYS_writev,    SYS_pwrite64, SYS_pwritev,   SYS_fsync,     SYS_fdatasync,
        SYS_sendto, SYS_ftruncate, SYS_linkat,   SYS_renameat2, SYS_renameat,  SYS_unlinkat,
#ifdef SYS_rename
        SYS_rename, SYS_unlink,    SYS_link,
#endif
    };
    for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++)
        if ((unsigned long)seen[i] == call)
            return true;
    return false;
}

/* At a stop before a system call: does it count? */
static bool is_moment(pid_t thread)
{
    struct __ptrace_syscall_info info;
    return ptrace(PTRACE_GET_SYSCALL_INFO, thread, (void *)sizeof(info), &info) > 0 &&
           info.op == PTRACE_SYSCALL_INFO_ENTRY && is_seen(info.entry.nr);
}

/* Start the command, stopped at its first instruction. False: nobody may trace here. */
static bool start(char **argv, pid_t *pid)
{
    int status = 0;
    *pid = fork();
    if (*pid == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(126);
        raise(SIGSTOP);
        run(argv);
    }
    return *pid > 0 && waitpid(*pid, &status, 0) == *pid && WIFSTOPPED(status) &&
           ptrace(PTRACE_SETOPTIONS, *pid, NULL,
                  (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL)) == 0;
}

static int by_calls(pid_t pid)
{
    pid_t thread = pid;
    int status = 0, pass = 0;
    ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
    while ((thread = waitpid(-1, &status, __WALL)) > 0) {
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (thread == pid)
                return report(status);
            continue;
        }
        pass = WSTOPSIG(status);
        if (pass == (SIGTRAP | 0x80)) {
            if (is_moment(thread))
                meet(pid);
            pass = 0;
        } else if (pass == SIGTRAP || pass == SIGSTOP) {
            pass = 0; /* the tracer's own: a new program, a new thread */
        }
        ptrace(PTRACE_SYSCALL, thread, NULL, (void *)(long)pass);
    }
    return report(status);
}
#endif

int main(int argc, char **argv)
{
    char *end = NULL;
    if (argc < 3) {
        fputs("usage: kill-at N[/S] COMMAND...\n", stderr);
        return 2;
    }
    last_moment = strtol(argv[1], &end, 10);
    if (*end == '/')
        pause_s = strtol(end + 1, NULL, 10);
#ifdef __linux__
    pid_t pid;
    if (start(argv + 2, &pid))
        return by_calls(pid);
    if (pid > 0)
        kill(pid, SIGKILL);
#endif
    return by_clock(argv + 2);
}

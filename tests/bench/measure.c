/* measure.c: what a command took: "seconds, CPU microseconds, peak memory in KiB". Its standard output is
 * thrown away.
 *
 *     measure COMMAND...          start to end
 *     measure --first COMMAND...  milliseconds from its start to the first byte of a request: the
 *                                 command is told OPENAI_BASE_URL and gets no answer */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bench.h"

static int listener;

static int listen_somewhere(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t n = sizeof(at);
    char url[80];
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(listener, 64) != 0 ||
        getsockname(listener, (struct sockaddr *)&at, &n) != 0)
        return -1;
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/v1", ntohs(at.sin_port));
    return setenv("OPENAI_BASE_URL", url, 1);
}

int main(int argc, char **argv)
{
    int first = argc > 1 && strcmp(argv[1], "--first") == 0, status = 0;
    struct rusage u;
    double start, took;
    pid_t child;
    if (argc < 2 + first || (first && listen_somewhere() != 0))
        return 2;
    start = bench_seconds();
    child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 1);
        execv(argv[1 + first], argv + 1 + first);
        _exit(127);
    }
    if (first) {
        char byte;
        int fd = accept(listener, NULL, NULL);
        if (read(fd, &byte, 1) == 1)
            printf("%.2f\n", (bench_seconds() - start) * 1e3);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        return 0;
    }
    waitpid(child, &status, 0);
    took = bench_seconds() - start;
    getrusage(RUSAGE_CHILDREN, &u);
    printf("%.3f %.0f %ld\n", took,
           (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
               (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec),
           u.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

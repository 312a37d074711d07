/* main.c: options, the line that says where we listen, and an end that leaves nothing behind. */
#include "server.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char usage[] =
    "usage: test-server [--port N] [--threads N] [--latency-ms N] [--jitter-ms N] [--rps N]\n"
    "                   [--keys-file FILE] [--control JSON] [--tls NAME] [--fixed]\n"
    "Plays the LLM providers on loopback; see tests/server/README.md.\n";

static int wake[2];

static void on_signal(int unused)
{
    ssize_t n;
    (void)unused;
    n = write(wake[1], "x", 1);
    (void)n;
}

/* Wait for a signal, or for the end of standard input where that is a pipe: a test that dies closes its
 * end, and we go too. A terminal or /dev/null says nothing about our parent. */
static void wait_for_the_end(void)
{
    struct stat st;
    struct pollfd fds[2] = { { .fd = wake[0], .events = POLLIN }, { .fd = 0, .events = POLLIN } };
    bool watch = fstat(0, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
    char drop[256];
    for (;;) {
        int n = poll(fds, watch ? 2 : 1, -1);
        if (n < 0 && errno != EINTR)
            return;
        if (n > 0 && fds[0].revents != 0)
            return;
        if (n > 0 && watch && fds[1].revents != 0 && read(0, drop, sizeof(drop)) <= 0)
            return;
    }
}

static const char *set(const char *json)
{
    cJSON *o = cJSON_Parse(json);
    const char *fault = o == NULL ? "not JSON" : control_apply(o);
    cJSON_Delete(o);
    return fault;
}

/* Numbers are settings of the control interface; so an option is another way to write it. */
static const char *set_number(const char *name, const char *value)
{
    char json[128], *end;
    long n = strtol(value, &end, 10);
    if (*value == '\0' || *end != '\0' || n < 0 || n > 1000000000)
        return "not a number";
    snprintf(json, sizeof(json), "{\"%s\":%ld}", name, n);
    return set(json);
}

static const char *read_keys(const char *path)
{
    char line[512];
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return strerror(errno);
    while (fgets(line, sizeof(line), f) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] != '\0')
            route_add_key(line);
    }
    fclose(f);
    return NULL;
}

int main(int argc, char **argv)
{
    const char *tls = NULL;
    int port = 0, threads = 1;
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i], *fault = NULL;
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(name, "--fixed") == 0) {
            set("{\"fixed\":true}");
            continue;
        }
        if (strcmp(name, "--port") == 0)
            port = atoi(value);
        else if (strcmp(name, "--threads") == 0)
            threads = atoi(value);
        else if (strcmp(name, "--latency-ms") == 0)
            fault = set_number("latency_ms", value);
        else if (strcmp(name, "--jitter-ms") == 0)
            fault = set_number("jitter_ms", value);
        else if (strcmp(name, "--rps") == 0)
            fault = set_number("rps", value);
        else if (strcmp(name, "--keys-file") == 0)
            fault = read_keys(value);
        else if (strcmp(name, "--tls") == 0)
            tls = value;
        else if (strcmp(name, "--control") == 0)
            fault = set(value);
        else
            fault = "unknown option";
        if (fault != NULL) {
            fprintf(stderr, "test-server: %s %s: %s\n%s", name, value, fault, usage);
            return 2;
        }
        i++;
    }
    if (pipe(wake) != 0)
        return 1;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    port = timer_start() ? http_start(port, threads, tls) : 0;
    if (port == 0) {
        fprintf(stderr, "test-server: cannot listen on 127.0.0.1: %s\n", strerror(errno));
        return 1;
    }
    printf("listening 127.0.0.1:%d\n", port);
    fflush(stdout);
    wait_for_the_end();
    http_stop();
    return 0;
}

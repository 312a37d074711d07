/* fasttext.c: see fasttext.h. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "fasttext.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void write_rows(FILE *f, const struct wn_example *ex, size_t n,
                       const struct wn_choice *choices)
{
    for (size_t i = 0; i < n; i++) {
        fprintf(f, "__label__%s ", choices[ex[i].answer->values[0].choice].id);
        for (const char *p = ex[i].text; *p != '\0'; p++)
            fputc(isspace((unsigned char)*p) ? ' ' : tolower((unsigned char)*p), f);
        fputc('\n', f);
    }
}

double children_s(void)
{
    struct rusage u;
    getrusage(RUSAGE_CHILDREN, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

double fasttext_s(const struct wn_example *ex, size_t n, const struct wn_choice *choices)
{
    char dir[] = "/tmp/winnow-bench-XXXXXX", rows[64], model[64], file[80];
    double start = children_s();
    int status = 1;
    FILE *f;
    pid_t pid;
    if (mkdtemp(dir) == NULL)
        return NAN;
    snprintf(rows, sizeof(rows), "%s/rows", dir);
    snprintf(model, sizeof(model), "%s/model", dir);
    f = fopen(rows, "w");
    if (f != NULL) {
        write_rows(f, ex, n, choices);
        fclose(f);
        fflush(stdout);
        pid = fork();
        if (pid == 0) {
            if (freopen("/dev/null", "w", stderr) != NULL &&
                freopen("/dev/null", "w", stdout) != NULL)
                execlp("fasttext", "fasttext", "supervised", "-input", rows, "-output", model,
                       "-lr", "0.5", "-epoch", "100", "-wordNgrams", "2", "-minn", "2", "-maxn",
                       "5", "-dim", "100", "-thread", "1", (char *)NULL);
            _exit(127);
        }
        if (pid < 0 || waitpid(pid, &status, 0) != pid)
            status = 1;
    }
    unlink(rows);
    snprintf(file, sizeof(file), "%s.bin", model);
    unlink(file);
    snprintf(file, sizeof(file), "%s.vec", model);
    unlink(file);
    rmdir(dir);
    return status == 0 ? children_s() - start : NAN;
}

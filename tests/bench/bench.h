/* bench.h: what both sides of the comparison send, and how they count. */
#ifndef WN_BENCH_H
#define WN_BENCH_H
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

/* About what one lead with its questions takes. */
static inline size_t bench_body(char *out, size_t size)
{
    int n = snprintf(out, size, "{\"model\":\"test\",\"messages\":[");
    for (int i = 0; i < 12; i++)
        n += snprintf(
            out + n, size - (size_t)n,
            "%s{\"role\":\"user\",\"content\":\"We are a team of forty and would like to see "
            "a demo next week, line %d.\"}",
            i == 0 ? "" : ",", i);
    return (size_t)(n + snprintf(out + n, size - (size_t)n, "]}"));
}

static const char *const bench_headers[][2] = { { "Content-Type", "application/json" },
                                                { "Authorization", "Bearer test-0123456789ab" },
                                                { "Accept", "application/json" } };

static inline double bench_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* "requests a second, CPU microseconds a request, peak memory in KiB, bytes received" */
static inline void bench_print(long requests, double seconds, size_t bytes)
{
    struct rusage u;
    double cpu;
    getrusage(RUSAGE_SELF, &u);
    cpu = (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
          (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
    printf("%.0f %.2f %ld %zu\n", (double)requests / seconds, cpu / (double)requests, u.ru_maxrss,
           bytes);
}

#endif

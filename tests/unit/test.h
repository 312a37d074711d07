/* test.h: tests that read as examples, on cmocka.
 *
 *     TEST(a_name_that_is_a_sentence) { CHECK_INT(2 + 2, 4); }
 *
 * Each TEST registers itself; one test file is one program. Include this header once, first. */
#ifndef WN_TEST_H
#define WN_TEST_H
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/error.h"

static struct CMUnitTest test_list[256];
static size_t test_count;

#define TEST(name)                                                                                 \
    static void name(void **state);                                                                \
    __attribute__((constructor)) static void register_##name(void)                                 \
    {                                                                                              \
        test_list[test_count++] = (struct CMUnitTest){ #name, name, NULL, NULL, NULL };            \
    }                                                                                              \
    static void name(__attribute__((unused)) void **state)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CHECK(cond) assert_true(cond)
#define CHECK_INT(got, want) assert_int_equal((intmax_t)(got), (intmax_t)(want))
#define CHECK_STR(got, want) test_check_str((got), (want), __FILE__, __LINE__)
/* Relative 1e-6 or absolute 1e-9. */
#define CHECK_NEAR(got, want) test_check_near((got), (want), __FILE__, __LINE__)
#define CHECK_OK(call)                                                                             \
    do {                                                                                           \
        struct wn_error *test_err = &test_error;                                                   \
        if ((call) != WN_OK) {                                                                     \
            print_error("%s: %s (%s)\n", #call, test_err->what, test_err->cause);                  \
            _fail(__FILE__, __LINE__);                                                             \
        }                                                                                          \
    } while (0)
/* Pass &test_error as `err` in CHECK_OK and where a message is looked at. */
static struct wn_error test_error;

static inline void test_check_str(const char *got, const char *want, const char *file, int line)
{
    if (got == want || (got != NULL && want != NULL && strcmp(got, want) == 0))
        return;
    print_error("got  %s\nwant %s\n", got == NULL ? "(null)" : got, want == NULL ? "(null)" : want);
    _fail(file, line);
}

static inline void test_check_near(double got, double want, const char *file, int line)
{
    double off = fabs(got - want);
    if ((isnan(got) && isnan(want)) || off <= 1e-9 || off <= 1e-6 * fabs(want))
        return;
    print_error("got  %.17g\nwant %.17g\n", got, want);
    _fail(file, line);
}

int main(void)
{
    (void)test_error;
    return _cmocka_run_group_tests("tests", test_list, test_count, NULL, NULL) == 0 ? 0 : 1;
}
#endif

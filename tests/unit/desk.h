/* desk.h: a context with a store of its own, the clock set, and what was said, for the tests of what is proved. */
#ifndef WN_TEST_DESK_H
#define WN_TEST_DESK_H
#include "store_home.h"
#include "context.h"

enum { DAY = 86400 };

static struct wn wn;
static char said[8000]; /* a line for each message */
static int made;        /* decisions so far, for the next one's id */

static inline void hear(void *user, enum wn_log_level level, const char *event, const char *values)
{
    (void)user, (void)level, (void)event;
    snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s\n", values);
}

static inline void at(int64_t time)
{
    char text[32];
    snprintf(text, sizeof(text), "%lld", (long long)time);
    setenv("WINNOW_NOW", text, 1);
}

static inline void desk_open(int64_t now)
{
    home_new();
    at(now);
    made = 0;
    said[0] = '\0';
    wn = (struct wn){ .log = { hear, NULL }, .store = store_open() };
}

static inline void desk_close(void)
{
    CHECK_STR(verify_store(wn.store).all, "");
    wn_store_close(wn.store);
    home_remove();
}

#endif

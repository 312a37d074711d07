/* log.h: one event with named values, to the function the client gave.
 *
 *     wn_log(log, WN_WARN, "retry", "provider=%s status=%d wait_ms=%d", name, status, wait_ms);
 *
 * No item text and no keys go in. The library does not log an error that it also returns. */
#ifndef WN_BASE_LOG_H
#define WN_BASE_LOG_H
#include "base/error.h"

struct wn_log {
    void (*write)(void *user, enum wn_log_level level, const char *event, const char *values);
    void *user;
};
/* `log` may be NULL, and so may its function. */
void wn_log(const struct wn_log *log, enum wn_log_level level, const char *event,
            const char *values, ...) WN_PRINTF(4, 5);

#endif

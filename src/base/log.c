/* log.c: see log.h. */
#include "base/log.h"
#include <stdarg.h>
#include <stdio.h>

void wn_log(const struct wn_log *log, enum wn_log_level level, const char *event,
            const char *values, ...)
{
    char line[512];
    va_list ap;
    if (log == NULL || log->write == NULL)
        return;
    va_start(ap, values);
    vsnprintf(line, sizeof(line), values, ap);
    va_end(ap);
    for (char *p = line; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
    log->write(log->user, level, event, line);
}

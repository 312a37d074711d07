/* error.c: see error.h. */
#include "base/error.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int wn_exit_status(enum wn_code code)
{
    switch (code) {
    case WN_OK:
        return 0;
#define X(name, exit, meaning)                                                                     \
    case WN_E_##name:                                                                              \
        return exit;
        WN_ERRORS(X)
#undef X
    }
    return 1;
}

static void format(char *, size_t, const char *, va_list) WN_PRINTF(3, 0);
static void format(char *out, size_t size, const char *fmt, va_list ap)
{
    vsnprintf(out, size, fmt, ap);
    for (char *p = out; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
}

enum wn_code wn_error_set(struct wn_error *err, enum wn_code code, const char *what, ...)
{
    va_list ap;
    if (err == NULL)
        return code;
    err->code = code;
    err->cause[0] = err->hint[0] = '\0';
    va_start(ap, what);
    format(err->what, sizeof(err->what), what, ap);
    va_end(ap);
    return code;
}

void wn_error_cause(struct wn_error *err, const char *cause, ...)
{
    va_list ap;
    if (err == NULL)
        return;
    va_start(ap, cause);
    format(err->cause, sizeof(err->cause), cause, ap);
    va_end(ap);
}

void wn_error_hint(struct wn_error *err, const char *hint, ...)
{
    va_list ap;
    if (err == NULL)
        return;
    va_start(ap, hint);
    format(err->hint, sizeof(err->hint), hint, ap);
    va_end(ap);
}

void wn_error_at(struct wn_error *err, const char *where, ...)
{
    char old[sizeof(err->what)];
    char place[sizeof(err->what)];
    va_list ap;
    if (err == NULL)
        return;
    memcpy(old, err->what, sizeof(old));
    va_start(ap, where);
    format(place, sizeof(place), where, ap);
    va_end(ap);
    if (snprintf(err->what, sizeof(err->what), "%s: %s", place, old) < 0)
        memcpy(err->what, old, sizeof(old));
}

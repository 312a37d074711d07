/* error.h: filling a struct wn_error where a fault is first known.
 *
 * The one who sees the fault sets it; callers pass it up, or say where they were with
 * wn_error_at(), but do not replace it. */
#ifndef WN_BASE_ERROR_H
#define WN_BASE_ERROR_H
#include "winnow.h"

#if defined(__GNUC__)
#define WN_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define WN_PRINTF(fmt, args)
#endif

#define WN_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Set code and `what`, clear cause and hint; returns code, so that one can write
 * `return wn_error_set(err, WN_E_INPUT, "cannot open '%s'", path);`. Control characters in the
 * arguments come out as '?', so a hostile name cannot play with the terminal. */
enum wn_code wn_error_set(struct wn_error *err, enum wn_code code, const char *what, ...)
    WN_PRINTF(3, 4);
void wn_error_cause(struct wn_error *err, const char *cause, ...) WN_PRINTF(2, 3);
void wn_error_hint(struct wn_error *err, const char *hint, ...) WN_PRINTF(2, 3);
/* Put "where: " before what. */
void wn_error_at(struct wn_error *err, const char *where, ...) WN_PRINTF(2, 3);

#endif

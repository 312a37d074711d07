/* file.h: whole files, and the few path questions that winnow asks. */
#ifndef WN_BASE_FILE_H
#define WN_BASE_FILE_H
#include "base/error.h"

/* Read all of `path`, at most `max` bytes; *len may be NULL. On success *out is the caller's, to
 * free(), with a NUL behind the last byte. */
enum wn_code wn_file_read(const char *path, size_t max, char **out, size_t *len,
                          struct wn_error *err);
/* Write a file whole or not at all (a new file renamed over the old), with this mode. */
enum wn_code wn_file_write(const char *path, const char *bytes, size_t len, unsigned mode,
                           struct wn_error *err);
bool wn_file_exists(const char *path);
bool wn_file_is_dir(const char *path);
/* Make a folder and its parents, each 0700. */
enum wn_code wn_file_mkdirs(const char *path, struct wn_error *err);

#endif

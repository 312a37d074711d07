/* file.c: see file.h. */
#include "base/file.h"
#include "base/arena.h"
#include "base/buf.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum wn_code wn_file_read(const char *path, size_t max, char **out, size_t *len,
                          struct wn_error *err)
{
    struct wn_buf b = WN_BUF_INIT(max);
    enum wn_code rc;
    char chunk[16384];
    size_t n, total;
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        rc = wn_error_set(err, WN_E_INPUT, "cannot open '%s'", path);
        wn_error_cause(err, "%s", strerror(errno));
        goto done;
    }
    while (!b.failed && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        wn_buf_add(&b, chunk, n);
    if (ferror(f)) {
        rc = wn_error_set(err, WN_E_INPUT, "cannot read '%s'", path);
        wn_error_cause(err, "%s", strerror(errno));
        goto done;
    }
    total = b.len;
    rc = wn_buf_take(&b, out, err);
    if (rc != WN_OK)
        wn_error_at(err, "%s", path);
    else if (len != NULL)
        *len = total;
done:
    if (f != NULL)
        fclose(f);
    wn_buf_free(&b);
    return rc;
}

static enum wn_code write_fault(struct wn_error *err, const char *path)
{
    int why = errno;
    wn_error_set(err, WN_E_STORE, "cannot write '%s'", path);
    wn_error_cause(err, "%s", strerror(why));
    return WN_E_STORE;
}

enum wn_code wn_file_write(const char *path, const char *bytes, size_t len, unsigned mode,
                           struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    char *temp = wn_arena_printf(&a, "%s.new.%ld", path, (long)getpid());
    enum wn_code rc = WN_OK;
    size_t done = 0;
    int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
    if (fd < 0) {
        rc = write_fault(err, path);
        goto done;
    }
    while (done < len) {
        ssize_t n = write(fd, bytes + done, len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        done += (size_t)n;
    }
    if (done < len || fsync(fd) != 0 || rename(temp, path) != 0) {
        rc = write_fault(err, path);
        unlink(temp);
    }
done:
    if (fd >= 0)
        close(fd);
    wn_arena_free(&a);
    return rc;
}

bool wn_file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool wn_file_is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

enum wn_code wn_file_mkdirs(const char *path, struct wn_error *err)
{
    char *copy = wn_xstrdup(path);
    enum wn_code rc = WN_OK;
    for (char *p = copy + 1; rc == WN_OK; p++) {
        char was = *p;
        if (was != '/' && was != '\0')
            continue;
        *p = '\0';
        if (mkdir(copy, 0700) != 0 && errno != EEXIST) {
            rc = wn_error_set(err, WN_E_STORE, "cannot make the folder '%s'", copy);
            wn_error_cause(err, "%s", strerror(errno));
        }
        *p = was;
        if (was == '\0')
            break;
    }
    free(copy);
    return rc;
}

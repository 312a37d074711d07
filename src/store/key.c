/* key.c: where the root key comes from, in the order of struct wn_key_source. */
#include "base/file.h"
#include "store/seal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 1024 };

static bool given(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static enum wn_code decode(const char *text, size_t len, const char *where, struct wn_key **out,
                           struct wn_error *err)
{
    size_t nbytes = 0;
    enum wn_code rc;
    *out = wn_key_decode(text, len, &nbytes);
    if (*out != NULL)
        return WN_OK;
    if (nbytes == WN_KEY_BYTES)
        return wn_error_set(err, WN_E_NOMEM, "there is no guarded memory for the key");
    rc = wn_error_set(err, WN_E_CONFIG, "'%s' does not hold a key", where);
    if (nbytes == 0)
        wn_error_cause(err, "it is not base64");
    else
        wn_error_cause(err, "it has %zu bytes, a key has %d", nbytes, WN_KEY_BYTES);
    wn_error_hint(err, "Give the key that the store was made with: 32 bytes in base64, one line of "
                       "44 characters.");
    return rc;
}

/* `forbidden`: the permission bits that no key file may have. */
static enum wn_code refuse_open_file(const char *path, const char *what, mode_t mode,
                                     mode_t forbidden, struct wn_error *err)
{
    if ((mode & forbidden) == 0)
        return WN_OK;
    wn_error_set(err, WN_E_CONFIG, "the %s file '%s' can be read by others", what, path);
    wn_error_cause(err, "its mode is %04o", (unsigned)(mode & 07777));
    wn_error_hint(err, "chmod 600 '%s'", path);
    return WN_E_CONFIG;
}

/* The bytes of a secret's file, at most `size`; `what` names it in the error. */
static enum wn_code read_bytes(const char *path, const char *what, mode_t forbidden, char *text,
                               size_t size, size_t *len, struct wn_error *err)
{
    ssize_t n = 0;
    struct stat st;
    enum wn_code rc = WN_OK;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *len = 0;
    if (fd < 0 || fstat(fd, &st) != 0) {
        int why = errno;
        rc = wn_error_set(err, WN_E_CONFIG, "cannot read the %s file '%s'", what, path);
        wn_error_cause(err, "%s", strerror(why));
        wn_error_hint(err, "Without the %s that it was made with, a store cannot be opened.", what);
        goto done;
    }
    rc = refuse_open_file(path, what, st.st_mode, forbidden, err);
    while (rc == WN_OK && *len < size) {
        n = read(fd, text + *len, size - *len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        *len += (size_t)n;
    }
    if (n < 0) {
        int why = errno;
        rc = wn_error_set(err, WN_E_CONFIG, "cannot read the %s file '%s'", what, path);
        wn_error_cause(err, "%s", strerror(why));
    }
done:
    if (fd >= 0)
        close(fd);
    return rc;
}

static enum wn_code read_file(const char *path, mode_t forbidden, struct wn_key **out,
                              struct wn_error *err)
{
    char text[KEY_FILE_MAX];
    size_t len = 0;
    enum wn_code rc = read_bytes(path, "key", forbidden, text, sizeof(text), &len, err);
    if (rc == WN_OK)
        rc = decode(text, len, path, out, err);
    wn_wipe(text, sizeof(text));
    return rc;
}

enum wn_code wn_key_read(const char *path, struct wn_key **out, struct wn_error *err)
{
    *out = NULL;
    return read_file(path, 077, out, err);
}

enum wn_code wn_passphrase_read(const char *path, bool credential, char *out, size_t size,
                                size_t *len, struct wn_error *err)
{
    enum wn_code rc =
        read_bytes(path, "passphrase", credential ? 007 : 077, out, size - 1, len, err);
    if (rc == WN_OK) { /* the first line */
        char *end = memchr(out, '\n', *len);
        if (end != NULL)
            *len = (size_t)(end - out);
        if (*len > 0 && out[*len - 1] == '\r')
            --*len;
        out[*len] = '\0';
    }
    return rc;
}

static enum wn_code write_fault(const char *path, struct wn_error *err)
{
    int why = errno;
    wn_error_set(err, WN_E_CONFIG, "cannot write the key file '%s'", path);
    wn_error_cause(err, "%s", strerror(why));
    wn_error_hint(err,
                  "Set WINNOW_KEY_FILE to a file that can be written, or WINNOW_KEY to a key.");
    return WN_E_CONFIG;
}

/* Write the key's line into a new file with mode 0600. */
static enum wn_code write_key(const struct wn_key *key, const char *path, struct wn_error *err)
{
    char line[WN_KEY_TEXT + 1];
    enum wn_code rc = WN_OK;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    wn_key_encode(key, line);
    line[WN_KEY_TEXT - 1] = '\n';
    if (fd < 0 || write(fd, line, WN_KEY_TEXT) != WN_KEY_TEXT || fsync(fd) != 0)
        rc = write_fault(path, err);
    if (fd >= 0)
        close(fd);
    wn_wipe(line, sizeof(line));
    return rc;
}

enum wn_code wn_key_write(const struct wn_key *key, const char *path, struct wn_error *err)
{
    if (wn_file_exists(path)) {
        wn_error_set(err, WN_E_CONFIG, "'%s' is there already", path);
        wn_error_hint(err, "A key is never written over another file; name a new one.");
        return WN_E_CONFIG;
    }
    if (write_key(key, path, err) == WN_OK)
        return WN_OK;
    wn_error_hint(err, "Is the folder there, and may you write to it?");
    return WN_E_CONFIG;
}

/* Write a new key beside `path` and link it there, which fails if another process was first: then
 * its key is the one, and ours was never used. *made tells which. */
static enum wn_code make_file(const char *path, struct wn_arena *a, bool *made,
                              struct wn_error *err)
{
    const char *temp = wn_arena_printf(a, "%s.new.%ld", path, (long)getpid());
    struct wn_key *key = wn_key_new();
    enum wn_code rc;
    if (key == NULL)
        return wn_error_set(err, WN_E_NOMEM, "there is no guarded memory for the key");
    unlink(temp); /* of a process that died with our number */
    rc = write_key(key, temp, err);
    if (rc != WN_OK)
        goto done;
    *made = link(temp, path) == 0;
    /* Some file systems have no links; there the rename must do. */
    if (!*made && errno != EEXIST)
        *made = rename(temp, path) == 0;
    if (!*made && !wn_file_exists(path))
        rc = write_fault(path, err);
done:
    unlink(temp);
    wn_key_free(key);
    return rc;
}

static enum wn_code from_config(const char *dir, bool create, struct wn_arena *a,
                                struct wn_key **out, const char **where, bool *made,
                                struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    *where = wn_arena_printf(a, "%s/key", dir);
    if (!wn_file_exists(*where)) {
        if (!create) {
            rc = wn_error_set(err, WN_E_CONFIG, "there is no key for the store");
            wn_error_cause(err, "'%s' is not there", *where);
            wn_error_hint(err,
                          "Put the key back there, or set WINNOW_KEY or WINNOW_KEY_FILE to the "
                          "one that the store was made with.");
            return rc;
        }
        rc = wn_file_mkdirs(dir, err);
        if (rc == WN_OK)
            rc = make_file(*where, a, made, err);
    }
    return rc == WN_OK ? read_file(*where, 077, out, err) : rc;
}

enum wn_code wn_key_find(const struct wn_key_source *s, bool create, struct wn_arena *a,
                         struct wn_key **out, const char **where, bool *made, struct wn_error *err)
{
    *out = NULL;
    *made = false;
    if (given(s->key_base64)) {
        *where = "WINNOW_KEY";
        return decode(s->key_base64, strlen(s->key_base64), *where, out, err);
    }
    if (given(s->key_file)) {
        *where = wn_arena_str(a, s->key_file);
        return read_file(*where, 077, out, err);
    }
    if (given(s->credentials)) {
        *where = wn_arena_printf(a, "%s/winnow-key", s->credentials);
        /* systemd lets the service in by an access list, which shows as bits of the group. */
        if (wn_file_exists(*where))
            return read_file(*where, 007, out, err);
    }
    return from_config(s->config_dir, create, a, out, where, made, err);
}

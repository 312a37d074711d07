/* backup.c: a copy that is known to be good, and bringing one back.
 *
 * A backup is one SQLite file with everything still sealed; the key is not in it. It counts only once
 * it was opened and every value in it decrypted. Restoring verifies first, copies beside the store, and
 * keeps what it replaces under another name. */
#include "store/db.h"
#include "base/clock.h"
#include "base/file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* winnow-20261122T120000Z.db */
enum { NAME_LENGTH = 26 };

static enum wn_code file_fault(const char *doing, const char *path, struct wn_error *err)
{
    int why = errno;
    wn_error_set(err, WN_E_STORE, "cannot %s '%s'", doing, path);
    wn_error_cause(err, "%s", strerror(why));
    return WN_E_STORE;
}

/* ---- copying ---- */

/* Remove a copy that was cut off, and the journal beside it, which the next one would be taken back by. */
static void discard(const char *path)
{
    struct wn_arena a = WN_ARENA_INIT;
    unlink(path);
    unlink(wn_arena_printf(&a, "%s-journal", path));
    wn_arena_free(&a);
}

/* Copy an open database into a new file, as one file without a log beside it. */
static enum wn_code copy_to(sqlite3 *from, const char *path, struct wn_error *err)
{
    struct wn_store to = { .path = (char *)(uintptr_t)path };
    sqlite3_backup *b = NULL;
    enum wn_code rc = WN_OK;
    int step, fd;
    discard(path);
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return file_fault("make", path, err);
    close(fd);
    if (sqlite3_open_v2(path, &to.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
            SQLITE_OK ||
        (b = sqlite3_backup_init(to.db, "main", from, "main")) == NULL) {
        rc = wn_db_fault(&to, err);
        goto done;
    }
    /* All at once: the copy is of one moment, and no writer makes it begin again. */
    step = sqlite3_backup_step(b, -1);
    if (sqlite3_backup_finish(b) != SQLITE_OK || step != SQLITE_DONE)
        rc = wn_db_fault(&to, err);
    if (rc == WN_OK)
        rc = wn_db_exec(&to, "PRAGMA journal_mode = DELETE", err);
done:
    sqlite3_close(to.db);
    return rc;
}

static enum wn_code note(struct wn_store *s, const char *event, const char *by, int64_t now,
                         struct wn_error *err)
{
    const struct wn_event e = {
        .time = now, .event = event, .actor = "user", .after = by, .table = WN_T_RING
    };
    enum wn_code rc = wn_db_begin(s, true, err);
    return rc == WN_OK ? wn_db_end(s, wn_audit_add(s, &e, err), err) : rc;
}

struct first_fault {
    char text[240];
};

static void keep_first(void *user, const char *fault)
{
    struct first_fault *f = user;
    if (f->text[0] == '\0')
        snprintf(f->text, sizeof(f->text), "%s", fault);
}

/* Open every value of an open store. */
static enum wn_code all_holds(struct wn_store *s, const char *path, struct wn_error *err)
{
    struct first_fault first = { "" };
    int64_t nfaults = 0;
    enum wn_code rc = wn_verify_copy(s, keep_first, &first, &nfaults, err);
    if (rc != WN_OK || nfaults == 0)
        return rc;
    wn_error_set(err, WN_E_STORE, "the backup '%s' does not hold", path);
    wn_error_cause(err, "%s%s", first.text, nfaults > 1 ? ", and more" : "");
    wn_error_hint(err, "It was not used; `winnow verify` looks at the store itself.");
    return WN_E_STORE;
}

/* ---- backup ---- */

static bool is_backup(const char *name)
{
    return strlen(name) == NAME_LENGTH && strncmp(name, "winnow-", 7) == 0 &&
           strcmp(name + NAME_LENGTH - 4, "Z.db") == 0 && name[15] == 'T' &&
           strspn(name + 7, "0123456789") == 8 && strspn(name + 16, "0123456789") == 6;
}

static void name_of(int64_t time, char out[NAME_LENGTH + 1])
{
    char text[WN_CLOCK_TEXT];
    size_t n = 7;
    strcpy(out, "winnow-");
    wn_clock_text(time, text); /* 2026-11-22T12:00:00Z */
    for (const char *p = text; *p != '\0' && n < NAME_LENGTH - 3; p++)
        if (*p != '-' && *p != ':')
            out[n++] = *p;
    strcpy(out + n, ".db");
}

/* Delete backups of before `oldest`, told by their names; the one just made is younger. */
static enum wn_code delete_expired(const char *folder, int64_t oldest, struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    char limit[NAME_LENGTH + 1];
    enum wn_code rc = WN_OK;
    struct dirent *e;
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return file_fault("read the folder", folder, err);
    name_of(oldest, limit);
    while (rc == WN_OK && (e = readdir(dir)) != NULL) {
        const char *path = wn_arena_printf(&a, "%s/%s", folder, e->d_name);
        if (is_backup(e->d_name) && strcmp(e->d_name, limit) < 0 && unlink(path) != 0)
            rc = file_fault("delete the expired backup", path, err);
    }
    closedir(dir);
    wn_arena_free(&a);
    return rc;
}

static enum wn_code verify_copy(const struct wn_store *s, const char *path, struct wn_error *err)
{
    struct wn_store *copy = NULL;
    enum wn_code rc = wn_store_open_file(path, s->ring, &copy, err);
    if (rc == WN_OK)
        rc = all_holds(copy, path, err);
    wn_store_close(copy);
    return rc;
}

enum wn_code wn_store_backup(struct wn_store *s, const char *folder, int64_t keep_s, int64_t now,
                             struct wn_arena *a, const char **path, struct wn_error *err)
{
    const char *temp = wn_arena_printf(a, "%s/winnow.new", folder);
    char name[NAME_LENGTH + 1];
    enum wn_code rc = wn_store_flush(s, err);
    name_of(now, name);
    *path = wn_arena_printf(a, "%s/%s", folder, name);
    if (rc == WN_OK)
        rc = wn_file_mkdirs(folder, err);
    if (rc == WN_OK)
        rc = note(s, "backed up", name, now, err);
    if (rc == WN_OK)
        rc = copy_to(s->db, temp, err);
    if (rc == WN_OK)
        rc = verify_copy(s, temp, err);
    if (rc == WN_OK && rename(temp, *path) != 0)
        rc = file_fault("write the backup", *path, err);
    if (rc != WN_OK)
        discard(temp);
    if (rc == WN_OK && keep_s > 0)
        rc = delete_expired(folder, now - keep_s, err);
    return rc;
}

/* ---- restore ---- */

/* Is another process at work on the file? A file that is no database any more is at nobody's work. */
static enum wn_code check_unused(const char *path, struct wn_error *err)
{
    sqlite3 *db = NULL;
    enum wn_code rc = WN_OK;
    int got;
    if (!wn_file_exists(path))
        return WN_OK;
    sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    got = sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT", NULL, NULL,
                       NULL);
    if (got == SQLITE_BUSY || got == SQLITE_LOCKED) {
        rc = wn_error_set(err, WN_E_STORE, "the store '%s' is in use", path);
        wn_error_hint(err, "End the other winnow (`winnow serve`, `winnow watch`), then restore.");
    }
    sqlite3_close(db);
    return rc;
}

/* Give the store another name as well, one that is free; *old: which. There is a store at every moment: the
 * backup takes its place by one rename. */
static enum wn_code name_twice(const char *path, const char *home, int64_t now, struct wn_arena *a,
                               const char **old, struct wn_error *err)
{
    char stamp[NAME_LENGTH + 1];
    int linked = -1;
    name_of(now, stamp);
    stamp[NAME_LENGTH - 3] = '\0'; /* without ".db" */
    for (int i = 1; linked != 0 && (i == 1 || errno == EEXIST); i++) {
        *old = i == 1 ? wn_arena_printf(a, "%s/replaced-%s.db", home, stamp)
                      : wn_arena_printf(a, "%s/replaced-%s-%d.db", home, stamp, i);
        linked = link(path, *old);
        /* Some file systems have no links; there is no store for the moment between two renames, then. */
        if (linked != 0 && errno != EEXIST && !wn_file_exists(*old))
            linked = rename(path, *old);
    }
    return linked == 0 ? WN_OK : file_fault("give another name to", path, err);
}

/* What lies beside the store belongs to it, and would be taken for the backup's. (Beside a store that opens
 * there is nothing any more, since check_unused.) */
static enum wn_code move_away_log(const char *path, const char *to, struct wn_error *err)
{
    static const char *const suffix[] = { "-wal", "-journal", "-shm" };
    struct wn_arena a = WN_ARENA_INIT;
    enum wn_code rc = WN_OK;
    for (size_t i = 0; rc == WN_OK && i < WN_COUNT(suffix); i++) {
        const char *old = wn_arena_printf(&a, "%s%s", path, suffix[i]);
        if (rename(old, wn_arena_printf(&a, "%s%s", to, suffix[i])) != 0 && errno != ENOENT)
            rc = file_fault("move", old, err);
    }
    wn_arena_free(&a);
    return rc;
}

/* Copy the backup beside the store, bring it to the newest format there, and open every value. */
static enum wn_code copy_and_verify(const char *file, const struct wn_key *key, const char *to,
                                    int64_t now, struct wn_error *err)
{
    struct wn_ring *ring = wn_ring_new();
    struct wn_store from = { .path = (char *)(uintptr_t)file }, *s = NULL;
    enum wn_code rc =
        wn_ring_root(ring, key)
            ? WN_OK
            : wn_error_set(err, WN_E_NOMEM, "there is no guarded memory for the keys");
    if (rc == WN_OK && sqlite3_open_v2(file, &from.db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
                                       NULL) != SQLITE_OK)
        rc = wn_db_fault(&from, err);
    if (rc == WN_OK)
        rc = wn_store_look(&from, err);
    if (rc == WN_OK)
        rc = copy_to(from.db, to, err);
    sqlite3_close(from.db);
    if (rc == WN_OK)
        rc = wn_store_open_file(to, ring, &s, err);
    if (rc == WN_OK)
        rc = all_holds(s, file, err);
    if (rc == WN_OK)
        rc = note(s, "restored", file, now, err);
    wn_store_close(s);
    wn_ring_free(ring);
    return rc;
}

enum wn_code wn_store_restore(const char *home, const struct wn_key *key, const char *file,
                              int64_t now, struct wn_arena *a, const char **old,
                              struct wn_error *err)
{
    const char *path = wn_arena_printf(a, "%s/winnow.db", home);
    const char *temp = wn_arena_printf(a, "%s/winnow.db.new", home);
    enum wn_code rc = wn_file_mkdirs(home, err);
    *old = NULL;
    if (rc == WN_OK)
        rc = copy_and_verify(file, key, temp, now, err);
    if (rc == WN_OK)
        rc = check_unused(path, err);
    if (rc == WN_OK && wn_file_exists(path)) {
        rc = name_twice(path, home, now, a, old, err);
        if (rc == WN_OK)
            rc = move_away_log(path, *old, err);
    }
    if (rc == WN_OK && rename(temp, path) != 0)
        rc = file_fault("put the backup in place of", path, err);
    if (rc != WN_OK)
        discard(temp);
    return rc;
}

/* store.c: opening the file, refusing what is not ours, and the formats. */
#include "store/db.h"
#include "base/clock.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char schema[] = {
#include "store/schema.sql.inc"
    0
};
static const char trust[] = {
#include "store/trust.sql.inc"
    0
};
static const char lean[] = {
#include "store/lean.sql.inc"
    0
};
static const char periods[] = {
#include "store/periods.sql.inc"
    0
};
static const char signals[] = {
#include "store/signals.sql.inc"
    0
};
/* formats[n] brings a file from format n to n + 1. A new one: append its SQL, keep the old. */
static const char *const formats[] = { schema, trust, lean, periods, signals };

enum { APPLICATION_ID = 0x57494e57, FORMAT = WN_COUNT(formats), FILE_HEAD = 100 };

/* ---- refusing, before SQLite has read or locked anything ---- */

static enum wn_code not_ours(const struct wn_store *s, const char *cause, struct wn_error *err)
{
    wn_error_set(err, WN_E_STORE, "'%s' is not a winnow store", s->path);
    wn_error_cause(err, "%s", cause);
    wn_error_hint(err, "Move the file away, or set WINNOW_HOME to another folder.");
    return WN_E_STORE;
}

static enum wn_code newer(const struct wn_store *s, uint32_t version, struct wn_error *err)
{
    wn_error_set(err, WN_E_STORE, "the store '%s' was written by a newer winnow", s->path);
    wn_error_cause(err, "its format is %u, this program knows formats up to %d", version, FORMAT);
    wn_error_hint(err, "Use the newer winnow, or set WINNOW_HOME to another folder.");
    return WN_E_STORE;
}

static enum wn_code cut_short(const struct wn_store *s, int64_t size, int64_t want,
                              struct wn_error *err)
{
    wn_error_set(err, WN_E_STORE, "the store '%s' is cut short", s->path);
    wn_error_cause(err, "it has %lld of its %lld bytes", (long long)size, (long long)want);
    wn_error_hint(err, "Keep the file, and bring a backup back with `winnow restore`.");
    return WN_E_STORE;
}

static uint32_t get32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Does SQLite still have to roll something forward or back? Then sizes say nothing yet. */
static bool has_journal(const struct wn_store *s)
{
    static const char *const suffix[] = { "-journal", "-wal" };
    char *path = wn_xmalloc(strlen(s->path) + 16);
    struct stat st;
    bool found = false;
    for (size_t i = 0; i < WN_COUNT(suffix); i++) {
        strcpy(path, s->path);
        strcat(path, suffix[i]);
        found = found || (stat(path, &st) == 0 && st.st_size > 0);
    }
    free(path);
    return found;
}

/* Look at the file's head through SQLite's own handle: opening and closing the file beside it would
 * drop the locks of another store in this process (POSIX locks belong to the process). */
enum wn_code wn_store_look(struct wn_store *s, struct wn_error *err)
{
    unsigned char head[FILE_HEAD] = { 0 };
    sqlite3_file *f = NULL;
    sqlite3_int64 size = 0, page, want;
    uint32_t owner;
    char cause[80];
    if (sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &f) != SQLITE_OK ||
        f->pMethods == NULL || f->pMethods->xFileSize(f, &size) != SQLITE_OK)
        return wn_db_fault(s, err);
    if (size == 0)
        return WN_OK; /* a new store, or one whose making was cut off */
    f->pMethods->xRead(f, head, FILE_HEAD, 0);
    if (memcmp(head, "SQLite format 3", 16) != 0)
        return not_ours(s, "it is not an SQLite file", err);
    if (size < FILE_HEAD)
        return cut_short(s, size, FILE_HEAD, err);
    owner = get32(head + 68);
    if (owner != APPLICATION_ID) {
        snprintf(cause, sizeof(cause), "it belongs to another program (application id 0x%08x)",
                 owner);
        return not_ours(s, cause, err);
    }
    if (get32(head + 60) > FORMAT)
        return newer(s, get32(head + 60), err);
    page = head[16] << 8 | head[17];
    want = (page == 1 ? 65536 : page) * (int64_t)get32(head + 28);
    if (size < want && !has_journal(s))
        return cut_short(s, size, want, err);
    return WN_OK;
}

/* ---- formats ---- */

/* In one statement: another process may make the store between two. */
static enum wn_code version_of(struct wn_store *s, int64_t *version, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s,
                                  "SELECT user_version, application_id, (SELECT count(*) FROM "
                                  "sqlite_schema) FROM pragma_user_version, pragma_application_id",
                                  err);
    int64_t owner = 0, tables = 0;
    bool row = false;
    enum wn_code rc = q == NULL ? WN_E_STORE : wn_db_step(s, q, &row, err);
    if (!row)
        return rc;
    *version = sqlite3_column_int64(q, 0);
    owner = sqlite3_column_int64(q, 1);
    tables = sqlite3_column_int64(q, 2);
    sqlite3_reset(q);
    if (owner != APPLICATION_ID && (tables > 0 || owner != 0 || *version != 0))
        return not_ours(s, "it belongs to another program", err);
    return *version > FORMAT ? newer(s, (uint32_t)*version, err) : WN_OK;
}

/* Run a format's SQL without its comments: SQLite keeps the text of a CREATE TABLE, and the file should
 * hold no words but names. */
static enum wn_code run_format(struct wn_store *s, const char *sql, struct wn_error *err)
{
    char *bare = wn_xmalloc(strlen(sql) + 1), *to = bare;
    enum wn_code rc;
    while (*sql != '\0') {
        if (sql[0] == '-' && sql[1] == '-')
            sql += strcspn(sql, "\n");
        else
            *to++ = *sql++;
    }
    *to = '\0';
    rc = wn_db_exec(s, bare, err);
    free(bare);
    return rc;
}

static enum wn_code make_current(struct wn_store *s, int64_t version, struct wn_error *err)
{
    const int64_t now = wn_clock_now();
    const struct wn_event created = {
        .time = now, .event = "created", .actor = "program", .table = WN_T_RING
    };
    char sql[100];
    bool is_new = version == 0;
    enum wn_code rc = is_new ? WN_OK : wn_ring_load(s, err);
    if (rc == WN_OK && !is_new)
        rc = wn_tally_load(s, err);
    for (; rc == WN_OK && version < FORMAT; version++)
        rc = run_format(s, formats[version], err);
    if (rc == WN_OK && is_new)
        rc = wn_ring_create(s, now, err);
    if (rc == WN_OK)
        rc = wn_tally_make(s, err);
    if (rc == WN_OK && is_new)
        rc = wn_audit_add(s, &created, err);
    snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %d",
             APPLICATION_ID, FORMAT);
    return rc == WN_OK ? wn_db_exec(s, sql, err) : rc;
}

/* Bring the file to the newest format, in one transaction; a new file is at format 0. */
static enum wn_code migrate(struct wn_store *s, struct wn_error *err)
{
    int64_t version = 0;
    enum wn_code rc = version_of(s, &version, err);
    if (rc != WN_OK || version == FORMAT)
        return rc;
    rc = wn_db_exec(s, "BEGIN EXCLUSIVE", err);
    if (rc != WN_OK)
        return rc;
    s->tx = WN_TX_WRITE;
    rc = version_of(s, &version, err); /* another process may have been first */
    if (rc == WN_OK && version < FORMAT)
        rc = make_current(s, version, err);
    return wn_db_end(s, rc, err);
}

/* ---- open ---- */

/* Made here, so that it has its mode from the start; SQLite gives the files beside it the same. */
static enum wn_code make_file(const struct wn_store *s, struct wn_error *err)
{
    struct stat st;
    int fd = open(s->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int why = errno;
    if (fd >= 0) {
        close(fd);
        return WN_OK;
    }
    if (why == EEXIST && stat(s->path, &st) == 0 && S_ISREG(st.st_mode)) {
        if ((st.st_mode & 077) != 0)
            chmod(s->path, 0600);
        return WN_OK;
    }
    wn_error_set(err, WN_E_STORE, "cannot make the store '%s'", s->path);
    wn_error_cause(err, "%s", strerror(why));
    wn_error_hint(err, "Set WINNOW_HOME to a folder that you can write.");
    return WN_E_STORE;
}

static enum wn_code connect(struct wn_store *s, struct wn_error *err)
{
    if (sqlite3_open_v2(s->path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        return wn_db_fault(s, err);
    sqlite3_extended_result_codes(s->db, 1);
    sqlite3_busy_handler(s->db, wn_db_busy, s);
    /* Whoever can write the file may have put triggers, views or odd pages into it. */
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (sqlite3_db_readonly(s->db, "main") == 1) {
        wn_error_set(err, WN_E_STORE, "cannot write the store '%s'", s->path);
        wn_error_cause(err, "the file is read-only");
        wn_error_hint(err, "chmod 600 '%s'", s->path);
        return WN_E_STORE;
    }
    return WN_OK;
}

static enum wn_code check_schema(struct wn_store *s, struct wn_error *err)
{
    unsigned char sum[WN_HASH];
    enum wn_code rc = wn_db_read(s, wn_clock_ms(), err);
    if (rc == WN_OK)
        rc = wn_tally_load(s, err);
    if (rc == WN_OK)
        rc = wn_schema_sum(s, sum, err);
    wn_db_read_end(s);
    if (rc != WN_OK || wn_mac_same(sum, s->schema_sum))
        return rc;
    wn_error_set(err, WN_E_STORE, "the tables of the store '%s' are not as winnow made them",
                 s->path);
    wn_error_cause(err, "a table, an index or a trigger was added, changed or dropped");
    wn_error_hint(err, "Keep a copy of the file, and bring a backup back with `winnow restore`.");
    return WN_E_STORE;
}

/* From a file that is there to a database of the newest format with its ring. */
static enum wn_code open_database(struct wn_store *s, struct wn_error *err)
{
    static const char settings[] = "PRAGMA page_size = 8192; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;"
                                   "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;"
                                   "PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON;"
                                   "PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 4096;";
    enum wn_code rc = connect(s, err);
    s->full = true;
    if (rc == WN_OK)
        rc = wn_store_look(s, err);
    if (rc == WN_OK)
        rc = wn_db_exec(s, settings, err);
    if (rc == WN_OK)
        rc = migrate(s, err);
    return rc == WN_OK ? wn_ring_load(s, err) : rc;
}

static struct wn_store *store_new(const char *path, const struct wn_log *log)
{
    struct wn_store *s = wn_xcalloc(1, sizeof(*s));
    s->path = wn_xstrdup(path);
    s->log = log == NULL ? (struct wn_log){ NULL, NULL } : *log;
    s->wait_ms = WN_WAIT_MS;
    s->decided.rows = (struct wn_buf)WN_BUF_INIT(1 << 20);
    return s;
}

static enum wn_code no_memory(struct wn_error *err)
{
    return wn_error_set(err, WN_E_NOMEM, "there is no guarded memory for the keys");
}

enum wn_code wn_store_open(const char *home, const struct wn_key *key, const struct wn_log *log,
                           struct wn_store **out, struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_store *s = store_new(wn_arena_printf(&a, "%s/winnow.db", home), log);
    enum wn_code rc = wn_file_mkdirs(home, err);
    if (rc != WN_OK)
        wn_error_hint(err, "Set WINNOW_HOME to a folder that you can write.");
    s->ring = wn_ring_new();
    if (rc == WN_OK && !wn_ring_root(s->ring, key))
        rc = no_memory(err);
    if (rc == WN_OK)
        rc = make_file(s, err);
    if (rc == WN_OK)
        rc = open_database(s, err);
    if (rc == WN_OK) /* only now is it certain that the file is ours to change */
        rc = wn_db_exec(s, "PRAGMA journal_mode = WAL", err);
    if (rc == WN_OK)
        rc = check_schema(s, err);
    wn_arena_free(&a);
    if (rc != WN_OK) {
        wn_store_close(s);
        return rc;
    }
    wn_ring_salt(s->ring, s->salt);
    s->group = wn_group_new();
    *out = s;
    return WN_OK;
}

enum wn_code wn_store_open_file(const char *path, const struct wn_ring *root, struct wn_store **out,
                                struct wn_error *err)
{
    struct wn_store *s = store_new(path, NULL);
    struct stat st;
    enum wn_code rc = WN_OK;
    s->ring = wn_ring_like(root);
    if (s->ring == NULL)
        rc = no_memory(err);
    else if (stat(path, &st) == 0 && st.st_size == 0)
        rc = not_ours(s, "it is empty", err);
    if (rc == WN_OK)
        rc = open_database(s, err);
    if (rc == WN_OK)
        rc = check_schema(s, err);
    if (rc == WN_OK)
        *out = s;
    else
        wn_store_close(s);
    return rc;
}

const char *wn_store_salt(const struct wn_store *s)
{
    return s->salt;
}

void wn_store_hash(const struct wn_store *s, const char *domain, const char *text, size_t len,
                   unsigned char out[WN_HASH])
{
    struct wn_mac m;
    wn_mac_init(&m, s->ring, WN_USE_LOOKUP, domain);
    wn_mac_part(&m, text, len);
    wn_mac_final(&m, out);
}

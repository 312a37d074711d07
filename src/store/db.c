/* db.c: statements, transactions, the tally, and SQLite's errors in our words. */
#include "store/db.h"
#include "base/clock.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define X(name, table, sealed, n, more) #table,
static const char *const table_name[] = { WN_TABLES(X) };
#undef X
#define X(name, table, sealed, n, more) { sealed, sealed + n, more },
static const int table_sealed[][3] = { WN_TABLES(X) };
#undef X

const char *wn_table_name(enum wn_table t)
{
    return table_name[t];
}

bool wn_table_seals(enum wn_table t, int column)
{
    return (column >= table_sealed[t][0] && column < table_sealed[t][1]) ||
           (column != 0 && column == table_sealed[t][2]);
}

/* ---- errors ---- */

static enum wn_code full_fault(struct wn_store *s, const char *cause, struct wn_error *err)
{
    wn_error_set(err, WN_E_STORE, "there is no room for the store '%s'", s->path);
    wn_error_cause(err, "%s", cause);
    wn_error_hint(err,
                  "Free some space and run the same command again; what was committed is kept.");
    return WN_E_STORE;
}

enum wn_code wn_db_fault(struct wn_store *s, struct wn_error *err)
{
    int code = sqlite3_errcode(s->db) & 0xff;
    int system = sqlite3_system_errno(s->db);
    const char *cause = system != 0 ? strerror(system) : sqlite3_errstr(code);
    switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        wn_error_set(err, WN_E_STORE, "another program holds the store '%s'", s->path);
        wn_error_cause(err, "it was locked for %lld ms", (long long)s->wait_ms);
        wn_error_hint(err,
                      "Wait for the other program, or end it, and run the same command again.");
        break;
    case SQLITE_FULL:
        return full_fault(s, "the disk is full", err);
    case SQLITE_IOERR:
        if (system == ENOSPC || system == EFBIG || system == EDQUOT)
            return full_fault(s, cause, err);
        if (system == 0 && sqlite3_extended_errcode(s->db) == SQLITE_IOERR_WRITE)
            return full_fault(s, "a quota or a limit on file sizes refused a write", err);
        wn_error_set(err, WN_E_STORE, "cannot read or write the store '%s'", s->path);
        wn_error_cause(err, "%s", cause);
        wn_error_hint(err, "Look after the disk; then `winnow verify` tells what is whole.");
        break;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        wn_error_set(err, WN_E_STORE, "cannot write the store '%s'", s->path);
        wn_error_cause(err, "%s", cause);
        wn_error_hint(err, "The file and its folder must be yours to write; or set WINNOW_HOME to "
                           "another folder.");
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        wn_error_set(err, WN_E_STORE, "the store '%s' is damaged", s->path);
        wn_error_cause(err, "%s", sqlite3_errstr(code));
        wn_error_hint(err,
                      "Keep a copy of the file, and bring a backup back with `winnow restore`.");
        break;
    case SQLITE_NOMEM:
        return wn_error_set(err, WN_E_NOMEM, "out of memory in the store");
    default:
        wn_error_set(err, WN_E_STORE, "the store '%s' refused", s->path);
        wn_error_cause(err, "%s", sqlite3_errmsg(s->db));
    }
    return WN_E_STORE;
}

/* Another process holds its lock for the moment of a commit: look again soon, at uneven times. */
int wn_db_busy(void *store, int count)
{
    struct wn_store *s = store;
    struct timespec pause = { 0, 500000 };
    unsigned char uneven;
    if (count == 0)
        s->wait_since_ms = wn_clock_ms();
    else if (wn_clock_ms() - s->wait_since_ms >= s->wait_ms)
        return 0;
    wn_random(&uneven, 1);
    pause.tv_nsec += uneven * 8000L;
    nanosleep(&pause, NULL);
    return 1;
}

/* ---- statements ---- */

sqlite3_stmt *wn_db_query(struct wn_store *s, const char *sql, struct wn_error *err)
{
    size_t i = 0;
    while (i < WN_STATEMENTS && s->statements[i].sql != NULL && s->statements[i].sql != sql)
        i++;
    assert(i < WN_STATEMENTS);
    if (s->statements[i].sql == sql) {
        sqlite3_clear_bindings(s->statements[i].q);
        return s->statements[i].q;
    }
    if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->statements[i].q, NULL) !=
        SQLITE_OK) {
        wn_db_fault(s, err);
        return NULL;
    }
    s->statements[i].sql = sql;
    return s->statements[i].q;
}

enum wn_code wn_db_step(struct wn_store *s, sqlite3_stmt *q, bool *row, struct wn_error *err)
{
    int rc = sqlite3_step(q);
    enum wn_code code = WN_OK;
    *row = rc == SQLITE_ROW;
    if (*row)
        return WN_OK;
    if (rc != SQLITE_DONE)
        code = wn_db_fault(s, err);
    sqlite3_reset(q);
    return code;
}

enum wn_code wn_db_number(struct wn_store *s, sqlite3_stmt *q, int64_t *n, struct wn_error *err)
{
    bool row = false;
    enum wn_code rc = wn_db_step(s, q, &row, err);
    *n = row ? sqlite3_column_int64(q, 0) : 0;
    if (row)
        sqlite3_reset(q);
    return rc;
}

enum wn_code wn_db_exec(struct wn_store *s, const char *sql, struct wn_error *err)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? WN_OK : wn_db_fault(s, err);
}

/* Run a prepared statement that gives no rows. */
static enum wn_code run(struct wn_store *s, sqlite3_stmt *q, struct wn_error *err)
{
    bool row = false;
    enum wn_code rc = q == NULL ? WN_E_STORE : wn_db_step(s, q, &row, err);
    if (row)
        sqlite3_reset(q);
    return rc;
}

void wn_db_close(struct wn_store *s)
{
    for (size_t i = 0; i < WN_STATEMENTS; i++)
        sqlite3_finalize(s->statements[i].q);
    for (size_t t = 0; t < WN_TABLE_COUNT; t++) {
        sqlite3_finalize(s->insert[t]);
        sqlite3_finalize(s->by_id[t]);
        sqlite3_finalize(s->set_mac[t]);
    }
    sqlite3_close(s->db);
    s->db = NULL;
}

/* ---- the tally ---- */

static enum wn_code tally_fault(struct wn_store *s, struct wn_error *err)
{
    wn_error_set(err, WN_E_STORE, "the store '%s' was changed by something else than winnow",
                 s->path);
    wn_error_cause(err, "its tally of rows does not hold");
    wn_error_hint(err, "Keep a copy of the file, and bring a backup back with `winnow restore`.");
    return WN_E_STORE;
}

static struct wn_count *tally_named(struct wn_store *s, const char *name)
{
    for (size_t t = 0; t < WN_TABLE_COUNT; t++)
        if (strcmp(table_name[t], name) == 0)
            return &s->tally[t];
    return NULL;
}

/* Read all rows but 'all' into memory; `mac` is the MAC over them. */
static enum wn_code tally_read(struct wn_store *s, unsigned char mac[WN_HASH], struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(
        s, "SELECT name, last, rows, sum FROM tally WHERE name <> 'all' ORDER BY name", err);
    struct wn_mac m;
    bool row = false;
    enum wn_code rc = q == NULL ? WN_E_STORE : WN_OK;
    if (rc != WN_OK)
        return rc;
    wn_mac_init(&m, s->ring, WN_USE_AUDIT, "tally");
    while ((rc = wn_db_step(s, q, &row, err)) == WN_OK && row) {
        const char *name = (const char *)sqlite3_column_text(q, 0);
        struct wn_count *t = tally_named(s, name);
        struct wn_count got = {
            sqlite3_column_int64(q, 1), sqlite3_column_int64(q, 2), { 0 }, false
        };
        if (sqlite3_column_bytes(q, 3) == WN_HASH)
            memcpy(got.sum, sqlite3_column_blob(q, 3), WN_HASH);
        wn_mac_part(&m, name, strlen(name));
        wn_mac_int(&m, got.last);
        wn_mac_int(&m, got.rows);
        wn_mac_add(&m, got.sum, WN_HASH);
        if (t != NULL)
            *t = got;
        else if (strcmp(name, "schema") == 0)
            memcpy(s->schema_sum, got.sum, WN_HASH);
    }
    wn_mac_final(&m, mac);
    return rc;
}

enum wn_code wn_tally_load(struct wn_store *s, struct wn_error *err)
{
    unsigned char mac[WN_HASH];
    sqlite3_stmt *q;
    bool row = false, holds = false;
    enum wn_code rc = tally_read(s, mac, err);
    if (rc != WN_OK)
        return rc;
    q = wn_db_query(s, "SELECT sum FROM tally WHERE name = 'all'", err);
    rc = q == NULL ? WN_E_STORE : wn_db_step(s, q, &row, err);
    if (rc == WN_OK && row) {
        holds =
            sqlite3_column_bytes(q, 0) == WN_HASH && wn_mac_same(mac, sqlite3_column_blob(q, 0));
        sqlite3_reset(q);
    }
    return rc == WN_OK && !holds ? tally_fault(s, err) : rc;
}

static enum wn_code tally_put(struct wn_store *s, const char *name, const struct wn_count *t,
                              struct wn_error *err)
{
    sqlite3_stmt *q =
        wn_db_query(s,
                    "INSERT INTO tally (name, last, rows, sum) VALUES (?1, ?2, ?3, ?4) "
                    "ON CONFLICT (name) DO UPDATE SET last = ?2, rows = ?3, sum = ?4",
                    err);
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, t->last);
    sqlite3_bind_int64(q, 3, t->rows);
    sqlite3_bind_blob(q, 4, t->sum, WN_HASH, SQLITE_STATIC);
    return run(s, q, err);
}

static enum wn_code tally_save(struct wn_store *s, struct wn_error *err)
{
    struct wn_count all = { 0, 0, { 0 }, false };
    enum wn_code rc = WN_OK;
    bool changed = false;
    for (size_t t = 0; rc == WN_OK && t < WN_TABLE_COUNT; t++)
        if (s->tally[t].changed) {
            rc = tally_put(s, table_name[t], &s->tally[t], err);
            changed = true;
        }
    if (rc != WN_OK || !changed)
        return rc;
    rc = tally_read(s, all.sum, err);
    return rc == WN_OK ? tally_put(s, "all", &all, err) : rc;
}

enum wn_code wn_tally_make(struct wn_store *s, struct wn_error *err)
{
    struct wn_count schema = { 0, 0, { 0 }, false };
    enum wn_code rc = wn_schema_sum(s, schema.sum, err);
    for (size_t t = 0; t < WN_TABLE_COUNT; t++)
        s->tally[t].changed = true;
    return rc == WN_OK ? tally_put(s, "schema", &schema, err) : rc;
}

enum wn_code wn_schema_sum(struct wn_store *s, unsigned char out[WN_HASH], struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(
        s, "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name",
        err);
    struct wn_mac m;
    bool row = false;
    enum wn_code rc = WN_OK;
    if (q == NULL)
        return WN_E_STORE;
    wn_mac_init(&m, s->ring, WN_USE_AUDIT, "schema");
    while ((rc = wn_db_step(s, q, &row, err)) == WN_OK && row)
        for (int i = 0; i < 4; i++)
            wn_mac_part(&m, sqlite3_column_text(q, i), (size_t)sqlite3_column_bytes(q, i));
    wn_mac_final(&m, out);
    return rc;
}

/* ---- transactions ---- */

enum wn_code wn_db_begin(struct wn_store *s, bool full, struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    assert(s->tx != WN_TX_WRITE);
    wn_db_read_end(s);
    wn_writer_pause(s);
    if (s->full != full) {
        rc = wn_db_exec(s, full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", err);
        if (rc != WN_OK)
            return rc;
        s->full = full;
    }
    /* IMMEDIATE: wait for the lock before anything is read, never in the middle. */
    rc = run(s, wn_db_query(s, "BEGIN IMMEDIATE", err), err);
    if (rc != WN_OK)
        return rc;
    s->tx = WN_TX_WRITE;
    rc = wn_tally_load(s, err);
    if (rc == WN_OK)
        rc = wn_ring_follow(s, err);
    if (rc != WN_OK)
        wn_db_rollback(s);
    return rc;
}

enum wn_code wn_db_commit(struct wn_store *s, struct wn_error *err)
{
    enum wn_code rc = tally_save(s, err);
    assert(s->tx == WN_TX_WRITE);
    if (rc == WN_OK)
        rc = run(s, wn_db_query(s, "COMMIT", err), err);
    if (rc != WN_OK)
        wn_db_rollback(s);
    s->tx = WN_TX_NONE;
    return rc;
}

void wn_db_rollback(struct wn_store *s)
{
    if (!sqlite3_get_autocommit(s->db))
        run(s, wn_db_query(s, "ROLLBACK", NULL), NULL);
    s->tx = WN_TX_NONE;
}

enum wn_code wn_db_end(struct wn_store *s, enum wn_code rc, struct wn_error *err)
{
    if (rc == WN_OK)
        return wn_db_commit(s, err);
    wn_db_rollback(s);
    return rc;
}

enum wn_code wn_db_truncate_log(struct wn_store *s, struct wn_error *err)
{
    return wn_db_exec(s, "PRAGMA wal_checkpoint(TRUNCATE)", err);
}

static enum wn_code still_read(const struct wn_store *s, struct wn_error *err)
{
    wn_error_set(err, WN_E_STORE, "what was erased still stands, sealed, in '%s-wal'", s->path);
    wn_error_cause(err, "another winnow has been reading in it for %lld ms", (long long)s->wait_ms);
    wn_error_hint(err, "Run the same command again once the other one is done.");
    return WN_E_STORE;
}

/* The copy that it makes of the file lies in memory while that is no burden; else in an unlinked file, sealed
 * as the store is. */
enum wn_code wn_db_rebuild(struct wn_store *s, struct wn_error *err)
{
    enum { MOST_IN_MEMORY = 64 << 20 };
    sqlite3_file *f = NULL;
    sqlite3_int64 size = 0;
    enum wn_code rc = WN_OK;
    if (sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &f) == SQLITE_OK)
        f->pMethods->xFileSize(f, &size);
    if (size > MOST_IN_MEMORY)
        rc = wn_db_exec(s, "PRAGMA temp_store = FILE", err);
    if (rc == WN_OK)
        rc = wn_db_exec(s, "VACUUM", err);
    wn_db_exec(s, "PRAGMA temp_store = MEMORY", NULL);
    return rc;
}

enum wn_code wn_db_leave_nothing(struct wn_store *s, struct wn_error *err)
{
    sqlite3_stmt *q;
    bool row = false, busy = false;
    enum wn_code rc = wn_db_rebuild(s, err);
    if (rc != WN_OK)
        return rc;
    q = wn_db_query(s, "PRAGMA main.wal_checkpoint(TRUNCATE)", err);
    rc = q == NULL ? WN_E_STORE : wn_db_step(s, q, &row, err);
    if (row) {
        busy = sqlite3_column_int(q, 0) != 0;
        sqlite3_reset(q);
    }
    return rc == WN_OK && busy ? still_read(s, err) : rc;
}

enum wn_code wn_db_read(struct wn_store *s, int64_t now_ms, struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    if (s->tx == WN_TX_READ && now_ms - s->read_since_ms >= WN_GROUP_MS)
        wn_db_read_end(s);
    if (s->tx != WN_TX_NONE)
        return WN_OK;
    rc = run(s, wn_db_query(s, "BEGIN", err), err);
    if (rc == WN_OK) {
        s->tx = WN_TX_READ;
        s->read_since_ms = now_ms;
    }
    return rc;
}

void wn_db_read_end(struct wn_store *s)
{
    if (s->tx != WN_TX_READ)
        return;
    run(s, wn_db_query(s, "COMMIT", NULL), NULL);
    s->tx = WN_TX_NONE;
}

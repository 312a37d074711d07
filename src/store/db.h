/* db.h: what the files of store/ share: the open database, its transactions, and rows that are
 * authenticated as they are written and read.
 *
 * One write transaction at a time: wn_db_begin() ... wn_db_commit() or wn_db_rollback(). It loads the
 * tally, every row that is added, changed or deleted goes into it, and the commit writes it back. */
#ifndef WN_STORE_DB_H
#define WN_STORE_DB_H
#include "base/buf.h"
#include "store/seal.h"
#include <sqlite3.h>

/* Tables that have rows with `id` and `mac`; the first of their sealed columns, and how many; and one
 * more that a later format added, or 0. */
#define WN_TABLES(X)                                                                               \
    X(RING, ring, 0, 0, 0)                                                                         \
    X(CACHE, cache, 16, 1, 0)                                                                      \
    X(RESULTS, results, 23, 4, 28)                                                                 \
    X(REVIEWS, reviews, 7, 3, 0)                                                                   \
    X(KEPT, kept, 5, 1, 0)                                                                         \
    X(WINDOWS, windows, 0, 0, 0)                                                                   \
    X(PROOFS, proofs, 0, 0, 0)                                                                     \
    X(DRIFT, drift, 0, 0, 0)                                                                       \
    X(LEDGER, ledger, 0, 0, 0)                                                                     \
    X(COUNTERS, counters, 0, 0, 0)                                                                 \
    X(ASIDE, aside, 0, 0, 0)                                                                       \
    X(STATES, states, 0, 0, 0)                                                                     \
    X(REPORTS, reports, 16, 1, 0)                                                                  \
    X(AUDIT, audit, 9, 1, 0)
#define X(name, table, sealed, n, more) WN_T_##name,
enum wn_table { WN_TABLES(X) WN_TABLE_COUNT };
#undef X
const char *wn_table_name(enum wn_table t);
bool wn_table_seals(enum wn_table t, int column);

struct wn_count {
    int64_t last, rows;
    unsigned char sum[WN_HASH];
    bool changed;
};

enum { WN_GROUP_ROWS = 512, WN_GROUP_MS = 50, WN_WAIT_MS = 10000, WN_STATEMENTS = 128, WN_LEDGER_LINES = 16 };
enum wn_tx { WN_TX_NONE, WN_TX_READ, WN_TX_WRITE };

struct wn_pending_group;  /* below */
struct wn_writer; /* writer.c */
enum { WN_PART_HASH = 8, WN_PARTS_KNOWN = 16 };

struct wn_store {
    sqlite3 *db;
    char *path;
    struct wn_log log;
    struct wn_ring *ring;
    unsigned char
        ring_sum[WN_HASH]; /* of the tally when the ring was last compared with its rows */
    struct wn_rotation {
        int table;
        int64_t id;
    } rotation; /* how far the sealing under a new data key has come */
    char salt[65];
    /* statements by the address of their text; and three of each table's own */
    struct {
        const char *sql;
        sqlite3_stmt *q;
    } statements[WN_STATEMENTS];
    sqlite3_stmt *insert[WN_TABLE_COUNT], *by_id[WN_TABLE_COUNT], *set_mac[WN_TABLE_COUNT];
    enum wn_tx tx;
    bool full;             /* synchronous is FULL now, not NORMAL */
    int64_t read_since_ms; /* of WN_TX_READ */
    int64_t wait_since_ms; /* of the busy handler, and how long it waits at most */
    int64_t wait_ms;
    struct wn_count tally[WN_TABLE_COUNT]; /* true inside WN_TX_WRITE */
    unsigned char schema_sum[WN_HASH];
    struct wn_pending_group *group;   /* NULL: a file that is only looked at */
    struct wn_writer *writer; /* NULL: groups are committed by whoever fills them */
    int64_t filling, written; /* the number of the last row's group, and of the last one committed */
    bool told; /* it could not be committed, and somebody was told */
    /* Hashes of the short parts of the last reply's key: hardly any of them differs in the next one's. */
    struct {
        char text[64];
        size_t len;
        unsigned char hash[WN_PART_HASH];
    } parts[WN_PARTS_KNOWN];
    struct wn_decided {
        struct wn_buf rows; /* "ROW OLD ITEM,..." */
        int64_t first, time;
        const char *model; /* whose all of them are, or NULL */
    } decided; /* of the group being written: one event tells of all */
};

/* ---- db.c: statements, transactions, errors ---- */

/* The error that SQLite just reported, in our words. */
enum wn_code wn_db_fault(struct wn_store *s, struct wn_error *err);
/* The prepared statement of a text that lives for ever; reset, no parameter bound. NULL and *err. */
sqlite3_stmt *wn_db_query(struct wn_store *s, const char *sql, struct wn_error *err);
/* Step: *row says whether there is one. A statement without another row is reset. */
enum wn_code wn_db_step(struct wn_store *s, sqlite3_stmt *q, bool *row, struct wn_error *err);
/* The number that is the first column of a query's only row; 0 where it has none. The statement is reset. */
enum wn_code wn_db_number(struct wn_store *s, sqlite3_stmt *q, int64_t *n, struct wn_error *err);
/* The number that is the first column of a query's only row; 0 where it has none. The statement is reset. */
enum wn_code wn_db_number(struct wn_store *s, sqlite3_stmt *q, int64_t *n, struct wn_error *err);
/* Run statements that give no rows. */
enum wn_code wn_db_exec(struct wn_store *s, const char *sql, struct wn_error *err);
int wn_db_busy(void *store, int count);
void wn_db_close(struct wn_store *s);

/* full: what this commits is on the disk when the commit returns (synchronous=FULL). */
enum wn_code wn_db_begin(struct wn_store *s, bool full, struct wn_error *err);
enum wn_code wn_db_commit(struct wn_store *s, struct wn_error *err);
void wn_db_rollback(struct wn_store *s);
/* Commit if rc is WN_OK, else roll back; the outcome. */
enum wn_code wn_db_end(struct wn_store *s, enum wn_code rc, struct wn_error *err);
/* Empty the write-ahead log, so that what was erased stands in no file any more. Other readers may keep
 * it from happening now; then the next one does. */
enum wn_code wn_db_truncate_log(struct wn_store *s, struct wn_error *err);
/* Write every page anew. SQLite overwrites what is deleted where it lies (secure_delete), but where it has
 * moved rows between pages, copies stay in the room between rows: only a page that was made anew has none.
 * Takes as long as the store is large. */
enum wn_code wn_db_rebuild(struct wn_store *s, struct wn_error *err);
/* That, and the log emptied: what was deleted stands nowhere any more, or (a reader keeps the log) it is
 * an error. */
enum wn_code wn_db_leave_nothing(struct wn_store *s, struct wn_error *err);
/* One snapshot for many look-ups; ends by itself with the next write, flush or tick. */
enum wn_code wn_db_read(struct wn_store *s, int64_t now_ms, struct wn_error *err);
void wn_db_read_end(struct wn_store *s);

/* Read the tally and check its MAC and the schema's. */
enum wn_code wn_tally_load(struct wn_store *s, struct wn_error *err);
/* Write every row of it, for a new store or schema. */
enum wn_code wn_tally_make(struct wn_store *s, struct wn_error *err);
enum wn_code wn_schema_sum(struct wn_store *s, unsigned char out[WN_HASH], struct wn_error *err);

/* ---- row.c: rows ---- */

/* A row being written, its cells in the order of the table's columns after `id` and `mac`. */
struct wn_cells {
    struct wn_store *s;
    enum wn_table table;
    sqlite3_stmt *q;
    struct wn_mac mac;
    int64_t id;
    const void *key; /* of a cache row: part of where its value belongs */
    int at, rc;
};
enum wn_code wn_row_new(struct wn_store *s, enum wn_table t, struct wn_cells *c,
                        struct wn_error *err);
void wn_cell_int(struct wn_cells *c, int64_t n);
void wn_cell_real(struct wn_cells *c, double d);         /* NAN = NULL */
void wn_cell_text(struct wn_cells *c, const char *text); /* NULL = NULL, here and below */
/* Where NULL may not be: NULL = "". What a caller did not know must not hold up the rest of the group. */
void wn_cell_name(struct wn_cells *c, const char *text);
void wn_cell_blob(struct wn_cells *c, const void *bytes, size_t n);
void wn_cell_hash(struct wn_cells *c, const char *domain, const char *text, size_t len);
void wn_cell_sealed(struct wn_cells *c, const char *column, const char *text, size_t len);
enum wn_code wn_row_insert(struct wn_cells *c, struct wn_error *err);

/* Around a change of one row: if its mac held before, it holds after; a damaged row stays known as
 * damaged. (An event has its mac from the chain; only its body ever changes.) */
struct wn_change {
    enum wn_table table;
    int64_t id;
    bool held;
    unsigned char before[WN_HASH];
};
enum wn_code wn_row_change(struct wn_store *s, enum wn_table t, int64_t id, struct wn_change *c,
                           struct wn_error *err);
enum wn_code wn_row_changed(struct wn_store *s, const struct wn_change *c, struct wn_error *err);
/* One such change: `sql` is "UPDATE t SET x = ?2 WHERE id = ?1". */
enum wn_code wn_row_set(struct wn_store *s, enum wn_table t, int64_t id, const char *sql, int64_t n,
                        struct wn_error *err);
/* Seal a column of the row in q anew; inside a change. */
enum wn_code wn_row_reseal(struct wn_store *s, enum wn_table t, sqlite3_stmt *q, int column,
                           const char *text, size_t len, struct wn_error *err);
enum wn_code wn_row_delete(struct wn_store *s, enum wn_table t, int64_t id, struct wn_error *err);

/* The row with this id, in a statement to be reset; NULL and WN_OK when there is none. */
enum wn_code wn_row_find(struct wn_store *s, enum wn_table t, int64_t id, sqlite3_stmt **q,
                         struct wn_error *err);
/* The mac of the row that stands in q (SELECT *). prev: for audit, the mac before; else NULL. */
void wn_row_mac(const struct wn_store *s, enum wn_table t, sqlite3_stmt *q,
                const unsigned char *prev, unsigned char out[WN_HASH]);
bool wn_row_holds(const struct wn_store *s, enum wn_table t, sqlite3_stmt *q);
/* Open a sealed column of the row in q; *out NULL where the column is. False: it does not open. */
bool wn_row_open(struct wn_store *s, enum wn_table t, sqlite3_stmt *q, int column,
                 struct wn_arena *a, const char **out, size_t *len);
/* Bind a guard label's hash, or NULL; `hash` is to live as long as the binding. */
void wn_store_stratum(const struct wn_store *s, sqlite3_stmt *q, int at, const char *label,
                      unsigned char hash[WN_HASH]);
/* A clear text column into the arena, or NULL. */
const char *wn_row_text(sqlite3_stmt *q, int column, struct wn_arena *a);
/* ---- aside.c ---- */

/* Set the row aside: in the open write transaction or one of its own. `column`: what does not hold, or
 * NULL for the row as a whole. Fills *err and returns WN_E_STORE. */
enum wn_code wn_row_damaged(struct wn_store *s, enum wn_table t, int64_t id, const char *column,
                            struct wn_error *err);

/* ---- audit.c ---- */

struct wn_event {
    int64_t time;
    const char *event, *actor; /* "decided", "model" */
    const char *by;            /* who: sealed, as before and after; NULL = none */
    const char *before, *after;
    enum wn_table table;
    int64_t row;      /* 0 = tells of no row */
    const void *item; /* WN_HASH bytes, or NULL */
};
enum wn_code wn_audit_add(struct wn_store *s, const struct wn_event *e, struct wn_error *err);
/* The keyed hash of a body. */
void wn_audit_digest(const struct wn_store *s, const char *body, size_t len,
                     unsigned char out[WN_HASH]);
enum { WN_AUDIT_SALT = 16 };
/* As wn_store_verify, for a copy: rows that were set aside in the original are no fault of it. */
enum wn_code wn_verify_copy(struct wn_store *s, void (*report)(void *user, const char *fault),
                            void *user, int64_t *nfaults, struct wn_error *err);

/* ---- the parts of a group ---- */

struct wn_cache_row {
    unsigned char key[WN_HASH];
    const char *value;
    size_t len;
    struct wn_cache_facts facts;
    const unsigned char *parts; /* facts.nparts short hashes */
};
void wn_cache_part(const struct wn_store *s, const struct wn_part *part,
                   unsigned char out[WN_PART_HASH]);
enum wn_code wn_cache_write(struct wn_store *s, const struct wn_cache_row *r, struct wn_error *err);
/* Write the group's lines. */
enum wn_code wn_ledger_settle(struct wn_store *s, const struct wn_pending_group *g,
                               struct wn_error *err);
/* Add to a sum in `counters`; in a write transaction. */
enum wn_code wn_counter_add(struct wn_store *s, const char *name, int64_t n, struct wn_error *err);
/* Write what look-ups left. */
enum wn_code wn_cache_settle(struct wn_store *s, const struct wn_pending_group *g, struct wn_error *err);
bool wn_cache_unsettled(const struct wn_pending_group *g);
enum wn_code wn_results_write(struct wn_store *s, const struct wn_row *r, int64_t *id,
                              struct wn_error *err);
/* The sealed texts of a decision: in its body, or (before format 3) in as many columns from item_id on. */
enum { WN_RESULT_TEXTS = 4 };
extern const char *const wn_route_names[3]; /* as they stand in the table */
/* Tell of the decisions that were written. */
enum wn_code wn_results_settle(struct wn_store *s, struct wn_error *err);

/* ---- group.c ---- */

/* A cache row or a result that waits for its group's commit. */
struct wn_pending {
    bool is_result;
    struct wn_cache_row reply;
    struct wn_row result;
};
/* What waits to be committed together. */
struct wn_pending_group {
    struct wn_pending *rows; /* WN_GROUP_ROWS places */
    size_t n;
    int64_t since_ms; /* the first row's */
    struct wn_arena arena;
    struct wn_ledger_line {
        int64_t day, microusd;
        char model[120];
    } ledger[WN_LEDGER_LINES]; /* to be added */
    size_t nledger;
    /* What look-ups left: sums, and rows not used for a day. */
    int64_t hits, misses, saved_microusd;
    int64_t touched[WN_GROUP_ROWS], touched_now;
    size_t ntouched;
};
struct wn_pending_group *wn_group_new(void);
void wn_group_free(struct wn_pending_group *g);
/* Write what is pending within the caller's transaction; once that is committed, forget it. */
enum wn_code wn_group_write(struct wn_store *s, struct wn_error *err);
void wn_group_done(struct wn_store *s, struct wn_pending_group *g);
/* Write it in a transaction of its own. *last: the id of the last result. */
enum wn_code wn_group_commit(struct wn_store *s, const struct wn_pending_group *g, int64_t *last,
                             struct wn_error *err);
/* Pending cache row of this key, newest first; NULL when there is none. */
const struct wn_cache_row *wn_pending_find(const struct wn_store *s,
                                           const unsigned char key[WN_HASH]);
/* Take it into the group; what it points at is copied. */
enum wn_code wn_pending_cache(struct wn_store *s, const struct wn_cache_row *r,
                              struct wn_error *err);
enum wn_code wn_pending_result(struct wn_store *s, const struct wn_row *r, int64_t *id,
                               struct wn_error *err);

/* ---- writer.c: a thread that commits groups, with a connection of its own ---- */

/* Give it the group if it is free; the store has another one then. */
bool wn_writer_hand(struct wn_store *s);
/* Let its group go if that is committed; with `wait`, wait until it is. Where it could not commit it, it is
 * committed here and now, or this is the error. */
enum wn_code wn_writer_settle(struct wn_store *s, bool wait, struct wn_error *err);
/* Wait until it holds no lock. */
void wn_writer_pause(struct wn_store *s);
/* The group that it has, or NULL. */
const struct wn_pending_group *wn_writer_group(const struct wn_store *s);

/* ---- store.c ---- */

/* Refuse an open database that is not ours, not whole or too new, before anything is read of it. */
enum wn_code wn_store_look(struct wn_store *s, struct wn_error *err);
/* Open a store's file that is there, for the backup: no write-ahead log, and no groups. root: a ring
 * with the root key. */
enum wn_code wn_store_open_file(const char *path, const struct wn_ring *root, struct wn_store **out,
                                struct wn_error *err);

/* ---- ring.c ---- */

/* Make the store's keys and their rows; or read those that the ring does not have yet. */
enum wn_code wn_ring_create(struct wn_store *s, int64_t now, struct wn_error *err);
enum wn_code wn_ring_load(struct wn_store *s, struct wn_error *err);
/* Wrap all keys under new_key; p: how it is made of a passphrase, or NULL. */
enum wn_code wn_ring_rewrap(struct wn_store *s, const struct wn_key *old,
                            const struct wn_key *new_key, const struct wn_passphrase *p,
                            int64_t now, struct wn_error *err);
/* As it stands in the ring's row: passes (8), bytes (8), salt (16). */
enum { WN_LIMITS = 8 + 8 + WN_PASSPHRASE_SALT };
void wn_passphrase_pack(const struct wn_passphrase *p, unsigned char out[WN_LIMITS]);
/* Have exactly the keys that the rows say, where another process (or a transaction that was rolled
 * back) changed them. In a write transaction. */
enum wn_code wn_ring_follow(struct wn_store *s, struct wn_error *err);

#endif

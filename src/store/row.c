/* row.c: rows that are authenticated as they are written and read.
 *
 * mac = BLAKE2b(audit key, "row:" and table | for each column that is not NULL, but the mac itself:
 *               its position (1 byte) | type (1 byte: i r t b s) | value),
 * integers in 8 bytes, reals as the 8 bytes of the double, text and blobs with their length (8) before
 * them. For a sealed value its first 29 and last 16 bytes stand (type s): head and tag, and the tag
 * covers the rest, which need not be hashed twice. NULLs are left out, so a migration may add a column without touching old rows. For
 * audit the mac before comes first and the body is left out (schema.sql says why). */
#include "store/db.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COL_ID = 0, COL_MAC = 1, COL_KEY = 2, SEAL_TAG = 16, SEAL_HEAD = WN_SEAL_EXTRA - SEAL_TAG };

/* ---- statements of a table ---- */

static sqlite3_stmt *prepare(struct wn_store *s, sqlite3_stmt **slot, const char *sql,
                             struct wn_error *err)
{
    if (*slot == NULL &&
        sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, slot, NULL) != SQLITE_OK)
        wn_db_fault(s, err);
    return *slot;
}

static sqlite3_stmt *by_id(struct wn_store *s, enum wn_table t, struct wn_error *err)
{
    char sql[100];
    snprintf(sql, sizeof(sql), "SELECT * FROM %s WHERE id = ?1", wn_table_name(t));
    return prepare(s, &s->by_id[t], sql, err);
}

static sqlite3_stmt *inserter(struct wn_store *s, enum wn_table t, struct wn_error *err)
{
    char sql[200];
    sqlite3_stmt *q;
    int n;
    if (s->insert[t] != NULL)
        return s->insert[t];
    q = by_id(s, t, err);
    if (q == NULL)
        return NULL;
    n = snprintf(sql, sizeof(sql), "INSERT INTO %s VALUES (?", wn_table_name(t));
    for (int i = 1; i < sqlite3_column_count(q); i++)
        n += snprintf(sql + n, sizeof(sql) - (size_t)n, ", ?");
    snprintf(sql + n, sizeof(sql) - (size_t)n, ")");
    return prepare(s, &s->insert[t], sql, err);
}

/* ---- cells ---- */

static void mac_start(const struct wn_store *s, enum wn_table t, const unsigned char *prev,
                      struct wn_mac *m)
{
    char domain[32];
    snprintf(domain, sizeof(domain), "row:%s", wn_table_name(t));
    wn_mac_init(m, s->ring, WN_USE_AUDIT, domain);
    if (prev != NULL)
        wn_mac_add(m, prev, WN_HASH);
}

static void mac_cell(struct wn_mac *m, int at, char type, const void *bytes, size_t n)
{
    unsigned char head[2] = { (unsigned char)at, (unsigned char)type };
    wn_mac_add(m, head, sizeof(head));
    if (type == 't' || type == 'b')
        wn_mac_part(m, bytes, n);
    else
        wn_mac_add(m, bytes, n);
}

static void mac_sealed(struct wn_mac *m, int at, const unsigned char *value, size_t n)
{
    unsigned char part[WN_SEAL_EXTRA];
    if (n <= sizeof(part)) { /* no sealed value at all */
        mac_cell(m, at, 'b', value, n);
        return;
    }
    memcpy(part, value, SEAL_HEAD);
    memcpy(part + SEAL_HEAD, value + n - SEAL_TAG, SEAL_TAG);
    mac_cell(m, at, 's', part, sizeof(part));
}

static void mac_int(struct wn_mac *m, int at, int64_t n)
{
    unsigned char head[2] = { (unsigned char)at, 'i' };
    wn_mac_add(m, head, sizeof(head));
    wn_mac_int(m, n);
}

static void mac_real(struct wn_mac *m, int at, double d)
{
    unsigned char head[2] = { (unsigned char)at, 'r' };
    int64_t bits;
    memcpy(&bits, &d, sizeof(bits));
    wn_mac_add(m, head, sizeof(head));
    wn_mac_int(m, bits);
}

enum wn_code wn_row_new(struct wn_store *s, enum wn_table t, struct wn_cells *c,
                        struct wn_error *err)
{
    c->s = s;
    c->table = t;
    c->id = s->tally[t].last + 1;
    c->key = NULL;
    c->at = COL_MAC + 1;
    c->rc = SQLITE_OK;
    c->q = inserter(s, t, err);
    if (c->q == NULL)
        return WN_E_STORE;
    sqlite3_clear_bindings(c->q);
    mac_start(s, t, t == WN_T_AUDIT ? s->tally[t].sum : NULL, &c->mac);
    sqlite3_bind_int64(c->q, COL_ID + 1, c->id);
    mac_int(&c->mac, COL_ID, c->id);
    return WN_OK;
}

static void bound(struct wn_cells *c, int rc)
{
    c->at++;
    if (rc != SQLITE_OK)
        c->rc = rc;
}

void wn_cell_int(struct wn_cells *c, int64_t n)
{
    mac_int(&c->mac, c->at, n);
    bound(c, sqlite3_bind_int64(c->q, c->at + 1, n));
}

void wn_cell_real(struct wn_cells *c, double d)
{
    if (isnan(d)) {
        c->at++; /* parameters are NULL until they are bound */
        return;
    }
    d += 0.0; /* -0.0 comes back from the file as 0.0 */
    mac_real(&c->mac, c->at, d);
    bound(c, sqlite3_bind_double(c->q, c->at + 1, d));
}

void wn_cell_text(struct wn_cells *c, const char *text)
{
    if (text == NULL) {
        c->at++;
        return;
    }
    mac_cell(&c->mac, c->at, 't', text, strlen(text));
    bound(c, sqlite3_bind_text(c->q, c->at + 1, text, -1, SQLITE_TRANSIENT));
}

void wn_cell_name(struct wn_cells *c, const char *text)
{
    wn_cell_text(c, text == NULL ? "" : text);
}

void wn_cell_blob(struct wn_cells *c, const void *bytes, size_t n)
{
    if (bytes == NULL) {
        c->at++;
        return;
    }
    mac_cell(&c->mac, c->at, 'b', bytes, n);
    bound(c, sqlite3_bind_blob64(c->q, c->at + 1, bytes, n, SQLITE_TRANSIENT));
}

void wn_cell_hash(struct wn_cells *c, const char *domain, const char *text, size_t len)
{
    unsigned char hash[WN_HASH];
    if (text != NULL)
        wn_store_hash(c->s, domain, text, len, hash);
    wn_cell_blob(c, text == NULL ? NULL : hash, sizeof(hash));
}

void wn_cell_sealed(struct wn_cells *c, const char *column, const char *text, size_t len)
{
    const struct wn_place at = { wn_table_name(c->table), column, c->id, c->key };
    unsigned char *out;
    size_t n = wn_seal_size(len);
    if (text == NULL) {
        c->at++;
        return;
    }
    out = wn_xmalloc(n);
    wn_seal(c->s->ring, &at, text, len, out);
    if (c->table != WN_T_AUDIT)
        mac_sealed(&c->mac, c->at, out, n);
    bound(c, sqlite3_bind_blob64(c->q, c->at + 1, out, n, free));
}

static void sum_xor(struct wn_count *t, const unsigned char mac[WN_HASH])
{
    for (size_t i = 0; i < WN_HASH; i++)
        t->sum[i] ^= mac[i];
    t->changed = true;
}

enum wn_code wn_row_insert(struct wn_cells *c, struct wn_error *err)
{
    struct wn_count *t = &c->s->tally[c->table];
    unsigned char mac[WN_HASH];
    bool row;
    enum wn_code rc;
    wn_mac_final(&c->mac, mac);
    if (c->rc == SQLITE_OK)
        c->rc = sqlite3_bind_blob(c->q, COL_MAC + 1, mac, WN_HASH, SQLITE_TRANSIENT);
    rc = c->rc == SQLITE_OK ? wn_db_step(c->s, c->q, &row, err) : wn_db_fault(c->s, err);
    if (rc != WN_OK)
        return rc;
    sqlite3_clear_bindings(c->q); /* lets go of the sealed values */
    if (c->table == WN_T_AUDIT)
        memset(t->sum, 0, WN_HASH); /* the sum of a chain is its last mac */
    sum_xor(t, mac);
    t->last = c->id;
    t->rows++;
    return WN_OK;
}

/* ---- reading ---- */

static void mac_blob(struct wn_mac *m, int at, bool sealed, const void *bytes, size_t n)
{
    if (sealed)
        mac_sealed(m, at, bytes, n);
    else
        mac_cell(m, at, 'b', bytes, n);
}

void wn_row_mac(const struct wn_store *s, enum wn_table t, sqlite3_stmt *q,
                const unsigned char *prev, unsigned char out[WN_HASH])
{
    struct wn_mac m;
    mac_start(s, t, prev, &m);
    for (int i = 0; i < sqlite3_column_count(q); i++) {
        if (i == COL_MAC || (t == WN_T_AUDIT && wn_table_seals(t, i)))
            continue;
        switch (sqlite3_column_type(q, i)) {
        case SQLITE_INTEGER:
            mac_int(&m, i, sqlite3_column_int64(q, i));
            break;
        case SQLITE_FLOAT:
            mac_real(&m, i, sqlite3_column_double(q, i));
            break;
        case SQLITE_TEXT:
            mac_cell(&m, i, 't', sqlite3_column_text(q, i), (size_t)sqlite3_column_bytes(q, i));
            break;
        case SQLITE_BLOB:
            mac_blob(&m, i, wn_table_seals(t, i), sqlite3_column_blob(q, i),
                     (size_t)sqlite3_column_bytes(q, i));
            break;
        default:
            break;
        }
    }
    wn_mac_final(&m, out);
}

bool wn_row_holds(const struct wn_store *s, enum wn_table t, sqlite3_stmt *q)
{
    unsigned char mac[WN_HASH];
    wn_row_mac(s, t, q, NULL, mac);
    return sqlite3_column_bytes(q, COL_MAC) == WN_HASH &&
           wn_mac_same(mac, sqlite3_column_blob(q, COL_MAC));
}

/* Where the column's value belongs. */
static struct wn_place place_of(enum wn_table t, sqlite3_stmt *q, int column)
{
    bool by_key = t == WN_T_CACHE && sqlite3_column_bytes(q, COL_KEY) == WN_HASH;
    return (struct wn_place){ wn_table_name(t), sqlite3_column_name(q, column),
                              sqlite3_column_int64(q, COL_ID),
                              by_key ? sqlite3_column_blob(q, COL_KEY) : NULL };
}

bool wn_row_open(struct wn_store *s, enum wn_table t, sqlite3_stmt *q, int column,
                 struct wn_arena *a, const char **out, size_t *len)
{
    const struct wn_place at = place_of(t, q, column);
    const unsigned char *value;
    size_t n, ignored;
    *out = NULL;
    if (sqlite3_column_type(q, column) == SQLITE_NULL)
        return true;
    value = sqlite3_column_blob(q, column);
    n = (size_t)sqlite3_column_bytes(q, column);
    /* Another process may have made a new data key meanwhile. */
    if (wn_seal_is_foreign(s->ring, value, n))
        wn_ring_load(s, NULL);
    return wn_unseal(s->ring, &at, value, n, a, out, len == NULL ? &ignored : len);
}

const char *wn_row_text(sqlite3_stmt *q, int column, struct wn_arena *a)
{
    const char *text = (const char *)sqlite3_column_text(q, column);
    return text == NULL ? NULL : wn_arena_str(a, text);
}

enum wn_code wn_row_find(struct wn_store *s, enum wn_table t, int64_t id, sqlite3_stmt **q,
                         struct wn_error *err)
{
    bool row = false;
    enum wn_code rc;
    *q = by_id(s, t, err);
    if (*q == NULL)
        return WN_E_STORE;
    sqlite3_bind_int64(*q, 1, id);
    rc = wn_db_step(s, *q, &row, err);
    if (!row)
        *q = NULL;
    return rc;
}

/* ---- changing ---- */

static enum wn_code set_mac(struct wn_store *s, enum wn_table t, int64_t id,
                            const unsigned char mac[WN_HASH], struct wn_error *err)
{
    char sql[100];
    sqlite3_stmt *q;
    bool row;
    snprintf(sql, sizeof(sql), "UPDATE %s SET mac = ?2 WHERE id = ?1", wn_table_name(t));
    q = prepare(s, &s->set_mac[t], sql, err);
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_int64(q, 1, id);
    sqlite3_bind_blob(q, 2, mac, WN_HASH, SQLITE_STATIC);
    return wn_db_step(s, q, &row, err);
}

enum wn_code wn_row_change(struct wn_store *s, enum wn_table t, int64_t id, struct wn_change *c,
                           struct wn_error *err)
{
    sqlite3_stmt *q;
    enum wn_code rc = wn_row_find(s, t, id, &q, err);
    *c = (struct wn_change){ t, id, false, { 0 } };
    if (rc != WN_OK || q == NULL)
        return rc;
    c->held = t != WN_T_AUDIT && wn_row_holds(s, t, q);
    wn_row_mac(s, t, q, NULL, c->before);
    sqlite3_reset(q);
    return WN_OK;
}

enum wn_code wn_row_changed(struct wn_store *s, const struct wn_change *c, struct wn_error *err)
{
    unsigned char after[WN_HASH];
    sqlite3_stmt *q;
    enum wn_code rc;
    if (!c->held)
        return WN_OK;
    rc = wn_row_find(s, c->table, c->id, &q, err);
    if (rc != WN_OK || q == NULL)
        return rc;
    wn_row_mac(s, c->table, q, NULL, after);
    sqlite3_reset(q);
    sum_xor(&s->tally[c->table], c->before);
    sum_xor(&s->tally[c->table], after);
    return set_mac(s, c->table, c->id, after, err);
}

enum wn_code wn_row_set(struct wn_store *s, enum wn_table t, int64_t id, const char *sql, int64_t n,
                        struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s, sql, err);
    struct wn_change c;
    bool row;
    enum wn_code rc = q == NULL ? WN_E_STORE : wn_row_change(s, t, id, &c, err);
    if (rc != WN_OK)
        return rc;
    sqlite3_bind_int64(q, 1, id);
    sqlite3_bind_int64(q, 2, n);
    rc = wn_db_step(s, q, &row, err);
    return rc == WN_OK ? wn_row_changed(s, &c, err) : rc;
}

enum wn_code wn_row_reseal(struct wn_store *s, enum wn_table t, sqlite3_stmt *q, int column,
                           const char *text, size_t len, struct wn_error *err)
{
    const struct wn_place at = place_of(t, q, column);
    size_t n = wn_seal_size(len);
    unsigned char *sealed = wn_xmalloc(n);
    sqlite3_stmt *update = NULL;
    char sql[120];
    bool row;
    enum wn_code rc;
    wn_seal(s->ring, &at, text, len, sealed);
    snprintf(sql, sizeof(sql), "UPDATE %s SET %s = ?2 WHERE id = ?1", at.table, at.column);
    if (sqlite3_prepare_v2(s->db, sql, -1, &update, NULL) != SQLITE_OK ||
        sqlite3_bind_int64(update, 1, at.row) != SQLITE_OK ||
        sqlite3_bind_blob64(update, 2, sealed, n, SQLITE_STATIC) != SQLITE_OK)
        rc = wn_db_fault(s, err);
    else
        rc = wn_db_step(s, update, &row, err);
    sqlite3_finalize(update);
    free(sealed);
    return rc;
}

static enum wn_code delete_row(struct wn_store *s, enum wn_table t, int64_t id,
                               struct wn_error *err)
{
    char sql[80];
    snprintf(sql, sizeof(sql), "DELETE FROM %s WHERE id = %lld", wn_table_name(t), (long long)id);
    return wn_db_exec(s, sql, err);
}

enum wn_code wn_row_delete(struct wn_store *s, enum wn_table t, int64_t id, struct wn_error *err)
{
    sqlite3_stmt *q;
    enum wn_code rc = wn_row_find(s, t, id, &q, err);
    if (rc != WN_OK || q == NULL)
        return rc;
    if (sqlite3_column_bytes(q, COL_MAC) == WN_HASH)
        sum_xor(&s->tally[t], sqlite3_column_blob(q, COL_MAC));
    sqlite3_reset(q);
    s->tally[t].rows--;
    s->tally[t].changed = true;
    return delete_row(s, t, id, err);
}

/* cache.c: replies that passed validation, found by a keyed hash of everything that was asked. */
#include "store/db.h"
#include "base/clock.h"
#include <string.h>

enum { DAY = 86400 };

void wn_cache_key(const struct wn_store *s, const struct wn_part *parts, size_t n,
                  unsigned char out[WN_HASH])
{
    struct wn_mac m;
    wn_mac_init(&m, s->ring, WN_USE_LOOKUP, "cache");
    wn_mac_int(&m, (int64_t)n);
    for (size_t i = 0; i < n; i++)
        wn_mac_part(&m, parts[i].bytes, parts[i].len);
    wn_mac_final(&m, out);
}

/* Short: it tells a changed part from an equal one, and is a key to nothing. */
void wn_cache_part(const struct wn_store *s, const struct wn_part *part,
                   unsigned char out[WN_PART_HASH])
{
    unsigned char hash[WN_HASH];
    wn_store_hash(s, "part", part->bytes, part->len, hash);
    memcpy(out, hash, WN_PART_HASH);
}

/* Remember a use, to be written with the next group: once a day is enough to know what is old. */
static void touch(struct wn_store *s, int64_t id, int64_t used, int64_t now)
{
    struct wn_pending_group *g = s->group;
    if (now - used < DAY || g->ntouched == WN_GROUP_ROWS)
        return;
    g->touched[g->ntouched++] = id;
    g->touched_now = now;
}

/* The reply in q, unless it has expired. False: it does not open. Its place includes the key, so the
 * row's mac need not be looked at here: that is for `verify`, which finds a changed clear column. */
static bool read_reply(struct wn_store *s, sqlite3_stmt *q, const unsigned char key[WN_HASH],
                       int64_t now, struct wn_arena *a, struct wn_cache_entry *out)
{
    int64_t id = sqlite3_column_int64(q, 0), expires = sqlite3_column_int64(q, 3);
    const struct wn_place at = { "cache", "value", id, key };
    const unsigned char *sealed = sqlite3_column_blob(q, 5);
    size_t n = (size_t)sqlite3_column_bytes(q, 5);
    const char *value;
    if (wn_seal_is_foreign(s->ring, sealed, n))
        wn_ring_load(s, NULL);
    if (!wn_unseal(s->ring, &at, sealed, n, a, &value, &out->len))
        return false;
    if (expires != 0 && expires <= now)
        return true;
    out->value = value;
    out->cost_microusd = sqlite3_column_int64(q, 1);
    out->created = sqlite3_column_int64(q, 2);
    touch(s, id, sqlite3_column_int64(q, 4), now);
    return true;
}

static enum wn_code look_up(struct wn_store *s, const unsigned char key[WN_HASH], int64_t now,
                            struct wn_arena *a, struct wn_cache_entry *out, struct wn_error *err)
{
    sqlite3_stmt *q;
    bool row = false, good;
    int64_t id;
    enum wn_code rc = wn_db_read(s, wn_clock_ms(), err);
    if (rc != WN_OK)
        return rc;
    q = wn_db_query(s,
                    "SELECT id, cost_microusd, created, expires, used, value FROM cache "
                    "WHERE substr(key, 1, 8) = substr(?1, 1, 8) AND key = ?1",
                    err);
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_blob(q, 1, key, WN_HASH, SQLITE_STATIC);
    rc = wn_db_step(s, q, &row, err);
    if (!row)
        return rc;
    id = sqlite3_column_int64(q, 0);
    good = read_reply(s, q, key, now, a, out);
    sqlite3_reset(q);
    if (!good)
        wn_row_damaged(s, WN_T_CACHE, id, "value", NULL); /* logged there; it is asked for again */
    return WN_OK;
}

enum wn_code wn_cache_get(struct wn_store *s, const unsigned char key[WN_HASH], int64_t now,
                          struct wn_arena *a, struct wn_cache_entry *out, struct wn_error *err)
{
    const struct wn_cache_row *p = wn_pending_find(s, key);
    enum wn_code rc = WN_OK;
    *out = (struct wn_cache_entry){ NULL, 0, 0, 0 };
    if (p != NULL) {
        out->value = wn_arena_copy(a, p->value, p->len);
        out->len = p->len;
        out->created = p->facts.now;
        out->cost_microusd = p->facts.cost_microusd;
    } else {
        rc = look_up(s, key, now, a, out, err);
    }
    if (rc != WN_OK)
        return rc;
    if (out->value == NULL) {
        s->group->misses++;
    } else {
        s->group->hits++;
        s->group->saved_microusd += out->cost_microusd;
    }
    return WN_OK;
}

enum wn_code wn_cache_put(struct wn_store *s, const unsigned char key[WN_HASH], const char *value,
                          size_t len, const struct wn_cache_facts *f, struct wn_error *err)
{
    struct wn_cache_row r = { .value = value, .len = len, .facts = *f };
    memcpy(r.key, key, WN_HASH);
    return wn_pending_cache(s, &r, err);
}

/* ---- in the group's transaction ---- */

static enum wn_code remove_older(struct wn_store *s, const unsigned char key[WN_HASH],
                                 struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(
        s, "SELECT id FROM cache WHERE substr(key, 1, 8) = substr(?1, 1, 8) AND key = ?1", err);
    bool row = false;
    int64_t id;
    enum wn_code rc;
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_blob(q, 1, key, WN_HASH, SQLITE_STATIC);
    rc = wn_db_step(s, q, &row, err);
    if (!row)
        return rc;
    id = sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    return wn_row_delete(s, WN_T_CACHE, id, err);
}

enum wn_code wn_cache_write(struct wn_store *s, const struct wn_cache_row *r, struct wn_error *err)
{
    const struct wn_cache_facts *f = &r->facts;
    struct wn_cells c;
    enum wn_code rc = remove_older(s, r->key, err);
    if (rc == WN_OK)
        rc = wn_row_new(s, WN_T_CACHE, &c, err);
    if (rc != WN_OK)
        return rc;
    c.key = r->key;
    wn_cell_blob(&c, r->key, WN_HASH);
    wn_cell_name(&c, f->task);
    wn_cell_name(&c, f->version);
    wn_cell_name(&c, f->model);
    wn_cell_int(&c, f->tokens_in);
    wn_cell_int(&c, f->tokens_out);
    wn_cell_int(&c, f->cost_microusd);
    wn_cell_int(&c, f->now);
    wn_cell_int(&c, f->expires);
    wn_cell_int(&c, f->now);
    wn_cell_hash(&c, "item", f->item_id, f->item_id == NULL ? 0 : strlen(f->item_id));
    wn_cell_hash(&c, "content", f->content, f->content_len);
    wn_cell_hash(&c, "sender", f->sender, f->sender == NULL ? 0 : strlen(f->sender));
    wn_cell_blob(&c, r->parts, f->nparts * WN_PART_HASH);
    wn_cell_sealed(&c, "value", r->value, r->len);
    return wn_row_insert(&c, err);
}

enum wn_code wn_counter_add(struct wn_store *s, const char *name, int64_t n, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s, "SELECT id, n FROM counters WHERE name = ?1", err);
    struct wn_cells c;
    bool row = false;
    int64_t id = 0;
    enum wn_code rc;
    if (q == NULL)
        return WN_E_STORE;
    sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
    rc = wn_db_step(s, q, &row, err);
    if (row) {
        id = sqlite3_column_int64(q, 0);
        n += sqlite3_column_int64(q, 1);
        sqlite3_reset(q);
        return wn_row_set(s, WN_T_COUNTERS, id, "UPDATE counters SET n = ?2 WHERE id = ?1", n, err);
    }
    if (rc == WN_OK)
        rc = wn_row_new(s, WN_T_COUNTERS, &c, err);
    if (rc != WN_OK)
        return rc;
    wn_cell_text(&c, name);
    wn_cell_int(&c, n);
    return wn_row_insert(&c, err);
}

bool wn_cache_unsettled(const struct wn_pending_group *g)
{
    return g->hits != 0 || g->misses != 0 || g->ntouched != 0;
}

enum wn_code wn_cache_settle(struct wn_store *s, const struct wn_pending_group *g, struct wn_error *err)
{
    const struct {
        const char *name;
        int64_t n;
    } sum[] = { { "cache_hits", g->hits },
                { "cache_misses", g->misses },
                { "cache_saved_microusd", g->saved_microusd } };
    enum wn_code rc = WN_OK;
    for (size_t i = 0; rc == WN_OK && i < WN_COUNT(sum); i++)
        if (sum[i].n != 0)
            rc = wn_counter_add(s, sum[i].name, sum[i].n, err);
    for (size_t i = 0; rc == WN_OK && i < g->ntouched; i++)
        rc = wn_row_set(s, WN_T_CACHE, g->touched[i], "UPDATE cache SET used = ?2 WHERE id = ?1",
                        g->touched_now, err);
    return rc;
}

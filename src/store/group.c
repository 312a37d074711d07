/* group.c: rows gathered in memory and committed together, by whoever fills them or by the writer's thread.
 *
 * Nothing is locked while a group gathers: its transaction is open for the moment that it takes to
 * write at most 512 rows, so that two processes at full speed get along. And a group that could not be
 * committed is still there for the next try. */
#include "store/db.h"
#include "base/clock.h"
#include <stdlib.h>
#include <string.h>

struct wn_pending_group *wn_group_new(void)
{
    struct wn_pending_group *g = wn_xcalloc(1, sizeof(*g));
    g->rows = wn_xcalloc(WN_GROUP_ROWS, sizeof(*g->rows));
    return g;
}

void wn_group_free(struct wn_pending_group *g)
{
    if (g == NULL)
        return;
    wn_arena_free(&g->arena);
    free(g->rows);
    free(g);
}

static bool is_empty(const struct wn_pending_group *g)
{
    return g == NULL || (g->n == 0 && g->nledger == 0);
}

/* Write the group in the open transaction; *last: the id of the last result. */
static enum wn_code write_group(struct wn_store *s, const struct wn_pending_group *g, int64_t *last,
                                struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    wn_buf_reset(&s->decided.rows);
    for (size_t i = 0; rc == WN_OK && i < g->n; i++)
        rc = g->rows[i].is_result ? wn_results_write(s, &g->rows[i].result, last, err)
                                  : wn_cache_write(s, &g->rows[i].reply, err);
    if (rc == WN_OK)
        rc = wn_results_settle(s, err);
    if (rc == WN_OK)
        rc = wn_ledger_settle(s, g, err);
    return rc == WN_OK ? wn_cache_settle(s, g, err) : rc;
}

enum wn_code wn_group_write(struct wn_store *s, struct wn_error *err)
{
    int64_t last;
    return write_group(s, s->group, &last, err);
}

void wn_group_done(struct wn_store *s, struct wn_pending_group *g)
{
    g->n = g->ntouched = g->nledger = 0;
    g->hits = g->misses = g->saved_microusd = 0;
    wn_arena_reset(&g->arena);
    s->written++;
}

enum wn_code wn_group_commit(struct wn_store *s, const struct wn_pending_group *g, int64_t *last,
                             struct wn_error *err)
{
    enum wn_code rc = wn_db_begin(s, false, err);
    s->told = rc != WN_OK;
    if (rc != WN_OK)
        return rc;
    rc = wn_db_end(s, write_group(s, g, last, err), err);
    s->told = rc != WN_OK;
    return rc;
}

/* The group that gathers, and those before it: they are committed in their order. */
static enum wn_code commit_all(struct wn_store *s, int64_t *last, struct wn_error *err)
{
    enum wn_code rc = wn_writer_settle(s, true, err);
    if (rc != WN_OK || is_empty(s->group))
        return rc;
    rc = wn_group_commit(s, s->group, last, err);
    if (rc == WN_OK)
        wn_group_done(s, s->group);
    return rc;
}

enum wn_code wn_store_flush(struct wn_store *s, struct wn_error *err)
{
    int64_t last;
    wn_db_read_end(s);
    return commit_all(s, &last, err);
}

static bool group_is_due(const struct wn_store *s, int64_t now_ms)
{
    return s->group->n == WN_GROUP_ROWS ||
           (s->group->n > 0 && now_ms - s->group->since_ms >= WN_GROUP_MS);
}

enum wn_code wn_store_tick(struct wn_store *s, int64_t now_ms, bool *committed,
                           struct wn_error *err)
{
    int64_t before = s->written;
    enum wn_code rc = wn_writer_settle(s, false, err);
    if (s->tx == WN_TX_READ && now_ms - s->read_since_ms >= WN_GROUP_MS)
        wn_db_read_end(s);
    if (rc == WN_OK && group_is_due(s, now_ms) && !wn_writer_hand(s) &&
        (s->writer == NULL || s->group->n == WN_GROUP_ROWS))
        rc = wn_store_flush(s, err);
    if (committed != NULL)
        *committed = s->written > before;
    return rc;
}

int64_t wn_store_group(const struct wn_store *s)
{
    return s->filling;
}

int64_t wn_store_written(const struct wn_store *s)
{
    return s->written;
}

/* A free place in the group, committing it first where it is full. */
static enum wn_code place(struct wn_store *s, struct wn_pending **out, struct wn_error *err)
{
    enum wn_code rc = s->group->n == WN_GROUP_ROWS ? wn_store_flush(s, err) : WN_OK;
    if (rc != WN_OK)
        return rc;
    if (s->group->n == 0)
        s->group->since_ms = wn_clock_ms();
    s->filling = s->written + (wn_writer_group(s) != NULL) + 1;
    *out = &s->group->rows[s->group->n];
    memset(*out, 0, sizeof(**out));
    return WN_OK;
}

static const char *keep(struct wn_store *s, const char *text)
{
    return text == NULL ? NULL : wn_arena_str(&s->group->arena, text);
}

static const char *keep_bytes(struct wn_store *s, const char *bytes, size_t n)
{
    return bytes == NULL ? NULL : wn_arena_copy(&s->group->arena, bytes, n);
}

/* The short hash of a key's part number i. */
static void part_hash(struct wn_store *s, const struct wn_part *part, size_t i,
                      unsigned char out[WN_PART_HASH])
{
    bool fits = i < WN_PARTS_KNOWN && part->len > 0 && part->len <= sizeof(s->parts[i].text);
    if (fits && s->parts[i].len == part->len &&
        memcmp(s->parts[i].text, part->bytes, part->len) == 0) {
        memcpy(out, s->parts[i].hash, WN_PART_HASH);
        return;
    }
    wn_cache_part(s, part, out);
    if (!fits)
        return;
    s->parts[i].len = part->len;
    memcpy(s->parts[i].text, part->bytes, part->len);
    memcpy(s->parts[i].hash, out, WN_PART_HASH);
}

static const unsigned char *keep_parts(struct wn_store *s, const struct wn_part *parts, size_t n)
{
    unsigned char *out = wn_arena_array(&s->group->arena, n, WN_PART_HASH);
    for (size_t i = 0; i < n; i++)
        part_hash(s, &parts[i], i, out + i * WN_PART_HASH);
    return out;
}

enum wn_code wn_pending_cache(struct wn_store *s, const struct wn_cache_row *r,
                              struct wn_error *err)
{
    struct wn_pending *p;
    struct wn_cache_facts *f;
    enum wn_code rc = place(s, &p, err);
    if (rc != WN_OK)
        return rc;
    p->reply = *r;
    p->reply.value = keep_bytes(s, r->value, r->len);
    f = &p->reply.facts;
    f->task = keep(s, f->task);
    f->version = keep(s, f->version);
    f->model = keep(s, f->model);
    f->item_id = keep(s, f->item_id);
    f->sender = keep(s, f->sender);
    f->content = keep_bytes(s, f->content, f->content_len);
    if (f->parts != NULL)
        p->reply.parts = keep_parts(s, f->parts, f->nparts);
    f->parts = NULL; /* the caller's */
    s->group->n++;
    return wn_store_tick(s, wn_clock_ms(), NULL, err);
}

enum wn_code wn_pending_result(struct wn_store *s, const struct wn_row *r, int64_t *id,
                               struct wn_error *err)
{
    struct wn_pending *p;
    struct wn_row *k;
    enum wn_code rc = place(s, &p, err);
    if (rc != WN_OK)
        return rc;
    p->is_result = true;
    k = &p->result;
    *k = *r;
    k->task = keep(s, r->task);
    k->version = keep(s, r->version);
    k->model = keep(s, r->model);
    k->key = keep(s, r->key);
    k->state = keep(s, r->state);
    k->stratum = keep(s, r->stratum);
    k->sender = keep(s, r->sender);
    k->content = keep_bytes(s, r->content, r->content_len);
    k->same_as = keep(s, r->same_as);
    k->item_id = keep(s, r->item_id);
    k->item_json = keep(s, r->item_json);
    k->result_json = keep(s, r->result_json);
    k->signals_json = keep(s, r->signals_json);
    s->group->n++;
    return id == NULL ? wn_store_tick(s, wn_clock_ms(), NULL, err) : commit_all(s, id, err);
}

static const struct wn_cache_row *find_reply(const struct wn_pending_group *g,
                                             const unsigned char key[WN_HASH])
{
    for (size_t i = g->n; i-- > 0;)
        if (!g->rows[i].is_result && memcmp(g->rows[i].reply.key, key, WN_HASH) == 0)
            return &g->rows[i].reply;
    return NULL;
}

const struct wn_cache_row *wn_pending_find(const struct wn_store *s,
                                           const unsigned char key[WN_HASH])
{
    const struct wn_pending_group *before = wn_writer_group(s);
    const struct wn_cache_row *r = find_reply(s->group, key);
    return r == NULL && before != NULL ? find_reply(before, key) : r;
}

void wn_store_close(struct wn_store *s)
{
    struct wn_error err = { 0 };
    int64_t last;
    bool told;
    if (s == NULL)
        return;
    told = s->told;
    wn_db_read_end(s);
    wn_store_foreground(s);
    if (s->group != NULL && (!is_empty(s->group) || wn_cache_unsettled(s->group)) &&
        wn_group_commit(s, s->group, &last, &err) != WN_OK && !told)
        wn_log(&s->log, WN_WARN, "not_committed", "rows=%zu why=\"%s\"", s->group->n, err.what);
    wn_db_close(s);
    wn_ring_free(s->ring);
    wn_group_free(s->group);
    wn_buf_free(&s->decided.rows);
    free(s->path);
    free(s);
}

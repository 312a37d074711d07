/* ring.c: the rows of the store's own keys. */
#include "store/db.h"
#include <string.h>

static enum wn_code write_key(struct wn_store *s, const struct wn_key *root, enum wn_use use,
                              uint32_t id, int64_t now, struct wn_error *err)
{
    unsigned char wrapped[WN_WRAPPED];
    char root_id[WN_KEY_ID];
    struct wn_cells c;
    enum wn_code rc = wn_row_new(s, WN_T_RING, &c, err);
    if (rc != WN_OK)
        return rc;
    wn_key_id(root, root_id);
    wn_ring_wrap(s->ring, root, use, id, wrapped);
    wn_cell_text(&c, wn_use_name(use));
    wn_cell_text(&c, "active");
    wn_cell_int(&c, now);
    wn_cell_text(&c, root_id);
    wn_cell_blob(&c, wrapped, sizeof(wrapped));
    return wn_row_insert(&c, err);
}

enum wn_code wn_ring_create(struct wn_store *s, const struct wn_key *root, int64_t now,
                            struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    /* All keys first: the rows that hold them are authenticated by one of them. */
    for (uint32_t use = 0; use < WN_USES; use++)
        if (!wn_ring_make(s->ring, (enum wn_use)use, use + 1))
            return wn_error_set(err, WN_E_NOMEM, "there is no guarded memory for the keys");
    for (uint32_t use = 0; rc == WN_OK && use < WN_USES; use++)
        rc = write_key(s, root, (enum wn_use)use, use + 1, now, err);
    return rc;
}

static enum wn_code wrong_key(const struct wn_store *s, const char *wanted, const char *root_id,
                              struct wn_error *err)
{
    wn_error_set(err, WN_E_CONFIG, "this is not the key of the store '%s'", s->path);
    wn_error_cause(err, "it wants key %s and was given %s", wanted, root_id);
    wn_error_hint(err,
                  "Give the key that the store was made with: WINNOW_KEY, WINNOW_KEY_FILE or the "
                  "key file in the settings folder.");
    return WN_E_CONFIG;
}

static enum wn_code damaged_ring(const struct wn_store *s, struct wn_error *err)
{
    wn_error_set(err, WN_E_STORE, "the key ring of the store '%s' is damaged", s->path);
    wn_error_cause(err, "a wrapped key does not open, or is missing");
    wn_error_hint(err, "Keep a copy of the file, and bring a backup back with `winnow restore`.");
    return WN_E_STORE;
}

static bool use_named(const char *name, enum wn_use *use)
{
    for (int i = 0; i < WN_USES; i++)
        if (name != NULL && strcmp(wn_use_name((enum wn_use)i), name) == 0) {
            *use = (enum wn_use)i;
            return true;
        }
    return false;
}

enum wn_code wn_ring_load(struct wn_store *s, const struct wn_key *root, struct wn_error *err)
{
    sqlite3_stmt *q = wn_db_query(s, "SELECT id, kind, root, wrapped FROM ring ORDER BY id", err);
    char root_id[WN_KEY_ID];
    bool row = false, have[WN_USES] = { false };
    enum wn_code rc = q == NULL ? WN_E_STORE : WN_OK;
    wn_key_id(root, root_id);
    while (rc == WN_OK && (rc = wn_db_step(s, q, &row, err)) == WN_OK && row) {
        const char *wanted = (const char *)sqlite3_column_text(q, 2);
        enum wn_use use = WN_USE_DATA;
        if (wanted == NULL || strcmp(wanted, root_id) != 0)
            rc = wrong_key(s, wanted == NULL ? "?" : wanted, root_id, err);
        else if (!use_named((const char *)sqlite3_column_text(q, 1), &use) ||
                 !wn_ring_unwrap(s->ring, root, use, (uint32_t)sqlite3_column_int64(q, 0),
                                 sqlite3_column_blob(q, 3), (size_t)sqlite3_column_bytes(q, 3)))
            rc = damaged_ring(s, err);
        have[use] = true;
    }
    sqlite3_reset(q);
    for (int i = 0; rc == WN_OK && i < WN_USES; i++)
        if (!have[i])
            rc = damaged_ring(s, err);
    return rc;
}

/* passphrase.c: a passphrase in place of a key file.
 *
 * The root key is then Argon2id of the passphrase; salt and limits stand in a row of the ring, readable
 * without any key. Whoever changes them only makes the passphrase wrong. */
#include "store/db.h"
#include "base/file.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More than these no store of ours asks for, and no stranger's file gets. */
enum { MAX_PASSES = 16, MAX_BYTES = 1 << 30 };

static uint64_t get64(const unsigned char *p)
{
    uint64_t n = 0;
    for (int i = 0; i < 8; i++)
        n = n << 8 | p[i];
    return n;
}

static void put64(unsigned char *p, uint64_t n)
{
    for (int i = 0; i < 8; i++)
        p[i] = (unsigned char)(n >> (56 - 8 * i));
}

void wn_passphrase_pack(const struct wn_passphrase *p, unsigned char out[WN_LIMITS])
{
    put64(out, p->passes);
    put64(out + 8, p->bytes);
    memcpy(out + 16, p->salt, WN_PASSPHRASE_SALT);
}

static bool unpack(const unsigned char *in, size_t n, struct wn_passphrase *out)
{
    if (n != WN_LIMITS)
        return false;
    out->passes = get64(in);
    out->bytes = get64(in + 8);
    memcpy(out->salt, in + 16, WN_PASSPHRASE_SALT);
    return out->passes >= 1 && out->passes <= MAX_PASSES && out->bytes >= 8192 &&
           out->bytes <= MAX_BYTES;
}

/* The ring's row, with no key at all; *has false where there is none. */
static enum wn_code read_row(struct wn_store *s, struct wn_passphrase *p, bool *has,
                             struct wn_error *err)
{
    sqlite3_stmt *q = NULL;
    enum wn_code rc = WN_OK;
    *has = false;
    if (sqlite3_open_v2(s->path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK) /* on a read-only medium SQLite opens it for reading */
        return wn_db_fault(s, err);
    sqlite3_busy_handler(s->db, wn_db_busy, s);
    rc = wn_store_look(s, err);
    if (rc == WN_OK)
        q = wn_db_query(s, "SELECT wrapped FROM ring WHERE kind = 'passphrase'", err);
    if (rc == WN_OK)
        rc = q == NULL ? WN_E_STORE : wn_db_step(s, q, has, err);
    if (*has && !unpack(sqlite3_column_blob(q, 0), (size_t)sqlite3_column_bytes(q, 0), p)) {
        rc = wn_error_set(err, WN_E_STORE, "the key ring of the store '%s' is damaged", s->path);
        wn_error_cause(err, "the limits of its passphrase make no sense");
        wn_error_hint(err,
                      "Keep a copy of the file, and bring a backup back with `winnow restore`.");
    }
    return rc;
}

static enum wn_code peek(const char *home, struct wn_passphrase *p, bool *has, struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    bool is_file = wn_file_exists(home) && !wn_file_is_dir(home);
    struct wn_store s = { .path = wn_arena_printf(&a, "%s%s", home, is_file ? "" : "/winnow.db"),
                          .wait_ms = WN_WAIT_MS };
    enum wn_code rc = WN_OK;
    *has = false;
    if (wn_file_exists(s.path)) {
        rc = read_row(&s, p, has, err);
        wn_db_close(&s);
    }
    wn_arena_free(&a);
    return rc;
}

enum wn_code wn_store_has_passphrase(const char *home, bool *has, struct wn_error *err)
{
    struct wn_passphrase p;
    return peek(home, &p, has, err);
}

static enum wn_code derive(const struct wn_passphrase *p, const char *text, size_t len,
                           struct wn_key **out, struct wn_error *err)
{
    *out = wn_key_derive(p, text, len);
    if (*out != NULL)
        return WN_OK;
    wn_error_set(err, WN_E_NOMEM, "there is no memory to make the key of a passphrase");
    wn_error_cause(err, "it takes %llu MB", (unsigned long long)(p->bytes >> 20));
    return WN_E_NOMEM;
}

enum wn_code wn_key_passphrase(const char *home, const char *text, size_t len, struct wn_key **out,
                               struct wn_error *err)
{
    struct wn_passphrase p;
    bool has = false;
    enum wn_code rc = peek(home, &p, &has, err);
    *out = NULL;
    if (rc != WN_OK)
        return rc;
    if (!has) {
        wn_error_set(err, WN_E_CONFIG, "the store in '%s' has no passphrase", home);
        wn_error_hint(err,
                      "It is opened with a key; `winnow key passphrase` gives it a passphrase.");
        return WN_E_CONFIG;
    }
    return derive(&p, text, len, out, err);
}

enum wn_code wn_key_set_passphrase(struct wn_store *s, const struct wn_key *old, const char *text,
                                   size_t len, int64_t now, struct wn_error *err)
{
    struct wn_passphrase p;
    struct wn_key *key = NULL;
    enum wn_code rc;
    wn_passphrase_new(&p);
    rc = derive(&p, text, len, &key, err);
    if (rc == WN_OK)
        rc = wn_ring_rewrap(s, old, key, &p, now, err);
    wn_key_free(key);
    return rc;
}

/* test_second_reader.c: a store read by a program that shares no code with winnow: the head of seal.c,
 * the head of row.c and schema.sql were all there was to go by. If this needs a change, the format has
 * changed. */
#include "test.h"
#include "store_home.h"
#include <sodium.h>

static unsigned char root_key[32], data_key[32], audit_key[32];

static size_t put(unsigned char *out, uint64_t n, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        out[i] = (unsigned char)(n >> 8 * (bytes - 1 - i));
    return bytes;
}

/* Open format | key id | nonce | ciphertext | tag; the text's length, or -1. */
static long open_value(const unsigned char *key, const char *table, const char *column, int64_t row,
                       const void *more, const unsigned char *in, size_t n, unsigned char *out)
{
    unsigned char ad[200];
    unsigned long long padded = 0;
    size_t nad = 5, len = 0;
    memcpy(ad, in, 5);
    nad += put(ad + nad, strlen(table), 1);
    memcpy(ad + nad, table, strlen(table));
    nad += strlen(table);
    nad += put(ad + nad, strlen(column), 1);
    memcpy(ad + nad, column, strlen(column));
    nad += strlen(column);
    nad += put(ad + nad, (uint64_t)row, 8);
    if (more != NULL) {
        memcpy(ad + nad, more, 32);
        nad += 32;
    }
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, &padded, NULL, in + 29, n - 29, ad, nad,
                                                   in + 5, key) != 0 ||
        sodium_unpad(&len, out, padded, 64) != 0)
        return -1;
    return (long)len;
}

static sqlite3_stmt *query(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *q = NULL;
    CHECK_INT(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    return q;
}

static void read_ring(sqlite3 *db)
{
    unsigned char kek[32], key[64];
    sqlite3_stmt *q = query(db, "SELECT id, kind, wrapped FROM ring");
    crypto_kdf_derive_from_key(kek, 32, 1, "winnow__", root_key);
    while (sqlite3_step(q) == SQLITE_ROW) {
        const char *kind = (const char *)sqlite3_column_text(q, 1);
        CHECK_INT(open_value(kek, "ring", kind, sqlite3_column_int64(q, 0), NULL,
                             sqlite3_column_blob(q, 2), (size_t)sqlite3_column_bytes(q, 2), key),
                  32);
        if (strcmp(kind, "data") == 0)
            memcpy(data_key, key, 32);
        if (strcmp(kind, "audit") == 0)
            memcpy(audit_key, key, 32);
    }
    sqlite3_finalize(q);
}

/* Text or blob: with its length before it. */
static size_t put_part(unsigned char *out, const void *bytes, size_t n)
{
    put(out, n, 8);
    memcpy(out + 8, bytes, n);
    return 8 + n;
}

/* The texts of a decision: each its length (8; all bits set: NULL), its bytes and a zero byte. */
static size_t put_text(unsigned char *out, const char *text)
{
    size_t n;
    if (text == NULL)
        return put(out, UINT64_MAX, 8);
    n = put_part(out, text, strlen(text) + 1);
    put(out, strlen(text), 8);
    return n;
}

/* The mac of the row in q, with `n_sealed` sealed columns from `sealed` on. */
static void row_mac(sqlite3_stmt *q, const char *domain, const unsigned char *prev, int sealed,
                    int n_sealed, unsigned char out[32])
{
    static unsigned char text[8192];
    size_t n = put_part(text, domain, strlen(domain));
    if (prev != NULL) {
        memcpy(text + n, prev, 32);
        n += 32;
    }
    for (int i = 0; i < sqlite3_column_count(q); i++) {
        int type = sqlite3_column_type(q, i), size = sqlite3_column_bytes(q, i);
        const unsigned char *blob = type < SQLITE_TEXT ? NULL : sqlite3_column_blob(q, i);
        double real = sqlite3_column_double(q, i);
        bool is_sealed = i >= sealed && i < sealed + n_sealed;
        uint64_t bits;
        if (i == 1 || type == SQLITE_NULL || (prev != NULL && is_sealed))
            continue;
        text[n++] = (unsigned char)i;
        text[n++] = is_sealed ? 's' : (unsigned char)" irtb"[type];
        memcpy(&bits, &real, 8);
        if (type == SQLITE_INTEGER) {
            n += put(text + n, (uint64_t)sqlite3_column_int64(q, i), 8);
        } else if (type == SQLITE_FLOAT) {
            n += put(text + n, bits, 8);
        } else if (!is_sealed) {
            n += put_part(text + n, blob, (size_t)size);
        } else {
            memcpy(text + n, blob, 29);
            memcpy(text + n + 29, blob + size - 16, 16);
            n += 45;
        }
    }
    crypto_generichash(out, 32, text, n, audit_key, 32);
}

TEST(a_program_that_knows_only_the_format_reads_the_store)
{
    unsigned char out[1024], want[1024], mac[32], sum[32] = { 0 }, prev[32] = { 0 };
    struct wn_store *s;
    struct wn_row r;
    sqlite3 *db = NULL;
    sqlite3_stmt *q;
    home_new();
    s = store_open();
    for (int i = 1; i <= 3; i++) {
        r = row_for(i);
        put_row(s, &r);
    }
    put_reply(s, 1, "a reply");
    put_review(s, 2, "correct");
    wn_store_close(s);

    CHECK_INT(sqlite3_open(db_path, &db), SQLITE_OK);
    for (int i = 0; i < 32; i++)
        root_key[i] = (unsigned char)i; /* KEY_A */
    read_ring(db);

    q = query(db, "SELECT * FROM results ORDER BY id");
    for (int64_t id = 1; id <= 3; id++) {
        size_t n = 0;
        r = row_for((int)id);
        n += put_text(want + n, r.item_id);
        n += put_text(want + n, r.item_json);
        n += put_text(want + n, r.result_json);
        n += put_text(want + n, NULL);
        CHECK_INT(sqlite3_step(q), SQLITE_ROW);
        CHECK_INT(open_value(data_key, "results", "body", id, NULL, sqlite3_column_blob(q, 28),
                             (size_t)sqlite3_column_bytes(q, 28), out),
                  n);
        CHECK(memcmp(out, want, n) == 0);
        CHECK_STR((const char *)sqlite3_column_text(q, 29), r.signals_json);
        row_mac(q, "row:results", NULL, 28, 1, mac);
        CHECK(memcmp(mac, sqlite3_column_blob(q, 1), 32) == 0);
        for (int i = 0; i < 32; i++)
            sum[i] ^= mac[i];
    }
    sqlite3_finalize(q);

    q = query(db, "SELECT * FROM reviews");
    CHECK_INT(sqlite3_step(q), SQLITE_ROW);
    for (int i = 0; i < 3; i++) {
        static const char *const name[] = { "correction", "note", "reviewer" };
        static const char *const text[] = { "{\"intent\":\"demo_request\"}", "asked twice",
                                            "Odile" };
        long n = open_value(data_key, "reviews", name[i], 1, NULL, sqlite3_column_blob(q, 7 + i),
                            (size_t)sqlite3_column_bytes(q, 7 + i), out);
        CHECK_INT(n, strlen(text[i]));
        CHECK(memcmp(out, text[i], (size_t)n) == 0);
    }
    row_mac(q, "row:reviews", NULL, 7, 3, mac);
    CHECK(memcmp(mac, sqlite3_column_blob(q, 1), 32) == 0);
    sqlite3_finalize(q);

    q = query(db, "SELECT rows, sum FROM tally WHERE name = 'results'");
    CHECK_INT(sqlite3_step(q), SQLITE_ROW);
    CHECK_INT(sqlite3_column_int64(q, 0), 3);
    CHECK(memcmp(sqlite3_column_blob(q, 1), sum, 32) == 0);
    sqlite3_finalize(q);

    q = query(db, "SELECT id, key, value FROM cache");
    CHECK_INT(sqlite3_step(q), SQLITE_ROW);
    CHECK_INT(open_value(data_key, "cache", "value", 1, sqlite3_column_blob(q, 1),
                         sqlite3_column_blob(q, 2), (size_t)sqlite3_column_bytes(q, 2), out),
              7);
    CHECK(memcmp(out, "a reply", 7) == 0);
    sqlite3_finalize(q);

    q = query(db, "SELECT * FROM audit ORDER BY id");
    for (int64_t id = 1; id <= 5; id++) {
        static const char *const events[] = { "created", "decided", "decided", "decided",
                                              "reviewed" };
        long n;
        CHECK_INT(sqlite3_step(q), SQLITE_ROW);
        CHECK_STR((const char *)sqlite3_column_text(q, 3), events[id - 1]);
        row_mac(q, "row:audit", prev, 9, 1, mac);
        CHECK(memcmp(mac, sqlite3_column_blob(q, 1), 32) == 0);
        memcpy(prev, mac, 32);
        /* 16 random bytes, then {"by":...,"before":...,"after":...} */
        n = open_value(data_key, "audit", "body", id, NULL, sqlite3_column_blob(q, 9),
                       (size_t)sqlite3_column_bytes(q, 9), out);
        CHECK(n > 16 && memcmp(out + 16, "{\"by\":", 6) == 0 && out[n - 1] == '}');
        if (id == 5)
            CHECK(memcmp(out + 16, "{\"by\":\"Odile\"", 13) == 0);
    }
    CHECK_INT(sqlite3_step(q), SQLITE_DONE);
    sqlite3_finalize(q);
    sqlite3_close(db);
    home_remove();
}

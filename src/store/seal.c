/* seal.c: all cryptography, in one place. Integers are big-endian.
 *
 * root key   32 bytes. KEK = crypto_kdf(root, 1, "winnow__"), wraps the ring;
 *            id = crypto_kdf(root, 2, "winnow__"), 8 bytes in hex.
 *            Or of a passphrase: Argon2id 1.3, salt and limits in the ring (ring.c).
 * value      format (1 byte, now 1) | key id (4) | nonce (24) | ciphertext | tag (16)
 *            XChaCha20-Poly1305 (IETF) of the text padded by ISO 7816-4 to a multiple of 64 bytes.
 *            Associated data: format | key id | length (1) and table | length (1) and column |
 *            row id (8) | for cache: its key (32).
 * wrapped    a value whose key is the KEK: key id 0, table "ring", column = kind, row = the key's id.
 * hashes     BLAKE2b-256, keyed; first length (8) and domain, then of each part length (8) and bytes. Under
 *            the lookup key: 'item', 'content', 'sender', 'stratum' and 'reviewer' of one part, as the
 *            columns of schema.sql; 'cache' of the number of parts (8) and the parts of the request.
 *
 * A nonce is random: 24 bytes are enough for any number of values under one key. */
#include "store/seal.h"
#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { FORMAT = 1, NONCE = 24, TAG = 16, HEAD = 1 + 4 + NONCE, AD_MAX = 112 };
static const char context[crypto_kdf_CONTEXTBYTES + 1] = "winnow__";

_Static_assert(WN_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key size");
_Static_assert(NONCE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce size");
_Static_assert(WN_PASSPHRASE_SALT == crypto_pwhash_SALTBYTES, "salt size");
_Static_assert(TAG == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag size");
_Static_assert(sizeof(((struct wn_mac *)0)->state) >= sizeof(crypto_generichash_state),
               "state size");

/* ---- guarded memory, and no core dumps while some is held ---- */

static pthread_mutex_t holding = PTHREAD_MUTEX_INITIALIZER;
static int held;
static struct rlimit core_before;
#ifdef __linux__
static int dumpable_before;
#endif

static void hold(void)
{
    struct rlimit none;
    pthread_mutex_lock(&holding);
    if (held++ == 0 && getrlimit(RLIMIT_CORE, &core_before) == 0) {
        none = core_before;
        none.rlim_cur = 0;
        setrlimit(RLIMIT_CORE, &none);
#ifdef __linux__
        dumpable_before = prctl(PR_GET_DUMPABLE);
        prctl(PR_SET_DUMPABLE, 0);
#endif
    }
    pthread_mutex_unlock(&holding);
}

static void release(void)
{
    pthread_mutex_lock(&holding);
    if (--held == 0) {
        setrlimit(RLIMIT_CORE, &core_before);
#ifdef __linux__
        prctl(PR_SET_DUMPABLE, dumpable_before == 1);
#endif
    }
    pthread_mutex_unlock(&holding);
}

static void *guarded(size_t n)
{
    void *p = sodium_init() < 0 ? NULL : sodium_malloc(n);
    if (p == NULL)
        return NULL;
    hold();
    memset(p, 0, n);
    return p;
}

static void unguard(void *p)
{
    if (p == NULL)
        return;
    sodium_free(p);
    release();
}

void wn_wipe(void *p, size_t n)
{
    sodium_memzero(p, n);
}

void wn_random(void *p, size_t n)
{
    randombytes_buf(p, n);
}

void wn_hex(const unsigned char *bytes, size_t n, char *out)
{
    sodium_bin2hex(out, 2 * n + 1, bytes, n);
}

bool wn_unhex(const char *text, unsigned char *out, size_t n)
{
    size_t got;
    return sodium_hex2bin(out, n, text, strlen(text), NULL, &got, NULL) == 0 && got == n;
}

static void put32(unsigned char *out, uint32_t n)
{
    for (int i = 0; i < 4; i++)
        out[i] = (unsigned char)(n >> (24 - 8 * i));
}

static void put64(unsigned char *out, uint64_t n)
{
    for (int i = 0; i < 8; i++)
        out[i] = (unsigned char)(n >> (56 - 8 * i));
}

/* ---- root keys ---- */

struct wn_key {
    unsigned char bytes[WN_KEY_BYTES];
};

struct wn_key *wn_key_new(void)
{
    struct wn_key *k = guarded(sizeof(*k));
    if (k != NULL)
        randombytes_buf(k->bytes, sizeof(k->bytes));
    return k;
}

struct wn_key *wn_key_decode(const char *base64, size_t len, size_t *nbytes)
{
    struct wn_key *k = NULL;
    unsigned char raw[256];
    if (sodium_base642bin(raw, sizeof(raw), base64, len, " \t\r\n", nbytes, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        *nbytes = 0;
    if (*nbytes == WN_KEY_BYTES && (k = guarded(sizeof(*k))) != NULL)
        memcpy(k->bytes, raw, sizeof(k->bytes));
    sodium_memzero(raw, sizeof(raw));
    return k;
}

void wn_passphrase_new(struct wn_passphrase *p)
{
    p->passes = crypto_pwhash_argon2id_OPSLIMIT_MODERATE;
    p->bytes = crypto_pwhash_argon2id_MEMLIMIT_MODERATE;
    randombytes_buf(p->salt, sizeof(p->salt));
}

struct wn_key *wn_key_derive(const struct wn_passphrase *p, const char *text, size_t len)
{
    struct wn_key *k = guarded(sizeof(*k));
    if (k != NULL && crypto_pwhash(k->bytes, sizeof(k->bytes), text, len, p->salt, p->passes,
                                   (size_t)p->bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        unguard(k);
        return NULL;
    }
    return k;
}

void wn_key_encode(const struct wn_key *k, char out[WN_KEY_TEXT])
{
    sodium_bin2base64(out, WN_KEY_TEXT, k->bytes, sizeof(k->bytes), sodium_base64_VARIANT_ORIGINAL);
}

void wn_key_id(const struct wn_key *k, char out[WN_KEY_ID])
{
    unsigned char sub[crypto_kdf_BYTES_MIN];
    crypto_kdf_derive_from_key(sub, sizeof(sub), 2, context, k->bytes);
    sodium_bin2hex(out, WN_KEY_ID, sub, 8);
    sodium_memzero(sub, sizeof(sub));
}

void wn_key_free(struct wn_key *k)
{
    unguard(k);
}

/* ---- the ring ---- */

struct entry {
    uint32_t id;
    enum wn_use use;
    unsigned char key[WN_KEY_BYTES];
};
struct wn_ring {
    unsigned char *kek; /* guarded */
    char root_id[WN_KEY_ID];
    struct entry *entries; /* guarded, read-only between changes */
    size_t n;
    const struct entry *newest[WN_USES];
};

const char *wn_use_name(enum wn_use use)
{
    static const char *const name[WN_USES] = { "data", "lookup", "audit", "salt" };
    return name[use];
}

struct wn_ring *wn_ring_new(void)
{
    return wn_xcalloc(1, sizeof(struct wn_ring));
}

void wn_ring_free(struct wn_ring *r)
{
    if (r == NULL)
        return;
    unguard(r->entries);
    unguard(r->kek);
    free(r);
}

bool wn_ring_root(struct wn_ring *r, const struct wn_key *root)
{
    if (r->kek == NULL && (r->kek = guarded(WN_KEY_BYTES)) == NULL)
        return false;
    crypto_kdf_derive_from_key(r->kek, WN_KEY_BYTES, 1, context, root->bytes);
    wn_key_id(root, r->root_id);
    return true;
}

struct wn_ring *wn_ring_like(const struct wn_ring *r)
{
    struct wn_ring *like = wn_ring_new();
    like->kek = guarded(WN_KEY_BYTES);
    if (like->kek == NULL) {
        wn_ring_free(like);
        return NULL;
    }
    memcpy(like->kek, r->kek, WN_KEY_BYTES);
    memcpy(like->root_id, r->root_id, sizeof(like->root_id));
    return like;
}

const char *wn_ring_root_id(const struct wn_ring *r)
{
    return r->root_id;
}

static void find_newest(struct wn_ring *r)
{
    memset(r->newest, 0, sizeof(r->newest));
    for (size_t i = 0; i < r->n; i++) {
        const struct entry *e = &r->entries[i];
        if (r->newest[e->use] == NULL || e->id >= r->newest[e->use]->id)
            r->newest[e->use] = e;
    }
}

/* Room for one more key; the caller fills it and locks the ring again. */
static struct entry *append(struct wn_ring *r, enum wn_use use, uint32_t id)
{
    struct entry *all = guarded((r->n + 1) * sizeof(*all));
    if (all == NULL)
        return NULL;
    if (r->n > 0)
        memcpy(all, r->entries, r->n * sizeof(*all));
    unguard(r->entries);
    r->entries = all;
    all[r->n].use = use;
    all[r->n].id = id;
    r->n++;
    find_newest(r);
    return &all[r->n - 1];
}

static const struct entry *find(const struct wn_ring *r, enum wn_use use, uint32_t id)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->entries[i].id == id && r->entries[i].use == use)
            return &r->entries[i];
    return NULL;
}

bool wn_ring_has(const struct wn_ring *r, enum wn_use use, uint32_t id)
{
    return find(r, use, id) != NULL;
}

void wn_ring_drop(struct wn_ring *r, enum wn_use use, uint32_t id)
{
    const struct entry *gone = find(r, use, id);
    size_t at = gone == NULL ? 0 : (size_t)(gone - r->entries);
    if (gone == NULL)
        return;
    sodium_mprotect_readwrite(r->entries);
    r->n--;
    r->entries[at] = r->entries[r->n];
    sodium_memzero(&r->entries[r->n], sizeof(r->entries[0]));
    sodium_mprotect_readonly(r->entries);
    find_newest(r);
}

bool wn_ring_make(struct wn_ring *r, enum wn_use use, uint32_t id)
{
    struct entry *e = append(r, use, id);
    if (e == NULL)
        return false;
    randombytes_buf(e->key, sizeof(e->key));
    sodium_mprotect_readonly(r->entries);
    return true;
}

void wn_ring_salt(const struct wn_ring *r, char out[65])
{
    sodium_bin2hex(out, 65, r->newest[WN_USE_SALT]->key, WN_KEY_BYTES);
}

/* ---- values ---- */

static size_t associated(unsigned char ad[AD_MAX], uint32_t key_id, const struct wn_place *at)
{
    size_t table = strlen(at->table), column = strlen(at->column), n = 0;
    assert(table + column + 15 + WN_HASH <= AD_MAX);
    ad[n++] = FORMAT;
    put32(ad + n, key_id);
    n += 4;
    ad[n++] = (unsigned char)table;
    memcpy(ad + n, at->table, table);
    n += table;
    ad[n++] = (unsigned char)column;
    memcpy(ad + n, at->column, column);
    n += column;
    put64(ad + n, (uint64_t)at->row);
    n += 8;
    if (at->key == NULL)
        return n;
    memcpy(ad + n, at->key, WN_HASH);
    return n + WN_HASH;
}

size_t wn_seal_size(size_t len)
{
    return WN_SEAL_EXTRA + (len / WN_SEAL_BLOCK + 1) * WN_SEAL_BLOCK;
}

static void seal(const unsigned char *key, uint32_t key_id, const struct wn_place *at,
                 const void *bytes, size_t len, unsigned char *out)
{
    unsigned char ad[AD_MAX];
    size_t nad = associated(ad, key_id, at), padded = 0;
    out[0] = FORMAT;
    put32(out + 1, key_id);
    randombytes_buf(out + 5, NONCE);
    if (len > 0)
        memcpy(out + HEAD, bytes, len);
    if (sodium_pad(&padded, out + HEAD, len, WN_SEAL_BLOCK, wn_seal_size(len) - HEAD) != 0)
        sodium_misuse();
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + HEAD, NULL, out + HEAD, padded, ad, nad, NULL,
                                               out + 5, key);
}

void wn_seal(const struct wn_ring *r, const struct wn_place *at, const char *bytes, size_t len,
             unsigned char *out)
{
    const struct entry *e = r->newest[WN_USE_DATA];
    seal(e->key, e->id, at, bytes, len, out);
}

/* `out` has room for n - WN_SEAL_EXTRA bytes. */
static bool unseal(const unsigned char *key, uint32_t key_id, const struct wn_place *at,
                   const unsigned char *in, size_t n, unsigned char *out, size_t *len)
{
    unsigned char ad[AD_MAX];
    size_t nad = associated(ad, key_id, at);
    unsigned long long padded = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, &padded, NULL, in + HEAD, n - HEAD, ad, nad,
                                                   in + 5, key) != 0)
        return false;
    return sodium_unpad(len, out, (size_t)padded, WN_SEAL_BLOCK) == 0;
}

/* The key id of what may be a sealed value. */
static bool looks_sealed(const unsigned char *in, size_t n, uint32_t *key_id)
{
    if (n < WN_SEAL_EXTRA + WN_SEAL_BLOCK || in[0] != FORMAT ||
        (n - WN_SEAL_EXTRA) % WN_SEAL_BLOCK != 0)
        return false;
    *key_id = (uint32_t)in[1] << 24 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 8 | in[4];
    return true;
}

bool wn_unseal(const struct wn_ring *r, const struct wn_place *at, const unsigned char *in,
               size_t n, struct wn_arena *a, const char **out, size_t *len)
{
    const struct entry *e = NULL;
    unsigned char *text;
    uint32_t id = 0;
    if (!looks_sealed(in, n, &id) || (e = find(r, WN_USE_DATA, id)) == NULL)
        return false;
    text = wn_arena_alloc(a, n - WN_SEAL_EXTRA + 1);
    if (!unseal(e->key, id, at, in, n, text, len))
        return false;
    text[*len] = '\0';
    *out = (const char *)text;
    return true;
}

bool wn_seal_is_foreign(const struct wn_ring *r, const unsigned char *in, size_t n)
{
    uint32_t id = 0;
    return looks_sealed(in, n, &id) && find(r, WN_USE_DATA, id) == NULL;
}

bool wn_seal_is_newest(const struct wn_ring *r, const unsigned char *in, size_t n)
{
    uint32_t id = 0;
    return looks_sealed(in, n, &id) && id == r->newest[WN_USE_DATA]->id;
}

/* ---- wrapping ---- */

static struct wn_place ring_place(enum wn_use use, uint32_t id)
{
    return (struct wn_place){ "ring", wn_use_name(use), id, NULL };
}

void wn_ring_wrap(const struct wn_ring *r, enum wn_use use, uint32_t id,
                  unsigned char out[WN_WRAPPED])
{
    const struct entry *e = find(r, use, id);
    const struct wn_place at = ring_place(use, id);
    assert(e != NULL);
    seal(r->kek, 0, &at, e->key, sizeof(e->key), out);
}

bool wn_ring_unwrap(struct wn_ring *r, enum wn_use use, uint32_t id, const unsigned char *wrapped,
                    size_t n)
{
    const struct wn_place at = ring_place(use, id);
    unsigned char key[WN_SEAL_BLOCK];
    uint32_t key_id = 1;
    size_t len = 0;
    struct entry *e = NULL;
    if (n != WN_WRAPPED || !looks_sealed(wrapped, n, &key_id) || key_id != 0)
        return false;
    if (unseal(r->kek, 0, &at, wrapped, n, key, &len) && len == WN_KEY_BYTES &&
        (e = append(r, use, id)) != NULL) {
        memcpy(e->key, key, sizeof(e->key));
        sodium_mprotect_readonly(r->entries);
    }
    sodium_memzero(key, sizeof(key));
    return e != NULL;
}

/* ---- keyed BLAKE2b ---- */

static crypto_generichash_state *state_of(struct wn_mac *m)
{
    return (crypto_generichash_state *)m->state;
}

void wn_mac_init(struct wn_mac *m, const struct wn_ring *r, enum wn_use use, const char *domain)
{
    const struct entry *e = r->newest[use];
    crypto_generichash_init(state_of(m), e->key, sizeof(e->key), WN_HASH);
    m->nsome = 0;
    wn_mac_part(m, domain, strlen(domain));
}

void wn_mac_add(struct wn_mac *m, const void *bytes, size_t len)
{
    if (len > sizeof(m->some) - m->nsome) {
        crypto_generichash_update(state_of(m), m->some, m->nsome);
        m->nsome = 0;
    }
    if (len > sizeof(m->some)) {
        crypto_generichash_update(state_of(m), bytes, len);
    } else if (len > 0) {
        memcpy(m->some + m->nsome, bytes, len);
        m->nsome += len;
    }
}

void wn_mac_int(struct wn_mac *m, int64_t n)
{
    unsigned char b[8];
    put64(b, (uint64_t)n);
    wn_mac_add(m, b, sizeof(b));
}

void wn_mac_part(struct wn_mac *m, const void *bytes, size_t len)
{
    wn_mac_int(m, (int64_t)len);
    wn_mac_add(m, bytes, len);
}

void wn_mac_final(struct wn_mac *m, unsigned char out[WN_HASH])
{
    crypto_generichash_update(state_of(m), m->some, m->nsome);
    crypto_generichash_final(state_of(m), out, WN_HASH);
    sodium_memzero(m, sizeof(*m));
}

bool wn_mac_same(const unsigned char a[WN_HASH], const unsigned char b[WN_HASH])
{
    return sodium_memcmp(a, b, WN_HASH) == 0;
}

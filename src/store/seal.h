/* seal.h: keys and the three things done with them: sealing, hashing, authenticating.
 *
 * seal.c is the only file that includes sodium.h. All keys live in guarded memory that is locked,
 * wiped when freed, and left out of core dumps: while one is held the process makes none. */
#ifndef WN_STORE_SEAL_H
#define WN_STORE_SEAL_H
#include "base/arena.h"
#include "store/store.h"

enum {
    WN_KEY_BYTES = 32,
    WN_KEY_TEXT = 45, /* base64 with its NUL */
    WN_SEAL_BLOCK = 64,
    WN_SEAL_EXTRA = 1 + 4 + 24 + 16 /* format, key id, nonce, tag */
};

/* ---- root keys ---- */

/* The key written in base64 (white space around it is fine). *nbytes: how many bytes it had, or 0 if
 * it is not base64; NULL and 32 mean that memory ran out. */
struct wn_key *wn_key_decode(const char *base64, size_t len, size_t *nbytes);
void wn_key_encode(const struct wn_key *k, char out[WN_KEY_TEXT]);
/* Argon2id of a passphrase, with limits from a store; NULL where memory does not suffice. */
enum { WN_PASSPHRASE_SALT = 16 };
struct wn_passphrase {
    uint64_t passes, bytes; /* Argon2id's limits */
    unsigned char salt[WN_PASSPHRASE_SALT];
};
void wn_passphrase_new(struct wn_passphrase *p); /* random salt, limits "moderate" */
struct wn_key *wn_key_derive(const struct wn_passphrase *p, const char *text, size_t len);
void wn_random(void *p, size_t n);
/* n bytes as 2 * n hex digits and a NUL. */
void wn_hex(const unsigned char *bytes, size_t n, char *out);
bool wn_unhex(const char *text, unsigned char *out, size_t n);

/* ---- the ring: the store's own keys ---- */

struct wn_ring;
enum wn_use { WN_USE_DATA, WN_USE_LOOKUP, WN_USE_AUDIT, WN_USE_SALT, WN_USES };
const char *wn_use_name(enum wn_use use);

struct wn_ring *wn_ring_new(void);
void wn_ring_free(struct wn_ring *r);
/* The root key that wraps the ring's keys from now on; only the wrapping key made from it is kept. */
bool wn_ring_root(struct wn_ring *r, const struct wn_key *root);
/* An empty ring with the same root key. */
struct wn_ring *wn_ring_like(const struct wn_ring *r);
const char *wn_ring_root_id(const struct wn_ring *r);
/* Make a random key with this id. The newest data key is the one that seals. */
bool wn_ring_make(struct wn_ring *r, enum wn_use use, uint32_t id);
bool wn_ring_has(const struct wn_ring *r, enum wn_use use, uint32_t id);
void wn_ring_drop(struct wn_ring *r, enum wn_use use, uint32_t id);
/* Wrap the key `id`, and back: false if it does not open. */
enum { WN_WRAPPED = WN_SEAL_EXTRA + WN_SEAL_BLOCK };
void wn_ring_wrap(const struct wn_ring *r, enum wn_use use, uint32_t id,
                  unsigned char out[WN_WRAPPED]);
bool wn_ring_unwrap(struct wn_ring *r, enum wn_use use, uint32_t id, const unsigned char *wrapped,
                    size_t n);
/* The salt as 64 hex digits. */
void wn_ring_salt(const struct wn_ring *r, char out[65]);

/* ---- values ---- */

struct wn_place {
    const char *table, *column;
    int64_t row;
    const void *key; /* WN_HASH bytes that the row is found by, or NULL where that is its id */
};
/* Bytes that a sealed value of `len` bytes takes. */
size_t wn_seal_size(size_t len);
void wn_seal(const struct wn_ring *r, const struct wn_place *at, const char *bytes, size_t len,
             unsigned char *out);
/* False: the value was changed, moved or sealed under a key that the ring does not have. The text
 * goes into the arena with a NUL behind it. */
bool wn_unseal(const struct wn_ring *r, const struct wn_place *at, const unsigned char *in,
               size_t n, struct wn_arena *a, const char **out, size_t *len);

/* Is it sealed under a key that the ring does not have? */
bool wn_seal_is_foreign(const struct wn_ring *r, const unsigned char *in, size_t n);
/* Is it sealed under the newest data key? */
bool wn_seal_is_newest(const struct wn_ring *r, const unsigned char *in, size_t n);

/* ---- keyed BLAKE2b ---- */

struct wn_mac {
    _Alignas(64) unsigned char state[384];
    unsigned char some[512]; /* gathered, so that many small parts are one call */
    size_t nsome;
};
/* use: WN_USE_LOOKUP for what is looked up, WN_USE_AUDIT for what is authenticated. The domain keeps
 * equal bytes of different meaning apart. */
void wn_mac_init(struct wn_mac *m, const struct wn_ring *r, enum wn_use use, const char *domain);
void wn_mac_add(struct wn_mac *m, const void *bytes, size_t len);
/* With its length before it, so that no two lists of parts run together. */
void wn_mac_part(struct wn_mac *m, const void *bytes, size_t len);
void wn_mac_int(struct wn_mac *m, int64_t n);
void wn_mac_final(struct wn_mac *m, unsigned char out[WN_HASH]);
/* Takes the same time wherever they differ. */
bool wn_mac_same(const unsigned char a[WN_HASH], const unsigned char b[WN_HASH]);

#endif

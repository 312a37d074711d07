#include "test.h"
#include "store_home.h"

static struct wn_arena arena;

static struct wn_ring *ring_new(void)
{
    struct wn_ring *r = wn_ring_new();
    for (uint32_t use = 0; use < WN_USES; use++)
        CHECK(wn_ring_make(r, (enum wn_use)use, use + 1));
    return r;
}

static bool opens(const struct wn_ring *r, const struct wn_place *at, const unsigned char *in,
                  size_t n)
{
    const char *out = NULL;
    size_t len = 0;
    bool good = wn_unseal(r, at, in, n, &arena, &out, &len);
    wn_arena_reset(&arena);
    return good;
}

TEST(what_was_sealed_opens_and_its_length_does_not_show)
{
    static const struct {
        size_t len, sealed;
    } row[] = { { 0, 109 }, { 3, 109 }, { 63, 109 }, { 64, 173 }, { 127, 173 }, { 128, 237 } };
    const struct wn_place at = { "results", "item_id", 17, NULL };
    struct wn_ring *r = ring_new();
    char text[128];
    memset(text, 'x', sizeof(text));
    for (size_t i = 0; i < COUNT(row); i++) {
        unsigned char out[256], again[256];
        const char *got = NULL;
        size_t len = 99;
        CHECK_INT(wn_seal_size(row[i].len), row[i].sealed);
        wn_seal(r, &at, text, row[i].len, out);
        CHECK(wn_unseal(r, &at, out, row[i].sealed, &arena, &got, &len));
        CHECK_INT(len, row[i].len);
        CHECK(memcmp(got, text, len) == 0 && got[len] == '\0');
        wn_seal(r, &at, text, row[i].len, again);
        CHECK(memcmp(out, again, row[i].sealed) != 0); /* each time another nonce */
    }
    wn_ring_free(r);
}

TEST(a_value_with_any_bit_flipped_or_any_byte_missing_does_not_open)
{
    const struct wn_place at = { "results", "item_json", 1, NULL };
    struct wn_ring *r = ring_new();
    unsigned char out[173];
    wn_seal(r, &at, "{\"text\":\"the piano in the attic, and what it would cost to move it\"}", 68,
            out);
    CHECK(opens(r, &at, out, sizeof(out)));
    for (size_t bit = 0; bit < 8 * sizeof(out); bit++) {
        out[bit / 8] ^= (unsigned char)(1 << bit % 8);
        CHECK(!opens(r, &at, out, sizeof(out)));
        out[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    for (size_t n = 0; n < sizeof(out); n++)
        CHECK(!opens(r, &at, out, n));
    wn_ring_free(r);
}

TEST(a_value_opens_only_in_its_place)
{
    static const struct wn_place row[] = {
        { "results", "item_id", 18, NULL },   /* another row */
        { "results", "item_json", 17, NULL }, /* another column */
        { "reviews", "item_id", 17, NULL },   /* another table */
        { "resultsi", "tem_id", 17, NULL },   /* the same letters */
        { "results", "item_id", -17, NULL },
        { "results", "item_id", 17, "a key of thirty-two bytes ......" },
    };
    const struct wn_place at = { "results", "item_id", 17, NULL };
    struct wn_ring *r = ring_new(), *other = ring_new();
    unsigned char out[109];
    wn_seal(r, &at, "leads.csv:17", 12, out);
    CHECK(opens(r, &at, out, sizeof(out)));
    CHECK(!opens(other, &at, out, sizeof(out)));
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK(!opens(r, &row[i], out, sizeof(out)));
    wn_ring_free(r);
    wn_ring_free(other);
}

TEST(the_newest_data_key_seals_and_the_older_ones_still_open)
{
    const struct wn_place at = { "cache", "value", 1, NULL };
    struct wn_ring *r = ring_new();
    unsigned char old[109], new[109];
    wn_seal(r, &at, "reply", 5, old);
    CHECK(wn_ring_make(r, WN_USE_DATA, 9));
    wn_seal(r, &at, "reply", 5, new);
    CHECK_INT(old[4], 1);
    CHECK_INT(new[4], 9);
    CHECK(opens(r, &at, old, sizeof(old)));
    CHECK(opens(r, &at, new, sizeof(new)));
    CHECK(!wn_seal_is_newest(r, old, sizeof(old)));
    CHECK(wn_seal_is_newest(r, new, sizeof(new)));
    wn_ring_drop(r, WN_USE_DATA, 1);
    CHECK(!opens(r, &at, old, sizeof(old)));
    CHECK(opens(r, &at, new, sizeof(new)));
    wn_ring_free(r);
}

TEST(a_wrapped_key_comes_back_only_under_its_root_key_and_as_what_it_was)
{
    struct wn_key *root = wn_key_new(), *other = wn_key_new();
    struct wn_ring *r = ring_new(), *got = wn_ring_new();
    const struct wn_place at = { "cache", "value", 1, NULL };
    unsigned char wrapped[WN_WRAPPED], value[109];
    CHECK(wn_ring_root(r, root) && wn_ring_root(got, other));
    wn_ring_wrap(r, WN_USE_DATA, 1, wrapped);
    wn_seal(r, &at, "reply", 5, value);
    CHECK(!wn_ring_unwrap(got, WN_USE_DATA, 1, wrapped, sizeof(wrapped)));
    CHECK(wn_ring_root(got, root));
    CHECK(!wn_ring_unwrap(got, WN_USE_AUDIT, 1, wrapped, sizeof(wrapped)));
    CHECK(!wn_ring_unwrap(got, WN_USE_DATA, 2, wrapped, sizeof(wrapped)));
    CHECK(!wn_ring_unwrap(got, WN_USE_DATA, 1, wrapped, sizeof(wrapped) - 1));
    CHECK(wn_seal_is_foreign(got, value, sizeof(value)));
    CHECK(wn_ring_unwrap(got, WN_USE_DATA, 1, wrapped, sizeof(wrapped)));
    CHECK(!wn_seal_is_foreign(got, value, sizeof(value)));
    CHECK(opens(got, &at, value, sizeof(value)));
    wn_key_free(root);
    wn_key_free(other);
    wn_ring_free(r);
    wn_ring_free(got);
    wn_arena_free(&arena);
}

TEST(parts_do_not_run_together)
{
    struct wn_ring *r = ring_new();
    struct wn_mac m;
    unsigned char one[WN_HASH], two[WN_HASH];
    wn_mac_init(&m, r, WN_USE_LOOKUP, "cache");
    wn_mac_part(&m, "ab", 2);
    wn_mac_part(&m, "c", 1);
    wn_mac_final(&m, one);
    wn_mac_init(&m, r, WN_USE_LOOKUP, "cache");
    wn_mac_part(&m, "a", 1);
    wn_mac_part(&m, "bc", 2);
    wn_mac_final(&m, two);
    CHECK(!wn_mac_same(one, two));
    wn_ring_free(r);
}

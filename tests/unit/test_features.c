#include "test.h"
#include "linear/features.h"

static struct wn_features read_text(const char *text, struct wn_arena *a)
{
    struct wn_features f;
    wn_features_read(text, strlen(text), NULL, 0, true, a, &f);
    return f;
}

/* How often a feature of this block and text was read. */
static uint32_t count(const struct wn_features *f, unsigned block, const char *text)
{
    unsigned char b = (unsigned char)block;
    uint64_t key = wn_fnv(wn_fnv(WN_FNV_START, &b, 1), text, strlen(text)) << 2 | block;
    for (size_t i = 0; i < f->n; i++)
        if (f->list[i].key == key)
            return f->list[i].tf;
    return 0;
}

TEST(a_text_is_folded_to_words_with_one_space_around)
{
    static const struct {
        const char *in, *want;
    } row[] = {
        { "", " " },
        { " \t\n ", " " },
        { "Hello  World", " hello world " },
        { "\u00c4RGER e\u0301t\u00e9", " \u00e4rger \u00e9t\u00e9 " },
        { "a\u00a0b\u3000c", " a b c " },
        { "\u4f60\u597dABC", " \u4f60\u597d abc " },
        { "\xff\xfe ok", " \xff\xfe ok " },
    };
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_features f = read_text(row[i].in, &a);
        CHECK_INT(f.folded_len, strlen(row[i].want));
        CHECK(memcmp(f.folded, row[i].want, f.folded_len) == 0);
    }
    wn_arena_free(&a);
}

TEST(three_blocks_are_read_from_a_text)
{
    static const struct {
        const char *text;
        unsigned block;
        const char *feature;
        uint32_t want;
    } row[] = {
        { "Please send, please!", WN_BLOCK_WORD, "please", 2 },
        { "Please send, please!", WN_BLOCK_WORD, "please send", 1 },
        { "Please send, please!", WN_BLOCK_WORD, "send please", 1 },
        { "Please send, please!", WN_BLOCK_WORD, "send,", 0 },
        { "Please send, please!", WN_BLOCK_STEM, "plea", 2 },
        { "Please send, please!", WN_BLOCK_CHAR, " p", 2 },
        { "Please send, please!", WN_BLOCK_CHAR, "d, ", 1 },
        { "Please send, please!", WN_BLOCK_CHAR, "e s", 0 }, /* never across words */
        { "a", WN_BLOCK_CHAR, " a ", 1 },
        { "a", WN_BLOCK_CHAR, "a", 0 },
        { "snake_case x2", WN_BLOCK_WORD, "snake_case", 1 },
        { "gr\u00fc\u00dfe", WN_BLOCK_STEM, "gr\u00fc\u00df", 1 },
        { "gr\u00fc\u00dfe", WN_BLOCK_CHAR, "\u00fc\u00df", 1 },
        { "\u6211\u8981\u9000\u6b3e", WN_BLOCK_CHAR, "\u9000\u6b3e", 1 },
        { "\u6211\u8981\u9000\u6b3e", WN_BLOCK_CHAR, "\u6211\u8981\u9000\u6b3e", 0 },
        { "\u6211\u8981\u9000\u6b3e", WN_BLOCK_WORD, "\u6211\u8981\u9000\u6b3e", 0 },
    };
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_features f = read_text(row[i].text, &a);
        CHECK_INT(count(&f, row[i].block, row[i].feature), row[i].want);
    }
    wn_arena_free(&a);
}

TEST(fields_are_features_and_a_subject_is_text)
{
    static const struct wn_field fields[] = {
        { "Source", " Webinar " },
        { "subject", "Big News" },
        { "notes", "" },
    };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_features f;
    wn_features_read("hello", 5, fields, COUNT(fields), false, &a, &f);
    CHECK_INT(count(&f, WN_BLOCK_FIELD, "source=webinar"), 1);
    CHECK_INT(count(&f, WN_BLOCK_FIELD, "subject=big news"), 0);
    CHECK_INT(count(&f, WN_BLOCK_WORD, "big news"), 1);
    CHECK_INT(count(&f, WN_BLOCK_WORD, "hello"), 1);
    wn_arena_free(&a);
}

TEST(every_feature_knows_where_it_stands)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_features f = read_text("Buy now, buy later", &a);
    size_t n = 0;
    for (size_t i = 0; i < f.nplaces; i++) {
        const struct wn_feature_place *p = &f.places[i];
        CHECK(p->feature < f.n && p->start < p->end && p->end <= f.folded_len);
        n++;
    }
    for (size_t i = 0; i < f.n; i++)
        n -= f.list[i].tf;
    CHECK_INT(n, 0);
    wn_arena_free(&a);
}

TEST(a_long_text_is_read_at_its_beginning_only)
{
    size_t n = 200 * 1000;
    char *text = malloc(n);
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_features f;
    CHECK(text != NULL);
    for (size_t i = 0; i < n; i++)
        text[i] = "abcdefghij "[i % 11];
    wn_features_read(text, n, NULL, 0, false, &a, &f);
    CHECK(f.folded_len <= WN_FEATURE_TEXT + 2);
    free(text);
    wn_arena_free(&a);
}

#include "test.h"
#include "store_home.h"
#include <sys/resource.h>

static struct wn_arena arena;
static const char *where;
static bool made;

/* The key's id, or the error's first words. */
static const char *find(const struct wn_key_source *s, bool create)
{
    static char id[WN_KEY_ID];
    struct wn_key *key = NULL;
    if (wn_key_find(s, create, &arena, &key, &where, &made, &test_error) != WN_OK)
        return NULL;
    wn_key_id(key, id);
    wn_key_free(key);
    return id;
}

static const char *path_of(const char *name)
{
    return wn_arena_printf(&arena, "%s/%s", home, name);
}

static void write_key(const char *name, const char *text, unsigned mode)
{
    const char *path = path_of(name);
    CHECK_OK(wn_file_write(path, text, strlen(text), mode, &test_error));
    CHECK_INT(chmod(path, mode), 0);
}

TEST(the_first_source_that_is_given_wins)
{
    const char *id_a, *id_b;
    struct wn_key_source s = { 0 };
    home_new();
    s.config_dir = home;
    write_key("key", KEY_A "\n", 0600);
    id_a = wn_arena_str(&arena, find(&s, false));
    CHECK_STR(where, path_of("key"));
    write_key("winnow-key", KEY_B, 0440); /* systemd shows its access list as group bits */
    s.credentials = home;
    id_b = wn_arena_str(&arena, find(&s, false));
    CHECK_STR(where, path_of("winnow-key"));
    CHECK(strcmp(id_a, id_b) != 0);
    s.key_file = path_of("key");
    CHECK_STR(find(&s, false), id_a);
    CHECK_STR(where, path_of("key"));
    s.key_base64 = "  " KEY_B "\n";
    CHECK_STR(find(&s, false), id_b);
    CHECK_STR(where, "WINNOW_KEY");
    s.key_base64 = s.key_file = ""; /* set, and empty: as if not set */
    s.credentials = "/nonexistent";
    CHECK_STR(find(&s, false), id_a);
    home_remove();
}

TEST(a_key_is_made_once_and_with_mode_0600)
{
    struct wn_key_source s = { 0 };
    struct stat st;
    const char *first;
    home_new();
    s.config_dir = path_of("deep/settings");
    CHECK(find(&s, false) == NULL);
    CHECK_STR(test_error.what, "there is no key for the store");
    CHECK_INT(test_error.code, WN_E_CONFIG);
    CHECK(!made);
    first = wn_arena_str(&arena, find(&s, true));
    CHECK(made);
    CHECK_STR(where, path_of("deep/settings/key"));
    CHECK_INT(stat(where, &st), 0);
    CHECK_INT(st.st_mode & 07777, 0600);
    CHECK_INT(st.st_size, 45);
    CHECK_STR(find(&s, true), first);
    CHECK(!made);
    home_remove();
}

TEST(a_key_file_that_others_can_read_is_refused_with_the_mend)
{
    static const struct {
        unsigned mode;
        bool good;
    } row[] = { { 0600, true }, { 0400, true }, { 0640, false }, { 0604, false }, { 0620, false } };
    struct wn_key_source s = { 0 };
    home_new();
    s.key_file = path_of("k");
    for (size_t i = 0; i < COUNT(row); i++) {
        write_key("k", KEY_A, row[i].mode);
        CHECK_INT(find(&s, false) != NULL, row[i].good);
        if (row[i].good)
            continue;
        CHECK_INT(test_error.code, WN_E_CONFIG);
        CHECK_STR(test_error.hint, wn_arena_printf(&arena, "chmod 600 '%s'", s.key_file));
    }
    home_remove();
}

TEST(what_is_no_key_is_refused_and_not_repeated)
{
    static const struct {
        const char *text, *cause;
    } row[] = {
        { "c2hvcnQ=", "it has 5 bytes, a key has 32" },
        { "not base64!", "it is not base64" },
        { "", "it is not base64" },
        { KEY_A KEY_A, "it is not base64" },
        { "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIQ==", "it has 34 bytes, a key has 32" },
    };
    struct wn_key_source s = { 0 };
    home_new();
    s.key_file = path_of("k");
    for (size_t i = 0; i < COUNT(row); i++) {
        write_key("k", row[i].text, 0600);
        CHECK(find(&s, false) == NULL);
        CHECK_INT(test_error.code, WN_E_CONFIG);
        CHECK_STR(test_error.cause, row[i].cause);
        CHECK(row[i].text[0] == '\0' || strstr(test_error.what, row[i].text) == NULL);
    }
    s.key_file = path_of("nothing-here");
    CHECK(find(&s, true) == NULL);
    CHECK_STR(test_error.cause, "No such file or directory");
    wn_arena_free(&arena);
    home_remove();
}

TEST(no_core_is_dumped_while_a_key_is_held)
{
    struct rlimit before, now;
    struct wn_key *key;
    getrlimit(RLIMIT_CORE, &before);
    key = wn_key_new();
    CHECK(key != NULL);
    getrlimit(RLIMIT_CORE, &now);
    CHECK_INT(now.rlim_cur, 0);
    wn_key_free(key);
    wn_key_free(NULL);
    getrlimit(RLIMIT_CORE, &now);
    CHECK_INT(now.rlim_cur, before.rlim_cur);
}

TEST(a_passphrase_takes_the_place_of_a_key_and_back)
{
    struct wn_store *s;
    struct wn_key *key = NULL, *old;
    size_t n = 0;
    bool has = true;
    home_new();
    CHECK_OK(wn_store_has_passphrase(home, &has, &test_error));
    CHECK(!has);
    s = store_open();
    old = wn_key_decode(KEY_A, strlen(KEY_A), &n);
    CHECK_INT(wn_key_passphrase(home, "a", 1, &key, &test_error), WN_E_CONFIG);
    CHECK_OK(wn_key_set_passphrase(s, old, "four words of mine", 18, NOW, &test_error));
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    CHECK_OK(wn_store_has_passphrase(home, &has, &test_error));
    CHECK(has);
    CHECK_INT(store_try(KEY_A, &s), WN_E_CONFIG);
    CHECK_OK(wn_key_passphrase(home, "four words of mine", 18, &key, &test_error));
    CHECK_OK(wn_store_open(home, key, NULL, &s, &test_error));
    CHECK_OK(wn_key_rotate_root(s, key, old, NOW, &test_error));
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    wn_key_free(key);
    wn_key_free(old);
    CHECK_OK(wn_store_has_passphrase(home, &has, &test_error));
    CHECK(!has);
    wn_store_close(store_open());
    home_remove();
}

TEST(a_passphrase_file_gives_its_first_line_to_nobody_else)
{
    static const struct {
        const char *bytes;
        unsigned mode;
        bool credential;
        const char *want; /* NULL: refused */
    } row[] = {
        { "nine brass lanterns\n", 0600, false, "nine brass lanterns" },
        { "nine brass lanterns\r\nand more\n", 0400, false, "nine brass lanterns" },
        { "no line end", 0600, false, "no line end" },
        { "", 0600, false, "" },
        { "nine brass lanterns\n", 0640, false, NULL },
        { "nine brass lanterns\n", 0440, true, "nine brass lanterns" },
        { "nine brass lanterns\n", 0444, true, NULL },
    };
    char path[96], text[64];
    size_t len;
    home_new();
    snprintf(path, sizeof(path), "%s/phrase", home);
    for (size_t i = 0; i < COUNT(row); i++) {
        enum wn_code rc;
        unlink(path);
        CHECK_OK(wn_file_write(path, row[i].bytes, strlen(row[i].bytes), row[i].mode, &test_error));
        rc = wn_passphrase_read(path, row[i].credential, text, sizeof(text), &len, &test_error);
        CHECK_INT(rc, row[i].want == NULL ? WN_E_CONFIG : WN_OK);
        if (row[i].want != NULL) {
            CHECK_STR(text, row[i].want);
            CHECK_INT(len, strlen(row[i].want));
        } else {
            CHECK(strstr(test_error.what, "can be read by others") != NULL);
        }
    }
    home_remove();
}

TEST(a_key_is_written_to_a_new_file_only_and_read_back)
{
    struct wn_key *key = wn_key_new(), *again = NULL;
    char path[96], a[WN_KEY_ID], b[WN_KEY_ID];
    struct stat st;
    home_new();
    snprintf(path, sizeof(path), "%s/spare", home);
    CHECK_OK(wn_key_write(key, path, &test_error));
    CHECK_INT(stat(path, &st), 0);
    CHECK_INT(st.st_mode & 07777, 0600);
    CHECK_OK(wn_key_read(path, &again, &test_error));
    wn_key_id(key, a);
    wn_key_id(again, b);
    CHECK_STR(a, b);
    CHECK_INT(wn_key_write(key, path, &test_error), WN_E_CONFIG);
    CHECK(strstr(test_error.what, "is there already") != NULL);
    wn_key_free(key);
    wn_key_free(again);
    home_remove();
}

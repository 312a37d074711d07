#include "test.h"
#include "store_home.h"
#include <sys/wait.h>

static struct wn_arena arena;

static const char *path_of(const char *name)
{
    return wn_arena_printf(&arena, "%s/%s", home, name);
}

static struct wn_store *filled(int n)
{
    struct wn_store *s;
    home_new();
    s = store_open();
    for (int i = 1; i <= n; i++) {
        struct wn_row r = row_for(i);
        put_row(s, &r);
        put_reply(s, i, "a reply");
    }
    return s;
}

static const char *backup(struct wn_store *s, int64_t keep_s, int64_t now)
{
    const char *path = NULL;
    CHECK_OK(wn_store_backup(s, path_of("backups"), keep_s, now, &arena, &path, &test_error));
    return path;
}

static enum wn_code restore(const char *key_base64, const char *file, const char **old)
{
    size_t n = 0;
    struct wn_key *key = wn_key_decode(key_base64, strlen(key_base64), &n);
    enum wn_code rc = wn_store_restore(home, key, file, NOW + 9, &arena, old, &test_error);
    wn_key_free(key);
    return rc;
}

static int files_in(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *e;
    int n = 0;
    while ((e = readdir(dir)) != NULL)
        n += e->d_name[0] != '.';
    closedir(dir);
    return n;
}

TEST(a_backup_is_one_file_of_this_moment_and_the_store_goes_on)
{
    struct wn_store *s = filled(3);
    struct stat st;
    struct wn_row r = row_for(4);
    const char *path = backup(s, 0, NOW);
    CHECK_STR(path, path_of("backups/winnow-20261122T120000Z.db"));
    CHECK_INT(stat(path, &st), 0);
    CHECK_INT(st.st_mode & 07777, 0600);
    CHECK_INT(files_in(path_of("backups")), 1);
    put_row(s, &r);
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    home_remove();
}

TEST(expired_backups_go_and_nothing_else)
{
    static const int64_t day = 86400;
    struct wn_store *s = filled(1);
    const char *old = backup(s, 0, NOW - 40 * day), *young = backup(s, 0, NOW - 20 * day), *newest;
    CHECK_OK(wn_file_write(path_of("backups/winnow-notes-from-me-.db"), "x", 1, 0600, &test_error));
    newest = backup(s, 30 * day, NOW);
    CHECK(!wn_file_exists(old));
    CHECK(wn_file_exists(young));
    CHECK(wn_file_exists(newest));
    CHECK_INT(files_in(path_of("backups")), 3);
    wn_store_close(s);
    home_remove();
}

TEST(a_store_that_does_not_hold_makes_no_backup)
{
    struct wn_store *s = filled(2);
    struct wn_row r;
    const char *path = NULL;
    CHECK_OK(wn_store_flush(s, &test_error));
    tamper("UPDATE results SET body = (SELECT body FROM results WHERE id = 2)");
    CHECK_INT(wn_store_backup(s, path_of("backups"), 1, NOW, &arena, &path, &test_error),
              WN_E_STORE);
    CHECK_STR(test_error.cause, "results row 1, column body: the value does not open");
    CHECK_INT(files_in(path_of("backups")), 0);
    /* Once it was met and set aside, it is known, and no reason to have no backup. */
    CHECK_INT(wn_results_get(s, 1, &arena, &r, &test_error), WN_E_STORE);
    backup(s, 0, NOW);
    CHECK_STR(verify_store(s).first, "results row 1, column body: the value does not open");
    wn_store_close(s);
    home_remove();
}

TEST(restoring_brings_back_what_was_and_keeps_what_is_replaced)
{
    struct wn_store *s = filled(3);
    const char *path = backup(s, 0, NOW), *old = NULL;
    struct wn_row r = row_for(4);
    put_row(s, &r);
    wn_store_close(s);
    CHECK_OK(restore(KEY_A, path, &old));
    CHECK_STR(old, path_of("replaced-winnow-20261122T120009Z.db"));
    CHECK(wn_file_exists(old));
    CHECK_STR(verify().all, "");
    CHECK_INT(sql_number("SELECT count(*) FROM results"), 3);
    CHECK_INT(sql_number("SELECT count(*) FROM audit WHERE event IN ('backed up', 'restored')"), 2);
    /* Where there is nothing to replace, and after the file was lost for good. */
    CHECK_INT(unlink(db_path), 0);
    CHECK_OK(restore(KEY_A, path, &old));
    CHECK_STR(old, NULL);
    CHECK_OK(wn_file_write(db_path, "no database", 11, 0600, &test_error));
    CHECK_OK(restore(KEY_A, path, &old));
    CHECK_STR(verify().all, "");
    CHECK_STR(old, path_of("replaced-winnow-20261122T120009Z-2.db")); /* the first is kept */
    /* A copy that was cut off does no harm to the next. */
    CHECK_OK(wn_file_write(path_of("winnow.db.new"), "cut", 3, 0600, &test_error));
    CHECK_OK(wn_file_write(path_of("winnow.db.new-journal"), "cut", 3, 0600, &test_error));
    CHECK_OK(restore(KEY_A, path, &old));
    CHECK(!wn_file_exists(path_of("winnow.db.new-journal")));
    CHECK_STR(verify().all, "");
    home_remove();
}

TEST(what_cannot_be_restored_replaces_nothing)
{
    struct wn_store *s = filled(3);
    const char *path = backup(s, 0, NOW), *old = NULL;
    wn_store_close(s);
    CHECK_INT(restore(KEY_B, path, &old), WN_E_CONFIG);
    CHECK_INT(restore(KEY_A, path_of("not-there.db"), &old), WN_E_STORE);
    CHECK_OK(wn_file_write(path_of("text"), "hello", 5, 0600, &test_error));
    CHECK_INT(restore(KEY_A, path_of("text"), &old), WN_E_STORE);
    CHECK_STR(test_error.cause, "it is not an SQLite file");
    CHECK_OK(wn_file_write(path_of("empty"), "", 0, 0600, &test_error));
    CHECK_INT(restore(KEY_A, path_of("empty"), &old), WN_E_STORE);
    strcpy(db_path, path);
    tamper("DELETE FROM results WHERE id = 2");
    snprintf(db_path, sizeof(db_path), "%s/winnow.db", home);
    CHECK_INT(restore(KEY_A, path, &old), WN_E_STORE);
    CHECK_STR(test_error.cause, "results: 2 rows, but 3 were written, and more");
    CHECK_INT(files_in(home), 4); /* winnow.db, backups, text, empty: no copy was left */
    CHECK_STR(verify().all, "");
    CHECK_INT(sql_number("SELECT count(*) FROM results"), 3);
    home_remove();
}

TEST(a_store_that_somebody_has_open_is_not_replaced)
{
    struct wn_store *s = filled(2);
    const char *path = backup(s, 0, NOW), *old = NULL;
    int go[2], ready[2], status;
    char c = 'x';
    pid_t pid;
    wn_store_close(s);
    CHECK_INT(pipe(go), 0);
    CHECK_INT(pipe(ready), 0);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        close(go[1]);
        s = store_open();
        if (write(ready[1], &c, 1) != 1 || read(go[0], &c, 1) != 0)
            _exit(1);
        wn_store_close(s);
        _exit(0);
    }
    close(go[0]);
    CHECK_INT(read(ready[0], &c, 1), 1);
    CHECK_INT(restore(KEY_A, path, &old), WN_E_STORE);
    CHECK(strstr(test_error.what, "' is in use") != NULL);
    close(go[1]);
    CHECK_INT(waitpid(pid, &status, 0), pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK_OK(restore(KEY_A, path, &old));
    wn_arena_free(&arena);
    home_remove();
}

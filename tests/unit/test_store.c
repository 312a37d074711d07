#define _GNU_SOURCE /* memmem */
#include "test.h"
#include "store_home.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static struct wn_arena arena;

static char *slurp(const char *path, size_t *len)
{
    char *bytes = NULL;
    CHECK_OK(wn_file_read(path, 256 << 20, &bytes, len, &test_error));
    return bytes;
}

static void write_db(const char *bytes, size_t len)
{
    CHECK_OK(wn_file_write(db_path, bytes, len, 0600, &test_error));
}

/* A home with a store in it that has one decision and one reply. */
static void small_store(void)
{
    struct wn_store *s;
    struct wn_row r;
    home_new();
    s = store_open();
    r = row_for(1);
    put_row(s, &r);
    put_reply(s, 1, "{\"intent\":\"pricing_request\"}");
    wn_store_close(s);
}

TEST(a_new_store_opens_again_and_only_its_owner_can_read_it)
{
    static const char *const file[] = { "winnow.db", "winnow.db-wal", "winnow.db-shm" };
    char salt[65], deep[80], path[120];
    struct wn_store *s;
    struct stat st;
    mode_t old = umask(0);
    home_new();
    strcpy(deep, home);
    strcat(home, "/a/b");
    s = store_open();
    put_reply(s, 1, "x");
    CHECK_OK(wn_store_flush(s, &test_error));
    for (size_t i = 0; i < COUNT(file); i++) {
        snprintf(path, sizeof(path), "%s/%s", home, file[i]);
        CHECK_INT(stat(path, &st), 0);
        CHECK_INT(st.st_mode & 07777, 0600);
    }
    CHECK_INT(stat(home, &st), 0);
    CHECK_INT(st.st_mode & 07777, 0700);
    strcpy(salt, wn_store_salt(s));
    CHECK_INT(strlen(salt), 64);
    wn_store_close(s);
    s = store_open();
    CHECK_STR(wn_store_salt(s), salt);
    wn_store_close(s);
    umask(old);
    strcpy(home, deep);
    home_remove();
}

/* ---- files that are refused, and left as they are ---- */

static void patch(char *bytes, size_t at, const char *with, size_t n)
{
    memcpy(bytes + at, with, n);
}

TEST(what_is_not_ours_whole_and_of_our_format_is_refused_and_left_untouched)
{
    static const struct {
        const char *what; /* how the file is made from a good one */
        size_t at, n;
        const char *with;
        int64_t keep; /* bytes; 0 = all */
        const char *error, *cause;
    } row[] = {
        { "no database", 0, 7, "garbage", 0, "' is not a winnow store",
          "it is not an SQLite file" },
        { "a text", 0, 5, "hello", 5, "' is not a winnow store", "it is not an SQLite file" },
        { "another program's", 68, 4, "FSL1", 0, "' is not a winnow store",
          "it belongs to another program (application id 0x46534c31)" },
        { "nobody's", 68, 4, "\0\0\0\0", 0, "' is not a winnow store",
          "it belongs to another program (application id 0x00000000)" },
        { "newer", 60, 4, "\0\0\0\x63", 0, "' was written by a newer winnow",
          "its format is 99, this program knows formats up to 5" },
        { "cut in the middle", 0, 0, "", 9000, "' is cut short", "it has 9000 of its " },
        { "cut in its head", 0, 0, "", 50, "' is cut short", "it has 50 of its 100 bytes" },
        { "one byte short", 0, 0, "", -1, "' is cut short", "it has " },
    };
    size_t len = 0, after = 0;
    char *good, *now;
    small_store();
    good = slurp(db_path, &len);
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_store *s;
        char *bad = wn_xmalloc(len);
        size_t n = row[i].keep == 0 ? len : row[i].keep < 0 ? len - 1 : (size_t)row[i].keep;
        memcpy(bad, good, len);
        patch(bad, row[i].at, row[i].with, row[i].n);
        write_db(bad, n);
        CHECK_INT(store_try(KEY_A, &s), WN_E_STORE);
        CHECK(strstr(test_error.what, row[i].error) != NULL);
        CHECK(strncmp(test_error.cause, row[i].cause, strlen(row[i].cause)) == 0);
        CHECK(test_error.hint[0] != '\0');
        now = slurp(db_path, &after);
        CHECK_INT(after, n);
        CHECK(memcmp(now, bad, n) == 0);
        free(now);
        free(bad);
    }
    free(good);
    home_remove();
}

TEST(the_wrong_key_is_refused_at_once_and_says_which_is_wanted)
{
    size_t len = 0, after = 0;
    char *good, *now;
    struct wn_store *s;
    small_store();
    good = slurp(db_path, &len);
    CHECK_INT(store_try(KEY_B, &s), WN_E_CONFIG);
    CHECK(strncmp(test_error.what, "this is not the key of the store '", 34) == 0);
    CHECK_STR(test_error.cause, "it wants key dfd54a914fcfc494 and was given 8c026c0b05483635");
    now = slurp(db_path, &after);
    CHECK_INT(after, len);
    CHECK(memcmp(now, good, len) == 0);
    free(good);
    free(now);
    s = store_open();
    wn_store_close(s);
    tamper("UPDATE ring SET wrapped = zeroblob(109) WHERE kind = 'lookup'");
    CHECK_INT(store_try(KEY_A, &s), WN_E_STORE);
    CHECK_STR(test_error.cause, "a wrapped key does not open, or is missing");
    home_remove();
}

TEST(a_folder_that_cannot_be_made_or_written_is_one_clear_error)
{
    struct wn_store *s;
    char deep[80];
    home_new();
    strcpy(deep, home);
    CHECK_OK(wn_file_write(db_path, "", 0, 0600, &test_error));
    strcat(home, "/winnow.db/home");
    CHECK_INT(store_try(KEY_A, &s), WN_E_STORE);
    CHECK(strstr(test_error.what, "cannot make the folder '") != NULL);
    CHECK_STR(test_error.hint, "Set WINNOW_HOME to a folder that you can write.");
    strcpy(home, deep);
    strcat(home, "/winnow.db"); /* a file where the folder should be */
    CHECK_INT(store_try(KEY_A, &s), WN_E_STORE);
    CHECK(strstr(test_error.what, "cannot make the store '") != NULL);
    CHECK_STR(test_error.cause, "Not a directory");
    strcpy(home, deep);
    CHECK_INT(unlink(db_path), 0);
    CHECK_INT(mkdir(db_path, 0700), 0); /* a folder where the file should be */
    CHECK_INT(store_try(KEY_A, &s), WN_E_STORE);
    CHECK_INT(rmdir(db_path), 0);
    if (geteuid() != 0) { /* for root no folder is read-only */
        wn_store_close(store_open());
        CHECK_INT(chmod(home, 0500), 0);
        CHECK_INT(store_try(KEY_A, &s), WN_E_STORE);
        CHECK(strstr(test_error.what, "cannot write the store '") != NULL);
        CHECK_INT(chmod(home, 0700), 0);
    }
    home_remove();
}

/* A store that does not wait long, with one reply, which another program holds. */
static struct wn_store *held_store(sqlite3 **other)
{
    struct wn_store *s;
    small_store();
    s = store_open();
    s->wait_ms = 20;
    CHECK_INT(sqlite3_open(db_path, other), SQLITE_OK);
    CHECK_INT(sqlite3_exec(*other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    return s;
}

static void refused_then_flushed(struct wn_store *s, sqlite3 *other)
{
    CHECK_INT(wn_store_flush(s, &test_error), WN_E_STORE);
    CHECK(strstr(test_error.what, "another program holds the store '") != NULL);
    CHECK_INT(wn_store_written(s), 0);
    CHECK_INT(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    CHECK_OK(wn_store_flush(s, &test_error));
}

TEST(a_lock_is_waited_for_and_then_one_clear_error_that_loses_nothing)
{
    sqlite3 *other = NULL;
    struct wn_store *s = held_store(&other);
    put_reply(s, 2, "kept for the next try");
    refused_then_flushed(s, other);
    wn_store_close(s);
    CHECK_INT(sql_number("SELECT count(*) FROM cache"), 2);
    home_remove();
}

/* ---- the writer's thread ---- */

/* Tick until group number `n` is committed: the thread says when. */
static enum wn_code tick_until(struct wn_store *s, int64_t n)
{
    enum wn_code rc = WN_OK;
    while (rc == WN_OK && wn_store_written(s) < n) {
        wn_writer_pause(s);
        rc = wn_store_tick(s, s->group->since_ms + WN_GROUP_MS, NULL, &test_error);
    }
    return rc;
}

TEST(a_thread_commits_what_is_due_and_what_it_has_is_still_found)
{
    struct wn_store *s;
    struct wn_cache_entry hit;
    unsigned char key[WN_HASH];
    home_new();
    s = store_open();
    wn_store_background(s);
    for (int i = 0; i < 3; i++) {
        int64_t at = 2 * i + 1;
        put_reply(s, i, "in the thread's hands");
        CHECK_INT(wn_store_group(s), at);
        CHECK_OK(wn_store_tick(s, s->group->since_ms + WN_GROUP_MS, NULL, &test_error));
        put_reply(s, 10 + i, "gathers");
        wn_writer_pause(s); /* committed, but not taken back yet: this store's reads may be older */
        CHECK_INT(wn_writer_group(s)->n, 1);
        cache_key(s, i, key);
        CHECK_OK(wn_cache_get(s, key, NOW, &arena, &hit, &test_error));
        CHECK_STR(hit.value, "in the thread's hands");
        CHECK_OK(tick_until(s, at));
        CHECK_OK(wn_cache_get(s, key, NOW, &arena, &hit, &test_error));
        CHECK_STR(hit.value, "in the thread's hands");
        CHECK_OK(wn_store_flush(s, &test_error)); /* the second one is a group, too */
        CHECK_INT(wn_store_written(s), at + 1);
    }
    wn_store_foreground(s);
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    CHECK_INT(sql_number("SELECT count(*) FROM cache"), 6);
    home_remove();
}

TEST(what_the_thread_could_not_commit_is_an_error_and_then_committed)
{
    sqlite3 *other = NULL;
    struct wn_store *s = held_store(&other);
    wn_store_background(s);
    put_reply(s, 2, "kept for the next try");
    CHECK_OK(wn_store_tick(s, s->group->since_ms + WN_GROUP_MS, NULL, &test_error));
    put_reply(s, 3, "and what came after it");
    refused_then_flushed(s, other);
    CHECK_INT(wn_store_written(s), 2);
    wn_store_close(s);
    CHECK_INT(sql_number("SELECT count(*) FROM cache"), 3);
    home_remove();
}

/* ---- a full disk, played by a limit on the size of files ---- */

TEST(a_full_disk_is_one_clear_error_and_what_was_committed_stays)
{
    static char big[100000];
    struct rlimit old, small;
    struct wn_store *s;
    struct stat st;
    void (*was)(int) = signal(SIGXFSZ, SIG_IGN);
    enum wn_code rc = WN_OK;
    int n = 0;
    small_store();
    s = store_open();
    memset(big, 'x', sizeof(big) - 1);
    CHECK_INT(stat(db_path, &st), 0);
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 1000000;
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &small), 0);
    while (rc == WN_OK && n < 50) {
        put_reply(s, 100 + n, big);
        rc = wn_store_flush(s, &test_error);
        n += rc == WN_OK;
    }
    CHECK_INT(rc, WN_E_STORE);
    CHECK(strstr(test_error.what, "there is no room for the store '") != NULL);
    CHECK_INT(wn_store_flush(s, &test_error), WN_E_STORE);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &old), 0);
    CHECK_OK(wn_store_flush(s, &test_error)); /* there is room again: nothing was lost */
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    CHECK_INT(sql_number("SELECT count(*) FROM cache"), 1 + n + 1);
    signal(SIGXFSZ, was);
    home_remove();
}

TEST(a_store_that_could_not_be_made_for_lack_of_room_is_made_later)
{
    struct rlimit old, small;
    struct wn_store *s;
    void (*was)(int) = signal(SIGXFSZ, SIG_IGN);
    home_new();
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 10000;
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &small), 0);
    CHECK_INT(store_try(KEY_A, &s), WN_E_STORE);
    CHECK(strstr(test_error.what, "there is no room for the store '") != NULL);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &old), 0);
    CHECK_STR(verify().all, "");
    signal(SIGXFSZ, was);
    home_remove();
}

/* ---- nothing can be read ---- */

TEST(no_word_of_an_item_an_answer_or_a_person_stands_in_any_file)
{
    static const char *const word[] = {
        "leads.csv",       "Marigold",     "quotation", "pianos", "marigold@example.com",
        "pricing_request", "rule:pricing", "Odile",     "asked",  "{\"intent",
        "demo_request",    "spam",         "\"label\"", "weights",
    };
    struct wn_store *s;
    struct wn_row r;
    DIR *dir;
    struct dirent *e;
    int files = 0;
    home_new();
    s = store_open();
    for (int i = 1; i <= 20; i++) {
        r = row_for(i);
        put_row(s, &r);
        put_reply(s, i, "{\"intent\":\"pricing_request\",\"company\":\"Marigold\"}");
        r.same_as = "another decision: demo_request";
        put_row(s, &r);
    }
    put_review(s, 2, "correct");
    CHECK_OK(wn_store_value_put(s, "linear", "lead-intent", "weights", 7, NOW, &test_error));
    CHECK_OK(wn_store_flush(s, &test_error));
    dir = opendir(home); /* while it is open: with its WAL */
    while ((e = readdir(dir)) != NULL) {
        char path[400];
        size_t len = 0;
        char *bytes;
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", home, e->d_name);
        bytes = slurp(path, &len);
        for (size_t i = 0; i < COUNT(word); i++)
            if (memmem(bytes, len, word[i], strlen(word[i])) != NULL) {
                print_error("\"%s\" stands in %s\n", word[i], e->d_name);
                fail();
            }
        free(bytes);
        files++;
    }
    closedir(dir);
    CHECK_INT(files, 3);
    wn_store_close(s);
    home_remove();
}

/* ---- kill -9 ---- */

static bool make_backup(struct wn_store *s, int n)
{
    struct wn_arena a = WN_ARENA_INIT;
    const char *path;
    char folder[80];
    bool good;
    snprintf(folder, sizeof(folder), "%s/copies", home);
    good = wn_store_backup(s, folder, 100, NOW + n, &a, &path, NULL) == WN_OK;
    wn_arena_free(&a);
    return good;
}

/* Every backup that is there by its name is whole. */
static int check_backups(void)
{
    char folder[80], other[96];
    DIR *dir;
    struct dirent *e;
    int n = 0;
    size_t len = 0;
    snprintf(folder, sizeof(folder), "%s/copies", home);
    snprintf(other, sizeof(other), "%s/other", home);
    dir = opendir(folder);
    while (dir != NULL && (e = readdir(dir)) != NULL) {
        const char *old, *where;
        char path[400];
        struct wn_key *key = NULL;
        bool made;
        struct wn_key_source source = { .key_base64 = KEY_A };
        if (strstr(e->d_name, "Z.db") == NULL || strlen(e->d_name) != 26)
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
        CHECK_OK(wn_key_find(&source, false, &arena, &key, &where, &made, &test_error));
        CHECK_OK(wn_store_restore(other, key, path, NOW + n++, &arena, &old, &test_error));
        wn_key_free(key);
        free(slurp(path, &len));
        CHECK(len > 0);
    }
    if (dir != NULL)
        closedir(dir);
    wn_arena_reset(&arena);
    return n;
}

/* Write replies, decisions and reviews for ever, with a change of the data key and backups going on
 * meanwhile; after each commit, tell the number of the last one. Each third number has a review. */
static void write_until_killed(int out, int first)
{
    struct wn_store *s = NULL;
    struct wn_error err;
    const struct wn_cache_facts f = { .task = "t", .version = "v", .model = "m", .now = NOW };
    bool done;
    if (store_try(KEY_A, &s) != WN_OK)
        _exit(1);
    for (int n = first;; n++) {
        struct wn_row r = row_for(n);
        struct wn_review review = { .time = NOW, .verdict = "accept", .reviewer = "Odile" };
        unsigned char key[WN_HASH];
        int64_t id;
        cache_key(s, n, key);
        if (wn_cache_put(s, key, "reply", 5, &f, &err) != WN_OK ||
            wn_results_put(s, &r, n % 3 == 0 ? &review.decision : NULL, &err) != WN_OK)
            _exit(1);
        if (n % 3 != 0)
            continue;
        if (wn_review_add(s, &review, &id, &err) != WN_OK ||
            (n % 2 == 0 && wn_key_rotate(s, NOW, &done, &err) != WN_OK) ||
            (n % 15 == 0 && !make_backup(s, n)) || write(out, &n, sizeof(n)) != sizeof(n))
            _exit(1);
    }
}

/* Start a writer, kill it after it has told of `commits` commits and a little more; the last number
 * that it told. */
static int run_and_kill(int first, int commits, long more_ns)
{
    struct timespec more = { 0, more_ns };
    int fd[2], last = first - 1, n, status;
    pid_t pid;
    CHECK_INT(pipe(fd), 0);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        close(fd[0]);
        write_until_killed(fd[1], first);
    }
    close(fd[1]);
    for (int i = 0; i < commits && read(fd[0], &n, sizeof(n)) == sizeof(n); i++)
        last = n;
    nanosleep(&more, NULL);
    kill(pid, SIGKILL);
    CHECK_INT(waitpid(pid, &status, 0), pid);
    CHECK(WIFSIGNALED(status));
    while (read(fd[0], &n, sizeof(n)) == sizeof(n))
        last = n;
    close(fd[0]);
    return last;
}

/* A store of format 2, made by the program that knew no other: three decisions in four rows (the second was
 * decided again), three replies, a review, a value. */
TEST(a_store_of_an_older_format_becomes_one_of_today)
{
    struct wn_cache_entry e;
    struct wn_store *s;
    struct wn_row r;
    unsigned char key[WN_HASH];
    char *bytes = NULL;
    size_t len = 0;
    home_new();
    CHECK_OK(wn_file_read("fixtures/store/format2.db", 1 << 20, &bytes, &len, &test_error));
    CHECK_OK(wn_file_write(db_path, bytes, len, 0600, &test_error));
    free(bytes);
    s = store_open();
    CHECK_STR(verify_store(s).all, "");
    CHECK_OK(wn_results_find(s, "lead-intent", "leads.csv:1", &arena, &r, &test_error));
    CHECK_STR(r.item_json, "{\"text\":\"Marigold 1 wants a quotation for pianos\"}");
    CHECK_STR(r.signals_json, "{\"lp\":0.93}");
    CHECK_STR(r.reviewer, "Odile");
    CHECK_OK(wn_results_find(s, "lead-intent", "leads.csv:2", &arena, &r, &test_error));
    CHECK_INT(r.id, 4);
    cache_key(s, 2, key);
    CHECK_OK(wn_cache_get(s, key, NOW, &arena, &e, &test_error));
    CHECK_STR(e.value, "{\"intent\":\"pricing_request\"}");
    /* The same decision makes no new row; another one takes the old one's place. */
    r = row_for(3);
    CHECK_INT(put_row(s, &r), 3);
    r.same_as = "something else";
    CHECK_INT(put_row(s, &r), 5);
    put_reply(s, 2, "another reply");
    wn_store_close(s);
    CHECK_INT(sql_number("SELECT count(*) FROM cache"), 3);
    CHECK_INT(sql_number("SELECT count(*) FROM results WHERE current = 1"), 3);
    CHECK_STR(verify().all, "");
    tamper("DELETE FROM results WHERE id = 2");
    CHECK(strstr(verify().all, "results row 2 is missing, of which audit event") != NULL);
    wn_arena_free(&arena);
    home_remove();
}

TEST(kill_9_at_any_moment_loses_nothing_that_was_committed)
{
    const char *asked = getenv("KILLS"); /* `make kills` asks for 300 */
    int first = 1, last = 0, rounds = asked == NULL ? 60 : atoi(asked);
    home_new();
    srand(1);
    for (int round = 0; round < rounds; round++) {
        struct wn_store *s;
        last = run_and_kill(first, rand() % 4, rand() % 3000000);
        CHECK_INT(sql_number("SELECT count(*) FROM sqlite_schema WHERE name = 'results'"),
                  last > 0 || sql_number("PRAGMA user_version") == 5);
        if (last == 0)
            continue; /* it may have died before there was a store */
        s = store_open();
        for (int n = first; n <= last; n++) {
            struct wn_cache_entry e;
            unsigned char key[WN_HASH];
            cache_key(s, n, key);
            CHECK_OK(wn_cache_get(s, key, NOW, &arena, &e, &test_error));
            CHECK_STR(e.value, "reply");
        }
        wn_arena_reset(&arena);
        wn_store_close(s);
        first = last + 1;
    }
    CHECK(sql_number("SELECT count(*) FROM results") >= last);
    CHECK(sql_number("SELECT count(*) FROM cache") >= last);
    CHECK(sql_number("SELECT count(*) FROM reviews") >= last / 3);
    CHECK_STR(verify().all, "");
    CHECK(check_backups() > 0);
    wn_arena_free(&arena);
    home_remove();
}

/* ---- two processes ---- */

static void write_some(int first, int n)
{
    struct wn_store *s = NULL;
    struct wn_error err;
    if (store_try(KEY_A, &s) != WN_OK) {
        fprintf(stderr, "%s (%s)\n", test_error.what, test_error.cause);
        _exit(1);
    }
    for (int i = first; i < first + n; i++) {
        struct wn_row r = row_for(i);
        int64_t id = 0;
        if (wn_results_put(s, &r, i % 10 == 0 ? &id : NULL, &err) != WN_OK) {
            fprintf(stderr, "%s (%s)\n", err.what, err.cause);
            _exit(1);
        }
    }
    if (wn_store_flush(s, &err) != WN_OK)
        _exit(1);
    wn_store_close(s);
    _exit(0);
}

TEST(processes_that_make_and_write_one_store_at_once_lose_nothing)
{
    enum { PROCESSES = 3, EACH = 150 };
    pid_t pid[PROCESSES];
    home_new();
    for (int i = 0; i < PROCESSES; i++) {
        pid[i] = fork();
        CHECK(pid[i] >= 0);
        if (pid[i] == 0)
            write_some(1 + i * (EACH - 50), EACH); /* 50 items are everybody's */
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = -1;
        CHECK_INT(waitpid(pid[i], &status, 0), pid[i]);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    CHECK_INT(sql_number("SELECT count(*) FROM results"), PROCESSES * EACH - (PROCESSES - 1) * 50);
    CHECK_STR(verify().all, "");
    home_remove();
}

TEST(two_stores_open_in_one_process_see_each_other_s_work)
{
    struct wn_store *a, *b;
    struct wn_row r;
    home_new();
    a = store_open();
    b = store_open();
    for (int i = 1; i <= 5; i++) {
        r = row_for(i);
        CHECK_INT(put_row(i % 2 ? a : b, &r), i);
        CHECK_OK(wn_results_get(i % 2 ? b : a, i, &arena, &r, &test_error));
        CHECK_INT(r.id, i);
    }
    CHECK_STR(verify_store(a).all, "");
    wn_store_close(a);
    wn_store_close(b);
    wn_arena_free(&arena);
    home_remove();
}

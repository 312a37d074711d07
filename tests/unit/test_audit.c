#include "test.h"
#include "store_home.h"

/* A store with something in every table that is written. */
static void fill(void)
{
    struct wn_store *s;
    home_new();
    s = store_open();
    for (int i = 1; i <= 4; i++) {
        struct wn_row r = row_for(i);
        put_row(s, &r);
        put_reply(s, i, "{\"intent\":\"pricing_request\"}");
    }
    put_review(s, 1, "correct");
    put_review(s, 2, "accept");
    CHECK_OK(wn_review_undo(s, 2, NOW + 99, &test_error));
    CHECK_OK(wn_store_value_put(s, "linear", "lead-intent", "weights", 7, NOW, &test_error));
    wn_store_close(s);
}

static char saved_path[96];

static void save(void)
{
    char *bytes = NULL;
    size_t len = 0;
    snprintf(saved_path, sizeof(saved_path), "%s/saved", home);
    CHECK_OK(wn_file_read(db_path, 64 << 20, &bytes, &len, &test_error));
    CHECK_OK(wn_file_write(saved_path, bytes, len, 0600, &test_error));
    free(bytes);
}

static void bring_back(void)
{
    char *bytes = NULL;
    size_t len = 0;
    CHECK_OK(wn_file_read(saved_path, 64 << 20, &bytes, &len, &test_error));
    CHECK_OK(wn_file_write(db_path, bytes, len, 0600, &test_error));
    free(bytes);
}

TEST(a_whole_store_has_no_faults_and_every_value_is_opened)
{
    struct wn_store *s;
    struct faults f = { 0 };
    int64_t nchecked = 0, nfaults = 0;
    fill();
    s = store_open();
    CHECK_OK(wn_store_verify(s, fault_add, &f, &nchecked, &nfaults, &test_error));
    CHECK_STR(f.all, "");
    /* Rows: 4 keys, 4 replies, 4 decisions, 2 reviews, 1 value; 9 events. Values: 4 + 4 + 6 + 1 + 9. */
    CHECK_INT(nchecked, 4 + 4 + 4 + 2 + 1 + 9 + 4 + 4 + 6 + 1 + 9);
    wn_store_close(s);
    home_remove();
}

TEST(every_event_that_was_touched_is_named)
{
    static const struct {
        const char *sql, *fault;
    } row[] = {
        { "UPDATE audit SET event = 'reviewed' WHERE id = 3",
          "audit event 3 was changed or moved" },
        { "UPDATE audit SET time = time + 1 WHERE id = 9", "audit event 9 was changed or moved" },
        { "UPDATE audit SET row = 99 WHERE id = 2", "audit event 2 was changed or moved" },
        { "UPDATE audit SET item = zeroblob(32) WHERE id = 4",
          "audit event 4 was changed or moved" },
        { "UPDATE audit SET mac = zeroblob(32) WHERE id = 5",
          "audit event 5 was changed or moved" },
        { "UPDATE audit SET body = (SELECT body FROM audit WHERE id = 3) WHERE id = 2",
          "audit event 2, column body: the value does not open" },
        { "UPDATE audit SET body = NULL WHERE id = 2",
          "audit event 2, column body: the value does not open" },
        { "DELETE FROM audit WHERE id = 4", "audit event 4 is missing" },
        { "DELETE FROM audit WHERE id = 1", "audit event 1 is missing" },
        { "DELETE FROM audit WHERE id >= 8", "audit events 8 to 9 are missing at the end" },
        { "UPDATE audit SET id = 99 WHERE id = 3; UPDATE audit SET id = 3 WHERE id = 4;"
          "UPDATE audit SET id = 4 WHERE id = 99",
          "audit event 3 was changed or moved" },
        { "INSERT INTO audit SELECT 10, mac, time, event, actor, tab, row, item, digest, body "
          "FROM audit WHERE id = 9",
          "audit event 10 was changed or moved" },
    };
    fill();
    save();
    for (size_t i = 0; i < COUNT(row); i++) {
        struct faults f;
        bring_back();
        tamper(row[i].sql);
        f = verify();
        CHECK(f.n > 0);
        if (strstr(f.all, row[i].fault) != f.all)
            print_error("%s\n", row[i].sql);
        CHECK(strncmp(f.first, row[i].fault, strlen(row[i].fault)) == 0);
    }
    home_remove();
}

TEST(rows_that_were_removed_added_or_put_back_are_found)
{
    static const struct {
        const char *sql, *fault;
    } row[] = {
        { "DELETE FROM cache WHERE id = 2", "cache: 3 rows, but 4 were written" },
        { "DELETE FROM results WHERE id = 3", "results: 3 rows, but 4 were written" },
        { "DELETE FROM reviews WHERE id = 1", "reviews: 1 rows, but 2 were written" },
        { "DELETE FROM kept", "kept: 0 rows, but 1 were written" },
        { "INSERT INTO counters VALUES (9, zeroblob(32), 'cache_hits', 1)",
          "counters row 9: its columns do not fit its mac" },
        { "UPDATE results SET current = 0 WHERE id = 1",
          "results row 1: its columns do not fit its mac" },
        { "UPDATE results SET route = 'auto' WHERE id = 1",
          "results row 1: its columns do not fit its mac" },
        { "UPDATE ring SET state = 'old' WHERE id = 1",
          "ring row 1: its columns do not fit its mac" },
    };
    fill();
    save();
    for (size_t i = 0; i < COUNT(row); i++) {
        struct faults f;
        bring_back();
        tamper(row[i].sql);
        f = verify();
        CHECK_STR(f.first, row[i].fault);
    }
    /* The audit tells which decision is gone. */
    bring_back();
    tamper("DELETE FROM results WHERE id = 3");
    CHECK(strstr(verify().all, "results row 3 is missing, of which audit event 4 tells") != NULL);
    home_remove();
}

/* One event tells of all that were committed together. */
TEST(each_decision_of_a_group_that_is_gone_is_named)
{
    struct wn_forgotten gone;
    struct wn_store *s;
    struct faults f;
    home_new();
    s = store_open();
    for (int i = 1; i <= 20; i++) {
        struct wn_row r = row_for(i);
        r.model = i == 20 ? NULL : r.model;
        CHECK_OK(wn_results_put(s, &r, NULL, &test_error));
    }
    CHECK_OK(wn_store_flush(s, &test_error));
    CHECK_OK(wn_store_forget(s, "leads.csv:5", NULL, NOW, &gone, &test_error));
    CHECK_STR(verify_store(s).all, "");
    wn_store_close(s);
    CHECK_INT(sql_number("SELECT count(*) FROM audit WHERE event = 'decided'"), 1);
    tamper("DELETE FROM results WHERE id IN (1, 9, 20)");
    f = verify();
    CHECK_INT(f.n, 4);
    CHECK_STR(f.first, "results: 16 rows, but 19 were written");
    CHECK(strstr(f.all, "results row 1 is missing, of which audit event 2 tells") != NULL);
    CHECK(strstr(f.all, "results row 9 is missing, of which audit event 2 tells") != NULL);
    CHECK(strstr(f.all, "results row 20 is missing, of which audit event 2 tells") != NULL);
    home_remove();
}

TEST(a_row_as_it_once_was_does_not_fit_any_more)
{
    struct wn_store *s;
    fill();
    tamper("CREATE TABLE old AS SELECT * FROM kept; ALTER TABLE old RENAME TO older");
    s = NULL;
    CHECK_INT(store_try(KEY_A, &s), WN_E_STORE);
    CHECK_STR(test_error.cause, "a table, an index or a trigger was added, changed or dropped");
    fill();
    save();
    s = store_open();
    CHECK_OK(wn_store_value_put(s, "linear", "lead-intent", "newer weights", 13, NOW, &test_error));
    wn_store_close(s);
    {
        char sql[300];
        snprintf(sql, sizeof(sql),
                 "ATTACH '%s' AS saved; DELETE FROM kept; "
                 "INSERT INTO kept SELECT * FROM saved.kept",
                 saved_path);
        tamper(sql);
    }
    CHECK_STR(verify().first, "kept: a row was changed, exchanged or put back");
    home_remove();
}

/* ---- every column of every table ---- */

struct cell {
    char table[16], column[24];
    int64_t id;
    int type, bytes;
};

static size_t list_cells(sqlite3 *db, struct cell *out, size_t max)
{
    sqlite3_stmt *q = NULL;
    size_t n = 0;
    for (int t = 0; t < WN_TABLE_COUNT; t++) {
        const char *table = wn_table_name((enum wn_table)t);
        char sql[64];
        snprintf(sql, sizeof(sql), "SELECT * FROM %s", table);
        CHECK_INT(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
        while (sqlite3_step(q) == SQLITE_ROW)
            for (int i = 0; i < sqlite3_column_count(q); i++) {
                struct cell *c = &out[n];
                CHECK(n < max);
                c->type = sqlite3_column_type(q, i);
                if (c->type == SQLITE_NULL)
                    continue;
                snprintf(c->table, sizeof(c->table), "%s", table);
                snprintf(c->column, sizeof(c->column), "%s", sqlite3_column_name(q, i));
                c->id = sqlite3_column_int64(q, 0);
                c->bytes = sqlite3_column_bytes(q, i);
                n++;
            }
        sqlite3_finalize(q);
    }
    return n;
}

static void flip_bytes(sqlite3 *db, const struct cell *c)
{
    char sql[160];
    sqlite3_stmt *q = NULL;
    unsigned char *bytes = wn_xmalloc((size_t)c->bytes);
    snprintf(sql, sizeof(sql), "SELECT %s FROM %s WHERE id = %lld", c->column, c->table,
             (long long)c->id);
    CHECK_INT(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    CHECK_INT(sqlite3_step(q), SQLITE_ROW);
    memcpy(bytes, sqlite3_column_blob(q, 0), (size_t)c->bytes);
    sqlite3_finalize(q);
    bytes[c->bytes / 2] ^= 1;
    snprintf(sql, sizeof(sql), "UPDATE %s SET %s = ?1 WHERE id = %lld", c->table, c->column,
             (long long)c->id);
    CHECK_INT(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    if (c->type == SQLITE_TEXT)
        sqlite3_bind_text(q, 1, (char *)bytes, c->bytes, SQLITE_TRANSIENT);
    else
        sqlite3_bind_blob(q, 1, bytes, c->bytes, SQLITE_TRANSIENT);
    CHECK_INT(sqlite3_step(q), SQLITE_DONE);
    sqlite3_finalize(q);
    free(bytes);
}

/* Change the cell, or change it back. */
static void flip(sqlite3 *db, const struct cell *c, bool back)
{
    char sql[160];
    if (c->type == SQLITE_TEXT || c->type == SQLITE_BLOB) {
        flip_bytes(db, c);
        return;
    }
    if (c->type == SQLITE_FLOAT)
        snprintf(sql, sizeof(sql), "UPDATE %s SET %s = -%s WHERE id = %lld", c->table, c->column,
                 c->column, (long long)c->id);
    else
        snprintf(sql, sizeof(sql), "UPDATE %s SET %s = %s %c 1024 WHERE id = %lld", c->table,
                 c->column, c->column, back ? '-' : '+',
                 (long long)c->id + (back && strcmp(c->column, "id") == 0 ? 1024 : 0));
    CHECK_INT(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

TEST(a_change_in_any_column_of_any_row_is_found)
{
    static struct cell cell[800];
    struct wn_store *s;
    sqlite3 *db = NULL;
    size_t n;
    fill();
    s = store_open();
    CHECK_INT(sqlite3_open(db_path, &db), SQLITE_OK);
    CHECK_INT(sqlite3_exec(db, "PRAGMA ignore_check_constraints = ON", NULL, NULL, NULL),
              SQLITE_OK);
    n = list_cells(db, cell, COUNT(cell));
    CHECK(n > 300);
    for (size_t i = 0; i < n; i++) {
        struct faults f;
        flip(db, &cell[i], false);
        f = verify_store(s);
        if (strstr(f.all, cell[i].table) == NULL)
            print_error("%s.%s of row %lld\n", cell[i].table, cell[i].column,
                        (long long)cell[i].id);
        CHECK(strstr(f.all, cell[i].table) != NULL);
        flip(db, &cell[i], true);
    }
    CHECK_STR(verify_store(s).all, "");
    sqlite3_close(db);
    wn_store_close(s);
    home_remove();
}

TEST(any_two_sealed_values_exchanged_are_found)
{
    fill();
    save();
    for (int a = 1; a <= 4; a++)
        for (int b = a + 1; b <= 4; b++) {
            char sql[300], want[80];
            bring_back();
            snprintf(sql, sizeof(sql),
                     "CREATE TEMP TABLE t AS SELECT id, body AS v FROM results; UPDATE results SET "
                     "body = (SELECT v FROM t WHERE t.id = %d - results.id) WHERE id IN (%d, %d)",
                     a + b, a, b);
            tamper(sql);
            snprintf(want, sizeof(want), "results row %d, column body: the value does not open", a);
            CHECK_STR(verify().first, want);
        }
    home_remove();
}

/* Whole rows, with macs and all, in each other's place. */
TEST(any_two_rows_exchanged_are_found)
{
    static const char *const table[] = { "ring", "cache", "results", "reviews", "audit" };
    int pairs = 0;
    fill();
    save();
    for (size_t t = 0; t < COUNT(table); t++) {
        char sql[200];
        int n;
        bring_back();
        snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", table[t]);
        n = (int)sql_number(sql);
        CHECK(n >= 2);
        for (int a = 1; a <= n; a++)
            for (int b = a + 1; b <= n; b++, pairs++) {
                struct wn_store *s = NULL;
                bring_back();
                snprintf(sql, sizeof(sql),
                         "UPDATE %s SET id = -1 WHERE id = %d; UPDATE %s SET id = %d WHERE id = "
                         "%d; UPDATE %s SET id = %d WHERE id = -1",
                         table[t], a, table[t], a, b, table[t], b);
                tamper(sql);
                if (store_try(KEY_A, &s) == WN_OK) { /* of the ring: it does not even open */
                    struct faults f = verify_store(s);
                    if (strstr(f.all, table[t]) == NULL)
                        fail_msg("%s %d and %d: %s", table[t], a, b, f.all);
                }
                wn_store_close(s);
            }
    }
    CHECK(pairs >= 4 * 3 / 2 * 3 + 1 + 9 * 8 / 2);
    home_remove();
}

TEST(the_tally_cannot_be_changed_to_fit)
{
    static const char *const sql[] = {
        "UPDATE tally SET rows = rows + 1 WHERE name = 'cache'",
        "UPDATE tally SET last = 0 WHERE name = 'results'",
        "UPDATE tally SET sum = zeroblob(32) WHERE name = 'kept'",
        "UPDATE tally SET sum = zeroblob(32) WHERE name = 'all'",
        "DELETE FROM tally WHERE name = 'all'",
        "DELETE FROM tally WHERE name = 'reviews'",
        "INSERT INTO tally VALUES ('more', 0, 0, zeroblob(32))",
    };
    fill();
    save();
    for (size_t i = 0; i < COUNT(sql); i++) {
        struct wn_store *s;
        bring_back();
        tamper(sql[i]);
        CHECK_INT(store_try(KEY_A, &s), WN_E_STORE);
        CHECK_STR(test_error.cause, "its tally of rows does not hold");
    }
    home_remove();
}

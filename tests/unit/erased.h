/* erased.h: sealed values that have to go. They are remembered in pieces, while they are there, and looked
 * for in every file of the home afterwards: a piece that a page kept is found, too. */
#ifndef WN_TEST_ERASED_H
#define WN_TEST_ERASED_H
#include "store_home.h"

enum { PIECE = 24, PIECE_STEP = 48, LEAST_SEALED = 64 };

static struct {
    unsigned char (*piece)[PIECE];
    size_t n, cap;
    unsigned char begins[1 << 13]; /* a bit for each pair of first bytes */
} erased;

static inline int compare_pieces(const void *a, const void *b)
{
    return memcmp(a, b, PIECE);
}

static inline void remember_bytes(const unsigned char *bytes, size_t n)
{
    for (size_t at = 0; at + PIECE <= n; at += PIECE_STEP) {
        if (erased.n == erased.cap) {
            erased.cap = 2 * erased.cap + 64;
            erased.piece = realloc(erased.piece, erased.cap * sizeof(*erased.piece));
        }
        memcpy(erased.piece[erased.n++], bytes + at, PIECE);
        erased.begins[(bytes[at] << 8 | bytes[at + 1]) >> 3] |= (unsigned char)(1 << (bytes[at + 1] & 7));
    }
}

/* Every sealed value that the query gives. */
static inline void remember(const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    size_t before = erased.n;
    CHECK_INT(sqlite3_open(db_path, &db), SQLITE_OK);
    CHECK_INT(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    while (sqlite3_step(q) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(q); i++)
            if (sqlite3_column_bytes(q, i) >= LEAST_SEALED)
                /* not its format and key id, which others have as well */
                remember_bytes((const unsigned char *)sqlite3_column_blob(q, i) + 5,
                               (size_t)sqlite3_column_bytes(q, i) - 5);
    sqlite3_finalize(q);
    sqlite3_close(db);
    if (erased.n == before)
        fail_msg("nothing to remember: %s", sql);
    qsort(erased.piece, erased.n, PIECE, compare_pieces);
}

static inline size_t pieces_in(const unsigned char *bytes, size_t n)
{
    size_t found = 0;
    for (size_t i = 0; i + PIECE <= n; i++)
        if ((erased.begins[(bytes[i] << 8 | bytes[i + 1]) >> 3] & 1 << (bytes[i + 1] & 7)) != 0)
            found += bsearch(bytes + i, erased.piece, erased.n, PIECE, compare_pieces) != NULL;
    return found;
}

/* How many of the pieces stand in some file of the home. */
static inline size_t still_there(void)
{
    DIR *dir = opendir(home);
    struct dirent *e;
    size_t found = 0;
    while ((e = readdir(dir)) != NULL) {
        char path[400], *bytes = NULL;
        size_t len = 0;
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", home, e->d_name);
        CHECK_OK(wn_file_read(path, 256 << 20, &bytes, &len, &test_error));
        found += pieces_in((const unsigned char *)bytes, len);
        free(bytes);
    }
    closedir(dir);
    return found;
}

static inline void remember_nothing(void)
{
    free(erased.piece);
    memset(&erased, 0, sizeof(erased));
}

#endif

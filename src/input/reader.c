/* reader.c: the kinds there are, and the way from paths to items; see reader.h. */
#include "input/input.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"

const struct wn_kind wn_kinds[] = {
    /* clang-format off */
    { "pdf",     "pdf",               true,  wn_looks_pdf,   NULL,          wn_pdf_next,   NULL },
    { "mbox",    "mbox mbx",          true,  wn_looks_mbox,  wn_mail_open,  wn_mbox_next,  wn_mail_close },
    { "eml",     "eml",               true,  wn_looks_mail,  wn_mail_open,  wn_eml_next,   wn_mail_close },
    { "jsonl",   "jsonl ndjson",      false, wn_looks_jsonl, wn_jsonl_open, wn_jsonl_next, wn_json_close },
    { "json",    "json",              false, wn_looks_json,  wn_json_open,  wn_json_next,  wn_json_close },
    { "html",    "html htm",          false, wn_looks_html,  NULL,          wn_html_next,  NULL },
    { "csv",     "csv",               false, wn_looks_csv,   wn_csv_open,   wn_csv_next,   wn_csv_close },
    { "text",    "txt md markdown text", false, NULL,        NULL,          wn_text_next,  NULL },
    /* behind the one that takes all: only by name */
    { "tsv",     "tsv tab",           false, NULL,           wn_csv_open,   wn_csv_next,   wn_csv_close },
    { "maildir", "",                  true,  NULL,           wn_mail_open,  wn_eml_next,   wn_mail_close },
    { 0 }
    /* clang-format on */
};

struct wn_reader {
    struct wn_arena names; /* paths and mapping */
    const char **path;
    size_t npaths, next;
    const struct wn_kind *kind; /* NULL = recognised */
    struct wn_mapping map;
    size_t max_item_bytes, part_bytes;
    struct wn_walk *walk; /* the folder that is being read */
    struct wn_part part;  /* the file that is being read; its kind is NULL where none is */
    struct wn_seen seen;
    int64_t done, total; /* done: without the open part */
};

/* ---- one file ---- */

enum wn_code wn_cannot(struct wn_error *err, const char *verb, const char *path, int why)
{
    wn_error_set(err, WN_E_INPUT, "cannot %s '%s'", verb, path);
    wn_error_cause(err, "%s", strerror(why));
    wn_error_hint(err, why == ENOENT   ? "Check the name, or give '-' to read standard input."
                       : why == EACCES ? "Change its permissions, or run winnow as one who may."
                                       : "Copy it to another place and read it there.");
    return WN_E_INPUT;
}

/* A file's name as it stands in ids; the name itself may be any bytes. */
static char *clean_name(const char *path)
{
    struct wn_buf b = WN_BUF_INIT(SIZE_MAX / 4);
    char *name = NULL;
    wn_charset_clean(&b, path, strlen(path));
    if (wn_buf_take(&b, &name, NULL) != WN_OK)
        name = wn_xstrdup("file");
    return name;
}

static void close_part(struct wn_part *p)
{
    if (p->kind != NULL && p->kind->close != NULL)
        p->kind->close(p);
    wn_stream_close(&p->in);
    free(p->name);
    *p = (struct wn_part){ 0 };
}

static int open_path(const char *path, bool walked, struct wn_error *err)
{
    struct stat st;
    int fd;
    if (walked && stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        wn_error_set(err, WN_E_INPUT, "'%s' is not a file", path);
        wn_error_hint(err,
                      "Links to folders, pipes and devices are not read from inside a folder.");
        return -1;
    }
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        wn_cannot(err, "open", path, errno);
    return fd;
}

/* Open a file, see what it is and let its reader look at the beginning. On an error the part is
 * closed. */
static enum wn_code open_part(struct wn_reader *r, const char *path, bool walked, bool mail,
                              struct wn_error *err)
{
    struct wn_part *p = &r->part;
    bool standard = strcmp(path, "-") == 0 && !walked;
    int fd = standard ? STDIN_FILENO : open_path(path, walked, err);
    enum wn_code rc = WN_OK;
    const char *head;
    size_t n;
    if (fd < 0)
        return WN_E_INPUT;
    *p = (struct wn_part){ .name = clean_name(standard ? "stdin" : path),
                           .map = &r->map,
                           .max_item_bytes = r->max_item_bytes,
                           .part_bytes = r->part_bytes };
    wn_stream_open(&p->in, fd, !standard);
    p->kind = mail ? wn_kind_named("maildir") : r->kind;
    wn_stream_want(&p->in, p->kind != NULL ? 4 : WN_HEAD);
    head = (const char *)p->in.data + p->in.pos;
    n = p->in.len - p->in.pos;
    if (p->in.fault != 0)
        rc = wn_cannot(err, "read", p->name, p->in.fault);
    else if (p->kind != NULL)
        rc = wn_kind_refuse(p->name, head, n, p->kind->mail, err);
    else
        rc = wn_kind_of(p->name, head, n, &r->map, &p->kind, err);
    if (rc == WN_OK && !p->kind->mail)
        wn_stream_text(&p->in);
    if (rc == WN_OK && p->kind->open != NULL)
        rc = p->kind->open(p, err);
    if (rc != WN_OK) {
        r->done += p->in.done;
        close_part(p);
    }
    return rc;
}

/* ---- all paths ---- */

static const char *plain_path(struct wn_arena *a, const char *path)
{
    while (path[0] == '.' && path[1] == '/' && path[2] != '\0') {
        path += 2;
        path += strspn(path, "/");
    }
    return wn_arena_str(a, path[0] == '\0' ? "/" : path);
}

static enum wn_code check_path(struct wn_reader *r, const char *path, struct wn_error *err)
{
    struct stat st;
    enum wn_code rc;
    if (strcmp(path, "-") == 0) {
        r->total = -1;
        return WN_OK;
    }
    if (stat(path, &st) != 0)
        return wn_cannot(err, "open", path, errno);
    if (S_ISDIR(st.st_mode)) {
        r->total = -1;
        return access(path, R_OK | X_OK) == 0 ? WN_OK : wn_cannot(err, "open", path, errno);
    }
    if (r->kind == wn_kind_named("maildir")) {
        wn_error_set(err, WN_E_INPUT, "'%s' is no Maildir", path);
        wn_error_hint(
            err, "A Maildir is a folder with cur and new in it. Say --input eml for one message.");
        return WN_E_INPUT;
    }
    if (!S_ISREG(st.st_mode)) { /* a pipe can be read once: its faults show when its turn comes */
        r->total = -1;
        return WN_OK;
    }
    if (r->total >= 0)
        r->total += st.st_size;
    rc = open_part(r, path, false, false, err);
    if (rc == WN_OK)
        close_part(&r->part);
    r->done = 0;
    return rc;
}

static enum wn_code set_kind(struct wn_reader *r, const char *kind, struct wn_error *err)
{
    if (kind == NULL)
        return WN_OK;
    r->kind = wn_kind_named(kind);
    if (r->kind != NULL)
        return WN_OK;
    wn_error_set(err, WN_E_USAGE, "there is no input kind '%s'", kind);
    wn_error_hint(err, "It is one of: text html csv tsv json jsonl eml mbox maildir.");
    return WN_E_USAGE;
}

enum wn_code wn_reader_open(const char *const *paths, size_t npaths,
                            const struct wn_reader_options *o, struct wn_reader **out,
                            struct wn_error *err)
{
    static const char *const standard[] = { "-" };
    struct wn_reader *r = wn_xcalloc(1, sizeof(*r));
    enum wn_code rc;
    if (npaths == 0) {
        paths = standard;
        npaths = 1;
    }
    wn_mapping_make(o, &r->names, &r->map);
    r->max_item_bytes = o->max_item_bytes == 0 ? WN_ITEM_DEFAULT : o->max_item_bytes;
    r->part_bytes = o->part_bytes;
    r->path = wn_arena_array(&r->names, npaths, sizeof(*r->path));
    r->npaths = npaths;
    rc = set_kind(r, o->kind, err);
    for (size_t i = 0; rc == WN_OK && i < npaths; i++) {
        r->path[i] = plain_path(&r->names, paths[i]);
        rc = check_path(r, r->path[i], err);
    }
    if (rc == WN_OK)
        *out = r;
    else
        wn_reader_close(r);
    return rc;
}

void wn_reader_close(struct wn_reader *r)
{
    if (r == NULL)
        return;
    close_part(&r->part);
    wn_walk_close(r->walk);
    wn_seen_free(&r->seen);
    wn_arena_free(&r->names);
    free(r);
}

/* Bytes taken from the window, near enough to what was read of the file. */
void wn_reader_progress(const struct wn_reader *r, int64_t *done, int64_t *total)
{
    int64_t ahead = (int64_t)(r->part.in.len - r->part.in.pos);
    *total = r->total > 0 ? r->total : 0;
    *done = r->done;
    if (r->part.kind != NULL)
        *done += r->part.in.done > ahead ? r->part.in.done - ahead : 0;
}

/* Open the next file; false where there is none left. A fault inside a folder becomes the item, one of
 * a path that the user named is left in *err. */
static bool open_next(struct wn_reader *r, struct wn_arena *a, struct wn_item *out,
                      struct wn_error *err)
{
    bool mail = false;
    const char *path;
    if (r->walk != NULL) {
        struct wn_error fault = { 0 };
        path = wn_walk_next(r->walk, a, &mail, &fault);
        if (path == NULL) {
            wn_walk_close(r->walk);
            r->walk = NULL;
        } else if (fault.code != WN_OK || open_part(r, path, true, mail, &fault) != WN_OK) {
            char *name = clean_name(path);
            wn_item_fail_err(a, out, name, &fault);
            free(name);
        }
        return true;
    }
    if (r->next == r->npaths)
        return false;
    path = r->path[r->next++];
    if (strcmp(path, "-") != 0 && wn_file_is_dir(path))
        r->walk = wn_walk_open(path);
    else
        open_part(r, path, false, false, err);
    return true;
}

/* The end of a file, or the fault that ended it. */
static void end_part(struct wn_reader *r, struct wn_arena *a, struct wn_item *out,
                     struct wn_error *err)
{
    struct wn_error fault = { 0 };
    if (r->part.in.fault != 0) {
        wn_cannot(&fault, "read", r->part.name, r->part.in.fault);
        if (r->walk != NULL)
            wn_item_fail_err(a, out, r->part.name, &fault);
        else
            *err = fault;
    }
    r->done += r->part.in.done;
    close_part(&r->part);
}

/* The next path may be standard input, which is not open yet. */
static bool ready_within(const struct wn_reader *r, int wait_ms)
{
    struct wn_stream standard = { .fd = 0, .pipe = true };
    if (r->part.kind != NULL)
        return wn_stream_ready(&r->part.in, wait_ms);
    if (r->walk != NULL || r->next >= r->npaths || strcmp(r->path[r->next], "-") != 0)
        return true;
    return wn_stream_ready(&standard, wait_ms);
}

bool wn_reader_ready(const struct wn_reader *r)
{
    return ready_within(r, 0);
}

enum wn_code wn_reader_wait(const struct wn_reader *r, int wait_ms)
{
    ready_within(r, wait_ms);
    return WN_OK;
}

enum wn_code wn_reader_next(struct wn_reader *r, struct wn_arena *a, struct wn_item *out,
                            struct wn_error *err)
{
    struct wn_error fault = { 0 };
    *out = (struct wn_item){ .text = "" };
    while (out->id == NULL && fault.code == WN_OK) {
        if (r->part.kind == NULL) {
            if (!open_next(r, a, out, &fault))
                break;
            continue;
        }
        r->part.kind->next(&r->part, a, out);
        if (out->id == NULL) {
            end_part(r, a, out, &fault);
            continue;
        }
        r->part.count++;
        /* A Message-ID or a mapped id may come twice; they are two items all the same. */
        if (out->id != out->source && wn_seen_add(&r->seen, out->id))
            out->id = wn_arena_printf(a, "%s#%s", out->id, out->source);
    }
    if (fault.code != WN_OK && err != NULL)
        *err = fault;
    return fault.code;
}

/* folder.h: a task's folder made by a test: NAME/ in a new folder under the system's temporary
 * one. */
#ifndef WN_TEST_FOLDER_H
#define WN_TEST_FOLDER_H
#include "base/arena.h"
#include "base/file.h"
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
    struct wn_arena a;
    const char *root, *task; /* "/tmp/winnow-X", "/tmp/winnow-X/NAME" */
};

static inline const char *folder_path(struct folder *f, const char *dir, const char *file)
{
    return wn_arena_printf(&f->a, "%s/%s", dir, file);
}

static inline void folder_write(struct folder *f, const char *dir, const char *file,
                                const char *text)
{
    CHECK_OK(wn_file_write(folder_path(f, dir, file), text, strlen(text), 0600, &test_error));
}

/* A sound task; a test then writes its own task.json or examples over it. */
static const char folder_json[] =
    "{ \"name\": \"sort\", \"about\": \"What is it?\",\n"
    "  \"questions\": [\n"
    "    { \"name\": \"kind\", \"type\": \"choice\", \"ask\": \"What kind?\",\n"
    "      \"choices\": { \"a\": \"is an a\", \"b\": \"is a b\", \"none\": \"is neither\" } },\n"
    "    { \"name\": \"marks\", \"type\": \"tags\", \"ask\": \"Which marks?\",\n"
    "      \"choices\": { \"red\": \"is red\", \"big\": \"is big\" } },\n"
    "    { \"name\": \"reply\", \"type\": \"yesno\", \"ask\": \"Wants a reply?\", \"gated\": true "
    "},\n"
    "    { \"name\": \"size\", \"type\": \"scale\", \"ask\": \"How large?\", \"tol\": 1,\n"
    "      \"levels\": { \"small\": \"s\", \"medium\": \"m\", \"large\": \"l\" } },\n"
    "    { \"name\": \"who\", \"type\": \"text\", \"ask\": \"Whose?\", \"required\": true } ] }\n";

static inline void folder_open(struct folder *f, const char *name)
{
    char root[] = "/tmp/winnow-XXXXXX";
    *f = (struct folder){ WN_ARENA_INIT, NULL, NULL };
    assert_non_null(mkdtemp(root));
    f->root = wn_arena_str(&f->a, root);
    f->task = folder_path(f, root, name);
    CHECK_INT(mkdir(f->task, 0700), 0);
    folder_write(f, f->root, "business.md", "We are Acme.\n");
    folder_write(f, f->task, "task.json", folder_json);
    folder_write(f, f->task, "system.md", "{{business}}\n\n{{questions}}\n\n{{examples}}\n");
    folder_write(f, f->task, "user.md", "{{item.time}}\n{{item.fields}}\n{{item.text}}\n");
}

static inline void folder_empty(struct folder *f, const char *dir)
{
    DIR *d = opendir(dir);
    const struct dirent *e;
    assert_non_null(d);
    while ((e = readdir(d)) != NULL)
        if (e->d_name[0] != '.')
            unlink(folder_path(f, dir, e->d_name));
    closedir(d);
}

static inline void folder_close(struct folder *f)
{
    folder_empty(f, f->task);
    rmdir(f->task);
    folder_empty(f, f->root);
    rmdir(f->root);
    wn_arena_free(&f->a);
}
#endif

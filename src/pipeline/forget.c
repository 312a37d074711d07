/* forget.c: erasing an item or a sender with everything that was made of it.
 *
 * What only the texts can find comes first, so that a run that is cut off can be run again: kept lessons
 * that came from them, requests in batches, briefs that quote them, and every release of the linear engine,
 * since any may have learned from them. Then the store's rows go, for good; then the engine learns anew from
 * what is left. */
#include "base/clock.h"
#include "base/form.h"
#include "context.h"
#include "pipeline/batch.h"
#include "pipeline/lessons.h"
#include "pipeline/local.h"
#include "report/writer.h"
#include "task/brief.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct forgetting {
    struct wn *wn;
    const char *item, *sender;
    struct wn_arena arena;
    const char **texts;
    size_t n, cap;
    int64_t decisions;
    struct wn_erased *out;
};

static void start(struct forgetting *f, struct wn *wn, const char *item, const char *sender)
{
    *f = (struct forgetting){ .wn = wn, .item = item };
    if (sender != NULL)
        f->sender = wn_form_canonical(WN_FORM_EMAIL, sender, &wn->arena);
}

static void add_text(struct forgetting *f, const char *text)
{
    if (f->n == f->cap) {
        const char **more = wn_arena_array(&f->arena, f->cap * 2 + 16, sizeof(*more));
        if (f->n > 0)
            memcpy(more, f->texts, f->n * sizeof(*more));
        f->texts = more;
        f->cap = f->cap * 2 + 16;
    }
    f->texts[f->n++] = text;
}

/* The texts of all decisions that will go. A row that does not open is erased all the same. */
static enum wn_code gather(struct forgetting *f, struct wn_error *err)
{
    struct wn_row row = { 0 };
    struct wn_item item;
    enum wn_code rc;
    while ((rc = wn_results_about(f->wn->store, f->item, f->sender, row.id, &f->arena, &row,
                                  err)) == WN_OK &&
           row.id != 0) {
        f->decisions++;
        if (row.item_json != NULL && wn_item_read(row.item_json, &f->arena, &item, NULL) == WN_OK &&
            item.text_len > 0)
            add_text(f, item.text);
    }
    return rc;
}

static bool in_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Does it stand in the text, not in the midst of a longer word? Letter case does not count. */
static bool stands_in(const char *text, const char *what)
{
    size_t len = what == NULL ? 0 : strlen(what);
    for (const char *p = text; len > 0 && *p != '\0'; p++)
        if (strncasecmp(p, what, len) == 0 && (p == text || !in_word(p[-1])) && !in_word(p[len]))
            return true;
    return false;
}

/* A lesson of one of the texts; or one in which the sender's address stands. */
static bool goes(void *user, const char *text)
{
    const struct forgetting *f = user;
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->texts[i], text) == 0)
            return true;
    return stands_in(text, f->sender);
}

static bool same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool request_goes(void *user, const struct wn_batch_text *what)
{
    const struct forgetting *f = user;
    return same(what->item, f->item) || same(what->sender, f->sender) ||
           (what->text != NULL && goes(user, what->text));
}

static bool is_brief(const struct wn_row *row, char task[64])
{
    size_t len = strlen(row->task), end = sizeof(WN_BRIEF_FAITHFUL) - 1;
    if (len <= end || len - end >= 64 || strcmp(row->task + len - end, WN_BRIEF_FAITHFUL) != 0)
        return false;
    snprintf(task, 64, "%.*s", (int)(len - end), row->task);
    return true;
}

/* A brief names what it quotes. One that quotes the item, or in which the sender's address stands, goes; and
 * all that its task was answered, since a reply that has read many sources tells of none that it has. */
static enum wn_code erase_briefs(struct forgetting *f, struct wn_forgotten *gone,
                                 struct wn_error *err)
{
    struct wn_row row = { 0 };
    struct wn_item brief;
    char task[64];
    enum wn_code rc = WN_OK;
    while (rc == WN_OK && (rc = wn_results_after(f->wn->store, NULL, row.id, &f->arena, &row,
                                                 err)) == WN_OK &&
           row.id != 0) {
        struct wn_forgotten one = { 0, 0, 0 };
        int64_t replies = 0;
        if (!is_brief(&row, task) || wn_item_read(row.item_json, &f->arena, &brief, NULL) != WN_OK ||
            (!stands_in(brief.text, f->item) && !stands_in(brief.text, f->sender)))
            continue;
        rc = wn_store_forget(f->wn->store, row.item_id, NULL, wn_clock_now(), &one, err);
        if (rc == WN_OK)
            rc = wn_cache_clear(f->wn->store, task, &replies, err);
        gone->decisions += one.decisions;
        gone->reviews += one.reviews;
        gone->replies += one.replies + replies;
    }
    return rc;
}

/* Only reviews and lessons are learned from: without any of them no release knows the item. */
static enum wn_code drop_releases(struct forgetting *f, const char *const **names, size_t *n,
                                  struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    *n = 0;
    if (f->out->lessons > 0 || f->decisions > 0)
        rc = wn_store_value_names(f->wn->store, "linear", &f->wn->arena, names, n, err);
    for (size_t i = 0; rc == WN_OK && i < *n; i++)
        rc = wn_store_value_drop(f->wn->store, "linear", (*names)[i], wn_clock_now(), err);
    return rc;
}

/* A task that is not there any more has nobody to learn for. */
static enum wn_code learn_anew(struct forgetting *f, const char *const *names, size_t n,
                               struct wn_error *err)
{
    const char **done = wn_arena_array(&f->wn->arena, n, sizeof(*done));
    enum wn_code rc = WN_OK;
    for (size_t i = 0; rc == WN_OK && i < n; i++) {
        struct wn_task *t = NULL;
        struct wn_linear *m = NULL;
        if (wn_context_task(f->wn, names[i], &t, NULL) != WN_OK)
            continue;
        rc = wn_local_model(f->wn, t, false, &m, err);
        done[f->out->nretrained++] = names[i];
        wn_linear_free(m);
        wn_task_free(t);
    }
    f->out->retrained = done;
    return rc;
}

static enum wn_code check(struct wn *wn, const struct forgetting *f, const char *sender,
                          struct wn_error *err)
{
    if (sender != NULL && (f->sender == NULL || strchr(f->sender, '@') == NULL)) {
        wn_error_set(err, WN_E_USAGE, "'%.80s' is no mail address", sender);
        wn_error_hint(err, "A sender is an address: winnow forget --sender jane@example.com");
        return WN_E_USAGE;
    }
    return wn_context_store_there(wn, err);
}

enum wn_code wn_forget_look(struct wn *wn, const char *item, const char *sender, int64_t *decisions,
                            struct wn_error *err)
{
    struct forgetting f;
    enum wn_code rc;
    start(&f, wn, item, sender);
    rc = check(wn, &f, sender, err);
    if (rc == WN_OK)
        rc = gather(&f, err);
    *decisions = f.decisions;
    wn_arena_free(&f.arena);
    return rc;
}

enum wn_code wn_forget(struct wn *wn, const char *item, const char *sender,
                       const struct wn_erased **out, struct wn_error *err)
{
    struct forgetting f;
    struct wn_forgotten gone = { 0, 0, 0 }, briefs = { 0, 0, 0 };
    const char *const *names = NULL;
    size_t n = 0;
    enum wn_code rc;
    start(&f, wn, item, sender);
    f.out = wn_arena_alloc(&wn->arena, sizeof(*f.out));
    rc = check(wn, &f, sender, err);
    if (rc == WN_OK)
        rc = gather(&f, err);
    if (rc == WN_OK)
        rc = wn_lessons_erase(wn, goes, &f, &f.out->lessons, err);
    if (rc == WN_OK)
        rc = wn_batch_erase(wn, request_goes, &f, &f.out->requests, err);
    if (rc == WN_OK)
        rc = erase_briefs(&f, &briefs, err);
    if (rc == WN_OK)
        rc = drop_releases(&f, &names, &n, err);
    if (rc == WN_OK)
        rc = wn_store_forget(wn->store, item, f.sender, wn_clock_now(), &gone, err);
    if (rc == WN_OK)
        rc = learn_anew(&f, names, n, err);
    f.out->decisions = gone.decisions + briefs.decisions;
    f.out->replies = gone.replies + briefs.replies;
    f.out->reviews = gone.reviews + briefs.reviews;
    *out = f.out;
    wn_arena_free(&f.arena);
    return rc;
}

/* forget.c: erasing an item or a sender with everything that was made of it.
 *
 * What only the texts can find comes first, so that a run that is cut off can be run again: kept lessons
 * that came from them, requests in batches, and every release of the linear engine, since any may have
 * learned from them. Then the store's rows go, for good, and with them every brief that was made of them;
 * then the engine learns anew from what is left. */
#include "base/clock.h"
#include "base/form.h"
#include "context.h"
#include "pipeline/batch.h"
#include "pipeline/lessons.h"
#include "pipeline/local.h"
#include "pipeline/summarize.h"
#include "report/writer.h"
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
    const char **briefs; /* their item ids */
    size_t nbriefs;
    struct wn_erased *out;
};

static void start(struct forgetting *f, struct wn *wn, const char *item, const char *sender)
{
    *f = (struct forgetting){ .wn = wn, .item = item };
    if (sender != NULL)
        f->sender = wn_form_canonical(WN_FORM_EMAIL, sender, &wn->arena);
}

static void end(struct forgetting *f)
{
    free(f->briefs);
    wn_arena_free(&f->arena);
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

/* Does one of the brief's fields name what goes, or a sentence or quote of it? */
static bool is_made_of(const struct forgetting *f, const struct wn_item *brief)
{
    const char *name = f->item != NULL ? WN_BRIEF_SOURCE : WN_BRIEF_SENDER;
    const char *value = f->item != NULL ? f->item : f->sender;
    for (size_t i = 0; i < brief->nfields; i++)
        if (strcmp(brief->fields[i].name, name) == 0 && strcmp(brief->fields[i].value, value) == 0)
            return true;
    return stands_in(brief->text, value);
}

static bool is_brief(const char *task)
{
    size_t len = strlen(task), tail = strlen(WN_BRIEF_FAITHFUL);
    return len > tail && strcmp(task + len - tail, WN_BRIEF_FAITHFUL) == 0;
}

/* Briefs quote their sources: those that were made of what goes, go with it. Every decision is looked at,
 * since a brief's task may be gone. */
static enum wn_code gather_briefs(struct forgetting *f, struct wn_error *err)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_row row = { 0 };
    struct wn_item item;
    int64_t last = 0;
    enum wn_code rc;
    while ((rc = wn_results_after(f->wn->store, NULL, last, &a, &row, err)) == WN_OK &&
           row.id != 0) {
        if (is_brief(row.task) && row.item_json != NULL &&
            wn_item_read(row.item_json, &a, &item, NULL) == WN_OK && is_made_of(f, &item)) {
            f->briefs = wn_xrealloc(f->briefs, f->nbriefs + 1, sizeof(*f->briefs));
            f->briefs[f->nbriefs++] = wn_arena_str(&f->arena, item.id);
        }
        last = row.id;
        wn_arena_reset(&a);
    }
    wn_arena_free(&a);
    return rc;
}

/* The briefs, and all replies that were made of many sources: any of them may be about anybody. */
static enum wn_code forget_briefs(struct forgetting *f, struct wn_forgotten *gone,
                                  struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    for (size_t i = 0; rc == WN_OK && i <= f->nbriefs; i++) {
        struct wn_forgotten one = { 0 };
        rc = wn_store_forget(f->wn->store, i < f->nbriefs ? f->briefs[i] : WN_BRIEF_MANY, NULL,
                             wn_clock_now(), &one, err);
        gone->decisions += one.decisions;
        gone->replies += one.replies;
        gone->reviews += one.reviews;
    }
    return rc;
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

/* Only reviews and lessons are learned from: without any of them no release knows the item. */
static enum wn_code drop_releases(struct forgetting *f, const char *const **names, size_t *n,
                                  struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    *n = 0;
    if (f->out->lessons > 0 || f->decisions > 0)
        rc = wn_local_drop(f->wn, &f->wn->arena, names, n, err);
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
    if (rc == WN_OK)
        rc = gather_briefs(&f, err);
    *decisions = f.decisions + (int64_t)f.nbriefs;
    end(&f);
    return rc;
}

enum wn_code wn_forget(struct wn *wn, const char *item, const char *sender,
                       const struct wn_erased **out, struct wn_error *err)
{
    struct forgetting f;
    struct wn_forgotten gone = { 0, 0, 0 }, rows = { 0, 0, 0 };
    const char *const *names = NULL;
    size_t n = 0;
    enum wn_code rc;
    start(&f, wn, item, sender);
    f.out = wn_arena_alloc(&wn->arena, sizeof(*f.out));
    rc = check(wn, &f, sender, err);
    if (rc == WN_OK)
        rc = gather(&f, err);
    if (rc == WN_OK)
        rc = gather_briefs(&f, err);
    if (rc == WN_OK)
        rc = wn_lessons_erase(wn, goes, &f, &f.out->lessons, err);
    if (rc == WN_OK)
        rc = wn_batch_erase(wn, request_goes, &f, &f.out->requests, err);
    if (rc == WN_OK)
        rc = drop_releases(&f, &names, &n, err);
    if (rc == WN_OK)
        rc = forget_briefs(&f, &gone, err);
    f.out->briefs = (int64_t)f.nbriefs;
    if (rc == WN_OK)
        rc = wn_store_forget(wn->store, item, f.sender, wn_clock_now(), &rows, err);
    if (rc == WN_OK)
        rc = learn_anew(&f, names, n, err);
    f.out->decisions = gone.decisions + rows.decisions;
    f.out->replies = gone.replies + rows.replies;
    f.out->reviews = gone.reviews + rows.reviews;
    *out = f.out;
    end(&f);
    return rc;
}

/* batch_read.c: what comes back from a batch: its name, its state, its results, the list of all. A stranger
 * wrote it: a member may be missing, of another kind, or there twice. */
#include "base/clock.h"
#include "base/utf8.h"
#include "provider/batch.h"
#include "provider/format.h"
#include <string.h>

enum { SHOWN = 160 };

/* A batch's or a file's id; it goes into addresses, so it has to look like one. */
static const char *id_named(const cJSON *o, const char *name, struct wn_arena *a)
{
    const char *id = wn_format_copy(o, name, NULL, a);
    bool fits = id != NULL && id[0] != '\0' && strstr(id, "..") == NULL &&
                strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./") ==
                    strlen(id);
    return fits ? id : NULL;
}

static const char *id_of(const cJSON *o, struct wn_arena *a)
{
    const char *id = id_named(o, "id", a);
    return id != NULL ? id : id_named(o, "name", a);
}

const char *wn_batch_created(const struct wn_response *r, struct wn_arena *a)
{
    cJSON *tree = NULL;
    const char *id;
    if (wn_json_parse(r->body, r->body_len, false, &tree, NULL) != WN_OK)
        return NULL;
    id = id_of(tree, a);
    cJSON_Delete(tree);
    return id;
}

/* A stranger's words, fit for a line on a terminal. */
static const char *shown(const char *text, struct wn_arena *a)
{
    struct wn_buf b = WN_BUF_INIT(SHOWN * 4);
    const char *out;
    wn_utf8_clean(&b, text, strnlen(text, SHOWN));
    for (char *p = b.data; *p != '\0'; p++)
        if (*p == '\n' || *p == '\t')
            *p = ' ';
    out = wn_arena_copy(a, b.data, b.len);
    wn_buf_free(&b);
    return out;
}

/* "BATCH_STATE_RUNNING" -> "RUNNING" */
static const char *plain_word(const char *word)
{
    const char *state = strstr(word, "_STATE_");
    return state == NULL ? word : state + 7;
}

/* Why the provider would not do the whole batch, or NULL. */
static const char *reason_of(const cJSON *tree, struct wn_arena *a)
{
    const cJSON *first = cJSON_GetArrayItem(wn_json_get(wn_json_get(tree, "errors"), "data"), 0);
    const char *why = wn_json_str(first, "message");
    if (why == NULL)
        why = wn_json_str(wn_json_get(tree, "error"), "message");
    return why == NULL ? NULL : shown(why, a);
}

bool wn_batch_read_state(const struct wn_batch_job *b, const struct wn_response *r,
                         struct wn_arena *a, struct wn_batch_state *out)
{
    static const char *const files[] = { "output_file_id", "error_file_id" };
    const struct wn_batch_format *f = wn_batch_format(b->provider);
    cJSON *tree = NULL;
    const char *word;
    *out = (struct wn_batch_state){ .word = "" };
    if (wn_json_parse(r->body, r->body_len, false, &tree, NULL) != WN_OK)
        return false;
    word = wn_json_str(tree, f->state_word);
    if (word == NULL)
        word = wn_json_str(wn_json_get(tree, "metadata"), f->state_word);
    if (word != NULL) {
        out->word = shown(plain_word(word), a);
        if (strstr(f->ended, wn_arena_printf(a, " %s ", out->word)) != NULL)
            out->stage = WN_BATCH_ENDED;
    }
    for (size_t i = 0; i < WN_COUNT(files); i++) {
        const char *id = id_named(tree, files[i], a);
        if (id != NULL)
            out->paths[i] = wn_arena_printf(a, "/files/%s/content", id);
    }
    if (wn_json_str(tree, "results_url") != NULL)
        out->paths[0] = wn_arena_printf(a, "/messages/batches/%s/results", b->id);
    out->why = reason_of(tree, a);
    cJSON_Delete(tree);
    return word != NULL;
}

/* Would it be refused again? What is too much or out of order may go better the next time. */
static bool is_final(int64_t status)
{
    return status >= 400 && status < 500 && status != 408 && status != 409 && status != 429;
}

/* A reply's body out of the shapes that the providers wrap it in; NULL where there is none. */
static char *find_body(const cJSON *line, struct wn_batch_line *l)
{
    const cJSON *response = wn_json_get(line, "response"), *result = wn_json_get(line, "result");
    const cJSON *error = wn_json_get(line, "error"), *body = wn_json_get(response, "body");
    int64_t status = wn_json_int(response, "status_code", 200);
    const char *type = wn_json_str(result, "type");
    l->why = wn_json_str(error, "message");
    l->refused = is_final(wn_json_int(error, "code", 0)); /* Gemini's is a number */
    if (result != NULL) {
        body = wn_json_get(result, "message");
        l->why = type;
        l->refused = type != NULL && strcmp(type, "errored") == 0;
    } else if (body != NULL) {
        if (status != 200) {
            l->why = wn_json_str(wn_json_get(body, "error"), "message");
            l->refused = is_final(status);
            body = NULL;
        }
    } else if (cJSON_IsObject(response)) {
        body = response;
    }
    return cJSON_IsObject(body) ? cJSON_PrintUnformatted(body) : NULL;
}

static void read_line(const cJSON *o, struct wn_arena *a,
                      void (*line)(void *user, const struct wn_batch_line *l), void *user)
{
    const char *id = wn_json_str(o, "custom_id");
    struct wn_batch_line l = { 0 };
    char *body = find_body(o, &l);
    l.body = body;
    if (id == NULL)
        id = wn_json_str(wn_json_get(o, "metadata"), "key");
    if (id == NULL)
        id = wn_json_str(o, "key");
    if (id != NULL) {
        l.id = wn_arena_str(a, id);
        l.why = wn_arena_str(a, l.why == NULL ? "not answered" : l.why);
        line(user, &l);
    }
    cJSON_free(body);
}

void wn_batch_read_results(const struct wn_response *r, struct wn_arena *a,
                           void (*line)(void *user, const struct wn_batch_line *l), void *user)
{
    const char *p = r->body, *end = r->body + r->body_len;
    cJSON *tree = NULL;
    const cJSON *list = NULL, *o;
    if (wn_json_parse(r->body, r->body_len, false, &tree, NULL) == WN_OK) {
        list = wn_json_get(tree, "results");
        if (list == NULL) {
            const cJSON *out = wn_json_get(wn_json_get(tree, "metadata"), "output");
            if (out == NULL)
                out = wn_json_get(tree, "response");
            list = wn_json_get(wn_json_get(out, "inlinedResponses"), "inlinedResponses");
        }
        cJSON_ArrayForEach(o, list)
        {
            read_line(o, a, line, user);
        }
        if (list == NULL)
            read_line(tree, a, line, user); /* a file of one line */
        cJSON_Delete(tree);
        return;
    }
    while (p < end) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        size_t n = (size_t)((stop == NULL ? end : stop) - p);
        if (wn_json_parse(p, n, false, &tree, NULL) == WN_OK) {
            read_line(tree, a, line, user);
            cJSON_Delete(tree);
        }
        p += n + 1;
    }
}

/* "2026-11-22T12:00:00Z" or Unix seconds; 0 = not said. */
static int64_t time_of(const cJSON *o, const char *name)
{
    const char *text = wn_json_str(o, name);
    int64_t t = text == NULL ? wn_json_int(o, name, 0) : wn_clock_parse(text);
    return t > 0 ? t : 0;
}

/* Either a total, or each state's share of it. */
static int64_t total_of(const cJSON *counts)
{
    static const char *const states[] = { "processing", "succeeded", "errored", "canceled",
                                          "expired" };
    int64_t n = wn_json_int(counts, "total", -1);
    if (n >= 0)
        return n;
    n = 0;
    for (size_t i = 0; i < WN_COUNT(states); i++) {
        int64_t part = wn_json_int(counts, states[i], 0);
        n += part > 0 && part < 1000000000 ? part : 0;
    }
    return n;
}

/* Where the page after this one begins: a token for it, or the id of this one's last. */
static const char *cursor_of(const cJSON *tree, const char *last, struct wn_arena *a)
{
    const char *token = wn_json_str(tree, "nextPageToken");
    const char *id = wn_json_str(tree, "last_id");
    if (token != NULL && token[0] != '\0')
        return wn_arena_str(a, token);
    if (!wn_json_bool(tree, "has_more", false))
        return NULL;
    return id == NULL ? last : wn_arena_str(a, id);
}

bool wn_batch_read_list(const struct wn_batch_job *b, const struct wn_response *r,
                        struct wn_arena *a,
                        void (*one)(void *user, const struct wn_batch_listed *l), void *user,
                        const char **cursor)
{
    const char *mark = wn_batch_format(b->provider)->mark;
    cJSON *tree = NULL;
    const char *last = NULL;
    const cJSON *list, *o;
    bool is_list;
    *cursor = NULL;
    if (wn_json_parse(r->body, r->body_len, false, &tree, NULL) != WN_OK)
        return false;
    list = wn_json_get(tree, "data");
    if (list == NULL)
        list = wn_json_get(tree, "operations");
    /* Gemini leaves out what is empty. */
    is_list = cJSON_IsArray(list) ||
              (list == NULL && cJSON_IsObject(tree) &&
               (tree->child == NULL || wn_json_str(tree, "nextPageToken") != NULL));
    if (!cJSON_IsArray(list))
        list = NULL;
    cJSON_ArrayForEach(o, list)
    {
        struct wn_batch_listed l = {
            .id = id_of(o, a),
            .mark = mark == NULL ? NULL : wn_format_copy(wn_json_get(o, "metadata"), mark, NULL, a),
            .created = time_of(o, "created_at"),
            .requests = total_of(wn_json_get(o, "request_counts")),
        };
        last = l.id;
        if (l.id != NULL)
            one(user, &l);
    }
    *cursor = cursor_of(tree, last, a);
    cJSON_Delete(tree);
    return is_list;
}

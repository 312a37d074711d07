/* batch.c: see batch.h. The four providers say the same with other names: what differs is a row. */
#include "provider/batch.h"
#include "provider/format.h"
#include <stdio.h>
#include <string.h>

static const char BOUNDARY[] = "winnow-batch-7f3a91c2";

/* ---- what is sent ---- */

static void write_openai(const struct wn_batch_job *b, struct wn_buf *out)
{
    wn_buf_printf(out,
                  "--%s\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
                  "--%s\r\nContent-Disposition: form-data; name=\"file\"; "
                  "filename=\"batch.jsonl\"\r\nContent-Type: application/jsonl\r\n\r\n",
                  BOUNDARY, BOUNDARY);
    for (size_t i = 0; i < b->n; i++) {
        wn_buf_printf(out,
                      "{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\","
                      "\"body\":",
                      b->items[i].id);
        wn_buf_str(out, b->items[i].body);
        wn_buf_str(out, "}\n");
    }
    wn_buf_printf(out, "\r\n--%s--\r\n", BOUNDARY);
}

static void write_list(const struct wn_batch_job *b, const char *id_before, const char *body_before,
                       const char *after, struct wn_buf *out)
{
    for (size_t i = 0; i < b->n; i++) {
        wn_buf_str(out, i == 0 ? "" : ",");
        if (id_before[0] != '\0')
            wn_buf_printf(out, "%s\"%s\"", id_before, b->items[i].id);
        wn_buf_str(out, body_before);
        wn_buf_str(out, b->items[i].body);
        if (id_before[0] == '\0')
            wn_buf_printf(out, ",\"metadata\":{\"key\":\"%s\"}", b->items[i].id);
        wn_buf_str(out, after);
    }
}

static void write_anthropic(const struct wn_batch_job *b, struct wn_buf *out)
{
    wn_buf_str(out, "{\"requests\":[");
    write_list(b, "{\"custom_id\":", ",\"params\":", "}", out);
    wn_buf_str(out, "]}");
}

static void write_gemini(const struct wn_batch_job *b, struct wn_buf *out)
{
    wn_buf_str(out, "{\"batch\":{\"displayName\":\"winnow\",\"inputConfig\":{\"requests\":{\"requests\":[");
    write_list(b, "", "{\"request\":", "}", out);
    wn_buf_str(out, "]}}}}");
}

/* endpoint and model have to stand before the requests */
static void write_openrouter(const struct wn_batch_job *b, struct wn_buf *out)
{
    wn_buf_str(out, "{\"endpoint\":\"/v1/chat/completions\"");
    wn_format_str(out, "model", b->model);
    wn_buf_str(out, ",\"requests\":[");
    write_list(b, "{\"custom_id\":", ",\"body\":", "}", out);
    wn_buf_str(out, "]}");
}

static const struct {
    const char *provider;
    struct wn_batch_format format;
} formats[] = {
    { "openai", { true, write_openai, "/batches", "/batches/%s", "/batches/%s/cancel",
                  "status", " completed failed expired cancelled " } },
    { "anthropic", { false, write_anthropic, "/messages/batches", "/messages/batches/%s",
                     "/messages/batches/%s/cancel", "processing_status", " ended " } },
    { "gemini", { false, write_gemini, "/models/%s:batchGenerateContent", "/%s", "/%s:cancel",
                  "state", " SUCCEEDED FAILED CANCELLED EXPIRED " } },
    { "openrouter", { false, write_openrouter, "/../beta/batches", "/../beta/batches/%s",
                      "/../beta/batches/%s/cancel", "status",
                      " completed failed expired cancelled " } },
};

const struct wn_batch_format *wn_batch_format(const struct wn_provider *row)
{
    for (size_t i = 0; row != NULL && i < WN_COUNT(formats); i++)
        if (strcmp(formats[i].provider, row->name) == 0)
            return &formats[i].format;
    return NULL;
}

/* A path that begins with "/.." leaves the last part of the base address: ".../api/v1" -> ".../api". */
static enum wn_code head(const struct wn_batch_job *b, const char *path, bool post,
                         struct wn_arena *a, struct wn_request *out, struct wn_error *err)
{
    enum wn_code rc =
        wn_format_head(b->provider, b->base_url, b->key, path, post, a, out, err);
    char *up = rc == WN_OK ? strstr(out->url, "/../") : NULL;
    if (up != NULL) {
        const char *from = up;
        do
            from--;
        while (*from != '/');
        out->url = wn_arena_printf(a, "%.*s%s", (int)(from - out->url), out->url, up + 3);
    }
    out->lane = "batch";
    return rc;
}

static const char *path_of(const char *pattern, const char *what, struct wn_arena *a)
{
    const char *at = strstr(pattern, "%s");
    if (at == NULL)
        return pattern;
    return wn_arena_printf(a, "%.*s%s%s", (int)(at - pattern), pattern, what, at + 2);
}

static enum wn_code take_body(struct wn_buf *body, struct wn_arena *a, struct wn_request *out,
                              struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    if (body->failed)
        rc = wn_error_set(err, WN_E_INPUT, "the batch is too large to be sent in one piece");
    out->body = wn_arena_copy(a, body->data, body->len);
    out->body_len = body->len;
    wn_buf_free(body);
    return rc;
}

enum wn_code wn_batch_upload(const struct wn_batch_job *b, struct wn_arena *a,
                             struct wn_request *out, struct wn_error *err)
{
    struct wn_buf body = WN_BUF_INIT(190 << 20);
    enum wn_code rc = head(b, "/files", true, a, out, err);
    struct wn_header *h;
    if (rc != WN_OK)
        return rc;
    h = wn_arena_array(a, out->nheaders, sizeof(*h));
    memcpy(h, out->headers, out->nheaders * sizeof(*h));
    h[0].value = wn_arena_printf(a, "multipart/form-data; boundary=%s", BOUNDARY);
    out->headers = h;
    wn_batch_format(b->provider)->write(b, &body);
    return take_body(&body, a, out, err);
}

enum wn_code wn_batch_create(const struct wn_batch_job *b, struct wn_arena *a,
                             struct wn_request *out, struct wn_error *err)
{
    const struct wn_batch_format *f = wn_batch_format(b->provider);
    struct wn_buf body = WN_BUF_INIT(190 << 20);
    enum wn_code rc = head(b, path_of(f->create, b->model, a), true, a, out, err);
    if (rc != WN_OK)
        return rc;
    if (f->upload) {
        wn_buf_str(&body, "{");
        wn_format_str(&body, "input_file_id", b->file);
        wn_buf_str(&body, ",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}");
    } else {
        f->write(b, &body);
    }
    return take_body(&body, a, out, err);
}

enum wn_code wn_batch_ask_state(const struct wn_batch_job *b, struct wn_arena *a,
                                struct wn_request *out, struct wn_error *err)
{
    return head(b, path_of(wn_batch_format(b->provider)->state, b->id, a), false, a, out, err);
}

enum wn_code wn_batch_cancel(const struct wn_batch_job *b, struct wn_arena *a,
                             struct wn_request *out, struct wn_error *err)
{
    enum wn_code rc =
        head(b, path_of(wn_batch_format(b->provider)->cancel, b->id, a), true, a, out, err);
    out->body = "{}";
    out->body_len = 2;
    return rc;
}

enum wn_code wn_batch_results(const struct wn_batch_job *b, const char *path, struct wn_arena *a,
                              struct wn_request *out, struct wn_error *err)
{
    return head(b, path, false, a, out, err);
}

/* ---- what comes back ---- */

const char *wn_batch_created(const struct wn_response *r, struct wn_arena *a)
{
    cJSON *tree = NULL;
    const char *id;
    if (wn_json_parse(r->body, r->body_len, false, &tree, NULL) != WN_OK)
        return NULL;
    id = wn_format_copy(tree, "id", wn_format_copy(tree, "name", NULL, a), a);
    cJSON_Delete(tree);
    /* It goes into addresses. */
    return id != NULL && strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                    "_-./") == strlen(id) &&
                   strstr(id, "..") == NULL
               ? id
               : NULL;
}

/* "BATCH_STATE_RUNNING" -> "RUNNING" */
static const char *plain_word(const char *word)
{
    const char *state = strstr(word, "_STATE_");
    return state == NULL ? word : state + 7;
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
        out->word = wn_arena_str(a, plain_word(word));
        if (strstr(f->ended, wn_arena_printf(a, " %s ", out->word)) != NULL)
            out->stage = WN_BATCH_ENDED;
    }
    for (size_t i = 0; i < WN_COUNT(files); i++) {
        const char *id = wn_format_copy(tree, files[i], NULL, a);
        if (id != NULL)
            out->paths[i] = wn_arena_printf(a, "/files/%s/content", id);
    }
    if (wn_json_str(tree, "results_url") != NULL)
        out->paths[0] = wn_arena_printf(a, "/messages/batches/%s/results", b->id);
    cJSON_Delete(tree);
    return word != NULL;
}

/* A reply's body out of the shapes that the providers wrap it in; NULL where there is none. */
static char *find_body(const cJSON *line, const char **why)
{
    const cJSON *response = wn_json_get(line, "response"), *result = wn_json_get(line, "result");
    const cJSON *error = wn_json_get(line, "error"), *body = wn_json_get(response, "body");
    const char *type = wn_json_str(result, "type");
    *why = wn_json_str(error, "message");
    if (result != NULL) {
        body = wn_json_get(result, "message");
        *why = type;
    } else if (body != NULL) {
        if (wn_json_int(response, "status_code", 200) != 200) {
            *why = wn_json_str(wn_json_get(body, "error"), "message");
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
    const char *id = wn_json_str(o, "custom_id"), *why = NULL;
    char *body = find_body(o, &why);
    struct wn_batch_line l = { .body = body };
    if (id == NULL)
        id = wn_json_str(wn_json_get(o, "metadata"), "key");
    if (id == NULL)
        id = wn_json_str(o, "key");
    if (id != NULL) {
        l.id = wn_arena_str(a, id);
        l.why = wn_arena_str(a, why == NULL ? "not answered" : why);
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

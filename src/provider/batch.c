/* batch.c: see batch.h. The four providers say the same with other names: what differs is a row. */
#include "provider/batch.h"
#include "provider/format.h"
#include <ctype.h>
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
    wn_buf_str(out, "{\"batch\":{");
    wn_json_member_str(out, "displayName", b->mark);
    wn_buf_str(out, ",\"inputConfig\":{\"requests\":{\"requests\":[");
    write_list(b, "", "{\"request\":", "}", out);
    wn_buf_str(out, "]}}}}");
}

/* endpoint and model have to stand before the requests */
static void write_openrouter(const struct wn_batch_job *b, struct wn_buf *out)
{
    wn_buf_str(out, "{\"endpoint\":\"/v1/chat/completions\"");
    wn_json_member_str(out, "model", b->model);
    wn_buf_str(out, ",\"requests\":[");
    write_list(b, "{\"custom_id\":", ",\"body\":", "}", out);
    wn_buf_str(out, "]}");
}

/* OpenRouter's discount is not promised in writing: its requests are reckoned at the full price. */
static const struct {
    const char *provider;
    struct wn_batch_format format;
} formats[] = {
    { "openai",
      { .upload = true, .write = write_openai, .most_bytes = 18 << 20, .percent = 50,
        .create = "/batches", .state = "/batches/%s", .cancel = "/batches/%s/cancel",
        .list = "/batches?limit=100", .after = "after", .mark = "winnow",
        .state_word = "status", .ended = " completed failed expired cancelled " } },
    { "anthropic",
      { .write = write_anthropic, .most_bytes = 18 << 20, .percent = 50,
        .create = "/messages/batches", .state = "/messages/batches/%s",
        .cancel = "/messages/batches/%s/cancel", .list = "/messages/batches?limit=100",
        .after = "after_id",
        .state_word = "processing_status", .ended = " ended " } },
    { "gemini",
      { .write = write_gemini, .most_bytes = 18 << 20, .percent = 50,
        .create = "/models/%s:batchGenerateContent", .state = "/%s", .cancel = "/%s:cancel",
        .list = "/batches?pageSize=100", .after = "pageToken", .mark = "displayName",
        .state_word = "state", .ended = " SUCCEEDED FAILED CANCELLED EXPIRED " } },
    { "openrouter",
      { .write = write_openrouter, .most_bytes = 18 << 20, .percent = 100,
        .create = "/../beta/batches", .state = "/../beta/batches/%s",
        .cancel = "/../beta/batches/%s/cancel", .list = "/../beta/batches?limit=100",
        .after = "after",
        .state_word = "status", .ended = " completed failed expired cancelled " } },
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
        wn_json_member_str(&body, "input_file_id", b->file);
        wn_buf_str(&body, ",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\","
                          "\"metadata\":{");
        wn_json_member_str(&body, f->mark, b->mark);
        wn_buf_str(&body, "}}");
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

enum wn_code wn_batch_list(const struct wn_batch_job *b, const char *cursor, struct wn_arena *a,
                           struct wn_request *out, struct wn_error *err)
{
    const struct wn_batch_format *f = wn_batch_format(b->provider);
    struct wn_buf path = WN_BUF_INIT(64 << 10);
    enum wn_code rc;
    wn_buf_str(&path, f->list);
    if (cursor != NULL)
        wn_buf_printf(&path, "&%s=", f->after);
    for (; cursor != NULL && *cursor != '\0'; cursor++) /* a stranger's word in an address */
        if (strchr("-_.~", *cursor) != NULL || isalnum((unsigned char)*cursor))
            wn_buf_char(&path, *cursor);
        else
            wn_buf_printf(&path, "%%%02X", (unsigned char)*cursor);
    rc = head(b, wn_arena_copy(a, path.data, path.len), false, a, out, err);
    wn_buf_free(&path);
    return rc;
}

/* batch.c: jobs of many requests: files, creation, states, results in another order, cancelling.
 *
 * A job is in progress when it is looked at for the first time and has ended at the second. Each line is
 * served by the provider's own endpoint, so a fault that an item names is an error of its line. A job in
 * which an item says [[expire]] expires with the second half of its lines unanswered, and one that is
 * cancelled keeps its first half, too. The list has the newest first, in pages, and of each what the real one
 * tells: a name or metadata where there are such things, a time and a number of requests. */
#include "server.h"
#include "base/clock.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { JOBS = 64 };

static struct job {
    const struct vendor *vendor;
    char *requests; /* JSON text: array of {id, body} */
    char file[32];  /* OpenAI: the upload */
    char mark[64];  /* the name that it was given: metadata or displayName */
    bool made, cancelled;
    int looks;
    time_t created;
} jobs[JOBS];
static size_t njobs;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool is(const struct call *c, const char *vendor)
{
    return strcmp(c->vendor->name, vendor) == 0;
}

static struct job *job_named(const char *path)
{
    const char *at = strstr(path, "job");
    size_t n = at == NULL ? JOBS : (size_t)strtoul(at + 3, NULL, 10);
    return n < njobs ? &jobs[n] : NULL;
}

void batch_forget(void)
{
    pthread_mutex_lock(&lock);
    while (njobs > 0)
        free(jobs[--njobs].requests);
    memset(jobs, 0, sizeof(jobs));
    pthread_mutex_unlock(&lock);
}

static size_t keep(const struct call *c, cJSON *list)
{
    size_t n = njobs < JOBS ? njobs++ : JOBS - 1;
    free(jobs[n].requests);
    jobs[n] = (struct job){ .vendor = c->vendor,
                            .requests = cJSON_PrintUnformatted(list),
                            .created = time(NULL) };
    return n;
}

static void add(cJSON *list, const char *id, const cJSON *body)
{
    cJSON *one = cJSON_CreateObject();
    cJSON_AddStringToObject(one, "id", id == NULL ? "" : id);
    cJSON_AddItemToObject(one, "body", cJSON_Duplicate(body, true));
    cJSON_AddItemToArray(list, one);
}

/* ---- creation ---- */

static void upload(struct call *c)
{
    char *p = strstr(c->body.data, "application/jsonl\r\n\r\n"), *end;
    cJSON *list = cJSON_CreateArray();
    if (p == NULL || strstr(c->body.data, "\r\n\r\nbatch\r\n") == NULL) {
        refuse(c, 400, "invalid_request", "file", "purpose=batch and a file of JSON lines are needed.");
        cJSON_Delete(list);
        return;
    }
    for (p += strlen("application/jsonl\r\n\r\n"); *p == '{'; p = end + 1) {
        cJSON *line;
        end = strchr(p, '\n');
        line = end == NULL ? NULL : cJSON_ParseWithLength(p, (size_t)(end - p));
        if (line == NULL)
            break;
        add(list, wn_json_str(line, "custom_id"), wn_json_get(line, "body"));
        cJSON_Delete(line);
    }
    wn_buf_printf(&c->reply.body, "{\"id\":\"file-job%zu\",\"object\":\"file\",\"purpose\":\"batch\"}",
                  keep(c, list));
    cJSON_Delete(list);
}

static void name_it(struct job *job, const cJSON *o, const char *member)
{
    const char *mark = wn_json_str(o, member);
    snprintf(job->mark, sizeof(job->mark), "%s", mark == NULL ? "" : mark);
    job->made = true;
}

static const cJSON *requests_of(struct call *c)
{
    const cJSON *o = c->json;
    if (is(c, "gemini"))
        o = wn_json_get(wn_json_get(wn_json_get(o, "batch"), "inputConfig"), "requests");
    return wn_json_get(o, "requests");
}

static void create(struct call *c)
{
    const char *file = wn_json_str(c->json, "input_file_id"), *body = c->body.data;
    cJSON *list;
    const cJSON *r;
    size_t n;
    if (is(c, "openai")) {
        struct job *job = file == NULL ? NULL : job_named(file);
        if (job == NULL) {
            refuse(c, 400, "invalid_value", "input_file_id", "There is no such file.");
            return;
        }
        if (job->made) { /* one file may be of many batches */
            list = cJSON_Parse(job->requests);
            job = &jobs[keep(c, list)];
            cJSON_Delete(list);
        }
        name_it(job, wn_json_get(c->json, "metadata"), "winnow");
        wn_buf_printf(&c->reply.body, "{\"id\":\"batch_job%zu\",\"status\":\"validating\"}",
                      (size_t)(job - jobs));
        return;
    }
    if (is(c, "openrouter") && (strstr(body, "\"model\"") > strstr(body, "\"requests\"") ||
                                strstr(body, "\"endpoint\"") > strstr(body, "\"requests\""))) {
        refuse(c, 400, NULL, NULL, "endpoint and model must come before requests");
        return;
    }
    list = cJSON_CreateArray();
    cJSON_ArrayForEach(r, requests_of(c))
    {
        if (is(c, "gemini"))
            add(list, wn_json_str(wn_json_get(r, "metadata"), "key"), wn_json_get(r, "request"));
        else
            add(list, wn_json_str(r, "custom_id"),
                wn_json_get(r, is(c, "anthropic") ? "params" : "body"));
    }
    n = keep(c, list);
    name_it(&jobs[n], wn_json_get(c->json, "batch"), "displayName");
    cJSON_Delete(list);
    if (is(c, "gemini")) { /* the model stands in the address: it goes into `file` */
        const char *model = strrchr(c->path, '/') + 1;
        snprintf(jobs[n].file, sizeof(jobs[n].file), "%.*s", (int)strcspn(model, ":"), model);
        wn_buf_printf(&c->reply.body,
                      "{\"name\":\"batches/job%zu\",\"metadata\":{\"state\":\"BATCH_STATE_PENDING\"}}", n);
    } else if (is(c, "anthropic")) {
        wn_buf_printf(&c->reply.body,
                      "{\"id\":\"msgbatch_job%zu\",\"processing_status\":\"in_progress\","
                      "\"results_url\":null}",
                      n);
    } else {
        c->reply.status = 202;
        wn_buf_printf(&c->reply.body, "{\"id\":\"batch-job%zu\",\"status\":\"validating\"}", n);
    }
}

/* ---- results ---- */

/* Serve one line as if it had come by itself. */
static void serve_line(struct call *c, const struct job *job, const cJSON *body, struct reply *out)
{
    char *text = cJSON_PrintUnformatted(body);
    struct call one = { .connection = c->connection, .method = "POST", .vendor = c->vendor };
    const char *path = is(c, "openai")      ? "/v1/chat/completions"
                       : is(c, "anthropic") ? "/v1/messages"
                       : is(c, "gemini")
                           ? wn_arena_printf(&c->arena, "/v1beta/models/%s:generateContent", job->file)
                           : "/api/v1/chat/completions";
    one.path = one.url = path;
    one.body = (struct wn_buf)WN_BUF_INIT(BODY_MAX);
    one.reply.body = (struct wn_buf)WN_BUF_INIT(BODY_MAX);
    one.reply.wire = FAULT_IS_OK;
    wn_buf_str(&one.body, text);
    one.json = cJSON_Parse(text);
    route_within(&one);
    out->status = one.reply.wire != FAULT_IS_OK ? 500 : one.reply.status;
    out->body = one.reply.body;
    cJSON_Delete(one.json);
    cJSON_free(text);
    wn_buf_free(&one.body);
    wn_arena_free(&one.arena);
}

static void write_line(struct call *c, const struct job *job, const cJSON *r, const char *unanswered,
                       struct wn_buf *b)
{
    const char *id = wn_json_str(r, "id");
    struct reply reply = { .body = WN_BUF_INIT(BODY_MAX) };
    bool good;
    if (unanswered == NULL)
        serve_line(c, job, wn_json_get(r, "body"), &reply);
    good = unanswered == NULL && reply.status == 200;
    if (is(c, "anthropic")) {
        wn_buf_printf(b, "{\"custom_id\":\"%s\",\"result\":{\"type\":\"%s\"", id,
                      unanswered != NULL ? unanswered
                      : good             ? "succeeded"
                                         : "errored");
        if (unanswered == NULL)
            wn_buf_printf(b, ",\"%s\":%s", good ? "message" : "error", reply.body.data);
        wn_buf_str(b, "}}");
    } else if (is(c, "gemini")) {
        wn_buf_printf(b, "{\"metadata\":{\"key\":\"%s\"},", id);
        if (good)
            wn_buf_printf(b, "\"response\":%s}", reply.body.data);
        else
            wn_buf_str(b, "\"error\":{\"code\":500,\"message\":\"not answered\"}}");
    } else {
        wn_buf_printf(b, "{\"custom_id\":\"%s\",", id);
        if (unanswered != NULL)
            wn_buf_printf(b, "\"response\":null,\"error\":{\"code\":\"batch_%s\",\"message\":\"%s\"}}",
                          unanswered, unanswered);
        else
            wn_buf_printf(b, "\"response\":{\"status_code\":%d,\"body\":%s},\"error\":null}",
                          reply.status, reply.body.data);
    }
    wn_buf_free(&reply.body);
}

static bool expires(const struct job *job)
{
    return strstr(job->requests, "[[expire]]") != NULL;
}

/* The last first: the order is free. */
static void write_results(struct call *c, const struct job *job, const char *between)
{
    cJSON *list = cJSON_Parse(job->requests);
    int n = cJSON_GetArraySize(list);
    const char *why = job->cancelled ? (is(c, "anthropic") ? "canceled" : "cancelled")
                      : expires(job) ? "expired"
                                     : NULL;
    for (int i = n - 1; i >= 0; i--) {
        write_line(c, job, cJSON_GetArrayItem(list, i), i >= (n + 1) / 2 ? why : NULL, &c->reply.body);
        wn_buf_str(&c->reply.body, i > 0 || between[0] == '\n' ? between : "");
    }
    cJSON_Delete(list);
}

static void look(struct call *c, struct job *job)
{
    struct wn_buf *b = &c->reply.body;
    bool ended = ++job->looks > 1 || job->cancelled;
    const char *word = !ended            ? "in_progress"
                       : job->cancelled  ? "cancelled"
                       : expires(job)    ? "expired"
                                         : "completed";
    size_t n = (size_t)(job - jobs);
    if (is(c, "openai")) {
        wn_buf_printf(b, "{\"id\":\"batch_job%zu\",\"status\":\"%s\"", n, word);
        if (ended)
            wn_buf_printf(b, ",\"output_file_id\":\"out-job%zu\"", n);
        wn_buf_char(b, '}');
    } else if (is(c, "anthropic")) {
        wn_buf_printf(b, "{\"id\":\"msgbatch_job%zu\",\"processing_status\":\"%s\",\"results_url\":", n,
                      ended ? "ended" : "in_progress");
        wn_buf_str(b, ended ? "\"https://example.com/results\"}" : "null}");
    } else if (is(c, "gemini")) {
        wn_buf_printf(b, "{\"name\":\"batches/job%zu\",\"metadata\":{\"state\":\"BATCH_STATE_%s\"", n,
                      !ended           ? "RUNNING"
                      : job->cancelled ? "CANCELLED"
                      : expires(job)   ? "EXPIRED"
                                       : "SUCCEEDED");
        if (ended) {
            wn_buf_str(b, ",\"output\":{\"inlinedResponses\":{\"inlinedResponses\":[");
            write_results(c, job, ",");
            wn_buf_str(b, "]}}");
        }
        wn_buf_printf(b, "},\"done\":%s}", ended ? "true" : "false");
    } else {
        wn_buf_printf(b, "{\"id\":\"batch-job%zu\",\"status\":\"%s\"", n, word);
        if (ended) {
            wn_buf_str(b, ",\"results\":[");
            write_results(c, job, ",");
            wn_buf_char(b, ']');
        }
        wn_buf_char(b, '}');
    }
}

/* The page after the cursor begins with job *n - 1 and has *left of them. False: there is no such cursor. */
static bool page_of(const struct call *c, size_t *n, int *left)
{
    const char *size = call_query(c, is(c, "gemini") ? "pageSize" : "limit");
    const char *after = call_query(c, is(c, "gemini")      ? "pageToken"
                                      : is(c, "anthropic") ? "after_id"
                                                           : "after");
    const struct job *last = after == NULL ? NULL : job_named(after);
    *n = last == NULL ? njobs : (size_t)(last - jobs);
    *left = size == NULL ? 20 : atoi(size);
    if (*left > control_batch_page())
        *left = control_batch_page();
    return after == NULL || last != NULL;
}

static void list_one(struct call *c, size_t n)
{
    const struct job *job = &jobs[n];
    cJSON *list = cJSON_Parse(job->requests);
    int total = cJSON_GetArraySize(list);
    char when[WN_CLOCK_TEXT];
    wn_clock_text((int64_t)job->created, when);
    if (is(c, "gemini"))
        wn_buf_printf(&c->reply.body,
                      "{\"name\":\"batches/job%zu\",\"metadata\":{\"displayName\":\"%s\","
                      "\"createTime\":\"%s\"}}",
                      n, job->mark, when);
    else if (is(c, "anthropic"))
        wn_buf_printf(&c->reply.body,
                      "{\"id\":\"msgbatch_job%zu\",\"created_at\":\"%s\",\"request_counts\":"
                      "{\"processing\":%d,\"succeeded\":0,\"errored\":0,\"canceled\":0,\"expired\":0}}",
                      n, when, total);
    else
        wn_buf_printf(&c->reply.body,
                      "{\"id\":\"batch%cjob%zu\",\"created_at\":%lld,\"metadata\":%s%s%s,"
                      "\"request_counts\":{\"total\":%d,\"completed\":0,\"failed\":0}}",
                      is(c, "openai") ? '_' : '-', n, (long long)job->created,
                      is(c, "openai") ? "{\"winnow\":\"" : "null",
                      is(c, "openai") ? job->mark : "", is(c, "openai") ? "\"}" : "", total);
    cJSON_Delete(list);
}

static void list_page(struct call *c)
{
    struct wn_buf *b = &c->reply.body;
    bool more = false;
    size_t n, last = 0;
    int left, listed = 0;
    if (!page_of(c, &n, &left)) {
        refuse(c, 400, "invalid_request", NULL, "There is no such cursor.");
        return;
    }
    wn_buf_printf(b, "{\"%s\":[", is(c, "gemini") ? "operations" : "data");
    while (n-- > 0 && !more) {
        if (!jobs[n].made || jobs[n].vendor != c->vendor)
            continue;
        more = listed == left;
        if (more)
            break;
        wn_buf_str(b, listed++ == 0 ? "" : ",");
        list_one(c, last = n);
    }
    wn_buf_char(b, ']');
    if (!is(c, "gemini"))
        wn_buf_printf(b, ",\"has_more\":%s", more ? "true" : "false");
    else if (more)
        wn_buf_printf(b, ",\"nextPageToken\":\"/job%zu+=\"", last);
    if (more && !is(c, "gemini"))
        wn_buf_printf(b, ",\"last_id\":\"%sjob%zu\"",
                      is(c, "anthropic") ? "msgbatch_"
                      : is(c, "openai")  ? "batch_"
                                         : "batch-",
                      last);
    wn_buf_char(b, '}');
}

void batch_serve(struct call *c)
{
    bool post = strcmp(c->method, "POST") == 0;
    struct job *job;
    if (post && fault_serve(c, NULL))
        return;
    pthread_mutex_lock(&lock);
    job = strstr(c->path, ":batchGenerateContent") != NULL ? NULL : job_named(c->path);
    if (post && strcmp(c->path, "/v1/files") == 0) {
        upload(c);
    } else if (job == NULL && post) {
        create(c);
    } else if (job == NULL && strcmp(strrchr(c->path, '/'), "/batches") == 0) {
        list_page(c);
    } else if (job == NULL) {
        refuse(c, 404, "not_found", NULL, "There is no such batch.");
    } else if (post) {
        job->cancelled = true;
        look(c, job);
    } else if (strstr(c->path, "/content") != NULL || strstr(c->path, "/results") != NULL) {
        write_results(c, job, "\n");
    } else {
        look(c, job);
    }
    pthread_mutex_unlock(&lock);
}

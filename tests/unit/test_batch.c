#include "test.h"
#include "base/buf.h"
#include "provider/batch.h"

static struct wn_batch_job job_of(const char *provider)
{
    static const struct wn_batch_item items[] = { { "k1", "{\"a\":1}" }, { "k2", "{\"a\":2}" } };
    return (struct wn_batch_job){ .provider = wn_provider_named(provider, strlen(provider)),
                                  .model = "m",
                                  .base_url = "https://api.example/api/v1",
                                  .key = "test-1",
                                  .items = items,
                                  .n = COUNT(items),
                                  .file = "file-1",
                                  .id = strcmp(provider, "gemini") == 0 ? "batches/1" : "b1",
                                  .mark = "winnow-ab" };
}

static struct wn_response response_of(const char *body)
{
    return (struct wn_response){ .status = 200, .body = (char *)body, .body_len = strlen(body) };
}

TEST(each_provider_is_asked_in_its_own_words)
{
    static const struct {
        const char *provider, *create_url, *create_body, *state_url, *cancel_url, *list_url, *after;
    } row[] = {
        { "openai", "https://api.example/api/v1/batches",
          "{\"input_file_id\":\"file-1\",\"endpoint\":\"/v1/chat/"
          "completions\",\"completion_window\":"
          "\"24h\",\"metadata\":{\"winnow\":\"winnow-ab\"}}",
          "https://api.example/api/v1/batches/b1", "https://api.example/api/v1/batches/b1/cancel",
          "https://api.example/api/v1/batches?limit=100", "after" },
        { "anthropic", "https://api.example/api/v1/messages/batches",
          "{\"requests\":[{\"custom_id\":\"k1\",\"params\":{\"a\":1}},{\"custom_id\":\"k2\","
          "\"params\":{\"a\":2}}]}",
          "https://api.example/api/v1/messages/batches/b1",
          "https://api.example/api/v1/messages/batches/b1/cancel",
          "https://api.example/api/v1/messages/batches?limit=100", "after_id" },
        { "gemini", "https://api.example/api/v1/v1beta/models/m:batchGenerateContent",
          "{\"batch\":{\"displayName\":\"winnow-ab\",\"inputConfig\":{\"requests\":{\"requests\":["
          "{\"request\":{\"a\":1},\"metadata\":{\"key\":\"k1\"}},{\"request\":{\"a\":2},"
          "\"metadata\":{"
          "\"key\":\"k2\"}}]}}}}",
          "https://api.example/api/v1/v1beta/batches/1",
          "https://api.example/api/v1/v1beta/batches/1:cancel",
          "https://api.example/api/v1/v1beta/batches?pageSize=100", "pageToken" },
        { "openrouter", "https://api.example/api/beta/batches",
          "{\"endpoint\":\"/v1/chat/"
          "completions\",\"model\":\"m\",\"requests\":[{\"custom_id\":\"k1\","
          "\"body\":{\"a\":1}},{\"custom_id\":\"k2\",\"body\":{\"a\":2}}]}",
          "https://api.example/api/beta/batches/b1",
          "https://api.example/api/beta/batches/b1/cancel",
          "https://api.example/api/beta/batches?limit=100", "after" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_batch_job b = job_of(row[i].provider);
        struct wn_arena a = WN_ARENA_INIT;
        struct wn_request r;
        CHECK_OK(wn_batch_create(&b, &a, &r, &test_error));
        CHECK_STR(r.url, row[i].create_url);
        CHECK_STR(r.body, row[i].create_body);
        CHECK_OK(wn_batch_ask_state(&b, &a, &r, &test_error));
        CHECK_STR(r.url, row[i].state_url);
        CHECK_STR(r.method, "GET");
        CHECK_OK(wn_batch_cancel(&b, &a, &r, &test_error));
        CHECK_STR(r.url, row[i].cancel_url);
        CHECK_OK(wn_batch_list(&b, NULL, &a, &r, &test_error));
        CHECK_STR(r.url, row[i].list_url);
        CHECK_OK(wn_batch_list(&b, "b-7/+=", &a, &r, &test_error));
        CHECK_STR(r.url, wn_arena_printf(&a, "%s&%s=b-7%%2F%%2B%%3D", row[i].list_url, row[i].after));
        wn_arena_free(&a);
    }
}

TEST(an_id_goes_into_addresses_and_has_to_look_like_one)
{
    static const struct {
        const char *body, *want;
    } row[] = {
        { "{\"id\":\"batch_1\"}", "batch_1" },
        { "{\"name\":\"batches/a-1.b\"}", "batches/a-1.b" },
        { "{\"id\":7,\"name\":\"batches/1\"}", "batches/1" },
        { "{\"id\":\"\"}", NULL },
        { "{\"id\":\"../../v1/files\"}", NULL },
        { "{\"id\":\"a b\"}", NULL },
        { "{\"id\":\"a?key=b\"}", NULL },
        { "{\"error\":{}}", NULL },
        { "[]", NULL },
        { "<html>", NULL },
        { "", NULL },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_response r = response_of(row[i].body);
        struct wn_arena a = WN_ARENA_INIT;
        const char *id = wn_batch_created(&r, &a);
        if (row[i].want == NULL)
            CHECK(id == NULL);
        else
            CHECK_STR(id, row[i].want);
        wn_arena_free(&a);
    }
}

TEST(a_state_is_a_word_and_where_the_results_are)
{
    static const struct {
        const char *provider, *body, *want;
    } row[] = {
        { "openai", "{\"status\":\"in_progress\"}", "running in_progress" },
        { "openai", "{\"status\":\"completed\",\"output_file_id\":\"f1\",\"error_file_id\":\"f2\"}",
          "ended completed /files/f1/content /files/f2/content" },
        { "openai", "{\"status\":\"expired\",\"error_file_id\":\"f2\"}",
          "ended expired /files/f2/content" },
        { "openai", "{\"status\":\"completed\",\"output_file_id\":\"../x\"}", "ended completed" },
        { "openai",
          "{\"status\":\"failed\",\"errors\":{\"data\":[{\"message\":\"bad\\u001b[31m line\"}]}}",
          "ended failed (bad[31m line)" },
        { "anthropic", "{\"processing_status\":\"canceling\",\"results_url\":null}",
          "running canceling" },
        { "anthropic",
          "{\"processing_status\":\"ended\",\"results_url\":\"https://evil.example/\"}",
          "ended ended /messages/batches/b1/results" },
        { "gemini", "{\"metadata\":{\"state\":\"BATCH_STATE_PENDING\"}}", "running PENDING" },
        { "gemini", "{\"metadata\":{\"state\":\"JOB_STATE_SUCCEEDED\"},\"done\":true}",
          "ended SUCCEEDED" },
        { "gemini",
          "{\"metadata\":{\"state\":\"BATCH_STATE_FAILED\"},\"error\":{\"message\":\"no\"}}",
          "ended FAILED (no)" },
        { "openrouter", "{\"status\":\"cancelled\",\"results\":[]}", "ended cancelled" },
        { "openrouter", "{\"status\":\"new word\"}", "running new word" },
        { "openrouter", "{\"status\":7}", "no state" },
        { "openrouter", "{}", "no state" },
        { "openai", "<html>", "no state" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_batch_job b = job_of(row[i].provider);
        struct wn_response r = response_of(row[i].body);
        struct wn_batch_state s;
        struct wn_buf out = WN_BUF_INIT(1000);
        struct wn_arena a = WN_ARENA_INIT;
        if (!wn_batch_read_state(&b, &r, &a, &s)) {
            wn_buf_str(&out, "no state");
        } else {
            wn_buf_printf(&out, "%s %s", s.stage == WN_BATCH_ENDED ? "ended" : "running", s.word);
            for (size_t k = 0; k < COUNT(s.paths); k++)
                if (s.paths[k] != NULL)
                    wn_buf_printf(&out, " %s", s.paths[k]);
            if (s.why != NULL)
                wn_buf_printf(&out, " (%s)", s.why);
        }
        CHECK_STR(out.data, row[i].want);
        wn_buf_free(&out);
        wn_arena_free(&a);
    }
}

static void write_line(void *user, const struct wn_batch_line *l)
{
    wn_buf_printf(user, "%s %s;", l->id, l->body != NULL ? l->body : l->why);
}

TEST(results_come_in_any_order_and_shape_and_the_bad_ones_fail_alone)
{
    static const struct {
        const char *body, *want;
    } row[] = {
        /* OpenAI: lines of a file */
        { "{\"custom_id\":\"k2\",\"response\":{\"status_code\":200,\"body\":{\"b\":2}},\"error\":"
          "null}\n"
          "{\"custom_id\":\"k1\",\"response\":{\"status_code\":500,\"body\":{\"error\":{"
          "\"message\":"
          "\"oops\"}}},\"error\":null}\n"
          "{\"custom_id\":\"k3\",\"response\":null,\"error\":{\"code\":\"batch_expired\","
          "\"message\":"
          "\"too late\"}}\n",
          "k2 {\"b\":2};k1 oops;k3 too late;" },
        { "{\"custom_id\":\"k1\",\"response\":{\"body\":{\"b\":1}}}", "k1 {\"b\":1};" },
        /* a line that was cut, an empty one, one that is no object */
        { "{\"custom_id\":\"k1\",\"response\":{\"body\":{\"b\":1}}}\n\n[1]\n7\n{\"custom_id\":"
          "\"k2\",\"resp",
          "k1 {\"b\":1};" },
        /* Anthropic */
        { "{\"custom_id\":\"k1\",\"result\":{\"type\":\"succeeded\",\"message\":{\"m\":1}}}\n"
          "{\"custom_id\":\"k2\",\"result\":{\"type\":\"expired\"}}\n"
          "{\"custom_id\":\"k3\",\"result\":{\"type\":\"errored\",\"error\":{}}}\n",
          "k1 {\"m\":1};k2 expired;k3 errored;" },
        /* Gemini, in both places */
        { "{\"metadata\":{\"output\":{\"inlinedResponses\":{\"inlinedResponses\":[{\"metadata\":{"
          "\"key\":"
          "\"k1\"},\"response\":{\"g\":1}},{\"metadata\":{\"key\":\"k2\"},\"error\":{\"message\":"
          "\"no\"}}"
          "]}}}}",
          "k1 {\"g\":1};k2 no;" },
        { "{\"response\":{\"inlinedResponses\":{\"inlinedResponses\":[{\"metadata\":{\"key\":"
          "\"k1\"},"
          "\"response\":{\"g\":1}}]}}}",
          "k1 {\"g\":1};" },
        { "{\"key\":\"k1\",\"response\":{\"g\":1}}\n{\"key\":\"k2\",\"error\":{\"message\":\"no\"}}"
          "\n",
          "k1 {\"g\":1};k2 no;" },
        /* OpenRouter */
        { "{\"results\":[{\"custom_id\":\"k1\",\"response\":{\"status_code\":200,\"body\":{\"o\":1}"
          "},"
          "\"error\":null},{\"custom_id\":\"k2\",\"response\":null,\"error\":null}]}",
          "k1 {\"o\":1};k2 not answered;" },
        { "{\"results\":null}", "" },
        /* nothing of the kind */
        { "{\"custom_id\":7,\"response\":{\"body\":{}}}", "" },
        { "{\"custom_id\":\"k1\",\"response\":{\"body\":[1]}}", "k1 not answered;" },
        { "<html>\n", "" },
        { "", "" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_response r = response_of(row[i].body);
        struct wn_buf out = WN_BUF_INIT(1000);
        struct wn_arena a = WN_ARENA_INIT;
        wn_buf_str(&out, "");
        wn_batch_read_results(&r, &a, write_line, &out);
        CHECK_STR(out.data, row[i].want);
        wn_buf_free(&out);
        wn_arena_free(&a);
    }
}

static void write_listed(void *user, const struct wn_batch_listed *l)
{
    wn_buf_printf(user, "%s %s %lld %lld;", l->id, l->mark == NULL ? "-" : l->mark,
                  (long long)l->created, (long long)l->requests);
}

TEST(a_list_tells_each_batch_by_what_the_provider_keeps)
{
    static const struct {
        const char *provider, *body, *want;
    } row[] = {
        { "openai",
          "{\"data\":[{\"id\":\"b1\",\"created_at\":1795348800,\"metadata\":{\"winnow\":\"winnow-"
          "ab\"},"
          "\"request_counts\":{\"total\":8}},{\"id\":\"b2\",\"metadata\":null}]}",
          "b1 winnow-ab 1795348800 8;b2 - 0 0;" },
        { "anthropic",
          "{\"data\":[{\"id\":\"b1\",\"created_at\":\"2026-11-22T12:00:00Z\",\"request_counts\":{"
          "\"processing\":3,\"succeeded\":5,\"errored\":0,\"canceled\":0,\"expired\":0}}]}",
          "b1 - 1795348800 8;" },
        { "gemini",
          "{\"operations\":[{\"name\":\"batches/"
          "1\",\"metadata\":{\"displayName\":\"winnow-ab\"}}]}",
          "batches/1 winnow-ab 0 0;" },
        { "gemini", "{}", "" },
        { "openrouter", "{\"data\":[],\"has_more\":false}", "" },
        { "openrouter", "{\"data\":[7,{\"id\":\"../x\"},{\"id\":\"b1\",\"created_at\":\"soon\"}]}",
          "b1 - 0 0;" },
        { "openai", "{\"data\":[{\"id\":\"b2\"}],\"last_id\":\"b2\",\"has_more\":true}", "b2 - 0 0;next b2" },
        { "openai", "{\"data\":[{\"id\":\"b2\"}],\"last_id\":\"b2\",\"has_more\":false}", "b2 - 0 0;" },
        { "anthropic", "{\"data\":[{\"id\":\"b2\"}],\"has_more\":true}", "b2 - 0 0;next b2" },
        { "gemini", "{\"operations\":[],\"nextPageToken\":\"a/b+c=\"}", "next a/b+c=" },
        { "gemini", "{\"nextPageToken\":\"\"}", "" },
        { "openai", "{\"data\":[],\"has_more\":true}", "" },
        { "openai", "{\"data\":{}}", "no list" },
        { "openai", "{\"error\":{\"message\":\"no\"}}", "no list" },
        { "openai", "[]", "no list" },
        { "openai", "<html>", "no list" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_batch_job b = job_of(row[i].provider);
        struct wn_response r = response_of(row[i].body);
        struct wn_buf out = WN_BUF_INIT(1000);
        struct wn_arena a = WN_ARENA_INIT;
        const char *cursor = NULL;
        wn_buf_str(&out, "");
        if (!wn_batch_read_list(&b, &r, &a, write_listed, &out, &cursor))
            wn_buf_str(&out, "no list");
        else if (cursor != NULL)
            wn_buf_printf(&out, "next %s", cursor);
        CHECK_STR(out.data, row[i].want);
        wn_buf_free(&out);
        wn_arena_free(&a);
    }
}

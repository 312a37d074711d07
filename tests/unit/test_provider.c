/* Every wire format, by example: fixtures/http/PROVIDER/CASE.json holds what is asked, the request it
 * must give, a response, and the reply expected. A new file there is a new test.
 *
 *   kind, model, base_url, key, max_output_tokens, logprobs, dropped, repair, last_answer
 *   prompt     system, user, state
 *   questions  as in task.json, but `choices` may be a list of ids; `asked`: names, if not all
 *   request    method, url, headers, body; in the body "*" stands for anything
 *   refused    instead of a request: what the error must say (what, cause, hint)
 *   response   status, headers, body (JSON, or a string that is sent as it is)
 *   reply      what must hold; members that are not there are not looked at */
#include "test.h"
#include "base/file.h"
#include "base/json.h"
#include "provider/provider.h"
#include <dirent.h>

#define FIXTURES "fixtures/http"
enum { NOW = 1795348800 }; /* 2026-11-22T12:00:00Z */

/* ---- a call out of a fixture ---- */

static enum wn_question_type type_named(const char *name)
{
    static const char *const names[] = { "choice", "tags", "yesno", "scale", "text" };
    for (size_t i = 0; i < COUNT(names); i++)
        if (strcmp(names[i], name) == 0)
            return (enum wn_question_type)i;
    fail_msg("no question type '%s'", name);
    return WN_TEXT;
}

static void read_question(const cJSON *in, struct wn_arena *a, struct wn_question *q)
{
    const cJSON *choices = wn_json_get(in, "choices"), *e;
    struct wn_choice *list = wn_arena_array(a, (size_t)cJSON_GetArraySize(choices), sizeof(*list));
    q->name = wn_json_str(in, "name");
    q->ask = wn_json_str(in, "ask");
    q->type = type_named(wn_json_str(in, "type"));
    cJSON_ArrayForEach(e, choices)
    {
        list[q->nchoices++] = e->string != NULL ? (struct wn_choice){ e->string, e->valuestring }
                                                : (struct wn_choice){ e->valuestring, "" };
    }
    q->choices = list;
}

static void read_call(const cJSON *f, const char *provider, struct wn_arena *a, struct wn_call *c)
{
    const cJSON *questions = wn_json_get(f, "questions"), *e, *name;
    const cJSON *prompt = wn_json_get(f, "prompt"), *only = wn_json_get(f, "asked");
    struct wn_task *t = wn_arena_alloc(a, sizeof(*t));
    struct wn_prompt *p = wn_arena_alloc(a, sizeof(*p));
    bool *asked = wn_arena_array(a, (size_t)cJSON_GetArraySize(questions), sizeof(*asked));
    size_t n = 0;
    t->name = "lead-intent";
    t->questions = wn_arena_array(a, (size_t)cJSON_GetArraySize(questions), sizeof(*t->questions));
    cJSON_ArrayForEach(e, questions)
    {
        read_question(e, a, &t->questions[t->nquestions]);
        cJSON_ArrayForEach(name, only)
        {
            if (strcmp(name->valuestring, t->questions[t->nquestions].name) == 0)
                asked[n] = true;
        }
        t->nquestions++;
        n++;
    }
    *p = (struct wn_prompt){ .task = t,
                             .system = wn_json_str(prompt, "system"),
                             .user = wn_json_str(prompt, "user"),
                             .state = wn_json_str(prompt, "state"),
                             .asked = only == NULL ? NULL : asked };
    *c = (struct wn_call){ .provider = wn_provider_named(provider, strlen(provider)),
                           .kind = strcmp(wn_json_str(f, "kind"), "decide") == 0 ? WN_DECIDE
                                                                                 : WN_GENERATE,
                           .model = wn_json_str(f, "model"),
                           .base_url = wn_json_str(f, "base_url"),
                           .key = wn_json_str(f, "key"),
                           .prompt = p,
                           .schema = wn_json_str(f, "schema"),
                           .max_output_tokens = (int)wn_json_int(f, "max_output_tokens", 0),
                           .logprobs = wn_json_bool(f, "logprobs", false),
                           .dropped = wn_json_str(f, "dropped"),
                           .repair = wn_json_str(f, "repair"),
                           .last_answer = wn_json_str(f, "last_answer") };
}

/* ---- comparing ---- */

/* The same value, members in any order; "*" in `want` stands for anything. */
static bool same_json(const cJSON *got, const cJSON *want)
{
    const cJSON *e;
    if (got == NULL)
        return false;
    if (cJSON_IsString(want) && strcmp(want->valuestring, "*") == 0)
        return true;
    if (!cJSON_IsObject(want) && !cJSON_IsArray(want))
        return cJSON_Compare(got, want, true);
    if (cJSON_IsObject(got) != cJSON_IsObject(want) ||
        cJSON_GetArraySize(got) != cJSON_GetArraySize(want))
        return false;
    for (int i = 0; i < cJSON_GetArraySize(want); i++) {
        e = cJSON_GetArrayItem(want, i);
        if (!same_json(e->string != NULL ? wn_json_get(got, e->string) : cJSON_GetArrayItem(got, i),
                       e))
            return false;
    }
    return true;
}

static void check_request(const cJSON *want, const struct wn_request *got)
{
    const cJSON *headers = wn_json_get(want, "headers"), *h;
    cJSON *body = NULL;
    CHECK_STR(got->method, wn_json_str(want, "method"));
    CHECK_STR(got->url, wn_json_str(want, "url"));
    CHECK_INT(got->nheaders, cJSON_GetArraySize(headers));
    cJSON_ArrayForEach(h, headers)
    {
        const char *value = NULL;
        for (size_t i = 0; i < got->nheaders; i++)
            if (strcmp(got->headers[i].name, h->string) == 0)
                value = got->headers[i].value;
        CHECK_STR(value, h->valuestring);
    }
    CHECK_OK(wn_json_parse(got->body, got->body_len, true, &body, &test_error));
    if (!same_json(body, wn_json_get(want, "body"))) {
        print_error("the body is %s\n", got->body);
        fail();
    }
    cJSON_Delete(body);
}

static void check_has(const char *got, const cJSON *want, const char *member)
{
    const char *part = wn_json_str(want, member);
    if (part == NULL || strstr(got, part) != NULL)
        return;
    print_error("%s: '%s' is not in '%s'\n", member, part, got);
    fail();
}

static const char *class_name(enum wn_class class)
{
    static const char *const names[] = {
        "ok", "busy", "broken", "stop", "refused", "cut", "unclear"
    };
    return names[class];
}

static void check_numbers(const double *got, size_t n, const cJSON *want)
{
    CHECK_INT(cJSON_GetArraySize(want), n);
    for (size_t i = 0; i < n; i++)
        CHECK_NEAR(got[i], cJSON_GetArrayItem(want, (int)i)->valuedouble);
}

/* "intent": {"choice": "hot", "p": [..]}; "signals": {"tags": [..], "p": [..]}; null = unanswered. */
static void check_answer(const struct wn_question *q, const struct wn_value *v, const cJSON *want)
{
    const cJSON *tags = wn_json_get(want, "tags"), *tag;
    size_t on = 0;
    CHECK_INT(v->answered, !cJSON_IsNull(want));
    if (!v->answered)
        return;
    CHECK_INT(v->source, WN_DECISION);
    check_numbers(v->p, q->nchoices, wn_json_get(want, "p"));
    if (q->type != WN_TAGS) {
        CHECK_STR(q->choices[v->choice].id, wn_json_str(want, "choice"));
        return;
    }
    for (size_t i = 0; i < q->nchoices; i++)
        on += v->chosen[i];
    CHECK_INT(on, cJSON_GetArraySize(tags));
    cJSON_ArrayForEach(tag, tags)
    {
        bool found = false;
        for (size_t i = 0; i < q->nchoices; i++)
            found = found || (v->chosen[i] && strcmp(q->choices[i].id, tag->valuestring) == 0);
        CHECK(found);
    }
}

static void check_usage(const struct wn_usage *u, const cJSON *want)
{
    const struct {
        const char *name;
        int64_t got;
    } row[] = {
        { "input", u->input },
        { "cached", u->cached },
        { "cache_write", u->cache_write },
        { "output", u->output },
        { "reasoning", u->reasoning },
        { "cost_microusd", u->cost_microusd },
    };
    const cJSON *e;
    cJSON_ArrayForEach(e, want)
    {
        bool known = false;
        for (size_t i = 0; i < COUNT(row); i++)
            if (strcmp(e->string, row[i].name) == 0) {
                CHECK_INT(row[i].got, (int64_t)e->valuedouble);
                known = true;
            }
        CHECK(known);
    }
}

static void check_logprobs(const struct wn_reply *r, const cJSON *want)
{
    CHECK_INT(r->nlogprobs, cJSON_GetArraySize(want));
    for (size_t i = 0; i < r->nlogprobs; i++) {
        const cJSON *w = cJSON_GetArrayItem(want, (int)i);
        CHECK_STR(r->logprobs[i].token, wn_json_str(w, "token"));
        CHECK_INT(r->logprobs[i].token_len, strlen(wn_json_str(w, "token")));
        CHECK_NEAR(r->logprobs[i].logprob, wn_json_num(w, "logprob", NAN));
        CHECK_INT(r->logprobs[i].ntop, wn_json_int(w, "ntop", 0));
    }
}

static void check_reply(const cJSON *want, const struct wn_call *c, const struct wn_reply *r)
{
    static const struct {
        const char *name;
        size_t offset;
    } texts[] = {
        { "text", offsetof(struct wn_reply, text) },
        { "model", offsetof(struct wn_reply, model) },
        { "upstream", offsetof(struct wn_reply, upstream) },
        { "request_id", offsetof(struct wn_reply, request_id) },
        { "drop", offsetof(struct wn_reply, drop) },
    };
    const cJSON *e;
    CHECK_STR(class_name(r->class), wn_json_str(want, "class"));
    for (size_t i = 0; i < COUNT(texts); i++)
        if (wn_json_get(want, texts[i].name) != NULL)
            CHECK_STR(*(const char *const *)((const char *)r + texts[i].offset),
                      wn_json_str(want, texts[i].name));
    CHECK_INT(r->wait_ms, wn_json_int(want, "wait_ms", -1));
    CHECK_INT(r->no_endpoint, wn_json_bool(want, "no_endpoint", false));
    CHECK_INT(r->nrefused, wn_json_int(want, "nrefused", 0));
    CHECK_INT(r->drop != NULL, wn_json_get(want, "drop") != NULL);
    check_has(r->what, want, "what");
    check_has(r->cause, want, "cause");
    check_has(r->hint, want, "hint");
    check_usage(&r->usage, wn_json_get(want, "usage"));
    if (wn_json_get(want, "logprobs") != NULL)
        check_logprobs(r, wn_json_get(want, "logprobs"));
    cJSON_ArrayForEach(e, wn_json_get(want, "answers"))
    {
        for (size_t i = 0; i < c->prompt->task->nquestions; i++)
            if (strcmp(c->prompt->task->questions[i].name, e->string) == 0)
                check_answer(&c->prompt->task->questions[i], &r->answer->values[i], e);
    }
    /* Whatever went wrong, the key and the item are not in what a person is shown. */
    if (c->key != NULL) {
        CHECK(strstr(r->cause, c->key) == NULL);
        CHECK(strstr(r->what, c->key) == NULL);
    }
    CHECK(strstr(r->cause, "250 seats") == NULL);
}

/* ---- one fixture ---- */

static void check_build(const cJSON *f, const struct wn_call *c, struct wn_arena *a)
{
    const char *refused = wn_json_str(f, "refused");
    struct wn_request request;
    if (refused != NULL) {
        char all[1024];
        CHECK(wn_provider_build(c, a, &request, &test_error) != WN_OK);
        snprintf(all, sizeof(all), "%s\n%s\n%s", test_error.what, test_error.cause,
                 test_error.hint);
        check_has(all, f, "refused");
        return;
    }
    CHECK_OK(wn_provider_build(c, a, &request, &test_error));
    if (wn_json_get(f, "request") != NULL)
        check_request(wn_json_get(f, "request"), &request);
}

static void check_parse(const cJSON *f, const struct wn_call *c, struct wn_arena *a)
{
    const cJSON *in = wn_json_get(f, "response"), *h, *body = wn_json_get(in, "body");
    struct wn_header headers[16];
    struct wn_response r = { .headers = headers };
    struct wn_reply reply;
    char *text = cJSON_IsString(body) ? NULL : cJSON_PrintUnformatted(body);
    if (in == NULL)
        return;
    r.status = (int)wn_json_int(in, "status", 200);
    r.body = text != NULL ? text : body->valuestring;
    r.body_len = strlen(r.body);
    cJSON_ArrayForEach(h, wn_json_get(in, "headers"))
    {
        headers[r.nheaders++] = (struct wn_header){ h->string, h->valuestring };
    }
    wn_provider_parse(c, &r, NOW, a, &reply);
    check_reply(wn_json_get(f, "reply"), c, &reply);
    cJSON_free(text);
}

static void check_fixture(const char *path, const char *provider)
{
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_call c;
    char *text = NULL;
    size_t len = 0;
    cJSON *f = NULL;
    print_message("%s\n", path); /* shown only where something fails */
    CHECK_OK(wn_file_read(path, 1 << 20, &text, &len, &test_error));
    CHECK_OK(wn_json_parse(text, len, true, &f, &test_error));
    read_call(f, provider, &a, &c);
    check_build(f, &c, &a);
    check_parse(f, &c, &a);
    cJSON_Delete(f);
    free(text);
    wn_arena_free(&a);
}

static size_t check_folder(const char *provider)
{
    char path[512];
    struct dirent *e;
    size_t n = 0;
    DIR *d;
    snprintf(path, sizeof(path), FIXTURES "/%s", provider);
    d = opendir(path);
    CHECK(d != NULL);
    while ((e = readdir(d)) != NULL) {
        size_t len = strlen(e->d_name);
        if (len < 6 || strcmp(e->d_name + len - 5, ".json") != 0)
            continue;
        snprintf(path, sizeof(path), FIXTURES "/%s/%s", provider, e->d_name);
        check_fixture(path, provider);
        n++;
    }
    closedir(d);
    return n;
}

TEST(each_fixture_gives_its_request_and_its_reply)
{
    for (size_t i = 0; i < wn_nproviders; i++)
        CHECK(check_folder(wn_providers[i].name) >= 1);
}

/* ---- names ---- */

TEST(a_model_is_named_by_provider_and_model)
{
    static const struct {
        const char *id, *provider, *model;
    } row[] = {
        { "openai/gpt-6-luna", "openai", "gpt-6-luna" },
        { "openai", "openai", "gpt-6-luna" },
        { "anthropic/", "anthropic", "claude-haiku-5-5" },
        { "gemini", "gemini", "gemini-decision-1" },
        { "openrouter/anthropic/claude-haiku-5.5", "openrouter", "anthropic/claude-haiku-5.5" },
        { "ollama/d1-omni:600m", "ollama", "d1-omni:600m" },
    };
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct wn_provider *p = NULL;
        const char *model = NULL;
        CHECK_OK(wn_provider_resolve(row[i].id, &a, &p, &model, &test_error));
        CHECK_STR(p->name, row[i].provider);
        CHECK_STR(model, row[i].model);
    }
    wn_arena_free(&a);
}

TEST(a_wrong_name_gets_a_hint)
{
    static const struct {
        const char *id, *what, *hint;
    } row[] = {
        { "opnai/gpt-6-luna", "there is no provider 'opnai'", "Did you mean 'openai/gpt-6-luna'?" },
        { "gpt-6-luna", "there is no provider 'gpt-6-luna'", "Did you mean 'openai/gpt-6-luna'?" },
        { "claude/claude-haiku-5-5", "there is no provider 'claude'",
          "Did you mean 'anthropic/claude-haiku-5-5'?" },
        { "Gemini", "there is no provider 'Gemini'", "Did you mean 'gemini'?" },
        { "zzz", "there is no provider 'zzz'",
          "A model is named PROVIDER/MODEL, as in 'openai/gpt-6-luna'." },
        { "ollama", "ollama needs a model",
          "Write ollama/MODEL with a model that the server has." },
        { "gemini/x?key=y", "'x?key=y' is no model name", "" },
    };
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct wn_provider *p;
        const char *model;
        CHECK_INT(wn_provider_resolve(row[i].id, &a, &p, &model, &test_error), WN_E_CONFIG);
        CHECK_STR(test_error.what, row[i].what);
        CHECK_STR(test_error.hint, row[i].hint);
    }
    wn_arena_free(&a);
}

TEST(each_kind_of_call_finds_its_model)
{
    static const struct {
        const char *provider, *named, *decide, *generate;
        bool decides_first;
    } row[] = {
        { "openai", "gpt-6-luna", "gpt-6-luna", "gpt-6-luna", true },
        { "openai", "gpt-6.1-terra", NULL, "gpt-6.1-terra", false },
        { "openai", "gpt-7", "gpt-7", "gpt-7", false }, /* unknown: decides if asked to */
        { "anthropic", "claude-haiku-5-5", NULL, "claude-haiku-5-5", false },
        { "gemini", "gemini-decision-1", "gemini-decision-1", "gemini-3.1-flash-lite", true },
        { "gemini", "gemini-3.8-flash", NULL, "gemini-3.8-flash", false },
        { "ollama", "nimble", "nimble", NULL, true },
        { "ollama", "qwen3:4b", "qwen3:4b", "qwen3:4b", false },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct wn_provider *p = wn_provider_named(row[i].provider, strlen(row[i].provider));
        CHECK_STR(wn_provider_model_for(p, row[i].named, WN_DECIDE), row[i].decide);
        CHECK_STR(wn_provider_model_for(p, row[i].named, WN_GENERATE), row[i].generate);
        CHECK_INT(wn_provider_decides_first(p, row[i].named), row[i].decides_first);
    }
}

/* ---- addresses ---- */

TEST(keys_and_private_text_go_only_where_nobody_can_read_them)
{
    static const struct {
        const char *url;
        bool good;
    } row[] = {
        { "https://api.example.com/v1", true },
        { "HTTPS://api.example.com", true },
        { "http://127.0.0.1:8080/v1", true },
        { "http://127.255.0.9", true },
        { "http://localhost:1234", true },
        { "http://LOCALHOST", true },
        { "http://[::1]:8000/v1", true },
        { "127.0.0.1:11434", true }, /* as OLLAMA_HOST has it */
        { "0.0.0.0:11434", true },
        { "http://api.example.com/v1", false },
        { "http://192.168.1.5:11434", false },
        { "192.168.1.5:11434", false },
        { "http://127.0.0.1.example.com", false },
        { "http://127.1", false },
        { "http://1270.0.0.1", false },
        { "http://localhost.example.com", false },
        { "http://[::2]", false },
        { "https://user:password@api.example.com", false },
        { "http://127.0.0.1@example.com", false },
        { "ftp://127.0.0.1", false },
        { "https://", false },
        { "https://api.example.com:99999", false },
        { "https://api.example.com:80a", false },
        { "https://api.example.com/v1?key=x", false },
        { "https://api.example.com/v1#x", false },
        { "https://api.example.com\\@evil.example.com", false },
        { "https://api.exa mple.com", false },
        { "", false },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        if (wn_provider_base_ok(row[i].url, &test_error) != row[i].good)
            fail_msg("%s", row[i].url);
    CHECK(!wn_provider_base_ok("https://me:secret@example.com", &test_error));
    CHECK(strstr(test_error.what, "secret") == NULL && strstr(test_error.cause, "secret") == NULL);
}

TEST(an_address_gets_what_the_vendors_own_client_would_add)
{
    static const struct {
        const char *provider, *setting, *want;
    } row[] = {
        { "openai", NULL, "https://api.openai.com/v1" },
        { "openai", "http://127.0.0.1:9/v1/", "http://127.0.0.1:9/v1" },
        { "openai", "https://proxy.example.com", "https://proxy.example.com" },
        { "anthropic", NULL, "https://api.anthropic.com/v1" },
        { "anthropic", "https://gw.example.com/anthropic", "https://gw.example.com/anthropic/v1" },
        { "anthropic", "https://gw.example.com/v1//", "https://gw.example.com/v1" },
        { "gemini", "http://localhost:9", "http://localhost:9/v1beta" },
        { "ollama", NULL, "http://127.0.0.1:11434/v1" },
        { "ollama", "127.0.0.1", "http://127.0.0.1:11434/v1" },
        { "ollama", "0.0.0.0:11500", "http://127.0.0.1:11500/v1" },
        { "ollama", "http://[::1]", "http://[::1]/v1" },
        { "vllm", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1" },
        { "local", "https://models.example.com/openai/v1", "https://models.example.com/openai/v1" },
        { "local", NULL, NULL },
        { "ollama", "http://models.example.com", NULL },
    };
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct wn_provider *p = wn_provider_named(row[i].provider, strlen(row[i].provider));
        const char *base = wn_provider_base(p, row[i].setting, &a, &test_error);
        CHECK_STR(base, row[i].want);
        if (base != NULL) /* what is ready stays as it is */
            CHECK_STR(wn_provider_base(p, base, &a, &test_error), base);
    }
    wn_arena_free(&a);
}

/* ---- below HTTP, limits, doctor ---- */

TEST(what_fails_below_http_is_tried_again_and_says_where_to_look)
{
    static const struct {
        enum wn_wire wire;
        enum wn_class want;
        const char *what;
    } row[] = {
        { WN_WIRE_DNS, WN_CLASS_BUSY, "the address of openai is not known" },
        { WN_WIRE_CONNECT, WN_CLASS_BUSY, "openai cannot be reached" },
        { WN_WIRE_TLS, WN_CLASS_BUSY, "no safe connection to openai" },
        { WN_WIRE_TIMEOUT, WN_CLASS_BUSY, "openai did not answer in time" },
        { WN_WIRE_RESET, WN_CLASS_BUSY, "the connection to openai broke" },
        { WN_WIRE_TOO_LARGE, WN_CLASS_BROKEN, "the answer of openai is too large" },
        { WN_WIRE_GARBAGE, WN_CLASS_BUSY, "openai does not speak HTTP" },
        { WN_WIRE_STOPPED, WN_CLASS_BUSY, "the request to openai was given up" },
    };
    const struct wn_provider *p = wn_provider_named("openai", 6);
    struct wn_call c = { .provider = p, .model = "gpt-6-luna" };
    struct wn_arena a = WN_ARENA_INIT;
    char nothing[] = "";
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_response r = { .wire = row[i].wire,
                                 .wire_error = "curl's words",
                                 .body = nothing };
        struct wn_reply reply;
        wn_provider_parse(&c, &r, NOW, &a, &reply);
        CHECK_INT(reply.class, row[i].want);
        CHECK_STR(reply.what, row[i].what);
        CHECK_STR(reply.cause, "curl's words");
    }
    wn_arena_free(&a);
}

TEST(rate_limits_are_read_from_the_headers_of_all_providers)
{
    static const struct {
        struct wn_header h[6];
        struct wn_limit_facts want;
    } row[] = {
        { { { "x-ratelimit-limit-requests", "500" },
            { "x-ratelimit-remaining-requests", "499" },
            { "x-ratelimit-reset-requests", "12ms" },
            { "x-ratelimit-limit-tokens", "200000" },
            { "x-ratelimit-remaining-tokens", "199000" },
            { "x-ratelimit-reset-tokens", "6m0s" } },
          { 500, 499, 12, 200000, 199000, 360000, -1 } },
        { { { "anthropic-ratelimit-requests-limit", "50" },
            { "anthropic-ratelimit-requests-remaining", "0" },
            { "anthropic-ratelimit-requests-reset", "2026-11-22T12:00:30Z" },
            { "anthropic-ratelimit-input-tokens-remaining", "1000" },
            { "anthropic-ratelimit-tokens-remaining", "900" },
            { "anthropic-ratelimit-input-tokens-reset", "2026-11-22T11:59:00Z" } },
          { 50, 0, 30000, -1, 1000, 0, -1 } },
        { { { "x-ratelimit-limit", "20" },
            { "x-ratelimit-remaining", "0" },
            { "x-ratelimit-reset", "1795348860000" } },
          { 20, 0, 60000, -1, -1, -1, -1 } },
        { { { "x-ratelimit-limit-requests", "many" },
            { "x-ratelimit-reset-requests", "soon" },
            { "x-ratelimit-reset-tokens", "1h2m3.5s" },
            { "x-ratelimit-remaining-tokens", "-5" } },
          { -1, -1, -1, -1, -1, 3723500, -1 } },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_header h[6];
        struct wn_response r = { .headers = h };
        struct wn_limit_facts got;
        for (size_t k = 0; k < 6 && row[i].h[k].name != NULL; k++)
            h[r.nheaders++] = row[i].h[k];
        wn_provider_limits(&r, NOW, &got);
        CHECK_INT(got.requests_limit, row[i].want.requests_limit);
        CHECK_INT(got.requests_left, row[i].want.requests_left);
        CHECK_INT(got.requests_reset_ms, row[i].want.requests_reset_ms);
        CHECK_INT(got.tokens_limit, row[i].want.tokens_limit);
        CHECK_INT(got.tokens_left, row[i].want.tokens_left);
        CHECK_INT(got.tokens_reset_ms, row[i].want.tokens_reset_ms);
        CHECK_INT(got.tokens_used, -1);
    }
}

TEST(gemini_names_the_quota_that_was_exceeded_in_the_body)
{
    static const struct {
        int status;
        const char *details;
        int64_t requests, tokens;
    } row[] = {
        { 429, "{\"quotaId\":\"GenerateRequestsPerMinutePerProjectPerModel-FreeTier\",\"quotaValue\":\"15\"}", 15, -1 },
        { 429, "{\"quotaId\":\"GenerateContentPaidTierInputTokensPerModelPerMinute\",\"quotaValue\":\"1000000\"}", -1, 1000000 },
        { 429, "{\"quotaId\":\"GenerateRequestsPerDayPerProjectPerModel\",\"quotaValue\":\"20\"}", -1, -1 },
        { 429, "{\"quotaId\":\"GenerateRequestsPerMinutePerProjectPerModel\",\"quotaValue\":\"0\"}", -1, -1 },
        { 429, "{\"quotaId\":\"GenerateRequestsPerMinutePerProjectPerModel\",\"quotaValue\":7}", -1, -1 },
        { 429, "\"quotaValue\"", -1, -1 },
        { 503, "{\"quotaId\":\"GenerateRequestsPerMinutePerProjectPerModel\",\"quotaValue\":\"15\"}", -1, -1 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        char body[500];
        struct wn_response r = { .status = row[i].status, .body = body };
        struct wn_limit_facts got;
        snprintf(body, sizeof(body),
                 "{\"error\":{\"code\":429,\"details\":[{\"@type\":\"x/google.rpc.QuotaFailure\","
                 "\"violations\":[%s]},7,{\"retryDelay\":\"30s\"}]}}",
                 row[i].details);
        r.body_len = strlen(body);
        wn_provider_limits(&r, NOW, &got);
        CHECK_INT(got.requests_limit, row[i].requests);
        CHECK_INT(got.tokens_limit, row[i].tokens);
    }
}

TEST(the_doctor_asks_what_proves_the_key)
{
    static const struct {
        const char *provider, *key, *url, *body;
        int status;
        enum wn_class want;
        const char *says;
    } row[] = {
        { "openai", "sk-test-0123456789", "https://api.openai.com/v1/models",
          "{\"data\":[{\"id\":\"gpt-6-luna\"},{\"id\":\"gpt-6-sol\"}]}", 200, WN_CLASS_OK,
          "2 models" },
        { "openai", "sk-test-0123456789", "https://api.openai.com/v1/models",
          "{\"error\":{\"message\":\"Incorrect API key provided: sk-t****6789\","
          "\"code\":\"invalid_api_key\"}}",
          401, WN_CLASS_STOP, "HTTP 401 invalid_api_key: Incorrect API key provided: ***" },
        { "anthropic", "k", "https://api.anthropic.com/v1/models?limit=1",
          "{\"data\":[{\"id\":\"claude-haiku-5-5\"}]}", 200, WN_CLASS_OK, "claude-haiku-5-5" },
        { "gemini", "k", "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1",
          "{\"models\":[{\"name\":\"models/gemini-3.8-flash\"}]}", 200, WN_CLASS_OK,
          "models/gemini-3.8-flash" },
        { "openrouter", "k", "https://openrouter.ai/api/v1/key",
          "{\"data\":{\"label\":\"winnow\",\"limit_remaining\":4.2}}", 200, WN_CLASS_OK,
          "the key works, $4.20 left" },
        { "ollama", NULL, "http://127.0.0.1:11434/v1/models", "{\"data\":[]}", 200, WN_CLASS_OK,
          "it answers" },
    };
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct wn_provider *p = wn_provider_named(row[i].provider, strlen(row[i].provider));
        struct wn_request request;
        struct wn_reply reply;
        struct wn_response r = { .status = row[i].status, .body_len = strlen(row[i].body) };
        r.body = wn_arena_str(&a, row[i].body);
        CHECK_OK(wn_provider_check(p, NULL, row[i].key, &a, &request, &test_error));
        CHECK_STR(request.method, "GET");
        CHECK_STR(request.url, row[i].url);
        wn_provider_checked(p, row[i].key, &r, NOW, &a, &reply);
        CHECK_INT(reply.class, row[i].want);
        CHECK_STR(reply.class == WN_CLASS_OK ? reply.text : reply.cause, row[i].says);
    }
    wn_arena_free(&a);
}

TEST(without_a_key_nothing_is_sent_to_a_vendor)
{
    static const struct {
        const char *provider, *key, *what;
    } row[] = {
        { "openai", NULL, "openai needs an API key" },
        { "gemini", "", "gemini needs an API key" },
        { "openai", "sk-1\nX-Evil: 1", "the API key for openai has a character no key has" },
        { "vllm", NULL, NULL },
    };
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct wn_provider *p = wn_provider_named(row[i].provider, strlen(row[i].provider));
        struct wn_request request;
        enum wn_code rc = wn_provider_check(p, NULL, row[i].key, &a, &request, &test_error);
        CHECK_INT(rc, row[i].what == NULL ? WN_OK : WN_E_CONFIG);
        if (row[i].what != NULL)
            CHECK_STR(test_error.what, row[i].what);
    }
    wn_arena_free(&a);
}

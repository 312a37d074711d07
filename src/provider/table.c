/* table.c: one row per provider, and what holds for all of them: names, addresses, and the checks
 * around build and parse. */
#include "provider/format.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define BEARER                                                                                     \
    {                                                                                              \
        "Authorization", "Bearer "                                                                 \
    }

/* Local servers: no key needed, nothing paid, and the sampling is ours to set. */
#define LOCAL_KEY                                                                                  \
    {                                                                                              \
        { "LOCAL_API_KEY", "the key of a model server of your own, if it wants one" }              \
    }
#define LOCAL_CHAT                                                                                 \
    .dialect = { .items = true }, /* of ranges it is not known at all of them */                    \
    .generate = &wn_openai_chat, .decide = &wn_systemone,           \
    .key_header = BEARER, .local = true, .schema_in_prompt = true, .check_path = "GET /models",    \
    .limit_field = "max_tokens", .system_role = "system", .send_temperature = true,                \
    .extra = { { "stream", "false" } }

const struct wn_provider wn_providers[] = {
    { .name = "openai",
      .cache_prefix = 1024,
      .key_env = { { "OPENAI_API_KEY", "OpenAI" } },
      .key_header = BEARER,
      .base_env = { "OPENAI_BASE_URL", "another address for OpenAI" },
      .base_url = "https://api.openai.com/v1",
      .dialect = { .range = true, .items = true },
      .generate = &wn_openai_chat,
      .decide = &wn_decisions,
      .generate_model = "gpt-6-luna",
      .decide_model = "gpt-6-luna",
      .limits = { 400, 255, 10 },
      .decide_by_default = true,
      .logprobs = true,
      .check_path = "GET /models",
      .effort = "low",
      .extra = { { "store", "false" } },
      .limit_field = "max_completion_tokens",
      .system_role = "developer" },
    { .name = "anthropic",
      .cache_prefix = 512,
      .key_env = { { "ANTHROPIC_API_KEY", "Claude" } },
      .key_header = { "x-api-key", "" },
      .version = { "anthropic-version", "2026-10-21" },
      .base_env = { "ANTHROPIC_BASE_URL", "another address for Claude" },
      .base_url = "https://api.anthropic.com",
      .api_path = "/v1",
      .dialect = { 0 },
      .generate = &wn_anthropic_messages,
      .generate_model = "claude-haiku-5-5",
      .check_path = "GET /models?limit=1",
      .effort = "low" },
    { .name = "gemini",
      .cache_prefix = 4096,
      .key_env = { { "GOOGLE_API_KEY", "Gemini" },
                   { "GEMINI_API_KEY", "Gemini, when GOOGLE_API_KEY is not set" } },
      .key_header = { "x-goog-api-key", "" },
      .base_env = { "GOOGLE_GEMINI_BASE_URL", "another address for Gemini" },
      .base_url = "https://generativelanguage.googleapis.com",
      .api_path = "/v1beta",
      .dialect = { .range = true, .items = true },
      .generate = &wn_gemini_generate,
      .decide = &wn_gemini_decisions,
      .generate_model = "gemini-3.1-flash-lite",
      .decide_model = "gemini-decision-1",
      .limits = { 1000, 255, 255 },
      .decide_by_default = true,
      .check_path = "GET /models?pageSize=1",
      .thinking = "LOW",
      /* Never dropped, even where it is refused: without it prompts are kept for 55 days. */
      .extra = { { "store", "false" } } },
    { .name = "openrouter",
      .cache_prefix = 1024,
      .cache_marked = { "anthropic/", "qwen/" },
      .key_env = { { "OPENROUTER_API_KEY", "OpenRouter" } },
      .key_header = BEARER,
      .base_env = { "OPENROUTER_BASE_URL", "another address for OpenRouter" },
      .base_url = "https://openrouter.ai/api/v1",
      .dialect = { 0 }, /* whoever answers: the strictest */
      .generate = &wn_openrouter_chat,
      .decide = &wn_systemone,
      .generate_model = "openai/gpt-6-luna",
      .decide_model = "openai/gpt-6-luna-decisions",
      .limits = { 200, 255, 255 },
      .decide_by_default = true,
      .logprobs = true,
      .check_path = "GET /key", /* /models is public and proves nothing */
      /* Only servers that take the schema and keep no data. Zero retention (zdr) as well would leave
       * many models without any server. */
      .extra = { { "provider", "{\"require_parameters\":true,\"data_collection\":\"deny\"}" } },
      .decide_extra = { { "provider", "{\"data_collection\":\"deny\"}" } },
      .effort_form = WN_EFFORT_OBJECT,
      .limit_field = "max_completion_tokens",
      .system_role = "system" },
    { LOCAL_CHAT, .name = "ollama", .base_env = { "OLLAMA_HOST", "ollama/MODEL: address, default http://127.0.0.1:11434" }, .base_url = "http://127.0.0.1:11434",
      .api_path = "/v1", .limits = { 0, 26, 26 }, .logprobs = true, .effort = "none" },
    { LOCAL_CHAT, .name = "llamacpp", .key_env = LOCAL_KEY,
      .base_env = { "LLAMACPP_BASE_URL", "llamacpp/MODEL: address, default http://127.0.0.1:9931/v1" }, .base_url = "http://127.0.0.1:9931", .api_path = "/v1",
      .limits = { 0, 255, 10 }, .logprobs = true, .effort = "none" },
    { LOCAL_CHAT, .name = "vllm", .key_env = LOCAL_KEY, .base_env = { "VLLM_BASE_URL", "vllm/MODEL: address, default http://127.0.0.1:8000/v1" },
      .base_url = "http://127.0.0.1:8000", .api_path = "/v1", .limits = { 64, 26, 10 },
      .logprobs = true, .effort = "none", .effort_form = WN_EFFORT_SWITCH },
    { LOCAL_CHAT, .name = "lmstudio", .key_env = LOCAL_KEY,
      .base_env = { "LMSTUDIO_BASE_URL", "lmstudio/MODEL: address, default http://127.0.0.1:1234/v1" }, .base_url = "http://127.0.0.1:1234", .api_path = "/v1",
      .effort = "none" },
    { LOCAL_CHAT, .name = "local", .key_env = LOCAL_KEY, .base_env = { "LOCAL_BASE_URL", "local/MODEL: any OpenAI-compatible server, as http://127.0.0.1:8000/v1" },
      .logprobs = true },
};
const size_t wn_nproviders = WN_COUNT(wn_providers);

const struct wn_provider *wn_provider_named(const char *name, size_t len)
{
    for (size_t i = 0; i < wn_nproviders; i++)
        if (strlen(wn_providers[i].name) == len && memcmp(wn_providers[i].name, name, len) == 0)
            return &wn_providers[i];
    return NULL;
}

/* ---- build and parse, with what holds for all ---- */

static const struct wn_format *format_of(const struct wn_call *c)
{
    return c->kind == WN_DECIDE ? c->provider->decide : c->provider->generate;
}

enum wn_code wn_provider_build(const struct wn_call *c, struct wn_arena *a, struct wn_request *out,
                               struct wn_error *err)
{
    const struct wn_format *f = format_of(c);
    if (f != NULL)
        return f->build(c, a, out, err);
    wn_error_set(err, WN_E_CONFIG, "%s has no decision endpoint", c->provider->name);
    wn_error_hint(err,
                  "Set how to \"generate\" in the task's task.json, or take another provider.");
    return WN_E_CONFIG;
}

/* Below HTTP: nothing was said by the provider, so nothing is known but that it may work later. */
static void wire_failed(const struct wn_call *c, const struct wn_response *r, struct wn_reply *out)
{
    static const struct {
        enum wn_class class;
        const char *what, *hint;
    } row[] = {
        [WN_WIRE_DNS] = { WN_CLASS_BUSY, "the address of %s is not known",
                          "Is the network up? Check %s." },
        [WN_WIRE_CONNECT] = { WN_CLASS_BUSY, "%s cannot be reached",
                              "Is the network up, or the server running? Check %s." },
        [WN_WIRE_TLS] = { WN_CLASS_BUSY, "no safe connection to %s",
                          "A proxy with a certificate of its own may be between. Check %s." },
        [WN_WIRE_TIMEOUT] = { WN_CLASS_BUSY, "%s did not answer in time", "" },
        [WN_WIRE_RESET] = { WN_CLASS_BUSY, "the connection to %s broke", "" },
        [WN_WIRE_TOO_LARGE] = { WN_CLASS_BROKEN, "the answer of %s is too large", "" },
        [WN_WIRE_GARBAGE] = { WN_CLASS_BUSY, "%s does not speak HTTP", "Check %s." },
        [WN_WIRE_STOPPED] = { WN_CLASS_BUSY, "the request to %s was given up", "" },
    };
    char text[sizeof(out->what)];
    const char *hint = row[r->wire].hint, *place = strstr(row[r->wire].what, "%s");
    snprintf(text, sizeof(text), "%.*s%s%s", (int)(place - row[r->wire].what), row[r->wire].what,
             c->provider->name, place + 2);
    wn_reply_fail(out, row[r->wire].class, "%s", text);
    wn_reply_cause(out, "%s", r->wire_error);
    place = strstr(hint, "%s");
    if (place != NULL)
        wn_reply_hint(out, "%.*s%s%s", (int)(place - hint), hint, c->provider->base_env.name, place + 2);
}

/* What stands in the headers (how long to wait, the request's name for the provider's support), and the
 * rules for all: what is not OK has no text, and no cause has the key in it. */
static void finish(const struct wn_call *c, const struct wn_response *r, int64_t now,
                   struct wn_arena *a, struct wn_reply *out)
{
    const char *id = wn_response_header(r, "x-request-id");
    if (id == NULL)
        id = wn_response_header(r, "request-id");
    if (id != NULL && strlen(id) <= 128)
        out->request_id = wn_arena_str(a, id);
    if (out->class == WN_CLASS_BUSY && out->wait_ms < 0)
        out->wait_ms = wn_retry_hint_ms(wn_response_header(r, "retry-after-ms"),
                                        wn_response_header(r, "retry-after"), now);
    if (out->class == WN_CLASS_OK)
        return;
    out->text = NULL;
    wn_reply_mask(c, out);
}

static void reply_init(const struct wn_call *c, struct wn_reply *out)
{
    *out = (struct wn_reply){
        .class = WN_CLASS_OK, .wait_ms = -1, .model = c->model, .usage = { -1, -1, -1, -1, -1, -1 }
    };
}

void wn_provider_parse(const struct wn_call *c, const struct wn_response *r, int64_t now,
                       struct wn_arena *a, struct wn_reply *out)
{
    reply_init(c, out);
    if (r->wire != WN_WIRE_OK) {
        wire_failed(c, r, out);
        return;
    }
    format_of(c)->parse(c, r, a, out);
    finish(c, r, now, a, out);
    if (c->pack != NULL && out->class == WN_CLASS_OK && c->kind == WN_GENERATE) {
        struct wn_unpacked *u = wn_arena_alloc(a, sizeof(*u));
        wn_unpack_text(c->pack, out->text, a, u);
        out->unpacked = u;
    }
}

void wn_provider_part(const struct wn_call *c, const char *part, size_t len, struct wn_arena *a,
                      struct wn_reply *out)
{
    cJSON *tree = NULL;
    reply_init(c, out);
    if (c->kind == WN_GENERATE) {
        out->text = wn_arena_copy(a, part, len);
    } else if (wn_json_parse(part, len, false, &tree, NULL) == WN_OK) {
        wn_answers_read(c, tree, a, out);
    } else {
        wn_reply_fail(out, WN_CLASS_UNCLEAR, "%s gave an empty answer", c->provider->name);
    }
    cJSON_Delete(tree);
}

/* ---- doctor ---- */

enum wn_code wn_provider_check(const struct wn_provider *row, const char *base_url, const char *key,
                               struct wn_arena *a, struct wn_request *out, struct wn_error *err)
{
    const char *path = strchr(row->check_path, ' ') + 1;
    return wn_format_head(row, base_url, key, path, false, a, out, err);
}

/* "3 models", "key 'winnow', $4.20 left": what the lists of models and OpenRouter's key say. */
static const char *learnt(const cJSON *tree, struct wn_arena *a)
{
    const cJSON *data = wn_json_get(tree, "data");
    const cJSON *models = cJSON_IsArray(data) ? data : wn_json_get(tree, "models");
    double left = wn_json_num(data, "limit_remaining", NAN);
    if (left >= 0)
        return wn_arena_printf(a, "the key works, $%.2f left", left);
    if (cJSON_GetArraySize(models) > 1)
        return wn_arena_printf(a, "%d models", cJSON_GetArraySize(models));
    if (cJSON_GetArraySize(models) == 1) {
        const cJSON *m = cJSON_GetArrayItem(models, 0);
        return wn_format_copy(m, "id", wn_format_copy(m, "name", "one model", a), a);
    }
    return "it answers";
}

void wn_provider_checked(const struct wn_provider *row, const char *key,
                         const struct wn_response *r, int64_t now, struct wn_arena *a,
                         struct wn_reply *out)
{
    struct wn_call c = { .provider = row, .kind = WN_GENERATE, .model = "", .key = key };
    struct wn_arena scratch = WN_ARENA_INIT;
    const cJSON *tree;
    reply_init(&c, out);
    if (r->wire != WN_WIRE_OK) {
        wire_failed(&c, r, out);
        return;
    }
    tree = wn_format_tree(&c, r, &scratch, out);
    if (tree != NULL && !wn_format_failed(&c, r, tree, out))
        out->text = learnt(tree, a);
    wn_arena_free(&scratch);
    finish(&c, r, now, a, out);
    /* A restricted key may do the work and yet not list models. */
    if (out->class == WN_CLASS_STOP && r->status == 403) {
        wn_reply_fail(out, WN_CLASS_STOP, "%s does not let this key list models", row->name);
        wn_reply_hint(out, "It may still work: try one item. Else check the rights of %s.",
                      row->key_env[0].name == NULL ? "the key" : row->key_env[0].name);
    }
}

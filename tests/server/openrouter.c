/* openrouter.c: chat, decisions, key and models of OpenRouter. */
#include "server.h"
#include <string.h>

/* clang-format off */
static const struct model {
    const char *name, *provider;
    enum dialect dialect;
    bool logprobs, temperature; /* supported by its endpoints */
    bool mandatory;             /* reasoning cannot be turned off */
    bool structured;
    double in, out;             /* USD per million tokens */
} models[] = {
    /*                                                                    logprobs temp.  mandat. struct. */
    { "openai/gpt-6-luna",            "OpenAI",    DIALECT_OPENAI,        true,    true,  false,  true,  0.10, 0.50 },
    { "openai/gpt-6.1-terra",         "OpenAI",    DIALECT_OPENAI,        true,    true,  false,  true,  1,    5 },
    { "anthropic/claude-haiku-5.5",   "Anthropic", DIALECT_ANTHROPIC,     false,   false, false,  true,  0.10, 0.50 },
    { "anthropic/claude-sonnet-5.5",  "Anthropic", DIALECT_ANTHROPIC,     false,   false, false,  true,  2,    10 },
    { "google/gemini-3.1-flash-lite", "Google",    DIALECT_GEMINI,        false,   true,  false,  true,  0.25, 1.50 },
    { "google/gemini-3.8-flash",      "Google",    DIALECT_GEMINI,        false,   true,  false,  true,  0.825, 4.125 },
    { "qwen/qwen3.7-flash",           "Alibaba",   DIALECT_GRAMMAR,       true,    true,  false,  false, 0.03, 0.13 },
    { "openai/gpt-oss-20b",           "DeepInfra", DIALECT_GRAMMAR,       true,    true,  true,   true,  0.03, 0.13 },
};

static const struct { const char *name; struct decider decider; } deciders[] = {
    { "openai/gpt-6-luna-decisions",      { 200,  2, 255, 10, CONF_MARGIN, 2, 0.10 } },
    { "typesafe/jev-1.14",                { 1000, 2, 255, 10, CONF_MARGIN, 4, 0.042 } },
    { "~typesafe/jev-latest",             { 1000, 2, 255, 10, CONF_MARGIN, 4, 0.042 } },
    { "perplexity/pplx-decider-flash-v1.2", { 1000, 2, 255, 10, CONF_MARGIN, 4, 0.05 } },
    { "liquid/d1.1",                      { 1000, 2, 255, 10, CONF_MARGIN, 4, 0.02 } },
    { "parallel/decisions-fast:free",     { 1000, 2, 255, 10, CONF_MARGIN, 4, 0 } },
};
/* clang-format on */

/* ---- errors ---- */

static const char *error_type(int status)
{
    static const struct {
        int status;
        const char *type;
    } types[] = {
        { 400, "invalid_request" },     { 401, "authentication" },
        { 402, "payment_required" },    { 403, "permission_denied" },
        { 404, "not_found" },           { 408, "timeout" },
        { 413, "payload_too_large" },   { 422, "unprocessable" },
        { 429, "rate_limit_exceeded" }, { 503, "provider_unavailable" },
        { 529, "provider_overloaded" },
    };
    for (size_t i = 0; i < WN_COUNT(types); i++)
        if (types[i].status == status)
            return types[i].type;
    return "server";
}

static void openrouter_error(struct call *c, int status, const char *code, const char *param,
                             const char *message)
{
    struct wn_buf *b = &c->reply.body;
    (void)param;
    wn_buf_printf(b, "{\"error\":{\"code\":%d,\"message\":", status);
    wn_json_quote(b, message);
    wn_buf_printf(b, ",\"metadata\":{\"error_type\":\"%s\"}", error_type(status));
    if (status == 429 && code != NULL)
        wn_buf_printf(b, ",\"availability\":{\"code\":\"%s\",\"retryable\":false}", code);
    wn_buf_str(b, "}}");
}

static const char *openrouter_unknown(struct wn_arena *a, const char *where, const char *field)
{
    return wn_arena_printf(a, "Unrecognized key: \"%s%s%s\"", where, *where == '\0' ? "" : ".",
                           field);
}

static const char *openrouter_key(struct call *c)
{
    const char *h = call_header(c, "Authorization");
    return h != NULL && strncmp(h, "Bearer ", 7) == 0 ? h + 7 : NULL;
}

/* ---- chat ---- */

static const struct model *find_model(struct call *c, const char *name)
{
    for (size_t i = 0; name != NULL && i < WN_COUNT(models); i++) {
        size_t n = strlen(models[i].name);
        if (strncmp(name, models[i].name, n) == 0 && (name[n] == '\0' || name[n] == ':'))
            return &models[i];
    }
    if (name == NULL)
        refuse(c, 400, NULL, NULL, "No models provided");
    else
        refuse(c, 404, NULL, NULL, "%s is not a valid model ID", name);
    return NULL;
}

static bool check_effort(struct call *c, const struct model *m, struct ask *ask)
{
    static const struct {
        const char *name;
        int64_t think;
    } efforts[] = {
        { "none", 0 },    { "minimal", 64 }, { "low", 64 },   { "medium", 256 },
        { "high", 1024 }, { "xhigh", 2048 }, { "max", 4096 },
    };
    const cJSON *reasoning = wn_json_get(c->json, "reasoning");
    const char *effort = wn_json_str(reasoning, "effort");
    if (!check_fields(c, reasoning, "reasoning", " effort max_tokens exclude enabled "))
        return false;
    if (effort == NULL)
        effort = wn_json_str(c->json, "reasoning_effort");
    if (effort == NULL)
        effort = cJSON_IsFalse(wn_json_get(reasoning, "enabled")) ? "none" : "medium";
    if (m->mandatory && strcmp(effort, "none") == 0)
        return refuse(c, 400, NULL, NULL,
                      "Reasoning is mandatory for this endpoint and cannot be disabled.");
    for (size_t i = 0; i < WN_COUNT(efforts); i++)
        if (strcmp(effort, efforts[i].name) == 0) {
            ask->think = efforts[i].think;
            return true;
        }
    return refuse(c, 400, NULL, NULL, "Invalid reasoning effort: %s", effort);
}

static bool check_provider(struct call *c)
{
    static const char known[] =
        " require_parameters data_collection zdr sort max_price order only ignore "
        "allow_fallbacks quantizations preferred_min_throughput "
        "preferred_max_latency enforce_distillable_text ";
    const cJSON *p = wn_json_get(c->json, "provider");
    const char *collection = wn_json_str(p, "data_collection");
    if (p == NULL)
        return true;
    if (!cJSON_IsObject(p))
        return refuse(c, 400, NULL, NULL, "provider: expected an object");
    if (!check_fields(c, p, "provider", known))
        return false;
    if (collection != NULL && !name_among(" deny allow ", collection))
        return refuse(c, 400, NULL, NULL, "provider.data_collection: expected 'deny' or 'allow'");
    if (wn_json_get(p, "zdr") != NULL && !cJSON_IsBool(wn_json_get(p, "zdr")))
        return refuse(c, 400, NULL, NULL, "provider.zdr: expected a boolean");
    return check_fields(c, wn_json_get(p, "max_price"), "provider.max_price",
                        " prompt completion request image ");
}

/* A parameter that the endpoint lacks is dropped without a word, or leaves no endpoint. */
static bool check_support(struct call *c, const struct model *m, struct ask *ask)
{
    bool strict = wn_json_bool(wn_json_get(c->json, "provider"), "require_parameters", false);
    bool sampling = wn_json_get(c->json, "temperature") != NULL;
    bool lacks = (ask->logprobs && !m->logprobs) || (sampling && !m->temperature) ||
                 (ask->schema != NULL && !m->structured);
    if (strict && lacks)
        return refuse(c, 404, NULL, NULL,
                      "No endpoints found that can handle the requested parameters.");
    ask->logprobs = ask->logprobs && m->logprobs;
    return true;
}

static bool check_chat(struct call *c, struct ask *ask, const struct model **model)
{
    static const char known[] =
        " model models messages reasoning reasoning_effort max_completion_tokens "
        "max_tokens response_format provider plugins temperature top_p top_k "
        "min_p top_a seed stop stream stream_options logprobs top_logprobs user "
        "usage route tools tool_choice parallel_tool_calls metadata cache_control "
        "session_id verbosity frequency_penalty presence_penalty "
        "repetition_penalty logit_bias service_tier ";
    const struct model *m;
    if (!check_fields(c, c->json, "", known))
        return false;
    ask->model = wn_json_str(c->json, "model");
    m = *model = find_model(c, ask->model);
    if (m == NULL || !check_provider(c) || !check_effort(c, m, ask) ||
        !check_messages(c, ask, " system developer user assistant ") ||
        !chat_format(c, ask, m->dialect) || !check_support(c, m, ask))
        return false;
    ask->limit =
        wn_json_int(c->json, "max_completion_tokens", wn_json_int(c->json, "max_tokens", -1));
    if (ask->limit != -1 && ask->limit < 16)
        return refuse(c, 400, NULL, NULL, "max_completion_tokens: must be at least 16");
    return true;
}

/* Generation had begun when it went wrong: the status is 200 by then. */
static bool serve_late_error(struct call *c, const struct ask *ask)
{
    static const char error[] =
        "\"error\":{\"code\":502,\"message\":\"The provider returned an error\","
        "\"metadata\":{\"error_type\":\"provider_unavailable\","
        "\"provider_name\":\"OpenAI\"}}";
    struct wn_buf *b = &c->reply.body;
    if (c->fault.kind == FAULT_IS_ERRORIN200)
        wn_buf_printf(b, "{%s}", error);
    else if (c->fault.kind == FAULT_IS_ERRORINCHOICE)
        wn_buf_printf(b,
                      "{\"id\":\"gen-%016llx\",\"object\":\"chat.completion\",\"model\":\"%s\","
                      "\"choices\":[{\"index\":0,\"finish_reason\":\"error\",\"message\":{\"role\":"
                      "\"assistant\",\"content\":\"\"},%s}],\"usage\":{\"prompt_tokens\":0,"
                      "\"completion_tokens\":0,\"total_tokens\":0,\"cost\":0}}",
                      (unsigned long long)c->hash, ask->model, error);
    return b->len > 0;
}

static void serve_chat(struct call *c)
{
    struct ask ask = { .limit = -1 };
    struct prefix prefix = { .parts = { prefix_messages(c) }, .least = 1024 };
    struct answer an;
    const struct model *m;
    double in;
    if (!check_chat(c, &ask, &m) || fault_serve(c, &ask.item) || serve_late_error(c, &ask))
        return;
    answer_make(c, &ask, &an);
    prefix.parts[1] = ask.schema;
    if (m->dialect == DIALECT_ANTHROPIC) /* opt in, as at its maker's */
        prefix.least = prefix_is_marked(prefix.parts[0]) ? 512 : 0;
    prompt_cache(c, &prefix, &an);
    in = (double)(an.in - an.cached - an.written) + (double)an.cached * .1 +
         (double)an.written * 1.25;
    chat_write(c, &ask, &an, CHAT_OPENROUTER, m->provider,
               (in * m->in + (double)an.out * m->out) / 1e6);
}

/* ---- the others ---- */

static void serve_decisions(struct call *c)
{
    const char *model = wn_json_str(c->json, "model");
    struct ask ask = { .model = model };
    for (size_t i = 0; model != NULL && i < WN_COUNT(deciders); i++)
        if (strcmp(model, deciders[i].name) == 0) {
            if (!check_provider(c))
                return;
            decisions_map(c, &deciders[i].decider);
            if (c->fault.kind == FAULT_IS_ERRORIN200) {
                wn_buf_reset(&c->reply.body);
                serve_late_error(c, &ask);
            }
            return;
        }
    refuse(c, 404, NULL, NULL, "%s is not a valid decision model ID", model == NULL ? "" : model);
}

static void serve_key(struct call *c)
{
    wn_buf_str(
        &c->reply.body,
        "{\"data\":{\"label\":\"test\",\"limit\":null,\"limit_remaining\":null,\"usage\":0.5,"
        "\"is_free_tier\":false,\"expires_at\":null,\"allowed_data_regions\":[]}}");
}

static void serve_models(struct call *c)
{
    struct wn_buf *b = &c->reply.body;
    wn_buf_str(b, "{\"data\":[");
    for (size_t i = 0; i < WN_COUNT(models); i++)
        wn_buf_printf(
            b,
            "%s{\"id\":\"%s\",\"context_length\":1000000,\"pricing\":{\"prompt\":\"%.9f\","
            "\"completion\":\"%.9f\"},\"supported_parameters\":[\"reasoning\"%s%s%s]}",
            i == 0 ? "" : ",", models[i].name, models[i].in / 1e6, models[i].out / 1e6,
            models[i].structured ? ",\"structured_outputs\",\"response_format\"" : "",
            models[i].logprobs ? ",\"logprobs\",\"top_logprobs\"" : "",
            models[i].temperature ? ",\"temperature\"" : "");
    wn_buf_str(b, "]}");
}

static const struct endpoint endpoints[] = {
    { "POST", "/api/v1/chat/completions", serve_chat, false, false },
    { "POST", "/api/v1/systemone", serve_decisions, false, false },
    { "GET", "/api/v1/key", serve_key, false, false },
    { "GET", "/api/v1/models", serve_models, true, false },
    { "POST", "/api/beta/batches*", batch_serve, false, false },
    { "GET", "/api/beta/batches", batch_serve, false, false },
    { "GET", "/api/beta/batches/*", batch_serve, false, false },
    { NULL, NULL, NULL, false, false },
};

const struct vendor vendor_openrouter = {
    .name = "openrouter",
    .prefix = "/openrouter",
    .endpoints = endpoints,
    .key = openrouter_key,
    .error = openrouter_error,
    .unknown = openrouter_unknown,
    .bad_key = { 401, NULL, "User not found." },
    .no_key = { 401, NULL, "No auth credentials found" },
    .revoked = { 401, NULL, "This key has been disabled." },
    .no_credit = { 402, NULL, "Insufficient credits. Add more to continue." },
    .quota = { 429, "key_limit_exceeded", "This key has reached its limit." },
    .per_day = { 429, "free_models_per_day", "Rate limit exceeded: free-models-per-day." },
};

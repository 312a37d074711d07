/* openai.c: chat completions, decisions and models of OpenAI. */
#include "server.h"
#include <stdio.h>
#include <string.h>

enum { NONE = 1, MINIMAL = 2, LOW = 4, MEDIUM = 8, HIGH = 16, XHIGH = 32, MAX = 64 };
static const struct {
    const char *name;
    int bit;
    int64_t think;
} efforts[] = {
    { "none", NONE, 0 },       { "minimal", MINIMAL, 64 }, { "low", LOW, 64 },
    { "medium", MEDIUM, 256 }, { "high", HIGH, 1024 },     { "xhigh", XHIGH, 2048 },
    { "max", MAX, 4096 },
};

/* clang-format off */
static const struct model {
    const char *name;
    int efforts; /* 0: no reasoning model, and all the old parameters work */
    bool sampling; /* temperature, top_p and logprobs at effort none */
    bool decides;
} models[] = {
    { "gpt-6-luna",    NONE | LOW | MEDIUM | HIGH | XHIGH | MAX, true,  true },
    { "gpt-6-sol",     NONE | LOW | MEDIUM | HIGH | XHIGH | MAX, true,  false },
    { "gpt-6.1-terra", NONE | LOW | MEDIUM | HIGH | XHIGH | MAX, true,  false },
    { "gpt-5.6-luna",  NONE | LOW | MEDIUM | HIGH | XHIGH | MAX, true,  false },
    { "gpt-6-astra",   LOW | MEDIUM | HIGH | XHIGH | MAX,        false, false },
    { "gpt-6.1-sol",   LOW | MEDIUM | HIGH | XHIGH | MAX,        false, false },
    { "gpt-5.4-nano",  NONE | LOW | MEDIUM | HIGH | XHIGH,       true,  false },
    { "gpt-5.1",       NONE | LOW | MEDIUM | HIGH,               true,  false },
    { "gpt-5-mini",    MINIMAL | LOW | MEDIUM | HIGH,            false, false },
    { "gpt-4.1-mini",  0,                                        true,  false },
};
/* clang-format on */

static const struct decider decider = { 400, 2, 255, 10, CONF_MARGIN, 2, -1 };

/* ---- errors ---- */

static const char *error_type(int status, const char *code)
{
    if (status == 429)
        return code == NULL || strcmp(code, "rate_limit_exceeded") == 0 ? "requests"
                                                                        : "insufficient_quota";
    if (status == 503)
        return "service_unavailable_error";
    return status >= 500 ? "server_error" : "invalid_request_error";
}

static void write_nullable(struct wn_buf *b, const char *name, const char *text)
{
    wn_buf_printf(b, ",\"%s\":", name);
    if (text == NULL)
        wn_buf_str(b, "null");
    else
        wn_json_quote(b, text);
}

static void common_heads(struct call *c)
{
    reply_head(c, "x-request-id", "req_%016llx", (unsigned long long)c->hash);
    reply_head(c, "openai-processing-ms", "%d", 12);
    reply_head(c, "x-ratelimit-limit-requests", "%d", 30000000);
    reply_head(c, "x-ratelimit-remaining-requests", "%d", 29999999);
    reply_head(c, "x-ratelimit-reset-requests", "2ms");
}

static void openai_error(struct call *c, int status, const char *code, const char *param,
                         const char *message)
{
    struct wn_buf *b = &c->reply.body;
    if (code == NULL && status == 429)
        code = "rate_limit_exceeded";
    if (code == NULL && status == 503)
        code = "server_is_overloaded";
    wn_buf_str(b, "{\"error\":{\"message\":");
    wn_json_quote(b, message);
    wn_buf_printf(b, ",\"type\":\"%s\"", error_type(status, code));
    write_nullable(b, "param", param);
    write_nullable(b, "code", code);
    wn_buf_str(b, "}}");
    common_heads(c);
}

static const char *openai_unknown(struct wn_arena *a, const char *where, const char *field)
{
    return wn_arena_printf(a, "Unknown parameter: '%s%s%s'.", where, *where == '\0' ? "" : ".",
                           field);
}

static const char *openai_key(struct call *c)
{
    const char *h = call_header(c, "Authorization");
    return h != NULL && strncmp(h, "Bearer ", 7) == 0 ? h + 7 : NULL;
}

/* ---- chat ---- */

static const struct model *find_model(struct call *c, const char *name)
{
    for (size_t i = 0; name != NULL && i < WN_COUNT(models); i++) {
        size_t n = strlen(models[i].name);
        bool dated = strncmp(name, models[i].name, n) == 0 && strncmp(name + n, "-20", 3) == 0;
        if (strcmp(name, models[i].name) == 0 || dated)
            return &models[i];
    }
    if (name == NULL)
        refuse(c, 400, "missing_required_parameter", "model",
               "Missing required parameter: 'model'.");
    else
        refuse(c, 404, "model_not_found", NULL,
               "The model `%s` does not exist or you do not have access to it.", name);
    return NULL;
}

static bool check_effort(struct call *c, const struct model *m, struct ask *ask, int *effort)
{
    const cJSON *given = wn_json_get(c->json, "reasoning_effort");
    const char *name = given == NULL ? "medium" : cJSON_GetStringValue(given);
    char allowed[100] = "";
    *effort = 0;
    if (m->efforts == 0)
        return given == NULL || refuse(c, 400, "unsupported_parameter", "reasoning_effort",
                                       "Unsupported parameter: 'reasoning_effort' is not supported "
                                       "with this model.");
    for (size_t i = 0; i < WN_COUNT(efforts); i++) {
        if ((m->efforts & efforts[i].bit) == 0)
            continue;
        snprintf(allowed + strlen(allowed), sizeof(allowed) - strlen(allowed), "%s'%s'",
                 allowed[0] == '\0' ? "" : ", ", efforts[i].name);
        if (name != NULL && strcmp(name, efforts[i].name) == 0) {
            *effort = efforts[i].bit;
            ask->think = efforts[i].think;
        }
    }
    return *effort != 0 ||
           refuse(c, 400, "unsupported_value", "reasoning_effort",
                  "Unsupported value: 'reasoning_effort' does not support '%s' with "
                  "this model. Supported values are: %s.",
                  name == NULL ? "" : name, allowed);
}

static bool check_parameters(struct call *c, const struct model *m, int effort)
{
    static const char *const sampling[] = { "temperature", "top_p", "logprobs", "top_logprobs" };
    static const char *const never[] = { "logit_bias", "presence_penalty", "frequency_penalty",
                                         "stop" };
    bool reasons = m->efforts != 0;
    if (reasons && wn_json_get(c->json, "max_tokens") != NULL)
        return refuse(c, 400, "unsupported_parameter", "max_tokens",
                      "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                      "'max_completion_tokens' instead.");
    for (size_t i = 0; i < WN_COUNT(sampling); i++)
        if (wn_json_get(c->json, sampling[i]) != NULL && reasons &&
            (!m->sampling || effort != NONE))
            return refuse(c, 400, "unsupported_parameter", sampling[i],
                          "Unsupported parameter: '%s' is not supported with this model at this "
                          "reasoning effort.",
                          sampling[i]);
    for (size_t i = 0; i < WN_COUNT(never); i++)
        if (reasons && wn_json_get(c->json, never[i]) != NULL)
            return refuse(c, 400, "unsupported_parameter", never[i],
                          "Unsupported parameter: '%s' is not supported with this model.",
                          never[i]);
    return true;
}

static bool check_chat(struct call *c, struct ask *ask)
{
    static const char known[] =
        " model messages reasoning_effort max_completion_tokens max_tokens store "
        "response_format temperature top_p logprobs top_logprobs seed stop n "
        "stream stream_options user metadata verbosity service_tier "
        "safety_identifier prompt_cache_key prompt_cache_options tools "
        "tool_choice parallel_tool_calls logit_bias presence_penalty "
        "frequency_penalty ";
    const struct model *m;
    int effort;
    if (!check_fields(c, c->json, "", known))
        return false;
    ask->model = wn_json_str(c->json, "model");
    m = find_model(c, ask->model);
    if (m == NULL || !check_effort(c, m, ask, &effort) || !check_parameters(c, m, effort) ||
        !check_messages(c, ask, " developer system user assistant ") ||
        !chat_format(c, ask, DIALECT_OPENAI))
        return false;
    ask->limit =
        wn_json_int(c->json, "max_completion_tokens", wn_json_int(c->json, "max_tokens", -1));
    if (ask->limit == 0 || ask->limit > 128000)
        return refuse(c, 400, "invalid_value", "max_completion_tokens",
                      "Invalid 'max_completion_tokens': expected 1 to 128000.");
    return true;
}

static void serve_chat(struct call *c)
{
    struct ask ask = { .limit = -1 };
    struct answer an;
    if (!check_chat(c, &ask) || fault_serve(c, &ask.item))
        return;
    answer_make(c, &ask, &an);
    prompt_cache(c,
                 &(struct prefix){ .parts = { prefix_messages(c), ask.schema },
                                   .least = 1024,
                                   .writes_all = true },
                 &an);
    common_heads(c);
    chat_write(c, &ask, &an, CHAT_OPENAI, NULL, 0);
}

static void serve_decisions(struct call *c)
{
    const struct model *m = find_model(c, wn_json_str(c->json, "model"));
    if (m == NULL)
        return;
    if (!m->decides) {
        refuse(c, 400, "unsupported_model", "model", "This model does not support decisions.");
        return;
    }
    common_heads(c);
    decisions_array(c, &decider);
}

static void serve_models(struct call *c)
{
    const char *ids[WN_COUNT(models) + 1] = { NULL };
    for (size_t i = 0; i < WN_COUNT(models); i++)
        ids[i] = models[i].name;
    common_heads(c);
    chat_models(c, "openai", ids);
}

static const struct endpoint endpoints[] = {
    { "POST", "/v1/chat/completions", serve_chat, false, false },
    { "POST", "/v1/decisions", serve_decisions, false, false },
    { "GET", "/v1/models", serve_models, false, false },
    { "POST", "/v1/files", batch_serve, false, true },
    { "GET", "/v1/files/*", batch_serve, false, false },
    { "POST", "/v1/batches*", batch_serve, false, false },
    { "GET", "/v1/batches", batch_serve, false, false },
    { "GET", "/v1/batches/*", batch_serve, false, false },
    { NULL, NULL, NULL, false, false },
};

const struct vendor vendor_openai = {
    .name = "openai",
    .prefix = "/openai",
    .endpoints = endpoints,
    .key = openai_key,
    .error = openai_error,
    .unknown = openai_unknown,
    .bad_key = { 401, "invalid_api_key", "Incorrect API key provided." },
    .no_key = { 401, NULL,
                "You didn't provide an API key. You need to provide your API key in an "
                "Authorization header using Bearer auth." },
    .revoked = { 401, "invalid_api_key", "This API key has been revoked." },
    .no_credit = { 429, "credit_balance_exhausted", "Your credit balance is exhausted." },
    .quota = { 429, "insufficient_quota",
               "You exceeded your current quota, please check your plan and "
               "billing details." },
    .per_day = { 429, "organization_usage_limit_exceeded",
                 "Your organization has reached its usage limit." },
};

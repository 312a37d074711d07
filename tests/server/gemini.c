/* gemini.c: generateContent, countTokens, decisions and models of the Gemini Developer API. */
#include "server.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MINIMAL = 1, LOW = 2, MEDIUM = 4, HIGH = 8, BUDGET = 16 };
static const struct {
    const char *name;
    int bit;
    int64_t think;
} levels[] = {
    { "minimal", MINIMAL, 0 }, { "low", LOW, 64 }, { "medium", MEDIUM, 256 }, { "high", HIGH, 1024 }
};

/* clang-format off */
static const struct model {
    const char *name;
    int levels, usual; /* thinkingLevel: allowed, and when not said */
} models[] = {
    { "gemini-3.1-flash-lite",  MINIMAL | LOW | MEDIUM | HIGH, MINIMAL },
    { "gemini-3.5-flash-lite",  MINIMAL | LOW | MEDIUM | HIGH, MINIMAL },
    { "gemini-3.5-flash",       MINIMAL | LOW | MEDIUM | HIGH, MEDIUM },
    { "gemini-3.6-flash",       MINIMAL | LOW | MEDIUM | HIGH, MEDIUM },
    { "gemini-3.7-flash",       LOW | MEDIUM | HIGH,           MEDIUM },
    { "gemini-3.8-flash",       LOW | MEDIUM | HIGH,           MEDIUM },
    { "gemini-3.1-pro-preview", LOW | MEDIUM | HIGH,           HIGH },
    { "gemini-decision-1",      0,                             0 },
};
/* clang-format on */

static const struct decider decider = { 1000, 2, 255, 255, CONF_MARGIN, 4, -1 };

/* ---- errors ---- */

static const char *status_name(int status)
{
    static const struct {
        int status;
        const char *name;
    } names[] = {
        { 400, "INVALID_ARGUMENT" },   { 401, "UNAUTHENTICATED" }, { 402, "FAILED_PRECONDITION" },
        { 403, "PERMISSION_DENIED" },  { 404, "NOT_FOUND" },       { 409, "ABORTED" },
        { 429, "RESOURCE_EXHAUSTED" }, { 500, "INTERNAL" },        { 503, "UNAVAILABLE" },
        { 504, "DEADLINE_EXCEEDED" },
    };
    for (size_t i = 0; i < WN_COUNT(names); i++)
        if (names[i].status == status)
            return names[i].name;
    return status >= 500 ? "UNKNOWN" : "INVALID_ARGUMENT";
}

static void gemini_error(struct call *c, int status, const char *code, const char *param,
                         const char *message)
{
    struct wn_buf *b = &c->reply.body;
    (void)param;
    wn_buf_printf(b, "{\"error\":{\"code\":%d,\"message\":", status);
    wn_json_quote(b, message);
    wn_buf_printf(b, ",\"status\":\"%s\"", status_name(status));
    if (status == 429 && code != NULL)
        wn_buf_printf(
            b,
            ",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.QuotaFailure\","
            "\"violations\":[{\"quotaMetric\":\"generativelanguage.googleapis.com/"
            "generate_content_requests\",\"quotaId\":\"%s\"}]},"
            "{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"34s\"}]",
            code);
    else if (status == 429 && c->fault.retry_after != NULL)
        wn_buf_printf(b,
                      ",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\","
                      "\"retryDelay\":\"%.3fs\"}]",
                      strtod(c->fault.retry_after, NULL) / 1000);
    else if (status == 400 && code != NULL && strncmp(code, "API_KEY", 7) == 0)
        wn_buf_printf(b,
                      ",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\","
                      "\"reason\":\"%s\",\"domain\":\"googleapis.com\"}]",
                      code);
    wn_buf_str(b, "}}");
}

static const char *gemini_unknown(struct wn_arena *a, const char *where, const char *field)
{
    return wn_arena_printf(a,
                           "Invalid JSON payload received. Unknown name \"%s\"%s%s%s: Cannot find "
                           "field.",
                           field, *where == '\0' ? "" : " at '", where, *where == '\0' ? "" : "'");
}

/* A key in the query string would work in life, and lie in every log on the way: here it is refused, so
 * that a test sees it. */
static const char *gemini_key(struct call *c)
{
    if (call_query(c, "key") != NULL) {
        refuse(c, 400, NULL, NULL,
               "This server takes the key from x-goog-api-key, never from the URL.");
        return NULL;
    }
    return call_header(c, "x-goog-api-key");
}

/* ---- generateContent ---- */

/* The model in "/v1beta/models/NAME:verb", if the verb is this one. */
static const char *model_in_path(struct call *c, const char *verb)
{
    const char *name = strrchr(c->path, '/') + 1, *colon = strchr(name, ':');
    if (colon == NULL || strcmp(colon + 1, verb) != 0)
        return NULL;
    return wn_arena_copy(&c->arena, name, (size_t)(colon - name));
}

static const struct model *find_model(struct call *c, const char *name)
{
    for (size_t i = 0; i < WN_COUNT(models); i++)
        if (strcmp(name, models[i].name) == 0)
            return &models[i];
    refuse(
        c, 404, NULL, NULL,
        "models/%s is not found for API version v1beta, or is not supported for generateContent.",
        name);
    return NULL;
}

static bool read_parts(struct call *c, const cJSON *content, const char *where, struct wn_buf *out)
{
    const cJSON *part, *parts = wn_json_get(content, "parts");
    if (!check_fields(c, content, where, " role parts "))
        return false;
    if (!cJSON_IsArray(parts) || cJSON_GetArraySize(parts) == 0)
        return refuse(c, 400, NULL, NULL, "* %s.parts: contents.parts must not be empty.", where);
    cJSON_ArrayForEach(part, parts)
    {
        const char *text = wn_json_str(part, "text");
        if (!check_fields(c, part, where, " text thought thoughtSignature "))
            return false;
        wn_buf_str(out, text == NULL ? "" : text);
        wn_buf_char(out, '\n');
    }
    return true;
}

static bool read_contents(struct call *c, struct ask *ask, struct wn_buf *rules)
{
    const cJSON *contents = wn_json_get(c->json, "contents"), *m;
    const char *role = "", *first_user = NULL;
    struct wn_buf text = WN_BUF_INIT(BODY_MAX);
    bool ok = cJSON_IsArray(contents) && cJSON_GetArraySize(contents) > 0;
    if (!ok)
        return refuse(c, 400, NULL, NULL,
                      "* GenerateContentRequest.contents: contents is not specified");
    cJSON_ArrayForEach(m, contents)
    {
        wn_buf_reset(&text);
        role = wn_json_str(m, "role");
        role = role == NULL ? "user" : role;
        ok = ok && read_parts(c, m, "contents", &text);
        if (ok && strcmp(role, "user") != 0 && strcmp(role, "model") != 0)
            ok = refuse(c, 400, NULL, NULL, "Please use a valid role: user, model.");
        if (strcmp(role, "user") == 0 &&
            (first_user == NULL || strstr(text.data, "<item-") != NULL))
            first_user = wn_arena_copy(&c->arena, text.data, text.len);
        else
            wn_buf_str(rules, text.data);
    }
    if (ok && strcmp(role, "user") != 0)
        ok = refuse(c, 400, NULL, NULL, "Please ensure that the last turn is from the user.");
    if (ok)
        ask_texts(c, ask, wn_arena_copy(&c->arena, rules->data, rules->len), first_user);
    wn_buf_free(&text);
    return ok;
}

static bool check_thinking(struct call *c, const struct model *m, struct ask *ask,
                           const cJSON *config)
{
    const cJSON *thinking = wn_json_get(config, "thinkingConfig");
    const char *level = wn_json_str(thinking, "thinkingLevel");
    int bit = m->usual;
    if (!check_fields(c, thinking, "generation_config.thinking_config",
                      " thinkingLevel thinkingBudget includeThoughts "))
        return false;
    if (level != NULL && wn_json_get(thinking, "thinkingBudget") != NULL)
        return refuse(c, 400, NULL, NULL,
                      "You can only set one of thinking budget and thinking level.");
    if (level != NULL)
        bit = 0;
    for (size_t i = 0; i < WN_COUNT(levels); i++) {
        if (level != NULL && strcasecmp(level, levels[i].name) == 0)
            bit = levels[i].bit;
        if (bit == levels[i].bit)
            ask->think = levels[i].think;
    }
    if ((bit & m->levels) == 0)
        return refuse(c, 400, NULL, NULL, "Thinking level %s is not supported for this model.",
                      level == NULL ? "" : level);
    /* A budget does not bind the new models: thoughts take the whole limit. */
    if (wn_json_get(thinking, "thinkingBudget") != NULL)
        ask->think = wn_json_int(config, "maxOutputTokens", 65536);
    return true;
}

static bool check_schemas(struct call *c, struct ask *ask, const cJSON *config)
{
    const cJSON *json = wn_json_get(config, "responseJsonSchema");
    const cJSON *api = wn_json_get(config, "responseSchema");
    const char *mime = wn_json_str(config, "responseMimeType"), *fault;
    ask->schema = json != NULL ? json : api;
    if (json != NULL && api != NULL)
        return refuse(c, 400, NULL, NULL,
                      "Only one of response_schema and response_json_schema may be "
                      "set.");
    if (ask->schema == NULL)
        return true;
    if (mime == NULL || strcmp(mime, "application/json") != 0)
        return refuse(c, 400, NULL, NULL,
                      "Response schema is only supported with response mime type "
                      "application/json.");
    fault = schema_fault(&c->arena, json != NULL ? DIALECT_GEMINI : DIALECT_OPENAPI, ask->schema);
    return fault == NULL || refuse(c, 400, NULL, NULL, "%s", fault);
}

static bool check_config(struct call *c, const struct model *m, struct ask *ask)
{
    static const char known[] =
        " temperature topP topK candidateCount maxOutputTokens stopSequences "
        "responseMimeType responseSchema responseJsonSchema presencePenalty "
        "frequencyPenalty responseLogprobs logprobs seed thinkingConfig "
        "mediaResolution responseModalities ";
    const cJSON *config = wn_json_get(c->json, "generationConfig");
    if (!check_fields(c, config, "generation_config", known))
        return false;
    if (wn_json_bool(config, "responseLogprobs", false) || wn_json_get(config, "logprobs") != NULL)
        return refuse(c, 400, NULL, NULL, "Logprobs is not enabled for models/%s", m->name);
    ask->limit = wn_json_int(config, "maxOutputTokens", 65536);
    if (ask->limit < 1 || ask->limit > 65536)
        return refuse(c, 400, NULL, NULL, "max_output_tokens must be between 1 and 65536.");
    return check_thinking(c, m, ask, config) && check_schemas(c, ask, config);
}

static bool check_request(struct call *c, struct ask *ask, const struct model *m)
{
    static const char known[] = " contents systemInstruction generationConfig safetySettings tools "
                                "toolConfig cachedContent store serviceTier ";
    const cJSON *system = wn_json_get(c->json, "systemInstruction");
    struct wn_buf rules = WN_BUF_INIT(BODY_MAX);
    bool ok = check_fields(c, c->json, "", known) &&
              (system == NULL || read_parts(c, system, "system_instruction", &rules)) &&
              read_contents(c, ask, &rules) && check_config(c, m, ask);
    wn_buf_free(&rules);
    return ok;
}

static const char *finish_reason(enum ending e)
{
    static const char *const reasons[] = {
        [END_STOP] = "STOP",     [END_LENGTH] = "MAX_TOKENS", [END_REFUSAL] = "PROHIBITED_CONTENT",
        [END_FILTER] = "SAFETY", [END_BLOCKED] = "OTHER",     [END_SPII] = "SPII",
    };
    return reasons[e];
}

static void write_candidates(struct wn_buf *b, const struct answer *an)
{
    wn_buf_str(b, "\"candidates\":[{");
    if (an->text != NULL && an->ending <= END_LENGTH) {
        wn_buf_str(b, "\"content\":{\"role\":\"model\",\"parts\":[{\"text\":");
        wn_json_quote(b, an->text);
        wn_buf_str(b, "}]},");
    }
    wn_buf_printf(b, "\"finishReason\":\"%s\",\"index\":0}],", finish_reason(an->ending));
}

static void generate(struct call *c, struct ask *ask)
{
    struct wn_buf *b = &c->reply.body;
    struct answer an;
    answer_make(c, ask, &an);
    prompt_cache(c,
                 &(struct prefix){ .parts = { wn_json_get(c->json, "systemInstruction"),
                                              wn_json_get(c->json, "generationConfig") },
                                   .least = 4096 },
                 &an);
    wn_buf_char(b, '{');
    if (an.ending == END_BLOCKED)
        wn_buf_str(b, "\"promptFeedback\":{\"blockReason\":\"SAFETY\"},");
    else
        write_candidates(b, &an);
    wn_buf_printf(
        b,
        "\"usageMetadata\":{\"promptTokenCount\":%lld,\"cachedContentTokenCount\":%lld,"
        "\"candidatesTokenCount\":%lld,\"thoughtsTokenCount\":%lld,\"totalTokenCount\":%lld},"
        "\"modelVersion\":\"%s\",\"responseId\":\"%016llx\"}",
        (long long)an.in, (long long)an.cached, (long long)(an.out - an.think),
        (long long)an.think,
        (long long)(an.in + an.out), an.model, (unsigned long long)c->hash);
}

static void serve_model(struct call *c)
{
    const char *name = model_in_path(c, "generateContent");
    const char *counted = model_in_path(c, "countTokens");
    const struct model *m;
    struct ask ask = { .limit = -1 };
    if (model_in_path(c, "batchGenerateContent") != NULL) {
        batch_serve(c);
        return;
    }
    if (name == NULL && counted == NULL) {
        refuse(c, 404, NULL, NULL, "There is no such method: %s", c->path);
        return;
    }
    m = find_model(c, name != NULL ? name : counted);
    if (m == NULL)
        return;
    ask.model = m->name;
    if (m->levels == 0)
        refuse(c, 400, NULL, NULL, "models/%s only supports decisions.", m->name);
    else if (check_request(c, &ask, m) && !fault_serve(c, &ask.item)) {
        if (name != NULL)
            generate(c, &ask);
        else
            wn_buf_printf(&c->reply.body, "{\"totalTokens\":%lld}",
                          (long long)tokens_of(c->body.len));
    }
}

static void serve_decisions(struct call *c)
{
    const char *model = wn_json_str(c->json, "model");
    if (model == NULL || strcmp(model, "gemini-decision-1") != 0)
        refuse(c, 404, NULL, NULL, "models/%s is not found or does not support decisions.",
               model == NULL ? "" : model);
    else
        decisions_gemini(c, &decider);
}

static void serve_models(struct call *c)
{
    struct wn_buf *b = &c->reply.body;
    const char *size = call_query(c, "pageSize");
    size_t n = size == NULL ? WN_COUNT(models) : (size_t)strtoul(size, NULL, 10);
    wn_buf_str(b, "{\"models\":[");
    for (size_t i = 0; i < WN_COUNT(models) && i < n; i++)
        wn_buf_printf(
            b,
            "%s{\"name\":\"models/%s\",\"displayName\":\"%s\",\"inputTokenLimit\":1048576,"
            "\"outputTokenLimit\":65536,\"supportedGenerationMethods\":[\"%s\"]}",
            i == 0 ? "" : ",", models[i].name, models[i].name,
            models[i].levels == 0 ? "decisions" : "generateContent");
    wn_buf_str(b, n < WN_COUNT(models) ? "],\"nextPageToken\":\"more\"}" : "]}");
}

static const struct endpoint endpoints[] = {
    { "POST", "/v1beta/models/*", serve_model, false, false },
    { "POST", "/v1/models/*", serve_model, false, false },
    { "POST", "/v1beta/decisions", serve_decisions, false, false },
    { "GET", "/v1beta/models", serve_models, false, false },
    { "GET", "/v1/models", serve_models, false, false },
    { "GET", "/v1beta/batches", batch_serve, false, false },
    { "GET", "/v1beta/batches/*", batch_serve, false, false },
    { "POST", "/v1beta/batches/*", batch_serve, false, false },
    { NULL, NULL, NULL, false, false },
};

const struct vendor vendor_gemini = {
    .name = "gemini",
    .prefix = "/gemini",
    .endpoints = endpoints,
    .key = gemini_key,
    .error = gemini_error,
    .unknown = gemini_unknown,
    .bad_key = { 400, "API_KEY_INVALID", "API key not valid. Please pass a valid API key." },
    .no_key = { 403, NULL,
                "Method doesn't allow unregistered callers (callers without established "
                "identity). Please use API Key or other form of API consumer identity." },
    .revoked = { 400, "API_KEY_INVALID", "API key expired. Please renew the API key." },
    .no_credit = { 402, NULL, "Your prepaid credit is used up." },
    .quota = { 429, "GenerateRequestsPerDayPerProjectPerModel",
               "You exceeded your current quota." },
    .per_day = { 429, "GenerateRequestsPerDayPerProjectPerModel-FreeTier",
                 "You exceeded your current quota." },
};

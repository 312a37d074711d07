/* anthropic.c: the Messages API. */
#include "server.h"
#include <string.h>

/* clang-format off */
static const struct model {
    const char *name;
    bool effort;      /* knows output_config.effort */
    bool may_disable; /* thinking {"type":"disabled"} */
    bool between;     /* thinking {"type":"between_tools"} */
    bool budget;      /* thinking {"type":"enabled","budget_tokens"} */
    bool sampling;    /* temperature and others, on the old version */
    bool thinks;      /* unless told otherwise */
    int64_t least;    /* tokens from which a marked prefix is kept */
} models[] = {
    /*                     effort disable between budget sampling thinks least */
    { "claude-haiku-5-5",  true,  true,   false,  false, false,   true,  512 },
    { "claude-sonnet-5-5", true,  false,  true,   false, false,   true,  1024 },
    { "claude-opus-5-5",   true,  false,  false,  false, false,   true,  1024 },
    { "claude-sonnet-5",   true,  true,   false,  false, false,   true,  1024 },
    { "claude-sonnet-4-6", true,  true,   false,  true,  true,    false, 1024 },
    { "claude-haiku-4-5",  false, true,   false,  true,  true,    false, 4096 },
};
/* clang-format on */

/* ---- errors ---- */

static const char *error_type(int status)
{
    static const struct {
        int status;
        const char *type;
    } types[] = {
        { 401, "authentication_error" }, { 402, "billing_error" },  { 403, "permission_error" },
        { 404, "not_found_error" },      { 409, "conflict_error" }, { 413, "request_too_large" },
        { 429, "rate_limit_error" },     { 504, "timeout_error" },  { 529, "overloaded_error" },
    };
    for (size_t i = 0; i < WN_COUNT(types); i++)
        if (types[i].status == status)
            return types[i].type;
    return status >= 500 ? "api_error" : "invalid_request_error";
}

static void common_heads(struct call *c)
{
    reply_head(c, "request-id", "req_%016llx", (unsigned long long)c->hash);
    reply_head(c, "anthropic-ratelimit-requests-limit", "%d", 30000000);
    reply_head(c, "anthropic-ratelimit-requests-remaining", "%d", 29999999);
    reply_head(c, "anthropic-ratelimit-requests-reset", "2026-11-22T12:00:00Z");
}

static void anthropic_error(struct call *c, int status, const char *code, const char *param,
                            const char *message)
{
    struct wn_buf *b = &c->reply.body;
    (void)param;
    wn_buf_printf(
        b, "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":", error_type(status));
    wn_json_quote(b, message);
    if (status == 429 && code != NULL)
        wn_buf_printf(b, ",\"details\":{\"error_code\":\"%s\"}", code);
    wn_buf_printf(b, "},\"request_id\":\"req_%016llx\"}", (unsigned long long)c->hash);
    common_heads(c);
}

static const char *anthropic_unknown(struct wn_arena *a, const char *where, const char *field)
{
    return wn_arena_printf(a, "%s%s%s: Extra inputs are not permitted", where,
                           *where == '\0' ? "" : ".", field);
}

/* If both are there, x-api-key wins. */
static const char *anthropic_key(struct call *c)
{
    const char *key = call_header(c, "x-api-key"), *h = call_header(c, "Authorization");
    if (key != NULL)
        return key;
    return h != NULL && strncmp(h, "Bearer ", 7) == 0 ? h + 7 : NULL;
}

/* ---- the request ---- */

static const struct model *find_model(struct call *c, const char *name)
{
    for (size_t i = 0; name != NULL && i < WN_COUNT(models); i++) {
        size_t n = strlen(models[i].name);
        bool dated = strncmp(name, models[i].name, n) == 0 && strncmp(name + n, "-20", 3) == 0;
        if (strcmp(name, models[i].name) == 0 || dated)
            return &models[i];
    }
    if (name == NULL)
        refuse(c, 400, NULL, NULL, "model: Field required");
    else
        refuse(c, 404, NULL, NULL, "model: %s", name);
    return NULL;
}

static bool check_version(struct call *c, const struct model *m)
{
    static const char *const sampling[] = { "temperature", "top_p", "top_k" };
    const char *version = call_header(c, "anthropic-version");
    bool old = version != NULL && strcmp(version, "2023-06-01") == 0;
    if (version == NULL)
        return refuse(c, 400, NULL, NULL, "anthropic-version: header is required");
    if (!old && strcmp(version, "2026-10-21") != 0)
        return refuse(c, 400, NULL, NULL, "anthropic-version: \"%s\" is not a valid version",
                      version);
    for (size_t i = 0; i < WN_COUNT(sampling); i++)
        if (wn_json_get(c->json, sampling[i]) != NULL && !(old && m->sampling))
            return refuse(c, 400, NULL, NULL, "%s: Extra inputs are not permitted", sampling[i]);
    return true;
}

static int effort_rank(const char *effort)
{
    static const char *const ranks[] = { "low", "medium", "high", "xhigh", "max" };
    for (int i = 0; i < (int)WN_COUNT(ranks); i++)
        if (strcmp(ranks[i], effort) == 0)
            return i;
    return -1;
}

static bool check_thinking(struct call *c, const struct model *m, struct ask *ask)
{
    static const int64_t think[] = { 64, 256, 1024, 2048, 4096 };
    const cJSON *config = wn_json_get(c->json, "output_config");
    const cJSON *thinking = wn_json_get(c->json, "thinking");
    const char *effort = wn_json_str(config, "effort"), *type = wn_json_str(thinking, "type");
    int rank = effort == NULL ? 1 : effort_rank(effort);
    if (!check_fields(c, thinking, "thinking", " type budget_tokens display "))
        return false;
    if (rank < 0)
        return refuse(c, 400, NULL, NULL,
                      "output_config.effort: Input should be 'low', 'medium', "
                      "'high', 'xhigh' or 'max'");
    if (effort != NULL && !m->effort)
        return refuse(c, 400, NULL, NULL, "This model does not support the effort parameter.");
    ask->think = m->thinks ? think[rank] : 0;
    if (thinking == NULL)
        return true;
    if (type != NULL && strcmp(type, "disabled") == 0) {
        if (!m->may_disable || rank > 2)
            return refuse(c, 400, NULL, NULL,
                          "thinking.type: \"disabled\" is not supported for this "
                          "model at this effort.");
        ask->think = 0;
    } else if (type != NULL && strcmp(type, "between_tools") == 0 && m->between) {
        ask->think = 0;
    } else if (type != NULL && strcmp(type, "enabled") == 0 && m->budget) {
        ask->think = wn_json_int(thinking, "budget_tokens", 0);
        if (ask->think < 1024)
            return refuse(c, 400, NULL, NULL,
                          "thinking.enabled.budget_tokens: Input should be greater "
                          "than or equal to 1024");
    } else if (type == NULL || strcmp(type, "adaptive") != 0) {
        return refuse(c, 400, NULL, NULL, "thinking.type: \"%s\" is not supported for this model.",
                      type == NULL ? "" : type);
    }
    return true;
}

static bool check_output(struct call *c, struct ask *ask)
{
    const cJSON *config = wn_json_get(c->json, "output_config");
    const cJSON *format = wn_json_get(config, "format");
    const char *type = wn_json_str(format, "type"), *fault;
    if (!check_fields(c, config, "output_config", " effort format ") ||
        !check_fields(c, format, "output_config.format", " type schema "))
        return false;
    if (format == NULL)
        return true;
    ask->schema = wn_json_get(format, "schema");
    if (type == NULL || strcmp(type, "json_schema") != 0 || !cJSON_IsObject(ask->schema))
        return refuse(c, 400, NULL, NULL,
                      "output_config.format: needs type 'json_schema' and a schema");
    fault = schema_fault(&c->arena, DIALECT_ANTHROPIC, ask->schema);
    return fault == NULL || refuse(c, 400, NULL, NULL, "output_config.format.schema: %s", fault);
}

/* A string, or text blocks, of which one may carry the cache mark. */
static bool check_system(struct call *c, struct ask *ask)
{
    const cJSON *system = wn_json_get(c->json, "system"), *block;
    struct wn_buf text = WN_BUF_INIT(BODY_MAX);
    bool ok = true;
    int marks = 0;
    cJSON_ArrayForEach(block, system)
    {
        ok = ok && check_fields(c, block, "system", " type text cache_control citations ");
        marks += wn_json_get(block, "cache_control") != NULL;
    }
    if (ok && marks > 4)
        ok =
            refuse(c, 400, NULL, NULL, "A maximum of 4 blocks with cache_control may be provided.");
    ok = ok && (system == NULL || check_content(c, system, "system", &text));
    if (ok)
        ask->rules = wn_arena_printf(&c->arena, "%s\n%s", text.data, ask->rules);
    wn_buf_free(&text);
    return ok;
}

static bool check_request(struct call *c, struct ask *ask, bool counting)
{
    static const char known[] =
        " model max_tokens system messages thinking output_config metadata "
        "service_tier inference_geo stop_sequences cache_control stream tools "
        "tool_choice temperature top_p top_k ";
    const cJSON *limit = wn_json_get(c->json, "max_tokens");
    const struct model *m;
    if (!check_fields(c, c->json, "", known))
        return false;
    ask->model = wn_json_str(c->json, "model");
    m = find_model(c, ask->model);
    if (m == NULL || !check_version(c, m))
        return false;
    if (counting != (limit == NULL))
        return refuse(c, 400, NULL, NULL, "max_tokens: %s",
                      counting ? "Extra inputs are not permitted" : "Field required");
    ask->limit = wn_json_int(c->json, "max_tokens", -1);
    if (limit != NULL && (ask->limit < 1 || ask->limit > 128000))
        return refuse(c, 400, NULL, NULL, "max_tokens: must be between 1 and 128000");
    if (wn_json_bool(c->json, "stream", false))
        return refuse(c, 400, NULL, NULL, "stream: this server does not stream");
    return check_messages(c, ask, " user assistant ") && check_system(c, ask) &&
           check_thinking(c, m, ask) && check_output(c, ask);
}

/* ---- the response ---- */

static void write_content(struct wn_buf *b, const struct answer *an)
{
    wn_buf_str(b, "\"content\":[");
    if (an->ending != END_REFUSAL && an->ending < END_FILTER) {
        if (an->think > 0)
            wn_buf_printf(b, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"c2ln\"}%s",
                          an->text == NULL ? "" : ",");
        if (an->text != NULL) {
            wn_buf_str(b, "{\"type\":\"text\",\"text\":");
            wn_json_quote(b, an->text);
            wn_buf_char(b, '}');
        }
    }
    wn_buf_char(b, ']');
}

static void write_stop(struct wn_buf *b, const struct answer *an)
{
    bool refused = an->ending != END_STOP && an->ending != END_LENGTH;
    wn_buf_printf(
        b, ",\"stop_reason\":\"%s\",\"stop_sequence\":null,\"stop_details\":%s",
        refused                    ? "refusal"
        : an->ending == END_LENGTH ? "max_tokens"
                                   : "end_turn",
        refused ? "{\"type\":\"refusal\",\"category\":\"other\",\"explanation\":\"This request "
                  "was declined.\"}"
                : "null");
}

static void serve_messages(struct call *c)
{
    const cJSON *system = wn_json_get(c->json, "system");
    struct wn_buf *b = &c->reply.body;
    struct ask ask = { .limit = -1 };
    struct answer an;
    if (!check_request(c, &ask, false) || fault_serve(c, &ask.item))
        return;
    answer_make(c, &ask, &an);
    if (prefix_is_marked(system))
        prompt_cache(c,
                     &(struct prefix){ .parts = { system, ask.schema },
                                       .least = find_model(c, ask.model)->least },
                     &an);
    common_heads(c);
    wn_buf_printf(b,
                  "{\"id\":\"msg_%016llx\",\"type\":\"message\",\"role\":\"assistant\","
                  "\"model\":\"%s\",",
                  (unsigned long long)c->hash, an.model);
    write_content(b, &an);
    write_stop(b, &an);
    wn_buf_printf(
        b,
        ",\"usage\":{\"input_tokens\":%lld,\"cache_creation_input_tokens\":%lld,"
        "\"cache_read_input_tokens\":%lld,\"cache_creation\":{\"ephemeral_5m_input_tokens\":%lld,"
        "\"ephemeral_1h_input_tokens\":0},\"output_tokens\":%lld,"
        "\"output_tokens_details\":{\"thinking_tokens\":%lld},"
        "\"service_tier\":\"standard\"}}",
        (long long)(an.in - an.cached - an.written), (long long)an.written, (long long)an.cached,
        (long long)an.written, (long long)an.out, (long long)an.think);
}

static void serve_count(struct call *c)
{
    struct ask ask = { .limit = -1 };
    if (!check_request(c, &ask, true) || fault_serve(c, &ask.item))
        return;
    common_heads(c);
    wn_buf_printf(&c->reply.body, "{\"input_tokens\":%lld}", (long long)tokens_of(c->body.len));
}

static void serve_models(struct call *c)
{
    struct wn_buf *b = &c->reply.body;
    if (call_header(c, "anthropic-version") == NULL) {
        refuse(c, 400, NULL, NULL, "anthropic-version: header is required");
        return;
    }
    common_heads(c);
    wn_buf_str(b, "{\"data\":[");
    for (size_t i = 0; i < WN_COUNT(models); i++)
        wn_buf_printf(b,
                      "%s{\"type\":\"model\",\"id\":\"%s\",\"max_input_tokens\":1000000,"
                      "\"max_tokens\":128000,\"lifecycle\":\"active\",\"retires_at\":null}",
                      i == 0 ? "" : ",", models[i].name);
    wn_buf_str(b, "],\"has_more\":false}");
}

static const struct endpoint endpoints[] = {
    { "POST", "/v1/messages", serve_messages, false, false },
    { "POST", "/v1/messages/count_tokens", serve_count, false, false },
    { "GET", "/v1/models", serve_models, false, false },
    { "POST", "/v1/messages/batches*", batch_serve, false, false },
    { "GET", "/v1/messages/batches", batch_serve, false, false },
    { "GET", "/v1/messages/batches/*", batch_serve, false, false },
    { NULL, NULL, NULL, false, false },
};

const struct vendor vendor_anthropic = {
    .name = "anthropic",
    .prefix = "/anthropic",
    .endpoints = endpoints,
    .key = anthropic_key,
    .error = anthropic_error,
    .unknown = anthropic_unknown,
    .bad_key = { 401, NULL, "invalid x-api-key" },
    .no_key = { 401, NULL, "x-api-key header is required" },
    .revoked = { 401, NULL, "This API key has been disabled." },
    .no_credit = { 402, NULL, "Your credit balance is too low to access the API." },
    .quota = { 429, "enforced_spend_limit_reached", "You have reached your spend limit." },
    .per_day = { 400, NULL,
                 "You have reached your specified API usage limits. You will regain access "
                 "on 2026-12-01 at 00:00 UTC." },
};

/* local.c: Ollama, llama.cpp server, vLLM and LM Studio: OpenAI's chat, each with its own habits.
 *
 * They ignore fields that they do not know. That is the trap: Ollama and LM Studio do not know
 * `max_completion_tokens`, so a limit under that name is none, and the answer runs on. */
#include "server.h"
#include <string.h>

enum { RUN_ON = 16 * 1024 };

static const char *const model_ids[] = {
    "qwen3.5:4b", "gemma4:e4b", "nimble", "tev1", "clef", NULL
};

static void plain_error(struct call *c, int status, const char *code, const char *param,
                        const char *message)
{
    struct wn_buf *b = &c->reply.body;
    (void)param;
    wn_buf_str(b, "{\"error\":{\"message\":");
    wn_json_quote(b, message);
    wn_buf_printf(b, ",\"type\":\"%s\",\"param\":null,\"code\":",
                  status == 404   ? "not_found_error"
                  : status >= 500 ? "api_error"
                                  : "invalid_request_error");
    if (code == NULL)
        wn_buf_str(b, "null}}");
    else
        wn_buf_printf(b, "\"%s\"}}", code);
}

/* llama.cpp and vLLM: the code is the status, a number. */
static void number_error(struct call *c, int status, const char *code, const char *param,
                         const char *message)
{
    struct wn_buf *b = &c->reply.body;
    (void)code, (void)param;
    wn_buf_printf(b, "{\"error\":{\"code\":%d,\"message\":", status);
    wn_json_quote(b, message);
    wn_buf_printf(b, ",\"type\":\"%s\"}}",
                  status == 404   ? "not_found_error"
                  : status == 503 ? "unavailable_error"
                  : status == 501 ? "not_supported_error"
                  : status >= 500 ? "server_error"
                                  : "invalid_request_error");
}

/* ---- chat ---- */

static bool is(const struct call *c, const struct vendor *v)
{
    return c->vendor == v;
}

static bool check_model(struct call *c, const char *model)
{
    if (model == NULL || *model == '\0')
        return refuse(c, 400, NULL, NULL, "model is required");
    /* llama.cpp serves what it has loaded, whatever it is called */
    if (strncmp(model, "missing", 7) == 0 && !is(c, &vendor_llamacpp))
        return refuse(c, 404, NULL, NULL, "model '%s' not found", model);
    return true;
}

/* Models whose name has "think" in it do, unless they are told not to in the server's own way. */
static bool check_thinking(struct call *c, struct ask *ask)
{
    const char *effort = wn_json_str(c->json, "reasoning_effort");
    const cJSON *kwargs = wn_json_get(c->json, "chat_template_kwargs");
    bool off = effort != NULL && strcmp(effort, "none") == 0 && !is(c, &vendor_vllm);
    if (effort != NULL && !name_among(" none minimal low medium high xhigh max ", effort))
        return refuse(c, 400, NULL, NULL, "invalid reasoning value: '%s'", effort);
    if (cJSON_IsFalse(wn_json_get(kwargs, "enable_thinking")) && !is(c, &vendor_ollama))
        off = true;
    ask->think = strstr(ask->model, "think") != NULL && !off ? 256 : 0;
    return true;
}

static void read_limit(struct call *c, struct ask *ask)
{
    bool either = is(c, &vendor_llamacpp) || is(c, &vendor_vllm);
    ask->limit = wn_json_int(c->json, "max_tokens", -1);
    if (ask->limit < 0 && either)
        ask->limit = wn_json_int(c->json, "max_completion_tokens", -1);
}

static bool check_chat(struct call *c, struct ask *ask)
{
    ask->model = wn_json_str(c->json, "model");
    if (!check_model(c, ask->model) || !check_messages(c, ask, " system user assistant ") ||
        !chat_format(c, ask, DIALECT_GRAMMAR) || !check_thinking(c, ask))
        return false;
    if (is(c, &vendor_lmstudio))
        ask->logprobs = false;
    read_limit(c, ask);
    return true;
}

static void serve_chat(struct call *c)
{
    struct ask ask = { .limit = -1 };
    struct answer an;
    if (!check_chat(c, &ask) || fault_serve(c, &ask.item))
        return;
    answer_make(c, &ask, &an);
    if (ask.limit < 0 && an.text != NULL && (is(c, &vendor_ollama) || is(c, &vendor_lmstudio))) {
        char *blanks = wn_arena_alloc(&c->arena, RUN_ON + 1);
        memset(blanks, '\n', RUN_ON);
        an.text = wn_arena_printf(&c->arena, "%s%s", an.text, blanks);
        an.out += tokens_of(RUN_ON);
    }
    chat_write(c, &ask, &an,
               is(c, &vendor_llamacpp) ? CHAT_LLAMACPP
               : is(c, &vendor_vllm)   ? CHAT_VLLM
                                       : CHAT_OLLAMA,
               NULL, 0);
}

/* ---- decisions ---- */

static bool is_decider(const char *model)
{
    static const char *const names[] = {
        "nimble", "tev1", "clef", "d1", "jev", "laya", "decision"
    };
    for (size_t i = 0; model != NULL && i < WN_COUNT(names); i++)
        if (strstr(model, names[i]) != NULL)
            return true;
    return false;
}

static bool check_decider(struct call *c)
{
    const char *model = wn_json_str(c->json, "model");
    int status = is(c, &vendor_ollama) ? 400 : 501;
    if (!check_model(c, model))
        return false;
    return is_decider(model) ||
           refuse(c, status, NULL, NULL, "model '%s' does not support decisions", model);
}

static const struct decider *decider_of(const struct call *c)
{
    static const struct decider ollama = { 0, 2, 26, 26, CONF_ENTROPY, 4, -1 };
    static const struct decider llamacpp = { 0, 2, 255, 10, CONF_MARGIN, 6, -1 };
    static const struct decider vllm = { 64, 1, 26, 10, CONF_VOCABULARY, 6, -1 };
    return is(c, &vendor_ollama) ? &ollama : is(c, &vendor_vllm) ? &vllm : &llamacpp;
}

static void serve_map(struct call *c)
{
    if (check_decider(c))
        decisions_map(c, decider_of(c));
}

static void serve_array(struct call *c)
{
    if (check_decider(c))
        decisions_array(c, decider_of(c));
}

/* ---- the others ---- */

static void serve_models(struct call *c)
{
    chat_models(c, "library", model_ids);
}

static void serve_health(struct call *c)
{
    wn_buf_str(&c->reply.body, "{\"status\":\"ok\"}");
}

static void serve_version(struct call *c)
{
    wn_buf_str(&c->reply.body, "{\"version\":\"0.40.4\"}");
}

static const struct endpoint ollama_endpoints[] = {
    { "POST", "/v1/chat/completions", serve_chat, true, false },
    { "POST", "/v1/systemone", serve_map, true, false },
    { "GET", "/v1/models", serve_models, true, false },
    { "GET", "/api/version", serve_version, true, false },
    { NULL, NULL, NULL, false, false },
};

static const struct endpoint llamacpp_endpoints[] = {
    { "POST", "/v1/chat/completions", serve_chat, true, false },
    { "POST", "/v1/systemone", serve_map, true, false },
    { "GET", "/v1/models", serve_models, true, false },
    { "GET", "/health", serve_health, true, false },
    { NULL, NULL, NULL, false, false },
};

static const struct endpoint both_endpoints[] = {
    { "POST", "/v1/chat/completions", serve_chat, true, false },
    { "POST", "/v1/decisions", serve_array, true, false },
    { "POST", "/v1/systemone", serve_map, true, false },
    { "GET", "/v1/models", serve_models, true, false },
    { "GET", "/health", serve_health, true, false },
    { NULL, NULL, NULL, false, false },
};

#define BUSY                                                                                       \
    {                                                                                              \
        429, NULL, "Too many requests."                                                            \
    }
const struct vendor vendor_ollama = { .name = "ollama",
                                      .prefix = "/ollama",
                                      .endpoints = ollama_endpoints,
                                      .error = plain_error,
                                      .quota = BUSY,
                                      .per_day = BUSY };
const struct vendor vendor_llamacpp = { .name = "llamacpp",
                                        .prefix = "/llamacpp",
                                        .endpoints = llamacpp_endpoints,
                                        .error = number_error,
                                        .quota = BUSY,
                                        .per_day = BUSY };
const struct vendor vendor_vllm = { .name = "vllm",
                                    .prefix = "/vllm",
                                    .endpoints = both_endpoints,
                                    .error = number_error,
                                    .quota = BUSY,
                                    .per_day = BUSY };
const struct vendor vendor_lmstudio = { .name = "lmstudio",
                                        .prefix = "/lmstudio",
                                        .endpoints = both_endpoints,
                                        .error = plain_error,
                                        .quota = BUSY,
                                        .per_day = BUSY };

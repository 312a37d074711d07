/* chat.c: the chat format that OpenAI, OpenRouter and the local servers share: response_format and
 * logprobs in, choices and usage out. What differs is a shape. */
#include "server.h"
#include "base/clock.h"
#include "base/utf8.h"
#include <ctype.h>
#include <math.h>
#include <string.h>

/* ---- the request ---- */

static bool name_is_good(const char *name)
{
    size_t n = name == NULL ? 0 : strlen(name);
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)name[i]) && name[i] != '_' && name[i] != '-')
            return false;
    return n >= 1 && n <= 64;
}

static bool check_schema(struct call *c, struct ask *ask, const cJSON *format, enum dialect d)
{
    const cJSON *js = wn_json_get(format, "json_schema");
    const char *name = wn_json_str(js, "name"), *fault;
    if (!check_fields(c, js, "response_format.json_schema", " name strict schema description "))
        return false;
    if (d != DIALECT_GRAMMAR && !name_is_good(name))
        return refuse(
            c, 400, "invalid_value", "response_format.json_schema.name",
            "Invalid 'response_format.json_schema.name': expected 1 to 64 of a-z, A-Z, 0-9, "
            "_ and -.");
    ask->schema = wn_json_get(js, "schema");
    if (!cJSON_IsObject(ask->schema))
        return refuse(c, 400, "missing_required_parameter", "response_format.json_schema.schema",
                      "Missing required parameter: 'response_format.json_schema.schema'.");
    if (d == DIALECT_OPENAI && !wn_json_bool(js, "strict", false))
        return true;
    fault = schema_fault(&c->arena, d, ask->schema);
    if (fault != NULL)
        return refuse(c, 400, "invalid_json_schema", "response_format",
                      "Invalid schema for response_format '%s': %s", name == NULL ? "" : name,
                      fault);
    return true;
}

static bool check_format(struct call *c, struct ask *ask, enum dialect d)
{
    const cJSON *format = wn_json_get(c->json, "response_format");
    const char *type = wn_json_str(format, "type");
    if (format == NULL)
        return true;
    if (!check_fields(c, format, "response_format", " type json_schema schema "))
        return false;
    if (type == NULL || !name_among(" text json_object json_schema ", type))
        return refuse(
            c, 400, "invalid_value", "response_format.type",
            "Invalid value: '%s'. Supported values are: 'json_object', 'json_schema', and "
            "'text'.",
            type == NULL ? "" : type);
    if (strcmp(type, "json_schema") == 0)
        return check_schema(c, ask, format, d);
    if (strcmp(type, "json_object") == 0 && d == DIALECT_GRAMMAR)
        ask->schema = wn_json_get(format, "schema");
    return true;
}

bool chat_format(struct call *c, struct ask *ask, enum dialect d)
{
    const cJSON *logprobs = wn_json_get(c->json, "logprobs");
    const cJSON *top = wn_json_get(c->json, "top_logprobs");
    if (wn_json_bool(c->json, "stream", false))
        return refuse(c, 400, "unsupported_value", "stream", "This server does not stream.");
    if (logprobs != NULL && !cJSON_IsBool(logprobs))
        return refuse(c, 400, "invalid_type", "logprobs",
                      "Invalid type for 'logprobs': expected a "
                      "boolean.");
    ask->logprobs = cJSON_IsTrue(logprobs);
    ask->top_logprobs = (int)wn_json_int(c->json, "top_logprobs", 0);
    if (top != NULL && !ask->logprobs)
        return refuse(c, 400, "invalid_value", "top_logprobs",
                      "'logprobs' must be true when 'top_logprobs' is specified.");
    if (ask->top_logprobs < 0 || ask->top_logprobs > 20)
        return refuse(c, 400, "invalid_value", "top_logprobs",
                      "Invalid value for 'top_logprobs': must be between 0 and 20.");
    return check_format(c, ask, d);
}

/* ---- log-probabilities ---- */

enum { PIECE = 4 };

/* The piece of `text` at `at`: a quote with the letters behind it, letters, or one mark with what
 * belongs to it. Never cuts a character. */
static size_t piece_len(const char *text, size_t len, size_t at)
{
    size_t n = at, most = at + PIECE > len ? len : at + PIECE;
    if (text[n] == '"')
        n++;
    while (n < most && (isalnum((unsigned char)text[n]) || text[n] == '_'))
        n++;
    if (n == at)
        n += 1;
    while (n < len && ((unsigned char)text[n] & 0xC0) == 0x80)
        n++;
    return n - at;
}

static void write_token(struct wn_buf *b, const char *token, size_t len, double p)
{
    double logprob = p <= 0 ? -9999.0 : log(p);
    wn_buf_str(b, "{\"token\":");
    wn_json_quote_n(b, token, len);
    wn_buf_printf(b, ",\"logprob\":%.6f,\"bytes\":[", logprob > -9999 ? logprob : -9999.0);
    for (size_t i = 0; i < len; i++)
        wn_buf_printf(b, "%s%u", i == 0 ? "" : ",", (unsigned char)token[i]);
    wn_buf_char(b, ']');
}

struct alternative {
    char text[80];
    size_t len;
    double p;
};

/* What could stand here instead, inside a label: the next pieces of all labels that agree with it so
 * far, labels with the same piece added up. Returns their number, the likeliest first. */
static size_t alternatives(const struct span *s, const char *text, size_t at,
                           struct alternative *out, size_t max)
{
    size_t n = 0, before = at - s->start;
    double sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        char label[80];
        size_t len = strlen(s->choices[i].id) + 2, piece, k = 0;
        if (len >= sizeof(label) || before >= len)
            continue;
        label[0] = '"';
        memcpy(label + 1, s->choices[i].id, len - 2);
        label[len - 1] = '"';
        if (memcmp(label, text + s->start, before) != 0)
            continue;
        piece = piece_len(label, len, before);
        sum += s->choices[i].p;
        while (k < n && (out[k].len != piece || memcmp(out[k].text, label + before, piece) != 0))
            k++;
        if (k == n && n == max)
            continue;
        if (k == n) {
            out[n++] = (struct alternative){ .len = piece };
            memcpy(out[k].text, label + before, piece);
        }
        out[k].p += s->choices[i].p;
    }
    for (size_t i = 0; i < n; i++)
        out[i].p = sum > 0 ? out[i].p / sum * 0.999 : 0;
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && out[k].p > out[k - 1].p; k--) {
            struct alternative t = out[k];
            out[k] = out[k - 1];
            out[k - 1] = t;
        }
    return n;
}

static const struct span *span_at(const struct answer *an, size_t at)
{
    for (size_t i = 0; i < an->nspans; i++)
        if (an->spans[i].start <= at && at < an->spans[i].end)
            return &an->spans[i];
    return NULL;
}

static void write_logprobs(struct wn_buf *b, const struct ask *ask, const struct answer *an)
{
    struct alternative alt[64];
    size_t len = strlen(an->text), n;
    wn_buf_str(b, "{\"content\":[");
    for (size_t at = 0; at < len; at += n) {
        const struct span *s = span_at(an, at);
        size_t count = 0;
        double p = 0.999;
        n = piece_len(an->text, s == NULL ? len : s->end, at);
        if (s != NULL)
            count = alternatives(s, an->text, at, alt, WN_COUNT(alt));
        for (size_t i = 0; i < count; i++)
            if (alt[i].len == n && memcmp(alt[i].text, an->text + at, n) == 0)
                p = alt[i].p;
        if (count == 0) {
            alt[0] = (struct alternative){ .len = n, .p = p };
            memcpy(alt[0].text, an->text + at, n < sizeof(alt[0].text) ? n : 0);
            count = 1;
        }
        wn_buf_str(b, at == 0 ? "" : ",");
        write_token(b, an->text + at, n, p);
        wn_buf_str(b, ",\"top_logprobs\":[");
        for (size_t i = 0; i < count && i < (size_t)ask->top_logprobs; i++) {
            wn_buf_str(b, i == 0 ? "" : ",");
            write_token(b, alt[i].text, alt[i].len, alt[i].p);
            wn_buf_char(b, '}');
        }
        wn_buf_str(b, "]}");
    }
    wn_buf_str(b, "],\"refusal\":null}");
}

/* ---- the response ---- */

static void write_text(struct wn_buf *b, const char *text)
{
    if (text == NULL)
        wn_buf_str(b, "null");
    else
        wn_json_quote(b, text);
}

static const char *finish_reason(const struct answer *an)
{
    if (an->ending == END_LENGTH)
        return "length";
    return an->ending == END_FILTER || an->ending == END_BLOCKED || an->ending == END_SPII
               ? "content_filter"
               : "stop";
}

/* A refusal is a field at OpenAI, a reason at OpenRouter and plain words at a local server. */
static void write_message(struct wn_buf *b, const struct answer *an, enum chat_shape shape)
{
    bool refused = an->ending == END_REFUSAL;
    const char *text = an->text;
    if (refused && shape != CHAT_OPENAI)
        text = "I'm sorry, but I can't help with that.";
    if (finish_reason(an)[0] == 'c' || (refused && shape == CHAT_OPENAI))
        text = NULL;
    wn_buf_str(b, "\"message\":{\"role\":\"assistant\",\"content\":");
    if (text == NULL && shape >= CHAT_OLLAMA)
        text = "";
    write_text(b, text);
    if (shape <= CHAT_OPENROUTER)
        wn_buf_printf(b, ",\"refusal\":%s",
                      refused && shape == CHAT_OPENAI ? "\"I'm sorry, I can't assist with that.\""
                                                      : "null");
    if (shape == CHAT_OPENROUTER)
        wn_buf_str(b, ",\"reasoning\":null");
    if (an->think > 0 && shape >= CHAT_OLLAMA)
        wn_buf_printf(b, ",\"%s\":\"Let me think about this note.\"",
                      shape == CHAT_LLAMACPP ? "reasoning_content" : "reasoning");
    wn_buf_char(b, '}');
}

static void write_usage(struct wn_buf *b, const struct answer *an, enum chat_shape shape,
                        double cost)
{
    wn_buf_printf(b,
                  ",\"usage\":{\"prompt_tokens\":%lld,\"completion_tokens\":%lld,"
                  "\"total_tokens\":%lld",
                  (long long)an->in, (long long)an->out, (long long)(an->in + an->out));
    if (shape == CHAT_OPENROUTER)
        wn_buf_printf(b,
                      ",\"cost\":%.9f,\"is_byok\":false,"
                      "\"cost_details\":{\"upstream_inference_cost\":null}",
                      cost);
    if (shape == CHAT_LLAMACPP)
        wn_buf_str(b, ",\"prompt_tokens_details\":{\"cached_tokens\":0}");
    if (shape <= CHAT_OPENROUTER)
        wn_buf_printf(b,
                      ",\"prompt_tokens_details\":{\"cached_tokens\":%lld,"
                      "\"cache_write_tokens\":%lld},"
                      "\"completion_tokens_details\":{\"reasoning_tokens\":%lld}",
                      (long long)an->cached, (long long)an->written, (long long)an->think);
    wn_buf_char(b, '}');
    if (shape == CHAT_LLAMACPP)
        wn_buf_printf(b, ",\"timings\":{\"prompt_n\":%lld,\"predicted_n\":%lld}", (long long)an->in,
                      (long long)an->out);
}

void chat_write(struct call *c, const struct ask *ask, const struct answer *an,
                enum chat_shape shape, const char *provider, double cost)
{
    struct wn_buf *b = &c->reply.body;
    const char *finish = finish_reason(an);
    if (shape == CHAT_OPENROUTER && an->ending == END_REFUSAL)
        finish = "content_filter";
    wn_buf_printf(b,
                  "{\"id\":\"%s-%016llx\",\"object\":\"chat.completion\",\"created\":%lld,"
                  "\"model\":\"%s\"",
                  shape == CHAT_OPENROUTER ? "gen" : "chatcmpl", (unsigned long long)c->hash,
                  (long long)wn_clock_now(), an->model);
    if (provider != NULL)
        wn_buf_printf(b, ",\"provider\":\"%s\"", provider);
    if (shape == CHAT_OPENAI)
        wn_buf_str(b, ",\"service_tier\":\"default\"");
    wn_buf_printf(b, ",\"choices\":[{\"index\":0,\"finish_reason\":\"%s\"", finish);
    if (shape == CHAT_OPENROUTER)
        wn_buf_printf(b, ",\"native_finish_reason\":\"%s\"", finish);
    wn_buf_str(b, ",\"logprobs\":");
    if (ask->logprobs && an->text != NULL && an->ending == END_STOP)
        write_logprobs(b, ask, an);
    else
        wn_buf_str(b, "null");
    wn_buf_char(b, ',');
    write_message(b, an, shape);
    wn_buf_str(b, "}]");
    write_usage(b, an, shape, cost);
    wn_buf_char(b, '}');
}

void chat_models(struct call *c, const char *owner, const char *const *ids)
{
    struct wn_buf *b = &c->reply.body;
    wn_buf_str(b, "{\"object\":\"list\",\"data\":[");
    for (size_t i = 0; ids[i] != NULL; i++)
        wn_buf_printf(b,
                      "%s{\"id\":\"%s\",\"object\":\"model\",\"created\":1790000000,"
                      "\"owned_by\":\"%s\"}",
                      i == 0 ? "" : ",", ids[i], owner);
    wn_buf_str(b, "]}");
}

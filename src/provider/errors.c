/* errors.c: what a failure means, for every provider.
 *
 * The shapes of error bodies differ, but no member means two things, so one reader takes them all: the
 * message, every code word in it, and the provider's wish about retrying. Then one table of words
 * decides, because a 429 is not always a rate limit nor a 400 always about the item; only without a
 * known word does the status decide. A new word? Add its row.
 */
#include "provider/format.h"
#include "base/utf8.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = 12, SHOWN_RAW = 200 };

/* ---- reading an error body ---- */

struct said {
    const char *message, *parameter;
    const char *words[MAX_WORDS]; /* codes, types, reasons: the provider's vocabulary */
    size_t nwords;
    int status; /* the HTTP status, or the one in the body where a 200 carries an error */
    int64_t wait_ms;
    bool flagged; /* a moderation filter says what it flagged */
    bool retryable, not_retryable;
};

static void add_word(struct said *s, const char *word)
{
    if (word != NULL && word[0] != '\0' && s->nwords < MAX_WORDS)
        s->words[s->nwords++] = word;
}

/* "34s", "0.2s" */
static int64_t duration_ms(const char *text)
{
    char *end = NULL;
    double s = text == NULL ? -1 : strtod(text, &end);
    return s >= 0 && s < 1e8 && end != text ? (int64_t)(s * 1000 + 0.5) : -1;
}

/* Gemini: google.rpc details, each with members of its own. */
static void read_details(const cJSON *details, struct said *s)
{
    const cJSON *d, *v;
    add_word(s, wn_json_str(details, "error_code")); /* Anthropic: an object */
    cJSON_ArrayForEach(d, details)
    {
        int64_t wait = duration_ms(wn_json_str(d, "retryDelay"));
        add_word(s, wn_json_str(d, "reason"));
        if (wait >= 0)
            s->wait_ms = wait;
        cJSON_ArrayForEach(v, wn_json_get(d, "violations"))
        {
            add_word(s, wn_json_str(v, "quotaId"));
        }
        cJSON_ArrayForEach(v, wn_json_get(d, "fieldViolations"))
        {
            if (s->parameter == NULL)
                s->parameter = wn_json_str(v, "field");
        }
    }
}

static void read_error(const cJSON *e, struct said *s)
{
    const cJSON *metadata = wn_json_get(e, "metadata");
    const cJSON *available = wn_json_get(e, "availability");
    const cJSON *retryable = wn_json_get(available, "retryable");
    double wait = wn_json_num(available, "retry_after", -1);
    int64_t code = wn_json_int(e, "code", 0); /* a number at OpenRouter, Gemini, llama.cpp, vLLM */
    s->message = cJSON_IsString(e) ? e->valuestring : wn_json_str(e, "message");
    s->parameter = wn_json_str(e, "param");
    add_word(s, wn_json_str(e, "code"));
    add_word(s, wn_json_str(metadata, "error_type"));
    add_word(s, wn_json_str(available, "code"));
    read_details(wn_json_get(e, "details"), s);
    add_word(s, wn_json_str(e, "type"));
    add_word(s, wn_json_str(e, "status"));
    s->flagged = wn_json_get(metadata, "flagged_input") != NULL ||
                 cJSON_GetArraySize(wn_json_get(metadata, "reasons")) > 0;
    s->retryable = cJSON_IsTrue(retryable);
    s->not_retryable = cJSON_IsFalse(retryable);
    if (wait >= 0 && wait < 1e8)
        s->wait_ms = (int64_t)(wait * 1000 + 0.5);
    if (s->status == 200)
        s->status = code >= 300 && code < 600 ? (int)code : 0;
}

/* ---- what it means ---- */

enum meaning { SAYS_NOTHING, MONEY, TODAY, KEY, MODEL, ROUTE, FILTER, LONG, SLOW, DOWN };

static const struct {
    const char *word;
    enum meaning meaning;
    bool part; /* of a word or of the message; else a whole word */
} known[] = {
    { "insufficient_quota", MONEY, false },
    { "credit_balance_exhausted", MONEY, false },
    { "organization_spend_limit_exceeded", MONEY, false },
    { "project_spend_limit_exceeded", MONEY, false },
    { "organization_usage_limit_exceeded", MONEY, false },
    { "enforced_spend_limit_reached", MONEY, false },
    { "contract_spend_limit_reached", MONEY, false },
    { "billing_error", MONEY, false },
    { "payment_required", MONEY, false },
    { "reached your specified API usage limits", MONEY, true },
    { "credit balance is too low", MONEY, true },
    { "PerDay", TODAY, true },
    { "per-day", TODAY, true },
    { "content_policy_violation", FILTER, false },
    { "content_filter", FILTER, false },
    { "refusal", FILTER, false },
    { "invalid_api_key", KEY, false },
    { "API_KEY_INVALID", KEY, false },
    { "API key not valid", KEY, true },
    { "authentication_error", KEY, false },
    { "permission_error", KEY, false },
    { "PERMISSION_DENIED", KEY, false },
    { "model_not_found", MODEL, false },
    { "not_found_error", MODEL, false },
    { "NOT_FOUND", MODEL, false },
    { "No endpoints", ROUTE, true },
    { "context_length_exceeded", LONG, false },
    { "max_tokens_exceeded", LONG, false },
    { "exceed_context_size_error", LONG, false },
    { "request_too_large", LONG, false },
    { "rate_limit_exceeded", SLOW, false },
    { "rate_limit_error", SLOW, false },
    { "slow_down", SLOW, false },
    { "ramp_limit_exceeded", SLOW, false },
    { "RESOURCE_EXHAUSTED", SLOW, false },
    { "provider_overloaded", DOWN, false },
    { "provider_unavailable", DOWN, false },
    { "server_is_overloaded", DOWN, false },
    { "overloaded_error", DOWN, false },
};

static bool said_word(const struct said *s, const char *word, bool part)
{
    for (size_t i = 0; i < s->nwords; i++)
        if (part ? strstr(s->words[i], word) != NULL : strcmp(s->words[i], word) == 0)
            return true;
    return part && s->message != NULL && strstr(s->message, word) != NULL;
}

static bool message_has(const struct said *s, const char *words)
{
    return s->message != NULL && strstr(s->message, words) != NULL;
}

static enum meaning by_status(int status)
{
    switch (status) {
    case 401:
    case 403:
        return KEY;
    case 402:
        return MONEY;
    case 413:
        return LONG;
    case 429:
        return SLOW;
    case 0: /* a 200 whose error says no status: the answer broke off */
    case 408:
    case 409:
        return DOWN;
    default:
        return status >= 500 && status != 501 ? DOWN : SAYS_NOTHING;
    }
}

static enum meaning meaning_of(const struct said *s)
{
    if (s->flagged)
        return FILTER;
    for (size_t i = 0; i < WN_COUNT(known); i++)
        if (said_word(s, known[i].word, known[i].part))
            return known[i].meaning;
    /* Servers that give a 404 no code: Ollama, vLLM, llama.cpp. */
    if (s->status == 404 && (message_has(s, "model") || message_has(s, "Model")) &&
        (message_has(s, "not found") || message_has(s, "not exist")))
        return MODEL;
    return by_status(s->status);
}

/* ---- a parameter that we can do without ---- */

static const struct {
    const char *said, *ours; /* in lower case; the name that wn_call_sends() knows */
} parameters[] = {
    { "output_config.effort", "reasoning_effort" },
    { "reasoning_effort", "reasoning_effort" },
    { "reasoning.effort", "reasoning_effort" },
    { "chat_template_kwargs", "reasoning_effort" },
    { "thinking_config", "thinking" },
    { "thinkingconfig", "thinking" },
    { "thinkinglevel", "thinking" },
    { "thinking_level", "thinking" },
    { "thinking level", "thinking" },
    { "thinking", "thinking" },
    { "temperature", "temperature" },
    { "seed", "seed" },
    { "logprobs", "logprobs" },
    { "response_format", "response_format" },
    { "output_config.format", "response_format" },
    { "responsejsonschema", "response_format" },
    { "response_json_schema", "response_format" },
    { "schema is too complex", "response_format" },
    { "effort", "reasoning_effort" },
    { "reasoning", "reasoning_effort" },
};

static bool is_sent(const struct wn_call *c, const char *ours)
{
    const struct wn_provider *row = c->provider;
    if (c->kind != WN_GENERATE || c->prompt == NULL)
        return false;
    if (strcmp(ours, "reasoning_effort") == 0)
        return wn_call_effort(c) != NULL;
    if (strcmp(ours, "thinking") == 0)
        return wn_call_thinking(c) != NULL;
    if (strcmp(ours, "logprobs") == 0)
        return wn_call_logprobs(c);
    if (strcmp(ours, "response_format") == 0)
        return wn_call_sends_schema(c);
    return row->send_temperature && wn_call_sends(c, ours);
}

/* Where `part` stands in text as a whole word, letter case ignored, or NULL. */
static const char *find_word(const char *text, const char *part)
{
    size_t n = strlen(part);
    for (const char *p = text; *p != '\0'; p++) {
        size_t i = 0;
        if (p > text && isalnum((unsigned char)p[-1]))
            continue;
        while (i < n && tolower((unsigned char)p[i]) == part[i])
            i++;
        if (i == n && !isalnum((unsigned char)p[n]))
            return p;
    }
    return NULL;
}

/* The one named first: "'thinking' is not supported, use 'effort'" is about thinking. */
static const char *droppable(const struct wn_call *c, const struct said *s)
{
    const char *text = s->parameter != NULL ? s->parameter : s->message;
    const char *first = NULL, *ours = NULL;
    for (size_t i = 0; text != NULL && i < WN_COUNT(parameters); i++) {
        const char *at = find_word(text, parameters[i].said);
        if (at != NULL && (first == NULL || at < first) && is_sent(c, parameters[i].ours)) {
            first = at;
            ours = parameters[i].ours;
        }
    }
    return ours;
}

/* What a router's servers may lack: the less common first, so that no more is given up than must be. */
static const char *asks_much(const struct wn_call *c)
{
    static const char *const ours[] = { "logprobs", "reasoning_effort", "response_format" };
    for (size_t i = 0; i < WN_COUNT(ours); i++)
        if (is_sent(c, ours[i]))
            return ours[i];
    return NULL;
}

/* ---- class, words and hint ---- */

static void set_meaning(const struct wn_call *c, const struct said *s, enum meaning m,
                        struct wn_reply *out)
{
    const char *name = c->provider->name;
    char keys[96];
    wn_reply_key_names(c->provider, keys, sizeof(keys));
    switch (m) {
    case MONEY:
        wn_reply_fail(out, WN_CLASS_STOP, "%s: the credit or the limit of this key is used up",
                      name);
        out->spent = true;
        wn_reply_hint(out,
                      "Add credit or raise the limit of the account, then run the same command "
                      "again: it goes on where it stopped.");
        break;
    case TODAY:
        wn_reply_fail(out, WN_CLASS_STOP, "%s: the quota of this day is used up", name);
        out->spent = true;
        wn_reply_hint(out, "Run the same command again tomorrow, or use a paid key.");
        break;
    case KEY:
        wn_reply_fail(out, WN_CLASS_STOP, "%s %s", name,
                      s->status == 403 ? "does not allow this key to do that"
                                       : "refused the API key");
        wn_reply_hint(out, "Check %s; `winnow doctor` tries it.", keys);
        break;
    case MODEL:
        wn_reply_fail(out, WN_CLASS_STOP, "%s does not know the model '%s'", name, c->model);
        wn_reply_hint(out, "%s",
                      c->provider->local ? "Load it on the server, or name one that it has."
                                         : "`winnow models` lists the ones that are known.");
        break;
    case ROUTE:
        wn_reply_fail(out, WN_CLASS_STOP, "%s: nobody serves '%s' on our terms", name, c->model);
        wn_reply_hint(out,
                      "No server of this model promises not to keep the data. Name another model.");
        break;
    case FILTER:
        wn_reply_fail(out, WN_CLASS_REFUSED, "%s: a content filter blocked the item", name);
        break;
    case LONG:
        wn_reply_fail(out, WN_CLASS_BROKEN, "the item is too long for %s/%s", name, c->model);
        wn_reply_hint(out,
                      "Lower max_chars in the task's task.json, or take a model that reads more.");
        break;
    case SLOW:
        wn_reply_fail(out, WN_CLASS_BUSY, "%s asks to slow down", name);
        break;
    case DOWN:
        wn_reply_fail(out, WN_CLASS_BUSY, "%s is overloaded or out of order", name);
        break;
    case SAYS_NOTHING:
        wn_reply_fail(out, WN_CLASS_BROKEN, "%s refused the request", name);
        break;
    }
}

/* Does the failure say that this server or model has no decision endpoint? */
static bool no_endpoint(const struct wn_call *c, const struct said *s, enum meaning m)
{
    if (c->kind != WN_DECIDE || m == MODEL)
        return false;
    if (s->status == 404 || s->status == 405 || s->status == 501)
        return true;
    return s->status == 400 && ((s->parameter != NULL && strcmp(s->parameter, "model") == 0) ||
                                message_has(s, "support decisions"));
}

static void classify(const struct wn_call *c, const struct said *s, struct wn_reply *out)
{
    enum meaning m = meaning_of(s);
    const char *name = c->provider->name;
    set_meaning(c, s, m, out);
    out->wait_ms = s->wait_ms;
    if (s->retryable && out->class != WN_CLASS_STOP) {
        set_meaning(c, s, SLOW, out);
    } else if (s->not_retryable && out->class == WN_CLASS_BUSY) {
        set_meaning(c, s, s->status == 429 ? MONEY : SAYS_NOTHING, out);
    } else if (no_endpoint(c, s, m)) {
        out->no_endpoint = true;
        wn_reply_fail(out, WN_CLASS_BROKEN, "%s has no decision endpoint for '%s'", name, c->model);
        wn_reply_hint(out,
                      "Take a model that decides (`winnow models`), or set how to \"generate\" "
                      "in task.json.");
    } else if (m == ROUTE && asks_much(c) != NULL) {
        wn_reply_fail(out, WN_CLASS_BROKEN, "%s: nobody serves '%s' on these terms", name,
                      c->model);
        out->drop = asks_much(c);
    } else if (m == SAYS_NOTHING && (s->status == 400 || s->status == 422)) {
        out->drop = droppable(c, s);
    } else if (m == SAYS_NOTHING && s->status == 404) {
        wn_reply_fail(out, WN_CLASS_BROKEN, "%s has nothing at this address", name);
        wn_reply_hint(out, "Check %s; an address often ends in /v1.", c->provider->base_env.name);
    } else if (s->status >= 300 && s->status < 400) {
        /* No item can succeed, so it is no matter of this one. */
        wn_reply_fail(out, WN_CLASS_STOP, "%s sends us to another address", name);
        wn_reply_hint(out, "Set %s to the address that really answers; redirects are not followed.",
                      c->provider->base_env.name);
    }
    if (out->class != WN_CLASS_BUSY)
        out->wait_ms = -1;
}

/* The first code word, if it looks like one. */
static const char *cause_word(const struct said *s)
{
    for (const char *p = s->nwords > 0 ? s->words[0] : ""; *p != '\0'; p++)
        if (!isalnum((unsigned char)*p) && strchr("_-.", *p) == NULL)
            return NULL;
    return s->nwords > 0 ? s->words[0] : NULL;
}

/* An object, or a text as Ollama's own API has it; "error": null and false are none. */
static bool is_error(const cJSON *e)
{
    return cJSON_IsObject(e) || (cJSON_IsString(e) && e->valuestring[0] != '\0');
}

bool wn_format_failed(const struct wn_call *c, const struct wn_response *r, const cJSON *tree,
                      struct wn_reply *out)
{
    struct said s = { .status = r->status, .wait_ms = -1 };
    const cJSON *root = cJSON_IsArray(tree) ? cJSON_GetArrayItem(tree, 0) : tree;
    const cJSON *choice = cJSON_GetArrayItem(wn_json_get(root, "choices"), 0);
    const cJSON *error = wn_json_get(root, "error");
    if (!is_error(error))
        error = wn_json_get(choice, "error");
    if (!is_error(error)) {
        if (r->status >= 200 && r->status < 300)
            return false;
        error = wn_json_get(root, "detail") != NULL ? wn_json_get(root, "detail") : root;
    }
    read_error(error, &s);
    classify(c, &s, out);
    wn_reply_quote(c, r->status, cause_word(&s), s.message == NULL ? "" : s.message,
                   s.message == NULL ? 0 : strlen(s.message), WN_REPLY_SHOWN, out);
    return true;
}

/* Was it cut on the way, or is it whole and yet no JSON (NaN for a number)? */
static bool ends_in_bracket(const struct wn_response *r)
{
    size_t n = r->body_len;
    while (n > 0 && strchr(" \t\r\n", r->body[n - 1]) != NULL && r->body[n - 1] != '\0')
        n--;
    return n > 0 && (r->body[n - 1] == '}' || r->body[n - 1] == ']');
}

void wn_format_failed_raw(const struct wn_call *c, const struct wn_response *r,
                          struct wn_reply *out)
{
    struct said s = { .status = r->status, .wait_ms = -1 };
    const char *start = r->body + strspn(r->body, " \t\r\n");
    bool half_json = *start == '{' || *start == '[' || *start == '\0';
    bool good_status = r->status >= 200 && r->status < 300;
    struct wn_buf clean = WN_BUF_INIT(4 * SHOWN_RAW);
    if (good_status && half_json) {
        bool ends = ends_in_bracket(r);
        wn_reply_fail(out, ends ? WN_CLASS_UNCLEAR : WN_CLASS_BUSY, "%s sent %s", c->provider->name,
                      ends ? "broken JSON" : "half an answer");
        wn_reply_cause(out, "HTTP %d with %zu bytes that are not JSON", r->status, r->body_len);
        return;
    }
    if (good_status) {
        wn_reply_fail(out, WN_CLASS_BROKEN, "%s answered with something that is not JSON",
                      c->provider->name);
        wn_reply_hint(out, "Is there a proxy or a login page between? Check %s.",
                      c->provider->base_env.name);
    } else {
        classify(c, &s, out);
    }
    /* A proxy's page may be quoted; broken JSON may hold the item or the answer, and is not. */
    if (!half_json)
        wn_utf8_clean(&clean, start, strnlen(start, SHOWN_RAW));
    wn_reply_quote(c, r->status, NULL, clean.data, clean.len, SHOWN_RAW, out);
    wn_buf_free(&clean);
}

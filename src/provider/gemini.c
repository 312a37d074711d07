/* gemini.c: generateContent. A blocked prompt is a 200 without candidates, an answer that was all
 * thought has no content at all, and a bad key is a 400 (errors.c knows that). */
#include "provider/format.h"
#include <string.h>

/* ---- the request ---- */

static void turn(struct wn_buf *b, bool first, bool user, const char *text)
{
    if (!first)
        wn_buf_char(b, ',');
    wn_buf_char(b, '{');
    wn_json_member_str(b, "role", user ? "user" : "model");
    wn_buf_str(b, ",\"parts\":[{");
    wn_json_member_str(b, "text", text);
    wn_buf_str(b, "}]}");
}

static void generation_config(const struct wn_call *c, struct wn_buf *b)
{
    const char *thinking = wn_call_thinking(c);
    wn_json_member(b, "generationConfig");
    wn_buf_printf(b, "{\"maxOutputTokens\":%d", wn_call_max_output(c));
    if (wn_call_sends_schema(c)) {
        wn_json_member_str(b, "responseMimeType", "application/json");
        wn_json_member(b, "responseJsonSchema");
        wn_call_schema(c, b);
    }
    if (thinking != NULL) {
        wn_json_member(b, "thinkingConfig");
        wn_buf_char(b, '{');
        wn_json_member_str(b, "thinkingLevel", thinking);
        wn_buf_char(b, '}');
    }
    wn_buf_char(b, '}');
}

static enum wn_code build(const struct wn_call *c, struct wn_arena *a, struct wn_request *out,
                          struct wn_error *err)
{
    struct wn_buf b = WN_BUF_INIT(WN_FORMAT_MAX_BODY), system = WN_BUF_INIT(WN_FORMAT_MAX_BODY);
    wn_call_system(c, &system);
    wn_buf_str(&b, "{\"systemInstruction\":{\"parts\":[{");
    wn_json_member_str(&b, "text", system.data);
    wn_buf_str(&b, "}]},\"contents\":[");
    wn_call_turns(c, &b, turn);
    wn_buf_char(&b, ']');
    generation_config(c, &b);
    wn_format_extra(&b, c->provider->extra, WN_COUNT(c->provider->extra));
    wn_buf_char(&b, '}');
    b.failed = b.failed || system.failed;
    wn_buf_free(&system);
    return wn_format_post(c, wn_arena_printf(a, "/models/%s:generateContent", c->model), &b, a, out,
                          err);
}

/* ---- the reply ---- */

/* Thoughts are billed as output, but counted beside it. */
static void read_usage(const cJSON *usage, struct wn_usage *u)
{
    u->input = wn_format_count(usage, "promptTokenCount");
    u->cached = wn_format_count(usage, "cachedContentTokenCount");
    u->output = wn_format_count(usage, "candidatesTokenCount");
    u->reasoning = wn_format_count(usage, "thoughtsTokenCount");
    if (u->reasoning > 0)
        u->output = (u->output < 0 ? 0 : u->output) + u->reasoning;
}

/* finishReason: all but STOP. Those that are not here are a reason to ask once more. */
static const struct {
    const char *reason;
    enum wn_class class;
} endings[] = {
    { "MAX_TOKENS", WN_CLASS_CUT },
    { "SAFETY", WN_CLASS_REFUSED },
    { "PROHIBITED_CONTENT", WN_CLASS_REFUSED },
    { "BLOCKLIST", WN_CLASS_REFUSED },
    { "SPII", WN_CLASS_REFUSED }, /* personal data, of which leads are full */
    { "RECITATION", WN_CLASS_REFUSED },
    { "LANGUAGE", WN_CLASS_REFUSED },
};

static void read_ending(const struct wn_call *c, const cJSON *candidate, struct wn_reply *out)
{
    const char *name = c->provider->name, *why = wn_json_str(candidate, "finishReason");
    enum wn_class class = WN_CLASS_UNCLEAR;
    if (why == NULL || strcmp(why, "STOP") == 0) {
        if (!wn_format_says(out->text))
            wn_reply_fail(out, WN_CLASS_UNCLEAR, "%s gave an empty answer", name);
        return;
    }
    for (size_t i = 0; i < WN_COUNT(endings); i++)
        if (strcmp(why, endings[i].reason) == 0)
            class = endings[i].class;
    wn_reply_fail(out, class, "%s %s", name,
                  class == WN_CLASS_CUT       ? "reached the answer's length limit"
                  : class == WN_CLASS_REFUSED ? "declined to answer"
                                              : "gave no usable answer");
    wn_reply_cause(out, "finishReason %.60s", why);
}

static void read_candidates(const struct wn_call *c, const cJSON *tree, struct wn_arena *a,
                            struct wn_reply *out)
{
    const cJSON *candidate = cJSON_GetArrayItem(wn_json_get(tree, "candidates"), 0);
    const char *block = wn_json_str(wn_json_get(tree, "promptFeedback"), "blockReason");
    if (candidate != NULL) {
        out->text = wn_format_join(wn_json_get(wn_json_get(candidate, "content"), "parts"), a);
        read_ending(c, candidate, out);
    } else if (block != NULL) {
        wn_reply_fail(out, WN_CLASS_REFUSED, "%s: a content filter blocked the item",
                      c->provider->name);
        wn_reply_cause(out, "blockReason %.60s", block);
    } else {
        wn_reply_fail(out, WN_CLASS_UNCLEAR, "%s gave an empty answer", c->provider->name);
        wn_reply_cause(out, "no candidates in the reply");
    }
}

static void parse(const struct wn_call *c, const struct wn_response *r, struct wn_arena *a,
                  struct wn_reply *out)
{
    struct wn_arena scratch = WN_ARENA_INIT;
    const cJSON *tree = wn_format_tree(c, r, &scratch, out);
    if (tree != NULL && !wn_format_failed(c, r, tree, out)) {
        read_usage(wn_json_get(tree, "usageMetadata"), &out->usage);
        out->model = wn_format_copy(tree, "modelVersion", c->model, a);
        out->request_id = wn_format_copy(tree, "responseId", NULL, a);
        read_candidates(c, tree, a, out);
    }
    wn_arena_free(&scratch);
}

const struct wn_format wn_gemini_generate = { build, parse };

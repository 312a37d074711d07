/* anthropic.c: Claude's messages. No sampling parameter exists any more (version 2026-10-21), and
 * thinking counts against max_tokens, so it is turned down as far as the model allows. */
#include "provider/format.h"
#include <string.h>

/* ---- the request ---- */

static void turn(struct wn_buf *b, bool first, bool user, const char *text)
{
    if (!first)
        wn_buf_char(b, ',');
    wn_buf_char(b, '{');
    wn_json_member_str(b, "role", user ? "user" : "assistant");
    wn_json_member_str(b, "content", text);
    wn_buf_char(b, '}');
}

/* The rules, meanings and examples are the same for every item: marked, they are read from the cache at
 * a tenth of the price from the second item on. Too short a text is silently not cached. */
static void system_blocks(const struct wn_call *c, struct wn_buf *b)
{
    struct wn_buf text = WN_BUF_INIT(WN_FORMAT_MAX_BODY);
    wn_call_system(c, &text);
    wn_json_member(b, "system");
    wn_buf_str(b, "[{\"type\":\"text\"");
    wn_json_member_str(b, "text", text.data);
    wn_buf_str(b, ",\"cache_control\":{\"type\":\"ephemeral\"}}]");
    b->failed = b->failed || text.failed;
    wn_buf_free(&text);
}

static void output_config(const struct wn_call *c, struct wn_buf *b)
{
    const char *effort = wn_call_effort(c);
    bool schema = wn_call_sends_schema(c);
    if (effort == NULL && !schema)
        return;
    wn_json_member(b, "output_config");
    wn_buf_char(b, '{');
    if (effort != NULL)
        wn_json_member_str(b, "effort", effort);
    if (schema) {
        wn_json_member(b, "format");
        wn_buf_str(b, "{\"type\":\"json_schema\",\"schema\":");
        wn_call_schema(c, b);
        wn_buf_char(b, '}');
    }
    wn_buf_char(b, '}');
}

static enum wn_code build(const struct wn_call *c, struct wn_arena *a, struct wn_request *out,
                          struct wn_error *err)
{
    struct wn_buf b = WN_BUF_INIT(WN_FORMAT_MAX_BODY);
    const char *thinking = wn_call_thinking(c);
    wn_buf_char(&b, '{');
    wn_json_member_str(&b, "model", c->model);
    wn_json_member(&b, "max_tokens");
    wn_buf_printf(&b, "%d", wn_call_max_output(c));
    system_blocks(c, &b);
    wn_json_member(&b, "messages");
    wn_buf_char(&b, '[');
    wn_call_turns(c, &b, turn);
    wn_buf_char(&b, ']');
    if (thinking != NULL) {
        wn_json_member(&b, "thinking");
        wn_buf_char(&b, '{');
        wn_json_member_str(&b, "type", thinking);
        wn_buf_char(&b, '}');
    }
    output_config(c, &b);
    wn_buf_char(&b, '}');
    return wn_format_post(c, "/messages", &b, a, out, err);
}

/* ---- the reply ---- */

static int64_t plus(int64_t a, int64_t b)
{
    return a < 0 ? b : b < 0 ? a : a + b;
}

/* Three disjoint counts of input here; ours has the whole and its parts. */
static void read_usage(const cJSON *usage, struct wn_usage *u)
{
    u->cached = wn_format_count(usage, "cache_read_input_tokens");
    u->cache_write = wn_format_count(usage, "cache_creation_input_tokens");
    u->input = wn_format_count(usage, "input_tokens");
    if (u->input >= 0)
        u->input = plus(plus(u->input, u->cached), u->cache_write);
    u->output = wn_format_count(usage, "output_tokens");
    u->reasoning = wn_format_count(wn_json_get(usage, "output_tokens_details"), "thinking_tokens");
}

/* All but end_turn and stop_sequence, which are good. */
static const struct {
    const char *stop;
    enum wn_class class;
    const char *what, *hint;
} endings[] = {
    { "max_tokens", WN_CLASS_CUT, "reached the answer's length limit", "" },
    { "refusal", WN_CLASS_REFUSED, "declined to answer", "" },
    { "model_context_window_exceeded", WN_CLASS_BROKEN, "cannot read an item this long",
      "Lower max_chars in the task's task.json, or take a model that reads more." },
    { "pause_turn", WN_CLASS_BROKEN, "paused for a tool that we do not use",
      "Switch server tools off for this key's workspace." },
    { "tool_use", WN_CLASS_UNCLEAR, "called a tool instead of answering", "" },
};

static void read_ending(const struct wn_call *c, const cJSON *tree, struct wn_reply *out)
{
    const char *stop = wn_json_str(tree, "stop_reason");
    const char *category = wn_json_str(wn_json_get(tree, "stop_details"), "category");
    for (size_t i = 0; stop != NULL && i < WN_COUNT(endings); i++) {
        if (strcmp(stop, endings[i].stop) != 0)
            continue;
        wn_reply_fail(out, endings[i].class, "%s %s", c->provider->name, endings[i].what);
        wn_reply_cause(out, "stop_reason %s%s%.60s", stop, category == NULL ? "" : ": ",
                       category == NULL ? "" : category);
        wn_reply_hint(out, "%s", endings[i].hint);
        return;
    }
}

static void parse(const struct wn_call *c, const struct wn_response *r, struct wn_arena *a,
                  struct wn_reply *out)
{
    struct wn_arena scratch = WN_ARENA_INIT;
    const cJSON *tree = wn_format_tree(c, r, &scratch, out);
    if (tree != NULL && !wn_format_failed(c, r, tree, out)) {
        read_usage(wn_json_get(tree, "usage"), &out->usage);
        out->model = wn_format_copy(tree, "model", c->model, a);
        out->text = wn_format_join(wn_json_get(tree, "content"), a);
        read_ending(c, tree, out);
        if (out->class == WN_CLASS_OK && !wn_format_says(out->text))
            wn_reply_fail(out, WN_CLASS_UNCLEAR, "%s gave an empty answer", c->provider->name);
    }
    wn_arena_free(&scratch);
}

const struct wn_format wn_anthropic_messages = { build, parse };

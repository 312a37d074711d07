/* openai.c: chat completions, the format that OpenAI, OpenRouter and all local servers share. What
 * differs between them is in the columns of the row. */
#include "provider/chat.h"
#include <string.h>

enum { TOP_LOGPROBS = 20, NAME_MAX_LEN = 64 };

/* ---- the request ---- */

static void message(struct wn_buf *b, bool first, const char *role, const char *text)
{
    if (!first)
        wn_buf_char(b, ',');
    wn_buf_char(b, '{');
    wn_json_member_str(b, "role", role);
    wn_json_member_str(b, "content", text);
    wn_buf_char(b, '}');
}

static void turn(struct wn_buf *b, bool first, bool user, const char *text)
{
    (void)first; /* the system message always stands before */
    message(b, false, user ? "user" : "assistant", text);
}

/* Is the prefix cached only where it is marked? */
static bool is_marked(const struct wn_call *c)
{
    for (size_t i = 0; i < WN_COUNT(c->provider->cache_marked); i++) {
        const char *maker = c->provider->cache_marked[i];
        if (maker != NULL && strncmp(c->model, maker, strlen(maker)) == 0)
            return true;
    }
    return false;
}

/* What is the same for every item. */
static void system_message(const struct wn_call *c, struct wn_buf *b)
{
    struct wn_buf text = WN_BUF_INIT(WN_FORMAT_MAX_BODY);
    wn_call_system(c, &text);
    if (is_marked(c)) {
        wn_buf_char(b, '{');
        wn_json_member_str(b, "role", c->provider->system_role);
        wn_buf_str(b, ",\"content\":[{\"type\":\"text\"");
        wn_json_member_str(b, "text", text.data);
        wn_buf_str(b, ",\"cache_control\":{\"type\":\"ephemeral\"}}]}");
    } else {
        message(b, true, c->provider->system_role, text.data);
    }
    b->failed = b->failed || text.failed;
    wn_buf_free(&text);
}

/* The schema's name: letters, digits, '_' and '-' of the task's, at most 64. */
static void schema_name(const struct wn_call *c, char *out)
{
    const char *name = c->prompt->task == NULL ? "answer" : c->prompt->task->name;
    size_t n = 0;
    for (; *name != '\0' && n < NAME_MAX_LEN; name++)
        out[n++] = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", *name)
                       ? *name
                       : '_';
    out[n] = '\0';
}

static void response_format(const struct wn_call *c, struct wn_buf *b)
{
    char name[NAME_MAX_LEN + 1];
    schema_name(c, name);
    wn_json_member(b, "response_format");
    wn_buf_str(b, "{\"type\":\"json_schema\",\"json_schema\":{");
    wn_json_member_str(b, "name", name);
    wn_buf_str(b, ",\"strict\":true,\"schema\":");
    wn_call_schema(c, b);
    wn_buf_str(b, "}}");
}

static void effort(const struct wn_call *c, struct wn_buf *b)
{
    const char *value = wn_call_effort(c);
    if (value == NULL)
        return;
    switch (c->provider->effort_form) {
    case WN_EFFORT_MEMBER:
        wn_json_member_str(b, "reasoning_effort", value);
        break;
    case WN_EFFORT_OBJECT:
        wn_json_member(b, "reasoning");
        wn_buf_char(b, '{');
        wn_json_member_str(b, "effort", value);
        wn_buf_char(b, '}');
        break;
    case WN_EFFORT_SWITCH:
        wn_json_member(b, "chat_template_kwargs");
        wn_buf_str(b, "{\"enable_thinking\":false}");
        break;
    }
}

enum wn_code wn_chat_build(const struct wn_call *c, struct wn_arena *a, struct wn_request *out,
                           struct wn_error *err)
{
    const struct wn_provider *row = c->provider;
    struct wn_buf b = WN_BUF_INIT(WN_FORMAT_MAX_BODY);
    wn_buf_char(&b, '{');
    wn_json_member_str(&b, "model", c->model);
    wn_json_member(&b, "messages");
    wn_buf_char(&b, '[');
    system_message(c, &b);
    wn_call_turns(c, &b, turn);
    wn_buf_char(&b, ']');
    wn_json_member(&b, row->limit_field);
    wn_buf_printf(&b, "%d", wn_call_max_output(c));
    effort(c, &b);
    if (row->send_temperature && wn_call_sends(c, "temperature"))
        wn_buf_str(&b, ",\"temperature\":0");
    if (row->send_temperature && wn_call_sends(c, "seed"))
        wn_buf_str(&b, ",\"seed\":1");
    if (wn_call_logprobs(c))
        wn_buf_printf(&b, ",\"logprobs\":true,\"top_logprobs\":%d", TOP_LOGPROBS);
    if (wn_call_sends_schema(c))
        response_format(c, &b);
    wn_format_extra(&b, row->extra, WN_COUNT(row->extra));
    wn_buf_char(&b, '}');
    return wn_format_post(c, "/chat/completions", &b, a, out, err);
}

/* ---- the reply ---- */

static void read_usage(const cJSON *usage, struct wn_usage *u)
{
    const cJSON *in = wn_json_get(usage, "prompt_tokens_details");
    const cJSON *out = wn_json_get(usage, "completion_tokens_details");
    u->input = wn_format_count(usage, "prompt_tokens");
    u->output = wn_format_count(usage, "completion_tokens");
    u->cached = wn_format_count(in, "cached_tokens");
    u->cache_write = wn_format_count(in, "cache_write_tokens");
    u->reasoning = wn_format_count(out, "reasoning_tokens");
}

/* A token's own bytes where they are given: a token may be half a character, which its string form
 * cannot say. */
static void read_token(const cJSON *e, struct wn_arena *a, struct wn_logprob *out)
{
    const cJSON *bytes = wn_json_get(e, "bytes"), *byte;
    const char *text = wn_json_str(e, "token");
    int n = cJSON_GetArraySize(bytes);
    out->logprob = wn_json_num(e, "logprob", -9999.0);
    if (cJSON_IsArray(bytes) && n > 0) {
        char *copy = wn_arena_alloc(a, (size_t)n + 1);
        cJSON_ArrayForEach(byte, bytes)
        {
            copy[out->token_len++] = (char)(byte->valueint & 0xff);
        }
        out->token = copy;
        return;
    }
    out->token = wn_arena_str(a, text == NULL ? "" : text);
    out->token_len = strlen(out->token);
}

static void read_logprobs(const cJSON *content, struct wn_arena *a, struct wn_reply *out)
{
    const cJSON *e, *t;
    struct wn_logprob *all;
    if (!cJSON_IsArray(content) || cJSON_GetArraySize(content) == 0)
        return;
    all = wn_arena_array(a, (size_t)cJSON_GetArraySize(content), sizeof(*all));
    out->logprobs = all;
    cJSON_ArrayForEach(e, content)
    {
        const cJSON *top = wn_json_get(e, "top_logprobs");
        struct wn_logprob *one = &all[out->nlogprobs++], *list;
        read_token(e, a, one);
        if (!cJSON_IsArray(top))
            continue;
        list = wn_arena_array(a, (size_t)cJSON_GetArraySize(top), sizeof(*list));
        one->top = list;
        cJSON_ArrayForEach(t, top)
        {
            read_token(t, a, &list[one->ntop++]);
        }
    }
}

static void read_choice(const struct wn_call *c, const cJSON *choice, struct wn_arena *a,
                        struct wn_reply *out)
{
    const char *name = c->provider->name;
    const cJSON *m = wn_json_get(choice, "message"), *content = wn_json_get(m, "content");
    const char *why = wn_json_str(choice, "finish_reason");
    if (why == NULL)
        why = "stop";
    if (wn_format_says(wn_json_str(m, "refusal")) || strcmp(why, "content_filter") == 0) {
        wn_reply_fail(out, WN_CLASS_REFUSED, "%s declined to answer", name);
        wn_reply_cause(out, "%s", strcmp(why, "content_filter") == 0 ? why : "refusal");
        return;
    }
    if (strcmp(why, "length") == 0) {
        wn_reply_fail(out, WN_CLASS_CUT, "%s reached the answer's length limit", name);
        wn_reply_cause(out, "finish_reason length at %d tokens", wn_call_max_output(c));
        return;
    }
    if (strcmp(why, "error") == 0) {
        wn_reply_fail(out, WN_CLASS_BUSY, "%s broke off the answer", name);
        wn_reply_cause(out, "finish_reason error");
        return;
    }
    /* `content` is a string, or at some servers a list of parts. */
    out->text =
        cJSON_IsArray(content) ? wn_format_join(content, a) : wn_format_copy(m, "content", "", a);
    read_logprobs(wn_json_get(wn_json_get(choice, "logprobs"), "content"), a, out);
    if (wn_format_says(out->text))
        return;
    wn_reply_fail(out, WN_CLASS_UNCLEAR, "%s gave an empty answer", name);
    if (wn_format_says(wn_json_str(m, "reasoning")) ||
        wn_format_says(wn_json_str(m, "reasoning_content"))) {
        wn_reply_cause(out, "only thoughts came");
        wn_reply_hint(out, "Turn thinking off in the server, or take a model that does not think.");
    }
}

void wn_chat_read(const struct wn_call *c, const cJSON *tree, struct wn_arena *a,
                  struct wn_reply *out)
{
    const cJSON *choice = cJSON_GetArrayItem(wn_json_get(tree, "choices"), 0);
    read_usage(wn_json_get(tree, "usage"), &out->usage);
    out->model = wn_format_copy(tree, "model", c->model, a);
    out->request_id = wn_format_copy(tree, "id", NULL, a);
    if (choice != NULL) {
        read_choice(c, choice, a, out);
        return;
    }
    wn_reply_fail(out, WN_CLASS_UNCLEAR, "%s gave an empty answer", c->provider->name);
    wn_reply_cause(out, "no choices in the reply");
}

static void parse(const struct wn_call *c, const struct wn_response *r, struct wn_arena *a,
                  struct wn_reply *out)
{
    struct wn_arena scratch = WN_ARENA_INIT;
    const cJSON *tree = wn_format_tree(c, r, &scratch, out);
    if (tree != NULL && !wn_format_failed(c, r, tree, out))
        wn_chat_read(c, tree, a, out);
    wn_arena_free(&scratch);
}

const struct wn_format wn_openai_chat = { wn_chat_build, parse };

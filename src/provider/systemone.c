/* systemone.c: the format "systemone" (OpenRouter and most local servers): questions and answers are maps
 * by name. Gemini's /decisions asks in the same shapes, with other names around them. */
#include "provider/format.h"

/* What differs between the two. */
struct dialect {
    const char *path, *yes, *no;
    bool input_parts; /* "input": [{"type":"text",...}] instead of "state": "..." */
};
static const struct dialect systemone = { "/systemone", "true", "false", false };
static const struct dialect gemini = { "/decisions", "true_description", "false_description",
                                       true };

static void write_state(struct wn_buf *b, const struct dialect *d, const char *state)
{
    if (!d->input_parts) {
        wn_json_member_str(b, "state", state);
        return;
    }
    wn_json_member(b, "input");
    wn_buf_str(b, "[{\"type\":\"text\"");
    wn_json_member_str(b, "text", state);
    wn_buf_str(b, "}]");
}

/* Both outcomes or none: a server may refuse half of them. */
static void outcomes(struct wn_buf *b, const struct dialect *d, const struct wn_question *q)
{
    const char *no = q->nchoices == 2 ? q->choices[0].meaning : NULL;
    const char *yes = q->nchoices == 2 ? q->choices[1].meaning : NULL;
    if (q->type != WN_YESNO || (!wn_format_says(no) && !wn_format_says(yes)))
        return;
    wn_json_member(b, "criteria");
    wn_buf_char(b, '{');
    wn_json_member_str(b, d->yes, wn_format_says(yes) ? yes : "anything else");
    wn_json_member_str(b, d->no, wn_format_says(no) ? no : "anything else");
    wn_buf_char(b, '}');
}

static void choices(struct wn_buf *b, const struct wn_asked *asked)
{
    const struct wn_question *q = asked->q;
    wn_json_member(b, "criteria");
    wn_buf_char(b, '{');
    for (size_t i = 0; i < q->nchoices; i++) {
        wn_json_member(b, q->choices[i].id);
        if (asked->item == NULL && wn_format_says(q->choices[i].meaning))
            wn_json_quote(b, q->choices[i].meaning);
        else
            wn_buf_str(b, "null");
    }
    wn_buf_char(b, '}');
}

static void levels(struct wn_buf *b, const struct wn_asked *asked, struct wn_arena *a)
{
    const struct wn_question *q = asked->q;
    wn_json_member(b, "criteria");
    wn_buf_char(b, '[');
    for (size_t i = 0; i < q->nchoices; i++) {
        if (i > 0)
            wn_buf_char(b, ',');
        wn_json_quote(b, asked->item != NULL ? q->choices[i].id : wn_asked_level(&q->choices[i], a));
    }
    wn_buf_char(b, ']');
}

static void question(struct wn_buf *b, const struct dialect *d, const struct wn_asked *q,
                     struct wn_arena *a)
{
    bool choice = q->q->type == WN_CHOICE, scale = q->q->type == WN_SCALE;
    wn_json_member(b, q->name);
    wn_buf_char(b, '{');
    wn_json_member_str(b, "type", choice ? "choice" : scale ? "score" : "noul");
    wn_json_member_str(b, "instructions", wn_asked_text(q, false, a));
    if (choice)
        choices(b, q);
    else if (scale)
        levels(b, q, a);
    else if (q->item == NULL)
        outcomes(b, d, q->q);
    wn_buf_char(b, '}');
}

static enum wn_code build(const struct wn_call *c, const struct dialect *d, struct wn_arena *a,
                          struct wn_request *out, struct wn_error *err)
{
    struct wn_buf b = WN_BUF_INIT(WN_FORMAT_MAX_BODY);
    struct wn_asking at = { 0 };
    struct wn_asked q;
    enum wn_code rc = wn_asked_check(c, err);
    if (rc != WN_OK)
        return rc;
    wn_buf_char(&b, '{');
    wn_json_member_str(&b, "model", c->model);
    write_state(&b, d, c->prompt->state);
    wn_json_member(&b, "questions");
    wn_buf_char(&b, '{');
    while (wn_asked_next(c, &at, a, &q))
        question(&b, d, &q, a);
    wn_buf_char(&b, '}');
    wn_format_extra(&b, c->provider->decide_extra, WN_COUNT(c->provider->decide_extra));
    wn_buf_char(&b, '}');
    return wn_format_post(c, d->path, &b, a, out, err);
}

static enum wn_code build_systemone(const struct wn_call *c, struct wn_arena *a,
                                    struct wn_request *out, struct wn_error *err)
{
    return build(c, &systemone, a, out, err);
}

static enum wn_code build_gemini(const struct wn_call *c, struct wn_arena *a,
                                 struct wn_request *out, struct wn_error *err)
{
    return build(c, &gemini, a, out, err);
}

static void parse(const struct wn_call *c, const struct wn_response *r, struct wn_arena *a,
                  struct wn_reply *out)
{
    struct wn_arena scratch = WN_ARENA_INIT;
    const cJSON *tree = wn_format_tree(c, r, &scratch, out);
    const char *block = wn_json_str(wn_json_get(tree, "prompt_feedback"), "block_reason");
    if (tree != NULL && !wn_format_failed(c, r, tree, out)) {
        wn_answers_usage(c, tree, a, out);
        if (block != NULL) {
            wn_reply_fail(out, WN_CLASS_REFUSED, "%s: a content filter blocked the item",
                          c->provider->name);
            wn_reply_cause(out, "block_reason %.60s", block);
        } else {
            wn_answers_read(c, wn_json_get(tree, "answers"), a, out);
        }
    }
    wn_arena_free(&scratch);
}

const struct wn_format wn_systemone = { build_systemone, parse };
const struct wn_format wn_gemini_decisions = { build_gemini, parse };

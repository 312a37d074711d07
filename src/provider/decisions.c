/* decisions.c: the format "decisions" (OpenAI): questions are an array, answers come in its order. */
#include "provider/format.h"

static void option(struct wn_buf *b, bool first, const char *member, bool bare,
                   const struct wn_choice *choice)
{
    if (!first)
        wn_buf_char(b, ',');
    wn_buf_char(b, '{');
    wn_json_member_str(b, member, choice->id);
    if (!bare && choice->meaning != NULL && choice->meaning[0] != '\0')
        wn_json_member_str(b, "description", choice->meaning);
    wn_buf_char(b, '}');
}

static void options(struct wn_buf *b, const char *list, const char *member,
                    const struct wn_asked *asked)
{
    const struct wn_question *q = asked->q;
    wn_json_member(b, list);
    wn_buf_char(b, '[');
    for (size_t i = 0; i < q->nchoices; i++)
        option(b, i == 0, member, asked->item != NULL, &q->choices[i]);
    wn_buf_char(b, ']');
}

static void question(struct wn_buf *b, const struct wn_asked *q, struct wn_arena *a)
{
    bool choice = q->q->type == WN_CHOICE, scale = q->q->type == WN_SCALE;
    wn_buf_char(b, '{');
    wn_json_member_str(b, "type", choice ? "choice" : scale ? "score" : "predicate");
    wn_json_member_str(b, "name", q->name);
    /* A predicate has no place for what yes and no mean. */
    wn_json_member_str(b, "instructions", wn_asked_text(q, true, a));
    if (choice)
        options(b, "choices", "value", q);
    if (scale)
        options(b, "levels", "label", q);
    wn_buf_char(b, '}');
}

static enum wn_code build(const struct wn_call *c, struct wn_arena *a, struct wn_request *out,
                          struct wn_error *err)
{
    struct wn_buf b = WN_BUF_INIT(WN_FORMAT_MAX_BODY);
    struct wn_asking at = { 0 };
    struct wn_asked q;
    enum wn_code rc = wn_asked_check(c, err);
    if (rc != WN_OK)
        return rc;
    wn_buf_char(&b, '{');
    wn_json_member_str(&b, "model", c->model);
    wn_json_member_str(&b, "input", c->prompt->state);
    wn_json_member(&b, "questions");
    wn_buf_char(&b, '[');
    for (size_t n = 0; wn_asked_next(c, &at, a, &q); n++) {
        if (n > 0)
            wn_buf_char(&b, ',');
        question(&b, &q, a);
    }
    wn_buf_char(&b, ']');
    wn_format_extra(&b, c->provider->decide_extra, WN_COUNT(c->provider->decide_extra));
    wn_buf_char(&b, '}');
    return wn_format_post(c, "/decisions", &b, a, out, err);
}

static void parse(const struct wn_call *c, const struct wn_response *r, struct wn_arena *a,
                  struct wn_reply *out)
{
    struct wn_arena scratch = WN_ARENA_INIT;
    const cJSON *tree = wn_format_tree(c, r, &scratch, out);
    if (tree != NULL && !wn_format_failed(c, r, tree, out)) {
        wn_answers_usage(c, tree, a, out);
        wn_answers_read(c, wn_json_get(tree, "answers"), a, out);
    }
    wn_arena_free(&scratch);
}

const struct wn_format wn_decisions = { build, parse };

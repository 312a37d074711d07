/* writer.c: the result line, version 1 (product.md has an example; wn_result_schema() is the promise).
 *
 * Every member is always there, so that a workflow can rely on it; what does not apply is null. New
 * members may be added within a version; none changes its meaning. */
#include "report/writer.h"
#include "base/clock.h"
#include "base/json.h"
#include <math.h>
#include <string.h>

static const char *const route_names[] = { "auto", "review", "failed" };
static const char *const source_names[] = { "none",    "decision", "logprob",
                                            "samples", "stated",   "linear" };
static const char *const evidence_names[] = { "none",     "exact", "normalised",
                                              "ellipsis", "fuzzy", "not_found" };
static const char *const type_names[] = { "choice", "tags", "yesno", "scale", "text" };

const char *wn_route_name(enum wn_route route)
{
    return route_names[route];
}

const char *wn_source_name(enum wn_source source)
{
    return source_names[source];
}

static size_t named(const char *const *names, size_t n, const char *name)
{
    size_t i = 0;
    while (name != NULL && i < n && strcmp(names[i], name) != 0)
        i++;
    return name == NULL || i == n ? 0 : i;
}

/* ---- writing ---- */

static void list(struct wn_buf *b, const char *const *values, size_t n)
{
    wn_buf_char(b, '[');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            wn_buf_char(b, ',');
        wn_json_quote(b, values[i]);
    }
    wn_buf_char(b, ']');
}

static void answer_member(struct wn_buf *b, const struct wn_field_answer *a)
{
    wn_json_member(b, a->question);
    wn_buf_char(b, '{');
    wn_json_member_str(b, "type", type_names[a->type]);
    if (a->type == WN_TAGS) {
        wn_json_member(b, "value");
        list(b, a->tags, a->ntags);
    } else {
        wn_json_member_str(b, "value", a->value);
    }
    if (a->type != WN_TEXT)
        wn_json_member_num(b, "probability", a->probability, 4);
    if (a->quote != NULL) {
        wn_json_member_str(b, "quote", a->quote);
        wn_json_member_str(b, "evidence", evidence_names[a->evidence]);
        if (a->quote_end > 0) {
            wn_json_member(b, "at");
            wn_buf_printf(b, "[%zu,%zu]", a->quote_start, a->quote_end);
        }
    }
    wn_buf_char(b, '}');
}

/* Micro-dollars as dollars, without a rounding by floating point. */
static void cost_member(struct wn_buf *b, int64_t microusd)
{
    wn_json_member(b, "cost_usd");
    wn_buf_printf(b, "%lld.%06lld", (long long)(microusd / 1000000),
                  (long long)(microusd % 1000000));
    while (b->data[b->len - 1] == '0')
        b->data[--b->len] = '\0';
    if (b->data[b->len - 1] == '.')
        b->data[--b->len] = '\0';
}

void wn_result_write(const struct wn_result *r, struct wn_buf *b)
{
    char due[WN_CLOCK_TEXT];
    wn_buf_str(b, "{\"schema\":1");
    wn_json_member_str(b, "item", r->item->id);
    wn_json_member_str(b, "task", r->task);
    wn_json_member_str(b, "route", route_names[r->route]);
    wn_json_member_str(b, "label", r->label);
    wn_json_member_num(b, "probability", r->probability, 4);
    wn_json_member_bool(b, "calibrated", r->calibrated);
    wn_json_member_str(b, "source", r->source == WN_SOURCE_NONE ? NULL : source_names[r->source]);
    wn_json_member(b, "reasons");
    list(b, r->reasons, r->nreasons);
    wn_json_member(b, "because");
    list(b, r->because, r->nreasons);
    wn_json_member(b, "tags");
    list(b, r->tags, r->ntags);
    wn_json_member(b, "answers");
    wn_buf_char(b, '{');
    for (size_t i = 0; i < r->nanswers; i++)
        answer_member(b, &r->answers[i]);
    wn_buf_char(b, '}');
    wn_json_member_str(b, "owner", r->owner);
    wn_json_member_str(b, "next", r->next);
    if (r->due != 0)
        wn_clock_text(r->due, due);
    wn_json_member_str(b, "due", r->due == 0 ? NULL : due);
    wn_json_member_str(b, "draft", r->draft);
    wn_json_member_str(b, "model", r->model);
    wn_json_member_bool(b, "cached", r->cached);
    wn_json_member_num(b, "redacted", r->redacted, 9);
    wn_json_member_num(b, "attempts", r->attempts, 9);
    cost_member(b, r->cost_microusd);
    wn_json_member_num(b, "latency_ms", (double)r->latency_ms, 15);
    wn_json_member_str(b, "error", r->error);
    wn_json_member_str(b, "hint", r->error_hint);
    wn_buf_char(b, '}');
}

enum wn_code wn_result_json(const struct wn_result *r, char **out, struct wn_error *err)
{
    struct wn_buf b = WN_BUF_INIT(64 << 20);
    wn_result_write(r, &b);
    return wn_buf_take(&b, out, err);
}

enum wn_code wn_kept_json(const struct wn_kept *k, char **out, struct wn_error *err)
{
    struct wn_buf b = WN_BUF_INIT(64 << 20);
    char when[WN_CLOCK_TEXT];
    wn_result_write(k->result, &b);
    b.data[--b.len] = '\0'; /* the brace that closes it */
    wn_json_member_str(&b, "final_label", k->final_label);
    wn_json_member_str(&b, "verdict", k->verdict);
    wn_json_member_str(&b, "reviewer", k->reviewer);
    wn_json_member_str(&b, "note", k->note);
    wn_clock_text(k->decided, when);
    wn_json_member_str(&b, "decided", when);
    wn_clock_text(k->reviewed, when);
    wn_json_member_str(&b, "reviewed", k->reviewed == 0 ? NULL : when);
    wn_buf_char(&b, '}');
    return wn_buf_take(&b, out, err);
}

void wn_item_write(const struct wn_item *item, struct wn_buf *b)
{
    wn_buf_char(b, '{');
    wn_json_member_str(b, "id", item->id);
    wn_json_member_str(b, "source", item->source);
    wn_json_member_num(b, "time", (double)item->time, 15);
    wn_json_member_bool(b, "truncated", item->truncated);
    wn_json_member_str(b, "trouble", item->trouble);
    wn_json_member_str(b, "trouble_hint", item->trouble_hint);
    wn_json_member(b, "fields");
    wn_buf_char(b, '['); /* pairs: a name may come twice */
    for (size_t i = 0; i < item->nfields; i++) {
        const char *pair[2] = { item->fields[i].name, item->fields[i].value };
        if (i > 0)
            wn_buf_char(b, ',');
        list(b, pair, 2);
    }
    wn_buf_char(b, ']');
    wn_json_member(b, "text");
    wn_json_quote_n(b, item->text, item->text_len);
    wn_buf_char(b, '}');
}

/* ---- reading ---- */

static const char *keep(struct wn_arena *a, const char *text)
{
    return text == NULL ? NULL : wn_arena_str(a, text);
}

static const char *const *read_list(const cJSON *array, struct wn_arena *a, size_t *n)
{
    size_t max = (size_t)(cJSON_IsArray(array) ? cJSON_GetArraySize(array) : 0);
    const char **out = wn_arena_array(a, max, sizeof(*out));
    const cJSON *v;
    *n = 0;
    if (cJSON_IsArray(array))
        cJSON_ArrayForEach(v, array) if (cJSON_IsString(v)) out[(*n)++] =
            wn_arena_str(a, v->valuestring);
    return out;
}

static void read_answer(const cJSON *o, struct wn_arena *a, struct wn_field_answer *out)
{
    const cJSON *at = wn_json_get(o, "at");
    out->question = wn_arena_str(a, o->string);
    out->type =
        (enum wn_question_type)named(type_names, WN_COUNT(type_names), wn_json_str(o, "type"));
    out->probability = wn_json_num(o, "probability", NAN);
    if (out->type == WN_TAGS)
        out->tags = read_list(wn_json_get(o, "value"), a, &out->ntags);
    else
        out->value = keep(a, wn_json_str(o, "value"));
    out->quote = keep(a, wn_json_str(o, "quote"));
    out->evidence = (enum wn_evidence)named(evidence_names, WN_COUNT(evidence_names),
                                            wn_json_str(o, "evidence"));
    if (cJSON_GetArraySize(at) == 2) {
        out->quote_start = (size_t)cJSON_GetNumberValue(cJSON_GetArrayItem(at, 0));
        out->quote_end = (size_t)cJSON_GetNumberValue(cJSON_GetArrayItem(at, 1));
    }
}

enum wn_code wn_result_read(const char *json, const struct wn_item *item, struct wn_arena *a,
                            struct wn_result *out, struct wn_error *err)
{
    cJSON *o = NULL;
    const cJSON *v, *answers;
    struct wn_field_answer *list_out;
    const char *due;
    size_t nbecause;
    enum wn_code rc = json == NULL ? wn_error_set(err, WN_E_STORE, "its text was erased")
                                   : wn_json_parse(json, strlen(json), false, &o, err);
    if (rc != WN_OK)
        return rc;
    *out = (struct wn_result){ .item = item,
                               .task = keep(a, wn_json_str(o, "task")),
                               .label = keep(a, wn_json_str(o, "label")),
                               .owner = keep(a, wn_json_str(o, "owner")),
                               .next = keep(a, wn_json_str(o, "next")),
                               .draft = keep(a, wn_json_str(o, "draft")),
                               .model = keep(a, wn_json_str(o, "model")),
                               .error = keep(a, wn_json_str(o, "error")),
                               .error_hint = keep(a, wn_json_str(o, "hint")) };
    out->route = (enum wn_route)named(route_names, WN_COUNT(route_names), wn_json_str(o, "route"));
    out->source =
        (enum wn_source)named(source_names, WN_COUNT(source_names), wn_json_str(o, "source"));
    out->probability = wn_json_num(o, "probability", NAN);
    out->calibrated = wn_json_bool(o, "calibrated", false);
    out->cached = wn_json_bool(o, "cached", false);
    out->redacted = (int)wn_json_int(o, "redacted", 0);
    out->attempts = (int)wn_json_int(o, "attempts", 0);
    out->cost_microusd = (int64_t)llround(wn_json_num(o, "cost_usd", 0) * 1e6);
    out->latency_ms = wn_json_int(o, "latency_ms", 0);
    due = wn_json_str(o, "due");
    out->due = due == NULL ? 0 : wn_clock_parse(due);
    out->reasons = read_list(wn_json_get(o, "reasons"), a, &out->nreasons);
    out->because = read_list(wn_json_get(o, "because"), a, &nbecause);
    if (nbecause < out->nreasons)
        out->nreasons = nbecause;
    out->tags = read_list(wn_json_get(o, "tags"), a, &out->ntags);
    answers = wn_json_get(o, "answers");
    list_out = wn_arena_array(a, (size_t)cJSON_GetArraySize(answers), sizeof(*list_out));
    cJSON_ArrayForEach(v, answers) read_answer(v, a, &list_out[out->nanswers++]);
    out->answers = list_out;
    cJSON_Delete(o);
    return WN_OK;
}

enum wn_code wn_item_read(const char *json, struct wn_arena *a, struct wn_item *out,
                          struct wn_error *err)
{
    cJSON *o = NULL;
    const cJSON *v, *fields;
    const char *text;
    struct wn_field *list_out;
    enum wn_code rc = json == NULL ? wn_error_set(err, WN_E_STORE, "its text was erased")
                                   : wn_json_parse(json, strlen(json), false, &o, err);
    if (rc != WN_OK)
        return rc;
    text = wn_json_str(o, "text");
    *out = (struct wn_item){ .id = keep(a, wn_json_str(o, "id")),
                             .source = keep(a, wn_json_str(o, "source")),
                             .text = wn_arena_str(a, text == NULL ? "" : text),
                             .time = wn_json_int(o, "time", 0),
                             .truncated = wn_json_bool(o, "truncated", false),
                             .trouble = keep(a, wn_json_str(o, "trouble")),
                             .trouble_hint = keep(a, wn_json_str(o, "trouble_hint")) };
    out->text_len = strlen(out->text);
    fields = wn_json_get(o, "fields");
    list_out = wn_arena_array(a, (size_t)cJSON_GetArraySize(fields), sizeof(*list_out));
    cJSON_ArrayForEach(v, fields)
    {
        const char *name = cJSON_GetStringValue(cJSON_GetArrayItem(v, 0));
        const char *value = cJSON_GetStringValue(cJSON_GetArrayItem(v, 1));
        if (name != NULL && value != NULL)
            list_out[out->nfields++] =
                (struct wn_field){ wn_arena_str(a, name), wn_arena_str(a, value) };
    }
    out->fields = list_out;
    cJSON_Delete(o);
    return WN_OK;
}

/* answer.c: the text that a model writes: JSON to any schema, or a sentence where none was given.
 *
 * The schema is walked as it stands, so a new task needs nothing here. Names carry the little meaning
 * that is needed: what ends in `_percent` are the percents of the property before it, what ends in
 * `_quote` is its evidence, and a string is looked up in the item by its name. */
#include "server.h"
#include "base/utf8.h"
#include <math.h>
#include <string.h>
#include <strings.h>

struct writer {
    struct call *c;
    const struct ask *ask;
    struct answer *answer;
    struct wn_buf out;
    enum fault_kind fault;
};

enum { CHOICES_MAX = 300, BEST = 3 };

static void write_value(struct writer *w, const cJSON *s, const cJSON *parent, const char *name,
                        size_t index);

/* ---- labels ---- */

static bool is_enum(const cJSON *s)
{
    return cJSON_IsArray(wn_json_get(s, "enum"));
}

/* The labels of an enum with their probabilities; *best is the likeliest. */
static struct choice *choose(struct writer *w, const cJSON *s, size_t *n, size_t *best)
{
    const cJSON *values = wn_json_get(s, "enum"), *v;
    struct choice *choices = wn_arena_array(&w->c->arena, CHOICES_MAX, sizeof(*choices));
    *n = 0;
    cJSON_ArrayForEach(v, values)
    {
        if (cJSON_IsString(v) && *n < CHOICES_MAX)
            choices[(*n)++] =
                (struct choice){ v->valuestring,
                                 brain_about(&w->c->arena, w->ask->rules, v->valuestring), 0 };
    }
    *best = *n == 0 ? 0 : brain_choose(&w->ask->item, choices, *n, w->fault);
    return choices;
}

static void write_enum(struct writer *w, const cJSON *s)
{
    size_t n, best, start = w->out.len;
    struct choice *choices = choose(w, s, &n, &best);
    char *label;
    if (n == 0) { /* numbers or booleans */
        char *text = cJSON_PrintUnformatted(cJSON_GetArrayItem(wn_json_get(s, "enum"), 0));
        wn_buf_str(&w->out, text);
        cJSON_free(text);
        return;
    }
    label = wn_arena_str(&w->c->arena, choices[best].id);
    if (w->fault == FAULT_IS_CASING && label[0] >= 'a' && label[0] <= 'z')
        label[0] = (char)(label[0] - 'a' + 'A');
    wn_json_quote(&w->out, w->fault == FAULT_IS_BADLABEL ? "no_such_label" : label);
    if (w->answer->nspans < SPANS_MAX)
        w->answer->spans[w->answer->nspans++] = (struct span){ start, w->out.len, choices, n };
}

static void write_tags(struct writer *w, const cJSON *items)
{
    const cJSON *v;
    bool first = true;
    wn_buf_char(&w->out, '[');
    cJSON_ArrayForEach(v, wn_json_get(items, "enum"))
    {
        if (!cJSON_IsString(v) || !brain_tag(&w->ask->item, v->valuestring))
            continue;
        wn_buf_str(&w->out, first ? "" : ",");
        wn_json_quote(&w->out, w->fault == FAULT_IS_BADLABEL ? "no_such_tag" : v->valuestring);
        first = false;
    }
    wn_buf_char(&w->out, ']');
}

/* ---- percents ---- */

static void write_percent(struct writer *w, int percent)
{
    if (w->fault == FAULT_IS_NAN)
        wn_buf_str(&w->out, "NaN");
    else
        wn_buf_printf(&w->out, "%d", percent);
}

/* {"a":90,"b":10}: as the schema's own properties say, from the percents of the enum. */
static void write_percent_object(struct writer *w, const cJSON *s, const struct choice *c, size_t n,
                                 const int *percent)
{
    const cJSON *p;
    bool first = true;
    wn_buf_char(&w->out, '{');
    cJSON_ArrayForEach(p, wn_json_get(s, "properties"))
    {
        size_t i = 0;
        while (i < n && strcmp(c[i].id, p->string) != 0)
            i++;
        wn_buf_str(&w->out, first ? "" : ",");
        wn_json_quote(&w->out, p->string);
        wn_buf_char(&w->out, ':');
        write_percent(w, i < n ? percent[i] : 0);
        first = false;
    }
    wn_buf_char(&w->out, '}');
}

/* [{"id":"a","percent":90},...]: the likeliest three, as if there were no others. */
static void write_percent_array(struct writer *w, const cJSON *items, const struct choice *c,
                                size_t n)
{
    const char *id = NULL, *number = NULL;
    const cJSON *p;
    struct choice top[BEST];
    int percent[BEST];
    size_t count = 0;
    double sum = 0;
    cJSON_ArrayForEach(p, wn_json_get(items, "properties"))
    {
        const char *type = wn_json_str(p, "type");
        bool counts = type != NULL && (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0);
        *(counts ? &number : &id) = p->string;
    }
    for (size_t i = 0; i < n; i++) {
        size_t at = count < BEST ? count++ : BEST;
        for (; at > 0 && c[i].p > top[at - 1].p; at--)
            if (at < BEST)
                top[at] = top[at - 1];
        if (at < BEST)
            top[at] = c[i];
    }
    for (size_t k = 0; k < count; k++)
        sum += top[k].p;
    for (size_t k = 0; k < count; k++)
        top[k].p /= sum;
    brain_percents(top, count, 0, w->fault, percent);
    wn_buf_char(&w->out, '[');
    for (size_t k = 0; k < count && id != NULL && number != NULL; k++) {
        wn_buf_printf(&w->out, "%s{\"%s\":", k == 0 ? "" : ",", id);
        wn_json_quote(&w->out, top[k].id);
        wn_buf_printf(&w->out, ",\"%s\":", number);
        write_percent(w, percent[k]);
        wn_buf_char(&w->out, '}');
    }
    wn_buf_char(&w->out, ']');
}

/* What `X_suffix` belongs to: the property X beside it, or NULL. */
static const cJSON *base_of(struct writer *w, const cJSON *parent, const char *name,
                            const char *suffix)
{
    size_t n = strlen(name), m = strlen(suffix);
    const char *base;
    if (n <= m || strcmp(name + n - m, suffix) != 0)
        return NULL;
    base = wn_arena_copy(&w->c->arena, name, n - m);
    return schema_resolve(w->ask->schema, wn_json_get(wn_json_get(parent, "properties"), base));
}

static bool write_percents(struct writer *w, const cJSON *s, const cJSON *parent, const char *name)
{
    const cJSON *base = base_of(w, parent, name, "_percent");
    const cJSON *items = schema_resolve(w->ask->schema, wn_json_get(s, "items"));
    int percent[CHOICES_MAX];
    struct choice *c;
    size_t n, best;
    if (base == NULL)
        return false;
    if (!is_enum(base)) {
        write_percent(w, (int)lround(100 * brain_yes(&w->ask->item, base->string, w->fault)));
        return true;
    }
    c = choose(w, base, &n, &best);
    if (n == 0)
        return false;
    brain_percents(c, n, best, w->fault, percent);
    if (wn_json_get(s, "properties") != NULL)
        write_percent_object(w, s, c, n, percent);
    else if (items != NULL)
        write_percent_array(w, items, c, n);
    else
        write_percent(w, percent[best]);
    return true;
}

/* ---- all else ---- */

static void write_or_null(struct writer *w, const char *text, bool nullable)
{
    if (text == NULL && nullable)
        wn_buf_str(&w->out, "null");
    else
        wn_json_quote(&w->out, text == NULL ? "" : text);
}

static bool is_nullable(const cJSON *s)
{
    const cJSON *type = wn_json_get(s, "type"), *t;
    cJSON_ArrayForEach(t, type)
    {
        if (cJSON_IsString(t) && strcmp(t->valuestring, "null") == 0)
            return true;
    }
    return wn_json_bool(s, "nullable", false);
}

/* `name` is the property's, or for {"value","quote"} the name of the object they stand in. */
static void write_string(struct writer *w, const cJSON *s, const cJSON *parent, const char *name,
                         size_t index)
{
    const cJSON *base = base_of(w, parent, name, "_quote");
    struct wn_arena *a = &w->c->arena;
    bool nullable = is_nullable(s);
    if (base != NULL) {
        size_t n, best;
        struct choice *c = choose(w, base, &n, &best);
        const char *id = n > 0 ? c[best].id : base->string;
        write_or_null(w, brain_sentence(a, &w->ask->item, id, 0), nullable);
    } else if (nullable) {
        write_or_null(w, brain_text(a, &w->ask->item, name), true);
    } else {
        write_or_null(w, brain_sentence(a, &w->ask->item, NULL, index), false);
    }
}

static void write_object(struct writer *w, const cJSON *s, const char *name, size_t index)
{
    const cJSON *p;
    bool first = true, skip = w->fault == FAULT_IS_MISSING && s == w->ask->schema;
    wn_buf_char(&w->out, '{');
    cJSON_ArrayForEach(p, wn_json_get(s, "properties"))
    {
        bool part = strcmp(p->string, "value") == 0 || strcmp(p->string, "quote") == 0;
        if (skip) {
            skip = false;
            continue;
        }
        wn_buf_str(&w->out, first ? "" : ",");
        wn_json_quote(&w->out, p->string);
        wn_buf_char(&w->out, ':');
        write_value(w, p, s, part && *name != '\0' ? name : p->string, index);
        first = false;
    }
    wn_buf_char(&w->out, '}');
}

/* ---- several items ---- */

/* One item's object: its own words, its own fault, its own id. */
static void write_packed(struct writer *w, const cJSON *s, size_t i, const char *id)
{
    const struct ask *all = w->ask;
    size_t other = (i + 1) % all->nseveral;
    struct ask one = *all;
    const cJSON *p;
    one.item = all->several[i];
    w->fault = item_fault(w->c, &one.item);
    if (w->fault == FAULT_IS_PACKLABEL)
        w->fault = FAULT_IS_BADLABEL;
    if (w->fault == FAULT_IS_PACKBLEND)
        one.item = all->several[other];
    w->ask = &one;
    wn_buf_char(&w->out, '{');
    cJSON_ArrayForEach(p, wn_json_get(s, "properties"))
    {
        bool first = w->out.data[w->out.len - 1] == '{';
        if (w->fault == FAULT_IS_MISSING && first && strcmp(p->string, "id") != 0)
            continue;
        wn_buf_str(&w->out, first ? "" : ",");
        wn_json_quote(&w->out, p->string);
        wn_buf_char(&w->out, ':');
        if (strcmp(p->string, "id") == 0)
            wn_json_quote(&w->out, id);
        else
            write_value(w, p, s, p->string, 0);
    }
    wn_buf_char(&w->out, '}');
    w->ask = all;
}

/* {"items":[{"id":...},...]}: does the schema ask for that, and are there several? */
static bool write_all_packed(struct writer *w)
{
    const cJSON *items = wn_json_get(wn_json_get(w->ask->schema, "properties"), "items");
    const cJSON *s = wn_json_get(items, "items");
    enum fault_kind f = w->fault;
    size_t n = w->ask->nseveral;
    if (n == 0 || wn_json_get(wn_json_get(s, "properties"), "id") == NULL)
        return false;
    wn_buf_str(&w->out, "{\"items\":[");
    for (size_t k = 0; k < n; k++) {
        size_t i = f == FAULT_IS_PACKSWAP ? n - 1 - k : k;
        const struct item *it = &w->ask->several[i];
        bool mine = item_wants(it, f);
        for (int times = f == FAULT_IS_PACKMISSING && mine ? 0 : f == FAULT_IS_PACKTWICE && mine ? 2 : 1;
             times > 0; times--) {
            wn_buf_str(&w->out, w->out.data[w->out.len - 1] == '[' ? "" : ",");
            write_packed(w, s, i, it->id);
        }
        if (f == FAULT_IS_PACKINVENT && mine) {
            wn_buf_str(&w->out, w->out.data[w->out.len - 1] == '[' ? "" : ",");
            write_packed(w, s, i, "zzzzzz");
        }
    }
    wn_buf_str(&w->out, "]}");
    w->fault = f;
    w->answer->nspans = 0;
    return true;
}

/* Up to two elements, one for each sentence of the item. */
static void write_array(struct writer *w, const cJSON *s, const char *name)
{
    const cJSON *items = schema_resolve(w->ask->schema, wn_json_get(s, "items"));
    size_t n = 0;
    if (items == NULL || is_enum(items)) {
        write_tags(w, items);
        return;
    }
    while (n < 2 && brain_sentence(&w->c->arena, &w->ask->item, NULL, n) != NULL)
        n++;
    wn_buf_char(&w->out, '[');
    for (size_t i = 0; i < n; i++) {
        wn_buf_str(&w->out, i == 0 ? "" : ",");
        write_value(w, items, s, name, i);
    }
    wn_buf_char(&w->out, ']');
}

static void write_number(struct writer *w, const cJSON *parent, bool whole)
{
    const cJSON *p;
    double value = whole ? 1 : 0.5;
    size_t n = 0, best;
    /* a confidence is that of the first label beside it */
    cJSON_ArrayForEach(p, wn_json_get(parent, "properties"))
    {
        if (!whole && n == 0 && is_enum(p)) {
            struct choice *c = choose(w, p, &n, &best);
            value = n == 0 ? value : c[best].p;
        }
    }
    if (w->fault == FAULT_IS_NAN)
        wn_buf_str(&w->out, "NaN");
    else
        wn_json_number(&w->out, value, 3);
}

static const char *type_of(const cJSON *s)
{
    const cJSON *type = wn_json_get(s, "type");
    if (cJSON_IsArray(type))
        type = cJSON_GetArrayItem(type, 0);
    return cJSON_IsString(type) ? type->valuestring : "object";
}

static void write_value(struct writer *w, const cJSON *schema, const cJSON *parent,
                        const char *name, size_t index)
{
    const cJSON *s = schema_resolve(w->ask->schema, schema), *any = wn_json_get(s, "anyOf");
    const char *type;
    if (any != NULL)
        s = schema_resolve(w->ask->schema, cJSON_GetArrayItem(any, 0));
    type = type_of(s);
    if (parent != NULL && write_percents(w, s, parent, name))
        return;
    if (is_enum(s))
        write_enum(w, s);
    else if (cJSON_IsString(wn_json_get(s, "const")))
        wn_json_quote(&w->out, wn_json_str(s, "const"));
    else if (strcasecmp(type, "object") == 0)
        write_object(w, s, name, index);
    else if (strcasecmp(type, "array") == 0)
        write_array(w, s, name);
    else if (strcasecmp(type, "string") == 0)
        write_string(w, s, parent, name, index);
    else if (strcasecmp(type, "boolean") == 0)
        wn_buf_str(&w->out, brain_yes(&w->ask->item, name, w->fault) > 0.5 ? "true" : "false");
    else if (strcasecmp(type, "null") == 0)
        wn_buf_str(&w->out, "null");
    else
        write_number(w, parent, strcasecmp(type, "integer") == 0);
}

/* ---- endings ---- */

static void write_text(struct writer *w)
{
    const char *sentence;
    if (w->ask->schema != NULL) {
        if (brief_write(&w->c->arena, w->ask, w->fault, &w->out) || write_all_packed(w))
            return;
        write_value(w, w->ask->schema, NULL, "", 0);
        return;
    }
    sentence = brain_sentence(&w->c->arena, &w->ask->item, NULL, 0);
    wn_buf_printf(&w->out, "The note says: %s", sentence == NULL ? "nothing" : sentence);
}

static void spoil(struct writer *w)
{
    struct answer *an = w->answer;
    char *text = wn_arena_copy(&w->c->arena, w->out.data, w->out.len);
    an->text = text;
    switch (w->fault) {
    case FAULT_IS_FENCED:
        an->text =
            wn_arena_printf(&w->c->arena,
                            "Here is the classification you asked for:\n\n```json\n%s\n```\n\n"
                            "Let me know if you need anything else!",
                            text);
        an->nspans = 0;
        break;
    case FAULT_IS_LENGTH:
        an->ending = END_LENGTH;
        text[wn_utf8_cut(text, w->out.len, w->out.len * 2 / 3)] = '\0';
        break;
    case FAULT_IS_HALFJSON:
        text[wn_utf8_cut(text, w->out.len, w->out.len / 2)] = '\0';
        break;
    case FAULT_IS_LENGTHEMPTY:
        an->ending = END_LENGTH;
        an->text = NULL;
        break;
    case FAULT_IS_EMPTY:
        an->text = "";
        break;
    case FAULT_IS_REFUSAL:
        an->ending = END_REFUSAL;
        break;
    case FAULT_IS_CONTENTFILTER:
        an->ending = END_FILTER;
        break;
    case FAULT_IS_BLOCKED:
        an->ending = END_BLOCKED;
        break;
    case FAULT_IS_SPII:
        an->ending = END_SPII;
        break;
    case FAULT_IS_OTHERMODEL:
        an->model = "another-model-2";
        break;
    default:
        break;
    }
}

/* Reasoning and answer share the limit, as they do in life: a small one leaves no room for words. */
static void keep_to_limit(struct writer *w)
{
    struct answer *an = w->answer;
    const struct ask *ask = w->ask;
    int64_t words = an->text == NULL ? 0 : tokens_of(strlen(an->text));
    an->think = ask->think;
    if (ask->limit >= 0 && ask->think + words > ask->limit) {
        int64_t room = ask->limit - ask->think;
        an->ending = END_LENGTH;
        an->think = room < 0 ? ask->limit : ask->think;
        an->text = room <= 0
                       ? NULL
                       : wn_arena_copy(&w->c->arena, an->text,
                                       wn_utf8_cut(an->text, strlen(an->text), (size_t)room * 4));
        words = room <= 0 ? 0 : room;
    }
    an->out = an->think + words;
}

void answer_make(struct call *c, struct ask *ask, struct answer *out)
{
    struct writer w = {
        .c = c, .ask = ask, .answer = out, .out = WN_BUF_INIT(BODY_MAX), .fault = c->fault.kind
    };
    *out = (struct answer){ .ending = END_STOP, .model = ask->model };
    write_text(&w);
    spoil(&w);
    keep_to_limit(&w);
    out->in = tokens_of(c->body.len);
    wn_buf_free(&w.out);
}

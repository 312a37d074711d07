/* schema.c: questions -> JSON schema, and the same in words; see schema.h. */
#include "task/schema.h"
#include "base/json.h"
#include <string.h>

/* An object being written: its properties, and all of them again for "required". */
struct object {
    struct wn_buf *out, required;
    size_t n;
};

static void open_object(struct object *o, struct wn_buf *out)
{
    *o = (struct object){ out, WN_BUF_INIT(1 << 20), 0 };
    wn_buf_str(out, "{\"type\":\"object\",\"properties\":{");
}

/* "NAMEsuffix": the property's schema is written next. */
static void property(struct object *o, const char *name, const char *suffix)
{
    const char *comma = o->n++ == 0 ? "" : ",";
    wn_buf_printf(o->out, "%s\"%s%s\":", comma, name, suffix);
    wn_buf_printf(&o->required, "%s\"%s%s\"", comma, name, suffix);
}

static void close_object(struct object *o)
{
    wn_buf_printf(o->out, "},\"required\":[%s],\"additionalProperties\":false}", o->required.data);
    o->out->failed |= o->required.failed;
    wn_buf_free(&o->required);
}

static void put_enum(struct wn_buf *out, const struct wn_question *q)
{
    wn_buf_str(out, "\"type\":\"string\",\"enum\":[");
    for (size_t i = 0; i < q->nchoices; i++) {
        wn_buf_str(out, i == 0 ? "" : ",");
        wn_json_quote(out, q->choices[i].id);
    }
    wn_buf_char(out, ']');
}

static void put_description(struct wn_buf *out, const char *text)
{
    wn_buf_str(out, ",\"description\":");
    wn_json_quote(out, text);
}

/* Where the dialect takes them; in words they are said in any case. */
static void put_range(struct wn_buf *out, struct wn_dialect d, int least, int most)
{
    if (d.range)
        wn_buf_printf(out, ",\"minimum\":%d,\"maximum\":%d", least, most);
}

static void put_items(struct wn_buf *out, struct wn_dialect d, size_t least, size_t most)
{
    if (d.items)
        wn_buf_printf(out, ",\"minItems\":%zu,\"maxItems\":%zu", least, most);
}

static void put_percent(struct wn_buf *out, struct wn_dialect d, const char *description)
{
    wn_buf_str(out, "{\"type\":\"integer\"");
    put_range(out, d, 0, 100);
    put_description(out, description);
    wn_buf_char(out, '}');
}

static void put_nullable(struct wn_buf *out, const char *description)
{
    wn_buf_str(out, "{\"type\":[\"string\",\"null\"]");
    put_description(out, description);
    wn_buf_char(out, '}');
}

/* Up to eight choices: a percentage for each. */
static void put_all_percents(struct wn_buf *out, struct wn_dialect d, const struct wn_question *q)
{
    struct object o;
    open_object(&o, out);
    for (size_t i = 0; i < q->nchoices; i++) {
        property(&o, q->choices[i].id, "");
        put_percent(out, d, "how likely, 0 to 100; all together 100");
    }
    close_object(&o);
}

static void put_best_percents(struct wn_buf *out, struct wn_dialect d, const struct wn_question *q)
{
    struct object o;
    wn_buf_str(out, "{\"type\":\"array\"");
    put_description(out, "the three likeliest, the likeliest first; no more than three");
    put_items(out, d, 1, WN_SCHEMA_BEST_PERCENTS);
    wn_buf_str(out, ",\"items\":");
    open_object(&o, out);
    property(&o, "id", "");
    wn_buf_char(out, '{');
    put_enum(out, q);
    wn_buf_char(out, '}');
    property(&o, "percent", "");
    put_percent(out, d, "how likely, 0 to 100; all together at most 100");
    close_object(&o);
    wn_buf_char(out, '}');
}

static void put_quote(struct object *o, const struct wn_question *q)
{
    if (q->evidence != WN_NEED_REQUIRED)
        return;
    property(o, q->name, "_quote");
    put_nullable(o->out, "the words of the item that show it, copied exactly, or null");
}

static void put_one_of(struct object *o, struct wn_dialect d, const struct wn_question *q)
{
    property(o, q->name, "");
    wn_buf_char(o->out, '{');
    put_enum(o->out, q);
    put_description(o->out, q->ask);
    wn_buf_char(o->out, '}');
    put_quote(o, q);
    if (!q->gated)
        return;
    property(o, q->name, "_percent");
    if (q->nchoices <= WN_SCHEMA_ALL_PERCENTS)
        put_all_percents(o->out, d, q);
    else
        put_best_percents(o->out, d, q);
}

static void put_yesno(struct object *o, struct wn_dialect d, const struct wn_question *q)
{
    property(o, q->name, "");
    wn_buf_str(o->out, "{\"type\":\"boolean\"");
    put_description(o->out, q->ask);
    wn_buf_char(o->out, '}');
    put_quote(o, q);
    if (!q->gated)
        return;
    property(o, q->name, "_percent");
    put_percent(o->out, d, "how likely it is true, 0 to 100");
}

static void put_tags(struct object *o, struct wn_dialect d, const struct wn_question *q)
{
    property(o, q->name, "");
    wn_buf_str(o->out, "{\"type\":\"array\"");
    put_description(o->out, q->ask);
    put_items(o->out, d, 0, q->nchoices);
    wn_buf_str(o->out, ",\"items\":{");
    put_enum(o->out, q);
    wn_buf_str(o->out, "}}");
    put_quote(o, q);
}

static void put_text(struct object *o, const struct wn_question *q)
{
    struct object pair;
    property(o, q->name, "");
    open_object(&pair, o->out);
    property(&pair, "value", "");
    put_nullable(o->out, q->ask);
    property(&pair, "quote", "");
    put_nullable(o->out, "the words of the item that show it, copied exactly, or null");
    close_object(&pair);
}

static void put_properties(struct object *o, const struct wn_task *t, const bool *asked,
                           struct wn_dialect dialect)
{
    for (size_t i = 0; i < t->nquestions; i++) {
        const struct wn_question *q = &t->questions[i];
        if (asked != NULL && !asked[i])
            continue;
        switch (q->type) {
        case WN_CHOICE:
        case WN_SCALE:
            put_one_of(o, dialect, q);
            break;
        case WN_YESNO:
            put_yesno(o, dialect, q);
            break;
        case WN_TAGS:
            put_tags(o, dialect, q);
            break;
        case WN_TEXT:
            put_text(o, q);
            break;
        }
    }
}

void wn_schema_write(const struct wn_task *t, const bool *asked, struct wn_dialect dialect,
                     struct wn_buf *out)
{
    struct object o;
    open_object(&o, out);
    put_properties(&o, t, asked, dialect);
    close_object(&o);
}

void wn_schema_write_pack(const struct wn_task *t, const bool *asked, struct wn_dialect dialect,
                          struct wn_buf *out)
{
    struct object all, o;
    open_object(&all, out);
    property(&all, "items", "");
    wn_buf_str(out, "{\"type\":\"array\"");
    put_description(out, "one object for each item");
    wn_buf_str(out, ",\"items\":");
    open_object(&o, out);
    property(&o, "id", "");
    wn_buf_str(out, "{\"type\":\"string\"");
    put_description(out, "the item's id, copied exactly");
    wn_buf_char(out, '}');
    put_properties(&o, t, asked, dialect);
    close_object(&o);
    wn_buf_char(out, '}');
    close_object(&all);
}

/* ---- in words ---- */

static void say_ids(struct wn_buf *out, const struct wn_question *q, const char *between)
{
    for (size_t i = 0; i < q->nchoices; i++)
        wn_buf_printf(out, "%s\"%s\"", i == 0 ? "" : between, q->choices[i].id);
}

static void say_percents(struct wn_buf *out, const struct wn_question *q)
{
    wn_buf_printf(out, "  \"%s_percent\": ", q->name);
    if (q->type == WN_YESNO) {
        wn_buf_str(out, "a whole number from 0 to 100: how likely it is true\n");
    } else if (q->nchoices <= WN_SCHEMA_ALL_PERCENTS) {
        wn_buf_str(out, "{ ");
        for (size_t i = 0; i < q->nchoices; i++)
            wn_buf_printf(out, "%s\"%s\": percent", i == 0 ? "" : ", ", q->choices[i].id);
        wn_buf_str(out, " }, whole numbers that sum to 100\n");
    } else {
        wn_buf_printf(out,
                      "[ { \"id\": ..., \"percent\": whole number }, ... ], the %d likeliest\n",
                      WN_SCHEMA_BEST_PERCENTS);
    }
}

static void say_question(struct wn_buf *out, const struct wn_question *q)
{
    wn_buf_printf(out, "  \"%s\": ", q->name);
    switch (q->type) {
    case WN_CHOICE:
    case WN_SCALE:
        say_ids(out, q, " | ");
        break;
    case WN_YESNO:
        wn_buf_str(out, "true | false");
        break;
    case WN_TAGS:
        wn_buf_str(out, "[ those that apply of ");
        say_ids(out, q, ", ");
        wn_buf_str(out, " ], or []");
        break;
    case WN_TEXT:
        wn_buf_str(out, "{ \"value\": text or null, \"quote\": the item's own words or null }");
        break;
    }
    wn_buf_char(out, '\n');
    if (q->evidence == WN_NEED_REQUIRED && q->type != WN_TEXT)
        wn_buf_printf(out, "  \"%s_quote\": the item's own words that show it, or null\n", q->name);
    if (q->gated && (q->type == WN_CHOICE || q->type == WN_SCALE || q->type == WN_YESNO))
        say_percents(out, q);
}

static void say_questions(const struct wn_task *t, const bool *asked, struct wn_buf *out)
{
    for (size_t i = 0; i < t->nquestions; i++)
        if (asked == NULL || asked[i])
            say_question(out, &t->questions[i]);
}

void wn_schema_describe(const struct wn_task *t, const bool *asked, struct wn_buf *out)
{
    wn_buf_str(out,
               "Answer with one JSON object and nothing else: no Markdown, no words around it. "
               "It has exactly these members, in this order:\n");
    say_questions(t, asked, out);
}

void wn_schema_describe_pack(const struct wn_task *t, const bool *asked, struct wn_buf *out)
{
    wn_buf_str(out, "Answer with one JSON object and nothing else: no Markdown, no words around it. It is "
                    "{\"items\": [ ... ]} with one object for each item, which has exactly these members, in "
                    "this order:\n  \"id\": the item's id, copied exactly\n");
    say_questions(t, asked, out);
}

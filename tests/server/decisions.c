/* decisions.c: typed questions in, probabilities out, in the three wire formats.
 *
 *     A  OpenAI, vLLM, LM Studio              "questions" is an array, beside "input"
 *     B  OpenRouter, Ollama, llama.cpp, ...   "questions" is a map, beside "state"
 *     C  Gemini                               the map of B, beside the "input" of A
 *
 * They look alike, and a server that guessed would answer nonsense: each refuses the others' by name. */
#include "server.h"
#include <math.h>
#include <string.h>

enum format { FORMAT_A, FORMAT_B, FORMAT_C };
enum type { CHOICE, YESNO, SCORE };

struct question {
    const char *id; /* NULL: not named (A) */
    const char *about; /* its instructions */
    const struct item *item;
    enum fault_kind fault; /* of several items, each has its own */
    enum type type;
    struct choice *choices; /* for SCORE the levels */
    const char **labels;    /* as they were sent, as JSON text */
    size_t n, best;
    double yes;
};

struct request {
    struct call *c;
    const struct decider *decider;
    enum format format;
    const char *model;
    struct item item;
    struct item *several;
    size_t nseveral;
    enum fault_kind fault; /* of the answer that is being written */
    struct question *questions;
    size_t n;
};

/* ---- questions in ---- */

static const char *text_json(struct wn_arena *a, const cJSON *value)
{
    char *text = cJSON_PrintUnformatted(value);
    const char *copy = wn_arena_str(a, text);
    cJSON_free(text);
    return copy;
}

/* The label of a level: what stands before the colon where it describes itself. */
static const char *level_id(struct wn_arena *a, const char *text)
{
    return wn_arena_copy(a, text, strcspn(text, ":"));
}

static bool add_choice(struct request *r, struct question *q, const cJSON *value, const char *about,
                       const char *where)
{
    struct wn_arena *a = &r->c->arena;
    const char *json = text_json(a, value);
    if (!cJSON_IsString(value) && !(r->format == FORMAT_A && cJSON_IsBool(value)))
        return refuse(r->c, 400, "invalid_type", where, "%s: a choice is a string.", where);
    for (size_t i = 0; i < q->n; i++)
        if (strcmp(q->labels[i], json) == 0)
            return refuse(r->c, 400, "invalid_value", where, "%s: the value %s is there twice.",
                          where, json);
    q->labels[q->n] = json;
    q->choices[q->n++] = (struct choice){
        .id = cJSON_IsString(value) ? value->valuestring
              : cJSON_IsTrue(value) ? "true"
                                    : "false",
        .about = about,
    };
    return true;
}

static bool read_list_a(struct request *r, struct question *q, const cJSON *list, const char *where)
{
    const cJSON *e;
    cJSON_ArrayForEach(e, list)
    {
        const cJSON *value = wn_json_get(e, q->type == CHOICE ? "value" : "label");
        bool ok = check_fields(r->c, e, where,
                               q->type == CHOICE ? " value description " : " label description ");
        if (!ok || !add_choice(r, q, value, wn_json_str(e, "description"), where))
            return false;
    }
    return true;
}

static bool read_list_b(struct request *r, struct question *q, const cJSON *list, const char *where)
{
    const cJSON *e;
    cJSON_ArrayForEach(e, list)
    {
        cJSON key = { .type = cJSON_String, .valuestring = e->string };
        if (q->type == CHOICE && !cJSON_IsString(e) && !cJSON_IsNull(e))
            return refuse(r->c, 400, "invalid_type", where, "%s: a criterion is a string or null.",
                          where);
        if (!add_choice(r, q, q->type == CHOICE ? &key : e, cJSON_GetStringValue(e), where))
            return false;
    }
    return true;
}

static bool read_list(struct request *r, struct question *q, const cJSON *o, const char *where)
{
    const struct decider *d = r->decider;
    const char *name = r->format != FORMAT_A ? "criteria"
                       : q->type == CHOICE   ? "choices"
                                             : "levels";
    const cJSON *list = wn_json_get(o, name);
    bool map = r->format != FORMAT_A && q->type == CHOICE;
    int n = cJSON_GetArraySize(list), least = q->type == CHOICE ? d->choices_min : 2;
    int most = q->type == CHOICE ? d->choices_max : d->levels_max;
    if (map ? !cJSON_IsObject(list) : !cJSON_IsArray(list))
        return refuse(r->c, 400, "missing_required_parameter", where, "%s: '%s' must be %s.", where,
                      name, map ? "an object" : "an array");
    if (n < least || n > most)
        return refuse(r->c, 400, "invalid_value", where,
                      "%s: '%s' must have %d to %d entries, not %d.", where, name, least, most, n);
    q->choices = wn_arena_array(&r->c->arena, (size_t)n, sizeof(*q->choices));
    q->labels = wn_arena_array(&r->c->arena, (size_t)n, sizeof(*q->labels));
    if (!(r->format == FORMAT_A ? read_list_a(r, q, list, where) : read_list_b(r, q, list, where)))
        return false;
    for (size_t i = 0; q->type == SCORE && i < q->n; i++)
        q->choices[i].id = level_id(&r->c->arena, q->choices[i].id);
    return true;
}

static bool read_question(struct request *r, const cJSON *o, const char *id, const char *where)
{
    static const char *const known[] = {
        [FORMAT_A] = " type name instructions choices levels ",
        [FORMAT_B] = " type instructions criteria ",
        [FORMAT_C] = " type instructions criteria ",
    };
    const char *yesno = r->format == FORMAT_A ? "predicate" : "noul",
               *type = wn_json_str(o, "type");
    const char *instructions = wn_json_str(o, "instructions");
    struct question *q = &r->questions[r->n++];
    if (!cJSON_IsObject(o) || type == NULL)
        return refuse(r->c, 400, "invalid_type", where, "%s: a question is an object with a type.",
                      where);
    if (!check_fields(r->c, o, where, known[r->format]))
        return false;
    if (instructions == NULL || *instructions == '\0')
        return refuse(r->c, 400, "missing_required_parameter", where,
                      "%s: 'instructions' is required.", where);
    q->id = id;
    q->about = instructions;
    q->type = strcmp(type, "choice") == 0 ? CHOICE : strcmp(type, "score") == 0 ? SCORE : YESNO;
    if (q->type != YESNO)
        return read_list(r, q, o, where);
    if (strcmp(type, yesno) != 0)
        return refuse(r->c, 400, "invalid_value", where,
                      "%s: unknown question type '%s'; use 'choice', '%s' or 'score'.", where, type,
                      yesno);
    return check_fields(r->c, wn_json_get(o, "criteria"), where,
                        r->format == FORMAT_C ? " true_description false_description "
                                              : " true false ");
}

static bool read_questions(struct request *r)
{
    const cJSON *questions = wn_json_get(r->c->json, "questions"), *q;
    bool map = r->format != FORMAT_A;
    int n = cJSON_GetArraySize(questions), i = 0, most = r->decider->questions;
    if (map ? !cJSON_IsObject(questions) : !cJSON_IsArray(questions))
        return refuse(r->c, 400, "invalid_type", "questions",
                      "Invalid type for 'questions': expected %s.",
                      map ? "an object, keyed by question" : "an array of questions");
    if (n < 1 || (most > 0 && n > most))
        return refuse(r->c, 400, "invalid_value", "questions",
                      "Invalid 'questions': expected 1 to %d, got %d.", most, n);
    r->questions = wn_arena_array(&r->c->arena, (size_t)n, sizeof(*r->questions));
    cJSON_ArrayForEach(q, questions)
    {
        const char *id = map ? q->string : wn_json_str(q, "name");
        const char *where = map ? wn_arena_printf(&r->c->arena, "questions.%s", id)
                                : wn_arena_printf(&r->c->arena, "questions[%d]", i++);
        if (!read_question(r, q, id, where))
            return false;
    }
    return true;
}

/* ---- the item in ---- */

static void add_text(struct wn_buf *b, const cJSON *value)
{
    const cJSON *e;
    if (cJSON_IsString(value)) {
        wn_buf_str(b, value->valuestring);
        wn_buf_char(b, '\n');
    }
    cJSON_ArrayForEach(e, value)
    {
        if (e->string == NULL || !name_among(" type role ", e->string))
            add_text(b, e);
    }
}

static bool read_input(struct request *r)
{
    const char *name = r->format == FORMAT_B ? "state" : "input";
    const cJSON *input = wn_json_get(r->c->json, name);
    struct wn_buf text = WN_BUF_INIT(BODY_MAX);
    struct ask ask = { 0 };
    if (input == NULL || cJSON_IsNumber(input) || cJSON_IsBool(input) || cJSON_IsNull(input))
        return refuse(r->c, 400, "missing_required_parameter", name,
                      "Missing required parameter: '%s'.", name);
    if (r->format == FORMAT_C && !cJSON_IsArray(input))
        return refuse(r->c, 400, NULL, NULL,
                      "Invalid value at 'input': expected an array of parts.");
    add_text(&text, input);
    ask_texts(r->c, &ask, "", text.data);
    r->item = ask.item;
    r->several = ask.several;
    r->nseveral = ask.nseveral;
    wn_buf_free(&text);
    return true;
}

/* ---- answers ---- */

/* Which of several items a question is about: its instructions name the id. */
static const struct item *item_of(const struct request *r, const struct question *q)
{
    for (size_t i = 0; i < r->nseveral; i++)
        if (strstr(q->about, wn_arena_printf(&r->c->arena, "Item %s", r->several[i].id)) != NULL)
            return &r->several[i];
    return &r->item;
}

/* The question's name without the item's id. */
static const char *bare_name(const struct question *q)
{
    size_t n = q->item->id == NULL || q->id == NULL ? 0 : strlen(q->item->id);
    if (q->id == NULL)
        return "";
    return n > 0 && strncmp(q->id, q->item->id, n) == 0 && q->id[n] == '.' ? q->id + n + 1 : q->id;
}

static bool is_packing(enum fault_kind f)
{
    return f >= FAULT_IS_PACKMISSING && f <= FAULT_IS_PACKBLEND;
}

static void decide(struct request *r)
{
    for (size_t i = 0; i < r->n; i++) {
        struct question *q = &r->questions[i];
        enum fault_kind f = q->fault = r->c->fault.kind;
        q->item = item_of(r, q);
        if (q->item->id != NULL)
            q->fault = item_fault(r->c, q->item);
        else if (is_packing(f))
            q->fault = FAULT_IS_OK; /* there is one item alone */
        f = q->fault;
        if (f == FAULT_IS_PACKBLEND)
            q->item = &r->several[(size_t)(q->item - r->several + 1) % r->nseveral];
        if (q->type == YESNO)
            q->yes = brain_yes(q->item, bare_name(q), f);
        else
            q->best = brain_choose(q->item, q->choices, q->n, f);
    }
}

static double round_to(double x, int decimals)
{
    double scale = pow(10, decimals);
    return round(x * scale) / scale;
}

static void write_p(struct request *r, struct wn_buf *b, double p)
{
    if (r->fault == FAULT_IS_NAN)
        wn_buf_str(b, "NaN");
    else
        wn_json_number(
            b, round_to(r->fault == FAULT_IS_BADPROBS ? p / 2 : p, r->decider->decimals),
            10);
}

static double confidence(const struct request *r, const struct question *q)
{
    double n = (double)q->n, most = q->choices[q->best].p, entropy = 0;
    if (q->n < 2)
        return 1;
    for (size_t i = 0; i < q->n; i++)
        entropy -= q->choices[i].p > 0 ? q->choices[i].p * log(q->choices[i].p) : 0;
    switch (r->decider->how) {
    case CONF_ENTROPY:
        return 1 - entropy / log(n);
    case CONF_VOCABULARY:
        return most * 0.93;
    default:
        return (n * most - 1) / (n - 1);
    }
}

static const char *chosen(struct request *r, const struct question *q)
{
    const char *label = q->labels[q->best];
    char *other;
    if (r->fault == FAULT_IS_BADLABEL || r->fault == FAULT_IS_PACKLABEL)
        return "\"no_such_label\"";
    if (r->fault != FAULT_IS_CASING || label[0] != '"')
        return label;
    other = wn_arena_str(&r->c->arena, label);
    if (other[1] >= 'a' && other[1] <= 'z')
        other[1] = (char)(other[1] - 'a' + 'A');
    return other;
}

static void write_choice(struct request *r, struct wn_buf *b, const struct question *q)
{
    bool list = r->format == FORMAT_A;
    wn_buf_printf(b, "\"choice\":%s,\"confidence\":", chosen(r, q));
    write_p(r, b, confidence(r, q));
    wn_buf_printf(b, ",\"probabilities\":%s", list ? "[" : "{");
    for (size_t i = 0; i < q->n; i++) {
        wn_buf_printf(b, list ? "%s{\"value\":%s,\"probability\":" : "%s%s:", i == 0 ? "" : ",",
                      q->labels[i]);
        write_p(r, b, q->choices[i].p);
        wn_buf_str(b, list ? "}" : "");
    }
    wn_buf_str(b, list ? "]" : "}");
}

/* The score is the expected level, counted from 0. */
static void write_score(struct request *r, struct wn_buf *b, const struct question *q)
{
    bool list = r->format == FORMAT_A;
    double score = 0;
    for (size_t i = 0; i < q->n; i++)
        score += (double)i * q->choices[i].p;
    wn_buf_str(b, "\"score\":");
    write_p(r, b, score);
    wn_buf_str(b, ",\"confidence\":");
    write_p(r, b, confidence(r, q));
    for (size_t i = 0; i < q->n && !list; i++)
        wn_buf_printf(b, "%s\"%zu\":%s%s", i == 0 ? ",\"legend\":{" : ",", i, q->labels[i],
                      i + 1 == q->n ? "}" : "");
    wn_buf_printf(b, ",\"probabilities\":%s", list ? "[" : "{");
    for (size_t i = 0; i < q->n; i++) {
        if (list)
            wn_buf_printf(b, "%s{\"label\":%s,\"value\":%zu,\"probability\":", i == 0 ? "" : ",",
                          q->labels[i], i);
        else
            wn_buf_printf(b, "%s\"%zu\":", i == 0 ? "" : ",", i);
        write_p(r, b, q->choices[i].p);
        wn_buf_str(b, list ? "}" : "");
    }
    wn_buf_str(b, list ? "]" : "}");
}

static void write_yesno(struct request *r, struct wn_buf *b, const struct question *q)
{
    double yes = q->yes;
    if (r->format == FORMAT_C)
        yes = yes < 0.01 ? 0.01 : yes > 0.99 ? 0.99 : yes;
    wn_buf_str(b, r->format == FORMAT_A ? "\"probability\":" : "\"noul\":");
    write_p(r, b, yes);
    if (r->format == FORMAT_C) {
        wn_buf_str(b, ",\"confidence\":");
        write_p(r, b, fabs(2 * yes - 1));
    }
}

static bool refused_as_a_whole(enum fault_kind f)
{
    return f == FAULT_IS_REFUSAL || f == FAULT_IS_CONTENTFILTER || f == FAULT_IS_BLOCKED ||
           f == FAULT_IS_SPII;
}

static void write_answer(struct request *r, struct wn_buf *b, const struct question *q,
                         const char *id, bool refused)
{
    static const char *const types[] = { "choice", "noul", "score" };
    const char *type = types[q->type];
    if (r->format == FORMAT_A)
        type = refused ? "refusal" : q->type == YESNO ? "predicate" : type;
    wn_buf_printf(b, "{\"type\":\"%s\"", type);
    if (r->format == FORMAT_A) {
        wn_buf_str(b, ",\"name\":");
        if (id == NULL)
            wn_buf_str(b, "null");
        else
            wn_json_quote(b, id);
    }
    if (!refused) {
        wn_buf_char(b, ',');
        if (q->type == CHOICE)
            write_choice(r, b, q);
        else if (q->type == SCORE)
            write_score(r, b, q);
        else
            write_yesno(r, b, q);
    }
    wn_buf_char(b, '}');
}

static void write_named(struct request *r, struct wn_buf *b, const struct question *q,
                        const char *id, bool refused)
{
    if (b->data[b->len - 1] != '[' && b->data[b->len - 1] != '{')
        wn_buf_char(b, ',');
    if (r->format != FORMAT_A) {
        wn_json_quote(b, id);
        wn_buf_char(b, ':');
    }
    write_answer(r, b, q, id, refused);
}

/* A says of each question that it was refused; B and C leave it out. */
static void write_answers(struct request *r, struct wn_buf *b)
{
    enum fault_kind f = r->c->fault.kind;
    bool all = refused_as_a_whole(f);
    wn_buf_printf(b, "\"answers\":%s", r->format == FORMAT_A ? "[" : "{");
    for (size_t k = 0; k < r->n && f != FAULT_IS_EMPTY; k++) {
        size_t i = f == FAULT_IS_PACKSWAP ? r->n - 1 - k : k;
        const struct question *q = &r->questions[i];
        bool first = i == 0 || r->questions[i - 1].item != q->item;
        bool refused = all || (q->fault == FAULT_IS_REFUSEQ && first);
        r->fault = q->fault;
        if ((q->fault == FAULT_IS_MISSING && first) || q->fault == FAULT_IS_PACKMISSING ||
            (refused && r->format != FORMAT_A))
            continue;
        write_named(r, b, q, q->id, refused);
        if (q->fault == FAULT_IS_PACKTWICE)
            write_named(r, b, q, q->id, refused);
        if (q->fault == FAULT_IS_PACKINVENT)
            write_named(r, b, q, wn_arena_printf(&r->c->arena, "zzzzzz.%s", bare_name(q)), refused);
    }
    wn_buf_str(b, r->format == FORMAT_A ? "]" : "}");
}

static void write_usage(struct request *r, struct wn_buf *b)
{
    long long n = (long long)tokens_of(r->c->body.len);
    if (r->format == FORMAT_A)
        wn_buf_printf(b,
                      ",\"usage\":{\"input_tokens\":%lld,\"input_tokens_details\":"
                      "{\"cached_tokens\":0,\"cache_write_tokens\":0},\"output_tokens\":0,"
                      "\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":%lld}",
                      n, n);
    else if (r->format == FORMAT_C)
        wn_buf_printf(b,
                      ",\"usage\":{\"total_input_tokens\":%lld,\"total_output_tokens\":0,"
                      "\"total_tokens\":%lld,\"input_tokens_by_modality\":"
                      "[{\"modality\":\"text\",\"tokens\":%lld}]}",
                      n, n, n);
    else
        wn_buf_printf(b, ",\"usage\":{\"input_tokens\":%lld,\"output_tokens\":0", n);
    if (r->format == FORMAT_B && r->decider->price >= 0)
        wn_buf_printf(b, ",\"cost\":%.9f", (double)n * r->decider->price / 1e6);
    wn_buf_str(b, r->format == FORMAT_B ? "}" : "");
}

static void write_reply(struct request *r)
{
    struct wn_buf *b = &r->c->reply.body;
    enum fault_kind f = r->c->fault.kind;
    wn_buf_printf(b, "{\"model\":\"%s\",", f == FAULT_IS_OTHERMODEL ? "another-model-2" : r->model);
    if (r->format == FORMAT_C && refused_as_a_whole(f))
        wn_buf_str(
            b, "\"prompt_feedback\":{\"block_reason\":\"SAFETY\",\"block_reason_message\":\"The "
               "prompt was blocked.\"}");
    else
        write_answers(r, b);
    write_usage(r, b);
    wn_buf_char(b, '}');
    if (f == FAULT_IS_HALFJSON)
        b->data[b->len /= 2] = '\0';
}

static void serve(struct call *c, const struct decider *d, enum format format, const char *known)
{
    struct request r = {
        .c = c, .decider = d, .format = format, .model = wn_json_str(c->json, "model")
    };
    const char *other = format == FORMAT_B ? "input" : "state";
    /* the likeliest mistake first, so that the message is about it and not about a field */
    if (wn_json_get(c->json, other) != NULL) {
        refuse(c, 400, "unknown_parameter", other,
               "Unknown parameter: '%s'. This endpoint takes '%s'.", other,
               format == FORMAT_B ? "state" : "input");
        return;
    }
    if (!check_fields(c, c->json, "", known) || !read_questions(&r) || !read_input(&r) ||
        fault_serve(c, &r.item))
        return;
    decide(&r);
    write_reply(&r);
}

void decisions_array(struct call *c, const struct decider *d)
{
    serve(c, d, FORMAT_A,
          " model input questions prompt_cache_key prompt_cache_options safety_identifier ");
}

void decisions_map(struct call *c, const struct decider *d)
{
    serve(c, d, FORMAT_B, " model state questions provider ");
}

void decisions_gemini(struct call *c, const struct decider *d)
{
    serve(c, d, FORMAT_C, " model input questions store ");
}

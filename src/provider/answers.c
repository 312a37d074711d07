/* answers.c: what the decision formats share: which questions are sent, and how probabilities that came
 * back become an answer, or none.
 *
 * The formats differ in how they write a question, but their answers can be read by one reader: a list
 * or a map of answers, each with a list or a map of probabilities. Only `probabilities` is believed:
 * `confidence` has another formula at each server. Numbers that cannot be a distribution are no answer;
 * nothing is repaired but the rounding to two decimals that OpenAI does. */
#include "provider/format.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A sum may be off by 0.02, and by what rounding each of n numbers to two decimals can make. */
static double sum_slack(size_t n)
{
    double rounding = 0.005 * (double)n + 0.001;
    return rounding > 0.02 ? rounding : 0.02;
}

/* ---- questions ---- */

static bool is_asked(const struct wn_call *c, size_t i)
{
    return (c->prompt->asked == NULL || c->prompt->asked[i]) &&
           c->prompt->task->questions[i].type != WN_TEXT;
}

bool wn_asked_next(const struct wn_call *c, struct wn_asking *at, struct wn_arena *a,
                   struct wn_asked *out)
{
    const struct wn_task *t = c->prompt->task;
    for (; at->question < t->nquestions; at->question++, at->tag = 0) {
        const struct wn_question *q = &t->questions[at->question];
        bool tags = q->type == WN_TAGS;
        if (!is_asked(c, at->question) || at->tag >= (tags ? q->nchoices : 1))
            continue;
        *out = (struct wn_asked){ q, at->question, tags ? &q->choices[at->tag] : NULL, q->name,
                                  c->pack == NULL ? NULL : c->pack->ids[at->item] };
        if (tags)
            out->name = wn_arena_printf(a, "%s.%s", q->name, out->tag->id);
        if (out->item != NULL)
            out->name = wn_arena_printf(a, "%s.%s", out->item, out->name);
        at->tag++;
        return true;
    }
    if (c->pack == NULL || at->item + 1 >= c->pack->n)
        return false;
    *at = (struct wn_asking){ .item = at->item + 1 };
    return wn_asked_next(c, at, a, out);
}

size_t wn_provider_questions(const struct wn_prompt *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->task->nquestions; i++) {
        const struct wn_question *q = &p->task->questions[i];
        if ((p->asked == NULL || p->asked[i]) && q->type != WN_TEXT)
            n += q->type == WN_TAGS ? q->nchoices : 1;
    }
    return n;
}

static enum wn_code over(const struct wn_call *c, const struct wn_question *q, size_t has,
                         const char *things, size_t most, struct wn_error *err)
{
    wn_error_set(err, WN_E_CONFIG, "%s takes at most %zu %s in one %s", c->provider->name, most,
                 things, q == NULL ? "request" : "question");
    if (q == NULL)
        wn_error_cause(err, "task %s asks %zu", c->prompt->task->name, has);
    else
        wn_error_cause(err, "task %s, question %s has %zu", c->prompt->task->name, q->name, has);
    wn_error_hint(err, "Set how to \"generate\" in its task.json, or take another provider.");
    return WN_E_CONFIG;
}

enum wn_code wn_asked_check(const struct wn_call *c, struct wn_error *err)
{
    const struct wn_decide_limits *most = &c->provider->limits;
    const struct wn_task *t = c->prompt->task;
    size_t sent = wn_provider_questions(c->prompt) * (c->pack == NULL ? 1 : c->pack->n);
    for (size_t i = 0; i < t->nquestions; i++) {
        const struct wn_question *q = &t->questions[i];
        if (!is_asked(c, i))
            continue;
        if (q->type == WN_CHOICE && most->options > 0 && q->nchoices > most->options)
            return over(c, q, q->nchoices, "choices", most->options, err);
        if (q->type == WN_SCALE && most->levels > 0 && q->nchoices > most->levels)
            return over(c, q, q->nchoices, "levels", most->levels, err);
    }
    if (most->questions > 0 && sent > most->questions)
        return over(c, NULL, sent, "questions (each tag is one)", most->questions, err);
    if (sent == 0) {
        wn_error_set(err, WN_E_CONFIG, "task %s has nothing to decide", t->name);
        wn_error_cause(err, "a decision endpoint takes no text questions, and no others are asked");
        wn_error_hint(err, "Set how to \"generate\" in its task.json.");
        return WN_E_CONFIG;
    }
    return WN_OK;
}

const char *wn_asked_text(const struct wn_asked *asked, bool outcomes, struct wn_arena *a)
{
    const struct wn_question *q = asked->q;
    const char *text = q->ask;
    if (asked->item != NULL && asked->tag != NULL)
        return wn_arena_printf(a, "Item %s, %s: does %s apply?", asked->item, q->name,
                               asked->tag->id);
    if (asked->item != NULL)
        return wn_arena_printf(a, "Item %s: %s?", asked->item, q->name);
    if (asked->tag != NULL)
        return wn_arena_printf(a, "%s\nIs this one of them: %s%s%s?", text, asked->tag->id,
                               wn_format_says(asked->tag->meaning) ? ", that is: " : "",
                               wn_format_says(asked->tag->meaning) ? asked->tag->meaning : "");
    if (!outcomes || q->type != WN_YESNO || q->nchoices != 2)
        return text;
    if (wn_format_says(q->choices[1].meaning))
        text = wn_arena_printf(a, "%s\nYes means: %s", text, q->choices[1].meaning);
    if (wn_format_says(q->choices[0].meaning))
        text = wn_arena_printf(a, "%s\nNo means: %s", text, q->choices[0].meaning);
    return text;
}

const char *wn_asked_level(const struct wn_choice *level, struct wn_arena *a)
{
    return wn_format_says(level->meaning) ? wn_arena_printf(a, "%s: %s", level->id, level->meaning)
                                          : level->id;
}

/* ---- one answer ---- */

enum outcome { ANSWERED, DECLINED, NONSENSE };

/* The answer called `name`: by name in a map; in a list by name, or by place where it has none. */
static const cJSON *find_answer(const cJSON *answers, const char *name, size_t place)
{
    const cJSON *e = NULL, *at = cJSON_IsArray(answers) ? cJSON_GetArrayItem(answers, (int)place)
                                                        : wn_json_get(answers, name);
    if (!cJSON_IsArray(answers) || (at != NULL && wn_json_str(at, "name") == NULL))
        return at;
    cJSON_ArrayForEach(e, answers)
    {
        const char *own = wn_json_str(e, "name");
        if (own != NULL && strcmp(own, name) == 0)
            return e;
    }
    return NULL;
}

static bool is_probability(double p)
{
    return p >= 0 && p <= 1 + 1e-6; /* NAN is neither */
}

static enum outcome read_yes(const cJSON *answer, double *p)
{
    *p = wn_json_num(answer, "noul", wn_json_num(answer, "probability", NAN));
    if (!is_probability(*p))
        return NONSENSE;
    *p = fmin(*p, 1);
    return ANSWERED;
}

static size_t index_of(const struct wn_question *q, const char *id)
{
    for (size_t i = 0; id != NULL && i < q->nchoices; i++)
        if (strcmp(q->choices[i].id, id) == 0)
            return i;
    return SIZE_MAX;
}

/* Which level an entry is about: by its label or the legend, in the words that we sent, else by its
 * number. */
static size_t level_of(const struct wn_question *q, const cJSON *entry, const cJSON *legend,
                       struct wn_arena *a)
{
    const char *key = entry->string;
    const char *label = key == NULL ? wn_json_str(entry, "label") : wn_json_str(legend, key);
    double number = wn_json_num(entry, "value", NAN);
    char *end = NULL;
    for (size_t i = 0; label != NULL && i < q->nchoices; i++)
        if (strcmp(label, q->choices[i].id) == 0 ||
            strcmp(label, wn_asked_level(&q->choices[i], a)) == 0)
            return i;
    if (key != NULL && key[0] >= '0' && key[0] <= '9') {
        number = strtod(key, &end);
        if (*end != '\0')
            number = NAN;
    }
    return number >= 0 && number < (double)q->nchoices && number == floor(number) ? (size_t)number
                                                                                  : SIZE_MAX;
}

/* Probabilities of known ids into p, which starts at zero; false where they are no distribution. */
static bool read_distribution(const struct wn_question *q, const cJSON *answer, struct wn_arena *a,
                              double *p)
{
    const cJSON *list = wn_json_get(answer, "probabilities"), *e;
    const cJSON *legend = wn_json_get(answer, "legend");
    bool *seen = wn_arena_array(a, q->nchoices, sizeof(*seen));
    double all = 0, known = 0;
    if ((size_t)cJSON_GetArraySize(list) > 2 * q->nchoices + 16)
        return false; /* nothing that was asked for */
    cJSON_ArrayForEach(e, list)
    {
        double value = cJSON_IsNumber(e) ? e->valuedouble : wn_json_num(e, "probability", NAN);
        size_t i = q->type == WN_SCALE
                       ? level_of(q, e, legend, a)
                       : index_of(q, e->string != NULL ? e->string : wn_json_str(e, "value"));
        if (!is_probability(value) || (i != SIZE_MAX && seen[i]))
            return false;
        all += value;
        if (i == SIZE_MAX)
            continue;
        seen[i] = true;
        p[i] = value;
        known += value;
    }
    if (fabs(all - 1) > sum_slack((size_t)cJSON_GetArraySize(list)) || known <= 0)
        return false;
    for (size_t i = 0; i < q->nchoices; i++)
        p[i] /= known;
    return true;
}

/* The likeliest; where the server names one of those that tie (two decimals tie often), that one. A
 * named choice that is unknown, or plainly not the likeliest, contradicts its own numbers. */
static bool pick(const struct wn_question *q, const cJSON *answer, const double *p, size_t *out)
{
    const char *named = wn_json_str(answer, "choice");
    size_t best = 0, said = index_of(q, named);
    for (size_t i = 1; i < q->nchoices; i++)
        if (p[i] > p[best])
            best = i;
    *out = best;
    if (q->type != WN_CHOICE || named == NULL)
        return true;
    if (said == SIZE_MAX || p[best] - p[said] > 0.02)
        return false;
    *out = said;
    return true;
}

/* The flags and numbers of a tags question, filled one answer at a time. */
struct tags {
    bool *chosen;
    double *p;
};

static enum outcome read_answer(const struct wn_asked *asked, const cJSON *answer,
                                struct tags *tags, struct wn_arena *a, struct wn_value *v)
{
    const struct wn_question *q = asked->q;
    const char *type = wn_json_str(answer, "type");
    double *p, yes;
    if (answer == NULL || cJSON_IsNull(answer) || (type != NULL && strcmp(type, "refusal") == 0))
        return DECLINED;
    if (q->type == WN_CHOICE || q->type == WN_SCALE) {
        p = wn_arena_array(a, q->nchoices, sizeof(*p));
        if (!read_distribution(q, answer, a, p) || !pick(q, answer, p, &v->choice))
            return NONSENSE;
        v->p = p;
        return ANSWERED;
    }
    if (read_yes(answer, &yes) != ANSWERED)
        return NONSENSE;
    if (q->type == WN_YESNO) {
        p = wn_arena_array(a, 2, sizeof(*p));
        p[0] = 1 - yes;
        p[1] = yes;
        v->p = p;
        v->choice = yes >= 0.5;
    } else { /* one tag of many: its flag and number beside the others' */
        size_t i = (size_t)(asked->tag - q->choices);
        tags->p[i] = yes;
        tags->chosen[i] = yes >= 0.5;
    }
    return ANSWERED;
}

/* ---- all answers ---- */

static void set_class(const struct wn_call *c, enum outcome first, const char *question,
                      struct wn_reply *out)
{
    if (first == DECLINED)
        wn_reply_fail(out, WN_CLASS_REFUSED, "%s declined to decide", c->provider->name);
    else if (first == NONSENSE)
        wn_reply_fail(out, WN_CLASS_UNCLEAR, "%s gave probabilities that cannot be",
                      c->provider->name);
    if (first != ANSWERED)
        wn_reply_cause(out, "question %s", question);
}

void wn_answers_read(const struct wn_call *c, const cJSON *answers, struct wn_arena *a,
                     struct wn_reply *out)
{
    const struct wn_task *t = c->prompt->task;
    struct wn_asking at = { 0 };
    struct wn_asked q;
    enum outcome *got = wn_arena_array(a, t->nquestions, sizeof(*got));
    struct tags tags = { NULL, NULL };
    size_t first = SIZE_MAX;
    if (c->pack != NULL) {
        struct wn_unpacked *u = wn_arena_alloc(a, sizeof(*u));
        wn_unpack_answers(c->pack, answers, a, u);
        out->unpacked = u;
        return;
    }
    if (cJSON_GetArraySize(answers) == 0) {
        wn_reply_fail(out, WN_CLASS_UNCLEAR, "%s gave an empty answer", c->provider->name);
        wn_reply_cause(out, "no answers in the reply");
        return;
    }
    out->answer = wn_answer_new(t, a);
    for (size_t n = 0; wn_asked_next(c, &at, a, &q); n++) {
        struct wn_value *v = &out->answer->values[q.index];
        enum outcome o;
        if (first == SIZE_MAX)
            first = q.index;
        if (q.tag != NULL && q.tag == q.q->choices) {
            v->p = tags.p = wn_arena_array(a, q.q->nchoices, sizeof(*tags.p));
            v->chosen = tags.chosen = wn_arena_array(a, q.q->nchoices, sizeof(*tags.chosen));
        }
        o = read_answer(&q, find_answer(answers, q.name, n), &tags, a, v);
        /* A tags question is answered when each of its tags is. */
        if (o == DECLINED && got[q.index] != DECLINED)
            out->nrefused++;
        if (o != ANSWERED && got[q.index] != DECLINED)
            got[q.index] = o;
    }
    for (size_t i = 0; i < t->nquestions; i++) {
        struct wn_value *v = &out->answer->values[i];
        if (is_asked(c, i) && got[i] == ANSWERED) {
            v->answered = true;
            v->source = WN_DECISION;
        } else {
            *v = (struct wn_value){ 0 };
        }
    }
    if (first != SIZE_MAX)
        set_class(c, got[first], t->questions[first].name, out);
}

/* ---- what came with them ---- */

static int64_t either(const cJSON *o, const char *name, const char *other)
{
    int64_t n = wn_format_count(o, name);
    return n >= 0 ? n : wn_format_count(o, other);
}

void wn_answers_usage(const struct wn_call *c, const cJSON *tree, struct wn_arena *a,
                      struct wn_reply *out)
{
    const cJSON *usage = wn_json_get(tree, "usage");
    const cJSON *in = wn_json_get(usage, "input_tokens_details");
    out->usage.input = either(usage, "input_tokens", "total_input_tokens");
    out->usage.output = either(usage, "output_tokens", "total_output_tokens");
    out->usage.cached = wn_format_count(in, "cached_tokens");
    out->usage.cache_write = wn_format_count(in, "cache_write_tokens");
    out->usage.cost_microusd = wn_format_microusd(wn_json_num(usage, "cost", NAN));
    out->model = wn_format_copy(tree, "model", c->model, a);
    out->upstream = wn_format_copy(tree, "provider", NULL, a);
    out->request_id = wn_format_copy(tree, "id", NULL, a);
}

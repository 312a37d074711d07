/* extract.c: see extract.h. The text is a stranger's: it is looked at once from the left, a bounded
 * number of times where objects do not close, and nothing in it is mended. */
#include "decide/extract.h"
#include "base/json.h"
#include "base/utf8.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* How many '{' are tried as the beginning of the answer; prose has few. */
enum { MOST_STARTS = 64 };

struct reading {
    const struct wn_prompt *prompt;
    struct wn_arena *a;
    struct wn_extracted *out;
};

/* The first fault is the one that is told. */
static void fault(struct reading *r, const char *fmt, ...) WN_PRINTF(2, 3);
static void fault(struct reading *r, const char *fmt, ...)
{
    va_list ap;
    if (r->out->fault[0] != '\0')
        return;
    va_start(ap, fmt);
    vsnprintf(r->out->fault, sizeof(r->out->fault), fmt, ap);
    va_end(ap);
    r->out->fault[wn_utf8_cut(r->out->fault, strlen(r->out->fault), 280)] = '\0';
}

static bool asked(const struct wn_prompt *p, size_t i)
{
    return p->asked == NULL || p->asked[i];
}

static const char *clean(struct reading *r, const char *text)
{
    struct wn_buf b = WN_BUF_INIT(strlen(text) * 3 + 1);
    const char *p;
    size_t n;
    wn_utf8_clean(&b, text, strlen(text));
    p = b.data + strspn(b.data, " \t\n");
    n = strlen(p);
    while (n > 0 && strchr(" \t\n", p[n - 1]) != NULL)
        n--;
    p = wn_arena_copy(r->a, p, n);
    wn_buf_free(&b);
    return p;
}

/* At most 40 bytes of something for a fault, without control characters. */
static const char *brief(struct reading *r, const char *text)
{
    const char *all = clean(r, text);
    char *cut = wn_arena_copy(r->a, all, wn_utf8_cut(all, strlen(all), 40));
    for (char *p = cut; *p != '\0'; p++)
        if (*p == '\n' || *p == '\t')
            *p = ' ';
    return cut;
}

static const char *id_list(struct reading *r, const struct wn_question *q)
{
    const char *list = "";
    for (size_t i = 0; i < q->nchoices; i++)
        list = wn_arena_printf(r->a, "%s%s%s", list, i == 0 ? "" : ", ", q->choices[i].id);
    return list;
}

static size_t choice_of(struct reading *r, const struct wn_question *q, const char *id)
{
    size_t choice = wn_question_choice(q, id, strlen(id));
    if (choice == SIZE_MAX)
        fault(r, "%s: '%s' is not one of %s", q->name, brief(r, id), id_list(r, q));
    return choice;
}

/* ---- percentages ---- */

static bool take_percent(struct reading *r, const struct wn_question *q, const char *id,
                         const cJSON *percent, double *p)
{
    size_t choice = id == NULL ? SIZE_MAX : choice_of(r, q, id);
    double v = cJSON_IsNumber(percent) ? percent->valuedouble : NAN;
    if (choice == SIZE_MAX || p[choice] >= 0) {
        fault(r, "%s_percent: each id of %s once, with its percentage", q->name, q->name);
        return false;
    }
    if (!(v >= 0 && v <= 100)) {
        fault(r, "%s_percent: whole numbers from 0 to 100", q->name);
        return false;
    }
    p[choice] = v;
    return true;
}

/* {"id": percent} or [{"id", "percent"}] into shares that sum to 1; NULL and a fault if they do not
 * fit. Sums near 1 are taken, too: shares instead of percentages say the same. */
static double *read_percents(struct reading *r, const struct wn_question *q, const cJSON *o)
{
    double *p = wn_arena_array(r->a, q->nchoices, sizeof(*p)), sum = 0;
    const cJSON *e;
    for (size_t i = 0; i < q->nchoices; i++)
        p[i] = -1;
    if (!cJSON_IsObject(o) && !cJSON_IsArray(o)) {
        fault(r, "%s_percent is missing", q->name);
        return NULL;
    }
    cJSON_ArrayForEach(e, o)
    {
        bool pair = cJSON_IsArray(o);
        if (!take_percent(r, q, pair ? wn_json_str(e, "id") : e->string,
                          pair ? wn_json_get(e, "percent") : e, p))
            return NULL;
    }
    for (size_t i = 0; i < q->nchoices; i++) {
        p[i] = p[i] < 0 ? 0 : p[i];
        sum += p[i];
    }
    if (!(sum >= 50 && sum <= 150) && !(sum >= .9 && sum <= 1.1)) {
        fault(r, "%s_percent: the percentages must sum to 100", q->name);
        return NULL;
    }
    for (size_t i = 0; i < q->nchoices; i++)
        p[i] /= sum;
    return p;
}

static bool largest_is(const struct wn_question *q, const double *p, size_t choice)
{
    for (size_t i = 0; i < q->nchoices; i++)
        if (p[i] > p[choice])
            return false;
    return true;
}

/* ---- one question ---- */

struct members {
    const cJSON *value, *percent, *quote;
};

static bool read_choice(struct reading *r, const struct wn_question *q, bool gated,
                        const struct members *m, struct wn_value *v)
{
    const char *id = cJSON_GetStringValue(m->value);
    if (id == NULL) {
        fault(r, "%s: must be one of %s", q->name, id_list(r, q));
        return false;
    }
    v->choice = choice_of(r, q, id);
    if (v->choice == SIZE_MAX)
        return false;
    if (!gated && m->percent == NULL)
        return true;
    v->stated = read_percents(r, q, m->percent);
    if (v->stated != NULL && !largest_is(q, v->stated, v->choice)) {
        fault(r, "%s: '%s' does not have the largest percentage", q->name,
              q->choices[v->choice].id);
        return false;
    }
    return true;
}

static bool read_yesno(struct reading *r, const struct wn_question *q, bool gated,
                       const struct members *m, struct wn_value *v)
{
    const char *word = cJSON_GetStringValue(m->value);
    double yes = cJSON_IsNumber(m->percent) ? m->percent->valuedouble : NAN;
    if (word != NULL)
        v->choice = wn_question_choice(q, word, strlen(word));
    else
        v->choice = cJSON_IsTrue(m->value) ? 1 : cJSON_IsFalse(m->value) ? 0 : SIZE_MAX;
    if (v->choice > 1) {
        fault(r, "%s: must be true or false", q->name);
        return false;
    }
    if (!gated && m->percent == NULL)
        return true;
    if (!(yes >= 0 && yes <= 100)) {
        fault(r, "%s_percent: a whole number from 0 to 100, the percentage for true", q->name);
        return true;
    }
    double *p = wn_arena_array(r->a, 2, sizeof(*p));
    p[1] = yes / 100;
    p[0] = 1 - p[1];
    v->stated = p;
    if (largest_is(q, p, v->choice))
        return true;
    fault(r, "%s: the answer and its percentage contradict each other", q->name);
    return false;
}

static bool read_tags(struct reading *r, const struct wn_question *q, const struct members *m,
                      struct wn_value *v)
{
    bool *chosen = wn_arena_array(r->a, q->nchoices, sizeof(*chosen));
    const cJSON *e;
    if (!cJSON_IsArray(m->value)) {
        fault(r, "%s: must be a list of %s", q->name, id_list(r, q));
        return false;
    }
    cJSON_ArrayForEach(e, m->value)
    {
        size_t choice = choice_of(r, q, cJSON_IsString(e) ? e->valuestring : "");
        if (choice == SIZE_MAX)
            return false;
        chosen[choice] = true;
    }
    v->chosen = chosen;
    return true;
}

/* What models write where they should write null. */
static bool is_filler(const char *text)
{
    static const char *const filler[] = {
        "n/a",           "na",           "none",       "null", "unknown", "not specified",
        "not mentioned", "not provided", "not stated", "-"
    };
    struct wn_buf b = WN_BUF_INIT(64);
    bool found = false;
    wn_utf8_fold(&b, text, strlen(text));
    for (size_t i = 0; i < WN_COUNT(filler) && !b.failed && !found; i++)
        found = strcmp(b.data, filler[i]) == 0;
    wn_buf_free(&b);
    return found;
}

static bool read_text(struct reading *r, const struct wn_question *q, const struct members *m,
                      struct wn_value *v)
{
    const cJSON *value = cJSON_IsObject(m->value) ? wn_json_get(m->value, "value") : m->value;
    const char *quote = wn_json_str(m->value, "quote"), *text = cJSON_GetStringValue(value);
    if (!cJSON_IsString(value) && !cJSON_IsNull(value)) {
        fault(r, "%s: must be {\"value\": text or null, \"quote\": text or null}", q->name);
        return false;
    }
    v->text = text == NULL ? "" : clean(r, text);
    v->quote = quote == NULL || *quote == '\0' ? NULL : clean(r, quote);
    if (*v->text == '\0' || ((v->quote == NULL || is_filler(v->quote)) && is_filler(v->text))) {
        v->null = true;
        v->text = v->quote = NULL;
    }
    return true;
}

static size_t count_members(const cJSON *o, const char *name)
{
    const cJSON *e;
    size_t n = 0;
    cJSON_ArrayForEach(e, o) n += strcmp(e->string, name) == 0;
    return n;
}

static bool read_question(struct reading *r, size_t i, const cJSON *o, struct wn_value *v)
{
    const struct wn_question *q = &r->prompt->task->questions[i];
    const char *quote = wn_json_str(o, wn_arena_printf(r->a, "%s_quote", q->name));
    const struct members m = { wn_json_get(o, q->name),
                               wn_json_get(o, wn_arena_printf(r->a, "%s_percent", q->name)), NULL };
    bool gated = q->gated || i == 0;
    if (count_members(o, q->name) != 1) {
        fault(r, "%s: %s", q->name, m.value == NULL ? "is missing" : "is there more than once");
        return false;
    }
    if (q->type != WN_TEXT && quote != NULL && *quote != '\0')
        v->quote = clean(r, quote);
    switch (q->type) {
    case WN_CHOICE:
    case WN_SCALE:
        return read_choice(r, q, gated, &m, v);
    case WN_YESNO:
        return read_yesno(r, q, gated, &m, v);
    case WN_TAGS:
        return read_tags(r, q, &m, v);
    case WN_TEXT:
        break;
    }
    return read_text(r, q, &m, v);
}

/* ---- finding the object ---- */

/* The end of the object that begins at text[at], or 0 where it does not close. */
static size_t object_end(const char *text, size_t len, size_t at)
{
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = at; i < len; i++) {
        if (in_string && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            in_string = !in_string;
        else if (!in_string && text[i] == '{')
            depth++;
        else if (!in_string && text[i] == '}' && --depth == 0)
            return i + 1;
    }
    return 0;
}

/* An object that answers at least one of the questions. */
static bool is_answer(const struct wn_prompt *p, const cJSON *o)
{
    for (size_t i = 0; cJSON_IsObject(o) && i < p->task->nquestions; i++)
        if (asked(p, i) && wn_json_get(o, p->task->questions[i].name) != NULL)
            return true;
    return false;
}

struct found {
    cJSON *object;     /* NULL: none */
    size_t start, end; /* its bytes */
    bool several;      /* a second one that says something else */
};

/* The first whole object that answers, in prose, a fence, an array or another object. */
static struct found find_answer(const struct wn_prompt *p, const char *text, size_t len)
{
    struct found f = { NULL, 0, 0, false };
    size_t at = 0;
    for (int starts = 0; starts < MOST_STARTS && at < len; starts++) {
        const char *brace = memchr(text + at, '{', len - at);
        cJSON *o = NULL;
        size_t end;
        if (brace == NULL)
            break;
        at = (size_t)(brace - text);
        end = object_end(text, len, at);
        if (end == 0 || wn_json_parse(text + at, end - at, false, &o, NULL) != WN_OK ||
            !is_answer(p, o)) {
            cJSON_Delete(o);
            at++; /* perhaps one inside it */
            continue;
        }
        if (f.object == NULL) {
            f = (struct found){ o, at, end, false };
        } else {
            f.several = f.several || !cJSON_Compare(f.object, o, true);
            cJSON_Delete(o);
        }
        at = end;
    }
    return f;
}

/* Where the value of member `name` of the object text[at..end) stands: inside the quotes of a string,
 * with the closing quote, so that the tokens of that range are those that spell the value. */
static void locate(const char *text, size_t at, size_t end, const char *name,
                   struct wn_extracted *out)
{
    size_t depth = 0, n = strlen(name);
    for (size_t i = at; i < end; i++) {
        size_t start = i + 1, stop = start, next;
        depth += text[i] == '{' || text[i] == '[';
        depth -= text[i] == '}' || text[i] == ']';
        if (text[i] != '"')
            continue;
        while (stop < end && text[stop] != '"')
            stop += text[stop] == '\\' ? 2 : 1;
        i = stop;
        next = stop + 1;
        while (next < end && strchr(" \t\r\n:", text[next]) != NULL && text[next] != '\0')
            next++;
        if (depth != 1 || stop - start != n || memcmp(text + start, name, n) != 0 ||
            stop + 1 >= end || memchr(text + stop + 1, ':', next - stop - 1) == NULL)
            continue;
        out->value_start = next + (text[next] == '"');
        out->value_end = out->value_start;
        while (out->value_end < end && strchr("\",}] \t\r\n", text[out->value_end]) == NULL)
            out->value_end++;
        out->value_end += out->value_end < end && text[out->value_end] == '"';
        return;
    }
}

static void read_answer(struct reading *r, const cJSON *o, bool stripped)
{
    const struct wn_task *t = r->prompt->task;
    size_t usable = 0;
    for (size_t i = 0; i < t->nquestions; i++) {
        struct wn_value v = { 0 };
        if (!asked(r->prompt, i) || !read_question(r, i, o, &v))
            continue;
        v.answered = true;
        r->out->answer->values[i] = v;
        usable++;
    }
    if (usable == 0)
        r->out->level = WN_EXTRACT_NONE;
    else if (r->out->fault[0] != '\0')
        r->out->level = WN_EXTRACT_PARTIAL;
    else
        r->out->level = stripped ? WN_EXTRACT_STRIPPED : WN_EXTRACT_CLEAN;
}

void wn_extract(const struct wn_prompt *p, const char *text, size_t len, struct wn_arena *a,
                struct wn_extracted *out)
{
    struct reading r = { p, a, out };
    struct found f;
    size_t first = 0, last = len;
    *out = (struct wn_extracted){ .level = WN_EXTRACT_NONE };
    out->answer = wn_answer_new(p->task, a);
    f = find_answer(p, text, len);
    while (first < len && strchr(" \t\r\n", text[first]) != NULL && text[first] != '\0')
        first++;
    while (last > first && strchr(" \t\r\n", text[last - 1]) != NULL && text[last - 1] != '\0')
        last--;
    if (first == last)
        fault(&r, "the answer is empty");
    else if (f.object == NULL)
        fault(&r, "the answer is not a JSON object with the members that were asked for");
    else if (f.several)
        fault(&r, "the answer has several JSON objects that differ");
    else {
        read_answer(&r, f.object, f.start != first || f.end != last);
        if (out->answer->values[0].answered)
            locate(text, f.start, f.end, p->task->questions[0].name, out);
    }
    cJSON_Delete(f.object);
}

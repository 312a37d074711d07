/* replies.c: see replies.h. */
#include "pipeline/replies.h"
#include "base/json.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

#define QUOTES                                                                                     \
    "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"source\":{\"type\":"     \
    "\"string\"},\"quote\":{\"type\":\"string\"}},\"required\":[\"source\",\"quote\"],"            \
    "\"additionalProperties\":false}}"

const char wn_notes_schema[] =
    "{\"type\":\"object\",\"properties\":{\"notes\":{\"type\":\"array\",\"items\":{\"type\":"
    "\"object\",\"properties\":{\"text\":{\"type\":\"string\"},\"quote\":{\"type\":\"string\"}},"
    "\"required\":[\"text\",\"quote\"],\"additionalProperties\":false}}},\"required\":[\"notes\"],"
    "\"additionalProperties\":false}";
const char wn_mend_schema[] =
    "{\"type\":\"object\",\"properties\":{\"keep\":{\"type\":\"boolean\"},\"text\":{\"type\":"
    "\"string\"},\"quotes\":" QUOTES "},\"required\":[\"keep\",\"text\",\"quotes\"],"
    "\"additionalProperties\":false}";
const char wn_check_schema[] =
    "{\"type\":\"object\",\"properties\":{\"verdict\":{\"type\":\"string\",\"enum\":[\"supported\","
    "\"partly\",\"no\"]},\"quote\":{\"type\":\"string\"},\"sure\":{\"type\":\"integer\"}},"
    "\"required\":[\"verdict\",\"quote\",\"sure\"],\"additionalProperties\":false}";

const char *wn_brief_schema(const struct wn_brief_task *t, struct wn_arena *a)
{
    struct wn_buf b = WN_BUF_INIT(1 << 20);
    const char *out;
    wn_buf_str(&b, "{\"type\":\"object\",\"properties\":{\"enough\":{\"type\":\"boolean\"},"
                   "\"sentences\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
                   "\"properties\":{\"section\":{\"type\":\"string\",\"enum\":[");
    for (size_t i = 0; i < t->nsections; i++) {
        wn_buf_str(&b, i == 0 ? "" : ",");
        wn_json_quote(&b, t->sections[i].id);
    }
    wn_buf_str(&b, "]},\"text\":{\"type\":\"string\"},\"quotes\":" QUOTES
                   "},\"required\":[\"section\",\"text\",\"quotes\"],\"additionalProperties\":"
                   "false}}},\"required\":[\"enough\",\"sentences\"],\"additionalProperties\":"
                   "false}");
    out = wn_arena_copy(a, b.data, b.len);
    wn_buf_free(&b);
    return out;
}

/* ---- reading ---- */

static cJSON *parse(const char *text, char *fault)
{
    const char *open = strchr(text, '{'), *close = strrchr(text, '}');
    cJSON *o = NULL;
    if (open != NULL && close > open)
        wn_json_parse(open, (size_t)(close - open) + 1, false, &o, NULL);
    if (!cJSON_IsObject(o)) {
        cJSON_Delete(o);
        snprintf(fault, 300, "the answer is not one JSON object");
        return NULL;
    }
    return o;
}

static bool wrong(char *fault, const char *what, size_t i)
{
    snprintf(fault, 300, "%s (number %zu)", what, i + 1);
    return false;
}

static bool read_quotes(const cJSON *list, struct wn_arena *a, struct wn_cite_claim *c)
{
    size_t n = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0;
    const char **ids = wn_arena_array(a, n, sizeof(*ids)),
               **quotes = wn_arena_array(a, n, sizeof(*quotes));
    const cJSON *q;
    cJSON_ArrayForEach(q, list)
    {
        const char *id = wn_json_str(q, "source"), *quote = wn_json_str(q, "quote");
        if (id == NULL || quote == NULL)
            return false;
        ids[c->nquotes] = wn_arena_str(a, id);
        quotes[c->nquotes++] = wn_arena_str(a, quote);
    }
    c->source_ids = ids;
    c->quotes = quotes;
    return cJSON_IsArray(list);
}

static bool read_sentence(const struct wn_brief_task *t, const cJSON *o, size_t i,
                          struct wn_arena *a, struct wn_reply_sentence *s, char *fault)
{
    const char *section = wn_json_str(o, "section"), *text = wn_json_str(o, "text");
    if (text == NULL || text[strspn(text, " \t\r\n")] == '\0')
        return wrong(fault, "a sentence has no text", i);
    while (section != NULL && s->section < t->nsections &&
           strcmp(t->sections[s->section].id, section) != 0)
        s->section++;
    if (section == NULL || s->section == t->nsections)
        return wrong(fault, "a sentence has a section that is not one of those given", i);
    s->claim.text = wn_arena_str(a, text);
    s->claim.least = t->sections[s->section].quotes;
    if (!read_quotes(wn_json_get(o, "quotes"), a, &s->claim))
        return wrong(fault, "the quotes of a sentence are no list of {source, quote}", i);
    return true;
}

bool wn_reply_brief(const struct wn_brief_task *t, const char *text, struct wn_arena *a,
                    struct wn_reply_brief *out, char *fault)
{
    cJSON *o = parse(text, fault);
    const cJSON *list = wn_json_get(o, "sentences"), *s;
    bool good = o != NULL;
    *out = (struct wn_reply_brief){ .enough = wn_json_bool(o, "enough", true) };
    if (good && !cJSON_IsArray(list)) {
        snprintf(fault, 300, "there is no list \"sentences\"");
        good = false;
    }
    out->sentences = wn_arena_array(a, (size_t)cJSON_GetArraySize(list), sizeof(*out->sentences));
    if (good)
        cJSON_ArrayForEach(s, list)
        {
            good = good && read_sentence(t, s, out->n, a, &out->sentences[out->n], fault);
            out->n += good;
        }
    cJSON_Delete(o);
    return good;
}

bool wn_reply_notes(const char *text, struct wn_arena *a, struct wn_reply_notes *out, char *fault)
{
    cJSON *o = parse(text, fault);
    const cJSON *list = wn_json_get(o, "notes"), *note;
    bool good = cJSON_IsArray(list);
    *out = (struct wn_reply_notes){ 0 };
    if (o != NULL && !good)
        snprintf(fault, 300, "there is no list \"notes\"");
    out->list = wn_arena_array(a, (size_t)cJSON_GetArraySize(list), sizeof(*out->list));
    if (good)
        cJSON_ArrayForEach(note, list)
        {
            const char *what = wn_json_str(note, "text"), *quote = wn_json_str(note, "quote");
            if (what == NULL || quote == NULL) {
                good = wrong(fault, "a note has no text or no quote", out->n);
                break;
            }
            out->list[out->n].text = wn_arena_str(a, what);
            out->list[out->n++].quote = wn_arena_str(a, quote);
        }
    cJSON_Delete(o);
    return good;
}

bool wn_reply_mend(const char *text, struct wn_arena *a, struct wn_reply_mend *out, char *fault)
{
    cJSON *o = parse(text, fault);
    const char *sentence = wn_json_str(o, "text");
    bool good = o != NULL;
    *out = (struct wn_reply_mend){ .keep = wn_json_bool(o, "keep", true) };
    out->claim.text = sentence == NULL ? "" : wn_arena_str(a, sentence);
    if (good && out->keep &&
        (out->claim.text[0] == '\0' || !read_quotes(wn_json_get(o, "quotes"), a, &out->claim))) {
        snprintf(fault, 300, "the sentence has no text or no list of quotes");
        good = false;
    }
    cJSON_Delete(o);
    return good;
}

bool wn_reply_check(const char *text, struct wn_arena *a, struct wn_reply_check *out, char *fault)
{
    static const char *const verdicts[] = { "supported", "partly", "no" };
    cJSON *o = parse(text, fault);
    const char *verdict = wn_json_str(o, "verdict"), *quote = wn_json_str(o, "quote");
    double sure = wn_json_num(o, "sure", NAN);
    *out = (struct wn_reply_check){ NULL, quote == NULL ? "" : wn_arena_str(a, quote),
                                    sure >= 0 && sure <= 100 ? sure / 100 : NAN };
    for (size_t i = 0; verdict != NULL && i < WN_COUNT(verdicts); i++)
        if (strcmp(verdict, verdicts[i]) == 0)
            out->verdict = verdicts[i];
    if (o != NULL && out->verdict == NULL)
        snprintf(fault, 300, "the verdict is not supported, partly or no");
    cJSON_Delete(o);
    return out->verdict != NULL;
}

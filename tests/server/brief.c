/* brief.c: the model that writes briefs: notes on a part, a brief of sources or notes, a sentence mended, a
 * sentence looked over. What is asked for is told by the schema alone.
 *
 * It is honest, as good models are: each sentence says what one sentence of a source says, shortened or
 * with its numbers written otherwise. With one of the faults below it invents in every sentence. */
#include "server.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SOURCES = 64, SENTENCES = 200, FEWEST_WORDS = 5, THIN = 12 };

struct src {
    const char *id, *text;
};
struct said {
    size_t source;
    const char *quote;
};
struct briefing {
    struct wn_arena *a;
    struct src source[SOURCES];
    size_t nsources, words;
    struct said said[SENTENCES];
    size_t nsaid;
};

/* ---- what it is shown ---- */

static size_t count_words(const char *s)
{
    size_t n = 0;
    for (; *s != '\0'; s++)
        n += !isspace((unsigned char)*s) && (s[1] == '\0' || isspace((unsigned char)s[1]));
    return n;
}

static void say(struct briefing *b, size_t source, const char *s, size_t n)
{
    while (n > 0 && (isspace((unsigned char)*s) || strchr("-*>#", *s) != NULL))
        s++, n--;
    while (n > 0 && isspace((unsigned char)s[n - 1]))
        n--;
    const char *quote = wn_arena_copy(b->a, s, n);
    if (b->nsaid < SENTENCES && count_words(quote) >= FEWEST_WORDS)
        b->said[b->nsaid++] = (struct said){ source, quote };
}

/* A sentence ends at its mark, or with an empty line. */
static void read_text(struct briefing *b, size_t source, const char *text)
{
    const char *from = text, *p = text;
    for (; *p != '\0'; p++) {
        bool mark = strchr(".!?", *p) != NULL && (isspace((unsigned char)p[1]) || p[1] == '\0');
        if (mark || (*p == '\n' && (p[1] == '\n' || p[1] == '#'))) {
            say(b, source, from, (size_t)(p - from) + mark);
            from = p + 1;
        }
    }
    say(b, source, from, (size_t)(p - from));
}

/* Notes: what stands behind "Quote:". */
static void read_notes(struct briefing *b, size_t source, const char *text)
{
    for (const char *p = text; (p = strstr(p, "  Quote: ")) != NULL;) {
        size_t n;
        const char *end = strstr(p += 9, "\n- Note: ");
        n = end == NULL ? strlen(p) : (size_t)(end - p);
        say(b, source, p, n);
        p += n;
    }
}

static void read_sources(struct briefing *b, const char *text)
{
    for (const char *p = text; (p = strstr(p, "<source-")) != NULL && b->nsources < SOURCES;) {
        const char *close = strchr(p, '>'),
                   *end = close == NULL ? NULL : strstr(close, "</source-");
        const char *id = close == NULL ? NULL : strstr(p, "id=\"");
        struct src *s = &b->source[b->nsources];
        if (end == NULL)
            break;
        s->id = id == NULL || id > close ? "" : wn_arena_copy(b->a, id + 4, strcspn(id + 4, "\""));
        s->text = wn_arena_copy(b->a, close + 1, (size_t)(end - close) - 1);
        b->words += count_words(s->text);
        if (strstr(s->text, "- Note: ") != NULL)
            read_notes(b, b->nsources, s->text);
        else
            read_text(b, b->nsources, s->text);
        b->nsources++;
        p = end + 9;
    }
}

/* ---- what it says: honest ---- */

/* "21,000" -> "21000", and all on one line. */
static char *plain(struct wn_arena *a, const char *s, bool numbers)
{
    char *out = wn_arena_str(a, s), *to = out;
    for (const char *p = s; *p != '\0'; p++) {
        if (numbers && *p == ',' && p > s && isdigit((unsigned char)p[-1]) &&
            isdigit((unsigned char)p[1]) && isdigit((unsigned char)p[2]) &&
            isdigit((unsigned char)p[3]) && !isdigit((unsigned char)p[4]))
            continue;
        *to++ = *p == '\n' ? ' ' : *p;
    }
    *to = '\0';
    return out;
}

static const char *honest(struct wn_arena *a, const char *quote)
{
    char *text = plain(a, quote, true), *comma;
    switch (hash_bytes(quote, strlen(quote)) % 3) {
    case 0:
        comma = strrchr(text, ',');
        if (comma != NULL && comma[1] == ' ' && count_words(text) > count_words(comma) + 5)
            memcpy(comma, ".", 2);
        return text;
    case 1:
        if (!isupper((unsigned char)text[0]) || isupper((unsigned char)text[1]))
            return text;
        return wn_arena_printf(a, "It is said that %c%s", tolower((unsigned char)text[0]),
                               text + 1);
    default:
        return text;
    }
}

/* ---- what it says: invented ---- */

static const char *with(struct wn_arena *a, const char *s, size_t at, size_t len, const char *new)
{
    return wn_arena_printf(a, "%.*s%s%s", (int)at, s, new, s + at + len);
}

static const char *other_number(struct wn_arena *a, const char *s)
{
    size_t at = strcspn(s, "0123456789"), n;
    if (s[at] == '\0')
        return wn_arena_printf(a, "%.*s, at a cost of 9731 EUR.", (int)strcspn(s, "."), s);
    n = strspn(s + at, "0123456789");
    return with(a, s, at, n, wn_arena_printf(a, "%ld", atol(s + at) * 3 + 8641));
}

/* A capitalised word inside the sentence, at *n bytes; SIZE_MAX if there is none. */
static size_t name_in(const char *s, size_t from, size_t *n)
{
    for (size_t i = from; s[i] != '\0'; i++) {
        if (!isupper((unsigned char)s[i]) || i == 0 || s[i - 1] != ' ')
            continue;
        for (*n = 0; isalpha((unsigned char)s[i + *n]); ++*n)
            continue;
        if (*n >= 4 && (i < 2 || strchr(".!?", s[i - 2]) == NULL))
            return i;
    }
    return SIZE_MAX;
}

/* A name of another place in the sources, which this sentence does not have. */
static const char *swapped_name(struct briefing *b, const struct said *said, const char *s)
{
    size_t n, len, at = name_in(s, 1, &n);
    const char *name = "Quentin";
    for (size_t i = 0; i < b->nsources; i++)
        for (size_t k = 0; (k = name_in(b->source[i].text, k + 1, &len)) != SIZE_MAX;) {
            const char *other = wn_arena_copy(b->a, b->source[i].text + k, len);
            if (strstr(said->quote, other) == NULL &&
                strncasecmp(other, s + (at == SIZE_MAX ? 0 : at), 4) != 0)
                name = other;
        }
    if (at == SIZE_MAX)
        return wn_arena_printf(b->a, "As %s says, %s", name, s);
    return with(b->a, s, at, n, name);
}

static const char *moved_date(struct wn_arena *a, const char *s)
{
    static const char *const days[] = { "Monday",   "Tuesday",  "Wednesday", "Thursday",
                                        "Friday",   "Saturday", "Sunday",    "January",
                                        "February", "March",    "April",     "June",
                                        "July",     "August",   "September", "October",
                                        "November", "December" };
    for (size_t i = 0; i < WN_COUNT(days); i++) {
        const char *at = strstr(s, days[i]);
        size_t other = i < 7 ? (i + 2) % 7 : 7 + (i - 7 + 4) % 11;
        if (at != NULL)
            return with(a, s, (size_t)(at - s), strlen(days[i]), days[other]);
    }
    return wn_arena_printf(a, "%.*s by 23 September.", (int)strcspn(s, "."), s);
}

static const char *denied(struct wn_arena *a, const char *s)
{
    static const char *const verbs[] = {
        " is ", " are ", " will ", " can ", " has ", " was ", NULL
    };
    for (size_t i = 0; verbs[i] != NULL; i++) {
        const char *at = strstr(s, verbs[i]);
        if (at != NULL)
            return with(a, s, (size_t)(at - s) + strlen(verbs[i]), 0, "not ");
    }
    return wn_arena_printf(a, "It is not so that %s", s);
}

/* ---- answers ---- */

struct line {
    const char *text, *source, *quote;
};

static struct line line_of(struct briefing *b, size_t i, enum fault_kind f)
{
    const struct said *s = &b->said[i];
    struct line l = { honest(b->a, s->quote), b->source[s->source].id, s->quote };
    if (f == FAULT_IS_INVENTNUMBER)
        l.text = other_number(b->a, plain(b->a, s->quote, false));
    else if (f == FAULT_IS_SWAPNAME)
        l.text = swapped_name(b, s, plain(b->a, s->quote, false));
    else if (f == FAULT_IS_MOVEDATE)
        l.text = moved_date(b->a, plain(b->a, s->quote, false));
    else if (f == FAULT_IS_INVENTSOURCE)
        l.source = wn_arena_printf(b->a, "S%zu", b->nsources + 90 + i % 9);
    else if (f == FAULT_IS_INVENTQUOTE)
        l.quote = wn_arena_printf(
            b->a, "All parties have agreed on this in writing, as item %zu shows.", i);
    else if (f == FAULT_IS_OTHERQUOTE)
        l.source = b->source[(s->source + 1) % b->nsources].id;
    else if (f == FAULT_IS_DENIAL)
        l.text = denied(b->a, plain(b->a, s->quote, false));
    return l;
}

static void put_quote(struct wn_buf *out, const struct line *l)
{
    wn_buf_str(out, "\"quotes\":[{\"source\":");
    wn_json_quote(out, l->source);
    wn_buf_str(out, ",\"quote\":");
    wn_json_quote(out, l->quote);
    wn_buf_str(out, "}]}");
}

/* "About 400 words in all" in the rules; without it as many as it likes. */
static size_t asked_words(const char *rules)
{
    for (const char *at = rules; (at = strstr(at, "bout ")) != NULL; at += 5) {
        char *end;
        size_t n = strtoul(at + 5, &end, 10);
        if (n > 0 && strncmp(end, " words", 6) == 0)
            return n;
    }
    return SIZE_MAX;
}

static void write_brief(struct briefing *b, const cJSON *sections, size_t words, enum fault_kind f,
                        struct wn_buf *out)
{
    int n = cJSON_GetArraySize(sections);
    bool enough = b->words >= THIN && b->nsaid > 0;
    wn_buf_printf(out, "{\"enough\":%s,\"sentences\":[", enough ? "true" : "false");
    for (size_t i = 0, said = 0; enough && i < b->nsaid && said < words; i++) {
        struct line l = line_of(b, i, f);
        bool figure = n > 1 && strpbrk(l.quote, "0123456789") != NULL;
        said += count_words(l.text);
        wn_buf_str(out, i == 0 ? "{\"section\":" : ",{\"section\":");
        wn_json_quote(out, cJSON_GetArrayItem(sections, figure)->valuestring);
        wn_buf_str(out, ",\"text\":");
        wn_json_quote(out, l.text);
        wn_buf_char(out, ',');
        put_quote(out, &l);
    }
    wn_buf_str(out, "]}");
}

static void write_notes(struct briefing *b, enum fault_kind f, struct wn_buf *out)
{
    wn_buf_str(out, "{\"notes\":[");
    for (size_t i = 0; i < b->nsaid; i++) {
        struct line l = line_of(b, i, f);
        wn_buf_str(out, i == 0 ? "{\"text\":" : ",{\"text\":");
        wn_json_quote(out, l.text);
        wn_buf_str(out, ",\"quote\":");
        wn_json_quote(out, l.quote);
        wn_buf_char(out, '}');
    }
    wn_buf_str(out, "]}");
}

static const char *after(struct wn_arena *a, const char *text, const char *label)
{
    const char *at = strstr(text, label);
    return at == NULL ? ""
                      : wn_arena_copy(a, at + strlen(label), strcspn(at + strlen(label), "\n"));
}

/* An honest model says what a passage says; one that invents insists. */
static void write_mend(struct briefing *b, const char *text, enum fault_kind f, struct wn_buf *out)
{
    struct line l = { after(b->a, text, "Sentence: "), "S1", "there is no such quote here" };
    if (f == FAULT_IS_OK && b->nsaid == 0) {
        wn_buf_str(out, "{\"keep\":false,\"text\":\"\",\"quotes\":[]}");
        return;
    }
    if (f == FAULT_IS_OK)
        l = (struct line){ plain(b->a, b->said[0].quote, false), b->source[b->said[0].source].id,
                           b->said[0].quote };
    wn_buf_str(out, "{\"keep\":true,\"text\":");
    wn_json_quote(out, l.text);
    wn_buf_char(out, ',');
    put_quote(out, &l);
}

static bool denies(struct wn_arena *a, const char *text)
{
    struct item it;
    item_read(a, text, strlen(text), &it);
    return strstr(it.words, " not ") != NULL || strstr(it.words, " no ") != NULL ||
           strstr(it.words, " never ") != NULL || strstr(it.words, " nobody ") != NULL;
}

static void write_verdict(struct wn_arena *a, const char *text, struct wn_buf *out)
{
    const char *quote = after(a, text, "Quote: ");
    bool no = denies(a, after(a, text, "Sentence: ")) != denies(a, quote);
    wn_buf_printf(out, "{\"verdict\":\"%s\",\"quote\":", no ? "no" : "supported");
    wn_json_quote(out, no ? quote : "");
    wn_buf_printf(out, ",\"sure\":%d}", no ? 4 : 97);
}

bool brief_write(struct wn_arena *a, const struct ask *ask, enum fault_kind f, struct wn_buf *out)
{
    const cJSON *p = wn_json_get(ask->schema, "properties");
    const cJSON *item = wn_json_get(wn_json_get(p, "sentences"), "items");
    struct briefing *b = wn_arena_alloc(a, sizeof(*b));
    b->a = a;
    read_sources(b, ask->item.text);
    if (item != NULL && wn_json_get(p, "enough") != NULL)
        write_brief(b, wn_json_get(wn_json_get(wn_json_get(item, "properties"), "section"), "enum"),
                    asked_words(ask->rules), f, out);
    else if (wn_json_get(p, "notes") != NULL)
        write_notes(b, f, out);
    else if (wn_json_get(p, "keep") != NULL)
        write_mend(b, ask->item.text, f, out);
    else if (wn_json_get(p, "verdict") != NULL)
        write_verdict(a, ask->item.text, out);
    else
        return false;
    return true;
}

/* sentence.c: see sentence.h. */
#include "pipeline/sentence.h"
#include "base/form.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

/* What ends in a full stop and ends no sentence. */
static const char *const short_forms[] = {
    "mr",  "mrs",  "ms",  "dr",   "prof", "st",   "no",  "nr",  "vs",     "e.g",  "i.e",
    "etc", "inc",  "ltd", "co",   "fig",  "cf",   "al",  "ca",  "approx", "dept", "est",
    "jan", "feb",  "mar", "apr",  "jun",  "jul",  "aug", "sep", "sept",   "oct",  "nov",
    "dec", "z.b",  "bzw", "usw",  "dhr",  "mevr", "hr",  "hrn", "fr",     "str",  "tel",
    "d.h", "u.a",  "ggf", "inkl", "zzgl", "mio",  "mrd", "tsd", "okt",    "dez",  "sr",
    "sra", "srta", "sig", "dott", "env",  "p.ex", "n",   "p",   "pp",     "pag"
};

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static size_t line_end(const char *text, size_t len, size_t at)
{
    const char *nl = at < len ? memchr(text + at, '\n', len - at) : NULL;
    return nl == NULL ? len : (size_t)(nl - text);
}

/* Is the full stop at `dot` that of a short form or of an initial ("J. Smith")? */
static bool is_short_form(const char *text, size_t len, size_t start, size_t dot)
{
    size_t from = dot;
    while (from > start && (isalpha((unsigned char)text[from - 1]) || text[from - 1] == '.'))
        from--;
    if (dot - from == 1 && isupper((unsigned char)text[from]))
        return from == start || text[from - 1] == ' ';
    if (dot - from == 1 && len - dot > 3 && text[dot + 1] == ' ' &&
        isalpha((unsigned char)text[dot + 2]) && text[dot + 3] == '.')
        return true; /* "z. B." */
    for (size_t i = 0; i < sizeof(short_forms) / sizeof(short_forms[0]); i++)
        if (strlen(short_forms[i]) == dot - from &&
            strncasecmp(text + from, short_forms[i], dot - from) == 0)
            return true;
    return false;
}

/* "am 3. Mai": a day of one or two digits, and its month behind it. */
static bool is_day(const char *text, size_t len, size_t dot)
{
    size_t from = dot, word = dot + 1, n = 0;
    char low[16];
    bool alone;
    while (from > 0 && isdigit((unsigned char)text[from - 1]))
        from--;
    while (word < len && isspace((unsigned char)text[word]))
        word++;
    for (; word + n < len && n < sizeof(low) &&
           (isalpha((unsigned char)text[word + n]) || (unsigned char)text[word + n] >= 0x80);
         n++)
        low[n] =
            (char)(isupper((unsigned char)text[word + n]) ? text[word + n] | 0x20 : text[word + n]);
    return dot > from && dot - from <= 2 && wn_form_month(low, n, &alone) > 0;
}

/* Where the sentence ends whose mark stands at `at`, or 0 if it goes on. */
static size_t end_at_mark(const char *text, size_t len, size_t start, size_t at)
{
    size_t end = at + 1, next;
    while (end < len && (strchr(".!?\"')]*_", text[end]) != NULL ||
                         (len - end >= 3 && memcmp(text + end, "\xe2\x80\x9d", 3) == 0)))
        end += (unsigned char)text[end] >= 0x80 ? 3 : 1;
    if (end < len && !isspace((unsigned char)text[end]))
        return 0;
    if (text[at] == '.' && (is_short_form(text, len, start, at) || is_day(text, len, at)))
        return 0;
    for (next = end; next < len && blank(text[next]);)
        next++;
    /* "approx. five": what goes on in lower case is the same sentence */
    return next < len && islower((unsigned char)text[next]) && text[at] == '.' ? 0 : end;
}

/* A line that stands for itself: list item, table row, "Name: value", a mark of a page. */
static bool own_line(const char *line, size_t n)
{
    size_t i = 0;
    while (i < n && blank(line[i]))
        i++;
    if (i == n)
        return true;
    if (strchr("-*+|#>[", line[i]) != NULL &&
        (i + 1 == n || line[i] == '|' || line[i] == '>' || line[i] == '[' || line[i + 1] == ' ' ||
         line[i + 1] == '#'))
        return true;
    if (n - i >= 3 && memcmp(line + i, "\xe2\x80\xa2", 3) == 0)
        return true;
    size_t d = i;
    while (d < n && isdigit((unsigned char)line[d]))
        d++;
    return d > i && d - i <= 3 && d + 1 < n && (line[d] == '.' || line[d] == ')') &&
           line[d + 1] == ' ';
}

static bool is_rule(const char *line, size_t n)
{
    size_t same = 0;
    while (same < n && (line[same] == '=' || line[same] == '-'))
        same++;
    while (same < n && blank(line[same]))
        same++;
    return n >= 3 && same == n;
}

/* "# Title", a line over a rule of = or -, or a short one in capitals. */
static bool is_heading(const char *text, size_t len, size_t start, size_t end)
{
    size_t n = end - start, letters = 0, lower = 0, next = line_end(text, len, end);
    if (text[start] == '#')
        return true;
    if (n > 80 || strchr(".!?:,;", text[end - 1]) != NULL)
        return false;
    if (next + 1 < len && is_rule(text + next + 1, line_end(text, len, next + 1) - next - 1))
        return true;
    for (size_t i = start; i < end; i++) {
        letters += isalpha((unsigned char)text[i]) != 0;
        lower += islower((unsigned char)text[i]) || (unsigned char)text[i] >= 0x80;
    }
    return letters >= 4 && lower == 0;
}

/* The end of the sentence at `start`: a mark, or a line's end where the next line does not go on. */
static size_t sentence_end(const char *text, size_t len, size_t start)
{
    size_t at = start;
    while (at < len) {
        if (text[at] == '\n') {
            size_t next = at + 1, end = line_end(text, len, next);
            if (next >= len || own_line(text + next, end - next) ||
                is_rule(text + next, end - next) || text[start] == '#' || text[start] == '|' ||
                text[start] == '>' || text[start] == '[' || is_heading(text, len, start, at))
                return at;
        } else if (strchr(".!?", text[at]) != NULL) {
            size_t end = end_at_mark(text, len, start, at);
            if (end > 0)
                return end;
        }
        at++;
    }
    return len;
}

bool wn_sentence_next(const char *text, size_t len, size_t *pos, struct wn_sentence *out)
{
    size_t at = *pos, line;
    for (;;) {
        while (at < len && isspace((unsigned char)text[at]))
            at++;
        if (at >= len)
            return false;
        line = line_end(text, len, at);
        if (!is_rule(text + at, line - at))
            break;
        at = line;
    }
    *out = (struct wn_sentence){ .start = at, .end = sentence_end(text, len, at) };
    *pos = out->end;
    while (out->end > at + 1 && isspace((unsigned char)text[out->end - 1]))
        out->end--;
    out->heading = is_heading(text, len, at, out->end);
    for (line = at; line > 0 && text[line - 1] != '\n';)
        line--;
    out->quoted = text[line] == '>';
    return true;
}

size_t wn_sentence_words(const char *text, size_t len)
{
    size_t words = 0;
    bool counted = false; /* a mark that stands alone is no word */
    for (size_t i = 0; i < len; i++) {
        if (isspace((unsigned char)text[i])) {
            counted = false;
        } else if (!counted &&
                   (isalnum((unsigned char)text[i]) || (unsigned char)text[i] >= 0x80)) {
            counted = true;
            words++;
        }
    }
    return words;
}

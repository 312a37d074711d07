/* capital.c: see capital.h. In German every noun has a capital. What tells a noun from a name is how it is used, in
 * the claim and in its sources: behind an article or a number; how it ends; or that it is made of words of theirs. */
#include "decide/capital.h"
#include <string.h>

enum { LONGEST = 40, STEM = 5, ALIKE = 4 };

struct token {
    const char *text; /* what it stands in */
    size_t start, end;
    char lower[LONGEST];
};

static bool in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The word from *at on, which moves behind it. */
static bool next(const char *text, size_t *at, struct token *t)
{
    size_t i = *at;
    while (text[i] != '\0' && !in_word(text[i]))
        i++;
    t->text = text;
    for (t->start = i; in_word(text[i]); i++)
        if (i - t->start < LONGEST - 1)
            t->lower[i - t->start] = lower(text[i]);
    t->lower[i - t->start < LONGEST ? i - t->start : LONGEST - 1] = '\0';
    *at = t->end = i;
    return t->end > t->start;
}

static size_t length(const struct token *t)
{
    return strlen(t->lower);
}

static bool listed(const char *list, const struct token *t)
{
    return list != NULL && wn_language_has(list, t->lower, length(t));
}

/* Does it begin a sentence, or what looks like one: a list's item, a quote, what follows a colon? */
static bool opens(const struct token *t)
{
    size_t i = t->start;
    while (i > 0 && strchr(" \n\"'(*-[", t->text[i - 1]) != NULL)
        i--;
    return i == 0 || (strchr(".!?:;", t->text[i - 1]) != NULL && i < t->start) ||
           (t->start > 0 && strchr("\"(", t->text[t->start - 1]) != NULL) ||
           memchr(t->text + i, '\n', t->start - i) != NULL;
}

/* ---- the same name in another form ---- */

static bool same_but_s(const char *x, const char *y)
{
    size_t n = strlen(x);
    return n >= 3 && strncmp(x, y, n) == 0 && y[n] == 's' && y[n + 1] == '\0';
}

/* "Annas" and "Anna"; a hyphenated name by its parts is found already. */
static bool inflected(const struct token *w, const char *text)
{
    struct token t;
    for (size_t at = 0; next(text, &at, &t);)
        if (same_but_s(t.lower, w->lower) || same_but_s(w->lower, t.lower))
            return true;
    return false;
}

/* The first letters of words of `text`, one behind the other, are these n letters. */
static bool initials_in(const char *text, const char *letters, size_t n)
{
    struct token t, first;
    for (size_t from = 0; next(text, &from, &first);) {
        size_t at = first.start, k = 0;
        while (k < n && next(text, &at, &t) && t.lower[0] == lower(letters[k]))
            k++;
        if (k == n)
            return true;
    }
    return false;
}

/* "SLA" for "service level agreement". */
static bool abbreviates(const char *word, const char *text)
{
    size_t n = strlen(word);
    for (size_t i = 0; i < n; i++)
        if (!is_capital(word[i]))
            return false;
    return n >= 3 && n <= 6 && initials_in(text, word, n);
}

/* "Service Level Agreement" for "SLA": the words with capitals around it spell a word of the text. */
static bool spells_out(const char *claim, const struct token *w, const char *text)
{
    struct token t;
    char letters[8] = "";
    size_t n = 0, last = 0;
    bool has = false;
    for (size_t at = 0; next(claim, &at, &t); last = t.end) {
        if (!is_capital(claim[t.start]) || (n > 0 && strspn(claim + last, " -") != t.start - last))
            n = 0, has = false;
        if (!is_capital(claim[t.start]) || n + 1 >= sizeof(letters))
            continue;
        letters[n++] = t.lower[0];
        letters[n] = '\0';
        has |= t.start == w->start;
        if (has && n >= 3) {
            struct token s;
            for (size_t k = 0; next(text, &k, &s);)
                if (strcmp(s.lower, letters) == 0 && is_capital(text[s.start + 1]))
                    return true;
        }
    }
    return false;
}

/* ---- nouns ---- */

static bool ends_in(const char *word, const char *const *endings)
{
    size_t n = strlen(word), m;
    for (; *endings != NULL; endings++)
        if (n >= (m = strlen(*endings)) + 3 && strcmp(word + n - m, *endings) == 0)
            return true;
    return false;
}

/* Of a name there is no doubt behind "Herr", and before "GmbH". */
static bool used_as_name(const struct wn_language *l, const struct token *before,
                         const struct token *after)
{
    static const char firms[] = " gmbh ag kg kgaa se ug ohg gbr mbh inc ltd bv sa srl ";
    return (before != NULL && listed(l->titles, before)) || (after != NULL && listed(firms, after));
}

static bool used_as_noun(const struct wn_language *l, const struct token *before)
{
    return before != NULL && (listed(l->articles, before) || is_digit(before->lower[0]));
}

/* Some text uses the word as a noun. */
static bool noun_in(const char *text, const char *word, const struct wn_language *l)
{
    struct token t, before = { 0 }, after;
    bool any = false;
    for (size_t at = 0; next(text, &at, &t); before = t, any = true) {
        size_t k = at;
        bool more;
        if (strcmp(t.lower, word) != 0 || text[t.end] == '-')
            continue;
        more = next(text, &k, &after);
        if (!used_as_name(l, any ? &before : NULL, more ? &after : NULL) &&
            used_as_noun(l, any ? &before : NULL))
            return true;
    }
    return false;
}

/* "Testgeraete" of "Geraete" and "Lieferzeit" of "Lieferzeitraum": one begins or ends with the other. */
static bool is_made_of(const char *word, const char *text)
{
    struct token t;
    size_t n = strlen(word);
    for (size_t at = 0; next(text, &at, &t);) {
        size_t m = length(&t), least = n < m ? n : m;
        if (least >= STEM && n != m &&
            (strncmp(word, t.lower, least) == 0 ||
             strcmp(word + n - least, t.lower + m - least) == 0))
            return true;
    }
    return false;
}

static bool has_word(const char *text, const char *word)
{
    struct token t;
    for (size_t at = 0; next(text, &at, &t);)
        if (strcmp(t.lower, word) == 0)
            return true;
    return false;
}

/* A word that is the sources' own is a noun if they, or the claim, use it so; one that is not theirs may also be made
 * of words of theirs, and where these are of another language nothing can be said of it. */
static bool is_noun(const struct token *w, const struct token *before, const struct token *after,
                    const struct wn_language *l, const struct wn_facts_in *in)
{
    static const char *const nouns[] = { "ung",  "ungen",  "heit",   "heiten",
                                         "keit", "keiten", "schaft", NULL };
    static const char *const often[] = { "tion", "tionen", "tat",   "ismus",
                                         "ment", "nis",    "nisse", NULL };
    if (used_as_name(l, before, after))
        return false;
    if (used_as_noun(l, before) || ends_in(w->lower, nouns) || noun_in(in->whole, w->lower, l))
        return true;
    return !has_word(in->whole, w->lower) &&
           (in->foreign || ends_in(w->lower, often) || is_made_of(w->lower, in->whole));
}

/* ---- a word where it stands ---- */

/* In small letters; or another form of it ("Replies" where the text has "reply"), unless it is also a name there: the
 * word itself, with a capital inside a sentence. */
static bool stands_lower(const char *text, const struct token *w)
{
    struct token t;
    bool alike = false, named = false;
    for (size_t at = 0; next(text, &at, &t);) {
        bool same = strcmp(t.lower, w->lower) == 0, small = !is_capital(text[t.start]);
        if (same && small)
            return true;
        named |= same && !opens(&t);
        alike |= small && length(w) > ALIKE && strncmp(t.lower, w->lower, ALIKE) == 0;
    }
    return alike && !named;
}

static bool only_opens(const struct token *w, const struct wn_language *l, const char *whole)
{
    if (!opens(w))
        return false;
    if (stands_lower(whole, w) || (l != NULL && listed(l->openers, w)))
        return true;
    return l == NULL && (listed(wn_language_find("en")->openers, w) || !has_word(whole, w->lower));
}

bool wn_capital_passes(const char *claim, const char *word, const struct wn_language *l,
                       const struct wn_facts_in *in)
{
    struct token w, before = { 0 }, after = { 0 };
    size_t n = strlen(word), at = 0, k;
    bool any = false;
    if (abbreviates(word, in->text))
        return true;
    for (; next(claim, &at, &w); before = w, any = true) {
        bool more;
        if (w.end - w.start != n || memcmp(claim + w.start, word, n) != 0)
            continue;
        k = at;
        more = next(claim, &k, &after);
        if (!only_opens(&w, l, in->whole) && !(l != NULL && listed(l->titles, &w)) &&
            !inflected(&w, in->text) && !spells_out(claim, &w, in->text) &&
            !(l != NULL && l->articles != NULL &&
              is_noun(&w, any ? &before : NULL, more ? &after : NULL, l, in)))
            return false;
    }
    return true;
}

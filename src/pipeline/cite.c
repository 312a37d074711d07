/* cite.c: see cite.h. */
#include "pipeline/cite.h"
#include "decide/claim.h"
#include "decide/evidence.h"
#include "pipeline/sentence.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ITS_SOURCE "its source"
enum { MOST_PROBLEMS = 24 };

/* ---- places ---- */

/* "[page 3]" at the beginning of a line, as the PDF reader sets it. */
static size_t page_mark(const char *line)
{
    return strncmp(line, "[page ", 6) == 0 ? (size_t)strtoul(line + 6, NULL, 10) : 0;
}

void wn_cite_place(const char *text, size_t len, size_t at, struct wn_cite *out)
{
    struct wn_sentence s;
    const char *line = text;
    out->line = 1;
    out->page = page_mark(text);
    for (const char *p = text; (p = memchr(p, '\n', at - (size_t)(p - text))) != NULL;) {
        line = ++p;
        out->line++;
        if (page_mark(line) > 0)
            out->page = page_mark(line);
    }
    out->history = *line == '>';
    out->sentence = 0;
    for (size_t pos = 0; wn_sentence_next(text, len, &pos, &s) && s.start <= at;)
        out->sentence++;
}

/* ---- quotes ---- */

static void take_passage(struct wn_cite *c, const struct wn_passage *p, const struct wn_match *m)
{
    c->start = p->start + m->start;
    c->end = p->start + m->end;
    c->sentence = p->sentence;
    c->line = p->line;
    c->page = p->page;
    c->history = p->history;
}

/* Look for the quote in one source; true if it stands there. The best that was found is kept. */
static bool find_in(const struct wn_cite_source *s, const char *quote, struct wn_arena *a,
                    struct wn_cite *c)
{
    size_t n = s->passages == NULL ? 1 : s->npassages;
    for (size_t i = 0; i < n; i++) {
        const struct wn_passage *p = s->passages == NULL ? NULL : &s->passages[i];
        const char *text = p == NULL ? s->text : p->text;
        size_t len = p == NULL ? s->len : p->len;
        struct wn_match m = wn_quote_match(text, len, quote, strlen(quote));
        bool good = wn_match_verified(&m);
        if (!good && (c->evidence != WN_EVIDENCE_NOT_FOUND || m.end == 0))
            continue;
        c->evidence = m.status;
        c->verified = good;
        if (m.end == 0)
            continue;
        c->quote = wn_arena_copy(a, text + m.start, m.end - m.start);
        if (p != NULL) {
            take_passage(c, p, &m);
        } else {
            c->start = m.start;
            c->end = m.end;
            wn_cite_place(text, len, m.start, c);
        }
        if (good)
            return true;
    }
    return false;
}

struct problems {
    struct wn_arena *a;
    const char **list;
    size_t n;
};

static bool listed(const struct problems *p, const char *text)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->list[i], text) == 0)
            return true;
    return false;
}

static void problem(struct problems *p, const char *text)
{
    if (!listed(p, text) && p->n < MOST_PROBLEMS)
        p->list[p->n++] = text;
}

static size_t source_named(const struct wn_cite_source *sources, size_t n, const char *id)
{
    size_t i = 0;
    while (i < n && strcasecmp(sources[i].id, id) != 0)
        i++;
    return i == n ? SIZE_MAX : i;
}

static void check_quote(const struct wn_cite_source *sources, size_t n, const char *id,
                        const char *quote, struct wn_cite *c, struct problems *p)
{
    *c = (struct wn_cite){ .source = source_named(sources, n, id),
                           .claimed = wn_arena_str(p->a, id),
                           .quote = wn_arena_str(p->a, quote),
                           .evidence = WN_EVIDENCE_NOT_FOUND };
    if (c->source == SIZE_MAX) {
        problem(p, wn_arena_printf(p->a, "there is no source %s", id));
        return;
    }
    if (find_in(&sources[c->source], quote, p->a, c))
        return;
    for (size_t i = 0; i < n; i++) {
        struct wn_cite other = { .evidence = WN_EVIDENCE_NOT_FOUND };
        if (i != c->source && find_in(&sources[i], quote, p->a, &other)) {
            problem(p, wn_arena_printf(p->a, "a quote stands in %s, not in %s", sources[i].id, id));
            return;
        }
    }
    if (c->evidence == WN_EVIDENCE_FUZZY)
        problem(p, wn_arena_printf(p->a, "a quote is not word for word in %s", id));
    else if (c->evidence == WN_EVIDENCE_NOT_FOUND || c->evidence == WN_EVIDENCE_NONE)
        problem(p, wn_arena_printf(p->a, "a quote does not stand in %s", id));
    else
        problem(p, wn_arena_printf(p->a, "a quote of %s is too short to prove anything", id));
}

/* ---- facts ---- */

/* A hit of claim_check as words; NULL where it is left out. */
static const char *hit_words(const char *hit, const char *where, bool foreign, struct wn_arena *a)
{
    static const struct {
        const char *kind, *what;
        bool words; /* cannot be compared across languages */
    } kinds[] = { { "num:", "the number", false },
                  { "email:", "the address", false },
                  { "name:", "the name", false },
                  { "date:", "the date", true } };
    for (size_t i = 0; i < WN_COUNT(kinds); i++)
        if (strncmp(hit, kinds[i].kind, strlen(kinds[i].kind)) == 0)
            return foreign && kinds[i].words
                       ? NULL
                       : wn_arena_printf(a, "%s %s does not stand in %s", kinds[i].what,
                                         hit + strlen(kinds[i].kind), where);
    return foreign ? NULL : wn_arena_printf(a, "%s says something else", where);
}

/* Words that begin a sentence with a capital and are no names, beside those that claim_check knows. */
static const char openers[] =
    " according additionally among another any around based besides currently depending either "
    "everyone "
    "except few following further furthermore given having how in including instead it later less "
    "meanwhile moreover more neither no nobody none nothing only other others people several "
    "similarly "
    "since so some somebody such therefore though thus together two under unless until using we "
    "what "
    "whether which who whoever why within without ";

static bool only_opens(const char *text, const char *hit)
{
    char word[32] = " ";
    size_t n = strlen(hit);
    text += strspn(text, " \t\n\"'(");
    if (n + 3 > sizeof(word) || strncmp(text, hit, n) != 0)
        return false;
    for (size_t i = 0; i < n; i++)
        word[1 + i] = (char)tolower((unsigned char)hit[i]);
    word[1 + n] = ' ';
    word[2 + n] = '\0';
    return strstr(openers, word) != NULL;
}

/* The share of its words that stand there; NAN where they cannot be compared. */
static double check_against(const char *text, const char *source, size_t len, const char *where,
                            bool support, unsigned how, struct problems *p)
{
    struct wn_claim c;
    wn_claim_check(text, strlen(text), source, len, p->a, &c);
    for (size_t i = 0; i < c.nhits; i++) {
        bool soft = strncmp(c.hits[i], "support", 7) == 0;
        bool name = strncmp(c.hits[i], "name:", 5) == 0;
        bool noun = name && (how & WN_CITE_NOUNS) && (!support || (how & WN_CITE_FOREIGN));
        bool passes = noun || (name && only_opens(text, c.hits[i] + 5)) || (soft && !support);
        bool foreign = (how & WN_CITE_FOREIGN) != 0;
        const char *words = passes ? NULL : hit_words(c.hits[i], where, foreign, p->a);
        /* what is not in the source is not in a quote of it: said once */
        if (words != NULL && (support || !listed(p, hit_words(c.hits[i], ITS_SOURCE, foreign, p->a))))
            problem(p, words);
    }
    if (how & WN_CITE_FOREIGN)
        return NAN;
    return c.content == 0 ? 1 : (double)c.supported / (double)c.content;
}

/* Web addresses: each must stand in the quotes as it is. */
static void check_links(const char *text, const char *quotes, struct problems *p)
{
    for (const char *at = text; (at = strstr(at, "://")) != NULL; at += 3) {
        size_t n = 3 + strcspn(at + 3, " \t\n\"'<>)]");
        const char *address;
        while (n > 3 && strchr(".,;:!?", at[n - 1]) != NULL)
            n--;
        address = wn_arena_copy(p->a, at + 3, n - 3);
        if (strstr(quotes, address) == NULL)
            problem(p,
                    wn_arena_printf(p->a, "the address %s does not stand in its quotes", address));
    }
}

/* A month and the day beside it, or two numbers of a date, may each stand somewhere in a long quote and yet
 * not together: where both texts write days with months, the pairs must agree. */
struct day {
    int month, day;
};

static int month_at(const char *word)
{
    static const char *const months[] = { "jan", "feb", "mar", "apr", "may", "jun",
                                          "jul", "aug", "sep", "oct", "nov", "dec" };
    static const char *const rest[] = { "uary", "ruary", "ch",     "il",   "",      "e",
                                        "y",    "ust",   "tember", "ober", "ember", "ember" };
    for (int i = 0; i < 12; i++) {
        size_t n = strlen(rest[i]);
        if (strncasecmp(word, months[i], 3) != 0)
            continue;
        if (!isalpha((unsigned char)word[3]) ||
            (strncasecmp(word + 3, rest[i], n) == 0 && !isalpha((unsigned char)word[3 + n])))
            return i + 1;
    }
    return 0;
}

static size_t days_of(const char *text, struct day *out, size_t most)
{
    size_t n = 0;
    int before = 0; /* a number of one or two digits that has just ended */
    for (const char *p = text; *p != '\0' && n < most;) {
        int month, day;
        if (isdigit((unsigned char)*p)) {
            char *end;
            long v = strtol(p, &end, 10);
            before = end - p <= 2 && v >= 1 && v <= 31 ? (int)v : 0;
            p = end;
            p += strncmp(p, "st", 2) == 0 || strncmp(p, "nd", 2) == 0 || strncmp(p, "rd", 2) == 0 ||
                         strncmp(p, "th", 2) == 0
                     ? 2
                     : 0;
            p += *p == '.';
            p += *p == ' ';
            p += strncmp(p, "of ", 3) == 0 ? 3 : 0;
            continue;
        }
        if (!isalpha((unsigned char)*p)) {
            before = 0;
            p++;
            continue;
        }
        month = month_at(p);
        while (isalpha((unsigned char)*p))
            p++;
        if (month > 0) {
            const char *q = p + (*p == '.');
            q += *q == ' ';
            day = isdigit((unsigned char)q[0]) &&
                          !isdigit((unsigned char)q[1 + (isdigit((unsigned char)q[1]) != 0)])
                      ? atoi(q)
                      : 0;
            if (before > 0 || day > 0)
                out[n++] = (struct day){ month, before > 0 ? before : day };
        }
        before = 0;
    }
    return n;
}

/* "last March", "in May": claim_check takes these two for months only beside a digit. */
static void check_doubtful_months(const char *text, const char *quotes, struct problems *p)
{
    static const char *const months[] = { " March", " May" };
    for (size_t i = 0; i < WN_COUNT(months); i++) {
        const char *at = strstr(text, months[i]);
        if (at != NULL && !isalpha((unsigned char)at[strlen(months[i])]) &&
            strstr(quotes, months[i] + 1) == NULL)
            problem(p, wn_arena_printf(p->a, "the date%s does not stand in its quotes", months[i]));
    }
}

static void check_days(const char *text, const char *quotes, struct problems *p)
{
    struct day said[8], there[64];
    size_t n = days_of(text, said, 8), m = days_of(quotes, there, 64);
    for (size_t i = 0; i < n && m > 0; i++) {
        size_t k = 0;
        while (k < m && (there[k].month != said[i].month || there[k].day != said[i].day))
            k++;
        if (k == m)
            problem(p, "a date in it is not the one in its quotes");
    }
}

void wn_cite_check(const struct wn_cite_claim *c, const struct wn_cite_source *sources, size_t n,
                   unsigned how, struct wn_arena *a, struct wn_brief_sentence *out)
{
    struct wn_cite *cites = wn_arena_array(a, c->nquotes, sizeof(*cites));
    struct problems p = { a, wn_arena_array(a, MOST_PROBLEMS, sizeof(char *)), 0 };
    struct wn_buf quotes = WN_BUF_INIT(1 << 22), whole = WN_BUF_INIT(SIZE_MAX / 4);
    size_t verified = 0;
    double carried = NAN;
    for (size_t i = 0; i < c->nquotes; i++) {
        check_quote(sources, n, c->source_ids[i], c->quotes[i], &cites[i], &p);
        verified += cites[i].verified;
        if (!cites[i].verified)
            continue;
        wn_buf_str(&quotes, cites[i].quote);
        wn_buf_char(&quotes, '\n');
        wn_buf_add(&whole, sources[cites[i].source].text, sources[cites[i].source].len);
        wn_buf_char(&whole, '\n');
    }
    if (c->nquotes == 0)
        problem(&p, "it names no quote");
    if (verified > 0 && verified < c->least)
        problem(&p, "it needs a quote from each side");
    if (verified > 0) {
        check_against(c->text, whole.data, whole.len, ITS_SOURCE, true, how, &p);
        carried =
            check_against(c->text, quotes.data, quotes.len, "its quotes", false, how, &p);
        check_links(c->text, quotes.data, &p);
        if ((how & WN_CITE_FOREIGN) == 0) {
            check_days(c->text, quotes.data, &p);
            check_doubtful_months(c->text, quotes.data, &p);
        }
    }
    wn_buf_free(&quotes);
    wn_buf_free(&whole);
    *out = (struct wn_brief_sentence){ .section = out->section,
                                       .text = wn_arena_str(a, c->text),
                                       .cites = cites,
                                       .ncites = c->nquotes,
                                       .sure = NAN,
                                       .carried = carried,
                                       .problems = p.list,
                                       .nproblems = p.n };
}

/* ---- language ---- */

const char *wn_cite_language(const char *text, size_t len)
{
    static const struct {
        const char *id, *words;
    } known[] = {
        { "en", " the and of to is that for with was are this from have not will " },
        { "de", " der die und das ist nicht von mit den ein eine zu sich auf wird werden " },
        { "fr", " le les des et est une dans pour que qui sur avec pas nous vous " },
        { "es", " el los las y que es una por con para del se no como " },
        { "nl", " het een en van is dat niet te met voor zijn op wordt deze naar " },
    };
    size_t hits[WN_COUNT(known)] = { 0 }, best = 0, second = 0;
    if (len > 65536)
        len = 65536;
    for (size_t i = 0; i < len;) {
        char word[16] = " ";
        size_t n = 0;
        while (i + n < len && isalpha((unsigned char)text[i + n]))
            n++;
        if (n > 0 && n < sizeof(word) - 3) {
            for (size_t k = 0; k < n; k++)
                word[1 + k] = (char)tolower((unsigned char)text[i + k]);
            word[1 + n] = ' ';
            word[2 + n] = '\0';
            for (size_t k = 0; k < WN_COUNT(known); k++)
                hits[k] += strstr(known[k].words, word) != NULL;
        }
        i += n + 1;
    }
    for (size_t k = 1; k < WN_COUNT(known); k++)
        best = hits[k] > hits[best] ? k : best;
    for (size_t k = 0; k < WN_COUNT(known); k++)
        second = k != best && hits[k] > second ? hits[k] : second;
    return hits[best] >= 3 && hits[best] > second + second / 2 ? known[best].id : NULL;
}

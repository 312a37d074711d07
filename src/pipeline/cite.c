/* cite.c: see cite.h. */
#include "pipeline/cite.h"
#include "decide/evidence.h"
#include "decide/facts.h"
#include "pipeline/sentence.h"
#include <math.h>
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

/* A hit of the check as words; NULL where it is left out. */
static const char *hit_words(const char *hit, const char *where, struct wn_arena *a)
{
    static const struct {
        const char *kind, *what;
    } kinds[] = { { "num:", "the number" },
                  { "email:", "the address" },
                  { "name:", "the name" },
                  { "date:", "the date" } };
    if (strncmp(hit, "pair:", 5) == 0)
        return "a date in it is not the one in its quotes";
    if (strcmp(hit, "name:EUR") == 0 || strcmp(hit, "name:USD") == 0 || strcmp(hit, "name:GBP") == 0)
        return wn_arena_printf(a, "the currency %s does not stand in %s", hit + 5, where);
    for (size_t i = 0; i < WN_COUNT(kinds); i++)
        if (strncmp(hit, kinds[i].kind, strlen(kinds[i].kind)) == 0)
            return wn_arena_printf(
                a, "%s %s does not stand in %s", kinds[i].what,
                hit + strlen(kinds[i].kind) + (hit[strlen(kinds[i].kind)] == ' '), where);
    return wn_arena_printf(a, "%s says something else", where);
}

/* What a sentence stands on. */
struct ground {
    const struct wn_language *language; /* of the brief */
    bool foreign;                       /* a source of it is in another */
    const char *whole, *quotes;         /* plain */
};

/* The share of its words that stand there; NAN where they cannot be compared. */
static double check_against(const char *text, const struct ground *g, bool near, struct problems *p)
{
    const char *where = near ? "its quotes" : ITS_SOURCE;
    struct wn_facts_in in = { near ? g->quotes : g->whole, g->whole, g->foreign, near };
    struct wn_claim c;
    wn_facts_check(text, g->language, &in, p->a, &c);
    for (size_t i = 0; i < c.nhits; i++) {
        bool support = strcmp(c.hits[i], "support") == 0;
        /* what is not in the source is not in a quote of it: said once */
        if (!(support && (near || g->foreign)) &&
            !(near && listed(p, hit_words(c.hits[i], ITS_SOURCE, p->a))))
            problem(p, hit_words(c.hits[i], where, p->a));
    }
    if (g->foreign)
        return NAN;
    return c.content == 0 ? 1 : (double)c.supported / (double)c.content;
}

static bool in_quotes(const struct wn_cite *cites, size_t n, const char *address)
{
    for (size_t i = 0; i < n; i++)
        if (cites[i].verified && strstr(cites[i].quote, address) != NULL)
            return true;
    return false;
}

/* Web addresses: each must stand in the quotes as it is. */
static void check_links(const char *text, const struct wn_cite *cites, size_t ncites,
                        struct problems *p)
{
    for (const char *at = text; (at = strstr(at, "://")) != NULL; at += 3) {
        size_t n = 3 + strcspn(at + 3, " \t\n\"'<>)]");
        const char *address;
        while (n > 3 && strchr(".,;:!?", at[n - 1]) != NULL)
            n--;
        address = wn_arena_copy(p->a, at + 3, n - 3);
        if (!in_quotes(cites, ncites, address))
            problem(p,
                    wn_arena_printf(p->a, "the address %s does not stand in its quotes", address));
    }
}

void wn_cite_prepare(struct wn_cite_source *sources, size_t n, const struct wn_language *language,
                     struct wn_arena *a)
{
    for (size_t i = 0; i < n; i++) {
        sources[i].language = wn_language_guess(sources[i].text, sources[i].len);
        if (sources[i].language == NULL)
            sources[i].language = language;
        sources[i].plain =
            wn_plain(sources[i].text, sources[i].len, sources[i].language, WN_PLAIN_SOURCE, a);
    }
}

/* The quotes that hold, and their sources, as the check reads them. */
static void lay_ground(const struct wn_cite_source *sources, const struct wn_cite *cites, size_t n,
                       struct wn_arena *a, struct ground *g)
{
    struct wn_buf quotes = WN_BUF_INIT(1 << 24), whole = WN_BUF_INIT(SIZE_MAX / 4);
    for (size_t i = 0; i < n; i++) {
        const struct wn_cite_source *s;
        if (!cites[i].verified)
            continue;
        s = &sources[cites[i].source];
        g->foreign |= s->language != NULL && g->language != NULL && s->language != g->language;
        wn_buf_str(&quotes, wn_plain(cites[i].quote, strlen(cites[i].quote), s->language,
                                     WN_PLAIN_SOURCE, a));
        wn_buf_char(&quotes, '\n');
        for (size_t k = 0; k < i; k++)
            if (cites[k].verified && cites[k].source == cites[i].source)
                s = NULL;
        if (s != NULL)
            wn_buf_str(&whole, s->plain);
        wn_buf_char(&whole, '\n');
    }
    g->quotes = wn_arena_copy(a, quotes.data, quotes.len);
    g->whole = wn_arena_copy(a, whole.data, whole.len);
    wn_buf_free(&quotes);
    wn_buf_free(&whole);
}

/* The same place again is no second side. */
static bool is_said_before(const struct wn_cite *cites, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (cites[k].verified && cites[k].source == cites[i].source &&
            cites[k].start < cites[i].end && cites[i].start < cites[k].end)
            return true;
    return false;
}

void wn_cite_check(const struct wn_cite_claim *c, const struct wn_cite_source *sources, size_t n,
                   const struct wn_language *language, struct wn_arena *a,
                   struct wn_brief_sentence *out)
{
    struct wn_cite *cites = wn_arena_array(a, c->nquotes, sizeof(*cites));
    struct problems p = { a, wn_arena_array(a, MOST_PROBLEMS, sizeof(char *)), 0 };
    struct ground g = { .language = language };
    size_t verified = 0;
    double carried = NAN;
    for (size_t i = 0; i < c->nquotes; i++) {
        check_quote(sources, n, c->source_ids[i], c->quotes[i], &cites[i], &p);
        verified += cites[i].verified && !is_said_before(cites, i);
    }
    if (c->nquotes == 0)
        problem(&p, "it names no quote");
    if (verified > 0 && verified < c->least)
        problem(&p, "it needs a quote from each side");
    if (verified > 0) {
        lay_ground(sources, cites, c->nquotes, a, &g);
        check_against(c->text, &g, false, &p);
        carried = check_against(c->text, &g, true, &p);
        check_links(c->text, cites, c->nquotes, &p);
    }
    *out = (struct wn_brief_sentence){ .section = out->section,
                                       .text = wn_arena_str(a, c->text),
                                       .cites = cites,
                                       .ncites = c->nquotes,
                                       .sure = NAN,
                                       .carried = carried,
                                       .problems = p.list,
                                       .nproblems = p.n };
}

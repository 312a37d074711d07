/* brief.c: a brief as Markdown, and as text for whoever judges it; see brief.h. */
#include "report/brief.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { UNUSED_SHOWN = 20, UNREAD_SHOWN = 1000 };
enum { LEAST_RUN = 4 }; /* rows that share a line */

const char *wn_brief_place(const struct wn_brief_doc *d, const struct wn_cite *c, char *out,
                           size_t size)
{
    const struct wn_brief_source *s = c->source == SIZE_MAX ? NULL : &d->sources[c->source];
    if (s == NULL || s->row || c->line == 0)
        snprintf(out, size, "%s", s == NULL ? "no such source" : s->name);
    else if (c->page > 0)
        snprintf(out, size, "%s page %zu", s->name, c->page);
    else
        snprintf(out, size, "%s line %zu", s->name, c->line + s->first_line - 1);
    return out;
}

/* ---- Markdown ---- */

/* On one line, and nothing in it is taken for markup that it is not. */
static void md_text(struct wn_buf *b, const char *text, size_t len)
{
    bool space = true;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        bool first = i == 0 || text[i - 1] == '\n';
        if (isspace((unsigned char)c)) {
            if (!space)
                wn_buf_char(b, ' ');
            space = true;
            continue;
        }
        if (strchr("\\`*_[]<>|", c) != NULL || (first && strchr("#+-=~", c) != NULL))
            wn_buf_char(b, '\\');
        wn_buf_char(b, c);
        space = false;
    }
}

static void md_str(struct wn_buf *b, const char *text)
{
    md_text(b, text, strlen(text));
}

static void md_sentence(struct wn_buf *b, const struct wn_brief_sentence *s, size_t *note)
{
    wn_buf_str(b, "- ");
    if (s->nproblems > 0)
        wn_buf_str(b, "**Not supported:** ");
    md_str(b, s->text);
    wn_buf_char(b, ' ');
    for (size_t i = 0; i < s->ncites; i++)
        wn_buf_printf(b, "[^%zu]", ++*note);
    if (s->nproblems > 0) {
        wn_buf_str(b, " *(");
        for (size_t i = 0; i < s->nproblems; i++) {
            wn_buf_str(b, i == 0 ? "" : "; ");
            md_str(b, s->problems[i]);
        }
        wn_buf_str(b, ")*");
    }
    wn_buf_char(b, '\n');
}

static void md_note(struct wn_buf *b, const struct wn_brief_doc *d, const struct wn_cite *c,
                    size_t note)
{
    char place[512];
    wn_buf_printf(b, "[^%zu]: ", note);
    if (c->source != SIZE_MAX && c->sentence > 0)
        wn_buf_printf(b, "%s.%zu, ", d->sources[c->source].id, c->sentence);
    else
        wn_buf_printf(b, "%s, ", c->claimed);
    md_str(b, wn_brief_place(d, c, place, sizeof(place)));
    wn_buf_str(b, c->verified ? ": \"" : " (not found there): \"");
    md_str(b, c->quote);
    wn_buf_str(b, c->history ? "\" (quoted from an earlier message)\n" : "\"\n");
}

const char *wn_brief_unfinished_words(const struct wn_brief_doc *d, char *out, size_t size)
{
    int n = snprintf(out, size, "%s",
                     d->from_notes ? "These are notes on what was read till then; the brief itself was not "
                                     "written."
                                   : "The text is whole, but not all of it was looked at again.");
    if (d->unseen > 0 && n > 0 && (size_t)n < size)
        snprintf(out + n, size - (size_t)n, " %zu of %zu sources were not read; they are named below.",
                 d->unseen, d->nsources + d->unlisted);
    return out;
}

/* What the reader must know of the whole before the first sentence. */
static void md_head(struct wn_buf *b, const struct wn_brief_doc *d)
{
    char words[256];
    wn_buf_str(b, "# ");
    md_str(b, d->title);
    wn_buf_str(b, "\n\n");
    if (d->ended != NULL) {
        wn_buf_str(b, "**Not finished: ");
        md_str(b, d->ended);
        wn_buf_printf(b, ".** %s\n\n", wn_brief_unfinished_words(d, words, sizeof(words)));
    }
    if (d->not_enough)
        wn_buf_str(b, "**Not enough material.** The sources do not say enough for a brief.\n\n");
    else if (d->extracts)
        wn_buf_str(
            b, "*These are extracts: sentences of the sources, copied as they stand and chosen by "
               "a program. No model has read or summed up the sources.*\n\n");
    if (d->unsupported > 0)
        wn_buf_printf(
            b, "**Not supported by their sources: %zu of %zu sentences.** They are marked.\n\n",
            d->unsupported, d->nsentences);
}

/* "leads.csv:17": how long the file's own name is; 0 = it is no row. */
static size_t file_part(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon != NULL && colon[1] != '\0' && strspn(colon + 1, "0123456789") == strlen(colon + 1)
               ? (size_t)(colon - name)
               : 0;
}

static bool same_fate(const struct wn_brief_source *x, const struct wn_brief_source *y)
{
    size_t n = file_part(x->name);
    return n > 0 && n == file_part(y->name) && strncmp(x->name, y->name, n) == 0 && y->used == 0 &&
           (x->trouble == NULL ? y->trouble == NULL
                               : y->trouble != NULL && strcmp(x->trouble, y->trouble) == 0);
}

size_t wn_brief_run(const struct wn_brief_doc *d, size_t i, char *name, size_t size)
{
    const struct wn_brief_source *s = &d->sources[i];
    size_t n = 1;
    while (s->used == 0 && i + n < d->nsources && same_fate(s, &d->sources[i + n]))
        n++;
    n = n < LEAST_RUN ? 1 : n;
    if (n == 1)
        snprintf(name, size, "%s %s", s->id, s->name);
    else
        snprintf(name, size, "%s to %s %.*s, %zu items", s->id, d->sources[i + n - 1].id,
                 (int)file_part(s->name), s->name, n);
    return n;
}

/* A source, or a run of rows; how many it was. */
static size_t md_source(struct wn_buf *b, const struct wn_brief_doc *d, size_t i)
{
    const struct wn_brief_source *s = &d->sources[i];
    char name[512];
    size_t n = wn_brief_run(d, i, name, sizeof(name));
    wn_buf_str(b, "- ");
    md_str(b, name);
    if (s->subject != NULL && n == 1 && (s->used > 0 || s->trouble != NULL)) {
        wn_buf_str(b, ", \"");
        md_str(b, s->subject);
        wn_buf_char(b, '"');
    }
    if (s->used > 0)
        wn_buf_printf(b, ": %zu quote%s", s->used, s->used == 1 ? "" : "s");
    else if (s->trouble == NULL)
        wn_buf_str(b, ": not used");
    if (s->trouble != NULL) {
        wn_buf_str(b, wn_brief_is_unread(s) ? ": **not read:** " : ": **not all of it was read:** ");
        md_str(b, s->trouble);
    }
    wn_buf_char(b, '\n');
    return n;
}

bool wn_brief_is_unread(const struct wn_brief_source *s)
{
    return s->trouble != NULL && (s->len == 0 || s->unseen);
}

/* Those of one kind; how many of them are not shown. */
static size_t md_sources(struct wn_buf *b, const struct wn_brief_doc *d,
                         bool (*is)(const struct wn_brief_source *s), size_t most)
{
    char name[512];
    size_t shown = 0, left = 0, n;
    for (size_t i = 0; i < d->nsources; i += n) {
        n = wn_brief_run(d, i, name, sizeof(name));
        if (!is(&d->sources[i]))
            continue;
        if (shown++ < most)
            md_source(b, d, i);
        else
            left += n;
    }
    return left;
}

static bool is_used(const struct wn_brief_source *s)
{
    return s->used > 0;
}

static bool has_trouble(const struct wn_brief_source *s)
{
    return s->used == 0 && s->trouble != NULL;
}

static bool is_unused(const struct wn_brief_source *s)
{
    return s->used == 0 && s->trouble == NULL;
}

static void md_coverage(struct wn_buf *b, const struct wn_brief_doc *d)
{
    size_t left;
    wn_buf_printf(b, "## Sources\n\n%zu of %zu used", d->used, d->nsources + d->unlisted);
    if (d->unread > 0)
        wn_buf_printf(b, ", %zu could not be read", d->unread);
    if (d->unseen > 0)
        wn_buf_printf(b, ", %zu not read yet", d->unseen);
    wn_buf_str(b, ".\n\n");
    md_sources(b, d, is_used, SIZE_MAX);
    if ((left = md_sources(b, d, has_trouble, UNREAD_SHOWN)) > 0)
        wn_buf_printf(b, "- and %zu more that were not read\n", left);
    if ((left = md_sources(b, d, is_unused, UNUSED_SHOWN) + d->unlisted) > 0)
        wn_buf_printf(b, "- and %zu more that were not used\n", left);
}

void wn_brief_write_md(const struct wn_brief_doc *d, struct wn_buf *b)
{
    size_t note = 0, section = SIZE_MAX;
    md_head(b, d);
    for (size_t i = 0; i < d->nsentences; i++) {
        if (d->sentences[i].section != section) {
            section = d->sentences[i].section;
            wn_buf_printf(b, "%s## %s\n\n", i == 0 ? "" : "\n", d->task->sections[section].title);
        }
        md_sentence(b, &d->sentences[i], &note);
    }
    if (d->nsentences > 0)
        wn_buf_char(b, '\n');
    md_coverage(b, d);
    for (size_t i = 0; i < d->nnotes; i++)
        wn_buf_printf(b, "%s%s\n", i == 0 ? "\n" : "", d->notes[i]);
    if (d->dropped > 0)
        wn_buf_printf(b, "\n%zu sentence%s dropped: the sources do not carry %s.\n", d->dropped,
                      d->dropped == 1 ? " was" : "s were", d->dropped == 1 ? "it" : "them");
    note = 0;
    if (d->nsentences > 0)
        wn_buf_char(b, '\n');
    for (size_t i = 0; i < d->nsentences; i++)
        for (size_t k = 0; k < d->sentences[i].ncites; k++)
            md_note(b, d, &d->sentences[i].cites[k], ++note);
}

/* ---- for review ---- */

/* On one line. */
static void plain_text(struct wn_buf *b, const char *text)
{
    bool space = true;
    for (; *text != '\0'; text++) {
        bool is = isspace((unsigned char)*text) != 0;
        if (!is || !space)
            wn_buf_char(b, is ? ' ' : *text);
        space = is;
    }
}

void wn_brief_write_review(const struct wn_brief_doc *d, struct wn_buf *b)
{
    char place[512];
    wn_buf_printf(b, "%s\n", d->title);
    for (size_t i = 0; i < d->nsentences; i++) {
        const struct wn_brief_sentence *s = &d->sentences[i];
        if (i == 0 || s->section != d->sentences[i - 1].section)
            wn_buf_printf(b, "\n%s\n", d->task->sections[s->section].title);
        wn_buf_printf(b, "%3zu  ", i + 1);
        plain_text(b, s->text);
        for (size_t k = 0; k < s->nproblems; k++)
            wn_buf_printf(b, "%s%s", k == 0 ? "\n     NOT SUPPORTED: " : "; ", s->problems[k]);
        for (size_t k = 0; k < s->ncites; k++) {
            wn_buf_printf(b, "\n     %s%s: \"",
                          s->cites[k].verified ? "" : "(not found there) ",
                          wn_brief_place(d, &s->cites[k], place, sizeof(place)));
            plain_text(b, s->cites[k].quote);
            wn_buf_char(b, '"');
        }
        wn_buf_char(b, '\n');
    }
}

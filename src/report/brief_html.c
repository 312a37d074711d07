/* brief_html.c: a brief as one page: each sentence with its quotes beside it, each quote linked to its
 * place in the source, which stands below. No script, no address that is loaded; whatever comes from a
 * source or a model goes through put_text(). */
#include "report/brief.h"
#include "base/clock.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHOLE_PAGE = 8 << 20 }; /* longer sources are shown around their quotes */
enum { AROUND = 400, UNUSED_SHOWN = 50 };

static const unsigned char css[] = {
#include "report/brief.css.inc"
};

static void put_text_n(struct wn_buf *b, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *as = s[i] == '&'    ? "&amp;"
                         : s[i] == '<'  ? "&lt;"
                         : s[i] == '>'  ? "&gt;"
                         : s[i] == '"'  ? "&quot;"
                         : s[i] == '\'' ? "&#39;"
                                        : NULL;
        if (as != NULL)
            wn_buf_str(b, as);
        else
            wn_buf_char(b, s[i]);
    }
}

static void put_text(struct wn_buf *b, const char *s)
{
    put_text_n(b, s, strlen(s));
}

/* ---- the head ---- */

static void put_head(struct wn_buf *b, const struct wn_brief_doc *d)
{
    char made[WN_CLOCK_TEXT];
    wn_clock_text(d->made, made);
    wn_buf_str(b, "<!doctype html>\n<html");
    if (d->language != NULL && strlen(d->language) <= 8) {
        wn_buf_str(b, " lang=\"");
        put_text(b, d->language);
        wn_buf_char(b, '"');
    }
    wn_buf_str(b,
               ">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" "
               "content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
               "form-action 'none'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    put_text(b, d->title);
    wn_buf_str(b, "</title>\n<style>\n");
    wn_buf_add(b, (const char *)css, sizeof(css));
    wn_buf_str(b, "</style>\n</head>\n<body>\n<header>\n<h1>");
    put_text(b, d->title);
    wn_buf_printf(b, "</h1>\n<p class=\"facts\">%.10s \xc2\xb7 %zu of %zu sources used", made,
                  d->used, d->nsources + d->unlisted);
    if (!d->extracts && d->model != NULL) {
        wn_buf_str(b, " \xc2\xb7 written by ");
        put_text(b, d->model);
    }
    if (d->checker != NULL) {
        wn_buf_str(b, ", looked over by ");
        put_text(b, d->checker);
    }
    wn_buf_str(b, "</p>\n</header>\n");
}

static void put_warnings(struct wn_buf *b, const struct wn_brief_doc *d)
{
    char words[256];
    if (d->ended != NULL) {
        wn_buf_str(b, "<p class=\"say bad\"><strong>Not finished: ");
        put_text(b, d->ended);
        wn_buf_printf(b, ".</strong> %s</p>\n", wn_brief_unfinished_words(d, words, sizeof(words)));
    }
    if (d->not_enough)
        wn_buf_str(b,
                   "<p class=\"say\"><strong>Not enough material.</strong> The sources do not say "
                   "enough for a brief.</p>\n");
    else if (d->extracts)
        wn_buf_str(
            b, "<p class=\"say\">These are <strong>extracts</strong>: sentences of the sources, "
               "copied as they stand and chosen by a program. No model has read or summed up the "
               "sources.</p>\n");
    if (d->unsupported > 0)
        wn_buf_printf(b,
                      "<p class=\"say bad\"><strong>Not supported by their sources: %zu of %zu "
                      "sentences.</strong> They are marked.</p>\n",
                      d->unsupported, d->nsentences);
    if (d->unread > 0)
        wn_buf_printf(
            b,
            "<p class=\"say bad\">%zu source%s could not be read; see <a href=\"#sources\">the "
            "list</a>.</p>\n",
            d->unread, d->unread == 1 ? "" : "s");
}

/* ---- sentences ---- */

static bool shown(const struct wn_brief_doc *d, const struct wn_cite *c)
{
    return c->verified && c->source != SIZE_MAX && d->sources[c->source].text != NULL;
}

static void put_quote(struct wn_buf *b, const struct wn_brief_doc *d, const struct wn_cite *c,
                      size_t number)
{
    char place[512];
    wn_buf_str(b, c->verified ? "<blockquote>" : "<blockquote class=\"missing\">");
    wn_buf_str(b, "\xe2\x80\x9c");
    put_text(b, c->quote);
    wn_buf_str(b, "\xe2\x80\x9d <span class=\"place\">");
    if (shown(d, c))
        wn_buf_printf(b, "<a href=\"#q%zu\">", number);
    if (c->source != SIZE_MAX && c->sentence > 0)
        wn_buf_printf(b, "%s.%zu", d->sources[c->source].id, c->sentence);
    else
        put_text(b, c->claimed);
    wn_buf_str(b, ", ");
    put_text(b, wn_brief_place(d, c, place, sizeof(place)));
    if (shown(d, c))
        wn_buf_str(b, "</a>");
    wn_buf_str(b, !c->verified ? " (not found there)"
                  : c->history ? " (quoted from an earlier message)"
                               : "");
    wn_buf_str(b, "</span></blockquote>\n");
}

static void put_sentence(struct wn_buf *b, const struct wn_brief_doc *d,
                         const struct wn_brief_sentence *s, size_t *number)
{
    wn_buf_printf(b, "<li class=\"s%s\">\n<p>", s->nproblems > 0 ? " bad" : "");
    put_text(b, s->text);
    if (s->nproblems > 0) {
        wn_buf_str(b, " <span class=\"why\"><strong>Not supported:</strong> ");
        for (size_t i = 0; i < s->nproblems; i++) {
            wn_buf_str(b, i == 0 ? "" : "; ");
            put_text(b, s->problems[i]);
        }
        wn_buf_str(b, "</span>");
    }
    wn_buf_str(b, "</p>\n<div>\n");
    for (size_t i = 0; i < s->ncites; i++)
        put_quote(b, d, &s->cites[i], ++*number);
    wn_buf_str(b, "</div>\n</li>\n");
}

static void put_sentences(struct wn_buf *b, const struct wn_brief_doc *d)
{
    size_t number = 0, section = SIZE_MAX;
    for (size_t i = 0; i < d->nsentences; i++) {
        if (d->sentences[i].section != section) {
            wn_buf_str(b, section == SIZE_MAX ? "<section>\n<h2>"
                                              : "</ol>\n</section>\n<section>\n<h2>");
            section = d->sentences[i].section;
            put_text(b, d->task->sections[section].title);
            wn_buf_str(b, "</h2>\n<ol>\n");
        }
        put_sentence(b, d, &d->sentences[i], &number);
    }
    if (section != SIZE_MAX)
        wn_buf_str(b, "</ol>\n</section>\n");
}

/* ---- coverage ---- */

static void put_source_line(struct wn_buf *b, const struct wn_brief_doc *d, size_t i)
{
    const struct wn_brief_source *s = &d->sources[i];
    char name[512];
    size_t run = wn_brief_run(d, i, name, sizeof(name));
    bool unread = wn_brief_is_unread(s);
    wn_buf_str(b, "<li>");
    if (s->used > 0 && s->text != NULL) {
        wn_buf_printf(b, "%s <a href=\"#%s\">", s->id, s->id);
        put_text(b, s->name);
        wn_buf_str(b, "</a>");
    } else {
        put_text(b, name);
    }
    if (s->subject != NULL && run == 1) {
        wn_buf_str(b, ", \xe2\x80\x9c");
        put_text(b, s->subject);
        wn_buf_str(b, "\xe2\x80\x9d");
    }
    if (s->used > 0)
        wn_buf_printf(b, ": %zu quote%s", s->used, s->used == 1 ? "" : "s");
    else if (!unread)
        wn_buf_str(b, ": not used");
    if (s->trouble != NULL) {
        wn_buf_str(b, unread ? ": <span class=\"bad-text\">not read: "
                             : ": <span class=\"bad-text\">not all of it was read: ");
        put_text(b, s->trouble);
        wn_buf_str(b, "</span>");
    }
    wn_buf_str(b, "</li>\n");
}

static void put_coverage(struct wn_buf *b, const struct wn_brief_doc *d)
{
    char name[512];
    size_t unused = 0, left = d->unlisted;
    wn_buf_printf(b,
                  "<section id=\"sources\">\n<h2>Sources</h2>\n<p class=\"facts\">%zu of %zu used",
                  d->used, d->nsources + d->unlisted);
    if (d->unread > 0)
        wn_buf_printf(b, ", %zu could not be read", d->unread);
    if (d->unseen > 0)
        wn_buf_printf(b, ", %zu not read yet", d->unseen);
    wn_buf_str(b, "</p>\n<ul class=\"list\">\n");
    for (size_t i = 0, n; i < d->nsources; i += n) {
        n = wn_brief_run(d, i, name, sizeof(name));
        if (d->sources[i].used > 0 || d->sources[i].trouble != NULL || unused++ < UNUSED_SHOWN)
            put_source_line(b, d, i);
        else
            left += n;
    }
    if (left > 0)
        wn_buf_printf(b, "<li>and %zu more that were not used</li>\n", left);
    wn_buf_str(b, "</ul>\n");
    for (size_t i = 0; i < d->nnotes; i++) {
        wn_buf_str(b, "<p class=\"facts\">");
        put_text(b, d->notes[i]);
        wn_buf_str(b, "</p>\n");
    }
    if (d->dropped > 0)
        wn_buf_printf(
            b, "<p class=\"facts\">%zu sentence%s dropped: the sources do not carry %s.</p>\n",
            d->dropped, d->dropped == 1 ? " was" : "s were", d->dropped == 1 ? "it" : "them");
    wn_buf_str(b, "</section>\n");
}

/* ---- the sources themselves ---- */

struct anchor {
    size_t start, end, number;
};

static int by_start(const void *a, const void *b)
{
    const struct anchor *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

static size_t anchors_of(const struct wn_brief_doc *d, size_t source, struct anchor *out)
{
    size_t n = 0, number = 0;
    for (size_t i = 0; i < d->nsentences; i++)
        for (size_t k = 0; k < d->sentences[i].ncites; k++) {
            const struct wn_cite *c = &d->sentences[i].cites[k];
            number++;
            if (c->source == source && shown(d, c))
                out[n++] = (struct anchor){ c->start, c->end, number };
        }
    qsort(out, n, sizeof(*out), by_start);
    return n;
}

/* Text between quotes; a long stretch only near them where the page would become too long. */
static void put_between(struct wn_buf *b, const char *text, size_t from, size_t to, bool whole,
                        bool first, bool last)
{
    size_t head = from, tail = to;
    if (whole || to - from <= 2 * AROUND) {
        put_text_n(b, text + from, to - from);
        return;
    }
    if (!first)
        for (head = from + AROUND; head < to && text[head] != '\n' && text[head] != ' ';)
            head++;
    if (!last)
        for (tail = to - AROUND; tail > head && text[tail] != '\n' && text[tail] != ' ';)
            tail--;
    put_text_n(b, text + from, head - from);
    wn_buf_str(b, "\n[...]\n");
    put_text_n(b, text + tail, to - tail);
}

static void put_source(struct wn_buf *b, const struct wn_brief_doc *d, size_t source, bool whole,
                       struct anchor *anchors)
{
    const struct wn_brief_source *s = &d->sources[source];
    size_t n = anchors_of(d, source, anchors), at = 0;
    wn_buf_printf(b, "<h3 id=\"%s\">%s ", s->id, s->id);
    put_text(b, s->name);
    wn_buf_str(b, "</h3>\n<pre>");
    for (size_t i = 0; i < n; i++) {
        size_t start = anchors[i].start;
        if (start < at) { /* it overlaps the one before */
            if (anchors[i].end <= at) {
                wn_buf_printf(b, "<span id=\"q%zu\"></span>", anchors[i].number);
                continue;
            }
            start = at;
        }
        put_between(b, s->text, at, start, whole, i == 0, false);
        wn_buf_printf(b, "<mark id=\"q%zu\">", anchors[i].number);
        put_text_n(b, s->text + start, anchors[i].end - start);
        wn_buf_str(b, "</mark>");
        at = anchors[i].end;
    }
    put_between(b, s->text, at, s->len, whole, n == 0, true);
    wn_buf_str(b, "</pre>\n");
}

void wn_brief_write_html(const struct wn_brief_doc *d, struct wn_buf *b)
{
    struct anchor *anchors;
    size_t quotes = 0, bytes = 0;
    bool head = false;
    for (size_t i = 0; i < d->nsentences; i++)
        quotes += d->sentences[i].ncites;
    anchors = wn_xcalloc(quotes + 1, sizeof(*anchors));
    for (size_t i = 0; i < d->nsources; i++)
        bytes += d->sources[i].used > 0 ? d->sources[i].len : 0;
    put_head(b, d);
    wn_buf_str(b, "<main>\n");
    put_warnings(b, d);
    put_sentences(b, d);
    put_coverage(b, d);
    for (size_t i = 0; i < d->nsources; i++) {
        if (d->sources[i].used == 0 || d->sources[i].text == NULL)
            continue;
        if (!head)
            wn_buf_str(b, "<section>\n<h2>What the sources say</h2>\n");
        head = true;
        put_source(b, d, i, bytes <= WHOLE_PAGE, anchors);
    }
    wn_buf_str(b, head ? "</section>\n</main>\n</body>\n</html>\n" : "</main>\n</body>\n</html>\n");
    free(anchors);
}

/* html.c: HTML as a person reads it, with libxml2's SAX events.
 *
 * No tree is built, so that depth costs nothing, and the parser is fed in pieces: when elements are
 * nested deeper than any real page, it is thrown away and a new one goes on behind. (libxml2 looks
 * through all open elements at each closing tag; a hostile mail could keep it busy for minutes.) What
 * is hidden is left out: a person does not see it, and so a model should not be told it. */
#define _GNU_SOURCE /* strcasestr */
#include "input/input.h"
#include <ctype.h>
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>
#include "base/utf8.h"

enum { PIECE = 4096, OPEN_MAX = 256, LINK_BYTES = 100, QUOTE_MAX = 8 };

/* What stands between two texts, from nothing to an empty line; the strongest one wins. */
enum gap { GAP_NONE, GAP_SPACE, GAP_TAB, GAP_LINE, GAP_PARAGRAPH };

enum { SKIP = 1, LIST = 2, PRE = 4, QUOTE = 8 };

static const struct element {
    const char *names;
    enum gap gap;
    unsigned flags;
} elements[] = {
    { "p h1 h2 h3 h4 h5 h6 hr dl", GAP_PARAGRAPH, 0 },
    { "pre", GAP_PARAGRAPH, PRE },
    { "div br tr", GAP_LINE, 0 },
    { "address article body caption center dd dt fieldset figcaption footer form header html main "
      "nav ol option section select table ul",
      GAP_LINE, 0 },
    { "li", GAP_LINE, LIST },
    { "blockquote", GAP_LINE, QUOTE },
    { "td th", GAP_TAB, 0 },
    { "button", GAP_SPACE, 0 },
    { "head", GAP_LINE, SKIP },
    { "object script style svg template title", GAP_NONE, SKIP },
};

struct page {
    struct wn_buf *out;
    enum gap gap;      /* to write before the next text */
    bool any;          /* something was written */
    bool bullet;       /* the next text begins a list item */
    size_t depth;      /* open elements */
    size_t hidden;     /* depth of the element that hides what is in it; 0 = none */
    size_t pre, quote; /* open ones */
    char href[LINK_BYTES + 1];
    size_t link; /* where the text of the open link begins in out */
    bool linked;
};

static const struct element *find(const char *name)
{
    for (size_t i = 0; i < WN_COUNT(elements); i++)
        if (wn_is_word(elements[i].names, name, strlen(name)))
            return &elements[i];
    return NULL;
}

static void want(struct page *p, enum gap gap)
{
    if (gap > p->gap)
        p->gap = gap;
}

/* The gap that is due, the bars of a quotation and the mark of a list item. */
static void write_gap(struct page *p)
{
    size_t lines = !p->any ? 0 : p->gap == GAP_PARAGRAPH ? 2 : p->gap == GAP_LINE ? 1 : 0;
    for (size_t i = 0; i < lines; i++) {
        if (i > 0)
            for (size_t k = 0; k < p->quote; k++)
                wn_buf_char(p->out, '>');
        wn_buf_char(p->out, '\n');
    }
    if ((lines > 0 || !p->any) && p->quote > 0) {
        for (size_t k = 0; k < p->quote; k++)
            wn_buf_char(p->out, '>');
        wn_buf_char(p->out, ' ');
    }
    if (lines == 0 && p->any && p->gap == GAP_TAB)
        wn_buf_char(p->out, '\t');
    if (lines == 0 && p->any && p->gap == GAP_SPACE)
        wn_buf_char(p->out, ' ');
    if (p->bullet)
        wn_buf_str(p->out, "- ");
    p->bullet = false;
    p->gap = GAP_NONE;
    p->any = true;
}

static bool is_space(uint32_t cp)
{
    return cp == ' ' || cp == '\t' || cp == '\n' || cp == '\r' || cp == '\f' || cp == 0xa0 ||
           cp == 0x2007 || cp == 0x202f;
}

/* Characters without width that newsletters fill their previews with. A non-joiner means something
 * between two letters only. */
static bool is_filler(const struct page *p, uint32_t cp)
{
    return cp == 0x200b || cp == 0xfeff || cp == 0xad || cp == 0x34f ||
           (cp == 0x200c && (p->gap != GAP_NONE || !p->any));
}

static void add_text(struct page *p, const char *s, size_t n)
{
    size_t used;
    for (size_t i = 0; i < n; i += used) {
        uint32_t cp = wn_utf8_next(s + i, n - i, &used);
        if (p->pre > 0 && cp == '\n') {
            if (p->gap == GAP_LINE && p->any)
                p->gap = GAP_PARAGRAPH;
            want(p, GAP_LINE);
        } else if (is_space(cp) && p->pre == 0) {
            want(p, GAP_SPACE);
        } else if (!is_filler(p, cp)) {
            write_gap(p);
            wn_buf_add(p->out, s + i, used);
        }
    }
}

/* ---- elements ---- */

static const char *attribute(const xmlChar **atts, const char *name)
{
    for (size_t i = 0; atts != NULL && atts[i] != NULL; i += 2)
        if (strcasecmp((const char *)atts[i], name) == 0)
            return atts[i + 1] == NULL ? "" : (const char *)atts[i + 1];
    return NULL;
}

static bool is_hidden(const xmlChar **atts)
{
    static const char *const how[] = { "display:none", "visibility:hidden", "font-size:0;",
                                       "font-size:0px;" };
    const char *style = attribute(atts, "style");
    char flat[512];
    size_t n = 0;
    if (attribute(atts, "hidden") != NULL)
        return true;
    if (style == NULL)
        return false;
    for (; *style != '\0' && n + 2 < sizeof(flat); style++)
        if (!isspace((unsigned char)*style))
            flat[n++] = (char)tolower((unsigned char)*style);
    flat[n++] = ';';
    flat[n] = '\0';
    for (size_t i = 0; i < WN_COUNT(how); i++)
        if (strstr(flat, how[i]) != NULL)
            return true;
    return false;
}

/* The address of a link, short: what follows '?' is mostly a number that says who clicked. */
static void open_link(struct page *p, const char *href)
{
    static const char *const good[] = { "http://", "https://", "mailto:", "tel:" };
    bool usable = false;
    size_t n;
    p->linked = false;
    if (href == NULL)
        return;
    href += strspn(href, " \t\r\n");
    for (size_t i = 0; i < WN_COUNT(good); i++)
        usable |= strncasecmp(href, good[i], strlen(good[i])) == 0;
    n = strcspn(href, " \t\r\n");
    if (n > LINK_BYTES || strncasecmp(href, "mailto:", 7) == 0)
        n = strcspn(href, "?#");
    if (n > LINK_BYTES && strstr(href, "://") != NULL)
        n = (size_t)(strstr(href, "://") - href) + 3 + strcspn(strstr(href, "://") + 3, "/?#");
    if (!usable || n > LINK_BYTES)
        return;
    memcpy(p->href, href, n);
    p->href[n] = '\0';
    p->link = p->out->len;
    p->linked = true;
}

/* The part of an address that a text must show, so that the address says no more. */
static const char *bare_address(char *href)
{
    char *from = strstr(href, "://");
    size_t n;
    from = from != NULL ? from + 3 : strchr(href, ':') + 1;
    if (strncasecmp(from, "www.", 4) == 0)
        from += 4;
    n = strlen(from);
    if (n > 0 && from[n - 1] == '/')
        from[n - 1] = '\0';
    return from;
}

static void close_link(struct page *p)
{
    char copy[LINK_BYTES + 1];
    const char *bare, *shown = p->href;
    if (!p->linked || p->out->len <= p->link)
        return;
    p->linked = false;
    memcpy(copy, p->href, sizeof(copy));
    bare = bare_address(copy);
    if (bare[0] == '\0' || strcasestr(p->out->data + p->link, bare) != NULL)
        return;
    if (strncasecmp(shown, "mailto:", 7) == 0 || strncasecmp(shown, "tel:", 4) == 0)
        shown = bare;
    wn_buf_printf(p->out, " <%s>", shown);
}

static void on_start(void *user, const xmlChar *tag, const xmlChar **atts)
{
    struct page *p = user;
    const char *name = (const char *)tag, *alt;
    const struct element *e = find(name);
    p->depth++;
    if (p->hidden > 0)
        return;
    if (e != NULL) /* two <br> in a row are an empty line */
        want(p, p->gap == GAP_LINE && strcasecmp(name, "br") == 0 ? GAP_PARAGRAPH : e->gap);
    if ((e != NULL && e->flags & SKIP) || is_hidden(atts)) {
        p->hidden = p->depth;
        return;
    }
    if (e != NULL) {
        p->bullet |= (e->flags & LIST) != 0;
        p->pre += (e->flags & PRE) != 0;
        p->quote += (e->flags & QUOTE) != 0 && p->quote < QUOTE_MAX;
    } else if (strcasecmp(name, "a") == 0) {
        open_link(p, attribute(atts, "href"));
    } else if (strcasecmp(name, "img") == 0 && (alt = attribute(atts, "alt")) != NULL) {
        add_text(p, alt, strlen(alt));
    }
}

static void on_end(void *user, const xmlChar *tag)
{
    struct page *p = user;
    const char *name = (const char *)tag;
    const struct element *e = find(name);
    bool hidden = p->hidden > 0;
    if (p->hidden == p->depth)
        p->hidden = 0;
    p->depth -= p->depth > 0;
    if (hidden)
        return;
    if (e != NULL && strcasecmp(name, "br") != 0) {
        want(p, e->gap);
        p->pre -= (e->flags & PRE) != 0 && p->pre > 0;
        p->quote -= (e->flags & QUOTE) != 0 && p->quote > 0;
        p->bullet &= (e->flags & LIST) == 0;
    } else if (strcasecmp(name, "a") == 0) {
        close_link(p);
    }
}

static void on_text(void *user, const xmlChar *s, int n)
{
    struct page *p = user;
    if (p->hidden == 0 && n > 0)
        add_text(p, (const char *)s, (size_t)n);
}

/* ---- the parser ---- */

static void init_once(void)
{
    xmlInitParser();
}

static htmlParserCtxtPtr new_parser(struct page *p)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    htmlSAXHandler sax;
    htmlParserCtxtPtr parser;
    pthread_once(&once, init_once);
    memset(&sax, 0, sizeof(sax));
    sax.startElement = on_start;
    sax.endElement = on_end;
    sax.characters = on_text;
    sax.ignorableWhitespace = on_text;
    sax.cdataBlock = on_text;
    parser = htmlCreatePushParserCtxt(&sax, p, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (parser == NULL)
        return NULL;
    htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                   HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    htmlParseChunk(parser, "<html><body>", 12, 0);
    return parser;
}

/* libxml2 stops reading when the last open element is closed, and so drops what mail lists and virus
 * scanners append behind </html>. These two tags become line ends; <html> and <body> are opened by us. */
static void keep_open(char *s, size_t n)
{
    for (size_t i = 0; i + 6 < n; i++)
        if (s[i] == '<' && s[i + 1] == '/' &&
            (strncasecmp(s + i + 2, "html", 4) == 0 || strncasecmp(s + i + 2, "body", 4) == 0) &&
            !isalnum((unsigned char)s[i + 6])) {
            memcpy(s + i, "<br>  ", 6);
            if (s[i + 6] == '>')
                s[i + 6] = ' ';
        }
}

/* How much to feed at a time: to the last tag in the piece, so that neither a character nor an entity
 * is cut; where there is no tag, to the next one. */
static size_t piece_at(const char *s, size_t n)
{
    size_t i = n < PIECE ? n : PIECE;
    if (i == n)
        return n;
    while (i > 1 && s[i] != '<')
        i--;
    if (i > 1)
        return i;
    for (i = PIECE; i < n && s[i] != '<'; i++)
        continue;
    return i;
}

enum wn_code wn_html_text(const char *html, size_t len, struct wn_buf *out, struct wn_error *err)
{
    struct wn_buf clean = WN_BUF_INIT(SIZE_MAX / 4), raw = WN_BUF_INIT(SIZE_MAX / 4);
    struct page p = { .out = &raw };
    htmlParserCtxtPtr parser = new_parser(&p);
    enum wn_code rc = WN_OK;
    wn_charset_clean(&clean, html, len);
    keep_open(clean.data, clean.len);
    for (size_t at = 0, n; parser != NULL && at < clean.len; at += n) {
        n = piece_at(clean.data + at, clean.len - at);
        if (p.depth > OPEN_MAX) {
            htmlFreeParserCtxt(parser);
            p.depth = p.hidden = p.pre = p.quote = 0;
            parser = new_parser(&p);
            if (parser == NULL)
                break;
        }
        htmlParseChunk(parser, clean.data + at, (int)n, 0);
    }
    if (parser == NULL) {
        rc = wn_error_set(err, WN_E_NOMEM, "out of memory while reading HTML");
        goto done;
    }
    htmlParseChunk(parser, NULL, 0, 1);
    wn_charset_clean(out, raw.data, raw.len);
done:
    if (parser != NULL)
        htmlFreeParserCtxt(parser);
    wn_buf_free(&raw);
    wn_buf_free(&clean);
    return rc;
}

/* A value that was copied out of a page: a tag that HTML has, closed. "a < b" is none. */
bool wn_html_looks(const char *text, size_t n)
{
    while (n > 0 && text[n - 1] != '>')
        n--;
    for (size_t i = 0; i + 2 < n; i++) {
        char name[16];
        size_t k = 0, from = i + 1 + (text[i + 1] == '/');
        if (text[i] != '<')
            continue;
        while (k + 1 < sizeof(name) && from + k < n && isalnum((unsigned char)text[from + k])) {
            name[k] = text[from + k];
            k++;
        }
        name[k] = '\0';
        if (k == 0 || from + k >= n || strchr(" />\t\r\n", text[from + k]) == NULL)
            continue;
        if (find(name) != NULL || wn_is_word("a b em font i img span strong u", name, k))
            return true;
    }
    return false;
}

bool wn_html_charset(const char *html, size_t n, char *out, size_t size)
{
    static const char key[] = "charset=";
    const size_t len = sizeof(key) - 1;
    n = n < WN_HEAD ? n : WN_HEAD;
    for (size_t i = 0; i + len < n; i++) {
        size_t from = i + len, k = 0;
        if (strncasecmp(html + i, key, len) != 0)
            continue;
        from += html[from] == '"' || html[from] == '\'';
        for (; from + k < n && k + 1 < size; k++) {
            unsigned char c = (unsigned char)html[from + k];
            if (!isalnum(c) && c != '-' && c != '_' && c != ':')
                break;
            out[k] = (char)c;
        }
        out[k] = '\0';
        return k > 0;
    }
    return false;
}

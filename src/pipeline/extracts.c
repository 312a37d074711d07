/* extracts.c: with no model, a brief of the sources' own sentences: same form, same citations, and said
 * plainly to be extracts. */
#include "pipeline/glean.h"
#include "pipeline/summarize.h"
#include <ctype.h>
#include <math.h>
#include <string.h>

/* On one line, as a person reads it; the mark of a list item taken off. */
static const char *one_line(struct wn_arena *a, const char *text, size_t len)
{
    char *out = wn_arena_copy(a, text, len);
    size_t n = 0;
    if (len > 2 && strchr("-*+", out[0]) != NULL && out[1] == ' ')
        memset(out, ' ', 2);
    for (size_t i = 0; i < len; i++) {
        bool space = isspace((unsigned char)out[i]) != 0;
        if (!space || (n > 0 && out[n - 1] != ' '))
            out[n++] = space ? ' ' : out[i];
    }
    while (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
    return out;
}

static void add_pick(struct wn_brief *b, const struct wn_pick *p)
{
    struct wn_material m = { .number = p->source, .name = p->name, .first_line = p->first_line };
    struct wn_cite *c = wn_arena_alloc(&b->arena, sizeof(*c));
    struct wn_brief_sentence s = { .text = one_line(&b->arena, p->text, p->len),
                                   .cites = c,
                                   .ncites = 1,
                                   .sure = NAN,
                                   .carried = 1 };
    *c = (struct wn_cite){ .source = wn_brief_list(b, &m, false),
                           .quote = wn_arena_copy(&b->arena, p->text, p->len),
                           .evidence = WN_EVIDENCE_EXACT,
                           .verified = true,
                           .start = p->start,
                           .end = p->start + p->len,
                           .sentence = p->sentence,
                           .line = p->line,
                           .page = p->page };
    c->claimed = b->list[c->source].id;
    s.section = wn_brief_section_for(b->task, s.text);
    wn_brief_add(b, &s);
}

enum wn_code wn_brief_extract(struct wn_brief *b, struct wn_error *err)
{
    const struct wn_material *first = b->sources.nheld > 0 ? &b->sources.held[0] : NULL;
    struct wn_glean *g =
        wn_glean_new((size_t)b->words, b->sources.nheld > 1, first != NULL && first->row);
    const struct wn_material *m;
    const struct wn_pick *picks;
    size_t n = 0;
    bool held;
    enum wn_code rc = wn_sources_next(&b->sources, &m, &held, err);
    while (rc == WN_OK && m != NULL) {
        wn_glean_add(g, m);
        if (held)
            wn_brief_list(b, m, true);
        else if (m->trouble != NULL && b->nlist < b->sources.nheld + WN_SOURCES_LISTED)
            wn_brief_list(b, m, false);
        if (b->sources.count % 64 == 0)
            wn_brief_progress(b, "reading", b->sources.count, 0);
        rc = wn_brief_stopped(b, err) ? WN_E_INTERRUPTED
                                      : wn_sources_next(&b->sources, &m, &held, err);
    }
    if (rc == WN_OK) {
        picks = wn_glean_end(g, &n);
        for (size_t i = 0; i < n; i++)
            add_pick(b, &picks[i]);
        b->doc.extracts = true;
        b->doc.not_enough = n == 0;
    }
    wn_glean_free(g);
    return rc;
}

/* glean.c: see glean.h. */
#include "pipeline/glean.h"
#include "pipeline/sentence.h"
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 2000, POOL_KEPT = 400 };

struct set {
    struct wn_pick *list;
    size_t n, cap;
};

struct wn_glean {
    struct wn_rank_options o;
    struct set block, pool, best;
    size_t seen; /* sentences before the block */
};

struct wn_glean *wn_glean_new(size_t words, bool messages, bool unordered)
{
    struct wn_glean *g = wn_xcalloc(1, sizeof(*g));
    g->o = (struct wn_rank_options){ .words = words, .messages = messages, .unordered = unordered };
    return g;
}

static void add(struct set *s, const struct wn_pick *p)
{
    if (s->n == s->cap) {
        s->cap = s->cap == 0 ? 256 : 2 * s->cap;
        s->list = wn_xrealloc(s->list, s->cap, sizeof(*s->list));
    }
    s->list[s->n++] = *p;
}

static void drop(struct wn_pick *p)
{
    free(p->name);
    free(p->text);
}

static void set_free(struct set *s)
{
    for (size_t i = 0; i < s->n; i++)
        drop(&s->list[i]);
    free(s->list);
    *s = (struct set){ 0 };
}

/* Move the best of `from` to `to`; the others are let go. */
static void take_best(struct set *from, const struct wn_rank_options *o, struct set *to)
{
    struct wn_rank_unit *units = wn_xcalloc(from->n + 1, sizeof(*units));
    size_t *chosen = wn_xcalloc(from->n + 1, sizeof(*chosen)), n, k = 0;
    for (size_t i = 0; i < from->n; i++)
        units[i] =
            (struct wn_rank_unit){ from->list[i].text, from->list[i].len, 0, from->list[i].offset };
    n = wn_rank(units, from->n, o, chosen, NULL);
    for (size_t i = 0; i < from->n; i++) {
        if (k < n && chosen[k] == i) {
            add(to, &from->list[i]);
            k++;
        } else {
            drop(&from->list[i]);
        }
    }
    from->n = 0;
    free(units);
    free(chosen);
}

/* The block is full: keep of it what a brief of twice the length would have. */
static void close_block(struct wn_glean *g)
{
    struct wn_rank_options o = g->o;
    o.words = 2 * g->o.words;
    o.before = g->seen;
    g->seen += g->block.n;
    take_best(&g->block, &o, &g->pool);
    if (g->pool.n < BLOCK)
        return;
    o.words = SIZE_MAX / 4;
    o.most = POOL_KEPT;
    o.before = 0;
    take_best(&g->pool, &o, &g->best);
    free(g->pool.list);
    g->pool = g->best;
    g->best = (struct set){ 0 };
}

/* Line and page of what is found further and further on in one text. */
struct cursor {
    const char *text;
    size_t at, line, page;
};

static void move_to(struct cursor *c, size_t to)
{
    for (; c->at < to; c->at++) {
        if (c->at == 0 || c->text[c->at - 1] == '\n') {
            if (strncmp(c->text + c->at, "[page ", 6) == 0)
                c->page = strtoul(c->text + c->at + 6, NULL, 10);
        }
        c->line += c->text[c->at] == '\n';
    }
}

size_t wn_glean_add(struct wn_glean *g, const struct wn_material *m)
{
    struct cursor c = { m->text, 0, 1, 0 };
    struct wn_sentence s;
    size_t nth = 0, offset = 0;
    for (size_t pos = 0; wn_sentence_next(m->text, m->len, &pos, &s);) {
        struct wn_pick p = { .source = m->number, .first_line = m->first_line };
        nth++;
        if (s.start < m->body || s.quoted || s.heading || m->text[s.start] == '|')
            continue;
        move_to(&c, s.start);
        p.name = wn_xstrdup(m->name);
        p.len = s.end - s.start;
        p.text = wn_xmalloc(p.len + 1);
        memcpy(p.text, m->text + s.start, p.len);
        p.text[p.len] = '\0';
        p.start = s.start;
        p.offset = offset++;
        p.sentence = nth;
        p.line = c.line;
        p.page = c.page;
        add(&g->block, &p);
        if (g->block.n == BLOCK)
            close_block(g);
    }
    return nth;
}

const struct wn_pick *wn_glean_end(struct wn_glean *g, size_t *n)
{
    struct set *from = &g->block;
    if (g->seen > 0) {
        close_block(g);
        from = &g->pool;
    }
    take_best(from, &g->o, &g->best);
    *n = g->best.n;
    return g->best.list;
}

void wn_glean_free(struct wn_glean *g)
{
    if (g == NULL)
        return;
    set_free(&g->block);
    set_free(&g->pool);
    set_free(&g->best);
    free(g);
}

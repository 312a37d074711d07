/* mend.c: a sentence that did not pass is asked about once, with the passages of its sources that are
 * nearest to it: the model writes it anew, or takes it back. */
#include "pipeline/sentence.h"
#include "pipeline/written.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { PASSAGES = 8 };

/* How many of the claim's longer words stand in the sentence. */
static size_t overlap(const char *claim, const char *text, size_t len)
{
    size_t hits = 0;
    for (const char *p = claim; *p != '\0';) {
        size_t n = 0;
        while (isalnum((unsigned char)p[n]) || (unsigned char)p[n] >= 0x80)
            n++;
        for (size_t i = 0; n >= 4 && i + n <= len; i++)
            if (strncasecmp(p, text + i, n) == 0) {
                hits++;
                break;
            }
        p += n + (p[n] != '\0' && n == 0) + (n > 0 && p[n] != '\0');
    }
    return hits;
}

/* The sentences of a source that are nearest to the claim, in their order. */
static void put_nearest(struct wn_buf *b, const struct wn_cite_source *s, const char *claim)
{
    struct {
        struct wn_sentence at;
        size_t hits;
    } best[PASSAGES] = { 0 };
    struct wn_sentence at;
    for (size_t pos = 0; wn_sentence_next(s->text, s->len, &pos, &at);) {
        size_t hits = overlap(claim, s->text + at.start, at.end - at.start), worst = 0;
        for (size_t k = 1; k < PASSAGES; k++)
            if (best[k].hits < best[worst].hits)
                worst = k;
        if (hits > best[worst].hits) {
            best[worst].at = at;
            best[worst].hits = hits;
        }
    }
    for (size_t next = 0;;) {
        size_t first = SIZE_MAX;
        for (size_t k = 0; k < PASSAGES; k++)
            if (best[k].hits > 0 && best[k].at.start >= next &&
                (first == SIZE_MAX || best[k].at.start < best[first].at.start))
                first = k;
        if (first == SIZE_MAX)
            break;
        wn_buf_add(b, s->text + best[first].at.start, best[first].at.end - best[first].at.start);
        wn_buf_char(b, '\n');
        next = best[first].at.end;
    }
}

static bool is_cited(const struct wn_brief_sentence *s, size_t source)
{
    bool any = false;
    for (size_t k = 0; k < s->ncites; k++) {
        if (s->cites[k].source == source)
            return true;
        any |= s->cites[k].source != SIZE_MAX;
    }
    return !any && source < 3; /* none of its sources is there: the first ones */
}

static const char *mend_text(struct wn_writing *w, const struct wn_brief_sentence *s)
{
    struct wn_buf b = WN_BUF_INIT(1 << 20), near = WN_BUF_INIT(1 << 20);
    const char *nonce, *out;
    for (size_t i = 0; i < w->nsources; i++)
        if (is_cited(s, i))
            put_nearest(&near, &w->sources[i], s->text);
    nonce = wn_brief_nonce(w->b, w->a, near.data, near.len);
    wn_buf_printf(&b, "A sentence of the brief did not pass the program's check.\n\nSentence: %s\n",
                  s->text);
    for (size_t i = 0; i < s->ncites; i++)
        wn_buf_printf(&b, "Quote from %s: %s\n", s->cites[i].claimed, s->cites[i].quote);
    wn_buf_str(&b, "What is wrong:\n");
    for (size_t i = 0; i < s->nproblems; i++)
        wn_buf_printf(&b, "- %s\n", s->problems[i]);
    wn_buf_str(&b, "\nPassages of its sources:\n\n");
    for (size_t i = 0; i < w->nsources; i++) {
        if (!is_cited(s, i))
            continue;
        wn_buf_printf(&b, "<source-%s id=\"%s\">\n", nonce, w->sources[i].id);
        put_nearest(&b, &w->sources[i], s->text);
        wn_buf_printf(&b, "</source-%s>\n", nonce);
    }
    wn_buf_str(
        &b,
        "\nWrite the sentence anew so that its quotes carry every word of it. If the passages do "
        "not say it, set `keep` to false, with an empty text and no quotes.");
    out = wn_arena_copy(w->a, b.data, b.len);
    wn_buf_free(&b);
    wn_buf_free(&near);
    return out;
}

static bool accept_mend(void *user, const char *text, struct wn_arena *a, char fault[300])
{
    struct wn_reply_mend r;
    (void)user;
    return wn_reply_mend(text, a, &r, fault);
}

static void mend_done(void *user, struct wn_job *j)
{
    const struct wn_sentence_asked *m = user;
    struct wn_writing *w = m->w;
    struct wn_brief_sentence anew = { .section = w->checked[m->i].section };
    struct wn_reply_mend r;
    char fault[300];
    if (j->text == NULL || !wn_reply_mend(j->text, w->a, &r, fault))
        return;
    if (!r.keep) {
        w->checked[m->i].text = NULL; /* the model takes it back */
        w->b->doc.dropped++;
        return;
    }
    r.claim.least = w->reply.sentences[m->i].claim.least;
    wn_cite_check(&r.claim, w->sources, w->nsources, w->b->language, w->a, &anew);
    if (anew.nproblems > 0)
        return;
    anew.mended = true;
    w->checked[m->i] = anew;
}

enum wn_code wn_brief_mend(struct wn_writing *w, struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    for (size_t i = 0; rc == WN_OK && i < w->reply.n; i++) {
        struct wn_sentence_asked *m;
        struct wn_asking_for f;
        if (w->checked[i].nproblems == 0)
            continue;
        m = wn_arena_alloc(w->a, sizeof(*m));
        *m = (struct wn_sentence_asked){ w, i };
        f = (struct wn_asking_for){
            .errand = { w->system, mend_text(w, &w->checked[i]), wn_mend_schema, 1024, 120, accept_mend,
                        w, NULL },
            .id = WN_BRIEF_MANY,
            .content = "",
            .done = mend_done,
            .user = m,
        };
        rc = wn_asker_put(w->asker, &f, err);
        wn_brief_progress(w->b, "asking about what failed", i, w->reply.n);
    }
    return rc == WN_OK ? wn_asker_drain(w->asker, err) : rc;
}

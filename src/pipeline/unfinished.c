/* unfinished.c: the money is gone, or nobody answers, before the brief is finished. What was paid for is shown: the
 * text as far as it was checked, or, where none was written, the notes on what was read; each is a statement
 * with its quote, and is checked like any sentence. */
#include "pipeline/sentence.h"
#include "pipeline/written.h"
#include <string.h>

/* The notes that say most, about as long as the brief was to be. */
static void fit(struct wn_writing *w)
{
    struct wn_notes *n = &w->notes;
    int64_t words = 0, tokens = 0;
    for (size_t i = 0; i < n->n; i++) {
        words += (int64_t)wn_sentence_words(n->list[i].text, strlen(n->list[i].text));
        tokens += wn_note_tokens(&n->list[i]);
    }
    if (words > w->b->words)
        wn_notes_fit(n, tokens * w->b->words / words);
}

static void notes_as_sentences(struct wn_writing *w)
{
    const struct wn_brief_task *t = w->b->task;
    fit(w);
    w->sources = wn_notes_sources(&w->notes, w->a, &w->nsources);
    w->reply = (struct wn_reply_brief){
        .enough = true,
        .sentences = wn_arena_array(w->a, w->notes.n, sizeof(*w->reply.sentences)),
        .n = w->notes.n,
    };
    for (size_t i = 0; i < w->notes.n; i++) {
        const struct wn_note *note = &w->notes.list[i];
        const char **words = wn_arena_array(w->a, 2, sizeof(*words));
        words[0] = w->b->list[note->source].id;
        words[1] = note->passage.text;
        w->reply.sentences[i] = (struct wn_reply_sentence){
            .section = wn_brief_section_for(t, note->text),
            .claim = { note->text, &words[0], &words[1], 1, 1 },
        };
    }
    w->b->doc.from_notes = true;
    w->b->cut = true; /* nothing that was proved of written briefs holds for it */
}

/* The text stands: what of the second looks at it did not happen? */
static void say_what_was_left(struct wn_writing *w)
{
    struct wn_brief *b = w->b;
    size_t failed = 0, passed = 0;
    for (size_t i = 0; i < w->reply.n; i++) {
        const struct wn_brief_sentence *s = &w->checked[i];
        failed += s->text != NULL && s->nproblems > 0 && s->checked == NULL;
        passed += s->text != NULL && s->nproblems == 0 && s->checked == NULL;
    }
    if (failed > 0)
        wn_brief_note(b, "The sentences that failed were not all asked about again.");
    if (b->o.check != NULL && passed > 0)
        wn_brief_note(b, wn_arena_printf(
                             w->a, "The second model has not seen %zu of the sentences.", passed));
}

bool wn_brief_unfinished(struct wn_writing *w, enum wn_code rc, const struct wn_error *err)
{
    struct wn_brief *b = w->b;
    if (!wn_brief_ends_early(rc) || b->o.dry_run || (w->reply.n == 0 && w->notes.n == 0))
        return false;
    b->doc.ended = err == NULL ? "the run ended early" : wn_arena_str(w->a, err->what);
    if (w->checked != NULL)
        say_what_was_left(w);
    else if (w->reply.n == 0)
        notes_as_sentences(w);
    return true;
}

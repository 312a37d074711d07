/* written.c: a brief that a model writes: in one pass where the sources fit, else from notes; then every
 * sentence is checked, what fails is asked about once (mend.c), and a second model may look over the rest
 * (checker.c). */
#include "pipeline/written.h"
#include "pipeline/sentence.h"
#include <stdlib.h>
#include <string.h>

enum { CONTEXT_UNKNOWN = 40000, CHUNK_TOKENS = 8000, LEAST_WORDS = 12, SENTENCE_WORDS = 18 };

/* ---- how much fits ---- */

/* Tokens of a request that leave room for the answer, for the smallest of the models. */
static int64_t room(const struct wn_brief *b)
{
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < b->targets.n; i++) {
        const struct wn_target *t = &b->targets.list[i];
        const struct wn_model *m = wn_model_find(t->row->name, t->generate_model);
        int64_t context = m != NULL && m->context > 0 ? m->context : CONTEXT_UNKNOWN;
        least = context < least ? context : least;
    }
    least = least / 10 * 6;
    return b->task->one_pass > 0 && b->task->one_pass < least ? b->task->one_pass : least;
}

static int64_t chunk_tokens(const struct wn_brief *b)
{
    int64_t most = b->task->chunk > 0 ? b->task->chunk : CHUNK_TOKENS;
    return most < room(b) ? most : room(b);
}

static int64_t held_tokens(const struct wn_brief *b)
{
    int64_t n = 0;
    for (size_t i = 0; i < b->sources.nheld; i++)
        n += wn_price_tokens(b->sources.held[i].text, b->sources.held[i].len) + 30;
    return n;
}

static bool fits(const struct wn_brief *b)
{
    return !b->sources.spilled && held_tokens(b) <= room(b);
}

static size_t held_words(const struct wn_brief *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->sources.nheld; i++)
        n += wn_sentence_words(b->sources.held[i].text + b->sources.held[i].body,
                               b->sources.held[i].len - b->sources.held[i].body);
    return n;
}

/* ---- the sources as one text ---- */

/* A name goes between quotes in a tag. */
static void put_name(struct wn_buf *b, const char *name)
{
    for (; *name != '\0'; name++)
        wn_buf_char(b, strchr("<>\"\n", *name) != NULL ? ' ' : *name);
}

static const char *write_sources(struct wn_writing *w)
{
    struct wn_brief *b = w->b;
    struct wn_buf all = WN_BUF_INIT(64 << 20), out = WN_BUF_INIT(64 << 20);
    const char *nonce, *text;
    for (size_t i = 0; i < b->sources.nheld; i++)
        wn_buf_add(&all, b->sources.held[i].text, b->sources.held[i].len);
    nonce = wn_brief_nonce(b, w->a, all.data, all.len);
    wn_buf_free(&all);
    for (size_t i = 0; i < b->sources.nheld; i++) {
        const struct wn_material *m = &b->sources.held[i];
        if (m->len == 0)
            continue;
        wn_buf_printf(&out, "%s<source-%s id=\"%s\" name=\"", out.len == 0 ? "" : "\n", nonce,
                      b->list[i].id);
        put_name(&out, m->name);
        wn_buf_str(&out, "\">\n");
        wn_buf_add(&out, m->text, m->len);
        wn_buf_printf(&out, "\n</source-%s>\n", nonce);
    }
    text = wn_arena_copy(w->a, out.data, out.len);
    wn_buf_free(&out);
    return text;
}

static void whole_sources(struct wn_writing *w)
{
    struct wn_brief *b = w->b;
    w->sources = wn_arena_array(w->a, b->nlist, sizeof(*w->sources));
    w->nsources = b->nlist;
    for (size_t i = 0; i < b->nlist; i++) {
        const struct wn_material *m = &b->sources.held[i];
        w->sources[i] =
            (struct wn_cite_source){ .id = b->list[i].id, .text = m->text, .len = m->len };
    }
}

static void list_held(struct wn_brief *b)
{
    for (size_t i = 0; i < b->sources.nheld; i++) {
        wn_brief_list(b, &b->sources.held[i], true);
        wn_brief_suspect(b, &b->sources.held[i]);
    }
}

/* ---- writing ---- */

static bool accept_brief(void *user, const char *text, struct wn_arena *a, char fault[300])
{
    const struct wn_writing *w = user;
    struct wn_reply_brief r;
    return wn_reply_brief(w->b->task, text, a, &r, fault);
}

static void brief_done(void *user, struct wn_job *j)
{
    struct wn_writing *w = user;
    char fault[300];
    if (j->text == NULL || !wn_reply_brief(w->b->task, j->text, w->a, &w->reply, fault))
        w->failure = wn_arena_str(w->a, j->failure == NULL ? "no answer" : j->failure);
    w->b->doc.model = wn_arena_str(w->a, j->answered_by);
}

static enum wn_code write_brief(struct wn_writing *w, const char *sources, struct wn_error *err)
{
    struct wn_brief *b = w->b;
    struct wn_brief_fill fill = { b->words, b->o.language, b->facts.title, sources };
    struct wn_asking_for f = {
        .errand = { w->system, wn_brief_task_fill(b->task, b->task->user_md, &fill, w->a),
                    wn_brief_schema(b->task, w->a), 1500 + b->words * 10, (int)b->words * 4,
                    accept_brief, w, NULL },
        .id = WN_BRIEF_MANY,
        .content = "",
        .done = brief_done,
        .user = w,
    };
    enum wn_code rc;
    if (f.errand.user == NULL)
        return wn_error_set(err, WN_E_INPUT, "the sources are too long for one request");
    wn_brief_progress(b, "writing", 0, 1);
    rc = wn_asker_put(w->asker, &f, err);
    if (rc == WN_OK)
        rc = wn_asker_drain(w->asker, err);
    if (rc == WN_OK && w->failure != NULL && !b->o.dry_run) {
        rc = wn_error_set(err, WN_E_FAILED, "no brief was written");
        wn_error_cause(err, "%s", w->failure);
        wn_error_hint(err, "Try another model; --model linear makes extracts without one.");
    }
    return rc;
}

/* ---- a dry run ---- */

/* As many words as a price needs, whatever they say. */
static const char *some_words(struct wn_writing *w, size_t n)
{
    struct wn_buf b = WN_BUF_INIT(64 << 20);
    const char *text;
    for (size_t i = 0; i < n; i++)
        wn_buf_str(&b, i % 3 == 0 ? "because " : i % 3 == 1 ? "the " : "order ");
    text = wn_arena_copy(w->a, b.data, b.len);
    wn_buf_free(&b);
    return text;
}

/* The request that is made of the notes: these are as long as the answers are likely to be, or as will fit. */
static enum wn_code expect_merge(struct wn_writing *w, struct wn_error *err)
{
    int64_t tokens = w->notes.likely, most = room(w->b);
    return write_brief(w, some_words(w, (size_t)(tokens < most ? tokens : most)), err);
}

/* One look of the second model at each sentence that is likely to be written. What fails is asked about once
 * more, which nobody can tell before. */
static enum wn_code expect_looks(struct wn_writing *w, struct wn_error *err)
{
    w->reply.n = w->b->words / SENTENCE_WORDS + 1;
    w->checked = wn_arena_array(w->a, w->reply.n, sizeof(*w->checked));
    for (size_t i = 0; i < w->reply.n; i++) {
        struct wn_cite *c = wn_arena_alloc(w->a, sizeof(*c));
        c->quote = some_words(w, SENTENCE_WORDS);
        w->checked[i].text =
            wn_arena_printf(w->a, "%zu %s", i, some_words(w, SENTENCE_WORDS));
        w->checked[i].cites = c;
        w->checked[i].ncites = 1;
    }
    return wn_brief_look_over(w, err);
}

static enum wn_code from_notes(struct wn_writing *w, struct wn_error *err)
{
    struct wn_brief *b = w->b;
    const char *text;
    enum wn_code rc = wn_notes_take(b, w->asker, chunk_tokens(b), room(b), &w->notes, err);
    w->from_notes = true;
    if (rc == WN_OK && b->o.dry_run && b->o.show == NULL)
        return expect_merge(w, err);
    if (rc != WN_OK || b->o.dry_run)
        return rc;
    if (w->notes.parts > 0 && w->notes.failed == w->notes.parts) {
        rc = wn_error_set(err, WN_E_FAILED, "the model read none of the sources");
        wn_error_cause(err, "%s", b->nnotes > 0 ? b->notes[0] : "");
        return rc;
    }
    wn_notes_fit(&w->notes, room(b));
    if (w->notes.left_out > 0)
        wn_brief_note(b, wn_arena_printf(&b->arena,
                                         "%zu notes on the sources were left out: the model "
                                         "cannot read them all at once.",
                                         w->notes.left_out));
    if (w->notes.invented > 0)
        wn_brief_note(b, wn_arena_printf(&b->arena,
                                         "%zu notes were dropped: their quotes do not stand "
                                         "in the sources.",
                                         w->notes.invented));
    w->sources = wn_notes_sources(&w->notes, w->a, &w->nsources);
    if (w->notes.n == 0)
        return WN_OK; /* nothing to write from */
    text = wn_notes_write(&w->notes, "0", w->a);
    text = wn_notes_write(&w->notes, wn_brief_nonce(b, w->a, text, strlen(text)), w->a);
    text = wn_arena_printf(w->a,
                           "These are notes on the sources, each with its quote. Use them and "
                           "nothing else, and quote only from the quotes.\n\n%s",
                           text);
    return write_brief(w, text, err);
}

/* ---- checking ---- */

/* The brief's language: as its sentences tell, else as it was asked for. */
static const struct wn_language *language_of(const struct wn_writing *w)
{
    struct wn_buf said = WN_BUF_INIT(1 << 20);
    const struct wn_language *l;
    for (size_t i = 0; i < w->reply.n; i++) {
        wn_buf_str(&said, w->reply.sentences[i].claim.text);
        wn_buf_char(&said, ' ');
    }
    l = wn_language_guess(said.data, said.len);
    if (l == NULL && w->b->o.language != NULL)
        l = wn_language_find(w->b->o.language);
    wn_buf_free(&said);
    return l;
}

/* The reader is told where the check sees less. */
static void say_what_is_weaker(struct wn_writing *w)
{
    struct wn_brief *b = w->b;
    bool foreign = false;
    for (size_t i = 0; i < w->nsources; i++)
        foreign |= w->sources[i].language != NULL && b->language != NULL &&
                   w->sources[i].language != b->language;
    if (b->language == NULL)
        wn_brief_note(
            b,
            "The check does not know the language of this brief, or cannot tell it: only numbers "
            "in digits, addresses, and names inside sentences were compared. It knows English, "
            "German, French, Spanish, Italian and Dutch.");
    else if (b->language->articles != NULL)
        wn_brief_note(
            b, foreign
                   ? "In German every noun has a capital: a name that stands in no source was not "
                     "told from a noun."
                   : "In German every noun has a capital: what is a name was told by how the "
                     "sources use it.");
    if (foreign)
        wn_brief_note(b, "Brief and sources are in different languages: only numbers, dates, names "
                         "and addresses "
                         "were compared.");
}

static void check_all(struct wn_writing *w)
{
    w->b->language = language_of(w);
    wn_cite_prepare(w->sources, w->nsources, w->b->language, w->a);
    w->checked = wn_arena_array(w->a, w->reply.n, sizeof(*w->checked));
    for (size_t i = 0; i < w->reply.n; i++) {
        w->checked[i].section = w->reply.sentences[i].section;
        wn_cite_check(&w->reply.sentences[i].claim, w->sources, w->nsources, w->b->language, w->a,
                      &w->checked[i]);
    }
    if (w->reply.n > 0)
        say_what_is_weaker(w);
}

/* ---- the whole ---- */

static void take_sentences(struct wn_writing *w)
{
    struct wn_brief *b = w->b;
    for (size_t i = 0; i < w->reply.n; i++) {
        if (w->checked[i].text == NULL)
            continue;
        if (w->checked[i].nproblems > 0 && b->task->drop)
            b->doc.dropped++;
        else
            wn_brief_add(b, &w->checked[i]);
    }
    b->doc.not_enough = b->nsentences == 0;
    if (b->doc.not_enough && b->doc.dropped > 0)
        wn_brief_note(b, "Every sentence that the model wrote was dropped.");
}

static enum wn_code in_one_pass(struct wn_writing *w, struct wn_error *err)
{
    list_held(w->b);
    whole_sources(w);
    w->b->doc.not_enough = held_words(w->b) < LEAST_WORDS;
    if (w->b->doc.not_enough) /* asking for a brief of nothing is asking for inventions */
        return WN_OK;
    return write_brief(w, write_sources(w), err);
}

static enum wn_code run(struct wn_writing *w, struct wn_error *err)
{
    struct wn_brief *b = w->b;
    enum wn_code rc = fits(b) ? in_one_pass(w, err) : from_notes(w, err);
    bool ended = wn_brief_unfinished(w, rc, err);
    if (b->doc.not_enough)
        return rc;
    if (rc == WN_OK && b->o.dry_run && b->o.check != NULL && b->o.show == NULL)
        return expect_looks(w, err);
    if ((rc != WN_OK && !ended) || b->o.dry_run)
        return rc;
    if (!w->reply.enough)
        w->reply.n = 0;
    check_all(w);
    if (!ended)
        rc = wn_brief_mend(w, err);
    if (rc == WN_OK && b->o.check != NULL)
        rc = wn_brief_look_over(w, err);
    if (rc == WN_OK || wn_brief_unfinished(w, rc, err))
        take_sentences(w);
    return rc;
}

enum wn_code wn_brief_generate(struct wn_brief *b, struct wn_error *err)
{
    struct wn_writing w = { .b = b, .a = &b->arena };
    struct wn_brief_fill fill = { b->words, b->o.language, b->facts.title, "" };
    enum wn_code rc = wn_asker_open(b, &b->targets, &w.asker, err);
    w.system = wn_brief_task_fill(b->task, b->task->system_md, &fill, &b->arena);
    b->doc.model = b->model;
    if (rc == WN_OK)
        rc = run(&w, err);
    wn_asker_close(w.asker);
    wn_notes_clear(&w.notes);
    return rc;
}

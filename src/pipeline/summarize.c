/* summarize.c: the way of a brief: sources -> extracts, or notes and a text by a model -> checked
 * sentences -> a decision about the whole. */
#include "pipeline/summarize.h"
#include "base/clock.h"
#include "task/prompt.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the parts' common ground ---- */

const struct wn_field *wn_fields_copy(const struct wn_field *from, size_t n, struct wn_arena *a)
{
    struct wn_field *f = wn_arena_array(a, n, sizeof(*f));
    for (size_t i = 0; i < n; i++)
        f[i] = (struct wn_field){ wn_arena_str(a, from[i].name), wn_arena_str(a, from[i].value) };
    return f;
}

size_t wn_brief_list(struct wn_brief *b, const struct wn_material *m, bool held)
{
    struct wn_brief_source *s;
    const char *id = wn_arena_printf(&b->arena, "S%zu", m->number);
    if (m->number <= b->sources.nheld && m->number <= b->nlist)
        return m->number - 1; /* the held ones are listed first, in their order */
    for (size_t i = b->sources.nheld; i < b->nlist; i++)
        if (strcmp(b->list[i].id, id) == 0)
            return i;
    if (b->nlist == b->list_cap) {
        b->list_cap = b->list_cap == 0 ? 64 : 2 * b->list_cap;
        b->list = wn_xrealloc(b->list, b->list_cap, sizeof(*b->list));
    }
    s = &b->list[b->nlist];
    *s = (struct wn_brief_source){ .id = id,
                                   .name = wn_arena_str(&b->arena, m->name),
                                   .time = m->time,
                                   .text = held ? m->text : NULL,
                                   .len = m->len,
                                   .first_line = m->first_line,
                                   .row = m->row };
    s->item = wn_arena_str(&b->arena, m->item == NULL ? m->name : m->item);
    s->fields = wn_fields_copy(m->fields, m->nfields, &b->arena);
    s->nfields = m->nfields;
    s->subject = m->subject == NULL ? NULL : wn_arena_str(&b->arena, m->subject);
    s->trouble = m->trouble == NULL ? NULL : wn_arena_str(&b->arena, m->trouble);
    s->hint = m->hint == NULL ? NULL : wn_arena_str(&b->arena, m->hint);
    return b->nlist++;
}

void wn_brief_suspect(struct wn_brief *b, const struct wn_material *m)
{
    if (!wn_prompt_suspicious(m->text, m->len))
        return;
    b->suspicious = true;
    wn_brief_note(b, wn_arena_printf(&b->arena, "%s tries to give the model instructions.", m->name));
}

static bool has_number(const char *text)
{
    return strpbrk(text, "0123456789") != NULL;
}

size_t wn_brief_section_for(const struct wn_brief_task *t, const char *text)
{
    size_t len = strlen(text), any = 0;
    bool question = len > 0 && text[len - 1] == '?';
    for (size_t i = 0; i < t->nsections; i++) {
        if ((t->sections[i].extract == WN_EXTRACT_QUESTIONS && question) ||
            (t->sections[i].extract == WN_EXTRACT_NUMBERS && has_number(text) && !question))
            return i;
        if (t->sections[i].extract == WN_EXTRACT_ANY)
            any = i;
    }
    return any;
}

void wn_brief_add(struct wn_brief *b, const struct wn_brief_sentence *s)
{
    if (b->nsentences == b->sentences_cap) {
        b->sentences_cap = b->sentences_cap == 0 ? 64 : 2 * b->sentences_cap;
        b->sentences = wn_xrealloc(b->sentences, b->sentences_cap, sizeof(*b->sentences));
    }
    b->sentences[b->nsentences++] = *s;
}

void wn_brief_note(struct wn_brief *b, const char *note)
{
    if (b->nnotes == b->notes_cap) {
        b->notes_cap = b->notes_cap == 0 ? 16 : 2 * b->notes_cap;
        b->notes = wn_xrealloc(b->notes, b->notes_cap, sizeof(*b->notes));
    }
    b->notes[b->nnotes++] = note;
}

bool wn_brief_ends_early(enum wn_code rc)
{
    return rc == WN_E_BUDGET || rc == WN_E_PROVIDER;
}

bool wn_brief_stopped(const struct wn_brief *b, struct wn_error *err)
{
    if (b->o.stop == NULL || *b->o.stop == 0)
        return false;
    wn_error_set(err, WN_E_INTERRUPTED, "interrupted");
    return true;
}

void wn_brief_progress(const struct wn_brief *b, const char *step, size_t done, size_t total)
{
    if (b->o.progress != NULL)
        b->o.progress(b->o.user, step, done, total);
}

/* ---- opening ---- */

static void choose_model(struct wn_brief *b)
{
    const char *setting = wn_config_get(b->wn->config, "WINNOW_MODEL");
    const char *why = "no --model, none in the brief, no WINNOW_MODEL";
    b->model = "linear";
    if (b->o.model != NULL) {
        b->model = b->o.model;
        why = "--model";
    } else if (b->task->model != NULL) {
        b->model = b->task->model;
        why = "the brief's";
    } else if (setting != NULL) {
        b->model = setting;
        why = "WINNOW_MODEL";
    }
    b->doc.extracts = strcmp(b->model, "linear") == 0;
    b->facts.model_line = wn_arena_printf(
        &b->arena, "%s (%s); %s", b->doc.extracts ? "extracts by the linear engine" : b->model, why,
        b->doc.extracts ? "nothing leaves this machine" : "the sources' texts are sent to it");
}

/* A model that only classifies, in a list or a cascade, writes no brief. */
static enum wn_code resolve(struct wn_brief *b, struct wn_error *err)
{
    enum wn_code rc = WN_OK;
    if (!b->doc.extracts)
        rc = wn_targets_resolve(b->wn, b->model, "generate", &b->arena, &b->targets, err);
    for (size_t i = 0; rc == WN_OK && i < b->targets.n; i++)
        if (b->targets.list[i].row == NULL || b->targets.list[i].generate_model == NULL) {
            rc = wn_error_set(err, WN_E_USAGE, "%s cannot write a brief", b->targets.list[i].lane);
            wn_error_hint(err, "Name models that write text; `winnow models` lists them. `--model "
                               "linear` alone gives extracts.");
        }
    if (rc == WN_OK && b->o.check != NULL)
        rc = wn_targets_resolve(b->wn, b->o.check, "generate", &b->arena, &b->checkers, err);
    return rc;
}

static enum wn_code open_brief(struct wn_brief *b, struct wn_error *err)
{
    const char *dir = NULL;
    enum wn_code rc = wn_brief_task_find(b->o.task == NULL ? "research-brief" : b->o.task,
                                         b->wn->roots, b->wn->nroots, &b->arena, &dir, err);
    if (rc == WN_OK)
        rc = wn_brief_task_load(dir, &b->task, err);
    if (rc != WN_OK)
        return rc;
    b->plain = wn_brief_task_plain(b->task);
    b->facts.task = b->task->name;
    b->facts.title = wn_arena_str(&b->arena, b->o.title == NULL ? b->task->title : b->o.title);
    b->facts.tally.started_ms = wn_clock_ms();
    b->words = b->o.words > 0 ? b->o.words : b->task->words;
    choose_model(b);
    rc = resolve(b, err);
    if (rc == WN_OK && (!b->o.dry_run || wn_context_has_store(b->wn)))
        rc = wn_context_store(b->wn, err);
    return rc;
}

/* Who is the sender of one source may be spoken of in any other. */
static void learn_names(struct wn_brief *b)
{
    if (b->task->redact == 0)
        return;
    b->known = wn_known_new();
    for (size_t i = 0; i < b->sources.nheld; i++)
        wn_known_add(b->known, b->sources.held[i].fields, b->sources.held[i].nfields);
}

/* ---- closing ---- */

/* By section, each section in the order of its sentences. */
static void sort_sentences(struct wn_brief *b)
{
    struct wn_brief_sentence *out = wn_arena_array(&b->arena, b->nsentences, sizeof(*out));
    size_t n = 0;
    for (size_t k = 0; k < b->task->nsections; k++)
        for (size_t i = 0; i < b->nsentences; i++)
            if (b->sentences[i].section == k)
                out[n++] = b->sentences[i];
    b->doc.sentences = out;
    b->doc.nsentences = n;
}

/* A source that could not be read, or not all of it, is named before what was read but not used. */
static void close_doc(struct wn_brief *b)
{
    struct wn_brief_doc *d = &b->doc;
    sort_sentences(b);
    for (size_t i = 0; i < d->nsentences; i++) {
        d->unsupported += d->sentences[i].nproblems > 0;
        d->mended += d->sentences[i].mended;
        for (size_t k = 0; k < d->sentences[i].ncites; k++)
            if (d->sentences[i].cites[k].verified)
                b->list[d->sentences[i].cites[k].source].used++;
    }
    for (size_t i = 0; i < b->nlist; i++) {
        d->used += b->list[i].used > 0;
        b->cut |= b->list[i].trouble != NULL && b->list[i].len > 0;
    }
    d->task = b->task;
    d->title = b->facts.title;
    d->language = b->o.language;
    d->made = wn_clock_now();
    d->sources = b->list;
    d->nsources = b->nlist;
    d->unlisted = b->sources.count - b->nlist;
    d->unread = b->sources.unread;
    d->unseen = b->unseen;
    d->notes = b->notes;
    d->nnotes = b->nnotes;
    b->facts.extracts = d->extracts;
    b->facts.not_enough = d->not_enough;
    b->facts.sources = b->sources.count;
    b->facts.used = d->used;
    b->facts.unread = d->unread;
    b->facts.partial = d->ended != NULL;
    b->facts.unseen = d->unseen;
    b->facts.sentences = d->nsentences;
    b->facts.unsupported = d->unsupported;
    b->facts.mended = d->mended;
    b->facts.dropped = d->dropped;
}

enum wn_code wn_brief(struct wn *wn, const struct wn_brief_options *o, const char *const *paths,
                      size_t npaths, struct wn_brief **out, struct wn_error *err)
{
    struct wn_brief *b = wn_xcalloc(1, sizeof(*b));
    enum wn_code rc;
    b->wn = wn;
    b->o = *o;
    wn_sources_open(&b->sources, wn, &b->o, paths, npaths);
    rc = open_brief(b, err);
    if (rc == WN_OK)
        rc = wn_sources_hold(&b->sources, err);
    if (rc == WN_OK)
        learn_names(b);
    if (rc == WN_OK && b->doc.extracts)
        rc = o->dry_run ? WN_OK : wn_brief_extract(b, err);
    else if (rc == WN_OK)
        rc = wn_brief_generate(b, err);
    if ((rc == WN_OK || b->doc.ended != NULL) && !o->dry_run) {
        enum wn_code kept;
        close_doc(b);
        kept = wn_brief_keep(b, rc == WN_OK ? err : NULL);
        rc = rc == WN_OK ? kept : rc;
    }
    b->facts.sources = b->sources.count;
    b->facts.unread = b->sources.unread;
    b->facts.tally.now_ms = wn_clock_ms();
    if (wn->store != NULL)
        wn_store_flush(wn->store, NULL);
    *out = b;
    return rc;
}

const struct wn_brief_facts *wn_brief_facts(const struct wn_brief *b)
{
    return &b->facts;
}

enum wn_code wn_brief_write(const struct wn_brief *b, enum wn_brief_format f, char **text,
                            size_t *len, struct wn_error *err)
{
    static void (*const write[])(const struct wn_brief_doc *, struct wn_buf *) = {
        [WN_BRIEF_MD] = wn_brief_write_md,
        [WN_BRIEF_HTML] = wn_brief_write_html,
        [WN_BRIEF_JSON] = wn_brief_write_json,
    };
    struct wn_buf out = WN_BUF_INIT((size_t)1 << 30);
    write[f](&b->doc, &out);
    *len = out.len;
    return wn_buf_take(&out, text, err);
}

void wn_brief_free(struct wn_brief *b)
{
    if (b == NULL)
        return;
    wn_sources_close(&b->sources);
    wn_known_free(b->known);
    wn_brief_task_free(b->task);
    wn_arena_free(&b->arena);
    free(b->sentences);
    free(b->list);
    free(b->notes);
    free(b->replaced);
    free(b);
}

/* brief_json.c: a brief as JSON; see brief.h. */
#include "report/brief.h"
#include "base/clock.h"
#include "base/json.h"
#include "decide/evidence.h"

static void member(struct wn_buf *b, const char *name, const char *value)
{
    wn_buf_printf(b, "%s\"%s\":", b->len > 0 && b->data[b->len - 1] == '{' ? "" : ",", name);
    if (value == NULL)
        wn_buf_str(b, "null");
    else
        wn_json_quote(b, value);
}

static void number(struct wn_buf *b, const char *name, size_t value)
{
    wn_buf_printf(b, ",\"%s\":%zu", name, value);
}

static void flag(struct wn_buf *b, const char *name, bool value)
{
    wn_buf_printf(b, ",\"%s\":%s", name, value ? "true" : "false");
}

static void json_cite(struct wn_buf *b, const struct wn_brief_doc *d, const struct wn_cite *c)
{
    wn_buf_char(b, '{');
    member(b, "source", c->source == SIZE_MAX ? c->claimed : d->sources[c->source].id);
    member(b, "quote", c->quote);
    member(b, "evidence", wn_evidence_name(c->evidence));
    flag(b, "verified", c->verified);
    if (c->line > 0) {
        number(b, "sentence", c->sentence);
        number(b, "line", c->line + d->sources[c->source].first_line - 1);
        if (c->page > 0)
            number(b, "page", c->page);
        wn_buf_printf(b, ",\"at\":[%zu,%zu]", c->start, c->end);
        flag(b, "history", c->history);
    }
    wn_buf_char(b, '}');
}

static void json_sentence(struct wn_buf *b, const struct wn_brief_doc *d,
                          const struct wn_brief_sentence *s)
{
    wn_buf_char(b, '{');
    member(b, "section", d->task->sections[s->section].id);
    member(b, "text", s->text);
    flag(b, "supported", s->nproblems == 0);
    flag(b, "mended", s->mended);
    member(b, "checked", s->checked);
    wn_buf_str(b, ",\"problems\":[");
    for (size_t i = 0; i < s->nproblems; i++) {
        wn_buf_str(b, i == 0 ? "" : ",");
        wn_json_quote(b, s->problems[i]);
    }
    wn_buf_str(b, "],\"quotes\":[");
    for (size_t i = 0; i < s->ncites; i++) {
        wn_buf_str(b, i == 0 ? "" : ",");
        json_cite(b, d, &s->cites[i]);
    }
    wn_buf_str(b, "]}");
}

static void json_source(struct wn_buf *b, const struct wn_brief_source *s)
{
    wn_buf_char(b, '{');
    member(b, "id", s->id);
    member(b, "name", s->name);
    member(b, "subject", s->subject);
    number(b, "quotes", s->used);
    flag(b, "read", !wn_brief_is_unread(s));
    member(b, "trouble", s->trouble);
    wn_buf_char(b, '}');
}

void wn_brief_write_json(const struct wn_brief_doc *d, struct wn_buf *b)
{
    char made[WN_CLOCK_TEXT];
    wn_clock_text(d->made, made);
    wn_buf_str(b, "{\"schema\":1");
    member(b, "title", d->title);
    member(b, "task", d->task->name);
    member(b, "made", made);
    member(b, "model", d->extracts ? "linear" : d->model);
    member(b, "checker", d->checker);
    member(b, "language", d->language);
    flag(b, "extracts", d->extracts);
    flag(b, "not_enough", d->not_enough);
    member(b, "ended", d->ended);
    flag(b, "from_notes", d->from_notes);
    wn_buf_str(b, ",\"sentences\":[");
    for (size_t i = 0; i < d->nsentences; i++) {
        wn_buf_str(b, i == 0 ? "" : ",");
        json_sentence(b, d, &d->sentences[i]);
    }
    wn_buf_str(b, "],\"sources\":[");
    for (size_t i = 0; i < d->nsources; i++) {
        wn_buf_str(b, i == 0 ? "" : ",");
        json_source(b, &d->sources[i]);
    }
    wn_buf_printf(b, "],\"counts\":{\"sources\":%zu", d->nsources + d->unlisted);
    number(b, "used", d->used);
    number(b, "unread", d->unread);
    number(b, "unseen", d->unseen);
    number(b, "sentences", d->nsentences);
    number(b, "unsupported", d->unsupported);
    number(b, "mended", d->mended);
    number(b, "dropped", d->dropped);
    wn_buf_str(b, "},\"notes\":[");
    for (size_t i = 0; i < d->nnotes; i++) {
        wn_buf_str(b, i == 0 ? "" : ",");
        wn_json_quote(b, d->notes[i]);
    }
    wn_buf_str(b, "]}\n");
}

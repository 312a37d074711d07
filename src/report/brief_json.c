/* brief_json.c: a brief as JSON; see brief.h. */
#include "report/brief.h"
#include "base/clock.h"
#include "base/json.h"
#include "decide/evidence.h"

static void json_cite(struct wn_buf *b, const struct wn_brief_doc *d, const struct wn_cite *c)
{
    wn_buf_char(b, '{');
    wn_json_member_str(b, "source", c->source == SIZE_MAX ? c->claimed : d->sources[c->source].id);
    wn_json_member_str(b, "quote", c->quote);
    wn_json_member_str(b, "evidence", wn_evidence_name(c->evidence));
    wn_json_member_bool(b, "verified", c->verified);
    if (c->line > 0) {
        wn_json_member_int(b, "sentence", c->sentence);
        wn_json_member_int(b, "line", c->line + d->sources[c->source].first_line - 1);
        if (c->page > 0)
            wn_json_member_int(b, "page", c->page);
        wn_buf_printf(b, ",\"at\":[%zu,%zu]", c->start, c->end);
        wn_json_member_bool(b, "history", c->history);
    }
    wn_buf_char(b, '}');
}

static void json_sentence(struct wn_buf *b, const struct wn_brief_doc *d,
                          const struct wn_brief_sentence *s)
{
    wn_buf_char(b, '{');
    wn_json_member_str(b, "section", d->task->sections[s->section].id);
    wn_json_member_str(b, "text", s->text);
    wn_json_member_bool(b, "supported", s->nproblems == 0);
    wn_json_member_bool(b, "mended", s->mended);
    wn_json_member_str(b, "checked", s->checked);
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
    wn_json_member_str(b, "id", s->id);
    wn_json_member_str(b, "name", s->name);
    wn_json_member_str(b, "subject", s->subject);
    wn_json_member_int(b, "quotes", s->used);
    wn_json_member_bool(b, "read", !wn_brief_is_unread(s));
    wn_json_member_str(b, "trouble", s->trouble);
    wn_buf_char(b, '}');
}

void wn_brief_write_json(const struct wn_brief_doc *d, struct wn_buf *b)
{
    char made[WN_CLOCK_TEXT];
    wn_clock_text(d->made, made);
    wn_buf_str(b, "{\"schema\":1");
    wn_json_member_str(b, "title", d->title);
    wn_json_member_str(b, "task", d->task->name);
    wn_json_member_str(b, "made", made);
    wn_json_member_str(b, "model", d->extracts ? "linear" : d->model);
    wn_json_member_str(b, "checker", d->checker);
    wn_json_member_str(b, "language", d->language);
    wn_json_member_bool(b, "extracts", d->extracts);
    wn_json_member_bool(b, "not_enough", d->not_enough);
    wn_json_member_str(b, "ended", d->ended);
    wn_json_member_bool(b, "from_notes", d->from_notes);
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
    wn_json_member_int(b, "used", d->used);
    wn_json_member_int(b, "unread", d->unread);
    wn_json_member_int(b, "unseen", d->unseen);
    wn_json_member_int(b, "sentences", d->nsentences);
    wn_json_member_int(b, "unsupported", d->unsupported);
    wn_json_member_int(b, "mended", d->mended);
    wn_json_member_int(b, "dropped", d->dropped);
    wn_buf_str(b, "},\"notes\":[");
    for (size_t i = 0; i < d->nnotes; i++) {
        wn_buf_str(b, i == 0 ? "" : ",");
        wn_json_quote(b, d->notes[i]);
    }
    wn_buf_str(b, "]}\n");
}

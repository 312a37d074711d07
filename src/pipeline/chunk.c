/* chunk.c: see chunk.h. */
#include "pipeline/chunk.h"
#include "base/utf8.h"
#include "pipeline/sentence.h"
#include <stdlib.h>
#include <string.h>

static void count_lines(struct wn_chunks *c, size_t to)
{
    if (c->line == 0)
        c->line = 1;
    for (; c->counted < to; c->counted++) {
        bool begins = c->counted == 0 || c->text[c->counted - 1] == '\n';
        if (begins && strncmp(c->text + c->counted, "[page ", 6) == 0)
            c->page = strtoul(c->text + c->counted + 6, NULL, 10);
        c->line += c->text[c->counted] == '\n';
    }
}

bool wn_chunk_next(struct wn_chunks *c, struct wn_chunk *out)
{
    struct wn_sentence s;
    size_t pos = c->pos, end = 0, n = 0, heading = 0, before_heading = 0;
    while (wn_sentence_next(c->text, c->len, &pos, &s)) {
        if (n == 0)
            *out = (struct wn_chunk){ .start = s.start, .first_sentence = c->sentences + 1 };
        if (n > 0 && s.end - out->start > c->most) {
            /* a heading in the second half is the better place */
            if (heading > out->start + c->most / 2) {
                end = heading;
                n = before_heading;
            }
            break;
        }
        if (s.heading && n > 0) {
            heading = s.start;
            before_heading = n;
        }
        n++;
        end = s.end;
        if (end - out->start > c->most) { /* one sentence that is too long by itself */
            end = out->start + wn_utf8_cut(c->text + out->start, c->len - out->start, c->most);
            if (end <= out->start)
                end = s.end;
            break;
        }
    }
    if (n == 0)
        return false;
    count_lines(c, out->start + 1);
    out->line = c->line - (c->text[out->start] == '\n');
    out->page = c->page;
    out->end = end;
    c->pos = end;
    c->sentences += n;
    return true;
}

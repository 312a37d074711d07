/* fuzz_brief.c: any bytes as a model's answer, and as a source, divided by the first zero byte. Whatever a
 * reply says, it is read or refused with a reason; sentences and parts of the source follow each other and
 * lie inside it; what is marked as verified stands there. */
#include "base/utf8.h"
#include "pipeline/chunk.h"
#include "pipeline/rank.h"
#include "pipeline/replies.h"
#include "pipeline/sentence.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void cut(const char *text, size_t len)
{
    static const size_t most[] = { 1, 7, 40, 1000 };
    struct wn_sentence s;
    size_t at = 0;
    for (size_t pos = 0; wn_sentence_next(text, len, &pos, &s); at = s.end) {
        must(s.start >= at && s.end > s.start && s.end <= len && pos >= s.end);
        must(wn_sentence_words(text + s.start, s.end - s.start) <= s.end - s.start);
    }
    for (size_t i = 0; i < sizeof(most) / sizeof(most[0]); i++) {
        struct wn_chunks c = { .text = text, .len = len, .most = most[i] };
        struct wn_chunk part;
        at = 0;
        while (wn_chunk_next(&c, &part)) {
            must(part.start >= at && part.end > part.start && part.end <= len && part.line >= 1);
            at = part.end;
        }
    }
}

static void cite(const struct wn_reply_brief *r, const char *text, size_t len, struct wn_arena *a)
{
    struct wn_cite_source source = { .id = "S1", .text = text, .len = len };
    wn_cite_prepare(&source, 1, NULL, a);
    for (size_t i = 0; i < r->n && i < 8; i++) {
        struct wn_brief_sentence s = { .section = 0 };
        wn_cite_check(&r->sentences[i].claim, &source, 1, source.language, a, &s);
        for (size_t k = 0; k < s.ncites; k++)
            must(!s.cites[k].verified ||
                 (s.cites[k].end <= len && s.cites[k].end > s.cites[k].start));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct wn_brief_section sections[] = { { "findings", "F", "f", 0, 1 },
                                                        { "contradictions", "C", "c", 0, 2 } };
    static const struct wn_brief_task task = { .name = "x", .sections = sections, .nsections = 2 };
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_buf clean = WN_BUF_INIT(1 << 22);
    const uint8_t *zero = size > 0 ? memchr(data, 0, size) : NULL;
    size_t first = zero == NULL ? size : (size_t)(zero - data);
    const char *reply = wn_arena_copy(&a, (const char *)data, first), *text;
    struct wn_reply_brief r;
    struct wn_reply_notes n;
    struct wn_reply_mend m;
    struct wn_reply_check c;
    char fault[300] = "";
    wn_utf8_clean(&clean, zero == NULL ? (const char *)data : (const char *)zero + 1,
                  zero == NULL ? size : size - first - 1);
    text = wn_arena_copy(&a, clean.data, clean.len);
    cut(text, clean.len);
    if (wn_reply_brief(&task, reply, &a, &r, fault))
        cite(&r, text, clean.len, &a);
    else
        must(fault[0] != '\0');
    wn_reply_notes(reply, &a, &n, fault);
    wn_reply_mend(reply, &a, &m, fault);
    wn_reply_check(reply, &a, &c, fault);
    wn_buf_free(&clean);
    wn_arena_free(&a);
    return 0;
}

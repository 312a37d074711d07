/* sheet.c: what two releases say of the same texts; see linear.h.
 *
 * The bytes: "wns1", the model's version, questions, texts, then for each text its digest and for each question what was said, 1
 * more than it is (0 = nothing), and how probable it was. */
#include "linear/bytes.h"
#include "linear/gather.h"
#include "linear/report.h"
#include "linear/score.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 256 << 20, VERSION = 16, WHOLE = 16383 /* probability 1: two bytes */ };

enum wn_code wn_linear_sheet_save(const struct wn_linear_sheet *s, const struct wn_linear *m,
                                  char **bytes, size_t *len, struct wn_error *err)
{
    struct wn_buf b = WN_BUF_INIT(MAX_BYTES);
    enum wn_code rc;
    wn_buf_str(&b, "wns1");
    wn_buf_str(&b, m->version);
    wn_put_uint(&b, s->nquestions);
    wn_put_uint(&b, s->n);
    for (size_t i = 0; i < s->n; i++) {
        wn_put_key(&b, s->texts[i]);
        for (size_t q = 0; q < s->nquestions; q++) {
            const struct wn_linear_mark *mark = &s->marks[i * s->nquestions + q];
            wn_put_uint(&b, mark->judged ? (uint64_t)mark->said + 1 : 0);
            if (mark->judged)
                wn_put_uint(&b, (uint64_t)(mark->p * WHOLE + .5f));
        }
    }
    *len = b.len;
    rc = wn_buf_take(&b, bytes, err);
    wn_buf_free(&b);
    return rc;
}

static void read_mark(struct wn_bytes *r, const struct wn_question *q, struct wn_linear_mark *m)
{
    uint64_t most = q->type == WN_TAGS ? UINT64_C(1) << 32 : q->nchoices;
    uint64_t said = wn_get_uint(r, q->type == WN_TEXT ? 0 : most);
    if (said == 0)
        return;
    *m = (struct wn_linear_mark){ .judged = true, .said = (uint32_t)(said - 1) };
    m->p = (float)wn_get_uint(r, WHOLE) / WHOLE;
}

bool wn_linear_sheet_load(const char *bytes, size_t len, const char *version,
                          const struct wn_task *t, struct wn_arena *a, struct wn_linear_sheet *out)
{
    struct wn_bytes r = { (const unsigned char *)bytes, (const unsigned char *)bytes + len, false };
    const unsigned char *magic = wn_get_bytes(&r, 4), *of = wn_get_bytes(&r, VERSION);
    memset(out, 0, sizeof(*out));
    if (of == NULL || memcmp(magic, "wns1", 4) != 0 || memcmp(of, version, VERSION) != 0)
        return false;
    out->nquestions = (size_t)wn_get_uint(&r, t->nquestions);
    out->n = (size_t)wn_get_uint(&r, len / (8 + t->nquestions));
    if (r.bad || out->nquestions != t->nquestions)
        return false;
    out->texts = wn_arena_array(a, out->n, sizeof(*out->texts));
    out->marks = wn_arena_array(a, out->n * out->nquestions, sizeof(*out->marks));
    for (size_t i = 0; i < out->n && !r.bad; i++) {
        out->texts[i] = wn_get_key(&r);
        for (size_t q = 0; q < out->nquestions; q++)
            read_mark(&r, &t->questions[q], &out->marks[i * out->nquestions + q]);
    }
    return !r.bad && r.p == r.end;
}

/* ---- the same texts, then and now ---- */

struct place {
    uint64_t text;
    size_t row;
};

static int by_text(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return x->text < y->text ? -1 : x->text > y->text;
}

static struct place *sort_texts(const struct wn_linear_sheet *s)
{
    struct place *list = wn_xcalloc(s->n, sizeof(*list));
    for (size_t i = 0; i < s->n; i++)
        list[i] = (struct place){ s->texts[i], i };
    qsort(list, s->n, sizeof(*list), by_text);
    return list;
}

/* What the model says by itself, of a text that it has not learned from. Shares of the traffic are left
 * out: lessons are not shaped like it. */
static struct wn_linear_mark say(const struct wn_linear *m, const struct wn_question *q,
                                 size_t index, const struct wn_reading *r, struct wn_arena *a)
{
    struct wn_head h = m->heads[index];
    double *p;
    if (h.state == WN_HEAD_NONE)
        return (struct wn_linear_mark){ .judged = false };
    p = wn_arena_array(a, h.k, sizeof(*p));
    if (h.type != WN_TAGS)
        h.shift = h.prior;
    wn_head_probabilities(&h, r->z + h.col, p);
    return wn_mark(q, h.shift, p);
}

/* Tell one text's mark of then from that of now. */
static void compare_marks(const struct wn_question *q, const struct wn_linear_mark *then,
                          const struct wn_linear_mark *now, bool known,
                          struct wn_linear_change *out, struct wn_judged *judged)
{
    bool was = wn_mark_is_right(q, then, now->truth), is = wn_mark_is_right(q, now, now->truth);
    bool lost = was && !is, won = is && !was;
    judged[out->n++] = (struct wn_judged){ (double)then->p, was };
    out->lost += lost;
    out->won += won;
    out->known += known;
    out->known_lost += known && lost;
    out->known_won += known && won;
}

/* One text. `said` is its row of the sheet before, or NULL; judged: now->n of each question. */
static void compare_text(const struct wn_linear *before, const struct wn_linear_mark *said,
                         const struct wn_task *t, const struct wn_example *e,
                         const struct wn_linear_mark *now, size_t most, struct wn_arena *a,
                         struct wn_linear_change *out, struct wn_judged *judged)
{
    const struct wn_item item = { .id = "",
                                  .text = e->text,
                                  .text_len = strlen(e->text),
                                  .fields = e->fields,
                                  .nfields = e->nfields };
    struct wn_reading r = { .z = NULL };
    for (size_t q = 0; q < t->nquestions; q++) {
        bool known = said != NULL && said[q].judged;
        struct wn_linear_mark then = { .judged = false };
        if (!now[q].judged)
            continue;
        if (!known && r.z == NULL)
            wn_linear_read(before, &item, false, a, &r);
        then = known ? said[q] : say(before, &t->questions[q], q, &r, a);
        if (then.judged)
            compare_marks(&t->questions[q], &then, &now[q], known, &out[q], judged + q * most);
    }
}

void wn_linear_compare(const struct wn_linear *before, const struct wn_linear_sheet *before_said,
                       const struct wn_task *t, const struct wn_example *ex,
                       const struct wn_linear_sheet *now, struct wn_linear_change *out)
{
    size_t width = t->nquestions;
    struct place *places = sort_texts(before_said);
    struct wn_judged *judged = wn_xcalloc(now->n * width, sizeof(*judged));
    struct wn_arena a = WN_ARENA_INIT;
    memset(out, 0, width * sizeof(*out));
    for (size_t i = 0; i < now->n; i++) {
        const struct place key = { now->texts[i], 0 },
                           *at = bsearch(&key, places, before_said->n, sizeof(key), by_text);
        compare_text(before, at == NULL ? NULL : before_said->marks + at->row * width, t,
                     &ex[now->examples[i]], now->marks + i * width, now->n, &a, out, judged);
        wn_arena_reset(&a);
    }
    for (size_t q = 0; q < width; q++) {
        size_t right = 0;
        for (size_t i = 0; i < out[q].n; i++)
            right += judged[q * now->n + i].right;
        out[q].accuracy = out[q].n == 0 ? NAN : (double)right / (double)out[q].n;
        out[q].ece = wn_ece(judged + q * now->n, out[q].n);
        out[q].unlearned = out[q].n == 0 && before->heads[q].state == WN_HEAD_TRAINED;
    }
    free(places);
    free(judged);
    wn_arena_free(&a);
}

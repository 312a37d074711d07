/* when.c: does a rule's or a route's condition hold? See decide.h.
 *
 * Words are looked for in the text and in the field "subject": a mail that asks for a price in its
 * subject alone must not slip past the rule about prices. */
#include "decide/when.h"
#include "base/utf8.h"
#include "decide/decide.h"
#include "decide/norm.h"
#include <stdlib.h>
#include <string.h>

/* Text and subject cannot be matched across: this byte is in no phrase and no word. */
#define BETWEEN '\x1f'

/* As it is compared: white space in one run, quotes and dashes plain, invisible characters gone (they
 * would hide a word), lower case in any script. The result is for free(). */
static char *folded(const char *text, size_t len, size_t *out_len)
{
    struct wn_norm n;
    struct wn_buf b = WN_BUF_INIT(SIZE_MAX / 2);
    char *out = NULL;
    wn_norm_make(text, len, &n);
    wn_utf8_fold(&b, n.text, n.len);
    wn_norm_free(&n);
    *out_len = b.len;
    if (wn_buf_take(&b, &out, NULL) != WN_OK)
        out = wn_xstrdup("");
    return out;
}

static const char *subject_of(const struct wn_item *item)
{
    for (size_t i = 0; i < item->nfields; i++)
        if (strcmp(item->fields[i].name, "subject") == 0)
            return item->fields[i].value;
    return "";
}

/* Made when the first condition asks for them: few tasks have one. */
static void make_words(const struct wn_item *item, struct wn_words *out)
{
    const char *subject = subject_of(item);
    struct wn_buf both = WN_BUF_INIT(SIZE_MAX / 2);
    if (out->text != NULL)
        return;
    wn_buf_str(&both, subject);
    wn_buf_char(&both, BETWEEN);
    wn_buf_add(&both, item->text, item->text_len);
    out->text = folded(both.data, both.len, &out->len);
    wn_buf_free(&both);
}

void wn_words_free(struct wn_words *w)
{
    free(w->text);
    w->text = NULL;
    w->len = 0;
}

/* Does this character make a word longer? Scripts that write without spaces have no word ends to look
 * for, so their characters do not. */
static bool is_word(uint32_t cp)
{
    if (cp < 0x80)
        return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') ||
               cp == '_';
    if (cp < 0xc0)
        return cp == 0xaa || cp == 0xb5 || cp == 0xba;
    return cp != 0xd7 && cp != 0xf7 && !(cp >= 0x0e00 && cp < 0x1000) && /* Thai, Lao, Tibetan */
           cp < 0x1780;
}

static uint32_t before(const char *text, size_t at)
{
    size_t start = at, used;
    while (start > 0 && at - start < 4) {
        start--;
        if (((unsigned char)text[start] & 0xc0) != 0x80)
            break;
    }
    return start < at ? wn_utf8_next(text + start, at - start, &used) : 0;
}

static uint32_t after(const char *text, size_t len, size_t at)
{
    size_t used;
    return at < len ? wn_utf8_next(text + at, len - at, &used) : 0;
}

static bool has_phrase(const struct wn_words *w, const char *phrase)
{
    size_t len, at = 0;
    char *p = folded(phrase, strlen(phrase), &len);
    bool found = false;
    for (; !found && (at = wn_find(w->text, w->len, at, p, len)) != SIZE_MAX; at++)
        found = !(is_word(after(p, len, 0)) && is_word(before(w->text, at))) &&
                !(is_word(before(p, len)) && is_word(after(w->text, w->len, at + len)));
    free(p);
    return found;
}

static bool has_any(const struct wn_words *w, const char *const *phrases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (has_phrase(w, phrases[i]))
            return true;
    return false;
}

bool wn_text_has(const char *text, size_t len, const char *const *words, size_t n)
{
    struct wn_words w;
    bool found;
    w.text = folded(text, len, &w.len);
    found = has_any(&w, words, n);
    wn_words_free(&w);
    return found;
}

/* ---- the other parts ---- */

static bool same_folded(const char *a, const char *b)
{
    size_t an, bn;
    char *x = folded(a, strlen(a), &an), *y = folded(b, strlen(b), &bn);
    bool same = an == bn && memcmp(x, y, an) == 0;
    free(x);
    free(y);
    return same;
}

static const struct wn_value *value_of(const struct wn_task *t, const struct wn_answer *answer,
                                       const char *question, const struct wn_question **q)
{
    for (size_t i = 0; answer != NULL && i < t->nquestions && i < answer->nvalues; i++)
        if (strcmp(t->questions[i].name, question) == 0) {
            *q = &t->questions[i];
            return &answer->values[i];
        }
    return NULL;
}

static bool is_one_of(const struct wn_question *q, const struct wn_value *v, const char *id)
{
    if (q->type == WN_TEXT)
        return !v->null && v->text != NULL && same_folded(v->text, id);
    if (q->type != WN_TAGS)
        return v->choice < q->nchoices && strcmp(q->choices[v->choice].id, id) == 0;
    for (size_t i = 0; v->chosen != NULL && i < q->nchoices; i++)
        if (v->chosen[i] && strcmp(q->choices[i].id, id) == 0)
            return true;
    return false;
}

static bool answer_fits(const struct wn_task *t, const struct wn_when *w,
                        const struct wn_answer *answer)
{
    const struct wn_question *q = NULL;
    const struct wn_value *v = value_of(t, answer, w->question, &q);
    for (size_t i = 0; v != NULL && v->answered && i < w->nany; i++)
        if (is_one_of(q, v, w->any[i]))
            return true;
    return false;
}

static bool one_missing(const struct wn_task *t, const struct wn_when *w,
                        const struct wn_answer *answer)
{
    const struct wn_question *q = NULL;
    for (size_t i = 0; i < w->nmissing; i++) {
        const struct wn_value *v = value_of(t, answer, w->missing[i], &q);
        if (v != NULL && (!v->answered || (q->type == WN_TEXT && (v->null || v->text == NULL))))
            return true;
    }
    return false;
}

static bool field_fits(const struct wn_when *w, const struct wn_item *item)
{
    for (size_t i = 0; i < item->nfields; i++) {
        if (!same_folded(item->fields[i].name, w->field))
            continue;
        if (w->nfield_is == 0 && item->fields[i].value[0] != '\0')
            return true;
        for (size_t k = 0; k < w->nfield_is; k++)
            if (same_folded(item->fields[i].value, w->field_is[k]))
                return true;
    }
    return false;
}

static bool words_fit(const struct wn_when *w, const struct wn_item *item, struct wn_words *words)
{
    make_words(item, words);
    return has_any(words, w->text_has, w->ntext_has);
}

bool wn_when_fits(const struct wn_task *t, const struct wn_when *w, const struct wn_item *item,
                  struct wn_words *words, const struct wn_answer *answer)
{
    return (w->question == NULL || answer_fits(t, w, answer)) &&
           (w->ntext_has == 0 || words_fit(w, item, words)) &&
           (w->nmissing == 0 || one_missing(t, w, answer)) &&
           (w->field == NULL || field_fits(w, item));
}

bool wn_when_holds(const struct wn_task *t, const struct wn_when *w, const struct wn_item *item,
                   const struct wn_answer *answer)
{
    struct wn_words words = { 0 };
    bool holds;
    holds = wn_when_fits(t, w, item, &words, answer);
    wn_words_free(&words);
    return holds;
}

/* claim.c: see claim.h. Both texts are normalised first; what is listed is given as it was written. */
#include "decide/claim_source.h"
#include "base/form.h"
#include <string.h>

/* Words that begin a sentence with a capital and are no names. */
static const char open_words[] =
    " the this that these those there here then when while after before since because although "
    "despite "
    "during once also however overall finally his her its she they our their your you and but for "
    "with "
    "from both each all some most many first second third next now today current currently new "
    "last "
    "please yes not one customer client buyer lead prospect sender contact agent vendor supplier "
    "seller "
    "company team budget price deadline request question decision action summary status ";
/* Words of four letters and more that carry no meaning. */
static const char stop_words[] = " about after also been before both could does doing from have "
                                 "here into just more most much only "
                                 "over shall should some such than that their them then there "
                                 "these they this those very want wants "
                                 "were what when where which while will with would your ";

static bool listed(struct wn_claim_word w, const char *list)
{
    char padded[32] = " ";
    if (w.n + 3 > sizeof(padded))
        return false;
    memcpy(padded + 1, w.p, w.n);
    memcpy(padded + 1 + w.n, " ", 2);
    return strstr(list, padded) != NULL;
}

/* ---- the list of hits ---- */

struct hits {
    struct wn_arena *a;
    const char **text;
    size_t n, cap;
};

/* Each once. */
static void add_hit(struct hits *h, const char *kind, const char *text, size_t len)
{
    const char *hit = wn_arena_printf(h->a, "%s%.*s", kind, (int)len, text);
    for (size_t i = 0; i < h->n; i++)
        if (strcmp(h->text[i], hit) == 0)
            return;
    if (h->n == h->cap) {
        const char **more =
            wn_arena_array(h->a, h->cap = h->cap == 0 ? 8 : 2 * h->cap, sizeof(*more));
        if (h->n > 0)
            memcpy(more, h->text, h->n * sizeof(*more));
        h->text = more;
    }
    h->text[h->n++] = hit;
}

static bool same_letters(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char x = a[i], y = b[i];
        x = x >= 'A' && x <= 'Z' ? (char)(x + 32) : x;
        y = y >= 'A' && y <= 'Z' ? (char)(y + 32) : y;
        if (x != y)
            return false;
    }
    return true;
}

static bool has_address(const char *source, size_t len, const char *address, size_t n)
{
    struct wn_span s;
    for (size_t from = 0; wn_form_find(WN_FORM_EMAIL, source, len, from, &s) && s.end > from;
         from = s.end)
        if (s.end - s.start == n && same_letters(source + s.start, address, n))
            return true;
    return false;
}

/* Addresses that are not in the source; each is blanked out of `claim`. */
static void check_addresses(char *claim, size_t len, const char *source, size_t source_len,
                            struct hits *h)
{
    struct wn_span s;
    for (size_t from = 0; wn_form_find(WN_FORM_EMAIL, claim, len, from, &s) && s.end > from;
         from = s.end) {
        if (!has_address(source, source_len, claim + s.start, s.end - s.start))
            add_hit(h, "email:", claim + s.start, s.end - s.start);
        memset(claim + s.start, ' ', s.end - s.start);
    }
}

static bool same_time(const struct wn_norm *a, struct wn_claim_times x, const struct wn_norm *b,
                      struct wn_claim_times y)
{
    double one, other;
    while (wn_number_part(a->text, x.end, &x.start, &one))
        if (!wn_number_part(b->text, y.end, &y.start, &other) || one != other)
            return false;
    return y.start >= y.end;
}

/* "3:00" stands in a source that says "3 pm", and in one that says "03:00". */
static bool has_time(const struct wn_claim_facts *f, const struct wn_norm *c,
                     struct wn_claim_times t)
{
    double part;
    bool first = true;
    for (size_t i = 0; i < f->ntimes; i++)
        if (same_time(c, t, &f->norm, f->time[i]))
            return true;
    for (size_t pos = t.start; wn_number_part(c->text, t.end, &pos, &part); first = false)
        if (!wn_claim_has_value(f, part) && (first || part != 0))
            return false;
    return true;
}

static void check_numbers(const struct wn_norm *c, const struct wn_claim_facts *f, struct hits *h)
{
    struct wn_number_scan scan = { c->text, c->len, 0, 0 };
    struct wn_number n;
    while (wn_number_next(&scan, &n)) {
        bool found = n.time && has_time(f, c, (struct wn_claim_times){ n.start, n.end });
        for (int i = 0; i < n.nvalues && !found; i++)
            found = wn_claim_has_value(f, n.value[i]);
        if (!found)
            add_hit(h, "num:", c->text + n.start, n.end - n.start);
    }
}

static void check_dates(const struct wn_norm *c, const struct wn_claim_facts *f, struct hits *h)
{
    struct wn_claim_word w;
    bool opens = true;
    for (size_t pos = 0; wn_claim_next_word(c, &pos, &opens, &w);) {
        int month = wn_claim_month(c, w), day = wn_claim_weekday(w, false);
        if (month >= 0 && !f->month[month])
            add_hit(h, "date:", wn_claim_months[month], strlen(wn_claim_months[month]));
        if (day >= 0 && !f->weekday[day])
            add_hit(h, "date:", wn_claim_weekdays[day], strlen(wn_claim_weekdays[day]));
    }
}

/* `raw` is the claim that c was made of: capitals are seen there. */
static void check_names(const struct wn_norm *c, const char *raw, const struct wn_claim_facts *f,
                        struct hits *h)
{
    struct wn_claim_word w;
    bool opens = true;
    for (size_t pos = 0; wn_claim_next_word(c, &pos, &opens, &w);) {
        size_t at = (size_t)(w.p - c->text), start = c->at[at].start;
        if (w.n < 3 || raw[start] < 'A' || raw[start] > 'Z' || wn_claim_calendar(w) ||
            (opens && listed(w, open_words)) || wn_claim_has_word(f, w))
            continue;
        add_hit(h, "name:", raw + start, c->at[at + w.n - 1].end - start);
    }
}

static bool has_digit(struct wn_claim_word w)
{
    for (size_t i = 0; i < w.n; i++)
        if (wn_claim_is_digit(w.p[i]))
            return true;
    return false;
}

static void check_support(const struct wn_norm *c, const struct wn_claim_facts *f, struct hits *h,
                          struct wn_claim *out)
{
    struct wn_token t;
    for (size_t pos = 0; wn_norm_token(c, &pos, &t);) {
        struct wn_claim_word w = { c->text + t.start, t.len };
        if (w.n < 4 || has_digit(w) || listed(w, stop_words) || wn_claim_calendar(w))
            continue;
        out->content++;
        out->supported += wn_claim_has_word(f, w);
    }
    if (out->content >= 4 && 2 * out->supported < out->content)
        add_hit(h, "support", "", 0);
}

void wn_claim_check(const char *claim, size_t claim_len, const char *source, size_t source_len,
                    struct wn_arena *a, struct wn_claim *out)
{
    struct hits h = { a, NULL, 0, 0 };
    struct wn_claim_facts f;
    struct wn_norm c = { 0 };
    char *raw = wn_arena_copy(a, claim, claim_len);
    *out = (struct wn_claim){ 0 };
    wn_claim_gather(source, source_len, &f);
    check_addresses(raw, claim_len, source, source_len, &h);
    wn_norm_make(raw, claim_len, &c);
    check_numbers(&c, &f, &h);
    check_dates(&c, &f, &h);
    check_names(&c, raw, &f, &h);
    check_support(&c, &f, &h, out);
    out->hits = h.text;
    out->nhits = h.n;
    wn_norm_free(&c);
    wn_claim_clear(&f);
}

bool wn_claim_has(const struct wn_claim *c, const char *kind)
{
    for (size_t i = 0; i < c->nhits; i++)
        if (strncmp(c->hits[i], kind, strlen(kind)) == 0)
            return true;
    return false;
}

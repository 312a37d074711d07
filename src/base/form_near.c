/* form_near.c: values behind the words that announce them: "Total  EUR 90", "Due: 4 May"; see form.h. */
#include "base/form_rules.h"

enum { NAME_MOST = 60 };

static size_t line_end(const char *s, size_t n, size_t at)
{
    while (at < n && s[at] != '\n' && s[at] != '\r')
        at++;
    return at;
}

/* Past what stands between a word and its value: "Total: ", "Name ..... ", "No. = ", "Number (of order) #". */
static size_t past_leader(const char *s, size_t n, size_t at)
{
    while (at < n && (wn_form_blank(s[at]) || strchr(":.=#|_(*-", s[at]) != NULL))
        at++;
    return at;
}

/* "1,904.00" with no currency beside it: behind "total" it is money all the same; "24" need not be. */
static size_t bare_amount(const char *s, size_t n, size_t at)
{
    double value;
    size_t end = wn_form_word_before(s, at) ? 0 : wn_form_amount(s, n, at, &value);
    bool decimals = end >= at + 4 && (s[end - 3] == '.' || s[end - 3] == ',');
    size_t next = wn_form_blanks(s, n, end);
    return decimals && !wn_form_word_at(s, n, end) && !(next < n && s[next] == '%') ? end : 0;
}

static bool first_of(enum wn_form form, const char *s, size_t end, size_t at, struct wn_span *out)
{
    bool found = wn_form_find(form, s, end, at, out);
    if (form != WN_FORM_MONEY)
        return found;
    for (size_t to = found ? out->start : end; at < to; at++) {
        size_t date = wn_form_date(s, end, at), amount;
        if (date != 0) {
            at = date - 1;
        } else if ((amount = bare_amount(s, end, at)) != 0) {
            *out = (struct wn_span){ at, amount };
            return true;
        }
    }
    return found;
}

/* A name that is what the line says behind its label: up to a gap, as between the columns of a form. */
static bool name_at(const char *s, size_t end, size_t at, struct wn_span *out)
{
    size_t to = at;
    if (!wn_form_capital(s, end, at) && !(at < end && wn_form_digit(s[at])))
        return false;
    while (to < end && s[to] != '\t' && s[to] != '|' && s[to] != ';' &&
           !(s[to] == ' ' && to + 1 < end && s[to + 1] == ' '))
        to++;
    while (to > at && (wn_form_blank(s[to - 1]) || strchr(",.:", s[to - 1]) != NULL))
        to--;
    *out = (struct wn_span){ at, to };
    return to - at >= 2 && to - at <= NAME_MOST;
}

/* "Company: ", "Company .... ", "Company   ": a label, and no word of a sentence. */
static bool is_label(const char *s, size_t at, size_t from)
{
    for (; at + 1 < from; at++)
        if (s[at] == ':' || s[at] == '\t' || (s[at] == ' ' && s[at + 1] == ' ') ||
            (s[at] == '.' && s[at + 1] == '.'))
            return true;
    return false;
}

static bool value_behind(enum wn_form form, const char *s, size_t n, size_t at, struct wn_span *out)
{
    size_t from = past_leader(s, n, at), end = line_end(s, n, from);
    bool over = from == end && from < n; /* the label stands over its value */
    if (over) {
        from = past_leader(s, n, wn_form_skip(s, n, from));
        end = line_end(s, n, from);
    }
    switch (form) {
    case WN_FORM_NUMBER:
        *out = (struct wn_span){ from, wn_form_identifier(s, end, from) };
        return out->end != 0;
    case WN_FORM_COMPANY:
    case WN_FORM_PERSON:
        return (over || is_label(s, at, from)) && name_at(s, end, from, out);
    default:
        return first_of(form, s, end, from, out);
    }
}

bool wn_form_find_near(enum wn_form form, const char *text, size_t len, const char *const *words,
                       size_t nwords, struct wn_span *out)
{
    for (size_t w = 0; w < nwords; w++)
        for (size_t at = 0; at < len; at++) {
            size_t end;
            if (((unsigned char)text[at] & 0xc0) == 0x80 || wn_form_word_before(text, at))
                continue;
            end = wn_form_phrase(text, len, at, words[w]);
            if (end != 0 && value_behind(form, text, len, end, out))
                return true;
        }
    return false;
}

/* Two to six words that all begin with a capital letter or a digit, little ones ("of", "van", "&") aside, and
 * not all in capitals: what a letterhead looks like, and the title of a form or a contract seldom does. */
bool wn_form_letterhead(const char *text, size_t len, struct wn_span *out)
{
    size_t at = 0, end, words = 0, company;
    bool small = false;
    while (at < len && (unsigned char)text[at] <= ' ')
        at++;
    end = line_end(text, len, at);
    while (end > at && wn_form_blank(text[end - 1]))
        end--;
    *out = (struct wn_span){ at, end };
    company = wn_form_company(text, end, at);
    if (company == end && end > at)
        return true;
    for (size_t to; at < end; at = wn_form_blanks(text, end, to), words++) {
        for (to = at; to < end && !wn_form_blank(text[to]); to++)
            small |= text[to] >= 'a' && text[to] <= 'z';
        if (strchr(":,;?!@", text[to - 1]) != NULL ||
            (to - at > 3 && !wn_form_capital(text, end, at)))
            return false;
    }
    return small && words >= 2 && words <= 6 && out->end - out->start <= NAME_MOST;
}

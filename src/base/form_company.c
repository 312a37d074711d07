/* form_company.c: names of companies, where a legal form or an introduction says so; see
 * form_rules.h. */
#include "base/form_rules.h"
#include "base/utf8.h"

static const char *const company_labels[] = {
    "company",  "company name",  "organisation",      "organization", "firma", "unternehmen",
    "employer", "business name", "soci\u00e9t\u00e9", "empresa",      NULL
};
static const char *const legal_forms[] = { "GmbH & Co. KG",
                                           "GmbH & Co KG",
                                           "GmbH",
                                           "gGmbH",
                                           "AG",
                                           "KG",
                                           "OHG",
                                           "UG",
                                           "e.K.",
                                           "e.V.",
                                           "SE",
                                           "Inc.",
                                           "Inc",
                                           "LLC",
                                           "L.L.C.",
                                           "Ltd.",
                                           "Ltd",
                                           "Limited",
                                           "PLC",
                                           "plc",
                                           "LLP",
                                           "Corp.",
                                           "Corp",
                                           "Corporation",
                                           "Incorporated",
                                           "Co.",
                                           "S.A.",
                                           "SA",
                                           "SAS",
                                           "S.A.S.",
                                           "SARL",
                                           "B.V.",
                                           "BV",
                                           "N.V.",
                                           "NV",
                                           "AB",
                                           "AS",
                                           "A/S",
                                           "ApS",
                                           "Oy",
                                           "Oyj",
                                           "S.p.A.",
                                           "SpA",
                                           "S.r.l.",
                                           "Srl",
                                           "SRL",
                                           "S.L.",
                                           "SL",
                                           "Pty Ltd",
                                           "Pty Ltd.",
                                           "Pvt Ltd",
                                           "Pvt. Ltd.",
                                           "Pte Ltd",
                                           "Kft",
                                           "s.r.o.",
                                           "Sp. z o.o.",
                                           "d.o.o.",
                                           NULL };
static const char *const no_company[] = {
    "the",     "a",         "an",       "hi",      "hello",    "hey",    "dear",    "we",
    "our",     "i",         "my",       "at",      "from",     "and",    "for",     "with",
    "in",      "on",        "to",       "is",      "this",     "that",   "your",    "you",
    "it",      "thanks",    "re",       "subject", "regards",  "best",   "here",    "monday",
    "tuesday", "wednesday", "thursday", "friday",  "saturday", "sunday", "company", "of",
    "as",      "if",        "they",     "when",    "please",   "wir",    "bei",     "von",
    "die",     "der",       "das",      "und",     "hallo",    "not",    "he",      "she",
    "home",    "all",       "no",       NULL
};

/* A legal form at `at`, letter case as written. */
static size_t legal_form(const char *s, size_t n, size_t at)
{
    size_t best = 0;
    for (const char *const *f = legal_forms; *f != NULL; f++) {
        size_t len = strlen(*f);
        if (n - at >= len && at + len > best && memcmp(s + at, *f, len) == 0 &&
            !wn_form_word_at(s, n, at + len))
            best = at + len;
    }
    return best;
}

/* A word of a company's name: it has a capital or a digit. */
static size_t company_word(const char *s, size_t n, size_t at)
{
    size_t end = at, used;
    bool capital = false;
    while (end < n && (wn_form_word_at(s, n, end) || (end > at && strchr("-'.+&", s[end]) != NULL &&
                                                      wn_form_word_at(s, n, end + 1)))) {
        capital |= wn_form_capital(s, n, end) || (wn_form_digit(s[end]) && end > at);
        wn_utf8_next(s + end, n - end, &used);
        end += used;
    }
    if (end < n && s[end] == '@')
        return 0;
    return capital || (end > at && wn_form_digit(s[at])) ? end : 0;
}

/* Up to six such words, "&", "and" or "of" between two of them; *legal: they end in a legal form. */
static size_t company_name(const char *s, size_t n, size_t at, bool *legal)
{
    static const char *const between[] = { "&", "+", "and", "und", "of", "de", "et", NULL };
    size_t end = company_word(s, n, at), next, word_end;
    *legal = false;
    if (end == 0 || wn_form_digit(s[at]) || wn_form_one_of(s, end, at, no_company) == end)
        return 0;
    for (int words = 1; words < 6; words++) {
        next = wn_form_blanks(s, n, end);
        if (next < n && s[next] == ',' && legal_form(s, n, wn_form_blanks(s, n, next + 1)) != 0)
            next = wn_form_blanks(s, n, next + 1); /* "Acme, Inc." */
        if (next > end && legal_form(s, n, next) != 0) {
            *legal = true;
            return legal_form(s, n, next);
        }
        if (next == end)
            break;
        if (wn_form_one_of(s, n, next, between) != 0) {
            size_t word = wn_form_blanks(s, n, wn_form_one_of(s, n, next, between));
            next = wn_form_capital(s, n, word) ? word : next;
        }
        word_end = company_word(s, n, next);
        if (word_end == 0 || wn_form_one_of(s, word_end, next, no_company) == word_end)
            break;
        end = word_end;
    }
    return end;
}

/* "Jane Doe from ", "CTO at ", "Head of Operations, ": somebody introduced right before `at`. */
static bool introduced(const char *s, size_t n, size_t at)
{
    static const char *const from[] = { "from", "at", "with", "of",      "@",       "von", "bei",
                                        "der",  "de", "chez", "here at", "over at", NULL };
    size_t word = at;
    if (wn_form_after(s, at, "", from)) {
        while (word > 0 && wn_form_blank(s[word - 1]))
            word--;
        while (word > 0 && !wn_form_blank(s[word - 1]) && s[word - 1] != '\n')
            word--;
        while (word > 0 && (wn_form_blank(s[word - 1]) || s[word - 1] == ','))
            word--;
        return wn_form_person_ends(s, n, word) || wn_form_title_ends(s, n, word);
    }
    word = wn_form_before_separator(s, at);
    return word != 0 && wn_form_title_ends(s, n, word);
}

/* A line of its own under the line of the title in a signature. */
static bool under_title(const char *s, size_t n, size_t at, size_t end)
{
    struct wn_span line;
    size_t start, rest = wn_form_blanks(s, n, end);
    if (rest < n && s[rest] != '\n' && s[rest] != '\r' && s[rest] != ',' && s[rest] != '|')
        return false;
    return wn_form_first_on_line(s, at, &start) && wn_form_line_before(s, start, &line) &&
           wn_form_under_signature(s, n, line.start) && wn_form_title(s, n, line.start) != 0;
}

size_t wn_form_company(const char *s, size_t n, size_t at)
{
    static const char *const says_company[] = { "we at",
                                                "us at",
                                                "here at",
                                                "i work at",
                                                "i work for",
                                                "i'm working at",
                                                "i'm working for",
                                                "working for",
                                                "employed at",
                                                "employed by",
                                                "on behalf of",
                                                "i represent",
                                                "representing",
                                                "our company is",
                                                "our company is called",
                                                "our company",
                                                "company is called",
                                                "the company is",
                                                "we are called",
                                                "our firm",
                                                "our agency",
                                                "our startup",
                                                "wir bei",
                                                "wir von der",
                                                "ich arbeite bei",
                                                "im namen der",
                                                "nous chez",
                                                NULL };
    bool legal;
    size_t end;
    if (wn_form_word_before(s, at) || (at > 0 && strchr("@./", s[at - 1]) != NULL))
        return 0;
    if (!wn_form_word_at(s, n, at))
        return 0;
    end = company_name(s, n, at, &legal);
    if (end == 0)
        return 0;
    if (legal || wn_form_after(s, at, "", says_company) || wn_form_labelled(s, at, company_labels))
        return end;
    return introduced(s, n, at) || under_title(s, n, at, end) ? end : 0;
}

/* form_person.c: names of people, only where somebody introduces himself, signs, or fills in a form; see
 * form_rules.h. A capital letter alone makes no name. */
#include "base/form_rules.h"
#include "base/utf8.h"
#include <utf8proc.h>

static const char *const particles[] = { "van", "von", "de", "der", "den", "da", "di", "del",
                                         "bin", "al",  "la", "le",  "ter", "zu", "y",  NULL };
static const char *const honorifics[] = { "Dr.", "Dr",  "Prof.", "Prof", "Mr.",  "Mr", "Mrs.",
                                          "Mrs", "Ms.", "Ms",    "Herr", "Frau", NULL };
/* Words with a capital that are in no person's name. */
static const char *const no_name[] = { "the",        "team",       "sales",       "support",
                                       "customer",   "service",    "services",    "best",
                                       "kind",       "regards",    "thanks",      "thank",
                                       "dear",       "hi",         "hello",       "hey",
                                       "sent",       "please",     "from",        "to",
                                       "subject",    "re",         "i",           "we",
                                       "you",        "our",        "my",          "your",
                                       "it",         "this",       "that",        "not",
                                       "very",       "just",       "also",        "still",
                                       "looking",    "interested", "writing",     "happy",
                                       "currently",  "sorry",      "sure",        "glad",
                                       "new",        "a",          "an",          "in",
                                       "on",         "at",         "for",         "with",
                                       "and",        "or",         "if",          "as",
                                       "is",         "company",    "department",  "office",
                                       "marketing",  "operations", "engineering", "finance",
                                       "hr",         "ceo",        "cto",         "cfo",
                                       "coo",        "cmo",        "cio",         "vp",
                                       "manager",    "director",   "head",        "gmbh",
                                       "inc",        "ltd",        "llc",         "monday",
                                       "tuesday",    "wednesday",  "thursday",    "friday",
                                       "saturday",   "sunday",     "january",     "february",
                                       "april",      "june",       "july",        "august",
                                       "september",  "october",    "november",    "december",
                                       "german",     "french",     "british",     "american",
                                       "english",    "dutch",      "italian",     "spanish",
                                       "swiss",      "austrian",   "indian",      "canadian",
                                       "australian", "polish",     "irish",       "urgent",
                                       "important",  "phone",      "tel",         "email",
                                       "mobile",     "fax",        "www",         "https",
                                       "http",       "cheers",     "sincerely",   "yours",
                                       "greetings",  "good",       "no",          "yes",
                                       "ok",         "what",       "when",        "where",
                                       "how",        "who",        "why",         "looking forward",
                                       "everyone",   "all",        "there",       "der",
                                       "die",        "das",        "ich",         "wir",
                                       "mit",        "viele",      "beste",       "liebe",
                                       "hallo",      "vielen",     NULL };

/* ---- words with a capital ---- */

bool wn_form_capital(const char *s, size_t n, size_t at)
{
    size_t used;
    uint32_t cp;
    if (at >= n)
        return false;
    cp = wn_utf8_next(s + at, n - at, &used);
    return cp < 0x80 ? wn_form_upper((char)cp)
                     : (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp) != cp;
}

bool wn_form_letter(const char *s, size_t n, size_t at)
{
    return wn_form_word_at(s, n, at) && !wn_form_digit(s[at]) && s[at] != '_';
}

/* Letters from `at`, with an apostrophe or hyphen between two of them. */
size_t wn_form_letters(const char *s, size_t n, size_t at)
{
    while (at < n) {
        size_t used;
        if (wn_form_letter(s, n, at)) {
            wn_utf8_next(s + at, n - at, &used);
            at += used;
        } else if (n - at >= 3 && memcmp(s + at, "\u2019", 3) == 0 &&
                   wn_form_letter(s, n, at + 3)) {
            at += 3;
        } else if ((s[at] == '\'' || s[at] == '-') && wn_form_letter(s, n, at + 1)) {
            at++;
        } else {
            break;
        }
    }
    return at;
}

size_t wn_form_blanks(const char *s, size_t n, size_t at)
{
    while (at < n && wn_form_blank(s[at]))
        at++;
    return at;
}

/* A word that can be part of a person's name: "Jane", "O'Brien", "J.". */
static size_t name_word(const char *s, size_t n, size_t at)
{
    size_t end;
    if (!wn_form_capital(s, n, at) || wn_form_word_before(s, at))
        return 0;
    end = wn_form_letters(s, n, at);
    if (wn_form_word_at(s, n, end))
        return 0;
    if (end - at == 1)
        return end < n && s[end] == '.' ? end + 1 : 0;
    return wn_form_one_of(s, end, at, no_name) == end ? 0 : end;
}

/* One to four such words on one line; *words counts them. */
static size_t person_name(const char *s, size_t n, size_t at, int *words)
{
    size_t end = wn_form_one_of(s, n, at, honorifics), next;
    *words = 0;
    at = end != 0 ? wn_form_blanks(s, n, end) : at;
    end = 0;
    while (*words < 4 && (next = name_word(s, n, at)) != 0) {
        ++*words;
        end = next;
        at = wn_form_blanks(s, n, next);
        next = wn_form_one_of(s, n, at, particles);
        for (int i = 0;
             i < 2 && next != 0 && wn_form_capital(s, n, wn_form_blanks(s, n, next)) == false; i++)
            next = wn_form_one_of(s, n, wn_form_blanks(s, n, next), particles);
        if (next != 0 && wn_form_capital(s, n, wn_form_blanks(s, n, next)))
            at = wn_form_blanks(s, n, next);
    }
    /* an initial alone is no name */
    return *words == 1 && s[end - 1] == '.' ? 0 : end;
}

/* ---- lines ---- */

/* Does the line begin at `at`, blanks and dashes aside? Then *start is where. */
bool wn_form_first_on_line(const char *s, size_t at, size_t *start)
{
    size_t from = at;
    while (from > 0 && at - from < 8 &&
           (wn_form_blank(s[from - 1]) || s[from - 1] == '-' || s[from - 1] == '*' ||
            s[from - 1] == '>'))
        from--;
    /* an em or en dash before the name of somebody who signs */
    if (from >= 3 &&
        (memcmp(s + from - 3, "\u2014", 3) == 0 || memcmp(s + from - 3, "\u2013", 3) == 0))
        from -= 3;
    *start = from;
    return from == 0 || s[from - 1] == '\n';
}

/* The last line before `start` that is not blank, at most one blank one between. */
bool wn_form_line_before(const char *s, size_t start, struct wn_span *out)
{
    size_t end = start, ends = 0;
    while (end > 0 && (s[end - 1] == '\n' || s[end - 1] == '\r' || wn_form_blank(s[end - 1]))) {
        ends += s[end - 1] == '\n';
        end--;
    }
    if (end == 0 || ends == 0 || ends > 2)
        return false;
    out->end = end;
    for (out->start = end; out->start > 0 && s[out->start - 1] != '\n'; out->start--)
        if (end - out->start > 80)
            return false;
    while (wn_form_blank(s[out->start]))
        out->start++;
    return true;
}

static const char *const closings[] = { "best regards",
                                        "kind regards",
                                        "warm regards",
                                        "regards",
                                        "best",
                                        "best wishes",
                                        "all the best",
                                        "many thanks",
                                        "thanks",
                                        "thank you",
                                        "thanks a lot",
                                        "thanks in advance",
                                        "thanks again",
                                        "thank you in advance",
                                        "thanks and regards",
                                        "thanks & regards",
                                        "thanks so much",
                                        "cheers",
                                        "sincerely",
                                        "yours sincerely",
                                        "sincerely yours",
                                        "yours faithfully",
                                        "yours truly",
                                        "yours",
                                        "warmly",
                                        "cordially",
                                        "respectfully",
                                        "with kind regards",
                                        "with best regards",
                                        "br",
                                        "kr",
                                        "ta",
                                        "take care",
                                        "talk soon",
                                        "greetings",
                                        "mit freundlichen gr\u00fc\u00dfen",
                                        "mit freundlichen gr\u00fcssen",
                                        "freundliche gr\u00fc\u00dfe",
                                        "viele gr\u00fc\u00dfe",
                                        "beste gr\u00fc\u00dfe",
                                        "liebe gr\u00fc\u00dfe",
                                        "sch\u00f6ne gr\u00fc\u00dfe",
                                        "mfg",
                                        "lg",
                                        "vg",
                                        "vielen dank",
                                        "cordialement",
                                        "bien cordialement",
                                        "merci",
                                        "saludos",
                                        "un saludo",
                                        "saludos cordiales",
                                        "gracias",
                                        "cordiali saluti",
                                        "grazie",
                                        "groeten",
                                        "met vriendelijke groet",
                                        NULL };

/* A line that only closes a letter: "Best regards," or "--". */
static bool is_closing(const char *s, struct wn_span line)
{
    size_t end = wn_form_one_of(s, line.end, line.start, closings);
    if (line.end - line.start == 2 && s[line.start] == '-' && s[line.start + 1] == '-')
        return true;
    if (end == 0)
        return false;
    while (end < line.end && strchr(",.!- ", s[end]) != NULL)
        end++;
    return end == line.end;
}

/* Behind a name that signs nothing may come but the end of the line or of the name. */
bool wn_form_name_ends(const char *s, size_t n, size_t at)
{
    at = wn_form_blanks(s, n, at);
    if (at >= n || s[at] == '\n' || s[at] == '\r')
        return true;
    return strchr(",|(/-;", s[at]) != NULL ||
           (n - at >= 3 &&
            (memcmp(s + at, "\u2013", 3) == 0 || memcmp(s + at, "\u2014", 3) == 0)) ||
           (n - at >= 2 && memcmp(s + at, "\u00b7", 2) == 0);
}

/* A name under a closing line, behind one ("Thanks, Jane"), or behind a dash on the last line. */
size_t wn_form_signature(const char *s, size_t n, size_t at)
{
    struct wn_span line;
    size_t start, end, rest;
    int words;
    end = person_name(s, n, at, &words);
    if (end == 0 || !wn_form_name_ends(s, n, end))
        return 0;
    if (wn_form_first_on_line(s, at, &start)) {
        if (wn_form_line_before(s, start, &line) && is_closing(s, line))
            return end;
        for (rest = end;
             rest < n && (wn_form_blank(s[rest]) || s[rest] == '\n' || s[rest] == '\r');)
            rest++;
        return start < at && s[start] != '>' && s[start] != '*' && rest == n ? end : 0;
    }
    if (at < 2 || (!wn_form_blank(s[at - 1]) && s[at - 1] != ',') ||
        !wn_form_after(s, at, ",!.-", closings))
        return 0;
    /* "Thanks, Jane" at the end of a line, and what closes begins one or follows a sentence */
    start = wn_form_blanks(s, n, end);
    if (start < n && s[start] != '\n' && s[start] != '\r')
        return 0;
    for (start = at; start > 0 && at - start < 40 && strchr(".!?\n", s[start - 1]) == NULL;)
        start--;
    line.start = wn_form_blanks(s, at, start);
    line.end = at;
    return (at - start < 40 || start == 0) && is_closing(s, line) ? end : 0;
}

/* ---- people ---- */

static const char *const says_name[] = { "my name is",   "my name's",     "name is",
                                         "i am called",  "mein name ist", "ich hei\u00dfe",
                                         "ich heisse",   "je m'appelle",  "me llamo",
                                         "mi nombre es", "mi chiamo",     NULL };
static const char *const says_i_am[] = { "i am",     "i'm",     "im",  "this is", "it's", "ich bin",
                                         "hier ist", "je suis", "soy", "sono",    NULL };
static const char *const person_labels[] = { "name",         "full name",      "contact",
                                             "contact name", "contact person", "your name",
                                             "from",         "sender",         "ansprechpartner",
                                             "nom",          "nombre",         NULL };
/* "Label: " right before `at`, the label at the start of its line. */
bool wn_form_labelled(const char *s, size_t at, const char *const *labels)
{
    size_t colon = at;
    while (colon > 0 && wn_form_blank(s[colon - 1]))
        colon--;
    if (colon == 0 || s[colon - 1] != ':')
        return false;
    for (; *labels != NULL; labels++) {
        size_t len = strlen(*labels), start;
        if (len < colon && wn_form_phrase(s, colon - 1, colon - 1 - len, *labels) == colon - 1 &&
            wn_form_first_on_line(s, colon - 1 - len, &start))
            return true;
    }
    return false;
}

/* Is the name from `at` to `end` one that somebody gives himself? */
static bool is_given(const char *s, size_t n, size_t at, size_t end, int words)
{
    static const char *const goes_on[] = { "from",    "at",      "with",    "of",  "here",
                                           "and i",   "von",     "bei",     "aus", "de",
                                           "und ich", "calling", "writing", NULL };
    size_t next = wn_form_blanks(s, n, end);
    if (wn_form_after(s, at, "", says_name) || wn_form_labelled(s, at, person_labels))
        return true;
    if (!wn_form_after(s, at, "", says_i_am))
        return wn_form_signature(s, n, at) == end;
    if (wn_form_one_of(s, n, next, goes_on) != 0 ||
        (next < n && (s[next] == ',' || s[next] == '(')))
        return true;
    return words > 1 && !wn_form_word_at(s, n, next);
}

size_t wn_form_person(const char *s, size_t n, size_t at)
{
    int words;
    size_t end;
    if (!wn_form_capital(s, n, at) || wn_form_word_before(s, at))
        return 0;
    end = person_name(s, n, at, &words);
    return end != 0 && is_given(s, n, at, end, words) ? end : 0;
}

/* Does a person's name, by rule, end at `at`? */
bool wn_form_person_ends(const char *s, size_t n, size_t at)
{
    for (size_t from = at; from > 0 && at - from < 60;) {
        int words;
        from--;
        if (s[from] == '\n')
            return false;
        if (wn_form_capital(s, n, from) && !wn_form_word_before(s, from) &&
            person_name(s, n, from, &words) == at && is_given(s, n, from, at, words))
            return true;
    }
    return false;
}

/* Back over blanks and one separator: "Jane Doe, ", "Jane Doe | ", "Jane Doe (". */
size_t wn_form_before_separator(const char *s, size_t at)
{
    size_t from = at;
    while (from > 0 && wn_form_blank(s[from - 1]))
        from--;
    if (from > 0 && strchr(",|(-/", s[from - 1]) != NULL)
        from--;
    else if (from >= 3 &&
             (memcmp(s + from - 3, "\u2013", 3) == 0 || memcmp(s + from - 3, "\u2014", 3) == 0))
        from -= 3;
    else if (from >= 2 && memcmp(s + from - 2, "\u00b7", 2) == 0)
        from -= 2;
    else
        return 0;
    while (from > 0 && wn_form_blank(s[from - 1]))
        from--;
    return from;
}

/* Is the line before this one the line of a name that signs? */
bool wn_form_under_signature(const char *s, size_t n, size_t at)
{
    struct wn_span line;
    size_t start;
    return wn_form_first_on_line(s, at, &start) && wn_form_line_before(s, start, &line) &&
           wn_form_signature(s, n, line.start) != 0;
}

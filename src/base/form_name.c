/* form_name.c: people, companies and job titles, only where somebody introduces himself, signs, or fills
 * in a form; see form_rules.h. A capital letter alone makes no name. */
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

static bool upper_at(const char *s, size_t n, size_t at)
{
    size_t used;
    uint32_t cp;
    if (at >= n)
        return false;
    cp = wn_utf8_next(s + at, n - at, &used);
    return cp < 0x80 ? wn_form_upper((char)cp)
                     : (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp) != cp;
}

static size_t letter(const char *s, size_t n, size_t at)
{
    return wn_form_word_at(s, n, at) && !wn_form_digit(s[at]) && s[at] != '_';
}

/* Letters from `at`, with an apostrophe or hyphen between two of them. */
static size_t letters(const char *s, size_t n, size_t at)
{
    while (at < n) {
        size_t used;
        if (letter(s, n, at)) {
            wn_utf8_next(s + at, n - at, &used);
            at += used;
        } else if (n - at >= 3 && memcmp(s + at, "\u2019", 3) == 0 && letter(s, n, at + 3)) {
            at += 3;
        } else if ((s[at] == '\'' || s[at] == '-') && letter(s, n, at + 1)) {
            at++;
        } else {
            break;
        }
    }
    return at;
}

static size_t blanks(const char *s, size_t n, size_t at)
{
    while (at < n && wn_form_blank(s[at]))
        at++;
    return at;
}

/* A word that can be part of a person's name: "Jane", "O'Brien", "J.". */
static size_t name_word(const char *s, size_t n, size_t at)
{
    size_t end;
    if (!upper_at(s, n, at) || wn_form_word_before(s, at))
        return 0;
    end = letters(s, n, at);
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
    at = end != 0 ? blanks(s, n, end) : at;
    end = 0;
    while (*words < 4 && (next = name_word(s, n, at)) != 0) {
        ++*words;
        end = next;
        at = blanks(s, n, next);
        next = wn_form_one_of(s, n, at, particles);
        for (int i = 0; i < 2 && next != 0 && upper_at(s, n, blanks(s, n, next)) == false; i++)
            next = wn_form_one_of(s, n, blanks(s, n, next), particles);
        if (next != 0 && upper_at(s, n, blanks(s, n, next)))
            at = blanks(s, n, next);
    }
    /* an initial alone is no name */
    return *words == 1 && s[end - 1] == '.' ? 0 : end;
}

/* ---- lines ---- */

/* Does the line begin at `at`, blanks and dashes aside? Then *start is where. */
static bool first_on_line(const char *s, size_t at, size_t *start)
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
static bool line_before(const char *s, size_t start, struct wn_span *out)
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
static bool name_ends(const char *s, size_t n, size_t at)
{
    at = blanks(s, n, at);
    if (at >= n || s[at] == '\n' || s[at] == '\r')
        return true;
    return strchr(",|(/-;", s[at]) != NULL ||
           (n - at >= 3 &&
            (memcmp(s + at, "\u2013", 3) == 0 || memcmp(s + at, "\u2014", 3) == 0)) ||
           (n - at >= 2 && memcmp(s + at, "\u00b7", 2) == 0);
}

/* A name under a closing line, behind one ("Thanks, Jane"), or behind a dash on the last line. */
static size_t signature(const char *s, size_t n, size_t at)
{
    struct wn_span line;
    size_t start, end, rest;
    int words;
    end = person_name(s, n, at, &words);
    if (end == 0 || !name_ends(s, n, end))
        return 0;
    if (first_on_line(s, at, &start)) {
        if (line_before(s, start, &line) && is_closing(s, line))
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
    start = blanks(s, n, end);
    if (start < n && s[start] != '\n' && s[start] != '\r')
        return 0;
    for (start = at; start > 0 && at - start < 40 && strchr(".!?\n", s[start - 1]) == NULL;)
        start--;
    line.start = blanks(s, at, start);
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
static const char *const company_labels[] = {
    "company",  "company name",  "organisation",      "organization", "firma", "unternehmen",
    "employer", "business name", "soci\u00e9t\u00e9", "empresa",      NULL
};
static const char *const title_labels[] = { "title",    "job title", "position", "role",
                                            "function", "job",       "funktion", NULL };

/* "Label: " right before `at`, the label at the start of its line. */
static bool labelled(const char *s, size_t at, const char *const *labels)
{
    size_t colon = at;
    while (colon > 0 && wn_form_blank(s[colon - 1]))
        colon--;
    if (colon == 0 || s[colon - 1] != ':')
        return false;
    for (; *labels != NULL; labels++) {
        size_t len = strlen(*labels), start;
        if (len < colon && wn_form_phrase(s, colon - 1, colon - 1 - len, *labels) == colon - 1 &&
            first_on_line(s, colon - 1 - len, &start))
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
    size_t next = blanks(s, n, end);
    if (wn_form_after(s, at, "", says_name) || labelled(s, at, person_labels))
        return true;
    if (!wn_form_after(s, at, "", says_i_am))
        return signature(s, n, at) == end;
    if (wn_form_one_of(s, n, next, goes_on) != 0 ||
        (next < n && (s[next] == ',' || s[next] == '(')))
        return true;
    return words > 1 && !wn_form_word_at(s, n, next);
}

size_t wn_form_person(const char *s, size_t n, size_t at)
{
    int words;
    size_t end;
    if (!upper_at(s, n, at) || wn_form_word_before(s, at))
        return 0;
    end = person_name(s, n, at, &words);
    return end != 0 && is_given(s, n, at, end, words) ? end : 0;
}

/* ---- job titles ---- */

static const char *const acronyms[] = { "CEO",  "CTO", "CFO", "COO", "CMO",  "CIO",
                                        "CISO", "CPO", "CRO", "CDO", "CHRO", "SVP",
                                        "EVP",  "VP",  "GM",  "MD",  NULL };
static const char *const roles[] = { "manager",
                                     "director",
                                     "engineer",
                                     "developer",
                                     "designer",
                                     "consultant",
                                     "officer",
                                     "analyst",
                                     "administrator",
                                     "coordinator",
                                     "specialist",
                                     "assistant",
                                     "accountant",
                                     "bookkeeper",
                                     "founder",
                                     "co-founder",
                                     "cofounder",
                                     "owner",
                                     "co-owner",
                                     "president",
                                     "vice president",
                                     "chairman",
                                     "secretary",
                                     "supervisor",
                                     "buyer",
                                     "planner",
                                     "architect",
                                     "controller",
                                     "technician",
                                     "recruiter",
                                     "representative",
                                     "executive",
                                     "receptionist",
                                     "principal",
                                     "lead",
                                     "partner",
                                     "advisor",
                                     "editor",
                                     "producer",
                                     "scientist",
                                     "paralegal",
                                     "lawyer",
                                     "attorney",
                                     "dispatcher",
                                     "foreman",
                                     "headteacher",
                                     "teacher",
                                     "practice manager",
                                     "proprietor",
                                     "freelancer",
                                     "photographer",
                                     "gesch\u00e4ftsf\u00fchrer",
                                     "gesch\u00e4ftsf\u00fchrerin",
                                     "leiter",
                                     "leiterin",
                                     "inhaber",
                                     "inhaberin",
                                     "eink\u00e4ufer",
                                     "eink\u00e4uferin",
                                     "vertriebsleiter",
                                     "vertriebsleiterin",
                                     "betriebsleiter",
                                     "betriebsleiterin",
                                     "b\u00fcroleiter",
                                     "b\u00fcroleiterin",
                                     "directeur",
                                     "directrice",
                                     "responsable",
                                     "gerente",
                                     "directora",
                                     NULL };
/* What may lead an "of": "Head of Operations". */
static const char *const heads[] = { "head of",  "director of", "vp of",     "vice president of",
                                     "vp",       "svp",         "evp",       "vice president",
                                     "svp of",   "manager of",  "chief of",  "leiter",
                                     "leiterin", "leitung",     "directeur", "responsable",
                                     "jefe de",  "lead of",     NULL };
static const char *const departments[] = { "sales",
                                           "marketing",
                                           "operations",
                                           "engineering",
                                           "product",
                                           "finance",
                                           "it",
                                           "hr",
                                           "human resources",
                                           "procurement",
                                           "purchasing",
                                           "customer success",
                                           "customer support",
                                           "support",
                                           "customer service",
                                           "logistics",
                                           "people",
                                           "business development",
                                           "technology",
                                           "growth",
                                           "design",
                                           "legal",
                                           "supply chain",
                                           "quality",
                                           "production",
                                           "facilities",
                                           "communications",
                                           "sales operations",
                                           "data",
                                           "security",
                                           "research",
                                           "training",
                                           "einkauf",
                                           "vertrieb",
                                           "compras",
                                           "achats",
                                           NULL };
/* Words that stand in front of no role. */
static const char *const no_modifier[] = {
    "i",    "am",   "the",  "a",    "an",    "our", "your",  "we",      "is",   "was",    "as",
    "and",  "to",   "for",  "my",   "their", "his", "her",   "of",      "at",   "in",     "on",
    "with", "from", "that", "this", "new",   "not", "be",    "looking", "need", "hiring", "former",
    "your", "you",  "very", "just", "also",  "who", "which", NULL
};

/* "Operations", "Sales and Marketing", "customer success": behind "Head of". */
static size_t department(const char *s, size_t n, size_t at)
{
    size_t end = wn_form_one_of(s, n, at, departments), next;
    for (int words = 0; words < 4; words++) {
        size_t word = upper_at(s, n, at) ? letters(s, n, at) : 0;
        if (word == 0 || wn_form_word_at(s, n, word))
            break;
        if (word > end)
            end = word;
        at = blanks(s, n, word);
        if ((next = wn_form_phrase(s, n, at, "and")) != 0 ||
            (next = wn_form_phrase(s, n, at, "&")) != 0)
            at = upper_at(s, n, blanks(s, n, next)) ? blanks(s, n, next) : at;
    }
    return end;
}

static size_t acronym(const char *s, size_t n, size_t at)
{
    for (const char *const *a = acronyms; *a != NULL; a++) {
        size_t len = strlen(*a);
        if (n - at >= len && memcmp(s + at, *a, len) == 0 && !wn_form_word_at(s, n, at + len))
            return at + len;
    }
    return 0;
}

/* "office manager", "Senior Project Manager", "Chief Revenue Officer" */
static size_t role(const char *s, size_t n, size_t at)
{
    for (int words = 0; words < 4; words++) {
        size_t end = wn_form_one_of(s, n, at, roles);
        if (end == 0)
            end = acronym(s, n, at);
        if (end != 0) {
            size_t more = role(s, n, blanks(s, n, end)); /* "executive assistant" */
            return more != 0 && blanks(s, n, end) > end ? more : end;
        }
        end = letters(s, n, at);
        if (end == at || wn_form_word_at(s, n, end) ||
            wn_form_one_of(s, end, at, no_modifier) == end)
            return 0;
        at = blanks(s, n, end);
        if (at == end)
            return 0;
    }
    return 0;
}

static size_t one_title(const char *s, size_t n, size_t at)
{
    size_t end = wn_form_one_of(s, n, at, heads), dep = 0, other;
    if (end != 0)
        dep = department(s, n, blanks(s, n, end));
    other = role(s, n, at);
    if (other != 0) { /* "Director of Sales", "Senior Director of Sales" */
        size_t of = wn_form_phrase(s, n, blanks(s, n, other), "of");
        size_t more = of != 0 ? wn_form_one_of(s, n, blanks(s, n, of), departments) : 0;
        other = more != 0 ? more : other;
    }
    return dep > other ? dep : other;
}

/* A title, or two of them: "Founder & CEO". */
static size_t title_phrase(const char *s, size_t n, size_t at)
{
    static const char *const join[] = { "&", "and", "/", "und", NULL };
    size_t end = one_title(s, n, at), next, second;
    if (end == 0)
        return 0;
    next = blanks(s, n, end);
    second = wn_form_one_of(s, n, next, join);
    if (second == 0)
        return end;
    second = one_title(s, n, blanks(s, n, second));
    return second != 0 ? second : end;
}

/* Does a person's name, by rule, end at `at`? */
static bool person_ends(const char *s, size_t n, size_t at)
{
    for (size_t from = at; from > 0 && at - from < 60;) {
        int words;
        from--;
        if (s[from] == '\n')
            return false;
        if (upper_at(s, n, from) && !wn_form_word_before(s, from) &&
            person_name(s, n, from, &words) == at && is_given(s, n, from, at, words))
            return true;
    }
    return false;
}

/* Back over blanks and one separator: "Jane Doe, ", "Jane Doe | ", "Jane Doe (". */
static size_t before_separator(const char *s, size_t at)
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
static bool under_signature(const char *s, size_t n, size_t at)
{
    struct wn_span line;
    size_t start;
    return first_on_line(s, at, &start) && line_before(s, start, &line) &&
           signature(s, n, line.start) != 0;
}

/* Is the title from `at` to `end` the writer's own? "our CTO" is not. */
static bool is_held(const char *s, size_t n, size_t at, size_t end)
{
    static const char *const as[] = { "i am the",
                                      "i am a",
                                      "i am an",
                                      "i'm the",
                                      "i'm a",
                                      "i'm an",
                                      "im the",
                                      "im a",
                                      "im an",
                                      "i am",
                                      "i'm",
                                      "as the",
                                      "as a",
                                      "as an",
                                      "i work as",
                                      "working as",
                                      "my title is",
                                      "my role is",
                                      "my position is",
                                      "i am their",
                                      "i'm their",
                                      "ich bin",
                                      "ich bin der",
                                      "ich bin die",
                                      "als",
                                      "je suis",
                                      "je suis le",
                                      "je suis la",
                                      "soy",
                                      "soy el",
                                      "soy la",
                                      NULL };
    static const char *const articles[] = { "the", "a", "an", NULL };
    size_t name = before_separator(s, at);
    if (wn_form_after(s, at, "", as) || labelled(s, at, title_labels))
        return true;
    if (name == 0 && wn_form_after(s, at, "", articles)) {
        /* "I'm Jane Doe, the office manager" */
        size_t article = at;
        while (article > 0 && wn_form_blank(s[article - 1]))
            article--;
        while (article > 0 && wn_form_word_before(s, article))
            article--;
        name = before_separator(s, article);
    }
    if (name != 0 && person_ends(s, n, name))
        return true;
    return under_signature(s, n, at) && name_ends(s, n, end);
}

size_t wn_form_title(const char *s, size_t n, size_t at)
{
    size_t end;
    if (!letter(s, n, at) || wn_form_word_before(s, at))
        return 0;
    end = title_phrase(s, n, at);
    return end != 0 && is_held(s, n, at, end) ? end : 0;
}

/* ---- companies ---- */

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
        capital |= upper_at(s, n, end) || (wn_form_digit(s[end]) && end > at);
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
        next = blanks(s, n, end);
        if (next < n && s[next] == ',' && legal_form(s, n, blanks(s, n, next + 1)) != 0)
            next = blanks(s, n, next + 1); /* "Acme, Inc." */
        if (next > end && legal_form(s, n, next) != 0) {
            *legal = true;
            return legal_form(s, n, next);
        }
        if (next == end)
            break;
        if (wn_form_one_of(s, n, next, between) != 0) {
            size_t word = blanks(s, n, wn_form_one_of(s, n, next, between));
            next = upper_at(s, n, word) ? word : next;
        }
        word_end = company_word(s, n, next);
        if (word_end == 0 || wn_form_one_of(s, word_end, next, no_company) == word_end)
            break;
        end = word_end;
    }
    return end;
}

/* Does a job title, by rule, end at `at`? */
static bool title_ends(const char *s, size_t n, size_t at)
{
    for (size_t from = at; from > 0 && at - from < 60;) {
        from--;
        if (s[from] == '\n')
            return false;
        if (!wn_form_word_before(s, from) && letter(s, n, from) && title_phrase(s, n, from) == at &&
            is_held(s, n, from, at))
            return true;
    }
    return false;
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
        return person_ends(s, n, word) || title_ends(s, n, word);
    }
    word = before_separator(s, at);
    return word != 0 && title_ends(s, n, word);
}

/* A line of its own under the line of the title in a signature. */
static bool under_title(const char *s, size_t n, size_t at, size_t end)
{
    struct wn_span line;
    size_t start, rest = blanks(s, n, end);
    if (rest < n && s[rest] != '\n' && s[rest] != '\r' && s[rest] != ',' && s[rest] != '|')
        return false;
    return first_on_line(s, at, &start) && line_before(s, start, &line) &&
           under_signature(s, n, line.start) && wn_form_title(s, n, line.start) != 0;
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
    if (legal || wn_form_after(s, at, "", says_company) || labelled(s, at, company_labels))
        return end;
    return introduced(s, n, at) || under_title(s, n, at, end) ? end : 0;
}

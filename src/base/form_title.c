/* form_title.c: job titles, only where they are the writer's own; see form_rules.h. */
#include "base/form_rules.h"

static const char *const title_labels[] = { "title",    "job title", "position", "role",
                                            "function", "job",       "funktion", NULL };

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
        size_t word = wn_form_capital(s, n, at) ? wn_form_letters(s, n, at) : 0;
        if (word == 0 || wn_form_word_at(s, n, word))
            break;
        if (word > end)
            end = word;
        at = wn_form_blanks(s, n, word);
        if ((next = wn_form_phrase(s, n, at, "and")) != 0 ||
            (next = wn_form_phrase(s, n, at, "&")) != 0)
            at =
                wn_form_capital(s, n, wn_form_blanks(s, n, next)) ? wn_form_blanks(s, n, next) : at;
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
            size_t more = role(s, n, wn_form_blanks(s, n, end)); /* "executive assistant" */
            return more != 0 && wn_form_blanks(s, n, end) > end ? more : end;
        }
        end = wn_form_letters(s, n, at);
        if (end == at || wn_form_word_at(s, n, end) ||
            wn_form_one_of(s, end, at, no_modifier) == end)
            return 0;
        at = wn_form_blanks(s, n, end);
        if (at == end)
            return 0;
    }
    return 0;
}

static size_t one_title(const char *s, size_t n, size_t at)
{
    size_t end = wn_form_one_of(s, n, at, heads), dep = 0, other;
    if (end != 0)
        dep = department(s, n, wn_form_blanks(s, n, end));
    other = role(s, n, at);
    if (other != 0) { /* "Director of Sales", "Senior Director of Sales" */
        size_t of = wn_form_phrase(s, n, wn_form_blanks(s, n, other), "of");
        size_t more = of != 0 ? wn_form_one_of(s, n, wn_form_blanks(s, n, of), departments) : 0;
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
    next = wn_form_blanks(s, n, end);
    second = wn_form_one_of(s, n, next, join);
    if (second == 0)
        return end;
    second = one_title(s, n, wn_form_blanks(s, n, second));
    return second != 0 ? second : end;
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
    size_t name = wn_form_before_separator(s, at);
    if (wn_form_after(s, at, "", as) || wn_form_labelled(s, at, title_labels))
        return true;
    if (name == 0 && wn_form_after(s, at, "", articles)) {
        /* "I'm Jane Doe, the office manager" */
        size_t article = at;
        while (article > 0 && wn_form_blank(s[article - 1]))
            article--;
        while (article > 0 && wn_form_word_before(s, article))
            article--;
        name = wn_form_before_separator(s, article);
    }
    if (name != 0 && wn_form_person_ends(s, n, name))
        return true;
    return wn_form_under_signature(s, n, at) && wn_form_name_ends(s, n, end);
}

size_t wn_form_title(const char *s, size_t n, size_t at)
{
    size_t end;
    if (!wn_form_letter(s, n, at) || wn_form_word_before(s, at))
        return 0;
    end = title_phrase(s, n, at);
    return end != 0 && is_held(s, n, at, end) ? end : 0;
}

/* Does a job title, by rule, end at `at`? */
bool wn_form_title_ends(const char *s, size_t n, size_t at)
{
    for (size_t from = at; from > 0 && at - from < 60;) {
        from--;
        if (s[from] == '\n')
            return false;
        if (!wn_form_word_before(s, from) && wn_form_letter(s, n, from) &&
            title_phrase(s, n, from) == at && is_held(s, n, from, at))
            return true;
    }
    return false;
}

/* form_date.c: calendar dates, and times as people name them; see form_rules.h. */
#include "base/form_rules.h"

/* Months in English, German, French, Spanish, Dutch and Italian. `alone`: no other word is spelt so. */
static const struct {
    const char *text;
    int month;
    bool alone;
} months[] = {
    { "january", 1, true },    { "february", 2, true },       { "march", 3, false },
    { "april", 4, true },      { "may", 5, false },           { "june", 6, true },
    { "july", 7, true },       { "august", 8, true },         { "september", 9, true },
    { "october", 10, true },   { "november", 11, true },      { "december", 12, true },
    { "jan", 1, false },       { "feb", 2, false },           { "mar", 3, false },
    { "apr", 4, false },       { "jun", 6, false },           { "jul", 7, false },
    { "aug", 8, false },       { "sept", 9, false },          { "sep", 9, false },
    { "oct", 10, false },      { "nov", 11, false },          { "dec", 12, false },
    { "januar", 1, true },     { "j\u00e4nner", 1, true },    { "februar", 2, true },
    { "m\u00e4rz", 3, true },  { "mai", 5, false },           { "juni", 6, true },
    { "juli", 7, true },       { "oktober", 10, true },       { "dezember", 12, true },
    { "janvier", 1, true },    { "f\u00e9vrier", 2, true },   { "mars", 3, false },
    { "avril", 4, true },      { "juin", 6, true },           { "juillet", 7, true },
    { "ao\u00fbt", 8, true },  { "septembre", 9, true },      { "octobre", 10, true },
    { "novembre", 11, true },  { "d\u00e9cembre", 12, true }, { "enero", 1, true },
    { "febrero", 2, true },    { "marzo", 3, true },          { "abril", 4, true },
    { "mayo", 5, true },       { "junio", 6, true },          { "julio", 7, true },
    { "agosto", 8, true },     { "septiembre", 9, true },     { "octubre", 10, true },
    { "noviembre", 11, true }, { "diciembre", 12, true },    { "januari", 1, true },
    { "februari", 2, true },   { "maart", 3, true },          { "mei", 5, false },
    { "augustus", 8, true },   { "okt", 10, false },          { "dez", 12, false },
    { "gennaio", 1, true },    { "febbraio", 2, true },       { "aprile", 4, true },
    { "maggio", 5, true },     { "giugno", 6, true },         { "luglio", 7, true },
    { "settembre", 9, true },  { "ottobre", 10, true },       { "dicembre", 12, true },
};
/* Seven to a language, Monday first. */
/* clang-format off */
static const char *const weekdays[] = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag",
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    "lunes", "martes", "mi\u00e9rcoles", "jueves", "viernes", "s\u00e1bado", "domingo",
    "luned\u00ec", "marted\u00ec", "mercoled\u00ec", "gioved\u00ec", "venerd\u00ec", "sabato", "domenica",
    "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag",
    NULL
};
/* clang-format on */
static const char *const day_parts[] = { "morning", "afternoon", "evening", "night", "noon", NULL };
static const char *const spans[] = { "week",         "month",  "quarter",     "year",
                                     "weekend",      "spring", "summer",      "autumn",
                                     "fall",         "winter", "fiscal year", "financial year",
                                     "business day", NULL };
static const char *const units[] = {
    "day",           "days",         "week",  "weeks",  "month",   "months",
    "quarter",       "quarters",     "year",  "years",  "hour",    "hours",
    "business days", "working days", "tagen", "wochen", "monaten", NULL
};
static const char *const counts[] = { "a",
                                      "an",
                                      "one",
                                      "two",
                                      "three",
                                      "four",
                                      "five",
                                      "six",
                                      "seven",
                                      "eight",
                                      "nine",
                                      "ten",
                                      "twelve",
                                      "a few",
                                      "a couple of",
                                      "few",
                                      "couple of",
                                      "several",
                                      "the next few",
                                      "the next couple of",
                                      "the next two",
                                      "the next three",
                                      "the next six",
                                      "zwei",
                                      "drei",
                                      "vier",
                                      "sechs",
                                      NULL };
static const char *const which[] = {
    "next",      "this",       "coming",    "this coming", "the following",
    "following", "early next", "late next", "later this",  "earlier this",
    "end of",    "last",       NULL
};
static const char *const nearly[] = { "by",        "before", "until",  "till",   "no later than",
                                      "latest by", "due",    "due on", "by the", "bis",
                                      "bis zum",   NULL };
static const char *const parts[] = { "the end of",   "end of",        "the beginning of",
                                     "beginning of", "the start of",  "start of",
                                     "middle of",    "the middle of", "mid",
                                     "mid-",         "early",         "late",
                                     "early in",     "late in",       "ende",
                                     "anfang",       "mitte",         NULL };
static const char *const single[] = { "tomorrow",
                                      "today",
                                      "tonight",
                                      "the day after tomorrow",
                                      "eod",
                                      "eow",
                                      "eom",
                                      "eoy",
                                      "end of day",
                                      "end of business",
                                      "end of the day",
                                      "close of business",
                                      "morgen fr\u00fch",
                                      "n\u00e4chste woche",
                                      "n\u00e4chsten monat",
                                      "la semaine prochaine",
                                      "la pr\u00f3xima semana",
                                      NULL };

/* A whole number of at most `most` digits at `at`, with nothing wordy behind: its end, else 0. */
static size_t digits(const char *s, size_t n, size_t at, size_t most, int *value)
{
    size_t end = at;
    *value = 0;
    while (end < n && wn_form_digit(s[end]) && end - at <= most)
        *value = *value * 10 + (s[end++] - '0');
    return end == at || end - at > most ? 0 : end;
}

int wn_form_month(const char *word, size_t len, bool *alone)
{
    for (size_t i = 0; i < WN_COUNT(months); i++)
        if (strlen(months[i].text) == len && memcmp(months[i].text, word, len) == 0) {
            *alone = months[i].alone;
            return months[i].month;
        }
    return 0;
}

int wn_form_weekday(const char *word, size_t len)
{
    for (int i = 0; weekdays[i] != NULL; i++)
        if (strlen(weekdays[i]) == len && memcmp(weekdays[i], word, len) == 0)
            return 1 + i % 7;
    return 0;
}

static size_t month_name(const char *s, size_t n, size_t at, int *month, bool *alone)
{
    size_t best = 0;
    for (size_t i = 0; i < WN_COUNT(months); i++) {
        size_t end = wn_form_phrase(s, n, at, months[i].text);
        if (end <= best)
            continue;
        best = end;
        *month = months[i].month;
        *alone = months[i].alone;
    }
    return best;
}

static size_t year(const char *s, size_t n, size_t at, int *value)
{
    size_t end = digits(s, n, at, 4, value);
    return end - at == 4 && *value >= 1900 && *value <= 2199 && !wn_form_word_at(s, n, end) ? end
                                                                                            : 0;
}

/* Past blanks and one comma. */
static size_t past_comma(const char *s, size_t n, size_t at)
{
    if (at < n && s[at] == ',')
        at++;
    return wn_form_skip(s, n, at);
}

/* A day of the month: "12", "12.", "12th", "12 of". */
static size_t day(const char *s, size_t n, size_t at, int *value)
{
    static const char *const endings[] = { "st", "nd", "rd", "th", NULL };
    size_t end = digits(s, n, at, 2, value), more;
    if (end == 0 || *value < 1 || *value > 31)
        return 0;
    more = wn_form_one_of(s, n, end, endings);
    if (more != 0)
        end = more;
    else if (end < n && s[end] == '.')
        end++;
    return wn_form_word_at(s, n, end) ? 0 : end;
}

struct date {
    int y, m, d; /* 0 = not said */
    bool sure;   /* of the order of day and month */
};

/* 2026-11-30, 30.11.2026, 30/11/26, 11/30/2026 */
static size_t numeric(const char *s, size_t n, size_t at, struct date *out)
{
    int v[3], last;
    size_t end[3];
    char sep;
    end[0] = digits(s, n, at, 4, &v[0]);
    if (end[0] == 0 || end[0] >= n || strchr("-/.", s[end[0]]) == NULL)
        return 0;
    sep = s[end[0]];
    end[1] = digits(s, n, end[0] + 1, 2, &v[1]);
    if (end[1] == 0 || end[1] >= n || s[end[1]] != sep)
        return 0;
    end[2] = digits(s, n, end[1] + 1, 4, &v[2]);
    if (end[2] == 0)
        return 0;
    /* "2026-11-30T10:00" goes on, "10.11.12.13" and "1-2-3456-x" are something else */
    if ((wn_form_word_at(s, n, end[2]) && s[end[2]] != 'T') ||
        (end[2] + 1 < n && strchr("-/.", s[end[2]]) != NULL && wn_form_word_at(s, n, end[2] + 1)))
        return 0;
    last = (int)(end[2] - end[1]) - 1;
    if (end[0] - at == 4 && last <= 2) {
        *out = (struct date){ v[0], v[1], v[2], true };
    } else if (end[0] - at <= 2 && (last == 4 || (last == 2 && sep != '-'))) {
        int y = last == 4 ? v[2] : 2000 + v[2];
        bool us = v[1] > 12;
        *out = (struct date){ y, us ? v[0] : v[1], us ? v[1] : v[0],
                              us || v[0] > 12 || v[0] == v[1] || sep == '.' };
    } else {
        return 0;
    }
    return out->y >= 1900 && out->y <= 2199 && out->m >= 1 && out->m <= 12 && out->d >= 1 &&
                   out->d <= 31
               ? end[2]
               : 0;
}

/* "30 November 2026", "30th of Nov", "30. November" */
static size_t day_first(const char *s, size_t n, size_t at, struct date *out)
{
    static const char *const of[] = { "of", "de", "del", "di", NULL };
    bool alone;
    size_t end = day(s, n, at, &out->d), more;
    if (end == 0)
        return 0;
    end = wn_form_skip(s, n, end);
    more = wn_form_one_of(s, n, end, of);
    if (more != 0)
        end = wn_form_skip(s, n, more);
    end = month_name(s, n, end, &out->m, &alone);
    if (end == 0)
        return 0;
    more = wn_form_one_of(s, n, wn_form_skip(s, n, end), of);
    more = year(s, n, more != 0 ? wn_form_skip(s, n, more) : past_comma(s, n, end), &out->y);
    out->sure = more != 0;
    return more != 0 ? more : end;
}

/* "November 30th, 2026", "Nov 30", "November 2026" */
static size_t month_first(const char *s, size_t n, size_t at, struct date *out)
{
    bool alone;
    size_t end = month_name(s, n, at, &out->m, &alone), more;
    if (end == 0)
        return 0;
    at = wn_form_skip(s, n, end < n && s[end] == '.' ? end + 1 : end);
    more = year(s, n, past_comma(s, n, at), &out->y);
    if (more != 0)
        return more;
    more = day(s, n, at, &out->d);
    if (more == 0)
        return 0;
    if (s[more - 1] == '.')
        more--;
    end = year(s, n, past_comma(s, n, more), &out->y);
    out->sure = end != 0;
    return end != 0 ? end : more;
}

/* "Friday", "Friday afternoon", "Friday, 30 November" */
static size_t weekday(const char *s, size_t n, size_t at)
{
    size_t end = wn_form_one_of(s, n, at, weekdays), more;
    struct date d = { 0 };
    if (end == 0)
        return 0;
    more = past_comma(s, n, end);
    if (wn_form_phrase(s, n, more, "the") != 0)
        more = wn_form_skip(s, n, more + 3);
    if (day_first(s, n, more, &d) != 0)
        return day_first(s, n, more, &d);
    if (month_first(s, n, more, &d) != 0)
        return month_first(s, n, more, &d);
    if (numeric(s, n, more, &d) != 0)
        return numeric(s, n, more, &d);
    more = wn_form_one_of(s, n, wn_form_skip(s, n, end), day_parts);
    return more != 0 ? more : end;
}

/* "Q3", "Q3 2026", "H1" */
static size_t quarter(const char *s, size_t n, size_t at)
{
    size_t end = at + 2, more;
    int y;
    if (n - at < 2 ||
        !((s[at] == 'Q' && s[at + 1] >= '1' && s[at + 1] <= '4') ||
          (s[at] == 'H' && (s[at + 1] == '1' || s[at + 1] == '2'))) ||
        wn_form_word_at(s, n, end))
        return 0;
    more = wn_form_skip(s, n, end);
    if (more < n && s[more] == '/')
        more++;
    more = year(s, n, more, &y);
    return more != 0 ? more : end;
}

/* A month, quarter or year as a time: "March", "next month", "the year", "2027". Only behind words that
 * make it one. */
static size_t period(const char *s, size_t n, size_t at)
{
    static const char *const the[] = { "the", "this", "next", "the next", "our", NULL };
    struct date d;
    bool alone;
    int y;
    size_t end = wn_form_one_of(s, n, at, the), best;
    if (end != 0) {
        best = wn_form_one_of(s, n, wn_form_skip(s, n, end), spans);
        if (best != 0)
            return best;
    }
    if ((end = quarter(s, n, at)) != 0 || (end = year(s, n, at, &y)) != 0 ||
        (end = month_first(s, n, at, &d)) != 0 || (end = month_name(s, n, at, &d.m, &alone)) != 0)
        return end;
    return wn_form_one_of(s, n, at, spans);
}

/* "end of Q3", "mid-March", "Ende Januar" */
static size_t part_of(const char *s, size_t n, size_t at)
{
    size_t end = wn_form_one_of(s, n, at, parts), more = 0;
    if (end != 0)
        more = period(s, n, wn_form_skip(s, n, end));
    /* "late 2019" is history, "late" alone a complaint */
    return more;
}

/* "next week", "next Monday", "this spring" */
static size_t relative(const char *s, size_t n, size_t at)
{
    bool alone;
    int m;
    size_t end = wn_form_one_of(s, n, at, which), more;
    if (end == 0)
        return 0;
    at = wn_form_skip(s, n, end);
    if ((more = weekday(s, n, at)) != 0 || (more = wn_form_one_of(s, n, at, spans)) != 0)
        return more;
    return month_name(s, n, at, &m, &alone);
}

/* "in two weeks", "within 3-6 months", "two weeks from now" */
static size_t distance(const char *s, size_t n, size_t at)
{
    static const char *const in[] = {
        "in",       "within",        "in the next", "within the next", "over the next",
        "in about", "innerhalb von", NULL
    };
    size_t end = wn_form_one_of(s, n, at, in), count, more;
    int v;
    if (end == 0)
        return 0;
    at = wn_form_skip(s, n, end);
    count = wn_form_one_of(s, n, at, counts);
    if (count == 0) {
        count = digits(s, n, at, 3, &v);
        if (count == 0)
            return 0;
        more = count < n && s[count] == '-'                           ? count + 1
               : n - count > 3 && memcmp(s + count, "\u2013", 3) == 0 ? count + 3
                                                                      : 0;
        if (more == 0 && wn_form_phrase(s, n, wn_form_skip(s, n, count), "to") != 0)
            more = wn_form_skip(s, n, wn_form_phrase(s, n, wn_form_skip(s, n, count), "to"));
        more = more != 0 ? digits(s, n, more, 3, &v) : 0;
        count = more != 0 ? more : count;
    }
    return wn_form_one_of(s, n, wn_form_skip(s, n, count), units);
}

/* What is a date by itself. */
static size_t core(const char *s, size_t n, size_t at)
{
    struct date d = { 0 };
    size_t best = 0, end;
    size_t (*const rules[])(const char *, size_t, size_t) = { weekday, quarter, part_of, relative,
                                                              distance };
    if ((end = numeric(s, n, at, &d)) > best)
        best = end;
    if ((end = day_first(s, n, at, &d)) > best)
        best = end;
    if ((end = month_first(s, n, at, &d)) > best)
        best = end;
    for (size_t i = 0; i < WN_COUNT(rules); i++)
        if ((end = rules[i](s, n, at)) > best)
            best = end;
    if ((end = wn_form_one_of(s, n, at, single)) > best)
        best = end;
    return best;
}

/* "12/05" or "12.05." is one only behind "on", "by" and their like. */
static size_t day_and_month(const char *s, size_t n, size_t at)
{
    static const char *const on[] = { "on",  "by",      "until", "before", "am",   "bis",   "vom",
                                      "zum", "bis zum", "le",    "due",    "from", "since", NULL };
    int a, b;
    size_t end = digits(s, n, at, 2, &a), more;
    if (end == 0 || end >= n || (s[end] != '/' && s[end] != '.'))
        return 0;
    more = digits(s, n, end + 1, 2, &b);
    if (more == 0 || wn_form_word_at(s, n, more) || a < 1 || b < 1 || a > 31 || b > 31 ||
        (a > 12 && b > 12) || (more < n && s[more] == '%') || !wn_form_after(s, at, "", on))
        return 0;
    if (s[end] == '.' && more < n && s[more] == '.')
        more++;
    return s[end] == '/' || s[more - 1] == '.' ? more : 0;
}

/* "by", "in" and their like make a month, a quarter or a year a time. */
static size_t behind_preposition(const char *s, size_t n, size_t at)
{
    static const char *const in[] = { "in", "by",  "before", "until",  "since", "for", "from",
                                      "im", "bis", "en",     "during", "after", NULL };
    bool alone;
    int m, y;
    size_t end;
    if (!wn_form_after(s, at, "", in))
        return 0;
    end = month_name(s, n, at, &m, &alone);
    if (end != 0 && (alone || wn_form_upper(s[at])))
        return end;
    return wn_form_after(s, at, "", nearly) ? year(s, n, at, &y) : 0;
}

size_t wn_form_date(const char *s, size_t n, size_t at)
{
    size_t end, from;
    if (wn_form_word_before(s, at) ||
        (at > 1 && strchr("-/.,", s[at - 1]) != NULL && wn_form_digit(s[at - 2])) ||
        (at > 0 && s[at - 1] == '#'))
        return 0;
    from = wn_form_one_of(s, n, at, nearly);
    if (from != 0) {
        from = wn_form_skip(s, n, from);
        if ((end = core(s, n, from)) != 0 || (end = day_and_month(s, n, from)) != 0 ||
            (end = period(s, n, from)) != 0)
            return end;
    }
    if ((end = core(s, n, at)) != 0 || (end = day_and_month(s, n, at)) != 0)
        return end;
    return behind_preposition(s, n, at);
}

bool wn_form_full_date(const char *s, size_t n, int ymd[3])
{
    struct date d = { 0 };
    for (size_t at = 0; at < n; at++) {
        bool found;
        if (wn_form_word_before(s, at))
            continue;
        found = numeric(s, n, at, &d) != 0 && d.sure;
        if (!found) {
            d = (struct date){ 0 };
            found = (day_first(s, n, at, &d) != 0 || month_first(s, n, at, &d) != 0) && d.sure;
        }
        if (found && d.y != 0 && d.m != 0 && d.d != 0) {
            ymd[0] = d.y;
            ymd[1] = d.m;
            ymd[2] = d.d;
            return true;
        }
        if (numeric(s, n, at, &d) != 0)
            return false;
    }
    return false;
}

/* redact.c: see redact.h. */
#include "task/redact.h"
#include "base/buf.h"
#include "base/form.h"
#include "base/json.h"
#include "base/form_rules.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MOST_TEXT = 8 << 20, MOST_PASSES = 4, LONG_TOKEN = 20, SHORTEST_NAME = 3 };

const char *const wn_redact_names[WN_REDACT_KINDS] = { "link", "email", "bank",
                                                       "card", "phone", "name" };
static const char *const labels[WN_REDACT_KINDS] = { "LINK", "EMAIL", "BANK",
                                                     "CARD", "PHONE", "NAME" };
const char wn_redact_notice[] =
    "Marks such as [EMAIL_1] or [NAME_2] in the item stand for details that were taken out. Copy a "
    "mark as it stands where it is the answer or part of a quote.";

/* ---- numbers with check digits ---- */

static bool luhn(const char *digits, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int d = digits[n - 1 - i] - '0';
        sum += i % 2 == 0 ? d : d > 4 ? 2 * d - 9 : 2 * d;
    }
    return n > 0 && sum % 10 == 0;
}

/* Do card numbers of n digits begin so? Visa, Mastercard, American Express, Diners, Discover, JCB,
 * UnionPay, Maestro. */
static bool issuer(const char *digits, size_t n)
{
    static const struct {
        int from, to; /* of the first four digits */
        size_t least, most;
    } row[] = {
        { 4000, 4999, 13, 19 }, { 5100, 5599, 16, 16 }, { 2221, 2720, 16, 16 },
        { 3400, 3499, 15, 15 }, { 3700, 3799, 15, 15 }, { 3000, 3059, 14, 14 },
        { 3600, 3699, 14, 14 }, { 3800, 3999, 14, 14 }, { 6011, 6011, 16, 19 },
        { 6440, 6599, 16, 19 }, { 3528, 3589, 16, 19 }, { 6200, 6299, 16, 19 },
        { 5000, 5099, 13, 19 }, { 5600, 5899, 13, 19 }, { 6300, 6399, 13, 19 },
        { 6700, 6799, 13, 19 },
    };
    int first = 0;
    for (size_t i = 0; i < 4; i++)
        first = first * 10 + digits[i] - '0';
    for (size_t i = 0; i < WN_COUNT(row); i++)
        if (first >= row[i].from && first <= row[i].to && n >= row[i].least && n <= row[i].most)
            return true;
    return false;
}

/* Each of these returns where a thing that begins exactly at `at` ends, or 0. */
static size_t card(const char *s, size_t n, size_t at)
{
    char digits[20];
    size_t count = 0, end = at;
    if (!wn_form_digit(s[at]) || wn_form_word_before(s, at) ||
        (at > 0 && strchr("+.-", s[at - 1]) != NULL))
        return 0;
    while (end < n && count < sizeof(digits)) {
        if (wn_form_digit(s[end]))
            digits[count++] = s[end++];
        else if ((s[end] == ' ' || s[end] == '-') && end + 1 < n && wn_form_digit(s[end + 1]))
            end++;
        else
            break;
    }
    if (count < 13 || count > 19 || wn_form_word_at(s, n, end))
        return 0;
    return issuer(digits, count) && luhn(digits, count) ? end : 0;
}

static size_t iban_length(const char *country)
{
    static const char lengths[] =
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18"
        "FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20"
        "LU20LV21LY25MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SC31SE24"
        "SI19SK24SM27ST25SV28TL23TN24TR26UA29VA22VG24XK20";
    for (const char *p = lengths; *p != '\0'; p += 4)
        if (p[0] == country[0] && p[1] == country[1])
            return (size_t)((p[2] - '0') * 10 + p[3] - '0');
    return 0;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static bool letter(char c)
{
    return upper(c) >= 'A' && upper(c) <= 'Z';
}

static bool mod97(const char *iban, size_t n)
{
    unsigned rest = 0;
    for (size_t i = 0; i < n; i++) {
        char c = iban[(i + 4) % n]; /* country and check digits go to the end */
        rest = wn_form_digit(c) ? rest * 10 + (unsigned)(c - '0')
                                : rest * 100 + (unsigned)(c - 'A' + 10);
        rest %= 97;
    }
    return rest == 1;
}

static size_t bank(const char *s, size_t n, size_t at)
{
    char iban[36];
    size_t count = 0, want, end = at;
    if (n - at < 15 || !letter(s[at]) || !letter(s[at + 1]) || !wn_form_digit(s[at + 2]) ||
        wn_form_word_before(s, at))
        return 0;
    iban[0] = upper(s[at]);
    iban[1] = upper(s[at + 1]);
    want = iban_length(iban);
    while (end < n && count < want) {
        if (wn_form_digit(s[end]) || letter(s[end]))
            iban[count++] = upper(s[end++]);
        else if (count > 0 && (s[end] == ' ' || s[end] == '-' || s[end] == '.') && end + 1 < n &&
                 (wn_form_digit(s[end + 1]) || letter(s[end + 1])))
            end++;
        else
            break;
    }
    return want > 0 && count == want && !wn_form_word_at(s, n, end) && mod97(iban, want) ? end : 0;
}

/* ---- links ---- */

/* A part of a path that is no word: long, and with digits in it or without a break. */
static bool token(const char *s, size_t n)
{
    size_t run = 0, digits = 0;
    for (size_t i = 0; i <= n; i++) {
        if (i < n && (wn_form_digit(s[i]) || letter(s[i]) || s[i] == '_' || s[i] == '%')) {
            run++;
            digits += wn_form_digit(s[i]);
            continue;
        }
        if (run >= LONG_TOKEN && (digits > 0 || run >= 2 * LONG_TOKEN))
            return true;
        run = digits = 0;
    }
    /* of groups, as in a UUID */
    for (size_t i = 0; i < n; i++)
        digits += wn_form_digit(s[i]);
    return n >= 32 && digits >= 8;
}

static bool telling(const char *s, size_t n)
{
    const char *path;
    size_t from = 0;
    if (memchr(s, '?', n) != NULL || memchr(s, '#', n) != NULL || memchr(s, '@', n) != NULL)
        return true;
    for (size_t i = 0; i + 2 < n; i++)
        if (memcmp(s + i, "://", 3) == 0)
            from = i + 3;
    path = memchr(s + from, '/', n - from);
    while (path != NULL) {
        const char *next = ++path == s + n ? NULL : memchr(path, '/', n - (size_t)(path - s));
        if (token(path, (size_t)((next == NULL ? s + n : next) - path)))
            return true;
        path = next;
    }
    return false;
}

static bool next_link(const char *s, size_t n, size_t from, struct wn_span *out)
{
    while (wn_form_find(WN_FORM_URL, s, n, from, out)) {
        if (telling(s + out->start, out->end - out->start))
            return true;
        from = out->end;
    }
    return false;
}

/* ---- names and fields ---- */

struct names {
    struct {
        const char *text;
        size_t len;
        enum wn_redact_kind kind;
    } * list;
    size_t n, cap;
    struct wn_arena *arena;
};

/* Is the field called like one of these? Case, spaces and punctuation do not count. */
static bool called(const char *field, const char *const *known)
{
    for (; *known != NULL; known++) {
        const char *f = field, *k = *known;
        for (;; f++) {
            while (*f != '\0' && !letter(*f) && (unsigned char)*f < 0x80)
                f++;
            if (*f == '\0' || *k == '\0' || (*f | 0x20) != *k)
                break;
            k++;
        }
        if (*f == '\0' && *k == '\0')
            return true;
    }
    return false;
}

static const char *const name_fields[] = { "name",
                                           "fullname",
                                           "firstname",
                                           "lastname",
                                           "surname",
                                           "givenname",
                                           "familyname",
                                           "contact",
                                           "contactname",
                                           "contactperson",
                                           "person",
                                           "from",
                                           "sender",
                                           "sendername",
                                           "customer",
                                           "customername",
                                           "requester",
                                           "requestername",
                                           "fromname",
                                           "replyto",
                                           "to",
                                           "cc",
                                           "author",
                                           "leadname",
                                           "vorname",
                                           "nachname",
                                           "ansprechpartner",
                                           "nom",
                                           "prenom",
                                           "nombre",
                                           "apellido",
                                           "apellidos",
                                           "user",
                                           "username",
                                           "displayname",
                                           NULL };
static const char *const phone_fields[] = { "phone",
                                            "phonenumber",
                                            "tel",
                                            "telephone",
                                            "mobile",
                                            "mobilephone",
                                            "cell",
                                            "cellphone",
                                            "fax",
                                            "whatsapp",
                                            "telefon",
                                            "handy",
                                            "telephonenumber",
                                            "mobilenumber",
                                            NULL };

static void add_known(struct names *out, enum wn_redact_kind kind, const char *text, size_t len)
{
    while (len > 0 && strchr(" \t\r\n\"',;<>()", *text) != NULL)
        text++, len--;
    while (len > 0 && strchr(" \t\r\n\"',;<>()", text[len - 1]) != NULL)
        len--;
    if (len < SHORTEST_NAME || memchr(text, '@', len) != NULL)
        return;
    for (size_t i = 0; i < out->n; i++)
        if (out->list[i].len == len && memcmp(out->list[i].text, text, len) == 0)
            return;
    if (out->n == out->cap) {
        void *old = out->list;
        out->cap = out->cap * 2 + 16;
        out->list = wn_arena_array(out->arena, out->cap, sizeof(*out->list));
        if (out->n > 0)
            memcpy(out->list, old, out->n * sizeof(*out->list));
    }
    out->list[out->n].kind = kind;
    out->list[out->n].text = text;
    out->list[out->n++].len = len;
}

/* Whole, and each of its words; what stands in <> is an address. */
static void add_names(struct names *out, const char *value)
{
    size_t len = strcspn(value, "<"), word;
    static const char *const no_names[] = { "von", "van", "der", "den",  "und",  "and",
                                            "the", "for", "mrs", "prof", "team", NULL };
    add_known(out, WN_REDACT_NAME, value, len);
    for (const char *p = value; p < value + len; p += word) {
        char lower[8] = "";
        p += strspn(p, " \t\r\n,.\"'()");
        word = strcspn(p, " \t\r\n,.\"'()<");
        if (p + word > value + len)
            break;
        for (size_t i = 0; i < word && word < sizeof(lower); i++) /* none of them is longer */
            lower[i] = (char)(p[i] | 0x20);
        if (lower[0] == '\0' || !called(lower, no_names))
            add_known(out, WN_REDACT_NAME, p, word);
        word += word == 0;
    }
}

static size_t count_digits(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        n += wn_form_digit(*text);
    return n;
}

/* A number that a field calls one is one in the text, too, whatever it looks like. */
static void gather_known(const struct wn_item *item, unsigned kinds, struct names *out)
{
    for (size_t i = 0; i < item->nfields; i++) {
        const char *v = item->fields[i].value;
        if ((kinds & 1u << WN_REDACT_NAME) != 0 && called(item->fields[i].name, name_fields))
            add_names(out, v);
        if ((kinds & 1u << WN_REDACT_PHONE) != 0 && count_digits(v) >= 4 &&
            called(item->fields[i].name, phone_fields))
            add_known(out, WN_REDACT_PHONE, v, strlen(v));
    }
}

static bool next_known(const struct names *names, enum wn_redact_kind kind, const char *s, size_t n, size_t from,
                      struct wn_span *out)
{
    bool found = false;
    for (size_t i = 0; i < names->n; i++) {
        const char *text = names->list[i].text;
        size_t len = names->list[i].len, end = found ? out->start + 1 : n;
        if (names->list[i].kind != kind)
            continue;
        for (const char *p = s + from;
             (size_t)(p - s) < end && (p = memchr(p, text[0], end - (size_t)(p - s))) != NULL;
             p++) {
            size_t at = (size_t)(p - s);
            if (n - at < len || memcmp(p, text, len) != 0 || wn_form_word_before(s, at) ||
                wn_form_word_at(s, n, at + len))
                continue;
            if (!found || at < out->start || at + len > out->end)
                *out = (struct wn_span){ at, at + len };
            found = true;
            break;
        }
    }
    return found;
}

/* ---- the next thing of any kind ---- */

struct search {
    unsigned kinds;
    const struct names *names;
    struct wn_span at[WN_REDACT_KINDS];
    bool gone[WN_REDACT_KINDS]; /* there is none of this kind any more */
};

static bool next_checked(size_t (*ends)(const char *, size_t, size_t), const char *s, size_t n,
                         size_t from, struct wn_span *out)
{
    for (; from < n; from++) {
        size_t end = ends(s, n, from);
        if (end > from) {
            *out = (struct wn_span){ from, end };
            return true;
        }
    }
    return false;
}

static bool next_phone(const struct names *names, const char *s, size_t n, size_t from,
                       struct wn_span *out)
{
    struct wn_span known;
    bool formed = wn_form_find(WN_FORM_PHONE, s, n, from, out);
    if (!next_known(names, WN_REDACT_PHONE, s, n, from, &known) ||
        (formed && out->start <= known.start))
        return formed;
    *out = known;
    return true;
}

static bool next_of(const struct search *f, enum wn_redact_kind kind, const char *s, size_t n,
                    size_t from, struct wn_span *out)
{
    switch (kind) {
    case WN_REDACT_LINK:
        return next_link(s, n, from, out);
    case WN_REDACT_EMAIL:
        return wn_form_find(WN_FORM_EMAIL, s, n, from, out);
    case WN_REDACT_BANK:
        return next_checked(bank, s, n, from, out);
    case WN_REDACT_CARD:
        return next_checked(card, s, n, from, out);
    case WN_REDACT_PHONE:
        return next_phone(f->names, s, n, from, out);
    case WN_REDACT_NAME:
        return next_known(f->names, WN_REDACT_NAME, s, n, from, out);
    case WN_REDACT_KINDS:
        break;
    }
    return false;
}

/* The leftmost, and of those that begin at one place the first in the order of the kinds. */
static bool next(struct search *f, const char *s, size_t n, size_t from, struct wn_span *out,
                 enum wn_redact_kind *kind)
{
    bool found = false;
    for (int k = 0; k < WN_REDACT_KINDS; k++) {
        if ((f->kinds & 1u << k) == 0 || f->gone[k])
            continue;
        if (f->at[k].end == 0 || f->at[k].start < from)
            f->gone[k] = !next_of(f, (enum wn_redact_kind)k, s, n, from, &f->at[k]);
        if (f->gone[k] || (found && f->at[k].start >= out->start))
            continue;
        *out = f->at[k];
        *kind = (enum wn_redact_kind)k;
        found = true;
    }
    return found;
}

/* ---- replacing ---- */

struct redactor {
    unsigned kinds;
    const struct wn_item *item;
    struct names names;
    struct wn_arena *arena;
    struct wn_redaction *r;
    size_t number[WN_REDACT_KINDS];
};

/* In any letter case, since that is how it is put back. */
static bool contains(const char *text, const char *what)
{
    size_t len = strlen(what);
    for (; *text != '\0'; text++)
        if ((*text | 0x20) == (*what | 0x20) && strncasecmp(text, what, len) == 0)
            return true;
    return false;
}

static bool stands_in_item(const struct wn_item *item, const char *text)
{
    bool found = contains(item->text, text);
    for (size_t i = 0; i < item->nfields && !found; i++)
        found = contains(item->fields[i].value, text);
    return found;
}

static const char *placeholder(struct redactor *w, enum wn_redact_kind kind, const char *text,
                               size_t len)
{
    struct wn_redaction *r = w->r;
    const char *name, *bare;
    for (size_t i = 0; i < r->n; i++)
        if (strlen(r->list[i].original) == len && memcmp(r->list[i].original, text, len) == 0)
            return r->list[i].placeholder;
    do { /* one that stands in the item already must come back as it was */
        bare = wn_arena_printf(w->arena, "%s_%zu", labels[kind], ++w->number[kind]);
        name = wn_arena_printf(w->arena, "[%s]", bare);
    } while (stands_in_item(w->item, bare));
    if (r->n == r->cap) {
        struct wn_replaced *more = wn_arena_array(w->arena, r->cap * 2 + 8, sizeof(*more));
        if (r->n > 0)
            memcpy(more, r->list, r->n * sizeof(*more));
        r->list = more;
        r->cap = r->cap * 2 + 8;
    }
    r->list[r->n++] = (struct wn_replaced){ name, wn_arena_copy(w->arena, text, len) };
    return name;
}

static void replace_once(struct redactor *w, const char *s, size_t n, struct wn_buf *out)
{
    struct search f = { .kinds = w->kinds, .names = &w->names };
    struct wn_span at;
    enum wn_redact_kind kind = WN_REDACT_LINK;
    size_t from = 0;
    while (next(&f, s, n, from, &at, &kind)) {
        wn_buf_add(out, s + from, at.start - from);
        wn_buf_str(out, placeholder(w, kind, s + at.start, at.end - at.start));
        from = at.end;
    }
    wn_buf_add(out, s + from, n - from);
}

static bool still_there(const struct redactor *w, const char *s, size_t n)
{
    struct search f = { .kinds = w->kinds, .names = &w->names };
    struct wn_span at;
    enum wn_redact_kind kind;
    return next(&f, s, n, 0, &at, &kind);
}

/* What was between two things may now look like a third: again, until nothing is found. */
static const char *replace(struct redactor *w, const char *s, size_t n, size_t *len)
{
    const char *now = s;
    int pass = 0;
    *len = n;
    while (still_there(w, now, *len)) {
        struct wn_buf out = WN_BUF_INIT(MOST_TEXT);
        if (pass++ == MOST_PASSES)
            return NULL;
        replace_once(w, now, *len, &out);
        now = out.failed ? NULL : wn_arena_copy(w->arena, out.data, out.len);
        *len = out.len;
        wn_buf_free(&out);
        if (now == NULL)
            return NULL;
    }
    return now;
}

/* A field that is called so is one, whatever it looks like; an address in it is none of its name. */
static const char *replace_field(struct redactor *w, const struct wn_field *field)
{
    const char *v = field->value;
    size_t len = strlen(v);
    if ((w->kinds & 1u << WN_REDACT_PHONE) != 0 && count_digits(v) >= 4 && called(field->name, phone_fields))
        return placeholder(w, WN_REDACT_PHONE, v, len);
    if ((w->kinds & 1u << WN_REDACT_NAME) != 0 && v[strspn(v, " \t\r\n")] != '\0' &&
        strchr(v, '@') == NULL && called(field->name, name_fields))
        return placeholder(w, WN_REDACT_NAME, v, len);
    return replace(w, v, len, &len);
}

enum wn_code wn_redact_item(unsigned kinds, const struct wn_item *item, struct wn_arena *a,
                            struct wn_item *out, struct wn_redaction *r, struct wn_error *err)
{
    struct redactor w = {
        .kinds = kinds, .item = item, .names = { .arena = a }, .arena = a, .r = r
    };
    struct wn_field *fields = wn_arena_array(a, item->nfields, sizeof(*fields));
    bool good;
    *r = (struct wn_redaction){ NULL, 0, 0 };
    *out = *item;
    gather_known(item, kinds, &w.names);
    out->text = replace(&w, item->text, item->text_len, &out->text_len);
    good = out->text != NULL;
    for (size_t i = 0; i < item->nfields && good; i++) {
        fields[i] = (struct wn_field){ item->fields[i].name, replace_field(&w, &item->fields[i]) };
        good = fields[i].value != NULL;
    }
    out->fields = fields;
    if (good)
        return WN_OK;
    wn_error_set(err, WN_E_FAILED, "the item could not be redacted, so it was not sent");
    wn_error_hint(err, "Have it sorted by `linear`, which sends nothing, or by a person.");
    return WN_E_FAILED;
}

/* ---- putting back ---- */

/* The placeholder that begins at p; how long it is as written there, or 0. */
static size_t placeholder_at(const char *text, const char *p, const char *name)
{
    size_t len = strlen(name);
    if (strncasecmp(p, name, len) == 0)
        return len;
    /* without its brackets, as a word */
    name++;
    len -= 2;
    if (strncasecmp(p, name, len) != 0 || wn_form_digit(p[len]) ||
        wn_form_word_before(text, (size_t)(p - text)) || wn_form_word_at(p, strlen(p), len))
        return 0;
    return len;
}

static bool restore_once(const struct wn_redaction *r, const char *text, struct wn_buf *out)
{
    bool any = false;
    for (const char *p = text; *p != '\0';) {
        size_t i = 0, len = 0;
        if (*p == '[' || letter(*p))
            while (i < r->n && (len = placeholder_at(text, p, r->list[i].placeholder)) == 0)
                i++;
        if (len == 0) {
            wn_buf_char(out, *p++);
            continue;
        }
        wn_buf_str(out, r->list[i].original);
        p += len;
        any = true;
    }
    return any;
}

const char *wn_redact_restore(const struct wn_redaction *r, const char *text, struct wn_arena *a)
{
    for (int pass = 0; pass <= MOST_PASSES && r->n > 0; pass++) {
        struct wn_buf out = WN_BUF_INIT(MOST_TEXT);
        bool any = restore_once(r, text, &out);
        if (any && !out.failed)
            text = wn_arena_copy(a, out.data, out.len);
        wn_buf_free(&out);
        if (!any)
            break;
    }
    return text;
}

const char *wn_redact_restore_json(const struct wn_redaction *r, const char *json,
                                   struct wn_arena *a)
{
    struct wn_redaction quoted = { wn_arena_array(a, r->n, sizeof(*r->list)), r->n, r->n };
    for (size_t i = 0; i < r->n; i++) {
        struct wn_buf b = WN_BUF_INIT(MOST_TEXT);
        wn_json_quote(&b, r->list[i].original);
        quoted.list[i] = (struct wn_replaced){ r->list[i].placeholder,
                                               wn_arena_copy(a, b.data + 1, b.len - 2) };
        wn_buf_free(&b);
    }
    return wn_redact_restore(&quoted, json, a);
}

void wn_redact_restore_answer(const struct wn_redaction *r, struct wn_answer *answer,
                              struct wn_arena *a)
{
    for (size_t i = 0; i < answer->nvalues; i++) {
        struct wn_value *v = &answer->values[i];
        if (v->text != NULL)
            v->text = wn_redact_restore(r, v->text, a);
        if (v->quote != NULL)
            v->quote = wn_redact_restore(r, v->quote, a);
    }
}

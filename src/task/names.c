/* names.c: names that fields give, and what fields are called. */
#include "base/form_rules.h"
#include "task/details.h"
#include <stdint.h>
#include <string.h>

enum { SHORTEST = 3 };

/* Is the field called like one of these? Case, spaces and punctuation do not count. */
static bool called(const char *field, const char *const *known)
{
    for (; *known != NULL; known++) {
        const char *f = field, *k = *known;
        for (;; f++) {
            while (*f != '\0' && !wn_form_alpha(*f) && (unsigned char)*f < 0x80)
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

/* ---- a set that is looked up by how a name begins ---- */

static size_t slot_of(const struct wn_names *names, const char *text)
{
    uint32_t h = 0;
    for (size_t i = 0; i < SHORTEST; i++)
        h = (h ^ (unsigned char)text[i]) * 0x9e3779b1U;
    return (h >> 8) & (names->nslots - 1);
}

static void link_name(struct wn_names *out, size_t i)
{
    size_t slot = slot_of(out, out->list[i].text);
    out->list[i].next = out->slots[slot];
    out->slots[slot] = i + 1;
}

/* Room for one more, with at least as many slots as names. */
static void grow(struct wn_names *out)
{
    void *old = out->list;
    out->cap = out->cap * 2 + 16;
    out->list = wn_arena_array(out->arena, out->cap, sizeof(*out->list));
    if (out->n > 0)
        memcpy(out->list, old, out->n * sizeof(*out->list));
    for (out->nslots = 16; out->nslots < out->cap;)
        out->nslots *= 2;
    out->slots = wn_arena_array(out->arena, out->nslots, sizeof(*out->slots));
    for (size_t i = 0; i < out->n; i++)
        link_name(out, i);
}

static void add_name(struct wn_names *out, const char *text, size_t len)
{
    while (len > 0 && strchr(" \t\r\n\"',;<>()", *text) != NULL)
        text++, len--;
    while (len > 0 && strchr(" \t\r\n\"',;<>()", text[len - 1]) != NULL)
        len--;
    if (len < SHORTEST || memchr(text, '@', len) != NULL)
        return;
    if (out->n == out->cap)
        grow(out);
    for (size_t i = out->slots[slot_of(out, text)]; i > 0; i = out->list[i - 1].next)
        if (out->list[i - 1].len == len && memcmp(out->list[i - 1].text, text, len) == 0)
            return;
    out->list[out->n].text = wn_arena_copy(out->arena, text, len);
    out->list[out->n].len = len;
    link_name(out, out->n++);
}

/* Whole, and each of its words; what stands in <> is an address. */
static void add_names(struct wn_names *out, const char *value)
{
    size_t len = strcspn(value, "<"), word;
    static const char *const no_names[] = { "von", "van", "der", "den",  "und",  "and",
                                            "the", "for", "mrs", "prof", "team", NULL };
    add_name(out, value, len);
    for (const char *p = value; p < value + len; p += word) {
        char lower[8] = "";
        p += strspn(p, " \t\r\n,.\"'()");
        word = strcspn(p, " \t\r\n,.\"'()<");
        if (p + word > value + len)
            break;
        for (size_t i = 0; i < word && word < sizeof(lower); i++) /* none of them is longer */
            lower[i] = (char)(p[i] | 0x20);
        if (lower[0] == '\0' || !called(lower, no_names))
            add_name(out, p, word);
        word += word == 0;
    }
}

void wn_names_gather(const struct wn_field *fields, size_t n, struct wn_arena *a,
                     struct wn_names *out)
{
    struct wn_view v;
    for (size_t i = 0; i < n; i++)
        if (called(fields[i].name, name_fields)) {
            wn_view_of(fields[i].value, strlen(fields[i].value), a, &v);
            add_names(out, v.s);
        }
}

void wn_names_gather_phones(const struct wn_field *fields, size_t n, struct wn_arena *a,
                            struct wn_names *out)
{
    struct wn_view v;
    for (size_t i = 0; i < n; i++) {
        size_t digits = 0;
        for (const char *p = fields[i].value; *p != '\0'; p++)
            digits += wn_form_digit(*p);
        if (digits >= 4 && called(fields[i].name, phone_fields)) {
            wn_view_of(fields[i].value, strlen(fields[i].value), a, &v);
            add_name(out, v.s, strlen(v.s));
        }
    }
}

/* Where the longest name that stands at `at` as a word ends, or 0. */
static size_t ends_at(const struct wn_names *names, const char *s, size_t n, size_t at)
{
    size_t end = 0;
    for (size_t i = names->slots[slot_of(names, s + at)]; i > 0; i = names->list[i - 1].next) {
        size_t len = names->list[i - 1].len;
        if (n - at >= len && at + len > end && memcmp(s + at, names->list[i - 1].text, len) == 0 &&
            !wn_form_word_before(s, at) && !wn_form_word_at(s, n, at + len))
            end = at + len;
    }
    return end;
}

bool wn_names_next(const struct wn_names *names, const char *s, size_t n, size_t from,
                   struct wn_span *out)
{
    for (size_t at = from; names->n > 0 && at + SHORTEST <= n; at++) {
        size_t end = ends_at(names, s, n, at);
        if (end > 0) {
            *out = (struct wn_span){ at, end };
            return true;
        }
    }
    return false;
}

bool wn_names_is_field(const char *field)
{
    return called(field, name_fields);
}

bool wn_names_is_phone(const char *field)
{
    return called(field, phone_fields);
}

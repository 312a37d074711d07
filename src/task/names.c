/* names.c: names that fields give, and what fields are called. */
#include "base/form_rules.h"
#include "task/details.h"
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

static void add_name(struct wn_names *out, const char *text, size_t len)
{
    while (len > 0 && strchr(" \t\r\n\"',;<>()", *text) != NULL)
        text++, len--;
    while (len > 0 && strchr(" \t\r\n\"',;<>()", text[len - 1]) != NULL)
        len--;
    if (len < SHORTEST || out->n == WN_MOST_NAMES || memchr(text, '@', len) != NULL)
        return;
    for (size_t i = 0; i < out->n; i++)
        if (out->list[i].len == len && memcmp(out->list[i].text, text, len) == 0)
            return;
    out->list[out->n].text = text;
    out->list[out->n++].len = len;
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

void wn_names_gather(const struct wn_item *item, struct wn_arena *a, struct wn_names *out)
{
    struct wn_view v;
    out->n = 0;
    for (size_t i = 0; i < item->nfields; i++)
        if (called(item->fields[i].name, name_fields)) {
            wn_view_of(item->fields[i].value, strlen(item->fields[i].value), a, &v);
            add_names(out, v.s);
        }
}

bool wn_names_next(const struct wn_names *names, const char *s, size_t n, size_t from,
                      struct wn_span *out)
{
    bool found = false;
    for (size_t i = 0; i < names->n; i++) {
        const char *text = names->list[i].text;
        size_t len = names->list[i].len, end = found ? out->start + 1 : n;
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

bool wn_names_is_field(const char *field)
{
    return called(field, name_fields);
}

bool wn_names_is_phone(const char *field)
{
    return called(field, phone_fields);
}
